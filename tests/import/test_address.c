/* address_*.c, geocode_street.c: the truth table tests/cases/address.case, text → parts. */
#include "tests/import/gazetteer_fixture.h"

static const char PATH[] = "test_address.db";

/* --- the gazetteer of the table --- */

static void add_alias(struct store *s, const char *street, const char *name, const char *kind)
{
    FIXTURE_RUN(s,
                "INSERT INTO street_alias (street_id, name, kind, fold)"
                " VALUES ((SELECT id FROM street WHERE name = ?1), ?2, ?3, ?4)",
                2, street, name, kind);
}

static void add_line(struct store *s, struct slice line, char last_street[128])
{
    char text[160], *rest;
    snprintf(text, sizeof text, "%.*s", (int)line.n, line.p);
    rest = strchr(text, ' ');
    ck_assert_msg(rest != NULL, "%s", text);
    *rest++ = 0;
    char *district = strstr(rest, " / ");
    if (district)
        *district = 0;
    const char *of = district ? district + 3 : "";
    if (strcmp(text, "@street") == 0) {
        snprintf(last_street, 128, "%s", rest);
        fixture_street(s, rest, "MULTILINESTRING((108.2 16.0, 108.21 16.0))");
    } else if (strcmp(text, "@alias") == 0) {
        add_alias(s, last_street, rest, "strong");
    } else if (strcmp(text, "@ward") == 0) {
        FIXTURE_RUN(s, "UPDATE ward SET name = ?1, fold = ?2 WHERE is_home", 1, rest);
    } else if (strcmp(text, "@other") == 0) {
        FIXTURE_RUN(s, "INSERT INTO ward (code, name, updated_at, fold) VALUES (?1, ?1, '', ?2)", 1, rest);
    } else if (strcmp(text, "@old") == 0) {
        FIXTURE_RUN(s,
                    "INSERT INTO ward_name (ward_id, name, district, fold)"
                    " VALUES ((SELECT max(id) FROM ward), ?1, ?2, ?3)",
                    1, rest, of);
    } else {
        ck_assert_str_eq(text, "@market");
        FIXTURE_RUN(s, "INSERT INTO market (code, name, updated_at, fold) VALUES (?1, ?1, '', ?2)", 1, rest);
    }
}

/* --- parts as the table writes them --- */

static void part(struct buf *out, const char *word, struct slice value)
{
    if (out->n)
        buf_text(out, "; ");
    buf_text(out, word);
    if (value.n) {
        if (word[0])
            buf_char(out, ' ');
        buf_slice(out, value);
    }
}

static void add_number(struct buf *out, const struct address *a, struct arena *arena)
{
    if (a->flags & ADDRESS_LOT)
        part(out, "lot", slice_of(a->lot));
    if (a->has_number) {
        part(out, "number", level_chain(&a->number, 1, arena));
        if (a->range_to)
            buf_format(out, "-%d", a->range_to);
    }
    if (a->chain_count)
        part(out, "alley", level_chain(a->chain, a->chain_count, arena));
}

static void add_street(struct buf *out, const struct geocoder *g, const struct reading *r,
                       const struct judged *best)
{
    part(out, "street", g->gazetteer->streets[best->match.street].name);
    for (int i = 1; i < r->matches.count && best->faults[GEO_AMBIGUOUS]; i++)
        if (r->matches.m[i].place == r->matches.m[0].place) {
            buf_text(out, " / ");
            buf_slice(out, g->gazetteer->streets[r->matches.m[i].street].name);
        }
}

static void add_count(struct buf *out, const char *word, int number)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    if (number)
        part(out, word, slice_of(text));
}

static void add_rest(struct buf *out, const struct geocoder *g, const struct address *a)
{
    for (uint32_t i = 0; i < g->gazetteer->market_count; i++)
        if (g->gazetteer->markets[i].id == a->market_id)
            part(out, "market", g->gazetteer->markets[i].name);
    if (a->block.n)
        part(out, "block", a->block);
    if (a->stall.n)
        part(out, "stall", a->stall);
    add_count(out, "group", a->group_number);
    add_count(out, "parcel", a->parcel);
    add_count(out, "sheet", a->sheet);
    if (a->has_ward)
        part(out, "ward", a->ward_id ? lexicon_ward_name(g->lexicon, a->ward_id) : SLICE("?"));
    static const struct {
        unsigned flag;
        const char *word;
    } FLAGS[] = {{ADDRESS_MOBILE, "mobile"},          {ADDRESS_NOTHING, "nothing"},
                 {ADDRESS_NO_NUMBER, "no number"},    {ADDRESS_CADASTRAL, "cadastral"},
                 {ADDRESS_NUMBER_UNCLEAR, "unclear"}, {ADDRESS_DISTRICT_OTHER, "other district"}};
    for (size_t i = 0; i < COUNT_OF(FLAGS); i++)
        if (a->flags & FLAGS[i].flag)
            part(out, FLAGS[i].word, (struct slice){0});
}

static void parts_of(const struct geocoder *g, struct slice text, struct arena *arena, struct buf *out)
{
    struct reading *r = ARENA_NEW(arena, struct reading);
    struct judged *best = ARENA_NEW(arena, struct judged);
    bool has_street = geocode_parts(g, text, arena, r, best) > 0;
    const struct address *a = has_street ? &best->address : &r->address;
    bool is_before = has_street && a->relation_at >= 0 && a->relation_at < best->match.from;
    if (is_before)
        part(out, a->flags & ADDRESS_CROSSING ? "crossing" : "near", (struct slice){0});
    if (has_street) {
        add_number(out, a, arena);
        add_street(out, g, r, best);
    }
    add_rest(out, g, a);
    if (out->n == 0)
        buf_char(out, '-');
}

START_TEST(every_case_reads_as_typed_by_hand)
{
    struct buf file = {0}, got = {0};
    struct fault f = {0};
    struct arena arena = {0};
    char last_street[128] = "";
    int cases = 0, failed = 0;
    ck_assert_msg(file_read(TEST_CASES "/address.case", 1 << 20, &file, &f), "%s", f.text);
    struct store *s = fixture_open(PATH, "x");
    struct geocoder *g = NULL;
    struct slice rest = buf_to_slice(&file), line;
    while (slice_next(&rest, '\n', &line)) {
        if (line.n == 0 || line.p[0] == '#' || (line.p[0] == '@' && slice_find(line, SLICE("=>")) < 0)) {
            if (line.n && line.p[0] == '@')
                add_line(s, line, last_street);
            if (!(line.n && line.p[0] == '#' && slice_starts(line, SLICE("#N/A"))))
                continue;
        }
        if (g == NULL)
            g = fixture_finish(s);
        ptrdiff_t arrow = slice_find(line, SLICE(" => "));
        ck_assert_msg(arrow > 0, "%.*s", (int)line.n, line.p);
        struct slice text = {line.p, (size_t)arrow},
                     expected = {line.p + arrow + 4, line.n - (size_t)arrow - 4};
        buf_reset(&got);
        arena_reset(&arena);
        parts_of(g, text, &arena, &got);
        cases++;
        if (!slice_equal(buf_to_slice(&got), expected)) {
            failed++;
            fprintf(stderr, "%.*s\n   expected %.*s\n   got      %.*s\n", (int)text.n, text.p,
                    (int)expected.n, expected.p, (int)got.n, got.p);
        }
    }
    ck_assert_msg(cases >= 300, "only %d cases were read", cases);
    ck_assert_msg(failed == 0, "%d of %d cases read otherwise", failed, cases);
    geocoder_close(g);
    arena_release(&arena);
    buf_release(&file);
    buf_release(&got);
    fixture_remove(PATH);
}
END_TEST

/* Nothing a cell can hold may bring the reader down. */
START_TEST(any_bytes_are_read)
{
    struct store *s = fixture_open(PATH, "x");
    fixture_street(s, "Lê Lợi", "MULTILINESTRING((108.2 16.0, 108.21 16.0))");
    fixture_street(s, "2 Tháng 9", "MULTILINESTRING((108.2 16.01, 108.21 16.01))");
    struct geocoder *g = fixture_finish(s);
    static const char ALPHABET[] = "K45/12 -,.?áôộđ\xC3\x90\xFF\xE1\xBB Lêợi tổ phường 2/9 (#+";
    unsigned seed = 7;
    char text[400];
    struct arena arena = {0};
    struct geocode_result r;
    for (int round = 0; round < 3000; round++) {
        size_t n = (seed = seed * 1103515245 + 12345) >> 16 & 255;
        for (size_t i = 0; i < n; i++)
            text[i] = ALPHABET[((seed = seed * 1103515245 + 12345) >> 16) % (sizeof ALPHABET - 1)];
        arena_reset(&arena);
        struct geocode_query q = {.address = {text, n}};
        geocode(g, &q, &arena, &r);
        ck_assert(r.status != GEOCODE_AUTO || (r.class >= 'A' && r.class <= 'E'));
    }
    arena_release(&arena);
    geocoder_close(g);
    fixture_remove(PATH);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("import/address");
    TCase *t = tcase_create("address");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_case_reads_as_typed_by_hand);
    tcase_add_test(t, any_bytes_are_read);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
