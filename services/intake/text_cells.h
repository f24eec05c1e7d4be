/* intake/text_cells.h: rows of cells become drafts; what a file's cells tell of its numbers and dates (feeds.md 7.2).
 * Shared by text and workbooks. */
#ifndef INTAKE_TEXT_CELLS_H
#define INTAKE_TEXT_CELLS_H

#include "intake/columns.h"
#include "intake/reader.h"

enum { SAMPLES_MAX = 3 };

/* For a question: cells that may be read either way, and the first of each way; where the first of both sorts
 * stands. */
struct cell_samples { struct slice either[SAMPLES_MAX], said[2]; struct where either_at, said_at; };

/* What all cells of a file say together. */
struct cell_evidence {
    uint64_t            point, comma, thousands;    /* thousands: 1,234 and 1.234, which say nothing */
    uint64_t            day_first, month_first, either;
    uint64_t            without_order;              /* 3.4.2026 and 3/3/2026 */
    uint64_t            named_day_first, named_month_first;     /* of `either`: by the header of their column */
    uint64_t            named_year_first;                       /* of all these */
    struct cell_samples numbers, dates;
};

/* Adds the cells of the row that is at that place. Samples are kept in the arena. */
void cell_evidence_add(struct cell_evidence *e, struct arena *a, const struct columns *columns,
                       const struct slice *cells, unsigned count, struct where row);

/* Looks whether the row of goods leaves the cell for its partner empty. */
void text_cells_take_partner(struct reader *r, const struct columns *columns, const struct slice *cells,
                             unsigned count);

/* What the evidence, else the profile, an answer or, of dates, the headers say of the styles goes to typing.
 * SURVEY_HELD: nobody says, and it matters. */
enum survey cell_evidence_settle(const struct cell_evidence *e, struct reader *r);

enum row_sort { ROW_LINE, ROW_BLANK, ROW_TOTAL, ROW_NOTE, ROW_NIL };

/* What a row is. Without a part, an invoice number and a kind that we know: figures or a word for it make a total, a
 * phrase alone is a note on the page, and any other text is a line. */
enum row_sort text_cells_sort(const struct reader *r, const struct columns *columns, const struct slice *cells,
                              unsigned count);

/* The first row after the header, a line by its cells, names nothing and counts nothing: it goes on with the header
 * (units, remarks of a form). */
bool text_cells_go_on_with_header(const struct reader *r, const struct columns *columns, const struct slice *cells,
                                  unsigned count);
void text_cells_tell_header_row(struct reader *r, const struct slice *cells, unsigned count, struct where row);

/* Sees which columns without a name a line fills. */
void text_cells_take_unnamed(struct columns *columns, const struct slice *cells, unsigned count);

/* Warns of a row that was taken as a note. */
void text_cells_tell_note(struct reader *r, const struct columns *columns, const struct slice *cells, unsigned count,
                          struct where row);

/* Fills the draft from the cells; `column` of a draft cell is the 1-based column. Profile constants come last. */
void text_cells_fill(const struct reader *r, struct draft *d, struct issues *issues, const struct columns *columns,
                     const struct slice *cells, unsigned count);

/* Notes each column that no field takes, at the header, and warns of one that has values and no name: what came is
 * kept, and nobody need wonder where it went. */
void text_cells_tell_extras(struct reader *r, const struct columns *columns, struct where header);

/* Notes, at the header of a file without a column for the kind, what every sale needs and no column is. */
void text_cells_tell_absent(struct reader *r, const struct columns *columns, struct where header);

/* The column of a rejects file that keeps what its document's dates and numbers were read as, `dates=dmy
 * decimal=comma`: the rows that told it, or the answer that did, are not among the refused ones. */
#define READ_AS_COLUMN "claimstream_read_as"
#define READ_AS_ENCODING "encoding="

/* What that column has to say of a file; empty: each part of it is read alike. In the arena. */
struct slice text_cells_read_as(struct arena *a, const struct cell_evidence *e, const struct typing *t);

/* Takes what the column says where nobody answered; a row at a time, the first that says something counts. */
void text_cells_take_read_as(struct reader *r, const struct columns *columns, const struct slice *cells,
                             unsigned count);

/* Sums of lines, to be compared with total rows: quantities and amounts at six digits. */
enum { TOTAL_COLUMNS = 3 };
struct cell_totals { __int128 all[TOTAL_COLUMNS], part[TOTAL_COLUMNS]; };

/* Adds the figures of a row to both sums. */
void cell_totals_add(struct cell_totals *t, const struct reader *r, const struct columns *columns,
                     const struct slice *cells, unsigned count);

/* Compares a total row with all lines and with those since the last total row; TOTAL_DIFFERS to the reader. */
void cell_totals_compare(struct cell_totals *t, struct reader *r, const struct columns *columns,
                         const struct slice *cells, unsigned count, struct where row);

#endif
