/* tests/support/kafka_mock.h: the mock cluster of librdkafka as a fault injector, and nothing else: it has no
 * transactions, so that nothing about exactly-once is shown on it (kafka.md 13). */
#ifndef TESTS_SUPPORT_KAFKA_MOCK_H
#define TESTS_SUPPORT_KAFKA_MOCK_H

#include "runtime/kafka_client.h"
#include "support/table.h"

struct kafka_mock;

/* One broker with these topics of four partitions each. Never NULL. */
enum { KAFKA_MOCK_PARTITIONS = 4 };
struct kafka_mock *kafka_mock_open(const enum topic *topics, unsigned count);
void kafka_mock_close(struct kafka_mock *m);

/* To open handles with. */
struct kafka_options *kafka_mock_options(struct kafka_mock *m);

/* A topic of another count, before anybody asks for it. */
void kafka_mock_topic(struct kafka_mock *m, enum topic topic, int32_t partitions);

/* The next `times` requests of a kind ("Produce", "EndTxn") end with an error of the library by its name without prefix
 * ("NOT_COORDINATOR", "_TRANSPORT" cuts the connection). */
void kafka_mock_fail(struct kafka_mock *m, struct slice request, struct slice error, unsigned times);
void kafka_mock_forget(struct kafka_mock *m, struct slice request);

/* The broker says of a topic that there is none, until it is shown again. */
void kafka_mock_hide(struct kafka_mock *m, enum topic topic, bool is_hidden);

void kafka_mock_down(struct kafka_mock *m, bool is_down);

int kafka_mock_code(struct slice error);

#endif
