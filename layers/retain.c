/* retain: which copies stay. Days for the slip of yesterday, weeks and months for what is found out late.
 *
 * Law: units are counted by the copies that there are, not by today's date: a clock that jumps ahead deletes
 * nothing. */
#include "layers/layers.h"

enum { DAYS_OF_WEEK = 7, THURSDAY = 3 /* 1970-01-01, counted from Monday */ };

static int32_t week_of(struct date d)
{
    return (date_to_days(d) + THURSDAY) / DAYS_OF_WEEK;
}

static int32_t month_of(struct date d)
{
    return d.year * 12 + d.month;
}

static int32_t day_of(struct date d)
{
    return date_to_days(d);
}

struct rule {
    int32_t (*unit_of)(struct date d);
    int units;
};

static bool is_first_of_unit(const struct rule *rule, const struct date *made, int count, int i)
{
    for (int k = 0; k < count; k++)
        if (rule->unit_of(made[k]) == rule->unit_of(made[i]) && date_to_days(made[k]) < date_to_days(made[i]))
            return false;
    return true;
}

/* How many units with a copy are newer. */
static int newer_units(const struct rule *rule, const struct date *made, int count, int i)
{
    int newer = 0;
    for (int k = 0; k < count; k++)
        newer += rule->unit_of(made[k]) > rule->unit_of(made[i]) && is_first_of_unit(rule, made, count, k);
    return newer;
}

void retention_choose(const struct retention *r, const struct date *made, int count, bool *stays)
{
    const struct rule rules[] = {{day_of, r->days}, {week_of, r->weeks}, {month_of, r->months}};
    for (int i = 0; i < count; i++) {
        stays[i] = newer_units(&rules[0], made, count, i) == 0;
        for (size_t k = 0; k < COUNT_OF(rules); k++)
            stays[i] = stays[i] || (is_first_of_unit(&rules[k], made, count, i) &&
                                    newer_units(&rules[k], made, count, i) < rules[k].units);
    }
}
