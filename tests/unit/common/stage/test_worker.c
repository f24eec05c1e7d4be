/* The life of a worker on a transport of the test's own: memory source and sink, a group that gives and takes at its
 * word. */
#include "stage/worker.h"

#include "base/assert.h"
#include "runtime/log.h"
#include "runtime/memory_sink.h"
#include "runtime/memory_source.h"
#include "runtime/memory_store.h"
#include "runtime/metrics.h"
#include "stage/memory_profiles.h"
#include "support/test.h"
#include "support/toy.h"

#include <stdio.h>
#include <unistd.h>

enum { PARTITIONS = 3, CLOSINGS_MAX = 16 };

/* What the group does at the next serve or pull. */
enum group_word { GROUP_QUIET, GROUP_ASSIGNS, GROUP_REVOKES, GROUP_LOSES };

struct desk {
    struct transport        base;
    struct source           source;                 /* in front of the memory source: revokes inside a pull */
    struct transport_events events;
    struct memory_log      *log;
    int                     group;
    struct memory_source   *reader;
    struct memory_sink     *writer;
    struct memory_store    *stores[PARTITIONS];
    unsigned                restores[PARTITIONS];   /* slices that each still takes */
    enum group_word         word;
    enum err                join_error, serve_error, ready_error, start_error, rest_error;
    bool                    is_full, is_stale, closed;
    unsigned                saved, dropped, rests, interval_ms, close_takes_ms;
    int64_t                 close_timeouts[CLOSINGS_MAX];
};

static struct desk desk;
static struct worker *worker;
static struct catalogue *catalogue;
static struct toy toy;
static struct stage stage;
static instant_ms now;
static struct slice news;

static const int32_t mine[] = { 0, 2 };

static void obey(struct desk *d)
{
    enum group_word word = d->word;
    d->word = GROUP_QUIET;
    if (word == GROUP_ASSIGNS) d->events.assigned(d->events.context, mine, 2);
    if (word == GROUP_REVOKES || word == GROUP_LOSES) {
        d->is_stale = true;
        d->events.revoked(d->events.context, word == GROUP_LOSES);
    }
}

/* --- the transport ---------------------------------------------------------------------------------------------- */

static enum err join(struct transport *t, const struct transport_events *events)
{
    ((struct desk *)t)->events = *events;
    return ((struct desk *)t)->join_error;
}

static enum err pull(struct source *s, unsigned count_max, size_t bytes_max, const struct record **records,
                     unsigned *count)
{
    (void)s;
    obey(&desk);
    *count = 0;
    if (desk.is_stale) return ERR_SOURCE_STALE;
    return source_pull(memory_source_base(desk.reader), count_max, bytes_max, records, count);
}

static void complete(struct source *s, unsigned count)
{
    (void)s;
    source_complete(memory_source_base(desk.reader), count);
}

static void drop(struct source *s)
{
    (void)s;
    source_drop(memory_source_base(desk.reader));
}

static enum err rewind_(struct source *s)
{
    (void)s;
    return source_rewind(memory_source_base(desk.reader));
}

static struct offset position(struct source *s, enum topic topic, int32_t partition)
{
    (void)s;
    return source_position(memory_source_base(desk.reader), topic, partition);
}

static const struct source_ops source_ops = { pull, complete, drop, rewind_, position };

/* The memory sink knows its own sources only. */
struct pass { struct sink sink; struct sink *behind; enum err error; } pass;

static enum err begin(struct sink *s) { return sink_begin(((struct pass *)s)->behind); }
static enum err send(struct sink *s, enum topic topic, int32_t p, struct slice key, struct slice value,
                     const struct header *h, unsigned n)
{
    return sink_send(((struct pass *)s)->behind, topic, p, key, value, h, n);
}
static enum err commit(struct sink *s, struct source *consumed, const struct offset *offsets, unsigned count)
{
    (void)consumed;
    if (((struct pass *)s)->error != OK) return ((struct pass *)s)->error;
    return sink_commit(((struct pass *)s)->behind, memory_source_base(desk.reader), offsets, count);
}
static enum err abort_(struct sink *s) { return sink_abort(((struct pass *)s)->behind); }
static enum err recover(struct sink *s, struct source *c, const struct offset *o, unsigned n, bool *committed)
{
    (void)c;
    return sink_recover(((struct pass *)s)->behind, memory_source_base(desk.reader), o, n, committed);
}
static int64_t written(struct sink *s, enum topic topic, int32_t p)
{
    return sink_written(((struct pass *)s)->behind, topic, p);
}
static const struct sink_ops sink_ops = { begin, send, commit, abort_, recover, written };

static struct source *source_of_desk(struct transport *t) { return &((struct desk *)t)->source; }
static struct sink *sink_of_desk(struct transport *t)
{
    (void)t;
    return &pass.sink;
}
static int32_t partitions(const struct transport *t)
{
    (void)t;
    return PARTITIONS;
}

static enum err serve(struct transport *t, int timeout_ms)
{
    struct desk *d = (struct desk *)t;
    (void)timeout_ms;
    obey(d);
    return d->serve_error;
}

static enum err ready(struct transport *t, int timeout_ms)
{
    (void)timeout_ms;
    return ((struct desk *)t)->ready_error;
}

static enum err restore(struct transport *t, int32_t p, int max_ms, struct transport_progress *progress)
{
    struct desk *d = (struct desk *)t;
    (void)max_ms;
    if (!d->stores[p]) {
        d->stores[p] = memory_store_open(NULL);
        memory_store_restore(d->stores[p], d->log, stage.changelog, p);
    }
    *progress = (struct transport_progress){
        .records = 7, .position = 10 - d->restores[p], .high = 10, .opened = true, .done = d->restores[p] == 0
    };
    if (d->restores[p] > 0) d->restores[p]--;
    return OK;
}

static struct store *store(struct transport *t, int32_t p) { return memory_store_base(((struct desk *)t)->stores[p]); }

static enum err rest(struct transport *t, instant_ms now_unix_ms, bool *may_pull)
{
    struct desk *d = (struct desk *)t;
    (void)now_unix_ms;
    d->rests++;
    *may_pull = !d->is_full;
    return d->rest_error;
}

static enum err start(struct transport *t)
{
    struct desk *d = (struct desk *)t;
    bool owned[PARTITIONS] = { true, false, true };
    if (d->start_error != OK) return d->start_error;
    memory_source_close(d->reader);
    memory_sink_close(d->writer);
    d->reader = memory_source_open(d->log, d->group, owned, NULL);
    d->writer = memory_sink_open(d->log, SLICE("w00"), NULL);
    pass = (struct pass){ { &sink_ops }, memory_sink_base(d->writer), OK };
    d->is_stale = false;
    return OK;
}

static void close_store(struct transport *t, int32_t p, bool saves, instant_ms now_unix_ms, int64_t timeout_ms)
{
    struct desk *d = (struct desk *)t;
    (void)now_unix_ms;
    if (!d->stores[p]) return;
    ASSERT(d->saved + d->dropped < CLOSINGS_MAX);
    d->close_timeouts[d->saved + d->dropped] = timeout_ms;
    if (d->close_takes_ms) usleep(1000 * d->close_takes_ms);
    memory_store_close(d->stores[p]);
    d->stores[p] = NULL;
    if (saves) d->saved++;
    else d->dropped++;
}

static void figures(struct transport *t, int32_t p, struct transport_figures *f)
{
    (void)t, (void)p;
    *f = (struct transport_figures){ .unsaved_keys = 5, .next = { 3, -1 }, .high = { 9, -1 } };
}

static void retune(struct transport *t, const struct transport_bounds *b)
{
    ((struct desk *)t)->interval_ms = b->interval_ms;
}

static void close_desk(struct transport *t)
{
    struct desk *d = (struct desk *)t;
    d->events.revoked(d->events.context, false);
    d->closed = true;
}

static const struct transport_ops ops = {
    join,  source_of_desk, sink_of_desk, partitions,  serve,   ready,  restore,
    store, rest,           start,        close_store, figures, retune, close_desk,
};

/* --- the test's side -------------------------------------------------------------------------------------------- */

static instant_ms clock_of_test(void) { return now; }

static void renew(void *context, unsigned number, struct slice *wakes)
{
    (void)context, (void)number;
    *wakes = news;
    news = (struct slice){ 0 };
}

static const struct worker_engine *engine;

static void begin_worker(void)
{
    static const enum topic topics[] = { TOPIC_CLAIMS_RECEIVED, TOPIC_REVIEWS };
    log_to(-1);
    stage = toy_first;
    toy = (struct toy){ 0 };
    now = 1775638800000;
    news = (struct slice){ 0 };
    catalogue = catalogue_open();
    desk = (struct desk){ .base = { &ops }, .source = { &source_ops } };
    desk.log = memory_log_open(&(struct memory_log_options){ .partitions = PARTITIONS, .seed = 3, .keep = true });
    desk.group = memory_log_group(desk.log, SLICE("toy"), topics, 2);
    struct worker_options options = {
        .stage = &stage,
        .transport = &desk.base,
        .catalogue = catalogue,
        .own = &toy,
        .engine = engine,
        .now_unix_ms = clock_of_test,
        .renew = renew,
        .bounds = { .sweep_ms = 600000 },
    };
    CHECK_INT(worker_open(&options, &worker), OK);
}

static void end_worker(void)
{
    worker_close(worker);
    memory_source_close(desk.reader);
    memory_sink_close(desk.writer);
    for (int p = 0; p < PARTITIONS; p++)
        if (desk.stores[p]) memory_store_close(desk.stores[p]);
    memory_log_close(desk.log);
    catalogue_close(catalogue);
    log_to(STDOUT_FILENO);
}

static enum err turn(void)
{
    bool ended;
    return worker_turn(worker, &ended);
}

static void turns(unsigned count)
{
    while (count-- > 0) CHECK_INT(turn(), OK);
}

static void put_line(const char *name, const char *root, const char *words)
{
    memory_log_append(desk.log, TOPIC_CLAIMS_RECEIVED, -1, slice_from(root),
                      TOY_LINE(test_arena(), name, root, words, 5));
}

static void count_record(void *context, const struct record *r)
{
    (void)r;
    ++*(unsigned *)context;
}

static unsigned sent(enum topic topic)
{
    unsigned count = 0;
    for (int32_t p = 0; p < memory_log_partitions(desk.log, topic); p++)
        memory_log_read(desk.log, topic, p, 0, count_record, &count);
    return count;
}

static struct slice missing(void)
{
    struct text t = text_in(test_arena(), 1024);
    worker_put_missing(worker, &t);
    return text_slice(&t);
}

/* A root whose key lies on a partition. */
static const char *root_on(int32_t partition)
{
    static char root[16];
    for (unsigned i = 0; ; i++) {
        snprintf(root, sizeof root, "R%u", i);
        if (topic_partition(slice_from(root), PARTITIONS) == partition) return root;
    }
}

static void run_to(enum worker_state state)
{
    for (unsigned i = 0; i < 100 && worker_state(worker) != state; i++) CHECK_INT(turn(), OK);
    CHECK_INT(worker_state(worker), state);
}

static void begin_running(void)
{
    begin_worker();
    turns(1);
    desk.word = GROUP_ASSIGNS;
    run_to(WORKER_RUNNING);
}

TEST(it_joins_restores_what_it_is_given_slice_by_slice_and_then_judges)
{
    begin_worker();
    CHECK_TEXT(missing(), "w00: joining the group\n");
    turns(1);
    CHECK_TEXT(missing(), "w00: waiting for partitions\n");
    desk.restores[0] = 2;
    desk.restores[2] = 1;
    desk.word = GROUP_ASSIGNS;
    turns(1);
    CHECK_INT(worker_state(worker), WORKER_RESTORING);
    CHECK_INT(worker_assigned(worker), 2);
    turns(1);
    CHECK_TEXT(missing(), "w00: restoring p0: 8 of 10, then 1 more\n");
    put_line("a", root_on(0), "");
    run_to(WORKER_RUNNING);
    CHECK_TEXT(missing(), "");
    turns(2);
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 1);
    CHECK(desk.rests >= 4);
    CHECK_INT(atomic_load(&worker_partition(worker, 2)->unsaved_keys), 5);
    CHECK_INT(atomic_load(&worker_partition(worker, 0)->end[0]), 9);
    end_worker();
}

/* What could be decided and cannot be committed: others must be sent where it can. */
TEST(a_worker_of_which_no_step_succeeds_is_not_ready_and_says_why)
{
    begin_running();
    pass.error = ERR_CLOCK_AHEAD;
    put_line("a", root_on(0), "");
    turns(1);
    CHECK_TEXT(missing(), "w00: no step succeeds: CLOCK_AHEAD: the clock of this machine is ahead of the broker's, which "
                          "refuses its records\n");
    pass.error = ERR_TRANSACTION_ABORTED;
    turns(1);
    pass.error = OK;
    turns(2);
    CHECK_TEXT(missing(), "");
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 1);
    pass.error = ERR_TRANSACTION_ABORTED;
    put_line("b", root_on(0), "");
    turns(2);
    CHECK_TEXT(missing(), "");                      /* a broker that restarts aborts one or two */
    turns(1);
    CHECK_TEXT(missing(), "w00: no step succeeds: TRANSACTION_ABORTED: the transaction was aborted\n");
    pass.error = OK;
    turns(1);
    CHECK_TEXT(missing(), "");
    end_worker();
}

/* surfaces.md 3: whoever makes room on a full disk finds it full of the same sentence otherwise. */
TEST(a_step_that_fails_again_and_again_is_told_at_growing_distance)
{
    FILE *log = tmpfile();
    char said[4096];
    ASSERT(log);
    begin_worker();
    desk.join_error = ERR_STATE_FULL;
    log_to(fileno(log));
    turns(5);
    log_to(-1);
    rewind(log);
    unsigned told = 0;
    while (fgets(said, sizeof said, log)) told += strstr(said, "\"step_failed\"") != NULL;
    CHECK_INT(told, 3);                             /* the first, the second, the fourth */
    (void)fclose(log);
    end_worker();
}

TEST(it_waits_until_the_former_instance_is_fenced)
{
    begin_worker();
    turns(1);
    desk.word = GROUP_ASSIGNS;
    desk.ready_error = ERR_KAFKA_UNREACHABLE;
    turns(8);
    CHECK_INT(worker_state(worker), WORKER_RESTORING);
    CHECK_TEXT(missing(), "w00: waiting until the transaction of the former instance has ended\n");
    desk.ready_error = OK;
    run_to(WORKER_RUNNING);
    end_worker();
}

TEST(partitions_that_are_revoked_in_a_pull_are_saved_and_come_back_with_their_state)
{
    begin_running();
    put_line("a", root_on(0), "a:hold=ROLE_AMBIGUOUS");
    turns(2);
    CHECK_INT(sent(TOPIC_CLAIMS_HELD), 1);
    desk.word = GROUP_REVOKES;
    turns(1);
    CHECK_INT(worker_state(worker), WORKER_JOINING);
    CHECK_INT(desk.saved, 2);
    CHECK_INT(worker_assigned(worker), 0);
    put_line("b", root_on(0), "a:cancel=a");
    desk.word = GROUP_ASSIGNS;
    run_to(WORKER_RUNNING);
    turns(2);
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 2);    /* b, and a withdrawn: it was still known */
    CHECK_INT(worker_totals(worker)->in, 1);
    end_worker();
}

/* Twelve partitions of a slow disk would hold the group up, and meet the watchdog, if each had the whole time. */
TEST(all_partitions_together_have_the_time_that_closing_may_take)
{
    begin_running();
    struct worker_bounds bounds = { .sweep_ms = 600000, .transport = { .close_timeout_ms = 20000 } };
    worker_set_bounds(worker, &bounds);
    turns(1);
    desk.close_takes_ms = 50;
    desk.word = GROUP_REVOKES;
    turns(1);
    CHECK_INT(desk.saved, 2);
    CHECK(desk.close_timeouts[0] > 0 && desk.close_timeouts[0] <= 20000);
    CHECK(desk.close_timeouts[1] <= desk.close_timeouts[0] - 50);
    end_worker();
}

TEST(partitions_that_are_lost_are_not_saved)
{
    begin_running();
    desk.word = GROUP_LOSES;
    turns(1);
    CHECK_INT(worker_state(worker), WORKER_JOINING);
    CHECK_INT(desk.saved, 0);
    CHECK_INT(desk.dropped, 2);
    end_worker();
}

TEST(a_commit_that_the_group_refuses_leaves_it_disowned_until_the_revoke_comes)
{
    begin_running();
    put_line("a", root_on(0), "");
    pass.error = ERR_SOURCE_STALE;
    turns(1);
    CHECK_INT(worker_state(worker), WORKER_DISOWNED);
    CHECK_TEXT(missing(), "w00: its partitions belong to another member\n");
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 0);
    turns(3);
    CHECK_INT(worker_state(worker), WORKER_DISOWNED);
    desk.word = GROUP_LOSES;
    turns(1);
    CHECK_INT(worker_state(worker), WORKER_JOINING);
    desk.word = GROUP_ASSIGNS;
    run_to(WORKER_RUNNING);
    turns(2);
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 1);
    end_worker();
}

TEST(partitions_may_be_taken_away_while_they_are_restored)
{
    begin_worker();
    turns(1);
    desk.restores[0] = 50;
    desk.word = GROUP_ASSIGNS;
    turns(4);
    CHECK_INT(worker_state(worker), WORKER_RESTORING);
    desk.word = GROUP_REVOKES;
    turns(1);
    CHECK_INT(worker_state(worker), WORKER_JOINING);
    CHECK_INT(desk.saved, 1);
    end_worker();
}

TEST(what_passes_by_itself_is_tried_again_and_what_does_not_ends_it)
{
    begin_worker();
    desk.join_error = ERR_KAFKA_UNREACHABLE;
    turns(2);
    CHECK_INT(worker_state(worker), WORKER_JOINING);
    desk.join_error = OK;
    turns(1);
    desk.word = GROUP_ASSIGNS;
    desk.start_error = ERR_KAFKA_UNREACHABLE;
    turns(5);
    CHECK_INT(worker_state(worker), WORKER_RESTORING);
    desk.start_error = OK;
    run_to(WORKER_RUNNING);
    put_line("a", root_on(0), "");
    pass.error = ERR_KAFKA_FENCED;
    CHECK_INT(turn(), ERR_KAFKA_FENCED);
    CHECK_INT(worker_state(worker), WORKER_DEAD);
    CHECK_INT(worker_error(worker), ERR_KAFKA_FENCED);
    CHECK(!desk.closed);                            /* nothing that could block */
    end_worker();
}

TEST(nothing_is_pulled_while_too_much_is_unsaved)
{
    begin_running();
    put_line("a", root_on(0), "");
    desk.is_full = true;
    turns(3);
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 0);
    CHECK(slice_starts_with(missing(), SLICE("w00: as much is unsaved as state.unsaved_keys_max allows")));
    desk.is_full = false;
    turns(2);
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 1);
    CHECK_TEXT(missing(), "");
    end_worker();
}

TEST(a_datum_from_outside_wakes_who_waits_for_it_and_the_sweep_wakes_everybody)
{
    begin_running();
    put_line("a", root_on(0), "a:park=part:X");
    put_line("b", root_on(2), "a:park=part:Y");
    turns(2);
    CHECK_INT(sent(TOPIC_CLAIMS_HELD), 2);
    toy.known[toy.known_count++] = SLICE("part:X");
    toy.known[toy.known_count++] = SLICE("part:Y");
    turns(2);
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 0);
    news = SLICE("part:X");
    turns(2);
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 1);
    now += 600001;                                  /* the sweep */
    turns(2);
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 2);
    end_worker();
}

static bool is_shown(const char *series)
{
    struct text t = text_in(test_arena(), 256 << 10);
    metrics_put(&t, SERVICE_CLASSIFICATION);
    text_put_byte(&t, 0);
    return strstr(t.bytes, series) != NULL;
}

/* surfaces.md 5: what the alerts ask for, by value. */
TEST(what_became_of_lines_and_transactions_is_what_its_series_say)
{
    static const char *const shown[] = {
        "claimstream_lines_in_total{service=\"classification\"} 5\n",
        "claimstream_lines_total{service=\"classification\",outcome=\"PASS\"} 1\n",
        "claimstream_lines_total{service=\"classification\",outcome=\"HOLD\"} 1\n",
        "claimstream_lines_total{service=\"classification\",outcome=\"PARK\"} 1\n",
        "claimstream_lines_total{service=\"classification\",outcome=\"REJECT\"} 1\n",
        "claimstream_lines_total{service=\"classification\",outcome=\"DEAD\"} 1\n",
        "claimstream_amount_minor_total{service=\"classification\",outcome=\"PASS\",currency=\"USD\"} 5\n",
        "claimstream_reasons_total{service=\"classification\",reason=\"ROLE_AMBIGUOUS\"} 1\n",
        "claimstream_reasons_total{service=\"classification\",reason=\"PART_UNKNOWN\"} 1\n",
        "claimstream_deadletters_total{service=\"classification\",code=\"UNREADABLE\"} 1\n",
        "claimstream_conservation_difference{service=\"classification\",unit=\"lines\"} 0\n",
        "claimstream_conservation_difference{service=\"classification\",unit=\"minor\"} 0\n",
        "claimstream_transactions_total{service=\"classification\",result=\"committed\"} 1\n",
        "claimstream_retries_total{service=\"classification\",class=\"TRANSACTION_ABORTED\"} 1\n",
        "claimstream_rebalances_total{service=\"classification\",kind=\"assigned\"} 1\n",
        "claimstream_assigned_partitions{service=\"classification\"} 2\n",
        "claimstream_restored_records_total{service=\"classification\"} 14\n",
        "claimstream_step_seconds_count{service=\"classification\",step=\"decide\"} 1\n",
        "claimstream_end_to_end_seconds_count{service=\"classification\"} 1\n",
    };
    metrics_reset();
    begin_running();
    put_line("a", root_on(0), "");
    put_line("b", root_on(0), "a:hold=ROLE_AMBIGUOUS");
    put_line("c", root_on(0), "a:park=part:X");
    put_line("d", root_on(0), "a:reject=NOT_ENROLLED");
    memory_log_append(desk.log, TOPIC_CLAIMS_RECEIVED, -1, slice_from(root_on(0)), SLICE("no dossier"));
    pass.error = ERR_TRANSACTION_ABORTED;
    turns(1);
    CHECK(!is_shown("result=\"aborted\"} 0\n"));
    pass.error = OK;
    turns(2);
    for (unsigned i = 0; i < sizeof shown / sizeof *shown; i++) {
        if (!is_shown(shown[i])) printf("  %s", shown[i]);
        CHECK(is_shown(shown[i]));
    }
    desk.word = GROUP_REVOKES;
    turns(1);
    CHECK(is_shown("claimstream_rebalances_total{service=\"classification\",kind=\"revoked\"} 1\n"));
    end_worker();
}

TEST(other_bounds_are_taken_at_the_boundary_of_a_batch)
{
    begin_running();
    struct worker_bounds bounds = { .lines_max = 1, .sweep_ms = 600000, .transport = { .interval_ms = 77 } };
    worker_set_bounds(worker, &bounds);
    bounds.transport.interval_ms = 78;
    worker_set_bounds(worker, &bounds);
    put_line("a", root_on(0), "");
    put_line("b", root_on(0), "");
    turns(1);
    CHECK_INT(desk.interval_ms, 78);
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 1);
    turns(1);
    CHECK_INT(sent(TOPIC_CLAIMS_CLASSIFIED), 2);
    end_worker();
}

TEST(a_worker_that_drains_finishes_saves_and_leaves)
{
    bool ended = false;
    begin_running();
    put_line("a", root_on(0), "");
    turns(1);
    worker_drain(worker);
    CHECK_INT(worker_turn(worker, &ended), OK);
    CHECK(ended && desk.closed);
    CHECK_INT(worker_state(worker), WORKER_CLOSED);
    CHECK_INT(desk.saved, 2);
    CHECK_INT(worker_totals(worker)->in, 1);
    end_worker();
}

TEST(a_member_without_partitions_misses_nothing)
{
    begin_worker();
    turns(1);
    desk.events.assigned(desk.events.context, mine, 0);
    turns(2);
    CHECK_TEXT(missing(), "");
    CHECK_INT(worker_state(worker), WORKER_JOINING);
    end_worker();
}

struct counting { unsigned opens, steps, closes; struct source *source; enum err error; };

static enum err open_counting(void *context, struct source *source, struct sink *sink, struct store **stores,
                              int32_t count)
{
    struct counting *c = context;
    CHECK(sink && stores[0] && !stores[1] && stores[2]);
    CHECK_INT(count, PARTITIONS);
    c->source = source;
    c->opens++;
    return OK;
}

static enum err step_counting(void *context, instant_ms now_unix_ms, bool *worked)
{
    struct counting *c = context;
    const struct record *records;
    unsigned count;
    (void)now_unix_ms;
    c->steps++;
    *worked = false;
    return source_pull(c->source, 10, 1000, &records, &count);
}

static void close_counting(void *context) { ((struct counting *)context)->closes++; }

TEST(another_engine_lives_the_same_life)
{
    struct counting counting = { 0 };
    const struct worker_engine own = { &counting, open_counting, step_counting, close_counting };
    engine = &own;
    begin_running();
    engine = NULL;
    turns(2);
    CHECK_INT(counting.opens, 1);
    CHECK(counting.steps >= 2);
    desk.word = GROUP_REVOKES;
    turns(1);
    CHECK_INT(worker_state(worker), WORKER_JOINING);
    CHECK_INT(counting.closes, 1);
    CHECK_INT(desk.saved, 2);
    desk.word = GROUP_ASSIGNS;
    run_to(WORKER_RUNNING);
    end_worker();
    CHECK_INT(counting.opens, 2);
    CHECK_INT(counting.closes, 2);
}

TEST(on_a_thread_it_ends_when_it_is_asked_to)
{
    begin_worker();
    CHECK_INT(worker_start(worker), OK);
    CHECK(!worker_join(worker, 20));
    worker_drain(worker);
    CHECK(worker_join(worker, 60000));
    CHECK(worker_has_ended(worker));
    CHECK_INT(worker_state(worker), WORKER_CLOSED);
    end_worker();
}
