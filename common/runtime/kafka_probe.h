/* runtime/kafka_probe.h: what only an attempt tells: a transaction that is written everywhere and rolled back.
 *
 * For `doctor`, `--check` and the start of a service (kafka.md 7, surfaces.md 2.7). Nobody who reads what is committed
 * sees any of it. */
#ifndef RUNTIME_KAFKA_PROBE_H
#define RUNTIME_KAFKA_PROBE_H

#include "base/err.h"
#include "runtime/kafka_client.h"

enum { KAFKA_PROBE_BYTES = 256 << 10, KAFKA_PROBE_WHY = 200, KAFKA_PROBE_MEMBERS_MAX = 256, KAFKA_PROBE_ID_MAX = 96 };

struct kafka_probed {
    enum err topics[TOPIC_COUNT]; /* what writing each said: OK, ERR_KAFKA_DENIED, …; those not asked for: OK */
    char     why[KAFKA_PROBE_WHY];                  /* of the first that is not OK */
    uint64_t packed_bytes; /* what went over the wire for KAFKA_PROBE_BYTES of alike bytes; 0: not heard */
    int64_t  took_ms;
};

/* Writes one record to each topic (bits 1 << enum topic), of KAFKA_PROBE_BYTES to the dead letters, under the
 * transactional id of the options with the worker 99, waits for the brokers' answers and rolls back.
 * ERR_KAFKA_UNREACHABLE, ERR_KAFKA_DENIED: the transaction itself; ERR_KAFKA_TOPIC, ERR_KAFKA_FATAL,
 * ERR_CONFIG_INVALID. */
enum err kafka_probe_write(const struct kafka_options *options, uint64_t topics,
                           struct kafka_probed *probed) MUST_CHECK;

/* True when compression that is set was applied. Before librdkafka 2.11.1 the client sends plain, and says nothing,
 * when the broker does not list the oldest Produce request (kafka.md 10). */
bool kafka_probe_packs(const struct kafka_probed *probed);

/* Members of a consumer group with the static id and client id of each. *count: how many were filled.
 * ERR_KAFKA_UNREACHABLE, ERR_KAFKA_DENIED. A group that was never there has none. */
struct kafka_member { char static_id[KAFKA_PROBE_ID_MAX], client_id[KAFKA_PROBE_ID_MAX], host[KAFKA_PROBE_ID_MAX]; };
enum err kafka_probe_members(const struct kafka_options *options, const char *group, struct kafka_member *members,
                             unsigned max, unsigned *count) MUST_CHECK;

/* The versions of the Produce request that a broker lists. The newest tells its age: 7 since Kafka 2.1.
 * ERR_KAFKA_UNREACHABLE. */
enum { KAFKA_PRODUCE_2_1 = 7 };
struct kafka_produce { int oldest, newest; };
enum err kafka_probe_produce(const struct kafka_options *options, struct kafka_produce *produce) MUST_CHECK;

/* True for a client (its version in hexadecimal: 0x020002ff is 2.0.2) that sends plain to such a broker. */
bool kafka_probe_sends_plain(const struct kafka_produce *produce, int client_version);

#endif
