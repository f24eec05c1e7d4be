/* runtime/kafka_source.h: one member of a consumer group, its partitions and what it holds of them (kafka.md 3, 4).
 *
 * A worker's life:  open · serve until `assigned` · open states, ask committed, replay, serving in between · start ·
 * pull … `revoked` may come inside any serve or pull: from there pull answers ERR_SOURCE_STALE once and nothing is held
 * any more. */
#ifndef RUNTIME_KAFKA_SOURCE_H
#define RUNTIME_KAFKA_SOURCE_H

#include "runtime/kafka_client.h"
#include "runtime/source.h"

/* Called inside serve or pull, when no batch has begun. */
struct kafka_source_events {
    void  *context;
    /* These partition numbers are this worker's, in every input topic. Nothing is fetched before kafka_source_start.
     * The array is borrowed for the call. `count` may be 0: more workers than partitions. */
    void (*assigned)(void *context, const int32_t *partitions, unsigned count);
    /* All of them are gone. lost: another member may own them already, save nothing. */
    void (*revoked)(void *context, bool lost);
};

struct kafka_source;

/* Joins the group of the stage; `topics` (at most 2) must have equal partition counts. Events may be NULL.
 * ERR_KAFKA_UNREACHABLE, ERR_KAFKA_TOPIC, ERR_CONFIG_INVALID, ERR_MEMORY_EXHAUSTED; the log says why. */
enum err kafka_source_open(const struct kafka_options *options, const enum topic *topics, unsigned topic_count,
                           const struct kafka_source_events *events, struct kafka_source **source) MUST_CHECK;
/* Leaves: a static member keeps its partitions for the session time-out. Runs `revoked`. NULL is fine. */
void kafka_source_close(struct kafka_source *s);
struct source *kafka_source_base(struct kafka_source *s);
struct kafka_source *kafka_source_of(struct source *base);

/* Partitions of each input topic. */
int32_t kafka_source_partitions(const struct kafka_source *s);

/* Polls without taking a record: keeps the membership alive before kafka_source_start. OK, or ERR_KAFKA_FENCED,
 * ERR_KAFKA_FATAL, ERR_PARTITIONS_TORN. */
enum err kafka_source_serve(struct kafka_source *s, int timeout_ms) MUST_CHECK;

/* Step 1 of kafka.md 4.2: what the group committed of a partition that was assigned; next -1: never consumed. The first
 * call asks for all partitions at once and waits at most a second: ERR_KAFKA_UNREACHABLE while no broker answers or a
 * transaction of a former owner is pending; serve, then ask again. */
enum err kafka_source_committed(struct kafka_source *s, enum topic topic, int32_t partition,
                                struct offset *committed) MUST_CHECK;

/* Fetching begins at those offsets; a partition never consumed begins at its first record. Asks for them itself where
 * kafka_source_committed was not called. ERR_KAFKA_UNREACHABLE: serve, then again. */
enum err kafka_source_start(struct kafka_source *s) MUST_CHECK;

/* True between kafka_source_start and the next revoke. */
bool kafka_source_is_started(const struct kafka_source *s);

/* The partition numbers of the assignment, in order; NULL when there is none. */
const int32_t *kafka_source_assignment(const struct kafka_source *s, unsigned *count);

/* One past the last record of an input partition as the client heard last, without asking; -1: not heard yet. */
int64_t kafka_source_end(const struct kafka_source *s, enum topic topic, int32_t partition);

/* Up to where a partition is done, 0 never begun: after the last record, or after what was rolled back since, and
 * markers, where nothing else came for five seconds. */
int64_t kafka_source_read_to(const struct kafka_source *s, enum topic topic, int32_t partition);

/* When the record of a partition that was completed last had been sent, Unix ms; 0: none was since it was assigned. */
int64_t kafka_source_stamp(const struct kafka_source *s, enum topic topic, int32_t partition);

/* For kafka_sink: polling inside a transaction is a broken promise (kafka.md 1, rule 1). */
void kafka_source_forbid(struct kafka_source *s, bool transaction_is_open);

/* For kafka_sink: called by every serve and pull, so that what the producer's callbacks wait for is served; NULL: no
 * more. */
void kafka_source_bind(struct kafka_source *s, void (*serve)(void *), void *partner);

/* Fills a list of the library with what the group committed, for the read-back of a lost commit. ERR_KAFKA_UNREACHABLE:
 * again. */
enum err kafka_source_read_back(struct kafka_source *s, void *list) MUST_CHECK;

/* The membership under which offsets are sent, as the library's object, to be given back to it; NULL when there is none
 * (rule 3). */
void *kafka_source_membership(struct kafka_source *s);
bool kafka_source_is_member(struct kafka_source *s);

#endif
