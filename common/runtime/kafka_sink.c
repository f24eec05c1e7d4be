/* runtime/kafka_sink.c: one transactional producer; the only reader of the library's transaction errors (kafka.md
 * 5). */
#include "runtime/kafka_sink.h"

#include "base/assert.h"
#include "runtime/kafka_handle.h"
#include "runtime/kafka_source.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>

enum {
    SERVE_EVERY = 1024,
    FULL_MS = 5,
    SEND_MS = 1,
    PAUSE_MS = 10,
    PAUSE_MAX_MS = 640,
    REPORTS_MS = 50,
    REQUEST_MS = 500,
    REQUEST_BYTES = 1000000,
    RECORD_BYTES = 64
};

struct kafka_sink {
    struct sink                 sink;
    struct kafka_handle         handle;
    const struct kafka_options *options;
    struct kafka_options
        silent; /* without statistics: a producer keeps 20 KiB of figures a topic and broker for them */
    struct kafka_source        *source;
    enum topic                  topics[TOPIC_COUNT];
    unsigned                    topic_count;
    bool                        is_ready;           /* the former instance is fenced */
    bool                        is_open;            /* a transaction is */
    bool                        is_lost;            /* its answer is: only recover may follow */
    int delivery; /* of a record that failed: its error, one from inside before others */
    unsigned                    sent;
    unsigned                    aborts_in_a_row;
    int64_t                     timeout_ms;         /* of a transaction */
    uint64_t                    nonce;              /* of this process: two owners may use one mark, not one nonce */
    int64_t                    *written[TOPIC_COUNT];       /* compacted ones, by partition: after the last record */
    size_t *gathered[TOPIC_COUNT]; /* by partition: bytes queued since everything was sent last */
    size_t                      table_rows[TOPIC_COUNT];    /* of gathered and written */
    size_t                      request_bytes;      /* of one request to a partition, at most */
    _Atomic uint64_t            committed, aborted, lost;
};

static struct kafka_sink *of(struct sink *sink)
{
    return (struct kafka_sink *)sink;               /* its first member */
}

/* --- kafka.md 5.1 ----------------------------------------------------------------------------------------------- */

/* A record itself is not taken: another attempt would end the same way. */
static bool is_inside(int code)
{
    return code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || code == RD_KAFKA_RESP_ERR_INVALID_RECORD ||
           code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE || code == RD_KAFKA_RESP_ERR_INVALID_MSG;
}

/* No record is at fault: the broker takes none that is sent an hour before its time. */
static bool is_of_the_clock(int code)
{
    return code == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP;
}

static bool says_why(int code)
{
    return is_inside(code) || is_of_the_clock(code);
}

static bool is_stale(int code)
{
    return code == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION || code == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID ||
           code == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS;
}

static enum kafka_word word_of_send(const struct kafka_answer *a)
{
    if (is_inside(a->code) || is_inside(a->delivery)) return KAFKA_REFUSED;
    if (a->code == RD_KAFKA_RESP_ERR__QUEUE_FULL) return a->past_deadline ? KAFKA_ABORTED : KAFKA_AGAIN;
    if (a->code == RD_KAFKA_RESP_ERR__STATE) return KAFKA_ABORTED;          /* the transaction has failed already */
    return KAFKA_DEAD;
}

enum kafka_word kafka_sink_word(const struct kafka_answer *a)
{
    if (a->code == RD_KAFKA_RESP_ERR_NO_ERROR) return KAFKA_COMMITTED;
    if (a->is_fatal || a->code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID) return KAFKA_DEAD;
    if (a->call == KAFKA_CALL_SEND) return word_of_send(a);
    if (a->call == KAFKA_CALL_OFFSETS && is_stale(a->code)) return KAFKA_STALE;
    if (a->is_retriable) return a->past_deadline ? KAFKA_INDEFINITE : KAFKA_AGAIN;
    if (a->requires_abort) return is_inside(a->code) || is_inside(a->delivery) ? KAFKA_REFUSED : KAFKA_ABORTED;
    return KAFKA_DEAD;                              /* unclassified means fatal, says the library */
}

const char *kafka_sink_word_name(enum kafka_word word)
{
    switch (word) {
    case KAFKA_COMMITTED:  return "COMMITTED";
    case KAFKA_AGAIN:      return "AGAIN";
    case KAFKA_ABORTED:    return "ABORTED";
    case KAFKA_REFUSED:    return "REFUSED";
    case KAFKA_STALE:      return "STALE";
    case KAFKA_INDEFINITE: return "INDEFINITE";
    case KAFKA_DEAD:       return "DEAD";
    }
    NEVER();
}

static enum err dead(struct kafka_sink *s, int code)
{
    char text[256];
    rd_kafka_resp_err_t cause = rd_kafka_fatal_error(s->handle.rk, text, sizeof text);
    if (cause == RD_KAFKA_RESP_ERR_NO_ERROR) cause = (rd_kafka_resp_err_t)code;
    bool is_fenced = kafka_handle_error(cause) == ERR_KAFKA_FENCED;
    kafka_handle_log(
        s->options, KAFKA_ERROR, "TRANSACTION", "the producer has failed for good: %s%s", rd_kafka_err2str(cause),
        is_fenced ? "; the broker gave a transaction up after its time-out, or another process runs with the same "
                    "setting `instance`"
                  : "");
    return is_fenced ? ERR_KAFKA_FENCED : ERR_KAFKA_FATAL;
}

/* --- calls that may take time ----------------------------------------------------------------------------------- */

static void note_move(struct kafka_sink *s)
{
    if (s->options->moved_ms) atomic_store_explicit(s->options->moved_ms, kafka_handle_now_ms(), memory_order_relaxed);
}

/* One call of the library with its further arguments. */
struct request {
    enum kafka_call call;
    const rd_kafka_topic_partition_list_t    *offsets;
    const rd_kafka_consumer_group_metadata_t *membership;
};

static rd_kafka_error_t *call(struct kafka_sink *s, const struct request *r, int timeout_ms)
{
    switch (r->call) {
    case KAFKA_CALL_INIT:    return rd_kafka_init_transactions(s->handle.rk, timeout_ms);
    case KAFKA_CALL_OFFSETS:
        return rd_kafka_send_offsets_to_transaction(s->handle.rk, r->offsets, r->membership, timeout_ms);
    case KAFKA_CALL_COMMIT:  return rd_kafka_commit_transaction(s->handle.rk, timeout_ms);
    case KAFKA_CALL_ABORT:   return rd_kafka_abort_transaction(s->handle.rk, timeout_ms);
    case KAFKA_CALL_SEND:    break;
    }
    NEVER();
}

static rd_kafka_error_t *run(struct kafka_sink *s, const struct request *r, int timeout_ms)
{
    note_move(s);
    rd_kafka_error_t *error = call(s, r, timeout_ms);
    note_move(s);
    return error;
}

static const char *call_name(enum kafka_call call)
{
    static const char *const names[] = { "send", "send_offsets", "commit", "abort", "init" };
    return names[call];
}

/* A transaction fails before the record that made it fail is reported. */
static void wait_for_reports(struct kafka_sink *s)
{
    int64_t ends = kafka_handle_now_ms() + REPORTS_MS;
    do rd_kafka_poll(s->handle.rk, 1);
    while (rd_kafka_outq_len(s->handle.rk) > 0 && !says_why(s->delivery) && kafka_handle_now_ms() < ends);
}

/* Takes the library's error over. */
static struct kafka_answer answer_of(struct kafka_sink *s, enum kafka_call call, rd_kafka_error_t *error,
                                     bool past_deadline)
{
    struct kafka_answer a = { .call = call, .past_deadline = past_deadline };
    if (!error) return a;
    if (rd_kafka_error_txn_requires_abort(error)) wait_for_reports(s);
    a.delivery = s->delivery;
    a.code = rd_kafka_error_code(error);
    a.is_retriable = rd_kafka_error_is_retriable(error);
    a.requires_abort = rd_kafka_error_txn_requires_abort(error);
    a.is_fatal = rd_kafka_error_is_fatal(error);
    enum kafka_word word = kafka_sink_word(&a);
    if (word != KAFKA_AGAIN || a.code != RD_KAFKA_RESP_ERR__TIMED_OUT)
        kafka_handle_log(s->options, word == KAFKA_AGAIN ? KAFKA_INFO : KAFKA_WARNING, "TRANSACTION", "%s: %s (%s): %s",
                         call_name(call), kafka_sink_word_name(word), rd_kafka_error_name(error),
                         rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    return a;
}

/* Calls until there is a word; the library resumes where a call timed out. The deadline of kafka.md 5.1. */
static enum kafka_word insist(struct kafka_sink *s, const struct request *r, int *code)
{
    int64_t deadline = kafka_handle_now_ms() + 2 * s->timeout_ms;
    for (;;) {
        rd_kafka_error_t *error = run(s, r, (int)s->timeout_ms);
        struct kafka_answer a = answer_of(s, r->call, error, kafka_handle_now_ms() >= deadline);
        enum kafka_word word = kafka_sink_word(&a);
        *code = a.code;
        if (word != KAFKA_AGAIN) return word;
        kafka_handle_pause_ms(PAUSE_MS);
    }
}

/* --- instances -------------------------------------------------------------------------------------------------- */

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *context)
{
    struct kafka_sink *s = context;
    (void)rk;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (s->delivery == 0 || says_why(message->err)) s->delivery = message->err;
        return;
    }
    int64_t *written = s->written[kafka_handle_message_topic(message)];
    if (written && message->offset >= written[message->partition]) written[message->partition] = message->offset + 1;
}

static void serve(void *context)
{
    struct kafka_sink *s = context;
    rd_kafka_poll(s->handle.rk, 0);
}

/* A topic that grew while we run is refused: keys lie elsewhere since (kafka.md I8), and the tables have their first
 * size. */
static enum err make_tables(struct kafka_sink *s, enum topic topic)
{
    size_t rows = (size_t)s->handle.partitions[topic];
    if (s->table_rows[topic]) return s->table_rows[topic] == rows ? OK : ERR_KAFKA_TOPIC;
    if (!s->gathered[topic] && !(s->gathered[topic] = calloc(rows, sizeof **s->gathered))) return ERR_MEMORY_EXHAUSTED;
    if (topic_row(topic)->compacted && !(s->written[topic] = calloc(rows, sizeof **s->written)))
        return ERR_MEMORY_EXHAUSTED;
    s->table_rows[topic] = rows;
    return OK;
}

static enum err open_instance(struct kafka_sink *s)
{
    struct kafka_hooks hooks = { .context = s, .delivered = on_delivery };
    s->is_ready = false;
    TRY(kafka_handle_open(&s->handle, &s->silent, KAFKA_TRANSACTIONS, &hooks));
    for (unsigned i = 0; i < s->topic_count; i++) {
        TRY(kafka_handle_warm(&s->handle, s->topics[i], KAFKA_WAIT_MS));
        note_move(s);
        TRY(make_tables(s, s->topics[i]));
    }
    return OK;
}

enum err kafka_sink_ready(struct kafka_sink *s, int timeout_ms)
{
    if (s->is_ready) return OK;
    struct kafka_answer a =
        answer_of(s, KAFKA_CALL_INIT, run(s, &(struct request){ .call = KAFKA_CALL_INIT }, timeout_ms), false);
    enum kafka_word word = kafka_sink_word(&a);
    if (word == KAFKA_AGAIN) return ERR_KAFKA_UNREACHABLE;
    if (word != KAFKA_COMMITTED) return dead(s, a.code);
    s->is_ready = true;
    return OK;
}

/* The library goes on by itself. */
static enum err begin_fencing(struct kafka_sink *s)
{
    enum err e = kafka_sink_ready(s, 1);
    return e == ERR_KAFKA_UNREACHABLE ? OK : e;
}

static enum err become_ready(struct kafka_sink *s)
{
    int code;
    if (s->is_ready) return OK;
    enum kafka_word word = insist(s, &(struct request){ .call = KAFKA_CALL_INIT }, &code);
    if (word == KAFKA_INDEFINITE) return ERR_KAFKA_UNREACHABLE;
    if (word != KAFKA_COMMITTED) return dead(s, code);
    s->is_ready = true;
    return OK;
}

/* A new instance fences the old one: whatever that had asked for is decided when it is ready (kafka.md 1, rule 5). */
static enum err replace_instance(struct kafka_sink *s)
{
    kafka_handle_close(&s->handle);
    TRY(open_instance(s));
    return become_ready(s);
}

/* A broker thread of the library polls without rest while records of a partition wait behind a request in flight
 * (kafka.md 16.61), and what it may send at once it sends in crumbs. So records gather, and leave as one request for
 * each partition. */
static void send_gathered(struct kafka_sink *s, int wait_ms)
{
    rd_kafka_flush(s->handle.rk, wait_ms);          /* what has not arrived by then is on its way */
}

static void forget_gathered(struct kafka_sink *s)
{
    for (unsigned i = 0; i < s->topic_count; i++) {
        enum topic topic = s->topics[i];
        memset(s->gathered[topic], 0, (size_t)s->handle.partitions[topic] * sizeof **s->gathered);
    }
}

/* What would be a partition's second request goes when the first has arrived. */
static void make_room(struct kafka_sink *s, enum topic topic, int32_t partition, size_t bytes)
{
    size_t *gathered = &s->gathered[topic][partition];
    if (*gathered > 0 && *gathered + bytes > s->request_bytes) {
        note_move(s);
        send_gathered(s, REQUEST_MS);
        note_move(s);
        forget_gathered(s);
    }
    *gathered += bytes;
}

/* --- the transaction -------------------------------------------------------------------------------------------- */

static void mark_open(struct kafka_sink *s, bool is_open)
{
    s->is_open = is_open;
    if (s->source) kafka_source_forbid(s->source, is_open);
}

static void forget_written(struct kafka_sink *s)
{
    for (unsigned i = 0; i < s->topic_count; i++) {
        enum topic topic = s->topics[i];
        if (s->written[topic]) memset(s->written[topic], 0, (size_t)s->handle.partitions[topic] * sizeof **s->written);
    }
}

static enum err kafka_sink_begin(struct sink *sink)
{
    struct kafka_sink *s = of(sink);
    ASSERT(!s->is_open && !s->is_lost);
    TRY(become_ready(s));
    rd_kafka_poll(s->handle.rk, 0);
    forget_written(s);
    forget_gathered(s);
    s->delivery = 0;
    s->sent = 0;
    rd_kafka_error_t *error = rd_kafka_begin_transaction(s->handle.rk);
    if (error) return dead(s, answer_of(s, KAFKA_CALL_INIT, error, true).code);
    mark_open(s, true);
    return OK;
}

static enum err failed(struct kafka_sink *s, enum kafka_word word, int code)
{
    switch (word) {
    case KAFKA_COMMITTED:  return OK;
    case KAFKA_ABORTED:
        return is_of_the_clock(code) || is_of_the_clock(s->delivery) ? ERR_CLOCK_AHEAD : ERR_TRANSACTION_ABORTED;
    case KAFKA_REFUSED:    return ERR_TRANSACTION_REFUSED;
    case KAFKA_STALE:      return ERR_SOURCE_STALE;
    case KAFKA_INDEFINITE: return ERR_TRANSACTION_UNKNOWN;
    case KAFKA_DEAD:       return dead(s, code);
    case KAFKA_AGAIN:      break;
    }
    NEVER();
}

static enum kafka_word word_of(struct kafka_sink *s, rd_kafka_resp_err_t code, int64_t deadline)
{
    struct kafka_answer a = { .call = KAFKA_CALL_SEND, .code = code };
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return KAFKA_COMMITTED;
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) send_gathered(s, FULL_MS);
    else rd_kafka_poll(s->handle.rk, 0);            /* what failed may say why */
    a.delivery = s->delivery;
    a.is_fatal = rd_kafka_fatal_error(s->handle.rk, NULL, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
    a.past_deadline = kafka_handle_now_ms() >= deadline;
    enum kafka_word word = kafka_sink_word(&a);
    if (word != KAFKA_AGAIN)
        kafka_handle_log(s->options, KAFKA_WARNING, "TRANSACTION", "send: %s (%s), delivery %s",
                         kafka_sink_word_name(word), rd_kafka_err2name(code),
                         rd_kafka_err2name((rd_kafka_resp_err_t)a.delivery));
    return word;
}

/* As much as the library makes of it, or more. */
static size_t bytes_of(struct slice key, struct slice value, const struct header *headers, unsigned header_count)
{
    size_t bytes = RECORD_BYTES + key.size + value.size;
    for (unsigned i = 0; i < header_count; i++) bytes += RECORD_BYTES + headers[i].name.size + headers[i].value.size;
    return bytes;
}

static enum err kafka_sink_send(struct sink *sink, enum topic topic, int32_t partition, struct slice key,
                                struct slice value, const struct header *headers, unsigned header_count)
{
    struct kafka_sink *s = of(sink);
    ASSERT(s->is_open && !s->is_lost);
    ASSERT(partition >= 0 && partition < s->handle.partitions[topic]);
    if (++s->sent % SERVE_EVERY == 0) rd_kafka_poll(s->handle.rk, 0);
    make_room(s, topic, partition, bytes_of(key, value, headers, header_count));
    int64_t deadline = INT64_MAX;
    for (;;) {
        rd_kafka_resp_err_t code = kafka_handle_produce(&s->handle, topic, partition, key, value, headers,
                                                        header_count);
        enum kafka_word word = word_of(s, code, deadline);
        if (word != KAFKA_AGAIN) return failed(s, word, code);
        if (deadline == INT64_MAX) deadline = kafka_handle_now_ms() + s->timeout_ms;
    }
}

static rd_kafka_topic_partition_list_t *list_of(struct kafka_sink *s, const struct offset *offsets, unsigned count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (unsigned i = 0; i < count; i++) {
        char name[KAFKA_NAME_MAX];
        ASSERT(offsets[i].next >= 0);
        kafka_client_topic_name(s->options, offsets[i].topic, name);
        rd_kafka_topic_partition_t *row = rd_kafka_topic_partition_list_add(list, name, offsets[i].partition);
        row->offset = offsets[i].next;
        kafka_handle_put_mark(row, offsets[i].mark, s->nonce);
    }
    return list;
}

static enum kafka_word send_offsets(struct kafka_sink *s, struct kafka_source *source, const struct offset *offsets,
                                    unsigned count, int *code)
{
    rd_kafka_consumer_group_metadata_t *membership = kafka_source_membership(source);
    if (!membership) return KAFKA_STALE;            /* kafka.md 1, rule 3 */
    rd_kafka_topic_partition_list_t *list = list_of(s, offsets, count);
    struct request r = { .call = KAFKA_CALL_OFFSETS, .offsets = list, .membership = membership };
    enum kafka_word word = insist(s, &r, code);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_consumer_group_metadata_destroy(membership);
    return word;
}

static enum err kafka_sink_commit(struct sink *sink, struct source *consumed, const struct offset *offsets,
                                  unsigned offset_count)
{
    struct kafka_sink *s = of(sink);
    int code = 0;
    ASSERT(s->is_open && !s->is_lost);
    ASSERT(offset_count > 0 || s->sent == 0 || !consumed);      /* kafka.md 1, rule 2 */
    enum kafka_word word = KAFKA_COMMITTED;
    if (s->sent > 0) send_gathered(s, SEND_MS);     /* while the offsets go their way */
    if (offset_count > 0) word = send_offsets(s, kafka_source_of(consumed), offsets, offset_count, &code);
    if (word == KAFKA_COMMITTED) word = insist(s, &(struct request){ .call = KAFKA_CALL_COMMIT }, &code);
    if (word == KAFKA_COMMITTED) {
        mark_open(s, false);
        s->aborts_in_a_row = 0;
        atomic_fetch_add_explicit(&s->committed, 1, memory_order_relaxed);
    }
    if (word == KAFKA_INDEFINITE) {
        s->is_lost = true;
        atomic_fetch_add_explicit(&s->lost, 1, memory_order_relaxed);
    }
    return failed(s, word, code);
}

/* What makes a broker refuse may last a while: longer each time, up to a second. */
static void back_off(struct kafka_sink *s)
{
    int64_t ms = (int64_t)PAUSE_MS << s->aborts_in_a_row;
    kafka_handle_pause_ms(ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS);
    if (ms < PAUSE_MAX_MS) s->aborts_in_a_row++;
}

static enum err kafka_sink_abort(struct sink *sink)
{
    struct kafka_sink *s = of(sink);
    int code;
    if (!s->is_open) return OK;
    ASSERT(!s->is_lost);
    enum kafka_word word = insist(s, &(struct request){ .call = KAFKA_CALL_ABORT }, &code);
    if (word == KAFKA_INDEFINITE && replace_instance(s) == OK) word = KAFKA_COMMITTED;
    if (word != KAFKA_COMMITTED) return dead(s, code);
    mark_open(s, false);
    atomic_fetch_add_explicit(&s->aborted, 1, memory_order_relaxed);
    back_off(s);
    return OK;
}

/* The marks tell: a transaction is one, so that all of its offsets are there or none, until a next owner moves on. */
static enum err compare_marks(struct kafka_sink *s, struct kafka_source *source, const struct offset *offsets,
                              unsigned count, bool *committed)
{
    rd_kafka_topic_partition_list_t *there = list_of(s, offsets, count);
    note_move(s);
    enum err e = kafka_source_read_back(source, there);
    note_move(s);
    *committed = false;
    for (int i = 0; e == OK && i < there->cnt; i++) {
        uint64_t mark, nonce;
        if (kafka_handle_mark(&there->elems[i], &mark, &nonce) && mark == offsets[i].mark && nonce == s->nonce)
            *committed = true;
    }
    rd_kafka_topic_partition_list_destroy(there);
    return e;
}

static enum err read_back(struct kafka_sink *s, struct kafka_source *source, const struct offset *offsets,
                          unsigned count, bool *committed)
{
    int64_t deadline = kafka_handle_now_ms() + 2 * s->timeout_ms;
    enum err e;
    do e = compare_marks(s, source, offsets, count, committed);
    while (e == ERR_KAFKA_UNREACHABLE && kafka_handle_now_ms() < deadline);
    return e;
}

static enum err kafka_sink_recover(struct sink *sink, struct source *consumed, const struct offset *offsets,
                                   unsigned offset_count, bool *committed)
{
    struct kafka_sink *s = of(sink);
    ASSERT(s->is_open && s->is_lost);
    kafka_handle_log(s->options, KAFKA_WARNING, "TRANSACTION",
                     "the answer to a commit was lost: fencing it and reading back");
    enum err e = replace_instance(s);
    if (e == OK) e = read_back(s, kafka_source_of(consumed), offsets, offset_count, committed);
    if (e != OK) return err_class(e) == ERR_CLASS_RETRY ? ERR_KAFKA_FATAL : e; /* not known: the restart reads it */
    s->is_lost = false;
    mark_open(s, false);
    atomic_fetch_add_explicit(*committed ? &s->committed : &s->aborted, 1, memory_order_relaxed);
    if (!kafka_source_is_member(kafka_source_of(consumed)))
        return ERR_SOURCE_STALE; /* the next owner replays either way */
    return OK;
}

static int64_t kafka_sink_written(struct sink *sink, enum topic topic, int32_t partition)
{
    struct kafka_sink *s = of(sink);
    ASSERT(!s->is_open && partition >= 0 && partition < s->handle.partitions[topic]);
    return s->written[topic] ? s->written[topic][partition] : 0;
}

/* --- life ------------------------------------------------------------------------------------------------------- */

static const struct sink_ops ops = {
    .begin = kafka_sink_begin, .send = kafka_sink_send, .commit = kafka_sink_commit, .abort = kafka_sink_abort,
    .recover = kafka_sink_recover, .written = kafka_sink_written,
};

enum err kafka_sink_open(const struct kafka_options *options, const enum topic *topics, unsigned topic_count,
                         struct kafka_source *source, struct kafka_sink **sink)
{
    ASSERT(topic_count < TOPIC_COUNT);
    struct kafka_sink *s = calloc(1, sizeof *s);
    if (!s) return ERR_MEMORY_EXHAUSTED;
    *s = (struct kafka_sink){ .sink = { &ops },
                              .options = options,
                              .source = source,
                              .topic_count = topic_count,
                              .timeout_ms =
                                  kafka_handle_number(options, "transaction.timeout.ms", KAFKA_TRANSACTION_TIMEOUT_MS),
                              .request_bytes = (size_t)kafka_handle_number(options, "batch.size", REQUEST_BYTES) };
    s->silent = *options;
    s->silent.statistics = NULL;                    /* what there is to hear of the brokers, the consumer hears */
    memcpy(s->topics, topics, topic_count * sizeof *topics);
    enum err e = getrandom(&s->nonce, sizeof s->nonce, 0) == sizeof s->nonce ? OK : ERR_KAFKA_FATAL;
    if (e == OK) e = open_instance(s);
    if (e == OK) e = begin_fencing(s);
    if (e != OK) {
        s->source = NULL;
        kafka_sink_close(s);
        return e;
    }
    if (source) kafka_source_bind(source, serve, s);
    *sink = s;
    return OK;
}

void kafka_sink_close(struct kafka_sink *s)
{
    if (!s) return;
    if (s->is_open) mark_open(s, false);
    if (s->source) kafka_source_bind(s->source, NULL, NULL);
    kafka_handle_close(&s->handle);
    for (enum topic topic = TOPIC_NONE; topic < TOPIC_COUNT; topic++) {
        free(s->written[topic]);
        free(s->gathered[topic]);
    }
    free(s);
}

struct sink *kafka_sink_base(struct kafka_sink *s)
{
    return &s->sink;
}

int32_t kafka_sink_partitions(const struct kafka_sink *s, enum topic topic)
{
    return s->handle.partitions[topic];
}

struct kafka_sink_totals kafka_sink_totals(const struct kafka_sink *s)
{
    return (struct kafka_sink_totals){ .committed = atomic_load_explicit(&s->committed, memory_order_relaxed),
                                       .aborted = atomic_load_explicit(&s->aborted, memory_order_relaxed),
                                       .lost = atomic_load_explicit(&s->lost, memory_order_relaxed) };
}
