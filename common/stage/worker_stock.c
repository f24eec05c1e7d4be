/* stage/worker_stock.c: a walk over waiting lines and cases, partition by partition, that can be left and taken up
 * again. */
#include "stage/worker_stock.h"

#include "base/arena.h"
#include "base/assert.h"
#include "domain/vocabulary.h"
#include "runtime/metrics.h"
#include "stage/batch.h"
#include "stage/conservation.h"
#include "stage/waiting.h"
#include "wire/limits.h"

enum { KINDS = 2, STOP = ERR_USAGE };

static const enum outcome kinds[KINDS] = { OUTCOME_HOLD, OUTCOME_PARK };

struct money { char currency[4]; struct metric_series *series[KINDS]; };

struct worker_stock {
    struct arena          arena;                    /* of one row */
    struct conservation   found[KINDS];             /* in this walk, as lines that come in */
    uint64_t              cases, at_risk[KINDS];
    enum section          section;                  /* of the stage in which they wait */
    int32_t               partition;                /* at which the walk stands */
    uint8_t               table;
    char                  behind[STORE_KEY_MAX];    /* the row seen last; size 0: none of this table yet */
    size_t                behind_size;
    unsigned              budget;
    bool                  walks;
    int64_t               begun_ms;
    instant_ms            now_unix_ms;
    uint64_t              waiting[KINDS][BATCH_REASONS];        /* lines, by their first reason; 0: none is said */
    struct metric_series *lines[KINDS][BATCH_REASONS], *risky[KINDS], *open_cases;
    instant_ms            since[BATCH_REASONS];     /* of the line that waits longest for that reason; 0: none */
    struct metric_series *oldest[BATCH_REASONS];
    struct money          money[CONSERVATION_SHOWN_MAX];
    unsigned              money_count;
};

/* --- life ------------------------------------------------------------------------------------------------------- */

struct worker_stock *worker_stock_open(enum section section)
{
    struct worker_stock *s = arena_map(sizeof *s);
    if (!s) return NULL;
    if (arena_open(&s->arena, 64 << 10, (size_t)UNPACK_FACTOR * DOSSIER_BYTES_MAX) != OK) {
        arena_unmap(s, sizeof *s);
        return NULL;
    }
    s->section = section;
    for (unsigned k = 0; k < KINDS; k++) {
        s->lines[k][REASON_NONE] =
            METRIC_SERIES(METRIC_WAITING_LINES, word_text(VOCABULARY_OUTCOME, (int)kinds[k]), SLICE(""));
        s->risky[k] = METRIC_SERIES(METRIC_WAITING_AT_RISK, word_text(VOCABULARY_OUTCOME, (int)kinds[k]));
    }
    s->open_cases = METRIC_SOLE(METRIC_CASES_OPEN);
    worker_stock_restart(s);
    return s;
}

static void hide(struct worker_stock *s)
{
    for (unsigned k = 0; k < KINDS; k++) {
        for (unsigned r = 0; r < BATCH_REASONS; r++)
            if (s->lines[k][r]) metric_hide(s->lines[k][r]);
        metric_hide(s->risky[k]);
    }
    metric_hide(s->open_cases);
    for (unsigned r = 0; r < BATCH_REASONS; r++)
        if (s->oldest[r]) metric_hide(s->oldest[r]);
    for (unsigned i = 0; i < s->money_count; i++)
        for (unsigned k = 0; k < KINDS; k++) metric_hide(s->money[i].series[k]);
}

void worker_stock_close(struct worker_stock *s)
{
    if (!s) return;
    hide(s);
    arena_close(&s->arena);
    arena_unmap(s, sizeof *s);
}

void worker_stock_restart(struct worker_stock *s)
{
    hide(s);
    s->walks = false;
    s->begun_ms = INT64_MIN / 2;
}

/* --- showing ---------------------------------------------------------------------------------------------------- */

static struct money *money_of(struct worker_stock *s, const char *currency)
{
    for (unsigned i = 0; i < s->money_count; i++)
        if (memcmp(s->money[i].currency, currency, 3) == 0) return &s->money[i];
    if (s->money_count == CONSERVATION_SHOWN_MAX) return NULL;
    struct money *m = &s->money[s->money_count++];
    memcpy(m->currency, currency, 3);
    for (unsigned k = 0; k < KINDS; k++)
        m->series[k] = METRIC_SERIES(METRIC_WAITING_AMOUNT_MINOR, word_text(VOCABULARY_OUTCOME, (int)kinds[k]),
                                     slice_of(m->currency, 3));
    return m;
}

static void show_oldest(struct worker_stock *s)
{
    instant_ms now = s->now_unix_ms;
    for (unsigned r = 0; r < BATCH_REASONS; r++) {
        if (s->since[r] && !s->oldest[r])
            s->oldest[r] = METRIC_SERIES(METRIC_WAITING_OLDEST, reason_name((enum reason_code)r));
        bool waits = s->since[r] && now > s->since[r];
        if (s->oldest[r]) metric_set(s->oldest[r], waits ? (now - s->since[r]) * 1000000 : 0);
    }
}

static void show_lines(struct worker_stock *s, unsigned kind)
{
    struct slice outcome = word_text(VOCABULARY_OUTCOME, (int)kinds[kind]);
    for (unsigned r = 0; r < BATCH_REASONS; r++) {
        struct metric_series **series = &s->lines[kind][r];
        if (s->waiting[kind][r] && !*series)
            *series = METRIC_SERIES(METRIC_WAITING_LINES, outcome, reason_name((enum reason_code)r));
        if (*series) metric_set(*series, (int64_t)s->waiting[kind][r]);
    }
}

/* What nobody waits with any more is 0, not what it was. */
static void show(struct worker_stock *s)
{
    for (unsigned i = 0; i < s->money_count; i++)
        for (unsigned k = 0; k < KINDS; k++) metric_set(s->money[i].series[k], 0);
    for (unsigned k = 0; k < KINDS; k++) {
        show_lines(s, k);
        metric_set(s->risky[k], (int64_t)s->at_risk[k]);
        for (unsigned i = 0; i < s->found[k].money_count; i++) {
            struct money *m = money_of(s, s->found[k].money[i].currency);
            if (m) metric_set(m->series[k], conservation_shown(s->found[k].money[i].in_minor));
        }
    }
    metric_set(s->open_cases, (int64_t)s->cases);
    show_oldest(s);
}

/* --- walking ---------------------------------------------------------------------------------------------------- */

static void begin_table(struct worker_stock *s, uint8_t table)
{
    s->table = table;
    s->behind_size = 0;
}

static void begin(struct worker_stock *s, int64_t now_ms, instant_ms now_unix_ms)
{
    for (unsigned k = 0; k < KINDS; k++) conservation_init(&s->found[k]);
    memset(s->at_risk, 0, sizeof s->at_risk);
    memset(s->waiting, 0, sizeof s->waiting);
    s->now_unix_ms = now_unix_ms;
    s->cases = 0;
    memset(s->since, 0, sizeof s->since);
    s->partition = 0;
    s->begun_ms = now_ms;
    s->walks = true;
    begin_table(s, WAITING_TABLE);
}

static void note_since(struct worker_stock *s, const struct judgement *j)
{
    if (!j || !j->reason_count || !j->waiting.since_unix_ms) return;
    instant_ms *since = &s->since[j->reasons[0].code];
    if (!*since || j->waiting.since_unix_ms < *since) *since = j->waiting.since_unix_ms;
}

static enum err count_line(struct worker_stock *s, struct slice value)
{
    struct waiting_line line;
    TRY(waiting_check_version(value));
    arena_reset(&s->arena);
    if (waiting_codec.decode(&s->arena, slice_skip(value, 1), &line) != OK) return ERR_STATE_MALFORMED;
    const struct judgement *j = dossier_judgement(line.dossier, s->section);
    for (unsigned k = 0; k < KINDS; k++) {
        if (line.outcome != kinds[k]) continue;
        conservation_take(&s->found[k], line.dossier->line);
        s->waiting[k][j && j->reason_count ? j->reasons[0].code : REASON_NONE]++;
        s->at_risk[k] += j && waiting_is_at_risk(j, s->now_unix_ms);
    }
    note_since(s, j);
    return OK;
}

static enum err visit(void *context, struct slice key, struct slice value)
{
    struct worker_stock *s = context;
    ASSERT(key.size <= STORE_KEY_MAX);
    if (s->behind_size && slice_equal(key, slice_of(s->behind, s->behind_size))) return OK;     /* where it was left */
    if (s->budget == 0) return (enum err)STOP;
    s->budget--;
    memcpy(s->behind, key.bytes, key.size);
    s->behind_size = key.size;
    if (s->table == WAITING_TABLE) return count_line(s, value);
    s->cases++;
    return OK;
}

static enum err walk_table(struct worker_stock *s, struct store *store)
{
    struct slice from = slice_of(s->behind, s->behind_size);
    return store ? store_scan(store, s->table, (struct slice){ 0 }, from, visit, s) : OK;
}

static void next_table(struct worker_stock *s)
{
    if (s->table == WAITING_TABLE) {
        begin_table(s, WAITING_CASE_TABLE);
        return;
    }
    s->partition++;
    begin_table(s, WAITING_TABLE);
}

enum err worker_stock_step(struct worker_stock *s, struct store *const *stores, int32_t partitions, int64_t now_ms,
                           instant_ms now_unix_ms)
{
    if (!s->walks && now_ms - s->begun_ms < WORKER_STOCK_EVERY_MS) return OK;
    if (!s->walks) begin(s, now_ms, now_unix_ms);
    s->budget = WORKER_STOCK_ROWS;
    while (s->partition < partitions) {
        enum err e = walk_table(s, stores[s->partition]);
        if (e == (enum err)STOP) return OK;
        TRY(e);
        next_table(s);
    }
    s->walks = false;
    show(s);
    return OK;
}
