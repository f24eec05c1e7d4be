/* domain/rating/period_close.c: what the end of a period brings. */
#include "domain/rating/period_close.h"

#include "base/assert.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/funds.h"
#include "domain/rating/operator_lines.h"
#include "domain/rating/pending.h"
#include "domain/rating/program_periods.h"
#include "domain/rating/volume_period.h"
#include "domain/rating/volume_post.h"

enum { GRACE_DAYS_WITHOUT_VOLUME = 10 };

/* A close converts at the rate of the period's last day (domain.md 6). */
static struct award *begin_close(struct rating *r, const struct program *p, const struct period *period)
{
    ASSERT(period->label_size > 0 && period->from <= period->to);
    struct award *a = award_begin(r, p, period->to);
    a->period = *period;
    a->fx_date = period->to;
    a->to_payout = exchange_on(r->in->catalogue, p->fx_table, p->currency, a->to_payout.to, period->to,
                               r->in->policy->fx_max_age_days);
    return a;
}

/* EARNING: accumulators. */

struct closing { const struct program *version; struct period period; };

/* What the period before earned beyond its guarantee, and so takes off this one. */
static int64_t excess_before(struct rating *r, const struct closing *c, const struct volume_place *place)
{
    struct period_rule rule = program_periods(r->in->catalogue, c->version);
    struct volume_place before = *place;
    if (!c->version->volume.guarantee_cumulative || !period_prior(&rule, &c->period, &before.period)) return 0;
    return volume_accumulator_read(r, c->version->id, &before, NULL)->excess_minor;
}

static void note_guarantee(struct rating *r, struct award *a, int64_t amount_minor, int64_t excess_minor,
                           int64_t guarantee_minor)
{
    struct step *s = award_step(r, a, SLICE("5.2 G"));
    award_input(r, s, SLICE("amount"), amount_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("excess"), excess_minor, 0, a->minor_unit);
    award_result(s, SLICE("G"), guarantee_minor, a->minor_unit);
}

/* G of the row, and the excess that it leaves to the next period: earned is counted before the top-up. */
static void set_guarantee(struct rating *r, struct award *a, const struct closing *c,
                          const struct volume_place *place, struct volume_row *row, int64_t earned_minor)
{
    const struct volume_terms *v = &c->version->volume;
    if (!v->has_guarantee || v->guarantee_paid == GUARANTEE_PAID_BEGINNING) return;
    int64_t before = excess_before(r, c, place), excess = before + earned_minor - v->guarantee_minor;
    row->guarantee_minor = v->guarantee_minor > before ? v->guarantee_minor - before : 0;
    if (v->guarantee_cumulative) row->excess_minor = excess > 0 ? excess : 0;
    ASSERT(row->closed && row->guarantee_minor >= 0 && row->excess_minor >= 0);
    note_guarantee(r, a, v->guarantee_minor, before, row->guarantee_minor);
}

/* Whoever sold nothing is promised something only where the program is open to it: classification asked. */
static bool is_promised(const struct award *a, bool counted)
{
    return counted || !a->candidate || a->candidate->reason_count == 0;
}

/* An award that has nothing to say leaves no result. */
static void drop_if_silent(struct rating *r, struct award *a, unsigned postings_before)
{
    if (r->posting_count == postings_before && a->reason_count == 0) award_drop(r, a);
}

/* The enrolment of the close is the root's: another partner of it has its own. */
static bool is_of_the_root(const struct rating *r, const struct program *p, struct slice aggregate)
{
    return p->volume.aggregate != AGGREGATE_PARTNER || slice_equal(aggregate, r->root);
}

/* What a REVERSE of it needs (6.6). */
static void keep_paid(struct rating *r, struct award *a, const struct volume_place *place)
{
    struct slice label = slice_copy(r->arena, period_label(&a->period));
    award_keep(a);
    a->kept.volume = true;
    a->kept.earned_period = a->kept.period = label;
    a->kept.aggregate = place->aggregate;
    a->kept.group = place->group;
    a->kept.program_minor = a->kept.payout_minor = 0;
}

static void close_accumulator(struct rating *r, const struct closing *c, struct slice aggregate, struct slice group)
{
    bool counted;
    struct volume_place place = { aggregate, group, c->period };
    const struct volume_row *known = volume_accumulator_read(r, c->version->id, &place, &counted);
    if (known->closed || !award_has_room(r, AWARDS_OF_A_CHANGE)) return;
    struct volume_row *row = volume_accumulator_change(r, c->version->id, &place);
    unsigned postings = r->posting_count;
    struct award *a = begin_close(r, c->version, &c->period);
    row->currency = c->version->currency;
    row->closed = true;
    if (is_of_the_root(r, c->version, aggregate)) volume_accumulator_enrol_at_close(a, row);
    else volume_accumulator_expect(c->version, row);
    struct volume_target before = volume_target_of(r, a, &place, row, false);
    if (before.awaits_baseline) reason_argument(award_give(r, a, REASON_NO_BASELINE), SLICE("program"), c->version->id);
    if (is_promised(a, counted)) set_guarantee(r, a, c, &place, row, before.target_minor);
    if (counted || c->version->volume.guarantee_paid != GUARANTEE_PAID_BEGINNING) {
        struct volume_target target = volume_target_of(r, a, &place, row, true);
        volume_post(r, a, row, &target, &(struct volume_entry){ .posted = c->period });
        if (r->posting_count > postings) keep_paid(r, a, &place);
    }
    drop_if_silent(r, a, postings);
}

/* A root without accumulator has volume 0 (5.2): as a whole, or as the partner that it is itself. */
static bool counts_the_root(const struct program *p, const struct accumulators_row *known)
{
    bool by_partner = p->volume.aggregate == AGGREGATE_PARTNER && p->volume.per == PER_NONE;
    return volume_accumulator_is_whole(p) || (by_partner && known->accumulators_count == 0);
}

static void close_volumes(struct rating *r, const struct closing *c)
{
    bool of_root;
    struct slice label = slice_copy(r->arena, period_label(&c->period));
    struct close_row *close =
        books_change(r->books, PAYOUT_CLOSES, volume_period_close_key(r, c->version->id, &c->period));
    close->version = c->version->version;
    volume_accumulator_read(r, c->version->id, &(struct volume_place){ .aggregate = r->root, .period = c->period },
                            &of_root);
    const struct accumulators_row *known =
        books_read(r->books, PAYOUT_ACCUMULATORS, RATING_KEY(r, c->version->id, label), NULL);
    if (of_root || counts_the_root(c->version, known)) close_accumulator(r, c, r->root, (struct slice){ 0 });
    if (known->closed || (volume_accumulator_is_whole(c->version) && known->accumulators_count == 0)) return;
    struct accumulators_row *all = books_change(r->books, PAYOUT_ACCUMULATORS, RATING_KEY(r, c->version->id, label));
    all->closed = true;
    for (unsigned i = 0; i < all->accumulators_count; i++)
        close_accumulator(r, c, all->accumulators[i].aggregate, all->accumulators[i].group);
}

/* EARNING: the fund. */

static void note_available(struct rating *r, struct award *a, const struct fund_row *fund, int64_t available_minor)
{
    struct step *s = award_step(r, a, SLICE("5.3"));
    award_input(r, s, SLICE("accrued"), fund->accrued_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("adjusted"), fund->adjusted_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("reserved"), fund->reserved_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("paid"), fund->paid_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("expired"), fund->expired_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("converted"), fund->converted_minor, 0, a->minor_unit);
    award_result(s, SLICE("amount"), available_minor, a->minor_unit);
}

/* Below the threshold: what is available is paid out. */
static void convert(struct rating *r, const struct fund_place *place, struct fund_row *fund)
{
    int64_t available = funds_available(fund);
    ASSERT(!fund->is_converted && fund->earning_closed);
    fund->is_converted = true;
    if (available <= 0 || !award_has_room(r, AWARDS_OF_A_CHANGE)) return;
    struct slice label = slice_copy(r->arena, period_label(&place->earning));
    struct award *a = begin_close(r, place->version, &place->earning);
    note_available(r, a, fund, available);
    a->amount_minor = available;
    award_convert(r, a, rational_of_minor(available, a->exponent), available);
    award_balance(r, a, SLICE("fund"), label, available, 0, a->minor_unit);
    struct posting *p = award_post(r, a, LEDGER_EARNED, 0, available, a->payout_minor);
    p->payable_on = date_add_days(award_payable_from(r, a, &place->earning), place->version->lag_days);
    award_keep(a);
    a->kept.earned_period = label;
    p->kept = &a->kept;
    fund->converted_minor += available;
}

static void close_earning_of_fund(struct rating *r, struct slice label)
{
    struct fund_place place;
    if (!funds_of_label(r->in->catalogue, r->line->program_id, label, &place)) return;
    if (funds_read(r, r->line->program_id, label)->earning_closed) return;
    struct fund_row *fund = funds_change(r, place.version, label);
    fund->earning_closed = true;
    if (fund->accrued_minor + fund->adjusted_minor < place.version->mdf.threshold_minor) convert(r, &place, fund);
}

/* The first day on which earning may be closed. */
static int32_t first_close_day(const struct closing *c)
{
    ASSERT(c->version && c->period.to);
    uint32_t grace = c->version->has_volume ? c->version->volume.grace_days : GRACE_DAYS_WITHOUT_VOLUME;
    return date_add_days(c->period.to, grace);
}

/* The label is a period's, the day is wrong: the reason says which would be right. */
static void refuse_until(struct rating *r, int32_t earliest)
{
    reason_argument(operator_lines_refuse(r, SLICE("period_label"), r->line->period_label), SLICE("earliest"),
                    date_text(r->arena, earliest));
}

/* A closed period is not closed again, whatever its terms have become. */
static bool is_closed(struct rating *r, const struct closing *c)
{
    const struct close_row *row =
        books_read(r->books, PAYOUT_CLOSES, volume_period_close_key(r, c->version->id, &c->period), NULL);
    return row->version != 0;
}

static void close_earning(struct rating *r)
{
    struct closing c;
    if (!volume_period_find(r->in->catalogue, r->line->program_id, r->line->period_label, &c.period,
                                   &c.version)) {
        operator_lines_refuse(r, SLICE("period_label"), r->line->period_label);
        return;
    }
    if (r->in->received_date < first_close_day(&c)) {
        refuse_until(r, first_close_day(&c));
        return;
    }
    if (c.version->has_volume && !is_closed(r, &c)) close_volumes(r, &c);
    if (c.version->incentive == INCENTIVE_MDF) close_earning_of_fund(r, r->line->period_label);
}

/* USAGE. */

/* The last day on which a claim on the fund may come in. */
static int32_t last_claim_day(const struct fund_place *place)
{
    const struct claim_terms *claim = &place->version->claim;
    return claim->has_window ? date_add_days(place->usage.to, claim->window_days) : place->usage.to;
}

static bool is_held_before(const struct rating *r, struct slice preapproval_no)
{
    const struct clearance *c = r->dossier->clearance;
    return texts_have(&r->class->held_preapprovals, preapproval_no)
        || (c && texts_have(&c->held_preapprovals, preapproval_no));
}

/* True while a claim on it was paid, or waits in whichever stage. */
static bool is_in_use(struct rating *r, struct slice preapproval_no, const struct preapproval_row *row)
{
    return row->paid_minor > 0 || is_held_before(r, preapproval_no)
           || pending_on_preapproval(r, preapproval_no);
}

static void lapse_reservations(struct rating *r, struct fund_row *fund)
{
    for (unsigned i = fund->reserving_count; i-- > 0;) {
        struct slice no = fund->reserving[i].preapproval_no;
        struct preapproval_row *row = books_change(r->books, PAYOUT_PREAPPROVALS, RATING_KEY(r, no));
        ASSERT(no.size > 0 && row->reserved_minor >= 0);
        if (is_in_use(r, no, row)) continue;
        funds_release(fund, no, row->reserved_minor, true);
        row->reserved_minor = 0;
        row->status = PREAPPROVAL_STATUS_LAPSED;
    }
}

static void close_usage(struct rating *r)
{
    struct fund_place place;
    struct slice label = r->line->period_label;
    bool found = funds_of_label(r->in->catalogue, r->line->program_id, label, &place) && place.usage.to;
    if (!found) {
        operator_lines_refuse(r, SLICE("period_label"), label);
        return;
    }
    if (r->in->received_date <= last_claim_day(&place)) {
        refuse_until(r, date_add_days(last_claim_day(&place), 1));
        return;
    }
    if (funds_read(r, r->line->program_id, label)->is_closed) return;
    struct fund_row *fund = funds_change(r, place.version, label);
    struct award *a = begin_close(r, place.version, &place.earning);
    int64_t before = funds_available(fund);
    lapse_reservations(r, fund);
    fund->is_closed = true;
    funds_expire_rest(fund);
    award_balance(r, a, SLICE("fund"), label, before, funds_available(fund), a->minor_unit);
}

static const struct program *program_of(const struct rating *r)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, r->line->program_id);
    return h ? program_version_highest(h) : NULL;
}

void period_close(struct rating *r)
{
    const struct program *p = program_of(r);
    bool is_usage = r->line->close == CLOSE_USAGE;
    ASSERT(r->kind == KIND_PERIOD_CLOSE);
    if (!p || (p->incentive != INCENTIVE_MDF && (is_usage || !p->has_volume))) {
        operator_lines_refuse(r, SLICE("program_id"), r->line->program_id);
        return;
    }
    if (is_usage) close_usage(r);
    else close_earning(r);
}
