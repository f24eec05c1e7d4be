/* domain/rating/volume_rebate.c: a line that a volume program counts. */
#include "domain/rating/volume_rebate.h"

#include "base/assert.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/program_periods.h"
#include "domain/rating/stacking.h"
#include "domain/rating/transactions.h"
#include "domain/rating/volume_period.h"
#include "domain/rating/volume_post.h"
#include "domain/rating/volume_value.h"

/* From rate to write. */
struct counting {
    struct volume_change change;
    struct volume_row    row;                       /* as it will be */
    struct volume_target target;
    struct period        posted;
    bool                 is_new;
};

bool volume_rebate_is_triggered(struct rating *r, const struct program *p)
{
    if (!p->has_volume || r->accepted_milli == 0) return false;
    if (p->volume.aggregate == AGGREGATE_REP && slice_is_empty(r->line->rep_id)) return false;
    return r->kind == (p->volume.source == VOLUME_SOURCE_SELL_IN ? KIND_SELL_IN : KIND_POS_SALE);
}

/* 6.4: false when the closed period takes no further line. */
static bool take_late_line(struct rating *r, struct award *a, const struct volume_row *row, struct period *posted)
{
    if (!row->closed) return true;
    struct slice label = slice_copy(r->arena, period_label(&a->period));
    if (r->in->received_date > date_add_days(a->period.to, a->program->volume.late_limit_days)
        && r->accepted_milli > 0) {
        reason_argument(award_give(r, a, REASON_PERIOD_CLOSED), SLICE("period"), label);
        return false;
    }
    reason_argument(award_give(r, a, REASON_PRIOR_PERIOD), SLICE("period"), label);
    struct period_rule rule = program_periods(r->in->catalogue, a->program);
    if (!period_of(&rule, r->in->received_date, posted)) *posted = a->period;
    return true;
}

/* Moves the award to the version that all lines of the period use; who asks has seen that it counts any. False: the
 * program says nothing. */
static bool use_period_version(struct rating *r, struct award *a)
{
    const struct program *version;
    if (!volume_period_terms(r, a->program->id, a->program_date, &a->period, &version)) return false;
    if (version != a->program) award_take_terms(r, a, version);
    return true;
}

void volume_rebate_open(struct rating *r, const struct program *p, int32_t date)
{
    struct period period;
    const struct program *version;
    if (!volume_period_terms(r, p->id, date, &period, &version) || !version->has_volume) return;
    struct volume_place place = volume_accumulator_of(r, &version->volume, &period);
    volume_accumulator_read(r, p->id, &place, NULL);
}

void volume_rebate_rate(struct rating *r, struct award *a)
{
    if (!use_period_version(r, a)) {
        award_drop(r, a);
        return;
    }
    struct counting *c = ARENA_NEW(r->arena, struct counting);
    const struct volume_terms *v = &a->program->volume;
    c->change = (struct volume_change){ .place = volume_accumulator_of(r, v, &a->period),
                                        .qty_milli = r->accepted_milli,
                                        .qualifies = volume_value_counts(r, &v->qualifier_products),
                                        .benefits = volume_value_counts(r, &v->benefit_products) };
    c->row = *volume_accumulator_read(r, a->program->id, &c->change.place, NULL);
    c->posted = a->period;
    c->is_new = volume_accumulator_meet(r, a, &c->change.place, &c->row.closed);
    if (!take_late_line(r, a, &c->row, &c->posted) || !volume_value_measure(r, a, &c->change.value_minor)) return;
    volume_accumulator_enrol(a, &c->row);
    c->row.currency = a->program->currency;
    volume_accumulator_add(r, &c->row, &c->change);
    c->target = volume_target_of(r, a, &c->change.place, &c->row, true);
    volume_target_give_notes(r, a, &c->row, &c->target);
    if (c->target.target_minor != c->row.paid_minor && a->to_payout.missing) award_wait_for_rate(r, a, &a->to_payout);
    a->own = c;
}

int64_t volume_rebate_delta(const struct award *a)
{
    const struct counting *c = a->own;
    ASSERT(c);
    return c->target.target_minor - c->row.paid_minor;
}

void volume_rebate_pay(struct award *a, int64_t delta_minor)
{
    struct counting *c = a->own;
    ASSERT(c);
    c->target.target_minor = c->row.paid_minor + delta_minor;
}

static void keep_contribution(struct rating *r, struct award *a, const struct counting *c)
{
    struct slice payout_id = a->kept.payout_id;
    award_keep(a);
    a->kept.payout_id = payout_id;
    a->kept.volume = true;
    a->kept.accepted_milli = c->change.qty_milli;
    a->kept.paid_milli = 0;
    a->kept.program_minor = a->kept.payout_minor = 0;
    a->kept.value_minor = c->change.value_minor;
    a->kept.share_minor = volume_target_share(r, a, &c->change);
    a->kept.aggregate = c->change.place.aggregate;
    a->kept.group = c->change.place.group;
    a->kept.period = slice_copy(r->arena, period_label(&a->period));
    a->kept.qualifies = c->change.qualifies;
    a->kept.benefits = c->change.benefits;
}

void volume_rebate_write(struct rating *r, struct award *a)
{
    struct counting *c = a->own;
    ASSERT(c);
    if (c->is_new) volume_accumulator_enlist(r, a, &c->change.place);
    volume_post(r, a, &c->row, &c->target,
                &(struct volume_entry){ .qty_milli = c->change.qty_milli, .posted = c->posted });
    *volume_accumulator_change(r, a->program->id, &c->change.place) = c->row;
    keep_contribution(r, a, c);
    transactions_touch(r);
    stacking_note(r, a, a->kept.share_minor, true);
}
