/* runtime/memory_source.c: pull, hold, complete on the memory log. */
#include "runtime/memory_source.h"

#include "base/assert.h"

#include <stdlib.h>

enum { TOPICS_MAX = 2 };

struct memory_source {
    struct source      source;
    struct memory_log *log;
    struct fault_gun  *gun;
    int                group;
    int64_t            generation;
    enum topic         topics[TOPICS_MAX];
    unsigned           topic_count;
    int32_t            partitions;
    bool              *owned;
    int64_t           *next[TOPICS_MAX];            /* by partition: after what is held */
    struct offset     *done[TOPICS_MAX];            /* by partition: after what is completed */
    struct record     *held;
    unsigned           held_count, held_capacity;
    size_t             held_bytes;
    uint64_t           random;
};

static struct memory_source *of(const struct source *source)
{
    return (struct memory_source *)(uintptr_t)source;           /* its first member */
}

/* splitmix64: which partition comes first, the same for the same seed. */
static uint64_t draw(struct memory_source *s)
{
    uint64_t z = (s->random += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void hold(struct memory_source *s, const struct record *r)
{
    if (s->held_count == s->held_capacity) {
        s->held_capacity = s->held_capacity ? 2 * s->held_capacity : 256;
        s->held = reallocarray(s->held, s->held_capacity, sizeof *s->held);
        ASSERT(s->held);
    }
    s->held[s->held_count++] = *r;
    s->held_bytes += r->value.size;
}

static void pull_partition(struct memory_source *s, unsigned topic, int32_t partition, unsigned count_max,
                           size_t bytes_max)
{
    struct record record;
    while (s->held_count < count_max
           && memory_log_fetch(s->log, s->topics[topic], partition, &s->next[topic][partition], &record)) {
        if (s->held_count > 0 && s->held_bytes + record.value.size > bytes_max) return;
        hold(s, &record);
        s->next[topic][partition]++;
    }
}

static bool is_stale(const struct memory_source *s)
{
    return memory_log_generation(s->log, s->group) != s->generation;
}

static enum err memory_source_pull(struct source *source, unsigned count_max, size_t bytes_max,
                                   const struct record **records, unsigned *count)
{
    struct memory_source *s = of(source);
    TRY(fault(s->gun, EFFECT_PULL, BEFORE));
    if (is_stale(s)) return ERR_SOURCE_STALE;
    int32_t first = (int32_t)(draw(s) % (uint64_t)s->partitions);
    unsigned turn = (unsigned)(draw(s) % s->topic_count);
    for (int32_t i = 0; i < s->partitions; i++) {
        int32_t partition = (first + i) % s->partitions;
        if (!s->owned[partition]) continue;
        for (unsigned t = 0; t < s->topic_count; t++)
            pull_partition(s, (t + turn) % s->topic_count, partition, count_max, bytes_max);
    }
    *records = s->held;
    *count = s->held_count;
    return fault(s->gun, EFFECT_PULL, AFTER);
}

static struct offset *done_of(struct memory_source *s, enum topic topic, int32_t partition)
{
    ASSERT(partition >= 0 && partition < s->partitions);
    unsigned t = 0;
    while (t < s->topic_count && s->topics[t] != topic) t++;
    ASSERT(t < s->topic_count);
    return &s->done[t][partition];
}

static void forget(struct memory_source *s, unsigned count)
{
    for (unsigned i = 0; i < count; i++) s->held_bytes -= s->held[i].value.size;
    s->held_count -= count;
    if (s->held_count) memmove(s->held, s->held + count, s->held_count * sizeof *s->held);
}

static void memory_source_complete(struct source *source, unsigned count)
{
    struct memory_source *s = of(source);
    ASSERT(count <= s->held_count);
    for (unsigned i = 0; i < count; i++)
        done_of(s, s->held[i].topic, s->held[i].partition)->next = s->held[i].offset + 1;
    forget(s, count);
}

static void memory_source_drop(struct source *source)
{
    forget(of(source), of(source)->held_count);
}

static enum err memory_source_rewind(struct source *source)
{
    struct memory_source *s = of(source);
    memory_source_drop(source);
    for (unsigned t = 0; t < s->topic_count; t++)
        for (int32_t p = 0; p < s->partitions; p++) {
            s->done[t][p] = memory_log_committed(s->log, s->group, s->topics[t], p);
            s->next[t][p] = s->done[t][p].next;
        }
    return OK;
}

static struct offset memory_source_position(struct source *source, enum topic topic, int32_t partition)
{
    return *done_of(of(source), topic, partition);
}

static const struct source_ops ops = {
    .pull = memory_source_pull,
    .complete = memory_source_complete,
    .drop = memory_source_drop,
    .rewind = memory_source_rewind,
    .position = memory_source_position,
};

struct memory_source *memory_source_open(struct memory_log *log, int group, const bool *owned, struct fault_gun *gun)
{
    struct memory_source *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    *s = (struct memory_source){ .source = { &ops }, .log = log, .gun = gun, .group = group,
                                 .generation = memory_log_generation(log, group), .random = memory_log_seed(log) };
    s->topic_count = memory_log_topics(log, group, s->topics);
    s->partitions = memory_log_partitions(log, s->topics[0]);
    s->owned = calloc((size_t)s->partitions, sizeof *s->owned);
    ASSERT_MEMORY(s->owned);
    for (int32_t p = 0; p < s->partitions; p++) s->owned[p] = !owned || owned[p];
    for (unsigned t = 0; t < s->topic_count; t++) {
        ASSERT(memory_log_partitions(log, s->topics[t]) == s->partitions);     /* PARTITIONS_TORN */
        s->next[t] = calloc((size_t)s->partitions, sizeof *s->next[t]);
        s->done[t] = calloc((size_t)s->partitions, sizeof *s->done[t]);
        ASSERT_MEMORY(s->next[t] && s->done[t]);
    }
    enum err e = memory_source_rewind(&s->source);
    ASSERT(e == OK);
    return s;
}

void memory_source_close(struct memory_source *s)
{
    if (!s) return;
    for (unsigned t = 0; t < s->topic_count; t++) {
        free(s->next[t]);
        free(s->done[t]);
    }
    free(s->owned);
    free(s->held);
    free(s);
}

struct source *memory_source_base(struct memory_source *s)
{
    return &s->source;
}

int memory_source_group(const struct source *source)
{
    return of(source)->group;
}

int64_t memory_source_generation(const struct source *source)
{
    return of(source)->generation;
}
