/* json_write: see the door. No state but "does a comma come first". */
#include "mapd/json_write.h"

static void value_begins(struct json *j)
{
    if (j->comma)
        buf_char(j->out, ',');
    j->comma = true;
}

void json_open(struct json *j, char bracket)
{
    value_begins(j);
    buf_char(j->out, bracket);
    j->comma = false;
}

void json_close(struct json *j, char bracket)
{
    buf_char(j->out, bracket);
    j->comma = true;
}

void json_key(struct json *j, const char *key)
{
    value_begins(j);
    buf_json(j->out, slice_of(key));
    buf_char(j->out, ':');
    j->comma = false;
}

void json_text(struct json *j, struct slice text)
{
    value_begins(j);
    buf_json(j->out, text);
}

void json_int(struct json *j, int64_t value)
{
    value_begins(j);
    buf_int(j->out, value);
}

void json_real(struct json *j, double value, int decimals)
{
    value_begins(j);
    buf_real(j->out, value, decimals);
}

void json_bool(struct json *j, bool value)
{
    value_begins(j);
    buf_text(j->out, value ? "true" : "false");
}

void json_null(struct json *j)
{
    value_begins(j);
    buf_text(j->out, "null");
}

void json_raw(struct json *j, struct slice json)
{
    value_begins(j);
    buf_slice(j->out, json);
}

void json_field(struct json *j, const char *key, const char *text)
{
    json_field_slice(j, key, slice_of(text));
}

void json_field_slice(struct json *j, const char *key, struct slice text)
{
    json_key(j, key);
    json_text(j, text);
}

void json_field_int(struct json *j, const char *key, int64_t value)
{
    json_key(j, key);
    json_int(j, value);
}

void json_field_bool(struct json *j, const char *key, bool value)
{
    json_key(j, key);
    json_bool(j, value);
}
