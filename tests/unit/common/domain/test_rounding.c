/* tests/unit/common/domain/test_rounding.c: domain.md 2.4 and 2.7. */
#include "domain/currency.h"
#include "domain/decimal.h"
#include "domain/rounding.h"
#include "support/table.h"

static struct rational exact(struct slice text)
{
    int64_t micros;
    CHECK(decimal_parse(text, 6, DECIMAL_EXCESS_REFUSE, &micros, NULL) == OK);
    return rational_of_micros(micros);
}

TEST(rounds_once_by_mode_and_step)
{
    struct table t = TABLE(
        "case      value         currency  mode       step | money",
        "D-RND-02  2.345         USD       HALF_UP    1    | 2.35",
        "D-RND-02  2.355         USD       HALF_UP    1    | 2.36",
        "D-RND-02  -2.345        USD       HALF_UP    1    | -2.35",
        "D-RND-02  2.345         USD       HALF_EVEN  1    | 2.34",
        "D-RND-02  2.355         USD       HALF_EVEN  1    | 2.36",
        "D-RND-02  -2.345        USD       HALF_EVEN  1    | -2.34",
        "D-RND-03  1234.5678     USD       HALF_UP    1    | 1234.57",
        "D-RND-03  1234.5678     JPY       HALF_UP    1    | 1235",
        "D-RND-03  1234.5678     KWD       HALF_UP    1    | 1234.568",
        "down      2.349         USD       DOWN       1    | 2.34",
        "down      -2.349        USD       DOWN       1    | -2.34",
        "TAX-004   84745.762711  INR       DOWN       100  | 84745.00",
        "step      149.99        USD       HALF_UP    100  | 150.00",
        "step      149.50        USD       HALF_EVEN  100  | 150.00",
        "step      148.50        USD       HALF_EVEN  100  | 148.00",
        "zero      0.004999      USD       HALF_UP    1    | 0.00",
        "zero      -0.004999     USD       HALF_UP    1    | 0.00");
    while (table_next(&t)) {
        int64_t minor = 0;
        char buffer[32];
        struct text money = text_over(buffer, sizeof buffer);
        enum rounding_mode mode = (enum rounding_mode)word_find(VOCABULARY_ROUNDING, cell(&t, "mode"));
        CHECK(round_money(exact(cell(&t, "value")), currency_exponent(cell(&t, "currency")), mode, cell_int(&t, "step"),
                          &minor)
              == OK);
        money_put(&money, minor, cell(&t, "currency"));
        CHECK_CELL(&t, "money", text_slice(&money));
    }
}

TEST(extends_before_it_rounds)
{
    /* RND-001: 2 × 55.55 plus 10 % = 122.21; rounding the unit first would give 122.22. */
    struct rational x = rational_mul(rational_mul(rational_of(2), exact(SLICE("55.55"))), rational_make(11, 10));
    int64_t minor;
    CHECK(round_money(x, 2, ROUNDING_HALF_UP, 1, &minor) == OK);
    CHECK_INT(minor, 12221);
}

TEST(refuses_what_is_outside_the_bounds)
{
    int64_t minor = 7;
    CHECK(round_money(rational_of(10000000000000), 2, ROUNDING_HALF_UP, 1, &minor) == OK);
    CHECK_INT(minor, AMOUNT_MINOR_MAX);
    CHECK(round_money(rational_add(rational_of(10000000000000), rational_make(1, 100)), 2, ROUNDING_HALF_UP, 1, &minor)
          == ERR_ARITHMETIC_OVERFLOW);
    CHECK(round_money(RATIONAL_BAD, 2, ROUNDING_HALF_UP, 1, &minor) == ERR_ARITHMETIC_OVERFLOW);
    CHECK_INT(minor, AMOUNT_MINOR_MAX);
}

TEST(rounding_is_odd)
{
    uint64_t state = test_seed();
    for (int i = 0; i < 20000; i++) {
        struct rational x =
            rational_make((int64_t)(test_random(&state) >> 20), (int64_t)(test_random(&state) >> 40) + 1);
        enum rounding_mode mode = (enum rounding_mode)(1 + i % 3);
        int64_t plus, minus;
        CHECK(round_money(x, 2, mode, 1, &plus) == OK && round_money(rational_neg(x), 2, mode, 1, &minus) == OK);
        CHECK(plus == -minus);
    }
}

TEST(splits_by_largest_remainder)
{
    int64_t parts[3];
    CHECK(split_total(10000, (int64_t[]){ 1, 1, 1 }, 3, parts) == OK);           /* D-RND-01 */
    CHECK(parts[0] == 3334 && parts[1] == 3333 && parts[2] == 3333);
    CHECK(split_total(1000, (int64_t[]){ 3, 3, 1 }, 3, parts) == OK);
    CHECK(parts[0] == 429 && parts[1] == 428 && parts[2] == 143);
    CHECK(split_total(-10000, (int64_t[]){ 1, 1, 1 }, 3, parts) == OK);
    CHECK(parts[0] == -3334 && parts[1] == -3333 && parts[2] == -3333);
    CHECK(split_total(5, (int64_t[]){ 0, 0, 0 }, 3, parts) == OK);
    CHECK(parts[0] == 5 && parts[1] == 0 && parts[2] == 0);
    CHECK(split_total(5, (int64_t[]){ INT64_MAX, 1, 0 }, 3, parts) == ERR_ARITHMETIC_OVERFLOW);
}

TEST(parts_are_the_whole_and_each_is_within_one_unit_of_its_share)
{
    uint64_t state = test_seed();
    for (int i = 0; i < 5000; i++) {
        int64_t weights[8], parts[8], sum = 0, whole = 0, total = (int64_t)(test_random(&state) >> 24) - (1LL << 39);
        for (int k = 0; k < 8; k++) sum += weights[k] = (int64_t)(test_random(&state) >> (40 + k));
        CHECK(split_total(total, weights, 8, parts) == OK);
        for (int k = 0; k < 8; k++) {
            whole += parts[k];
            __int128 off = (__int128)parts[k] * sum - (__int128)total * weights[k];
            CHECK(sum == 0 || (off < sum && off > -sum));
        }
        CHECK(whole == total);
    }
}
