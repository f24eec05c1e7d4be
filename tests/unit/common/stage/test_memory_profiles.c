/* Profiles of a world, by id and by what identifies them now. */
#include "stage/memory_profiles.h"

#include "support/test.h"

TEST(a_profile_is_found_by_id_and_by_the_identifiers_of_its_last_revision)
{
    struct memory_profiles *m = memory_profiles_open();
    struct profiles *p = memory_profiles_base(m);
    struct pair first_ids[] = { { SLICE("1"), SLICE("081446207") }, { SLICE("92"), SLICE("N-100") } },
                second_ids[] = { { SLICE("92"), SLICE("N-100") } };
    struct partner first = {
        .partner_id = SLICE("N-100"), .revision = 1, .identifiers = first_ids, .identifier_count = 2
    };
    struct partner second = {
        .partner_id = SLICE("N-100"), .revision = 2, .identifiers = second_ids, .identifier_count = 1
    };
    enum profile_source source;
    CHECK(p->ops->find(p, SLICE("N-100"), &source) == NULL);
    memory_profiles_put(m, &first);
    CHECK(p->ops->find(p, SLICE("N-100"), &source) == &first && source == PROFILE_SOURCE_LOCAL);
    CHECK(p->ops->find(p, SLICE("N-100"), NULL) == &first);
    CHECK(p->ops->find_by_identifier(p, SLICE("1"), SLICE("081446207")) == &first);
    CHECK(p->ops->find_by_identifier(p, SLICE("10"), SLICE("81446207")) == NULL);
    memory_profiles_put(m, &second);
    CHECK(p->ops->find(p, SLICE("N-100"), NULL)->revision == 2);
    CHECK(p->ops->find_by_identifier(p, SLICE("1"), SLICE("081446207")) == NULL);
    CHECK(p->ops->find_by_identifier(p, SLICE("92"), SLICE("N-100")) == &second);
    memory_profiles_close(m);
}

/* A slip that gave one partner the number of another must not cost the other his number once it is mended. */
TEST(who_gives_an_identifier_back_leaves_it_to_the_other_that_bears_it)
{
    struct memory_profiles *m = memory_profiles_open();
    struct profiles *p = memory_profiles_base(m);
    struct pair ids[] = { { SLICE("1"), SLICE("081446207") } };
    struct partner owner = { .partner_id = SLICE("V-310"), .revision = 1, .identifiers = ids, .identifier_count = 1 };
    struct partner slip = { .partner_id = SLICE("N-100"), .revision = 1, .identifiers = ids, .identifier_count = 1 };
    struct partner mended = { .partner_id = SLICE("N-100"), .revision = 2 };
    memory_profiles_put(m, &owner);
    memory_profiles_put(m, &slip);
    CHECK(p->ops->find_by_identifier(p, SLICE("1"), SLICE("081446207"))
          == &slip); /* the first id, in whatever order they came */
    memory_profiles_put(m, &owner);
    CHECK(p->ops->find_by_identifier(p, SLICE("1"), SLICE("081446207")) == &slip);
    memory_profiles_put(m, &mended);
    CHECK(p->ops->find_by_identifier(p, SLICE("1"), SLICE("081446207")) == &owner);
    memory_profiles_close(m);
}
