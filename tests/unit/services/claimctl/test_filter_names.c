/* What --where names is a member of the topic's records, or the nearest one is told. */
#include "claimctl/filter_names.h"

#include "claimctl/command.h"
#include "support/test.h"

static const struct { const char *where; enum topic topic; int code; } cases[] = {
    { "program_id=SD-26 and amount>100", TOPIC_PAYOUTS, EXIT_DONE },
    { "value.amount<=1.50 or topic=payouts.v1", TOPIC_PAYOUTS, EXIT_DONE },
    { "reasons~CAP", TOPIC_PAYOUTS, EXIT_DONE },
    { "decided_at>2026-04-01", TOPIC_PAYOUTS, EXIT_DONE },
    { "amount=abc", TOPIC_PAYOUTS, EXIT_DONE },
    { "amount>abc", TOPIC_PAYOUTS, EXIT_USAGE },
    { "amont>5", TOPIC_PAYOUTS, EXIT_USAGE },
    { "program_id=SD-26 and nosuch=1", TOPIC_PAYOUTS, EXIT_USAGE },
    { "terms.versions.approver_id=anna", TOPIC_PROGRAMS, EXIT_DONE },
    { "actor_id=anna and headers.x=1", TOPIC_REVIEWS, EXIT_DONE },
    { "nosuch=1", TOPIC_CLAIMS_HELD, EXIT_DONE },       /* members of its line are not all known */
    { "nosuch=1", TOPIC_AUDIT, EXIT_DONE },
};

TEST(a_member_that_no_record_has_and_a_number_that_is_none_are_refused)
{
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct filter f;
        const char *why;
        CHECK(filter_read(slice_from(cases[i].where), &f, &why));
        int code = filter_names_check(&f, cases[i].topic);
        if (code != cases[i].code) printf("%s\n", cases[i].where);
        CHECK_INT(code, cases[i].code);
    }
}
