/* Every cleaner on any cell: the first byte chooses the cleaner, the second the kind of cell. */
#include "import/clean.h"

#include <stdlib.h>
#include <string.h>

static void clean_words(int which, const struct cell *c, struct fault *f)
{
    const char *word;
    switch (which) {
    case 0: clean_kind(c, &word, f); break;
    case 1: clean_status(c, &word, f); break;
    case 2: clean_stall_kind(c, &word, f); break;
    case 3: clean_pilot_type(c, &word, f); break;
    case 4: clean_evidence_class(c, &word, f); break;
    case 5: clean_method(c, &word, f); break;
    case 6: clean_evidence_state(c, &word, f); break;
    default: clean_result(c, &word, f);
    }
}

static void clean_place(const struct cell *c, struct lonlat *at, struct fault *f)
{
    static struct projection *vn2000; /* opened once: it costs more than the cell */
    if (!vn2000 && !projection_open(&vn2000, "EPSG:5899", f))
        abort();
    const struct cell *const pair[2] = {c, c};
    bool swapped;
    clean_position(vn2000, pair, at, &swapped, f);
    clean_coordinates(vn2000, c, at, f);
}

static void clean_values(int which, const struct cell *c, struct arena *a, struct fault *f)
{
    struct date date;
    struct slice text;
    struct lonlat at;
    bool yes;
    double real;
    switch (which) {
    case 8: clean_date(c, &date, f); break;
    case 9: clean_yes_no(c, &yes, f); break;
    case 10: clean_text(c, a, &text); break;
    case 11: clean_name(c, a, &text); break;
    case 12: clean_phone(c, a, &text, f); break;
    case 13:
        if (clean_identity(c, a, &text, f) == CLEAN_OK)
            identity_remark(text, (struct date){2026, 11, 22});
        break;
    case 14: clean_stall_number(c, a, &text, f); break;
    case 15: clean_real(c, &real, f); break;
    case 16: clean_house_number(c, a, &text, f); break;
    case 17: clean_platform(c, &yes, f); break;
    default: clean_place(c, &at, f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct cell cell = {.kind = (enum cell_kind)(data[1] % (CELL_ERROR + 1)),
                        .text = {(const char *)data + 2, size - 2}};
    if (size >= 10)
        memcpy(&cell.number, data + 2, sizeof cell.number);
    struct arena a = {0};
    struct fault f = {0};
    cell.flags = data[1] / (CELL_ERROR + 1);
    int which = data[0] % 19;
    if (which < 8)
        clean_words(which, &cell, &f);
    else
        clean_values(which, &cell, &a, &f);
    arena_release(&a);
    return 0;
}
