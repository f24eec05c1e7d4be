/* runtime/kafka_writer.c: an idempotent producer and the first thing that went wrong with it. */
#include "runtime/kafka_writer.h"

#include "base/assert.h"
#include "runtime/kafka_handle.h"

#include <stdlib.h>

enum { FULL_MS = 20 };

struct kafka_writer {
    struct kafka_handle handle;
    int                 failed;                     /* the library's error of the first record that was not taken */
    int64_t            *acknowledged[TOPIC_COUNT];  /* by partition: offset + 1 of the record acknowledged last */
};

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *context)
{
    struct kafka_writer *w = context;
    (void)rk;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (w->failed == 0) w->failed = message->err;
        return;
    }
    int64_t *last = &w->acknowledged[kafka_handle_message_topic(message)][message->partition];
    if (message->offset >= *last) *last = message->offset + 1;
}

enum err kafka_writer_open(const struct kafka_options *options, struct kafka_writer **writer)
{
    struct kafka_writer *w = calloc(1, sizeof *w);
    if (!w) return ERR_MEMORY_EXHAUSTED;
    struct kafka_hooks hooks = { .context = w, .delivered = on_delivery };
    enum err e = kafka_handle_open(&w->handle, options, KAFKA_WRITER, &hooks);
    if (e == OK) *writer = w;
    else free(w);
    return e;
}

void kafka_writer_close(struct kafka_writer *w)
{
    if (!w) return;
    kafka_handle_close(&w->handle);
    for (enum topic topic = TOPIC_NONE; topic < TOPIC_COUNT; topic++) free(w->acknowledged[topic]);
    free(w);
}

enum err kafka_writer_partitions(struct kafka_writer *w, enum topic topic, int32_t *count)
{
    TRY(kafka_handle_partitions(&w->handle, topic, count));
    if (!w->acknowledged[topic]) w->acknowledged[topic] = calloc((size_t)*count, sizeof **w->acknowledged);
    return w->acknowledged[topic] ? OK : ERR_MEMORY_EXHAUSTED;
}

static enum err error_of(const struct kafka_writer *w, int code)
{
    if (code == 0) return OK;
    kafka_handle_log(w->handle.options, KAFKA_ERROR, "WRITE", "a record was not taken: %s",
                     rd_kafka_err2str((rd_kafka_resp_err_t)code));
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || code == RD_KAFKA_RESP_ERR_INVALID_RECORD)
        return ERR_TRANSACTION_REFUSED;
    return kafka_handle_error((rd_kafka_resp_err_t)code);
}

enum err kafka_writer_send(struct kafka_writer *w, enum topic topic, int32_t partition, struct slice key,
                           struct slice value, const struct header *headers, unsigned header_count)
{
    int32_t partitions;
    TRY(kafka_writer_partitions(w, topic, &partitions));
    if (partition < 0) partition = topic_partition(key, partitions);
    ASSERT(partition < partitions);
    rd_kafka_poll(w->handle.rk, 0);
    int64_t deadline = kafka_handle_now_ms() + KAFKA_WAIT_MS;
    for (;;) {
        rd_kafka_resp_err_t code =
            kafka_handle_produce(&w->handle, topic, partition, key, value, headers, header_count);
        if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || kafka_handle_now_ms() >= deadline) return error_of(w, code);
        rd_kafka_poll(w->handle.rk, FULL_MS);
    }
}

enum err kafka_writer_flush(struct kafka_writer *w, int timeout_ms)
{
    rd_kafka_resp_err_t code = rd_kafka_flush(w->handle.rk, timeout_ms);
    int failed = w->failed ? w->failed : (int)code;
    w->failed = 0;
    return error_of(w, failed);
}

int64_t kafka_writer_acknowledged(const struct kafka_writer *w, enum topic topic, int32_t partition)
{
    if (!w->acknowledged[topic]) return -1;
    ASSERT(partition >= 0 && partition < w->handle.partitions[topic]);
    return w->acknowledged[topic][partition] - 1;
}
