/* Topics on Apache Kafka: what is missing, what differs and what to do about it; questions of the log (kafka.md 6.2,
 * 7). */
#include "runtime/kafka_admin.h"

#include "runtime/kafka_log.h"
#include "runtime/kafka_writer.h"
#include "support/test.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BIT(topic) (1ull << TOPIC_##topic)

enum { PARTITIONS = 3 };

static char namespace[32];
static struct kafka_options options;
static struct kafka_findings findings;
static unsigned created, existed;

/* Every test has topics of its own. */
static void begin(void)
{
    static unsigned number;
    snprintf(namespace, sizeof namespace, "admin%d-%u", (int)getpid(), ++number);
    options = (struct kafka_options){ .brokers = getenv("KAFKA_BROKERS"), .namespace = namespace, .stage = "test" };
    created = existed = 0;
    CHECK(options.brokers != NULL);
}

static void count_created(void *context, enum topic topic, const char *name, enum kafka_creation what, const char *text)
{
    (void)context;
    (void)text;
    CHECK(topic != TOPIC_NONE && slice_starts_with(slice_from(name), slice_from(namespace)));
    created += what == KAFKA_TOPIC_CREATED;
    existed += what == KAFKA_TOPIC_EXISTED;
}

static struct kafka_plan plan_of(uint64_t topics)
{
    return (struct kafka_plan){ .partitions = PARTITIONS, .allow_single_replica = true, .topics = topics };
}

static void create(uint64_t topics, int32_t partitions)
{
    struct kafka_plan plan = plan_of(topics);
    plan.partitions = partitions;
    CHECK(kafka_admin_create(&options, &plan, count_created, NULL) == OK);
}

static void check(struct kafka_plan plan)
{
    CHECK(kafka_admin_check(&options, &plan, &findings) == OK);
}

/* The finding that has both parts of a sentence, or NULL. */
static const struct kafka_finding *finding(const char *first, const char *second)
{
    for (unsigned i = 0; i < findings.count; i++)
        if (strstr(findings.at[i].text, first) && strstr(findings.at[i].text, second)) return &findings.at[i];
    return NULL;
}

/* Whether the finding that has both parts of a sentence stops. -1: there is none. */
static int found(const char *first, const char *second)
{
    const struct kafka_finding *it = finding(first, second);
    if (it) return it->stops;
    for (unsigned i = 0; i < findings.count; i++) printf("  found: %s\n", findings.at[i].text);
    return -1;
}

TEST(what_is_missing_is_named_with_the_command_that_creates_it)
{
    begin();
    check(plan_of(BIT(CLAIMS_RECEIVED) | BIT(PAYOUTS)));
    CHECK_INT(findings.count, 2);
    CHECK_INT(findings.stopping, 2);
    CHECK(found("payouts.v1 does not exist", "`claimctl topics create`") == true);
}

TEST(topics_are_created_once_as_the_list_wants_them)
{
    begin();
    create(0, PARTITIONS);
    CHECK_INT(created, TOPIC_COUNT - 1);
    create(0, PARTITIONS);
    CHECK_INT(existed, TOPIC_COUNT - 1);
    check(plan_of(0));
    CHECK_INT(findings.count, 0);
}

TEST(one_broker_stops_with_one_sentence_unless_it_is_allowed)
{
    begin();
    create(BIT(CLAIMS_HELD), PARTITIONS);
    check((struct kafka_plan){ .topics = BIT(CLAIMS_HELD) });
    CHECK(found("the cluster has one broker", "topics.allow_single_replica") == true);
    CHECK_INT(findings.count, 1);
    CHECK(findings.has_one_broker);
}

TEST(counts_that_differ_stop)
{
    begin();
    create(BIT(CLAIMS_RECEIVED), PARTITIONS);
    create(BIT(CLASSIFICATION_CHANGELOG), PARTITIONS + 1);
    check(plan_of(BIT(CLAIMS_RECEIVED) | BIT(CLASSIFICATION_CHANGELOG)));
    CHECK_INT(findings.count, 1);
    CHECK(found("classification.changelog.v1 has 4 partitions", "claims.received.v1 has 3") == true);
}

static void alter(enum topic topic, const char *setting, const char *value)
{
    char name[KAFKA_NAME_MAX], text[128];
    kafka_client_topic_name(&options, topic, name);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    CHECK(rd_kafka_conf_set(conf, "bootstrap.servers", options.brokers, text, sizeof text) == RD_KAFKA_CONF_OK);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name);
    rd_kafka_ConfigResource_set_config(resource, setting, value);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_AlterConfigs(rk, &resource, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 20000);
    CHECK(event && rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR);
    if (event) rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_ConfigResource_destroy(resource);
    rd_kafka_destroy(rk);
}

/* A node answers for a change before it tells of it, and of one topic sooner than of another: waits until it tells of
 * all. */
TEST(settings_that_would_lose_something_stop_and_others_are_advice)
{
    uint64_t topics = BIT(CLAIMS_HELD) | BIT(PAYOUTS) | BIT(PAYOUT_CHANGELOG) | BIT(PARTNERS);
    begin();
    create(topics, PARTITIONS);
    alter(TOPIC_CLAIMS_HELD, "retention.ms", "86400000");
    alter(TOPIC_PAYOUTS, "retention.ms", "86400000000");
    alter(TOPIC_PAYOUT_CHANGELOG, "cleanup.policy", "delete");
    alter(TOPIC_PARTNERS, "cleanup.policy", "compact");         /* the rest of its settings fall back to the broker's */
    WAIT_FOR(finding("claims.held.v1", "retention.ms") && finding("payouts.v1", "retention.ms")
                 && finding("payout.changelog.v1", "cleanup.policy") && finding("partners.v1", "min.cleanable"),
             check(plan_of(topics)));
    CHECK(found("claims.held.v1 has retention.ms=86400000,", "must have at least 34560000000") == true);
    CHECK(found("payouts.v1 has retention.ms=86400000000", "must have -1") == true);
    CHECK(found("payout.changelog.v1 has cleanup.policy=delete", "must have compact") == true);
    CHECK(found("partners.v1 has delete.retention.ms=86400000", "must have at least 604800000") == true);
    CHECK(found("partners.v1 has min.cleanable.dirty.ratio=0.5", "should have 0.2") == false);
}

TEST(a_time_out_that_the_broker_does_not_allow_stops)
{
    static const struct kafka_property slow[] = { { "transaction.timeout.ms", "1800000" },
                                                  { "session.timeout.ms", "1800000" } };
    begin();
    create(BIT(PROGRAMS), PARTITIONS);
    options.properties = slow;
    options.property_count = 2;
    check(plan_of(BIT(PROGRAMS)));
    CHECK(found("transaction.max.timeout.ms=900000", "1800000") == true);
}

TEST(a_log_answers_where_an_instant_and_a_group_stand)
{
    struct kafka_writer *writer;
    struct kafka_log *log;
    struct offset committed;
    int64_t offset, low, high;
    char id[64], group[KAFKA_NAME_MAX];
    begin();
    create(BIT(REVIEWS), PARTITIONS);
    CHECK(kafka_client_cluster(&options, 20000, id, sizeof id) == OK && id[0]);
    CHECK(kafka_writer_open(&options, &writer) == OK);
    for (unsigned i = 0; i < 3; i++)
        CHECK(kafka_writer_send(writer, TOPIC_REVIEWS, 1, SLICE("k"), SLICE("v"), NULL, 0) == OK);
    CHECK(kafka_writer_flush(writer, 300000) == OK);
    CHECK_INT(kafka_writer_acknowledged(writer, TOPIC_REVIEWS, 1), 2);
    static char large[1100000];
    CHECK(kafka_writer_send(writer, TOPIC_REVIEWS, 1, SLICE("k"), slice_of(large, sizeof large), NULL, 0)
          == ERR_TRANSACTION_REFUSED);
    kafka_writer_close(writer);
    CHECK(kafka_log_open(&options, KAFKA_READ_COMMITTED, &log) == OK);
    CHECK(kafka_log_watermarks(log, TOPIC_REVIEWS, 1, 20000, &low, &high) == OK);
    CHECK_INT(high, 3);
    CHECK(kafka_log_at_time(log, TOPIC_REVIEWS, 1, 0, &offset) == OK);
    CHECK_INT(offset, 0);
    CHECK(kafka_log_at_time(log, TOPIC_REVIEWS, 1, INT64_C(4102444800000), &offset) == OK); /* after all: the end */
    CHECK_INT(offset, 3);
    kafka_log_close(log);
    kafka_client_group_name(&options, group);
    CHECK(kafka_log_group_offset(&options, group, TOPIC_REVIEWS, 1, 20000, &committed) == OK);
    CHECK_INT(committed.next, -1);
}
