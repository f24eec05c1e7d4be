/* What a partition is refused for when its state and its offsets do not belong together (kafka.md 4.2). */
#include "stage/kafka_transport.h"

#include "runtime/kafka_writer.h"
#include "support/kafka_mock.h"
#include "support/scratch.h"
#include "support/toy.h"

static unsigned assigned;

static void on_assigned(void *context, const int32_t *partitions, unsigned count)
{
    (void)context, (void)partitions;
    assigned = count;
}

static void on_revoked(void *context, bool lost)
{
    (void)lost;
    struct transport *t = context;
    for (int32_t p = 0; p < KAFKA_MOCK_PARTITIONS; p++) t->ops->close_store(t, p, false, 0, 1000);
}

static struct kafka_mock *open_broker(void)
{
    enum topic outputs[KAFKA_TRANSPORT_TOPICS];
    struct kafka_mock *mock = kafka_mock_open(toy_first.inputs, 2);
    for (unsigned i = kafka_transport_outputs(&toy_first, outputs); i-- > 0;)
        kafka_mock_topic(mock, outputs[i], KAFKA_MOCK_PARTITIONS);
    return mock;
}

static void change_state(struct kafka_mock *mock, int32_t partition)
{
    struct kafka_writer *writer;
    CHECK(kafka_writer_open(kafka_mock_options(mock), &writer) == OK);
    CHECK(kafka_writer_send(writer, toy_first.changelog, partition, SLICE("\1key"), SLICE("\1value"), NULL, 0) == OK);
    CHECK(kafka_writer_flush(writer, 60000) == OK);
    kafka_writer_close(writer);
}

static enum err restore(struct transport *t, int32_t partition)
{
    struct transport_progress progress = { 0 };
    enum err e = OK;
    WAIT_FOR(progress.done || (e != OK && err_class(e) != ERR_CLASS_RETRY), {
        CHECK(t->ops->serve(t, 0) == OK);
        e = t->ops->restore(t, partition, 20, &progress);
    });
    return e;
}

/* The group's offsets expire after a week without members, and can be deleted; the changelog is kept. To read
 * everything again over a state that has seen it is to decide it a second time. */
TEST(a_partition_whose_offsets_are_gone_is_not_begun_over_the_state_it_has)
{
    char folder[SCRATCH_PATH_MAX];
    struct transport *t;
    assigned = 0;
    scratch_make(folder);
    struct kafka_mock *mock = open_broker();
    change_state(mock, 1);
    struct kafka_transport_options options = {
        .stage = &toy_first, .kafka = *kafka_mock_options(mock), .lmdb = { .dir = folder, .map_bytes = 1 << 20 },
        .cluster_id = "mock", .seed_check = SLICE("seed"),
    };
    CHECK_INT(kafka_transport_open(&options, &t), OK);
    struct transport_events events = { t, on_assigned, on_revoked };
    CHECK_INT(t->ops->join(t, &events), OK);
    WAIT_FOR(assigned, CHECK(t->ops->serve(t, 20) == OK));
    CHECK_INT(assigned, KAFKA_MOCK_PARTITIONS);
    CHECK_INT(restore(t, 0), OK);                   /* new: neither was there ever */
    CHECK_INT(restore(t, 1), ERR_KAFKA_OFFSET);
    t->ops->close(t);
    kafka_mock_close(mock);
    scratch_remove(folder);
}
