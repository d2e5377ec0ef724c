/* journal: what stood there before. Private to layers/. */
#ifndef LAYERS_JOURNAL_H
#define LAYERS_JOURNAL_H

#include "layers/store_private.h"

struct journal;

/* Listens to every change on the store's connection until it is closed. */
struct journal *journal_open(struct store *s);
void journal_close(struct journal *j);
/* The changes since the last reset, oldest first. */
struct slice journal_entries(const struct journal *j);
void journal_reset(struct journal *j);
/* Takes out what the entries added, and resets. Only for entries that added and changed nothing. */
bool journal_take_out(struct journal *j, struct fault *f);
/* Replays entries backwards. False with *conflict set when a row is no longer what the entries left behind.
 */
bool journal_take_back(struct store *s, struct slice entries, bool *conflict, struct fault *f);

#endif
