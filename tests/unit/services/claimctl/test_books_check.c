/* The books of the sample world balance; one figure put wrong, in a table or in what a line published, fails the
 * invariant of domain.md 9 that it belongs to. */
#include "claimctl/command.h"
#include "claimctl/run_feed.h"
#include "claimctl/run_report.h"

#include "domain/rating/rows.h"
#include "support/test.h"
#include "wire/dossier_codec.h"

#include <stdio.h>

#define INVARIANT(number) (1u << (number))

static struct run_options options;
static struct run_engine engine;

static void run(void)
{
    struct run_feed feed = { .engine = &engine };
    options = run_options_default("deploy/sample/first-hour");
    CHECK_INT(run_engine_open(&engine, &options), EXIT_DONE);
    CHECK_INT(run_feed_all(&feed), EXIT_DONE);
}

/* Bit per invariant that does not hold. */
static uint32_t failed(void)
{
    struct run_report report = { .engine = &engine };
    CHECK_INT(run_report_walk(&report, NULL, NULL), OK);
    uint32_t bits = report.books.failed;
    run_report_close(&report);
    return bits;
}

/* --- figures of tables ------------------------------------------------------------------------------------------ */

/* Puts one figure of a row wrong; false: this row has no such figure. */
typedef bool damage_row(void *record);

#define DAMAGE(name, type, condition, action) \
    static bool name(void *record) \
    { \
        struct type *row = record; \
        if (!(condition)) return false; \
        action; \
        return true; \
    }

DAMAGE(take_back_more, line_row, row->programs_count && !row->programs[0].volume && row->programs[0].payout_minor > 0,
       row->programs[0].payout_reversed_minor = row->programs[0].payout_minor + 1)
DAMAGE(take_back_less_than_whole, line_row,
       row->programs_count && !row->programs[0].volume && row->programs[0].payout_minor > 0
           && row->programs[0].accepted_milli,
       row->programs[0].returned_milli = row->programs[0].accepted_milli;
       row->programs[0].payout_reversed_minor = row->programs[0].program_reversed_minor = 0)
DAMAGE(pay_more_units, line_row,
       row->programs_count && row->programs[0].authorisation_no.size && row->programs[0].paid_milli > 0,
       row->programs[0].paid_milli += 1)
DAMAGE(consume_one_more, agreement_line_row, row->consumed_milli > 0, row->consumed_milli += 1)
DAMAGE(consume_less_than_nothing, agreement_line_row, true, row->consumed_milli = -1)
DAMAGE(authorise_less_than_consumed, agreement_line_row, row->consumed_milli > 1,
       row->highest_authorised_milli = row->consumed_milli - 1)
DAMAGE(accrue_one_more, fund_row, true, row->accrued_minor += 1)
DAMAGE(reserve_one_more, fund_row, true, row->reserved_minor += 1)
DAMAGE(spend_less_than_nothing, fund_row, true, row->paid_minor = -1)
DAMAGE(hold_less_than_nothing, lots_row, row->lots_count, row->lots[0].remaining_milli = -1)
DAMAGE(hold_more_than_came, lots_row, row->lots_count, row->lots[0].remaining_milli = row->lots[0].qty_milli + 1)
DAMAGE(cost_less_than_nothing, lots_row, row->lots_count, row->lots[0].cost_micros = -1)
DAMAGE(pay_one_more, volume_row, row->paid_minor > 0, row->paid_minor += 1)
DAMAGE(use_too_much, cap_row, row->used_minor || row->used_milli, row->used_minor = row->used_milli = INT64_MAX / 4)
DAMAGE(use_less_than_nothing, cap_row, true, row->used_minor = -1)

struct finding {
    damage_row *damage;
    const struct stage_table *table;
    enum run_stage stage;
    int32_t partition;
    bool done;
};

static enum err damage_first(void *context, struct slice key, struct slice value)
{
    struct finding *f = context;
    if (f->done) return OK;
    void *record = arena_alloc(test_arena(), f->table->codec.bytes);
    TRY(f->table->codec.decode(test_arena(), slice_skip(value, 1), record));
    if (!f->damage(record)) return OK;
    f->done = true;
    struct slice packed = f->table->codec.encode(test_arena(), record);
    struct text t = text_in(test_arena(), packed.size + 1);
    text_put_byte(&t, (char)run_engine_stage(f->stage)->row_version);
    text_put(&t, packed);
    return store_put(embedded_store(engine.engine, f->stage, f->partition), f->table->number,
                     slice_copy(test_arena(), key), text_slice(&t));
}

/* The invariants that fail while one row of a payout table is wrong. */
static uint32_t failed_with(enum payout_table table, damage_row *damage)
{
    struct finding f = { .damage = damage, .table = &run_engine_stage(RUN_PAYOUT)->tables[table], .stage = RUN_PAYOUT };
    for (f.partition = 0; !f.done && f.partition < embedded_partitions(engine.engine); f.partition++)
        CHECK_INT(store_each(embedded_store(engine.engine, RUN_PAYOUT, f.partition), f.table->number, damage_first, &f),
                  OK);
    CHECK(f.done);
    uint32_t bits = failed();
    for (int32_t p = 0; p < embedded_partitions(engine.engine); p++)
        store_drop(embedded_store(engine.engine, RUN_PAYOUT, p));
    return bits;
}

/* The same while a row stands that no line wrote. */
static uint32_t failed_beside(enum payout_table table, struct slice key, const void *record)
{
    const struct stage_table *t = &run_engine_stage(RUN_PAYOUT)->tables[table];
    struct store *store = embedded_store(engine.engine, RUN_PAYOUT, 0);
    struct slice packed = t->codec.encode(test_arena(), record);
    struct text value = text_in(test_arena(), packed.size + 1);
    text_put_byte(&value, (char)run_engine_stage(RUN_PAYOUT)->row_version);
    text_put(&value, packed);
    CHECK_INT(store_put(store, t->number, key, text_slice(&value)), OK);
    uint32_t bits = failed();
    store_drop(store);
    return bits;
}

TEST(a_wrong_figure_in_a_table_fails_its_invariant)
{
    static const struct {
        const char *what;
        enum payout_table table;
        damage_row *damage;
        unsigned invariant;
    } rows[] = {
        { "more taken back than paid", PAYOUT_LINES, take_back_more, 9 },
        { "a whole return took back nothing", PAYOUT_LINES, take_back_less_than_whole, 9 },
        { "a line paid more units than the agreement consumed", PAYOUT_LINES, pay_more_units, 5 },
        { "the agreement consumed more than lines paid", PAYOUT_AGREEMENT_LINES, consume_one_more, 5 },
        { "less than nothing was consumed", PAYOUT_AGREEMENT_LINES, consume_less_than_nothing, 5 },
        { "more was consumed than ever authorised", PAYOUT_AGREEMENT_LINES, authorise_less_than_consumed, 5 },
        { "a fund accrued what no entry brought", PAYOUT_FUNDS, accrue_one_more, 6 },
        { "a fund reserves what nobody holds", PAYOUT_FUNDS, reserve_one_more, 6 },
        { "a fund paid less than nothing", PAYOUT_FUNDS, spend_less_than_nothing, 6 },
        { "a lot holds less than nothing", PAYOUT_LOTS, hold_less_than_nothing, 7 },
        { "a lot holds more than came in", PAYOUT_LOTS, hold_more_than_came, 7 },
        { "a lot costs less than nothing", PAYOUT_LOTS, cost_less_than_nothing, 7 },
        { "a period paid what its totals do not earn", PAYOUT_VOLUMES, pay_one_more, 3 },
        { "a cap was passed", PAYOUT_CAPS, use_too_much, 14 },
        { "a cap was used less than nothing", PAYOUT_CAPS, use_less_than_nothing, 14 },
    };
    run();
    CHECK_INT(failed(), 0);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t bits = failed_with(rows[i].table, rows[i].damage);
        CHECK(bits & INVARIANT(rows[i].invariant));
        if (!(bits & INVARIANT(rows[i].invariant))) printf("  %s\n", rows[i].what);
    }
    CHECK_INT(failed(), 0);
    run_engine_close(&engine);
}

TEST(a_row_that_no_line_wrote_fails_its_invariant)
{
    struct preapproval_row open = { .program_id = SLICE("X"), .reserved_minor = 500, .period = SLICE("2026") };
    struct settlement_row settled = { .settled_minor = 1, .currency = SLICE("USD") };
    struct fund_row fund = { .accrued_minor = 1, .currency = SLICE("USD") };
    struct slice fund_key = BOOKS_KEY(test_arena(), SLICE("M-320"), SLICE("X"), SLICE("2026"));
    struct slice other_key = BOOKS_KEY(test_arena(), SLICE("M-320"), SLICE("Y"));
    run();
    CHECK_INT(failed_beside(PAYOUT_FUNDS, fund_key, &fund), INVARIANT(6));
    CHECK_INT(failed_beside(PAYOUT_PREAPPROVALS, other_key, &open), INVARIANT(6));
    CHECK_INT(failed_beside(PAYOUT_SETTLEMENTS, other_key, &settled), INVARIANT(16));
    run_engine_close(&engine);
}

/* --- what a line published -------------------------------------------------------------------------------------- */

static const struct payout *first_entry(const struct standing *s)
{
    return s->dossier->payout && s->dossier->payout->entry_count ? &s->dossier->payout->entries[0] : NULL;
}

typedef bool change_line(struct standing *s, struct payout *entry);

static bool has_no_outcome(struct standing *s, struct payout *entry)
{
    (void)entry;
    s->outcome = OUTCOME_UNSPECIFIED;
    return true;
}

static bool is_held_without_a_reason(struct standing *s, struct payout *entry)
{
    (void)entry;
    s->outcome = OUTCOME_HOLD;
    s->reason_count = 0;
    return true;
}

static bool claims_one_more(struct standing *s, struct payout *entry)
{
    (void)entry;
    s->claimed_minor += 1;
    return s->has_claim && s->outcome == OUTCOME_PASS;
}

static bool pays_more_than_claimed(struct standing *s, struct payout *entry)
{
    (void)entry;
    s->paid_minor = s->claimed_minor + 1;
    s->refused_minor = -1;
    return s->has_claim && s->target && s->claimed_minor > 0 && s->outcome == OUTCOME_PASS;
}

static bool cuts_without_a_reason(struct standing *s, struct payout *entry)
{
    struct program_result *target = (struct program_result *)(uintptr_t)s->target;
    (void)entry;
    if (!s->has_claim || !target || s->claimed_minor < 1000 || s->outcome != OUTCOME_PASS) return false;
    s->paid_minor -= 500;
    s->refused_minor += 500;
    target->refused_minor += 500;
    return true;
}

static bool posts_nothing(struct standing *s, struct payout *entry)
{
    (void)s;
    if (entry) entry->amount_minor = entry->program_amount_minor = 0;
    return entry;
}

static bool posts_a_negative_sale(struct standing *s, struct payout *entry)
{
    if (!entry || !slice_equal(entry->incentive, SLICE("SHIP_DEBIT"))
        || s->dossier->line->kind != KIND_SHIP_DEBIT_CLAIM)
        return false;
    entry->amount_minor = -1;
    return true;
}

static bool names_no_version(struct standing *s, struct payout *entry)
{
    (void)s;
    if (entry) entry->program_version = 0;
    return entry;
}

static bool pays_other_than_its_workings(struct standing *s, struct payout *entry)
{
    (void)s;
    if (entry) entry->program_amount_minor += 1;
    return entry;
}

/* What one line says, told to checked books; false: the change does not fit this line. */
static bool tell(struct books_check *b, const struct transcript_entry *e, change_line *change)
{
    struct slice bytes;
    struct dossier d;
    struct standing s;
    CHECK_INT(transcript_read(&engine.transcript, e, test_arena(), &bytes), OK);
    CHECK_INT(dossier_decode(test_arena(), bytes, &d), OK);
    standing_read(&d, engine.catalogue, &s);
    struct payout *entry = (struct payout *)(uintptr_t)first_entry(&s);
    if (!change(&s, entry)) return false;
    books_check_line(b, &s, test_arena());
    return true;
}

static bool changes_nothing(struct standing *s, struct payout *entry)
{
    (void)s;
    return entry;
}

static uint32_t failed_told(change_line *change, unsigned times)
{
    struct books_check b;
    bool told = false;
    CHECK_INT(books_check_open(&b, &engine), OK);
    for (uint32_t i = 0; i < engine.transcript.count && !told; i++)
        if (engine.transcript.entries[i].type == ENTRY_LINE && engine.transcript.entries[i].size)
            for (unsigned k = 0; k < times; k++) told = tell(&b, &engine.transcript.entries[i], change);
    CHECK(told);
    uint32_t bits = b.failed;
    books_check_close(&b);
    return bits;
}

TEST(a_line_that_published_something_wrong_fails_its_invariant)
{
    static const struct { const char *what; change_line *change; unsigned times, invariant; } rows[] = {
        { "a line without outcome", has_no_outcome, 1, 1 },
        { "held without a reason", is_held_without_a_reason, 1, 1 },
        { "claimed is not paid and refused", claims_one_more, 1, 1 },
        { "paid is more than claimed", pays_more_than_claimed, 1, 8 },
        { "an entry of nothing", posts_nothing, 1, 8 },
        { "a negative entry on a claim", posts_a_negative_sale, 1, 8 },
        { "a cut without a reason", cuts_without_a_reason, 1, 13 },
        { "an entry without version of the terms", names_no_version, 1, 13 },
        { "an amount that its workings do not give", pays_other_than_its_workings, 1, 13 },
        { "an entry posted twice", changes_nothing, 2, 11 },
    };
    run();
    CHECK_INT(failed_told(changes_nothing, 1), 0);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t bits = failed_told(rows[i].change, rows[i].times);
        CHECK(bits & INVARIANT(rows[i].invariant));
        if (!(bits & INVARIANT(rows[i].invariant))) printf("  %s\n", rows[i].what);
    }
    run_engine_close(&engine);
}
