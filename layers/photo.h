/* photo: pictures of a place, for its office alone. Part of the door layers/layers.h; include that.
 *
 * Law: a photo enters no public view. Taking one away is a step that can be taken back; the file itself goes
 * when it has been away for PHOTO_DAYS. Each step and each look is an entry of the audit. */
#ifndef LAYERS_PHOTO_H
#define LAYERS_PHOTO_H

#include "layers/kit.h"

struct image;
struct store;

enum { PHOTO_DAYS = 30, PHOTO_CAPTION_MOST = 200, PHOTOS_MOST = 100 };

struct photo_new {
    const char *code, *who;
    struct slice caption; /* may be empty; at most PHOTO_CAPTION_MOST bytes */
    struct image *image;  /* of import_picture, with its `jpeg` */
    struct slice jpeg;
};

/* Its own transaction, not published. KEY_MISSING, BAD_VALUE (the caption), DUPLICATE (the same picture of
 * this place). */
bool photo_add(struct store *s, const struct photo_new *p, struct fault *f) RESULT_MUST_BE_USED;

struct photo_line {
    int64_t id;
    struct slice caption, added_at, added_by, taken_on;
    struct slice removed_at, removed_by; /* empty: it is there */
    int64_t distance_m; /* from where the place stands to where it was taken; -1: not known */
};

/* Of this code and of those that were merged into its place; newest first, those taken away last. */
int photo_list(struct store *s, struct arena *a, const char *code, struct photo_line **lines);

struct photo_step {
    int64_t id;
    const char *code, *who;
    bool removes; /* or puts it back */
};

/* NOT_FOUND when there is no such photo of this code in the other state. */
bool photo_step(struct store *s, const struct photo_step *step, struct fault *f) RESULT_MUST_BE_USED;
/* Its JPEG; an entry of the audit says who saw it. NOT_FOUND when the code has no such photo. */
bool photo_read(struct store *s, int64_t id, const char *code, const char *who, struct buf *jpeg,
                struct fault *f) RESULT_MUST_BE_USED;
/* Those away since more than PHOTO_DAYS, or whose place is, go for good, file and all. How many in *gone. */
bool photo_purge(struct store *s, int *gone, struct fault *f) RESULT_MUST_BE_USED;

#endif
