/* Commands that bring lists in and take them back: import, undo. Results go to stdout, everything else to
 * stderr; a progress bar only where somebody looks at it. Ctrl-C stops between two rows and leaves the file
 * as it was. */
#include "import/import.h"
#include "mapd/mapd.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- progress and interruption --- */

struct watch {
    bool shows; /* stderr is a terminal */
    int64_t started_ns, shown_ns;
};

static const int64_t NS_PER_SECOND = 1000000000, SHOW_EVERY_NS = 200000000;

/* Signals are held back while the import runs and looked at between rows. */
static void hold_signals(sigset_t *before)
{
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, before);
}

static bool is_stopped(void)
{
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
}

static void show_progress(const struct watch *w, int64_t now, uint64_t rows, uint64_t estimate)
{
    double seconds = (double)(now - w->started_ns) / (double)NS_PER_SECOND;
    double rate = seconds > 0 ? (double)rows / seconds : 0;
    if (estimate >= rows && estimate > 0 && rate > 0)
        fprintf(stderr, "\r%llu/%llu dòng, %.0f dòng/giây, còn %.0f giây   ", (unsigned long long)rows,
                (unsigned long long)estimate, rate, (double)(estimate - rows) / rate);
    else
        fprintf(stderr, "\r%llu dòng, %.0f dòng/giây   ", (unsigned long long)rows, rate);
    fflush(stderr);
}

static bool on_progress(void *context, uint64_t rows, uint64_t estimate)
{
    struct watch *w = context;
    int64_t now = clock_monotonic_ns();
    if (w->shows && now - w->shown_ns > SHOW_EVERY_NS) {
        show_progress(w, now, rows, estimate);
        w->shown_ns = now;
    }
    return !is_stopped();
}

/* --- import --- */

static bool read_options(const struct arguments *args, struct import_options *o, struct fault *f)
{
    const char *kind = args->option[OPTION_AS];
    o->path = args->positional[1];
    o->sheet = args->option[OPTION_SHEET];
    o->crs = args->option[OPTION_CRS];
    o->mapping_path = args->option[OPTION_MAPPING];
    o->source_name = args->option[OPTION_SOURCE_NAME];
    o->source_date = args->option[OPTION_SOURCE_DATE];
    o->licence = args->option[OPTION_LICENCE];
    o->report_path = args->option[OPTION_REPORT];
    o->dry_run = args->option[OPTION_DRY_RUN] != NULL;
    o->explain = args->option[OPTION_EXPLAIN] != NULL;
    o->who = "cli";
    if (kind && import_kind_find(slice_of(kind), &o->kind))
        return true;
    return fault_set(f, FAULT_USAGE, "import", kind ? "không có loại danh sách \"%s\"" : "cần --as LOẠI%s",
                     kind ? kind : "");
}

static void print_buf(FILE *to, const struct buf *text)
{
    fwrite(text->p ? text->p : "", 1, text->n, to);
}

static void print_summary(const struct import_summary *sum, const struct arguments *args)
{
    struct buf out = {0};
    if (args->option[OPTION_JSON]) {
        import_summary_json(sum, &out);
        buf_char(&out, '\n');
    } else {
        import_summary_text(sum, &out);
    }
    print_buf(stdout, &out);
    buf_release(&out);
    if (sum->rejected + sum->review > 0 && !args->option[OPTION_REPORT])
        fprintf(stderr,
                "Có dòng bị loại hoặc chờ xem xét; thêm --report TỆP.xlsx để xem từng dòng và cách sửa.\n");
}

static bool run_import(const struct arguments *args, struct import_summary *sum, struct buf *explanation,
                       struct fault *f)
{
    struct watch watch = {.shows = isatty(STDERR_FILENO), .started_ns = clock_monotonic_ns()};
    struct import_options o = {.progress = on_progress, .progress_context = &watch};
    struct store *s = NULL;
    sigset_t before;
    if (!read_options(args, &o, f) || !command_open(&s, args, STORE_WRITE, f))
        return false;
    hold_signals(&before);
    bool ok = import_file(s, &o, sum, o.explain ? explanation : NULL, f);
    store_close(s);
    if (watch.shows)
        fprintf(stderr, "\r%60s\r", "");
    if (!ok && f->code == FAULT_INTERRUPTED) { /* the signal has done its work */
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return ok;
}

enum { EXIT_ROWS_LEFT = 3 };

int command_import(const struct arguments *args)
{
    struct fault f = {0};
    struct import_summary sum = {0};
    struct buf explanation = {0};
    bool ok = run_import(args, &sum, &explanation, &f);
    print_buf(args->option[OPTION_JSON] ? stderr : stdout, &explanation);
    buf_release(&explanation);
    if (!ok)
        return command_failed(&f);
    print_summary(&sum, args);
    return sum.rejected + sum.review > 0 ? EXIT_ROWS_LEFT : 0;
}

/* --- undo --- */

int command_undo(const struct arguments *args)
{
    struct fault f = {0};
    struct store *s = NULL;
    struct import_summary sum = {0};
    int64_t batch = 0;
    bool ok = slice_to_int(slice_of(args->positional[1]), &batch) ||
              fault_set(&f, FAULT_USAGE, "undo", "số lần nhập \"%s\"", args->positional[1]);
    ok = ok && command_open(&s, args, STORE_WRITE, &f) && import_undo(s, batch, "cli", &sum, &f);
    store_close(s);
    if (!ok)
        return command_failed(&f);
    if (args->option[OPTION_JSON]) {
        struct buf out = {0};
        import_summary_json(&sum, &out);
        buf_char(&out, '\n');
        print_buf(stdout, &out);
        buf_release(&out);
    } else {
        printf("Đã rút lại lần nhập %lld: %llu dòng đã thêm, %llu dòng đã cập nhật trở về như trước\n",
               (long long)batch, (unsigned long long)sum.added, (unsigned long long)sum.updated);
    }
    return 0;
}

int command_vet(const struct arguments *args)
{
    struct fault f = {0};
    return import_read_in_sandbox(args->positional[0], &f) ? 0 : command_failed(&f);
}

int command_picture(const struct arguments *args)
{
    struct fault f = {0};
    (void)args;
    return import_picture_in_sandbox(&f) ? 0 : command_failed(&f);
}
