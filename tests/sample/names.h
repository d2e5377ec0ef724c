/* Invented people, signboards, trades and industries. */
#ifndef SAMPLE_NAMES_H
#define SAMPLE_NAMES_H

#include "plan.h"

enum food_regime { NO_FOOD, CERTIFICATE, COMMITMENT };
struct trade {
    const char *word, *industry, *code;
    int group;
    enum food_regime regime;
};
extern const struct trade TRADES[];
int trade_count(void);
const char *group_name(int group); /* 1..12 */
void name_person(struct rng *r, char out[64]);
void name_signboard(struct rng *r, int trade, char out[128]);
bool industries_write(const char *folder);

#endif
