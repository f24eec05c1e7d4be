/* runtime/topic.h: the topics, one list. */
#ifndef RUNTIME_TOPIC_H
#define RUNTIME_TOPIC_H

#include "base/str.h"

enum topic {
    TOPIC_NONE = 0,
#define TOPIC(id, name, partitions, kept_days, compacted) TOPIC_##id,
#include "runtime/topic.def"
#undef TOPIC
    TOPIC_COUNT
};

struct topic_row { struct slice name; unsigned partitions, kept_days; bool compacted; };

/* What topic.def has of it. */
const struct topic_row *topic_row(enum topic topic);
enum topic topic_find(struct slice name);           /* TOPIC_NONE when unknown */

/* Kafka's murmur2 of the key, positive: Java producers co-partition (kafka.md 3). */
int32_t topic_partition(struct slice key, int32_t partition_count);

#endif
