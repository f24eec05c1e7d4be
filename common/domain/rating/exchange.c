/* domain/rating/exchange.c: the rate between two currencies on a date. */
#include "domain/rating/exchange.h"

#include "base/assert.h"
#include "domain/waiting.h"

static struct exchange identity(struct slice from, struct slice to, int32_t date)
{
    return (struct exchange){
        .from = from, .to = to, .rate_micros = 1000000, .units = 1, .date = date, .rate = rational_of(1)
    };
}

static struct exchange missing_on(const struct fx_rate *stale, struct slice table, struct slice from, struct slice to,
                                  int32_t date)
{
    return (struct exchange){
        .table = table, .from = from, .to = to, .date = date, .rate = RATIONAL_ZERO, .missing = true,
        .stale_from = stale ? stale->valid_from : 0, .stale_to = stale ? stale->valid_to : 0,
    };
}

struct exchange exchange_on(const struct catalogue *c, struct slice table, struct slice from, struct slice to,
                            int32_t date, int64_t max_age_days)
{
    if (slice_equal(from, to)) return identity(from, to, 0);
    const struct fx_pair *pair = NULL;
    const struct fx_rate *rate = catalogue_fx(c, table, from, to, date, max_age_days, &pair);
    if (!rate) return missing_on(catalogue_last_fx(c, table, from, to, date, NULL), table, from, to, date);
    ASSERT(pair && pair->units > 0 && rate->rate_micros > 0);
    return exchange_kept(table, from, to, rate->rate_micros, pair->units, date);
}

struct exchange exchange_kept(struct slice table, struct slice from, struct slice to, int64_t rate_micros,
                              int64_t units, int32_t date)
{
    if (slice_is_empty(table)) return identity(from, to, 0);
    ASSERT(units > 0 && units <= INT64_MAX / 1000000);
    return (struct exchange){ .table = table,
                              .from = from,
                              .to = to,
                              .rate_micros = rate_micros,
                              .units = units,
                              .date = date,
                              .rate = rational_make(rate_micros, 1000000 * units) };
}

struct slice exchange_datum(struct arena *a, const struct exchange *x)
{
    return SLICE_JOIN(a, SLICE(WAIT_FX), x->table, SLICE("/"), x->from, SLICE("/"), x->to);
}
