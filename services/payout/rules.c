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

struct rule_set { uint64_t words[2]; };

static void add_rules(struct rule_set *set, const struct reason *reasons, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        enum rule_id rule = rule_of(reasons[i].code);
        if (rule < RULE_COUNT) set->words[rule / 64] |= (uint64_t)1 << rule % 64;
    }
}

/* The rules that spoke on the line or under one of its programs. */
static struct rule_set spoken(const struct verdict *v)
{
    struct rule_set set = { { 0 } };
    const struct payout_section *section = v->section;
    add_rules(&set, v->judgement->reasons, v->judgement->reason_count);
    for (unsigned p = 0; p < section->program_count; p++)
        add_rules(&set, section->programs[p].reasons, section->programs[p].reason_count);
    return set;
}

static void note_spoken(struct verdict *v, enum rule_id rule)
{
    const struct reason *given = given_by(v, rule);
    struct rule_result *result = verdict_note(v, rule_row(rule)->number, RULE_MODE_ENFORCE, truth_of(given));
    result->reason = given->code;
}

void rules_note(const struct dossier *d, struct verdict *v)
{
    ASSERT(d->line && v->judgement);
    struct rule_set spoke = spoken(v);
    for (unsigned i = 0; i < ASKING_COUNT; i++) {
        enum rule_id rule = askings[i].rule;
        if (!(askings[i].kinds & KIND_BIT(d->line->kind))) continue;
        if (spoke.words[rule / 64] >> rule % 64 & 1) note_spoken(v, rule);
        else verdict_note_false(v, rule);
    }
}
