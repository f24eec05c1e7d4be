/* domain/rating/volume_value.c: the measure of a line, in units or at book, lot, average or stated price. */
#include "domain/rating/volume_value.h"

#include "domain/rating/stacking.h"
#include "domain/rating/transactions.h"

enum { PIECES_MAX = 500 };

bool volume_value_benefits_by_amount(const struct volume_terms *v)
{
    return v->tier_count == 0 || v->tiers[0].rate == RATE_PERCENT || v->tiers[0].rate == RATE_NONE;
}

/* The page keeps an amount only where qualifier or benefit needs it (domain.md 11). */
bool volume_value_is_needed(const struct volume_terms *v)
{
    if (v->qualifier == QUALIFIER_AMOUNT || v->qualifier == QUALIFIER_MIX_PERCENT) return true;
    if (v->qualifier == QUALIFIER_GROWTH_PERCENT) return volume_value_benefits_by_amount(v);
    return v->tier_count && v->tiers[0].rate == RATE_PERCENT;
}

static bool filter_is_empty(const struct product_filter *f)
{
    return f->include.count == 0 && f->exclude.count == 0;
}

bool volume_value_counts(const struct rating *r, const struct product_filter *f)
{
    return filter_is_empty(f) || product_filter_matches(f, r->class->sku, r->class->family, r->class->product_line);
}

/* Of the units of T those that other sales sold before stand in front of the line's. */
static unsigned pieces_of_line(struct rating *r, struct lot_piece *pieces)
{
    int64_t sold;
    transactions_follow_credits(r);
    transactions_sold(r->txn, &sold);
    struct moves moves = { r->txn->moves, r->txn->moves_count };
    int64_t from = sold > r->accepted_milli ? sold - r->accepted_milli : 0;
    struct lot_pieces list = { .items = pieces, .max = PIECES_MAX };
    lots_pieces(r, lots_pool(r), &moves, from, r->accepted_milli, &list);
    return list.count;
}

/* Cost of the line's units: of their lots, or the average before they left; uncovered ones at book price. */
static bool lot_value(struct rating *r, struct award *a, struct rational *total)
{
    struct lot_piece *pieces = ARENA_ARRAY(r->arena, PIECES_MAX, struct lot_piece);
    struct rational average = RATIONAL_ZERO, book = RATIONAL_ZERO;
    unsigned count = pieces_of_line(r, pieces);
    bool at_average = a->program->volume.price == UNIT_VALUE_AVERAGE && transactions_average_cost(r, a, &average);
    int64_t covered = 0;
    *total = RATIONAL_ZERO;
    for (unsigned i = 0; i < count; i++) {
        if (pieces[i].lot_no == 0) continue;
        struct rational cost = average;
        if (!at_average)
            cost = rational_mul(lots_cost(pieces[i].cost_micros, pieces[i].cost_den),
                                award_exchange(r, a, pieces[i].currency).rate);
        *total = rational_add(*total, rational_mul(cost, rational_of_milli(pieces[i].qty_milli)));
        covered += pieces[i].qty_milli;
    }
    if (covered >= r->accepted_milli) return true;
    if (!award_book_price(r, a, a->program_date, &book)) return false;
    *total = rational_add(*total, rational_mul(book, rational_of_milli(r->accepted_milli - covered)));
    return true;
}

static bool priced_value(struct rating *r, struct award *a, bool has_price, int64_t price_micros, struct slice field,
                         struct rational *total)
{
    if (!has_price) {
        reason_argument(award_give(r, a, REASON_FIELD_MISSING), SLICE("field"), field);
        return false;
    }
    struct exchange x = award_exchange(r, a, r->line->currency);
    struct rational unit = award_per_base_unit(r, price_micros);
    *total = rational_mul(rational_mul(rational_of_milli(r->accepted_milli), unit), x.rate);
    return true;
}

/* A · unit value, in program currency. */
static bool value_of_units(struct rating *r, struct award *a, struct rational *total)
{
    const struct line *l = r->line;
    struct rational unit;
    switch (a->program->volume.price) {
    case UNIT_VALUE_BOOK:
        if (!award_book_price(r, a, a->program_date, &unit)) return false;
        *total = rational_mul(unit, rational_of_milli(r->accepted_milli));
        return true;
    case UNIT_VALUE_FIFO:
    case UNIT_VALUE_AVERAGE:
        if (r->kind != KIND_SELL_IN) return lot_value(r, a, total);
        break;                                          /* bought goods cost in their lot what they were bought for */
    default: break;
    }
    if (r->kind == KIND_SELL_IN)
        return priced_value(r, a, l->has_unit_price_micros, l->unit_price_micros, SLICE("unit_price"), total);
    return priced_value(r, a, l->has_resale_unit_micros, l->resale_unit_micros, SLICE("resale_unit"), total);
}

struct rational volume_value_without_tax(const struct volume_terms *v, struct rational value)
{
    if (v->tax_included_percent_micros == 0) return value;
    return rational_mul(value, rational_make(100000000, 100000000 + v->tax_included_percent_micros));
}

void volume_value_note(struct rating *r, struct award *a, struct rational value, struct rational higher, int64_t minor)
{
    struct step *s = award_step(r, a, SLICE("V1"));
    award_input_exact(r, s, SLICE("value"), value, (struct slice){ 0 });
    award_input(r, s, SLICE("exponent"), a->exponent, 0, SLICE("count"));
    award_input(r, s, SLICE("mode"), a->program->rounding_mode, 0,
                word_text(VOCABULARY_ROUNDING, a->program->rounding_mode));
    award_input_exact(r, s, SLICE("H"), higher, (struct slice){ 0 });
    award_result(s, SLICE("v"), minor, a->minor_unit);
}

/* v: rounded once; what is left of it after programs of higher rank is a measure of its own. */
bool volume_value_measure(struct rating *r, struct award *a, int64_t *value_minor)
{
    struct rational value;
    if (!volume_value_is_needed(&a->program->volume)) {
        stacking_higher(r, a); /* no amount base, so nothing changes; it is said all the same (5.8) */
        return true;
    }
    if (!value_of_units(r, a, &value)) return false;
    value = volume_value_without_tax(&a->program->volume, value);
    int64_t minor = award_measure(r, a, value);
    struct rational higher = stacking_higher(r, a);
    if (rational_sign(higher) > 0) {
        struct rational net = rational_sub(rational_of_minor(minor, a->exponent), higher);
        minor = award_measure(r, a, rational_max(net, RATIONAL_ZERO));
    }
    volume_value_note(r, a, value, higher, minor);
    *value_minor = minor;
    return true;
}
