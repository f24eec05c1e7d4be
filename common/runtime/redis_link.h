/* runtime/redis_link.h: one synchronous connection to Redis, of one thread, for pipelines (kafka.md 11, connection D).
 *
 * It connects with the first request and is closed after any error, never used again: what it owes would answer the
 * next question. While the breaker is open requests fail at once. Nothing here waits longer than connecting, signing in
 * and one pipeline, each bounded by timeout_ms; a TLS handshake by REDIS_HANDSHAKE_TIMES as much. */
#ifndef RUNTIME_REDIS_LINK_H
#define RUNTIME_REDIS_LINK_H

#include "runtime/redis_address.h"
#include "runtime/redis_answer.h"
#include "runtime/redis_breaker.h"

struct redis_counts { uint64_t pipelines, commands, failures, connections; };

/* Whose keys they are: the identifier of the Kafka cluster, after the namespace unless that is "default". Redis
 * outlives a cluster: what it still has of another one, with higher revisions or slots that nobody holds, must not be
 * found. */
enum { REDIS_NAMESPACE_MAX = 192 };
void redis_name_of(char name[REDIS_NAMESPACE_MAX], const char *name_space, const char *cluster_id);

/* Begins a key of an installation: nothing for NULL or "default", else its name and a colon. */
void redis_key_begin(struct text *key, const char *name_space);

struct redis_link;

/* Options are copied, their texts too. ERR_CONFIG_INVALID: the address; ERR_MEMORY_EXHAUSTED. Does not connect. */
enum err redis_link_open(const struct redis_options *options, struct redis_link **link) MUST_CHECK;
void redis_link_close(struct redis_link *link);

/* All commands in one round trip; answers[i] belongs to commands[i], borrowed until the next request. ERR_REDIS_AWAY:
 * no answer counts, some may have taken effect. A command that Redis refuses is an answer (REFUSAL), except that it is
 * loading, a replica or not to be written: then it is away, too. */
enum err redis_link_ask(struct redis_link *link, const struct redis_command *commands, unsigned count,
                        const struct redis_answer **answers) MUST_CHECK;

/* Connections made so far: another number is another connection. */
uint64_t redis_link_generation(const struct redis_link *link);
bool redis_link_is_away(const struct redis_link *link);                 /* the breaker is open */
const char *redis_link_why(const struct redis_link *link);              /* of the last request; "": it did not fail */
/* It failed at somebody who is there: TLS here and none there, a certificate or a password that is refused. */
bool redis_link_is_refused(const struct redis_link *link);
struct redis_counts redis_link_counts(const struct redis_link *link);

#endif
