/* food_entry: food_entry.def as data, read for a form and written by name. */
#include "layers/change.h"
#include "layers/saving.h"
#include "layers/text.h"

#include <stdio.h>
#include <string.h>

enum form_id {
#define FORM(id, name, desk, title) FORM_##id,
#define INPUT(form, name, kind, title, now)
#define REFUSE(form, query, why)
#define STEP(form, sql)
#include "layers/food_entry.def"
#undef FORM
#undef INPUT
#undef REFUSE
#undef STEP
};

static const struct food_form FORMS[] = {
#define FORM(id, name, desk, title) {name, title, desk},
#define INPUT(form, name, kind, title, now)
#define REFUSE(form, query, why)
#define STEP(form, sql)
#include "layers/food_entry.def"
#undef FORM
#undef INPUT
};

static const struct {
    enum form_id form;
    const char *name, *kind, *title, *now;
} INPUTS[] = {
#define FORM(id, name, desk, title)
#define INPUT(form, name, kind, title, now) {FORM_##form, name, kind, title, now},
#include "layers/food_entry.def"
#undef INPUT
#undef REFUSE
};

static const struct {
    enum form_id form;
    const char *query, *why;
} REFUSALS[] = {
#define INPUT(form, name, kind, title, now)
#define REFUSE(form, query, why) {FORM_##form, query, why},
#include "layers/food_entry.def"
#undef REFUSE
#undef STEP
};

static const struct {
    enum form_id form;
    const char *sql;
} STEPS[] = {
#define REFUSE(form, query, why)
#define STEP(form, sql) {FORM_##form, sql},
#include "layers/food_entry.def"
#undef FORM
#undef INPUT
#undef REFUSE
#undef STEP
};

int food_form_count(void)
{
    return (int)COUNT_OF(FORMS);
}

const struct food_form *food_form_get(int index)
{
    return &FORMS[index];
}

const struct food_form *food_form_find(struct slice name, enum food_desk desk)
{
    for (size_t i = 0; i < COUNT_OF(FORMS); i++)
        if (FORMS[i].desk == desk && slice_equal(name, slice_of(FORMS[i].name)))
            return &FORMS[i];
    return NULL;
}

static bool belongs(const struct food_form *form, enum form_id id)
{
    return &FORMS[id] == form;
}

/* --- binding by name --- */

static void bind_named_text(sqlite3_stmt *st, const char *name, struct slice value)
{
    int index = sqlite3_bind_parameter_index(st, name);
    if (index)
        bind_slice_or_null(st, index, value);
}

static void bind_frame(sqlite3_stmt *st, int64_t place_id, const char *who)
{
    char today[11];
    date_format_iso(date_today(), today);
    int place = sqlite3_bind_parameter_index(st, ":place");
    if (place)
        bind_id(st, place, place_id);
    bind_named_text(st, ":today", slice_of(today));
    bind_named_text(st, ":who", slice_of(who));
}

/* --- reading a form --- */

static void read_choices(sqlite3_stmt *st, struct arena *a, struct food_input *input)
{
    enum { MOST = 200 };
    input->choices = ARENA_ARRAY(a, struct food_choice, MOST);
    while (input->choice_count < MOST && statement_next(st, NULL)) {
        struct food_choice *one = &input->choices[input->choice_count++];
        *one = (struct food_choice){arena_slice(a, column_slice(st, 0)), arena_slice(a, column_slice(st, 1)),
                                    sqlite3_column_int(st, 2) == 1};
        if (one->is_chosen)
            input->now = one->value;
    }
    sqlite3_reset(st);
}

static void read_now(struct store *s, struct arena *a, const char *sql, int64_t place_id,
                     struct food_input *input)
{
    sqlite3_stmt *st = sql[0] ? store_statement(s, sql, NULL) : NULL;
    if (!st)
        return;
    bind_frame(st, place_id, "");
    if (strcmp(input->kind, "PICK") == 0) {
        read_choices(st, a, input);
        return;
    }
    if (statement_next(st, NULL))
        input->now = arena_slice(a, column_slice(st, 0));
    sqlite3_reset(st);
}

int food_form_read(struct store *s, struct arena *a, const struct food_form *form, int64_t place_id,
                   struct food_input inputs[FOOD_INPUTS_MOST])
{
    int count = 0;
    for (size_t i = 0; i < COUNT_OF(INPUTS) && count < FOOD_INPUTS_MOST; i++) {
        if (!belongs(form, INPUTS[i].form))
            continue;
        bool needed = INPUTS[i].kind[0] == '!';
        inputs[count] = (struct food_input){.name = INPUTS[i].name,
                                            .title = INPUTS[i].title,
                                            .kind = INPUTS[i].kind + needed,
                                            .is_required = needed,
                                            .now = {"", 0}};
        read_now(s, a, INPUTS[i].now, place_id, &inputs[count++]);
    }
    return count;
}

/* The input a line of the history is about: "food.document.issued_on"; -1: none. */
static int input_of_line(struct slice field)
{
    char name[64];
    for (size_t i = 0; slice_starts(field, SLICE("food.")) && i < COUNT_OF(INPUTS); i++) {
        snprintf(name, sizeof name, "food.%s.%s", FORMS[INPUTS[i].form].name, INPUTS[i].name);
        if (slice_equal(field, slice_of(name)))
            return (int)i;
    }
    return -1;
}

bool food_entry_said(struct slice field, struct slice *title, const char **kind)
{
    int i = input_of_line(field);
    if (i < 0)
        return false;
    *title = slice_of(INPUTS[i].title);
    *kind = strchr(INPUTS[i].kind, ':') ? INPUTS[i].kind + (INPUTS[i].kind[0] == '!') : NULL;
    return true;
}

bool food_entry_publishes(struct slice field)
{
    int i = input_of_line(field);
    return i >= 0 && FORMS[INPUTS[i].form].desk == FOOD_PLACE_PUBLISH;
}

/* --- checking --- */

struct entering {
    struct saving saving; /* its store; the rest of it only at a place */
    struct arena *arena;
    const struct food_entry *entry;
    struct food_input inputs[FOOD_INPUTS_MOST];
    struct slice values[FOOD_INPUTS_MOST]; /* clean */
    int count;
    int64_t made;
};

static bool is_kind(const struct food_input *input, const char *kind)
{
    return strcmp(input->kind, kind) == 0;
}

static bool is_sealed(const struct food_input *input)
{
    return is_kind(input, "SEALED") || is_kind(input, "MONEY") || is_kind(input, "LINES");
}

static bool refuse(const struct food_input *input, enum fault_code code, const char *why, struct fault *f)
{
    return fault_set(f, code, input->title, "%s", why);
}

static bool check_day(const struct food_input *input, struct slice value, struct fault *f)
{
    enum { EARLIEST = 1990 };
    struct date day;
    if (!date_parse_iso(value, &day) || day.year < EARLIEST)
        return refuse(input, FAULT_BAD_DATE, "", f);
    if (is_kind(input, "DATE") && date_to_days(day) > date_to_days(date_today()))
        return refuse(input, FAULT_FUTURE_DATE, "", f);
    return true;
}

static bool check_text(struct entering *e, const struct food_input *input, struct slice value,
                       struct fault *f)
{
    bool is_open = is_kind(input, "TEXT") || is_kind(input, "SPEECH");
    if (value.n > FOOD_TEXT_MOST)
        return refuse(input, FAULT_BAD_VALUE, "dài quá", f);
    if (is_open && text_holds_phone(value))
        return refuse(input, FAULT_BAD_VALUE, "không ghi số điện thoại, số định danh vào đây", f);
    if (is_kind(input, "SPEECH") && text_names_owner(e->saving.store, e->entry->place_id, value))
        return refuse(input, FAULT_BAD_VALUE, "lời này ai cũng đọc được: không ghi họ tên chủ cơ sở", f);
    return true;
}

static bool check_number(const struct food_input *input, struct slice value, struct fault *f)
{
    static const int64_t MOST = 1000000000000;
    int64_t number;
    return (slice_to_int(value, &number) && number >= 0 && number <= MOST) ||
           refuse(input, FAULT_BAD_NUMBER, "chỉ ghi chữ số", f);
}

static bool check_choice(const struct food_input *input, struct slice value, struct fault *f)
{
    const char *colon = strchr(input->kind, ':');
    struct slice rest = slice_of(colon ? colon + 1 : ""), one;
    while (slice_next(&rest, ' ', &one))
        if (slice_equal(one, value))
            return true;
    for (int i = 0; i < input->choice_count; i++)
        if (slice_equal(input->choices[i].value, value))
            return true;
    return refuse(input, FAULT_BAD_VALUE, "chọn một trong các giá trị có sẵn", f);
}

static bool check(struct entering *e, int i, struct fault *f)
{
    const struct food_input *input = &e->inputs[i];
    struct slice value = e->values[i];
    if (!value.n)
        return !input->is_required || refuse(input, FAULT_VALUE_MISSING, "", f);
    if (is_kind(input, "DATE") || is_kind(input, "DAY"))
        return check_day(input, value, f);
    if (is_kind(input, "NUMBER") || is_kind(input, "MONEY"))
        return check_number(input, value, f);
    if (is_kind(input, "PICK") || strchr(input->kind, ':'))
        return check_choice(input, value, f);
    return check_text(e, input, value, f);
}

/* Lines stay lines; everything else is one clean line. */
static struct slice clean(struct arena *a, const struct food_input *input, struct slice typed)
{
    struct buf text = {0}, line = {0};
    struct slice one;
    if (!is_kind(input, "LINES"))
        text_clean(typed, &text);
    while (is_kind(input, "LINES") && slice_next(&typed, '\n', &one)) {
        buf_reset(&line);
        text_clean(one, &line);
        if (line.n)
            buf_format(&text, "%s%.*s", text.n ? "\n" : "", (int)line.n, line.p);
    }
    struct slice result = arena_slice(a, buf_to_slice(&text));
    buf_release(&text);
    buf_release(&line);
    return result;
}

/* --- writing --- */

static void bind_sealed(struct entering *e, sqlite3_stmt *st, const char *name, struct slice value)
{
    char with_hash[48];
    uint8_t hash[HASH_BYTES];
    struct buf sealed = {0};
    const struct key *key = store_key(e->saving.store);
    int index = sqlite3_bind_parameter_index(st, name);
    snprintf(with_hash, sizeof with_hash, "%s_hash", name);
    int hash_index = sqlite3_bind_parameter_index(st, with_hash);
    if (!value.n || !index)
        return;
    key_seal(key, value, &sealed);
    key_hash(key, name + 1, value, hash);
    bind_bytes(st, index, buf_to_slice(&sealed));
    if (hash_index)
        bind_bytes(st, hash_index, (struct slice){(const char *)hash, HASH_BYTES});
    buf_release(&sealed);
}

static void bind_all(struct entering *e, sqlite3_stmt *st, struct slice line)
{
    char name[40];
    bind_frame(st, e->entry->place_id, e->entry->who);
    int made = sqlite3_bind_parameter_index(st, ":made");
    if (made)
        bind_id(st, made, e->made);
    for (int i = 0; i < e->count; i++) {
        snprintf(name, sizeof name, ":%s", e->inputs[i].name);
        if (is_sealed(&e->inputs[i]))
            bind_sealed(e, st, name, is_kind(&e->inputs[i], "LINES") && line.n ? line : e->values[i]);
        else
            bind_named_text(st, name, e->values[i]);
    }
}

/* What a step is run with, line by line; nothing where it speaks of no LINES. */
static struct slice lines_of(const struct entering *e, sqlite3_stmt *st)
{
    char name[40];
    for (int i = 0; i < e->count; i++) {
        snprintf(name, sizeof name, ":%s", e->inputs[i].name);
        if (is_kind(&e->inputs[i], "LINES") && sqlite3_bind_parameter_index(st, name))
            return e->values[i];
    }
    return (struct slice){0};
}

static bool run_step(struct entering *e, const char *sql, struct fault *f)
{
    sqlite3_stmt *st = store_statement(e->saving.store, sql, f);
    if (!st)
        return false;
    struct slice rest = lines_of(e, st), line = {0};
    bool more = slice_next(&rest, '\n', &line), good = true;
    do {
        bind_all(e, st, line);
        good = statement_run(st, f);
        st = good ? store_statement(e->saving.store, sql, f) : NULL;
    } while (st && more && slice_next(&rest, '\n', &line));
    return good;
}

static bool is_refused(struct entering *e, size_t i, struct fault *f)
{
    sqlite3_stmt *st = store_statement(e->saving.store, REFUSALS[i].query, f);
    if (!st)
        return true;
    bind_all(e, st, (struct slice){0});
    bool refused = statement_next(st, f);
    sqlite3_reset(st);
    if (refused)
        fault_set(f, FAULT_BAD_STATE, NULL, "%s", REFUSALS[i].why);
    return refused || f->code != FAULT_NONE;
}

/* Values of choices by number say nothing on a record; sealed ones must not. */
static void note(struct entering *e)
{
    char field[64];
    int64_t number;
    for (int i = 0; i < e->count; i++) {
        const struct food_input *input = &e->inputs[i];
        struct slice value = e->values[i];
        bool is_row = is_kind(input, "PICK") && slice_to_int(value, &number);
        if (is_row || slice_equal(value, input->now))
            continue;
        snprintf(field, sizeof field, "food.%s.%s", e->entry->form->name, input->name);
        saving_note(&e->saving, field, input->now, is_sealed(input) ? SLICE("(niêm phong)") : value);
    }
}

static bool ensure_registered(struct entering *e, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(e->saving.store,
                                       "INSERT INTO fs_place (place_id, regime, updated_at) VALUES (?1, "
                                       "'unknown', ?2) ON CONFLICT DO UPDATE SET updated_at = ?2",
                                       f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, e->entry->place_id);
    bind_text(st, 2, now);
    return statement_run(st, f);
}

static bool write(struct entering *e, struct fault *f)
{
    if (e->entry->place_id && !ensure_registered(e, f))
        return false;
    for (size_t i = 0; i < COUNT_OF(REFUSALS); i++)
        if (belongs(e->entry->form, REFUSALS[i].form) && is_refused(e, i, f))
            return false;
    for (size_t i = 0; i < COUNT_OF(STEPS); i++) {
        if (!belongs(e->entry->form, STEPS[i].form))
            continue;
        if (!run_step(e, STEPS[i].sql, f))
            return false;
        if (!e->made)
            e->made = sqlite3_last_insert_rowid(store_handle(e->saving.store));
    }
    return true;
}

/* What concerns no place has no history page to be taken back from; it is known afterwards all the same. */
static bool save_for_office(struct entering *e, struct fault *f)
{
    struct change *change;
    struct store *s = e->saving.store;
    const char *what = arena_format(e->arena, "food.%s", e->entry->form->name);
    struct change_note note = {.who = e->entry->who, .what = what};
    struct audit_entry entry = {
        .who = e->entry->who, .action = what, .subject = SLICE("food-safety"), .detail = SLICE("{}")};
    if (!change_begin(&change, s, f))
        return false;
    bool good = write(e, f) && audit_append(s, &entry, f);
    return change_end(change, good, &note, f);
}

bool food_entry_save(struct store *s, struct arena *a, const struct food_entry *entry, struct fault *f)
{
    struct entering e = {
        .saving = {.store = s, .who = entry->who, .place_id = entry->place_id}, .arena = a, .entry = entry};
    if (!store_key(s))
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
    e.count = food_form_read(s, a, entry->form, entry->place_id, e.inputs);
    for (int i = 0; i < e.count; i++) {
        e.values[i] = clean(a, &e.inputs[i], entry->values[i]);
        if (!check(&e, i, f))
            return false;
    }
    if (!entry->place_id)
        return save_for_office(&e, f);
    if (!saving_begin(&e.saving, f))
        return false;
    bool good = write(&e, f);
    if (good)
        note(&e);
    return saving_end(&e.saving, a, good, f);
}
