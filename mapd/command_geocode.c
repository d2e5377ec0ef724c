/* mapd geocode: one address, a CSV file of addresses, or the way back from a point. Results on stdout. */
#include "mapd/mapd.h"

#include "import/import.h"
#include "layers/layers.h"

#include <stdio.h>

static void print_line(struct buf *out)
{
    buf_char(out, '\n');
    fwrite(out->p, 1, out->n, stdout);
    buf_release(out);
}

static bool is_degree(double v, double limit)
{
    return v >= -limit && v <= limit;
}

/* ,"places":[…]: the nearest of the public copy, each with its layer and its distance. */
static bool add_places(const char *path, struct lonlat at, struct buf *out, struct fault *f)
{
    enum { PLACES = 10 };
    struct publisher *publisher = NULL;
    struct nearest_hit *hits;
    struct arena a = {0};
    if (!publisher_open(&publisher, path, f))
        return false;
    const struct snapshot *s = publisher_get(publisher);
    uint32_t count = snapshot_nearest(s, at, PLACES, &a, &hits);
    buf_text(out, ",\"places\":[");
    for (uint32_t i = 0; i < count; i++) {
        const struct snapshot_layer *l = snapshot_get(s, hits[i].layer);
        struct slice properties = snapshot_properties(l, hits[i].row);
        buf_text(out, i ? ",{" : "{");
        buf_json_field(out, "collection", slice_of(l->layer->name));
        buf_format(out, ",\"distance_m\":%.1f,", hits[i].metres);
        buf_slice(out, (struct slice){properties.p + 1, properties.n - 1});
    }
    buf_char(out, ']');
    snapshot_release(s);
    publisher_close(publisher);
    arena_release(&a);
    return true;
}

static int geocode_point(const struct geocoder *g, const struct arguments *args, struct fault *f)
{
    struct lonlat at;
    struct buf out = {0};
    if (args->option[OPTION_LON] == NULL || args->option[OPTION_LAT] == NULL) {
        fault_set(f, FAULT_USAGE, "", "--lon and --lat go together");
        return command_failed(f);
    }
    if (!slice_to_real(slice_of(args->option[OPTION_LON]), &at.lon) ||
        !slice_to_real(slice_of(args->option[OPTION_LAT]), &at.lat) || !is_degree(at.lon, 180) ||
        !is_degree(at.lat, 90)) {
        fault_set(f, FAULT_BAD_COORDINATE, "--lon --lat", "degrees are expected");
        return command_failed(f);
    }
    buf_char(&out, '{');
    geocode_reverse_json(g, at, &out);
    if (!add_places(args->positional[0], at, &out, f)) {
        buf_release(&out);
        return command_failed(f);
    }
    buf_char(&out, '}');
    print_line(&out);
    return 0;
}

static int geocode_one(const struct geocoder *g, const char *address)
{
    struct geocode_query q = {.address = slice_of(address)};
    struct geocode_result r;
    struct arena a = {0};
    struct buf out = {0};
    geocode(g, &q, &a, &r);
    geocode_json(&r, &out);
    print_line(&out);
    arena_release(&a);
    return 0;
}

static int geocode_file(const struct geocoder *g, const char *in_path, const char *out_path, struct fault *f)
{
    uint64_t rows;
    int64_t start = clock_monotonic_ns();
    if (!geocode_csv(g, in_path, out_path, &rows, f))
        return command_failed(f);
    double seconds = (double)(clock_monotonic_ns() - start) / 1e9;
    fprintf(stderr, "%llu dòng, %.2f giây\n", (unsigned long long)rows, seconds);
    return 0;
}

static int run(const struct geocoder *g, const struct arguments *args, struct fault *f)
{
    const char *csv = args->option[OPTION_CSV];
    if (args->option[OPTION_LON] || args->option[OPTION_LAT])
        return geocode_point(g, args, f);
    if (csv && args->count == 2)
        return geocode_file(g, csv, args->positional[1], f);
    if (csv == NULL && args->count == 2)
        return geocode_one(g, args->positional[1]);
    fault_set(f, FAULT_USAGE, "", "an address, --csv IN OUT, or --lon and --lat");
    return command_failed(f);
}

int command_geocode(const struct arguments *args)
{
    struct fault f = {0};
    struct store *store = NULL;
    struct geocoder *g = NULL;
    if (args->count < 1) {
        fault_set(&f, FAULT_USAGE, "", "a ward file is expected");
        return command_failed(&f);
    }
    if (!command_open(&store, args, STORE_READ, &f))
        return command_failed(&f);
    int status = geocoder_open(&g, store, &f) ? run(g, args, &f) : command_failed(&f);
    geocoder_close(g);
    store_close(store);
    return status;
}
