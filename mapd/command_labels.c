/* command_labels: a PDF of labels, for all stalls of one market or for the codes listed in a file. That they
 * were issued is recorded. */
#include "mapd/labels.h"
#include "mapd/mapd.h"

#include <stdio.h>

/* The address in the codes is for ever once they are posted, so a sheet without one is a trial and says so.
 */
static const char *public_address(struct arena *a, struct store *s, const struct arguments *args)
{
    const char *given = args->option[OPTION_BASE_URL], *kept = store_meta(s, a, "base_url");
    if (given || kept)
        return given ? given : kept;
    fputs("mapd: chưa có --base-url; nhãn in ra chỉ để thử, không dán được\n", stderr);
    return "http://127.0.0.1:8080";
}

static bool read_order(const struct arguments *args, struct label_order *order, struct buf *codes,
                       struct fault *f)
{
    enum { CODES_MOST = 16 << 20 };
    const char *path = args->option[OPTION_CODES], *size = args->option[OPTION_SIZE];
    order->market = args->option[OPTION_MARKET];
    order->size = LABEL_MEDIUM;
    if (!order->market == !path)
        return fault_set(f, FAULT_USAGE, "labels", "%s", "cần một trong hai: --market MÃ hoặc --codes TỆP");
    if (size && !label_size_find(size, &order->size))
        return fault_set(f, FAULT_USAGE, "--size", "'%s' (small, medium, large)", size);
    if (path && !file_read(path, CODES_MOST, codes, f))
        return false;
    order->codes = buf_to_slice(codes);
    return true;
}

static bool note_issued(struct store *s, struct arena *a, const struct label_sheet *sheet, struct fault *f)
{
    const char **codes = ARENA_ARRAY(a, const char *, (size_t)sheet->count + 1);
    for (uint32_t i = 0; i < sheet->count; i++)
        codes[i] = sheet->labels[i].code;
    struct label_step step = {
        .codes = codes, .count = sheet->count, .state = LABEL_ISSUED, .who = "mapd labels"};
    return label_note(s, &step, f);
}

static bool write_labels(struct store *s, struct arena *a, struct label_order *order,
                         const struct arguments *args, struct fault *f)
{
    struct label_sheet sheet = {.path = args->positional[1]};
    int pages = 0;
    order->base_url = public_address(a, s, args);
    order->ward = store_meta(s, a, "ward_name");
    order->is_sample = store_meta(s, a, "sample") != NULL;
    if (!labels_collect(order, a, &sheet, f) || !pdf_labels(&sheet, &pages, f) ||
        !note_issued(s, a, &sheet, f))
        return false;
    printf("Đã ghi %u nhãn trên %d trang vào %s\n", sheet.count, pages, sheet.path);
    return true;
}

int command_labels(const struct arguments *args)
{
    struct fault f = {0};
    struct store *s = NULL;
    struct publisher *p = NULL;
    struct arena a = {0};
    struct buf codes = {0};
    struct label_order order = {0};
    bool ok = read_order(args, &order, &codes, &f) && command_open(&s, args, STORE_WRITE, &f) &&
              publisher_open(&p, args->positional[0], &f);
    if (ok) {
        order.snapshot = publisher_get(p);
        ok = write_labels(s, &a, &order, args, &f);
        snapshot_release(order.snapshot);
    }
    publisher_close(p);
    store_close(s);
    buf_release(&codes);
    arena_release(&a);
    return ok ? 0 : command_failed(&f);
}
