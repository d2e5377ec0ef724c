/* serve_staff_export: a layer with what is restricted as a file for the office: who took it, which part and
 * for what purpose stand in the audit before the first row is read. */
#include "mapd/staff.h"

#include <string.h>

static const struct {
    const char *ending, *title;
} ENDINGS[] = {{"xlsx", "Excel (.xlsx)"},
               {"csv", "Bảng chữ (.csv)"},
               {"gpkg", "GeoPackage, cho QGIS (.gpkg)"},
               {"geojson", "GeoJSON (.geojson)"},
               {"shp.zip", "Shapefile (.shp.zip)"},
               {"fgb", "FlatGeobuf (.fgb)"},
               {"kml", "Google Earth (.kml)"}};

/* --- the page --- */

static void choice_open(struct buf *out, const char *label, const char *name)
{
    buf_format(out, "<p><label>%s<br><select name=\"%s\">", label, name);
}

static void choice(struct buf *out, const char *value, const char *text)
{
    buf_text(out, "<option value=\"");
    html_attr(out, slice_of(value));
    buf_text(out, "\">");
    html_text(out, slice_of(text));
    buf_text(out, "</option>");
}

static void choice_close(struct buf *out)
{
    buf_text(out, "</select></label></p>");
}

static void areas_html(const struct call *c, struct buf *out)
{
    const struct snapshot_layer *groups = snapshot_get(c->snapshot, LAYER_RESIDENTIAL_GROUPS);
    int name = layer_field(groups->layer, SLICE("name"));
    choice_open(out, "Tổ dân phố", "area");
    choice(out, "", "Cả phường");
    for (uint32_t row = 0; row < groups->located; row++)
        choice(out, arena_text(c->arena, snapshot_text(&groups->columns[0], row)),
               arena_text(c->arena, snapshot_text(&groups->columns[name], row)));
    choice_close(out);
}

static void parts_html(struct buf *out)
{
    choice_open(out, "Phần nào", "part");
    for (int i = 0; i < LAYER_COUNT; i++) {
        const struct layer *layer = layer_get((enum layer_id)i);
        if (staff_layer_find(slice_of(layer->name)))
            choice(out, layer->name, layer->title_vi);
    }
    for (int i = 0; i < staff_list_count(); i++)
        choice(out, staff_list_get(i)->name, staff_list_get(i)->title);
    choice_close(out);
}

bool staff_export(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct buf *out = &r->body;
    staff_page_open(c, r, "Xuất bản nội bộ");
    buf_text(
        out,
        "<p>Tệp có cả tên chủ, số điện thoại, số giấy tờ. Ai xuất, phần nào, để làm gì được ghi vào nhật ký "
        "trước khi đọc. Bản công khai, không có dữ liệu riêng, lấy ở <a href=\"/data\">Dữ liệu mở</a>.</p>");
    form_open(c, out, "/staff/export");
    parts_html(out);
    areas_html(c, out);
    choice_open(out, "Dạng tệp", "as");
    for (size_t i = 0; i < COUNT_OF(ENDINGS); i++)
        choice(out, ENDINGS[i].ending, ENDINGS[i].title);
    choice_close(out);
    choice_open(out, "Hệ toạ độ", "crs");
    choice(out, "", "WGS 84, kinh độ và vĩ độ");
    choice(out, "EPSG:5899", "VN-2000, Đà Nẵng (EPSG:5899)");
    choice_close(out);
    form_input(out, "Mục đích", "purpose", "text", "required maxlength=\"200\"");
    form_close(out, "Xuất tệp");
    staff_page_close(c, r);
    return true;
}

/* --- the file --- */

struct wanted {
    const struct staff_layer *layer;
    const struct staff_list *list; /* NULL: all of the layer */
    const char *part, *area, *ending, *crs, *purpose;
};

static bool bad(const char *place, struct fault *f)
{
    return fault_set(f, FAULT_BAD_PARAMETER, place, "%s", "không có lựa chọn này");
}

static bool read_wanted(const struct call *c, struct wanted *w, struct fault *f)
{
    struct slice purpose = slice_trim(form_get(&c->form, "purpose")), crs = form_get(&c->form, "crs");
    w->part = arena_text(c->arena, form_get(&c->form, "part"));
    w->area = arena_text(c->arena, form_get(&c->form, "area"));
    w->purpose = arena_text(c->arena, purpose);
    w->list = staff_list_find(slice_of(w->part));
    w->layer = staff_layer_find(w->list ? slice_of(layer_get(w->list->layer)->name) : slice_of(w->part));
    for (size_t i = 0; i < COUNT_OF(ENDINGS); i++)
        if (slice_equal(slice_of(ENDINGS[i].ending), form_get(&c->form, "as")))
            w->ending = ENDINGS[i].ending;
    w->crs = slice_equal(crs, SLICE("EPSG:5899")) ? "EPSG:5899" : NULL;
    if (!w->layer)
        return bad("part", f);
    if (!w->ending)
        return bad("as", f);
    if (crs.n && !w->crs)
        return bad("crs", f);
    return purpose.n > 0 || fault_set(f, FAULT_BAD_PARAMETER, "purpose", "%s", "phải nói để làm gì");
}

static bool note(const struct call *c, const struct wanted *w, struct fault *f)
{
    struct staff_purpose purpose = {.who = who_of(c),
                                    .layer = w->layer->layer.name,
                                    .purpose = w->purpose,
                                    .part = w->area[0] ? w->area
                                            : w->list  ? w->list->name
                                                       : ""};
    return staff_layer_note(c->serve->staff->store, &purpose, f);
}

static bool choose_rows(const struct call *c, const struct wanted *w, const struct snapshot_layer *l,
                        struct filter **out, struct fault *f)
{
    struct filter *filter = filter_new(c->arena, l->layer);
    if (w->list) {
        struct cql2_text what = {.text = slice_of(w->list->condition), .lang = CQL2_LANG_TEXT};
        if (!filter_add_cql2(filter, &what, f))
            return false;
    }
    const struct snapshot_layer *groups = snapshot_get(c->snapshot, LAYER_RESIDENTIAL_GROUPS);
    if (w->area[0] && !filter_add_area(filter, groups, slice_of(w->area), f))
        return false;
    filter_bind(filter, l);
    *out = filter_is_empty(filter) ? NULL : filter;
    return true;
}

bool staff_export_do(const struct call *c, struct reply *r, struct fault *f)
{
    struct wanted w = {0};
    struct snapshot *s = NULL;
    struct filter *filter = NULL;
    if (!read_wanted(c, &w, f) || !note(c, &w, f) ||
        !staff_layer_read(&s, c->serve->staff->store, w.layer, f))
        return false;
    const struct snapshot_layer *l = snapshot_get(s, w.layer->layer.id);
    bool ok = choose_rows(c, &w, l, &filter, f);
    struct export_request request = {
        .layer = l, .filter = filter, .crs = w.crs, .byte_order_mark = strcmp(w.ending, "csv") == 0};
    ok = ok && export_send(c, &request, w.ending, r, f);
    snapshot_release(s);
    return ok;
}
