/* Distance between two skeletons. Its law: digits are never edited (Tiên Sơn 1 is not Tiên Sơn 11), and what
 * the ear confuses costs half of what the finger mistypes. */
#include "import/spell.h"

#include <string.h>

enum { EDIT = 2, CONFUSED = 1 };

int spell_budget(size_t letters)
{
    return letters < 6 ? 0 : letters <= 10 ? 1 : 2;
}

void spell_unify(char *skeleton, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (skeleton[i] == 'y')
            skeleton[i] = 'i';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* t and c are confused at the end of a syllable only, where no vowel and no second letter follows. */
static bool is_syllable_end(const char *at, const char *end)
{
    return at >= end || !strchr("aeiouyhr", *at);
}

static int change_cost(char typed, char known, bool is_end)
{
    static const char PAIRS[][3] = {"sx", "iy", "tc", "dv", "dr", "ck", "qk", "qc"};
    if (!is_end && ((typed == 't' && known == 'c') || (typed == 'c' && known == 't')))
        return EDIT;
    if (typed == known)
        return 0;
    if (is_digit(typed) || is_digit(known))
        return SPELL_FAR;
    if (typed == '?')
        return 0;
    for (size_t i = 0; i < COUNT_OF(PAIRS); i++)
        if ((PAIRS[i][0] == typed && PAIRS[i][1] == known) || (PAIRS[i][0] == known && PAIRS[i][1] == typed))
            return CONFUSED;
    return EDIT;
}

/* One letter more on one side; behind n a g or h is only misheard. */
static int extra_cost(const char *text, int at)
{
    if (is_digit(text[at]))
        return SPELL_FAR;
    bool is_heard = at > 0 && text[at - 1] == 'n' && (text[at] == 'g' || text[at] == 'h');
    return is_heard ? CONFUSED : EDIT;
}

static bool is_pair(const char *behind, char first, char second)
{
    return behind[-2] == first && behind[-1] == second;
}

/* Two letters for two others at once: ch/tr, exchange of neighbours. `a` and `b` point behind them. */
static int pair_cost(const char *a, const char *b)
{
    if ((is_pair(a, 'c', 'h') && is_pair(b, 't', 'r')) || (is_pair(a, 't', 'r') && is_pair(b, 'c', 'h')))
        return CONFUSED;
    bool is_exchange = a[-1] == b[-2] && a[-2] == b[-1] && !is_digit(a[-1]) && !is_digit(a[-2]);
    return is_exchange ? EDIT : SPELL_FAR;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Cell (i, j) of the table from its neighbours; rows are i-2, i-1 and i. */
static int cell(const struct slice *typed, const struct slice *known, int i, int j,
                int rows[3][SPELL_MAX + 1])
{
    const char *a = typed->p + i, *b = known->p + j;
    int delete_cost = a[-1] == '?' ? 0 : extra_cost(typed->p, i - 1);
    bool is_end = is_syllable_end(a, typed->p + typed->n) && is_syllable_end(b, known->p + known->n);
    bool is_digraph =
        i < (int)typed->n && j < (int)known->n && *a == 'h' && *b == 'h'; /* ch is not heard as kh */
    int change = change_cost(a[-1], b[-1], is_end);
    int best = rows[1][j - 1] + (is_digraph && change == CONFUSED ? EDIT : change);
    best = least(best, rows[1][j] + delete_cost);
    best = least(best, rows[2][j - 1] + extra_cost(known->p, j - 1));
    if (i > 1 && j > 1)
        best = least(best, rows[0][j - 2] + pair_cost(a, b));
    if (i > 1 && is_pair(a, 'g', 'i') && b[-1] == 'd')
        best = least(best, rows[0][j - 1] + CONFUSED);
    if (j > 1 && is_pair(b, 'g', 'i') && a[-1] == 'd')
        best = least(best, rows[1][j - 2] + CONFUSED);
    return best;
}

int spell_cost(struct slice typed, struct slice known, int limit)
{
    int rows[3][SPELL_MAX + 1];
    if (typed.n > SPELL_MAX || known.n > SPELL_MAX)
        return SPELL_FAR;
    for (int j = 0; j <= (int)known.n; j++) {
        rows[0][j] = SPELL_FAR;
        rows[2][j] = j == 0 ? 0 : rows[2][j - 1] + extra_cost(known.p, j - 1);
    }
    for (int i = 1, before = 0; i <= (int)typed.n; i++) {
        if (i > 1)
            memcpy(rows[0], rows[1], sizeof rows[0]);
        memcpy(rows[1], rows[2], sizeof rows[1]);
        rows[2][0] = rows[1][0] + (typed.p[i - 1] == '?' ? 0 : extra_cost(typed.p, i - 1));
        int lowest = rows[2][0];
        for (int j = 1; j <= (int)known.n; j++) {
            rows[2][j] = cell(&typed, &known, i, j, rows);
            lowest = least(lowest, rows[2][j]);
        }
        if (lowest > limit && before > limit) /* two rows: an exchange skips one */
            return SPELL_FAR;
        before = lowest;
    }
    return rows[2][known.n] <= limit ? rows[2][known.n] : SPELL_FAR;
}
