/* load_read: the rows of a list one after the other, read, cleaned and hashed. Of a long list a second thread
 * does this ahead, a few blocks of rows at most, while the first writes the rows before them.
 *
 * Law: the same rows in the same order with the same answers either way. So a kind may be read ahead only
 * when its `read` looks at nothing that writing a row changes (struct load_kind.reads_alone); the store
 * belongs to the writing thread, the table to the reading one until reader_close. */
#include "import/load.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_ROWS = 64, BLOCKS = 4, LONG_LIST = 2000 };

/* Rows that were read together. Who has it: the reading thread until it is counted as filled, then the
 * writing one until it is counted as emptied. */
struct block {
    struct reading rows[BLOCK_ROWS];
    int count;
    bool is_last;
    struct fault end;
    struct arena memory; /* of all its rows */
};

struct reader {
    struct load *import;
    struct load *load; /* what rows are read with: the import's, or `own` in the thread that reads ahead */
    const struct load_kind *kind;
    struct buf text;
    struct reading *one; /* where nothing is read ahead */

    struct load own;
    struct block *blocks; /* NULL: nothing is read ahead */
    pthread_t thread;
    pthread_mutex_t lock; /* guards the three below */
    pthread_cond_t changed;
    uint64_t filled, emptied; /* blocks so far */
    bool is_ending;
    int next; /* of the block under way: only the writing thread's */
};

/* --- what a row says, as a hash --- */

/* A day is the same day however it is written: "2024-05-31" in one row, a date cell in the other. */
static bool add_day(const struct cell *c, int column, struct buf *text)
{
    static const enum column_id DAYS[] = {COLUMN_ISSUED_ON,    COLUMN_EXPIRES_ON,       COLUMN_COMMITTED_ON,
                                          COLUMN_TRAINED_ON,   COLUMN_JOINED_ON,        COLUMN_LEFT_ON,
                                          COLUMN_HAPPENED_ON,  COLUMN_VALID_FROM,       COLUMN_VALID_TO,
                                          COLUMN_INSPECTED_ON, COLUMN_HEALTH_CHECKED_ON};
    struct date d;
    char day[11];
    for (size_t i = 0; i < COUNT_OF(DAYS); i++)
        if (DAYS[i] == (enum column_id)column && clean_date(c, &d, NULL) == CLEAN_OK) {
            date_format_iso(d, day);
            buf_text(text, day);
            return true;
        }
    return false;
}

/* What a group row says counts as if it stood in the row: so it comes back in a corrected report. */
static void hash_content(struct reader *r, const struct row *row, uint8_t out[HASH_BYTES])
{
    enum import_kind kind = r->load->options->kind;
    struct slice context = row_context(kind, row);
    buf_reset(&r->text);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const struct cell *c = &row->cells[i];
        bool is_context = c->kind == CELL_EMPTY && context.n && i == (int)row_context_column(kind);
        if (c->kind == CELL_EMPTY && !is_context)
            continue;
        buf_int(&r->text, i);
        buf_char(&r->text, ':');
        if (is_context)
            buf_slice(&r->text, context);
        else if (!add_day(c, i, &r->text))
            buf_slice(&r->text, c->text);
        buf_char(&r->text, '\n');
    }
    buf_slice(&r->text, row->wkb);
    key_hash(store_key(r->load->store), "content", buf_to_slice(&r->text), out);
}

/* --- one row --- */

static void clean(struct reader *r, struct reading *to)
{
    struct load *l = r->load;
    to->outcome = (struct outcome){.verdict = VERDICT_ADDED, .memory = &l->row};
    to->source = (struct source_row){.row = to->row.number};
    to->row_estimate = table_row_estimate(l->table);
    to->listed_on = l->listed_on = table_source_date(l->table);
    r->kind->read(l, &to->row, &to->outcome);
    to->record = l->record;
    if (is_rejected(&to->outcome))
        return;
    hash_content(r, &to->row, to->source.hash);
    if (to->outcome.key.n)
        key_hash(store_key(l->store), "row", to->outcome.key, to->source.key);
}

/* --- ahead --- */

static bool wait_for_room(struct reader *r)
{
    pthread_mutex_lock(&r->lock);
    while (!r->is_ending && r->filled - r->emptied == BLOCKS)
        pthread_cond_wait(&r->changed, &r->lock);
    bool goes_on = !r->is_ending;
    pthread_mutex_unlock(&r->lock);
    return goes_on;
}

static void count_block(struct reader *r, uint64_t *blocks)
{
    pthread_mutex_lock(&r->lock);
    ++*blocks;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

static void fill(struct reader *r, struct block *b)
{
    b->count = 0;
    arena_reset(&b->memory);
    r->own.row = b->memory;
    while (b->count < BLOCK_ROWS && !b->is_last) {
        struct reading *to = &b->rows[b->count];
        b->is_last = !table_next(r->own.table, &to->row, &b->end);
        if (b->is_last)
            break;
        row_keep(&r->own.row, &to->row);
        clean(r, to);
        b->count++;
    }
    b->memory = r->own.row;
}

static void *read_ahead(void *context)
{
    struct reader *r = context;
    for (uint64_t n = 0; wait_for_room(r); n++) {
        struct block *b = &r->blocks[n % BLOCKS];
        fill(r, b);
        bool is_last = b->is_last;
        count_block(r, &r->filled);
        if (is_last)
            break;
    }
    return NULL;
}

bool thread_start(pthread_t *thread, void *(*work)(void *), void *context)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool runs = pthread_create(thread, NULL, work, context) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return runs;
}

static void start(struct reader *r)
{
    r->own = *r->load;
    r->own.row = (struct arena){0};
    r->own.prepares = batch_is_first(r->own.batch);
    r->blocks = memory_zeroed(BLOCKS, sizeof *r->blocks);
    r->load = &r->own;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    if (thread_start(&r->thread, read_ahead, r))
        return;
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    free(r->blocks);
    r->blocks = NULL;
    r->load = r->import; /* without a thread it goes as well, slower */
}

static struct reading *next_ahead(struct reader *r, struct fault *f)
{
    for (;;) {
        struct block *b = &r->blocks[r->emptied % BLOCKS]; /* only this thread changes it */
        pthread_mutex_lock(&r->lock);
        while (r->filled == r->emptied)
            pthread_cond_wait(&r->changed, &r->lock);
        pthread_mutex_unlock(&r->lock);
        if (r->next < b->count) {
            arena_reset(&r->import->row);
            return &b->rows[r->next++];
        }
        if (b->is_last) {
            if (b->end.code)
                fault_set(f, b->end.code, b->end.place, "%s", b->end.text);
            return NULL;
        }
        r->next = 0;
        count_block(r, &r->emptied);
    }
}

/* --- the door --- */

struct reader *reader_open(struct load *l, const struct load_kind *kind)
{
    const struct import_options *o = l->options;
    struct reader *r = memory_zeroed(1, sizeof *r);
    r->import = r->load = l;
    r->kind = kind;
    r->one = ARENA_NEW(&l->whole, struct reading);
    bool is_sample = o->dry_run && o->row_limit; /* what stands behind the sample is not looked at */
    if (kind->reads_alone && !is_sample && table_row_estimate(l->table) >= LONG_LIST)
        start(r);
    return r;
}

struct reading *reader_next(struct reader *r, bool later, struct fault *f)
{
    struct load *l = r->load;
    if (r->blocks)
        return next_ahead(r, f);
    while (table_next(l->table, &r->one->row, f)) {
        if (r->kind->is_later && r->kind->is_later(l, &r->one->row) != later)
            continue;
        arena_reset(&l->row);
        clean(r, r->one);
        return r->one;
    }
    return NULL;
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    if (r->blocks) {
        pthread_mutex_lock(&r->lock);
        r->is_ending = true;
        pthread_cond_signal(&r->changed);
        pthread_mutex_unlock(&r->lock);
        pthread_join(r->thread, NULL);
        pthread_cond_destroy(&r->changed);
        pthread_mutex_destroy(&r->lock);
        for (int i = 0; i < BLOCKS; i++)
            arena_release(&r->blocks[i].memory);
        free(r->blocks);
    }
    buf_release(&r->text);
    free(r);
}
