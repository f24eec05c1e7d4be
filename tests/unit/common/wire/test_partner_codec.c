/* Partners as they are published. */
#include "wire/partner_codec.h"

#include "support/table.h"
#include "wire/limits.h"

static struct partner a_partner(void)
{
    static const struct status_span statuses[] = { { PARTNER_STATUS_ACTIVE, 20250101, 0 } };
    static const struct role_span roles[] = { { .role = ROLE_DISTRIBUTOR, .valid_from = 20250101 } };
    return (struct partner){ .partner_id = SLICE("N-100"),
                             .root_id = SLICE("N-100"),
                             .revision = 3,
                             .statuses = statuses,
                             .status_count = 1,
                             .roles = roles,
                             .role_count = 1,
                             .utc_offset_minutes = -300,
                             .sla_hours = 24 };
}

static enum err round_trip(const struct partner *p, struct partner *back)
{
    struct slice bytes;
    TRY(partner_encode(test_arena(), p, SLICE("ann"), SLICE("bob"), 5, &bytes));
    return partner_decode(test_arena(), bytes, back, NULL);
}

TEST(a_partner_comes_back_with_who_published_it)
{
    struct partner p = a_partner(), back;
    struct publication publication;
    struct slice bytes;
    CHECK(partner_encode(test_arena(), &p, SLICE("ann"), SLICE("bob"), 1775638800000, &bytes) == OK);
    CHECK(partner_decode(test_arena(), bytes, &back, &publication) == OK);
    CHECK_TEXT(back.partner_id, "N-100");
    CHECK(back.revision == 3 && back.statuses[0].status == PARTNER_STATUS_ACTIVE
          && back.statuses[0].valid_from == 20250101);
    CHECK(partner_first_role(&back, 20260408) == ROLE_DISTRIBUTOR && back.utc_offset_minutes == -300);
    CHECK_TEXT(publication.author_id, "ann");
    CHECK_TEXT(publication.approver_id, "bob");
    CHECK_INT(publication.published_at_unix_ms, 1775638800000);
}

TEST(hours_to_answer_are_48_where_none_were_said)
{
    static const uint32_t hours[][2] = { { 0, 48 }, { 48, 48 }, { 47, 47 }, { 1, 1 } };
    for (unsigned i = 0; i < 4; i++) {
        struct partner p = a_partner(), back;
        p.sla_hours = hours[i][0];
        CHECK(round_trip(&p, &back) == OK);
        CHECK_INT(back.sla_hours, hours[i][1]);
    }
}

TEST(a_partner_without_id_or_with_an_unknown_status_is_refused)
{
    struct partner p = a_partner(), back;
    struct slice bytes;
    p.partner_id = (struct slice){ 0 };
    CHECK(round_trip(&p, &back) == ERR_WIRE_FIELD);
    CHECK(partner_decode(test_arena(), SLICE("\x0a\x01P\x2a\x08\x0a\x06" "ACTIVE"), &back, NULL) == OK);
    CHECK(partner_decode(test_arena(), SLICE("\x0a\x01P\x2a\x08\x0a\x06" "ACTIVX"), &back, NULL) == ERR_WIRE_MALFORMED);
    struct status_span unknown = { .status = PARTNER_STATUS_COUNT };
    p = a_partner();
    p.statuses = &unknown;
    CHECK(partner_encode(test_arena(), &p, SLICE("a"), SLICE("b"), 0, &bytes) == ERR_WIRE_MALFORMED);
}

TEST(owners_of_all_levels_count_together)
{
    struct owner below[PARTNER_OWNERS_MAX] = { 0 };
    struct owner above = { .owners = below, .owner_count = PARTNER_OWNERS_MAX - 1 };
    struct partner p = a_partner(), back;
    p.owners = &above;
    p.owner_count = 1;
    CHECK(round_trip(&p, &back) == OK);
    CHECK_INT(back.owners[0].owner_count, PARTNER_OWNERS_MAX - 1);
    above.owner_count = PARTNER_OWNERS_MAX;
    CHECK(round_trip(&p, &back) == ERR_WIRE_BOUND);
}

TEST(owners_may_stand_64_deep)
{
    struct owner owners[PARTNER_OWNERS_MAX] = { 0 };
    struct partner p = a_partner(), back;
    for (unsigned i = 0; i + 1 < PARTNER_OWNERS_MAX; i++)
        owners[i] = (struct owner){ .owners = &owners[i + 1], .owner_count = 1 };
    p.owners = owners;
    p.owner_count = 1;
    CHECK(round_trip(&p, &back) == OK);
}

TEST(a_share_that_was_said_comes_back_and_none_stays_unsaid)
{
    struct owner owners[2] = { { .has_share = true, .share_percent_micros = 50000000 },
                               { .party.name = SLICE("Harbor") } };
    struct partner p = a_partner(), back;
    p.owners = owners;
    p.owner_count = 2;
    CHECK(round_trip(&p, &back) == OK);
    CHECK(back.owners[0].has_share && back.owners[0].share_percent_micros == 50000000 && !back.owners[1].has_share);
    CHECK_TEXT(back.owners[1].party.name, "Harbor");
}

TEST(a_record_is_in_force_by_two_who_are_named_in_plain_letters)
{
    struct table t = TABLE("author  approver | approved",
                           "ann     bob      | yes",
                           "ann     -        | no",
                           "ann     Ann      | no",
                           "-       bob      | no",
                           "\u0430nn     ann      | no", /* a Cyrillic letter: another name in the same looks */
                           "ann     \u0430nn      | no",
                           "...     ann      | no");
    while (table_next(&t)) {
        struct publication p = { .author_id = cell(&t, "author"), .approver_id = cell(&t, "approver") };
        CHECK_CELL(&t, "approved", publication_is_approved(&p) ? SLICE("yes") : SLICE("no"));
    }
}
