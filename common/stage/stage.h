/* stage/stage.h: a stage as data. Everything else about a stage's life is one loop (loop.c), written once.
 *
 * What the loop does so that a stage need not:
 * - one batch is one transaction; items one by one, in order; a line that wakes others has them judged right behind it,
 *   oldest first by (received_at, line_id);
 * - input_hash, decided_at, review_sequence, withdrew_line_id, waiting.since and waiting.due of the judgement. PARK is
 *   due park_max_hours from now and then HOLD PARK_EXPIRED (WAITING_FOR_TARGET never); HOLD is due at received +
 *   sla_hours. A decide that sets judgement->waiting.due_unix_ms itself (WAITING_FOR_POS: received + pos_wait_days) is
 *   asked again at that time instead, with env->now_unix_ms at or behind it;
 * - reviews: signatures, duties and the hash are checked, then the line is judged again with verdict.review. How many
 *   people APPROVAL_REQUIRED asks for is said by its argument "approvers" ("1" to "3"), so that what the day already
 *   claimed counts; absent, C and the limits say it. A released finding recurs as FALSE with evidence REVIEW: in the
 *   next reviewed section that counts as released, too. A review stays in force while the line waits again;
 * - a line waiting here can be read (STAGE_TABLE_WAITING, domain/waiting.h) and withdrawn (verdict.withdraws);
 * - dirty rows are written whatever the outcome: a stage that writes nothing on HOLD or PARK calls books_forget;
 * - rows of `kept` tables stay decoded from line to line and reach the store when the batch ends (stage/row_cache.h);
 *   tick works ahead of them, whatever else reads a store finds them behind the commit;
 * - memory of a verdict lives until its line is recorded, that of a dossier and of facts until the batch ends.
 *
 * approved_by of a line (first-hour.md 8) travels as receipt->texts {"approved_by", actor}, one pair an actor; FIN-01
 * counts the different ones that are neither submitter, rep nor payee as signatures. */
#ifndef STAGE_STAGE_H
#define STAGE_STAGE_H

#include "domain/catalogue.h"
#include "domain/verdict.h"
#include "domain/waiting.h"
#include "runtime/topic.h"
#include "stage/profiles.h"

enum {
    STAGE_INPUTS_MAX = 2,
    STAGE_WAKES_MAX = 4,
    STAGE_CASES_MAX = 8,
    STAGE_TABLES_MAX = STAGE_TABLE_WAITING,
    STAGE_TABLE_NUMBER_MAX = 199
};
#define HAS(section) (1u << SECTION_##section)

struct registry;                                    /* stage/registry.h: slots shared by all partner roots */
struct store;                                       /* runtime/store.h */

/* A case that no line at work opens: the line it came up with, its document, and the clearance; `closes`: the case of
 * that case_id closes instead, if it is open. */
struct stage_case { struct slice root_id, line_id, document_id; const struct clearance *clearance; bool closes; };

/* What a stage may reach while it prefetches, gathers, records and ticks. */
struct stage_env {
    const struct stage     *stage;
    struct arena           *arena;                  /* of the batch */
    const struct catalogue *catalogue;
    struct profiles        *profiles;
    struct registry        *registry;
    void                   *own;                    /* what the stage holds for the process: lists, caches; NULL */
    struct store           *store;                  /* of the partition at work */
    int32_t                 partition;              /* that one, in record and tick */
    instant_ms              now_unix_ms;            /* the stage's clock: hours of waiting, never money */
    unsigned                expire_keys_max;        /* rows too old that one batch removes; 0 none: a run ends soon */
    bool                    ticks_soon;             /* set by record and tick: tick has work right behind this batch */
    struct slice wakes[STAGE_WAKES_MAX]; /* set by tick: data whose waiting lines are judged with this batch */
    unsigned                wake_count;
    struct stage_case       cases[STAGE_CASES_MAX]; /* set by tick: cases to open */
    unsigned                case_count;
};

/* A line of the batch as prefetch sees it. */
struct stage_item {
    const struct dossier *dossier;
    void                 *facts;                    /* stage->facts_bytes, zeroed */
};

/* A state table: its records (domain/books.h) and its number in the changelog, 1 to STAGE_TABLE_NUMBER_MAX, append-only
 * and never reused. Tables come in the order of the stage's enum of tables, which is the number that books_read takes.
 * The waiting lines are the loop's own tables. */
struct stage_table { struct book_codec codec; uint8_t number; };

/* One of them; `of` is how wire/table_<stage>.h names the codec of the record. */
#define STAGE_TABLE(table_number, table_name, record, stage, of) \
    { .number = table_number, .codec = { .name = table_name, .bytes = sizeof(struct record), \
                                         .decode = table_##stage##_decode_##of, \
                                         .encode = table_##stage##_encode_##of } }

/* A table of which nearly every line reads and writes the same rows: they stay decoded for the length of a batch. */
struct stage_keeper { unsigned table; struct book_keeper keeper; };

struct stage {
    const char      *name;                          /* log field, metric label, consumer group, state folder */
    enum stage_id    id;
    char             letter;                        /* I C S P of reason.def */
    enum topic       inputs[STAGE_INPUTS_MAX];
    enum topic       outputs[OUTCOME_COUNT];
    enum topic       changelog;
    unsigned         needs;                         /* sections that must be present: HAS(RECEIPT) | … */
    enum section     writes;                        /* the one section this stage appends */
    unsigned         contract; /* of its sections: what those behind have to know (limits.h); 0: what all do */
    enum topic entries; /* where each entry of that section also goes, flat, or TOPIC_NONE */
    enum topic back; /* where a line goes that the verdict gives back, or TOPIC_NONE; `ended_in` tells who ended it */
    enum section ended_in;
    size_t           section_bytes;                 /* of the struct that decide fills */
    size_t           facts_bytes;                   /* zeroed in the batch arena for each line */
    const struct stage_table *tables;
    unsigned         table_count;
    const struct stage_keeper *kept;
    unsigned         kept_count;
    uint8_t row_version; /* the byte in front of each row; raised with each change of a layout */
    uint8_t row_version_read; /* the earliest that is read, too; 0: none. Never raised: see row_versions.h */
    /* A row of an earlier version, without its byte, as this one packs it. Pure. NULL where none is read. */
    enum err (*renew_row)(struct arena *a, unsigned version, const struct book_codec *codec, struct slice old,
                          struct slice *now);

    /* Effect, once per batch before its first line: asks Redis for all lines at once. May be NULL. */
    enum err (*prefetch)(struct stage_env *, struct stage_item *items, unsigned count);
    /* Fills facts that are not state rows: catalogue, profiles, lists, clock. */
    enum err (*gather)(struct stage_env *, const struct dossier *, void *facts);
    /* Opens through v->books the rows that decide will surely open: the loop brings each as it is opened, so that one
     * can name the next. Pure; what else it leaves in the verdict is forgotten. A row left out costs decide another
     * pass, one opened in vain a look-up. What it made ready for decide on the way (in v->arena; NULL nothing) decide
     * finds in v->opened at its first pass. May be NULL. */
    void *(*open)(const struct dossier *, const void *facts, const struct policy *, struct verdict *v);
    /* Pure. Reads and changes rows through v->books; takes memory from v->arena; ends with verdict_close. */
    void (*decide)(const struct dossier *, const void *facts, const struct policy *, struct verdict *v);
    /* Effect, behind a pass that missed no row and left v->wants: asks the outside for it into the facts, and decide is
     * asked again, which then wants nothing that was asked for. For what only rows can say, of few lines: the others
     * are prefetched. May be NULL: what is wanted is not to be had. */
    enum err (*ask)(struct stage_env *, const void *wants, void *facts);
    /* Effects of the stage beyond its rows (registry slots to give back). May be NULL: the rows are written by the
     * loop. */
    enum err (*record)(struct stage_env *, const struct dossier *, const struct verdict *);
    /* A waiting line ends WITHDRAWN by another line: gives back, through v->books, what the stage holds for it. The
     * loop gives the reason and closes. v->section is zeroed (classification: a copy of the one in force). Pure, called
     * again while rows are missed, as decide. May be NULL. */
    void (*withdraw)(const struct dossier *, const struct policy *, struct verdict *v);
    /* Work of the stage's own that no line brings, for one partition, ahead of the lines of a batch and in its
     * transaction: when the loop opens, each tick_ms of the clock, and in the step behind one that set env->ticks_soon.
     * tick_is_due only reads, and says whether a transaction is worth beginning. Both or neither. */
    enum err (*tick_is_due)(struct stage_env *, bool *due);
    enum err (*tick)(struct stage_env *);
    unsigned tick_ms;
};

#endif
