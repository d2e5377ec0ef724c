/* sandbox: a child of this program that may do nothing but read. Private to import/. */
#ifndef IMPORT_SANDBOX_H
#define IMPORT_SANDBOX_H

#include "layers/kit.h"

/* In the child: gives the process's rights away for good. */
bool sandbox_enter(struct fault *f) RESULT_MUST_BE_USED;
/* In the server: `mapd WORD [PATH]` (PATH may be NULL) with these two as its standard input and output (-1:
 * nothing). Its exit status, or -1: it could not start, was ended by a signal, or took longer than a minute.
 */
int sandbox_run(const char *word, const char *path, int in, int out);

#endif
