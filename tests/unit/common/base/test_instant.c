/* tests/unit/common/base/test_instant.c */
#include "base/instant.h"
#include "support/table.h"

TEST(reads_rfc_3339_and_writes_it_back_in_utc)
{
    struct table t = TABLE(
        "text                        reads  | written",
        "2026-04-08T09:00:00Z        yes    | 2026-04-08T09:00:00Z",
        "2026-04-08T09:00:00+02:00   yes    | 2026-04-08T07:00:00Z",
        "2026-04-08T00:30:00.25-05:00  yes  | 2026-04-08T05:30:00.250Z",
        "2024-02-29T23:59:60Z        yes    | 2024-03-01T00:00:00Z",
        "2023-02-29T00:00:00Z        no     | -",
        "2026-04-08 09:00:00Z        no     | -",
        "2026-04-08T09:00:00         no     | -",
        "2026-04-08T24:00:00Z        no     | -",
        "1989-12-31T00:00:00Z        no     | -");
    while (table_next(&t)) {
        instant_ms value;
        char buffer[32];
        struct text written = text_over(buffer, sizeof buffer);
        bool reads = instant_parse(cell(&t, "text"), &value) == OK;
        CHECK_INT(reads, cell_yes(&t, "reads"));
        if (reads) instant_put(&written, value);
        CHECK_CELL(&t, "written", text_slice(&written));
    }
}

TEST(gives_the_civil_date_at_the_partners_offset)
{
    instant_ms value;
    CHECK(instant_parse(SLICE("2026-04-08T02:00:00Z"), &value) == OK);
    CHECK_INT(instant_date(value, 0), 20260408);
    CHECK_INT(instant_date(value, -300), 20260407);
    CHECK_INT(instant_date(value, 23 * 60), 20260409);
}

TEST(counts_days_and_comes_back_for_every_day_of_the_range)
{
    int64_t from = instant_days_from_civil(1990, 1, 1), to = instant_days_from_civil(2099, 12, 31);
    CHECK_INT(instant_days_from_civil(1970, 1, 1), 0);
    for (int64_t days = from; days <= to; days++) {
        int32_t year, month, day;
        instant_civil_from_days(days, &year, &month, &day);
        if (instant_days_from_civil(year, month, day) != days)
            CHECK_INT(days, instant_days_from_civil(year, month, day));
    }
}
