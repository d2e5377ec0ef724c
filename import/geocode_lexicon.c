/* Names that are no streets: wards old and new, their districts, residential groups by name, markets. The
 * mask asks it. Wards are compared at the present level only: a former ward answers with the ward it became
 * part of. */
#include "import/geocode_private.h"
#include "import/spell.h"

#include <stdlib.h>
#include <string.h>

struct name {
    struct slice key; /* skeleton without blanks and without "phuong", "quan", "cho" in front */
    int64_t id;
    enum name_kind kind;
    bool is_home;
};

struct lexicon {
    const struct gazetteer *g;
    struct name *names; /* by key */
    uint32_t count;
    uint32_t kinds; /* bit per kind that occurs */
};

enum { NAME_TOKENS = 6 };

static struct slice key_of(struct slice fold, struct arena *a)
{
    static const char *const PREFIXES[] = {
        "phuong ",        "xa ",         "thi tran ", "quan ",    "huyen ", "thi xa ", "thanh pho ", "cho ",
        "to dan pho so ", "to dan pho ", "to ",       "khu pho ", "thon ",  "khoi ",   "ap "};
    for (size_t i = 0; i < COUNT_OF(PREFIXES); i++)
        if (slice_starts(fold, slice_of(PREFIXES[i]))) {
            size_t n = strlen(PREFIXES[i]);
            fold = (struct slice){fold.p + n, fold.n - n};
            break;
        }
    char *key = arena_alloc(a, fold.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < fold.n; i++)
        if (fold.p[i] != ' ')
            key[n++] = fold.p[i];
    spell_unify(key, n);
    return (struct slice){key, n};
}

static bool is_home(const struct gazetteer *g, int64_t ward_id)
{
    for (uint32_t i = 0; i < g->ward_count; i++)
        if (g->wards[i].id == ward_id)
            return g->wards[i].is_home;
    return false;
}

static void add_name(struct lexicon *l, struct slice fold, int64_t id, enum name_kind kind, struct arena *a)
{
    bool is_ward = kind == NAME_WARD || kind == NAME_WARD_OLD || kind == NAME_DISTRICT;
    struct name name = {key_of(fold, a), id, kind, is_ward && is_home(l->g, id)};
    if (name.key.n == 0)
        return;
    l->names[l->count++] = name;
    l->kinds |= 1u << kind;
}

static int compare_keys(struct slice a, struct slice b)
{
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int compare_names(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    int order = compare_keys(x->key, y->key);
    if (order == 0)
        order = (int)x->kind - (int)y->kind;
    return order ? order : (x->id > y->id) - (x->id < y->id);
}

/* "Tổ 15" is found by its number, only names with letters go in */
static bool is_number_name(struct slice fold)
{
    return fold.n == 0 || (fold.p[fold.n - 1] >= '0' && fold.p[fold.n - 1] <= '9');
}

struct lexicon *lexicon_new(const struct gazetteer *g, struct arena *a)
{
    struct lexicon *l = ARENA_NEW(a, struct lexicon);
    size_t most = g->ward_count + 2 * (size_t)g->ward_name_count + g->group_count + g->market_count + 1;
    l->g = g;
    l->names = ARENA_ARRAY(a, struct name, most);
    for (uint32_t i = 0; i < g->ward_count; i++)
        add_name(l, g->wards[i].fold, g->wards[i].id, NAME_WARD, a);
    for (uint32_t i = 0; i < g->ward_name_count; i++) {
        add_name(l, g->ward_names[i].fold, g->ward_names[i].ward_id, NAME_WARD_OLD, a);
        add_name(l, g->ward_names[i].district, g->ward_names[i].ward_id, NAME_DISTRICT, a);
    }
    for (uint32_t i = 0; i < g->group_count; i++)
        if (!is_number_name(g->groups[i].fold))
            add_name(l, g->groups[i].fold, g->groups[i].id, NAME_GROUP, a);
    for (uint32_t i = 0; i < g->market_count; i++)
        add_name(l, g->markets[i].fold, g->markets[i].id, NAME_MARKET, a);
    qsort(l->names, l->count, sizeof *l->names, compare_names);
    return l;
}

bool lexicon_has(const struct lexicon *l, enum name_kind kind)
{
    return l->kinds >> kind & 1;
}

/* Takes a name into the hit. A present ward wins over a former one of the same name; where a former ward was
 * split, our own ward is meant if it got a part. */
static void take(struct name_hit *hit, const struct name *name)
{
    const uint32_t wards = 1u << NAME_WARD | 1u << NAME_WARD_OLD;
    bool is_ward = wards >> name->kind & 1, had_ward = hit->kinds & wards;
    bool is_old_beside_new = name->kind == NAME_WARD_OLD && (hit->kinds >> NAME_WARD & 1);
    hit->kinds |= 1u << name->kind;
    if (is_old_beside_new)
        return;
    if (name->kind == NAME_DISTRICT) {
        hit->is_home |= name->is_home && !had_ward;
        return;
    }
    if (is_ward && had_ward && hit->id != name->id)
        hit->is_several = true;
    if (!had_ward || (name->is_home && !hit->is_home))
        hit->id = name->id;
    if (is_ward)
        hit->is_home = name->is_home || (had_ward && hit->is_home);
}

static bool find_exact(const struct lexicon *l, struct slice key, unsigned kinds, struct name_hit *hit)
{
    uint32_t low = 0, high = l->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_keys(l->names[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *hit = (struct name_hit){0};
    for (; low < l->count && slice_equal(l->names[low].key, key); low++)
        if (kinds >> l->names[low].kind & 1)
            take(hit, &l->names[low]);
    return hit->kinds != 0;
}

/* "Hòa Thuận Nam" is no slip of "Hòa Thuận Tây": the quarter of the compass makes it another ward. */
static bool is_other_quarter(struct slice typed, struct slice known)
{
    static const char *const QUARTERS[] = {"bac", "nam", "dong", "tai", "trung"}; /* y is i in keys */
    for (size_t i = 0; i < COUNT_OF(QUARTERS); i++) {
        struct slice quarter = slice_of(QUARTERS[i]);
        if (slice_ends(typed, quarter) != slice_ends(known, quarter))
            return true;
    }
    return false;
}

static bool find_near(const struct lexicon *l, struct slice key, unsigned kinds, struct name_hit *hit)
{
    int limit = 2 * spell_budget(key.n);
    bool has_lost = memchr(key.p, '?', key.n) != NULL;
    int best = (limit > 0 || has_lost ? limit : -1) + 1;
    for (uint32_t i = 0; i < l->count && best > 0; i++) {
        if (!(kinds >> l->names[i].kind & 1) || (!has_lost && is_other_quarter(key, l->names[i].key)))
            continue;
        int cost = spell_cost(key, l->names[i].key, best);
        if (cost > best || cost == SPELL_FAR || cost > limit)
            continue;
        if (cost < best)
            *hit = (struct name_hit){.edits = cost > 0};
        best = cost;
        take(hit, &l->names[i]);
    }
    return hit->kinds != 0;
}

bool lexicon_find(const struct lexicon *l, const struct tokens *t, int from, unsigned kinds, bool is_fuzzy,
                  struct name_hit *hit)
{
    struct buf key = {0};
    bool is_found = false;
    int most = from;
    *hit = (struct name_hit){0};
    if (!(l->kinds & kinds))
        return false;
    while (most < t->count && most < from + NAME_TOKENS && t->t[most].label == LABEL_FREE &&
           (most == from || (t->t[most].sign != ',' && t->t[most].sign != '/')))
        most++;
    for (int to = most; to > from && !is_found; to--) {
        buf_reset(&key);
        tokens_join(t, from, to, &key);
        spell_unify(key.p, key.n);
        is_found = find_exact(l, buf_to_slice(&key), kinds, hit);
        hit->tokens = to - from;
    }
    for (int to = most; is_fuzzy && to > from && !is_found; to--) {
        buf_reset(&key);
        tokens_join(t, from, to, &key);
        spell_unify(key.p, key.n);
        is_found = find_near(l, buf_to_slice(&key), kinds, hit);
        hit->tokens = to - from;
    }
    buf_release(&key);
    return is_found;
}

struct slice lexicon_ward_name(const struct lexicon *l, int64_t ward_id)
{
    for (uint32_t i = 0; i < l->g->ward_count; i++)
        if (l->g->wards[i].id == ward_id)
            return l->g->wards[i].name;
    return (struct slice){0};
}

int64_t lexicon_group(const struct lexicon *l, int number, int64_t ward_id)
{
    int64_t found = 0;
    for (uint32_t i = 0; i < l->g->group_count; i++) {
        const struct gazetteer_group *group = &l->g->groups[i];
        if (group->number != number || number == 0 ||
            (ward_id && group->ward_id && group->ward_id != ward_id))
            continue;
        if (found)
            return 0;
        found = group->id;
    }
    return found;
}

struct slice lexicon_group_name(const struct lexicon *l, int64_t group_id)
{
    for (uint32_t i = 0; i < l->g->group_count; i++)
        if (l->g->groups[i].id == group_id)
            return l->g->groups[i].name;
    return (struct slice){0};
}
