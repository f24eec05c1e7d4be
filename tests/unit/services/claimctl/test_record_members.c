/* Names of --where and %{…}, held against what records can have before a broker is asked. */
#include "claimctl/record_members.h"

#include "support/table.h"

static const char *answer(struct slice topic, struct slice where)
{
    struct filter f;
    const char *why;
    CHECK(filter_read(where, &f, &why) && f.count == 1);
    struct record_member m = record_member_named(f.terms[0].name);
    record_member_look(&m, topic_find(topic));
    static char near[NEAREST_NAME_MAX + 1];
    if (m.is_open) return "open";
    if (m.is_known) return record_member_fits(&m, &f.terms[0], &why) ? "fits" : why;
    snprintf(near, sizeof near, "%.*s", (int)m.near.name_size, m.near.name);
    return m.near.name_size ? near : "unknown";
}

TEST(a_name_that_no_record_has_is_told_before_the_search_with_the_nearest_that_one_has)
{
    struct table t = TABLE(
        "topic               | where                                | answer",
        "claims.held.v1      | outcome=HOLD                         | fits",
        "claims.held.v1      | outcom=HOLD                          | outcome",
        "claims.held.v1      | line.outcom=HOLD                     | outcome",
        "claims.held.v1      | zzzzzz=HOLD                          | unknown",
        "claims.held.v1      | line.payouts.amount>5                | fits",
        "claims.held.v1      | line.programs.SD-26=QTY_EXCEEDED     | fits",
        "claims.held.v1      | headers.traceparent=x                | fits",
        "claims.held.v1      | clearance.outcome=HOLD               | fits",
        "payouts.v1          | amount>100                           | fits",
        "payouts.v1          | value.amount>100                     | fits",
        "payouts.v1          | line.amount>100                      | amount",
        "payouts.v1          | amout>100                            | amount",
        "programs.v1         | terms.versions.approver_id=world     | fits",
        "deadletters.v1      | anything=1                           | open",
        "claims.submitted.v1 | anything=1                           | open",
        "audit.v1            | anything=1                           | open");
    while (table_next(&t)) CHECK_CELL(&t, "answer", slice_from(answer(cell(&t, "topic"), cell(&t, "where"))));
}

TEST(a_number_is_compared_with_numbers_and_a_day_with_days)
{
    struct table t = TABLE(
        "where                           | answer",
        "amount>100                      | fits",
        "amount>-1.50                    | fits",
        "amount=lots                     | it is a number, as 12 or -3.50",
        "amount>1,000                    | it is a number, as 12 or -3.50",
        "amount~1                        | fits",
        "partition=three                 | it is a number, as 12 or -3.50",
        "payable_on>2026-04              | fits",
        "payable_on>2026                 | fits",
        "payable_on>20260401             | it is a date, as 2026-04-01, 2026-04 or 2026",
        "payable_on>april                | it is a date, as 2026-04-01, 2026-04 or 2026",
        "decided_at>2026-04-01T09:00:00Z | fits",
        "decided_at>yesterday            | it is an instant in UTC, as 2026-04-01T09:00:00Z or the beginning of one",
        "at>2026-04-01                   | fits",
        "currency=USD                    | fits");
    while (table_next(&t)) CHECK_CELL(&t, "answer", slice_from(answer(SLICE("payouts.v1"), cell(&t, "where"))));
}
