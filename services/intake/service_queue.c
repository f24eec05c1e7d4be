/* intake/service_queue.c: lists behind locks. */
#include "intake/service_parts.h"

#include <time.h>

void queue_init(struct queue *q)
{
    *q = (struct queue){ 0 };
    pthread_mutex_init(&q->mutex, NULL);
    pthread_cond_init(&q->filled, NULL);
}

void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->mutex);
    q->is_closed = true;
    pthread_cond_broadcast(&q->filled);
    pthread_mutex_unlock(&q->mutex);
}

void queue_put(struct queue *q, struct delivery *d)
{
    d->next = NULL;
    pthread_mutex_lock(&q->mutex);
    if (q->first) q->last->next = d;
    else q->first = d;
    q->last = d;
    q->count++;
    pthread_cond_signal(&q->filled);
    pthread_mutex_unlock(&q->mutex);
}

struct delivery *queue_take_all(struct queue *q)
{
    pthread_mutex_lock(&q->mutex);
    struct delivery *all = q->first;
    q->first = q->last = NULL;
    q->count = 0;
    pthread_mutex_unlock(&q->mutex);
    return all;
}

/* In front again what was taken. */
void queue_return(struct queue *q, struct delivery *all)
{
    struct delivery *last = all;
    unsigned count = 1;
    if (!all) return;
    for (; last->next; last = last->next) count++;
    pthread_mutex_lock(&q->mutex);
    last->next = q->first;
    q->first = all;
    if (!last->next) q->last = last;
    q->count += count;
    pthread_mutex_unlock(&q->mutex);
}

struct delivery *queue_await(struct queue *q, unsigned ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&q->mutex);
    while (!q->first && !q->is_closed && pthread_cond_timedwait(&q->filled, &q->mutex, &until) == 0) {}
    pthread_mutex_unlock(&q->mutex);
    return queue_take_all(q);
}

/* Documents to be surveyed, the smallest first */

void survey_queue_init(struct survey_queue *q)
{
    *q = (struct survey_queue){ 0 };
    pthread_mutex_init(&q->mutex, NULL);
    pthread_cond_init(&q->filled, NULL);
}

void survey_queue_close(struct survey_queue *q)
{
    pthread_mutex_lock(&q->mutex);
    q->is_closed = true;
    pthread_cond_broadcast(&q->filled);
    pthread_mutex_unlock(&q->mutex);
}

static unsigned class_of(uint64_t size)
{
    return size ? 63 - (unsigned)__builtin_clzll(size) : 0;
}

void survey_queue_put(struct survey_queue *q, struct delivery *d)
{
    unsigned class = class_of(d->size);
    d->next = NULL;
    pthread_mutex_lock(&q->mutex);
    if (q->first[class]) q->last[class]->next = d;
    else q->first[class] = d;
    q->last[class] = d;
    pthread_cond_broadcast(&q->filled);             /* not every thread takes every size */
    pthread_mutex_unlock(&q->mutex);
}

static struct delivery *take_smallest(struct survey_queue *q, uint64_t size_max)
{
    for (unsigned class = 0; class <= class_of(size_max); class++)
        for (struct delivery **at = &q->first[class], *before = NULL; *at; before = *at, at = &(*at)->next) {
            struct delivery *d = *at;
            if (d->size > size_max) continue;
            *at = d->next;
            if (q->last[class] == d) q->last[class] = before;
            return d;
        }
    return NULL;
}

struct delivery *survey_queue_await(struct survey_queue *q, uint64_t size_max)
{
    struct delivery *d = NULL;
    pthread_mutex_lock(&q->mutex);
    while (!q->is_closed && !(d = take_smallest(q, size_max))) pthread_cond_wait(&q->filled, &q->mutex);
    pthread_mutex_unlock(&q->mutex);
    return d;
}

struct delivery *survey_queue_take(struct survey_queue *q)
{
    pthread_mutex_lock(&q->mutex);
    struct delivery *d = take_smallest(q, UINT64_MAX);
    pthread_mutex_unlock(&q->mutex);
    return d;
}
