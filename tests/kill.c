/* kill: a process that dies in the middle of an import leaves the state before it; the next import works. */
#include "layers/store_private.h"
#include "tests/support.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS = 4000 };

static const char WARD[] = "kill_ward/ward.db";

static void write_list(void)
{
    struct buf csv = {0}, out = {0};
    struct fault f = {0};
    buf_text(&csv, "Mã điểm,Tên cơ sở,Địa chỉ,Loại hình,Tình trạng,Kinh độ,Vĩ độ,Chủ hộ\n");
    for (int i = 0; i < ROWS; i++)
        buf_format(&csv,
                   "K%05d,Quán số %d,%d Đường Mẫu,Hộ kinh doanh,Đang hoạt động,%.6f,%.6f,Nguyễn Thị %d\n", i,
                   i, i, 108.20 + i * 1e-6, 16.04 + i * 1e-6, i);
    ck_assert_int_eq(
        run_command(&out,
                    "rm -rf kill_ward && mkdir kill_ward && %s init %s --ward 99001 --name 'Phường Mẫu'",
                    getenv("MAPD_PROGRAM"), WARD),
        0);
    ck_assert(file_write("kill_ward/list.csv", buf_to_slice(&csv), &f));
    buf_release(&csv);
    buf_release(&out);
}

static int64_t count_of(const char *sql)
{
    struct store *s;
    struct fault f = {0};
    ck_assert_msg(store_open(&s, WARD, STORE_WRITE, &f), "%s", f.text);
    int64_t n = store_int(s, sql, NULL, -1);
    store_close(s);
    return n;
}

static const char PLACES[] = "SELECT count(*) FROM place", BATCHES[] = "SELECT count(*) FROM import_batch",
                  REVISION[] = "SELECT value FROM revision";

/* Starts the import and kills it after `ms`; true when it was still running. */
static bool import_and_kill(int ms)
{
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        const char *program = getenv("MAPD_PROGRAM");
        execl(program, program, "import", WARD, "kill_ward/list.csv", "--as", "establishments", (char *)NULL);
        _exit(127);
    }
    usleep((useconds_t)ms * 1000);
    kill(pid, SIGKILL);
    int status;
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status);
}

START_TEST(a_killed_import_leaves_no_trace)
{
    int killed = 0;
    for (int round = 0; round < 30 && count_of(BATCHES) == 0; round++) {
        int64_t revision = count_of(REVISION);
        bool was_running = import_and_kill(20 + round * 12);
        int64_t places = count_of(PLACES);
        ck_assert_msg(places == 0 || places == ROWS, "half an import: %lld places", (long long)places);
        if (was_running && places == 0)
            ck_assert_int_eq(count_of(REVISION), revision);
        killed += was_running;
        struct buf out = {0};
        ck_assert_msg(run_command(&out, "%s check %s", getenv("MAPD_PROGRAM"), WARD) == 0, "%.*s", (int)out.n,
                      out.p);
        buf_release(&out);
    }
    ck_assert_msg(killed >= 3, "only %d imports were killed while they ran", killed);
}
END_TEST

START_TEST(the_next_import_works)
{
    struct buf out = {0};
    int status = run_command(&out, "%s import %s kill_ward/list.csv --as establishments --json",
                             getenv("MAPD_PROGRAM"), WARD);
    ck_assert_msg(status == 0, "%d: %.*s", status, (int)out.n, out.p);
    ck_assert_int_eq(count_of(PLACES), ROWS);
    buf_release(&out);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("kill");
    tcase_set_timeout(cases, 300);
    tcase_add_unchecked_fixture(cases, write_list, NULL);
    tcase_add_test(cases, a_killed_import_leaves_no_trace);
    tcase_add_test(cases, the_next_import_works);
    Suite *suite = suite_create("kill");
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_VERBOSE);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
