/* report: what the import says to people and to programs. One line for each row with something to see; it is
 * the clerk's own data going back to the clerk, so it shows the value. What is kept in the file does not.
 *
 * Law of the workbook: the row stands in it as it was read, under the list's own headings, so that it can be
 * corrected and imported again; our own columns stand behind and are left alone then. */
#include "import/load.h"
#include "layers/table_book.h"
#include "layers/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One of two records that may be one place. */
struct side {
    const char *texts[6];
    struct side *next;
};

struct report {
    FILE *file;                      /* CSV, or NULL */
    struct table_book *book;         /* XLSX, or NULL */
    struct table_book_cell *cells;   /* of a row of the workbook: the list's own columns, then ours */
    uint32_t own_count, cell_count;  /* columns of the list itself, all */
    bool has_context;                /* one more of ours: what the list says in group rows */
    struct side *sides, **last_side; /* for the sheet behind the first */
    struct fault fault;              /* the first row that could not be written */
    enum import_kind kind;
    struct arena memory, row;
    char *csv_path, *book_path;
    struct buf line, sentences;
};

const char *column_title(int column)
{
    static const char *const TITLES[COLUMN_COUNT] = {
        [COLUMN_REF] = "Mã điểm",
        [COLUMN_NAME] = "Tên cơ sở",
        [COLUMN_OWNER] = "Chủ hộ",
        [COLUMN_KIND] = "Loại hình",
        [COLUMN_IDENTITY] = "Mã số",
        [COLUMN_ADDRESS] = "Địa chỉ",
        [COLUMN_NUMBER] = "Số nhà",
        [COLUMN_STREET] = "Tên đường",
        [COLUMN_ALLEY] = "Kiệt hẻm",
        [COLUMN_GROUP] = "Tổ dân phố",
        [COLUMN_WARD] = "Phường",
        [COLUMN_INDUSTRY] = "Ngành nghề",
        [COLUMN_INDUSTRY_CODE] = "Mã ngành",
        [COLUMN_STATUS] = "Tình trạng",
        [COLUMN_PHONE] = "Điện thoại",
        [COLUMN_ISSUED_ON] = "Ngày cấp",
        [COLUMN_LON] = "Kinh độ",
        [COLUMN_LAT] = "Vĩ độ",
        [COLUMN_X] = "X",
        [COLUMN_Y] = "Y",
        [COLUMN_QR] = "QR",
        [COLUMN_POS] = "POS",
        [COLUMN_TRANSFER] = "Chuyển khoản",
        [COLUMN_PLATFORM] = "Nền tảng số",
        [COLUMN_AT_HOME] = "Kinh doanh tại nhà",
        [COLUMN_ACCOUNT] = "Tài khoản thanh toán",
        [COLUMN_MARKET] = "Mã chợ",
        [COLUMN_ZONE] = "Khu",
        [COLUMN_STALL_KIND] = "Loại sạp",
        [COLUMN_STALL_NUMBER] = "Số sạp",
        [COLUMN_TRADER] = "Tiểu thương",
        [COLUMN_GOODS] = "Ngành hàng",
        [COLUMN_AREA_M2] = "Diện tích",
        [COLUMN_DOCUMENT_NUMBER] = "Số giấy chứng nhận",
        [COLUMN_EXPIRES_ON] = "Ngày hết hạn",
        [COLUMN_COMMITTED_ON] = "Ngày kí cam kết",
        [COLUMN_INSPECTED_ON] = "Ngày kiểm tra",
        [COLUMN_RESULT] = "Kết quả kiểm tra",
        [COLUMN_PILOT] = "Mã mô hình",
        [COLUMN_JOINED_ON] = "Ngày tham gia",
        [COLUMN_LEFT_ON] = "Ngày rời",
        [COLUMN_EVIDENCE_CLASS] = "Loại minh chứng",
        [COLUMN_METHOD] = "Phương thức",
        [COLUMN_HAPPENED_ON] = "Ngày",
        [COLUMN_OFFICER] = "Cán bộ",
        [COLUMN_EVIDENCE_STATE] = "Trạng thái",
        [COLUMN_CODE] = "Mã",
        [COLUMN_OLD_WARD] = "Phường cũ",
        [COLUMN_COORDINATES] = "Toạ độ (một ô)",
        [COLUMN_BUSINESS_KIND] = "Nhóm, loại hình ATTP",
        [COLUMN_REGIME] = "Diện quản lý ATTP",
        [COLUMN_DOCUMENT] = "Loại giấy tờ",
        [COLUMN_ISSUER] = "Cơ quan cấp",
        [COLUMN_HEALTH_CHECKED_ON] = "Ngày khám sức khoẻ",
        [COLUMN_TRAINED_ON] = "Ngày tập huấn kiến thức",
        [COLUMN_FINDINGS] = "Nội dung không đạt",
        [COLUMN_PENALTY] = "Xử phạt",
        [COLUMN_CLASS] = "Hạng",
        [COLUMN_WARD_MANAGED] = "Phường quản lý",
        [COLUMN_CASHLESS_DEPLOYED] = "Đã triển khai TTKDTM",
        [COLUMN_MARKET_40] = "Chợ 4.0",
        [COLUMN_EVIDENCE_NOTE] = "Minh chứng",
        [COLUMN_PILOT_NAME] = "Tên mô hình",
        [COLUMN_PILOT_TYPE] = "Loại mô hình",
        [COLUMN_DECISION] = "Quyết định",
        [COLUMN_MINUTES_NUMBER] = "Số biên bản",
        [COLUMN_ALIASES] = "Tên khác",
        [COLUMN_OLD_CODE] = "Mã cũ",
        [COLUMN_OLD_DISTRICT] = "Quận, huyện cũ",
        [COLUMN_OLD_PART] = "Sáp nhập một phần",
        [COLUMN_SOURCE] = "Nguồn",
        [COLUMN_VERSION] = "Phiên bản",
        [COLUMN_LEVEL] = "Cấp",
        [COLUMN_INDUSTRY_GROUP] = "Nhóm ngành",
        [COLUMN_LAYER] = "Lớp",
        [COLUMN_VALID_FROM] = "Có hiệu lực từ",
        [COLUMN_VALID_TO] = "Có hiệu lực đến",
        [COLUMN_EINVOICE_SCOPE] = "Thuộc diện hoá đơn điện tử",
        [COLUMN_EINVOICE] = "Đã kết nối hoá đơn điện tử",
    };
    if (column < 0)
        return "";
    return TITLES[column] ? TITLES[column] : column_name((enum column_id)column);
}

/* --- opening --- */

static bool csv_open_report(struct report *r, struct fault *f)
{
    r->file = fopen(r->csv_path, "we");
    if (!r->file)
        return fault_set(f, FAULT_FILE_WRITE, r->csv_path, "%s", strerror(errno));
    /* the mark tells spreadsheet programs that this is UTF-8 */
    fputs("\xEF\xBB\xBF"
          "Dòng,Cột,Giá trị,Kết luận,Vấn đề,Cần làm gì,Dòng gốc\r\n",
          r->file);
    return true;
}

/* Headings of ours; headings.def tells the importer to leave them alone. */
static const char *const OURS[] = {"Dòng trong tệp", "Kết luận khi nhập", "Vấn đề khi nhập", "Cần làm gì"};

static bool book_open(struct report *r, const struct table *t, struct fault *f)
{
    struct slice *headings;
    uint32_t n = 0;
    r->own_count = table_headings(t, &r->memory, &headings);
    r->has_context =
        row_context_column(r->kind) != COLUMN_COUNT && !table_has(t, row_context_column(r->kind));
    r->cell_count = r->own_count + r->has_context + (uint32_t)COUNT_OF(OURS);
    r->cells = ARENA_ARRAY(&r->memory, struct table_book_cell, r->cell_count);
    struct table_book_column *columns = ARENA_ARRAY(&r->memory, struct table_book_column, r->cell_count);
    while (n < r->own_count) {
        columns[n].title = headings[n].n ? arena_text(&r->memory, headings[n]) : " ";
        n++;
    }
    if (r->has_context)
        columns[n++].title = column_title(row_context_column(r->kind));
    for (size_t i = 0; i < COUNT_OF(OURS); i++)
        columns[n++].title = OURS[i];
    return table_book_open(&r->book, r->book_path, f) &&
           table_book_sheet(r->book, "Cần xem", columns, (int)r->cell_count, f);
}

bool report_open(struct report **out, const struct report_request *q, struct fault *f)
{
    struct report *r = memory_zeroed(1, sizeof *r);
    r->kind = q->kind;
    r->last_side = &r->sides;
    for (size_t i = 0; i < COUNT_OF(q->paths); i++)
        if (q->paths[i] && slice_ends(slice_of(q->paths[i]), SLICE(".xlsx")))
            r->book_path = strdup(q->paths[i]);
        else if (q->paths[i])
            r->csv_path = strdup(q->paths[i]);
    *out = r;
    if ((!r->book_path || book_open(r, q->table, f)) && (!r->csv_path || csv_open_report(r, f)))
        return true;
    *out = NULL;
    report_close(r, NULL);
    return false;
}

/* --- one row --- */

static const char *verdict_title(enum verdict v)
{
    static const char *const TITLES[VERDICT_COUNT] = {"đã nhận", "đã cập nhật", "không đổi", "bị loại",
                                                      "chờ xem xét"};
    return TITLES[v];
}

static const char *default_advice(const struct outcome *out)
{
    if (out->verdict == VERDICT_REJECTED)
        return "Sửa ô này rồi nhập lại tệp";
    if (out->verdict == VERDICT_REVIEW)
        return "Sửa trong tệp rồi nhập lại, hoặc quyết định trong hàng chờ";
    return "Dòng đã được nhận, bỏ qua giá trị này; sửa rồi nhập lại nếu cần";
}

/* Every sentence; `full`: the first names its column too. */
static void add_sentences(struct buf *text, const struct outcome *out, bool full)
{
    buf_slice(text, out->reason);
    for (int i = 0; i < out->problem_count; i++) {
        const struct problem *p = &out->problems[i];
        if (out->reason.n && slice_equal(out->reason, slice_of(p->text)))
            continue; /* said already */
        buf_text(text, text->n ? "; " : "");
        if (i > 0 || out->reason.n || full)
            buf_format(text, "%s%s", column_title(p->column), p->column >= 0 ? ": " : "");
        buf_format(text, "%s%s%s", p->text, p->detail ? ": " : "", p->detail ? p->detail : "");
    }
}

static struct slice sentences_of(struct report *r, const struct outcome *out, bool full)
{
    buf_reset(&r->sentences);
    add_sentences(&r->sentences, out, full);
    return buf_to_slice(&r->sentences);
}

/* The row as typed, on one line: tabs become bars. */
static void add_raw(struct buf *line, struct slice raw)
{
    struct buf text = {0};
    for (size_t i = 0; i < raw.n; i++)
        if (raw.p[i] == '\t')
            buf_text(&text, " | ");
        else
            buf_char(&text, raw.p[i]);
    buf_csv(line, buf_to_slice(&text));
    buf_release(&text);
}

static void csv_report_row(struct report *r, const struct row *row, const struct outcome *out)
{
    const struct problem none = {.column = -1, .text = ""};
    const struct problem *p = out->problem_count ? &out->problems[0] : &none;
    buf_reset(&r->line);
    buf_int(&r->line, row->number);
    buf_char(&r->line, ',');
    buf_csv(&r->line, slice_of(column_title(p->column)));
    buf_char(&r->line, ',');
    buf_csv(&r->line, p->value);
    buf_char(&r->line, ',');
    buf_csv(&r->line, slice_of(verdict_title(out->verdict)));
    buf_char(&r->line, ',');
    buf_csv(&r->line, sentences_of(r, out, false));
    buf_char(&r->line, ',');
    buf_csv(&r->line, slice_of(p->advice ? p->advice : default_advice(out)));
    buf_char(&r->line, ',');
    add_raw(&r->line, row->raw);
    buf_text(&r->line, "\r\n");
    fwrite(r->line.p, 1, r->line.n, r->file);
}

static void set_text(struct report *r, uint32_t i, struct slice text)
{
    r->cells[i] = (struct table_book_cell){.has_value = text.n > 0, .text = arena_text(&r->row, text)};
}

static void book_row(struct report *r, const struct row *row, const struct outcome *out)
{
    struct slice rest = row->raw, cell = {"", 0};
    uint32_t n = 0;
    const char *advice = out->problem_count ? out->problems[0].advice : NULL;
    arena_reset(&r->row);
    while (n < r->own_count) {
        bool has_more = slice_next(&rest, '\t', &cell);
        set_text(r, n++, has_more ? cell : (struct slice){"", 0});
    }
    if (r->has_context)
        set_text(r, n++, row_context(r->kind, row));
    set_text(r, n++, slice_of(arena_format(&r->row, "%u", row->number)));
    set_text(r, n++, slice_of(verdict_title(out->verdict)));
    set_text(r, n++, sentences_of(r, out, true));
    set_text(r, n++, slice_of(advice ? advice : default_advice(out)));
    if (!r->fault.code && !table_book_row(r->book, r->cells, &r->fault))
        return;
}

/* --- the second sheet: rows that may be a place of the register, each above what it may be --- */

static const struct table_book_column SIDES[] = {{"Dòng trong tệp", FIELD_TEXT}, {"Bên", FIELD_TEXT},
                                                 {"Mã điểm", FIELD_TEXT},        {"Tên cơ sở", FIELD_TEXT},
                                                 {"Địa chỉ", FIELD_TEXT},        {"Mã tra cứu", FIELD_TEXT}};

static void add_side(struct report *r, const struct slice texts[COUNT_OF(SIDES)])
{
    struct side *side = ARENA_NEW(&r->memory, struct side);
    for (size_t i = 0; i < COUNT_OF(SIDES); i++)
        side->texts[i] = arena_text(&r->memory, texts[i]);
    *r->last_side = side;
    r->last_side = &side->next;
}

static void add_sides(struct report *r, const struct row *row, const struct outcome *out)
{
    struct slice number = slice_of(arena_format(&r->row, "%u", row->number));
    if (!out->twin_count)
        return;
    add_side(r, (struct slice[]){number, SLICE("dòng mới"), cell_text(row, COLUMN_REF),
                                 cell_text(row, COLUMN_NAME), cell_text(row, COLUMN_ADDRESS), SLICE("")});
    for (int i = 0; i < out->twin_count; i++) {
        const struct twin *t = &out->twins[i];
        add_side(r, (struct slice[]){number, SLICE("đã có trong sổ"), t->ref, t->name, t->address, t->code});
    }
}

static bool write_sides(struct report *r, struct fault *f)
{
    struct table_book_cell cells[COUNT_OF(SIDES)];
    if (!r->sides)
        return true;
    if (!table_book_sheet(r->book, "Có thể trùng", SIDES, (int)COUNT_OF(SIDES), f))
        return false;
    for (const struct side *side = r->sides; side; side = side->next) {
        for (size_t i = 0; i < COUNT_OF(SIDES); i++)
            cells[i] =
                (struct table_book_cell){.has_value = side->texts[i][0] != '\0', .text = side->texts[i]};
        if (!table_book_row(r->book, cells, f))
            return false;
    }
    return true;
}

void report_row(struct report *r, const struct row *row, const struct outcome *out)
{
    bool waits = out->verdict == VERDICT_REJECTED || out->verdict == VERDICT_REVIEW;
    if (!r || (!out->problem_count && !waits))
        return;
    if (r->book) {
        book_row(r, row, out);
        add_sides(r, row, out);
    }
    if (r->file)
        csv_report_row(r, row, out);
}

void tell_row(const struct import_options *o, const struct row *row, const struct outcome *out)
{
    if (!o->on_row)
        return;
    struct buf text = {0};
    add_sentences(&text, out, false);
    const struct problem none = {.column = -1, .text = ""};
    const struct problem *p = out->problem_count ? &out->problems[0] : &none;
    bool waits = out->verdict == VERDICT_REJECTED || out->verdict == VERDICT_REVIEW;
    const char *advice = p->advice ? p->advice : out->problem_count || waits ? default_advice(out) : "";
    struct import_row told = {.number = row->number,
                              .verdict = out->verdict,
                              .verdict_title = verdict_title(out->verdict),
                              .position = out->verdict == VERDICT_REJECTED ? NULL : out->position,
                              .raw = row->raw,
                              .column = slice_of(column_title(p->column)),
                              .value = p->value,
                              .sentence = buf_to_slice(&text),
                              .advice = slice_of(advice)};
    o->on_row(o->on_row_context, &told);
    buf_release(&text);
}

void report_date(struct report *r, struct date listed_on)
{
    if (!r || !r->book || !r->own_count || !date_is_valid(listed_on) || r->fault.code)
        return;
    for (uint32_t i = 0; i < r->cell_count; i++)
        r->cells[i].has_value = false;
    set_text(r, 0,
             slice_of(arena_format(&r->row, "Số liệu tính đến ngày %d tháng %d năm %d", listed_on.day,
                                   listed_on.month, listed_on.year)));
    if (!table_book_row(r->book, r->cells, &r->fault))
        return;
}

static bool close_file(struct report *r, struct fault *f)
{
    bool written = !ferror(r->file);
    written = fclose(r->file) == 0 && written;
    return written || fault_set(f, FAULT_FILE_WRITE, r->csv_path, "%s", strerror(errno));
}

bool report_close(struct report *r, struct fault *f)
{
    if (!r)
        return true;
    bool ok = !r->fault.code || fault_set(f, r->fault.code, r->book_path, "%s", r->fault.text);
    if (r->book) {
        ok = ok && write_sides(r, f);
        ok = table_book_close(r->book, ok, f) && ok;
    }
    if (r->file)
        ok = close_file(r, f) && ok;
    buf_release(&r->line);
    buf_release(&r->sentences);
    arena_release(&r->memory);
    arena_release(&r->row);
    free(r->csv_path);
    free(r->book_path);
    free(r);
    return ok;
}

void problems_json(const struct outcome *out, struct buf *json)
{
    if (!out->problem_count)
        return;
    buf_char(json, '[');
    for (int i = 0; i < out->problem_count; i++) {
        const struct problem *p = &out->problems[i];
        buf_text(json, i ? ",{" : "{");
        buf_json_field(json, "code", slice_of(fault_name(p->code)));
        if (p->column >= 0) {
            buf_char(json, ',');
            buf_json_field(json, "column", slice_of(column_name((enum column_id)p->column)));
        }
        buf_char(json, '}');
    }
    buf_char(json, ']');
}

/* --- the summary --- */

void import_summary_json(const struct import_summary *sum, struct buf *out)
{
    const struct {
        const char *name;
        uint64_t n;
    } counts[] = {{"rows", sum->rows},           {"added", sum->added},       {"updated", sum->updated},
                  {"unchanged", sum->unchanged}, {"rejected", sum->rejected}, {"review", sum->review}};
    buf_format(out, "{\"batch\":%lld", (long long)sum->batch);
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        buf_format(out, ",\"%s\":%llu", counts[i].name, (unsigned long long)counts[i].n);
    if (sum->placed)
        buf_format(out, ",\"placed_again\":%llu", (unsigned long long)sum->placed);
    buf_text(out, ",\"position\":{");
    const char *comma = "";
    for (int i = 0; sum->has_positions && i < POSITION_COUNT; i++) {
        if (!sum->position[i])
            continue;
        buf_format(out, "%s\"%s\":%llu", comma, position_name((enum position_kind)i),
                   (unsigned long long)sum->position[i]);
        comma = ",";
    }
    buf_text(out, "}}");
}

static const char *position_title(enum position_kind p)
{
    static const char *const TITLES[POSITION_COUNT] = {
#define POSITION(id, name, title_vi, title_en) title_vi,
#include "import/positions.def"
#undef POSITION
    };
    return TITLES[p];
}

void import_summary_text(const struct import_summary *sum, struct buf *out)
{
    if (sum->batch)
        buf_format(out, "Lần nhập %lld: %llu dòng", (long long)sum->batch, (unsigned long long)sum->rows);
    else
        buf_format(out, "Nhập thử (không ghi): %llu dòng", (unsigned long long)sum->rows);
    buf_format(out, " — thêm %llu, cập nhật %llu, không đổi %llu, bị loại %llu, chờ xem xét %llu\n",
               (unsigned long long)sum->added, (unsigned long long)sum->updated,
               (unsigned long long)sum->unchanged, (unsigned long long)sum->rejected,
               (unsigned long long)sum->review);
    if (sum->placed)
        buf_format(out, "  Dòng đang chờ nay đã có vị trí: %llu\n", (unsigned long long)sum->placed);
    for (int i = 0; sum->has_positions && i < POSITION_COUNT; i++)
        if (sum->position[i])
            buf_format(out, "  %s: %llu\n", position_title((enum position_kind)i),
                       (unsigned long long)sum->position[i]);
}
