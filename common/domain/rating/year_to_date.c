/* domain/rating/year_to_date.c: payments to people, by year. */
#include "domain/rating/year_to_date.h"

#include "base/assert.h"
#include "domain/currency.h"

static struct slice row_key(struct rating *r, struct slice payee_id, uint32_t year)
{
    return RATING_KEY(r, payee_id, slice_of_int(r->arena, year));
}

/* The entry with the greatest valid_from on or before the date. */
static const struct tax_entry *entry_on(const struct tax_table *t, int32_t date)
{
    const struct tax_entry *best = NULL;
    for (unsigned i = 0; t && i < t->entry_count; i++)
        if (t->entries[i].valid_from <= date && (!best || t->entries[i].valid_from > best->valid_from))
            best = &t->entries[i];
    return best;
}

/* An amount in the currency of the table, at the rate of the payout's fx_date. */
static int64_t in_currency(struct rating *r, struct award *a, int64_t minor, struct slice from, struct slice to)
{
    int64_t converted = 0;
    if (minor == 0 || slice_equal(from, to)) return minor;
    struct exchange x =
        exchange_on(r->in->catalogue, a->program->fx_table, from, to, a->fx_date, r->in->policy->fx_max_age_days);
    if (x.missing) {
        award_wait_for_rate(r, a, &x);
        return 0;
    }
    struct rational exact = rational_mul(rational_of_minor(minor, currency_exponent(from)), x.rate);
    if (round_money(exact, currency_exponent(to), a->program->rounding_mode, 1, &converted) != OK) r->overflow = true;
    return converted;
}

static void note_step(struct rating *r, struct award *a, const struct year_to_date *y)
{
    struct step *s = award_step(r, a, SLICE("P7"));
    award_input(r, s, SLICE("before"), y->before_minor, 0, SLICE("minor"));
    award_input(r, s, SLICE("paid"), y->amount_minor, 0, SLICE("minor"));
    if (y->has_threshold) award_input(r, s, SLICE("threshold"), y->threshold_minor, 0, SLICE("minor"));
    award_result(s, SLICE("y"), y->before_minor + y->amount_minor, SLICE("minor"));
}

struct year_to_date *year_to_date_judge(struct rating *r, struct award *a, struct slice country, bool form_on_file,
                                        enum outcome hold)
{
    struct year_to_date *y = ARENA_NEW(r->arena, struct year_to_date);
    int32_t payable_on =
        date_add_days(a->program->has_volume ? a->period.to : r->in->decided_date, a->program->lag_days);
    const struct tax_entry *entry = entry_on(catalogue_tax(r->in->catalogue, country), payable_on);
    y->year = (uint32_t)(payable_on / 10000);
    y->currency = entry ? entry->currency : a->to_payout.to;
    const struct year_to_date_row *row =
        books_read(r->books, PAYOUT_YEAR_TO_DATE, row_key(r, a->payee_id, y->year), NULL);
    y->before_minor = in_currency(r, a, row->amount_minor, row->currency, y->currency);
    y->amount_minor = in_currency(r, a, a->payout_minor, a->to_payout.to, y->currency);
    y->has_threshold = entry != NULL;
    y->threshold_minor = entry ? entry->threshold_minor : 0;
    note_step(r, a, y);
    if (!entry || a->amount_minor <= 0 || y->before_minor + y->amount_minor < y->threshold_minor) return y;
    award_give(r, a, REASON_TAX_REPORTABLE);
    a->tax_reportable = true;
    if (!form_on_file) award_give_as(r, a, REASON_TAX_FORM_MISSING, hold);
    return y;
}

void year_to_date_charge(struct rating *r, struct award *a, const struct year_to_date *y)
{
    ASSERT(a->kept.program_id.size);
    struct year_to_date_row *row = books_change(r->books, PAYOUT_YEAR_TO_DATE, row_key(r, a->payee_id, y->year));
    row->currency = y->currency;
    row->amount_minor = y->before_minor;
    if (money_add(row->amount_minor, y->amount_minor, &row->amount_minor) != OK) r->overflow = true;
    award_balance(r, a, SLICE("year_to_date"), slice_of_int(r->arena, y->year), y->before_minor, row->amount_minor,
                  SLICE("minor"));
    a->kept.tax_year = y->year;
    a->kept.tax_minor = y->amount_minor;
}

/* The part of the charge that `minor` of the payout are; whole for whole. */
static int64_t charged_for(struct rating *r, const struct line_program *kept, int64_t minor)
{
    int64_t part = 0;
    if (minor == kept->payout_minor) return kept->tax_minor;
    struct rational exact = rational_mul(rational_of(kept->tax_minor), rational_make(minor, kept->payout_minor));
    if (round_money(exact, 0, ROUNDING_HALF_UP, 1, &part) != OK) r->overflow = true;
    return part;
}

void year_to_date_restore(struct rating *r, const struct line_program *kept, int64_t payout_minor)
{
    if (kept->tax_year == 0 || kept->payout_minor == 0 || payout_minor == 0) return;
    int64_t after = kept->payout_reversed_minor, before = after - payout_minor;
    struct year_to_date_row *row =
        books_change(r->books, PAYOUT_YEAR_TO_DATE, row_key(r, kept->payee_id, kept->tax_year));
    row->amount_minor -= charged_for(r, kept, after) - charged_for(r, kept, before);
}

void year_to_date_correct(struct rating *r, const struct program *p, const struct line_program *kept,
                          int64_t payout_minor)
{
    if (kept->tax_year == 0 || payout_minor == 0) return;
    struct slice key = row_key(r, kept->payee_id, kept->tax_year);
    struct year_to_date_row *row = books_change(r->books, PAYOUT_YEAR_TO_DATE, key);
    if (slice_is_empty(row->currency)) return;      /* not gathered yet */
    struct exchange x = exchange_on(r->in->catalogue, p->fx_table, kept->payout_currency, row->currency,
                                    kept->program_date, r->in->policy->fx_max_age_days);
    struct rational exact =
        rational_mul(rational_of_minor(payout_minor, currency_exponent(kept->payout_currency)), x.rate);
    int64_t minor = 0;
    if (round_money(exact, currency_exponent(row->currency), ROUNDING_HALF_UP, 1, &minor) != OK) r->overflow = true;
    row->amount_minor += minor;
}
