/* The inside of a workbook: the input is cut at each byte 0x1F into the sheet, the styles, the shared strings
 * and the workbook's properties, and packed into a good ZIP, so that the fuzzer does not waste its time on
 * checksums. */
#include "packed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {(const char *)data, size}, part[4] = {{0}};
    for (int i = 0; i < 4 && slice_next(&rest, 0x1F, &part[i]); i++) {
    }
    struct member members[] = {
        {.name = "xl/workbook.xml",
         .before = SLICE("<workbook xmlns:r=\"r\">"),
         .text = part[3],
         .after = SLICE("<sheets><sheet name=\"S\" r:id=\"a\"/></sheets></workbook>")},
        {.name = "xl/_rels/workbook.xml.rels",
         .text = SLICE("<R><Relationship Id=\"a\" Target=\"s.xml\"/></R>")},
        {.name = "xl/s.xml", .before = SLICE("<worksheet>"), .text = part[0], .after = SLICE("</worksheet>")},
        {.name = "xl/styles.xml",
         .before = SLICE("<styleSheet>"),
         .text = part[1],
         .after = SLICE("</styleSheet>")},
        {.name = "xl/sharedStrings.xml", .before = SLICE("<sst>"), .text = part[2], .after = SLICE("</sst>")},
    };
    struct buf zip = {0};
    pack(&zip, members, COUNT_OF(members));
    read_as_file("book.xlsx", buf_to_slice(&zip), IMPORT_ESTABLISHMENTS, NULL);
    buf_release(&zip);
    return 0;
}
