/* Money by names and currency: no sum is left out, however many there are. */
#include "claimctl/sums.h"

#include "domain/currency.h"
#include "support/test.h"

static const char *const codes[] = {
#define CURRENCY(code, exponent) #code,
#include "domain/currency.def"
#undef CURRENCY
};
enum { CODES = sizeof codes / sizeof codes[0], NAMES = 8 };

TEST(every_currency_of_every_name_has_its_sum)
{
    struct sums sums = { 0 };
    char name[] = "A";
    for (unsigned round = 0; round < 2; round++)
        for (unsigned n = 0; n < NAMES; n++)
            for (unsigned c = 0; c < CODES; c++) {
                name[0] = (char)('A' + n);
                sum_add(sums_at(test_arena(), &sums, slice_from(name), SLICE("EARNED"), slice_from(codes[c])),
                        n * 1000 + c);
            }
    const struct sum *s = sums.first;
    for (unsigned n = 0; n < NAMES; n++)
        for (unsigned c = 0; c < CODES; c++, s = s->next) {
            CHECK(s != NULL);
            CHECK_SLICE(s->currency, slice_from(codes[c]));
            CHECK_INT(s->name.bytes[0], 'A' + n);
            CHECK_INT(s->count, 2);
            CHECK_INT((int64_t)s->minor, 2 * (n * 1000 + c));
        }
    CHECK(s == NULL);
}

TEST(a_sum_is_written_with_all_digits_of_its_currency)
{
    char room[40];
    struct text t = text_over(room, sizeof room);
    sum_put_money(&t, 123450, SLICE("USD"));
    text_put_byte(&t, ' ');
    sum_put_money(&t, -7, SLICE("JPY"));
    CHECK_TEXT(text_slice(&t), "1234.50 USD -7 JPY");
}
