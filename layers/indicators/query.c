/* query: fills what all queries share (population.sql), joins common.sql with one indicator's file, binds
 * what the report is about, and counts the rows.
 *
 * Law: a window is a first day computed here from the dated policy, so that the SQL compares days only. SQL
 * is the embedded text, nothing else; every value is bound. A row counted above but not below the line is a
 * fault that names it, never a figure. */
#include "layers/indicators/query.h"

#include <string.h>

const char *policy_text(struct store *s, struct date day, const char *key, struct arena *a,
                        const char **decision)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT value, decision_ref FROM policy WHERE key = ?1 AND valid_from <= ?2"
                        " AND (valid_to IS NULL OR ?2 <= valid_to) ORDER BY valid_from DESC LIMIT 1",
                        NULL);
    if (!st)
        return NULL;
    bind_text(st, 1, key);
    bind_date(st, 2, day);
    const char *value = NULL;
    if (sqlite3_step(st) == SQLITE_ROW) {
        value = arena_text(a, column_slice(st, 0));
        if (decision)
            *decision = column_is_null(st, 1) ? NULL : arena_text(a, column_slice(st, 1));
    }
    sqlite3_reset(st);
    return value;
}

static const struct {
    const char *parameter, *key;
    int days; /* when no policy says otherwise */
} WINDOWS[] = {
    {":e1_from", "evidence.e1_days", 365},    {":e2_from", "evidence.e2_days", 365},
    {":e3_from", "evidence.e3_days", 90},     {":removed_from", "pilot.removed_days", 90},
    {":platform_from", "platform.days", 365}, {":fresh_from", "fresh.days", 90},
    {":alive_from", "alive.days", 30},        {":list_from", "list.days", 180},
    {":period_from", "period.days", 90},      {":posted_from", "posting.days", 365},
};

static void basis_add(struct basis *b, const char *parameter, const char *value)
{
    b->bound[b->count].parameter = parameter;
    b->bound[b->count++].value = value;
}

static char *day_before(struct date day, int64_t days, struct arena *a)
{
    static const struct date FIRST = {1, 1, 1};
    int64_t at = date_to_days(day) - days, first = date_to_days(FIRST);
    char *text = arena_alloc(a, 11);
    date_format_iso(date_of_days((int32_t)(at < first ? first : at)), text);
    return text;
}

static bool window_add(struct store *s, size_t i, struct arena *a, struct basis *b, struct fault *f)
{
    const char *value = policy_text(s, b->as_of, WINDOWS[i].key, a, NULL);
    int64_t days = WINDOWS[i].days;
    if (value && (!slice_to_int(slice_of(value), &days) || days < 0))
        return fault_set(f, FAULT_BAD_NUMBER, WINDOWS[i].key, "\"%s\"", value);
    basis_add(b, WINDOWS[i].parameter, day_before(b->as_of, days, a));
    return true;
}

static const char *vsic_in_force(struct store *s, struct date day, struct arena *a)
{
    const char *named = policy_text(s, day, "industry.version", a, NULL);
    if (named && named[0])
        return named;
    named = NULL;
    sqlite3_stmt *st = store_statement(s, "SELECT max(version) FROM industry WHERE level = 4", NULL);
    if (st && sqlite3_step(st) == SQLITE_ROW && !column_is_null(st, 0))
        named = arena_text(a, column_slice(st, 0));
    sqlite3_reset(st);
    return named;
}

static const char *reading_in_force(struct store *s, struct date day, struct arena *a, struct fault *f)
{
    static const char *const KNOWN[] = {"STANDARD", "STRICT", "LENIENT"};
    const char *value = policy_text(s, day, "evidence.policy", a, NULL);
    if (!value)
        return KNOWN[0];
    for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
        if (strcmp(value, KNOWN[i]) == 0)
            return KNOWN[i];
    fault_set(f, FAULT_BAD_VALUE, "evidence.policy", "\"%s\"", value);
    return NULL;
}

/* A bare day means its end in Asia/Ho_Chi_Minh. */
static const char *known_at_time(const char *known_at, struct arena *a)
{
    struct date day;
    return known_at && date_parse_iso(slice_of(known_at), &day) ? arena_format(a, "%sT16:59:59Z", known_at)
                                                                : known_at;
}

static void bind_basis(sqlite3_stmt *st, const struct basis *b)
{
    for (int i = 0; i < b->count; i++) {
        int at = sqlite3_bind_parameter_index(st, b->bound[i].parameter);
        if (at)
            bind_text(st, at, b->bound[i].value);
    }
}

static bool run_part(struct store *s, struct slice part, const struct basis *b, struct fault *f)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(store_handle(s), part.p, (int)part.n, &st, NULL) != SQLITE_OK)
        return fault_set(f, FAULT_DATABASE, "population", "%s", sqlite3_errmsg(store_handle(s)));
    bind_basis(st, b);
    bool ok = statement_run(st, f);
    sqlite3_finalize(st);
    return ok;
}

/* Temporary tables are written even where the file may only be read. */
static bool fill_tables(struct store *s, const struct basis *b, struct fault *f)
{
    struct slice rest = slice_of(sql_text("population")), mark = SLICE("\n-- then\n");
    bool reads_only = store_int(s, "PRAGMA query_only", NULL, 0) != 0, ok = true;
    if (reads_only && !store_run(s, "PRAGMA query_only = OFF", f))
        return false;
    while (ok && rest.n) {
        ptrdiff_t at = slice_find(rest, mark);
        struct slice part = {rest.p, at < 0 ? rest.n : (size_t)at};
        rest =
            at < 0 ? (struct slice){0} : (struct slice){part.p + part.n + mark.n, rest.n - part.n - mark.n};
        ok = run_part(s, part, b, f);
    }
    return (!reads_only || store_run(s, "PRAGMA query_only = ON", f)) && ok;
}

bool basis_make(struct store *s, const struct indicator_request *r, struct arena *a, struct basis *out,
                struct fault *f)
{
    if (!date_is_valid(r->as_of))
        return fault_set(f, FAULT_BAD_DATE, "as_of", "%04d-%02d-%02d", r->as_of.year, r->as_of.month,
                         r->as_of.day);
    *out = (struct basis){.as_of = r->as_of, .reading = reading_in_force(s, r->as_of, a, f)};
    if (!out->reading)
        return false;
    basis_add(out, ":as_of", day_before(r->as_of, 0, a));
    basis_add(out, ":known_at", known_at_time(r->known_at, a));
    basis_add(out, ":policy", out->reading);
    basis_add(out, ":vsic", vsic_in_force(s, r->as_of, a));
    basis_add(out, ":change_days",
              arena_format(a, "%lld", (long long)policy_number(s, "change.days", r->as_of, 5)));
    const char *needs_point = policy_text(s, r->as_of, "market.needs_point", a, NULL);
    basis_add(out, ":market_needs_point", needs_point && needs_point[0] ? needs_point : "0");
    for (size_t i = 0; i < COUNT_OF(WINDOWS); i++)
        if (!window_add(s, i, a, out, f))
            return false;
    return fill_tables(s, out, f);
}

static sqlite3_stmt *prepare(struct store *s, const char *sql, const char *file, struct fault *f)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(store_handle(s), sql, -1, &st, NULL) != SQLITE_OK)
        fault_set(f, FAULT_DATABASE, file, "%s", sqlite3_errmsg(store_handle(s)));
    return st;
}

static sqlite3_stmt *bound(sqlite3_stmt *st, const char *group, const struct basis *b)
{
    if (!st)
        return NULL;
    bind_basis(st, b);
    int at = sqlite3_bind_parameter_index(st, ":group");
    if (at)
        bind_text(st, at, group);
    return st;
}

/* The text of a query; NULL with the fault filled when there is no such file. */
static const char *query_text(const char *file, struct arena *a, struct fault *f)
{
    const char *common = sql_text("common"), *own = sql_text(file);
    if (common && own)
        return arena_format(a, "%s\n%s", common, own);
    fault_set(f, FAULT_INTERNAL, file, "%s", "no such query");
    return NULL;
}

sqlite3_stmt *query_open_as_is(struct store *s, const char *file, const struct basis *b, struct fault *f)
{
    struct arena a = {0};
    const char *sql = query_text(file, &a, f);
    sqlite3_stmt *st = sql ? prepare(s, sql, file, f) : NULL;
    arena_release(&a);
    return bound(st, NULL, b);
}

sqlite3_stmt *query_open(struct store *s, const char *file, const char *group, const struct basis *b,
                         struct fault *f)
{
    struct arena a = {0};
    const char *sql = query_text(file, &a, f);
    sqlite3_stmt *st =
        sql ? prepare(s, arena_format(&a, "SELECT * FROM (%s) ORDER BY model, id", sql), file, f) : NULL;
    arena_release(&a);
    return bound(st, group, b);
}

/* The same rows without what only a reader needs: SQLite then leaves the reasons unmade and the rows
 * unsorted. The names pasted are those of the embedded query itself. */
static const char *count_text(struct store *s, const char *sql, const char *file, struct arena *a,
                              struct fault *f)
{
    sqlite3_stmt *st = prepare(s, sql, file, f);
    struct buf text = {0};
    if (!st)
        return NULL;
    buf_text(&text, "SELECT NULL, in_denominator, in_numerator, NULL, NULL, model");
    for (int i = ROW_VARIANTS; i < sqlite3_column_count(st); i++)
        buf_format(&text, ", %s", sqlite3_column_name(st, i));
    buf_format(&text, " FROM (%s)", sql);
    const char *made = arena_text(a, buf_to_slice(&text));
    buf_release(&text);
    sqlite3_finalize(st);
    return made;
}

static sqlite3_stmt *open_for_count(struct store *s, const char *file, const char *group,
                                    const struct basis *b, struct fault *f)
{
    struct arena a = {0};
    const char *sql = query_text(file, &a, f), *counting = sql ? count_text(s, sql, file, &a, f) : NULL;
    sqlite3_stmt *st = counting ? prepare(s, counting, file, f) : NULL;
    arena_release(&a);
    return bound(st, group, b);
}

/* --- counting --- */

struct counting {
    struct arena *arena;
    struct count *out;
    int model_room, offender_count; /* offenders: rows above the line that are not below it */
};

static struct indicator_share *model_of(struct counting *c, struct slice code)
{
    for (int i = c->out->model_count - 1; i >= 0;
         i--) /* rows come model by model: the last one nearly always */
        if (slice_equal(slice_of(c->out->models[i].code), code))
            return &c->out->models[i];
    if (c->out->model_count == c->model_room) {
        int room = c->model_room ? 2 * c->model_room : 8;
        struct indicator_share *more = ARENA_ARRAY(c->arena, struct indicator_share, (size_t)room);
        if (c->out->model_count)
            memcpy(more, c->out->models, sizeof *more * (size_t)c->out->model_count);
        c->out->models = more;
        c->model_room = room;
    }
    struct indicator_share *m = &c->out->models[c->out->model_count++];
    m->code = arena_text(c->arena, code);
    return m;
}

static void count_variants(sqlite3_stmt *st, struct counting *c)
{
    for (int i = 0; i < c->out->variant_count; i++) {
        if (column_is_null(st, ROW_VARIANTS + i))
            continue;
        c->out->variants[i].denominator++;
        c->out->variants[i].numerator += sqlite3_column_int(st, ROW_VARIANTS + i) != 0;
    }
}

static void count_row(sqlite3_stmt *st, struct counting *c)
{
    bool below = sqlite3_column_int(st, ROW_IN_DENOMINATOR) != 0,
         above = sqlite3_column_int(st, ROW_IN_NUMERATOR) != 0;
    c->offender_count += above && !below;
    c->out->total.denominator += below;
    c->out->total.numerator += above;
    if (!column_is_null(st, ROW_MODEL)) {
        struct indicator_share *m = model_of(c, column_slice(st, ROW_MODEL));
        m->denominator += below;
        m->numerator += above;
    }
    count_variants(st, c);
}

static bool name_models(struct store *s, struct arena *a, struct count *out, struct fault *f)
{
    for (int i = 0; i < out->model_count; i++) {
        sqlite3_stmt *st = store_statement(s, "SELECT name, type FROM pilot WHERE code = ?1", f);
        if (!st)
            return false;
        bind_text(st, 1, out->models[i].code);
        if (sqlite3_step(st) == SQLITE_ROW) {
            out->models[i].name = arena_text(a, column_slice(st, 0));
            out->models[i].type = arena_text(a, column_slice(st, 1));
        }
        sqlite3_reset(st);
    }
    return true;
}

static bool count_rows(sqlite3_stmt *st, struct counting *c, struct fault *f)
{
    struct count *out = c->out;
    *out = (struct count){.variant_count = sqlite3_column_count(st) - ROW_VARIANTS};
    out->variants = ARENA_ARRAY(c->arena, struct indicator_share, (size_t)out->variant_count + 1);
    for (int i = 0; i < out->variant_count; i++)
        out->variants[i].name = arena_text(c->arena, slice_of(sqlite3_column_name(st, ROW_VARIANTS + i)));
    struct fault stepping = {0};
    while (statement_next(st, &stepping))
        count_row(st, c);
    return stepping.code == FAULT_NONE || fault_set(f, stepping.code, stepping.place, "%s", stepping.text);
}

/* Fails, naming the first of the rows above the line that are not below it. */
static bool name_offenders(struct store *s, const char *file, const char *group, const struct basis *b,
                           int count, struct fault *f)
{
    sqlite3_stmt *st = query_open(s, file, group, b, f);
    struct buf names = {0};
    int named = 0;
    if (!st)
        return false;
    while (named < 5 && statement_next(st, NULL))
        if (sqlite3_column_int(st, ROW_IN_NUMERATOR) && !sqlite3_column_int(st, ROW_IN_DENOMINATOR)) {
            buf_char(&names, ' ');
            buf_slice(&names, column_slice(st, ROW_ID));
            named++;
        }
    sqlite3_finalize(st);
    fault_set(f, FAULT_INCONSISTENT, NULL, "%d:%.*s", count, (int)names.n, names.p);
    buf_release(&names);
    return false;
}

bool query_count(struct store *s, const char *file, const char *group, const struct basis *b, struct arena *a,
                 struct count *out, struct fault *f)
{
    sqlite3_stmt *st = open_for_count(s, file, group, b, f);
    struct counting c = {.arena = a, .out = out};
    if (!st)
        return false;
    bool ok = count_rows(st, &c, f);
    sqlite3_finalize(st);
    if (ok && c.offender_count)
        return name_offenders(s, file, group, b, c.offender_count, f);
    return ok && name_models(s, a, out, f);
}
