/* compliance/required.c: fields a kind cannot do without, and dates of tomorrow. Pure. */
#include "compliance/required.h"

#include "domain/calendar.h"

static bool has_money(const struct line *l)
{
    return l->has_resale_unit_micros || l->has_book_unit_micros || l->has_claimed_cost_unit_micros || l->has_claimed_debit_unit_micros
        || l->has_unit_price_micros || l->has_claimed_amount_minor || l->has_extended_amount_minor || l->amount_minor
        || l->spend_amount_minor || (l->deal && l->deal->value_minor);
}

static char letter_of(enum kind kind)
{
    switch (kind) {
    case KIND_AGREEMENT: return 'a';
    case KIND_DEAL_REGISTRATION: return 'd';
    case KIND_MDF_PREAPPROVAL: return 'm';
    case KIND_REP_ROSTER: return 'r';
    default: return kind_letter(kind);
    }
}

static void name_field(struct text *fields, struct slice name)
{
    if (fields->size) PUT(fields, ", ");
    text_put(fields, name);
}

/* Letters of the kind and, for a REPLACE, of its new content. */
static bool is_asked(struct slice kinds, char letter, char content)
{
    return slice_find(kinds, letter) < kinds.size || slice_find(kinds, content) < kinds.size;
}

enum truth required_is_missing(struct judging *j, struct finding *f)
{
    const struct line *l = j->line;
    char letter = letter_of(l->kind), content = letter_of(j->kind);
    char buffer[400];
    struct text fields = text_over(buffer, sizeof buffer);
#define REQUIRED(name, kinds, is_missing) \
    if (is_asked(SLICE(kinds), letter, content) && (is_missing)) name_field(&fields, SLICE(name));
#include "compliance/required_field.def"
#undef REQUIRED
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
