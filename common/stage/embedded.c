/* stage/embedded.c: one loop a stage, each the owner of all partitions, taken in turn. */
#include "stage/embedded.h"

#include "base/assert.h"
#include "runtime/memory_sink.h"
#include "runtime/memory_source.h"
#include "runtime/memory_store.h"
#include "wire/dossier_codec.h"
#include "wire/limits.h"

#include <stdlib.h>

struct worker {
    const struct stage    *stage;
    struct memory_source  *source;
    struct memory_sink    *sink;
    struct memory_store  **memory;                  /* by partition */
    struct store         **stores;                  /* the same, as the loop sees them */
    struct loop           *loop;
};

struct embedded {
    struct embedded_options options;
    int32_t                 partitions;
    struct memory_log      *log;
    struct worker           workers[EMBEDDED_STAGES_MAX];
    unsigned                worker_count;
    struct arena            arena;                  /* of one call */
    instant_ms              now_unix_ms;
};

/* --- opening ---------------------------------------------------------------------------------------------------- */

static enum err open_stores(struct worker *w, int32_t partitions)
{
    w->memory = calloc((size_t)partitions, sizeof(void *));
    w->stores = calloc((size_t)partitions, sizeof(void *));
    if (!w->memory || !w->stores) return ERR_MEMORY_EXHAUSTED;
    for (int32_t p = 0; p < partitions; p++) {
        w->memory[p] = memory_store_open(NULL);
        if (!w->memory[p]) return ERR_MEMORY_EXHAUSTED;
        w->stores[p] = memory_store_base(w->memory[p]);
    }
    return OK;
}

static enum err open_worker(struct embedded *e, unsigned index)
{
    const struct embedded_options *o = &e->options;
    struct worker *w = &e->workers[index];
    w->stage = o->stages[index];
    unsigned inputs = w->stage->inputs[1] == TOPIC_NONE ? 1 : 2;
    int group = memory_log_group(e->log, slice_from(w->stage->name), w->stage->inputs, inputs);
    TRY(open_stores(w, e->partitions));
    w->source = memory_source_open(e->log, group, NULL, NULL);
    w->sink = memory_sink_open(e->log, slice_from(w->stage->name), NULL);
    if (!w->source || !w->sink) return ERR_MEMORY_EXHAUSTED;
    struct loop_options loop = {
        .stage = w->stage,
        .source = memory_source_base(w->source),
        .sink = memory_sink_base(w->sink),
        .stores = w->stores,
        .partitions = e->partitions,
        .catalogue = o->catalogue,
        .profiles = o->profiles,
        .registry = o->registry,
        .own = o->owns ? o->owns[index] : NULL,
        .lines_max = o->lines_max,
        .writes_changelog = o->keeps_log,
        .changelog_slack_bytes = SIZE_MAX,          /* nothing compacts a log in memory */
        .checks = o->checks,
        .on_void = o->on_void,
        .on_void_context = o->on_void_context,
    };
    return loop_open(&loop, &w->loop);
}

enum err embedded_open(const struct embedded_options *options, struct embedded **engine)
{
    ASSERT(options->stage_count > 0 && options->stage_count <= EMBEDDED_STAGES_MAX);
    struct embedded *e = calloc(1, sizeof *e);
    if (!e) return ERR_MEMORY_EXHAUSTED;
    e->options = *options;
    e->partitions = options->partitions ? options->partitions : EMBEDDED_PARTITIONS;
    e->worker_count = options->stage_count;
    e->log = memory_log_open(
        &(struct memory_log_options){ .partitions = e->partitions, .seed = options->seed, .keep = options->keeps_log });
    enum err err =
        e->log ? arena_open(&e->arena, 4 << 20, 2 * (size_t)UNPACK_FACTOR * DOSSIER_BYTES_MAX) : ERR_MEMORY_EXHAUSTED;
    for (unsigned i = 0; err == OK && i < e->worker_count; i++) err = open_worker(e, i);
    if (err == OK) *engine = e;
    else embedded_close(e);
    return err;
}

static void close_worker(struct worker *w, int32_t partitions)
{
    loop_close(w->loop);
    memory_source_close(w->source);
    memory_sink_close(w->sink);
    for (int32_t p = 0; w->memory && p < partitions; p++) memory_store_close(w->memory[p]);
    free(w->memory);
    free(w->stores);
}

void embedded_close(struct embedded *e)
{
    if (!e) return;
    for (unsigned i = 0; i < e->worker_count; i++) close_worker(&e->workers[i], e->partitions);
    memory_log_close(e->log);
    arena_close(&e->arena);
    free(e);
}

void embedded_follow(struct embedded *e, enum topic topic, memory_log_visit *visit, void *context)
{
    memory_log_follow(e->log, topic, visit, context);
}

void embedded_send(struct embedded *e, enum topic topic, struct slice key, struct slice value)
{
    memory_log_append(e->log, topic, -1, key, value);
}

/* --- running ---------------------------------------------------------------------------------------------------- */

/* One round: each stage one batch, the first of them by the seed. */
static enum err run_round(struct embedded *e, unsigned first, bool *worked)
{
    *worked = false;
    for (unsigned i = 0; i < e->worker_count; i++) {
        bool did = false;
        TRY(loop_step(e->workers[(first + i) % e->worker_count].loop, e->now_unix_ms, &did));
        if (did) memory_log_deliver(e->log);
        *worked = *worked || did;
    }
    return OK;
}

enum err embedded_run_until_idle(struct embedded *e)
{
    uint64_t first = e->options.seed;
    for (bool worked = true; worked; first = first * 6364136223846793005u + 1442695040888963407u)
        TRY(run_round(e, (unsigned)(first >> 33) % e->worker_count, &worked));
    memory_log_deliver(e->log);                     /* what was sent and nobody had to work on */
    return OK;
}

static enum err first_due(struct embedded *e, instant_ms *at)
{
    *at = INT64_MAX;
    for (unsigned i = 0; i < e->worker_count; i++) {
        instant_ms own;
        TRY(loop_next_due(e->workers[i].loop, &own));
        if (own < *at) *at = own;
    }
    return OK;
}

enum err embedded_advance(struct embedded *e, instant_ms now_unix_ms)
{
    instant_ms at;
    if (now_unix_ms <= e->now_unix_ms) return OK;
    TRY(first_due(e, &at));
    for (; at <= now_unix_ms; ) {
        if (at > e->now_unix_ms) e->now_unix_ms = at;
        TRY(embedded_run_until_idle(e));
        TRY(first_due(e, &at));
    }
    e->now_unix_ms = now_unix_ms;
    return OK;
}

instant_ms embedded_now(const struct embedded *e)
{
    return e->now_unix_ms;
}

void embedded_wake(struct embedded *e, struct slice datum)
{
    for (unsigned i = 0; i < e->worker_count; i++) loop_wake(e->workers[i].loop, datum);
}

void embedded_tick(struct embedded *e)
{
    for (unsigned i = 0; i < e->worker_count; i++) loop_tick(e->workers[i].loop);
}

/* --- what waits ------------------------------------------------------------------------------------------------- */

static bool waits_in(struct worker *w, int32_t partition, struct slice line_id, struct slice case_id)
{
    struct slice value = { 0 };
    enum err e = case_id.size ? store_get(w->stores[partition], WAITING_CASE_TABLE, case_id, &value)
                              : store_get(w->stores[partition], WAITING_TABLE, line_id, &value);
    return e == OK && value.size > 0;
}

bool embedded_find_waiting(struct embedded *e, struct slice line_id, struct slice case_id, unsigned *stage,
                           int32_t *partition)
{
    for (unsigned i = 0; i < e->worker_count; i++)
        for (int32_t p = 0; p < e->partitions; p++) {
            if (!waits_in(&e->workers[i], p, line_id, case_id)) continue;
            *stage = i;
            *partition = p;
            return true;
        }
    return false;
}

struct reviewed { struct worker *worker; int32_t partition; struct dossier dossier; };

/* In the arena, since the row is borrowed from the store. */
static enum err waiting_dossier(struct arena *a, const struct worker *w, int32_t partition, const struct review *r,
                                struct dossier *d)
{
    struct waiting_row row;
    struct slice value;
    bool found;
    if (!r->case_id.size) {
        TRY(waiting_get(w->stores[partition], r->line_id, &row, &found));
        return dossier_decode(a, slice_copy(a, row.dossier), d);
    }
    TRY(store_get(w->stores[partition], WAITING_CASE_TABLE, r->case_id, &value));
    return dossier_decode(a, slice_copy(a, slice_skip(value, 1)), d);
}

static void fill_review(const struct embedded *e, const struct reviewed *at, struct review *r)
{
    const struct stage *stage = at->worker->stage;
    const struct dossier *d = &at->dossier;
    r->stage = stage->id;
    if (!r->partner_root_id.size) r->partner_root_id = d->receipt->partner_root_id;
    if (!r->at_unix_ms) r->at_unix_ms = e->now_unix_ms;
    if (!r->sequence) r->sequence = d->review_count + 1;
    if (r->has_clearance_hash) return;
    r->clearance_hash = dossier_section_hash(d->bytes, dossier_is_case(d) ? SECTION_CLEARANCE : stage->writes);
    r->has_clearance_hash = true;
}

static enum err find_reviewed(struct embedded *e, struct arena *a, struct review *review, struct reviewed *at,
                              bool *found)
{
    unsigned stage;
    *found = embedded_find_waiting(e, review->line_id, review->case_id, &stage, &at->partition)
        && (!review->stage || review->stage == e->workers[stage].stage->id);
    if (!*found) return OK;
    at->worker = &e->workers[stage];
    TRY(waiting_dossier(a, at->worker, at->partition, review, &at->dossier));
    ASSERT(at->dossier.receipt);
    fill_review(e, at, review);
    return OK;
}

enum err embedded_review(struct embedded *e, struct review review, bool *found)
{
    struct reviewed at = { 0 };
    struct slice bytes;
    arena_rewind(&e->arena, 0);
    TRY(find_reviewed(e, &e->arena, &review, &at, found));
    if (!*found) return OK;
    TRY(review_encode(&e->arena, &review, &bytes));
    memory_log_append(e->log, TOPIC_REVIEWS, at.partition, at.dossier.receipt->partner_root_id, bytes);
    return OK;
}

enum err embedded_weigh(struct embedded *e, struct arena *a, struct review review, struct embedded_weighed *out)
{
    struct reviewed at = { 0 };
    *out = (struct embedded_weighed){ .answer = { .standing = REVIEW_VOID, .why = REVIEW_VOID_NOT_WAITING } };
    TRY(find_reviewed(e, a, &review, &at, &out->found));
    if (!out->found) return OK;
    out->dossier = at.dossier;
    struct review_object object =
        review_object_of(e->options.catalogue, &out->dossier, at.worker->stage->id, at.worker->stage->writes);
    out->answer = review_weigh(a, &object, &review);
    return OK;
}

/* --- looking ---------------------------------------------------------------------------------------------------- */

struct store *embedded_store(struct embedded *e, unsigned stage, int32_t partition)
{
    ASSERT(stage < e->worker_count && partition >= 0 && partition < e->partitions);
    return e->workers[stage].stores[partition];
}

size_t embedded_state_bytes(const struct embedded *e)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < e->worker_count; i++)
        for (int32_t p = 0; p < e->partitions; p++) bytes += memory_store_bytes(e->workers[i].memory[p]);
    return bytes;
}

int32_t embedded_partitions(const struct embedded *e)
{
    return e->partitions;
}

struct memory_log *embedded_log(struct embedded *e)
{
    return e->log;
}

const struct conservation *embedded_totals(const struct embedded *e, unsigned stage)
{
    ASSERT(stage < e->worker_count);
    return loop_totals(e->workers[stage].loop);
}
