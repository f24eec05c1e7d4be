/* runtime/certificate.h: until when a certificate in a PEM file holds. */
#ifndef RUNTIME_CERTIFICATE_H
#define RUNTIME_CERTIFICATE_H

#include "base/err.h"
#include "base/instant.h"

/* When the first certificate of the file to expire does. ERR_FILE_UNREADABLE: no file, or none in it. */
enum err certificate_expiry(const char *path, instant_ms *expires_unix_ms) MUST_CHECK;

#endif
