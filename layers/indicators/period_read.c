/* period_read: what a period's report stands on. Of a closed period everything comes from its closing:
 * figures as they were given out, rules, sources; of an open one it is counted now and says so. */
#include "layers/indicators/period_private.h"
#include "layers/json.h"

#include <string.h>

/* --- a closing's JSON back into a report --- */

static const char *text_of(const struct json *object, const char *key, struct arena *a)
{
    const char *text = json_to_text(json_get(object, key));
    return text ? arena_text(a, slice_of(text)) : NULL;
}

static int64_t int_of(const struct json *object, const char *key)
{
    int64_t v = 0;
    return json_to_int(json_get(object, key), &v) ? v : 0;
}

static bool true_of(const struct json *object, const char *key)
{
    bool v = false;
    return json_to_bool(json_get(object, key), &v) && v;
}

static const struct indicator_share *read_shares(const struct json *list, int *count, struct arena *a)
{
    *count = (int)json_size(list);
    struct indicator_share *shares = ARENA_ARRAY(a, struct indicator_share, (size_t)*count + 1);
    for (int i = 0; i < *count; i++) {
        const struct json *one = json_at(list, (size_t)i);
        shares[i] = (struct indicator_share){.code = text_of(one, "code", a),
                                             .name = text_of(one, "name", a),
                                             .type = text_of(one, "type", a),
                                             .numerator = int_of(one, "numerator"),
                                             .denominator = int_of(one, "denominator")};
    }
    return shares;
}

static void read_indicator(const struct json *one, struct arena *a, struct indicator_report *out)
{
    enum indicator_id id;
    const char *code = text_of(one, "code", a), *state = text_of(one, "state", a);
    if (!code || !state || !indicator_find(slice_of(code), &id))
        return; /* of a program that knew others */
    struct indicator *i = &out->indicators[id];
    *i = (struct indicator){.id = id,
                            .code = code,
                            .title = text_of(one, "title", a),
                            .source = text_of(one, "source", a),
                            .op = text_of(one, "op", a),
                            .why = text_of(one, "why", a),
                            .numerator = int_of(one, "numerator"),
                            .denominator = int_of(one, "denominator"),
                            .is_measured = json_sort_of(json_get(one, "numerator")) == JSON_NUMBER,
                            .has_target = json_sort_of(json_get(one, "target")) == JSON_NUMBER,
                            .target = (int)int_of(one, "target"),
                            .met = true_of(one, "met"),
                            .state = strcmp(state, "na") == 0   ? INDICATOR_NA
                                     : strcmp(state, "ok") == 0 ? INDICATOR_OK
                                                                : INDICATOR_ESTIMATE};
    i->models = read_shares(json_get(one, "by_model"), &i->model_count, a);
    i->variants = read_shares(json_get(one, "variants"), &i->variant_count, a);
}

static void read_stage(const struct json *one, struct arena *a, struct indicator_stage *out)
{
    const struct json *blocking = json_get(one, "blocking");
    *out = (struct indicator_stage){.number = (int)int_of(one, "stage"),
                                    .complete = true_of(one, "complete"),
                                    .accepted = true_of(one, "accepted")};
    for (size_t i = 0; i < json_size(blocking) && i < INDICATOR_COUNT; i++) {
        const char *code = json_to_text(json_at(blocking, i));
        out->blocking[out->blocking_count++] = code ? arena_text(a, slice_of(code)) : "";
    }
}

static int64_t scaled(const struct json *object, const char *key, double by)
{
    double v;
    return json_to_real(json_get(object, key), &v) ? (int64_t)(v * by + (v < 0 ? -0.5 : 0.5)) : 0;
}

static void read_score(const struct json *one, struct arena *a, struct indicator_score *out)
{
    *out = (struct indicator_score){.sheet = text_of(one, "sheet", a),
                                    .row = text_of(one, "row", a),
                                    .title = text_of(one, "title", a),
                                    .rule = text_of(one, "rule", a),
                                    .why = text_of(one, "why", a),
                                    .max = (int)scaled(one, "max", 100),
                                    .numerator = int_of(one, "numerator"),
                                    .denominator = int_of(one, "denominator"),
                                    .is_measured = json_sort_of(json_get(one, "numerator")) == JSON_NUMBER,
                                    .has_value = json_sort_of(json_get(one, "score")) == JSON_NUMBER,
                                    .score = scaled(one, "score", 10000),
                                    .score_relative = scaled(one, "score_relative", 10000),
                                    .appraised = text_of(one, "appraised", a),
                                    .granted = text_of(one, "granted", a)};
}

static bool read_report(struct slice text, struct arena *a, struct indicator_report *out, struct fault *f)
{
    struct json *root = NULL;
    if (!json_parse(&root, text, "closing", f))
        return false;
    for (int i = 0; i < INDICATOR_COUNT; i++) /* one the closing did not know yet */
        out->indicators[i] = (struct indicator){.id = (enum indicator_id)i,
                                                .code = indicator_code((enum indicator_id)i),
                                                .title = "",
                                                .source = "",
                                                .op = "ge",
                                                .state = INDICATOR_NA,
                                                .why = "Khi chốt kỳ này chưa có chỉ tiêu này."};
    const struct json *indicators = json_get(root, "indicators"), *stages = json_get(root, "stages"),
                      *scores = json_get(root, "scores");
    for (size_t i = 0; i < json_size(indicators); i++)
        read_indicator(json_at(indicators, i), a, out);
    for (size_t i = 0; i < json_size(stages) && i < INDICATOR_STAGES; i++)
        read_stage(json_at(stages, i), a, &out->stages[i]);
    out->score_count =
        (int)json_size(scores) < INDICATOR_SCORES_MAX ? (int)json_size(scores) : INDICATOR_SCORES_MAX;
    for (int i = 0; i < out->score_count; i++)
        read_score(json_at(scores, (size_t)i), a, &out->scores[i]);
    const char *policy = text_of(root, "policy", a);
    out->policy = policy ? policy : "";
    out->revision = int_of(root, "revision");
    json_free(root);
    return true;
}

/* --- lists of text --- */

static bool read_lines(sqlite3_stmt *st, struct arena *a, struct period_list *out, struct fault *f)
{
    struct fault stepping = {0};
    int room = 0;
    out->columns = sqlite3_column_count(st);
    while (statement_next(st, &stepping)) {
        if (out->rows == room) {
            room = 2 * room + 32;
            const char **more = ARENA_ARRAY(a, const char *, (size_t)(room * out->columns));
            if (out->rows)
                memcpy(more, out->cells, sizeof *more * (size_t)(out->rows * out->columns));
            out->cells = more;
        }
        for (int i = 0; i < out->columns; i++)
            out->cells[out->rows * out->columns + i] = arena_text(a, column_slice(st, i));
        out->rows++;
    }
    return stepping.code == FAULT_NONE || fault_set(f, stepping.code, stepping.place, "%s", stepping.text);
}

static bool list_bound(struct store *s, const char *sql, const char *one, const char *two, struct arena *a,
                       struct period_list *out, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, sql, f);
    if (!st)
        return false;
    bind_text(st, 1, one);
    if (two)
        bind_text(st, 2, two);
    bool ok = read_lines(st, a, out, f);
    sqlite3_reset(st);
    return ok;
}

static const char SOURCES[] =
    "SELECT kind, file_name, coalesce(source_date, ''), substr(imported_at, 1, 10), row_count, added + "
    "updated + unchanged,"
    " review, rejected FROM import_batch WHERE imported_at <= ?1 AND undone_at IS NULL ORDER BY id";
static const char POLICIES[] =
    "SELECT key, value, CASE valid_from WHEN '0001-01-01' THEN '' ELSE valid_from END, "
    "coalesce(decision_ref, '') FROM policy"
    " WHERE valid_from <= ?1 AND (valid_to IS NULL OR ?1 <= valid_to) AND value <> '' ORDER BY key";
static const char CLOSED_SOURCES[] = "SELECT value ->> 'kind', value ->> 'file', coalesce(value ->> 'date', "
                                     "''), substr(value ->> 'imported_at', 1, 10),"
                                     " value ->> 'rows', coalesce(b.added + b.updated + b.unchanged, ''), "
                                     "coalesce(b.review, ''), coalesce(b.rejected, '')"
                                     " FROM closing c, json_each(c.sources) LEFT JOIN import_batch b ON b.id "
                                     "= value ->> 'batch' WHERE c.period = ?1 AND c.version = ?2 + 0";
static const char CLOSED_POLICIES[] = "SELECT value ->> 'key', value ->> 'value', CASE value ->> 'from' WHEN "
                                      "'0001-01-01' THEN '' ELSE value ->> 'from' END,"
                                      " coalesce(value ->> 'decision', '') FROM closing c, "
                                      "json_each(c.policies) WHERE c.period = ?1 AND c.version = ?2 + 0"
                                      " AND value ->> 'value' <> ''";

static bool list_evidence(struct store *s, const struct indicator_request *r, struct arena *a,
                          struct period_document *out, struct fault *f)
{
    struct basis b;
    if (!basis_make(s, r, a, &b, f))
        return false;
    sqlite3_stmt *st = query_open_as_is(s, "period_evidence", &b, f);
    bool ok = st && read_lines(st, a, &out->evidence, f);
    sqlite3_finalize(st);
    return ok;
}

/* --- the two kinds of periods --- */

static bool read_open(struct store *s, const struct period *p, struct arena *a, struct period_document *out,
                      struct fault *f)
{
    char now[21], day[11];
    clock_utc_iso(now);
    struct date today = date_today();
    bool running = date_to_days(p->last) > date_to_days(today);
    struct indicator_request r = {.as_of = running ? today : p->last};
    out->known_at = arena_text(a, slice_of(now));
    date_format_iso(r.as_of, day);
    struct indicator_request known = {.as_of = r.as_of, .known_at = out->known_at};
    return indicators_report(s, &r, a, &out->report, f) &&
           list_bound(s, SOURCES, out->known_at, NULL, a, &out->sources, f) &&
           list_bound(s, POLICIES, arena_text(a, slice_of(day)), NULL, a, &out->policies, f) &&
           list_evidence(s, &known, a, out, f);
}

static bool read_head(struct store *s, const struct period *p, struct arena *a, struct period_document *out,
                      struct fault *f)
{
    sqlite3_stmt *st = store_statement(s,
                                       "SELECT known_at, closed_by, coalesce(reason, ''), provisional, "
                                       "evidence_count, lower(hex(evidence_hash)),"
                                       " report FROM closing WHERE period = ?1 AND version = ?2",
                                       f);
    if (!st)
        return false;
    bind_text(st, 1, p->name);
    bind_int(st, 2, out->version);
    if (!statement_next(st, f))
        return f->code == FAULT_NONE && fault_set(f, FAULT_NOT_FOUND, p->name, "bản %d", out->version);
    out->known_at = arena_text(a, column_slice(st, 0));
    out->closed_by = arena_text(a, column_slice(st, 1));
    out->reason = arena_text(a, column_slice(st, 2));
    out->is_provisional = sqlite3_column_int(st, 3) != 0;
    out->evidence_hash = arena_text(a, column_slice(st, 5));
    out->report.as_of = p->last;
    out->report.known_at = out->known_at;
    bool ok = read_report(column_slice(st, 6), a, &out->report, f);
    sqlite3_reset(st);
    return ok;
}

static bool read_closed(struct store *s, const struct period *p, struct arena *a, struct period_document *out,
                        struct fault *f)
{
    if (!read_head(s, p, a, out, f))
        return false;
    const char *version = arena_format(a, "%d", out->version);
    struct indicator_request r = {.as_of = p->last, .known_at = out->known_at};
    return list_bound(s, CLOSED_SOURCES, p->name, version, a, &out->sources, f) &&
           list_bound(s, CLOSED_POLICIES, p->name, version, a, &out->policies, f) &&
           list_evidence(s, &r, a, out, f);
}

bool period_read(struct store *s, const struct period *p, int version, struct arena *a,
                 struct period_document *out, struct fault *f)
{
    *out = (struct period_document){.period = *p, .version = version};
    if (!version)
        out->version = (int)store_int(s, "SELECT max(version) FROM closing WHERE period = ?1", p->name, 0);
    bool ok = out->version ? read_closed(s, p, a, out, f) : read_open(s, p, a, out, f);
    if (!ok || out->evidence_hash)
        return ok;
    struct buf all = {0}, hex = {0};
    uint8_t hash[HASH_BYTES];
    for (int i = 0; i < out->evidence.rows; i++)
        buf_format(&all, "%s\n", out->evidence.cells[i]);
    sha256_of(buf_to_slice(&all), hash);
    for (int i = 0; i < HASH_BYTES; i++)
        buf_format(&hex, "%02x", hash[i]);
    out->evidence_hash = arena_text(a, buf_to_slice(&hex));
    buf_release(&all);
    buf_release(&hex);
    return true;
}

int period_trend(struct store *s, enum indicator_id id, struct arena *a, const char ***periods,
                 struct period_figure **figures, struct fault *f)
{
    static const char SQL[] = "SELECT c.period, g.numerator, g.denominator FROM closing c JOIN "
                              "closing_figure g ON g.closing_id = c.id AND g.code = ?1"
                              " WHERE c.version = (SELECT max(version) FROM closing n WHERE n.period = "
                              "c.period) ORDER BY c.as_of, c.period LIMIT 200";
    enum { MOST = 200 };
    int count = 0;
    sqlite3_stmt *st = store_statement(s, SQL, f);
    *periods = ARENA_ARRAY(a, const char *, MOST);
    *figures = ARENA_ARRAY(a, struct period_figure, MOST);
    if (!st)
        return 0;
    bind_text(st, 1, indicator_code(id));
    while (count < MOST && statement_next(st, f)) {
        (*periods)[count] = arena_text(a, column_slice(st, 0));
        (*figures)[count++] = (struct period_figure){.code = indicator_code(id),
                                                     .numerator = sqlite3_column_int64(st, 1),
                                                     .denominator = sqlite3_column_int64(st, 2)};
    }
    sqlite3_reset(st);
    return count;
}
