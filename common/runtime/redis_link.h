/* runtime/redis_link.h: one synchronous connection to Redis, of one thread, for pipelines (kafka.md 11, connection D).
 *
 * It connects with the first request and is closed after any error, never used again: what it owes would answer the
 * next question. While the breaker is open requests fail at once. Nothing here waits longer than connecting and one
 * pipeline, each bounded by timeout_ms. */
#ifndef RUNTIME_REDIS_LINK_H
#define RUNTIME_REDIS_LINK_H

#include "runtime/redis_breaker.h"

enum { REDIS_TIMEOUT_MS = 20, REDIS_PORT = 6379 };

struct redis_name;
struct redis_options {
    const char *address;                            /* host, host:port, [v6]:port or the path of a socket */
    const char *password;                           /* NULL: none is asked for */
    unsigned    timeout_ms;                         /* 0: REDIS_TIMEOUT_MS */
    /* Looks up the host of the address; NULL: it is numeric, or whoever connects may wait for a resolver. Outlives the
     * link. */
    const struct redis_name *name;
    /* Told when it goes away (five failures) and when it is back, once each, from the thread of the request. May be
     * NULL. */
    void      (*on_change)(void *context, bool is_away, const char *why);
    void       *context;
};

struct redis_counts { uint64_t pipelines, commands, failures, connections; };

/* Host and port of an address, or a path and port 0. False: it cannot be read. Borrowed from `address`. */
bool redis_address_read(struct slice address, struct slice *host, int *port);

/* Whose keys they are: the identifier of the Kafka cluster, behind the namespace unless that is "default". Redis
 * outlives a cluster: what it still has of another one, with higher revisions or slots that nobody holds, must not be
 * found. */
enum { REDIS_NAMESPACE_MAX = 192 };
void redis_name_of(char name[REDIS_NAMESPACE_MAX], const char *name_space, const char *cluster_id);

/* Begins a key of an installation: nothing for NULL or "default", else its name and a colon. */
void redis_key_begin(struct text *key, const char *name_space);

struct redis_command { const struct slice *words; unsigned count; };
#define REDIS_COMMAND(...) \
    ((struct redis_command){ (const struct slice[]){ __VA_ARGS__ }, sizeof((const struct slice[]){ __VA_ARGS__ }) / \
    sizeof(struct slice) })

/* An answer as Redis gave it, borrowed until the next request of its link. */
struct redis_answer;
enum redis_answer_kind { REDIS_NIL, REDIS_TEXT, REDIS_INTEGER, REDIS_LIST, REDIS_REFUSAL };
enum redis_answer_kind redis_answer_kind(const struct redis_answer *a);
struct slice redis_answer_text(const struct redis_answer *a);           /* of TEXT and REFUSAL; else empty */
int64_t redis_answer_integer(const struct redis_answer *a);             /* of INTEGER; else 0 */
unsigned redis_answer_count(const struct redis_answer *a);              /* of LIST; else 0 */
const struct redis_answer *redis_answer_item(const struct redis_answer *a, unsigned index);

struct redis_link;

/* Options are copied, their texts too. ERR_CONFIG_INVALID: the address; ERR_MEMORY_EXHAUSTED. Does not connect. */
enum err redis_link_open(const struct redis_options *options, struct redis_link **link) MUST_CHECK;
void redis_link_close(struct redis_link *link);

/* All commands in one round trip; answers[i] belongs to commands[i]. ERR_REDIS_AWAY: no answer counts, some may have
 * taken effect. A command that Redis refuses is an answer (REFUSAL), except that it is loading, a replica or not to be
 * written: then it is away, too. */
enum err redis_link_ask(struct redis_link *link, const struct redis_command *commands, unsigned count,
                        const struct redis_answer **answers) MUST_CHECK;

/* Connections made so far: another number is another connection. */
uint64_t redis_link_generation(const struct redis_link *link);
bool redis_link_is_away(const struct redis_link *link);                 /* the breaker is open */
struct redis_counts redis_link_counts(const struct redis_link *link);

#endif
