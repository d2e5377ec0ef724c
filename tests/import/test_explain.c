/* Looking at a list before it is taken: columns with samples, choices, and the first rows with what would
 * become of them; nothing is written. */
#include "import/import.h"
#include "tests/layers/small_ward.h"

#include <string.h>

static const char PATH[] = "test_explain.db", LIST[] = "test_explain_list.csv",
                  MAPPING[] = "test_explain.json";
static const char TEXT[] = "STT,Tên cơ sở,Xã,Kinh độ,Vĩ độ,Ghi chú lạ\n"
                           "1,Phở Nam,Phường Mẫu,108.2205,16.0421,x\n"
                           "2,,Phường Mẫu,108.2206,16.0422,y\n"
                           "3,Bún Bắc,Phường Mẫu,108.2207,16.0423,\n";

static struct arena memory;

static void set_up(void)
{
    struct fault f = {0};
    ck_assert(file_write(LIST, slice_of(TEXT), &f));
}

static void tear_down(void)
{
    arena_release(&memory);
    unlink(LIST);
    unlink(MAPPING);
}

static const struct import_column *column(const struct import_view *v, const char *heading)
{
    for (uint32_t i = 0; i < v->column_count; i++)
        if (slice_equal(v->columns[i].heading, slice_of(heading)))
            return &v->columns[i];
    return NULL;
}

static void look(const char *mapping, struct import_view *v)
{
    struct fault f = {0};
    struct import_options o = {.path = LIST, .kind = IMPORT_ESTABLISHMENTS, .mapping_path = mapping};
    ck_assert_msg(import_look(&o, &memory, v, &f), "%s", f.text);
}

START_TEST(columns_are_shown_with_samples_and_reasons)
{
    struct import_view v;
    look(NULL, &v);
    ck_assert_uint_eq(v.column_count, 6);
    const struct import_column *name = column(&v, "Tên cơ sở");
    ck_assert(name && strcmp(name->name, "name") == 0 && strcmp(name->letters, "B") == 0 && name->how[0]);
    ck_assert_int_eq(name->sample_count, 2);
    ck_assert(slice_equal(name->samples[1], SLICE("Bún Bắc")));
    ck_assert_ptr_null(column(&v, "Ghi chú lạ")->name);
    ck_assert_ptr_null(column(&v, "STT")->name);
}
END_TEST

START_TEST(a_correction_is_seen_and_the_signature_stays)
{
    struct import_view before, after;
    struct fault f = {0};
    look(NULL, &before);
    ck_assert(file_write(MAPPING, SLICE("{\"columns\":{\"Ghi chú lạ\":\"industry\"}}"), &f));
    look(MAPPING, &after);
    ck_assert_str_eq(column(&after, "Ghi chú lạ")->name, "industry");
    ck_assert(slice_equal(before.signature, after.signature) && before.signature.n > 0);
}
END_TEST

START_TEST(every_choice_is_a_column_with_a_title_and_no_kind_forgets_what_it_recognises)
{
    for (int k = 0; k < IMPORT_KIND_COUNT; k++) {
        struct import_choice *choices;
        uint32_t count = import_choices((enum import_kind)k, &memory, &choices);
        ck_assert_msg(count > 0 || k == IMPORT_OSM, "%s", import_kind_name((enum import_kind)k));
        for (uint32_t i = 0; i < count; i++)
            ck_assert_msg(choices[i].title[0], "%.*s of %s has no title", (int)choices[i].name.n,
                          choices[i].name.p, import_kind_name((enum import_kind)k));
        ck_assert(import_kind_title((enum import_kind)k)[0]);
    }
}
END_TEST

struct seen {
    uint32_t count;
    enum verdict verdicts[8];
    bool has_sentence[8], has_raw[8];
};

static void on_row(void *context, const struct import_row *row)
{
    struct seen *s = context;
    s->verdicts[s->count] = row->verdict;
    s->has_sentence[s->count] = row->sentence.n > 0 && row->advice.n > 0;
    s->has_raw[s->count++] = row->raw.n > 0;
}

START_TEST(the_first_rows_are_told_and_nothing_is_written)
{
    struct fault f = {0};
    struct seen seen = {0};
    struct import_summary sum;
    struct store *s = ward_make(PATH);
    struct import_options o = {.path = LIST,
                               .kind = IMPORT_ESTABLISHMENTS,
                               .who = "lan",
                               .dry_run = true,
                               .row_limit = 2,
                               .on_row = on_row,
                               .on_row_context = &seen};
    ck_assert_msg(import_file(s, &o, &sum, NULL, &f), "%s %s", f.place, f.text);
    ck_assert_uint_eq(seen.count, 2);
    ck_assert_uint_eq(sum.rows, 2);
    ck_assert_int_eq(seen.verdicts[0], VERDICT_ADDED);
    ck_assert_int_eq(seen.verdicts[1], VERDICT_REJECTED);
    ck_assert(!seen.has_sentence[0] && seen.has_sentence[1] && seen.has_raw[1]);
    ck_assert_int_eq(store_int(s, "SELECT count(*) FROM place", NULL, -1), 0);
    store_close(s);
    ward_remove(PATH);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("explain");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, columns_are_shown_with_samples_and_reasons);
    tcase_add_test(cases, a_correction_is_seen_and_the_signature_stays);
    tcase_add_test(cases, every_choice_is_a_column_with_a_title_and_no_kind_forgets_what_it_recognises);
    tcase_add_test(cases, the_first_rows_are_told_and_nothing_is_written);
    Suite *suite = suite_create("explain");
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
