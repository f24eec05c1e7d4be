/* base/hash_peek.h: the digest of what a stream has been given so far; the stream can go on. For documents that are
 * identified before their end has come. */
#ifndef BASE_HASH_PEEK_H
#define BASE_HASH_PEEK_H

#include "base/hash.h"

void hash_sha256_peek(const struct hash_sha256_stream *stream, uint8_t digest[SHA256_BYTES]);

#endif
