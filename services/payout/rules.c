/* payout/rules.c: reasons back to the rules that gave them. */
#include "payout/rules.h"

#include "base/assert.h"
#include "domain/rule.h"

struct speech { enum rule_id rule; enum reason_code reason; };

static const struct speech speeches[] = {
#define SPEAKS(rule, reason) { RULE_##rule, REASON_##reason },
#include "payout/rules.def"
};
enum { SPEECH_COUNT = sizeof speeches / sizeof speeches[0] };

enum {
    CLAIMS = KIND_BIT(KIND_SHIP_DEBIT_CLAIM) | KIND_BIT(KIND_SPIFF_CLAIM) | KIND_BIT(KIND_DEAL_CLAIM),
    AUTOMATIC = KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_SELL_IN),
    SPIFFS = KIND_BIT(KIND_SPIFF_CLAIM) | KIND_BIT(KIND_POS_SALE),
    STOCK = KIND_BIT(KIND_PRICE_PROTECTION_CLAIM) | KIND_BIT(KIND_ROTATION_CLAIM),
    MARKETING = KIND_BIT(KIND_MDF_CLAIM),
};

static const struct asking { enum rule_id rule; unsigned kinds; } askings[] = {
#define ASKED(rule, kinds) { RULE_##rule, kinds },
#include "payout/rules.def"
};
enum { ASKING_COUNT = sizeof askings / sizeof askings[0] };

static enum truth truth_of(const struct reason *given)
{
    if (given->outcome == OUTCOME_PARK) return TRUTH_WAIT;
    bool fault = given->code == REASON_DATA_CONFLICT || given->code == REASON_NUMBER_OVERFLOW;
    return fault ? TRUTH_FAULT : TRUTH_TRUE;
}

/* The reason by which a rule spoke, the first of its list. */
static const struct reason *given_by(const struct verdict *v, enum rule_id rule)
{
    const struct payout_section *section = v->section;
    for (unsigned i = 0; i < SPEECH_COUNT; i++) {
        if (speeches[i].rule != rule) continue;
        for (unsigned k = 0; k < v->judgement->reason_count; k++)
            if (v->judgement->reasons[k].code == speeches[i].reason) return &v->judgement->reasons[k];
        for (unsigned p = 0; p < section->program_count; p++)
            for (unsigned k = 0; k < section->programs[p].reason_count; k++)
                if (section->programs[p].reasons[k].code == speeches[i].reason) return &section->programs[p].reasons[k];
    }
    NEVER();
}

/* The rule that speaks by a reason; RULE_COUNT: none. */
static enum rule_id rule_of(enum reason_code code)
{
    switch (code) {
#define SPEAKS(rule, reason) case REASON_##reason: return RULE_##rule;
#include "payout/rules.def"
    default: return RULE_COUNT;
    }
}

/* Bits by rule, as a record keeps those of rules that were false. */
struct rule_set { uint8_t bytes[RULES_FALSE_BYTES]; };

static void put_rule(struct rule_set *set, enum rule_id rule)
{
    ASSERT(rule < 8 * RULES_FALSE_BYTES);
    set->bytes[rule / 8] |= (uint8_t)(1u << rule % 8);
}

static bool has_rule(const struct rule_set *set, enum rule_id rule)
{
    return set->bytes[rule / 8] >> rule % 8 & 1;
}

/* By kind of line: the same rules are asked of each. */
static struct rule_set asked[KIND_COUNT];

__attribute__((constructor)) static void list_asked(void)
{
    for (unsigned i = 0; i < ASKING_COUNT; i++)
        for (unsigned kind = 0; kind < KIND_COUNT; kind++)
            if (askings[i].kinds & KIND_BIT(kind)) put_rule(&asked[kind], askings[i].rule);
}

static unsigned add_rules(struct rule_set *set, const struct reason *reasons, unsigned count)
{
    unsigned added = 0;
    for (unsigned i = 0; i < count; i++) {
        enum rule_id rule = rule_of(reasons[i].code);
        if (rule == RULE_COUNT) continue;
        put_rule(set, rule);
        added++;
    }
    return added;
}

/* The rules that spoke on the line or under one of its programs; answers whether there are any. */
static bool find_spoken(const struct verdict *v, struct rule_set *set)
{
    const struct payout_section *section = v->section;
    unsigned found = add_rules(set, v->judgement->reasons, v->judgement->reason_count);
    for (unsigned p = 0; p < section->program_count; p++)
        found += add_rules(set, section->programs[p].reasons, section->programs[p].reason_count);
    return found > 0;
}

static void note_spoken(struct verdict *v, enum rule_id rule)
{
    const struct reason *given = given_by(v, rule);
    struct rule_result *result = verdict_note(v, rule_row(rule)->number, RULE_MODE_ENFORCE, truth_of(given));
    result->reason = given->code;
}

void rules_note(const struct dossier *d, struct verdict *v)
{
    struct rule_set spoke = { { 0 } };
    ASSERT(d->line && v->judgement && d->line->kind < KIND_COUNT);
    bool any = find_spoken(v, &spoke);
    const struct rule_set *all = &asked[d->line->kind];
    for (unsigned i = 0; i < RULES_FALSE_BYTES; i++)
        v->judgement->rules_false[i] |= (uint8_t)(all->bytes[i] & ~spoke.bytes[i]);
    for (unsigned i = 0; any && i < ASKING_COUNT; i++)
        if (has_rule(all, askings[i].rule) && has_rule(&spoke, askings[i].rule)) note_spoken(v, askings[i].rule);
}
