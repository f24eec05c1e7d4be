/* The loop and its transactions: what is tried again, what is narrowed down, what ends the process. */
#include "stage/loop.h"

#include "base/assert.h"
#include "runtime/memory_sink.h"
#include "runtime/memory_source.h"
#include "runtime/memory_store.h"
#include "support/test.h"
#include "support/toy.h"
#include "wire/dossier_codec.h"
#include "wire/limits.h"

#include <stdio.h>

enum { PARTITIONS = 2 };

/* A sink in front of the memory sink that refuses a record by its bytes, or a number of commits. */
struct picky_sink {
    struct sink sink;
    struct sink *behind;
    struct slice refused;
    bool holds_it;
    unsigned fails_at;                              /* the n-th record from now on ends the transaction; 0: none */
    unsigned aborts;
    enum err error;
    unsigned commits;
};

static struct picky_sink picky;
static struct memory_log *log_;
static struct memory_source *source;
static struct memory_sink *sink;
static struct memory_store *memory[PARTITIONS];
static struct store *stores[PARTITIONS];
static struct loop *loop;
static struct catalogue *catalogue;
static struct toy toy;
static struct stage stage;
static enum err prefetch_error;

static bool contains(struct slice s, struct slice part)
{
    return part.size && s.size >= part.size && memmem(s.bytes, s.size, part.bytes, part.size) != NULL;
}

static enum err picky_begin(struct sink *s)
{
    struct picky_sink *p = (struct picky_sink *)s;
    p->holds_it = false;
    return sink_begin(p->behind);
}

static enum err picky_send(struct sink *s, enum topic topic, int32_t partition, struct slice key, struct slice value,
                           const struct header *headers, unsigned header_count)
{
    struct picky_sink *p = (struct picky_sink *)s;
    if (p->fails_at && --p->fails_at == 0) return ERR_TRANSACTION_ABORTED;
    p->holds_it |= topic != TOPIC_DEADLETTERS && contains(value, p->refused);
    return sink_send(p->behind, topic, partition, key, value, headers, header_count);
}

static enum err picky_commit(struct sink *s, struct source *consumed, const struct offset *offsets, unsigned count)
{
    struct picky_sink *p = (struct picky_sink *)s;
    p->commits++;
    if (p->holds_it) return ERR_TRANSACTION_REFUSED;
    if (p->aborts > 0) {
        p->aborts--;
        return p->error;
    }
    return sink_commit(p->behind, consumed, offsets, count);
}

static enum err picky_abort(struct sink *s)
{
    return sink_abort(((struct picky_sink *)s)->behind);
}

static enum err picky_recover(struct sink *s, struct source *consumed, const struct offset *offsets, unsigned count,
                              bool *committed)
{
    return sink_recover(((struct picky_sink *)s)->behind, consumed, offsets, count, committed);
}

static int64_t picky_written(struct sink *s, enum topic topic, int32_t partition)
{
    return sink_written(((struct picky_sink *)s)->behind, topic, partition);
}

static const struct sink_ops picky_ops = { picky_begin, picky_send,    picky_commit,
                                           picky_abort, picky_recover, picky_written };

static enum err prefetch(struct stage_env *env, struct stage_item *items, unsigned count)
{
    (void)env;
    (void)items;
    (void)count;
    return prefetch_error;
}

/* A stage with work of its own, so many times; each time but the last it asks for the next. */
static unsigned ticks_left;

static enum err tick_is_due(struct stage_env *env, bool *due)
{
    *due = env->partition == 0 && ticks_left > 0;
    return OK;
}

static enum err tick(struct stage_env *env)
{
    env->ticks_soon = --ticks_left > 0;
    return OK;
}

static void open_loop(unsigned lines_max, size_t bytes_max)
{
    log_ = memory_log_open(&(struct memory_log_options){ .partitions = PARTITIONS, .keep = true });
    stage = toy_first;
    stage.prefetch = prefetch;
    if (ticks_left) stage.tick_is_due = tick_is_due, stage.tick = tick, stage.tick_ms = 1000;
    prefetch_error = OK;
    toy = (struct toy){ 0 };
    catalogue = catalogue_open();
    source = memory_source_open(log_, memory_log_group(log_, SLICE("g"), stage.inputs, 2), NULL, NULL);
    sink = memory_sink_open(log_, SLICE("w"), NULL);
    picky = (struct picky_sink){ .sink = { &picky_ops }, .behind = memory_sink_base(sink) };
    for (unsigned p = 0; p < PARTITIONS; p++) {
        memory[p] = memory_store_open(NULL);
        stores[p] = memory_store_base(memory[p]);
    }
    struct loop_options options = { .stage = &stage,
                                    .source = memory_source_base(source),
                                    .sink = &picky.sink,
                                    .stores = stores,
                                    .partitions = PARTITIONS,
                                    .catalogue = catalogue,
                                    .own = &toy,
                                    .lines_max = lines_max,
                                    .bytes_max = bytes_max,
                                    .checks = true };
    CHECK(loop_open(&options, &loop) == OK);
}

static void close_loop(void)
{
    loop_close(loop);
    memory_source_close(source);
    memory_sink_close(sink);
    for (unsigned p = 0; p < PARTITIONS; p++) memory_store_close(memory[p]);
    catalogue_close(catalogue);
    memory_log_close(log_);
}

static void send(const char *name, const char *words)
{
    memory_log_append(log_, TOPIC_CLAIMS_RECEIVED, -1, SLICE("R1"), TOY_LINE(test_arena(), name, "R1", words, 5));
}

static void count_record(void *context, const struct record *r)
{
    (void)r;
    ++*(unsigned *)context;
}

static unsigned written(enum topic topic)
{
    unsigned count = 0;
    for (int32_t p = 0; p < memory_log_partitions(log_, topic); p++)
        memory_log_read(log_, topic, p, 0, count_record, &count);
    return count;
}

static enum err step(bool *worked)
{
    return loop_step(loop, 1, worked);
}

TEST(an_aborted_transaction_is_tried_again_and_then_left_to_the_caller)
{
    bool worked;
    open_loop(0, 0);
    send("a", "");
    send("b", "");
    picky.error = ERR_TRANSACTION_ABORTED;
    picky.aborts = LOOP_RETRIES_MAX - 1;
    CHECK(step(&worked) == OK && worked);
    CHECK_INT(picky.commits, LOOP_RETRIES_MAX);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 2);
    send("c", "");
    picky.aborts = LOOP_RETRIES_MAX;
    CHECK(step(&worked) == ERR_TRANSACTION_ABORTED);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 2);
    CHECK(step(&worked) == OK && worked);           /* the records were still in hand */
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 3);
    CHECK(step(&worked) == OK && !worked);
    CHECK_INT(written(TOPIC_DEADLETTERS), 0);
    CHECK_INT(loop_totals(loop)->in, 3);
    close_loop();
}

TEST(a_record_that_the_broker_refuses_is_found_by_halves_and_goes_to_the_dead_letters)
{
    bool worked = true;
    open_loop(0, 0);
    for (unsigned i = 0; i < 20; i++) {
        char name[16];
        snprintf(name, sizeof name, i == 13 ? "poisonous" : "line-%u", i);
        send(name, "");
    }
    picky.refused = SLICE("poisonous");
    while (worked) CHECK(step(&worked) == OK);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 19);
    CHECK_INT(written(TOPIC_DEADLETTERS), 1);
    CHECK_INT(loop_totals(loop)->out[OUTCOME_DEAD], 1);
    CHECK(conservation_holds(loop_totals(loop)));
    close_loop();
}

static void decide_as_before(const struct dossier *d, const void *facts, const struct policy *policy,
                             struct verdict *v)
{
    toy_first.decide(d, facts, policy, v);
    v->is_repeat = true;
}

TEST(lines_that_were_decided_before_are_counted_once_with_their_transaction)
{
    bool worked;
    open_loop(0, 0);
    stage.decide = decide_as_before;
    send("a", "");
    send("b", "");
    picky.error = ERR_TRANSACTION_ABORTED;
    picky.aborts = 1;
    CHECK(step(&worked) == OK && worked);
    CHECK_INT(loop_counts(loop)->repeats, 2);
    close_loop();
}

static enum err profile_failure;

static void renew_profiles(struct profiles *p)
{
    (void)p;
}

static enum err fail_profiles(const struct profiles *p)
{
    (void)p;
    return profile_failure;
}

TEST(nothing_is_committed_of_a_batch_for_which_profiles_could_not_be_read)
{
    static const struct profiles_ops ops = { .renew = renew_profiles, .failure = fail_profiles };
    static struct profiles profiles = { &ops };
    bool worked;
    open_loop(0, 0);
    loop_close(loop);
    struct loop_options options = { .stage = &stage,
                                    .source = memory_source_base(source),
                                    .sink = &picky.sink,
                                    .stores = stores,
                                    .partitions = PARTITIONS,
                                    .catalogue = catalogue,
                                    .own = &toy,
                                    .profiles = &profiles };
    CHECK(loop_open(&options, &loop) == OK);
    profile_failure = ERR_STATE_MALFORMED;
    send("a", "");
    CHECK_INT(step(&worked), ERR_STATE_MALFORMED);
    CHECK_INT(picky.commits, 0);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 0);
    close_loop();
}

static unsigned open_with_waiting(const char *words, unsigned count, unsigned woken_max, unsigned poisonous)
{
    bool worked = true;
    open_loop(0, 0);
    loop_close(loop);
    struct loop_options options = { .stage = &stage,
                                    .source = memory_source_base(source),
                                    .sink = &picky.sink,
                                    .stores = stores,
                                    .partitions = PARTITIONS,
                                    .catalogue = catalogue,
                                    .own = &toy,
                                    .checks = true,
                                    .woken_max = woken_max };
    CHECK(loop_open(&options, &loop) == OK);
    for (unsigned i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, i == poisonous ? "poisonous" : "line-%u", i);
        send(name, words);
    }
    while (worked) CHECK(step(&worked) == OK);
    CHECK_INT(written(TOPIC_CLAIMS_HELD), count);
    picky.refused = SLICE("poisonous");
    return count;
}

/* Else it would be tried for ever, and nothing of its partition would go on. */
TEST(a_waiting_line_whose_outcome_is_refused_is_found_and_goes_to_the_dead_letters_and_no_record_with_it)
{
    static const unsigned woken_max[] = { 0, 3, 250 }, culprits[] = { 0, 7, 19 };
    for (unsigned k = 0; k < 9; k++) {
        bool worked = true;
        unsigned waiting = open_with_waiting("a:park=part:X", 20, woken_max[k / 3], culprits[k % 3]);
        toy.known[toy.known_count++] = SLICE("part:X");
        loop_wake(loop, SLICE("part:X"));
        for (unsigned i = 0; i < 5; i++) send("new", "");
        while (worked) CHECK(step(&worked) == OK);
        CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), waiting - 1 + 5);
        CHECK_INT(written(TOPIC_DEADLETTERS), 1);
        CHECK_INT(loop_totals(loop)->out[OUTCOME_DEAD], 1);
        CHECK(conservation_holds(loop_totals(loop)));
        loop_wake(loop, SLICE("part:X"));
        CHECK(step(&worked) == OK && !worked);                  /* nobody waits any more */
        close_loop();
    }
}

/* Somebody releases the line that is held. */
static void release(void *context, const struct record *r)
{
    struct dossier *d = ARENA_NEW(test_arena(), struct dossier);
    (void)context;
    CHECK_INT(dossier_decode(test_arena(), r->value, d), OK);
    memory_log_append(log_, TOPIC_REVIEWS, -1, slice_copy(test_arena(), r->key), toy_release(test_arena(), d, 5000));
}

TEST(an_act_whose_outcome_is_refused_goes_to_the_dead_letters_and_its_line_goes_on_waiting)
{
    bool worked = true, found;
    struct waiting_row row;
    open_with_waiting("a:hold=ROLE_AMBIGUOUS", 1, 250, 0);
    for (int32_t p = 0; p < PARTITIONS; p++) memory_log_read(log_, TOPIC_CLAIMS_HELD, p, 0, release, NULL);
    send("new", "");
    while (worked) CHECK(step(&worked) == OK);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 1);
    CHECK_INT(written(TOPIC_DEADLETTERS), 1);
    CHECK(waiting_get(stores[topic_partition(SLICE("R1"), PARTITIONS)], SLICE("poisonous"), &row, &found) == OK
          && found);
    CHECK_INT(loop_totals(loop)->out[OUTCOME_DEAD], 0);
    CHECK(conservation_holds(loop_totals(loop)));
    close_loop();
}

TEST(a_line_that_is_refused_behind_the_record_that_woke_it_takes_that_record_not_with_it)
{
    bool worked = true;
    open_with_waiting("a:park=part:X", 3, 250, 1);
    send("says", "a:say=part:X");
    while (worked) CHECK(step(&worked) == OK);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 3);             /* the record, and two of those that waited */
    CHECK_INT(written(TOPIC_DEADLETTERS), 1);
    CHECK(conservation_holds(loop_totals(loop)));
    close_loop();
}

/* What was put off lives in the process: the next one asks all who wait, and first of all. */
TEST(a_wake_that_was_put_off_behind_a_line_tried_alone_is_made_good_as_soon_as_the_next_process_opens)
{
    bool worked = true;
    open_with_waiting("a:park=part:X", 3, 250, 1);
    send("says", "a:say=part:X");
    CHECK(step(&worked) == OK && worked);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 1);             /* the record alone; its wake is put off */
    loop_close(loop);
    struct loop_options options = { .stage = &stage,
                                    .source = memory_source_base(source),
                                    .sink = &picky.sink,
                                    .stores = stores,
                                    .partitions = PARTITIONS,
                                    .catalogue = catalogue,
                                    .own = &toy,
                                    .sweeps_first = true,
                                    .checks = true };
    CHECK(loop_open(&options, &loop) == OK);
    while (worked) CHECK(step(&worked) == OK);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 3);
    CHECK_INT(written(TOPIC_DEADLETTERS), 1);
    close_loop();
}

static void take_value(void *context, const struct record *r)
{
    *(struct slice *)context = slice_copy(test_arena(), r->value);
}

/* Who writes was upgraded before who reads: nothing is decided without what is not understood, and nothing dies. */
TEST(a_line_of_a_newer_release_ends_the_process_and_stays_where_it_is)
{
    bool worked;
    open_loop(100, 0);
    int32_t home = topic_partition(SLICE("R1"), PARTITIONS);
    struct slice line = TOY_LINE(test_arena(), "a", "R1", "pass", 5), newer;
    CHECK(dossier_append_contract(test_arena(), line, DOSSIER_CONTRACT + 1, &newer) == OK);
    memory_log_append(log_, TOPIC_CLAIMS_RECEIVED, home, SLICE("R1"), line);
    memory_log_append(log_, TOPIC_CLAIMS_RECEIVED, home, SLICE("R1"), newer);
    CHECK_INT(step(&worked), ERR_WIRE_AHEAD);
    CHECK_INT(err_class(ERR_WIRE_AHEAD), ERR_CLASS_FATAL_78);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 0);
    CHECK_INT(written(TOPIC_DEADLETTERS), 0);
    close_loop();
}

TEST(a_stage_says_once_what_those_behind_it_have_to_know)
{
    bool worked;
    struct dossier d;
    struct slice bytes = { 0 };
    open_loop(100, 0);
    stage.contract = DOSSIER_CONTRACT;
    send("a", "");
    CHECK(step(&worked) == OK);
    for (int32_t p = 0; p < PARTITIONS; p++) memory_log_read(log_, TOPIC_CLAIMS_CLASSIFIED, p, 0, take_value, &bytes);
    CHECK_INT(dossier_decode(test_arena(), bytes, &d), OK);
    CHECK_INT(d.contract, DOSSIER_CONTRACT);
    stage.contract = 0;
    close_loop();
}

TEST(a_line_on_a_partition_that_is_not_its_partners_is_a_dead_letter)
{
    bool worked;
    open_loop(100, 0);
    int32_t home = topic_partition(SLICE("R1"), PARTITIONS);
    struct slice line = TOY_LINE(test_arena(), "a", "R1", "pass", 5);
    memory_log_append(log_, TOPIC_CLAIMS_RECEIVED, home, SLICE("R1"), line);
    memory_log_append(log_, TOPIC_CLAIMS_RECEIVED, 1 - home, SLICE("R1"), line);
    memory_log_append(log_, TOPIC_CLAIMS_RECEIVED, home, SLICE("another key"), line);
    CHECK(step(&worked) == OK);
    CHECK_INT(written(TOPIC_DEADLETTERS), 1);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 2);
    close_loop();
}

TEST(what_prefetch_cannot_reach_is_asked_again_later_and_a_fatal_error_ends_it)
{
    bool worked;
    open_loop(0, 0);
    send("a", "");
    prefetch_error = ERR_REGISTRY_AWAY;
    CHECK(step(&worked) == ERR_REGISTRY_AWAY);
    prefetch_error = OK;
    CHECK(step(&worked) == OK && worked);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 1);
    send("b", "");
    picky.aborts = 1;
    picky.error = ERR_KAFKA_FENCED;
    CHECK(step(&worked) == ERR_KAFKA_FENCED);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 1);
    close_loop();
}

TEST(a_batch_ends_at_its_bound_of_lines_or_of_bytes)
{
    bool worked;
    open_loop(3, 0);
    for (unsigned i = 0; i < 7; i++) send("a", "");
    for (unsigned i = 1; i <= 3; i++) {
        CHECK(step(&worked) == OK && worked);
        CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), i < 3 ? 3 * i : 7);
    }
    CHECK(step(&worked) == OK && !worked);
    close_loop();
    open_loop(0, 1);
    for (unsigned i = 0; i < 4; i++) send("a", "");
    CHECK(step(&worked) == OK && worked);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 1); /* one always goes */
    close_loop();
}

TEST(lines_that_a_datum_woke_keep_to_the_bound_of_bytes_too)
{
    bool worked;
    open_loop(0, 1000);
    for (unsigned i = 0; i < 60; i++) {
        char name[8];
        snprintf(name, sizeof name, "w%u", i);
        send(name, "a:park=part:X");
    }
    do CHECK(step(&worked) == OK); while (worked);
    CHECK_INT(written(TOPIC_CLAIMS_HELD), 60);
    toy.known[toy.known_count++] = SLICE("part:X");
    loop_wake(loop, SLICE("part:X"));
    unsigned before = 0, most = 0, steps = 0;
    do {
        CHECK(step(&worked) == OK);
        unsigned now = written(TOPIC_CLAIMS_CLASSIFIED);
        if (now - before > most) most = now - before;
        before = now;
        steps += worked;
    } while (worked);
    CHECK_INT(before, 60);
    CHECK(most <= 30 && steps >= 2);
    close_loop();
}

/* A transaction costs as much as thousands of lines, and a load of profiles names thousands of data at once. */
TEST(a_datum_that_nobody_waits_for_begins_no_transaction)
{
    bool worked;
    open_loop(0, 0);
    send("x", "a:park=part:X");
    CHECK(step(&worked) == OK && worked);
    for (unsigned i = 0; i < 20000; i++) {
        char datum[24];
        snprintf(datum, sizeof datum, "partner:P%u", i);
        loop_wake(loop, slice_from(datum));
    }
    uint64_t committed = loop_counts(loop)->committed;
    CHECK(step(&worked) == OK && !worked);
    CHECK_INT(loop_counts(loop)->committed, committed);
    close_loop();
}

TEST(a_sweep_that_is_not_through_is_not_begun_a_second_time)
{
    bool worked;
    open_loop(0, 1);                                        /* one line a transaction */
    for (unsigned i = 0; i < 4; i++) {
        char name[8];
        snprintf(name, sizeof name, "w%u", i);
        send(name, "a:park=part:X");
    }
    do CHECK(step(&worked) == OK); while (worked);
    uint64_t committed = loop_counts(loop)->committed;
    toy.known[toy.known_count++] = SLICE("part:X");
    for (unsigned i = 0; i < 50; i++) loop_wake(loop, (struct slice){ 0 });
    do CHECK(step(&worked) == OK); while (worked);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 4);
    CHECK(loop_counts(loop)->committed - committed <= 5);
    loop_wake(loop, (struct slice){ 0 });
    CHECK(step(&worked) == OK && !worked);
    close_loop();
}

TEST(a_waiting_row_that_cannot_be_read_ends_the_process)
{
    bool worked;
    open_loop(0, 0);
    send("x", "a:park=part:X");
    CHECK(step(&worked) == OK && worked);
    int32_t p = topic_partition(SLICE("R1"), PARTITIONS);
    CHECK(store_put(stores[p], WAITING_TABLE, SLICE("x"), SLICE("\1\4\0\0\0\0\0\0\3\x0a\xff\xff")) == OK);
    store_merge(stores[p], 0);
    loop_wake(loop, SLICE("part:X"));
    CHECK(step(&worked) == ERR_STATE_MALFORMED);
    close_loop();
}

TEST(a_row_of_another_version_is_refused_and_never_misread)
{
    bool worked;
    open_loop(0, 0);
    send("a", "a:say=part:X");
    CHECK(step(&worked) == OK && worked);
    stage.row_version++;                                    /* the program was changed, the state was not */
    send("b", "a:park=part:X");
    CHECK(step(&worked) == ERR_STATE_OUTDATED);
    close_loop();
}

TEST(a_datum_that_is_too_long_is_kept_by_its_hash_and_still_woken)
{
    bool worked;
    char datum[600] = "part:";
    memset(datum + 5, 'z', 580);
    open_loop(0, 0);
    send("x", "a:longpark=580");
    CHECK(step(&worked) == OK && worked);
    CHECK_INT(written(TOPIC_CLAIMS_HELD), 1);
    toy.known[toy.known_count++] = slice_from(datum);
    loop_wake(loop, slice_from(datum));
    CHECK(step(&worked) == OK && worked);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 1);
    close_loop();
}

/* Of an attempt that ends amid its lines nothing is left, decoded rows neither: the first line meets no datum again. */
TEST(what_a_transaction_had_read_when_it_was_aborted_is_forgotten)
{
    bool worked;
    open_loop(0, 0);
    send("a", "a:park=part:X");
    send("b", "a:say=part:X");
    send("c", "");
    picky.fails_at = 4;                                     /* a waits, b, a wakes, c */
    CHECK(step(&worked) == OK && worked);
    CHECK_INT(picky.fails_at, 0);
    CHECK_INT(written(TOPIC_CLAIMS_HELD), 1);
    CHECK_INT(written(TOPIC_CLAIMS_CLASSIFIED), 3);
    close_loop();
}

TEST(a_tick_that_asks_for_the_next_gets_it_in_the_next_step_whatever_the_clock_says)
{
    bool worked;
    ticks_left = 3;
    open_loop(0, 0);
    for (unsigned left = 3; left > 0; left--) {
        CHECK_INT(ticks_left, left);
        CHECK(step(&worked) == OK && worked);
    }
    CHECK_INT(ticks_left, 0);
    ticks_left = 1;                                         /* nobody asked: it is not looked for before its time */
    CHECK(step(&worked) == OK && !worked);
    CHECK(loop_step(loop, 1001, &worked) == OK && worked);
    CHECK_INT(ticks_left, 0);
    close_loop();
}

TEST(batch_phases_go_one_way)
{
    struct batch b = { .phase = BATCH_EMPTY };
    batch_advance(&b, BATCH_PULLED);
    batch_advance(&b, BATCH_DROPPED);
    batch_advance(&b, BATCH_PULLED);
    batch_advance(&b, BATCH_DECIDED);
    batch_advance(&b, BATCH_COMMITTED);
    batch_advance(&b, BATCH_MERGED);
    batch_advance(&b, BATCH_PULLED);
    CHECK_INT(b.phase, BATCH_PULLED);
}
