/* Lists of records and the set of days (domain.md 4.4). */
#include "domain/rating/rows.h"

#include "base/instant.h"
#include "support/test.h"

enum { STEPS = 4000, SPAN_DAYS = 900 };

static int32_t date_in(int32_t days_since)
{
    return instant_date((instant_ms)(20000 + days_since) * INSTANT_DAY_MS, 0);
}

/* A day of the set is the next one from itself on. */
static bool has_day(const struct day_set *set, int32_t date)
{
    return day_set_next(set, date) == date;
}

TEST(a_set_of_days_is_that_of_its_window)
{
    struct day_set set = { 0 };
    bool has[SPAN_DAYS] = { 0 };
    uint64_t seed = test_seed();
    for (unsigned n = 0; n < STEPS; n++) {
        int32_t newest = (int32_t)(n * (SPAN_DAYS - 200) / STEPS) + 200;    /* time goes on */
        int32_t day = newest - 1 - (int32_t)(test_random(&seed) % 200);
        if (test_random(&seed) % 3 > 0) has[day] = day_set_add(&set, date_in(day)) || has[day];
        else { day_set_remove(&set, date_in(day)); has[day] = false; }
        CHECK_INT(has_day(&set, date_in(day)), has[day]);
    }
    for (int32_t day = SPAN_DAYS - 200 - 1; day < SPAN_DAYS; day++) {
        CHECK_INT(has_day(&set, date_in(day)), has[day]);
        int32_t next = day;
        while (next < SPAN_DAYS && !has[next]) next++;
        CHECK_INT(day_set_next(&set, date_in(day)), next < SPAN_DAYS ? date_in(next) : 0);
    }
}

TEST(a_window_of_days_has_two_edges)
{
    struct day_set set = { 0 };
    CHECK(day_set_add(&set, date_in(300)));
    int32_t first = 300 - DAY_SET_DAYS / 2, last = first + DAY_SET_DAYS - 1;
    CHECK(!day_set_add(&set, date_in(first - 1)));
    CHECK(day_set_add(&set, date_in(first)) && day_set_add(&set, date_in(last)));
    CHECK_INT(day_set_next(&set, 0), date_in(first));
    CHECK_INT(day_set_next(&set, date_in(301)), date_in(last));
    CHECK(!has_day(&set, date_in(first - 1)) && !has_day(&set, date_in(last + 1)));
    day_set_remove(&set, date_in(first - 1));       /* what is not in the window is not in the set */
    day_set_remove(&set, date_in(last + 1));
    day_set_remove(&set, date_in(first));
    day_set_remove(&set, date_in(last));
    CHECK(!has_day(&set, date_in(first)) && !has_day(&set, date_in(last)) && has_day(&set, date_in(300)));
    CHECK(day_set_add(&set, date_in(last + 1)));    /* moves on by a word: the first days fall out */
    CHECK(!day_set_add(&set, date_in(first)) && has_day(&set, date_in(300)));
}

TEST(an_element_leaves_and_the_order_of_the_rest_stays)
{
    for (unsigned at = 0; at < 4; at++) {
        int items[] = { 10, 11, 12, 13 };
        unsigned count = 4;
        rows_remove(items, &count, sizeof *items, at);
        CHECK_INT(count, 3);
        for (unsigned i = 0; i < count; i++) CHECK_INT(items[i], 10 + (int)(i < at ? i : i + 1));
    }
}
