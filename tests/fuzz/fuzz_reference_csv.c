/* products.csv, prices.csv, rates.csv: the first byte says which; rows are typed or refused with a problem. */
#include "base/assert.h"
#include "wire/reference_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_rows(const struct text_source *s, enum reference_csv kind, const struct node *rows)
{
    const struct price_list *lists;
    unsigned count;
    struct product product;
    struct fx_pair fx;
    if (kind == REFERENCE_CSV_PRICES && reference_read_prices(s, rows, &lists, &count))
        for (unsigned i = 0; i < count; i++)
            for (unsigned k = 1; k < lists[i].price_count; k++)
                ASSERT(lists[i].prices[k - 1].valid_from < lists[i].prices[k].valid_from);
    for (const struct node_entry *e = rows->first; e; e = e->next) {
        if (kind == REFERENCE_CSV_PRODUCTS) (void)!reference_read_product(s, e->value, &product);
        if (kind == REFERENCE_CSV_RATES && reference_read_fx(s, e->value, &fx))
            ASSERT(fx.units > 0 && fx.rates[0].rate_micros > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena a;
    if (size == 0 || size > 64 << 10) return 0;
    if (!a.base) ASSERT(arena_open(&a, 64 << 20, 64 << 20) == OK);
    struct problems problems = problems_in(&a);
    struct text_source s = { .arena = &a, .file = SLICE("fuzz.csv"), .problems = &problems, .code = ERR_TERMS_INVALID };
    enum reference_csv kind = (enum reference_csv)(data[0] % 3);
    const struct node *rows = reference_read_csv(&s, kind, slice_of((const char *)data + 1, size - 1));
    ASSERT((rows != NULL) == (problems.count == 0));
    if (rows) read_rows(&s, kind, rows);
    arena_reset(&a);
    return 0;
}
