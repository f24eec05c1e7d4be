/* stage/kafka_transport.h: what a worker stands on in production: a member of the consumer group, a transactional
 * producer, and one LMDB store a partition, filled from the changelog (kafka.md 2, 4.2). */
#ifndef STAGE_KAFKA_TRANSPORT_H
#define STAGE_KAFKA_TRANSPORT_H

#include "runtime/kafka_client.h"
#include "runtime/lmdb_store.h"
#include "stage/stage.h"
#include "stage/transport.h"

struct kafka_transport_options {
    const struct stage     *stage;
    struct kafka_options    kafka;                  /* copied; what it points to is borrowed */
    struct lmdb_options     lmdb;                   /* the same; notice is the transport's own */
    const char             *cluster_id;
    struct slice            seed_check;
    struct transport_bounds bounds;
};

/* Does not connect. ERR_MEMORY_EXHAUSTED. */
enum err kafka_transport_open(const struct kafka_transport_options *options, struct transport **transport) MUST_CHECK;

/* The topics of a stage: inputs, what it writes, its changelog. At most KAFKA_TRANSPORT_TOPICS. */
enum { KAFKA_TRANSPORT_TOPICS = 16 };
unsigned kafka_transport_inputs(const struct stage *stage, enum topic *topics);
unsigned kafka_transport_outputs(const struct stage *stage, enum topic *topics);

#endif
