/* stage/dead_letter.c: original bytes, and headers that generic redrive tools know. */
#include "stage/dead_letter.h"

#include "base/assert.h"
#include "runtime/topic.h"
#include "wire/json_text.h"
#include "wire/limits.h"

enum { HEADERS_MAX = 18, ERRORS_BYTES_MAX = 1024, INSTANT_BYTES_MAX = 32, FRAME_BYTES = 1024 };

_Static_assert(DEAD_LETTER_BYTES_MAX + DEAD_LETTER_HEADERS_BYTES_MAX + FRAME_BYTES <= MESSAGE_BYTES_MAX,
               "a dead letter fits one message");

#ifndef CLAIMSTREAM_BUILD
#define CLAIMSTREAM_BUILD "unversioned"
#endif

struct headers { struct header at[HEADERS_MAX]; unsigned count; };

static void add(struct headers *h, struct slice name, struct slice value)
{
    if (value.size == 0) return;
    ASSERT(h->count < HEADERS_MAX);
    h->at[h->count++] = (struct header){ name, value };
}

struct slice dead_letter_header(const struct record *record, struct slice name)
{
    for (unsigned i = 0; i < record->header_count; i++)
        if (slice_equal(record->headers[i].name, name)) return record->headers[i].value;
    return (struct slice){ 0 };
}

/* One error object in the shape of feeds.md 12; more than one cause of death is not known. */
static struct slice errors(struct arena *a, const struct dead_letter *d, struct slice code)
{
    struct text t = text_in(a, ERRORS_BYTES_MAX);
    struct json j = json_over(&t);
    json_open_array(&j);
    json_open_object(&j);
    json_text(&j, "code", code);
    if (!d->issue.size) json_int(&j, "number", d->code);
    json_text(&j, "severity", SLICE("error"));
    json_text(&j, "level", SLICE("record"));
    json_text(&j, "reason", reason_name(d->code));
    if (d->error) json_text(&j, "message", slice_from(err_text(d->error)));
    json_close_object(&j);
    json_close_array(&j);
    ASSERT(!t.full);
    return text_slice(&t);
}

static struct slice first_failed_at(struct arena *a, const struct dead_letter *d)
{
    struct slice before = dead_letter_header(d->record, SLICE("claimstream-first-failed-at"));
    struct text t = text_in(a, INSTANT_BYTES_MAX);
    instant_ms earlier;
    if (before.size <= INSTANT_BYTES_MAX && instant_parse(before, &earlier) == OK) return before;
    instant_put(&t, d->failed_at_unix_ms);
    return text_slice(&t);
}

static struct slice attempt(struct arena *a, const struct dead_letter *d)
{
    uint64_t number_of = 1;
    struct slice sent = dead_letter_header(d->record, SLICE("claimstream-attempt"));
    if (!slice_to_uint(sent, DEAD_LETTER_ATTEMPTS_MAX, &number_of)) number_of = 1;
    return slice_of_int(a, (int64_t)number_of);
}

/* What a broker took with fewer headers it would not take again: a letter that cannot be sent stops its partition. The
 * whole record stands where the headers say. */
static struct slice cut(struct arena *a, struct headers *h, struct slice name, struct slice bytes, size_t room)
{
    if (bytes.size <= room) return bytes;
    add(h, name, slice_of_int(a, (int64_t)bytes.size));
    return (struct slice){ bytes.bytes, room };
}

static size_t size_of(const struct headers *h)
{
    size_t size = 0;
    for (unsigned i = 0; i < h->count; i++) size += h->at[i].name.size + h->at[i].value.size;
    return size;
}

enum err dead_letter_send(struct arena *a, struct sink *sink, const struct dead_letter *d)
{
    const struct record *r = d->record;
    struct headers h = { .count = 0 };
    struct slice topic = topic_row(r->topic)->name;
    struct slice code = d->issue.size ? d->issue : reason_name(d->code);
    ASSERT(reason_outcome(d->code) == OUTCOME_DEAD || reason_outcome(d->code) == OUTCOME_REJECT);
    add(&h, SLICE("__streams.errors.exception"), d->error ? slice_from(err_name(d->error)) : reason_name(d->code));
    add(&h, SLICE("__streams.errors.message"), d->error ? slice_from(err_text(d->error)) : (struct slice){ 0 });
    add(&h, SLICE("__streams.errors.topic"), topic);
    add(&h, SLICE("__streams.errors.partition"), slice_of_int(a, r->partition));
    add(&h, SLICE("__streams.errors.offset"), slice_of_int(a, r->offset));
    add(&h, SLICE("x-original-topic"), topic);
    add(&h, SLICE("kafka_dlt-original-topic"), topic);
    add(&h, SLICE("claimstream-code"), reason_name(d->code));
    add(&h, SLICE("claimstream-stage"), d->stage);
    add(&h, SLICE("claimstream-errors"), d->errors.size ? d->errors : errors(a, d, code));
    add(&h, SLICE("claimstream-line-id"), d->line_id);
    add(&h, SLICE("claimstream-document-id"), d->document_id);
    add(&h, SLICE("claimstream-trace-id"), d->trace_id);
    add(&h, SLICE("claimstream-first-failed-at"), first_failed_at(a, d));
    add(&h, SLICE("claimstream-attempt"), attempt(a, d));
    add(&h, SLICE("claimstream-build"), SLICE(CLAIMSTREAM_BUILD));
    struct slice key = cut(a, &h, SLICE("claimstream-original-key-bytes"), r->key, DEAD_LETTER_BYTES_MAX / 2);
    struct slice value =
        cut(a, &h, SLICE("claimstream-original-value-bytes"), r->value, DEAD_LETTER_BYTES_MAX - key.size);
    ASSERT(size_of(&h) <= DEAD_LETTER_HEADERS_BYTES_MAX);
    int32_t partition = topic_partition(r->key, (int32_t)topic_row(TOPIC_DEADLETTERS)->partitions);
    return sink_send(sink, TOPIC_DEADLETTERS, partition, key, value, h.at, h.count);
}
