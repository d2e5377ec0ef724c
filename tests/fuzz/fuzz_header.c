/* The heading finder and what follows it over any grid: the first byte chooses the kind of list, the second
 * the form: an even one gives cells cut at tabs and rows at line ends, with merges from the bytes behind
 * 0x1F, four each; an odd one gives the body of a web page. */
#include "packed.h"

#include "import/sheet.h"

#include <string.h>

enum { ROWS = 40, COLUMNS = 40, MERGES = 32 };

static uint32_t cut_rows(struct slice text, struct sheet_row *rows, struct cell *cells)
{
    struct slice line, value;
    uint32_t count = 0;
    while (count < ROWS && slice_next(&text, '\n', &line)) {
        struct sheet_row *row = &rows[count];
        *row = (struct sheet_row){.number = count + 1, .cells = cells + (size_t)count * COLUMNS};
        while (row->count < COLUMNS && slice_next(&line, '\t', &value)) {
            row->cells[row->count++] = (struct cell){.kind = value.n ? CELL_TEXT : CELL_EMPTY, .text = value};
        }
        count++;
    }
    return count;
}

static void note_merges(struct slice bytes, struct sheet *s)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    for (size_t i = 0; i + 4 <= bytes.n && i < (size_t)MERGES * 4; i += 4) {
        sheet_note_merge(s, (struct merge){1u + p[i] % ROWS, p[i + 1] % COLUMNS, 1u + p[i + 2] % ROWS,
                                           p[i + 3] % COLUMNS});
    }
    sheet_sort_merges(s);
}

static void judge_all(const struct header *h, const struct mapping *m, const struct header_request *q,
                      struct arena *a)
{
    struct judge judge = {
        .kind = q->kind, .header = h, .mapping = m, .known_columns = h->matched, .is_first = true};
    for (uint32_t i = h->last_row + 1; i < q->rows.count; i++) {
        struct slice group = {0};
        struct date day;
        int weight;
        judge_row(&judge, &q->rows.rows[i], a, &group);
        source_date_of(q->rows.rows[i].count ? q->rows.rows[i].cells[0].text : group, a, &day, &weight);
    }
}

static void find(struct slice grid, struct slice merges, enum import_kind kind)
{
    static struct sheet_row rows[ROWS];
    static struct cell cells[ROWS * COLUMNS];
    struct arena a = {0};
    struct sheet s = {.name_count = 1};
    struct header h;
    struct mapping m;
    struct header_request q = {.sheet = &s, .rows = {rows, cut_rows(grid, rows, cells)}, .kind = kind};
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        cell_tidy(&cells[i], &a, TEXT_CP1258);
    }
    note_merges(merges, &s);
    if (header_find(&q, &a, &h)) {
        mapping_make(&h, kind, NULL, &a, &m);
        judge_all(&h, &m, &q, &a);
    }
    memset(cells, 0, sizeof cells);
    free(s.merges);
    arena_release(&a);
}

static void read_page(struct slice body, enum import_kind kind)
{
    struct buf page = {0};
    buf_text(&page, "<html><meta charset=utf-8><table>");
    buf_slice(&page, body);
    read_as_file("page.xls", buf_to_slice(&page), kind, NULL);
    buf_release(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    enum import_kind kind = (enum import_kind)(data[0] % IMPORT_KIND_COUNT);
    struct slice rest = {(const char *)data + 2, size - 2}, grid;
    if (data[1] % 2) {
        read_page(rest, kind);
    } else if (slice_next(&rest, 0x1F, &grid)) {
        find(grid, rest, kind);
    }
    return 0;
}
