/* runtime/changelog.h: how a state is written down beside its tables: many rows in one record.
 *
 * A record of a changelog is one of three:
 *   table byte + key                → value, or null: the row was removed
 *   zero byte + 8 bytes, big-endian → a pack: the rows that one transaction changed, up to CHANGELOG_PACK_BYTES
 *   the same                        → null: that pack is given up
 * A record costs librdkafka and the broker the same whether it is of 70 bytes or of 64 KiB, so that a line of five rows
 * costs a hundredth of five records. A row above CHANGELOG_ROW_MAX stands alone under its own key.
 *
 * The broker compacts by key, and no two packs share one: what it does for rows that stand alone is done here for
 * packs. A *pass* walks the tables, a little behind each transaction, and packs what it meets once more. When it is
 * through, every row that lives was written behind the place where the pass began, so that all packs before it are
 * given up, from the oldest on: what is left is always the end of the log. A pass begins when as much was written as
 * the one before found, and CHANGELOG_SLACK_BYTES more, and adds a fourth to what is written meanwhile. A state that
 * grows has a log of its own size and up to a fourth more; one whose rows are all written over and over, up to eleven
 * times its size and the slack.
 *
 * A removal is written twice: into the pack, since an older pack may have the row; and as a null under the row's own
 * key, which delete.retention.ms keeps for tables that were saved before (kafka.md 6.5, I5), however soon the pack
 * goes. Packs are numbered from 1 on; that of number 0 is given up at the head of each transaction.
 *
 * Where a pass stands is a row, too: table 0, in the last pack of every transaction. It is committed, dropped and
 * restored with everything else. */
#ifndef RUNTIME_CHANGELOG_H
#define RUNTIME_CHANGELOG_H

#include "runtime/sink.h"
#include "runtime/store.h"

enum { CHANGELOG_TABLE = 0, CHANGELOG_PACK_BYTES = 64 << 10, CHANGELOG_ROW_MAX = 16 << 10 };
#define CHANGELOG_SLACK_BYTES ((size_t)64 << 20)

/* The writer of one worker. slack_bytes: 0 is CHANGELOG_SLACK_BYTES; SIZE_MAX: no pass ever begins, where nothing
 * compacts the log. */
struct changelog { size_t slack_bytes; char *pack; size_t size; };

struct changelog_place { struct sink *sink; enum topic topic; int32_t partition; };

/* Sends what the open transaction changed in `store`, absolute and once per key, and what is due of the pass. Errors of
 * the sink and the store, ERR_MEMORY_EXHAUSTED. */
enum err changelog_write(struct changelog *c, struct store *store, const struct changelog_place *to) MUST_CHECK;
/* Sends a record that says nothing, the removal of a pack that never was, so that the partition is registered with the
 * transaction by the request that registers its outputs: what changed is sent last, and a registration of its own costs
 * the node a write and librdkafka 2.0.2 a millisecond of CPU. Errors of the sink. */
enum err changelog_announce(const struct changelog_place *to) MUST_CHECK;
void changelog_close(struct changelog *c);

/* Shows every row of a record of a changelog, in order; value of size 0: removed. ERR_STATE_MALFORMED: no record of
 * ours; rows before the fault may have been shown. */
enum err changelog_each(struct slice key, struct slice value, store_visit_change *visit, void *context) MUST_CHECK;

#endif
