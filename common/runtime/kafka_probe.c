/* runtime/kafka_probe.c: one transaction that is rolled back; a group's members; what the library says of a broker's
 * requests. */
#include "runtime/kafka_probe.h"

#include "base/assert.h"
#include "runtime/kafka_handle.h"

#include <stdio.h>
#include <stdlib.h>

enum { PROBE_WORKER = 99, PROPERTIES_MAX = 128, FLUSH_MS = 10000, HEARD_MS = 3000, ASK_MS = 10000, SMALL_BYTES = 32 };

struct probe {
    struct kafka_options  options;
    struct kafka_property properties[PROPERTIES_MAX];
    struct kafka_handle   handle;
    struct kafka_probed  *probed;
    _Atomic uint64_t      tx_bytes;                 /* of the last statistics: all that went out so far */
    _Atomic unsigned      heard;                    /* how often they came */
    atomic_int            oldest, newest;           /* Produce requests that a broker lists */
};

/* --- listening -------------------------------------------------------------------------------------------------- */

static void note_statistics(void *context, const char *handle, const char *json, size_t size)
{
    static const char name[] = "\"tx_bytes\":";
    struct probe *p = context;
    const char *at = memmem(json, size, name, sizeof name - 1);
    (void)handle;
    if (at) {
        struct slice rest = slice_of(at + sizeof name - 1, size - (size_t)(at + sizeof name - 1 - json));
        uint64_t bytes;
        if (slice_to_uint(slice_cut(&rest, ','), INT64_MAX, &bytes)) atomic_store(&p->tx_bytes, bytes);
    }
    atomic_fetch_add(&p->heard, 1);
}

/* "… ApiKey Produce (0) Versions 0..11", one line a request, of the debug context `feature`. */
static void note_log(void *context, enum kafka_severity severity, const char *facility, const char *text)
{
    static const char name[] = "ApiKey Produce (0) Versions ";
    struct probe *p = context;
    const char *at = strstr(text, name);
    (void)severity, (void)facility;
    if (!at) return;
    struct slice newest = slice_from(at + sizeof name - 1), oldest = slice_cut(&newest, '.');
    uint64_t from, to;
    if (!slice_to_uint(oldest, INT16_MAX, &from) || !slice_to_uint(slice_trim(slice_skip(newest, 1)), INT16_MAX, &to))
        return;
    atomic_store(&p->oldest, (int)from);
    atomic_store(&p->newest, (int)to);
}

static void note_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *context)
{
    struct probe *p = context;
    enum topic topic = kafka_handle_message_topic(message);
    (void)rk;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    if (!p->probed->why[0]) snprintf(p->probed->why, sizeof p->probed->why, "%s", rd_kafka_err2str(message->err));
    p->probed->topics[topic] = kafka_handle_error(message->err);
}

/* The options with properties after theirs. */
static void begin(struct probe *p, const struct kafka_options *options, const struct kafka_property *own,
                  unsigned own_count)
{
    *p = (struct probe){ .options = *options };
    unsigned kept =
        options->property_count < PROPERTIES_MAX - own_count ? options->property_count : PROPERTIES_MAX - own_count;
    if (kept) memcpy(p->properties, options->properties, kept * sizeof *own);
    memcpy(p->properties + kept, own, own_count * sizeof *own);
    p->options.properties = p->properties;
    p->options.property_count = kept + own_count;
    p->options.worker = PROBE_WORKER;
    p->options.moved_ms = NULL;
    p->options.context = p;
    p->options.log = NULL;
    p->options.statistics = NULL;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

static enum err told(struct probe *p, rd_kafka_error_t *error)
{
    if (!error) return OK;
    enum err e = kafka_handle_error(rd_kafka_error_code(error));
    if (e == ERR_KAFKA_UNREACHABLE && rd_kafka_error_is_fatal(error)) e = ERR_KAFKA_FATAL;
    snprintf(p->probed->why, sizeof p->probed->why, "%s", rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    return e;
}

/* Statistics that are of after this moment. */
static void hear(struct probe *p)
{
    unsigned before = atomic_load(&p->heard);
    int64_t until = kafka_handle_now_ms() + HEARD_MS;
    while (atomic_load(&p->heard) < before + 2 && kafka_handle_now_ms() < until) rd_kafka_poll(p->handle.rk, 10);
}

static enum err send_one(struct probe *p, enum topic topic)
{
    static char alike[KAFKA_PROBE_BYTES];
    struct slice value = slice_of(alike, topic == TOPIC_DEADLETTERS ? sizeof alike : SMALL_BYTES);
    enum err e = kafka_handle_warm(&p->handle, topic, ASK_MS);
    if (e != OK) {
        p->probed->topics[topic] = e;
        return OK;
    }
    return kafka_handle_error(kafka_handle_produce(&p->handle, topic, 0, SLICE("probe"), value, NULL, 0));
}

static enum err flush(struct probe *p)
{
    return kafka_handle_error(rd_kafka_flush(p->handle.rk, FLUSH_MS));
}

/* The large record goes alone, so that what it takes on the wire can be told. */
static enum err write_large(struct probe *p)
{
    hear(p);
    uint64_t before = atomic_load(&p->tx_bytes);
    TRY(send_one(p, TOPIC_DEADLETTERS));
    TRY(flush(p));
    hear(p);
    if (p->probed->topics[TOPIC_DEADLETTERS] == OK) p->probed->packed_bytes = atomic_load(&p->tx_bytes) - before;
    return OK;
}

static enum err write_all(struct probe *p, uint64_t topics)
{
    TRY(told(p, rd_kafka_init_transactions(p->handle.rk, ASK_MS)));
    TRY(told(p, rd_kafka_begin_transaction(p->handle.rk)));
    if (topics >> TOPIC_DEADLETTERS & 1) TRY(write_large(p));
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++)
        if (topics >> topic & 1 && topic != TOPIC_DEADLETTERS) TRY(send_one(p, topic));
    TRY(flush(p));
    return told(p, rd_kafka_abort_transaction(p->handle.rk, ASK_MS));
}

enum err kafka_probe_write(const struct kafka_options *options, uint64_t topics, struct kafka_probed *probed)
{
    static const struct kafka_property own[] = { { "statistics.interval.ms", "50" } };
    struct probe *p = calloc(1, sizeof *p);
    int64_t began_ms = kafka_handle_now_ms();
    if (!p) return ERR_MEMORY_EXHAUSTED;
    *probed = (struct kafka_probed){ .took_ms = 0 };
    begin(p, options, own, 1);
    p->options.statistics = note_statistics;
    p->probed = probed;
    struct kafka_hooks hooks = { .context = p, .delivered = note_delivery };
    enum err e = kafka_handle_open(&p->handle, &p->options, KAFKA_TRANSACTIONS, &hooks);
    if (e == OK) e = write_all(p, topics);
    kafka_handle_close(&p->handle);
    probed->took_ms = kafka_handle_now_ms() - began_ms;
    free(p);
    return e;
}

bool kafka_probe_packs(const struct kafka_probed *probed)
{
    return probed->packed_bytes < KAFKA_PROBE_BYTES / 2;
}

/* --- groups ----------------------------------------------------------------------------------------------------- */

static void copy_id(char to[KAFKA_PROBE_ID_MAX], const char *from)
{
    snprintf(to, KAFKA_PROBE_ID_MAX, "%s", from ? from : "");
}

static enum err read_members(const rd_kafka_event_t *event, struct kafka_member *members, unsigned max, unsigned *count)
{
    size_t groups;
    const rd_kafka_ConsumerGroupDescription_t **all = rd_kafka_DescribeConsumerGroups_result_groups(
        rd_kafka_event_DescribeConsumerGroups_result((rd_kafka_event_t *)(uintptr_t)event), &groups);
    if (groups != 1) return OK;
    const rd_kafka_error_t *error = rd_kafka_ConsumerGroupDescription_error(all[0]);
    rd_kafka_resp_err_t code = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
    if (code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) return OK;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_handle_error(code);
    size_t there = rd_kafka_ConsumerGroupDescription_member_count(all[0]);
    for (size_t i = 0; i < there && *count < max; i++) {
        const rd_kafka_MemberDescription_t *m = rd_kafka_ConsumerGroupDescription_member(all[0], i);
        copy_id(members[*count].static_id, rd_kafka_MemberDescription_group_instance_id(m));
        copy_id(members[*count].client_id, rd_kafka_MemberDescription_client_id(m));
        copy_id(members[(*count)++].host, rd_kafka_MemberDescription_host(m));
    }
    return OK;
}

enum err kafka_probe_members(const struct kafka_options *options, const char *group, struct kafka_member *members,
                             unsigned max, unsigned *count)
{
    struct kafka_handle h;
    *count = 0;
    TRY(kafka_handle_open(&h, options, KAFKA_ADMIN, NULL));
    rd_kafka_queue_t *queue = rd_kafka_queue_new(h.rk);
    rd_kafka_DescribeConsumerGroups(h.rk, &group, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ASK_MS);
    enum err e = event ? kafka_handle_error(rd_kafka_event_error(event)) : ERR_KAFKA_UNREACHABLE;
    if (e == OK) e = read_members(event, members, max, count);
    if (event) rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    kafka_handle_close(&h);
    return e;
}

/* --- the broker's age ------------------------------------------------------------------------------------------- */

enum err kafka_probe_produce(const struct kafka_options *options, struct kafka_produce *produce)
{
    static const struct kafka_property own[] = { { "debug", "feature" } };
    struct probe *p = calloc(1, sizeof *p);
    if (!p) return ERR_MEMORY_EXHAUSTED;
    begin(p, options, own, 1);
    p->options.log = note_log;
    atomic_store(&p->newest, -1);
    enum err e = kafka_handle_open(&p->handle, &p->options, KAFKA_ADMIN, NULL);
    char *id = e == OK ? rd_kafka_clusterid(p->handle.rk, ASK_MS) : NULL;
    if (id) rd_kafka_mem_free(p->handle.rk, id);
    kafka_handle_close(&p->handle);                 /* its threads have said what they had to say */
    *produce = (struct kafka_produce){ atomic_load(&p->oldest), atomic_load(&p->newest) };
    free(p);
    if (e != OK) return e;
    return produce->newest < 0 ? ERR_KAFKA_UNREACHABLE : OK;
}

bool kafka_probe_sends_plain(const struct kafka_produce *produce, int client_version)
{
    enum { MENDED = 0x020b0100 };
    return produce->oldest > 0 && client_version < MENDED;
}
