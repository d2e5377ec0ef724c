/* open_data_check: the proof that the open data keep the rules, one line a rule and dataset. Everything is
 * judged by what a stranger would get: the files are written as for him and read again.
 *
 * The rules (domain.md C.8): CSV by RFC 4180 in UTF-8, GeoJSON by RFC 7946 (WGS84, longitude first,
 * right-hand rule), complete, up to date, described, no personal number, small cells not told. */
#include "layers/json.h"

#include "layers/store_private.h"
#include "layers/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRESH_DAYS = 92, SMALL_CELL = 5, PATH_ROOM = 400 }; /* NĐ 47/2020: at least every three months */

struct inspection {
    struct store *store;
    const struct snapshot *snapshot;
    struct buf *out;
    uint64_t findings;
    struct fault *fault;
    char folder[PATH_ROOM];
};

static void rule(struct inspection *x, const char *dataset, const char *what, bool good)
{
    buf_format(x->out, "%s  %s: %s\n", good ? "đạt" : "SAI", dataset, what);
    x->findings += !good;
}

/* --- the files --- */

static bool read_file(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    char room[1 << 16];
    size_t n;
    if (!file)
        return false;
    while ((n = fread(room, 1, sizeof room, file)) > 0)
        buf_add(out, room, n);
    fclose(file);
    return true;
}

static bool write_dataset(struct inspection *x, const struct dataset *d, const char *ending, struct buf *out,
                          struct export_count *count)
{
    struct arena a = {0};
    struct filter *filter = NULL;
    char path[PATH_ROOM + 80];
    snprintf(path, sizeof path, "%s/%s.%s", x->folder, d->id, ending);
    struct export_request request = {.layer = snapshot_get(x->snapshot, d->layer), .path = path};
    bool ok = dataset_filter(d, x->snapshot, &a, &filter, x->fault);
    request.filter = filter;
    ok = ok && export_layer(&request, count, x->fault) && read_file(path, out);
    unlink(path);
    arena_release(&a);
    return ok;
}

struct csv_shape {
    uint64_t records;
    int fields, field;
    bool is_even; /* every record has as many fields, every line ends with CR LF, quotes are paired */
};

static void csv_end_record(struct csv_shape *s)
{
    s->is_even = s->is_even && (s->records == 0 || s->field == s->fields);
    s->fields = s->records == 0 ? s->field : s->fields;
    s->records++;
    s->field = 0;
}

/* RFC 4180, strictly. */
static struct csv_shape csv_read(struct slice text)
{
    struct csv_shape s = {.is_even = true};
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '"')
            quoted = !quoted;
        if (quoted || (c != ',' && c != '\n'))
            continue;
        s.field++;
        if (c == '\n') {
            s.is_even = s.is_even && i > 0 && text.p[i - 1] == '\r';
            csv_end_record(&s);
        }
    }
    s.is_even = s.is_even && !quoted && s.field == 0;
    return s;
}

static bool check_csv(struct inspection *x, const struct dataset *d)
{
    struct buf text = {0};
    struct export_count count = {0};
    bool ok = write_dataset(x, d, "csv", &text, &count);
    if (ok) {
        struct slice bytes = buf_to_slice(&text);
        struct csv_shape s = csv_read(bytes);
        rule(x, d->id, "CSV là UTF-8, không dấu BOM",
             text_is_utf8(bytes) && !slice_starts(bytes, SLICE("\xEF\xBB\xBF")));
        rule(x, d->id, "CSV theo RFC 4180, đủ cột của từ điển và toạ độ",
             s.is_even && s.fields == layer_get(d->layer)->field_count + 2);
        rule(x, d->id, "CSV đủ số bản ghi", s.records == count.written + 1);
    }
    buf_release(&text);
    return ok;
}

/* --- GeoJSON --- */

static bool position_good(const struct json *p)
{
    double lon, lat;
    return json_size(p) == 2 && json_to_real(json_at(p, 0), &lon) && json_to_real(json_at(p, 1), &lat) &&
           lon > 102 && lon < 118 && lat > 6 &&
           lat < 24; /* Viet Nam and its islands: swapped axes fall outside */
}

/* Twice the area: positive counter-clockwise. */
static double ring_turn(const struct json *ring)
{
    double area = 0, ax, ay, bx, by;
    for (size_t i = 0; i + 1 < json_size(ring); i++) {
        const struct json *a = json_at(ring, i), *b = json_at(ring, i + 1);
        if (json_to_real(json_at(a, 0), &ax) && json_to_real(json_at(a, 1), &ay) &&
            json_to_real(json_at(b, 0), &bx) && json_to_real(json_at(b, 1), &by))
            area += ax * by - bx * ay;
    }
    return area;
}

static bool coordinates_good(const struct json *c, int depth)
{
    if (depth == 0)
        return position_good(c);
    for (size_t i = 0; i < json_size(c); i++)
        if (!coordinates_good(json_at(c, i), depth - 1))
            return false;
    return json_size(c) > 0;
}

static bool polygon_turns_right(const struct json *rings)
{
    for (size_t i = 0; i < json_size(rings); i++)
        if ((ring_turn(json_at(rings, i)) > 0) != (i == 0))
            return false;
    return true;
}

static bool geometry_good(const struct json *g)
{
    static const struct {
        const char *type;
        int depth;
    } TYPES[] = {
        {"Point", 0}, {"LineString", 1}, {"MultiLineString", 2}, {"Polygon", 2}, {"MultiPolygon", 3}};
    const char *type = json_to_text(json_get(g, "type"));
    const struct json *c = json_get(g, "coordinates");
    if (json_sort_of(g) == JSON_NULL_VALUE)
        return true; /* its place is not known */
    for (size_t i = 0; type && i < COUNT_OF(TYPES); i++) {
        if (strcmp(TYPES[i].type, type) != 0)
            continue;
        bool good = coordinates_good(c, TYPES[i].depth);
        if (strcmp(type, "Polygon") == 0)
            return good && polygon_turns_right(c);
        for (size_t k = 0; strcmp(type, "MultiPolygon") == 0 && k < json_size(c); k++)
            good = good && polygon_turns_right(json_at(c, k));
        return good;
    }
    return false;
}

static bool check_geojson(struct inspection *x, const struct dataset *d)
{
    struct buf text = {0};
    struct export_count count = {0};
    struct json *root = NULL;
    bool ok = write_dataset(x, d, "geojson", &text, &count);
    if (ok) {
        struct fault ignored = {0};
        bool good = json_parse(&root, buf_to_slice(&text), d->id, &ignored), placed = good;
        const struct json *features = json_get(root, "features");
        for (size_t i = 0; placed && i < json_size(features); i++)
            placed = geometry_good(json_get(json_at(features, i), "geometry"));
        rule(x, d->id, "GeoJSON đọc được, đủ số bản ghi", good && json_size(features) == count.written);
        rule(x, d->id, "GeoJSON theo RFC 7946: WGS84, kinh độ trước, vòng ngoài ngược chiều kim đồng hồ",
             placed && !json_get(root, "crs"));
        json_free(root);
    }
    buf_release(&text);
    return ok;
}

/* --- what it says --- */

/* Exactly ten or twelve digits in a row, thirteen as 10-3, or an at sign: a tax number, an identity number, a
 * telephone, an e-mail. */
static bool looks_personal(struct slice text)
{
    size_t digits = 0;
    for (size_t i = 0; i <= text.n; i++) {
        char c = i < text.n ? text.p[i] : ' ';
        if (c == '@')
            return true;
        if (c >= '0' && c <= '9') {
            digits++;
            continue;
        }
        if (digits == 10 || digits == 12)
            return true;
        digits = 0;
    }
    return false;
}

static bool check_privacy(struct inspection *x, const struct dataset *d)
{
    const struct snapshot_layer *l = snapshot_get(x->snapshot, d->layer);
    bool good = true;
    for (int i = 0; good && i < l->layer->field_count; i++) {
        if (l->columns[i].type != FIELD_TEXT || strcmp(l->layer->fields[i].name, "document_number") == 0)
            continue;
        for (uint32_t row = 0; good && row < l->count; row++)
            good = !looks_personal(snapshot_text(&l->columns[i], row));
    }
    rule(x, d->id, "không có mã số thuế, số định danh, điện thoại, thư điện tử", good);
    return true;
}

static bool check_shares(struct inspection *x)
{
    static const struct {
        enum layer_id layer;
        const char *count;
    } SHARES[] = {{LAYER_MARKETS, "stalls"}, {LAYER_PILOTS, "members"}};
    struct arena a = {0};
    struct group_share *groups;
    int64_t least = policy_number(x->store, "small_cell", date_today(), SMALL_CELL);
    bool good = least >= SMALL_CELL;
    rule(x, "small_cell", "ngưỡng ô nhỏ ít nhất là 5", good);
    for (size_t i = 0; i < COUNT_OF(SHARES); i++) {
        const struct snapshot_layer *l = snapshot_get(x->snapshot, SHARES[i].layer);
        const struct column *count = &l->columns[layer_field(l->layer, slice_of(SHARES[i].count))];
        const struct column *share = &l->columns[layer_field(l->layer, SLICE("accepts_share"))];
        good = true;
        for (uint32_t row = 0; row < l->count; row++)
            good = good && (count->integer[row] >= least || share->real[row] != share->real[row]);
        rule(x, l->layer->name, "không đưa ra tỷ lệ của nhóm nhỏ hơn ngưỡng", good);
    }
    int n = open_data_groups(x->snapshot, least, &a, &groups), hidden = 0;
    good = true;
    for (int i = 0; i < n; i++) {
        int64_t rest = groups[i].places - groups[i].accepting;
        hidden += groups[i].is_hidden;
        good = good && (groups[i].is_hidden || ((groups[i].accepting == 0 || groups[i].accepting >= least) &&
                                                (rest == 0 || rest >= least)));
    }
    rule(x, "cashless-by-group", "ô nhỏ bị che, không suy ra được bằng phép trừ",
         good && (hidden != 1 || n == 1));
    arena_release(&a);
    return true;
}

static void check_description(struct inspection *x, const struct dataset *d)
{
    const struct layer *l = layer_get(d->layer);
    bool good = d->title_vi[0] && d->title_en[0] && d->description[0] && d->frequency[0] && d->keywords[0];
    for (int i = 0; i < l->field_count; i++)
        good = good && l->fields[i].title_vi[0] && l->fields[i].title_en[0];
    rule(x, d->id, "có tên, mô tả, tần suất, giấy phép, từ điển cho mọi trường",
         good && OPEN_DATA_LICENCE[0]);
}

static void check_dates(struct inspection *x)
{
    struct dataset_dates dates;
    struct date modified;
    dataset_dates(x->store, &dates);
    bool known = date_parse_iso(slice_of(dates.modified), &modified);
    rule(x, "catalogue", "có ngày phát hành và ngày cập nhật", known);
    rule(x, "catalogue", "cập nhật trong vòng ba tháng (NĐ 47/2020)",
         known && date_to_days(date_today()) - date_to_days(modified) <= FRESH_DAYS);
}

static bool check_all(struct inspection *x)
{
    for (int i = 0; i < dataset_count(); i++) {
        const struct dataset *d = dataset_get(i);
        if (!check_csv(x, d) || !check_geojson(x, d) || !check_privacy(x, d))
            return false;
        check_description(x, d);
    }
    check_dates(x);
    return check_shares(x);
}

bool open_data_check(struct store *s, const char *path, struct buf *out, uint64_t *findings, struct fault *f)
{
    struct inspection x = {.store = s, .out = out, .fault = f};
    struct snapshot *snapshot = NULL;
    const char *parent = getenv("TMPDIR");
    snprintf(x.folder, sizeof x.folder, "%.300s/mapd-open-XXXXXX", parent && parent[0] ? parent : "/tmp");
    if (!mkdtemp(x.folder))
        return fault_set(f, FAULT_FILE_WRITE, "--open-data", "%s", "không tạo được thư mục tạm");
    struct vantage now = {.path = path};
    bool ok = snapshot_at(&snapshot, &now, LAYER_COUNT, f);
    x.snapshot = snapshot;
    ok = ok && check_all(&x);
    snapshot_release(snapshot);
    rmdir(x.folder);
    *findings = x.findings;
    return ok;
}
