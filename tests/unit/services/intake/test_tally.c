/* Claimed money and control figures of a document. */
#include "intake/tally.h"

#include "domain/decimal.h"
#include "support/table.h"

static bool amount_of(struct slice text, unsigned scale, int64_t *value)
{
    if (slice_is_empty(text)) return false;
    CHECK_INT(decimal_parse(text, scale, DECIMAL_EXCESS_REFUSE, value, NULL), OK);
    return true;
}

TEST(a_refused_line_claims_what_could_be_read_of_it)
{
    struct table t = TABLE(
        "qty  amount  unit  currency  refused | states  claimed",
        "4    -       2.00  USD       no      | yes     800",
        "4    -       2.00  USD       yes     | yes     800",
        "0    -       2.00  USD       yes     | yes     0",
        "0    9.00    2.00  USD       yes     | yes     900",    /* without a quantity the amount alone counts */
        "0    9.00    2.00  USD       no      | yes     0",
        "4    9.00    -     USD       yes     | yes     900",
        "4    -       -     USD       no      | no      0",
        "4    9.00    -     -         no      | no      0");
    while (table_next(&t)) {
        int64_t claimed = -1;
        struct line l = { .kind = KIND_SHIP_DEBIT_CLAIM, .currency = cell(&t, "currency"),
                          .qty_milli = cell_int(&t, "qty") * 1000 };
        l.has_claimed_amount_minor = amount_of(cell(&t, "amount"), 2, &l.claimed_amount_minor);
        l.has_claimed_debit_unit_micros = amount_of(cell(&t, "unit"), 6, &l.claimed_debit_unit_micros);
        CHECK_INT(tally_claimed(&l, cell_yes(&t, "refused"), &claimed), cell_yes(&t, "states"));
        CHECK_CELL_INT(&t, "claimed", claimed);
    }
    int64_t claimed = -1;
    CHECK(!tally_claimed(NULL, true, &claimed));
    CHECK_INT(claimed, 0);
}

static struct line claim_of(const char *currency, int64_t amount_minor)
{
    return (struct line){ .kind = KIND_SHIP_DEBIT_CLAIM, .qty_milli = 1000, .currency = slice_from(currency),
                          .has_claimed_amount_minor = true, .claimed_amount_minor = amount_minor };
}

TEST(money_is_counted_by_currency_and_by_what_became_of_the_line)
{
    struct tally t = { 0 };
    const struct line usd = claim_of("USD", 150), jpy = claim_of("JPY", 70), more = claim_of("USD", 50);
    tally_line(&t, test_arena(), &usd, false);
    tally_line(&t, test_arena(), &jpy, true);
    tally_line(&t, test_arena(), &more, true);
    tally_line(&t, test_arena(), NULL, true);
    CHECK_INT(t.lines, 4);
    CHECK_INT(t.qty_milli, 3000);
    CHECK_INT(t.amount_micros, 72000000);           /* 1.50 + 70 + 0.50 */
    CHECK_INT(t.total_count, 2);
    CHECK_TEXT(t.totals[0].currency, "USD");
    CHECK_INT(t.totals[0].claimed_minor, 200);
    CHECK_INT(t.totals[0].passed_minor, 150);
    CHECK_INT(t.totals[0].rejected_minor, 50);
    CHECK_TEXT(t.totals[1].currency, "JPY");
    CHECK_INT(t.totals[1].rejected_minor, 70);
}

TEST(currencies_behind_the_64th_are_not_listed)
{
    struct tally t = { 0 };
    static const char *const codes[] = {
#define CURRENCY(code, exponent) #code,
#include "domain/currency.def"
#undef CURRENCY
    };
    for (unsigned k = 0; k <= INTAKE_TOTALS_MAX; k++) {
        struct line l = claim_of(codes[k], 1);
        tally_line(&t, test_arena(), &l, false);
    }
    CHECK_INT(t.total_count, INTAKE_TOTALS_MAX);
    CHECK_INT(t.lines, INTAKE_TOTALS_MAX + 1);
}

TEST(control_values_are_held_against_what_was_counted)
{
    struct table rows = TABLE(
        "lines  qty  amount                strict | errors  warnings  counted",
        "2      2    3.00                  no     | 0       0         -",
        "-      -    -                     yes    | 0       0         -",
        "3      2    3.00                  no     | 0       1         2",
        "2      2.5  3.00                  yes    | 1       0         2",
        "2      2    3.000001              no     | 0       1         3",
        "2      2    3.0000001             no     | 0       1         3",     /* finer than we count */
        "two    2    3.00                  no     | 0       1         2",
        "3      3    4                     yes    | 3       0         2");
    while (table_next(&rows)) {
        struct issues errors, warnings;
        struct tally t = { 0 };
        const struct line usd = claim_of("USD", 150);
        issues_init(&errors, test_arena(), 8);
        issues_init(&warnings, test_arena(), 8);
        struct reader r = { .arena = test_arena(), .errors = &errors, .warnings = &warnings,
                            .is_strict = cell_yes(&rows, "strict"),
                            .header = { .control_lines = cell(&rows, "lines"), .control_qty = cell(&rows, "qty"),
                                        .control_amount = cell(&rows, "amount") } };
        for (unsigned k = 0; k < 2; k++) tally_line(&t, test_arena(), &usd, false);
        tally_compare(&t, &r);
        CHECK_CELL_INT(&rows, "errors", errors.count);
        CHECK_CELL_INT(&rows, "warnings", warnings.count);
        const struct issues *said = errors.count ? &errors : &warnings;
        CHECK_CELL(&rows, "counted", said->count ? said->items[0].arguments[0].value : (struct slice){ 0 });
    }
}

TEST(a_counted_figure_that_leaves_64_bits_is_told_in_whole_units)
{
    struct issues warnings;
    struct tally t = { .qty_milli = (__int128)INT64_MAX };
    issues_init(&warnings, test_arena(), 8);
    struct reader r = { .arena = test_arena(), .errors = &warnings, .warnings = &warnings,
                        .header = { .control_qty = SLICE("1") } };
    tally_compare(&t, &r);
    CHECK_INT(warnings.count, 1);
    CHECK_TEXT(warnings.items[0].arguments[0].value, "9223372036854775");
}
