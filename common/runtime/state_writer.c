/* runtime/state_writer.c: a thread behind a queue without locks: who asks pushes his job on a stack, the thread takes
 * the whole stack at once and turns it round. */
#include "runtime/state_writer.h"

#include "base/assert.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

struct state_writer {
    _Atomic(struct state_job *) asked;              /* the latest first */
    sem_t                       count;              /* one for each job asked for */
    struct state_job            end;
    pthread_t                   thread;
};

static struct state_job *turn_round(struct state_job *latest)
{
    struct state_job *first = NULL;
    while (latest) {
        struct state_job *job = latest;
        latest = job->next;
        job->next = first;
        first = job;
    }
    return first;
}

static void wait_for_one(struct state_writer *w)
{
    while (sem_wait(&w->count) != 0) ASSERT(errno == EINTR);
}

static void *serve(void *context)
{
    struct state_writer *w = context;
    for (struct state_job *jobs = NULL; ; ) {
        wait_for_one(w);
        if (!jobs) jobs = turn_round(atomic_exchange_explicit(&w->asked, NULL, memory_order_acquire));
        ASSERT(jobs);
        struct state_job *job = jobs;
        jobs = job->next;                           /* before run: it may free the job */
        if (job == &w->end) return NULL;
        job->run(job);
    }
}

/* Signals are the main thread's. */
static int start(struct state_writer *w)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&w->thread, NULL, serve, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed) pthread_setname_np(w->thread, "state-writer");
    return failed;
}

enum err state_writer_open(struct state_writer **writer)
{
    struct state_writer *w = calloc(1, sizeof *w);
    if (!w) return ERR_MEMORY_EXHAUSTED;
    ASSERT(sem_init(&w->count, 0, 0) == 0);
    if (start(w) != 0) {
        sem_destroy(&w->count);
        free(w);
        return ERR_MEMORY_EXHAUSTED;
    }
    *writer = w;
    return OK;
}

void state_writer_ask(struct state_writer *w, struct state_job *job)
{
    job->next = atomic_load_explicit(&w->asked, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&w->asked, &job->next, job, memory_order_release,
                                                  memory_order_relaxed)) {
    }
    ASSERT(sem_post(&w->count) == 0);
}

void state_writer_close(struct state_writer *w)
{
    if (!w) return;
    state_writer_ask(w, &w->end);
    ASSERT(pthread_join(w->thread, NULL) == 0);
    sem_destroy(&w->count);
    free(w);
}
