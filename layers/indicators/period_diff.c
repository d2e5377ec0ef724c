/* period_diff: reads closings again. Counts a version's figures from the rows it kept, and says what the next
 * version changed: figure by figure, place by place, rule by rule, source by source. */
#include "layers/indicators/period_private.h"

#include <stdlib.h>
#include <string.h>

int64_t closing_find(struct store *s, const char *period, int version)
{
    sqlite3_stmt *st = store_statement(s, "SELECT id FROM closing WHERE period = ?1 AND version = ?2", NULL);
    if (!st)
        return 0;
    bind_text(st, 1, period);
    bind_int(st, 2, version);
    int64_t id = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return id;
}

/* --- unpacking --- */

static int slice_compare(struct slice a, struct slice b)
{
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int kept_compare(const void *left, const void *right)
{
    const struct kept_row *a = left, *b = right;
    int order = slice_compare(a->model, b->model);
    return order ? order : slice_compare(a->id, b->id);
}

static uint32_t count_lines(struct slice text)
{
    uint32_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n;
}

static void unpack(struct slice text, struct arena *a, struct kept_figure *out)
{
    struct slice line;
    out->rows = ARENA_ARRAY(a, struct kept_row, (size_t)count_lines(text) + 1);
    while (slice_next(&text, '\n', &line)) {
        struct kept_row *row = &out->rows[out->row_count++];
        slice_next(&line, '\t', &row->model);
        slice_next(&line, '\t', &row->id);
        slice_next(&line, '\t', &row->marks);
        row->reason = line;
    }
    qsort(out->rows, out->row_count, sizeof *out->rows, kept_compare);
}

static bool read_figure(sqlite3_stmt *st, struct arena *a, struct kept_figure *out)
{
    size_t size = (size_t)sqlite3_column_int64(st, 3);
    struct buf text = {0};
    bool good = zlib_read(&text, column_bytes(st, 4), size);
    *out = (struct kept_figure){.code = arena_text(a, column_slice(st, 0)),
                                .numerator = sqlite3_column_int64(st, 1),
                                .denominator = sqlite3_column_int64(st, 2)};
    if (good)
        unpack(arena_slice(a, buf_to_slice(&text)), a, out);
    buf_release(&text);
    return good;
}

bool closing_read(struct store *s, int64_t closing_id, struct arena *a,
                  struct kept_figure figures[INDICATOR_COUNT], int *count, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT code, numerator, denominator, rows_size, rows FROM closing_figure WHERE closing_id = ?1"
        " ORDER BY code",
        f);
    struct fault stepping = {0};
    *count = 0;
    if (!st)
        return false;
    bind_int(st, 1, closing_id);
    while (*count < INDICATOR_COUNT && statement_next(st, &stepping))
        if (!read_figure(st, a, &figures[(*count)++])) {
            sqlite3_reset(st);
            return fault_set(f, FAULT_INCONSISTENT, figures[*count - 1].code, "%s",
                             "không đọc được các dòng");
        }
    sqlite3_reset(st);
    return stepping.code == FAULT_NONE || fault_set(f, stepping.code, stepping.place, "%s", stepping.text);
}

/* --- counting again --- */

static bool recount(const struct kept_figure *kept, struct period_figure *out, struct fault *f)
{
    *out = (struct period_figure){.code = kept->code};
    for (uint32_t i = 0; i < kept->row_count; i++) {
        struct slice marks = kept->rows[i].marks;
        out->denominator += marks.n > 0 && marks.p[0] == '1';
        out->numerator += marks.n > 1 && marks.p[1] == '1';
    }
    if (out->numerator == kept->numerator && out->denominator == kept->denominator)
        return true;
    return fault_set(f, FAULT_INCONSISTENT, kept->code, "đã chốt %lld/%lld, đếm lại được %lld/%lld",
                     (long long)kept->numerator, (long long)kept->denominator, (long long)out->numerator,
                     (long long)out->denominator);
}

bool period_recount(struct store *s, const struct period *p, int version, struct arena *a,
                    struct period_figure figures[INDICATOR_COUNT], int *count, struct fault *f)
{
    int64_t id = closing_find(s, p->name, version);
    struct kept_figure *kept = ARENA_ARRAY(a, struct kept_figure, INDICATOR_COUNT);
    *count = 0;
    if (!id)
        return fault_set(f, FAULT_NOT_FOUND, p->name, "chưa có bản %d", version);
    if (!closing_read(s, id, a, kept, count, f))
        return false;
    for (int i = 0; i < *count; i++)
        if (!recount(&kept[i], &figures[i], f))
            return false;
    return true;
}

/* --- the difference of two versions --- */

static const char *counted_as(const struct kept_row *row)
{
    if (!row)
        return "không có";
    if (row->marks.n < 2 || row->marks.p[0] != '1')
        return "ngoài mẫu số";
    return row->marks.p[1] == '1' ? "tính" : "không tính";
}

static void diff_row(struct buf *out, const struct kept_row *was, const struct kept_row *is)
{
    const struct kept_row *any = is ? is : was;
    struct slice before = was ? was->marks : SLICE("--"), after = is ? is->marks : SLICE("--");
    if (before.n >= 2 && after.n >= 2 && memcmp(before.p, after.p, 2) == 0)
        return;
    buf_text(out, "    ");
    buf_slice(out, any->id);
    if (any->model.n)
        buf_format(out, " [%.*s]", (int)any->model.n, any->model.p);
    buf_format(out, ": %s → %s", counted_as(was), counted_as(is));
    if (is)
        buf_format(out, "; %.*s", (int)is->reason.n, is->reason.p);
    buf_char(out, '\n');
}

/* Both lists stand in the same order. */
static void diff_rows(struct buf *out, const struct kept_figure *was, const struct kept_figure *is)
{
    for (uint32_t i = 0, j = 0; i < was->row_count || j < is->row_count;) {
        int order = i == was->row_count  ? 1
                    : j == is->row_count ? -1
                                         : kept_compare(&was->rows[i], &is->rows[j]);
        diff_row(out, order <= 0 ? &was->rows[i] : NULL, order >= 0 ? &is->rows[j] : NULL);
        i += order <= 0;
        j += order >= 0;
    }
}

static void diff_figure(struct buf *out, const struct kept_figure *was, const struct kept_figure *is)
{
    struct buf rows = {0};
    diff_rows(&rows, was, is);
    bool same = was->numerator == is->numerator && was->denominator == is->denominator;
    if (!same || rows.n)
        buf_format(out, "%s: %lld/%lld → %lld/%lld\n", is->code, (long long)was->numerator,
                   (long long)was->denominator, (long long)is->numerator, (long long)is->denominator);
    buf_slice(out, buf_to_slice(&rows));
    buf_release(&rows);
}

static const struct kept_figure *figure_named(const struct kept_figure *list, int count, const char *code)
{
    static const struct kept_figure NOTHING = {.code = ""};
    for (int i = 0; i < count; i++)
        if (strcmp(list[i].code, code) == 0)
            return &list[i];
    return &NOTHING;
}

static bool diff_figures(struct store *s, const int64_t ids[2], struct buf *out, struct fault *f)
{
    struct arena a = {0};
    int counts[2] = {0};
    struct kept_figure *was = ARENA_ARRAY(&a, struct kept_figure, INDICATOR_COUNT),
                       *is = ARENA_ARRAY(&a, struct kept_figure, INDICATOR_COUNT);
    bool ok =
        closing_read(s, ids[0], &a, was, &counts[0], f) && closing_read(s, ids[1], &a, is, &counts[1], f);
    for (int i = 0; ok && i < counts[1]; i++)
        diff_figure(out, figure_named(was, counts[0], is[i].code), &is[i]);
    arena_release(&a);
    return ok;
}

/* Lines that a statement bound to both closings gives. */
static bool diff_lines(struct store *s, const char *sql, const int64_t ids[2], struct buf *out,
                       struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, sql, f);
    struct fault stepping = {0};
    if (!st)
        return false;
    bind_int(st, 1, ids[0]);
    bind_int(st, 2, ids[1]);
    while (statement_next(st, &stepping)) {
        buf_slice(out, column_slice(st, 0));
        buf_char(out, '\n');
    }
    return stepping.code == FAULT_NONE || fault_set(f, stepping.code, stepping.place, "%s", stepping.text);
}

static const char POLICIES[] =
    "WITH rule AS (SELECT c.id, value ->> 'key' AS key, value ->> 'value' AS value, value ->> 'decision' AS "
    "decision FROM closing c, json_each(c.policies) WHERE c.id IN (?1, ?2)),"
    " was AS (SELECT * FROM rule WHERE id = ?1), now AS (SELECT * FROM rule WHERE id = ?2)"
    " SELECT 'Chính sách ' || coalesce(now.key, was.key) || ': ' || coalesce(was.value, 'chưa có') || ' → ' "
    "||"
    "   coalesce(now.value, 'không còn') || coalesce(' (' || now.decision || ')', '')"
    " FROM was FULL JOIN now ON was.key = now.key WHERE was.value IS NOT now.value OR was.decision IS NOT "
    "now.decision ORDER BY 1";

static const char SOURCES[] =
    "WITH list AS (SELECT c.id, value ->> 'batch' AS batch, value ->> 'kind' AS kind, value ->> 'file' AS "
    "file, value ->> 'rows' AS rows FROM closing c, json_each(c.sources) WHERE c.id IN (?1, ?2))"
    " SELECT CASE max(id) WHEN ?2 THEN 'Thêm nguồn: ' ELSE 'Rút nguồn: ' END || kind || ' ' || file || ' "
    "(lần "
    "nhập ' || batch || ', ' || rows || ' dòng)'"
    " FROM list GROUP BY batch HAVING count(*) = 1 ORDER BY batch";

static const char EVIDENCE[] =
    "SELECT 'Minh chứng: ' || a.evidence_count || ' → ' || b.evidence_count || ' mục, mã băm ' ||"
    " lower(substr(hex(a.evidence_hash), 1, 16)) || '… → ' || lower(substr(hex(b.evidence_hash), 1, 16)) || "
    "'…'"
    " FROM closing a, closing b WHERE a.id = ?1 AND b.id = ?2 AND a.evidence_hash <> b.evidence_hash";

static const char HEAD[] =
    "SELECT 'Kỳ ' || b.period || ': bản ' || b.version || ' (biết đến ' || b.known_at || ') so với bản ' ||"
    " a.version || ' (biết đến ' || a.known_at || ')' || coalesce(char(10) || 'Lý do: ' || b.reason, '')"
    " FROM closing a, closing b WHERE a.id = ?1 AND b.id = ?2";

bool period_diff(struct store *s, const struct period *p, int version, struct buf *out, struct fault *f)
{
    int64_t ids[2] = {closing_find(s, p->name, version - 1), closing_find(s, p->name, version)};
    if (!ids[0] || !ids[1])
        return fault_set(f, FAULT_NOT_FOUND, p->name, "chưa có bản %d và bản %d", version - 1, version);
    if (!diff_lines(s, HEAD, ids, out, f))
        return false;
    size_t head = out->n;
    if (!diff_figures(s, ids, out, f))
        return false;
    if (out->n == head)
        buf_text(out, "Không có số nào thay đổi.\n");
    return diff_lines(s, POLICIES, ids, out, f) && diff_lines(s, SOURCES, ids, out, f) &&
           diff_lines(s, EVIDENCE, ids, out, f);
}
