/* compliance/slot_conflicts.c: the case of slot_case.c, opened by what works between lines. */
#include "compliance/slot_conflicts.h"

#include "base/assert.h"
#include "compliance/slot_case.h"
#include "compliance/stored_rows.h"
#include "compliance/tables.h"

bool slot_conflicts_is_own(const struct registry_request *q)
{
    return q->holder_count > 0 && slice_equal(q->holders[0].root_id, q->claim.root_id);
}

enum err slot_conflicts_open(struct stage_env *env, const struct registry_request *q)
{
    struct footprint f;
    ASSERT(q->holder_count > 0);
    if (slot_conflicts_is_own(q) || env->case_count == STAGE_CASES_MAX) return OK;
    TRY(stored_rows_get(env, COMPLIANCE_LINES, tables_line_key(env->arena, q->claim.root_id, q->claim.line_id), &f));
    struct clearance *c = slot_case(env->arena, q->key, &q->claim, &q->holders[0]);
    env->cases[env->case_count++] = (struct stage_case){ q->claim.root_id, q->claim.line_id, f.document_id, c, false };
    return OK;
}
