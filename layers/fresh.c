/* fresh: see fresh.h. Where nobody listens, or the journal wants the record by itself, the hook does its work
 * as ever. */
#include "layers/fresh.h"

#include "layers/journal.h"

#include <math.h>
#include <string.h>

bool fresh_begin(struct fresh *r, struct store *s, int64_t place, const char *sql, struct fault *f)
{
    r->store = s;
    r->is_place = false;
    r->st = store_statement(s, sql, f);
    r->place = place;
    r->mark = MARK_START;
    r->marks = 0;
    r->records = 0;
    r->index = r->dates = 0;
    return r->st != NULL;
}

/* Whose mark is to be taken before it is stored must know its id. */
bool fresh_begin_place(struct fresh *r, struct store *s, const char *sql, struct fault *f)
{
    struct journal *j = store_journal(s);
    int64_t id = j ? journal_next_place(j) : 0;
    if (!fresh_begin(r, s, id, sql, f))
        return false;
    r->is_place = true;
    return true;
}

static void fresh_null(struct fresh *r)
{
    r->index++; /* what is not bound is NULL */
    r->mark = mark_null(r->mark);
}

void fresh_text(struct fresh *r, struct slice text)
{
    bind_borrowed(r->st, ++r->index, text);
    r->mark = mark_text(r->mark, SQLITE_TEXT, text);
}

void fresh_text_or_null(struct fresh *r, struct slice text)
{
    if (text.n)
        fresh_text(r, text);
    else
        fresh_null(r);
}

void fresh_bytes(struct fresh *r, struct slice bytes)
{
    bind_borrowed_bytes(r->st, ++r->index, bytes);
    r->mark = mark_text(r->mark, SQLITE_BLOB, bytes);
}

void fresh_int(struct fresh *r, int64_t v)
{
    bind_int(r->st, ++r->index, v);
    r->mark = mark_int(r->mark, v);
}

void fresh_id(struct fresh *r, int64_t id)
{
    if (id)
        fresh_int(r, id);
    else
        fresh_null(r);
}

void fresh_known(struct fresh *r, int v)
{
    if (v >= 0)
        fresh_int(r, v);
    else
        fresh_null(r);
}

void fresh_real(struct fresh *r, double v)
{
    if (isnan(v)) {
        fresh_null(r);
        return;
    }
    bind_real(r->st, ++r->index, v);
    r->mark = mark_real(r->mark, v);
}

void fresh_date(struct fresh *r, struct date d)
{
    if (!date_is_valid(d)) {
        fresh_null(r);
        return;
    }
    char *text = r->date[r->dates++];
    date_format_iso(d, text);
    fresh_text(r, (struct slice){text, sizeof r->date[0] - 1});
}

void fresh_point(struct fresh *r, const struct lonlat *at)
{
    if (!at) {
        fresh_null(r);
        return;
    }
    point_blob(at, r->point);
    fresh_bytes(r, (struct slice){(const char *)r->point, sizeof r->point});
}

void fresh_end_record(struct fresh *r)
{
    r->marks += r->mark;
    r->records++;
    r->mark = MARK_START;
}

bool fresh_run(struct fresh *r, struct fault *f)
{
    struct journal *j = store_journal(r->store);
    if (!j || !journal_pause(j, r->place, r->is_place))
        return statement_run(r->st, f);
    bool ok = statement_run(r->st, f);
    journal_resume(j);
    if (ok)
        journal_add_made(j, r->marks, r->records);
    return ok;
}
