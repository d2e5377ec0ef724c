/* cql2_lex: the words and signs of CQL2 text, one at a time; for cql2_text.c and cql2_wkt.c. */
#ifndef LAYERS_CQL2_LEX_H
#define LAYERS_CQL2_LEX_H

#include "layers/cql2.h"

enum token_sort { TOKEN_END, TOKEN_NAME, TOKEN_QUOTED, TOKEN_STRING, TOKEN_NUMBER, TOKEN_SIGN };

struct token {
    enum token_sort sort;
    size_t at; /* byte in the source */
    struct slice
        text; /* NAME as written; QUOTED without its quotes; STRING decoded; SIGN: one or two characters */
    double number; /* NUMBER, never negative: a sign is a token of its own */
};

struct lexer {
    const struct cql2_source *source;
    size_t at; /* behind `now` */
    struct token now;
    int depth; /* of what is being parsed */
};

/* Takes the next token into `now`; false after a fault. */
bool lexer_next(struct lexer *x) RESULT_MUST_BE_USED;
bool lexer_is_sign(const struct lexer *x, const char *sign);
bool lexer_is_word(const struct lexer *x, const char *word); /* an unquoted name, in any case */
bool lexer_before_paren(const struct lexer *x);              /* whether "(" follows `now` */
/* Takes the sign or refuses what stands there. */
bool lexer_expect(struct lexer *x, const char *sign) RESULT_MUST_BE_USED;
/* "expected … but found …" at the current token. Returns false. */
bool lexer_refuse(const struct lexer *x, const char *expected);

/* A geometry literal, `now` being its tag (cql2_wkt.c); NULL after a fault. */
struct figure *wkt_read(struct lexer *x);
bool wkt_is_tag(const struct lexer *x);

#endif
