/* load: one file into the ward file, in one transaction. Runs the rows of a table through the functions of
 * its kind and counts what became of them.
 *
 * Law: every data row ends as exactly one of added, updated, unchanged, rejected, review. The same row again
 * is unchanged, even one that still waits for a person; a second row about the same thing in one file is
 * never merged into the first. */
#include "import/load.h"
#include "import/learn.h"

#include <stdlib.h>
#include <string.h>

static const struct load_kind *kind_of(enum import_kind kind)
{
    switch (kind) {
    case IMPORT_ESTABLISHMENTS: return &LOAD_ESTABLISHMENTS;
    case IMPORT_STALLS: return &LOAD_STALLS;
    case IMPORT_FOOD_SAFETY: return &LOAD_FOOD_SAFETY;
    case IMPORT_MARKETS: return &LOAD_MARKETS;
    case IMPORT_PILOTS: return &LOAD_PILOTS;
    case IMPORT_PAYMENTS: return &LOAD_PAYMENTS;
    case IMPORT_STREETS: return &LOAD_STREETS;
    case IMPORT_ADDRESSES: return &LOAD_ADDRESSES;
    case IMPORT_WARDS: return &LOAD_WARDS;
    case IMPORT_RESIDENTIAL_GROUPS: return &LOAD_RESIDENTIAL_GROUPS;
    case IMPORT_INDUSTRIES: return &LOAD_INDUSTRIES;
    case IMPORT_STALL_PLANS: return &LOAD_STALL_PLANS;
    case IMPORT_BASE: return &LOAD_BASE;
    case IMPORT_OSM: return &LOAD_OSM;
    default: return NULL;
    }
}

/* --- keys seen in this file: 64 bits of the keyed hash → row --- */

struct seen {
    struct seen_slot {
        uint64_t key;
        uint32_t row;
    } * slots;
    size_t capacity, count; /* capacity is a power of two */
};

static struct seen_slot *seen_slot(const struct seen *s, uint64_t key)
{
    size_t i = key & (s->capacity - 1);
    while (s->slots[i].row && s->slots[i].key != key)
        i = (i + 1) & (s->capacity - 1);
    return &s->slots[i];
}

static void seen_grow(struct seen *s)
{
    struct seen bigger = {.capacity = s->capacity ? s->capacity * 2 : 1024};
    bigger.slots = memory_zeroed(bigger.capacity, sizeof *bigger.slots);
    for (size_t i = 0; i < s->capacity; i++)
        if (s->slots[i].row)
            *seen_slot(&bigger, s->slots[i].key) = s->slots[i];
    bigger.count = s->count;
    free(s->slots);
    *s = bigger;
}

/* The row that had this key before, or 0. */
static uint32_t seen_add(struct seen *s, const uint8_t hash[HASH_BYTES], uint32_t row)
{
    uint64_t key;
    memcpy(&key, hash, sizeof key);
    if (s->count * 4 >= s->capacity * 3)
        seen_grow(s);
    struct seen_slot *slot = seen_slot(s, key);
    if (slot->row)
        return slot->row;
    *slot = (struct seen_slot){key, row};
    s->count++;
    return 0;
}

static void seen_release(struct seen *s)
{
    free(s->slots);
    *s = (struct seen){0};
}

/* --- one row --- */

struct run {
    struct load load;
    struct table_request request;
    const struct load_kind *kind;
    struct import_summary *sum;
    struct report *report;
    struct seen seen;
    uint64_t row_estimate;
    struct buf text, json;
};

/* A twin is remembered under its key and content, beside the first row. */
static void hash_twin(struct run *r, struct source_row *source)
{
    buf_reset(&r->text);
    buf_add(&r->text, source->key, HASH_BYTES);
    buf_add(&r->text, source->hash, HASH_BYTES);
    key_hash(store_key(r->load.store), "twin", buf_to_slice(&r->text), source->key);
}

static bool is_known(struct run *r, const struct source_row *source, struct outcome *out)
{
    int64_t id;
    if (!source_row_is_known(r->load.batch, source, out->twin_of, &id)) {
        r->load.known_entity = out->twin_of ? 0 : id;
        return false;
    }
    out->verdict = VERDICT_UNCHANGED;
    out->entity_id = id;
    out->entity = r->kind->entity;
    out->problem_count = 0;
    if (r->kind->has_places)
        out->position = place_position_name(r->load.store, &r->load.row, id);
    return true;
}

static void wait_as_twin(struct run *r, struct outcome *out)
{
    complain_text(out, -1, FAULT_DUPLICATE, (struct slice){"", 0},
                  arena_format(&r->load.row, "Trùng mã với dòng %u nhưng nội dung khác", out->twin_of));
    ask(out, "trùng với một dòng khác trong tệp", "duplicate_in_file", 0);
}

/* What the rules of the file itself forbid costs the row, not the import; anything else the database says is
 * the end. */
static bool apply_or_reject(struct run *r, const struct row *row, struct outcome *out, struct fault *f)
{
    struct fault here = {0};
    if (r->kind->apply(&r->load, row, out, &here))
        return true;
    if (here.code != FAULT_DATABASE || slice_find(slice_of(here.text), SLICE("constraint failed")) < 0)
        return fault_set(f, here.code, here.place, "%s", here.text);
    reject(out, &(struct problem){.column = -1, .code = FAULT_DUPLICATE, .value = {"", 0}});
    return true;
}

static bool apply_row(struct run *r, const struct row *row, struct source_row *source, struct outcome *out,
                      struct fault *f)
{
    out->entity = r->kind->entity;
    if (out->twin_of && !r->kind->takes_twins)
        wait_as_twin(r, out);
    else if ((!r->kind->guards_itself && !batch_row_guard(r->load.batch, f)) ||
             !apply_or_reject(r, row, out, f))
        return false;
    if (is_rejected(out))
        return batch_row_cancel(r->load.batch, f);
    bool is_written = out->verdict == VERDICT_ADDED || out->verdict == VERDICT_UPDATED;
    if (r->load.source_id && is_written &&
        !source_mark(r->load.store, out->entity, out->entity_id, r->load.source_id, f))
        return false;
    source->entity_id = out->entity_id;
    source->waiting = out->verdict == VERDICT_REVIEW;
    source->row = row->number;
    if (out->key.n)
        source_row_put(r->load.batch, source);
    if (out->verdict != VERDICT_REVIEW)
        return true;
    struct review review = {.row = row->number,
                            .place_id = out->review_place,
                            .reason = out->reason,
                            .fault_group = out->fault_group,
                            .candidates = out->candidates};
    return review_open(r->load.batch, &review, f);
}

static bool settle_row(struct run *r, struct reading *reading, struct fault *f)
{
    struct outcome *out = &reading->outcome;
    struct source_row *source = &reading->source;
    r->load.known_entity = 0;
    if (is_rejected(out))
        return true;
    if (out->key.n) {
        out->twin_of = seen_add(&r->seen, source->key, reading->row.number);
        if (is_known(r, source, out))
            return true;
        if (out->twin_of)
            hash_twin(r, source);
        if (out->twin_of && is_known(r, source, out))
            return true;
    }
    return apply_row(r, &reading->row, source, out, f);
}

static void count_row(struct run *r, const struct outcome *out)
{
    uint64_t *const counts[VERDICT_COUNT] = {&r->sum->added, &r->sum->updated, &r->sum->unchanged,
                                             &r->sum->rejected, &r->sum->review};
    r->sum->rows++;
    *counts[out->verdict] += 1;
    if (!r->kind->has_places || out->verdict == VERDICT_REJECTED)
        return;
    enum position_kind p = POSITION_NONE;
    for (int i = 0; out->position && i < POSITION_COUNT; i++)
        if (strcmp(position_name((enum position_kind)i), out->position) == 0)
            p = (enum position_kind)i;
    r->sum->position[p]++;
}

static bool load_row(struct run *r, struct reading *reading, struct fault *f)
{
    const struct row *row = &reading->row;
    struct outcome *out = &reading->outcome;
    r->load.listed_on = reading->listed_on;
    r->load.record = reading->record;
    r->row_estimate = reading->row_estimate;
    batch_row_begin(r->load.batch);
    if (!settle_row(r, reading, f))
        return false;
    if (is_rejected(out))
        out->entity_id = 0;
    count_row(r, out);
    report_row(r->report, row, out);
    tell_row(r->load.options, row, out);
    buf_reset(&r->json);
    problems_json(out, &r->json);
    struct batch_row record = {.row = row->number,
                               .verdict = out->verdict,
                               .entity = out->entity,
                               .entity_id = out->entity_id,
                               .faults = buf_to_slice(&r->json),
                               .raw = out->verdict == VERDICT_UNCHANGED ? (struct slice){"", 0} : row->raw};
    return batch_row_end(r->load.batch, &record, f);
}

/* --- the file --- */

enum { PROGRESS_ROWS = 256 };

static bool progress(const struct run *r, struct fault *f)
{
    const struct import_options *o = r->load.options;
    if (!o->progress || o->progress(o->progress_context, r->sum->rows, r->row_estimate))
        return true;
    return fault_set(f, FAULT_INTERRUPTED, NULL, "%s", "");
}

static bool has_enough(const struct run *r)
{
    const struct import_options *o = r->load.options;
    return o->dry_run && o->row_limit && r->sum->rows >= o->row_limit;
}

static bool load_pass(struct run *r, bool later, struct fault *f)
{
    struct fault end = {0};
    struct reading *reading;
    bool ok = true;
    r->row_estimate = table_row_estimate(r->load.table);
    struct reader *reader = reader_open(&r->load, r->kind);
    while (ok && !has_enough(r) && (reading = reader_next(reader, later, &end)) != NULL)
        ok = load_row(r, reading, f) && (r->sum->rows % PROGRESS_ROWS != 0 || progress(r, f));
    reader_close(reader);
    return ok && (!end.code || fault_set(f, end.code, end.place, "%s", end.text));
}

static bool load_rows(struct run *r, struct fault *f)
{
    if (!load_pass(r, false, f))
        return false;
    if (r->kind->is_later) {
        table_close(r->load.table);
        r->load.table = NULL;
        if (!table_open(&r->load.table, &r->request, f) || !load_pass(r, true, f))
            return false;
    }
    return progress(r, f);
}

static bool has_acceptance(const struct table *t)
{
    return table_has(t, COLUMN_QR) || table_has(t, COLUMN_POS) || table_has(t, COLUMN_TRANSFER);
}

/* --- the file's own hash, while the indexes are made --- */

struct hashing {
    const char *path;
    uint8_t *out;
    struct fault fault;
    bool ok, has_thread;
    pthread_t thread;
};

static void *hash_file(void *context)
{
    struct hashing *h = context;
    h->ok = sha256_of_file(h->path, h->out, &h->fault);
    return NULL;
}

static void start_hashing(struct hashing *h, const char *path, uint8_t out[HASH_BYTES])
{
    *h = (struct hashing){.path = path, .out = out};
    h->has_thread = thread_start(&h->thread, hash_file, h);
    if (!h->has_thread)
        hash_file(h);
}

static bool end_hashing(struct hashing *h, struct fault *f)
{
    if (h->has_thread)
        pthread_join(h->thread, NULL);
    return h->ok || fault_set(f, h->fault.code, h->fault.place, "%s", h->fault.text);
}

static bool finish_batch(struct run *r, struct fault *f)
{
    struct load *l = &r->load;
    seen_release(&r->seen); /* what is made last wants the memory */
    struct batch_dating dating = {.listed_on = table_source_date(l->table),
                                  .today = l->today,
                                  .acceptance = has_acceptance(l->table),
                                  .platform = table_has(l->table, COLUMN_PLATFORM)};
    struct batch_end end = {.counts = {.rows = r->sum->rows,
                                       .of = {r->sum->added, r->sum->updated, r->sum->unchanged,
                                              r->sum->rejected, r->sum->review}},
                            .listed_on = dating.listed_on};
    struct hashing hashing;
    start_hashing(&hashing, l->options->path, end.file_hash);
    bool ok = batch_after_rows(l->batch, f) && (!r->kind->finish || r->kind->finish(l, f)) &&
              (!r->kind->feeds_gazetteer || learn_place_waiting(l->store, &r->sum->placed, f)) &&
              (!r->kind->has_places || batch_date(l->batch, &dating, f)) && batch_index(l->batch, f);
    return end_hashing(&hashing, f) && ok && batch_finish(l->batch, &end, f);
}

static const char *file_name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool open_batch(struct run *r, struct fault *f)
{
    const struct import_options *o = r->load.options;
    struct batch_start start = {.kind = import_kind_name(o->kind),
                                .file_name = file_name_of(o->path),
                                .sheet = table_sheet(r->load.table),
                                .who = o->who ? o->who : "cli",
                                .signature = table_signature(r->load.table),
                                .places = r->kind->only_places ? table_row_estimate(r->load.table) : 0};
    if (!batch_open(&r->load.batch, r->load.store, &start, f))
        return false;
    r->sum->batch = batch_id(r->load.batch);
    return true;
}

/* Reference data without a word about where it is from is at least from that file. */
static bool name_source(struct run *r, struct fault *f)
{
    const struct import_options *o = r->load.options;
    bool is_osm = o->kind == IMPORT_OSM;
    struct data_source source = {.name = slice_of(o->source_name ? o->source_name
                                                  : is_osm       ? "OpenStreetMap"
                                                                 : file_name_of(o->path)),
                                 .dated_on = slice_of(o->source_date ? o->source_date : ""),
                                 .licence = slice_of(o->licence ? o->licence
                                                     : is_osm   ? "© OpenStreetMap contributors, ODbL 1.0"
                                                                : "")};
    struct date day;
    bool is_day = !source.dated_on.n || date_parse_iso(source.dated_on, &day);
    if (!is_day)
        return fault_set(f, FAULT_USAGE, "--source-date", "%s", "ngày của nguồn ghi NĂM-THÁNG-NGÀY");
    if (!r->kind->feeds_gazetteer && o->kind != IMPORT_BASE)
        return o->source_name == NULL && o->licence == NULL && o->source_date == NULL
                   ? true
                   : fault_set(f, FAULT_USAGE, "--source-name", "%s", "nguồn chỉ ghi cho dữ liệu nền");
    if (!source_put(r->load.store, &source, f))
        return false;
    r->load.source_id = source.id;
    return true;
}

/* Everything between begin and commit. */
static bool load_file(struct run *r, struct fault *f)
{
    struct load *l = &r->load;
    if (!open_batch(r, f) || !name_source(r, f) || !load_markets(l) ||
        (r->kind->needs_geocoder && !geocoder_open(&l->geocoder, l->store, f)))
        return false;
    return (!r->kind->begin || r->kind->begin(l, f)) && load_rows(r, f) && finish_batch(r, f);
}

static bool load_in_transaction(struct run *r, struct fault *f)
{
    store_sort_in_files(r->load.store, true);
    if (!store_begin(r->load.store, f))
        return false;
    bool ok = load_file(r, f);
    batch_close(r->load.batch);
    r->load.batch = NULL;
    if (ok && !r->load.options->dry_run)
        ok = store_commit(r->load.store, f);
    if (!ok || r->load.options->dry_run)
        store_rollback(r->load.store);
    store_sort_in_files(r->load.store, false);
    if (r->load.options->dry_run)
        r->sum->batch = 0;
    return ok;
}

/* Without a mapping file, the one that once worked for the same headings. */
static void take_remembered(struct run *r, struct buf *explanation)
{
    struct load *l = &r->load;
    const struct import_options *o = l->options;
    if (o->mapping_path)
        return;
    struct slice json =
        mapping_recall(l->store, import_kind_name(o->kind), table_signature(l->table), &l->whole);
    if (!json.n)
        return;
    struct table *again = NULL;
    struct table_request request = r->request;
    struct fault ignored = {0};
    request.mapping_json = json;
    if (!table_open(&again, &request, &ignored)) /* made for another program: the headings alone then */
        return;
    table_close(l->table);
    l->table = again;
    r->request = request;
    if (explanation)
        buf_text(explanation, "Dùng lại bảng ghép cột đã nhớ cho các tiêu đề này (đổi bằng --mapping)\n");
}

/* Headings of which no word is known are found by a mapping that once worked for the very same ones. */
static bool open_by_remembered(struct run *r)
{
    enum { TRIED_MOST = 50 };
    struct load *l = &r->load;
    struct mapping_line *lines;
    int count = mapping_list(l->store, import_kind_name(l->options->kind), TRIED_MOST, &l->whole, &lines);
    for (int i = 0; i < count; i++) {
        struct table_request request = r->request;
        struct table *t = NULL;
        struct fault ignored = {0};
        request.mapping_json = lines[i].json;
        if (!table_open(&t, &request, &ignored))
            continue;
        if (slice_equal(table_signature(t), lines[i].signature)) {
            l->table = t;
            return true;
        }
        table_close(t);
    }
    return false;
}

static bool open_table(struct run *r, struct fault *f)
{
    struct fault local = {0};
    if (table_open(&r->load.table, &r->request, &local))
        return true;
    if (local.code == FAULT_NO_HEADER && !r->request.mapping_path && open_by_remembered(r))
        return true;
    return fault_set(f, local.code, local.place, "%s", local.text);
}

/* A mapping file that led to stored rows is taken next time for the same headings. */
static void remember(const struct run *r)
{
    const struct import_options *o = r->load.options;
    struct buf json = {0};
    struct fault ignored = {0};
    bool is_worth = o->mapping_path && !o->dry_run && r->sum->rows > r->sum->rejected;
    bool done = is_worth && file_read(o->mapping_path, 1 << 20, &json, &ignored) &&
                mapping_remember(r->load.store, import_kind_name(o->kind), table_signature(r->load.table),
                                 buf_to_slice(&json), &ignored);
    (void)done;
    buf_release(&json);
}

bool import_file(struct store *s, const struct import_options *o, struct import_summary *sum,
                 struct buf *explanation, struct fault *f)
{
    struct run r = {
        .load = {.store = s, .options = o, .today = date_today()}, .kind = kind_of(o->kind), .sum = sum};
    r.request = (struct table_request){
        .path = o->path, .kind = o->kind, .sheet = o->sheet, .mapping_path = o->mapping_path, .crs = o->crs};
    *sum = (struct import_summary){0};
    if (!r.kind)
        return fault_set(f, FAULT_USAGE, import_kind_name(o->kind), "%s",
                         "loại danh sách này chưa nhập được");
    sum->has_positions = r.kind->has_places;
    bool ok = store_key(s) || fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
    ok = ok && projection_open(&r.load.projection, o->crs ? o->crs : "EPSG:5899", f) && open_table(&r, f);
    if (ok)
        take_remembered(&r, explanation);
    if (ok && explanation)
        table_explain(r.load.table, explanation);
    struct report_request report = {{o->report_path, o->second_report_path}, r.load.table, o->kind};
    bool reports = o->report_path || o->second_report_path;
    ok = ok && (!reports || report_open(&r.report, &report, f)) && load_in_transaction(&r, f);
    report_date(r.report, r.load.table ? table_source_date(r.load.table) : (struct date){0});
    if (ok)
        remember(&r);
    ok = report_close(r.report, ok ? f : NULL) && ok;
    geocoder_close(r.load.geocoder);
    projection_close(r.load.projection);
    table_close(r.load.table);
    arena_release(&r.load.row);
    arena_release(&r.load.whole);
    seen_release(&r.seen);
    buf_release(&r.text);
    buf_release(&r.json);
    return ok;
}

bool import_undo(struct store *s, int64_t batch, const char *who, struct import_summary *sum, struct fault *f)
{
    struct batch_counts counts = {0};
    *sum = (struct import_summary){.batch = batch};
    if (!batch_undo(s, batch, who, &counts, f))
        return false;
    sum->rows = counts.rows;
    sum->added = counts.of[VERDICT_ADDED];
    sum->updated = counts.of[VERDICT_UPDATED];
    sum->unchanged = counts.of[VERDICT_UNCHANGED];
    sum->rejected = counts.of[VERDICT_REJECTED];
    sum->review = counts.of[VERDICT_REVIEW];
    return true;
}
