/* runtime/memory_log.c: topics, transactions and groups in memory. */
#include "runtime/memory_log.h"

#include "base/assert.h"
#include "base/prefetch.h"
#include "runtime/pool.h"

#include <stdlib.h>

enum { PRODUCERS_MAX = 256, PARTITIONS_MAX = 1024, TOPICS_OF_A_GROUP = 2, NAME_MAX = 64, AHEAD = 2, HEADS_AHEAD = 8 };

enum state { OPEN, COMMITTED, ABORTED };

struct item {
    struct record record;                           /* bytes lie after the struct and its headers */
    uint32_t      size;                             /* of all of it */
    enum state    state;
    bool          awaited;                          /* by the delivery to followers */
};

struct partition {
    struct item **items;                            /* dense by offset; [0] has offset `first` */
    size_t        head, count, capacity;            /* items[head … head + count) */
    int64_t       first;
};

struct items { struct item **at; size_t count, capacity; };

struct producer {
    char          id[NAME_MAX];
    size_t        id_size;
    int64_t       epoch;
    bool          open;
    struct items  sent;
    int           group;                            /* of the offsets sent, -1 none */
    struct offset *offsets;
    unsigned      offset_count, offset_capacity;
    struct offset *written;                         /* of the transaction committed last */
    unsigned      written_count, written_capacity;
};

struct group {
    char           name[NAME_MAX];
    size_t         name_size;
    int64_t        generation;
    enum topic     topics[TOPICS_OF_A_GROUP];
    unsigned       topic_count;
    struct offset *offsets[TOPICS_OF_A_GROUP];      /* by partition */
};

struct follower { enum topic topic; memory_log_visit *visit; void *context; };

struct memory_log {
    struct memory_log_options options;
    struct partition *topics[TOPIC_COUNT];
    struct producer   producers[PRODUCERS_MAX];
    int               producer_count;
    struct group      groups[MEMORY_GROUPS_MAX];
    int               group_count;
    struct follower   followers[MEMORY_FOLLOWERS_MAX];
    unsigned          follower_count;
    struct items      awaiting;                     /* committed, not yet shown to followers */
    struct pool       pool;                         /* of items */
    size_t            item_count;
    uint64_t          committed, aborted;
};

/* The head of an item some places on: who walks over many finds none in the caches, since each has its record after
 * it. */
static void call_for_head(struct item *const *items, size_t at, size_t count)
{
    if (at + HEADS_AHEAD < count) prefetch(items[at + HEADS_AHEAD], sizeof(struct item));
}

/* --- growing ---------------------------------------------------------------------------------------------------- */

static void *grown(void *at, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) return at;
    *capacity = *capacity ? 2 * *capacity : 16;
    at = reallocarray(at, *capacity, size);
    ASSERT_MEMORY(at);
    return at;
}

static void items_add(struct items *list, struct item *item)
{
    list->at = grown(list->at, list->count, &list->capacity, sizeof *list->at);
    list->at[list->count++] = item;
}

static struct offset *offsets_room(struct offset *at, unsigned count, unsigned *capacity)
{
    size_t room = *capacity;
    at = grown(at, count, &room, sizeof *at);
    *capacity = (unsigned)room;
    return at;
}

/* --- topics ----------------------------------------------------------------------------------------------------- */

int32_t memory_log_partitions(const struct memory_log *log, enum topic topic)
{
    unsigned own = topic_row(topic)->partitions;
    return own ? (int32_t)own : log->options.partitions;
}

static struct partition *partition_of(const struct memory_log *log, enum topic topic, int32_t partition)
{
    ASSERT(topic > TOPIC_NONE && topic < TOPIC_COUNT);
    ASSERT(partition >= 0 && partition < memory_log_partitions(log, topic));
    return &log->topics[topic][partition];
}

struct memory_log *memory_log_open(const struct memory_log_options *options)
{
    ASSERT(options->partitions > 0 && options->partitions <= PARTITIONS_MAX);
    struct memory_log *log = calloc(1, sizeof *log);
    if (!log) return NULL;
    log->options = *options;
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++) {
        log->topics[topic] = calloc((size_t)memory_log_partitions(log, topic), sizeof *log->topics[topic]);
        if (log->topics[topic]) continue;
        memory_log_close(log);
        return NULL;
    }
    return log;
}

static void give_back(struct memory_log *log, struct item *item)
{
    pool_give(&log->pool, item, item->size);
}

static void close_topic(struct memory_log *log, enum topic topic)
{
    if (!log->topics[topic]) return;
    for (int32_t p = 0; p < memory_log_partitions(log, topic); p++) {
        struct partition *part = &log->topics[topic][p];
        for (size_t i = 0; i < part->count; i++) give_back(log, part->items[part->head + i]);
        free(part->items);
    }
    free(log->topics[topic]);
}

void memory_log_close(struct memory_log *log)
{
    if (!log) return;
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++) close_topic(log, topic);
    for (int i = 0; i < log->producer_count; i++) {
        free(log->producers[i].sent.at);
        free(log->producers[i].offsets);
        free(log->producers[i].written);
    }
    for (int g = 0; g < log->group_count; g++)
        for (unsigned t = 0; t < log->groups[g].topic_count; t++) free(log->groups[g].offsets[t]);
    free(log->awaiting.at);
    pool_close(&log->pool);
    free(log);
}

static struct slice put_bytes(char **to, struct slice from)
{
    struct slice copy = slice_of(*to, from.size);
    if (from.size) memcpy(*to, from.bytes, from.size);
    *to += from.size;
    return copy;
}

static struct item *item_of(struct memory_log *log, const struct record *r)
{
    size_t size = sizeof(struct item) + r->header_count * sizeof(struct header) + r->key.size + r->value.size;
    for (unsigned i = 0; i < r->header_count; i++) size += r->headers[i].name.size + r->headers[i].value.size;
    ASSERT(size <= UINT32_MAX);
    struct item *item = pool_take(&log->pool, size);
    struct header *headers = (struct header *)(item + 1);
    char *at = (char *)(headers + r->header_count);
    *item = (struct item){ .record = *r, .size = (uint32_t)size };
    item->record.key = put_bytes(&at, r->key);
    item->record.value = put_bytes(&at, r->value);
    for (unsigned i = 0; i < r->header_count; i++) {
        headers[i].name = put_bytes(&at, r->headers[i].name);
        headers[i].value = put_bytes(&at, r->headers[i].value);
    }
    item->record.headers = r->header_count ? headers : NULL;
    return item;
}

static void make_room(struct partition *part)
{
    if (part->head + part->count < part->capacity) return;
    if (part->head > part->count) {                 /* more than half is trimmed: move down instead of growing */
        memmove(part->items, part->items + part->head, part->count * sizeof *part->items);
        part->head = 0;
        return;
    }
    part->items = grown(part->items, part->head + part->count, &part->capacity, sizeof *part->items);
}

static struct item *append(struct memory_log *log, const struct record *r, enum state state)
{
    struct partition *part = partition_of(log, r->topic, r->partition);
    struct item *item = item_of(log, r);
    item->state = state;
    item->record.offset = part->first + (int64_t)part->count;
    make_room(part);
    part->items[part->head + part->count++] = item;
    log->item_count++;
    return item;
}

static bool is_followed(const struct memory_log *log, enum topic topic)
{
    for (unsigned i = 0; i < log->follower_count; i++)
        if (log->followers[i].topic == topic) return true;
    return false;
}

static void become_committed(struct memory_log *log, struct item *item)
{
    ASSERT(item->state == OPEN);
    item->state = COMMITTED;
    if (!is_followed(log, item->record.topic)) return;
    item->awaited = true;
    items_add(&log->awaiting, item);
}

int64_t memory_log_append(struct memory_log *log, enum topic topic, int32_t partition, struct slice key,
                          struct slice value)
{
    if (partition < 0) partition = topic_partition(key, memory_log_partitions(log, topic));
    struct item *item =
        append(log, &(struct record){ .topic = topic, .partition = partition, .key = key, .value = value }, OPEN);
    become_committed(log, item);
    return item->record.offset;
}

int64_t memory_log_end(const struct memory_log *log, enum topic topic, int32_t partition)
{
    const struct partition *part = partition_of(log, topic, partition);
    return part->first + (int64_t)part->count;
}

size_t memory_log_size(const struct memory_log *log)
{
    return log->item_count;
}

/* --- readers ---------------------------------------------------------------------------------------------------- */

bool memory_log_fetch(const struct memory_log *log, enum topic topic, int32_t partition, int64_t *offset,
                      struct record *record)
{
    const struct partition *part = partition_of(log, topic, partition);
    if (*offset < part->first) *offset = part->first;
    for (; *offset < part->first + (int64_t)part->count; ++*offset) {
        size_t at = part->head + (size_t)(*offset - part->first);
        const struct item *item = part->items[at];
        call_for_head(part->items, at, part->head + part->count);
        if (item->state == OPEN) return false;      /* the last stable offset */
        if (item->state == ABORTED) continue;
        *record = item->record;
        return true;
    }
    return false;
}

int64_t memory_log_read(struct memory_log *log, enum topic topic, int32_t partition, int64_t from,
                        memory_log_visit *visit, void *context)
{
    struct record record;
    for (; memory_log_fetch(log, topic, partition, &from, &record); from++) visit(context, &record);
    return from;
}

void memory_log_follow(struct memory_log *log, enum topic topic, memory_log_visit *visit, void *context)
{
    ASSERT(log->follower_count < MEMORY_FOLLOWERS_MAX);
    log->followers[log->follower_count++] = (struct follower){ topic, visit, context };
}

static void show(struct memory_log *log, struct item *item)
{
    for (unsigned i = 0; i < log->follower_count; i++)
        if (log->followers[i].topic == item->record.topic)
            log->followers[i].visit(log->followers[i].context, &item->record);
    item->awaited = false;
}

/* Heads and then bodies of the next records, which left the caches since they were written. */
static void call_for_next(const struct memory_log *log, size_t at)
{
    const struct items *list = &log->awaiting;
    if (at + 2 * AHEAD < list->count) prefetch(list->at[at + 2 * AHEAD], sizeof(struct item));
    if (at + AHEAD >= list->count) return;
    struct slice value = list->at[at + AHEAD]->record.value;
    prefetch(value.bytes, value.size);
}

/* The lowest offset that a group of the topic has not completed; INT64_MAX when no group reads it. */
static int64_t needed_from(const struct memory_log *log, enum topic topic, int32_t partition)
{
    int64_t lowest = INT64_MAX;
    for (int g = 0; g < log->group_count; g++)
        for (unsigned t = 0; t < log->groups[g].topic_count; t++) {
            if (log->groups[g].topics[t] != topic) continue;
            int64_t next = log->groups[g].offsets[t][partition].next;
            if (next < lowest) lowest = next;
        }
    return lowest;
}

static void trim(struct memory_log *log, enum topic topic, int32_t partition)
{
    struct partition *part = &log->topics[topic][partition];
    if (part->count == 0) return;
    int64_t needed = needed_from(log, topic, partition);
    while (part->count > 0 && part->first < needed) {
        struct item *item = part->items[part->head];
        call_for_head(part->items, part->head, part->head + part->count);
        if (item->state == OPEN || item->awaited) return;
        give_back(log, item);
        part->head++;
        part->first++;
        part->count--;
        log->item_count--;
    }
}

void memory_log_deliver(struct memory_log *log)
{
    for (size_t i = 0; i < log->awaiting.count; i++) {
        call_for_next(log, i);
        show(log, log->awaiting.at[i]);
    }
    log->awaiting.count = 0;
    if (log->options.keep) return;
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++)
        for (int32_t p = 0; p < memory_log_partitions(log, topic); p++) trim(log, topic, p);
}

/* --- groups ----------------------------------------------------------------------------------------------------- */

static int find_group(const struct memory_log *log, struct slice name)
{
    for (int g = 0; g < log->group_count; g++)
        if (slice_equal(slice_of(log->groups[g].name, log->groups[g].name_size), name)) return g;
    return -1;
}

int memory_log_group(struct memory_log *log, struct slice name, const enum topic *topics, unsigned topic_count)
{
    int found = find_group(log, name);
    if (found >= 0) return found;
    ASSERT(log->group_count < MEMORY_GROUPS_MAX && name.size <= NAME_MAX && topic_count <= TOPICS_OF_A_GROUP);
    struct group *group = &log->groups[log->group_count];
    memcpy(group->name, name.bytes, name.size);
    group->name_size = name.size;
    for (unsigned t = 0; t < topic_count; t++) {
        int32_t partitions = memory_log_partitions(log, topics[t]);
        group->topics[t] = topics[t];
        group->offsets[t] = calloc((size_t)partitions, sizeof *group->offsets[t]);
        ASSERT_MEMORY(group->offsets[t]);
        for (int32_t p = 0; p < partitions; p++)
            group->offsets[t][p] = (struct offset){ .topic = topics[t], .partition = p };
    }
    group->topic_count = topic_count;
    return log->group_count++;
}

static struct offset *offset_of(const struct memory_log *log, int group, enum topic topic, int32_t partition)
{
    ASSERT(group >= 0 && group < log->group_count);
    const struct group *g = &log->groups[group];
    for (unsigned t = 0; t < g->topic_count; t++)
        if (g->topics[t] == topic) return &g->offsets[t][partition];
    NEVER();
}

struct offset memory_log_committed(const struct memory_log *log, int group, enum topic topic, int32_t partition)
{
    return *offset_of(log, group, topic, partition);
}

int64_t memory_log_generation(const struct memory_log *log, int group)
{
    ASSERT(group >= 0 && group < log->group_count);
    return log->groups[group].generation;
}

unsigned memory_log_topics(const struct memory_log *log, int group, enum topic *topics)
{
    ASSERT(group >= 0 && group < log->group_count);
    memcpy(topics, log->groups[group].topics, log->groups[group].topic_count * sizeof *topics);
    return log->groups[group].topic_count;
}

uint64_t memory_log_seed(const struct memory_log *log)
{
    return log->options.seed;
}

/* --- transactions ----------------------------------------------------------------------------------------------- */

int memory_log_producer(struct memory_log *log, struct slice id)
{
    for (int i = 0; i < log->producer_count; i++)
        if (slice_equal(slice_of(log->producers[i].id, log->producers[i].id_size), id)) return i;
    ASSERT(log->producer_count < PRODUCERS_MAX && id.size <= NAME_MAX);
    struct producer *p = &log->producers[log->producer_count];
    memcpy(p->id, id.bytes, id.size);
    p->id_size = id.size;
    return log->producer_count++;
}

static struct producer *producer_of(struct memory_log *log, int producer)
{
    ASSERT(producer >= 0 && producer < log->producer_count);
    return &log->producers[producer];
}

static void end_transaction(struct producer *p)
{
    p->open = false;
    p->sent.count = 0;
    p->offset_count = 0;
    p->group = -1;
}

static void abort_open(struct memory_log *log, struct producer *p)
{
    if (!p->open) return;
    for (size_t i = 0; i < p->sent.count; i++) p->sent.at[i]->state = ABORTED;
    end_transaction(p);
    log->aborted++;
}

/* The coordinator's time-out: the transaction is aborted and its producer fenced. */
static void time_out(struct memory_log *log, struct producer *p)
{
    abort_open(log, p);
    p->epoch++;
}

enum err memory_log_init(struct memory_log *log, int producer, int64_t *epoch)
{
    struct producer *p = producer_of(log, producer);
    abort_open(log, p);
    p->written_count = 0;
    *epoch = ++p->epoch;
    return OK;
}

enum err memory_log_begin(struct memory_log *log, int producer, int64_t epoch)
{
    struct producer *p = producer_of(log, producer);
    if (p->epoch != epoch) return ERR_KAFKA_FENCED;
    ASSERT(!p->open);
    p->open = true;
    p->group = -1;
    return OK;
}

enum err memory_log_send(struct memory_log *log, int producer, int64_t epoch, const struct record *record)
{
    struct producer *p = producer_of(log, producer);
    if (p->epoch != epoch) return ERR_KAFKA_FENCED;
    ASSERT(p->open);
    items_add(&p->sent, append(log, record, OPEN));
    return OK;
}

enum err memory_log_offsets(struct memory_log *log, int producer, int64_t epoch, int group, int64_t generation,
                            const struct offset *offsets, unsigned count)
{
    struct producer *p = producer_of(log, producer);
    if (p->epoch != epoch) return ERR_KAFKA_FENCED;
    ASSERT(p->open);
    if (memory_log_generation(log, group) != generation) return ERR_SOURCE_STALE;
    for (unsigned i = 0; i < count; i++) {
        p->offsets = offsets_room(p->offsets, p->offset_count, &p->offset_capacity);
        p->offsets[p->offset_count++] = offsets[i];
    }
    p->group = group;
    return OK;
}

static void note_written(struct producer *p, const struct record *r)
{
    for (unsigned i = p->written_count; i-- > 0; )
        if (p->written[i].topic == r->topic && p->written[i].partition == r->partition) {
            p->written[i].next = r->offset + 1;
            return;
        }
    p->written = offsets_room(p->written, p->written_count, &p->written_capacity);
    p->written[p->written_count++] =
        (struct offset){ .topic = r->topic, .partition = r->partition, .next = r->offset + 1 };
}

enum err memory_log_commit(struct memory_log *log, int producer, int64_t epoch)
{
    struct producer *p = producer_of(log, producer);
    if (p->epoch != epoch) return ERR_KAFKA_FENCED;
    ASSERT(p->open);
    p->written_count = 0;
    for (size_t i = 0; i < p->sent.count; i++) {
        call_for_head(p->sent.at, i, p->sent.count);
        become_committed(log, p->sent.at[i]);
        if (topic_row(p->sent.at[i]->record.topic)->compacted) note_written(p, &p->sent.at[i]->record);
    }
    for (unsigned i = 0; i < p->offset_count; i++) {
        struct offset *committed = offset_of(log, p->group, p->offsets[i].topic, p->offsets[i].partition);
        ASSERT(p->offsets[i].next >= committed->next);
        *committed = p->offsets[i];
    }
    end_transaction(p);
    log->committed++;
    return OK;
}

enum err memory_log_abort(struct memory_log *log, int producer, int64_t epoch)
{
    struct producer *p = producer_of(log, producer);
    if (p->epoch != epoch) return ERR_KAFKA_FENCED;
    abort_open(log, p);
    return OK;
}

int64_t memory_log_written(const struct memory_log *log, int producer, enum topic topic, int32_t partition)
{
    const struct producer *p = &log->producers[producer];
    for (unsigned i = 0; i < p->written_count; i++)
        if (p->written[i].topic == topic && p->written[i].partition == partition) return p->written[i].next;
    return 0;
}

void memory_log_settle(struct memory_log *log, enum topic topic, int32_t partition)
{
    for (int i = 0; i < log->producer_count; i++) {
        struct producer *p = &log->producers[i];
        for (size_t s = 0; p->open && s < p->sent.count; s++)
            if (p->sent.at[s]->record.topic == topic && p->sent.at[s]->record.partition == partition) time_out(log, p);
    }
}

void memory_log_rebalance(struct memory_log *log, int group)
{
    ASSERT(group >= 0 && group < log->group_count);
    for (int i = 0; i < log->producer_count; i++)
        if (log->producers[i].open && log->producers[i].group == group) time_out(log, &log->producers[i]);
    log->groups[group].generation++;
}

void memory_log_totals(const struct memory_log *log, uint64_t *committed, uint64_t *aborted)
{
    *committed = log->committed;
    *aborted = log->aborted;
}
