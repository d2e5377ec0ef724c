/* The base layer as a surveyor would hand it over: GeoJSON for areas and lines, CSV for the address points.
 * Boxes of the plan become curved rings: every edge is cut into short pieces before the bend. */
#include "text.h"
#include "ward.h"

#include <math.h>
#include <stdio.h>

struct geojson {
    FILE *file;
    int features;
};

static bool geojson_open(struct geojson *g, const char *folder, const char *name)
{
    char path[512];
    put(path, sizeof path, "%s/base/%s", folder, name);
    g->features = 0;
    g->file = fopen(path, "w");
    if (g->file)
        fprintf(g->file, "{\"type\":\"FeatureCollection\",\"features\":[");
    return g->file != NULL;
}

static void geojson_close(struct geojson *g)
{
    fprintf(g->file, "\n]}\n");
    fclose(g->file);
}

static void feature_begin(struct geojson *g, const char *type)
{
    fprintf(g->file, "%s\n{\"type\":\"Feature\",\"geometry\":{\"type\":\"%s\",\"coordinates\":[",
            g->features ? "," : "", type);
    g->features++;
}

/* None of our texts holds a quote or a backslash, so properties are printed as they are. */
static void property(struct geojson *g, const char *name, const char *value)
{
    fprintf(g->file, "\"%s\":\"%s\"", name, value);
}

static void put_point(struct geojson *g, struct point p, bool first)
{
    struct lonlat at = plan_to_lonlat(p);
    fprintf(g->file, "%s[%.7f,%.7f]", first ? "" : ",", at.lon, at.lat);
}

static void put_line(struct geojson *g, struct point a, struct point b, double step_m)
{
    int n = (int)ceil(hypot(b.u - a.u, b.v - a.v) / step_m);
    for (int k = 0; k <= n; k++)
        put_point(g, (struct point){a.u + (b.u - a.u) * k / n, a.v + (b.v - a.v) * k / n}, k == 0);
}

/* Counter-clockwise, as RFC 7946 wishes; neighbours share the very same points because the step is counted
 * from the corner of the plan, not of the box. */
static void put_ring(struct geojson *g, struct box b, double step_m)
{
    struct point c[5] = {{b.u0, b.v0}, {b.u1, b.v0}, {b.u1, b.v1}, {b.u0, b.v1}, {b.u0, b.v0}};
    fputc('[', g->file);
    for (int side = 0; side < 4; side++) {
        double length = hypot(c[side + 1].u - c[side].u, c[side + 1].v - c[side].v);
        int n = (int)ceil(length / step_m);
        for (int k = 0; k < n; k++)
            put_point(g,
                      (struct point){c[side].u + (c[side + 1].u - c[side].u) * k / n,
                                     c[side].v + (c[side + 1].v - c[side].v) * k / n},
                      side == 0 && k == 0);
    }
    put_point(g, c[0], false);
    fputc(']', g->file);
}

static void put_ellipse(struct geojson *g, struct box b)
{
    struct point m = box_middle(b);
    fputc('[', g->file);
    for (int k = 0; k <= 48; k++) {
        double turn = 2 * 3.14159265358979 * (k % 48) / 48, wave = 1 + 0.08 * sin(3 * turn);
        put_point(g,
                  (struct point){m.u + (b.u1 - b.u0) / 2 * wave * cos(turn),
                                 m.v + (b.v1 - b.v0) / 2 * wave * sin(turn)},
                  k == 0);
    }
    fputc(']', g->file);
}

static void area(struct geojson *g, struct box b, bool rounded)
{
    feature_begin(g, "Polygon");
    if (rounded)
        put_ellipse(g, b);
    else
        put_ring(g, b, 20);
    fprintf(g->file, "]},\"properties\":{");
}

static void feature_end(struct geojson *g)
{
    fprintf(g->file, "}}");
}

static void write_ward(struct geojson *g, struct box b, const char *const text[4])
{
    area(g, b, false);
    property(g, "code", text[0]);
    fputc(',', g->file);
    property(g, "name", text[1]);
    fputc(',', g->file);
    property(g, "aliases", text[2]);
    fputc(',', g->file);
    property(g, "old_names", text[3]);
    fprintf(g->file, ",\"old_until\":\"%s\",\"valid_from\":\"2025-07-01\",\"source\":\"dữ liệu mẫu\"",
            text[3][0] ? "2025-06-30" : "");
    feature_end(g);
}

static bool write_wards(const char *folder)
{
    static const char *const ours[] = {"99001", "Phường Mẫu", "Mẫu Đông;Mẫu Tây", "Mẫu Đông;Mẫu Tây"};
    static const char *const north[] = {"99002", "Phường Thử Nghiệm", "Thử Nghiệm", ""};
    static const char *const west[] = {"99003", "Phường Ví Dụ", "Ví Dụ", ""};
    struct geojson g;
    struct box b = plan_ward();
    if (!geojson_open(&g, folder, "wards.geojson"))
        return false;
    write_ward(&g, b, ours);
    write_ward(&g, (struct box){b.u0, b.v1, b.u1, b.v1 + 800}, north);
    write_ward(&g, (struct box){b.u0 - 900, b.v0, b.u0, b.v1}, west);
    geojson_close(&g);
    if (!geojson_open(&g, folder, "boundary.geojson"))
        return false;
    write_ward(&g, b, ours);
    geojson_close(&g);
    return true;
}

static bool write_groups(const char *folder)
{
    struct geojson g;
    if (!geojson_open(&g, folder, "residential_groups.geojson"))
        return false;
    for (int k = 0; k < GROUPS; k++) {
        area(&g, plan_group(k), false);
        fprintf(g.file,
                "\"code\":\"TDP%02d\",\"name\":\"Tổ dân phố %d\",\"aliases\":\"Tổ %d;TDP "
                "%d\",\"ward\":\"Phường Mẫu\"",
                k + 1, k + 1, k + 1, k + 1);
        feature_end(&g);
    }
    geojson_close(&g);
    return true;
}

static void line(struct geojson *g, struct point from, struct point to)
{
    feature_begin(g, "LineString");
    put_line(g, from, to, 15);
    fprintf(g->file, "]},\"properties\":{");
}

static void write_alley(struct geojson *g, const struct ward *w, const struct alley *a)
{
    const char *street = w->street[a->street].name;
    line(g, a->mouth, plan_along(a->mouth, a->heading, a->length_m, 0));
    if (a->parent < 0)
        fprintf(g->file, "\"name\":\"Kiệt %d %s\",\"alley_chain\":\"%d\"", a->number, street, a->number);
    else
        fprintf(g->file, "\"name\":\"Hẻm %d/%d %s\",\"alley_chain\":\"%d/%d\"", w->alley[a->parent].number,
                a->number, street, w->alley[a->parent].number, a->number);
    fprintf(g->file, ",\"street\":\"%s\",\"kind\":\"alley\",\"ward\":\"Phường Mẫu\"", street);
    feature_end(g);
}

static bool write_streets(const struct ward *w, const char *folder)
{
    struct geojson g;
    if (!geojson_open(&g, folder, "streets.geojson"))
        return false;
    for (int k = 0; k < w->streets; k++) {
        const struct street *s = &w->street[k];
        line(&g, s->start, plan_along(s->start, s->heading, s->length_m, 0));
        fprintf(g.file,
                "\"name\":\"%s\",\"aliases\":\"%s\",\"street\":\"\",\"alley_chain\":\"\",\"kind\":\"street\","
                "\"ward\":\"Phường Mẫu\"",
                s->name, s->aliases);
        feature_end(&g);
    }
    for (int k = 0; k < w->alleys; k++)
        if (w->alley[k].mapped)
            write_alley(&g, w, &w->alley[k]);
    geojson_close(&g);
    return true;
}

static void write_chain(FILE *file, const struct ward *w, int alley)
{
    const struct alley *a = alley < 0 ? NULL : &w->alley[alley];
    if (a && a->parent >= 0)
        fprintf(file, "%d/%d", w->alley[a->parent].number, a->number);
    else if (a)
        fprintf(file, "%d", a->number);
}

static bool write_addresses(const struct ward *w, const char *folder)
{
    char path[512];
    put(path, sizeof path, "%s/base/addresses.csv", folder);
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    fprintf(file, "street,number,alley_chain,ward,lon,lat,source\n");
    for (int k = 0; k < w->houses; k++) {
        const struct house *h = &w->house[k];
        struct lonlat at = plan_to_lonlat(h->at);
        if (!h->listed)
            continue;
        fprintf(file, "%s,%d", w->street[h->street].name, h->number);
        if (h->suffix)
            fputc(h->suffix, file);
        fputc(',', file);
        write_chain(file, w, h->alley);
        fprintf(file, ",Phường Mẫu,%.7f,%.7f,dữ liệu mẫu\n", at.lon, at.lat);
    }
    return fclose(file) == 0;
}

static bool write_stalls(const struct ward *w, const char *folder)
{
    struct geojson g;
    if (!geojson_open(&g, folder, "stall_plans.geojson"))
        return false;
    for (int k = 0; k < w->stalls; k++) {
        const struct stall *s = &w->stall[k];
        feature_begin(&g, "Polygon");
        put_ring(&g, s->box, 50);
        fprintf(g.file,
                "]},\"properties\":{\"ma_cho\":\"%s\",\"khu\":\"%s\",\"loai\":\"%s\",\"so_sap\":\"%d\"",
                market_code(s->market), zone_name(s->market, s->zone), stall_kind_name(s->kind), s->number);
        feature_end(&g);
    }
    geojson_close(&g);
    return true;
}

static struct box shrunk(struct box b, double m)
{
    return (struct box){b.u0 + m, b.v0 + m, b.u1 - m, b.v1 - m};
}

static bool write_areas(const char *folder)
{
    struct geojson g;
    struct box lake = plan_block(3, 6), bank = plan_ward(), second = plan_block(4, 6);
    lake.u1 = second.u1;
    if (!geojson_open(&g, folder, "water.geojson"))
        return false;
    area(&g, shrunk(lake, 16), true);
    fprintf(g.file, "\"layer\":\"water\",\"name\":\"Hồ Mẫu\"}}");
    area(&g, (struct box){bank.u1 - 125, bank.v0, bank.u1, bank.v1}, false);
    fprintf(g.file, "\"layer\":\"water\",\"name\":\"Sông Mẫu\"}}");
    geojson_close(&g);
    if (!geojson_open(&g, folder, "green.geojson"))
        return false;
    static const int parks[][2] = {{3, 7}, {8, 2}, {1, 1}};
    static const char *const names[] = {"Công viên Hồ Mẫu", "Công viên Trung Tâm", "Vườn hoa Bình An"};
    for (int k = 0; k < 3; k++) {
        area(&g, shrunk(plan_block(parks[k][0], parks[k][1]), 13), false);
        fprintf(g.file, "\"layer\":\"green\",\"name\":\"%s\"}}", names[k]);
    }
    geojson_close(&g);
    return true;
}

/* Every street gives the map its face; the class tells which lines to draw wide. */
static bool write_roads(const struct ward *w, const char *folder)
{
    struct geojson g;
    if (!geojson_open(&g, folder, "roads.geojson"))
        return false;
    for (int k = 0; k < w->streets; k++) {
        const struct street *s = &w->street[k];
        const char *class = s->length_m >= PITCH * 10  ? "main"
                            : s->length_m >= PITCH * 6 ? "secondary"
                                                       : "street";
        line(&g, s->start, plan_along(s->start, s->heading, s->length_m, 0));
        fprintf(g.file, "\"layer\":\"roads\",\"name\":\"%s\",\"class\":\"%s\"}}", s->name, class);
    }
    geojson_close(&g);
    return true;
}

bool base_write(const struct ward *w, const char *folder)
{
    return write_wards(folder) && write_groups(folder) && write_streets(w, folder) &&
           write_addresses(w, folder) && write_stalls(w, folder) && write_areas(folder) &&
           write_roads(w, folder);
}
