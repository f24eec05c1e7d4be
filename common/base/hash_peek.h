/* base/hash_peek.h: the digest of what a stream was given so far, while it goes on: of a document without its end. */
#ifndef BASE_HASH_PEEK_H
#define BASE_HASH_PEEK_H

#include "base/hash.h"

void hash_sha256_peek(const struct hash_sha256_stream *stream, uint8_t digest[SHA256_BYTES]);

#endif
