/* serve_label: sheets of labels for a market, and what became of them: made, printed, posted with a photo,
 * taken down. The codes on a sheet carry the public address of this server. */
#include "mapd/labels.h"
#include "mapd/say.h"
#include "mapd/staff.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct store *store_of(const struct call *c)
{
    return c->serve->staff->store;
}

/* --- the page of all markets --- */

static void market_field(struct buf *out, const struct label_market *m)
{
    buf_text(out, "<input type=\"hidden\" name=\"market\" value=\"");
    html_attr(out, m->code);
    buf_text(out, "\">");
}

static void sheet_form(const struct call *c, struct buf *out, const struct label_market *m)
{
    static const char *const SIZES[][2] = {
        {"small", "nhỏ, 12 nhãn một tờ"}, {"medium", "vừa, 6 nhãn một tờ"}, {"large", "lớn, 2 nhãn một tờ"}};
    form_open(c, out, "/staff/labels/sheet");
    market_field(out, m);
    buf_format(out, "<select name=\"size\" aria-label=\"Cỡ nhãn\">");
    for (size_t i = 0; i < COUNT_OF(SIZES); i++)
        buf_format(out, "<option value=\"%s\"%s>%s</option>", SIZES[i][0], i == 1 ? " selected" : "",
                   SIZES[i][1]);
    buf_text(out, "</select> <button>Làm tờ nhãn (PDF)</button></form>");
    if (!m->stalls[LABEL_ISSUED])
        return;
    form_open(c, out, "/staff/labels/printed");
    market_field(out, m);
    buf_format(out, "<button>Đã in %lld nhãn</button></form>", (long long)m->stalls[LABEL_ISSUED]);
}

static void market_row(const struct call *c, struct buf *out, const struct label_market *m)
{
    buf_text(out, "<tr><td>");
    html_text(out, m->name);
    buf_text(out, "</td>");
    for (int i = 0; i < LABEL_STATE_COUNT; i++)
        buf_format(out, "<td class=\"n\">%lld</td>", (long long)m->stalls[i]);
    buf_text(out, "<td>");
    if (may(c, ROUTE_STAFF_LABEL_SHEET))
        sheet_form(c, out, m);
    buf_text(out, "</td></tr>");
}

bool staff_labels(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct label_market *markets;
    struct buf *out = &r->body;
    int count = label_markets(store_of(c), c->arena, &markets);
    staff_page_open(c, r, "Nhãn QR");
    buf_text(out,
             "<p>Làm tờ nhãn, in (không co giãn, khổ A4), cắt theo dấu, dán ở quầy. Tải tờ nhãn xong, bấm "
             "<a href=\"/staff/labels\">Nhãn QR</a> lần nữa: nút “Đã in” hiện ở dòng của chợ; in xong thì "
             "bấm. Dán xong mở "
             "hồ sơ của quầy, bấm “Đã dán” và kèm ảnh. Nhãn là để tra cứu, không phải mã thanh toán.</p>");
    if (!c->serve->base_url)
        note_html(out, "warn",
                  "Máy chủ chưa được đặt địa chỉ công khai (người quản trị chạy nó với --base-url): mã trên "
                  "nhãn sẽ mang "
                  "địa chỉ của trang này. Chỉ để thử, "
                  "đừng dán.");
    html_table_open(out, "Nhãn QR");
    buf_text(out, "<tr><th>Chợ</th>");
    for (int i = 0; i < LABEL_STATE_COUNT; i++) {
        struct slice word = say_word("label", slice_of(label_state_name((enum label_state)i)), false);
        buf_format(out, "<th class=\"n\">%.*s</th>", (int)word.n, word.p);
    }
    buf_text(out, "<th>Việc</th></tr>");
    for (int i = 0; i < count; i++)
        market_row(c, out, &markets[i]);
    html_table_close(out);
    staff_page_close(c, r);
    return true;
}

/* --- a sheet --- */

/* Cairo writes to a file; a nameless neighbour of it would do, but it wants a path. */
static bool draw(struct label_sheet *sheet, struct buf *out, struct fault *f)
{
    enum { PDF_MOST = 256 << 20 };
    const char *folder = getenv("TMPDIR");
    struct buf path = {0};
    int pages = 0;
    buf_format(&path, "%s/mapd-labels-XXXXXX%c", folder ? folder : "/tmp", 0);
    int fd = mkstemp(path.p);
    if (fd < 0) {
        buf_release(&path);
        return fault_set(f, FAULT_FILE_WRITE, NULL, "%s", "không tạo được tệp tạm");
    }
    close(fd);
    sheet->path = path.p;
    bool good = pdf_labels(sheet, &pages, f) && file_read(path.p, PDF_MOST, out, f);
    unlink(path.p);
    buf_release(&path);
    return good;
}

bool staff_label_sheet(const struct call *c, struct reply *r, struct fault *f)
{
    struct label_order order = {.snapshot = c->snapshot,
                                .base_url = c->base,
                                .ward = c->serve->ward_name[0] ? c->serve->ward_name : NULL,
                                .is_sample = c->serve->is_sample,
                                .market = arena_text(c->arena, form_get(&c->form, "market"))};
    struct label_sheet sheet = {0};
    if (!label_size_find(arena_text(c->arena, form_get(&c->form, "size")), &order.size))
        return fault_set(f, FAULT_BAD_PARAMETER, "size", "%s", "cỡ nhãn: small, medium, large");
    if (!labels_collect(&order, c->arena, &sheet, f) || !draw(&sheet, &r->body, f))
        return false;
    const char **codes = ARENA_ARRAY(c->arena, const char *, (size_t)sheet.count + 1);
    for (uint32_t i = 0; i < sheet.count; i++)
        codes[i] = sheet.labels[i].code;
    struct label_step step = {.codes = codes, .count = sheet.count, .state = LABEL_ISSUED, .who = who_of(c)};
    r->type = "application/pdf";
    reply_header(r, "Content-Disposition", "attachment; filename=\"nhan-qr.pdf\"");
    return label_note(store_of(c), &step, f);
}

bool staff_label_printed(const struct call *c, struct reply *r, struct fault *f)
{
    const char **codes;
    int count = label_codes(store_of(c), c->arena, form_get(&c->form, "market"), LABEL_ISSUED, &codes);
    struct label_step step = {
        .codes = codes, .count = (uint32_t)count, .state = LABEL_PRINTED, .who = who_of(c)};
    if (!label_note(store_of(c), &step, f))
        return false;
    reply_redirect(r, 303, "/staff/labels");
    return true;
}

/* --- one label --- */

static void step_html(const struct call *c, struct buf *out, const struct label_line *line)
{
    buf_text(out, "<li>");
    html_text(out, say_word("label", slice_of(label_state_name(line->state)), false));
    buf_format(out, ": %s, ", moment_text(c, line->at));
    html_text(out, line->by);
    if (line->has_photo && may(c, ROUTE_STAFF_LABEL_PHOTO))
        buf_format(out, " · <a href=\"/staff/labels/%lld/photo\">ảnh</a>", (long long)line->id);
    buf_text(out, "</li>");
}

void labels_html(const struct call *c, struct buf *out, const char *code)
{
    struct label_line *lines;
    int count = label_list(store_of(c), c->arena, slice_of(code), &lines);
    bool may_step = may(c, ROUTE_STAFF_LABEL_STEP);
    if (!count && !may_step)
        return;
    buf_text(out, "<h2>Nhãn QR</h2><ul>");
    for (int i = 0; i < count; i++)
        step_html(c, out, &lines[i]);
    buf_text(out, count ? "</ul>" : "<li>chưa làm nhãn</li></ul>");
    if (!may_step)
        return;
    form_open(c, out, arena_format(c->arena, "/staff/c/%s/label", code));
    form_input(out, "Ảnh nhãn tại chỗ (không bắt buộc, tối đa 12 MB)", "photo", "file",
               "accept=\"image/jpeg,image/png,image/webp\"");
    buf_text(
        out,
        "<p class=\"buttons\"><button name=\"state\" value=\"posted\">Đã dán</button><button name=\"state\" "
        "value=\"retired\">Đã gỡ</button></p></form>");
}

bool staff_label_step(const struct call *c, struct reply *r, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    int64_t id;
    const char *codes[1] = {code};
    struct label_step step = {.codes = codes, .count = 1, .who = who_of(c)};
    if (!staff_find_place(c, code, &id, f))
        return false;
    if (!label_state_find(form_get(&c->form, "state"), &step.state) || step.state == LABEL_NONE)
        return fault_set(f, FAULT_BAD_PARAMETER, "state", "%s", "posted hoặc retired");
    if (!photo_of_form(c, &step.image, &step.jpeg, f) || !label_note(store_of(c), &step, f))
        return false;
    reply_redirect(r, 303, arena_format(c->arena, "/staff/c/%s", code));
    return true;
}

bool staff_label_photo(const struct call *c, struct reply *r, struct fault *f)
{
    if (!label_photo(store_of(c), c->value[PARAMETER_LABEL].integer, who_of(c), &r->body, f))
        return false;
    r->type = "image/jpeg";
    return true;
}
