/* runtime/lmdb_disk.c: an environment opened, read by key, and what it says of itself. */
#include "runtime/lmdb_disk.h"

#include "base/assert.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOCK_BYTES = 8192 };

/* --- opening ---------------------------------------------------------------------------------------------------- */

static int open_databases(struct lmdb_disk *d, bool reads_only)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(d->env, NULL, reads_only ? MDB_RDONLY : 0, &txn);
    if (rc) return rc;
    rc = lmdb_bases_open(&d->bases, txn, !reads_only);
    if (!rc) rc = lmdb_runs_get(&d->bases, txn, &d->kept);
    if (!rc) return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

int lmdb_disk_reserve(const char *path)
{
    char name[PATH_MAX];
    if (snprintf(name, sizeof name, "%s/lock.mdb", path) >= (int)sizeof name) return ENAMETOOLONG;
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) return errno;
    int rc = posix_fallocate(fd, 0, LOCK_BYTES);
    close(fd);
    return rc == EOPNOTSUPP || rc == EINVAL ? 0 : rc;
}

static int see_runs(struct lmdb_disk *d)
{
    int rc = lmdb_runs_get(&d->bases, d->read, &d->seen);
    return rc ? rc : lmdb_filters_get(&d->bases, d->read, &d->seen, d->filters);
}

static int open_environment(struct lmdb_disk *d, const char *path, size_t map_bytes, bool reads_only)
{
    int rc = mdb_env_set_maxdbs(d->env, LMDB_BASES), dead;
    if (!rc && map_bytes) rc = mdb_env_set_mapsize(d->env, map_bytes);
    if (!rc && !reads_only) rc = lmdb_disk_reserve(path);
    if (!rc) rc = mdb_env_open(d->env, path, MDB_NOTLS | (reads_only ? MDB_RDONLY : MDB_NOSYNC), 0666);
    if (!rc) rc = mdb_reader_check(d->env, &dead);  /* what a killed process read would be kept for it for ever */
    if (!rc) rc = open_databases(d, reads_only);
    if (!rc) rc = mdb_txn_begin(d->env, NULL, MDB_RDONLY, &d->read);
    return rc ? rc : see_runs(d);
}

int lmdb_disk_open(struct lmdb_disk *d, const char *path, size_t map_bytes, bool reads_only)
{
    *d = (struct lmdb_disk){ 0 };
    int rc = mdb_env_create(&d->env);
    if (rc) return rc;
    ASSERT(mdb_env_get_maxkeysize(d->env) >= LMDB_KEY_BYTES);
    rc = open_environment(d, path, map_bytes, reads_only);
    if (rc) lmdb_disk_close(d);
    return rc;
}

void lmdb_disk_close(struct lmdb_disk *d)
{
    if (!d->env) return;
    lmdb_merges_close(&d->merges);
    if (d->read) mdb_txn_abort(d->read);
    mdb_env_close(d->env);
    *d = (struct lmdb_disk){ 0 };
}

int lmdb_disk_renew(struct lmdb_disk *d)
{
    mdb_txn_reset(d->read);
    int rc = mdb_txn_renew(d->read);
    return rc ? rc : see_runs(d);
}

void lmdb_disk_size(struct lmdb_disk *d, size_t *rows, uint64_t *bytes)
{
    MDB_stat stat;
    MDB_envinfo info;
    *rows = *bytes = 0;
    for (unsigned i = 0; i < d->seen.count; i++) *rows += d->seen.at[i].rows;
    if (mdb_env_stat(d->env, &stat) == 0 && mdb_env_info(d->env, &info) == 0)
        *bytes = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
}

int lmdb_disk_sync(struct lmdb_disk *d)
{
    return mdb_env_sync(d->env, 1);
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

static int get_from(struct lmdb_disk *d, unsigned run, struct lmdb_key *k, struct slice *value)
{
    struct slice key;
    MDB_val found;
    int rc = mdb_get(d->read, d->bases.slots[d->seen.at[run].slot], &k->val, &found);
    return rc ? rc : lmdb_key_part(k->val, found, &key, value);
}

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

/* A row that is not found is decided a second time: sanitized builds ask the runs whose filters say no, too. */
int lmdb_disk_get(struct lmdb_disk *d, uint64_t hash, uint8_t table, struct slice key, struct slice *value)
{
    struct lmdb_key k;
    uint64_t name = rows_name(hash, table);
    *value = (struct slice){ 0 };
    for (unsigned i = 0; i < d->seen.count; i++)
        if (d->filters[i].blocks) __builtin_prefetch(key_filter_block_of(&d->filters[i], name));
    lmdb_key_make(&k, table, key);
    for (unsigned i = 0; i < d->seen.count; i++) {
        bool may_be = !d->filters[i].blocks || key_filter_may_have(&d->filters[i], name);
        if (!may_be && !SANITIZED) continue;
        int rc = get_from(d, i, &k, value);
        ASSERT(may_be || rc == MDB_NOTFOUND);
        if (rc != MDB_NOTFOUND) return rc;
    }
    return 0;
}

static int count_present(struct lmdb_braid *braid, uint64_t *count)
{
    struct slice key, value;
    int rc = lmdb_braid_seek(braid, (MDB_val){ 0, NULL });
    while (!rc && braid->count) {
        rc = lmdb_key_part(braid->order[0]->key, braid->order[0]->value, &key, &value);
        *count += !rc && value.size > 0;
        if (!rc) rc = lmdb_braid_next(braid);
    }
    return rc;
}

int lmdb_disk_count(struct lmdb_disk *d, uint64_t *count)
{
    struct lmdb_braid braid;
    *count = 0;
    int rc = lmdb_braid_open(&braid, &d->bases, d->read, &d->seen);
    if (!rc) rc = count_present(&braid, count);
    lmdb_braid_close(&braid);
    return rc;
}

/* --- meta ------------------------------------------------------------------------------------------------------- */

static int get_text(struct lmdb_disk *d, const char *name, char text[LMDB_TEXT_MAX])
{
    MDB_val key = lmdb_val_of(slice_from(name)), found;
    int rc = mdb_get(d->read, d->bases.meta, &key, &found);
    if (rc) return rc;
    if (found.mv_size >= LMDB_TEXT_MAX) return MDB_CORRUPTED;
    memcpy(text, found.mv_data, found.mv_size);
    text[found.mv_size] = 0;
    return 0;
}

static int get_number(struct lmdb_disk *d, const char *name, int64_t *number)
{
    char text[LMDB_TEXT_MAX], *end;
    int rc = get_text(d, name, text);
    if (rc) return rc;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno || *end || end == text ? MDB_CORRUPTED : 0;
}

static int read_schema(MDB_env *env, const char *path, uint32_t *version)
{
    struct lmdb_disk d = { .env = env };
    int64_t schema = 0;
    int rc = mdb_env_set_maxdbs(env, LMDB_BASES);
    if (!rc) rc = mdb_env_open(env, path, MDB_NOTLS | MDB_RDONLY, 0666);
    if (!rc) rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &d.read);
    if (rc) return rc;
    rc = mdb_dbi_open(d.read, "meta", 0, &d.bases.meta);
    if (!rc) rc = get_number(&d, "schema_version", &schema);
    mdb_txn_abort(d.read);
    *version = (uint32_t)schema;
    return rc;
}

int lmdb_disk_schema(const char *path, uint32_t *version)
{
    MDB_env *env;
    int rc = mdb_env_create(&env);
    if (rc) return rc;
    rc = read_schema(env, path, version);
    mdb_env_close(env);
    return rc;
}

int lmdb_disk_meta(struct lmdb_disk *d, struct lmdb_meta *m)
{
    int64_t partition = 0, count = 0, schema = 0;
    int rc = get_text(d, "cluster_id", m->cluster_id);
    if (!rc) rc = get_text(d, "stage", m->stage);
    if (!rc) rc = get_text(d, "changelog", m->changelog);
    if (!rc) rc = get_text(d, "seed_check", m->seed_check);
    if (!rc) rc = get_number(d, "partition", &partition);
    if (!rc) rc = get_number(d, "partition_count", &count);
    if (!rc) rc = get_number(d, "schema_version", &schema);
    if (!rc) rc = get_number(d, "changelog_offset", &m->changelog_offset);
    if (!rc) rc = get_number(d, "saved_at_unix_ms", &m->saved_at_unix_ms);
    m->partition = (int32_t)partition;
    m->partition_count = (int32_t)count;
    m->schema_version = (uint32_t)schema;
    return rc;
}
