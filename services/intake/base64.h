/* intake/base64.h: bytes that were written in letters (RFC 4648). */
#ifndef INTAKE_BASE64_H
#define INTAKE_BASE64_H

#include "base/str.h"

/* Into room for 3 bytes of each 4 digits: with padding, and nothing else between. False: it is none. */
bool base64_decode(struct slice digits, char *to, size_t *size);

#endif
