/* compliance/sampling.c: some of what passes, by a hash of its id. */
#include "compliance/sampling.h"

#include "base/hash.h"

enum { BASIS_POINTS = 10000 };

static struct slice case_id_of(const struct judging *j)
{
    struct id_part parts[] = { ID_TEXT(SLICE("SAMPLE")), ID_TEXT(j->root), ID_TEXT(j->line_id), ID_TEXT(SLICE("")) };
    return hash_id(j->arena, parts, sizeof parts / sizeof parts[0]);
}

void sampling_record(struct judging *j, enum outcome outcome)
{
    if (outcome != OUTCOME_PASS || j->v->case_count == VERDICT_CASES_MAX) return;
    if (hash_short(j->line_id) % BASIS_POINTS >= (uint64_t)j->policy->review_sample_bp) return;
    struct slice *line_ids = ARENA_NEW(j->arena, struct slice);
    struct clearance *c = ARENA_NEW(j->arena, struct clearance);
    *line_ids = j->line_id;
    *c = (struct clearance){
        .judgement = { .outcome = OUTCOME_HOLD }, .case_id = case_id_of(j), .case_kind = CASE_KIND_SAMPLE,
        .case_subject = j->line_id, .case_line_ids = { line_ids, 1 },
    };
    j->v->cases[j->v->case_count++] = c;
}
