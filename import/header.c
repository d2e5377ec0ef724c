/* header: where the headings of a sheet stand.
 *
 * Office lists begin with a letterhead, a title and blank rows, and their headings take one to three rows
 * joined by merged cells. Every row, alone and together with the one or two below it, is scored by how many
 * of its words are headings of the kind of list that is imported; the best wins, the smaller first. */
#include "import/sheet.h"

#include <string.h>

enum { DEPTH_MAX = 3, FILLS_MAX = 1 << 22, HEADER_MERGE_ROWS_MAX = 6 };

/* A cell of the first rows: its own text, or that of the merged cell it belongs to. */
struct spot {
    struct slice text;
    uint32_t bottom; /* last row of its merge, else its own row */
    bool is_filled;
};

struct grid {
    struct spot *spots;
    uint32_t width, height;
    bool has_merges;
    const struct heading_words *words;
};

static struct spot *spot_at(const struct grid *g, uint32_t row, uint32_t column)
{
    return &g->spots[(size_t)row * g->width + column];
}

/* --- the first rows with their merges filled --- */

static void fill_merge(const struct grid *g, const struct rows *rows, uint32_t top, const struct merge *m)
{
    struct spot *corner = spot_at(g, top, m->left);
    uint32_t right = m->right < g->width ? m->right : g->width - 1;
    for (uint32_t r = top; r < g->height && rows->rows[r].number <= m->bottom; r++) {
        for (uint32_t c = m->left; c <= right; c++) {
            struct spot *to = spot_at(g, r, c);
            to->bottom = m->bottom;
            if (to->text.n == 0) {
                to->text = corner->text;
                to->is_filled = true;
            }
        }
    }
}

static void fill_merges(struct grid *g, const struct sheet *s, const struct rows *rows)
{
    uint32_t row = 0;
    uint64_t fills = 0;
    for (uint32_t i = 0; i < s->merge_count && fills < FILLS_MAX; i++) {
        const struct merge *m = &s->merges[i];
        while (row < g->height && rows->rows[row].number < m->top) {
            row++;
        }
        if (row == g->height) {
            return;
        }
        if (rows->rows[row].number == m->top && m->left < g->width) {
            fill_merge(g, rows, row, m);
            fills += (uint64_t)g->height * (m->right - m->left + 1);
            g->has_merges = true;
        }
    }
}

static void make_grid(struct grid *g, const struct header_request *q, struct arena *a)
{
    const struct rows *rows = &q->rows;
    g->height = rows->count;
    for (uint32_t r = 0; r < rows->count; r++) {
        g->width = rows->rows[r].count > g->width ? rows->rows[r].count : g->width;
    }
    g->spots = ARENA_ARRAY(a, struct spot, (size_t)g->width * g->height + 1);
    for (uint32_t r = 0; r < rows->count; r++) {
        for (uint32_t c = 0; c < rows->rows[r].count; c++) {
            *spot_at(g, r, c) = (struct spot){rows->rows[r].cells[c].text, rows->rows[r].number, false};
        }
    }
    fill_merges(g, q->sheet, rows);
    g->words = heading_words_make(q->kind, a);
}

/* --- one heading --- */

/* Text of a heading part. Where the file knows no merges (CSV), an empty upper part takes the text to its
 * left, if there is something below it to be the upper part of. */
static struct slice part_text(const struct grid *g, uint32_t row, uint32_t column, uint32_t last)
{
    struct slice text = spot_at(g, row, column)->text;
    if (text.n > 0 || g->has_merges || row == last || spot_at(g, last, column)->text.n == 0) {
        return text;
    }
    for (uint32_t c = column; c-- > 0;) {
        struct slice left = spot_at(g, row, c)->text;
        if (spot_at(g, last, c)->text.n == 0) {
            break;
        }
        if (left.n > 0) {
            return left;
        }
    }
    return text;
}

static void make_heading(const struct grid *g, uint32_t first, uint32_t last, uint32_t column,
                         struct heading *h)
{
    h->part_count = 0;
    for (uint32_t r = first; r <= last; r++) {
        struct slice part = slice_trim(part_text(g, r, column, last));
        bool is_repeated = h->part_count > 0 && slice_equal(part, h->parts[h->part_count - 1]);
        if (part.n > 0 && !is_repeated) {
            h->parts[h->part_count++] = part;
        }
    }
}

static void join_parts(struct heading *h, struct arena *a)
{
    struct buf joined = {0};
    for (uint32_t i = 0; i < h->part_count; i++) {
        buf_text(&joined, i ? " / " : "");
        buf_slice(&joined, h->parts[i]);
    }
    h->text = arena_slice(a, buf_to_slice(&joined));
    buf_release(&joined);
}

/* --- scoring --- */

struct score {
    int points;
    uint32_t matched, told; /* columns understood; columns with any heading */
    uint32_t last_matched;  /* columns whose last row is a heading by itself */
    bool is_told_above;     /* some column has its heading in the first row and nothing below it */
};

static void score_heading(const struct header_request *q, const struct grid *g, const struct heading *h,
                          bool *seen, struct score *s)
{
    if (h->part_count == 0) {
        return;
    }
    struct heading_match m = heading_match_with(q->mapping, g->words, h);
    s->told++;
    if (m.column == COLUMN_NONE) {
        s->points--;
        return;
    }
    int index = m.column >= 0 ? m.column : COLUMN_COUNT - m.column;
    bool is_new = !seen[index];
    seen[index] = true;
    s->matched += is_new && m.column != COLUMN_IGNORED;
    s->points += !is_new ? 0 : m.how >= MATCH_EXACT ? 4 : 2;
    bool is_last = !h->is_from_above;
    s->last_matched += is_last && heading_match_last(g->words, h).column != COLUMN_NONE;
    s->is_told_above |= h->part_count == 1 && h->is_from_above;
}

/* A merge that begins in these rows and goes on below them would be cut. */
static bool cuts_a_merge(const struct grid *g, const struct rows *rows, uint32_t first, uint32_t last)
{
    uint32_t end = rows->rows[last].number;
    for (uint32_t c = 0; c < g->width; c++) {
        uint32_t bottom = spot_at(g, last, c)->bottom;
        bool is_heading_merge = bottom - rows->rows[first].number < HEADER_MERGE_ROWS_MAX;
        if (bottom > end && is_heading_merge && last + 1 < g->height &&
            rows->rows[last + 1].number <= bottom) {
            return true;
        }
    }
    return false;
}

static struct score score_rows(const struct header_request *q, const struct grid *g, uint32_t first,
                               uint32_t last)
{
    struct score s = {0};
    bool seen[COLUMN_COUNT + 4] = {false};
    struct buf joined = {0};
    for (uint32_t c = 0; c < g->width; c++) {
        struct heading h;
        make_heading(g, first, last, c, &h);
        h.is_from_above = spot_at(g, last, c)->text.n == 0 || spot_at(g, last, c)->is_filled;
        buf_reset(&joined);
        for (uint32_t i = 0; i < h.part_count; i++) {
            buf_text(&joined, i ? " / " : "");
            buf_slice(&joined, h.parts[i]);
        }
        h.text = buf_to_slice(&joined);
        score_heading(q, g, &h, seen, &s);
    }
    buf_release(&joined);
    /* Two rows that share the headings between them beat the upper one alone; a title above the headings does
     * not count. */
    s.points += last > first && s.is_told_above ? (int)s.last_matched : 0;
    bool is_enough = s.matched >= 2 || (s.matched == 1 && s.told <= 2);
    s.points = is_enough && !cuts_a_merge(g, &q->rows, first, last) ? s.points : 0;
    return s;
}

/* A row that cannot be part of headings: nothing in it but long text or a single cell of a wide table. */
static bool is_worth_a_look(const struct grid *g, uint32_t row)
{
    for (uint32_t c = 0; c < g->width; c++) {
        if (spot_at(g, row, c)->text.n > 0) {
            return true;
        }
    }
    return false;
}

static void take(const struct grid *g, uint32_t first, uint32_t last, struct arena *a, struct header *h)
{
    h->first_row = first;
    h->last_row = last;
    h->headings = ARENA_ARRAY(a, struct heading, g->width + 1);
    h->count = g->width;
    for (uint32_t c = 0; c < g->width; c++) {
        make_heading(g, first, last, c, &h->headings[c]);
        join_parts(&h->headings[c], a);
    }
}

/* The row a mapping file names; its heading is that row alone. */
static bool take_named(const struct header_request *q, const struct grid *g, struct arena *a,
                       struct header *h)
{
    uint32_t named = mapping_override_header_row(q->mapping);
    for (uint32_t r = 0; named && r < g->height; r++) {
        if (q->rows.rows[r].number == named) {
            take(g, r, r, a, h);
            return true;
        }
    }
    return false;
}

bool header_find(const struct header_request *q, struct arena *a, struct header *h)
{
    struct grid g = {0};
    make_grid(&g, q, a);
    *h = (struct header){0};
    if (g.height == 0 || g.width == 0) {
        return false;
    }
    if (q->sheet->has_field_names) {
        struct score s = score_rows(q, &g, 0, 0);
        take(&g, 0, 0, a, h);
        h->matched = s.matched;
        return s.matched > 0 || q->sheet->name_count == 1;
    }
    if (take_named(q, &g, a, h)) {
        return true;
    }
    struct score best = {0};
    uint32_t best_first = 0, best_last = 0;
    for (uint32_t r = 0; r < g.height; r++) {
        for (uint32_t last = r; last < g.height && last < r + DEPTH_MAX && is_worth_a_look(&g, r); last++) {
            struct score s = score_rows(q, &g, r, last);
            bool is_better = s.points > best.points ||
                             (s.points == best.points && s.points > 0 && last - r < best_last - best_first);
            if (is_better) {
                best = s;
                best_first = r;
                best_last = last;
            }
        }
    }
    if (best.points <= 0) {
        return false;
    }
    take(&g, best_first, best_last, a, h);
    h->matched = best.matched;
    return true;
}
