/* intake/zip_out.c: local headers whose sizes stand after their bytes, then the directory. */
#include "intake/zip_out.h"

#include "base/assert.h"

enum {
    LOCAL_HEADER = 0x04034b50,
    DESCRIPTOR = 0x08074b50,
    DIRECTORY_ENTRY = 0x02014b50,
    DIRECTORY_END = 0x06054b50,
    VERSION = 20,
    SIZES_FOLLOW = 8,
    DEFLATED = 8,
    DOS_DAY_ONE = 33,
    OUT_BYTES = 16384,
    WINDOW_BITS = 15,
    MEMORY_LEVEL = 8
};

static void write_bytes(struct zip_out *z, const void *bytes, size_t size)
{
    if (size && fwrite(bytes, 1, size, z->to) != size) z->is_broken = true;
    z->size += size;
}

static void put16(struct zip_out *z, uint32_t value)
{
    uint8_t bytes[2] = { (uint8_t)value, (uint8_t)(value >> 8) };
    write_bytes(z, bytes, sizeof bytes);
}

static void put32(struct zip_out *z, uint64_t value)
{
    if (value > UINT32_MAX) z->is_broken = true;
    put16(z, (uint32_t)value & 0xffff);
    put16(z, (uint32_t)value >> 16);
}

bool zip_out_open(struct zip_out *z, FILE *to)
{
    *z = (struct zip_out){ .to = to };
    return deflateInit2(&z->deflate, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY)
           == Z_OK;
}

static void drain(struct zip_out *z, int flush)
{
    uint8_t out[OUT_BYTES];
    int code;
    do {
        z->deflate.next_out = out;
        z->deflate.avail_out = sizeof out;
        code = deflate(&z->deflate, flush);
        write_bytes(z, out, sizeof out - z->deflate.avail_out);
        z->parts[z->count - 1].packed += sizeof out - z->deflate.avail_out;
    } while (z->deflate.avail_out == 0 || (flush == Z_FINISH && code == Z_OK));
}

static void end_part(struct zip_out *z)
{
    if (!z->is_open) return;
    drain(z, Z_FINISH);
    put32(z, DESCRIPTOR);
    put32(z, z->parts[z->count - 1].crc);
    put32(z, z->parts[z->count - 1].packed);
    put32(z, z->parts[z->count - 1].plain);
    (void)deflateReset(&z->deflate);
    z->is_open = false;
}

/* What both headers of a part begin with, from its version on. */
static void put_method(struct zip_out *z)
{
    put16(z, VERSION);
    put16(z, SIZES_FOLLOW);
    put16(z, DEFLATED);
    put16(z, 0);
    put16(z, DOS_DAY_ONE);                          /* no clock: the same rows give the same bytes */
}

void zip_out_part(struct zip_out *z, const char *name)
{
    end_part(z);
    ASSERT(z->count < ZIP_OUT_PARTS_MAX);
    z->parts[z->count].name = name;
    z->parts[z->count].at = z->size;
    z->parts[z->count].crc = (uint32_t)crc32(0, NULL, 0);
    z->count++;
    z->is_open = true;
    put32(z, LOCAL_HEADER);
    put_method(z);
    for (unsigned k = 0; k < 3; k++) put32(z, 0);
    put16(z, (uint32_t)strlen(name));
    put16(z, 0);
    write_bytes(z, name, strlen(name));
}

void zip_out_put(struct zip_out *z, struct slice bytes)
{
    ASSERT(z->is_open && bytes.size <= UINT32_MAX);
    if (bytes.size == 0) return;
    z->parts[z->count - 1].crc =
        (uint32_t)crc32(z->parts[z->count - 1].crc, (const Bytef *)bytes.bytes, (uInt)bytes.size);
    z->parts[z->count - 1].plain += bytes.size;
    z->deflate.next_in = (Bytef *)(uintptr_t)bytes.bytes;
    z->deflate.avail_in = (uInt)bytes.size;
    drain(z, Z_NO_FLUSH);
}

static void put_entry(struct zip_out *z, unsigned k)
{
    put32(z, DIRECTORY_ENTRY);
    put16(z, VERSION);
    put_method(z);
    put32(z, z->parts[k].crc);
    put32(z, z->parts[k].packed);
    put32(z, z->parts[k].plain);
    put16(z, (uint32_t)strlen(z->parts[k].name));
    for (unsigned n = 0; n < 4; n++) put16(z, 0);
    put32(z, 0);
    put32(z, z->parts[k].at);
    write_bytes(z, z->parts[k].name, strlen(z->parts[k].name));
}

bool zip_out_close(struct zip_out *z)
{
    end_part(z);
    uint64_t at = z->size;
    for (unsigned k = 0; k < z->count; k++) put_entry(z, k);
    uint64_t size = z->size - at;
    put32(z, DIRECTORY_END);
    put32(z, 0);
    put16(z, z->count);
    put16(z, z->count);
    put32(z, size);
    put32(z, at);
    put16(z, 0);
    (void)deflateEnd(&z->deflate);
    return !z->is_broken;
}
