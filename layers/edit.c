/* edit: savings by hand. What each of them replaced is written down by the journal, as for an import. */
#include "layers/change.h"
#include "layers/saving.h"
#include "layers/text.h"

#include <math.h>
#include <string.h>

static const struct {
    struct edit_field field;
    char of;
    const char *read, *write;
} FIELDS[] = {
#define EDIT(name, of, kind, title, read, write) {{name, title, kind}, of, read, write},
#include "layers/edit.def"
#undef EDIT
};

struct slice edit_title(struct slice name)
{
    struct slice title;
    const char *kind;
    if (food_entry_said(name, &title, &kind))
        return title;
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++)
        if (slice_equal(name, slice_of(FIELDS[i].field.name)))
            return slice_of(FIELDS[i].field.title);
    return slice_equal(name, SLICE("position")) ? SLICE("Vị trí") : name;
}

const char *edit_kind(struct slice name)
{
    struct slice title;
    const char *kind = NULL;
    if (food_entry_said(name, &title, &kind))
        return kind;
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++)
        if (slice_equal(name, slice_of(FIELDS[i].field.name)) && strchr(FIELDS[i].field.kind, ':'))
            return FIELDS[i].field.kind;
    return NULL;
}

/* --- reading --- */

static size_t index_of(const struct edit_field *field)
{
    size_t i = 0;
    while (&FIELDS[i].field != field)
        i++;
    return i;
}

static struct slice read_value(struct store *s, struct arena *a, int64_t place_id,
                               const struct edit_field *field)
{
    sqlite3_stmt *st = store_statement(s, FIELDS[index_of(field)].read, NULL);
    struct slice value = {"", 0};
    if (!st)
        return value;
    bind_int(st, 1, place_id);
    if (statement_next(st, NULL))
        value = arena_slice(a, column_slice(st, 0));
    sqlite3_reset(st);
    return value;
}

int place_edit_read(struct store *s, struct arena *a, int64_t place_id, struct edit_value *values)
{
    struct place_known known;
    int count = 0;
    if (!place_read(s, a, place_id, &known))
        return 0;
    char of = known.place.is_stall ? 'S' : 'E';
    for (size_t i = 0; i < COUNT_OF(FIELDS) && count < EDIT_VALUES_MOST; i++)
        if (FIELDS[i].of == of || FIELDS[i].of == 'B')
            values[count++] = (struct edit_value){.field = &FIELDS[i].field,
                                                  .now = read_value(s, a, place_id, &FIELDS[i].field)};
    return count;
}

/* --- checking --- */

static bool refuse(const struct edit_value *v, const char *why, struct fault *f)
{
    return fault_set(f, FAULT_BAD_VALUE, v->field->title, "%s", why);
}

static bool is_among(const char *kind, struct slice value)
{
    struct slice rest = slice_of(strchr(kind, ':') + 1), one;
    while (slice_next(&rest, ' ', &one))
        if (slice_equal(one, value))
            return true;
    return false;
}

static bool is_household(struct store *s, struct arena *a, int64_t place_id)
{
    struct place_known known;
    return place_read(s, a, place_id, &known) &&
           (slice_equal(known.kind, SLICE("household")) || slice_equal(known.kind, SLICE("other")));
}

static bool check_text(struct store *s, struct arena *a, const struct place_edit *e,
                       const struct edit_value *v, struct fault *f)
{
    bool is_name = strcmp(v->field->name, "name") == 0;
    if (v->mine.n > EDIT_TEXT_MOST)
        return refuse(v, "dài quá", f);
    if (is_name && !v->mine.n)
        return refuse(v, "không được để trống", f);
    if (text_holds_phone(v->mine))
        return refuse(v, "không ghi số điện thoại vào đây", f);
    if (is_name && is_household(s, a, e->place_id) && text_names_owner(s, e->place_id, v->mine))
        return refuse(v, "tên công khai của hộ kinh doanh không chứa họ tên chủ hộ; hãy ghi biển hiệu", f);
    return true;
}

static bool check_value(struct store *s, struct arena *a, const struct place_edit *e,
                        const struct edit_value *v, struct fault *f)
{
    enum { EARLIEST = 1975 };
    struct date day;
    if (strcmp(v->field->kind, "TEXT") == 0)
        return check_text(s, a, e, v, f);
    if (strcmp(v->field->kind, "DATE") == 0) {
        bool good =
            !v->mine.n ||
            (date_parse_iso(v->mine, &day) && day.year >= EARLIEST &&
             (strcmp(v->field->name, "valid_to") == 0 || date_to_days(day) <= date_to_days(date_today())));
        return good || fault_set(f, FAULT_BAD_DATE, v->field->title, "\"%.*s\"", (int)v->mine.n, v->mine.p);
    }
    return is_among(v->field->kind, v->mine) || refuse(v, "chọn một trong các giá trị có sẵn", f);
}

static bool check_order(const struct place_edit *e, struct fault *f)
{
    struct slice from = {0}, to = {0};
    for (int i = 0; i < e->count; i++) {
        from = strcmp(e->values[i].field->name, "valid_from") == 0 ? e->values[i].mine : from;
        to = strcmp(e->values[i].field->name, "valid_to") == 0 ? e->values[i].mine : to;
    }
    bool good = !from.n || !to.n || from.n != to.n || memcmp(from.p, to.p, from.n) <= 0;
    return good || fault_set(f, FAULT_BAD_DATE, edit_title(SLICE("valid_to")).p, "%s", "trước ngày bắt đầu");
}

/* --- fields --- */

static bool write_value(struct saving *g, const struct edit_value *v, struct fault *f)
{
    struct buf fold = {0};
    sqlite3_stmt *st = store_statement(g->store, FIELDS[index_of(v->field)].write, f);
    if (!st)
        return false;
    int used = sqlite3_bind_parameter_count(st);
    text_fold(v->mine, &fold);
    bind_int(st, 1, g->place_id);
    bind_slice_or_null(st, 2, v->mine);
    if (used >= 3)
        bind_slice(st, 3, buf_to_slice(&fold));
    if (used >= 4)
        bind_date(st, 4, date_today());
    bool good = statement_run(st, f);
    buf_release(&fold);
    return good;
}

static bool save_values(struct saving *g, struct arena *a, struct place_edit *e, enum edit_result *result,
                        struct fault *f)
{
    bool conflict = false, good = true;
    for (int i = 0; i < e->count; i++) {
        struct edit_value *v = &e->values[i];
        v->now = read_value(g->store, a, g->place_id, v->field);
        bool wants = !slice_equal(v->mine, v->was) && !slice_equal(v->mine, v->now);
        v->is_conflict = wants && !slice_equal(v->was, v->now);
        conflict = conflict || v->is_conflict;
        if (!wants)
            v->mine = v->now;
    }
    *result = conflict ? EDIT_CONFLICT : EDIT_NOTHING;
    for (int i = 0; good && !conflict && i < e->count; i++) {
        struct edit_value *v = &e->values[i];
        if (slice_equal(v->mine, v->now))
            continue;
        good = check_value(g->store, a, e, v, f) && check_order(e, f) && write_value(g, v, f);
        saving_note(g, v->field->name, v->now, v->mine);
        *result = EDIT_SAVED;
    }
    return good;
}

bool place_edit_save(struct store *s, struct arena *a, struct place_edit *e, enum edit_result *result,
                     struct fault *f)
{
    struct saving g = {.store = s, .who = e->who, .place_id = e->place_id};
    for (int i = 0; i < e->count; i++) {
        struct buf clean = {0};
        text_clean(e->values[i].mine, &clean);
        e->values[i].mine = arena_slice(a, buf_to_slice(&clean));
        buf_release(&clean);
    }
    if (!saving_begin(&g, f))
        return false;
    bool good = save_values(&g, a, e, result, f);
    return saving_end(&g, a, good, f);
}

/* --- the pin --- */

static bool is_same_spot(const struct lonlat *a, const struct lonlat *b)
{
    static const double NEAR = 2e-6; /* degrees: a form carries six decimals */
    return (!a && !b) || (a && b && fabs(a->lon - b->lon) < NEAR && fabs(a->lat - b->lat) < NEAR);
}

static struct slice spot_text(struct arena *a, const char *position, const struct lonlat *at)
{
    if (!at)
        return slice_of(position);
    return slice_of(arena_format(a, "%s %.6f, %.6f", position, at->lat, at->lon));
}

static bool settle(struct saving *g, const struct place_pin *pin, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        g->store,
        "UPDATE place SET needs_review = 0, residential_group_id = coalesce(?2, residential_group_id),"
        " ward_id = coalesce(?3, ward_id), verified_on = ?4 WHERE id = ?1",
        f);
    if (!st)
        return false;
    bind_int(st, 1, g->place_id);
    bind_id(st, 2, pin->group_id);
    bind_id(st, 3, pin->ward_id);
    bind_date(st, 4, date_today());
    return statement_run(st, f) && place_set_position(g->store, g->place_id, &pin->to, f);
}

static bool close_questions(struct saving *g, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(g->store,
                                       "UPDATE review SET closed_at = ?2, closed_by = ?3, decision = 'pin'"
                                       " WHERE place_id = ?1 AND closed_at IS NULL",
                                       f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, g->place_id);
    bind_text(st, 2, now);
    bind_text(st, 3, g->who);
    return statement_run(st, f);
}

bool place_edit_move(struct store *s, int64_t place_id, const struct place_pin *pin, enum edit_result *result,
                     struct fault *f)
{
    struct arena a = {0};
    struct saving g = {.store = s, .who = pin->who, .place_id = place_id};
    struct place_position there;
    if (!saving_begin(&g, f))
        return false;
    const struct lonlat *now = place_read_point(s, place_id, &there) ? &there.at : NULL;
    bool good = true;
    *result = is_same_spot(pin->was, now) ? EDIT_SAVED : EDIT_CONFLICT;
    if (*result == EDIT_SAVED) {
        saving_note(&g, "position", spot_text(&a, place_position_name(s, &a, place_id), now),
                    spot_text(&a, pin->to.position, &pin->to.at));
        good = settle(&g, pin, f) && close_questions(&g, f) &&
               (!pin->teach || pin->teach(pin->teach_context, f));
    }
    good = saving_end(&g, &a, good, f);
    arena_release(&a);
    return good;
}

/* --- for the staff's map --- */

int place_codes_of(struct store *s, struct arena *a, struct slice of, int limit, struct slice **codes)
{
    int count = 0;
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT code FROM place WHERE ?1 = 'review' AND needs_review = 1 UNION SELECT p.code FROM place p"
        " JOIN pilot_member m ON m.place_id = p.id JOIN pilot q ON q.id = m.pilot_id JOIN day_today d"
        " WHERE q.code = ?1 AND m.joined_on <= d.day AND (m.left_on IS NULL OR m.left_on > d.day) LIMIT ?2",
        NULL);
    *codes = ARENA_ARRAY(a, struct slice, (size_t)limit + 1);
    if (!st)
        return 0;
    bind_slice(st, 1, of);
    bind_int(st, 2, limit);
    while (count < limit && statement_next(st, NULL))
        (*codes)[count++] = arena_slice(a, column_slice(st, 0));
    sqlite3_reset(st);
    return count;
}

/* --- history and the way back --- */

int place_edit_list(struct store *s, struct arena *a, struct slice code, int limit, struct edit_line **lines)
{
    int count = 0;
    sqlite3_stmt *st = store_statement(s,
                                       "SELECT id, at, by, changes, coalesce(undone_at, ''), "
                                       "coalesce(undone_by, '') FROM place_edit WHERE code = ?1 ORDER BY id "
                                       "DESC LIMIT ?2",
                                       NULL);
    *lines = ARENA_ARRAY(a, struct edit_line, (size_t)limit + 1);
    if (!st)
        return 0;
    bind_slice(st, 1, code);
    bind_int(st, 2, limit);
    while (count < limit && statement_next(st, NULL))
        (*lines)[count++] = (struct edit_line){.id = sqlite3_column_int64(st, 0),
                                               .at = arena_slice(a, column_slice(st, 1)),
                                               .by = arena_slice(a, column_slice(st, 2)),
                                               .changes = arena_slice(a, column_slice(st, 3)),
                                               .undone_at = arena_slice(a, column_slice(st, 4)),
                                               .undone_by = arena_slice(a, column_slice(st, 5))};
    sqlite3_reset(st);
    return count;
}

static bool read_latest(struct store *s, struct slice code, int64_t id, struct buf *entries, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT id, before FROM place_edit WHERE code = ?1 AND undone_at IS NULL ORDER BY id DESC LIMIT 1",
        f);
    if (!st)
        return false;
    bind_slice(st, 1, code);
    bool there = statement_next(st, f) && sqlite3_column_int64(st, 0) == id;
    bool opens = there && key_unseal(store_key(s), column_bytes(st, 1), entries);
    sqlite3_reset(st);
    if (!there)
        return fault_set(f, FAULT_NOT_FOUND, NULL, "%s", "lần sửa này không còn là lần sửa cuối");
    return opens || fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "khoá không mở được lần sửa này");
}

static bool mark_undone(struct store *s, int64_t id, const char *who, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st =
        store_statement(s, "UPDATE place_edit SET undone_at = ?2, undone_by = ?3 WHERE id = ?1", f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, id);
    bind_text(st, 2, now);
    bind_text(st, 3, who);
    return statement_run(st, f);
}

static bool undo_inside(struct store *s, struct slice code, int64_t id, const char *who, struct fault *f)
{
    struct buf entries = {0};
    struct arena a = {0};
    bool conflict = false;
    bool good = read_latest(s, code, id, &entries, f);
    good = good && (journal_take_back(s, buf_to_slice(&entries), &conflict, f) || conflict);
    if (conflict)
        good = fault_set(f, FAULT_BUILT_UPON, NULL, "%s", "hồ sơ đã được đổi tiếp sau lần sửa này");
    good = good && mark_undone(s, id, who, f) &&
           saving_audit(s, who, "place.edit.undo", arena_text(&a, code), "{}", f);
    buf_release(&entries);
    arena_release(&a);
    return good;
}

/* Foreign keys rest meanwhile, as in batch_undo: putting a place back would take its children along. */
bool place_edit_undo(struct store *s, struct slice code, int64_t id, const char *who, struct fault *f)
{
    if (!store_key(s))
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
    if (!store_run(s, "PRAGMA foreign_keys = OFF", f))
        return false;
    struct change *change = NULL;
    struct change_note note = {.undone = "saving", .ref = id, .who = who};
    bool good = change_begin(&change, s, f) && undo_inside(s, code, id, who, f);
    good = change_end(change, good, &note, f);
    return store_run(s, "PRAGMA foreign_keys = ON", good ? f : NULL) && good;
}
