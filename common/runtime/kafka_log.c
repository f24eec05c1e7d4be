/* runtime/kafka_log.c: a consumer that is assigned and never commits. */
#include "runtime/kafka_log.h"

#include "base/assert.h"
#include "runtime/kafka_handle.h"

#include <stdlib.h>

enum { HEADERS_MAX = 16, CLOCK_EVERY = 64 };

/* An assigned partition and where reading of it stands. */
struct place { struct offset at; bool at_end; };

struct kafka_log {
    struct kafka_handle handle;
    struct place       *places;                     /* by topic, then partition */
    unsigned            count;
    unsigned            last;                       /* where the last record was found: the next one is mostly there */
    enum err            failed;
};

enum err kafka_log_open(const struct kafka_options *options, enum kafka_isolation isolation, struct kafka_log **log)
{
    static const enum kafka_role roles[] = {
        [KAFKA_READ_COMMITTED] = KAFKA_READER,
        [KAFKA_READ_UNCOMMITTED] = KAFKA_PROBE,
        [KAFKA_FOLLOW_COMMITTED] = KAFKA_FOLLOWER,
    };
    struct kafka_log *l = calloc(1, sizeof *l);
    if (!l) return ERR_MEMORY_EXHAUSTED;
    enum err e = kafka_handle_open(&l->handle, options, roles[isolation], NULL);
    if (e == OK) *log = l;
    else free(l);
    return e;
}

void kafka_log_close(struct kafka_log *l)
{
    if (!l) return;
    kafka_handle_close(&l->handle);
    free(l->places);
    free(l);
}

/* --- questions -------------------------------------------------------------------------------------------------- */

enum err kafka_log_partitions(struct kafka_log *l, enum topic topic, int32_t *count)
{
    return kafka_handle_partitions(&l->handle, topic, count);
}

enum err kafka_log_watermarks(struct kafka_log *l, enum topic topic, int32_t partition, int timeout_ms, int64_t *low,
                              int64_t *high)
{
    const char *name = rd_kafka_topic_name(kafka_handle_topic(&l->handle, topic));
    int64_t until_ms = kafka_handle_now_ms() + timeout_ms;
    enum err e;
    do e = kafka_handle_error(rd_kafka_query_watermark_offsets(l->handle.rk, name, partition, low, high, timeout_ms));
    while (kafka_handle_waits(e, until_ms));
    return e;
}

enum err kafka_log_at_time(struct kafka_log *l, enum topic topic, int32_t partition, int64_t unix_ms, int64_t *offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, rd_kafka_topic_name(kafka_handle_topic(&l->handle, topic)), partition)
        ->offset = unix_ms;
    enum err e = kafka_handle_error(rd_kafka_offsets_for_times(l->handle.rk, list, KAFKA_WAIT_MS));
    if (e == OK) e = kafka_handle_error(list->elems[0].err);
    int64_t found = list->elems[0].offset, low;
    rd_kafka_topic_partition_list_destroy(list);
    if (e == OK && found < 0) return kafka_log_watermarks(l, topic, partition, KAFKA_WAIT_MS, &low, offset);
    if (e == OK) *offset = found;
    return e;
}

static void read_committed(struct offset *o, const rd_kafka_topic_partition_t *element)
{
    uint64_t nonce;
    o->next = element->offset < 0 ? -1 : element->offset;
    if (!kafka_handle_mark(element, &o->mark, &nonce)) o->mark = 0;
}

enum err kafka_log_group_offsets(const struct kafka_options *options, const char *group, struct offset *offsets,
                                 unsigned count, int timeout_ms)
{
    struct kafka_handle h;
    TRY(kafka_handle_open_group(&h, options, group));
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (unsigned i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, rd_kafka_topic_name(kafka_handle_topic(&h, offsets[i].topic)),
                                          offsets[i].partition);
    int64_t until_ms = kafka_handle_now_ms() + timeout_ms;
    enum err e;
    do e = kafka_handle_committed(&h, list, timeout_ms);
    while (
        kafka_handle_waits(e, until_ms)); /* a new cluster has no coordinator yet, and newer libraries say so at once */
    for (unsigned i = 0; i < count; i++) read_committed(&offsets[i], &list->elems[i]);
    rd_kafka_topic_partition_list_destroy(list);
    kafka_handle_close(&h);
    return e;
}

enum err kafka_log_group_offset(const struct kafka_options *options, const char *group, enum topic topic,
                                int32_t partition, int timeout_ms, struct offset *committed)
{
    *committed = (struct offset){ .topic = topic, .partition = partition };
    return kafka_log_group_offsets(options, group, committed, 1, timeout_ms);
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

static int compare_places(const void *a_, const void *b_)
{
    const struct offset *a = &((const struct place *)a_)->at, *b = &((const struct place *)b_)->at;
    if (a->topic != b->topic) return a->topic < b->topic ? -1 : 1;
    return a->partition < b->partition ? -1 : a->partition > b->partition;
}

static struct place *place_of(const struct kafka_log *l, enum topic topic, int32_t partition)
{
    struct place wanted = { .at = { .topic = topic, .partition = partition } };
    if (l->last < l->count && compare_places(&l->places[l->last], &wanted) == 0) return &l->places[l->last];
    return bsearch(&wanted, l->places, l->count, sizeof wanted, compare_places);
}

static enum err note_places(struct kafka_log *l, const struct offset *from, unsigned count)
{
    free(l->places);
    l->count = l->last = 0;
    l->places = calloc(count ? count : 1, sizeof *l->places);
    if (!l->places) return ERR_MEMORY_EXHAUSTED;
    for (unsigned i = 0; i < count; i++) l->places[i].at = from[i];
    qsort(l->places, count, sizeof *l->places, compare_places);
    for (unsigned i = 1; i < count; i++) ASSERT(compare_places(&l->places[i - 1], &l->places[i]) < 0);
    l->count = count;
    return OK;
}

enum err kafka_log_assign(struct kafka_log *l, const struct offset *from, unsigned count)
{
    TRY(note_places(l, from, count));
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (unsigned i = 0; i < count; i++) {
        ASSERT(from[i].next >= 0);
        const char *name = rd_kafka_topic_name(kafka_handle_topic(&l->handle, from[i].topic));
        rd_kafka_topic_partition_list_add(list, name, from[i].partition)->offset = from[i].next;
    }
    l->failed = kafka_handle_error(rd_kafka_assign(l->handle.rk, count ? list : NULL));
    rd_kafka_topic_partition_list_destroy(list);
    return l->failed;
}

static void reach_end(struct kafka_log *l, const rd_kafka_message_t *message)
{
    struct place *place = place_of(l, kafka_handle_message_topic(message), message->partition);
    ASSERT(place);
    if (message->offset > place->at.next) place->at.next = message->offset; /* markers are passed without a record */
    place->at_end = true;
}

/* What mends itself is only told; the rest ends the reading. */
static void read_event(struct kafka_log *l, const rd_kafka_message_t *message)
{
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        reach_end(l, message);
        return;
    }
    enum err e = kafka_handle_error(message->err);
    kafka_handle_log(l->handle.options, KAFKA_WARNING, "READ", "%s", rd_kafka_message_errstr(message));
    if (err_class(e) != ERR_CLASS_RETRY && l->failed == OK) l->failed = e;
}

static enum err read_record(struct kafka_log *l, const rd_kafka_message_t *message, kafka_log_visit *visit,
                            void *context)
{
    struct header headers[HEADERS_MAX];
    struct record record;
    kafka_handle_record(message, headers, HEADERS_MAX, &record);
    struct place *place = place_of(l, record.topic, record.partition);
    ASSERT(place && record.offset >= place->at.next);
    place->at.next = record.offset + 1;
    place->at_end = false;
    l->last = (unsigned)(place - l->places);
    return visit(context, &record, rd_kafka_message_timestamp(message, NULL));
}

enum err kafka_log_step(struct kafka_log *l, int wait_ms, int slice_ms, kafka_log_visit *visit, void *context,
                        unsigned *visited)
{
    int64_t ends = kafka_handle_now_ms() + slice_ms;
    unsigned count = 0;
    enum err e = OK;
    rd_kafka_message_t *message = rd_kafka_consumer_poll(l->handle.rk, wait_ms);
    while (message) {
        bool is_record = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
        if (is_record) e = read_record(l, message, visit, context);
        else read_event(l, message);
        count += is_record;
        rd_kafka_message_destroy(message);
        if (e != OK || l->failed != OK) break;
        if (count % CLOCK_EVERY == 0 && kafka_handle_now_ms() >= ends) break;
        message = rd_kafka_consumer_poll(l->handle.rk, 0);
    }
    if (visited) *visited = count;
    return e != OK ? e : l->failed;
}

int64_t kafka_log_position(const struct kafka_log *l, enum topic topic, int32_t partition)
{
    const struct place *place = place_of(l, topic, partition);
    ASSERT(place);
    return place->at.next;
}

bool kafka_log_is_at_end(const struct kafka_log *l)
{
    for (unsigned i = 0; i < l->count; i++)
        if (!l->places[i].at_end) return false;
    return true;
}
