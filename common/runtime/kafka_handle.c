/* runtime/kafka_handle.c: the table of kafka.md 8, and the handles made from it. */
#include "runtime/kafka_handle.h"

#include "base/assert.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

enum { MARK_DIGITS = 16, HEADERS_MAX = 16, ARGUMENTS_MAX = 5 + HEADERS_MAX };

#define TO(role)  (1u << KAFKA_##role)
#define PRODUCERS (TO(TRANSACTIONS) | TO(WRITER))
#define READERS   (TO(READER) | TO(FOLLOWER) | TO(PROBE))
#define CONSUMERS (TO(MEMBER) | READERS)
#define ALL       (PRODUCERS | CONSUMERS | TO(ADMIN))

/* Set before the properties from outside, which may change them. */
static const struct row { unsigned roles; const char *name, *value;
} defaults[] = {
    { ALL, "socket.nagle.disable", "true" },
    { ALL, "socket.keepalive.enable", "true" },
    { ALL, "reconnect.backoff.ms", "50" },
    { ALL, "reconnect.backoff.max.ms", "2000" },
    { ALL, "topic.metadata.refresh.interval.ms", "60000" },
    { ALL, "log.connection.close", "false" },
    { PRODUCERS, "message.timeout.ms", "9000" },
    { PRODUCERS, "socket.timeout.ms", "5000" },
    { PRODUCERS, "request.timeout.ms", "5000" },
    { TO(WRITER), "linger.ms", "0" },
    { TO(TRANSACTIONS), "linger.ms", "500" },              /* the commit sends; until then nothing (kafka_sink.c) */
    { TO(TRANSACTIONS), "batch.num.messages", "1000000" }, /* of a changelog: all that batch.size holds */
    { PRODUCERS, "retry.backoff.ms", "10" },
    { PRODUCERS, "queue.buffering.max.messages", "65536" },
    { PRODUCERS, "queue.buffering.max.kbytes", "32768" },
    { PRODUCERS, "batch.size", "1000000" },
    { PRODUCERS, "message.max.bytes", "1000000" },
    { TO(TRANSACTIONS), "transaction.timeout.ms", "10000" },
    { TO(MEMBER), "session.timeout.ms", "10000" },
    { TO(MEMBER), "heartbeat.interval.ms", "3000" },
    { TO(MEMBER), "max.poll.interval.ms", "30000" },
    { TO(MEMBER) | TO(FOLLOWER), "fetch.wait.max.ms", "50" },
    { CONSUMERS, "fetch.error.backoff.ms", "50" },
    { CONSUMERS, "queued.min.messages", "100000" },
    { CONSUMERS, "queued.max.messages.kbytes", "16384" },
    { CONSUMERS, "fetch.message.max.bytes", "1048576" },
    { CONSUMERS, "fetch.max.bytes", "8388608" },
    { TO(READER) | TO(PROBE), "fetch.wait.max.ms", "5" },
};

/* Set after them: ours alone. What is NULL here is set by code or not at all. */
static const struct row ours[] = {
    { ALL,              "allow.auto.create.topics",            "false" },
    { PRODUCERS,        "enable.idempotence",                  "true" },
    { PRODUCERS,        "acks",                                "all" },
    { PRODUCERS,        "partitioner",                         "murmur2_random" },
    { PRODUCERS,        "delivery.report.only.error",          "false" },
    { TO(MEMBER) | TO(READER) | TO(FOLLOWER), "isolation.level", "read_committed" },
    { TO(PROBE),        "isolation.level",                     "read_uncommitted" },
    { CONSUMERS,        "enable.auto.commit",                  "false" },
    { CONSUMERS,        "enable.auto.offset.store",            "false" },
    { CONSUMERS,        "auto.offset.reset",                   "error" },
    { TO(MEMBER),       "partition.assignment.strategy",       "range" },
    { TO(MEMBER),       "enable.partition.eof",                "false" },
    { READERS,          "enable.partition.eof",                "true" },
    { 0,                "bootstrap.servers",                   NULL },      /* setting kafka.brokers */
    { 0,                "metadata.broker.list",                NULL },
    { 0,                "client.id",                           NULL },
    { 0,                "group.id",                            NULL },
    { 0,                "group.instance.id",                   NULL },
    { 0,                "group.protocol",                      NULL },      /* classic: the assignor is ours */
    { 0,                "group.remote.assignor",               NULL },
    { 0,                "transactional.id",                    NULL },
    { 0,                "request.required.acks",               NULL },      /* other names of the same */
    { 0,                "auto.commit.enable",                  NULL },
    { 0,                "enable.gapless.guarantee",            NULL },
    { 0,                "queuing.strategy",                    NULL },
    { 0,                "plugin.library.paths",                NULL },
};

/* Newer libraries know these; older ones go without. */
static const struct row newer[] = {
    { CONSUMERS,        "fetch.queue.backoff.ms",              "5" },      /* 2.2.0: a full queue stalls no second */
    { ALL,              "log.configuration.warnings",          "false" },  /* consumers' properties on producers */
    { ALL,              "enable.metrics.push",                 "false" },  /* 2.5.0: our own metrics are enough */
};

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

int64_t kafka_handle_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void kafka_handle_pause_ms(int64_t ms)
{
    struct timespec wait = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
    nanosleep(&wait, NULL);
}

void kafka_handle_log(const struct kafka_options *options, enum kafka_severity severity, const char *facility,
                      const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (!options->log) return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    options->log(options->context, severity, facility, text);
}

/* --- callbacks of the library ----------------------------------------------------------------------------------- */

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    const struct kafka_handle *h = rd_kafka_opaque(rk);
    if (!h || !h->options->log) return;
    if (level < KAFKA_ERROR) level = KAFKA_ERROR;
    h->options->log(h->options->context, (enum kafka_severity)level, facility, text);
}

static int on_statistics(rd_kafka_t *rk, char *json, size_t size, void *opaque)
{
    const struct kafka_handle *h = opaque;
    if (h->options->statistics) h->options->statistics(h->options->context, rd_kafka_name(rk), json, size);
    if (h->hooks.counted) h->hooks.counted(slice_of(json, size), h->hooks.context);
    return 0;
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    const struct kafka_handle *h = opaque;
    if (h->hooks.delivered) h->hooks.delivered(rk, message, h->hooks.context);
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t *list, void *opaque)
{
    const struct kafka_handle *h = opaque;
    ASSERT(h->hooks.rebalanced);
    h->hooks.rebalanced(rk, what, list, h->hooks.context);
}

/* --- configuration ---------------------------------------------------------------------------------------------- */

/* A configuration being built; `why` takes the first complaint. */
struct building { rd_kafka_conf_t *conf; struct text *why; enum err err; };

static void complain(struct building *b, const char *name, const char *what)
{
    if (b->err != OK) return;
    b->err = ERR_CONFIG_INVALID;
    PUT(b->why, "kafka.");
    text_put(b->why, slice_from(name));
    PUT(b->why, ": ");
    text_put(b->why, slice_from(what));
}

static void set(struct building *b, const char *name, const char *value)
{
    char text[256];
    rd_kafka_conf_res_t result = rd_kafka_conf_set(b->conf, name, value, text, sizeof text);
    if (result == RD_KAFKA_CONF_UNKNOWN) complain(b, name, "this version of librdkafka has no such property");
    if (result == RD_KAFKA_CONF_INVALID) complain(b, name, text);
}

bool kafka_client_has(struct slice property)
{
    char name[KAFKA_NAME_MAX], text[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    bool fits = snprintf(name, sizeof name, "%.*s", SLICE_ARGS(property)) < (int)sizeof name;
    bool has = fits && rd_kafka_conf_set(conf, name, "", text, sizeof text) != RD_KAFKA_CONF_UNKNOWN;
    rd_kafka_conf_destroy(conf);
    return has;
}

static void set_rows(struct building *b, enum kafka_role role, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].roles & 1u << role) set(b, rows[i].name, rows[i].value);
}

static void set_newer(struct building *b, enum kafka_role role)
{
    char text[256];
    for (size_t i = 0; i < ROWS(newer); i++)
        if (newer[i].roles & 1u << role)
            (void)rd_kafka_conf_set(b->conf, newer[i].name, newer[i].value, text, sizeof text);
}

static bool is_ours(const char *name)
{
    for (size_t i = 0; i < ROWS(ours); i++)
        if (strcmp(ours[i].name, name) == 0) return true;
    return false;
}

static void set_properties(struct building *b, const struct kafka_options *o)
{
    for (unsigned i = 0; i < o->property_count; i++) {
        const struct kafka_property *p = &o->properties[i];
        if (is_ours(p->name)) complain(b, p->name, "is set by Claimstream and cannot be changed; remove it");
        else set(b, p->name, p->value);
    }
}

static void put_prefix(const struct kafka_options *o, struct text *t)
{
    if (!o->namespace || !*o->namespace || strcmp(o->namespace, "default") == 0) return;
    text_put(t, slice_from(o->namespace));
    text_put_byte(t, '.');
}

static const char *stage_of(const struct kafka_options *o)
{
    return o->stage ? o->stage : "claimctl";
}

void kafka_client_group_name(const struct kafka_options *o, char *name)
{
    struct text t = text_over(name, KAFKA_NAME_MAX - 1);
    put_prefix(o, &t);
    PUT(&t, "claimstream.");
    text_put(&t, slice_from(stage_of(o)));
    ASSERT(!t.full);
    name[t.size] = '\0';
}

/* Identifiers of kafka.md 2: zero-padded, since the range assignor sorts static members by this text. */
static void set_names(struct building *b, const struct kafka_handle *h)
{
    const struct kafka_options *o = h->options;
    enum kafka_role role = h->role;
    char group[KAFKA_NAME_MAX], name[2 * KAFKA_NAME_MAX];
    ASSERT(o->instance <= 999 && o->worker <= 99);
    kafka_client_group_name(o, group);
    snprintf(name, sizeof name, "%.32s-%u-w%02u", stage_of(o), o->instance, o->worker);
    set(b, "client.id", name);
    if (role == KAFKA_TRANSACTIONS) {
        snprintf(name, sizeof name, "%s.%u.w%02u", group, o->instance, o->worker);
        set(b, "transactional.id", name);
    }
    if (role == KAFKA_MEMBER) {
        set(b, "group.id", group);
        snprintf(name, sizeof name, "%s.%03u.w%02u", stage_of(o), o->instance, o->worker);
        set(b, "group.instance.id", name);
    }
    if (1u << role & READERS) {
        snprintf(name, sizeof name, "%s.restore", group);
        set(b, "group.id", h->group ? h->group : name);
    }
}

static void set_callbacks(struct building *b, struct kafka_handle *h)
{
    rd_kafka_conf_set_opaque(b->conf, h);
    rd_kafka_conf_set_log_cb(b->conf, on_log);
    bool asked = h->options->statistics && (h->role == KAFKA_MEMBER || h->role == KAFKA_TRANSACTIONS);
    if (asked || h->hooks.counted) {
        rd_kafka_conf_set_stats_cb(b->conf, on_statistics);
        set(b, "statistics.interval.ms", "5000");
    }
    if (1u << h->role & PRODUCERS) rd_kafka_conf_set_dr_msg_cb(b->conf, on_delivery);      /* kafka.md 16.1: always */
    if (h->role == KAFKA_MEMBER) rd_kafka_conf_set_rebalance_cb(b->conf, on_rebalance);
}

int64_t kafka_handle_number(const struct kafka_options *o, const char *name, int64_t otherwise)
{
    uint64_t value;
    for (unsigned i = o->property_count; i-- > 0; )
        if (strcmp(o->properties[i].name, name) == 0
            && slice_to_uint(slice_from(o->properties[i].value), INT32_MAX, &value))
            return (int64_t)value;
    return otherwise;
}

/* A dead worker must have left the group no later than its transaction is over (kafka.md 4.2). */
static void compare_timeouts(struct building *b, const struct kafka_options *o)
{
    if (kafka_handle_number(o, "transaction.timeout.ms", KAFKA_TRANSACTION_TIMEOUT_MS) >
        kafka_handle_number(o, "session.timeout.ms", KAFKA_SESSION_TIMEOUT_MS))
        complain(b, "transaction.timeout.ms", "must not be above kafka.session.timeout.ms");
}

static enum err build(struct kafka_handle *h, struct text *why)
{
    struct building b = { .conf = rd_kafka_conf_new(), .why = why };
    char text[256];
    ASSERT(b.conf && h->options->brokers);
    set(&b, "bootstrap.servers", h->options->brokers);
    set_rows(&b, h->role, defaults, ROWS(defaults));
    set_newer(&b, h->role);
    set_callbacks(&b, h);
    set_properties(&b, h->options);
    set_rows(&b, h->role, ours, ROWS(ours));
    set_names(&b, h);
    compare_timeouts(&b, h->options);
    rd_kafka_type_t type = 1u << h->role & CONSUMERS ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER;
    if (b.err == OK && !(h->rk = rd_kafka_new(type, b.conf, text, sizeof text))) complain(&b, "*", text);
    if (b.err != OK) rd_kafka_conf_destroy(b.conf);
    return b.err;
}

/* --- handles ---------------------------------------------------------------------------------------------------- */

static enum err open_built(struct kafka_handle *h)
{
    char buffer[512];
    struct text why = text_over(buffer, sizeof buffer);
    enum err e = build(h, &why);
    if (e != OK) kafka_handle_log(h->options, KAFKA_ERROR, "SETTING", "%.*s", SLICE_ARGS(text_slice(&why)));
    if (e == OK && 1u << h->role & CONSUMERS) rd_kafka_poll_set_consumer(h->rk);
    return e;
}

/* A member of no group asks for the offsets of one. */
enum err kafka_handle_open_group(struct kafka_handle *h, const struct kafka_options *options, const char *group)
{
    *h = (struct kafka_handle){ .options = options, .role = KAFKA_READER, .group = group };
    return open_built(h);
}

enum err kafka_handle_open(struct kafka_handle *h, const struct kafka_options *options, enum kafka_role role,
                           const struct kafka_hooks *hooks)
{
    *h = (struct kafka_handle){ .options = options, .role = role };
    if (hooks) h->hooks = *hooks;
    return open_built(h);
}

void kafka_handle_close(struct kafka_handle *h)
{
    if (!h->rk) return;
    for (enum topic topic = TOPIC_NONE; topic < TOPIC_COUNT; topic++)
        if (h->topics[topic]) rd_kafka_topic_destroy(h->topics[topic]);
    memset(h->topics, 0, sizeof h->topics);
    memset(h->partitions, 0, sizeof h->partitions);
    if (1u << h->role & PRODUCERS) rd_kafka_purge(h->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_destroy_flags(h->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    h->rk = NULL;
}

enum err kafka_client_check(const struct kafka_options *options, struct text *why)
{
    static const enum kafka_role asked[] = { KAFKA_MEMBER, KAFKA_TRANSACTIONS };
    struct kafka_options silent = *options;
    silent.log = NULL;
    for (unsigned i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct kafka_handle h = { .options = &silent, .role = asked[i] };
        TRY(build(&h, why));
        kafka_handle_close(&h);
    }
    return OK;
}

static const char *property(const struct kafka_options *o, const char *name)
{
    for (unsigned i = o->property_count; i-- > 0; )
        if (strcmp(o->properties[i].name, name) == 0) return o->properties[i].value;
    return NULL;
}

static bool asks_for_kerberos(const struct kafka_options *o)
{
    const char *protocol = property(o, "security.protocol"), *mechanism = property(o, "sasl.mechanism");
    if (!mechanism) mechanism = property(o, "sasl.mechanisms");
    return protocol && strncasecmp(protocol, "sasl", 4) == 0 && (!mechanism || strcasecmp(mechanism, "GSSAPI") == 0);
}

void kafka_client_spare_plugins(const struct kafka_options *options)
{
    if (!asks_for_kerberos(options)) ASSERT(setenv("SASL_PATH", "", 1) == 0);
}

int kafka_client_brokers_up(const char *json, size_t size)
{
    static const char up[] = "\"state\":\"UP\"";
    int count = 0;
    for (const char *at = json; (at = memmem(at, size - (size_t)(at - json), up, sizeof up - 1)); at += sizeof up - 1)
        count++;
    return count;
}

/* What stands after a text; empty when that is not there. */
static struct slice behind(struct slice s, const char *text)
{
    const char *at = s.size ? memmem(s.bytes, s.size, text, strlen(text)) : NULL;
    return at ? slice_skip(s, (size_t)(at - s.bytes) + strlen(text)) : (struct slice){ 0 };
}

static struct slice before(struct slice s, const char *text)
{
    const char *at = s.size ? memmem(s.bytes, s.size, text, strlen(text)) : NULL;
    return at ? slice_of(s.bytes, (size_t)(at - s.bytes)) : s;
}

/* The digits after the name of a member; -1 where there are none, as of "no offset". */
static int64_t number_of(struct slice object, const char *member)
{
    uint64_t value;
    struct slice digits = behind(object, member);
    size_t size = 0;
    while (size < digits.size && digits.bytes[size] >= '0' && digits.bytes[size] <= '9') size++;
    return slice_to_uint(slice_of(digits.bytes, size), INT64_MAX, &value) ? (int64_t)value : -1;
}

int64_t kafka_handle_read_to(struct slice statistics, const char *topic, int32_t partition)
{
    char name[KAFKA_NAME_MAX + 16], number[32];
    snprintf(name, sizeof name, "\"topic\":\"%s\"", topic);
    snprintf(number, sizeof number, "\"partition\":%d,", (int)partition);
    struct slice own = before(behind(behind(statistics, "\"topics\":{"), name), "\"topic\":\"");
    struct slice object = before(behind(own, number), "\"partition\":");
    return number_of(object, "\"fetchq_cnt\":") == 0 ? number_of(object, "\"next_offset\":") : -1;
}

const char *kafka_client_version(void)
{
    return rd_kafka_version_str();
}

enum err kafka_client_cluster(const struct kafka_options *options, int timeout_ms, char *id, size_t capacity)
{
    struct kafka_handle h;
    TRY(kafka_handle_open(&h, options, KAFKA_ADMIN, NULL));
    char *found = rd_kafka_clusterid(h.rk, timeout_ms);
    enum err e = found ? OK : ERR_KAFKA_UNREACHABLE;
    if (found) {
        int size = snprintf(id, capacity, "%s", found);
        ASSERT(size >= 0 && (size_t)size < capacity);
        rd_kafka_mem_free(h.rk, found);
    }
    kafka_handle_close(&h);
    return e;
}

/* --- topics ----------------------------------------------------------------------------------------------------- */

void kafka_client_topic_name(const struct kafka_options *o, enum topic topic, char *name)
{
    struct text t = text_over(name, KAFKA_NAME_MAX - 1);
    ASSERT(topic != TOPIC_NONE || o->foreign);
    if (topic != TOPIC_NONE) put_prefix(o, &t);
    text_put(&t, topic == TOPIC_NONE ? slice_from(o->foreign) : topic_row(topic)->name);
    ASSERT(!t.full);
    name[t.size] = '\0';
}

enum topic kafka_handle_topic_of(const struct kafka_handle *h, const char *name)
{
    char buffer[KAFKA_NAME_MAX];
    struct text prefix = text_over(buffer, sizeof buffer);
    put_prefix(h->options, &prefix);
    struct slice whole = slice_from(name);
    if (!slice_starts_with(whole, text_slice(&prefix))) return TOPIC_NONE;
    return topic_find(slice_skip(whole, prefix.size));
}

/* Hot topics go plain: a line passes four of them and lz4 costs more than the loopback; what is kept is packed
 * (kafka.md 10). */
static bool is_hot(enum topic topic)
{
    return topic == TOPIC_CLAIMS_SUBMITTED || topic == TOPIC_CLAIMS_RECEIVED || topic == TOPIC_CLAIMS_CLASSIFIED ||
           topic == TOPIC_CLAIMS_CLEARED;
}

rd_kafka_topic_t *kafka_handle_topic(struct kafka_handle *h, enum topic topic)
{
    ASSERT(topic < TOPIC_COUNT);
    if (h->topics[topic]) return h->topics[topic];
    char name[KAFKA_NAME_MAX], text[256];
    kafka_client_topic_name(h->options, topic, name);
    rd_kafka_topic_conf_t *conf = rd_kafka_default_topic_conf_dup(h->rk);
    ASSERT(conf);
    rd_kafka_topic_conf_set_opaque(conf, (void *)(uintptr_t)topic);
    if (1u << h->role & PRODUCERS && !is_hot(topic))
        ASSERT(rd_kafka_topic_conf_set(conf, "compression.codec", "lz4", text, sizeof text) == RD_KAFKA_CONF_OK);
    h->topics[topic] = rd_kafka_topic_new(h->rk, name, conf);
    ASSERT(h->topics[topic]);
    return h->topics[topic];
}

static enum err read_metadata(struct kafka_handle *h, enum topic topic, const struct rd_kafka_metadata *metadata)
{
    ASSERT(metadata->topic_cnt == 1);
    const struct rd_kafka_metadata_topic *row = &metadata->topics[0];
    enum err e = kafka_handle_error(row->err);
    if (e == ERR_KAFKA_TOPIC || (e == OK && row->partition_cnt == 0))
        kafka_handle_log(h->options, KAFKA_ERROR, "TOPIC", "topic %s does not exist: run `claimctl topics create`",
                         row->topic);
    if (e == OK && row->partition_cnt == 0) e = ERR_KAFKA_TOPIC;
    if (e == OK) h->partitions[topic] = row->partition_cnt;
    return e;
}

static enum err warm_once(struct kafka_handle *h, enum topic topic, int timeout_ms)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code = rd_kafka_metadata(h->rk, 0, kafka_handle_topic(h, topic), &metadata, timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_handle_error(code);
    enum err e = read_metadata(h, topic, metadata);
    rd_kafka_metadata_destroy(metadata);
    return e;
}

bool kafka_handle_waits(enum err e, int64_t until_ms)
{
    if (e != ERR_KAFKA_UNREACHABLE || kafka_handle_now_ms() >= until_ms) return false;
    nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    return true;
}

enum err kafka_handle_warm(struct kafka_handle *h, enum topic topic, int timeout_ms)
{
    int64_t until_ms = kafka_handle_now_ms() + timeout_ms;
    enum err e;
    do e = warm_once(h, topic, timeout_ms);
    while (kafka_handle_waits(e, until_ms));
    return e;
}

enum err kafka_handle_partitions(struct kafka_handle *h, enum topic topic, int32_t *count)
{
    if (h->partitions[topic] == 0) TRY(kafka_handle_warm(h, topic, KAFKA_WAIT_MS));
    *count = h->partitions[topic];
    return OK;
}

/* --- answers ---------------------------------------------------------------------------------------------------- */

enum err kafka_handle_error(rd_kafka_resp_err_t code)
{
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: return OK;
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH: return ERR_KAFKA_FENCED;
    case RD_KAFKA_RESP_ERR__FATAL: return ERR_KAFKA_FATAL;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION: return ERR_KAFKA_TOPIC;
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: return ERR_KAFKA_OFFSET;
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP: return ERR_CLOCK_AHEAD;
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED: return ERR_KAFKA_DENIED;
    default: return ERR_KAFKA_UNREACHABLE;
    }
}

enum err kafka_handle_committed(struct kafka_handle *h, rd_kafka_topic_partition_list_t *list, int timeout_ms)
{
    rd_kafka_resp_err_t code = rd_kafka_committed(h->rk, list, timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_handle_error(code);
    for (int i = 0; i < list->cnt; i++)
        if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_handle_error(list->elems[i].err);
    return OK;
}

void kafka_handle_put_mark(rd_kafka_topic_partition_t *row, uint64_t mark, uint64_t nonce)
{
    char *text = malloc(2 * MARK_DIGITS + 1);
    ASSERT(text && !row->metadata);
    snprintf(text, 2 * MARK_DIGITS + 1, "%016llx%016llx", (unsigned long long)mark, (unsigned long long)nonce);
    row->metadata = text;                           /* the list gives it back */
    row->metadata_size = 2 * MARK_DIGITS;
}

static bool read_hex(const char *digits, uint64_t *value)
{
    char text[MARK_DIGITS + 1], *end;
    memcpy(text, digits, MARK_DIGITS);
    text[MARK_DIGITS] = '\0';
    *value = strtoull(text, &end, 16);
    return end == text + MARK_DIGITS;
}

bool kafka_handle_mark(const rd_kafka_topic_partition_t *row, uint64_t *mark, uint64_t *nonce)
{
    const char *text = row->metadata;
    return text && row->metadata_size == 2 * MARK_DIGITS && read_hex(text, mark) && read_hex(text + MARK_DIGITS, nonce);
}

enum topic kafka_handle_message_topic(const rd_kafka_message_t *message)
{
    enum topic topic = (enum topic)(uintptr_t)rd_kafka_topic_opaque(message->rkt);
    ASSERT(topic < TOPIC_COUNT);
    return topic;
}

void kafka_handle_record(const rd_kafka_message_t *message, struct header *headers, unsigned header_max,
                         struct record *record)
{
    rd_kafka_headers_t *found = NULL;
    *record = (struct record){
        .topic = kafka_handle_message_topic(message), .partition = message->partition, .offset = message->offset,
        .key = slice_of(message->key, message->key_len), .value = slice_of(message->payload, message->len),
        .headers = headers,
    };
    if (rd_kafka_message_headers(message, &found) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    const char *name;
    const void *value;
    size_t size;
    while (record->header_count < header_max &&
           rd_kafka_header_get_all(found, record->header_count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR)
        headers[record->header_count++] = (struct header){ slice_from(name), slice_of(value, size) };
}

/* --- sending ---------------------------------------------------------------------------------------------------- */

/* Headers one by one: the library makes its own object of them and keeps it. */
static rd_kafka_resp_err_t produce_with_headers(rd_kafka_topic_t *topic, rd_kafka_t *rk, int32_t partition,
                                                struct slice key, struct slice value, const struct header *headers,
                                                unsigned count)
{
    rd_kafka_vu_t arguments[ARGUMENTS_MAX] = {
        { .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = topic },
        { .vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition },
        { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
        { .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { (void *)(uintptr_t)key.bytes, key.size } },
        { .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { value.size ? (void *)(uintptr_t)value.bytes : NULL, value.size } },
    };
    ASSERT(count <= HEADERS_MAX);
    for (unsigned i = 0; i < count; i++) {
        rd_kafka_vu_t *a = &arguments[ARGUMENTS_MAX - HEADERS_MAX + i];
        a->vtype = RD_KAFKA_VTYPE_HEADER;
        a->u.header.name = headers[i].name.bytes;
        a->u.header.val = headers[i].value.bytes;
        a->u.header.size = (ssize_t)headers[i].value.size;
    }
    rd_kafka_error_t *error = rd_kafka_produceva(rk, arguments, ARGUMENTS_MAX - HEADERS_MAX + count);
    if (!error) return RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    return code;
}

rd_kafka_resp_err_t kafka_handle_produce(struct kafka_handle *h, enum topic topic, int32_t partition, struct slice key,
                                         struct slice value, const struct header *headers, unsigned count)
{
    rd_kafka_topic_t *to = kafka_handle_topic(h, topic);
    ASSERT(partition >= 0 && partition < h->partitions[topic]);
    if (count) return produce_with_headers(to, h->rk, partition, key, value, headers, count);
    void *bytes = value.size ? (void *)(uintptr_t)value.bytes : NULL;       /* NULL: removed */
    if (rd_kafka_produce(to, partition, RD_KAFKA_MSG_F_COPY, bytes, value.size, key.bytes, key.size, NULL) == 0)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    return rd_kafka_last_error();
}
