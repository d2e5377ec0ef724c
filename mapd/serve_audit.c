/* serve_audit: the record of what was done, searched and taken away as a file by the administrator. What is
 * looked for travels in a form, not in an address. */
#include "mapd/staff.h"

#include <string.h>

enum { LINES = 100, EXPORT_LINES = 5000, EXPORT_MOST = 200000 };

static bool read_day(const struct call *c, const char *field, struct date *day, struct fault *f)
{
    struct slice text = slice_trim(form_get(&c->form, field));
    return !text.n || date_parse_iso(text, day) ||
           fault_set(f, FAULT_BAD_DATE, "ngày", "viết năm-tháng-ngày, như 2026-11-22");
}

static bool read_query(const struct call *c, struct audit_query *q, struct fault *f)
{
    struct slice before = form_get(&c->form, "before");
    *q = (struct audit_query){.who = slice_trim(form_get(&c->form, "who")),
                              .action = slice_trim(form_get(&c->form, "action")),
                              .subject = slice_trim(form_get(&c->form, "subject")),
                              .before = c->value[PARAMETER_BEFORE].integer,
                              .limit = LINES};
    if (before.n && (!slice_to_int(before, &q->before) || q->before < 0))
        return fault_set(f, FAULT_BAD_VALUE, "before", "không phải số của một mục");
    return read_day(c, "from", &q->from, f) && read_day(c, "to", &q->to, f);
}

/* --- the page --- */

struct search_field {
    const char *name, *label, *type, *list;
};

static const struct search_field FIELDS[] = {{"who", "Ai", "text", ""},
                                             {"action", "Việc (bắt đầu bằng)", "text", " list=\"actions\""},
                                             {"subject", "Về (có chữ)", "text", ""},
                                             {"from", "Từ ngày", "date", ""},
                                             {"to", "Đến ngày", "date", ""}};

static void fields_html(const struct call *c, struct buf *out, bool hidden)
{
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++) {
        if (!hidden)
            buf_format(out, "<label for=\"f-%s\">%s</label>", FIELDS[i].name, FIELDS[i].label);
        buf_format(out, "<input name=\"%s\" type=\"%s\" maxlength=\"60\"%s value=\"", FIELDS[i].name,
                   hidden ? "hidden" : FIELDS[i].type, hidden ? "" : FIELDS[i].list);
        html_attr(out, form_get(&c->form, FIELDS[i].name));
        if (hidden)
            buf_text(out, "\">");
        else
            buf_format(out, "\" id=\"f-%s\">", FIELDS[i].name);
    }
}

static void search_form(const struct call *c, struct buf *out)
{
    static const char *const ACTIONS[] = {"private.read", "sign_in", "sign_in.refused", "user.",  "token.",
                                          "import",       "review.", "policy",          "backup", "restore",
                                          "key.",         "period."};
    form_open(c, out, "/staff/audit");
    fields_html(c, out, false);
    buf_text(out, "<datalist id=\"actions\">");
    for (size_t i = 0; i < COUNT_OF(ACTIONS); i++)
        buf_format(out, "<option value=\"%s\">", ACTIONS[i]);
    buf_text(out, "</datalist><p><button class=\"main\">Tìm</button> "
                  "<button formaction=\"/staff/audit.csv\">Xuất CSV</button></p></form>");
}

static void older_button(const struct call *c, struct buf *out, int64_t last)
{
    form_open(c, out, "/staff/audit");
    fields_html(c, out, true);
    buf_format(out,
               "<input type=\"hidden\" name=\"before\" value=\"%lld\"><p><button>Cũ hơn</button></p></form>",
               (long long)last);
}

static void line_html(const struct call *c, struct buf *out, const struct audit_line *line)
{
    const struct slice cells[] = {line->who, line->action, line->subject, line->detail};
    buf_format(out, "<tr><td class=\"n\">%lld</td><td>%s</td>", (long long)line->id,
               moment_text(c, line->at));
    for (size_t k = 0; k < COUNT_OF(cells); k++) {
        buf_text(out, "<td>");
        html_text(out, cells[k]);
        buf_text(out, "</td>");
    }
    buf_text(out, "</tr>");
}

bool staff_audit(const struct call *c, struct reply *r, struct fault *f)
{
    struct audit_line *lines;
    struct audit_query q;
    if (!read_query(c, &q, f))
        return false;
    int count = audit_list(c->serve->staff->store, &q, c->arena, &lines);
    struct buf *out = &r->body;
    staff_page_open(c, r, "Nhật ký");
    buf_text(out, "<p>Ai đã làm gì, và ai đã xem dữ liệu riêng; mới nhất ở trên. Nhật ký chỉ thêm, không "
                  "sửa, không xoá; "
                  "<code>mapd check</code> kiểm tra chuỗi.</p>");
    search_form(c, out);
    html_table_open(out, "Nhật ký");
    buf_text(out, "<tr><th>Số</th><th>Lúc</th><th>Ai</th><th>Việc</th><th>Về</th><th>Chi tiết</th></tr>");
    for (int i = 0; i < count; i++)
        line_html(c, out, &lines[i]);
    html_table_close(out);
    if (!count)
        buf_text(out, "<p>Không có mục nào như vậy.</p>");
    if (count == LINES)
        older_button(c, out, lines[count - 1].id);
    staff_page_close(c, r);
    return true;
}

/* --- the file --- */

/* A spreadsheet takes what begins so for a formula. */
static void csv_cell(struct buf *out, struct slice text)
{
    struct buf safe = {0};
    if (text.n && strchr("=+-@\t\r", text.p[0]))
        buf_char(&safe, '\'');
    buf_slice(&safe, text);
    buf_char(out, ',');
    buf_csv(out, buf_to_slice(&safe));
    buf_release(&safe);
}

static void csv_lines(const struct audit_line *lines, int count, struct buf *out)
{
    for (int i = 0; i < count; i++) {
        buf_format(out, "%lld", (long long)lines[i].id);
        const struct slice cells[] = {lines[i].at, lines[i].who, lines[i].action, lines[i].subject,
                                      lines[i].detail};
        for (size_t k = 0; k < COUNT_OF(cells); k++)
            csv_cell(out, cells[k]);
        buf_text(out, "\r\n");
    }
}

/* Taking the record away is an entry of it. */
static bool note_export(const struct call *c, struct fault *f)
{
    struct store *s = c->serve->staff->store;
    struct audit_entry entry = {.who = who_of(c), .action = "audit.export", .subject = SLICE("audit")};
    if (store_begin(s, f) && audit_append(s, &entry, f) && store_commit_quietly(s, f))
        return true;
    store_rollback(s);
    return false;
}

bool staff_audit_csv(const struct call *c, struct reply *r, struct fault *f)
{
    struct audit_line *lines;
    struct audit_query q;
    struct arena page = {0};
    if (!read_query(c, &q, f) || !note_export(c, f))
        return false;
    q.limit = EXPORT_LINES;
    buf_text(&r->body, "\xEF\xBB\xBFid,at,who,action,subject,detail\r\n");
    for (int count = EXPORT_LINES, all = 0; count == EXPORT_LINES && all < EXPORT_MOST; all += count) {
        count = audit_list(c->serve->staff->store, &q, &page, &lines);
        csv_lines(lines, count, &r->body);
        q.before = count ? lines[count - 1].id : 0;
        arena_reset(&page);
    }
    arena_release(&page);
    r->type = format_type(FORMAT_CSV);
    reply_header(r, "Content-Disposition", "attachment; filename=\"nhat-ky.csv\"");
    return true;
}
