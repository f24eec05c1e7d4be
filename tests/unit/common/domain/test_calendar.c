/* tests/unit/common/domain/test_calendar.c: domain.md 2.8, 4.2. */
#include "domain/calendar.h"
#include "domain/program.h"
#include "support/table.h"

TEST(reads_dates_that_exist)
{
    struct table t = TABLE(
        "text        | date",
        "2024-02-29  | 20240229",
        "2023-02-29  | 0",
        "2000-02-29  | 20000229",
        "2026-04-31  | 0",
        "1989-12-31  | 0",
        "1990-01-01  | 19900101",
        "2099-12-31  | 20991231",
        "2100-01-01  | 0",
        "2026-4-1    | 0",
        "20260401    | 0",
        "2026/04/01  | 0");
    while (table_next(&t)) {
        int32_t date = 0;
        enum err e = date_parse(cell(&t, "text"), &date);
        CHECK_INT(e == OK, cell_int(&t, "date") != 0);
        CHECK_CELL_INT(&t, "date", date);
    }
}

TEST(adds_days_and_months)
{
    CHECK_INT(date_add_days(20250331, 45), 20250515);            /* D-SND-08: received on this day is in time */
    CHECK_INT(date_add_days(20250110, 90), 20250410);            /* D-REG-02 */
    CHECK_INT(date_add_days(20240228, 1), 20240229);
    CHECK_INT(date_add_days(20991231, 1), 20991231);
    CHECK_INT(date_add_days(20991203, INT64_MAX), 20991231);
    CHECK_INT(date_add_days(19900103, INT64_MIN), 19900101);
    CHECK_INT(date_add_days(19900101, -1000000), 19900101);
    CHECK_INT(date_add_months(20240131, 1), 20240229);
    CHECK_INT(date_add_months(20240331, -1), 20240229);
    CHECK_INT(date_add_months(20231130, 14), 20250130);
    CHECK_INT(date_month_end(20260215), 20260228);
    CHECK_INT(date_days_between(20260301, 20260228), -1);
    CHECK_INT(date_weekday(20261125), 3);
    CHECK_INT(date_weekday(20261129), 7);
}

static enum period_kind kind_of(const struct table *t)
{
    return (enum period_kind)word_find(VOCABULARY_PERIOD, cell(t, "kind"));
}

TEST(names_and_bounds_the_period_of_a_date)
{
    struct table t = TABLE(
        "kind     start  date      | label    from      to",
        "MONTH    1      20250430  | 2025-04  20250401  20250430",
        "MONTH    4      20250430  | 2025-04  20250401  20250430",
        "QUARTER  1      20250401  | 2025-Q2  20250401  20250630",
        "QUARTER  1      20250331  | 2025-Q1  20250101  20250331",
        "QUARTER  4      20250401  | 2026-Q1  20250401  20250630",
        "QUARTER  4      20250331  | 2025-Q4  20250101  20250331",
        "QUARTER  2      20250131  | 2025-Q4  20241101  20250131",
        "QUARTER  2      20250201  | 2026-Q1  20250201  20250430",
        "HALF     1      20250630  | 2025-H1  20250101  20250630",
        "HALF     10     20250930  | 2025-H2  20250401  20250930",
        "HALF     10     20251001  | 2026-H1  20251001  20260331",
        "YEAR     1      20251231  | 2025     20250101  20251231",
        "YEAR     7      20250701  | 2026     20250701  20260630",
        "YEAR     7      20250630  | 2025     20240701  20250630");
    while (table_next(&t)) {
        struct period p, found;
        struct period_rule rule = { .kind = kind_of(&t), .fiscal_start_month = (uint32_t)cell_int(&t, "start") };
        CHECK(period_of(&rule, (int32_t)cell_int(&t, "date"), &p));
        CHECK_CELL(&t, "label", period_label(&p));
        CHECK_CELL_INT(&t, "from", p.from);
        CHECK_CELL_INT(&t, "to", p.to);
        CHECK(period_find(&rule, period_label(&p), &found) && found.from == p.from && found.to == p.to);
    }
}

TEST(every_day_lies_in_one_period_that_its_neighbours_meet)
{
    for (enum period_kind kind = PERIOD_MONTH; kind <= PERIOD_YEAR; kind++)
        for (uint32_t start = 1; start <= 12; start++) {
            struct period_rule rule = { .kind = kind, .fiscal_start_month = start };
            for (int32_t date = 20240101; date < 20260101; date = date_add_days(date, 1)) {
                struct period p, prior, next;
                bool ok = period_of(&rule, date, &p) && p.from <= date && date <= p.to;
                ok = ok && period_prior(&rule, &p, &prior) && date_add_days(prior.to, 1) == p.from;
                ok = ok && period_next(&rule, &p, &next) && date_add_days(p.to, 1) == next.from;
                if (!ok) CHECK_INT(date, kind * 100 + start);
            }
        }
}

TEST(custom_and_program_periods_end_where_they_say)
{
    struct custom_period custom[] = { { SLICE_INIT("SPRING"), 20250201, 20250420 },
                                      { SLICE_INIT("FALL"), 20250901, 20251130 } };
    struct period_rule rule = { .kind = PERIOD_CUSTOM, .custom = custom, .custom_count = 2 };
    struct period p, other;
    CHECK(period_of(&rule, 20250420, &p));
    CHECK_TEXT(period_label(&p), "SPRING");
    CHECK(!period_of(&rule, 20250421, &p));
    CHECK(period_next(&rule, &p, &other));
    CHECK_TEXT(period_label(&other), "FALL");
    CHECK(!period_prior(&rule, &p, &other));
    CHECK(period_find(&rule, SLICE("FALL"), &p) && p.to == 20251130);
    CHECK(!period_find(&rule, SLICE("2025-Q1"), &p));
    struct period_rule whole = { .kind = PERIOD_PROGRAM, .program_from = 20250101, .program_to = 20251231 };
    CHECK(period_of(&whole, 20250101, &p) && period_find(&whole, SLICE("PROGRAM"), &p));
    CHECK_TEXT(period_label(&p), "PROGRAM");
    CHECK(!period_of(&whole, 20260101, &p));
    CHECK(!period_year_earlier(&whole, &p, &other));
}

TEST(the_same_period_a_year_earlier_follows_the_fiscal_year)
{
    struct period_rule rule = { .kind = PERIOD_QUARTER, .fiscal_start_month = 4 };
    struct period p, earlier;
    CHECK(period_of(&rule, 20250401, &p) && period_year_earlier(&rule, &p, &earlier));
    CHECK_TEXT(period_label(&earlier), "2025-Q1");
    CHECK_INT(earlier.from, 20240401);
}
