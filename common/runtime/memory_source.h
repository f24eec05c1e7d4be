/* runtime/memory_source.h: one member of a group that reads the memory log. */
#ifndef RUNTIME_MEMORY_SOURCE_H
#define RUNTIME_MEMORY_SOURCE_H

#include "runtime/memory_log.h"

struct memory_source;

/* Reads the partitions marked in `owned` (NULL: all) of the topics of the group, from the committed offsets on. Which
 * partition is asked first changes from pull to pull with the seed of the log. NULL: no memory. */
struct memory_source *memory_source_open(struct memory_log *log, int group, const bool *owned, struct fault_gun *gun);
void memory_source_close(struct memory_source *s);
struct source *memory_source_base(struct memory_source *s);

/* For memory_sink: under which membership offsets are sent. */
int memory_source_group(const struct source *s);
int64_t memory_source_generation(const struct source *s);

#endif
