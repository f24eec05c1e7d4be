/* domain/rule.c: the rule catalogue as a table. */
#include "domain/rule.h"

#include "base/assert.h"

enum { STAGE_ALL = 0 };                             /* the word of rule.def for every stage */

static const struct rule_row rows[RULE_COUNT] = {
#define RULE(number, id, bit, name, stage, class, wave) \
    [bit] = { number, RULE_##id, SLICE_INIT(#id), SLICE_INIT(name), (enum stage_id)STAGE_##stage, RULE_CLASS_##class, \
    wave },
#include "domain/rule.def"
#undef RULE
};

_Static_assert(RULE_COUNT <= 128, "rules_false has 16 bytes");

const struct rule_row *rule_row(enum rule_id id)
{
    ASSERT(id < RULE_COUNT);
    return &rows[id];
}

const struct rule_row *rule_by_number(uint32_t number)
{
    switch (number) {
#define RULE(number, id, bit, name, stage, class, wave) case number: return &rows[bit];
#include "domain/rule.def"
#undef RULE
    default: return NULL;
    }
}

/* "DUP-01" is DUP_01 in C. */
const struct rule_row *rule_by_word(struct slice word)
{
    char id[16];
    if (word.size >= sizeof id) return NULL;
    for (size_t i = 0; i < word.size; i++) id[i] = word.bytes[i] == '-' ? '_' : word.bytes[i];
    for (unsigned i = 0; i < RULE_COUNT; i++)
        if (slice_equal(rows[i].word, slice_of(id, word.size))) return &rows[i];
    return NULL;
}

enum rule_mode rule_default_mode(enum rule_id id)
{
    return rule_row(id)->wave == 1 ? RULE_MODE_ENFORCE : RULE_MODE_OFF;
}

bool rule_is_always_enforced(enum rule_id id)
{
    switch (id) {
    case RULE_DUP_01:
    case RULE_DUP_05:
    case RULE_SER_01:
    case RULE_SER_06:
    case RULE_ELG_01:
    case RULE_ELG_02:
    case RULE_ELG_03:
    case RULE_ELG_04: case RULE_SCR_01: case RULE_SCR_02: case RULE_FIN_01: case RULE_FIN_02: case RULE_SYS_01:
        return true;
    default:
        return rule_row(id)->stage == STAGE_PAYOUT;
    }
}
