/* The sentence "vì sao": what an answer rests on and what speaks against it, in Vietnamese, for a clerk. */
#include "import/geocode_private.h"

#include <string.h>

static void add_level(struct buf *b, const struct level *l)
{
    buf_int(b, l->number);
    buf_text(b, l->suffix);
}

static void add_chain(struct buf *b, const struct address *a)
{
    for (int i = 0; i < a->chain_count; i++) {
        buf_text(b, i ? "/" : "kiệt ");
        add_level(b, &a->chain[i]);
    }
}

static void add_place(struct buf *b, const struct judged *j)
{
    const struct address *a = &j->address;
    if (a->has_number) {
        buf_text(b, "số ");
        add_level(b, &a->number);
        buf_char(b, ' ');
    }
    add_chain(b, a);
    if (a->chain_count)
        buf_char(b, ' ');
}

static const char *grade_start(const struct judged *j)
{
    const struct placed *p = &j->placed;
    if (p->grade == PLACE_EXACT)
        return "Đúng ";
    if (p->grade == PLACE_BETWEEN)
        return "Nội suy giữa hai số nhà lân cận cho ";
    if (j->faults[GEO_RELATION])
        return "Gần ";
    if (p->is_alley_mouth)
        return "Đặt ở đầu kiệt, chưa biết trong kiệt, cho ";
    if (p->is_other_side)
        return "Theo số nhà bên kia đường cho ";
    if (p->grade == PLACE_NEAR)
        return "Gần đúng theo các số nhà đã biết cho ";
    return j->address.has_number ? "Chưa định được số nhà, chỉ biết đường cho "
                                 : "Không ghi số nhà, chỉ biết đường: ";
}

static void add_faults(struct buf *b, const uint8_t faults[GEO_COUNT])
{
    for (int i = 0; i < GEO_COUNT; i++)
        if (faults[i] && geofault_get((enum geofault)i)->points > 0) {
            if (b->n)
                buf_text(b, "; ");
            buf_text(b, geofault_get((enum geofault)i)->sentence);
        }
}

static struct slice finish(struct buf *b, struct arena *a)
{
    if (b->n)
        buf_char(b, '.');
    struct slice text = arena_slice(a, buf_to_slice(b));
    buf_release(b);
    return text;
}

struct slice why_street(const struct geocoder *g, const struct judged *j, struct arena *a)
{
    struct buf b = {0};
    enum geofault worst = worst_fault(j->faults);
    if (worst == GEO_COUNT) {
        buf_text(&b, grade_start(j));
        add_place(&b, j);
        buf_text(&b, "đường ");
        buf_slice(&b, g->gazetteer->streets[j->match.street].name);
    } else if (worst == GEO_NUMBER_OUTSIDE) {
        buf_format(&b, "Số %d vượt quá số lớn nhất đã biết (%d) của đường ", j->address.number.number,
                   j->placed.known_max);
        buf_slice(&b, g->gazetteer->streets[j->match.street].name);
    } else {
        buf_text(&b, "Cần xem lại, có thể là đường ");
        buf_slice(&b, g->gazetteer->streets[j->match.street].name);
    }
    add_faults(&b, j->faults);
    double chance = worst == GEO_COUNT ? geocode_chance(j->class, j->score) : 0;
    if (chance > 0)
        buf_format(&b, ". Đúng khoảng %d/100", (int)chance);
    return finish(&b, a);
}

struct slice why_faults(const char *start, const uint8_t faults[GEO_COUNT], struct arena *a)
{
    struct buf b = {0};
    buf_text(&b, start);
    add_faults(&b, faults);
    return finish(&b, a);
}

static const char *grade_phrase(const struct judged *j)
{
    const struct placed *p = &j->placed;
    if (p->grade == PLACE_EXACT)
        return "Đúng số nhà trong danh mục";
    if (p->grade == PLACE_BETWEEN)
        return "Nội suy giữa hai số nhà lân cận cùng bên";
    if (j->faults[GEO_RELATION])
        return "Gần nơi địa chỉ nhắc tới";
    if (p->is_alley_mouth)
        return "Đầu kiệt, chưa biết trong kiệt";
    if (p->is_other_side)
        return "Theo số nhà bên kia đường";
    if (p->grade == PLACE_NEAR)
        return "Gần đúng theo các số nhà đã biết";
    return j->address.has_number ? "Chỉ biết đường, chưa định được số nhà" : "Chỉ biết đường";
}

struct slice why_candidate(const struct judged *j, struct arena *a)
{
    return why_faults(grade_phrase(j), j->faults, a);
}

struct slice fault_codes(const uint8_t faults[GEO_COUNT], struct arena *a)
{
    struct buf b = {0};
    for (int i = 0; i < GEO_COUNT; i++)
        if (faults[i])
            buf_format(&b, "%s%s:%d", b.n ? " " : "", geofault_get((enum geofault)i)->code, faults[i]);
    struct slice text = arena_slice(a, buf_to_slice(&b));
    buf_release(&b);
    return text;
}
