/* intake/sink_watch.h: a sink that says for how long it has been trying in vain. Its calls end when Kafka answers: what
 * is told to those who wait meanwhile has to be known outside the posting worker. */
#ifndef INTAKE_SINK_WATCH_H
#define INTAKE_SINK_WATCH_H

#include "runtime/sink.h"

#include <stdatomic.h>

struct sink_watch { struct sink sink; struct sink *watched; _Atomic int64_t since_ms; };

/* The sink to be used from here on in place of `watched`; both are borrowed. */
struct sink *sink_watch_over(struct sink_watch *w, struct sink *watched);
/* Its partitions are gone: nothing is tried any more. */
void sink_watch_end(struct sink_watch *w);

/* For how long a transaction has been tried, the attempts that were aborted included; 0: none is open. From any
 * thread. */
int64_t sink_watch_ms(const struct sink_watch *w);

#endif
