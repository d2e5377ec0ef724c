/* snapshot: the read copy as its readers see it, and the publisher who keeps the current one.
 * store → snapshot_build → [publisher] → tiles, GeoJSON, pages, search. A reader takes a reference, reads
 * without any lock, and gives it back; the last one out frees the copy. Law: the only lock is held for the
 * length of one pointer read and one addition, so that nobody can take a copy in the moment it is given up.
 */
#include "layers/snapshot_private.h"
#include "layers/store_private.h"
#include "layers/touched.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const struct stored_layer *stored(const struct snapshot_layer *l)
{
    return (const struct stored_layer *)l;
}

const struct snapshot_layer *snapshot_get(const struct snapshot *s, enum layer_id id)
{
    return &s->layers[id]->open;
}

int64_t snapshot_revision(const struct snapshot *s)
{
    return s->revision;
}

struct date snapshot_date(const struct snapshot *s)
{
    return s->date;
}

struct slice snapshot_text(const struct column *c, uint32_t row)
{
    uint32_t id = c->text[row];
    return (struct slice){c->text_bytes + c->text_at[id], c->text_at[id + 1] - c->text_at[id]};
}

struct slice snapshot_properties(const struct snapshot_layer *open, uint32_t row)
{
    const struct stored_layer *l = stored(open);
    return (struct slice){l->properties->bytes.p + l->properties_at[row], l->properties_length[row]};
}

uint32_t snapshot_part_count(const struct snapshot_layer *open, uint32_t row)
{
    const struct stored_layer *l = stored(open);
    return l->part_count && row < open->located ? l->part_count[row] : 0;
}

struct part snapshot_part(const struct snapshot_layer *open, uint32_t row, uint32_t part)
{
    const struct geometry *g = &stored(open)->geometry;
    const struct stored_part *p = &g->parts[stored(open)->first_part[row] + part];
    return (struct part){g->points + p->first, g->world + p->first, g->rank + p->first, p->count, p->is_hole};
}

static size_t column_size(const struct stored_column *c, size_t rows)
{
    size_t row = c->text ? sizeof *c->text : sizeof *c->integer;
    return sizeof *c + rows * row +
           (c->text ? (c->texts->count + 2) * sizeof *c->texts->at + c->texts->bytes.n : 0);
}

static size_t layer_size(const struct stored_layer *l)
{
    const struct geometry *g = &l->geometry;
    size_t rows = l->open.count, located = l->open.located, size = 0;
    for (int i = 0; i < l->open.layer->field_count + 2; i++)
        size += column_size(&l->columns[i], rows) + sizeof *l->open_columns;
    size += located * (sizeof *l->point + sizeof *l->world + sizeof *l->key);
    size +=
        rows * (sizeof *l->number + sizeof *l->id + sizeof *l->properties_at + sizeof *l->properties_length);
    size += l->id_slot_count * sizeof *l->id_slots;
    if (l->bounds)
        size += located * (sizeof *l->bounds + sizeof *l->first_part + sizeof *l->part_count);
    if (l->nodes)
        size += l->level_at[l->level_count] * sizeof *l->nodes;
    size += g->point_count * (sizeof *g->points + sizeof *g->world + sizeof *g->rank);
    return size + g->part_count * sizeof *g->parts;
}

void snapshot_size(const struct snapshot *s, size_t *text_bytes, size_t *other_bytes)
{
    *text_bytes = 0;
    *other_bytes = sizeof *s + search_size(s->search);
    for (int i = 0; i < LAYER_COUNT; i++) {
        *text_bytes += s->layers[i]->properties->bytes.n;
        *other_bytes += layer_size(s->layers[i]);
    }
}

/* --- the publisher --- */

enum { SPARE_BYTES = 8 * 1024 * 1024 };
static const int64_t SETTLE_NS = 2000000000;

struct publisher {
    struct store *store;
    char *path;
    pthread_mutex_t lock; /* guards `current` and the taking of references to it */
    struct snapshot *current;
    int64_t revision, data_version, quiet; /* of the file as it was last looked at; quiet commits among it */
    int64_t owed, edited_ns;               /* edits from outside that the file does not count yet; the last */
};

void snapshot_release(const struct snapshot *s)
{
    struct snapshot *mine = (struct snapshot *)s;
    if (mine && atomic_fetch_sub_explicit(&mine->references, 1, memory_order_acq_rel) == 1)
        snapshot_free(mine);
}

void snapshot_keep(const struct snapshot *s)
{
    atomic_fetch_add_explicit(&((struct snapshot *)s)->references, 1, memory_order_relaxed);
}

const struct snapshot *publisher_get(struct publisher *p)
{
    pthread_mutex_lock(&p->lock);
    struct snapshot *s = p->current;
    snapshot_keep(s);
    pthread_mutex_unlock(&p->lock);
    return s;
}

static bool publish(struct publisher *p, struct fault *f)
{
    struct snapshot *next = NULL;
    int64_t started = clock_monotonic_ns(), quiet = store_quiet_changes(p->store);
    if (p->current && !snapshot_patch(&next, p->current, p->store, f))
        return false;
    bool is_patch = next;
    if (!next && !snapshot_build(&next, p->store, &(struct snapshot_scope){.only = LAYER_COUNT}, f))
        return false;
    p->revision = next->revision;
    next->revision += p->owed;
    pthread_mutex_lock(&p->lock);
    struct snapshot *before = p->current;
    p->current = next;
    p->quiet = quiet;
    p->data_version = next->data_version;
    pthread_mutex_unlock(&p->lock);
    log_line(LOG_INFO, "published revision %lld in %lld ms%s", (long long)next->revision,
             (long long)((clock_monotonic_ns() - started) / 1000000), is_patch ? ", what changed alone" : "");
    snapshot_release(before);
    return true;
}

/* An edit from outside (QGIS) does not raise the revision: without a new one, old entity tags would stay
 * valid. The read copy has it at once; the file only when nobody writes any more, for QGIS writes a line of
 * statistics for every layer it opens, does not wait for a writer, and would not open the layer. */
bool publisher_settle(struct publisher *p, struct fault *f)
{
    if (p->owed == 0)
        return true;
    p->edited_ns = clock_monotonic_ns(); /* of the next try */
    if (!store_bump(p->path, p->owed, f))
        return false;
    p->revision += p->owed;
    p->owed = 0;
    return true;
}

bool publisher_open(struct publisher **out, const char *path, struct fault *f)
{
    struct publisher *p = calloc(1, sizeof *p);
    if (!p)
        return fault_set(f, FAULT_NO_MEMORY, NULL, "%s", "");
    pthread_mutex_init(&p->lock, NULL);
    p->path = strdup(path);
    if (!store_open(&p->store, path, STORE_PUBLIC, f) || !touched_prepare(p->store, f) || !publish(p, f)) {
        publisher_close(p);
        return false;
    }
    *out = p;
    return true;
}

void publisher_close(struct publisher *p)
{
    if (!p)
        return;
    struct fault f = {0};
    if (!publisher_settle(p, &f))
        log_line(LOG_WARNING, "revision: %s", f.text);
    snapshot_release(p->current);
    store_close(p->store);
    pthread_mutex_destroy(&p->lock);
    free(p->path);
    free(p);
}

/* A commit that only signed somebody in is taken note of, not published; an edit from outside beside it is
 * told by its notes. */
static bool is_edited(struct publisher *p)
{
    int64_t version = store_data_version(p->store);
    if (version == p->data_version)
        return false;
    int64_t quiet = store_quiet_changes(p->store);
    bool is_quiet = quiet != p->quiet && store_revision(p->store) == p->revision &&
                    touched_last(p->store) == p->current->note;
    p->quiet = quiet;
    if (is_quiet)
        p->data_version = version;
    return !is_quiet;
}

bool publisher_poll(struct publisher *p, struct fault *f)
{
    bool is_changed = is_edited(p);
    bool is_new_day = date_to_days(date_today()) != date_to_days(p->current->date);
    if (!is_changed && !is_new_day)
        return clock_monotonic_ns() - p->edited_ns < SETTLE_NS || publisher_settle(p, f);
    if (is_changed && store_revision(p->store) == p->revision) {
        p->owed++;
        p->edited_ns = clock_monotonic_ns();
    }
    size_t text = 0, other = 0;
    snapshot_size(p->current, &text, &other); /* the new copy stands beside the old one for a while */
    if (!memory_has(text + other + SPARE_BYTES))
        return fault_set(f, FAULT_NO_MEMORY, NULL, "%s", "");
    return publish(p, f);
}
