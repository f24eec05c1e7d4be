/* A dead letter: the original bytes, and headers that redrive tools know. */
#include "stage/dead_letter.h"

#include "runtime/memory_sink.h"
#include "runtime/memory_source.h"
#include "support/test.h"
#include "wire/limits.h"

static struct memory_log *log_;

/* Sends it and reads it back. */
static struct record sent(const struct dead_letter *d)
{
    static const enum topic topics[] = { TOPIC_CLAIMS_RECEIVED };
    struct memory_source *source = memory_source_open(log_, memory_log_group(log_, SLICE("g"), topics, 1), NULL, NULL);
    struct memory_sink *sink = memory_sink_open(log_, SLICE("w"), NULL);
    struct record r = { 0 };
    int64_t at = 0;
    CHECK(sink_begin(memory_sink_base(sink)) == OK);
    CHECK(dead_letter_send(test_arena(), memory_sink_base(sink), d) == OK);
    CHECK(sink_commit(memory_sink_base(sink), memory_source_base(source), NULL, 0) == OK);
    CHECK(memory_log_fetch(log_, TOPIC_DEADLETTERS, topic_partition(d->record->key, 12), &at, &r));
    memory_sink_close(sink);
    memory_source_close(source);
    return r;
}

TEST(it_carries_the_bytes_where_they_stood_and_why_they_died)
{
    log_ = memory_log_open(&(struct memory_log_options){ .partitions = 2, .keep = true });
    struct record original = {
        .topic = TOPIC_CLAIMS_RECEIVED, .partition = 1, .offset = 77, .key = SLICE("N-100"), .value = SLICE("\0\1\2")
    };
    struct dead_letter d = { .record = &original,
                             .stage = SLICE("payout"),
                             .code = REASON_UNREADABLE,
                             .error = ERR_WIRE_TOO_LARGE,
                             .issue = SLICE("DOSSIER_TOO_LARGE"),
                             .line_id = SLICE("l1"),
                             .failed_at_unix_ms = 1700000000000 };
    struct record r = sent(&d);
    CHECK_SLICE(r.value, original.value);
    CHECK_TEXT(r.key, "N-100");
    CHECK_TEXT(dead_letter_header(&r, SLICE("__streams.errors.exception")), "WIRE_TOO_LARGE");
    CHECK_TEXT(dead_letter_header(&r, SLICE("__streams.errors.topic")), "claims.received.v1");
    CHECK_TEXT(dead_letter_header(&r, SLICE("__streams.errors.partition")), "1");
    CHECK_TEXT(dead_letter_header(&r, SLICE("__streams.errors.offset")), "77");
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-code")), "UNREADABLE");
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-stage")), "payout");
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-line-id")), "l1");
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-document-id")), "");
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-first-failed-at")), "2023-11-14T22:13:20Z");
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-attempt")), "1");
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-errors")),
               "[{\"code\":\"DOSSIER_TOO_LARGE\",\"severity\":\"error\",\"level\":\"record\",\"reason\":\"UNREADABLE\","
               "\"message\":\"the section does not fit into 900 KiB\"}]");
    memory_log_close(log_);
}

TEST(a_redriven_record_keeps_its_history)
{
    log_ = memory_log_open(&(struct memory_log_options){ .partitions = 2, .keep = true });
    struct header before[] = { { SLICE("claimstream-attempt"), SLICE("3") },
                               { SLICE("claimstream-first-failed-at"), SLICE("2023-01-01T00:00:00Z") } };
    struct record original = {
        .topic = TOPIC_CLAIMS_RECEIVED, .key = SLICE("k"), .value = SLICE("v"), .headers = before, .header_count = 2
    };
    struct dead_letter d = { .record = &original,
                             .stage = SLICE("payout"),
                             .code = REASON_SECTION_MISSING,
                             .failed_at_unix_ms = 1700000000000 };
    struct record r = sent(&d);
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-attempt")), "3");
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-first-failed-at")), "2023-01-01T00:00:00Z");
    CHECK_TEXT(dead_letter_header(&r, SLICE("__streams.errors.exception")), "SECTION_MISSING");
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-errors")),
               "[{\"code\":\"SECTION_MISSING\",\"number\":12,\"severity\":\"error\",\"level\":\"record\",\"reason\":"
               "\"SECTION_MISSING\"}]");
    memory_log_close(log_);
}

/* What came in is as large as a broker lets it be; its letter has headers besides, and must go out all the same. */
TEST(a_record_too_large_for_a_letter_is_cut_and_says_how_large_it_was)
{
    static char bytes[1048576];
    static const struct {
        size_t key, value;
    } sizes[] = { { 1, 1048000 }, { 600000, 400000 }, { 1048000, 0 }, { 5, 939995 }, { 5, 939996 } };
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        log_ = memory_log_open(&(struct memory_log_options){ .partitions = 2, .keep = true });
        struct record original = { .topic = TOPIC_CLAIMS_RECEIVED,
                                   .key = { bytes, sizes[i].key },
                                   .value = { bytes, sizes[i].value } };
        struct dead_letter d = {
            .record = &original, .stage = SLICE("payout"), .code = REASON_UNREADABLE, .error = ERR_WIRE_MALFORMED
        };
        struct record r = sent(&d);
        CHECK(r.key.size + r.value.size <= DEAD_LETTER_BYTES_MAX);
        CHECK(r.value.size == sizes[i].value
              || dead_letter_header(&r, SLICE("claimstream-original-value-bytes")).size > 0);
        CHECK(r.key.size == sizes[i].key || dead_letter_header(&r, SLICE("claimstream-original-key-bytes")).size > 0);
        CHECK((r.value.size == sizes[i].value) == (i != 0 && i != 4));
        memory_log_close(log_);
    }
}

TEST(a_history_that_is_none_is_not_carried_on)
{
    static char bytes[900000];
    log_ = memory_log_open(&(struct memory_log_options){ .partitions = 2, .keep = true });
    struct header before[] = { { SLICE("claimstream-attempt"), { bytes, sizeof bytes } },
                               { SLICE("claimstream-first-failed-at"), { bytes, sizeof bytes } } };
    struct record original = {
        .topic = TOPIC_CLAIMS_RECEIVED, .key = SLICE("k"), .value = SLICE("v"), .headers = before, .header_count = 2
    };
    struct dead_letter d = {
        .record = &original, .stage = SLICE("payout"), .code = REASON_UNREADABLE, .failed_at_unix_ms = 1700000000000
    };
    struct record r = sent(&d);
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-attempt")), "1");
    CHECK_TEXT(dead_letter_header(&r, SLICE("claimstream-first-failed-at")), "2023-11-14T22:13:20Z");
    memory_log_close(log_);
}
