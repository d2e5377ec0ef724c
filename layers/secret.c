/* secret: public codes, the key file, sealed columns, keyed hashes, passwords, tokens. The one includer of
 * libsodium.
 *
 * Law: the key never enters the ward file or a backup of it; what is sealed can be read and what is hashed
 * can be looked up only with the key at hand. */
#include "layers/layers.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct key {
    unsigned char sealing[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    unsigned char hashing[crypto_generichash_KEYBYTES];
    unsigned char backup[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    unsigned char mark[KEY_MARK_BYTES]; /* tells keys apart, says nothing of them */
};

/* The file holds one or two lines of hexadecimal digits: what seals, and, after the first rotation, what it
 * was at the beginning, from which the keyed hashes still come: they cannot be made again without their
 * texts. */
enum { MASTER_BYTES = crypto_kdf_KEYBYTES, MASTER_TEXT = MASTER_BYTES * 2, KEY_FILE_MOST = 1024 };
enum subkey { SUBKEY_SEALING = 1, SUBKEY_HASHING, SUBKEY_BACKUP, SUBKEY_MARK };
static const char KDF_CONTEXT[crypto_kdf_CONTEXTBYTES + 1] = "mapd-key";

static bool sodium_ready(struct fault *f)
{
    return sodium_init() >= 0 || fault_set(f, FAULT_INTERNAL, "libsodium", "%s", "");
}

/* --- the key file --- */

struct masters {
    unsigned char sealing[MASTER_BYTES], hashing[MASTER_BYTES];
};

static bool write_key_file(const char *path, struct slice text, struct fault *f)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return fault_set(f, errno == EEXIST ? FAULT_FILE_EXISTS : FAULT_FILE_WRITE, path, "%s",
                         strerror(errno));
    bool ok = write(file, text.p, text.n) == (ssize_t)text.n && fsync(file) == 0;
    ok = close(file) == 0 && ok;
    return ok || fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
}

static bool write_masters(const char *path, const struct masters *m, bool both, struct fault *f)
{
    char text[2 * (MASTER_TEXT + 1) + 1];
    size_t n = MASTER_TEXT + 1;
    sodium_bin2hex(text, MASTER_TEXT + 1, m->sealing, MASTER_BYTES);
    text[MASTER_TEXT] = '\n';
    if (both) {
        sodium_bin2hex(text + n, MASTER_TEXT + 1, m->hashing, MASTER_BYTES);
        text[n + MASTER_TEXT] = '\n';
        n *= 2;
    }
    bool ok = write_key_file(path, (struct slice){text, n}, f);
    sodium_memzero(text, sizeof text);
    return ok;
}

static bool read_master(struct slice line, unsigned char out[MASTER_BYTES])
{
    size_t n = 0;
    line = slice_trim(line);
    return line.n == MASTER_TEXT && sodium_hex2bin(out, MASTER_BYTES, line.p, line.n, NULL, &n, NULL) == 0 &&
           n == MASTER_BYTES;
}

static bool read_masters(const char *path, struct masters *m, struct fault *f)
{
    struct buf text = {0};
    struct slice first = {0}, second = {0};
    if (!sodium_ready(f) || !file_read(path, KEY_FILE_MOST, &text, f)) {
        buf_release(&text);
        return false;
    }
    struct slice rest = slice_trim(buf_to_slice(&text));
    bool ok = slice_next(&rest, '\n', &first) && read_master(first, m->sealing);
    if (ok && slice_next(&rest, '\n', &second))
        ok = read_master(second, m->hashing) && !rest.n;
    else if (ok)
        memcpy(m->hashing, m->sealing, MASTER_BYTES);
    if (text.p)
        sodium_memzero(text.p, text.n);
    buf_release(&text);
    return ok || fault_set(f, FAULT_KEY_MISSING, path, "%s", "tệp khoá không đúng định dạng");
}

bool key_create(const char *path, struct fault *f)
{
    struct masters m;
    if (!sodium_ready(f))
        return false;
    crypto_kdf_keygen(m.sealing);
    bool ok = write_masters(path, &m, false, f);
    sodium_memzero(&m, sizeof m);
    return ok;
}

bool key_renew(const char *old_path, const char *path, struct fault *f)
{
    struct masters m;
    bool ok = read_masters(old_path, &m, f);
    if (ok) {
        crypto_kdf_keygen(m.sealing);
        ok = write_masters(path, &m, true, f);
    }
    sodium_memzero(&m, sizeof m);
    return ok;
}

bool key_load(struct key **out, const char *path, struct fault *f)
{
    struct masters m;
    if (!read_masters(path, &m, f))
        return false;
    struct key *key = memory_zeroed(1, sizeof *key);
    crypto_kdf_derive_from_key(key->sealing, sizeof key->sealing, SUBKEY_SEALING, KDF_CONTEXT, m.sealing);
    crypto_kdf_derive_from_key(key->hashing, sizeof key->hashing, SUBKEY_HASHING, KDF_CONTEXT, m.hashing);
    crypto_kdf_derive_from_key(key->backup, sizeof key->backup, SUBKEY_BACKUP, KDF_CONTEXT, m.sealing);
    crypto_kdf_derive_from_key(key->mark, sizeof key->mark, SUBKEY_MARK, KDF_CONTEXT, m.sealing);
    sodium_memzero(&m, sizeof m);
    *out = key;
    return true;
}

void key_mark(const struct key *k, char out[2 * KEY_MARK_BYTES + 1])
{
    sodium_bin2hex(out, 2 * KEY_MARK_BYTES + 1, k->mark, KEY_MARK_BYTES);
}

void key_free(struct key *k)
{
    if (!k)
        return;
    sodium_memzero(k, sizeof *k);
    free(k);
}

enum {
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    SEAL_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES
};

static void seal(const unsigned char *key, struct slice plain, struct buf *out)
{
    buf_reserve(out, NONCE_BYTES + plain.n + SEAL_BYTES);
    unsigned char *at = (unsigned char *)out->p + out->n;
    unsigned long long sealed = 0;
    randombytes_buf(at, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(at + NONCE_BYTES, &sealed, (const unsigned char *)plain.p,
                                               plain.n, NULL, 0, NULL, at, key);
    out->n += NONCE_BYTES + (size_t)sealed;
}

static bool unseal(const unsigned char *key, struct slice sealed, struct buf *out)
{
    if (sealed.n < NONCE_BYTES + SEAL_BYTES)
        return false;
    const unsigned char *at = (const unsigned char *)sealed.p;
    buf_reserve(out, sealed.n);
    unsigned long long n = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)out->p + out->n, &n, NULL,
                                                   at + NONCE_BYTES, sealed.n - NONCE_BYTES, NULL, 0, at,
                                                   key) != 0)
        return false;
    out->n += (size_t)n;
    return true;
}

void key_seal(const struct key *k, struct slice plain, struct buf *out)
{
    seal(k->sealing, plain, out);
}

bool key_unseal(const struct key *k, struct slice sealed, struct buf *out)
{
    return unseal(k->sealing, sealed, out);
}

_Static_assert(FILE_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "one kind of seal");

void file_key_new(uint8_t key[FILE_KEY_BYTES])
{
    randombytes_buf(key, FILE_KEY_BYTES);
}

void file_seal(const uint8_t key[FILE_KEY_BYTES], struct slice plain, struct buf *out)
{
    seal(key, plain, out);
}

bool file_unseal(struct slice key, struct slice sealed, struct buf *out)
{
    return key.n == FILE_KEY_BYTES && unseal((const unsigned char *)key.p, sealed, out);
}

void key_hash(const struct key *k, const char *field, struct slice text, uint8_t out[HASH_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, k->hashing, sizeof k->hashing, HASH_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)field, strlen(field) + 1); /* the 0 separates */
    crypto_generichash_update(&state, (const unsigned char *)text.p, text.n);
    crypto_generichash_final(&state, out, HASH_BYTES);
}

void sha256_of(struct slice bytes, uint8_t out[HASH_BYTES])
{
    crypto_hash_sha256(out, (const unsigned char *)bytes.p, bytes.n);
}

bool sha256_of_file(const char *path, uint8_t out[HASH_BYTES], struct fault *f)
{
    unsigned char chunk[16384];
    crypto_hash_sha256_state state;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return fault_set(f, FAULT_FILE_MISSING, path, "%s", strerror(errno));
    crypto_hash_sha256_init(&state);
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;)
        crypto_hash_sha256_update(&state, chunk, n);
    bool ok = !ferror(file);
    fclose(file);
    crypto_hash_sha256_final(&state, out);
    return ok || fault_set(f, FAULT_FILE_MISSING, path, "%s", strerror(errno));
}

/* --- long digests --- */

struct digest {
    crypto_generichash_state state;
};

struct digest *digest_new(void)
{
    struct digest *d = memory_or_abort(aligned_alloc(_Alignof(struct digest), sizeof *d));
    crypto_generichash_init(&d->state, NULL, 0, HASH_BYTES);
    return d;
}

void digest_add(struct digest *d, struct slice part)
{
    uint64_t n = part.n;
    crypto_generichash_update(&d->state, (const unsigned char *)&n, sizeof n);
    crypto_generichash_update(&d->state, (const unsigned char *)part.p, part.n);
}

void digest_end(struct digest *d, uint8_t out[HASH_BYTES])
{
    crypto_generichash_final(&d->state, out, HASH_BYTES);
    free(d);
}

/* --- whole files: backups --- */

/* mapd-seal1, newline; the mark of the key; the stream's header; pieces of PIECE bytes, the last one marked
 * as such, so that a file cut short is not taken for a whole one. */
static const char SEAL_MAGIC[] = "mapd-seal1\n";
enum {
    PIECE = 64 * 1024,
    MAGIC_BYTES = sizeof SEAL_MAGIC - 1,
    STREAM_HEAD = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    STREAM_MORE = crypto_secretstream_xchacha20poly1305_ABYTES
};

struct sealing {
    crypto_secretstream_xchacha20poly1305_state state;
    FILE *in, *out;
    unsigned char plain[PIECE], sealed[PIECE + STREAM_MORE];
};

static bool seal_pieces(struct sealing *s)
{
    for (bool last = false; !last;) {
        unsigned long long n = 0;
        size_t got = fread(s->plain, 1, PIECE, s->in);
        last = got < PIECE;
        if (ferror(s->in))
            return false;
        crypto_secretstream_xchacha20poly1305_push(&s->state, s->sealed, &n, s->plain, got, NULL, 0,
                                                   last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                                        : 0);
        if (fwrite(s->sealed, 1, (size_t)n, s->out) != n)
            return false;
    }
    return true;
}

static bool unseal_pieces(struct sealing *s)
{
    unsigned char tag = 0;
    while (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
        unsigned long long n = 0;
        size_t got = fread(s->sealed, 1, sizeof s->sealed, s->in);
        if (crypto_secretstream_xchacha20poly1305_pull(&s->state, s->plain, &n, &tag, s->sealed, got, NULL,
                                                       0) != 0 ||
            fwrite(s->plain, 1, (size_t)n, s->out) != n)
            return false;
    }
    return fgetc(s->in) == EOF;
}

static bool seal_stream(const struct key *k, struct sealing *s)
{
    unsigned char head[STREAM_HEAD];
    crypto_secretstream_xchacha20poly1305_init_push(&s->state, head, k->backup);
    return fwrite(SEAL_MAGIC, 1, MAGIC_BYTES, s->out) == MAGIC_BYTES &&
           fwrite(k->mark, 1, KEY_MARK_BYTES, s->out) == KEY_MARK_BYTES &&
           fwrite(head, 1, STREAM_HEAD, s->out) == STREAM_HEAD && seal_pieces(s);
}

static bool unseal_stream(const struct key *k, struct sealing *s, struct fault *f)
{
    unsigned char head[MAGIC_BYTES + KEY_MARK_BYTES + STREAM_HEAD];
    bool whole = fread(head, 1, sizeof head, s->in) == sizeof head;
    if (whole && memcmp(head + MAGIC_BYTES, k->mark, KEY_MARK_BYTES) != 0)
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s",
                         "bản sao này niêm phong bằng một khoá khác; dùng --key với tệp khoá của ngày đó");
    return (whole &&
            crypto_secretstream_xchacha20poly1305_init_pull(&s->state, head + MAGIC_BYTES + KEY_MARK_BYTES,
                                                            k->backup) == 0 &&
            unseal_pieces(s)) ||
           fault_set(f, FAULT_FILE_FORMAT, NULL, "%s", "bản sao bị cắt ngắn hoặc bị sửa");
}

static bool close_written(FILE *out)
{
    bool ok = fflush(out) == 0 && fsync(fileno(out)) == 0;
    return fclose(out) == 0 && ok;
}

static bool through(const struct key *k, const char *from, const char *to, bool seals, struct fault *f)
{
    struct sealing *s = calloc(1, sizeof *s);
    bool ok = s && sodium_ready(f);
    int fd = ok ? open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    if (s) {
        s->in = fd >= 0 ? fopen(from, "rbe") : NULL;
        s->out = fd >= 0 ? fdopen(fd, "wb") : NULL;
    }
    if (!s || !s->in || !s->out) {
        ok = fault_set(f, fd < 0 ? FAULT_FILE_WRITE : FAULT_FILE_MISSING, fd < 0 ? to : from, "%s",
                       strerror(errno));
    } else {
        ok = seals ? seal_stream(k, s) : unseal_stream(k, s, f);
        if (!close_written(s->out) || !ok)
            ok = fault_set(f, FAULT_FILE_WRITE, to, "%s", strerror(errno));
    }
    if (s && s->in)
        fclose(s->in);
    if (!ok && fd >= 0)
        unlink(to);
    if (s)
        sodium_memzero(s, sizeof *s);
    free(s);
    return ok;
}

bool key_seal_file(const struct key *k, const char *from, const char *to, struct fault *f)
{
    return through(k, from, to, true, f);
}

bool key_unseal_file(const struct key *k, const char *from, const char *to, struct fault *f)
{
    return through(k, from, to, false, f);
}

bool file_is_sealed(const char *path)
{
    char head[MAGIC_BYTES];
    FILE *in = fopen(path, "rbe");
    bool is =
        in && fread(head, 1, MAGIC_BYTES, in) == MAGIC_BYTES && memcmp(head, SEAL_MAGIC, MAGIC_BYTES) == 0;
    if (in)
        fclose(in);
    return is;
}

/* --- passwords and tokens --- */

_Static_assert(PASSWORD_BYTES == crypto_pwhash_STRBYTES, "room for the text of a hash");
_Static_assert(TOKEN_LENGTH == 2 * crypto_generichash_BYTES, "a token is 32 bytes in hexadecimal digits");

bool password_hash(struct slice password, char out[PASSWORD_BYTES], struct fault *f)
{
    if (!sodium_ready(f))
        return false;
    return crypto_pwhash_str_alg(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                 crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0 ||
           fault_set(f, FAULT_NO_MEMORY, NULL, "%s", "");
}

/* libsodium does not tell a password that differs from one that it had no memory to try. */
bool password_matches(const char *stored, struct slice password, bool *matches, struct fault *f)
{
    char other[PASSWORD_BYTES];
    *matches = false;
    if (!stored)
        return password_hash(password, other, f);
    if (!sodium_ready(f))
        return false;
    if (!memory_has(crypto_pwhash_MEMLIMIT_INTERACTIVE + crypto_pwhash_MEMLIMIT_INTERACTIVE / 16))
        return fault_set(f, FAULT_NO_MEMORY, NULL, "%s", "");
    *matches = crypto_pwhash_str_verify(stored, password.p, password.n) == 0;
    return true;
}

void password_random(char out[FIRST_PASSWORD_LENGTH + 1])
{
    char code[CODE_LENGTH + 1];
    for (int i = 0; i < 2; i++) { /* ten random characters of 32 each, twice: 100 bits */
        code_random(code);
        memcpy(out + i * CODE_LENGTH, code, CODE_LENGTH);
        out[i * CODE_LENGTH + CODE_LENGTH - 1] = '-';
    }
    out[FIRST_PASSWORD_LENGTH] = '\0';
}

void secret_random(void *out, size_t n)
{
    if (sodium_init() < 0)
        abort(); /* without randomness a session could be guessed */
    randombytes_buf(out, n);
}

void token_random(char out[TOKEN_LENGTH + 1])
{
    unsigned char bytes[TOKEN_LENGTH / 2];
    secret_random(bytes, sizeof bytes);
    sodium_bin2hex(out, TOKEN_LENGTH + 1, bytes, sizeof bytes);
}

void token_derive(struct slice token, const char *purpose, char out[TOKEN_LENGTH + 1])
{
    unsigned char key[crypto_generichash_BYTES], bytes[crypto_generichash_BYTES];
    crypto_generichash(key, sizeof key, (const unsigned char *)token.p, token.n, NULL, 0);
    crypto_generichash(bytes, sizeof bytes, (const unsigned char *)purpose, strlen(purpose), key, sizeof key);
    sodium_bin2hex(out, TOKEN_LENGTH + 1, bytes, sizeof bytes);
}

bool secret_equal(struct slice a, struct slice b)
{
    return a.n == b.n && sodium_memcmp(a.p, b.p, a.n) == 0;
}

/* --- public codes --- */

static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford: no I L O U */
enum { BASE = 32, RANDOM_CHARACTERS = CODE_LENGTH - 1 };

/* Luhn mod N (N = 32): from the right, every second digit doubled, the digits of each product in base N
 * added. */
static int check_digit(const int digits[RANDOM_CHARACTERS])
{
    int sum = 0, factor = 2;
    for (int i = RANDOM_CHARACTERS - 1; i >= 0; i--, factor = 3 - factor) {
        int product = digits[i] * factor;
        sum += product / BASE + product % BASE;
    }
    return (BASE - sum % BASE) % BASE;
}

void code_random(char out[CODE_LENGTH + 1])
{
    if (sodium_init() < 0)
        abort();                             /* without randomness a code could be guessed */
    unsigned char random[RANDOM_CHARACTERS]; /* at once: each asking costs a system call */
    int digits[RANDOM_CHARACTERS];
    randombytes_buf(random, sizeof random);
    for (int i = 0; i < RANDOM_CHARACTERS; i++) {
        digits[i] = random[i] % BASE; /* 256 is a multiple of the base: every digit is as likely */
        out[i] = ALPHABET[digits[i]];
    }
    out[RANDOM_CHARACTERS] = ALPHABET[check_digit(digits)];
    out[CODE_LENGTH] = 0;
}

static int digit_of(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 32);
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    const char *at = c ? strchr(ALPHABET, c) : NULL;
    return at ? (int)(at - ALPHABET) : -1;
}

bool code_canonical(struct slice typed, char out[CODE_LENGTH + 1])
{
    int digits[CODE_LENGTH], n = 0;
    for (size_t i = 0; i < typed.n; i++) {
        if (typed.p[i] == '-')
            continue;
        int digit = digit_of(typed.p[i]);
        if (digit < 0 || n == CODE_LENGTH)
            return false;
        digits[n++] = digit;
    }
    if (n != CODE_LENGTH || check_digit(digits) != digits[RANDOM_CHARACTERS])
        return false;
    for (int i = 0; i < CODE_LENGTH; i++)
        out[i] = ALPHABET[digits[i]];
    out[CODE_LENGTH] = 0;
    return true;
}
