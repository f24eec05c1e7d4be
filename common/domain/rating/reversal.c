/* domain/rating/reversal.c: from payouts and lines named to what is live of them. */
#include "domain/rating/reversal.h"

#include "base/assert.h"
#include "domain/rating/adjustments.h"
#include "domain/rating/award.h"
#include "domain/rating/cancel.h"
#include "domain/rating/close_reversal.h"
#include "domain/rating/original.h"
#include "domain/rating/undo_return.h"

static void give_unknown(struct rating *r, struct slice name)
{
    if (award_is_released(r, REASON_TARGET_UNKNOWN) || verdict_has(r->v, REASON_TARGET_UNKNOWN)) return;
    reason_argument(verdict_give(r->v, REASON_TARGET_UNKNOWN), SLICE("original"), name);
}

/* What a CANCEL took back is said again by its line, sent again. */
static bool can_be_reversed(const struct line_row *line)
{
    if (kind_is_reference(line->kind) || line->kind == KIND_CANCEL) return false;
    return !kind_is_operator(line->kind) || line->kind == KIND_ADJUSTMENT || line->kind == KIND_PERIOD_CLOSE;
}

/* Refused or withdrawn before it came here: nothing of it was paid. */
static bool ended_before(const struct rating *r, struct slice line_id)
{
    const struct clearance *c = r->dossier->clearance;
    for (unsigned i = 0; c && i < c->ended_line_refs.count; i++)
        if (slice_equal(c->ended_line_refs.items[i], line_id)) return true;
    return false;
}

/* The row of a line to reverse; NULL: nothing of it lives, it waits, or it is none that can be reversed. */
static struct line_row *find_line(struct rating *r, struct slice line_id, struct slice name)
{
    bool found;
    const struct line_row *line = original_to_read(r, line_id, &found);
    if (!found && (ended_before(r, line_id) || original_await(r, line_id))) return NULL;
    if (found && can_be_reversed(line))
        return original_stands(line) ? books_change(r->books, PAYOUT_LINES, RATING_KEY(r, line_id)) : NULL;
    give_unknown(r, name);
    return NULL;
}

static const struct program *version_of(const struct rating *r, const struct line_program *kept)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, kept->program_id);
    return h ? program_version(h, kept->version) : NULL;
}

static void name_cause(struct rating *r, unsigned first)
{
    ASSERT(first <= r->posting_count);
    for (unsigned i = first; i < r->posting_count; i++)
        r->postings[i].cause = word_text(VOCABULARY_CAUSE, r->line->cause);
}

/* A volume entry: the contribution is withdrawn, the accumulator posts its delta. */
static void withdraw(struct rating *r, struct line_row *line, struct slice line_id, struct line_program *kept)
{
    unsigned first = r->posting_count;
    int64_t magnitude = kept->accepted_milli < 0 ? -kept->accepted_milli : kept->accepted_milli;
    ASSERT(kept->returned_milli <= magnitude);
    adjustments_take_back_volume(r, line, line_id, kept, magnitude - kept->returned_milli);
    name_cause(r, first);
}

/* What a return took back under a program is paid and counted again, once; the goods stay where they are. */
static void give_again(struct rating *r, struct line_row *returned, struct line_program *done)
{
    unsigned first = r->posting_count;
    original_adopt(r, returned);
    undo_return_program(r, returned, done);
    name_cause(r, first);
    done->reversed = true;
}

static void reverse_program(struct rating *r, struct line_row *line, struct slice line_id, struct line_program *kept)
{
    if (line->pieces_count) {
        give_again(r, line, kept);
        return;
    }
    kept->reversed = true; /* also where returns left nothing: their CANCEL gives nothing again */
    if (kept->ended) return;
    if (line->kind == KIND_PERIOD_CLOSE) {
        unsigned first = r->posting_count;
        close_reversal_take_back(r, line, line_id, kept);
        name_cause(r, first);
        return;
    }
    if (kept->volume) withdraw(r, line, line_id, kept);
    else adjustments_take_back(r, line, line_id, kept, kept->accepted_milli - kept->returned_milli, r->line->cause);
    if (!kept->volume) cancel_claim(r, line, line_id, kept->program_id);
}

/* Of a claim, or of manual money, nothing is left. */
static void end_if_nothing_lives(struct line_row *line)
{
    if (kind_is_automatic(line->kind) || line->pieces_count) return;
    for (unsigned i = 0; i < line->programs_count; i++)
        if (!line->programs[i].ended) return;
    line->ended = true;
}

static void reverse_line(struct rating *r, struct slice line_id)
{
    struct line_row *line = find_line(r, line_id, line_id);
    for (unsigned i = 0; line && i < line->programs_count; i++) reverse_program(r, line, line_id, &line->programs[i]);
    if (line) end_if_nothing_lives(line);
}

/* An entry of the program itself, or of the fund that its rebate feeds (V9). A return that went back to several lines
 * has one of a program for each. */
static bool is_entry_of(const struct rating *r, const struct entry_row *entry, struct slice payout_id,
                        const struct line_program *kept)
{
    if (kept->of_line.size && entry->ledger == LEDGER_EARNED) return slice_equal(kept->payout_id, payout_id);
    if (slice_equal(entry->program_id, kept->program_id)) return true;
    const struct program *p = kept->volume ? version_of(r, kept) : NULL;
    return p && p->volume.has_coop_split && slice_equal(p->volume.coop_split_program, entry->program_id);
}

/* A return of units with serials has left their slots. Whether they are free still compliance asks of the lines that a
 * REVERSE names; it knows no payouts. */
static bool has_left_slots(const struct rating *r, const struct line_program *kept)
{
    if (!kept->of_line.size || kept->incentive != INCENTIVE_SPIFF) return false;
    const struct program *p = version_of(r, kept);
    return !p || p->spiff.serials != SERIAL_RULE_NONE;
}

static void reverse_payout(struct rating *r, struct slice payout_id)
{
    bool found, matched = false;
    const struct entry_row *entry = books_read(r->books, PAYOUT_ENTRIES, RATING_KEY(r, payout_id), &found);
    if (!found) {
        give_unknown(r, payout_id);
        return;
    }
    struct line_row *line = find_line(r, entry->line_id, payout_id);
    if (!line) return;
    for (unsigned i = 0; i < line->programs_count; i++) {
        bool is_it = line->kind == KIND_PERIOD_CLOSE ? close_reversal_matches(entry, payout_id, &line->programs[i])
                                                     : is_entry_of(r, entry, payout_id, &line->programs[i]);
        if (!is_it || has_left_slots(r, &line->programs[i])) continue;
        reverse_program(r, line, entry->line_id, &line->programs[i]);
        matched = true;
    }
    if (!matched) give_unknown(r, payout_id);
    end_if_nothing_lives(line);
}

void reversal_reverse(struct rating *r)
{
    ASSERT(r->kind == KIND_REVERSE);
    for (unsigned i = 0; i < r->line->payout_ids.count; i++) reverse_payout(r, r->line->payout_ids.items[i]);
    for (unsigned i = 0; i < r->line->line_refs.count; i++) reverse_line(r, r->line->line_refs.items[i]);
}
