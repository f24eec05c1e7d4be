/* compliance/preapprovals.c: which claims on pre-approved money wait here. Pure. The row of a root and program lists
 * them by line; what they quote stands in their dossiers, so that a line that was withdrawn is none any more. */
#include "compliance/preapprovals.h"

#include "base/assert.h"

static struct slice row_key(const struct judging *j, struct slice program_id)
{
    return BOOKS_KEY(j->arena, j->root, program_id);
}

/* The number that a line quotes while it waits here; empty: it waits no more. */
static struct slice number_waiting(const struct judging *j, struct slice line_id)
{
    bool found = false;
    const struct waiting_line *w = books_read(j->v->books, STAGE_TABLE_WAITING, line_id, &found);
    return found && w->dossier && w->dossier->line ? w->dossier->line->preapproval_no : (struct slice){ 0 };
}

void preapprovals_name_held(struct judging *j, struct clearance *c)
{
    if (j->kind != KIND_PERIOD_CLOSE || j->line->close != CLOSE_USAGE || j->is_refused) return;
    const struct match_sales *claims = judging_read(j, COMPLIANCE_PREAPPROVED, row_key(j, j->line->program_id));
    struct slice *numbers = ARENA_ARRAY(j->arena, claims->waiting_count + 1, struct slice);
    unsigned count = 0;
    ASSERT(claims->waiting_count <= MATCH_LINES_MAX);
    for (unsigned i = 0; i < claims->waiting_count; i++) {
        struct slice number = number_waiting(j, claims->waiting[i].line_id);
        if (number.size) numbers[count++] = number;
    }
    c->held_preapprovals = (struct texts){ numbers, count };
    if (claims->left_out == 0 || review_last(j->v->review, VERB_RELEASE)) return;
    reason_argument(verdict_give(j->v, REASON_DATA_CONFLICT), SLICE("what"), SLICE("waiting claims"));
}

static bool quotes(const struct judging *j)
{
    return j->kind == KIND_MDF_CLAIM && j->line->kind != KIND_CANCEL && j->line->preapproval_no.size
        && j->program_count && !j->is_refused;
}

/* Lines that were withdrawn left their place behind. All are asked, so that their rows come in one pass. */
static void make_room(const struct judging *j, struct match_sales *claims)
{
    if (claims->waiting_count < MATCH_LINES_MAX) return;
    for (unsigned i = claims->waiting_count; i-- > 0;)
        if (!number_waiting(j, claims->waiting[i].line_id).size)
            judging_drop_waiting(claims, claims->waiting[i].line_id);
}

static bool stands_in(const struct match_sales *claims, struct slice line_id)
{
    for (unsigned i = 0; i < claims->waiting_count; i++)
        if (slice_equal(claims->waiting[i].line_id, line_id)) return true;
    return false;
}

/* One that found no place is counted, so that a close knows of it. A line that was withdrawn is counted on: the close
 * asks a person once more than it needs to, and never once less. */
static void put(const struct judging *j, struct match_sales *claims)
{
    make_room(j, claims);
    if (claims->waiting_count == MATCH_LINES_MAX) claims->left_out++;
    else claims->waiting[claims->waiting_count++] = (struct match_sale){ .line_id = j->line_id, .ship_date = j->date };
}

void preapprovals_record(struct judging *j, enum outcome outcome)
{
    bool waits = outcome == OUTCOME_HOLD || outcome == OUTCOME_PARK, waited = j->before->state == FOOTPRINT_OPEN;
    if (!quotes(j) || (!waits && !waited)) return;
    struct match_sales *claims =
        judging_change(j, COMPLIANCE_PREAPPROVED, row_key(j, j->programs[0].candidate->program_id));
    if (waited && !stands_in(claims, j->line_id) && claims->left_out) claims->left_out--;
    judging_drop_waiting(claims, j->line_id);
    if (waits) put(j, claims);
}
