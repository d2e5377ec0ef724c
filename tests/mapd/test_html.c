/* test_html: nothing typed by anybody gets out of its context. */
#include "mapd/html.h"
#include "mapd/json_write.h"
#include "mapd/say.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define HOSTILE "<script>alert(\"1\")</script> & 'x'"

static struct buf out;

static void release(void)
{
    buf_release(&out);
}

static const char *text(void)
{
    buf_char(&out, '\0');
    return out.p;
}

START_TEST(text_cannot_open_a_tag)
{
    html_text(&out, slice_of(HOSTILE));
    ck_assert_str_eq(text(), "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;");
}
END_TEST

START_TEST(attribute_cannot_be_left)
{
    html_link(&out, slice_of("/x\" onclick=\"y"), slice_of("<b>"));
    ck_assert_str_eq(text(), "<a href=\"/x&quot; onclick=&quot;y\">&lt;b&gt;</a>");
}
END_TEST

START_TEST(url_component_is_percent_encoded)
{
    html_url(&out, slice_of("bánh mì/&?=\"+"));
    ck_assert_str_eq(text(), "b%C3%A1nh%20m%C3%AC%2F%26%3F%3D%22%2B");
}
END_TEST

START_TEST(json_cannot_end_its_script_element)
{
    html_json(&out, slice_of("{\"name\":\"</script><!--\"}"));
    ck_assert_ptr_null(strstr(text(), "</"));
    ck_assert_ptr_null(strchr(out.p, '<'));
    ck_assert_ptr_nonnull(strstr(out.p, "\\u003c/script\\u003e"));
}
END_TEST

START_TEST(page_frame_escapes_what_it_is_given)
{
    struct page page = {.title = HOSTILE, .ward = HOSTILE, .size = "l", .sample = true};
    html_page_open(&out, &page);
    html_page_close(&out, slice_of(HOSTILE));
    ck_assert_ptr_null(strstr(text(), "<script"));
    ck_assert_ptr_nonnull(strstr(out.p, "<html lang=\"vi\" class=\"l\">"));
    ck_assert_ptr_nonnull(strstr(out.p, say(SAY_SAMPLE, false)));
}
END_TEST

START_TEST(commas_stand_between_values)
{
    struct json j = {.out = &out};
    json_open(&j, '{');
    json_field(&j, "a", "\"\n");
    json_key(&j, "b");
    json_open(&j, '[');
    json_int(&j, 1);
    json_real(&j, 0.5, 3);
    json_open(&j, '{');
    json_close(&j, '}');
    json_null(&j);
    json_close(&j, ']');
    json_field_bool(&j, "c", true);
    json_close(&j, '}');
    ck_assert_str_eq(text(), "{\"a\":\"\\\"\\n\",\"b\":[1,0.5,{},null],\"c\":true}");
}
END_TEST

START_TEST(unknown_words_are_shown_as_they_are)
{
    ck_assert(slice_equal(say_word("status", SLICE("ceased"), false), slice_of("Đã ngừng")));
    ck_assert(slice_equal(say_word("status", SLICE("ceased"), true), SLICE("Ceased")));
    ck_assert(slice_equal(say_word("status", SLICE("new"), false), SLICE("new")));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("html");
    TCase *c = tcase_create("html");
    tcase_add_checked_fixture(c, NULL, release);
    tcase_add_test(c, text_cannot_open_a_tag);
    tcase_add_test(c, attribute_cannot_be_left);
    tcase_add_test(c, url_component_is_percent_encoded);
    tcase_add_test(c, json_cannot_end_its_script_element);
    tcase_add_test(c, page_frame_escapes_what_it_is_given);
    tcase_add_test(c, commas_stand_between_values);
    tcase_add_test(c, unknown_words_are_shown_as_they_are);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
