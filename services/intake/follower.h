/* intake/follower.h: the thread that follows claims.decided.v1 and claims.held.v1 into the standing of documents, and
 * answers what is asked of it. Its tables lie below state.dir with the offsets that they are good for. */
#ifndef INTAKE_FOLLOWER_H
#define INTAKE_FOLLOWER_H

#include "intake/service.h"
#include "runtime/kafka_client.h"
#include "runtime/lmdb_store.h"

struct follower_options {
    struct kafka_options   kafka;
    struct lmdb_options    lmdb;                    /* dir: state.dir */
    const char            *cluster_id;
    int32_t                partitions;
    struct intake_service *service;
};

struct follower;

/* ERR_MEMORY_EXHAUSTED. It connects on its thread, and tries again until it can. */
enum err follower_open(const struct follower_options *options, struct follower **follower) MUST_CHECK;
/* Saves its tables. NULL is fine. */
void follower_close(struct follower *f);

#endif
