/* Clipping and cleaning: random lines and rings, many of them crossing themselves, against plain geometry:
 * everything stays within the buffer, rings come out simple, and what the tile shows covers what the ring
 * covered. */
#include "tiles/tiles_private.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

static int32_t random_between(int32_t low, int32_t high)
{
    return low + (int32_t)((double)rand() / RAND_MAX * (high - low));
}

static int64_t turn(struct tilepx a, struct tilepx b, struct tilepx c)
{
    return ((int64_t)b.x - a.x) * ((int64_t)c.y - a.y) - ((int64_t)b.y - a.y) * ((int64_t)c.x - a.x);
}

static bool on_segment(struct tilepx a, struct tilepx b, struct tilepx p)
{
    return turn(a, b, p) == 0 && p.x >= fmin(a.x, b.x) && p.x <= fmax(a.x, b.x) && p.y >= fmin(a.y, b.y) &&
           p.y <= fmax(a.y, b.y);
}

static bool segments_meet(struct tilepx a, struct tilepx b, struct tilepx c, struct tilepx d)
{
    if (on_segment(a, b, c) || on_segment(a, b, d) || on_segment(c, d, a) || on_segment(c, d, b))
        return true;
    return (turn(a, b, c) > 0) != (turn(a, b, d) > 0) && (turn(c, d, a) > 0) != (turn(c, d, b) > 0);
}

/* No two edges share a point, but for neighbours at their common vertex. */
static bool is_simple(const struct tilepx *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = i + 1; k < n; k++) {
            struct tilepx a = p[i], b = p[(i + 1) % n], c = p[k], d = p[(k + 1) % n];
            bool next = k == i + 1, before = (k + 1) % n == i;
            if (next && n > 2 ? on_segment(a, b, d) || on_segment(c, d, a)
                : before      ? on_segment(a, b, c) || on_segment(c, d, b)
                              : segments_meet(a, b, c, d))
                return false;
        }
    return true;
}

static void check_rings_of(const struct paths *rings)
{
    for (uint32_t i = 0; i < rings->count; i++) {
        const struct tilepx *p = rings->points + path_start(rings, i);
        uint32_t n = rings->ends[i] - path_start(rings, i);
        ck_assert_uint_ge(n, 3);
        ck_assert_int_ne(ring_area2(p, n), 0);
        ck_assert_msg(is_simple(p, n), "ring of %u vertices is not simple", n);
        for (uint32_t k = 0; k < n; k++)
            ck_assert(p[k].x >= CLIP_LOW && p[k].x <= CLIP_HIGH && p[k].y >= CLIP_LOW && p[k].y <= CLIP_HIGH);
    }
}

static bool covered(const struct paths *rings, struct tilepx at)
{
    bool in = false;
    for (uint32_t i = 0; i < rings->count; i++)
        in ^= ring_holds(rings->points + path_start(rings, i), rings->ends[i] - path_start(rings, i), at);
    return in;
}

static void cut_and_split(const struct tilepx *p, uint32_t n, struct arena *a, struct paths *rings)
{
    struct paths cut = {.arena = a};
    *rings = (struct paths){.arena = a};
    clip_ring(p, n, &cut);
    if (cut.count)
        ring_split(cut.points, cut.point_count, rings);
    check_rings_of(rings);
}

/* A star around a centre: simple before it was rounded. */
static uint32_t star(struct tilepx *p, uint32_t n, int32_t size)
{
    int32_t cx = random_between(-2000, 6000), cy = random_between(-2000, 6000);
    for (uint32_t i = 0; i < n; i++) {
        double angle = 6.283185307179586 * i / n, r = random_between(size / 10, size);
        p[i] = (struct tilepx){cx + (int32_t)(r * cos(angle)), cy + (int32_t)(r * sin(angle))};
    }
    return n;
}

START_TEST(stars_stay_whole_where_the_tile_shows_them)
{
    struct arena a = {0};
    struct tilepx p[300];
    srand(11);
    for (int i = 0; i < 3000; i++) {
        arena_reset(&a);
        uint32_t n = star(p, (uint32_t)random_between(3, 299), random_between(20, 9000));
        struct paths rings;
        cut_and_split(p, n, &a, &rings);
        for (int k = 0; k < 40; k++) {
            struct tilepx at = {random_between(0, 4096), random_between(0, 4096)};
            int32_t nearest = INT32_MAX; /* near an edge, rounding decides */
            for (uint32_t e = 0; e < n; e++) {
                struct tilepx u = p[e], v = p[(e + 1) % n];
                double dx = v.x - u.x, dy = v.y - u.y,
                       t = ((at.x - u.x) * dx + (at.y - u.y) * dy) / fmax(1e-9, dx * dx + dy * dy);
                t = fmax(0, fmin(1, t));
                nearest = (int32_t)fmin(nearest, hypot(at.x - u.x - t * dx, at.y - u.y - t * dy));
            }
            if (nearest > 4)
                ck_assert_int_eq(covered(&rings, at), ring_holds(p, n, at));
        }
    }
    arena_release(&a);
}
END_TEST

START_TEST(any_scribble_becomes_simple_rings)
{
    struct arena a = {0};
    struct tilepx p[120];
    srand(12);
    for (int i = 0; i < 4000; i++) {
        arena_reset(&a);
        uint32_t n = (uint32_t)random_between(3, i % 2 ? 12 : 60);
        int32_t reach = i % 3 == 0   ? 12
                        : i % 3 == 1 ? 300
                                     : 9000; /* the small ones meet in every way there is */
        for (uint32_t k = 0; k < n; k++)
            p[k] = (struct tilepx){random_between(-reach, reach), random_between(-reach, reach)};
        struct paths rings;
        cut_and_split(p, n, &a, &rings);
    }
    arena_release(&a);
}
END_TEST

START_TEST(a_ring_around_the_tile_is_the_tile_and_one_beside_it_is_nothing)
{
    struct arena a = {0};
    struct paths rings;
    struct tilepx around[] = {{-900000, -900000}, {900000, -900000}, {900000, 900000}, {-900000, 900000}};
    cut_and_split(around, 4, &a, &rings);
    ck_assert_uint_eq(rings.count, 1);
    ck_assert_int_eq(ring_area2(rings.points, rings.ends[0]), 2 * 4224LL * 4224);
    struct tilepx beside[] = {{5000, 0}, {9000, 0}, {9000, 4000}, {5000, 4000}};
    cut_and_split(beside, 4, &a, &rings);
    ck_assert_uint_eq(rings.count, 0);
    struct tilepx clasp[] = {{-500, -500}, {5000, -500}, {5000, 5000}, {-500, 5000},
                             {-500, 4800}, {4800, 4800}, {4800, -300}, {-500, -300}};
    cut_and_split(clasp, 8, &a, &rings); /* walks around the tile on three sides without touching it */
    ck_assert_uint_eq(rings.count, 0);
    arena_release(&a);
}
END_TEST

START_TEST(a_comb_across_the_edge_falls_into_its_teeth)
{
    struct arena a = {0};
    struct paths rings;
    struct tilepx comb[] = {{1000, 5000}, {1000, 3000}, {1500, 3000}, {1500, 4500},
                            {2000, 4500}, {2000, 3000}, {2500, 3000}, {2500, 5000}};
    cut_and_split(comb, 8, &a, &rings);
    ck_assert_uint_eq(rings.count, 2);
    arena_release(&a);
}
END_TEST

static double distance(struct tilepx p, struct tilepx a, struct tilepx b)
{
    double dx = b.x - a.x, dy = b.y - a.y,
           t = ((p.x - a.x) * dx + (p.y - a.y) * dy) / fmax(1e-9, dx * dx + dy * dy);
    t = fmax(0, fmin(1, t));
    return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

START_TEST(pieces_of_a_line_lie_on_it_and_miss_nothing_inside)
{
    struct arena a = {0};
    srand(13);
    for (int i = 0; i < 3000; i++) {
        arena_reset(&a);
        struct tilepx p[20];
        uint32_t n = (uint32_t)random_between(2, 20);
        for (uint32_t k = 0; k < n; k++)
            p[k] = (struct tilepx){random_between(-6000, 10000), random_between(-6000, 10000)};
        struct paths pieces = {.arena = &a};
        clip_line(p, n, &pieces);
        double length = 0, expected = 0;
        for (uint32_t k = 0; k < pieces.count; k++)
            for (uint32_t v = path_start(&pieces, k); v < pieces.ends[k]; v++) {
                struct tilepx at = pieces.points[v];
                ck_assert(at.x >= CLIP_LOW && at.x <= CLIP_HIGH && at.y >= CLIP_LOW && at.y <= CLIP_HIGH);
                double nearest = 1e9;
                for (uint32_t e = 1; e < n; e++)
                    nearest = fmin(nearest, distance(at, p[e - 1], p[e]));
                ck_assert_double_lt(nearest, 1);
                if (v > path_start(&pieces, k))
                    length += hypot(at.x - pieces.points[v - 1].x, at.y - pieces.points[v - 1].y);
            }
        for (uint32_t e = 1; e < n; e++) /* by stepping along */
            for (int step = 0; step < 1000; step++) {
                double t = (step + 0.5) / 1000, x = p[e - 1].x + t * (p[e].x - p[e - 1].x),
                       y = p[e - 1].y + t * (p[e].y - p[e - 1].y);
                if (x >= CLIP_LOW && x <= CLIP_HIGH && y >= CLIP_LOW && y <= CLIP_HIGH)
                    expected += hypot(p[e].x - p[e - 1].x, p[e].y - p[e - 1].y) / 1000;
            }
        ck_assert_double_eq_tol(length, expected, 30.0 * n);
    }
    arena_release(&a);
}
END_TEST

START_TEST(tiles_know_their_place)
{
    struct box world = tile_bounds((struct tile_id){0, 0, 0});
    ck_assert_double_eq_tol(world.north, 85.0511287798, 1e-9);
    ck_assert_double_eq(world.west, -180);
    struct box b = tile_bounds((struct tile_id){14, 13117, 7465});
    struct world w = world_of((struct lonlat){(b.west + b.east) / 2, (b.south + b.north) / 2});
    ck_assert_uint_eq(w.x >> 18, 13117);
    ck_assert_uint_eq(w.y >> 18, 7465);
    ck_assert(tile_is_valid((struct tile_id){22, 4194303, 0}) &&
              !tile_is_valid((struct tile_id){22, 4194304, 0}));
    ck_assert(!tile_is_valid((struct tile_id){23, 0, 0}));
    struct lonlat there = lonlat_of(world_of((struct lonlat){108.2, 16.05}));
    ck_assert_double_eq_tol(there.lon, 108.2, 1e-7);
    ck_assert_double_eq_tol(there.lat, 16.05, 1e-7);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clip");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 100);
    tcase_add_test(t, stars_stay_whole_where_the_tile_shows_them);
    tcase_add_test(t, any_scribble_becomes_simple_rings);
    tcase_add_test(t, a_ring_around_the_tile_is_the_tile_and_one_beside_it_is_nothing);
    tcase_add_test(t, a_comb_across_the_edge_falls_into_its_teeth);
    tcase_add_test(t, pieces_of_a_line_lie_on_it_and_miss_nothing_inside);
    tcase_add_test(t, tiles_know_their_place);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
