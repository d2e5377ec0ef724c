/* project: coordinate systems; the one place that knows PROJ.
 *
 * Offices measure in VN-2000 (EPSG:5899 in Đà Nẵng), maps speak WGS84. Law: axes are always east then north
 * here, whatever the register says; accuracy is that of PROJ's own transformation, and a code known to be
 * wrong is refused by number. */
#include "layers/layers.h"

#include <math.h>
#include <proj.h>
#include <stdio.h>
#include <stdlib.h>

/* PROJ's part: reading its register takes 40 ms, which most lists (typed in degrees) never need. */
struct machine {
    PJ_CONTEXT *context;
    PJ *pj; /* from WGS84 degrees to the system, axes normalised; NULL: not made yet */
};

struct projection {
    struct machine *machine;
    int epsg;
    bool is_degrees, is_north_first;
};

enum { OUR_METRES = 5899 }; /* known without asking: metres, easting first in the register */

static bool read_epsg(const char *crs, int *epsg)
{
    struct slice text = slice_trim(slice_of(crs));
    int64_t code;
    if (text.n > 5 && slice_equal_ignoring_case((struct slice){text.p, 5}, SLICE("EPSG:"))) {
        text = (struct slice){text.p + 5, text.n - 5};
    }
    if (!slice_to_int(text, &code) || code < 1024 || code > 32767) {
        return false;
    }
    *epsg = (int)code;
    return true;
}

static bool refuse_known_wrong(int epsg, struct fault *f)
{
    if (epsg == 6959) {
        return fault_set(f, FAULT_BAD_PARAMETER, "crs",
                         "EPSG:6959 đã bị huỷ (đảo hai trục); hãy dùng EPSG:5899");
    }
    return true;
}

static bool first_axis_is_north(PJ_CONTEXT *context, const char *code)
{
    PJ *crs = proj_create(context, code), *system = crs ? proj_crs_get_coordinate_system(context, crs) : NULL;
    const char *direction = NULL;
    bool known =
        system && proj_cs_get_axis_info(context, system, 0, NULL, NULL, &direction, NULL, NULL, NULL, NULL);
    bool is_north = known && direction && slice_equal(slice_of(direction), SLICE("north"));
    proj_destroy(system);
    proj_destroy(crs);
    return is_north;
}

static PJ *machine_of(const struct projection *p)
{
    struct machine *m = p->machine;
    char code[24];
    if (m->pj)
        return m->pj;
    snprintf(code, sizeof code, "EPSG:%d", p->epsg);
    if (!m->context)
        m->context = proj_context_create();
    proj_log_level(m->context, PJ_LOG_NONE);
    PJ *raw = proj_create_crs_to_crs(m->context, "EPSG:4326", code, NULL);
    m->pj = raw ? proj_normalize_for_visualization(m->context, raw) : NULL;
    proj_destroy(raw);
    return m->pj;
}

static bool ask_register(struct projection *p, struct fault *f)
{
    char code[24];
    snprintf(code, sizeof code, "EPSG:%d", p->epsg);
    if (!machine_of(p)) {
        return fault_set(f, FAULT_BAD_PARAMETER, "crs", "không biết hệ toạ độ \"%s\"", code);
    }
    PJ *crs = proj_create(p->machine->context, code);
    PJ_TYPE type = crs ? proj_get_type(crs) : PJ_TYPE_UNKNOWN;
    p->is_degrees = type == PJ_TYPE_GEOGRAPHIC_2D_CRS || type == PJ_TYPE_GEOGRAPHIC_3D_CRS;
    proj_destroy(crs);
    p->is_north_first = first_axis_is_north(p->machine->context, code);
    return true;
}

bool projection_open(struct projection **out, const char *crs, struct fault *f)
{
    int epsg = 0;
    if (!read_epsg(crs, &epsg)) {
        return fault_set(f, FAULT_BAD_PARAMETER, "crs", "\"%.40s\" không phải mã EPSG", crs);
    }
    if (!refuse_known_wrong(epsg, f)) {
        return false;
    }
    struct projection *p = calloc(1, sizeof *p);
    struct machine *machine = calloc(1, sizeof *machine);
    if (!p || !machine) {
        free(p);
        free(machine);
        return fault_set(f, FAULT_INTERNAL, "crs", "hết bộ nhớ");
    }
    *p = (struct projection){.machine = machine, .epsg = epsg};
    if (epsg != OUR_METRES && !ask_register(p, f)) {
        projection_close(p);
        return false;
    }
    *out = p;
    return true;
}

void projection_close(struct projection *p)
{
    if (p) {
        proj_destroy(p->machine->pj);
        if (p->machine->context)
            proj_context_destroy(p->machine->context);
        free(p->machine);
        free(p);
    }
}

int projection_epsg(const struct projection *p)
{
    return p->epsg;
}

bool projection_is_degrees(const struct projection *p)
{
    return p->is_degrees;
}

bool projection_is_north_first(const struct projection *p)
{
    return p->is_north_first;
}

bool projection_to_lonlat(const struct projection *p, double east, double north, struct lonlat *out)
{
    PJ *pj = machine_of(p);
    PJ_COORD c =
        pj ? proj_trans(pj, PJ_INV, proj_coord(east, north, 0, 0)) : proj_coord(HUGE_VAL, HUGE_VAL, 0, 0);
    *out = (struct lonlat){c.xy.x, c.xy.y};
    return isfinite(c.xy.x) && isfinite(c.xy.y);
}

bool projection_from_lonlat(const struct projection *p, struct lonlat at, double *east, double *north)
{
    PJ *pj = machine_of(p);
    PJ_COORD c =
        pj ? proj_trans(pj, PJ_FWD, proj_coord(at.lon, at.lat, 0, 0)) : proj_coord(HUGE_VAL, HUGE_VAL, 0, 0);
    *east = c.xy.x;
    *north = c.xy.y;
    return isfinite(c.xy.x) && isfinite(c.xy.y);
}
