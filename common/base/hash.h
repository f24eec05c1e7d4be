/* base/hash.h: digests for ids and 128-bit hashes for keys (first-hour.md 2).
 *
 * The one file of base that uses libraries beyond libc: SHA-256 of libcrypto, and xxHash inlined. Neither does I/O. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

enum { SHA256_BYTES = 32, SHA256_HEX = 64, ID_HEX = 32, HASH128_BYTES = 16 };

struct hash128 { uint8_t bytes[HASH128_BYTES]; };

static inline bool hash128_equal(struct hash128 a, struct hash128 b)
{
    return memcmp(a.bytes, b.bytes, HASH128_BYTES) == 0;
}

/* A part of an id: bytes, or an integer that enters as 8 bytes big-endian. */
struct id_part {
    struct slice bytes;
    int64_t      integer;
    bool         is_integer;
};
#define ID_TEXT(s) ((struct id_part){ .bytes = (s) })
#define ID_INT(n)  ((struct id_part){ .integer = (n), .is_integer = true })

/* SHA-256 over the parts, each after its 4-byte big-endian length. */
void hash_parts(const struct id_part *parts, unsigned count, uint8_t digest[SHA256_BYTES]);

/* The first 32 lower-case hex digits of hash_parts: the form of line_id, payout_id and case_id. In the arena. */
struct slice hash_id(struct arena *a, const struct id_part *parts, unsigned count);

/* All 64 hex digits: the form of document_id. In the arena. */
struct slice hash_document_id(struct arena *a, const struct id_part *parts, unsigned count);

/* Packs an id of 32 or 64 lower-case hex digits into the 16 or 32 bytes it stands for; any other text stays as it is.
 * hash_id_unpack does the reverse, and takes every text of 16 or 32 bytes for a packed id. In the arena, or borrowed
 * where nothing changes. */
struct slice hash_id_pack(struct arena *a, struct slice id);
struct slice hash_id_unpack(struct arena *a, struct slice packed);

/* Packs into the caller's buffer: how many bytes it wrote, 0 when the text is no such id. */
size_t hash_id_bytes(struct slice id, uint8_t bytes[SHA256_BYTES]);

/* SHA-256 of bytes at hand, and of bytes that come in pieces: hash_sha256_close writes the digest and frees the
 * stream. */
void hash_sha256(struct slice bytes, uint8_t digest[SHA256_BYTES]);
struct hash_sha256_stream;
struct hash_sha256_stream *hash_sha256_open(void);
void hash_sha256_add(struct hash_sha256_stream *stream, struct slice bytes);
void hash_sha256_close(struct hash_sha256_stream *stream, uint8_t digest[SHA256_BYTES]);

/* XXH3-128 with and without the installation's secret seed; canonical (big-endian) bytes. */
struct hash128 hash_bytes(struct slice bytes);
struct hash128 hash_key(uint64_t seed, struct slice bytes);

/* XXH3 of 64 bits: for tables in memory, and for picking a share of a whole, such as the lines that are sampled. */
uint64_t hash_short(struct slice bytes);

#endif
