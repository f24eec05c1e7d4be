/* domain/rating/resubmission.c: the line that an earlier submission left, and what it leaves to this one. */
#include "domain/rating/resubmission.h"

#include "domain/rating/original.h"
#include "domain/rating/pending.h"

struct slice resubmission_earlier(const struct rating *r)
{
    const struct clearance *c = r->dossier->clearance;
    if (c && c->resubmits_line_id.size) return c->resubmits_line_id;
    enum kind kind = r->line->kind;
    bool names_original = kind == KIND_REPLACE || kind == KIND_POS_RETURN || r->line->qty_milli < 0;
    bool names = line_submission_no(r->line) > 1 && !names_original;
    return names ? r->line->original_line_ref : (struct slice){ 0 };
}

/* Of a submission that was refused as a repetition the one that it repeats, of one that was withdrawn or denied the one
 * before it, or what it was to replace: that one may live still. */
static struct slice lived_before(const struct line_row *row)
{
    enum reason_code first = row->reasons_count ? row->reasons[0].code : REASON_NONE;
    bool was_withdrawn = first == REASON_WITHDRAWN && !row->successor.size;
    if (!was_withdrawn && first != REASON_DENIED_ON_REVIEW) return original_lived_beside(row);
    return row->original.size ? row->original : row->replaces;
}

/* What came back whole may be claimed by the next number; the same report needs a CANCEL, which ends the row. */
static bool holds_its_key(const struct rating *r, const struct line_row *row, bool resubmits)
{
    bool is_same_report = !resubmits && r->line->kind != KIND_REPLACE;
    return original_is_live(row) || (is_same_report && original_stands(row));
}

bool resubmission_is_in_vain(struct rating *r)
{
    struct slice earlier = resubmission_earlier(r);
    bool found, waits;
    if (slice_is_empty(earlier)) return false;
    const struct line_row *row = books_read(r->books, PAYOUT_LINES, RATING_KEY(r, earlier), &found);
    for (unsigned n = 0; n < SUBMISSION_NO_MAX && found && lived_before(row).size; n++) {
        earlier = lived_before(row);
        row = books_read(r->books, PAYOUT_LINES, RATING_KEY(r, earlier), &found);
    }
    if (slice_equal(earlier, r->row.original)) return false;    /* gives way to this very line */
    struct slice standing = original_standing_for(r, earlier);  /* who replaced it lives in its place */
    if (standing.size) earlier = standing;
    row = books_read(r->books, PAYOUT_LINES, RATING_KEY(r, earlier), &found);
    books_read(r->books, STAGE_TABLE_WAITING, earlier, &waits);
    bool resubmits = r->line->kind != KIND_REPLACE && line_submission_no(r->line) > 1;
    if (!(found && holds_its_key(r, row, resubmits)) && !waits) return false;
    if (!waits && original_await(r, pending_cancel_of(r, earlier))) return true;    /* which may take it back yet */
    r->row.original = earlier;
    reason_argument(verdict_give(r->v, resubmits ? REASON_RESUBMISSION_INVALID : REASON_DUPLICATE), SLICE("other"),
                    earlier);
    return true;
}
