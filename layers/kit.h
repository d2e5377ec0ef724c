/* kit: what every room stands on. Arena, text slice, growing buffer, fault, log, clock.
 *
 * Law of ownership: a slice owns nothing, it points into somebody's bytes and lives as long as they do.
 * Arena memory lives until arena_release; nobody frees parts of it. A buf owns its bytes until buf_release.
 * Running out of memory ends a command with a sentence on stderr: the file is transactional, so nothing is
 * lost. A server has some set aside (memory.c) and goes on with less work. */
#ifndef LAYERS_KIT_H
#define LAYERS_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESULT_MUST_BE_USED  __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, va) __attribute__((format(printf, fmt, va)))
#define COUNT_OF(array)      (sizeof(array) / sizeof((array)[0]))

/* --- text slice: UTF-8 bytes of somebody else, not terminated --- */

struct slice {
    const char *p;
    size_t n;
};

#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

struct slice slice_of(const char *text); /* NULL gives the empty slice */
bool slice_equal(struct slice a, struct slice b);
bool slice_equal_ignoring_case(struct slice a, struct slice b); /* ASCII letters only */
bool slice_starts(struct slice text, struct slice prefix);
bool slice_ends(struct slice text, struct slice suffix);
/* Position of the first `needle` in `text`, or -1. */
ptrdiff_t slice_find(struct slice text, struct slice needle);
struct slice slice_trim(struct slice text); /* without ASCII white space and U+00A0 at both ends */
/* Takes the part of *rest before the first `separator` and moves *rest behind it; false when *rest is empty.
 */
bool slice_next(struct slice *rest, char separator, struct slice *part);
/* Whole slice as a decimal number (point as decimal mark, no blanks); false if it is anything else or
 * overflows. */
bool slice_to_int(struct slice text, int64_t *value) RESULT_MUST_BE_USED;
bool slice_to_real(struct slice text, double *value) RESULT_MUST_BE_USED;

/* --- memory that does not fail (memory.c) --- */

void *memory_zeroed(size_t count, size_t size); /* calloc; free() it */
void *memory_resize(void *old, size_t bytes);   /* realloc */
void *memory_or_abort(void *p);                 /* p; NULL ends the process with its sentence */
/* Of a server: so much stands aside until there is no more. False when there is not even that. */
bool memory_set_aside(size_t bytes) RESULT_MUST_BE_USED;
/* It was needed: new work that takes much is to be refused until memory_recover has set it aside again. */
bool memory_is_short(void);
bool memory_recover(void); /* whether it stands aside */
/* Whether so much could be had at once; if not, memory is short from now on. */
bool memory_has(size_t bytes) RESULT_MUST_BE_USED;

/* --- arena: memory of one request or one import batch --- */

struct arena {
    struct arena_block *head;
    size_t allocated_bytes; /* all that was handed out since the last reset */
    struct arena_later *later;
};

void *arena_alloc(struct arena *a, size_t n); /* zeroed, aligned for any type; never NULL */
void *arena_copy(struct arena *a, const void *p, size_t n);
char *arena_text(struct arena *a, struct slice s); /* terminated copy */
struct slice arena_slice(struct arena *a, struct slice s);
char *arena_format(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Calls give_back(what) when the arena is reset or released, last in first out: for what an arena cannot hold
 * itself, such as objects of a library. */
void arena_defer(struct arena *a, void (*give_back)(void *), void *what);
void arena_reset(struct arena *a);   /* keeps one block for reuse */
void arena_release(struct arena *a); /* a zeroed arena is a valid empty one */

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (n)))

/* --- growing buffer --- */

struct buf {
    char *p;
    size_t n, cap;
};

void buf_reserve(struct buf *b, size_t extra);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_text(struct buf *b, const char *text);
void buf_slice(struct buf *b, struct slice s);
void buf_char(struct buf *b, char c);
void buf_format(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_int(struct buf *b, int64_t v);
/* Shortest decimal text with at most `decimals` digits after the point, trailing zeros dropped; not finite:
 * null. */
void buf_real(struct buf *b, double v, int decimals);
void buf_json(struct buf *b, struct slice s); /* "quoted", RFC 8259 escapes, bad UTF-8 replaced */
void buf_json_field(struct buf *b, const char *key, struct slice value); /* "key":"value" */
void buf_csv(struct buf *b, struct slice s); /* one RFC 4180 field, quoted only when needed */
struct slice buf_to_slice(const struct buf *b);
void buf_reset(struct buf *b);
void buf_release(struct buf *b);

/* --- compression (libdeflate) --- */

/* gzip of `in` appended to `out`; level 1 (fast) to 12. */
void gzip_add(struct buf *out, struct slice in, int level);
/* The same in zlib's wrapper (RFC 1950), as PNG wants it. */
void zlib_add(struct buf *out, struct slice in, int level);
/* What zlib_add made of exactly `size` bytes, appended to `out`; false when it is anything else. */
bool zlib_read(struct buf *out, struct slice in, size_t size) RESULT_MUST_BE_USED;
uint32_t crc32_of(struct slice in);

/* --- fault: what went wrong, said once --- */

enum fault_code {
    FAULT_NONE,
#define FAULT(code, exit_status, http_status, vi, en) FAULT_##code,
#include "layers/faults.def"
#undef FAULT
    FAULT_COUNT
};

struct fault {
    enum fault_code code;
    char place[160]; /* "file:row:column" or the name of a parameter; may be empty */
    char text[480];  /* what was found, in few words, the value in quotes; may be empty */
};

/* Fills *f if it is still empty (the first fault wins) and returns false, so that callers write `return
 * fault_set(...)`. `f` may be NULL. `place` may be NULL. */
bool fault_set(struct fault *f, enum fault_code code, const char *place, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
int fault_exit_status(enum fault_code code);
int fault_http_status(enum fault_code code);
const char *fault_name(enum fault_code code); /* "BAD_VALUE" */
const char *fault_sentence(enum fault_code code, bool english);
/* One line for a person: place, sentence, text. */
void fault_print(const struct fault *f, bool english, struct buf *out);

/* --- log: lines on stderr, never a personal datum --- */

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* --- clock: dates are those of Asia/Ho_Chi_Minh (UTC+7 all year), times are UTC --- */

struct date {
    int year, month, day; /* proleptic Gregorian; all zero means "no date" */
};

bool date_is_valid(struct date d);
int32_t date_to_days(struct date d); /* days since 1970-01-01 */
struct date date_of_days(int32_t days);
/* The same calendar day `years` later; 29 February ends on the 28th where there is no 29th (BLDS 91/2015,
 * 148). */
struct date date_years_later(struct date d, int years);
struct date
date_today(void); /* in Asia/Ho_Chi_Minh; MAPD_TODAY=YYYY-MM-DD in the environment fixes it for tests */
/* "YYYY-MM-DD" and nothing else. */
bool date_parse_iso(struct slice text, struct date *d) RESULT_MUST_BE_USED;
void date_format_iso(struct date d, char out[11]);
int64_t clock_monotonic_ns(void);
void clock_utc_iso(char out[21]); /* now, "YYYY-MM-DDTHH:MM:SSZ" */

/* --- files --- */

/* Whole file into `out` (appended); `limit` bytes at most. */
bool file_read(const char *path, size_t limit, struct buf *out, struct fault *f) RESULT_MUST_BE_USED;
/* All of it to an open descriptor; false with errno set. */
bool descriptor_write(int fd, struct slice bytes) RESULT_MUST_BE_USED;
bool file_write(const char *path, struct slice bytes, struct fault *f) RESULT_MUST_BE_USED;

#endif
