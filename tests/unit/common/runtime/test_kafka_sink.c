/* The answers of the library become words (kafka.md 5.1): as a table, and request by request against a broker that
 * fails. */
#include "runtime/kafka_sink.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/kafka_source.h"
#include "support/kafka_mock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PARTITION = 1 };

static struct kafka_mock *mock;
static struct kafka_source *source;
static struct kafka_sink *sink;
static uint64_t mark;

static const enum topic outputs[] = { TOPIC_CLAIMS_CLASSIFIED, TOPIC_DEADLETTERS, TOPIC_CLASSIFICATION_CHANGELOG };

TEST(every_answer_of_the_library_is_one_word)
{
    struct table t = TABLE(
        "call     code                      delivery            retriable  abort  fatal  late  | word",
        "offsets  NO_ERROR                  NO_ERROR            no         no     no     no    | COMMITTED",
        "commit   NO_ERROR                  NO_ERROR            no         no     no     yes   | COMMITTED",
        "offsets  _TIMED_OUT                NO_ERROR            yes        no     no     no    | AGAIN",
        "offsets  _TIMED_OUT                NO_ERROR            yes        no     no     yes   | INDEFINITE",
        "commit   _TIMED_OUT                NO_ERROR            yes        no     no     no    | AGAIN",
        "commit   _TIMED_OUT                NO_ERROR            yes        no     no     yes   | INDEFINITE",
        "abort    _TIMED_OUT                NO_ERROR            yes        no     no     yes   | INDEFINITE",
        "init     _TIMED_OUT                NO_ERROR            yes        no     no     no    | AGAIN",
        "offsets  _TIMED_OUT                NO_ERROR            no         no     no     no    | DEAD",
        "offsets  _TRANSPORT                NO_ERROR            no         no     no     no    | DEAD",
        "commit   _MSG_TIMED_OUT            _MSG_TIMED_OUT      no         yes    no     no    | ABORTED",
        "commit   MSG_SIZE_TOO_LARGE        MSG_SIZE_TOO_LARGE  no         yes    no     no    | REFUSED",
        "commit   _PURGE_QUEUE              INVALID_RECORD      no         yes    no     no    | REFUSED",
        "commit   _PURGE_QUEUE              INVALID_TIMESTAMP   no         yes    no     no    | ABORTED",
        "send     _STATE                    INVALID_TIMESTAMP   no         no     no     no    | ABORTED",
        "offsets  GROUP_AUTHORIZATION_FAILED  NO_ERROR          no         yes    no     no    | ABORTED",
        "offsets  ILLEGAL_GENERATION        NO_ERROR            no         yes    no     no    | STALE",
        "offsets  UNKNOWN_MEMBER_ID         NO_ERROR            no         yes    no     no    | STALE",
        "offsets  REBALANCE_IN_PROGRESS     NO_ERROR            no         yes    no     no    | STALE",
        "commit   ILLEGAL_GENERATION        NO_ERROR            no         yes    no     no    | ABORTED",
        "offsets  FENCED_INSTANCE_ID        NO_ERROR            no         yes    no     no    | DEAD",
        "offsets  ILLEGAL_GENERATION        NO_ERROR            no         yes    yes    no    | DEAD",
        "commit   _FENCED                   NO_ERROR            no         no     yes    no    | DEAD",
        "commit   INVALID_TXN_STATE         NO_ERROR            no         no     yes    no    | DEAD",
        "commit   _TIMED_OUT                NO_ERROR            yes        no     yes    no    | DEAD",
        "commit   TOPIC_AUTHORIZATION_FAILED  NO_ERROR          no         no     no     no    | DEAD",
        "send     _QUEUE_FULL               NO_ERROR            no         no     no     no    | AGAIN",
        "send     _QUEUE_FULL               NO_ERROR            no         no     no     yes   | ABORTED",
        "send     MSG_SIZE_TOO_LARGE        NO_ERROR            no         no     no     no    | REFUSED",
        "send     _STATE                    NO_ERROR            no         no     no     no    | ABORTED",
        "send     _STATE                    INVALID_RECORD      no         no     no     no    | REFUSED",
        "send     _STATE                    NO_ERROR            no         no     yes    no    | DEAD",
        "send     _UNKNOWN_PARTITION        NO_ERROR            no         no     no     no    | DEAD");
    while (table_next(&t)) {
        struct kafka_answer a = {
            .call = (enum kafka_call)cell_word(&t, "call", "send offsets commit abort init"),
            .code = kafka_mock_code(cell(&t, "code")), .delivery = kafka_mock_code(cell(&t, "delivery")),
            .is_retriable = cell_yes(&t, "retriable"), .requires_abort = cell_yes(&t, "abort"),
            .is_fatal = cell_yes(&t, "fatal"), .past_deadline = cell_yes(&t, "late"),
        };
        CHECK_CELL(&t, "word", slice_from(kafka_sink_word_name(kafka_sink_word(&a))));
    }
}

/* --- against a broker ------------------------------------------------------------------------------------------- */

static void open_sink(void);
static enum err transact(void);

/* One membership for all tests: the first join of a group takes the mock three seconds. */
static enum err before_it_was_ready;

static void join(void)
{
    static const enum topic inputs[] = { TOPIC_CLAIMS_RECEIVED, TOPIC_REVIEWS };
    if (mock) return;
    mock = kafka_mock_open(inputs, 2);
    for (unsigned i = 0; i < sizeof outputs / sizeof outputs[0]; i++)
        kafka_mock_topic(mock, outputs[i], KAFKA_MOCK_PARTITIONS);
    CHECK(kafka_source_open(kafka_mock_options(mock), inputs, 2, NULL, &source) == OK);
    unsigned count;
    WAIT_FOR(kafka_source_assignment(source, &count), CHECK(kafka_source_serve(source, 50) == OK));
    CHECK(kafka_source_assignment(source, &count) && count == KAFKA_MOCK_PARTITIONS);
    open_sink();
    before_it_was_ready = transact();
    CHECK(sink_abort(kafka_sink_base(sink)) == OK);
    CHECK(kafka_source_start(source) == OK);
}

/* Left at the end of the process, whatever test was the last. */
__attribute__((destructor)) static void leave(void)
{
    if (!mock) return;
    kafka_sink_close(sink);
    kafka_source_close(source);
    kafka_mock_close(mock);
}

/* The next instance of the worker. */
static void open_sink(void)
{
    kafka_sink_close(sink);
    sink = NULL;
    CHECK(kafka_sink_open(kafka_mock_options(mock), outputs, 3, source, &sink) == OK);
}

static enum err transact(void)
{
    struct sink *s = kafka_sink_base(sink);
    static const struct header header = { SLICE_INIT("error"), SLICE_INIT("4711") };
    mark++;
    TRY(sink_begin(s));
    TRY(sink_send(s, TOPIC_CLAIMS_CLASSIFIED, PARTITION, SLICE("R1"), SLICE("a line"), NULL, 0));
    TRY(sink_send(s, TOPIC_CLASSIFICATION_CHANGELOG, PARTITION, SLICE("1key"), SLICE("state"), NULL, 0));
    TRY(sink_send(s, TOPIC_DEADLETTERS, PARTITION, SLICE("R1"), SLICE("bytes"), &header, 1));
    return sink_commit(
        s, kafka_source_base(source),
        &(struct offset){ .topic = TOPIC_CLAIMS_RECEIVED, .partition = PARTITION, .next = 1, .mark = mark }, 1);
}

static const char *word(enum err e)
{
    if (e == OK) return "COMMITTED";
    if (e == ERR_TRANSACTION_ABORTED) return "ABORTED";
    if (e == ERR_TRANSACTION_REFUSED) return "REFUSED";
    if (e == ERR_TRANSACTION_UNKNOWN) return "INDEFINITE";
    if (e == ERR_SOURCE_STALE) return "STALE";
    return err_class(e) == ERR_CLASS_FATAL_75 ? "DEAD" : err_name(e);
}

static void put_right(enum err e)
{
    struct offset o = { .topic = TOPIC_CLAIMS_RECEIVED, .partition = PARTITION, .next = 1, .mark = mark };
    bool committed = true;
    if (e == ERR_TRANSACTION_UNKNOWN) {
        CHECK(sink_recover(kafka_sink_base(sink), kafka_source_base(source), &o, 1, &committed) == OK);
        CHECK(!committed);                          /* the mock forgets transactional offsets */
    }
    if (err_class(e) == ERR_CLASS_RETRY) e = sink_abort(kafka_sink_base(sink));
    if (e != OK) open_sink();                       /* the process ends and starts again */
}

/* Whatever the word was, the same worker or its next instance goes on: an abort may cost one more. */
static void go_on(enum err e)
{
    unsigned tries = 0;
    do {
        put_right(e);
        e = transact();
    } while (e != OK && ++tries < 3);
    CHECK(e == OK);
    if (e != OK) put_right(e);
}

/* Between transactions a worker polls. */
static void look_up(void)
{
    const struct record *records;
    unsigned count;
    CHECK(source_pull(kafka_source_base(source), 10, 1000, &records, &count) == OK && count == 0);
}

TEST(a_broker_that_fails_once_or_thrice_is_met_with_the_word_of_the_table)
{
    struct table t = TABLE(
        "request             error                                   times  | word",
        "Produce             NOT_ENOUGH_REPLICAS                     1      | COMMITTED",
        "Produce             NOT_ENOUGH_REPLICAS                     3      | COMMITTED",
        "Produce             NOT_LEADER_FOR_PARTITION                1      | COMMITTED",
        "Produce             REQUEST_TIMED_OUT                       1      | COMMITTED",
        "Produce             _TRANSPORT                              1      | COMMITTED",
        "Produce             _TRANSPORT                              3      | COMMITTED",
        "Produce             MSG_SIZE_TOO_LARGE                      1      | REFUSED",
        "Produce             INVALID_RECORD                          1      | REFUSED",
        "Produce             INVALID_TIMESTAMP                       1      | CLOCK_AHEAD",
        "Produce             INVALID_PRODUCER_EPOCH                  1      | DEAD",
        "AddPartitionsToTxn  CONCURRENT_TRANSACTIONS                 1      | COMMITTED",
        "AddPartitionsToTxn  CONCURRENT_TRANSACTIONS                 3      | COMMITTED",
        "AddPartitionsToTxn  COORDINATOR_NOT_AVAILABLE               1      | COMMITTED",
        "AddPartitionsToTxn  NOT_COORDINATOR                         1      | COMMITTED",
        "AddPartitionsToTxn  COORDINATOR_LOAD_IN_PROGRESS            1      | COMMITTED",
        "AddPartitionsToTxn  _TRANSPORT                              1      | COMMITTED",
        "AddPartitionsToTxn  UNKNOWN_TOPIC_OR_PART                   1      | COMMITTED",
        "AddPartitionsToTxn  PRODUCER_FENCED                         1      | DEAD",
        "AddPartitionsToTxn  INVALID_PRODUCER_EPOCH                  1      | DEAD",
        "AddPartitionsToTxn  INVALID_TXN_STATE                       1      | DEAD",
        "AddPartitionsToTxn  TRANSACTIONAL_ID_AUTHORIZATION_FAILED   1      | DEAD",
        "AddOffsetsToTxn     CONCURRENT_TRANSACTIONS                 1      | COMMITTED",
        "AddOffsetsToTxn     CONCURRENT_TRANSACTIONS                 3      | COMMITTED",
        "AddOffsetsToTxn     COORDINATOR_NOT_AVAILABLE               1      | COMMITTED",
        "AddOffsetsToTxn     NOT_COORDINATOR                         1      | COMMITTED",
        "AddOffsetsToTxn     COORDINATOR_LOAD_IN_PROGRESS            1      | COMMITTED",
        "AddOffsetsToTxn     _TRANSPORT                              1      | COMMITTED",
        "AddOffsetsToTxn     INVALID_PRODUCER_EPOCH                  1      | DEAD",
        "AddOffsetsToTxn     INVALID_TXN_STATE                       1      | DEAD",
        "AddOffsetsToTxn     GROUP_AUTHORIZATION_FAILED              1      | ABORTED",
        "TxnOffsetCommit     COORDINATOR_NOT_AVAILABLE               1      | COMMITTED",
        "TxnOffsetCommit     COORDINATOR_NOT_AVAILABLE               3      | COMMITTED",
        "TxnOffsetCommit     NOT_COORDINATOR                         1      | COMMITTED",
        "TxnOffsetCommit     COORDINATOR_LOAD_IN_PROGRESS            1      | COMMITTED",
        "TxnOffsetCommit     REQUEST_TIMED_OUT                       1      | COMMITTED",
        "TxnOffsetCommit     _TRANSPORT                              1      | COMMITTED",
        "TxnOffsetCommit     ILLEGAL_GENERATION                      1      | STALE",
        "TxnOffsetCommit     UNKNOWN_MEMBER_ID                       1      | STALE",
        "TxnOffsetCommit     FENCED_INSTANCE_ID                      1      | DEAD",
        "TxnOffsetCommit     REBALANCE_IN_PROGRESS                   1      | STALE",
        "TxnOffsetCommit     GROUP_AUTHORIZATION_FAILED              1      | ABORTED",
        "TxnOffsetCommit     INVALID_PRODUCER_EPOCH                  1      | DEAD",
        "EndTxn              CONCURRENT_TRANSACTIONS                 1      | COMMITTED",
        "EndTxn              CONCURRENT_TRANSACTIONS                 3      | COMMITTED",
        "EndTxn              COORDINATOR_NOT_AVAILABLE               1      | COMMITTED",
        "EndTxn              COORDINATOR_NOT_AVAILABLE               3      | COMMITTED",
        "EndTxn              NOT_COORDINATOR                         1      | COMMITTED",
        "EndTxn              COORDINATOR_LOAD_IN_PROGRESS            1      | COMMITTED",
        "EndTxn              _TRANSPORT                              1      | COMMITTED",
        "EndTxn              _TRANSPORT                              3      | COMMITTED",
        "EndTxn              INVALID_PRODUCER_EPOCH                  1      | DEAD",
        "EndTxn              PRODUCER_FENCED                         1      | DEAD",
        "EndTxn              INVALID_TXN_STATE                       1      | DEAD",
        "EndTxn              TRANSACTIONAL_ID_AUTHORIZATION_FAILED   1      | DEAD");
    join();
    open_sink();
    while (table_next(&t)) {
        look_up();
        kafka_mock_fail(mock, cell(&t, "request"), cell(&t, "error"), (unsigned)cell_int(&t, "times"));
        enum err e = transact();
        CHECK_CELL(&t, "word", slice_from(word(e)));
        kafka_mock_forget(mock, cell(&t, "request"));
        go_on(e);
    }
}

/* A broker takes offsets from nobody, and checks nothing of them (kafka.md 4.1). */
TEST(who_is_no_member_or_has_not_restored_sends_no_offsets)
{
    join();
    CHECK(before_it_was_ready == ERR_SOURCE_STALE);
}

enum { QUICK_MS = 2000, TICK_US = 5000, LATE_MS = 200 };

static const struct kafka_property quick[] = {
    { "transaction.timeout.ms", "2000" }, { "message.timeout.ms", "1900" }, { "socket.timeout.ms", "1900" },
    { "request.timeout.ms", "1900" },
};

/* What a watchdog sees: the longest time without a move. When its own tick is late it was the machine that stood
 * still. */
static _Atomic int64_t moved_ms, longest_ms, ticked_ms, woken_ms;

static void watch(int signal)
{
    (void)signal;
    int64_t now = clock_mono_ms(), before = atomic_exchange(&ticked_ms, now);
    if (now - before > LATE_MS) atomic_store(&woken_ms, now);
    int64_t moved = atomic_load(&moved_ms), woken = atomic_load(&woken_ms),
            still = now - (moved > woken ? moved : woken);
    if (still > atomic_load(&longest_ms)) atomic_store(&longest_ms, still);
}

static void watch_each(suseconds_t us)
{
    struct sigaction action = { .sa_handler = watch, .sa_flags = SA_RESTART };
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){ { 0, us }, { 0, us } }, NULL) == 0);
}

/* A hasty transaction is aborted where the machine stands still for two seconds: then the next one, or one after it. */
static enum err transact_at_last(enum err wanted)
{
    enum err e = transact();
    for (unsigned i = 0; i < 20 && e != wanted && e == ERR_TRANSACTION_ABORTED; i++) {
        put_right(e);
        e = transact();
    }
    return e;
}

/* The deadline is twice the transaction's time-out, and so is the patience of the watchdog: it counts calls, not
 * commits. */
TEST(a_commit_that_is_patient_with_its_broker_is_not_stuck)
{
    join();
    kafka_mock_options(mock)->properties = quick;
    kafka_mock_options(mock)->property_count = sizeof quick / sizeof quick[0];
    kafka_mock_options(mock)->moved_ms = &moved_ms;
    open_sink();
    kafka_mock_options(mock)->property_count = 0;
    kafka_mock_fail(mock, SLICE("EndTxn"), SLICE("COORDINATOR_NOT_AVAILABLE"), 200);
    int64_t begun_ms = clock_mono_ms();
    atomic_store(&moved_ms, begun_ms);
    atomic_store(&ticked_ms, begun_ms);
    atomic_store(&longest_ms, 0);
    watch_each(TICK_US);
    enum err e = transact_at_last(ERR_TRANSACTION_UNKNOWN);
    CHECK(e == ERR_TRANSACTION_UNKNOWN);
    CHECK(clock_mono_ms() - begun_ms >= 2 * QUICK_MS);
    kafka_mock_forget(mock, SLICE("EndTxn"));
    go_on(e);
    watch_each(0);
    CHECK(atomic_load(&longest_ms) < 2 * QUICK_MS);
    kafka_mock_options(mock)->moved_ms = NULL;
}

TEST(an_answer_that_does_not_come_is_read_back_by_a_new_instance)
{
    join();
    kafka_mock_options(mock)->properties = quick;
    kafka_mock_options(mock)->property_count = sizeof quick / sizeof quick[0];
    open_sink();
    kafka_mock_options(mock)->property_count = 0;
    CHECK(transact_at_last(OK) == OK);
    kafka_mock_fail(mock, SLICE("EndTxn"), SLICE("COORDINATOR_NOT_AVAILABLE"), 200);
    enum err e = transact_at_last(ERR_TRANSACTION_UNKNOWN);
    CHECK(e == ERR_TRANSACTION_UNKNOWN);
    kafka_mock_forget(mock, SLICE("EndTxn"));
    CHECK_INT(kafka_sink_totals(sink).lost, 1);
    CHECK_INT(kafka_sink_totals(sink).committed, 1);
    go_on(e);
    CHECK_INT(kafka_sink_totals(sink).committed, 2);
}

/* A mock's topic does not grow: the next instance finds another broker, whose changelog has one partition more. */
TEST(a_topic_that_grew_under_a_running_sink_is_refused)
{
    char brokers[128];
    struct kafka_mock *grown = kafka_mock_open(NULL, 0);
    for (unsigned i = 0; i < sizeof outputs / sizeof outputs[0]; i++)
        kafka_mock_topic(grown, outputs[i], KAFKA_MOCK_PARTITIONS + (outputs[i] == TOPIC_CLASSIFICATION_CHANGELOG));
    join();
    struct kafka_options *options = kafka_mock_options(mock), before = *options;
    CHECK(snprintf(brokers, sizeof brokers, "%s", before.brokers) < (int)sizeof brokers);
    options->brokers = brokers;
    options->properties = quick;
    options->property_count = sizeof quick / sizeof quick[0];
    open_sink();
    kafka_mock_fail(mock, SLICE("EndTxn"), SLICE("COORDINATOR_NOT_AVAILABLE"), 200);
    CHECK(transact() == ERR_TRANSACTION_UNKNOWN);
    kafka_mock_forget(mock, SLICE("EndTxn"));
    CHECK(snprintf(brokers, sizeof brokers, "%s", kafka_mock_options(grown)->brokers) < (int)sizeof brokers);
    struct offset consumed = { .topic = TOPIC_CLAIMS_RECEIVED, .partition = PARTITION, .next = 1, .mark = mark };
    bool committed = false;
    CHECK_INT(sink_recover(kafka_sink_base(sink), kafka_source_base(source), &consumed, 1, &committed),
              ERR_KAFKA_TOPIC);
    CHECK(!committed);
    *options = before;
    open_sink();
    kafka_mock_close(grown);
    CHECK(transact() == OK);
}

TEST(what_a_transaction_wrote_to_a_changelog_is_known_when_it_is_committed)
{
    struct sink *s;
    join();
    open_sink();
    s = kafka_sink_base(sink);
    CHECK(transact() == OK);
    int64_t first = sink_written(s, TOPIC_CLASSIFICATION_CHANGELOG, PARTITION);
    CHECK(first > 0);
    CHECK(transact() == OK);
    CHECK(sink_written(s, TOPIC_CLASSIFICATION_CHANGELOG, PARTITION) > first);
    CHECK_INT(sink_written(s, TOPIC_CLASSIFICATION_CHANGELOG, 0), 0);
    CHECK_INT(sink_written(s, TOPIC_CLAIMS_CLASSIFIED, PARTITION), 0);      /* no changelog */
    CHECK(sink_begin(s) == OK);
    CHECK(sink_abort(s) == OK);
    CHECK_INT(sink_written(s, TOPIC_CLASSIFICATION_CHANGELOG, PARTITION), 0);
    CHECK(sink_abort(s) == OK);                     /* nothing is open any more */
}

TEST(what_is_more_than_a_request_holds_goes_in_several)
{
    enum { RECORDS = 25, RECORD_BYTES = 100000 };
    static char bytes[RECORD_BYTES];
    struct sink *s;
    join();
    open_sink();
    s = kafka_sink_base(sink);
    CHECK(transact() == OK);
    int64_t before = sink_written(s, TOPIC_CLASSIFICATION_CHANGELOG, PARTITION);
    memset(bytes, 'x', sizeof bytes);
    CHECK(sink_begin(s) == OK);
    for (int i = 0; i < RECORDS; i++)
        CHECK(sink_send(s, TOPIC_CLASSIFICATION_CHANGELOG, PARTITION, SLICE("1key"), slice_of(bytes, sizeof bytes),
                        NULL, 0)
              == OK);
    struct offset consumed = { .topic = TOPIC_CLAIMS_RECEIVED, .partition = PARTITION, .next = 1, .mark = ++mark };
    CHECK(sink_commit(s, kafka_source_base(source), &consumed, 1) == OK);
    CHECK(sink_written(s, TOPIC_CLASSIFICATION_CHANGELOG, PARTITION) >= before + RECORDS);
}

/* Runs in a child: a broken promise ends the process. */
static int end_of(void (*run)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        ASSERT(freopen("/dev/null", "w", stderr));
        run();
        _exit(0);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 70;        /* sanitizer builds end by a signal */
}

static void poll_inside(void)
{
    const struct record *records;
    unsigned count;
    (void)!source_pull(kafka_source_base(source), 10, 1000, &records, &count);
}

static void serve_inside(void)
{
    (void)!kafka_source_serve(source, 0);
}

TEST(a_poll_inside_a_transaction_is_a_broken_promise)
{
    join();
    open_sink();
    CHECK(sink_begin(kafka_sink_base(sink)) == OK);
    CHECK_INT(end_of(poll_inside), 70);
    CHECK_INT(end_of(serve_inside), 70);
    CHECK(sink_abort(kafka_sink_base(sink)) == OK);
    look_up();
}
