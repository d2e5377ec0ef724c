/* snapshot_private: what the files of the read copy share. Not part of the door.
 *
 * A stored_layer is filled row by row in the order of its view (snapshot_build.c), then its rows are put in
 * Hilbert order and nothing in it changes any more. `open` is what the door shows of it and stands first on
 * purpose: a pointer to it is a pointer to the whole. */
#ifndef LAYERS_SNAPSHOT_PRIVATE_H
#define LAYERS_SNAPSHOT_PRIVATE_H

#include "layers/layers.h"

#include <stdatomic.h>

enum { NODE_WIDTH = 16, TREE_MAX_LEVELS = 9 };

/* Vertices of lines and areas, in the order they were read; rows point into `parts`. */
struct stored_part {
    uint32_t first, count;
    bool is_hole;
};

struct geometry {
    struct lonlat *points;
    struct world *world;
    float *rank;
    size_t point_count, point_room;
    struct stored_part *parts;
    size_t part_count, part_room;
};

struct outline {
    struct lonlat point; /* for a label */
    struct box bounds;
    uint32_t first_part, part_count;
};

/* A place of the dictionary's table: most texts that are not the one looked for are told by their hash alone,
 * and the table grows without looking at a text again. */
struct text_slot {
    uint32_t hash, id; /* id 0: free */
};

/* Texts one behind the other, shared by a read copy and those made out of it (snapshot_patch.c): who comes
 * later adds behind what the earlier ones see, and nothing that is there ever moves or changes. */
struct texts {
    _Atomic int owners;
    uint32_t count; /* ids run from 1; with those that only later copies know */
    uint32_t *at;   /* count + 2 offsets; NULL where the rows keep the offsets (property text) */
    size_t room;    /* of `at` */
    struct buf bytes;
};

/* One column while it grows: the dictionary's hash slots are dropped when it is finished. */
struct stored_column {
    struct column open;
    uint32_t *text;
    int64_t *integer;
    double *real;
    struct texts *texts;
    struct text_slot *slots;
    uint32_t slot_count;
    bool is_unique; /* no two rows have the same text */
};

struct stored_layer {
    struct snapshot_layer open;
    _Atomic int owners; /* read copies that have it */
    size_t row_room;
    struct lonlat *point;
    struct world *world;
    struct box *bounds;
    uint64_t *number, *key; /* key: Hilbert order, for the located rows */
    uint32_t *id;           /* of the view; equal keys, and rows without a place, stand in its order */
    uint64_t *properties_at;
    uint32_t *properties_length;
    struct texts *properties;
    uint32_t *first_part, *part_count;
    struct geometry geometry;
    struct stored_column *columns; /* of the fields, then valid_from and valid_to */
    struct column *open_columns;
    uint32_t *id_slots; /* row + 1 by the hash of its id */
    uint32_t id_slot_count;
    struct box *nodes; /* packed R-tree over bounds: level 0 first */
    uint32_t level_at[TREE_MAX_LEVELS + 1];
    int level_count;
};

struct search_index;

struct moved_code {
    char code[CODE_LENGTH], to[CODE_LENGTH];
};

struct moved_codes {
    struct moved_code *codes; /* in the order of `code` */
    size_t count;
};

struct food_notes {
    struct food_note *notes; /* in the order of their codes, the latest of each first */
    size_t count;
    struct arena texts;
};

struct snapshot {
    _Atomic int references;
    int64_t revision, data_version, note; /* note: the last of what was touched that it knows (touched.c) */
    struct date date;
    uint64_t patched; /* rows put in since all was read from the file */
    struct stored_layer *layers[LAYER_COUNT];
    struct search_index *search;
    struct moved_codes moved;
    struct food_notes notes;
};

/* realloc or die; `room` grows by half at least. */
void *room_for(void *array, size_t count, size_t *room, size_t size);
/* Gives back what was reserved and not used. */
void *room_trim(void *array, size_t count, size_t size);
uint64_t hash_of(struct slice text);

/* --- snapshot_column.c --- */

enum { MANY_TEXTS = 4096 }; /* a column of more lays them out along the map; of fewer, in byte order */

struct texts *texts_new(void);
void texts_release(struct texts *t); /* one owner less; NULL is nobody's */
struct slice texts_get(const struct texts *t, uint32_t id);
/* Gives back what was reserved; `grows`: but for what later copies will add (untouched pages cost nothing).
 */
void texts_trim(struct texts *t, bool grows);
/* Whether `count` more texts of `bytes` in all can be added where they are. */
bool texts_have_room(const struct texts *t, uint32_t count, size_t bytes);
uint32_t texts_add(struct texts *t, struct slice text);

void column_start(struct stored_column *c, enum field_type type);
/* Makes the per-row array hold `room` rows. */
void column_reserve(struct stored_column *c, size_t room);
/* A text that no other row of the column has: not looked for, and not found by column_set_text. */
void column_add_text(struct stored_column *c, uint32_t row, struct slice text);
void column_set_text(struct stored_column *c, uint32_t row, struct slice text);
/* The id of a text while the column grows; 0: not there. */
uint32_t column_find_text(const struct stored_column *c, struct slice text);
void column_finish(struct stored_column *c, const uint32_t *order, uint32_t count);
/* Few texts: those that rows have, each once, in byte order. So two copies of the same rows agree in their
 * ids however they were made. */
void column_sort_texts(struct stored_column *c, uint32_t count);
/* What the door shows of it. */
void column_show(struct stored_column *c);
void column_release(struct stored_column *c);
/* The array with its items in the given order, trimmed; the old one is freed. NULL stays NULL. */
void *array_in_order(void *array, const uint32_t *order, size_t count, size_t size);

/* --- snapshot_geometry.c, snapshot_shape.c --- */

/* Reads a SpatiaLite blob; lines and areas are appended to `g`. False when it holds nothing of that kind. */
bool geometry_read(struct slice blob, enum geometry_kind kind, struct geometry *g, struct outline *shape);
void geometry_trim(struct geometry *g);
void geometry_release(struct geometry *g);
/* Twice the signed area in square degrees, positive counter-clockwise. */
double ring_area(const struct lonlat *p, size_t n);
/* Where Douglas and Peucker's rule drops each vertex, in world units; ends, and one far vertex of a ring,
 * never. */
void shape_rank(const struct world *p, float *rank, uint32_t n);
/* A place well inside the biggest polygon (pole of inaccessibility), or the middle of the longest line. */
struct world shape_label(const struct geometry *g, const struct outline *shape, enum geometry_kind kind);

/* --- snapshot_moved.c --- */

bool moved_load(struct moved_codes *m, struct store *s, struct fault *f) RESULT_MUST_BE_USED;

/* --- snapshot_notes.c --- */

bool notes_load(struct food_notes *n, struct store *s, struct fault *f) RESULT_MUST_BE_USED;
void notes_release(struct food_notes *n);

/* --- snapshot_build.c, snapshot_find.c, search_build.c --- */

struct store;
struct snapshot_scope {
    struct date as_of;  /* only what was there on the day; all zero: today, and what has ceased too */
    enum layer_id only; /* LAYER_COUNT: all layers, and what is searched */
    const struct staff_layer *staff; /* in place of the one public layer; NULL: none */
};
/* Fails with the fault filled; needs no transaction of the caller's. */
bool snapshot_build(struct snapshot **out, struct store *s, const struct snapshot_scope *scope,
                    struct fault *f) RESULT_MUST_BE_USED;
void snapshot_free(struct snapshot *s);
struct stored_layer *layer_new(const struct layer *layer);
void layer_release(struct stored_layer *l); /* one owner less; NULL is nobody's */
/* The rows of a query, in the order it gives them; then layer_finish. `day`: see snapshot_scope, or NULL. */
bool layer_read(struct stored_layer *l, const char *sql, struct store *s, const char *day,
                struct fault *f) RESULT_MUST_BE_USED;
void layer_finish(struct stored_layer *l);
void layer_show(struct stored_layer *l);
void layer_index(struct stored_layer *l); /* the R-tree and the table of ids */
struct search_index *search_build(const struct snapshot *s);

/* --- snapshot_patch.c --- */

enum { ROW_GONE = UINT32_MAX };

/* Where the rows of a layer went from one copy to the next; all zero: nowhere. */
struct layer_moves {
    uint32_t *to;                 /* per row before; ROW_GONE: it is no more, or came in anew */
    uint32_t *fresh, fresh_count; /* rows that came in, as the new copy numbers them */
};

/* The next copy out of `before` and what was touched since, for a store that touched_prepare has made ready.
 * *out NULL without a fault: too much for a patch, or another day: snapshot_build must do it. One thread, and
 * `before` is the newest copy there is. */
bool snapshot_patch(struct snapshot **out, const struct snapshot *before, struct store *s,
                    struct fault *f) RESULT_MUST_BE_USED;
/* The index for `s` out of that of the copy before it. */
struct search_index *search_patch(const struct search_index *before, const struct snapshot *s,
                                  const struct layer_moves moves[LAYER_COUNT]);
void search_free(struct search_index *index);
size_t search_size(const struct search_index *index);

#endif
