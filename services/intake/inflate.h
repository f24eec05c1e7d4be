/* intake/inflate.h: gzip bodies as they arrive (feeds.md 4, 14): many members, zero bytes after the last, a cap on
 * what comes out and on how much more that is than what went in. */
#ifndef INTAKE_INFLATE_H
#define INTAKE_INFLATE_H

#include "base/str.h"

enum { INFLATE_RATIO_MAX = 100, INFLATE_RATIO_FROM_BYTES = 16 << 20 };

enum inflate_fault { INFLATE_FINE, INFLATE_BROKEN, INFLATE_BOMB, INFLATE_TOO_LARGE, INFLATE_SINK };

/* Takes inflated bytes; false: they could not be kept. */
struct inflate_sink { void *context; bool (*put)(void *context, struct slice bytes); };

struct inflate;

/* ratio_max: INFLATE_RATIO_MAX, or 0 for bytes of our own. NULL: no memory. */
struct inflate *inflate_open(uint64_t bytes_max, unsigned ratio_max, const struct inflate_sink *sink);
void inflate_close(struct inflate *i);

/* The next bytes of the body. After a fault nothing more is taken. */
enum inflate_fault inflate_feed(struct inflate *i, struct slice bytes);

/* After the last byte: INFLATE_BROKEN when a member is not whole, or there is none. */
enum inflate_fault inflate_end(struct inflate *i);

/* Bytes that came out. */
uint64_t inflate_bytes(const struct inflate *i);

#endif
