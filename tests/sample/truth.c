/* The truth files: what each row is, what must become of it, what was planted in it, and what is nobody
 * else's business.
 */
#include "book.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_DEFECTS = 160, MAX_FILES = 32, MAX_COUNTS = 256, MAX_NAMES = 12000 };

struct tally {
    char name[64];
    int number;
};
struct truth {
    char folder[400];
    FILE *rows, *files_list, *values;
    struct tally defect[MAX_DEFECTS], file[MAX_FILES], count[MAX_COUNTS], private[2 * MAX_NAMES];
    int defects, files, counts, privates, planted;
    char (*public_name)[128];
    int public_names;
};

static void tally_add(struct tally *list, int *n, int most, const char *name)
{
    for (int k = 0; k < *n; k++)
        if (strcmp(list[k].name, name) == 0) {
            list[k].number++;
            return;
        }
    if (*n == most)
        return;
    put(list[*n].name, sizeof list[*n].name, "%s", name);
    list[(*n)++].number = 1;
}

static FILE *open_truth(const char *folder, const char *name)
{
    char path[512];
    put(path, sizeof path, "%s/truth/%s", folder, name);
    return fopen(path, "w");
}

struct truth *truth_open(const char *folder)
{
    struct truth *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    put(t->folder, sizeof t->folder, "%s", folder);
    t->public_name = calloc(MAX_NAMES * 2, sizeof *t->public_name);
    t->rows = open_truth(folder, "rows.tsv");
    t->files_list = open_truth(folder, "files.tsv");
    t->values = open_truth(folder, "values.tsv");
    if (!t->rows || !t->files_list || !t->values || !t->public_name)
        return NULL;
    fprintf(t->values, "file\trow\tfield\tvalue\n");
    fprintf(t->files_list, "file\ttrap\n");
    fprintf(t->rows, "file\tsheet\trow\tkind\tref\tname\tverdict\tlon\tlat\tclass\tdefects\tverdict_also\n");
    return t;
}

void note_defect(struct row *r, const char *name)
{
    put_more(r->note.defects, sizeof r->note.defects, "%s%s", r->note.defects[0] ? "," : "", name);
}

static const char *position_name(const struct note *n)
{
    static const char *const names[POSITIONS + 1] = {"gps",          "stall_plan", "house_number",
                                                     "interpolated", "street",     "residential_group",
                                                     "area",         "none",       ""};
    return names[n->best];
}

static const char *verdict_name(enum verdict v)
{
    static const char *const names[VERDICTS] = {"added", "review", "rejected", "unchanged", "updated"};
    return names[v];
}

static void count_defects(struct truth *t, const char *list)
{
    char copy[160];
    put(copy, sizeof copy, "%s", list);
    for (char *at = copy; *at;) {
        size_t n = strcspn(at, ",");
        bool more = at[n] == ',';
        at[n] = 0;
        tally_add(t->defect, &t->defects, MAX_DEFECTS, at);
        t->planted++;
        at += n + more;
    }
}

void truth_row(struct truth *t, const struct row_place *at, const struct row *r)
{
    char count[64];
    fprintf(t->rows, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t", at->file, at->sheet, at->row, at->kind,
            r->cell[F_REF].kind == WORDS ? r->cell[F_REF].text : "", r->note.name,
            verdict_name(r->note.verdict));
    if (r->note.has_place)
        fprintf(t->rows, "%.7f\t%.7f", r->note.at.lon, r->note.at.lat);
    else
        fputc('\t', t->rows);
    fprintf(t->rows, "\t%s\t%s\t%s\n", position_name(&r->note), r->note.defects,
            r->note.also ? r->note.also : "");
    values_row(t->values, at, r);
    tally_add(t->file, &t->files, MAX_FILES, at->file);
    put(count, sizeof count, "verdict:%s:%s", at->file, verdict_name(r->note.verdict));
    tally_add(t->count, &t->counts, MAX_COUNTS, count);
    put(count, sizeof count, "class:%s:%s", at->kind, position_name(&r->note));
    if (r->note.best < POSITIONS)
        tally_add(t->count, &t->counts, MAX_COUNTS, count);
    count_defects(t, r->note.defects);
}

void truth_count(struct truth *t, const char *what, int number)
{
    if (t->counts == MAX_COUNTS)
        return;
    put(t->count[t->counts].name, sizeof t->count[0].name, "%s", what);
    t->count[t->counts++].number = number;
}

void truth_trap(struct truth *t, const char *file, const char *trap)
{
    fprintf(t->files_list, "%s\t%s\n", file, trap);
}

void truth_private(struct truth *t, const char *kind, const char *value)
{
    if (t->privates == 2 * MAX_NAMES || !*value)
        return;
    put(t->private[t->privates].name, sizeof t->private[0].name, "%s\t%s", kind, value);
    t->privates++;
}

void truth_public_name(struct truth *t, const char *name)
{
    if (t->public_names < 2 * MAX_NAMES)
        put(t->public_name[t->public_names++], 128, "%s", name);
}

static bool is_public(const struct truth *t, const char *value)
{
    for (int k = 0; k < t->public_names; k++)
        if (strstr(t->public_name[k], value))
            return true;
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct tally *)a)->name, ((const struct tally *)b)->name);
}

static bool write_private(struct truth *t)
{
    FILE *file = open_truth(t->folder, "private.tsv");
    if (!file)
        return false;
    fprintf(file, "kind\tvalue\n");
    qsort(t->private, (size_t)t->privates, sizeof *t->private, by_text);
    for (int k = 0; k < t->privates; k++) {
        const char *value = strchr(t->private[k].name, '\t') + 1;
        bool again = k > 0 && strcmp(t->private[k].name, t->private[k - 1].name) == 0;
        if (!again && !is_public(t, value))
            fprintf(file, "%s\n", t->private[k].name);
    }
    return fclose(file) == 0;
}

static bool write_tally(const struct truth *t, const char *name, const char *head, const struct tally *list)
{
    FILE *file = open_truth(t->folder, name);
    int n = list == t->defect ? t->defects : list == t->file ? t->files : t->counts;
    if (!file)
        return false;
    fprintf(file, "%s\n", head);
    for (int k = 0; k < n; k++)
        fprintf(file, "%s\t%d\n", list[k].name, list[k].number);
    return fclose(file) == 0;
}

int truth_defects(const struct truth *t, FILE *summary)
{
    fprintf(summary, "%d planted defects of %d kinds\n", t->planted, t->defects);
    for (int k = 0; k < t->files; k++)
        fprintf(summary, "%6d rows  %s\n", t->file[k].number, t->file[k].name);
    return t->planted;
}

bool truth_close(struct truth *t, const struct ward *w)
{
    truth_count(t, "streets", w->streets);
    truth_count(t, "alleys", w->alleys);
    truth_count(t, "houses", w->houses);
    truth_count(t, "stalls", w->stalls);
    bool fine = fclose(t->rows) == 0 && fclose(t->files_list) == 0 && fclose(t->values) == 0 &&
                write_tally(t, "defects.tsv", "kind\tcount", t->defect) &&
                write_tally(t, "totals.tsv", "file\trows", t->file) &&
                write_tally(t, "counts.tsv", "what\tcount", t->count) && write_private(t);
    free(t->public_name);
    free(t);
    return fine;
}
