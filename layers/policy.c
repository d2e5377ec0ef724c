/* policy: dated thresholds and windows with the decision behind them. Nothing legal is hard-coded: a rule
 * changes by a row here, and every report names the row it used. */
#include "layers/store_private.h"

#include <string.h>

static bool policy_is_known(struct store *s, const char *key)
{
    return store_int(s, "SELECT count(*) FROM policy WHERE key = ?1", key, 0) > 0;
}

/* The rule before ends on the eve of the new one. */
static bool close_previous(struct store *s, const struct policy *p, struct fault *f)
{
    static const char SQL[] =
        "UPDATE policy SET valid_to = date(?2, '-1 day') WHERE key = ?1 AND valid_from < ?2"
        " AND (valid_to IS NULL OR valid_to >= ?2)";
    sqlite3_stmt *st = store_statement(s, SQL, f);
    if (!st)
        return false;
    bind_text(st, 1, p->key);
    bind_text(st, 2, p->from);
    return statement_run(st, f);
}

static bool insert_rule(struct store *s, const struct policy *p, struct fault *f)
{
    static const char SQL[] =
        "INSERT INTO policy (key, value, valid_from, decision_ref) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT DO UPDATE SET value = excluded.value, decision_ref = excluded.decision_ref";
    sqlite3_stmt *st = store_statement(s, SQL, f);
    if (!st)
        return false;
    bind_text(st, 1, p->key);
    bind_text(st, 2, p->value);
    bind_text(st, 3, p->from ? p->from : "0001-01-01");
    bind_text(st, 4, p->decision_ref);
    return statement_run(st, f);
}

static bool note_rule(struct store *s, const struct policy *p, struct fault *f)
{
    struct buf subject = {0}, detail = {0};
    buf_format(&subject, "policy %s", p->key);
    buf_char(&detail, '{');
    buf_json_field(&detail, "value", slice_of(p->value));
    buf_char(&detail, ',');
    buf_json_field(&detail, "from", slice_of(p->from));
    buf_char(&detail, ',');
    buf_json_field(&detail, "decision", slice_of(p->decision_ref));
    buf_char(&detail, '}');
    struct audit_entry entry = {.who = p->who ? p->who : "cli",
                                .action = "policy",
                                .subject = buf_to_slice(&subject),
                                .detail = buf_to_slice(&detail)};
    bool good = audit_append(s, &entry, f);
    buf_release(&subject);
    buf_release(&detail);
    return good;
}

/* A role written wrong would free its people of the second factor in silence. */
static bool check_value(const struct policy *p, struct fault *f)
{
    struct slice rest = slice_of(p->value), word;
    enum role role;
    if (strcmp(p->key, "staff.second_factor") != 0)
        return true;
    while (slice_next(&rest, ' ', &word))
        if (word.n && !role_find(word, &role))
            return fault_set(f, FAULT_BAD_VALUE, p->key, "\"%.*s\" không phải vai trò", (int)word.n, word.p);
    return true;
}

bool store_set_policy(struct store *s, const struct policy *policy, struct fault *f)
{
    struct date from;
    if (!policy_is_known(s, policy->key))
        return fault_set(f, FAULT_BAD_PARAMETER, policy->key, "%s", "không có khoá chính sách này");
    if (policy->from && !date_parse_iso(slice_of(policy->from), &from))
        return fault_set(f, FAULT_BAD_DATE, "--from", "'%s'", policy->from);
    if (!check_value(policy, f))
        return false;
    bool ok = store_begin(s, f) && (!policy->from || close_previous(s, policy, f)) &&
              insert_rule(s, policy, f) && note_rule(s, policy, f) && store_commit(s, f);
    if (!ok)
        store_rollback(s);
    return ok;
}

bool store_list_policy(struct store *s, struct buf *out, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT key, value, valid_from, valid_to, decision_ref FROM policy ORDER BY 1, 3", f);
    while (statement_next(st, f)) {
        buf_slice(out, column_slice(st, 0));
        buf_text(out, " = ");
        buf_slice(out, column_slice(st, 1));
        struct slice from = column_slice(st, 2);
        if (!slice_equal(from, SLICE("0001-01-01")))
            buf_format(out, "  từ %.*s", (int)from.n, from.p);
        if (!column_is_null(st, 3))
            buf_format(out, "  đến %s", sqlite3_column_text(st, 3));
        if (!column_is_null(st, 4))
            buf_format(out, "  (%s)", sqlite3_column_text(st, 4));
        buf_char(out, '\n');
    }
    return f->code == FAULT_NONE;
}

static sqlite3_stmt *rule_of(struct store *s, const char *key, struct date day)
{
    sqlite3_stmt *st = store_statement(s,
                                       "SELECT value FROM policy WHERE key = ?1 AND valid_from <= ?2"
                                       " AND (valid_to IS NULL OR ?2 <= valid_to) ORDER BY valid_from DESC "
                                       "LIMIT 1",
                                       NULL);
    if (!st)
        return NULL;
    bind_text(st, 1, key);
    bind_date(st, 2, day);
    return statement_next(st, NULL) ? st : NULL;
}

int64_t policy_number(struct store *s, const char *key, struct date day, int64_t otherwise)
{
    sqlite3_stmt *st = rule_of(s, key, day);
    if (!st)
        return otherwise;
    int64_t v = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return v;
}

struct date policy_day(struct store *s, const char *key, struct date day)
{
    struct date value = {0};
    sqlite3_stmt *st = rule_of(s, key, day);
    if (st && !date_parse_iso(column_slice(st, 0), &value))
        value = (struct date){0};
    if (st)
        sqlite3_reset(st);
    return value;
}
