/* compliance/slot_case.c: two lines in one slot, for people. Pure. */
#include "compliance/slot_case.h"

#include "base/assert.h"
#include "base/hash.h"
#include "domain/rule.h"

enum { CONFLICT_EVIDENCE = 3 };

static struct rule_result *result_of(struct arena *a, struct slice slot_key, const struct registry_claim *own,
                                     const struct registry_claim *other)
{
    struct evidence *evidence = ARENA_ARRAY(a, CONFLICT_EVIDENCE, struct evidence);
    struct rule_result *result = ARENA_NEW(a, struct rule_result);
    evidence[0] = (struct evidence){ .kind = EVIDENCE_SLOT, .id = slot_key };
    evidence[1] = (struct evidence){ .kind = EVIDENCE_LINE, .id = own->line_id, .text = own->root_id };
    evidence[2] = (struct evidence){ .kind = EVIDENCE_LINE, .id = other->line_id, .text = other->root_id };
    *result = (struct rule_result){ .number = rule_row(RULE_SER_02)->number,
                                    .version = 1,
                                    .mode = RULE_MODE_ENFORCE,
                                    .value = TRUTH_TRUE,
                                    .reason = REASON_SERIAL_OTHER_PARTNER,
                                    .evidence = evidence,
                                    .evidence_count = CONFLICT_EVIDENCE };
    return result;
}

struct clearance *slot_case(struct arena *a, struct slice slot_key, const struct registry_claim *own,
                            const struct registry_claim *other)
{
    ASSERT(slot_key.size && own->root_id.size && own->line_id.size && other->line_id.size);
    struct id_part parts[] = { ID_TEXT(SLICE("PARTNER")), ID_TEXT(own->root_id), ID_TEXT(slot_key),
                               ID_TEXT(SLICE("SLOT")) };
    struct slice *line_ids = ARENA_ARRAY(a, 2, struct slice);
    struct reason *reason = ARENA_NEW(a, struct reason);
    struct clearance *c = ARENA_NEW(a, struct clearance);
    line_ids[0] = own->line_id;
    line_ids[1] = other->line_id;
    *reason = (struct reason){ .code = REASON_SERIAL_OTHER_PARTNER, .outcome = OUTCOME_HOLD };
    *c = (struct clearance){
        .judgement = { .outcome = OUTCOME_HOLD,
                       .reasons = reason,
                       .reason_count = 1,
                       .rule_results = result_of(a, slot_key, own, other),
                       .rule_result_count = 1,
                       .waiting = { .reason = REASON_SERIAL_OTHER_PARTNER } },
        .case_id = hash_id(a, parts, sizeof parts / sizeof parts[0]),
        .case_kind = CASE_KIND_PARTNER,
        .case_subject = own->root_id,
        .case_line_ids = { line_ids, 2 },
    };
    return c;
}
