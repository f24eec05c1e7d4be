/* stage/process_reference.h: what a process knows of partners and programs: its copy of partners.v1 and the one feed
 * that fills it and that all of its workers follow (architecture.md 7, kafka.md 2). */
#ifndef STAGE_PROCESS_REFERENCE_H
#define STAGE_PROCESS_REFERENCE_H

#include "runtime/partner_copy.h"
#include "stage/process.h"
#include "stage/redis_profiles.h"
#include "stage/reference_feed.h"

/* One that is all zero is closed. */
struct process_reference {
    struct partner_copy        *copy;
    struct reference_feed      *feed;
    struct arena                scratch;            /* of the feed's thread once that runs */
    struct kafka_options        kafka;
    struct redis_profiles_notes notes;
};

/* Opens the copy in partners.INSTANCE below the service's folder of state, waiting while there is no room for it, and
 * the feed of so many workers, which is not started. process_reference_close gives back what it opened, also after an
 * error. ERR_CONFIG_INVALID: the path is too long; else what the copy and Kafka say. */
enum err process_reference_open(struct process_reference *r, struct process *p, const char *service,
                                unsigned workers) MUST_CHECK;

/* Each tick of the process: ends it when the feed's thread has died. */
void process_reference_tick(struct process_reference *r, struct process *p);

/* Stops the feed: workers have ended before. The copy stays readable until it is closed. */
void process_reference_stop(struct process_reference *r);
void process_reference_close(struct process_reference *r);

#endif
