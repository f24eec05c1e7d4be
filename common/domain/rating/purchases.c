/* domain/rating/purchases.c: what a root bought, by day. */
#include "domain/rating/purchases.h"

#include "base/assert.h"
#include "domain/currency.h"

enum { MONTHS_ASKED_MAX = 120 };

static struct slice month_key(struct rating *r, int32_t date)
{
    struct period month = award_month(date);
    return RATING_KEY(r, period_label(&month));
}

int64_t purchases_round(struct rating *r, struct rational value, struct slice currency)
{
    int64_t minor = 0;
    if (round_money(value, currency_exponent(currency), ROUNDING_HALF_UP, 1, &minor) != OK) r->overflow = true;
    return minor;
}

int64_t purchases_part(struct rating *r, const struct line_row *original, int64_t returned_milli)
{
    if (original->accepted_milli == 0) return 0;
    struct rational all = rational_of_minor(original->purchase_minor, currency_exponent(original->currency));
    return purchases_round(r, rational_mul(all, rational_make(returned_milli, original->accepted_milli)),
                           original->currency);
}

void purchases_add(struct rating *r, int32_t date, struct slice currency, int64_t amount_minor)
{
    struct purchase_row *row = books_change(r->books, PAYOUT_PURCHASES, month_key(r, date));
    for (unsigned i = 0; i < row->days_count; i++) {
        struct purchase_day *day = &row->days[i];
        if (day->date != date || !slice_equal(day->currency, currency)) continue;
        if (money_add(day->amount_minor, amount_minor, &day->amount_minor) != OK) r->overflow = true;
        return;
    }
    r->overflow |= row->days_count == purchase_day_LIST_MAX;
    if (r->overflow) return;
    *ROWS_APPEND(r->arena, row, days, purchase_day) =
        (struct purchase_day){ .date = date, .currency = currency, .amount_minor = amount_minor };
}

static struct rational month_in_currency(struct rating *r, struct award *a, const struct purchase_row *row,
                                         int32_t from, int32_t to)
{
    struct rational sum = RATIONAL_ZERO;
    for (unsigned i = 0; i < row->days_count; i++) {
        const struct purchase_day *day = &row->days[i];
        if (day->date < from || day->date > to || day->amount_minor == 0) continue;
        struct exchange x = exchange_on(r->in->catalogue, a->program->fx_table, day->currency, a->program->currency,
                                        day->date, r->in->policy->fx_max_age_days);
        if (x.missing) award_wait_for_rate(r, a, &x);
        struct rational amount = rational_of_minor(day->amount_minor, currency_exponent(day->currency));
        sum = rational_add(sum, rational_mul(amount, x.rate));
    }
    return sum;
}

struct rational purchases_net(struct rating *r, struct award *a, int32_t from, int32_t to)
{
    struct rational sum = RATIONAL_ZERO;
    int32_t month = from / 100 * 100 + 1;
    for (unsigned asked = 0; asked < MONTHS_ASKED_MAX; asked++) {
        const struct purchase_row *row = books_read(r->books, PAYOUT_PURCHASES, month_key(r, month), NULL);
        sum = rational_add(sum, month_in_currency(r, a, row, from, to));
        if (month / 100 == to / 100) return sum;
        month = date_add_months(month, 1);
    }
    r->overflow |= r->in->received_date >= month;
    return sum;
}
