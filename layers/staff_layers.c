/* staff_layers: staff_layers.def and staff_lists.def as data, and the SQL function that opens sealed values.
 */
#include "layers/snapshot_private.h"
#include "layers/store_private.h"

#include <string.h>

#define FIELD_OF_LINE_(line) staff_field_of_line_##line
#define FIELD_OF_LINE(line)  FIELD_OF_LINE_(line)

/* As in catalogue.c: FIRST_x is the index of the first field of layer x, FIELDS_OF_x how many it has. */
enum staff_field_index {
    STAFF_INDEX_NONE = -1
#define LAYER(id, name, sql)                      , FIRST_##id, BEFORE_##id = FIRST_##id - 1
#define FIELD(id, name, type, vi, en, short_name) , FIELD_OF_LINE(__LINE__)
#include "layers/staff_layers.def"
#undef LAYER
#undef FIELD
};

enum staff_field_total {
    FIELDS_OF_NONE = 0
#define LAYER(id, name, sql)                      , FIELDS_OF_##id = 0
#define FIELD(id, name, type, vi, en, short_name) +1
#include "layers/staff_layers.def"
#undef LAYER
#undef FIELD
};

static const struct field FIELDS[] = {
#define LAYER(id, name, sql)
#define FIELD(id, name, type, vi, en, short_name) {name, FIELD_##type, vi, en, short_name},
#include "layers/staff_layers.def"
#undef LAYER
#undef FIELD
};

static const struct staff_layer STAFF_LAYERS[] = {
#define LAYER(id, name, sql)                                                                                 \
    {{LAYER_##id, name, sql, GEOMETRY_POINT, false, name, name, FIELDS + FIRST_##id, FIELDS_OF_##id}, sql},
#define FIELD(id, name, type, vi, en, short_name)
#include "layers/staff_layers.def"
#undef LAYER
#undef FIELD
};

static const struct staff_list LISTS[] = {
#define LIST(name, layer, condition, vi) {name, LAYER_##layer, condition, vi},
#include "layers/staff_lists.def"
#undef LIST
};

const struct staff_layer *staff_layer_find(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(STAFF_LAYERS); i++)
        if (slice_equal(slice_of(STAFF_LAYERS[i].layer.name), name))
            return &STAFF_LAYERS[i];
    return NULL;
}

int staff_list_count(void)
{
    return (int)COUNT_OF(LISTS);
}

const struct staff_list *staff_list_get(int index)
{
    return &LISTS[index];
}

const struct staff_list *staff_list_find(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(LISTS); i++)
        if (slice_equal(slice_of(LISTS[i].name), name))
            return &LISTS[i];
    return NULL;
}

bool staff_layer_note(struct store *s, const struct staff_purpose *p, struct fault *f)
{
    struct buf detail = {0}, subject = {0};
    buf_format(&subject, "layer %s", p->layer);
    buf_char(&detail, '{');
    buf_json_field(&detail, "purpose", slice_of(p->purpose));
    buf_char(&detail, ',');
    buf_json_field(&detail, "part", slice_of(p->part));
    buf_char(&detail, '}');
    struct audit_entry entry = {.who = p->who,
                                .action = "export.staff",
                                .subject = buf_to_slice(&subject),
                                .detail = buf_to_slice(&detail)};
    bool ok = store_begin(s, f) && audit_append(s, &entry, f) &&
              (p->layer[0] != 'f' || service_use_add(s, SERVICE_USE_EXPORT_FOOD_SAFETY, 1, f)) &&
              store_commit_quietly(s, f);
    if (!ok)
        store_rollback(s);
    buf_release(&subject);
    buf_release(&detail);
    return ok;
}

/* unseal(blob): the text inside; null without the key. */
static void unseal(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct key *key = sqlite3_user_data(context);
    struct buf plain = {0};
    (void)count;
    struct slice sealed = {sqlite3_value_blob(values[0]), (size_t)sqlite3_value_bytes(values[0])};
    if (key && sealed.n && key_unseal(key, sealed, &plain))
        sqlite3_result_text(context, plain.n ? plain.p : "", (int)plain.n, SQLITE_TRANSIENT);
    buf_release(&plain);
}

static bool read_with(struct snapshot **out, struct store *s, const struct staff_layer *l,
                      const struct key *key, struct fault *f)
{
    struct snapshot_scope scope = {.only = l->layer.id, .staff = l};
    if (sqlite3_create_function(store_handle(s), "unseal", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                (void *)(uintptr_t)key, unseal, NULL, NULL) != SQLITE_OK)
        return fault_set(f, FAULT_DATABASE, "unseal", "%s", sqlite3_errmsg(store_handle(s)));
    return snapshot_build(out, s, &scope, f);
}

bool staff_layer_read(struct snapshot **out, struct store *s, const struct staff_layer *l, struct fault *f)
{
    return read_with(out, s, l, store_key(s), f);
}

bool staff_layer_read_closed(struct snapshot **out, struct store *s, const struct staff_layer *l,
                             struct fault *f)
{
    return read_with(out, s, l, NULL, f);
}
