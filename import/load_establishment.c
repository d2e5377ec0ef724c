/* load_establishment: the register of establishments, one row a business. */
#include "import/load_business.h"

static void read_establishment(struct load *l, const struct row *row, struct outcome *out)
{
    struct business *b = ARENA_NEW(&l->row, struct business);
    struct buf key = {0};
    l->record = b;
    business_read(l, row, out, b);
    if (!b->name.n) {
        reject(out, &(struct problem){
                        .column = COLUMN_NAME, .code = FAULT_VALUE_MISSING, .advice = "Ghi tên cơ sở"});
        return;
    }
    business_key(l, b, &key);
    out->key = arena_slice(&l->row, buf_to_slice(&key));
    buf_release(&key);
    if (l->prepares)
        business_prepare(l, b);
}

static bool apply_establishment(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    struct matches m;
    business_match(l, l->record, &m);
    return business_write(l, row, l->record, &m, out, f);
}

const struct load_kind LOAD_ESTABLISHMENTS = {.has_places = true,
                                              .needs_geocoder = true,
                                              .reads_alone = true,
                                              .takes_twins = true,
                                              .guards_itself = true,
                                              .only_places = true,
                                              .entity = "place",
                                              .begin = business_begin,
                                              .read = read_establishment,
                                              .apply = apply_establishment};
