/* open_data: what the ward gives to everybody as data: the catalogue (open_data.def), counts that point at
 * nobody, and the proof that what is given keeps the rules (domain.md C.8; NĐ 47/2020/NĐ-CP art. 17, 18).
 * Part of the door layers/layers.h; include that. */
#ifndef LAYERS_OPEN_DATA_H
#define LAYERS_OPEN_DATA_H

struct dataset {
    const char *id;
    enum layer_id layer;
    const char *condition; /* CQL2 over the layer; "" for all of it */
    const char *frequency; /* "WEEKLY": a word of the EU's list of frequencies */
    const char *title_vi, *title_en, *description, *keywords; /* keywords: ";" between */
};

#define OPEN_DATA_LICENCE "https://creativecommons.org/licenses/by/4.0/"

int dataset_count(void);
const struct dataset *dataset_get(int index);
const struct dataset *dataset_find(struct slice id); /* NULL if there is none */
/* The rows of the dataset, bound to the snapshot; *out is NULL when it is the whole layer. */
bool dataset_filter(const struct dataset *d, const struct snapshot *s, struct arena *a, struct filter **out,
                    struct fault *f) RESULT_MUST_BE_USED;

/* When the register was first and last filled, local days "YYYY-MM-DD"; "" while it is empty. */
struct dataset_dates {
    char issued[11], modified[11];
};
void dataset_dates(struct store *s, struct dataset_dates *out);

/* Points by residential group: how many there are, how many accept digital payment. */
struct group_share {
    struct slice group; /* "" : not known */
    int64_t places, accepting;
    bool is_hidden; /* one of its cells is smaller than `small_cell`, or would be found by subtraction */
};
/* The groups in the order of their names, in the arena; how many. */
int open_data_groups(const struct snapshot *s, int64_t small_cell, struct arena *a,
                     struct group_share **groups);

/* One line a rule and dataset in `out`, beginning with "đạt" or "SAI"; *findings counts the latter. */
bool open_data_check(struct store *s, const char *path, struct buf *out, uint64_t *findings,
                     struct fault *f) RESULT_MUST_BE_USED;

#endif
