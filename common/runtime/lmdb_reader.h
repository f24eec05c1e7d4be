/* runtime/lmdb_reader.h: the saved state of a partition for reading alone, also while a service uses it: it stays as it
 * was when it was opened. */
#ifndef RUNTIME_LMDB_READER_H
#define RUNTIME_LMDB_READER_H

#include "runtime/lmdb_disk.h"

struct lmdb_reader;

/* What the environment says of itself; is_clean: synced and closed; is_used: a process has it; else left by one that
 * died. */
struct lmdb_reading {
    struct lmdb_meta meta;
    uint32_t         generation;
    bool             is_clean, is_used;
    uint64_t         disk_bytes;
};

/* Every row is read before it is opened, by a child (lmdb_check.h). ERR_FILE_UNREADABLE: there is none, or not for us;
 * ERR_STATE_MALFORMED: it is damaged; ERR_STATE_OUTDATED:
 * another version of the program wrote it, *schema says of which layout; ERR_MEMORY_EXHAUSTED. */
enum err lmdb_reader_open(const char *dir, struct slice stage, int32_t partition, struct lmdb_reader **reader,
                          uint32_t *schema) MUST_CHECK;
void lmdb_reader_close(struct lmdb_reader *r);

/* get and scan; to write to it is a broken promise. */
struct store *lmdb_reader_base(struct lmdb_reader *r);
const struct lmdb_reading *lmdb_reader_reading(const struct lmdb_reader *r);
/* The rows of all tables; 0: they cannot be read. Reads every key. */
uint64_t lmdb_reader_count(struct lmdb_reader *r);

#endif
