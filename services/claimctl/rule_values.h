/* claimctl/rule_values.h: what the rules said of a line, read from its sections. */
#ifndef CLAIMCTL_RULE_VALUES_H
#define CLAIMCTL_RULE_VALUES_H

#include "domain/dossier.h"
#include "domain/rule.h"

/* "DUP-03", as people write what is DUP_03 in code. */
void rule_put_name(struct text *t, const struct rule_row *row);

/* The result that stands for the rule; NULL: it was FALSE or not asked. */
const struct rule_result *rule_values_find(const struct dossier *d, const struct rule_row *row);

/* TRUE, FALSE, WAIT, FAULT, or "silent" when it was not asked. */
struct slice rule_values_of(const struct dossier *d, const struct rule_row *row);

/* Sets the bit of every rule that was asked. */
void rule_values_asked(const struct dossier *d, uint8_t bits[RULES_FALSE_BYTES]);

#endif
