/* runtime/state_writer.h: the one thread of a process that writes state to disk (kafka.md 2). Jobs are done in the
 * order in which they were asked for, by whatever thread. */
#ifndef RUNTIME_STATE_WRITER_H
#define RUNTIME_STATE_WRITER_H

#include "base/err.h"

/* Part of what is to be written; from state_writer_ask until `run` returns it is the writer's, and `run` may free
 * it. */
struct state_job {
    struct state_job *next;
    void            (*run)(struct state_job *);
};

struct state_writer;

/* Starts the thread; it takes no signals. ERR_MEMORY_EXHAUSTED: no thread or no memory. */
enum err state_writer_open(struct state_writer **writer) MUST_CHECK;
void state_writer_ask(struct state_writer *w, struct state_job *job);
/* Ends the thread behind the jobs asked for; nobody may ask any more. */
void state_writer_close(struct state_writer *w);

#endif
