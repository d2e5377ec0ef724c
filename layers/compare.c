/* compare: two records side by side, for the person who must say whether they are one place. What is
 * restricted is compared by its keyed hash and never opened: "the same owner" is all a person needs here. */
#include "layers/store_private.h"
#include "layers/text.h"

enum { PAIRS_MOST = 40 };

struct comparing {
    struct store *store;
    struct arena *arena;
    int64_t one, other;
    struct place_pair *pairs;
    int count;
};

static void add_pair(struct comparing *c, const char *title, struct slice one, struct slice other)
{
    if (c->count == PAIRS_MOST || (!one.n && !other.n))
        return;
    struct place_pair *p = &c->pairs[c->count++];
    *p = (struct place_pair){.title = title, .one = one, .other = other};
    if (one.n && other.n)
        p->same =
            slice_equal(text_fold_in(c->arena, one), text_fold_in(c->arena, other)) ? SAME_YES : SAME_NO;
}

/* One row for each place: titles in the order of the columns. */
static void compare_rows(struct comparing *c, const char *sql, const char *const *titles, int columns)
{
    struct slice texts[2][PAIRS_MOST] = {{{0}}};
    const int64_t ids[2] = {c->one, c->other};
    for (int side = 0; side < 2; side++) {
        sqlite3_stmt *st = store_statement(c->store, sql, NULL);
        if (!st)
            return;
        bind_int(st, 1, ids[side]);
        bool there = statement_next(st, NULL);
        for (int i = 0; there && i < columns; i++)
            texts[side][i] = arena_slice(c->arena, column_slice(st, i));
        sqlite3_reset(st);
    }
    for (int i = 0; i < columns; i++)
        add_pair(c, titles[i], texts[0][i], texts[1][i]);
}

static void compare_private(struct comparing *c, const char *field, const char *title)
{
    sqlite3_stmt *st =
        store_statement(c->store,
                        "SELECT a.hash IS NOT NULL, b.hash IS NOT NULL, a.hash = b.hash FROM (SELECT 1)"
                        " LEFT JOIN restricted a ON a.owner = 'place' AND a.owner_id = ?1 AND a.field = ?3"
                        " LEFT JOIN restricted b ON b.owner = 'place' AND b.owner_id = ?2 AND b.field = ?3",
                        NULL);
    if (!st || c->count == PAIRS_MOST)
        return;
    bind_int(st, 1, c->one);
    bind_int(st, 2, c->other);
    bind_text(st, 3, field);
    if (!statement_next(st, NULL))
        return;
    bool one = sqlite3_column_int(st, 0) != 0, other = sqlite3_column_int(st, 1) != 0;
    bool same = sqlite3_column_int(st, 2) != 0;
    sqlite3_reset(st);
    if (!one && !other)
        return;
    c->pairs[c->count++] =
        (struct place_pair){.title = title,
                            .one = one ? SLICE("có ghi") : (struct slice){"", 0},
                            .other = other ? SLICE("có ghi") : (struct slice){"", 0},
                            .same = one && other ? (same ? SAME_YES : SAME_NO) : SAME_UNKNOWN,
                            .is_restricted = true};
}

int place_compare(struct store *s, struct arena *a, int64_t one, int64_t other, struct place_pair **out)
{
    static const char *const TITLES[] = {"Tên",
                                         "Mã điểm",
                                         "Địa chỉ",
                                         "Mã tra cứu",
                                         "Loại hình|kind",
                                         "Tình trạng|status",
                                         "Nhóm ngành",
                                         "Tổ dân phố",
                                         "Vị trí nhờ|position",
                                         "Từ tệp",
                                         "Danh sách ngày|day",
                                         "Ghi vào sổ ngày|day",
                                         "Giấy tờ ATTP",
                                         "Minh chứng",
                                         "Mô hình điểm"};
    struct comparing c = {.store = s, .arena = a, .one = one, .other = other};
    c.pairs = ARENA_ARRAY(a, struct place_pair, PAIRS_MOST);
    compare_rows(
        &c,
        "SELECT p.name, p.ref, e.address, p.code, e.kind, p.status, p.industry_group, g.name, p.position,"
        " b.file_name, p.source_date, substr(p.recorded_at, 1, 10),"
        " nullif((SELECT count(*) FROM fs_document d WHERE d.place_id = p.id), 0),"
        " nullif((SELECT count(*) FROM evidence v WHERE v.place_id = p.id), 0),"
        " nullif((SELECT count(*) FROM pilot_member m WHERE m.place_id = p.id), 0)"
        " FROM place p LEFT JOIN establishment e ON e.place_id = p.id"
        " LEFT JOIN residential_group g ON g.id = p.residential_group_id"
        " LEFT JOIN import_batch b ON b.id = p.batch_id WHERE p.id = ?1",
        TITLES, (int)COUNT_OF(TITLES));
    compare_private(&c, "owner_name", "Chủ hộ");
    compare_private(&c, "phone", "Điện thoại");
    compare_private(&c, "identity", "Mã số thuế, định danh");
    *out = c.pairs;
    return c.count;
}
