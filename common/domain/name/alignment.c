/* domain/name/alignment.c: assignment by dynamic programming over sets of columns. */
#include "domain/name/alignment.h"

#include "base/assert.h"
#include "base/bits.h"

/* Rows that may align at all and the columns they may take; most tables are decided here. */
struct board {
    unsigned options[ALIGNMENT_MAX];                /* columns of each row, as bits */
    unsigned rows, columns;                         /* those with an option */
};

static struct board board_of(const struct alignment_table *t, unsigned rows, unsigned columns)
{
    struct board b = { .rows = 0 };
    for (unsigned i = 0; i < t->row_count; i++) {
        if (!(rows >> i & 1u)) continue;
        for (unsigned j = 0; j < t->column_count; j++)
            if ((columns >> j & 1u) && t->values[i][j] > 0) b.options[i] |= 1u << j;
        if (b.options[i]) b.rows |= 1u << i;
        b.columns |= b.options[i];
    }
    return b;
}

/* No row and no column has a choice. */
static bool is_plain(const struct board *b)
{
    unsigned seen = 0;
    for (unsigned rest = b->rows; rest; rest &= rest - 1) {
        unsigned options = b->options[__builtin_ctz(rest)];
        if ((options & (options - 1)) || (options & seen)) return false;
        seen |= options;
    }
    return true;
}

static int64_t take_plain(const struct alignment_table *t, const struct board *b, int8_t *matches)
{
    int64_t sum = 0;
    for (unsigned rest = b->rows; rest; rest &= rest - 1) {
        unsigned row = (unsigned)__builtin_ctz(rest), column = (unsigned)__builtin_ctz(b->options[row]);
        matches[row] = (int8_t)column;
        sum += t->values[row][column];
    }
    return sum;
}

/* best[k][set]: the greatest sum of the rows from the k-th on when the columns of `set` are taken. */
static int64_t take_exact(const struct alignment_table *t, const struct board *b, int8_t *matches)
{
    int64_t best[ALIGNMENT_EXACT_MAX + 1][1u << ALIGNMENT_EXACT_MAX];
    int8_t chosen[ALIGNMENT_EXACT_MAX][1u << ALIGNMENT_EXACT_MAX];
    unsigned rows[ALIGNMENT_EXACT_MAX], columns[ALIGNMENT_EXACT_MAX], row_count = 0, column_count = 0;
    for (unsigned rest = b->rows; rest; rest &= rest - 1) rows[row_count++] = (unsigned)__builtin_ctz(rest);
    for (unsigned rest = b->columns; rest; rest &= rest - 1) columns[column_count++] = (unsigned)__builtin_ctz(rest);
    ASSERT(row_count <= ALIGNMENT_EXACT_MAX && column_count <= ALIGNMENT_EXACT_MAX);

    unsigned sets = 1u << column_count;
    memset(best[row_count], 0, sets * sizeof best[0][0]);
    for (unsigned k = row_count; k-- > 0;) {
        for (unsigned set = 0; set < sets; set++) {
            best[k][set] = best[k + 1][set];
            chosen[k][set] = ALIGNMENT_NONE;
            for (unsigned c = 0; c < column_count; c++) {
                int64_t value = t->values[rows[k]][columns[c]];
                if ((set >> c & 1u) || value <= 0 || value + best[k + 1][set | 1u << c] <= best[k][set]) continue;
                best[k][set] = value + best[k + 1][set | 1u << c];
                chosen[k][set] = (int8_t)c;
            }
        }
    }
    for (unsigned k = 0, set = 0; k < row_count; k++) {
        int8_t c = chosen[k][set];
        if (c == ALIGNMENT_NONE) continue;
        matches[rows[k]] = (int8_t)columns[c];
        set |= 1u << c;
    }
    return best[0][0];
}

/* The greatest pair, then the greatest of what is left; of equal ones the first. */
static int64_t take_greedily(const struct alignment_table *t, const struct board *b, int8_t *matches)
{
    unsigned rows = b->rows, columns = b->columns;
    int64_t sum = 0;
    for (;;) {
        int64_t greatest = 0;
        unsigned row = 0, column = 0;
        for (unsigned i = 0; i < t->row_count; i++)
            for (unsigned j = 0; (rows >> i & 1u) && j < t->column_count; j++)
                if ((columns >> j & 1u) && t->values[i][j] > greatest) {
                    greatest = t->values[i][j];
                    row = i;
                    column = j;
                }
        if (greatest == 0) return sum;
        matches[row] = (int8_t)column;
        rows &= ~(1u << row);
        columns &= ~(1u << column);
        sum += greatest;
    }
}

int64_t alignment_choose(const struct alignment_table *t, unsigned rows, unsigned columns,
                         int8_t matches[ALIGNMENT_MAX])
{
    ASSERT(t->row_count <= ALIGNMENT_MAX && t->column_count <= ALIGNMENT_MAX);
    struct board b = board_of(t, rows, columns);
    memset(matches, ALIGNMENT_NONE, ALIGNMENT_MAX);
    if (is_plain(&b)) return take_plain(t, &b, matches);
    bool is_small = bits_count(b.rows) <= ALIGNMENT_EXACT_MAX && bits_count(b.columns) <= ALIGNMENT_EXACT_MAX;
    return is_small ? take_exact(t, &b, matches) : take_greedily(t, &b, matches);
}
