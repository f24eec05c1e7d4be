/* A changelog of packs: what is written can be read, compacted and restored, wherever a reader begins. */
#include "runtime/changelog.h"

#include "runtime/memory_store.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

enum { TABLE = 7, KEYS = 60, RECORDS_MAX = 60000, SLACK_BYTES = 2000 };

/* --- a log that is compacted as a broker does it ---------------------------------------------------------------- */

struct kept { struct slice key, value; bool is_gone; };

/* A sink of one partition, and what it has sent; an aborted transaction's records go. */
struct tape { struct sink sink; struct kept records[RECORDS_MAX]; unsigned count, committed, packs, alone; };

static struct slice keep(struct slice s)
{
    char *bytes = malloc(s.size + 1);
    if (s.size) memcpy(bytes, s.bytes, s.size);
    return slice_of(bytes, s.size);
}

static enum err tape_send(struct sink *sink, enum topic topic, int32_t partition, struct slice key, struct slice value,
                          const struct header *headers, unsigned header_count)
{
    struct tape *t = (struct tape *)sink;           /* its first member */
    (void)headers;
    CHECK(topic == TOPIC_PAYOUT_CHANGELOG && partition == 3 && header_count == 0 && t->count < RECORDS_MAX);
    *(key.bytes[0] == 0 ? &t->packs : &t->alone) += 1;
    t->records[t->count++] = (struct kept){ .key = keep(key), .value = keep(value) };
    return OK;
}

static const struct sink_ops tape_ops = { .send = tape_send };

static void forget(struct kept *r)
{
    free((void *)(uintptr_t)r->key.bytes);
    free((void *)(uintptr_t)r->value.bytes);
}

static void tape_abort(struct tape *t)
{
    while (t->count > t->committed) forget(&t->records[--t->count]);
}

static void tape_close(struct tape *t)
{
    for (unsigned i = 0; i < t->count; i++) forget(&t->records[i]);
    free(t);
}

static bool is_overtaken(const struct tape *t, unsigned at, unsigned end)
{
    for (unsigned i = at + 1; i < end; i++)
        if (!t->records[i].is_gone && slice_equal(t->records[i].key, t->records[at].key)) return true;
    return false;
}

/* The broker's cleaner: of the records before `end` the last of each key stays; nulls before `tombs` go, too. */
static void compact(struct tape *t, unsigned end, unsigned tombs)
{
    for (unsigned i = 0; i < end; i++)
        if (!t->records[i].is_gone && is_overtaken(t, i, end)) t->records[i].is_gone = true;
    for (unsigned i = 0; i < tombs; i++)
        if (t->records[i].value.size == 0) t->records[i].is_gone = true;
}

/* --- words of the tests ----------------------------------------------------------------------------------------- */

struct desk { struct tape *tape; struct changelog changelog; struct memory_store *memory; struct store *store; };

static void desk_open(struct desk *d, size_t slack_bytes)
{
    *d = (struct desk){ .tape = calloc(1, sizeof *d->tape), .changelog = { .slack_bytes = slack_bytes } };
    d->tape->sink.ops = &tape_ops;
    d->memory = memory_store_open(NULL);
    d->store = memory_store_base(d->memory);
}

static void desk_close(struct desk *d)
{
    changelog_close(&d->changelog);
    memory_store_close(d->memory);
    tape_close(d->tape);
}

static void put(struct desk *d, uint8_t table, const char *key, struct slice value)
{
    CHECK(value.size ? store_put(d->store, table, slice_from(key), value) == OK
                     : store_remove(d->store, table, slice_from(key)) == OK);
}

static void write(struct desk *d)
{
    struct changelog_place place = { &d->tape->sink, TOPIC_PAYOUT_CHANGELOG, 3 };
    CHECK(changelog_write(&d->changelog, d->store, &place) == OK);
}

static void commit(struct desk *d)
{
    write(d);
    store_merge(d->store, 0);
    d->tape->committed = d->tape->count;
}

static void replay(const struct tape *t, unsigned from, struct memory_store *m)
{
    for (unsigned i = from; i < t->count; i++)
        if (!t->records[i].is_gone) CHECK(memory_store_take(m, t->records[i].key, t->records[i].value) == OK);
    store_merge(memory_store_base(m), 0);
}

struct comparison { struct store *other; uint8_t table; unsigned rows, different; };

static enum err compare_row(void *context, struct slice key, struct slice value)
{
    struct comparison *c = context;
    struct slice other;
    CHECK(store_get(c->other, c->table, key, &other) == OK);
    c->rows++;
    if (!slice_equal(value, other)) c->different++;
    return OK;
}

static unsigned rows_of(struct store *s, struct store *other, unsigned *different)
{
    struct comparison c = { .other = other };
    for (unsigned table = 0; table < STORE_TABLES_MAX; table++) {
        c.table = (uint8_t)table;
        CHECK(store_scan(s, c.table, (struct slice){ 0 }, (struct slice){ 0 }, compare_row, &c) == OK);
    }
    *different = c.different;
    return c.rows;
}

static bool is_same(struct memory_store *a, struct memory_store *b)
{
    unsigned there, back, rows = rows_of(memory_store_base(a), memory_store_base(b), &there);
    return rows == rows_of(memory_store_base(b), memory_store_base(a), &back) && there == 0 && back == 0;
}

static bool restores(const struct desk *d)
{
    struct memory_store *m = memory_store_open(NULL);
    replay(d->tape, 0, m);
    bool same = is_same(m, d->memory);
    memory_store_close(m);
    return same;
}

static struct slice filled(char *buffer, size_t size, char with)
{
    memset(buffer, with, size);
    return slice_of(buffer, size);
}

/* --- writing and reading ---------------------------------------------------------------------------------------- */

TEST(the_rows_of_a_transaction_share_a_record)
{
    struct desk d;
    char key[16];
    desk_open(&d, 0);
    for (unsigned i = 0; i < 200; i++) {
        snprintf(key, sizeof key, "k%u", i);
        put(&d, (uint8_t)(1 + i % 9), key, SLICE("\1value"));
    }
    commit(&d);
    CHECK_INT(d.tape->packs, 1);
    CHECK_INT(d.tape->alone, 0);
    CHECK(restores(&d));
    desk_close(&d);
}

TEST(a_transaction_that_changes_nothing_writes_nothing)
{
    struct desk d;
    desk_open(&d, 0);
    commit(&d);
    put(&d, TABLE, "came and went", SLICE("\1value"));
    put(&d, TABLE, "came and went", (struct slice){ 0 });
    commit(&d);
    CHECK_INT(d.tape->count, 0);
    desk_close(&d);
}

TEST(an_announcement_says_nothing_wherever_it_stands)
{
    struct desk d;
    desk_open(&d, 0);
    struct changelog_place place = { &d.tape->sink, TOPIC_PAYOUT_CHANGELOG, 3 };
    CHECK(changelog_announce(&place) == OK);
    put(&d, TABLE, "a", SLICE("\1value"));
    commit(&d);
    CHECK(changelog_announce(&place) == OK);        /* of a transaction that changed nothing */
    commit(&d);
    CHECK_INT(d.tape->count, 3);
    CHECK_TEXT(d.tape->records[0].key, "\0\0\0\0\0\0\0\0\0");
    CHECK(slice_equal(d.tape->records[0].key, d.tape->records[2].key));     /* the later one is left by compaction */
    CHECK_INT(d.tape->records[2].value.size, 0);
    CHECK(restores(&d));
    desk_close(&d);
}

TEST(a_row_is_removed_in_its_pack_and_under_its_own_key)
{
    struct desk d;
    desk_open(&d, 0);
    put(&d, TABLE, "a", SLICE("\1value"));
    put(&d, TABLE, "b", SLICE("\1value"));
    commit(&d);
    put(&d, TABLE, "a", (struct slice){ 0 });
    commit(&d);
    CHECK_INT(d.tape->packs, 2);
    CHECK_INT(d.tape->alone, 1);
    CHECK_TEXT(d.tape->records[1].key, "\7a");
    CHECK_INT(d.tape->records[1].value.size, 0);
    CHECK(restores(&d));
    d.tape->records[1].is_gone = true;              /* delete.retention.ms is over, the older pack is still there */
    CHECK(restores(&d));
    desk_close(&d);
}

TEST(a_row_of_16_KiB_is_packed_and_a_larger_one_stands_alone)
{
    static char buffer[CHANGELOG_ROW_MAX + 1];
    struct desk d;
    desk_open(&d, 0);
    put(&d, TABLE, "at", filled(buffer, CHANGELOG_ROW_MAX, 'x'));
    put(&d, TABLE, "above", filled(buffer, CHANGELOG_ROW_MAX + 1, 'y'));
    commit(&d);
    CHECK_INT(d.tape->packs, 1);
    CHECK_INT(d.tape->alone, 1);
    CHECK(restores(&d));
    put(&d, TABLE, "above", SLICE("\1small"));
    put(&d, TABLE, "at", filled(buffer, CHANGELOG_ROW_MAX + 1, 'z'));
    commit(&d);
    CHECK(restores(&d));
    desk_close(&d);
}

TEST(a_pack_ends_before_it_is_too_large)
{
    static char buffer[CHANGELOG_ROW_MAX];
    struct desk d;
    char key[16];
    desk_open(&d, 0);
    for (unsigned i = 0; i < 9; i++) {
        snprintf(key, sizeof key, "k%u", i);
        put(&d, TABLE, key, filled(buffer, sizeof buffer, (char)('a' + i)));
    }
    commit(&d);
    CHECK_INT(d.tape->packs, 3);                    /* three of 16 KiB and what heads them are in one */
    for (unsigned i = 0; i < d.tape->count; i++) CHECK(d.tape->records[i].value.size <= CHANGELOG_PACK_BYTES + 1024);
    CHECK(restores(&d));
    desk_close(&d);
}

TEST(records_of_one_row_that_were_written_before_there_were_packs_are_read)
{
    struct memory_store *m = memory_store_open(NULL);
    struct slice value;
    CHECK(memory_store_take(m, SLICE("\7key"), SLICE("\1value")) == OK);
    CHECK(store_get(memory_store_base(m), TABLE, SLICE("key"), &value) == OK);
    CHECK_TEXT(value, "\1value");
    CHECK(memory_store_take(m, SLICE("\7key"), (struct slice){ 0 }) == OK);
    CHECK(store_get(memory_store_base(m), TABLE, SLICE("key"), &value) == OK && value.size == 0);
    memory_store_close(m);
}

static enum err take_any(void *context, uint8_t table, struct slice key, struct slice value)
{
    (void)table, (void)key, (void)value;
    ++*(unsigned *)context;
    return OK;
}

TEST(what_is_no_record_of_ours_is_refused)
{
    static const struct slice pack_key = SLICE_INIT("\0\0\0\0\0\0\0\0\1");
    static const struct slice wrong[] = {
        SLICE_INIT("\2"),                           /* another version */
        SLICE_INIT("\1\7"),                         /* half a head */
        SLICE_INIT("\1\7\0\4\0\0\0\0key"),          /* a key beyond the end */
        SLICE_INIT("\1\7\0\3\0\0\0\2key\1"),        /* a value beyond the end */
        SLICE_INIT("\1\7\xff\xff\0\0\0\0key"),      /* a key beyond STORE_KEY_MAX */
        SLICE_INIT("\1\7\0\3\xff\xff\xff\xffkey\1"),
    };
    unsigned rows = 0;
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK_INT(changelog_each(pack_key, wrong[i], take_any, &rows), ERR_STATE_MALFORMED);
    CHECK_INT(changelog_each((struct slice){ 0 }, SLICE("\1value"), take_any, &rows), ERR_STATE_MALFORMED);
    CHECK_INT(changelog_each(SLICE("\0\1"), SLICE("\1"), take_any, &rows), ERR_STATE_MALFORMED);
    CHECK_INT(rows, 0);
    CHECK_INT(changelog_each(pack_key, SLICE("\1\7\0\3\0\0\0\2key\1v\7\0\1\0\0\0\0k"), take_any, &rows), OK);
    CHECK_INT(rows, 2);
    CHECK_INT(changelog_each(pack_key, (struct slice){ 0 }, take_any, &rows), OK);     /* given up */
    CHECK_INT(rows, 2);
}

/* --- compaction ------------------------------------------------------------------------------------------------- */

static void change(struct desk *d, uint64_t *seed)
{
    static char buffer[CHANGELOG_ROW_MAX + 200];
    char key[16];
    uint64_t r = test_random(seed);
    size_t size = r % 40 == 0 ? CHANGELOG_ROW_MAX + r / 64 % 200 : r % 7 == 0 ? 0 : 1 + r / 64 % 900;
    snprintf(key, sizeof key, "k%02u", (unsigned)(r / 4096 % KEYS));
    put(d, (uint8_t)(1 + r / 8192 % 3 * 127), key, filled(buffer, size, (char)('a' + r / 128 % 26)));
}

static unsigned packs_left(const struct tape *t)
{
    unsigned count = 0;
    for (unsigned i = 0; i < t->count; i++)
        count += !t->records[i].is_gone && t->records[i].key.bytes[0] == 0 && t->records[i].value.size > 0;
    return count;
}

/* Tables that were saved at a record, and what they are good for: they miss no removal for as long as nulls after it
 * are kept. */
struct saved { struct memory_store *tables; unsigned at; };

static void save(const struct desk *d, struct saved *s)
{
    if (s->tables) memory_store_close(s->tables);
    *s = (struct saved){ memory_store_open(NULL), d->tape->count };
    replay(d->tape, 0, s->tables);
}

static void check_saved(const struct desk *d, const struct saved *s)
{
    replay(d->tape, s->at, s->tables);
    CHECK(is_same(s->tables, d->memory));
}

static void live_a_while(struct desk *d, uint64_t *seed, unsigned transactions)
{
    for (unsigned i = 0; i < transactions; i++) {
        for (unsigned n = test_random(seed) % 12; n > 0; n--) change(d, seed);
        if (test_random(seed) % 5) {
            commit(d);
            continue;
        }
        write(d);                                   /* and this transaction aborts */
        store_drop(d->store);
        tape_abort(d->tape);
    }
}

TEST(a_compacted_changelog_restores_the_same_state_and_stays_bounded)
{
    uint64_t seed = test_seed();
    struct desk d;
    struct saved saved = { 0 };
    desk_open(&d, SLACK_BYTES);
    for (unsigned round = 0; round < 60; round++) {
        live_a_while(&d, &seed, 25);
        unsigned end = d.tape->count - test_random(&seed) % 20 % (d.tape->count + 1);
        compact(d.tape, end, saved.at < end ? saved.at : end);
        CHECK(restores(&d));
        if (saved.tables) check_saved(&d, &saved);
        save(&d, &saved);
    }
    compact(d.tape, d.tape->count, 0);
    CHECK(packs_left(d.tape) < d.tape->packs / 4);
    CHECK(d.tape->packs > 500);
    memory_store_close(saved.tables);
    desk_close(&d);
}

TEST(without_slack_for_a_pass_no_pack_is_given_up)
{
    uint64_t seed = test_seed();
    struct desk d;
    desk_open(&d, SIZE_MAX);
    live_a_while(&d, &seed, 200);
    for (unsigned i = 0; i < d.tape->count; i++)
        CHECK(d.tape->records[i].key.bytes[0] != 0 || d.tape->records[i].value.size > 0);
    desk_close(&d);
}
