/* Answers of the geocoder as JSON. geocode_json is for who asked and may hold the address;
 * geocode_explanation_json is what is stored with a place and holds no word of it: codes, numbers of ours,
 * distances. */
#include "import/geocode_private.h"

#include <math.h>

static const char *const STATUS_NAMES[] = {
    [GEOCODE_AUTO] = "auto", [GEOCODE_REVIEW] = "review", [GEOCODE_NONE] = "none"};

const char *geocode_status_name(enum geocode_status status)
{
    return STATUS_NAMES[status];
}

static void add_number(struct buf *out, const char *key, double v, int decimals)
{
    buf_format(out, ",\"%s\":", key);
    buf_real(out, v, decimals);
}

static void add_text(struct buf *out, const char *key, struct slice text)
{
    buf_char(out, ',');
    buf_json_field(out, key, text);
}

/* status, class, position, lon, lat, accuracy_m, score */
static void add_answer(const struct geocode_result *r, struct buf *out)
{
    bool is_placed = r->status == GEOCODE_AUTO;
    buf_format(out, "\"status\":\"%s\"", STATUS_NAMES[r->status]);
    buf_text(out, ",\"class\":");
    if (is_placed)
        buf_format(out, "\"%c\"", r->class);
    else
        buf_text(out, "null");
    buf_format(out, ",\"position\":\"%s\"", position_name(r->position));
    add_number(out, "lon", is_placed ? r->at.lon : NAN, 7);
    add_number(out, "lat", is_placed ? r->at.lat : NAN, 7);
    add_number(out, "accuracy_m", is_placed ? r->accuracy_m : NAN, 1);
    add_number(out, "score", r->score, 1);
    if (r->chance > 0)
        add_number(out, "chance", r->chance, 1);
}

static void add_candidate(const struct geocode_candidate *c, bool with_street, struct buf *out)
{
    buf_char(out, '{');
    if (with_street) {
        buf_json_field(out, "street", c->street);
        buf_char(out, ',');
    }
    buf_format(out, "\"street_id\":%lld,\"position\":\"%s\"", (long long)c->street_id,
               position_name(c->position));
    add_number(out, "lon", c->at.lon, 7);
    add_number(out, "lat", c->at.lat, 7);
    add_number(out, "accuracy_m", round(c->accuracy_m * 10) / 10, 1);
    add_number(out, "score", c->score, 1);
    add_text(out, "faults", c->faults);
    if (with_street)
        add_text(out, "why", c->why);
    buf_char(out, '}');
}

void geocode_candidates_json(const struct geocode_result *r, struct buf *out)
{
    buf_char(out, '[');
    for (int i = 0; i < r->candidate_count; i++) {
        if (i)
            buf_char(out, ',');
        add_candidate(&r->candidates[i], true, out);
    }
    buf_char(out, ']');
}

static void add_candidates(const struct geocode_result *r, bool with_street, struct buf *out)
{
    buf_text(out, ",\"candidates\":[");
    for (int i = 0; i < r->candidate_count; i++) {
        if (i)
            buf_char(out, ',');
        add_candidate(&r->candidates[i], with_street, out);
    }
    buf_char(out, ']');
}

static void add_alley(struct slice chain, struct buf *out)
{
    struct slice level;
    buf_text(out, ",\"alley\":[");
    for (bool is_first = true; slice_next(&chain, '/', &level); is_first = false) {
        if (!is_first)
            buf_char(out, ',');
        buf_json(out, level);
    }
    buf_char(out, ']');
}

static void add_source(const struct geocode_result *r, struct buf *out)
{
    if (r->source == NULL)
        return;
    buf_text(out, ",\"source\":{");
    buf_json_field(out, "name", r->source->name);
    add_text(out, "date", r->source->dated_on);
    add_text(out, "licence", r->source->licence);
    buf_char(out, '}');
}

static void add_spans(const struct geocode_result *r, struct buf *out)
{
    buf_text(out, ",\"spans\":[");
    for (int i = 0; i < r->span_count; i++)
        buf_format(out, "%s{\"kind\":\"%s\",\"start\":%u,\"end\":%u}", i ? "," : "", r->spans[i].kind,
                   r->spans[i].start, r->spans[i].end);
    buf_char(out, ']');
}

void geocode_json(const struct geocode_result *r, struct buf *out)
{
    buf_char(out, '{');
    add_answer(r, out);
    add_text(out, "street", r->street);
    add_text(out, "number", r->number);
    add_alley(r->chain, out);
    add_text(out, "ward", r->ward);
    if (r->parcel || r->sheet)
        buf_format(out, ",\"parcel\":%d,\"sheet\":%d", r->parcel, r->sheet);
    add_text(out, "why", r->why);
    add_source(r, out);
    add_text(out, "normalised", r->normalised);
    add_spans(r, out);
    add_candidates(r, true, out);
    buf_char(out, '}');
}

void geocode_explanation_json(const struct geocode_result *r, struct buf *out)
{
    buf_char(out, '{');
    add_answer(r, out);
    buf_format(out, ",\"street_id\":%lld,\"group_id\":%lld,\"ward_id\":%lld", (long long)r->street_id,
               (long long)r->group_id, (long long)r->ward_id);
    add_text(out, "why", r->basis);
    if (r->source)
        add_text(out, "source", r->source->name);
    add_candidates(r, false, out);
    buf_char(out, '}');
}

void geocode_reverse_json(const struct geocoder *g, struct lonlat at, struct buf *out)
{
    struct place_near near;
    int64_t group, ward;
    bool is_found = place_nearest(g->places, at, &near);
    geocode_areas(g, at, &group, &ward);
    buf_text(out, "\"address\":");
    if (is_found && near.point) {
        const struct gazetteer_point *p = near.point;
        buf_char(out, '{');
        buf_json_field(out, "street", g->gazetteer->streets[p->street].name);
        buf_format(out, ",\"number\":\"%d%.*s\"", p->number, (int)p->suffix.n,
                   p->suffix.p ? p->suffix.p : "");
        add_alley(p->chain, out);
        add_number(out, "lon", p->at.lon, 7);
        add_number(out, "lat", p->at.lat, 7);
        add_number(out, "distance_m", near.point_m, 1);
        buf_char(out, '}');
    } else {
        buf_text(out, "null");
    }
    buf_text(out, ",\"street\":");
    if (is_found && isfinite(near.street_m)) {
        buf_char(out, '{');
        buf_json_field(out, "name", g->gazetteer->streets[near.street].name);
        add_number(out, "distance_m", near.street_m, 1);
        buf_char(out, '}');
    } else {
        buf_text(out, "null");
    }
    add_text(out, "ward", lexicon_ward_name(g->lexicon, ward));
    add_text(out, "residential_group", lexicon_group_name(g->lexicon, group));
}
