/* tests/unit/common/domain/test_index.c */
#include "domain/index.h"
#include "support/test.h"

TEST(an_index_keeps_every_value_while_it_grows)
{
    struct index x;
    static int values[1000];
    index_init(&x, test_arena());
    for (int i = 0; i < 1000; i++) {
        struct text key = text_in(test_arena(), 16);
        text_put_int(&key, i);
        void **place = index_at(&x, text_slice(&key));
        CHECK(*place == NULL);
        *place = &values[i];
    }
    for (int i = 0; i < 1000; i++) {
        struct text key = text_in(test_arena(), 16);
        text_put_int(&key, i);
        CHECK(index_find(&x, text_slice(&key)) == &values[i]);
        CHECK(*index_at(&x, text_slice(&key)) == &values[i]);
    }
    CHECK_INT(x.count, 1000);
    CHECK(index_find(&x, SLICE("1000")) == NULL);
}

TEST(the_empty_text_is_a_key_as_any_other)
{
    struct index x;
    int value;
    index_init(&x, test_arena());
    CHECK(index_find(&x, SLICE("")) == NULL);
    *index_at(&x, SLICE("")) = &value;
    CHECK(index_find(&x, SLICE("")) == &value);
}
