/* report_xlsx: the report as a workbook: the figures, what they rest on, and one sheet per indicator with the
 * rows its figure is the count of. Figures and rows are read in one transaction. */
#include "layers/indicators/query.h"
#include "layers/table_book.h"

static struct table_book_cell text_cell(const char *text)
{
    return (struct table_book_cell){.has_value = text != NULL, .text = text};
}

static struct table_book_cell int_cell(bool exists, int64_t value)
{
    return (struct table_book_cell){.has_value = exists, .integer = value};
}

static struct table_book_cell percent_cell(int64_t numerator, int64_t denominator)
{
    if (!denominator)
        return (struct table_book_cell){0};
    return (struct table_book_cell){
        .has_value = true, .real = (double)indicator_percent_hundredths(numerator, denominator) / 100};
}

/* --- the figures --- */

static const struct table_book_column FIGURES[] = {
    {"Mã", FIELD_TEXT},      {"Chỉ tiêu", FIELD_TEXT}, {"Phạm vi", FIELD_TEXT},       {"Tử số", FIELD_INT},
    {"Mẫu số", FIELD_INT},   {"Tỷ lệ %", FIELD_REAL},  {"So sánh", FIELD_TEXT},       {"Mốc %", FIELD_INT},
    {"Kết quả", FIELD_TEXT}, {"Ghi chú", FIELD_TEXT},  {"Nguồn văn bản", FIELD_TEXT},
};

static const char *verdict_of(const struct indicator *i)
{
    return i->state == INDICATOR_NA ? "chưa có số liệu" : !i->has_target ? NULL : i->met ? "đạt" : "chưa đạt";
}

static bool share_row(struct table_book *w, const struct indicator *i, const struct indicator_share *share,
                      struct fault *f)
{
    const struct table_book_cell cells[COUNT_OF(FIGURES)] = {
        text_cell(i->code),
        text_cell(share->code ? share->name : "cách tính khác"),
        text_cell(share->code ? share->code : share->name),
        int_cell(true, share->numerator),
        int_cell(true, share->denominator),
        percent_cell(share->numerator, share->denominator),
    };
    return table_book_row(w, cells, f);
}

static bool figure_rows(struct table_book *w, const struct indicator *i, struct fault *f)
{
    const struct table_book_cell cells[COUNT_OF(FIGURES)] = {
        text_cell(i->code),
        text_cell(i->title),
        text_cell("toàn phường"),
        int_cell(i->is_measured, i->numerator),
        int_cell(i->is_measured, i->denominator),
        percent_cell(i->numerator, i->denominator),
        text_cell(i->op[0] == 'g' ? "≥" : "≤"),
        int_cell(i->has_target, i->target),
        text_cell(verdict_of(i)),
        text_cell(i->why),
        text_cell(i->source),
    };
    bool ok = table_book_row(w, cells, f);
    for (int m = 0; ok && m < i->model_count; m++)
        ok = share_row(w, i, &i->models[m], f);
    for (int v = 0; ok && v < i->variant_count; v++)
        ok = share_row(w, i, &i->variants[v], f);
    return ok;
}

static bool figures_sheet(struct table_book *w, const struct indicator_report *report, struct fault *f)
{
    bool ok = table_book_sheet(w, "Chỉ tiêu", FIGURES, COUNT_OF(FIGURES), f);
    for (int i = 0; ok && i < INDICATOR_COUNT; i++)
        ok = figure_rows(w, &report->indicators[i], f);
    return ok;
}

/* --- what they rest on --- */

static const struct table_book_column GROUNDS[] = {
    {"Mục", FIELD_TEXT}, {"Giá trị", FIELD_TEXT}, {"Từ ngày", FIELD_TEXT}, {"Quyết định", FIELD_TEXT}};

static bool policy_rows(struct store *s, struct table_book *w, struct date day, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT key, value, nullif(valid_from, '0001-01-01'), decision_ref FROM "
                        "policy WHERE value <> '' AND valid_from <= ?1 AND"
                        " (valid_to IS NULL OR ?1 <= valid_to) ORDER BY key",
                        f);
    struct fault stepping = {0};
    bool ok = st != NULL;
    if (ok)
        bind_date(st, 1, day);
    while (ok && statement_next(st, &stepping)) {
        struct table_book_cell cells[COUNT_OF(GROUNDS)];
        for (int i = 0; i < (int)COUNT_OF(GROUNDS); i++)
            cells[i] = text_cell((const char *)sqlite3_column_text(st, i));
        ok = table_book_row(w, cells, f);
    }
    if (st)
        sqlite3_reset(st);
    return ok && (stepping.code == FAULT_NONE || fault_set(f, stepping.code, NULL, "%s", stepping.text));
}

static bool grounds_sheet(struct store *s, struct table_book *w, const struct indicator_report *report,
                          struct fault *f)
{
    char day[11];
    date_format_iso(report->as_of, day);
    const struct table_book_cell lines[][COUNT_OF(GROUNDS)] = {
        {text_cell("Số liệu đúng tại ngày"), text_cell(day)},
        {text_cell("Biết đến"), text_cell(report->known_at ? report->known_at : "lúc lập báo cáo")},
        {text_cell("Chính sách minh chứng"), text_cell(report->policy)},
    };
    bool ok = table_book_sheet(w, "Căn cứ", GROUNDS, COUNT_OF(GROUNDS), f);
    for (size_t i = 0; ok && i < COUNT_OF(lines); i++)
        ok = table_book_row(w, lines[i], f);
    return ok && policy_rows(s, w, report->as_of, f);
}

/* --- the rows --- */

static const struct table_book_column ROWS[] = {
    {"Mã điểm", FIELD_TEXT},      {"Tên", FIELD_TEXT},         {"Mô hình", FIELD_TEXT},
    {"Trong mẫu số", FIELD_BOOL}, {"Trong tử số", FIELD_BOOL}, {"Lý do", FIELD_TEXT},
};

static bool rows_sheet(struct table_book *w, enum indicator_id id, const struct indicator_row *rows,
                       uint32_t count, struct fault *f)
{
    bool ok = table_book_sheet(w, indicator_code(id), ROWS, COUNT_OF(ROWS), f);
    for (uint32_t i = 0; ok && i < count; i++) {
        const struct table_book_cell cells[COUNT_OF(ROWS)] = {
            text_cell(rows[i].code),
            text_cell(rows[i].name),
            text_cell(rows[i].model),
            int_cell(true, rows[i].in_denominator),
            int_cell(true, rows[i].in_numerator),
            text_cell(rows[i].reason),
        };
        ok = table_book_row(w, cells, f);
    }
    return ok;
}

static bool rows_sheets(struct store *s, struct table_book *w, const struct indicator_request *r,
                        struct fault *f)
{
    struct arena a = {0}, one = {0};
    struct basis b;
    bool ok = basis_make(s, r, &a, &b, f);
    for (int id = 0; ok && id < INDICATOR_COUNT; id++) {
        struct indicator_row *rows = NULL;
        uint32_t count = 0;
        arena_reset(&one);
        ok = indicator_rows_on_basis(s, &b, (enum indicator_id)id, &one, &rows, &count, f) &&
             rows_sheet(w, (enum indicator_id)id, rows, count, f);
    }
    arena_release(&one);
    arena_release(&a);
    return ok;
}

static bool fill(struct store *s, const struct indicator_request *r, struct table_book *w, struct fault *f)
{
    struct arena a = {0};
    struct indicator_report *report = ARENA_NEW(&a, struct indicator_report);
    bool ok = indicators_report(s, r, &a, report, f) && figures_sheet(w, report, f) &&
              grounds_sheet(s, w, report, f) && rows_sheets(s, w, r, f);
    arena_release(&a);
    return ok;
}

bool indicators_xlsx(struct store *s, const struct indicator_request *r, const char *path, struct fault *f)
{
    struct table_book *w = NULL;
    bool alone = sqlite3_get_autocommit(store_handle(s)) != 0;
    if (!table_book_open(&w, path, f))
        return false;
    bool ok = (!alone || store_run(s, "BEGIN", f)) && fill(s, r, w, f);
    if (alone)
        store_rollback(s);
    return table_book_close(w, ok, f) && ok;
}
