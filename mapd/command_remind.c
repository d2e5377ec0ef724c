/* remind: prints what is to be done before the report of the month. */
#include "layers/indicators/indicators.h"
#include "mapd/mapd.h"

#include <stdio.h>

int command_remind(const struct arguments *args)
{
    struct fault f = {0};
    struct store *s = NULL;
    struct buf out = {0};
    struct date today = date_today();
    const char *as_of = args->option[OPTION_AS_OF];
    bool ok = (!as_of || date_parse_iso(slice_of(as_of), &today) ||
               fault_set(&f, FAULT_BAD_DATE, "--as-of", "'%s'", as_of)) &&
              command_open(&s, args, STORE_READ, &f) && reminders_write(s, today, &out, &f);
    if (ok)
        fwrite(out.p, 1, out.n, stdout);
    store_close(s);
    buf_release(&out);
    return ok ? 0 : command_failed(&f);
}
