/* check: is the ward file whole? SQLite's own check, foreign keys, spatial indexes, codes, and the invariants
 * of check.def. Reads only; says everything that is wrong, not just the first. */
#include "layers/store_private.h"

enum { SHOWN = 5 }; /* examples per finding */

struct invariant {
    const char *name, *sentence, *sql;
};

static const struct invariant INVARIANTS[] = {
#define INVARIANT(name, sentence, sql) {#name, sentence, sql},
#include "layers/check.def"
#undef INVARIANT
};

/* Runs a query whose rows are findings; adds one line with their number and the first few. */
static bool report_rows(struct store *s, const struct invariant *v, struct buf *out, uint64_t *findings,
                        struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, v->sql, f);
    if (!st)
        return false;
    uint64_t count = 0;
    struct buf examples = {0};
    while (statement_next(st, f))
        if (count++ < SHOWN) {
            buf_char(&examples, ' ');
            buf_slice(&examples, column_slice(st, 0));
        }
    if (count)
        buf_format(out, "%s: %s (%llu):%.*s\n", v->name, v->sentence, (unsigned long long)count,
                   (int)examples.n, examples.p);
    *findings += count;
    buf_release(&examples);
    return f->code == FAULT_NONE;
}

static bool check_codes(struct store *s, struct buf *out, uint64_t *findings, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "SELECT code FROM place", f);
    char canonical[CODE_LENGTH + 1];
    while (statement_next(st, f)) {
        struct slice code = column_slice(st, 0);
        if (code_canonical(code, canonical) && slice_equal(slice_of(canonical), code))
            continue;
        buf_format(out, "code: mã công khai sai: %.*s\n", (int)code.n, code.p);
        *findings += 1;
    }
    return f->code == FAULT_NONE;
}

bool store_check(struct store *s, struct buf *out, uint64_t *findings, struct fault *f)
{
    static const struct invariant SQLITE[] = {
        {"integrity", "cấu trúc tệp hỏng",
         "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'"},
        {"foreign_keys", "tham chiếu tới bản ghi không có",
         "SELECT \"table\" || ' ' || coalesce(rowid, '') FROM pragma_foreign_key_check"},
        {"spatial_index", "chỉ mục không gian sai",
         "SELECT f_table_name FROM geometry_columns WHERE spatial_index_enabled = 1"
         " AND rtreecheck('idx_' || f_table_name || '_' || f_geometry_column) <> 'ok'"},
        {"geometry", "hình học không hợp lệ",
         "SELECT 'ward ' || code FROM ward WHERE geom IS NOT NULL AND ST_IsValid(geom) <> 1 UNION ALL"
         " SELECT 'residential_group ' || code FROM residential_group WHERE geom IS NOT NULL AND "
         "ST_IsValid(geom) <> 1"},
    };
    *findings = 0;
    for (size_t i = 0; i < COUNT_OF(SQLITE); i++)
        if (!report_rows(s, &SQLITE[i], out, findings, f))
            return false;
    for (size_t i = 0; i < COUNT_OF(INVARIANTS); i++)
        if (!report_rows(s, &INVARIANTS[i], out, findings, f))
            return false;
    return check_codes(s, out, findings, f) && audit_verify(s, out, findings, f) &&
           batch_audit_verify(s, out, findings, f);
}
