/* stage/kafka_reference.h: partners.v1 and programs.v1 as the reference feed reads them: every partition from its
 * beginning, read_committed, without a group. */
#ifndef STAGE_KAFKA_REFERENCE_H
#define STAGE_KAFKA_REFERENCE_H

#include "runtime/kafka_client.h"
#include "stage/reference_feed.h"

/* `options` is borrowed while the log is open. Asks again for `wait_ms` while no broker answers: leaders of topics made
 * just now, or of a broker that comes back, may still be on their way. ERR_KAFKA_UNREACHABLE, ERR_KAFKA_TOPIC: the
 * topics are not there. */
enum err kafka_reference_await(const struct kafka_options *options, int wait_ms, struct reference_log **log) MUST_CHECK;

#endif
