/* Accounts: passwords hashed, five failures lock, idle sessions end, changes end sessions, the audit's chain
 * breaks when somebody touches it. */
#include "tests/layers/small_ward.h"

static const char PATH[] = "test_account.db";
static const struct slice GOOD = {"mua thu ha noi 54", 17};
static const int64_t NOW = 1795000000;

static struct store *store;
static struct arena memory;

static void set_up(void)
{
    struct fault f = {0};
    store = ward_make(PATH);
    struct user user = {.name = SLICE("lan"), .role = ROLE_ENTRY, .must_change = true, .created_at = NOW};
    ck_assert_msg(user_add(store, &user, GOOD, "cli", &f), "%s %s", f.place, f.text);
}

static void tear_down(void)
{
    store_close(store);
    arena_release(&memory);
    ward_remove(PATH);
}

static struct user find(const char *name)
{
    struct fault f = {0};
    struct user user;
    ck_assert_msg(user_find(store, &memory, slice_of(name), &user, &f), "%s", f.text);
    return user;
}

static enum sign_in sign_in(const char *name, struct slice password, int64_t now, char *token)
{
    struct fault f = {0};
    enum sign_in result;
    struct sign_in_request r = {slice_of(name), password, now};
    ck_assert_msg(session_sign_in(store, &r, &result, token, &f), "%s", f.text);
    return result;
}

static int64_t count(const char *sql)
{
    return store_int(store, sql, NULL, -1);
}

START_TEST(the_file_holds_no_password_and_no_token)
{
    char token[65];
    ck_assert_int_eq(sign_in("lan", GOOD, NOW, token), SIGN_IN_GOOD);
    ck_assert_int_eq(count("SELECT count(*) FROM user WHERE password LIKE '$argon2id$%'"), 1);
    ck_assert_int_eq(store_int(store, "SELECT count(*) FROM session WHERE lower(hex(token)) = ?1", token, -1),
                     0);
    ck_assert_int_eq(count("SELECT count(*) FROM session WHERE length(token) = 32"), 1);
}
END_TEST

START_TEST(weak_passwords_and_odd_names_are_refused)
{
    static const struct {
        const char *name, *password;
    } BAD[] = {
        {"binh", "short"},           {"binh", "aaaaaaaaaaaaaaaaaaaa"}, {"binh", "my name is Binh 1945"},
        {"b", "mua thu ha noi 54"},  {"Bình", "mua thu ha noi 54"},    {"a b", "mua thu ha noi 54"},
        {"lan", "mua thu ha noi 54"}};
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        struct fault f = {0};
        struct user user = {.name = slice_of(BAD[i].name), .role = ROLE_ADMIN, .created_at = NOW};
        ck_assert_msg(!user_add(store, &user, slice_of(BAD[i].password), "cli", &f), "%s %s", BAD[i].name,
                      BAD[i].password);
        ck_assert(f.text[0]);
    }
    ck_assert_int_eq(count("SELECT count(*) FROM user"), 1);
}
END_TEST

START_TEST(fourteen_letters_are_counted_not_bytes)
{
    struct fault f = {0};
    struct user user = {.name = SLICE("binh"), .role = ROLE_ADMIN, .created_at = NOW};
    ck_assert(!user_add(store, &user, SLICE("mùa thu hà nộ"), "cli", &f)); /* 13 letters in 17 bytes */
    f = (struct fault){0};
    ck_assert_msg(user_add(store, &user, SLICE("mùa thu hà nội"), "cli", &f), "%s", f.text);
}
END_TEST

START_TEST(five_failures_lock_the_name_whether_it_exists_or_not)
{
    static const char *const NAMES[] = {"lan", "nobody"};
    char token[65];
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        for (int k = 0; k < SIGN_IN_FAILURES; k++)
            ck_assert_int_eq(sign_in(NAMES[i], SLICE("wrong wrong wrong"), NOW + k, token), SIGN_IN_WRONG);
        ck_assert_int_eq(sign_in(NAMES[i], GOOD, NOW + 10, token), SIGN_IN_LOCKED);
    }
    ck_assert_int_eq(sign_in("lan", GOOD, NOW + 20 + LOCK_S, token), SIGN_IN_GOOD);
    ck_assert_int_eq(sign_in("lan", SLICE("wrong wrong wrong"), NOW + 21 + LOCK_S, token), SIGN_IN_WRONG);
    ck_assert_int_eq(sign_in("lan", GOOD, NOW + 22 + LOCK_S, token), SIGN_IN_GOOD);
    ck_assert_int_eq(count("SELECT count(*) FROM sign_in_failure WHERE name = 'lan' OR name = 'nobody'"), 0);
}
END_TEST

START_TEST(an_idle_session_ends_and_an_administrators_sooner)
{
    char token[65];
    struct user user;
    struct slice held = {token, 64};
    ck_assert_int_eq(sign_in("lan", GOOD, NOW, token), SIGN_IN_GOOD);
    ck_assert(session_find(store, &memory, held, NOW + 600, &user) && slice_equal(user.name, SLICE("lan")));
    ck_assert(session_find(store, &memory, held, NOW + 600 + 899, &user)); /* the look before counted */
    ck_assert(!session_find(store, &memory, held, NOW + 600 + 899 + 901, &user));
    ck_assert(!session_find(store, &memory, SLICE("x"), NOW, &user));
    token[3] ^= 1;
    ck_assert(!session_find(store, &memory, held, NOW, &user));
    ck_assert_int_eq(session_idle_s(ROLE_ADMIN), 300);
    ck_assert_int_eq(session_idle_s(ROLE_ENTRY), 900);
}
END_TEST

START_TEST(no_session_lives_longer_than_a_working_day)
{
    char token[65];
    struct user user;
    ck_assert_int_eq(sign_in("lan", GOOD, NOW, token), SIGN_IN_GOOD);
    bool alive = true;
    int64_t now = NOW;
    for (; alive && now < NOW + 48 * 3600; now += 800)
        alive = session_find(store, &memory, (struct slice){token, 64}, now, &user);
    ck_assert_msg(now - NOW > 11 * 3600 && now - NOW < 13 * 3600, "%d s", (int)(now - NOW));
}
END_TEST

START_TEST(changing_an_account_ends_its_sessions)
{
    char token[65];
    struct fault f = {0};
    struct user user = find("lan"), seen;
    ck_assert_int_eq(sign_in("lan", GOOD, NOW, token), SIGN_IN_GOOD);
    user.role = ROLE_VERIFIER;
    ck_assert(user_change(store, &user, "cli", &f));
    ck_assert(!session_find(store, &memory, (struct slice){token, 64}, NOW, &seen));
    ck_assert_int_eq(sign_in("lan", GOOD, NOW, token), SIGN_IN_GOOD);
    user.must_change = false;
    ck_assert(user_set_password(store, &user, SLICE("another long secret"), "lan", &f));
    ck_assert(!session_find(store, &memory, (struct slice){token, 64}, NOW, &seen));
    ck_assert_int_eq(sign_in("lan", GOOD, NOW, token), SIGN_IN_WRONG);
    ck_assert_int_eq(sign_in("lan", SLICE("another long secret"), NOW, token), SIGN_IN_GOOD);
    ck_assert(!find("lan").must_change);
}
END_TEST

START_TEST(a_disabled_account_looks_like_a_wrong_password)
{
    char token[65];
    struct fault f = {0};
    struct user user = find("lan");
    user.is_disabled = true;
    ck_assert(user_change(store, &user, "cli", &f));
    ck_assert_int_eq(sign_in("lan", GOOD, NOW, token), SIGN_IN_WRONG);
}
END_TEST

START_TEST(an_account_unused_for_45_days_rests)
{
    char token[65];
    ck_assert_int_eq(sign_in("lan", GOOD, NOW + 44 * 86400, token), SIGN_IN_GOOD);
    ck_assert_int_eq(sign_in("lan", GOOD, NOW + (44 + 46) * 86400, token), SIGN_IN_WRONG);
    ck_assert(find("lan").is_disabled);
}
END_TEST

START_TEST(a_token_has_a_role_an_end_and_can_be_revoked)
{
    char token[65];
    struct fault f = {0};
    struct user user;
    struct api_token t = {
        .name = SLICE("bao cao"), .role = ROLE_LEADER, .created_at = NOW, .expires_at = NOW + 86400};
    ck_assert_msg(token_add(store, &t, "cli", token, &f), "%s", f.text);
    struct slice held = {token, 64};
    ck_assert(token_find(store, &memory, held, NOW + 86399, &user) && user.role == ROLE_LEADER &&
              user.id == 0);
    ck_assert(!token_find(store, &memory, held, NOW + 86400, &user));
    ck_assert(token_revoke(store, SLICE("bao cao"), NOW, "cli", &f));
    ck_assert(!token_find(store, &memory, held, NOW, &user));
    ck_assert(!token_revoke(store, SLICE("bao cao"), NOW, "cli", &f));
    t.name = SLICE("admin");
    t.role = ROLE_ADMIN;
    ck_assert(!token_add(store, &t, "cli", token, &f));
}
END_TEST

START_TEST(signing_in_publishes_nothing)
{
    char token[65];
    int64_t before = store_revision(store), quiet = store_quiet_changes(store);
    ck_assert_int_eq(sign_in("lan", GOOD, NOW, token), SIGN_IN_GOOD);
    ck_assert_int_eq(store_revision(store), before);
    ck_assert_int_gt(store_quiet_changes(store), quiet);
}
END_TEST

/* --- the second factor --- */

/* Appendix B of RFC 6238: this secret shows these six digits (the last of its eight) at these seconds. */
static const struct {
    int64_t at;
    const char *digits;
} RFC_6238[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};

static const struct slice RFC_SECRET = {"12345678901234567890", 20};

/* An app with the secret of the RFC, as if it had been paired; the user as his session sees him. */
static struct user pair_with_rfc(const char *name)
{
    struct fault f = {0};
    struct buf sealed = {0};
    struct user user = find(name);
    key_seal(store_key(store), RFC_SECRET, &sealed);
    sqlite3_stmt *st = store_statement(
        store, "INSERT INTO second_factor (user_id, secret, confirmed_at) VALUES (?1, ?2, 1)", &f);
    bind_int(st, 1, user.id);
    bind_bytes(st, 2, buf_to_slice(&sealed));
    ck_assert_msg(store_begin(store, &f) && store_finish(store, statement_run(st, &f), &f), "%s", f.text);
    buf_release(&sealed);
    return find(name);
}

static enum sign_in prove(const struct user *user, const char *typed, int64_t now)
{
    struct fault f = {0};
    enum sign_in result;
    char token[65];
    struct factor_request r = {user, slice_of(typed), now};
    ck_assert_msg(factor_prove(store, &r, SLICE(""), &result, token, &f), "%s", f.text);
    return result;
}

START_TEST(codes_are_those_of_the_rfc_and_each_is_taken_once)
{
    struct user user = pair_with_rfc("lan");
    ck_assert(user.has_factor);
    for (size_t i = 0; i < COUNT_OF(RFC_6238); i++) {
        int64_t at = RFC_6238[i].at;
        ck_assert_int_eq(prove(&user, RFC_6238[i].digits, at + 90), SIGN_IN_WRONG); /* too old by then */
        ck_assert_msg(prove(&user, RFC_6238[i].digits, at) == SIGN_IN_GOOD, "%s", RFC_6238[i].digits);
        ck_assert_msg(prove(&user, RFC_6238[i].digits, at) == SIGN_IN_WRONG, "again: %s", RFC_6238[i].digits);
    }
}
END_TEST

START_TEST(a_telephone_may_be_half_a_minute_wrong)
{
    struct user user = pair_with_rfc("lan");
    ck_assert_int_eq(prove(&user, "050 471", 1111111111 + 30), SIGN_IN_GOOD);
    ck_assert_int_eq(prove(&user, "081804", 1111111109), SIGN_IN_WRONG); /* older than the one taken */
    ck_assert_int_eq(prove(&user, "005924", 1234567890 - 30), SIGN_IN_GOOD);
    ck_assert_int_eq(prove(&user, "279037", 2000000000 + 61), SIGN_IN_WRONG);
}
END_TEST

START_TEST(a_clock_that_was_ahead_shuts_nobody_out)
{
    struct user user = pair_with_rfc("lan");
    ck_assert_int_eq(prove(&user, "353130", 20000000000), SIGN_IN_GOOD); /* the year 2603 */
    ck_assert_int_eq(prove(&user, "279037", 2000000000), SIGN_IN_GOOD);
    ck_assert_int_eq(prove(&user, "279037", 2000000000), SIGN_IN_WRONG);
}
END_TEST

START_TEST(a_password_alone_starts_a_session_that_is_not_proven)
{
    struct fault f = {0};
    char token[65], proven[65];
    enum sign_in result;
    struct user seen, user = pair_with_rfc("lan");
    ck_assert_int_eq(sign_in("lan", GOOD, 1111111100, token), SIGN_IN_GOOD);
    ck_assert(session_find(store, &memory, slice_of(token), 1111111100, &seen));
    ck_assert(seen.has_factor && !seen.is_proven);
    struct factor_request r = {&user, SLICE("081804"), 1111111109};
    ck_assert(factor_prove(store, &r, slice_of(token), &result, proven, &f) && result == SIGN_IN_GOOD);
    ck_assert_msg(!session_find(store, &memory, slice_of(token), 1111111110, &seen), "another token");
    ck_assert(session_find(store, &memory, slice_of(proven), 1111111110, &seen) && seen.is_proven);
}
END_TEST

START_TEST(five_wrong_codes_lock_and_the_password_does_not_begin_anew)
{
    char token[65];
    struct user user = pair_with_rfc("lan");
    for (int i = 0; i < SIGN_IN_FAILURES; i++) {
        ck_assert_int_eq(sign_in("lan", GOOD, 1111111100, token), SIGN_IN_GOOD);
        ck_assert_int_eq(prove(&user, "123456", 1111111100), SIGN_IN_WRONG);
    }
    ck_assert_int_eq(prove(&user, "081804", 1111111109), SIGN_IN_LOCKED);
    ck_assert_int_eq(sign_in("lan", GOOD, 1111111109, token), SIGN_IN_LOCKED);
    ck_assert_int_eq(prove(&user, "005924", 1234567890), SIGN_IN_GOOD);
    ck_assert_int_eq(count("SELECT count(*) FROM audit WHERE action = 'factor.refused'"), SIGN_IN_FAILURES);
}
END_TEST

START_TEST(recovery_codes_work_once_each_and_stand_hashed)
{
    struct fault f = {0};
    recovery_codes codes;
    enum sign_in result;
    struct user user = pair_with_rfc("lan");
    struct factor_request r = {&user, SLICE("081804"), 1111111109};
    ck_assert(factor_renew_codes(store, &r, &result, codes, &f) && result == SIGN_IN_GOOD);
    ck_assert_int_eq(factor_codes_left(store, &user), RECOVERY_CODES);
    char typed[64], *at = typed;
    for (const char *c = codes[3]; *c; c++) /* as somebody types it from paper */
        if (*c != '-')
            *at++ = *c == '0' ? 'o' : *c == '1' ? 'l' : (char)(*c >= 'A' ? *c + 32 : *c);
    *at = '\0';
    ck_assert_int_eq(prove(&user, typed, NOW), SIGN_IN_GOOD);
    ck_assert_int_eq(prove(&user, codes[3], NOW), SIGN_IN_WRONG);
    ck_assert_int_eq(prove(&user, codes[4], NOW), SIGN_IN_GOOD);
    ck_assert_int_eq(factor_codes_left(store, &user), RECOVERY_CODES - 2);
    ck_assert_int_eq(count("SELECT count(*) FROM recovery_code WHERE length(hash) = 32"), RECOVERY_CODES - 2);
    r.typed = slice_of(codes[5]);
    r.now = NOW;
    ck_assert(factor_renew_codes(store, &r, &result, codes, &f) && result == SIGN_IN_GOOD);
    ck_assert_int_eq(prove(&user, "00000-00000", NOW), SIGN_IN_WRONG);
}
END_TEST

START_TEST(pairing_needs_a_right_code_and_dropping_ends_it)
{
    struct fault f = {0};
    recovery_codes codes;
    char token[65];
    enum sign_in result;
    struct slice secret;
    struct user user = find("lan");
    struct factor_request r = {&user, SLICE("123456"), NOW};
    ck_assert(factor_secret(store, &memory, &user, &secret, &f) && secret.n == 0);
    ck_assert(factor_begin(store, &user, &f));
    ck_assert(factor_secret(store, &memory, &user, &secret, &f) && secret.n == 32);
    ck_assert(factor_confirm(store, &r, &result, codes, token, &f));
    ck_assert_int_eq(result, SIGN_IN_WRONG);
    ck_assert(!find("lan").has_factor);
    ck_assert_msg(!factor_renew_codes(store, &r, &result, codes, &f), "nothing is paired yet");
    ck_assert_int_eq(count("SELECT count(*) FROM second_factor WHERE confirmed_at IS NULL"), 1);
    ck_assert(factor_drop(store, &user, "admin", &f));
    user = pair_with_rfc("lan");
    f = (struct fault){0};
    ck_assert(!factor_begin(store, &user, &f) && f.code == FAULT_BAD_STATE);
    ck_assert(factor_secret(store, &memory, &user, &secret, &f) && secret.n == 0); /* never shown again */
    f = (struct fault){0};
    ck_assert(factor_drop(store, &user, "admin", &f) && !find("lan").has_factor);
    ck_assert_int_eq(count("SELECT count(*) FROM audit WHERE action = 'user.factor_drop' AND who = 'admin'"),
                     2);
}
END_TEST

START_TEST(the_policy_names_the_roles_and_a_wrong_role_is_refused)
{
    struct fault f = {0};
    char token[65];
    struct user seen;
    struct policy p = {.key = "staff.second_factor", .value = "admin entry", .who = "cli"};
    ck_assert_int_eq(sign_in("lan", GOOD, NOW, token), SIGN_IN_GOOD);
    ck_assert(session_find(store, &memory, slice_of(token), NOW, &seen) && seen.factor_due == 0);
    ck_assert_msg(store_set_policy(store, &p, &f), "%s", f.text);
    ck_assert(session_find(store, &memory, slice_of(token), NOW, &seen));
    ck_assert_int_eq(seen.factor_due, NOW + 7 * 86400);
    p.value = "admin entri";
    ck_assert(!store_set_policy(store, &p, &f) && f.code == FAULT_BAD_VALUE);
}
END_TEST

/* --- the audit --- */

static void append(const char *action, const char *subject)
{
    struct fault f = {0};
    struct audit_entry e = {
        .who = "lan", .action = action, .subject = slice_of(subject), .detail = SLICE("{}")};
    ck_assert(store_begin(store, &f) && audit_append(store, &e, &f) && store_commit_quietly(store, &f));
}

static uint64_t breaks(void)
{
    struct fault f = {0};
    struct buf out = {0};
    uint64_t findings = 0;
    ck_assert(audit_verify(store, &out, &findings, &f));
    buf_release(&out);
    return findings;
}

START_TEST(the_audit_cannot_be_changed_through_sql)
{
    struct fault f = {0};
    append("private.read", "place A");
    ck_assert(!store_run(store, "UPDATE audit SET who = 'other'", &f));
    ck_assert(!store_run(store, "DELETE FROM audit", &f));
    ck_assert_int_eq(breaks(), 0);
}
END_TEST

static const char *const TAMPERING[] = {
    "UPDATE audit SET who = 'somebody' WHERE id = 3", "UPDATE audit SET detail = '' WHERE id = 2",
    "DELETE FROM audit WHERE id = 3", "UPDATE audit SET at = '2020-01-01T00:00:00Z' WHERE id = 4",
    "UPDATE audit SET who = 'la', action = 'nprivate.read' WHERE id = 3"};

START_TEST(every_change_behind_its_back_breaks_the_chain)
{
    struct fault f = {0};
    for (int i = 0; i < 4; i++)
        append("private.read", "place A");
    ck_assert_int_eq(breaks(), 0);
    ck_assert(store_run(store, "DROP TRIGGER audit_keeps; DROP TRIGGER audit_stays", &f));
    ck_assert_msg(store_run(store, TAMPERING[_i], &f), "%s", f.text);
    ck_assert_int_gt(breaks(), 0);
}
END_TEST

START_TEST(the_audit_is_listed_newest_first_and_by_subject)
{
    struct audit_line *lines;
    append("private.read", "place A");
    append("review.accept", "place B");
    struct audit_query q = {.limit = 10, .subject = SLICE("place A")};
    ck_assert_int_eq(audit_list(store, &q, &memory, &lines), 1);
    q.subject = SLICE("");
    ck_assert_int_eq(audit_list(store, &q, &memory, &lines), 3); /* user.add before */
    ck_assert(slice_equal(lines[0].subject, SLICE("place B")));
    q.before = lines[0].id;
    ck_assert_int_eq(audit_list(store, &q, &memory, &lines), 2);
}
END_TEST

START_TEST(a_clock_that_jumps_back_locks_nobody_for_weeks)
{
    enum { WEEKS = 6 * 7 * 86400 };
    char token[65];
    struct user user;
    for (int i = 0; i < SIGN_IN_FAILURES; i++)
        sign_in("lan", SLICE("wrong wrong wrong"), NOW + WEEKS, token);
    ck_assert_int_eq(sign_in("lan", GOOD, NOW + WEEKS, token), SIGN_IN_LOCKED);
    ck_assert_int_eq(sign_in("lan", GOOD, NOW, token), SIGN_IN_GOOD);
    ck_assert(session_find(store, &memory, slice_of(token), NOW, &user));
    ck_assert_msg(!session_find(store, &memory, slice_of(token), NOW - 3600, &user),
                  "a session of the future");
}
END_TEST

START_TEST(unused_accounts_rest_unless_nobody_came_at_all)
{
    enum { LATER = 46 * 86400 };
    struct fault f = {0};
    char token[65];
    int rested = 0;
    struct user other = {.name = SLICE("minh"), .role = ROLE_ADMIN, .created_at = NOW};
    ck_assert(user_add(store, &other, GOOD, "cli", &f));
    ck_assert(user_rest_unused(store, NOW + LATER, &rested, &f));
    ck_assert_int_eq(rested, 0); /* the clock, not the people */
    ck_assert_int_eq(sign_in("minh", GOOD, NOW + 86400, token), SIGN_IN_GOOD);
    ck_assert(user_rest_unused(store, NOW + LATER, &rested, &f));
    ck_assert_int_eq(rested, 1);
    ck_assert(find("lan").is_disabled && !find("minh").is_disabled);
    ck_assert_int_eq(
        count("SELECT count(*) FROM audit WHERE action = 'user.unused' AND subject = 'user lan'"), 1);
}
END_TEST

int main(void)
{
    TCase *accounts = tcase_create("accounts"), *factor = tcase_create("factor"),
          *audit = tcase_create("audit");
    tcase_set_timeout(accounts, 120);
    tcase_add_checked_fixture(accounts, set_up, tear_down);
    tcase_set_timeout(factor, 120);
    tcase_add_checked_fixture(factor, set_up, tear_down);
    tcase_add_checked_fixture(audit, set_up, tear_down);
    tcase_add_test(accounts, the_file_holds_no_password_and_no_token);
    tcase_add_test(accounts, a_clock_that_jumps_back_locks_nobody_for_weeks);
    tcase_add_test(accounts, unused_accounts_rest_unless_nobody_came_at_all);
    tcase_add_test(accounts, weak_passwords_and_odd_names_are_refused);
    tcase_add_test(accounts, fourteen_letters_are_counted_not_bytes);
    tcase_add_test(accounts, five_failures_lock_the_name_whether_it_exists_or_not);
    tcase_add_test(accounts, an_idle_session_ends_and_an_administrators_sooner);
    tcase_add_test(accounts, no_session_lives_longer_than_a_working_day);
    tcase_add_test(accounts, changing_an_account_ends_its_sessions);
    tcase_add_test(accounts, a_disabled_account_looks_like_a_wrong_password);
    tcase_add_test(accounts, an_account_unused_for_45_days_rests);
    tcase_add_test(accounts, a_token_has_a_role_an_end_and_can_be_revoked);
    tcase_add_test(accounts, signing_in_publishes_nothing);
    tcase_add_test(factor, codes_are_those_of_the_rfc_and_each_is_taken_once);
    tcase_add_test(factor, a_telephone_may_be_half_a_minute_wrong);
    tcase_add_test(factor, a_clock_that_was_ahead_shuts_nobody_out);
    tcase_add_test(factor, a_password_alone_starts_a_session_that_is_not_proven);
    tcase_add_test(factor, five_wrong_codes_lock_and_the_password_does_not_begin_anew);
    tcase_add_test(factor, recovery_codes_work_once_each_and_stand_hashed);
    tcase_add_test(factor, pairing_needs_a_right_code_and_dropping_ends_it);
    tcase_add_test(factor, the_policy_names_the_roles_and_a_wrong_role_is_refused);
    tcase_add_test(audit, the_audit_cannot_be_changed_through_sql);
    tcase_add_loop_test(audit, every_change_behind_its_back_breaks_the_chain, 0, COUNT_OF(TAMPERING));
    tcase_add_test(audit, the_audit_is_listed_newest_first_and_by_subject);
    Suite *suite = suite_create("account");
    suite_add_tcase(suite, accounts);
    suite_add_tcase(suite, factor);
    suite_add_tcase(suite, audit);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
