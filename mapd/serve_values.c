/* serve_values: the values of one field and how many features have each, among those that pass the same
 * conditions as items: what a choice of filters shows beside its words. One walk over one column. */
#include "mapd/json_write.h"
#include "mapd/serve.h"

enum { VALUES_MOST = 500 };

struct counting {
    const struct column *column;
    uint32_t *of_text; /* by text id */
    uint32_t yes, no, all;
};

static void count_row(struct counting *k, uint32_t row)
{
    k->all++;
    if (k->of_text)
        k->of_text[k->column->text[row]]++;
    else if (k->column->integer[row] != INT_NULL)
        *(k->column->integer[row] ? &k->yes : &k->no) += 1;
}

static void value_json(struct json *j, struct slice value, uint32_t count)
{
    if (!count)
        return;
    json_open(j, '{');
    json_field_slice(j, "value", value);
    json_field_int(j, "count", count);
    json_close(j, '}');
}

static struct slice text_of(const struct column *c, uint32_t id)
{
    return (struct slice){c->text_bytes + c->text_at[id], c->text_at[id + 1] - c->text_at[id]};
}

static void values_json(const struct counting *k, struct buf *out)
{
    struct json j = {.out = out};
    json_open(&j, '{');
    json_field_int(&j, "count", k->all);
    json_key(&j, "values");
    json_open(&j, '[');
    value_json(&j, SLICE("true"), k->yes);
    value_json(&j, SLICE("false"), k->no);
    for (uint32_t id = 1; k->of_text && id <= k->column->text_count; id++)
        value_json(&j, text_of(k->column, id), k->of_text[id]);
    json_close(&j, ']');
    json_close(&j, '}');
}

static bool choose_column(const struct call *c, const struct snapshot_layer *l, struct counting *k,
                          struct fault *f)
{
    int field = layer_field(l->layer, c->value[PARAMETER_OF].text);
    enum field_type type = field < 0 ? FIELD_REAL : l->layer->fields[field].type;
    if (type != FIELD_TEXT && type != FIELD_BOOL)
        return fault_set(f, FAULT_BAD_PARAMETER, "of", "%s",
                         "không phải trường chữ hay có/không của lớp này");
    k->column = &l->columns[field];
    if (type == FIELD_TEXT && k->column->text_count > VALUES_MOST)
        return fault_set(f, FAULT_BAD_PARAMETER, "of", "%s", "trường này có quá nhiều giá trị khác nhau");
    if (type == FIELD_TEXT)
        k->of_text = ARENA_ARRAY(c->arena, uint32_t, (size_t)k->column->text_count + 1);
    return true;
}

bool serve_values(const struct call *c, struct reply *r, struct fault *f)
{
    const struct snapshot_layer *l = snapshot_get(c->snapshot, c->value[PARAMETER_COLLECTION].layer->id);
    struct counting k = {0};
    struct filter *filter = NULL;
    if (!choose_column(c, l, &k, f) || !make_filter(c, l, &filter, f))
        return false;
    for (uint32_t row = 0; row < l->count; row++)
        if (!filter || filter_test(filter, row))
            count_row(&k, row);
    if (!filter_finish(filter, f))
        return false;
    values_json(&k, &r->body);
    return true;
}
