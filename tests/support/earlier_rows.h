/* tests/support/earlier_rows.h: rows of state as earlier versions of the stages packed them. */
#ifndef TESTS_SUPPORT_EARLIER_ROWS_H
#define TESTS_SUPPORT_EARLIER_ROWS_H

#include "domain/books.h"

/* A row without its version byte, as that version had it: what it did not keep is lost. Empty: it had no such table. */
struct slice earlier_row(struct arena *a, const struct book_codec *codec, unsigned version, struct slice now);

#endif
