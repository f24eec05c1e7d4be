/* intake/http_door.c: libmicrohttpd's callbacks on one side, the service on the other. */
#include "intake/http_door.h"

#include "base/assert.h"
#include "intake/http_call.h"
#include "intake/http_request.h"
#include "intake/openapi.h"
#include "runtime/clock.h"
#include "runtime/http_loop.h"
#include "runtime/http_tls.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RATE_GRACE_MS = 5000,
    POLL_MS = 250,
    UPLOADS_MAX = 8,
    REQUESTS_PER_SECOND = 200,
    HEAD_GRACE_MS = 10000,
    LOCATION_BYTES = 128,
    REQUESTS_BURST = 400,
    MILLI = 1000,
    ETAG_BYTES = 2 * HASH128_BYTES + 2,
    LOOKS_UNREAD_MAX = 3,
    DRAIN_BYTES = 64 << 10,
    DETAIL_BYTES = 512
};

/* What one submitter may do: a bucket of requests that fills by time, and uploads at once. */
struct http_meter { struct slice submitter_id; int64_t milli, at_ms; unsigned uploads; struct http_meter *next; };

/* A connection: since when its next head is waited for. */
struct link {
    struct MHD_Connection *connection;
    unsigned requests;
    int64_t since_ms;
    bool awaits_head;
    struct http_call *call;                         /* begun and not completed */
    struct link *next, *before;
};

struct http_door {
    struct http_door_options options;
    struct http_loop        *loop;
    struct http_calls        calls;
    struct http_meter       *meters;
    struct link             *links;
    unsigned                 spool_permille;        /* of the disk, as of the last tick */
    bool                     is_draining;
};

/* Meters */

static struct http_meter *meter_of(struct http_door *d, struct slice submitter_id)
{
    for (struct http_meter *m = d->meters; m; m = m->next)
        if (slice_equal(m->submitter_id, submitter_id)) return m;
    struct http_meter *m = calloc(1, sizeof *m + submitter_id.size);
    ASSERT(m);
    if (submitter_id.size) memcpy(m + 1, submitter_id.bytes, submitter_id.size);
    m->submitter_id = slice_of((char *)(m + 1), submitter_id.size);
    m->milli = (int64_t)d->options.requests_burst * MILLI;
    m->at_ms = clock_mono_ms();
    m->next = d->meters;
    return d->meters = m;
}

static bool may_ask(struct http_door *d, struct http_meter *m)
{
    int64_t now = clock_mono_ms(), full = (int64_t)d->options.requests_burst * MILLI;
    m->milli += (now - m->at_ms) * d->options.requests_per_second;
    m->at_ms = now;
    if (m->milli > full) m->milli = full;
    if (m->milli < MILLI) return false;
    m->milli -= MILLI;
    return true;
}

/* The head */

static struct http_state state_of(const struct http_door *d)
{
    return (struct http_state){
        .grants = service_grants(d->options.service),
        .answers = service_answers(d->options.service),
        .takes_documents = service_takes_documents(d->options.service),
        .is_draining = d->is_draining,
        .needs_key = d->options.needs_key,
        .accepts_received_at = d->options.accepts_received_at,
        .spool_permille = d->spool_permille,
        .body_bytes_max = d->options.body_bytes_max,
    };
}

static void make_plan(struct http_call *c, const char *url, const char *method, const char *version)
{
    struct http_request_line line = { method, c->target, url, version, c->target_bytes };
    struct http_state state = state_of(c->door);
    struct http_head head = http_request_head(c->connection, &c->arena, &line, &c->has_body);
    c->is_http_1_1 = strcmp(version, "HTTP/1.1") == 0;
    c->plan = http_plan_of(&head, &state);
    c->is_last |= head.is_chunked;                  /* the library takes a bare LF there: nothing is read after it */
}

static bool pass_meter(struct http_call *c)
{
    struct http_door *d = c->door;
    if (!c->plan.grant || c->plan.act == HTTP_REFUSE) return true;
    bool uploads = c->plan.act == HTTP_UPLOAD || c->plan.act == HTTP_VALIDATE;
    c->meter = meter_of(d, c->plan.grant->submitter.id);
    if (!may_ask(d, c->meter) || (uploads && c->meter->uploads >= d->options.uploads_max)) {
        http_call_fail(c, REPLY_TOO_MANY_REQUESTS, (struct slice){ 0 });
        return false;
    }
    c->is_upload_counted = uploads;
    c->meter->uploads += uploads;
    return true;
}

/* Questions and their answers */

static void put_etag(struct http_call *c)
{
    struct hash128 hash = hash_bytes(c->body);
    struct text t = text_in(&c->arena, ETAG_BYTES);
    PUT(&t, "\"");
    text_put_hex(&t, hash.bytes, HASH128_BYTES);
    PUT(&t, "\"");
    c->etag = text_slice(&t);
}

static bool is_final(struct slice body)
{
    static const char *const states[] = { "\"state\":\"ANSWERED\"", "\"state\":\"REJECTED\"", "\"state\":\"DUPLICATE\"",
                                          "\"state\":\"VALIDATED\"" };
    for (unsigned k = 0; k < 4; k++)
        if (memmem(body.bytes, body.size, states[k], strlen(states[k]))) return true;
    return false;
}

/* A status that is waited for: asked again until it changes from what the asker knows, or is final, or the time is
 * over. */
static bool waits_on(const struct http_call *c)
{
    if (c->plan.question.kind != QUESTION_STATUS || c->status != 200 || c->plan.wait_s == 0 || c->door->is_draining)
        return false;
    if (clock_mono_ms() - c->began_ms >= (int64_t)c->plan.wait_s * MILLI) return false;
    return c->plan.if_none_match.size ? slice_equal(c->etag, c->plan.if_none_match) : !is_final(c->body);
}

static void take_answer(void *context, const struct service_answer *a)
{
    struct http_call *c = context;
    c->delivery = NULL;
    c->file = a->file;
    c->is_replay = a->is_replay;
    c->location = slice_copy(&c->arena, a->location);
    http_call_answer(c, a->status, a->type, a->body);
    if (c->plan.act == HTTP_ASK && c->plan.question.kind == QUESTION_STATUS && c->status == 200) {
        c->location = (struct slice){ 0 };
        put_etag(c);
        c->asks_again = waits_on(c);
        if (c->asks_again) { c->is_answered = false; c->asked_ms = clock_mono_ms(); return; }
        if (c->plan.if_none_match.size && slice_equal(c->etag, c->plan.if_none_match)) {
            c->status = 304;
            c->body = (struct slice){ 0 };
        }
    }
    if (c->plan.wants_ack && a->acknowledgement.size && c->status < 300)
        http_call_answer(c, a->status, SLICE("application/edi-x12"), a->acknowledgement);
    http_call_resume(c);
}

static void ask(struct http_call *c)
{
    c->delivery = service_ask(c->door->options.service, &c->plan.question, take_answer, c);
}

/* Uploads */

static enum MHD_Result begin_upload(struct http_call *c)
{
    if (c->plan.act == HTTP_ANSWER) {
        c->small = text_in(&c->arena, HTTP_ANSWER_BYTES_MAX);
        return MHD_YES;
    }
    if (spool_upload_open(service_spool(c->door->options.service), c->plan.is_compressed,
                          c->door->options.body_bytes_max, &c->upload)
        == OK)
        return MHD_YES;
    http_call_fail(c, REPLY_UNAVAILABLE, SLICE("The spool cannot be written."));
    return http_call_send(c);
}

static bool is_too_slow(const struct http_call *c)
{
    int64_t elapsed = clock_mono_ms() - c->began_ms;
    const struct http_door_options *o = &c->door->options;
    return elapsed > o->rate_grace_ms && c->received * MILLI < o->body_rate_min * (uint64_t)elapsed;
}

static enum MHD_Result cut_for(struct http_call *c, enum spool_fault fault)
{
    switch (fault) {
    case SPOOL_BROKEN:    return http_call_cut_off(c, REPLY_ENCODING_BROKEN, "");
    case SPOOL_BOMB:
        return http_call_cut_off(c, REPLY_TOO_LARGE, "The document inflates to more than 100 times its size.");
    case SPOOL_TOO_LARGE: return http_call_cut_off(c, REPLY_TOO_LARGE, "");
    case SPOOL_DISK:      return http_call_cut_off(c, REPLY_UNAVAILABLE, "The disk of the spool is full.");
    case SPOOL_FINE:      break;
    }
    return MHD_YES;
}

static enum MHD_Result take_body(struct http_call *c, struct slice bytes)
{
    c->received += bytes.size;
    if (is_too_slow(c)) return http_call_cut_off(c, REPLY_TOO_SLOW, "");
    if (c->plan.act == HTTP_ANSWER) {
        text_put(&c->small, bytes);
        return c->small.full ? http_call_cut_off(c, REPLY_TOO_LARGE, "") : MHD_YES;
    }
    return cut_for(c, spool_upload_put(c->upload, bytes));
}

static bool check_body(struct http_call *c, enum spool_fault fault)
{
    uint8_t digest[SHA256_BYTES];
    if (fault == SPOOL_BROKEN) http_call_fail(c, REPLY_ENCODING_BROKEN, (struct slice){ 0 });
    else if (fault == SPOOL_BOMB || fault == SPOOL_TOO_LARGE) http_call_fail(c, REPLY_TOO_LARGE, (struct slice){ 0 });
    else if (fault == SPOOL_DISK) http_call_fail(c, REPLY_UNAVAILABLE, SLICE("The disk of the spool is full."));
    if (fault != SPOOL_FINE) return false;
    spool_upload_sha256(c->upload, digest);
    if (c->plan.has_length && spool_upload_sent(c->upload) != c->plan.length)
        http_call_fail(c, REPLY_BODY_INCOMPLETE, (struct slice){ 0 });
    else if (c->plan.has_digest && memcmp(digest, c->plan.digest, SHA256_BYTES) != 0)
        http_call_fail(c, REPLY_DIGEST_MISMATCH, (struct slice){ 0 });
    else return true;
    return false;
}

/* Of type and body: what a key stands for. */
static struct hash128 content_of(struct http_call *c, const uint8_t digest[SHA256_BYTES])
{
    const struct spool_meta *m = &c->plan.meta;
    struct text t = text_in(&c->arena, SHA256_BYTES + 512 + m->event_source.size + m->event_id.size);
    text_put(&t, slice_of((const char *)digest, SHA256_BYTES));
    const char *type = MHD_lookup_connection_value(c->connection, MHD_HEADER_KIND, "Content-Type");
    text_put(&t, slice_head(slice_from(type), 128));
    text_put_byte(&t, '\0');
    text_put(&t, m->partner_id);
    text_put_byte(&t, '\0');
    text_put(&t, m->currency);
    text_put_byte(&t, '\0');
    text_put(&t, slice_head(m->profile, 64));
    if (m->event_id.size) text_put_byte(&t, '\0');
    text_put(&t, m->event_source);
    if (m->event_id.size) text_put_byte(&t, '\0');
    text_put(&t, m->event_id);
    return hash_bytes(text_slice(&t));
}

static void hand_in(struct http_call *c)
{
    struct spool_meta *m = &c->plan.meta;
    char name[SPOOL_NAME_BYTES];
    m->event_source = http_plan_event_text(&c->arena, m->event_source);
    m->event_id = http_plan_event_text(&c->arena, m->event_id);
    m->bytes = spool_upload_bytes(c->upload);
    m->is_compressed = c->plan.is_compressed;
    if (!m->received_at_unix_ms) m->received_at_unix_ms = clock_now_unix_ms();
    spool_upload_sha256(c->upload, m->sha256);
    m->request_content = content_of(c, m->sha256);
    enum err e = spool_upload_keep(c->upload, name);
    c->upload = NULL;
    if (e != OK) { http_call_fail(c, REPLY_UNAVAILABLE, SLICE("The spool cannot be written.")); return; }
    struct intake_service *s = c->door->options.service;
    if (c->plan.act == HTTP_UPLOAD) c->delivery = service_submit(s, m, name, take_answer, c);
    else c->delivery = service_validate(s, m, name, c->plan.wants_lines, take_answer, c);
}

static enum MHD_Result end_body(struct http_call *c)
{
    if (c->plan.act == HTTP_ANSWER) {
        bool is_replay = c->plan.question.kind == QUESTION_REPLAY;
        bool is_read = is_replay ? http_plan_read_replay(&c->arena, text_slice(&c->small), &c->plan.question)
                                 : http_plan_read_answer(&c->arena, text_slice(&c->small), &c->plan.question);
        if (is_read) ask(c);
        else http_call_fail(c, REPLY_BAD_REQUEST, SLICE("The body is none of those of /v1/openapi.json."));
    } else if (check_body(c, spool_upload_end(c->upload))) {
        hand_in(c);
    }
    if (c->is_answered) return http_call_send(c);
    http_call_wait(c);
    return MHD_YES;
}

/* Callbacks of the library */

/* What is known of a connection lies beside it. */
static struct link *link_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void link_open(struct http_door *d, struct MHD_Connection *connection, void **place)
{
    struct link *l = *place = calloc(1, sizeof *l);
    if (!l) return;
    *l = (struct link){ .connection = connection, .awaits_head = true, .since_ms = clock_mono_ms(), .next = d->links };
    if (d->links) d->links->before = l;
    d->links = l;
}

static void end_call(struct http_call *c)
{
    if (c->is_waiting) { c->is_waiting = false; c->among->waiting--; }
    if (c->delivery) service_forget(c->delivery);
    if (c->is_upload_counted) c->meter->uploads--;
    http_call_free(c);
}

/* A request that it gives up for lack of room the library completes without a word to us. */
static void link_close(struct http_door *d, struct link *l)
{
    if (!l) return;
    if (l->call) end_call(l->call);
    if (l->before) l->before->next = l->next;
    else d->links = l->next;
    if (l->next) l->next->before = l->before;
    free(l);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) link_open(context, connection, socket_context);
    else link_close(context, *socket_context);
}

static unsigned count_request(struct MHD_Connection *connection)
{
    struct link *l = link_of(connection);
    return l ? ++l->requests : HTTP_REQUESTS_OF_CONNECTION_MAX;
}

/* The library's time-out starts over with each byte: who sends a head byte by byte would stay for hours. */
static void cut_slow_heads(struct http_door *d, int64_t now)
{
    for (struct link *l = d->links; l; l = l->next) {
        if (!l->awaits_head || now - l->since_ms <= (int64_t)d->options.idle_seconds * MILLI + d->options.head_grace_ms)
            continue;
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(l->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (info) (void)shutdown(info->connect_fd, SHUT_RDWR);
        l->awaits_head = false;
    }
}

/* Everything but uploads. */
static enum MHD_Result respond(struct http_call *c)
{
    char room[DETAIL_BYTES];
    struct text page, detail;
    c->has_responded = true;
    if (c->plan.act != HTTP_REFUSE && !pass_meter(c)) return http_call_send(c);
    switch (c->plan.act) {
    case HTTP_REFUSE:
        detail = text_over(room, sizeof room);
        http_plan_put_detail(&detail, &c->plan);
        http_call_fail(c, c->plan.problem, text_slice(&detail));
        return http_call_send(c);
    case HTTP_ASK:
        ask(c);
        http_call_wait(c);
        return MHD_YES;
    case HTTP_OPENAPI:
        http_call_answer(c, 200, SLICE("application/json"), openapi_text());
        return http_call_send(c);
    case HTTP_PAGE:
        page = text_in(&c->arena, 512);
        reply_put_page(&page, c->plan.page);
        http_call_answer(c, 200, SLICE("text/plain; charset=utf-8"), text_slice(&page));
        return http_call_send(c);
    default:
        NEVER();
    }
}

/* An answer before the body spares it, and ends the connection: the library reads nothing after it. Where no body
 * comes the answer waits for the end of the request, and the connection goes on. */
static enum MHD_Result begin(struct http_call *c, const char *url, const char *method, const char *version)
{
    struct link *l = link_of(c->connection);
    c->has_begun = true;
    if (l) l->awaits_head = false;
    make_plan(c, url, method, version);
    if (c->plan.act == HTTP_UPLOAD || c->plan.act == HTTP_VALIDATE || c->plan.act == HTTP_ANSWER)
        return pass_meter(c) ? begin_upload(c) : http_call_send(c);
    return c->has_body ? respond(c) : MHD_YES;
}

/* A request begins with its target, as it was sent. */
static void *on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    struct http_door *d = context;
    struct http_call *c = http_call_new(&d->calls, connection);
    if (!c) return NULL;
    c->door = d;
    c->target = target;
    c->target_bytes = strlen(target);
    c->is_last = count_request(connection) >= HTTP_REQUESTS_OF_CONNECTION_MAX;
    struct link *l = link_of(connection);
    if (l) l->call = c;
    return c;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload_data, size_t *upload_data_size, void **state)
{
    struct http_call *c = *state;
    (void)context, (void)connection;
    if (!c || c->is_gone) return MHD_NO;
    if (!c->has_begun) return begin(c, url, method, version);
    if (c->was_resumed && c->is_answered) return http_call_send(c);
    bool takes_body = c->upload || c->small.capacity;
    if (*upload_data_size > 0 && !takes_body) return MHD_NO;            /* it was answered, or has none by its head */
    if (*upload_data_size > 0) {
        struct slice bytes = slice_of(upload_data, *upload_data_size);
        *upload_data_size = 0;
        return take_body(c, bytes);
    }
    if (takes_body) return end_body(c);
    return c->has_responded ? MHD_NO : respond(c);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct http_call *c = *state;
    struct link *l = link_of(connection);
    (void)context, (void)code;
    if (l) { l->awaits_head = true; l->since_ms = clock_mono_ms(); l->call = NULL; }
    if (!c) return;
    *state = NULL;
    end_call(c);
}

/* Life */

enum err http_door_open(struct life *life, const struct http_door_options *options, struct http_door **door)
{
    struct http_door *d = calloc(1, sizeof *d);
    if (!d) return ERR_MEMORY_EXHAUSTED;
    http_door_retune(d, options);
    d->spool_permille = spool_dir_fill(service_spool(options->service));
    struct http_limits limits = {
        .setting = "http.listen", .connections_max = options->connections_max,
        .connections_of_address_max = options->connections_of_address_max, .idle_seconds = options->idle_seconds,
        .header_bytes_max = options->header_bytes_max, .speaks_tls = options->speaks_tls,
    };
    struct http_handlers handlers = {
        .context = d, .request = on_request, .completed = on_completed, .target = on_target, .connection = on_connection
    };
    enum err e = http_loop_open(life, options->host, options->port, &limits, &handlers, &d->loop);
    if (e == OK) *door = d;
    else free(d);
    return e;
}

void http_door_retune(struct http_door *d, const struct http_door_options *options)
{
    d->options = *options;
    if (!d->options.uploads_max) d->options.uploads_max = UPLOADS_MAX;
    if (!d->options.requests_per_second) d->options.requests_per_second = REQUESTS_PER_SECOND;
    if (!d->options.requests_burst) d->options.requests_burst = REQUESTS_BURST;
    if (!d->options.head_grace_ms) d->options.head_grace_ms = HEAD_GRACE_MS;
    if (!d->options.rate_grace_ms) d->options.rate_grace_ms = RATE_GRACE_MS;
}

void http_door_close(struct http_door *d)
{
    if (!d) return;
    for (struct http_call *c = d->calls.first, *next; c; c = next) {
        next = c->next;
        if (c->delivery) service_forget(c->delivery);
        c->delivery = NULL;
        if (c->is_waiting) http_call_resume(c);
    }
    http_loop_close(d->loop);
    http_calls_close(&d->calls);
    while (d->meters) {
        struct http_meter *next = d->meters->next;
        free(d->meters);
        d->meters = next;
    }
    free(d);
}

unsigned http_door_port(const struct http_door *d)
{
    return http_loop_port(d->loop);
}

void http_door_drain(struct http_door *d)
{
    d->is_draining = true;
}

unsigned http_door_waiting(const struct http_door *d)
{
    return d->calls.waiting;
}

/* Posting goes on: Location says where to look; whoever sends the same bytes again meets the result. */
static void give_up(struct http_call *c)
{
    if (c->plan.act == HTTP_UPLOAD) {
        struct text location = text_in(&c->arena, LOCATION_BYTES);
        service_put_whereabouts(c->delivery, &location);
        c->location = text_slice(&location);
    }
    service_forget(c->delivery);
    c->delivery = NULL;
    http_call_fail(c, REPLY_UNAVAILABLE,
                   c->plan.act == HTTP_UPLOAD
                       ? SLICE("The answer takes longer than it may, or the service is about to end; what was begun "
                               "goes on. Ask at Location, or send the same bytes again, and you get the result.")
                       : SLICE("The answer takes longer than it may, or the service is about to end. Ask again."));
    http_call_resume(c);
}

void http_door_dismiss(struct http_door *d)
{
    for (struct http_call *c = d->calls.first, *next; c; c = next) {
        next = c->next;
        if (c->is_waiting && c->delivery) give_up(c);
    }
    http_loop_stir(d->loop);
}

/* The library does not look at a suspended connection. A reset is the end. A half that was closed may be a client that
 * still reads, or one that is gone: an interim answer is read by the first and answered with a reset by the second. */
static bool has_hung_up(struct http_call *c)
{
    static const struct slice probe = SLICE_INIT("HTTP/1.1 102 Processing\r\n\r\n");
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct pollfd p = { .fd = info ? info->connect_fd : -1, .events = POLLRDHUP };
    if (!info || poll(&p, 1, 0) <= 0) return false;
    if (p.revents & (POLLHUP | POLLERR | POLLNVAL)) return true;
    if ((p.revents & POLLRDHUP) && !c->was_probed && c->is_http_1_1) http_tls_say(c->connection, probe);
    c->was_probed = true;
    return false;
}

/* A line of a chunk that does not fit into the room of the library, which then reads nothing more and says nothing
 * until its time-out: between two looks it has read whatever it has room for, so that bytes that lie there as before,
 * and none of the body, several looks on end, will not be read. */
static bool is_stuck(struct http_call *c, int fd)
{
    int unread = 0;
    bool is_left = ioctl(fd, FIONREAD, &unread) == 0 && unread > 0 && unread >= c->unread
                   && c->received == c->received_then;
    c->looks_unread = is_left ? c->looks_unread + 1 : 0;
    c->unread = unread;
    c->received_then = c->received;
    return c->looks_unread >= LOOKS_UNREAD_MAX;
}

/* What lies unread when a connection is closed makes the system reset it, and the answer may be lost with that. */
static void drain(int fd)
{
    static char nowhere[DRAIN_BYTES];
    for (unsigned k = 0; k < 16 && recv(fd, nowhere, sizeof nowhere, MSG_DONTWAIT) > 0; k++) continue;
}

/* The library waits for the rest of a body until its time-out, and then closes without a word: who sends nothing more
 * is told that he is too slow, who has closed his half that the body is not whole. Bytes that the library has not read
 * yet are given time until the next look. */
static void cut_stopped_body(struct http_call *c)
{
    char next;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    bool takes_body = c->upload || c->small.capacity;
    if (!info || !takes_body || c->is_answered || c->is_waiting) return;
    bool has_ended = !c->door->options.speaks_tls && recv(info->connect_fd, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0,
         was_ended = c->has_stopped;
    c->has_stopped = has_ended;
    if (has_ended && was_ended) (void)http_call_cut_off(c, REPLY_BODY_INCOMPLETE, "");
    else if (is_stuck(c, info->connect_fd))
        (void)http_call_cut_off(c, REPLY_BAD_REQUEST, "The line in front of a chunk is too long: send no extensions.");
    else if (is_too_slow(c)) (void)http_call_cut_off(c, REPLY_TOO_SLOW, "");
    if (!c->is_answered) return;
    (void)shutdown(info->connect_fd, SHUT_WR);
    if (!c->door->options.speaks_tls) drain(info->connect_fd);
    (void)shutdown(info->connect_fd, SHUT_RD);
}

/* What was begun goes on without its sender. */
static void leave(struct http_call *c)
{
    if (c->delivery) service_forget(c->delivery);
    c->delivery = NULL;
    c->is_gone = true;
    http_call_resume(c);
}

/* While Kafka does not answer nobody waits for it longer than patience lasts: posting goes on after it. */
static bool waited_long_enough(const struct http_door *d, const struct http_call *c, int64_t now)
{
    const struct intake_service *s = d->options.service;
    int64_t waited = now - c->began_ms;
    return waited > (int64_t)d->options.answer_timeout_ms
           || (waited > (int64_t)service_patience_ms(s) && service_is_stalled(s));
}

void http_door_tick(struct http_door *d)
{
    int64_t now = clock_mono_ms();
    d->spool_permille = spool_dir_fill(service_spool(d->options.service));
    cut_slow_heads(d, now);
    for (struct http_call *c = d->calls.first, *next; c; c = next) {
        next = c->next;
        cut_stopped_body(c);
        if (c->is_waiting && c->delivery && waited_long_enough(d, c, now)) give_up(c);
        if (c->is_waiting && has_hung_up(c)) leave(c);
        if (c->is_waiting && c->asks_again && now - c->asked_ms >= POLL_MS) { c->asks_again = false; ask(c); }
    }
    http_loop_stir(d->loop);
}

void http_door_stir(struct http_door *d)
{
    http_loop_stir(d->loop);
}
