/* intake/meter.c: counts of the service into series. */
#include "intake/meter.h"

#include "domain/vocabulary.h"
#include "runtime/metrics.h"
#include "wire/table_intake.h"

static void show_lines(const struct post_counts *c)
{
    static const enum outcome outcomes[] = { OUTCOME_PASS, OUTCOME_REJECT, OUTCOME_DEAD };
    static struct metric_series *series[3];
    const uint64_t counts[] = { c->passed, c->rejected, c->dead };
    for (unsigned k = 0; k < 3; k++) {
        if (!series[k]) series[k] = METRIC_SERIES(METRIC_LINES, word_text(VOCABULARY_OUTCOME, (int)outcomes[k]));
        metric_set(series[k], (int64_t)counts[k]);
    }
}

static void show_documents(const struct post_counts *c)
{
    static struct metric_series *series[INTAKE_STATE_COUNT];
    for (unsigned k = 0; k < INTAKE_STATE_COUNT; k++) {
        if (!series[k] && c->ended[k] == 0) continue;
        if (!series[k]) series[k] = METRIC_SERIES(METRIC_DOCUMENTS, intake_state_name((enum intake_state)k));
        metric_set(series[k], (int64_t)c->ended[k]);
    }
}

void meter_show(struct intake_service *s)
{
    static struct metric_series *waiting, *bytes, *fill, *silent;
    struct post_counts counts = service_counts(s);
    if (!waiting) waiting = METRIC_SOLE(METRIC_DOCUMENTS_WAITING);
    if (!bytes) bytes = METRIC_SOLE(METRIC_SPOOL_BYTES);
    int feeds_silent = service_feeds_silent(s);
    if (!silent) silent = METRIC_SOLE(METRIC_FEEDS_SILENT);
    if (feeds_silent < 0) metric_hide(silent);
    else metric_set(silent, feeds_silent);
    if (!fill) fill = METRIC_SOLE(METRIC_SPOOL_FILL);
    show_lines(&counts);
    show_documents(&counts);
    metric_set(waiting, service_waiting(s));
    metric_set(bytes, (int64_t)spool_dir_bytes(service_spool(s)));
    metric_set(fill, spool_dir_fill(service_spool(s)));
}
