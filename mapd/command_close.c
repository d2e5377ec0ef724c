/* close: closes a reporting period, or makes its next version and says what changed. */
#include "layers/indicators/indicators.h"
#include "mapd/mapd.h"

#include <stdio.h>

static void print_figures(const struct indicator_report *report)
{
    for (int i = 0; i < INDICATOR_COUNT; i++) {
        const struct indicator *n = &report->indicators[i];
        if (n->state != INDICATOR_NA)
            printf("  %-9s %lld/%lld%s\n", n->code, (long long)n->numerator, (long long)n->denominator,
                   !n->has_target ? ""
                   : n->met       ? " đạt"
                                  : " chưa đạt");
    }
}

static void print_closing(const struct period *p, const struct indicator_report *report,
                          const struct period_closing *c)
{
    printf("Đã chốt kỳ %s, bản %d: số liệu đúng tại ngày %02d/%02d/%04d, biết đến %s\n", p->name, c->version,
           p->last.day, p->last.month, p->last.year, c->known_at);
    if (c->is_provisional)
        puts("Kỳ chưa hết: đây là bản tạm, cần chốt bản sau khi hết kỳ.");
    print_figures(report);
    printf("Chính sách minh chứng %s; %d lần nhập làm nguồn; %lld mục minh chứng, SHA-256 ", report->policy,
           c->source_count, (long long)c->evidence_count);
    for (int i = 0; i < HASH_BYTES; i++)
        printf("%02x", c->evidence_hash[i]);
    putchar('\n');
}

/* The version before must still count to what it said. */
static bool print_difference(struct store *s, const struct period *p, int version, struct fault *f)
{
    struct arena a = {0};
    struct buf out = {0};
    int count = 0;
    struct period_figure *again = ARENA_ARRAY(&a, struct period_figure, INDICATOR_COUNT);
    bool ok = period_recount(s, p, version - 1, &a, again, &count, f) && period_diff(s, p, version, &out, f);
    if (ok)
        printf("\n%.*s", (int)out.n, out.p);
    buf_release(&out);
    arena_release(&a);
    return ok;
}

static bool run(const struct arguments *args, struct arena *a, struct fault *f)
{
    struct period_request r = {.who = "cli", .reason = args->option[OPTION_REASON]};
    struct indicator_report *report = ARENA_NEW(a, struct indicator_report);
    struct period_closing closing;
    struct store *s = NULL;
    if (!period_parse(slice_of(args->positional[1]), &r.period, f) || !command_open(&s, args, STORE_WRITE, f))
        return false;
    bool ok = period_close(s, &r, a, report, &closing, f);
    if (ok)
        print_closing(&r.period, report, &closing);
    ok = ok && (closing.version == 1 || print_difference(s, &r.period, closing.version, f));
    store_close(s);
    return ok;
}

int command_close(const struct arguments *args)
{
    struct arena a = {0};
    struct fault f = {0};
    bool ok = run(args, &a, &f);
    arena_release(&a);
    return ok ? 0 : command_failed(&f);
}
