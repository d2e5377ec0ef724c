/* Tokenizer, masks, number grammar and the whole geocoder on any bytes, over a small ward made here. The
 * input is an address; behind a line break stand number, street, alley and ward of a list with columns of
 * their own. */
#include "import/geocode_private.h"

#include "layers/json.h"
#include "layers/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct geocoder *geocoder;

static void require(bool what)
{
    if (!what)
        abort();
}

static void fill(struct store *s, const char *folder, enum import_kind kind, const char *text)
{
    char path[96];
    struct fault f = {0};
    struct import_summary sum;
    snprintf(path, sizeof path, "%s/list.csv", folder);
    struct import_options o = {.path = path, .kind = kind, .who = "cli"};
    require(file_write(path, slice_of(text), &f) && import_file(s, &o, &sum, NULL, &f));
    unlink(path);
}

static const char STREETS[] =
    "Tên đường,Tên khác\nLê Lợi,\n2 Tháng 9,\nCách Mạng Tháng Tám,\nTiên Sơn,\n"
    "Tiên Sơn 1,\nHồ Tương,\nHồ Tường,\nPhan Châu Trinh,Phan Chu Trinh\nĐường Hà Nội,\nD2,\n"
    "Số 9,\nNguyễn Hữu Thọ,\n";
static const char MARKETS[] = "Mã chợ,Tên chợ,Hạng,Kinh độ,Vĩ độ\nC1,Chợ Cồn,2,108.2205,16.0421\n";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    char folder[] = "/tmp/fuzz-geocode-XXXXXX", path[96];
    struct fault f = {0};
    struct store *s = NULL;
    struct buf houses = {0};
    struct ward_setup setup = {.code = "99001", .name = "Phường Mẫu"};
    require(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/ward.db", folder);
    require(store_create(path, &setup, &f) && store_open(&s, path, STORE_WRITE, &f));
    fill(s, folder, IMPORT_STREETS, STREETS);
    fill(s, folder, IMPORT_MARKETS, MARKETS);
    buf_text(&houses, "Đường,Số nhà,Kiệt,Kinh độ,Vĩ độ\n");
    for (int n = 1; n < 200; n += n % 7 ? 1 : 12)
        buf_format(&houses, "%s,%d,%s,%.6f,16.04\n", n % 3 ? "Lê Lợi" : "Nguyễn Hữu Thọ", n,
                   n % 11 ? "" : "45/12", 108.22 + n * 0.00003);
    buf_char(&houses, 0);
    fill(s, folder, IMPORT_ADDRESSES, houses.p);
    require(geocoder_open(&geocoder, s, &f));
    store_close(s);
    buf_release(&houses);
    static const char *const ENDS[] = {"", ".key", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        snprintf(path, sizeof path, "%s/ward.db%s", folder, ENDS[i]);
        unlink(path);
    }
    rmdir(folder);
    return 0;
}

static void check_tokens(struct slice text, struct arena *a)
{
    struct buf clean = {0};
    struct tokens *t = ARENA_NEW(a, struct tokens);
    text_clean(text, &clean);
    tokens_read(buf_to_slice(&clean), a, t);
    require(t->count <= TOKEN_MAX);
    for (int i = 0; i < t->count; i++) {
        require(t->t[i].start < t->t[i].end && t->t[i].end <= clean.n && t->t[i].fold.n > 0);
        require(i == 0 || t->t[i].start >= t->t[i - 1].end);
    }
    buf_release(&clean);
}

static void check_result(const struct geocode_result *r)
{
    struct buf json = {0};
    struct json *root = NULL;
    struct fault f = {0};
    bool is_auto = r->status == GEOCODE_AUTO;
    require(is_auto == (r->class >= 'A' && r->class <= 'E') && is_auto == (r->position != POSITION_NONE));
    require(!is_auto || (isfinite(r->at.lon) && isfinite(r->at.lat) && r->accuracy_m > 0));
    require(r->score >= 0 && r->score <= 100 && text_is_utf8(r->why));
    for (int i = 0; i < r->span_count; i++) {
        require(r->spans[i].start < r->spans[i].end && r->spans[i].end <= r->normalised.n);
        require(i == 0 || r->spans[i].start >= r->spans[i - 1].end);
    }
    for (int i = 1; i < r->candidate_count; i++)
        require(r->candidates[i - 1].score >= r->candidates[i].score);
    geocode_json(r, &json);
    require(text_is_utf8(buf_to_slice(&json)) && json_parse(&root, buf_to_slice(&json), "", &f));
    json_free(root);
    buf_release(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct slice rest = {(const char *)data, size}, part[5] = {{0}};
    struct geocode_result r, again;
    for (size_t i = 0; i < COUNT_OF(part) && slice_next(&rest, '\n', &part[i]); i++)
        ;
    struct geocode_query q = {
        .address = part[0], .number = part[1], .street = part[2], .alley = part[3], .ward = part[4]};
    check_tokens(part[0], &a);
    geocode(geocoder, &q, &a, &r);
    check_result(&r);
    geocode(geocoder, &q, &a, &again);
    require(r.status == again.status && r.class == again.class && slice_equal(r.why, again.why) &&
            r.at.lon == again.at.lon && r.at.lat == again.at.lat);
    arena_release(&a);
    return 0;
}
