/* cql2_json: CQL2 JSON into the same tree that cql2_text builds. The JSON itself is read by json.c; here
 * stand its meanings: {"op","args"}, {"property"}, {"date"}, {"timestamp"}, {"interval"}, {"bbox"}, GeoJSON
 * geometries. Law: an object says what it is by one member and has no member it does not need. */
#include "layers/cql2.h"
#include "layers/json.h"

struct reader {
    const struct cql2_source *source;
    int depth;
};

static struct cql2 *read_node(struct reader *r, const struct json *v, const char *path);

static struct cql2 *node_at(struct reader *r, enum cql2_op op, const char *path)
{
    struct cql2 *node = cql2_leaf(r->source->arena, op);
    node->path = path;
    return node;
}

static bool refuse(struct reader *r, const char *path, const char *what)
{
    struct cql2 here = {.path = path};
    return cql2_refuse(r->source, &here, "%s", what);
}

static bool enter(struct reader *r, const char *path)
{
    return ++r->depth <= CQL2_DEPTH_MAX || refuse(r, path, "lồng quá sâu");
}

static bool add(struct reader *r, struct cql2 *node, struct cql2 *kid)
{
    if (kid)
        cql2_add_kid(r->source->arena, node, kid);
    return kid;
}

static struct slice text_of(struct reader *r, const struct json *v)
{
    return arena_slice(r->source->arena, slice_of(json_to_text(v)));
}

/* --- shapes --- */

static bool read_numbers(struct reader *r, const struct json *list, double n[6], const char *path)
{
    size_t size = json_size(list);
    if (json_sort_of(list) != JSON_LIST || size < 2 || size > 6)
        return refuse(r, path, "toạ độ phải là danh sách số");
    for (size_t i = 0; i < size; i++)
        if (!json_to_real(json_at(list, i), &n[i]))
            return refuse(r, path, "toạ độ phải là danh sách số");
    return true;
}

static bool read_place(struct reader *r, struct figure *s, const struct json *list, const char *path)
{
    double n[6] = {0};
    size_t size = json_size(list);
    if (!read_numbers(r, list, n, path))
        return false;
    if (size > 3)
        return refuse(r, path, "một điểm có 2 hoặc 3 số");
    if (s->point_count && s->has_z != (size == 3))
        return refuse(r, path, "các điểm phải cùng có hoặc cùng không có độ cao");
    s->has_z = size == 3;
    figure_add_vertex(r->source->arena, s, &(struct vertex){n[0], n[1], n[2]});
    return true;
}

/* "coordinates" of this kind; the levels of its lists are those of the kinds. */
static struct figure *read_coordinates(struct reader *r, enum figure_kind kind, const struct json *list,
                                       const char *path)
{
    static const enum figure_kind PART[] = {FIGURE_POINT, FIGURE_POINT, FIGURE_LINE,
                                            FIGURE_POINT, FIGURE_LINE,  FIGURE_POLYGON};
    struct figure *s = ARENA_NEW(r->source->arena, struct figure);
    s->kind = kind;
    if (kind == FIGURE_POINT)
        return read_place(r, s, list, path) ? s : NULL;
    if (json_sort_of(list) != JSON_LIST || json_size(list) == 0) {
        refuse(r, path, "toạ độ phải là danh sách, không rỗng");
        return NULL;
    }
    for (size_t i = 0; i < json_size(list); i++) {
        const struct json *item = json_at(list, i);
        if (kind == FIGURE_LINE) {
            if (!read_place(r, s, item, path))
                return NULL;
            continue;
        }
        struct figure *part = read_coordinates(r, PART[kind], item, path);
        if (!part)
            return NULL;
        figure_add_part(r->source->arena, s, part);
    }
    return s;
}

static bool find_kind(const char *type, enum figure_kind *kind)
{
    static const char *const TYPES[] = {"Point",           "LineString",   "Polygon",           "MultiPoint",
                                        "MultiLineString", "MultiPolygon", "GeometryCollection"};
    for (size_t i = 0; i < COUNT_OF(TYPES); i++)
        if (slice_equal(slice_of(type), slice_of(TYPES[i]))) {
            *kind = (enum figure_kind)i;
            return true;
        }
    return false;
}

static struct figure *read_shape(struct reader *r, const struct json *v, const char *path)
{
    enum figure_kind kind = FIGURE_POINT;
    if (!find_kind(json_to_text(json_get(v, "type")), &kind)) {
        refuse(r, path, "không biết loại hình này");
        return NULL;
    }
    if (kind != FIGURE_COLLECTION)
        return read_coordinates(r, kind, json_get(v, "coordinates"), path);
    const struct json *list = json_get(v, "geometries");
    struct figure *s = ARENA_NEW(r->source->arena, struct figure);
    s->kind = kind;
    bool good = enter(r, path) && (json_size(list) > 0 || refuse(r, path, "tập hợp hình rỗng"));
    for (size_t i = 0; good && i < json_size(list); i++) {
        struct figure *part = read_shape(r, json_at(list, i), path);
        good = part;
        if (part)
            figure_add_part(r->source->arena, s, part);
    }
    r->depth--;
    return good ? s : NULL;
}

static struct figure *read_bbox(struct reader *r, const struct json *list, const char *path)
{
    double n[6] = {0};
    if (!read_numbers(r, list, n, path))
        return NULL;
    size_t half = json_size(list) / 2;
    if (json_size(list) != 4 && json_size(list) != 6) {
        refuse(r, path, "bbox có 4 hoặc 6 số");
        return NULL;
    }
    struct figure *s = ARENA_NEW(r->source->arena, struct figure);
    s->kind = FIGURE_BBOX;
    s->has_z = half == 3;
    for (int corner = 0; corner < 2; corner++) {
        const double *at = n + (size_t)corner * half;
        figure_add_vertex(r->source->arena, s, &(struct vertex){at[0], at[1], s->has_z ? at[2] : 0});
    }
    return s;
}

static struct cql2 *read_shape_node(struct reader *r, const struct json *v, const char *path)
{
    struct cql2 *node = node_at(r, CQL2_SHAPE, path);
    const struct json *bbox = json_get(v, "bbox"); /* GeoJSON may carry one beside its type */
    node->figure = json_get(v, "type") ? read_shape(r, v, path) : read_bbox(r, bbox, path);
    return node->figure ? node : NULL;
}

/* --- time --- */

static struct cql2 *read_instant(struct reader *r, enum cql2_op op, const struct json *v, const char *path)
{
    struct cql2 *node = node_at(r, op, path);
    struct slice text = slice_of(json_to_text(v));
    if (op == CQL2_DATE ? moment_read_date(text, &node->when) : moment_read_time(text, &node->when))
        return node;
    refuse(r, path,
           op == CQL2_DATE ? "không phải ngày NĂM-THÁNG-NGÀY"
                           : "không phải giờ NĂM-THÁNG-NGÀYTgiờ:phút:giâyZ");
    return NULL;
}

static struct cql2 *read_bound(struct reader *r, const struct json *v, const char *path)
{
    struct slice text = slice_of(json_to_text(v));
    if (json_sort_of(v) != JSON_TEXT)
        return read_node(r, v, path);
    if (slice_equal(text, SLICE("..")))
        return node_at(r, CQL2_OPEN, path);
    return read_instant(r, text.n == 10 ? CQL2_DATE : CQL2_TIMESTAMP, v, path);
}

static struct cql2 *read_interval(struct reader *r, const struct json *list, const char *path)
{
    struct cql2 *node = node_at(r, CQL2_INTERVAL, path);
    if (json_sort_of(list) != JSON_LIST || json_size(list) != 2) {
        refuse(r, path, "interval là danh sách hai đầu mút");
        return NULL;
    }
    for (size_t i = 0; i < 2; i++) {
        const char *here = arena_format(r->source->arena, "%s/interval/%zu", path, i);
        if (!add(r, node, read_bound(r, json_at(list, i), here)))
            return NULL;
    }
    cql2_set_ends(node);
    return node;
}

/* --- calls --- */

static bool read_kids(struct reader *r, struct cql2 *node, const struct json *list, const char *path)
{
    for (size_t i = 0; i < json_size(list); i++) {
        const char *here = arena_format(r->source->arena, "%s/%zu", path, i);
        if (!add(r, node, read_node(r, json_at(list, i), here)))
            return false;
    }
    return true;
}

/* {"op":"in","args":[x,[a,b]]} has the tree of x, a, b. */
static bool unpack_in(struct reader *r, struct cql2 *node)
{
    struct cql2 *list = node->kid_count == 2 ? node->kids[1] : NULL;
    if (!list || list->op != CQL2_LIST || list->kid_count == 0)
        return refuse(r, node->path, "\"in\" nhận một giá trị và một danh sách không rỗng");
    struct cql2 *first = node->kids[0];
    node->kid_count = 0;
    node->depth = 1;
    cql2_add_kid(r->source->arena, node, first);
    for (int i = 0; i < list->kid_count; i++)
        cql2_add_kid(r->source->arena, node, list->kids[i]);
    return true;
}

static struct cql2 *read_call(struct reader *r, const struct json *v, const char *path)
{
    const struct json *name = json_get(v, "op"), *args = json_get(v, "args");
    if (json_sort_of(name) != JSON_TEXT || json_sort_of(args) != JSON_LIST || json_size(v) != 2) {
        refuse(r, path, "cần \"op\" và danh sách \"args\", không gì khác");
        return NULL;
    }
    struct cql2 *node = node_at(r, CQL2_FUNCTION, path);
    node->text = text_of(r, name);
    bool known = cql2_find_op(node->text, true, &node->op);
    if (!read_kids(r, node, args, arena_format(r->source->arena, "%s/args", path)))
        return NULL;
    if (known && !cql2_count_fits(node->op, node->kid_count)) {
        cql2_refuse(r->source, node, "\"%s\" không nhận %d đối số", cql2_word(node->op, true),
                    node->kid_count);
        return NULL;
    }
    return node->op != CQL2_IN || unpack_in(r, node) ? node : NULL;
}

static struct cql2 *read_property(struct reader *r, const struct json *name, const char *path)
{
    struct cql2 *node = node_at(r, CQL2_PROPERTY, path);
    if (json_sort_of(name) != JSON_TEXT) {
        refuse(r, path, "\"property\" là tên trường");
        return NULL;
    }
    node->text = text_of(r, name);
    return node;
}

static struct cql2 *read_object(struct reader *r, const struct json *v, const char *path)
{
    if (json_get(v, "op"))
        return read_call(r, v, path);
    if (json_get(v, "type"))
        return read_shape_node(r, v, path);
    if (json_size(v) != 1) {
        refuse(r, path, "không hiểu đối tượng này");
        return NULL;
    }
    if (json_get(v, "property"))
        return read_property(r, json_get(v, "property"), path);
    if (json_get(v, "date"))
        return read_instant(r, CQL2_DATE, json_get(v, "date"), path);
    if (json_get(v, "timestamp"))
        return read_instant(r, CQL2_TIMESTAMP, json_get(v, "timestamp"), path);
    if (json_get(v, "interval"))
        return read_interval(r, json_get(v, "interval"), path);
    if (json_get(v, "bbox"))
        return read_shape_node(r, v, path);
    refuse(r, path, "không hiểu đối tượng này");
    return NULL;
}

static struct cql2 *read_leaf(struct reader *r, const struct json *v, const char *path)
{
    struct cql2 *node = node_at(r, CQL2_NUMBER, path);
    bool truth = false;
    switch (json_sort_of(v)) {
    case JSON_NUMBER: json_to_real(v, &node->number); return node;
    case JSON_TEXT:
        node->op = CQL2_TEXT;
        node->text = text_of(r, v);
        return node;
    case JSON_TRUTH:
        json_to_bool(v, &truth);
        node->op = CQL2_TRUTH;
        node->number = truth;
        return node;
    default: refuse(r, path, "null không phải một giá trị; hãy dùng isNull"); return NULL;
    }
}

static struct cql2 *read_node(struct reader *r, const struct json *v, const char *path)
{
    struct cql2 *node = NULL;
    if (!enter(r, path))
        return NULL;
    if (json_sort_of(v) == JSON_MEMBERS) {
        node = read_object(r, v, path);
    } else if (json_sort_of(v) == JSON_LIST) {
        struct cql2 *list = node_at(r, CQL2_LIST, path);
        node = read_kids(r, list, v, path) ? list : NULL;
    } else {
        node = read_leaf(r, v, path);
    }
    r->depth--;
    return node;
}

struct cql2 *cql2_read_json(const struct cql2_source *s)
{
    struct json *root = NULL;
    struct fault why = {0};
    if (!json_parse_value(&root, s->text, "filter", &why)) {
        fault_set(s->f, FAULT_BAD_PARAMETER, "filter", "%s", why.text);
        return NULL;
    }
    struct reader r = {.source = s};
    struct cql2 *node = read_node(&r, root, "");
    json_free(root);
    return node;
}
