/* speech: espeak-ng | opusenc, two children in a pipe. They get the text, an empty environment and no file of
 * ours; they are killed when they take too long. */
#include "mapd/speech.h"

#include "layers/layers.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT_MOST = 4000, AUDIO_MOST = 512 * 1024, SLOTS = 256, TIME_MS = 10000 };

struct slot {
    uint8_t key[HASH_BYTES];
    struct buf audio;
};

struct speech {
    pthread_mutex_t lock;
    char *speak, *encode; /* paths; NULL: not there */
    struct slot slots[SLOTS];
};

/* --- the two programs --- */

static char *find_program(const char *name)
{
    const char *path = getenv("PATH");
    struct slice rest = slice_of(path ? path : "/usr/local/bin:/usr/bin:/bin"), folder;
    struct buf full = {0};
    while (slice_next(&rest, ':', &folder)) {
        buf_reset(&full);
        buf_format(&full, "%.*s/%s", (int)folder.n, folder.p, name);
        buf_char(&full, '\0');
        if (folder.n && access(full.p, X_OK) == 0)
            return full.p;
    }
    buf_release(&full);
    return NULL;
}

struct speech *speech_new(void)
{
    struct speech *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    pthread_mutex_init(&s->lock, NULL);
    s->speak = find_program("espeak-ng");
    s->encode = find_program("opusenc");
    return s;
}

void speech_free(struct speech *s)
{
    if (!s)
        return;
    for (int i = 0; i < SLOTS; i++)
        buf_release(&s->slots[i].audio);
    free(s->speak);
    free(s->encode);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

bool speech_works(const struct speech *s)
{
    return s && s->speak && s->encode;
}

/* --- children --- */

struct child {
    const char *path;
    char *const *arguments;
    int in, out; /* ends of pipes that become its stdin and stdout */
};

/* The server's threads block signals; a child must not. It keeps no other file of ours open. */
static bool start(const struct child *c, pid_t *pid)
{
    static char *const NO_ENVIRONMENT[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, c->in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, c->out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    bool good = posix_spawn(pid, c->path, &actions, &attributes, c->arguments, NO_ENVIRONMENT) == 0;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return good;
}

static void close_both(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* All that comes out before the time is over; false when it is, or when it is too much. */
static bool gather(int fd, struct buf *out)
{
    int64_t end = clock_monotonic_ns() + (int64_t)TIME_MS * 1000000;
    char piece[8192];
    for (;;) {
        int64_t left = (end - clock_monotonic_ns()) / 1000000;
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (left <= 0 || poll(&wait, 1, (int)left) <= 0)
            return false;
        ssize_t n = read(fd, piece, sizeof piece);
        if (n <= 0)
            return n == 0;
        buf_add(out, piece, (size_t)n);
        if (out->n > AUDIO_MOST)
            return false;
    }
}

static bool ended_well(pid_t pid, bool kills)
{
    int status = 0;
    if (kills)
        kill(pid, SIGKILL);
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* text → [words] espeak-ng → [wave] → opusenc → [opus] */
static bool run(struct speech *s, struct slice text, bool english, struct buf *out)
{
    static char SPEAK[] = "espeak-ng", VOICE[] = "-v", CENTRAL[] = "vi-vn-x-central", BRITISH[] = "en-gb",
                SPEED[] = "-s", WORDS_A_MINUTE[] = "165", FROM_STDIN[] = "--stdin", TO_STDOUT[] = "--stdout",
                ENCODE[] = "opusenc", QUIET[] = "--quiet", BITRATE[] = "--bitrate", KBITS[] = "10",
                DASH[] = "-";
    char *const speak[] = {SPEAK,     VOICE, english ? BRITISH : CENTRAL, SPEED, WORDS_A_MINUTE, FROM_STDIN,
                           TO_STDOUT, NULL};
    char *const encode[] = {ENCODE, QUIET, BITRATE, KBITS, DASH, DASH, NULL};
    int words[2], wave[2], opus[2];
    pid_t speaker = -1, encoder = -1;
    if (pipe2(words, O_CLOEXEC) != 0)
        return false;
    if (pipe2(wave, O_CLOEXEC) != 0) {
        close_both(words);
        return false;
    }
    if (pipe2(opus, O_CLOEXEC) != 0) {
        close_both(words);
        close_both(wave);
        return false;
    }
    bool good = start(&(struct child){s->speak, speak, words[0], wave[1]}, &speaker) &&
                start(&(struct child){s->encode, encode, wave[0], opus[1]}, &encoder);
    close(words[0]);
    close_both(wave);
    close(opus[1]);
    good = good && write(words[1], text.p, text.n) == (ssize_t)text.n; /* fits into an empty pipe */
    close(words[1]);
    good = good && gather(opus[0], out);
    close(opus[0]);
    good = (speaker < 0 || ended_well(speaker, !good)) && good;
    return (encoder < 0 || ended_well(encoder, !good)) && good && out->n > 0;
}

/* --- memory --- */

static void key_of(struct slice text, bool english, uint8_t key[HASH_BYTES])
{
    struct buf whole = {0};
    buf_text(&whole, english ? "en " : "vi ");
    buf_slice(&whole, text);
    sha256_of(buf_to_slice(&whole), key);
    buf_release(&whole);
}

bool speech_make(struct speech *s, struct slice text, bool english, struct buf *out, struct fault *f)
{
    uint8_t key[HASH_BYTES];
    if (!speech_works(s) || !text.n || text.n > TEXT_MOST)
        return fault_set(f, FAULT_NOT_FOUND, NULL, "%s", "máy chủ này không đọc to được");
    key_of(text, english, key);
    pthread_mutex_lock(&s->lock);
    struct slot *slot = &s->slots[key[0] % SLOTS];
    bool good = slot->audio.n && memcmp(slot->key, key, sizeof key) == 0;
    if (!good) {
        buf_reset(&slot->audio);
        good = run(s, text, english, &slot->audio);
        memcpy(slot->key, key, sizeof key);
        if (!good)
            buf_reset(&slot->audio);
    }
    if (good)
        buf_slice(out, buf_to_slice(&slot->audio));
    pthread_mutex_unlock(&s->lock);
    return good || fault_set(f, FAULT_NOT_NOW, NULL, "speech was not made");
}
