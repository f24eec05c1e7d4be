/* Series by worker, added up and written as Prometheus reads them. */
#include "runtime/metrics.h"

#include "support/test.h"

static struct slice shown(void)
{
    struct text t = text_in(test_arena(), 1 << 20);
    metrics_put(&t, SERVICE_PAYOUT);
    CHECK(!t.full);
    return text_slice(&t);
}

static bool shows(const char *line)
{
    struct slice s = shown();
    return memmem(s.bytes, s.size, line, strlen(line)) != NULL;
}

TEST(series_of_two_workers_with_the_same_labels_are_one_sum)
{
    metrics_reset();
    struct metric_series *a = METRIC_SERIES(METRIC_LINES, SLICE("PASS")),
                         *b = METRIC_SERIES(METRIC_LINES, SLICE("PASS"));
    struct metric_series *c = METRIC_SERIES(METRIC_LINES, SLICE("HOLD"));
    metric_add(a, 3);
    metric_add(b, 4);
    metric_add(c, 1);
    CHECK(shows("# HELP claimstream_lines_total lines judged"));
    CHECK(shows("# TYPE claimstream_lines_total counter\n"
                "claimstream_lines_total{service=\"payout\",outcome=\"PASS\"} "
                "7\nclaimstream_lines_total{service=\"payout\",outcome=\"HOLD\"} 1\n"));
    CHECK(!shows("claimstream_lag_records"));       /* nothing is said of what nobody keeps */
}

TEST(seconds_are_written_without_loss_and_without_zeros)
{
    metrics_reset();
    struct metric_series *age = METRIC_SOLE(METRIC_LAST_COMMIT_AGE);
    metric_set(age, 1500000000);
    CHECK(shows("claimstream_last_commit_age_seconds{service=\"payout\"} 1.5\n"));
    metric_set(age, -1);
    CHECK(shows("} -0.000000001\n"));
    metric_set(age, 3000000000);
    CHECK(shows("} 3\n"));
}

TEST(a_histogram_counts_up_to_each_bound_and_above_all_of_them)
{
    metrics_reset();
    struct metric_series *h = METRIC_SOLE(METRIC_COMMIT_SECONDS);
    metric_observe(h, 100000);                      /* on the bound: below it */
    metric_observe(h, 100001);
    metric_observe(h, 4000000);
    metric_observe(h, 3600000000000);               /* an hour: above all */
    CHECK(shows("_bucket{service=\"payout\",le=\"0.0001\"} 1\n"));
    CHECK(shows("_bucket{service=\"payout\",le=\"0.0002\"} 2\n"));
    CHECK(shows("_bucket{service=\"payout\",le=\"0.002\"} 2\n"));
    CHECK(shows("_bucket{service=\"payout\",le=\"0.005\"} 3\n"));
    CHECK(shows("_bucket{service=\"payout\",le=\"100\"} 3\n"));
    CHECK(shows("_bucket{service=\"payout\",le=\"+Inf\"} 4\n"));
    CHECK(shows("_sum{service=\"payout\"} 3600.004200001\n"));
    CHECK(shows("_count{service=\"payout\"} 4\n"));
}

TEST(plain_histograms_count_from_one)
{
    metrics_reset();
    struct metric_series *h = METRIC_SOLE(METRIC_BATCH_LINES);
    metric_observe(h, 1);
    metric_observe(h, 4000);
    CHECK(shows("claimstream_batch_lines_bucket{service=\"payout\",le=\"1\"} 1\n"));
    CHECK(shows("claimstream_batch_lines_bucket{service=\"payout\",le=\"5000\"} 2\n"));
}

TEST(a_gauge_that_says_nothing_any_more_is_not_shown)
{
    metrics_reset();
    struct metric_series *g = METRIC_SERIES(METRIC_LAG_RECORDS, SLICE("claims.cleared.v1"), SLICE("7"));
    metric_set(g, 12);
    CHECK(shows("claimstream_lag_records{service=\"payout\",topic=\"claims.cleared.v1\",partition=\"7\"} 12\n"));
    metric_hide(g);
    CHECK(!shows("claimstream_lag_records"));
    metric_set(g, 0);
    CHECK(shows("partition=\"7\"} 0\n"));
}

TEST(label_values_are_escaped_and_too_many_series_are_nobodys)
{
    metrics_reset();
    metric_add(METRIC_SERIES(METRIC_REASONS, SLICE("a\"b\\c\nd")), 1);
    CHECK(shows("reason=\"a\\\"b\\\\c\\nd\"} 1\n"));
    for (unsigned i = 0; i < METRIC_SERIES_MAX + 10; i++) metric_add(METRIC_SERIES(METRIC_REASONS, SLICE("x")), 1);
    CHECK_INT(metric_value(METRIC_SERIES(METRIC_REASONS, SLICE("y"))), 11);     /* the one that nobody sees */
    metrics_reset();
}

TEST(every_metric_is_named_by_its_unit_and_explained)
{
    for (enum metric m = 0; m < METRIC_COUNT; m++) {
        const struct metric_row *row = metrics_row(m);
        CHECK(row->help.size >= 10 || m == METRIC_BUILD_INFO);
        CHECK_INT(slice_ends_with(row->name, SLICE("_total")), row->kind == METRIC_COUNTER);
        bool seconds = row->kind == METRIC_GAUGE_SECONDS || row->kind == METRIC_HISTOGRAM_SECONDS;
        CHECK_INT(slice_ends_with(row->name, SLICE("_seconds")), seconds);
    }
}
