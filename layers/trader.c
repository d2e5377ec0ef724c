/* trader: who runs a stall, and since when. Traders come and go, the place stays; who they are stands sealed,
 * and two rows are one trader by a keyed hash. */
#include "layers/store_private.h"

static void bind_known(sqlite3_stmt *st, int index, int v)
{
    if (v >= 0)
        bind_int(st, index, v);
}

/* Two rows are one trader when market, folded name and, where given, personal number or else phone agree. */
static void trader_identity(struct store *s, const struct occupant *o, uint8_t out[HASH_BYTES])
{
    struct buf text = {0};
    struct slice more = o->identity.n ? o->identity : o->phone;
    buf_int(&text, o->market_id);
    buf_char(&text, '|');
    buf_slice(&text, o->name_fold);
    buf_char(&text, '|');
    buf_slice(&text, more);
    key_hash(store_key(s), "trader", buf_to_slice(&text), out);
    buf_release(&text);
}

static bool trader_insert(struct store *s, const struct occupant *o, struct slice identity, int64_t *id,
                          struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "INSERT INTO trader (market_id, identity) VALUES (?1, ?2)", f);
    if (!st)
        return false;
    bind_int(st, 1, o->market_id);
    bind_bytes(st, 2, identity);
    if (!statement_run(st, f))
        return false;
    *id = sqlite3_last_insert_rowid(store_handle(s));
    return true;
}

static bool trader_put(struct store *s, const struct occupant *o, int64_t *id, struct fault *f)
{
    uint8_t hash[HASH_BYTES];
    struct slice identity = {(const char *)hash, HASH_BYTES};
    sqlite3_stmt *st = store_statement(s, "SELECT id FROM trader WHERE identity = ?1", f);
    if (!st)
        return false;
    trader_identity(s, o, hash);
    bind_bytes(st, 1, identity);
    bool found = statement_next(st, f);
    *id = found ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    if (!found && !trader_insert(s, o, identity, id, f))
        return false;
    const struct private_value values[] = {
        {.owner = "trader", .owner_id = *id, .field = "owner_name", .text = o->name, .key = o->name_fold},
        {.owner = "trader", .owner_id = *id, .field = "phone", .text = o->phone},
        {.owner = "trader", .owner_id = *id, .field = "identity", .text = o->identity},
    };
    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (values[i].text.n && !private_put(s, &values[i], f))
            return false;
    return true;
}

struct occupancy {
    int64_t id, trader_id;
    int has_account;
    struct date valid_from;
};

static bool occupancy_now(struct store *s, int64_t place_id, struct occupancy *out)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT id, trader_id, has_account, valid_from FROM occupancy WHERE place_id = ?1"
                        " AND valid_to IS NULL ORDER BY id DESC LIMIT 1",
                        NULL);
    if (!st)
        return false;
    bind_int(st, 1, place_id);
    if (!statement_next(st, NULL))
        return false;
    *out = (struct occupancy){.id = sqlite3_column_int64(st, 0), .trader_id = sqlite3_column_int64(st, 1)};
    out->has_account = column_is_null(st, 2) ? -1 : sqlite3_column_int(st, 2);
    if (!column_is_null(st, 3) && !date_parse_iso(column_slice(st, 3), &out->valid_from))
        out->valid_from = (struct date){0};
    sqlite3_reset(st);
    return true;
}

static bool occupancy_end(struct store *s, int64_t id, struct date last, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "UPDATE occupancy SET valid_to = ?2 WHERE id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, id);
    bind_date(st, 2, last);
    return statement_run(st, f);
}

/* Since when the first known occupant is there nobody told us: open. A later one came with the change. */
static bool occupancy_write(struct store *s, const struct occupant *o, int64_t id, int64_t trader_id,
                            struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s,
                        id ? "UPDATE occupancy SET trader_id = ?2, has_account = coalesce(?3, has_account), "
                             "batch_id = ?4 WHERE id = ?5"
                           : "INSERT INTO occupancy (place_id, trader_id, has_account, batch_id, valid_from) "
                             "SELECT ?1, ?2, ?3, ?4,"
                             " CASE WHEN EXISTS (SELECT 1 FROM occupancy WHERE place_id = ?1) THEN ?5 END",
                        f);
    if (!st)
        return false;
    bind_int(st, 1, o->place_id);
    bind_int(st, 2, trader_id);
    bind_known(st, 3, o->has_account);
    bind_id(st, 4, o->batch_id);
    if (id)
        bind_int(st, 5, id);
    else
        bind_date(st, 5, o->since);
    return statement_run(st, f);
}

bool occupancy_set(struct store *s, const struct occupant *o, struct fault *f)
{
    struct occupancy now = {0};
    bool is_occupied = occupancy_now(s, o->place_id, &now);
    struct date change = date_is_valid(o->since) ? o->since : o->today;
    struct date eve = date_of_days(date_to_days(change) - 1);
    if (!o->name.n)
        return !is_occupied || occupancy_end(s, now.id, eve, f);
    int64_t trader_id = 0;
    if (!trader_put(s, o, &trader_id, f))
        return false;
    if (is_occupied && now.trader_id == trader_id)
        return o->has_account < 0 || o->has_account == now.has_account ||
               occupancy_write(s, o, now.id, trader_id, f);
    /* a list of the same day or older corrects who it was; a newer one tells of a change */
    bool is_correction = is_occupied && date_is_valid(o->since) && date_is_valid(now.valid_from) &&
                         date_to_days(now.valid_from) >= date_to_days(o->since);
    if (is_occupied && !is_correction && !occupancy_end(s, now.id, eve, f))
        return false;
    return occupancy_write(s, o, is_correction ? now.id : 0, trader_id, f);
}

int occupancy_compare(struct store *s, int64_t place_id, struct slice name_fold)
{
    struct occupancy now = {0};
    if (!occupancy_now(s, place_id, &now))
        return -1;
    struct private_value v = {.owner = "trader",
                              .owner_id = now.trader_id,
                              .field = "owner_name",
                              .text = name_fold,
                              .key = name_fold};
    return private_compare(s, &v) == 1;
}
