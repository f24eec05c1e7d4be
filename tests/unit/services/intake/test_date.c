#include "intake/date.h"

#include "support/table.h"

TEST(dates_are_read_in_every_form_of_the_page)
{
    struct table t = TABLE(
        "sent                      order  | date",
        "20260302                  _      | 20260302",
        "2026-03-02                _      | 20260302",
        "2026/3/2                  _      | 20260302",
        "02.03.2026                _      | 20260302",
        "2.3.26                    mdy    | 20260302",
        "02-MAR-26                 _      | 20260302",
        "2-Mar-2026                _      | 20260302",
        "02 March 2026             _      | 20260302",
        "Mar 2, 2026               _      | 20260302",
        "02-MRZ-26                 _      | 20260302",
        "2. M\xc3\xa4rz 2026             _      | 20260302",
        "2 mars 2026               _      | 20260302",
        "2-f\xc3\xa9vr-26               _      | 20260202",
        "2 f\xc3\xa9vr. 2026            _      | 20260202",
        "31-DIC-2025               _      | 20251231",
        "1-ENE-26                  _      | 20260101",
        "5 OKT 2026                _      | 20261005",
        "3-mei-2026                _      | 20260503",
        "2-MXX-2026                _      | 0",
        "3/2/2026                  mdy    | 20260302",
        "3/2/2026                  dmy    | 20260203",
        "3/2/2026                  _      | 0",
        "3/3/2026                  _      | 20260303",
        "13/04/2026                dmy    | 20260413",
        "13/04/2026                mdy    | 0",
        "3-2-26                    mdy    | 20260302",
        "26/03/02                  ymd    | 20260302",
        "2026-03-02T10:00:00Z      _      | 20260302",
        "2026-03-02 10:00          _      | 20260302",
        "3/2/2026 14:05:33         mdy    | 20260302",
        "3/2/2026 2:05 PM          mdy    | 20260302",
        "20260302120000            _      | 20260302",
        "46083                     _      | 20260302",
        "46083.5                   _      | 20260302",
        "60                        _      | 0",
        "3/2/45                    mdy    | 20450302",
        "3/2/46                    mdy    | 0",
        "3/2/95                    mdy    | 19950302",
        "2026-02-30                _      | 0",
        "1989-12-31                _      | 0",
        "2099-12-31                _      | 20991231",
        "2100-01-01                _      | 0",
        "3/2-2026                  mdy    | 0",
        "31-FEB-26                 _      | 0",
        "soon                      _      | 0",
        "2026-03-02x               _      | 0");
    while (table_next(&t)) {
        struct date_dialect d = { .received = 20260408, .order = DATE_STYLE_AUTO };
        int32_t date = 0;
        if (!cell_is_default(&t, "order"))
            d.order = (enum date_style)(DATE_STYLE_YMD + cell_word(&t, "order", "ymd dmy mdy"));
        (void)date_read(cell(&t, "sent"), &d, &date);
        CHECK_CELL_INT(&t, "date", date);
    }
}

TEST(json_takes_iso_dates_only)
{
    struct date_dialect d = { .is_plain = true };
    int32_t date = 0;
    CHECK(date_read(SLICE("2026-03-02"), &d, &date) && date == 20260302);
    CHECK(date_read(SLICE("20260302"), &d, &date));
    CHECK(!date_read(SLICE("2026-3-2"), &d, &date));
    CHECK(!date_read(SLICE("46083"), &d, &date));
    CHECK(!date_read(SLICE("2026-03-02T"), &d, &date));
    CHECK(!date_read(SLICE("2026-03-02 noon"), &d, &date));
    CHECK(!date_read(SLICE("2026-02-30T00:00:00Z"), &d, &date));
}

TEST(an_instant_in_the_place_of_a_date_is_the_date_that_it_names)
{
    static const char *const instants[] = {
        "2026-03-02T00:00:00Z", "2026-03-02T23:30:00-08:00", "2026-03-02T00:30:00.250+09:00", "2026-03-02T00:00:00",
        "2026-03-02T23:59:59.999", "2026-03-02 15:30:00", "2026-03-02T15:30", "2026-03-02 15:30",
    };
    struct date_dialect d = { .is_plain = true };
    for (unsigned k = 0; k < sizeof instants / sizeof instants[0]; k++) {
        int32_t date = 0;
        CHECK(date_read(slice_from(instants[k]), &d, &date));
        CHECK_INT(date, 20260302);
    }
}

TEST(what_only_looks_like_a_local_time_is_no_date)
{
    static const char *const texts[] = {
        "2026-03-02T24:00:00", "2026-03-02T15:60", "2026-03-02T1530", "2026-03-02  15:30", "2026-03-02T15:30:0",
        "2026-03-02T15:30 ET", "2026-02-30T15:30", "2026-03-02T15:30:00.000000000000000000000", "02/03/2026 15:30",
    };
    struct date_dialect d = { .is_plain = true };
    for (unsigned k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        int32_t date = 0;
        CHECK(!date_read(slice_from(texts[k]), &d, &date));
    }
}

TEST(serials_of_1904_are_four_years_and_a_day_later)
{
    struct date_dialect d = { .is_1904 = true };
    int32_t date = 0;
    CHECK(date_read(SLICE("44621"), &d, &date));
    CHECK_INT(date, 20260302);
}

TEST(a_cell_tells_the_order_only_by_a_part_above_twelve)
{
    struct table t = TABLE(
        "sent          | says",
        "13/04/2026    | dmy",
        "04/13/2026    | mdy",
        "03/04/2026    | either",
        "05/05/2026    | silent",
        "13.04.2026    | silent",
        "2026-04-13    | silent",
        "13-APR-26     | silent",
        "3-4-26        | either",
        "31/31/2026    | silent");
    while (table_next(&t)) {
        int says = (int)date_evidence(cell(&t, "sent"));
        if (says != cell_word(&t, "says", "silent dmy mdy either")) CHECK_SLICE(table_row(&t), SLICE("another answer"));
    }
}

TEST(with_points_the_day_stands_first_and_a_day_that_is_its_month_may_stand_anywhere)
{
    struct table t = TABLE(
        "text        | needs none",
        "3.4.2026    | yes",
        "03.04.26    | yes",
        "2026.04.03  | no",
        "3/4/2026    | no",
        "03/03/2026  | yes",
        "3-3-26      | yes",
        "３/３/２６  | yes",
        "2026-03-03  | no",
        "03/03       | no",
        "3.4         | no",
        "20260403    | no",
        "-           | no");
    while (table_next(&t)) CHECK_INT(date_needs_no_order(cell(&t, "text")), cell_yes(&t, "needs none"));
}

TEST(a_part_that_became_a_date_is_noticed)
{
    CHECK(date_is_look_alike(SLICE("12-Mar")) && date_is_look_alike(SLICE("Mar-26"))
          && date_is_look_alike(SLICE("3/12/2026")));
    CHECK(!date_is_look_alike(SLICE("CAB-5")) && !date_is_look_alike(SLICE("20260302"))
          && !date_is_look_alike(SLICE("12-345")));
}
