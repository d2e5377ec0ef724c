/* reply: small changes to an answer on its way out. Every error a client sees is written by reply_problem*.
 */
#include "mapd/http.h"

#include <string.h>

void reply_header(struct reply *r, const char *name, const char *value)
{
    for (int i = 0; i < r->header_count; i++)
        if (strcmp(r->headers[i].name, name) == 0) {
            r->headers[i].value = value;
            return;
        }
    if (r->header_count < REPLY_HEADERS)
        r->headers[r->header_count++] = (struct header){name, value};
}

void reply_clear(struct reply *r)
{
    if (r->release)
        r->release(r->holder);
    kept_answer_drop(r->ready);
    buf_release(&r->body);
    *r = (struct reply){0};
}

static void problem_open(struct reply *r, int status, const char *vi, const char *en)
{
    reply_clear(r);
    r->status = status;
    r->type = "application/problem+json";
    buf_format(&r->body, "{\"type\":\"about:blank\",\"status\":%d,", status);
    buf_json_field(&r->body, "title", slice_of(vi));
    buf_char(&r->body, ',');
    buf_json_field(&r->body, "title_en", slice_of(en));
}

void reply_problem_status(struct reply *r, int status, const char *vi, const char *en)
{
    problem_open(r, status, vi, en);
    buf_text(&r->body, "}\n");
}

void reply_problem(struct reply *r, const struct fault *f)
{
    problem_open(r, fault_http_status(f->code), fault_sentence(f->code, false),
                 fault_sentence(f->code, true));
    struct buf detail = {0};
    if (f->place[0])
        buf_format(&detail, f->text[0] ? "%s: " : "%s", f->place);
    buf_text(&detail, f->text);
    if (detail.n) {
        buf_char(&r->body, ',');
        buf_json_field(&r->body, "detail", buf_to_slice(&detail));
    }
    if (f->code == FAULT_BAD_PARAMETER && f->place[0]) {
        buf_char(&r->body, ',');
        buf_json_field(&r->body, "parameter", slice_of(f->place));
    }
    buf_text(&r->body, "}\n");
    buf_release(&detail);
}

void reply_redirect(struct reply *r, int status, const char *location)
{
    reply_clear(r);
    r->status = status;
    reply_header(r, "Location", location);
}

void reply_gzip(struct reply *r)
{
    struct buf packed = {0};
    gzip_add(&packed, r->shared.n ? r->shared : buf_to_slice(&r->body), 3);
    if (r->release)
        r->release(r->holder);
    r->release = NULL;
    r->shared = (struct slice){0};
    buf_release(&r->body);
    r->body = packed;
    reply_header(r, "Content-Encoding", "gzip");
}
