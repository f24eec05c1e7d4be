/* runtime/redis_breaker.h: five failures, one probe a second. */
#include "support/test.h"

#include "runtime/redis_breaker.h"

static void fail_times(struct redis_breaker *b, unsigned times, instant_ms now)
{
    for (unsigned i = 0; i < times; i++) redis_breaker_fail(b, now);
}

TEST(four_failures_keep_it_closed_and_the_fifth_opens_it)
{
    struct redis_breaker b = { 0 };
    for (unsigned i = 0; i < 4; i++) CHECK(!redis_breaker_fail(&b, 100));
    CHECK(redis_breaker_allows(&b, 100));
    CHECK(redis_breaker_fail(&b, 100));
    CHECK(!redis_breaker_allows(&b, 100));
}

TEST(an_answer_between_failures_begins_the_count_anew)
{
    struct redis_breaker b = { 0 };
    fail_times(&b, 4, 0);
    CHECK(!redis_breaker_succeed(&b));
    fail_times(&b, 4, 0);
    CHECK(redis_breaker_allows(&b, 0));
}

TEST(an_open_breaker_lets_one_probe_through_each_second)
{
    struct redis_breaker b = { 0 };
    fail_times(&b, 5, 1000);
    CHECK(!redis_breaker_allows(&b, 1999));
    CHECK(redis_breaker_allows(&b, 2000));
    CHECK(!redis_breaker_allows(&b, 2000));
    CHECK(!redis_breaker_allows(&b, 2999));
    CHECK(redis_breaker_allows(&b, 3000));
}

TEST(a_probe_that_fails_late_puts_the_next_one_a_second_behind_it)
{
    struct redis_breaker b = { 0 };
    fail_times(&b, 5, 0);
    CHECK(redis_breaker_allows(&b, 1000));
    CHECK(!redis_breaker_fail(&b, 1020));
    CHECK(!redis_breaker_allows(&b, 2019));
    CHECK(redis_breaker_allows(&b, 2020));
}

TEST(the_first_answer_closes_it)
{
    struct redis_breaker b = { 0 };
    fail_times(&b, 5, 0);
    CHECK(redis_breaker_allows(&b, 1000));
    CHECK(redis_breaker_succeed(&b));
    CHECK(redis_breaker_allows(&b, 1000));
    fail_times(&b, 4, 1000);
    CHECK(redis_breaker_allows(&b, 1000));
}
