/* intake/workbook_merged.h: cells that are one over several rows, while the rows go by. */
#ifndef INTAKE_WORKBOOK_MERGED_H
#define INTAKE_WORKBOOK_MERGED_H

#include "intake/workbook.h"

/* A merged cell that reaches into the row at hand: its text and the last of its rows. */
struct workbook_reach { uint32_t until; uint8_t sort; uint16_t code; bool is_shared; struct slice text; size_t room; };

struct workbook_merged {
    const struct workbook *workbook;
    struct arena          *arena;
    struct workbook_reach *reaches;                 /* of each column; NULL: nothing is merged */
    unsigned               next;
    uint32_t               below;                   /* the last row of the header: what begins there is not taken */
};

/* After workbook_keep_merges. Texts are kept in the arena, one a column. */
void workbook_merged_open(struct workbook_merged *m, struct arena *a, const struct workbook *w, uint32_t below);

/* The rows begin again. */
void workbook_merged_rewind(struct workbook_merged *m);

/* Takes what begins in the row at hand, or began since the last one. */
void workbook_merged_take(struct workbook_merged *m, const struct workbook_rows *rows);

/* What reaches into a cell of the row at hand, 0-based; NULL: nothing, or an empty cell. */
const struct workbook_reach *workbook_merged_at(const struct workbook_merged *m, const struct workbook_rows *rows,
                                                unsigned cell);

/* The cell says what the one above says. */
void workbook_merged_fill(struct workbook_rows *rows, unsigned cell, const struct workbook_reach *reach,
                          struct arena *a);

#endif
