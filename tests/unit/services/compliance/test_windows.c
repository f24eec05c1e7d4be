/* tests/unit/services/compliance/test_windows.c: screening.md 8.4, VEL-01. */
#include "compliance/windows.h"

#include "domain/calendar.h"
#include "support/compliance_desk.h"
#include "support/table.h"

#include <stdio.h>

static const char *name_of(const char *word, int number)
{
    char *name = arena_alloc(test_arena(), 40);
    snprintf(name, 40, "%s-%d", word, number);
    return name;
}

static struct slice spiff_on(struct desk *d, int32_t date, int number)
{
    const char *name = name_of("S", number);
    struct line *l = ARENA_NEW(test_arena(), struct line);
    *l = desk_spiff(name);
    l->ship_date = date;
    return desk_says(desk_judge(d, name, l));
}

TEST(holds_the_line_over_the_limit_of_a_rep_and_day)
{
    struct desk d;
    desk_open_quiet(&d);
    d.policy.velocity_rep_day_lines = 3;
    d.policy.velocity_day_ratio_percent = 0;
    for (int i = 1; i <= 3; i++) CHECK_SLICE(spiff_on(&d, 20260331, i), SLICE("PASS -"));
    CHECK_TEXT(spiff_on(&d, 20260331, 4), "HOLD PATTERN_REVIEW");
    CHECK_TEXT(spiff_on(&d, 20260330, 5), "PASS -");
    CHECK_TEXT(spiff_on(&d, 20260331, 3), "PASS -");        /* a replay has the number it had */
    CHECK_TEXT(spiff_on(&d, 20260331, 4), "HOLD PATTERN_REVIEW");
    desk_close(&d);
}

TEST(a_busy_rep_has_four_times_the_mean_of_its_active_days)
{
    struct table t = TABLE(
        "days  lines | over_at",
        "1     2     | 9",
        "2     3     | 13",
        "0     0     | 4");
    while (table_next(&t)) {
        struct desk d;
        desk_open_quiet(&d);
        d.policy.velocity_rep_day_lines = 3;
        d.policy.velocity_day_ratio_percent = 0;
        int n = 0;
        for (int day = 0; day < cell_int(&t, "days"); day++)
            for (int i = 0; i < cell_int(&t, "lines"); i++) spiff_on(&d, 20260310 + day, n++);
        d.policy.velocity_day_ratio_percent = 400;
        int at = 1;
        while (slice_equal(spiff_on(&d, 20260331, n++), SLICE("PASS -"))) at++;
        CHECK_CELL_INT(&t, "over_at", at);
        desk_close(&d);
    }
}

TEST(dates_that_the_window_left_behind_neither_count_nor_fire)
{
    struct desk d;
    desk_open_quiet(&d);
    d.policy.velocity_rep_day_lines = 0;
    CHECK_TEXT(spiff_on(&d, 20260331, 1), "HOLD PATTERN_REVIEW");
    CHECK_TEXT(spiff_on(&d, date_add_days(20260331, -34), 2), "HOLD PATTERN_REVIEW");
    CHECK_TEXT(spiff_on(&d, date_add_days(20260331, -35), 3), "PASS -");
    desk_close(&d);
}

TEST(a_date_that_has_not_come_leaves_no_real_one_behind)
{
    struct table t = TABLE(
        "first     | says",
        "20260409  | HOLD PATTERN_REVIEW",                  /* the last day that counts: received on the 8th */
        "20290101  | REJECT SHIP_FUTURE,PATTERN_REVIEW");
    while (table_next(&t)) {
        struct desk d;
        desk_open_quiet(&d);
        d.policy.velocity_rep_day_lines = 0;
        CHECK_CELL(&t, "says", spiff_on(&d, (int32_t)cell_int(&t, "first"), 1));
        CHECK_TEXT(spiff_on(&d, 20260331, 2), "HOLD PATTERN_REVIEW");
        struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("R"), SLICE("R-1"));
        const struct window_days *w = desk_record(&d, COMPLIANCE_WINDOWS, key);
        CHECK_INT(w->day_count, cell_int(&t, "first") == 20260409 ? 2 : 1);
        desk_close(&d);
    }
}

TEST(a_refused_line_counts_and_a_parked_one_does_not)
{
    struct desk d;
    desk_open_quiet(&d);
    d.policy.velocity_rep_day_lines = 1;
    struct line l = desk_spiff("S-1");
    l.currency = (struct slice){ 0 };
    CHECK_TEXT(desk_says(desk_judge(&d, "S-1", &l)), "REJECT FIELD_MISSING");
    CHECK_TEXT(spiff_on(&d, 20260331, 2), "HOLD PATTERN_REVIEW");
    desk_close(&d);
}

TEST(a_site_is_watched_over_its_claims_and_a_plain_sale_over_nothing)
{
    struct desk d;
    desk_open_quiet(&d);
    d.policy.velocity_site_day_lines = 1;
    struct line sale = desk_sale("INV-1");
    d.policy.velocity_rep_day_lines = 0;
    CHECK_TEXT(desk_says(desk_judge(&d, "sale", &sale)), "PASS -");
    d.policy.velocity_rep_day_lines = 20;
    CHECK_TEXT(spiff_on(&d, 20260331, 1), "PASS -");
    CHECK_TEXT(spiff_on(&d, 20260331, 2), "HOLD PATTERN_REVIEW");
    desk_close(&d);
}

TEST(keeps_the_newest_days_of_a_long_history)
{
    struct desk d;
    desk_open_quiet(&d);
    for (int i = 0; i < 60; i++) CHECK_TEXT(spiff_on(&d, date_add_days(20260101, i), i), "PASS -");
    struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("R"), SLICE("R-1"));
    const struct window_days *w = desk_record(&d, COMPLIANCE_WINDOWS, key);
    CHECK_INT(w->day_count, WINDOW_DAYS_MAX);
    CHECK_INT(w->days[WINDOW_DAYS_MAX - 1].date, 20260301);
    desk_close(&d);
}

static const struct rule_result *result_of(const struct verdict *v)
{
    static const struct rule_result none;
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++)
        if (v->judgement->rule_results[i].number == rule_row(RULE_VEL_01)->number)
            return &v->judgement->rule_results[i];
    return &none;
}

TEST(says_how_many_it_saw_and_how_many_are_ordinary)
{
    struct desk d;
    desk_open_quiet(&d);
    d.policy.velocity_rep_day_lines = 2;
    spiff_on(&d, 20260331, 1);
    spiff_on(&d, 20260331, 2);
    struct line third = desk_spiff("S-3");
    third.ship_date = 20260331;
    const struct rule_result *r = result_of(desk_judge(&d, "S-3", &third));
    CHECK_TEXT(r->observed.name, "rep_day_lines");
    CHECK_INT(r->observed.value, 3);
    CHECK_INT(r->limit.value, 2);
    CHECK_INT(r->evidence_count, 1);
    CHECK_INT(r->evidence[0].kind, EVIDENCE_WINDOW);
    CHECK_TEXT(r->evidence[0].id, "rep_day_lines");
    desk_close(&d);
}

TEST(the_mean_is_of_the_28_days_before_and_cut_to_whole_lines)
{
    struct table t = TABLE(
        "day       lines  percent | over_at",
        "20260303  2      400     | 9",                     /* 28 days before */
        "20260302  2      400     | 4",                     /* 29: the floor */
        "20260330  2      333     | 7",                     /* 6.66 */
        "20260330  3      399     | 12",                    /* 11.97 */
        "20260401  2      400     | 4");                    /* a later day is none before */
    while (table_next(&t)) {
        struct desk d;
        desk_open_quiet(&d);
        d.policy.velocity_rep_day_lines = 3;
        int n = 0;
        for (int i = 0; i < cell_int(&t, "lines"); i++) spiff_on(&d, (int32_t)cell_int(&t, "day"), n++);
        d.policy.velocity_day_ratio_percent = cell_int(&t, "percent");
        int at = 1;
        while (slice_equal(spiff_on(&d, 20260331, n++), SLICE("PASS -"))) at++;
        CHECK_CELL_INT(&t, "over_at", at);
        desk_close(&d);
    }
}

TEST(each_kind_is_watched_by_its_seller_its_site_or_nobody)
{
    struct table t = TABLE(
        "kind         rep  date      rep_limit  site_limit | first  second",
        "sale         R-1  20260331  1          9          | FALSE  TRUE",
        "sale         -    20260331  0          0          | -      -",
        "claim        R-1  20260331  0          0          | -      -",
        "spiff        R-1  20260331  9          1          | FALSE  TRUE",
        "spiff        R-1  20260331  1          9          | FALSE  TRUE",
        "spiff        -    20260331  0          9          | FALSE  FALSE",
        "deal         R-1  20260331  0          1          | FALSE  TRUE",
        "spiff        R-1  0         0          0          | -      -");
    while (table_next(&t)) {
        struct desk d;
        desk_open_quiet(&d);
        d.policy.velocity_rep_day_lines = cell_int(&t, "rep_limit");
        d.policy.velocity_site_day_lines = cell_int(&t, "site_limit");
        struct slice kind = cell(&t, "kind");
        for (int i = 1; i <= 2; i++) {
            const char *name = name_of("K", i);
            struct line l = slice_equal(kind, SLICE("sale")) ? desk_sale(name) : desk_spiff(name);
            if (slice_equal(kind, SLICE("claim"))) l = desk_claim(name);
            if (slice_equal(kind, SLICE("deal"))) l.kind = KIND_DEAL_CLAIM;
            l.rep_id = cell(&t, "rep");
            l.ship_date = (int32_t)cell_int(&t, "date");
            struct slice says = desk_rule(desk_judge(&d, name, &l), RULE_VEL_01);
            CHECK_CELL(&t, i == 1 ? "first" : "second", says);
        }
        desk_close(&d);
    }
}

/* Forty days fill a window; the oldest goes for each that comes, wherever it is put. */
TEST(a_window_that_is_full_forgets_its_oldest_day_and_no_other)
{
    struct desk d;
    int n = 0;
    desk_open_quiet(&d);
    d.policy.velocity_rep_day_lines = 1;
    d.policy.velocity_day_ratio_percent = 0;
    for (int day = 0; day < 41; day++)
        if (day != 20) CHECK_TEXT(spiff_on(&d, date_add_days(20260215, day), n++), "PASS -");
    static const int kept[] = { 40, 39, 21, 19, 7 };        /* the last that is not too old: each has its line */
    for (unsigned i = 0; i < sizeof kept / sizeof kept[0]; i++)
        CHECK_TEXT(spiff_on(&d, date_add_days(20260215, kept[i]), n++), "HOLD PATTERN_REVIEW");
    /* put in in the middle of the others */
    CHECK_TEXT(spiff_on(&d, date_add_days(20260215, 20), n++), "PASS -");
    CHECK_TEXT(spiff_on(&d, date_add_days(20260215, 20), n++), "HOLD PATTERN_REVIEW");
    CHECK_TEXT(spiff_on(&d, date_add_days(20260215, 40), n++), "HOLD PATTERN_REVIEW");
    CHECK_TEXT(spiff_on(&d, date_add_days(20260215, 41), n++), "PASS -");           /* after them */
    CHECK_TEXT(spiff_on(&d, date_add_days(20260215, 40), n++), "HOLD PATTERN_REVIEW");
    CHECK_TEXT(spiff_on(&d, date_add_days(20260215, 41), n++), "HOLD PATTERN_REVIEW");
    desk_close(&d);
}

TEST(a_replay_is_counted_once)
{
    struct desk d;
    desk_open_quiet(&d);
    d.policy.velocity_rep_day_lines = 3;
    d.policy.velocity_day_ratio_percent = 0;
    for (int i = 0; i < 3; i++) CHECK_TEXT(spiff_on(&d, 20260331, 1), "PASS -");
    CHECK_TEXT(spiff_on(&d, 20260331, 2), "PASS -");
    CHECK_TEXT(spiff_on(&d, 20260331, 3), "PASS -");
    CHECK_TEXT(spiff_on(&d, 20260331, 4), "HOLD PATTERN_REVIEW");
    desk_close(&d);
}
