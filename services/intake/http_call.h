/* intake/http_call.h: a request of the HTTP door from its target to its answer: its room, and how libmicrohttpd is told
 * what is answered. Main thread only. */
#ifndef INTAKE_HTTP_CALL_H
#define INTAKE_HTTP_CALL_H

#include "intake/http_plan.h"

#include <microhttpd.h>

struct http_door;
struct http_meter;

struct http_call {
    struct http_door      *door;
    struct http_calls     *among;
    struct MHD_Connection *connection;
    struct http_call      *next, *before;
    struct arena           arena;
    struct http_plan       plan;
    struct http_meter     *meter;
    struct spool_upload   *upload;
    struct delivery       *delivery;
    struct text            small;                   /* the body of an answer to a question */
    int64_t                began_ms, asked_ms;
    uint64_t               received;
    const char            *target;                  /* as sent, until the head was looked at */
    size_t                 target_bytes;
    bool has_begun, is_waiting, is_answered, is_upload_counted, was_resumed, asks_again, is_gone, was_probed,
        is_last, is_http_1_1, has_body, has_responded, has_stopped;
    int                    unread;                  /* bytes that the library left in the socket at the last look */
    uint64_t               received_then;
    unsigned               looks_unread;            /* so many looks on end */

    /* The answer */
    unsigned               status;
    struct slice           type, body, location, etag;
    char                  *body_room;               /* a body may be larger than the arena */
    bool                   is_replay;
    int                    file;
};

/* Those of a door. spare: room to be used again; waiting: suspended until they are answered. */
struct http_calls { struct http_call *first, *spare; unsigned waiting, spare_count; };

/* NULL: no memory. */
struct http_call *http_call_new(struct http_calls *among, struct MHD_Connection *connection);
/* With its upload, its file and its body. */
void http_call_free(struct http_call *c);
/* No call is left: gives back the room of former ones. */
void http_calls_close(struct http_calls *all);

/* Suspends the connection until it is resumed; resuming another one does nothing. */
void http_call_wait(struct http_call *c);
void http_call_resume(struct http_call *c);

/* What is to be answered, copied; a former answer is forgotten. */
void http_call_answer(struct http_call *c, unsigned status, struct slice type, struct slice body);
void http_call_fail(struct http_call *c, enum reply_problem problem, struct slice detail);
/* Hands the answer over; its file is the library's from here. */
enum MHD_Result http_call_send(struct http_call *c);
/* In the middle of a body nothing can be handed over: the answer goes out at once, and the connection ends. */
enum MHD_Result http_call_cut_off(struct http_call *c, enum reply_problem problem, const char *detail);

#endif
