/* runtime/kafka_writer.h: sending outside of stages: reference data, reviews, submissions, redrives. Idempotent,
 * acks=all. */
#ifndef RUNTIME_KAFKA_WRITER_H
#define RUNTIME_KAFKA_WRITER_H

#include "runtime/kafka_client.h"
#include "runtime/source.h"

struct kafka_writer;

/* ERR_CONFIG_INVALID, ERR_MEMORY_EXHAUSTED. */
enum err kafka_writer_open(const struct kafka_options *options, struct kafka_writer **writer) MUST_CHECK;
/* What was not flushed may be lost. */
void kafka_writer_close(struct kafka_writer *w);

/* Queues a record; slices are copied. partition -1: that of the key by murmur2. Waits while the queue is full. value of
 * size 0: a removal. ERR_KAFKA_UNREACHABLE, ERR_KAFKA_TOPIC, ERR_TRANSACTION_REFUSED: too large. */
enum err kafka_writer_send(struct kafka_writer *w, enum topic topic, int32_t partition, struct slice key,
                           struct slice value, const struct header *headers, unsigned header_count) MUST_CHECK;

/* Waits until everything queued is acknowledged; the first error of any record since the last flush. */
enum err kafka_writer_flush(struct kafka_writer *w, int timeout_ms) MUST_CHECK;

/* Offset of the record acknowledged last in a partition since open; -1: none. */
int64_t kafka_writer_acknowledged(const struct kafka_writer *w, enum topic topic, int32_t partition);

/* How many partitions the topic has; asked before records of it are sent. ERR_MEMORY_EXHAUSTED, or of the broker. */
enum err kafka_writer_partitions(struct kafka_writer *w, enum topic topic, int32_t *count) MUST_CHECK;

#endif
