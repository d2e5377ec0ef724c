/* mapd_sample OUTDIR [SEED]: writes the sample ward, what its office would hand over, and the truth about it.
 */
#include "lists.h"

#include <stdlib.h>
#include <sys/stat.h>

static bool make_folders(const char *folder)
{
    static const char *const under[] = {"", "/base", "/office", "/truth"};
    char path[512];
    for (int k = 0; k < 4; k++) {
        struct stat about;
        put(path, sizeof path, "%s%s", folder, under[k]);
        mkdir(path, 0777);
        if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
            return false;
    }
    return true;
}

/* Import order matters: what a later list refers to must be there. */
bool list_manifest(const struct office *o)
{
    static const char *const lines[] = {
        "wards\tbase/wards.geojson\t",
        "residential-groups\tbase/residential_groups.geojson\t",
        "base\tbase/water.geojson\t",
        "base\tbase/green.geojson\t",
        "base\tbase/roads.geojson\t",
        "industries\tbase/industries.csv\t",
        "streets\tbase/streets.geojson\t",
        "addresses\tbase/addresses.csv\t",
        "markets\toffice/cho.csv\t",
        "stall-plans\tbase/stall_plans.geojson\t",
        "stalls\toffice/quay_sap_cho_mau.xlsx\t",
        "stalls\toffice/quay_sap_cho_hoa_mau.xlsx\t",
        "establishments\toffice/ho_kinh_doanh.xlsx\t",
        "establishments\toffice/doanh_nghiep.csv\t",
        "establishments\toffice/khao_sat.xlsx\t",
        "establishments\toffice/to_37_tcvn3.xlsx\t",
        "establishments\toffice/to_35_cp1258.csv\t",
        "establishments\toffice/to_36_utf16.csv\t",
        "food-safety\toffice/attp_giay_chung_nhan.xlsx\t",
        "food-safety\toffice/attp_cam_ket.csv\t",
        "pilots\toffice/mo_hinh_diem.xlsx\t",
        "payments\toffice/minh_chung.csv\t",
    };
    char path[512];
    put(path, sizeof path, "%s/manifest.tsv", o->folder);
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++)
        fprintf(file, "%s\n", lines[k]);
    return fclose(file) == 0;
}

static void tell_private(const struct office *o)
{
    for (int k = 0; k < o->ward->places; k++) {
        const struct place *p = &o->ward->place[k];
        if (!(p->flags & NAMED_AFTER_OWNER))
            truth_public_name(o->truth, p->name);
        truth_private(o->truth, "owner", p->owner);
        truth_private(o->truth, "phone", p->phone);
        if (p->kind == HOUSEHOLD)
            truth_private(o->truth, "id", p->id);
    }
}

/* Active businesses with an account or a platform, as their lists say. */
static void tell_flags(const struct office *o)
{
    int households = 0, accounts = 0, firms = 0, platforms = 0;
    for (int k = 0; k < o->ward->places; k++) {
        const struct place *p = &o->ward->place[k];
        bool asked = p->list == LIST_HOUSEHOLDS || p->list == LIST_ENTERPRISES || p->list == LIST_SURVEY;
        if (!p->stored || p->status != ACTIVE || p->list == LIST_STALLS)
            continue;
        households += p->kind == HOUSEHOLD;
        firms += p->kind != HOUSEHOLD;
        accounts += asked && p->kind == HOUSEHOLD && p->flags & HAS_ACCOUNT;
        platforms += asked && p->flags & HAS_PLATFORM;
    }
    truth_count(o->truth, "active_households_outside_markets", households);
    truth_count(o->truth, "active_households_outside_markets_with_account", accounts);
    truth_count(o->truth, "active_enterprises_branches_cooperatives", firms);
    truth_count(o->truth, "active_outside_markets_with_platform", platforms);
}

static bool write_all(const struct office *o)
{
    ward_lay_streets(o->ward);
    ward_build_houses(o->ward, o->seed);
    ward_build_markets(o->ward);
    ward_settle_places(o->ward, o->seed);
    bool fine = base_write(o->ward, o->folder) && industries_write(o->folder) && list_markets(o) &&
                list_stalls(o) && list_establishments(o) && list_food(o) && list_pilots(o) &&
                list_manifest(o);
    tell_private(o);
    tell_flags(o);
    return fine;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: mapd_sample OUTDIR [SEED]\n");
        return 2;
    }
    struct office o = {.folder = argv[1], .seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1};
    if (!make_folders(o.folder)) {
        fprintf(stderr, "cannot make the folder '%s'\n", o.folder);
        return 1;
    }
    o.ward = calloc(1, sizeof *o.ward);
    o.truth = truth_open(o.folder);
    bool fine = o.ward && o.truth && write_all(&o);
    if (o.truth)
        truth_defects(o.truth, stdout);
    fine = o.truth && o.ward && truth_close(o.truth, o.ward) && fine;
    free(o.ward);
    if (!fine)
        fprintf(stderr, "cannot write every file under '%s'\n", o.folder);
    return fine ? 0 : 1;
}
