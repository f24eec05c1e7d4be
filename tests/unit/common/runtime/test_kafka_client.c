/* What may be set from outside, and what things are called on the broker (kafka.md 2, 8). */
#include "runtime/kafka_client.h"

#include "support/table.h"

#include <stdlib.h>

static struct slice refusal(const struct kafka_property *properties, unsigned count, char *buffer, size_t size,
                            enum err *e)
{
    struct kafka_options o = {
        .brokers = "127.0.0.1:1", .stage = "test", .properties = properties, .property_count = count
    };
    struct text why = text_over(buffer, size);
    *e = kafka_client_check(&o, &why);
    return text_slice(&why);
}

TEST(a_property_is_passed_on_or_refused_with_its_name_and_the_reason)
{
    struct table t = TABLE(
        "property                          value              | says",
        "linger.ms                         5                  | -",
        "fetch.wait.max.ms                 10                 | -",
        "security.protocol                 plaintext          | -",
        "transaction.timeout.ms            9000               | -",
        "isolation.level                   read_uncommitted   | is set by Claimstream",
        "enable.auto.commit                true               | is set by Claimstream",
        "enable.auto.offset.store          true               | is set by Claimstream",
        "enable.idempotence                false              | is set by Claimstream",
        "acks                              1                  | is set by Claimstream",
        "request.required.acks             1                  | is set by Claimstream",
        "transactional.id                  mine               | is set by Claimstream",
        "group.id                          mine               | is set by Claimstream",
        "group.instance.id                 mine               | is set by Claimstream",
        "client.id                         mine               | is set by Claimstream",
        "partitioner                       random             | is set by Claimstream",
        "partition.assignment.strategy     cooperative-sticky  | is set by Claimstream",
        "auto.offset.reset                 latest             | is set by Claimstream",
        "allow.auto.create.topics          true               | is set by Claimstream",
        "delivery.report.only.error        true               | is set by Claimstream",
        "bootstrap.servers                 elsewhere:9092     | is set by Claimstream",
        "plugin.library.paths              /tmp/x.so          | is set by Claimstream",
        "no.such.property                  1                  | no such property",
        "linger.ms                         soon               | Invalid value",
        "transaction.timeout.ms            20000              | must not be above kafka.session.timeout.ms",
        "message.timeout.ms                20000              | message.timeout.ms");
    while (table_next(&t)) {
        char name[64], value[64], buffer[512];
        struct text n = text_over(name, sizeof name), v = text_over(value, sizeof value);
        enum err e;
        text_put(&n, cell(&t, "property"));
        text_put_byte(&n, '\0');
        text_put(&v, cell(&t, "value"));
        text_put_byte(&v, '\0');
        struct slice said = refusal(&(struct kafka_property){ name, value }, 1, buffer, sizeof buffer, &e),
                     want = cell(&t, "says");
        bool names_it = said.size == 0 || memmem(said.bytes, said.size, "kafka.", 6);
        bool holds = want.size ? memmem(said.bytes, said.size, want.bytes, want.size) != NULL : said.size == 0;
        CHECK(e == (want.size ? ERR_CONFIG_INVALID : OK));
        CHECK(names_it);
        if (!holds) CHECK_CELL(&t, "says", said);
    }
}

TEST(a_namespace_stands_in_front_of_topics_and_groups)
{
    char name[KAFKA_NAME_MAX];
    struct kafka_options o = { .brokers = "127.0.0.1:1", .stage = "payout" };
    kafka_client_topic_name(&o, TOPIC_PAYOUTS, name);
    CHECK_TEXT(slice_from(name), "payouts.v1");
    kafka_client_group_name(&o, name);
    CHECK_TEXT(slice_from(name), "claimstream.payout");
    o.namespace = "default";
    kafka_client_topic_name(&o, TOPIC_PAYOUTS, name);
    CHECK_TEXT(slice_from(name), "payouts.v1");
    o.namespace = "trial";
    kafka_client_topic_name(&o, TOPIC_PAYOUTS, name);
    CHECK_TEXT(slice_from(name), "trial.payouts.v1");
    kafka_client_group_name(&o, name);
    CHECK_TEXT(slice_from(name), "trial.claimstream.payout");
}

TEST(a_broker_that_is_not_there_is_said_to_be_unreachable_in_time)
{
    char id[64];
    struct kafka_options o = { .brokers = "127.0.0.1:1", .stage = "test" };
    CHECK(kafka_client_cluster(&o, 100, id, sizeof id) == ERR_KAFKA_UNREACHABLE);
}

/* PLAIN, SCRAM and OAUTHBEARER are the library's own; Cyrus SASL is asked for Kerberos, its own default. */
TEST(plugins_of_cyrus_sasl_are_found_by_those_who_ask_for_kerberos)
{
    static const struct { struct kafka_property properties[2]; bool finds; } asked[] = {
        { { { "linger.ms", "5" }, { "security.protocol", "ssl" } }, false },
        { { { "security.protocol", "SASL_SSL" }, { "sasl.mechanism", "PLAIN" } }, false },
        { { { "security.protocol", "sasl_ssl" }, { "sasl.mechanisms", "SCRAM-SHA-512" } }, false },
        { { { "security.protocol", "sasl_plaintext" }, { "sasl.mechanism", "GSSAPI" } }, true },
        { { { "linger.ms", "5" }, { "security.protocol", "SASL_SSL" } }, true },
    };
    for (unsigned i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct kafka_options o = { .brokers = "127.0.0.1:1", .stage = "test",
                                   .properties = asked[i].properties, .property_count = 2 };
        CHECK(unsetenv("SASL_PATH") == 0);
        kafka_client_spare_plugins(&o);
        CHECK((getenv("SASL_PATH") == NULL) == asked[i].finds);
    }
}
