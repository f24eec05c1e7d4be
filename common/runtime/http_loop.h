/* runtime/http_loop.h: an HTTP server of libmicrohttpd on the event loop of the main thread (kafka.md 9): no thread of
 * its own.
 *
 * Files that speak HTTP include this one; what they answer are functions of a request and need no socket to be
 * tested. */
#ifndef RUNTIME_HTTP_LOOP_H
#define RUNTIME_HTTP_LOOP_H

#include "base/err.h"
#include "runtime/life.h"

#include <microhttpd.h>
#include <stddef.h>

struct http_limits {
    const char *setting;                            /* that says where to listen: named when nobody can */
    unsigned connections_max, connections_of_address_max, idle_seconds;
    size_t   header_bytes_max;
    bool     speaks_tls;                            /* with the certificate of http_tls.h */
};

struct http_handlers {
    void                         *context;
    MHD_AccessHandlerCallback     request;
    MHD_RequestCompletedCallback  completed;        /* these may be NULL */
    void *(*target)(void *context, const char *target,
                    struct MHD_Connection *connection); /* as sent, before it is decoded */
    MHD_NotifyConnectionCallback  connection;
};

struct http_loop;

/* Listens on host and port (0: any free one). ERR_ADDRESS_IN_USE: another process does; ERR_CONFIG_INVALID:
 * nobody can; the log says which address and setting;
 * ERR_MEMORY_EXHAUSTED. */
enum err http_loop_open(struct life *life, const char *host, unsigned port, const struct http_limits *limits,
                        const struct http_handlers *handlers, struct http_loop **loop) MUST_CHECK;
/* Ends all connections. Before life_close. NULL is fine. */
void http_loop_close(struct http_loop *h);

/* The port it listens on. */
unsigned http_loop_port(const struct http_loop *h);

/* After MHD_resume_connection: serves what is resumed. */
void http_loop_stir(struct http_loop *h);

#endif
