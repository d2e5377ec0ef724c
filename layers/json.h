/* json: reading JSON that people and other programs wrote (a mapping file, a setting). The one door to the
 * JSON reader; what we write ourselves goes through buf_json.
 *
 * Ownership: json_free takes back what json_parse gave; values inside belong to it. Every getter takes NULL.
 */
#ifndef LAYERS_JSON_H
#define LAYERS_JSON_H

#include "layers/kit.h"

struct json;

enum json_sort {
    JSON_NOTHING /* no value at all */,
    JSON_NULL_VALUE,
    JSON_TRUTH,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_LIST,
    JSON_MEMBERS
};

/* Parses a whole text; FILE_FORMAT with line and column when it is not JSON. `place` is for the fault. */
bool json_parse(struct json **out, struct slice text, const char *place, struct fault *f) RESULT_MUST_BE_USED;
/* The same for any JSON value, not only an object or array. */
bool json_parse_value(struct json **out, struct slice text, const char *place,
                      struct fault *f) RESULT_MUST_BE_USED;
void json_free(struct json *root);
const struct json *json_get(const struct json *object, const char *key); /* NULL when there is none */
const struct json *json_at(const struct json *array, size_t index);      /* NULL past the end */
size_t json_size(const struct json *v); /* members of an object or array, else 0 */
enum json_sort json_sort_of(const struct json *v);
const char *json_to_text(const struct json *v); /* NULL when it is no string */
bool json_to_int(const struct json *v, int64_t *out);
bool json_to_real(const struct json *v, double *out); /* whole numbers too */
bool json_to_bool(const struct json *v, bool *out);
/* Calls `each` for the members of an object in the order of the text, until it says false. */
bool json_each(const struct json *object,
               bool (*each)(void *context, const char *key, const struct json *value, struct fault *f),
               void *context, struct fault *f);

#endif
