/* claimctl/rule_values.c: rule results over the sections of a dossier. */
#include "claimctl/rule_values.h"

static const enum section judging[] = { SECTION_CLASSIFICATION, SECTION_CLEARANCE, SECTION_PAYOUT };
enum { JUDGING_COUNT = sizeof judging / sizeof judging[0] };

void rule_put_name(struct text *t, const struct rule_row *row)
{
    for (size_t i = 0; i < row->word.size; i++) text_put_byte(t, row->word.bytes[i] == '_' ? '-' : row->word.bytes[i]);
}

const struct rule_result *rule_values_find(const struct dossier *d, const struct rule_row *row)
{
    const struct rule_result *found = NULL;
    for (unsigned s = 0; s < JUDGING_COUNT; s++) {
        const struct judgement *j = dossier_judgement(d, judging[s]);
        for (unsigned i = 0; j && i < j->rule_result_count; i++) {
            const struct rule_result *r = &j->rule_results[i];
            bool stronger = r->number == row->number && (!found || found->value == TRUTH_FALSE);
            if (stronger) found = r;
        }
    }
    return found;
}

struct slice rule_values_of(const struct dossier *d, const struct rule_row *row)
{
    const struct rule_result *r = rule_values_find(d, row);
    if (r) return word_text(VOCABULARY_TRUTH, r->value);
    for (unsigned s = 0; s < JUDGING_COUNT; s++) {
        const struct judgement *j = dossier_judgement(d, judging[s]);
        if (j && j->rules_false[row->id / 8] >> row->id % 8 & 1) return SLICE("FALSE");
    }
    return SLICE("silent");
}

void rule_values_asked(const struct dossier *d, uint8_t bits[RULES_FALSE_BYTES])
{
    for (unsigned s = 0; s < JUDGING_COUNT; s++) {
        const struct judgement *j = dossier_judgement(d, judging[s]);
        for (unsigned i = 0; j && i < RULES_FALSE_BYTES; i++) bits[i] |= j->rules_false[i];
        for (unsigned i = 0; j && i < j->rule_result_count; i++) {
            const struct rule_row *row = rule_by_number(j->rule_results[i].number);
            if (row) bits[row->id / 8] |= (uint8_t)(1u << row->id % 8);
        }
    }
}
