/* The inside of an OpenDocument spreadsheet: the input is cut at each byte 0x1F into the automatic styles,
 * the tables, the named styles and the manifest, and packed into a good ZIP. */
#include "packed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {(const char *)data, size}, part[4] = {{0}};
    for (int i = 0; i < 4 && slice_next(&rest, 0x1F, &part[i]); i++) {
    }
    struct buf content = {0}, zip = {0};
    buf_text(&content, "<d><automatic-styles>");
    buf_slice(&content, part[0]);
    buf_text(&content, "</automatic-styles><spreadsheet>");
    buf_slice(&content, part[1]);
    buf_text(&content, "</spreadsheet></d>");
    struct member members[] = {
        {.name = "content.xml", .text = buf_to_slice(&content)},
        {.name = "styles.xml", .before = SLICE("<s>"), .text = part[2], .after = SLICE("</s>")},
        {.name = "META-INF/manifest.xml", .before = SLICE("<m>"), .text = part[3], .after = SLICE("</m>")},
    };
    pack(&zip, members, COUNT_OF(members));
    read_as_file("book.ods", buf_to_slice(&zip), IMPORT_ESTABLISHMENTS, NULL);
    buf_release(&content);
    buf_release(&zip);
    return 0;
}
