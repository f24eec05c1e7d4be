/* The conservation law, in lines and in money. */
#include "stage/conservation.h"

#include "support/test.h"

static struct line claim(const char *currency, int64_t minor)
{
    return (struct line){ .kind = KIND_SHIP_DEBIT_CLAIM,
                          .currency = slice_from(currency),
                          .claimed_amount_minor = minor,
                          .has_claimed_amount_minor = true };
}

TEST(what_comes_in_goes_out_in_lines_and_in_each_currency)
{
    struct conservation c, total;
    struct line usd = claim("USD", 500), eur = claim("EUR", -70),
                sale = { .kind = KIND_POS_SALE, .currency = SLICE("USD") };
    conservation_init(&c);
    conservation_init(&total);
    conservation_take(&c, &usd);
    conservation_take(&c, &eur);
    conservation_take(&c, &sale);
    conservation_take(&c, NULL);
    CHECK(!conservation_holds(&c));
    conservation_end(&c, &usd, OUTCOME_SHORT);
    conservation_end(&c, &eur, OUTCOME_HOLD);
    conservation_end(&c, &sale, OUTCOME_PASS);
    CHECK(!conservation_holds(&c));
    conservation_end(&c, NULL, OUTCOME_DEAD);
    CHECK(conservation_holds(&c));
    conservation_add(&total, &c);
    conservation_add(&total, &c);
    CHECK(conservation_holds(&total));
    CHECK_INT(total.in, 8);
    CHECK_INT(total.money_count, 2);
    CHECK_INT(total.money[0].out_minor[OUTCOME_SHORT], 1000);
}

TEST(lines_that_agree_do_not_hide_money_that_does_not)
{
    struct conservation c;
    struct line in = claim("USD", 500), out = claim("USD", 499);
    conservation_init(&c);
    conservation_take(&c, &in);
    conservation_end(&c, &out, OUTCOME_PASS);
    CHECK(!conservation_holds(&c));
    conservation_init(&c);
    CHECK(conservation_holds(&c));
}
