/* keeper: the daily round. It looks at the clock every quarter of a minute; a copy is due when its hour has
 * come and there is none with today's date, so a server that was off at night makes it up in the morning, and
 * a clock that jumps makes one copy too many, never one too few. */
#include "mapd/keeper.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_S = 15, RETRY_S = 15 * 60, COPIES_MOST = 1000, DAY_S = 86400, LOCAL_S = 7 * 3600, MINUTE_S = 60 };

struct keeper {
    const struct arguments *args;
    const char *folder; /* NULL: no backups */
    char stem[128];     /* "phuong" of ".../phuong.db" */
    int at_minute;
    struct retention keep;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool is_ending;
    int32_t rested_on; /* the day of the last look at unused accounts */
    int64_t retry_after;
    _Atomic int64_t backed_up_ns; /* 0: never */
    _Atomic uint64_t failures;
};

/* --- names: STEM-2026-11-22.db, and .sealed behind it --- */

static void name_of(const struct keeper *k, struct date day, bool sealed, char out[512])
{
    char text[11];
    date_format_iso(day, text);
    snprintf(out, 512, "%s/%s-%s.db%s", k->folder, k->stem, text, sealed ? ".sealed" : "");
}

/* Only what we made ourselves: our stem, a day, our ending. */
static bool day_of_name(const struct keeper *k, const char *name, struct date *day)
{
    enum { DAY_TEXT = 10 };
    size_t stem = strlen(k->stem), n = strlen(name);
    if (n < stem + 1 + DAY_TEXT || memcmp(name, k->stem, stem) != 0 || name[stem] != '-')
        return false;
    const char *end = name + stem + 1 + DAY_TEXT;
    return date_parse_iso((struct slice){name + stem + 1, DAY_TEXT}, day) &&
           (strcmp(end, ".db") == 0 || strcmp(end, ".db.sealed") == 0);
}

/* --- copies that have had their time --- */

static int list_copies(const struct keeper *k, struct date *days)
{
    DIR *folder = opendir(k->folder);
    int count = 0;
    struct date day;
    for (struct dirent *e; folder && count < COPIES_MOST && (e = readdir(folder)) != NULL;) {
        bool is_new = day_of_name(k, e->d_name, &day);
        for (int i = 0; i < count && is_new; i++)
            is_new = date_to_days(days[i]) != date_to_days(day);
        if (is_new)
            days[count++] = day;
    }
    if (folder)
        closedir(folder);
    return count;
}

static void drop_old(const struct keeper *k)
{
    struct date days[COPIES_MOST];
    bool stays[COPIES_MOST];
    char path[512];
    int count = list_copies(k, days);
    retention_choose(&k->keep, days, count, stays);
    for (int i = 0; i < count; i++)
        for (int sealed = 0; !stays[i] && sealed < 2; sealed++) {
            name_of(k, days[i], sealed, path);
            unlink(path);
        }
}

/* --- the round --- */

static bool make_copy(struct keeper *k, struct date today, struct fault *f)
{
    struct store *s = NULL;
    char path[512];
    bool good = command_open(&s, k->args, STORE_WRITE, f);
    bool sealed = good && store_key(s);
    name_of(k, today, sealed, path);
    struct backup_entry entry = {.kind = "backup", .path = path, .good = true};
    good = good && store_backup(s, path, sealed, f);
    struct fault ignored = {0}; /* the copy is good without its note; `check` and the metrics tell */
    if (good && !backup_note(s, &entry, "mapd", &ignored))
        log_line(LOG_WARNING, "backup: %s", fault_sentence(ignored.code, true));
    store_close(s);
    return good;
}

static void back_up_if_due(struct keeper *k, int64_t now)
{
    struct fault f = {0};
    char open_path[512], sealed_path[512];
    int64_t local = now + LOCAL_S;
    struct date today = date_of_days((int32_t)(local / DAY_S));
    name_of(k, today, false, open_path);
    name_of(k, today, true, sealed_path);
    if (local % DAY_S < (int64_t)k->at_minute * MINUTE_S || clock_monotonic_ns() < k->retry_after ||
        access(open_path, F_OK) == 0 || access(sealed_path, F_OK) == 0)
        return;
    if (make_copy(k, today, &f)) {
        atomic_store(&k->backed_up_ns, clock_monotonic_ns());
        drop_old(k);
        return;
    }
    log_line(LOG_ERROR, "backup: %s: %s", fault_sentence(f.code, true), f.text);
    atomic_fetch_add(&k->failures, 1);
    k->retry_after = clock_monotonic_ns() + (int64_t)RETRY_S * 1000000000;
}

static void rest_unused(struct keeper *k, int64_t now)
{
    struct fault f = {0};
    struct store *s = NULL;
    int rested = 0;
    if (!command_open(&s, k->args, STORE_WRITE, &f) || !user_rest_unused(s, now, &rested, &f))
        log_line(LOG_WARNING, "accounts: %s", fault_sentence(f.code, true));
    store_close(s);
    if (rested)
        log_line(LOG_INFO, "accounts: %d put to rest, unused for %d days", rested, (int)UNUSED_DAYS);
}

/* Photos taken away long ago. */
static void clear_photos(struct keeper *k)
{
    struct fault f = {0};
    struct store *s = NULL;
    int gone = 0;
    if (!command_open(&s, k->args, STORE_WRITE, &f) || !photo_purge(s, &gone, &f))
        log_line(LOG_WARNING, "photos: %s", fault_sentence(f.code, true));
    store_close(s);
    if (gone)
        log_line(LOG_INFO, "photos: %d gone for good", gone);
}

static void once_a_day(struct keeper *k, int64_t now)
{
    int32_t today = (int32_t)((now + LOCAL_S) / DAY_S);
    if (today == k->rested_on)
        return;
    k->rested_on = today;
    rest_unused(k, now);
    clear_photos(k);
}

static void *go_round(void *context)
{
    struct keeper *k = context;
    pthread_mutex_lock(&k->lock);
    while (!k->is_ending) {
        pthread_mutex_unlock(&k->lock);
        int64_t now = (int64_t)time(NULL);
        once_a_day(k, now);
        if (k->folder)
            back_up_if_due(k, now);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += LOOK_S;
        pthread_mutex_lock(&k->lock);
        if (!k->is_ending)
            pthread_cond_timedwait(&k->ended, &k->lock, &until);
    }
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

/* --- setting up --- */

static bool read_numbers(const char *text, char separator, int *numbers, int count, int most)
{
    struct slice rest = slice_of(text), one;
    int found = 0;
    for (int64_t n; slice_next(&rest, separator, &one); found++) {
        if (found == count || !slice_to_int(one, &n) || n < 0 || n > most)
            return false;
        numbers[found] = (int)n;
    }
    return found == count;
}

static bool read_options(struct keeper *k, struct fault *f)
{
    enum { HOURS = 24, MINUTES = 60, KEEP_MOST = 400 };
    const char *at = k->args->option[OPTION_BACKUP_AT], *keep = k->args->option[OPTION_BACKUP_KEEP];
    int clock[2] = {1, 30}, kept[3] = {7, 5, 12};
    if (at && (!read_numbers(at, ':', clock, 2, MINUTES - 1) || clock[0] >= HOURS))
        return fault_set(f, FAULT_USAGE, "--backup-at", "\"%s\" is not HH:MM", at);
    if (keep && (!read_numbers(keep, ',', kept, 3, KEEP_MOST) || kept[0] < 1))
        return fault_set(f, FAULT_USAGE, "--backup-keep", "\"%s\" is not DAYS,WEEKS,MONTHS", keep);
    k->at_minute = clock[0] * MINUTES + clock[1];
    k->keep = (struct retention){kept[0], kept[1], kept[2]};
    if (k->folder && access(k->folder, W_OK | X_OK) != 0)
        return fault_set(f, FAULT_FILE_WRITE, k->folder, "%s", strerror(errno));
    return true;
}

static void set_stem(struct keeper *k)
{
    const char *path = k->args->positional[0], *slash = strrchr(path, '/');
    struct slice name = slice_of(slash ? slash + 1 : path);
    if (slice_ends(name, SLICE(".db")))
        name.n -= 3;
    snprintf(k->stem, sizeof k->stem, "%.*s", (int)name.n, name.p);
}

bool keeper_open(struct keeper **out, const struct arguments *args, struct fault *f)
{
    struct keeper *k = calloc(1, sizeof *k);
    pthread_condattr_t monotonic;
    if (!k)
        return fault_set(f, FAULT_NO_MEMORY, NULL, "%s", "");
    k->args = args;
    k->folder = args->option[OPTION_BACKUP_DIR];
    set_stem(k);
    if (!read_options(k, f)) {
        free(k);
        return false;
    }
    pthread_mutex_init(&k->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&k->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&k->thread, NULL, go_round, k) != 0) {
        free(k);
        return fault_set(f, FAULT_INTERNAL, NULL, "no thread");
    }
    *out = k;
    return true;
}

void keeper_close(struct keeper *k)
{
    if (!k)
        return;
    pthread_mutex_lock(&k->lock);
    k->is_ending = true;
    pthread_cond_signal(&k->ended);
    pthread_mutex_unlock(&k->lock);
    pthread_join(k->thread, NULL);
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->ended);
    free(k);
}

int64_t keeper_backup_age_s(const struct keeper *k)
{
    int64_t made = atomic_load(&k->backed_up_ns);
    return made ? (clock_monotonic_ns() - made) / 1000000000 : -1;
}

uint64_t keeper_failures(const struct keeper *k)
{
    return atomic_load(&k->failures);
}
