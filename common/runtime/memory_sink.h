/* runtime/memory_sink.h: one transactional producer of the memory log. */
#ifndef RUNTIME_MEMORY_SINK_H
#define RUNTIME_MEMORY_SINK_H

#include "runtime/memory_log.h"
#include "runtime/sink.h"

struct memory_sink;

/* Opening fences every earlier producer of the same transactional id and aborts what it left open. NULL: no memory. */
struct memory_sink *memory_sink_open(struct memory_log *log, struct slice transactional_id, struct fault_gun *gun);
void memory_sink_close(struct memory_sink *s);
struct sink *memory_sink_base(struct memory_sink *s);

#endif
