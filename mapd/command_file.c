/* Commands about the ward file as a whole: init, policy, check, version. And what all commands share: opening
 * the file, saying what went wrong. */
#include "import/import.h"
#include "mapd/mapd.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int command_failed(const struct fault *f)
{
    struct buf line = {0};
    fault_print(f, false, &line);
    fprintf(stderr, "mapd: %.*s\n", (int)line.n, line.p);
    buf_release(&line);
    return fault_exit_status(f->code);
}

const char *key_path_of(const struct arguments *args)
{
    const char *key = args->option[OPTION_KEY] ? args->option[OPTION_KEY] : getenv("MAPD_KEY");
    return key && key[0] ? key : NULL;
}

bool command_open(struct store **out, const struct arguments *args, enum store_mode mode, struct fault *f)
{
    const char *key = key_path_of(args);
    if (!store_open(out, args->positional[0], mode, f))
        return false;
    if (!key || mode == STORE_PUBLIC || store_use_key(*out, key, f))
        return true;
    store_close(*out);
    return false;
}

int command_version(const struct arguments *args)
{
    (void)args;
    puts("mapd " MAPD_VERSION);
    return 0;
}

/* Sample data says so wherever it shows: the pages read meta 'sample'. */
static bool mark_as_sample(const char *path, struct fault *f)
{
    struct store *s = NULL;
    bool ok = store_open(&s, path, STORE_WRITE, f) && store_begin(s, f) &&
              store_set_meta(s, "sample", "1", f) && store_commit(s, f);
    store_close(s);
    return ok;
}

static bool set_outline(const char *path, const struct ward_setup *setup, const struct buf *wkb,
                        struct fault *f)
{
    struct store *s = NULL;
    struct ward w = {.code = slice_of(setup->code), .name = slice_of(setup->name), .wkb = buf_to_slice(wkb)};
    bool ok = store_open(&s, path, STORE_WRITE, f) && store_begin(s, f);
    w.id = ok ? ward_home(s) : 0;
    ok = ok && ward_put(s, &w, f) && store_commit(s, f);
    store_close(s);
    return ok;
}

/* The outline is read first: a bad file leaves nothing behind. */
static bool create_ward(const char *path, const struct ward_setup *setup, struct fault *f)
{
    struct buf wkb = {0};
    bool ok = !setup->boundary_path || import_boundary(setup->boundary_path, setup->code, &wkb, f);
    ok = ok && store_create(path, setup, f) && (!wkb.n || set_outline(path, setup, &wkb, f));
    buf_release(&wkb);
    return ok;
}

int command_init(const struct arguments *args)
{
    struct ward_setup setup = {
        .code = args->option[OPTION_WARD],
        .name = args->option[OPTION_NAME],
        .boundary_path = args->option[OPTION_BOUNDARY],
        .key_path = args->option[OPTION_KEY],
    };
    struct fault f = {0};
    const char *path = args->positional[0];
    if (args->option[OPTION_IF_MISSING] && access(path, F_OK) == 0)
        return 0;
    if (!setup.code || !setup.name) {
        fault_set(&f, FAULT_USAGE, "init", "%s", "cần --ward MÃ và --name TÊN");
        return command_failed(&f);
    }
    if (!create_ward(path, &setup, &f) || (args->option[OPTION_SAMPLE] && !mark_as_sample(path, &f)))
        return command_failed(&f);
    printf("Đã tạo %s và khoá %s%s cho %s (mã %s)\n", path, setup.key_path ? setup.key_path : path,
           setup.key_path ? "" : ".key", setup.name, setup.code);
    return 0;
}

static bool print_policies(struct store *s, struct fault *f)
{
    struct buf out = {0};
    bool ok = store_list_policy(s, &out, f);
    fwrite(out.p ? out.p : "", 1, out.n, stdout);
    buf_release(&out);
    return ok;
}

int command_policy(const struct arguments *args)
{
    struct fault f = {0};
    struct store *s = NULL;
    struct policy p = {
        .key = args->positional[1],
        .value = args->positional[2],
        .from = args->option[OPTION_FROM],
        .decision_ref = args->option[OPTION_DECISION],
    };
    bool ok = args->count != 2 || fault_set(&f, FAULT_USAGE, "policy", "%s", "cần cả khoá và giá trị");
    ok = ok && command_open(&s, args, STORE_WRITE, &f) &&
         (args->count == 1 ? print_policies(s, &f) : store_set_policy(s, &p, &f));
    store_close(s);
    return ok ? 0 : command_failed(&f);
}

int command_check(const struct arguments *args)
{
    struct fault f = {0};
    struct store *s = NULL;
    struct buf out = {0};
    uint64_t findings = 0;
    bool is_open_data = args->option[OPTION_OPEN_DATA] != NULL;
    bool ok = command_open(&s, args, STORE_READ, &f) &&
              (is_open_data ? open_data_check(s, args->positional[0], &out, &findings, &f)
                            : store_check(s, &out, &findings, &f) && image_check(s, &out, &findings, &f));
    store_close(s);
    fwrite(out.p ? out.p : "", 1, out.n, stdout);
    buf_release(&out);
    if (!ok)
        return command_failed(&f);
    if (is_open_data)
        puts(findings ? "Dữ liệu mở chưa đúng chuẩn." : "Dữ liệu mở đúng chuẩn.");
    else
        puts(findings ? "Tệp có lỗi." : "Tệp nguyên vẹn.");
    return findings ? 1 : 0;
}
