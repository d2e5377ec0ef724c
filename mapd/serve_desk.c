/* serve_desk: the import screen. Bring a file, see how its columns are understood and what its first rows
 * would become, correct, take it in, read what happened, take it back. Works without script: every step is a
 * form. */
#include "mapd/desk.h"
#include "mapd/staff.h"

#include <string.h>
#include <unistd.h>

enum { PREVIEW_ROWS = 20 };

static struct staff *staff_of(const struct call *c)
{
    return c->serve->staff;
}

static bool get_job(const struct call *c, struct job *job, struct fault *f)
{
    return desk_get(staff_of(c)->desk, c->value[PARAMETER_JOB].integer, who_of(c), job, f);
}

static const char *job_url(const struct call *c, const struct job *job, const char *rest)
{
    return arena_format(c->arena, "/staff/import/%lld%s", (long long)job->id, rest);
}

static const char *name_of(const struct job *job)
{
    const char *slash = strrchr(job->path, '/');
    return slash ? slash + 1 : job->path;
}

static const char *state_text(enum job_state state)
{
    static const char *const TEXTS[] = {"",          "chưa nhập", "chờ tới lượt",
                                        "đang nhập", "đã nhập",   "không nhập được"};
    return TEXTS[state];
}

/* --- bringing a file --- */

static void kinds_html(struct buf *out)
{
    buf_text(out,
             "<label for=\"f-kind\">Đây là danh sách gì?</label><select id=\"f-kind\" name=\"kind\" required>"
             "<option value=\"\">– chọn –</option>");
    for (int k = 0; k < IMPORT_KIND_COUNT; k++)
        buf_format(out, "<option value=\"%s\">%s</option>", import_kind_name((enum import_kind)k),
                   import_kind_title((enum import_kind)k));
    buf_text(out, "</select>");
}

static void jobs_html(const struct call *c, struct buf *out)
{
    struct job *jobs = ARENA_ARRAY(c->arena, struct job, JOBS);
    int count = desk_list(staff_of(c)->desk, who_of(c), jobs);
    if (!count)
        return;
    buf_text(out, "<h2>Tệp bạn đã tải lên</h2><ul>");
    for (int i = 0; i < count; i++) {
        buf_text(out, "<li>");
        html_link(out, slice_of(job_url(c, &jobs[i], "")), slice_of(name_of(&jobs[i])));
        buf_format(out, " – %s, %s</li>", import_kind_title(jobs[i].kind), state_text(jobs[i].state));
    }
    buf_text(out, "</ul>");
}

static bool upload_page(const struct call *c, struct reply *r, const char *problem)
{
    struct buf *out = &r->body;
    staff_page_open(c, r, "Nhập danh sách");
    if (problem)
        note_html(out, "stop", problem);
    buf_text(out, "<p>Tải lên tệp như đang có, không cần sửa trước. Bước sau cho xem từng cột được hiểu là "
                  "gì và 20 dòng đầu "
                  "sẽ thành gì; chưa có gì được ghi cho tới khi bạn bấm “Nhập vào sổ”. Lần nhập nào cũng rút "
                  "lại được.</p>");
    form_open(c, out, "/staff/import");
    kinds_html(out);
    form_input(out, "Tệp (.xlsx .xls .ods .csv .gpkg .geojson, tối đa 64 MB)", "file", "file", "required");
    form_close(out, "Tải lên và xem trước");
    jobs_html(c, out);
    staff_page_close(c, r);
    return true;
}

bool staff_import(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    return upload_page(c, r, NULL);
}

bool staff_upload(const struct call *c, struct reply *r, struct fault *f)
{
    const struct form_field *file = form_file(&c->form, "file");
    struct upload u = {.who = who_of(c)};
    int64_t id = 0;
    const char *problem = NULL;
    if (!import_kind_find(form_get(&c->form, "kind"), &u.kind))
        problem = "Hãy chọn loại danh sách.";
    else if (!file || !file->value.n)
        problem = "Hãy chọn một tệp có nội dung.";
    if (problem) {
        r->status = 400;
        return upload_page(c, r, problem);
    }
    u.file_name = file->file_name;
    u.bytes = file->value;
    if (!desk_put(staff_of(c)->desk, &u, &id, f))
        return false;
    reply_redirect(r, 303, arena_format(c->arena, "/staff/import/%lld", (long long)id));
    return true;
}

/* --- how it is understood --- */

static void options_html(struct buf *out, const struct import_choice *choices, uint32_t count,
                         const char *now)
{
    bool offered = !now;
    buf_format(out, "<option value=\"\"%s>– không dùng –</option>", now ? "" : " selected");
    for (uint32_t i = 0; i < count; i++) {
        bool is_now = now && slice_equal(choices[i].name, slice_of(now));
        offered = offered || is_now;
        buf_format(out, "<option value=\"%.*s\"%s>%s</option>", (int)choices[i].name.n, choices[i].name.p,
                   is_now ? " selected" : "", choices[i].title);
    }
    if (!offered)
        buf_format(out, "<option value=\"%s\" selected>%s</option>", now, now);
}

static void column_html(struct buf *out, const struct import_column *column, uint32_t number,
                        const char *options)
{
    buf_format(out, "<tr><td>%s</td><td><b>", column->letters);
    html_text(out, column->heading);
    buf_text(out, "</b></td><td>");
    for (int i = 0; i < column->sample_count; i++) {
        buf_text(out, i ? "<br>" : "");
        html_text(out, column->samples[i]);
    }
    buf_format(out, "</td><td><input type=\"hidden\" name=\"h%u\" value=\"", number);
    html_attr(out, column->heading);
    buf_format(out, "\"><select name=\"c%u\" aria-label=\"Cột %s là gì\">", number, column->letters);
    buf_text(out, options);
    buf_text(out, "</select></td><td class=\"quiet\">");
    html_text(out, slice_of(column->how));
    buf_text(out, "</td></tr>");
}

static void sheets_html(struct buf *out, const struct import_view *view)
{
    if (view->sheet_count < 2)
        return;
    buf_text(out, "<input type=\"hidden\" name=\"shown\" value=\"");
    html_attr(out, view->sheet);
    buf_text(out, "\"><label for=\"f-sheet\">Trang tính</label><select id=\"f-sheet\" name=\"sheet\">");
    for (uint32_t i = 0; i < view->sheet_count; i++) {
        buf_text(out, "<option value=\"");
        html_attr(out, view->sheets[i]);
        buf_text(out, slice_equal(view->sheets[i], view->sheet) ? "\" selected>" : "\">");
        html_text(out, view->sheets[i]);
        buf_text(out, "</option>");
    }
    buf_text(out, "</select>");
}

static void mapping_html(const struct call *c, struct buf *out, const struct job *job,
                         const struct import_view *view)
{
    struct import_choice *choices;
    uint32_t count = import_choices(job->kind, c->arena, &choices);
    buf_text(out, "<h2>1. Mỗi cột là gì</h2>");
    form_open(c, out, job_url(c, job, "/mapping"));
    sheets_html(out, view);
    buf_text(out,
             "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Các cột\"><table "
             "class=\"full stack\"><tr>"
             "<th>Cột</th><th>Tiêu đề trong tệp</th><th>Ví dụ</th><th>Được hiểu là</th><th>Vì sao</th></tr>");
    for (uint32_t i = 0; i < view->column_count; i++) {
        struct buf options = {0};
        options_html(&options, choices, count, view->columns[i].name);
        buf_char(&options, '\0');
        column_html(out, &view->columns[i], i, options.p);
        buf_release(&options);
    }
    html_table_close(out);
    buf_text(out, "<p><button>Lưu cách hiểu này và xem lại</button></p></form>");
}

/* --- what the first rows would become --- */

static const char ROWS_HEAD[] = "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Các "
                                "dòng\"><table class=\"stack\"><tr><th "
                                "class=\"n\">Dòng</th><th>Kết luận</th><th>Dòng trong "
                                "tệp</th><th>Ô</th><th>Vấn đề</th><th>Cần làm gì</th></tr>";

static void on_preview_row(void *context, const struct import_row *row)
{
    desk_row_html(context, row);
}

static bool preview(const struct call *c, struct import_options *o, struct buf *rows,
                    struct import_summary *sum, struct fault *f)
{
    enum { PATIENCE_MS = 1500 };
    struct store *s = NULL;
    o->dry_run = true;
    o->row_limit = PREVIEW_ROWS;
    o->on_row = on_preview_row;
    o->on_row_context = rows;
    if (!command_open(&s, staff_of(c)->arguments, STORE_WRITE, f))
        return false;
    store_set_patience(s, PATIENCE_MS);
    bool good = import_file(s, o, sum, NULL, f);
    store_close(s);
    return good;
}

static void preview_html(const struct call *c, struct buf *out, struct import_options *o)
{
    struct buf rows = {0};
    struct import_summary sum = {0};
    struct fault f = {0};
    buf_text(out, "<h2>2. Những dòng đầu sẽ thành gì <small>(thử, chưa ghi)</small></h2>");
    if (preview(c, o, &rows, &sum, &f)) {
        buf_text(out, ROWS_HEAD);
        buf_slice(out, buf_to_slice(&rows));
        html_table_close(out);
    } else if (f.code == FAULT_BUSY) {
        note_html(out, "warn",
                  "Đang có một lần nhập khác chạy nên chưa thử được. Tải lại trang này sau ít phút.");
    } else {
        note_html(out, "stop", staff_sentence(c, &f));
    }
    buf_release(&rows);
}

static struct import_options options_of(const struct job *job)
{
    return (struct import_options){.path = job->path,
                                   .kind = job->kind,
                                   .sheet = job->sheet[0] ? job->sheet : NULL,
                                   .mapping_path = access(job->mapping, R_OK) == 0 ? job->mapping : NULL,
                                   .who = job->who};
}

/* The mapping that worked the last time for the same headings, unless one is there already. */
static bool recall(const struct call *c, const struct job *job, const struct import_view *view)
{
    struct fault ignored = {0};
    if (access(job->mapping, R_OK) == 0)
        return false;
    struct slice json =
        mapping_recall(staff_of(c)->store, import_kind_name(job->kind), view->signature, c->arena);
    return json.n && desk_correct(staff_of(c)->desk, job, json, &ignored);
}

static bool ready_page(const struct call *c, struct reply *r, const struct job *job, struct fault *f)
{
    struct import_options o = options_of(job);
    struct import_view view;
    if (!import_look(&o, c->arena, &view, f))
        return false;
    bool recalled = recall(c, job, &view);
    if (recalled) {
        o = options_of(job);
        if (!import_look(&o, c->arena, &view, f))
            return false;
    }
    struct buf *out = &r->body;
    staff_page_open(c, r, name_of(job));
    buf_format(out, "<p>%s", import_kind_title(job->kind));
    if (view.sheet.n) {
        buf_text(out, ", trang “");
        html_text(out, view.sheet);
        buf_text(out, "”");
    }
    buf_text(out, ".</p>");
    if (recalled)
        note_html(out, "good",
                  "Danh sách có các tiêu đề này đã được nhập trước đây; cách hiểu cột lần đó được dùng lại.");
    mapping_html(c, out, job, &view);
    preview_html(c, out, &o);
    buf_text(out, "<h2>3. Nhập</h2>");
    form_open(c, out, job_url(c, job, "/run"));
    form_close(out, "Nhập vào sổ");
    staff_page_close(c, r);
    return true;
}

/* --- while it runs, and after --- */

static bool running_page(const struct call *c, struct reply *r, const struct job *job)
{
    struct buf *out = &r->body;
    staff_page_open(c, r, name_of(job));
    reply_header(r, "Refresh", "2"); /* asks again by itself, without script */
    if (job->state == JOB_WAITING)
        note_html(out, "", "Đang chờ một lần nhập khác xong.");
    buf_format(out, "<p role=\"status\">Đã đọc <b>%llu</b> dòng", (unsigned long long)job->rows);
    if (job->estimate)
        buf_format(out, " trong khoảng %llu", (unsigned long long)job->estimate);
    buf_text(out, ".</p>");
    if (job->estimate)
        buf_format(out, "<progress max=\"%llu\" value=\"%llu\" aria-label=\"Tiến độ\"></progress>",
                   (unsigned long long)job->estimate, (unsigned long long)job->rows);
    else
        buf_text(out, "<progress aria-label=\"Tiến độ\"></progress>");
    buf_format(out,
               "<p>Trang tự xem lại sau mỗi 2 giây; có thể <a href=\"%s\">xem ngay</a>, hoặc đóng lại và "
               "quay về sau.</p>",
               job_url(c, job, ""));
    staff_page_close(c, r);
    return true;
}

static void count_html(struct buf *out, const char *what, uint64_t n)
{
    buf_format(out, "<div><dt>%s</dt><dd>%llu</dd></div>", what, (unsigned long long)n);
}

static void summary_html(struct buf *out, const struct import_summary *sum)
{
    static const char *const POSITIONS[POSITION_COUNT] = {
#define POSITION(id, name, title_vi, title_en) title_vi,
#include "import/positions.def"
#undef POSITION
    };
    buf_text(out, "<h2>Kết quả</h2><dl>");
    count_html(out, "Dòng dữ liệu", sum->rows);
    count_html(out, "Thêm mới", sum->added);
    count_html(out, "Cập nhật", sum->updated);
    count_html(out, "Không đổi", sum->unchanged);
    count_html(out, "Bị loại (không ghi)", sum->rejected);
    count_html(out, "Chờ xem xét (đã ghi, cần người quyết định)", sum->review);
    buf_text(out, "</dl>");
    if (!sum->has_positions)
        return;
    buf_text(out, "<h2>Vị trí biết được nhờ đâu</h2><dl>");
    for (int i = 0; i < POSITION_COUNT; i++)
        if (sum->position[i])
            count_html(out, POSITIONS[i], sum->position[i]);
    buf_text(out, "</dl>");
}

static void problems_html(const struct call *c, struct buf *out, const struct job *job)
{
    struct buf rows = {0};
    desk_rows(staff_of(c)->desk, job->id, &rows);
    if (rows.n) {
        buf_format(
            out,
            "<h2>Các dòng cần xem</h2><p><a href=\"%s\">Tải báo cáo XLSX</a> – mỗi dòng như trong tệp, thêm "
            "vấn đề và cách sửa; sửa ngay trong tệp ấy rồi nhập lại được. <a href=\"%s\">Tải báo cáo "
            "CSV</a> – để đọc, không nhập lại được. "
            "Tệp có đủ mọi dòng; dưới đây nhiều nhất %d dòng đầu.</p>",
            job_url(c, job, "/report.xlsx"), job_url(c, job, "/report.csv"), JOB_ROWS_SHOWN);
        buf_text(out, ROWS_HEAD);
        buf_slice(out, buf_to_slice(&rows));
        html_table_close(out);
    }
    buf_release(&rows);
}

static bool done_page(const struct call *c, struct reply *r, const struct job *job)
{
    struct buf *out = &r->body;
    staff_page_open(c, r, name_of(job));
    note_html(out, "good",
              arena_format(c->arena, "Đã nhập xong, lần nhập số %lld.", (long long)job->sum.batch));
    summary_html(out, &job->sum);
    buf_text(out, "<div class=\"buttons\">");
    if (job->sum.review && may(c, ROUTE_STAFF_REVIEWS))
        buf_text(out, "<p><a href=\"/staff/review\">Mở hàng chờ</a></p>");
    if (may(c, ROUTE_STAFF_UNDO)) {
        buf_text(out, "<details><summary>Rút lại lần nhập này…</summary>");
        form_open(c, out, arena_format(c->arena, "/staff/batches/%lld/undo", (long long)job->sum.batch));
        buf_text(out, "<p><button>Có, đưa mọi dòng về như trước</button></p></form></details>");
    }
    buf_text(out, "</div>");
    problems_html(c, out, job);
    staff_page_close(c, r);
    return true;
}

bool staff_job(const struct call *c, struct reply *r, struct fault *f)
{
    struct job *job = ARENA_NEW(c->arena, struct job);
    if (!get_job(c, job, f))
        return false;
    switch (job->state) {
    case JOB_READY: return ready_page(c, r, job, f);
    case JOB_WAITING:
    case JOB_RUNNING: return running_page(c, r, job);
    case JOB_DONE: return done_page(c, r, job);
    default:
        return fault_set(f, job->fault.code, job->fault.place, "%s. Không có gì được ghi.", job->fault.text);
    }
}

/* --- correcting and starting --- */

/* The form's columns as the mapping file of the command line. */
static void mapping_json(const struct call *c, struct slice sheet, struct buf *json)
{
    bool comma = false;
    buf_char(json, '{');
    if (sheet.n) {
        buf_json_field(json, "sheet", sheet);
        buf_char(json, ',');
    }
    buf_text(json, "\"columns\":{");
    for (int i = 0; i < c->form.count; i++) {
        const struct form_field *field = &c->form.fields[i];
        if (field->name.n < 2 || field->name.p[0] != 'h')
            continue;
        struct slice chosen =
            form_get(&c->form, arena_format(c->arena, "c%.*s", (int)field->name.n - 1, field->name.p + 1));
        buf_text(json, comma ? "," : "");
        comma = true;
        buf_json(json, field->value);
        buf_char(json, ':');
        if (chosen.n)
            buf_json(json, chosen);
        else
            buf_text(json, "null");
    }
    buf_text(json, "}}");
}

bool staff_mapping(const struct call *c, struct reply *r, struct fault *f)
{
    struct job *job = ARENA_NEW(c->arena, struct job);
    struct buf json = {0};
    if (!get_job(c, job, f))
        return false;
    struct slice sheet = form_get(&c->form, "sheet");
    if (sheet.n < sizeof job->sheet) {
        memcpy(job->sheet, sheet.p, sheet.n);
        job->sheet[sheet.n] = '\0';
    }
    if (!sheet.n ||
        slice_equal(sheet, form_get(&c->form, "shown"))) /* else these columns are another sheet's */
        mapping_json(c, sheet, &json);
    bool good = desk_correct(staff_of(c)->desk, job, buf_to_slice(&json), f);
    buf_release(&json);
    if (good)
        reply_redirect(r, 303, job_url(c, job, ""));
    return good;
}

bool staff_run(const struct call *c, struct reply *r, struct fault *f)
{
    struct job *job = ARENA_NEW(c->arena, struct job);
    if (!get_job(c, job, f) || !desk_start(staff_of(c)->desk, job->id, job->who, f))
        return false;
    reply_redirect(r, 303, job_url(c, job, ""));
    return true;
}

static bool send_report(const struct call *c, struct reply *r, bool is_book, struct fault *f)
{
    enum { REPORT_MOST = 256 * 1024 * 1024 };
    struct job *job = ARENA_NEW(c->arena, struct job);
    if (!get_job(c, job, f) || !file_read(is_book ? job->book : job->report, REPORT_MOST, &r->body, f))
        return false;
    r->type = is_book ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                      : "text/csv; charset=utf-8";
    reply_header(r, "Content-Disposition",
                 is_book ? "attachment; filename=\"bao-cao-nhap.xlsx\""
                         : "attachment; filename=\"bao-cao-nhap.csv\"");
    return true;
}

bool staff_report(const struct call *c, struct reply *r, struct fault *f)
{
    return send_report(c, r, false, f);
}

bool staff_report_book(const struct call *c, struct reply *r, struct fault *f)
{
    return send_report(c, r, true, f);
}

/* --- imports of the past --- */

static void batch_row(const struct call *c, struct buf *out, const struct batch_line *b)
{
    enum import_kind kind;
    bool known = import_kind_find(b->kind, &kind);
    buf_format(out, "<tr><td class=\"n\">%lld</td><td>%s</td><td>", (long long)b->id,
               moment_text(c, b->imported_at));
    html_text(out, b->imported_by);
    buf_text(out, "</td><td>");
    html_text(out, b->file_name);
    buf_text(out, "<br><span class=\"quiet\">");
    html_text(out, known ? slice_of(import_kind_title(kind)) : b->kind);
    buf_format(out, "</span></td><td class=\"n\">%llu</td>", (unsigned long long)b->counts.rows);
    for (int i = 0; i < VERDICT_COUNT; i++)
        buf_format(out, "<td class=\"n\">%llu</td>", (unsigned long long)b->counts.of[i]);
    buf_text(out, "<td>");
    if (b->undone_at.n) {
        buf_format(out, "Đã rút lại %s, ", moment_text(c, b->undone_at));
        html_text(out, b->undone_by);
    } else if (may(c, ROUTE_STAFF_UNDO)) {
        buf_text(out, "<details><summary>Rút lại…</summary>");
        form_open(c, out, arena_format(c->arena, "/staff/batches/%lld/undo", (long long)b->id));
        buf_text(out, "<button>Có, rút lại</button></form></details>");
    }
    buf_text(out, "</td></tr>");
}

static void count_words(struct buf *out, int64_t n, const char *what)
{
    if (n)
        buf_format(out, "%lld %s<br>", (long long)n, what);
}

/* Whose the streets, houses and areas are; what licences ask is shown where the data is. */
static void sources_html(const struct call *c, struct buf *out)
{
    struct data_source *sources;
    int count = source_list(staff_of(c)->store, c->arena, &sources);
    if (count == 0)
        return;
    buf_text(out, "<h2>Nguồn của dữ liệu nền</h2>");
    html_table_open(out, "Nguồn của dữ liệu nền");
    buf_text(out, "<tr><th>Nguồn</th><th>Ngày</th><th>Giấy phép</th><th>Đang dùng</th></tr>");
    for (int i = 0; i < count; i++) {
        const struct data_source *o = &sources[i];
        buf_text(out, "<tr><td>");
        html_text(out, o->name);
        buf_text(out, "</td><td>");
        html_text(out, o->dated_on.n ? o->dated_on : SLICE("không ghi"));
        buf_text(out, "</td><td>");
        html_text(out, o->licence.n ? o->licence : SLICE("không ghi"));
        buf_text(out, "</td><td>");
        count_words(out, o->streets, "đường");
        count_words(out, o->houses, "số nhà");
        count_words(out, o->areas, "phường, tổ dân phố");
        count_words(out, o->stalls, "ô trong sơ đồ chợ");
        count_words(out, o->base, "đối tượng nền");
        buf_text(out, "</td></tr>");
    }
    html_table_close(out);
}

static bool batches_page(const struct call *c, struct reply *r, const char *done)
{
    enum { SHOWN = 100 };
    struct batch_line *lines;
    int count = batch_list(staff_of(c)->store, c->arena, 0, SHOWN, &lines);
    struct buf *out = &r->body;
    staff_page_open(c, r, "Các lần nhập");
    if (done)
        note_html(out, "good", done);
    buf_text(out, "<p>Mới nhất ở trên. Rút lại là đưa mọi dòng về đúng như trước lần nhập đó; không rút được "
                  "nếu đã có việc sau "
                  "dựa trên nó.</p>");
    html_table_open(out, "Các lần nhập");
    buf_text(out, "<tr><th class=\"n\">Số</th><th>Lúc</th><th>Ai</th><th>Tệp</th><th "
                  "class=\"n\">Dòng</th><th class=\"n\">Thêm</th>"
                  "<th class=\"n\">Cập nhật</th><th class=\"n\">Không đổi</th><th class=\"n\">Bị "
                  "loại</th><th class=\"n\">Chờ</th>"
                  "<th></th></tr>");
    for (int i = 0; i < count; i++)
        batch_row(c, out, &lines[i]);
    html_table_close(out);
    sources_html(c, out);
    staff_page_close(c, r);
    return true;
}

bool staff_batches(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    return batches_page(c, r, NULL);
}

bool staff_undo(const struct call *c, struct reply *r, struct fault *f)
{
    enum { PATIENCE_MS = 2000 };
    struct store *s = NULL;
    struct import_summary sum;
    if (!command_open(&s, staff_of(c)->arguments, STORE_WRITE, f))
        return false;
    store_set_patience(s, PATIENCE_MS);
    bool good = import_undo(s, c->value[PARAMETER_BATCH].integer, who_of(c), &sum, f);
    store_close(s);
    return good &&
           batches_page(
               c, r,
               arena_format(
                   c->arena, "Đã rút lại lần nhập %lld: %llu dòng đã thêm bị gỡ, %llu dòng trở về như trước.",
                   (long long)sum.batch, (unsigned long long)sum.added, (unsigned long long)sum.updated));
}
