/* runtime/metrics.h: counters, gauges and histograms, and their text for Prometheus (surfaces.md 5).
 *
 * A series is written by one thread at a time. Two series of one metric with the same labels, one a worker, are added
 * up when they are shown, so nothing is shared and nothing is locked. Numbers are whole; seconds are kept in
 * nanoseconds. */
#ifndef RUNTIME_METRICS_H
#define RUNTIME_METRICS_H

#include "runtime/service.h"

enum metric {
#define METRIC(id, kind, name, labels, help) METRIC_##id,
#include "runtime/metrics.def"
#undef METRIC
    METRIC_COUNT
};

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_GAUGE_SECONDS, METRIC_HISTOGRAM_SECONDS, METRIC_HISTOGRAM };

struct metric_row { struct slice name, labels, help; enum metric_kind kind; };
/* What metrics.def has of it. */
const struct metric_row *metrics_row(enum metric metric);

enum { METRIC_SERIES_MAX = 8192, METRIC_LABEL_BYTES_MAX = 200, METRIC_BUCKETS = 19, METRIC_LABELS_MAX = 4 };

struct metric_series;

/* A series of its own for the caller, with values of the metric's labels in their order. Never NULL: when there are too
 * many, one that nobody sees. Any thread; not on a hot path. */
struct metric_series *metrics_series(enum metric metric, const struct slice *values, unsigned count);
#define METRIC_SERIES(metric, ...) \
    metrics_series((metric), (const struct slice[]){ __VA_ARGS__ }, sizeof((const struct slice[]){ __VA_ARGS__ }) / \
    sizeof(struct slice))
#define METRIC_SOLE(metric) metrics_series((metric), NULL, 0)

/* By the thread that owns the series: counters and gauges go up and down, gauges are set; seconds in nanoseconds. */
void metric_add(struct metric_series *s, int64_t count);
void metric_set(struct metric_series *s, int64_t value);
/* A histogram's observation: nanoseconds, or a plain number. */
void metric_observe(struct metric_series *s, int64_t value);
int64_t metric_value(const struct metric_series *s);
/* Gauges that say nothing any more, as of a partition that went away. */
void metric_hide(struct metric_series *s);

/* All series, with the service as a label of each. */
void metrics_put(struct text *t, enum service service);

/* Forgets all series: tests only. */
void metrics_reset(void);

#endif
