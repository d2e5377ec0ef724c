/* serve_ledger: what keepers write down for the indicators (layers/ledger.def), the check of the service on
 * demand, and the dated policy with its decisions. */
#include "mapd/service.h"
#include "mapd/staff.h"

#include <string.h>

static struct store *store_of(const struct call *c)
{
    return c->serve->staff->store;
}

/* --- the ledgers --- */

static void ledger_form(const struct call *c, struct buf *out, enum ledger_id id, const struct ledger *l)
{
    form_open(c, out, "/staff/service");
    buf_format(out, "<input type=\"hidden\" name=\"ledger\" value=\"%s\">", l->name);
    for (int i = 0; i < l->fields; i++) {
        bool is_day = slice_equal(l->types[i], SLICE("day"));
        buf_format(out, "<label for=\"l-%d-%d\">", id, i);
        html_text(out, l->labels[i]);
        buf_format(out, "</label><input id=\"l-%d-%d\" name=\"f%d\" type=\"%s\" maxlength=\"120\" required>",
                   id, i, i, is_day ? "date" : "text");
    }
    form_close(out, "Ghi");
}

static bool ledger_html(const struct call *c, struct buf *out, enum ledger_id id, struct fault *f)
{
    struct ledger l = ledger_get(id);
    struct slice *cells;
    int count = ledger_list(store_of(c), id, c->arena, &cells, f);
    buf_format(out, "<details><summary>%s: %d dòng</summary>", l.title, count);
    html_table_open(out, l.title);
    buf_text(out, "<tr>");
    for (int i = 0; i < l.fields; i++) {
        buf_text(out, "<th>");
        html_text(out, l.labels[i]);
        buf_text(out, "</th>");
    }
    buf_text(out, "</tr>");
    for (int row = 0; row < count; row++) {
        buf_text(out, "<tr>");
        for (int i = 0; i < l.fields; i++) {
            buf_text(out, "<td>");
            html_text(out, cells[row * l.fields + i]);
            buf_text(out, "</td>");
        }
        buf_text(out, "</tr>");
    }
    html_table_close(out);
    ledger_form(c, out, id, &l);
    buf_text(out, "</details>");
    return f->code == FAULT_NONE;
}

static bool page(const struct call *c, struct reply *r, const char *class, const char *text, struct fault *f)
{
    struct buf *out = &r->body;
    bool ok = true;
    staff_page_open(c, r, "Sổ vận hành");
    if (text)
        note_html(out, class, text);
    buf_text(out, "<p>Những gì ghi ở đây là nguồn của các chỉ số giai đoạn 1 và 2. Máy chủ tự ghi tình trạng "
                  "hoạt động mỗi 10 "
                  "phút và số lượt tra cứu theo ngày, không lưu ai đã tra cứu.</p>");
    form_open(c, out, "/staff/service/check");
    form_close(out, "Chạy kiểm tra tra cứu và quét mã QR ngay");
    for (int i = 0; ok && i < LEDGER_COUNT; i++)
        ok = ledger_html(c, out, (enum ledger_id)i, f);
    staff_page_close(c, r);
    return ok;
}

bool staff_service(const struct call *c, struct reply *r, struct fault *f)
{
    return page(c, r, "", NULL, f);
}

static bool find_ledger(struct slice name, enum ledger_id *id, struct fault *f)
{
    for (int i = 0; i < LEDGER_COUNT; i++)
        if (slice_equal(name, slice_of(ledger_get((enum ledger_id)i).name))) {
            *id = (enum ledger_id)i;
            return true;
        }
    return fault_set(f, FAULT_NOT_FOUND, "ledger", "%.*s", (int)name.n, name.p);
}

bool staff_service_do(const struct call *c, struct reply *r, struct fault *f)
{
    struct fault here = {0};
    struct slice values[LEDGER_FIELDS];
    enum ledger_id id = LEDGER_COUNT;
    for (int i = 0; i < LEDGER_FIELDS; i++)
        values[i] = form_get(&c->form, arena_format(c->arena, "f%d", i));
    if (find_ledger(form_get(&c->form, "ledger"), &id, &here) &&
        ledger_write(store_of(c), id, values, who_of(c), &here)) {
        reply_redirect(r, 303, "/staff/service");
        return true;
    }
    r->status = fault_http_status(here.code);
    return page(c, r, "stop", staff_sentence(c, &here), f);
}

bool staff_service_check(const struct call *c, struct reply *r, struct fault *f)
{
    struct fault here = {0};
    bool good = service_check_self(c->serve, store_of(c), who_of(c), (uint32_t)unix_now(), &here);
    return page(c, r, good ? "good" : "stop",
                good ? "Đã kiểm tra và ghi kết quả; xem ở trang chỉ số (S1.4a, S1.4b, S2.3b, S2.3c, S2.8)."
                     : staff_sentence(c, &here),
                f);
}

/* --- the policy --- */

static bool policy_page(const struct call *c, struct reply *r, const char *problem, struct fault *f)
{
    struct buf *out = &r->body, list = {0};
    staff_page_open(c, r, "Ngưỡng và thời hạn");
    if (problem)
        note_html(out, "stop", problem);
    bool ok = store_list_policy(store_of(c), &list, f);
    buf_text(out, "<p>Mỗi ngưỡng có ngày hiệu lực và số quyết định; bản báo cáo của một ngày dùng ngưỡng của "
                  "ngày đó.</p><pre>");
    html_text(out, buf_to_slice(&list));
    buf_text(out, "</pre>");
    buf_release(&list);
    if (may(c, ROUTE_POLICY_DO)) {
        form_open(c, out, "/staff/policy");
        form_input(out, "Khoá", "key", "text", "required maxlength=\"40\" spellcheck=\"false\"");
        form_input(out, "Giá trị", "value", "text", "required maxlength=\"60\"");
        form_input(out, "Có hiệu lực từ", "from", "date", "required");
        form_input(out, "Số quyết định", "decision", "text", "required maxlength=\"120\"");
        form_close(out, "Đặt");
    }
    staff_page_close(c, r);
    return ok;
}

bool staff_policy(const struct call *c, struct reply *r, struct fault *f)
{
    return policy_page(c, r, NULL, f);
}

bool staff_policy_do(const struct call *c, struct reply *r, struct fault *f)
{
    struct fault here = {0};
    struct policy p = {.key = arena_text(c->arena, form_get(&c->form, "key")),
                       .value = arena_text(c->arena, form_get(&c->form, "value")),
                       .from = arena_text(c->arena, form_get(&c->form, "from")),
                       .decision_ref = arena_text(c->arena, form_get(&c->form, "decision")),
                       .who = who_of(c)};
    bool good =
        p.decision_ref[0] && p.from[0] ? true : fault_set(&here, FAULT_VALUE_MISSING, "decision", "%s", "");
    good = good && store_set_policy(store_of(c), &p, &here);
    if (!good) {
        r->status = fault_http_status(here.code);
        return policy_page(c, r, staff_sentence(c, &here), f);
    }
    reply_redirect(r, 303, "/staff/policy");
    return true;
}
