/* intake/http_request.h: the head of a request, from where libmicrohttpd has read it to what http_plan.h judges. */
#ifndef INTAKE_HTTP_REQUEST_H
#define INTAKE_HTTP_REQUEST_H

#include "intake/http_plan.h"

struct MHD_Connection;

/* As the library hands it over: the target as it was sent, before it was parted and decoded into `url`. */
struct http_request_line { const char *method, *target, *url, *version; size_t target_bytes; };

/* Texts are copied into the arena; `has_body`: one follows, or may, by any of its headers, also those that are too many
 * to be kept. */
struct http_head http_request_head(struct MHD_Connection *connection, struct arena *a,
                                   const struct http_request_line *line, bool *has_body);

#endif
