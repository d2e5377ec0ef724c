/* business: places and establishments, in and out. The public code belongs to the place and is made here,
 * once, when the place is new; nothing ever changes it. */
#include "layers/fresh.h"
#include "layers/lookup.h"
#include "layers/text.h"

#include <math.h>
#include <string.h>

/* --- finding --- */

static int64_t find_by_text(struct store *s, const char *sql, struct slice text)
{
    sqlite3_stmt *st = store_statement(s, sql, NULL);
    if (!st || !text.n)
        return 0;
    bind_slice(st, 1, text);
    int64_t id = statement_next(st, NULL) ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return id;
}

int64_t place_by_ref(struct store *s, struct slice ref)
{
    return find_by_text(s,
                        "SELECT id FROM place WHERE ref = ?1 UNION ALL"
                        " SELECT place_id FROM retired_place WHERE ref = ?1 LIMIT 1",
                        ref);
}

int64_t place_by_code(struct store *s, struct slice code)
{
    char canonical[CODE_LENGTH + 1];
    if (!code_canonical(code, canonical))
        return 0;
    return find_by_text(s,
                        "SELECT id FROM place WHERE code = ?1 UNION ALL"
                        " SELECT place_id FROM retired_place WHERE code = ?1 LIMIT 1",
                        slice_of(canonical));
}

static struct date column_date(sqlite3_stmt *st, int index)
{
    struct date d = {0};
    if (column_is_null(st, index) || !date_parse_iso(column_slice(st, index), &d))
        return (struct date){0};
    return d;
}

static const char *constant_status(struct slice status)
{
    static const char *const STATUS[] = {"active", "suspended", "ceased", "vacant"};
    for (size_t i = 0; i < COUNT_OF(STATUS); i++)
        if (slice_equal(status, slice_of(STATUS[i])))
            return STATUS[i];
    return "active";
}

static void read_place(sqlite3_stmt *st, struct arena *a, struct place *p)
{
    struct slice code = column_slice(st, 1);
    p->id = sqlite3_column_int64(st, 0);
    memcpy(p->code, code.p, code.n < CODE_LENGTH ? code.n : CODE_LENGTH);
    p->is_stall = slice_equal(column_slice(st, 2), SLICE("stall"));
    p->ref = arena_slice(a, column_slice(st, 3));
    p->name = arena_slice(a, column_slice(st, 4));
    p->public_name = arena_slice(a, column_slice(st, 5));
    p->status = constant_status(column_slice(st, 6));
    p->status_raw = arena_slice(a, column_slice(st, 7));
    p->valid_from = column_date(st, 8);
    p->valid_to = column_date(st, 9);
    p->industry_version = arena_slice(a, column_slice(st, 10));
    p->industry_code = arena_slice(a, column_slice(st, 11));
    p->industry_group = arena_slice(a, column_slice(st, 12));
    p->group_id = sqlite3_column_int64(st, 13);
    p->ward_id = sqlite3_column_int64(st, 14);
    p->needs_review = sqlite3_column_int(st, 15) != 0;
    p->source_date = column_date(st, 16);
    p->verified_on = column_date(st, 17);
    p->batch_id = sqlite3_column_int64(st, 18);
}

bool place_read(struct store *s, struct arena *a, int64_t id, struct place_known *out)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT p.id, p.code, p.type, p.ref, p.name, p.public_name, p.status, p.status_raw, "
                        "p.valid_from, p.valid_to,"
                        " p.industry_version, p.industry_code, p.industry_group, p.residential_group_id, "
                        "p.ward_id, p.needs_review,"
                        " p.source_date, p.verified_on, p.batch_id, p.position, e.address_key, e.kind, "
                        "e.stall_place_id, e.place_id, e.address"
                        " FROM place p LEFT JOIN establishment e ON e.place_id = p.id WHERE p.id = ?1",
                        NULL);
    if (!st)
        return false;
    bind_int(st, 1, id);
    if (!statement_next(st, NULL))
        return false;
    *out = (struct place_known){0};
    read_place(st, a, &out->place);
    out->position = arena_slice(a, column_slice(st, 19));
    out->address_key = arena_slice(a, column_slice(st, 20));
    out->kind = arena_slice(a, column_slice(st, 21));
    out->stall_place_id = sqlite3_column_int64(st, 22);
    out->has_establishment = !column_is_null(st, 23);
    out->address = arena_slice(a, column_slice(st, 24));
    sqlite3_reset(st);
    return true;
}

/* --- places --- */

/* What a statement about a place borrows while it runs. */
struct bound_place {
    char now[21];
};

static void bind_place(sqlite3_stmt *st, const struct place *p, struct slice name_fold,
                       struct bound_place *bound)
{
    clock_utc_iso(bound->now);
    bind_borrowed_or_null(st, 1, p->ref);
    bind_borrowed(st, 2, p->name);
    bind_borrowed(st, 3, p->public_name);
    bind_borrowed(st, 4, name_fold);
    bind_borrowed(st, 5, slice_of(p->status));
    bind_borrowed_or_null(st, 6, p->status_raw);
    bind_date(st, 7, p->valid_from);
    bind_date(st, 8, p->valid_to);
    bind_borrowed_or_null(st, 9, p->industry_version);
    bind_borrowed_or_null(st, 10, p->industry_code);
    bind_borrowed_or_null(st, 11, p->industry_group);
    bind_id(st, 12, p->group_id);
    bind_id(st, 13, p->ward_id);
    bind_int(st, 14, p->needs_review);
    bind_date(st, 15, p->source_date);
    bind_date(st, 16, p->verified_on);
    bind_borrowed(st, 17, (struct slice){bound->now, sizeof bound->now - 1});
    bind_id(st, 18, p->batch_id);
}

static bool is_located(const struct place_position *at)
{
    return at && strcmp(at->position, "none") != 0;
}

static void bind_position(sqlite3_stmt *st, int index, const struct place_position *at)
{
    bind_text(st, index, at ? at->position : "none");
    bind_real(st, index + 1, is_located(at) ? at->accuracy_m : NAN);
    bind_slice_or_null(st, index + 2, at ? at->explanation : (struct slice){"", 0});
    bind_point(st, index + 3, is_located(at) ? &at->at : NULL);
}

/* The columns in the order of the table. */
static void bind_fresh_place(struct fresh *r, const struct place *p, struct slice name_fold,
                             const struct place_position *at, const char now[21])
{
    struct slice recorded = {now, 20};
    fresh_id(r, r->place);
    fresh_text(r, (struct slice){p->code, CODE_LENGTH});
    fresh_text(r, p->is_stall ? SLICE("stall") : SLICE("establishment"));
    fresh_text_or_null(r, p->ref);
    fresh_text(r, p->name);
    fresh_text(r, p->public_name);
    fresh_text(r, name_fold);
    fresh_text(r, slice_of(p->status));
    fresh_text_or_null(r, p->status_raw);
    fresh_date(r, p->valid_from);
    fresh_date(r, p->valid_to);
    fresh_text_or_null(r, p->industry_version);
    fresh_text_or_null(r, p->industry_code);
    fresh_text_or_null(r, p->industry_group);
    fresh_id(r, p->group_id);
    fresh_id(r, p->ward_id);
    fresh_text(r, slice_of(at ? at->position : "none"));
    fresh_real(r, is_located(at) ? at->accuracy_m : NAN);
    fresh_text_or_null(r, at ? at->explanation : (struct slice){"", 0});
    fresh_int(r, p->needs_review);
    fresh_date(r, p->source_date);
    fresh_date(r, p->verified_on);
    fresh_text(r, recorded);
    fresh_text(r, recorded);
    fresh_id(r, p->batch_id);
    fresh_point(r, is_located(at) ? &at->at : NULL);
    fresh_end_record(r);
}

/* With its point at once: setting it later would run the triggers of the spatial index a second time. */
static bool place_insert(struct store *s, struct place *p, struct slice name_fold,
                         const struct place_position *at, struct fault *f)
{
    struct fresh r;
    char now[21];
    if (!fresh_begin_place(
            &r, s,
            "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            " ?, ?, ?, ?, ?, ?, ?)",
            f))
        return false;
    if (!p->code[0])
        code_random(p->code);
    clock_utc_iso(now);
    bind_fresh_place(&r, p, name_fold, at, now);
    if (!fresh_run(&r, f))
        return false;
    p->id = sqlite3_last_insert_rowid(store_handle(s));
    return true;
}

static bool place_update(struct store *s, const struct place *p, struct slice name_fold,
                         const struct place_position *at, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        "UPDATE place SET ref = ?1, name = ?2, public_name = ?3, name_fold = ?4, status = ?5,"
        " status_raw = ?6, valid_from = ?7, valid_to = ?8, industry_version = ?9, industry_code = ?10,"
        " industry_group = ?11, residential_group_id = ?12, ward_id = ?13, needs_review = ?14,"
        " source_date = ?15, verified_on = ?16, updated_at = ?17, batch_id = ?18 WHERE id = ?19",
        f);
    if (!st)
        return false;
    struct bound_place bound;
    bind_place(st, p, name_fold, &bound);
    bind_int(st, 19, p->id);
    return statement_run(st, f) && (!at || place_set_position(s, p->id, at, f));
}

bool place_put(struct store *s, struct place *p, const struct place_position *at, struct fault *f)
{
    struct buf fold = {0};
    if (!p->name_fold.n)
        text_fold(p->name, &fold);
    struct slice name_fold = p->name_fold.n ? p->name_fold : buf_to_slice(&fold);
    bool ok = p->id ? place_update(s, p, name_fold, at, f) : place_insert(s, p, name_fold, at, f);
    buf_release(&fold);
    return ok;
}

bool place_set_position(struct store *s, int64_t id, const struct place_position *p, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s, "UPDATE place SET position = ?2, accuracy_m = ?3, geocode = ?4, geom = ?5 WHERE id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, id);
    bind_position(st, 2, p);
    return statement_run(st, f);
}

/* --- establishments --- */

static void bind_known(sqlite3_stmt *st, int index, int v)
{
    if (v >= 0)
        bind_int(st, index, v);
}

static void bind_establishment(sqlite3_stmt *st, const struct establishment *e)
{
    bind_int(st, 1, e->place_id);
    bind_borrowed_or_null(st, 2, slice_of(e->kind));
    bind_borrowed_or_null(st, 3, e->kind_raw);
    bind_borrowed(st, 4, e->address);
    bind_borrowed(st, 5, e->public_address);
    bind_borrowed(st, 6, e->address_key);
    bind_borrowed_bytes(st, 7, (struct slice){(const char *)e->match_key, HASH_BYTES});
    bind_id(st, 8, e->street_id);
    bind_borrowed_or_null(st, 9, e->number);
    bind_borrowed_or_null(st, 10, e->chain);
    bind_known(st, 11, e->at_home);
    bind_known(st, 12, e->has_account);
    bind_known(st, 13, e->einvoice_in_scope);
    bind_known(st, 14, e->einvoice_connected);
    bind_date(st, 15, e->licensed_on);
    bind_id(st, 16, e->stall_place_id);
}

static bool establishment_insert(struct store *s, const struct establishment *e, struct fault *f)
{
    struct fresh r;
    if (!fresh_begin(&r, s, e->place_id,
                     "INSERT INTO establishment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", f))
        return false;
    fresh_int(&r, e->place_id);
    fresh_text(&r, slice_of(e->kind ? e->kind : "other"));
    fresh_text_or_null(&r, e->kind_raw);
    fresh_text(&r, e->address);
    fresh_text(&r, e->public_address);
    fresh_text(&r, e->address_key);
    fresh_bytes(&r, (struct slice){(const char *)e->match_key, HASH_BYTES});
    fresh_id(&r, e->street_id);
    fresh_text_or_null(&r, e->number);
    fresh_text_or_null(&r, e->chain);
    fresh_int(&r, e->at_home == 1);
    fresh_known(&r, e->has_account);
    fresh_known(&r, e->einvoice_in_scope);
    fresh_known(&r, e->einvoice_connected);
    fresh_date(&r, e->licensed_on);
    fresh_id(&r, e->stall_place_id);
    fresh_end_record(&r);
    return fresh_run(&r, f);
}

bool establishment_put(struct store *s, const struct establishment *e, bool is_new, struct fault *f)
{
    lookup_add(store_lookup(s), LOOKUP_MATCH, e->match_key, e->place_id);
    if (is_new)
        return establishment_insert(s, e, f);
    sqlite3_stmt *st = store_statement(
        s,
        "UPDATE establishment SET kind = coalesce(?2, kind), kind_raw = coalesce(?3, kind_raw),"
        " address = iif(?4 = '', address, ?4), public_address = iif(?4 = '', public_address, ?5),"
        " address_key = iif(?4 = '', address_key, ?6), match_key = iif(?4 = '' AND address <> '', match_key, "
        "?7),"
        " street_id = iif(?4 = '', street_id, ?8), number = iif(?4 = '', number, ?9), chain = iif(?4 = '', "
        "chain, ?10),"
        " at_home = coalesce(?11, at_home), has_account = coalesce(?12, has_account),"
        " einvoice_in_scope = coalesce(?13, einvoice_in_scope), einvoice_connected = coalesce(?14, "
        "einvoice_connected),"
        " licensed_on = coalesce(?15, licensed_on), stall_place_id = coalesce(?16, stall_place_id) WHERE "
        "place_id = ?1",
        f);
    if (!st)
        return false;
    bind_establishment(st, e);
    return statement_run(st, f);
}

void establishment_match_key(struct store *s, struct slice name_fold, struct slice address_key,
                             uint8_t out[HASH_BYTES])
{
    struct buf text = {0};
    buf_slice(&text, name_fold);
    buf_char(&text, '|');
    buf_slice(&text, address_key);
    key_hash(store_key(s), "match", buf_to_slice(&text), out);
    buf_release(&text);
}

static bool has_match_key(struct store *s, int64_t place, const uint8_t key[HASH_BYTES])
{
    sqlite3_stmt *st = store_statement(s, "SELECT match_key FROM establishment WHERE place_id = ?1", NULL);
    if (!st)
        return false;
    bind_int(st, 1, place);
    bool has = statement_next(st, NULL) &&
               slice_equal(column_bytes(st, 0), (struct slice){(const char *)key, HASH_BYTES});
    sqlite3_reset(st);
    return has;
}

/* While a long list comes in there is no index. */
static int match_in_memory(struct store *s, const uint8_t key[HASH_BYTES], int64_t *ids, int limit)
{
    int64_t places[LOOKUP_MAX];
    int count = lookup_find(store_lookup(s), LOOKUP_MATCH, key, places), n = 0;
    for (int i = 0; i < count && n < limit; i++)
        if ((n == 0 || ids[n - 1] != places[i]) && has_match_key(s, places[i], key))
            ids[n++] = places[i];
    return n;
}

int establishment_by_match_key(struct store *s, const uint8_t key[HASH_BYTES], int64_t *ids, int limit)
{
    if (store_lookup(s))
        return match_in_memory(s, key, ids, limit);
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT place_id FROM establishment WHERE match_key = ?1 UNION SELECT place_id FROM retired_place"
        " WHERE match_key = ?1 ORDER BY place_id LIMIT ?2",
        NULL);
    if (!st)
        return 0;
    bind_bytes(st, 1, (struct slice){(const char *)key, HASH_BYTES});
    bind_int(st, 2, limit);
    int n = 0;
    while (n < limit && statement_next(st, NULL))
        ids[n++] = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return n;
}

bool place_release_ref(struct store *s, int64_t id, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "UPDATE place SET ref = NULL WHERE id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, id);
    return statement_run(st, f);
}

bool establishment_link(struct store *s, int64_t place_id, int64_t stall_place_id, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s, "UPDATE establishment SET stall_place_id = ?2 WHERE place_id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, place_id);
    bind_int(st, 2, stall_place_id);
    return statement_run(st, f);
}

int64_t establishment_of_stall(struct store *s, int64_t stall_place_id)
{
    sqlite3_stmt *st =
        store_statement(s, "SELECT place_id FROM establishment WHERE stall_place_id = ?1 LIMIT 1", NULL);
    if (!st)
        return 0;
    bind_int(st, 1, stall_place_id);
    int64_t id = statement_next(st, NULL) ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return id;
}

const char *place_position_name(struct store *s, struct arena *a, int64_t id)
{
    sqlite3_stmt *st = store_statement(s, "SELECT position FROM place WHERE id = ?1", NULL);
    if (!st)
        return "none";
    bind_int(st, 1, id);
    const char *name = statement_next(st, NULL) ? arena_text(a, column_slice(st, 0)) : "none";
    sqlite3_reset(st);
    return name;
}

bool place_read_point(struct store *s, int64_t id, struct place_position *out)
{
    sqlite3_stmt *st = store_statement(s, "SELECT geom, accuracy_m FROM place WHERE id = ?1", NULL);
    if (!st)
        return false;
    bind_int(st, 1, id);
    bool found = statement_next(st, NULL) && column_point(st, 0, &out->at);
    if (found)
        out->accuracy_m = sqlite3_column_double(st, 1);
    sqlite3_reset(st);
    return found;
}
