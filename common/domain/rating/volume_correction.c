/* domain/rating/volume_correction.c: accumulators that change by what is no counted line. */
#include "domain/rating/volume_correction.h"

#include "domain/currency.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/program_periods.h"
#include "domain/rating/reversal_entry.h"
#include "domain/rating/volume_period.h"
#include "domain/rating/volume_post.h"
#include "domain/rating/volume_value.h"

/* An accumulator changed at once. */

struct recount { struct volume_row *row; struct period posted; };

/* posts_today: in the period of the received date though its own is open. */
static struct recount open_recount(struct rating *r, struct award *a, const struct volume_place *place,
                                   bool posts_today)
{
    bool closed = false, is_new = volume_accumulator_meet(r, a, place, &closed);
    struct recount c = { volume_accumulator_change(r, a->program->id, place), place->period };
    struct period_rule rule = program_periods(r->in->catalogue, a->program);
    struct period today;
    if (is_new) volume_accumulator_enlist(r, a, place);
    c.row->closed |= closed;
    if (c.row->closed)
        reason_argument(award_give(r, a, REASON_PRIOR_PERIOD), SLICE("period"),
                        slice_copy(r->arena, period_label(&place->period)));
    if ((posts_today || c.row->closed) && period_of(&rule, r->in->received_date, &today)) c.posted = today;
    return c;
}

/* What caps and claimed amounts left of a seller's claims (5.4 P6) no correction pays: of the accumulator it takes what
 * is more than all that counts is worth, and gives what it is worth itself, at most `most`. */
static void leave_what_was_cut(struct volume_target *t, int64_t before_minor, int64_t paid_minor, int64_t most_minor)
{
    int64_t more = t->target_minor > before_minor ? t->target_minor - before_minor : 0;
    if (more > most_minor) more = most_minor;
    if (t->target_minor > paid_minor + more) t->target_minor = paid_minor + more;
}

static void recount(struct rating *r, struct award *a, const struct recount *c, const struct volume_change *change,
                    struct slice reverses_payout_id, int64_t most_minor)
{
    struct volume_entry entry = { change->qty_milli, reverses_payout_id, c->posted };
    bool is_seller = a->program->incentive == INCENTIVE_SPIFF;
    int64_t before = is_seller ? volume_target_of(r, a, &change->place, c->row, false).target_minor : 0;
    c->row->currency = a->program->currency;
    volume_accumulator_add(r, c->row, change);
    struct volume_target target = volume_target_of(r, a, &change->place, c->row, true);
    volume_target_give_notes(r, a, c->row, &target);
    if (is_seller) leave_what_was_cut(&target, before, c->row->paid_minor, most_minor);
    volume_post(r, a, c->row, &target, &entry);
}

/* What a line counted, by a return or a CANCEL. */

/* Where a correction counts, and by which date. */
struct counted_in { struct period period; const struct program *version; int32_t date; };

static struct award *begin_correction(struct rating *r, const struct line_program *kept, const struct counted_in *in)
{
    struct award *a = award_begin(r, in->version, in->date);
    a->is_correction = true;
    a->period = in->period;
    a->payee_id = kept->payee_id;
    a->claim_id = kept->claim_id;
    a->to_payout = award_exchange_kept(r, kept, in->version->currency);
    a->payout_exponent = currency_exponent(kept->payout_currency);
    return a;
}

int32_t volume_correction_date(const struct rating *r, const struct program *p)
{
    const struct line *l = r->line;
    bool is_return = l->kind == KIND_POS_RETURN || l->kind == KIND_SELL_IN;
    if (!is_return || p->volume.returns_period != RETURNS_PERIOD_RETURN_DATE) return 0;
    int32_t received = r->in->received_date, own = program_date_of(p, l, received);
    if (own) return own;
    return l->ship_date ? l->ship_date : l->invoice_date ? l->invoice_date : received;
}

/* RETURN_DATE puts returns into the period of their own date (6.4), and what undoes one goes there too; cancels of a
 * sale stay with it. A return after the last day of the program has no period there: it lowers the one of its
 * original. */
static bool find_correction(struct rating *r, const struct line_program *kept, const struct line_program *done,
                            struct counted_in *in)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, kept->program_id);
    const struct program *p = h ? program_version(h, kept->version) : NULL;
    int32_t own = done ? done->program_date : p ? volume_correction_date(r, p) : 0;
    in->date = own;
    if (own && volume_period_terms(r, kept->program_id, own, &in->period, &in->version)) return true;
    in->date = kept->program_date;
    return volume_period_terms(r, kept->program_id, in->date, &in->period, &in->version);
}

void volume_correction_open(struct rating *r, const struct line_program *kept)
{
    struct counted_in in;
    if (!find_correction(r, kept, NULL, &in)) return;
    struct volume_place place = { kept->aggregate, kept->group, in.period };
    volume_accumulator_read(r, kept->program_id, &place, NULL);
}

/* The first EARNED entry of the program on the line that is corrected: the original, or the return that a CANCEL
 * undoes (domain.md 11). */
static struct slice corrected_entry(const struct line_program *kept, const struct line_row *undone)
{
    if (!undone) return kept->first_payout_id.size ? kept->first_payout_id : kept->payout_id;
    for (unsigned i = 0; i < undone->programs_count; i++)
        if (slice_equal(undone->programs[i].program_id, kept->program_id) && undone->programs[i].payout_id.size)
            return undone->programs[i].payout_id;
    return (struct slice){ 0 };
}

struct award *volume_correction_of(struct rating *r, const struct line_program *kept, int64_t value_minor,
                                   int64_t qty_milli, int64_t most_minor, const struct undone_return *undone)
{
    struct counted_in in;
    if (!find_correction(r, kept, undone ? undone->done : NULL, &in)) {
        reversal_entry_hold(r, kept);
        return NULL;
    }
    struct award *a = begin_correction(r, kept, &in);
    struct volume_change change = { .place = { kept->aggregate, kept->group, in.period },
                                    .value_minor = value_minor,
                                    .qty_milli = qty_milli,
                                    .qualifies = kept->qualifies,
                                    .benefits = kept->benefits };
    struct recount c = open_recount(r, a, &change.place, true);
    volume_accumulator_expect(in.version, c.row);
    recount(r, a, &c, &change, corrected_entry(kept, undone ? undone->line : NULL), most_minor);
    return a;
}

/* What leaves a sell-in base by a claim: rotated goods with their quantity, credits of price protection without. */

static bool counts_what_leaves(const struct program *p, int64_t qty_milli)
{
    if (!p->has_volume || p->volume.source != VOLUME_SOURCE_SELL_IN || p->volume.aggregate == AGGREGATE_REP)
        return false;
    if (p->incentive != INCENTIVE_VOLUME_REBATE && p->incentive != INCENTIVE_LOGISTICS && p->incentive != INCENTIVE_MDF)
        return false;
    return qty_milli != 0 || p->volume.net_of_price_protection;
}

static int64_t measure_what_leaves(struct rating *r, struct award *a, const struct volume_value *values,
                                   unsigned value_count)
{
    struct rational sum = RATIONAL_ZERO;
    if (!volume_value_is_needed(&a->program->volume)) return 0;
    for (unsigned i = 0; i < value_count; i++)
        sum = rational_add(sum, rational_mul(values[i].amount, award_exchange(r, a, values[i].currency).rate));
    sum = volume_value_without_tax(&a->program->volume, sum);
    int64_t minor = award_measure(r, a, sum);
    volume_value_note(r, a, sum, RATIONAL_ZERO, minor);
    return minor;
}

/* A CANCEL of the claim brings it back by the same rule as any contribution; a credit has no quantity of its own. */
static void keep_what_left(struct rating *r, struct award *a, const struct volume_change *change)
{
    for (unsigned i = 0; i < r->posting_count; i++)
        if (r->postings[i].award == a && r->postings[i].ledger == LEDGER_EARNED) r->postings[i].kept = &a->kept;
    award_keep(a);
    a->kept.volume = true;
    a->kept.amount_only = change->qty_milli == 0;
    a->kept.accepted_milli = a->kept.amount_only ? -1000 : change->qty_milli;
    a->kept.paid_milli = 0;
    a->kept.program_minor = a->kept.payout_minor = 0;
    a->kept.value_minor = change->value_minor;
    a->kept.aggregate = change->place.aggregate;
    a->kept.group = change->place.group;
    a->kept.period = slice_copy(r->arena, period_label(&a->period));
    a->kept.qualifies = change->qualifies;
    a->kept.benefits = change->benefits;
}

static void leave_base(struct rating *r, struct award *a, const struct volume_value *values, unsigned value_count,
                       int64_t qty_milli)
{
    const struct volume_terms *v = &a->program->volume;
    struct volume_change change = { .place = volume_accumulator_of(r, v, &a->period),
                                    .qty_milli = -qty_milli,
                                    .value_minor = -measure_what_leaves(r, a, values, value_count),
                                    .qualifies = volume_value_counts(r, &v->qualifier_products),
                                    .benefits = volume_value_counts(r, &v->benefit_products) };
    struct recount c = open_recount(r, a, &change.place, false);
    volume_accumulator_enrol(a, c.row);
    recount(r, a, &c, &change, (struct slice){ 0 }, INT64_MAX);
    keep_what_left(r, a, &change);
}

/* The program as it counts the line; NULL when it does not. */
static const struct program *counting_program(struct rating *r, const struct candidate *c, int32_t date,
                                              int64_t qty_milli, struct period *period)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, c->program_id);
    const struct program *p = h && date ? program_version_on(h, date) : NULL, *version;
    if (!p || !p->has_volume || !award_candidate_stands(r, c)) return NULL;
    if (!volume_period_terms(r, p->id, date, period, &version)) return NULL;
    return version->status == PROGRAM_STATUS_ACTIVE && counts_what_leaves(version, qty_milli) ? version : NULL;
}

void volume_correction_leave(struct rating *r, int32_t date, const struct volume_value *values, unsigned value_count,
                         int64_t qty_milli)
{
    for (unsigned i = 0; i < r->class->candidate_count; i++) {
        struct period period;
        const struct program *p = counting_program(r, &r->class->candidates[i], date, qty_milli, &period);
        if (!p) continue;
        if (!award_has_room(r, AWARDS_OF_A_CHANGE)) return;
        struct award *a = award_begin(r, p, date);
        a->is_correction = true;
        a->period = period;
        leave_base(r, a, values, value_count, qty_milli);
    }
}
