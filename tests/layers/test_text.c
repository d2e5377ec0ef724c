/* text.c, text_syllable.c, text_legacy.c: one word in its spellings meets; legacy cells are read, good ones
 * left alone. */
#include "layers/text.h"

#include <check.h>
#include <stdlib.h>

static struct buf out;

static const char *run(void (*function)(struct slice, struct buf *), const char *in)
{
    buf_reset(&out);
    function(slice_of(in), &out);
    buf_char(&out, 0);
    return out.p;
}

static const char *decode(const char *in)
{
    buf_reset(&out);
    enum text_encoding e = text_detect(slice_of(in));
    if (!text_decode(slice_of(in), e, &out))
        return "(refused)";
    buf_char(&out, 0);
    return out.p;
}

START_TEST(five_spellings_have_one_key)
{
    /* NFC, NFD, Windows-1258 style, old tone placement, i for y stays itself */
    ck_assert_str_eq(run(text_fold, "Hòa Cường"), "hoa cuong");
    ck_assert_str_eq(run(text_fold, "Ho\u0300a Cu\u031Bo\u031B\u0300ng"), "hoa cuong");
    ck_assert_str_eq(run(text_fold, "Hòa Cươ\u0300ng"), "hoa cuong");
    ck_assert_str_eq(run(text_fold, "Hoà Cường"), "hoa cuong");
    ck_assert_str_eq(run(text_fold, "HOÀ-CƯỜNG "), "hoa cuong");
}
END_TEST

START_TEST(marks_key_unifies_placement_and_form)
{
    ck_assert_str_eq(run(text_fold_marks, "Hoà Cường"), "hòa cường");
    ck_assert_str_eq(run(text_fold_marks, "Ho\u0300a Cu\u031Bo\u031B\u0300ng"), "hòa cường");
    ck_assert_str_eq(run(text_fold_marks, "Hòa Cươ\u0300ng"), "hòa cường");
    ck_assert_str_eq(run(text_fold_marks, "Thuý, THÚY"), "thúy thúy");
    ck_assert_str_eq(run(text_fold_marks, "Hòang hoàng"), "hoàng hoàng");
    ck_assert_str_eq(run(text_fold_marks, "quý giếng già gìn huỳnh khuỷu ngoài"),
                     "quý giếng già gìn huỳnh khuỷu ngoài");
    ck_assert_str_eq(run(text_fold_marks, "Ðống Ða 12A"), "đống đa 12a");
    ck_assert_str_ne(run(text_fold_marks, "Yên Báy"), "yen bay");
}
END_TEST

START_TEST(odd_characters)
{
    ck_assert_str_eq(run(text_fold, "Ðống Đa đường"), "dong da duong");
    ck_assert_str_eq(run(text_clean, "Ðống"), "Đống");
    ck_assert_str_eq(run(text_clean, "  12\u00A0Lê\u200B  Lợi\r\nP.\t5 "), "12 Lê Lợi P. 5");
    ck_assert_str_eq(run(text_clean, "１２，Ｌê\u3000Lợi"), "12,Lê Lợi");
    ck_assert_str_eq(run(text_clean, "e\u0302\u0301"), "ế");
    ck_assert_str_eq(run(text_clean, "ab\xFFz\xC3"), "ab\uFFFDz\uFFFD");
    ck_assert_str_eq(run(text_fold, "Straße № Ⅳ ﬁn"), "strasse no iv fin");
    ck_assert_str_eq(run(text_fold, "--- , "), "");
    ck_assert_str_eq(run(text_fold, ""), "");
    ck_assert_str_eq(run(text_fold, "K45/12"), "k45 12");
    ck_assert_str_eq(run(text_upper, "đường ế"), "ĐƯỜNG Ế");
    ck_assert_str_eq(run(text_lower, "ĐƯỜNG Ế"), "đường ế");
}
END_TEST

START_TEST(marks_are_seen)
{
    ck_assert(text_has_marks(SLICE("Lê")));
    ck_assert(text_has_marks(SLICE("d đ")));
    ck_assert(text_has_marks(SLICE("e\u0301")));
    ck_assert(!text_has_marks(SLICE("Le Loi 12 \u2013 x")));
    ck_assert(text_is_utf8(SLICE("Lê")));
    ck_assert(!text_is_utf8(SLICE("L\xEA")));
    ck_assert(!text_is_utf8(SLICE("\xC0\x80")));
}
END_TEST

START_TEST(legacy_cells_are_read)
{
    ck_assert_str_eq(decode("H¶i Phßng"), "Hải Phòng");
    ck_assert_str_eq(decode("NguyÔn H÷u Thä"), "Nguyễn Hữu Thọ");
    ck_assert_str_eq(decode("Nguy\xD4n H\xF7u Th\xE4"), "Nguyễn Hữu Thọ");
    ck_assert_str_eq(decode("12 \xA7\xE8ng \xA7"
                            "a"),
                     "12 Đống Đa");
    ck_assert_str_eq(decode("Tr\u00ADng N÷ V\u00AD¬ng"), "Trưng Nữ Vương");
    ck_assert_str_eq(decode("Lª Lîi"), "Lê Lợi");
    ck_assert_str_eq(decode("Höõu Thoï"), "Hữu Thọ");
    ck_assert_str_eq(decode("Nguyeãn Höõu Thoï"), "Nguyễn Hữu Thọ");
    ck_assert_str_eq(decode("Ñöôøng 2 Thaùng 9"), "Đường 2 Tháng 9");
    ck_assert_str_eq(decode("ÑÖÔØNG LEÂ LÔÏI"), "ĐƯỜNG LÊ LỢI");
    ck_assert_str_eq(decode("Háº£i ChÃ¢u"), "Hải Châu");
    ck_assert_str_eq(decode("Ä\xC2\x90"
                            "á»‘ng Ä\xC2\x90"
                            "a"),
                     "Đống Đa");
    ck_assert_str_eq(decode("ThÃ nh phá»‘"), "Thành phố");
    ck_assert_str_eq(decode("45 Nguyá»…n VÄƒn Linh, Hải Châu"), "45 Nguyễn Văn Linh, Hải Châu");
    ck_assert_str_eq(decode("H\xE0 N\xF4\xF2i"), "Hà Nội");
    ck_assert_str_eq(decode("\xD0\xFD\xF5\xCCng L\xEA L\xF5\xF2i"), "Đường Lê Lợi");
}
END_TEST

START_TEST(good_cells_are_left_alone)
{
    const char *good[] = {"12 Lê Lợi, Phường Hải Châu",
                          "Café Trung Nguyên",
                          "Crème Brûlée 45 Lê Lợi",
                          "K45/12",
                          "Hoà",
                          "Ông Ích Khiêm",
                          "Shop Ørsted 12 Trần Phú",
                          "số “12” – đường 3/2",
                          "XÃ HÒA TIẾN"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        ck_assert_msg(text_detect(slice_of(good[i])) == TEXT_UTF8, "%s became %s", good[i], decode(good[i]));
}
END_TEST

START_TEST(texts_compare_without_case_and_accents)
{
    static const struct {
        const char *text, *loose, *without_case, *without_accents; /* loose: the same text in NFD */
    } CASES[] = {
        {"Đường Hòa Cường", "\304\220u\314\233o\314\233\314\200ng Ho\314\200a Cu\314\233o\314\233\314\200ng",
         "đường hòa cường", "Duong Hoa Cuong"},
        {"Straße ẞ", "Stra\303\237e \341\272\236", "strasse ss", "Straße ẞ"},
        {"KØBENHAVN Łódź", "K\303\230BENHAVN \305\201o\314\201dz\314\201", "københavn łódź",
         "KOBENHAVN Lodz"},
        {"Οδος ΟΔΌΣ", "\316\237\316\264\316\277\317\202 \316\237\316\224\316\237\314\201\316\243",
         "οδοσ οδόσ", NULL},
        {"ﬁ İ", "\357\254\201 I\314\207", "fi i̇", NULL},
        {"", "", "", ""},
        {"Ớt & TỎI 50%", "O\314\233\314\201t & TO\314\211I 50%", "ớt & tỏi 50%", "Ot & TOI 50%"},
    };
    struct buf b = {0};
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        for (int loose = 0; loose < 2; loose++) {
            struct slice in = slice_of(loose ? CASES[i].loose : CASES[i].text);
            buf_reset(&b);
            text_compose(in, &b);
            ck_assert_msg(slice_equal(buf_to_slice(&b), slice_of(CASES[i].text)), "%s", CASES[i].text);
            buf_reset(&b);
            text_without_case(in, &b);
            ck_assert_msg(slice_equal(buf_to_slice(&b), slice_of(CASES[i].without_case)), "%s: %.*s",
                          CASES[i].text, (int)b.n, b.p);
            buf_reset(&b);
            text_without_accents(in, &b);
            ck_assert_msg(!CASES[i].without_accents ||
                              slice_equal(buf_to_slice(&b), slice_of(CASES[i].without_accents)),
                          "%s: %.*s", CASES[i].text, (int)b.n, b.p);
        }
    buf_release(&b);
}
END_TEST

START_TEST(only_letters_with_marks_are_lost)
{
    static const struct {
        const char *typed, *known;
        bool fits;
    } CASES[] = {
        {"ph?m ?ình ngh?a", "phạm đình nghĩa", true},
        {"ph?m ?ình ngh?a", "phạm bình nghĩa", false},
        {"?? c?nh", "đỗ cảnh", true},
        {"?? c?nh", "tô cảnh", false},
        {"???ng v?n th?y", "hoàng văn thái", false},
        {"tri?", "tri", false},
        {"lê l?i", "lê lài", false},
        {"l? l?i", "lê lài", true},
        {"nguye??n tra?i", "nguyễn trãi", true},
        {"?iê?n bia?n", "điện bian", false},
        {"tiên s?n 5", "tiên sơn 5", true},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        ck_assert_msg(text_fits_lost(slice_of(CASES[i].typed), slice_of(CASES[i].known)) == CASES[i].fits,
                      "%s / %s", CASES[i].typed, CASES[i].known);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("layers/text");
    TCase *t = tcase_create("text");
    tcase_add_test(t, five_spellings_have_one_key);
    tcase_add_test(t, marks_key_unifies_placement_and_form);
    tcase_add_test(t, odd_characters);
    tcase_add_test(t, marks_are_seen);
    tcase_add_test(t, legacy_cells_are_read);
    tcase_add_test(t, good_cells_are_left_alone);
    tcase_add_test(t, texts_compare_without_case_and_accents);
    tcase_add_test(t, only_letters_with_marks_are_lost);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    buf_release(&out);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
