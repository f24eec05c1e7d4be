/* intake/service.c: the life of the service: its threads, and what is tended now and then. */
#include "intake/service_parts.h"

#include "base/assert.h"

#include <stdlib.h>

void service_tend(struct intake_service *s, instant_ms now_unix_ms)
{
    if (s->bounds.raw_days) (void)raw_store_expire(s->raw, now_unix_ms, s->bounds.raw_days);
}

static enum err start_threads(struct intake_service *s)
{
    unsigned wanted = s->options.survey_threads ? s->options.survey_threads : 2;
    s->has_spool_thread = pthread_create(&s->spool_thread, NULL, spool_thread, s) == 0;
    if (!s->has_spool_thread) return ERR_MEMORY_EXHAUSTED;
    if (wanted > SURVEY_THREADS_MAX) wanted = SURVEY_THREADS_MAX;
    while (s->thread_count < wanted) {
        if (pthread_create(&s->threads[s->thread_count], NULL, survey_thread, s) != 0) return ERR_MEMORY_EXHAUSTED;
        s->thread_count++;
    }
    return OK;
}

enum err service_open(const struct service_options *options, struct intake_service **service)
{
    pthread_condattr_t monotonic;
    struct intake_service *s = calloc(1, sizeof *s);
    if (!s) return ERR_MEMORY_EXHAUSTED;
    s->options = *options;
    atomic_store(&s->grants, options->grants);
    atomic_store(&s->feeds_silent, -1);
    queue_init(&s->to_spool);
    queue_init(&s->to_engine);
    survey_queue_init(&s->to_survey);
    queue_init(&s->to_door);
    queue_init(&s->to_follower);
    pthread_mutex_init(&s->spare_mutex, NULL);
    pthread_mutex_init(&s->bounds_mutex, NULL);
    service_retune(s, &options->bounds);
    pthread_mutex_init(&s->lookups_mutex, NULL);
    pthread_cond_init(&s->lookups_answered, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->lookups_asked, &monotonic);
    pthread_condattr_destroy(&monotonic);
    enum err e = spool_dir_open(options->spool_dir, &s->spool);
    if (e == OK) e = raw_store_open(options->raw_dir, &s->raw);
    if (e == OK) e = arena_open(&s->scratch, 16 << 20, 64 << 20);
    if (e == OK) e = start_threads(s);
    if (e == OK) *service = s;
    else service_close(s);
    return e;
}

static void drop_all(struct queue *q)
{
    struct delivery *d = queue_take_all(q);
    while (d) {
        struct delivery *next = d->next;
        delivery_free(d);
        d = next;
    }
    pthread_mutex_destroy(&q->mutex);
    pthread_cond_destroy(&q->filled);
}

void service_close(struct intake_service *s)
{
    if (!s) return;
    ASSERT(!s->post);
    atomic_store(&s->stops, true);
    survey_queue_close(&s->to_survey);
    queue_close(&s->to_spool);
    pthread_mutex_lock(&s->lookups_mutex);
    pthread_cond_broadcast(&s->lookups_answered);
    pthread_mutex_unlock(&s->lookups_mutex);
    while (s->thread_count > 0) pthread_join(s->threads[--s->thread_count], NULL);
    if (s->has_spool_thread) pthread_join(s->spool_thread, NULL);
    held_drop_all(s);
    drop_all(&s->to_spool);
    drop_all(&s->to_engine);
    for (struct delivery *d; (d = survey_queue_take(&s->to_survey));) delivery_free(d);
    pthread_mutex_destroy(&s->to_survey.mutex);
    pthread_cond_destroy(&s->to_survey.filled);
    drop_all(&s->to_door);
    drop_all(&s->to_follower);
    delivery_drop_spare(s);
    pthread_mutex_destroy(&s->spare_mutex);
    pthread_mutex_destroy(&s->bounds_mutex);
    pthread_mutex_destroy(&s->lookups_mutex);
    pthread_cond_destroy(&s->lookups_answered);
    pthread_cond_destroy(&s->lookups_asked);
    spool_dir_close(s->spool);
    raw_store_close(s->raw);
    arena_close(&s->scratch);
    free(s);
}
