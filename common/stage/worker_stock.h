/* stage/worker_stock.h: what waits in the tables of a worker, in lines and in money, and cases that are open: for
 * people.
 *
 * Counted by walking the tables, some rows between two batches, once a minute from the beginning: nothing is kept
 * beside them that could drift from them. Gauges show the last walk that came through. */
#ifndef STAGE_WORKER_STOCK_H
#define STAGE_WORKER_STOCK_H

#include "base/err.h"
#include "domain/dossier.h"
#include "runtime/store.h"

struct worker_stock;

enum { WORKER_STOCK_ROWS = 200, WORKER_STOCK_EVERY_MS = 60000 };

/* Of a stage that writes this section. NULL: no memory. */
struct worker_stock *worker_stock_open(enum section section);
/* Hides its gauges. NULL is fine. */
void worker_stock_close(struct worker_stock *s);

/* Goes on with a walk, or begins one that is due: WORKER_STOCK_ROWS rows at most. Between transactions. Stores by
 * partition, NULL: not ours. */
enum err worker_stock_step(struct worker_stock *s, struct store *const *stores, int32_t partitions,
                           int64_t now_ms, instant_ms now_unix_ms) MUST_CHECK;

/* Partitions were given or taken: the walk starts over, at once. */
void worker_stock_restart(struct worker_stock *s);

#endif
