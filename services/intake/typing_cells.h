/* intake/typing_cells.h: one cell becomes one value. Private to typing: what cannot be typed leaves the value absent
 * and adds an issue. */
#ifndef INTAKE_TYPING_CELLS_H
#define INTAKE_TYPING_CELLS_H

#include "intake/typing.h"

/* The line at work. */
struct cells {
    struct typing      *typing;
    const struct draft *draft;
    struct typed       *out;
    struct slice        currency;                   /* of the line, empty when none or unknown */
    unsigned            exponent;                   /* its digits; 2 while it is unknown */
};

/* A cell with its name in text. */
struct named { struct slice name; enum slot slot; const struct draft_cell *cell; };

/* Adds an issue on the cell with its place and its value, hidden where it is of a person; to be filled on. */
struct issue *cells_blame(const struct cells *c, enum issue_code code, struct named n);
struct issue *cells_blame_bound(const struct cells *c, enum issue_code code, struct named n, struct slice bound,
                                int64_t value);

/* LIST_TOO_LONG: how many came, how many are taken. */
void cells_blame_list(const struct cells *c, struct named n, unsigned count, unsigned max);

/* Items of a list, each a text of at most bytes_max; empty ones are left out. */
struct texts cells_texts(const struct cells *c, const struct draft_list *list, struct slice name, unsigned bound,
                         size_t bytes_max);

/* The normalised text; empty when it cannot be used, and then said so. */
struct slice cells_text(const struct cells *c, struct named n, size_t bytes_max);
struct slice cells_id(const struct cells *c, struct named n, size_t bytes_max);
struct slice cells_code(const struct cells *c, struct named n, size_t bytes_max);      /* upper case */
struct slice cells_country(const struct cells *c, struct named n);
struct slice cells_gtin(const struct cells *c, struct named n);
int32_t cells_date(const struct cells *c, struct named n);
bool cells_flag(const struct cells *c, struct named n);
uint64_t cells_whole(const struct cells *c, struct named n, uint64_t min, uint64_t max);
int cells_word(const struct cells *c, struct named n, enum vocabulary list);           /* 0 when unknown */

/* The same; `codes` are what a sender of X12 writes in their place, and is told. */
int cells_word_or_code(const struct cells *c, struct named n, enum vocabulary list, struct slice codes);

/* A decimal at a scale within ±max. Excess digits: rounded with a warning and kept in receipt.texts, or refused; a
 * quantity never rounds. False when it cannot be used. */
enum cells_sort { CELLS_QTY, CELLS_PRICE, CELLS_AMOUNT, CELLS_PERCENT };
bool cells_number(const struct cells *c, struct named n, enum cells_sort sort, int64_t *value);

#endif
