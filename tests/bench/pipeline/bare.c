/* tests/bench/pipeline/bare.c: one program, three parts of the bare pass-through:
 *
 *   bare hop  --brokers B --in T --out T --group G [--lines-max N] [--settle-ms N]
 *             [--out-bytes N [--beside COUNT:BYTES,…] [--rows BYTES] [--log T] [--codec lz4]]
 *   bare load --brokers B --out T --lines N [--rate LINES_PER_S] [--bytes N] [--partitions N] [--first N]
 *   bare sink --brokers B --in T --lines N [--partitions N] [--first N]
 *
 * None of it is the product's: the yardstick must not move when the product does. A hop reads one topic and writes the
 * same bytes to the next in transactions with their offsets: what Kafka itself costs. With --out-bytes it writes
 * records of that size instead, and those of --beside into a log, and with --rows so many bytes a line, in records of
 * 64 KiB: what it costs to write as much as a service does, and do nothing else. */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    CALL_MS = 10000,
    PULL_MS = 20,
    LINES_MAX = 4000,
    BYTES_MAX = 900000,
    PARTITIONS_MAX = 64,
    RECORD_BYTES_MAX = 65536,
    IDLE_S = 60
};

/* In front of every record of a run: its number and when it was to be sent (CLOCK_MONOTONIC). */
struct stamp { int64_t number, due_ns; };

/* Latencies in buckets of 0.1 ms. */
enum { BUCKETS = 1000000 };
struct latencies { uint32_t counts[BUCKETS]; uint64_t total; };

static volatile sig_atomic_t stopping;

static void stop(int number)
{
    (void)number;
    stopping = 1;
}

/* --- what all share ------------------------------------------------------------------------------------------------
 */

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static long peak_kib(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

static void sleep_until(int64_t at_ns)
{
    struct timespec t = { .tv_sec = at_ns / 1000000000, .tv_nsec = at_ns % 1000000000 };
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0 && !stopping) { }
}

_Noreturn static void die(const char *what, const char *why)
{
    fprintf(stderr, "bare: %s: %s\n", what, why);
    fflush(NULL);
    _exit(75);
}

static const char *option(int argc, char **argv, const char *name, const char *otherwise)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, name) == 0) return argv[i + 1];
    return otherwise;
}

static long number(int argc, char **argv, const char *name, long otherwise)
{
    const char *text = option(argc, argv, name, NULL);
    return text ? strtol(text, NULL, 10) : otherwise;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[512];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) die(name, why);
}

static rd_kafka_conf_t *new_conf(const char *brokers, const char *const *pairs)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", brokers);
    set(conf, "socket.nagle.disable", "true");
    set(conf, "reconnect.backoff.ms", "50");
    set(conf, "reconnect.backoff.max.ms", "2000");
    for (; pairs[0]; pairs += 2) set(conf, pairs[0], pairs[1]);
    return conf;
}

static rd_kafka_t *open_client(rd_kafka_type_t type, rd_kafka_conf_t *conf)
{
    char why[512];
    rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
    if (!rk) die("client", why);
    return rk;
}

static rd_kafka_topic_t *warm_topic(rd_kafka_t *rk, const char *name)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, name, NULL);
    rd_kafka_resp_err_t e = rd_kafka_metadata(rk, 0, topic, &metadata, CALL_MS);
    if (e) die(name, rd_kafka_err2str(e));
    rd_kafka_metadata_destroy(metadata);
    return topic;
}

static void note(struct latencies *l, int64_t ns)
{
    int64_t bucket = ns / 100000;
    l->counts[bucket < 0 ? 0 : bucket < BUCKETS ? bucket : BUCKETS - 1]++;
    l->total++;
}

static long percentile(const struct latencies *l, unsigned per_mille)
{
    uint64_t rank = (l->total * per_mille + 999) / 1000, seen = 0;
    for (long i = 0; i < BUCKETS; i++)
        if ((seen += l->counts[i]) >= rank && seen > 0) return i;
    return 0;
}

static rd_kafka_t *open_consumer(const char *brokers, const char *group)
{
    const char *pairs[] = { "group.id",
                            group,
                            "group.instance.id",
                            group,
                            "isolation.level",
                            "read_committed",
                            "enable.auto.commit",
                            "false",
                            "enable.auto.offset.store",
                            "false",
                            "partition.assignment.strategy",
                            "range",
                            "session.timeout.ms",
                            "10000",
                            "heartbeat.interval.ms",
                            "3000",
                            "auto.offset.reset",
                            "earliest",
                            "fetch.wait.max.ms",
                            "50",
                            "fetch.error.backoff.ms",
                            "50",
                            "queued.min.messages",
                            "100000",
                            "queued.max.messages.kbytes",
                            "16384",
                            "fetch.message.max.bytes",
                            "1048576",
                            "fetch.max.bytes",
                            "8388608",
                            NULL };
    rd_kafka_t *rk = open_client(RD_KAFKA_CONSUMER, new_conf(brokers, pairs));
    rd_kafka_poll_set_consumer(rk);
    return rk;
}

/* --- what a hop of the product writes ---------------------------------------------------------------------------- */

enum { LOTS_MAX = 4, KEY_BYTES = 24 };

/* So many records of so many bytes, key and value, into a log beside the output, for each line. */
struct lot { unsigned count; size_t bytes; };

/* "COUNT:BYTES,COUNT:BYTES": false when it is none. */
static bool read_lots(const char *text, struct lot lots[LOTS_MAX], unsigned *count)
{
    int used = 0;
    for (*count = 0; *text; text += used) {
        struct lot *l = &lots[*count];
        if (*count == LOTS_MAX || sscanf(text, "%u:%zu%n", &l->count, &l->bytes, &used) != 2) return false;
        if (l->bytes <= KEY_BYTES || l->bytes > RECORD_BYTES_MAX) return false;
        ++*count;
        if (text[used] == ',') used++;
    }
    return true;
}

/* --- the hop -------------------------------------------------------------------------------------------------------
 */

struct hop {
    rd_kafka_t             *consumer, *producer;
    rd_kafka_topic_t       *out;
    const char             *in;
    rd_kafka_message_t    **batch;
    long                    count, lines_max;
    int64_t                 settle_ns, settled_ns;
    long                    lines, transactions, packs;
    size_t                  out_bytes;              /* 0: a line leaves as it came */
    rd_kafka_topic_t       *log;
    struct lot              lots[LOTS_MAX];
    unsigned                lot_count;
    size_t                  row_bytes;              /* of a line, in records of RECORD_BYTES_MAX */
    size_t                  gathered[PARTITIONS_MAX];           /* of them by partition, in this transaction */
    char                    record[RECORD_BYTES_MAX];
};

/* With a callback a commit does not wait for a poll of reports. */
static void ignore_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    (void)rk;
    (void)opaque;
    if (message->err) fprintf(stderr, "bare: delivery: %s\n", rd_kafka_err2str(message->err));
}

static void check(rd_kafka_error_t *e, const char *what)
{
    if (e) die(what, rd_kafka_error_string(e));
}

/* `gathers`: records leave at the commit, one request a partition, as those of the product do. */
static rd_kafka_t *open_producer(const char *brokers, const char *id, bool gathers, const char *codec)
{
    const char *pairs[] = { "transactional.id",
                            id,
                            "transaction.timeout.ms",
                            "10000",
                            "message.timeout.ms",
                            "9000",
                            "socket.timeout.ms",
                            "5000",
                            "request.timeout.ms",
                            "5000",
                            "retry.backoff.ms",
                            "10",
                            "linger.ms",
                            gathers ? "500" : "0",
                            "batch.num.messages",
                            gathers ? "1000000" : "10000",
                            "compression.codec",
                            codec,
                            "queue.buffering.max.messages",
                            "65536",
                            "queue.buffering.max.kbytes",
                            "32768",
                            "batch.size",
                            "1000000",
                            "message.max.bytes",
                            "1000000",
                            "partitioner",
                            "murmur2_random",
                            NULL };
    rd_kafka_conf_t *conf = new_conf(brokers, pairs);
    rd_kafka_conf_set_dr_msg_cb(conf, ignore_report);
    rd_kafka_t *rk = open_client(RD_KAFKA_PRODUCER, conf);
    check(rd_kafka_init_transactions(rk, 30000), "init_transactions");
    return rk;
}

static void keep(struct hop *h, rd_kafka_message_t *m, size_t *bytes)
{
    if (m->err == RD_KAFKA_RESP_ERR__FATAL) die("consumer", rd_kafka_message_errstr(m));
    if (m->err) {
        rd_kafka_message_destroy(m);
        return;
    }
    h->batch[h->count++] = m;
    *bytes += m->len;
}

/* What is queued when the settle time is over; then nothing more is waited for. */
static void pull(struct hop *h)
{
    size_t bytes = 0;
    int wait_ms = PULL_MS;
    h->count = 0;
    while (h->count < h->lines_max && bytes < BYTES_MAX) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(h->consumer, wait_ms);
        if (m) {
            keep(h, m, &bytes);
            wait_ms = 0;
            continue;
        }
        int64_t left_ns = h->settled_ns - now_ns();
        if (h->count == 0 || wait_ms > 0 || left_ns <= 0) return;
        wait_ms = (int)((left_ns + 999999) / 1000000);
    }
}

static void emit(struct hop *h, rd_kafka_topic_t *to, int32_t partition, void *value, size_t size, const void *key,
                 size_t key_size)
{
    while (rd_kafka_produce(to, partition, RD_KAFKA_MSG_F_COPY, value, size, key, key_size, NULL)) {
        if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            die("produce", rd_kafka_err2str(rd_kafka_last_error()));
        rd_kafka_poll(h->producer, 1);
    }
}

static void produce(struct hop *h, const rd_kafka_message_t *m)
{
    char key[KEY_BYTES] = { 0 };
    memcpy(h->record, m->payload, m->len < sizeof(struct stamp) ? m->len : sizeof(struct stamp));
    if (h->out_bytes) emit(h, h->out, m->partition, h->record, h->out_bytes, m->key, m->key_len);
    else emit(h, h->out, m->partition, m->payload, m->len, m->key, m->key_len);
    for (unsigned l = 0; l < h->lot_count; l++)
        for (unsigned i = 0; i < h->lots[l].count; i++) {
            snprintf(key, sizeof key, "%u.%u.%d.%" PRId64, l, i, (int)m->partition, m->offset);
            emit(h, h->log, m->partition, h->record, h->lots[l].bytes - sizeof key, key, sizeof key);
        }
}

static void gather_rows(struct hop *h, int32_t partition, size_t bytes)
{
    char key[KEY_BYTES] = { 0 };
    size_t *gathered = &h->gathered[partition % PARTITIONS_MAX];
    *gathered += bytes;
    if (*gathered == 0 || (bytes > 0 && *gathered + bytes <= sizeof h->record)) return;
    snprintf(key, sizeof key, "%d.%ld", (int)partition, h->packs++);
    emit(h, h->log, partition, h->record, *gathered, key, sizeof key);
    *gathered = 0;
}

static rd_kafka_topic_partition_list_t *offsets_of(const struct hop *h)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(PARTITIONS_MAX);
    for (long i = 0; i < h->count; i++) {
        rd_kafka_topic_partition_t *at = rd_kafka_topic_partition_list_find(list, h->in, h->batch[i]->partition);
        if (!at) at = rd_kafka_topic_partition_list_add(list, h->in, h->batch[i]->partition);
        at->offset = h->batch[i]->offset + 1;
    }
    return list;
}

static void pass_on(struct hop *h)
{
    rd_kafka_error_t *e;
    rd_kafka_topic_partition_list_t *offsets = offsets_of(h);
    rd_kafka_consumer_group_metadata_t *member = rd_kafka_consumer_group_metadata(h->consumer);
    check(rd_kafka_begin_transaction(h->producer), "begin");
    for (long i = 0; i < h->count; i++) {
        produce(h, h->batch[i]);
        if (h->row_bytes) gather_rows(h, h->batch[i]->partition, h->row_bytes);
    }
    for (int32_t p = 0; h->row_bytes && p < PARTITIONS_MAX; p++) gather_rows(h, p, 0);
    if (h->out_bytes) rd_kafka_flush(h->producer, 1);           /* while the offsets go their way */
    check(rd_kafka_send_offsets_to_transaction(h->producer, offsets, member, CALL_MS), "offsets");
    while ((e = rd_kafka_commit_transaction(h->producer, 2 * CALL_MS)) && rd_kafka_error_is_retriable(e))
        rd_kafka_error_destroy(e);
    check(e, "commit");
    h->settled_ns = now_ns() + h->settle_ns;
    h->lines += h->count;
    h->transactions++;
    rd_kafka_consumer_group_metadata_destroy(member);
    rd_kafka_topic_partition_list_destroy(offsets);
    for (long i = 0; i < h->count; i++) rd_kafka_message_destroy(h->batch[i]);
}

static int run_hop(int argc, char **argv)
{
    const char *brokers = option(argc, argv, "brokers", "127.0.0.1:9092"), *group = option(argc, argv, "group", "bare");
    static struct hop h;
    h = (struct hop){ .in = option(argc, argv, "in", "bare.0"), .lines_max = number(argc, argv, "lines-max", LINES_MAX),
                      .settle_ns = number(argc, argv, "settle-ms", 3) * 1000000,
                      .out_bytes = (size_t)number(argc, argv, "out-bytes", 0),
                      .row_bytes = (size_t)number(argc, argv, "rows", 0) };
    if (h.out_bytes > RECORD_BYTES_MAX || h.row_bytes > RECORD_BYTES_MAX / 2
        || !read_lots(option(argc, argv, "beside", ""), h.lots, &h.lot_count))
        die("bytes", "out of bounds");
    for (size_t i = 0; i < sizeof h.record; i++) h.record[i] = (char)(' ' + (i * 7 + i / 13) % 90);
    h.batch = calloc((size_t)h.lines_max + 1, sizeof(void *));
    if (!h.batch) die("memory", "none");
    h.producer = open_producer(brokers, group, h.out_bytes > 0, option(argc, argv, "codec", "none"));
    h.out = warm_topic(h.producer, option(argc, argv, "out", "bare.1"));
    if (h.lot_count || h.row_bytes) h.log = warm_topic(h.producer, option(argc, argv, "log", "bare.log"));
    h.consumer = open_consumer(brokers, group);
    warm_topic(h.consumer, h.in);
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, h.in, RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(h.consumer, topics);
    while (!stopping) {
        pull(&h);
        if (h.count > 0) pass_on(&h);
    }
    printf("{\"lines\":%ld,\"transactions\":%ld,\"cpu_us\":%" PRId64 ",\"peak_kib\":%ld}\n", h.lines, h.transactions,
           cpu_us(), peak_kib());
    fflush(stdout);
    _exit(0);
}

/* --- load and sink -------------------------------------------------------------------------------------------------
 */

static int run_load(int argc, char **argv)
{
    const char *pairs[] = { "enable.idempotence", "true", "linger.ms", "1", "partitioner", "murmur2_random", NULL };
    long lines = number(argc, argv, "lines", 100000), rate = number(argc, argv, "rate", 0);
    long size = number(argc, argv, "bytes", 600), partitions = number(argc, argv, "partitions", 2);
    long first = number(argc, argv, "first", 0);
    rd_kafka_conf_t *conf = new_conf(option(argc, argv, "brokers", "127.0.0.1:9092"), pairs);
    rd_kafka_conf_set_dr_msg_cb(conf, ignore_report);
    rd_kafka_t *rk = open_client(RD_KAFKA_PRODUCER, conf);
    rd_kafka_topic_t *out = warm_topic(rk, option(argc, argv, "out", "bare.0"));
    char *record = malloc(RECORD_BYTES_MAX);
    if (!record || size < (long)sizeof(struct stamp) || size > RECORD_BYTES_MAX) die("bytes", "out of bounds");
    for (long i = 0; i < size; i++) record[i] = (char)(' ' + (i * 7 + i / 13) % 90);
    int64_t begin_ns = now_ns() + 1000000;
    for (long i = 0; i < lines && !stopping; i++) {
        struct stamp s = { first + i, now_ns() };
        if (rate) {
            s.due_ns = begin_ns + i * 1000000000 / rate;
            sleep_until(s.due_ns);
        }
        memcpy(record, &s, sizeof s);
        while (rd_kafka_produce(out, (int32_t)(s.number % partitions), RD_KAFKA_MSG_F_COPY, record, (size_t)size,
                                &s.number, 8, NULL))
            rd_kafka_poll(rk, 1);
        if (rate || (i & 255) == 0) rd_kafka_poll(rk, 0);
    }
    rd_kafka_flush(rk, 60000);
    printf("{\"sent\":%ld,\"begin_ns\":%" PRId64 "}\n", lines, begin_ns);
    fflush(stdout);
    _exit(0);
}

static int run_sink(int argc, char **argv)
{
    const char *in = option(argc, argv, "in", "bare.4");
    long lines = number(argc, argv, "lines", 100000), partitions = number(argc, argv, "partitions", 2);
    long first = number(argc, argv, "first", 0), seen = 0, twice = 0;
    rd_kafka_t *rk = open_consumer(option(argc, argv, "brokers", "127.0.0.1:9092"), "bare.sink");
    warm_topic(rk, in);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)partitions);
    for (int p = 0; p < partitions; p++)
        rd_kafka_topic_partition_list_add(list, in, p)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(rk, list);
    struct latencies *l = calloc(1, sizeof *l);
    bool *known = calloc((size_t)lines, sizeof *known);
    if (!l || !known) die("memory", "none");
    int64_t first_due_ns = INT64_MAX, last_ns = now_ns();
    while (!stopping && seen < lines && now_ns() - last_ns < (int64_t)IDLE_S * 1000000000) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, 100);
        if (!m) continue;
        struct stamp s;
        if (!m->err && m->len >= sizeof s) {
            memcpy(&s, m->payload, sizeof s);
            long at = (long)(s.number - first);
            if (at >= 0 && at < lines) {
                if (known[at]) twice++;
                else seen++;
                known[at] = true;
                last_ns = now_ns();
                if (s.due_ns < first_due_ns) first_due_ns = s.due_ns;
                note(l, last_ns - s.due_ns);
            }
        }
        rd_kafka_message_destroy(m);
    }
    int64_t took_us = (last_ns - first_due_ns) / 1000;
    printf("{\"lines\":%ld,\"missing\":%ld,\"twice\":%ld,\"took_us\":%" PRId64 ",\"p50_us\":%ld,\"p99_us\":%ld}\n",
           seen, lines - seen, twice, took_us, percentile(l, 500) * 100, percentile(l, 990) * 100);
    fflush(stdout);
    _exit(seen < lines || twice > 0);
}

int main(int argc, char **argv)
{
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    if (argc > 1 && strcmp(argv[1], "hop") == 0) return run_hop(argc, argv);
    if (argc > 1 && strcmp(argv[1], "load") == 0) return run_load(argc, argv);
    if (argc > 1 && strcmp(argv[1], "sink") == 0) return run_sink(argc, argv);
    fprintf(stderr, "usage: bare hop|load|sink [--option value]...\n");
    return 2;
}
