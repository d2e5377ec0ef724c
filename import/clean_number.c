/* clean_number: telephone and identity numbers, stall and house numbers, measures.
 *
 * Spreadsheets eat leading zeros and the ends of long numbers. Law: a zero is put back only where the length
 * proves that one is missing; a number that lost digits is a fault; no fault text repeats a telephone or
 * identity number. */
#include "import/clean.h"

#include "layers/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MAX = 40 };

/* --- digits --- */

/* Digits of a text; blanks, points, dashes, brackets and a leading apostrophe are left out. False when
 * anything else stands there or there are too many. */
static bool take_digits(struct slice text, char digits[DIGITS_MAX], size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c >= '0' && c <= '9' && *n + 1 < DIGITS_MAX) {
            digits[(*n)++] = c;
        } else if (!strchr(" .-()'", c)) {
            return false;
        }
    }
    digits[*n] = '\0';
    return *n > 0;
}

/* "4.8082001234E10" as its digits; *is_cut when fewer digits are written than the number has. */
static bool take_exponent(struct slice text, char digits[DIGITS_MAX], size_t *n, bool *is_cut)
{
    ptrdiff_t at = -1;
    for (size_t i = 1; i < text.n && at < 0; i++) {
        at = text.p[i] == 'E' || text.p[i] == 'e' ? (ptrdiff_t)i : -1;
    }
    if (at < 0) {
        return false;
    }
    struct slice mantissa = {text.p, (size_t)at}, power = {text.p + at + 1, text.n - (size_t)at - 1};
    int64_t exponent;
    if (power.n > 0 && power.p[0] == '+') {
        power = (struct slice){power.p + 1, power.n - 1};
    }
    char written[DIGITS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < mantissa.n; i++) {
        bool is_mark = mantissa.p[i] == '.' || mantissa.p[i] == ',';
        if ((is_mark && i != 1) || (!is_mark && (mantissa.p[i] < '0' || mantissa.p[i] > '9')) ||
            count + 2 > DIGITS_MAX) {
            return false;
        }
        if (!is_mark) {
            written[count++] = mantissa.p[i];
        }
    }
    if (!slice_to_int(power, &exponent) || exponent < 8 || exponent > 20 || count > (size_t)exponent + 1) {
        return false;
    }
    /* Programs write eleven digits of a number in full; six digits are a cut one. */
    *is_cut = count < 10;
    *n = (size_t)exponent + 1;
    memset(digits, '0', *n);
    memcpy(digits, written, count);
    digits[*n] = '\0';
    return true;
}

static void put_zero_before(char digits[DIGITS_MAX], size_t *n)
{
    memmove(digits + 1, digits, *n + 1);
    digits[0] = '0';
    (*n)++;
}

/* --- telephone --- */

/* The first of several numbers in one cell ("0905 123 456 / 0236 3 123 456"). */
static struct slice first_number(struct slice text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.n; i++) {
        digits += text.p[i] >= '0' && text.p[i] <= '9';
        bool is_end = strchr("/;,", text.p[i]) || (text.p[i] == '-' && i > 0 && text.p[i - 1] == ' ');
        if (is_end && digits >= 9) {
            return slice_trim((struct slice){text.p, i});
        }
    }
    return text;
}

static bool national(char digits[DIGITS_MAX], size_t *n, bool is_international)
{
    bool has_84 = strncmp(digits, "84", 2) == 0 && (is_international || *n == 11 || *n == 12);
    if (strncmp(digits, "0084", 4) == 0) {
        memmove(digits, digits + 4, *n - 3);
        *n -= 4;
    } else if (has_84) {
        memmove(digits, digits + 2, *n - 1);
        *n -= 2;
    } else if (is_international) {
        return false;
    }
    if (digits[0] != '0' && (*n == 9 || *n == 10)) {
        put_zero_before(digits, n);
    }
    return digits[0] == '0' && (*n == 10 || (*n == 11 && (digits[1] == '2' || digits[1] == '1')));
}

enum clean clean_phone(const struct cell *c, struct arena *a, struct slice *out, struct fault *f)
{
    char digits[DIGITS_MAX];
    size_t n;
    bool is_cut = false, is_unread;
    *out = (struct slice){0};
    enum clean sound =
        clean_text(c, a, out) == CLEAN_EMPTY && c->kind != CELL_ERROR ? CLEAN_EMPTY : clean_cell(c, f);
    *out = (struct slice){0};
    if (sound != CLEAN_OK) {
        return sound;
    }
    struct slice text = first_number(c->text);
    bool is_international = text.n > 0 && text.p[0] == '+';
    text = is_international ? (struct slice){text.p + 1, text.n - 1} : text;
    is_unread = !take_digits(text, digits, &n) && !take_exponent(text, digits, &n, &is_cut);
    if (is_unread || is_cut || !national(digits, &n, is_international)) {
        fault_set(f, FAULT_BAD_VALUE, NULL, "số điện thoại phải có 10 hoặc 11 chữ số");
        return CLEAN_BAD;
    }
    *out = arena_slice(a, (struct slice){digits, n});
    return CLEAN_OK;
}

/* --- identity --- */

static enum clean bad_identity(struct fault *f, size_t n)
{
    fault_set(f, FAULT_BAD_VALUE, NULL,
              "mã số có %zu chữ số; mã số thuế có 10 (hoặc 10-3), số định danh có 12, CMND cũ có 9", n);
    return CLEAN_BAD;
}

/* The tenth digit of a tax code is ten less the weighted sum of the nine before it, modulo 11 (the rule of
 * the tax office; a sum that would give ten is never given out). */
static bool fits_check_digit(struct slice code)
{
    static const int WEIGHTS[9] = {31, 29, 23, 19, 17, 13, 7, 5, 3};
    int sum = 0;
    for (size_t i = 0; i < COUNT_OF(WEIGHTS); i++) {
        sum += WEIGHTS[i] * (code.p[i] - '0');
    }
    return 10 - sum % 11 == code.p[9] - '0';
}

/* Nine digits in a text may be a tax code without its zero or an old identity card; the check digit tells. */
static bool lacks_zero(const struct cell *c, const char *digits, size_t n)
{
    char whole[11] = "0";
    if (n != 9 || c->kind == CELL_NUMBER) {
        return n == 9 || n == 11;
    }
    memcpy(whole + 1, digits, 9);
    return fits_check_digit((struct slice){whole, 10});
}

enum clean clean_identity(const struct cell *c, struct arena *a, struct slice *out, struct fault *f)
{
    char digits[DIGITS_MAX];
    size_t n;
    bool is_cut = false;
    enum clean sound =
        clean_text(c, a, out) == CLEAN_EMPTY && c->kind != CELL_ERROR ? CLEAN_EMPTY : clean_cell(c, f);
    *out = (struct slice){0};
    if (sound != CLEAN_OK) {
        return sound;
    }
    if (c->kind == CELL_DATE ||
        (!take_digits(c->text, digits, &n) && !take_exponent(c->text, digits, &n, &is_cut))) {
        fault_set(f, FAULT_BAD_VALUE, NULL, "mã số chỉ gồm chữ số");
        return CLEAN_BAD;
    }
    if (is_cut) {
        fault_set(f, FAULT_BAD_NUMBER, NULL, "mã số ở dạng khoa học (…E+10) đã mất các chữ số cuối");
        return CLEAN_BAD;
    }
    if (lacks_zero(c, digits, n)) {
        put_zero_before(digits, &n);
    }
    if (n == 13) {
        memmove(digits + 11, digits + 10, 4);
        digits[10] = '-';
        n = 14;
    } else if (n != 9 && n != 10 && n != 12) {
        return bad_identity(f, n);
    }
    *out = arena_slice(a, (struct slice){digits, n});
    return CLEAN_OK;
}

/* The first three digits say where the birth was registered (TT 59/2021/TT-BCA: the provinces of before July
 * 2025 under 100, countries above). 000 is given to nobody: samples use it for people who do not exist. */
static bool is_birthplace(struct slice identity)
{
    static const uint8_t PROVINCES[] = {0,  1,  2,  4,  6,  8,  10, 11, 12, 14, 15, 17, 19, 20, 22, 24,
                                        25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45, 46,
                                        48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74,
                                        75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96};
    int place = (identity.p[0] - '0') * 100 + (identity.p[1] - '0') * 10 + identity.p[2] - '0';
    return place >= 100 || memchr(PROVINCES, place, sizeof PROVINCES) != NULL;
}

/* The fourth digit says sex and century: 0 and 1 are 1900 to 1999, 2 and 3 the next, up to 9; two digits of
 * the year follow. */
static int birth_year(struct slice identity)
{
    return 1900 + (identity.p[3] - '0') / 2 * 100 + (identity.p[4] - '0') * 10 + identity.p[5] - '0';
}

static const char *personal_remark(struct slice identity, struct date today)
{
    if (!is_birthplace(identity)) {
        return "ba chữ số đầu của số định danh không phải mã tỉnh, thành; mã vẫn được ghi như trong tệp, hãy "
               "đối chiếu lại";
    }
    return birth_year(identity) <= today.year
               ? NULL
               : "số định danh cho năm sinh ở tương lai; mã vẫn được ghi như trong tệp, hãy đối chiếu lại";
}

const char *identity_remark(struct slice identity, struct date today)
{
    if (identity.n == 12) {
        return personal_remark(identity, today);
    }
    if (identity.n == 9) {
        return "9 chữ số: số CMND cũ, không còn giá trị từ 01/01/2025; hãy ghi số định danh 12 chữ số";
    }
    return identity.n == 0 || fits_check_digit(identity) ? NULL
                                                         : "chữ số kiểm tra của mã số thuế không khớp; mã "
                                                           "vẫn được ghi như trong tệp, hãy đối chiếu lại";
}

/* --- stalls and houses --- */

static bool is_date_by_mistake(const struct cell *c, struct fault *f)
{
    if (c->kind != CELL_DATE) {
        return false;
    }
    fault_set(f, FAULT_BAD_NUMBER, NULL, "bảng tính đã đổi số thành ngày %02d/%02d/%04d; có lẽ là \"%d/%d\"",
              c->date.day, c->date.month, c->date.year, c->date.day, c->date.month);
    return true;
}

/* "so", "lo", "quay", "sap" and the like in front say what it is, not which; a kiosk keeps its K. */
static struct slice without_noun(struct slice folded, bool *is_kiosk)
{
    static const char *const nouns[] = {"so",     "lo so", "lo",   "quay sap",  "quay so", "quay",
                                        "sap so", "sap",   "o so", "gian hang", "gian",    "vi tri"};
    static const char *const kiosks[] = {"ki ot so", "ki ot", "kiot so", "kiot", "kiosk", "kios"};
    for (size_t i = 0; i < COUNT_OF(kiosks); i++) {
        struct slice k = slice_of(kiosks[i]);
        if (slice_starts(folded, k)) {
            *is_kiosk = true;
            return slice_trim((struct slice){folded.p + k.n, folded.n - k.n});
        }
    }
    for (size_t i = 0; i < COUNT_OF(nouns); i++) {
        struct slice k = slice_of(nouns[i]);
        bool is_word = slice_starts(folded, k) && folded.n > k.n &&
                       (folded.p[k.n] == ' ' || (folded.p[k.n] >= '0' && folded.p[k.n] <= '9'));
        if (is_word) {
            return slice_trim((struct slice){folded.p + k.n, folded.n - k.n});
        }
    }
    return folded;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Upper case, blanks and dashes dropped, leading zeros of each number dropped; a dash stays between two
 * numbers, because "12-14" is a range. */
static void normalise_stall(struct slice folded, struct buf *out)
{
    for (size_t i = 0; i < folded.n; i++) {
        char c = folded.p[i];
        bool is_after_digit = out->n > 0 && is_digit(out->p[out->n - 1]);
        if (c == ' ') {
            if (is_after_digit && i + 1 < folded.n && is_digit(folded.p[i + 1])) {
                buf_char(out, '-');
            }
        } else if (!(c == '0' && !is_after_digit && i + 1 < folded.n && is_digit(folded.p[i + 1]))) {
            buf_char(out, c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
        }
    }
}

enum clean clean_stall_number(const struct cell *c, struct arena *a, struct slice *norm, struct fault *f)
{
    struct buf folded = {0}, out = {0};
    bool is_kiosk = false;
    *norm = (struct slice){0};
    enum clean sound = clean_cell(c, f);
    if (sound != CLEAN_OK) {
        return sound;
    }
    if (is_date_by_mistake(c, f)) {
        return CLEAN_BAD;
    }
    text_fold(c->text, &folded);
    struct slice rest = without_noun(buf_to_slice(&folded), &is_kiosk);
    buf_text(&out, is_kiosk && !(rest.n > 1 && rest.p[0] == 'k') ? "K" : "");
    normalise_stall(rest, &out);
    *norm = arena_slice(a, buf_to_slice(&out));
    buf_release(&folded);
    buf_release(&out);
    return norm->n > 0 ? CLEAN_OK : CLEAN_EMPTY;
}

enum clean clean_house_number(const struct cell *c, struct arena *a, struct slice *out, struct fault *f)
{
    *out = (struct slice){0};
    enum clean sound = clean_cell(c, f);
    if (sound != CLEAN_OK) {
        return sound;
    }
    return is_date_by_mistake(c, f) ? CLEAN_BAD : clean_text(c, a, out);
}

/* --- measures --- */

/* Comma or point: whichever stands last is the decimal mark; one that comes several times, or before three
 * digits with the other behind it, groups thousands. */
bool clean_read_decimal(struct slice text, double *out)
{
    char plain[DIGITS_MAX];
    size_t n = 0, commas = 0, points = 0;
    ptrdiff_t last = -1;
    for (size_t i = 0; i < text.n; i++) {
        commas += text.p[i] == ',';
        points += text.p[i] == '.';
        last = text.p[i] == ',' || text.p[i] == '.' ? (ptrdiff_t)i : last;
    }
    bool is_grouped = (commas > 1 && points == 0) || (points > 1 && commas == 0);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool is_mark = c == ',' || c == '.';
        if (is_mark && ((ptrdiff_t)i != last || is_grouped)) {
            continue;
        }
        if (c == ' ' && n > 0) {
            continue;
        }
        if (n + 1 >= DIGITS_MAX) {
            return false;
        }
        plain[n++] = is_mark ? '.' : c;
    }
    return n > 0 && slice_to_real((struct slice){plain, n}, out) && isfinite(*out);
}

enum clean clean_real(const struct cell *c, double *out, struct fault *f)
{
    *out = 0;
    enum clean sound = clean_cell(c, f);
    if (sound != CLEAN_OK) {
        return sound;
    }
    if (c->kind == CELL_NUMBER) {
        *out = c->number;
        return CLEAN_OK;
    }
    struct slice text = c->text;
    static const char *const units[] = {"m2", "m²", "M2", "m"};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (slice_ends(text, slice_of(units[i]))) {
            text.n -= strlen(units[i]);
            break;
        }
    }
    text = slice_trim(text);
    if (c->kind != CELL_DATE && clean_read_decimal(text, out)) {
        return CLEAN_OK;
    }
    if (text.n == 0 || slice_equal(text, SLICE("-"))) {
        return CLEAN_EMPTY;
    }
    fault_set(f, FAULT_BAD_NUMBER, NULL, "\"%.*s\" không phải số", (int)(c->text.n < 40 ? c->text.n : 40),
              c->text.p);
    return CLEAN_BAD;
}
