/* Half of it owned by listed parties: screening.md 6.5. */
#include "domain/name/ownership.h"

#include "support/test.h"

static bool is_listed(void *context, const struct party *p)
{
    return slice_equal(p->id, slice_from(context));
}

static const struct ownership_ask ask = { .is_listed = is_listed, .context = (void *)"L" };

#define OWNER(owner_id, percent, ...) \
    (struct owner){ .party = { .id = SLICE(owner_id), .name = SLICE(owner_id) }, .share_percent_micros = (percent) * \
    1000000ll, .has_share = true, __VA_ARGS__ }

static struct ownership judged(const struct owner *owners, unsigned count)
{
    struct party of = { .id = SLICE("ALDER"), .name = SLICE("ALDER") };
    struct ownership out;
    ownership_judge(test_arena(), &of, owners, count, &ask, &out);
    return out;
}

TEST(half_of_the_direct_shares_blocks_and_a_little_less_does_not)
{
    struct owner half[] = { OWNER("L", 50, ) }, less[] = { OWNER("L", 50, ) };
    less[0].share_percent_micros = 49999999;
    CHECK(judged(half, 1).is_blocked);
    CHECK_TEXT(judged(half, 1).chain, "L 50% of ALDER");
    CHECK(!judged(less, 1).is_blocked);
    CHECK_TEXT(judged(less, 1).chain, "");
}

TEST(shares_of_members_add_up_and_follow_through_chains)
{
    struct owner of_belmora[] = { OWNER("L", 60, ) };
    struct owner of_varn[] = { OWNER("L", 30, ), OWNER("BELMORA", 20, .owners = of_belmora, .owner_count = 1) };
    struct owner of_alder[] = { OWNER("VARN", 50, .owners = of_varn, .owner_count = 2) };
    struct ownership o = judged(of_alder, 1);
    CHECK(o.is_blocked);
    CHECK_TEXT(o.chain, "L 60% of BELMORA; L 30% + BELMORA 20% of VARN; VARN 50% of ALDER");
}

TEST(shares_through_an_entity_outside_the_set_do_not_count)
{
    struct owner of_belmora[] = { OWNER("L", 49, ) };
    struct owner of_alder[] = { OWNER("BELMORA", 100, .owners = of_belmora, .owner_count = 1) };
    CHECK(!judged(of_alder, 1).is_blocked);
}

TEST(a_missing_share_counts_nothing_and_is_listed)
{
    struct owner owners[] = { OWNER("L", 0, ), OWNER("BIRCH", 50, ) };
    CHECK_TEXT(judged(owners, 2).missing, "");
    owners[0].has_share = false;
    struct ownership o = judged(owners, 2);
    CHECK(!o.is_blocked);
    CHECK_TEXT(o.missing, "share unknown: L of ALDER");
    owners[1].has_share = false;
    CHECK_TEXT(judged(owners, 2).missing, "share unknown: L of ALDER, BIRCH of ALDER");
    struct owner twice[] = { OWNER("L", 0, ), OWNER("L", 40, ) };
    twice[0].has_share = false;
    CHECK_TEXT(judged(twice, 2).missing, "");
}

TEST(cycles_end_and_a_party_named_twice_counts_once)
{
    struct owner back[] = { OWNER("ALDER", 100, ) };
    struct owner owners[] = { OWNER("BELMORA", 60, .owners = back, .owner_count = 1), OWNER("L", 30, ),
                              OWNER("L", 30, ) };
    CHECK(!judged(owners, 3).is_blocked);
    owners[1].share_percent_micros = 50000000;
    CHECK(judged(owners, 3).is_blocked);
}

TEST(a_listed_party_itself_is_blocked_without_owners)
{
    struct party of = { .id = SLICE("L"), .name = SLICE("LISTED") };
    struct ownership o;
    ownership_judge(test_arena(), &of, NULL, 0, &ask, &o);
    CHECK(o.is_blocked);
    CHECK_TEXT(o.chain, "LISTED");
}
