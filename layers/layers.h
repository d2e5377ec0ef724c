/* layers: the floor. What is known about the ward, and the only room with SQL in it.
 *
 * Law of ownership: what a function returns through a `struct x **` belongs to the caller, who gives it back
 * with x_close, x_free or x_release (NULL is fine). Slices and rows handed out stay valid until the next call
 * on the same handle, unless an arena is taken: then they live in the arena. Failure: `bool` functions return
 * false and fill the fault; nothing half-done is left behind. Coordinates: struct lonlat in degrees, WGS84,
 * longitude first. Distances in metres. Threads: a store belongs to one thread at a time; a snapshot may be
 * read by all of them. */
#ifndef LAYERS_LAYERS_H
#define LAYERS_LAYERS_H

#include "layers/kit.h"

struct lonlat {
    double lon, lat; /* degrees, WGS84 */
};

struct projection;

struct box {
    double west, south, east, north; /* degrees; west > east crosses the antimeridian */
};

/* Web Mercator (EPSG:3857) in whole numbers: the world is 2^32 wide, x from the west, y from the NORTH. One
 * unit is about a centimetre, and a tile of zoom z is exactly the block of 2^(32-z) units a side. */
struct world {
    uint32_t x, y;
};

struct world world_of(struct lonlat p); /* latitudes beyond ±85.0511 fall on the edge */
struct lonlat lonlat_of(struct world w);
/* Place on the Hilbert curve through the cells of zoom `z` (the tile ids of PMTiles, without those of lower
 * zooms). */
uint64_t hilbert_of_tile(uint32_t z, uint32_t x, uint32_t y);
uint64_t hilbert_of_world(struct world w); /* the same for z = 32 */

/* --- the catalogue: layers.def as data (catalogue.c) --- */

enum layer_id {
#define LAYER(id, name, view, geometry, vi, en) LAYER_##id,
#define BASE(id, name, view, geometry, vi, en)  LAYER_##id,
#define FIELD(id, name, type, vi, en, short_name)
#include "layers/layers.def"
#undef LAYER
#undef BASE
#undef FIELD
    LAYER_COUNT
};

enum geometry_kind { GEOMETRY_POINT, GEOMETRY_LINE, GEOMETRY_AREA };
enum field_type { FIELD_TEXT, FIELD_INT, FIELD_REAL, FIELD_BOOL, FIELD_DATE, FIELD_TIME };

struct field {
    const char *name;
    enum field_type type;
    const char *title_vi, *title_en;
    const char *short_name; /* at most 10 characters */
};

struct layer {
    enum layer_id id;
    const char *name; /* collection id in every URL: "food-safety" */
    const char *view; /* the public view behind it */
    enum geometry_kind geometry;
    bool is_base; /* tiles only, no items */
    const char *title_vi, *title_en;
    const struct field *fields; /* fields[0] is the feature id, except in base layers */
    int field_count;
};

const struct layer *layer_get(enum layer_id id);
const struct layer *layer_find(struct slice name);             /* NULL if there is none */
int layer_field(const struct layer *layer, struct slice name); /* index, or -1 */

/* --- the file (store.c) --- */

struct store;

enum store_mode {
    STORE_WRITE,  /* the one who changes; takes the write lock only inside a transaction */
    STORE_READ,   /* staff reading */
    STORE_PUBLIC, /* read-only, may touch nothing but the pub_ views */
};

struct ward_setup {
    const char *code, *name;
    const char *boundary_path; /* GeoJSON or any OGR polygon file, or NULL */
    const char *key_path;      /* NULL: the file's path with ".key" behind it */
};

struct policy {
    const char *key, *value;
    const char *from;         /* "YYYY-MM-DD" or NULL */
    const char *decision_ref; /* or NULL */
};

/* Makes the file and its key (mode 0600). Fails with FILE_EXISTS when either is there. */
bool store_create(const char *path, const struct ward_setup *setup, struct fault *f) RESULT_MUST_BE_USED;
/* Opens and brings an older schema up to date (STORE_WRITE only). Without its key everything public works. */
bool store_open(struct store **out, const char *path, enum store_mode mode,
                struct fault *f) RESULT_MUST_BE_USED;
void store_close(struct store *s);
/* A transaction; commit raises the revision by one, unless nothing was changed. */
bool store_begin(struct store *s, struct fault *f) RESULT_MUST_BE_USED;
bool store_commit(struct store *s, struct fault *f) RESULT_MUST_BE_USED;
/* Of changes that no public view can show (sign-ins, audit): the revision stays, nothing is published. */
bool store_commit_quietly(struct store *s, struct fault *f) RESULT_MUST_BE_USED;
void store_rollback(struct store *s);
int64_t store_revision(struct store *s);
/* Changes whenever another connection has committed (PRAGMA data_version). */
int64_t store_data_version(struct store *s);
/* How many commits were quiet. */
int64_t store_quiet_changes(struct store *s);
/* How long to wait for another writer before BUSY; 15 s unless told. */
void store_set_patience(struct store *s, int milliseconds);
/* Raises the revision for a change that did not (an edit by QGIS). */
bool store_bump(struct store *s, struct fault *f) RESULT_MUST_BE_USED;
const char *store_path(const struct store *s);
/* Text of meta.key in the arena: "ward_code", "ward_name"; NULL when not set. */
const char *store_meta(struct store *s, struct arena *a, const char *key);
bool store_set_meta(struct store *s, const char *key, const char *value, struct fault *f) RESULT_MUST_BE_USED;
/* A dated rule of the policy table: sets `key` from `from` on (NULL: always) under a decision (may be NULL).
 * BAD_PARAMETER when there is no such key. */
bool store_set_policy(struct store *s, const struct policy *policy, struct fault *f) RESULT_MUST_BE_USED;
/* All rules, one a line: key, value, from, to, decision. */
bool store_list_policy(struct store *s, struct buf *out, struct fault *f) RESULT_MUST_BE_USED;
/* Is the file whole? One line a finding in `out`, their number in *findings; false only when it could not be
 * looked at. */
bool store_check(struct store *s, struct buf *out, uint64_t *findings, struct fault *f) RESULT_MUST_BE_USED;
bool store_backup(struct store *s, const char *out_path, struct fault *f) RESULT_MUST_BE_USED;

/* --- codes, keys and sealed columns (secret.c) --- */

enum { CODE_LENGTH = 11, HASH_BYTES = 32 }; /* a code: 10 random characters and the check character */

struct key;
/* A new key file of mode 0600; FILE_EXISTS if there is one. */
bool key_create(const char *path, struct fault *f) RESULT_MUST_BE_USED;
bool key_load(struct key **out, const char *path, struct fault *f) RESULT_MUST_BE_USED;
void key_free(struct key *k);
/* XChaCha20-Poly1305 with a random nonce in front; `out` is appended to. */
void key_seal(const struct key *k, struct slice plain, struct buf *out);
bool key_unseal(const struct key *k, struct slice sealed, struct buf *out) RESULT_MUST_BE_USED;
/* Keyed hash (BLAKE2b) of `text` under the label `field`, so that equal values of two fields do not meet. */
void key_hash(const struct key *k, const char *field, struct slice text, uint8_t out[HASH_BYTES]);
const struct key *store_key(const struct store *s); /* NULL when the key file was not there */
/* Reads the key from another place than beside the file (`--key FILE`, MAPD_KEY). */
bool store_use_key(struct store *s, const char *path, struct fault *f) RESULT_MUST_BE_USED;

/* Argon2id, with its parameters in the text. About a tenth of a second and 64 MiB each. */
enum { PASSWORD_BYTES = 128 };
bool password_hash(struct slice password, char out[PASSWORD_BYTES], struct fault *f) RESULT_MUST_BE_USED;
/* `stored` NULL takes the same time and says no. */
bool password_matches(const char *stored, struct slice password);
/* 256 random bits as hexadecimal text; and a second such text that only who has the first can make. */
enum { TOKEN_LENGTH = 64 };
void token_random(char out[TOKEN_LENGTH + 1]);
void token_derive(struct slice token, const char *purpose, char out[TOKEN_LENGTH + 1]);
/* Takes the same time wherever they differ. */
bool secret_equal(struct slice a, struct slice b);

void code_random(char out[CODE_LENGTH + 1]);
/* Canonical form of a code as a person writes it (any case, O→0, I and L→1, hyphens dropped); false when it
 * is no code: wrong length, foreign character, wrong check character (Luhn mod 32 over Crockford's alphabet).
 */
bool code_canonical(struct slice typed, char out[CODE_LENGTH + 1]);
/* SHA-256 of bytes, for file hashes and evidence. */
void sha256_of(struct slice bytes, uint8_t out[HASH_BYTES]);
bool sha256_of_file(const char *path, uint8_t out[HASH_BYTES], struct fault *f) RESULT_MUST_BE_USED;

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
void snapshot_release(const struct snapshot *s);           /* gives it back */
/* Looks once whether the file changed; rebuilds and swaps if so. Called every 250 ms by one thread of
 * `serve`. */
bool publisher_poll(struct publisher *p, struct fault *f);

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
bool filter_is_empty(const struct filter *filter);
/* Makes the filter ready for one snapshot layer (texts become ids); then filter_test is a few comparisons. */
void filter_bind(struct filter *filter, const struct snapshot_layer *l);
bool filter_test(const struct filter *filter, uint32_t row);
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
};

/* *count is the number of features written. */
bool export_layer(const struct export_request *request, uint64_t *count, struct fault *f) RESULT_MUST_BE_USED;

/* A workbook of plain text, row by row: headings, then as many cells in each row. Nothing is on disk before
 * it is closed; closing frees it, and says whether the file could be written. NULL may be closed. */
struct workbook;
bool workbook_open(struct workbook **out, const char *path, const char *sheet,
                   struct fault *f) RESULT_MUST_BE_USED;
bool workbook_heading(struct workbook *w, struct slice text, struct fault *f) RESULT_MUST_BE_USED;
bool workbook_row(struct workbook *w, const struct slice *cells, int count,
                  struct fault *f) RESULT_MUST_BE_USED;
bool workbook_close(struct workbook *w, struct fault *f);

/* --- coordinate systems (project.c) --- */

struct projection; /* one coordinate system beside WGS84; used by one thread at a time */

/* "EPSG:5899" or "5899". Codes known to be wrong (EPSG:6959) are refused. */
bool projection_open(struct projection **out, const char *crs, struct fault *f) RESULT_MUST_BE_USED;
void projection_close(struct projection *p);
int projection_epsg(const struct projection *p);
/* Whether the register writes latitude or northing before longitude or easting. */
bool projection_is_north_first(const struct projection *p);
bool projection_is_degrees(const struct projection *p); /* east and north are then longitude and latitude */
/* Easting and northing in metres to degrees and back, whatever the order of the axes in the register; false
 * outside the area where it is defined. */
bool projection_to_lonlat(const struct projection *p, double east, double north, struct lonlat *out);
bool projection_from_lonlat(const struct projection *p, struct lonlat at, double *east, double *north);

#include "layers/account.h"
#include "layers/record.h"
#include "layers/review.h"

#endif
