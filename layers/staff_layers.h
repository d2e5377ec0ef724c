/* staff_layers: the layers with what is restricted, for the office itself, as a read copy like the public
 * ones, so that filters and exports work on them too. Part of the door layers/layers.h; include that.
 *
 * Law: whoever opens one writes the purpose into the audit first (staff_layer_note). Without the key the
 * sealed fields are empty. */
#ifndef LAYERS_STAFF_LAYERS_H
#define LAYERS_STAFF_LAYERS_H

#include "layers/read.h"

struct staff_layer {
    struct layer layer; /* its id is that of the public layer */
    const char *sql;
};

const struct staff_layer *staff_layer_find(struct slice name); /* NULL if there is none */

struct staff_list {
    const char *name;
    enum layer_id layer;
    const char *condition, *title;
};

int staff_list_count(void);
const struct staff_list *staff_list_get(int index);
const struct staff_list *staff_list_find(struct slice name); /* NULL if there is none */

struct staff_purpose {
    const char *who, *layer, *purpose, *part; /* part: the list or filter asked for, "" for all */
};

/* Its own quiet transaction. */
bool staff_layer_note(struct store *s, const struct staff_purpose *p, struct fault *f) RESULT_MUST_BE_USED;
/* A read copy that holds this layer alone, under the id of the public one; given back with snapshot_release.
 */
bool staff_layer_read(struct snapshot **out, struct store *s, const struct staff_layer *l,
                      struct fault *f) RESULT_MUST_BE_USED;
/* The same with every sealed field empty: nothing restricted is opened, so nothing is noted. */
bool staff_layer_read_closed(struct snapshot **out, struct store *s, const struct staff_layer *l,
                             struct fault *f) RESULT_MUST_BE_USED;
/* The same as of another day or as known then. */
bool staff_layer_at(struct snapshot **out, const struct vantage *v, const struct staff_layer *l,
                    struct fault *f) RESULT_MUST_BE_USED;

#endif
