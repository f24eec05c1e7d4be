/* intake/follower.c: one environment for each partition of the two topics; their logs are the truth, and what is saved
 * here says how far of them it is. */
#include "intake/follower.h"

#include "base/assert.h"
#include "intake/standing.h"
#include "runtime/clock.h"
#include "runtime/kafka_log.h"
#include "runtime/log.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    TOPICS = 2,
    WAIT_MS = 20,
    SLICE_MS = 50,
    RETRY_MS = 1000,
    WATERMARK_MS = 5000,
    ARENA_BYTES = 4 << 20,
    ARENA_RESERVE = 64 << 20,
    CLOSE_MS = 2000
};

static const enum topic topics[TOPICS] = { TOPIC_CLAIMS_DECIDED, TOPIC_CLAIMS_HELD };
/* decided4: lines and payouts that were taken back are noted; held3: rows of lines have their payouts. */
static const char *const names[TOPICS] = { "intake.decided4", "intake.held3" };

struct follower {
    struct follower_options options;
    struct kafka_log       *log;
    struct lmdb_store     **lmdb[TOPICS];           /* by partition */
    struct store          **stores[TOPICS];
    bool                   *touched[TOPICS];
    int64_t                *ends[TOPICS];           /* of the logs when the tables were opened */
    struct arena            arena;
    pthread_t               thread;
    atomic_bool             stops;
    bool                    is_open, has_caught_up; /* caught up with what was decided before it was opened */
    enum err                err;
};

static unsigned index_of(enum topic topic)
{
    return topic == topics[0] ? 0 : 1;
}

static void close_tables(struct follower *f, bool saves)
{
    for (unsigned t = 0; t < TOPICS; t++)
        for (int32_t p = 0; f->lmdb[t] && p < f->options.partitions; p++) {
            if (f->lmdb[t][p]) (void)lmdb_store_close(f->lmdb[t][p], saves, clock_now_unix_ms(), CLOSE_MS);
            f->lmdb[t][p] = NULL;
        }
    f->is_open = f->has_caught_up = false;
}

static enum err open_table(struct follower *f, unsigned t, int32_t p, struct offset *from)
{
    char topic[KAFKA_NAME_MAX];
    int64_t low, high;
    struct lmdb_opened opened;
    TRY(kafka_log_watermarks(f->log, topics[t], p, WATERMARK_MS, &low, &high));
    f->ends[t][p] = high;
    kafka_client_topic_name(&f->options.kafka, topics[t], topic);
    struct state_identity identity = {
        .cluster_id = slice_from(f->options.cluster_id),
        .stage = slice_from(names[t]),
        .changelog = slice_from(topic),
        .partition = p,
        .partition_count = f->options.partitions,
        .schema_version = STATE_SCHEMA_VERSION,
    };
    TRY(lmdb_store_open(&f->options.lmdb, &identity, low, high, clock_now_unix_ms(), &f->lmdb[t][p], &opened));
    f->stores[t][p] = lmdb_store_base(f->lmdb[t][p]);
    *from = (struct offset){ .topic = topics[t], .partition = p, .next = opened.changelog_offset };
    return OK;
}

static enum err open_tables(struct follower *f)
{
    unsigned count = 0;
    int32_t partitions;
    struct offset *from = ARENA_ARRAY(&f->arena, TOPICS * (size_t)f->options.partitions, struct offset);
    for (unsigned t = 0; t < TOPICS; t++) {
        TRY(kafka_log_partitions(f->log, topics[t], &partitions));
        for (int32_t p = 0; p < f->options.partitions; p++) TRY(open_table(f, t, p, &from[count++]));
    }
    TRY(kafka_log_assign(f->log, from, count));
    f->is_open = true;
    return OK;
}

static enum err visit(void *context, const struct record *record, int64_t timestamp_unix_ms)
{
    struct follower *f = context;
    unsigned t = index_of(record->topic);
    (void)timestamp_unix_ms;
    arena_reset(&f->arena);
    f->touched[t][record->partition] = true;
    return standing_take(&f->arena, f->stores[t][record->partition], record);
}

static void merge(struct follower *f)
{
    for (unsigned t = 0; t < TOPICS; t++)
        for (int32_t p = 0; p < f->options.partitions; p++) {
            if (!f->touched[t][p]) continue;
            store_merge(f->stores[t][p], kafka_log_position(f->log, topics[t], p));
            f->touched[t][p] = false;
        }
}

static void fill(void *context, struct arena *a, const uint8_t id[SHA256_BYTES], struct reply_standing *out)
{
    struct follower *f = context;
    if (!f->is_open || standing_of(a, f->stores[0], f->stores[1], f->options.partitions, id, out) != OK)
        memset(out, 0, sizeof *out);
}

/* After a restart lines are decided of which the tables do not know yet: until then nobody may say that they are
 * open. */
static bool has_caught_up(const struct follower *f)
{
    for (unsigned t = 0; t < TOPICS; t++)
        for (int32_t p = 0; p < f->options.partitions; p++)
            if (kafka_log_position(f->log, topics[t], p) < f->ends[t][p]) return false;
    return true;
}

static bool lines(void *context, struct arena *a, const uint8_t id[SHA256_BYTES], struct standing_lines *out)
{
    struct follower *f = context;
    return f->is_open && f->has_caught_up
           && standing_lines_of(a, f->stores[0], f->stores[1], f->options.partitions, id, out) == OK;
}

static enum err turn(struct follower *f)
{
    bool may_pull[TOPICS];
    if (!f->is_open) TRY(open_tables(f));
    TRY(kafka_log_step(f->log, WAIT_MS, SLICE_MS, visit, f, NULL));
    merge(f);
    if (!f->has_caught_up) f->has_caught_up = has_caught_up(f);
    for (unsigned t = 0; t < TOPICS; t++)
        TRY(lmdb_stores_rest(f->lmdb[t], f->options.partitions, 0, clock_now_unix_ms(), &may_pull[t]));
    return OK;
}

/* What fails is opened again a second later: nothing waits for this but people. */
static void *follow(void *context)
{
    struct follower *f = context;
    struct timespec pause = { RETRY_MS / 1000, 0 };
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    log_name_thread("follower");
    while (!atomic_load(&f->stops)) {
        enum err e = f->log ? OK : kafka_log_open(&f->options.kafka, KAFKA_FOLLOW_COMMITTED, &f->log);
        if (e == OK) e = turn(f);
        service_answer_statuses(f->options.service, &(struct service_reader){ f, fill, lines });
        if (e == OK) continue;
        if (e != f->err) LOG(LOG_WARNING, "following_failed", LOG_ERR(e));
        f->err = e;
        close_tables(f, false);
        kafka_log_close(f->log);
        f->log = NULL;
        nanosleep(&pause, NULL);
    }
    close_tables(f, true);
    kafka_log_close(f->log);
    return NULL;
}

static bool make_room(struct follower *f)
{
    size_t count = (size_t)f->options.partitions;
    bool all = true;
    for (unsigned t = 0; t < TOPICS; t++) {
        f->lmdb[t] = calloc(count, sizeof *f->lmdb[t]);
        f->stores[t] = calloc(count, sizeof *f->stores[t]);
        f->touched[t] = calloc(count, sizeof *f->touched[t]);
        f->ends[t] = calloc(count, sizeof *f->ends[t]);
        all = all && f->lmdb[t] && f->stores[t] && f->touched[t] && f->ends[t];
    }
    return all;
}

static void give_back(struct follower *f)
{
    for (unsigned t = 0; t < TOPICS; t++) {
        free(f->lmdb[t]);
        free(f->stores[t]);
        free(f->touched[t]);
        free(f->ends[t]);
    }
    arena_close(&f->arena);
    free(f);
}

enum err follower_open(const struct follower_options *options, struct follower **follower)
{
    struct follower *f = calloc(1, sizeof *f);
    if (!f) return ERR_MEMORY_EXHAUSTED;
    f->options = *options;
    bool is_ready = make_room(f) && arena_open(&f->arena, ARENA_BYTES, ARENA_RESERVE) == OK
                    && pthread_create(&f->thread, NULL, follow, f) == 0;
    if (!is_ready) {
        give_back(f);
        return ERR_MEMORY_EXHAUSTED;
    }
    *follower = f;
    return OK;
}

void follower_close(struct follower *f)
{
    if (!f) return;
    atomic_store(&f->stops, true);
    pthread_join(f->thread, NULL);
    give_back(f);
}
