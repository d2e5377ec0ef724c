/* xlsx: members of a ZIP archive as XML events; the one place that knows minizip and expat.
 *
 * Bottom of the XLSX reader. Law: nobody's file can make it use more than a little memory or run for ever: no
 * document type is accepted (so there are no entities), depth, text and attribute sizes are bounded by what
 * expat is fed, and a member that inflates out of proportion is refused. */
#include "import/xlsx.h"

#include <expat.h>
#include <minizip/unzip.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK = 1 << 16,
    DEPTH_MAX = 64,
    RATIO_MAX = 300,             /* real sheets inflate 5 to 40 times */
    RATIO_FREE_BYTES = 64 << 20, /* below this the ratio does not matter */
};

#define INFLATED_MAX ((uint64_t)4 << 30)

struct archive {
    unzFile zip;
    bool is_member_open;
};

struct xml_stream {
    struct archive *archive;
    const char *member; /* of the caller; for faults */
    struct xml_handler handler;
    XML_Parser parser;
    uint64_t inflated, packed;
    int depth;
    bool is_paused, is_done, has_failed;
    struct fault fault; /* told by a handler */
};

/* --- archive --- */

bool archive_open(struct archive **out, const char *path, struct fault *f)
{
    struct archive *a = calloc(1, sizeof *a);
    if (!a) {
        return fault_set(f, FAULT_INTERNAL, path, "hết bộ nhớ");
    }
    a->zip = unzOpen64(path);
    if (!a->zip) {
        free(a);
        return fault_set(f, FAULT_FILE_FORMAT, path, "tệp nén bị hỏng hoặc chưa tải hết");
    }
    *out = a;
    return true;
}

void archive_close(struct archive *a)
{
    if (a) {
        unzClose(a->zip);
        free(a);
    }
}

bool archive_has(struct archive *a, const char *member)
{
    return unzLocateFile(a->zip, member, 2) == UNZ_OK;
}

static bool open_member(struct xml_stream *x, struct fault *f)
{
    unz_file_info64 info;
    unzFile zip = x->archive->zip;
    if (x->archive->is_member_open || unzLocateFile(zip, x->member, 2) != UNZ_OK ||
        unzGetCurrentFileInfo64(zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK) {
        return fault_set(f, FAULT_FILE_FORMAT, x->member, "trong tệp không có phần này");
    }
    if (info.flag & 1) {
        return fault_set(f, FAULT_FILE_FORMAT, x->member, "tệp có mật khẩu; hãy lưu lại bản không mật khẩu");
    }
    if (unzOpenCurrentFile(zip) != UNZ_OK) {
        return fault_set(f, FAULT_FILE_FORMAT, x->member, "phần này bị hỏng");
    }
    x->packed = info.compressed_size ? info.compressed_size : 1;
    x->archive->is_member_open = true;
    return true;
}

/* --- events --- */

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static void on_start(void *user, const char *name, const char **atts)
{
    struct xml_stream *x = user;
    if (++x->depth > DEPTH_MAX) {
        xml_fail(x, FAULT_FILE_FORMAT, "các phần lồng nhau quá sâu");
    } else if (!x->has_failed && x->handler.start) {
        x->handler.start(x->handler.context, local_name(name), atts);
    }
}

static void on_end(void *user, const char *name)
{
    struct xml_stream *x = user;
    x->depth--;
    if (!x->has_failed && x->handler.end) {
        x->handler.end(x->handler.context, local_name(name));
    }
}

static void on_text(void *user, const char *p, int n)
{
    struct xml_stream *x = user;
    if (!x->has_failed && x->handler.text) {
        x->handler.text(x->handler.context, p, n);
    }
}

static void on_doctype(void *user, const char *name, const char *system, const char *public, int has_internal)
{
    (void)name, (void)system, (void)public, (void)has_internal;
    xml_fail(user, FAULT_FILE_FORMAT, "tệp khai báo DOCTYPE, không bảng tính nào làm vậy");
}

void xml_pause(struct xml_stream *x)
{
    x->is_paused = true;
    XML_StopParser(x->parser, XML_TRUE);
}

void xml_fail(struct xml_stream *x, enum fault_code code, const char *text)
{
    if (!x->has_failed) {
        x->has_failed = true;
        fault_set(&x->fault, code, x->member, "%s", text);
        XML_StopParser(x->parser, XML_FALSE);
    }
}

const char *xml_get(const char **atts, const char *name)
{
    for (; atts[0]; atts += 2) {
        if (strcmp(local_name(atts[0]), name) == 0) {
            return atts[1];
        }
    }
    return NULL;
}

bool xml_is_true(const char *value)
{
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "on") == 0);
}

/* --- the stream --- */

bool xml_open(struct xml_stream **out, struct archive *a, const char *member,
              const struct xml_handler *handler, struct fault *f)
{
    struct xml_stream *x = calloc(1, sizeof *x);
    XML_Parser parser = x ? XML_ParserCreate(NULL) : NULL;
    if (!parser) {
        free(x);
        return fault_set(f, FAULT_INTERNAL, member, "hết bộ nhớ");
    }
    *x = (struct xml_stream){.archive = a, .member = member, .handler = *handler, .parser = parser};
    if (!open_member(x, f)) {
        XML_ParserFree(parser);
        free(x);
        return false;
    }
    XML_SetUserData(parser, x);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    *out = x;
    return true;
}

/* Feeds expat one chunk more. */
static enum XML_Status feed(struct xml_stream *x)
{
    void *room = XML_GetBuffer(x->parser, CHUNK);
    int n = room ? unzReadCurrentFile(x->archive->zip, room, CHUNK) : -1;
    if (n < 0) {
        xml_fail(x, FAULT_FILE_FORMAT, "phần này bị hỏng, không giải nén được");
        return XML_STATUS_ERROR;
    }
    x->inflated += (uint64_t)n;
    if (x->inflated > INFLATED_MAX ||
        (x->inflated > RATIO_FREE_BYTES && x->inflated / x->packed > RATIO_MAX)) {
        xml_fail(x, FAULT_FILE_TOO_LARGE, "phần này giải nén ra lớn bất thường");
        return XML_STATUS_ERROR;
    }
    x->is_done = n == 0;
    return XML_ParseBuffer(x->parser, n, n == 0);
}

static bool has_stopped(const struct xml_stream *x)
{
    XML_ParsingStatus status;
    XML_GetParsingStatus(x->parser, &status);
    return status.parsing == XML_FINISHED;
}

static bool stop_with(struct xml_stream *x, struct fault *f)
{
    if (x->has_failed) {
        return fault_set(f, x->fault.code, x->fault.place, "%s", x->fault.text);
    }
    return fault_set(f, FAULT_FILE_FORMAT, x->member, "XML sai ở dòng %lu: %s",
                     (unsigned long)XML_GetCurrentLineNumber(x->parser),
                     XML_ErrorString(XML_GetErrorCode(x->parser)));
}

bool xml_run(struct xml_stream *x, struct fault *f)
{
    for (;;) {
        if (!x->is_paused && has_stopped(x)) {
            return x->has_failed ? stop_with(x, f) : false;
        }
        bool resumes = x->is_paused;
        x->is_paused = false;
        enum XML_Status status = resumes ? XML_ResumeParser(x->parser) : feed(x);
        if (x->has_failed || status == XML_STATUS_ERROR) {
            return stop_with(x, f);
        }
        if (status == XML_STATUS_SUSPENDED) {
            return true;
        }
        if (x->is_done) {
            return false;
        }
    }
}

void xml_close(struct xml_stream *x)
{
    if (x) {
        unzCloseCurrentFile(x->archive->zip);
        x->archive->is_member_open = false;
        XML_ParserFree(x->parser);
        free(x);
    }
}

bool xml_read_whole(struct archive *a, const char *member, const struct xml_handler *handler,
                    struct xml_stream **at, struct fault *f)
{
    struct fault local = {0};
    struct xml_stream *x = NULL;
    if (!xml_open(&x, a, member, handler, &local)) {
        return fault_set(f, local.code, local.place, "%s", local.text);
    }
    if (at) {
        *at = x;
    }
    while (xml_run(x, &local)) {
    }
    xml_close(x);
    return local.code == FAULT_NONE || fault_set(f, local.code, local.place, "%s", local.text);
}
