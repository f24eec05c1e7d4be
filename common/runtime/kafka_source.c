/* runtime/kafka_source.c: membership by callbacks, records held as the library's messages (kafka.md 3, 4). */
#include "runtime/kafka_source.h"

#include "base/assert.h"
#include "runtime/kafka_handle.h"

#include <stdlib.h>

enum { TOPICS_MAX = 2, HEADERS_MAX = 16, ASK_MS = 1000, IDLE_MS = 20, INTERVAL_MS = 50, PARTITION_BYTES_MAX = 900000 };

/* Where the source stands in its assignment; membership_advance is the only writer. DISOWNED: a commit said that the
 * partitions are not ours, and the revoke has still to come (kafka.md 5.1, STALE). REVOKED: the pull that met it has
 * not answered yet. */
enum membership { OUTSIDE, ASSIGNED, STARTED, DISOWNED, REVOKED, MEMBERSHIP_COUNT };

struct held { rd_kafka_message_t *message; struct header *headers; };

struct kafka_source {
    struct source               source;
    struct kafka_handle         handle;
    const struct kafka_options *options;
    struct kafka_source_events  events;
    enum topic                  topics[TOPICS_MAX];
    unsigned                    topic_count;
    int32_t                     partitions;
    enum membership             membership;
    enum err                    failed;             /* of a callback or of the library: for good */
    bool                        forbidden;          /* a transaction is open */
    bool                        told;               /* `assigned` was called, and `revoked` not since */
    bool                        asked;              /* `done` holds what was committed */
    int64_t                     disowned_ms;        /* since when */
    int32_t                    *assigned;           /* partition numbers, ascending */
    unsigned                    assigned_count;
    bool                       *owned;              /* by partition */
    struct offset              *done[TOPICS_MAX];   /* by partition: after what is completed; next -1 never consumed */
    int64_t *read_to[TOPICS_MAX]; /* by partition: up to where it was read, what was rolled back included; 0 none */
    int64_t *stamps[TOPICS_MAX]; /* by partition: when the record completed last was sent, Unix ms; 0 none */
    size_t                     *partition_bytes;    /* by partition: held of all topics */
    struct record              *records;            /* held, and the messages they borrow from */
    struct held                *held;
    unsigned                    held_count, held_capacity;
    size_t                      held_bytes;
    rd_kafka_message_t        **aside;              /* came, but did not fit any more: the next pull begins with them */
    unsigned                    aside_count, aside_capacity;
    size_t                      aside_bytes;
    unsigned                   *aside_of;           /* by partition: how many of those */
    int64_t                     settled_ms;         /* before that instant no batch is closed (kafka.md 5.2) */
    void                      (*serve_partner)(void *);
    void                       *partner;
};

static struct kafka_source *of(const struct source *source)
{
    return (struct kafka_source *)(uintptr_t)source;            /* its first member */
}

static unsigned topic_index(const struct kafka_source *s, enum topic topic)
{
    unsigned t = 0;
    while (t < s->topic_count && s->topics[t] != topic) t++;
    ASSERT(t < s->topic_count);
    return t;
}

static struct offset *done_of(const struct kafka_source *s, enum topic topic, int32_t partition)
{
    ASSERT(partition >= 0 && partition < s->partitions);
    return &s->done[topic_index(s, topic)][partition];
}

static void membership_advance(struct kafka_source *s, enum membership to)
{
    static const unsigned allowed[MEMBERSHIP_COUNT] = {
        [OUTSIDE]  = 1u << ASSIGNED | 1u << OUTSIDE,
        [ASSIGNED] = 1u << STARTED | 1u << OUTSIDE,
        [STARTED]  = 1u << DISOWNED | 1u << REVOKED,
        [DISOWNED] = 1u << OUTSIDE,
        [REVOKED]  = 1u << ASSIGNED | 1u << OUTSIDE,
    };
    ASSERT(allowed[s->membership] & 1u << to);
    s->membership = to;
}

/* --- what is held ----------------------------------------------------------------------------------------------- */

static void release(struct kafka_source *s, unsigned i)
{
    const struct record *r = &s->records[i];
    ASSERT(s->held_bytes >= r->value.size && s->partition_bytes[r->partition] >= r->value.size);
    s->held_bytes -= r->value.size;
    s->partition_bytes[r->partition] -= r->value.size;
    free(s->held[i].headers);
    rd_kafka_message_destroy(s->held[i].message);
}

static void forget(struct kafka_source *s, unsigned count)
{
    ASSERT(count <= s->held_count);
    for (unsigned i = 0; i < count; i++) release(s, i);
    s->held_count -= count;
    if (s->held_count == 0) return;
    memmove(s->records, s->records + count, s->held_count * sizeof *s->records);
    memmove(s->held, s->held + count, s->held_count * sizeof *s->held);
}

static void forget_aside(struct kafka_source *s)
{
    for (unsigned i = 0; i < s->aside_count; i++) rd_kafka_message_destroy(s->aside[i]);
    s->aside_count = 0;
    s->aside_bytes = 0;
    memset(s->aside_of, 0, (size_t)s->partitions * sizeof *s->aside_of);
}

static void forget_all(struct kafka_source *s)
{
    forget(s, s->held_count);
    forget_aside(s);
    ASSERT(s->held_bytes == 0);
}

static void make_room(struct kafka_source *s)
{
    if (s->held_count < s->held_capacity) return;
    s->held_capacity = s->held_capacity ? 2 * s->held_capacity : 256;
    s->records = reallocarray(s->records, s->held_capacity, sizeof *s->records);
    s->held = reallocarray(s->held, s->held_capacity, sizeof *s->held);
    ASSERT(s->records && s->held);
}

static void hold(struct kafka_source *s, rd_kafka_message_t *message)
{
    struct header found[HEADERS_MAX], *headers = NULL;
    make_room(s);
    struct record *r = &s->records[s->held_count];
    kafka_handle_record(message, found, HEADERS_MAX, r);
    if (r->header_count) {
        headers = calloc(r->header_count, sizeof *headers);
        ASSERT_MEMORY(headers);
        memcpy(headers, found, r->header_count * sizeof *headers);
    }
    r->headers = headers;
    s->held[s->held_count++] = (struct held){ message, headers };
    s->held_bytes += r->value.size;
    s->partition_bytes[r->partition] += r->value.size;
}

static size_t partition_bytes_max(const struct kafka_source *s)
{
    return s->options->partition_bytes_max ? s->options->partition_bytes_max : PARTITION_BYTES_MAX;
}

/* One of a partition of which one was put aside waits behind it. */
static bool fits(const struct kafka_source *s, const rd_kafka_message_t *message, size_t bytes_max)
{
    if (s->aside_of[message->partition] > 0) return false;
    if (s->held_count == 0) return true;
    return s->held_bytes + message->len <= bytes_max
           && s->partition_bytes[message->partition] + message->len <= partition_bytes_max(s);
}

static void put_aside(struct kafka_source *s, rd_kafka_message_t *message)
{
    if (s->aside_count == s->aside_capacity) {
        s->aside_capacity = s->aside_capacity ? 2 * s->aside_capacity : 256;
        s->aside = reallocarray(s->aside, s->aside_capacity, sizeof *s->aside);
        ASSERT(s->aside);
    }
    s->aside[s->aside_count++] = message;
    s->aside_bytes += message->len;
    s->aside_of[message->partition]++;
}

/* Of what was put aside, what fits now, in order. */
static void hold_aside(struct kafka_source *s, unsigned count_max, size_t bytes_max)
{
    unsigned count = s->aside_count;
    s->aside_count = 0;
    s->aside_bytes = 0;
    memset(s->aside_of, 0, (size_t)s->partitions * sizeof *s->aside_of);
    for (unsigned i = 0; i < count; i++) {
        rd_kafka_message_t *message = s->aside[i];
        if (s->held_count < count_max && fits(s, message, bytes_max)) hold(s, message);
        else put_aside(s, message);                 /* where it stood or before: the list only shrinks */
    }
}

/* The library hands over a MiB of one partition, then of the next: what is more than a batch takes of the first waits
 * aside, so that the transaction is full of both. Nothing more is looked for when all are full, or as much waits. */
static bool may_look_on(const struct kafka_source *s, size_t bytes_max)
{
    unsigned blocked = 0;
    if (s->held_bytes >= bytes_max || s->aside_bytes >= partition_bytes_max(s)) return false;
    for (unsigned i = 0; i < s->assigned_count; i++) blocked += s->aside_of[s->assigned[i]] > 0;
    return blocked < s->assigned_count;
}

/* --- callbacks: inside a poll, so that no batch has begun -------------------------------------------------------- */

/* Every partition number of the list is there once for each input topic (kafka.md 4.1), or the review of a line would
 * meet another worker than the line. */
static bool is_whole(struct kafka_source *s, const rd_kafka_topic_partition_list_t *list)
{
    unsigned seen[TOPICS_MAX] = { 0 };
    bool *there[TOPICS_MAX] = { 0 };
    bool whole = true;
    for (unsigned t = 0; t < s->topic_count; t++)
        ASSERT_MEMORY((there[t] = calloc((size_t)s->partitions, sizeof **there)));
    for (int i = 0; i < list->cnt; i++) {
        unsigned t = topic_index(s, kafka_handle_topic_of(&s->handle, list->elems[i].topic));
        int32_t p = list->elems[i].partition;
        whole = whole && p < s->partitions;
        if (p < s->partitions) there[t][p] = true;
        seen[t]++;
    }
    for (unsigned t = 1; t < s->topic_count; t++)
        whole = whole && seen[t] == seen[0] && memcmp(there[t], there[0], (size_t)s->partitions * sizeof **there) == 0;
    for (unsigned t = 0; t < s->topic_count; t++) free(there[t]);
    return whole;
}

static void note_assignment(struct kafka_source *s, const rd_kafka_topic_partition_list_t *list)
{
    memset(s->owned, 0, (size_t)s->partitions * sizeof *s->owned);
    for (unsigned t = 0; t < s->topic_count; t++) {
        memset(s->stamps[t], 0, (size_t)s->partitions * sizeof *s->stamps[t]);
        memset(s->read_to[t], 0, (size_t)s->partitions * sizeof *s->read_to[t]);
    }
    for (int i = 0; i < list->cnt; i++) s->owned[list->elems[i].partition] = true;
    s->assigned_count = 0;
    for (int32_t p = 0; p < s->partitions; p++)
        if (s->owned[p]) s->assigned[s->assigned_count++] = p;
    s->asked = false;
}

static void fail(struct kafka_source *s, enum err e, const char *what)
{
    if (s->failed == OK) s->failed = e;
    kafka_handle_log(s->options, KAFKA_ERROR, "GROUP", "%s", what);
}

static void take_assignment(struct kafka_source *s, const rd_kafka_topic_partition_list_t *list)
{
    rd_kafka_topic_partition_list_t *none = rd_kafka_topic_partition_list_new(0);
    rd_kafka_assign(s->handle.rk, none);            /* accepted; nothing is fetched yet */
    rd_kafka_topic_partition_list_destroy(none);
    membership_advance(s, ASSIGNED);
    if (!is_whole(s, list)) {
        fail(s, ERR_PARTITIONS_TORN,
             "the input topics have different partition counts or a worker of another version is in "
             "the group: run `claimctl topics check`");
        return;
    }
    note_assignment(s, list);
    kafka_handle_log(s->options, KAFKA_INFO, "GROUP", "%u partitions assigned", s->assigned_count);
    s->told = true;
    if (s->events.assigned) s->events.assigned(s->events.context, s->assigned, s->assigned_count);
}

static void give_back(struct kafka_source *s, bool lost)
{
    forget_all(s);
    kafka_handle_log(s->options, lost ? KAFKA_WARNING : KAFKA_INFO, "GROUP", "%u partitions %s", s->assigned_count,
                     lost ? "lost" : "revoked");
    if (s->told && s->events.revoked) s->events.revoked(s->events.context, lost);
    s->told = false;
    s->assigned_count = 0;
    s->asked = false;
    memset(s->owned, 0, (size_t)s->partitions * sizeof *s->owned);
    rd_kafka_assign(s->handle.rk, NULL);
    membership_advance(s, s->membership == STARTED ? REVOKED : OUTSIDE);
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t *list, void *context)
{
    struct kafka_source *s = context;
    ASSERT(!s->forbidden);
    if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        take_assignment(s, list);
        return;
    }
    if (what != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
        kafka_handle_log(s->options, KAFKA_WARNING, "GROUP", "rebalance failed: %s", rd_kafka_err2str(what));
    give_back(s, rd_kafka_assignment_lost(rk));
    rd_kafka_yield(rk);                             /* the poll ends here: no assignment in the same one */
}

/* --- polling ---------------------------------------------------------------------------------------------------- */

/* Not a record but an event. Only what cannot mend itself ends the worker. */
static void read_event(struct kafka_source *s, const rd_kafka_message_t *message)
{
    char text[256];
    enum err e = kafka_handle_error(message->err);
    if (message->err == RD_KAFKA_RESP_ERR__FATAL) {
        rd_kafka_resp_err_t cause = rd_kafka_fatal_error(s->handle.rk, text, sizeof text);
        if (kafka_handle_error(cause) == ERR_KAFKA_FENCED) e = ERR_KAFKA_FENCED;
        kafka_handle_log(s->options, KAFKA_ERROR, "GROUP", "the consumer has failed for good: %s%s", text,
                         e == ERR_KAFKA_FENCED ? "; does another process run with the same setting `instance`?" : "");
        if (s->failed == OK) s->failed = e;
        return;
    }
    kafka_handle_log(s->options, KAFKA_WARNING, "GROUP", "%s", rd_kafka_message_errstr(message));
    if (e == ERR_KAFKA_TOPIC)
        e = ERR_KAFKA_FATAL; /* it was there when we joined: whether it is gone for good the start finds out */
    if (err_class(e) != ERR_CLASS_RETRY && s->failed == OK) s->failed = e;
}

/* The only place that polls. NULL: nothing came, or an event. */
static rd_kafka_message_t *poll_record(struct kafka_source *s, int timeout_ms)
{
    ASSERT(!s->forbidden);                          /* kafka.md 1, rule 1 */
    rd_kafka_message_t *message = rd_kafka_consumer_poll(s->handle.rk, timeout_ms);
    if (!message || message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return message;
    read_event(s, message);
    rd_kafka_message_destroy(message);
    return NULL;
}

/* The library gives no record of an assignment that was changed since. */
static bool is_ours(struct kafka_source *s, const rd_kafka_message_t *message)
{
    return s->membership == STARTED && message->partition < s->partitions && s->owned[message->partition];
}

static int64_t session_ms(const struct kafka_source *s)
{
    return kafka_handle_number(s->options, "session.timeout.ms", KAFKA_SESSION_TIMEOUT_MS);
}

enum err kafka_source_serve(struct kafka_source *s, int timeout_ms)
{
    rd_kafka_message_t *message = poll_record(s, timeout_ms);
    ASSERT(!message || s->membership == DISOWNED);  /* nothing is fetched before kafka_source_start */
    if (message) rd_kafka_message_destroy(message);
    if (s->membership == DISOWNED && kafka_handle_now_ms() - s->disowned_ms > session_ms(s))
        fail(s, ERR_KAFKA_FENCED, "the broker refused this member, and no rebalance came within the session");
    if (s->serve_partner) s->serve_partner(s->partner);
    return s->failed;
}

/* The time a poll may take: a first record is waited for; after it nothing is, but for the settle time, in which
 * markers of the last transaction land and a larger batch gathers (kafka.md 5.2). */
static int patience_ms(const struct kafka_source *s, int64_t now)
{
    if (s->held_count == 0) return IDLE_MS;
    return now < s->settled_ms ? (int)(s->settled_ms - now) : 0;
}

/* False: nothing more may be taken. */
static bool take(struct kafka_source *s, rd_kafka_message_t *message, size_t bytes_max)
{
    ASSERT(is_ours(s, message));
    if (fits(s, message, bytes_max)) {
        hold(s, message);
        return true;
    }
    put_aside(s, message);
    return may_look_on(s, bytes_max);
}

static void gather(struct kafka_source *s, unsigned count_max, size_t bytes_max)
{
    int64_t now = kafka_handle_now_ms(), interval = s->options->interval_ms ? s->options->interval_ms : INTERVAL_MS;
    int64_t ends = now + IDLE_MS + interval;
    hold_aside(s, count_max, bytes_max);
    if (s->aside_count > 0 && !may_look_on(s, bytes_max)) return;
    while (s->held_count < count_max && now < ends) {
        bool was_empty = s->held_count == 0;
        rd_kafka_message_t *message = poll_record(s, patience_ms(s, now));
        if (s->failed != OK || s->membership != STARTED) {
            if (message) rd_kafka_message_destroy(message);
            return;
        }
        if (!message && (was_empty || patience_ms(s, kafka_handle_now_ms()) == 0)) return;
        if (message && !take(s, message, bytes_max)) return;
        if (was_empty || !message || s->held_count % 64 == 0) now = kafka_handle_now_ms();
        if (was_empty) ends = now + interval;
    }
}

static void move_up(struct kafka_source *s, unsigned from, unsigned to)
{
    struct record record = s->records[from];
    struct held held = s->held[from];
    memmove(s->records + to + 1, s->records + to, (from - to) * sizeof record);
    memmove(s->held + to + 1, s->held + to, (from - to) * sizeof held);
    s->records[to] = record;
    s->held[to] = held;
}

/* The first record of each partition comes before the second of any: partitions that a transaction writes to within its
 * first millisecond are registered by one request, those written to later by one more each. */
static void put_firsts_ahead(struct kafka_source *s)
{
    unsigned to = 0;
    for (unsigned i = 0; s->assigned_count > 1 && i < s->assigned_count; i++) {
        unsigned at = to;
        while (at < s->held_count && s->records[at].partition != s->assigned[i]) at++;
        if (at < s->held_count) move_up(s, at, to++);
    }
}

static enum err kafka_source_pull(struct source *source, unsigned count_max, size_t bytes_max,
                                  const struct record **records, unsigned *count)
{
    struct kafka_source *s = of(source);
    *count = 0;
    if (s->failed != OK) return s->failed;
    ASSERT(s->membership == STARTED || s->membership == REVOKED);
    if (s->membership == STARTED) gather(s, count_max, bytes_max);
    if (s->membership == STARTED) put_firsts_ahead(s);
    if (s->serve_partner) s->serve_partner(s->partner);
    if (s->failed != OK) return s->failed;
    if (s->membership != STARTED) {
        if (s->membership == REVOKED) membership_advance(s, OUTSIDE);
        return ERR_SOURCE_STALE;
    }
    *records = s->records;
    *count = s->held_count;
    return OK;
}

static void kafka_source_complete(struct source *source, unsigned count)
{
    struct kafka_source *s = of(source);
    ASSERT(count <= s->held_count && !s->forbidden);
    for (unsigned i = 0; i < count; i++) {
        struct offset *done = done_of(s, s->records[i].topic, s->records[i].partition);
        ASSERT(s->records[i].offset >= done->next);
        done->next = s->records[i].offset + 1;
        s->stamps[topic_index(s, s->records[i].topic)][s->records[i].partition] =
            rd_kafka_message_timestamp(s->held[i].message, NULL);
    }
    forget(s, count);
    s->settled_ms = kafka_handle_now_ms() + s->options->settle_ms;
}

static void kafka_source_drop(struct source *source)
{
    struct kafka_source *s = of(source);
    forget_all(s);
    if (s->membership != STARTED) return;
    membership_advance(s, DISOWNED);
    s->disowned_ms = kafka_handle_now_ms();
}

static struct offset kafka_source_position(struct source *source, enum topic topic, int32_t partition)
{
    struct kafka_source *s = of(source);
    struct offset done = *done_of(s, topic, partition);
    if (done.next < 0) done.next = 0;
    return done;
}

/* --- committed offsets ------------------------------------------------------------------------------------------ */

static rd_kafka_topic_partition_list_t *list_of(struct kafka_source *s)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)(s->assigned_count * s->topic_count));
    for (unsigned t = 0; t < s->topic_count; t++)
        for (unsigned i = 0; i < s->assigned_count; i++)
            rd_kafka_topic_partition_list_add(list, rd_kafka_topic_name(kafka_handle_topic(&s->handle, s->topics[t])),
                                              s->assigned[i]);
    return list;
}

static struct offset offset_of(struct kafka_source *s, const rd_kafka_topic_partition_t *row)
{
    struct offset o = { .topic = kafka_handle_topic_of(&s->handle, row->topic),
                        .partition = row->partition,
                        .next = row->offset };
    uint64_t nonce;
    if (o.next < 0) o.next = -1;
    if (!kafka_handle_mark(row, &o.mark, &nonce)) o.mark = 0;
    return o;
}

static enum err ask_committed(struct kafka_source *s)
{
    rd_kafka_topic_partition_list_t *list = list_of(s);
    enum err e = kafka_handle_committed(&s->handle, list, ASK_MS);
    for (int i = 0; e == OK && i < list->cnt; i++) {
        struct offset o = offset_of(s, &list->elems[i]);
        *done_of(s, o.topic, o.partition) = o;
    }
    rd_kafka_topic_partition_list_destroy(list);
    if (e == OK) s->asked = true;
    else
        kafka_handle_log(s->options, KAFKA_INFO, "GROUP",
                         "waiting for the committed offsets of %u partitions: a broker is away, "
                         "or a transaction of the former owner has not ended",
                         s->assigned_count);
    return e;
}

int64_t kafka_source_end(const struct kafka_source *s, enum topic topic, int32_t partition)
{
    int64_t low, high;
    rd_kafka_topic_t *known = s->handle.topics[topic];
    if (!known || rd_kafka_get_watermark_offsets(s->handle.rk, rd_kafka_topic_name(known), partition, &low, &high) != 0)
        return -1;
    return high;
}

/* While nothing is in hand, all that was read is done. Called in a poll, by the worker. */
static void on_statistics(struct slice statistics, void *context)
{
    struct kafka_source *s = context;
    if (s->membership != STARTED || s->held_count > 0 || s->aside_count > 0) return;
    for (unsigned t = 0; t < s->topic_count; t++)
        for (unsigned i = 0; i < s->assigned_count; i++) {
            int32_t p = s->assigned[i];
            const char *topic = rd_kafka_topic_name(kafka_handle_topic(&s->handle, s->topics[t]));
            int64_t to = kafka_handle_read_to(statistics, topic, p);
            if (to > s->read_to[t][p]) s->read_to[t][p] = to;
        }
}

int64_t kafka_source_read_to(const struct kafka_source *s, enum topic topic, int32_t partition)
{
    int64_t done = done_of(s, topic, partition)->next, to = s->read_to[topic_index(s, topic)][partition];
    return done > to ? done : to;
}

int64_t kafka_source_stamp(const struct kafka_source *s, enum topic topic, int32_t partition)
{
    int64_t stamp = s->stamps[topic_index(s, topic)][partition];
    return stamp > 0 ? stamp : 0;
}

enum err kafka_source_committed(struct kafka_source *s, enum topic topic, int32_t partition, struct offset *committed)
{
    ASSERT(s->membership == ASSIGNED || s->membership == STARTED);
    ASSERT(partition >= 0 && partition < s->partitions && s->owned[partition]);
    if (!s->asked && s->assigned_count > 0) TRY(ask_committed(s));
    *committed = *done_of(s, topic, partition);
    return OK;
}

/* A partition never consumed begins at its first record: an explicit offset, since a transaction sends one for it. */
static enum err find_beginnings(struct kafka_source *s)
{
    for (unsigned t = 0; t < s->topic_count; t++)
        for (unsigned i = 0; i < s->assigned_count; i++) {
            struct offset *done = &s->done[t][s->assigned[i]];
            int64_t low, high;
            if (done->next >= 0) continue;
            TRY(kafka_handle_error(rd_kafka_query_watermark_offsets(
                s->handle.rk, rd_kafka_topic_name(kafka_handle_topic(&s->handle, s->topics[t])), s->assigned[i], &low,
                &high, ASK_MS)));
            done->next = low;
        }
    return OK;
}

static enum err fetch_from_done(struct kafka_source *s)
{
    rd_kafka_topic_partition_list_t *list = list_of(s);
    for (int i = 0; i < list->cnt; i++)
        list->elems[i].offset =
            done_of(s, kafka_handle_topic_of(&s->handle, list->elems[i].topic), list->elems[i].partition)->next;
    rd_kafka_resp_err_t code = rd_kafka_assign(s->handle.rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return kafka_handle_error(code);
}

enum err kafka_source_start(struct kafka_source *s)
{
    ASSERT(s->membership == ASSIGNED && !s->forbidden);
    if (!s->asked && s->assigned_count > 0) TRY(ask_committed(s));
    TRY(find_beginnings(s));
    TRY(fetch_from_done(s));
    membership_advance(s, STARTED);
    return OK;
}

static enum err kafka_source_rewind(struct source *source)
{
    struct kafka_source *s = of(source);
    ASSERT(!s->forbidden);
    forget_all(s);
    if (s->membership != STARTED) return ERR_SOURCE_STALE;
    TRY(ask_committed(s));
    TRY(find_beginnings(s));
    return fetch_from_done(s);
}

enum err kafka_source_read_back(struct kafka_source *s, void *list)
{
    rd_kafka_topic_partition_list_t *rows = list;
    for (int i = 0; i < rows->cnt; i++) {
        free(rows->elems[i].metadata);
        rows->elems[i].metadata = NULL;
        rows->elems[i].metadata_size = 0;
        rows->elems[i].offset = RD_KAFKA_OFFSET_INVALID;
    }
    return kafka_handle_committed(&s->handle, rows, ASK_MS);
}

/* --- membership ------------------------------------------------------------------------------------------------- */

bool kafka_source_is_member(struct kafka_source *s)
{
    if (s->membership != STARTED) return false;
    char *id = rd_kafka_memberid(s->handle.rk);
    bool is = id && *id && !rd_kafka_assignment_lost(s->handle.rk);
    if (id) rd_kafka_mem_free(s->handle.rk, id);
    return is;
}

/* Looked at after the metadata was read: a membership that ended meanwhile cannot come back without a poll. */
void *kafka_source_membership(struct kafka_source *s)
{
    if (s->membership != STARTED) return NULL;
    rd_kafka_consumer_group_metadata_t *metadata = rd_kafka_consumer_group_metadata(s->handle.rk);
    if (!metadata || kafka_source_is_member(s)) return metadata;
    rd_kafka_consumer_group_metadata_destroy(metadata);
    return NULL;
}

void kafka_source_forbid(struct kafka_source *s, bool transaction_is_open)
{
    ASSERT(s->forbidden != transaction_is_open);
    s->forbidden = transaction_is_open;
}

void kafka_source_bind(struct kafka_source *s, void (*serve)(void *), void *partner)
{
    ASSERT(!s->serve_partner || !serve);
    s->serve_partner = serve;
    s->partner = partner;
}

/* --- life ------------------------------------------------------------------------------------------------------- */

static const struct source_ops ops = {
    .pull = kafka_source_pull,
    .complete = kafka_source_complete,
    .drop = kafka_source_drop,
    .rewind = kafka_source_rewind,
    .position = kafka_source_position,
};

static enum err warm(struct kafka_source *s)
{
    for (unsigned t = 0; t < s->topic_count; t++) {
        int32_t partitions;
        TRY(kafka_handle_partitions(&s->handle, s->topics[t], &partitions));
        if (t == 0) s->partitions = partitions;
        if (partitions != s->partitions) {
            kafka_handle_log(s->options, KAFKA_ERROR, "TOPIC",
                             "the input topics have %d and %d partitions, which must be equal: "
                             "run `claimctl topics check`",
                             (int)s->partitions, (int)partitions);
            return ERR_KAFKA_TOPIC;
        }
    }
    return OK;
}

static enum err make_tables(struct kafka_source *s)
{
    size_t partitions = (size_t)s->partitions;
    s->assigned = calloc(partitions, sizeof *s->assigned);
    s->owned = calloc(partitions, sizeof *s->owned);
    s->partition_bytes = calloc(partitions, sizeof *s->partition_bytes);
    s->aside_of = calloc(partitions, sizeof *s->aside_of);
    bool all = s->assigned && s->owned && s->partition_bytes && s->aside_of;
    for (unsigned t = 0; t < s->topic_count; t++) {
        s->done[t] = calloc(partitions, sizeof *s->done[t]);
        s->stamps[t] = calloc(partitions, sizeof *s->stamps[t]);
        s->read_to[t] = calloc(partitions, sizeof *s->read_to[t]);
        all = all && s->done[t] && s->stamps[t] && s->read_to[t];
        for (int32_t p = 0; all && p < s->partitions; p++) s->done[t][p] = (struct offset){ s->topics[t], p, -1, 0 };
    }
    return all ? OK : ERR_MEMORY_EXHAUSTED;
}

static enum err subscribe(struct kafka_source *s)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)s->topic_count);
    for (unsigned t = 0; t < s->topic_count; t++)
        rd_kafka_topic_partition_list_add(list, rd_kafka_topic_name(kafka_handle_topic(&s->handle, s->topics[t])),
                                          RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(s->handle.rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return kafka_handle_error(code);
}

static enum err join(struct kafka_source *s)
{
    TRY(warm(s));
    TRY(make_tables(s));
    return subscribe(s);
}

enum err kafka_source_open(const struct kafka_options *options, const enum topic *topics, unsigned topic_count,
                           const struct kafka_source_events *events, struct kafka_source **source)
{
    ASSERT(topic_count > 0 && topic_count <= TOPICS_MAX);
    struct kafka_source *s = calloc(1, sizeof *s);
    if (!s) return ERR_MEMORY_EXHAUSTED;
    *s = (struct kafka_source){ .source = { &ops }, .options = options, .topic_count = topic_count };
    memcpy(s->topics, topics, topic_count * sizeof *topics);
    if (events) s->events = *events;
    struct kafka_hooks hooks = { .context = s, .rebalanced = on_rebalance, .counted = on_statistics };
    enum err e = kafka_handle_open(&s->handle, options, KAFKA_MEMBER, &hooks);
    if (e == OK) e = join(s);
    if (e == OK) *source = s;
    else kafka_source_close(s);
    return e;
}

void kafka_source_close(struct kafka_source *s)
{
    if (!s) return;
    if (s->aside_of) forget_all(s);
    s->forbidden = false;                           /* a transaction that is open is left to its time-out */
    if (s->handle.rk && s->owned) rd_kafka_consumer_close(s->handle.rk);       /* calls `revoked` */
    kafka_handle_close(&s->handle);
    for (unsigned t = 0; t < s->topic_count; t++) {
        free(s->done[t]);
        free(s->stamps[t]);
        free(s->read_to[t]);
    }
    free(s->assigned);
    free(s->owned);
    free(s->partition_bytes);
    free(s->aside_of);
    free(s->aside);
    free(s->records);
    free(s->held);
    free(s);
}

struct source *kafka_source_base(struct kafka_source *s)
{
    return &s->source;
}

struct kafka_source *kafka_source_of(struct source *base)
{
    ASSERT(base->ops == &ops);
    return of(base);
}

int32_t kafka_source_partitions(const struct kafka_source *s)
{
    return s->partitions;
}

bool kafka_source_is_started(const struct kafka_source *s)
{
    return s->membership == STARTED;
}

const int32_t *kafka_source_assignment(const struct kafka_source *s, unsigned *count)
{
    *count = s->assigned_count;
    return s->membership == ASSIGNED || s->membership == STARTED ? s->assigned : NULL;
}
