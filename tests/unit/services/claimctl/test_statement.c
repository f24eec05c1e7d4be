/* What each reason of a line cost. */
#include "claimctl/statement.h"

#include "support/test.h"

static struct standing standing_with(int64_t refused_minor, unsigned count, const int64_t *cuts_minor)
{
    struct standing s = {
        .outcome = OUTCOME_SHORT, .has_claim = true, .refused_minor = refused_minor, .reason_count = count
    };
    for (unsigned i = 0; i < count; i++)
        s.reasons[i] = (struct reason){ .outcome = OUTCOME_SHORT, .cut_minor = cuts_minor[i] };
    return s;
}

TEST(each_reason_costs_what_it_cut)
{
    int64_t shares[STANDING_REASONS_MAX];
    struct standing s = standing_with(13450, 2, (int64_t[]){ 12600, 850 });
    statement_share_refused(&s, shares);
    CHECK_INT(shares[0], 12600);
    CHECK_INT(shares[1], 850);
}

TEST(what_no_reason_says_belongs_to_the_first)
{
    int64_t shares[STANDING_REASONS_MAX];
    struct standing s = standing_with(13451, 2, (int64_t[]){ 12600, 850 });
    statement_share_refused(&s, shares);
    CHECK_INT(shares[0], 12601);
    CHECK_INT(shares[1], 850);
}

TEST(reasons_never_cost_more_than_was_refused)
{
    int64_t shares[STANDING_REASONS_MAX];
    struct standing s = standing_with(1000, 3, (int64_t[]){ 900, 200, 50 });
    statement_share_refused(&s, shares);
    CHECK_INT(shares[0], 900);
    CHECK_INT(shares[1], 100);
    CHECK_INT(shares[2], 0);
}

TEST(a_line_without_a_claim_costs_nothing)
{
    int64_t shares[STANDING_REASONS_MAX];
    struct standing s = standing_with(1000, 1, (int64_t[]){ 0 });
    s.has_claim = false;
    statement_share_refused(&s, shares);
    CHECK_INT(shares[0], 0);
    s.reason_count = 0;
    statement_share_refused(&s, shares);                /* no reason, nothing written */
}
