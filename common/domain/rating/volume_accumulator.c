/* domain/rating/volume_accumulator.c: places and sums. */
#include "domain/rating/volume_accumulator.h"

#include "domain/decimal.h"

static struct slice aggregate_of(const struct rating *r, const struct volume_terms *v)
{
    switch (v->aggregate) {
    case AGGREGATE_PARTNER:  return r->line->partner_id;
    case AGGREGATE_LOCATION: return r->line->location_id;
    case AGGREGATE_REP:      return r->line->rep_id;
    default:                 return r->root;
    }
}

static struct slice group_of(const struct rating *r, const struct volume_terms *v)
{
    switch (v->per) {
    case PER_SKU:    return r->class->sku;
    case PER_FAMILY: return r->class->family;
    case PER_LINE:   return r->class->product_line;
    default:         return (struct slice){ 0 };
    }
}

struct volume_place volume_accumulator_of(const struct rating *r, const struct volume_terms *v,
                                          const struct period *period)
{
    return (struct volume_place){ aggregate_of(r, v), group_of(r, v), *period };
}

/* Rows */

static struct slice row_key(struct rating *r, struct slice program_id, const struct volume_place *place)
{
    return RATING_KEY(r, program_id, place->aggregate, place->group, period_label(&place->period));
}

const struct volume_row *volume_accumulator_read(struct rating *r, struct slice program_id,
                                                 const struct volume_place *place, bool *found)
{
    return books_read(r->books, PAYOUT_VOLUMES, row_key(r, program_id, place), found);
}

struct volume_row *volume_accumulator_change(struct rating *r, struct slice program_id,
                                             const struct volume_place *place)
{
    return books_change(r->books, PAYOUT_VOLUMES, row_key(r, program_id, place));
}

bool volume_accumulator_is_whole(const struct program *p)
{
    return p->volume.aggregate == AGGREGATE_PARTNER_ROOT && p->volume.per == PER_NONE;
}

static struct slice list_key(struct rating *r, struct slice program_id, const struct volume_place *place)
{
    return RATING_KEY(r, program_id, period_label(&place->period));
}

bool volume_accumulator_meet(struct rating *r, struct award *a, const struct volume_place *place, bool *closed)
{
    bool found;
    if (volume_accumulator_is_whole(a->program)) return false;
    volume_accumulator_read(r, a->program->id, place, &found);
    if (found) return false;
    const struct accumulators_row *all =
        books_read(r->books, PAYOUT_ACCUMULATORS, list_key(r, a->program->id, place), NULL);
    *closed = all->closed;
    if (all->accumulators_count == accumulator_LIST_MAX)
        reason_argument(award_give(r, a, REASON_DATA_CONFLICT), SLICE("what"), SLICE("accumulators"));
    return all->accumulators_count < accumulator_LIST_MAX;
}

void volume_accumulator_enlist(struct rating *r, const struct award *a, const struct volume_place *place)
{
    struct accumulators_row *all =
        books_change(r->books, PAYOUT_ACCUMULATORS, list_key(r, a->program->id, place));
    *ROWS_APPEND(r->arena, all, accumulators, accumulator) = (struct accumulator){ place->aggregate, place->group };
}

/* Sums */

static void add_to(struct rating *r, int64_t *sum, int64_t part)
{
    bool is_out = __builtin_add_overflow(*sum, part, sum) || *sum > AMOUNT_MINOR_MAX || *sum < -AMOUNT_MINOR_MAX;
    if (is_out) r->overflow = true;
}

void volume_accumulator_add(struct rating *r, struct volume_row *row, const struct volume_change *change)
{
    if (change->qualifies) {
        add_to(r, &row->amount_minor, change->value_minor);
        add_to(r, &row->qty_milli, change->qty_milli);
    }
    if (change->benefits) {
        add_to(r, &row->benefit_amount_minor, change->value_minor);
        add_to(r, &row->benefit_milli, change->qty_milli);
    }
}

void volume_accumulator_expect(const struct program *p, struct volume_row *row)
{
    if (!p->volume.has_expected_volume || row->has_expected) return;
    row->expected_micros = p->volume.expected_volume_micros;
    row->has_expected = true;
}

static bool take_figure(struct slice text, int64_t *figure_micros)
{
    return text.size && decimal_parse(text, MICRO_DIGITS, DECIMAL_EXCESS_ROUND, figure_micros, NULL) == OK;
}

/* The enrolment's figures stay with the accumulator: a return is not judged again and brings none. */
void volume_accumulator_enrol(const struct award *a, struct volume_row *row)
{
    const struct candidate *c = a->candidate;
    volume_accumulator_expect(a->program, row);
    if (!c) return;
    if (take_figure(c->expected_volume, &row->expected_micros)) row->has_expected = true;
    if (take_figure(c->baseline, &row->baseline_micros)) row->has_baseline = true;
}

void volume_accumulator_enrol_at_close(const struct award *a, struct volume_row *row)
{
    const struct candidate *c = a->candidate;
    if (c && !row->has_expected) row->has_expected = take_figure(c->expected_volume, &row->expected_micros);
    if (c && !row->has_baseline) row->has_baseline = take_figure(c->baseline, &row->baseline_micros);
    volume_accumulator_expect(a->program, row);
}
