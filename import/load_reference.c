/* load_reference: how a row of one list speaks of a place or market of another: by the office's number, by
 * our public code, or by market and stall number. What is not found names the list that is missing; what is
 * found twice waits for a person. */
#include "import/load.h"
#include "layers/text.h"

enum { CANDIDATES_MAX = 9 };

bool load_markets(struct load *l)
{
    l->market_count = market_list(l->store, &l->whole, &l->markets);
    return true;
}

const struct market *find_market(struct load *l, struct slice text)
{
    struct slice fold = text_fold_in(&l->row, text);
    if (!fold.n)
        return NULL;
    for (int i = 0; i < l->market_count; i++)
        if (slice_equal_ignoring_case(l->markets[i].code, text))
            return &l->markets[i];
    for (int i = 0; i < l->market_count; i++) {
        struct slice name = l->markets[i].fold;
        if (slice_equal(name, fold))
            return &l->markets[i];
        /* "Mẫu" for "Chợ Mẫu" and the other way round */
        struct slice bare = slice_starts(name, SLICE("cho ")) ? (struct slice){name.p + 4, name.n - 4} : name;
        if (slice_equal(bare,
                        slice_starts(fold, SLICE("cho ")) ? (struct slice){fold.p + 4, fold.n - 4} : fold))
            return &l->markets[i];
    }
    return NULL;
}

void take_place_query(struct load *l, const struct row *row, struct outcome *out, struct place_query *q)
{
    struct fault f = {0};
    *q = (struct place_query){.ref = take_code(l, row, COLUMN_REF, out),
                              .market = take_text(l, row, COLUMN_MARKET, out),
                              .zone = take_text(l, row, COLUMN_ZONE, out),
                              .stall_kind = take_choice(row, COLUMN_STALL_KIND, clean_stall_kind, out)};
    if (clean_stall_number(&row->cells[COLUMN_STALL_NUMBER], &l->row, &q->stall_number, &f) != CLEAN_OK)
        q->stall_number = (struct slice){"", 0};
    if (f.code)
        complain(out, COLUMN_STALL_NUMBER, &f, row->cells[COLUMN_STALL_NUMBER].text);
}

bool place_query_is_empty(const struct place_query *q)
{
    return !q->ref.n && !q->stall_number.n;
}

void place_query_key(struct load *l, const struct place_query *q, struct buf *key)
{
    if (q->ref.n) {
        buf_text(key, "ref|");
        buf_slice(key, q->ref);
        return;
    }
    buf_text(key, "stall|");
    buf_slice(key, text_fold_in(&l->row, q->market));
    buf_char(key, '|');
    buf_slice(key, zone_fold_in(&l->row, q->zone));
    buf_format(key, "|%s|", q->stall_kind ? q->stall_kind : "");
    buf_slice(key, q->stall_number);
}

static int64_t not_found(struct outcome *out, enum column_id column, struct slice value, const char *advice)
{
    reject(out, &(struct problem){
                    .column = column, .code = FAULT_BAD_REFERENCE, .value = value, .advice = advice});
    return 0;
}

static int64_t find_by_ref(struct load *l, const struct place_query *q, struct outcome *out)
{
    int64_t id = place_by_ref(l->store, q->ref);
    if (!id)
        id = place_by_code(l->store, q->ref);
    return id ? id
              : not_found(out, COLUMN_REF, q->ref,
                          "Mã điểm này chưa có; nhập danh sách cơ sở (establishments) hoặc quầy sạp (stalls) "
                          "có mã này trước");
}

int64_t find_place(struct load *l, const struct place_query *q, struct outcome *out)
{
    if (q->ref.n)
        return find_by_ref(l, q, out);
    const struct market *m = find_market(l, q->market);
    if (!m)
        return not_found(out, COLUMN_MARKET, q->market,
                         "Chợ này chưa có; nhập danh sách chợ (markets) trước");
    int64_t ids[CANDIDATES_MAX];
    struct stall_key key = {.market_id = m->id,
                            .zone_fold = zone_fold_in(&l->row, q->zone),
                            .kind = q->stall_kind,
                            .number_norm = q->stall_number};
    int n = stall_find(l->store, &key, ids, CANDIDATES_MAX);
    if (n == 0)
        return not_found(out, COLUMN_STALL_NUMBER, q->stall_number,
                         "Quầy/sạp này chưa có trong chợ; nhập danh sách quầy sạp (stalls) trước");
    if (n == 1)
        return ids[0];
    complain_text(out, COLUMN_STALL_NUMBER, FAULT_AMBIGUOUS, q->stall_number,
                  "Có nhiều quầy/sạp cùng số này trong chợ; ghi thêm Khu và Loại");
    ask(out, "nhiều quầy/sạp cùng số", "stall_ambiguous", 0);
    for (int i = 0; i < n; i++)
        add_candidate(l, out, ids[i]);
    return 0;
}
