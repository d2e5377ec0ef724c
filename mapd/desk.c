/* desk: lists brought through the browser, and the thread that takes them in. Between serve_desk.c (pages)
 * and import/. One import at a time: the file has one writer anyway, and the others learn that they wait. */
#include "mapd/desk.h"

#include "mapd/html.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct desk {
    const struct arguments *args;
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    struct job jobs[JOBS];
    struct buf rows[JOBS]; /* what to say of single rows */
    int row_count[JOBS];
    int64_t next_id;
    bool is_ending;
    struct desk_folder folder; /* made for the first list */
};

/* --- files --- */

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && !strchr("/\\:*?\"<>|", c) && c != 0x7f;
}

/* The name as the clerk knows it, for the provenance; without folders, dots in front and odd characters. */
static void safe_name(struct slice name, char out[200])
{
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/' || name.p[i] == '\\')
            n = 0;
        else if (n < 180 && is_plain(name.p[i]) && !(n == 0 && name.p[i] == '.'))
            out[n++] = name.p[i];
    while (n && ((unsigned char)out[n - 1] & 0x80) && name.n > 180) /* no half letter at the cut */
        n--;
    out[n] = '\0';
    if (!n)
        snprintf(out, 200, "%s", "danh-sach");
}

static void folder_of(const struct desk *d, int64_t id, char out[JOB_PATH / 2 + 24])
{
    snprintf(out, JOB_PATH / 2 + 24, "%s/%lld", d->folder.path, (long long)id);
}

static void remove_files(struct desk *d, struct job *job)
{
    char folder[JOB_PATH / 2 + 24];
    folder_of(d, job->id, folder);
    unlink(job->path);
    unlink(job->mapping);
    unlink(job->report);
    unlink(job->book);
    rmdir(folder);
}

/* --- slots --- */

static int slot_of(const struct desk *d, int64_t id)
{
    for (int i = 0; i < JOBS; i++)
        if (d->jobs[i].state != JOB_NONE && d->jobs[i].id == id)
            return i;
    return -1;
}

static bool is_busy(const struct job *job)
{
    return job->state == JOB_WAITING || job->state == JOB_RUNNING;
}

/* An empty slot, or the oldest one at rest; -1 when all are being taken in. */
static int free_slot(struct desk *d)
{
    int best = -1;
    for (int i = 0; i < JOBS; i++)
        if (!is_busy(&d->jobs[i]) && (best < 0 || d->jobs[i].id < d->jobs[best].id))
            best = i;
    if (best >= 0 && d->jobs[best].state != JOB_NONE)
        remove_files(d, &d->jobs[best]);
    return best;
}

static bool not_there(struct fault *f)
{
    return fault_set(f, FAULT_NOT_FOUND, NULL, "%s",
                     "tệp này không còn trên bàn nhập (máy chủ đã khởi động lại, hoặc đã có nhiều tệp mới "
                     "hơn); hãy tải lên lại");
}

static int slot_of_person(const struct desk *d, int64_t id, const char *who)
{
    int i = slot_of(d, id);
    return i >= 0 && strcmp(d->jobs[i].who, who) == 0 ? i : -1;
}

/* --- the rows that need a word --- */

static void cell(struct buf *out, struct slice text)
{
    buf_text(out, "<td>");
    html_text(out, text);
    buf_text(out, "</td>");
}

/* The row as typed, on a line: tabs become bars, what is long is cut between two letters. */
static void shorten(struct slice raw, struct buf *out)
{
    enum { MOST = 160 };
    size_t n = raw.n < MOST ? raw.n : MOST;
    while (n < raw.n && n && ((unsigned char)raw.p[n] & 0xC0) == 0x80)
        n--;
    for (size_t i = 0; i < n; i++)
        if (raw.p[i] == '\t')
            buf_text(out, " | ");
        else
            buf_char(out, raw.p[i]);
    buf_text(out, n < raw.n ? "…" : "");
}

void desk_row_html(struct buf *out, const struct import_row *row)
{
    buf_format(out, "<tr class=\"%s\"><td class=\"n\">%u</td>", verdict_name(row->verdict), row->number);
    cell(out, slice_of(row->verdict_title));
    struct buf text = {0};
    shorten(row->raw, &text);
    cell(out, buf_to_slice(&text));
    buf_reset(&text);
    buf_slice(&text, row->column);
    if (row->value.n) {
        buf_text(&text, ": “");
        buf_slice(&text, row->value);
        buf_text(&text, "”");
    }
    cell(out, buf_to_slice(&text));
    cell(out, row->sentence);
    cell(out, row->advice);
    buf_text(out, "</tr>");
    buf_release(&text);
}

struct run {
    struct desk *desk;
    int slot;
};

static void on_row(void *context, const struct import_row *row)
{
    const struct run *r = context;
    struct desk *d = r->desk;
    if (!row->sentence.n)
        return;
    pthread_mutex_lock(&d->lock);
    if (d->row_count[r->slot]++ < JOB_ROWS_SHOWN)
        desk_row_html(&d->rows[r->slot], row);
    pthread_mutex_unlock(&d->lock);
}

static bool on_progress(void *context, uint64_t rows, uint64_t estimate)
{
    const struct run *r = context;
    struct desk *d = r->desk;
    pthread_mutex_lock(&d->lock);
    d->jobs[r->slot].rows = rows;
    d->jobs[r->slot].estimate = estimate;
    bool goes_on = !d->is_ending;
    pthread_mutex_unlock(&d->lock);
    return goes_on;
}

/* --- taking in --- */

/* A correction that led to an import is offered again for the same headings. */
static void remember(struct store *s, const struct job *job, const struct import_options *o)
{
    struct arena a = {0};
    struct buf json = {0};
    struct import_view view;
    struct fault ignored = {0};
    bool done =
        o->mapping_path && file_read(job->mapping, 1 << 20, &json, &ignored) &&
        import_look(o, &a, &view, &ignored) &&
        mapping_remember(s, import_kind_name(job->kind), view.signature, buf_to_slice(&json), &ignored);
    (void)done;
    buf_release(&json);
    arena_release(&a);
}

static bool take_in(struct run *r, const struct job *job, struct import_summary *sum, struct fault *f)
{
    struct store *s = NULL;
    struct import_options o = {.path = job->path,
                               .kind = job->kind,
                               .sheet = job->sheet[0] ? job->sheet : NULL,
                               .mapping_path = access(job->mapping, R_OK) == 0 ? job->mapping : NULL,
                               .report_path = job->report,
                               .second_report_path = job->book,
                               .who = job->who,
                               .progress = on_progress,
                               .progress_context = r,
                               .on_row = on_row,
                               .on_row_context = r};
    bool good = command_open(&s, r->desk->args, STORE_WRITE, f) && import_file(s, &o, sum, NULL, f);
    if (good)
        remember(s, job, &o);
    store_close(s);
    return good;
}

static int next_waiting(struct desk *d)
{
    int best = -1;
    for (int i = 0; i < JOBS; i++)
        if (d->jobs[i].state == JOB_WAITING && (best < 0 || d->jobs[i].id < d->jobs[best].id))
            best = i;
    return best;
}

static void *work(void *context)
{
    struct desk *d = context;
    pthread_mutex_lock(&d->lock);
    while (!d->is_ending) {
        struct run r = {d, next_waiting(d)};
        if (r.slot < 0) {
            pthread_cond_wait(&d->changed, &d->lock);
            continue;
        }
        d->jobs[r.slot].state = JOB_RUNNING;
        struct job copy = d->jobs[r.slot];
        pthread_mutex_unlock(&d->lock);
        struct import_summary sum = {0};
        struct fault f = {0};
        bool good = take_in(&r, &copy, &sum, &f);
        pthread_mutex_lock(&d->lock);
        d->jobs[r.slot].sum = sum;
        d->jobs[r.slot].fault = f;
        d->jobs[r.slot].state = good ? JOB_DONE : JOB_FAILED;
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

/* --- the door --- */

bool desk_open(struct desk **out, const struct arguments *args, struct fault *f)
{
    struct desk *d = calloc(1, sizeof *d);
    if (!d)
        return fault_set(f, FAULT_NO_MEMORY, NULL, "%s", "");
    desk_folder_sweep();
    d->args = args;
    d->next_id = 1;
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->changed, NULL);
    if (pthread_create(&d->thread, NULL, work, d) != 0) {
        fault_set(f, FAULT_INTERNAL, NULL, "no thread");
        free(d);
        return false;
    }
    *out = d;
    return true;
}

void desk_close(struct desk *d)
{
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->is_ending = true;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
    pthread_join(d->thread, NULL);
    for (int i = 0; i < JOBS; i++) {
        if (d->jobs[i].state != JOB_NONE)
            remove_files(d, &d->jobs[i]);
        buf_release(&d->rows[i]);
    }
    desk_folder_drop(&d->folder);
    pthread_mutex_destroy(&d->lock);
    pthread_cond_destroy(&d->changed);
    free(d);
}

static bool write_upload(struct desk *d, const struct upload *u, struct job *job, struct fault *f)
{
    char name[200], folder[JOB_PATH / 2 + 24];
    safe_name(u->file_name, name);
    folder_of(d, job->id, folder);
    snprintf(job->who, sizeof job->who, "%s", u->who);
    snprintf(job->path, sizeof job->path, "%s/%s", folder, name);
    snprintf(job->mapping, sizeof job->mapping, "%s/.mapping.json", folder);
    snprintf(job->report, sizeof job->report, "%s/.report.csv", folder);
    snprintf(job->book, sizeof job->book, "%s/.report.xlsx", folder);
    if (mkdir(folder, 0700) != 0)
        return fault_set(f, FAULT_FILE_WRITE, NULL, "%s", strerror(errno));
    return file_write(job->path, u->bytes, f) && import_vet(job->path, f);
}

bool desk_put(struct desk *d, const struct upload *u, int64_t *id, struct fault *f)
{
    pthread_mutex_lock(&d->lock);
    int slot = free_slot(d);
    bool good = slot >= 0 || fault_set(f, FAULT_TOO_MANY, NULL, "%s", "bàn nhập đang đầy");
    if (good) {
        struct job job = {.id = d->next_id++, .state = JOB_READY, .kind = u->kind};
        good = desk_folder_make(&d->folder, f) && write_upload(d, u, &job, f);
        if (!good) {
            remove_files(d, &job);
            job.state = JOB_NONE;
        }
        d->jobs[slot] = job;
        d->row_count[slot] = 0;
        buf_reset(&d->rows[slot]);
        *id = job.id;
    }
    pthread_mutex_unlock(&d->lock);
    return good;
}

bool desk_get(struct desk *d, int64_t id, const char *who, struct job *job, struct fault *f)
{
    pthread_mutex_lock(&d->lock);
    int slot = slot_of_person(d, id, who);
    if (slot >= 0)
        *job = d->jobs[slot];
    pthread_mutex_unlock(&d->lock);
    return slot >= 0 || not_there(f);
}

int desk_list(struct desk *d, const char *who, struct job jobs[JOBS])
{
    int count = 0;
    pthread_mutex_lock(&d->lock);
    for (int64_t id = d->next_id - 1; id > 0 && count < JOBS; id--) {
        int slot = slot_of_person(d, id, who);
        if (slot >= 0)
            jobs[count++] = d->jobs[slot];
    }
    pthread_mutex_unlock(&d->lock);
    return count;
}

bool desk_correct(struct desk *d, const struct job *job, struct slice mapping, struct fault *f)
{
    pthread_mutex_lock(&d->lock);
    int slot = slot_of_person(d, job->id, job->who);
    bool good = slot >= 0 && d->jobs[slot].state == JOB_READY;
    if (good) {
        memcpy(d->jobs[slot].sheet, job->sheet, sizeof job->sheet);
        if (mapping.n)
            good = file_write(job->mapping, mapping, f);
        else
            unlink(job->mapping);
    } else {
        not_there(f);
    }
    pthread_mutex_unlock(&d->lock);
    return good;
}

bool desk_start(struct desk *d, int64_t id, const char *who, struct fault *f)
{
    pthread_mutex_lock(&d->lock);
    int slot = slot_of_person(d, id, who);
    if (slot >= 0 && d->jobs[slot].state == JOB_READY) {
        d->jobs[slot].state = JOB_WAITING; /* a second click changes nothing */
        pthread_cond_broadcast(&d->changed);
    }
    pthread_mutex_unlock(&d->lock);
    return slot >= 0 || not_there(f);
}

void desk_rows(struct desk *d, int64_t id, struct buf *out)
{
    pthread_mutex_lock(&d->lock);
    int slot = slot_of(d, id);
    if (slot >= 0)
        buf_slice(out, buf_to_slice(&d->rows[slot]));
    pthread_mutex_unlock(&d->lock);
}
