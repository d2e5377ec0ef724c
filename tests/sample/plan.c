/* The plan of the ward: blocks, residential groups, what is open land, and the one bend from plan to earth.
 * The VN-2000 formulas stand here a second time on purpose: the sample must not lean on the code it is to
 * test. */
#include "ward.h"

#include <math.h>

static const double LON0 = 108.2135, LAT0 = 16.0385;
static const double PI = 3.14159265358979323846;

struct lonlat plan_to_lonlat(struct point p)
{
    double x = p.u + 18 * sin(p.v / 310 + 0.6) + 10 * sin((p.u + p.v) / 270);
    double y = p.v + 16 * sin(p.u / 350) + 9 * sin((p.u - p.v) / 230 + 1);
    /* metres of one degree at 16.045 N on WGS84 */
    return (struct lonlat){LON0 + x / 107009.8, LAT0 + y / 110659.2};
}

struct point plan_along(struct point start, struct point heading, double t_m, double left_m)
{
    return (struct point){start.u + heading.u * t_m - heading.v * left_m,
                          start.v + heading.v * t_m + heading.u * left_m};
}

struct box plan_ward(void)
{
    return (struct box){-20, -20, 1640, 1420};
}

struct box plan_block(int i, int j)
{
    double u = ORIGIN + PITCH * i, v = ORIGIN + PITCH * j;
    return (struct box){u, v, u + PITCH, v + PITCH};
}

/* Ten columns and six rows tile the ward without gap: the last column holds the river bank. */
struct box plan_group(int group)
{
    struct box w = plan_ward();
    double du = (w.u1 - w.u0) / 10, dv = (w.v1 - w.v0) / 6;
    double u = w.u0 + du * (group % 10), v = w.v0 + dv * (group / 10);
    return (struct box){u, v, u + du, v + dv};
}

int plan_group_of(struct point p)
{
    struct box w = plan_ward();
    int column = (int)((p.u - w.u0) / ((w.u1 - w.u0) / 10));
    int row = (int)((p.v - w.v0) / ((w.v1 - w.v0) / 6));
    return row * 10 + column;
}

struct box plan_market(int market)
{
    struct box b = market == 0 ? plan_block(6, 4) : plan_block(9, 8);
    return (struct box){b.u0 + 16, b.v0 + 16, b.u1 - 16, b.v1 - 16};
}

bool plan_is_open(struct point p)
{
    static const int open[][2] = {{3, 6}, {4, 6}, {3, 7}, {8, 2}, {1, 1}, {6, 4}, {9, 8}};
    for (size_t k = 0; k < sizeof open / sizeof *open; k++) {
        struct box b = plan_block(open[k][0], open[k][1]);
        if (p.u > b.u0 && p.u < b.u1 && p.v > b.v0 && p.v < b.v1)
            return true;
    }
    return false;
}

struct point box_middle(struct box b)
{
    return (struct point){(b.u0 + b.u1) / 2, (b.v0 + b.v1) / 2};
}

/* ---- VN-2000 ---- */

static const double A = 6378137.0, F = 1 / 298.257223563;

struct vec {
    double x, y, z;
};

static struct vec to_earth(double lon, double lat)
{
    double e2 = F * (2 - F), n = A / sqrt(1 - e2 * sin(lat) * sin(lat));
    return (struct vec){n * cos(lat) * cos(lon), n * cos(lat) * sin(lon), n * (1 - e2) * sin(lat)};
}

/* The inverse of EPSG:6960 (coordinate frame). Rotations are so small that turning back by the same angles is
 * exact to less than a tenth of a millimetre. */
static struct vec wgs84_to_vn2000(struct vec p)
{
    const double second = PI / 180 / 3600;
    double rx = -0.00928836 * second, ry = 0.01975479 * second, rz = -0.00427372 * second;
    double x = (p.x + 191.90441429) / (1 + 0.252906278e-6);
    double y = (p.y + 39.30318279) / (1 + 0.252906278e-6);
    double z = (p.z + 111.45032835) / (1 + 0.252906278e-6);
    return (struct vec){x - rz * y + ry * z, rz * x + y - rx * z, -ry * x + rx * y + z};
}

static void to_geodetic(struct vec p, double *lon, double *lat)
{
    double e2 = F * (2 - F), r = hypot(p.x, p.y);
    *lon = atan2(p.y, p.x);
    *lat = atan2(p.z, r * (1 - e2));
    for (int k = 0; k < 6; k++) {
        double n = A / sqrt(1 - e2 * sin(*lat) * sin(*lat));
        double h = r / cos(*lat) - n;
        *lat = atan2(p.z, r * (1 - e2 * n / (n + h)));
    }
}

/* Krüger's series to the third power of the third flattening: far below a millimetre inside a three-degree
 * zone. */
static void mercator(double lon, double lat, double out[2])
{
    const double n = F / (2 - F), n2 = n * n, n3 = n2 * n;
    const double alpha[3] = {n / 2 - 2 * n2 / 3 + 5 * n3 / 16, 13 * n2 / 48 - 3 * n3 / 5, 61 * n3 / 240};
    const double radius = A / (1 + n) * (1 + n2 / 4 + n2 * n2 / 64);
    double s = 2 * sqrt(n) / (1 + n), l = lon - 107.75 * PI / 180;
    double t = sinh(atanh(sin(lat)) - s * atanh(s * sin(lat)));
    double xi = atan2(t, cos(l)), eta = atanh(sin(l) / sqrt(1 + t * t));
    double e = eta, north = xi;
    for (int k = 1; k <= 3; k++) {
        e += alpha[k - 1] * cos(2 * k * xi) * sinh(2 * k * eta);
        north += alpha[k - 1] * sin(2 * k * xi) * cosh(2 * k * eta);
    }
    out[0] = 500000 + 0.9999 * radius * e;
    out[1] = 0.9999 * radius * north;
}

void plan_vn2000(struct lonlat at, double out[2])
{
    double lon, lat;
    to_geodetic(wgs84_to_vn2000(to_earth(at.lon * PI / 180, at.lat * PI / 180)), &lon, &lat);
    mercator(lon, lat, out);
}
