/* load_business: what the lists of establishments and of food safety have in common. Private to
 * import/load*.c. */
#ifndef IMPORT_LOAD_BUSINESS_H
#define IMPORT_LOAD_BUSINESS_H

#include "import/load.h"

/* A business as a row tells of it. */
struct business {
    struct slice ref, name, name_fold, owner, owner_fold, phone, identity;
    const char *kind, *status; /* NULL: the list does not say */
    struct slice kind_raw, status_raw;
    struct slice address, address_key; /* as typed, without telephone numbers; skeleton */
    struct geocode_query query;
    const char *number_problem; /* why the house number cannot be believed, or NULL */
    bool has_position;
    struct lonlat at;
    int64_t group_id, ward_id; /* as the row says; 0 unknown */
    struct slice group_name;
    struct slice industry_version, industry_code, industry_group;
    struct date licensed_on, valid_from, valid_to;
    int at_home, has_account, einvoice_in_scope, einvoice_connected;
    int accepts[3]; /* QR, POS, CK; -1 the list does not say */
    struct slice platform;
    struct business_ahead *ahead; /* NULL: nothing was made in advance */
};

/* What only a new place needs, made by the thread that reads ahead. */
struct business_ahead;

struct business_state;

/* Wards, groups, industries into memory. */
bool business_begin(struct load *l, struct fault *f);
/* Everything but the name may be missing. */
void business_read(struct load *l, const struct row *row, struct outcome *out, struct business *b);
/* Identity of a business in its own list. */
void business_key(struct load *l, const struct business *b, struct buf *key);

enum match {
    MATCH_NONE,
    MATCH_SAME,  /* the same place: an update */
    MATCH_WEAK,  /* may be the same: a person decides */
    MATCH_STALL, /* a stall of the same holder */
};

enum { MATCHES_MAX = 9 };

struct matches {
    enum match kind;
    int64_t id[MATCHES_MAX]; /* id[0] for SAME and STALL; of STALL the stall's place */
    int count;
    int64_t stall; /* of SAME: the stall this establishment is one business with; 0 none */
};

/* Makes b->ahead. */
void business_prepare(struct load *l, struct business *b);
void business_match(struct load *l, const struct business *b, struct matches *m);
/* Writes the business as a new place or over the one that matched; sets verdict, entity and position. */
bool business_write(struct load *l, const struct row *row, struct business *b, const struct matches *m,
                    struct outcome *out, struct fault *f);

/* --- load_place.c: where it is, and what of it is public --- */

struct location {
    struct place_position position;
    int64_t street_id, group_id, ward_id;
    struct slice street, number, chain;
    const char *question; /* why a person must decide, or NULL */
    const char *doubt;    /* what speaks against the position the list gives, or NULL */
    struct slice fault_group, candidates;
};

struct slice address_skeleton(struct load *l, struct slice address);
void locate(struct load *l, const struct business *b, struct location *out);
/* Telephone numbers, long numbers and e-mail addresses taken out. */
struct slice without_contacts(struct load *l, struct slice text);
bool name_holds_owner(const struct business *b);
struct slice public_name(struct load *l, const struct business *b, const struct location *where);
struct slice public_address(const struct business *b, const struct location *where);
/* The stall an address speaks of ("Quầy 12 khu A, chợ Mẫu"); 0 when it speaks of none or of several. */
int64_t stall_of_address(struct load *l, struct slice address);

#endif
