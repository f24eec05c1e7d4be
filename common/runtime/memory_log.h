/* runtime/memory_log.h: the in-process broker behind memory_source.c and memory_sink.c: topics by partitions, offsets,
 * transactions, read_committed, groups with generations. Single-threaded; same seed, same order.
 *
 * Records that every group of their topic has completed and every follower was shown are freed, unless `keep` is set:
 * an intermediate topic stays short however long the run is. */
#ifndef RUNTIME_MEMORY_LOG_H
#define RUNTIME_MEMORY_LOG_H

#include "runtime/source.h"

/* What can go wrong where: the fault gun is asked before and after each of these effects. */
enum effect {
    EFFECT_PULL,
    EFFECT_BEGIN,
    EFFECT_SEND,
    EFFECT_PUT,
    EFFECT_OFFSETS,
    EFFECT_COMMIT,
    EFFECT_ABORT,
    EFFECT_SAVE,
    EFFECT_COUNT
};
enum when { BEFORE, AFTER };

/* OK: nothing happens. ERR_SIMULATED_CRASH: the effect ends there. At EFFECT_COMMIT also ERR_TRANSACTION_UNKNOWN (the
 * answer is lost) and ERR_TRANSACTION_ABORTED (before only). */
struct fault_gun {
    enum err (*fire)(struct fault_gun *, enum effect effect, enum when when);
};

static inline enum err fault(struct fault_gun *gun, enum effect effect, enum when when)
{
    return gun ? gun->fire(gun, effect, when) : OK;
}

enum { MEMORY_GROUPS_MAX = 16, MEMORY_FOLLOWERS_MAX = 32 };

struct memory_log_options {
    int32_t  partitions;                            /* of the topics that share the one count; 1 … 1024 */
    uint64_t seed;
    bool     keep;                                  /* frees nothing */
};

struct memory_log;
/* NULL: no memory. */
struct memory_log *memory_log_open(const struct memory_log_options *options);
void memory_log_close(struct memory_log *log);

/* How many the topic has. */
int32_t memory_log_partitions(const struct memory_log *log, enum topic topic);

/* Appends a record that no transaction holds back; partition by murmur2 of the key when it is -1. Its offset. */
int64_t memory_log_append(struct memory_log *log, enum topic topic, int32_t partition, struct slice key,
                          struct slice value);

/* What a follower is shown: each committed record once, in the order in which transactions committed and sent it. The
 * record is borrowed for the call; the visitor may not touch the log. */
typedef void memory_log_visit(void *context, const struct record *record);
void memory_log_follow(struct memory_log *log, enum topic topic, memory_log_visit *visit, void *context);

/* Shows followers what was committed since, then frees what nobody needs. */
void memory_log_deliver(struct memory_log *log);

/* Walks what a read_committed reader of a kept topic sees from an offset on; returns the offset to go on from. */
int64_t memory_log_read(struct memory_log *log, enum topic topic, int32_t partition, int64_t from,
                        memory_log_visit *visit, void *context);
int64_t memory_log_end(const struct memory_log *log, enum topic topic, int32_t partition);

/* Records that are still in memory. */
size_t memory_log_size(const struct memory_log *log);

/* A group of readers of up to two topics. A name that exists already gives the group that is there. */
int memory_log_group(struct memory_log *log, struct slice name, const enum topic *topics, unsigned topic_count);

/* Partitions are dealt again: sources opened before are stale from here. Open transactions that hold offsets of the
 * group are ended first, as the coordinator does when their time is out (kafka.md 4.2). */
void memory_log_rebalance(struct memory_log *log, int group);

/* For memory_source and memory_sink. *topics: up to two. */
unsigned memory_log_topics(const struct memory_log *log, int group, enum topic *topics);
uint64_t memory_log_seed(const struct memory_log *log);
int64_t memory_log_generation(const struct memory_log *log, int group);
struct offset memory_log_committed(const struct memory_log *log, int group, enum topic topic, int32_t partition);
/* The next stable record at or after *offset, which moves past aborted ones; false when there is none. */
bool memory_log_fetch(const struct memory_log *log, enum topic topic, int32_t partition, int64_t *offset,
                      struct record *record);

/* Producers. init: a new epoch; an open transaction of the same id is aborted. */
int memory_log_producer(struct memory_log *log, struct slice transactional_id);
enum err memory_log_init(struct memory_log *log, int producer, int64_t *epoch) MUST_CHECK;
enum err memory_log_begin(struct memory_log *log, int producer, int64_t epoch) MUST_CHECK;
enum err memory_log_send(struct memory_log *log, int producer, int64_t epoch, const struct record *record) MUST_CHECK;
enum err memory_log_offsets(struct memory_log *log, int producer, int64_t epoch, int group, int64_t generation,
                            const struct offset *offsets, unsigned count) MUST_CHECK;
enum err memory_log_commit(struct memory_log *log, int producer, int64_t epoch) MUST_CHECK;
enum err memory_log_abort(struct memory_log *log, int producer, int64_t epoch) MUST_CHECK;
/* One past the last record of the transaction committed last in a partition; 0: none. */
int64_t memory_log_written(const struct memory_log *log, int producer, enum topic topic, int32_t partition);
/* Ends every open transaction of others that has records in a partition: what a restore waits for. */
void memory_log_settle(struct memory_log *log, enum topic topic, int32_t partition);

/* Totals for tests: transactions committed and aborted. */
void memory_log_totals(const struct memory_log *log, uint64_t *committed, uint64_t *aborted);

#endif
