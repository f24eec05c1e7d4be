/* runtime/kafka_handle.h: how the handles of the library are configured, warmed and read for errors: kafka_*.c only. */
#ifndef RUNTIME_KAFKA_HANDLE_H
#define RUNTIME_KAFKA_HANDLE_H

#include "runtime/kafka_client.h"
#include "runtime/source.h"

#include <librdkafka/rdkafka.h>

/* What a handle is for; each has its rows in the table of kafka_handle.c (kafka.md 8). */
enum kafka_role {
    KAFKA_MEMBER,       /* consumer of a worker: group, read_committed */
    KAFKA_TRANSACTIONS, /* producer of a worker */
    KAFKA_READER,       /* assigned partitions, read_committed, EOF events: up to the end, and soon */
    KAFKA_FOLLOWER,     /* the same after the end for good: asks rarely, and hears of records at once */
    KAFKA_PROBE,        /* the same, read_uncommitted: true high watermarks */
    KAFKA_WRITER,       /* idempotent producer without transactions */
    KAFKA_ADMIN,        /* questions and topics */
    KAFKA_ROLE_COUNT
};

/* The callbacks of one handle; the opaque of the library is the context. */
struct kafka_hooks {
    void *context;
    void (*delivered)(rd_kafka_t *, const rd_kafka_message_t *, void *context);
    void (*rebalanced)(rd_kafka_t *, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t *, void *context);
    void (*counted)(struct slice statistics, void *context);    /* JSON of the library, every five seconds; may be NULL */
};

/* A handle, its options and the topics it knows. The callbacks of the library get the handle itself as opaque. */
struct kafka_handle {
    rd_kafka_t                 *rk;
    const struct kafka_options *options;
    enum kafka_role             role;
    struct kafka_hooks          hooks;
    const char                 *group;              /* instead of that of the role; NULL */
    rd_kafka_topic_t           *topics[TOPIC_COUNT];        /* opened when first asked for */
    int32_t                     partitions[TOPIC_COUNT];    /* 0: not warm */
};

/* Opens a handle of a role. ERR_CONFIG_INVALID (the log says why), ERR_MEMORY_EXHAUSTED. */
enum err kafka_handle_open(struct kafka_handle *h, const struct kafka_options *options, enum kafka_role role,
                           const struct kafka_hooks *hooks) MUST_CHECK;
/* A reader that asks for the committed offsets of a group and is no member of it. */
enum err kafka_handle_open_group(struct kafka_handle *h, const struct kafka_options *options,
                                 const char *group) MUST_CHECK;
/* Gives topics and handle back; bounded, though a broker may be away. Idempotent. */
void kafka_handle_close(struct kafka_handle *h);

/* The topic object, opened at need. Never NULL. */
rd_kafka_topic_t *kafka_handle_topic(struct kafka_handle *h, enum topic topic);

/* Fetches the metadata of a topic into this handle (kafka.md 7): its number of partitions. ERR_KAFKA_UNREACHABLE,
 * ERR_KAFKA_TOPIC when the broker does not have it. */
enum err kafka_handle_warm(struct kafka_handle *h, enum topic topic, int timeout_ms) MUST_CHECK;
enum err kafka_handle_partitions(struct kafka_handle *h, enum topic topic, int32_t *count) MUST_CHECK;

/* Which of our topics a name of the broker is; TOPIC_NONE: none. */
enum topic kafka_handle_topic_of(const struct kafka_handle *h, const char *name);

/* What an error of a question (metadata, offsets, watermarks) means. */
enum err kafka_handle_error(rd_kafka_resp_err_t code);

/* Waits at most `timeout_ms` for the committed offsets of a list. ERR_KAFKA_UNREACHABLE also while a transaction that
 * ends elsewhere holds one back: ask again. */
enum err kafka_handle_committed(struct kafka_handle *h, rd_kafka_topic_partition_list_t *list,
                                int timeout_ms) MUST_CHECK;

/* The mark of a transaction and the nonce of the process that committed it, as metadata of an offset: hex digits of
 * both. False: somebody else's metadata, or none. */
void kafka_handle_put_mark(rd_kafka_topic_partition_t *row, uint64_t mark, uint64_t nonce);
bool kafka_handle_mark(const rd_kafka_topic_partition_t *row, uint64_t *mark, uint64_t *nonce);

/* The topic of a message of this process; it was opened by kafka_handle_topic. */
enum topic kafka_handle_message_topic(const rd_kafka_message_t *message);

/* Fills a record from a message; headers go to `headers` (at most `header_max`), all borrowed from the message. */
void kafka_handle_record(const rd_kafka_message_t *message, struct header *headers, unsigned header_max,
                         struct record *record);

/* Queues a copy of a record; a value of size 0 is a removal. The library's error: queue full, too large, wrong
 * state. */
rd_kafka_resp_err_t kafka_handle_produce(struct kafka_handle *h, enum topic topic, int32_t partition, struct slice key,
                                         struct slice value, const struct header *headers, unsigned count);

/* One line to the log of the options, at most 511 bytes; nothing where they have none. */
void kafka_handle_log(const struct kafka_options *options, enum kafka_severity severity, const char *facility,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The value of a property that is a number, or what holds without it. */
int64_t kafka_handle_number(const struct kafka_options *options, const char *name, int64_t otherwise);

/* By statistics of the library, up to where a partition of a topic (its name on the broker) was read: what is not seen
 * below that was rolled back, or is the marker of a transaction. -1: not known, or records of it are queued. */
int64_t kafka_handle_read_to(struct slice statistics, const char *topic, int32_t partition);

/* Milliseconds of the monotonic clock. */
int64_t kafka_handle_now_ms(void);

/* True, after a pause, when a question is to be asked again: a partition made a moment ago has no leader yet, and says
 * so at once. */
bool kafka_handle_waits(enum err e, int64_t until_ms);
void kafka_handle_pause_ms(int64_t ms);

#endif
