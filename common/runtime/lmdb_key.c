/* runtime/lmdb_key.c: keys that LMDB takes, and those that are too long for it. */
#include "runtime/lmdb_key.h"

#include "base/assert.h"

void lmdb_key_make(struct lmdb_key *k, uint8_t table, struct slice key)
{
    size_t size = 1 + key.size;
    ASSERT(key.size <= STORE_KEY_MAX);
    k->bytes[0] = (char)table;
    if (key.size) memcpy(k->bytes + 1, key.bytes, key.size);
    k->is_long = size >= LMDB_KEY_BYTES;
    if (k->is_long) {
        uint8_t digest[SHA256_BYTES];
        hash_sha256(slice_of(k->bytes, size), digest);
        memcpy(k->bytes + LMDB_KEY_HEAD_BYTES, digest, sizeof digest);
        size = LMDB_KEY_BYTES;
    }
    k->val = lmdb_val_of(slice_of(k->bytes, size));
}

/* What is kept under a long key: length of the key, key, value. */
static int part_long(struct slice kept, struct slice *key, struct slice *value)
{
    if (kept.size < LMDB_LENGTH_BYTES) return MDB_CORRUPTED;
    size_t size = (size_t)(uint8_t)kept.bytes[0] << 8 | (uint8_t)kept.bytes[1];
    if (size > STORE_KEY_MAX || kept.size < LMDB_LENGTH_BYTES + size) return MDB_CORRUPTED;
    *key = slice_of(kept.bytes + LMDB_LENGTH_BYTES, size);
    *value = slice_skip(kept, LMDB_LENGTH_BYTES + size);
    return 0;
}

int lmdb_key_part(MDB_val at, MDB_val kept, struct slice *key, struct slice *value)
{
    if (at.mv_size >= LMDB_KEY_BYTES) return part_long(lmdb_slice_of(kept), key, value);
    if (at.mv_size < 1) return MDB_CORRUPTED;
    *key = slice_skip(lmdb_slice_of(at), 1);
    *value = lmdb_slice_of(kept);
    return 0;
}
