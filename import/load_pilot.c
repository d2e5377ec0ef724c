/* load_pilot: pilot models and the approved lists of their members, one row a member (or a model alone). */
#include "import/load.h"

struct pilot_row {
    struct pilot pilot;
    struct place_query who;
    struct date joined_on, left_on;
};

/* Where the list writes "Loại: chợ" under a heading that also means a stall's kind. */
static const char *read_type(const struct row *row, struct outcome *out)
{
    const char *type = take_choice(row, COLUMN_PILOT_TYPE, clean_pilot_type, out);
    return type;
}

static void check_dates(struct load *l, const struct row *row, struct outcome *out, struct pilot_row *r)
{
    if (place_query_is_empty(&r->who))
        return;
    if (!date_is_valid(r->joined_on))
        reject(out, &(struct problem){.column = COLUMN_JOINED_ON,
                                      .code = cell_text(row, COLUMN_JOINED_ON).n ? FAULT_BAD_DATE
                                                                                 : FAULT_VALUE_MISSING,
                                      .value = cell_text(row, COLUMN_JOINED_ON),
                                      .advice = "Ghi ngày tham gia mô hình"});
    else if (date_is_valid(r->left_on) && date_to_days(r->left_on) < date_to_days(r->joined_on))
        reject(out, &(struct problem){.column = COLUMN_LEFT_ON,
                                      .code = FAULT_BAD_DATE,
                                      .value = cell_text(row, COLUMN_LEFT_ON),
                                      .text = arena_text(&l->row, SLICE("Ngày rời trước ngày tham gia"))});
}

static void read_pilot(struct load *l, const struct row *row, struct outcome *out)
{
    struct pilot_row *r = ARENA_NEW(&l->row, struct pilot_row);
    struct buf key = {0};
    char joined[11] = "";
    l->record = r;
    r->pilot = (struct pilot){.code = take_code(l, row, COLUMN_PILOT, out),
                              .name = take_text(l, row, COLUMN_PILOT_NAME, out),
                              .decision = take_text(l, row, COLUMN_DECISION, out),
                              .type = read_type(row, out)};
    take_place_query(l, row, out, &r->who);
    r->joined_on = take_any_date(row, COLUMN_JOINED_ON, out);
    r->left_on = take_any_date(row, COLUMN_LEFT_ON, out);
    if (!r->pilot.code.n)
        reject(out, &(struct problem){
                        .column = COLUMN_PILOT, .code = FAULT_VALUE_MISSING, .advice = "Ghi mã mô hình"});
    check_dates(l, row, out, r);
    if (date_is_valid(r->joined_on))
        date_format_iso(r->joined_on, joined);
    buf_slice(&key, r->pilot.code);
    buf_char(&key, '|');
    if (!place_query_is_empty(&r->who))
        place_query_key(l, &r->who, &key);
    buf_format(&key, "|%s", joined);
    out->key = arena_slice(&l->row, buf_to_slice(&key));
    buf_release(&key);
}

/* A second membership of the same days in one file is not a correction. */
static bool is_doubled(struct load *l, int64_t member, int64_t batch, struct outcome *out)
{
    if (!member || batch != batch_id(l->batch))
        return false;
    complain_text(out, COLUMN_JOINED_ON, FAULT_DUPLICATE, (struct slice){"", 0},
                  "Điểm này đã có trong mô hình ở một dòng khác của tệp");
    ask(out, "một điểm hai lần trong một mô hình", "duplicate_in_file", 0);
    return true;
}

static bool apply_member(struct load *l, struct pilot_row *r, struct outcome *out, struct fault *f)
{
    struct pilot_member m = {.place_id = find_place(l, &r->who, out),
                             .joined_on = r->joined_on,
                             .left_on = r->left_on,
                             .batch_id = batch_id(l->batch)};
    bool is_new_pilot = false;
    int64_t batch = 0;
    if (!m.place_id)
        return true; /* rejected, or asking */
    if (!pilot_put(l->store, &r->pilot, &is_new_pilot, f))
        return false;
    m.pilot_id = r->pilot.id;
    m.id = pilot_member_find(l->store, &m, &batch);
    if (is_doubled(l, m.id, batch, out)) {
        add_candidate(l, out, m.place_id);
        return true;
    }
    out->verdict = m.id ? VERDICT_UPDATED : VERDICT_ADDED;
    if (!pilot_member_put(l->store, &m, f))
        return false;
    out->entity_id = m.id;
    return true;
}

static bool apply_pilot(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    struct pilot_row *r = l->record;
    bool is_new = false;
    (void)row;
    r->pilot.batch_id = batch_id(l->batch);
    if (!place_query_is_empty(&r->who))
        return apply_member(l, r, out, f);
    if (!pilot_put(l->store, &r->pilot, &is_new, f))
        return false;
    out->verdict = is_new ? VERDICT_ADDED : VERDICT_UPDATED;
    out->entity = "pilot";
    out->entity_id = r->pilot.id;
    return true;
}

const struct load_kind LOAD_PILOTS = {.entity = "pilot_member", .read = read_pilot, .apply = apply_pilot};
