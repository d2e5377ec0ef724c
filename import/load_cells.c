/* load_cells: from the cells of a row to values, and the words for what is wrong with them. A cell that
 * cannot be taken is reported and left out; only what a row cannot live without rejects it. */
#include "import/load.h"
#include "layers/text.h"

#include <math.h>
#include <string.h>

/* --- problems --- */

static struct problem *add_problem(struct outcome *out, int column, enum fault_code code, struct slice value)
{
    if (out->problem_count == PROBLEMS_MAX)
        return &out->problems[PROBLEMS_MAX - 1];
    struct problem *p = &out->problems[out->problem_count++];
    *p = (struct problem){.column = column, .code = code, .value = value, .text = ""};
    return p;
}

/* The fault's own words go to the clerk, whose list it is; what is kept in the file has the code alone. */
void complain(struct outcome *out, int column, const struct fault *f, struct slice value)
{
    struct problem *p = add_problem(out, column, f->code, value);
    p->text = fault_sentence(f->code, false);
    p->detail = f->text[0] && out->memory ? arena_text(out->memory, slice_of(f->text)) : NULL;
}

void complain_text(struct outcome *out, int column, enum fault_code code, struct slice value,
                   const char *text)
{
    add_problem(out, column, code, value)->text = text;
}

void reject(struct outcome *out, const struct problem *p)
{
    struct problem first = *p;
    out->verdict = VERDICT_REJECTED;
    if (!first.text)
        first.text = fault_sentence(first.code, false);
    if (out->problem_count < PROBLEMS_MAX)
        out->problem_count++;
    for (int i = out->problem_count - 1; i > 0; i--) /* the reason stands before what was only noticed */
        out->problems[i] = out->problems[i - 1];
    out->problems[0] = first;
}

bool is_rejected(const struct outcome *out)
{
    return out->verdict == VERDICT_REJECTED;
}

void ask(struct outcome *out, const char *reason, const char *group, int64_t place_id)
{
    if (out->verdict == VERDICT_REVIEW) /* the first question stands */
        return;
    out->verdict = VERDICT_REVIEW;
    out->reason = slice_of(reason);
    out->fault_group = slice_of(group);
    out->review_place = place_id;
}

/* Candidates are told by their public codes. */
void add_candidate(struct load *l, struct outcome *out, int64_t place_id)
{
    struct place_known known;
    struct buf json = {0};
    if (!place_read(l->store, &l->row, place_id, &known))
        return;
    buf_char(&json, '[');
    if (out->candidates.n > 2) {
        buf_add(&json, out->candidates.p + 1, out->candidates.n - 2);
        buf_char(&json, ',');
    }
    buf_json(&json, slice_of(known.place.code));
    buf_char(&json, ']');
    out->candidates = arena_slice(&l->row, buf_to_slice(&json));
    buf_release(&json);
}

/* --- cells --- */

struct slice cell_text(const struct row *row, enum column_id id)
{
    return row->cells[id].text;
}

/* An error cell (#N/A, a formula that was never computed) says nothing, and is told about. */
static bool is_error(const struct row *row, enum column_id id, struct outcome *out)
{
    const struct cell *c = &row->cells[id];
    if (c->kind != CELL_ERROR)
        return false;
    complain_text(out, id, FAULT_BAD_VALUE, c->text,
                  c->flags & CELL_NO_RESULT ? "Công thức chưa được tính" : "Ô bị lỗi công thức");
    return true;
}

struct slice take_text(struct load *l, const struct row *row, enum column_id id, struct outcome *out)
{
    struct slice text = {0};
    if (is_error(row, id, out) || clean_text(&row->cells[id], &l->row, &text) != CLEAN_OK)
        return (struct slice){"", 0};
    return text;
}

struct slice take_code(struct load *l, const struct row *row, enum column_id id, struct outcome *out)
{
    struct slice text = take_text(l, row, id, out);
    struct buf upper = {0};
    text_upper(text, &upper);
    struct slice code = arena_slice(&l->row, slice_trim(buf_to_slice(&upper)));
    buf_release(&upper);
    return code;
}

struct slice cell_fold(struct load *l, const struct row *row, enum column_id id)
{
    return text_fold_in(&l->row, row->cells[id].text);
}

enum column_id row_context_column(enum import_kind kind)
{
    bool is_business = kind == IMPORT_ESTABLISHMENTS || kind == IMPORT_FOOD_SAFETY;
    return kind == IMPORT_STALLS ? COLUMN_ZONE : is_business ? COLUMN_GROUP : COLUMN_COUNT;
}

/* "A. Doanh nghiệp" is no place. */
struct slice row_context(enum import_kind kind, const struct row *row)
{
    static const char *const WORDS[] = {"to ", "tdp", "thon "};
    struct buf fold = {0};
    enum column_id column = row_context_column(kind);
    bool is_told = column == COLUMN_ZONE;
    if (!row->group.n || column == COLUMN_COUNT)
        return (struct slice){"", 0};
    text_fold(row->group, &fold);
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        is_told = is_told || slice_find(buf_to_slice(&fold), slice_of(WORDS[i])) >= 0;
    buf_release(&fold);
    return is_told ? row->group : (struct slice){"", 0};
}

struct date take_any_date(const struct row *row, enum column_id id, struct outcome *out)
{
    struct date d = {0};
    struct fault f = {0};
    if (is_error(row, id, out))
        return d;
    enum clean result = clean_date(&row->cells[id], &d, &f);
    if (result == CLEAN_OK)
        return d;
    if (result == CLEAN_BAD)
        complain(out, id, &f, row->cells[id].text);
    return (struct date){0};
}

struct date take_date(const struct row *row, enum column_id id, struct outcome *out)
{
    struct date d = take_any_date(row, id, out);
    if (!date_is_valid(d) || date_to_days(d) <= date_to_days(date_today()))
        return d;
    complain(out, id, &(struct fault){.code = FAULT_FUTURE_DATE}, row->cells[id].text);
    return (struct date){0};
}

int take_yes_no(const struct row *row, enum column_id id, struct outcome *out)
{
    bool yes = false;
    struct fault f = {0};
    if (is_error(row, id, out))
        return -1;
    enum clean result = clean_yes_no(&row->cells[id], &yes, &f);
    if (result == CLEAN_BAD)
        complain(out, id, &f, row->cells[id].text);
    return result == CLEAN_OK ? yes : -1;
}

double take_real(const struct row *row, enum column_id id, struct outcome *out)
{
    double v = 0;
    struct fault f = {0};
    if (is_error(row, id, out))
        return NAN;
    enum clean result = clean_real(&row->cells[id], &v, &f);
    if (result == CLEAN_BAD)
        complain(out, id, &f, row->cells[id].text);
    return result == CLEAN_OK ? v : NAN;
}

const char *take_choice(const struct row *row, enum column_id id,
                        enum clean (*clean)(const struct cell *, const char **, struct fault *),
                        struct outcome *out)
{
    const char *choice = NULL;
    struct fault f = {0};
    if (is_error(row, id, out))
        return NULL;
    enum clean result = clean(&row->cells[id], &choice, &f);
    if (result == CLEAN_BAD)
        complain(out, id, &f, row->cells[id].text);
    return result == CLEAN_OK ? choice : NULL;
}

/* --- typed coordinates --- */

static bool is_filled(const struct row *row, enum column_id id)
{
    const struct cell *c = &row->cells[id];
    return c->kind != CELL_EMPTY && slice_trim(c->text).n > 0;
}

struct wkb_reader {
    struct slice rest;
    struct box box;
    bool any;
};

static bool wkb_take(struct wkb_reader *w, void *out, size_t n)
{
    if (w->rest.n < n)
        return false;
    memcpy(out, w->rest.p, n);
    w->rest.p += n;
    w->rest.n -= n;
    return true;
}

static bool wkb_points(struct wkb_reader *w, uint32_t count)
{
    double xy[2];
    for (uint32_t i = 0; i < count; i++) {
        if (!wkb_take(w, xy, sizeof xy) || !isfinite(xy[0]) || !isfinite(xy[1]))
            return false;
        w->box.west = w->any ? fmin(w->box.west, xy[0]) : xy[0];
        w->box.east = w->any ? fmax(w->box.east, xy[0]) : xy[0];
        w->box.south = w->any ? fmin(w->box.south, xy[1]) : xy[1];
        w->box.north = w->any ? fmax(w->box.north, xy[1]) : xy[1];
        w->any = true;
    }
    return true;
}

/* ISO WKB, little-endian, flat: point, line, polygon, or a collection of them one level deep. */
static bool wkb_walk(struct wkb_reader *w, bool is_part)
{
    enum { POINT = 1, LINE, POLYGON, MULTI_POINT };
    unsigned char order;
    uint32_t type, count, rings;
    if (!wkb_take(w, &order, 1) || order != 1 || !wkb_take(w, &type, sizeof type))
        return false;
    if (type == POINT)
        return wkb_points(w, 1);
    if (!wkb_take(w, &count, sizeof count))
        return false;
    if (type == LINE)
        return wkb_points(w, count);
    for (rings = count; type == POLYGON && rings > 0; rings--)
        if (!wkb_take(w, &count, sizeof count) || !wkb_points(w, count))
            return false;
    for (uint32_t i = 0; type >= MULTI_POINT && i < count; i++)
        if (is_part || !wkb_walk(w, true))
            return false;
    return true;
}

/* The point of a GIS feature; of a drawn house or stall the middle of its box. */
static bool wkb_middle(struct slice wkb, struct lonlat *at)
{
    struct wkb_reader w = {.rest = wkb};
    if (!wkb.n || !wkb_walk(&w, false) || !w.any)
        return false;
    *at = (struct lonlat){(w.box.west + w.box.east) / 2, (w.box.south + w.box.north) / 2};
    return true;
}

static bool bad_position(const struct row *row, enum column_id id, const struct fault *f, struct outcome *out)
{
    reject(out, &(struct problem){.column = id,
                                  .code = f->code ? f->code : FAULT_BAD_COORDINATE,
                                  .value = row->cells[id].text,
                                  .advice = "Kiểm tra lại toạ độ, hoặc bỏ trống để tìm theo địa chỉ"});
    return false;
}

static bool take_pair(struct load *l, const struct row *row, const enum column_id ids[2], struct lonlat *at,
                      struct outcome *out)
{
    const struct cell *const pair[2] = {&row->cells[ids[0]], &row->cells[ids[1]]};
    struct fault f = {0};
    bool swapped = false;
    if (!is_filled(row, ids[0]) && !is_filled(row, ids[1]))
        return false;
    enum clean result = clean_position(l->projection, pair, at, &swapped, &f);
    if (result == CLEAN_EMPTY)
        return false;
    if (result == CLEAN_BAD)
        return bad_position(row, ids[0], &f, out);
    if (swapped)
        complain_text(out, ids[0], FAULT_BAD_COORDINATE, row->cells[ids[0]].text,
                      "Hai cột toạ độ bị đổi chỗ; đã hiểu theo thứ tự đúng");
    return true;
}

static bool take_one(struct load *l, const struct row *row, struct lonlat *at, struct outcome *out)
{
    struct fault f = {0};
    enum clean result = clean_coordinates(l->projection, &row->cells[COLUMN_COORDINATES], at, &f);
    return result == CLEAN_OK || (result == CLEAN_BAD && bad_position(row, COLUMN_COORDINATES, &f, out));
}

bool take_position(struct load *l, const struct row *row, struct lonlat *at, struct outcome *out)
{
    static const enum column_id DEGREES[2] = {COLUMN_LON, COLUMN_LAT}, METRES[2] = {COLUMN_X, COLUMN_Y};
    return wkb_middle(row->wkb, at) || take_pair(l, row, DEGREES, at, out) ||
           (!is_rejected(out) && take_pair(l, row, METRES, at, out)) ||
           (!is_rejected(out) && take_one(l, row, at, out));
}
