/* kit: see kit.h. The one file that knows about errno, the C clock and libdeflate. */
#include "layers/kit.h"

#include <errno.h>
#include <libdeflate.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- text slice --- */

struct slice slice_of(const char *text)
{
    return (struct slice){text ? text : "", text ? strlen(text) : 0};
}

bool slice_equal(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool slice_equal_ignoring_case(struct slice a, struct slice b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
            return false;
    return true;
}

bool slice_starts(struct slice text, struct slice prefix)
{
    return text.n >= prefix.n && slice_equal((struct slice){text.p, prefix.n}, prefix);
}

bool slice_ends(struct slice text, struct slice suffix)
{
    return text.n >= suffix.n && slice_equal((struct slice){text.p + text.n - suffix.n, suffix.n}, suffix);
}

ptrdiff_t slice_find(struct slice text, struct slice needle)
{
    if (needle.n == 0)
        return 0;
    const char *hit = text.n ? memmem(text.p, text.n, needle.p, needle.n) : NULL;
    return hit ? hit - text.p : -1;
}

/* Bytes of blank at the start of `s`: ASCII white space, or U+00A0 in UTF-8. */
static size_t blank_at_start(struct slice s)
{
    if (s.n && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
        return 1;
    return s.n >= 2 && (unsigned char)s.p[0] == 0xC2 && (unsigned char)s.p[1] == 0xA0 ? 2 : 0;
}

static size_t blank_at_end(struct slice s)
{
    if (s.n && (s.p[s.n - 1] == ' ' || (s.p[s.n - 1] >= '\t' && s.p[s.n - 1] <= '\r')))
        return 1;
    return s.n >= 2 && (unsigned char)s.p[s.n - 2] == 0xC2 && (unsigned char)s.p[s.n - 1] == 0xA0 ? 2 : 0;
}

struct slice slice_trim(struct slice text)
{
    for (size_t k; (k = blank_at_start(text)) > 0;)
        text = (struct slice){text.p + k, text.n - k};
    for (size_t k; (k = blank_at_end(text)) > 0;)
        text.n -= k;
    return text;
}

bool slice_next(struct slice *rest, char separator, struct slice *part)
{
    if (rest->n == 0)
        return false;
    const char *end = memchr(rest->p, separator, rest->n);
    size_t n = end ? (size_t)(end - rest->p) : rest->n;
    *part = (struct slice){rest->p, n};
    size_t used = end ? n + 1 : n;
    *rest = (struct slice){rest->p + used, rest->n - used};
    return true;
}

bool slice_to_int(struct slice text, int64_t *value)
{
    bool negative = text.n && text.p[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == text.n || text.n > 20)
        return false;
    int64_t v = 0;
    for (; i < text.n; i++) {
        int digit = text.p[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(v, 10, &v))
            return false;
        if (__builtin_add_overflow(v, negative ? -digit : digit, &v))
            return false;
    }
    *value = v;
    return true;
}

bool slice_to_real(struct slice text, double *value)
{
    char copy[64];
    if (text.n == 0 || text.n >= sizeof copy)
        return false;
    for (size_t i = 0; i < text.n; i++) /* strtod would also take blanks, hexadecimal, inf and nan */
        if (!memchr("0123456789+-.eE", text.p[i], sizeof "0123456789+-.eE" - 1))
            return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    char *end;
    double v = strtod(copy, &end);
    if (*end || !isfinite(v))
        return false;
    *value = v;
    return true;
}

/* --- arena --- */

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    max_align_t bytes[];
};

enum { ARENA_BLOCK_BYTES = 64 * 1024 };

void *arena_alloc(struct arena *a, size_t n)
{
    size_t need = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (need < n)
        memory_or_abort(NULL);
    if (!a->head || a->head->size - a->head->used < need) {
        size_t size = need > ARENA_BLOCK_BYTES ? need : ARENA_BLOCK_BYTES;
        struct arena_block *block = memory_resize(NULL, sizeof *block + size);
        *block = (struct arena_block){.next = a->head, .size = size};
        a->head = block;
    }
    char *p = (char *)a->head->bytes + a->head->used;
    a->head->used += need;
    a->allocated_bytes += need;
    return memset(p, 0, need);
}

void *arena_copy(struct arena *a, const void *p, size_t n)
{
    void *copy = arena_alloc(a, n);
    return n ? memcpy(copy, p, n) : copy;
}

char *arena_text(struct arena *a, struct slice s)
{
    char *copy = arena_alloc(a, s.n + 1);
    return s.n ? memcpy(copy, s.p, s.n) : copy;
}

struct slice arena_slice(struct arena *a, struct slice s)
{
    return (struct slice){arena_text(a, s), s.n};
}

char *arena_format(struct arena *a, const char *fmt, ...)
{
    va_list list, again;
    va_start(list, fmt);
    va_copy(again, list);
    int n = vsnprintf(NULL, 0, fmt, list);
    va_end(list);
    char *text = arena_alloc(a, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    return text;
}

struct arena_later {
    struct arena_later *next;
    void (*give_back)(void *);
    void *what;
};

void arena_defer(struct arena *a, void (*give_back)(void *), void *what)
{
    struct arena_later *later = ARENA_NEW(a, struct arena_later);
    *later = (struct arena_later){a->later, give_back, what};
    a->later = later;
}

static void arena_give_back(struct arena *a)
{
    for (struct arena_later *later = a->later; later; later = later->next)
        later->give_back(later->what);
    a->later = NULL;
}

static void arena_free_from(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_reset(struct arena *a)
{
    if (!a->head)
        return;
    arena_give_back(a);
    arena_free_from(a->head->next);
    a->head->next = NULL;
    a->head->used = 0;
    a->allocated_bytes = 0;
    if (a->head->size > ARENA_BLOCK_BYTES)
        arena_release(a);
}

void arena_release(struct arena *a)
{
    arena_give_back(a);
    arena_free_from(a->head);
    *a = (struct arena){0};
}

/* --- growing buffer --- */

void buf_reserve(struct buf *b, size_t extra)
{
    size_t need = b->n + extra + 1;
    if (need < extra)
        memory_or_abort(NULL);
    if (need <= b->cap)
        return;
    size_t cap = b->cap ? b->cap : 256;
    while (cap < need)
        cap += cap / 2;
    b->p = memory_resize(b->p, cap);
    b->cap = cap;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (n == 0)
        return;
    if (n >= b->cap - b->n) /* b->n never passes b->cap */
        buf_reserve(b, n);
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void buf_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_slice(struct buf *b, struct slice s)
{
    buf_add(b, s.p, s.n);
}

void buf_char(struct buf *b, char c)
{
    if (b->n + 1 >= b->cap) /* nearly always there is room */
        buf_reserve(b, 1);
    b->p[b->n++] = c;
}

void buf_format(struct buf *b, const char *fmt, ...)
{
    va_list list, again;
    va_start(list, fmt);
    va_copy(again, list);
    int n = vsnprintf(NULL, 0, fmt, list);
    va_end(list);
    buf_reserve(b, (size_t)n);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
    va_end(again);
    b->n += (size_t)n;
}

void buf_int(struct buf *b, int64_t v)
{
    char digits[20];
    int n = 0;
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do
        digits[n++] = (char)('0' + rest % 10);
    while (rest /= 10);
    buf_reserve(b, 21);
    if (v < 0)
        b->p[b->n++] = '-';
    while (n)
        b->p[b->n++] = digits[--n];
}

void buf_real(struct buf *b, double v, int decimals)
{
    static const double SCALE[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    if (!isfinite(v)) {
        buf_text(b, "null");
        return;
    }
    if (fabs(v) >= 9e8 || decimals < 0 || decimals > 9) { /* beyond exact scaling in 64 bits */
        buf_format(b, "%.17g", v);
        return;
    }
    int64_t scale = (int64_t)SCALE[decimals], scaled = llround(v * SCALE[decimals]);
    if (scaled < 0)
        buf_char(b, '-');
    uint64_t all = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;
    buf_int(b, (int64_t)(all / (uint64_t)scale));
    uint64_t fraction = all % (uint64_t)scale;
    if (fraction == 0)
        return;
    char text[10];
    for (int i = decimals - 1; i >= 0; i--, fraction /= 10)
        text[i] = (char)('0' + fraction % 10);
    int n = decimals;
    while (n > 1 && text[n - 1] == '0')
        n--;
    buf_char(b, '.');
    buf_add(b, text, (size_t)n);
}

/* Length of the valid UTF-8 sequence at p (RFC 3629: no overlong forms, no surrogates), or 0. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80)
        return 1;
    size_t length = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || length > n)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
    bool beyond = (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF4 && p[1] > 0x8F);
    return overlong || beyond ? 0 : length;
}

static void json_escape(struct buf *b, unsigned char c)
{
    switch (c) {
    case '"': buf_text(b, "\\\""); break;
    case '\\': buf_text(b, "\\\\"); break;
    case '\n': buf_text(b, "\\n"); break;
    case '\r': buf_text(b, "\\r"); break;
    case '\t': buf_text(b, "\\t"); break;
    default: buf_format(b, "\\u%04x", c);
    }
}

void buf_json(struct buf *b, struct slice s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t copied = 0;
    buf_reserve(b, s.n + 2);
    buf_char(b, '"');
    for (size_t i = 0; i < s.n;) {
        size_t length = utf8_length(p + i, s.n - i);
        bool as_it_is = length > 0 && p[i] >= 0x20 && p[i] != '"' && p[i] != '\\';
        if (!as_it_is) {
            buf_add(b, p + copied, i - copied);
            copied = i + 1;
            if (length)
                json_escape(b, p[i]);
            else
                buf_text(b, "\xEF\xBF\xBD");
        }
        i += length ? length : 1;
    }
    if (copied < s.n)
        buf_add(b, p + copied, s.n - copied);
    buf_char(b, '"');
}

void buf_json_field(struct buf *b, const char *key, struct slice value)
{
    buf_json(b, slice_of(key));
    buf_char(b, ':');
    buf_json(b, value);
}

void buf_csv(struct buf *b, struct slice s)
{
    bool quote = false;
    for (size_t i = 0; i < s.n && !quote; i++)
        quote = s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
    if (!quote) {
        buf_slice(b, s);
        return;
    }
    buf_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_char(b, '"');
        buf_char(b, s.p[i]);
    }
    buf_char(b, '"');
}

struct slice buf_to_slice(const struct buf *b)
{
    return (struct slice){b->p ? b->p : "", b->n};
}

void buf_reset(struct buf *b)
{
    b->n = 0;
}

void buf_release(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}

/* --- compression --- */

enum deflate_wrapper { WRAP_GZIP, WRAP_ZLIB };

static void deflate_add(struct buf *out, struct slice in, int level, enum deflate_wrapper wrapper)
{
    struct libdeflate_compressor *c = memory_or_abort(libdeflate_alloc_compressor(level));
    bool gzip = wrapper == WRAP_GZIP;
    size_t bound = gzip ? libdeflate_gzip_compress_bound(c, in.n) : libdeflate_zlib_compress_bound(c, in.n);
    buf_reserve(out, bound);
    char *at = out->p + out->n;
    out->n += gzip ? libdeflate_gzip_compress(c, in.p, in.n, at, bound)
                   : libdeflate_zlib_compress(c, in.p, in.n, at, bound);
    libdeflate_free_compressor(c);
}

void gzip_add(struct buf *out, struct slice in, int level)
{
    deflate_add(out, in, level, WRAP_GZIP);
}

void zlib_add(struct buf *out, struct slice in, int level)
{
    deflate_add(out, in, level, WRAP_ZLIB);
}

bool zlib_read(struct buf *out, struct slice in, size_t size)
{
    struct libdeflate_decompressor *d = memory_or_abort(libdeflate_alloc_decompressor());
    buf_reserve(out, size + 1); /* a place to point at even for no bytes */
    bool good = libdeflate_zlib_decompress(d, in.p, in.n, out->p + out->n, size, NULL) == LIBDEFLATE_SUCCESS;
    out->n += good ? size : 0;
    libdeflate_free_decompressor(d);
    return good;
}

uint32_t crc32_of(struct slice in)
{
    return libdeflate_crc32(0, in.p, in.n);
}

/* --- fault --- */

static const struct {
    const char *name;
    int exit_status, http_status;
    const char *vi, *en;
} FAULTS[FAULT_COUNT] = {
    {"NONE", 0, 200, "", ""},
#define FAULT(code, exit_status, http_status, vi, en) {#code, exit_status, http_status, vi, en},
#include "layers/faults.def"
#undef FAULT
};

bool fault_set(struct fault *f, enum fault_code code, const char *place, const char *fmt, ...)
{
    if (!f || f->code != FAULT_NONE)
        return false;
    f->code = code;
    snprintf(f->place, sizeof f->place, "%s", place ? place : "");
    va_list list;
    va_start(list, fmt);
    vsnprintf(f->text, sizeof f->text, fmt, list);
    va_end(list);
    return false;
}

int fault_exit_status(enum fault_code code)
{
    return FAULTS[code].exit_status;
}

int fault_http_status(enum fault_code code)
{
    return FAULTS[code].http_status;
}

const char *fault_name(enum fault_code code)
{
    return FAULTS[code].name;
}

const char *fault_sentence(enum fault_code code, bool english)
{
    return english ? FAULTS[code].en : FAULTS[code].vi;
}

void fault_print(const struct fault *f, bool english, struct buf *out)
{
    if (f->place[0])
        buf_format(out, "%s: ", f->place);
    buf_text(out, fault_sentence(f->code, english));
    if (f->text[0])
        buf_format(out, ": %s", f->text);
}

/* --- log --- */

void log_line(enum log_level level, const char *fmt, ...)
{
    static const char *const NAMES[] = {"error", "warning", "info", "debug"};
    char at[21];
    clock_utc_iso(at);
    struct buf line = {0};
    buf_format(&line, "%s %s ", at, NAMES[level]);
    va_list list, again;
    va_start(list, fmt);
    va_copy(again, list);
    int n = vsnprintf(NULL, 0, fmt, list);
    va_end(list);
    buf_reserve(&line, (size_t)n + 1);
    vsnprintf(line.p + line.n, (size_t)n + 1, fmt, again);
    va_end(again);
    line.n += (size_t)n;
    buf_char(&line, '\n');
    fwrite(line.p, 1, line.n, stderr); /* one write: lines of several threads do not mix */
    buf_release(&line);
}

/* --- clock --- */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool date_is_valid(struct date d)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1)
        return false;
    return d.day <= DAYS[d.month - 1] + (d.month == 2 && is_leap(d.year));
}

/* Days from civil and back: Howard Hinnant, "chrono-compatible low-level date algorithms" (public domain). */
int32_t date_to_days(struct date d)
{
    int y = d.year - (d.month <= 2);
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct date date_years_later(struct date d, int years)
{
    d.year += years;
    if (!date_is_valid(d))
        d.day = 28;
    return d;
}

struct date date_of_days(int32_t days)
{
    int z = days + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = z - era * 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int mp = (5 * day_of_year + 2) / 153;
    int month = mp < 10 ? mp + 3 : mp - 9;
    return (struct date){year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * mp + 2) / 5 + 1};
}

struct date date_today(void)
{
    struct date fixed;
    if (date_parse_iso(slice_of(getenv("MAPD_TODAY")), &fixed))
        return fixed;
    return date_of_days((int32_t)((time(NULL) + 7 * 3600) / 86400));
}

static bool digits(const char *p, int n, int *value)
{
    *value = 0;
    for (int i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        *value = *value * 10 + p[i] - '0';
    }
    return true;
}

bool date_parse_iso(struct slice text, struct date *d)
{
    struct date r;
    if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-' || !digits(text.p, 4, &r.year) ||
        !digits(text.p + 5, 2, &r.month) || !digits(text.p + 8, 2, &r.day) || !date_is_valid(r))
        return false;
    *d = r;
    return true;
}

static char *put_digits(char *at, unsigned v, int n)
{
    for (int i = n - 1; i >= 0; i--, v /= 10)
        at[i] = (char)('0' + v % 10);
    return at + n;
}

/* By hand: an import writes a dozen a row. */
void date_format_iso(struct date d, char out[11])
{
    char *at = put_digits(out, (unsigned)d.year, 4);
    *at++ = '-';
    at = put_digits(at, (unsigned)d.month, 2);
    *at++ = '-';
    *put_digits(at, (unsigned)d.day, 2) = '\0';
}

int64_t clock_monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

void clock_utc_iso(char out[21])
{
    enum { DAY = 86400 };
    struct timespec clock;
    clock_gettime(CLOCK_REALTIME,
                  &clock); /* time() may lag behind SQLite's 'now', and order is read from it */
    time_t now = clock.tv_sec;
    unsigned second = (unsigned)(now % DAY);
    date_format_iso(date_of_days((int32_t)(now / DAY)), out);
    char *at = out + 10;
    *at++ = 'T';
    at = put_digits(at, second / 3600, 2);
    *at++ = ':';
    at = put_digits(at, second / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, second % 60, 2);
    *at++ = 'Z';
    *at = '\0';
}

/* --- files --- */

bool file_read(const char *path, size_t limit, struct buf *out, struct fault *f)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return fault_set(f, FAULT_FILE_MISSING, path, "%s", strerror(errno));
    size_t start = out->n, got;
    do {
        buf_reserve(out, 64 * 1024);
        got = fread(out->p + out->n, 1, 64 * 1024, file);
        out->n += got;
    } while (got && out->n - start <= limit);
    bool failed = ferror(file);
    fclose(file);
    if (failed)
        return fault_set(f, FAULT_FILE_MISSING, path, "%s", strerror(errno));
    if (out->n - start > limit)
        return fault_set(f, FAULT_FILE_TOO_LARGE, path, "hơn %zu byte", limit);
    return true;
}

bool descriptor_write(int fd, struct slice bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno != EINTR)
            return false;
        bytes = n < 0 ? bytes : (struct slice){bytes.p + n, bytes.n - (size_t)n};
    }
    return true;
}

bool file_write(const char *path, struct slice bytes, struct fault *f)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
    bool ok = fwrite(bytes.p, 1, bytes.n, file) == bytes.n;
    ok = fclose(file) == 0 && ok;
    return ok || fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
}
