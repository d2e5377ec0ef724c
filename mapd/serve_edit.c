/* serve_edit: a record changed by hand, field by field or by moving its pin, and the way back. The form
 * carries what its reader saw, so that two people at one record both see what the other wrote. */
#include "import/learn.h"
#include "mapd/food.h"
#include "mapd/json_write.h"
#include "mapd/say.h"
#include "mapd/staff.h"

#include <math.h>
#include <string.h>

static struct store *store_of(const struct call *c)
{
    return c->serve->staff->store;
}

/* --- who is at the map --- */

bool staff_me(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct json j = {.out = &r->body};
    r->type = format_type(FORMAT_JSON);
    json_open(&j, '{');
    json_field(&j, "name", who_of(c));
    json_field(&j, "role", role_title(c->visitor->user.role, false));
    json_field(&j, "csrf", c->visitor->csrf);
    json_key(&j, "edits");
    json_bool(&j, may(c, ROUTE_STAFF_EDIT) && store_key(store_of(c)));
    json_key(&j, "reads");
    json_bool(&j, may(c, ROUTE_STAFF_RECORD));
    json_key(&j, "lists");
    json_open(&j, '[');
    for (int i = 0; may(c, ROUTE_FOOD) && i < staff_list_count(); i++) {
        json_open(&j, '{');
        json_field(&j, "of", arena_format(c->arena, "food:%s", staff_list_get(i)->name));
        json_field(&j, "title", staff_list_get(i)->title);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    return true;
}

/* The published feature of a code, with the name of its collection; false when it has none. */
static bool feature_json(const struct call *c, struct json *j, struct slice code)
{
    static const enum layer_id LAYERS[] = {LAYER_ESTABLISHMENTS, LAYER_STALLS};
    for (size_t i = 0; i < COUNT_OF(LAYERS); i++) {
        const struct snapshot_layer *l = snapshot_get(c->snapshot, LAYERS[i]);
        int64_t row = snapshot_find(l, code);
        if (row < 0)
            continue;
        json_open(j, '{');
        json_field(j, "type", "Feature");
        json_field_slice(j, "id", code);
        json_field(j, "collection", l->layer->name);
        json_key(j, "geometry");
        if (row < l->located)
            json_raw(j, slice_of(arena_format(c->arena, "{\"type\":\"Point\",\"coordinates\":[%.7f,%.7f]}",
                                              l->point[row].lon, l->point[row].lat)));
        else
            json_null(j);
        json_key(j, "properties");
        json_raw(j, snapshot_properties(l, (uint32_t)row));
        json_close(j, '}');
        return true;
    }
    return false;
}

/* "food:expired": the places of a working list (layers/staff_lists.def). */
static bool codes_of(const struct call *c, struct slice of, struct slice **codes, int *count, struct fault *f)
{
    enum { MOST = 2000 };
    struct food_rows rows;
    bool is_list = slice_starts(of, SLICE("food:"));
    const struct staff_list *list = is_list ? staff_list_find((struct slice){of.p + 5, of.n - 5}) : NULL;
    *count = 0;
    if (!is_list) {
        *count = place_codes_of(store_of(c), c->arena, of, MOST, codes);
        return true;
    }
    if (!list || list->layer != LAYER_FOOD_SAFETY)
        return fault_set(f, FAULT_NOT_FOUND, "of", "%s", "không có danh sách này");
    if (!food_rows_open(c, &rows, f))
        return false;
    bool good = food_rows_choose(c, &rows, list, f);
    *codes = ARENA_ARRAY(c->arena, struct slice, MOST);
    for (; good && *count < MOST && *count < (int)rows.count; (*count)++)
        (*codes)[*count] = arena_slice(c->arena, food_rows_text(&rows, rows.rows[*count], "code"));
    food_rows_close(&rows);
    return good;
}

bool staff_places(const struct call *c, struct reply *r, struct fault *f)
{
    struct slice *codes;
    struct json j = {.out = &r->body};
    int count, found = 0;
    if (!codes_of(c, c->value[PARAMETER_OF].text, &codes, &count, f))
        return false;
    r->type = format_type(FORMAT_JSON);
    json_open(&j, '{');
    json_field(&j, "type", "FeatureCollection");
    json_key(&j, "features");
    json_open(&j, '[');
    for (int i = 0; i < count; i++)
        found += feature_json(c, &j, codes[i]);
    json_close(&j, ']');
    json_field_int(&j, "numberMatched", found);
    json_close(&j, '}');
    return true;
}

/* --- the form --- */

static struct slice shown(const struct edit_value *v, struct slice value)
{
    const char *colon = strchr(v->field->kind, ':');
    char set[24] = "";
    if (!value.n)
        return SLICE("(trống)");
    if (!colon || (size_t)(colon - v->field->kind) >= sizeof set)
        return value;
    memcpy(set, v->field->kind, (size_t)(colon - v->field->kind));
    return say_word(set, value, false);
}

static void choice_html(struct buf *out, const struct edit_value *v, struct slice chosen)
{
    struct slice rest = slice_of(strchr(v->field->kind, ':') + 1), one;
    buf_format(out, "<select id=\"f-%s\" name=\"%s\">", v->field->name, v->field->name);
    if (!v->now.n)
        buf_text(out, "<option value=\"\">chưa có thông tin</option>");
    while (slice_next(&rest, ' ', &one)) {
        buf_format(out, "<option value=\"%.*s\"%s>", (int)one.n, one.p,
                   slice_equal(one, chosen) ? " selected" : "");
        html_text(out, shown(v, one));
        buf_text(out, "</option>");
    }
    buf_text(out, "</select>");
}

static void value_html(struct buf *out, const struct edit_value *v, struct slice value)
{
    buf_format(out, "<label for=\"f-%s\">%s</label>", v->field->name, v->field->title);
    if (v->is_conflict) {
        buf_text(out, "<p class=\"note warn\">Người khác vừa lưu: <b>");
        html_text(out, shown(v, v->now));
        buf_text(out, "</b>. Bạn định lưu: <b>");
        html_text(out, shown(v, v->mine));
        buf_text(out, "</b>. Giữ lại điều đúng rồi lưu.</p>");
    }
    buf_format(out, "<input type=\"hidden\" name=\"was-%s\" value=\"", v->field->name);
    html_attr(out, v->now);
    buf_text(out, "\">");
    if (strchr(v->field->kind, ':')) {
        choice_html(out, v, value);
        return;
    }
    bool is_date = strcmp(v->field->kind, "DATE") == 0;
    buf_format(out, "<input id=\"f-%s\" name=\"%s\" type=\"%s\" maxlength=\"%d\" value=\"", v->field->name,
               v->field->name, is_date ? "date" : "text", EDIT_TEXT_MOST);
    html_attr(out, value);
    buf_text(out, "\">");
}

static void degrees_input(struct buf *out, const char *label, const char *name, const double *value)
{
    buf_format(
        out,
        "<div><label for=\"f-%s\">%s</label><input id=\"f-%s\" name=\"%s\" inputmode=\"decimal\" required "
        "value=\"",
        name, label, name, name);
    if (value)
        buf_real(out, *value, 6);
    buf_text(out, "\"></div>");
}

static void position_html(const struct call *c, struct buf *out, const char *code, int64_t id)
{
    struct place_position at;
    bool stands = place_read_point(store_of(c), id, &at);
    buf_format(
        out,
        "<h2>Vị trí</h2><p>Dễ nhất là kéo ghim ngay trên <a href=\"/?staff=1&amp;id=%s\">bản đồ</a>. Hoặc "
        "gõ toạ độ đo tại chỗ (độ, WGS84).</p>",
        code);
    form_open(c, out, arena_format(c->arena, "/staff/c/%s/position", code));
    if (stands) {
        buf_text(out, "<input type=\"hidden\" name=\"was_lat\" value=\"");
        buf_real(out, at.at.lat, 7);
        buf_text(out, "\"><input type=\"hidden\" name=\"was_lon\" value=\"");
        buf_real(out, at.at.lon, 7);
        buf_text(out, "\">");
    }
    buf_text(out, "<div class=\"inline\">");
    degrees_input(out, "Vĩ độ", "lat", stands ? &at.at.lat : NULL);
    degrees_input(out, "Kinh độ", "lon", stands ? &at.at.lon : NULL);
    buf_text(out, "<button>Đặt ở đây</button></div></form>");
}

static bool form_page(const struct call *c, struct reply *r, const char *code, int64_t id,
                      struct edit_value *values, int count, const char *problem, bool keeps_mine)
{
    struct buf *out = &r->body;
    staff_page_open(c, r, "Sửa hồ sơ");
    buf_format(
        out,
        "<p>Mã tra cứu <a class=\"code\" href=\"/staff/c/%s\">%s</a>. Người dân thấy thay đổi ngay sau "
        "khi lưu; lần sửa cuối rút lại được.</p>",
        code, code);
    if (problem)
        note_html(out, "stop", problem);
    form_open(c, out, arena_format(c->arena, "/staff/c/%s/edit", code));
    for (int i = 0; i < count; i++)
        value_html(out, &values[i], keeps_mine ? values[i].mine : values[i].now);
    form_close(out, "Lưu");
    position_html(c, out, code, id);
    staff_page_close(c, r);
    return true;
}

bool staff_edit(const struct call *c, struct reply *r, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    int64_t id;
    struct edit_value values[EDIT_VALUES_MOST];
    if (!staff_find_place(c, code, &id, f))
        return false;
    int count = place_edit_read(store_of(c), c->arena, id, values);
    return form_page(c, r, code, id, values, count, NULL, false);
}

/* A field the form does not carry stays as it is. */
static void take_form(const struct call *c, struct edit_value *values, int count)
{
    for (int i = 0; i < count; i++) {
        const char *name = values[i].field->name;
        bool carried = false;
        for (int k = 0; k < c->form.count; k++)
            carried = carried || slice_equal(c->form.fields[k].name, slice_of(name));
        values[i].was = carried ? form_get(&c->form, arena_format(c->arena, "was-%s", name)) : values[i].now;
        values[i].mine = carried ? slice_trim(form_get(&c->form, name)) : values[i].now;
    }
}

bool staff_edit_do(const struct call *c, struct reply *r, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    int64_t id;
    struct edit_value values[EDIT_VALUES_MOST];
    enum edit_result result = EDIT_NOTHING;
    struct fault wrong = {0};
    if (!staff_find_place(c, code, &id, f))
        return false;
    struct place_edit edit = {.place_id = id, .who = who_of(c), .values = values};
    edit.count = place_edit_read(store_of(c), c->arena, id, values);
    take_form(c, values, edit.count);
    bool good = place_edit_save(store_of(c), c->arena, &edit, &result, &wrong);
    if (!good && fault_http_status(wrong.code) != 400)
        return fault_set(f, wrong.code, wrong.place, "%s", wrong.text);
    if (good && result != EDIT_CONFLICT) {
        reply_redirect(r, 303, arena_format(c->arena, "/staff/c/%s", code));
        return true;
    }
    r->status = good ? 409 : 400;
    const char *problem =
        good ? "Hồ sơ đã được người khác sửa trong lúc bạn mở trang này. Chưa lưu gì; xem những "
               "chỗ được đánh dấu rồi lưu lại."
             : staff_sentence(c, &wrong);
    return form_page(c, r, code, id, values, edit.count, problem, true);
}

/* --- the pin --- */

/* "16,0678" or "16.0678", within Viet Nam. */
static bool read_degrees(struct slice typed, double least, double most, double *out)
{
    char text[24];
    typed = slice_trim(typed);
    if (!typed.n || typed.n >= sizeof text)
        return false;
    for (size_t i = 0; i < typed.n; i++)
        text[i] = typed.p[i] == ',' ? '.' : typed.p[i];
    return slice_to_real((struct slice){text, typed.n}, out) && isfinite(*out) && *out >= least &&
           *out <= most;
}

static bool read_spot(const struct call *c, const char *lat, const char *lon, struct lonlat *at)
{
    return read_degrees(form_get(&c->form, lat), 8, 24, &at->lat) &&
           read_degrees(form_get(&c->form, lon), 102, 110, &at->lon);
}

static bool find_areas(const struct call *c, struct place_pin *pin, struct fault *f)
{
    struct geocoder *g;
    if (!geocoder_open(&g, store_of(c), f))
        return false;
    geocode_areas(g, pin->to.at, &pin->group_id, &pin->ward_id);
    geocoder_close(g);
    return true;
}

/* For the map's script: what happened, as one word. */
static bool move_answer(const struct call *c, struct reply *r, const char *code, enum edit_result result)
{
    bool is_script = form_get(&c->form, "script").n > 0;
    r->status = result == EDIT_CONFLICT ? 409 : 200;
    if (is_script) {
        r->type = format_type(FORMAT_JSON);
        buf_format(&r->body, "{\"result\":\"%s\"}", result == EDIT_CONFLICT ? "conflict" : "saved");
        return true;
    }
    if (result == EDIT_CONFLICT) {
        staff_refuse(
            (struct call *)c, r, 409,
            "Ghim đã được người khác đặt lại trong lúc bạn mở trang này. Mở lại hồ sơ để xem chỗ mới.");
        return true;
    }
    reply_redirect(r, 303, arena_format(c->arena, "/staff/c/%s", code));
    return true;
}

bool staff_move(const struct call *c, struct reply *r, struct fault *f)
{
    static const double OFFICER_M = 15; /* an officer's pin: as a hand-held receiver */
    char code[CODE_LENGTH + 1];
    int64_t id;
    struct lonlat was;
    enum edit_result result = EDIT_NOTHING;
    struct place_pin pin = {.who = who_of(c), .to = {.position = "gps", .accuracy_m = OFFICER_M}};
    if (!staff_find_place(c, code, &id, f))
        return false;
    if (!read_spot(c, "lat", "lon", &pin.to.at))
        return fault_set(f, FAULT_BAD_COORDINATE, NULL, "%s",
                         "vĩ độ từ 8 đến 24, kinh độ từ 102 đến 110 (độ)");
    struct pin_lesson lesson = {store_of(c), id, pin.who, pin.to.at};
    pin.teach = learn_pin;
    pin.teach_context = &lesson;
    pin.was = read_spot(c, "was_lat", "was_lon", &was) ? &was : NULL;
    struct buf why = {0};
    buf_text(&why, "{\"why\":\"cán bộ đặt ghim\",\"decided_by\":");
    buf_json(&why, slice_of(pin.who));
    buf_char(&why, '}');
    pin.to.explanation = arena_slice(c->arena, buf_to_slice(&why));
    buf_release(&why);
    return find_areas(c, &pin, f) && place_edit_move(store_of(c), id, &pin, &result, f) &&
           move_answer(c, r, code, result);
}

/* --- history --- */

/* Of a position the first word is one of the set. */
static void side_html(struct buf *out, struct slice field, struct slice text)
{
    struct slice rest = text, first;
    const char *kind = edit_kind(field), *colon = kind ? strchr(kind, ':') : NULL;
    char set[24] = "";
    if (colon && (size_t)(colon - kind) < sizeof set)
        memcpy(set, kind, (size_t)(colon - kind));
    if (set[0] && text.n) {
        html_text(out, say_word(set, text, false));
    } else if (!text.n) {
        buf_text(out, "(trống)");
    } else if (slice_equal(field, SLICE("position")) && slice_next(&rest, ' ', &first)) {
        html_text(out, say_word("position", first, false));
        buf_char(out, ' ');
        html_text(out, rest);
    } else {
        html_text(out, text);
    }
}

static void change_html(struct buf *out, struct slice line)
{
    struct slice field, before;
    slice_next(&line, '\t', &field);
    if (!slice_next(&line, '\t', &before))
        before = SLICE("");
    buf_text(out, "<li>");
    html_text(out, edit_title(field));
    buf_text(out, ": <del>");
    side_html(out, field, before);
    buf_text(out, "</del> → <b>");
    side_html(out, field, line);
    buf_text(out, "</b></li>");
}

static void line_html(const struct call *c, struct buf *out, const struct edit_line *line)
{
    struct slice rest = line->changes, one;
    buf_format(out, "<li>%s, ", moment_text(c, line->at));
    html_text(out, line->by);
    buf_text(out, "<ul>");
    while (slice_next(&rest, '\n', &one))
        change_html(out, one);
    buf_text(out, "</ul>");
    if (line->undone_at.n) {
        buf_format(out, "<p class=\"quiet\">đã rút lại %s, ", moment_text(c, line->undone_at));
        html_text(out, line->undone_by);
        buf_text(out, "</p>");
    }
    buf_text(out, "</li>");
}

void edits_html(const struct call *c, struct buf *out, const char *code)
{
    enum { SHOWN = 20 };
    struct edit_line *lines;
    int count = place_edit_list(store_of(c), c->arena, slice_of(code), SHOWN, &lines);
    if (!count)
        return;
    buf_text(out, "<h2>Sửa bằng tay</h2><ul>");
    int latest = -1;
    for (int i = 0; i < count; i++) {
        line_html(c, out, &lines[i]);
        latest = latest < 0 && !lines[i].undone_at.n ? i : latest;
    }
    buf_text(out, "</ul>");
    if (latest < 0 || !may(c, ROUTE_STAFF_EDIT_UNDO))
        return;
    form_open(c, out, arena_format(c->arena, "/staff/c/%s/undo", code));
    buf_format(out,
               "<input type=\"hidden\" name=\"edit\" value=\"%lld\"><p><button>Rút lại lần sửa "
               "cuối</button></p></form>",
               (long long)lines[latest].id);
}

static struct slice field_of(struct slice changes)
{
    struct slice field = {"", 0};
    return slice_next(&changes, '\t', &field) ? field : SLICE("");
}

/* Who may not publish a result may not take its publishing back either. */
static bool may_undo(const struct call *c, const char *code, int64_t edit)
{
    enum { LOOKED_AT = 20 };
    struct edit_line *lines;
    int count = place_edit_list(store_of(c), c->arena, slice_of(code), LOOKED_AT, &lines);
    for (int i = 0; i < count; i++)
        if (lines[i].id == edit && food_entry_publishes(field_of(lines[i].changes)))
            return may(c, ROUTE_FOOD_PUBLISH);
    return true;
}

bool staff_edit_undo(const struct call *c, struct reply *r, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    int64_t id, edit = 0;
    if (!staff_find_place(c, code, &id, f))
        return false;
    if (!slice_to_int(form_get(&c->form, "edit"), &edit))
        return fault_set(f, FAULT_BAD_PARAMETER, "edit", "%s", "không có lần sửa này");
    if (!may_undo(c, code, edit))
        return fault_set(f, FAULT_FORBIDDEN, NULL, "%s",
                         "chỉ người được công khai kết quả mới rút lại việc này");
    if (!place_edit_undo(store_of(c), slice_of(code), edit, who_of(c), f))
        return false;
    reply_redirect(r, 303, arena_format(c->arena, "/staff/c/%s", code));
    return true;
}
