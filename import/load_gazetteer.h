/* load_gazetteer: streets by name, in memory, for the lists of streets and of house numbers. Private to
 * import/load*.c. */
#ifndef IMPORT_LOAD_GAZETTEER_H
#define IMPORT_LOAD_GAZETTEER_H

#include "import/load.h"

struct street_book;

/* Everything the file knows, and what is added to it while the import runs; in the import's arena. */
struct street_book *street_book_open(struct load *l);
/* By name with its marks, else by folded name or alias when that is one street alone; 0 none, -1 several. */
int64_t street_book_find(const struct street_book *b, struct load *l, struct slice name);
int64_t street_book_find_ref(const struct street_book *b, struct slice ref);
/* Exactly this name, marks and all. */
int64_t street_book_find_exact(const struct street_book *b, struct load *l, struct slice name);
void street_book_add(struct street_book *b, struct load *l, const struct named *street);
bool street_book_is_empty(const struct street_book *b);
/* "Đường Lê Lợi" is "Lê Lợi". */
struct slice street_bare_name(struct slice name);
/* "K45/H12", "kiệt 45 hẻm 12" → "45/12"; false when there is something else in it. */
bool read_chain(struct load *l, struct slice text, struct slice *chain);
/* "Ngõ 292 Đường Kim Giang", "Hẻm 12 Kiệt 45 Lê Lợi" is an alley of a street: the words of its chain and the
 * street's name. False, and nothing written, when it is no alley's name. */
bool split_alley_name(struct load *l, struct slice name, struct slice *chain, struct slice *street);

#endif
