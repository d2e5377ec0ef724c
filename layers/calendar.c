/* calendar: days that only law counts, as functions of this connection's SQL.
 *
 *   years_later(day, n)     the same calendar day n years later, 29 February ending on the 28th
 *   workdays_later(day, n)  the n-th working day after `day`: no Saturday, no Sunday, none of the table
 * `holiday` */
#include "layers/store_private.h"

static bool read_arguments(sqlite3_value **values, struct date *day, int *n)
{
    struct slice text = {(const char *)sqlite3_value_text(values[0]), (size_t)sqlite3_value_bytes(values[0])};
    *n = sqlite3_value_int(values[1]);
    return text.p && date_parse_iso(text, day);
}

static void give(sqlite3_context *context, struct date day)
{
    char text[11];
    date_format_iso(day, text);
    sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

static void years_later(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct date day;
    int n;
    (void)count;
    if (read_arguments(values, &day, &n))
        give(context, date_years_later(day, n));
}

static bool is_holiday(struct store *s, struct date day)
{
    char text[11];
    date_format_iso(day, text);
    return store_int(s, "SELECT count(*) FROM holiday WHERE day = ?1", text, 0) > 0;
}

static void workdays_later(sqlite3_context *context, int count, sqlite3_value **values)
{
    enum { WEEK = 7, THURSDAY = 4, SATURDAY = 6, MOST = 1000 };
    struct date day;
    int left;
    (void)count;
    if (!read_arguments(values, &day, &left) || left > MOST)
        return;
    int32_t at = date_to_days(day);
    while (left > 0) {
        int weekday = (++at + THURSDAY) % WEEK; /* 1970-01-01 was a Thursday */
        left -=
            weekday != 0 && weekday != SATURDAY && !is_holiday(sqlite3_user_data(context), date_of_days(at));
    }
    give(context, date_of_days(at));
}

bool store_add_calendar(struct store *s, struct fault *f)
{
    sqlite3 *db = store_handle(s);
    int code = sqlite3_create_function(db, "years_later", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                       years_later, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function(db, "workdays_later", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, s,
                                       workdays_later, NULL, NULL);
    return code == SQLITE_OK || fault_set(f, FAULT_DATABASE, NULL, "%s", sqlite3_errmsg(db));
}
