/* form: the body of a POST as named fields. Bytes of files are not copied: they stay in the body. What is not
 * well-formed is refused whole. */
#include "mapd/http.h"
#include "mapd/serve.h"

#include <string.h>

enum { FIELDS_MOST = 300, NAME_MOST = 60, BOUNDARY_MOST = 70 };

static bool refuse(struct fault *f)
{
    return fault_set(f, FAULT_BAD_PARAMETER, "form", "%s", "biểu mẫu gửi lên không đọc được");
}

static struct form_field *add(struct form *form)
{
    return form->count < FIELDS_MOST ? &form->fields[form->count++] : NULL;
}

/* --- name=value&name=value --- */

static bool read_pairs(struct form *form, const struct request *r, struct fault *f)
{
    struct slice rest = r->body, one;
    while (slice_next(&rest, '&', &one)) {
        ptrdiff_t equals = slice_find(one, SLICE("="));
        struct slice name = one, value = {"", 0};
        if (equals >= 0) {
            name.n = (size_t)equals;
            value = (struct slice){one.p + equals + 1, one.n - (size_t)equals - 1};
        }
        struct form_field *field = add(form);
        if (!field || !url_decode(name, true, r->arena, &field->name) || field->name.n > NAME_MOST ||
            !url_decode_typed(value, r->arena, &field->value))
            return refuse(f);
    }
    return true;
}

/* --- multipart (RFC 7578) --- */

/* key="value" in a header. Browsers write a quotation mark as %22 and a backslash as it is. */
static bool take_quoted(struct slice line, const char *key, struct slice *out)
{
    ptrdiff_t at = slice_find(line, slice_of(key));
    if (at < 0)
        return false;
    struct slice rest = {line.p + at + strlen(key), line.n - (size_t)at - strlen(key)};
    return slice_next(&rest, '"', out) || rest.n == 0;
}

static bool read_part(struct form *form, struct slice part)
{
    ptrdiff_t end = slice_find(part, SLICE("\r\n\r\n"));
    struct form_field *field = end < 0 ? NULL : add(form);
    if (!field)
        return false;
    struct slice head = {part.p, (size_t)end}, line;
    field->value = (struct slice){part.p + end + 4, part.n - (size_t)end - 4};
    bool named = false;
    while (slice_next(&head, '\n', &line)) {
        struct slice start = {line.p, line.n < 20 ? line.n : 20};
        if (!slice_equal_ignoring_case(start, SLICE("content-disposition:")))
            continue;
        named = take_quoted(line, " name=\"", &field->name) && field->name.n <= NAME_MOST;
        field->is_file = take_quoted(line, "filename=\"", &field->file_name);
    }
    return named;
}

static bool take_boundary(struct slice content_type, struct arena *a, struct slice *mark)
{
    ptrdiff_t at = slice_find(content_type, SLICE("boundary="));
    if (at < 0)
        return false;
    struct slice b = {content_type.p + at + 9, content_type.n - (size_t)at - 9};
    if (b.n && b.p[0] == '"') {
        b.p++;
        b.n--;
    }
    size_t n = 0;
    while (n < b.n && b.p[n] != '"' && b.p[n] != ';' && b.p[n] != ' ')
        n++;
    if (!n || n > BOUNDARY_MOST)
        return false;
    *mark = slice_of(arena_format(a, "\r\n--%.*s", (int)n, b.p));
    return true;
}

static bool skip(struct slice *text, struct slice what)
{
    if (!slice_starts(*text, what))
        return false;
    text->p += what.n;
    text->n -= what.n;
    return true;
}

/* memmem: a body may be large */
static bool next_mark(struct slice *rest, struct slice mark, struct slice *part)
{
    const char *at = rest->n ? memmem(rest->p, rest->n, mark.p, mark.n) : NULL;
    if (!at)
        return false;
    *part = (struct slice){rest->p, (size_t)(at - rest->p)};
    rest->n -= part->n + mark.n;
    rest->p = at + mark.n;
    return true;
}

static bool read_parts(struct form *form, const struct request *r, struct fault *f)
{
    struct slice mark, part, rest = r->body;
    if (!take_boundary(r->content_type, r->arena, &mark) ||
        !skip(&rest, (struct slice){mark.p + 2, mark.n - 2}))
        return refuse(f);
    while (!slice_starts(rest, SLICE("--")))
        if (!skip(&rest, SLICE("\r\n")) || !next_mark(&rest, mark, &part) || !read_part(form, part))
            return refuse(f);
    return true;
}

bool form_read(struct form *form, const struct request *r, struct fault *f)
{
    *form = (struct form){.fields = ARENA_ARRAY(r->arena, struct form_field, FIELDS_MOST)};
    struct slice type = r->content_type;
    if (!r->body.n)
        return true;
    if (slice_starts(type, SLICE("application/x-www-form-urlencoded")))
        return read_pairs(form, r, f);
    return slice_starts(type, SLICE("multipart/form-data")) ? read_parts(form, r, f) : refuse(f);
}

static const struct form_field *find(const struct form *form, const char *name)
{
    for (int i = 0; i < form->count; i++)
        if (slice_equal(form->fields[i].name, slice_of(name)))
            return &form->fields[i];
    return NULL;
}

struct slice form_get(const struct form *form, const char *name)
{
    const struct form_field *field = find(form, name);
    return field && !field->is_file ? field->value : SLICE("");
}

const struct form_field *form_file(const struct form *form, const char *name)
{
    const struct form_field *field = find(form, name);
    return field && field->is_file ? field : NULL;
}
