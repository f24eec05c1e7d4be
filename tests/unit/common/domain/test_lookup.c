/* tests/unit/common/domain/test_lookup.c */
#include "domain/lookup.h"
#include "support/test.h"

TEST(a_lookup_keeps_every_value_while_it_grows)
{
    struct lookup x;
    static int values[1000];
    lookup_init(&x, test_arena());
    for (int i = 0; i < 1000; i++) {
        struct text key = text_in(test_arena(), 16);
        text_put_int(&key, i);
        void **place = lookup_at(&x, text_slice(&key));
        CHECK(*place == NULL);
        *place = &values[i];
    }
    for (int i = 0; i < 1000; i++) {
        struct text key = text_in(test_arena(), 16);
        text_put_int(&key, i);
        CHECK(lookup_find(&x, text_slice(&key)) == &values[i]);
        CHECK(*lookup_at(&x, text_slice(&key)) == &values[i]);
    }
    CHECK_INT(x.count, 1000);
    CHECK(lookup_find(&x, SLICE("1000")) == NULL);
}

TEST(the_empty_text_is_a_key_as_any_other)
{
    struct lookup x;
    int value;
    lookup_init(&x, test_arena());
    CHECK(lookup_find(&x, SLICE("")) == NULL);
    *lookup_at(&x, SLICE("")) = &value;
    CHECK(lookup_find(&x, SLICE("")) == &value);
}
