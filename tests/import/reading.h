/* Builders that make a test of the readers a drawing: read a whole file, then ask for the text under a
 * column. */
#ifndef TESTS_IMPORT_READING_H
#define TESTS_IMPORT_READING_H

#include "import/clean.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READING_ROWS = 32 };

struct reading {
    struct arena memory;
    struct row rows[READING_ROWS];
    uint32_t count; /* all rows, also those beyond READING_ROWS */
    bool is_open;
    struct fault fault;
    struct date date;
    struct buf explanation;
};

static inline void read_request(struct reading *r, const struct table_request *q)
{
    static struct row row; /* of a test program, one at a time */
    struct table *t = NULL;
    memset(r, 0, sizeof *r);
    r->is_open = table_open(&t, q, &r->fault);
    while (r->is_open && table_next(t, &row, &r->fault)) {
        struct row *kept = r->count < READING_ROWS ? &r->rows[r->count] : NULL;
        r->count++;
        if (kept) {
            *kept = row;
            kept->group = arena_slice(&r->memory, row.group);
            kept->raw = arena_slice(&r->memory, row.raw);
            kept->wkb = arena_slice(&r->memory, row.wkb);
            for (int i = 0; i < COLUMN_COUNT; i++) {
                kept->cells[i].text = arena_slice(&r->memory, row.cells[i].text);
            }
        }
    }
    if (r->is_open) {
        r->date = table_source_date(t);
        table_explain(t, &r->explanation);
        buf_char(&r->explanation, '\0');
    }
    table_close(t);
}

static inline void read_file(struct reading *r, enum import_kind kind, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/import/%s", TEST_DATA, name);
    read_request(r, &(struct table_request){.path = path, .kind = kind});
}

static inline void reading_release(struct reading *r)
{
    arena_release(&r->memory);
    buf_release(&r->explanation);
}

/* Text under a column of the i-th row, terminated, in the arena of the reading. */
static inline const char *text_at(struct reading *r, uint32_t i, enum column_id id)
{
    return arena_text(&r->memory, r->rows[i].cells[id].text);
}

static inline const char *group_at(struct reading *r, uint32_t i)
{
    return arena_text(&r->memory, r->rows[i].group);
}

/* A text as a file of its own; the path lives until the next call. */
static inline const char *file_of(const void *bytes, size_t n)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/mapd_reading_%d.csv", (int)getpid());
    struct fault f = {0};
    ck_assert(file_write(path, (struct slice){bytes, n}, &f));
    return path;
}

static inline void read_text(struct reading *r, enum import_kind kind, const char *text)
{
    const char *path = file_of(text, strlen(text));
    read_request(r, &(struct table_request){.path = path, .kind = kind});
    unlink(path);
}

#define ROWS(r, n)                                                                                           \
    ck_assert_msg((r)->count == (n) && (r)->fault.code == FAULT_NONE, "%u rows, %s %s", (r)->count,          \
                  (r)->fault.place, (r)->fault.text)
#define CELL(r, i, column, is) ck_assert_str_eq(text_at((r), (i), COLUMN_##column), (is))
#define FLAG(r, i, column)     ((r)->rows[i].cells[COLUMN_##column].flags)

static inline int run_cases(const char *name, const TTest *const *tests, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    for (size_t i = 0; i < count; i++) {
        tcase_add_test(all, tests[i]);
    }
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}

#endif
