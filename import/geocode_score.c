/* geocode_score: what a score is worth: the chance, in percent, that such an answer is right, as it was on
 * rows whose truth is known (geocode_score.def). Law: scores are compared inside a class only; so the table
 * is one for each. */
#include "import/geocode_private.h"

static const struct {
    char class;
    double from, percent;
} TABLE[] = {
#define SCORE(class, from, percent) {class, from, percent},
#include "import/geocode_score.def"
#undef SCORE
};

double geocode_chance(char class, double score)
{
    double percent = 0;
    for (size_t i = 0; i < COUNT_OF(TABLE); i++)
        if (TABLE[i].class == class && score >= TABLE[i].from)
            percent = TABLE[i].percent;
    return percent;
}
