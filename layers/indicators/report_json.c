/* report_json: the report as the JSON of design.md section 7. Numbers that do not exist are null; a
 * percentage is for the eye, two decimals, and nothing compares it. */
#include "layers/indicators/query.h"

static const char *const STATE_NAMES[] = {"ok", "na", "estimate"};

const char *indicator_state_name(enum indicator_state state)
{
    return STATE_NAMES[state];
}

static void add_key(struct buf *out, const char *key)
{
    buf_json(out, slice_of(key));
    buf_char(out, ':');
}

static void add_text(struct buf *out, const char *key, const char *value)
{
    add_key(out, key);
    if (value)
        buf_json(out, slice_of(value));
    else
        buf_text(out, "null");
}

static void add_int(struct buf *out, const char *key, bool exists, int64_t value)
{
    add_key(out, key);
    if (exists)
        buf_int(out, value);
    else
        buf_text(out, "null");
}

/* A decimal number of `scale` ten-thousandths or hundredths, all digits written. */
static void add_decimal(struct buf *out, int64_t value, int64_t scale, int digits)
{
    int64_t magnitude = value < 0 ? -value : value;
    buf_format(out, "%s%lld.%0*lld", value < 0 ? "-" : "", (long long)(magnitude / scale), digits,
               (long long)(magnitude % scale));
}

static void add_percent(struct buf *out, int64_t numerator, int64_t denominator)
{
    add_key(out, "percent");
    if (denominator)
        add_decimal(out, indicator_percent_hundredths(numerator, denominator), 100, 2);
    else
        buf_text(out, "null");
}

static void add_share(struct buf *out, const struct indicator_share *share)
{
    buf_char(out, '{');
    if (share->code) {
        add_text(out, "code", share->code);
        buf_char(out, ',');
    }
    add_text(out, "name", share->name);
    buf_char(out, ',');
    if (share->code) {
        add_text(out, "type", share->type);
        buf_char(out, ',');
    }
    add_int(out, "numerator", !share->is_hidden, share->numerator);
    buf_char(out, ',');
    add_int(out, "denominator", !share->is_hidden, share->denominator);
    buf_char(out, ',');
    add_percent(out, share->numerator, share->is_hidden ? 0 : share->denominator);
    if (share->is_hidden) {
        buf_char(out, ',');
        add_text(out, "why", indicator_hidden_reason());
    }
    buf_char(out, '}');
}

static void add_shares(struct buf *out, const char *key, const struct indicator_share *shares, int count)
{
    add_key(out, key);
    buf_char(out, '[');
    for (int i = 0; i < count; i++) {
        if (i)
            buf_char(out, ',');
        add_share(out, &shares[i]);
    }
    buf_char(out, ']');
}

static void add_indicator(struct buf *out, const struct indicator *i)
{
    buf_char(out, '{');
    add_text(out, "code", i->code);
    buf_char(out, ',');
    add_text(out, "title", i->title);
    buf_char(out, ',');
    bool is_told = i->is_measured && !i->is_hidden;
    add_int(out, "numerator", is_told, i->numerator);
    buf_char(out, ',');
    add_int(out, "denominator", is_told, i->denominator);
    buf_char(out, ',');
    add_percent(out, i->numerator, is_told ? i->denominator : 0);
    buf_char(out, ',');
    add_text(out, "op", i->op);
    buf_char(out, ',');
    add_int(out, "target", i->has_target, i->target);
    buf_text(out, i->state == INDICATOR_NA || i->is_hidden ? ",\"met\":null,"
                  : i->met                                 ? ",\"met\":true,"
                                                           : ",\"met\":false,");
    add_text(out, "state", STATE_NAMES[i->state]);
    buf_char(out, ',');
    add_text(out, "why", i->is_hidden ? indicator_hidden_reason() : i->why);
    buf_char(out, ',');
    add_text(out, "source", i->source);
    buf_char(out, ',');
    add_shares(out, "by_model", i->models, i->model_count);
    buf_char(out, ',');
    add_shares(out, "variants", i->variants, i->variant_count);
    buf_char(out, '}');
}

static void add_stage(struct buf *out, const struct indicator_stage *stage)
{
    buf_format(out, "{\"stage\":%d,\"complete\":%s,\"accepted\":%s,\"blocking\":[", stage->number,
               stage->complete ? "true" : "false", stage->accepted ? "true" : "false");
    for (int i = 0; i < stage->blocking_count; i++) {
        if (i)
            buf_char(out, ',');
        buf_json(out, slice_of(stage->blocking[i]));
    }
    buf_text(out, "]}");
}

static void add_points(struct buf *out, const char *key, const struct indicator_score *score, int64_t value)
{
    add_key(out, key);
    if (score->has_value)
        add_decimal(out, value, 10000, 4);
    else
        buf_text(out, "null");
}

static void add_score(struct buf *out, const struct indicator_score *score)
{
    buf_char(out, '{');
    add_text(out, "sheet", score->sheet);
    buf_char(out, ',');
    add_text(out, "row", score->row);
    buf_char(out, ',');
    add_text(out, "title", score->title);
    buf_text(out, ",\"max\":");
    buf_real(out, score->max / 100.0, 2);
    buf_char(out, ',');
    add_text(out, "rule", score->rule);
    buf_char(out, ',');
    add_int(out, "numerator", score->is_measured, score->numerator);
    buf_char(out, ',');
    add_int(out, "denominator", score->is_measured, score->denominator);
    buf_char(out, ',');
    add_points(out, "score", score, score->score);
    buf_char(out, ',');
    add_points(out, "score_relative", score, score->score_relative);
    buf_char(out, ',');
    add_text(out, "why", score->why);
    buf_char(out, ',');
    add_text(out, "appraised", score->appraised);
    buf_char(out, ',');
    add_text(out, "granted", score->granted);
    buf_char(out, '}');
}

void indicators_report_json(const struct indicator_report *report, struct buf *out)
{
    char day[11];
    date_format_iso(report->as_of, day);
    buf_char(out, '{');
    add_text(out, "as_of", day);
    buf_char(out, ',');
    add_text(out, "known_at", report->known_at);
    buf_format(out, ",\"revision\":%lld,", (long long)report->revision);
    add_text(out, "policy", report->policy);
    buf_text(out, ",\"indicators\":[");
    for (int i = 0; i < INDICATOR_COUNT; i++) {
        buf_text(out, i ? ",\n" : "\n");
        add_indicator(out, &report->indicators[i]);
    }
    buf_text(out, "\n],\"stages\":[");
    for (int i = 0; i < INDICATOR_STAGES; i++) {
        buf_text(out, i ? ",\n" : "\n");
        add_stage(out, &report->stages[i]);
    }
    buf_text(out, "\n],\"scores\":[");
    for (int i = 0; i < report->score_count; i++) {
        buf_text(out, i ? ",\n" : "\n");
        add_score(out, &report->scores[i]);
    }
    buf_text(out, "\n]}\n");
}
