/* runtime/memory_store.h: the state of one partition in memory alone: what the embedded engine, the simulator and
 * what-if runs keep their tables in. */
#ifndef RUNTIME_MEMORY_STORE_H
#define RUNTIME_MEMORY_STORE_H

#include "runtime/memory_log.h"
#include "runtime/store.h"

struct memory_store;

/* NULL: no memory. */
struct memory_store *memory_store_open(struct fault_gun *gun);
void memory_store_close(struct memory_store *s);
struct store *memory_store_base(struct memory_store *s);

/* Keys in all tables. */
size_t memory_store_size(const struct memory_store *s);

/* Memory that the rows take, with what is kept free for the next ones. */
size_t memory_store_bytes(const struct memory_store *s);

/* A record of a changelog (changelog.h), of the open transaction as any write. ERR_STATE_MALFORMED: no record of
 * ours. */
enum err memory_store_take(struct memory_store *s, struct slice key, struct slice value) MUST_CHECK;

/* Fills an empty store from the committed records of a changelog partition. Waits out transactions that are open there
 * (kafka.md 4.2 step 4). */
void memory_store_restore(struct memory_store *s, struct memory_log *log, enum topic changelog, int32_t partition);

/* The same for the records from an offset on, over what is there already. */
void memory_store_replay(struct memory_store *s, struct memory_log *log, enum topic changelog, int32_t partition,
                         int64_t from);

#endif
