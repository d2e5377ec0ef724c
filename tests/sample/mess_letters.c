/* Damage to the letters of an address or a name: capitals, lost marks, five ways to compose one letter, old
 * encodings. */
#include "mess.h"

#include <string.h>

/* Where the letters of the place stand in this list. */
static struct cell *address_cell(struct scene *s)
{
    return &s->row->cell[scene_in_parts(s) ? F_STREET : F_ADDRESS];
}

static bool change(struct cell *c, text_change *how)
{
    char out[TEXT];
    if (c->kind != WORDS)
        return false;
    how(out, c->text);
    bool changed = strcmp(out, c->text) != 0;
    put(c->text, TEXT, "%s", out);
    return changed;
}

static bool all_caps(struct scene *s)
{
    return change(address_cell(s), text_upper);
}

static bool no_diacritics(struct scene *s)
{
    return change(address_cell(s), text_bare);
}

static bool old_tone(struct scene *s)
{
    return change(address_cell(s), text_old_tone);
}

static bool nfd(struct scene *s)
{
    return change(address_cell(s), text_nfd);
}

static bool w1258(struct scene *s)
{
    return change(address_cell(s), text_w1258);
}

static bool mojibake(struct scene *s)
{
    return change(address_cell(s), text_mojibake);
}

static bool question(struct scene *s)
{
    if (!change(address_cell(s), text_question))
        return false;
    if (!s->row->note.also)
        s->row->note.also = "review";
    s->place->spoiled = true;
    return true;
}

static bool telex(struct scene *s)
{
    if (!change(address_cell(s), text_telex))
        return false;
    if (!s->row->note.also)
        s->row->note.also = "review";
    s->place->spoiled = true;
    return true;
}

static bool eth(struct scene *s)
{
    return change(address_cell(s), text_eth);
}

static bool nbsp(struct scene *s)
{
    return change(address_cell(s), text_nbsp);
}

static bool full_width(struct scene *s)
{
    return change(address_cell(s), text_full_width);
}

static bool old_font(struct scene *s, text_change *how, enum cell_kind kind)
{
    struct cell *c = address_cell(s);
    if (s->layout->separator || !change(c, how))
        return false;
    c->kind = kind;
    return true;
}

static bool tcvn3_cell(struct scene *s)
{
    return old_font(s, text_tcvn3, IN_TCVN3);
}

static bool vni_cell(struct scene *s)
{
    return old_font(s, text_vni, IN_VNI);
}

static bool name_caps(struct scene *s)
{
    return change(&s->row->cell[F_NAME], text_upper);
}

static bool name_nfd(struct scene *s)
{
    return change(&s->row->cell[F_NAME], text_nfd);
}

static bool name_w1258(struct scene *s)
{
    return change(&s->row->cell[F_NAME], text_w1258);
}

static bool name_old_tone(struct scene *s)
{
    return change(&s->row->cell[F_NAME], text_old_tone);
}

static bool owner_mojibake(struct scene *s)
{
    return change(&s->row->cell[F_OWNER], text_mojibake);
}

static bool name_spaces(struct scene *s)
{
    char text[TEXT];
    struct cell *c = &s->row->cell[F_NAME];
    text_swap(c->text, " ", "  ");
    put(text, TEXT, "  %s ", c->text);
    put(c->text, TEXT, "%s", text);
    return c->kind == WORDS;
}

static bool name_rich(struct scene *s)
{
    struct cell *c = &s->row->cell[F_NAME];
    if (s->layout->separator || c->kind != WORDS || text_length(c->text) < 4)
        return false;
    c->kind = RICH;
    return true;
}

enum { WHERE = 1u << LIST_HOUSEHOLDS | 1u << LIST_ENTERPRISES | 1u << LIST_SURVEY };

static const struct defect ADDRESS_LETTERS[] = {
    {"all_caps", 22, WHERE, all_caps},
    {"no_diacritics", 18, WHERE, no_diacritics},
    {"tone_placement", 80, WHERE, old_tone},
    {"nfd", 12, WHERE, nfd},
    {"w1258_composed", 12, WHERE, w1258},
    {"mojibake", 8, WHERE, mojibake},
    {"marks_lost", 8, WHERE, question},
    {"telex_left", 4, WHERE, telex},
    {"eth_for_d", 40, WHERE, eth},
    {"nbsp", 10, WHERE, nbsp},
    {"full_width_comma", 8, WHERE, full_width},
    {"tcvn3_cell", 6, WHERE, tcvn3_cell},
    {"vni_cell", 5, WHERE, vni_cell},
};
static const struct defect NAME_LETTERS[] = {
    {"name_all_caps", 15, WHERE, name_caps},      {"name_nfd", 10, WHERE, name_nfd},
    {"name_w1258", 8, WHERE, name_w1258},         {"name_tone_placement", 60, WHERE, name_old_tone},
    {"owner_mojibake", 4, WHERE, owner_mojibake}, {"name_spaces", 12, WHERE, name_spaces},
    {"rich_text", 10, WHERE, name_rich},
};

void letters_damage(struct scene *s)
{
    mess_one_of(s, ADDRESS_LETTERS, (int)(sizeof ADDRESS_LETTERS / sizeof *ADDRESS_LETTERS));
    mess_one_of(s, NAME_LETTERS, (int)(sizeof NAME_LETTERS / sizeof *NAME_LETTERS));
}
