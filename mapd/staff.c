/* staff: the state behind the pages of staff: their own connection to the ward file, their lock, the import
 * desk. Opened and closed by command_serve.c. */
#include "mapd/staff.h"

#include "mapd/desk.h"

#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 2000 }; /* an import holds the file for longer than a person at a page will wait */

static void set_policy(char policy[POLICY_MOST], enum page_does does)
{
    struct buf text = {0};
    html_policy(&text, staff_style(), does);
    memcpy(policy, text.p, text.n < POLICY_MOST ? text.n : POLICY_MOST - 1);
    buf_release(&text);
}

bool staff_open(struct staff **out, const struct arguments *args, struct fault *f)
{
    struct staff *s = calloc(1, sizeof *s);
    if (!s)
        return fault_set(f, FAULT_NO_MEMORY, NULL, "%s", "");
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->known_lock, NULL);
    s->arguments = args;
    set_policy(s->policy, PAGE_ONLY_READS);
    set_policy(s->map_policy, PAGE_SHOWS_MAP);
    if (!command_open(&s->store, args, STORE_WRITE, f) || !desk_open(&s->desk, args, f)) {
        staff_close(s);
        return false;
    }
    store_set_patience(s->store, PATIENCE_MS);
    *out = s;
    return true;
}

void staff_close(struct staff *s)
{
    if (!s)
        return;
    desk_close(s->desk);
    store_close(s->store);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->known_lock);
    free(s);
}
