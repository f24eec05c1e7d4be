/* runtime/tls.h: what every TLS connection of ours speaks, as a server and as a client: TLS 1.2 and 1.3. */
#ifndef RUNTIME_TLS_H
#define RUNTIME_TLS_H

#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

#endif
