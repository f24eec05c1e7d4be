/* The life of a partition's state on disk: what is kept over a restart, when it is saved, what happens when there is no
 * room. What it does as a store: test_store.c. */
#include "lmdb_rig.h"

#include "base/assert.h"
#include "runtime/lmdb_reader.h"
#include "runtime/restore.h"

#include <semaphore.h>
#include <sys/resource.h>

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

/* A changelog of so many records, read some at a time; those after the last are control records. */
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
    metrics_reset();
    d.options.save_seconds = METRIC_SOLE(METRIC_STATE_SAVE_SECONDS);
    d.options.save_failures = METRIC_SOLE(METRIC_STATE_SAVE_FAILURES);
    desk_open(&d);
    write_much(&d, 0, 50);
    rest(&d, 1000);
    CHECK_INT(stats(&d).saves, 1);
    write_much(&d, 50, 150);
    rest(&d, 1000);
    write_much(&d, 200, 10);
    rest(&d, 10);                                   /* not at once again */
    CHECK_INT(stats(&d).failed_saves, 1);
    CHECK_INT(metric_value(d.options.save_failures), 1);
    rest(&d, 1000);
    check_stuck(&d, 210, 50);
    CHECK_INT(metric_value(d.options.save_failures), stats(&d).failed_saves);
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
    uint32_t schema = 0;
    struct slice value;
    desk_make(&d);
    CHECK_INT(lmdb_reader_open(d.dir, SLICE("payout"), 3, &reader, &schema), ERR_FILE_UNREADABLE);
    desk_open(&d);
    commit(&d, "a", "1", 10);
    rest(&d, 1000);
    CHECK_INT(lmdb_reader_open(d.dir, SLICE("payout"), 3, &reader, &schema), OK);
    CHECK_INT(schema, STATE_SCHEMA_VERSION);
    commit(&d, "a", "2", 20);
    rest(&d, 1000);
    CHECK_TEXT(got(&d, "a"), "2");
    CHECK_INT(store_get(lmdb_reader_base(reader), TABLE, SLICE("a"), &value), OK);
    CHECK_TEXT(value, "1");
    const struct lmdb_reading *reading = lmdb_reader_reading(reader);
    CHECK_TEXT(slice_from(reading->meta.changelog), "payout.changelog.v1");
    CHECK_INT(reading->meta.partition, 3);
    CHECK_INT(reading->meta.changelog_offset, 10);
    CHECK_INT(lmdb_reader_count(reader), 1);
    CHECK_INT(reading->generation, 1);
    lmdb_reader_close(reader);
    desk_drop(&d);
}
