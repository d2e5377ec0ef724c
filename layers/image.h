/* image: pictures of places, labels and evidence. The picture lies in a file beside the ward file, named by
 * its hash; what was read from it stands in the ward file. Part of the door layers/layers.h; include that.
 *
 * Law: a file is written once and never changed. It is sealed with a key of its own, which stands sealed in
 * the ward file: a new key of the ward leaves the files as they are, and without its row nobody opens one.
 * Pictures enter no public view: passers-by may be on them (domain.md C.7). */
#ifndef LAYERS_IMAGE_H
#define LAYERS_IMAGE_H

#include "layers/kit.h"

struct store;

enum { IMAGE_MOST = 12 * 1024 * 1024 }; /* of a file as it is brought; what is kept is far smaller */

struct image {
    uint8_t hash[HASH_BYTES]; /* SHA-256 of the JPEG that is kept: its name everywhere else */
    uint8_t
        source_hash[HASH_BYTES];   /* of the file as it was brought: the same picture twice is found by it */
    uint32_t bytes, width, height; /* of what is kept; pixels, upright */
    struct date taken_on;          /* what the camera said; all zero: nothing */
    bool has_place;
    struct lonlat at; /* what the camera said; only when has_place */
};

/* Inside the caller's transaction: the file (on the disk when this returns) and its row. The same picture
 * again is the row that there is. `jpeg` comes from import_picture, which fills the rest of `image`; hash and
 * bytes are filled here. KEY_MISSING without the key, FILE_WRITE. */
bool image_keep(struct store *s, struct slice jpeg, const char *who, struct image *image,
                struct fault *f) RESULT_MUST_BE_USED;
/* The JPEG, appended; NOT_FOUND, KEY_MISSING, or FILE_MISSING when the file is gone or is another. Who may
 * see it and that he saw it is the caller's to say. */
bool image_read(struct store *s, struct slice hash, struct buf *jpeg, struct fault *f) RESULT_MUST_BE_USED;
/* Inside the caller's transaction, when nothing points to it any more: the row with its key, then the file.
 * What a backup still holds opens only with that backup's own row. */
bool image_drop(struct store *s, struct slice hash, struct fault *f) RESULT_MUST_BE_USED;

/* Every file of a picture, copied from the folder beside the file `from` to the one beside `to` (the ward
 * file, a backup of it) where it is not there yet. *missing: how many are in neither; that is no failure. */
bool image_copy(struct store *s, const char *from, const char *to, int *missing,
                struct fault *f) RESULT_MUST_BE_USED;
/* A line in `out` for each picture whose file is gone or is another; needs no key. */
bool image_check(struct store *s, struct buf *out, uint64_t *findings, struct fault *f) RESULT_MUST_BE_USED;

#endif
