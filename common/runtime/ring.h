/* runtime/ring.h: records of bytes from one thread to one other, copied, without locks (kafka.md 9).
 *
 * The producer never waits: a full ring refuses, and the producer says what then. */
#ifndef RUNTIME_RING_H
#define RUNTIME_RING_H

#include "base/str.h"

struct ring;

/* `bytes` of room, rounded up to a power of two, 64 at least. NULL: no memory. */
struct ring *ring_open(size_t bytes);
void ring_close(struct ring *r);

/* Producer. False: there is no room now; a record may take half of the ring at most. */
bool ring_put(struct ring *r, struct slice record);

/* Consumer: the oldest record, borrowed until the next take. False: there is none. */
bool ring_take(struct ring *r, struct slice *record);

#endif
