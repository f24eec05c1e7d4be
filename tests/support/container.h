/* tests/support/container.h: ZIP containers made of parts, for tests of workbooks. */
#ifndef TESTS_SUPPORT_CONTAINER_H
#define TESTS_SUPPORT_CONTAINER_H

#include "base/assert.h"
#include "base/str.h"

#include <zlib.h>

enum { PARTS_MAX = 16 };

struct part { const char *name, *xml; };
struct packed_part { struct slice name, bytes; uint32_t crc, size, offset; bool is_deflated; };

static inline void put_le(struct text *t, uint32_t value, unsigned bytes)
{
    for (; bytes-- > 0; value >>= 8) text_put_byte(t, (char)(value & 0xff));
}

static inline struct packed_part pack_part(struct arena *a, const struct part *p, bool deflates)
{
    struct slice plain = slice_from(p->xml);
    struct packed_part packed = {
        .name = slice_from(p->name), .bytes = plain, .size = (uint32_t)plain.size, .is_deflated = deflates
    };
    packed.crc = (uint32_t)crc32(0, (const unsigned char *)p->xml, (uInt)plain.size);
    if (!deflates) return packed;
    z_stream z = { 0 };
    size_t room = plain.size / 100 + 4096;
    char *to = arena_alloc(a, room);
    ASSERT(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (unsigned char *)p->xml;
    z.avail_in = (uInt)plain.size;
    z.next_out = (unsigned char *)to;
    z.avail_out = (uInt)room;
    ASSERT(deflate(&z, Z_FINISH) == Z_STREAM_END);
    packed.bytes = slice_of(to, z.total_out);
    deflateEnd(&z);
    return packed;
}

static inline void put_entry(struct text *t, const struct packed_part *p, bool is_central)
{
    put_le(t, is_central ? 0x02014b50 : 0x04034b50, 4);
    if (is_central) put_le(t, 20, 2);
    put_le(t, 20, 2);
    put_le(t, 0, 2);
    put_le(t, p->is_deflated ? 8 : 0, 2);
    put_le(t, 0, 4);
    put_le(t, p->crc, 4);
    put_le(t, (uint32_t)p->bytes.size, 4);
    put_le(t, p->size, 4);
    put_le(t, (uint32_t)p->name.size, 2);
    put_le(t, 0, 2);
    if (is_central) { put_le(t, 0, 2); put_le(t, 0, 2); put_le(t, 0, 2); put_le(t, 0, 4); put_le(t, p->offset, 4); }
    text_put(t, p->name);
    if (!is_central) text_put(t, p->bytes);
}

/* A container of the parts, stored or deflated. */
static inline struct slice container(struct arena *a, const struct part *parts, unsigned count, bool deflates)
{
    struct packed_part packed[PARTS_MAX];
    size_t bytes = 4096;
    ASSERT(count <= PARTS_MAX);
    for (unsigned k = 0; k < count; k++) {
        packed[k] = pack_part(a, &parts[k], deflates);
        bytes += 2 * packed[k].name.size + packed[k].bytes.size + 128;
    }
    struct text t = text_in(a, bytes);
    for (unsigned k = 0; k < count; k++) { packed[k].offset = (uint32_t)t.size; put_entry(&t, &packed[k], false); }
    uint32_t from = (uint32_t)t.size;
    for (unsigned k = 0; k < count; k++) put_entry(&t, &packed[k], true);
    uint32_t size = (uint32_t)t.size - from;
    put_le(&t, 0x06054b50, 4);
    put_le(&t, 0, 4);
    put_le(&t, count, 2);
    put_le(&t, count, 2);
    put_le(&t, size, 4);
    put_le(&t, from, 4);
    put_le(&t, 0, 2);
    return text_slice(&t);
}

#endif
