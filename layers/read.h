/* read: the public half of the door. The immutable read copy, and what is asked of it: rows by filter,
 * search, GeoJSON, files. Part of the door layers/layers.h; include that. */
#ifndef LAYERS_READ_H
#define LAYERS_READ_H

/* --- the read copy (snapshot.c) --- */

struct snapshot; /* immutable; one revision of all public layers */

/* Columns of one collection. Row r of every array is the same feature. Rows [0, located) have a geometry and
 * stand in Hilbert order of `world`; rows [located, count) have none. All arrays belong to the snapshot. */
struct snapshot_layer {
    const struct layer *layer;
    uint32_t count, located;
    const struct lonlat
        *point; /* located of them. Points: the position; lines and areas: a place on it for a label */
    const struct world *world; /* `point` in Web Mercator */
    const struct box *bounds;  /* located of them; lines and areas only, else NULL */
    const uint64_t *number; /* per row a number of its own for tiles: the code's 50 bits, or the row's id */
    const struct column *columns; /* layer->field_count of them */
    const struct column *valid_from,
        *valid_to;     /* hidden columns of the view, ISO dates; NULL when it has none */
    struct box extent; /* of all geometries; all zero when located is 0 */
};

enum { TEXT_NULL = 0 }; /* text id of null; every other id is a distinct text of the column */
#define INT_NULL INT64_MIN

struct column {
    enum field_type type;
    const uint32_t *text;   /* TEXT: ids of texts (snapshot_text); DATE and TIME too, as ISO text */
    const int64_t *integer; /* INT and BOOL; INT_NULL is null */
    const double *real;     /* REAL; NaN is null */
    uint32_t text_count;    /* ids run from 1 to text_count */
    const uint32_t
        *text_at; /* text_count + 2 offsets into text_bytes; id t is [text_at[t], text_at[t + 1]) */
    const char *text_bytes;
};

/* Parts of a line or of the rings of an area, degrees. Areas: polygons follow each other, each exterior ring
 * counter-clockwise and closed, its holes clockwise behind it. */
struct part {
    const struct lonlat *points;
    const struct world *world; /* the same vertices in Web Mercator */
    const float *rank; /* per vertex: it may be left out where a tolerance in world units is at least this */
    uint32_t count;
    bool is_hole;
};

const struct snapshot_layer *snapshot_get(const struct snapshot *s, enum layer_id id);
int64_t snapshot_revision(const struct snapshot *s);
/* Bytes it takes: the property text, and everything else. */
void snapshot_size(const struct snapshot *s, size_t *text_bytes, size_t *other_bytes);
/* The local date its states were computed for. */
struct date snapshot_date(const struct snapshot *s);
struct slice snapshot_text(const struct column *c, uint32_t row); /* empty for null: look at the id to tell */
/* The GeoJSON "properties" object of the row, ready to copy. */
struct slice snapshot_properties(const struct snapshot_layer *l, uint32_t row);
uint32_t snapshot_part_count(const struct snapshot_layer *l, uint32_t row);
struct part snapshot_part(const struct snapshot_layer *l, uint32_t row, uint32_t part);
/* Row of the feature with this id, or -1. */
int64_t snapshot_find(const struct snapshot_layer *l, struct slice id);
/* The code under which a place answers that was once printed with this one; empty when it did not move. */
struct slice snapshot_moved(const struct snapshot *s, struct slice code);
struct food_note {
    const char *code; /* "": of every place in the food-safety register */
    const char *kind; /* "reply", or the scope of a warning: "place" "area" "product" */
    const char *level, *issuer, *told_on, *text;
};
/* What stands beside the food-safety record of this code, the latest first; how many. */
size_t snapshot_food_notes(const struct snapshot *s, const char *code, const struct food_note **first);
/* Located rows whose bounds meet the box, ascending; *rows in the arena. */
uint32_t snapshot_within(const struct snapshot_layer *l, struct box b, struct arena *a,
                         const uint32_t **rows);
/* Whether the geometry of a located row meets the box: itself, not only its bounds. */
bool snapshot_meets(const struct snapshot_layer *l, uint32_t row, struct box b);
/* A box in metres of another system, easting and northing: west <= east. */
struct projected_box {
    const struct projection *projection;
    struct box box;
};
/* Located rows whose geometry, every vertex taken over into that system, meets the box; ascending. */
uint32_t snapshot_within_projected(const struct snapshot_layer *l, const struct projected_box *b,
                                   struct arena *a, const uint32_t **rows);
/* Rows whose `world` lies in the block (a tile) of zoom z: they follow each other, [*first, *first + result).
 */
uint32_t snapshot_block(const struct snapshot_layer *l, uint32_t z, uint32_t x, uint32_t y, uint32_t *first);

/* The publisher keeps one current snapshot and makes the next one when the file changed or the local day did.
 */
struct publisher;
bool publisher_open(struct publisher **out, const char *path, struct fault *f) RESULT_MUST_BE_USED;
void publisher_close(struct publisher *p);
const struct snapshot *publisher_get(struct publisher *p); /* takes a reference; any thread */
void snapshot_keep(const struct snapshot *s);              /* one more reference */
void snapshot_release(const struct snapshot *s);           /* gives it back */
/* Looks once whether the file changed; rebuilds and swaps if so. Called every 250 ms by one thread of
 * `serve`. */
bool publisher_poll(struct publisher *p, struct fault *f);
/* Counts the edits from outside in the file too; poll and close do so when nobody writes. BUSY: later. */
bool publisher_settle(struct publisher *p, struct fault *f);

/* --- the register as it was (history.c) --- */

struct vantage {
    const char *path;     /* of the ward file */
    const char *key_path; /* NULL: beside the file; needed for known_at */
    const char *as_of; /* "2026-06-30": as true on that day; NULL: today, and what has ceased is there too */
    const char *known_at; /* the same, or "2026-06-30T03:00:00Z": as known then; NULL: now */
};

/* A read copy of its own, given back with snapshot_release. `only`: one layer, and no search; LAYER_COUNT:
 * all. A past moment costs a copy of the whole file. BUILT_UPON when the file was changed by another program
 * since known_at. */
bool snapshot_at(struct snapshot **out, const struct vantage *m, enum layer_id only,
                 struct fault *f) RESULT_MUST_BE_USED;

/* --- two read copies beside each other (difference.c) --- */

enum difference_kind { DIFFERENCE_ADDED, DIFFERENCE_REMOVED, DIFFERENCE_CHANGED };

struct difference {
    enum difference_kind kind;
    uint32_t before, after; /* rows; ADDED has only the second, REMOVED only the first */
    uint64_t fields;        /* of CHANGED: bit i is field i, bit field_count the geometry */
};

/* What differs between two copies of the same layer, in the order of the ids; *out in the arena. */
uint32_t snapshot_difference(const struct snapshot_layer *before, const struct snapshot_layer *after,
                             struct arena *a, struct difference **out);
const char *difference_kind_name(enum difference_kind kind); /* "added" "removed" "changed" */
struct slice difference_id(const struct snapshot_layer *before, const struct snapshot_layer *after,
                           const struct difference *d);
/* One value as plain text, nothing for null; field_count is the position of a point, "lon,lat". */
void difference_value(struct buf *out, const struct snapshot_layer *l, int field, uint32_t row);
/* A line for each field that changed, one for each record that came or went. */
void difference_csv(struct buf *out, const struct snapshot_layer *before, const struct snapshot_layer *after,
                    const struct difference *d, uint32_t count);

/* --- choosing rows (filter.c) --- */

/* Comparisons `field = value` and CQL2 expressions; a row passes when all of them are true. Lives in the
 * arena it was made with and serves one thread. */
struct filter;
struct filter *filter_new(struct arena *a, const struct layer *layer);
/* Adds "name = value" as typed in a query; BAD_PARAMETER when the field is unknown or the value not of its
 * type. */
bool filter_add_equal(struct filter *filter, struct slice name, struct slice value,
                      struct fault *f) RESULT_MUST_BE_USED;

enum cql2_lang { CQL2_LANG_TEXT, CQL2_LANG_JSON };

/* The coordinate system of a filter's literals; all zero is CRS84. */
struct filter_crs {
    const struct projection *projection; /* NULL: degrees, WGS84 */
    bool north_first;                    /* latitude or northing is written first */
};

struct cql2_text {
    struct slice text;
    enum cql2_lang lang;
    const struct filter_crs *crs; /* NULL: CRS84 */
};

/* Adds an expression of CQL2 over the fields of the layer and its "geometry". BAD_PARAMETER about "filter"
 * with the place in the text when it cannot be read, names no field, compares what cannot be compared. */
bool filter_add_cql2(struct filter *filter, const struct cql2_text *cql2,
                     struct fault *f) RESULT_MUST_BE_USED;
/* Only what meets one area of a layer of areas, by its code or its name; BAD_PARAMETER when there is none. */
bool filter_add_area(struct filter *filter, const struct snapshot_layer *areas, struct slice name,
                     struct fault *f) RESULT_MUST_BE_USED;
bool filter_is_empty(const struct filter *filter);
/* Makes the filter ready for one snapshot layer (texts become ids); then filter_test is a few comparisons. */
void filter_bind(struct filter *filter, const struct snapshot_layer *l);
bool filter_test(const struct filter *filter, uint32_t row);
/* A box that every row which passes has its geometry in or on: nothing outside need be tested. False when the
 * filter names no place. */
bool filter_reach(const struct filter *filter, struct box *reach);
/* After the last test: TOO_LARGE when testing took too long and rows were left out. `filter` may be NULL. */
bool filter_finish(const struct filter *filter, struct fault *f) RESULT_MUST_BE_USED;

/* --- search (search.c) --- */

struct search_hit {
    enum layer_id layer;
    uint32_t row;
    int score; /* higher is better */
};

struct search_query {
    struct slice text;
    uint32_t limit;
    bool has_centre;
    struct lonlat centre; /* near it is better */
};

/* Names, addresses, industries, markets and stalls; with diacritics when typed, found without them too. */
uint32_t snapshot_search(const struct snapshot *s, const struct search_query *q, struct arena *a,
                         struct search_hit **hits);

/* --- what is near a point (nearest.c) --- */

struct nearest_hit {
    enum layer_id layer;
    uint32_t row;
    double metres; /* from the point to the place, or to the line of the street */
};

/* The way back: the nearest establishments, stalls, markets and streets within 3.2 km, nearest first; how
 * many, at most `limit` (at least 1). Degrees, WGS84; *hits in the arena. */
uint32_t snapshot_nearest(const struct snapshot *s, struct lonlat at, uint32_t limit, struct arena *a,
                          struct nearest_hit **hits);

/* --- GeoJSON (geojson.c): RFC 7946, 7 decimals, exterior rings counter-clockwise --- */

void geojson_geometry(struct buf *out, const struct snapshot_layer *l, uint32_t row);
/* {"type":"Feature","id":…,"geometry":…,"properties":{…}} without links. */
void geojson_feature(struct buf *out, const struct snapshot_layer *l, uint32_t row);

/* One feature as asked for. */
struct geojson_row {
    const struct snapshot_layer *l;
    uint32_t row;
    const struct filter_crs *crs; /* of the coordinates: metres with 3 decimals; NULL: WGS84 */
    const bool *shown;            /* per field of the layer; NULL: all */
};
/* A geometry with a vertex where the system is not defined is null. */
void geojson_write(struct buf *out, const struct geojson_row *r);
/* "108.2205,16.0421" in the system; false where it is not defined. */
bool geojson_position(struct buf *out, struct lonlat at, const struct filter_crs *crs);

/* --- one layer as a file (export.c); the ending of `path` is the format --- */

struct export_request {
    const struct snapshot_layer *layer;
    const struct filter *filter; /* bound to this layer, or NULL */
    const char *path; /* .geojson .gpkg .shp .shp.zip .csv .xlsx .kml .fgb; an existing file is replaced */
    const char *crs;  /* "EPSG:5899"; NULL: WGS84 */
    bool byte_order_mark; /* of CSV: spreadsheet programs take it as the sign of UTF-8 */
};

const char *export_media_type(const char *path); /* by its ending; NULL for an ending of no format */
struct export_count {
    uint64_t written;
    uint64_t left_out; /* rows without a place, where the format (FlatGeobuf) holds no such thing */
};

bool export_layer(const struct export_request *request, struct export_count *count,
                  struct fault *f) RESULT_MUST_BE_USED;
/* The same for a file that is read once (export_view.c): a public layer of points as it is now, all of it, as
 * CSV or GeoJSON, in constant memory. The request's layer and filter are NULL; rows in the order of the file.
 */
bool export_view_can(const struct layer *layer, const char *path);
bool export_view(const char *ward, const struct layer *layer, const struct export_request *request,
                 struct export_count *count, struct fault *f) RESULT_MUST_BE_USED;

#endif
