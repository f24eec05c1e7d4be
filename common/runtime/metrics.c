/* runtime/metrics.c: series in one bounded array; relaxed atomics, since each has one writer and readers need no
 * order. */
#include "runtime/metrics.h"

#include "base/assert.h"

#include <stdatomic.h>
#include <stdlib.h>

static const struct metric_row rows[METRIC_COUNT] = {
#define METRIC(id, kind, name, labels, help) \
    [METRIC_##id] = { SLICE_INIT(name), SLICE_INIT(labels), SLICE_INIT(help), METRIC_##kind },
#include "runtime/metrics.def"
#undef METRIC
};

/* Counts by bucket; the last is what lies above all bounds. */
struct histogram { _Atomic int64_t counts[METRIC_BUCKETS + 1], sum; };

struct metric_series {
    enum metric       metric;
    char              labels[METRIC_LABEL_BYTES_MAX];
    size_t            label_bytes;
    _Atomic int64_t   value;
    atomic_bool       is_ready, is_hidden;
    struct histogram *histogram;
};

static struct metric_series all[METRIC_SERIES_MAX];
static atomic_uint all_count;
static struct histogram unseen_histogram;
static struct metric_series unseen = { .histogram = &unseen_histogram };

const struct metric_row *metrics_row(enum metric metric)
{
    ASSERT(metric < METRIC_COUNT);
    return &rows[metric];
}

static bool is_histogram(enum metric_kind kind)
{
    return kind == METRIC_HISTOGRAM || kind == METRIC_HISTOGRAM_SECONDS;
}

/* --- series ----------------------------------------------------------------------------------------------------- */

static void put_label_value(struct text *t, struct slice value)
{
    for (size_t i = 0; i < value.size; i++) {
        char byte = value.bytes[i];
        if (byte == '\n') PUT(t, "\\n");
        else {
            if (byte == '"' || byte == '\\') text_put_byte(t, '\\');
            text_put_byte(t, byte);
        }
    }
}

/* outcome="PASS",currency="USD" */
static bool put_labels(struct text *t, enum metric metric, const struct slice *values, unsigned count)
{
    struct slice names = rows[metric].labels;
    unsigned at = 0;
    for (; names.size; at++) {
        struct slice name = slice_cut(&names, ',');
        ASSERT(at < count);
        if (at) text_put_byte(t, ',');
        text_put(t, name);
        PUT(t, "=\"");
        put_label_value(t, values[at]);
        text_put_byte(t, '"');
    }
    ASSERT(at == count);                            /* as many values as the list has labels */
    return !t->full;
}

struct metric_series *metrics_series(enum metric metric, const struct slice *values, unsigned count)
{
    ASSERT(metric < METRIC_COUNT && count <= METRIC_LABELS_MAX);
    unsigned at = atomic_fetch_add(&all_count, 1);
    struct metric_series *s = at < METRIC_SERIES_MAX ? &all[at] : &unseen;
    if (s == &unseen) return s;
    *s = (struct metric_series){ .metric = metric };
    struct text labels = text_over(s->labels, sizeof s->labels);
    if (is_histogram(rows[metric].kind)) s->histogram = calloc(1, sizeof *s->histogram);
    if (!put_labels(&labels, metric, values, count) || (is_histogram(rows[metric].kind) && !s->histogram))
        return &unseen;
    s->label_bytes = labels.size;
    atomic_store_explicit(&s->is_ready, true, memory_order_release);
    return s;
}

void metric_add(struct metric_series *s, int64_t count)
{
    atomic_fetch_add_explicit(&s->value, count, memory_order_relaxed);
}

void metric_set(struct metric_series *s, int64_t value)
{
    atomic_store_explicit(&s->value, value, memory_order_relaxed);
    atomic_store_explicit(&s->is_hidden, false, memory_order_relaxed);
}

void metric_hide(struct metric_series *s)
{
    atomic_store_explicit(&s->is_hidden, true, memory_order_relaxed);
}

int64_t metric_value(const struct metric_series *s)
{
    return atomic_load_explicit(&s->value, memory_order_relaxed);
}

/* 1, 2, 5, 10, 20 … : the ladder of all histograms, in plain numbers or from 100 µs on in nanoseconds. */
static int64_t bound(enum metric_kind kind, unsigned bucket)
{
    static const int64_t steps[] = { 1, 2, 5 };
    int64_t value = kind == METRIC_HISTOGRAM_SECONDS ? 100000 : 1;
    for (unsigned i = 0; i < bucket / 3; i++) value *= 10;
    return value * steps[bucket % 3];
}

static unsigned bucket_of(enum metric_kind kind, int64_t value)
{
    unsigned bucket = 0;
    while (bucket < METRIC_BUCKETS && value > bound(kind, bucket)) bucket++;
    return bucket;
}

void metric_observe(struct metric_series *s, int64_t value)
{
    ASSERT(s->histogram);
    atomic_fetch_add_explicit(&s->histogram->counts[bucket_of(rows[s->metric].kind, value)], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&s->histogram->sum, value, memory_order_relaxed);
}

void metrics_reset(void)
{
    unsigned count = atomic_load(&all_count);
    for (unsigned i = 0; i < count && i < METRIC_SERIES_MAX; i++) free(all[i].histogram);
    memset(all, 0, sizeof all);
    atomic_store(&all_count, 0);
}

/* --- showing ---------------------------------------------------------------------------------------------------- */

struct shown { int64_t value, counts[METRIC_BUCKETS + 1], sum; };

/* A number, or nanoseconds as seconds without trailing zeros. */
static void put_number(struct text *t, enum metric_kind kind, int64_t value)
{
    if (kind != METRIC_GAUGE_SECONDS && kind != METRIC_HISTOGRAM_SECONDS) {
        text_put_int(t, value);
        return;
    }
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value, digits = size % 1000000000;
    if (value < 0) text_put_byte(t, '-');
    text_put_int(t, (int64_t)(size / 1000000000));
    if (digits) text_put_byte(t, '.');
    for (uint64_t unit = 100000000; digits; digits %= unit, unit /= 10) text_put_byte(t, (char)('0' + digits / unit));
}

static void put_series(struct text *t, const struct metric_row *row, const char *suffix, enum service service,
                       struct slice labels)
{
    PUT(t, "claimstream_");
    text_put(t, row->name);
    text_put(t, slice_from(suffix));
    PUT(t, "{service=\"");
    text_put(t, slice_from(service_row(service)->name));
    text_put_byte(t, '"');
    if (labels.size) text_put_byte(t, ',');
    text_put(t, labels);
}

static void put_histogram(struct text *t, const struct metric_row *row, enum service service, struct slice labels,
                          const struct shown *shown)
{
    int64_t count = 0;
    for (unsigned b = 0; b <= METRIC_BUCKETS; b++) {
        count += shown->counts[b];
        put_series(t, row, "_bucket", service, labels);
        PUT(t, ",le=\"");
        if (b < METRIC_BUCKETS) put_number(t, row->kind, bound(row->kind, b));
        else PUT(t, "+Inf");
        PUT(t, "\"} ");
        text_put_int(t, count);
        text_put_byte(t, '\n');
    }
    put_series(t, row, "_sum", service, labels);
    PUT(t, "} ");
    put_number(t, row->kind, shown->sum);
    text_put_byte(t, '\n');
    put_series(t, row, "_count", service, labels);
    PUT(t, "} ");
    text_put_int(t, count);
    text_put_byte(t, '\n');
}

static void put_head(struct text *t, const struct metric_row *row)
{
    static const char *const types[] = { "counter", "gauge", "gauge", "histogram", "histogram" };
    PUT(t, "# HELP claimstream_");
    text_put(t, row->name);
    text_put_byte(t, ' ');
    text_put(t, row->help);
    PUT(t, "\n# TYPE claimstream_");
    text_put(t, row->name);
    text_put_byte(t, ' ');
    text_put(t, slice_from(types[row->kind]));
    text_put_byte(t, '\n');
}

static bool is_shown(const struct metric_series *s, enum metric metric)
{
    return atomic_load_explicit(&s->is_ready, memory_order_acquire) && s->metric == metric &&
           !atomic_load_explicit(&s->is_hidden, memory_order_relaxed);
}

static struct slice labels_of(const struct metric_series *s)
{
    return slice_of(s->labels, s->label_bytes);
}

/* Whether an earlier series of the metric has the same labels: it was shown together with this one. */
static bool was_shown(unsigned at, enum metric metric)
{
    for (unsigned i = 0; i < at; i++)
        if (is_shown(&all[i], metric) && slice_equal(labels_of(&all[i]), labels_of(&all[at]))) return true;
    return false;
}

static struct shown add_up(unsigned from, unsigned count, enum metric metric)
{
    struct shown shown = { 0 };
    for (unsigned i = from; i < count; i++) {
        if (!is_shown(&all[i], metric) || !slice_equal(labels_of(&all[i]), labels_of(&all[from]))) continue;
        shown.value += metric_value(&all[i]);
        if (!all[i].histogram) continue;
        for (unsigned b = 0; b <= METRIC_BUCKETS; b++)
            shown.counts[b] += atomic_load_explicit(&all[i].histogram->counts[b], memory_order_relaxed);
        shown.sum += atomic_load_explicit(&all[i].histogram->sum, memory_order_relaxed);
    }
    return shown;
}

static void put_metric(struct text *t, enum metric metric, enum service service, unsigned count)
{
    const struct metric_row *row = &rows[metric];
    bool has_head = false;
    for (unsigned i = 0; i < count; i++) {
        if (!is_shown(&all[i], metric) || was_shown(i, metric)) continue;
        if (!has_head) put_head(t, row);
        has_head = true;
        struct shown shown = add_up(i, count, metric);
        if (is_histogram(row->kind)) {
            put_histogram(t, row, service, labels_of(&all[i]), &shown);
            continue;
        }
        put_series(t, row, "", service, labels_of(&all[i]));
        PUT(t, "} ");
        put_number(t, row->kind, shown.value);
        text_put_byte(t, '\n');
    }
}

void metrics_put(struct text *t, enum service service)
{
    unsigned count = atomic_load(&all_count);
    if (count > METRIC_SERIES_MAX) count = METRIC_SERIES_MAX;
    for (enum metric m = 0; m < METRIC_COUNT; m++) put_metric(t, m, service, count);
}
