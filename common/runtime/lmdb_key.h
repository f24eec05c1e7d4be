/* runtime/lmdb_key.h: the keys of rows as LMDB takes them: table byte + key.
 *
 * LMDB takes keys of 511 bytes, ours have up to 601. Those from 511 bytes on are kept under their first 479 bytes and
 * the SHA-256 of all of them, with the key in front of the value; a walk sorts those that begin alike. */
#ifndef RUNTIME_LMDB_KEY_H
#define RUNTIME_LMDB_KEY_H

#include "base/hash.h"
#include "runtime/store.h"

#include <lmdb.h>

/* Of what LMDB compares; shorter keys stand for themselves, so that no two keys share one. */
enum { LMDB_KEY_BYTES = 511, LMDB_KEY_HEAD_BYTES = LMDB_KEY_BYTES - SHA256_BYTES };
enum { LMDB_SEAL_BYTES = 4, LMDB_LENGTH_BYTES = 2 };

struct lmdb_key {
    char    bytes[1 + STORE_KEY_MAX];
    MDB_val val;                                    /* of its bytes */
    bool    is_long;
};

/* LMDB's two words for bytes that it does not write to. */
static inline MDB_val lmdb_val_of(struct slice s)
{
    return (MDB_val){ s.size, (void *)(uintptr_t)s.bytes };
}

static inline struct slice lmdb_slice_of(MDB_val v)
{
    return slice_of(v.mv_data, v.mv_size);
}

/* The bytes under which a row lies; a long key by its hash. */
void lmdb_key_make(struct lmdb_key *k, uint8_t table, struct slice key);

/* Bytes that LMDB keeps of a row, and writes them there. */
size_t lmdb_kept_bytes(const struct lmdb_key *k, struct slice key, struct slice value);
void lmdb_kept_write(const struct lmdb_key *k, struct slice key, struct slice value, MDB_val kept);

/* Key and value of a row out of what LMDB keeps. 0 or MDB_CORRUPTED, also when the seal is of other bytes. */
int lmdb_key_part(MDB_val at, MDB_val kept, struct slice *key, struct slice *value);

#endif
