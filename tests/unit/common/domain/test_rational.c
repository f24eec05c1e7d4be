/* tests/unit/common/domain/test_rational.c */
#include "domain/rational.h"
#include "support/test.h"

static bool is(struct rational a, __int128 num, __int128 den)
{
    struct rational r = rational_reduce(a);
    return r.num == num && r.den == den;
}

TEST(computes_exactly_where_decimals_would_not)
{
    struct rational third = rational_make(1, 3);
    CHECK(is(rational_add(rational_add(third, third), third), 1, 1));
    CHECK(is(rational_mul(rational_make(2, 3), rational_make(9, 4)), 3, 2));
    CHECK(is(rational_sub(rational_make(1, 6), rational_make(1, 2)), -1, 3));
    CHECK(is(rational_div(rational_of(1), rational_make(-2, 5)), -5, 2));
    CHECK(is(rational_add(rational_of_micros(1750000), rational_of_milli(250)), 2, 1));
    CHECK(is(rational_mul(rational_of(50000), rational_of_percent(1500000)), 750, 1));
}

TEST(a_division_by_zero_is_bad_and_stays_bad)
{
    struct rational bad = rational_div(rational_of(1), RATIONAL_ZERO);
    int64_t whole;
    CHECK(rational_is_bad(bad));
    CHECK(rational_is_bad(rational_add(bad, rational_of(1))));
    CHECK(rational_is_bad(rational_mul(RATIONAL_ZERO, bad)));
    CHECK(rational_is_bad(rational_max(bad, rational_of(1))));
    CHECK(rational_is_bad(rational_neg(bad)));
    CHECK(rational_floor(bad, &whole) == ERR_ARITHMETIC_OVERFLOW);
    CHECK(rational_is_bad(rational_make(1, 0)));
}

TEST(only_a_result_that_does_not_fit_in_lowest_terms_is_bad)
{
    struct rational big = { (__int128)1 << 100, 1 }, small = { 1, (__int128)1 << 100 };
    CHECK(is(rational_mul(big, small), 1, 1));                       /* the product before reduction has 200 bits */
    CHECK(rational_is_bad(rational_mul(big, big)));
    CHECK(rational_is_bad(rational_mul(small, small)));
    struct rational sum = rational_add(small, small);
    CHECK(sum.num == 2 || sum.den == (__int128)1 << 99);
    CHECK(!rational_is_bad(sum));
    struct rational edge = { ((__int128)1 << 126) - 1 + ((__int128)1 << 126), 1 };
    CHECK(!rational_is_bad(edge));
    CHECK(rational_is_bad(rational_add(edge, rational_of(1))));
    CHECK(!rational_is_bad(rational_sub(rational_neg(edge), rational_of(1))));       /* -2^127 fits */
    CHECK(rational_is_bad(rational_sub(rational_neg(edge), rational_of(2))));
    CHECK(rational_is_bad(rational_neg(rational_sub(rational_neg(edge), rational_of(1)))));
    struct rational half_lowest = rational_mul(rational_sub(rational_neg(edge), rational_of(1)), rational_make(1, 2));
    CHECK(half_lowest.num == -((__int128)1 << 126) || half_lowest.den == 2);
}

/* -2^127 fits and 2^127 does not: what it is taken from or divided by is exact all the same. */
TEST(the_lowest_number_is_one_like_others)
{
    struct rational lowest = { -((__int128)1 << 126) - ((__int128)1 << 126), 1 };
    CHECK(is(rational_div(lowest, lowest), 1, 1));
    CHECK(is(rational_div(rational_mul(lowest, rational_make(3, 4)), lowest), 3, 4));
    CHECK(rational_is_bad(rational_div(rational_of(1), lowest)));
    struct rational half = rational_mul(lowest, rational_make(1, 2));
    CHECK(rational_compare(rational_div(rational_of(2), lowest), rational_div(rational_of(1), half)) == 0);
    CHECK(rational_sign(rational_div(rational_of(2), lowest)) < 0);
    CHECK(is(rational_add(rational_sub(rational_of(-1), lowest), rational_sub(lowest, rational_of(-1))), 0, 1));
    CHECK(rational_is_bad(rational_sub(RATIONAL_ZERO, lowest)));
    CHECK(rational_is_bad(rational_sub(RATIONAL_BAD, lowest)) && rational_is_bad(rational_div(RATIONAL_BAD, lowest)));
}

TEST(a_sum_is_reduced_by_more_than_127_bits)
{
    __int128 half = (__int128)1 << 126, edge = half - 1 + half;
    struct rational a = { edge, half }, b = { edge - 2, half };      /* 2^128 - 4 over 2^126 */
    CHECK(is(rational_add(a, b), half - 1, half >> 2));
    CHECK(is(rational_sub(rational_neg(a), b), 1 - half, half >> 2));
}

TEST(compares_without_leaving_exactness)
{
    struct rational a = { ((__int128)1 << 120) + 1, ((__int128)1 << 120) },
                    b = { ((__int128)1 << 119) + 1, (__int128)1 << 119 };
    CHECK(rational_compare(a, b) < 0);
    CHECK(rational_compare(b, a) > 0);
    CHECK(rational_compare(a, a) == 0);
    CHECK(rational_compare(rational_neg(a), b) < 0);
    CHECK(rational_compare(rational_make(2, 4), rational_make(1, 2)) == 0);
}

TEST(floors_towards_minus_infinity)
{
    int64_t whole;
    CHECK(rational_floor(rational_make(7, 2), &whole) == OK && whole == 3);
    CHECK(rational_floor(rational_make(-7, 2), &whole) == OK && whole == -4);
    CHECK(rational_floor(rational_make(-8, 2), &whole) == OK && whole == -4);
    CHECK(rational_floor((struct rational){ (__int128)1 << 64, 1 }, &whole) == ERR_ARITHMETIC_OVERFLOW);
}

/* (a + b) - b = a, (a · b) / b = a, and order follows the difference, for fractions of all sizes. */
TEST(undoes_what_it_did)
{
    uint64_t state = test_seed();
    for (int i = 0; i < 20000; i++) {
        unsigned cut = (unsigned)(test_random(&state) % 60);
        struct rational a =
            rational_make((int64_t)test_random(&state) >> cut, (int64_t)(test_random(&state) >> (1 + cut)) + 1);
        struct rational b =
            rational_make((int64_t)test_random(&state) >> cut, (int64_t)(test_random(&state) >> (1 + cut)) + 1);
        struct rational sum = rational_add(a, b), product = rational_mul(a, b);
        if (!rational_is_bad(sum)) {
            struct rational back = rational_sub(sum, b);
            if (!rational_is_bad(back)) CHECK(rational_compare(back, a) == 0);
            CHECK((rational_compare(sum, a) > 0) == (rational_sign(b) > 0));
        }
        if (!rational_is_bad(product) && b.num) CHECK(rational_compare(rational_div(product, b), a) == 0);
    }
}
