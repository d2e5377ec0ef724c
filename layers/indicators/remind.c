/* remind: what is to be done before the report of the month is due, on the 25th (S0:414): evidence about to
 * expire, disputes and notices past their day, figures nobody has recorded anything for. */
#include "layers/indicators/query.h"

enum { DUE_DAY = 25 };

struct date reminder_due(struct date today)
{
    struct date due = {today.year, today.month, DUE_DAY};
    if (today.day <= DUE_DAY)
        return due;
    bool last_month = today.month == 12;
    return (struct date){last_month ? today.year + 1 : today.year, last_month ? 1 : today.month + 1, DUE_DAY};
}

/* The last day counts still (B.3): what ends on the due day is not on the list. Only the newest of its class.
 */
static const char EXPIRING[] =
    "WITH window (class, days) AS (SELECT upper(substr(key, 10, 2)), value + 0 FROM policy WHERE key IN"
    " ('evidence.e1_days', 'evidence.e2_days', 'evidence.e3_days') AND valid_from <= ?1 AND (valid_to IS "
    "NULL OR ?1 <= valid_to)),"
    "newest AS (SELECT v.place_id, v.class, max(v.happened_on) AS day FROM evidence v WHERE v.state = "
    "'verified' AND v.passed = 1"
    " AND v.happened_on <= ?1 GROUP BY v.place_id, v.class)"
    "SELECT p.code, n.class, date(n.day, '+' || w.days || ' days') AS last_day FROM newest n JOIN window w "
    "ON w.class = n.class"
    " JOIN place p ON p.id = n.place_id WHERE last_day >= ?1 AND last_day < ?2 AND EXISTS (SELECT 1 FROM "
    "pilot_member m"
    "  WHERE m.place_id = n.place_id AND m.joined_on <= ?1 AND (m.left_on IS NULL OR m.left_on > ?1))"
    " ORDER BY last_day, p.code, n.class";
static const char OVERDUE[] = "SELECT 'phản ánh ' || id, 'hạn ' || due_on FROM notice WHERE state IN "
                              "('open', 'confirmed') AND due_on < ?2"
                              " UNION ALL SELECT 'khiếu nại minh chứng ' || v.id, 'từ ' || date(x.at, '+7 "
                              "hours') FROM evidence v JOIN evidence_event x ON x.id ="
                              "  (SELECT max(y.id) FROM evidence_event y WHERE y.evidence_id = v.id) WHERE "
                              "v.state = 'disputed' AND ?1 <> ''";

static bool add_lines(struct store *s, const char *sql, struct date today, struct date due, const char *head,
                      struct buf *out, struct fault *f)
{
    struct fault stepping = {0};
    sqlite3_stmt *st = store_statement(s, sql, f);
    int count = 0;
    if (!st)
        return false;
    bind_date(st, 1, today);
    bind_date(st, 2, due);
    while (statement_next(st, &stepping)) {
        if (!count++)
            buf_format(out, "\n%s\n", head);
        buf_text(out, " ");
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            buf_char(out, ' ');
            buf_slice(out, column_slice(st, i));
        }
        buf_char(out, '\n');
    }
    sqlite3_reset(st);
    return stepping.code == FAULT_NONE || fault_set(f, stepping.code, stepping.place, "%s", stepping.text);
}

static bool add_missing(struct store *s, struct date today, struct buf *out, struct fault *f)
{
    struct arena a = {0};
    struct indicator_report *report = ARENA_NEW(&a, struct indicator_report);
    struct indicator_request r = {.as_of = today};
    bool ok = indicators_report(s, &r, &a, report, f);
    buf_text(out, ok ? "\nChưa có số liệu:\n" : "");
    for (int i = 0; ok && i < INDICATOR_COUNT; i++)
        if (report->indicators[i].state == INDICATOR_NA)
            buf_format(out, "  %s: %s\n", report->indicators[i].code, report->indicators[i].why);
    arena_release(&a);
    return ok;
}

bool reminders_write(struct store *s, struct date today, struct buf *out, struct fault *f)
{
    struct date due = reminder_due(today);
    buf_format(out, "Báo cáo tháng phải gửi trước ngày %02d/%02d/%04d.\n", due.day, due.month, due.year);
    return add_lines(
               s, EXPIRING, today, due,
               "Minh chứng của điểm trong mô hình sẽ hết hiệu lực trước ngày đó (mã điểm, loại, ngày cuối):",
               out, f) &&
           add_lines(s, OVERDUE, today, due, "Phải trả lời, quyết định trước ngày đó:", out, f) &&
           add_missing(s, today, out, f);
}
