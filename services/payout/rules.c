/* payout/rules.c: reasons back to the rules that gave them. */
#include "payout/rules.h"

#include "base/assert.h"
#include "domain/rule.h"

struct speech { enum rule_id rule; enum reason_code reason; };

static const struct speech speeches[] = {
#define SPEAKS(rule, reason) { RULE_##rule, REASON_##reason },
#include "payout/rules.def"
#undef SPEAKS
};
enum { SPEECH_COUNT = sizeof speeches / sizeof speeches[0] };

/* The kinds that a rule is asked of. */
static unsigned kinds_of(enum rule_id rule)
{
    static const unsigned claims = KIND_BIT(KIND_SHIP_DEBIT_CLAIM) | KIND_BIT(KIND_SPIFF_CLAIM)
                                   | KIND_BIT(KIND_DEAL_CLAIM);
    static const unsigned automatic = KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_SELL_IN);
    switch (rule) {
    case RULE_INV_03: return KIND_BIT(KIND_PRICE_PROTECTION_CLAIM) | KIND_BIT(KIND_ROTATION_CLAIM);
    case RULE_MDF_01:
    case RULE_MDF_02:
    case RULE_DOC_01: return KIND_BIT(KIND_MDF_CLAIM);
    case RULE_TAX_01:
    case RULE_TAX_02: return KIND_BIT(KIND_SPIFF_CLAIM) | KIND_BIT(KIND_POS_SALE);
    case RULE_SYS_01: return ~0u;
    case RULE_AGR_03:
        return claims | automatic | KIND_BIT(KIND_MDF_CLAIM) | KIND_BIT(KIND_PRICE_PROTECTION_CLAIM)
               | KIND_BIT(KIND_ROTATION_CLAIM);
    case RULE_PRC_01:
        return claims | KIND_BIT(KIND_MDF_CLAIM) | KIND_BIT(KIND_PRICE_PROTECTION_CLAIM)
               | KIND_BIT(KIND_ROTATION_CLAIM);
    default:          return claims | automatic;
    }
}

static enum truth truth_of(const struct reason *given)
{
    if (given->outcome == OUTCOME_PARK) return TRUTH_WAIT;
    bool fault = given->code == REASON_DATA_CONFLICT || given->code == REASON_NUMBER_OVERFLOW;
    return fault ? TRUTH_FAULT : TRUTH_TRUE;
}

/* The reason by which a rule spoke; its speeches stand one behind the other. */
static const struct reason *given_by(const struct verdict *v, unsigned first)
{
    const struct payout_section *section = v->section;
    for (unsigned i = first; i < SPEECH_COUNT && speeches[i].rule == speeches[first].rule; i++) {
        for (unsigned k = 0; k < v->judgement->reason_count; k++)
            if (v->judgement->reasons[k].code == speeches[i].reason) return &v->judgement->reasons[k];
        for (unsigned p = 0; p < section->program_count; p++)
            for (unsigned k = 0; k < section->programs[p].reason_count; k++)
                if (section->programs[p].reasons[k].code == speeches[i].reason) return &section->programs[p].reasons[k];
    }
    return NULL;
}

static void note_rule(struct verdict *v, unsigned first)
{
    enum rule_id rule = speeches[first].rule;
    const struct reason *given = given_by(v, first);
    if (!given) {
        verdict_note_false(v, rule);
        return;
    }
    struct rule_result *result = verdict_note(v, rule_row(rule)->number, RULE_MODE_ENFORCE, truth_of(given));
    result->reason = given->code;
}

void rules_note(const struct dossier *d, struct verdict *v)
{
    ASSERT(d->line && v->judgement);
    for (unsigned i = 0; i < SPEECH_COUNT; i++) {
        bool first = i == 0 || speeches[i - 1].rule != speeches[i].rule;
        if (first && kinds_of(speeches[i].rule) & KIND_BIT(d->line->kind)) note_rule(v, i);
    }
}
