/* Pairs one to one of greatest sum: screening.md 6.3 step 4. */
#include "domain/name/alignment.h"

#include "support/test.h"

static int64_t best_by_trying_all(const struct alignment_table *t, unsigned row, unsigned columns)
{
    if (row == t->row_count) return 0;
    int64_t best = best_by_trying_all(t, row + 1, columns);
    for (unsigned c = 0; c < t->column_count; c++) {
        if (!(columns >> c & 1u) || t->values[row][c] <= 0) continue;
        int64_t sum = t->values[row][c] + best_by_trying_all(t, row + 1, columns & ~(1u << c));
        if (sum > best) best = sum;
    }
    return best;
}

static struct alignment_table a_random_table(uint64_t *seed, unsigned rows, unsigned columns)
{
    struct alignment_table t = { .row_count = rows, .column_count = columns };
    for (unsigned i = 0; i < rows; i++)
        for (unsigned j = 0; j < columns; j++)
            t.values[i][j] = test_random(seed) % 3 ? 0 : (int64_t)(test_random(seed) % 100);
    return t;
}

static int64_t sum_of_matches(const struct alignment_table *t, const int8_t *matches)
{
    int64_t sum = 0;
    unsigned seen = 0;
    for (unsigned i = 0; i < t->row_count; i++) {
        if (matches[i] == ALIGNMENT_NONE) continue;
        CHECK(!(seen >> matches[i] & 1u));
        seen |= 1u << matches[i];
        sum += t->values[i][matches[i]];
    }
    return sum;
}

TEST(chooses_the_greatest_sum_up_to_eight_by_eight)
{
    uint64_t seed = test_seed();
    for (unsigned run = 0; run < 500; run++) {
        struct alignment_table t = a_random_table(&seed, 1 + test_random(&seed) % 6, 1 + test_random(&seed) % 6);
        int8_t matches[ALIGNMENT_MAX];
        int64_t sum = alignment_choose(&t, 0xFFFF, 0xFFFF, matches);
        CHECK_INT(sum, best_by_trying_all(&t, 0, 0xFFFF));
        CHECK_INT(sum, sum_of_matches(&t, matches));
    }
}

TEST(is_greedy_above)
{
    struct alignment_table t = { .row_count = 9, .column_count = 9 };
    int8_t matches[ALIGNMENT_MAX];
    for (unsigned i = 0; i < 9; i++) t.values[i][i] = 9;
    t.values[0][1] = 10;                            /* greedy takes it and loses 9 + 9 */
    CHECK_INT(alignment_choose(&t, 0x1FF, 0x1FF, matches), 10 + 7 * 9);
    CHECK_INT(matches[0], 1);
    CHECK_INT(matches[1], ALIGNMENT_NONE);
    t.row_count = t.column_count = 8;
    CHECK_INT(alignment_choose(&t, 0xFF, 0xFF, matches), 8 * 9);
}

TEST(keeps_to_the_rows_and_columns_it_is_given)
{
    struct alignment_table t = { .values = { { 5, 9 }, { 7, 8 } }, .row_count = 2, .column_count = 2 };
    int8_t matches[ALIGNMENT_MAX];
    CHECK_INT(alignment_choose(&t, 3, 3, matches), 16);
    CHECK_INT(alignment_choose(&t, 1, 3, matches), 9);
    CHECK_INT(alignment_choose(&t, 3, 1, matches), 7);
    CHECK_INT(matches[0], ALIGNMENT_NONE);
    CHECK_INT(alignment_choose(&t, 0, 3, matches), 0);
}
