/* sandbox: an uploaded file is first read through by a child of this program that may do nothing but read: a
 * quarter of a minute of processor time, a gigabyte of memory, no network, no other program, no other
 * process. Only what a child came through is opened by the server itself; a file made to crash or exhaust a
 * reader does so there.
 *
 * The one includer of libseccomp. */
#include "import/sandbox.h"

#include "import/import.h"
#include "import/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CPU_S = 15, PATIENCE_MS = 60000, STEP_MS = 5, FILES = 64 };

#define MEMORY ((rlim_t)1 << 30)

/* --- in the child --- */

static bool forbid_calls(void)
{
    static const int NEVER[] = {SCMP_SYS(socket),   SCMP_SYS(connect), SCMP_SYS(bind),   SCMP_SYS(listen),
                                SCMP_SYS(accept),   SCMP_SYS(accept4), SCMP_SYS(sendto), SCMP_SYS(execve),
                                SCMP_SYS(execveat), SCMP_SYS(fork),    SCMP_SYS(vfork),  SCMP_SYS(ptrace),
                                SCMP_SYS(kill),     SCMP_SYS(tkill),   SCMP_SYS(mount),  SCMP_SYS(chmod),
                                SCMP_SYS(rename),   SCMP_SYS(unlink),  SCMP_SYS(link),   SCMP_SYS(symlink)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool good = filter != NULL;
    for (size_t i = 0; good && i < COUNT_OF(NEVER); i++)
        good = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), NEVER[i], 0) == 0;
    good = good && seccomp_load(filter) == 0;
    if (filter)
        seccomp_release(filter);
    return good;
}

bool sandbox_enter(struct fault *f)
{
    const struct rlimit memory = {MEMORY, MEMORY}, time = {CPU_S, CPU_S}, none = {0, 0},
                        files = {FILES, FILES};
    return (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && setrlimit(RLIMIT_AS, &memory) == 0 &&
            setrlimit(RLIMIT_CPU, &time) == 0 && setrlimit(RLIMIT_CORE, &none) == 0 &&
            setrlimit(RLIMIT_NOFILE, &files) == 0 && forbid_calls()) ||
           fault_set(f, FAULT_INTERNAL, "sandbox", "%s", "");
}

static bool read_through(struct sheet *s, struct fault *f)
{
    struct sheet_row row;
    for (uint32_t i = 0; i < s->name_count; i++) {
        if (!s->reader->select(s, i, f))
            return false;
        while (s->reader->next(s, &row, f))
            ;
        if (f->code != FAULT_NONE)
            return false;
    }
    return true;
}

bool import_read_in_sandbox(const char *path, struct fault *f)
{
    struct table_request request = {.path = path};
    struct sheet *s = NULL;
    bool good = sandbox_enter(f) && sheet_open(&s, &request, f) && read_through(s, f);
    if (s)
        s->reader->close(s);
    return good;
}

/* --- in the server --- */

/* Its exit status, or -1: ended by a signal, or by us after a minute. */
static int wait_for(pid_t child)
{
    int status = 0;
    const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
    for (int ms = 0; ms < PATIENCE_MS; ms += STEP_MS) {
        if (waitpid(child, &status, WNOHANG) == child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        nanosleep(&step, NULL);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return -1;
}

static void connect_streams(posix_spawn_file_actions_t *actions, int in, int out)
{
    posix_spawn_file_actions_init(actions);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        posix_spawn_file_actions_addopen(actions, fd, "/dev/null", O_RDWR, 0);
    if (in >= 0)
        posix_spawn_file_actions_adddup2(actions, in, STDIN_FILENO);
    if (out >= 0)
        posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
}

int sandbox_run(const char *word, const char *path, int in, int out)
{
    pid_t child;
    char *const words[] = {(char *)(uintptr_t) "mapd", (char *)(uintptr_t)word, (char *)(uintptr_t)path,
                           NULL};
    char *const bare[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    connect_streams(&actions, in, out);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    bool good = posix_spawn(&child, "/proc/self/exe", &actions, &attributes, words, bare) == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return good ? wait_for(child) : -1;
}

/* What the child refuses in its own words (exit 1) is refused here in the same words when it is opened. */
bool import_vet(const char *path, struct fault *f)
{
    int status = sandbox_run("vet", path, -1, -1);
    return status == 0 || status == 1 ||
           fault_set(f, FAULT_FILE_FORMAT, NULL, "%s",
                     "tệp này đòi quá nhiều bộ nhớ hoặc thời gian khi đọc thử, nên không được mở");
}
