/* domain/rating/exchange.h: conversion inside the exact expression (domain.md 2.6). */
#ifndef DOMAIN_RATING_EXCHANGE_H
#define DOMAIN_RATING_EXCHANGE_H

#include "domain/catalogue.h"
#include "domain/rational.h"

/* A rate as it is stored on a payout; the same currency: rate 1, no table. */
struct exchange {
    struct slice    table, from, to;
    int64_t         rate_micros, units;
    int32_t         date;
    struct rational rate;                           /* rate_micros / (10^6 · units) */
    bool            missing;                        /* no rate of the pair can be used on that date: `rate` is 0 */
    int32_t         stale_from, stale_to;           /* missing: first and last day of the rate that is too old or has
                                                       ended; 0: there is none, it has no end */
};

/* The rate of a table on a date; `missing` when the pair is not listed or too old. */
struct exchange exchange_on(const struct catalogue *c, struct slice table, struct slice from, struct slice to,
                            int32_t date, int64_t max_age_days);

/* The same rate again, copied from what a line kept (domain.md 6). */
struct exchange exchange_kept(struct slice table, struct slice from, struct slice to, int64_t rate_micros,
                              int64_t units, int32_t date);

/* The datum on which a line waits for that rate (domain/waiting.h). */
struct slice exchange_datum(struct arena *a, const struct exchange *x);

static inline bool exchange_is_identity(const struct exchange *x)
{
    return x->table.size == 0 && !x->missing;
}

#endif
