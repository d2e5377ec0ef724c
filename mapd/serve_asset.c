/* serve_asset: the map application. Its files are bytes of this program (assets.inc and assets.S, made by
 * web/build.mjs), already compressed; names with a content hash are kept by browsers for ever. --web-dir
 * takes the same files from a folder made by `node web/build.mjs --out DIR`. A program built without them
 * says so and points to the data. */
#include "mapd/html.h"
#include "mapd/say.h"
#include "mapd/serve.h"

#include <string.h>

#define APP_POLICY                                                                                           \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src "      \
    "'self'; "                                                                                               \
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

enum { FILE_LIMIT = 16 * 1024 * 1024 };

enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BROTLI, CODING_COUNT };

static const char *const CODING_NAMES[CODING_COUNT] = {"identity", "gzip", "br"};
static const char *const CODING_ENDS[CODING_COUNT] = {"id", "gz", "br"};

#define ASSET(path, type, symbol, immutable)                                                                 \
    extern const char symbol##_id[], symbol##_id_end[], symbol##_gz[], symbol##_gz_end[], symbol##_br[],     \
        symbol##_br_end[];
#include "assets.inc"
#undef ASSET

struct asset {
    const char *path, *type;
    bool is_immutable;
    struct {
        const char *from, *to;
    } bytes[CODING_COUNT];
};

static const struct asset ASSETS[] = {
#define ASSET(path, type, symbol, immutable)                                                                 \
    {path,                                                                                                   \
     type,                                                                                                   \
     immutable,                                                                                              \
     {{symbol##_id, symbol##_id_end}, {symbol##_gz, symbol##_gz_end}, {symbol##_br, symbol##_br_end}}},
#include "assets.inc"
#undef ASSET
    {NULL, NULL, false, {{NULL, NULL}, {NULL, NULL}, {NULL, NULL}}}};

/* What is sent: one file in one coding. */
struct file {
    const char *type;
    bool is_immutable;
    enum coding coding;
    struct slice bytes;
};

/* The smallest form the client takes and we have. */
static enum coding choose_coding(const struct call *c, const struct asset *a)
{
    for (int i = CODING_BROTLI; i > CODING_IDENTITY; i--)
        if (a->bytes[i].to > a->bytes[i].from &&
            accept_coding(c->request->accept_encoding, slice_of(CODING_NAMES[i])) > 0)
            return (enum coding)i;
    return CODING_IDENTITY;
}

static bool find_built_in(const struct call *c, struct slice path, struct file *file)
{
    for (const struct asset *a = ASSETS; a->path; a++) {
        if (!slice_equal(slice_of(a->path), path))
            continue;
        enum coding coding = choose_coding(c, a);
        struct slice bytes = {a->bytes[coding].from, (size_t)(a->bytes[coding].to - a->bytes[coding].from)};
        *file = (struct file){a->type, a->is_immutable, coding, bytes};
        return true;
    }
    return false;
}

/* ASSET("/a/x.js", "text/javascript", asset_3, 1) as its four words. */
static bool read_row(struct slice line, struct slice word[4])
{
    ptrdiff_t open = slice_find(line, SLICE("("));
    if (!slice_starts(line, SLICE("ASSET(")) || !slice_ends(line, SLICE(")")))
        return false;
    struct slice rest = {line.p + open + 1, line.n - (size_t)open - 2};
    int n = 0;
    while (n < 4 && slice_next(&rest, ',', &word[n])) {
        word[n] = slice_trim(word[n]);
        if (word[n].n >= 2 && word[n].p[0] == '"')
            word[n] = (struct slice){word[n].p + 1, word[n].n - 2};
        n++;
    }
    return n == 4;
}

static bool find_on_disk(const struct call *c, struct slice path, struct file *file)
{
    struct buf table = {0}, bytes = {0};
    struct slice line, word[4];
    bool found = false;
    struct fault ignored = {0};
    if (!file_read(arena_format(c->arena, "%s/assets.inc", c->serve->web_dir), FILE_LIMIT, &table, &ignored))
        return false;
    struct slice rest = buf_to_slice(&table);
    while (!found && slice_next(&rest, '\n', &line)) {
        if (!read_row(line, word) || !slice_equal(word[0], path) || !slice_starts(word[2], SLICE("asset_")))
            continue;
        const char *number = arena_text(c->arena, (struct slice){word[2].p + 6, word[2].n - 6});
        const char *name =
            arena_format(c->arena, "%s/bytes/%s.%s", c->serve->web_dir, number, CODING_ENDS[CODING_IDENTITY]);
        found = file_read(name, FILE_LIMIT, &bytes, &ignored);
        *file = (struct file){arena_text(c->arena, word[1]), false, CODING_IDENTITY,
                              arena_slice(c->arena, buf_to_slice(&bytes))};
    }
    buf_release(&table);
    buf_release(&bytes);
    return found;
}

static bool is_asset(struct slice path, const char *stem, const char *end)
{
    struct slice name = slice_of(stem);
    if (!slice_starts(path, SLICE("/a/")) || !slice_ends(path, slice_of(end)))
        return false;
    path.p += 3;
    path.n -= 3;
    return slice_starts(path, name) && path.n > name.n && path.p[name.n] == '-';
}

static const char *path_on_disk(const struct call *c, const char *stem, const char *end)
{
    struct buf table = {0};
    struct fault ignored = {0};
    struct slice line, word[4];
    const char *found = NULL;
    if (!file_read(arena_format(c->arena, "%s/assets.inc", c->serve->web_dir), FILE_LIMIT, &table, &ignored))
        return NULL;
    struct slice rest = buf_to_slice(&table);
    while (!found && slice_next(&rest, '\n', &line))
        if (read_row(line, word) && is_asset(word[0], stem, end))
            found = arena_text(c->arena, word[0]);
    buf_release(&table);
    return found;
}

const char *asset_path(const struct call *c, const char *stem, const char *end)
{
    if (c->serve->web_dir)
        return path_on_disk(c, stem, end);
    for (const struct asset *a = ASSETS; a->path; a++)
        if (is_asset(slice_of(a->path), stem, end))
            return a->path;
    return NULL;
}

static void send_file(const struct call *c, struct reply *r, const struct file *file)
{
    const char *tag = arena_format(c->arena, "\"%08x%s\"", crc32_of(file->bytes), CODING_ENDS[file->coding]);
    reply_header(r, "ETag", tag);
    reply_header(r, "Vary", "Accept-Encoding");
    reply_header(r, "Cache-Control",
                 file->is_immutable ? "public, max-age=31536000, immutable" : "public, no-cache");
    if (etag_listed(c->request->if_none_match, slice_of(tag))) {
        r->status = 304;
        r->type = NULL;
        return;
    }
    if (strncmp(file->type, "text/html", 9) == 0)
        reply_header(r, "Content-Security-Policy", APP_POLICY);
    r->type = file->type;
    if (file->coding != CODING_IDENTITY)
        reply_header(r, "Content-Encoding", CODING_NAMES[file->coding]);
    if (c->serve->web_dir)
        buf_slice(&r->body, file->bytes);
    else
        r->shared = file->bytes;
}

static bool send_path(const struct call *c, struct reply *r, struct slice path)
{
    struct file file;
    if (!(c->serve->web_dir ? find_on_disk(c, path, &file) : find_built_in(c, path, &file)))
        return false;
    send_file(c, r, &file);
    return true;
}

static void plain_home(const struct call *c, struct reply *r)
{
    static const struct {
        const char *href;
        enum say_id words;
    } LINKS[] = {{"/ogc/collections?f=html", SAY_COLLECTIONS},
                 {"/indicators", SAY_INDICATORS},
                 {"/data/", SAY_OPEN_DATA},
                 {"/ogc/api?f=html", SAY_API_DOCUMENT}};
    r->type = format_type(FORMAT_HTML);
    page_begin(c, r, say(SAY_MAP, false));
    buf_format(&r->body, "<p>%s</p><ul>", say(SAY_NO_WEB, false));
    for (size_t i = 0; i < COUNT_OF(LINKS); i++) {
        buf_text(&r->body, "<li>");
        html_link(&r->body, slice_of(LINKS[i].href), slice_of(say(LINKS[i].words, false)));
        buf_text(&r->body, "</li>");
    }
    buf_text(&r->body, "</ul>");
    page_end(c, r);
    reply_header(r, "Cache-Control", "no-store");
}

bool serve_home(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    if (!send_path(c, r, SLICE("/")))
        plain_home(c, r);
    return true;
}

bool serve_asset(const struct call *c, struct reply *r, struct fault *f)
{
    struct slice name = c->value[PARAMETER_ASSET].text;
    const char *path = arena_format(c->arena, "/a/%.*s", (int)name.n, name.p);
    return send_path(c, r, slice_of(path)) || fault_set(f, FAULT_NOT_FOUND, NULL, "%s", "");
}
