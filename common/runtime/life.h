/* runtime/life.h: the main thread: one event loop with signals, timers and what other threads call it for (kafka.md 9).
 *
 * SIGTERM and SIGINT drain; a second one ends at once. SIGHUP reloads, SIGUSR1 asks for a status line. SIGPIPE is
 * ignored. */
#ifndef RUNTIME_LIFE_H
#define RUNTIME_LIFE_H

#include "base/err.h"

#include <stdbool.h>

struct life;
struct uv_loop_s;

typedef void life_call(void *context);

struct life_events { void *context; life_call *drain, *reload, *status, *poked; };      /* each may be NULL */

/* ERR_MEMORY_EXHAUSTED. Signals are taken from here on. */
enum err life_open(const struct life_events *events, struct life **life) MUST_CHECK;
/* Closes timers and loop; what others opened on the loop is closed before. NULL is fine. */
void life_close(struct life *l);

/* Calls back every `ms`, first after one of them. At most 16 timers. */
void life_every(struct life *l, unsigned ms, life_call *call, void *context);

/* Any thread: `poked` is called soon on the main thread. */
void life_poke(struct life *l);

/* Runs until life_end; the exit code that was given there. */
int life_run(struct life *l);
void life_end(struct life *l, int exit_code);

/* Runs what is due on the loop and comes back: while something is waited for before life_run. */
void life_turn(struct life *l);

/* SIGTERM came; the loop itself, for whoever adds handles on the main thread. */
bool life_is_draining(const struct life *l);
struct uv_loop_s *life_loop(struct life *l);
/* Version of libuv. */
const char *life_library(void);

/* Ends the process by itself when that takes longer than `ms` from here, whatever hangs (kafka.md 16.27). Once. */
void life_bound_exit(unsigned ms, int exit_code);

#endif
