/* json_write: JSON with the commas in the right places. Private to mapd/.
 *
 *   json_open(&j, '{');  json_key(&j, "id");  json_text(&j, id);  json_close(&j, '}'); */
#ifndef MAPD_JSON_WRITE_H
#define MAPD_JSON_WRITE_H

#include "layers/kit.h"

struct json {
    struct buf *out;
    bool comma; /* a value stands before */
};

void json_open(struct json *j, char bracket);
void json_close(struct json *j, char bracket);
void json_key(struct json *j, const char *key);
void json_text(struct json *j, struct slice text);
void json_int(struct json *j, int64_t value);
void json_real(struct json *j, double value, int decimals);
void json_bool(struct json *j, bool value);
void json_null(struct json *j);
/* Text that is JSON already. */
void json_raw(struct json *j, struct slice json);

/* "key": value */
void json_field(struct json *j, const char *key, const char *text);
void json_field_slice(struct json *j, const char *key, struct slice text);
void json_field_int(struct json *j, const char *key, int64_t value);
void json_field_bool(struct json *j, const char *key, bool value);

#endif
