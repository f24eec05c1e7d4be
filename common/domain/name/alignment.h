/* domain/name/alignment.h: tokens of two names one to one, whatever their order (screening.md 6.3 step 4). */
#ifndef DOMAIN_NAME_ALIGNMENT_H
#define DOMAIN_NAME_ALIGNMENT_H

#include "domain/name/fold.h"

enum { ALIGNMENT_MAX = FOLD_TOKENS_MAX, ALIGNMENT_EXACT_MAX = 8, ALIGNMENT_NONE = -1 };

/* Values of pairs: 0 does not align. */
struct alignment_table {
    int64_t  values[ALIGNMENT_MAX][ALIGNMENT_MAX];
    unsigned row_count, column_count;
};

/* Chooses pairs of greatest sum among the rows and columns of the two bit sets; exact up to 8 × 8, greedy above.
 * matches[row] is its column or ALIGNMENT_NONE, for all rows. Returns the sum. */
int64_t alignment_choose(const struct alignment_table *t, unsigned rows, unsigned columns,
                         int8_t matches[ALIGNMENT_MAX]);

#endif
