/* report: all numbers of one day, the two stages they complete or block, the scores they earn. One read of
 * the file: a transaction keeps an import that commits meanwhile out of half of the figures.
 *
 * Law: a stage is complete when every one of its indicators meets its target on the same day and a signed
 * acceptance stands in the policy; na blocks, unless a policy with a decision says the indicator does not
 * apply. */
#include "layers/indicators/query.h"

#include <string.h>

static bool belongs_to_stage(const struct indicator *i, int stage)
{
    return i->code[0] == 'S' && i->code[1] == (char)('0' + stage);
}

/* "not_applicable.S2.3a" with a decision takes an indicator out of its stage. */
static bool is_waived(struct store *s, struct date day, const char *code, struct arena *a)
{
    const char *decision = NULL, *key = arena_format(a, "not_applicable.%s", code);
    const char *value = policy_text(s, day, key, a, &decision);
    return value && decision && strcmp(value, "1") == 0;
}

static bool is_accepted(struct store *s, struct date day, int stage, struct arena *a)
{
    const char *decision = NULL;
    const char *value = policy_text(s, day, arena_format(a, "stage%d.accepted", stage), a, &decision);
    return value && decision && strcmp(value, "1") == 0;
}

static void stage_fill(struct store *s, struct arena *a, struct indicator_report *report, int number)
{
    struct indicator_stage *stage = &report->stages[number - 1];
    *stage = (struct indicator_stage){.number = number, .accepted = is_accepted(s, report->as_of, number, a)};
    if (number > 1) { /* stage 2 needs stage 1 to hold still */
        const struct indicator_stage *before = &report->stages[number - 2];
        memcpy(stage->blocking, before->blocking, sizeof stage->blocking);
        stage->blocking_count = before->blocking_count;
        stage->accepted = stage->accepted && before->accepted;
    }
    for (int i = 0; i < INDICATOR_COUNT; i++) {
        const struct indicator *one = &report->indicators[i];
        if (belongs_to_stage(one, number) && !one->met && !is_waived(s, report->as_of, one->code, a))
            stage->blocking[stage->blocking_count++] = one->code;
    }
    stage->complete = stage->accepted && stage->blocking_count == 0;
}

static bool report_fill(struct store *s, const struct indicator_request *r, struct arena *a,
                        struct indicator_report *out, struct fault *f)
{
    struct basis b;
    if (!basis_make(s, r, a, &b, f))
        return false;
    out->as_of = r->as_of;
    out->known_at = r->known_at;
    out->policy = b.reading;
    out->revision = store_revision(s);
    for (int i = 0; i < INDICATOR_COUNT; i++) {
        out->indicators[i].id = (enum indicator_id)i;
        if (!indicator_on_basis(s, &b, a, &out->indicators[i], f))
            return false;
    }
    for (int number = 1; number <= INDICATOR_STAGES; number++)
        stage_fill(s, a, out, number);
    return scores_compute(s, &b, a, out, f);
}

bool indicators_report(struct store *s, const struct indicator_request *r, struct arena *a,
                       struct indicator_report *out, struct fault *f)
{
    bool alone = sqlite3_get_autocommit(store_handle(s)) != 0;
    if (alone && !store_run(s, "BEGIN", f))
        return false;
    bool ok = report_fill(s, r, a, out, f);
    if (alone)
        store_rollback(s);
    return ok;
}

typedef void report_writer(const struct indicator_report *report, struct buf *out);

static bool write_report(struct store *s, const struct indicator_request *r, report_writer *write,
                         struct buf *out, struct fault *f)
{
    struct arena a = {0};
    struct indicator_report *report = ARENA_NEW(&a, struct indicator_report);
    bool ok = indicators_report(s, r, &a, report, f);
    if (ok)
        write(report, out);
    arena_release(&a);
    return ok;
}

bool indicators_json(struct store *s, const struct indicator_request *r, struct buf *out, struct fault *f)
{
    return write_report(s, r, indicators_report_json, out, f);
}

bool indicators_csv(struct store *s, const struct indicator_request *r, struct buf *out, struct fault *f)
{
    return write_report(s, r, indicators_report_csv, out, f);
}

bool indicators_html(struct store *s, const struct indicator_request *r, struct buf *out, struct fault *f)
{
    return write_report(s, r, indicators_report_html, out, f);
}
