/* intake/inflate.c: zlib's members one after the other. */
#include "intake/inflate.h"

#include <stdlib.h>
#include <zlib.h>

enum { WINDOW_BITS_GZIP = 15 + 16, OUT_BYTES = 64 << 10 };

struct inflate {
    struct inflate_sink sink;
    z_stream            stream;
    uint64_t            bytes_max, in, out;
    unsigned            ratio_max;
    enum inflate_fault  fault;
    bool                is_open, is_between, has_member;        /* is_between: a member ended, perhaps the last one */
    uint8_t             room[OUT_BYTES];
};

struct inflate *inflate_open(uint64_t bytes_max, unsigned ratio_max, const struct inflate_sink *sink)
{
    struct inflate *i = calloc(1, sizeof *i);
    if (!i) return NULL;
    i->sink = *sink;
    i->bytes_max = bytes_max;
    i->ratio_max = ratio_max;
    i->is_between = true;
    i->is_open = inflateInit2(&i->stream, WINDOW_BITS_GZIP) == Z_OK;
    if (i->is_open) return i;
    free(i);
    return NULL;
}

void inflate_close(struct inflate *i)
{
    if (!i) return;
    if (i->is_open) inflateEnd(&i->stream);
    free(i);
}

uint64_t inflate_bytes(const struct inflate *i)
{
    return i->out;
}

static enum inflate_fault give_out(struct inflate *i)
{
    size_t size = OUT_BYTES - i->stream.avail_out;
    i->out += size;
    if (i->out > i->bytes_max) return INFLATE_TOO_LARGE;
    if (i->ratio_max && i->out > INFLATE_RATIO_FROM_BYTES && i->out / i->ratio_max > i->in) return INFLATE_BOMB;
    if (size > 0 && !i->sink.put(i->sink.context, slice_of((char *)i->room, size))) return INFLATE_SINK;
    return INFLATE_FINE;
}

/* One step of the library; *is_end: the member ended. */
static enum inflate_fault step(struct inflate *i, bool *is_end)
{
    i->stream.next_out = i->room;
    i->stream.avail_out = OUT_BYTES;
    int answer = inflate(&i->stream, Z_NO_FLUSH);
    *is_end = answer == Z_STREAM_END;
    if (answer != Z_OK && answer != Z_STREAM_END && answer != Z_BUF_ERROR) return INFLATE_BROKEN;
    return give_out(i);
}

/* After a member: another one, or zeroes. */
static bool begin_member(struct inflate *i)
{
    if (!i->is_between) return true;
    while (i->has_member && i->stream.avail_in > 0 && *i->stream.next_in == 0) {
        i->stream.next_in++;
        i->stream.avail_in--;
    }
    if (i->stream.avail_in == 0) return true;
    i->is_between = false;
    return inflateReset(&i->stream) == Z_OK;
}

static enum inflate_fault feed(struct inflate *i, struct slice bytes)
{
    bool is_end = false;
    i->in += bytes.size;
    i->stream.next_in = (Bytef *)(uintptr_t)bytes.bytes;
    i->stream.avail_in = (uInt)bytes.size;
    for (;;) {
        if (!begin_member(i)) return INFLATE_BROKEN;
        if (i->is_between) return INFLATE_FINE;
        enum inflate_fault fault = step(i, &is_end);
        if (fault != INFLATE_FINE) return fault;
        if (is_end) i->is_between = i->has_member = true;
        else if (i->stream.avail_in == 0 && i->stream.avail_out > 0) return INFLATE_FINE;
    }
}

enum inflate_fault inflate_feed(struct inflate *i, struct slice bytes)
{
    enum { PIECE = 1 << 30 };
    while (i->fault == INFLATE_FINE && bytes.size > 0) {
        i->fault = feed(i, slice_head(bytes, PIECE));
        bytes = slice_skip(bytes, PIECE);
    }
    return i->fault;
}

enum inflate_fault inflate_end(struct inflate *i)
{
    if (i->fault == INFLATE_FINE && (!i->has_member || !i->is_between)) i->fault = INFLATE_BROKEN;
    return i->fault;
}
