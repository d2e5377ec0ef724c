/* command_user: `mapd user` and `mapd token`. The first administrator comes from here. A password is asked
 * for at the terminal without echo, twice; where stdin is no terminal it is the first line of it. It never
 * stands in the arguments, where other users of the machine could read it. */
#include "mapd/mapd.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* --- asking --- */

enum { LINE = 512 };

static bool read_line(char line[LINE], struct fault *f)
{
    if (!fgets(line, LINE, stdin))
        return fault_set(f, FAULT_USAGE, "user", "%s", "cần mật khẩu trên một dòng");
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static bool ask_once(const char *question, char line[LINE], struct fault *f)
{
    struct termios before, silent;
    bool is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    if (is_terminal) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        fprintf(stderr, "%s: ", question);
    }
    bool good = read_line(line, f);
    if (is_terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    return good;
}

static bool ask_password(char line[LINE], struct fault *f)
{
    char again[LINE];
    if (!ask_once("Mật khẩu (ít nhất 14 ký tự, không hiện khi gõ)", line, f))
        return false;
    if (!isatty(STDIN_FILENO))
        return true;
    bool good = ask_once("Gõ lại mật khẩu", again, f);
    bool same = good && strcmp(line, again) == 0;
    explicit_bzero(again, sizeof again);
    return good && (same || fault_set(f, FAULT_BAD_VALUE, "mật khẩu", "%s", "hai lần gõ khác nhau"));
}

/* --- accounts --- */

struct work {
    struct store *store;
    const struct arguments *args;
    struct arena arena;
    const char *action;
    struct slice name;
};

static const char WHO[] = "cli";

static bool read_role(const struct work *w, enum role *role, struct fault *f)
{
    const char *text = w->args->option[OPTION_ROLE];
    return (text && role_find(slice_of(text), role)) ||
           fault_set(f, FAULT_USAGE, "--role", "%s", "entry food_safety verifier leader observer admin");
}

static void day_of(int64_t seconds, char out[11])
{
    enum { DAY_S = 86400, LOCAL_S = 7 * 3600 };
    out[0] = '-';
    out[1] = '\0';
    if (seconds > 0)
        date_format_iso(date_of_days((int32_t)((seconds + LOCAL_S) / DAY_S)), out);
}

static bool list_users(struct work *w)
{
    struct user *users;
    int count = user_list(w->store, &w->arena, &users);
    for (int i = 0; i < count; i++) {
        char day[11];
        day_of(users[i].last_seen_at, day);
        printf("%.*s\t%s\t%s\t%s\n", (int)users[i].name.n, users[i].name.p, role_name(users[i].role),
               users[i].is_disabled   ? "đã khoá"
               : users[i].must_change ? "phải đổi mật khẩu"
               : users[i].has_factor  ? "đang dùng, hai lớp"
                                      : "đang dùng",
               day);
    }
    return true;
}

static bool add_user(struct work *w, struct fault *f)
{
    struct user user = {.name = w->name, .must_change = true, .created_at = time(NULL)};
    char password[LINE];
    bool good = read_role(w, &user.role, f) && ask_password(password, f) &&
                user_add(w->store, &user, slice_of(password), WHO, f);
    explicit_bzero(password, sizeof password);
    if (good)
        printf("Đã thêm %.*s (%s); lần đăng nhập đầu phải đổi mật khẩu\n", (int)w->name.n, w->name.p,
               role_title(user.role, false));
    return good;
}

static bool set_password(struct work *w, struct user *user, struct fault *f)
{
    char password[LINE];
    user->must_change = true;
    user->is_disabled = false;
    bool good = ask_password(password, f) && user_set_password(w->store, user, slice_of(password), WHO, f);
    explicit_bzero(password, sizeof password);
    return good;
}

static bool change_user(struct work *w, struct fault *f)
{
    struct user user;
    if (!user_find(w->store, &w->arena, w->name, &user, f))
        return false;
    bool good;
    if (strcmp(w->action, "password") == 0) {
        good = set_password(w, &user, f);
    } else if (strcmp(w->action, "unpair") == 0) {
        good = factor_drop(w->store, &user, WHO, f);
    } else {
        bool is_role = strcmp(w->action, "role") == 0;
        user.is_disabled = is_role ? user.is_disabled : strcmp(w->action, "disable") == 0;
        good = (!is_role || read_role(w, &user.role, f)) && user_change(w->store, &user, WHO, f);
    }
    if (good)
        printf("%.*s: %s, %s\n", (int)w->name.n, w->name.p, role_title(user.role, false),
               user.is_disabled ? "đã khoá" : "đang dùng");
    return good;
}

static bool run_user(struct work *w, struct fault *f)
{
    static const char *const CHANGES[] = {"password", "role", "disable", "enable", "unpair"};
    if (strcmp(w->action, "list") == 0)
        return list_users(w);
    if (!w->name.n)
        return fault_set(f, FAULT_USAGE, "user", "%s", "cần tên đăng nhập");
    if (strcmp(w->action, "add") == 0)
        return add_user(w, f);
    for (size_t i = 0; i < COUNT_OF(CHANGES); i++)
        if (strcmp(w->action, CHANGES[i]) == 0)
            return change_user(w, f);
    return fault_set(f, FAULT_USAGE, "user", "không có việc \"%s\"", w->action);
}

/* --- tokens --- */

static bool list_tokens(struct work *w)
{
    struct api_token *tokens;
    int count = token_list(w->store, &w->arena, &tokens);
    for (int i = 0; i < count; i++) {
        char until[11], revoked[11];
        day_of(tokens[i].expires_at, until);
        day_of(tokens[i].revoked_at, revoked);
        printf("%.*s\t%s\tđến %s\tthu hồi %s\n", (int)tokens[i].name.n, tokens[i].name.p,
               role_name(tokens[i].role), until, revoked);
    }
    return true;
}

static bool add_token(struct work *w, struct fault *f)
{
    enum { DAYS_DEFAULT = 90, DAYS_MOST = 366, DAY_S = 86400 };
    int64_t days = DAYS_DEFAULT;
    char token[TOKEN_LENGTH + 1];
    const char *typed = w->args->option[OPTION_DAYS];
    if (typed && (!slice_to_int(slice_of(typed), &days) || days < 1 || days > DAYS_MOST))
        return fault_set(f, FAULT_USAGE, "--days", "%s", "1–366");
    struct api_token t = {.name = w->name, .created_at = time(NULL)};
    t.expires_at = t.created_at + days * DAY_S;
    if (!read_role(w, &t.role, f) || !token_add(w->store, &t, WHO, token, f))
        return false;
    puts(token);
    fputs("Hãy cất thẻ này; nó không hiện lại lần nữa.\n", stderr);
    explicit_bzero(token, sizeof token);
    return true;
}

static bool run_token(struct work *w, struct fault *f)
{
    if (strcmp(w->action, "list") == 0)
        return list_tokens(w);
    if (!w->name.n)
        return fault_set(f, FAULT_USAGE, "token", "%s", "cần tên thẻ");
    if (strcmp(w->action, "add") == 0)
        return add_token(w, f);
    if (strcmp(w->action, "revoke") == 0)
        return token_revoke(w->store, w->name, time(NULL), WHO, f);
    return fault_set(f, FAULT_USAGE, "token", "không có việc \"%s\"", w->action);
}

/* --- both --- */

static int run(const struct arguments *args, bool (*work)(struct work *w, struct fault *f))
{
    struct fault f = {0};
    struct arguments file = *args;
    file.positional[0] = args->positional[1]; /* the ward file stands second here */
    struct work w = {.args = args, .action = args->positional[0], .name = slice_of(args->positional[2])};
    bool good = command_open(&w.store, &file, STORE_WRITE, &f) && work(&w, &f);
    store_close(w.store);
    arena_release(&w.arena);
    return good ? 0 : command_failed(&f);
}

int command_user(const struct arguments *args)
{
    return run(args, run_user);
}

int command_token(const struct arguments *args)
{
    return run(args, run_token);
}
