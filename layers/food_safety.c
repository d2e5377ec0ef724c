/* food_safety: the regime of a place, its documents and its inspections. Findings and penalties tell what a
 * person did wrong and stand sealed. What is published of all this is decided by the views, never here. */
#include "layers/store_private.h"

enum {
    CORRECTION_DAYS = 300
}; /* a new commitment closer than this to the last one corrects its date; renewals come yearly or later */

bool fs_place_put(struct store *s, const struct fs_place *p, bool *is_new, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st =
        store_statement(s, "SELECT 1 FROM fs_place WHERE place_id = ?1 AND batch_id IS NOT ?2", f);
    if (!st)
        return false;
    bind_int(st, 1, p->place_id);
    bind_id(st, 2, p->batch_id);
    *is_new = !statement_next(st, f);
    sqlite3_reset(st);
    st = store_statement(
        s,
        "INSERT INTO fs_place (place_id, business_kind, regime, authority, health_checked_on, trained_on, "
        "status_raw,"
        " updated_at, batch_id) VALUES (?1, coalesce(?2, ''), coalesce(?3, 'unknown'), ?4, ?5, ?6, ?7, ?8, "
        "?9)"
        " ON CONFLICT (place_id) DO UPDATE SET business_kind = coalesce(?2, business_kind), regime = "
        "coalesce(?3, regime),"
        " authority = coalesce(?4, authority), health_checked_on = coalesce(?5, health_checked_on),"
        " trained_on = coalesce(?6, trained_on), status_raw = coalesce(?7, status_raw), updated_at = ?8, "
        "batch_id = ?9",
        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, p->place_id);
    bind_slice_or_null(st, 2, p->business_kind);
    bind_text(st, 3, p->regime);
    bind_slice_or_null(st, 4, p->authority);
    bind_date(st, 5, p->health_checked_on);
    bind_date(st, 6, p->trained_on);
    bind_slice_or_null(st, 7, p->status_raw);
    bind_text(st, 8, now);
    bind_id(st, 9, p->batch_id);
    return statement_run(st, f);
}

/* A document is itself under its number; without a number under its day, near days being corrections of one
 * another. */
static int64_t find_document(struct store *s, const struct fs_document *d)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT id FROM fs_document WHERE place_id = ?1 AND type = ?2 AND number = ?3"
                        " AND (?3 <> '' OR issued_on IS ?4 OR abs(julianday(issued_on) - julianday(?4)) < ?5)"
                        " ORDER BY issued_on IS ?4 DESC, id DESC LIMIT 1",
                        NULL);
    if (!st)
        return 0;
    bind_int(st, 1, d->place_id);
    bind_text(st, 2, d->type);
    bind_slice(st, 3, d->number);
    bind_date(st, 4, d->issued_on);
    bind_int(st, 5, CORRECTION_DAYS);
    int64_t id = statement_next(st, NULL) ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return id;
}

bool fs_document_put(struct store *s, struct fs_document *d, struct fault *f)
{
    d->id = find_document(s, d);
    sqlite3_stmt *st = store_statement(s,
                                       d->id ? "UPDATE fs_document SET issuer = coalesce(nullif(?4, ''), "
                                               "issuer), issued_on = ?5, expires_on = ?6,"
                                               " expires_source = ?7, batch_id = ?8 WHERE id = ?9"
                                             : "INSERT INTO fs_document (place_id, type, number, issuer, "
                                               "issued_on, expires_on, expires_source, batch_id)"
                                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                                       f);
    if (!st)
        return false;
    bind_int(st, 1, d->place_id);
    bind_text(st, 2, d->type);
    bind_slice(st, 3, d->number);
    bind_slice(st, 4, d->issuer);
    bind_date(st, 5, d->issued_on);
    bind_date(st, 6, d->expires_on);
    bind_text(st, 7, !date_is_valid(d->expires_on) ? NULL : d->is_computed ? "computed" : "printed");
    bind_id(st, 8, d->batch_id);
    if (d->id)
        bind_int(st, 9, d->id);
    if (!statement_run(st, f))
        return false;
    if (!d->id)
        d->id = sqlite3_last_insert_rowid(store_handle(s));
    return true;
}

static int64_t find_inspection(struct store *s, const struct fs_inspection *i)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT id FROM fs_inspection WHERE place_id = ?1 AND inspected_on = ?2 ORDER BY id DESC LIMIT 1",
        NULL);
    if (!st)
        return 0;
    bind_int(st, 1, i->place_id);
    bind_date(st, 2, i->inspected_on);
    int64_t id = statement_next(st, NULL) ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return id;
}

static bool seal_finding(struct store *s, const struct fs_inspection *i, const char *field, struct slice text,
                         struct fault *f)
{
    struct private_value v = {.owner = "inspection", .owner_id = i->id, .field = field, .text = text};
    return private_put(s, &v, f);
}

bool fs_inspection_put(struct store *s, struct fs_inspection *i, struct fault *f)
{
    i->id = find_inspection(s, i);
    sqlite3_stmt *st = store_statement(s,
                                       i->id ? "UPDATE fs_inspection SET round = ?2, result = ?4, result_raw "
                                               "= ?5, vocabulary = ?6, batch_id = ?7"
                                               " WHERE id = ?8"
                                             : "INSERT INTO fs_inspection (place_id, round, inspected_on, "
                                               "result, result_raw, vocabulary, batch_id)"
                                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                                       f);
    if (!st)
        return false;
    bind_int(st, 1, i->place_id);
    bind_id(st, 2, i->round);
    bind_date(st, 3, i->inspected_on);
    bind_text(st, 4, i->result);
    bind_slice(st, 5, i->result_raw);
    bind_text(st, 6, i->is_abc ? "ABC_2018" : "DAT_KHONGDAT");
    bind_id(st, 7, i->batch_id);
    if (i->id)
        bind_int(st, 8, i->id);
    if (!statement_run(st, f))
        return false;
    if (!i->id)
        i->id = sqlite3_last_insert_rowid(store_handle(s));
    return seal_finding(s, i, "findings", i->findings, f) && seal_finding(s, i, "penalty", i->penalty, f);
}

int64_t fs_place_of_number(struct store *s, struct slice number)
{
    sqlite3_stmt *st =
        store_statement(s, "SELECT min(place_id), max(place_id) FROM fs_document WHERE number = ?1", NULL);
    if (!st || !number.n)
        return 0;
    bind_slice(st, 1, number);
    int64_t lowest = 0, highest = 0;
    if (statement_next(st, NULL)) {
        lowest = sqlite3_column_int64(st, 0);
        highest = sqlite3_column_int64(st, 1);
    }
    sqlite3_reset(st);
    return lowest == highest ? lowest : 0;
}
