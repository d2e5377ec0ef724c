/* json: the one place that knows jansson. Beside the flow: mapping files and settings are read through it. */
#include "layers/json.h"

#include <jansson.h>

/* A `struct json` is a json_t of jansson's under our own name. */
static json_t *inner(const struct json *v)
{
    union {
        const struct json *ours;
        json_t *theirs;
    } same = {.ours = v};
    return same.theirs;
}

static const struct json *outer(json_t *v)
{
    return (const struct json *)(const void *)v;
}

static bool parse(struct json **out, struct slice text, size_t flags, const char *place, struct fault *f)
{
    json_error_t error;
    json_t *root = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES | flags, &error);
    if (!root) {
        return fault_set(f, FAULT_FILE_FORMAT, place, "JSON sai ở dòng %d cột %d: %s", error.line,
                         error.column, error.text);
    }
    *out = (struct json *)(void *)root;
    return true;
}

bool json_parse(struct json **out, struct slice text, const char *place, struct fault *f)
{
    return parse(out, text, 0, place, f);
}

bool json_parse_value(struct json **out, struct slice text, const char *place, struct fault *f)
{
    return parse(out, text, JSON_DECODE_ANY, place, f);
}

void json_free(struct json *root)
{
    json_decref(inner(root));
}

const struct json *json_get(const struct json *object, const char *key)
{
    return outer(json_object_get(inner(object), key));
}

const struct json *json_at(const struct json *array, size_t index)
{
    return outer(json_array_get(inner(array), index));
}

size_t json_size(const struct json *v)
{
    return json_sort_of(v) == JSON_MEMBERS ? json_object_size(inner(v)) : json_array_size(inner(v));
}

enum json_sort json_sort_of(const struct json *v)
{
    if (!v) {
        return JSON_NOTHING;
    }
    switch (json_typeof(inner(v))) {
    case JSON_OBJECT: return JSON_MEMBERS;
    case JSON_ARRAY: return JSON_LIST;
    case JSON_STRING: return JSON_TEXT;
    case JSON_INTEGER:
    case JSON_REAL: return JSON_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE: return JSON_TRUTH;
    case JSON_NULL: break;
    }
    return JSON_NULL_VALUE;
}

const char *json_to_text(const struct json *v)
{
    return json_string_value(inner(v));
}

bool json_to_int(const struct json *v, int64_t *out)
{
    bool is_int = json_is_integer(inner(v));
    *out = is_int ? json_integer_value(inner(v)) : *out;
    return is_int;
}

bool json_to_real(const struct json *v, double *out)
{
    bool is_number = json_is_number(inner(v));
    *out = is_number ? json_number_value(inner(v)) : *out;
    return is_number;
}

bool json_to_bool(const struct json *v, bool *out)
{
    bool is_truth = json_is_boolean(inner(v));
    *out = is_truth ? json_is_true(inner(v)) : *out;
    return is_truth;
}

bool json_each(const struct json *object,
               bool (*each)(void *context, const char *key, const struct json *value, struct fault *f),
               void *context, struct fault *f)
{
    const char *key;
    json_t *value;
    json_object_foreach(inner(object), key, value)
    {
        if (!each(context, key, outer(value), f)) {
            return false;
        }
    }
    return true;
}
