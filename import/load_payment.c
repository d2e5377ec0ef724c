/* load_payment: evidence that a place takes cashless payment. What is written here decides figures, so a row
 * that is not whole is rejected, never mended. */
#include "import/load.h"
#include "layers/text.h"

#include <string.h>

enum { METHODS_MAX = 3 };

struct payment_row {
    struct place_query who;
    const char *class, *state;
    const char *methods[METHODS_MAX]; /* one item of evidence each */
    int method_count;
    struct date happened_on;
    bool passed;
    struct slice minutes_number, officer;
};

/* "QR, POS": each method is proven by itself. */
static void read_methods(struct load *l, const struct row *row, struct outcome *out, struct payment_row *p)
{
    const struct cell *cell = &row->cells[COLUMN_METHOD];
    struct fault f = {0};
    const char *method = NULL;
    enum clean whole = clean_method(cell, &method, &f);
    if (whole == CLEAN_OK)
        p->methods[p->method_count++] = method;
    struct buf text = {0};
    buf_slice(&text, cell->text);
    for (size_t i = 0; i < text.n; i++)
        if (strchr(";/+&", text.p[i]))
            text.p[i] = ',';
    struct slice rest = arena_slice(&l->row, buf_to_slice(&text)), part;
    buf_release(&text);
    while (whole == CLEAN_BAD && p->method_count < METHODS_MAX && slice_next(&rest, ',', &part)) {
        struct cell one = {.kind = CELL_TEXT, .text = slice_trim(part)};
        if (clean_method(&one, &method, NULL) == CLEAN_OK)
            p->methods[p->method_count++] = method;
    }
    if (whole == CLEAN_BAD && !p->method_count)
        reject(out, &(struct problem){.column = COLUMN_METHOD,
                                      .code = FAULT_BAD_VALUE,
                                      .value = cell->text,
                                      .advice = "Ghi QR, POS hoặc CK"});
    if (!p->method_count)
        p->methods[p->method_count++] = "";
}

static void read_state(const struct row *row, struct outcome *out, struct payment_row *p)
{
    const struct cell *cell = &row->cells[COLUMN_EVIDENCE_STATE];
    struct fault f = {0};
    if (clean_evidence_state(cell, &p->state, &f) == CLEAN_BAD)
        reject(out, &(struct problem){.column = COLUMN_EVIDENCE_STATE,
                                      .code = FAULT_BAD_VALUE,
                                      .value = cell->text,
                                      .advice = "Ghi nháp, chờ, đã xác minh, khiếu nại, bác hoặc rút"});
    if (!p->state)
        p->state = "submitted";
    if (strcmp(p->state, "verified") == 0 && !p->officer.n)
        reject(out, &(struct problem){.column = COLUMN_OFFICER,
                                      .code = FAULT_VALUE_MISSING,
                                      .advice = "Minh chứng đã xác minh phải ghi tên cán bộ xác minh"});
}

/* Nothing said: minutes prove nothing without a result, a photo and a transaction are their own result. */
static void read_result(struct load *l, const struct row *row, struct outcome *out, struct payment_row *p)
{
    const char *result = take_choice(row, COLUMN_RESULT, clean_result, out);
    bool is_minutes = p->class && strcmp(p->class, "E1") == 0;
    p->passed = result ? strcmp(result, "pass") == 0 : !(is_minutes && table_has(l->table, COLUMN_RESULT));
    if (!result && !p->passed)
        complain_text(out, COLUMN_RESULT, FAULT_VALUE_MISSING, cell_text(row, COLUMN_RESULT),
                      "Biên bản không ghi kết quả nên chưa chứng minh được gì");
}

static void check_date(const struct row *row, struct load *l, struct outcome *out, struct payment_row *p)
{
    struct slice typed = cell_text(row, COLUMN_HAPPENED_ON);
    if (!date_is_valid(p->happened_on))
        reject(out, &(struct problem){.column = COLUMN_HAPPENED_ON,
                                      .code = typed.n ? FAULT_BAD_DATE : FAULT_VALUE_MISSING,
                                      .value = typed,
                                      .advice = "Ghi ngày theo dạng ngày/tháng/năm"});
    else if (date_to_days(p->happened_on) > date_to_days(l->today))
        reject(out,
               &(struct problem){.column = COLUMN_HAPPENED_ON, .code = FAULT_FUTURE_DATE, .value = typed});
}

static void make_key(struct load *l, const struct payment_row *p, struct outcome *out)
{
    struct buf key = {0};
    char day[11] = "";
    if (date_is_valid(p->happened_on))
        date_format_iso(p->happened_on, day);
    place_query_key(l, &p->who, &key);
    buf_format(&key, "|%s|%s|", p->class ? p->class : "", day);
    for (int i = 0; i < p->method_count; i++)
        buf_format(&key, "%s ", p->methods[i]);
    buf_char(&key, '|');
    buf_slice(&key, p->minutes_number);
    out->key = arena_slice(&l->row, buf_to_slice(&key));
    buf_release(&key);
}

static void read_payment(struct load *l, const struct row *row, struct outcome *out)
{
    struct payment_row *p = ARENA_NEW(&l->row, struct payment_row);
    l->record = p;
    take_place_query(l, row, out, &p->who);
    p->class = take_choice(row, COLUMN_EVIDENCE_CLASS, clean_evidence_class, out);
    p->happened_on = take_any_date(row, COLUMN_HAPPENED_ON, out);
    p->minutes_number = take_text(l, row, COLUMN_MINUTES_NUMBER, out);
    p->officer = take_text(l, row, COLUMN_OFFICER, out);
    read_methods(l, row, out, p);
    read_result(l, row, out, p);
    read_state(row, out, p);
    check_date(row, l, out, p);
    if (!p->class)
        reject(out, &(struct problem){.column = COLUMN_EVIDENCE_CLASS,
                                      .code = FAULT_VALUE_MISSING,
                                      .value = cell_text(row, COLUMN_EVIDENCE_CLASS),
                                      .advice = "Ghi biên bản (E1), ảnh (E2) hoặc giao dịch (E3)"});
    if (place_query_is_empty(&p->who))
        reject(out, &(struct problem){.column = COLUMN_REF,
                                      .code = FAULT_VALUE_MISSING,
                                      .advice = "Ghi mã điểm, hoặc mã chợ và số sạp"});
    make_key(l, p, out);
}

static struct evidence item_of(struct load *l, const struct payment_row *p, int64_t place_id, int i)
{
    bool is_cli = !l->options->who || strcmp(l->options->who, "cli") == 0;
    bool is_verified = strcmp(p->state, "verified") == 0;
    return (struct evidence){.place_id = place_id,
                             .batch_id = batch_id(l->batch),
                             .class = p->class,
                             .method = p->methods[i],
                             /* through the browser nobody verifies what he brings */
                             .state = is_verified && !is_cli ? "submitted" : p->state,
                             .happened_on = p->happened_on,
                             .passed = p->passed,
                             .minutes_number = p->minutes_number,
                             .officer = p->officer,
                             .created_by = "import"};
}

/* The same item in other words changes nothing. */
static bool apply_item(struct load *l, struct evidence *e, struct outcome *out, struct fault *f)
{
    struct evidence there = {0};
    bool found = evidence_find(l->store, &l->row, e, &there);
    e->id = there.id;
    out->entity_id = there.id;
    if (found && !evidence_may_move(there.state, e->state)) {
        reject(out,
               &(struct problem){.column = COLUMN_EVIDENCE_STATE,
                                 .code = FAULT_BAD_STATE,
                                 .value = slice_of(arena_format(&l->row, "%s → %s", there.state, e->state)),
                                 .advice = "Minh chứng này đã ở trạng thái khác; xem lại trình tự xác minh"});
        return true;
    }
    if (found && strcmp(there.state, e->state) == 0 && there.passed == e->passed)
        return true;
    if (out->verdict == VERDICT_UNCHANGED || !found)
        out->verdict = found ? VERDICT_UPDATED : VERDICT_ADDED;
    if (!evidence_put(l->store, e, found ? there.state : NULL, f))
        return false;
    out->entity_id = e->id;
    return true;
}

static bool apply_payment(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    const struct payment_row *p = l->record;
    (void)row;
    int64_t place_id = find_place(l, &p->who, out);
    if (!place_id)
        return true;
    out->verdict = VERDICT_UNCHANGED;
    for (int i = 0; i < p->method_count && !is_rejected(out); i++) {
        struct evidence e = item_of(l, p, place_id, i);
        if (!apply_item(l, &e, out, f))
            return false;
    }
    return true;
}

const struct load_kind LOAD_PAYMENTS = {
    .takes_twins = true, .entity = "evidence", .read = read_payment, .apply = apply_payment};
