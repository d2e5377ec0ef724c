/* serve_indicator: the numbers and the rows behind them. The rows go out with code and reason only: a name is
 * not needed to see why a place was counted. The queries run on one reading connection, one at a time: they
 * are few and the public hot path never waits for them. */
#include "mapd/json_write.h"
#include "mapd/service.h"
#include "mapd/staff.h"

static struct indicator_request request_of(const struct call *c)
{
    const struct value *as_of = &c->value[PARAMETER_AS_OF], *known_at = &c->value[PARAMETER_KNOWN_AT];
    return (struct indicator_request){.as_of = as_of->given ? as_of->from : snapshot_date(c->snapshot),
                                      .known_at =
                                          known_at->given ? arena_text(c->arena, known_at->text) : NULL};
}

bool serve_indicators_json(const struct call *c, struct reply *r, struct fault *f)
{
    struct indicator_request request = request_of(c);
    struct indicator_report *report = ARENA_NEW(c->arena, struct indicator_report);
    pthread_mutex_lock(&c->serve->store_lock);
    bool good = indicators_report(c->serve->store, &request, c->arena, report, f);
    if (good)
        indicators_hide_small(c->serve->store, c->arena, report);
    pthread_mutex_unlock(&c->serve->store_lock);
    if (good)
        indicators_report_json(report, &r->body);
    return good;
}

static void counted_json(struct json *j, const char *key, const struct indicator_row *row, bool counted)
{
    json_key(j, key);
    if (row->is_hidden)
        json_null(j);
    else
        json_bool(j, counted);
}

static void rows_json(struct buf *out, const char *code, const struct indicator_row *rows, uint32_t count)
{
    struct json j = {.out = out};
    json_open(&j, '{');
    json_field(&j, "code", code);
    json_field_int(&j, "count", count);
    json_key(&j, "rows");
    json_open(&j, '[');
    for (uint32_t i = 0; i < count; i++) {
        json_open(&j, '{');
        json_field(&j, "code", rows[i].code);
        counted_json(&j, "in_denominator", &rows[i], rows[i].in_denominator);
        counted_json(&j, "in_numerator", &rows[i], rows[i].in_numerator);
        json_field(&j, "reason", rows[i].is_hidden ? indicator_hidden_reason() : rows[i].reason);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
}

bool serve_indicator_rows(const struct call *c, struct reply *r, struct fault *f)
{
    enum indicator_id id;
    if (!indicator_find(c->value[PARAMETER_INDICATOR].text, &id))
        return fault_set(f, FAULT_NOT_FOUND, "indicator", "không có chỉ tiêu này");
    struct indicator_request request = request_of(c);
    struct indicator_row *rows = NULL;
    uint32_t count = 0;
    pthread_mutex_lock(&c->serve->store_lock);
    bool good = indicator_rows(c->serve->store, id, &request, c->arena, &rows, &count, f);
    if (good)
        indicator_rows_hide_small(c->serve->store, c->arena, request.as_of, rows, count);
    pthread_mutex_unlock(&c->serve->store_lock);
    if (good)
        rows_json(&r->body, indicator_code(id), rows, count);
    return good;
}

static void groups_json(struct buf *out, const char *code, const struct indicator_share *groups, int count)
{
    struct json j = {.out = out};
    json_open(&j, '{');
    json_field(&j, "code", code);
    json_key(&j, "groups");
    json_open(&j, '[');
    for (int i = 0; i < count; i++) {
        json_open(&j, '{');
        json_field(&j, "code", groups[i].code);
        json_field(&j, "name", groups[i].name);
        if (groups[i].is_hidden) {
            json_field(&j, "why", "tổ có quá ít điểm kinh doanh: không công bố");
        } else {
            json_field_int(&j, "numerator", groups[i].numerator);
            json_field_int(&j, "denominator", groups[i].denominator);
        }
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
}

static void groups_page(const struct call *c, struct reply *r, const char *code,
                        const struct indicator_share *groups, int count)
{
    struct buf *out = &r->body;
    page_begin(c, r, arena_format(c->arena, "%s theo tổ dân phố", code));
    html_table_open(out, code);
    buf_text(out, "<tr><th scope=\"col\">Tổ dân phố</th><th scope=\"col\">Đạt / tổng</th><th "
                  "scope=\"col\">Tỷ lệ</th></tr>");
    for (int i = 0; i < count; i++) {
        const struct indicator_share *g = &groups[i];
        buf_text(out, "<tr><td>");
        html_text(out, slice_of(g->name));
        if (g->is_hidden) {
            buf_text(out, "</td><td colspan=\"2\">quá ít điểm kinh doanh: không công bố</td></tr>");
            continue;
        }
        buf_format(out, "</td><td>%lld / %lld</td><td>", (long long)g->numerator, (long long)g->denominator);
        buf_real(out, (double)indicator_percent_hundredths(g->numerator, g->denominator) / 100, 2);
        buf_text(out, " %</td></tr>");
    }
    html_table_close(out);
    page_end(c, r);
}

bool serve_indicator_groups(const struct call *c, struct reply *r, struct fault *f)
{
    enum indicator_id id;
    if (!indicator_find(c->value[PARAMETER_INDICATOR].text, &id))
        return fault_set(f, FAULT_NOT_FOUND, "indicator", "không có chỉ tiêu này");
    struct indicator_request request = request_of(c);
    struct store *s = c->serve->store;
    struct indicator_row *rows = NULL;
    struct indicator_share *groups = NULL;
    uint32_t count = 0;
    int group_count = 0;
    pthread_mutex_lock(&c->serve->store_lock);
    bool good = indicator_rows(s, id, &request, c->arena, &rows, &count, f);
    if (good)
        indicator_rows_hide_small(s, c->arena, request.as_of, rows, count);
    good = good && indicator_by_group(s, c->arena, request.as_of, rows, count, &groups, &group_count, f);
    pthread_mutex_unlock(&c->serve->store_lock);
    if (good && c->format == FORMAT_HTML)
        groups_page(c, r, indicator_code(id), groups, group_count);
    else if (good)
        groups_json(&r->body, indicator_code(id), groups, group_count);
    return good;
}

bool staff_indicators_json(const struct call *c, struct reply *r, struct fault *f)
{
    struct indicator_request request = request_of(c);
    struct indicator_report *report = ARENA_NEW(c->arena, struct indicator_report);
    if (!indicators_report(c->serve->staff->store, &request, c->arena, report, f))
        return false;
    if (c->visitor->is_program)
        service_used(c->serve, SERVICE_USE_DASHBOARD);
    r->type = format_type(FORMAT_JSON);
    indicators_report_json(report, &r->body);
    return true;
}
