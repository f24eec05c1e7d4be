/* domain/rating/operator_lines.c: fund adjustments, manual money, settlements. */
#include "domain/rating/operator_lines.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/funds.h"
#include "domain/rating/reversal_entry.h"
#include "domain/rating/volume_period.h"

struct reason *operator_lines_refuse(struct rating *r, struct slice field, struct slice value)
{
    ASSERT(field.size > 0);
    struct reason *given = verdict_give(r->v, REASON_FIELD_INVALID);
    reason_argument(given, SLICE("field"), field);
    reason_argument(given, SLICE("value"), value);
    return given;
}

/* The amount of the line exactly, in the currency of the award's program; notes how it came about. */
static int64_t take_amount(struct rating *r, struct award *a, struct slice rule, struct rational *exact)
{
    struct slice currency = r->line->currency.size ? r->line->currency : a->program->currency;
    struct exchange x = award_exchange(r, a, currency);
    *exact = rational_mul(rational_of_minor(r->line->amount_minor, currency_exponent(currency)), x.rate);
    int64_t minor = award_measure(r, a, *exact);
    struct step *s = award_step(r, a, rule);
    award_input_exact(r, s, SLICE("X"), *exact, (struct slice){ 0 });
    award_input(r, s, SLICE("exponent"), a->exponent, 0, SLICE("count"));
    award_input(r, s, SLICE("step"), 1, 0, a->minor_unit);
    award_input(r, s, SLICE("mode"), a->program->rounding_mode, 0,
                word_text(VOCABULARY_ROUNDING, a->program->rounding_mode));
    award_result(s, SLICE("amount"), minor, a->minor_unit);
    a->amount_minor = minor;
    return minor;
}

static const struct program_history *find_history(struct rating *r)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, r->line->program_id);
    if (h && program_version_highest(h)) return h;
    operator_lines_refuse(r, SLICE("program_id"), r->line->program_id);
    return NULL;
}

/* FUND_ADJUSTMENT. */

/* Into a fund that was paid out it would be manual money, which one person alone does not pay (6.7). */
static bool pays_alone(struct rating *r, struct slice label, int64_t minor)
{
    if (!funds_would_pay(funds_read(r, r->line->program_id, label), minor)) return false;
    if (award_is_released(r, REASON_DATA_CONFLICT)) return false;
    reason_argument(verdict_give(r->v, REASON_DATA_CONFLICT), SLICE("what"), SLICE("fund paid out"));
    return true;
}

void operator_lines_adjust_fund(struct rating *r)
{
    struct fund_place place;
    struct rational exact;
    ASSERT(r->kind == KIND_FUND_ADJUSTMENT);
    const struct program_history *h = find_history(r);
    if (!h) return;
    if (program_version_highest(h)->incentive != INCENTIVE_MDF) {
        operator_lines_refuse(r, SLICE("program_id"), r->line->program_id);
        return;
    }
    if (!funds_of_label(r->in->catalogue, r->line->program_id, r->line->period_label, &place)) {
        operator_lines_refuse(r, SLICE("period_label"), r->line->period_label);
        return;
    }
    struct award *a = award_begin(r, place.version, r->in->received_date);
    a->period = place.earning;
    int64_t minor = take_amount(r, a, SLICE("5.3 F"), &exact);
    if (pays_alone(r, slice_copy(r->arena, period_label(&place.earning)), minor)) return;
    award_convert(r, a, exact, minor);
    struct posting *p = award_post(r, a, LEDGER_FUND, 0, minor, a->payout_minor);
    p->payable_on = date_add_days(award_payable_from(r, a, &a->period), a->program->lag_days);
    funds_arrive(
        r, a,
        &(struct fund_arrival){
            .earned = place.earning, .posted = r->line->period_label, .amount_minor = minor, .granted = true });
}

/* ADJUSTMENT. */

/* Terms that hold today; of a program that has ended the last ones. */
static const struct program *current_version(const struct rating *r, const struct program_history *h)
{
    const struct program *p = program_version_on(h, r->in->received_date);
    return p ? p : program_version_highest(h);
}

void operator_lines_adjust(struct rating *r)
{
    struct rational exact;
    ASSERT(r->kind == KIND_ADJUSTMENT);
    const struct program_history *h = find_history(r);
    if (!h) return;
    struct award *a = award_begin(r, current_version(r, h), r->in->received_date);
    a->period = reversal_entry_period_now(r, a->program);
    a->payee_id = r->line->payee_id;
    int64_t minor = take_amount(r, a, SLICE("6.7"), &exact);
    award_convert(r, a, exact, minor);
    award_keep(a);
    struct posting *p = award_post(r, a, LEDGER_EARNED, 0, minor, a->payout_minor);
    p->payable_on = date_add_days(award_payable_from(r, a, &a->period), a->program->lag_days);
    p->kept = &a->kept;
}

/* RERATE. */

void operator_lines_refuse_rerate(struct rating *r)
{
    operator_lines_refuse(r, SLICE("kind"), kind_name(r->line->kind));
}

/* SETTLEMENT. */

/* Of a payout the part that so much of it stands for; the same where there is one currency only. */
static int64_t in_program_currency(struct rating *r, struct award *a, const struct entry_row *entry, int64_t minor)
{
    if (slice_equal(entry->currency, a->program->currency) || entry->amount_minor == 0) return minor;
    struct rational part = rational_make(minor, entry->amount_minor);
    return award_measure(r, a, rational_mul(rational_of_minor(entry->program_minor, a->exponent), part));
}

/* How far a sum settled lies beside what is owed, which is between nothing and the payout. */
static int64_t beyond_owed(const struct entry_row *entry, int64_t settled_minor)
{
    int64_t low = entry->amount_minor < 0 ? entry->amount_minor : 0,
            high = entry->amount_minor > 0 ? entry->amount_minor : 0;
    return settled_minor > high ? settled_minor - high : settled_minor < low ? low - settled_minor : 0;
}

/* More than is owed, or back below nothing: the ERP's record and ours contradict each other, and a person looks. What
 * comes closer again is a correction. */
static bool contradicts(struct rating *r, const struct entry_row *entry, int64_t before, int64_t after)
{
    int64_t beyond = beyond_owed(entry, after);
    if (beyond == 0 || beyond < beyond_owed(entry, before) || award_is_released(r, REASON_DATA_CONFLICT)) return false;
    reason_argument(verdict_give(r->v, REASON_DATA_CONFLICT), SLICE("what"), SLICE("settlement"));
    return true;
}

static void note_settlement(struct rating *r, struct award *a, const struct entry_row *entry, int64_t program_minor)
{
    struct step *s = award_step(r, a, SLICE("E"));
    award_input_text(r, s, SLICE("payout_id"), r->line->payout_ids.items[0]);
    award_input(r, s, SLICE("payout"), entry->amount_minor, 0, SLICE("minor"));
    award_input_text(r, s, SLICE("reference"), r->line->settled_reference);
    award_input(r, s, SLICE("date"), r->line->settled_date, 0, SLICE("date"));
    award_result(s, SLICE("amount"), program_minor, a->minor_unit);
    s = award_step(r, a, SLICE("E"));
    award_result(s, SLICE("payout"), r->line->amount_minor, SLICE("minor"));
}

/* The payout that the line names, where the ERP can have paid it. */
static const struct entry_row *find_payout(struct rating *r, const struct program **version)
{
    bool found = false;
    struct slice payout_id = r->line->payout_ids.count ? r->line->payout_ids.items[0] : (struct slice){ 0 };
    const struct entry_row *entry =
        payout_id.size ? books_read(r->books, PAYOUT_ENTRIES, RATING_KEY(r, payout_id), &found) : NULL;
    const struct program_history *h = found ? catalogue_program(r->in->catalogue, entry->program_id) : NULL;
    *version = h ? program_version(h, entry->version) : NULL;
    if (*version && entry->ledger == LEDGER_EARNED && r->line->payout_ids.count == 1) return entry;
    if (*version || r->line->payout_ids.count > 1) operator_lines_refuse(r, SLICE("payout_ids"), payout_id);
    else if (!award_is_released(r, REASON_TARGET_UNKNOWN))
        reason_argument(verdict_give(r->v, REASON_TARGET_UNKNOWN), SLICE("original"), payout_id);
    return NULL;
}

void operator_lines_settle(struct rating *r)
{
    const struct program *version;
    ASSERT(r->kind == KIND_SETTLEMENT);
    const struct entry_row *entry = find_payout(r, &version);
    if (!entry) return;
    ASSERT(version && entry->ledger == LEDGER_EARNED);
    if (r->line->currency.size && !slice_equal(r->line->currency, entry->currency)) {
        operator_lines_refuse(r, SLICE("currency"), r->line->currency);
        return;
    }
    struct slice payout_id = r->line->payout_ids.items[0];
    struct settlement_row *row = books_change(r->books, PAYOUT_SETTLEMENTS, RATING_KEY(r, payout_id));
    int64_t before = row->settled_minor, after;
    if (money_add(before, r->line->amount_minor, &after) != OK) {
        r->overflow = true;
        return;
    }
    if (contradicts(r, entry, before, after)) return;
    struct award *a = award_begin(r, version, r->in->received_date);
    a->to_payout.to = entry->currency;
    int64_t program_minor = in_program_currency(r, a, entry, after) - in_program_currency(r, a, entry, before);
    note_settlement(r, a, entry, program_minor);
    struct period earned = { 0 };
    const struct program *of_period;
    volume_period_find(r->in->catalogue, entry->program_id, entry->period, &earned, &of_period);
    const struct line_row *paid = books_read(r->books, PAYOUT_LINES, RATING_KEY(r, entry->line_id), NULL);
    struct posting *p = award_post(r, a, LEDGER_SETTLED, 0, program_minor, r->line->amount_minor);
    p->role = paid->role;
    p->earned_period = p->posted_period = entry->period;
    p->payable_on = date_add_days(award_payable_from(r, a, &earned), version->lag_days);
    award_balance(r, a, SLICE("settlement"), payout_id, before, after, SLICE("minor"));
    row->settled_minor = after;
    row->currency = entry->currency;
}
