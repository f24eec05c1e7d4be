/* runtime/admin_http.h: what the operator asks a process (surfaces.md 3): /livez /readyz /metrics /version
 * /debug/config /debug/partitions, and the question of --health. */
#ifndef RUNTIME_ADMIN_HTTP_H
#define RUNTIME_ADMIN_HTTP_H

#include "runtime/life.h"
#include "runtime/setting.h"

/* What the answers come from; asked on the main thread. */
struct admin_source {
    void                   *context;
    const struct settings *(*settings)(void *context);         /* in force */
    bool                  (*is_alive)(void *context);           /* heartbeat and progress marks move */
    /* Says what is missing, one line each; nothing: ready. */
    void                  (*put_missing)(void *context, struct text *t);
    void                  (*put_version)(void *context, struct text *t);        /* JSON */
    void                  (*put_partitions)(void *context, struct text *t);     /* JSON */
    void                  (*before_metrics)(void *context);     /* gauges that are looked at, not kept; may be NULL */
};

struct admin_answer { unsigned status; const char *type; };

/* Answers a request into a text; `t->full` makes it a 500. Without sockets. */
struct admin_answer admin_http_answer(const struct admin_source *source, struct slice method, struct slice path,
                                      struct text *t);

struct admin_http;

/* Listens where admin.listen says. ERR_CONFIG_INVALID, ERR_MEMORY_EXHAUSTED. */
enum err admin_http_open(struct life *life, const struct admin_source *source, struct admin_http **admin) MUST_CHECK;
void admin_http_close(struct admin_http *a);
unsigned admin_http_port(const struct admin_http *a);

/* Version of libmicrohttpd. */
const char *admin_http_library(void);

/* Asks another process, at most `timeout_ms`. ERR_SERVICE_AWAY: nobody answers there. */
enum err admin_http_ask(const char *host, unsigned port, const char *path, unsigned timeout_ms, unsigned *status,
                        struct text *body) MUST_CHECK;

#endif
