/* The log in memory behaves like the broker: read_committed, fencing, offsets with the transaction, generations,
 * trimming. */
#include "runtime/memory_log.h"

#include "runtime/memory_sink.h"
#include "runtime/memory_source.h"
#include "support/test.h"

enum { PARTITIONS = 3 };

static struct memory_log *log_;
static unsigned shown;
static char order[256];

static void open_log(bool keep)
{
    log_ = memory_log_open(&(struct memory_log_options){ .partitions = PARTITIONS, .seed = 7, .keep = keep });
    CHECK(log_ != NULL);
    shown = 0;
    order[0] = 0;
}

static void show(void *context, const struct record *r)
{
    (void)context;
    struct text t = text_over(order, sizeof order - 1);
    t.size = strlen(order);
    text_put(&t, r->value);
    order[t.size] = 0;
    shown++;
}

static int a_group(const char *name)
{
    static const enum topic topics[] = { TOPIC_CLAIMS_RECEIVED, TOPIC_REVIEWS };
    return memory_log_group(log_, slice_from(name), topics, 2);
}

static enum err send(struct memory_sink *sink, enum topic topic, const char *value)
{
    return sink_send(memory_sink_base(sink), topic, 0, SLICE("k"), slice_from(value), NULL, 0);
}

static struct memory_sink *a_sink(const char *id)
{
    struct memory_sink *sink = memory_sink_open(log_, slice_from(id), NULL);
    CHECK(sink != NULL);
    return sink;
}

static enum err commit_nothing_read(struct memory_sink *sink, struct memory_source *source)
{
    return sink_commit(memory_sink_base(sink), memory_source_base(source), NULL, 0);
}

static unsigned readable(enum topic topic)
{
    shown = 0;
    memory_log_read(log_, topic, 0, 0, show, NULL);
    return shown;
}

TEST(readers_see_what_is_committed_and_stop_before_what_is_open)
{
    open_log(true);
    struct memory_source *source = memory_source_open(log_, a_group("g"), NULL, NULL);
    struct memory_sink *one = a_sink("one"), *two = a_sink("two");
    CHECK(sink_begin(memory_sink_base(one)) == OK && sink_begin(memory_sink_base(two)) == OK);
    CHECK(send(one, TOPIC_PAYOUTS, "1") == OK && send(two, TOPIC_PAYOUTS, "2") == OK);
    CHECK(commit_nothing_read(two, source) == OK);
    CHECK_INT(readable(TOPIC_PAYOUTS), 0);          /* the open one stands before it */
    CHECK(sink_abort(memory_sink_base(one)) == OK);
    order[0] = 0;
    CHECK_INT(readable(TOPIC_PAYOUTS), 1);
    CHECK_TEXT(slice_from(order), "2");
    CHECK_INT(memory_log_end(log_, TOPIC_PAYOUTS, 0), 2);
    memory_sink_close(one);
    memory_sink_close(two);
    memory_source_close(source);
    memory_log_close(log_);
}

TEST(a_newcomer_with_the_same_id_fences_the_zombie_and_aborts_what_it_left_open)
{
    open_log(true);
    struct memory_source *source = memory_source_open(log_, a_group("g"), NULL, NULL);
    struct memory_sink *old = a_sink("w"), *new;
    CHECK(sink_begin(memory_sink_base(old)) == OK && send(old, TOPIC_PAYOUTS, "old") == OK);
    new = a_sink("w");
    CHECK(send(old, TOPIC_PAYOUTS, "late") == ERR_KAFKA_FENCED);
    CHECK(commit_nothing_read(old, source) == ERR_KAFKA_FENCED);
    CHECK(sink_begin(memory_sink_base(new)) == OK && send(new, TOPIC_PAYOUTS, "new") == OK);
    CHECK(commit_nothing_read(new, source) == OK);
    CHECK_INT(readable(TOPIC_PAYOUTS), 1);
    CHECK_TEXT(slice_from(order), "new");
    memory_sink_close(old);
    memory_sink_close(new);
    memory_source_close(source);
    memory_log_close(log_);
}

TEST(a_member_of_an_old_generation_can_neither_read_nor_commit)
{
    open_log(true);
    int group = a_group("g");
    struct memory_source *source = memory_source_open(log_, group, NULL, NULL);
    struct memory_sink *sink = a_sink("w");
    struct offset offset = { TOPIC_CLAIMS_RECEIVED, 0, 0, 1 };
    const struct record *records;
    unsigned count;
    CHECK(sink_begin(memory_sink_base(sink)) == OK);
    memory_log_rebalance(log_, group);
    CHECK(sink_commit(memory_sink_base(sink), memory_source_base(source), &offset, 1) == ERR_SOURCE_STALE);
    CHECK(sink_abort(memory_sink_base(sink)) == OK);
    CHECK(source_pull(memory_source_base(source), 10, 1000, &records, &count) == ERR_SOURCE_STALE);
    memory_sink_close(sink);
    memory_source_close(source);
    memory_log_close(log_);
}

TEST(what_is_not_completed_stays_held_and_what_is_not_committed_is_read_again)
{
    open_log(true);
    int group = a_group("g");
    struct memory_source *source = memory_source_open(log_, group, NULL, NULL);
    struct source *base = memory_source_base(source);
    const struct record *records;
    unsigned count;
    for (unsigned i = 0; i < 4; i++)
        memory_log_append(log_, TOPIC_CLAIMS_RECEIVED, 1, SLICE("k"), slice_of(&"abcd"[i], 1));
    CHECK(source_pull(base, 3, 1000, &records, &count) == OK);
    CHECK_INT(count, 3);
    source_complete(base, 1);
    CHECK(source_pull(base, 3, 1000, &records, &count) == OK);
    CHECK_INT(count, 3);
    CHECK_TEXT(records[0].value, "b");
    CHECK_INT(source_position(base, TOPIC_CLAIMS_RECEIVED, 1).next, 1);
    CHECK(source_rewind(base) == OK);
    CHECK(source_pull(base, 9, 2, &records, &count) == OK);
    CHECK_INT(count, 2);                            /* two bytes, no more */
    CHECK_TEXT(records[0].value, "a");
    source_drop(base);
    CHECK(source_pull(base, 9, 0, &records, &count) == OK);
    CHECK_INT(count, 1);                            /* one record always fits */
    CHECK_TEXT(records[0].value, "c");
    memory_source_close(source);
    memory_log_close(log_);
}

TEST(a_lost_answer_is_read_back_by_its_mark)
{
    open_log(true);
    int group = a_group("g");
    struct memory_source *source = memory_source_open(log_, group, NULL, NULL);
    struct memory_sink *sink = a_sink("w");
    struct offset mine = { TOPIC_CLAIMS_RECEIVED, 0, 0, 41 };               /* consumed nothing: only the mark tells */
    bool committed;
    CHECK(sink_begin(memory_sink_base(sink)) == OK);
    CHECK(sink_commit(memory_sink_base(sink), memory_source_base(source), &mine, 1) == OK);
    CHECK(sink_recover(memory_sink_base(sink), memory_source_base(source), &mine, 1, &committed) == OK && committed);
    mine.mark = 42;
    CHECK(sink_begin(memory_sink_base(sink)) == OK);
    CHECK(sink_recover(memory_sink_base(sink), memory_source_base(source), &mine, 1, &committed) == OK && !committed);
    memory_log_rebalance(log_, group);
    CHECK(sink_recover(memory_sink_base(sink), memory_source_base(source), &mine, 1, &committed) == ERR_SOURCE_STALE);
    memory_sink_close(sink);
    memory_source_close(source);
    memory_log_close(log_);
}

TEST(followers_are_shown_each_record_once_in_order_of_commit_and_nothing_read_stays)
{
    open_log(false);
    int group = a_group("g");
    struct memory_source *source = memory_source_open(log_, group, NULL, NULL);
    struct memory_sink *sink = a_sink("w");
    const struct record *records;
    unsigned count;
    memory_log_follow(log_, TOPIC_PAYOUTS, show, NULL);
    memory_log_follow(log_, TOPIC_CLAIMS_DECIDED, show, NULL);
    memory_log_append(log_, TOPIC_CLAIMS_RECEIVED, 0, SLICE("k"), SLICE("in"));
    CHECK(source_pull(memory_source_base(source), 9, 1000, &records, &count) == OK);
    CHECK(sink_begin(memory_sink_base(sink)) == OK);
    CHECK(send(sink, TOPIC_CLAIMS_DECIDED, "a") == OK && send(sink, TOPIC_PAYOUTS, "b") == OK
          && send(sink, TOPIC_CLAIMS_DECIDED, "c") == OK);
    memory_log_deliver(log_);
    CHECK_INT(shown, 0);
    struct offset done = { TOPIC_CLAIMS_RECEIVED, 0, 1, 1 };
    CHECK(sink_commit(memory_sink_base(sink), memory_source_base(source), &done, 1) == OK);
    source_complete(memory_source_base(source), 1);
    memory_log_deliver(log_);
    memory_log_deliver(log_);
    CHECK_TEXT(slice_from(order), "abc");
    CHECK_INT(memory_log_size(log_), 0);
    CHECK_INT(memory_log_append(log_, TOPIC_CLAIMS_RECEIVED, 0, SLICE("k"), SLICE("next")), 1);    /* offsets go on */
    memory_sink_close(sink);
    memory_source_close(source);
    memory_log_close(log_);
}

TEST(headers_travel_and_a_changelog_says_where_it_ends)
{
    open_log(true);
    struct memory_source *source = memory_source_open(log_, a_group("g"), NULL, NULL);
    struct memory_sink *sink = a_sink("w");
    struct header headers[] = { { SLICE("claimstream-code"), SLICE("UNREADABLE") }, { SLICE("x"), SLICE("") } };
    CHECK(sink_begin(memory_sink_base(sink)) == OK);
    CHECK(sink_send(memory_sink_base(sink), TOPIC_DEADLETTERS, 3, SLICE("k"), SLICE("v"), headers, 2) == OK);
    CHECK(sink_send(memory_sink_base(sink), TOPIC_PAYOUT_CHANGELOG, 2, SLICE("k"), SLICE("v"), NULL, 0) == OK);
    CHECK(commit_nothing_read(sink, source) == OK);
    int64_t at = 0;
    struct record r;
    CHECK(memory_log_fetch(log_, TOPIC_DEADLETTERS, 3, &at, &r));
    CHECK_INT(r.header_count, 2);
    CHECK_TEXT(r.headers[0].value, "UNREADABLE");
    CHECK_INT(sink_written(memory_sink_base(sink), TOPIC_PAYOUT_CHANGELOG, 2), 1);
    CHECK_INT(sink_written(memory_sink_base(sink), TOPIC_PAYOUT_CHANGELOG, 1), 0);
    memory_sink_close(sink);
    memory_source_close(source);
    memory_log_close(log_);
}
