/* Workings that were changed behind their writer's back: whatever no longer makes the amount is named
 * (domain.md 9.13). */
#include "support/ledger.h"

static const struct spiff_rate fifty = { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(50) };
static const struct tier tiers[] = {{ .rate = RATE_PERCENT, .percent_micros = 5000000 },
                                    { .from_micros = MICROS(500), .rate = RATE_PERCENT, .percent_micros = 7000000 }};
static const struct cap cap = { .scope = CAP_SCOPE_REP, .period = PERIOD_MONTH, .has_amount = true,
                                .amount_minor = 20000 };

static struct program a_reward(void)
{
    struct program p = ledger_ship_debit("SP");
    p.incentive = INCENTIVE_SPIFF;
    p.payee = PAYEE_REP;
    p.payout_currency = SLICE("EUR");
    p.caps = &cap;
    p.cap_count = 1;
    p.spiff = (struct spiff_terms){
        .rates = &fifty, .rate_count = 1, .serials = SERIAL_RULE_NONE, .tax_country = SLICE("US")
    };
    return p;
}

static struct program a_rebate(void)
{
    struct program p = ledger_volume("VR", tiers, 2);
    p.payout_currency = SLICE("EUR");
    p.volume.has_coop_split = true;
    p.volume.coop_split_percent_micros = 40000000;
    p.volume.coop_split_program = SLICE("CO");
    return p;
}

static struct program a_fund(void)
{
    struct program p = ledger_volume("CO", NULL, 0);
    p.incentive = INCENTIVE_MDF;
    p.has_volume = false;
    p.mdf = (struct mdf_terms){
        .kind = MDF_KIND_COOP, .usage = MDF_USAGE_NEXT_PERIOD, .period = PERIOD_QUARTER, .fiscal_start_month = 1
    };
    return p;
}

/* A sale whose rebate goes to partner and fund, and a seller's claim that a cap cuts; both paid in euros. */
static struct payout_section *decided(bool sale)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, sale ? a_rebate() : a_reward());
    if (sale) ledger_program(l, a_fund());
    ledger_rate(l, "USD", "EUR", 1, 900000, 20250601);
    ledger_rate(l, "EUR", "USD", 1, 1100000, 20250601);
    struct line line = a_sale("S1", 7, MICROS(100), 20250605);
    if (!sale) line.kind = KIND_SPIFF_CLAIM;
    if (!sale) line.rep_id = SLICE("R1");
    line.claimed_amount_minor = 34000;
    line.has_claimed_amount_minor = !sale;
    struct decision d = ledger_decide(l, (struct judged){ .line = line });
    CHECK_INT(d.section->entry_count, sale ? 2 : 1);
    struct payout_section *copy = ARENA_NEW(ledger_arena(l), struct payout_section);
    *copy = *d.section;
    return copy;
}

/* Sections were decoded into an arena of the test: what the product only reads may be changed here. */
static struct program_result *result_of(struct payout_section *s, unsigned i)
{
    return (struct program_result *)(uintptr_t)&s->programs[i];
}

static struct payout *entry_of(struct payout_section *s, unsigned i)
{
    return (struct payout *)(uintptr_t)&s->entries[i];
}

static struct step *step_of(struct payout_section *s, unsigned program, unsigned i)
{
    return (struct step *)(uintptr_t)&s->programs[program].workings[i];
}

static struct step *step_named(struct payout_section *s, const char *rule)
{
    for (unsigned i = 0; i < s->program_count; i++)
        for (unsigned k = 0; k < s->programs[i].working_count; k++)
            if (slice_equal(s->programs[i].workings[k].rule, slice_from(rule))) return step_of(s, i, k);
    CHECK(!"no such step");
    return NULL;
}

static struct figure *input_of(struct step *s, const char *name)
{
    for (unsigned i = 0; i < s->input_count; i++)
        if (slice_equal(s->inputs[i].name, slice_from(name))) return (struct figure *)(uintptr_t)&s->inputs[i];
    return NULL;
}

static bool differs(const struct payout_section *s)
{
    return workings_verify_section(s, NULL, NULL) == ERR_VERIFICATION_DIFFERS;
}

TEST(every_result_rule_and_entry_that_was_changed_is_named)
{
    for (int sale = 0; sale < 2; sale++) {
        struct payout_section *s = decided(sale);
        CHECK(!differs(s));
        for (unsigned i = 0; i < s->program_count; i++)
            for (unsigned k = 0; k < s->programs[i].working_count; k++) {
                struct step *step = step_of(s, i, k), was = *step;
                const struct program_result *named = NULL;
                step->rule = SLICE("a rule that nobody knows");
                CHECK(differs(s));
                *step = was;
                if (slice_equal(step->rule, SLICE("2.6"))) continue;            /* a record: it calculates nothing */
                if (step->result.text.size) step->result.text = SLICE("1/7");
                else step->result.value++;
                CHECK_INT(workings_verify_section(s, &named, NULL), ERR_VERIFICATION_DIFFERS);
                CHECK(named == &s->programs[i]);
                *step = was;
            }
        for (unsigned i = 0; i < s->entry_count; i++) {
            struct payout *entry = entry_of(s, i), was = *entry;
            entry->amount_minor++;
            CHECK(differs(s));
            *entry = was;
            entry->program_amount_minor++;
            CHECK(differs(s));
            *entry = was;
            entry->program_version++;
            CHECK(differs(s));
            *entry = was;
        }
        CHECK(!differs(s));
    }
}

TEST(an_entry_whose_workings_are_gone_is_named)
{
    for (int sale = 0; sale < 2; sale++) {
        struct payout_section *s = decided(sale);
        result_of(s, 0)->working_count = 0;
        CHECK(differs(s));
    }
}

/* No amount depends on them: a balance and the quantity of its entry tell of one another. */
TEST(a_balance_or_a_quantity_that_is_not_what_was_posted_is_named)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    struct cap of_root = { .scope = CAP_SCOPE_PARTNER, .period = PERIOD_YEAR, .has_qty = true, .qty_milli = UNITS(90) };
    struct agreement_line terms = { .method = DEBIT_METHOD_DOWN_BY_AMOUNT, .term_micros = MICROS(1),
                                    .authorised_qty_milli = UNITS(100) };
    p.caps = &of_root;
    p.cap_count = 1;
    ledger_program(l, p);
    struct line agreed = an_agreement(l, "Q-1", (struct agreement){ 0 }, terms);
    ledger_decide(l, (struct judged){ .line = agreed, .received = 20250102 });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 7, "Q-1", 20250605) });
    struct payout_section section = *d.section;
    struct program_result *result = result_of(&section, 0);
    CHECK_INT(result->balance_count, 2);
    CHECK(!differs(&section));
    for (unsigned i = 0; i < result->balance_count; i++) {
        struct balance *balance = (struct balance *)(uintptr_t)&result->balances[i];
        balance->before--;
        CHECK(differs(&section));
        balance->before++;
    }
    entry_of(&section, 0)->qty_milli++;
    CHECK(differs(&section));
}

/* Step and entry raised together: each is right by itself, and no longer follows from the step before. */
TEST(an_amount_that_does_not_follow_from_the_step_before_is_named)
{
    struct payout_section *s = decided(true);
    struct step *delta = step_named(s, "V8"), *paid = step_named(s, "R11");
    input_of(delta, "target")->value += 100;
    delta->result.value += 100;
    entry_of(s, 0)->program_amount_minor += 100;
    CHECK(differs(s));
    s = decided(false);
    paid = step_named(s, "R11");
    input_of(paid, "X")->value = 300;
    input_of(paid, "X")->text = (struct slice){ 0 };
    paid->result.value = entry_of(s, 0)->amount_minor = 27000;
    CHECK(differs(s));
}

/* No figure, however wrong, ends the reader. */
TEST(figures_that_no_line_can_have_are_named)
{
    static const char *const names[] = { "exponent", "step", "mode", "units", "rate", "Q", "R", "r", "P" };
    static const int64_t values[] = { 0, -1, 5, 99, INT64_MAX, INT64_MIN };
    for (int sale = 0; sale < 2; sale++) {
        struct payout_section *s = decided(sale);
        for (unsigned i = 0; i < s->program_count; i++)
            for (unsigned k = 0; k < s->programs[i].working_count; k++)
                for (unsigned n = 0; n < sizeof names / sizeof names[0]; n++)
                    for (unsigned v = 0; v < sizeof values / sizeof values[0]; v++) {
                        struct figure *f = input_of(step_of(s, i, k), names[n]);
                        if (!f) continue;
                        struct figure was = *f;
                        f->value = values[v];
                        if (n == 0 && values[v] > 4) CHECK(differs(s));
                        else (void)differs(s);
                        *f = was;
                    }
        CHECK(!differs(s));
    }
}
