/* stage/loop.c: batch after batch, each one transaction. The only reader of error classes, and the only place that
 * polls (kafka.md 3). Read it from its end: loop_step, step, attempt, decide_all. */
#include "stage/loop.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/prefetch.h"
#include "runtime/clock.h"
#include "stage/cases.h"
#include "stage/turn.h"
#include "wire/dossier_codec.h"
#include "wire/limits.h"

#include <stdlib.h>

/* The lines of a batch are decoded and prefetched a window at a time. A line takes some ten KiB, so a window stays in
 * the caches, and the arena has to hold one window however large the batch is. */
enum { WINDOW_LINES = 64, AT_ONCE_MAX = 4000, AHEAD_RECORDS = 2 };

/* Address space after a full arena, for one more line of the greatest size: a thousand serials under as many programs
 * as there may be. What is used of it goes back to the system with the batch. */
enum { LINE_RESERVE_BYTES = 512 << 20 };

struct slot {
    const struct record *record;
    struct dossier      *dossier;                   /* NULL: a review, or bytes that are no dossier */
    void                *facts;
    enum err             err;
};

struct loop {
    struct loop_options options;
    struct batch        batch;
    struct arena        arena;
    struct row_cache    rows;
    struct conservation totals;
    struct loop_counts  counts;
    int64_t             part_began_ns;
    struct slot         window[WINDOW_LINES];
    struct stage_item   items[WINDOW_LINES];
    const struct record *records;                   /* held by the source */
    unsigned            record_count;
    unsigned            limit;                      /* how many of them the next attempt takes */
    unsigned            done;                       /* how many the attempt took */
    unsigned            woken_limit, woken;         /* the same for waiting lines whose time or datum has come */
    bool                seeks;                      /* the broker refused the batch: which line it was is looked for */
    bool                refuses_first;              /* it is the first: that one goes to the dead letters */
    uint64_t            mark;
    bool               *ticks;                      /* by partition: the stage's tick has something to do */
    bool                ticks_soon;                 /* the stage is asked in the next step, whatever the clock says */
    instant_ms          ticks_at_unix_ms;           /* when it is asked again otherwise */
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

/* --- where the time goes ---------------------------------------------------------------------------------------- */

static void begin_part(struct loop *l)
{
    l->part_began_ns = clock_mono_ns();
}

/* The time since the last part ended is counted for this one. */
static void end_part(struct loop *l, enum loop_part part)
{
    int64_t now = clock_mono_ns();
    l->counts.part_ns[part] += now - l->part_began_ns;
    l->part_began_ns = now;
}

const struct loop_counts *loop_counts(const struct loop *l)
{
    return &l->counts;
}

/* --- opening ---------------------------------------------------------------------------------------------------- */

static void fill_codecs(struct batch *b, const struct stage *stage)
{
    ASSERT(stage->table_count < STAGE_TABLES_MAX);
    for (unsigned t = 0; t < stage->table_count; t++) {
        ASSERT(stage->tables[t].number > 0 && stage->tables[t].number <= STAGE_TABLE_NUMBER_MAX);
        for (unsigned other = 0; other < t; other++) ASSERT(stage->tables[other].number != stage->tables[t].number);
        b->codecs[t] = stage->tables[t].codec;
        b->numbers[t] = stage->tables[t].number;
    }
    for (unsigned i = 0; i < stage->kept_count; i++) {
        ASSERT(stage->kept[i].table < stage->table_count && stage->kept[i].keeper.own
               && stage->kept[i].keeper.is_empty);
        b->keepers[stage->kept[i].table] = stage->kept[i].keeper;
    }
    b->codecs[STAGE_TABLE_WAITING] = waiting_codec;
    b->numbers[STAGE_TABLE_WAITING] = WAITING_TABLE;
}

static void fill_batch(struct loop *l)
{
    const struct loop_options *o = &l->options;
    struct batch *b = &l->batch;
    *b = (struct batch){
        .stage = o->stage,
        .arena = &l->arena,
        .rows = &l->rows,
        .sink = o->sink,
        .source = o->source,
        .stores = o->stores,
        .partitions = o->partitions,
        .checks = o->checks || SANITIZED,
        .writes_changelog = o->writes_changelog,
        .changelog = { .slack_bytes = o->changelog_slack_bytes },
        .on_void = o->on_void,
        .on_void_context = o->on_void_context,
        .env = { .stage = o->stage,
                 .arena = &l->arena,
                 .catalogue = o->catalogue,
                 .profiles = o->profiles,
                 .registry = o->registry,
                 .own = o->own },
    };
    fill_codecs(b, o->stage);
}

void loop_set_bounds(struct loop *l, unsigned lines_max, size_t bytes_max, unsigned retries_max,
                     unsigned expire_keys_max)
{
    l->options.lines_max = lines_max ? lines_max : LOOP_LINES_MAX;
    l->options.bytes_max = bytes_max ? bytes_max : SIZE_MAX / 2;
    l->options.retries_max = retries_max ? retries_max : LOOP_RETRIES_MAX;
    l->batch.env.expire_keys_max = expire_keys_max;
}

enum err loop_open(const struct loop_options *options, struct loop **loop)
{
    ASSERT(options->stage && options->source && options->sink && options->partitions > 0);
    struct loop *l = arena_map(sizeof *l);
    if (!l) return ERR_MEMORY_EXHAUSTED;
    l->options = *options;
    fill_batch(l);
    loop_set_bounds(l, options->lines_max, options->bytes_max, options->retries_max, options->expire_keys_max);
    conservation_init(&l->totals);
    enum err e = arena_open(&l->arena, ARENA_BYTES(BATCH_BYTES_MAX), LINE_RESERVE_BYTES);
    if (e == OK) e = row_cache_open(&l->rows);
    if (e == OK) e = wake_init(&l->batch.wake);
    if (e == OK) e = batch_open(&l->batch);
    l->ticks = calloc((size_t)l->options.partitions, sizeof *l->ticks);
    l->ticks_soon = options->stage->tick != NULL;
    if (e == OK && !l->ticks) e = ERR_MEMORY_EXHAUSTED;
    if (e == OK) l->mark = batch_last_mark(&l->batch);
    if (e == OK && options->sweeps_first) loop_wake(l, (struct slice){ 0 });
    if (e == OK) *loop = l;
    else loop_close(l);
    return e;
}

void loop_close(struct loop *l)
{
    if (!l) return;
    wake_deinit(&l->batch.wake);
    batch_close(&l->batch);
    free(l->ticks);
    row_cache_close(&l->rows);
    arena_close(&l->arena);
    arena_unmap(l, sizeof *l);
}

const struct conservation *loop_totals(const struct loop *l)
{
    return &l->totals;
}

/* A datum that no line waits for costs no transaction: lines that come later find it in force. An error counts as a
 * yes, so that the step meets it. */
static bool somebody_waits(struct loop *l, int32_t partition, struct slice datum)
{
    struct waiting_cursor cursor;
    struct slice line_id;
    waiting_cursor_init(&cursor, datum);
    return waiting_next(l->options.stores[partition], &l->arena, &cursor, &line_id) != OK || line_id.size > 0;
}

void loop_wake(struct loop *l, struct slice datum)
{
    size_t mark = arena_mark(&l->arena);
    struct slice kept = judge_datum(&l->arena, datum);
    for (int32_t p = 0; p < l->options.partitions; p++) {
        if (!l->options.stores[p] || !somebody_waits(l, p, kept)) continue;
        if (!kept.size && wake_is_queued(&l->batch.wake, p, kept)) continue; /* the last sweep is not through yet */
        wake_enqueue(&l->batch.wake, p, kept);
    }
    arena_rewind(&l->arena, mark);
}

void loop_tick(struct loop *l)
{
    l->ticks_soon = true;
}

enum err loop_next_due(struct loop *l, instant_ms *at)
{
    *at = INT64_MAX;
    for (int32_t p = 0; p < l->options.partitions; p++) {
        instant_ms first;
        struct slice line_id;
        if (!l->options.stores[p]) continue;
        size_t mark = arena_mark(&l->arena);
        TRY(waiting_first_due(l->options.stores[p], &l->arena, &first, &line_id));
        arena_rewind(&l->arena, mark);
        if (first < *at) *at = first;
    }
    return OK;
}

/* --- lines of a window ------------------------------------------------------------------------------------------ */

static enum err read_slot(struct loop *l, struct slot *s, const struct record *r)
{
    struct batch *b = &l->batch;
    *s = (struct slot){ .record = r };
    if (r->topic == TOPIC_REVIEWS) return OK;
    struct dossier *d = ARENA_NEW(&l->arena, struct dossier);
    s->err = dossier_decode(&l->arena, r->value, d);
    if (s->err != OK) return err_class(s->err) == ERR_CLASS_POISON ? OK : s->err;
    if (dossier_is_case(d) || !turn_is_complete(b, d) || turn_strays(b, r, d)) s->err = ERR_WIRE_FIELD;
    s->dossier = d;
    s->facts = arena_alloc(&l->arena, l->options.stage->facts_bytes);
    return OK;
}

/* Fills the window, beginning with record number `from`. It ends early when the arena is half full, which leaves room
 * for the verdicts. */
static enum err open_window(struct loop *l, unsigned from, unsigned *count)
{
    unsigned items = 0;
    arena_rewind(&l->arena, 0);
    for (*count = 0; *count < WINDOW_LINES && from + *count < l->limit; ++*count) {
        struct slot *s = &l->window[*count];
        if (*count > 0 && l->arena.used > l->arena.size / 2) break;
        unsigned ahead = from + *count + AHEAD_RECORDS;     /* its bytes have left the caches since they came */
        if (ahead < l->record_count) prefetch(l->records[ahead].value.bytes, l->records[ahead].value.size);
        TRY(read_slot(l, s, &l->records[from + *count]));
        if (s->dossier && s->err == OK) l->items[items++] = (struct stage_item){ s->dossier, s->facts };
    }
    l->batch.env.store = NULL;
    if (items == 0 || !l->options.stage->prefetch) return OK;
    end_part(l, LOOP_DECIDE);
    enum err e = l->options.stage->prefetch(&l->batch.env, l->items, items);
    end_part(l, LOOP_PREFETCH);
    return e;
}

static enum err judge_slot(struct loop *l, const struct slot *s)
{
    struct batch *b = &l->batch;
    if (s->record->topic == TOPIC_REVIEWS)
        return l->refuses_first ? turn_refuse_review(b, s->record) : turn_review(b, s->record);
    enum err refused = l->refuses_first ? ERR_TRANSACTION_REFUSED : s->err;
    if (refused != OK) {
        conservation_take(&b->count, s->dossier ? s->dossier->line : NULL);
        return turn_die(b, s->record, s->dossier, refused);
    }
    struct turn t = { .partition = s->record->partition, .record = s->record, .dossier = s->dossier, .facts = s->facts,
                      .decided_at_unix_ms = s->dossier->receipt->received_at_unix_ms };
    if (!b->oldest_received_at_unix_ms || t.decided_at_unix_ms < b->oldest_received_at_unix_ms)
        b->oldest_received_at_unix_ms = t.decided_at_unix_ms;
    return turn_take(b, &t);
}

/* The attempt takes a single line: if it is refused, this line is to blame, or one that it wakes. */
static bool is_alone(const struct loop *l)
{
    return l->seeks && (l->woken > 0 ? l->woken_limit : l->limit) == 1;
}

/* After each line: the values that it read need not be kept any longer. Rows that are kept decoded go on, until there
 * are too many of them. */
static enum err settle(struct loop *l, int32_t partition)
{
    if (row_cache_is_full(&l->rows)) TRY(judge_flush(&l->batch));
    if (l->batch.stores[partition]) store_settle(l->batch.stores[partition]);
    return OK;
}

/* Lines that waited for what the last line brought take their turn right after it; in the next batch if that line is
 * tried alone. */
static enum err judge_woken(struct loop *l)
{
    struct batch *b = &l->batch;
    size_t mark = arena_mark(&l->arena);
    if (is_alone(l)) wake_defer(&b->wake);
    for (;;) {
        int32_t partition;
        struct slice line_id;
        TRY(wake_next(&b->wake, b->stores, &l->arena, &partition, &line_id));
        if (!line_id.size) return OK;
        TRY(turn_again(b, partition, line_id));
        arena_rewind(&l->arena, mark);
        TRY(settle(l, partition));
    }
}

/* The transaction sends enough: no further line is taken into it. */
static bool is_large(const struct loop *l)
{
    return l->batch.sent_bytes / 2 > l->options.bytes_max;
}

static enum err judge_window(struct loop *l, unsigned count)
{
    size_t mark = arena_mark(&l->arena);
    for (unsigned i = 0; i < count; i++) {
        TRY(batch_consume(&l->batch, l->window[i].record));
        TRY(judge_slot(l, &l->window[i]));
        arena_rewind(&l->arena, mark);
        TRY(judge_woken(l));
        arena_rewind(&l->arena, mark);
        TRY(settle(l, l->window[i].record->partition));
        l->done++;
        if (is_large(l)) return OK;
    }
    return OK;
}

static enum err judge_records(struct loop *l)
{
    while (l->done < l->limit) {
        unsigned count;
        TRY(open_window(l, l->done, &count));
        TRY(judge_window(l, count));
        if (is_large(l)) return OK;
    }
    return OK;
}

/* --- lines whose time or datum has come ------------------------------------------------------------------------- */

static enum err judge_queued(struct loop *l, unsigned *budget)
{
    struct batch *b = &l->batch;
    while (*budget > 0 && !is_large(l)) {
        int32_t partition;
        struct slice line_id;
        arena_rewind(&l->arena, 0);
        TRY(wake_next_queued(&b->wake, b->stores, &l->arena, &partition, &line_id));
        if (!line_id.size) return OK;
        l->woken++;
        TRY(l->refuses_first ? turn_refuse(b, partition, line_id) : turn_again(b, partition, line_id));
        TRY(judge_woken(l));
        TRY(settle(l, partition));
        --*budget;
    }
    return OK;
}

static enum err judge_due(struct loop *l, unsigned *budget)
{
    struct batch *b = &l->batch;
    for (int32_t p = 0; p < b->partitions; p++) {
        while (b->stores[p] && *budget > 0 && !is_large(l)) {
            instant_ms at;
            struct slice line_id;
            arena_rewind(&l->arena, 0);
            TRY(waiting_first_due(b->stores[p], &l->arena, &at, &line_id));
            if (at > b->env.now_unix_ms) break;
            l->woken++;
            TRY(l->refuses_first ? turn_refuse(b, p, line_id) : turn_on_time(b, p, line_id));
            TRY(judge_woken(l));
            TRY(settle(l, p));
            --*budget;
        }
    }
    return OK;
}

/* --- what the stage does by itself ------------------------------------------------------------------------------ */

static struct stage_env *tick_env(struct loop *l, int32_t partition)
{
    struct stage_env *env = &l->batch.env;
    arena_rewind(&l->arena, 0);
    env->store = l->batch.stores[partition];
    env->partition = partition;
    env->wake_count = env->case_count = 0;
    return env;
}

/* Asks the stage which partitions have something to do: when the loop opens, every tick_ms, and when told to. */
static enum err look_for_ticks(struct loop *l, bool *any)
{
    const struct stage *stage = l->options.stage;
    instant_ms now = l->batch.env.now_unix_ms;
    *any = false;
    if (!stage->tick || (!l->ticks_soon && now < l->ticks_at_unix_ms)) return OK;
    l->ticks_soon = false;
    l->ticks_at_unix_ms = now + stage->tick_ms;
    for (int32_t p = 0; p < l->options.partitions; p++) {
        l->ticks[p] = false;
        if (!l->batch.stores[p]) continue;
        TRY(stage->tick_is_due(tick_env(l, p), &l->ticks[p]));
        *any |= l->ticks[p];
    }
    return OK;
}

/* The lines and cases that a tick names belong to this transaction, too. */
static enum err tick_all(struct loop *l)
{
    struct batch *b = &l->batch;
    for (int32_t p = 0; p < b->partitions; p++) {
        if (!l->ticks[p]) continue;
        struct stage_env *env = tick_env(l, p);
        env->store = batch_store(b, p);
        TRY(l->options.stage->tick(env));
        for (unsigned i = 0; i < env->wake_count; i++) wake_enqueue(&b->wake, p, env->wakes[i]);
        for (unsigned i = 0; i < env->case_count; i++) TRY(cases_take_found(b, p, &env->cases[i]));
    }
    return OK;
}

/* --- the transaction -------------------------------------------------------------------------------------------- */

/* While the line that the broker refuses is looked for, an attempt takes waiting lines or records, never both, and no
 * tick. */
static enum err decide_all(struct loop *l)
{
    bool shares = l->options.woken_max && l->limit > 0 && !l->seeks;
    unsigned budget = l->seeks ? l->woken_limit : shares ? l->options.woken_max : AT_ONCE_MAX;
    if (l->options.stage->tick && !l->seeks) TRY(tick_all(l));
    TRY(judge_queued(l, &budget));
    TRY(judge_due(l, &budget));
    if (shares || l->woken == 0) TRY(judge_records(l)); /* waiting lines go first, but hold up records briefly */
    TRY(judge_flush(&l->batch));
    return batch_send_changelog(&l->batch);
}

static enum err commit(struct loop *l)
{
    struct batch *b = &l->batch;
    unsigned count = batch_offsets(b);
    enum err e = sink_commit(l->options.sink, l->options.source, b->offsets, count);
    if (e != ERR_TRANSACTION_UNKNOWN) return e;
    bool committed = false;
    l->counts.unknown++;
    TRY(sink_recover(l->options.sink, l->options.source, b->offsets, count, &committed));
    return committed ? OK : ERR_TRANSACTION_ABORTED;
}

static enum err attempt(struct loop *l)
{
    struct batch *b = &l->batch;
    batch_advance(b, BATCH_PULLED);
    batch_clear(b);
    row_cache_clear(b->rows);
    wake_save(&b->wake);
    l->done = l->woken = 0;
    b->mark = ++l->mark;
    b->env.ticks_soon = false;
    if (b->env.profiles) profiles_renew(b->env.profiles);
    TRY(sink_begin(l->options.sink));
    TRY(decide_all(l));
    if (b->env.profiles) TRY(profiles_failure(b->env.profiles));
    batch_advance(b, BATCH_DECIDED);
    ASSERT(conservation_holds(&b->count));
    end_part(l, LOOP_DECIDE);
    enum err e = commit(l);
    end_part(l, LOOP_COMMIT);
    return e;
}

static void merge(struct loop *l)
{
    batch_advance(&l->batch, BATCH_COMMITTED);
    batch_merge(&l->batch);
    conservation_add(&l->totals, &l->batch.count);
    source_complete(l->options.source, l->done);
    l->ticks_soon = l->batch.env.ticks_soon || l->seeks;
    memset(l->ticks, 0, (size_t)l->options.partitions * sizeof *l->ticks);
    batch_advance(&l->batch, BATCH_MERGED);
    l->counts.committed++;
    l->counts.records = l->done;
    l->counts.oldest_received_at_unix_ms = l->batch.oldest_received_at_unix_ms;
    l->counts.repeats += l->batch.repeats;
    for (unsigned n = 0; n < LIMIT_NEARED_COUNT; n++) l->counts.neared[n] += l->batch.neared[n];
    for (unsigned r = 0; r < BATCH_REASONS; r++) l->counts.reasons[r] += l->batch.reasons[r];
    rule_tally_add(&l->counts.rules, &l->batch.rules);
    end_part(l, LOOP_MERGE);
}

static void count_failure(struct loop *l, enum err e)
{
    if (e == ERR_TRANSACTION_REFUSED) l->counts.refused++;
    else if (e == ERR_SOURCE_STALE) l->counts.stale++;
    else l->counts.aborted++;
}

/* Nothing of the attempt took effect. The sink knows whether there is a transaction left to abort. */
static enum err undo(struct loop *l)
{
    batch_advance(&l->batch, BATCH_DROPPED);
    batch_drop(&l->batch);
    wake_restore(&l->batch.wake);
    return sink_abort(l->options.sink);
}

/* After a refusal: what the next attempt takes, to find the line that the broker does not take (kafka.md 5.3). Waiting
 * lines are searched before records, and each kind is tried by itself first, without a tick; then half of it, and half
 * of that. A line that is refused alone goes to the dead letters in the next attempt. False: no line is to blame, or
 * even its dead letter is refused. */
static bool narrow(struct loop *l)
{
    unsigned tried = l->woken > 0 ? l->woken : l->limit, *limit = l->woken > 0 ? &l->woken_limit : &l->limit;
    bool had_company = !l->seeks && (tried == 1 || (l->woken > 0 && l->done > 0));
    if (tried == 0 || l->refuses_first) return false;
    l->seeks = true;
    *limit = tried;
    if (had_company) return true;
    if (tried == 1) l->refuses_first = true;
    else *limit = tried / 2;
    return true;
}

/* True when the same batch, or a part of it, is to be tried again. */
static bool tries_again(struct loop *l, enum err e, unsigned tries)
{
    if (e == ERR_TRANSACTION_REFUSED) return narrow(l);
    return e == ERR_TRANSACTION_ABORTED && tries < l->options.retries_max;
}

static enum err step(struct loop *l)
{
    for (unsigned tries = 1; ; tries++) {
        enum err e = attempt(l);
        if (e == OK) {
            merge(l);
            return OK;
        }
        if (err_class(e) == ERR_CLASS_POISON) e = ERR_STATE_MALFORMED;      /* poisoned lines are dead letters by now */
        if (err_class(e) != ERR_CLASS_RETRY) return e;                      /* process and transaction end */
        count_failure(l, e);
        TRY(undo(l));
        if (e == ERR_SOURCE_STALE) source_drop(l->options.source);
        if (!tries_again(l, e, tries)) return e;
    }
}

enum err loop_step(struct loop *l, instant_ms now_unix_ms, bool *worked)
{
    instant_ms due;
    bool ticks;
    l->batch.env.now_unix_ms = now_unix_ms;
    l->record_count = 0;
    l->counts.records = 0;
    memset(l->counts.part_ns, 0, sizeof l->counts.part_ns);
    begin_part(l);
    TRY(source_pull(l->options.source, l->options.lines_max, l->options.bytes_max, &l->records, &l->record_count));
    end_part(l, LOOP_PULL);
    TRY(loop_next_due(l, &due));
    TRY(look_for_ticks(l, &ticks));
    *worked = l->record_count > 0 || due <= now_unix_ms || wake_has_queued(&l->batch.wake) || ticks;
    if (!*worked) return OK;
    l->limit = l->record_count;
    l->refuses_first = l->seeks = false;
    return step(l);
}
