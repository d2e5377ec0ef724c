/* desk: the lists that lie on the import desk, each with the member of staff who brought it, and the one
 * thread that takes them in, one at a time, with a connection of its own. Private to mapd/.
 *
 * Law: a list lies in a folder that only this program's user may read, and is gone when it leaves the desk.
 * What is handed out is a copy. */
#ifndef MAPD_DESK_H
#define MAPD_DESK_H

#include "import/import.h"
#include "mapd/mapd.h"

enum { JOBS = 8, JOB_PATH = 512, JOB_WHO = 48, JOB_ROWS_SHOWN = 200 };

enum job_state { JOB_NONE, JOB_READY, JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED };

struct job {
    int64_t id;
    enum job_state state;
    enum import_kind kind;
    char who[JOB_WHO];
    char path[JOB_PATH], mapping[JOB_PATH]; /* files; mapping may not be there */
    char report[JOB_PATH], book[JOB_PATH];  /* the report as CSV and as XLSX */
    char sheet[128];                        /* empty: the first with headings */
    uint64_t rows, estimate;                /* while it runs */
    struct import_summary sum;
    struct fault fault;
};

struct desk;

bool desk_open(struct desk **out, const struct arguments *args, struct fault *f) RESULT_MUST_BE_USED;
/* Stops a running import, which then leaves nothing behind. */
void desk_close(struct desk *d);

/* --- desk_folder.c --- */

struct desk_folder {
    char path[JOB_PATH / 2];
    bool is_made;
    int lock;
};

/* Removes what servers that were killed have left in the folder for temporary files. */
void desk_folder_sweep(void);
bool desk_folder_make(struct desk_folder *d, struct fault *f) RESULT_MUST_BE_USED;
void desk_folder_drop(struct desk_folder *d); /* when it is empty */

/* --- desk.c --- */

struct upload {
    const char *who;
    enum import_kind kind;
    struct slice file_name, bytes;
};

/* Lays the file on the desk; the oldest that nobody is taking in makes room. */
bool desk_put(struct desk *d, const struct upload *u, int64_t *id, struct fault *f) RESULT_MUST_BE_USED;
/* A copy of what is known of the job of this person; NOT_FOUND when there is none. */
bool desk_get(struct desk *d, int64_t id, const char *who, struct job *job,
              struct fault *f) RESULT_MUST_BE_USED;
/* All of this person, newest first. */
int desk_list(struct desk *d, const char *who, struct job jobs[JOBS]);
/* Mapping (JSON, empty: none) and sheet of a job that has not begun. */
bool desk_correct(struct desk *d, const struct job *job, struct slice mapping,
                  struct fault *f) RESULT_MUST_BE_USED;
bool desk_start(struct desk *d, int64_t id, const char *who, struct fault *f) RESULT_MUST_BE_USED;
/* The rows with something to say, as rows of an HTML table; at most JOB_ROWS_SHOWN. */
void desk_rows(struct desk *d, int64_t id, struct buf *out);
/* One such row; for the preview too. */
void desk_row_html(struct buf *out, const struct import_row *row);

#endif
