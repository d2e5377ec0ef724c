/* edit: what staff change by hand, field by field (edit.def) or by moving the pin, and the way back.
 * Part of the door layers/layers.h; include that.
 *
 * Law: a saving is one transaction, one row of place_edit and one entry of the audit. Who saves says what
 * they saw; what somebody else changed meanwhile is never overwritten unseen. A saving is taken back exactly
 * or not at all. All of it needs the key. */
#ifndef LAYERS_EDIT_H
#define LAYERS_EDIT_H

#include "layers/record.h"

struct edit_field {
    const char *name, *title;
    const char *kind; /* "TEXT", "DATE", or set of words and values: "status:active suspended" */
};

struct edit_value {
    const struct edit_field *field;
    struct slice now;       /* what stands there */
    struct slice was, mine; /* what the editor saw and wants; set by the caller of place_edit_save */
    bool is_conflict;       /* changed by somebody else to something else; set by place_edit_save */
};

enum { EDIT_VALUES_MOST = 16, EDIT_TEXT_MOST = 300 };

/* The fields of this place with their values; how many. Text in the arena. */
int place_edit_read(struct store *s, struct arena *a, int64_t place_id, struct edit_value *values);

struct place_edit {
    int64_t place_id;
    const char *who;
    struct edit_value *values;
    int count;
};

enum edit_result { EDIT_SAVED, EDIT_NOTHING, EDIT_CONFLICT };

/* Its own transaction. BAD_VALUE or BAD_DATE names the field. On EDIT_CONFLICT nothing was saved and `now` of
 * every value is read again. */
bool place_edit_save(struct store *s, struct arena *a, struct place_edit *e, enum edit_result *result,
                     struct fault *f) RESULT_MUST_BE_USED;

struct place_pin {
    const char *who;
    const struct lonlat *was; /* where the editor saw it; NULL: nowhere */
    struct place_position to;
    int64_t group_id, ward_id; /* whose area holds it; 0: as it was */
    /* What the pin teaches, written in the same transaction and taken back with it; NULL: nothing. */
    bool (*teach)(const void *context, struct fault *f);
    const void *teach_context;
};

/* An officer puts the pin: position, area, and open questions about where it stands closed. EDIT_CONFLICT
 * when it is not where the editor saw it. Its own transaction. */
bool place_edit_move(struct store *s, int64_t place_id, const struct place_pin *pin, enum edit_result *result,
                     struct fault *f) RESULT_MUST_BE_USED;

/* Codes of places: those that wait for a person ("review"), or the present members of a pilot (its code). How
 * many; in the arena. */
int place_codes_of(struct store *s, struct arena *a, struct slice of, int limit, struct slice **codes);

struct edit_line {
    int64_t id;
    struct slice at, by, changes; /* changes: lines of field, tab, before, tab, after */
    struct slice undone_at, undone_by;
};

/* Newest first. */
int place_edit_list(struct store *s, struct arena *a, struct slice code, int limit, struct edit_line **lines);
/* Takes back the latest saving of this place that stands. BUILT_UPON when something came after it; NOT_FOUND
 * when there is none, or when it is not `id` any more. Its own transaction. */
bool place_edit_undo(struct store *s, struct slice code, int64_t id, const char *who,
                     struct fault *f) RESULT_MUST_BE_USED;
/* The title of a field of edit.def; the name itself when there is none ("position"). */
struct slice edit_title(struct slice name);
/* "status:active suspended …" where its values are words of a set; NULL else. */
const char *edit_kind(struct slice name);

#endif
