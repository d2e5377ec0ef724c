/* backup: copies of the ward file, whether they are good, and what was found (backup.c, retain.c). Part of
 * the door layers/layers.h; include that.
 *
 * Law: a copy appears under its name only when it is whole. The key is never in it. The files of pictures go
 * to the folder mapd-files beside it, each once for all copies there (image.h). */
#ifndef LAYERS_BACKUP_H
#define LAYERS_BACKUP_H

#include "layers/kit.h"

struct store;

/* While others read and write (SQLite's online backup). `sealed`: with the store's key, which it then needs.
 * FILE_EXISTS when there is such a file. */
bool store_backup(struct store *s, const char *out_path, bool sealed, struct fault *f) RESULT_MUST_BE_USED;

/* A second name PATH.WORD-TIME for a file that is about to be replaced, in the arena; never over another one.
 */
const char *file_set_aside(const char *path, const char *word, struct arena *a,
                           struct fault *f) RESULT_MUST_BE_USED;

/* What a backup, a restore or a trial of one came to. */
struct backup_entry {
    const char *kind; /* "backup" "restore" "drill" */
    const char *path; /* its file name is kept, not its folder */
    bool good;
    uint64_t places, rows; /* of the copy */
};

/* An entry of the audit, and a check of the service: a trial counts as a restore (indicators S2.6b, S2.6c).
 */
bool backup_note(struct store *s, const struct backup_entry *entry, const char *who,
                 struct fault *f) RESULT_MUST_BE_USED;

/* Makes `out_path` (which must not be there) from a backup, opened with the key at `key_path` (NULL: none)
 * when it is sealed, checks it wholly, and opens one sealed value of each kind. Findings, one a line, go to
 * `said`; a copy with findings is left for who wants to look at it. */
bool backup_restore(const char *backup, const char *out_path, const char *key_path,
                    struct backup_entry *entry, struct buf *said, struct fault *f) RESULT_MUST_BE_USED;

/* --- how long copies are kept (retain.c) --- */

struct retention {
    int days, weeks, months;
};

/* Of copies made on these days (any order, no day twice), which stay: those of the last `days` days that have
 * one, the first of each of the last `weeks` weeks (from Monday) and of the last `months` months that have
 * one. The newest always stays. */
void retention_choose(const struct retention *r, const struct date *made, int count, bool *stays);

#endif
