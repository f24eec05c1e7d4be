/* stage/near_cache.h: bounded, and nothing lent is freed before its batch ends. */
#include "support/test.h"

#include "stage/near_cache.h"

#include <stdio.h>

static void put(struct near_cache *c, const char *key, uint64_t revision)
{
    struct near_entry *e = near_cache_make(slice_from(key), 32);
    e->revision = revision;
    near_cache_put(c, e);
}

static struct near_cache open_with(unsigned entries, size_t bytes)
{
    struct near_cache c;
    CHECK_INT(near_cache_open(&c, entries, bytes), OK);
    return c;
}

TEST(finds_what_was_put_and_the_later_of_two)
{
    struct near_cache c = open_with(4, 1 << 20);
    put(&c, "V-310", 1);
    put(&c, "V-310", 2);
    CHECK(near_cache_get(&c, SLICE("V-311")) == NULL);
    CHECK_INT(near_cache_get(&c, SLICE("V-310"))->revision, 2);
    CHECK_INT(c.count, 1);
    near_cache_close(&c);
}

TEST(a_full_cache_puts_out_what_was_not_used)
{
    struct near_cache c = open_with(3, 1 << 20);
    put(&c, "a", 1);
    put(&c, "b", 1);
    put(&c, "c", 1);
    put(&c, "d", 1);                                /* the hand went round once and took the first */
    CHECK(near_cache_get(&c, SLICE("a")) == NULL);
    near_cache_get(&c, SLICE("b"));
    put(&c, "e", 1);
    CHECK(near_cache_get(&c, SLICE("b")) != NULL);
    CHECK_INT(c.count, 3);
    CHECK_INT(c.evicted, 2);
    near_cache_close(&c);
}

TEST(bytes_are_bounded_too_and_a_giant_stands_alone)
{
    struct near_cache c = open_with(100, 2000);
    for (unsigned i = 0; i < 20; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%u", i);
        put(&c, key, 1);
    }
    CHECK(c.bytes <= 2000 && c.count > 1);
    near_cache_put(&c, near_cache_make(SLICE("giant"), 5000));
    CHECK_INT(c.count, 1);
    CHECK(near_cache_get(&c, SLICE("giant")) != NULL);
    put(&c, "small", 1);
    CHECK(near_cache_get(&c, SLICE("giant")) == NULL);
    near_cache_close(&c);
}

TEST(what_is_forgotten_lives_until_it_is_released)
{
    struct near_cache c = open_with(4, 1 << 20);
    put(&c, "V-310", 7);
    struct near_entry *lent = near_cache_get(&c, SLICE("V-310"));
    CHECK(near_cache_forget(&c, SLICE("V-310")));
    CHECK(!near_cache_forget(&c, SLICE("V-310")));
    CHECK(near_cache_get(&c, SLICE("V-310")) == NULL);
    CHECK_INT(lent->revision, 7);                   /* the address sanitizer sees whether it is still there */
    near_cache_release(&c);
    CHECK(c.retired == NULL);
    CHECK_INT(c.bytes, 0);
    near_cache_close(&c);
}

TEST(forgetting_all_leaves_nothing)
{
    struct near_cache c = open_with(8, 1 << 20);
    put(&c, "a", 1);
    put(&c, "b", 1);
    near_cache_forget_all(&c);
    CHECK_INT(c.count, 0);
    CHECK(near_cache_get(&c, SLICE("a")) == NULL);
    put(&c, "a", 2);
    CHECK_INT(near_cache_get(&c, SLICE("a"))->revision, 2);
    near_cache_close(&c);
}

/* A plain list of what must be there is compared with the cache over many steps. */
TEST(any_sequence_of_steps_keeps_what_was_put_last_or_nothing)
{
    enum { KEYS = 40 };
    uint64_t random = test_seed(), last[KEYS] = { 0 };
    struct near_cache c = open_with(16, 4096);
    for (unsigned step = 1; step < 20000; step++) {
        char key[16];
        unsigned k = (unsigned)(test_random(&random) % KEYS);
        snprintf(key, sizeof key, "k%u", k);
        switch (test_random(&random) % 8) {
        case 0: near_cache_forget(&c, slice_from(key)); last[k] = 0; break;
        case 1: near_cache_release(&c); break;
        case 2: case 3: put(&c, key, last[k] = step); break;
        default: {
            const struct near_entry *e = near_cache_get(&c, slice_from(key));
            CHECK(!e || e->revision == last[k]);
        }
        }
        CHECK(c.count <= 16 && c.bytes <= 4096);
    }
    near_cache_close(&c);
}
