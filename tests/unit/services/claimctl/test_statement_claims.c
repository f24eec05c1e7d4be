/* What stands under a claim number after several submissions of its lines. */
#include "claimctl/statement_claims.h"

#include "support/table.h"

#include <stdio.h>

TEST(a_line_of_a_claim_counts_by_its_last_submission)
{
    struct table t = TABLE(
        "first  then    waits  repeats  other | lines  refused  waiting",
        "400    _       0      no       0     | 1      400      0",
        "400    50      0      no       0     | 1      50       0",
        "400    0       400    no       0     | 1      0        400",
        "0      400     0      yes      0     | 1      0        0",
        "400    50      0      no       7     | 2      57       0");
    while (table_next(&t)) {
        struct statement_claims c;
        statement_claims_open(&c);
        struct claim_sum *sum = statement_claims_at(&c, test_arena(), SLICE("CL-1"), SLICE("USD"));
        struct claimed_line first = { .sum = sum, .refused_minor = cell_int(&t, "first") };
        statement_claims_count(&c, test_arena(), SLICE("a"), first, false);
        if (cell_int(&t, "other")) {
            struct claimed_line other = { .sum = sum, .refused_minor = cell_int(&t, "other") };
            statement_claims_count(&c, test_arena(), SLICE("b"), other, false);
        }
        if (!cell_is_default(&t, "then")) {
            struct claimed_line then = { .sum = sum, .refused_minor = cell_int(&t, "then"),
                                         .waits_minor = cell_int(&t, "waits") };
            statement_claims_count(&c, test_arena(), SLICE("a"), then, cell_yes(&t, "repeats"));
        }
        CHECK_CELL_INT(&t, "lines", sum->lines);
        CHECK_CELL_INT(&t, "refused", (int64_t)sum->refused_minor);
        CHECK_CELL_INT(&t, "waiting", (int64_t)sum->waits_minor);
        statement_claims_close(&c);
    }
}

/* A line whose money changes its currency leaves the sum that it had. */
TEST(many_lines_find_their_own_places)
{
    struct statement_claims c;
    statement_claims_open(&c);
    struct claim_sum *usd = statement_claims_at(&c, test_arena(), SLICE("CL-1"), SLICE("USD")),
                     *eur = statement_claims_at(&c, test_arena(), SLICE("CL-1"), SLICE("EUR"));
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 200; i++) {
            char name[16];
            int size = snprintf(name, sizeof name, "line %d", i);
            statement_claims_count(&c, test_arena(), slice_of(name, (size_t)size),
                                   (struct claimed_line){ .sum = round ? eur : usd, .refused_minor = i }, false);
        }
    CHECK_INT(usd->lines, 0);
    CHECK_INT((int64_t)usd->refused_minor, 0);
    CHECK_INT(eur->lines, 200);
    CHECK_INT((int64_t)eur->refused_minor, 199 * 100);
    statement_claims_close(&c);
}
