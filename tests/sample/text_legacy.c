/* Old Vietnamese encodings and the input method that was off: TCVN3, VNI, Telex, code page 1258. */
#include "text.h"

#include <string.h>

struct codes {
    const char *letters; /* the six tones of a vowel, lower case */
    unsigned char tcvn3[6];
    const char *vni[6]; /* written as the Latin-1 letters of the VNI bytes */
    const char *telex;  /* without the tone key */
};

static const struct codes CODES[12] = {
    {"aáàảãạ", {'a', 0xB8, 0xB5, 0xB6, 0xB7, 0xB9}, {"a", "aù", "aø", "aû", "aõ", "aï"}, "a"},
    {"ăắằẳẵặ", {0xA8, 0xBE, 0xBB, 0xBC, 0xBD, 0xC6}, {"aê", "aé", "aè", "aú", "aü", "aë"}, "aw"},
    {"âấầẩẫậ", {0xA9, 0xCA, 0xC7, 0xC8, 0xC9, 0xCB}, {"aâ", "aá", "aà", "aå", "aã", "aä"}, "aa"},
    {"eéèẻẽẹ", {'e', 0xD0, 0xCC, 0xCE, 0xCF, 0xD1}, {"e", "eù", "eø", "eû", "eõ", "eï"}, "e"},
    {"êếềểễệ", {0xAA, 0xD5, 0xD2, 0xD3, 0xD4, 0xD6}, {"eâ", "eá", "eà", "eå", "eã", "eä"}, "ee"},
    {"iíìỉĩị", {'i', 0xDD, 0xD7, 0xD8, 0xDC, 0xDE}, {"i", "í", "ì", "æ", "ó", "ò"}, "i"},
    {"oóòỏõọ", {'o', 0xE3, 0xDF, 0xE1, 0xE2, 0xE4}, {"o", "où", "oø", "oû", "oõ", "oï"}, "o"},
    {"ôốồổỗộ", {0xAB, 0xE8, 0xE5, 0xE6, 0xE7, 0xE9}, {"oâ", "oá", "oà", "oå", "oã", "oä"}, "oo"},
    {"ơớờởỡợ", {0xAC, 0xED, 0xEA, 0xEB, 0xEC, 0xEE}, {"ô", "ôù", "ôø", "ôû", "ôõ", "ôï"}, "ow"},
    {"uúùủũụ", {'u', 0xF3, 0xEF, 0xF1, 0xF2, 0xF4}, {"u", "uù", "uø", "uû", "uõ", "uï"}, "u"},
    {"ưứừửữự", {0xAD, 0xF8, 0xF5, 0xF6, 0xF7, 0xF9}, {"ö", "öù", "öø", "öû", "öõ", "öï"}, "uw"},
    {"yýỳỷỹỵ", {'y', 0xFD, 0xFA, 0xFB, 0xFC, 0xFE}, {"y", "yù", "yø", "yû", "yõ", "î"}, "y"},
};

struct place_in_table {
    const struct codes *row;
    int tone;
};

static bool find(uint32_t code, struct place_in_table *at)
{
    for (int k = 0; k < 12; k++) {
        const char *c = CODES[k].letters;
        at->row = &CODES[k];
        for (at->tone = 0; at->tone < 6; at->tone++)
            if (text_next(&c) == code)
                return true;
    }
    return false;
}

/* Fonts of the time had few accented capitals: a capital with a tone is typed as the small letter. */
void text_tcvn3(char out[TEXT], const char *in)
{
    static const char *const upper = "ĂÂÊÔƠƯĐ";
    char low[TEXT];
    struct place_in_table at;
    text_lower(low, in);
    out[0] = 0;
    for (const char *l = low; *in;) {
        uint32_t c = text_next(&in), small = text_next(&l);
        const char *u = upper;
        uint32_t code = c;
        for (uint32_t k = 0xA1; *u; k++)
            code = text_next(&u) == c ? k : code;
        if (code == c && small == 0x111)
            code = 0xAE;
        else if (code == c && c >= 0x80 && find(small, &at))
            code = at.row->tcvn3[at.tone];
        text_add(out, code);
    }
}

void text_vni(char out[TEXT], const char *in)
{
    char low[TEXT], up[TEXT];
    struct place_in_table at;
    text_lower(low, in);
    out[0] = 0;
    for (const char *l = low; *in;) {
        uint32_t c = text_next(&in), small = text_next(&l);
        if (c < 0x80) {
            text_add(out, c);
        } else if (small == 0x111) {
            text_add(out, c == small ? 0xF1 : 0xD1);
        } else if (find(small, &at)) {
            /* a capital keeps its mark small: AÙ is typed Aù */
            put(up, sizeof up, "%s", at.row->vni[at.tone]);
            if (c != small && (unsigned char)up[0] < 0x80)
                up[0] = (char)(up[0] & ~32);
            put_more(out, TEXT, "%s", up);
        } else {
            text_add(out, c);
        }
    }
}

static bool in_word(uint32_t c)
{
    return c >= 0xC0 || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Telex keys as typed with the input method off: Dịch Vọng -> Dichj Vongj. */
void text_telex(char out[TEXT], const char *in)
{
    static const char key[6] = {0, 's', 'f', 'r', 'x', 'j'};
    char low[TEXT];
    struct place_in_table at;
    char tone = 0;
    text_lower(low, in);
    out[0] = 0;
    for (const char *l = low; *l || tone;) {
        uint32_t c = text_next(&in), small = text_next(&l);
        if (!in_word(small) && tone) {
            text_add(out, (unsigned char)tone);
            tone = 0;
        }
        if (!c)
            break;
        if (small == 0x111) {
            put_more(out, TEXT, "%s", c == small ? "dd" : "DD");
        } else if (find(small, &at)) {
            char typed[4];
            put(typed, sizeof typed, "%s", at.row->telex);
            if (c != small)
                typed[0] = (char)(typed[0] & ~32);
            put_more(out, TEXT, "%s", typed);
            tone = at.tone ? key[at.tone] : tone;
        } else {
            text_add(out, c);
        }
    }
}

unsigned char text_cp1258(uint32_t code)
{
    static const struct {
        uint32_t code;
        unsigned char byte;
    } map[] = {{0x102, 0xC3}, {0x103, 0xE3}, {0x110, 0xD0}, {0x111, 0xF0}, {0x1A0, 0xD5},
               {0x1A1, 0xF5}, {0x1AF, 0xDD}, {0x1B0, 0xFD}, {0x300, 0xCC}, {0x301, 0xEC},
               {0x303, 0xDE}, {0x309, 0xD2}, {0x323, 0xF2}};
    for (size_t k = 0; k < sizeof map / sizeof *map; k++)
        if (map[k].code == code)
            return map[k].byte;
    return code < 0x100 ? (unsigned char)code : 0;
}
