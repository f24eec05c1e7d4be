/* runtime/kafka_admin.h: topics as topic.def wants them, and what of the broker does not fit (kafka.md 6.2, 7). */
#ifndef RUNTIME_KAFKA_ADMIN_H
#define RUNTIME_KAFKA_ADMIN_H

#include "runtime/kafka_client.h"

enum { KAFKA_FINDINGS_MAX = 64, KAFKA_FINDING_TEXT = 320 };

struct kafka_plan {
    int32_t  partitions;                            /* of the topics that share the one count; 0: 12 */
    int32_t  replication;                           /* 0: 3, or 1 with allow_single_replica */
    bool     allow_single_replica;                  /* setting topics.allow_single_replica */
    uint64_t topics;                                /* bits 1 << enum topic to look at; 0: all */
};

/* One thing that does not fit, as a sentence that says what to do. `stops`: the stages refuse to start. */
struct kafka_finding { enum topic topic; bool stops; char text[KAFKA_FINDING_TEXT]; };
struct kafka_findings {
    struct kafka_finding at[KAFKA_FINDINGS_MAX];
    unsigned             count, stopping;
    bool                 has_one_broker;            /* said once, instead of for each topic: the first of them */
};

enum kafka_creation { KAFKA_TOPIC_CREATED, KAFKA_TOPIC_EXISTED, KAFKA_TOPIC_REFUSED };
typedef void kafka_admin_created(void *context, enum topic topic, const char *name, enum kafka_creation what,
                                 const char *text);

/* Creates the topics that are missing and waits until they can be written. `created` (may be NULL) is told of each.
 * ERR_KAFKA_UNREACHABLE; ERR_KAFKA_TOPIC when the broker refused one. */
enum err kafka_admin_create(const struct kafka_options *options, const struct kafka_plan *plan,
                            kafka_admin_created *created, void *context) MUST_CHECK;

/* Compares the broker with topic.def: counts of partitions, cleanup, retention, replicas in sync, sizes, time-outs, a
 * lone bootstrap server. OK whatever was found; ERR_KAFKA_UNREACHABLE when it could not be asked. */
enum err kafka_admin_check(const struct kafka_options *options, const struct kafka_plan *plan,
                           struct kafka_findings *findings) MUST_CHECK;

#endif
