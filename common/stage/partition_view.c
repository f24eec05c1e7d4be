/* stage/partition_view.c: what the workers show of their partitions, as JSON and as gauges. */
#include "stage/partition_view.h"

#include "base/arena.h"
#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/json_line.h"
#include "runtime/metrics.h"

#include <stdio.h>

enum { WORKERS_MAX = 64, PARTITIONS_SHOWN = 1024 };

struct partition_view {
    const struct stage   *stage;
    const struct worker  *workers[WORKERS_MAX];
    unsigned              count;
    struct metric_series *keys[PARTITIONS_SHOWN], *unsaved[PARTITIONS_SHOWN], *bytes[PARTITIONS_SHOWN];
    struct metric_series *lag[STAGE_INPUTS_MAX][PARTITIONS_SHOWN], *age[STAGE_INPUTS_MAX][PARTITIONS_SHOWN];
};

struct partition_view *partition_view_open(const struct stage *stage, const struct worker *const *workers,
                                           unsigned count)
{
    struct partition_view *v = arena_map(sizeof *v);
    ASSERT(count <= WORKERS_MAX);
    if (!v) return NULL;
    v->stage = stage;
    v->count = count;
    memcpy(v->workers, workers, count * sizeof *workers);
    return v;
}

void partition_view_close(struct partition_view *v)
{
    arena_unmap(v, sizeof *v);
}

/* --- as JSON ---------------------------------------------------------------------------------------------------- */

static void put_input(struct text *t, const char *name, const struct worker_partition *p, unsigned input)
{
    int64_t next = atomic_load(&p->next[input]), end = atomic_load(&p->end[input]);
    json_line_name(t, name);
    text_put_byte(t, '{');
    json_line_number(t, "next", next);
    json_line_number(t, "end", end);
    json_line_number(t, "lag", next >= 0 && end > next ? end - next : 0);
    text_put_byte(t, '}');
}

static void put_partition(struct text *t, const struct stage *stage, unsigned worker, int32_t partition,
                          const struct worker_partition *p)
{
    char buffer[32];
    struct text saved = text_over(buffer, sizeof buffer);
    if (t->bytes[t->size - 1] == '}') text_put_byte(t, ',');
    text_put_byte(t, '{');
    json_line_number(t, "partition", partition);
    json_line_number(t, "worker", worker);
    json_line_member(t, "state", atomic_load(&p->done) ? SLICE("running") : SLICE("restoring"));
    json_line_number(t, "replayed_records", (int64_t)atomic_load(&p->records));
    json_line_number(t, "replay_position", atomic_load(&p->position));
    json_line_number(t, "replay_end", atomic_load(&p->high));
    json_line_number(t, "unsaved_keys", atomic_load(&p->unsaved_keys));
    json_line_number(t, "saved_keys", atomic_load(&p->saved_keys));
    json_line_number(t, "disk_bytes", atomic_load(&p->disk_bytes));
    json_line_number(t, "changelog_offset", atomic_load(&p->changelog_offset));
    if (atomic_load(&p->saved_at_unix_ms)) {
        instant_put(&saved, atomic_load(&p->saved_at_unix_ms));
        json_line_member(t, "saved_at", text_slice(&saved));
    }
    for (unsigned i = 0; i < STAGE_INPUTS_MAX && stage->inputs[i] != TOPIC_NONE; i++)
        put_input(t, topic_row(stage->inputs[i])->name.bytes, p, i);
    text_put_byte(t, '}');
}

void partition_view_put(const struct partition_view *v, struct text *t)
{
    text_put_byte(t, '[');
    for (unsigned i = 0; i < v->count; i++)
        for (int32_t p = 0; p < worker_partitions(v->workers[i]); p++)
            if (atomic_load(&worker_partition(v->workers[i], p)->owned))
                put_partition(t, v->stage, i, p, worker_partition(v->workers[i], p));
    PUT(t, "]\n");
}

/* --- as gauges -------------------------------------------------------------------------------------------------- */

static struct metric_series *of_partition(struct metric_series **series, enum metric metric, int32_t partition)
{
    char buffer[16];
    snprintf(buffer, sizeof buffer, "%d", partition);
    if (!*series) *series = METRIC_SERIES(metric, slice_from(buffer));
    return *series;
}

/* The marker of the last transaction counts as a record, and waits for nobody. */
static int64_t lag_of(const struct worker_partition *p, unsigned input)
{
    int64_t next = atomic_load(&p->next[input]), end = atomic_load(&p->end[input]);
    return next >= 0 && end > next ? end - next : 0;
}

static int64_t age_ms_of(const struct worker_partition *p, unsigned input)
{
    int64_t stamp = atomic_load(&p->stamp_unix_ms[input]), now = clock_now_unix_ms();
    return lag_of(p, input) > 1 && stamp > 0 && now > stamp ? now - stamp : 0;
}

static void show_lag(struct partition_view *v, int32_t p, const struct worker_partition *shown)
{
    char buffer[16];
    snprintf(buffer, sizeof buffer, "%d", p);
    for (unsigned i = 0; i < STAGE_INPUTS_MAX && v->stage->inputs[i] != TOPIC_NONE; i++) {
        struct slice topic = topic_row(v->stage->inputs[i])->name;
        if (!v->lag[i][p]) {
            v->lag[i][p] = METRIC_SERIES(METRIC_LAG_RECORDS, topic, slice_from(buffer));
            v->age[i][p] = METRIC_SERIES(METRIC_LAG_SECONDS, topic, slice_from(buffer));
        }
        metric_set(v->lag[i][p], lag_of(shown, i));
        metric_set(v->age[i][p], age_ms_of(shown, i) * 1000000);
    }
}

static void show_partition(struct partition_view *v, int32_t p, const struct worker_partition *shown)
{
    metric_set(of_partition(&v->keys[p], METRIC_STATE_KEYS, p), atomic_load(&shown->saved_keys));
    metric_set(of_partition(&v->unsaved[p], METRIC_STATE_UNSAVED_KEYS, p), atomic_load(&shown->unsaved_keys));
    metric_set(of_partition(&v->bytes[p], METRIC_STATE_BYTES, p), atomic_load(&shown->disk_bytes));
    show_lag(v, p, shown);
}

static void hide_partition(struct partition_view *v, int32_t p)
{
    if (!v->keys[p]) return;
    metric_hide(v->keys[p]);
    metric_hide(v->unsaved[p]);
    metric_hide(v->bytes[p]);
    for (unsigned i = 0; i < STAGE_INPUTS_MAX; i++)
        if (v->lag[i][p]) {
            metric_hide(v->lag[i][p]);
            metric_hide(v->age[i][p]);
        }
}

static const struct worker_partition *owner_of(struct partition_view *v, int32_t p)
{
    for (unsigned i = 0; i < v->count; i++) {
        const struct worker_partition *shown = worker_partition(v->workers[i], p);
        if (shown && atomic_load(&shown->owned)) return shown;
    }
    return NULL;
}

/* Before a worker has joined nobody knows how many there are. */
static int32_t partitions_of(const struct partition_view *v)
{
    int32_t most = 0;
    for (unsigned i = 0; i < v->count; i++)
        if (worker_partitions(v->workers[i]) > most) most = worker_partitions(v->workers[i]);
    return most < PARTITIONS_SHOWN ? most : PARTITIONS_SHOWN;
}

void partition_view_show(struct partition_view *v)
{
    int32_t count = partitions_of(v);
    for (int32_t p = 0; p < count; p++) {
        const struct worker_partition *shown = owner_of(v, p);
        if (shown) show_partition(v, p, shown);
        else hide_partition(v, p);
    }
}
