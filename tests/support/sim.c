/* tests/support/sim.c: workers as coroutines, faults by number or by chance, and the comparison after the run. */
#include "support/sim.h"

#include "base/assert.h"
#include "runtime/memory_sink.h"
#include "runtime/memory_source.h"
#include "runtime/memory_store.h"
#include "stage/row_versions.h"
#include "support/earlier_rows.h"
#include "support/scratch.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

enum { STACK_BYTES = 1 << 20, ROUNDS_MAX = 200000, ROOTS_MAX = 64 };

/* A store on disk knows no fault gun: this one stands before it. */
struct gunned_store { struct store store, *inner; struct fault_gun *gun; };

struct worker {
    struct fault_gun      gun;                      /* first: the gun finds its worker */
    struct sim           *sim;
    const struct stage   *stage;
    unsigned              stage_index, index;
    struct memory_source *source;
    struct memory_sink   *sink;
    struct memory_store  *memory[SIM_PARTITIONS];
    struct lmdb_store    *lmdb[SIM_PARTITIONS];
    struct gunned_store   gunned[SIM_PARTITIONS];
    struct store         *stores[SIM_PARTITIONS];
    struct loop          *loop;
    ucontext_t            context;
    char                 *stack;
    bool                  is_open, is_running;      /* in the middle of a step */
    bool                  is_zombie;                /* its partitions belong to others */
    unsigned              sleeps;                   /* rounds it stands still */
    bool                  worked;
    enum err              result;
};

struct sim {
    const struct sim_script *script;
    struct sim_options       options;
    struct memory_log       *log;
    struct worker            workers[SIM_STAGES_MAX][SIM_WORKERS_MAX];
    int                      groups[SIM_STAGES_MAX];
    ucontext_t               scheduler;
    struct worker           *current;
    uint64_t                 random;
    instant_ms               now_unix_ms;
    bool                     calm;                  /* the run is coming to an end: no further faults */
    bool                     hurt;
    struct sim_counts        counts;
    char                     dir[SCRATCH_PATH_MAX]; /* of state on disk */
    int64_t                  saves_now_unix_ms;     /* the clock of saving: always due */
};

/* --- faults ----------------------------------------------------------------------------------------------------- */

static bool chance(struct sim *s, unsigned in)
{
    return test_random(&s->random) % in == 0;
}

static void stop_here(struct worker *w)
{
    w->sim->counts.stops++;
    w->sleeps = (unsigned)(test_random(&w->sim->random) % 30);
    ASSERT(swapcontext(&w->context, &w->sim->scheduler) == 0);
}

static enum err by_number(struct sim *s, enum effect effect, enum when when)
{
    const struct sim_options *o = &s->options;
    bool any = o->crash_error == ERR_SIMULATED_CRASH;
    if (o->crash_effect == 0 || s->hurt || when != o->crash_when || (!any && effect != EFFECT_COMMIT)) return OK;
    if (o->crash_effect != (any ? s->counts.effects : s->counts.commits)) return OK;
    s->hurt = true;
    return o->crash_error;
}

static enum err by_chance(struct worker *w, enum effect effect, enum when when)
{
    struct sim *s = w->sim;
    if (!s->options.faults || s->calm) return OK;
    if (chance(s, 12)) stop_here(w);
    if (effect == EFFECT_COMMIT && chance(s, 10)) {
        s->hurt = true;
        if (when == BEFORE && chance(s, 2)) {
            s->counts.aborted++;
            return ERR_TRANSACTION_ABORTED;
        }
        s->counts.lost++;
        return ERR_TRANSACTION_UNKNOWN;
    }
    if (!chance(s, 150)) return OK;
    s->hurt = true;
    s->counts.crashes++;
    return ERR_SIMULATED_CRASH;
}

static enum err fire(struct fault_gun *gun, enum effect effect, enum when when)
{
    struct worker *w = (struct worker *)gun;
    if (when == BEFORE) w->sim->counts.effects++;
    if (when == BEFORE && effect == EFFECT_COMMIT) w->sim->counts.commits++;
    enum err e = by_number(w->sim, effect, when);
    return e != OK ? e : by_chance(w, effect, when);
}

/* --- workers ---------------------------------------------------------------------------------------------------- */

/* Partitions are dealt out in turn among those that are no zombies. */
static bool owns(const struct worker *w, int32_t partition)
{
    const struct sim *s = w->sim;
    unsigned alive = 0, place = 0;
    for (unsigned i = 0; i < s->options.workers; i++) {
        if (s->workers[w->stage_index][i].is_zombie) continue;
        if (i < w->index) place++;
        alive++;
    }
    return !w->is_zombie && (unsigned)partition % alive == place;
}

static enum err gunned_get(struct store *store, uint8_t table, struct slice key, struct slice *value)
{
    return store_get(((struct gunned_store *)store)->inner, table, key, value);
}

static enum err gunned_put(struct store *store, uint8_t table, struct slice key, struct slice value)
{
    struct gunned_store *g = (struct gunned_store *)store;
    TRY(fault(g->gun, EFFECT_PUT, BEFORE));
    TRY(store_put(g->inner, table, key, value));
    return fault(g->gun, EFFECT_PUT, AFTER);
}

static enum err gunned_remove(struct store *store, uint8_t table, struct slice key)
{
    struct gunned_store *g = (struct gunned_store *)store;
    TRY(fault(g->gun, EFFECT_PUT, BEFORE));
    TRY(store_remove(g->inner, table, key));
    return fault(g->gun, EFFECT_PUT, AFTER);
}

static enum err gunned_scan(struct store *store, uint8_t table, struct slice prefix, struct slice from,
                            store_visit *visit, void *context)
{
    return store_scan(((struct gunned_store *)store)->inner, table, prefix, from, visit, context);
}

static enum err gunned_changes(struct store *store, store_visit_change *visit, void *context)
{
    return store_changes(((struct gunned_store *)store)->inner, visit, context);
}

static void gunned_merge(struct store *store, int64_t changelog_next)
{
    store_merge(((struct gunned_store *)store)->inner, changelog_next);
}

static void gunned_drop(struct store *store)
{
    store_drop(((struct gunned_store *)store)->inner);
}

static void gunned_settle(struct store *store)
{
    store_settle(((struct gunned_store *)store)->inner);
}

static const struct store_ops gunned_ops = {
    .get = gunned_get, .put = gunned_put, .remove = gunned_remove, .scan = gunned_scan, .changes = gunned_changes,
    .merge = gunned_merge, .drop = gunned_drop, .settle = gunned_settle,
};

static void replay_one(void *context, const struct record *r)
{
    enum err e = lmdb_store_replay(context, r->key, r->value, r->offset);
    ASSERT(e == OK);
}

/* As a worker does it that was assigned a partition (kafka.md 4.2): wait out who was there, then the end of the log. */
static void open_on_disk(struct worker *w, int32_t p)
{
    struct sim *s = w->sim;
    enum topic changelog = w->stage->changelog;
    struct lmdb_options o = { .dir = s->dir, .map_bytes = 64 << 20, .boot_id = "boot" };
    struct state_identity i = { .cluster_id = SLICE("sim"),
                                .stage = slice_from(w->stage->name),
                                .changelog = topic_row(changelog)->name,
                                .partition = p,
                                .partition_count = SIM_PARTITIONS,
                                .schema_version = STATE_SCHEMA_VERSION };
    struct lmdb_opened opened;
    memory_log_settle(s->log, changelog, p);
    enum err e =
        lmdb_store_open(&o, &i, 0, memory_log_end(s->log, changelog, p), s->saves_now_unix_ms, &w->lmdb[p], &opened);
    ASSERT(e == OK);
    s->counts.origins[opened.origin]++;
    lmdb_store_replayed(w->lmdb[p],
                        memory_log_read(s->log, changelog, p, opened.changelog_offset, replay_one, w->lmdb[p]));
    w->gunned[p] = (struct gunned_store){ { &gunned_ops }, lmdb_store_base(w->lmdb[p]), &w->gun };
    w->stores[p] = &w->gunned[p].store;
}

/* --- a program of before --- */

struct aged_row { struct slice key, value; struct aged_row *next; };
struct aging { const struct stage *stage; const struct stage_table *table; struct aged_row *rows; };

static enum err age_row(void *context, struct slice key, struct slice value)
{
    struct aging *g = context;
    struct arena *a = test_arena();
    struct aged_row *row = ARENA_NEW(a, struct aged_row);
    struct slice current, old;
    TRY(row_versions_read(g->stage, &g->table->codec, a, value, &current));
    struct text t = text_in(a, current.size + 64);
    old = earlier_row(a, &g->table->codec, g->stage->row_version_read, current);
    text_put_byte(&t, (char)g->stage->row_version_read);
    text_put(&t, old);
    ASSERT(!t.full);
    *row = (struct aged_row){ slice_copy(a, key), old.size ? text_slice(&t) : old, g->rows };
    g->rows = row;
    return OK;
}

/* What a program of before left: the effects of its writing are not counted. */
static void age_rows(struct worker *w, struct store *store)
{
    struct sim_options kept = w->sim->options;
    w->sim->options.faults = false;
    w->sim->options.crash_effect = 0;
    for (unsigned t = 0; t < w->stage->table_count; t++) {
        struct aging g = { .stage = w->stage, .table = &w->stage->tables[t] };
        enum err e = store_each(store, g.table->number, age_row, &g);
        for (const struct aged_row *row = g.rows; e == OK && row; row = row->next)
            e = row->value.size ? store_put(store, g.table->number, row->key, row->value)
                                : store_remove(store, g.table->number, row->key);
        ASSERT(e == OK);
    }
    store_merge(store, 0);
    w->sim->options = kept;
}

static void open_in_memory(struct worker *w, int32_t p)
{
    w->memory[p] = memory_store_open(&w->gun);
    w->stores[p] = memory_store_base(w->memory[p]);
    memory_store_restore(w->memory[p], w->sim->log, w->stage->changelog, p);
    if (w->sim->options.ages_rows && w->stage->row_version_read) age_rows(w, w->stores[p]);
}

static void open_stores(struct worker *w)
{
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        w->memory[p] = NULL;
        w->lmdb[p] = NULL;
        w->stores[p] = NULL;
        if (owns(w, p) && w->sim->options.on_disk) open_on_disk(w, p);
        else if (owns(w, p)) open_in_memory(w, p);
    }
}

/* Between two batches: now and then what is unsaved is saved. */
static enum err rest(struct worker *w)
{
    struct sim *s = w->sim;
    bool may_pull;
    if (!s->options.on_disk || !chance(s, 3)) return OK;
    TRY(fault(&w->gun, EFFECT_SAVE, BEFORE));
    s->saves_now_unix_ms += 1000;
    TRY(lmdb_stores_rest(w->lmdb, SIM_PARTITIONS, 0, s->saves_now_unix_ms, &may_pull));
    ASSERT(may_pull);
    return fault(&w->gun, EFFECT_SAVE, AFTER);
}

static void close_stores(struct worker *w, bool killed)
{
    struct sim *s = w->sim;
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        struct lmdb_stats stats;
        memory_store_close(w->memory[p]);
        if (!w->lmdb[p]) continue;
        lmdb_store_stats(w->lmdb[p], &stats);
        s->counts.saves += stats.saves;
        lmdb_store_close(w->lmdb[p], !killed && chance(s, 2), s->saves_now_unix_ms, 10000);
    }
}

static void open_worker(struct worker *w)
{
    struct sim *s = w->sim;
    char id[64];
    bool owned[SIM_PARTITIONS];
    snprintf(id, sizeof id, "%s.%u", w->stage->name, w->index);
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) owned[p] = owns(w, p);
    w->sink = memory_sink_open(s->log, slice_from(id), &w->gun);
    w->source = memory_source_open(s->log, s->groups[w->stage_index], owned, &w->gun);
    open_stores(w);
    struct loop_options loop = {
        .stage = w->stage,
        .source = memory_source_base(w->source),
        .sink = memory_sink_base(w->sink),
        .stores = w->stores,
        .partitions = SIM_PARTITIONS,
        .catalogue = s->script->catalogue,
        .profiles = s->script->profiles,
        .registry = s->script->registry,
        .own = s->script->owns ? s->script->owns[w->stage_index] : NULL,
        .lines_max = s->options.lines_max,
        .sweeps_first = true,
        .writes_changelog = true,
        .changelog_slack_bytes = 2000,              /* passes begin, are cut off and end in every run */
        .checks = true,
    };
    enum err e = loop_open(&loop, &w->loop);
    ASSERT(e == OK);
    w->is_open = true;
}

/* The process is gone; what it left open in the log stays open. */
static void close_worker(struct worker *w, bool killed)
{
    if (!w->is_open) return;
    loop_close(w->loop);
    memory_source_close(w->source);
    memory_sink_close(w->sink);
    close_stores(w, killed);
    w->is_open = false;
}

/* New generation; who is not in the middle of something starts again at once, the others find out. */
static void rebalance(struct sim *s, unsigned stage)
{
    memory_log_rebalance(s->log, s->groups[stage]);
    for (unsigned i = 0; i < s->options.workers; i++) {
        struct worker *w = &s->workers[stage][i];
        if (w->is_running) continue;
        close_worker(w, false);
        w->is_zombie = false;                       /* it comes back as a member like any other */
    }
}

static void become_zombie(struct worker *w)
{
    struct sim *s = w->sim;
    unsigned others = 0;
    for (unsigned i = 0; i < s->options.workers; i++)
        others += i != w->index && !s->workers[w->stage_index][i].is_zombie;
    if (others == 0) return;
    w->is_zombie = true;
    w->sleeps += 40;
    s->counts.zombies++;
    rebalance(s, w->stage_index);
}

static void run_step(void)
{
    extern struct worker *sim_starting;
    struct worker *w = sim_starting;
    w->result = loop_step(w->loop, w->sim->now_unix_ms, &w->worked);
    if (w->result == OK) w->result = rest(w);
    w->is_running = false;
    ASSERT(swapcontext(&w->context, &w->sim->scheduler) == 0);
}

struct worker *sim_starting;
struct worker *sim_starting = NULL;

static void start_step(struct worker *w)
{
    ASSERT(getcontext(&w->context) == 0);
    w->context.uc_stack.ss_sp = w->stack;
    w->context.uc_stack.ss_size = STACK_BYTES;
    w->context.uc_link = NULL;
    w->is_running = true;
    w->worked = false;
    sim_starting = w;
    makecontext(&w->context, run_step, 0);
}

/* A step that ended: the process goes on, or is started again. */
static void end_step(struct worker *w)
{
    if (w->result == OK) return;
    close_worker(w, w->result == ERR_SIMULATED_CRASH);
    if (w->is_zombie) rebalance(w->sim, w->stage_index);
}

/* One turn of a worker: until its step ends, or it is stopped inside. */
static bool turn(struct worker *w)
{
    struct sim *s = w->sim;
    if (w->sleeps > 0 && !s->calm) {
        w->sleeps--;
        return true;
    }
    bool opens = !w->is_open && !w->is_running;     /* what it had left open in the log is over: others may go on */
    bool resumes = w->is_running;                   /* it may have looked for work before there was any */
    if (opens) open_worker(w);
    if (!resumes) start_step(w);
    ASSERT(swapcontext(&s->scheduler, &w->context) == 0);
    if (w->is_running) {
        if (chance(s, 8)) become_zombie(w);
        return true;
    }
    end_step(w);
    return opens || resumes || w->worked || w->result != OK;
}

/* --- the run ---------------------------------------------------------------------------------------------------- */

static bool all_turns(struct sim *s)
{
    bool worked = false;
    unsigned count = s->script->stage_count * s->options.workers, first = (unsigned)(test_random(&s->random) % count);
    for (unsigned i = 0; i < count; i++) {
        unsigned at = (first + i) % count;
        worked |= turn(&s->workers[at % s->script->stage_count][at / s->script->stage_count]);
    }
    return worked;
}

/* Somebody else came or went while it was in the middle of something: it has yet to find out. */
static bool is_stale(const struct worker *w)
{
    return memory_source_generation(memory_source_base(w->source))
           != memory_log_generation(w->sim->log, w->sim->groups[w->stage_index]);
}

static bool is_at_rest(const struct sim *s)
{
    for (unsigned st = 0; st < s->script->stage_count; st++)
        for (unsigned i = 0; i < s->options.workers; i++) {
            const struct worker *w = &s->workers[st][i];
            if (w->is_running || !w->is_open || w->is_zombie || is_stale(w)) return false;
        }
    return true;
}

/* Until nobody has anything left; faults come for a while only, so that it ends. */
static void run_dry(struct sim *s)
{
    bool worked = true;
    for (unsigned round = 0; worked || !is_at_rest(s); round++) {
        ASSERT(round < ROUNDS_MAX);
        s->calm = round > 400;
        worked = all_turns(s);
    }
    s->calm = false;
}

/* A datum reaches every worker, as the reference consumer of the process tells it; nobody may be missing. */
static void wake_all(struct sim *s, struct slice datum)
{
    for (unsigned st = 0; st < s->script->stage_count; st++)
        for (unsigned i = 0; i < s->options.workers; i++) loop_wake(s->workers[st][i].loop, datum);
}

static void run_phase(struct sim *s, const struct sim_phase *phase)
{
    if (phase->now_unix_ms) s->now_unix_ms = phase->now_unix_ms;
    run_dry(s);
    for (unsigned i = 0; i < phase->record_count; i++) {
        memory_log_append(s->log, phase->records[i].topic, -1, phase->records[i].key, phase->records[i].value);
        if (s->options.faults && chance(s, 4)) all_turns(s);
    }
    run_dry(s);
    if (phase->arrive) phase->arrive(phase->context);
    if (!phase->wakes.size) return;
    wake_all(s, phase->wakes);                      /* once: what a killed worker was told, its successor finds */
    run_dry(s);
}

static void init_worker(struct sim *s, unsigned stage, unsigned index)
{
    struct worker *w = &s->workers[stage][index];
    *w = (struct worker){
        .gun = { fire }, .sim = s, .stage = s->script->stages[stage], .stage_index = stage, .index = index
    };
    w->stack = malloc(STACK_BYTES);
    ASSERT(w->stack);
}

struct sim *sim_run(const struct sim_script *script, const struct sim_options *options)
{
    ASSERT(script->stage_count <= SIM_STAGES_MAX && options->workers > 0 && options->workers <= SIM_WORKERS_MAX);
    struct sim *s = calloc(1, sizeof *s);
    ASSERT(s);
    s->script = script;
    s->options = *options;
    s->random = options->seed;
    if (options->on_disk) scratch_make(s->dir);
    s->log = memory_log_open(
        &(struct memory_log_options){ .partitions = SIM_PARTITIONS, .seed = options->seed, .keep = true });
    ASSERT(s->log);
    for (unsigned st = 0; st < script->stage_count; st++) {
        unsigned inputs = script->stages[st]->inputs[1] == TOPIC_NONE ? 1 : 2;
        s->groups[st] =
            memory_log_group(s->log, slice_from(script->stages[st]->name), script->stages[st]->inputs, inputs);
        for (unsigned i = 0; i < options->workers; i++) init_worker(s, st, i);
    }
    for (unsigned p = 0; p < script->phase_count; p++) run_phase(s, &script->phases[p]);
    return s;
}

void sim_close(struct sim *s)
{
    for (unsigned st = 0; st < s->script->stage_count; st++)
        for (unsigned i = 0; i < s->options.workers; i++) {
            close_worker(&s->workers[st][i], false);
            free(s->workers[st][i].stack);
        }
    memory_log_close(s->log);
    if (s->options.on_disk) scratch_remove(s->dir);
    free(s);
}

bool sim_was_hurt(const struct sim *s)
{
    return s->hurt;
}

struct sim_counts sim_counts(const struct sim *s)
{
    struct sim_counts c = s->counts;
    memory_log_totals(s->log, &c.transactions, &c.rolled_back);
    return c;
}

struct memory_log *sim_log(struct sim *s)
{
    return s->log;
}

struct store *sim_store(struct sim *s, unsigned stage, int32_t partition)
{
    for (unsigned i = 0; i < s->options.workers; i++)
        if (s->workers[stage][i].stores[partition]) return s->workers[stage][i].stores[partition];
    NEVER();
}

/* --- the comparison --------------------------------------------------------------------------------------------- */

/* A running digest of what a reader sees. */
static void mix(uint64_t *digest, struct slice bytes)
{
    *digest = (*digest ^ bytes.size) * 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < bytes.size; i++) *digest = (*digest ^ (uint8_t)bytes.bytes[i]) * 0x100000001b3u;
}

struct digest { uint64_t value; unsigned count; };

/* The records of each root in their order; between roots, and between stages that write to one topic, order means
 * nothing. */
struct reading {
    struct {
        struct slice key;
        uint64_t value;
    } roots[ROOTS_MAX];
    unsigned root_count, count;
    bool shared;
};

static void mix_record(void *context, const struct record *r)
{
    struct reading *reading = context;
    unsigned at = 0;
    uint64_t own = 0;
    while (at < reading->root_count && !slice_equal(reading->roots[at].key, r->key)) at++;
    ASSERT(at < ROOTS_MAX);
    if (at == reading->root_count) {
        reading->roots[at].key = r->key;
        reading->roots[at].value = 0;
        reading->root_count++;
    }
    mix(reading->shared ? &own : &reading->roots[at].value, r->key);
    mix(reading->shared ? &own : &reading->roots[at].value, r->value);
    reading->roots[at].value += own;
    reading->count++;
}

static enum err mix_row(void *context, struct slice key, struct slice value)
{
    struct digest *d = context;
    mix(&d->value, key);
    mix(&d->value, value);
    d->count++;
    return OK;
}

static bool same(const char *what, const char *name, int32_t partition, struct digest a, struct digest b)
{
    if (a.value == b.value && a.count == b.count) return true;
    printf("\n  %s %s/%d: %u without faults, %u here%s\n", what, name, partition, a.count, b.count,
           a.count == b.count ? ", other bytes" : "");
    return false;
}

static struct digest of_topic(struct sim *s, enum topic topic, int32_t partition)
{
    struct reading reading = { .shared = topic == TOPIC_CLAIMS_HELD || topic == TOPIC_CLAIMS_DECIDED
                                         || topic == TOPIC_DEADLETTERS };
    struct digest d = { 0 };
    memory_log_read(s->log, topic, partition, 0, mix_record, &reading);
    for (unsigned i = 0; i < reading.root_count; i++) d.value += reading.roots[i].value;
    d.count = reading.count;
    return d;
}

static struct digest of_store(struct store *store)
{
    struct digest d = { 0 };
    for (unsigned table = 1; table < STORE_TABLES_MAX; table++) {
        enum err e = store_scan(store, (uint8_t)table, (struct slice){ 0 }, (struct slice){ 0 }, mix_row, &d);
        ASSERT(e == OK);
    }
    return d;
}

/* State folded from the changelog alone; folding its tail a second time changes nothing (I3). */
static struct digest of_changelog(struct sim *s, enum topic changelog, int32_t partition)
{
    struct memory_store *folded = memory_store_open(NULL);
    memory_store_restore(folded, s->log, changelog, partition);
    memory_store_replay(folded, s->log, changelog, partition, memory_log_end(s->log, changelog, partition) / 2);
    struct digest d = of_store(memory_store_base(folded));
    memory_store_close(folded);
    return d;
}

static bool same_state(struct sim *calm, struct sim *s, unsigned stage, int32_t p)
{
    const char *name = s->script->stages[stage]->name;
    struct digest expected = of_store(sim_store(calm, stage, p));
    return same("state of", name, p, expected, of_store(sim_store(s, stage, p)))
        && same("changelog of", name, p, expected, of_changelog(s, s->script->stages[stage]->changelog, p));
}

bool sim_sends_equal(struct sim *calm, struct sim *s)
{
    bool equal = true;
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_INTAKE_CHANGELOG; topic++)
        for (int32_t p = 0; p < memory_log_partitions(s->log, topic); p++)
            equal &= same("topic", topic_row(topic)->name.bytes, p, of_topic(calm, topic, p), of_topic(s, topic, p));
    return equal;
}

/* The third part of I1: what took effect is not read again. */
static bool is_read_out(struct sim *s, unsigned stage, int32_t p)
{
    enum topic topics[STAGE_INPUTS_MAX];
    unsigned count = memory_log_topics(s->log, s->groups[stage], topics);
    for (unsigned t = 0; t < count; t++) {
        struct record record;
        int64_t next = memory_log_committed(s->log, s->groups[stage], topics[t], p).next;
        if (!memory_log_fetch(s->log, topics[t], p, &next, &record)) continue;
        printf("\n  %s will read %s/%d again from offset %ld on\n", s->script->stages[stage]->name,
               topic_row(topics[t])->name.bytes, p, (long)next);
        return false;
    }
    return true;
}

bool sim_equals(struct sim *calm, struct sim *s)
{
    bool equal = sim_sends_equal(calm, s);
    for (unsigned st = 0; st < s->script->stage_count; st++)
        for (int32_t p = 0; p < SIM_PARTITIONS; p++) equal &= same_state(calm, s, st, p) & is_read_out(s, st, p);
    return equal;
}
