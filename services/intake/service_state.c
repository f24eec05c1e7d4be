/* intake/service_state.c: what any thread may ask of the service, and what a reload changes in it. */
#include "intake/service_parts.h"

#include <limits.h>

void service_set_grants(struct intake_service *s, const struct grants *grants)
{
    atomic_store(&s->grants, grants);
}

const struct grants *service_grants(const struct intake_service *s)
{
    return atomic_load(&s->grants);
}

void service_retune(struct intake_service *s, const struct service_bounds *bounds)
{
    pthread_mutex_lock(&s->bounds_mutex);
    s->bounds = *bounds;
    pthread_mutex_unlock(&s->bounds_mutex);
    atomic_store(&s->patience_ms, bounds->patience_ms ? bounds->patience_ms : UINT_MAX);
    atomic_store(&s->is_retuned, true);
}

void service_refuse_unknown_senders(struct intake_service *s, bool refuses)
{
    atomic_store(&s->refuses_unknown_senders, refuses);
}

struct spool_dir *service_spool(struct intake_service *s)
{
    return s->spool;
}

bool service_is_open(const struct intake_service *s)
{
    return atomic_load(&s->is_open);
}

unsigned service_patience_ms(const struct intake_service *s)
{
    return atomic_load(&s->patience_ms);
}

bool service_is_stalled(const struct intake_service *s)
{
    return sink_watch_ms(&s->watch) > (int64_t)service_patience_ms(s);
}

bool service_answers(const struct intake_service *s)
{
    return service_is_open(s) && !service_is_stalled(s);
}

bool service_takes_documents(const struct intake_service *s)
{
    return service_answers(s) && !atomic_load(&s->has_no_kafka);
}

void service_lose_kafka(struct intake_service *s, bool is_lost)
{
    atomic_store(&s->has_no_kafka, is_lost);
}

int service_feeds_silent(const struct intake_service *s)
{
    return atomic_load(&s->feeds_silent);
}

unsigned service_waiting(const struct intake_service *s)
{
    return atomic_load(&s->waiting);
}

struct post_counts service_counts(const struct intake_service *s)
{
    struct post_counts c = { .passed = s->passed,
                             .rejected = s->rejected,
                             .dead = s->dead,
                             .documents = s->documents,
                             .records = s->records,
                             .repeated = s->repeated,
                             .parked = s->parked,
                             .transactions = s->transactions,
                             .aborted = s->aborted };
    for (unsigned k = 0; k < INTAKE_STATE_COUNT; k++) c.ended[k] = s->ended[k];
    return c;
}
