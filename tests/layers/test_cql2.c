/* CQL2 on tables of our own: the cases of tests/cases/cql2.case, the bounds on what may be asked, coordinate
 * systems of literals, and random filters against a naive evaluator that shares no code with ours. */
#include "layers/cql2.h"
#include "tests/layers/cql2_table.h"

#include <stdio.h>

/* --- cases --- */

static enum field_type type_named(struct slice name)
{
    static const char *const NAMES[] = {"text", "int", "real", "bool", "date", "time"};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        if (slice_equal(name, slice_of(NAMES[i])))
            return (enum field_type)i;
    ck_abort_msg("type %.*s", (int)name.n, name.p);
    return FIELD_TEXT;
}

/* "table id:text … point" */
static void read_header(struct table *t, struct slice rest)
{
    struct slice word, name;
    table_start(t, GEOMETRY_POINT);
    slice_next(&rest, ' ', &word);
    while (slice_next(&rest, ' ', &word))
        if (slice_find(word, SLICE(":")) > 0) {
            slice_next(&word, ':', &name);
            table_field(t, name, type_named(word));
        }
}

static void read_row(struct table *t, struct slice rest)
{
    struct slice cell;
    double lon, lat;
    uint32_t row = table_row(t);
    for (int i = 0; slice_next(&rest, '|', &cell); i++) {
        cell = slice_trim(cell);
        if (slice_equal(cell, SLICE("-")))
            continue;
        if (i < t->layer.field_count) {
            table_cell(t, row, i, cell);
            continue;
        }
        struct slice x, y = cell;
        slice_next(&y, ' ', &x);
        ck_assert(slice_to_real(x, &lon) && slice_to_real(y, &lat));
        table_vertex(t, lon, lat);
    }
}

/* Ids are single letters. */
static bool ids_are(const struct table *t, const uint8_t *passes, struct slice expected, struct buf *found)
{
    bool has[128] = {false};
    for (uint32_t row = 0; row < t->l.open.count; row++)
        has[(unsigned char)snapshot_text(&t->open[0], row).p[0]] = passes[row];
    buf_reset(found);
    for (char id = 'A'; id <= 'Z'; id++)
        if (has[(unsigned char)id])
            buf_format(found, found->n ? " %c" : "%c", id);
    return slice_equal(buf_to_slice(found), expected);
}

/* "filter => ids" or "filter =! words" */
static bool case_holds(const struct table *t, struct slice line)
{
    uint8_t passes[64];
    struct fault f = {0};
    struct buf found = {0};
    ptrdiff_t at = slice_find(line, SLICE("=>"));
    bool is_good = at >= 0;
    if (!is_good)
        at = slice_find(line, SLICE("=!"));
    ck_assert_msg(at > 0, "%.*s", (int)line.n, line.p);
    struct slice text = {line.p, (size_t)at},
                 expected = slice_trim((struct slice){line.p + at + 2, line.n - (size_t)at - 2});
    text = slice_trim(text);
    struct cql2_text what = {text, text.p[0] == '{' ? CQL2_LANG_JSON : CQL2_LANG_TEXT, NULL};
    int64_t count = table_count(t, &what, passes, &f);
    bool holds;
    if (is_good)
        holds = count >= 0 && ids_are(t, passes, expected, &found);
    else
        holds = count < 0 && f.code == FAULT_BAD_PARAMETER &&
                slice_equal(slice_of(f.place), SLICE("filter")) &&
                slice_find(slice_of(f.text), expected) >= 0;
    if (!holds)
        printf("%.*s\n    gave %.*s %s\n", (int)line.n, line.p, (int)found.n, found.p ? found.p : "", f.text);
    buf_release(&found);
    return holds;
}

START_TEST(cases)
{
    struct table t;
    struct buf bytes = {0};
    struct fault f = {0};
    ck_assert_msg(file_read(TEST_CASES "/cql2.case", 1 << 20, &bytes, &f), "%s", f.text);
    struct slice rest = buf_to_slice(&bytes), line;
    int count = 0, good = 0;
    bool in_table = false;
    while (slice_next(&rest, '\n', &line)) {
        if (line.n == 0 || line.p[0] == '#') {
            if (in_table && line.n == 0) {
                table_finish(&t);
                in_table = false;
            }
        } else if (slice_starts(line, SLICE("table "))) {
            read_header(&t, line);
            in_table = true;
        } else if (in_table) {
            read_row(&t, line);
        } else {
            count++;
            good += case_holds(&t, line);
        }
    }
    printf("cases: %d, good %d\n", count, good);
    ck_assert_int_gt(count, 120);
    ck_assert_int_eq(good, count);
    table_release(&t);
    buf_release(&bytes);
}
END_TEST

/* --- bounds --- */

static void small_table(struct table *t)
{
    table_start(t, GEOMETRY_POINT);
    table_field(t, SLICE("id"), FIELD_TEXT);
    table_field(t, SLICE("n"), FIELD_INT);
    table_row(t);
    table_cell(t, 0, 0, SLICE("A"));
    table_cell(t, 0, 1, SLICE("1"));
    table_vertex(t, 108.2, 16.05);
    table_finish(t);
}

static void repeat(struct buf *out, const char *what, int times)
{
    for (int i = 0; i < times; i++)
        buf_text(out, what);
}

static int64_t count_of(const struct table *t, const struct buf *text, struct fault *f)
{
    enum cql2_lang lang = text->n && text->p[0] == '{' ? CQL2_LANG_JSON : CQL2_LANG_TEXT;
    *f = (struct fault){0};
    return table_count(t, &(struct cql2_text){buf_to_slice(text), lang, NULL}, NULL, f);
}

START_TEST(depth_and_length_are_bounded)
{
    static const struct {
        const char *open, *core, *close;
        int most; /* so many still pass */
    } NESTS[] = {{"(", "n = 1", ")", 60},
                 {"NOT ", "n = 1", "", 60},
                 {"{\"op\":\"not\",\"args\":[", "true", "]}", 60},
                 {"", "n = 1", " + 1", 60},
                 {"", "n = 2", "^1", 30},
                 {"CASEI(", "id", ") = 'a'", 0}};
    struct table t;
    struct fault f;
    small_table(&t);
    for (size_t i = 0; i < COUNT_OF(NESTS); i++)
        for (int times = NESTS[i].most; times <= 4000; times += 1000) {
            struct buf text = {0};
            repeat(&text, NESTS[i].open, times);
            buf_text(&text, NESTS[i].core);
            repeat(&text, NESTS[i].close, times);
            int64_t count = count_of(&t, &text, &f);
            if (times == NESTS[i].most && times)
                ck_assert_msg(count >= 0, "%s %d: %s", NESTS[i].core, times, f.text);
            if (times > NESTS[i].most)
                ck_assert_msg(count < 0 && f.code == FAULT_BAD_PARAMETER, "%s %d", NESTS[i].core, times);
            buf_release(&text);
        }
    struct buf text = {0};
    buf_text(&text, "n = 1");
    repeat(&text, " OR n = 2", 1500);
    ck_assert_int_eq(count_of(&t, &text, &f), 1); /* long, but flat */
    repeat(&text, " OR n = 2", 1500);
    ck_assert_int_eq(count_of(&t, &text, &f), -1);
    buf_release(&text);
    table_release(&t);
}
END_TEST

START_TEST(no_byte_is_trusted)
{
    static const struct slice BAD[] = {
        {"", 0},        {" ", 1},       {"\xff", 1},         {"n = \xc3", 5},
        {"'\\", 2},     {"n = 1\0", 6}, {"id = 'a\0b'", 10}, {"{\"op\":\"\\u0000\"}", 15},
        {"n=1e999", 7}, {"n=1e", 4},    {"1 = 1..2", 8},     {"n = 1 AND", 9}};
    struct table t;
    small_table(&t);
    for (size_t i = 0; i < COUNT_OF(BAD); i++)
        for (int lang = 0; lang < 2; lang++) {
            struct fault f = {0};
            struct cql2_text what = {BAD[i], (enum cql2_lang)lang, NULL};
            int64_t count = table_count(&t, &what, NULL, &f);
            bool may_pass = i == 6 && lang == CQL2_LANG_TEXT; /* a zero byte in a string is only a byte */
            ck_assert_msg(may_pass || (count == -1 && f.code == FAULT_BAD_PARAMETER), "%zu %d", i, lang);
        }
    table_release(&t);
}
END_TEST

/* A filter that takes long is stopped and says so. */
START_TEST(time_is_metered)
{
    struct table t;
    struct fault f = {0};
    struct arena a = {0};
    small_table(&t);
    struct filter *filter = filter_new(&a, &t.layer);
    struct buf text = {0};
    buf_text(&text, "n = 2");
    repeat(&text, " OR n ^ 1.5 + n ^ 2.5 = 3", 600);
    ck_assert(filter_add_cql2(filter, &(struct cql2_text){buf_to_slice(&text), CQL2_LANG_TEXT, NULL}, &f));
    filter_bind(filter, &t.l.open);
    ck_assert(filter_finish(filter, &f));
    int64_t start = clock_monotonic_ns(), limit = (int64_t)60 * 1000 * 1000 * 1000;
    while (filter_finish(filter, NULL) && clock_monotonic_ns() - start < limit)
        for (int i = 0; i < 1000; i++)
            filter_test(filter, 0);
    ck_assert(!filter_finish(filter, &f));
    ck_assert_int_eq(f.code, FAULT_TOO_LARGE);
    buf_release(&text);
    arena_release(&a);
    table_release(&t);
}
END_TEST

/* --- coordinate systems --- */

static int64_t count_in(const struct table *t, const char *text, const char *epsg, bool north_first)
{
    struct fault f = {0};
    struct projection *projection = NULL;
    ck_assert(!epsg || projection_open(&projection, epsg, &f));
    struct filter_crs crs = {projection, north_first};
    int64_t count = table_count(t, &(struct cql2_text){slice_of(text), CQL2_LANG_TEXT, &crs}, NULL, &f);
    projection_close(projection);
    return count;
}

START_TEST(the_register_says_which_axis_is_first)
{
    static const struct {
        const char *epsg;
        bool north_first;
    } KNOWN[] = {{"EPSG:4326", true}, {"EPSG:3857", false}, {"EPSG:5899", false}, {"EPSG:2045", true}};
    for (size_t i = 0; i < COUNT_OF(KNOWN); i++) {
        struct projection *p;
        struct fault f = {0};
        ck_assert(projection_open(&p, KNOWN[i].epsg, &f));
        ck_assert_msg(projection_is_north_first(p) == KNOWN[i].north_first, "%s", KNOWN[i].epsg);
        projection_close(p);
    }
}
END_TEST

START_TEST(literals_in_other_systems)
{
    struct table t;
    double east, north;
    struct fault f = {0};
    struct projection *projection;
    char text[200];
    small_table(&t); /* 108.2 16.05 */
    ck_assert_int_eq(count_in(&t, "S_INTERSECTS(geometry, BBOX(16, 108, 16.1, 108.3))", NULL, true), 1);
    ck_assert_int_eq(count_in(&t, "S_INTERSECTS(geometry, BBOX(16, 108, 16.1, 108.3))", NULL, false), -1);
    ck_assert_int_eq(count_in(&t, "S_INTERSECTS(geometry, POINT(16.05 108.2))", NULL, true), 1);
    ck_assert_int_eq(count_in(&t, "S_INTERSECTS(geometry, POINT(16.05 108.2))", "EPSG:4326", true), 1);
    ck_assert_int_eq(count_in(&t, "S_INTERSECTS(geometry, BBOX(108, 16, 108.3, 16.1))", "EPSG:4326", true),
                     -1);
    ck_assert(projection_open(&projection, "EPSG:3857", &f));
    ck_assert(projection_from_lonlat(projection, (struct lonlat){108.2, 16.05}, &east, &north));
    projection_close(projection);
    snprintf(text, sizeof text, "S_INTERSECTS(geometry, BBOX(%.3f, %.3f, %.3f, %.3f))", east - 1, north - 1,
             east + 1, north + 1);
    ck_assert_int_eq(count_in(&t, text, "EPSG:3857", false), 1);
    snprintf(text, sizeof text, "S_INTERSECTS(geometry, BBOX(%.3f, %.3f, %.3f, %.3f))", east + 1, north - 1,
             east + 3, north + 1);
    ck_assert_int_eq(count_in(&t, text, "EPSG:3857", false), 0);
    ck_assert(projection_open(&projection, "EPSG:5899", &f));
    ck_assert(projection_from_lonlat(projection, (struct lonlat){108.2, 16.05}, &east, &north));
    projection_close(projection);
    snprintf(text, sizeof text, "S_INTERSECTS(geometry, BBOX(%.3f, %.3f, %.3f, %.3f))", north - 1, east - 1,
             north + 1, east + 1);
    ck_assert_int_eq(count_in(&t, text, "EPSG:5899", true), 1);
    snprintf(text, sizeof text,
             "S_INTERSECTS(geometry, POLYGON((%.3f %.3f, %.3f %.3f, %.3f %.3f, %.3f %.3f)))", north + 1, east,
             north + 3, east, north + 3, east + 2, north + 1, east);
    ck_assert_int_eq(count_in(&t, text, "EPSG:5899", true), 0);
    table_release(&t);
}
END_TEST

/* --- random filters against a naive evaluator --- */

enum { ROWS = 60, NAIVE_DEPTH = 4 };

struct naive_row {
    int n, m;      /* n is null when below -50 */
    const char *s; /* NULL: null */
    int day;       /* days after 2026-01-01; below 0: null */
    int x, y;      /* whole degrees */
    bool has_point, flag;
};

struct random {
    uint64_t state;
};

static uint32_t draw(struct random *r, uint32_t below)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(r->state >> 33) % below;
}

/* No, unknown, yes: 0, 1, 2, for each row. */
struct answer {
    int row[ROWS];
};

static const char *const WORDS[] = {"a", "ab", "abc", "b", "ba", "Đà", "đà nẵng", "", "a%b", "c_d"};

static void fill(struct naive_row rows[ROWS], struct random *r)
{
    for (int i = 0; i < ROWS; i++) {
        rows[i] = (struct naive_row){.n = (int)draw(r, 20) - 10, .m = (int)draw(r, 20) - 10};
        rows[i].n = draw(r, 6) ? rows[i].n : -100;
        rows[i].s = draw(r, 6) ? WORDS[draw(r, COUNT_OF(WORDS))] : NULL;
        rows[i].day = draw(r, 6) ? (int)draw(r, 28) : -1;
        rows[i].x = (int)draw(r, 9) - 4;
        rows[i].y = (int)draw(r, 9) - 4;
        rows[i].has_point = i < ROWS - 8;
        rows[i].flag = draw(r, 2);
    }
}

static void build(struct table *t, const struct naive_row rows[ROWS])
{
    static const char *const FIELDS[] = {"n", "m", "s", "day", "flag"};
    static const enum field_type TYPES[] = {FIELD_INT, FIELD_REAL, FIELD_TEXT, FIELD_DATE, FIELD_BOOL};
    table_start(t, GEOMETRY_POINT);
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++)
        table_field(t, slice_of(FIELDS[i]), TYPES[i]);
    for (int i = 0; i < ROWS; i++) {
        char text[40];
        uint32_t row = table_row(t);
        snprintf(text, sizeof text, "%d", rows[i].n);
        if (rows[i].n >= -50)
            table_cell(t, row, 0, slice_of(text));
        snprintf(text, sizeof text, "%d", rows[i].m);
        table_cell(t, row, 1, slice_of(text));
        if (rows[i].s)
            table_cell(t, row, 2, slice_of(rows[i].s));
        snprintf(text, sizeof text, "2026-01-%02d", rows[i].day + 1);
        if (rows[i].day >= 0)
            table_cell(t, row, 3, slice_of(text));
        table_cell(t, row, 4, rows[i].flag ? SLICE("true") : SLICE("false"));
        if (rows[i].has_point)
            table_vertex(t, rows[i].x, rows[i].y);
    }
    table_finish(t);
}

static const char *const SIGNS[] = {"=", "<>", "<", ">", "<=", ">="};

static int naive_compare(int order, int sign)
{
    const bool holds[] = {order == 0, order != 0, order<0, order> 0, order <= 0, order >= 0};
    return holds[sign] ? 2 : 0;
}

static struct answer random_number(struct random *r, const struct naive_row *rows, struct buf *text)
{
    struct answer out;
    int sign = (int)draw(r, 6), k = (int)draw(r, 9) - 4, c = (int)draw(r, 15) - 7;
    bool turned = draw(r, 2);
    if (turned)
        buf_format(text, "%d * m - 1 %s n", k, SIGNS[sign]);
    else
        buf_format(text, "n + %d %s %d * (m + 2)", c, SIGNS[sign], k);
    for (int i = 0; i < ROWS; i++) {
        int left = turned ? k * rows[i].m - 1 : rows[i].n + c,
            right = turned ? rows[i].n : k * (rows[i].m + 2);
        out.row[i] = rows[i].n < -50 ? 1 : naive_compare(left - right, sign);
    }
    return out;
}

static struct answer random_text(struct random *r, const struct naive_row *rows, struct buf *text)
{
    struct answer out;
    int sign = (int)draw(r, 6);
    const char *word = WORDS[draw(r, COUNT_OF(WORDS))];
    buf_format(text, "s %s '%s'", SIGNS[sign], word);
    for (int i = 0; i < ROWS; i++)
        out.row[i] = rows[i].s ? naive_compare(strcmp(rows[i].s, word), sign) : 1;
    return out;
}

/* The plain definition, by recursion; one byte a letter is enough, for the patterns hold no "_". */
static bool naive_like(const char *s, const char *p)
{
    if (!*p)
        return !*s;
    if (*p == '%')
        return naive_like(s, p + 1) || (*s && naive_like(s + 1, p));
    return *s == *p && naive_like(s + 1, p + 1);
}

static struct answer random_like(struct random *r, const struct naive_row *rows, struct buf *text)
{
    static const char *const PATTERNS[] = {"%", "a%", "%b", "%a%b%", "ab", "%%c", "%đ%", "", "Đà%", "%n%n%"};
    struct answer out;
    bool negated = draw(r, 2);
    const char *pattern = PATTERNS[draw(r, COUNT_OF(PATTERNS))];
    buf_format(text, "s %s '%s'", negated ? "NOT LIKE" : "like", pattern);
    for (int i = 0; i < ROWS; i++)
        out.row[i] = !rows[i].s ? 1 : naive_like(rows[i].s, pattern) != negated ? 2 : 0;
    return out;
}

static struct answer random_between(struct random *r, const struct naive_row *rows, struct buf *text)
{
    struct answer out;
    int high = (int)draw(r, 20) - 10;
    bool negated = draw(r, 2);
    buf_format(text, "m %sBETWEEN n AND %d", negated ? "NOT " : "", high);
    for (int i = 0; i < ROWS; i++) {
        int m = rows[i].m, first = rows[i].n < -50 ? 1 : m >= rows[i].n ? 2 : 0, second = m <= high ? 2 : 0;
        int both = first < second ? first : second;
        out.row[i] = negated ? 2 - both : both;
    }
    return out;
}

static struct answer random_in(struct random *r, const struct naive_row *rows, struct buf *text)
{
    struct answer out;
    int list[3];
    for (int i = 0; i < 3; i++)
        list[i] = (int)draw(r, 20) - 10;
    buf_format(text, "n IN (%d, m, %d, %d)", list[0], list[1], list[2]);
    for (int i = 0; i < ROWS; i++) {
        int n = rows[i].n;
        bool found = n == list[0] || n == list[1] || n == list[2] || n == rows[i].m;
        out.row[i] = n < -50 ? 1 : found ? 2 : 0;
    }
    return out;
}

static struct answer random_null(struct random *r, const struct naive_row *rows, struct buf *text)
{
    static const char *const FIELDS[] = {"n", "s", "day", "geometry"};
    struct answer out;
    uint32_t which = draw(r, COUNT_OF(FIELDS));
    buf_format(text, "%s IS NULL", FIELDS[which]);
    for (int i = 0; i < ROWS; i++) {
        const bool null[] = {rows[i].n < -50, !rows[i].s, rows[i].day < 0, !rows[i].has_point};
        out.row[i] = null[which] ? 2 : 0;
    }
    return out;
}

static struct answer random_time(struct random *r, const struct naive_row *rows, struct buf *text)
{
    static const char *const NAMES[] = {"T_AFTER", "T_BEFORE", "T_DISJOINT", "T_EQUALS", "T_INTERSECTS"};
    struct answer out;
    int from = (int)draw(r, 20), to = from + (int)draw(r, 8);
    uint32_t which = draw(r, COUNT_OF(NAMES));
    buf_format(text, "%s(day, INTERVAL('2026-01-%02d', '2026-01-%02d'))", NAMES[which], from + 1, to + 1);
    for (int i = 0; i < ROWS; i++) {
        int day = rows[i].day;
        const bool holds[] = {day > to, day<from, day> to || day < from, day == from && day == to,
                              day >= from && day <= to};
        out.row[i] = day < 0 ? 1 : holds[which] ? 2 : 0;
    }
    return out;
}

static int side(const int a[2], const int b[2], int x, int y)
{
    int area = (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
    return (area > 0) - (area < 0);
}

/* A triangle and a point in whole numbers: which side of each edge is exact. */
static struct answer random_triangle(struct random *r, const struct naive_row *rows, struct buf *text)
{
    static const char *const NAMES[] = {"S_INTERSECTS", "S_DISJOINT", "S_WITHIN", "S_TOUCHES"};
    struct answer out;
    int p[3][2];
    do {
        for (int i = 0; i < 6; i++)
            p[i / 2][i % 2] = (int)draw(r, 11) - 5;
    } while (side(p[0], p[1], p[2][0], p[2][1]) == 0);
    uint32_t which = draw(r, COUNT_OF(NAMES));
    buf_format(text, "%s(geometry, POLYGON((%d %d, %d %d, %d %d, %d %d)))", NAMES[which], p[0][0], p[0][1],
               p[1][0], p[1][1], p[2][0], p[2][1], p[0][0], p[0][1]);
    int turn = side(p[0], p[1], p[2][0], p[2][1]);
    for (int i = 0; i < ROWS; i++) {
        int inner = 3, outer = 0;
        for (int e = 0; e < 3; e++) {
            int s = turn * side(p[e], p[(e + 1) % 3], rows[i].x, rows[i].y);
            inner -= s <= 0;
            outer += s < 0;
        }
        const bool holds[] = {!outer, outer > 0, inner == 3, !outer && inner < 3};
        out.row[i] = !rows[i].has_point ? 1 : holds[which] ? 2 : 0;
    }
    return out;
}

static struct answer random_flag(struct random *r, const struct naive_row *rows, struct buf *text)
{
    struct answer out;
    bool wanted = draw(r, 2);
    buf_format(text, "flag = %s", wanted ? "TRUE" : "false");
    for (int i = 0; i < ROWS; i++)
        out.row[i] = rows[i].flag == wanted ? 2 : 0;
    return out;
}

static struct answer random_filter(struct random *r, const struct naive_row *rows, int depth,
                                   struct buf *text)
{
    static struct answer (*const LEAVES[])(struct random *, const struct naive_row *, struct buf *) = {
        random_number, random_text, random_like, random_between,  random_in,
        random_null,   random_time, random_flag, random_triangle, random_triangle};
    uint32_t kind = draw(r, 5);
    if (depth == 0 || kind == 0)
        return LEAVES[draw(r, COUNT_OF(LEAVES))](r, rows, text);
    struct answer out;
    buf_text(text, kind == 1 ? "NOT (" : "(");
    struct answer left = random_filter(r, rows, depth - 1, text), right = left;
    if (kind > 1) {
        buf_text(text, kind < 4 ? ") AND (" : ") OR (");
        right = random_filter(r, rows, depth - 1, text);
    }
    buf_char(text, ')');
    for (int i = 0; i < ROWS; i++) {
        int low = left.row[i] < right.row[i] ? left.row[i] : right.row[i],
            high = left.row[i] + right.row[i] - low;
        out.row[i] = kind == 1 ? 2 - low : kind < 4 ? low : high;
    }
    return out;
}

static void check_random(const struct table *t, const struct answer *expected, struct slice text,
                         enum cql2_lang lang)
{
    uint8_t passes[ROWS];
    struct fault f = {0};
    ck_assert_msg(table_count(t, &(struct cql2_text){text, lang, NULL}, passes, &f) >= 0, "%.*s: %s",
                  (int)text.n, text.p, f.text);
    for (int i = 0; i < ROWS; i++)
        ck_assert_msg(passes[i] == (expected->row[i] == 2), "row %d of %.*s", i, (int)text.n, text.p);
}

START_TEST(random_filters_agree_with_a_naive_evaluator)
{
    struct random r = {20261122};
    uint64_t passed = 0;
    for (int round = 0; round < 40; round++) {
        struct naive_row rows[ROWS];
        struct table t;
        fill(rows, &r);
        build(&t, rows);
        for (int n = 0; n < 50; n++) {
            struct arena a = {0};
            struct buf text = {0}, json = {0};
            struct fault f = {0};
            struct answer expected = random_filter(&r, rows, NAIVE_DEPTH, &text);
            check_random(&t, &expected, buf_to_slice(&text), CQL2_LANG_TEXT);
            struct cql2_source source = {&a, buf_to_slice(&text), &f};
            cql2_print(cql2_read_text(&source), &json);
            check_random(&t, &expected, buf_to_slice(&json), CQL2_LANG_JSON);
            for (int i = 0; i < ROWS; i++)
                passed += expected.row[i] == 2;
            buf_release(&text);
            buf_release(&json);
            arena_release(&a);
        }
        table_release(&t);
    }
    printf("random filters: 2000 over %d rows, %llu rows passed\n", ROWS, (unsigned long long)passed);
    ck_assert_uint_gt(passed, 20000); /* the filters do choose */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("layers/cql2");
    TCase *t = tcase_create("cql2");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, cases);
    tcase_add_test(t, depth_and_length_are_bounded);
    tcase_add_test(t, no_byte_is_trusted);
    tcase_add_test(t, time_is_metered);
    tcase_add_test(t, the_register_says_which_axis_is_first);
    tcase_add_test(t, literals_in_other_systems);
    tcase_add_test(t, random_filters_agree_with_a_naive_evaluator);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
