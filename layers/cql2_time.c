/* cql2_time: days and times of a filter, and how periods lie to each other (Allen's relations, by the tables
 * of CQL2's temporal functions). Beside the evaluator.
 * Law: a period holds both its ends. A day met by a time is compared as days of Asia/Ho_Chi_Minh, so that
 * `updated_at = DATE('2026-11-22')` is true all through that day at home. */
#include "layers/cql2.h"

enum { HOME_OFFSET_S = 7 * 3600, DAY_S = 86400 };
#define SECOND_US ((int64_t)1000000)

bool moment_read_date(struct slice text, struct moment *m)
{
    struct date d;
    if (!date_parse_iso(text, &d))
        return false;
    *m = (struct moment){MOMENT_DAY, date_to_days(d)};
    return true;
}

static bool read_digits(struct slice text, size_t at, size_t n, int most, int64_t *value)
{
    *value = 0;
    if (at + n > text.n)
        return false;
    for (size_t i = at; i < at + n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        *value = *value * 10 + (text.p[i] - '0');
    }
    return *value <= most;
}

/* ".393216" as microseconds, what is finer is cut; moves *at behind it. */
static bool read_fraction(struct slice text, size_t *at, int64_t *us)
{
    int64_t weight = SECOND_US / 10;
    *us = 0;
    if (*at >= text.n || text.p[*at] != '.')
        return true;
    size_t first = ++*at;
    for (; *at < text.n && text.p[*at] >= '0' && text.p[*at] <= '9'; ++*at, weight /= 10)
        *us += (text.p[*at] - '0') * weight;
    return *at > first;
}

/* "Z" or "+07:00" as seconds east. */
static bool read_zone(struct slice text, size_t at, int64_t *seconds)
{
    int64_t hours, minutes;
    *seconds = 0;
    if (at + 1 == text.n && (text.p[at] == 'Z' || text.p[at] == 'z'))
        return true;
    if (at + 6 != text.n || (text.p[at] != '+' && text.p[at] != '-') || text.p[at + 3] != ':')
        return false;
    if (!read_digits(text, at + 1, 2, 23, &hours) || !read_digits(text, at + 4, 2, 59, &minutes))
        return false;
    *seconds = (text.p[at] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

bool moment_read_time(struct slice text, struct moment *m)
{
    struct date d;
    int64_t hour, minute, second, us, zone;
    if (text.n < 20 || !date_parse_iso((struct slice){text.p, 10}, &d) || (text.p[10] | 32) != 't' ||
        text.p[13] != ':' || text.p[16] != ':')
        return false;
    if (!read_digits(text, 11, 2, 23, &hour) || !read_digits(text, 14, 2, 59, &minute) ||
        !read_digits(text, 17, 2, 60, &second))
        return false;
    size_t at = 19;
    if (!read_fraction(text, &at, &us) || !read_zone(text, at, &zone))
        return false;
    int64_t s = (int64_t)date_to_days(d) * DAY_S + hour * 3600 + minute * 60 + second - zone;
    *m = (struct moment){MOMENT_TIME, s * SECOND_US + us};
    return true;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

void moment_print(struct moment m, struct buf *out)
{
    char day[11];
    if (m.sort == MOMENT_PAST || m.sort == MOMENT_FUTURE) {
        buf_text(out, "..");
        return;
    }
    int64_t s = m.sort == MOMENT_DAY ? m.value * DAY_S : floor_divide(m.value, SECOND_US);
    int64_t days = floor_divide(s, DAY_S), rest = s - days * DAY_S;
    date_format_iso(date_of_days((int32_t)days), day);
    buf_text(out, day);
    if (m.sort == MOMENT_DAY)
        return;
    buf_format(out, "T%02d:%02d:%02d", (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    int us = (int)(m.value - s * SECOND_US);
    if (us)
        buf_format(out, ".%06d", us);
    buf_char(out, 'Z');
}

static int64_t home_day(struct moment m)
{
    return m.sort == MOMENT_DAY ? m.value
                                : floor_divide(m.value + HOME_OFFSET_S * SECOND_US, DAY_S * SECOND_US);
}

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int moment_compare(struct moment a, struct moment b)
{
    bool is_open =
        a.sort == MOMENT_PAST || a.sort == MOMENT_FUTURE || b.sort == MOMENT_PAST || b.sort == MOMENT_FUTURE;
    if (is_open)
        return a.sort == b.sort ? 0 : a.sort == MOMENT_PAST || b.sort == MOMENT_FUTURE ? -1 : 1;
    if (a.sort == b.sort)
        return order(a.value, b.value);
    return order(home_day(a), home_day(b));
}

static bool is_before(const struct period *a, const struct period *b)
{
    return moment_compare(a->end, b->start) < 0;
}

/* The asymmetric relations, a's side; the others are these with the periods exchanged. */
static bool is_during(const struct period *a, const struct period *b)
{
    return moment_compare(a->start, b->start) > 0 && moment_compare(a->end, b->end) < 0;
}

static bool finishes(const struct period *a, const struct period *b)
{
    return moment_compare(a->start, b->start) > 0 && moment_compare(a->end, b->end) == 0;
}

static bool starts(const struct period *a, const struct period *b)
{
    return moment_compare(a->start, b->start) == 0 && moment_compare(a->end, b->end) < 0;
}

static bool meets(const struct period *a, const struct period *b)
{
    return moment_compare(a->end, b->start) == 0;
}

static bool overlaps(const struct period *a, const struct period *b)
{
    return moment_compare(a->start, b->start) < 0 && moment_compare(a->end, b->start) > 0 &&
           moment_compare(a->end, b->end) < 0;
}

static bool is_equal(const struct period *a, const struct period *b)
{
    return moment_compare(a->start, b->start) == 0 && moment_compare(a->end, b->end) == 0;
}

static bool holds(enum cql2_op op, const struct period *a, const struct period *b)
{
    switch (op) {
    case CQL2_T_AFTER: return is_before(b, a);
    case CQL2_T_BEFORE: return is_before(a, b);
    case CQL2_T_DISJOINT: return is_before(a, b) || is_before(b, a);
    case CQL2_T_INTERSECTS: return !is_before(a, b) && !is_before(b, a);
    case CQL2_T_CONTAINS: return is_during(b, a);
    case CQL2_T_DURING: return is_during(a, b);
    case CQL2_T_FINISHEDBY: return finishes(b, a);
    case CQL2_T_FINISHES: return finishes(a, b);
    case CQL2_T_MEETS: return meets(a, b);
    case CQL2_T_METBY: return meets(b, a);
    case CQL2_T_OVERLAPPEDBY: return overlaps(b, a);
    case CQL2_T_OVERLAPS: return overlaps(a, b);
    case CQL2_T_STARTEDBY: return starts(b, a);
    case CQL2_T_STARTS: return starts(a, b);
    default: return is_equal(a, b);
    }
}

enum cql2_truth period_test(enum cql2_op op, const struct period *a, const struct period *b)
{
    return holds(op, a, b) ? CQL2_YES : CQL2_NO;
}
