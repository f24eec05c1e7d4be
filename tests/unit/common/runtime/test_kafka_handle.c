/* What each handle of the library is set to (kafka.md 8), asked of the handle itself. */
#include "runtime/kafka_handle.h"

#include "support/table.h"

#include <stdlib.h>

static const struct { const char *word; enum kafka_role role;
} roles[] = {
    { "member", KAFKA_MEMBER },     { "producer", KAFKA_TRANSACTIONS }, { "reader", KAFKA_READER },
    { "follower", KAFKA_FOLLOWER }, { "probe", KAFKA_PROBE },           { "writer", KAFKA_WRITER },
    { "admin", KAFKA_ADMIN },
};

static void ignore(rd_kafka_t *rk, const rd_kafka_message_t *message, void *context)
{
    (void)rk, (void)message, (void)context;
}

static void be_moved(rd_kafka_t *rk, rd_kafka_resp_err_t e, rd_kafka_topic_partition_list_t *list, void *context)
{
    (void)rk, (void)e, (void)list, (void)context;
}

static struct slice value_of(const struct kafka_handle *h, const char *name, char *buffer, size_t size)
{
    bool known = rd_kafka_conf_get(rd_kafka_conf(h->rk), name, buffer, &size) == RD_KAFKA_CONF_OK;
    return known ? slice_from(buffer) : (struct slice){ 0 };
}

static void check_property(struct table *t, const struct kafka_handle *h)
{
    char name[64], buffer[256];
    struct text n = text_over(name, sizeof name);
    text_put(&n, cell(t, "property"));
    text_put_byte(&n, '\0');
    CHECK_CELL(t, "value", value_of(h, name, buffer, sizeof buffer));
}

static void check_role(unsigned i)
{
    struct kafka_options o = { .brokers = "127.0.0.1:1", .stage = "compliance", .instance = 7, .worker = 3 };
    struct kafka_hooks hooks = { .delivered = ignore, .rebalanced = be_moved };
    struct kafka_handle h = { 0 };
    struct table t = TABLE(
        "handle    property                            value",
        "member    socket.nagle.disable                true",
        "producer  socket.nagle.disable                true",
        "admin     allow.auto.create.topics            false",
        "producer  allow.auto.create.topics            false",
        "member    allow.auto.create.topics            false",
        "member    topic.metadata.refresh.interval.ms  60000",
        "member    reconnect.backoff.ms                50",
        "member    reconnect.backoff.max.ms            2000",
        "producer  enable.idempotence                  true",
        "writer    enable.idempotence                  true",
        "producer  acks                                -1",
        "producer  partitioner                         murmur2_random",
        "producer  delivery.report.only.error          false",
        "producer  transaction.timeout.ms              10000",
        "producer  message.timeout.ms                  9000",
        "producer  socket.timeout.ms                   5000",
        "producer  request.timeout.ms                  5000",
        "producer  retry.backoff.ms                    10",
        "producer  queue.buffering.max.messages        65536",
        "producer  queue.buffering.max.kbytes          32768",
        "producer  batch.size                          1000000",
        "producer  message.max.bytes                   1000000",
        "producer  transactional.id                    claimstream.compliance.7.w03",
        "producer  client.id                           compliance-7-w03",
        "member    client.id                           compliance-7-w03",
        "member    group.id                            claimstream.compliance",
        "member    group.instance.id                   compliance.007.w03",
        "reader    group.id                            claimstream.compliance.restore",
        "reader    group.instance.id                   -",
        "member    isolation.level                     read_committed",
        "reader    isolation.level                     read_committed",
        "follower  isolation.level                     read_committed",
        "probe     isolation.level                     read_uncommitted",
        "member    enable.auto.commit                  false",
        "member    enable.auto.offset.store            false",
        "reader    enable.auto.commit                  false",
        "member    partition.assignment.strategy       range",
        "member    session.timeout.ms                  10000",
        "member    heartbeat.interval.ms               3000",
        "member    max.poll.interval.ms                30000",
        "member    auto.offset.reset                   error",
        "reader    auto.offset.reset                   error",
        "member    fetch.wait.max.ms                   50",
        "reader    fetch.wait.max.ms                   5",
        "member    fetch.error.backoff.ms              50",
        "member    queued.min.messages                 100000",
        "member    queued.max.messages.kbytes          16384",
        "member    fetch.message.max.bytes             1048576",
        "member    fetch.max.bytes                     8388608",
        "member    enable.partition.eof                false",
        "reader    enable.partition.eof                true",
        "probe     enable.partition.eof                true");
    CHECK_INT(kafka_handle_open(&h, &o, roles[i].role, &hooks), OK);
    while (table_next(&t))
        if (slice_equal(cell(&t, "handle"), slice_from(roles[i].word))) check_property(&t, &h);
    kafka_handle_close(&h);
}

TEST(each_handle_is_set_to_what_the_page_says)
{
    for (unsigned i = 0; i < sizeof roles / sizeof *roles; i++) check_role(i);
}

/* The range assignor sorts static members by this text. */
TEST(ids_of_members_sort_as_their_ordinals_do)
{
    char before[64] = "";
    for (unsigned instance = 0; instance <= 999; instance += 111) {
        struct kafka_options o = { .brokers = "127.0.0.1:1", .stage = "payout", .instance = instance };
        struct kafka_hooks hooks = { .delivered = ignore, .rebalanced = be_moved };
        struct kafka_handle h = { 0 };
        char id[64];
        CHECK_INT(kafka_handle_open(&h, &o, KAFKA_MEMBER, &hooks), OK);
        struct slice now = value_of(&h, "group.instance.id", id, sizeof id);
        CHECK(slice_compare(slice_from(before), now) < 0);
        memcpy(before, id, sizeof before);
        kafka_handle_close(&h);
    }
}

/* As the library writes it, less what nobody reads. */
#define PARTITION(number, queued, next) \
    "\"" #number "\": { \"partition\":" #number ",\"broker\":1, \"fetchq_cnt\":" #queued \
    ",\"fetch_state\":\"active\", \"next_offset\":" #next ", \"app_offset\":7}"

static const char statistics[] =
    "{ \"name\":\"x\", \"brokers\":{ \"b/1\": { \"state\":\"UP\", \"toppars\":{ \"claims.cleared.v1-1\": { "
    "\"topic\":\"claims.cleared.v1\", \"partition\":1} } } }, \"topics\":{ "
    "\"claims.cleared.v1\": { \"topic\":\"claims.cleared.v1\", \"age\":1, \"partitions\":{ " PARTITION(1, 0, 12)
    ", " PARTITION(11, 3, 14) ", \"-1\": { \"partition\":-1, \"fetchq_cnt\":0, \"next_offset\":0} } }, "
    "\"reviews.v1\": { \"topic\":\"reviews.v1\", \"age\":1, \"partitions\":{ " PARTITION(1, 0, 4) ", "
    PARTITION(2, 0, -1001) " } } } }";

TEST(statistics_say_up_to_where_a_partition_was_read)
{
    struct slice s = slice_from(statistics);
    CHECK_INT(kafka_handle_read_to(s, "claims.cleared.v1", 1), 12);
    CHECK_INT(kafka_handle_read_to(s, "claims.cleared.v1", 11), -1);            /* some of it is queued */
    CHECK_INT(kafka_handle_read_to(s, "claims.cleared.v1", 2), -1);             /* the next topic has one */
    CHECK_INT(kafka_handle_read_to(s, "reviews.v1", 1), 4);
    CHECK_INT(kafka_handle_read_to(s, "reviews.v1", 2), -1);                    /* it has no offset yet */
    CHECK_INT(kafka_handle_read_to(s, "payouts.v1", 1), -1);
    CHECK_INT(kafka_handle_read_to((struct slice){ 0 }, "reviews.v1", 1), -1);
    for (size_t size = 0; size < s.size; size++) {
        int64_t to = kafka_handle_read_to(slice_of(s.bytes, size), "claims.cleared.v1", 1);
        CHECK(to == -1 || to == 1 || to == 12);                                 /* cut within its digits */
    }
}
