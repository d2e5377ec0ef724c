/* service: the server keeps its own log: probes of its health, uses by day, and a check of itself once a
 * night. Private to mapd/. What is written stands in layers/service_log.h. */
#ifndef MAPD_SERVICE_H
#define MAPD_SERVICE_H

#include "mapd/serve.h"

struct service;
struct service *service_new(void);
void service_free(struct service *s);
/* Counts an answer that left; those asked for by the server itself do not count. */
void service_answered(struct serve *s, const struct call *c, const struct reply *r);
void service_used(struct serve *s, enum service_use_kind kind);
/* Four times a second, by the thread that ticks: writes a probe and the counts every ten minutes, and checks
 * the service in the small hours. `last`: the server is about to stop, write what is counted. */
void service_tick(struct serve *s, bool last);

/* Asks the server itself, through its own routes: the search (six functions, and a sample of 60 drawn with
 * the seed), every code of the register, the indicators the ward wants. Writes the runs down (self_check.c).
 * The caller holds the store. */
bool service_check_self(struct serve *s, struct store *store, const char *who, uint32_t seed,
                        struct fault *f) RESULT_MUST_BE_USED;

#endif
