/* A street's line as one measured path. Streets come from maps as loose pieces in any order and direction;
 * here they are laid end to end so that a house number can be a distance. */
#include "import/path.h"

#include <math.h>
#include <string.h>

enum { JOIN_M = 60 };

struct plane plane_at(struct lonlat origin)
{
    double radians = origin.lat * (M_PI / 180);
    return (struct plane){origin, 111320.0 * cos(radians), 110574.0};
}

struct metres plane_to_metres(const struct plane *p, struct lonlat at)
{
    return (struct metres){(at.lon - p->origin.lon) * p->metres_per_lon,
                           (at.lat - p->origin.lat) * p->metres_per_lat};
}

struct lonlat plane_to_lonlat(const struct plane *p, struct metres at)
{
    return (struct lonlat){p->origin.lon + at.x / p->metres_per_lon,
                           p->origin.lat + at.y / p->metres_per_lat};
}

double metres_between(struct metres a, struct metres b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

struct part_ends {
    const struct lonlat *points;
    uint32_t count;
    bool is_used;
};

struct joiner {
    const struct plane *plane;
    struct part_ends *parts;
    uint32_t part_count;
    struct metres *points; /* room for all on both sides of the first part */
    uint32_t first, end;   /* what is laid so far */
};

static struct metres end_of(const struct joiner *j, const struct part_ends *part, bool is_last)
{
    return plane_to_metres(j->plane, part->points[is_last ? part->count - 1 : 0]);
}

static void lay_behind(struct joiner *j, struct part_ends *part, bool is_reversed)
{
    for (uint32_t i = 0; i < part->count; i++)
        j->points[j->end++] = plane_to_metres(j->plane, part->points[is_reversed ? part->count - 1 - i : i]);
    part->is_used = true;
}

static void lay_before(struct joiner *j, struct part_ends *part, bool is_reversed)
{
    for (uint32_t i = 0; i < part->count; i++)
        j->points[--j->first] =
            plane_to_metres(j->plane, part->points[is_reversed ? i : part->count - 1 - i]);
    part->is_used = true;
}

/* Lays the part whose end comes nearest to an end of the path; false when none is near. */
static bool lay_nearest(struct joiner *j)
{
    double best = JOIN_M;
    struct part_ends *chosen = NULL;
    bool at_start = false, is_last = false;
    for (uint32_t i = 0; i < j->part_count; i++)
        for (int way = 0; way < 4 && !j->parts[i].is_used; way++) {
            struct metres end = end_of(j, &j->parts[i], way & 1);
            double gap = metres_between(end, way & 2 ? j->points[j->first] : j->points[j->end - 1]);
            if (gap >= best)
                continue;
            best = gap;
            chosen = &j->parts[i];
            at_start = way & 2;
            is_last = way & 1;
        }
    if (chosen == NULL)
        return false;
    if (at_start)
        lay_before(j, chosen, !is_last);
    else
        lay_behind(j, chosen, is_last);
    return true;
}

static double part_length(const struct plane *p, const struct part_ends *part)
{
    double length = 0;
    for (uint32_t i = 1; i < part->count; i++)
        length +=
            metres_between(plane_to_metres(p, part->points[i - 1]), plane_to_metres(p, part->points[i]));
    return length;
}

static void read_parts(struct joiner *j, const struct shape *line)
{
    uint32_t start = 0;
    for (uint32_t i = 0; i < line->part_count; i++) {
        j->parts[i] = (struct part_ends){line->points + start, line->ends[i] - start, false};
        start = line->ends[i];
    }
    j->part_count = line->part_count;
}

static struct part_ends *longest_part(const struct joiner *j)
{
    struct part_ends *best = &j->parts[0];
    for (uint32_t i = 1; i < j->part_count; i++)
        if (part_length(j->plane, &j->parts[i]) > part_length(j->plane, best))
            best = &j->parts[i];
    return best;
}

static void measure(struct path *path)
{
    for (uint32_t i = 1; i < path->count; i++)
        path->at[i] = path->at[i - 1] + metres_between(path->points[i - 1], path->points[i]);
}

struct path path_join(const struct plane *p, const struct shape *line, struct arena *a)
{
    struct path path = {0};
    if (line == NULL || line->part_count == 0)
        return path;
    uint32_t total = line->ends[line->part_count - 1];
    struct joiner j = {.plane = p};
    j.parts = ARENA_ARRAY(a, struct part_ends, line->part_count);
    j.points = ARENA_ARRAY(a, struct metres, 2 * (size_t)total);
    j.first = j.end = total;
    read_parts(&j, line);
    lay_behind(&j, longest_part(&j), false);
    while (lay_nearest(&j))
        ;
    path.points = j.points + j.first;
    path.count = j.end - j.first;
    path.at = ARENA_ARRAY(a, double, path.count);
    measure(&path);
    return path;
}

double path_length(const struct path *path)
{
    return path->count ? path->at[path->count - 1] : 0;
}

/* Segment that holds `at`: its end. */
static uint32_t segment_at(const struct path *path, double at)
{
    uint32_t i = 1;
    while (i + 1 < path->count && path->at[i] < at)
        i++;
    return i;
}

struct metres path_locate(const struct path *path, double at, double offset)
{
    if (path->count < 2)
        return path->count ? path->points[0] : (struct metres){0, 0};
    at = fmax(0, fmin(at, path_length(path)));
    uint32_t i = segment_at(path, at);
    struct metres a = path->points[i - 1], b = path->points[i];
    double length = metres_between(a, b), t = length > 0 ? (at - path->at[i - 1]) / length : 0;
    struct metres left =
        length > 0 ? (struct metres){-(b.y - a.y) / length, (b.x - a.x) / length} : (struct metres){0, 0};
    return (struct metres){a.x + t * (b.x - a.x) + offset * left.x, a.y + t * (b.y - a.y) + offset * left.y};
}

struct foot path_foot(const struct path *path, struct metres from)
{
    struct foot best = {0, INFINITY};
    for (uint32_t i = 1; i < path->count; i++) {
        struct metres a = path->points[i - 1], b = path->points[i];
        double dx = b.x - a.x, dy = b.y - a.y, squared = dx * dx + dy * dy;
        double t = squared > 0 ? ((from.x - a.x) * dx + (from.y - a.y) * dy) / squared : 0;
        t = fmax(0, fmin(t, 1));
        double away = metres_between(from, (struct metres){a.x + t * dx, a.y + t * dy});
        if (away >= fabs(best.offset))
            continue;
        double side = dx * (from.y - a.y) - dy * (from.x - a.x);
        best = (struct foot){path->at[i - 1] + t * sqrt(squared), side < 0 ? -away : away};
    }
    return best;
}
