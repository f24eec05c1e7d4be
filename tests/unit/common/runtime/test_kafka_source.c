/* A member of a group: what it holds, when it is asked to give back, what it knows of commits (kafka.md 3, 4). */
#include "runtime/kafka_source.h"

#include "runtime/kafka_log.h"
#include "runtime/kafka_writer.h"
#include "support/kafka_mock.h"

enum { PARTITIONS = KAFKA_MOCK_PARTITIONS };

static struct kafka_mock *mock;
static struct kafka_source *source;
static unsigned assigned, revoked, partitions_assigned;
static const enum topic inputs[] = { TOPIC_CLAIMS_RECEIVED, TOPIC_REVIEWS };

static void on_assigned(void *context, const int32_t *partitions, unsigned count)
{
    (void)context;
    assigned++;
    partitions_assigned = count;
    for (unsigned i = 0; i < count; i++) CHECK_INT(partitions[i], i);
}

static void on_revoked(void *context, bool lost)
{
    (void)context;
    CHECK(!lost);
    revoked++;
}

static void open_source(void)
{
    static const struct kafka_source_events events = { .assigned = on_assigned, .revoked = on_revoked };
    assigned = revoked = 0;
    mock = kafka_mock_open(inputs, 2);
    CHECK(kafka_source_open(kafka_mock_options(mock), inputs, 2, &events, &source) == OK);
}

static void join(void)
{
    open_source();
    WAIT_FOR(assigned, CHECK(kafka_source_serve(source, 50) == OK));
    CHECK_INT(partitions_assigned, PARTITIONS);
}

static void leave(void)
{
    kafka_source_close(source);
    kafka_mock_close(mock);
}

static void send(enum topic topic, int32_t partition, const char *value, size_t size, unsigned times)
{
    static const struct header header = { SLICE_INIT("content-type"), SLICE_INIT("application/x") };
    struct kafka_writer *writer;
    CHECK(kafka_writer_open(kafka_mock_options(mock), &writer) == OK);
    for (unsigned i = 0; i < times; i++)
        CHECK(kafka_writer_send(writer, topic, partition, SLICE("key"), slice_of(value, size), &header, i == 0) == OK);
    CHECK(kafka_writer_flush(writer, 60000) == OK);
    CHECK(kafka_writer_acknowledged(writer, topic, partition) >= (int64_t)times - 1);
    kafka_writer_close(writer);
}

static const struct record *records;
static unsigned count;

/* Pulls until so many are held: with something in hand nobody waits for more. */
static void pull(unsigned count_max, size_t bytes_max, unsigned wanted)
{
    count = 0;
    WAIT_FOR(count >= wanted,
             CHECK(source_pull(kafka_source_base(source), count_max, bytes_max, &records, &count) == OK));
    CHECK_INT(count, wanted);
}

TEST(nothing_is_fetched_before_the_source_is_started)
{
    struct offset committed;
    join();
    send(TOPIC_CLAIMS_RECEIVED, 0, "early", 5, 3);
    for (unsigned i = 0; i < 10; i++) CHECK(kafka_source_serve(source, 20) == OK); /* asserts that no record comes */
    CHECK(!kafka_source_is_started(source));
    CHECK(kafka_source_committed(source, TOPIC_CLAIMS_RECEIVED, 0, &committed) == OK);
    CHECK_INT(committed.next, -1);
    CHECK(kafka_source_start(source) == OK);
    CHECK_INT(source_position(kafka_source_base(source), TOPIC_CLAIMS_RECEIVED, 0).next, 0);
    pull(100, 1000, 3);
    CHECK_TEXT(records[0].value, "early");
    CHECK_INT(records[0].header_count, 1);
    CHECK_TEXT(records[0].headers[0].name, "content-type");
    CHECK_TEXT(records[0].headers[0].value, "application/x");
    CHECK_INT(records[1].header_count, 0);
    CHECK_INT(revoked, 0);
    leave();
    CHECK_INT(revoked, 1);
}

TEST(what_is_held_is_offered_until_it_is_done_or_dropped)
{
    struct source *s;
    join();
    CHECK(kafka_source_start(source) == OK);
    s = kafka_source_base(source);
    send(TOPIC_CLAIMS_RECEIVED, 2, "0123456789", 10, 6);
    pull(4, 1000, 4);                               /* bounded by number */
    source_complete(s, 3);
    CHECK_INT(source_position(s, TOPIC_CLAIMS_RECEIVED, 2).next, 3);
    pull(100, 20, 2);                               /* by bytes: the one that was held, and one more */
    CHECK_INT(records[0].offset, 3);
    source_complete(s, 2);
    pull(100, 1, 1);                                /* one always fits */
    CHECK_INT(records[0].offset, 5);
    CHECK(source_rewind(s) == OK);                  /* nothing was ever committed: all of it again */
    pull(100, 1000, 6);
    CHECK_INT(records[0].offset, 0);
    source_drop(s); /* a commit was refused: no record more before the next assignment */
    for (unsigned i = 0; i < 5; i++) CHECK(kafka_source_serve(source, 20) == OK);
    CHECK(!kafka_source_is_member(source) && !kafka_source_membership(source));
    leave();
}

TEST(a_partition_fills_no_more_than_its_share_of_a_batch)
{
    join();
    kafka_mock_options(mock)->partition_bytes_max = 30;
    CHECK(kafka_source_start(source) == OK);
    send(TOPIC_CLAIMS_RECEIVED, 1, "0123456789", 10, 5);
    pull(100, 1000, 3);
    source_complete(kafka_source_base(source), 3);
    pull(100, 1000, 2);
    leave();
}

/* The library may hand over all of one partition before the first of the next. */
TEST(what_is_more_than_a_share_waits_aside_so_that_a_batch_has_records_of_every_partition)
{
    struct source *s;
    unsigned of_first = 0;
    join();
    s = kafka_source_base(source);
    kafka_mock_options(mock)->partition_bytes_max = 30;
    send(TOPIC_CLAIMS_RECEIVED, 1, "0123456789", 10, 5);
    send(TOPIC_CLAIMS_RECEIVED, 2, "0123456789", 10, 5);
    CHECK(kafka_source_start(source) == OK);
    pull(100, 1000, 6);                             /* three of each, whichever came first */
    for (unsigned i = 0; i < count; i++) of_first += records[i].partition == 1;
    CHECK_INT(of_first, 3);
    CHECK(records[0].partition != records[1].partition);        /* the first of each comes first */
    source_complete(s, 6);
    CHECK_INT(source_position(s, TOPIC_CLAIMS_RECEIVED, 1).next, 3);
    pull(1, 1000, 1);                               /* those aside come first, in order, and as many as are asked for */
    CHECK_INT(records[0].offset, 3);
    pull(100, 1000, 4);
    source_complete(s, 4);                          /* asserts that no offset goes back */
    CHECK_INT(source_position(s, TOPIC_CLAIMS_RECEIVED, 1).next, 5);
    CHECK_INT(source_position(s, TOPIC_CLAIMS_RECEIVED, 2).next, 5);
    leave();
}

TEST(what_waits_aside_is_forgotten_when_it_is_read_again)
{
    join();
    kafka_mock_options(mock)->partition_bytes_max = 30;
    send(TOPIC_CLAIMS_RECEIVED, 1, "0123456789", 10, 5);
    CHECK(kafka_source_start(source) == OK);
    pull(100, 1000, 3);
    CHECK(source_rewind(kafka_source_base(source)) == OK);
    pull(100, 1000, 3);
    CHECK_INT(records[0].offset, 0);
    source_complete(kafka_source_base(source), 3);
    pull(100, 1000, 2);
    CHECK_INT(records[0].offset, 3);
    leave();                                        /* with two in hand */
}

/* A broker that has just come back may not know all topics yet: the supervisor has to start us again, and code 78
 * forbids it. */
TEST(a_topic_that_is_not_found_while_it_runs_ends_the_process_for_a_restart)
{
    static const struct kafka_source_events events = { .assigned = on_assigned };
    struct kafka_property often = { "topic.metadata.refresh.interval.ms", "200" };
    enum err e = OK;
    assigned = 0;
    mock = kafka_mock_open(inputs, 2);
    kafka_mock_options(mock)->properties = &often;
    kafka_mock_options(mock)->property_count = 1;
    CHECK(kafka_source_open(kafka_mock_options(mock), inputs, 2, &events, &source) == OK);
    WAIT_FOR(assigned, CHECK(kafka_source_serve(source, 50) == OK));
    CHECK(kafka_source_start(source) == OK);
    kafka_mock_hide(mock, TOPIC_REVIEWS, true);
    WAIT_FOR(e != OK, e = source_pull(kafka_source_base(source), 10, 1000, &records, &count));
    CHECK_INT(e, ERR_KAFKA_FATAL);
    static struct kafka_source *left_behind; /* as the process does: closing may hang here for ever (kafka.md 16.27) */
    left_behind = source;
    CHECK(left_behind != NULL);
}

TEST(input_topics_of_different_counts_are_refused_at_the_door)
{
    mock = kafka_mock_open(inputs, 1);
    struct kafka_source *none = NULL;
    kafka_mock_topic(mock, TOPIC_DEADLETTERS, 12);
    static const enum topic uneven[] = { TOPIC_CLAIMS_RECEIVED, TOPIC_DEADLETTERS };
    CHECK(kafka_source_open(kafka_mock_options(mock), uneven, 2, NULL, &none) == ERR_KAFKA_TOPIC);
    CHECK(!none);
    kafka_mock_close(mock);
}

/* --- the log that is read without a group ----------------------------------------------------------------------- */

static enum err note(void *context, const struct record *r, int64_t timestamp_unix_ms)
{
    CHECK(timestamp_unix_ms > 0);
    *(int64_t *)context += r->offset + 1;
    return r->offset == 2 ? ERR_WIRE_FIELD : OK;
}

/* Records come in as many fetches as the broker likes: steps until one fails or the log stands at `position` and its
 * end. */
static enum err step_until(struct kafka_log *log, int64_t *sum, int64_t position)
{
    enum err e = OK;
    WAIT_FOR(e != OK || (kafka_log_is_at_end(log) && kafka_log_position(log, TOPIC_PARTNERS, 0) >= position),
             e = kafka_log_step(log, 100, 1000, note, sum, NULL));
    return e;
}

TEST(a_log_is_read_from_where_one_says_to_its_end)
{
    struct kafka_log *log;
    int64_t low, high, sum = 0;
    mock = kafka_mock_open((enum topic[]){ TOPIC_PARTNERS }, 1);
    send(TOPIC_PARTNERS, 0, "profile", 7, 5);
    CHECK(kafka_log_open(kafka_mock_options(mock), KAFKA_READ_UNCOMMITTED, &log) == OK);
    CHECK(kafka_log_watermarks(log, TOPIC_PARTNERS, 0, 60000, &low, &high) == OK);
    CHECK_INT(low, 0);
    CHECK_INT(high, 5);
    CHECK(kafka_log_assign(log, &(struct offset){ .topic = TOPIC_PARTNERS, .next = 1 }, 1) == OK);
    CHECK(!kafka_log_is_at_end(log));
    CHECK(step_until(log, &sum, 3) == ERR_WIRE_FIELD);                                  /* handed up; counts as read */
    CHECK_INT(kafka_log_position(log, TOPIC_PARTNERS, 0), 3);
    CHECK(step_until(log, &sum, 5) == OK);
    CHECK_INT(sum, 2 + 3 + 4 + 5);
    CHECK_INT(kafka_log_position(log, TOPIC_PARTNERS, 0), 5);
    CHECK(kafka_log_assign(log, &(struct offset){ .topic = TOPIC_PARTNERS, .next = 99 }, 1) == OK);
    CHECK(step_until(log, &sum, 100) == ERR_KAFKA_OFFSET);                              /* an incident, not a jump */
    kafka_log_close(log);
    kafka_mock_close(mock);
}

TEST(who_follows_a_log_reads_what_is_there_and_what_comes)
{
    struct kafka_log *log;
    int64_t sum = 0;
    mock = kafka_mock_open((enum topic[]){ TOPIC_PARTNERS }, 1);
    send(TOPIC_PARTNERS, 0, "profile", 7, 5);
    CHECK(kafka_log_open(kafka_mock_options(mock), KAFKA_FOLLOW_COMMITTED, &log) == OK);
    CHECK(kafka_log_assign(log, &(struct offset){ .topic = TOPIC_PARTNERS, .next = 3 }, 1) == OK);
    CHECK(step_until(log, &sum, 5) == OK);
    CHECK_INT(sum, 4 + 5);
    CHECK(kafka_log_is_at_end(log));
    send(TOPIC_PARTNERS, 0, "profile", 7, 1);
    CHECK(step_until(log, &sum, 6) == OK);
    kafka_log_close(log);
    kafka_mock_close(mock);
}
