/* load_plan: the drawn floor plans of the markets. A drawing may come before or after the list of its stalls;
 * when the file is through, every stall of its markets is placed again. */
#include "import/load.h"

struct plan_row {
    const struct market *market;
    struct stall_plan plan;
};

struct plan_state {
    bool *is_touched; /* by index of l->markets */
};

static bool begin_plans(struct load *l, struct fault *f)
{
    (void)f;
    struct plan_state *s = ARENA_NEW(&l->whole, struct plan_state);
    s->is_touched = ARENA_ARRAY(&l->whole, bool, (size_t)l->market_count + 1);
    l->state = s;
    return true;
}

/* A plan of one market alone need not name it in every row. */
static const struct market *market_of(struct load *l, struct slice text)
{
    return !text.n && l->market_count == 1 ? &l->markets[0] : find_market(l, text);
}

static void read_plan(struct load *l, const struct row *row, struct outcome *out)
{
    struct plan_row *p = ARENA_NEW(&l->row, struct plan_row);
    struct slice market = take_text(l, row, COLUMN_MARKET, out);
    struct fault f = {0};
    struct buf key = {0};
    l->record = p;
    p->market = market_of(l, market);
    p->plan.wkb = row->wkb;
    p->plan.key.zone_fold = zone_fold_in(&l->row, take_text(l, row, COLUMN_ZONE, out));
    p->plan.key.kind = take_choice(row, COLUMN_STALL_KIND, clean_stall_kind, out);
    enum clean result =
        clean_stall_number(&row->cells[COLUMN_STALL_NUMBER], &l->row, &p->plan.key.number_norm, &f);
    if (!p->market)
        reject(out, &(struct problem){.column = COLUMN_MARKET,
                                      .code = FAULT_BAD_REFERENCE,
                                      .value = market,
                                      .advice = "Chợ này chưa có; nhập danh sách chợ (markets) trước"});
    else if (result != CLEAN_OK)
        reject(out, &(struct problem){.column = COLUMN_STALL_NUMBER,
                                      .code = FAULT_VALUE_MISSING,
                                      .value = cell_text(row, COLUMN_STALL_NUMBER)});
    else if (!row->wkb.n)
        reject(out, &(struct problem){.column = -1,
                                      .code = FAULT_BAD_COORDINATE,
                                      .advice = "Sơ đồ phải là tệp GIS có hình của từng quầy/sạp"});
    if (is_rejected(out))
        return;
    p->plan.key.market_id = p->market->id;
    buf_format(&key, "%lld|", (long long)p->market->id);
    buf_slice(&key, p->plan.key.zone_fold);
    buf_format(&key, "|%s|", p->plan.key.kind ? p->plan.key.kind : "");
    buf_slice(&key, p->plan.key.number_norm);
    out->key = arena_slice(&l->row, buf_to_slice(&key));
    buf_release(&key);
}

static bool apply_plan(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    struct plan_row *p = l->record;
    struct plan_state *s = l->state;
    bool is_new = false;
    (void)row;
    s->is_touched[p->market - l->markets] = true;
    if (!stall_plan_put(l->store, &p->plan, &out->entity_id, &is_new, f))
        return false;
    out->verdict = is_new ? VERDICT_ADDED : VERDICT_UPDATED;
    return true;
}

static bool finish_plans(struct load *l, struct fault *f)
{
    const struct plan_state *s = l->state;
    for (int i = 0; i < l->market_count; i++)
        if (s->is_touched[i] && !stall_place_again(l->store, l->markets[i].id, f))
            return false;
    return true;
}

const struct load_kind LOAD_STALL_PLANS = {.feeds_gazetteer = true,
                                           .entity = "stall_plan",
                                           .begin = begin_plans,
                                           .read = read_plan,
                                           .apply = apply_plan,
                                           .finish = finish_plans};
