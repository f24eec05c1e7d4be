/* The life of a partition's state on disk: what is kept over a restart, what is discarded and why, what happens when
 * there is no room, when somebody else has it, when the process is killed. What it does as a store: test_store.c. */
#include "runtime/lmdb_store.h"

#include "base/assert.h"
#include "runtime/lmdb_reader.h"
#include "runtime/restore.h"
#include "support/scratch.h"
#include "support/test.h"

#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TABLE = 7, HIGH = 1000, HOUR = 3600000, DAY = 24 * HOUR };

/* --- words of the tests ----------------------------------------------------------------------------------------- */

static const struct state_identity identity = {
    .cluster_id = SLICE_INIT("cluster"),
    .stage = SLICE_INIT("payout"),
    .changelog = SLICE_INIT("payout.changelog.v1"),
    .partition = 3,
    .partition_count = 12,
    .schema_version = STATE_SCHEMA_VERSION,
    .seed_check = SLICE_INIT("seed"),
};

/* A store in its folder, and what its process knows. */
struct desk {
    char                  dir[SCRATCH_PATH_MAX];
    struct lmdb_options   options;
    struct state_identity identity;
    int64_t               start, high, now;
    struct lmdb_store    *lmdb;
    struct store         *store;
    struct lmdb_opened    opened;
    unsigned              notices;
    char                  notice[64];
    bool                  may_pull;
};

static void take_notice(void *context, const struct state_identity *of, struct slice text)
{
    struct desk *d = context;
    CHECK_TEXT(of->changelog, "payout.changelog.v1");
    d->notices++;
    snprintf(d->notice, sizeof d->notice, "%.*s", SLICE_ARGS(text));
}

static void desk_make(struct desk *d)
{
    *d = (struct desk){ .high = HIGH, .now = 30ll * DAY, .identity = identity };
    scratch_make(d->dir);
    d->options = (struct lmdb_options){
        .dir = d->dir, .map_bytes = 64 << 20, .boot_id = "boot-1", .notice = take_notice, .notice_context = d
    };
}

static enum state_origin desk_open(struct desk *d)
{
    CHECK_INT(lmdb_store_open(&d->options, &d->identity, d->start, d->high, d->now, &d->lmdb, &d->opened), OK);
    d->store = lmdb_store_base(d->lmdb);
    return d->opened.origin;
}

static void desk_close(struct desk *d, bool saves)
{
    bool clean = lmdb_store_close(d->lmdb, saves, d->now, 10000);
    CHECK_INT(clean, saves);
    d->lmdb = NULL;
}

static void desk_drop(struct desk *d)
{
    lmdb_store_close(d->lmdb, false, d->now, 10000);
    scratch_remove(d->dir);
}

static void put(struct desk *d, const char *key, const char *value)
{
    CHECK_INT(store_put(d->store, TABLE, slice_from(key), slice_from(value)), OK);
}

static void commit(struct desk *d, const char *key, const char *value, int64_t next)
{
    put(d, key, value);
    store_merge(d->store, next);
}

static struct slice got(struct desk *d, const char *key)
{
    struct slice value;
    CHECK_INT(store_get(d->store, TABLE, slice_from(key), &value), OK);
    return value;
}

static void rest(struct desk *d, int64_t passed_ms)
{
    d->now += passed_ms;
    CHECK_INT(lmdb_stores_rest(&d->lmdb, 1, 0, d->now, &d->may_pull), OK);
}

static struct lmdb_stats stats(struct desk *d)
{
    struct lmdb_stats s;
    lmdb_store_stats(d->lmdb, &s);
    return s;
}

static const char *path_of(struct desk *d, const char *file)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/payout/p003/%s", d->dir, file);
    return path;
}

static bool is_there(struct desk *d, const char *file)
{
    return access(path_of(d, file), F_OK) == 0;
}

/* Leaves a saved store with a = 1, good for offset 100. */
static void leave_saved(struct desk *d, bool clean)
{
    desk_make(d);
    CHECK_INT(desk_open(d), STATE_NEW);
    commit(d, "a", "1", 100);
    rest(d, 1000);
    CHECK_INT(stats(d).changelog_offset, 100);
    desk_close(d, clean);
}

/* --- over a restart --------------------------------------------------------------------------------------------- */

TEST(a_clean_restart_replays_nothing)
{
    struct desk d;
    desk_make(&d);
    CHECK_INT(desk_open(&d), STATE_NEW);
    CHECK_INT(d.opened.changelog_offset, 0);
    CHECK_INT(d.opened.generation, 1);
    commit(&d, "a", "1", 10);
    commit(&d, "b", "2", 12);
    put(&d, "c", "of a transaction that nobody committed");
    desk_close(&d, true);
    CHECK_INT(desk_open(&d), STATE_KEPT);
    CHECK_INT(d.opened.changelog_offset, 12);
    CHECK_TEXT(got(&d, "b"), "2");
    CHECK_TEXT(got(&d, "c"), "");
    desk_drop(&d);
}

TEST(what_was_not_saved_is_replayed_from_the_offset_that_was)
{
    struct desk d;
    desk_make(&d);
    desk_open(&d);
    commit(&d, "a", "1", 10);
    rest(&d, 1000);
    commit(&d, "a", "2", 20);
    rest(&d, 999);                                  /* not yet due */
    desk_close(&d, false);
    CHECK_INT(desk_open(&d), STATE_KEPT);
    CHECK_INT(d.opened.changelog_offset, 10);
    CHECK_TEXT(got(&d, "a"), "1");
    desk_drop(&d);
}

TEST(an_empty_store_starts_where_the_log_does)
{
    struct desk d;
    desk_make(&d);
    d.start = 40;
    CHECK_INT(desk_open(&d), STATE_NEW);
    CHECK_INT(d.opened.changelog_offset, 40);
    desk_drop(&d);
}

/* --- replay ----------------------------------------------------------------------------------------------------- */

static void replay(struct desk *d, const char *key, const char *value, int64_t offset)
{
    char bytes[64] = { TABLE };
    size_t size = strlen(key);
    memcpy(bytes + 1, key, size);
    CHECK_INT(lmdb_store_replay(d->lmdb, slice_of(bytes, 1 + size), slice_from(value), offset), OK);
}

static void check_replayed(struct desk *d)
{
    CHECK_TEXT(got(d, "a"), "3");
    CHECK_TEXT(got(d, "b"), "");
    CHECK_TEXT(got(d, "c"), "5");
}

TEST(any_suffix_of_the_changelog_may_be_replayed_twice)
{
    static const char *const log[][2] = { { "a", "1" }, { "b", "2" }, { "a", "3" }, { "b", "" }, { "c", "5" } };
    for (int from = 0; from < 5; from++) {
        struct desk d;
        desk_make(&d);
        desk_open(&d);
        for (int i = 0; i < 5; i++) replay(&d, log[i][0], log[i][1], i);
        rest(&d, 1000);
        check_replayed(&d);
        for (int i = from; i < 5; i++) replay(&d, log[i][0], log[i][1], i);
        check_replayed(&d);
        rest(&d, 1000);
        check_replayed(&d);
        CHECK_INT(stats(&d).changelog_offset, 5);
        desk_drop(&d);
    }
}

TEST(a_record_without_a_table_is_refused)
{
    struct desk d;
    desk_make(&d);
    desk_open(&d);
    char large[STORE_KEY_MAX + 2] = { TABLE };
    CHECK_INT(lmdb_store_replay(d.lmdb, SLICE(""), SLICE("v"), 0), ERR_STATE_MALFORMED);
    CHECK_INT(lmdb_store_replay(d.lmdb, slice_of(large, sizeof large), SLICE("v"), 0), ERR_STATE_MALFORMED);
    CHECK_INT(lmdb_store_replay(d.lmdb, slice_of(large, sizeof large - 1), SLICE("v"), 0), OK);
    desk_drop(&d);
}

/* A changelog of so many records, read some at a time; those behind the last are control records. */
struct short_log { struct restore_log log; int64_t records, end; unsigned steps; };

static enum err read_some(struct restore_log *log, int64_t max_ms, restore_visit *visit, void *context,
                          int64_t *position)
{
    struct short_log *l = (struct short_log *)log;
    char key[8] = { TABLE };
    l->steps++;
    CHECK_INT(max_ms, 50);
    for (unsigned i = 0; i < 10 && *position < l->records; i++, ++*position) {
        key[1] = (char)('a' + *position % 7);
        TRY(visit(context, slice_of(key, 2), SLICE("v"), *position));
    }
    if (*position >= l->records) *position = l->end;
    return OK;
}

TEST(a_restore_goes_on_by_slices_until_the_high_watermark)
{
    struct desk d;
    struct short_log log = { { read_some }, 25, 30, 0 };
    struct restore r;
    bool done = false;
    desk_make(&d);
    desk_open(&d);
    restore_begin(&r, d.lmdb, &log.log, 0, 30);
    while (!done) CHECK_INT(restore_step(&r, 50, &done), OK);
    CHECK_INT(log.steps, 3);
    CHECK_INT(r.records, 25);
    CHECK_TEXT(got(&d, "g"), "v");
    rest(&d, 1000);
    CHECK_INT(stats(&d).changelog_offset, 30);
    restore_begin(&r, d.lmdb, &log.log, 30, 30);
    CHECK_INT(restore_step(&r, 50, &done), OK);
    CHECK(done);
    CHECK_INT(log.steps, 3);
    desk_drop(&d);
}

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

/* As a process leaves it that was killed between two parts of a save up to offset 150. */
static void leave_in_part(struct desk *d)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi meta;
    MDB_val key = { 7, "reaches" }, value = { 3, "150" };
    ASSERT(!mdb_env_create(&env) && !mdb_env_set_maxdbs(env, 2) && !mdb_env_open(env, path_of(d, "1"), 0, 0666));
    ASSERT(!mdb_txn_begin(env, NULL, 0, &txn) && !mdb_dbi_open(txn, "meta", 0, &meta)
           && !mdb_put(txn, meta, &key, &value, 0) && !mdb_txn_commit(txn));
    mdb_env_close(env);
}

TEST(rows_that_reach_beyond_the_changelog_are_not_used)
{
    for (int64_t high = 149; high <= 150; high++) {
        struct desk d;
        leave_saved(&d, false);
        leave_in_part(&d);
        d.high = high;
        check_discarded(&d, high == 149 ? STATE_OUTSIDE : STATE_KEPT, "reach");
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

TEST(what_three_processes_in_a_row_did_not_survive_is_discarded)
{
    struct desk d;
    leave_saved(&d, true);
    crash(&d, 2);
    CHECK_INT(desk_open(&d), STATE_KEPT);
    desk_close(&d, true);
    crash(&d, 3);
    check_discarded(&d, STATE_DAMAGED, "crashes");
}

TEST(what_lasted_is_counted_no_more)
{
    struct desk d;
    bool may_pull;
    leave_saved(&d, true);
    crash(&d, 2);
    CHECK_INT(desk_open(&d), STATE_KEPT);
    CHECK_INT(lmdb_stores_rest(&d.lmdb, 1, 0, d.now + 10000, &may_pull), OK);
    desk_close(&d, false);
    crash(&d, 3);
    check_discarded(&d, STATE_DAMAGED, "crashes");
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

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    ASSERT(waitpid(pid, NULL, 0) == pid);
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

/* --- saving ----------------------------------------------------------------------------------------------------- */

TEST(saves_when_the_time_has_come_when_half_the_room_is_taken_and_once_an_hour)
{
    struct desk d;
    char key[8];
    desk_make(&d);
    desk_open(&d);
    commit(&d, "a", "1", 1);
    rest(&d, 999);
    CHECK_INT(stats(&d).saves, 0);
    CHECK_INT(stats(&d).unsaved_keys, 1);
    rest(&d, 1);
    CHECK_INT(stats(&d).saves, 1);
    CHECK_INT(stats(&d).unsaved_keys, 0);
    CHECK_INT(stats(&d).saved_keys, 1);
    rest(&d, 5000);
    CHECK_INT(stats(&d).saves, 1);                  /* nothing new */
    commit(&d, "b", "1", 2);
    rest(&d, 0);
    CHECK_INT(stats(&d).saves, 2);                  /* the last one is long ago */
    for (unsigned i = 0; i < 49; i++) {
        snprintf(key, sizeof key, "k%u", i);
        commit(&d, key, "v", 3 + i);
    }
    CHECK_INT(lmdb_stores_rest(&d.lmdb, 1, 100, d.now, &d.may_pull), OK);
    CHECK_INT(stats(&d).saves, 2);
    commit(&d, "k49", "v", 52);
    CHECK_INT(lmdb_stores_rest(&d.lmdb, 1, 100, d.now, &d.may_pull), OK);
    CHECK_INT(stats(&d).saves, 3);
    CHECK(d.may_pull);
    rest(&d, HOUR - 1);
    CHECK_INT(stats(&d).saves, 3);
    rest(&d, 1);
    CHECK_INT(stats(&d).saves, 4);                  /* so that a quiet partition does not grow old */
    CHECK_INT(stats(&d).saved_at_unix_ms, d.now);
    commit(&d, "c", "1", 60);
    rest(&d, -2 * DAY);                             /* a clock that was set back delays nothing */
    CHECK_INT(stats(&d).saves, 5);
    desk_drop(&d);
}

/* A job that keeps the state writer busy until it is told to go on. */
struct blocker { struct state_job job; sem_t begun, go_on; };

static void block(struct state_job *job)
{
    struct blocker *b = (struct blocker *)job;
    ASSERT(sem_post(&b->begun) == 0 && sem_wait(&b->go_on) == 0);
}

static void block_writer(struct desk *d, struct blocker *b)
{
    *b = (struct blocker){ .job.run = block };
    ASSERT(sem_init(&b->begun, 0, 0) == 0 && sem_init(&b->go_on, 0, 0) == 0);
    state_writer_ask((struct state_writer *)d->options.writer, &b->job);
    ASSERT(sem_wait(&b->begun) == 0);
}

static void rest_until_saved(struct desk *d, uint64_t saves)
{
    WAIT_FOR(stats(d).saves >= saves, rest(d, 0));
    CHECK_INT(stats(d).saves, saves);
}

TEST(another_interval_holds_from_the_next_rest_on)
{
    struct desk d;
    desk_make(&d);
    desk_open(&d);
    commit(&d, "a", "1", 1);
    lmdb_store_set_save_interval(d.lmdb, 20);
    rest(&d, 19);
    CHECK_INT(stats(&d).saves, 0);
    rest(&d, 1);
    CHECK_INT(stats(&d).saves, 1);
    desk_drop(&d);
}

TEST(work_goes_on_over_what_is_being_saved_and_stops_at_the_bound)
{
    struct desk d;
    struct blocker b;
    desk_make(&d);
    CHECK_INT(state_writer_open(&d.options.writer), OK);
    desk_open(&d);
    commit(&d, "gone", "1", 1);
    commit(&d, "kept", "1", 2);
    rest(&d, 1000);
    rest_until_saved(&d, 1);
    block_writer(&d, &b);
    CHECK_INT(store_remove(d.store, TABLE, SLICE("gone")), OK);
    commit(&d, "kept", "2", 4);
    rest(&d, 1000);                                 /* frozen now */
    CHECK_TEXT(got(&d, "gone"), "");
    CHECK_TEXT(got(&d, "kept"), "2");
    CHECK_INT(store_remove(d.store, TABLE, SLICE("gone")), OK);
    CHECK_INT(store_remove(d.store, TABLE, SLICE("kept")), OK);
    CHECK_TEXT(got(&d, "kept"), "");
    store_drop(d.store);
    commit(&d, "new", "3", 5);
    CHECK_INT(lmdb_stores_rest(&d.lmdb, 1, 4, d.now, &d.may_pull), OK);
    CHECK(d.may_pull);                              /* two frozen, one unsaved */
    commit(&d, "newer", "3", 6);
    CHECK_INT(lmdb_stores_rest(&d.lmdb, 1, 4, d.now, &d.may_pull), OK);
    CHECK(!d.may_pull);
    CHECK_INT(stats(&d).changelog_offset, 2);
    ASSERT(sem_post(&b.go_on) == 0);
    rest_until_saved(&d, 2);
    CHECK_INT(stats(&d).changelog_offset, 4);
    CHECK_INT(lmdb_stores_rest(&d.lmdb, 1, 4, d.now, &d.may_pull), OK);
    CHECK(d.may_pull);
    CHECK_TEXT(got(&d, "gone"), "");
    CHECK_TEXT(got(&d, "newer"), "3");
    desk_close(&d, true);
    CHECK_INT(desk_open(&d), STATE_KEPT);
    CHECK_INT(d.opened.changelog_offset, 6);
    CHECK_TEXT(got(&d, "newer"), "3");
    lmdb_store_close(d.lmdb, false, d.now, 10000);
    d.lmdb = NULL;
    state_writer_close(d.options.writer);
    desk_drop(&d);
}

TEST(who_closes_does_not_wait_for_ever_and_what_is_under_way_ends_by_itself)
{
    struct desk d;
    struct blocker b;
    desk_make(&d);
    CHECK_INT(state_writer_open(&d.options.writer), OK);
    desk_open(&d);
    commit(&d, "a", "1", 1);
    block_writer(&d, &b);
    rest(&d, 1000);
    commit(&d, "a", "2", 2);
    CHECK(!lmdb_store_close(d.lmdb, true, d.now, 20));
    CHECK_INT(desk_open(&d), STATE_HELD);           /* until then it is not ours */
    CHECK(!lmdb_store_close(d.lmdb, false, d.now, 20));
    ASSERT(sem_post(&b.go_on) == 0);
    state_writer_close(d.options.writer);
    d.options.writer = NULL;
    CHECK_INT(unlink(path_of(&d, "2/data.mdb")) + unlink(path_of(&d, "2/owner")) + unlink(path_of(&d, "2/lock.mdb"))
                  + rmdir(path_of(&d, "2")),
              0);
    CHECK_INT(desk_open(&d), STATE_KEPT);           /* both saves were done */
    CHECK_INT(d.opened.changelog_offset, 2);
    CHECK_TEXT(got(&d, "a"), "2");
    desk_drop(&d);
}

/* --- no room ---------------------------------------------------------------------------------------------------- */

static void write_much(struct desk *d, unsigned from, unsigned count)
{
    char key[16], value[1000];
    memset(value, 'v', sizeof value);
    for (unsigned i = from; i < from + count; i++) {
        snprintf(key, sizeof key, "key%u", i);
        CHECK_INT(store_put(d->store, TABLE, slice_from(key), slice_of(value, sizeof value)), OK);
        store_merge(d->store, i + 1);
    }
}

/* Everything is there, nothing was saved, and there was one notice. */
static void check_stuck(struct desk *d, unsigned rows, int64_t saved_offset)
{
    char key[16];
    for (unsigned i = 0; i < rows; i++) {
        snprintf(key, sizeof key, "key%u", i);
        CHECK_INT(got(d, key).size, 1000);
    }
    CHECK(stats(d).is_failing && stats(d).failed_saves > 1);
    CHECK_INT(stats(d).changelog_offset, saved_offset);
    CHECK_INT(d->notices, 1);
    CHECK(d->notice[0]);
}

TEST(a_full_map_costs_nothing_but_the_saves_and_stops_pulling_at_the_bound)
{
    struct desk d;
    desk_make(&d);
    d.options.map_bytes = 128 << 10;
    desk_open(&d);
    write_much(&d, 0, 50);
    rest(&d, 1000);
    CHECK_INT(stats(&d).saves, 1);
    write_much(&d, 50, 150);
    rest(&d, 1000);
    write_much(&d, 200, 10);
    rest(&d, 10);                                   /* not at once again */
    CHECK_INT(stats(&d).failed_saves, 1);
    rest(&d, 1000);
    check_stuck(&d, 210, 50);
    CHECK(d.may_pull);
    CHECK_INT(lmdb_stores_rest(&d.lmdb, 1, 160, d.now, &d.may_pull), OK);
    CHECK(!d.may_pull);
    CHECK(!lmdb_store_close(d.lmdb, true, d.now, 10000));       /* not clean, and what was saved is what it was */
    d.options.map_bytes = 64 << 20;
    CHECK_INT(desk_open(&d), STATE_KEPT);
    CHECK_INT(d.opened.changelog_offset, 50);
    CHECK_INT(got(&d, "key49").size, 1000);
    CHECK_INT(got(&d, "key50").size, 0);
    desk_drop(&d);
}

TEST(a_map_that_does_not_hold_an_empty_environment_is_an_error)
{
    struct desk d;
    desk_make(&d);
    d.options.map_bytes = 4096;
    CHECK_INT(lmdb_store_open(&d.options, &d.identity, 0, 0, d.now, &d.lmdb, &d.opened), ERR_STATE_FULL);
    d.lmdb = NULL;
    desk_drop(&d);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    ASSERT(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = bytes ? bytes : limit.rlim_max;
    ASSERT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

TEST(a_disk_without_room_is_told_once_and_forgotten_when_there_is_room_again)
{
    struct desk d;
    signal(SIGXFSZ, SIG_IGN);
    desk_make(&d);
    desk_open(&d);
    write_much(&d, 0, 50);
    rest(&d, 1000);
    limit_files(256 << 10);
    write_much(&d, 50, 500);
    for (unsigned i = 0; i < 5; i++) rest(&d, 1000);
    check_stuck(&d, 550, 50);
    limit_files(0);
    rest(&d, 1000);
    CHECK(!stats(&d).is_failing);
    CHECK_INT(d.notices, 2);
    CHECK_INT(d.notice[0], 0);
    CHECK_INT(stats(&d).changelog_offset, 550);
    CHECK_INT(stats(&d).unsaved_keys, 0);
    desk_close(&d, true);
    CHECK_INT(desk_open(&d), STATE_KEPT);
    CHECK_INT(d.opened.changelog_offset, 550);
    CHECK_INT(got(&d, "key549").size, 1000);
    desk_drop(&d);
}

/* --- readers ---------------------------------------------------------------------------------------------------- */

TEST(a_reader_sees_what_was_saved_when_it_opened_while_the_service_goes_on)
{
    struct desk d;
    struct lmdb_reader *reader = NULL;
    struct slice value;
    desk_make(&d);
    CHECK_INT(lmdb_reader_open(d.dir, SLICE("payout"), 3, &reader), ERR_FILE_UNREADABLE);
    desk_open(&d);
    commit(&d, "a", "1", 10);
    rest(&d, 1000);
    CHECK_INT(lmdb_reader_open(d.dir, SLICE("payout"), 3, &reader), OK);
    commit(&d, "a", "2", 20);
    rest(&d, 1000);
    CHECK_TEXT(got(&d, "a"), "2");
    CHECK_INT(store_get(lmdb_reader_base(reader), TABLE, SLICE("a"), &value), OK);
    CHECK_TEXT(value, "1");
    const struct lmdb_reading *reading = lmdb_reader_reading(reader);
    CHECK_TEXT(slice_from(reading->meta.changelog), "payout.changelog.v1");
    CHECK_INT(reading->meta.partition, 3);
    CHECK_INT(reading->meta.changelog_offset, 10);
    CHECK_INT(reading->rows, 1);
    CHECK_INT(reading->generation, 1);
    lmdb_reader_close(reader);
    desk_drop(&d);
}

/* --- killed ----------------------------------------------------------------------------------------------------- */

enum { CRASH_KEYS = 400, CRASHES = 15, CRASHES_MAX = 300, CRASH_HIGH = 1 << 30 };

/* What transaction n does, the same in every process: some puts, some removals. Offsets are numbers of transactions. */
static void transact(unsigned n, void (*write)(void *context, unsigned key, unsigned value), void *context)
{
    uint64_t seed = 77 * n;
    for (unsigned i = 0; i < 20; i++) {
        unsigned key = (unsigned)(test_random(&seed) % CRASH_KEYS);
        write(context, key, test_random(&seed) % 4 ? n : 0);
    }
}

static void write_store(void *context, unsigned key, unsigned value)
{
    char name[600], text[16];
    memset(name, 'x', sizeof name);
    int size = key % 5 == 0 ? 520 : 0;              /* some longer than LMDB takes */
    size += snprintf(name + size, 16, "%u", key);
    int digits = snprintf(text, sizeof text, "%u", value);
    ASSERT(store_put(context, TABLE, slice_of(name, (size_t)size), slice_of(text, (size_t)digits)) == OK);
    if (!value) ASSERT(store_remove(context, TABLE, slice_of(name, (size_t)size)) == OK);
}

static void write_model(void *context, unsigned key, unsigned value)
{
    ((unsigned *)context)[key] = value;
}

struct sum { const unsigned *model; unsigned rows, wrong; };

static enum err compare(void *context, struct slice key, struct slice value)
{
    struct sum *sum = context;
    uint64_t number = CRASH_KEYS, has = 0;
    struct slice digits = key.size > 500 ? slice_skip(key, 520) : key;
    sum->rows++;
    if (!slice_to_uint(digits, CRASH_KEYS - 1, &number) || !slice_to_uint(value, UINT32_MAX, &has)
        || sum->model[number] != has)
        sum->wrong++;
    return OK;
}

/* The store is what the first n transactions make. */
static void check_state(struct store *store, unsigned n)
{
    unsigned model[CRASH_KEYS] = { 0 }, present = 0;
    struct sum sum = { .model = model };
    for (unsigned i = 1; i <= n; i++) transact(i, write_model, model);
    for (unsigned i = 0; i < CRASH_KEYS; i++) present += model[i] != 0;
    CHECK_INT(store_scan(store, TABLE, SLICE(""), SLICE(""), compare, &sum), OK);
    CHECK_INT(sum.rows, present);
    CHECK_INT(sum.wrong, 0);
}

/* Works until it is killed, saving as fast as it can. */
static void work(struct desk *d, unsigned from, _Atomic unsigned *committed)
{
    ASSERT(state_writer_open(&d->options.writer) == OK);
    desk_open(d);
    for (unsigned n = from + 1; ; n++) {
        transact(n, write_store, d->store);
        store_merge(d->store, n);
        atomic_store(committed, n);
        d->now += 1000;
        ASSERT(lmdb_stores_rest(&d->lmdb, 1, 0, d->now, &d->may_pull) == OK);
    }
}

/* True when the process was killed between two parts of a save. */
static bool is_in_part(const struct desk *d)
{
    struct lmdb_reader *reader;
    CHECK_INT(lmdb_reader_open(d->dir, SLICE("payout"), 3, &reader), OK);
    struct lmdb_meta meta = lmdb_reader_reading(reader)->meta;
    lmdb_reader_close(reader);
    CHECK(meta.reaches >= meta.changelog_offset);
    return meta.reaches > meta.changelog_offset;
}

struct crashes { _Atomic unsigned *committed; unsigned saved, in_part; };

static void crash_once(struct desk *d, uint64_t *seed, struct crashes *c)
{
    unsigned from = atomic_load(c->committed);
    pid_t pid = fork();
    ASSERT(pid >= 0);
    if (pid == 0) work(d, from, c->committed);
    WAIT_FOR(atomic_load(c->committed) >= from + 3);        /* it is at work */
    usleep((useconds_t)(test_random(seed) % 10000));
    end(pid);
    unsigned last = atomic_load(c->committed);
    bool in_part = is_in_part(d);
    CHECK_INT(desk_open(d), STATE_KEPT);
    CHECK(d->opened.changelog_offset >= c->saved && d->opened.changelog_offset <= last + 1);
    c->saved = (unsigned)d->opened.changelog_offset;
    c->in_part += in_part;
    if (!in_part) check_state(d->store, c->saved);  /* a prefix of what was committed, and the offset says which */
    for (unsigned n = c->saved + 1; n <= last; n++) {
        transact(n, write_store, d->store);
        store_merge(d->store, n);
    }
    check_state(d->store, last);
    desk_close(d, true);
    c->saved = last;
}

static void crash_often(size_t part_rows, bool wants_parts)
{
    struct desk d;
    uint64_t seed = test_seed();
    struct crashes c = { .committed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) };
    ASSERT((void *)c.committed != MAP_FAILED);
    desk_make(&d);
    d.high = CRASH_HIGH;
    d.options.part_rows = part_rows;
    desk_open(&d);
    desk_close(&d, true);
    for (unsigned i = 0; i < CRASHES || (wants_parts && c.in_part == 0 && i < CRASHES_MAX); i++)
        crash_once(&d, &seed, &c);
    CHECK(atomic_load(c.committed) > CRASHES);      /* else it proves nothing */
    CHECK_INT(c.in_part > 0, wants_parts);
    munmap((void *)c.committed, 4096);
    desk_drop(&d);
}

TEST(what_a_killed_process_left_is_a_prefix_of_what_it_committed_and_says_which)
{
    crash_often(0, false);
}

TEST(what_was_killed_in_the_midst_of_a_save_in_parts_is_whole_after_the_replay)
{
    crash_often(3, true);
}
