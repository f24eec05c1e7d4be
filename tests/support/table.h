/* tests/support/table.h: tests as text tables.
 *
 * The first row names the columns, parted by two blanks or more; `|` before the expected ones is decoration. A cell `_`
 * is the default the reader gives, `-` the empty text. A failing row prints itself through table_row. */
#ifndef TESTS_SUPPORT_TABLE_H
#define TESTS_SUPPORT_TABLE_H

#include "support/test.h"

struct table {
    const char *const *lines;
    unsigned           count, at;                   /* at: the current row, 0 is the header */
};

#define TABLE(...) \
    (struct table){ .lines = (const char *const[]){ __VA_ARGS__ }, \
                    .count = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *) }

/* Moves to the next row; false after the last. */
bool table_next(struct table *t);

/* The current row as text, for messages. */
struct slice table_row(const struct table *t);

/* The cell of a column; an unknown column is a bug of the test. `-` gives the empty slice. */
struct slice cell(const struct table *t, const char *column);
bool cell_is_default(const struct table *t, const char *column);    /* `_` */
int64_t cell_int(const struct table *t, const char *column);
bool cell_yes(const struct table *t, const char *column);           /* yes, no */
/* Position of the cell in a list of words parted by blanks. */
int cell_word(const struct table *t, const char *column, const char *words);

/* Compares and prints the row when different. */
void check_cell_at(const char *file, int line, const struct table *t, const char *column, struct slice got);
void check_cell_int_at(const char *file, int line, const struct table *t, const char *column, int64_t got);
#define CHECK_CELL(t, column, got)     check_cell_at(__FILE__, __LINE__, (t), (column), (got))
#define CHECK_CELL_INT(t, column, got) check_cell_int_at(__FILE__, __LINE__, (t), (column), (int64_t)(got))

#endif
