/* The state writer: in order, whoever asks. */
#include "runtime/state_writer.h"

#include "support/test.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 4, JOBS = 500 };

struct numbered { struct state_job job; unsigned asker, number; };
static unsigned last_of[THREADS], done, out_of_order;

static void run(struct state_job *job)
{
    struct numbered *n = (struct numbered *)job;
    out_of_order += n->number != last_of[n->asker] + 1;
    last_of[n->asker] = n->number;
    done++;
    free(n);                                        /* a job may end itself */
}

struct asker { struct state_writer *writer; unsigned index; };

static void *ask_many(void *context)
{
    const struct asker *a = context;
    for (unsigned i = 1; i <= JOBS; i++) {
        struct numbered *n = calloc(1, sizeof *n);
        *n = (struct numbered){ { .run = run }, a->index, i };
        state_writer_ask(a->writer, &n->job);
    }
    return NULL;
}

TEST(every_job_is_done_once_in_the_order_of_who_asked_and_closing_waits_for_them)
{
    struct state_writer *w = NULL;
    pthread_t threads[THREADS];
    struct asker askers[THREADS];
    CHECK(state_writer_open(&w) == OK);
    for (unsigned i = 0; i < THREADS; i++) {
        askers[i] = (struct asker){ w, i };
        CHECK(pthread_create(&threads[i], NULL, ask_many, &askers[i]) == 0);
    }
    for (unsigned i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    state_writer_close(w);
    CHECK_INT(done, THREADS * JOBS);
    CHECK_INT(out_of_order, 0);
}
