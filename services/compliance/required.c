/* compliance/required.c: fields a kind cannot do without, and dates of tomorrow. Pure. */
#include "compliance/required.h"

#include "compliance/kind_letters.h"
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
    finding_observe(f, SLICE("missing"), missing);
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
    reason_argument(finding_give(f, REASON_SHIP_FUTURE, OUTCOME_REJECT), SLICE("date"), date_text(j->arena, date));
    return TRUTH_TRUE;
}
