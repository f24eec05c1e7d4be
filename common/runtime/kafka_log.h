/* runtime/kafka_log.h: reading partitions without a group: restore, probe, reference feed, tail, lists.
 *
 * One thread uses one log. Never commits anything. */
#ifndef RUNTIME_KAFKA_LOG_H
#define RUNTIME_KAFKA_LOG_H

#include "runtime/kafka_client.h"
#include "runtime/source.h"

/* KAFKA_FOLLOW_COMMITTED: what stays at the end of its log. It hears of a record as soon as the others, and of the end
 * within 50 ms instead of 5; in exchange it asks twenty times a second while nothing comes, and not two hundred
 * times. */
enum kafka_isolation { KAFKA_READ_COMMITTED, KAFKA_READ_UNCOMMITTED, KAFKA_FOLLOW_COMMITTED };

struct kafka_log;

/* Of read_committed logs the high watermark is the last stable offset; true ones come from KAFKA_READ_UNCOMMITTED
 * (kafka.md 2, `Q`). ERR_CONFIG_INVALID, ERR_MEMORY_EXHAUSTED. */
enum err kafka_log_open(const struct kafka_options *options, enum kafka_isolation isolation,
                        struct kafka_log **log) MUST_CHECK;
void kafka_log_close(struct kafka_log *l);

/* Warms the topic in this handle. ERR_KAFKA_UNREACHABLE, ERR_KAFKA_TOPIC. */
enum err kafka_log_partitions(struct kafka_log *l, enum topic topic, int32_t *count) MUST_CHECK;

/* First offset, and one past the last. ERR_KAFKA_UNREACHABLE after `timeout_ms`. */
enum err kafka_log_watermarks(struct kafka_log *l, enum topic topic, int32_t partition, int timeout_ms, int64_t *low,
                              int64_t *high) MUST_CHECK;

/* The first record at or after an instant; the end of the partition when there is none. */
enum err kafka_log_at_time(struct kafka_log *l, enum topic topic, int32_t partition, int64_t unix_ms,
                           int64_t *offset) MUST_CHECK;

/* Reads these partitions from `next` on, nothing else any more; what was assigned before is forgotten. `next` lies in
 * the log: an offset outside is an incident (ERR_KAFKA_OFFSET of a step), not a jump. */
enum err kafka_log_assign(struct kafka_log *l, const struct offset *from, unsigned count) MUST_CHECK;

/* A record, borrowed for the call. Another answer than OK ends the step and is handed up; the record counts as read. */
typedef enum err kafka_log_visit(void *context, const struct record *record, int64_t timestamp_unix_ms);

/* Waits up to `wait_ms` for a first record, then visits what has come, for `slice_ms` at most. *visited may be NULL. */
enum err kafka_log_step(struct kafka_log *l, int wait_ms, int slice_ms, kafka_log_visit *visit, void *context,
                        unsigned *visited) MUST_CHECK;

/* Where reading of an assigned partition stands: after the last record visited or, at the end, after the markers
 * too. */
int64_t kafka_log_position(const struct kafka_log *l, enum topic topic, int32_t partition);

/* True when every assigned partition stood at its end when last looked at. */
bool kafka_log_is_at_end(const struct kafka_log *l);

/* What a consumer group committed of a partition, and the mark beside it; next -1: nothing. For lag and doctor. */
enum err kafka_log_group_offset(const struct kafka_options *options, const char *group, enum topic topic,
                                int32_t partition, int timeout_ms, struct offset *committed) MUST_CHECK;

/* The same of several partitions in one question; topic and partition of each are given. */
enum err kafka_log_group_offsets(const struct kafka_options *options, const char *group, struct offset *offsets,
                                 unsigned count, int timeout_ms) MUST_CHECK;

#endif
