/* tests/chaos/topic_count.c: topic_count BROKERS TOPIC...: records of whole topics, as a reader of committed
 * transactions sees them and as they were written: {"topic":…,"committed":n,"written":n} a topic. */
#include <librdkafka/rdkafka.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALL_MS = 10000, PARTITIONS_MAX = 1024 };

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "topic_count: %s: %s\n", what, why);
    exit(75);
}

static rd_kafka_t *open_reader(const char *brokers, const char *isolation)
{
    const char *pairs[] = { "bootstrap.servers", brokers, "group.id", "topic_count", "isolation.level", isolation,
        "enable.auto.commit", "false", "enable.partition.eof", "true", "auto.offset.reset", "earliest", NULL };
    char why[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (const char **p = pairs; p[0]; p += 2)
        if (rd_kafka_conf_set(conf, p[0], p[1], why, sizeof why) != RD_KAFKA_CONF_OK) die(p[0], why);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!rk) die("client", why);
    rd_kafka_poll_set_consumer(rk);
    return rk;
}

static int partitions_of(rd_kafka_t *rk, const char *topic)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, topic, NULL);
    rd_kafka_resp_err_t e = rd_kafka_metadata(rk, 0, rkt, &metadata, CALL_MS);
    if (e) die(topic, rd_kafka_err2str(e));
    int count = metadata->topic_cnt == 1 && !metadata->topics[0].err ? metadata->topics[0].partition_cnt : 0;
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(rkt);
    return count;
}

/* Reads to the end that each partition has now. */
static int64_t count_records(const char *brokers, const char *topic, const char *isolation)
{
    rd_kafka_t *rk = open_reader(brokers, isolation);
    int partitions = partitions_of(rk, topic), ended = 0;
    int64_t records = 0;
    if (partitions <= 0 || partitions > PARTITIONS_MAX) die(topic, "no such topic");
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int p = 0; p < partitions; p++)
        rd_kafka_topic_partition_list_add(list, topic, p)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(rk, list);
    bool done[PARTITIONS_MAX] = { false };
    while (ended < partitions) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, CALL_MS);
        if (!m) die(topic, "the end was not reached in time");
        if (!m->err) records++;
        else if (m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) die(topic, rd_kafka_message_errstr(m));
        else if (!done[m->partition]) ended += done[m->partition] = true;
        rd_kafka_message_destroy(m);
    }
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_consumer_close(rk);
    rd_kafka_destroy(rk);
    return records;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: topic_count BROKERS TOPIC...\n");
        return 2;
    }
    for (int i = 2; i < argc; i++)
        printf("{\"topic\":\"%s\",\"committed\":%lld,\"written\":%lld}\n", argv[i],
               (long long)count_records(argv[1], argv[i], "read_committed"),
               (long long)count_records(argv[1], argv[i], "read_uncommitted"));
    return 0;
}
