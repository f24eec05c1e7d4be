/* Saved tables as people see them: the same balances as at the end of the run that made them, rows of a table,
 * environments, and the comparison with a changelog. */
#include "claimctl/balances.h"
#include "claimctl/command.h"
#include "claimctl/run_feed.h"
#include "claimctl/state_places.h"
#include "claimctl/state_verify.h"

#include "runtime/lmdb_store.h"
#include "support/scratch.h"
#include "support/test.h"

#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <unistd.h>

enum { WORDS_MAX = 12, OUTPUT_BYTES = 8 << 20, NOW = 1775725200 };

/* --- a run, and its state as services would have saved it ------------------------------------------------------- */

static char dir[SCRATCH_PATH_MAX];
static struct run_options options;
static struct run_engine engine;

static struct lmdb_store *open_saved(const struct stage *stage, int32_t partition, int32_t partitions)
{
    struct lmdb_options o = { .dir = dir, .map_bytes = 256 << 20 };
    struct state_identity i = { .cluster_id = SLICE("cluster"),
                                .stage = slice_from(stage->name),
                                .changelog = topic_row(stage->changelog)->name,
                                .partition = partition,
                                .partition_count = partitions,
                                .schema_version = STATE_SCHEMA_VERSION };
    struct lmdb_store *s = NULL;
    struct lmdb_opened opened;
    CHECK_INT(lmdb_store_open(&o, &i, 0, 1000, NOW * 1000ll, &s, &opened), OK);
    return s;
}

struct copying { struct store *to; uint8_t table; };

static enum err copy_row(void *context, struct slice key, struct slice value)
{
    struct copying *c = context;
    return store_put(c->to, c->table, key, value);
}

static void save_partition(enum run_stage stage, int32_t partition)
{
    struct lmdb_store *s = open_saved(run_engine_stage(stage), partition, embedded_partitions(engine.engine));
    struct copying c = { .to = lmdb_store_base(s) };
    for (unsigned table = 0; table < STORE_TABLES_MAX; table++) {
        c.table = (uint8_t)table;
        CHECK_INT(
            store_scan(embedded_store(engine.engine, stage, partition), c.table, SLICE(""), SLICE(""), copy_row, &c),
            OK);
    }
    store_merge(c.to, 100 + partition);
    CHECK(lmdb_store_close(s, true, NOW * 1000ll, 10000));
}

static void run_and_save(void)
{
    struct run_feed feed = { .engine = &engine };
    scratch_make(dir);
    options = run_options_default("deploy/sample/first-hour");
    CHECK_INT(run_engine_open(&engine, &options), EXIT_DONE);
    CHECK_INT(run_feed_all(&feed), EXIT_DONE);
    for (enum run_stage s = 0; s < RUN_STAGE_COUNT; s++)
        for (int32_t p = 0; p < embedded_partitions(engine.engine); p++) save_partition(s, p);
}

static void end_run(void)
{
    run_engine_close(&engine);
    scratch_remove(dir);
}

/* --- what a command prints -------------------------------------------------------------------------------------- */

static struct slice read_all(const char *path)
{
    char *bytes = arena_alloc(test_arena(), OUTPUT_BYTES);
    int fd = open(path, O_RDONLY);
    ssize_t size = read(fd, bytes, OUTPUT_BYTES);
    close(fd);
    return slice_of(bytes, size > 0 ? (size_t)size : 0);
}

/* Runs `claimctl state` with words; the folder goes behind them. What it writes to one of its outputs is answered. */
static struct slice state_says(int want, const char *words, FILE *stream)
{
    char path[300], line[256], *argv[WORDS_MAX + 4], *rest = NULL;
    int argc = 0, kept, file;
    snprintf(line, sizeof line, "state %s", words);
    for (char *word = strtok_r(line, " ", &rest); word && argc < WORDS_MAX; word = strtok_r(NULL, " ", &rest))
        argv[argc++] = word;
    argv[argc++] = (char[]){ "--state-dir" };
    argv[argc++] = dir;
    argv[argc] = NULL;
    snprintf(path, sizeof path, "%s/output", dir);
    fflush(stream);
    kept = dup(fileno(stream));
    file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
    dup2(file, fileno(stream));
    close(file);
    int code = claimctl_state(argc, argv);
    fflush(stream);
    dup2(kept, fileno(stream));
    close(kept);
    CHECK_INT(code, want);
    return read_all(path);
}

static struct slice state(int want, const char *words)
{
    return state_says(want, words, stdout);
}

static unsigned count_lines(struct slice text)
{
    unsigned lines = 0;
    for (size_t i = 0; i < text.size; i++) lines += text.bytes[i] == '\n';
    return lines;
}

static bool contains(struct slice text, const char *part)
{
    return memmem(text.bytes, text.size, part, strlen(part)) != NULL;
}

/* --- tests ------------------------------------------------------------------------------------------------------ */

static struct slice balances_of(const struct balances_source *source)
{
    char path[300];
    struct output out;
    snprintf(path, sizeof path, "%s/balances", dir);
    CHECK_INT(output_open(&out, path), OK);
    CHECK_INT(source ? balances_write_of(source, &out) : balances_write(&engine, &out), OK);
    CHECK(output_close(&out));
    return read_all(path);
}

TEST(saved_tables_show_the_balances_of_the_run_that_made_them)
{
    static struct state_places places;
    struct store *payout[64] = { 0 }, *compliance[64] = { 0 };
    run_and_save();
    places = (struct state_places){ .partition = -1 };
    CHECK_INT(state_places_open(&places, dir), OK);
    CHECK_INT(places.count, 3 * embedded_partitions(engine.engine));
    for (unsigned i = 0; i < places.count; i++) {
        if (strcmp(places.places[i].stage, "payout") == 0)
            payout[places.places[i].partition] = lmdb_reader_base(places.places[i].reader);
        if (strcmp(places.places[i].stage, "compliance") == 0)
            compliance[places.places[i].partition] = lmdb_reader_base(places.places[i].reader);
    }
    struct balances_source source = { payout, compliance, 64, instant_date(embedded_now(engine.engine), 0), { 0 } };
    struct slice expected = balances_of(NULL), saved = balances_of(&source);
    CHECK(count_lines(expected) > 10);
    CHECK_SLICE(saved, expected);
    state_places_close(&places);
    CHECK_INT(count_lines(state(EXIT_DONE, "show")), count_lines(expected));
    end_run();
}

TEST(environments_are_listed_with_what_they_are_good_for)
{
    run_and_save();
    struct slice all = state(EXIT_DONE, "list --format jsonl");
    CHECK_INT(count_lines(all), 3 * embedded_partitions(engine.engine));
    CHECK(contains(all, "{\"stage\":\"payout\",\"partition\":3,"));
    CHECK(
        contains(all, "\"changelog_offset\":103,\"saved_at\":\"2026-04-09T09:00:00Z\",\"left\":\"clean\",\"changelog\":"
                      "\"payout.changelog.v1\",\"cluster_id\":\"cluster\",\"generation\":1}"));
    CHECK_INT(count_lines(state(EXIT_DONE, "list --stage payout --partition 3 --format tsv")), 2);
    CHECK_INT(state(EXIT_NOT_FOUND, "list --stage billing --format jsonl").size, 0);
    struct lmdb_store *used = open_saved(run_engine_stage(RUN_PAYOUT), 3, embedded_partitions(engine.engine));
    CHECK(contains(state(EXIT_DONE, "list --stage payout --partition 3 --format jsonl"), "\"left\":\"in use\""));
    lmdb_store_close(used, true, NOW * 1000ll, 10000);
    end_run();
}

/* Tables as a former program left them: of its schema, and without a database that ours has. */
static void make_former(const char *path)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi meta, filters;
    MDB_val key = { 14, (char[]){ "schema_version" } }, value = { 1, (char[]){ "1" } };
    CHECK_INT(mdb_env_create(&env), 0);
    CHECK_INT(mdb_env_set_maxdbs(env, 8), 0);
    CHECK_INT(mdb_env_open(env, path, 0, 0666), 0);
    CHECK_INT(mdb_txn_begin(env, NULL, 0, &txn), 0);
    CHECK_INT(mdb_dbi_open(txn, "meta", 0, &meta), 0);
    CHECK_INT(mdb_put(txn, meta, &key, &value, 0), 0);
    CHECK_INT(mdb_dbi_open(txn, "filters", 0, &filters), 0);
    CHECK_INT(mdb_drop(txn, filters, 1), 0);
    CHECK_INT(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

TEST(tables_of_another_schema_are_named_with_it_and_with_what_to_do)
{
    char path[SCRATCH_PATH_MAX + 32];
    scratch_make(dir);
    CHECK(lmdb_store_close(open_saved(run_engine_stage(RUN_PAYOUT), 0, 1), true, NOW * 1000ll, 10000));
    snprintf(path, sizeof path, "%s/payout/p000/1", dir);
    make_former(path);
    struct slice said = state_says(EXIT_FAILED, "list", stderr);
    CHECK(contains(said, "error[STATE_OUTDATED 4203]: payout/p000: its tables are of schema 1, and this claimctl "
                         "reads schema 3\n"));
    CHECK(contains(said, "rebuilds them from its changelog when it starts"));
    scratch_remove(dir);
}

/* What a disk does that loses track: some bytes of every page behind the first four, in the midst of its head. */
static void break_pages(const char *stage, int32_t partition)
{
    char path[SCRATCH_PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s/p%03d/1/data.mdb", dir, stage, partition);
    int fd = open(path, O_RDWR);
    CHECK(fd >= 0);
    off_t size = lseek(fd, 0, SEEK_END);
    for (off_t page = 4 * 4096; page < size; page += 4096)
        CHECK_INT(pwrite(fd, "\xde\xad\xbe\xef\xff\xff\xff\x7f\xff\xff\xff\xff\x01\x02\x03\x04", 16, page + 10), 16);
    close(fd);
}

/* Pages that can be read, and a row less than the list of the runs says. */
static void lose_a_row(const char *stage, int32_t partition)
{
    char path[SCRATCH_PATH_MAX + 64];
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi run;
    MDB_cursor *cursor;
    MDB_val key, value;
    snprintf(path, sizeof path, "%s/%s/p%03d/1", dir, stage, partition);
    CHECK_INT(mdb_env_create(&env), 0);
    CHECK_INT(mdb_env_set_maxdbs(env, 80), 0);
    CHECK_INT(mdb_env_open(env, path, 0, 0666), 0);
    CHECK_INT(mdb_txn_begin(env, NULL, 0, &txn), 0);
    CHECK_INT(mdb_dbi_open(txn, "run00", 0, &run), 0);
    CHECK_INT(mdb_cursor_open(txn, run, &cursor), 0);
    CHECK_INT(mdb_cursor_get(cursor, &key, &value, MDB_LAST), 0);
    CHECK_INT(mdb_cursor_del(cursor, 0), 0);
    CHECK_INT(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static int32_t partition_with_rows(const char *stage)
{
    char words[64];
    for (int32_t p = 0; p < embedded_partitions(engine.engine); p++) {
        snprintf(words, sizeof words, "list --stage %s --partition %d --format jsonl", stage, p);
        if (!contains(state(EXIT_DONE, words), "\"rows\":0,")) return p;
    }
    CHECK(!"a partition of the stage has rows");
    return 0;
}

TEST(damaged_tables_are_named_and_the_others_shown)
{
    char said[96], row[96];
    run_and_save();
    int32_t broken = partition_with_rows("payout"), short_of_one = partition_with_rows("compliance");
    break_pages("payout", broken);
    lose_a_row("compliance", short_of_one);
    struct slice all = state(EXIT_FAILED, "list --format jsonl");
    CHECK_INT(count_lines(all), 3 * embedded_partitions(engine.engine));
    snprintf(row, sizeof row, "{\"stage\":\"payout\",\"partition\":%d,\"left\":\"damaged\"}", broken);
    CHECK(contains(all, row));
    snprintf(row, sizeof row, "{\"stage\":\"compliance\",\"partition\":%d,\"left\":\"damaged\"}", short_of_one);
    CHECK(contains(all, row));
    snprintf(said, sizeof said, "error[STATE_MALFORMED 4201]: payout/p%03d: damaged: ", broken);
    CHECK(contains(state_says(EXIT_FAILED, "list", stderr), said));
    CHECK(contains(state_says(EXIT_FAILED, "show", stderr), said));
    CHECK(contains(state_says(EXIT_FAILED, "show --table lines --stage payout", stderr), said));
    end_run();
}

TEST(rows_of_a_table_are_shown_member_by_member)
{
    run_and_save();
    struct slice lines = state(EXIT_DONE, "show --table lines --stage payout");
    CHECK(count_lines(lines) > 10);
    CHECK(contains(lines, "\"table\":\"lines\",\"partner_root_id\":\""));
    struct slice agreements = state(EXIT_DONE, "show --table agreement_line");
    CHECK(count_lines(agreements) > 0);
    CHECK(contains(agreements, "\"authorised_milli\":"));
    struct slice serials = state(EXIT_DONE, "show --table keys --stage compliance");
    CHECK(contains(serials, "\"key\":[\"") && contains(serials, "\"bytes\":"));
    CHECK(contains(state(EXIT_DONE, "show --table waiting"), "\"line_id\":\""));
    struct slice one = slice_skip(
        agreements,
        (size_t)((char *)memmem(agreements.bytes, agreements.size, "root_id\":\"", 10) - agreements.bytes) + 10);
    char words[128];
    snprintf(words, sizeof words, "show --table agreement_line --partner %.*s",
             SLICE_ARGS(slice_head(one, slice_find(one, '"'))));
    struct slice of_one = state(EXIT_DONE, words);
    CHECK(count_lines(of_one) > 0 && count_lines(of_one) <= count_lines(agreements));
    state(EXIT_USAGE, "show --table nonsense");
    end_run();
}

TEST(what_cannot_be_asked_is_refused)
{
    scratch_make(dir);
    state(EXIT_USAGE, "dance");
    state(EXIT_USAGE, "list --partition x");
    state(EXIT_USAGE, "list more");
    state(EXIT_NOT_FOUND, "list");
    scratch_remove(dir);
    state(EXIT_NOT_FOUND, "list");
}

/* --- against a changelog ---------------------------------------------------------------------------------------- */

static void add(struct state_fold *f, const char *key, const char *value, int64_t offset)
{
    char bytes[16] = { 7 };
    size_t size = strlen(key);
    memcpy(bytes + 1, key, size);
    CHECK_INT(state_fold_add(f, slice_of(bytes, 1 + size), slice_from(value), offset), OK);
}

TEST(tables_are_compared_with_what_their_changelog_says_up_to_their_offset)
{
    struct state_fold *f = state_fold_open(10);
    struct state_differences d;
    scratch_make(dir);
    struct lmdb_store *tables = open_saved(run_engine_stage(RUN_PAYOUT), 0, 1);
    struct store *s = lmdb_store_base(tables);
    add(f, "same", "old", 0);
    add(f, "same", "1", 1);
    add(f, "gone", "1", 2);
    add(f, "gone", "", 3);
    add(f, "missing", "1", 4);
    add(f, "other", "1", 5);
    add(f, "written later", "1", 10);
    add(f, "removed", "1", 6);
    add(f, "removed", "", 11);
    CHECK_INT(state_fold_add(f, SLICE(""), SLICE(""), 12), ERR_STATE_MALFORMED);
    CHECK_INT(store_put(s, 7, SLICE("same"), SLICE("1")), OK);
    CHECK_INT(store_put(s, 7, SLICE("other"), SLICE("2")), OK);
    CHECK_INT(store_put(s, 7, SLICE("unknown"), SLICE("2")), OK);
    CHECK_INT(store_put(s, 7, SLICE("written later"), SLICE("0")), OK);     /* its record is gone from the log */
    CHECK_INT(state_fold_compare(f, s, &d), OK);
    CHECK_INT(d.equal, 1);
    CHECK_INT(d.missing, 1);
    CHECK_INT(d.unknown, 1);
    CHECK_INT(d.other, 1);
    CHECK_INT(d.skipped, 2);
    CHECK(!state_differences_none(&d));
    CHECK_INT(state_verify_topic("eu.payout.changelog.v1"), TOPIC_PAYOUT_CHANGELOG);
    CHECK_INT(state_verify_topic("payouts.v1"), TOPIC_NONE);
    CHECK_INT(state_verify_topic("partners.v1"), TOPIC_NONE);
    state_fold_close(f);
    lmdb_store_close(tables, false, NOW * 1000ll, 10000);
    scratch_remove(dir);
}
