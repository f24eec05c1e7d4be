/* tests/fuzz/message.h: what every codec of a message promises of bytes from outside: they are read or refused; what is
 * read can be written, and what was written reads as the same bytes again. */
#ifndef TESTS_FUZZ_MESSAGE_H
#define TESTS_FUZZ_MESSAGE_H

#include "base/assert.h"
#include "wire/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void *fuzz_read(const struct message *m, struct arena *a, struct slice bytes)
{
    void *record = arena_alloc(a, m->bytes);
    return message_decode(m, a, bytes, record) == OK ? record : NULL;
}

static inline struct slice fuzz_write(const struct message *m, struct arena *a, const void *record)
{
    struct slice bytes = { 0 };
    ASSERT(record != NULL);
    ASSERT(message_encode(m, a, record, SIZE_MAX / 4, &bytes) == OK);
    return bytes;
}

static inline int fuzz_message(const struct message *m, const uint8_t *data, size_t size)
{
    static struct arena a;
    if (!a.base) ASSERT(arena_open(&a, 64 << 20, 64 << 20) == OK);
    void *record = fuzz_read(m, &a, slice_of((const char *)data, size));
    if (record) {
        struct slice first = fuzz_write(m, &a, record);
        struct slice second = fuzz_write(m, &a, fuzz_read(m, &a, first));
        ASSERT(slice_equal(first, second));
    }
    arena_reset(&a);
    return 0;
}

#endif
