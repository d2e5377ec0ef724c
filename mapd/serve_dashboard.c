/* serve_dashboard: the numbers for people: a tile for each figure, and for each a page of its own: how it
 * moved over the closed periods, the models side by side, what must happen for the target, and the rows
 * behind it, each with its way to the record. The queries run on one reading connection, one at a time. */
#include "mapd/chart.h"
#include "mapd/html.h"
#include "mapd/say.h"
#include "mapd/serve.h"

#include <stdlib.h>
#include <string.h>

enum { TREND_MOST = 12, NEAREST_MOST = 30, ROWS_SHOWN = 500 };

static struct indicator_request request_of(const struct call *c)
{
    const struct value *as_of = &c->value[PARAMETER_AS_OF], *known_at = &c->value[PARAMETER_KNOWN_AT];
    return (struct indicator_request){.as_of = as_of->given ? as_of->from : snapshot_date(c->snapshot),
                                      .known_at =
                                          known_at->given ? arena_text(c->arena, known_at->text) : NULL};
}

static const char *percent_text(const struct call *c, int64_t numerator, int64_t denominator)
{
    if (!denominator)
        return "–";
    int64_t h = indicator_percent_hundredths(numerator, denominator);
    return arena_format(c->arena, "%lld,%02lld %%", (long long)(h / 100), (long long)(h % 100));
}

/* Shown as the target while the exact test fails: said beside it (domain.md B.0). */
static const char *verdict_of(const struct indicator *n)
{
    return n->is_hidden               ? "quá ít điểm, không công bố"
           : n->state == INDICATOR_NA ? "chưa có số liệu"
           : !n->has_target           ? ""
           : n->met                   ? "đạt"
                                      : "chưa đạt";
}

static const char *target_text(const struct call *c, const struct indicator *n)
{
    return n->has_target ? arena_format(c->arena, "mốc %s %d %%", n->op[0] == 'g' ? "≥" : "≤", n->target)
                         : "";
}

static bool is_shown(const struct indicator *n)
{
    return n->state != INDICATOR_NA && !n->is_hidden;
}

/* --- the frame --- */

static const char STYLE[] =
    ".tiles{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));"
    "gap:.75rem}"
    ".tile{border:1px solid var(--line);border-left:.35rem solid "
    "var(--line);border-radius:.4rem;padding:.5rem .75rem;margin:0}"
    ".tile.good{border-left-color:var(--good);color:inherit}.tile.stop{border-left-color:var(--stop);color:"
    "inherit}"
    ".big{font-size:1.6rem;font-weight:600}.n{text-align:right}meter{width:6rem}figure{margin:.5rem 0}"
    "figure svg{max-width:100%;height:auto}figcaption{color:var(--quiet);font-size:.875rem}";

static void dashboard_open(const struct call *c, struct reply *r, const char *title)
{
    struct page page = {.title = title,
                        .ward = c->serve->ward_name,
                        .sample = c->serve->is_sample,
                        .wide = true,
                        .more_style = STYLE};
    struct buf policy = {0};
    html_policy(&policy, STYLE, false);
    reply_header(r, "Content-Security-Policy", arena_text(c->arena, buf_to_slice(&policy)));
    buf_release(&policy);
    html_page_open(&r->body, &page);
    buf_text(&r->body, "<h1>");
    html_text(&r->body, slice_of(title));
    buf_text(&r->body, "</h1>");
}

/* --- all of them --- */

static void tile_html(const struct call *c, struct buf *out, const struct indicator *n)
{
    buf_format(out, "<li class=\"tile %s\"><a href=\"/indicators/%s\"><b>%s</b> ",
               !is_shown(n) ? "none"
               : n->met     ? "good"
                            : "stop",
               n->code, n->code);
    html_text(out, slice_of(n->title));
    buf_text(out, "</a><br>");
    if (!is_shown(n)) {
        buf_text(out, "<span class=\"quiet\">");
        html_text(out, slice_of(n->is_hidden ? verdict_of(n) : n->why));
        buf_text(out, "</span></li>");
        return;
    }
    buf_format(out, "<span class=\"big\">%s</span> <span>%lld / %lld</span>",
               percent_text(c, n->numerator, n->denominator), (long long)n->numerator,
               (long long)n->denominator);
    buf_format(
        out, "<br><meter min=\"0\" max=\"100\" value=\"%lld\" aria-label=\"%s\"></meter> %s: <b>%s</b></li>",
        (long long)(indicator_percent_hundredths(n->numerator, n->denominator) / 100), n->code,
        target_text(c, n), verdict_of(n));
}

static void stages_html(struct buf *out, const struct indicator_report *report)
{
    for (int i = 0; i < INDICATOR_STAGES; i++) {
        const struct indicator_stage *s = &report->stages[i];
        buf_format(out, "<p><b>Giai đoạn %d:</b> %s", s->number,
                   s->complete ? "hoàn thành" : "chưa hoàn thành");
        if (s->blocking_count)
            buf_format(out, "; còn %d chỉ tiêu chưa đạt", s->blocking_count);
        buf_text(out, "</p>");
    }
}

bool serve_indicators(const struct call *c, struct reply *r, struct fault *f)
{
    static const char *const PARTS[][2] = {
        {"KPI", "Chỉ tiêu chính"}, {"S1", "Giai đoạn 1 (2026)"}, {"S2", "Giai đoạn 2 (2028)"}};
    struct indicator_request request = request_of(c);
    struct indicator_report *report = ARENA_NEW(c->arena, struct indicator_report);
    pthread_mutex_lock(&c->serve->store_lock);
    bool good = indicators_report(c->serve->store, &request, c->arena, report, f);
    if (good)
        indicators_hide_small(c->serve->store, c->arena, report);
    pthread_mutex_unlock(&c->serve->store_lock);
    if (!good)
        return false;
    char day[11];
    date_format_iso(request.as_of, day);
    dashboard_open(c, r, say(SAY_INDICATORS, false));
    buf_format(&r->body,
               "<p>Tại ngày %s, chính sách minh chứng %s. Mỗi con số là số dòng đếm được: chọn một chỉ tiêu "
               "để xem các dòng, xu hướng và "
               "việc cần làm. <a href=\"/indicators.json\">JSON</a></p>",
               day_text(c, slice_of(day)), report->policy);
    stages_html(&r->body, report);
    for (size_t p = 0; p < COUNT_OF(PARTS); p++) {
        buf_format(&r->body, "<h2>%s</h2><ul class=\"tiles\">", PARTS[p][1]);
        for (int i = 0; i < INDICATOR_COUNT; i++)
            if (slice_starts(slice_of(report->indicators[i].code), slice_of(PARTS[p][0])))
                tile_html(c, &r->body, &report->indicators[i]);
        buf_text(&r->body, "</ul>");
    }
    page_end(c, r);
    return true;
}

/* --- one of them --- */

/* What the page of one figure is made from; read under one lock. */
struct one {
    struct indicator_request request;
    struct indicator indicator;
    struct indicator_row *rows;
    uint32_t row_count;
    struct chart_point trend[TREND_MOST + 1];
    int trend_count;
};

/* A closed period of too few places is told to the public no more than today. Under the store's lock. */
static struct chart_point past_point(const struct call *c, const struct one *o, const char *period,
                                     const struct period_figure *figure)
{
    struct indicator then = {
        .code = o->indicator.code, .numerator = figure->numerator, .denominator = figure->denominator};
    indicator_hide_small(c->serve->store, c->arena, o->request.as_of, &then);
    return then.is_hidden ? (struct chart_point){.label = period}
                          : (struct chart_point){period, figure->numerator, figure->denominator};
}

static bool read_one(const struct call *c, struct one *o, struct fault *f)
{
    enum indicator_id id;
    struct store *s = c->serve->store;
    if (!indicator_find(c->value[PARAMETER_INDICATOR].text, &id))
        return fault_set(f, FAULT_NOT_FOUND, "indicator", "không có chỉ tiêu này");
    o->request = request_of(c);
    struct period_figure *figures;
    const char **periods;
    pthread_mutex_lock(&c->serve->store_lock);
    bool good = indicator_compute(s, id, &o->request, c->arena, &o->indicator, f) &&
                indicator_rows(s, id, &o->request, c->arena, &o->rows, &o->row_count, f);
    if (good) {
        indicator_hide_small(s, c->arena, o->request.as_of, &o->indicator);
        indicator_rows_hide_small(s, c->arena, o->request.as_of, o->rows, o->row_count);
        int count = period_trend(s, id, c->arena, &periods, &figures, f);
        int first = count > TREND_MOST ? count - TREND_MOST : 0;
        for (int i = first; i < count; i++)
            o->trend[o->trend_count++] = past_point(c, o, periods[i], &figures[i]);
    }
    pthread_mutex_unlock(&c->serve->store_lock);
    char day[11];
    date_format_iso(o->request.as_of, day);
    bool shown = good && is_shown(&o->indicator);
    o->trend[o->trend_count++] =
        (struct chart_point){arena_text(c->arena, slice_of(day)), shown ? o->indicator.numerator : 0,
                             shown ? o->indicator.denominator : 0};
    return good && f->code == FAULT_NONE;
}

static void points_table(const struct call *c, struct buf *out, const char *label,
                         const struct chart_point *points, int count)
{
    html_table_open(out, label);
    buf_text(out,
             "<tr><th></th><th class=\"n\">Đạt</th><th class=\"n\">Tổng</th><th class=\"n\">Tỷ lệ</th></tr>");
    for (int i = 0; i < count; i++) {
        buf_text(out, "<tr><td>");
        html_text(out, slice_of(points[i].label));
        if (points[i].denominator)
            buf_format(out,
                       "</td><td class=\"n\">%lld</td><td class=\"n\">%lld</td><td class=\"n\">%s</td></tr>",
                       (long long)points[i].numerator, (long long)points[i].denominator,
                       percent_text(c, points[i].numerator, points[i].denominator));
        else
            buf_text(out,
                     "</td><td colspan=\"3\" class=\"quiet\">chưa có số liệu hoặc không công bố</td></tr>");
    }
    html_table_close(out);
}

static void trend_html(const struct call *c, struct buf *out, const struct one *o)
{
    struct chart chart = {
        .title = arena_format(c->arena, "%s qua các kỳ đã chốt và đến ngày tính", o->indicator.code),
        .points = o->trend,
        .count = o->trend_count,
        .target = o->indicator.has_target ? o->indicator.target : -1};
    buf_text(out, "<h2>Qua các kỳ đã chốt, đến ngày tính</h2><figure>");
    chart_line(out, &chart);
    buf_text(out,
             "<figcaption>Đường đứt: mốc hiện hành. Bảng dưới là các số của hình.</figcaption></figure>");
    points_table(c, out, "Số liệu qua các kỳ", o->trend, o->trend_count);
}

static void models_html(const struct call *c, struct buf *out, const struct indicator *n)
{
    struct chart_point *points = ARENA_ARRAY(c->arena, struct chart_point, (size_t)n->model_count + 1);
    for (int i = 0; i < n->model_count; i++)
        points[i] = (struct chart_point){n->models[i].name ? n->models[i].name : n->models[i].code,
                                         n->models[i].is_hidden ? 0 : n->models[i].numerator,
                                         n->models[i].is_hidden ? 0 : n->models[i].denominator};
    if (!n->model_count)
        return;
    struct chart_point *codes = ARENA_ARRAY(c->arena, struct chart_point, (size_t)n->model_count);
    for (int i = 0; i < n->model_count; i++) {
        codes[i] = points[i];
        codes[i].label = n->models[i].code;
        points[i].label = arena_format(c->arena, "%s %s", n->models[i].code, points[i].label);
    }
    struct chart chart = {.title = "So sánh các mô hình",
                          .points = codes,
                          .count = n->model_count,
                          .target = n->has_target ? n->target : -1};
    buf_text(out, "<h2>So sánh các mô hình</h2><figure>");
    chart_bars(out, &chart);
    buf_text(out, "</figure>");
    points_table(c, out, "Các mô hình", points, n->model_count);
}

/* --- what must happen --- */

static int lacks_of(const struct indicator_row *row)
{
    int lacks = 1;
    for (const char *p = row->reason; *p; p++)
        lacks += *p == ';' || *p == ',';
    return lacks;
}

static int by_lacks(const void *a, const void *b)
{
    const struct indicator_row *x = *(const struct indicator_row *const *)a,
                               *y = *(const struct indicator_row *const *)b;
    int difference = lacks_of(x) - lacks_of(y);
    return difference ? difference : strcmp(x->code, y->code);
}

static bool is_public_code(const char *code)
{
    return strlen(code) == CODE_LENGTH && !strchr(code, ' ');
}

/* The map opens at establishments unless its address names another layer. */
static const char *map_layer(const struct call *c, const char *code)
{
    const struct snapshot_layer *stalls = snapshot_get(c->snapshot, LAYER_STALLS);
    return snapshot_find(stalls, slice_of(code)) >= 0 ? "c=stalls&amp;" : "";
}

static void row_html(const struct call *c, struct buf *out, const struct indicator_row *row)
{
    const char *word = row->is_hidden        ? ""
                       : row->in_numerator   ? "được tính"
                       : row->in_denominator ? "chưa đạt"
                                             : "ngoài mẫu số";
    buf_text(out, "<tr><td>");
    if (is_public_code(row->code))
        buf_format(out, "<a href=\"/c/%s\">%s</a> · <a href=\"/?%sid=%s\">bản đồ</a>", row->code, row->code,
                   map_layer(c, row->code), row->code);
    else
        html_text(out, slice_of(row->code));
    buf_format(out, "</td><td>%s</td><td>%s</td><td>", row->model ? row->model : "", word);
    html_text(out, slice_of(row->is_hidden ? indicator_hidden_reason() : row->reason));
    buf_text(out, "</td></tr>");
}

static void rows_open(struct buf *out, const char *label)
{
    html_table_open(out, label);
    buf_text(out, "<tr><th>Mã</th><th>Mô hình</th><th>Tính</th><th>Vì sao</th></tr>");
}

static void nearest_html(const struct call *c, struct buf *out, const struct one *o)
{
    const struct indicator *n = &o->indicator;
    int64_t want = ((int64_t)n->target * n->denominator + 99) / 100 - n->numerator;
    if (!is_shown(n) || !n->has_target || n->met || n->op[0] != 'g')
        return;
    const struct indicator_row **open =
        ARENA_ARRAY(c->arena, const struct indicator_row *, (size_t)o->row_count + 1);
    size_t count = 0;
    for (uint32_t i = 0; i < o->row_count; i++)
        if (o->rows[i].in_denominator && !o->rows[i].in_numerator && !o->rows[i].is_hidden)
            open[count++] = &o->rows[i];
    qsort(open, count, sizeof *open, by_lacks);
    buf_format(out,
               "<h2>Việc cần làm để đạt %d %%</h2><p>Cần thêm ít nhất <b>%lld</b> mục. Gần đạt nhất, thiếu "
               "ít nhất trước:</p>",
               n->target, (long long)want);
    rows_open(out, "Gần đạt nhất");
    for (size_t i = 0; i < count && i < NEAREST_MOST && (int64_t)i < want; i++)
        row_html(c, out, open[i]);
    html_table_close(out);
}

static void rows_html(const struct call *c, struct buf *out, const struct one *o)
{
    buf_format(
        out,
        "<h2>Các dòng đứng sau con số: %u</h2><p><a href=\"/indicators/%s/rows\">Toàn bộ dạng JSON</a></p>",
        o->row_count, o->indicator.code);
    rows_open(out, "Các dòng");
    for (uint32_t i = 0; i < o->row_count && i < ROWS_SHOWN; i++)
        row_html(c, out, &o->rows[i]);
    html_table_close(out);
    if (o->row_count > ROWS_SHOWN)
        buf_format(out, "<p class=\"quiet\">Trang này chỉ hiện %d dòng đầu.</p>", ROWS_SHOWN);
}

bool serve_indicator(const struct call *c, struct reply *r, struct fault *f)
{
    struct one *o = ARENA_NEW(c->arena, struct one);
    if (!read_one(c, o, f))
        return false;
    const struct indicator *n = &o->indicator;
    dashboard_open(c, r, arena_format(c->arena, "%s · %s", n->code, n->title));
    struct buf *out = &r->body;
    buf_format(out, "<p><a href=\"/indicators\">← Tất cả chỉ tiêu</a> · nguồn: %s</p>", n->source);
    if (is_shown(n))
        buf_format(out, "<p><span class=\"big\">%s</span> (%lld / %lld), %s: <b>%s</b></p>",
                   percent_text(c, n->numerator, n->denominator), (long long)n->numerator,
                   (long long)n->denominator, target_text(c, n), verdict_of(n));
    else {
        buf_text(out, "<p class=\"quiet\">");
        html_text(out, slice_of(n->is_hidden ? verdict_of(n) : n->why));
        buf_text(out, "</p>");
    }
    trend_html(c, out, o);
    models_html(c, out, n);
    nearest_html(c, out, o);
    rows_html(c, out, o);
    page_end(c, r);
    return true;
}

bool serve_indicator_svg(const struct call *c, struct reply *r, struct fault *f)
{
    struct one *o = ARENA_NEW(c->arena, struct one);
    if (!read_one(c, o, f))
        return false;
    const struct indicator *n = &o->indicator;
    bool shown = is_shown(n);
    struct chart_tile tile = {.code = n->code,
                              .title = n->title,
                              .value = shown
                                           ? arena_format(c->arena, "%s (%lld/%lld)",
                                                          percent_text(c, n->numerator, n->denominator),
                                                          (long long)n->numerator, (long long)n->denominator)
                                           : "–",
                              .target = target_text(c, n),
                              .verdict = verdict_of(n),
                              .numerator = shown ? n->numerator : 0,
                              .denominator = shown ? n->denominator : 0,
                              .target_percent = n->has_target ? n->target : -1,
                              .is_met = n->met};
    chart_tile(&r->body, &tile);
    return true;
}
