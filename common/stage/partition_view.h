/* stage/partition_view.h: the partitions of a process as its operator sees them: /debug/partitions, and gauges of lag
 * and state (surfaces.md 3, 5). Of the main thread; it reads what the workers show. */
#ifndef STAGE_PARTITION_VIEW_H
#define STAGE_PARTITION_VIEW_H

#include "base/str.h"
#include "stage/worker.h"

struct partition_view;

/* The workers outlive it. NULL: no memory. */
struct partition_view *partition_view_open(const struct stage *stage, const struct worker *const *workers,
                                           unsigned count);
void partition_view_close(struct partition_view *v);

/* A JSON list, one object a partition that is ours. */
void partition_view_put(const struct partition_view *v, struct text *t);

/* Sets the gauges of the partitions that are ours, hides those of the others; the first 1 024 at most. */
void partition_view_show(struct partition_view *v);

#endif
