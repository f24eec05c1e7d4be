/* claimctl/history.c: two topics into one order of receipt. */
#include "claimctl/history.h"
#include "claimctl/output.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/topic_reader.h"
#include "wire/dossier_codec.h"

#include <stdlib.h>

enum { SCRATCH_BYTES = 64 << 20, PARTITIONS_MAX = 1024, ROOM_BYTES_MIN = 64 << 10 };

struct reading {
    struct history *history;
    struct arena    scratch;
    instant_ms      latest_unix_ms[PARTITIONS_MAX];     /* of the lines of a partition */
};

/* Doubles, so that growing costs no more than what comes in. */
static void *room_for(struct spill *s, size_t size)
{
    return spill_grow(s, size <= s->size ? size : size > 2 * s->size ? size + ROOM_BYTES_MIN : 2 * s->size);
}

static uint64_t put_bytes(struct history *h, struct slice key, struct slice value)
{
    uint64_t begins = h->size;
    h->size += key.size + value.size;
    h->bytes = room_for(&h->byte_room, h->size);
    if (key.size) memcpy(h->bytes + begins, key.bytes, key.size);
    if (value.size) memcpy(h->bytes + begins + key.size, value.bytes, value.size);
    return begins;
}

static void add(struct history *h, const struct record *r, instant_ms at_unix_ms, uint32_t line)
{
    h->records = room_for(&h->record_room, ((size_t)h->count + 1) * sizeof *h->records);
    h->records[h->count++] = (struct history_record){
        .at_unix_ms = at_unix_ms,
        .offset = r->offset,
        .begins = put_bytes(h, r->key, r->value),
        .key_size = (uint32_t)r->key.size,
        .value_size = (uint32_t)r->value.size,
        .partition = r->partition,
        .line = line,
    };
}

/* Inside a partition the order of its offsets stands, whatever the times say: it is the order in which stages
 * judged. */
static bool take_line(struct reading *r, const struct record *record)
{
    struct history *h = r->history;
    struct dossier d;
    if (dossier_decode(&r->scratch, record->value, &d) != OK || dossier_is_case(&d)) return false;
    if (d.classification) return true;              /* one that came back to its wait: the run sends it there itself */
    instant_ms at = d.receipt->received_at_unix_ms, *latest = &r->latest_unix_ms[record->partition % PARTITIONS_MAX];
    if (at > *latest) *latest = at;
    if (at < h->first_unix_ms) h->first_unix_ms = at;
    bool found;
    uint32_t *ordinal = directory_at(&h->lines, d.receipt->line_id, &found);
    if (!found) *ordinal = ++h->line_count;
    add(h, record, *latest, *ordinal - 1);
    return true;
}

static bool take_act(struct reading *r, const struct record *record)
{
    struct review review;
    if (review_decode(&r->scratch, record->value, &review) != OK) return false;
    add(r->history, record, review.at_unix_ms, HISTORY_NO_LINE);
    return true;
}

static bool take(void *reading, const struct record *record, instant_ms at_unix_ms)
{
    struct reading *r = reading;
    (void)at_unix_ms;
    arena_reset(&r->scratch);
    bool good = record->topic == TOPIC_REVIEWS ? take_act(r, record) : take_line(r, record);
    if (!good) r->history->unreadable++;
    return true;
}

/* By time; lines before acts of the same instant; then as the partitions had them. */
static int compare(const void *a_, const void *b_)
{
    const struct history_record *a = a_, *b = b_;
    bool a_acts = a->line == HISTORY_NO_LINE, b_acts = b->line == HISTORY_NO_LINE;
    if (a->at_unix_ms != b->at_unix_ms) return a->at_unix_ms < b->at_unix_ms ? -1 : 1;
    if (a_acts != b_acts) return a_acts ? 1 : -1;
    if (a->partition != b->partition) return a->partition < b->partition ? -1 : 1;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

int history_open(struct history *h, struct broker *b)
{
    static const enum topic topics[] = { TOPIC_CLAIMS_RECEIVED, TOPIC_REVIEWS };
    struct reading *r = calloc(1, sizeof *r);
    *h = (struct history){ .first_unix_ms = INT64_MAX };
    directory_open(&h->lines);
    if (!r || arena_open(&r->scratch, SCRATCH_BYTES, SCRATCH_BYTES) != OK) {
        free(r);
        return broker_fail(b, ERR_MEMORY_EXHAUSTED, "history");
    }
    r->history = h;
    topic_reader_catch_interrupt();
    enum err e = topic_read_all(b, topics, sizeof topics / sizeof topics[0], take, r);
    arena_close(&r->scratch);
    free(r);
    if (e != OK) return broker_fail(b, e, "claims.received.v1, reviews.v1");
    if (topic_reader_interrupted()) return EXIT_INTERRUPTED;
    if (h->count) qsort(h->records, h->count, sizeof *h->records, compare);
    if (h->unreadable)
        fprintf(stderr, "warning: %u record%s passed over, not to be read\n", h->unreadable, plural(h->unreadable));
    return EXIT_DONE;
}

void history_close(struct history *h)
{
    directory_close(&h->lines);
    spill_close(&h->byte_room);
    spill_close(&h->record_room);
    *h = (struct history){ 0 };
}

struct slice history_key(const struct history *h, const struct history_record *r)
{
    ASSERT(r->begins + r->key_size + r->value_size <= h->size);
    return slice_of(h->bytes + r->begins, r->key_size);
}

struct slice history_value(const struct history *h, const struct history_record *r)
{
    ASSERT(r->begins + r->key_size + r->value_size <= h->size);
    return slice_of(h->bytes + r->begins + r->key_size, r->value_size);
}
