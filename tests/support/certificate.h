/* tests/support/certificate.h: keys and certificates of a test's own, as PEM files FOLDER/NAME.key, FOLDER/NAME.pem. */
#ifndef TESTS_SUPPORT_CERTIFICATE_H
#define TESTS_SUPPORT_CERTIFICATE_H

#include <stdbool.h>

struct certificate_wish {
    const char *name;
    const char *issuer;                                 /* an authority made before; NULL: it is one itself */
    const char *host;                                   /* a name or an IPv4 address that it bears; NULL: none */
    int         begins_days, ends_days;                 /* from now */
    bool        is_of_client;                           /* made for a client alone; else for a server alone */
};

bool certificate_make(const char *folder, const struct certificate_wish *wish);

#endif
