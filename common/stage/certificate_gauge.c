/* stage/certificate_gauge.c: the gauge certificate_expiry_timestamp_seconds. */
#include "stage/certificate_gauge.h"

#include "runtime/certificate.h"
#include "runtime/metrics.h"

#define NS_A_SECOND INT64_C(1000000000)

enum use { OF_KAFKA, OF_REDIS, OF_DOOR, USES };

static void set(enum use use, int64_t ends_unix_s)
{
    static const struct slice names[USES] = { SLICE_INIT("kafka"), SLICE_INIT("redis"), SLICE_INIT("door") };
    static struct metric_series *series[USES];
    if (!series[use]) series[use] = METRIC_SERIES(METRIC_CERTIFICATE_EXPIRY, names[use]);
    int64_t last = INT64_MAX / NS_A_SECOND;         /* some end in the year 9999 */
    metric_set(series[use], (ends_unix_s < last ? ends_unix_s : last) * NS_A_SECOND);
}

/* The paths end with a zero byte, as of every setting. */
static void take(struct slice path, instant_ms *first_unix_ms)
{
    instant_ms end;
    if (path.size && certificate_expiry(path.bytes, &end) == OK && end < *first_unix_ms) *first_unix_ms = end;
}

void certificate_gauge_set_kafka(const struct settings *s)
{
    instant_ms first = INT64_MAX;
    for (unsigned i = 0; i < s->property_count; i++)
        if (slice_ends_with(s->properties[i].name, SLICE(".location"))) take(s->properties[i].value, &first);
    if (first != INT64_MAX) set(OF_KAFKA, first / 1000);
}

void certificate_gauge_set_redis(const struct settings *s)
{
    instant_ms first = INT64_MAX;
    take(settings_text(s, SETTING_REDIS_TLS_CA), &first);
    take(settings_text(s, SETTING_REDIS_TLS_CERTIFICATE), &first);
    if (first != INT64_MAX) set(OF_REDIS, first / 1000);
}

void certificate_gauge_set_door(int64_t ends_unix_s)
{
    set(OF_DOOR, ends_unix_s);
}
