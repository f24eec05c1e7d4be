/* compliance/entitled.c: rates and bonuses without what only payout knows: shares, caps, what others paid. */
#include "compliance/entitled.h"

#include "domain/currency.h"
#include "domain/rounding.h"

struct value { struct rational exact; struct slice currency; };

static unsigned exponent_of(struct slice currency)
{
    const struct currency *c = currency_find(currency);
    return c ? c->exponent : 2;
}

static struct value of_units(const struct judging *j, const struct program *p, int64_t per_unit_micros)
{
    return (struct value){ rational_mul(rational_of_milli(j->qty_milli), rational_of_micros(per_unit_micros)),
                           p->currency };
}

/* Without a price payout refuses it. */
static struct value of_resale(const struct judging *j, int64_t percent_micros)
{
    const struct line *l = j->line;
    if (!l->has_resale_unit_micros) return (struct value){ .exact = RATIONAL_ZERO };
    struct rational value = rational_mul(rational_of_milli(l->qty_milli), rational_of_micros(l->resale_unit_micros));
    return (struct value){ rational_mul(value, rational_of_percent(percent_micros)), l->currency };
}

static struct value of_book(const struct judging *j, const struct program *p, int64_t percent_micros)
{
    int64_t micros;
    int32_t date = program_date_of(p, j->line, j->class->received_date);
    const struct price_list *list = catalogue_price_list(j->facts->catalogue, j->class->price_list_id, j->class->sku);
    if (!list || !price_list_on(list, date, &micros)) return (struct value){ .exact = RATIONAL_ZERO };
    struct rational value = rational_mul(rational_of_milli(j->qty_milli), rational_of_micros(micros));
    return (struct value){ rational_mul(value, rational_of_percent(percent_micros)), list->currency };
}

static struct value of_spiff(const struct judging *j, const struct program *p)
{
    const struct spiff_terms *terms = &p->spiff;
    for (unsigned i = 0; i < terms->rate_count && !p->has_volume; i++) {
        const struct spiff_rate *rate = &terms->rates[i];
        if (!products_match(&rate->products, j->class->sku, j->class->family, j->class->product_line)) continue;
        return rate->rate == RATE_PERCENT ? of_resale(j, rate->percent_micros) : of_units(j, p, rate->per_unit_micros);
    }
    return (struct value){ .exact = RATIONAL_ZERO };
}

static struct value of_deal(const struct judging *j, const struct program *p)
{
    const struct deal_terms *terms = &p->deal;
    if (terms->bonus == RATE_PER_UNIT) return of_units(j, p, terms->bonus_per_unit_micros);
    if (terms->bonus == RATE_PERCENT)
        return terms->bonus_of == BONUS_OF_BOOK ? of_book(j, p, terms->bonus_percent_micros)
                                                : of_resale(j, terms->bonus_percent_micros);
    struct rational fixed = rational_of_minor(terms->bonus_fixed_minor, exponent_of(p->currency));
    return (struct value){ fixed, p->currency };
}

unsigned entitled_earns_as(const struct judging *j, const struct program *p)
{
    if (p->incentive == INCENTIVE_SHIP_DEBIT && p->ship_debit.auto_claim) return KIND_BIT(KIND_SHIP_DEBIT_CLAIM);
    if (p->incentive == INCENTIVE_SPIFF && p->spiff.trigger_pos && j->line->rep_id.size)
        return KIND_BIT(KIND_SPIFF_CLAIM);
    if (p->incentive == INCENTIVE_DEAL_REGISTRATION && p->deal.auto_claim && j->line->deal_reg_no.size)
        return KIND_BIT(KIND_DEAL_CLAIM);
    return 0;
}

static bool ask(const struct judging *j, const struct judged_program *asked, struct entitled *e)
{
    const struct program *p = asked->program;
    struct value value = { .exact = RATIONAL_ZERO };
    if (p->incentive == INCENTIVE_SPIFF) value = of_spiff(j, p);
    else if (p->incentive == INCENTIVE_DEAL_REGISTRATION) value = of_deal(j, p);
    if (!value.currency.size || j->qty_milli <= 0) return false;
    *e = (struct entitled){ .program = asked, .currency = value.currency };
    e->overflow =
        round_money(value.exact, exponent_of(value.currency), ROUNDING_HALF_UP, 1, &e->minor) != OK;
    return e->overflow || e->minor > 0;
}

bool entitled_at_most(const struct judging *j, unsigned kinds, struct entitled *e)
{
    bool is_sale = j->kind == KIND_POS_SALE && !j->line->summary, found = false;
    if (!is_sale && !(kinds & KIND_BIT(j->kind))) return false;
    for (unsigned i = 0; i < j->program_count && (is_sale || i == 0); i++) {
        const struct judged_program *asked = &j->programs[i];
        struct entitled now;
        if (!asked->program || (is_sale && !(entitled_earns_as(j, asked->program) & kinds))) continue;
        if (!ask(j, asked, &now)) continue;
        if (found && !now.overflow && now.minor <= e->minor) continue;
        *e = now;
        found = true;
    }
    return found;
}
