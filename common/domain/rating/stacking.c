/* domain/rating/stacking.c: exclusive programs, net bases, and the limit over all of them. */
#include "domain/rating/stacking.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "domain/rating/caps.h"
#include "domain/rating/transactions.h"
#include "domain/rounding.h"

static bool has_paid(const struct transaction_posting *p)
{
    return p->stacks && (p->amount_minor != 0 || p->counted);
}

static bool shuts_out(const struct program *p, const struct transaction_posting *other)
{
    if (p->stack_base == STACK_BASE_EXCLUSIVE || other->exclusive) return true;
    return p->exclusive_group.size && slice_equal(p->exclusive_group, other->exclusive_group);
}

/* MDF claims, fund accruals, price protection and rotation do not take part. */
static bool takes_part(const struct program *p)
{
    return p->incentive != INCENTIVE_MDF && p->incentive != INCENTIVE_PRICE_PROTECTION
           && p->incentive != INCENTIVE_STOCK_ROTATION;
}

static bool is_shut_out(const struct transaction_row *txn, const struct program *p)
{
    if (!takes_part(p)) return false;
    for (unsigned i = 0; i < txn->postings_count; i++) {
        const struct transaction_posting *other = &txn->postings[i];
        if (!slice_equal(other->program_id, p->id) && has_paid(other) && shuts_out(p, other)) return true;
    }
    return false;
}

bool stacking_excludes(struct rating *r, struct award *a)
{
    bool excludes = is_shut_out(r->txn, a->program);
    if (excludes) award_give(r, a, REASON_EXCLUSIVE_PROGRAM_PAID);
    return excludes;
}

enum reason_code stacking_passed(const struct transaction_row *txn, const struct program *p)
{
    return is_shut_out(txn, p) ? REASON_EXCLUSIVE_PROGRAM_PAID : REASON_NONE;
}

static struct rational posted_in_currency(struct rating *r, struct award *a, const struct transaction_posting *p)
{
    struct exchange x = award_exchange(r, a, p->currency);
    return rational_mul(rational_of_minor(p->amount_minor, currency_exponent(p->currency)), x.rate);
}

struct rational stacking_higher(struct rating *r, struct award *a)
{
    struct rational sum = RATIONAL_ZERO;
    if (a->program->stack_base != STACK_BASE_NET_OF_HIGHER_RANK) return sum;
    for (unsigned i = 0; i < r->txn->postings_count; i++) {
        const struct transaction_posting *p = &r->txn->postings[i];
        if (!p->stacks || !p->reduces_lower || p->rank >= a->program->rank || p->amount_minor == 0) continue;
        sum = rational_add(sum, posted_in_currency(r, a, p));
    }
    if (rational_sign(sum) <= 0) return RATIONAL_ZERO;
    struct reason *given = award_give(r, a, REASON_STACKED_NET);
    reason_argument(given, SLICE("amount"), award_money_text(r, a, award_measure(r, a, sum)));
    return sum;
}

/* A percentage has no currency: it stands in the default record. */
static int64_t stack_max_percent_micros(const struct rating *r)
{
    int64_t percent = 100000000;
    const struct limits *limits = catalogue_limits(r->in->catalogue, (struct slice){ 0 }, r->in->received_date);
    struct slice text = limits ? limits_setting(limits, SLICE("stack_max_percent")) : (struct slice){ 0 };
    if (text.size && decimal_parse(text, MICRO_DIGITS, DECIMAL_EXCESS_REFUSE, &percent, NULL) != OK) return 100000000;
    return percent;
}

static bool is_per_line(const struct award *a)
{
    return a->is_claim || !a->program->has_volume;
}

static bool value_of_line(struct rating *r, struct award *a, struct rational *value)
{
    if (!r->line->has_resale_unit_micros) return false;
    struct exchange x = award_exchange(r, a, r->line->currency);
    *value = rational_mul(rational_of_micros(r->line->resale_unit_micros), rational_of_milli(r->line->qty_milli));
    *value = rational_mul(*value, x.rate);
    return true;
}

/* Resale of the live sales of T; where there are none, of the claim's own quantity. False: not known. */
static bool value_of_transaction(struct rating *r, struct award *a, struct rational *value)
{
    int64_t sold_milli;
    bool is_sold = transactions_sold(r->txn, &sold_milli);
    bool is_known = is_sold ? transactions_value(r, a, value) : value_of_line(r, a, value);
    return is_known && !award_has(a, REASON_FX_RATE_MISSING);
}

/* A balance like that of a cap: the amount rounds DOWN rather than past it (R9). */
static void note_left(struct rating *r, struct award *a, struct rational left)
{
    int64_t whole = 0;
    if (rational_sign(left) > 0 && round_money(left, a->exponent, ROUNDING_DOWN, 1, &whole) != OK) r->overflow = true;
    if (whole < a->least_left_minor) a->least_left_minor = whole;
}

void stacking_limit(struct rating *r, struct award *a)
{
    struct rational value, posted = RATIONAL_ZERO;
    if (!takes_part(a->program) || !is_per_line(a) || !value_of_transaction(r, a, &value)) return;
    for (unsigned i = 0; i < r->txn->postings_count; i++)
        if (r->txn->postings[i].stacks && !r->txn->postings[i].volume)
            posted = rational_add(posted, posted_in_currency(r, a, &r->txn->postings[i]));
    struct rational most = rational_mul(value, rational_of_percent(stack_max_percent_micros(r)));
    struct rational left = rational_sub(most, posted);
    note_left(r, a, left);
    if (rational_compare(a->payable, left) > 0)
        caps_lower(r, a, REASON_STACK_LIMIT, left, award_money_text(r, a, award_measure(r, a, most)), SLICE("T"));
}

static void add_posting(struct rating *r, struct transaction_row *txn, struct slice line_id, const struct program *p,
                        int64_t amount_minor, bool volume, bool counted)
{
    r->overflow |= txn->postings_count == transaction_posting_LIST_MAX;
    if (r->overflow) return;
    *ROWS_APPEND(r->arena, txn, postings, transaction_posting) = (struct transaction_posting){
        .line_id = line_id,
        .program_id = p->id,
        .rank = p->rank,
        .reduces_lower = p->reduces_lower,
        .exclusive = p->stack_base == STACK_BASE_EXCLUSIVE,
        .exclusive_group = p->exclusive_group,
        .volume = volume,
        .stacks = takes_part(p),
        .currency = p->currency,
        .amount_minor = amount_minor,
        .counted = counted,
    };
}

void stacking_note(struct rating *r, const struct award *a, int64_t amount_minor, bool counted)
{
    add_posting(r, r->txn, r->receipt->line_id, a->program, amount_minor, a->program->has_volume && !a->is_claim,
                counted);
}

void stacking_take_back(struct transaction_row *txn, struct slice line_id, struct slice program_id, int64_t minor,
                        bool all)
{
    for (unsigned i = txn->postings_count; i-- > 0;) {
        struct transaction_posting *p = &txn->postings[i];
        if (!slice_equal(p->line_id, line_id) || !slice_equal(p->program_id, program_id)) continue;
        p->amount_minor -= minor;
        if (all) rows_remove(txn->postings, &txn->postings_count, sizeof *p, i);
    }
}

void stacking_give_again(struct rating *r, struct transaction_row *txn, struct slice line_id, const struct program *p,
                         bool volume, bool counted, int64_t minor)
{
    for (unsigned i = 0; i < txn->postings_count; i++) {
        struct transaction_posting *posting = &txn->postings[i];
        if (!slice_equal(posting->line_id, line_id) || !slice_equal(posting->program_id, p->id)) continue;
        posting->amount_minor += minor;
        return;
    }
    add_posting(r, txn, line_id, p, minor, volume, counted);
}
