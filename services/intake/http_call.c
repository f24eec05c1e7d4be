/* intake/http_call.c: calls in one list, their room used again. */
#include "intake/http_call.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/http_tls.h"
#include "runtime/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CALL_ARENA_BYTES = 64 << 10, CALL_ARENA_RESERVE = 1 << 20, SPARE_CALLS_MAX = 128, STATUS_MAX = 600 };

/* Room for a call: what a former one left, or new. NULL: no memory. */
static struct http_call *call_room(struct http_calls *all)
{
    struct http_call *c = all->spare;
    if (c) {
        struct arena arena = c->arena;
        all->spare = c->next;
        all->spare_count--;
        arena_reset(&arena);
        *c = (struct http_call){ .arena = arena };
        return c;
    }
    c = calloc(1, sizeof *c);
    if (c && arena_open(&c->arena, CALL_ARENA_BYTES, CALL_ARENA_RESERVE) == OK) return c;
    free(c);
    return NULL;
}

struct http_call *http_call_new(struct http_calls *among, struct MHD_Connection *connection)
{
    struct http_call *c = call_room(among);
    if (!c) return NULL;
    c->among = among;
    c->connection = connection;
    c->file = -1;
    c->began_ms = clock_mono_ms();
    c->next = among->first;
    if (among->first) among->first->before = c;
    among->first = c;
    return c;
}

void http_call_free(struct http_call *c)
{
    struct http_calls *all = c->among;
    if (c->before) c->before->next = c->next;
    else all->first = c->next;
    if (c->next) c->next->before = c->before;
    spool_upload_drop(c->upload);
    if (c->file >= 0) close(c->file);
    free(c->body_room);
    if (all->spare_count < SPARE_CALLS_MAX) {
        c->next = all->spare;
        all->spare = c;
        all->spare_count++;
        return;
    }
    arena_close(&c->arena);
    free(c);
}

void http_calls_close(struct http_calls *all)
{
    while (all->spare) {
        struct http_call *next = all->spare->next;
        arena_close(&all->spare->arena);
        free(all->spare);
        all->spare = next;
    }
}

void http_call_wait(struct http_call *c)
{
    c->is_waiting = true;
    c->among->waiting++;
    MHD_suspend_connection(c->connection);
}

void http_call_resume(struct http_call *c)
{
    if (!c->is_waiting) return;
    c->is_waiting = false;
    c->among->waiting--;
    c->was_resumed = true;
    MHD_resume_connection(c->connection);
}

/* Answers */

void http_call_answer(struct http_call *c, unsigned status, struct slice type, struct slice body)
{
    char *room = malloc(body.size + 1);
    ASSERT(room);
    if (body.size) memcpy(room, body.bytes, body.size);
    free(c->body_room);
    c->body_room = room;
    c->status = status;
    c->type = slice_copy(&c->arena, type);
    c->body = slice_of(room, body.size);
    c->is_answered = true;
}

void http_call_fail(struct http_call *c, enum reply_problem problem, struct slice detail)
{
    struct json_out j;
    json_out_open(&j);
    reply_put_problem(&j, problem, &(struct reply_detail){ .detail = detail, .instance = c->location });
    http_call_answer(c, reply_status(problem), SLICE("application/problem+json"), json_out_bytes(&j));
    json_out_close(&j);
}

static void add_header(struct MHD_Response *r, const char *name, struct slice value)
{
    char text[512];
    if (value.size == 0 || value.size >= sizeof text) return;
    memcpy(text, value.bytes, value.size);
    text[value.size] = 0;
    (void)MHD_add_response_header(r, name, text);
}

static struct MHD_Response *response_of(struct http_call *c)
{
    if (c->file < 0)
        return MHD_create_response_from_buffer(c->body.size, (void *)(uintptr_t)c->body.bytes, MHD_RESPMEM_MUST_COPY);
    off_t size = lseek(c->file, 0, SEEK_END);
    struct MHD_Response *r = size >= 0 ? MHD_create_response_from_fd64((uint64_t)size, c->file) : NULL;
    if (r) c->file = -1;                            /* the library closes it */
    return r;
}

/* Main thread only, as every series of the door. */
static void count_answer(unsigned status)
{
    static struct metric_series *series[STATUS_MAX];
    char digits[4];
    if (status >= STATUS_MAX) return;
    snprintf(digits, sizeof digits, "%03u", status);
    if (!series[status]) series[status] = METRIC_SERIES(METRIC_HTTP_REQUESTS, slice_from(digits));
    metric_add(series[status], 1);
}

enum MHD_Result http_call_send(struct http_call *c)
{
    count_answer(c->status);
    struct MHD_Response *r = response_of(c);
    if (!r) return MHD_NO;
    add_header(r, "Content-Type", c->type);
    add_header(r, "Location", c->location);
    add_header(r, "ETag", c->etag);
    add_header(r, "Allow", c->plan.allow);
    add_header(r, "traceparent", c->plan.meta.traceparent);
    add_header(r, "Cache-Control", SLICE("no-store"));
    add_header(r, "X-Content-Type-Options", SLICE("nosniff"));
    bool is_untrusted = c->status == 400 && c->plan.act == HTTP_REFUSE;     /* and so is what follows */
    if (is_untrusted || c->is_last) add_header(r, "Connection", SLICE("close"));
    if (c->is_replay) add_header(r, "Idempotent-Replay", SLICE("true"));
    if (c->status == 401) add_header(r, "WWW-Authenticate", SLICE("Bearer"));
    if (c->status == 429 || c->status == 503) add_header(r, "Retry-After", SLICE("5"));
    enum MHD_Result sent = MHD_queue_response(c->connection, c->status, r);
    MHD_destroy_response(r);
    return sent;
}

enum MHD_Result http_call_cut_off(struct http_call *c, enum reply_problem problem, const char *detail)
{
    http_call_fail(c, problem, slice_from(detail));
    count_answer(c->status);
    struct slice said = SLICE_JOIN(&c->arena, SLICE("HTTP/1.1 "), slice_of_int(&c->arena, c->status),
                                   SLICE(" Refused\r\nContent-Type: application/problem+json\r\nContent-Length: "),
                                   slice_of_int(&c->arena, (int64_t)c->body.size),
                                   SLICE("\r\nConnection: close\r\n\r\n"), c->body);
    http_tls_say(c->connection, said);
    return MHD_NO;
}
