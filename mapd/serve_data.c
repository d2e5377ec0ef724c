/* serve_data: the open-data catalogue: what there is, under which terms, how often it is renewed, where to
 * get it, what each field means. DCAT-AP as JSON-LD and the same as pages; addresses stay as they are for
 * good. */
#include "mapd/html.h"
#include "mapd/json_write.h"
#include "mapd/say.h"
#include "mapd/serve.h"

#define EU_AUTHORITY "http://publications.europa.eu/resource/authority/"

static const struct {
    const char *ending, *media_type, *title;
} FILES[] = {
    {"csv", "text/csv", "CSV"},
    {"geojson", "application/geo+json", "GeoJSON"},
    {"gpkg", "application/geopackage+sqlite3", "GeoPackage"},
    {"fgb", "application/flatgeobuf", "FlatGeobuf"},
    {"shp.zip", "application/zip", "Shapefile"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"},
    {"kml", "application/vnd.google-earth.kml+xml", "KML"},
};

/* Asked of the file, one at a time under the lock. */
static void dates_of(const struct call *c, struct dataset_dates *dates)
{
    pthread_mutex_lock(&c->serve->store_lock);
    dataset_dates(c->serve->store, dates);
    pthread_mutex_unlock(&c->serve->store_lock);
}

static int64_t small_cell(const struct call *c)
{
    pthread_mutex_lock(&c->serve->store_lock);
    int64_t least = policy_number(c->serve->store, "small_cell", snapshot_date(c->snapshot), 5);
    pthread_mutex_unlock(&c->serve->store_lock);
    return least;
}

static uint32_t count_of(const struct call *c, const struct dataset *d)
{
    const struct snapshot_layer *l = snapshot_get(c->snapshot, d->layer);
    struct filter *filter;
    struct fault ignored = {0};
    uint32_t count = 0;
    if (!dataset_filter(d, c->snapshot, c->arena, &filter, &ignored))
        return 0;
    for (uint32_t row = 0; row < l->count; row++)
        count += !filter || filter_test(filter, row);
    return count;
}

static const char *dataset_url(const struct call *c, const struct dataset *d)
{
    return arena_format(c->arena, "%s/data/%s", c->base, d->id);
}

static const char *file_url(const struct call *c, const struct dataset *d, const char *ending)
{
    struct buf condition = {0};
    if (d->condition[0]) {
        buf_text(&condition, "?filter=");
        html_url(&condition, slice_of(d->condition));
    }
    const char *url = arena_format(c->arena, "%s/export/%s.%s%.*s", c->base, layer_get(d->layer)->name,
                                   ending, (int)condition.n, condition.n ? condition.p : "");
    buf_release(&condition);
    return url;
}

/* --- DCAT --- */

static void id_json(struct json *j, const char *key, const char *iri)
{
    json_key(j, key);
    json_open(j, '{');
    json_field(j, "@id", iri);
    json_close(j, '}');
}

static void typed_json(struct json *j, const char *key, const char *type, const char *value)
{
    json_key(j, key);
    json_open(j, '{');
    json_field(j, "@type", type);
    json_field(j, "@value", value);
    json_close(j, '}');
}

static void words_json(struct json *j, const char *key, const char *vi, const char *en)
{
    const char *const words[] = {vi, en}, *const languages[] = {"vi", "en"};
    json_key(j, key);
    json_open(j, '[');
    for (int i = 0; i < 2 && words[i]; i++) {
        json_open(j, '{');
        json_field(j, "@language", languages[i]);
        json_field(j, "@value", words[i]);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void publisher_json(const struct call *c, struct json *j)
{
    json_key(j, "dct:publisher");
    json_open(j, '{');
    json_field(j, "@type", "foaf:Agent");
    json_field(j, "@id", arena_format(c->arena, "%s/data#publisher", c->base));
    json_field(j, "foaf:name", office_of(c));
    json_close(j, '}');
}

static void distributions_json(const struct call *c, struct json *j, const struct dataset *d)
{
    json_key(j, "dcat:distribution");
    json_open(j, '[');
    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        json_open(j, '{');
        json_field(j, "@type", "dcat:Distribution");
        json_field(j, "dct:title", FILES[i].title);
        json_field(j, "dcat:mediaType", FILES[i].media_type);
        id_json(j, "dcat:accessURL", dataset_url(c, d));
        id_json(j, "dcat:downloadURL", file_url(c, d, FILES[i].ending));
        id_json(j, "dct:license", OPEN_DATA_LICENCE);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void keywords_json(struct json *j, const char *keywords)
{
    struct slice rest = slice_of(keywords), one;
    json_key(j, "dcat:keyword");
    json_open(j, '[');
    while (slice_next(&rest, ';', &one))
        json_text(j, one);
    json_close(j, ']');
}

static void dataset_json(const struct call *c, struct json *j, const struct dataset *d,
                         const struct dataset_dates *dates)
{
    json_open(j, '{');
    json_field(j, "@type", "dcat:Dataset");
    json_field(j, "@id", dataset_url(c, d));
    json_field(j, "dct:identifier", d->id);
    words_json(j, "dct:title", arena_format(c->arena, "%s – %s", d->title_vi, c->serve->ward_name),
               d->title_en);
    words_json(j, "dct:description", d->description, NULL);
    keywords_json(j, d->keywords);
    publisher_json(c, j);
    id_json(j, "dct:license", OPEN_DATA_LICENCE);
    json_field(j, "dct:rights", say(SAY_OPEN_DATA_RIGHTS, false));
    id_json(j, "dct:accrualPeriodicity", arena_format(c->arena, EU_AUTHORITY "frequency/%s", d->frequency));
    id_json(j, "dct:accessRights", EU_AUTHORITY "access-right/PUBLIC");
    if (dates->issued[0]) {
        typed_json(j, "dct:issued", "xsd:date", dates->issued);
        typed_json(j, "dct:modified", "xsd:date", dates->modified);
    }
    json_field(j, "dct:language", "vi");
    id_json(j, "dcat:landingPage", dataset_url(c, d));
    id_json(j, "foaf:page", arena_format(c->arena, "%s/dictionary", dataset_url(c, d)));
    id_json(j, "dct:conformsTo", collection_url(c, layer_get(d->layer), "/schema"));
    json_field_int(j, "void:entities", count_of(c, d));
    distributions_json(c, j, d);
    json_close(j, '}');
}

static void context_json(struct json *j)
{
    json_key(j, "@context");
    json_raw(j, SLICE("{\"dcat\":\"http://www.w3.org/ns/dcat#\",\"dct\":\"http://purl.org/dc/terms/\","
                      "\"foaf\":\"http://xmlns.com/foaf/0.1/\",\"void\":\"http://rdfs.org/ns/void#\","
                      "\"xsd\":\"http://www.w3.org/2001/XMLSchema#\"}"));
}

static void catalogue_json(const struct call *c, struct buf *out)
{
    struct json j = {.out = out};
    struct dataset_dates dates;
    dates_of(c, &dates);
    json_open(&j, '{');
    context_json(&j);
    json_field(&j, "@type", "dcat:Catalog");
    json_field(&j, "@id", arena_format(c->arena, "%s/data/", c->base));
    json_field(&j, "dct:title",
               arena_format(c->arena, "%s – %s", say(SAY_OPEN_DATA, false), c->serve->ward_name));
    json_field(&j, "dct:description", say(c->serve->is_sample ? SAY_SAMPLE : SAY_OPEN_DATA_ABOUT, false));
    publisher_json(c, &j);
    id_json(&j, "dct:license", OPEN_DATA_LICENCE);
    json_field(&j, "dct:language", "vi");
    if (dates.modified[0])
        typed_json(&j, "dct:modified", "xsd:date", dates.modified);
    json_key(&j, "dcat:dataset");
    json_open(&j, '[');
    for (int i = 0; i < dataset_count(); i++)
        dataset_json(c, &j, dataset_get(i), &dates);
    json_close(&j, ']');
    json_close(&j, '}');
}

static void one_json(const struct call *c, const struct dataset *d, struct buf *out)
{
    struct json j = {.out = out};
    struct dataset_dates dates;
    struct buf inner = {0};
    struct json k = {.out = &inner};
    dates_of(c, &dates);
    dataset_json(c, &k, d, &dates);
    json_open(&j, '{');
    context_json(&j);
    json_key(&j, "@graph");
    json_raw(&j, buf_to_slice(&inner));
    json_close(&j, '}');
    buf_release(&inner);
}

/* --- pages --- */

static void jsonld_html(struct buf *out, const struct buf *json)
{
    buf_text(out, "<script type=\"application/ld+json\">");
    html_json(out, buf_to_slice(json));
    buf_text(out, "</script>");
}

static void files_html(const struct call *c, struct buf *out, const struct dataset *d)
{
    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        if (i)
            buf_text(out, " · ");
        html_link(out, slice_of(file_url(c, d, FILES[i].ending)), slice_of(FILES[i].title));
    }
    struct slice plain = slice_of(file_url(c, d, "csv"));
    buf_text(out, " · ");
    html_link(out,
              slice_of(arena_format(c->arena, "%.*s%sbom=true", (int)plain.n, plain.p,
                                    d->condition[0] ? "&" : "?")),
              slice_of(say(SAY_CSV_FOR_EXCEL, false)));
}

static void catalogue_html(const struct call *c, struct reply *r)
{
    struct buf *out = &r->body, json = {0};
    page_begin(c, r, say(SAY_OPEN_DATA, false));
    buf_format(out, "<p>%s</p>", say(SAY_OPEN_DATA_ABOUT, false));
    html_table_open(out, say(SAY_OPEN_DATA, false));
    buf_format(out,
               "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th "
               "scope=\"col\">%s</th></tr></thead><tbody>",
               say(SAY_DATASET, false), say(SAY_RECORDS, false), say(SAY_DOWNLOAD, false));
    for (int i = 0; i < dataset_count(); i++) {
        const struct dataset *d = dataset_get(i);
        buf_text(out, "<tr><td>");
        html_link(out, slice_of(arena_format(c->arena, "/data/%s", d->id)), slice_of(d->title_vi));
        buf_format(out, "</td><td>%u</td><td>", count_of(c, d));
        files_html(c, out, d);
        buf_text(out, "</td></tr>");
    }
    buf_text(out, "</tbody>");
    html_table_close(out);
    buf_text(out, "<p>");
    html_link(out, SLICE("/data/cashless-by-group.csv"), slice_of(say(SAY_CASHLESS_BY_GROUP, false)));
    buf_text(out, " · ");
    html_link(out, SLICE("/data/?f=json"), SLICE("DCAT (JSON-LD)"));
    buf_text(out, " · ");
    html_link(out, SLICE("/ogc/?f=html"), slice_of(say(SAY_API_TITLE, false)));
    buf_text(out, "</p>");
    catalogue_json(c, &json);
    jsonld_html(out, &json);
    buf_release(&json);
    page_end(c, r);
}

static void fact_html(struct buf *out, const char *term, const char *text)
{
    buf_format(out, "<dt>%s</dt><dd>", term);
    html_text(out, slice_of(text));
    buf_text(out, "</dd>");
}

static void dictionary_table(struct buf *out, const struct layer *l)
{
    static const char *const TYPES[] = {"chữ", "số nguyên", "số", "có/không", "ngày", "thời điểm (UTC)"};
    html_table_open(out, say(SAY_DICTIONARY, false));
    buf_format(out,
               "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th "
               "scope=\"col\">Shapefile</th></tr></thead><tbody>",
               say(SAY_FIELD_NAME, false), say(SAY_FIELD_TITLE, false), say(SAY_FIELD_TYPE, false));
    for (int i = 0; i < l->field_count; i++)
        buf_format(out,
                   "<tr><td><code>%s</code></td><td>%s <span "
                   "class=\"quiet\">%s</span></td><td>%s</td><td><code>%s</code></td></tr>",
                   l->fields[i].name, l->fields[i].title_vi, l->fields[i].title_en, TYPES[l->fields[i].type],
                   l->fields[i].short_name);
    buf_text(out, "</tbody>");
    html_table_close(out);
}

static void dataset_html(const struct call *c, struct reply *r, const struct dataset *d)
{
    struct buf *out = &r->body, json = {0};
    struct dataset_dates dates;
    dates_of(c, &dates);
    page_begin(c, r, d->title_vi);
    buf_text(out, "<p>");
    html_text(out, slice_of(d->description));
    buf_text(out, "</p><dl>");
    fact_html(out, say(SAY_RECORDS, false), arena_format(c->arena, "%u", count_of(c, d)));
    fact_html(out, say(SAY_ISSUED, false), day_text(c, slice_of(dates.issued)));
    fact_html(out, say(SAY_UPDATED_AT, false), day_text(c, slice_of(dates.modified)));
    buf_format(out, "<dt>%s</dt><dd>", say(SAY_FREQUENCY, false));
    html_text(out, say_word("frequency", slice_of(d->frequency), false));
    buf_format(out, "</dd><dt>%s</dt><dd>", say(SAY_LICENCE, false));
    html_link(out, SLICE(OPEN_DATA_LICENCE), SLICE("CC BY 4.0"));
    buf_format(out, " · %s</dd><dt>%s</dt><dd>", say(SAY_OPEN_DATA_RIGHTS, false), say(SAY_DOWNLOAD, false));
    files_html(c, out, d);
    buf_format(out, "</dd></dl><h2>%s</h2>", say(SAY_DICTIONARY, false));
    dictionary_table(out, layer_get(d->layer));
    one_json(c, d, &json);
    jsonld_html(out, &json);
    buf_release(&json);
    page_end(c, r);
}

bool serve_data(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    if (c->format == FORMAT_HTML)
        catalogue_html(c, r);
    else
        catalogue_json(c, &r->body);
    return true;
}

static const struct dataset *wanted(const struct call *c, struct fault *f)
{
    const struct dataset *d = dataset_find(c->value[PARAMETER_DATASET].text);
    if (!d)
        fault_set(f, FAULT_NOT_FOUND, NULL, "%s", "không có bộ dữ liệu này");
    return d;
}

bool serve_dataset(const struct call *c, struct reply *r, struct fault *f)
{
    const struct dataset *d = wanted(c, f);
    if (d && c->format == FORMAT_HTML)
        dataset_html(c, r, d);
    else if (d)
        one_json(c, d, &r->body);
    return d != NULL;
}

bool serve_dictionary(const struct call *c, struct reply *r, struct fault *f)
{
    static const char *const TYPES[] = {"string", "integer", "number", "boolean", "date", "date-time"};
    const struct dataset *d = wanted(c, f);
    if (!d)
        return false;
    const struct layer *l = layer_get(d->layer);
    if (c->format == FORMAT_HTML) {
        page_begin(c, r, arena_format(c->arena, "%s: %s", say(SAY_DICTIONARY, false), d->title_vi));
        dictionary_table(&r->body, l);
        page_end(c, r);
        return true;
    }
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    json_field(&j, "dataset", d->id);
    json_key(&j, "fields");
    json_open(&j, '[');
    for (int i = 0; i < l->field_count; i++) {
        json_open(&j, '{');
        json_field(&j, "name", l->fields[i].name);
        json_field(&j, "type", TYPES[l->fields[i].type]);
        json_field(&j, "title", l->fields[i].title_vi);
        json_field(&j, "title_en", l->fields[i].title_en);
        json_field(&j, "short_name", l->fields[i].short_name);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    return true;
}

/* A hidden group keeps its line and loses its numbers. */
bool serve_cashless_groups(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct group_share *groups;
    int count = open_data_groups(c->snapshot, small_cell(c), c->arena, &groups);
    buf_text(&r->body, "residential_group,places,accepting\r\n");
    for (int i = 0; i < count; i++) {
        buf_csv(&r->body, groups[i].group);
        if (groups[i].is_hidden)
            buf_text(&r->body, ",,\r\n");
        else
            buf_format(&r->body, ",%lld,%lld\r\n", (long long)groups[i].places,
                       (long long)groups[i].accepting);
    }
    return true;
}
