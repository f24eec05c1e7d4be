/* The main loop: signals, timers, pokes, and its supervisor. */
#include "runtime/life.h"

#include "runtime/log.h"
#include "runtime/notify.h"
#include "support/scratch.h"
#include "support/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct seen { struct life *life; unsigned drains, reloads, statuses, pokes, ticks; };

static void drain(void *c)
{
    struct seen *seen = c;
    seen->drains++;
    life_end(seen->life, 0);
}

static void reload(void *c)
{
    struct seen *seen = c;
    seen->reloads++;
    raise(SIGUSR1);
}

static void status(void *c)
{
    struct seen *seen = c;
    seen->statuses++;
    raise(SIGTERM);
}

static void poked(void *c)
{
    struct seen *seen = c;
    seen->pokes++;
    raise(SIGHUP);
}

static void tick(void *c)
{
    struct seen *seen = c;
    if (seen->ticks++ == 1) life_poke(seen->life);
}

TEST(timers_pokes_and_signals_reach_the_main_thread)
{
    struct seen seen = { 0 };
    struct life_events events = { &seen, drain, reload, status, poked };
    log_to(-1);
    CHECK_INT(life_open(&events, &seen.life), OK);
    life_every(seen.life, 5, tick, &seen);
    CHECK(!life_is_draining(seen.life));
    CHECK_INT(life_run(seen.life), 0);
    CHECK(life_is_draining(seen.life));
    CHECK_INT(seen.pokes, 1);
    CHECK_INT(seen.reloads, 1);
    CHECK_INT(seen.statuses, 1);
    CHECK_INT(seen.drains, 1);
    CHECK(seen.ticks >= 2);
    life_close(seen.life);
    log_to(STDOUT_FILENO);
}

TEST(the_first_exit_code_stands)
{
    struct life *life = NULL;
    CHECK_INT(life_open(&(struct life_events){ 0 }, &life), OK);
    life_end(life, 75);
    life_end(life, 0);
    CHECK_INT(life_run(life), 75);
    life_close(life);
}

static void hang(void *c)
{
    (void)c;
    raise(SIGTERM);
}

static int exit_of(void (*child)(void))
{
    int state = 0;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        log_to(-1);
        child();
        _exit(99);
    }
    waitpid(pid, &state, 0);
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

static void ask_twice(void)
{
    struct life *life = NULL;
    if (life_open(&(struct life_events){ .drain = hang }, &life) != OK) _exit(98);
    raise(SIGTERM);
    life_run(life);
}

static void hang_at_the_end(void)
{
    life_bound_exit(20, 75);
    for (;;) pause();
}

TEST(who_is_asked_twice_to_end_ends_at_once)
{
    CHECK_INT(exit_of(ask_twice), 128 + SIGTERM);
}

TEST(an_exit_that_hangs_is_forced)
{
    CHECK_INT(exit_of(hang_at_the_end), 75);
}

TEST(the_supervisor_hears_by_datagram_and_says_how_often_it_wants_to)
{
    char folder[SCRATCH_PATH_MAX], path[108], got[64];
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    scratch_make(folder);
    CHECK(snprintf(path, sizeof path, "%s/notify", folder) < (int)sizeof path);
    memcpy(at.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    CHECK_INT(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    setenv("NOTIFY_SOCKET", path, 1);
    CHECK(notify_send("READY=1"));
    CHECK_INT(recv(fd, got, sizeof got, 0), 7);
    CHECK_SLICE(slice_of(got, 7), SLICE("READY=1"));
    close(fd);
    scratch_remove(folder);
    CHECK(!notify_send("READY=1"));
    setenv("NOTIFY_SOCKET", "relative", 1);
    CHECK(!notify_send("READY=1"));
    unsetenv("NOTIFY_SOCKET");
    CHECK(notify_send("READY=1"));
    CHECK_INT(notify_watchdog_ms(), 0);
    setenv("WATCHDOG_USEC", "20000000", 1);
    CHECK_INT(notify_watchdog_ms(), 10000);
    setenv("WATCHDOG_PID", "1", 1);
    CHECK_INT(notify_watchdog_ms(), 0);
    unsetenv("WATCHDOG_PID");
    unsetenv("WATCHDOG_USEC");
}
