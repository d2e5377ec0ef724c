/* A position typed into an address: degrees in decimals ("16.0471, 108.2068", also inside a link of a map),
 * degrees with minutes and seconds, a plus code whole or short. Law: what cannot be in Viet Nam is no
 * position; the two numbers tell by themselves which is the latitude. Plus codes: Open Location Code
 * specification, google/open-location-code. */
#include "import/address_position.h"

#include <math.h>
#include <string.h>

static const double METRES_PER_DEGREE = 111000, LEAST_M = 15; /* as an officer's hand-held receiver */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lat(double v)
{
    return v >= 8 && v <= 24;
}

static bool is_lon(double v)
{
    return v >= 102 && v <= 118;
}

/* --- degrees --- */

/* A number at `at`: its end, its value, and how many metres its last digit is worth. */
struct reading_head {
    struct slice text;
    size_t at;
};

static bool starts(const struct reading_head *h, const char *sign)
{
    return slice_starts((struct slice){h->text.p + h->at, h->text.n - h->at}, slice_of(sign));
}

static bool skip_any(struct reading_head *h, const char *const signs[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (starts(h, signs[i])) {
            h->at += strlen(signs[i]);
            return true;
        }
    return false;
}

static void skip_blanks(struct reading_head *h)
{
    while (h->at < h->text.n && h->text.p[h->at] == ' ')
        h->at++;
}

/* "16.0471", "16,0471": digits, point or comma, digits. */
static bool read_decimal(struct reading_head *h, double *value, int *decimals)
{
    size_t start = h->at;
    double unit = 1;
    *value = 0;
    *decimals = 0;
    while (h->at < h->text.n && is_digit(h->text.p[h->at]))
        *value = *value * 10 + (h->text.p[h->at++] - '0');
    if (h->at == start || h->at - start > 3)
        return false;
    bool has_point = h->at + 1 < h->text.n && (h->text.p[h->at] == '.' || h->text.p[h->at] == ',') &&
                     is_digit(h->text.p[h->at + 1]);
    h->at += has_point;
    for (; has_point && h->at < h->text.n && is_digit(h->text.p[h->at]); h->at++, ++*decimals)
        *value += (h->text.p[h->at] - '0') * (unit /= 10);
    return true;
}

static const char *const DEGREE[] = {"°", "º", "˚"}, *const MINUTE[] = {"'", "′", "’", "‘"},
                         *const SECOND[] = {"\"", "″", "”", "“", "''"}, *const SIDE[] = {"N", "E", "B", "Đ",
                                                                                         "n", "e", "b", "đ"},
                         *const BETWEEN[] = {",", ";", "!4d", "%2C", "/", "|", "-"};

/* One of the two: "16.0471", "16°02'49.6\"N". Sexagesimal ones are good to `grain` metres as typed. */
static bool read_degrees(struct reading_head *h, double *value, double *grain)
{
    double part = 0;
    int decimals;
    if (!read_decimal(h, value, &decimals))
        return false;
    *grain = METRES_PER_DEGREE * pow(10, -decimals);
    bool is_bare = !skip_any(h, DEGREE, COUNT_OF(DEGREE));
    struct reading_head back = *h;
    skip_blanks(h);
    if (!is_bare && read_decimal(h, &part, &decimals) && part < 60 && skip_any(h, MINUTE, COUNT_OF(MINUTE))) {
        *value += part / 60;
        *grain = METRES_PER_DEGREE / 60 * pow(10, -decimals);
        back = *h;
        skip_blanks(h);
        if (read_decimal(h, &part, &decimals) && part < 60 && skip_any(h, SECOND, COUNT_OF(SECOND))) {
            *value += part / 3600;
            *grain = METRES_PER_DEGREE / 3600 * pow(10, -decimals);
            back = *h;
        }
    }
    *h = back;
    skip_blanks(h);
    if (!skip_any(h, SIDE, COUNT_OF(SIDE)))
        *h = back;
    return !is_bare || decimals >= 3; /* "16.5" alone is anything */
}

static bool read_pair(struct slice text, size_t at, struct typed_position *out)
{
    struct reading_head h = {text, at};
    double first, second, grain, other;
    if (!read_degrees(&h, &first, &grain) || !(is_lat(first) || is_lon(first)))
        return false;
    size_t between = h.at;
    skip_blanks(&h);
    bool is_apart = skip_any(&h, BETWEEN, COUNT_OF(BETWEEN));
    skip_blanks(&h);
    if ((!is_apart && h.at == between) || !read_degrees(&h, &second, &other))
        return false;
    bool is_swapped = is_lon(first) && is_lat(second);
    if (!is_swapped && !(is_lat(first) && is_lon(second)))
        return false;
    *out = (struct typed_position){.at = is_swapped ? (struct lonlat){first, second}
                                                    : (struct lonlat){second, first},
                                   .accuracy_m = fmax(LEAST_M, fmax(grain, other)),
                                   .start = at,
                                   .end = h.at,
                                   .is_swapped = is_swapped};
    return true;
}

/* --- plus codes --- */

enum { PAIR_DIGITS = 10, CODE_MOST = 15, SEPARATOR_AT = 8 };

static int code_digit(char c)
{
    static const char DIGITS[] = "23456789CFGHJMPQRVWX";
    const char *at = c ? strchr(DIGITS, c >= 'a' && c <= 'z' ? c - 32 : c) : NULL;
    return at ? (int)(at - DIGITS) : -1;
}

/* South-west corner and size of the cell of a whole code without its "+". */
static void decode_code(const int *digit, int n, double *south, double *west, double *height, double *width)
{
    *south = -90;
    *west = -180;
    *height = *width = 400;
    for (int i = 0; i < n && i < PAIR_DIGITS; i++) {
        double *size = i % 2 ? width : height;
        *size /= 20;
        *(i % 2 ? west : south) += digit[i] * *size;
    }
    for (int i = PAIR_DIGITS; i < n; i++) {
        *height /= 5;
        *width /= 4;
        *south += digit[i] / 4 * *height;
        *west += digit[i] % 4 * *width;
    }
}

/* The digits that a short code leaves out, from a point near by. */
static int fill_short(struct lonlat near, int missing, int *digit)
{
    double south = near.lat + 90, west = near.lon + 180, size = 400;
    for (int i = 0; i < missing; i++) {
        size = i % 2 ? size : size / 20;
        double *left = i % 2 ? &west : &south;
        digit[i] = (int)(*left / size);
        *left -= digit[i] * size;
    }
    return missing;
}

/* Nearest cell of that name: the reference may lie just across the border of its square. */
static double nearest(double value, double near, double step)
{
    if (value - near > step / 2)
        return value - step;
    return near - value > step / 2 ? value + step : value;
}

static bool read_code(struct slice text, size_t at, struct lonlat near, struct typed_position *out)
{
    int typed[CODE_MOST], digit[CODE_MOST], n = 0, before = 0;
    size_t end = at;
    for (; end < text.n && n < CODE_MOST; end++) {
        int d = code_digit(text.p[end]);
        if (text.p[end] == '+' && !before && (n == 4 || n == 6 || n == 8))
            before = n;
        else if (d >= 0 && n < CODE_MOST)
            typed[n++] = d;
        else
            break;
    }
    bool is_word =
        (at == 0 || strchr(" ,;:(/", text.p[at - 1])) && (end == text.n || strchr(" ,;.)", text.p[end]));
    int missing = SEPARATOR_AT - before;
    if (!is_word || !before || n - before < 2 || n + missing > CODE_MOST)
        return false;
    fill_short(near, missing, digit);
    memcpy(digit + missing, typed, (size_t)n * sizeof *typed);
    double south, west, height, width, step = missing == 4 ? 1 : missing == 2 ? 20 : 0;
    decode_code(digit, missing + n, &south, &west, &height, &width);
    struct lonlat middle = {west + width / 2, south + height / 2};
    if (step > 0)
        middle = (struct lonlat){nearest(middle.lon, near.lon, step), nearest(middle.lat, near.lat, step)};
    *out = (struct typed_position){.at = middle,
                                   .accuracy_m = fmax(LEAST_M, height / 2 * METRES_PER_DEGREE),
                                   .start = at,
                                   .end = end,
                                   .is_code = true};
    return is_lat(middle.lat) && is_lon(middle.lon);
}

bool address_position(struct slice text, struct lonlat near, struct typed_position *out)
{
    for (size_t i = 0; i < text.n; i++) {
        bool is_start = i == 0 || (!is_digit(text.p[i - 1]) && text.p[i - 1] != '.');
        if (is_start && is_digit(text.p[i]) && read_pair(text, i, out))
            return true;
        if (code_digit(text.p[i]) >= 0 && read_code(text, i, near, out))
            return true;
    }
    return false;
}
