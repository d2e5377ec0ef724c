/* serve_food: the food-safety desk: one place with the forms of what happens to it, and what concerns no
 * single place. The forms stand in layers/food_entry.def; who may use which desk, in staff.def. */
#include "mapd/food.h"
#include "mapd/say.h"

#include <string.h>

static struct store *store_of(const struct call *c)
{
    return c->serve->staff->store;
}

/* --- a form --- */

static struct slice set_of(const struct call *c, const char *kind)
{
    const char *colon = strchr(kind, ':');
    return colon ? slice_of(arena_format(c->arena, "%.*s", (int)(colon - kind), kind)) : (struct slice){0};
}

static void option_html(struct buf *out, struct slice value, struct slice label, bool is_chosen)
{
    buf_text(out, "<option value=\"");
    html_attr(out, value);
    buf_text(out, is_chosen ? "\" selected>" : "\">");
    html_text(out, label);
    buf_text(out, "</option>");
}

static void select_html(const struct call *c, struct buf *out, const char *id, const struct food_input *input,
                        struct slice value)
{
    struct slice set = set_of(c, input->kind), rest = slice_of(set.n ? input->kind + set.n + 1 : ""), one;
    buf_format(out, "<select id=\"%s\" name=\"%s\"%s>", id, input->name,
               input->is_required ? " required" : "");
    if (!value.n || !input->is_required)
        option_html(out, SLICE(""), SLICE("(chọn)"), false);
    while (slice_next(&rest, ' ', &one))
        option_html(out, one, say_word(set.p, one, false), slice_equal(one, value));
    for (int i = 0; i < input->choice_count; i++)
        option_html(out, input->choices[i].value, input->choices[i].label,
                    slice_equal(input->choices[i].value, value));
    buf_text(out, "</select>");
}

static void line_html(struct buf *out, const char *id, const struct food_input *input, struct slice value)
{
    bool is_day = strcmp(input->kind, "DATE") == 0 || strcmp(input->kind, "DAY") == 0;
    bool is_number = strcmp(input->kind, "NUMBER") == 0 || strcmp(input->kind, "MONEY") == 0;
    buf_format(out,
               "<input id=\"%s\" name=\"%s\" type=\"%s\" autocomplete=\"off\" maxlength=\"%d\"%s%s value=\"",
               id, input->name, is_day ? "date" : "text", FOOD_TEXT_MOST,
               is_number ? " inputmode=\"numeric\"" : "", input->is_required ? " required" : "");
    html_attr(out, value);
    buf_text(out, "\">");
}

static void input_html(const struct call *c, struct buf *out, const struct food_form *form,
                       const struct food_input *input, struct slice value)
{
    const char *id = arena_format(c->arena, "%s-%s", form->name, input->name);
    buf_format(out, "<label for=\"%s\">%s</label>", id, input->title);
    if (strcmp(input->kind, "PICK") == 0 || strchr(input->kind, ':')) {
        select_html(c, out, id, input, value);
    } else if (strcmp(input->kind, "LINES") == 0 || strcmp(input->kind, "SPEECH") == 0) {
        buf_format(out, "<textarea id=\"%s\" name=\"%s\" rows=\"3\" maxlength=\"%d\"%s>", id, input->name,
                   FOOD_TEXT_MOST, input->is_required ? " required" : "");
        html_text(out, value);
        buf_text(out, "</textarea>");
    } else {
        line_html(out, id, input, value);
    }
}

static bool has_nothing_to_do(const struct food_input *inputs, int count)
{
    for (int i = 0; i < count; i++)
        if (inputs[i].is_required && strcmp(inputs[i].kind, "PICK") == 0 && !inputs[i].choice_count)
            return true;
    return false;
}

void food_forms_html(const struct call *c, struct buf *out, enum food_desk desk, const struct food_page *page)
{
    for (int k = 0; k < food_form_count(); k++) {
        const struct food_form *form = food_form_get(k);
        struct food_input inputs[FOOD_INPUTS_MOST];
        if (form->desk != desk)
            continue;
        int count = food_form_read(store_of(c), c->arena, form, page->place_id, inputs);
        bool is_mine = form == page->tried;
        if (has_nothing_to_do(inputs, count))
            continue;
        buf_format(out, "<details id=\"%s\"%s><summary>%s</summary>", form->name, is_mine ? " open" : "",
                   form->title);
        form_open(c, out, page->action);
        buf_format(out, "<input type=\"hidden\" name=\"form\" value=\"%s\">", form->name);
        for (int i = 0; i < count; i++)
            input_html(c, out, form, &inputs[i],
                       is_mine ? form_get(&c->form, inputs[i].name) : inputs[i].now);
        form_close(out, "Ghi");
        buf_text(out, "</details>");
    }
}

void food_office_html(const struct call *c, struct buf *out)
{
    food_sections_html(c, out, 0);
}

/* --- taking a form --- */

bool food_form_take(const struct call *c, enum food_desk desk, int64_t place_id,
                    const struct food_form **tried, struct fault *f)
{
    struct food_input inputs[FOOD_INPUTS_MOST];
    struct food_entry entry = {
        .form = food_form_find(form_get(&c->form, "form"), desk), .place_id = place_id, .who = who_of(c)};
    *tried = entry.form;
    if (!entry.form)
        return fault_set(f, FAULT_BAD_PARAMETER, "form", "%s", "không có biểu mẫu này");
    int count = food_form_read(store_of(c), c->arena, entry.form, place_id, inputs);
    for (int i = 0; i < count; i++)
        entry.values[i] = form_get(&c->form, inputs[i].name);
    return food_entry_save(store_of(c), c->arena, &entry, f);
}

/* --- one place --- */

static bool place_page(const struct call *c, struct reply *r, const char *code, int64_t id,
                       const struct food_form *tried, const char *problem)
{
    struct buf *out = &r->body;
    struct place_known known;
    bool named = place_read(store_of(c), c->arena, id, &known) && known.place.name.n;
    struct food_page page = {
        .place_id = id, .tried = tried, .action = arena_format(c->arena, "/staff/food/%s", code)};
    staff_page_open(c, r,
                    arena_format(c->arena, "An toàn thực phẩm: %s",
                                 named ? arena_text(c->arena, known.place.name) : code));
    buf_format(out,
               "<p class=\"buttons\"><a href=\"/staff/c/%s\">Hồ sơ đầy đủ, dữ liệu riêng, rút lại lần ghi "
               "cuối</a><a href=\"/c/%s\">Trang tra cứu công khai</a></p>",
               code, code);
    if (problem)
        note_html(out, "stop", problem);
    food_sections_html(c, out, id);
    if (may(c, ROUTE_FOOD_ENTER)) {
        buf_text(out, "<h2>Ghi vào hồ sơ</h2>");
        food_forms_html(c, out, FOOD_PLACE_ENTER, &page);
    }
    page.action = arena_format(c->arena, "/staff/food/%s/publish", code);
    if (may(c, ROUTE_FOOD_PUBLISH)) {
        buf_text(out,
                 "<h2>Đường ra công khai</h2><p>Nội bộ → báo cơ sở → cơ sở trả lời, hoặc hết hạn trả lời → "
                 "người khác quyết công khai. Lời của cơ sở hiện cạnh kết quả. Kết quả mới thay kết quả "
                 "cũ.</p>");
        food_forms_html(c, out, FOOD_PLACE_PUBLISH, &page);
    }
    staff_page_close(c, r);
    return true;
}

bool staff_food_place(const struct call *c, struct reply *r, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    int64_t id;
    return staff_find_place(c, code, &id, f) && place_page(c, r, code, id, NULL, NULL);
}

/* A refusal shows the page again, with what was typed. */
static bool take_at_place(const struct call *c, struct reply *r, enum food_desk desk, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    int64_t id;
    const struct food_form *tried;
    struct fault wrong = {0};
    if (!staff_find_place(c, code, &id, f))
        return false;
    if (food_form_take(c, desk, id, &tried, &wrong)) {
        reply_redirect(r, 303, arena_format(c->arena, "/staff/food/%s", code));
        return true;
    }
    if (fault_http_status(wrong.code) != 400)
        return fault_set(f, wrong.code, wrong.place, "%s", wrong.text);
    r->status = 400;
    return place_page(c, r, code, id, tried, staff_sentence(c, &wrong));
}

bool staff_food_enter(const struct call *c, struct reply *r, struct fault *f)
{
    return take_at_place(c, r, FOOD_PLACE_ENTER, f);
}

bool staff_food_publish(const struct call *c, struct reply *r, struct fault *f)
{
    return take_at_place(c, r, FOOD_PLACE_PUBLISH, f);
}
