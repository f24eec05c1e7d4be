/* runtime/kafka_admin.c: topic.def against a broker. */
#include "runtime/kafka_admin.h"

#include "base/assert.h"
#include "base/instant.h"
#include "runtime/kafka_handle.h"
#include "runtime/kafka_probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PARTITIONS = 12,
    REPLICATION = 3,
    WANTS_MAX = 8,
    VALUE_MAX = 24,
    ASK_MS = 60000,
    MESSAGE_BYTES = 1000000,
    LEADERS_MS = 60000
};

/* A setting of a topic, its value, and how another one is judged. */
enum judged { EQUAL, AT_LEAST, ADVICE };            /* ADVICE: differs without harm to what is recorded */
struct want { const char *name; enum judged judged; int64_t number; const char *word; };

static int32_t replication_of(const struct kafka_plan *plan)
{
    if (plan->replication) return plan->replication;
    return plan->allow_single_replica ? 1 : REPLICATION;
}

static int32_t partitions_of(const struct kafka_plan *plan, enum topic topic)
{
    unsigned own = topic_row(topic)->partitions;
    if (own) return (int32_t)own;
    return plan->partitions ? plan->partitions : PARTITIONS;
}

static bool is_planned(const struct kafka_plan *plan, enum topic topic)
{
    return plan->topics == 0 || plan->topics >> topic & 1;
}

/* What topic.def and kafka.md 6.2 want of a topic; how many. */
static unsigned wants_of(const struct kafka_plan *plan, enum topic topic, struct want wants[WANTS_MAX])
{
    unsigned n = 0, kept_days = topic_row(topic)->kept_days;
    bool compacted = topic_row(topic)->compacted;
    wants[n++] = (struct want){ "cleanup.policy", EQUAL, 0, compacted ? "compact" : "delete" };
    wants[n++] = (struct want){ "max.message.bytes", AT_LEAST, MESSAGE_BYTES + 48588, NULL };
    wants[n++] = (struct want){ "min.insync.replicas", AT_LEAST,
                                replication_of(plan) > 1 && !plan->allow_single_replica ? 2 : 1, NULL };
    if (!compacted) {
        int64_t kept_ms = kept_days ? (int64_t)kept_days * INSTANT_DAY_MS : -1;
        wants[n++] = (struct want){ "retention.ms", AT_LEAST, kept_ms, NULL };
        wants[n++] = (struct want){ "retention.bytes", EQUAL, -1, NULL };
        return n;
    }
    wants[n++] = (struct want){ "delete.retention.ms", AT_LEAST, 7 * INSTANT_DAY_MS, NULL };
    wants[n++] = (struct want){ "segment.bytes", ADVICE, 64ll << 20, NULL };
    wants[n++] = (struct want){ "max.compaction.lag.ms", ADVICE, INSTANT_DAY_MS, NULL };
    wants[n++] = (struct want){ "min.cleanable.dirty.ratio", ADVICE, 0, "0.2" };
    ASSERT(n <= WANTS_MAX);
    return n;
}

static const char *value_of(const struct want *w, char buffer[VALUE_MAX])
{
    if (w->word) return w->word;
    snprintf(buffer, VALUE_MAX, "%lld", (long long)w->number);
    return buffer;
}

/* --- asking ----------------------------------------------------------------------------------------------------- */

static rd_kafka_AdminOptions_t *options_for(struct kafka_handle *h, rd_kafka_admin_op_t what)
{
    char text[128];
    rd_kafka_AdminOptions_t *o = rd_kafka_AdminOptions_new(h->rk, what);
    ASSERT(o && rd_kafka_AdminOptions_set_request_timeout(o, ASK_MS, text, sizeof text) == RD_KAFKA_RESP_ERR_NO_ERROR);
    return o;
}

/* Waits for the answer of an admin call; NULL: none came. To be destroyed. */
static rd_kafka_event_t *answer(rd_kafka_queue_t *queue, rd_kafka_event_type_t type)
{
    int64_t ends = kafka_handle_now_ms() + ASK_MS + 1000;
    while (kafka_handle_now_ms() < ends) {
        rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 100);
        if (event && rd_kafka_event_type(event) == type) return event;
        if (event) rd_kafka_event_destroy(event);
    }
    return NULL;
}

/* --- creating --------------------------------------------------------------------------------------------------- */

static rd_kafka_NewTopic_t *new_topic(struct kafka_handle *h, const struct kafka_plan *plan, enum topic topic)
{
    char name[KAFKA_NAME_MAX], text[128], value[VALUE_MAX];
    struct want wants[WANTS_MAX];
    kafka_client_topic_name(h->options, topic, name);
    rd_kafka_NewTopic_t *created =
        rd_kafka_NewTopic_new(name, partitions_of(plan, topic), replication_of(plan), text, sizeof text);
    ASSERT(created);
    unsigned count = wants_of(plan, topic, wants);
    for (unsigned i = 0; i < count; i++)
        ASSERT(rd_kafka_NewTopic_set_config(created, wants[i].name, value_of(&wants[i], value))
               == RD_KAFKA_RESP_ERR_NO_ERROR);
    return created;
}

struct told { kafka_admin_created *created; void *context; };

static enum err tell(struct kafka_handle *h, const rd_kafka_topic_result_t *result, const struct told *told)
{
    rd_kafka_resp_err_t code = rd_kafka_topic_result_error(result);
    enum kafka_creation what = code == RD_KAFKA_RESP_ERR_NO_ERROR               ? KAFKA_TOPIC_CREATED
                               : code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS ? KAFKA_TOPIC_EXISTED
                                                                                : KAFKA_TOPIC_REFUSED;
    const char *name = rd_kafka_topic_result_name(result), *text = rd_kafka_topic_result_error_string(result);
    if (told->created) told->created(told->context, kafka_handle_topic_of(h, name), name, what, text ? text : "");
    if (what != KAFKA_TOPIC_REFUSED) return OK;
    kafka_handle_log(h->options, KAFKA_ERROR, "TOPIC", "%s cannot be created: %s", name,
                     text ? text : rd_kafka_err2str(code));
    enum err e = kafka_handle_error(code);
    return e == ERR_KAFKA_UNREACHABLE ? ERR_KAFKA_TOPIC : e;
}

static enum err read_created(struct kafka_handle *h, rd_kafka_event_t *event, const struct told *told)
{
    size_t count;
    enum err e = kafka_handle_error(rd_kafka_event_error(event));
    if (e != OK) return e;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        enum err one = tell(h, results[i], told);
        if (e == OK) e = one;
    }
    return e;
}

static enum err create_all(struct kafka_handle *h, const struct kafka_plan *plan, const struct told *told)
{
    rd_kafka_NewTopic_t *topics[TOPIC_COUNT];
    size_t count = 0;
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++)
        if (is_planned(plan, topic)) topics[count++] = new_topic(h, plan, topic);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(h->rk);
    rd_kafka_AdminOptions_t *o = options_for(h, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_CreateTopics(h->rk, topics, count, o, queue);
    rd_kafka_event_t *event = answer(queue, RD_KAFKA_EVENT_CREATETOPICS_RESULT);
    enum err e = event ? read_created(h, event, told) : ERR_KAFKA_UNREACHABLE;
    if (event) rd_kafka_event_destroy(event);
    rd_kafka_AdminOptions_destroy(o);
    rd_kafka_queue_destroy(queue);
    rd_kafka_NewTopic_destroy_array(topics, count);
    return e;
}

static bool has_leaders(struct kafka_handle *h, enum topic topic)
{
    const struct rd_kafka_metadata *metadata;
    if (rd_kafka_metadata(h->rk, 0, kafka_handle_topic(h, topic), &metadata, ASK_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    const struct rd_kafka_metadata_topic *row = &metadata->topics[0];
    bool all = row->err == RD_KAFKA_RESP_ERR_NO_ERROR && row->partition_cnt > 0;
    for (int p = 0; p < row->partition_cnt; p++) all = all && row->partitions[p].leader >= 0;
    rd_kafka_metadata_destroy(metadata);
    return all;
}

/* A topic that was created is not led at once. */
static enum err wait_for_leaders(struct kafka_handle *h, const struct kafka_plan *plan)
{
    int64_t ends = kafka_handle_now_ms() + LEADERS_MS;
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++) {
        while (is_planned(plan, topic) && !has_leaders(h, topic)) {
            if (kafka_handle_now_ms() >= ends) return ERR_KAFKA_UNREACHABLE;
            kafka_handle_pause_ms(20);
        }
    }
    return OK;
}

enum err kafka_admin_create(const struct kafka_options *options, const struct kafka_plan *plan,
                            kafka_admin_created *created, void *context)
{
    struct kafka_handle h;
    TRY(kafka_handle_open(&h, options, KAFKA_ADMIN, NULL));
    enum err e = create_all(&h, plan, &(struct told){ created, context });
    if (e == OK) e = wait_for_leaders(&h, plan);
    kafka_handle_close(&h);
    return e;
}

/* --- checking --------------------------------------------------------------------------------------------------- */

static void find(struct kafka_findings *f, enum topic topic, bool stops, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void find(struct kafka_findings *f, enum topic topic, bool stops, const char *format, ...)
{
    va_list arguments;
    if (stops) f->stopping++;
    if (f->count == KAFKA_FINDINGS_MAX) return;
    struct kafka_finding *one = &f->at[f->count++];
    *one = (struct kafka_finding){ .topic = topic, .stops = stops };
    va_start(arguments, format);
    vsnprintf(one->text, sizeof one->text, format, arguments);
    va_end(arguments);
}

/* A check in progress. `shared`: the first topic of those that share one count. */
struct checking {
    struct kafka_handle      handle;
    const struct kafka_plan *plan;
    struct kafka_findings   *findings;
    enum topic               shared;
    int32_t                  shared_count;
    bool                     there[TOPIC_COUNT];
};

static void check_count(struct checking *c, enum topic topic, const struct rd_kafka_metadata_topic *row)
{
    unsigned own = topic_row(topic)->partitions;
    if (own == 1 && row->partition_cnt != 1)
        find(c->findings, topic, true,
             "%s has %d partitions and must have one, since it is read in order: create it anew", row->topic,
             row->partition_cnt);
    if (own) return;
    if (c->shared == TOPIC_NONE) {
        c->shared = topic;
        c->shared_count = row->partition_cnt;
    }
    if (row->partition_cnt == c->shared_count) return;
    char first[KAFKA_NAME_MAX];
    kafka_client_topic_name(c->handle.options, c->shared, first);
    find(c->findings, topic, true,
         "%s has %d partitions, %s has %d; topics of one partner root must have one count, which never "
         "changes in place: create it anew and `claimctl replay`",
         row->topic, row->partition_cnt, first, (int)c->shared_count);
}

/* One broker can have no second replica of anything: that is one sentence, and not two for each topic. */
static void note_brokers(struct checking *c, int count)
{
    if (count != 1 || c->plan->allow_single_replica || c->findings->has_one_broker) return;
    c->findings->has_one_broker = true;
    find(c->findings, TOPIC_NONE, true,
         "the cluster has one broker, so that every topic has one replica: a disk that is lost takes claims "
         "with it. For development set topics.allow_single_replica=true; production has three brokers");
}

static void check_replicas(struct checking *c, enum topic topic, const struct rd_kafka_metadata_topic *row)
{
    if (c->plan->allow_single_replica || c->findings->has_one_broker) return;
    for (int p = 0; p < row->partition_cnt; p++)
        if (row->partitions[p].replica_cnt < 2) {
            find(c->findings, topic, true,
                 "%s has one replica: a disk that is lost takes claims with it. Create it with replication "
                 "3, or set topics.allow_single_replica",
                 row->topic);
            return;
        }
}

static enum err check_presence(struct checking *c, enum topic topic)
{
    const struct rd_kafka_metadata *metadata;
    TRY(kafka_handle_error(
        rd_kafka_metadata(c->handle.rk, 0, kafka_handle_topic(&c->handle, topic), &metadata, ASK_MS)));
    const struct rd_kafka_metadata_topic *row = &metadata->topics[0];
    note_brokers(c, metadata->broker_cnt);
    enum err e = kafka_handle_error(row->err);
    if (e == OK && row->partition_cnt == 0) e = ERR_KAFKA_TOPIC;
    if (e == ERR_KAFKA_TOPIC)
        find(c->findings, topic, true, "%s does not exist: run `claimctl topics create`", row->topic);
    if (e == ERR_KAFKA_DENIED)
        find(c->findings, topic, true, "%s may not be described: grant Describe on it", row->topic);
    if (e == OK) {
        c->there[topic] = true;
        check_count(c, topic, row);
        check_replicas(c, topic, row);
    }
    rd_kafka_metadata_destroy(metadata);
    return e == ERR_KAFKA_UNREACHABLE ? e : OK;
}

/* -1 is without end. */
static bool is_less(int64_t value, int64_t wanted)
{
    if (value < 0) return false;
    return wanted < 0 || value < wanted;
}

static void check_value(struct checking *c, enum topic topic, const char *name, const struct want *w, const char *value)
{
    char wanted[VALUE_MAX];
    long long number = strtoll(value, NULL, 10);
    bool differs = w->word ? strcmp(value, w->word) != 0 : number != w->number;
    if (w->judged == AT_LEAST) differs = is_less(number, w->number);
    if (!differs || (c->findings->has_one_broker && strcmp(w->name, "min.insync.replicas") == 0)) return;
    find(c->findings, topic, w->judged != ADVICE, "%s has %s=%s, and %s %s%s: change it with kafka-configs", name,
         w->name, value, w->judged == ADVICE ? "should have" : "must have",
         w->judged == AT_LEAST && w->number >= 0 ? "at least " : "", value_of(w, wanted));
}

static void check_topic(struct checking *c, enum topic topic, const char *name, const rd_kafka_ConfigEntry_t **entries,
                        size_t count)
{
    struct want wants[WANTS_MAX];
    unsigned want_count = wants_of(c->plan, topic, wants);
    for (unsigned w = 0; w < want_count; w++)
        for (size_t i = 0; i < count; i++) {
            const char *value = rd_kafka_ConfigEntry_value(entries[i]);
            if (value && strcmp(rd_kafka_ConfigEntry_name(entries[i]), wants[w].name) == 0)
                check_value(c, topic, name, &wants[w], value);
        }
}

static void check_broker(struct checking *c, const rd_kafka_ConfigEntry_t **entries, size_t count)
{
    int64_t timeout = kafka_handle_number(c->handle.options, "transaction.timeout.ms", KAFKA_TRANSACTION_TIMEOUT_MS);
    for (size_t i = 0; i < count; i++) {
        const char *name = rd_kafka_ConfigEntry_name(entries[i]), *value = rd_kafka_ConfigEntry_value(entries[i]);
        if (!value) continue;
        if (strcmp(name, "transaction.max.timeout.ms") == 0 && strtoll(value, NULL, 10) < timeout)
            find(c->findings, TOPIC_NONE, true,
                 "the broker has transaction.max.timeout.ms=%s, below ours of %lld: raise it, or lower "
                 "kafka.transaction.timeout.ms",
                 value, (long long)timeout);
        if (strcmp(name, "auto.create.topics.enable") == 0 && strcmp(value, "false") != 0)
            find(c->findings, TOPIC_NONE, false,
                 "the broker has auto.create.topics.enable=%s: a misspelt topic of another client "
                 "comes into being; set it to false",
                 value);
        if (strcmp(name, "unclean.leader.election.enable") == 0 && strcmp(value, "false") != 0)
            find(c->findings, TOPIC_NONE, true,
                 "the broker has unclean.leader.election.enable=%s, which loses acknowledged records: "
                 "set it to false",
                 value);
    }
}

static enum err read_settings(struct checking *c, rd_kafka_event_t *event)
{
    size_t count, entry_count;
    TRY(kafka_handle_error(rd_kafka_event_error(event)));
    const rd_kafka_ConfigResource_t **all =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        const char *name = rd_kafka_ConfigResource_name(all[i]);
        bool is_broker = rd_kafka_ConfigResource_type(all[i]) == RD_KAFKA_RESOURCE_BROKER;
        if (rd_kafka_ConfigResource_error(all[i]) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            find(c->findings, is_broker ? TOPIC_NONE : kafka_handle_topic_of(&c->handle, name), false,
                 "the settings of %s cannot be read (%s): grant DescribeConfigs", is_broker ? "the broker" : name,
                 rd_kafka_ConfigResource_error_string(all[i]));
            continue;
        }
        const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(all[i], &entry_count);
        if (is_broker) check_broker(c, entries, entry_count);
        else check_topic(c, kafka_handle_topic_of(&c->handle, name), name, entries, entry_count);
    }
    return OK;
}

static enum err describe(struct checking *c, rd_kafka_ConfigResource_t **asked, size_t count)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(c->handle.rk);
    rd_kafka_AdminOptions_t *o = options_for(&c->handle, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_DescribeConfigs(c->handle.rk, asked, count, o, queue);
    rd_kafka_event_t *event = answer(queue, RD_KAFKA_EVENT_DESCRIBECONFIGS_RESULT);
    enum err e = event ? read_settings(c, event) : ERR_KAFKA_UNREACHABLE;
    if (event) rd_kafka_event_destroy(event);
    rd_kafka_AdminOptions_destroy(o);
    rd_kafka_queue_destroy(queue);
    return e;
}

static enum err check_settings(struct checking *c)
{
    rd_kafka_ConfigResource_t *asked[TOPIC_COUNT];
    size_t count = 0;
    char broker[16];
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++)
        if (c->there[topic])
            asked[count++] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC,
                                                         rd_kafka_topic_name(kafka_handle_topic(&c->handle, topic)));
    enum err e = count ? describe(c, asked, count) : OK;
    rd_kafka_ConfigResource_destroy_array(asked, count);
    TRY(e);
    /* A broker is asked apart: the library sends one request to one broker. */
    snprintf(broker, sizeof broker, "%d", (int)rd_kafka_controllerid(c->handle.rk, ASK_MS));
    asked[0] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_BROKER, broker);
    e = describe(c, asked, 1);
    rd_kafka_ConfigResource_destroy_array(asked, 1);
    return e;
}

/* It would not be told: the client packs nothing and says nothing (kafka.md 10). */
static void check_packing(struct checking *c)
{
    struct kafka_produce produce;
    if (kafka_probe_produce(c->handle.options, &produce) != OK
        || !kafka_probe_sends_plain(&produce, rd_kafka_version()))
        return;
    find(c->findings, TOPIC_NONE, false,
         "the broker lists Produce %d to %d, so that librdkafka %s sends plain where lz4 is set, and topics take "
         "more room: use librdkafka 2.11.1 or newer, or Kafka 4.0 or newer",
         produce.oldest, produce.newest, rd_kafka_version_str());
}

static enum err check_all(struct checking *c)
{
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++)
        if (is_planned(c->plan, topic)) TRY(check_presence(c, topic));
    TRY(check_settings(c));
    check_packing(c);
    if (!strchr(c->handle.options->brokers, ',') && !c->plan->allow_single_replica && !c->findings->has_one_broker)
        find(c->findings, TOPIC_NONE, false,
             "kafka.brokers names one broker: when it is away no process can start; name two or more");
    return OK;
}

enum err kafka_admin_check(const struct kafka_options *options, const struct kafka_plan *plan,
                           struct kafka_findings *findings)
{
    struct checking c = { .plan = plan, .findings = findings };
    findings->count = findings->stopping = 0;
    findings->has_one_broker = false;
    TRY(kafka_handle_open(&c.handle, options, KAFKA_ADMIN, NULL));
    enum err e = check_all(&c);
    kafka_handle_close(&c.handle);
    return e;
}
