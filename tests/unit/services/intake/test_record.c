#include "intake/record.h"

#include "support/test.h"

static const struct framing_schema known = { .id = 17 };
static const struct framing_schemas schemas = { .items = &known, .count = 1 };

static struct record_content read_with(struct slice value, const struct header *headers, unsigned count)
{
    struct record r = { .topic = TOPIC_CLAIMS_SUBMITTED, .value = value, .headers = headers, .header_count = count };
    return record_read(test_arena(), &r, &schemas);
}
#define READ(value, ...) \
    read_with((value), (struct header[]){ __VA_ARGS__ }, sizeof((struct header[]){ __VA_ARGS__ }) / \
    sizeof(struct header))
#define H(name, text) { SLICE_INIT(name), SLICE_INIT(text) }

TEST(a_bare_record_is_a_submission_and_json_by_its_type_or_its_look)
{
    struct record_content c = read_with(SLICE("\x08\x01"), NULL, 0);
    CHECK_INT(c.issue, ISSUE_NONE);
    CHECK_INT(c.payload, RECORD_SUBMISSION);
    CHECK_INT(READ(SLICE("{}"), H("content-type", "application/json; charset=utf-8")).payload, RECORD_JSON);
    CHECK_INT(read_with(SLICE(" {}"), NULL, 0).payload, RECORD_JSON);
    CHECK_INT(read_with((struct slice){ 0 }, NULL, 0).issue, ISSUE_RECORD_EMPTY);
}

TEST(a_binary_event_names_its_source_and_id)
{
    struct record_content c =
        READ(SLICE("{\"kind\":1}"), H("ce_specversion", "1.0"), H("ce_source", "/erp"), H("ce_id", "e-1"),
             H("ce_type", "claim"), H("content-type", "application/json"), H("ce_traceparent", "00-1"));
    CHECK_INT(c.issue, ISSUE_NONE);
    CHECK_TEXT(c.source, "/erp");
    CHECK_TEXT(c.id, "e-1");
    CHECK_TEXT(c.traceparent, "00-1");
    CHECK_INT(c.payload, RECORD_JSON);
    CHECK_INT(READ(SLICE("{}"), H("ce_specversion", "1.0"), H("ce_source", "/erp"), H("ce_id", "e-1"),
                   H("ce_type", "claim"), H("CE_ID", "e-2")).issue,
              ISSUE_FRAMING_BROKEN);
    CHECK_INT(READ(SLICE("x"), H("ce_specversion", "0.3"), H("ce_source", "/erp"), H("ce_id", "e-1"), H("ce_type", "c"))
                  .issue,
              ISSUE_FRAMING_BROKEN);
    CHECK_INT(READ(SLICE("x"), H("ce_specversion", "1.0"), H("ce_source", "/erp"), H("ce_type", "c")).issue,
              ISSUE_FRAMING_BROKEN);
}

TEST(a_structured_event_keeps_the_numbers_of_its_data_as_sent)
{
    struct record_content c = READ(
        SLICE(
            "{\"specversion\":\"1.0\",\"id\":\"a\\u0041\",\"source\":\"/erp\",\"type\":\"t\",\"data\":{\"qty\":1.10}}"),
        H("Content-Type", "Application/CloudEvents+json"));
    CHECK_INT(c.issue, ISSUE_NONE);
    CHECK_TEXT(c.id, "aA");
    CHECK_TEXT(c.bytes, "{\"qty\":1.10}");
    CHECK_INT(c.payload, RECORD_JSON);
}

TEST(an_event_says_json_in_any_of_its_names_and_a_bare_record_in_one)
{
#define EVENT(type) \
    READ(SLICE("{\"kind\":1}"), H("ce_specversion", "1.0"), H("ce_source", "/erp"), H("ce_id", "e-1"), \
         H("ce_type", "c"), H("content-type", type), H("traceparent", "00-2"))
    CHECK_INT(EVENT("application/vnd.north.line+json; v=2").payload, RECORD_JSON);
    CHECK_INT(EVENT("TEXT/JSON").payload, RECORD_JSON);
    CHECK_INT(EVENT("application/json").payload, RECORD_JSON);
    CHECK_INT(EVENT("application/protobuf").payload, RECORD_SUBMISSION);
    CHECK_INT(EVENT("application/jsonl").payload, RECORD_SUBMISSION);
    CHECK_TEXT(EVENT("json").traceparent, "00-2");
    CHECK_INT(READ(SLICE("{}"), H("content-type", "application/x+json")).payload, RECORD_SUBMISSION);
    CHECK_INT(read_with(SLICE("\xef\xbb\xbf{}"), NULL, 0).payload, RECORD_JSON);
    struct record_content c = READ(
        SLICE("\xef\xbb\xbf{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\",\"type\":\"t\",\"data\":{}}"),
        H("content-type", "application/cloudevents+json"));
    CHECK_INT(c.issue, ISSUE_NONE);
    c = READ(SLICE("[{\"specversion\":\"1.0\"}]"), H("content-type", "application/cloudevents-batch+json"));
    CHECK_INT(c.issue, ISSUE_FRAMING_BROKEN);       /* a record is one event */
}

TEST(base64_data_of_an_event_is_a_submission)
{
    struct record_content c = READ(SLICE("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/"
                                         "erp\",\"type\":\"t\",\"data_base64\":\"CAESBU4tMTAw\"}"),
                                   H("content-type", "application/cloudevents+json"));
    CHECK_INT(c.issue, ISSUE_NONE);
    CHECK_SLICE(c.bytes, SLICE("\x08\x01\x12\x05N-100"));
    CHECK_INT(c.payload, RECORD_SUBMISSION);
}

TEST(events_that_say_too_little_twice_or_nothing_are_broken)
{
    static const char *const bodies[] = {
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/erp\",\"data\":{}}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"id\":\"2\",\"source\":\"/erp\",\"type\":\"t\",\"data\":{}}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/"
        "erp\",\"type\":\"t\",\"data\":{},\"data_base64\":\"AA==\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/erp\",\"type\":\"t\",\"data_base64\":\"A===\"}",
        "{\"specversion\":1.0,\"id\":\"1\",\"source\":\"/erp\",\"type\":\"t\",\"data\":{}}",
        "[]",
        "{",
        "null",
        "",
    };
    for (unsigned k = 0; k < sizeof bodies / sizeof *bodies; k++) {
        struct record_content c = READ(slice_from(bodies[k]), H("content-type", "application/cloudevents+json"));
        CHECK(c.issue == ISSUE_FRAMING_BROKEN || c.issue == ISSUE_RECORD_EMPTY);
    }
    CHECK_INT(READ(SLICE("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/erp\",\"type\":\"t\"}"),
                   H("content-type", "application/cloudevents+json"))
                  .issue,
              ISSUE_RECORD_EMPTY);
}

/* feeds.md 4: no record is larger than what a dossier may be. */
TEST(an_event_of_more_than_900_kib_is_broken)
{
    enum { SIZE = 900 << 10 };
    struct text t = text_in(test_arena(), SIZE + 200);
    PUT(&t, "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/erp\",\"type\":\"t\",\"data\":{}}");
    while (t.size < SIZE) PUT(&t, " ");
    CHECK_INT(READ(text_slice(&t), H("content-type", "application/cloudevents+json")).issue, ISSUE_NONE);
    PUT(&t, " ");
    CHECK_INT(READ(text_slice(&t), H("content-type", "application/cloudevents+json")).issue, ISSUE_FRAMING_BROKEN);
}

TEST(a_frame_is_taken_off_before_the_payload_is_named)
{
    struct record_content c = read_with(SLICE("\0\0\0\0\x11\0\x08\x01"), NULL, 0);
    CHECK_INT(c.issue, ISSUE_NONE);
    CHECK_SLICE(c.bytes, SLICE("\x08\x01"));
    c = read_with(SLICE("\0\0\0\0\x63\0\x08\x01"), NULL, 0);
    CHECK(c.is_schema_unknown);
    CHECK_INT(c.issue, ISSUE_SCHEMA_UNKNOWN);
    CHECK_TEXT(c.value, "99");
    c = READ(SLICE("\x08\x01"), { SLICE_INIT("__value_schema_id"), SLICE_INIT("\0\0\0\0\x11") });
    CHECK_SLICE(c.bytes, SLICE("\x08\x01"));
}
