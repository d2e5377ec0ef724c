/* label: what became of the printed codes: issued, printed, posted (with a photo), retired. Part of the door
 * layers/layers.h; include that.
 *
 * Law: a step is added, never changed; the state of a code is its latest step. Steps show in no public view.
 * A photo is a picture of layers/image.h. */
#ifndef LAYERS_LABEL_H
#define LAYERS_LABEL_H

#include "layers/kit.h"

struct image;
struct store;

enum label_state { LABEL_NONE, LABEL_ISSUED, LABEL_PRINTED, LABEL_POSTED, LABEL_RETIRED, LABEL_STATE_COUNT };

const char *label_state_name(enum label_state state); /* "issued"; "none" */
bool label_state_find(struct slice name, enum label_state *state);

struct label_step {
    const char *const *codes; /* canonical */
    uint32_t count;
    enum label_state state;
    const char *who;
    struct image *image; /* of import_picture, with its `jpeg`; NULL: no photo. Of one code only */
    struct slice jpeg;
};

/* One step for each code and one entry of the audit. Its own transaction, not published. KEY_MISSING
 * when there is a photo and no key. */
bool label_note(struct store *s, const struct label_step *step, struct fault *f) RESULT_MUST_BE_USED;

struct label_line {
    int64_t id;
    enum label_state state;
    struct slice at, by;
    bool has_photo;
};

/* The steps of one code, newest first. */
int label_list(struct store *s, struct arena *a, struct slice code, struct label_line **lines);
/* Its bytes; an entry of the audit says who saw it. NOT_FOUND when there is none. */
bool label_photo(struct store *s, int64_t id, const char *who, struct buf *out,
                 struct fault *f) RESULT_MUST_BE_USED;

struct label_market {
    struct slice code, name;
    int64_t stalls[LABEL_STATE_COUNT]; /* how many of its stalls have each state */
};

int label_markets(struct store *s, struct arena *a, struct label_market **markets);
/* The codes of a market's stalls that have this state; in the arena. */
int label_codes(struct store *s, struct arena *a, struct slice market, enum label_state state,
                const char ***codes);

#endif
