/* runtime/redis_link.c: a stream that is waited for: connect, pipeline, or be closed. */
#include "runtime/redis_link.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/redis_stream.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

struct redis_link {
    struct redis_options  options;
    struct redis_texts    texts;                    /* of the options */
    struct redis_stream  *stream;                   /* NULL: not connected */
    struct redis_answer **answers;
    unsigned              answer_count, answer_capacity;
    uint64_t              generation;
    struct redis_breaker  breaker;
    struct redis_counts   counts;
    char                  why[REDIS_TLS_WHY_BYTES];
    bool                  is_refused;               /* after that */
};

/* --- names --- */

static bool is_named(const char *name_space)
{
    return name_space && *name_space && strcmp(name_space, "default") != 0;
}

void redis_name_of(char name[REDIS_NAMESPACE_MAX], const char *name_space, const char *cluster_id)
{
    struct text t = text_over(name, REDIS_NAMESPACE_MAX - 1);
    ASSERT(cluster_id && *cluster_id);
    if (is_named(name_space)) {
        text_put(&t, slice_from(name_space));
        PUT(&t, ":");
    }
    text_put(&t, slice_from(cluster_id));
    ASSERT(!t.full);
    name[t.size] = 0;
}

void redis_key_begin(struct text *key, const char *name_space)
{
    if (!is_named(name_space)) return;
    text_put(key, slice_from(name_space));
    PUT(key, ":");
}

/* --- opening and closing --- */

enum err redis_link_open(const struct redis_options *options, struct redis_link **link)
{
    struct redis_link *l = calloc(1, sizeof *l);
    if (!l) return ERR_MEMORY_EXHAUSTED;
    l->options = *options;
    enum err e = redis_address_keep(&l->options, &l->texts);
    if (e != OK) {
        free(l);
        return e;
    }
    if (!l->options.timeout_ms) l->options.timeout_ms = REDIS_TIMEOUT_MS;
    *link = l;
    return OK;
}

static void drop_answers(struct redis_link *l)
{
    for (unsigned i = 0; i < l->answer_count; i++) redis_answer_free(l->answers[i]);
    l->answer_count = 0;
}

static void drop_connection(struct redis_link *l)
{
    redis_stream_close(l->stream);
    l->stream = NULL;
}

void redis_link_close(struct redis_link *l)
{
    if (!l) return;
    drop_answers(l);
    drop_connection(l);
    free(l->answers);
    free(l);
}

/* --- waiting --- */

static enum err fail(struct redis_link *l, const char *why)
{
    snprintf(l->why, sizeof l->why, "%s", why);     /* it may go with what is dropped */
    l->is_refused = l->stream && redis_stream_is_refused(l->stream);
    drop_answers(l);
    drop_connection(l);                             /* it may still owe answers: nobody asks it again */
    l->counts.failures++;
    if (redis_breaker_fail(&l->breaker, clock_mono_ms()) && l->options.on_change)
        l->options.on_change(l->options.context, true, l->why);
    return ERR_REDIS_AWAY;
}

/* Until the socket is ready for the step, or the deadline is there. */
static bool wait_for(struct redis_link *l, enum redis_step step, int64_t deadline_ms)
{
    struct pollfd socket = { .fd = redis_stream_fd(l->stream),
                             .events = step == REDIS_WAITS_TO_READ ? POLLIN : POLLOUT };
    for (;;) {
        int64_t left_ms = deadline_ms - clock_mono_ms();
        int ready = poll(&socket, 1, left_ms > 0 ? (int)left_ms : 0);
        if (ready > 0) return true;
        if (ready == 0 || errno != EINTR) return false;
    }
}

/* A server that sends a byte now and then does not hold the batch longer than one that sends none. */
static int64_t deadline(const struct redis_link *l, unsigned times)
{
    return clock_mono_ms() + (int64_t)times * l->options.timeout_ms + 1;
}

static enum err send_all(struct redis_link *l, int64_t deadline_ms)
{
    enum redis_step step;
    while ((step = redis_stream_send(l->stream)) != REDIS_DONE)
        if (step == REDIS_BROKEN || !wait_for(l, step, deadline_ms)) return fail(l, redis_stream_why(l->stream));
    return OK;
}

static enum err take(struct redis_link *l, int64_t deadline_ms, struct redis_answer **answer)
{
    enum redis_step step;
    while ((step = redis_stream_take(l->stream, answer)) != REDIS_DONE)
        if (step == REDIS_BROKEN || !wait_for(l, step, deadline_ms)) return fail(l, redis_stream_why(l->stream));
    return OK;
}

/* --- connecting --- */

static enum err sign_in(struct redis_link *l)
{
    struct redis_answer *answer = NULL;
    char why[REDIS_TLS_WHY_BYTES] = "";
    int64_t deadline_ms = deadline(l, 1);
    if (!redis_stream_put_sign_in(l->stream, &l->options)) return OK;
    TRY(send_all(l, deadline_ms));
    TRY(take(l, deadline_ms, &answer));
    bool is_refused = redis_answer_kind(answer) == REDIS_REFUSAL;
    if (is_refused) snprintf(why, sizeof why, "%.*s", SLICE_ARGS(redis_answer_text(answer)));
    redis_answer_free(answer);
    if (!is_refused) return OK;
    (void)fail(l, why);
    l->is_refused = true;
    return ERR_REDIS_AWAY;
}

static enum err connect_to(struct redis_link *l)
{
    enum redis_step step;
    l->stream = redis_stream_open(&l->options);
    if (!l->stream) return fail(l, "no memory for a connection");
    int64_t deadline_ms = deadline(l, l->options.tls ? REDIS_HANDSHAKE_TIMES : 1);
    while ((step = redis_stream_connect(l->stream)) != REDIS_DONE)
        if (step == REDIS_BROKEN || !wait_for(l, step, deadline_ms)) return fail(l, redis_stream_why(l->stream));
    TRY(sign_in(l));
    l->generation++;
    l->counts.connections++;
    return OK;
}

/* --- one pipeline --- */

static void make_room(struct redis_link *l, unsigned answers)
{
    if (answers <= l->answer_capacity) return;
    l->answers = reallocarray(l->answers, answers, sizeof(void *));
    l->answer_capacity = answers;
    ASSERT(l->answers);
}

/* Refusals of the server, not of the command: it cannot serve now. */
static bool says_away(const struct redis_answer *a)
{
    static const struct slice words[] = { SLICE_INIT("LOADING"),   SLICE_INIT("READONLY"), SLICE_INIT("MASTERDOWN"),
                                          SLICE_INIT("NOAUTH"),    SLICE_INIT("MISCONF"),  SLICE_INIT("BUSY "),
                                          SLICE_INIT("NOREPLICAS") };
    if (redis_answer_kind(a) != REDIS_REFUSAL) return false;
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_starts_with(redis_answer_text(a), words[i])) return true;
    return false;
}

static enum err exchange(struct redis_link *l, const struct redis_command *commands, unsigned count)
{
    int64_t deadline_ms = deadline(l, 1);
    for (unsigned i = 0; i < count; i++) redis_stream_put(l->stream, &commands[i]);
    TRY(send_all(l, deadline_ms));
    while (l->answer_count < count) {
        struct redis_answer *answer;
        char why[REDIS_TLS_WHY_BYTES];
        TRY(take(l, deadline_ms, &answer));
        l->answers[l->answer_count++] = answer;
        if (!says_away(answer)) continue;
        snprintf(why, sizeof why, "%.*s", SLICE_ARGS(redis_answer_text(answer)));
        return fail(l, why);
    }
    return OK;
}

enum err redis_link_ask(struct redis_link *l, const struct redis_command *commands, unsigned count,
                        const struct redis_answer **answers)
{
    drop_answers(l);
    if (!redis_breaker_allows(&l->breaker, clock_mono_ms())) return ERR_REDIS_AWAY;
    make_room(l, count);
    l->counts.pipelines++;
    l->counts.commands += count;
    if (!l->stream) TRY(connect_to(l));
    TRY(exchange(l, commands, count));
    ASSERT(l->answer_count == count);
    for (unsigned i = 0; i < count; i++) answers[i] = l->answers[i];
    l->why[0] = 0;
    l->is_refused = false;
    if (redis_breaker_succeed(&l->breaker) && l->options.on_change) l->options.on_change(l->options.context, false, "");
    return OK;
}

uint64_t redis_link_generation(const struct redis_link *l)
{
    return l->generation;
}

bool redis_link_is_away(const struct redis_link *l)
{
    return l->breaker.is_open;
}

struct redis_counts redis_link_counts(const struct redis_link *l)
{
    return l->counts;
}

const char *redis_link_why(const struct redis_link *l)
{
    return l->why;
}

bool redis_link_is_refused(const struct redis_link *l)
{
    return l->is_refused;
}
