#include "intake/number.h"

#include "domain/decimal.h"
#include "support/table.h"

static enum decimal_style style_of(const struct table *t)
{
    return (enum decimal_style)(DECIMAL_STYLE_POINT + cell_word(t, "style", "point comma"));
}

static struct slice read_cell(const struct table *t, char buffer[NUMBER_TEXT_MAX])
{
    static const struct slice faults[] = {
        [NUMBER_MALFORMED] = SLICE_INIT("malformed"),
        [NUMBER_OTHER_STYLE] = SLICE_INIT("other"),
        [NUMBER_HAS_LETTER] = SLICE_INIT("letter"),
    };
    struct number n;
    enum number_fault fault = number_read(cell(t, "sent"), style_of(t), buffer, &n);
    if (fault != NUMBER_FINE) return faults[fault];
    int64_t value;
    struct text text = text_in(test_arena(), 40);
    if (decimal_parse(n.decimal, 6, DECIMAL_EXCESS_REFUSE, &value, NULL) != OK) return SLICE("no decimal");
    decimal_put(&text, value, 6);
    return text_slice(&text);
}

TEST(numbers_are_read_in_every_form_of_the_page)
{
    struct table t = TABLE(
        "sent              style  | decimal",
        "1234.50           point  | 1234.5",
        "1,234.50          point  | 1234.5",
        "1.234,50          comma  | 1234.5",
        "1'234.50          point  | 1234.5",
        "1 234,50          comma  | 1234.5",
        "1\xc2\xa0""234,50   comma  | 1234.5",
        "1\xe2\x80\xaf""234,50  comma  | 1234.5",
        "12,34,567.00      point  | 1234567",
        "(12)              point  | -12",
        "12-               point  | -12",
        "12.-              point  | 12",
        "1'250.--          point  | 1250",
        "12,-              comma  | 12",
        "-12,-             comma  | -12",
        "1.234,-           comma  | 1234",
        "1.234,-           point  | other",
        "1,234.--          point  | 1234",
        "1,234.--          comma  | other",
        "1,234,-           comma  | malformed",
        "+3                point  | 3",
        "-3                point  | -3",
        "\xe2\x88\x92""3     point  | -3",
        "$1,234.50         point  | 1234.5",
        "-$5               point  | -5",
        "$-5               point  | -5",
        "($5.25)           point  | -5.25",
        "5 EUR             point  | 5",
        "EUR 5,10          comma  | 5.1",
        "5,10 \xe2\x82\xac       comma  | 5.1",
        "1.5E3             point  | 1500",
        "1,5E-3            comma  | 0.0015",
        "1.23E+05          point  | 123000",
        "5E0               point  | 5",
        "1E21              point  | no decimal",
        "1E999             point  | no decimal",
        "0E999             point  | 0",
        "2E-20             point  | no decimal",
        "1E                point  | letter",
        "1E+               point  | letter",
        "1E2.5             point  | letter",
        ".5                point  | 0.5",
        "150.              point  | 150",
        "007               point  | 7",
        "12O               point  | letter",
        "1,5               point  | other",
        "1.5               comma  | other",
        "1,23,4            point  | malformed",
        "1,2345            point  | other",
        "--3               point  | malformed",
        "()                point  | malformed",
        "$                 point  | malformed",
        "1..5              point  | malformed",
        "1,234.567.8       point  | malformed");
    while (table_next(&t)) {
        char buffer[NUMBER_TEXT_MAX];
        CHECK_CELL(&t, "decimal", read_cell(&t, buffer));
    }
}

TEST(a_cell_tells_of_its_decimal_mark_only_what_is_certain)
{
    static const char *const words = "silent point comma either";
    struct table t = TABLE(
        "sent          | says",
        "12            | silent",
        "1234.50       | point",
        "1,234.50      | point",
        "1.234,50      | comma",
        "1.234,-       | comma",
        "1,234.--      | point",
        "1,5           | comma",
        "1,234         | either",
        "1.234         | either",
        "12,345        | either",
        "1234,567      | comma",
        "0,075         | comma",
        "0.075         | point",
        ".075          | point",
        "1,234,567     | point",
        "1.234.567     | comma",
        "1.2.3         | silent",
        "12,34,5       | silent",
        "1'234.500     | point",
        "$1,234        | either",
        "(1,50)        | comma",
        "N/A           | silent",
        "CAB-5.1       | silent");
    while (table_next(&t)) {
        int says = (int)number_evidence(cell(&t, "sent"));
        if (says != cell_word(&t, "says", words)) CHECK_SLICE(table_row(&t), SLICE("another answer"));
    }
}

TEST(a_sign_names_a_currency_or_several)
{
    struct number n;
    char buffer[NUMBER_TEXT_MAX];
    CHECK_INT(number_read(SLICE("5,10 \xe2\x82\xac"), DECIMAL_STYLE_COMMA, buffer, &n), NUMBER_FINE);
    CHECK_TEXT(n.currency, "EUR");
    CHECK_INT(number_read(SLICE("-US$1,234.50"), DECIMAL_STYLE_POINT, buffer, &n), NUMBER_FINE);
    CHECK_TEXT(n.currency, "USD");
    CHECK_TEXT(n.decimal, "-1234.50");
    CHECK_INT(number_read(SLICE("$5.00"), DECIMAL_STYLE_POINT, buffer, &n), NUMBER_FINE);
    CHECK(n.currency.size == 0);
    CHECK_TEXT(n.sign, "$");
    CHECK(number_sign_fits(n.sign, SLICE("USD")) && number_sign_fits(n.sign, SLICE("CAD"))
          && number_sign_fits(n.sign, SLICE("MXN")));
    CHECK(!number_sign_fits(n.sign, SLICE("EUR")) && !number_sign_fits(n.sign, SLICE("JPY")));
    CHECK(number_sign_fits(SLICE("\xc2\xa5"), SLICE("CNY")) && !number_sign_fits(SLICE("\xc2\xa5"), SLICE("USD")));
    CHECK_TEXT(number_currency_of_sign(SLICE("us$")), "USD");
    CHECK_TEXT(number_currency_of_sign(SLICE("\xe2\x82\xac")), "EUR");
    CHECK(number_currency_of_sign(SLICE("$")).size == 0 && number_currency_of_sign(SLICE("")).size == 0);
}

TEST(an_id_in_exponent_form_is_known)
{
    CHECK(number_is_exponent_form(SLICE("1.23E+05")) && number_is_exponent_form(SLICE("4,5E+11"))
          && number_is_exponent_form(SLICE("8E+2")));
    CHECK(!number_is_exponent_form(SLICE("1E5")) && !number_is_exponent_form(SLICE("A-1E+5"))
          && !number_is_exponent_form(SLICE("12345")));
}

TEST(decimal_text_of_json_is_handed_on_as_it_is)
{
    char buffer[NUMBER_TEXT_MAX];
    struct number n;
    CHECK_INT(number_read(SLICE("1,5"), DECIMAL_STYLE_AUTO, buffer, &n), NUMBER_FINE);
    CHECK_TEXT(n.decimal, "1,5");
}

TEST(a_code_beside_the_number_is_told_and_a_percent_sign)
{
    char buffer[NUMBER_TEXT_MAX];
    struct number n;
    CHECK_INT(number_read(SLICE("USD 12.00"), DECIMAL_STYLE_POINT, buffer, &n), NUMBER_FINE);
    CHECK_TEXT(n.currency, "USD");
    CHECK_INT(number_read(SLICE("12.5 %"), DECIMAL_STYLE_POINT, buffer, &n), NUMBER_FINE);
    CHECK(n.is_percent);
}

TEST(whatever_is_written_in_a_style_is_read_back_in_it)
{
    uint64_t state = test_seed();
    for (unsigned round = 0; round < 2000; round++) {
        int64_t value = (int64_t)(test_random(&state) % 2000000000000) - 1000000000000;
        char plain[40], grouped[60], buffer[NUMBER_TEXT_MAX];
        struct text p = text_over(plain, sizeof plain), g = text_over(grouped, sizeof grouped);
        decimal_put_fixed(&p, value, 2);
        size_t digits = p.size - 3 - (value < 0);
        for (size_t i = 0; i < p.size; i++) {
            size_t left = p.size - 3 - i;
            if (i > (value < 0) && i < p.size - 3 && left % 3 == 0 && digits > 3) text_put_byte(&g, '.');
            text_put_byte(&g, p.bytes[i] == '.' ? ',' : p.bytes[i]);
        }
        struct number n;
        int64_t read = 0;
        CHECK_INT(number_read(text_slice(&g), DECIMAL_STYLE_COMMA, buffer, &n), NUMBER_FINE);
        CHECK_INT(decimal_parse(n.decimal, 2, DECIMAL_EXCESS_REFUSE, &read, NULL), OK);
        CHECK_INT(read, value);
    }
}
