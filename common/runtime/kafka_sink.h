/* runtime/kafka_sink.h: transactions of one worker on Kafka (kafka.md 5). */
#ifndef RUNTIME_KAFKA_SINK_H
#define RUNTIME_KAFKA_SINK_H

#include "runtime/kafka_client.h"
#include "runtime/sink.h"

struct kafka_sink;
struct kafka_source;

/* Opens the transactional producer <namespace>claimstream.<stage>.<instance>.w<worker> and warms `topics`. `source` is
 * the worker's own: from here it asserts that nobody polls it inside a transaction; NULL: no source. Fencing of a
 * former instance is begun but not waited for: kafka_sink_ready. ERR_KAFKA_UNREACHABLE, ERR_KAFKA_TOPIC,
 * ERR_CONFIG_INVALID, ERR_MEMORY_EXHAUSTED. */
enum err kafka_sink_open(const struct kafka_options *options, const enum topic *topics, unsigned topic_count,
                         struct kafka_source *source, struct kafka_sink **sink) MUST_CHECK;
/* An open transaction is left to the next instance or the coordinator. NULL is fine. */
void kafka_sink_close(struct kafka_sink *s);
struct sink *kafka_sink_base(struct kafka_sink *s);

/* Waits at most `timeout_ms` until the former instance is fenced and its transaction ended: OK, or
 * ERR_KAFKA_UNREACHABLE: ask again; others end the process. May be called between the slices of a restore; sink_begin
 * waits itself. */
enum err kafka_sink_ready(struct kafka_sink *s, int timeout_ms) MUST_CHECK;

/* Partitions of a topic that was warmed. */
int32_t kafka_sink_partitions(const struct kafka_sink *s, enum topic topic);

/* Transactions committed, aborted, of unknown outcome; read by any thread. */
struct kafka_sink_totals { uint64_t committed, aborted, lost; };
struct kafka_sink_totals kafka_sink_totals(const struct kafka_sink *s);

/* --- kafka.md 5.1 as a function --------------------------------------------------------------------------------- */

enum kafka_word {
    KAFKA_COMMITTED,
    KAFKA_AGAIN,
    KAFKA_ABORTED,
    KAFKA_REFUSED,
    KAFKA_STALE,
    KAFKA_INDEFINITE,
    KAFKA_DEAD
};
enum kafka_call { KAFKA_CALL_SEND, KAFKA_CALL_OFFSETS, KAFKA_CALL_COMMIT, KAFKA_CALL_ABORT, KAFKA_CALL_INIT };

/* What the library said. Codes are its numbers; `delivery`: why a record of the transaction failed, 0 none. */
struct kafka_answer {
    enum kafka_call call;
    int             code, delivery;
    bool            is_retriable, requires_abort, is_fatal, past_deadline;
};

/* Every answer of the library becomes one word. Pure. */
enum kafka_word kafka_sink_word(const struct kafka_answer *answer);
const char *kafka_sink_word_name(enum kafka_word word);

#endif
