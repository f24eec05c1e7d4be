/* runtime/ring.h: what goes in comes out, in order, or is refused. */
#include "support/test.h"

#include "runtime/ring.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

TEST(an_empty_ring_gives_nothing)
{
    struct ring *r = ring_open(64);
    struct slice got;
    CHECK(!ring_take(r, &got));
    ring_close(r);
}

TEST(records_come_out_as_they_went_in)
{
    struct ring *r = ring_open(256);
    struct slice got;
    CHECK(ring_put(r, SLICE("first")));
    CHECK(ring_put(r, SLICE("")));
    CHECK(ring_put(r, SLICE("the third")));
    CHECK(ring_take(r, &got));
    CHECK_TEXT(got, "first");
    CHECK(ring_take(r, &got));
    CHECK_INT(got.size, 0);
    CHECK(ring_take(r, &got));
    CHECK_TEXT(got, "the third");
    CHECK(!ring_take(r, &got));
    ring_close(r);
}

TEST(a_full_ring_refuses_until_a_record_is_given_back)
{
    struct ring *r = ring_open(64);                 /* four records of eight bytes */
    struct slice got;
    for (int i = 0; i < 4; i++) CHECK(ring_put(r, SLICE("12345678")));
    CHECK(!ring_put(r, SLICE("12345678")));
    CHECK(ring_take(r, &got));
    CHECK(!ring_put(r, SLICE("12345678")));         /* lent out, not given back */
    CHECK(ring_take(r, &got));
    CHECK(ring_put(r, SLICE("12345678")));
    ring_close(r);
}

TEST(a_record_above_half_of_the_ring_is_refused)
{
    struct ring *r = ring_open(64);
    CHECK(!ring_put(r, SLICE("1234567890123456789012345")));
    CHECK(ring_put(r, SLICE("123456789012345678901234")));
    ring_close(r);
}

/* --- two threads --- */

/* Who has to wait sleeps: the other one may be without a processor meanwhile. */
enum { RECORDS = 20000, NAP_US = 20 };

static void *produce(void *ring)
{
    uint64_t random = test_seed();
    for (unsigned i = 0; i < RECORDS; i++) {
        char bytes[80];
        int size = snprintf(bytes, sizeof bytes, "%u:%.*s", i, (int)(test_random(&random) % 60),
                            "............................................................");
        while (!ring_put(ring, slice_of(bytes, (size_t)size))) usleep(NAP_US);
    }
    return NULL;
}

TEST(a_thread_reads_what_another_writes_whatever_the_lengths)
{
    struct ring *r = ring_open(1024);
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, produce, r), 0);
    unsigned wrong = 0;
    for (unsigned i = 0; i < RECORDS; ) {
        struct slice got;
        uint64_t number = 0;
        if (!ring_take(r, &got)) {
            usleep(NAP_US);
            continue;
        }
        if (!slice_to_uint(slice_cut(&got, ':'), UINT32_MAX, &number) || number != i) wrong++;
        i++;
    }
    pthread_join(thread, NULL);
    CHECK_INT(wrong, 0);
    ring_close(r);
}
