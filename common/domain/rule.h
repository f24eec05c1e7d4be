/* domain/rule.h: what the record, the console and the metrics need of a rule (screening.md 1.5). */
#ifndef DOMAIN_RULE_H
#define DOMAIN_RULE_H

#include "domain/vocabulary.h"

enum rule_class {
    RULE_CLASS_HARD,
    RULE_CLASS_HARD_ADJUST,
    RULE_CLASS_HARD_HOLD,
    RULE_CLASS_ADJUST,
    RULE_CLASS_HOLD,
    RULE_CLASS_HOLD_ADJUST,
    RULE_CLASS_HOLD_SCORE,
    RULE_CLASS_SCORE,
    RULE_CLASS_NOTE,
};

/* Index of a rule in the list; its bit in rules_false has the same number. */
enum rule_id {
#define RULE(number, id, bit, name, stage, class, wave) RULE_##id = bit,
#include "domain/rule.def"
#undef RULE
    RULE_COUNT
};

struct rule_row {
    uint32_t        number;
    enum rule_id    id;
    struct slice    word, name;                     /* "DUP-01", "business duplicate" */
    enum stage_id   stage;                          /* STAGE_UNSPECIFIED: all */
    enum rule_class class;
    unsigned        wave;
};

/* Never NULL: asserts that it is one of the list. */
const struct rule_row *rule_row(enum rule_id id);
const struct rule_row *rule_by_number(uint32_t number);     /* NULL when unknown */
const struct rule_row *rule_by_word(struct slice word);     /* "DUP-01"; NULL when unknown */

/* ENFORCE in the first wave, OFF in the second until it is built (screening.md 5.2). */
enum rule_mode rule_default_mode(enum rule_id id);

/* Rules that no ruleset may switch off or into shadow (screening.md 5.2). */
bool rule_is_always_enforced(enum rule_id id);

#endif
