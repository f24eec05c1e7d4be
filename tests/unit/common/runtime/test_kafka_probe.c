/* runtime/kafka_probe.h against a broker that is none: what a probe makes of its answers. The real one:
 * check_claimctl.sh. */
#include "runtime/kafka_probe.h"

#include "support/kafka_mock.h"
#include "support/table.h"

static const enum topic topics[] = { TOPIC_DEADLETTERS, TOPIC_PAYOUTS };

TEST(a_client_before_2_11_1_sends_plain_to_a_broker_that_lists_no_oldest_produce)
{
    struct table t = TABLE(
        "client    | oldest  newest  plain",
        "33555199  | 0       13      no",       /* 2.0.2 */
        "33555199  | 3       11      yes",
        "34275583  | 3       11      yes",      /* 2.11.0 */
        "34275839  | 3       11      no",       /* 2.11.1 */
        "34603519  | 3       11      no");
    while (table_next(&t)) {
        struct kafka_produce produce = { (int)cell_int(&t, "oldest"), (int)cell_int(&t, "newest") };
        CHECK_INT(kafka_probe_sends_plain(&produce, (int)cell_int(&t, "client")), cell_yes(&t, "plain"));
    }
}

TEST(what_is_written_everywhere_is_packed_and_a_refusal_is_of_its_topic)
{
    struct kafka_probed probed;
    struct kafka_mock *mock = kafka_mock_open(topics, 2);
    uint64_t both = 1u << TOPIC_DEADLETTERS | 1u << TOPIC_PAYOUTS;
    CHECK_INT(kafka_probe_write(kafka_mock_options(mock), both, &probed), OK);
    CHECK_INT(probed.topics[TOPIC_DEADLETTERS], OK);
    CHECK_INT(probed.topics[TOPIC_PAYOUTS], OK);
    CHECK(probed.packed_bytes > 0 && kafka_probe_packs(&probed));
    probed.packed_bytes = KAFKA_PROBE_BYTES + 300;
    CHECK(!kafka_probe_packs(&probed));
    kafka_mock_close(mock);
}

TEST(the_produce_requests_of_a_broker_are_heard)
{
    struct kafka_produce produce;
    struct kafka_mock *mock = kafka_mock_open(topics, 2);
    CHECK_INT(kafka_probe_produce(kafka_mock_options(mock), &produce), OK);
    CHECK(produce.oldest >= 0 && produce.newest >= KAFKA_PRODUCE_2_1);
    kafka_mock_close(mock);
}
