/* runtime/kafka_client.h: what every handle on Kafka is opened with, and what is refused in its settings.
 *
 * Five kinds of handle are made from one set of options (kafka.md 2): kafka_source, kafka_sink, kafka_log,
 * kafka_writer, kafka_admin. None of them names a type of the library. */
#ifndef RUNTIME_KAFKA_CLIENT_H
#define RUNTIME_KAFKA_CLIENT_H

#include "runtime/topic.h"

#include <stdatomic.h>

enum {
    KAFKA_NAME_MAX = 200,
    KAFKA_TRANSACTION_TIMEOUT_MS = 10000,
    KAFKA_SESSION_TIMEOUT_MS = 10000,
    KAFKA_WAIT_MS = 20000
};

/* A setting `kafka.<name>` that is handed to the library. */
struct kafka_property { const char *name, *value; };

/* Severities of syslog, as the library uses them. */
enum kafka_severity { KAFKA_ERROR = 3, KAFKA_WARNING = 4, KAFKA_NOTICE = 5, KAFKA_INFO = 6, KAFKA_DEBUG = 7 };

/* Every pointer is borrowed while a handle made from it lives. Both callbacks are called from threads of the library,
 * too. */
struct kafka_options {
    const char                  *brokers;           /* host:port,host:port */
    const struct kafka_property *properties;
    unsigned                     property_count;
    const char                  *namespace;         /* NULL or "default": none; else in front of topics, groups, ids */
    const char                  *stage;             /* names the client, its group and its transactional id */
    const char *foreign; /* the name on the broker of a topic of others, read as TOPIC_NONE; NULL: none */
    unsigned                     instance, worker;  /* 0 to 999, 0 to 99 */
    unsigned                     settle_ms;         /* between a commit and the next batch, kafka.md 5.2; 0: none */
    unsigned                     interval_ms;       /* how long a batch gathers at most; 0: 50 */
    size_t                       partition_bytes_max;   /* of a batch, incoming, for one partition; 0: 900 000 */
    void (*log)(void *context, enum kafka_severity severity, const char *facility, const char *text);
    /* Statistics of the library as JSON, every statistics.interval.ms; borrowed for the call. */
    void                       (*statistics)(void *context, const char *handle, const char *json, size_t size);
    void                        *context;
    /* Where a sink notes, on the monotonic clock, the begin and the end of each call of the library that may take long:
     * a call that never returns is met by a watchdog outside the worker (kafka.md 16.13), and one that is patient is
     * not. NULL: not. */
    _Atomic int64_t             *moved_ms;
};

/* Refuses properties that are ours to set, unknown ones and bad values: ERR_CONFIG_INVALID, *why says which and what to
 * do. */
enum err kafka_client_check(const struct kafka_options *options, struct text *why) MUST_CHECK;

/* True when the library that runs has a property of that name, whoever may set it. */
bool kafka_client_has(struct slice property);

/* Before the first handle, while there is one thread: Cyrus SASL, whose plugins the library loads with that handle
 * (half a MiB), serves Kerberos only; where no property asks for that, it finds none. */
void kafka_client_spare_plugins(const struct kafka_options *options);

/* Brokers that the handle of these statistics is connected to. */
int kafka_client_brokers_up(const char *json, size_t size);

/* Text of the version of the library that runs, such as "2.0.2". */
const char *kafka_client_version(void);

/* The name that a topic has on the broker: that of topic.def after the namespace. Terminated; `name` of
 * KAFKA_NAME_MAX. */
void kafka_client_topic_name(const struct kafka_options *options, enum topic topic, char *name);

/* claimstream.<stage> after the namespace: the consumer group of a stage (kafka.md 2). */
void kafka_client_group_name(const struct kafka_options *options, char *name);

/* The identifier of the cluster, terminated. ERR_KAFKA_UNREACHABLE when no broker answers within `timeout_ms`. */
enum err kafka_client_cluster(const struct kafka_options *options, int timeout_ms, char *id,
                              size_t capacity) MUST_CHECK;

#endif
