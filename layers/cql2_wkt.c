/* cql2_wkt: geometry literals of CQL2 text: well-known text, and BBOX. Beside the parser, on the same lexer.
 * Law: shapes only; whether a polygon is one and its places are on earth is asked when the names are. */
#include "layers/cql2_lex.h"

/* What stands between the parentheses of a kind: places, or parts of another kind. */
static const struct {
    const char *tag;
    enum figure_kind kind, part; /* part == kind: places */
} TAGS[] = {
    {"POINT", FIGURE_POINT, FIGURE_POINT},
    {"LINESTRING", FIGURE_LINE, FIGURE_LINE},
    {"POLYGON", FIGURE_POLYGON, FIGURE_LINE},
    {"MULTIPOINT", FIGURE_POINTS, FIGURE_POINT},
    {"MULTILINESTRING", FIGURE_LINES, FIGURE_LINE},
    {"MULTIPOLYGON", FIGURE_POLYGONS, FIGURE_POLYGON},
    {"GEOMETRYCOLLECTION", FIGURE_COLLECTION, FIGURE_COLLECTION},
    {"BBOX", FIGURE_BBOX, FIGURE_BBOX},
};

static struct figure *read_body(struct lexer *x, size_t tag);

static bool find_tag(const struct lexer *x, size_t *tag)
{
    for (size_t i = 0; i < COUNT_OF(TAGS); i++)
        if (lexer_is_word(x, TAGS[i].tag)) {
            *tag = i;
            return true;
        }
    return false;
}

/* A tag is a tag before "(" or "Z (" only: `point = 3` is about a field. */
bool wkt_is_tag(const struct lexer *x)
{
    size_t tag;
    if (!find_tag(x, &tag))
        return false;
    if (lexer_before_paren(x))
        return true;
    struct lexer ahead = *x;
    struct fault ignored = {0};
    struct cql2_source quiet = *x->source;
    quiet.f = &ignored;
    ahead.source = &quiet;
    return lexer_next(&ahead) && lexer_is_word(&ahead, "Z") && lexer_before_paren(&ahead);
}

static bool read_number(struct lexer *x, double *value)
{
    bool negative = lexer_is_sign(x, "-");
    if ((negative || lexer_is_sign(x, "+")) && !lexer_next(x))
        return false;
    if (x->now.sort != TOKEN_NUMBER)
        return lexer_refuse(x, "toạ độ");
    *value = negative ? -x->now.number : x->now.number;
    return lexer_next(x);
}

/* x y [z] */
static bool read_place(struct lexer *x, struct figure *s)
{
    struct vertex p = {0};
    if (!read_number(x, &p.x) || !read_number(x, &p.y))
        return false;
    bool has_z = !lexer_is_sign(x, ",") && !lexer_is_sign(x, ")");
    if (has_z && !read_number(x, &p.z))
        return false;
    if (s->point_count && has_z != s->has_z)
        return cql2_refuse_at(x->source, x->now.at, "các điểm phải cùng có hoặc cùng không có độ cao");
    s->has_z = has_z;
    figure_add_vertex(x->source->arena, s, &p);
    return true;
}

static bool read_bbox(struct lexer *x, struct figure *s)
{
    double n[6];
    int count = 0;
    do {
        if (count == 6 || (count && !lexer_next(x)) || !read_number(x, &n[count]))
            return count < 6 ? false : cql2_refuse_at(x->source, x->now.at, "BBOX có 4 hoặc 6 số");
        count++;
    } while (lexer_is_sign(x, ","));
    if (count != 4 && count != 6)
        return cql2_refuse_at(x->source, x->now.at, "BBOX có 4 hoặc 6 số");
    s->has_z = count == 6;
    for (int corner = 0; corner < 2; corner++) {
        const double *at = n + corner * (count / 2);
        figure_add_vertex(x->source->arena, s, &(struct vertex){at[0], at[1], s->has_z ? at[2] : 0});
    }
    return true;
}

/* A tagged geometry inside a collection, a bare body elsewhere; a point of MULTIPOINT may lack its
 * parentheses. */
static struct figure *read_part(struct lexer *x, size_t tag)
{
    struct figure *part = NULL;
    if (TAGS[tag].kind == FIGURE_COLLECTION) {
        size_t inner;
        if (find_tag(x, &inner) && TAGS[inner].kind != FIGURE_BBOX)
            return wkt_read(x);
        lexer_refuse(x, "một hình");
    } else if (TAGS[tag].kind == FIGURE_POINTS && !lexer_is_sign(x, "(")) {
        part = ARENA_NEW(x->source->arena, struct figure);
        return read_place(x, part) ? part : NULL;
    } else {
        return read_body(x, TAGS[tag].part); /* the tags stand in the order of the kinds */
    }
    return part;
}

static bool read_one(struct lexer *x, struct figure *s, size_t tag)
{
    if (TAGS[tag].part == TAGS[tag].kind && s->kind != FIGURE_COLLECTION)
        return s->kind == FIGURE_BBOX ? read_bbox(x, s) : read_place(x, s);
    struct figure *part = read_part(x, tag);
    if (part)
        figure_add_part(x->source->arena, s, part);
    return part;
}

/* "(" one, one, … ")" */
static struct figure *read_body(struct lexer *x, size_t tag)
{
    struct figure *s = ARENA_NEW(x->source->arena, struct figure);
    s->kind = TAGS[tag].kind;
    bool is_single = s->kind == FIGURE_POINT || s->kind == FIGURE_BBOX;
    if (!lexer_expect(x, "("))
        return NULL;
    for (;;) {
        if (!read_one(x, s, tag))
            return NULL;
        if (is_single || !lexer_is_sign(x, ","))
            return lexer_expect(x, ")") ? s : NULL;
        if (!lexer_next(x))
            return NULL;
    }
}

struct figure *wkt_read(struct lexer *x)
{
    size_t tag = 0;
    find_tag(x, &tag);
    if (++x->depth > CQL2_DEPTH_MAX) {
        cql2_refuse_at(x->source, x->now.at, "lồng quá %d tầng", CQL2_DEPTH_MAX);
        return NULL;
    }
    if (!lexer_next(x) || (lexer_is_word(x, "Z") && !lexer_next(x)))
        return NULL;
    struct figure *s = read_body(x, tag);
    x->depth--;
    return s;
}
