/* stage/batch.c: phases, touched partitions and offsets of a transaction. */
#include "stage/batch.h"

#include "base/assert.h"
#include "stage/waiting.h"

#include <stdlib.h>

enum err batch_open(struct batch *b)
{
    size_t partitions = (size_t)b->partitions;
    b->touched = calloc(partitions, sizeof *b->touched);
    b->offsets = calloc(partitions * STAGE_INPUTS_MAX, sizeof *b->offsets);
    bool all = b->touched && b->offsets;
    for (unsigned i = 0; i < STAGE_INPUTS_MAX; i++) {
        b->next[i] = calloc(partitions, sizeof *b->next[i]);
        all = all && b->next[i];
    }
    return all ? OK : ERR_MEMORY_EXHAUSTED;
}

void batch_close(struct batch *b)
{
    changelog_close(&b->changelog);
    free(b->touched);
    free(b->offsets);
    for (unsigned i = 0; i < STAGE_INPUTS_MAX; i++) free(b->next[i]);
}

uint64_t batch_last_mark(const struct batch *b)
{
    uint64_t mark = 0;
    for (int32_t p = 0; p < b->partitions; p++)
        for (unsigned i = 0; i < STAGE_INPUTS_MAX && b->stage->inputs[i] != TOPIC_NONE; i++) {
            struct offset committed = source_position(b->source, b->stage->inputs[i], p);
            if (b->stores[p] && committed.mark > mark) mark = committed.mark;
        }
    return mark;
}

#define TO(phase) (1u << BATCH_##phase)

void batch_advance(struct batch *b, enum batch_phase to)
{
    static const unsigned allowed[BATCH_PHASE_COUNT] = {
        [BATCH_EMPTY]     = TO(PULLED),
        [BATCH_PULLED]    = TO(DECIDED) | TO(DROPPED),
        [BATCH_DECIDED]   = TO(COMMITTED) | TO(DROPPED),
        [BATCH_COMMITTED] = TO(MERGED),
        [BATCH_MERGED]    = TO(PULLED),
        [BATCH_DROPPED]   = TO(PULLED),                 /* aborted: the same records again, or others */
    };
    ASSERT(allowed[b->phase] & 1u << to);
    b->phase = to;
}

void batch_clear(struct batch *b)
{
    conservation_init(&b->count);
    memset(b->touched, 0, (size_t)b->partitions * sizeof *b->touched);
    for (unsigned i = 0; i < STAGE_INPUTS_MAX; i++) memset(b->next[i], 0, (size_t)b->partitions * sizeof *b->next[i]);
    b->sent_bytes = 0;
    b->oldest_received_at_unix_ms = 0;
    memset(b->reasons, 0, sizeof b->reasons);
    b->repeats = 0;
    memset(b->neared, 0, sizeof b->neared);
    memset(&b->rules, 0, sizeof b->rules);
}

struct store *batch_store(struct batch *b, int32_t partition)
{
    ASSERT(partition >= 0 && partition < b->partitions && b->stores[partition]);
    b->touched[partition] = true;
    return b->stores[partition];
}

enum err batch_send(struct batch *b, enum topic topic, struct slice key, struct slice value)
{
    unsigned own = topic_row(topic)->partitions;
    b->sent_bytes += value.size;
    return sink_send(b->sink, topic, topic_partition(key, own ? (int32_t)own : b->partitions), key, value, NULL, 0);
}

void batch_report_void(struct batch *b, const struct review *review, unsigned why)
{
    if (b->on_void) b->on_void(b->on_void_context, b->stage, review, why);
}

static enum err announce_changelog(struct batch *b, int32_t partition)
{
    struct changelog_place place = { b->sink, b->stage->changelog, partition };
    return b->writes_changelog ? changelog_announce(&place) : OK;
}

enum err batch_consume(struct batch *b, const struct record *r)
{
    unsigned input = r->topic == b->stage->inputs[0] ? 0 : 1;
    ASSERT(b->stage->inputs[input] == r->topic);
    ASSERT(r->offset >= b->next[input][r->partition]);
    b->next[input][r->partition] = r->offset + 1;
    if (b->touched[r->partition]) return OK;
    b->touched[r->partition] = true;
    return announce_changelog(b, r->partition);
}

enum err batch_send_changelog(struct batch *b)
{
    if (!b->writes_changelog) return OK;
    for (int32_t p = 0; p < b->partitions; p++) {
        struct changelog_place place = { b->sink, b->stage->changelog, p };
        if (b->touched[p]) TRY(changelog_write(&b->changelog, b->stores[p], &place));
    }
    return OK;
}

unsigned batch_offsets(struct batch *b)
{
    unsigned count = 0;
    for (int32_t p = 0; p < b->partitions; p++) {
        if (!b->touched[p]) continue;
        for (unsigned i = 0; i < STAGE_INPUTS_MAX && b->stage->inputs[i] != TOPIC_NONE; i++) {
            struct offset o = source_position(b->source, b->stage->inputs[i], p);
            ASSERT(b->next[i][p] == 0 || b->next[i][p] > o.next);
            if (b->next[i][p]) o.next = b->next[i][p];
            o.mark = b->mark;
            b->offsets[count++] = o;
        }
    }
    return count;
}

void batch_merge(struct batch *b)
{
    for (int32_t p = 0; p < b->partitions; p++)
        if (b->touched[p]) store_merge(b->stores[p], sink_written(b->sink, b->stage->changelog, p));
}

void batch_drop(struct batch *b)
{
    for (int32_t p = 0; p < b->partitions; p++)
        if (b->touched[p]) store_drop(b->stores[p]);
}
