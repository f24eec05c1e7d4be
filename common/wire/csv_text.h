/* wire/csv_text.h: strict RFC 4180 for reference files: UTF-8, commas, a header, as many cells as columns in every
 * row. */
#ifndef WIRE_CSV_TEXT_H
#define WIRE_CSV_TEXT_H

#include "wire/problems.h"

enum { CSV_COLUMNS_MAX = 64 };

/* How the text of a cell becomes a value. */
enum csv_form {
    CSV_SCALAR,
    CSV_LIST,               /* a|b */
    CSV_PAIRS,              /* name:value|name:value, a map */
    CSV_RECORDS,            /* first:second|first:second, a list of maps with the names of the column */
};

struct csv_column { const char *name; enum csv_form form; const char *first, *second; bool required; };

/* The rows as a list of maps, an empty cell no member; NULL when the text is no such file. */
const struct node *csv_text_read(const struct text_source *s, struct slice text, const struct csv_column *columns,
                                 unsigned count);

#endif
