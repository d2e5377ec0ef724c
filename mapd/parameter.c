/* parameter: text of a request turned into typed values, by the rows of parameters.def. Stands between
 * route.c and the handlers: what gets past here is in range. Law: a bad value is refused with the name of its
 * parameter, never mended, except that a limit over the maximum is lowered by the handler (OGC API -
 * Features, core). */
#include "mapd/serve.h"

#include <math.h>
#include <string.h>

static const struct parameter PARAMETERS[PARAMETER_COUNT] = {
#define PARAMETER(id, name, type, choices, vi, en) {name, VALUE_##type, choices, vi, en},
#include "mapd/parameters.def"
#undef PARAMETER
};

typedef bool reader(const struct parameter *p, struct slice text, struct value *v, struct fault *f);

static bool refuse(const struct parameter *p, struct slice text, const char *why, struct fault *f)
{
    return fault_set(f, FAULT_BAD_PARAMETER, p->name, "\"%.*s\" %s", (int)(text.n > 80 ? 80 : text.n), text.p,
                     why);
}

static bool is_digits(struct slice text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return text.n > 0;
}

static bool read_text(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    (void)v;
    return text.n <= 400 || refuse(p, text, "quá dài", f);
}

static bool read_filter(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    (void)v;
    return text.n > 0 || refuse(p, text, "rỗng", f);
}

static bool read_choice(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    struct slice rest = slice_of(p->choices), one;
    for (int i = 0; slice_next(&rest, ' ', &one); i++)
        if (slice_equal(one, text)) {
            v->integer = i;
            return true;
        }
    return fault_set(f, FAULT_BAD_PARAMETER, p->name, "chỉ nhận: %s", p->choices);
}

static bool read_collection(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    v->layer = layer_find(text);
    if (!v->layer || v->layer->is_base)
        return fault_set(f, FAULT_NOT_FOUND, p->name, "không có lớp dữ liệu này");
    return true;
}

static bool read_tileset(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    v->layer = layer_find(text);
    struct slice suffix = SLICE("_label");
    if (!v->layer && slice_ends(text, suffix)) {
        v->layer = layer_find((struct slice){text.p, text.n - suffix.n});
        v->labels = true;
        if (v->layer && v->layer->geometry != GEOMETRY_AREA)
            v->layer = NULL;
    }
    return v->layer || fault_set(f, FAULT_NOT_FOUND, p->name, "không có lớp ô bản đồ này");
}

static bool read_tile(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    bool canonical = is_digits(text) && text.n <= 8 && (text.n == 1 || text.p[0] != '0');
    if (!canonical || !slice_to_int(text, &v->integer))
        return fault_set(f, FAULT_NOT_FOUND, p->name, "không phải số thứ tự của ô");
    return true;
}

static bool read_offset(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    if (!is_digits(text))
        return refuse(p, text, "không phải số nguyên không âm", f);
    if (!slice_to_int(text, &v->integer))
        v->integer = INT64_MAX;
    return true;
}

static bool read_limit(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    if (!read_offset(p, text, v, f))
        return false;
    return v->integer >= 1 || refuse(p, text, "phải từ 1 trở lên", f);
}

static bool read_degrees(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    double most = p->type == VALUE_LONGITUDE ? 180 : 90;
    if (!slice_to_real(slice_trim(text), &v->real) || !(fabs(v->real) <= most))
        return refuse(p, text, "không phải độ hợp lệ", f);
    return true;
}

/* west,south,east,north or west,south,low,east,north,high; what the numbers mean is for parameter_box */
static bool read_bbox(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    double n[6];
    int count = 0;
    struct slice rest = text, one;
    bool good = text.n > 0 && text.p[text.n - 1] != ',';
    while (good && slice_next(&rest, ',', &one)) {
        good = count < 6 && slice_to_real(slice_trim(one), &n[count]) && isfinite(n[count]);
        count++;
    }
    if (!good || (count != 4 && count != 6))
        return refuse(p, text, "không phải 4 hoặc 6 số", f);
    int half = count / 2;
    v->box = (struct box){n[0], n[1], n[half], n[half + 1]};
    if (count == 6 && n[2] > n[5])
        return refuse(p, text, "độ cao dưới lớn hơn độ cao trên", f);
    return true;
}

bool parameter_box(const struct value *value, enum crs_id crs, struct box *box, struct fault *f)
{
    const struct parameter *p = &PARAMETERS[PARAMETER_BBOX];
    struct slice text = value->text;
    *box = value->box;
    if (crs == CRS_EPSG_4326) /* latitude first */
        *box = (struct box){box->south, box->west, box->north, box->east};
    bool is_degrees = crs == CRS_CRS84 || crs == CRS_EPSG_4326;
    if (box->south > box->north || (!is_degrees && box->west > box->east))
        return refuse(p, text, "góc đầu phải ở phía nam (và tây) của góc sau", f);
    if (!is_degrees)
        return true;
    if (fabs(box->west) > 180 || fabs(box->east) > 180)
        return refuse(p, text, "kinh độ phải trong khoảng -180 đến 180", f);
    return (fabs(box->south) <= 90 && fabs(box->north) <= 90) ||
           refuse(p, text, "vĩ độ phải trong khoảng -90 đến 90", f);
}

static bool read_crs(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    enum crs_id id;
    if (!crs_find(text, &id))
        return refuse(p, text, "không có trong danh sách crs của lớp", f);
    v->integer = id;
    return true;
}

static bool read_date(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    return date_parse_iso(text, &v->from) || refuse(p, text, "không phải ngày NĂM-THÁNG-NGÀY", f);
}

static bool two_digits(struct slice text, size_t at, int most, int *value)
{
    if (at + 2 > text.n || !is_digits((struct slice){text.p + at, 2}))
        return false;
    *value = (text.p[at] - '0') * 10 + (text.p[at + 1] - '0');
    return *value <= most;
}

/* "Z" or "+07:00" as minutes east. */
static bool read_zone(struct slice zone, int *minutes)
{
    *minutes = 0;
    if (zone.n == 1 && (zone.p[0] == 'Z' || zone.p[0] == 'z'))
        return true;
    int hour, minute;
    if (zone.n != 6 || (zone.p[0] != '+' && zone.p[0] != '-') || zone.p[3] != ':')
        return false;
    if (!two_digits(zone, 1, 23, &hour) || !two_digits(zone, 4, 59, &minute))
        return false;
    *minutes = (zone.p[0] == '-' ? -1 : 1) * (hour * 60 + minute);
    return true;
}

/* An RFC 3339 time (or a plain date) as the day it falls on in Asia/Ho_Chi_Minh, UTC+7. */
static bool local_day_of(struct slice text, struct date *day)
{
    if (text.n == 10)
        return date_parse_iso(text, day);
    int hour, minute, second, zone;
    if (text.n < 20 || !date_parse_iso((struct slice){text.p, 10}, day) ||
        (text.p[10] != 'T' && text.p[10] != 't') || text.p[13] != ':' || text.p[16] != ':')
        return false;
    if (!two_digits(text, 11, 23, &hour) || !two_digits(text, 14, 59, &minute) ||
        !two_digits(text, 17, 60, &second))
        return false;
    size_t at = 19;
    if (text.p[at] == '.') {
        size_t digits = 0;
        for (at++; at < text.n && text.p[at] >= '0' && text.p[at] <= '9'; at++)
            digits++;
        if (digits == 0)
            return false;
    }
    if (!read_zone((struct slice){text.p + at, text.n - at}, &zone))
        return false;
    int minutes = hour * 60 + minute - zone + 7 * 60;
    int days = minutes < 0 ? -1 : minutes / (24 * 60);
    *day = date_of_days(date_to_days(*day) + days);
    return true;
}

static bool read_instant(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    bool good =
        date_parse_iso(text, &v->from) || (text.n == 20 && text.p[19] == 'Z' && local_day_of(text, &v->from));
    return good || refuse(p, text, "không phải ngày, hay thời điểm NĂM-THÁNG-NGÀYTgiờ:phút:giâyZ", f);
}

static bool is_open_side(struct slice side)
{
    return side.n == 0 || slice_equal(side, SLICE(".."));
}

static bool read_datetime(const struct parameter *p, struct slice text, struct value *v, struct fault *f)
{
    ptrdiff_t slash = slice_find(text, SLICE("/"));
    struct slice left = text, right = text;
    if (slash >= 0) {
        left = (struct slice){text.p, (size_t)slash};
        right = (struct slice){text.p + slash + 1, text.n - (size_t)slash - 1};
    }
    bool open_left = slash >= 0 && is_open_side(left), open_right = slash >= 0 && is_open_side(right);
    if ((!open_left && !local_day_of(left, &v->from)) || (!open_right && !local_day_of(right, &v->to)))
        return refuse(p, text, "không phải thời điểm RFC 3339 hoặc khoảng thời gian", f);
    if (!open_left && !open_right && date_to_days(v->from) > date_to_days(v->to))
        return refuse(p, text, "bắt đầu sau khi kết thúc", f);
    return true;
}

static reader *const READERS[VALUE_TYPE_COUNT] = {
    [VALUE_TEXT] = read_text,         [VALUE_CHOICE] = read_choice, [VALUE_COLLECTION] = read_collection,
    [VALUE_TILESET] = read_tileset,   [VALUE_TILE] = read_tile,     [VALUE_LIMIT] = read_limit,
    [VALUE_OFFSET] = read_offset,     [VALUE_BBOX] = read_bbox,     [VALUE_LONGITUDE] = read_degrees,
    [VALUE_LATITUDE] = read_degrees,  [VALUE_DATE] = read_date,     [VALUE_INSTANT] = read_instant,
    [VALUE_DATETIME] = read_datetime, [VALUE_FILTER] = read_filter, [VALUE_CRS] = read_crs,
};

const struct parameter *parameter_get(enum parameter_id id)
{
    return &PARAMETERS[id];
}

bool parameter_find(struct slice name, enum parameter_id *id)
{
    for (int i = 0; i < PARAMETER_COUNT; i++)
        if (slice_equal(slice_of(PARAMETERS[i].name), name)) {
            *id = (enum parameter_id)i;
            return true;
        }
    return false;
}

bool parameter_read(enum parameter_id id, struct slice text, struct value *value, struct fault *f)
{
    const struct parameter *p = &PARAMETERS[id];
    *value = (struct value){.given = true, .text = text};
    return READERS[p->type](p, text, value, f);
}
