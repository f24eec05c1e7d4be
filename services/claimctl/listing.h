/* claimctl/listing.h: rows of a command for people and machines (surfaces.md 2.2): one list of fields, every form.
 *
 * A table on a terminal, TSV when piped; `--format table|wide|tsv|csv|json|jsonl|yaml`, `--json` = jsonl. `--format
 * help` prints the fields. Fields are an interface: they are added, never changed. */
#ifndef CLAIMCTL_LISTING_H
#define CLAIMCTL_LISTING_H

#include "claimctl/output.h"

enum listing_form {
    LISTING_AUTO,
    LISTING_TABLE,
    LISTING_WIDE,
    LISTING_TSV,
    LISTING_CSV,
    LISTING_JSON,
    LISTING_JSONL,
    LISTING_YAML,
    LISTING_HELP
};

/* What a value is: a whole number goes into JSON as one, everything else as text (money too: decimals are strings).
 * LIST: texts parted by blanks. FLAG: true in JSON when it is not empty. FIGURE: a decimal or a number at the right edge of its column. */
enum listing_type { LISTING_TEXT, LISTING_WHOLE, LISTING_FIGURE, LISTING_LIST, LISTING_FLAG };

struct listing_field {
    const char       *name;                         /* as in JSON: lower case, _ */
    enum listing_type type;
    const char       *help;
    bool              wide;                         /* left out of the narrow table and of TSV */
};

enum { LISTING_FIELDS_MAX = 24 };

struct listing {
    struct output              *out;
    const struct listing_field *fields;
    unsigned                    field_count;
    enum listing_form           form;
    bool                        names_in_tsv;       /* a first row of names: what people read blind (lag, groups) */
    char                      **cells;              /* of a table: kept until its widths are known */
    size_t                      cell_count, cell_capacity;
    unsigned                    rows;
    bool                        has_names;          /* the first row of them is printed */
};

/* Takes --format FORM and --json out of argv, and leaves the rest of it to others; AUTO when neither stands there.
 * False: there is no such form, said on stderr with the nearest. `given` (may be NULL): one of them stood there. */
bool listing_take_form(int *argc, char **argv, enum listing_form *form, bool *given);

/* Opens; AUTO asks whether the output is a terminal. True when rows are wanted; false: HELP was printed, end at
 * once. */
bool listing_begin(struct listing *l, struct output *out, const struct listing_field *fields, unsigned count,
                   enum listing_form form);

/* One row, a cell a field; what cannot be printed becomes a blank. */
void listing_row(struct listing *l, const struct slice *cells);

/* Prints what is left. Names of columns and empty brackets say that all was read and nothing found: */
void listing_end(struct listing *l);
/* … the same when it was; of what could not be read only the rows that came before. */
void listing_end_of(struct listing *l, bool was_read);

/* Columns of a terminal that a text takes; blanks, one at least, up to a column of what began at `from`. */
unsigned listing_width(struct slice text);
void listing_pad(struct text *t, size_t from, unsigned column);

#endif
