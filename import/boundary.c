/* boundary: the outline of a ward from a GIS file, before the ward file is made. One area, or the one among
 * several that carries the ward's code in some attribute; anything else is said, never guessed. */
#include "import/sheet.h"

#include <string.h>

/* ISO WKB, little-endian: polygon or multipolygon. */
static bool is_area(struct slice wkb)
{
    enum { POLYGON = 3, MULTI_POLYGON = 6 };
    uint32_t type;
    if (wkb.n < 9 || wkb.p[0] != 1)
        return false;
    memcpy(&type, wkb.p + 1, sizeof type);
    return type == POLYGON || type == MULTI_POLYGON;
}

static bool carries(const struct sheet_row *row, struct slice code)
{
    for (uint32_t i = 0; i < row->count; i++)
        if (slice_equal(slice_trim(row->cells[i].text), code))
            return true;
    return false;
}

/* The number of areas looked at; that of the code ends the search. */
static uint32_t find_area(struct sheet *s, struct slice code, struct buf *wkb, struct fault *f)
{
    struct sheet_row row;
    uint32_t areas = 0;
    while (s->reader->next(s, &row, f)) {
        if (!is_area(row.wkb))
            continue;
        areas++;
        bool is_ours = carries(&row, code);
        if (areas == 1 || is_ours) {
            buf_reset(wkb);
            buf_slice(wkb, row.wkb);
        }
        if (is_ours)
            return 1;
    }
    return areas;
}

bool import_boundary(const char *path, const char *code, struct buf *wkb, struct fault *f)
{
    struct table_request request = {.path = path, .kind = IMPORT_WARDS};
    struct sheet *s;
    struct fault end = {0};
    if (!sheet_open(&s, &request, f))
        return false;
    bool ok = s->reader->select(s, 0, f);
    uint32_t areas = ok ? find_area(s, slice_of(code), wkb, &end) : 0;
    if (ok && end.code)
        ok = fault_set(f, end.code, end.place, "%s", end.text);
    else if (ok && areas == 0)
        ok = fault_set(f, FAULT_FILE_FORMAT, path, "%s",
                       "trong tệp không có vùng (polygon) nào làm ranh giới");
    else if (ok && areas > 1)
        ok = fault_set(f, FAULT_FILE_FORMAT, path,
                       "trong tệp có %u vùng, không vùng nào mang mã phường \"%s\"", areas, code);
    s->reader->close(s);
    return ok;
}
