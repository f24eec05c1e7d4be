/* intake/header.h: which row names the columns: one alone, or two of which the upper one names groups of them
 * (`Ship To` above Name, City, Country). Text and workbooks offer their rows one after the other. Pure. */
#ifndef INTAKE_HEADER_H
#define INTAKE_HEADER_H

#include "intake/columns.h"

struct header_cells { struct slice *items; unsigned count; };

struct header {
    uint32_t            first, last;                /* its rows, the same of one row; 0 none */
    unsigned            score;                      /* columns_score of its names */
    struct header_cells names;                      /* what columns_read takes */
    struct header_cells upper, lower;               /* as they stand; no upper one: it is one row */
    uint32_t            table_above;                /* a row above is a header, too, and has lines; 0 none */
};

struct header_search {
    struct arena                 *arena;            /* keeps the cells of the best; NULL: only its rows count */
    struct arena                 *scratch;          /* given back as it was by each row but for the last one's cells */
    const struct mapping_profile *profile;
    uint32_t                      wanted;           /* it has to cover that row, 0: any */
    struct header                 best;
    uint32_t                      table;            /* the last row that could be a header by itself; 0 none */
    bool                          has_lines;        /* below it */
    uint32_t                      left;             /* such a row whose lines came before another one; 0 none */
    struct header_cells           above;            /* the row before */
    uint32_t                      above_row;
    size_t                        mark;
};

/* A search in rows to come; what it finds lives in `a`, what it tries in `scratch`. `wanted`: see header_search. */
struct header_search header_search_begin(struct arena *a, struct arena *scratch, const struct mapping_profile *profile,
                                         uint32_t wanted);

/* The next row, alone and below the one before: two rows are a header when they name more fields than either. True when
 * it is better than the best of the rows before and scores `least`. */
bool header_search_offer(struct header_search *s, const struct slice *cells, unsigned count, uint32_t row,
                         unsigned least);

/* A row that names columns as a header does, though it is none of the header in force: HEADER_SAME its columns in other
 * words, HEADER_ANOTHER others, under which the rows below it would be read wrongly. */
enum header_kin { HEADER_NONE, HEADER_SAME, HEADER_ANOTHER };
enum header_kin header_compare(struct arena *scratch, const struct columns *columns, const struct slice *cells,
                               unsigned count, const struct mapping_profile *profile);

/* `, header in row 3`, or `in rows 3 and 4`. */
void header_put_rows(struct text *t, const struct header *h);

/* The best of all rows. Where one was named by somebody, what stands above it is left out as he wants it. */
struct header header_search_end(const struct header_search *s, bool is_named);

/* A row of the header again, whatever its case and quotes. */
bool header_is_met(const struct header *h, const struct slice *cells, unsigned count);

#endif
