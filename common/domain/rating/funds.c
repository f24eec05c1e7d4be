/* domain/rating/funds.c: accrued, reserved, paid, expired, converted. */
#include "domain/rating/funds.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/program_periods.h"

/* Calendar and usage are those of the highest version. */
static const struct program *open_calendar(const struct catalogue *c, struct slice program_id, struct period_rule *rule)
{
    const struct program_history *h = catalogue_program(c, program_id);
    const struct program *highest = h ? program_version_highest(h) : NULL;
    if (!highest) return NULL;
    *rule = program_periods(c, highest);
    program_span(h, &rule->program_from, &rule->program_to);
    return highest;
}

static bool find_version(const struct catalogue *c, struct slice program_id, const struct period_rule *rule,
                         struct fund_place *place)
{
    ASSERT(rule->program_from <= rule->program_to && place->earning.to);
    int32_t last = place->earning.to < rule->program_to ? place->earning.to : rule->program_to;
    if (last < place->earning.from || place->earning.to < rule->program_from) return false;
    place->version = program_version_on(catalogue_program(c, program_id), last);
    return place->version != NULL;
}

bool funds_of_activity(const struct catalogue *c, struct slice program_id, int32_t date, struct fund_place *place)
{
    struct period_rule rule;
    const struct program *highest = open_calendar(c, program_id, &rule);
    if (!highest || !period_of(&rule, date, &place->usage)) return false;
    place->earning = place->usage;
    if (highest->mdf.usage == MDF_USAGE_NEXT_PERIOD && !period_prior(&rule, &place->usage, &place->earning))
        return false;
    return find_version(c, program_id, &rule, place);
}

bool funds_of_label(const struct catalogue *c, struct slice program_id, struct slice label, struct fund_place *place)
{
    struct period_rule rule;
    const struct program *highest = open_calendar(c, program_id, &rule);
    if (!highest || !period_find(&rule, label, &place->earning)) return false;
    place->usage = place->earning;
    if (highest->mdf.usage == MDF_USAGE_NEXT_PERIOD && !period_next(&rule, &place->earning, &place->usage))
        place->usage = (struct period){ 0 };
    return find_version(c, program_id, &rule, place);
}

bool funds_period(const struct catalogue *c, struct slice program_id, int32_t date, struct period *period)
{
    struct period_rule rule;
    return open_calendar(c, program_id, &rule) && period_of(&rule, date, period);
}

static struct slice key_of(struct rating *r, struct slice program_id, struct slice label)
{
    return RATING_KEY(r, program_id, label);
}

const struct fund_row *funds_read(struct rating *r, struct slice program_id, struct slice label)
{
    return books_read(r->books, PAYOUT_FUNDS, key_of(r, program_id, label), NULL);
}

struct fund_row *funds_change(struct rating *r, const struct program *p, struct slice label)
{
    struct fund_row *fund = books_change(r->books, PAYOUT_FUNDS, key_of(r, p->id, label));
    fund->currency = p->currency;
    return fund;
}

int64_t funds_available(const struct fund_row *f)
{
    return f->accrued_minor + f->adjusted_minor - f->reserved_minor - f->paid_minor - f->expired_minor
           - f->converted_minor;
}

void funds_note_limit(struct award *a, const struct fund_row *f, int64_t before)
{
    int64_t whole = f->accrued_minor + f->adjusted_minor;
    award_note_limit(a, LIMIT_FUND, whole, whole - before, whole - funds_available(f));
}

void funds_expire_rest(struct fund_row *fund)
{
    int64_t left = funds_available(fund);
    if (fund->is_closed && left > 0) fund->expired_minor += left;
}

/* Of what arrives, what is paid out again: not what an overdrawn fund lacks; and no more is taken back than was
 * converted (invariant 6), the rest is lacking until more arrives. */
static int64_t part_to_convert(const struct fund_row *fund, int64_t arrived_minor)
{
    int64_t available = funds_available(fund), converted = fund->converted_minor;
    if (arrived_minor < 0) return arrived_minor < -converted ? -converted : arrived_minor;
    if (available <= 0) return 0;
    return available < arrived_minor ? available : arrived_minor;
}

bool funds_would_pay(const struct fund_row *fund, int64_t arriving_minor)
{
    return fund->is_converted && arriving_minor > 0 && funds_available(fund) > -arriving_minor;
}

static void note_part(struct rating *r, struct award *a, const struct fund_row *fund, int64_t arrived_minor,
                      int64_t part_minor)
{
    struct step *s = award_step(r, a, SLICE("5.3 converted"));
    award_input(r, s, SLICE("arrived"), arrived_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("available"), funds_available(fund), 0, a->minor_unit);
    award_input(r, s, SLICE("converted"), fund->converted_minor, 0, a->minor_unit);
    award_result(s, SLICE("amount"), part_minor, a->minor_unit);
}

static void convert_arrival(struct rating *r, struct award *a, struct fund_row *fund,
                            const struct fund_arrival *arrival)
{
    int64_t minor = part_to_convert(fund, arrival->amount_minor);
    if (minor != arrival->amount_minor) {
        note_part(r, a, fund, arrival->amount_minor, minor);
        award_convert(r, a, rational_of_minor(minor, a->exponent), minor);
    }
    fund->converted_minor += minor;
    if (minor == 0) return;
    struct posting *p = award_post(r, a, LEDGER_EARNED, arrival->qty_milli, minor, a->payout_minor);
    p->earned_period = slice_copy(r->arena, period_label(&arrival->earned));
    p->posted_period = arrival->posted;
    p->payable_on = date_add_days(award_payable_from(r, a, &arrival->earned), a->program->lag_days);
}

void funds_arrive(struct rating *r, struct award *a, const struct fund_arrival *arrival)
{
    struct slice label = slice_copy(r->arena, period_label(&arrival->earned));
    ASSERT(label.size > 0 && arrival->posted.size > 0);
    struct fund_row *fund = funds_change(r, a->program, label);
    int64_t *sum = arrival->granted ? &fund->adjusted_minor : &fund->accrued_minor, before = *sum;
    if (money_add(before, arrival->amount_minor, sum) != OK) r->overflow = true;
    award_balance(r, a, SLICE("fund"), label, before, *sum, a->minor_unit);
    if (fund->is_converted && !r->overflow) convert_arrival(r, a, fund, arrival);
    funds_expire_rest(fund);
}

static unsigned reservation_at(const struct fund_row *fund, struct slice preapproval_no)
{
    unsigned at = 0;
    while (at < fund->reserving_count && !slice_equal(fund->reserving[at].preapproval_no, preapproval_no)) at++;
    return at;
}

bool funds_reserve(struct rating *r, struct fund_row *fund, struct slice preapproval_no, int64_t minor)
{
    ASSERT(minor >= 0 && preapproval_no.size > 0);
    if (reservation_at(fund, preapproval_no) == fund->reserving_count) {
        if (fund->reserving_count == reservation_LIST_MAX) return false;
        *ROWS_APPEND(r->arena, fund, reserving, reservation) = (struct reservation){ preapproval_no };
    }
    fund->reserved_minor += minor;
    return true;
}

void funds_release(struct fund_row *fund, struct slice preapproval_no, int64_t minor, bool all)
{
    unsigned at = reservation_at(fund, preapproval_no);
    ASSERT(minor >= 0 && preapproval_no.size > 0);
    fund->reserved_minor -= minor;
    if (all && at < fund->reserving_count)
        rows_remove(fund->reserving, &fund->reserving_count, sizeof *fund->reserving, at);
}
