/* claimctl/sums.c: a list of sums. */
#include "claimctl/sums.h"

#include "base/assert.h"
#include "domain/currency.h"

struct sum *sums_at(struct arena *a, struct sums *sums, struct slice name, struct slice ledger, struct slice currency)
{
    struct sum **at = &sums->first;
    for (; *at; at = &(*at)->next)
        if (slice_equal((*at)->name, name) && slice_equal((*at)->ledger, ledger)
            && slice_equal((*at)->currency, currency))
            return *at;
    *at = ARENA_NEW(a, struct sum);
    **at = (struct sum){
        .name = slice_copy(a, name), .ledger = slice_copy(a, ledger), .currency = slice_copy(a, currency)
    };
    return *at;
}

struct sum *sums_of_currency(struct arena *a, struct sums *sums, struct slice currency)
{
    return sums_at(a, sums, (struct slice){ 0 }, (struct slice){ 0 }, currency);
}

void sum_add(struct sum *sum, __int128 minor)
{
    sum->count++;
    sum->minor += minor;
}

void sum_put_money(struct text *t, __int128 minor, struct slice currency)
{
    ASSERT(minor <= INT64_MAX && minor >= INT64_MIN);
    money_put(t, (int64_t)minor, currency);
    text_put_byte(t, ' ');
    text_put(t, currency);
}
