/* CQL2 against the public test material of the standard: its example filters parse, text and JSON twins give
 * one tree, and its predicates give the exact counts on its data set. The folder is MAPD_SHARED/data/cql2, or
 * ../shared beside the source tree; without it the tests say so and pass nothing off as tested.
 *
 * Classes not claimed: array-functions (parsed, but no collection has a field that is a list), functions
 * (there are none to offer). Case- and accent-insensitive comparison, arithmetic and property-property are
 * not in the table of predicates: cql2.case has them, and the predicates turned around are property-property,
 * too. */
#include "layers/cql2.h"
#include "tests/layers/cql2_table.h"

#include <dirent.h>
#include <gdal.h>
#include <ogr_api.h>
#include <stdio.h>

static char folder[512];

static bool have_material(void)
{
    const char *shared = getenv("MAPD_SHARED");
    snprintf(folder, sizeof folder, "%s/data/cql2", shared ? shared : TEST_DATA "/../../../shared");
    DIR *d = opendir(folder);
    if (d)
        closedir(d);
    return d;
}

/* --- example filters --- */

static struct cql2 *read_example(struct arena *a, const char *name, bool json)
{
    char path[1024];
    struct buf bytes = {0};
    struct fault f = {0};
    snprintf(path, sizeof path, "%s/examples/%s/%s.%s", folder, json ? "json" : "text", name,
             json ? "json" : "txt");
    if (!file_read(path, 1 << 20, &bytes, &f))
        return NULL;
    struct cql2_source source = {a, arena_slice(a, buf_to_slice(&bytes)), &f};
    buf_release(&bytes);
    struct cql2 *tree = json ? cql2_read_json(&source) : cql2_read_text(&source);
    ck_assert_msg(tree, "%s: %s", path, f.text);
    return tree;
}

static const char *printed(struct arena *a, const struct cql2 *tree)
{
    struct buf out = {0};
    cql2_print(tree, &out);
    const char *text = arena_text(a, buf_to_slice(&out));
    buf_release(&out);
    return text;
}

/* The print of a tree is CQL2 JSON of that tree. */
static void check_print(struct arena *a, const char *name, const struct cql2 *tree)
{
    struct fault f = {0};
    const char *once = printed(a, tree);
    struct cql2_source source = {a, slice_of(once), &f};
    struct cql2 *again = cql2_read_json(&source);
    ck_assert_msg(again, "%s: %s: %s", name, once, f.text);
    ck_assert_str_eq(printed(a, again), once);
}

static int read_folder(bool json, int *twins)
{
    char path[600];
    int count = 0;
    snprintf(path, sizeof path, "%s/examples/%s", folder, json ? "json" : "text");
    DIR *d = opendir(path);
    ck_assert(d);
    for (struct dirent *e; (e = readdir(d));) {
        struct arena a = {0};
        struct slice file = slice_of(e->d_name);
        ptrdiff_t dot = slice_find(file, SLICE(".")), alt = slice_find(file, SLICE("-alt"));
        if (dot <= 0)
            continue;
        const char *name = arena_text(&a, (struct slice){file.p, (size_t)dot});
        struct cql2 *tree = read_example(&a, name, json);
        ck_assert_msg(tree, "%s", name);
        check_print(&a, name, tree);
        const char *twin = arena_text(&a, (struct slice){file.p, (size_t)(alt > 0 ? alt : dot)});
        struct cql2 *other = json ? NULL : read_example(&a, twin, true);
        if (other) {
            ck_assert_str_eq(printed(&a, tree), printed(&a, other));
            ++*twins;
        }
        arena_release(&a);
        count++;
    }
    closedir(d);
    return count;
}

START_TEST(examples_parse_and_twins_are_alike)
{
    int twins = 0, text = read_folder(false, &twins), json = read_folder(true, &twins);
    printf("examples: %d text, %d JSON, %d twins\n", text, json, twins);
    ck_assert_int_eq(text, 120);
    ck_assert_int_eq(json, 109);
    ck_assert_int_eq(twins, 120);
}
END_TEST

/* --- the data set --- */

static enum field_type type_of(OGRFieldDefnH field)
{
    if (OGR_Fld_GetSubType(field) == OFSTBoolean)
        return FIELD_BOOL;
    switch (OGR_Fld_GetType(field)) {
    case OFTInteger:
    case OFTInteger64: return FIELD_INT;
    case OFTReal: return FIELD_REAL;
    case OFTDate: return FIELD_DATE;
    case OFTDateTime: return FIELD_TIME;
    default: return FIELD_TEXT;
    }
}

static const char *cell_of(OGRFeatureH feature, int i, enum field_type type, char room[40])
{
    int d[6], zone;
    if (type == FIELD_BOOL)
        return OGR_F_GetFieldAsInteger(feature, i) ? "true" : "false";
    if (type != FIELD_DATE && type != FIELD_TIME)
        return OGR_F_GetFieldAsString(feature, i);
    OGR_F_GetFieldAsDateTime(feature, i, &d[0], &d[1], &d[2], &d[3], &d[4], &d[5], &zone);
    int n = snprintf(room, 40, "%04d-%02d-%02d", d[0], d[1], d[2]);
    if (type == FIELD_TIME)
        snprintf(room + n, 40 - (size_t)n, "T%02d:%02d:%02dZ", d[3], d[4], d[5]);
    return room;
}

static void add_parts(struct table *t, OGRGeometryH g, bool is_hole)
{
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(g));
    if (type == wkbMultiPolygon || type == wkbMultiLineString || type == wkbPolygon) {
        for (int i = 0; i < OGR_G_GetGeometryCount(g); i++)
            add_parts(t, OGR_G_GetGeometryRef(g, i), type == wkbPolygon && i > 0);
        return;
    }
    if (type != wkbPoint)
        table_part(t, is_hole);
    for (int i = 0; i < OGR_G_GetPointCount(g); i++)
        table_vertex(t, OGR_G_GetX(g, i), OGR_G_GetY(g, i));
}

static void load(struct table *t, GDALDatasetH source, const char *name)
{
    OGRLayerH layer = GDALDatasetGetLayerByName(source, name);
    ck_assert_msg(layer, "%s", name);
    OGRwkbGeometryType type = wkbFlatten(OGR_L_GetGeomType(layer));
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer);
    table_start(t, type == wkbPoint ? GEOMETRY_POINT : type == wkbLineString ? GEOMETRY_LINE : GEOMETRY_AREA);
    for (int i = 0; i < OGR_FD_GetFieldCount(definition); i++) {
        OGRFieldDefnH field = OGR_FD_GetFieldDefn(definition, i);
        table_field(t, slice_of(OGR_Fld_GetNameRef(field)), type_of(field));
    }
    for (OGRFeatureH feature; (feature = OGR_L_GetNextFeature(layer)); OGR_F_Destroy(feature)) {
        uint32_t row = table_row(t);
        char room[40];
        for (int i = 0; i < t->layer.field_count; i++)
            if (OGR_F_IsFieldSetAndNotNull(feature, i))
                table_cell(t, row, i, slice_of(cell_of(feature, i, t->fields[i].type, room)));
        add_parts(t, OGR_F_GetGeometryRef(feature), false);
    }
    table_finish(t);
}

enum { LAYERS = 3 };
static const char *const NAMES[LAYERS] = {"ne_110m_admin_0_countries", "ne_110m_populated_places_simple",
                                          "ne_110m_rivers_lake_centerlines"};

static void load_all(struct table tables[LAYERS])
{
    char path[600];
    snprintf(path, sizeof path, "%s/ne110m4cql2.gpkg", folder);
    GDALAllRegister();
    GDALDatasetH source = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    ck_assert(source);
    for (int i = 0; i < LAYERS; i++)
        load(&tables[i], source, NAMES[i]);
    GDALClose(source);
}

/* --- predicates --- */

struct predicate {
    struct slice class, layer, text;
    int64_t expected;
};

/* Cells of a line of predicates.csv; a predicate with commas is quoted. */
static struct slice next_cell(struct arena *a, struct slice *rest)
{
    struct slice cell;
    if (rest->n == 0 || rest->p[0] != '"') {
        ck_assert(slice_next(rest, ',', &cell));
        return cell;
    }
    char *out = arena_alloc(a, rest->n);
    size_t n = 0, at = 1;
    for (; at < rest->n; at++) {
        bool quote = rest->p[at] == '"', twice = quote && at + 1 < rest->n && rest->p[at + 1] == '"';
        if (quote && !twice)
            break;
        at += twice;
        out[n++] = rest->p[at];
    }
    *rest = (struct slice){rest->p + at + 2, rest->n - at - 2};
    return (struct slice){out, n};
}

/* The table writes the geometry property "geom" and, being AsciiDoc, "\((" for "((": ours is "geometry". */
static struct slice our_words(struct arena *a, struct slice text)
{
    char *out = arena_alloc(a, 2 * text.n + 16);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        struct slice here = {text.p + i, text.n - i};
        if (here.p[0] == '\\')
            continue;
        out[n++] = here.p[0];
        if (here.p[0] == '(' && slice_starts((struct slice){here.p + 1, here.n - 1}, SLICE("geom,"))) {
            memcpy(out + n, "geometry", 8);
            n += 8;
            i += 4;
        }
    }
    return (struct slice){out, n};
}

static int read_predicates(struct arena *a, struct predicate *out, int most)
{
    char path[600];
    struct buf bytes = {0};
    struct fault f = {0};
    struct slice rest, line, header;
    snprintf(path, sizeof path, "%s/predicates.csv", folder);
    ck_assert_msg(file_read(path, 1 << 20, &bytes, &f), "%s", path);
    rest = arena_slice(a, buf_to_slice(&bytes));
    buf_release(&bytes);
    slice_next(&rest, '\n', &header);
    int count = 0;
    while (slice_next(&rest, '\n', &line)) {
        struct predicate *p = &out[count++];
        ck_assert_int_le(count, most);
        line = slice_trim(line);
        p->class = next_cell(a, &line);
        p->layer = next_cell(a, &line);
        p->text = our_words(a, next_cell(a, &line));
        ck_assert(slice_to_int(line, &p->expected));
    }
    return count;
}

static const struct table *table_named(const struct table tables[LAYERS], struct slice name)
{
    for (int i = 0; i < LAYERS; i++)
        if (slice_equal(slice_of(NAMES[i]), name))
            return &tables[i];
    ck_abort_msg("no layer %.*s", (int)name.n, name.p);
    return NULL;
}

/* a < b becomes b > a, a WITHIN b becomes b CONTAINS a, and so on: the same rows. */
static void turn_around(struct cql2 *n)
{
    static const enum cql2_op PAIRS[][2] = {
        {CQL2_LESS, CQL2_GREATER},        {CQL2_LESS_EQUAL, CQL2_GREATER_EQUAL},
        {CQL2_S_WITHIN, CQL2_S_CONTAINS}, {CQL2_T_AFTER, CQL2_T_BEFORE},
        {CQL2_T_CONTAINS, CQL2_T_DURING}, {CQL2_T_FINISHES, CQL2_T_FINISHEDBY},
        {CQL2_T_MEETS, CQL2_T_METBY},     {CQL2_T_OVERLAPS, CQL2_T_OVERLAPPEDBY},
        {CQL2_T_STARTS, CQL2_T_STARTEDBY}};
    for (int i = 0; i < n->kid_count; i++)
        turn_around(n->kids[i]);
    bool is_pair = n->kid_count == 2 && n->op < CQL2_OPERATOR_COUNT && n->op != CQL2_IN &&
                   n->op != CQL2_LIKE && cql2_arguments_of(n->op) != CQL2_NUMBERS;
    if (!is_pair)
        return;
    struct cql2 *first = n->kids[0];
    n->kids[0] = n->kids[1];
    n->kids[1] = first;
    for (size_t i = 0; i < COUNT_OF(PAIRS); i++)
        if (n->op == PAIRS[i][0] || n->op == PAIRS[i][1]) {
            n->op = PAIRS[i][n->op == PAIRS[i][0]];
            return;
        }
}

static bool agrees(const struct table *t, const struct predicate *p, struct slice text, enum cql2_lang lang)
{
    struct fault f = {0};
    int64_t found = table_count(t, &(struct cql2_text){text, lang, NULL}, NULL, &f);
    if (found == p->expected)
        return true;
    printf("%.*s: %.*s: %lld, expected %lld %s\n", (int)p->class.n, p->class.p, (int)text.n, text.p,
           (long long)found, (long long)p->expected, f.text);
    return false;
}

START_TEST(predicates_give_the_exact_counts)
{
    static struct table tables[LAYERS];
    static struct predicate predicates[200];
    struct arena a = {0};
    load_all(tables);
    int count = read_predicates(&a, predicates, 200), good = 0, turned = 0;
    for (int i = 0; i < count; i++) {
        const struct predicate *p = &predicates[i];
        const struct table *t = table_named(tables, p->layer);
        struct fault f = {0};
        struct cql2_source source = {&a, p->text, &f};
        good += agrees(t, p, p->text, CQL2_LANG_TEXT);
        struct cql2 *tree = cql2_read_text(&source);
        ck_assert_msg(tree, "%s", f.text);
        turn_around(tree);
        turned += agrees(t, p, slice_of(printed(&a, tree)), CQL2_LANG_JSON);
    }
    printf("predicates: %d, exact %d, turned around and as JSON %d\n", count, good, turned);
    ck_assert_int_eq(count, 139);
    ck_assert_int_eq(good, 139);
    ck_assert_int_eq(turned, 139);
    for (int i = 0; i < LAYERS; i++)
        table_release(&tables[i]);
    arena_release(&a);
}
END_TEST

int main(void)
{
    if (!have_material()) {
        printf("SKIPPED: no test material of CQL2 in %s (set MAPD_SHARED)\n", folder);
        return EXIT_SUCCESS;
    }
    Suite *s = suite_create("layers/cql2_standard");
    TCase *t = tcase_create("standard");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, examples_parse_and_twins_are_alike);
    tcase_add_test(t, predicates_give_the_exact_counts);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
