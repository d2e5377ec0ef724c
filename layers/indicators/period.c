/* period: a month, quarter, half-year or year and its closing. A closing keeps what was given out: figures,
 * every row behind them, the rules in force, the imports known, a hash of the evidence list.
 *
 * Law: a closing never changes (the schema refuses it). A place's record keeps only its latest state, so the
 * figures of a version are counted again from the rows it kept, never from the register of today; a
 * correction is the next version, with its reason. */
#include "layers/indicators/period_private.h"

#include <string.h>

/* --- names of periods --- */

static bool set_months(struct period *p, int64_t year, int64_t month, int months)
{
    int64_t after = month + months;
    p->first = (struct date){(int)year, (int)month, 1};
    struct date next = {(int)(after > 12 ? year + 1 : year), (int)(after > 12 ? after - 12 : after), 1};
    p->last = date_of_days(date_to_days(next) - 1);
    return true;
}

static bool parse_part(struct slice part, int64_t year, struct period *p)
{
    int64_t n;
    char kind = part.p[0];
    bool named = kind == 'Q' || kind == 'H';
    struct slice digits = named ? (struct slice){part.p + 1, part.n - 1} : part;
    if (part.n != 2 || digits.p[0] < '0' || digits.p[0] > '9' || !slice_to_int(digits, &n) || n < 1)
        return false;
    if (kind == 'Q')
        return n <= 4 && set_months(p, year, 3 * n - 2, 3);
    if (kind == 'H')
        return n <= 2 && set_months(p, year, 6 * n - 5, 6);
    return n <= 12 && set_months(p, year, n, 1);
}

bool period_parse(struct slice text, struct period *out, struct fault *f)
{
    int64_t year = 0;
    *out = (struct period){0};
    bool good = text.n >= 4 && text.n <= 7 && text.p[0] >= '1' && text.p[0] <= '9' &&
                slice_to_int((struct slice){text.p, 4}, &year) && year >= 1000;
    if (good && text.n == 4)
        good = set_months(out, year, 1, 12);
    else
        good =
            good && text.n == 7 && text.p[4] == '-' && parse_part((struct slice){text.p + 5, 2}, year, out);
    if (!good)
        return fault_set(f, FAULT_BAD_PARAMETER, "PERIOD",
                         "'%.*s'; cần dạng 2026-10, 2026-Q2, 2026-H1 hoặc 2026", (int)text.n, text.p);
    memcpy(out->name, text.p, text.n);
    return true;
}

/* --- packing rows: "model TAB id TAB marks TAB reason" a line --- */

static void add_mark(struct buf *out, sqlite3_stmt *st, int column)
{
    buf_char(out, column_is_null(st, column) ? '-' : sqlite3_column_int(st, column) ? '1' : '0');
}

static void pack_row(struct buf *out, sqlite3_stmt *st)
{
    int columns = sqlite3_column_count(st);
    buf_slice(out, column_slice(st, ROW_MODEL));
    buf_char(out, '\t');
    buf_slice(out, column_slice(st, ROW_ID));
    buf_char(out, '\t');
    add_mark(out, st, ROW_IN_DENOMINATOR);
    add_mark(out, st, ROW_IN_NUMERATOR);
    for (int i = ROW_VARIANTS; i < columns; i++)
        add_mark(out, st, i);
    buf_char(out, '\t');
    buf_slice(out, column_slice(st, ROW_REASON));
    buf_char(out, '\n');
}

static bool pack_rows(struct store *s, const struct basis *b, enum indicator_id id, struct buf *out,
                      struct fault *f)
{
    const char *query = indicator_query(id);
    struct fault stepping = {0};
    if (!query[0])
        return true;
    sqlite3_stmt *st = query_open(s, query, NULL, b, f);
    if (!st)
        return false;
    while (statement_next(st, &stepping))
        pack_row(out, st);
    sqlite3_finalize(st);
    return stepping.code == FAULT_NONE || fault_set(f, stepping.code, stepping.place, "%s", stepping.text);
}

/* --- closing --- */

/* What the steps of one closing share. */
struct closing {
    struct store *store;
    const struct period_request *request;
    const struct indicator_report *report;
    const struct basis *basis;
    struct period_closing *out;
};

static bool hash_evidence(struct closing *c, struct fault *f)
{
    sqlite3_stmt *st = query_open_as_is(c->store, "period_evidence", c->basis, f);
    struct fault stepping = {0};
    struct buf all = {0};
    if (!st)
        return false;
    while (statement_next(st, &stepping)) {
        buf_slice(&all, column_slice(st, 0));
        buf_char(&all, '\n');
        c->out->evidence_count++;
    }
    sqlite3_finalize(st);
    sha256_of(buf_to_slice(&all), c->out->evidence_hash);
    buf_release(&all);
    return stepping.code == FAULT_NONE || fault_set(f, stepping.code, stepping.place, "%s", stepping.text);
}

static const char INSERT_CLOSING[] =
    "INSERT INTO closing (period, version, as_of, known_at, provisional, closed_by, reason, revision,"
    " evidence_policy, policies, sources, evidence_count, evidence_hash, report) VALUES (?1, ?2, ?3, ?4, ?5, "
    "?6, ?7, ?8, ?9,"
    " (SELECT json_group_array(json_object('key', key, 'value', value, 'from', valid_from, 'decision', "
    "decision_ref))"
    "   FROM (SELECT * FROM policy WHERE valid_from <= ?3 AND (valid_to IS NULL OR ?3 <= valid_to) ORDER BY "
    "key)),"
    " (SELECT json_group_array(json_object('batch', id, 'kind', kind, 'file', file_name, 'sha256', "
    "hex(file_hash),"
    "   'date', source_date, 'imported_at', imported_at, 'rows', row_count))"
    "   FROM (SELECT * FROM import_batch WHERE imported_at <= ?4 AND undone_at IS NULL ORDER BY id)),"
    " ?10, ?11, ?12)";

static bool insert_closing(struct closing *c, struct fault *f)
{
    sqlite3_stmt *st = store_statement(c->store, INSERT_CLOSING, f);
    struct buf json = {0};
    if (!st)
        return false;
    indicators_report_json(c->report, &json);
    bind_text(st, 1, c->request->period.name);
    bind_int(st, 2, c->out->version);
    bind_date(st, 3, c->request->period.last);
    bind_text(st, 4, c->out->known_at);
    bind_int(st, 5, c->out->is_provisional);
    bind_text(st, 6, c->request->who);
    bind_text(st, 7, c->request->reason);
    bind_int(st, 8, c->report->revision);
    bind_text(st, 9, c->report->policy);
    bind_int(st, 10, c->out->evidence_count);
    bind_bytes(st, 11, (struct slice){(const char *)c->out->evidence_hash, HASH_BYTES});
    bind_slice(st, 12, buf_to_slice(&json));
    buf_release(&json);
    if (!statement_run(st, f))
        return false;
    c->out->id = sqlite3_last_insert_rowid(store_handle(c->store));
    return true;
}

static bool insert_figure(struct closing *c, const struct indicator *i, struct slice rows, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(c->store,
                        "INSERT INTO closing_figure (closing_id, code, numerator, denominator, state, target,"
                        " met, rows_size, rows) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                        f);
    struct buf packed = {0};
    if (!st)
        return false;
    zlib_add(&packed, rows, 6);
    bind_int(st, 1, c->out->id);
    bind_text(st, 2, i->code);
    bind_int(st, 3, i->numerator);
    bind_int(st, 4, i->denominator);
    bind_text(st, 5, indicator_state_name(i->state));
    if (i->has_target)
        bind_int(st, 6, i->target);
    if (i->state != INDICATOR_NA)
        bind_int(st, 7, i->met);
    bind_int(st, 8, (int64_t)rows.n);
    bind_bytes(st, 9, buf_to_slice(&packed));
    buf_release(&packed);
    return statement_run(st, f);
}

static bool insert_figures(struct closing *c, struct fault *f)
{
    struct buf rows = {0};
    bool ok = true;
    for (int i = 0; ok && i < INDICATOR_COUNT; i++) {
        buf_reset(&rows);
        ok = pack_rows(c->store, c->basis, (enum indicator_id)i, &rows, f) &&
             insert_figure(c, &c->report->indicators[i], buf_to_slice(&rows), f);
    }
    buf_release(&rows);
    return ok;
}

static bool record_audit(const struct closing *c, struct arena *a, struct fault *f)
{
    const char *subject = arena_format(a, "period %s version %d", c->request->period.name, c->out->version);
    struct audit_entry entry = {.who = c->request->who,
                                .action = "period.close",
                                .subject = slice_of(subject),
                                .detail = slice_of(c->request->reason)};
    return audit_append(c->store, &entry, f);
}

static bool choose_version(struct store *s, const struct period_request *r, struct period_closing *out,
                           struct fault *f)
{
    out->version =
        1 + (int)store_int(s, "SELECT max(version) FROM closing WHERE period = ?1", r->period.name, 0);
    if (out->version > 1 && !slice_trim(slice_of(r->reason)).n)
        return fault_set(f, FAULT_USAGE, r->period.name, "kỳ này đã chốt (bản %d); bản sau cần --reason",
                         out->version - 1);
    return true;
}

static bool close_inside(struct store *s, const struct period_request *r, struct arena *a,
                         struct indicator_report *report, struct period_closing *out, struct fault *f)
{
    char now[21];
    clock_utc_iso(now);
    out->known_at = arena_text(a, slice_of(now));
    out->is_provisional = date_to_days(r->period.last) > date_to_days(date_today());
    struct indicator_request request = {.as_of = r->period.last, .known_at = out->known_at};
    struct basis b;
    struct closing c = {.store = s, .request = r, .report = report, .basis = &b, .out = out};
    if (!choose_version(s, r, out, f) || !basis_make(s, &request, a, &b, f) ||
        !indicators_report(s, &request, a, report, f) || !hash_evidence(&c, f) || !insert_closing(&c, f) ||
        !insert_figures(&c, f) || !record_audit(&c, a, f))
        return false;
    out->source_count = (int)store_int(
        s, "SELECT json_array_length(sources) FROM closing WHERE period = ?1 ORDER BY version DESC LIMIT 1",
        r->period.name, 0);
    return true;
}

bool period_close(struct store *s, const struct period_request *r, struct arena *a,
                  struct indicator_report *report, struct period_closing *out, struct fault *f)
{
    *out = (struct period_closing){0};
    bool ok = store_begin(s, f) && close_inside(s, r, a, report, out, f) && store_commit(s, f);
    if (!ok)
        store_rollback(s);
    return ok;
}
