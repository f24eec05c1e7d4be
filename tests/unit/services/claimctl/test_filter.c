/* --where over objects as the commands print them. */
#include "claimctl/filter.h"

#include "claimctl/json_node.h"
#include "support/table.h"

static const char record[] = "{\"topic\":\"claims.held.v1\",\"partition\":3,\"key\":\"N-100\",\"line\":{\"outcome\":"
                             "\"HOLD\",\"reasons\":[\"SANCTIONS_HIT\",\"NEAR_DUPLICATE\"],\"claimed\":\"1050.00\"},"
                             "\"value\":{\"qty\":\"-12.5\",\"clearance\":[{\"score\":10},{\"score\":70}],\"at\":\"2026-"
                             "04-08T09:00:00Z\",\"big\":\"123456789012345678901.5\"}}";

TEST(comparisons_find_members_and_know_numbers_from_text)
{
    struct table t = TABLE(
        "where                                                  | fits",
        "outcome=HOLD                                           | yes",
        "outcome=PASS                                           | no",
        "outcome!=PASS                                          | yes",
        "line.outcome=HOLD                                      | yes",
        "claimed>500                                            | yes",
        "claimed>=1050                                          | yes",
        "claimed<1050.01                                        | yes",
        "claimed=1050                                           | yes",
        "qty<-12                                                | yes",
        "qty<-13                                                | no",
        "big>123456789012345678901.4                            | yes",
        "reasons=NEAR_DUPLICATE                                 | yes",
        "reasons!=NEAR_DUPLICATE                                | no",
        "reasons!=QTY_EXCEEDED                                  | yes",
        "reasons~sanctions                                      | yes",
        "clearance.score>50                                     | yes",
        "at>2026-04-01                                          | yes",
        "at<2026-04-08                                          | no",
        "nothing=1                                              | no",
        "nothing!=1                                             | yes",
        "outcome=HOLD and claimed>5000                          | no",
        "outcome=PASS or claimed>500                            | yes",
        "outcome=PASS and claimed>500 or key=N-100              | yes",
        "outcome=HOLD and claimed>5000 or key=X                 | no",
        "key = 'N-100' AND partition >= 3                       | yes");
    const struct node *object = json_node_read(test_arena(), slice_from(record), 1);
    CHECK(object != NULL);
    while (table_next(&t)) {
        struct filter f;
        const char *why;
        CHECK(filter_read(cell(&t, "where"), &f, &why));
        CHECK_CELL(&t, "fits", filter_matches(&f, object) ? SLICE("yes") : SLICE("no"));
    }
}

TEST(what_is_no_comparison_is_refused_with_a_reason)
{
    static const char *const wrong[] = { "outcome", "=HOLD",   "outcome HOLD", "a=1 b=2",
                                         "a='x",    "a=1 and", "a=1 or or b=2" };
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct filter f;
        const char *why;
        CHECK(!filter_read(slice_from(wrong[i]), &f, &why) && why && *why);
    }
    struct filter f;
    const char *why;
    CHECK(filter_read(SLICE("  "), &f, &why) && f.count == 0);
}

TEST(decimals_compare_exactly)
{
    struct table t = TABLE("a      b      | order", "1      2      | -1", "-1     1      | -1", "10     9.99   | 1",
                           "0.10   .1     | 0", "-0     0      | 0", "-2     -1     | -1", "007    7.0    | 0");
    while (table_next(&t)) {
        int order;
        CHECK(filter_compare_decimals(cell(&t, "a"), cell(&t, "b"), &order));
        CHECK_CELL_INT(&t, "order", order);
    }
    int order;
    CHECK(!filter_compare_decimals(SLICE("1e5"), SLICE("1"), &order)
          && !filter_compare_decimals(SLICE(""), SLICE("1"), &order));
}
