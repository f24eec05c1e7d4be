/* Profiles of a world, by id and by what identifies them now. */
#include "stage/memory_profiles.h"

#include "support/test.h"

TEST(a_profile_is_found_by_id_and_by_the_identifiers_of_its_last_revision)
{
    struct memory_profiles *m = memory_profiles_open();
    struct profiles *p = memory_profiles_base(m);
    struct pair first_ids[] = { { SLICE("1"), SLICE("081446207") }, { SLICE("92"), SLICE("N-100") } }, second_ids[] = { { SLICE("92"), SLICE("N-100") } };
    struct partner first = { .partner_id = SLICE("N-100"), .revision = 1, .identifiers = first_ids, .identifier_count = 2 };
    struct partner second = { .partner_id = SLICE("N-100"), .revision = 2, .identifiers = second_ids, .identifier_count = 1 };
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
