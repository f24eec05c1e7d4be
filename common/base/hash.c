/* base/hash.c: digests by libcrypto, XXH3 inlined. */
#include "base/hash.h"
#include "base/hash_peek.h"

#include "base/assert.h"

#include <openssl/evp.h>
#include <pthread.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static const EVP_MD *sha256;
static pthread_key_t contexts;                      /* gives a thread's context back when the thread ends */

static void free_context(void *context)
{
    EVP_MD_CTX_free(context);
}

static void fetch_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    ASSERT(sha256 && pthread_key_create(&contexts, free_context) == 0);
}

/* One digest context a thread, made once: fetching the algorithm costs more than hashing an id. */
static EVP_MD_CTX *thread_context(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static _Thread_local EVP_MD_CTX *context;
    if (!context) {
        ASSERT(pthread_once(&once, fetch_sha256) == 0);
        context = EVP_MD_CTX_new();
        ASSERT(context && pthread_setspecific(contexts, context) == 0);
    }
    ASSERT(EVP_DigestInit_ex(context, sha256, NULL) == 1);
    return context;
}

/* What is to be hashed, gathered so that libcrypto is called once for a short id and not twice a part. */
struct gathering { EVP_MD_CTX *context; size_t used; uint8_t bytes[256]; };

static void flush(struct gathering *g)
{
    ASSERT(EVP_DigestUpdate(g->context, g->bytes, g->used) == 1);
    g->used = 0;
}

static void add_bytes(struct gathering *g, const void *bytes, size_t size)
{
    if (size > sizeof g->bytes - g->used) flush(g);
    if (size > sizeof g->bytes) {
        ASSERT(EVP_DigestUpdate(g->context, bytes, size) == 1);
        return;
    }
    if (size) memcpy(g->bytes + g->used, bytes, size);
    g->used += size;
}

static void add_part(struct gathering *g, struct id_part part)
{
    uint8_t head[4], integer[8];
    if (part.is_integer) {
        for (int i = 0; i < 8; i++) integer[i] = (uint8_t)((uint64_t)part.integer >> (56 - 8 * i));
        part.bytes = slice_of((const char *)integer, sizeof integer);
    }
    ASSERT(part.bytes.size <= UINT32_MAX);
    for (int i = 0; i < 4; i++) head[i] = (uint8_t)(part.bytes.size >> (24 - 8 * i));
    add_bytes(g, head, sizeof head);
    add_bytes(g, part.bytes.bytes, part.bytes.size);
}

void hash_parts(const struct id_part *parts, unsigned count, uint8_t digest[SHA256_BYTES])
{
    struct gathering g;
    g.context = thread_context();
    g.used = 0;
    for (unsigned i = 0; i < count; i++) add_part(&g, parts[i]);
    flush(&g);
    ASSERT(EVP_DigestFinal_ex(g.context, digest, NULL) == 1);
}

static struct slice hex_of_parts(struct arena *a, const struct id_part *parts, unsigned count, size_t byte_count)
{
    uint8_t digest[SHA256_BYTES];
    hash_parts(parts, count, digest);
    return hash_id_unpack(a, slice_of((const char *)digest, byte_count));
}

struct slice hash_id(struct arena *a, const struct id_part *parts, unsigned count)
{
    return hex_of_parts(a, parts, count, ID_HEX / 2);
}

struct slice hash_document_id(struct arena *a, const struct id_part *parts, unsigned count)
{
    return hex_of_parts(a, parts, count, SHA256_BYTES);
}

/* Eight digits at a time: ids are read and written with every row of state. Bytes lie in memory as on a little-endian
 * machine. */
#define EACH_BYTE(byte) (0x0101010101010101u * (byte))

static uint64_t hex_of_four(uint32_t bytes)
{
    uint64_t wide = bytes;
    wide = (wide | wide << 16) & 0x0000ffff0000ffffu;
    wide = (wide | wide << 8) & 0x00ff00ff00ff00ffu;
    uint64_t nibbles = (wide >> 4 & 0x000f000f000f000fu) | (wide & 0x000f000f000f000fu) << 8;
    uint64_t letters = (nibbles + EACH_BYTE(6)) >> 4 & EACH_BYTE(1);
    return nibbles + EACH_BYTE('0') + letters * ('a' - '0' - 10);
}

static uint32_t four_of_hex(uint64_t digits)
{
    uint64_t nibbles = (digits & EACH_BYTE(15)) + 9 * (digits >> 6 & EACH_BYTE(1));
    uint64_t wide = (nibbles << 4 | nibbles >> 8) & 0x00ff00ff00ff00ffu;
    wide = (wide | wide >> 8) & 0x0000ffff0000ffffu;
    return (uint32_t)(wide | wide >> 16);
}

size_t hash_id_bytes(struct slice id, uint8_t bytes[SHA256_BYTES])
{
    if (id.size != ID_HEX && id.size != SHA256_HEX) return 0;
    for (size_t i = 0; i < id.size; i += sizeof(uint64_t)) {
        uint64_t digits;
        memcpy(&digits, id.bytes + i, sizeof digits);
        uint32_t four = four_of_hex(digits);
        if (hex_of_four(four) != digits) return 0;
        memcpy(bytes + i / 2, &four, sizeof four);
    }
    return id.size / 2;
}

struct slice hash_id_pack(struct arena *a, struct slice id)
{
    uint8_t bytes[SHA256_BYTES];
    size_t size = hash_id_bytes(id, bytes);
    return size ? slice_copy(a, slice_of((const char *)bytes, size)) : id;
}

struct slice hash_id_unpack(struct arena *a, struct slice packed)
{
    if (packed.size != ID_HEX / 2 && packed.size != SHA256_BYTES) return packed;
    char *hex = arena_take(a, 2 * packed.size);
    for (size_t i = 0; i < packed.size; i += sizeof(uint32_t)) {
        uint32_t four;
        memcpy(&four, packed.bytes + i, sizeof four);
        uint64_t digits = hex_of_four(four);
        memcpy(hex + 2 * i, &digits, sizeof digits);
    }
    return slice_of(hex, 2 * packed.size);
}

void hash_sha256(struct slice bytes, uint8_t digest[SHA256_BYTES])
{
    EVP_MD_CTX *context = thread_context();
    ASSERT(EVP_DigestUpdate(context, bytes.bytes, bytes.size) == 1);
    ASSERT(EVP_DigestFinal_ex(context, digest, NULL) == 1);
}

/* A stream is libcrypto's own context under our name. */
struct hash_sha256_stream *hash_sha256_open(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ASSERT(context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1);
    return (struct hash_sha256_stream *)context;
}

void hash_sha256_add(struct hash_sha256_stream *stream, struct slice bytes)
{
    ASSERT(EVP_DigestUpdate((EVP_MD_CTX *)stream, bytes.bytes, bytes.size) == 1);
}

void hash_sha256_peek(const struct hash_sha256_stream *stream, uint8_t digest[SHA256_BYTES])
{
    EVP_MD_CTX *context = thread_context();
    ASSERT(EVP_MD_CTX_copy_ex(context, (const EVP_MD_CTX *)stream) == 1);
    ASSERT(EVP_DigestFinal_ex(context, digest, NULL) == 1);
}

void hash_sha256_close(struct hash_sha256_stream *stream, uint8_t digest[SHA256_BYTES])
{
    EVP_MD_CTX *context = (EVP_MD_CTX *)stream;
    ASSERT(EVP_DigestFinal_ex(context, digest, NULL) == 1);
    EVP_MD_CTX_free(context);
}

static struct hash128 canonical(XXH128_hash_t hash)
{
    struct hash128 out;
    XXH128_canonical_t bytes;
    XXH128_canonicalFromHash(&bytes, hash);
    memcpy(out.bytes, bytes.digest, sizeof out.bytes);
    return out;
}

struct hash128 hash_bytes(struct slice bytes)
{
    return canonical(XXH3_128bits(bytes.bytes, bytes.size));
}

struct hash128 hash_key(uint64_t seed, struct slice bytes)
{
    return canonical(XXH3_128bits_withSeed(bytes.bytes, bytes.size, seed));
}

uint64_t hash_short(struct slice bytes)
{
    return XXH3_64bits(bytes.size ? bytes.bytes : "", bytes.size);
}
