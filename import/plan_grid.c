/* plan_grid: a part of a market drawn as a grid: where its first stall is, how many rows of how many stalls,
 * how far apart, and how they are numbered. For the offices whose floor plan is a sheet of paper and a tape
 * measure. */
#include "import/plan_grid.h"
#include "import/path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_MOST = 200, SPACING_MOST_M = 50 };
static const double SPACING_LEAST_M = 0.3, DEGREES = 3.14159265358979323846 / 180;

static bool is_count(double v)
{
    return v >= 1 && v <= SIDE_MOST && v == floor(v);
}

static bool is_spacing(double v)
{
    return v >= SPACING_LEAST_M && v <= SPACING_MOST_M;
}

static void need(struct outcome *out, enum column_id id, const struct row *row, const char *advice)
{
    struct slice value = cell_text(row, id);
    reject(out, &(struct problem){.column = (int)id,
                                  .code = value.n ? FAULT_BAD_VALUE : FAULT_VALUE_MISSING,
                                  .value = value,
                                  .advice = advice});
}

/* "A07" is the stalls A7, A8, A9 … */
static bool read_first(struct load *l, const struct row *row, struct plan_grid *g, struct outcome *out)
{
    struct slice text = slice_trim(cell_text(row, COLUMN_STALL_NUMBER));
    size_t digits = text.n;
    int64_t first = 1;
    while (digits > 0 && text.p[digits - 1] >= '0' && text.p[digits - 1] <= '9')
        digits--;
    struct slice number = {text.p + digits, text.n - digits};
    if (text.n && (!number.n || !slice_to_int(number, &first) || first > 100000)) {
        need(out, COLUMN_STALL_NUMBER, row, "Ghi số của ô đầu tiên, ví dụ 1 hoặc A1");
        return false;
    }
    g->prefix = arena_slice(&l->row, (struct slice){text.p, digits});
    g->first = (int)first;
    return true;
}

static bool read_order(struct load *l, const struct row *row, struct plan_grid *g, struct outcome *out)
{
    static const struct {
        const char *word;
        enum grid_order order;
    } WORDS[] = {{"", GRID_BY_ROW},
                 {"hang", GRID_BY_ROW},
                 {"row", GRID_BY_ROW},
                 {"cot", GRID_BY_COLUMN},
                 {"column", GRID_BY_COLUMN},
                 {"dich dac", GRID_BACK_AND_FORTH},
                 {"zigzag", GRID_BACK_AND_FORTH},
                 {"snake", GRID_BACK_AND_FORTH}};
    struct slice fold = cell_fold(l, row, COLUMN_NUMBERING);
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (slice_equal(fold, slice_of(WORDS[i].word)) ||
            (slice_starts(fold, SLICE("theo ")) &&
             slice_equal((struct slice){fold.p + 5, fold.n - 5}, slice_of(WORDS[i].word)))) {
            g->order = WORDS[i].order;
            return true;
        }
    need(out, COLUMN_NUMBERING, row, "Ghi theo hàng, theo cột hoặc dích dắc");
    return false;
}

bool plan_is_grid(const struct row *row)
{
    return cell_text(row, COLUMN_GRID_ROWS).n || cell_text(row, COLUMN_GRID_COLUMNS).n;
}

bool plan_grid_read(struct load *l, const struct row *row, struct plan_grid *g, struct outcome *out)
{
    double rows = take_real(row, COLUMN_GRID_ROWS, out), columns = take_real(row, COLUMN_GRID_COLUMNS, out);
    double bearing = take_real(row, COLUMN_BEARING, out);
    *g = (struct plan_grid){.row_m = take_real(row, COLUMN_ROW_SPACING, out),
                            .column_m = take_real(row, COLUMN_COLUMN_SPACING, out),
                            .bearing = isnan(bearing) ? 90 : bearing};
    if (!take_position(l, row, &g->origin, out)) {
        if (!is_rejected(out))
            need(out, COLUMN_LON, row, "Ghi toạ độ tâm của ô đầu tiên");
        return false;
    }
    if (!is_count(rows) || !is_count(columns))
        need(out, is_count(rows) ? COLUMN_GRID_COLUMNS : COLUMN_GRID_ROWS, row,
             "Ghi số hàng và số cột, từ 1 đến 200");
    else if (!is_spacing(g->row_m) || !is_spacing(g->column_m))
        need(out, is_spacing(g->row_m) ? COLUMN_COLUMN_SPACING : COLUMN_ROW_SPACING, row,
             "Ghi khoảng cách bằng mét, từ 0,3 đến 50");
    else if (g->bearing < 0 || g->bearing > 360)
        need(out, COLUMN_BEARING, row, "Ghi hướng của một hàng bằng độ: 0 là bắc, 90 là đông");
    if (is_rejected(out) || !read_first(l, row, g, out) || !read_order(l, row, g, out))
        return false;
    g->rows = (int)rows;
    g->columns = (int)columns;
    return true;
}

int plan_grid_count(const struct plan_grid *g)
{
    return g->rows * g->columns;
}

/* Row and column of the i-th number. */
static void seat_of(const struct plan_grid *g, int i, int *row, int *column)
{
    bool is_by_column = g->order == GRID_BY_COLUMN;
    *row = is_by_column ? i % g->rows : i / g->columns;
    *column = is_by_column ? i / g->rows : i % g->columns;
    if (g->order == GRID_BACK_AND_FORTH && *row % 2)
        *column = g->columns - 1 - *column;
}

/* A row runs along the bearing; the next row stands to the right of it. */
static struct metres at_metres(const struct plan_grid *g, double along, double across)
{
    double s = sin(g->bearing * DEGREES), c = cos(g->bearing * DEGREES);
    return (struct metres){along * s + across * c, along * c - across * s};
}

struct slice plan_grid_stall(const struct plan_grid *g, int i, struct arena *a)
{
    return slice_of(arena_format(a, "%.*s%d", (int)g->prefix.n, g->prefix.p, g->first + i));
}

struct slice plan_grid_wkb(const struct plan_grid *g, int i, struct arena *a)
{
    enum { CORNERS = 5 };
    static const double ALONG[CORNERS] = {-0.5, 0.5, 0.5, -0.5, -0.5},
                        ACROSS[CORNERS] = {-0.5, -0.5, 0.5, 0.5, -0.5};
    struct plane plane = plane_at(g->origin);
    uint32_t type = 3, rings = 1, points = CORNERS;
    struct buf b = {0};
    int row, column;
    seat_of(g, i, &row, &column);
    buf_char(&b, 1);
    buf_add(&b, &type, sizeof type);
    buf_add(&b, &rings, sizeof rings);
    buf_add(&b, &points, sizeof points);
    for (int k = 0; k < CORNERS; k++) {
        struct lonlat at = plane_to_lonlat(
            &plane, at_metres(g, (column + ALONG[k]) * g->column_m, (row + ACROSS[k]) * g->row_m));
        buf_add(&b, &at, sizeof at);
    }
    struct slice wkb = arena_slice(a, buf_to_slice(&b));
    buf_release(&b);
    return wkb;
}
