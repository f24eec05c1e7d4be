/* runtime/partner_copy.c: three LMDB databases: partners, identifiers, meta. */
#include "runtime/partner_copy.h"

#include "base/assert.h"
#include "base/hash.h"
#include "runtime/folder.h"
#include "runtime/lmdb_disk.h"
#include "runtime/lmdb_key.h"
#include "runtime/log.h"

#include <lmdb.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REVISION_BYTES = 8, PARTNER_ID_MAX = 500, META_VALUE_MAX = 128, SCHEMA = 2 };
enum { TRIALS_MAX = 2, HOLDER_BYTES = 128 };
static const size_t MAP_BYTES = (size_t)16 << 30;

struct partner_copy {
    MDB_env *env;
    MDB_dbi  partners, identifiers, meta;
    MDB_txn *batch;                                 /* of the writer; NULL: none is open */
    int owner; /* locked file; its first byte counts the openings that came to nothing */
    int64_t  offset;
    bool     is_broken;
    atomic_bool is_proven, is_distrusted;
};

struct partner_reader {
    struct partner_copy *copy;
    MDB_txn             *txn;
};

static enum err fault(int code)
{
    if (code == MDB_SUCCESS) return OK;
    if (code == MDB_MAP_FULL || code == ENOSPC || code == EDQUOT || code == EFBIG || code == EIO)
        return ERR_STATE_FULL; /* EIO: a short write */
    return code == ENOMEM ? ERR_MEMORY_EXHAUSTED : ERR_STATE_MALFORMED;
}

/* --- meta --- */

static struct slice meta_get(const struct partner_copy *c, MDB_txn *txn, const char *name)
{
    MDB_val key = lmdb_val_of(slice_from(name)), value;
    return mdb_get(txn, c->meta, &key, &value) == MDB_SUCCESS ? lmdb_slice_of(value) : (struct slice){ 0 };
}

static enum err meta_put(const struct partner_copy *c, MDB_txn *txn, const char *name, struct slice value)
{
    MDB_val key = lmdb_val_of(slice_from(name)), v = lmdb_val_of(value);
    return fault(mdb_put(txn, c->meta, &key, &v, 0));
}

static enum err meta_put_int(const struct partner_copy *c, MDB_txn *txn, const char *name, int64_t number)
{
    char buffer[24];
    struct text t = text_over(buffer, sizeof buffer);
    text_put_int(&t, number);
    return meta_put(c, txn, name, text_slice(&t));
}

static int64_t meta_get_int(const struct partner_copy *c, MDB_txn *txn, const char *name, int64_t absent)
{
    uint64_t number;
    return slice_to_uint(meta_get(c, txn, name), INT64_MAX, &number) ? (int64_t)number : absent;
}

/* Which start of the machine this is: what was not synced is trusted within one. */
static struct slice boot_id(char buffer[META_VALUE_MAX])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? 0 : read(fd, buffer, META_VALUE_MAX);
    if (fd >= 0) close(fd);
    return slice_trim(slice_of(buffer, size > 0 ? (size_t)size : 0));
}

/* --- opening --- */

static bool join(char path[PARTNER_COPY_PATH_MAX], const char *folder, const char *name)
{
    int size = snprintf(path, PARTNER_COPY_PATH_MAX, "%s/%s", folder, name);
    return size > 0 && size < PARTNER_COPY_PATH_MAX;
}

static enum err refuse_held(const char *folder, int owner)
{
    char buffer[HOLDER_BYTES];
    struct text holder = text_over(buffer, sizeof buffer);
    folder_put_holder(&holder, owner);
    LOG(LOG_ERROR, "state_in_use", LOG_WORD("folder", folder), LOG_TEXT("by", text_slice(&holder)),
        LOG_WORD("fix", "end that process, or give this one another state.dir or instance"));
    return ERR_STATE_IN_USE;
}

static enum err lock(struct partner_copy *c, const char *folder)
{
    char path[PARTNER_COPY_PATH_MAX];
    if (!join(path, folder, "owner")) return ERR_FILE_UNWRITABLE;
    c->owner = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (c->owner < 0) return folder_fault(errno);
    if (flock(c->owner, LOCK_EX | LOCK_NB) == 0) return OK;
    return errno == EWOULDBLOCK ? refuse_held(folder, c->owner) : folder_fault(errno);
}

static void drop_files(const char *folder)
{
    static const char *const names[] = { "data.mdb", "lock.mdb" };
    char path[PARTNER_COPY_PATH_MAX];
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (join(path, folder, names[i])) unlink(path);
}

/* LMDB maps the file without asking how long it is: a page after its end is a bus error. */
static bool is_whole(MDB_env *env)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat file;
    int fd;
    if (mdb_env_info(env, &info) || mdb_env_stat(env, &stat) || mdb_env_get_fd(env, &fd) || fstat(fd, &file))
        return false;
    return info.me_last_pgno < SIZE_MAX / stat.ms_psize - 1
           && (size_t)file.st_size >= (info.me_last_pgno + 1) * stat.ms_psize;
}

/* What is wrong with a page shows when it is read, as a crash: a copy that so many processes in a row did not get to
 * read or write is given up. False: it is. */
static bool begin_trial(struct partner_copy *c)
{
    uint8_t trials = 0;
    if (pread(c->owner, &trials, 1, 0) != 1) trials = 0;
    bool good = trials < TRIALS_MAX;
    trials = good ? trials + 1 : 1;
    if (pwrite(c->owner, &trials, 1, 0) != 1) c->is_proven = true;          /* a full disk: not counted */
    return good;
}

static void end_trial(struct partner_copy *c)
{
    if (atomic_load(&c->is_distrusted)) return;
    if (!atomic_exchange(&c->is_proven, true) && ftruncate(c->owner, 0) != 0) atomic_store(&c->is_proven, false);
}

void partner_copy_distrust(struct partner_copy *c)
{
    const uint8_t failed = TRIALS_MAX;
    if (atomic_exchange(&c->is_distrusted, true)) return;
    if (pwrite(c->owner, &failed, 1, 0) != 1)
        atomic_store(&c->is_distrusted, false); /* a full disk: with the next one */
}

static int open_databases(struct partner_copy *c)
{
    MDB_txn *txn;
    int code = mdb_txn_begin(c->env, NULL, 0, &txn);
    if (code) return code;
    code = mdb_dbi_open(txn, "partners", MDB_CREATE, &c->partners);
    if (!code) code = mdb_dbi_open(txn, "identifiers", MDB_CREATE | MDB_DUPSORT, &c->identifiers);
    if (!code) code = mdb_dbi_open(txn, "meta", MDB_CREATE, &c->meta);
    if (code) mdb_txn_abort(txn);
    return code ? code : mdb_txn_commit(txn);
}

static int open_environment(struct partner_copy *c, const struct partner_copy_options *o)
{
    int code = mdb_env_create(&c->env);
    if (!code) code = mdb_env_set_maxdbs(c->env, 3);
    if (!code) code = mdb_env_set_mapsize(c->env, o->map_bytes ? o->map_bytes : MAP_BYTES);
    if (!code) code = lmdb_disk_reserve(o->folder);
    if (!code) code = mdb_env_open(c->env, o->folder, MDB_NOSYNC | MDB_NOTLS, 0640);
    if (!code && !is_whole(c->env)) code = MDB_CORRUPTED;
    if (!code) code = open_databases(c);
    if (code && c->env) {
        mdb_env_close(c->env);
        c->env = NULL;
    }
    return code;
}

static bool is_usable(const struct partner_copy *c, MDB_txn *txn, const struct partner_copy_options *o)
{
    char buffer[META_VALUE_MAX];
    struct slice boot = boot_id(buffer);
    if (meta_get_int(c, txn, "schema", 0) != SCHEMA) return false;
    if (!slice_equal(meta_get(c, txn, "cluster"), slice_from(o->cluster_id))) return false;
    bool is_clean = meta_get_int(c, txn, "clean", 0) == 1;
    if (!is_clean && (!boot.size || !slice_equal(meta_get(c, txn, "boot"), boot))) return false;
    return !o->max_age_ms || o->now_unix_ms - meta_get_int(c, txn, "saved", 0) <= o->max_age_ms;
}

static enum err begin_afresh(struct partner_copy *c, MDB_txn *txn, const struct partner_copy_options *o)
{
    TRY(fault(mdb_drop(txn, c->partners, 0)));
    TRY(fault(mdb_drop(txn, c->identifiers, 0)));
    TRY(fault(mdb_drop(txn, c->meta, 0)));
    TRY(meta_put_int(c, txn, "schema", SCHEMA));
    TRY(meta_put_int(c, txn, "saved", o->now_unix_ms));
    return meta_put(c, txn, "cluster", slice_from(o->cluster_id));
}

/* From here it is dirty of this boot until it is closed. */
static enum err take_over(struct partner_copy *c, const struct partner_copy_options *o, bool *begun_afresh)
{
    char buffer[META_VALUE_MAX];
    MDB_txn *txn;
    TRY(fault(mdb_txn_begin(c->env, NULL, 0, &txn)));
    *begun_afresh = !is_usable(c, txn, o);
    enum err e = *begun_afresh ? begin_afresh(c, txn, o) : OK;
    if (e == OK) e = meta_put_int(c, txn, "clean", 0);
    if (e == OK) e = meta_put(c, txn, "boot", boot_id(buffer));
    c->offset = meta_get_int(c, txn, "offset", -1);
    if (e != OK) {
        mdb_txn_abort(txn);
        return e;
    }
    TRY(fault(mdb_txn_commit(txn)));
    return mdb_env_sync(c->env, 1) == 0 ? OK : ERR_FILE_UNWRITABLE;
}

enum err partner_copy_open(const struct partner_copy_options *o, struct partner_copy **copy, bool *begun_afresh)
{
    bool afresh = false, damaged = false;
    struct partner_copy *c = calloc(1, sizeof *c);
    if (!c) return ERR_MEMORY_EXHAUSTED;
    c->owner = -1;
    enum err e = folder_make(o->folder);
    if (e == OK) e = lock(c, o->folder);
    if (e == OK && !begin_trial(c)) {
        damaged = true;
        drop_files(o->folder);
    }
    if (e == OK && open_environment(c, o) != MDB_SUCCESS) {         /* damaged: a copy is no loss */
        damaged = true;
        drop_files(o->folder);
        e = fault(open_environment(c, o));
    }
    if (e == OK) e = take_over(c, o, &afresh);
    if (e != OK) {
        c->is_broken = true;
        partner_copy_close(c);
        return e;
    }
    if (begun_afresh) *begun_afresh = afresh || damaged;
    *copy = c;
    return OK;
}

static enum err mark_clean(struct partner_copy *c)
{
    MDB_txn *txn;
    if (mdb_env_sync(c->env, 1) != 0) return ERR_FILE_UNWRITABLE;
    TRY(fault(mdb_txn_begin(c->env, NULL, 0, &txn)));
    enum err e = meta_put_int(c, txn, "clean", 1);
    if (e == OK) e = fault(mdb_txn_commit(txn));
    else mdb_txn_abort(txn);
    return e == OK && mdb_env_sync(c->env, 1) != 0 ? ERR_FILE_UNWRITABLE : e;
}

void partner_copy_close(struct partner_copy *c)
{
    if (!c) return;
    if (c->batch) mdb_txn_abort(c->batch);
    if (c->env && !c->is_broken && !atomic_load(&c->is_distrusted) && mark_clean(c) != OK)
        c->is_broken = true; /* stays dirty: begun afresh when in doubt */
    if (c->env) mdb_env_close(c->env);
    if (c->owner >= 0 && !c->is_broken) end_trial(c);
    if (c->owner >= 0) close(c->owner);
    free(c);
}

int64_t partner_copy_offset(const struct partner_copy *c)
{
    return c->offset;
}

/* --- writing --- */

static enum err begin(struct partner_copy *c)
{
    return c->batch ? OK : fault(mdb_txn_begin(c->env, NULL, 0, &c->batch));
}

/* What LMDB refused leaves a transaction of no use. */
static enum err give_up(struct partner_copy *c, enum err e)
{
    if (c->batch) mdb_txn_abort(c->batch);
    c->batch = NULL;
    return e;
}

static struct hash128 identifier_key(struct slice type, struct slice value)
{
    char head[64];
    struct text t = text_over(head, sizeof head);
    struct hash128 parts[2] = { hash_bytes(type), hash_bytes(value) };
    text_put(&t, slice_of((const char *)parts, sizeof parts));
    return hash_bytes(text_slice(&t));
}

static enum err put_identifiers(struct partner_copy *c, const struct partner_copy_entry *entry)
{
    ASSERT(entry->identifier_count <= PARTNER_COPY_IDENTIFIERS_MAX);
    for (unsigned i = 0; i < entry->identifier_count; i++) {
        struct hash128 hash = identifier_key(entry->identifiers[i].type, entry->identifiers[i].value);
        MDB_val key = { sizeof hash.bytes, hash.bytes }, value = lmdb_val_of(entry->partner_id);
        int code = mdb_put(c->batch, c->identifiers, &key, &value, MDB_NODUPDATA);
        if (code != MDB_KEYEXIST) TRY(fault(code));
    }
    return OK;
}

static void write_revision(uint64_t revision, uint8_t bytes[REVISION_BYTES])
{
    for (int i = 0; i < REVISION_BYTES; i++) bytes[i] = (uint8_t)(revision >> (56 - 8 * i));
}

static uint64_t read_revision(const char *bytes)
{
    uint64_t revision = 0;
    for (int i = 0; i < REVISION_BYTES; i++) revision = revision << 8 | (uint8_t)bytes[i];
    return revision;
}

static bool is_there(const struct partner_copy *c, const struct partner_copy_entry *entry)
{
    MDB_val key = lmdb_val_of(entry->partner_id), value;
    if (mdb_get(c->batch, c->partners, &key, &value) != MDB_SUCCESS || value.mv_size < REVISION_BYTES) return false;
    return read_revision(value.mv_data) == entry->revision
           && slice_equal(slice_skip(lmdb_slice_of(value), REVISION_BYTES), entry->bytes);
}

static enum err put_profile(struct partner_copy *c, const struct partner_copy_entry *entry)
{
    MDB_val key = lmdb_val_of(entry->partner_id), value = { REVISION_BYTES + entry->bytes.size, NULL };
    TRY(fault(mdb_put(c->batch, c->partners, &key, &value, MDB_RESERVE)));
    write_revision(entry->revision, value.mv_data);
    memcpy((char *)value.mv_data + REVISION_BYTES, entry->bytes.bytes, entry->bytes.size);
    return put_identifiers(c, entry);
}

enum err partner_copy_put(struct partner_copy *c, const struct partner_copy_entry *entry)
{
    ASSERT(entry->partner_id.size > 0 && entry->bytes.size > 0);
    if (entry->partner_id.size > PARTNER_ID_MAX) return OK;         /* no line can name it: its id is within 64 bytes */
    TRY(begin(c));
    if (is_there(c, entry)) return OK;
    enum err e = put_profile(c, entry);
    return e == OK ? OK : give_up(c, e);
}

enum err partner_copy_commit(struct partner_copy *c, int64_t next_offset, instant_ms now_unix_ms)
{
    TRY(begin(c));
    enum err e = meta_put_int(c, c->batch, "offset", next_offset);
    if (e == OK) e = meta_put_int(c, c->batch, "saved", now_unix_ms);
    if (e != OK) return give_up(c, e);
    e = fault(mdb_txn_commit(c->batch));
    c->batch = NULL;
    if (e != OK) return e;
    c->offset = next_offset;
    end_trial(c);
    return OK;
}

/* --- reading --- */

enum err partner_reader_open(struct partner_copy *copy, struct partner_reader **reader)
{
    struct partner_reader *r = calloc(1, sizeof *r);
    if (!r) return ERR_MEMORY_EXHAUSTED;
    r->copy = copy;
    enum err e = fault(mdb_txn_begin(copy->env, NULL, MDB_RDONLY, &r->txn));
    if (e == OK) *reader = r;
    else free(r);
    return e;
}

void partner_reader_close(struct partner_reader *r)
{
    if (!r) return;
    if (r->txn) mdb_txn_abort(r->txn);
    free(r);
}

void partner_reader_rest(struct partner_reader *r)
{
    mdb_txn_reset(r->txn);
}

static enum err read_fault(struct partner_reader *r, int code)
{
    enum err e = fault(code);
    if (e == ERR_STATE_MALFORMED) partner_copy_distrust(r->copy);
    return e;
}

enum err partner_reader_renew(struct partner_reader *r)
{
    mdb_txn_reset(r->txn);
    return read_fault(r, mdb_txn_renew(r->txn));
}

enum err partner_reader_find(struct partner_reader *r, struct slice partner_id, uint64_t *revision, struct slice *bytes)
{
    MDB_val key = lmdb_val_of(partner_id), value;
    *revision = 0;
    *bytes = (struct slice){ 0 };
    if (!partner_id.size || partner_id.size > PARTNER_ID_MAX) return OK;
    int code = mdb_get(r->txn, r->copy->partners, &key, &value);
    if (code == MDB_NOTFOUND) return OK;
    TRY(read_fault(r, code));
    if (value.mv_size <= REVISION_BYTES) return read_fault(r, MDB_CORRUPTED);
    *revision = read_revision(value.mv_data);
    *bytes = slice_skip(lmdb_slice_of(value), REVISION_BYTES);
    return OK;
}

enum err partner_reader_identify(struct partner_reader *r, struct slice type, struct slice value, unsigned nth,
                                 struct slice *partner_id)
{
    struct hash128 hash = identifier_key(type, value);
    MDB_val key = { sizeof hash.bytes, hash.bytes }, found;
    MDB_cursor *cursor;
    *partner_id = (struct slice){ 0 };
    TRY(read_fault(r, mdb_cursor_open(r->txn, r->copy->identifiers, &cursor)));
    int code = mdb_cursor_get(cursor, &key, &found, MDB_SET);
    while (!code && nth-- > 0) code = mdb_cursor_get(cursor, &key, &found, MDB_NEXT_DUP);
    if (!code) *partner_id = lmdb_slice_of(found);
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? OK : read_fault(r, code);
}

size_t partner_reader_count(struct partner_reader *r)
{
    MDB_stat stat;
    return mdb_stat(r->txn, r->copy->partners, &stat) == MDB_SUCCESS ? stat.ms_entries : 0;
}
