/* report: the report of a period as a page and as a PDF, from its closing or, while it is open, as it stands.
 * Each writing is a use of the service for the office's work (S2.4). */
#include "layers/indicators/indicators.h"
#include "mapd/mapd.h"
#include "mapd/quarterly.h"

#include <stdio.h>

static bool note_use(struct store *s, struct fault *f)
{
    bool ok = store_begin(s, f) && service_use_add(s, SERVICE_USE_REPORT, 1, f) && store_commit_quietly(s, f);
    if (!ok)
        store_rollback(s);
    return ok;
}

static bool write_out(const struct arguments *args, const struct document *d, struct fault *f)
{
    const char *html = args->option[OPTION_HTML], *pdf = args->option[OPTION_PDF];
    struct buf page = {0};
    int pages = 0;
    bool ok = true;
    document_html(d, &page);
    if (html)
        ok = file_write(html, buf_to_slice(&page), f);
    else if (!pdf)
        fwrite(page.p, 1, page.n, stdout);
    buf_release(&page);
    ok = ok && (!pdf || document_pdf(d, pdf, &pages, f));
    if (ok && pdf)
        printf("%s: %d trang\n", pdf, pages);
    return ok;
}

static bool run(const struct arguments *args, struct arena *a, struct fault *f)
{
    struct period period;
    struct period_document *p = ARENA_NEW(a, struct period_document);
    struct store *s = NULL;
    if (!period_parse(slice_of(args->positional[1]), &period, f) || !command_open(&s, args, STORE_WRITE, f))
        return false;
    const char *ward = store_meta(s, a, "ward_name");
    struct document d = {.arena = a,
                         .office = arena_format(a, "UBND %s", ward ? ward : ""),
                         .title = arena_format(a, "Báo cáo %s", period.name),
                         .is_sample = store_meta(s, a, "sample") != NULL};
    struct quarterly_words words = {args->option[OPTION_CAUSES], args->option[OPTION_SOLUTIONS]};
    bool ok = period_read(s, &period, 0, a, p, f);
    if (ok)
        quarterly_write(&d, p, &words);
    ok = ok && write_out(args, &d, f) && note_use(s, f);
    store_close(s);
    return ok;
}

int command_report(const struct arguments *args)
{
    struct arena a = {0};
    struct fault f = {0};
    bool ok = run(args, &a, &f);
    arena_release(&a);
    return ok ? 0 : command_failed(&f);
}
