/* export_view: a whole layer of places as CSV or GeoJSON, row by row from its public view, for the command
 * that reads a file once and ends: no read copy is made of what nobody will ask again.
 *
 * Law: the same bytes for a row as export_text.c writes from the read copy (tests/clients/exports.py compares
 * them); the rows come in the order of the file and not of the map. */
#include "layers/export_private.h"
#include "layers/store_private.h"

#include <string.h>

/* Where the view keeps what. */
struct view_plan {
    sqlite3_stmt *st;
    int geom, column[LAYER_FIELDS_MAX];
    struct slice key[LAYER_FIELDS_MAX]; /* `,"name":` */
};

static int column_named(sqlite3_stmt *st, const char *name)
{
    int i = sqlite3_column_count(st) - 1;
    while (i >= 0 && strcmp(sqlite3_column_name(st, i), name) != 0)
        i--;
    return i;
}

static bool plan_make(struct view_plan *plan, const struct layer *layer, struct store *s, struct arena *a,
                      struct fault *f)
{
    plan->st = store_statement(s, layer_select(layer->id), f);
    if (!plan->st)
        return false;
    bool ok = (plan->geom = column_named(plan->st, "geom")) >= 0 && layer->field_count <= LAYER_FIELDS_MAX;
    for (int i = 0; ok && i < layer->field_count; i++) {
        ok = (plan->column[i] = column_named(plan->st, layer->fields[i].name)) >= 0;
        plan->key[i] = slice_of(arena_format(a, "%s\"%s\":", i ? "," : "{", layer->fields[i].name));
    }
    return ok || fault_set(f, FAULT_DATABASE, layer->view, "the view lacks a column of layers.def");
}

static void csv_row(struct export_sheet *s, const struct view_plan *plan)
{
    const struct layer *layer = s->job->layer;
    struct lonlat at;
    for (int i = 0; i < layer->field_count; i++) {
        int column = plan->column[i];
        if (i)
            buf_char(&s->out, ',');
        if (!column_is_null(plan->st, column))
            switch (layer->fields[i].type) {
            case FIELD_INT: buf_int(&s->out, sqlite3_column_int64(plan->st, column)); break;
            case FIELD_REAL: buf_real(&s->out, sqlite3_column_double(plan->st, column), 2); break;
            case FIELD_BOOL:
                buf_text(&s->out, sqlite3_column_int(plan->st, column) ? "true" : "false");
                break;
            default: buf_csv(&s->out, column_slice(plan->st, column));
            }
    }
    export_csv_position(s, column_point(plan->st, plan->geom, &at) ? &at : NULL);
}

static void json_value(struct buf *out, const struct view_plan *plan, int column, enum field_type type)
{
    if (column_is_null(plan->st, column)) {
        buf_slice(out, SLICE("null"));
        return;
    }
    switch (type) {
    case FIELD_INT: buf_int(out, sqlite3_column_int64(plan->st, column)); break;
    case FIELD_REAL: buf_real(out, sqlite3_column_double(plan->st, column), 2); break;
    case FIELD_BOOL: buf_text(out, sqlite3_column_int(plan->st, column) ? "true" : "false"); break;
    default: buf_json(out, column_slice(plan->st, column));
    }
}

static void json_point(struct export_sheet *s, const struct view_plan *plan)
{
    const struct filter_crs *crs = s->job->crs.projection ? &s->job->crs : NULL;
    struct buf *out = &s->out;
    size_t start = out->n;
    struct lonlat at;
    buf_slice(out, SLICE("{\"type\":\"Point\",\"coordinates\":["));
    if (column_point(plan->st, plan->geom, &at) && geojson_position(out, at, crs)) {
        buf_slice(out, SLICE("]}"));
    } else {
        out->n = start;
        buf_slice(out, SLICE("null"));
    }
}

static void json_row(struct export_sheet *s, const struct view_plan *plan)
{
    const struct layer *layer = s->job->layer;
    struct buf *out = &s->out;
    if (s->job->count.written > 1)
        buf_slice(out, SLICE(",\n"));
    buf_slice(out, SLICE("{\"type\":\"Feature\",\"id\":"));
    json_value(out, plan, plan->column[0], FIELD_TEXT);
    buf_slice(out, SLICE(",\"geometry\":"));
    json_point(s, plan);
    buf_slice(out, SLICE(",\"properties\":"));
    for (int i = 0; i < layer->field_count; i++) {
        buf_slice(out, plan->key[i]);
        json_value(out, plan, plan->column[i], layer->fields[i].type);
    }
    buf_slice(out, SLICE("}}"));
}

static bool write_rows(struct export_job *job, const struct view_plan *plan, bool is_csv)
{
    struct export_sheet s;
    struct fault here = {0};
    bool ok = export_sheet_open(&s, job);
    if (!ok)
        return false;
    (is_csv ? export_csv_head : export_geojson_head)(&s);
    while (ok && statement_next(plan->st, &here)) {
        job->count.written++;
        (is_csv ? csv_row : json_row)(&s, plan);
        ok = export_sheet_flush(&s);
    }
    sqlite3_reset(plan->st);
    if (here.code != FAULT_NONE)
        ok = fault_set(job->fault, here.code, here.place, "%s", here.text);
    if (!is_csv)
        buf_slice(&s.out, SLICE("\n]}\n"));
    return export_sheet_close(&s, ok);
}

/* Every page is read once: from the map of the file, not copied. */
static void map_file(struct store *s)
{
    sqlite3_int64 most = (sqlite3_int64)1 << 31;
    sqlite3_file_control(store_handle(s), "main", SQLITE_FCNTL_MMAP_SIZE, &most);
}

bool export_view_can(const struct layer *layer, const char *path)
{
    const char *type = export_media_type(path);
    return type && !layer->is_base && layer->geometry == GEOMETRY_POINT &&
           (strcmp(type, "text/csv") == 0 || strcmp(type, "application/geo+json") == 0);
}

bool export_view(const char *ward, const struct layer *layer, const struct export_request *request,
                 struct export_count *count, struct fault *f)
{
    struct export_job job = {.request = request, .layer = layer, .fault = f};
    struct view_plan plan = {0};
    struct arena names = {0};
    struct store *s = NULL;
    struct projection *projection = NULL;
    bool is_csv = strcmp(export_media_type(request->path), "text/csv") == 0;
    bool ok = store_open(&s, ward, STORE_PUBLIC, f) && export_set_crs(&job, &projection) &&
              plan_make(&plan, layer, s, &names, f);
    if (ok)
        map_file(s);
    if (ok && !(ok = write_rows(&job, &plan, is_csv)))
        remove(request->path); /* no file is better than half of one */
    projection_close(projection);
    store_close(s);
    arena_release(&names);
    *count = job.count;
    return ok;
}
