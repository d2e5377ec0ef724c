/* report_text: the report for people: a table on a terminal, a CSV for a spreadsheet, an HTML page that
 * stands alone. The figures are those of report_json; here they get commas, units and words. */
#include "layers/indicators/indicators.h"

static const char *verdict_of(const struct indicator *i)
{
    return i->state == INDICATOR_NA ? "chưa có số liệu" : !i->has_target ? "" : i->met ? "đạt" : "chưa đạt";
}

/* "59,55" */
static void add_percent(struct buf *out, int64_t numerator, int64_t denominator, char mark)
{
    int64_t h = indicator_percent_hundredths(numerator, denominator);
    buf_format(out, "%lld%c%02lld", (long long)(h / 100), mark, (long long)(h % 100));
}

static void add_points(struct buf *out, int64_t ten_thousandths, char mark)
{
    int64_t m = ten_thousandths < 0 ? -ten_thousandths : ten_thousandths;
    buf_format(out, "%s%lld%c%04lld", ten_thousandths < 0 ? "-" : "", (long long)(m / 10000), mark,
               (long long)(m % 10000));
}

/* --- terminal --- */

static void table_share(struct buf *out, const struct indicator_share *share)
{
    buf_format(out, "            %s%s%s: %lld/%lld", share->code ? share->code : "", share->code ? " " : "",
               share->name ? share->name : "", (long long)share->numerator, (long long)share->denominator);
    if (share->denominator) {
        buf_text(out, " = ");
        add_percent(out, share->numerator, share->denominator, ',');
        buf_text(out, " %");
    }
    buf_char(out, '\n');
}

static void table_indicator(struct buf *out, const struct indicator *i)
{
    buf_format(out, "%-9s %s\n          ", i->code, i->title);
    if (i->state == INDICATOR_NA) {
        buf_format(out, "  chưa có số liệu: %s\n", i->why);
        return;
    }
    buf_format(out, "  %lld/%lld = ", (long long)i->numerator, (long long)i->denominator);
    add_percent(out, i->numerator, i->denominator, ',');
    buf_text(out, " %");
    if (i->has_target)
        buf_format(out, "; mốc %s %d %%: %s", i->op[0] == 'g' ? "≥" : "≤", i->target, verdict_of(i));
    buf_char(out, '\n');
    for (int m = 0; m < i->model_count; m++)
        table_share(out, &i->models[m]);
    for (int v = 0; v < i->variant_count; v++)
        table_share(out, &i->variants[v]);
}

static void table_stage(struct buf *out, const struct indicator_stage *stage)
{
    buf_format(out, "Giai đoạn %d: %s", stage->number, stage->complete ? "hoàn thành" : "chưa hoàn thành");
    if (stage->blocking_count)
        buf_text(out, "; còn vướng:");
    for (int i = 0; i < stage->blocking_count; i++)
        buf_format(out, " %s", stage->blocking[i]);
    if (!stage->accepted)
        buf_text(out, "; chưa ghi biên bản nghiệm thu");
    buf_char(out, '\n');
}

static void table_score(struct buf *out, const struct indicator_score *score)
{
    buf_format(out, "%-9s %-9s %s\n            ", score->sheet, score->row, score->title);
    if (!score->has_value) {
        buf_format(out, "chưa tính được: %s\n", score->why);
        return;
    }
    add_points(out, score->score, ',');
    if (score->score_relative != score->score) {
        buf_text(out, " (cách hiểu tương đối: ");
        add_points(out, score->score_relative, ',');
        buf_char(out, ')');
    }
    buf_format(out, " trên %g điểm, từ %lld/%lld\n", score->max / 100.0, (long long)score->numerator,
               (long long)score->denominator);
}

void indicators_report_table(const struct indicator_report *report, struct buf *out)
{
    buf_format(out, "Số liệu đúng tại ngày %02d/%02d/%04d; chính sách minh chứng %s\n\n", report->as_of.day,
               report->as_of.month, report->as_of.year, report->policy);
    for (int i = 0; i < INDICATOR_COUNT; i++)
        table_indicator(out, &report->indicators[i]);
    buf_char(out, '\n');
    for (int i = 0; i < INDICATOR_STAGES; i++)
        table_stage(out, &report->stages[i]);
    buf_text(out, "\nĐiểm tự đánh giá (chưa thẩm định)\n");
    for (int i = 0; i < report->score_count; i++)
        table_score(out, &report->scores[i]);
}

/* --- CSV: one line per figure, model and variant --- */

static void csv_names(struct buf *out, const char *code, const char *scope, const char *title)
{
    buf_csv(out, slice_of(code));
    buf_char(out, ',');
    buf_csv(out, slice_of(scope));
    buf_char(out, ',');
    buf_csv(out, slice_of(title));
}

static void csv_line(struct buf *out, const char *code, const char *scope,
                     const struct indicator_share *share)
{
    csv_names(out, code, scope, share->name);
    buf_format(out, ",%lld,%lld,", (long long)share->numerator, (long long)share->denominator);
    if (share->denominator)
        add_percent(out, share->numerator, share->denominator, '.');
}

static void csv_indicator(struct buf *out, const struct indicator *i)
{
    struct indicator_share whole = {
        .name = i->title, .numerator = i->numerator, .denominator = i->denominator};
    if (i->is_measured)
        csv_line(out, i->code, "", &whole);
    else {
        csv_names(out, i->code, "", i->title);
        buf_text(out, ",,,");
    }
    buf_format(out, ",%s,%d,%s,", i->op, i->target,
               i->state == INDICATOR_NA ? ""
               : i->met                 ? "true"
                                        : "false");
    buf_text(out, i->state == INDICATOR_NA ? "na," : i->state == INDICATOR_ESTIMATE ? "estimate," : "ok,");
    buf_csv(out, slice_of(i->why));
    buf_char(out, ',');
    buf_csv(out, slice_of(i->source));
    buf_text(out, "\r\n");
    for (int m = 0; m < i->model_count; m++) {
        csv_line(out, i->code, i->models[m].code, &i->models[m]);
        buf_text(out, ",,,,,,\r\n");
    }
    for (int v = 0; v < i->variant_count; v++) {
        csv_line(out, i->code, "variant", &i->variants[v]);
        buf_text(out, ",,,,,,\r\n");
    }
}

void indicators_report_csv(const struct indicator_report *report, struct buf *out)
{
    buf_text(out, "code,scope,title,numerator,denominator,percent,op,target,met,state,why,source\r\n");
    for (int i = 0; i < INDICATOR_COUNT; i++)
        csv_indicator(out, &report->indicators[i]);
}

/* --- HTML: every text goes through html_text --- */

static void html_text(struct buf *out, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++)
        if (*c == '<')
            buf_text(out, "&lt;");
        else if (*c == '>')
            buf_text(out, "&gt;");
        else if (*c == '&')
            buf_text(out, "&amp;");
        else if (*c == '"')
            buf_text(out, "&quot;");
        else
            buf_char(out, *c);
}

static void html_cell(struct buf *out, const char *text)
{
    buf_text(out, "<td>");
    html_text(out, text);
    buf_text(out, "</td>");
}

static void html_share_line(struct buf *out, const char *code, const struct indicator_share *share)
{
    buf_text(out, "<tr class=\"part\">");
    html_cell(out, code);
    html_cell(out, share->name);
    buf_format(out, "<td class=\"n\">%lld/%lld</td><td class=\"n\">", (long long)share->numerator,
               (long long)share->denominator);
    if (share->denominator)
        add_percent(out, share->numerator, share->denominator, ',');
    buf_text(out, "</td><td></td><td></td><td></td></tr>\n");
}

static void html_indicator(struct buf *out, const struct indicator *i)
{
    buf_text(out, "<tr>");
    html_cell(out, i->code);
    html_cell(out, i->title);
    if (i->state == INDICATOR_NA) {
        buf_text(out, "<td colspan=\"3\">");
        html_text(out, i->why);
        buf_text(out, "</td>");
    } else {
        buf_format(out, "<td class=\"n\">%lld/%lld</td><td class=\"n\">", (long long)i->numerator,
                   (long long)i->denominator);
        add_percent(out, i->numerator, i->denominator, ',');
        buf_format(out, "</td><td class=\"n\">%s %d</td>", i->op[0] == 'g' ? "≥" : "≤", i->target);
    }
    html_cell(out, verdict_of(i));
    html_cell(out, i->source);
    buf_text(out, "</tr>\n");
    for (int m = 0; m < i->model_count; m++)
        html_share_line(out, i->models[m].code, &i->models[m]);
    for (int v = 0; v < i->variant_count; v++)
        html_share_line(out, "", &i->variants[v]);
}

static void html_stage(struct buf *out, const struct indicator_stage *stage)
{
    struct buf text = {0};
    table_stage(&text, stage);
    buf_char(&text, '\0');
    buf_text(out, "<p>");
    html_text(out, text.p);
    buf_text(out, "</p>\n");
    buf_release(&text);
}

static void html_score(struct buf *out, const struct indicator_score *score)
{
    buf_text(out, "<tr>");
    html_cell(out, score->sheet);
    html_cell(out, score->row);
    html_cell(out, score->title);
    if (score->has_value) {
        buf_format(out, "<td class=\"n\">%lld/%lld</td><td class=\"n\">", (long long)score->numerator,
                   (long long)score->denominator);
        add_points(out, score->score, ',');
        buf_text(out, "</td><td class=\"n\">");
        add_points(out, score->score_relative, ',');
        buf_text(out, "</td>");
    } else {
        buf_text(out, "<td colspan=\"3\">");
        html_text(out, score->why);
        buf_text(out, "</td>");
    }
    buf_format(out, "<td class=\"n\">%g</td></tr>\n", score->max / 100.0);
}

static const char HTML_HEAD[] =
    "<!DOCTYPE html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
    "content=\"width=device-width\">"
    "<title>Chỉ tiêu</title><style>body{font:16px/1.4 sans-serif;margin:2em;max-width:70em}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3em "
    ".5em;text-align:left;vertical-align:top}"
    ".n{text-align:right;white-space:nowrap}.part td{color:#444}</style></head><body>\n";

void indicators_report_html(const struct indicator_report *report, struct buf *out)
{
    buf_text(out, HTML_HEAD);
    buf_format(out,
               "<h1>Chỉ tiêu, số liệu đúng tại ngày %02d/%02d/%04d</h1>\n<p>Chính sách minh chứng: %s.</p>\n",
               report->as_of.day, report->as_of.month, report->as_of.year, report->policy);
    buf_text(
        out,
        "<table><thead><tr><th>Mã</th><th>Chỉ tiêu</th><th>Số đếm</th><th>%</th><th>Mốc</th><th>Kết quả</th>"
        "<th>Nguồn</th></tr></thead><tbody>\n");
    for (int i = 0; i < INDICATOR_COUNT; i++)
        html_indicator(out, &report->indicators[i]);
    buf_text(out, "</tbody></table>\n<h2>Giai đoạn của Bản đồ số kinh doanh</h2>\n");
    for (int i = 0; i < INDICATOR_STAGES; i++)
        html_stage(out, &report->stages[i]);
    buf_text(out,
             "<h2>Điểm tự đánh giá (chưa thẩm định)</h2>\n<table><thead><tr><th>Bộ</th><th>Dòng</th><th>Tiêu "
             "chí</th>"
             "<th>Số đếm</th><th>Điểm</th><th>Cách hiểu tương đối</th><th>Tối đa</th></tr></thead><tbody>\n");
    for (int i = 0; i < report->score_count; i++)
        html_score(out, &report->scores[i]);
    buf_text(out, "</tbody></table>\n</body></html>\n");
}
