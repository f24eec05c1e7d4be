/* runtime/topic.c: names of topics, and the partition of a key as Java computes it. */
#include "runtime/topic.h"

#include "base/assert.h"

static const struct topic_row rows[TOPIC_COUNT] = {
#define TOPIC(id, name, partitions, kept_days, compacted) \
    [TOPIC_##id] = { SLICE_INIT(name), partitions, kept_days, compacted },
#include "runtime/topic.def"
#undef TOPIC
};

const struct topic_row *topic_row(enum topic topic)
{
    ASSERT(topic > TOPIC_NONE && topic < TOPIC_COUNT);
    return &rows[topic];
}

enum topic topic_find(struct slice name)
{
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++)
        if (slice_equal(rows[topic].name, name)) return topic;
    return TOPIC_NONE;
}

/* MurmurHash2, 32 bits, with Kafka's seed: the one hash on which clients of all languages agree. */
static uint32_t murmur2(struct slice key)
{
    const uint32_t mix = 0x5bd1e995u;
    const uint8_t *at = (const uint8_t *)key.bytes;
    size_t rest = key.size;
    uint32_t hash = 0x9747b28cu ^ (uint32_t)key.size;
    for (; rest >= 4; at += 4, rest -= 4) {
        uint32_t word = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
        word *= mix;
        word ^= word >> 24;
        hash = hash * mix ^ word * mix;
    }
    if (rest == 3) hash ^= (uint32_t)at[2] << 16;
    if (rest >= 2) hash ^= (uint32_t)at[1] << 8;
    if (rest >= 1) hash = (hash ^ at[0]) * mix;
    hash = (hash ^ hash >> 13) * mix;
    return hash ^ hash >> 15;
}

int32_t topic_partition(struct slice key, int32_t partition_count)
{
    ASSERT(partition_count > 0);
    return (int32_t)(murmur2(key) & 0x7fffffffu) % partition_count;
}
