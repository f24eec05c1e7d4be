/* runtime/redis_name.h with the names that every machine knows. */
#include "runtime/redis_name.h"

#include "runtime/clock.h"
#include "runtime/redis_link.h"
#include "support/table.h"
#include "support/test.h"

TEST(what_is_numeric_needs_no_lookup)
{
    struct table t = TABLE(
        "host           | numeric",
        "127.0.0.1      | yes",
        "::1            | yes",
        "localhost      | no",
        "10.0.0         | no",
        "redis.internal | no");
    while (table_next(&t))
        CHECK_INT(redis_name_is_numeric(slice_copy(test_arena(), cell(&t, "host")).bytes), cell_yes(&t, "numeric"));
}

TEST(a_name_is_found_beside_the_work_and_stays)
{
    struct redis_name *name;
    CHECK_INT(redis_name_open("localhost", &name), OK);
    WAIT_FOR(redis_name_address(name));
    const char *address = redis_name_address(name);
    CHECK(address && redis_name_is_numeric(address));
    redis_name_close(name);
}

enum { RESOLVER_MS = 5000 };

TEST(a_link_to_a_name_that_nobody_knows_is_away_at_once)
{
    struct redis_name *name;
    struct redis_link *link;
    const struct redis_answer *answer;
    CHECK_INT(redis_name_open("no-such-host.invalid", &name), OK);
    CHECK_INT(redis_link_open(&(struct redis_options){ .address = "no-such-host.invalid:6379", .name = name }, &link),
              OK);
    int64_t took_ms = RESOLVER_MS;                  /* of several: the machine may stand still during one */
    for (int i = 0; i < 4 && took_ms >= RESOLVER_MS; i++) {
        int64_t begun_ms = clock_mono_ms();
        CHECK_INT(redis_link_ask(link, &REDIS_COMMAND(SLICE("PING")), 1, &answer), ERR_REDIS_AWAY);
        took_ms = clock_mono_ms() - begun_ms;
    }
    CHECK(took_ms < RESOLVER_MS);                   /* a resolver that nobody answers takes longer */
    CHECK(redis_name_address(name) == NULL);
    redis_link_close(link);
    redis_name_close(name);
}
