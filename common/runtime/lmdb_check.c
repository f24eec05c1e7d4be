/* runtime/lmdb_check.c: every row of every run, in a process that may die of it. */
#include "runtime/lmdb_check.h"

#include "runtime/lmdb_disk.h"
#include "runtime/lmdb_store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE_BYTES_MIN = 4096, CHILD_GOOD = 0, CHILD_BROKEN = 1, CHILD_WITHOUT_MEMORY = 2 };

/* --- in the child ----------------------------------------------------------------------------------------------- */

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

/* What cannot be opened, or is of another schema, is told by who opens it next: this process came through it alive. */
static int check_all(const char *path)
{
    static struct lmdb_disk d;
    uint32_t schema;
    int rc = 0;
    if (lmdb_disk_schema(path, &schema) == 0 && schema != STATE_SCHEMA_VERSION) return CHILD_GOOD;
    if (lmdb_disk_open(&d, path, 0, true) != 0) return CHILD_GOOD;
    for (unsigned i = 0; !rc && i < d.seen.count; i++) rc = check_run(&d, i);
    lmdb_disk_close(&d);
    return rc == ENOMEM ? CHILD_WITHOUT_MEMORY : rc ? CHILD_BROKEN : CHILD_GOOD;
}

/* The reader's slot of a child that died keeps the pages that it saw from being used again, and the file of a running
 * service would grow. Opening reads no page but those of the file's head. */
static int sweep(const char *path)
{
    MDB_env *env;
    int dead, rc = mdb_env_create(&env);
    if (rc) return CHILD_BROKEN;
    rc = mdb_env_open(env, path, MDB_NOTLS | MDB_RDONLY, 0666);
    if (!rc) rc = mdb_reader_check(env, &dead);
    mdb_env_close(env);
    return rc ? CHILD_BROKEN : CHILD_GOOD;
}

/* --- in the process --------------------------------------------------------------------------------------------- */

typedef int child_work(const char *path);

/* It leaves no word and no core file: that it died is what is wanted to know. It shares the lock of the folder, which
 * nobody else gets while it reads: it ends with who asked. */
static void be_child(child_work *work, const char *path)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
    prctl(PR_SET_DUMPABLE, 0);
    _exit(work(path));
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

static enum err in_child(child_work *work, const char *path)
{
    int status;
    pid_t child = fork();
    if (child < 0) return ERR_MEMORY_EXHAUSTED;
    if (child == 0) be_child(work, path);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return ERR_MEMORY_EXHAUSTED;
    return answer_of(status);
}

enum err lmdb_check(const char *path)
{
    enum err e = in_child(check_all, path);
    if (e != ERR_STATE_MALFORMED) return e;
    enum err swept = in_child(sweep, path);
    return swept == ERR_MEMORY_EXHAUSTED ? swept : e;
}
