/* The toy pipeline under every crash, then under all faults at once: the books balance as if nothing had happened. */
#include "support/sim.h"

#include "base/assert.h"
#include "domain/catalogue.h"
#include "support/test.h"
#include "support/toy.h"
#include "wire/dossier_codec.h"

#include <stdio.h>
#include <stdlib.h>

enum { RECEIVED = 1700000000, LINES = 20, RECORDS_MAX = 128 };

static struct toy toy;
static const struct stage *const stages[] = { &toy_first, &toy_second };
static void *const owns[] = { &toy, &toy };
static struct sim_record lines[RECORDS_MAX], reviews[RECORDS_MAX], late[RECORDS_MAX];
static struct sim_phase phases[4];
static struct sim_script script = {
    .stages = stages, .stage_count = 2, .owns = owns, .phases = phases, .phase_count = 4
};

/* What a line of the script does; the same for the same number. */
static void words_of(unsigned n, char *words, size_t size)
{
    switch (n % 10) {
    case 1: snprintf(words, size, "b:park=pos:%u", n + 4); return;      /* the sale comes four lines later */
    case 2: snprintf(words, size, "a:hold=ROLE_AMBIGUOUS"); return;
    case 3: snprintf(words, size, "b:hold=AUTH_ON_HOLD b:case=S%u", n); return;
    case 5: snprintf(words, size, "b:say=pos:%u", n); return;
    case 6: snprintf(words, size, "a:park=part:P"); return;
    case 7: snprintf(words, size, "b:reject=DUPLICATE_TRANSACTION"); return;
    case 8: snprintf(words, size, "b:cancel=n%u", n - 5); return;       /* withdraws the held one of case 3 */
    case 9: snprintf(words, size, "b:wait=30 b:behind=n%u", n - 6); return;
    default: words[0] = 0;
    }
}

static struct sim_record line_record(struct arena *a, const char *name, const char *root, const char *words,
                                     int64_t minor)
{
    return (struct sim_record){ TOPIC_CLAIMS_RECEIVED, slice_copy(a, slice_from(root)),
                                TOY_LINE(a, name, root, words, minor) };
}

static unsigned make_lines(struct arena *a)
{
    unsigned count = 0;
    for (unsigned n = 0; n < LINES; n++) {
        char name[16], root[8], words[64];
        snprintf(name, sizeof name, "n%u", n);
        snprintf(root, sizeof root, "R%u", n / 10);
        words_of(n, words, sizeof words);
        lines[count++] = line_record(a, name, root, words, 100 + n);
        if (n % 10 == 0 || n % 10 == 5)
            lines[count++] = line_record(a, name, root, words, 100 + n); /* delivered twice */
    }
    lines[count++] = (struct sim_record){ TOPIC_CLAIMS_RECEIVED, SLICE("R1"), SLICE("no dossier") };
    return count;
}

/* Somebody releases each line that the first stage holds: the hash is that of the section as the calm run publishes
 * it. */
struct held { struct arena *arena; unsigned count; };

static void release(void *context, const struct record *r)
{
    struct held *h = context;
    struct dossier *d = ARENA_NEW(h->arena, struct dossier);
    if (dossier_decode(h->arena, r->value, d) != OK || !d->line || d->payout
        || d->classification->judgement.outcome != OUTCOME_HOLD)
        return;
    ASSERT(h->count < RECORDS_MAX);
    reviews[h->count++] = (struct sim_record){ TOPIC_REVIEWS, slice_copy(h->arena, r->key),
                                               toy_release(h->arena, d, RECEIVED * 1000ll + 5000) };
}

static unsigned make_reviews(struct arena *a)
{
    struct sim_script first = script;
    struct held held = { .arena = a };
    first.phase_count = 1;
    struct sim *s = sim_run(&first, &(struct sim_options){ .seed = 1, .workers = 1 });
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) memory_log_read(sim_log(s), TOPIC_CLAIMS_HELD, p, 0, release, &held);
    sim_close(s);
    return held.count;
}

static void part_arrives(void *context)
{
    (void)context;
    if (toy.known_count == 0) toy.known[toy.known_count++] = SLICE("part:P");
}

static void make_script(struct arena *a)
{
    toy = (struct toy){ 0 };
    script.catalogue = catalogue_open();
    phases[0] = (struct sim_phase){ .records = lines, .record_count = make_lines(a), .now_unix_ms = RECEIVED * 1000ll };
    phases[1] = (struct sim_phase){ .records = reviews, .record_count = make_reviews(a) };
    phases[2] = (struct sim_phase){ .arrive = part_arrives, .wakes = SLICE("part:P") };
    late[0] = line_record(a, "late", "R1", "", 7);
    phases[3] = (struct sim_phase){ .records = late,
                                    .record_count = 1,
                                    .now_unix_ms = RECEIVED * 1000ll + 200 * INSTANT_HOUR_MS };
    CHECK_INT(phases[1].record_count, LINES / 10);
}

static void drop_script(void)
{
    catalogue_close((struct catalogue *)(uintptr_t)script.catalogue);
}

static struct sim *run_with(const struct sim_options *options)
{
    toy.known_count = 0;
    return sim_run(&script, options);
}

/* --- what must hold of every run -------------------------------------------------------------------------------- */

struct paid_book {
    int64_t paid_minor[8];
    unsigned lines;
    struct slice ids[RECORDS_MAX];
    unsigned id_count;
    bool twice;
};

static void book(void *context, const struct record *r)
{
    struct paid_book *l = context;
    struct payout p;
    CHECK(payout_decode(test_arena(), r->value, &p) == OK);
    for (unsigned i = 0; i < l->id_count; i++) l->twice = l->twice || slice_equal(l->ids[i], p.payout_id);
    l->ids[l->id_count++] = p.payout_id;
    l->paid_minor[p.partner_root_id.bytes[1] - '0'] += p.amount_minor;
}

/* I7: every payout once, and each fund is what was paid from it. */
static void check_books(struct sim *s)
{
    struct paid_book l = { 0 };
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) memory_log_read(sim_log(s), TOPIC_PAYOUTS, p, 0, book, &l);
    CHECK(!l.twice);
    CHECK_INT(l.id_count, LINES - LINES / 10 * 2 + 1); /* all but the rejected and the withdrawn, and the late one */
    for (unsigned root = 0; root < LINES / 10; root++) {
        char name[8];
        struct slice value;
        struct toy_fund fund = { 0 };
        snprintf(name, sizeof name, "R%u", root);
        int32_t p = topic_partition(slice_from(name), SIM_PARTITIONS);
        CHECK(store_get(sim_store(s, 1, p), 2, BOOKS_KEY(test_arena(), slice_from(name)), &value) == OK);
        CHECK(toy_second.tables[TOY_FUND].codec.decode(test_arena(), slice_skip(value, 1), &fund) == OK);
        CHECK_INT(fund.paid_minor, l.paid_minor[root]);
    }
}

TEST(a_run_without_faults_is_the_same_whatever_the_batches_and_workers)
{
    make_script(test_arena());
    struct sim *calm = run_with(&(struct sim_options){ .seed = 1, .workers = 1 });
    check_books(calm);
    for (unsigned workers = 1; workers <= SIM_WORKERS_MAX; workers++) {
        struct sim *s =
            run_with(&(struct sim_options){ .seed = workers, .workers = workers, .lines_max = workers * 2 - 1 });
        CHECK(sim_equals(calm, s));
        sim_close(s);
    }
    sim_close(calm);
    drop_script();
}

/* One effect in `each`. */
static void check_every(struct sim *calm, unsigned each, bool on_disk, enum when when, enum err error)
{
    for (unsigned n = 1; ; n += each) {
        struct sim *s = run_with(&(struct sim_options){ .seed = 1,
                                                        .workers = 1,
                                                        .lines_max = 7,
                                                        .crash_effect = n,
                                                        .crash_when = when,
                                                        .crash_error = error,
                                                        .on_disk = on_disk });
        bool equal = sim_equals(calm, s), hurt = sim_was_hurt(s);
        sim_close(s);
        CHECK(equal);
        if (!equal) printf("  effect %u, %s, %s\n", n, when == BEFORE ? "before" : "after", err_name(error));
        if (!equal || !hurt) return;
    }
}

TEST(the_books_balance_after_a_crash_before_and_after_every_effect)
{
    make_script(test_arena());
    struct sim *calm = run_with(&(struct sim_options){ .seed = 1, .workers = 1, .lines_max = 7 });
    check_every(calm, 1, false, BEFORE, ERR_SIMULATED_CRASH);
    check_every(calm, 1, false, AFTER, ERR_SIMULATED_CRASH);
    check_every(calm, 1, false, BEFORE, ERR_TRANSACTION_UNKNOWN);
    check_every(calm, 1, false, AFTER, ERR_TRANSACTION_UNKNOWN);
    check_every(calm, 1, false, BEFORE, ERR_TRANSACTION_ABORTED);
    sim_close(calm);
    drop_script();
}

TEST(state_on_disk_with_its_changelog_survives_a_crash_at_any_effect)
{
    make_script(test_arena());
    struct sim *calm = run_with(&(struct sim_options){ .seed = 1, .workers = 1, .lines_max = 7 });
    check_every(calm, 7, true, BEFORE, ERR_SIMULATED_CRASH);
    check_every(calm, 7, true, AFTER, ERR_SIMULATED_CRASH);
    check_every(calm, 1, true, AFTER, ERR_TRANSACTION_UNKNOWN);
    sim_close(calm);
    drop_script();
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static void add(struct sim_counts *sum, struct sim_counts c)
{
    sum->effects += c.effects;
    sum->crashes += c.crashes;
    sum->lost += c.lost;
    sum->aborted += c.aborted;
    sum->stops += c.stops;
    sum->zombies += c.zombies;
    sum->saves += c.saves;
    for (unsigned i = 0; i < STATE_ORIGIN_COUNT; i++) sum->origins[i] += c.origins[i];
    sum->transactions += c.transactions;
    sum->rolled_back += c.rolled_back;
}

static struct sim_counts run_seeds(uint64_t first, uint64_t runs, bool on_disk)
{
    struct sim_counts sum = { 0 };
    make_script(test_arena());
    struct sim *calm = run_with(&(struct sim_options){ .seed = 1, .workers = 1 });
    for (uint64_t seed = first; seed < first + runs; seed++) {
        size_t mark = arena_mark(test_arena());
        struct sim *s = run_with(&(struct sim_options){ .seed = seed,
                                                        .workers = 1 + (unsigned)(seed % SIM_WORKERS_MAX),
                                                        .lines_max = 1 + (unsigned)(seed % 9),
                                                        .faults = true,
                                                        .on_disk = on_disk });
        bool equal = sim_equals(calm, s);
        CHECK(equal);
        if (!equal) printf("  seed %lu\n", (unsigned long)seed);
        check_books(s);
        add(&sum, sim_counts(s));
        sim_close(s);
        arena_rewind(test_arena(), mark);
    }
    sim_close(calm);
    drop_script();
    printf("\nsimulator: seeds %lu to %lu: %u crashes, %u lost answers, %u aborts, %u stops, %u zombies in %u effects; "
           "%lu transactions committed, %lu rolled back\n",
           (unsigned long)first, (unsigned long)(first + runs - 1), sum.crashes, sum.lost, sum.aborted, sum.stops,
           sum.zombies, sum.effects, (unsigned long)sum.transactions, (unsigned long)sum.rolled_back);
    CHECK(sum.crashes > 0 && sum.lost > 0 && sum.aborted > 0 && sum.zombies > 0
          && sum.rolled_back > 0); /* else it proves nothing */
    return sum;
}

TEST(the_books_balance_under_all_faults_at_once)
{
    run_seeds(setting("SEED", test_seed()), setting("RUNS", test_share(60)), false);
}

TEST(the_books_balance_under_all_faults_with_state_on_disk)
{
    struct sim_counts sum = run_seeds(setting("SEED", test_seed()), setting("RUNS", test_share(30)), true);
    printf("state on disk: %lu saves; %u environments kept, %u next to one that was held\n", (unsigned long)sum.saves,
           sum.origins[STATE_KEPT], sum.origins[STATE_HELD]);
    CHECK(sum.saves > 0 && sum.origins[STATE_KEPT] > 0 && sum.origins[STATE_HELD] > 0);
    CHECK_INT(sum.origins[STATE_FOREIGN] + sum.origins[STATE_OUTSIDE] + sum.origins[STATE_OLD]
                  + sum.origins[STATE_DAMAGED],
              0);
}
