/* The plan itself, as tables: every business, every member, every piece of evidence, and what the date of its
 * list is. Whoever wants to count something independently counts it from here; nothing here is counted. */
#include "lists.h"
#include "pilot.h"
#include "text.h"

static const int LIST_DAY[3] = {2026, 10,
                                31}; /* "Số liệu đến ngày 31/10/2026" of the lists with a letterhead */

static FILE *open_plain(const struct office *o, const char *name, const char *head)
{
    char path[512];
    put(path, sizeof path, "%s/truth/%s.tsv", o->folder, name);
    FILE *file = fopen(path, "w");
    if (file)
        fprintf(file, "%s\n", head);
    return file;
}

static void write_place(FILE *file, const struct ward *w, int n)
{
    static const char *const list[LISTS] = {[LIST_HOUSEHOLDS] = "households",
                                            [LIST_ENTERPRISES] = "enterprises",
                                            [LIST_SURVEY] = "survey",
                                            [LIST_TCVN3] = "old",
                                            [LIST_CP1258] = "old",
                                            [LIST_UTF16] = "old",
                                            [LIST_STALLS] = "stalls",
                                            [LIST_FOOD] = "food"};
    static const char *const kind[] = {"enterprise", "branch", "household", "cooperative"};
    static const char *const status[] = {"active", "suspended", "ceased", "vacant"};
    const struct place *p = &w->place[n];
    const struct stall *s = p->stall >= 0 ? &w->stall[p->stall] : NULL;
    fprintf(file, "%d\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\t%d\n", n, list[p->list], p->ref,
            kind[p->kind], status[p->status], s ? market_code(s->market) : "", p->stored, p->spoiled,
            (p->flags & HAS_PLATFORM) != 0, (p->flags & HAS_ACCOUNT) != 0, s ? p->owner : "",
            TRADES[p->trade].code, p->elsewhere);
}

static bool write_places(const struct office *o)
{
    FILE *file = open_plain(o, "places",
                            "place\tlist\tref\tkind\tstatus\tmarket\tstored\tspoiled\tplatform\taccount\ttrad"
                            "er\tindustry\telsewhere");
    for (int n = 0; file && n < o->ward->places; n++)
        write_place(file, o->ward, n);
    return file && fclose(file) == 0;
}

static bool write_members(const struct office *o, const struct pilot_book *b)
{
    FILE *file = open_plain(o, "members", "member\tpilot\tplace\tjoined\tleft");
    for (int n = 0; file && n < b->members; n++) {
        char joined[16], left[16] = "";
        date_text(b->member[n].joined, "y-m-d", joined);
        if (b->member[n].left)
            date_text(b->member[n].left, "y-m-d", left);
        fprintf(file, "%d\t%s\t%d\t%s\t%s\n", n, pilot_code(b->member[n].pilot), b->member[n].place, joined,
                left);
    }
    return file && fclose(file) == 0;
}

static bool write_evidence(const struct office *o, const struct pilot_book *b)
{
    static const char *const state[STATES] = {"draft",    "submitted", "verified",
                                              "disputed", "rejected",  "withdrawn"};
    FILE *file = open_plain(o, "evidence", "place\tclass\tday\tstate\tpassed");
    for (int n = 0; file && n < b->evidences; n++) {
        const struct evidence *e = &b->evidence[n];
        char day[16];
        date_text(e->day, "y-m-d", day);
        fprintf(file, "%d\tE%d\t%s\t%s\t%d\n", b->member[e->member].place, e->class, day, state[e->state],
                e->passed);
    }
    return file && fclose(file) == 0;
}

static bool write_lists(const struct office *o)
{
    char day[16];
    FILE *file = open_plain(o, "lists", "list\tdated_on");
    date_text(date_make(LIST_DAY[0], LIST_DAY[1], LIST_DAY[2]), "y-m-d", day);
    if (file)
        fprintf(file, "households\t%s\nstalls\t%s\nenterprises\t\nsurvey\t\nold\t\nfood\t\n", day, day);
    return file && fclose(file) == 0;
}

bool truth_plain(const struct office *o, const struct pilot_book *b)
{
    bool fine = write_places(o);
    fine = write_members(o, b) && fine;
    fine = write_evidence(o, b) && fine;
    return write_lists(o) && fine;
}
