/* clean_date: every way an office writes a day. Law: the day stands first and the month second, always; a day
 * that is not in the calendar is said, not moved. */
#include "import/clean.h"

#include "layers/text.h"

#include <string.h>

enum { FIRST_SERIAL = 18264 /* 1950 */, LAST_SERIAL = 73415 /* 2101 */, SERIAL_OF_1970 = 25569 };

struct parts {
    int value[3];
    int digits[3];
    int count;
};

/* Numbers of a folded text, words "ngay", "thang", "nam" and a time behind the date left out; false when
 * something else stands there. */
static bool read_parts(struct slice text, struct parts *p)
{
    struct slice word;
    *p = (struct parts){0};
    while (slice_next(&text, ' ', &word)) {
        int64_t v;
        bool is_word = slice_equal(word, SLICE("ngay")) || slice_equal(word, SLICE("thang")) ||
                       slice_equal(word, SLICE("nam"));
        if (word.n == 0 || is_word) {
            continue;
        }
        if (p->count == 3) {
            return word.p[0] >= '0' && word.p[0] <= '9'; /* hours and minutes */
        }
        struct slice digits = word;
        ptrdiff_t t = p->count == 2 ? slice_find(word, SLICE("t")) : -1; /* 2024-05-01t00 */
        digits.n = t > 0 ? (size_t)t : word.n;
        if (digits.n > 4 || !slice_to_int(digits, &v) || v < 0) {
            return false;
        }
        p->value[p->count] = (int)v;
        p->digits[p->count++] = (int)digits.n;
    }
    return p->count == 3;
}

static int full_year(int year, int digits)
{
    if (digits > 2) {
        return year;
    }
    int now = date_today().year % 100;
    return year <= now + 30 ? 2000 + year : 1900 + year;
}

static bool date_of_parts(const struct parts *p, struct date *d)
{
    if (p->digits[0] == 4) {
        *d = (struct date){p->value[0], p->value[1], p->value[2]};
    } else {
        *d = (struct date){full_year(p->value[2], p->digits[2]), p->value[1], p->value[0]};
    }
    return p->digits[2] != 3 && d->year >= 1900 && d->year <= 2100 && date_is_valid(*d);
}

static bool date_of_compact(struct slice text, struct date *d)
{
    int64_t v;
    if (text.n != 8 || !slice_to_int(text, &v)) {
        return false;
    }
    int64_t year = v / 10000 >= 1900 && v / 10000 <= 2100 ? v / 10000 : 0;
    *d = (struct date){(int)year, (int)(v / 100 % 100), (int)(v % 100)};
    return year > 0 && date_is_valid(*d);
}

static bool is_serial(double v)
{
    return v >= FIRST_SERIAL && v < LAST_SERIAL;
}

static bool date_of_text(struct slice text, struct date *d)
{
    struct buf folded = {0};
    struct parts parts;
    int64_t serial;
    text_fold(text, &folded);
    struct slice plain = buf_to_slice(&folded);
    bool found = read_parts(plain, &parts) ? date_of_parts(&parts, d) : date_of_compact(plain, d);
    if (!found && plain.n == 5 && slice_to_int(plain, &serial) && is_serial((double)serial)) {
        *d = date_of_days((int32_t)serial - SERIAL_OF_1970);
        found = true;
    }
    buf_release(&folded);
    return found;
}

static bool says_no_day(struct slice text)
{
    static const char *const words[] = {"khong thoi han", "vo thoi han", "khong xac dinh",
                                        "chua",           "chua co",     "khong",
                                        "khong co",       "nt",          "",
                                        "lau dai",        "khong ro",    "n a",
                                        "chua cap",       "chua ky",     "chua ro",
                                        "khong ghi",      "null",        "k"};
    struct buf folded = {0};
    text_fold(text, &folded);
    bool found = false;
    for (size_t i = 0; i < COUNT_OF(words) && !found; i++) {
        found = slice_equal(buf_to_slice(&folded), slice_of(words[i]));
    }
    buf_release(&folded);
    return found;
}

enum clean clean_date(const struct cell *c, struct date *out, struct fault *f)
{
    *out = (struct date){0};
    enum clean sound = clean_cell(c, f);
    if (sound != CLEAN_OK) {
        return sound;
    }
    if (c->kind == CELL_DATE && date_is_valid(c->date)) {
        *out = c->date;
        return CLEAN_OK;
    }
    if (c->kind == CELL_NUMBER && is_serial(c->number)) {
        *out = date_is_valid(c->date) ? c->date : date_of_days((int32_t)c->number - SERIAL_OF_1970);
        return CLEAN_OK;
    }
    if (date_of_text(c->text, out)) {
        return CLEAN_OK;
    }
    *out = (struct date){0};
    if (says_no_day(c->text)) {
        return CLEAN_EMPTY;
    }
    fault_set(f, FAULT_BAD_DATE, NULL, "\"%.*s\" không phải ngày có trong lịch (ngày/tháng/năm)",
              (int)(c->text.n < 60 ? c->text.n : 60), c->text.p);
    return CLEAN_BAD;
}
