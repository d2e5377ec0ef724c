/* geocode_private: what the files of the geocoder share. The pipeline stands in geocode.c; address.h holds
 * the parts. */
#ifndef IMPORT_GEOCODE_PRIVATE_H
#define IMPORT_GEOCODE_PRIVATE_H

#include "import/geocode_place.h"
#include "import/geocode_street.h"

/* --- geocode_lexicon.c --- */

struct lexicon *lexicon_new(const struct gazetteer *g, struct arena *a);
struct slice lexicon_ward_name(const struct lexicon *l, int64_t ward_id);
struct slice lexicon_group_name(const struct lexicon *l, int64_t group_id);
int64_t lexicon_group(const struct lexicon *l, int number, int64_t ward_id); /* 0: none, or not one only */

/* --- geocode.c, geocode_judge.c, geocode_why.c --- */

enum geofault {
#define GEOFAULT(id, code, points, is_blocking, sentence) GEO_##id,
#include "import/geocode_faults.def"
#undef GEOFAULT
    GEO_COUNT
};

struct geofault_row {
    const char *code;
    int points;
    bool is_blocking;
    const char *sentence;
};

const struct geofault_row *geofault_get(enum geofault id);

struct geocoder {
    struct arena arena;
    struct gazetteer *gazetteer;
    struct lexicon *lexicon;
    struct street_index *streets;
    struct place_index *places;
    struct phrase_book *book;
};

/* One text under work. */
struct reading {
    struct tokens tokens;
    struct mask mask;
    struct address address; /* before a street is chosen */
    struct street_matches matches;
};

/* One street the reading may mean, judged. */
struct judged {
    struct address address;
    struct street_match match;
    struct placed placed;
    uint8_t faults[GEO_COUNT]; /* how often */
    double score;
    char class; /* 'A'..'D', 0 when it has no point */
    enum position_kind position;
    bool is_blocked;
};

/* The parts of one text without a decision, for tests and fuzzing: how many streets it may mean; *best only
 * if any. */
int geocode_parts(const struct geocoder *g, struct slice text, struct arena *a, struct reading *r,
                  struct judged *best);
/* Whether the point lies in a ward's area or at most 60 m from its border; true for an area that nobody drew.
 */
bool is_in_ward(const struct geocoder *g, int64_t ward_id, struct lonlat at);
/* A position typed into the address stands before the address itself; what they say against each other waits.
 */
void decide_typed(const struct geocoder *g, const struct typed_position *typed, struct arena *a,
                  struct geocode_result *r);
/* Judges match i of the reading; labels the reading's tokens when `is_final`. */
void judge_street(const struct geocoder *g, struct reading *r, int i, struct arena *a, struct judged *out);
double judged_score(const uint8_t faults[GEO_COUNT]);
/* Percent of such answers that were right on rows with a known truth; class 'R' is a question. 0: not known.
 */
double geocode_chance(char class, double score);
bool is_blocked(const uint8_t faults[GEO_COUNT]);
int64_t home_ward(const struct geocoder *g);
/* The fault sentences, and for an automatic answer what it rests on. */
struct slice why_street(const struct geocoder *g, const struct judged *j, struct arena *a);
struct slice why_faults(const char *start, const uint8_t faults[GEO_COUNT], struct arena *a);
struct slice why_candidate(const struct judged *j, struct arena *a);
struct slice fault_codes(const uint8_t faults[GEO_COUNT], struct arena *a);
enum geofault worst_fault(const uint8_t faults[GEO_COUNT]); /* GEO_COUNT: none that stops */

const char *geocode_status_name(enum geocode_status status);

#endif
