/* intake/http_plan.h: what a request of the HTTP door means (feeds.md 14): from its head to a refusal, an upload, a
 * question or a text. Pure: no socket, no clock; the one place of routes, limits and header rules. */
#ifndef INTAKE_HTTP_PLAN_H
#define INTAKE_HTTP_PLAN_H

#include "intake/grants.h"
#include "intake/reply.h"
#include "intake/service.h"

enum {
    HTTP_REQUESTS_OF_CONNECTION_MAX = 1000,
    HTTP_TARGET_MAX = 2048,
    HTTP_HEADERS_MAX = 64,
    HTTP_KEY_MAX = 255,
    HTTP_ANSWER_BYTES_MAX = 4096,
    HTTP_WAIT_MAX_S = 60,
    HTTP_PARAMETERS_MAX = 8,
    HTTP_FILL_MAX_PERMILLE = 800
};

struct http_field { struct slice name, value; };

/* Names without their case; query values are decoded. */
struct http_head {
    struct slice             method, path;
    size_t                   target_bytes;
    const struct http_field *headers, *query;
    unsigned                 header_count, query_count;
    bool is_chunked;
    bool is_malformed; /* bare LF, folded lines, NUL and the like, as who read the bytes says */
};

/* The name of a header is a token (RFC 9110), its value without bytes that end lines or text. */
bool http_field_is_sound(struct slice name, struct slice value);

/* What holds when it comes. */
struct http_state {
    const struct grants *grants;
    bool answers, takes_documents, is_draining, needs_key,
        accepts_received_at; /* answers: what is asked of documents */
    unsigned             spool_permille;
    uint64_t             body_bytes_max;
};

enum http_act { HTTP_REFUSE, HTTP_UPLOAD, HTTP_VALIDATE, HTTP_ASK, HTTP_ANSWER, HTTP_OPENAPI, HTTP_PAGE };

struct http_plan {
    enum http_act       act;
    enum reply_problem  problem;
    struct slice        detail, allow;              /* allow: of 405 */
    struct slice        parameters[HTTP_PARAMETERS_MAX];    /* of the query, that the address has */
    unsigned            parameter_count;
    struct slice        unknown;                    /* one that it has not; refused for it */
    const struct grant *grant;
    unsigned            scopes;
    struct spool_meta   meta;                       /* of an upload, as far as the head tells */
    bool                wants_ack, wants_lines, has_digest, is_compressed, has_length;
    uint8_t             digest[SHA256_BYTES];
    uint64_t            length;
    struct question     question;
    unsigned            wait_s;
    struct slice        if_none_match;
    enum reply_problem  page;
};

/* Texts are borrowed from the head. */
struct http_plan http_plan_of(const struct http_head *head, const struct http_state *state);

/* Why it was refused, where there is more to say than the problem. */
void http_plan_put_detail(struct text *t, const struct http_plan *p);

/* What a header of an event stands for (ce-id …): without quotes, its percent signs decoded. */
struct slice http_plan_event_text(struct arena *a, struct slice value);

/* What /readyz says of a disk that is too full for documents; nothing of another one. */
void http_plan_put_full(struct text *t, unsigned spool_permille);

/* The body of an answer to a HELD document: {"decimal":"comma"} and the like. False: it is none. */
bool http_plan_read_answer(struct arena *a, struct slice body, struct question *q);

/* A body follows, or may: its length is not none. */
bool http_head_has_body(const struct http_head *head);

/* The body of a replay: {"profile":"northwind@5"}, perhaps with "execute":true. */
bool http_plan_read_replay(struct arena *a, struct slice body, struct question *q);

#endif
