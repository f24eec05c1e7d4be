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

/* --- what is kept ----------------------------------------------------------------------------------------------- */

static uint32_t seal_of(struct slice at, struct slice rest)
{
    return (uint32_t)(hash_short(at) * 0x9e3779b97f4a7c15u ^ hash_short(rest));
}

size_t lmdb_kept_bytes(const struct lmdb_key *k, struct slice key, struct slice value)
{
    return LMDB_SEAL_BYTES + (k->is_long ? LMDB_LENGTH_BYTES + key.size : 0) + value.size;
}

void lmdb_kept_write(const struct lmdb_key *k, struct slice key, struct slice value, MDB_val kept)
{
    char *at = (char *)kept.mv_data + LMDB_SEAL_BYTES;
    if (k->is_long) {
        *at++ = (char)(key.size >> 8);
        *at++ = (char)(key.size & 255);
        at = slice_write(key, at);
    }
    slice_write(value, at);
    uint32_t seal = seal_of(lmdb_slice_of(k->val), slice_skip(lmdb_slice_of(kept), LMDB_SEAL_BYTES));
    memcpy(kept.mv_data, &seal, sizeof seal);
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
    uint32_t seal;
    if (at.mv_size < 1 || kept.mv_size < sizeof seal) return MDB_CORRUPTED;
    struct slice name = lmdb_slice_of(at), rest = slice_skip(lmdb_slice_of(kept), sizeof seal);
    memcpy(&seal, kept.mv_data, sizeof seal);
    if (seal != seal_of(name, rest)) return MDB_CORRUPTED;
    if (name.size >= LMDB_KEY_BYTES) return part_long(rest, key, value);
    *key = slice_skip(name, 1);
    *value = rest;
    return 0;
}
