/* compliance/slot_answers.c: answers beside what is owed. */
#include "compliance/slot_answers.h"

#include "domain/footprint.h"

#include <stdlib.h>

static int by_serial(const void *serial, const void *answer)
{
    return slice_compare(*(const struct slice *)serial, ((const struct slot_answer *)answer)->serial);
}

/* A line has up to FOOTPRINT_SERIALS_MAX serials in each of its programs, and asks for all of them more than once. */
const struct slot_answer *slot_answers_find(const struct judging *j, struct slice program_id, struct slice serial)
{
    unsigned each = j->facts->slots_of_program;
    for (unsigned at = 0; at < j->facts->slot_count; at += each) {
        const struct slot_answer *of_program = &j->facts->slots[at];
        if (slice_equal(of_program->program_id, program_id))
            return bsearch(&serial, of_program, each, sizeof *of_program, by_serial);
    }
    return NULL;
}

bool slot_answers_is_elsewhere(const struct judging *j, const struct slot_answer *answer)
{
    return answer->holder_root_id.size && !slice_equal(answer->holder_root_id, j->root);
}

/* What goes to another line stays the root's. */
static bool gives_up(const struct outbox_slot *owed, struct slice line_id)
{
    if (!owed->line_id.size || (owed->next_line_id.size && !owed->next_is_released)) return false;
    return slice_equal(owed->line_id, line_id) || slice_equal(owed->next_line_id, line_id);
}

static bool is_given_up(struct judging *j, const struct slot_answer *answer)
{
    if (!slot_answers_is_elsewhere(j, answer)) return false;
    struct slice row = BOOKS_KEY(j->arena, answer->holder_root_id, SLICE("serial"), answer->program_id, answer->serial);
    return gives_up(judging_read(j, COMPLIANCE_OUTBOX, row), answer->holder_line_id);
}

bool slot_answers_any_given_up(struct judging *j, const struct slot_answer *answers, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (is_given_up(j, &answers[i])) return true;
    return false;
}

bool slot_answers_deal_left(struct judging *j, struct slice conflict_key, const struct deal_claim *claim)
{
    struct slice row = BOOKS_KEY(j->arena, claim->root_id, SLICE("deal"), conflict_key, claim->line_id);
    return gives_up(judging_read(j, COMPLIANCE_OUTBOX, row), claim->line_id);
}
