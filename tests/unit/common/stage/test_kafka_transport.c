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

/* `value`: after its version. */
static void change_state(struct kafka_mock *mock, int32_t partition, struct slice value)
{
    struct kafka_writer *writer;
    CHECK(kafka_writer_open(kafka_mock_options(mock), &writer) == OK);
    CHECK(kafka_writer_send(writer, toy_first.changelog, partition, SLICE("\1key"), value, NULL, 0) == OK);
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

/* A group whose partitions may be restored. */
struct desk { char folder[SCRATCH_PATH_MAX]; struct kafka_mock *mock; struct transport *t; };

static void open_desk(struct desk *d)
{
    struct transport_events events;
    struct kafka_transport_options options = {
        .stage = &toy_first, .kafka = *kafka_mock_options(d->mock), .lmdb = { .dir = d->folder, .map_bytes = 1 << 20 },
        .cluster_id = "mock", .seed_check = SLICE("seed"),
    };
    assigned = 0;
    CHECK_INT(kafka_transport_open(&options, &d->t), OK);
    events = (struct transport_events){ d->t, on_assigned, on_revoked };
    CHECK_INT(d->t->ops->join(d->t, &events), OK);
    WAIT_FOR(assigned, CHECK(d->t->ops->serve(d->t, 20) == OK));
    CHECK_INT(assigned, KAFKA_MOCK_PARTITIONS);
}

static void close_desk(struct desk *d)
{
    d->t->ops->close(d->t);
    kafka_mock_close(d->mock);
    scratch_remove(d->folder);
}

/* The group's offsets expire after a week without members, and can be deleted; the changelog is kept. To read
 * everything again over a state that has seen it is to decide it a second time. And whoever begins over rows that it
 * does not read finds out in the middle of its work, when rows of two releases lie there and neither can go on. */
TEST(a_partition_is_not_begun_over_a_state_whose_offsets_are_gone_or_whose_rows_are_of_another_release)
{
    struct desk d = { .mock = open_broker() };
    scratch_make(d.folder);
    change_state(d.mock, 1, SLICE("\3value"));      /* 3: of the toy's rows */
    change_state(d.mock, 2, SLICE("\4value"));
    open_desk(&d);
    CHECK_INT(restore(d.t, 0), OK);                 /* new: neither was there ever */
    CHECK_INT(restore(d.t, 1), ERR_KAFKA_OFFSET);
    CHECK_INT(restore(d.t, 2), ERR_STATE_OUTDATED);
    close_desk(&d);
}
