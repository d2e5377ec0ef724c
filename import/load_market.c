/* load_market: the list of markets. */
#include "import/load.h"

#include <math.h>
#include <string.h>

struct market_row {
    struct market market;
    struct slice address, ward;
};

static const double TYPED_ACCURACY_M = 30.0; /* a point typed for a whole market */

static int read_class(struct load *l, const struct row *row, struct outcome *out)
{
    struct slice fold = cell_fold(l, row, COLUMN_CLASS);
    for (size_t i = 0; i < fold.n; i++)
        if (fold.p[i] >= '1' && fold.p[i] <= '3')
            return fold.p[i] - '0';
    if (fold.n && fold.p[fold.n - 1] == 'i') { /* I, II, III */
        size_t n = 0;
        while (n < fold.n && fold.p[fold.n - 1 - n] == 'i')
            n++;
        if (n <= 3)
            return (int)n;
    }
    if (fold.n)
        complain_text(out, COLUMN_CLASS, FAULT_BAD_VALUE, cell_text(row, COLUMN_CLASS),
                      "Hạng chợ là 1, 2 hoặc 3");
    return -1;
}

static void read_market(struct load *l, const struct row *row, struct outcome *out)
{
    struct market_row *r = ARENA_NEW(&l->row, struct market_row);
    struct market *m = &r->market;
    l->record = r;
    m->code = take_code(l, row, COLUMN_CODE, out);
    m->name = take_text(l, row, COLUMN_NAME, out);
    m->address = take_text(l, row, COLUMN_ADDRESS, out);
    r->ward = take_text(l, row, COLUMN_WARD, out);
    m->market_class = read_class(l, row, out);
    m->ward_managed = take_yes_no(row, COLUMN_WARD_MANAGED, out);
    m->cashless_deployed = take_yes_no(row, COLUMN_CASHLESS_DEPLOYED, out);
    m->market_40 = take_yes_no(row, COLUMN_MARKET_40, out);
    m->evidence_note = take_text(l, row, COLUMN_EVIDENCE_NOTE, out);
    m->position = "none";
    if (take_position(l, row, &m->at, out)) {
        m->position = "gps";
        m->accuracy_m = TYPED_ACCURACY_M;
    }
    if (!m->code.n || !m->name.n)
        reject(out, &(struct problem){.column = m->code.n ? COLUMN_NAME : COLUMN_CODE,
                                      .code = FAULT_VALUE_MISSING,
                                      .advice = "Ghi mã chợ và tên chợ"});
    out->key = m->code;
}

static void locate_market(struct load *l, struct market_row *r)
{
    struct geocode_result g = {0};
    struct geocode_query q = {.address = r->market.address, .ward = r->ward};
    geocode(l->geocoder, &q, &l->row, &g);
    if (g.status != GEOCODE_AUTO || g.position == POSITION_NONE)
        return;
    r->market.position = position_name(g.position);
    r->market.at = g.at;
    r->market.accuracy_m = g.accuracy_m;
}

static bool apply_market(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    struct market_row *r = l->record;
    (void)row;
    for (int i = 0; i < l->market_count; i++)
        if (slice_equal_ignoring_case(l->markets[i].code, r->market.code))
            r->market.id = l->markets[i].id;
    out->verdict = r->market.id ? VERDICT_UPDATED : VERDICT_ADDED;
    if (strcmp(r->market.position, "none") == 0 && r->market.address.n)
        locate_market(l, r);
    r->market.batch_id = batch_id(l->batch);
    r->market.source_date = l->listed_on;
    if (!market_put(l->store, &r->market, f))
        return false;
    out->entity_id = r->market.id;
    return true;
}

/* Stalls that stood at the market's point move with it. */
static bool finish_markets(struct load *l, struct fault *f)
{
    for (int i = 0; i < l->market_count; i++)
        if (!stall_place_again(l->store, l->markets[i].id, f))
            return false;
    return true;
}

const struct load_kind LOAD_MARKETS = {.feeds_gazetteer = true,
                                       .needs_geocoder = true,
                                       .entity = "market",
                                       .read = read_market,
                                       .apply = apply_market,
                                       .finish = finish_markets};
