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
    const char *who;          /* for the audit; NULL: the command line */
};

/* Makes the file and its key (mode 0600). Fails with FILE_EXISTS when either is there. */
bool store_create(const char *path, const struct ward_setup *setup, struct fault *f) RESULT_MUST_BE_USED;
/* Opens and brings an older schema up to date (STORE_WRITE only). Without its key everything public works. */
bool store_open(struct store **out, const char *path, enum store_mode mode,
                struct fault *f) RESULT_MUST_BE_USED;
void store_close(struct store *s);
/* Whether nobody has the file open; BUSY when somebody has. Also true of a file too broken to be asked. */
bool store_is_free(const char *path, struct fault *f) RESULT_MUST_BE_USED;
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
/* Outside a transaction: what a long import sorts at its end (keyed hashes, no text) may go to an unlinked
 * file of the system; in memory it would be as large as the index it makes. */
void store_sort_in_files(struct store *s, bool in_files);
/* Raises the revision for changes that did not (edits by QGIS). The file is held for microseconds, without a
 * wait for the disk or for anybody: BUSY when somebody writes. */
bool store_bump(const char *path, int64_t by, struct fault *f) RESULT_MUST_BE_USED;
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
#include "layers/backup.h"

/* --- codes, keys and sealed columns (secret.c) --- */

enum { CODE_LENGTH = 11, HASH_BYTES = 32 }; /* a code: 10 random characters and the check character */

struct key;
/* A new key file of mode 0600; FILE_EXISTS if there is one. */
bool key_create(const char *path, struct fault *f) RESULT_MUST_BE_USED;
/* Another key for what is sealed from now on; the keyed hashes of the old one stay good. */
bool key_renew(const char *old_path, const char *path, struct fault *f) RESULT_MUST_BE_USED;
bool key_load(struct key **out, const char *path, struct fault *f) RESULT_MUST_BE_USED;
void key_free(struct key *k);
/* XChaCha20-Poly1305 with a random nonce in front; `out` is appended to. */
void key_seal(const struct key *k, struct slice plain, struct buf *out);
bool key_unseal(const struct key *k, struct slice sealed, struct buf *out) RESULT_MUST_BE_USED;
/* Keyed hash (BLAKE2b) of `text` under the label `field`, so that equal values of two fields do not meet. */
void key_hash(const struct key *k, const char *field, struct slice text, uint8_t out[HASH_BYTES]);
/* Text that tells keys apart and says nothing of them. */
enum { KEY_MARK_BYTES = 16 };
void key_mark(const struct key *k, char out[2 * KEY_MARK_BYTES + 1]);
/* The same under a key of its own: FILE_KEY_BYTES random bytes, which the caller keeps sealed. */
enum { FILE_KEY_BYTES = 32 };
void file_key_new(uint8_t key[FILE_KEY_BYTES]);
void file_seal(const uint8_t key[FILE_KEY_BYTES], struct slice plain, struct buf *out);
bool file_unseal(struct slice key, struct slice sealed, struct buf *out) RESULT_MUST_BE_USED;
/* A whole file sealed (libsodium's secretstream) and back; `to` must not be there and is removed on failure.
 */
bool key_seal_file(const struct key *k, const char *from, const char *to,
                   struct fault *f) RESULT_MUST_BE_USED;
bool key_unseal_file(const struct key *k, const char *from, const char *to,
                     struct fault *f) RESULT_MUST_BE_USED;
bool file_is_sealed(const char *path);
/* Seals everything again with a new key in one transaction and puts its file in the place of `path`; the old
 * one stays as PATH.until-TIME. BUSY while somebody else has the file open. */
bool key_rotate(struct store *s, const char *path, struct fault *f) RESULT_MUST_BE_USED;
const struct key *store_key(const struct store *s); /* NULL when the key file was not there */
/* Reads the key from another place than beside the file (`--key FILE`, MAPD_KEY). */
bool store_use_key(struct store *s, const char *path, struct fault *f) RESULT_MUST_BE_USED;

/* Argon2id, with its parameters in the text. About a tenth of a second and 64 MiB each. */
enum { PASSWORD_BYTES = 128 };
bool password_hash(struct slice password, char out[PASSWORD_BYTES], struct fault *f) RESULT_MUST_BE_USED;
/* `stored` NULL takes the same time and says no. */
bool password_matches(const char *stored, struct slice password, bool *matches,
                      struct fault *f) RESULT_MUST_BE_USED;
/* A first password for somebody else, shown once: "7K2M0R9QXV-3TB81ZC5WD". */
enum { FIRST_PASSWORD_LENGTH = 2 * CODE_LENGTH - 1 };
void password_random(char out[FIRST_PASSWORD_LENGTH + 1]);
/* 256 random bits as hexadecimal text; and a second such text that only who has the first can make. */
enum { TOKEN_LENGTH = 64 };
void secret_random(void *out, size_t n);
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

/* BLAKE2b of any number of parts, each with its length: a third of SHA-256's work. */
struct digest;
struct digest *digest_new(void);
void digest_add(struct digest *d, struct slice part);
void digest_end(struct digest *d, uint8_t out[HASH_BYTES]); /* frees it */

#include "layers/read.h"

#include "layers/feed.h"
#include "layers/open_data.h"
#include "layers/staff_layers.h"

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
#include "layers/edit.h"
#include "layers/evidence.h"
#include "layers/food_entry.h"
#include "layers/image.h"
#include "layers/label.h"
#include "layers/ledger.h"
#include "layers/notice.h"
#include "layers/photo.h"
#include "layers/record.h"
#include "layers/review.h"
#include "layers/service_log.h"

#endif
