/* label: what became of the printed codes: issued, printed, posted (with a photo), retired. Part of the door
 * layers/layers.h; include that.
 *
 * Law: a step is added, never changed; the state of a code is its latest step. Steps show in no public view.
 * Photos stand sealed: passers-by may be on them. */
#ifndef LAYERS_LABEL_H
#define LAYERS_LABEL_H

#include "layers/kit.h"

struct store;

enum label_state { LABEL_NONE, LABEL_ISSUED, LABEL_PRINTED, LABEL_POSTED, LABEL_RETIRED, LABEL_STATE_COUNT };

const char *label_state_name(enum label_state state); /* "issued"; "none" */
bool label_state_find(struct slice name, enum label_state *state);

enum { LABEL_PHOTO_MOST = 3 * 1024 * 1024 };

struct label_step {
    const char *const *codes; /* canonical */
    uint32_t count;
    enum label_state state;
    const char *who;
    struct slice photo; /* JPEG, PNG or WebP; empty: none. Of one code only */
};

/* One step for each code and one entry of the audit. Its own transaction, not published. BAD_VALUE when the
 * photo is none, KEY_MISSING when there is one and no key. */
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
