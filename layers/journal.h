/* journal: what stood there before. Private to layers/. */
#ifndef LAYERS_JOURNAL_H
#define LAYERS_JOURNAL_H

#include "layers/store_private.h"

struct journal;

/* Listens to every change on the store's connection until it is closed. */
struct journal *journal_open(struct store *s);
void journal_close(struct journal *j);
/* Of a place that is made in this stretch the marks may be handed over instead of being listened to
 * (fresh.c): between pause and resume nobody listens. False, and nothing is paused, when the place is none
 * such. `begins`: the record that comes is the place itself. */
bool journal_pause(struct journal *j, int64_t place, bool begins);
void journal_resume(struct journal *j);
void journal_add_made(struct journal *j, uint64_t marks, uint32_t records);
/* The id the next new place will have. */
int64_t journal_next_place(struct journal *j);

/* The mark of a record: of its values one after the other, beginning with MARK_START. A whole number has the
 * same mark as INTEGER and as REAL. */
static const uint64_t MARK_START = 0xcbf29ce484222325u;
uint64_t mark_null(uint64_t mark);
uint64_t mark_int(uint64_t mark, int64_t v);
uint64_t mark_real(uint64_t mark, double v);
uint64_t mark_text(uint64_t mark, int type, struct slice text); /* SQLITE_TEXT or SQLITE_BLOB */

/* The changes since the last reset, oldest first. */
struct slice journal_entries(const struct journal *j);
void journal_reset(struct journal *j);
/* The same where the changes were taken back with a savepoint. */
void journal_forget(struct journal *j);
/* Takes out what the entries added, and resets. Only for entries that added and changed nothing. */
bool journal_take_out(struct journal *j, struct fault *f);
/* Replays entries backwards. False with *conflict set when a row is no longer what the entries left behind.
 */
bool journal_take_back(struct store *s, struct slice entries, bool *conflict, struct fault *f);

#endif
