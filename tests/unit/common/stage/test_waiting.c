/* Waiting lines in the store: kept once, found by datum oldest first, by time, and gone without a trace. */
#include "stage/waiting.h"

#include "runtime/memory_store.h"
#include "stage/wake.h"
#include "support/test.h"

static struct memory_store *memory;
static struct store *store;

static void open_store(void)
{
    memory = memory_store_open(NULL);
    store = memory_store_base(memory);
}

static void keep(const char *line, const char *on, int64_t received, int64_t acts_at)
{
    struct waiting_row row = { .line_id = slice_from(line),
                               .outcome = OUTCOME_PARK,
                               .on = slice_from(on),
                               .received_at_unix_ms = received,
                               .kept_at_unix_ms = 5,
                               .acts_at_unix_ms = acts_at,
                               .dossier = SLICE("dossier") };
    CHECK(waiting_keep(store, test_arena(), &row) == OK);
}

/* The lines a cursor gives, in its order. */
static const char *waiting_on(const char *datum)
{
    static char text[512];
    struct text t = text_over(text, sizeof text - 1);
    struct waiting_cursor *c = ARENA_NEW(test_arena(), struct waiting_cursor);
    waiting_cursor_init(c, slice_from(datum));
    for (struct slice line; waiting_next(store, test_arena(), c, &line) == OK && line.size; ) {
        text_put(&t, line);
        PUT(&t, " ");
    }
    text[t.size] = 0;
    return text;
}
#define CHECK_WAITING(datum, literal) CHECK_TEXT(slice_from(waiting_on(datum)), literal)

TEST(a_row_comes_back_as_it_was_kept)
{
    open_store();
    struct waiting_row in = { .line_id = SLICE("l"),
                              .outcome = OUTCOME_HOLD,
                              .on = SLICE("fx:T/USD/EUR"),
                              .received_at_unix_ms = 1700,
                              .kept_at_unix_ms = 1800,
                              .acts_at_unix_ms = 1900,
                              .asks_again = true,
                              .reviewed_bytes = 7,
                              .dossier = SLICE("0123456789") };
    struct waiting_row out;
    bool found;
    CHECK(waiting_keep(store, test_arena(), &in) == OK);
    CHECK(waiting_get(store, SLICE("l"), &out, &found) == OK && found);
    CHECK(out.outcome == OUTCOME_HOLD && out.received_at_unix_ms == 1700 && out.kept_at_unix_ms == 1800);
    CHECK(out.acts_at_unix_ms == 1900 && out.asks_again && out.reviewed_bytes == 7);
    CHECK_TEXT(out.on, "fx:T/USD/EUR");
    CHECK_TEXT(out.dossier, "0123456789");
    CHECK(waiting_get(store, SLICE("k"), &out, &found) == OK && !found);
    CHECK(store_put(store, WAITING_TABLE, SLICE("l"), SLICE("\1broken")) == OK);
    CHECK(waiting_get(store, SLICE("l"), &out, &found) == ERR_STATE_MALFORMED);
    CHECK(store_put(store, WAITING_TABLE, SLICE("l"), SLICE("\2")) == OK);
    CHECK(waiting_get(store, SLICE("l"), &out, &found) == ERR_STATE_MALFORMED);     /* of a version we do not know */
    memory_store_close(memory);
}

TEST(lines_of_one_document_come_in_their_order)
{
    static const struct { const char *line; uint32_t position; } lines[] = { { "c", 256 }, { "a", 70000 }, { "b", 0 } };
    open_store();
    for (unsigned i = 0; i < 3; i++) {
        struct waiting_row row = { .line_id = slice_from(lines[i].line), .outcome = OUTCOME_PARK, .on = SLICE("list"),
                                   .received_at_unix_ms = 9, .has_position = true, .position = lines[i].position };
        CHECK(waiting_keep(store, test_arena(), &row) == OK);
    }
    keep("old", "list", 8, 0);                      /* without a place, as older rows are */
    CHECK_WAITING("list", "old b c a ");
    CHECK(waiting_end(store, SLICE("c")) == OK && waiting_end(store, SLICE("old")) == OK);
    CHECK_WAITING("list", "b a ");
    memory_store_close(memory);
}

TEST(the_bytes_of_a_row_stay_as_they_are)
{
    open_store();
    struct waiting_row row = { .line_id = SLICE("l"),
                               .outcome = OUTCOME_PARK,
                               .on = SLICE("list"),
                               .received_at_unix_ms = 1,
                               .kept_at_unix_ms = 2,
                               .acts_at_unix_ms = -3,
                               .asks_again = true,
                               .reviewed_bytes = 200,
                               .dossier = SLICE("D") };
    struct slice value;
    CHECK(waiting_keep(store, test_arena(), &row) == OK);
    CHECK(store_get(store, WAITING_TABLE, SLICE("l"), &value) == OK);
    CHECK_SLICE(value, SLICE("\2\4\4list\2\4\5\1\xc8\1\1D"));
    CHECK(store_get(store, WAITING_ON_TABLE, SLICE("list\x80\0\0\0\0\0\0\1l"), &value) == OK);
    CHECK_TEXT(value, "\1\4");
    CHECK(store_get(store, WAITING_TIME_TABLE, SLICE("\x7f\xff\xff\xff\xff\xff\xff\xfdl"), &value) == OK);
    CHECK_TEXT(value, "\1");
    memory_store_close(memory);
}

TEST(those_who_wait_on_the_same_are_found_oldest_first_and_no_others)
{
    open_store();
    keep("c", "part:X", 300, 0);
    keep("b", "part:X", 100, 0);
    keep("a", "part:X", 300, 0);
    keep("d", "part:X1", 1, 0);
    keep("e", "part:\xc3\x9c", 1, 0);
    keep("f", "pos:X", 1, 0);
    CHECK_WAITING("part:X", "b a c ");
    CHECK_WAITING("part:X1", "d ");
    CHECK_WAITING("part", "");
    CHECK_WAITING("part:", "d b a c e ");           /* between data no order is promised */
    CHECK_WAITING("", "d b a c e f ");
    memory_store_close(memory);
}

TEST(a_line_kept_again_stands_under_its_new_datum_only)
{
    open_store();
    keep("a", "part:X", 1, 10);
    keep("a", "part:Y", 1, 20);
    instant_ms at;
    struct slice line;
    CHECK_WAITING("part:X", "");
    CHECK_WAITING("part:Y", "a ");
    CHECK(waiting_first_due(store, test_arena(), &at, &line) == OK);
    CHECK_INT(at, 20);
    CHECK(waiting_end(store, SLICE("a")) == OK && waiting_end(store, SLICE("a")) == OK);
    CHECK(waiting_first_due(store, test_arena(), &at, &line) == OK);
    CHECK_INT(at, INT64_MAX);
    store_merge(store, 0);
    CHECK_INT(memory_store_size(memory), 0);
    memory_store_close(memory);
}

TEST(the_clock_acts_on_the_earliest_first)
{
    open_store();
    keep("late", "", 1, 500);
    keep("never", "", 1, 0);
    keep("early", "", 1, -3);                       /* a clock before 1970 is still a clock */
    keep("middle", "", 1, 200);
    static const char *const order[] = { "early", "middle", "late" };
    for (unsigned i = 0; i < 3; i++) {
        instant_ms at;
        struct slice line;
        CHECK(waiting_first_due(store, test_arena(), &at, &line) == OK);
        CHECK_SLICE(line, slice_from(order[i]));
        CHECK(waiting_end(store, line) == OK);
    }
    memory_store_close(memory);
}

TEST(a_cursor_goes_on_behind_lines_that_were_kept_again_meanwhile)
{
    open_store();
    keep("a", "list", 1, 0);
    keep("b", "list", 2, 0);
    struct waiting_cursor *c = ARENA_NEW(test_arena(), struct waiting_cursor);
    struct slice line;
    waiting_cursor_init(c, SLICE("list"));
    CHECK(waiting_next(store, test_arena(), c, &line) == OK);
    CHECK_TEXT(line, "a");
    keep("a", "list", 1, 9);                        /* it waits on: it is not asked a second time */
    CHECK(waiting_next(store, test_arena(), c, &line) == OK);
    CHECK_TEXT(line, "b");
    CHECK(waiting_next(store, test_arena(), c, &line) == OK);
    CHECK_TEXT(line, "");
    memory_store_close(memory);
}

/* Of the release before: without its place in the document. One of a release to come is not guessed at. */
TEST(a_row_of_the_layout_before_is_read_and_one_of_a_later_is_refused)
{
    struct waiting_row row;
    struct slice kept;
    bool found;
    open_store();
    keep("a", "list", 1, 0);
    CHECK(store_get(store, WAITING_TABLE, SLICE("a"), &kept) == OK);
    CHECK_INT(kept.bytes[0], WAITING_VERSION);
    for (char version = 0; version <= WAITING_VERSION + 1; version++) {
        struct text t = text_in(test_arena(), kept.size);
        text_put_byte(&t, version);
        text_put(&t, slice_skip(kept, 1));
        CHECK(store_put(store, WAITING_TABLE, SLICE("a"), text_slice(&t)) == OK);
        bool reads = version == WAITING_VERSION || version == WAITING_VERSION_READ;
        CHECK_INT(waiting_get(store, SLICE("a"), &row, &found), reads ? OK : ERR_STATE_OUTDATED);
    }
    memory_store_close(memory);
}

TEST(what_one_decision_wakes_comes_in_order_of_receipt_whatever_it_waited_for)
{
    static const char *wanted[] = { "e", "d", "a", "b", "c", "f", "" };
    open_store();
    keep("c", "pos:1", 3, 0);
    keep("a", "match:x/y", 1, 0);
    keep("b", "target:1", 2, 0);
    keep("f", "match:x/y", 4, 0);
    keep("d", "target:0", 9, 0);
    keep("e", "target:2", 5, 0);
    struct wake w;
    int32_t partition;
    struct slice line;
    CHECK(wake_init(&w) == OK);
    wake_save(&w);
    wake_push(&w, 0, SLICE("pos:1"));
    wake_push(&w, 0, SLICE("feed:none"));
    wake_push(&w, 0, SLICE("match:x/y"));
    wake_push(&w, 0, SLICE("target:1"));
    wake_begin(&w);                                 /* what another decision wakes comes first */
    wake_push(&w, 0, SLICE("target:0"));
    wake_push(&w, 0, SLICE("target:2"));
    for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        CHECK(wake_next(&w, &store, test_arena(), &partition, &line) == OK);
        CHECK_SLICE(line, slice_from(wanted[i]));
        if (line.size) CHECK(waiting_end(store, line) == OK);
    }
    wake_deinit(&w);
    memory_store_close(memory);
}

TEST(the_stack_of_wakes_gives_the_last_pushed_first_and_hands_over_when_it_is_full)
{
    open_store();
    keep("a", "pos:1", 1, 0);
    keep("b", "pos:2", 1, 0);
    struct wake w;
    int32_t partition;
    struct slice line;
    CHECK(wake_init(&w) == OK);
    wake_save(&w);
    wake_push(&w, 0, SLICE("pos:1"));
    wake_begin(&w);
    wake_push(&w, 0, SLICE("pos:2"));
    CHECK(wake_next(&w, &store, test_arena(), &partition, &line) == OK);
    CHECK_TEXT(line, "b");
    CHECK(wake_next(&w, &store, test_arena(), &partition, &line) == OK);
    CHECK_TEXT(line, "a");
    CHECK(wake_next(&w, &store, test_arena(), &partition, &line) == OK);
    CHECK_TEXT(line, "");
    for (unsigned i = 0; i < WAKE_DEPTH_MAX + 3; i++) wake_push(&w, 0, SLICE("pos:1"));
    CHECK_INT(w.depth, WAKE_DEPTH_MAX);
    CHECK_INT(w.queue_count - w.queue_first, 3);
    wake_restore(&w);                               /* the transaction was aborted: nothing of it stays */
    CHECK(!wake_has_queued(&w));
    wake_enqueue(&w, 0, SLICE("pos:1"));
    wake_save(&w);
    CHECK(wake_next_queued(&w, &store, test_arena(), &partition, &line) == OK);
    CHECK_TEXT(line, "a");
    CHECK(wake_next_queued(&w, &store, test_arena(), &partition, &line) == OK);
    CHECK_TEXT(line, "");
    wake_restore(&w);
    CHECK(wake_next_queued(&w, &store, test_arena(), &partition, &line) == OK);
    CHECK_TEXT(line, "a");
    wake_deinit(&w);
    memory_store_close(memory);
}
