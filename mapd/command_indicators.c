/* indicators: prints the numbers of one day. JSON with --json, files with --csv, --xlsx and --html, else a
 * table. */
#include "layers/indicators/indicators.h"
#include "mapd/mapd.h"

#include <stdio.h>
#include <string.h>

static bool day_option(const struct arguments *args, enum option_id option, struct date *day, struct fault *f)
{
    const char *text = args->option[option];
    if (!text)
        return true;
    return date_parse_iso(slice_of(text), day) ||
           fault_set(f, FAULT_BAD_PARAMETER, option == OPTION_AS_OF ? "--as-of" : "--known-at",
                     "\"%s\" không phải ngày dạng NĂM-THÁNG-NGÀY", text);
}

static bool make_request(const struct arguments *args, struct indicator_request *r, struct fault *f)
{
    struct date known;
    r->as_of = date_today();
    r->known_at = args->option[OPTION_KNOWN_AT];
    return day_option(args, OPTION_AS_OF, &r->as_of, f) && day_option(args, OPTION_KNOWN_AT, &known, f);
}

static bool write_file(const char *path, const struct indicator_report *report,
                       void (*write)(const struct indicator_report *, struct buf *), struct fault *f)
{
    struct buf out = {0};
    if (!path)
        return true;
    write(report, &out);
    bool ok = file_write(path, buf_to_slice(&out), f);
    buf_release(&out);
    return ok;
}

static void print_report(const struct arguments *args, const struct indicator_report *report)
{
    struct buf out = {0};
    bool wants_files = args->option[OPTION_CSV] || args->option[OPTION_XLSX] || args->option[OPTION_HTML];
    if (args->option[OPTION_JSON])
        indicators_report_json(report, &out);
    else if (!wants_files)
        indicators_report_table(report, &out);
    fwrite(out.n ? out.p : "", 1, out.n, stdout);
    buf_release(&out);
}

static bool run(const struct arguments *args, struct arena *a, struct fault *f)
{
    struct indicator_request request = {0};
    struct indicator_report *report = ARENA_NEW(a, struct indicator_report);
    struct store *s = NULL;
    if (!make_request(args, &request, f) || !command_open(&s, args, STORE_READ, f))
        return false;
    bool ok = indicators_report(s, &request, a, report, f) &&
              write_file(args->option[OPTION_CSV], report, indicators_report_csv, f) &&
              write_file(args->option[OPTION_HTML], report, indicators_report_html, f) &&
              (!args->option[OPTION_XLSX] || indicators_xlsx(s, &request, args->option[OPTION_XLSX], f));
    if (ok)
        print_report(args, report);
    store_close(s);
    return ok;
}

int command_indicators(const struct arguments *args)
{
    struct arena a = {0};
    struct fault f = {0};
    bool ok = run(args, &a, &f);
    arena_release(&a);
    return ok ? 0 : command_failed(&f);
}
