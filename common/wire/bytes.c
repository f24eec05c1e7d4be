/* wire/bytes.c: writing and reading the bytes of a state record. */
#include "wire/bytes.h"

#include "base/assert.h"
#include "wire/varint.h"
#include "base/hash.h"

enum { BYTES_START = 256, VARINT_MAX = 10, VARINT128_MAX = 19 };
enum id_form { ID_EMPTY, ID_16_BYTES, ID_32_BYTES, ID_TEXT_FORM }; /* from there on: a text of that many less 2 bytes */

struct bytes_writer bytes_writer_in(struct arena *a)
{
    ASSERT(a != NULL);
    return (struct bytes_writer){ .arena = a };
}

static void grow(struct bytes_writer *w, size_t count)
{
    size_t capacity = w->capacity ? w->capacity : BYTES_START;
    while (capacity - w->size < count) {
        ASSERT(capacity <= SIZE_MAX / 2);
        capacity *= 2;
    }
    char *bytes = arena_take(w->arena, capacity);
    if (w->size) memcpy(bytes, w->bytes, w->size);
    w->bytes = bytes;
    w->capacity = capacity;
}

static inline char *room_for(struct bytes_writer *w, size_t count)
{
    if (w->capacity - w->size < count) grow(w, count);
    return w->bytes + w->size;
}

void bytes_put_long_uint(struct bytes_writer *w, uint64_t value)
{
    char *at = room_for(w, VARINT_MAX);
    size_t size = 0;
    for (; value >= 0x80; value >>= 7) at[size++] = (char)(value | 0x80);
    at[size++] = (char)value;
    w->size += size;
}

void bytes_put_int128(struct bytes_writer *w, __int128 value)
{
    unsigned __int128 folded = (unsigned __int128)value << 1;
    if (value < 0) folded = ~folded;
    char *at = room_for(w, VARINT128_MAX);
    size_t size = 0;
    for (; folded >= 0x80; folded >>= 7) at[size++] = (char)((uint8_t)folded | 0x80);
    at[size++] = (char)folded;
    w->size += size;
}

void bytes_put_fixed(struct bytes_writer *w, const void *bytes, size_t count)
{
    if (count == 0) return;
    slice_write(slice_of(bytes, count), room_for(w, count));
    w->size += count;
}

void bytes_put_id(struct bytes_writer *w, struct slice id)
{
    uint8_t packed[SHA256_BYTES];
    size_t size = hash_id_bytes(id, packed);
    bytes_put_uint(w, size ? size / HASH128_BYTES : id.size ? id.size + ID_TEXT_FORM - 1 : ID_EMPTY);
    if (size) bytes_put_fixed(w, packed, size);
    else bytes_put_fixed(w, id.bytes, id.size);
}

struct slice bytes_written(const struct bytes_writer *w)
{
    return slice_of(w->bytes, w->size);
}

struct bytes_reader bytes_reader_of(struct slice record)
{
    const char *at = record.size ? record.bytes : "";
    return (struct bytes_reader){ .at = at, .end = at + record.size };
}

static inline size_t bytes_left(const struct bytes_reader *r)
{
    return (size_t)(r->end - r->at);
}

void bytes_break(struct bytes_reader *r)
{
    r->broken = true;
    r->at = r->end;
}

uint64_t bytes_take_long_uint(struct bytes_reader *r)
{
    const uint8_t *at = (const uint8_t *)r->at;
    uint64_t value;
    if (varint_take_long(&at, (const uint8_t *)r->end, &value)) {
        r->at = (const char *)at;
        return value;
    }
    bytes_break(r);
    return 0;
}

__int128 bytes_take_int128(struct bytes_reader *r)
{
    unsigned __int128 folded = 0;
    for (unsigned shift = 0; shift < 128 && r->at < r->end; shift += 7) {
        uint8_t byte = (uint8_t)*r->at++;
        if (shift == 126 && byte > 3) break;
        folded |= (unsigned __int128)(byte & 0x7f) << shift;
        if (byte < 0x80) return (__int128)(folded & 1 ? ~(folded >> 1) : folded >> 1);
    }
    bytes_break(r);
    return 0;
}

bool bytes_take_bool(struct bytes_reader *r)
{
    return bytes_take_uint_to(r, 1) == 1;
}

void bytes_take_fixed(struct bytes_reader *r, void *bytes, size_t count)
{
    if (bytes_left(r) < count) {
        bytes_break(r);
        memset(bytes, 0, count);
        return;
    }
    if (count) memcpy(bytes, r->at, count);
    r->at += count;
}

struct slice bytes_take_text(struct bytes_reader *r)
{
    uint64_t size = bytes_take_uint(r);
    if (size > bytes_left(r)) {
        bytes_break(r);
        return (struct slice){ "", 0 };
    }
    struct slice text = slice_of(r->at, (size_t)size);
    r->at += size;
    return text;
}

struct slice bytes_take_id(struct arena *a, struct bytes_reader *r)
{
    uint64_t form = bytes_take_uint(r), size = form < ID_TEXT_FORM ? form * HASH128_BYTES : form - ID_TEXT_FORM + 1;
    if (size > bytes_left(r)) {
        bytes_break(r);
        return (struct slice){ "", 0 };
    }
    struct slice bytes = slice_of(r->at, (size_t)size);
    r->at += size;
    return form == ID_EMPTY ? (struct slice){ "", 0 } : form < ID_TEXT_FORM ? hash_id_unpack(a, bytes) : bytes;
}

int64_t bytes_take_int_within(struct bytes_reader *r, int64_t min, int64_t max)
{
    ASSERT(min <= max);
    int64_t value = bytes_take_int(r);
    if (value >= min && value <= max) return value;
    bytes_break(r);
    return min > 0 || max < 0 ? min : 0;
}

unsigned bytes_take_count(struct bytes_reader *r, unsigned max)
{
    uint64_t count = bytes_take_uint_to(r, max);
    if (count <= bytes_left(r)) return (unsigned)count;
    bytes_break(r);
    return 0;
}

enum err bytes_finish(const struct bytes_reader *r)
{
    return r->broken || r->at != r->end ? ERR_STATE_MALFORMED : OK;
}
