/* geocode_private: what the files of the geocoder share. The pipeline stands in geocode.c; address.h holds
 * the parts. */
#ifndef IMPORT_GEOCODE_PRIVATE_H
#define IMPORT_GEOCODE_PRIVATE_H

#include "import/address.h"

/* --- geocode_lexicon.c --- */

struct lexicon *lexicon_new(const struct gazetteer *g, struct arena *a);
struct slice lexicon_ward_name(const struct lexicon *l, int64_t ward_id);
struct slice lexicon_group_name(const struct lexicon *l, int64_t group_id);
int64_t lexicon_group(const struct lexicon *l, int number, int64_t ward_id); /* 0: none, or not one only */

/* --- street_index.c: every spelling of every street name, by key --- */

struct street_alias {
    uint32_t street;
    enum alias_kind kind;
    struct slice key;   /* letters and digits without blanks, y as i; "/" between two numbers */
    struct slice fold;  /* with blanks */
    struct slice marks; /* with blanks and marks; empty when the name has none */
    int words;
    bool is_initials, has_digit;
    bool is_bare; /* "Số 9", "D2", "601": a street only behind the word "đường" */
};

struct street_index {
    struct street_alias *aliases;
    uint32_t count;
    uint32_t *exact; /* open addressing by hash of the key: index + 1 */
    uint32_t exact_mask;
    uint32_t *next;    /* next alias with the same key: index + 1 */
    uint64_t *deletes; /* hash of a key without one or two letters << 32 | alias; ascending */
    uint32_t delete_count;
    uint32_t *delete_start; /* by the upper 16 bits of the hash */
    struct slice *words;    /* syllables of names, with marks and without; ascending */
    uint32_t word_count;
};

struct street_index *street_index_new(const struct gazetteer *g, struct arena *a);
/* First alias with this key, index + 1; then street_index.next. 0: none. */
uint32_t street_exact(const struct street_index *s, struct slice key);
/* Aliases at most spell_budget edits away, not the same; at most `most` of them. */
int street_near(const struct street_index *s, struct slice key, uint32_t *found, int most);
/* Whether this folded text is the name or an alias of a street other than `street`. */
bool street_is_taken(const struct street_index *s, struct slice fold, uint32_t street);
/* Whether names are made of this syllable. */
bool street_knows_word(const struct street_index *s, struct slice word);
/* Key of tokens [from, to), appended. */
void street_key(const struct tokens *t, int from, int to, struct buf *out);

/* --- geocode_street.c: which streets a text may mean --- */

enum street_way { WAY_EXACT, WAY_ABBREVIATED, WAY_INITIALS, WAY_FUZZY };

struct street_match {
    uint32_t street, alias;
    int from, to; /* tokens */
    enum street_way way;
    int half_edits;   /* of the key */
    int tone_differs; /* letters whose tone differs where the typist wrote marks */
    int mark_differs; /* letters that differ in more than the tone */
    bool is_doubtful; /* the typed word is itself a likely name: another street, not a slip */
    bool is_extended; /* a word that belongs to no other part stands right beside the window */
    bool has_number, has_street_word, starts_part;
    int place; /* how well it stands in the text: higher is better */
};

enum { STREET_MATCHES = 12 };

struct street_matches {
    struct street_match m[STREET_MATCHES]; /* best first */
    int count;
};

/* Whether the best one is written exactly and stands where a street stands. */
bool street_is_sure(const struct street_matches *m);

struct street_search {
    const struct street_index *index;
    const struct lexicon *lexicon;
    const struct tokens *tokens;
};

/* Marks the tokens of exactly written street names of two words or more, or six letters. */
void street_cover(const struct street_index *s, const struct tokens *t, enum cover covered[TOKEN_MAX]);
/* The window that stands best in the text, and every street it may mean: names exactly as written first, then
 * (if none stands well) typing errors, abbreviations and initials. */
void street_find(const struct street_search *search, bool is_fuzzy, struct street_matches *out);

/* --- geocode_place.c: from street, alleys and number to a point --- */

struct place_index;

struct place_index *place_index_new(const struct gazetteer *g, struct arena *a);

enum place_grade {
    PLACE_EXACT,   /* the address point */
    PLACE_BETWEEN, /* same side, near neighbours */
    PLACE_NEAR,    /* mouth of the alley, other side, far neighbours */
    PLACE_STREET,
    PLACE_OUTSIDE, /* the number is beyond what the street has; `at` is on the street */
    PLACE_NOWHERE, /* the street has no geometry */
};

struct placed {
    enum place_grade grade;
    struct lonlat at;
    double accuracy_m;
    int known_max;       /* largest known number where grade is OUTSIDE */
    bool is_alley_mouth; /* the alley itself is not known */
    bool is_other_side;
};

struct place_query {
    uint32_t street;
    const struct address *address;
    int64_t ward_id, group_id; /* 0: not named */
};

void place_find(const struct place_index *p, const struct place_query *q, struct arena *a,
                struct placed *out);
/* Where two streets meet or come nearest; false when they stay more than 40 m apart. */
bool place_crossing(const struct place_index *p, uint32_t a, uint32_t b, struct lonlat *at);
/* A point on an area's surface and the radius that covers it. */
struct lonlat place_area(const struct shape *area, double *radius_m);
double distance_m(struct lonlat a, struct lonlat b);
struct place_near {
    const struct gazetteer_point *point; /* NULL: no house is known */
    double point_m, street_m;            /* infinite when there is none */
    uint32_t street;
};
bool place_nearest(const struct place_index *p, struct lonlat at, struct place_near *out);
/* Metres from the street's line; infinite when it has none. */
double place_street_m(const struct place_index *p, uint32_t street, struct lonlat at);

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
