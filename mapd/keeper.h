/* keeper: what a server does each day by itself, in a thread with a connection of its own: a backup, the
 * backups that have had their time, accounts that nobody uses. Private to mapd/. */
#ifndef MAPD_KEEPER_H
#define MAPD_KEEPER_H

#include "mapd/mapd.h"

struct keeper;

/* Reads --backup-dir, --backup-at and --backup-keep; USAGE names what is wrong. Without a directory there are
 * no backups. */
bool keeper_open(struct keeper **out, const struct arguments *args, struct fault *f) RESULT_MUST_BE_USED;
/* Waits for a backup under way. NULL is fine. */
void keeper_close(struct keeper *k);
/* Since the last good backup it made; -1: none since the start. */
int64_t keeper_backup_age_s(const struct keeper *k);
uint64_t keeper_failures(const struct keeper *k);

#endif
