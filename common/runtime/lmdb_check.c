/* runtime/lmdb_check.c: every row of every run, and what a save meets, in a process that may die of it. */
#include "runtime/lmdb_check.h"

#include "runtime/lmdb_disk.h"
#include "runtime/lmdb_store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE_BYTES_MIN = 4096, CHILD_GOOD = 0, CHILD_BROKEN = 1, CHILD_WITHOUT_MEMORY = 2 };

struct check { const char *path; size_t map_bytes; bool is_own; };

/* --- rows, in the child ----------------------------------------------------------------------------------------- */

/* A length that leads out of the file is a crash here, not where the value is used. */
static void touch(struct slice bytes)
{
    volatile char byte;
    for (size_t at = 0; at < bytes.size; at += PAGE_BYTES_MIN) byte = bytes.bytes[at];
    if (bytes.size) byte = bytes.bytes[bytes.size - 1];
    (void)byte;
}

/* A filter that forgot a row hides it from whoever asks for it by its key. */
static bool is_row_sound(const struct key_filter *filter, MDB_val at, MDB_val kept)
{
    struct slice key, value;
    touch(lmdb_slice_of(at));
    touch(lmdb_slice_of(kept));
    if (at.mv_size < 1 || lmdb_key_part(at, kept, &key, &value) != 0 || key.size > STORE_KEY_MAX) return false;
    uint8_t table = *(const uint8_t *)at.mv_data;
    return !filter->blocks || key_filter_may_have(filter, rows_name(rows_hash(key), table));
}

/* In order: a page that leads back to one before would have no end. */
static int check_rows(MDB_cursor *cursor, const struct lmdb_run *run, const struct key_filter *filter)
{
    MDB_val at, kept;
    struct slice before = { 0 };
    uint64_t rows = 0;
    int rc = mdb_cursor_get(cursor, &at, &kept, MDB_FIRST);
    for (; !rc; rc = mdb_cursor_get(cursor, &at, &kept, MDB_NEXT)) {
        bool is_sound = is_row_sound(filter, at, kept) && ++rows <= run->rows
                        && (rows == 1 || slice_compare(before, lmdb_slice_of(at)) < 0);
        if (!is_sound) return MDB_CORRUPTED;
        before = lmdb_slice_of(at);
    }
    if (rc != MDB_NOTFOUND) return rc;
    return rows == run->rows ? 0 : MDB_CORRUPTED;
}

static int check_run(struct lmdb_disk *d, unsigned i)
{
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(d->read, d->bases.slots[d->seen.at[i].slot], &cursor);
    if (rc) return rc;
    rc = check_rows(cursor, &d->seen.at[i], &d->filters[i]);
    mdb_cursor_close(cursor);
    return rc;
}

/* --- what a save meets, in the child ---------------------------------------------------------------------------- */

enum { FREE_PAGES = 0 /* LMDB's own database */, FIRST_PAGE = 2 /* after the two that say where all others are */ };

struct free_pages { uint64_t last; uint8_t *seen; };

/* How many, then which, falling; none twice, none beyond the file. */
static bool is_list_sound(const struct free_pages *f, MDB_val list)
{
    size_t count, page, before = SIZE_MAX;
    const char *at = list.mv_data;
    if (list.mv_size < sizeof count || list.mv_size % sizeof count) return false;
    memcpy(&count, at, sizeof count);
    if (count > list.mv_size / sizeof count - 1) return false;
    for (size_t i = 1; i <= count; i++, before = page) {
        memcpy(&page, at + i * sizeof page, sizeof page);
        if (page < FIRST_PAGE || page > f->last || page >= before || f->seen[page / 8] & 1 << page % 8) return false;
        f->seen[page / 8] |= (uint8_t)(1 << page % 8);
    }
    return true;
}

static int check_lists(const struct free_pages *f, MDB_txn *txn)
{
    MDB_cursor *cursor;
    MDB_val at, list;
    int rc = mdb_cursor_open(txn, FREE_PAGES, &cursor);
    if (rc) return rc;
    for (rc = mdb_cursor_get(cursor, &at, &list, MDB_FIRST); !rc; rc = mdb_cursor_get(cursor, &at, &list, MDB_NEXT)) {
        touch(lmdb_slice_of(list));
        if (!is_list_sound(f, list)) rc = MDB_CORRUPTED;
        if (rc) break;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int check_free_pages(MDB_env *env)
{
    MDB_envinfo info;
    MDB_txn *txn;
    int rc = mdb_env_info(env, &info);
    if (!rc) rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (rc) return rc;
    struct free_pages f = { info.me_last_pgno, calloc(info.me_last_pgno / 8 + 1, 1) };
    rc = f.seen ? check_lists(&f, txn) : ENOMEM;
    mdb_txn_abort(txn);
    free(f.seen);
    return rc;
}

/* Whatever there is goes, page by page, and one row comes; then nothing of it was. */
static int try_to_change_all(MDB_env *env)
{
    struct lmdb_bases bases;
    MDB_txn *txn;
    MDB_val text = lmdb_val_of(SLICE("tried"));
    int rc = mdb_txn_begin(env, NULL, 0, &txn);
    if (rc) return rc;
    rc = lmdb_bases_open(&bases, txn, true);
    for (unsigned i = 0; !rc && i < LMDB_SLOTS; i++) rc = mdb_drop(txn, bases.slots[i], 0);
    if (!rc) rc = mdb_drop(txn, bases.filters, 0);
    if (!rc) rc = mdb_put(txn, bases.meta, &text, &text, 0);
    if (!rc) rc = mdb_put(txn, bases.slots[0], &text, &text, 0);
    mdb_txn_abort(txn);
    return rc;
}

/* Its lock is the folder's, which who asked holds. Want of room says nothing of the pages. */
static int check_save(const struct check *c)
{
    MDB_env *env;
    int rc = mdb_env_create(&env);
    if (rc) return rc;
    rc = mdb_env_set_maxdbs(env, LMDB_BASES);
    if (!rc) rc = mdb_env_set_mapsize(env, c->map_bytes);
    if (!rc) rc = mdb_env_open(env, c->path, MDB_NOTLS | MDB_NOSYNC | MDB_NOLOCK, 0666);
    if (!rc) rc = check_free_pages(env);
    if (!rc) rc = try_to_change_all(env);
    mdb_env_close(env);
    return lmdb_is_damage(rc) || rc == ENOMEM ? rc : 0;
}

/* --- all of it, in the child ------------------------------------------------------------------------------------ */

/* What cannot be opened, or is of another schema, is reported by whoever opens it next: this process survived it. */
static int check_all(const struct check *c)
{
    static struct lmdb_disk d;
    uint32_t schema;
    int rc = 0;
    if (lmdb_disk_schema(c->path, &schema) == 0 && schema != STATE_SCHEMA_VERSION) return CHILD_GOOD;
    if (lmdb_disk_open(&d, c->path, 0, true) != 0) return CHILD_GOOD;
    for (unsigned i = 0; !rc && i < d.seen.count; i++) rc = check_run(&d, i);
    lmdb_disk_close(&d);
    if (!rc && c->is_own) rc = check_save(c);
    return rc == ENOMEM ? CHILD_WITHOUT_MEMORY : rc ? CHILD_BROKEN : CHILD_GOOD;
}

/* The reader's slot of a child that died keeps the pages that it saw from being used again, and the file of a running
 * service would grow. Opening reads no page but those of the file's head. */
static int sweep(const struct check *c)
{
    MDB_env *env;
    int dead, rc = mdb_env_create(&env);
    if (rc) return CHILD_BROKEN;
    rc = mdb_env_open(env, c->path, MDB_NOTLS | MDB_RDONLY, 0666);
    if (!rc) rc = mdb_reader_check(env, &dead);
    mdb_env_close(env);
    return rc ? CHILD_BROKEN : CHILD_GOOD;
}

/* --- in the process --------------------------------------------------------------------------------------------- */

typedef int child_work(const struct check *c);

/* It leaves no word and no core file: that it died is what is wanted to know. It shares the lock of the folder, which
 * nobody else gets while it reads: it ends with whoever asked. */
static void be_child(child_work *work, const struct check *c)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
    prctl(PR_SET_DUMPABLE, 0);
    _exit(work(c));
}

/* What reading a broken page ends with. Whoever was ended by somebody, who uses up the memory by the kernel's SIGKILL,
 * says nothing of the pages. */
static bool is_of_a_page(int signal)
{
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGABRT || signal == SIGFPE || signal == SIGILL;
}

static enum err answer_of(int status)
{
    if (WIFSIGNALED(status)) return is_of_a_page(WTERMSIG(status)) ? ERR_STATE_MALFORMED : ERR_MEMORY_EXHAUSTED;
    switch (WEXITSTATUS(status)) {
    case CHILD_GOOD:           return OK;
    case CHILD_WITHOUT_MEMORY: return ERR_MEMORY_EXHAUSTED;
    default:                   return ERR_STATE_MALFORMED;
    }
}

static enum err in_child(child_work *work, const struct check *c)
{
    int status;
    pid_t child = fork();
    if (child < 0) return ERR_MEMORY_EXHAUSTED;
    if (child == 0) be_child(work, c);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return ERR_MEMORY_EXHAUSTED;
    return answer_of(status);
}

static enum err check(const struct check *c)
{
    enum err e = in_child(check_all, c);
    if (e != ERR_STATE_MALFORMED) return e;
    enum err swept = in_child(sweep, c);
    return swept == ERR_MEMORY_EXHAUSTED ? swept : e;
}

enum err lmdb_check(const char *path)
{
    return check(&(struct check){ .path = path });
}

enum err lmdb_check_own(const char *path, size_t map_bytes)
{
    return check(&(struct check){ path, map_bytes, true });
}
