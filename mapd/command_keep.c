/* command_keep: what keeps a ward file from being lost or read: `mapd backup`, `mapd restore`, `mapd key`. */
#include "mapd/mapd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *command_key_path(const struct arguments *args, const char *ward, struct arena *a)
{
    const char *key = args->option[OPTION_KEY] ? args->option[OPTION_KEY] : getenv("MAPD_KEY");
    return key && key[0] ? key : arena_format(a, "%s.key", ward);
}

/* --- backup --- */

/* The copy is good even if the ward file cannot take the note (a full disk): that is said, not hidden. */
static void note_backup(const struct arguments *args, const char *out)
{
    struct fault f = {0};
    struct store *s = NULL;
    struct backup_entry entry = {.kind = "backup", .path = out, .good = true};
    if (!command_open(&s, args, STORE_WRITE, &f) || !backup_note(s, &entry, "cli", &f))
        fprintf(stderr, "mapd: bản sao tốt, nhưng không ghi được vào sổ: %s\n",
                fault_sentence(f.code, false));
    store_close(s);
}

int command_backup(const struct arguments *args)
{
    struct fault f = {0};
    struct store *s = NULL;
    const char *out = args->positional[1];
    bool ok =
        command_open(&s, args, STORE_READ, &f) && store_backup(s, out, args->option[OPTION_SEAL] != NULL, &f);
    store_close(s);
    if (!ok)
        return command_failed(&f);
    note_backup(args, out);
    printf("Đã sao lưu vào %s (không kèm khoá)\n", out);
    return 0;
}

/* --- restore --- */

/* What stands there now is set aside, if nobody uses it. */
static bool set_aside(const char *ward, struct arena *a, struct fault *f)
{
    if (access(ward, F_OK) != 0)
        return true;
    const char *aside = store_is_free(ward, f) ? file_set_aside(ward, "before", a, f) : NULL;
    if (!aside)
        return false;
    fprintf(stderr, "mapd: tệp trước đó được giữ ở %s\n", aside);
    return true;
}

static bool put_in_place(const char *from, const char *ward, struct arena *a, struct fault *f)
{
    if (!set_aside(ward, a, f))
        return false;
    if (rename(from, ward) != 0)
        return fault_set(f, FAULT_FILE_WRITE, ward, "%s", strerror(errno));
    unlink(arena_format(a, "%s-wal", ward)); /* of a file that is no longer there */
    unlink(arena_format(a, "%s-shm", ward));
    return true;
}

static bool note_restore(const char *ward, const struct backup_entry *entry, struct fault *f)
{
    struct store *s = NULL;
    bool ok = store_open(&s, ward, STORE_WRITE, f) && backup_note(s, entry, "cli", f);
    store_close(s);
    return ok;
}

static bool restore(const struct arguments *args, struct backup_entry *entry, struct arena *a,
                    struct fault *f)
{
    const char *backup = args->positional[0], *ward = args->positional[1];
    bool is_drill = args->option[OPTION_DRILL] != NULL;
    const char *copy = arena_format(a, "%s.%s", ward, is_drill ? "drill" : "restoring");
    const char *key = command_key_path(args, ward, a);
    struct buf said = {0};
    *entry = (struct backup_entry){.kind = is_drill ? "drill" : "restore"};
    unlink(copy); /* of one that was killed */
    bool ok = !is_drill || access(ward, F_OK) == 0 ||
              fault_set(f, FAULT_FILE_MISSING, ward, "%s", strerror(ENOENT));
    ok = ok && backup_restore(backup, copy, access(key, R_OK) == 0 ? key : NULL, entry, &said, f);
    fwrite(said.p ? said.p : "", 1, said.n, stdout);
    buf_release(&said);
    if (ok && is_drill)
        unlink(copy);
    else if (ok && !entry->good)
        ok = fault_set(f, FAULT_INCONSISTENT, copy, "%s",
                       "bản sao có lỗi; nó được để ở đây, tệp đang dùng không bị đụng tới");
    else if (ok)
        ok = put_in_place(copy, ward, a, f);
    return ok && note_restore(ward, entry, f);
}

int command_restore(const struct arguments *args)
{
    struct fault f = {0};
    struct arena a = {0};
    struct backup_entry entry;
    bool ok = restore(args, &entry, &a, &f);
    if (ok)
        printf("%s: %llu điểm, %llu dòng nguồn; %s\n",
               args->option[OPTION_DRILL] ? "Khôi phục thử" : "Đã khôi phục",
               (unsigned long long)entry.places, (unsigned long long)entry.rows,
               entry.good ? "nguyên vẹn." : "CÓ LỖI.");
    int status = !ok ? command_failed(&f) : entry.good ? 0 : 1;
    arena_release(&a);
    return status;
}

/* --- key --- */

static bool rotate(const struct arguments *args, const char *path, struct fault *f)
{
    struct store *s = NULL;
    bool ok = command_open(&s, args, STORE_WRITE, f) && key_rotate(s, path, f);
    store_close(s);
    if (ok)
        printf("Đã đổi khoá %s. Chép khoá mới ra nơi an toàn; khoá cũ nằm bên cạnh, cần cho các bản sao lưu "
               "trước hôm nay.\n",
               path);
    return ok;
}

int command_key(const struct arguments *args)
{
    struct fault f = {0};
    struct arena a = {0};
    struct arguments file = *args;
    file.positional[0] = args->positional[1]; /* the ward file stands second here */
    const char *path = command_key_path(args, args->positional[1], &a);
    bool ok;
    if (strcmp(args->positional[0], "rotate") == 0)
        ok = rotate(&file, path, &f);
    else if (strcmp(args->positional[0], "new") == 0)
        ok = key_create(path, &f) && printf("Đã tạo khoá %s\n", path) > 0;
    else
        ok = fault_set(&f, FAULT_USAGE, "key", "không có việc \"%s\"", args->positional[0]);
    arena_release(&a);
    return ok ? 0 : command_failed(&f);
}
