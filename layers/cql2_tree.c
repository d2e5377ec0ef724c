/* cql2_tree: the syntax tree both readers build, its table of operators, and its one normal form in print.
 * Law: what a reader adds to a tree is counted: deeper than CQL2_DEPTH_MAX it is refused (by the reader), so
 * that nobody who walks it later has to count. */
#include "layers/cql2.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MANY CQL2_MANY

static const struct {
    const char *text, *json;
    int least, most;
    enum cql2_arguments arguments;
} OPERATORS[CQL2_OPERATOR_COUNT] = {
#define OP(id, text, json, least, most, arguments) {text, json, least, most, CQL2_##arguments},
#include "layers/cql2.def"
#undef OP
};

const char *cql2_word(enum cql2_op op, bool json)
{
    if (op >= CQL2_OPERATOR_COUNT)
        return "";
    return json ? OPERATORS[op].json : OPERATORS[op].text;
}

bool cql2_find_op(struct slice word, bool json, enum cql2_op *op)
{
    for (int i = 0; i < CQL2_OPERATOR_COUNT; i++) {
        struct slice known = slice_of(cql2_word((enum cql2_op)i, json));
        if (known.n && (json ? slice_equal(known, word) : slice_equal_ignoring_case(known, word))) {
            *op = (enum cql2_op)i;
            return true;
        }
    }
    return false;
}

bool cql2_count_fits(enum cql2_op op, int arguments)
{
    return arguments >= OPERATORS[op].least && arguments <= OPERATORS[op].most;
}

enum cql2_arguments cql2_arguments_of(enum cql2_op op)
{
    return OPERATORS[op].arguments;
}

struct cql2 *cql2_leaf(struct arena *a, enum cql2_op op)
{
    struct cql2 *node = ARENA_NEW(a, struct cql2);
    node->op = op;
    node->depth = 1;
    return node;
}

void cql2_add_kid(struct arena *a, struct cql2 *node, struct cql2 *kid)
{
    int n = node->kid_count;
    if ((n & (n - 1)) == 0) { /* at 0 and at each power of two the room is used up */
        struct cql2 **kids = ARENA_ARRAY(a, struct cql2 *, n ? 2 * (size_t)n : 1);
        if (n)
            memcpy(kids, node->kids, (size_t)n * sizeof *kids);
        node->kids = kids;
    }
    node->kids[node->kid_count++] = kid;
    if (kid->depth >= node->depth)
        node->depth = kid->depth + 1;
}

void cql2_set_ends(struct cql2 *interval)
{
    for (int i = 0; i < interval->kid_count; i++)
        if (interval->kids[i]->op == CQL2_OPEN)
            interval->kids[i]->when.sort = i == 0 ? MOMENT_PAST : MOMENT_FUTURE;
}

/* --- faults --- */

static bool refuse(const struct cql2_source *s, const char *where, const char *fmt, va_list list)
{
    char text[320];
    vsnprintf(text, sizeof text, fmt, list);
    return fault_set(s->f, FAULT_BAD_PARAMETER, "filter", "%s: %s", where, text);
}

/* People count letters, not bytes. */
static unsigned letter_at(struct slice text, size_t at)
{
    unsigned letters = 1;
    for (size_t i = 0; i < at && i < text.n; i++)
        letters += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    return letters;
}

bool cql2_refuse_at(const struct cql2_source *s, size_t at, const char *fmt, ...)
{
    char where[40];
    snprintf(where, sizeof where, "ký tự %u", letter_at(s->text, at));
    va_list list;
    va_start(list, fmt);
    refuse(s, where, fmt, list);
    va_end(list);
    return false;
}

bool cql2_refuse(const struct cql2_source *s, const struct cql2 *node, const char *fmt, ...)
{
    char where[80];
    if (node->path)
        snprintf(where, sizeof where, "%.70s", node->path[0] ? node->path : "/");
    else
        snprintf(where, sizeof where, "ký tự %u", letter_at(s->text, node->at));
    va_list list;
    va_start(list, fmt);
    refuse(s, where, fmt, list);
    va_end(list);
    return false;
}

/* --- print --- */

static void print_number(double v, struct buf *out)
{
    if (v == 0 && signbit(v))
        buf_text(out, "-0.0"); /* "-0" would be read as a whole number, and lose its sign */
    else
        buf_format(out, "%.17g", v);
}

static void print_place(const struct vertex *p, bool has_z, struct buf *out)
{
    const double axis[3] = {p->x, p->y, p->z};
    for (int i = 0; i < 2 + has_z; i++) {
        buf_text(out, i ? "," : "[");
        print_number(axis[i], out);
    }
    buf_char(out, ']');
}

/* "coordinates" of anything but a collection: points are parts of one point each */
static void print_coordinates(const struct figure *s, struct buf *out)
{
    if (s->kind == FIGURE_POINT) {
        print_place(s->points, s->has_z, out);
        return;
    }
    buf_char(out, '[');
    for (int i = 0; i < s->point_count; i++) {
        buf_text(out, i ? "," : "");
        print_place(&s->points[i], s->has_z, out);
    }
    for (int i = 0; i < s->part_count; i++) {
        buf_text(out, i ? "," : "");
        print_coordinates(s->parts[i], out);
    }
    buf_char(out, ']');
}

static void print_bbox(const struct figure *s, struct buf *out)
{
    buf_text(out, "{\"bbox\":[");
    for (int corner = 0; corner < 2; corner++) {
        const double axis[3] = {s->points[corner].x, s->points[corner].y, s->points[corner].z};
        for (int i = 0; i < 2 + s->has_z; i++) {
            buf_text(out, corner + i ? "," : "");
            print_number(axis[i], out);
        }
    }
    buf_text(out, "]}");
}

static void print_shape(const struct figure *s, struct buf *out)
{
    static const char *const TYPES[] = {"Point",           "LineString",   "Polygon",           "MultiPoint",
                                        "MultiLineString", "MultiPolygon", "GeometryCollection"};
    if (s->kind == FIGURE_BBOX) {
        print_bbox(s, out);
        return;
    }
    buf_format(out, "{\"type\":\"%s\",", TYPES[s->kind]);
    if (s->kind != FIGURE_COLLECTION) {
        buf_text(out, "\"coordinates\":");
        print_coordinates(s, out);
    } else {
        buf_text(out, "\"geometries\":[");
        for (int i = 0; i < s->part_count; i++) {
            buf_text(out, i ? "," : "");
            print_shape(s->parts[i], out);
        }
        buf_char(out, ']');
    }
    buf_char(out, '}');
}

static void print_kids(const struct cql2 *node, int from, struct buf *out)
{
    buf_char(out, '[');
    for (int i = from; i < node->kid_count; i++) {
        buf_text(out, i > from ? "," : "");
        cql2_print(node->kids[i], out);
    }
    buf_char(out, ']');
}

static void print_moment(const struct cql2 *node, struct buf *out)
{
    buf_char(out, '"');
    moment_print(node->when, out);
    buf_char(out, '"');
}

/* In an interval, instants stand as bare strings. */
static void print_interval(const struct cql2 *node, struct buf *out)
{
    buf_text(out, "{\"interval\":[");
    for (int i = 0; i < node->kid_count; i++) {
        const struct cql2 *kid = node->kids[i];
        buf_text(out, i ? "," : "");
        if (kid->op == CQL2_DATE || kid->op == CQL2_TIMESTAMP || kid->op == CQL2_OPEN)
            print_moment(kid, out);
        else
            cql2_print(kid, out);
    }
    buf_text(out, "]}");
}

static void print_call(const struct cql2 *node, struct buf *out)
{
    buf_text(out, "{\"op\":");
    buf_json(out, node->op == CQL2_FUNCTION ? node->text : slice_of(cql2_word(node->op, true)));
    buf_text(out, ",\"args\":");
    if (node->op != CQL2_IN) {
        print_kids(node, 0, out);
    } else {
        buf_char(out, '[');
        cql2_print(node->kids[0], out);
        buf_char(out, ',');
        print_kids(node, 1, out);
        buf_char(out, ']');
    }
    buf_char(out, '}');
}

void cql2_print(const struct cql2 *node, struct buf *out)
{
    switch (node->op) {
    case CQL2_NUMBER: print_number(node->number, out); break;
    case CQL2_TEXT: buf_json(out, node->text); break;
    case CQL2_TRUTH: buf_text(out, node->number != 0 ? "true" : "false"); break;
    case CQL2_NOTHING: buf_text(out, "null"); break;
    case CQL2_DATE:
    case CQL2_TIMESTAMP:
    case CQL2_OPEN:
        buf_text(out, node->op == CQL2_DATE ? "{\"date\":" : "{\"timestamp\":");
        print_moment(node, out);
        buf_char(out, '}');
        break;
    case CQL2_SHAPE: print_shape(node->figure, out); break;
    case CQL2_INTERVAL: print_interval(node, out); break;
    case CQL2_LIST: print_kids(node, 0, out); break;
    case CQL2_PROPERTY:
        buf_text(out, "{\"property\":");
        buf_json(out, node->text);
        buf_char(out, '}');
        break;
    default: print_call(node, out);
    }
}
