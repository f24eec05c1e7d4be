/* stage/batch.h: what one open transaction of a stage holds. One batch is one transaction (kafka.md 1). */
#ifndef STAGE_BATCH_H
#define STAGE_BATCH_H

#include "domain/books.h"
#include "runtime/changelog.h"
#include "runtime/sink.h"
#include "runtime/store.h"
#include "stage/conservation.h"
#include "stage/row_cache.h"
#include "stage/rule_tally.h"
#include "stage/stage.h"
#include "stage/wake.h"

enum { BATCH_REASONS = 1000 };                      /* numbers of reason.def */

enum batch_phase {
    BATCH_EMPTY,
    BATCH_PULLED,
    BATCH_DECIDED,
    BATCH_COMMITTED,
    BATCH_MERGED,
    BATCH_DROPPED,
    BATCH_PHASE_COUNT
};

/* Why a review had no effect; the review is borrowed for the call. */
typedef void batch_void_review(void *context, const struct stage *stage, const struct review *review, unsigned why);

struct batch {
    enum batch_phase        phase;
    const struct stage     *stage;
    struct arena           *arena;
    struct sink            *sink;
    struct source          *source;
    struct store          **stores;                 /* by partition; NULL: not ours */
    int32_t                 partitions;
    struct stage_env        env;
    struct book_codec       codecs[STAGE_TABLE_WAITING + 1];
    struct book_keeper      keepers[STAGE_TABLE_WAITING + 1];
    uint8_t                 numbers[STAGE_TABLE_WAITING + 1];   /* of those tables in the store */
    struct row_cache       *rows;                   /* hot rows of the transaction, decoded; the loop's */
    bool                    checks;                 /* decode what is sent, assert more */
    bool                    writes_changelog;
    struct changelog        changelog;
    struct conservation     count;
    struct wake             wake;
    bool                   *touched;                /* by partition: its state or its offset changes */
    int64_t                *next[STAGE_INPUTS_MAX]; /* by partition: offset after the last record done; 0 none */
    struct offset          *offsets;                /* room for one of each input and partition */
    size_t                  sent_bytes;             /* in this transaction */
    uint16_t                reasons[BATCH_REASONS]; /* given in this transaction, by number */
    uint32_t                repeats;                /* lines that the stage had decided before */
    uint32_t                neared[LIMIT_NEARED_COUNT];     /* limits that lines came near to */
    struct rule_tally       rules;                  /* how often each rule said what */
    instant_ms              oldest_received_at_unix_ms;         /* of the lines that came in; 0: none */
    uint64_t                mark;                   /* of this transaction (runtime/source.h) */
    batch_void_review      *on_void;
    void                   *on_void_context;
};

/* Allocates what is kept by partition; the caller has set `stage`, `source`, `stores` and `partitions`.
 * ERR_MEMORY_EXHAUSTED. batch_close frees it and the changelog, also after an error. */
enum err batch_open(struct batch *b) MUST_CHECK;
void batch_close(struct batch *b);

/* The greatest mark that was committed. The next transaction goes on from there, so that no two share a mark. */
uint64_t batch_last_mark(const struct batch *b);

/* Goes on to the next phase; asserts that kafka.md 3 allows the step. */
void batch_advance(struct batch *b, enum batch_phase to);

/* Forgets the last transaction: nothing touched, nothing counted. */
void batch_clear(struct batch *b);

/* The store of a partition, which counts as touched by the transaction from here on. */
struct store *batch_store(struct batch *b, int32_t partition);

/* Sends one record; the partition is that of the key. */
enum err batch_send(struct batch *b, enum topic topic, struct slice key, struct slice value) MUST_CHECK;

/* Tells whoever asked that a review had no effect, and why: an enum review_void. */
void batch_report_void(struct batch *b, const struct review *review, unsigned why);

/* Notes that a record is done, so that its offset goes with the transaction. The first record of a partition announces
 * the changelog of that partition (runtime/changelog.h). Errors of the sink. */
enum err batch_consume(struct batch *b, const struct record *r) MUST_CHECK;

/* Sends the rows that changed in the touched stores, each once and as it is now (runtime/changelog.h). */
enum err batch_send_changelog(struct batch *b) MUST_CHECK;

/* Fills `offsets` for every touched partition, with the mark of this transaction: how many they are. */
unsigned batch_offsets(struct batch *b);

/* After the transaction: its rows become those of the stores, or are forgotten. */
void batch_merge(struct batch *b);
void batch_drop(struct batch *b);

#endif
