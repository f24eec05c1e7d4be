/* State on disk that is opened: what is discarded and why, what happens when somebody else has it (kafka.md 6.4). */
#include "lmdb_rig.h"

#include "base/assert.h"

#include "runtime/lmdb_check.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <sys/stat.h>

/* --- discarded -------------------------------------------------------------------------------------------------- */

static void check_discarded(struct desk *d, enum state_origin why, const char *what)
{
    unsigned failures = CU_get_number_of_failures();
    CHECK_INT(desk_open(d), why);
    bool kept = why == STATE_KEPT;
    CHECK_INT(d->opened.changelog_offset, kept ? 100 : d->start);
    CHECK_SLICE(got(d, "a"), kept ? SLICE("1") : SLICE(""));
    CHECK(state_origin_text(why).size > 0 && state_origin_name(why).size > 0);
    desk_close(d, false);
    CHECK_INT(desk_open(d), STATE_KEPT);            /* what was made in its place can be used */
    if (CU_get_number_of_failures() > failures) printf("  %s\n", what);
    desk_drop(d);
}

static void move(const struct desk *d, const char *from, const char *to)
{
    char old[512], new[512];
    snprintf(old, sizeof old, "%s/%s", d->dir, from);
    snprintf(new, sizeof new, "%s/%s", d->dir, to);
    CHECK_INT(rename(old, new), 0);
}

TEST(an_environment_of_somebody_else_is_discarded)
{
    for (unsigned field = 0; field < 8; field++) {
        struct desk d;
        leave_saved(&d, true);
        switch (field) {
        case 0: d.identity.cluster_id = SLICE("other"); break;
        case 1: d.identity.changelog = SLICE("payout.changelog.v2"); break;
        case 2: d.identity.partition_count = 24; break;
        case 3: d.identity.schema_version++; break;
        case 4: d.identity.seed_check = SLICE(""); break;
        case 5: move(&d, "payout/p003", "payout/p004"); d.identity.partition = 4; break;
        case 6: move(&d, "payout", "screen"); d.identity.stage = SLICE("screen"); break;
        default: break;
        }
        check_discarded(&d, field < 7 ? STATE_FOREIGN : STATE_KEPT, "identity");
    }
}

TEST(an_offset_outside_the_changelog_is_not_used)
{
    static const struct { int64_t start, high; enum state_origin origin; } cases[] = {
        { 0, 100, STATE_KEPT }, { 100, 100, STATE_KEPT }, { 101, 200, STATE_OUTSIDE }, { 0, 99, STATE_OUTSIDE },
    };
    for (unsigned i = 0; i < 4; i++) {
        struct desk d;
        leave_saved(&d, true);
        d.start = cases[i].start;
        d.high = cases[i].high;
        check_discarded(&d, cases[i].origin, "offset");
    }
}

/* The topic lost what was committed: an unclean election, a backup. The tables may be the only ones that know. */
TEST(a_state_ahead_of_its_changelog_is_kept_and_refused_where_its_owner_says_so)
{
    struct desk d;
    leave_saved(&d, true);
    d.options.keeps_ahead = true;
    CHECK_INT(lmdb_store_open(&d.options, &d.identity, 0, 99, d.now, &d.lmdb, &d.opened), ERR_STATE_AHEAD);
    CHECK_INT(err_class(ERR_STATE_AHEAD), ERR_CLASS_FATAL_78);
    d.high = 100;                                   /* the topic is back */
    check_discarded(&d, STATE_KEPT, "ahead");
}

TEST(an_environment_older_than_half_the_tombstone_retention_is_not_used)
{
    for (int over = 0; over <= 1; over++) {
        struct desk d;
        leave_saved(&d, true);
        d.options.retention_ms = 2ll * DAY;
        d.now += DAY + over;
        check_discarded(&d, over ? STATE_OLD : STATE_KEPT, "age");
    }
}

TEST(an_environment_in_use_when_the_machine_stopped_is_not_used)
{
    static const struct { bool clean; const char *boot; enum state_origin origin;
    } cases[] = {
        { true, "boot-2", STATE_KEPT },
        { false, "boot-1", STATE_KEPT },
        { false, "boot-2", STATE_OTHER_BOOT },
        { false, "", STATE_OTHER_BOOT },
    };
    for (unsigned i = 0; i < 4; i++) {
        struct desk d;
        leave_saved(&d, cases[i].clean);
        d.options.boot_id = cases[i].boot;
        enum state_origin origin = desk_open(&d);
        CHECK_INT(origin, cases[i].origin);
        CHECK_INT(d.opened.changelog_offset, origin == STATE_KEPT ? 100 : 0);
        desk_drop(&d);
    }
}

static void write_at(const char *path, off_t at, const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0666);
    ASSERT(fd >= 0 && pwrite(fd, bytes, size, at) == (ssize_t)size && close(fd) == 0);
}

/* Where LMDB keeps the version of its format, on both meta pages. */
static void change_version(const char *path)
{
    uint32_t version = 77;
    write_at(path, 16 + 4, &version, sizeof version);
    write_at(path, 4096 + 16 + 4, &version, sizeof version);
}

static void damage(struct desk *d, unsigned how)
{
    const char *data = path_of(d, "1/data.mdb");
    switch (how) {
    case 0: CHECK_INT(truncate(data, 0), 0); break;
    case 1: CHECK_INT(truncate(data, 8192), 0); break;
    case 2: CHECK_INT(truncate(data, 100), 0); break;
    case 3:
        write_at(data, 0, "nonsense, all of it, and more than a header of it", 48), write_at(data, 4096, "nonsense", 8);
        break;
    case 4: change_version(data); break;
    case 5: CHECK_INT(unlink(path_of(d, "1/owner")), 0); break;
    case 6: write_at(path_of(d, "1/owner"), 0, "broken", 6); break;
    default: CHECK_INT(truncate(path_of(d, "1/owner"), 4), 0); break;
    }
}

TEST(damaged_files_are_discarded_and_never_touched)
{
    for (unsigned how = 0; how < 8; how++) {
        struct desk d;
        leave_saved(&d, true);
        damage(&d, how);
        check_discarded(&d, STATE_DAMAGED, "damage");
    }
}

/* As a service does: opens, reads, writes, saves. What it ends with: 0 it lives, 1 it knows that the state is damaged,
 * 2 it takes it for something else. A signal: LMDB trusts its pages (the next one but one has them read by a child). */
static int live_with(struct desk *d)
{
    enum err e = lmdb_store_open(&d->options, &d->identity, d->start, d->high, d->now, &d->lmdb, &d->opened);
    for (unsigned i = 0; e == OK && i < 40; i++) {
        char key[16];
        struct slice value;
        snprintf(key, sizeof key, "k%u", i * 7);
        e = store_get(lmdb_store_base(d->lmdb), TABLE, slice_from(key), &value);
        if (e == OK) e = store_put(lmdb_store_base(d->lmdb), TABLE, slice_from(key), SLICE("another"));
        if (e == OK) store_merge(lmdb_store_base(d->lmdb), 100);
        if (e == OK) e = lmdb_stores_rest(&d->lmdb, 1, 0, d->now += 1000, &d->may_pull);
    }
    return e == OK ? 0 : e == ERR_STATE_MALFORMED ? 1 : 2;
}

static void garble(const char *path, uint64_t seed)
{
    struct stat file;
    CHECK_INT(stat(path, &file), 0);
    for (unsigned i = 0; i < 140; i++) {
        char byte = (char)test_random(&seed);
        write_at(path, 8192 + (off_t)(test_random(&seed) % (uint64_t)(file.st_size - 8192)), &byte, 1);
    }
}

/* Else each start would end for ever, and take the partitions beside it along. */
TEST(garbled_pages_are_never_taken_for_a_disk_that_cannot_be_written)
{
    unsigned met[3] = { 0 };
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct desk d;
        int status = 0;
        leave_saved(&d, true);
        CHECK_INT(desk_open(&d), STATE_KEPT);
        for (unsigned i = 0; i < 100 + seed % 5 * 200; i++) {
            char key[16];
            snprintf(key, sizeof key, "k%u", i);
            commit(&d, key, "a value of some length, so that there are pages", 100);
        }
        desk_close(&d, true);
        garble(path_of(&d, "1/data.mdb"), seed);
        pid_t child = fork();
        if (child == 0) _exit(live_with(&d));
        CHECK(waitpid(child, &status, 0) == child);
        if (WIFEXITED(status)) met[WEXITSTATUS(status) % 3]++;
        scratch_remove(d.dir);
    }
    CHECK(met[1] > 0);
    CHECK_INT(met[2], 0);
}

/* Who has no memory left for a child: this process, or those that it begins. */
static bool has_no_child;
static pid_t no_child_from;

/* Stands before that of the library of C. */
pid_t fork(void);
pid_t fork(void)
{
    static bool is_begun;
    pid_t (*real)(void) = (pid_t (*)(void))dlsym(RTLD_NEXT, "fork");
    if (no_child_from != getpid() && !(has_no_child && is_begun)) {
        pid_t child = real();
        is_begun |= child == 0;
        return child;
    }
    errno = ENOMEM;
    return -1;
}

/* Openings by processes that end at once, as by a page that cannot be read. */
static void crash(struct desk *d, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        pid_t child = fork();
        if (child == 0) _exit(desk_open(d) == STATE_KEPT ? 0 : 1);
        int status = 1;
        CHECK(waitpid(child, &status, 0) == child && status == 0);
    }
}

#define VALUE "a value that is found again in the file"

/* The pages that hold the rows; those by which they are opened stay. */
static void write_over_rows(const char *path)
{
    static const char nonsense[4096] = "nonsense where a page was";
    static char page[4096];
    int fd = open(path, O_RDONLY);
    unsigned found = 0;
    for (off_t at = 0; pread(fd, page, sizeof page, at) == (ssize_t)sizeof page; at += (off_t)sizeof page) {
        if (!memmem(page, sizeof page, VALUE, sizeof VALUE - 1)) continue;
        write_at(path, at, nonsense, sizeof nonsense);
        found++;
    }
    CHECK(found > 0);
    close(fd);
}

TEST(what_two_processes_did_not_survive_is_read_by_a_child_before_the_third_does)
{
    for (unsigned broken = 0; broken < 2; broken++) {
        struct desk d;
        leave_saved(&d, true);
        CHECK_INT(desk_open(&d), STATE_KEPT);
        commit(&d, "b", VALUE, 100);
        desk_close(&d, true);
        if (broken) write_over_rows(path_of(&d, "1/data.mdb"));
        crash(&d, 2);
        check_discarded(&d, broken ? STATE_DAMAGED : STATE_KEPT, "read by a child");
    }
}

/* One letter of the value, wherever it lies: every page is as LMDB wrote it but for that. */
static void turn_a_letter(const char *path)
{
    static char page[4096];
    int fd = open(path, O_RDONLY);
    unsigned found = 0;
    for (off_t at = 0; pread(fd, page, sizeof page, at) == (ssize_t)sizeof page; at += (off_t)sizeof page) {
        const char *value = memmem(page, sizeof page, VALUE, sizeof VALUE - 1);
        if (!value) continue;
        write_at(path, at + (value - page), "A", 1);
        found++;
    }
    CHECK(found > 0);
    close(fd);
}

TEST(a_row_that_reads_well_and_is_not_what_was_written_is_an_error_and_the_partition_is_discarded)
{
    struct desk d;
    struct slice value;
    leave_saved(&d, true);
    CHECK_INT(desk_open(&d), STATE_KEPT);
    commit(&d, "b", VALUE, 100);
    desk_close(&d, true);
    turn_a_letter(path_of(&d, "1/data.mdb"));
    CHECK_INT(lmdb_check(path_of(&d, "1")), ERR_STATE_MALFORMED);
    CHECK_INT(desk_open(&d), STATE_KEPT);           /* nobody has read it yet */
    CHECK_TEXT(got(&d, "a"), "1");
    CHECK_INT(store_get(d.store, TABLE, SLICE("b"), &value), ERR_STATE_MALFORMED);
    desk_close(&d, false);
    check_discarded(&d, STATE_DAMAGED, "a letter");
}

/* The process that `pid` has begun; 0: none yet. */
static pid_t child_of(pid_t pid)
{
    char path[64], line[32] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *file = fopen(path, "r");
    ASSERT(file);
    if (!fgets(line, sizeof line, file)) line[0] = 0;
    fclose(file);
    return (pid_t)strtol(line, NULL, 10);
}

/* Its data is a pipe into which nobody writes: it reads until it is ended by `signal`. */
static int end_the_reader_with(const char *folder, int signal)
{
    int status = 0;
    pid_t child = 0, asker = fork();
    ASSERT(asker >= 0);
    if (asker == 0) {
        enum err e = lmdb_check(folder);
        _exit(e == OK ? 0 : e == ERR_MEMORY_EXHAUSTED ? 1 : e == ERR_STATE_MALFORMED ? 2 : 3);
    }
    WAIT_FOR(child, child = child_of(asker));
    kill(child, signal);
    CHECK(waitpid(asker, &status, 0) == asker && WIFEXITED(status));
    return WEXITSTATUS(status);
}

TEST(a_reader_that_somebody_ended_says_nothing_of_the_rows)
{
    struct desk d;
    desk_make(&d);
    CHECK_INT(desk_open(&d), STATE_NEW);
    desk_close(&d, true);
    CHECK(unlink(path_of(&d, "1/data.mdb")) == 0 && mkfifo(path_of(&d, "1/data.mdb"), 0666) == 0);
    CHECK_INT(end_the_reader_with(path_of(&d, "1"), SIGKILL), 1);
    CHECK_INT(end_the_reader_with(path_of(&d, "1"), SIGTERM), 1);
    scratch_remove(d.dir);
}

TEST(what_no_child_can_read_is_opened_unread_and_kept_for_that_says_nothing_of_it)
{
    struct desk d;
    for (unsigned lasts = 0; lasts < 2; lasts++) {
        leave_saved(&d, true);
        crash(&d, 2);
        no_child_from = getpid();
        if (lasts) {
            CHECK_INT(desk_open(&d), STATE_KEPT);
            CHECK(d.opened.is_unread);
            CHECK_TEXT(got(&d, "a"), "1");
            rest(&d, 10000);
            desk_close(&d, false);
        } else {
            no_child_from = 0;
            has_no_child = true;
            crash(&d, 3);
            has_no_child = false;
        }
        no_child_from = 0;
        check_discarded(&d, STATE_KEPT, "unread");
        CHECK(!d.opened.is_unread);
    }
}

/* Whose end it was, another partition of the process may know, or nobody. */
TEST(what_reads_well_is_kept_however_many_processes_did_not_survive)
{
    struct desk d;
    leave_saved(&d, true);
    crash(&d, 12);
    check_discarded(&d, STATE_KEPT, "crashes");
}

TEST(what_lasted_is_counted_no_more)
{
    struct desk d;
    leave_saved(&d, true);
    CHECK_INT(desk_open(&d), STATE_KEPT);
    commit(&d, "b", VALUE, 100);
    desk_close(&d, true);
    crash(&d, 2);
    CHECK_INT(desk_open(&d), STATE_KEPT);
    rest(&d, 10000);
    desk_close(&d, false);
    write_over_rows(path_of(&d, "1/data.mdb"));
    crash(&d, 1);
    CHECK_INT(desk_open(&d), STATE_KEPT);           /* one end costs no reading */
    desk_close(&d, false);
    crash(&d, 2);
    check_discarded(&d, STATE_DAMAGED, "crashes");
}

/* Where in the file the map of this process shows `address`. */
static off_t place_in_file(const void *address, const char *name)
{
    char line[512];
    unsigned long from, to, offset, at = (unsigned long)(uintptr_t)address;
    off_t place = -1;
    FILE *maps = fopen("/proc/self/maps", "r");
    ASSERT(maps);
    while (place < 0 && fgets(line, sizeof line, maps))
        if (strstr(line, name) && sscanf(line, "%lx-%lx %*s %lx", &from, &to, &offset) == 3 && at >= from && at < to)
            place = (off_t)(at - from + offset);
    fclose(maps);
    ASSERT(place >= 0);
    return place;
}

/* Of the lists of free pages the last: no row lies there, and a save takes what it names. */
static off_t find_free_list(const char *folder)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val at, list;
    ASSERT(mdb_env_create(&env) == 0 && mdb_env_open(env, folder, MDB_RDONLY | MDB_NOLOCK, 0666) == 0
           && mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) == 0 && mdb_cursor_open(txn, 0, &cursor) == 0
           && mdb_cursor_get(cursor, &at, &list, MDB_LAST) == 0 && list.mv_size >= 2 * sizeof(size_t));
    off_t place = place_in_file(list.mv_data, "/data.mdb");
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    mdb_env_close(env);
    return place;
}

TEST(what_only_a_save_meets_is_found_by_the_child_too)
{
    static const struct { size_t word; size_t page; const char *what; } cases[] = {
        { 0, 1 << 20, "more pages than the list holds" },
        { 1, (size_t)1 << 40, "a page beyond the file" },
        { 1, 1, "a page that says where all others are" },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct desk d;
        leave_saved(&d, true);
        for (unsigned saves = 0; saves < 4; saves++) {
            CHECK_INT(desk_open(&d), STATE_KEPT);
            commit(&d, "a", "1", 100);
            desk_close(&d, true);
        }
        off_t list = find_free_list(path_of(&d, "1"));
        write_at(path_of(&d, "1/data.mdb"), list + (off_t)(cases[i].word * sizeof(size_t)), &cases[i].page,
                 sizeof(size_t));
        CHECK_INT(lmdb_check(path_of(&d, "1")), OK);            /* every row is well */
        crash(&d, 2);
        check_discarded(&d, STATE_DAMAGED, cases[i].what);
    }
}

TEST(a_save_that_is_tried_changes_no_byte)
{
    static char before[1 << 20], after[1 << 20];
    struct desk d;
    leave_saved(&d, true);
    int fd = open(path_of(&d, "1/data.mdb"), O_RDONLY);
    ssize_t size = pread(fd, before, sizeof before, 0);
    CHECK_INT(lmdb_check_own(path_of(&d, "1"), 64 << 20), OK);
    CHECK(size > 0 && pread(fd, after, sizeof after, 0) == size && memcmp(before, after, (size_t)size) == 0);
    close(fd);
    check_discarded(&d, STATE_KEPT, "tried");
}

TEST(a_missing_data_file_is_a_new_environment)
{
    struct desk d;
    leave_saved(&d, false);
    CHECK_INT(unlink(path_of(&d, "1/data.mdb")), 0);
    check_discarded(&d, STATE_NEW, "missing");
}

/* --- the owner -------------------------------------------------------------------------------------------------- */

/* A process that has the environment open and does nothing any more. */
static pid_t hold(struct desk *d)
{
    int ready[2];
    char byte;
    ASSERT(pipe(ready) == 0);
    pid_t pid = fork();
    ASSERT(pid >= 0);
    if (pid == 0) {
        desk_open(d);
        ASSERT(write(ready[1], "!", 1) == 1);
        for (;;) pause();
    }
    ASSERT(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
    close(ready[1]);
    kill(pid, SIGSTOP);
    return pid;
}

TEST(who_finds_it_held_by_a_stopped_process_fills_a_next_generation)
{
    struct desk d;
    leave_saved(&d, true);
    pid_t zombie = hold(&d);
    CHECK_INT(desk_open(&d), STATE_HELD);
    CHECK_INT(d.opened.generation, 2);
    CHECK_INT(d.opened.changelog_offset, 0);
    commit(&d, "a", "2", 200);
    desk_close(&d, true);
    CHECK_INT(desk_open(&d), STATE_KEPT);           /* the newest, though the first is held still */
    CHECK_INT(d.opened.generation, 2);
    CHECK_TEXT(got(&d, "a"), "2");
    CHECK(is_there(&d, "1/data.mdb"));
    desk_close(&d, true);
    end(zombie);
    CHECK_INT(desk_open(&d), STATE_KEPT);
    CHECK_INT(d.opened.generation, 2);
    CHECK(!is_there(&d, "1"));                      /* nobody holds it any more */
    desk_drop(&d);
}

TEST(a_second_opening_in_the_same_process_does_not_share_the_first)
{
    struct desk d;
    leave_saved(&d, true);
    desk_open(&d);
    struct desk other = d;
    CHECK_INT(desk_open(&other), STATE_HELD);
    CHECK_TEXT(got(&d, "a"), "1");
    CHECK_TEXT(got(&other, "a"), "");
    lmdb_store_close(other.lmdb, false, other.now, 10000);
    desk_drop(&d);
}

TEST(a_folder_that_cannot_be_made_is_an_error)
{
    struct desk d;
    desk_make(&d);
    d.options.dir = "/dev/null/state";
    CHECK_INT(lmdb_store_open(&d.options, &d.identity, 0, 0, d.now, &d.lmdb, &d.opened), ERR_FILE_UNWRITABLE);
    d.lmdb = NULL;
    desk_drop(&d);
}
