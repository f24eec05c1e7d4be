/* claimctl/progress.c: when a line about the work is due, and what it says. */
#include "claimctl/progress.h"

#include "runtime/clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TERMINAL_MS = 250, LOG_MS = 10000, LINE_BYTES = 160, ETA_SECONDS_MAX = 100 * 3600 };

static struct { bool hushed, begun, shown; int64_t begun_ms, due_ms; } state;
static volatile sig_atomic_t asked;

/* A place where a line can be written over. */
static bool is_terminal(void)
{
    const char *kind = getenv("TERM");
    return isatty(STDERR_FILENO) && kind && strcmp(kind, "dumb") != 0;
}

static void note_question(int number)
{
    (void)number;
    asked = 1;
}

void progress_hush(void)
{
    state.hushed = true;
}

void progress_begin(void)
{
    struct sigaction action = { .sa_handler = note_question, .sa_flags = SA_RESTART };
    if (sigaction(SIGUSR1, &action, NULL) != 0) return;
    state.begun = true;
    state.begun_ms = clock_mono_ms();
    state.due_ms = state.begun_ms + (is_terminal() ? TERMINAL_MS : LOG_MS);
}

/* 999, 1.2 k, 183 k, 12.4 M: three digits say enough. */
static void put_short(struct text *t, uint64_t number)
{
    static const char units[] = " kMGTPE";
    unsigned unit = 0;
    uint64_t tenths = 0;
    for (; number >= 1000 && unit + 2 < sizeof units; unit++) {
        tenths = number % 1000 / 100;
        number /= 1000;
    }
    text_put_int(t, (int64_t)number);
    if (unit && number < 100) {
        text_put_byte(t, '.');
        text_put_int(t, (int64_t)tenths);
    }
    if (unit) text_put_byte(t, ' ');
    if (unit) text_put_byte(t, units[unit]);
}

static void put_two_digits(struct text *t, uint64_t number)
{
    if (number < 10) text_put_byte(t, '0');
    text_put_int(t, (int64_t)number);
}

/* 00:41, 1:02:03. */
static void put_eta(struct text *t, uint64_t seconds)
{
    PUT(t, " · ETA ");
    if (seconds >= 3600) {
        text_put_int(t, (int64_t)(seconds / 3600));
        text_put_byte(t, ':');
    }
    put_two_digits(t, seconds / 60 % 60);
    text_put_byte(t, ':');
    put_two_digits(t, seconds % 60);
}

void progress_put(struct text *t, const struct progress *p, uint64_t elapsed_ms)
{
    put_short(t, p->items);
    text_put_byte(t, ' ');
    text_put(t, slice_from(p->noun));
    if (elapsed_ms) {
        PUT(t, " · ");
        put_short(t, (uint64_t)((unsigned __int128)p->items * 1000 / elapsed_ms));
        PUT(t, "/s");
    }
    if (p->rejected) {
        PUT(t, " · ");
        put_short(t, p->rejected);
        PUT(t, " rejected");
    }
    if (!p->done || p->done >= p->total) return;
    unsigned __int128 left_ms = (unsigned __int128)elapsed_ms * (p->total - p->done) / p->done;
    if (left_ms / 1000 < ETA_SECONDS_MAX) put_eta(t, (uint64_t)(left_ms / 1000));
}

static void print(const struct progress *p, int64_t now_ms)
{
    char buffer[LINE_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    bool in_place = is_terminal();
    progress_put(&t, p, (uint64_t)(now_ms - state.begun_ms));
    dprintf(STDERR_FILENO, in_place ? "\r%.*s\033[K" : "%.*s\n", SLICE_ARGS(text_slice(&t)));
    state.shown = in_place;
    state.due_ms = now_ms + (in_place ? TERMINAL_MS : LOG_MS);
}

void progress_step(const struct progress *p)
{
    if (!state.begun || (state.hushed && !asked)) return;
    int64_t now_ms = clock_mono_ms();
    if (!asked && now_ms < state.due_ms) return;
    asked = 0;
    print(p, now_ms);
}

void progress_end(void)
{
    if (state.shown) dprintf(STDERR_FILENO, "\r\033[K");
    state.shown = state.begun = false;
}
