/* stage/worker_meter.h: what a worker's loop did, as metrics (surfaces.md 5): for every stage alike. */
#ifndef STAGE_WORKER_METER_H
#define STAGE_WORKER_METER_H

#include "stage/loop.h"

struct worker_meter;

/* NULL: no memory. */
struct worker_meter *worker_meter_open(const struct stage *stage);
void worker_meter_close(struct worker_meter *m);

/* A new loop begins to count from nothing. */
void worker_meter_begin(struct worker_meter *m);
/* What happened since: after each step. */
void worker_meter_note(struct worker_meter *m, const struct loop *loop, instant_ms now_unix_ms);

/* Each counts one: an act without effect by its enum review_void, a step to be done again by the class of its error. */
void worker_meter_void_review(struct worker_meter *m, unsigned why);
void worker_meter_retry(struct worker_meter *m, enum err e);
enum worker_rebalance { WORKER_ASSIGNED, WORKER_REVOKED, WORKER_LOST };
/* Partitions that came or went, and how many there are now; one that was restored, by what it replayed. */
void worker_meter_rebalance(struct worker_meter *m, enum worker_rebalance kind, unsigned assigned);
void worker_meter_restored(struct worker_meter *m, uint64_t records, int64_t ns);

#endif
