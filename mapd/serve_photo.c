/* serve_photo: pictures of a place in its record: brought, looked at, taken away, put back. */
#include "import/import.h"
#include "mapd/staff.h"

static struct store *store_of(const struct call *c)
{
    return c->serve->staff->store;
}

bool photo_of_form(const struct call *c, struct image **image, struct slice *jpeg, struct fault *f)
{
    struct buf bytes = {0};
    const struct form_field *file = form_file(&c->form, "photo");
    *image = NULL;
    if (!file || !file->value.n)
        return true;
    *image = ARENA_NEW(c->arena, struct image);
    bool good = import_picture(file->value, &bytes, *image, f);
    *jpeg = arena_slice(c->arena, buf_to_slice(&bytes));
    buf_release(&bytes);
    return good;
}

/* --- in the record --- */

static void line_html(const struct call *c, struct buf *out, const char *code, const struct photo_line *l)
{
    const char *path = arena_format(c->arena, "/staff/c/%s/photos/%lld", code, (long long)l->id);
    buf_format(out, "<li><a href=\"%s\"><img src=\"%s\" loading=\"lazy\" alt=\"", path, path);
    html_attr(out, l->caption.n ? l->caption : SLICE("Ảnh của nơi này"));
    buf_text(out, "\"></a>");
    html_text(out, l->caption);
    buf_format(out, "<p class=\"quiet\">%s, ", moment_text(c, l->added_at));
    html_text(out, l->added_by);
    if (l->taken_on.n)
        buf_format(out, "; chụp ngày %s", day_text(c, l->taken_on));
    if (l->distance_m >= 0)
        buf_format(out, "; cách ghim %lld m", (long long)l->distance_m);
    buf_text(out, "</p>");
}

static void step_html(const struct call *c, struct buf *out, const char *code, const struct photo_line *l)
{
    if (!may(c, ROUTE_STAFF_PHOTO_STEP))
        return;
    form_open(c, out, arena_format(c->arena, "/staff/c/%s/photos/%lld", code, (long long)l->id));
    buf_format(out, "<button name=\"step\" value=\"%s\">%s</button></form>",
               l->removed_at.n ? "restore" : "remove", l->removed_at.n ? "Đặt lại ảnh" : "Gỡ ảnh");
}

static void removed_html(const struct call *c, struct buf *out, const char *code,
                         const struct photo_line *lines, int count)
{
    if (!count)
        return;
    buf_format(out, "<details><summary>%d ảnh đã gỡ, giữ %d ngày rồi xoá hẳn</summary><ul>", count,
               PHOTO_DAYS);
    for (int i = 0; i < count; i++) {
        buf_text(out, "<li>");
        html_text(out, lines[i].caption.n ? lines[i].caption : SLICE("Ảnh"));
        buf_format(out, ": gỡ %s, ", moment_text(c, lines[i].removed_at));
        html_text(out, lines[i].removed_by);
        step_html(c, out, code, &lines[i]);
        buf_text(out, "</li>");
    }
    buf_text(out, "</ul></details>");
}

static void form_html(const struct call *c, struct buf *out, const char *code)
{
    if (!may(c, ROUTE_STAFF_PHOTO_ADD))
        return;
    buf_text(out, "<details><summary>Thêm ảnh</summary>");
    form_open(c, out, arena_format(c->arena, "/staff/c/%s/photos", code));
    form_input(out, "Ảnh của nơi này (JPEG, PNG, WebP; tối đa 12 MB)", "photo", "file",
               "required accept=\"image/jpeg,image/png,image/webp\" capture=\"environment\"");
    form_input(out, "Chú thích (không bắt buộc)", "caption", "text", "maxlength=\"60\"");
    buf_text(out,
             "<p class=\"quiet\">Chỉ cán bộ xem được. Vị trí, ngày chụp được đọc rồi bỏ khỏi ảnh; tránh chụp "
             "mặt người, số tài khoản.</p>");
    form_close(out, "Lưu ảnh");
    buf_text(out, "</details>");
}

void photos_html(const struct call *c, struct buf *out, const char *code)
{
    struct photo_line *lines;
    if (!may(c, ROUTE_STAFF_PHOTO))
        return;
    int count = photo_list(store_of(c), c->arena, code, &lines), there = 0;
    while (there < count && !lines[there].removed_at.n)
        there++;
    if (!count && !may(c, ROUTE_STAFF_PHOTO_ADD))
        return;
    buf_text(out, "<h2>Ảnh</h2>");
    buf_text(out, there ? "<ul class=\"photos\">" : "<p class=\"quiet\">Chưa có ảnh.</p>");
    for (int i = 0; i < there; i++) {
        line_html(c, out, code, &lines[i]);
        step_html(c, out, code, &lines[i]);
        buf_text(out, "</li>");
    }
    buf_text(out, there ? "</ul>" : "");
    removed_html(c, out, code, lines + there, count - there);
    form_html(c, out, code);
}

/* --- the routes --- */

static bool back(const struct call *c, struct reply *r, const char *code)
{
    reply_redirect(r, 303, arena_format(c->arena, "/staff/c/%s", code));
    return true;
}

bool staff_photo_add(const struct call *c, struct reply *r, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    int64_t id;
    struct photo_new p = {
        .code = code, .who = who_of(c), .caption = slice_trim(form_get(&c->form, "caption"))};
    if (!staff_find_place(c, code, &id, f) || !photo_of_form(c, &p.image, &p.jpeg, f))
        return false;
    if (!p.image)
        return fault_set(f, FAULT_BAD_PARAMETER, "photo", "%s", "hãy chọn một ảnh");
    return photo_add(store_of(c), &p, f) && back(c, r, code);
}

bool staff_photo_step(const struct call *c, struct reply *r, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    int64_t id;
    struct slice step = form_get(&c->form, "step");
    struct photo_step p = {.id = c->value[PARAMETER_PHOTO].integer,
                           .code = code,
                           .who = who_of(c),
                           .removes = slice_equal(step, SLICE("remove"))};
    if (!p.removes && !slice_equal(step, SLICE("restore")))
        return fault_set(f, FAULT_BAD_PARAMETER, "step", "%s", "remove hoặc restore");
    return staff_find_place(c, code, &id, f) && photo_step(store_of(c), &p, f) && back(c, r, code);
}

bool staff_photo(const struct call *c, struct reply *r, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    int64_t id;
    r->type = "image/jpeg";
    return staff_find_place(c, code, &id, f) &&
           photo_read(store_of(c), c->value[PARAMETER_PHOTO].integer, code, who_of(c), &r->body, f);
}
