/* altered: the report of a day as JSON, with one text replaced in one embedded query. It brings its own
 * sql_text(), which the linker takes before that of the library: the program itself has no such way in.
 *
 *   altered WARD.db DAY QUERY FROM TO      QUERY "-": nothing replaced */
#include "layers/indicators/indicators.h"
#include "layers/store_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *query, *from, *to;
static struct arena texts;

const char *sql_text(const char *name)
{
    struct fault f = {0};
    struct buf text = {0};
    const char *folder = strcmp(name, "schema") == 0 ? LAYERS_FOLDER : LAYERS_FOLDER "/indicators";
    if (!file_read(arena_format(&texts, "%s/%s.sql", folder, name), 1 << 22, &text, &f))
        return NULL;
    struct slice all = buf_to_slice(&text);
    ptrdiff_t at = strcmp(name, query) == 0 ? slice_find(all, slice_of(from)) : -1;
    const char *made =
        at < 0 ? arena_text(&texts, all)
               : arena_format(&texts, "%.*s%s%.*s", (int)at, all.p, to,
                              (int)(all.n - (size_t)at - strlen(from)), all.p + at + strlen(from));
    if (strcmp(name, query) == 0 && at < 0) {
        fprintf(stderr, "%s.sql does not say \"%s\"\n", name, from);
        exit(2);
    }
    buf_release(&text);
    return made;
}

int main(int argc, char **argv)
{
    struct store *s = NULL;
    struct fault f = {0};
    struct buf out = {0};
    struct indicator_request r = {0};
    if (argc != 6 || !date_parse_iso(slice_of(argv[2]), &r.as_of))
        return 2;
    query = argv[3];
    from = argv[4];
    to = argv[5];
    bool ok = store_open(&s, argv[1], STORE_READ, &f) && indicators_json(s, &r, &out, &f);
    if (ok)
        fwrite(out.p, 1, out.n, stdout);
    else
        fprintf(stderr, "%s %s\n", f.place, f.text);
    store_close(s);
    buf_release(&out);
    arena_release(&texts);
    return ok ? 0 : 1;
}
