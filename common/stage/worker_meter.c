/* stage/worker_meter.c: differences between two looks at the totals of a loop go to the series of its worker. */
#include "stage/worker_meter.h"

#include "base/arena.h"
#include "base/assert.h"
#include "runtime/metrics.h"
#include "stage/review.h"

enum { TRANSACTION_RESULTS = 5, RETRIES_MAX = 16, REBALANCE_KINDS = 3 };

struct retry { enum err err; struct metric_series *series; };
struct amount { char currency[4]; struct metric_series *out[OUTCOME_COUNT]; };

struct worker_meter {
    const struct stage   *stage;
    struct conservation   seen;
    struct loop_counts    counted;
    struct metric_series *in, *out[OUTCOME_COUNT], *difference_lines, *difference_minor;
    struct metric_series *results[TRANSACTION_RESULTS], *parts[LOOP_PART_COUNT], *batch_lines, *commit, *end_to_end;
    struct metric_series *reasons[BATCH_REASONS], *deadletters[BATCH_REASONS], *voids[REVIEW_VOID_COUNT];
    struct metric_series *restored, *restore_seconds, *assigned, *repeats, *neared[LIMIT_NEARED_COUNT];
    struct metric_series *rebalances[REBALANCE_KINDS];
    struct retry          retries[RETRIES_MAX];
    unsigned              retry_count;
    struct metric_series *rules[RULE_COUNT][2][TRUTH_COUNT], *overturned[RULE_COUNT], *stopped[RULE_TALLY_STOPPED_MAX];
    struct amount         amounts[CONSERVATION_SHOWN_MAX];
    unsigned              amount_count;
};

static struct slice outcome_text(enum outcome outcome)
{
    return word_text(VOCABULARY_OUTCOME, (int)outcome);
}

static void open_parts(struct worker_meter *m)
{
    static const struct slice names[LOOP_PART_COUNT] = {
        [LOOP_PULL] = SLICE_INIT("pull"),     [LOOP_PREFETCH] = SLICE_INIT("prefetch"),
        [LOOP_DECIDE] = SLICE_INIT("decide"), [LOOP_COMMIT] = SLICE_INIT("commit"),
        [LOOP_MERGE] = SLICE_INIT("merge"),
    };
    static const struct slice results[TRANSACTION_RESULTS] = {
        SLICE_INIT("committed"), SLICE_INIT("aborted"), SLICE_INIT("refused"),
        SLICE_INIT("stale"),     SLICE_INIT("unknown"),
    };
    for (unsigned p = 0; p < LOOP_PART_COUNT; p++) m->parts[p] = METRIC_SERIES(METRIC_STEP_SECONDS, names[p]);
    for (unsigned r = 0; r < TRANSACTION_RESULTS; r++) m->results[r] = METRIC_SERIES(METRIC_TRANSACTIONS, results[r]);
}

static void open_of_payout(struct worker_meter *m)
{
    m->repeats = METRIC_SOLE(METRIC_REPEATS_SUPPRESSED);
    m->neared[LIMIT_CAP] = METRIC_SERIES(METRIC_LIMITS_NEARED, SLICE("cap"));
    m->neared[LIMIT_AGREEMENT_LINE] = METRIC_SERIES(METRIC_LIMITS_NEARED, SLICE("agreement_line"));
    m->neared[LIMIT_FUND] = METRIC_SERIES(METRIC_LIMITS_NEARED, SLICE("fund"));
}

struct worker_meter *worker_meter_open(const struct stage *stage)
{
    struct worker_meter *m = arena_map(sizeof *m);
    if (!m) return NULL;
    m->stage = stage;
    m->in = METRIC_SOLE(METRIC_LINES_IN);
    for (enum outcome o = OUTCOME_PASS; o < OUTCOME_COUNT; o++)
        m->out[o] = METRIC_SERIES(METRIC_LINES, outcome_text(o));
    m->difference_lines = METRIC_SERIES(METRIC_CONSERVATION, SLICE("lines"));
    m->difference_minor = METRIC_SERIES(METRIC_CONSERVATION, SLICE("minor"));
    m->batch_lines = METRIC_SOLE(METRIC_BATCH_LINES);
    m->commit = METRIC_SOLE(METRIC_COMMIT_SECONDS);
    m->end_to_end = METRIC_SOLE(METRIC_END_TO_END_SECONDS);
    m->restored = METRIC_SOLE(METRIC_RESTORED_RECORDS);
    m->restore_seconds = METRIC_SOLE(METRIC_RESTORE_SECONDS);
    m->assigned = METRIC_SOLE(METRIC_ASSIGNED_PARTITIONS);
    if (stage->writes == SECTION_PAYOUT) open_of_payout(m);
    open_parts(m);
    m->rebalances[WORKER_ASSIGNED] = METRIC_SERIES(METRIC_REBALANCES, SLICE("assigned"));
    m->rebalances[WORKER_REVOKED] = METRIC_SERIES(METRIC_REBALANCES, SLICE("revoked"));
    m->rebalances[WORKER_LOST] = METRIC_SERIES(METRIC_REBALANCES, SLICE("lost"));
    worker_meter_begin(m);
    return m;
}

void worker_meter_close(struct worker_meter *m)
{
    arena_unmap(m, sizeof *m);
}

void worker_meter_begin(struct worker_meter *m)
{
    conservation_init(&m->seen);
    m->counted = (struct loop_counts){ 0 };
}

/* --- what a step did -------------------------------------------------------------------------------------------- */

static void note_lines(struct worker_meter *m, const struct conservation *now)
{
    uint64_t out = 0;
    metric_add(m->in, (int64_t)(now->in - m->seen.in));
    for (enum outcome o = OUTCOME_PASS; o < OUTCOME_COUNT; o++) {
        metric_add(m->out[o], (int64_t)(now->out[o] - m->seen.out[o]));
        out += now->out[o];
    }
    metric_set(m->difference_lines, (int64_t)(now->in - out));
}

static struct amount *amount_of(struct worker_meter *m, const char *currency)
{
    for (unsigned i = 0; i < m->amount_count; i++)
        if (memcmp(m->amounts[i].currency, currency, 3) == 0) return &m->amounts[i];
    if (m->amount_count == CONSERVATION_SHOWN_MAX) return NULL;
    struct amount *a = &m->amounts[m->amount_count++];
    memcpy(a->currency, currency, 3);
    for (enum outcome o = OUTCOME_PASS; o < OUTCOME_COUNT; o++)
        a->out[o] = METRIC_SERIES(METRIC_AMOUNT_MINOR, outcome_text(o), slice_of(a->currency, 3));
    return a;
}

/* Currencies come in the order in which they were first met, in both. */
static const struct conserved_money *seen_money(const struct worker_meter *m, unsigned index)
{
    static const struct conserved_money none;
    return index < m->seen.money_count ? &m->seen.money[index] : &none;
}

static void note_money(struct worker_meter *m, const struct conservation *now)
{
    __int128 difference = 0;
    for (unsigned i = 0; i < now->money_count; i++) {
        const struct conserved_money *money = &now->money[i], *before = seen_money(m, i);
        struct amount *a = amount_of(m, money->currency);
        __int128 rest = money->in_minor;
        for (enum outcome o = OUTCOME_PASS; o < OUTCOME_COUNT; o++) {
            if (a) metric_add(a->out[o], conservation_shown(money->out_minor[o] - before->out_minor[o]));
            rest -= money->out_minor[o];
        }
        difference += rest < 0 ? -rest : rest;
    }
    metric_set(m->difference_minor, conservation_shown(difference));
}

static void note_reasons(struct worker_meter *m, const struct loop_counts *now)
{
    for (unsigned r = 0; r < BATCH_REASONS; r++) {
        uint32_t given = now->reasons[r] - m->counted.reasons[r];
        if (!given) continue;
        enum reason_code code = (enum reason_code)r;
        bool dead = reason_outcome(code) == OUTCOME_DEAD;
        struct metric_series **series = dead ? &m->deadletters[r] : &m->reasons[r];
        if (!*series) *series = METRIC_SERIES(dead ? METRIC_DEADLETTERS : METRIC_REASONS, reason_name(code));
        metric_add(*series, given);
    }
}

static void note_rule(struct worker_meter *m, enum rule_id rule, bool is_shadow, const uint64_t *now,
                      const uint64_t *then)
{
    for (enum truth v = TRUTH_TRUE; v < TRUTH_COUNT; v++) {
        struct metric_series **series = &m->rules[rule][is_shadow][v];
        if (now[v] == then[v]) continue;
        if (!*series)
            *series = METRIC_SERIES(METRIC_RULE_RESULTS, rule_row(rule)->word,
                                    is_shadow ? SLICE("SHADOW") : SLICE("ENFORCE"),
                                    word_text(VOCABULARY_TRUTH, (int)v));
        metric_add(*series, (int64_t)(now[v] - then[v]));
    }
}

static void note_stopped(struct worker_meter *m, const struct rule_tally *now, const struct rule_tally *then)
{
    for (unsigned i = 0; i < now->stopped_count; i++) {     /* in the order in which they were first met, in both */
        const struct rule_stopped *s = &now->stopped[i];
        __int128 before = i < then->stopped_count ? then->stopped[i].minor : 0;
        if (!m->stopped[i])
            m->stopped[i] =
                METRIC_SERIES(METRIC_RULE_STOPPED_MINOR, rule_row(s->rule)->word, slice_of(s->currency, 3));
        metric_add(m->stopped[i], conservation_shown(s->minor - before));
    }
}

static void note_rules(struct worker_meter *m, const struct rule_tally *now, const struct rule_tally *then)
{
    for (enum rule_id r = 0; r < RULE_COUNT; r++) {
        note_rule(m, r, false, now->enforced[r], then->enforced[r]);
        note_rule(m, r, true, now->shadowed[r], then->shadowed[r]);
        if (now->overturned[r] == then->overturned[r]) continue;
        if (!m->overturned[r]) m->overturned[r] = METRIC_SERIES(METRIC_RULE_OVERTURNED, rule_row(r)->word);
        metric_add(m->overturned[r], (int64_t)(now->overturned[r] - then->overturned[r]));
    }
    note_stopped(m, now, then);
}

static void note_results(struct worker_meter *m, const struct loop_counts *now)
{
    const struct loop_counts *then = &m->counted;
    const uint64_t differences[TRANSACTION_RESULTS] = {
        now->committed - then->committed, now->aborted - then->aborted, now->refused - then->refused,
        now->stale - then->stale,         now->unknown - then->unknown,
    };
    for (unsigned r = 0; r < TRANSACTION_RESULTS; r++) metric_add(m->results[r], (int64_t)differences[r]);
}

static void note_batch(struct worker_meter *m, const struct loop_counts *now, instant_ms now_unix_ms)
{
    if (m->repeats) metric_add(m->repeats, (int64_t)(now->repeats - m->counted.repeats));
    for (unsigned n = LIMIT_FAR + 1; m->repeats && n < LIMIT_NEARED_COUNT; n++)
        metric_add(m->neared[n], (int64_t)(now->neared[n] - m->counted.neared[n]));
    metric_observe(m->batch_lines, now->records);
    metric_observe(m->commit, now->part_ns[LOOP_COMMIT]);
    for (unsigned p = 0; p < LOOP_PART_COUNT; p++) metric_observe(m->parts[p], now->part_ns[p]);
    if (now->oldest_received_at_unix_ms && now->oldest_received_at_unix_ms <= now_unix_ms)
        metric_observe(m->end_to_end, (now_unix_ms - now->oldest_received_at_unix_ms) * 1000000);
}

void worker_meter_note(struct worker_meter *m, const struct loop *loop, instant_ms now_unix_ms)
{
    const struct loop_counts *now = loop_counts(loop);
    const struct conservation *totals = loop_totals(loop);
    note_results(m, now);
    if (now->committed != m->counted.committed) {
        note_lines(m, totals);
        note_money(m, totals);
        note_reasons(m, now);
        note_rules(m, &now->rules, &m->counted.rules);
        note_batch(m, now, now_unix_ms);
        m->seen = *totals;
    }
    m->counted = *now;
}

/* --- what happens beside the loop ------------------------------------------------------------------------------- */

void worker_meter_void_review(struct worker_meter *m, unsigned why)
{
    ASSERT(why < REVIEW_VOID_COUNT);
    if (!m->voids[why])
        m->voids[why] = METRIC_SERIES(METRIC_REVIEWS_VOID, review_void_row((enum review_void)why)->word);
    metric_add(m->voids[why], 1);
}

void worker_meter_retry(struct worker_meter *m, enum err e)
{
    unsigned i = 0;
    while (i < m->retry_count && m->retries[i].err != e) i++;
    if (i == RETRIES_MAX) return;
    if (i == m->retry_count)
        m->retries[m->retry_count++] = (struct retry){ e, METRIC_SERIES(METRIC_RETRIES, slice_from(err_name(e))) };
    metric_add(m->retries[i].series, 1);
}

void worker_meter_rebalance(struct worker_meter *m, enum worker_rebalance kind, unsigned assigned)
{
    metric_add(m->rebalances[kind], 1);
    metric_set(m->assigned, assigned);
}

void worker_meter_restored(struct worker_meter *m, uint64_t records, int64_t ns)
{
    metric_add(m->restored, (int64_t)records);
    metric_observe(m->restore_seconds, ns);
}
