/* snapshot_patch: the next read copy out of the one before it and what was touched since.
 * Layers of places are woven: the rows of before without the places that were touched, and the rows these
 * have now, each at its place in the order; layers that nothing touched are shared; short lists whose figures
 * hang on many tables are read anew. Law: what comes out answers byte for byte as a copy read from the file
 * (test_patch.c); long arrays are copied in runs, texts stay where they are and grow behind their end. */
#include "layers/snapshot_private.h"
#include "layers/store_private.h"
#include "layers/touched.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SHARE = 4, MOST_LEAST = 1000 }; /* more rows than this part is work for a new copy */

/* A stretch of rows, of the layer before or of the fresh ones. */
struct run {
    uint32_t from, count;
    bool is_fresh;
};

struct weave {
    const struct stored_layer *before, *fresh;
    uint32_t *gone; /* rows of `before` that were touched, ascending */
    uint32_t gone_count;
    struct buf runs; /* struct run */
    size_t located_runs;
    uint32_t located, count;
    struct layer_moves *moves;
};

/* --- which rows, in which order --- */

static void find_gone(struct weave *w, const struct touched *t)
{
    uint32_t last = t->count ? t->places[t->count - 1] : 0, n = w->before->open.count;
    uint8_t *is_touched = calloc((size_t)last / 8 + 1, 1);
    w->gone = malloc(((size_t)t->count + 1) * sizeof *w->gone);
    for (uint32_t i = 0; i < t->count; i++)
        is_touched[t->places[i] / 8] |= (uint8_t)(1 << t->places[i] % 8);
    for (uint32_t row = 0; row < n; row++) {
        uint32_t id = w->before->id[row];
        if (id <= last && is_touched[id / 8] >> id % 8 & 1)
            w->gone[w->gone_count++] = row;
    }
    free(is_touched);
}

static void find_all_gone(struct weave *w)
{
    uint32_t n = w->before->open.count;
    w->gone = malloc(((size_t)n + 1) * sizeof *w->gone);
    for (uint32_t row = 0; row < n; row++)
        w->gone[w->gone_count++] = row;
}

/* Where in [first, end) of `before` a fresh row belongs: by key, then id; without a place by id alone. */
static uint32_t place_of(const struct weave *w, uint32_t fresh, uint32_t first, uint32_t end)
{
    bool is_located = fresh < w->fresh->open.located;
    uint64_t key = is_located ? w->fresh->key[fresh] : 0;
    uint32_t id = w->fresh->id[fresh];
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;
        uint64_t other = is_located ? w->before->key[middle] : 0;
        if (other < key || (other == key && w->before->id[middle] < id))
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

static void add_run(struct weave *w, uint32_t from, uint32_t count, bool is_fresh)
{
    struct run r = {from, count, is_fresh};
    if (count == 0)
        return;
    for (uint32_t i = 0; i < count; i++)
        *(is_fresh ? &w->moves->fresh[from + i] : &w->moves->to[from + i]) = w->count + i;
    w->count += count;
    buf_add(&w->runs, &r, sizeof r);
}

/* Rows [first, end) of `before` and [fresh, fresh_end) of the fresh ones. */
static void weave_part(struct weave *w, uint32_t first, uint32_t end, uint32_t fresh, uint32_t fresh_end,
                       uint32_t *gone)
{
    uint32_t at = first;
    while (fresh < fresh_end || (*gone < w->gone_count && w->gone[*gone] < end)) {
        uint32_t next = fresh < fresh_end ? place_of(w, fresh, at, end) : UINT32_MAX;
        bool is_gone_first = *gone < w->gone_count && w->gone[*gone] < end && w->gone[*gone] < next;
        uint32_t stop = is_gone_first ? w->gone[*gone] : next;
        add_run(w, at, stop - at, false);
        at = stop;
        if (is_gone_first) {
            at++;
            ++*gone;
        } else {
            add_run(w, fresh++, 1, true);
        }
    }
    add_run(w, at, end - at, false);
}

static void weave_rows(struct weave *w)
{
    const struct snapshot_layer *before = &w->before->open, *fresh = &w->fresh->open;
    uint32_t gone = 0;
    w->moves->to = malloc(((size_t)before->count + 1) * sizeof *w->moves->to);
    w->moves->fresh = malloc(((size_t)fresh->count + 1) * sizeof *w->moves->fresh);
    w->moves->fresh_count = fresh->count;
    memset(w->moves->to, 0xff, before->count * sizeof *w->moves->to); /* ROW_GONE */
    weave_part(w, 0, before->located, 0, fresh->located, &gone);
    w->located = w->count;
    w->located_runs = w->runs.n / sizeof(struct run);
    weave_part(w, before->located, before->count, fresh->located, fresh->count, &gone);
}

/* --- the arrays --- */

static void *woven(const struct weave *w, const void *before, const void *fresh, size_t size, bool located)
{
    const struct run *runs = (const struct run *)(const void *)w->runs.p;
    size_t n = located ? w->located_runs : w->runs.n / sizeof *runs;
    uint32_t rows = located ? w->located : w->count;
    char *made = malloc((rows ? rows : 1) * size), *to = made;
    for (size_t i = 0; i < n; i++) {
        const char *from = runs[i].is_fresh ? fresh : before;
        memcpy(to, from + runs[i].from * size, runs[i].count * size);
        to += runs[i].count * size;
    }
    return made;
}

/* Texts of the fresh column that `texts` holds already: now[id of fresh] = id there. */
static void find_texts(const struct stored_column *fresh, const struct texts *texts, uint32_t *now)
{
    struct stored_column wanted;
    bool of_length[256] = {false};
    uint32_t unique;
    column_start(&wanted, FIELD_TEXT);
    wanted.text = &unique;
    for (uint32_t id = 1; id <= fresh->texts->count; id++) {
        struct slice text = texts_get(fresh->texts, id);
        of_length[text.n & 255] = true;
        column_set_text(&wanted, 0, text); /* each once: so the ids are the same */
    }
    for (uint32_t id = 1; id <= texts->count; id++) {
        struct slice text = texts_get(texts, id);
        uint32_t found = of_length[text.n & 255] ? column_find_text(&wanted, text) : 0;
        if (found)
            now[found] = id;
    }
    wanted.text = NULL;
    column_release(&wanted);
}

/* Many texts: those that are new go behind the others. False when there is no room for them. */
static bool share_texts(struct stored_column *next, const struct stored_column *before,
                        const struct stored_column *fresh, uint32_t rows)
{
    struct texts *texts = before->texts;
    uint32_t *now = calloc((size_t)fresh->texts->count + 1, sizeof *now);
    bool has_room = texts_have_room(texts, fresh->texts->count, fresh->texts->bytes.n);
    if (has_room) {
        find_texts(fresh, texts, now);
        for (uint32_t id = 1; id <= fresh->texts->count; id++)
            if (!now[id])
                now[id] = texts_add(texts, texts_get(fresh->texts, id));
        for (uint32_t row = 0; row < rows; row++)
            fresh->text[row] = now[fresh->text[row]];
        atomic_fetch_add_explicit(&texts->owners, 1, memory_order_relaxed);
        next->texts = texts;
    }
    free(now);
    return has_room;
}

/* Few texts: those of both in a row; column_sort_texts makes them one list. */
static void join_texts(struct stored_column *next, const struct stored_column *before,
                       const struct stored_column *fresh, uint32_t rows)
{
    uint32_t known = before->texts->count;
    next->texts = texts_new();
    for (uint32_t id = 1; id <= known; id++)
        texts_add(next->texts, texts_get(before->texts, id));
    for (uint32_t id = 1; id <= fresh->texts->count; id++)
        texts_add(next->texts, texts_get(fresh->texts, id));
    for (uint32_t row = 0; row < rows; row++)
        fresh->text[row] += fresh->text[row] ? known : 0;
}

static bool weave_column(struct stored_column *next, const struct weave *w, int i)
{
    const struct stored_column *before = &w->before->columns[i], *fresh = &w->fresh->columns[i];
    next->open.type = before->open.type;
    next->is_unique = before->is_unique;
    if (!before->texts) {
        if (before->open.type == FIELD_REAL)
            next->real = woven(w, before->real, fresh->real, sizeof *next->real, false);
        else
            next->integer = woven(w, before->integer, fresh->integer, sizeof *next->integer, false);
        return true;
    }
    bool is_many = before->texts->count > MANY_TEXTS;
    if (is_many && !share_texts(next, before, fresh, w->fresh->open.count))
        return false;
    if (!is_many)
        join_texts(next, before, fresh, w->fresh->open.count);
    next->text = woven(w, before->text, fresh->text, sizeof *next->text, false);
    if (!is_many) {
        column_sort_texts(next, w->count);
        texts_trim(next->texts, false);
    }
    return true;
}

static bool share_properties(struct stored_layer *next, const struct weave *w)
{
    struct texts *mine = w->before->properties, *fresh = w->fresh->properties;
    if (!texts_have_room(mine, 0, fresh->bytes.n))
        return false;
    for (uint32_t row = 0; row < w->fresh->open.count; row++)
        w->fresh->properties_at[row] += mine->bytes.n;
    buf_slice(&mine->bytes, buf_to_slice(&fresh->bytes));
    atomic_fetch_add_explicit(&mine->owners, 1, memory_order_relaxed);
    texts_release(next->properties);
    next->properties = mine;
    return true;
}

static struct box extent_of(const struct lonlat *p, uint32_t n)
{
    struct box b = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (uint32_t i = 0; i < n; i++) {
        b.west = p[i].lon < b.west ? p[i].lon : b.west;
        b.south = p[i].lat < b.south ? p[i].lat : b.south;
        b.east = p[i].lon > b.east ? p[i].lon : b.east;
        b.north = p[i].lat > b.north ? p[i].lat : b.north;
    }
    return n ? b : (struct box){0, 0, 0, 0};
}

/* NULL when there is no room left behind the texts. */
static struct stored_layer *weave_layer(const struct weave *w)
{
    const struct stored_layer *b = w->before, *f = w->fresh;
    struct stored_layer *next = layer_new(b->open.layer);
    bool ok = share_properties(next, w);
    for (int i = 0; i < b->open.layer->field_count + 2 && ok; i++) {
        column_release(&next->columns[i]);
        next->columns[i] = (struct stored_column){0};
        ok = weave_column(&next->columns[i], w, i);
    }
    if (!ok) {
        layer_release(next);
        return NULL;
    }
    next->open.count = w->count;
    next->open.located = w->located;
    next->point = woven(w, b->point, f->point, sizeof *next->point, true);
    next->world = woven(w, b->world, f->world, sizeof *next->world, true);
    next->key = woven(w, b->key, f->key, sizeof *next->key, true);
    next->number = woven(w, b->number, f->number, sizeof *next->number, false);
    next->id = woven(w, b->id, f->id, sizeof *next->id, false);
    next->properties_at = woven(w, b->properties_at, f->properties_at, sizeof *next->properties_at, false);
    next->properties_length =
        woven(w, b->properties_length, f->properties_length, sizeof *next->properties_length, false);
    next->open.extent = extent_of(next->point, w->located);
    next->open.valid_from = b->open.valid_from ? &next->open_columns[b->open.layer->field_count] : NULL;
    next->open.valid_to = b->open.valid_to ? &next->open_columns[b->open.layer->field_count + 1] : NULL;
    layer_show(next);
    layer_index(next);
    return next;
}

/* --- one layer --- */

struct patch {
    const struct snapshot *before;
    struct snapshot *made;
    struct store *store;
    struct touched touched;
    struct layer_moves moves[LAYER_COUNT];
};

static struct stored_layer *layer_share(struct stored_layer *l)
{
    atomic_fetch_add_explicit(&l->owners, 1, memory_order_relaxed);
    return l;
}

/* *done false: no room. */
static bool patch_places(struct patch *p, enum layer_id id, bool *done, struct fault *f)
{
    struct stored_layer *before = p->before->layers[id], *fresh = layer_new(layer_get(id));
    struct weave w = {.before = before, .fresh = fresh, .moves = &p->moves[id]};
    bool ok = layer_read(fresh, touched_sql(id), p->store, NULL, f);
    if (ok) {
        layer_finish(fresh);
        find_gone(&w, &p->touched);
    }
    if (ok && (fresh->open.count || w.gone_count)) {
        weave_rows(&w);
        p->made->layers[id] = weave_layer(&w);
        p->made->patched += fresh->open.count;
        *done = p->made->layers[id];
    } else if (ok) {
        p->made->layers[id] = layer_share(before);
    }
    free(w.gone);
    buf_release(&w.runs);
    layer_release(fresh);
    return ok;
}

/* Every row is new to those who kept its number. */
static bool read_list(struct patch *p, enum layer_id id, struct fault *f)
{
    struct stored_layer *l = p->made->layers[id] = layer_new(layer_get(id));
    struct weave w = {.before = p->before->layers[id], .fresh = l, .moves = &p->moves[id]};
    if (!layer_read(l, layer_select(id), p->store, NULL, f))
        return false;
    layer_finish(l);
    find_all_gone(&w);
    weave_rows(&w);
    free(w.gone);
    buf_release(&w.runs);
    return true;
}

/* Their figures hang on traders, members and evidence. */
static bool is_read_anew(const struct patch *p, enum layer_id id)
{
    return id == LAYER_MARKETS || id == LAYER_PILOTS || p->touched.has_face;
}

static bool patch_layers(struct patch *p, bool *done, struct fault *f)
{
    for (int i = 0; i < LAYER_COUNT && *done; i++) {
        enum layer_id id = (enum layer_id)i;
        if (touched_sql(id)) {
            if (!patch_places(p, id, done, f))
                return false;
        } else if (is_read_anew(p, id)) {
            if (!read_list(p, id, f))
                return false;
        } else {
            p->made->layers[id] = layer_share(p->before->layers[id]);
        }
    }
    return true;
}

/* --- the copy --- */

/* How many rows may have been put in before it is time to read all anew, and so get rid of what is dead. */
static uint32_t most_rows(const struct snapshot *s)
{
    uint64_t rows = 0;
    for (int i = 0; i < LAYER_COUNT; i++)
        rows += s->layers[i]->open.count;
    uint64_t most = rows / MOST_SHARE + MOST_LEAST;
    return s->patched < most ? (uint32_t)(most - s->patched) : 0;
}

static bool patch_in_transaction(struct patch *p, bool *done, struct fault *f)
{
    struct snapshot *made = p->made;
    made->revision = store_revision(p->store);
    made->data_version = store_data_version(p->store);
    made->note = touched_last(p->store);
    made->date = date_today();
    made->patched = p->before->patched;
    if (!touched_since(&p->touched, p->store, p->before->note, most_rows(p->before), f))
        return false;
    *done = !p->touched.has_everything && date_to_days(made->date) == date_to_days(p->before->date);
    return !*done ||
           (patch_layers(p, done, f) &&
            (!*done || (moved_load(&made->moved, p->store, f) && notes_load(&made->notes, p->store, f))));
}

bool snapshot_patch(struct snapshot **out, const struct snapshot *before, struct store *s, struct fault *f)
{
    struct patch p = {.before = before, .made = calloc(1, sizeof *p.made), .store = s};
    struct fault ignored = {0};
    bool done = false;
    atomic_init(&p.made->references, 1);
    bool ok = store_run(s, "BEGIN", f);
    if (ok) {
        ok = patch_in_transaction(&p, &done, f);
        store_run(s, "COMMIT", &ignored);
    }
    if (ok && done)
        p.made->search = search_patch(before->search, p.made, p.moves);
    for (int i = 0; i < LAYER_COUNT; i++) {
        free(p.moves[i].to);
        free(p.moves[i].fresh);
    }
    touched_release(&p.touched);
    if (!ok || !done) {
        snapshot_free(p.made);
        p.made = NULL;
    }
    *out = p.made;
    return ok;
}
