/* staff: what the pages behind the sign-in share. Private to mapd/.
 *
 *   route.c → session.c (who is it, may he, is the form ours) → serve_staff.c, serve_desk.c, serve_review.c,
 *   serve_record.c → staff_page.c (frame, problems);  desk.c runs imports in a thread of its own
 *
 * Law: staff requests come one at a time (the lock below) and use their own connection, never the snapshot's.
 * No personal datum stands in a URL; nothing is cached. */
#ifndef MAPD_STAFF_H
#define MAPD_STAFF_H

#include "mapd/html.h"
#include "mapd/mapd.h"
#include "mapd/serve.h"

enum { UPLOAD_MOST = 64 * 1024 * 1024, KNOWN_TOKENS = 64, POLICY_MOST = 512 };

struct desk;

struct staff {
    pthread_mutex_t lock; /* of all below but `known` */
    struct store *store;
    const struct arguments *arguments; /* for a connection of the import's own */
    struct desk *desk;
    char policy[POLICY_MOST], map_policy[POLICY_MOST]; /* Content-Security-Policy; of pages with a map */
    pthread_mutex_t known_lock;
    char known[KNOWN_TOKENS][TOKEN_LENGTH + 1]; /* sessions seen lately: they may upload */
    unsigned next_known;
};

bool staff_open(struct staff **out, const struct arguments *args, struct fault *f) RESULT_MUST_BE_USED;
void staff_close(struct staff *s);

/* --- session.c --- */

struct visitor {
    struct user user;
    bool is_signed_in;
    bool is_program;              /* by a token in the header: no cookie, no form */
    char token[TOKEN_LENGTH + 1]; /* of the cookie; before the sign-in one that means nothing yet */
    char csrf[TOKEN_LENGTH + 1];  /* what the forms of this session carry */
    bool is_new;                  /* the cookie has still to be set */
};

/* Takes the lock, reads cookie and form, and decides; false when the answer stands already (or the fault
 * does). */
bool session_enter(struct call *c, struct reply *r, struct fault *f);
void session_leave(struct call *c); /* gives the lock back, if it was taken */
/* From here on the visitor has this token. */
void session_set(struct call *c, struct reply *r, const char *token);
void session_drop(struct call *c, struct reply *r);
/* http_setup.body_limit: who is signed in may bring a list. */
size_t session_body_limit(void *serve, const struct request *request);
bool may(const struct call *c, enum route_id route);
/* Whether something comes before all other work: the code, a first password, pairing an app. */
bool has_duty(const struct visitor *v);
const char *who_of(const struct call *c); /* the user's name, for records */
int64_t unix_now(void);

/* --- staff_page.c --- */

void staff_page_open(const struct call *c, struct reply *r, const char *title);
/* The same with the files of the map beside it, when the program has them: the page must work without. */
void staff_map_page_open(const struct call *c, struct reply *r, const char *title);
void staff_page_close(const struct call *c, struct reply *r);
/* The whole page of a refusal, in plain words. */
void staff_refuse(struct call *c, struct reply *r, int status, const char *text);
void staff_problem(struct call *c, struct reply *r, const struct fault *f);
const char *staff_sentence(const struct call *c, const struct fault *f); /* what went wrong, for people */
/* <form method="post" action="…"> with its token; ends with form_close. */
void form_open(const struct call *c, struct buf *out, const char *action);
void form_close(struct buf *out, const char *button);
/* A labelled line of a form. `type` is "text", "password", "file"; `more` are constant attributes. */
void form_input(struct buf *out, const char *label, const char *name, const char *type, const char *more);
void factor_reminder(const struct call *c, struct buf *out);          /* serve_factor.c: of the first page */
void note_html(struct buf *out, const char *class, const char *text); /* class: good warn stop, or "" */
const char *staff_style(void);
/* --- serve_record.c, serve_edit.c: what they share --- */

/* The place of the path's code, in its canonical form; NOT_FOUND else. */
bool staff_find_place(const struct call *c, char code[CODE_LENGTH + 1], int64_t *id,
                      struct fault *f) RESULT_MUST_BE_USED;
void edits_html(const struct call *c, struct buf *out, const char *code); /* savings by hand */
/* serve_photo.c: the picture of the form's file `photo`, painted anew, in the arena; false with a fault.
 * *image stays NULL when no file was chosen. */
bool photo_of_form(const struct call *c, struct image **image, struct slice *jpeg,
                   struct fault *f) RESULT_MUST_BE_USED;
void photos_html(const struct call *c, struct buf *out, const char *code);
/* What the office knows of the food safety of a place. */
void food_sections_html(const struct call *c, struct buf *out, int64_t place_id);
void labels_html(const struct call *c, struct buf *out, const char *code); /* serve_label.c */

/* "2026-11-22T03:00:00Z" as local day and time for people. */
const char *moment_text(const struct call *c, struct slice utc);

#endif
