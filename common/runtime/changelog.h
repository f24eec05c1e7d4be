/* runtime/changelog.h: the changelog of a partition's state: every committed change, in order, so that the tables can
 * be built again from it.
 *
 * Most rows are small, and a record costs librdkafka and the broker the same at 70 bytes as at 64 KiB. So the rows
 * that a transaction changed travel together, in a *pack*. A record of the changelog is one of:
 *   0, pack number (8 bytes, big-endian) → the pack: rows, CHANGELOG_PACK_BYTES at most
 *   0, pack number                       → null: the pack is given up
 *   table, key of the row                → its value: a row above CHANGELOG_ROW_MAX travels alone
 *   table, key of the row                → null: the row was removed
 *
 * The broker's compaction keeps the last record of each key. That works for rows that travel alone, but pack numbers
 * never repeat, so nothing would ever remove a pack. We do it ourselves, with a *pass*: it walks all tables, a step
 * with each transaction, and packs every row that it meets again. When it has been through, each living row stands
 * after the place where the pass began; the packs before that place say nothing new and are given up, oldest first.
 * So the packs that count are always the end of the log.
 *
 * When a pass begins, and what it costs: it begins when CHANGELOG_SLACK_BYTES more were written than the last pass
 * found alive, and adds a fourth to what is written meanwhile. The log of a state that only grows is a fourth larger
 * than the state at most; that of rows which are overwritten all the time, eleven times the state and the slack.
 *
 * A removed row is written twice. Its pack says so, for an older pack may still have the row; and a null under the
 * row's own key says so to tables that were saved long before, which the broker keeps for delete.retention.ms
 * (kafka.md 6.5, I5) even if the pack is given up sooner.
 *
 * How far a pass has come is itself a row, of table 0, in the last pack of each transaction: it is committed, dropped
 * and restored together with what it speaks of. Packs count from 1; number 0 is never written, and giving it up says
 * nothing (changelog_announce). */
#ifndef RUNTIME_CHANGELOG_H
#define RUNTIME_CHANGELOG_H

#include "runtime/sink.h"
#include "runtime/store.h"

enum { CHANGELOG_TABLE = 0, CHANGELOG_PACK_BYTES = 64 << 10, CHANGELOG_ROW_MAX = 16 << 10 };
#define CHANGELOG_SLACK_BYTES ((size_t)64 << 20)

/* The writer of one worker. slack_bytes: 0 stands for CHANGELOG_SLACK_BYTES, SIZE_MAX for no pass at all, where nothing
 * compacts the log. */
struct changelog { size_t slack_bytes; char *pack; size_t size; };

struct changelog_place { struct sink *sink; enum topic topic; int32_t partition; };

/* Sends what the open transaction changed in `store`, each key once with its new value, and the next step of the pass.
 * Errors of the sink and the store, ERR_MEMORY_EXHAUSTED. */
enum err changelog_write(struct changelog *c, struct store *store, const struct changelog_place *to) MUST_CHECK;
/* Gives up pack 0, which says nothing: sent at the beginning of a transaction, it lets the request that registers the
 * outputs register the changelog's partition, too. The changes themselves are sent last, and a request of their own
 * would cost the broker a write and librdkafka 2.0.2 a millisecond of CPU. Errors of the sink. */
enum err changelog_announce(const struct changelog_place *to) MUST_CHECK;
void changelog_close(struct changelog *c);

/* Shows the rows of one record in order; an empty value: the row was removed. ERR_STATE_MALFORMED: it is no record of
 * ours; rows before the fault may have been shown. */
enum err changelog_each(struct slice key, struct slice value, store_visit_change *visit, void *context) MUST_CHECK;

#endif
