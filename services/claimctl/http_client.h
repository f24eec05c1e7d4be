/* claimctl/http_client.h: one request to a service of ours and its answer, over plain HTTP/1.1, blocking. TLS is a
 * proxy's. */
#ifndef CLAIMCTL_HTTP_CLIENT_H
#define CLAIMCTL_HTTP_CLIENT_H

#include "base/str.h"

enum { HTTP_CLIENT_HEADERS_MAX = 16, HTTP_CLIENT_TIMEOUT_MS = 310000, HTTP_CLIENT_ANSWER_MAX = 64 << 20 };

struct http_client_header { const char *name; struct slice value; };

struct http_client_request {
    const char               *method;               /* GET, POST */
    struct slice              address;              /* host:port, [v6]:port, or http://host:port */
    struct slice              target;               /* path and query, encoded */
    struct http_client_header headers[HTTP_CLIENT_HEADERS_MAX];
    unsigned                  header_count;
    struct slice              body;
    int                       timeout_ms;           /* of each read and write; 0: HTTP_CLIENT_TIMEOUT_MS */
};

/* Texts live in the arena. */
struct http_client_answer { unsigned status; struct slice content_type, location, body; };

/* ERR_SERVICE_AWAY: nobody answers, or the answer breaks off. The arena must have room for the answer. */
enum err http_client_ask(struct arena *a, const struct http_client_request *request,
                         struct http_client_answer *answer) MUST_CHECK;

/* Percent-encodes what may not stand in a query. */
void http_client_put_encoded(struct text *t, struct slice value);

#endif
