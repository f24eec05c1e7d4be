/* runtime/http_tls.h: the certificate with which HTTP servers of this process speak TLS (surfaces.md 3). libmicrohttpd
 * asks for it at each handshake, so that another one takes its place while connections last. Main thread only. */
#ifndef RUNTIME_HTTP_TLS_H
#define RUNTIME_HTTP_TLS_H

#include "base/err.h"
#include "base/str.h"
#include "runtime/tls.h"

#include <microhttpd.h>

/* The chain, the server's own certificate first, and its key, both PEM: in force for the next handshake. What was in
 * force stays when it cannot be read, is none, or the two do not fit: ERR_FILE_UNREADABLE, ERR_CONFIG_INVALID, and *why
 * says it in a sentence. */
enum err http_tls_load(const char *certificate_file, const char *key_file, struct text *why) MUST_CHECK;

/* When the server's own certificate ends, seconds since 1970; 0: none is in force. */
int64_t http_tls_ends_unix_s(void);

/* Of MHD_OPTION_HTTPS_CERT_CALLBACK. */
void *http_tls_callback(void);

/* Behind everything that speaks TLS. */
void http_tls_close(void);

/* Writes at once, past the library, what a connection gets that ends in the middle of a request: through its TLS if it
 * has one. */
void http_tls_say(struct MHD_Connection *connection, struct slice bytes);

#endif
