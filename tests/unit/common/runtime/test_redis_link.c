/* runtime/redis_link.h without a server: addresses, and being away. tests/integration/check_redis.sh has the rest. */
#include "support/table.h"
#include "support/test.h"

#include "runtime/redis_link.h"

TEST(reads_hosts_ports_and_sockets)
{
    struct table t = TABLE(
        "address                 | ok  host               port",
        "127.0.0.1:6379          | yes  127.0.0.1          6379",
        "redis                   | yes  redis              6379",
        "redis:1                 | yes  redis              1",
        "redis:65535             | yes  redis              65535",
        "redis:65536             | no   -                  0",
        "redis:0                 | no   -                  0",
        "redis:                  | no   -                  0",
        "redis:x                 | no   -                  0",
        ":6379                   | no   -                  0",
        "[::1]:7000              | yes  ::1                7000",
        "[::1]                   | yes  ::1                6379",
        "[]:7000                 | no   -                  0",
        "[::1:7000               | no   -                  0",
        "/run/redis.sock         | yes  /run/redis.sock    0",
        "./redis.sock            | yes  ./redis.sock       0");
    while (table_next(&t)) {
        struct slice host = { 0 };
        int port = 0;
        bool ok = redis_address_read(cell(&t, "address"), &host, &port);
        CHECK(ok == cell_yes(&t, "ok"));
        if (!ok) continue;
        CHECK_SLICE(host, cell(&t, "host"));
        CHECK_INT(port, cell_int(&t, "port"));
    }
}

TEST(keys_bear_the_cluster_behind_the_namespace_so_that_another_one_finds_nothing)
{
    struct table t = TABLE(
        "namespace | cluster   key",
        "default   | Abc_-1    Abc_-1:partner:N-100",
        "-         | Abc_-1    Abc_-1:partner:N-100",
        "eu        | Abc_-1    eu:Abc_-1:partner:N-100",
        "eu        | Xyz       eu:Xyz:partner:N-100");
    while (table_next(&t)) {
        char name[REDIS_NAMESPACE_MAX];
        struct slice name_space = cell(&t, "namespace"), cluster = cell(&t, "cluster");
        struct text key = text_in(test_arena(), 256);
        redis_name_of(name, slice_equal(name_space, SLICE("-")) ? "" : slice_copy(test_arena(), name_space).bytes,
                      slice_copy(test_arena(), cluster).bytes);
        redis_key_begin(&key, name);
        PUT(&key, "partner:N-100");
        CHECK_SLICE(text_slice(&key), cell(&t, "key"));
    }
}

TEST(an_address_that_cannot_be_read_is_refused_at_opening)
{
    struct redis_link *link = NULL;
    CHECK_INT(redis_link_open(&(struct redis_options){ .address = "redis:zero" }, &link), ERR_CONFIG_INVALID);
    CHECK_INT(redis_link_open(&(struct redis_options){ .address = "" }, &link), ERR_CONFIG_INVALID);
}

struct told { unsigned away, back; };

static void note(void *told, bool is_away, const char *why)
{
    CHECK(!is_away || why[0]);
    if (is_away) ((struct told *)told)->away++;
    else ((struct told *)told)->back++;
}

TEST(a_server_that_is_not_there_is_away_and_that_is_told_once)
{
    struct told told = { 0 };
    struct redis_link *link = NULL;
    struct redis_options options = { .address = "./no-such-socket", .on_change = note, .context = &told };
    const struct redis_answer *answer;
    CHECK_INT(redis_link_open(&options, &link), OK);
    for (int i = 0; i < 20; i++)
        CHECK_INT(redis_link_ask(link, &REDIS_COMMAND(SLICE("PING")), 1, &answer), ERR_REDIS_AWAY);
    CHECK(redis_link_is_away(link));
    CHECK_INT(told.away, 1);
    CHECK_INT(told.back, 0);
    CHECK_INT(redis_link_counts(link).failures, REDIS_BREAKER_FAILURES);
    CHECK_INT(redis_link_generation(link), 0);
    redis_link_close(link);
}
