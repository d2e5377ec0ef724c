/* Days since 1970-01-01 in the proleptic Gregorian calendar, and the ways clerks write them. */
#include "text.h"
#include "ward.h"

#include <stdio.h>
#include <string.h>

int date_make(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_split(int days, int out[3])
{
    int z = days + 719468, era = z / 146097, doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    out[2] = doy - (153 * mp + 2) / 5 + 1;
    out[1] = mp < 10 ? mp + 3 : mp - 9;
    out[0] = yoe + era * 400 + (out[1] <= 2);
}

int date_years_later(int day, int years)
{
    int part[3];
    date_split(day, part);
    bool leap = part[1] == 2 && part[2] == 29 && years % 4 != 0;
    return date_make(part[0] + years, part[1], leap ? 28 : part[2]);
}

static const char ORDER[] = "ymd";

void date_text(int day, const char *form, char out[16])
{
    int part[3];
    date_split(day, part);
    char *to = out;
    for (const char *c = form; *c; c++) {
        const char *which = strchr(ORDER, *c);
        if (which) {
            put(to, 6, *c == 'y' ? "%04d" : "%02d", part[which - ORDER] % 10000);
            to += strlen(to);
        } else
            *to++ = *c;
    }
    *to = 0;
}
