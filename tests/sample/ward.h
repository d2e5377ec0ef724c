/* The invented ward: its plan, its houses, its markets, its businesses.
 *
 * Everything is laid out on a flat plan (u to the east, v to the north, metres) where streets are straight
 * and blocks are squares; `plan_to_lonlat` bends the plan once, so centrelines curve and nothing that did not
 * cross begins to. Ownership: one `struct ward` on the heap, owned by main; every pointer inside points at
 * constant text.
 */
#ifndef SAMPLE_WARD_H
#define SAMPLE_WARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAX_STREETS = 64,
    MAX_ALLEYS = 900,
    MAX_HOUSES = 14000,
    MAX_STALLS = 520,
    MAX_PLACES = 6000,
    GROUPS = 60
};
enum { PITCH = 120, ORIGIN = 40, LINES_V = 13, LINES_H = 12, MARKETS = 2 };

struct rng {
    uint64_t state;
};
struct point {
    double u, v;
};
struct lonlat {
    double lon, lat;
};
struct box {
    double u0, v0, u1, v1;
};

/* The best position an honest geocoder may claim; names as in the glossary. */
enum position {
    AT_GPS,
    AT_STALL_PLAN,
    AT_HOUSE,
    AT_INTERPOLATED,
    AT_STREET,
    AT_GROUP,
    AT_AREA,
    AT_NONE,
    POSITIONS
};

struct street {
    const char *name, *aliases;
    char axis;          /* 'V' runs north-south, 'H' east-west */
    int line, from, to; /* which grid line, and between which crossings */
    bool upward;        /* numbers grow against the custom (old quarters) */
    struct point start, heading;
    double length_m;
    int largest; /* the largest house number of the street */
};
struct alley {
    int street, parent, number; /* parent: index of the kiệt this hẻm leaves, or -1 */
    struct point mouth, heading;
    double length_m;
    bool mapped; /* false: neither its line nor its houses are in the base files */
};
struct house {
    int street, alley, number; /* alley: index, or -1 */
    char suffix;
    struct point at;
    int group;
    bool listed; /* stands in addresses.csv */
    bool used;
    enum position best;
};
struct stall {
    int market, zone, kind, number;
    struct box box;
    int place; /* index of the business in it, or -1 when vacant */
    char ref[16];
};

enum place_flag {
    HAS_QR = 1,
    HAS_POS = 2,
    HAS_TRANSFER = 4,
    HAS_PLATFORM = 8,
    HAS_ACCOUNT = 16,
    AT_HOME = 32,
    NAMED_AFTER_OWNER = 64
};
enum status { ACTIVE, SUSPENDED, CEASED, VACANT };
/* Which of the office's lists a business comes from. */
enum list {
    LIST_STALLS,
    LIST_HOUSEHOLDS,
    LIST_ENTERPRISES,
    LIST_SURVEY,
    LIST_TCVN3,
    LIST_CP1258,
    LIST_UTF16,
    LIST_FOOD,
    LISTS
};
enum kind { ENTERPRISE, BRANCH, HOUSEHOLD, COOPERATIVE };

struct place {
    int house, stall;  /* one of them is -1 */
    int trade, issued; /* issued: days since 1970-01-01 */
    enum list list;
    enum kind kind;
    enum status status;
    unsigned flags;
    char ref[16], name[128], owner[64], id[16], phone[16];
    bool spoiled;  /* a planted defect makes it unfit as a target of later lists */
    bool stored;   /* at least one of its rows must end in the file */
    bool pristine; /* its row carries no defect at all */
    enum position best;
};

struct ward {
    struct street street[MAX_STREETS];
    int streets;
    struct alley alley[MAX_ALLEYS];
    int alleys;
    struct house house[MAX_HOUSES];
    int houses;
    struct stall stall[MAX_STALLS];
    int stalls;
    struct place place[MAX_PLACES];
    int places;
};

/* random.c */
struct rng rng_fork(uint64_t seed, const char *part);
uint64_t rng_next(struct rng *r);
int rng_below(struct rng *r, int n);
double rng_real(struct rng *r, double low, double high);
bool rng_chance(struct rng *r, int permille);

/* plan.c */
struct lonlat plan_to_lonlat(struct point p);
struct point plan_along(struct point start, struct point heading, double t_m, double left_m);
struct box plan_ward(void);
struct box plan_block(int i, int j);
struct box plan_group(int group);
int plan_group_of(struct point p);
bool plan_is_open(struct point p); /* lake, park or market: no houses there */
struct box plan_market(int market);
struct point box_middle(struct box b);
/* VN-2000 / TM-3 107-45 (EPSG:5899); out[0] easting, out[1] northing */
void plan_vn2000(struct lonlat at, double out[2]);

/* streets.c, houses.c, market.c, places.c */
void ward_lay_streets(struct ward *w);
void ward_build_houses(struct ward *w, uint64_t seed);
void ward_build_markets(struct ward *w, uint64_t seed);
void ward_settle_places(struct ward *w, uint64_t seed);
int ward_stall_at(const struct ward *w, int market, int zone, int number);
const char *market_code(int market);
const char *market_name(int market);
const char *zone_name(int market, int zone);
const char *zone_goods(int market, int zone);
int zone_count(int market);
const char *stall_kind_name(int kind);

/* names.c: invented people, goods and trades */
enum food_regime { NO_FOOD, CERTIFICATE, COMMITMENT };
struct trade {
    const char *word, *industry, *code;
    int group;
    enum food_regime regime;
};
extern const struct trade TRADES[];
int trade_count(void);
const char *group_name(int group); /* 1..12 */
void name_person(struct rng *r, char out[64]);
void name_signboard(struct rng *r, int trade, char out[128]);
bool industries_write(const char *folder);

/* dates.c: days since 1970-01-01 */
int date_make(int year, int month, int day);
int date_years_later(int day, int years); /* the same day and month; 29 February becomes the 28th */
void date_text(int day, const char *form, char out[16]); /* form: "d/m/y" "y-m-d" "d-m-y" "d.m.y" */

/* write_base.c */
bool base_write(const struct ward *w, const char *folder);

#endif
