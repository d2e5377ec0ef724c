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
};

/* The file holds one line of hexadecimal digits; the two working keys are derived from it. */
enum { MASTER_BYTES = crypto_kdf_KEYBYTES, MASTER_TEXT = MASTER_BYTES * 2 };
static const char KDF_CONTEXT[crypto_kdf_CONTEXTBYTES + 1] = "mapd-key";

static bool sodium_ready(struct fault *f)
{
    return sodium_init() >= 0 || fault_set(f, FAULT_INTERNAL, "libsodium", "%s", "");
}

bool key_create(const char *path, struct fault *f)
{
    if (!sodium_ready(f))
        return false;
    unsigned char master[MASTER_BYTES];
    char text[MASTER_TEXT + 2];
    crypto_kdf_keygen(master);
    sodium_bin2hex(text, MASTER_TEXT + 1, master, sizeof master);
    text[MASTER_TEXT] = '\n';
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return fault_set(f, errno == EEXIST ? FAULT_FILE_EXISTS : FAULT_FILE_WRITE, path, "%s",
                         strerror(errno));
    bool ok = write(file, text, MASTER_TEXT + 1) == MASTER_TEXT + 1 && fsync(file) == 0;
    ok = close(file) == 0 && ok;
    sodium_memzero(master, sizeof master);
    sodium_memzero(text, sizeof text);
    return ok || fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
}

bool key_load(struct key **out, const char *path, struct fault *f)
{
    struct buf text = {0};
    if (!sodium_ready(f) || !file_read(path, 1024, &text, f)) {
        buf_release(&text);
        return false;
    }
    unsigned char master[MASTER_BYTES];
    size_t n = 0;
    struct slice line = slice_trim(buf_to_slice(&text));
    bool ok = line.n == MASTER_TEXT &&
              sodium_hex2bin(master, sizeof master, line.p, line.n, NULL, &n, NULL) == 0 &&
              n == sizeof master;
    if (text.p)
        sodium_memzero(text.p, text.n);
    buf_release(&text);
    if (!ok)
        return fault_set(f, FAULT_KEY_MISSING, path, "%s", "tệp khoá không đúng định dạng");
    struct key *key = calloc(1, sizeof *key);
    if (!key)
        abort();
    crypto_kdf_derive_from_key(key->sealing, sizeof key->sealing, 1, KDF_CONTEXT, master);
    crypto_kdf_derive_from_key(key->hashing, sizeof key->hashing, 2, KDF_CONTEXT, master);
    sodium_memzero(master, sizeof master);
    *out = key;
    return true;
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

void key_seal(const struct key *k, struct slice plain, struct buf *out)
{
    buf_reserve(out, NONCE_BYTES + plain.n + SEAL_BYTES);
    unsigned char *at = (unsigned char *)out->p + out->n;
    unsigned long long sealed = 0;
    randombytes_buf(at, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(at + NONCE_BYTES, &sealed, (const unsigned char *)plain.p,
                                               plain.n, NULL, 0, NULL, at, k->sealing);
    out->n += NONCE_BYTES + (size_t)sealed;
}

bool key_unseal(const struct key *k, struct slice sealed, struct buf *out)
{
    if (sealed.n < NONCE_BYTES + SEAL_BYTES)
        return false;
    const unsigned char *at = (const unsigned char *)sealed.p;
    buf_reserve(out, sealed.n);
    unsigned long long n = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)out->p + out->n, &n, NULL,
                                                   at + NONCE_BYTES, sealed.n - NONCE_BYTES, NULL, 0, at,
                                                   k->sealing) != 0)
        return false;
    out->n += (size_t)n;
    return true;
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

/* --- passwords and tokens --- */

_Static_assert(PASSWORD_BYTES == crypto_pwhash_STRBYTES, "room for the text of a hash");
_Static_assert(TOKEN_LENGTH == 2 * crypto_generichash_BYTES, "a token is 32 bytes in hexadecimal digits");

bool password_hash(struct slice password, char out[PASSWORD_BYTES], struct fault *f)
{
    if (!sodium_ready(f))
        return false;
    return crypto_pwhash_str_alg(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                 crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0 ||
           fault_set(f, FAULT_INTERNAL, "password", "not enough memory for Argon2id");
}

bool password_matches(const char *stored, struct slice password)
{
    char other[PASSWORD_BYTES];
    if (sodium_init() < 0)
        return false;
    if (stored)
        return crypto_pwhash_str_verify(stored, password.p, password.n) == 0;
    bool hashed = password_hash(password, other, NULL);
    (void)hashed;
    return false;
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

void token_random(char out[TOKEN_LENGTH + 1])
{
    unsigned char bytes[TOKEN_LENGTH / 2];
    if (sodium_init() < 0)
        abort(); /* without randomness a session could be guessed */
    randombytes_buf(bytes, sizeof bytes);
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
