/* negotiate: what a client says about itself, read strictly: percent escapes, Accept, Accept-Encoding,
 * If-None-Match. */
#include "layers/text.h"
#include "mapd/serve.h"

static const char *const TYPES[FORMAT_COUNT] = {
    [FORMAT_JSON] = "application/json",
    [FORMAT_GEOJSON] = "application/geo+json",
    [FORMAT_OPENAPI] = "application/vnd.oai.openapi+json;version=3.0",
    [FORMAT_SCHEMA] = "application/schema+json",
    [FORMAT_JSONLD] = "application/ld+json",
    [FORMAT_HTML] = "text/html; charset=utf-8",
    [FORMAT_MVT] = "application/vnd.mapbox-vector-tile",
    [FORMAT_SVG] = "image/svg+xml",
    [FORMAT_PNG] = "image/png",
    [FORMAT_CSV] = "text/csv; charset=utf-8",
    [FORMAT_METRICS] = "text/plain; version=0.0.4; charset=utf-8",
    [FORMAT_OTHER] = "application/octet-stream",
};

const char *format_type(enum format format)
{
    return TYPES[format];
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_line_end(int byte)
{
    return byte == '\n' || byte == '\r';
}

static bool decode(struct slice text, bool plus_is_blank, bool has_lines, struct arena *a, struct slice *out)
{
    char *to = arena_alloc(a, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        int byte = (unsigned char)text.p[i];
        if (byte == '%') {
            int high = i + 2 < text.n ? hex_digit(text.p[i + 1]) : -1;
            int low = i + 2 < text.n ? hex_digit(text.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            byte = high * 16 + low;
            i += 2;
        } else if (byte == '+' && plus_is_blank) {
            byte = ' ';
        }
        if ((byte < 0x20 || byte == 0x7f) && !(has_lines && is_line_end(byte)))
            return false;
        to[n++] = (char)byte;
    }
    *out = (struct slice){to, n};
    return text_is_utf8(*out);
}

bool url_decode(struct slice text, bool plus_is_blank, struct arena *a, struct slice *out)
{
    return decode(text, plus_is_blank, false, a, out);
}

bool url_decode_typed(struct slice text, struct arena *a, struct slice *out)
{
    return decode(text, true, true, a, out);
}

bool path_starts(struct slice path, struct slice prefix)
{
    size_t at = 0;
    for (size_t i = 0; i < prefix.n; i++, at++) {
        if (at >= path.n)
            return false;
        int byte = (unsigned char)path.p[at];
        if (byte == '%' && at + 2 < path.n && hex_digit(path.p[at + 1]) >= 0 &&
            hex_digit(path.p[at + 2]) >= 0) {
            byte = hex_digit(path.p[at + 1]) * 16 + hex_digit(path.p[at + 2]);
            at += 2;
        }
        if (byte != (unsigned char)prefix.p[i])
            return false;
    }
    return true;
}

/* The "q=0.5" among the parameters of one element, in thousandths. */
static int quality_of(struct slice parameters)
{
    struct slice one;
    while (slice_next(&parameters, ';', &one)) {
        one = slice_trim(one);
        double q;
        if (one.n > 2 && (one.p[0] == 'q' || one.p[0] == 'Q') && one.p[1] == '=')
            return slice_to_real((struct slice){one.p + 2, one.n - 2}, &q) && q >= 0 && q <= 1
                       ? (int)(q * 1000)
                       : 0;
    }
    return 1000;
}

/* One element "type/sub;q=0.5" of a list; the rest is moved on. */
static bool next_element(struct slice *list, struct slice *name, int *quality)
{
    struct slice element;
    if (!slice_next(list, ',', &element))
        return false;
    struct slice rest = element, first = {0};
    if (!slice_next(&rest, ';', &first))
        first = element;
    *name = slice_trim(first);
    *quality = quality_of(rest);
    return true;
}

static bool is_json_like(enum format format)
{
    return format == FORMAT_GEOJSON || format == FORMAT_OPENAPI || format == FORMAT_SCHEMA ||
           format == FORMAT_JSONLD;
}

/* How exactly a range names a format: 3 itself, 2 what it is a kind of, 1 its type with a star, 0 everything,
 * -1 not. */
static int fit(struct slice range, enum format format)
{
    struct slice rest = slice_of(TYPES[format]), type;
    if (!slice_next(&rest, ';', &type))
        return -1;
    if (slice_equal_ignoring_case(range, type))
        return 3;
    if (is_json_like(format) && slice_equal_ignoring_case(range, SLICE("application/json")))
        return 2;
    if (format == FORMAT_HTML && slice_equal_ignoring_case(range, SLICE("application/xhtml+xml")))
        return 2;
    if (slice_equal(range, SLICE("*/*")))
        return 0;
    struct slice stem = {range.p, range.n ? range.n - 1 : 0};
    return slice_ends(range, SLICE("/*")) && slice_starts(type, stem) ? 1 : -1;
}

/* Quality the header gives to one format: that of its most exact range. */
static int quality_for(struct slice accept, enum format format)
{
    int best_fit = -1, quality = 0, q;
    struct slice name;
    while (next_element(&accept, &name, &q)) {
        int how = fit(name, format);
        if (how > best_fit || (how == best_fit && how >= 0 && q > quality)) {
            best_fit = how;
            quality = q;
        }
    }
    return best_fit < 0 ? 0 : quality;
}

bool accept_choose(struct slice accept, int formats, enum format *chosen)
{
    int best = -1;
    for (int i = 0; i < FORMAT_COUNT; i++) {
        if (!(formats & (1 << i)))
            continue;
        int quality = slice_trim(accept).n ? quality_for(accept, (enum format)i) : 1000;
        if (quality > 0 && quality > best) {
            best = quality;
            *chosen = (enum format)i;
        }
    }
    return best > 0;
}

int accept_coding(struct slice accept_encoding, struct slice coding)
{
    int q, star = 0;
    struct slice name;
    while (next_element(&accept_encoding, &name, &q)) {
        if (slice_equal_ignoring_case(name, coding))
            return q;
        if (slice_equal(name, SLICE("*")))
            star = q;
    }
    return star;
}

static struct slice without_weak_mark(struct slice tag)
{
    tag = slice_trim(tag);
    return slice_starts(tag, SLICE("W/")) ? (struct slice){tag.p + 2, tag.n - 2} : tag;
}

bool etag_listed(struct slice if_none_match, struct slice etag)
{
    struct slice one;
    etag = without_weak_mark(etag);
    while (slice_next(&if_none_match, ',', &one)) {
        one = slice_trim(one);
        if (slice_equal(one, SLICE("*")) || slice_equal(without_weak_mark(one), etag))
            return true;
    }
    return false;
}
