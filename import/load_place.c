/* load_place: where a business is, and what of its name and address anybody may read. Typed coordinates win
 * over the address; an address the geocoder is not sure of becomes a question, never a point. */
#include "import/load_business.h"
#include "layers/text.h"

#include <string.h>

static const double GPS_ACCURACY_M = 15.0; /* an officer's hand-held receiver (domain.md C.9) */

/* --- the skeleton of an address --- */

/* Parts that say which ward or city, not which house. */
static bool is_tail(struct slice part)
{
    static const char *const HEADS[] = {"phuong ",    "p ",      "quan ", "q ",  "tp ",
                                        "thanh pho ", "tinh ",   "xa ",   "to ", "tdp ",
                                        "viet nam",   "da nang", "huyen "};
    for (size_t i = 0; part.n && i < COUNT_OF(HEADS); i++)
        if (HEADS[i][0] == part.p[0] && slice_starts(part, slice_of(HEADS[i])))
            return true;
    return part.n == 0;
}

static bool is_filler(struct slice word)
{
    static const char *const WORDS[] = {"so",  "nha", "duong", "d", "dc", "dia",
                                        "chi", "k",   "kiet",  "h", "hem"};
    for (size_t i = 0; word.n && i < COUNT_OF(WORDS); i++)
        if (WORDS[i][0] == word.p[0] && slice_equal(word, slice_of(WORDS[i])))
            return true;
    return false;
}

static void add_words(struct buf *out, struct slice part)
{
    struct slice word;
    while (slice_next(&part, ' ', &word)) {
        while (word.n > 1 &&
               (word.p[0] == '0' || (word.p[0] == 'k' && word.p[1] >= '0' && word.p[1] <= '9'))) {
            word.p++; /* "07" is 7, "k45" is kiệt 45 */
            word.n--;
        }
        if (is_filler(word) || !word.n)
            continue;
        if (out->n)
            buf_char(out, ' ');
        buf_slice(out, word);
    }
}

struct slice address_skeleton(struct load *l, struct slice address)
{
    struct buf out = {0};
    struct slice rest = address, part;
    while (slice_next(&rest, ',', &part)) {
        struct slice fold = text_fold_in(&l->row, part);
        if (!is_tail(fold) || !out.n)
            add_words(&out, fold);
    }
    struct slice key = arena_slice(&l->row, buf_to_slice(&out));
    buf_release(&out);
    return key;
}

/* --- where --- */

static void copy_candidates(struct load *l, const struct geocode_result *r, struct location *out)
{
    struct buf json = {0};
    geocode_candidates_json(r, &json);
    out->candidates = r->candidate_count ? arena_slice(&l->row, buf_to_slice(&json)) : (struct slice){"", 0};
    buf_release(&json);
}

static void take_result(struct load *l, const struct geocode_result *r, struct location *out)
{
    struct buf explanation = {0};
    geocode_explanation_json(r, &explanation);
    out->position.explanation = arena_slice(&l->row, buf_to_slice(&explanation));
    buf_release(&explanation);
    out->street_id = r->street_id;
    out->street = r->street;
    out->number = r->number;
    out->chain = r->chain;
    out->group_id = r->group_id;
    out->ward_id = r->ward_id;
    if (r->status == GEOCODE_AUTO && r->position != POSITION_NONE) {
        out->position.position = position_name(r->position);
        out->position.at = r->at;
        out->position.accuracy_m = r->accuracy_m;
    } else if (r->status == GEOCODE_REVIEW) {
        out->question = arena_text(&l->row, r->why);
        out->fault_group = r->fault_group;
        copy_candidates(l, r, out);
    }
}

static void locate_by_address(struct load *l, const struct business *b, struct location *out)
{
    struct geocode_result r = {0};
    geocode(l->geocoder, &b->query, &l->row, &r);
    take_result(l, &r, out);
    if (b->number_problem) {
        out->position = (struct place_position){.position = "none"};
        out->question = b->number_problem;
        out->fault_group = SLICE("number_is_date");
    }
}

static void locate_as_given(struct load *l, const struct business *b, struct location *out)
{
    struct geocode_result r = {0};
    if (geocode_given(l->geocoder, &b->query, &b->at, GPS_ACCURACY_M, &l->row, &r))
        out->doubt = arena_text(&l->row, r.why);
    take_result(l, &r, out);
}

void locate(struct load *l, const struct business *b, struct location *out)
{
    *out = (struct location){.position = {.position = "none"}};
    if (b->has_position)
        locate_as_given(l, b, out);
    else
        locate_by_address(l, b, out);
    int64_t group = 0, ward = 0;
    if (strcmp(out->position.position, "none") != 0)
        geocode_areas(l->geocoder, out->position.at, &group, &ward);
    out->group_id = b->group_id ? b->group_id : group ? group : out->group_id;
    out->ward_id = ward ? ward : out->ward_id ? out->ward_id : b->ward_id;
}

/* --- what anybody may read --- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

enum { CONTACT_DIGITS = 9 }; /* a telephone number without its zero */

/* Length of a run of digits with blanks, dots and dashes between them that is too long for a house number;
 * else 0. */
static size_t long_number(struct slice text)
{
    size_t digits = 0, end = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (is_digit(text.p[i])) {
            digits++;
            end = i + 1;
        } else if (!strchr(" .-", text.p[i]) || i - end > 1) {
            break;
        }
    }
    return digits >= CONTACT_DIGITS ? end : 0;
}

/* Length of the word at the start when it has an "@", else 0. */
static size_t length_of_mail(struct slice text)
{
    const char *blank = memchr(text.p, ' ', text.n);
    size_t n = blank ? (size_t)(blank - text.p) : text.n;
    return memchr(text.p, '@', n) ? n : 0;
}

struct slice without_contacts(struct load *l, struct slice text)
{
    struct buf out = {0};
    for (size_t i = 0; i < text.n;) {
        struct slice rest = {text.p + i, text.n - i};
        bool is_start = i == 0 || !is_digit(text.p[i - 1]);
        size_t skip = is_start && (is_digit(*rest.p) || *rest.p == '+')
                          ? long_number(rest.p[0] == '+' ? (struct slice){rest.p + 1, rest.n - 1} : rest)
                          : 0;
        if (!skip && (i == 0 || text.p[i - 1] == ' '))
            skip = length_of_mail(rest);
        if (skip) {
            i += skip + (rest.p[0] == '+');
            continue;
        }
        buf_char(&out, text.p[i++]);
    }
    struct slice clean = slice_trim(buf_to_slice(&out));
    while (clean.n && strchr(",;:-(", clean.p[clean.n - 1]))
        clean = slice_trim((struct slice){clean.p, clean.n - 1});
    clean = arena_slice(&l->row, clean);
    buf_release(&out);
    return clean;
}

/* Whether folded text holds folded words, at word boundaries. */
static bool holds_words(struct slice text, struct slice words)
{
    if (!words.n)
        return false;
    for (size_t i = 0; i + words.n <= text.n; i++) {
        bool starts = i == 0 || text.p[i - 1] == ' ';
        bool ends = i + words.n == text.n || text.p[i + words.n] == ' ';
        if (starts && ends && memcmp(text.p + i, words.p, words.n) == 0)
            return true;
    }
    return false;
}

bool name_holds_owner(const struct business *b)
{
    return holds_words(b->name_fold, b->owner_fold);
}

/* What stands in brackets, quotation marks or behind a dash, when it does not name the owner. */
static struct slice signboard(struct load *l, const struct business *b)
{
    static const char *const MARKS[][2] = {
        {"(", ")"}, {"\"", "\""}, {"“", "”"}, {" - ", NULL}, {" – ", NULL}};
    for (size_t i = 0; i < COUNT_OF(MARKS); i++) {
        ptrdiff_t from = slice_find(b->name, slice_of(MARKS[i][0]));
        if (from < 0)
            continue;
        struct slice part = b->name;
        part.p += (size_t)from + strlen(MARKS[i][0]);
        part.n -= (size_t)from + strlen(MARKS[i][0]);
        ptrdiff_t to = MARKS[i][1] ? slice_find(part, slice_of(MARKS[i][1])) : (ptrdiff_t)part.n;
        part.n = to < 0 ? part.n : (size_t)to;
        struct slice fold = text_fold_in(&l->row, part);
        if (fold.n > 2 && !holds_words(fold, b->owner_fold))
            return slice_trim(part);
    }
    return (struct slice){"", 0};
}

static bool is_person(const struct business *b)
{
    return !b->kind || strcmp(b->kind, "household") == 0 || strcmp(b->kind, "other") == 0;
}

struct slice public_name(struct load *l, const struct business *b, const struct location *where)
{
    if (!is_person(b) || !name_holds_owner(b))
        return without_contacts(l, b->name);
    struct slice board = without_contacts(l, signboard(l, b));
    if (board.n)
        return board;
    struct buf name = {0};
    buf_slice(&name, b->industry_group.n ? b->industry_group : SLICE("Hộ kinh doanh"));
    if (where->street.n) {
        buf_text(&name, " – đường ");
        buf_slice(&name, where->street);
    } else if (b->group_name.n) {
        buf_text(&name, " – ");
        buf_slice(&name, b->group_name);
    }
    struct slice out = arena_slice(&l->row, buf_to_slice(&name));
    buf_release(&name);
    return out;
}

struct slice public_address(const struct business *b, const struct location *where)
{
    if (b->at_home != 1)
        return b->address;
    return where->street.n ? where->street : b->group_name;
}

/* --- a stall in an address --- */

static const char *stall_word(struct slice word)
{
    static const char *const WORDS[][2] = {{"quay", "counter"}, {"sap", "stand"},  {"kiot", "kiosk"},
                                           {"ot", "kiosk"},     {"kios", "kiosk"}, {"kiosk", "kiosk"},
                                           {"lo", "lot"},       {"o", NULL},       {"gian", NULL}};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (slice_equal(word, slice_of(WORDS[i][0])))
            return WORDS[i][1] ? WORDS[i][1] : "";
    return NULL;
}

static const struct market *market_in(struct load *l, struct slice fold)
{
    for (int i = 0; i < l->market_count; i++)
        if (holds_words(fold, l->markets[i].fold))
            return &l->markets[i];
    return NULL;
}

/* "quay so 12 khu a cho mau" → kind, number, zone. */
static bool read_stall_words(struct load *l, struct slice fold, struct stall_key *key)
{
    struct slice rest = fold, word;
    while (slice_next(&rest, ' ', &word)) {
        const char *kind = stall_word(word);
        if (!kind || !slice_next(&rest, ' ', &word))
            continue;
        if ((slice_equal(word, SLICE("so")) || slice_equal(word, SLICE("hang"))) &&
            !slice_next(&rest, ' ', &word))
            return false;
        struct cell cell = {.kind = CELL_TEXT, .text = word};
        if (!word.n || clean_stall_number(&cell, &l->row, &key->number_norm, NULL) != CLEAN_OK)
            continue;
        key->kind = *kind ? kind : NULL;
        ptrdiff_t zone = slice_find(fold, SLICE("khu "));
        if (zone >= 0) {
            struct slice name = {fold.p + zone + 4, fold.n - (size_t)zone - 4};
            ptrdiff_t end = slice_find(name, SLICE(" cho "));
            key->zone_fold = zone_fold_in(&l->row, (struct slice){name.p, end < 0 ? name.n : (size_t)end});
        }
        return true;
    }
    return false;
}

int64_t stall_of_address(struct load *l, struct slice address)
{
    struct slice fold = text_fold_in(&l->row, address);
    const struct market *m = market_in(l, fold);
    struct stall_key key = {0};
    int64_t ids[2];
    if (!m || !read_stall_words(l, fold, &key))
        return 0;
    key.market_id = m->id;
    return stall_find(l->store, &key, ids, 2) == 1 ? ids[0] : 0;
}
