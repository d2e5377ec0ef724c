/* load_match: is this business known already, and if so, writing over it. See the law in load_business.c. */
#include "import/load_business.h"
#include "layers/text.h"

#include <stdlib.h>
#include <string.h>

struct business_ahead {
    struct location where;
    uint8_t match_key[HASH_BYTES];
    struct private_ready identity, name, owner_name, phone;
    char code[CODE_LENGTH + 1];
};

/* --- in advance --- */

static void prepare_value(struct load *l, const char *field, struct slice text, struct slice key,
                          struct private_ready *out)
{
    struct private_value v = {.owner = "place", .field = field, .text = text, .key = key};
    if (text.n)
        private_prepare(store_key(l->store), &v, &l->row, out);
}

void business_prepare(struct load *l, struct business *b)
{
    struct business_ahead *a = ARENA_NEW(&l->row, struct business_ahead);
    locate(l, b, &a->where);
    establishment_match_key(l->store, b->name_fold, b->address_key, a->match_key);
    prepare_value(l, "identity", b->identity, (struct slice){"", 0}, &a->identity);
    prepare_value(l, "owner_name", b->owner, b->owner_fold, &a->owner_name);
    prepare_value(l, "phone", b->phone, (struct slice){"", 0}, &a->phone);
    if (name_holds_owner(b))
        prepare_value(l, "name", b->name, b->name_fold, &a->name);
    code_random(a->code);
    b->ahead = a;
}

static void match_key_of(struct load *l, const struct business *b, uint8_t out[HASH_BYTES])
{
    if (b->ahead)
        memcpy(out, b->ahead->match_key, HASH_BYTES);
    else
        establishment_match_key(l->store, b->name_fold, b->address_key, out);
}

/* --- matching --- */

static bool differs(struct slice a, struct slice b)
{
    return a.n && b.n && !slice_equal(a, b);
}

/* What both sides know and say otherwise: another number of the office, another personal or tax number. */
static bool contradicts(struct load *l, const struct business *b, const struct place_known *known)
{
    struct private_value identity = {
        .owner = "place", .owner_id = known->place.id, .field = "identity", .text = b->identity};
    return differs(b->ref, known->place.ref) || (b->identity.n && private_compare(l->store, &identity) == 0);
}

static bool same_address(const struct business *b, const struct place_known *known)
{
    return b->address_key.n && slice_equal(b->address_key, known->address_key);
}

static void add_match(struct matches *m, enum match kind, int64_t id)
{
    for (int i = 0; i < m->count; i++)
        if (m->id[i] == id)
            return;
    if (m->count < MATCHES_MAX)
        m->id[m->count++] = id;
    m->kind = kind;
}

/* A stall with the same holder is the same business; one with another holder is a question. */
static void match_stall(struct load *l, const struct business *b, int64_t stall, struct matches *m)
{
    int64_t linked = establishment_of_stall(l->store, stall);
    bool same_holder = b->owner_fold.n && occupancy_compare(l->store, stall, b->owner_fold) == 1;
    if (linked && same_holder) {
        add_match(m, MATCH_SAME, linked);
        m->stall = stall;
    } else if (same_holder) {
        add_match(m, MATCH_STALL, stall);
    } else {
        add_match(m, MATCH_WEAK, stall);
    }
}

static bool match_by_ref(struct load *l, const struct business *b, struct matches *m)
{
    int64_t id = place_by_ref(l->store, b->ref);
    struct place_known known;
    if (!id)
        id = place_by_code(l->store, b->ref);
    if (!id || !place_read(l->store, &l->row, id, &known))
        return false;
    if (known.place.is_stall)
        match_stall(l, b, id, m);
    else
        add_match(m, MATCH_SAME, id);
    m->stall = known.place.is_stall ? id : known.stall_place_id;
    return true;
}

/* Places of this personal or tax number. One owner may run several: another ref with another address is
 * another shop. */
static void match_by_identity(struct load *l, const struct business *b, struct matches *m)
{
    int64_t ids[MATCHES_MAX];
    struct private_value v = {.owner = "place",
                              .field = "identity",
                              .text = b->identity,
                              .ready = b->ahead ? &b->ahead->identity : NULL};
    int n = b->identity.n ? private_find(l->store, &v, ids, MATCHES_MAX) : 0;
    struct matches same = {0}, weak = {0};
    for (int i = 0; i < n; i++) {
        struct place_known known;
        if (!place_read(l->store, &l->row, ids[i], &known) || !known.has_establishment)
            continue;
        if (!differs(b->ref, known.place.ref))
            add_match(&same, MATCH_SAME, ids[i]);
        else if (same_address(b, &known))
            add_match(&weak, MATCH_WEAK, ids[i]);
    }
    for (int i = 0; same.count > 1 && i < same.count; i++) { /* several shops: the one at this address */
        struct place_known known;
        if (!place_read(l->store, &l->row, same.id[i], &known) || !same_address(b, &known))
            continue;
        same = (struct matches){.kind = MATCH_SAME, .id = {same.id[i]}, .count = 1};
    }
    *m = same.count ? same : weak;
    if (m->count > 1)
        m->kind = MATCH_WEAK;
}

/* One that itself waits as a possible double does not make the other uncertain. */
static void leave_waiting_out(struct load *l, struct matches *m)
{
    struct matches settled = {0};
    for (int i = 0; m->count > 1 && i < m->count; i++) {
        struct place_known known;
        if (place_read(l->store, &l->row, m->id[i], &known) && !known.place.needs_review)
            add_match(&settled, m->kind, m->id[i]);
    }
    if (settled.count == 1)
        *m = settled;
}

static void match_by_name(struct load *l, const struct business *b, struct matches *m)
{
    uint8_t key[HASH_BYTES];
    int64_t ids[MATCHES_MAX];
    match_key_of(l, b, key);
    int n = establishment_by_match_key(l->store, key, ids, MATCHES_MAX);
    struct matches same = {0}, weak = {0};
    for (int i = 0; i < n; i++) {
        struct place_known known;
        if (!place_read(l->store, &l->row, ids[i], &known))
            continue;
        if (contradicts(l, b, &known))
            add_match(&weak, MATCH_WEAK, ids[i]);
        else
            add_match(&same, MATCH_SAME, ids[i]);
    }
    leave_waiting_out(l, &same);
    *m = same.count ? same : weak;
    if (m->count > 1)
        m->kind = MATCH_WEAK;
}

static bool match_by_stall_address(struct load *l, const struct business *b, struct matches *m)
{
    int64_t stall = stall_of_address(l, b->address);
    if (!stall || (b->owner_fold.n && occupancy_compare(l->store, stall, b->owner_fold) != 1))
        return false; /* another holder at this stall: somebody else's business */
    match_stall(l, b, stall, m);
    return m->kind != MATCH_WEAK;
}

/* The same row of the same list again: which place it is was settled before, perhaps by a person who found
 * two records to be one. */
static void recall_decision(const struct load *l, struct matches *m)
{
    for (int i = 0; m->kind == MATCH_WEAK && i < m->count; i++)
        if (m->id[i] == l->known_entity)
            *m = (struct matches){.kind = MATCH_SAME, .id = {l->known_entity}, .count = 1};
}

void business_match(struct load *l, const struct business *b, struct matches *m)
{
    struct place_known known;
    *m = (struct matches){0};
    if (b->ref.n && match_by_ref(l, b, m))
        return;
    match_by_identity(l, b, m);
    if (m->kind == MATCH_NONE)
        match_by_name(l, b, m);
    recall_decision(l, m);
    if (m->kind == MATCH_SAME && place_read(l->store, &l->row, m->id[0], &known))
        m->stall = known.stall_place_id;
    if (m->kind == MATCH_NONE) {
        struct matches stall = {0};
        if (match_by_stall_address(l, b, &stall))
            *m = stall;
    }
}

/* --- writing --- */

struct writing {
    struct load *l;
    struct business *b;
    struct location where;
    struct place_known known;
    bool is_new;
    int64_t stall; /* one business with it; 0 none */
};

/* A list may name a place by our code; that is no number of the office. */
static bool is_public_code(struct slice ref)
{
    char code[CODE_LENGTH + 1];
    return code_canonical(ref, code);
}

/* Only what the file has a column for replaces what is known. */
static void merge_place(struct writing *w, struct place *p)
{
    const struct business *b = w->b;
    const struct table *t = w->l->table;
    bool hides_owner = name_holds_owner(b);
    *p = w->known.place;
    p->batch_id = batch_id(w->l->batch);
    p->public_name = public_name(w->l, b, &w->where);
    p->name = hides_owner ? p->public_name : without_contacts(w->l, b->name);
    p->name_fold = slice_equal(p->name, b->name) ? b->name_fold : (struct slice){"", 0};
    if (w->is_new && b->ahead)
        memcpy(p->code, b->ahead->code, sizeof p->code);
    if (b->ref.n && !p->ref.n && !w->stall && !is_public_code(b->ref))
        p->ref = b->ref; /* of two records that became one, both numbers lead here */
    if (b->status)
        p->status = b->status;
    else if (w->is_new)
        p->status = "active";
    if (table_has(t, COLUMN_STATUS))
        p->status_raw = b->status_raw;
    if (b->industry_code.n || table_has(t, COLUMN_INDUSTRY_CODE)) {
        p->industry_version = b->industry_version;
        p->industry_code = b->industry_code;
    }
    if (b->industry_group.n)
        p->industry_group = b->industry_group;
    if (date_is_valid(b->valid_from) || date_is_valid(b->licensed_on))
        p->valid_from = date_is_valid(b->valid_from) ? b->valid_from : b->licensed_on;
    if (date_is_valid(b->valid_to))
        p->valid_to = b->valid_to;
    if (date_is_valid(w->l->listed_on))
        p->source_date = w->l->listed_on;
    p->group_id = w->where.group_id ? w->where.group_id : p->group_id;
    p->ward_id = w->where.ward_id ? w->where.ward_id : p->ward_id;
}

static bool write_establishment(struct writing *w, int64_t place_id, struct fault *f)
{
    const struct business *b = w->b;
    struct establishment e = {.place_id = place_id,
                              .kind = b->kind,
                              .kind_raw = b->kind_raw,
                              .address = b->address,
                              .public_address = public_address(b, &w->where),
                              .address_key = b->address_key,
                              .street_id = w->where.street_id,
                              .stall_place_id = w->stall,
                              .number = w->where.number,
                              .chain = w->where.chain,
                              .at_home = b->at_home,
                              .has_account = b->has_account,
                              .einvoice_in_scope = b->einvoice_in_scope,
                              .einvoice_connected = b->einvoice_connected,
                              .licensed_on = b->licensed_on};
    match_key_of(w->l, b, e.match_key);
    return establishment_put(w->l->store, &e, w->is_new, f);
}

static bool write_private(struct writing *w, int64_t place_id, struct fault *f)
{
    const struct business *b = w->b;
    const struct table *t = w->l->table;
    const struct business_ahead *a = b->ahead;
    struct slice none = {"", 0};
    const struct {
        const char *field;
        struct slice text, key;
        bool is_told;
        const struct private_ready *ready;
    } values[PRIVATE_NEW_MAX] = {
        {"identity", b->identity, none, b->identity.n > 0, a ? &a->identity : NULL},
        {"name", name_holds_owner(b) ? b->name : none, b->name_fold, true, a ? &a->name : NULL},
        {"owner_name", b->owner, b->owner_fold, table_has(t, COLUMN_OWNER), a ? &a->owner_name : NULL},
        {"phone", b->phone, none, table_has(t, COLUMN_PHONE), a ? &a->phone : NULL},
    };
    struct private_value told[PRIVATE_NEW_MAX];
    int n = 0;
    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (values[i].is_told)
            told[n++] = (struct private_value){.owner = "place",
                                               .owner_id = place_id,
                                               .field = values[i].field,
                                               .text = values[i].text,
                                               .key = values[i].key,
                                               .is_new = w->is_new,
                                               .ready = w->is_new ? values[i].ready : NULL};
    if (w->is_new)
        return private_put_new(w->l->store, told, n, f);
    for (int i = 0; i < n; i++)
        if (!private_put(w->l->store, &told[i], f))
            return false;
    return true;
}

/* "k", "chưa", "không dùng": no platform, where any other word is the name of one. */
static bool says_no(struct slice text)
{
    struct cell cell = {.kind = CELL_TEXT, .text = text};
    struct fault ignored = {0};
    bool uses = true;
    if (clean_platform(&cell, &uses, &ignored) == CLEAN_OK && !uses)
        return true;
    return slice_starts(text, SLICE("Không")) || slice_starts(text, SLICE("Chưa"));
}

static bool write_platforms(struct writing *w, int64_t place_id, struct date listed_on, struct fault *f)
{
    if (!table_has(w->l->table, COLUMN_PLATFORM))
        return true;
    if (!w->is_new && !platform_clear(w->l->store, place_id, f))
        return false;
    struct slice rest = w->b->platform, part;
    while (slice_next(&rest, ',', &part)) {
        struct slice more = part, one;
        while (slice_next(&more, ';', &one)) {
            one = slice_trim(one);
            if (one.n && !says_no(one) && !platform_put(w->l->store, place_id, one, listed_on, f))
                return false;
        }
    }
    return true;
}

/* What a stall's page shows is the stall's: a linked register row speaks for it. */
static bool write_money(struct writing *w, int64_t place_id, struct fault *f)
{
    static const char *const METHODS[3] = {"QR", "POS", "CK"};
    struct date listed_on = date_is_valid(w->l->listed_on) ? w->l->listed_on : w->l->today;
    bool is_new = w->is_new && !w->stall, ok = true;
    struct acceptance told[3];
    int n = 0;
    for (int i = 2; i >= 0; i--)
        if (w->b->accepts[i] >= 0)
            told[n++] = (struct acceptance){.place_id = w->stall ? w->stall : place_id,
                                            .method = METHODS[i],
                                            .accepts = w->b->accepts[i] == 1,
                                            .listed_on = listed_on};
    if (is_new)
        ok = acceptance_put_new(w->l->store, told, n, f);
    for (int i = 0; ok && !is_new && i < n; i++)
        ok = acceptance_put(w->l->store, &told[i], f);
    return ok && write_platforms(w, place_id, listed_on, f);
}

/* A pin or typed coordinates stay when the row has the same address and none of its own. */
static bool keeps_position(const struct writing *w)
{
    bool same = !w->b->address_key.n || slice_equal(w->known.address_key, w->b->address_key);
    return !w->is_new && !w->b->has_position && same && slice_equal(w->known.position, SLICE("gps"));
}

static void locate_at_stall(struct writing *w)
{
    struct place_known stall;
    if (place_read(w->l->store, &w->l->row, w->stall, &stall))
        w->where.position.position = arena_text(&w->l->row, stall.position);
    if (!place_read_point(w->l->store, w->stall, &w->where.position))
        w->where.position.position = "none";
    w->where.question = NULL;
}

static bool write_all(struct writing *w, struct outcome *out, struct fault *f)
{
    struct place p;
    bool keeps = keeps_position(w);
    merge_place(w, &p);
    p.needs_review = out->verdict == VERDICT_REVIEW;
    if (!place_put(w->l->store, &p, keeps ? NULL : &w->where.position, f) ||
        !write_establishment(w, p.id, f) || !write_private(w, p.id, f) || !write_money(w, p.id, f))
        return false;
    out->entity_id = p.id;
    out->review_place = p.id;
    out->position = keeps ? "gps" : w->where.position.position;
    /* what was asked about the row before is answered, or will be asked anew */
    return w->is_new || !w->known.place.needs_review || review_settle(w->l->batch, p.id, f);
}

/* Who the other is, so that the clerk need not look it up. */
static const char *twin_text(struct writing *w, const struct matches *m, uint32_t row)
{
    struct place_known other;
    const char *which = row ? arena_format(&w->l->row, "dòng %u của tệp này", row) : "cơ sở đã có trong sổ";
    if (!m->count || !place_read(w->l->store, &w->l->row, m->id[0], &other))
        return arena_format(&w->l->row, "Có thể trùng với %s", which);
    const struct place *p = &other.place;
    return arena_format(&w->l->row, "Có thể trùng với %s: \"%.*s\"%s%.*s, mã tra cứu %s%s", which,
                        (int)p->name.n, p->name.p, p->ref.n ? ", mã điểm " : "", (int)p->ref.n,
                        p->ref.n ? p->ref.p : "", p->code, m->count > 1 ? " (và nơi khác nữa)" : "");
}

static void add_twin(struct load *l, struct outcome *out, int64_t place_id)
{
    struct place_known other;
    if (place_read(l->store, &l->row, place_id, &other))
        out->twins[out->twin_count++] =
            (struct twin){.code = slice_of(arena_format(&l->row, "%s", other.place.code)),
                          .ref = other.place.ref,
                          .name = other.place.name,
                          .address = other.address};
}

static void ask_about_twins(struct writing *w, const struct matches *m, struct outcome *out)
{
    complain_text(out, COLUMN_NAME, FAULT_DUPLICATE, w->b->name, twin_text(w, m, out->twin_of));
    ask(out, "có thể trùng với cơ sở đã có", "duplicate", 0);
    out->twins = ARENA_ARRAY(&w->l->row, struct twin, MATCHES_MAX);
    for (int i = 0; i < m->count; i++) {
        add_candidate(w->l, out, m->id[i]);
        add_twin(w->l, out, m->id[i]);
    }
    if (out->twin_of || place_by_ref(w->l->store, w->b->ref))
        w->b->ref = (struct slice){"", 0}; /* a number stands for one place */
}

/* A list without the owner's name must not publish the name that an earlier list taught us to hide. */
static void recall_owner(struct writing *w)
{
    struct buf name = {0};
    struct private_value v = {.owner = "place", .owner_id = w->known.place.id, .field = "owner_name"};
    if (!w->is_new && !w->b->owner_fold.n && private_get(w->l->store, &v, &name))
        w->b->owner_fold = text_fold_in(&w->l->row, buf_to_slice(&name));
    buf_release(&name);
}

bool business_write(struct load *l, const struct row *row, struct business *b, const struct matches *m,
                    struct outcome *out, struct fault *f)
{
    struct writing w = {.l = l, .b = b, .is_new = true};
    bool is_twin = out->twin_of != 0 || m->kind == MATCH_WEAK;
    if (!is_twin && m->kind == MATCH_SAME) {
        w.is_new = !place_read(l->store, &l->row, m->id[0], &w.known);
        w.stall = m->stall;
    } else if (!is_twin && m->kind == MATCH_STALL) {
        w.stall = m->id[0];
    }
    if ((!w.is_new || w.stall) && !batch_row_guard(l->batch, f))
        return false;
    recall_owner(&w);
    if (w.is_new && b->ahead)
        w.where = b->ahead->where;
    else
        locate(l, b, &w.where);
    if (w.stall)
        locate_at_stall(&w);
    if (w.where.doubt)
        complain_text(out, COLUMN_LON, FAULT_BAD_COORDINATE, cell_text(row, COLUMN_LON), w.where.doubt);
    out->verdict = w.is_new ? VERDICT_ADDED : VERDICT_UPDATED;
    if (is_twin)
        ask_about_twins(&w, m, out);
    if (w.where.question && !keeps_position(&w)) {
        complain_text(out, COLUMN_ADDRESS, FAULT_AMBIGUOUS, b->address, w.where.question);
        if (out->verdict != VERDICT_REVIEW) {
            ask(out, "vị trí cần người quyết định", "", 0);
            out->reason = slice_of(w.where.question);
            out->fault_group = w.where.fault_group;
            out->candidates = w.where.candidates;
        }
    }
    return write_all(&w, out, f);
}
