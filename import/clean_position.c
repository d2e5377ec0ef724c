/* clean_position: two numbers that say where.
 *
 * Surveyors write degrees with points, commas, minutes and seconds, or metres of VN-2000 with X to the north.
 * Law: what cannot be in Vietnam is a fault; that the two columns stood the other way round is told, never
 * hidden. */
#include "import/clean.h"

#include <math.h>
#include <string.h>

/* Plausible metres in EPSG:5899 (domain.md C.10) and plausible degrees (with the islands). */
static const struct {
    double east_from, east_to, north_from, north_to;
} box_5899 = {537000, 564100, 1764000, 1791900};

static bool is_lat(double v)
{
    return v >= 8 && v <= 24;
}

static bool is_lon(double v)
{
    return v >= 102 && v <= 118;
}

/* --- one number --- */

/* Replaces the signs of degrees, minutes and seconds and the letters of the directions by blanks; false when
 * there is none. */
static bool blank_signs(struct slice text, char out[64], size_t *n)
{
    static const char *const signs[] = {"°", "º", "˚", "′", "″", "’", "”", "“", "'", "\"",
                                        "N", "E", "B", "Đ", "n", "e", "đ", "d", "D", ":"};
    bool found = false;
    *n = 0;
    for (size_t i = 0; i < text.n && *n + 1 < 64;) {
        size_t size = 0;
        bool is_plain = text.p[i] == '.' || (text.p[i] >= '0' && text.p[i] <= '9'); /* nearly always */
        for (size_t k = is_plain ? COUNT_OF(signs) : 0; k < COUNT_OF(signs) && size == 0; k++) {
            struct slice rest = {text.p + i, text.n - i};
            size = slice_starts(rest, slice_of(signs[k])) ? strlen(signs[k]) : 0;
        }
        found |= size > 0;
        out[(*n)++] = size ? ' ' : text.p[i];
        i += size ? size : 1;
    }
    return found;
}

/* "16 03 37.8": degrees, minutes, seconds. */
static bool read_sexagesimal(struct slice text, double *out)
{
    double part[3] = {0}, unit = 1;
    int count = 0;
    struct slice word;
    while (slice_next(&text, ' ', &word)) {
        if (word.n > 0 && (count == 3 || !clean_read_decimal(word, &part[count++]))) {
            return false;
        }
    }
    *out = 0;
    for (int i = 0; i < count; i++, unit *= 60) {
        if (part[i] < 0 || part[0] > 180 || (i > 0 && part[i] >= 60) ||
            (i + 1 < count && part[i] != floor(part[i]))) {
            return false;
        }
        *out += part[i] / unit;
    }
    return count > 0;
}

static bool read_number(const struct cell *c, double *out)
{
    char plain[64];
    size_t n;
    if (c->kind == CELL_NUMBER) {
        *out = c->number;
        return true;
    }
    if (c->kind != CELL_TEXT || c->text.n > 60) {
        return false;
    }
    if (blank_signs(c->text, plain, &n)) {
        return read_sexagesimal((struct slice){plain, n}, out);
    }
    bool has_blanks = memchr(c->text.p, ' ', c->text.n) != NULL;
    return (has_blanks && read_sexagesimal(c->text, out)) || clean_read_decimal(c->text, out);
}

/* --- the pair --- */

static bool from_degrees(const struct projection *p, double lon, double lat, struct lonlat *out)
{
    if (p && projection_is_degrees(p)) {
        return projection_to_lonlat(p, lon, lat, out); /* degrees of another datum than WGS84 */
    }
    *out = (struct lonlat){lon, lat};
    return true;
}

static bool from_metres(const struct projection *p, double north, double east, struct lonlat *out)
{
    if (!p || projection_is_degrees(p)) {
        return false;
    }
    if (projection_epsg(p) == 5899) {
        bool is_inside = east >= box_5899.east_from && east <= box_5899.east_to &&
                         north >= box_5899.north_from && north <= box_5899.north_to;
        return is_inside && projection_to_lonlat(p, east, north, out);
    }
    return projection_to_lonlat(p, east, north, out) && is_lon(out->lon) && is_lat(out->lat);
}

static enum clean outside(struct fault *f, double a, double b)
{
    fault_set(f, FAULT_BAD_COORDINATE, NULL, "(%.10g; %.10g) không nằm trong vùng", a, b);
    return CLEAN_BAD;
}

static enum clean place(const struct projection *p, double first, double second, struct lonlat *out,
                        bool *swapped, struct fault *f)
{
    bool in_order = false;
    if (fabs(first) <= 360 && fabs(second) <= 360) {
        *swapped = is_lat(first) && is_lon(second);
        in_order = is_lon(first) && is_lat(second);
        bool placed = (in_order && from_degrees(p, first, second, out)) ||
                      (*swapped && from_degrees(p, second, first, out));
        return placed ? CLEAN_OK : outside(f, first, second);
    }
    in_order = from_metres(p, first, second, out);
    *swapped = !in_order && from_metres(p, second, first, out);
    return in_order || *swapped ? CLEAN_OK : outside(f, first, second);
}

enum clean clean_position(const struct projection *p, const struct cell *const pair[2], struct lonlat *out,
                          bool *swapped, struct fault *f)
{
    double value[2] = {0};
    *swapped = false;
    *out = (struct lonlat){0};
    bool is_empty[2] = {false};
    for (int i = 0; i < 2; i++) {
        is_empty[i] = pair[i]->kind == CELL_EMPTY || slice_equal(pair[i]->text, SLICE("-")) ||
                      slice_equal(pair[i]->text, SLICE("0"));
    }
    if (is_empty[0] && is_empty[1]) {
        return CLEAN_EMPTY;
    }
    for (int i = 0; i < 2; i++) {
        if (is_empty[i] || clean_cell(pair[i], f) != CLEAN_OK || !read_number(pair[i], &value[i])) {
            fault_set(f, FAULT_BAD_COORDINATE, NULL, "\"%.*s\" không phải toạ độ",
                      (int)(pair[i]->text.n < 40 ? pair[i]->text.n : 40),
                      pair[i]->text.p ? pair[i]->text.p : "");
            return CLEAN_BAD;
        }
    }
    return place(p, value[0], value[1], out, swapped, f);
}

/* Where the first of two numbers in one text ends. */
static size_t middle_of(struct slice text)
{
    static const char *const marks[] = {";", ", ", " - ", "|", "/", "N ", "B ", "E ", "  "};
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        ptrdiff_t at = slice_find(text, slice_of(marks[i]));
        if (at > 0) {
            return (size_t)at + (marks[i][0] >= 'A' && marks[i][0] <= 'Z');
        }
    }
    size_t commas = 0, blanks = 0, comma = 0, blank = 0;
    for (size_t i = 0; i < text.n; i++) {
        commas += text.p[i] == ',';
        blanks += text.p[i] == ' ';
        comma = text.p[i] == ',' ? i : comma;
        blank = text.p[i] == ' ' ? i : blank;
    }
    return commas == 1 ? comma : blanks == 1 ? blank : 0;
}

enum clean clean_coordinates(const struct projection *p, const struct cell *c, struct lonlat *out,
                             struct fault *f)
{
    enum clean sound = clean_cell(c, f);
    bool swapped;
    if (sound != CLEAN_OK) {
        return sound;
    }
    size_t middle = middle_of(c->text);
    struct cell first = {.kind = CELL_TEXT, .text = slice_trim((struct slice){c->text.p, middle})};
    size_t from = middle;
    while (from < c->text.n && strchr(",;|/- ", c->text.p[from])) {
        from++;
    }
    struct cell second = {.kind = CELL_TEXT,
                          .text = slice_trim((struct slice){c->text.p + from, c->text.n - from})};
    const struct cell *const pair[2] = {&first, &second};
    if (middle == 0) {
        fault_set(f, FAULT_BAD_COORDINATE, NULL, "\"%.*s\" không phải cặp toạ độ",
                  (int)(c->text.n < 40 ? c->text.n : 40), c->text.p);
        return CLEAN_BAD;
    }
    return clean_position(p, pair, out, &swapped, f);
}
