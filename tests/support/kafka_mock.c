/* tests/support/kafka_mock.c: requests and errors by their names. */
#include "support/kafka_mock.h"

#include "base/assert.h"

#include <librdkafka/rdkafka.h>

#include <librdkafka/rdkafka_mock.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { TIMES_MAX = 2000 };

struct kafka_mock {
    rd_kafka_t              *rk;
    rd_kafka_mock_cluster_t *cluster;
    struct kafka_options     options;
};

static void say(void *context, enum kafka_severity severity, const char *facility, const char *text)
{
    (void)context;
    if (getenv("TEST_VERBOSE")) printf("    %d %s: %s\n", (int)severity, facility, text);
}

static void hush(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    say(NULL, (enum kafka_severity)level, facility, text);
}

/* The library's thread of a mock ends for good when a signal interrupts it: none goes there. */
static rd_kafka_mock_cluster_t *open_cluster(rd_kafka_t *rk)
{
    sigset_t all, before;
    sigfillset(&all);
    ASSERT(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(rk, 1);
    ASSERT(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0 && cluster);
    return cluster;
}

struct kafka_mock *kafka_mock_open(const enum topic *topics, unsigned count)
{
    struct kafka_mock *m = calloc(1, sizeof *m);
    char text[128];
    ASSERT(m);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, hush);
    m->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    ASSERT(m->rk);
    m->cluster = open_cluster(m->rk);
    m->options =
        (struct kafka_options){ .brokers = rd_kafka_mock_cluster_bootstraps(m->cluster), .stage = "test", .log = say };
    for (unsigned i = 0; i < count; i++) kafka_mock_topic(m, topics[i], KAFKA_MOCK_PARTITIONS);
    return m;
}

void kafka_mock_close(struct kafka_mock *m)
{
    rd_kafka_mock_cluster_destroy(m->cluster);
    rd_kafka_destroy(m->rk);
    free(m);
}

struct kafka_options *kafka_mock_options(struct kafka_mock *m)
{
    return &m->options;
}

void kafka_mock_topic(struct kafka_mock *m, enum topic topic, int32_t partitions)
{
    (void)rd_kafka_mock_topic_create(m->cluster, topic_row(topic)->name.bytes, partitions, 1);
}

static int16_t key_of(struct slice request)
{
    static const struct { const char *name; int16_t key;
    } keys[] = {
        { "Produce", 0 },
        { "Fetch", 1 },
        { "ListOffsets", 2 },
        { "Metadata", 3 },
        { "OffsetFetch", 9 },
        { "FindCoordinator", 10 },
        { "JoinGroup", 11 },
        { "Heartbeat", 12 },
        { "SyncGroup", 14 },
        { "InitProducerId", 22 },
        { "AddPartitionsToTxn", 24 },
        { "AddOffsetsToTxn", 25 },
        { "EndTxn", 26 },
        { "TxnOffsetCommit", 28 },
    };
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (slice_equal(slice_from(keys[i].name), request)) return keys[i].key;
    NEVER();
}

int kafka_mock_code(struct slice error)
{
    const struct rd_kafka_err_desc *all;
    size_t count;
    rd_kafka_get_err_descs(&all, &count);
    for (size_t i = 0; i < count; i++)
        if (all[i].name && slice_equal(slice_from(all[i].name), error)) return all[i].code;
    NEVER();
}

void kafka_mock_fail(struct kafka_mock *m, struct slice request, struct slice error, unsigned times)
{
    static rd_kafka_resp_err_t errors[TIMES_MAX];
    ASSERT(times <= TIMES_MAX);
    for (unsigned i = 0; i < times; i++) errors[i] = (rd_kafka_resp_err_t)kafka_mock_code(error);
    rd_kafka_mock_push_request_errors_array(m->cluster, key_of(request), times, errors);
}

void kafka_mock_forget(struct kafka_mock *m, struct slice request)
{
    rd_kafka_mock_clear_request_errors(m->cluster, key_of(request));
}

void kafka_mock_down(struct kafka_mock *m, bool is_down)
{
    if (is_down) rd_kafka_mock_broker_set_down(m->cluster, -1);
    else rd_kafka_mock_broker_set_up(m->cluster, -1);
}

void kafka_mock_hide(struct kafka_mock *m, enum topic topic, bool is_hidden)
{
    rd_kafka_mock_topic_set_error(m->cluster, topic_row(topic)->name.bytes,
                                  is_hidden ? RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART : RD_KAFKA_RESP_ERR_NO_ERROR);
}

/* Asked by the leak checker: version 2.0.2 of the library keeps the offsets of a call that was never answered when its
 * handle goes. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:librdkafka.so";
}
