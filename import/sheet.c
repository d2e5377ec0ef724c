#include "import/sheet.h"
bool ogr_open(struct sheet **out, const struct table_request *request, struct fault *f)
{
    (void)out;
    return fault_set(f, FAULT_FILE_FORMAT, request->path, "bản này chưa đọc được loại tệp này");
}
bool html_open(struct sheet **out, const char *path, struct fault *f)
{
    (void)out;
    return fault_set(f, FAULT_FILE_FORMAT, path, "bản này chưa đọc được loại tệp này");
}
