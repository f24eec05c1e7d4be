/* intake/http_door.h: the HTTP door on the main thread (feeds.md 14): bodies stream into the spool, requests wait
 * suspended for their answers. What a request means is http_plan.h. */
#ifndef INTAKE_HTTP_DOOR_H
#define INTAKE_HTTP_DOOR_H

#include "intake/service.h"
#include "runtime/life.h"

enum { HTTP_DOOR_TICK_MS = 200 };

struct http_door_options {
    struct intake_service *service;
    const char     *host;
    unsigned        port;                           /* 0: any free one */
    unsigned        connections_max, connections_of_address_max, idle_seconds, answer_timeout_ms;
    size_t          header_bytes_max;
    uint64_t        body_bytes_max, body_rate_min;
    unsigned        head_grace_ms;                  /* beyond idle_seconds, for a head that dribbles; 0: 10 000 */
    unsigned        rate_grace_ms;                  /* before body_rate_min is asked for; 0: 5 000 */
    unsigned        uploads_max, requests_per_second, requests_burst;   /* of a submitter; 0: 8, 200, 400 */
    bool            needs_key, accepts_received_at;
    bool            speaks_tls;                     /* with the certificate of runtime/http_tls.h */
};


struct http_door;

/* ERR_CONFIG_INVALID: nobody can listen there; ERR_MEMORY_EXHAUSTED. */
enum err http_door_open(struct life *life, const struct http_door_options *options, struct http_door **door) MUST_CHECK;
/* Ends all connections. Before service_close. NULL is fine. */
void http_door_close(struct http_door *d);
unsigned http_door_port(const struct http_door *d);

/* What a reload may change. */
void http_door_retune(struct http_door *d, const struct http_door_options *options);

/* From here documents are refused, and those that wait are still answered. */
void http_door_drain(struct http_door *d);
/* Those that still wait are told where to ask: 503 with Location. What was begun goes on. */
void http_door_dismiss(struct http_door *d);
/* Requests that wait for their answers. */
unsigned http_door_waiting(const struct http_door *d);

/* Every HTTP_DOOR_TICK_MS: who is too slow, who waited long enough. */
void http_door_tick(struct http_door *d);
/* After service_deliver: answers go out. */
void http_door_stir(struct http_door *d);

#endif
