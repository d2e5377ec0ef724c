/* batch_pack: the rows of a long list that only made a place, many in one record. Private to layers/.
 *
 * Such a row replaced nothing, so what undo and the report need of it is little: which place it made, what
 * was typed, the mark of what was stored. Rows and places that follow each other without a gap stand in one
 * pack: row `first_row` + i made place `first_id` + i. */
#ifndef LAYERS_BATCH_PACK_H
#define LAYERS_BATCH_PACK_H

#include "layers/store_private.h"

struct pack;

/* Above every number of a row: changes that belong to none. */
#define PACK_AFTER_ROWS (INT64_C(1) << 40)

struct pack_row {
    const struct source_row *source; /* its identity and content; entity_id and row */
    struct slice raw, entries;       /* as typed; of the journal */
};

/* Reads the keys of the packs of earlier lists of this kind; NULL with the fault filled when it cannot. */
struct pack *pack_open(struct store *s, int64_t batch, const char *kind, struct fault *f);
void pack_close(struct pack *p);             /* NULL is fine */
bool pack_has_earlier(const struct pack *p); /* packs of earlier lists */
bool pack_add(struct pack *p, const struct pack_row *row, struct fault *f) RESULT_MUST_BE_USED;
/* Writes what is still in memory. */
bool pack_flush(struct pack *p, struct fault *f) RESULT_MUST_BE_USED;
/* The lowest place of this batch's packs; 0: there are none. */
int64_t pack_first_place(const struct pack *p);
/* Changes made after the last row: they stand behind every row. */
bool pack_add_after(struct pack *p, struct slice entries, struct fault *f) RESULT_MUST_BE_USED;
/* What batch_audit.c will find again over the packs as they stand in the file; once, at the end. */
void pack_digest(struct pack *p, uint8_t out[HASH_BYTES]);
void pack_digest_add(struct digest *d, int64_t first_row, int64_t first_id, struct slice keys,
                     struct slice sealed);

/* Whether a row of an earlier list, or row `twin_of` of this one, stands packed under this identity with this
 * very content. *place: what the one of this identity made, whatever its content; 0 when there is none.
 * Identities and contents are compared by 64 bits of their keyed hashes. */
bool pack_knows(struct pack *p, const struct source_row *asked, uint32_t twin_of, int64_t *place);

/* The packs of a batch, the last first. */
struct unpacked {
    int64_t first_row, first_id;
    uint32_t count;
    struct slice *entries; /* of the journal, by row; of the bytes below */
    struct buf bytes;
};

struct unpacked *unpacked_new(void);
void unpacked_free(struct unpacked *u);
/* The pack whose rows lie before `row`, nearest; false when there is none or on a fault. */
bool pack_read_before(struct store *s, int64_t batch, int64_t row, struct unpacked *out, struct fault *f);

#endif
