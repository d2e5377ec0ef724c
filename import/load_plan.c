/* load_plan: the floor plans of the markets, drawn stall by stall or told as grids (plan_grid.h). A drawing
 * may come before or after the list of its stalls; when the file is through, every stall of its markets is
 * placed again. */
#include "import/plan_grid.h"

struct plan_row {
    const struct market *market;
    struct stall_plan plan;
    bool is_grid;
    struct plan_grid grid;
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

static struct cell text_cell(struct slice text)
{
    return (struct cell){.kind = CELL_TEXT, .text = text};
}

/* The stall, or the first one of a grid, and where it stands. */
static void read_shape(struct load *l, const struct row *row, struct plan_row *p, struct outcome *out)
{
    struct fault f = {0};
    struct cell number = row->cells[COLUMN_STALL_NUMBER];
    p->is_grid = plan_is_grid(row);
    if (p->is_grid && !plan_grid_read(l, row, &p->grid, out))
        return;
    if (p->is_grid)
        number = text_cell(plan_grid_stall(&p->grid, 0, &l->row));
    p->plan.wkb = row->wkb;
    if (clean_stall_number(&number, &l->row, &p->plan.key.number_norm, &f) != CLEAN_OK)
        reject(out, &(struct problem){.column = COLUMN_STALL_NUMBER,
                                      .code = FAULT_VALUE_MISSING,
                                      .value = cell_text(row, COLUMN_STALL_NUMBER)});
    else if (!p->is_grid && !row->wkb.n)
        reject(out, &(struct problem){
                        .column = -1,
                        .code = FAULT_BAD_COORDINATE,
                        .advice = "Sơ đồ phải là tệp GIS có hình của từng quầy/sạp, hoặc danh sách ghi số "
                                  "hàng, số cột, khoảng cách và toạ độ ô đầu tiên"});
}

static void read_plan(struct load *l, const struct row *row, struct outcome *out)
{
    struct plan_row *p = ARENA_NEW(&l->row, struct plan_row);
    struct slice market = take_text(l, row, COLUMN_MARKET, out);
    struct buf key = {0};
    l->record = p;
    p->market = market_of(l, market);
    p->plan.key.zone_fold = zone_fold_in(&l->row, take_text(l, row, COLUMN_ZONE, out));
    p->plan.key.kind = take_choice(row, COLUMN_STALL_KIND, clean_stall_kind, out);
    if (!p->market)
        reject(out, &(struct problem){.column = COLUMN_MARKET,
                                      .code = FAULT_BAD_REFERENCE,
                                      .value = market,
                                      .advice = "Chợ này chưa có; nhập danh sách chợ (markets) trước"});
    else
        read_shape(l, row, p, out);
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

/* Every stall of the grid; the row stands for its first. */
static bool put_grid(struct load *l, struct plan_row *p, struct outcome *out, bool *is_new, struct fault *f)
{
    for (int i = 0; i < plan_grid_count(&p->grid); i++) {
        struct stall_plan plan = p->plan;
        struct cell number = text_cell(plan_grid_stall(&p->grid, i, &l->row));
        int64_t id = 0;
        bool is_new_here = false;
        plan.wkb = plan_grid_wkb(&p->grid, i, &l->row);
        if (clean_stall_number(&number, &l->row, &plan.key.number_norm, f) != CLEAN_OK ||
            !stall_plan_put(l->store, &plan, &id, &is_new_here, f) ||
            !source_mark(l->store, "stall_plan", id, l->source_id, f))
            return false;
        *is_new |= is_new_here;
        out->entity_id = i == 0 ? id : out->entity_id;
    }
    return true;
}

static bool apply_plan(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    struct plan_row *p = l->record;
    struct plan_state *s = l->state;
    bool is_new = false;
    (void)row;
    s->is_touched[p->market - l->markets] = true;
    bool ok = p->is_grid ? put_grid(l, p, out, &is_new, f)
                         : stall_plan_put(l->store, &p->plan, &out->entity_id, &is_new, f);
    if (!ok)
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
