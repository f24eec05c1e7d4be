/* compliance/required.c: fields a kind cannot do without, and dates of tomorrow. Pure. */
#include "compliance/required.h"

#include "domain/calendar.h"

static bool has_money(const struct line *l)
{
    return l->has_resale_unit_micros || l->has_book_unit_micros || l->has_claimed_cost_unit_micros
        || l->has_claimed_debit_unit_micros
        || l->has_unit_price_micros || l->has_claimed_amount_minor || l->has_extended_amount_minor || l->amount_minor
        || l->spend_amount_minor || (l->deal && l->deal->value_minor);
}

static void name_field(struct text *fields, struct slice name)
{
    if (fields->size) PUT(fields, ", ");
    text_put(fields, name);
}

/* The letters of domain.md 3.2 as bits of kinds. */
enum {
    S = KIND_BIT(KIND_POS_SALE), R = KIND_BIT(KIND_POS_RETURN), C = KIND_BIT(KIND_CANCEL), X = KIND_BIT(KIND_REPLACE),
    D = KIND_BIT(KIND_SHIP_DEBIT_CLAIM), M = KIND_BIT(KIND_MDF_CLAIM), P = KIND_BIT(KIND_SPIFF_CLAIM),
        G = KIND_BIT(KIND_DEAL_CLAIM),
    W = KIND_BIT(KIND_PRICE_PROTECTION_CLAIM), O = KIND_BIT(KIND_ROTATION_CLAIM), I = KIND_BIT(KIND_SELL_IN),
    T = KIND_BIT(KIND_TRANSFER_OUT) | KIND_BIT(KIND_TRANSFER_IN), J = KIND_BIT(KIND_STOCK_ADJUST),
        V = KIND_BIT(KIND_INVENTORY),
    Ag = KIND_BIT(KIND_AGREEMENT), Dr = KIND_BIT(KIND_DEAL_REGISTRATION), Pa = KIND_BIT(KIND_MDF_PREAPPROVAL),
        Ro = KIND_BIT(KIND_REP_ROSTER),
    F = KIND_BIT(KIND_FUND_ADJUSTMENT), K = KIND_BIT(KIND_PERIOD_CLOSE), A = KIND_BIT(KIND_ADJUSTMENT),
        Z = KIND_BIT(KIND_REVERSE),
    Y = KIND_BIT(KIND_RERATE), E = KIND_BIT(KIND_SETTLEMENT),
};

/* Of the kind and, for a REPLACE, of its new content. */
static void find_missing(const struct line *l, unsigned kinds, struct text *fields)
{
#define REQUIRED(name, of, is_missing) \
    if (kinds & (unsigned)(of) && (is_missing)) name_field(fields, SLICE(name));
#include "compliance/required_field.def"
#undef REQUIRED
}

enum truth required_is_missing(struct judging *j, struct finding *f)
{
    char buffer[400];
    struct text fields = text_over(buffer, sizeof buffer);
    find_missing(j->line, KIND_BIT(j->line->kind) | KIND_BIT(j->kind), &fields);
    if (!fields.size) return TRUTH_FALSE;
    struct slice missing = slice_copy(j->arena, text_slice(&fields));
    reason_argument(finding_give(f, REASON_FIELD_MISSING, OUTCOME_REJECT), SLICE("field"), missing);
    f->observed = (struct figure){ .name = SLICE("missing"), .text = missing };
    return TRUTH_TRUE;
}

enum truth required_date_is_future(struct judging *j, struct finding *f)
{
    const struct line *l = j->line;
    int32_t date = l->ship_date > l->order_date ? l->ship_date : l->order_date;
    if (!date || kind_is_reference(j->kind) || kind_is_operator(j->kind)) return TRUTH_UNSPECIFIED;
    int32_t last = date_add_days(j->class->received_date, j->policy->future_days);
    finding_figures(f, SLICE("date"), date, last, SLICE("date"));
    if (date <= last) return TRUTH_FALSE;
    reason_argument(finding_give(f, REASON_SHIP_FUTURE, OUTCOME_REJECT), SLICE("date"), judging_date_text(j, date));
    return TRUTH_TRUE;
}
