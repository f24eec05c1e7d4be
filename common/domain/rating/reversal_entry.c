/* domain/rating/reversal_entry.c: the award and the entry that take back what a program did with a line. */
#include "domain/rating/reversal_entry.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/rating/funds.h"

const struct program *reversal_entry_program(struct rating *r, const struct line_program *kept)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, kept->program_id);
    const struct program *p = h ? program_version(h, kept->version) : NULL;
    if (!p) reversal_entry_hold(r, kept);
    return p;
}

void reversal_entry_hold(struct rating *r, const struct line_program *kept)
{
    if (!verdict_has(r->v, REASON_DATA_CONFLICT))
        reason_argument(verdict_give(r->v, REASON_DATA_CONFLICT), SLICE("program"), kept->program_id);
}

static int64_t round_share(struct rating *r, const struct program *p, const struct returned_share *s,
                           int64_t part_milli)
{
    int64_t minor = 0;
    if (part_milli == s->units_milli) return s->sum_minor;
    struct rational share = rational_mul(rational_of_minor(s->sum_minor, s->exponent),
                                         rational_make(part_milli, s->units_milli));
    if (round_money(share, s->exponent, p->rounding_mode, s->step_minor, &minor) != OK) r->overflow = true;
    return minor;
}

int64_t reversal_entry_share(struct rating *r, const struct program *p, const struct returned_share *s)
{
    if (s->units_milli == 0 || s->returning_milli == 0) return 0;
    int64_t share = round_share(r, p, s, s->returned_milli + s->returning_milli) - s->reversed_minor;
    bool would_give = s->sum_minor < 0 ? share > 0 : share < 0;
    return would_give ? 0 : share;
}

void reversal_entry_note_share(struct rating *r, struct award *a, struct slice unit, const struct returned_share *s,
                               int64_t share_minor)
{
    struct step *step = award_step(r, a, SLICE("6.1"));
    award_input(r, step, SLICE("P"), s->sum_minor, 0, unit);
    award_input(r, step, SLICE("Q"), s->units_milli, 0, SLICE("milli"));
    award_input(r, step, SLICE("R"), s->returned_milli, 0, SLICE("milli"));
    award_input(r, step, SLICE("r"), s->returning_milli, 0, SLICE("milli"));
    if (s->units_milli && s->reversed_minor != round_share(r, a->program, s, s->returned_milli))
        award_input(r, step, SLICE("returned"), s->reversed_minor, 0, unit);
    award_input(r, step, SLICE("exponent"), s->exponent, 0, SLICE("count"));
    award_input(r, step, SLICE("step"), s->step_minor, 0, SLICE("minor"));
    award_input(r, step, SLICE("mode"), a->program->rounding_mode, 0,
                word_text(VOCABULARY_ROUNDING, a->program->rounding_mode));
    award_result(step, SLICE("amount"), -share_minor, unit);
}

struct award *reversal_entry_begin(struct rating *r, const struct program *p, const struct line_program *kept)
{
    struct award *a = award_begin(r, p, kept->program_date);
    a->is_correction = true;
    a->to_payout = award_exchange_kept(r, kept, p->currency);
    a->payout_exponent = currency_exponent(kept->payout_currency);
    a->payee_id = kept->payee_id;
    a->authorisation_no = kept->authorisation_no;
    a->deal_reg_no = kept->deal_reg_no;
    a->preapproval_no = kept->preapproval_no;
    a->claim_id = kept->claim_id;
    return a;
}

/* What the correction did, for its own CANCEL. */
void reversal_entry_remember(struct rating *r, const struct line_program *kept, struct slice line_id,
                             const struct taken_back *taken)
{
    if (r->row.programs_count == line_program_LIST_MAX) return;
    struct line_program *done = ROWS_APPEND(r->arena, &r->row, programs, line_program);
    *done = *kept;
    done->of_line = line_id;
    done->payout_id = done->first_payout_id = (struct slice){ 0 };      /* it has an entry of its own, or none */
    done->accepted_milli = taken->units_milli;
    done->paid_milli = taken->paid_milli;
    done->program_minor = -taken->minor;
    done->payout_minor = -taken->payout_minor;
    done->held_milli = 0;
    done->returned_milli = done->paid_returned_milli = 0;               /* of this line nothing was taken back yet */
    done->program_reversed_minor = done->payout_reversed_minor = done->value_reversed_minor =
        done->share_reversed_minor = 0;
}

struct period reversal_entry_period_now(const struct rating *r, const struct program *p)
{
    struct period now;
    bool has_periods = p->has_volume || p->incentive == INCENTIVE_MDF;
    struct period_rule rotation = { .kind = p->rotation.period, .fiscal_start_month = 1, .program_from = p->valid_from,
                                    .program_to = p->valid_to };
    if (p->incentive == INCENTIVE_STOCK_ROTATION && period_of(&rotation, r->in->received_date, &now)) return now;
    if (has_periods && funds_period(r->in->catalogue, p->id, r->in->received_date, &now)) return now;
    return award_month(r->in->received_date);
}

struct posting *reversal_entry_post(struct rating *r, struct award *a, const struct line_row *line,
                                    const struct line_program *kept, const struct taken_back *taken, enum cause cause)
{
    struct period now = reversal_entry_period_now(r, a->program);
    a->amount_minor = -taken->minor;
    struct posting *p = award_post(r, a, kept->ledger ? kept->ledger : LEDGER_EARNED, -taken->paid_milli,
                                   -taken->minor, -taken->payout_minor);
    p->reversal = true;
    p->currency = kept->payout_currency;
    p->earned_period = kept->earned_period;
    p->posted_period = slice_copy(r->arena, period_label(&now));
    p->reverses_payout_id = kept->payout_id;
    p->cause = word_text(VOCABULARY_CAUSE, cause);
    p->role = line->role;
    p->done_no = r->row.programs_count;
    return p;
}

/* The negative of an amount as it stands. */
void reversal_entry_note_again(struct rating *r, struct award *a, struct slice unit, int64_t returned_minor)
{
    struct step *s = award_step(r, a, SLICE("6.3"));
    award_input(r, s, SLICE("returned"), returned_minor, 0, unit);
    award_result(s, SLICE("amount"), -returned_minor, unit);
}
