/* intake/row_reader.h: rows of cells behind the reader's functions, whatever they lie in: what they tell of their
 * styles, what each of them is, and one draft a line. Text and workbooks say where the next row comes from. */
#ifndef INTAKE_ROW_READER_H
#define INTAKE_ROW_READER_H

#include "intake/header.h"
#include "intake/text_cells.h"

/* A row as its file has it. texts: those of its cells that tell a style; a number of a sheet has none. */
struct row {
    const struct slice *cells, *texts;
    unsigned            count;
    struct where        place;
    uint64_t            position;                   /* feeds.md 3 */
    struct slice        raw;                        /* as sent, empty of a sheet */
    enum issue_code     fault;                      /* it is dead; ISSUE_NONE: it is not */
    unsigned            fault_max;                  /* the bound that it passed, 0 none */
    bool                is_header;                  /* it goes on with the header, or is the header again */
};

struct row_reader;

struct row_source {
    /* False after the last row. Cells live until the next call, or until the arena of lines is emptied. */
    bool     (*next)(struct row_reader *, struct row *);
    void     (*rewind)(struct row_reader *);        /* to the first row after the header */
    /* The cells of a line as they are to be read, and what is wrong with them. NULL: as they are. */
    void     (*refine)(struct row_reader *, struct draft *d, struct issues *issues);
    /* Where the cell of the row at hand begins, 1-based. NULL: cells have no bytes of their own. */
    uint64_t (*cell_offset)(const struct row_reader *, unsigned column);
    bool     has_short_rows;                        /* a row ends at its last filled cell, and nothing is missing */
};

struct row_reader {
    struct reader            base;
    const struct row_source *source;
    struct columns           columns;
    struct cell_evidence     evidence;
    struct cell_totals       totals;
    struct row               row;                   /* the one the draft is of */
    bool                     has_totals, is_nil, is_nil_said;      /* nil: the file says that nothing was sold */
    bool                     is_below_header;       /* nothing but blank rows was met after it */
    struct where             another;               /* a row that is the header of another table; row 0 none */
    char                     ordinal[12];
};

static inline struct row_reader *row_reader_of(struct reader *r)
{
    return (struct row_reader *)r;
}

/* All rows once: what their numbers and dates tell, and whether there are totals to compare. */
void row_reader_gather(struct row_reader *r);

/* Refuses a file of several tables at the header of `another`: its rows would be read by the names of this one. */
enum survey row_reader_refuse_tables(struct row_reader *r);

/* What gather found goes to typing; what the header has to say of its columns. The format describes itself between. */
void row_reader_tell_columns(struct row_reader *r, struct where header);

/* next and rewind of struct reader_ops. */
enum reader_step row_reader_next(struct reader *r, struct draft *d, struct issues *issues);
void row_reader_rewind(struct reader *r);

#endif
