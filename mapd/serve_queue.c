/* serve_queue: the review queue as a whole: how well places are known (counters that are filters), the
 * questions grouped by what one decision would mend, what was decided and the way back, and all that is left
 * as a file that can be filled in and imported again. */
#include "layers/table_book.h"
#include "mapd/review.h"
#include "mapd/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLACES_SHOWN = 100, DECISIONS_SHOWN = 15 };

static struct store *store_of(const struct call *c)
{
    return c->serve->staff->store;
}

/* --- counters --- */

static const struct {
    const char *value, *letter, *text; /* value: of the parameter `class` */
} CLASSES[QUEUE_CLASSES] = {
    {"A", "A", "đúng số nhà, đúng sạp, đo tận nơi"}, {"B", "B", "nội suy, sai số tới 25 m"},
    {"C", "C", "gần đúng, sai số tới 100 m"},        {"D", "D", "chỉ biết đường"},
    {"E", "E", "chỉ biết tổ hoặc phường"},           {"none", "–", "chưa có vị trí"}};

static void counter_html(struct buf *out, const char *href, bool is_here, const char *head, int64_t n,
                         const char *text)
{
    buf_format(out, "<li><a href=\"%s\"%s><b>%s</b> %lld<br><span class=\"quiet\">%s</span></a></li>", href,
               is_here ? " aria-current=\"true\"" : "", head, (long long)n, text);
}

static void counters_html(const struct call *c, struct buf *out)
{
    int64_t counts[QUEUE_CLASSES];
    const struct value *chosen = &c->value[PARAMETER_CLASS];
    queue_counts(store_of(c), counts);
    buf_text(out, "<ul class=\"counters\">");
    counter_html(out, "/staff/review", !chosen->given, "R", review_count(store_of(c)),
                 "chờ người quyết định");
    for (int i = 0; i < QUEUE_CLASSES; i++)
        counter_html(out, arena_format(c->arena, "/staff/review?class=%s", CLASSES[i].value),
                     chosen->given && chosen->integer == i, CLASSES[i].letter, counts[i], CLASSES[i].text);
    buf_text(out, "</ul>");
}

/* --- places of one class --- */

static void places_html(const struct call *c, struct buf *out)
{
    struct queue_place *places;
    int chosen = (int)c->value[PARAMETER_CLASS].integer;
    struct queue_query q = {.class = QUEUE_CLASS_LETTERS[chosen],
                            .after = c->value[PARAMETER_SEEN].integer,
                            .limit = PLACES_SHOWN};
    int count = queue_places(store_of(c), c->arena, &q, &places);
    buf_format(out, "<h2>Loại %s: %s</h2>", CLASSES[chosen].letter, CLASSES[chosen].text);
    html_table_open(out, "Các hồ sơ");
    buf_text(
        out,
        "<tr><th>Tên</th><th>Địa chỉ như đã ghi</th><th>Vị trí nhờ</th><th class=\"n\">Sai số</th></tr>");
    for (int i = 0; i < count; i++) {
        buf_text(out, "<tr><td>");
        html_link(out,
                  slice_of(arena_format(c->arena, "/staff/c/%.*s", (int)places[i].code.n, places[i].code.p)),
                  places[i].name);
        buf_text(out, "</td><td>");
        html_text(out, places[i].address);
        buf_text(out, "</td><td>");
        html_text(out, say_word("position", places[i].position, false));
        buf_format(out, "</td><td class=\"n\">%.0f m</td></tr>", places[i].accuracy_m);
    }
    html_table_close(out);
    if (count == PLACES_SHOWN)
        buf_format(out, "<p><a href=\"/staff/review?class=%s&amp;seen=%lld\">Các hồ sơ sau</a></p>",
                   CLASSES[chosen].value, (long long)places[count - 1].id);
}

/* --- questions by kind --- */

/* A street's name that nobody knows is one question, however many rows write it. */
static void steps_html(const struct call *c, struct buf *out, const struct review_group *g, bool is_first)
{
    bool is_name = slice_starts(g->fault_group, SLICE("street_unknown:")) ||
                   slice_starts(g->fault_group, SLICE("doubtful:"));
    const char *url = review_url(c, g->first_id);
    buf_format(out, "</td><td><a href=\"%s\"%s>Xem từng dòng</a>", url, is_first ? " data-key=\"n\"" : "");
    if (is_name && g->count > 1 && may(c, ROUTE_STAFF_DECIDE))
        buf_format(out, "<br><a href=\"%s#alias\">Một quyết định cho cả %lld dòng</a>", url,
                   (long long)g->count);
    buf_text(out, "</td></tr>");
}

static void groups_html(const struct call *c, struct buf *out)
{
    struct review_group *groups;
    int count = review_groups(store_of(c), c->arena, &groups);
    if (!count) {
        note_html(out, "good", "Không có câu hỏi nào đang chờ.");
        return;
    }
    buf_text(out, "<h2>Các câu hỏi, xếp theo loại vướng mắc</h2>");
    html_table_open(out, "Các loại vướng mắc");
    buf_text(out, "<tr><th class=\"n\">Số dòng</th><th>Vướng mắc</th><th></th></tr>");
    for (int i = 0; i < count; i++) {
        buf_format(out, "<tr><td class=\"n\">%lld</td><td>", (long long)groups[i].count);
        html_text(out, groups[i].reason);
        if (groups[i].example.n) {
            buf_text(out, "<br><span class=\"quiet\">");
            html_text(out, groups[i].example);
            buf_text(out, groups[i].count > 1 ? " …</span>" : "</span>");
        }
        steps_html(c, out, &groups[i], i == 0);
    }
    html_table_close(out);
}

static void export_html(const struct call *c, struct buf *out)
{
    if (!may(c, ROUTE_STAFF_REVIEW_EXPORT) || !review_count(store_of(c)))
        return;
    form_open(c, out, "/staff/review/export.xlsx");
    buf_text(out, "<p><button>Tải phần còn lại (XLSX)</button> <span class=\"quiet\">có tên như đã ghi, việc "
                  "tải được ghi "
                  "lại; điền kinh độ, vĩ độ hoặc sửa địa chỉ rồi nhập lại tệp ấy là các câu hỏi được "
                  "đóng</span></p></form>");
}

/* --- decisions and the way back --- */

static const char *action_text(struct slice action)
{
    static const char *const TEXTS[][2] = {{"accept", "chọn một gợi ý"},
                                           {"pin", "đặt vị trí"},
                                           {"leave", "để nguyên"},
                                           {"merge", "gộp hai hồ sơ"},
                                           {"alias", "nhận một tên đường cho nhiều dòng"},
                                           {"both", "giữ cả hai hồ sơ"}};
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        if (slice_equal(action, slice_of(TEXTS[i][0])))
            return TEXTS[i][1];
    return "quyết định";
}

static void undo_button(const struct call *c, struct buf *out, const struct decision_line *line,
                        const char *key)
{
    form_open(c, out, arena_format(c->arena, "/staff/decisions/%lld/undo", (long long)line->id));
    buf_format(out, "<button%s>Rút lại</button></form>", key);
}

void review_last(const struct call *c, struct buf *out)
{
    struct decision_line *lines;
    struct decision_query q = {.limit = 1};
    if (!may(c, ROUTE_STAFF_DECISION_UNDO) || !decision_list(store_of(c), c->arena, &q, &lines) ||
        lines[0].undone_at.n || !slice_equal(lines[0].who, slice_of(who_of(c))))
        return;
    buf_format(
        out,
        "<div class=\"note buttons\" role=\"status\"><span>Việc vừa làm: <a href=\"%s\">%s</a> (%s).</span>",
        review_url(c, lines[0].review_id), action_text(lines[0].action), moment_text(c, lines[0].at));
    undo_button(c, out, &lines[0], " data-key=\"u\"");
    buf_text(out, "</div>");
}

static void decision_row(const struct call *c, struct buf *out, const struct decision_line *line)
{
    buf_format(out, "<tr><td class=\"n\">%lld</td><td>%s</td><td>", (long long)line->id,
               moment_text(c, line->at));
    html_text(out, line->who);
    buf_format(out, "</td><td><a href=\"%s\">%s</a></td><td>", review_url(c, line->review_id),
               action_text(line->action));
    if (line->undone_at.n) {
        buf_format(out, "đã rút lại %s, ", moment_text(c, line->undone_at));
        html_text(out, line->undone_by);
    } else if (may(c, ROUTE_STAFF_DECISION_UNDO)) {
        undo_button(c, out, line, "");
    }
    buf_text(out, "</td></tr>");
}

static void decisions_html(const struct call *c, struct buf *out)
{
    struct decision_line *lines;
    struct decision_query q = {.limit = DECISIONS_SHOWN};
    int count = decision_list(store_of(c), c->arena, &q, &lines);
    if (!count)
        return;
    buf_text(out, "<h2>Quyết định gần đây</h2>");
    html_table_open(out, "Quyết định gần đây");
    buf_text(out, "<tr><th class=\"n\">Số</th><th>Lúc</th><th>Ai</th><th>Việc</th><th></th></tr>");
    for (int i = 0; i < count; i++)
        decision_row(c, out, &lines[i]);
    html_table_close(out);
}

bool staff_decision_undo(const struct call *c, struct reply *r, struct fault *f)
{
    if (!decision_undo(store_of(c), c->value[PARAMETER_DECISION].integer, who_of(c), f))
        return false;
    reply_redirect(r, 303, "/staff/review");
    return true;
}

/* --- the page --- */

bool staff_reviews(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct buf *out = &r->body;
    staff_map_page_open(c, r, "Hàng chờ"); /* for its keys */
    review_last(c, out);
    counters_html(c, out);
    if (c->value[PARAMETER_CLASS].given) {
        places_html(c, out);
    } else {
        groups_html(c, out);
        export_html(c, out);
        decisions_html(c, out);
    }
    staff_page_close(c, r);
    return true;
}

/* --- what is left, as a file --- */

/* The first six are headings the importer knows; it leaves the others alone (headings.def). */
static const struct table_book_column COLUMNS[] = {
    {"Mã điểm", FIELD_TEXT},         {"Tên cơ sở", FIELD_TEXT},  {"Địa chỉ", FIELD_TEXT},
    {"Tổ dân phố", FIELD_TEXT},      {"Kinh độ", FIELD_TEXT},    {"Vĩ độ", FIELD_TEXT},
    {"Vấn đề khi nhập", FIELD_TEXT}, {"Cần làm gì", FIELD_TEXT}, {"Dòng trong tệp", FIELD_TEXT}};

static const char *advice_of(const struct call *c, const struct queue_question *q)
{
    struct candidate *all = ARENA_ARRAY(c->arena, struct candidate, CANDIDATES_MOST);
    int count = candidates_read(q->candidates, c->arena, all);
    struct buf text = {0};
    if (!q->place_id)
        return "Sửa dòng này trong tệp gốc rồi nhập lại tệp gốc";
    buf_text(&text, "Sửa địa chỉ, hoặc điền kinh độ và vĩ độ");
    for (int i = 0; i < count && i < 3; i++) {
        struct slice what = all[i].is_place ? all[i].code : all[i].street;
        buf_format(&text, "%s%.*s", i ? "; " : ". Gợi ý: ", (int)what.n, what.p ? what.p : "");
        if (!all[i].is_place)
            buf_format(&text, " (%.6f, %.6f)", all[i].at.lon, all[i].at.lat);
    }
    const char *advice = arena_text(c->arena, buf_to_slice(&text));
    buf_release(&text);
    return advice;
}

static bool question_row(const struct call *c, struct table_book *book, const struct queue_question *q,
                         struct fault *f)
{
    const char *from =
        arena_format(c->arena, "%.*s, dòng %lld", (int)q->file_name.n, q->file_name.p, (long long)q->row);
    const char *const texts[COUNT_OF(COLUMNS)] = {arena_text(c->arena, q->code),
                                                  arena_text(c->arena, q->name),
                                                  arena_text(c->arena, q->address),
                                                  arena_text(c->arena, q->group),
                                                  "",
                                                  "",
                                                  arena_text(c->arena, q->reason),
                                                  advice_of(c, q),
                                                  from};
    struct table_book_cell cells[COUNT_OF(COLUMNS)];
    for (size_t i = 0; i < COUNT_OF(COLUMNS); i++)
        cells[i] = (struct table_book_cell){.has_value = texts[i][0] != '\0', .text = texts[i]};
    return table_book_row(book, cells, f);
}

static bool write_book(const struct call *c, const char *path, struct fault *f)
{
    struct table_book *book;
    struct queue_question *questions;
    int count = queue_questions(store_of(c), c->arena, &questions);
    if (!table_book_open(&book, path, f))
        return false;
    bool good = table_book_sheet(book, "Hàng chờ", COLUMNS, (int)COUNT_OF(COLUMNS), f);
    for (int i = 0; good && i < count; i++)
        good = question_row(c, book, &questions[i], f);
    return table_book_close(book, good, f) && good;
}

static bool note_export(const struct call *c, struct fault *f)
{
    struct store *s = store_of(c);
    struct audit_entry entry = {.who = who_of(c),
                                .action = "private.read",
                                .subject = SLICE("review queue"),
                                .detail = SLICE("{\"fields\":[\"name\"],\"as\":\"xlsx\"}")};
    bool good = store_begin(s, f) && audit_append(s, &entry, f) && store_commit_quietly(s, f);
    if (!good)
        store_rollback(s);
    return good;
}

bool staff_review_export(const struct call *c, struct reply *r, struct fault *f)
{
    enum { BOOK_MOST = 256 * 1024 * 1024 };
    const char *folder = getenv("TMPDIR");
    char *path = arena_format(c->arena, "%s/mapd-hang-cho-XXXXXX.xlsx", folder ? folder : "/tmp");
    int file = mkstemps(path, 5);
    if (file < 0)
        return fault_set(f, FAULT_FILE_WRITE, NULL, "%s", "không tạo được tệp tạm");
    close(file);
    bool good = note_export(c, f) && write_book(c, path, f) && file_read(path, BOOK_MOST, &r->body, f);
    unlink(path);
    if (!good)
        return false;
    r->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    reply_header(r, "Content-Disposition", "attachment; filename=\"hang-cho.xlsx\"");
    return true;
}
