/* domain/rating/workings.c: payouts computed again from what was written beside them (domain.md 5.0, Payout entry). */
#include "domain/rating/rating.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/rounding.h"
#include "domain/rating/tiers.h"

/* Reading figures. */

static bool take_int128(struct slice text, __int128 *value)
{
    bool negative = text.size && text.bytes[0] == '-';
    __int128 sum = 0;
    if (text.size == (size_t)negative || text.size > 40) return false;
    for (size_t i = negative; i < text.size; i++) {
        int digit = text.bytes[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(sum, 10, &sum)) return false;
        if (__builtin_sub_overflow(sum, digit, &sum))
            return false; /* downward: the lowest number has no positive twin */
    }
    if (!negative && sum == -sum && sum != 0) return false;
    *value = negative ? sum : -sum;
    return true;
}

static struct rational value_of(const struct figure *f)
{
    struct rational x;
    struct slice rest = f->text;
    if (f->value == 0 && f->divisor <= 1 && f->text.size && slice_find(f->text, '/') < f->text.size) {
        struct slice num = slice_cut(&rest, '/');
        if (take_int128(num, &x.num) && take_int128(rest, &x.den) && x.den > 0) return x;
        return RATIONAL_BAD;
    }
    return rational_make(f->value, f->divisor ? f->divisor : 1);
}

/* Most names are a letter: two bytes, of which the second may be the end, tell nearly all of them apart. */
static const struct figure *find_input(const struct step *s, const char *name)
{
    for (const struct figure *f = s->inputs, *end = f + s->input_count; f < end; f++) {
        if (f->name.size == 0 || f->name.bytes[0] != name[0]) continue;
        if (f->name.size == 1 ? name[1] == 0 : slice_equal(f->name, slice_from(name))) return f;
    }
    return NULL;
}

static bool has(const struct step *s, const char *name)
{
    return find_input(s, name) != NULL;
}

static struct rational take(const struct step *s, const char *name)
{
    const struct figure *f = find_input(s, name);
    return f ? value_of(f) : RATIONAL_ZERO;
}

static int64_t take_int(const struct step *s, const char *name)
{
    const struct figure *f = find_input(s, name);
    return f ? f->value : 0;
}

/* Quantities stand in milli where an exact value stands in units. */
static struct rational take_qty(const struct step *s, const char *name)
{
    return rational_of_milli(take_int(s, name));
}

/* Minor units of a currency of which only the exponent is recorded. */
static struct rational of_minor(const struct step *s, int64_t minor)
{
    int64_t exponent = take_int(s, "exponent");
    return exponent < 0 || exponent > EXPONENT_MAX ? RATIONAL_BAD : rational_of_minor(minor, (unsigned)exponent);
}

static struct rational round_to(const struct step *s, struct rational x, int64_t step_minor)
{
    int64_t minor;
    enum rounding_mode mode = (enum rounding_mode)take_int(s, "mode");
    if (mode <= ROUNDING_UNSPECIFIED || mode >= ROUNDING_COUNT || step_minor <= 0) return RATIONAL_BAD;
    if (rational_is_bad(of_minor(s, 1))) return RATIONAL_BAD;
    if (round_money(x, (unsigned)take_int(s, "exponent"), mode, step_minor, &minor) != OK) return RATIONAL_BAD;
    return rational_of(minor);
}

static struct rational floored(struct rational x)
{
    return rational_sign(x) < 0 ? RATIONAL_ZERO : x;
}

/* One function a rule: the result again, from the inputs. */

static struct rational again_reduction(const struct step *s)
{
    return rational_mul(rational_sub(take(s, "r"), take(s, "max")), rational_of_percent(take_int(s, "share")));
}

static struct rational again_quantity(const struct step *s)
{
    return has(s, "remaining") ? rational_min(take(s, "A"), take(s, "remaining")) : take(s, "A");
}

static struct rational again_down_to(const struct step *s)
{
    return rational_mul(floored(rational_sub(rational_sub(take(s, "c"), take(s, "a")), take(s, "x"))),
                        take_qty(s, "q"));
}

static struct rational again_down_by_amount(const struct step *s)
{
    return rational_mul(floored(rational_sub(take(s, "a"), take(s, "x"))), take_qty(s, "q"));
}

static struct rational again_down_by_percent(const struct step *s)
{
    struct rational share = rational_mul(rational_mul(take(s, "c"), take(s, "share")), take(s, "a"));
    return rational_mul(floored(rational_sub(share, take(s, "x"))), take_qty(s, "q"));
}

static struct rational again_net(const struct step *s)
{
    return floored(rational_sub(take(s, "E"), take(s, "H")));
}

static struct rational again_floor(const struct step *s)
{
    return floored(take(s, "E"));
}

static struct rational again_claim(const struct step *s)
{
    struct rational part = take_int(s, "Q") ? rational_make(take_int(s, "q"), take_int(s, "Q")) : rational_of(1);
    return rational_min(take(s, "E"), rational_mul(take(s, "C"), part));
}

static struct rational again_cap(const struct step *s)
{
    return rational_min(take(s, "X"), take(s, "left"));
}

static struct rational again_amount(const struct step *s)
{
    return round_to(s, take(s, "X"), take_int(s, "step"));
}

static struct rational again_payout(const struct step *s)
{
    struct rational rate = rational_div(rational_of_micros(take_int(s, "rate")), take(s, "units"));
    return round_to(s, rational_mul(take(s, "X"), rate), take_int(s, "step"));
}

static struct rational share_of(const struct step *s, int64_t units)
{
    int64_t paid = take_int(s, "P"), of = take_int(s, "Q");
    if (units == of) return rational_of(paid);
    return round_to(s, rational_mul(of_minor(s, paid), rational_make(units, of)), take_int(s, "step"));
}

static struct rational again_reversal(const struct step *s)
{
    int64_t before = take_int(s, "R"), after;
    if (__builtin_add_overflow(before, take_int(s, "r"), &after)) return RATIONAL_BAD;
    if (take_int(s, "Q") == 0 || before == after) return RATIONAL_ZERO;
    struct rational gone = has(s, "returned") ? take(s, "returned") : share_of(s, before);
    struct rational amount = rational_sub(gone, share_of(s, after));
    return rational_sign(amount) * rational_sign(take(s, "P")) > 0 ? RATIONAL_ZERO : amount;
}

static struct rational again_restored(const struct step *s)
{
    return rational_neg(take(s, "returned"));
}

static struct rational again_value(const struct step *s)
{
    struct rational minor = round_to(s, take(s, "value"), 1), higher = take(s, "H");
    if (minor.den == 0 || rational_sign(higher) <= 0) return minor;
    return round_to(s, floored(rational_sub(of_minor(s, (int64_t)minor.num), higher)), 1);
}

static struct tier tier_of(const struct step *s)
{
    if (has(s, "percent")) return (struct tier){ .rate = RATE_PERCENT, .percent_micros = take_int(s, "percent") };
    if (has(s, "per_unit")) return (struct tier){ .rate = RATE_PER_UNIT, .per_unit_micros = take_int(s, "per_unit") };
    if (!has(s, "block")) return (struct tier){ .rate = RATE_NONE };
    return (struct tier){ .rate = RATE_PER_BLOCK,
                          .block_qty_milli = take_int(s, "block"),
                          .block_amount_micros = take_int(s, "per_block"),
                          .block_round = (enum block_round)take_int(s, "round") };
}

static struct rational pay_on(const struct step *s, struct rational y)
{
    struct tier t = tier_of(s);
    return rational_add(tiers_pay(&t, y), take(s, "fixed"));
}

static struct rational upper_end(const struct step *s)
{
    return has(s, "to") ? rational_min(take(s, "Q"), take(s, "to")) : take(s, "Q");
}

/* B · part / Q; the part itself where B and Q are one measure. */
static struct rational part_of_benefit(const struct step *s, struct rational part)
{
    struct rational b = take(s, "B"), q = take(s, "Q");
    bool is_one = b.num == q.num && b.den == q.den && b.num != 0;
    return is_one ? part : rational_div(rational_mul(b, part), q);
}

static struct rational again_marginal(const struct step *s)
{
    return pay_on(s, part_of_benefit(s, rational_sub(upper_end(s), take(s, "from"))));
}

static struct rational again_rolling(const struct step *s)
{
    return pay_on(s, part_of_benefit(s, upper_end(s)));
}

static struct rational again_whole_benefit(const struct step *s)
{
    return pay_on(s, take(s, "B"));
}

static struct rational again_target(const struct step *s)
{
    struct rational t = round_to(s, take(s, "F"), take_int(s, "step"));
    if (has(s, "cap")) t = rational_min(t, take(s, "cap"));
    return has(s, "guarantee") ? rational_max(t, take(s, "guarantee")) : t;
}

static struct rational again_delta(const struct step *s)
{
    return rational_sub(take(s, "target"), take(s, "before"));
}

/* t stands in minor units of the program. */
static struct rational again_fund(const struct step *s)
{
    return round_to(s, rational_mul(of_minor(s, take_int(s, "t")), take(s, "percent")), take_int(s, "step"));
}

static struct rational again_estimate(const struct step *s)
{
    return round_to(s, rational_mul(take(s, "F"), take(s, "share")), take_int(s, "step"));
}

static struct rational again_per_unit(const struct step *s)
{
    return rational_mul(take_qty(s, "q"), take(s, "per_unit"));
}

/* A percent of a value that others have paid H of. */
static struct rational again_percent(const struct step *s)
{
    return rational_mul(floored(rational_sub(take(s, "value"), take(s, "H"))), take(s, "percent"));
}

static struct rational again_bonus_percent(const struct step *s)
{
    return rational_mul(again_percent(s), take(s, "share"));
}

static struct rational again_bonus_per_unit(const struct step *s)
{
    return rational_mul(again_per_unit(s), take(s, "share"));
}

static struct rational again_bonus_fixed(const struct step *s)
{
    return take_int(s, "live") ? RATIONAL_ZERO : rational_mul(take(s, "fixed"), take(s, "share"));
}

/* O5: a share of the purchases less what was credited. */
static struct rational again_allowance(const struct step *s)
{
    return rational_sub(rational_mul(take(s, "purchases"), take(s, "percent")), take(s, "used"));
}

static struct rational again_drop(const struct step *s)
{
    return rational_sub(take(s, "old"), take(s, "new"));
}

/* K3, K4: the stock, at most what was reported or received. */
static struct rational again_stock(const struct step *s)
{
    const char *most = has(s, "reported") ? "reported" : has(s, "received") ? "received" : "stock";
    return rational_min(take(s, "stock"), take(s, most));
}

static struct rational again_transit(const struct step *s)
{
    return rational_add(take(s, "stock"), take(s, "transit"));
}

static struct rational again_left(const struct step *s)
{
    return floored(rational_sub(take(s, "on_hand"), take(s, "credited")));
}

static struct rational again_year(const struct step *s)
{
    return rational_add(take(s, "before"), take(s, "paid"));
}

static struct rational again_share_of_spend(const struct step *s)
{
    return rational_mul(take(s, "spend"), take(s, "share"));
}

static struct rational again_guarantee(const struct step *s)
{
    return floored(rational_sub(take(s, "amount"), take(s, "excess")));
}

static struct rational again_available(const struct step *s)
{
    struct rational spent = rational_add(rational_add(take(s, "reserved"), take(s, "paid")),
                                         rational_add(take(s, "expired"), take(s, "converted")));
    return rational_sub(rational_add(take(s, "accrued"), take(s, "adjusted")), spent);
}

static struct rational again_converted(const struct step *s)
{
    struct rational arrived = take(s, "arrived"), available = floored(take(s, "available"));
    struct rational most_back = rational_sub(RATIONAL_ZERO, take(s, "converted"));
    if (rational_sign(arrived) < 0) return rational_compare(arrived, most_back) < 0 ? most_back : arrived;
    return rational_compare(available, arrived) < 0 ? available : arrived;
}

/* What a step is to the chain: a part of E, a part of F, what F becomes, its part for a fund, what is expected, the
 * delta to one of these, or what is made of E. */
enum link {
    LINK_NONE,
    LINK_UNITS,
    LINK_TIERS,
    LINK_TARGET,
    LINK_FUND,
    LINK_ESTIMATE,
    LINK_DELTA,
    LINK_ENTITLED,
};

struct formula { struct slice rule; struct rational (*again)(const struct step *); enum link link; };

/* Those of volumes in front, which write most of all steps; what stands without a formula is a record that calculates
 * nothing. */
static const struct formula formulas[] = {
    { SLICE_INIT("V1"), again_value, LINK_NONE },
    { SLICE_INIT("V6 MARGINAL"), again_marginal, LINK_TIERS },
    { SLICE_INIT("V6 ROLLING"), again_rolling, LINK_TIERS },
    { SLICE_INIT("V6 RETROACTIVE"), again_whole_benefit, LINK_TIERS },
    { SLICE_INIT("V6 TOTAL"), again_whole_benefit, LINK_TIERS },
    { SLICE_INIT("V7"), again_target, LINK_TARGET },
    { SLICE_INIT("V8"), again_delta, LINK_DELTA },
    { SLICE_INIT("V9"), again_fund, LINK_FUND },
    { SLICE_INIT("V10"), again_estimate, LINK_ESTIMATE },
    { SLICE_INIT("S9"), again_reduction, LINK_NONE },
    { SLICE_INIT("S10"), again_quantity, LINK_NONE },
    { SLICE_INIT("S12 DOWN_TO"), again_down_to, LINK_UNITS },
    { SLICE_INIT("S12 DOWN_BY_AMOUNT"), again_down_by_amount, LINK_UNITS },
    { SLICE_INIT("S12 DOWN_BY_PERCENT"), again_down_by_percent, LINK_UNITS },
    { SLICE_INIT("5.8"), again_net, LINK_NONE },
    { SLICE_INIT("P5 PER_UNIT"), again_per_unit, LINK_UNITS },
    { SLICE_INIT("P5 PERCENT"), again_percent, LINK_UNITS },
    { SLICE_INIT("P7"), again_year, LINK_NONE },
    { SLICE_INIT("K1"), again_drop, LINK_NONE },
    { SLICE_INIT("K3"), again_stock, LINK_NONE },
    { SLICE_INIT("K4"), again_stock, LINK_NONE },
    { SLICE_INIT("K5"), again_transit, LINK_NONE },
    { SLICE_INIT("K6"), again_left, LINK_NONE },
    { SLICE_INIT("K7"), again_per_unit, LINK_UNITS },
    { SLICE_INIT("K8"), again_floor, LINK_NONE },
    { SLICE_INIT("O4"), again_per_unit, LINK_UNITS },
    { SLICE_INIT("O5"), again_allowance, LINK_NONE },
    { SLICE_INIT("G4"), again_quantity, LINK_NONE },
    { SLICE_INIT("G5 PERCENT"), again_bonus_percent, LINK_UNITS },
    { SLICE_INIT("G5 PER_UNIT"), again_bonus_per_unit, LINK_UNITS },
    { SLICE_INIT("G5 FIXED"), again_bonus_fixed, LINK_UNITS },
    { SLICE_INIT("R7"), again_claim, LINK_NONE },
    { SLICE_INIT("R8"), again_cap, LINK_ENTITLED },
    { SLICE_INIT("R9"), again_amount, LINK_ENTITLED },
    { SLICE_INIT("R11"), again_payout, LINK_ENTITLED },
    { SLICE_INIT("6.1"), again_reversal, LINK_NONE },
    { SLICE_INIT("6.3"), again_restored, LINK_NONE },
    { SLICE_INIT("M6"), again_share_of_spend, LINK_UNITS },
    { SLICE_INIT("M7"), again_cap, LINK_ENTITLED },
    { SLICE_INIT("5.2 G"), again_guarantee, LINK_NONE },
    { SLICE_INIT("5.3"), again_available, LINK_NONE },
    { SLICE_INIT("5.3 converted"), again_converted, LINK_NONE },
    { SLICE_INIT("5.3 F"), again_amount, LINK_NONE },
    { SLICE_INIT("6.7"), again_amount, LINK_NONE },
    { SLICE_INIT("2.6"), NULL, LINK_NONE },
    { SLICE_INIT("M1"), NULL, LINK_NONE },
    { SLICE_INIT("E"), NULL, LINK_NONE },
    { SLICE_INIT("…"), NULL, LINK_NONE },
};

/* Size and last byte tell nearly all rules apart. */
static const struct formula *formula_of(struct slice rule)
{
    for (const struct formula *f = formulas, *end = f + sizeof formulas / sizeof formulas[0]; rule.size && f < end;
         f++) {
        if (f->rule.size != rule.size || f->rule.bytes[rule.size - 1] != rule.bytes[rule.size - 1]) continue;
        if (slice_equal(f->rule, rule)) return f;
    }
    return NULL;
}

static bool is_same(struct rational a, struct rational b)
{
    return !rational_is_bad(a) && !rational_is_bad(b) && rational_compare(a, b) == 0;
}

/* The chain: what one step gives is what the next one takes. */

/* Σ of the parts is the E that 5.8, R7 or R8, R9 and R11 start from; Σ of the V6 steps is F of V7, of which V8 posts
 * the fund's part, the rest, all, what V10 expects, or what R9 left of it for a seller. */
struct chain {
    struct rational units, tiers, entitled, amount, target, fund, estimate;
    bool            has_units, has_target;
};

static bool follows_target(struct chain *c, const struct step *s, enum link link)
{
    struct rational target = take(s, "target");
    if (link == LINK_TARGET) {
        c->target = c->estimate = value_of(&s->result);
        c->fund = RATIONAL_ZERO;
        c->has_target = true;
        return is_same(c->tiers, take(s, "F"));
    }
    if (link == LINK_ESTIMATE) c->estimate = value_of(&s->result);
    if (link == LINK_FUND) c->fund = value_of(&s->result);
    if (link == LINK_FUND) return !c->has_target || is_same(c->target, take(s, "t"));
    return link != LINK_DELTA || !c->has_target || is_same(target, rational_sub(c->target, c->fund))
           || is_same(target, c->fund) || is_same(target, c->estimate) || is_same(value_of(&s->result), c->amount);
}

static bool follows(struct chain *c, const struct step *s, enum link link)
{
    if (link == LINK_UNITS) {
        c->units = c->entitled = rational_add(c->units, value_of(&s->result));
        c->has_units = true;
        return true;
    }
    if (link == LINK_TIERS) {
        c->tiers = rational_add(c->tiers, value_of(&s->result));
        return true;
    }
    if (link == LINK_TARGET || link == LINK_FUND || link == LINK_ESTIMATE || link == LINK_DELTA)
        return follows_target(c, s, link);
    if (slice_equal(s->result.name, SLICE("amount"))) c->amount = value_of(&s->result);
    if (!c->has_units) return true;
    if (has(s, "E") && !is_same(c->entitled, take(s, "E"))) return false;
    if (link == LINK_ENTITLED && has(s, "X") && !is_same(c->entitled, take(s, "X"))) return false;
    if (slice_equal(s->result.name, SLICE("E")) || slice_equal(s->result.name, SLICE("X")))
        c->entitled = value_of(&s->result);
    return true;
}

static bool holds(struct chain *c, const struct step *s)
{
    const struct formula *f = formula_of(s->rule);
    return f && (!f->again || is_same(f->again(s), value_of(&s->result))) && follows(c, s, f->link);
}

/* The amount of an entry is the result of one of the steps, in the program's currency and in the payout's. */
static bool is_result(const struct program_result *program, int64_t minor, bool converted)
{
    for (unsigned i = 0; i < program->working_count; i++) {
        const struct step *s = &program->workings[i];
        bool pays = slice_equal(s->result.name, SLICE("amount")) || slice_equal(s->rule, SLICE("V8"))
                    || slice_equal(s->rule, SLICE("V9"));
        if (converted)
            pays = slice_equal(s->rule, SLICE("R11")) || slice_equal(s->rule, SLICE("6.1"))
                   || slice_equal(s->rule, SLICE("6.3")) || slice_equal(s->rule, SLICE("E"));
        if (pays && is_same(value_of(&s->result), rational_of(minor))) return true;
    }
    return false;
}

static bool explains(const struct program_result *program, const struct payout *entry)
{
    bool converted = !slice_equal(entry->currency, entry->program_currency);
    if (!is_result(program, entry->program_amount_minor, false)) return false;
    return !converted ? entry->amount_minor == entry->program_amount_minor
                      : is_result(program, entry->amount_minor, true);
}

enum err workings_verify(const struct program_result *program, const struct payout *entries, unsigned entry_count,
                         const struct step **step)
{
    struct chain chain = {
        .units = RATIONAL_ZERO, .tiers = RATIONAL_ZERO, .entitled = RATIONAL_ZERO, .amount = RATIONAL_BAD
    };
    if (step) *step = NULL;
    for (unsigned i = 0; i < program->working_count; i++) {
        const struct step *s = &program->workings[i];
        if (holds(&chain, s)) continue;
        if (step) *step = s;
        return ERR_VERIFICATION_DIFFERS;
    }
    for (unsigned i = 0; i < entry_count; i++) {
        bool mine = slice_equal(entries[i].program_id, program->program_id)
                    && entries[i].program_version == program->program_version;
        if (mine && program->outcome != OUTCOME_REJECT && !explains(program, &entries[i]))
            return ERR_VERIFICATION_DIFFERS;
    }
    return OK;
}

static bool is_explained(const struct payout_section *section, const struct payout *entry)
{
    for (unsigned i = 0; i < section->program_count; i++) {
        const struct program_result *p = &section->programs[i];
        if (!slice_equal(p->program_id, entry->program_id) || p->program_version != entry->program_version) continue;
        if (p->outcome != OUTCOME_REJECT && explains(p, entry)) return true;
    }
    return false;
}

/* Balances that no later step reads: a claim moves them by the units, or by the money, that it posts. */
static const struct { struct slice kind; bool is_of_units; } charged[] = {
    { SLICE_INIT("agreement_line"), true }, { SLICE_INIT("deal"), true },      { SLICE_INIT("credited"), true },
    { SLICE_INIT("cap"), false },           { SLICE_INIT("rotation"), false },
};

static bool moves_by(const struct balance *b, int64_t qty_milli, int64_t minor)
{
    for (unsigned i = 0; i < sizeof charged / sizeof charged[0]; i++)
        if (slice_equal(b->kind, charged[i].kind))
            return (__int128)b->after - b->before == (charged[i].is_of_units ? qty_milli : minor);
    return true;
}

/* What takes back, and what only counts units (0.00 asked for), posts nothing of its own. */
static bool charges_what_it_posts(const struct payout_section *section, const struct program_result *program)
{
    const struct payout *posted = NULL;
    for (unsigned i = 0; i < section->entry_count; i++) {
        const struct payout *entry = &section->entries[i];
        bool mine = slice_equal(entry->program_id, program->program_id)
                    && entry->program_version == program->program_version;
        bool earned = slice_equal(entry->ledger, SLICE("EARNED")) && !entry->reverses_payout_id.size;
        if (mine && earned) posted = entry;
    }
    for (unsigned i = 0; posted && i < program->balance_count; i++)
        if (!moves_by(&program->balances[i], posted->qty_milli, posted->program_amount_minor)) return false;
    return true;
}

enum err workings_verify_section(const struct payout_section *section, const struct program_result **program,
                                 const struct step **step)
{
    if (program) *program = NULL;
    if (step) *step = NULL;
    for (unsigned i = 0; i < section->program_count; i++) {
        if (workings_verify(&section->programs[i], NULL, 0, step) == OK
            && charges_what_it_posts(section, &section->programs[i]))
            continue;
        if (program) *program = &section->programs[i];
        return ERR_VERIFICATION_DIFFERS;
    }
    for (unsigned i = 0; i < section->entry_count; i++)
        if (!is_explained(section, &section->entries[i])) return ERR_VERIFICATION_DIFFERS;
    return OK;
}
