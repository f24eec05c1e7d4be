/* stage/stage.h: a stage as data. All else about the life of a stage is the loop (loop.c), the same for every stage.
 *
 * What the loop does, so that a stage need not:
 * - One batch is one transaction. Lines are judged one by one, in order; those that a line wakes right after it,
 *   oldest first by (received_at, line_id).
 * - It fills input_hash, decided_at, review_sequence, withdrew_line_id, waiting.since and waiting.due of the judgement.
 *   A PARK is due after park_max_hours and then becomes HOLD PARK_EXPIRED, except WAITING_FOR_TARGET; a HOLD is due
 *   sla_hours after the line was received. A decide that sets judgement->waiting.due_unix_ms itself (WAITING_FOR_POS:
 *   received + pos_wait_days) is asked again at that time instead, when env->now_unix_ms has reached it.
 * - It checks signatures, duties and hash of reviews, then has the line judged again with verdict.review. The argument
 *   "approvers" ("1" to "3") of APPROVAL_REQUIRED says how many people it takes, so that other claims of the day can
 *   count; without it C and the limits say so. A finding that was released comes again as FALSE with evidence REVIEW,
 *   which a later review takes for released, too. A review stays in force while its line waits again.
 * - A line that waits here can be read (STAGE_TABLE_WAITING, domain/waiting.h) and withdrawn (verdict.withdraws).
 * - Dirty rows are written whatever the outcome: a stage that is to write nothing on HOLD or PARK calls books_forget.
 * - Rows of `kept` tables stay decoded from line to line and are stored when the batch ends (stage/row_cache.h). A tick
 *   runs before the lines, so it reads a store that is complete; so does whoever reads one after the commit.
 * - The memory of a verdict lives until its line is recorded, that of a dossier and its facts until the batch ends.
 *
 * The approved_by of a line (first-hour.md 8) travels as receipt->texts {"approved_by", actor}, a pair for each actor.
 * FIN-01 counts each of them who is neither submitter, rep nor payee as a signature. */
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

/* A case that a tick found: the line and document that it is about, and its clearance. `closes`: the open case of that
 * case_id closes instead. */
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
    unsigned                expire_keys_max;        /* how many outdated rows one batch may remove; 0 in runs */
    bool                    ticks_soon;             /* set by record and tick: tick has work right after this batch */
    struct slice            wakes[STAGE_WAKES_MAX]; /* set by tick: data whose waiting lines this batch judges */
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

/* One such table; `of` is what wire/table_<stage>.h calls the codec of its record. */
#define STAGE_TABLE(table_number, table_name, record, stage, of) \
    { .number = table_number, .codec = { .name = table_name, .bytes = sizeof(struct record), \
                                         .decode = table_##stage##_decode_##of, \
                                         .encode = table_##stage##_encode_##of } }

/* A table whose rows stay decoded for the length of a batch, since nearly every line reads and writes the same ones. */
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
    unsigned         contract;                      /* what a reader of its sections has to know (wire/limits.h) */
    enum topic       entries;                       /* where each entry of the section goes as well, or TOPIC_NONE */
    enum topic       back;                          /* where verdict.gives_back or tells_back sends a line, or
                                                       TOPIC_NONE */
    enum section     told_by;                       /* a dossier with this section is one that was decided here: a later
                                                       stage tells what became of it. decide only changes rows, nothing
                                                       is published. 0: nobody tells */
    enum section     ended_in;                      /* the section of the stage that had ended such a line */
    size_t           section_bytes;                 /* of the struct that decide fills */
    size_t           facts_bytes;                   /* zeroed in the batch arena for each line */
    const struct stage_table *tables;
    unsigned         table_count;
    const struct stage_keeper *kept;
    unsigned         kept_count;
    uint8_t          row_version;                   /* the byte in front of each row; raised with a changed layout */
    uint8_t          row_version_read;              /* the oldest that is read; 0: none. Never raised: row_versions.h */
    /* Repacks a row of an earlier version, given without its version byte. Pure. NULL where none is read. */
    enum err (*renew_row)(struct arena *a, unsigned version, const struct book_codec *codec, struct slice old,
                          struct slice *now);

    /* Effect, once before the lines that it is given: asks Redis for all of them at once. May be NULL. */
    enum err (*prefetch)(struct stage_env *, struct stage_item *items, unsigned count);
    /* Fills facts that are not state rows: catalogue, profiles, lists, clock. */
    enum err (*gather)(struct stage_env *, const struct dossier *, void *facts);
    /* Opens through v->books the rows that decide is sure to open. The loop brings each as it is opened, so that one
     * can name the next. A row left out costs another pass, one too many a look-up. The result (in v->arena, or NULL)
     * is v->opened in the first pass of decide; all else it leaves in the verdict is forgotten. Pure. May be NULL. */
    void *(*open)(const struct dossier *, const void *facts, const struct policy *, struct verdict *v);
    /* Pure. Reads and changes rows through v->books; takes memory from v->arena; ends with verdict_close. */
    void (*decide)(const struct dossier *, const void *facts, const struct policy *, struct verdict *v);
    /* Effect, after a pass that missed no row but left v->wants: fetches that from outside into the facts; then decide
     * runs again, and must not want the same again. For the few lines whose rows alone say what they need: all else is
     * prefetched. NULL: nothing can be fetched. */
    enum err (*ask)(struct stage_env *, const void *wants, void *facts);
    /* Effects beyond the rows, which the loop writes: registry slots to give back. May be NULL. */
    enum err (*record)(struct stage_env *, const struct dossier *, const struct verdict *);
    /* Another line ends a waiting one as WITHDRAWN: gives back, through v->books, what the stage holds for it. The loop
     * gives the reason and closes the verdict; v->section is zeroed (classification: a copy of the one in force). Pure;
     * called again while rows are missed, as decide is. May be NULL. */
    void (*withdraw)(const struct dossier *, const struct policy *, struct verdict *v);
    /* Work of the stage that no line brings, for one partition: when the loop opens, every tick_ms, and in the step
     * after one that set env->ticks_soon. tick runs before the lines of a batch, in its transaction. tick_is_due only
     * reads, and says whether a transaction is worth beginning. Both are set, or neither. */
    enum err (*tick_is_due)(struct stage_env *, bool *due);
    enum err (*tick)(struct stage_env *);
    unsigned tick_ms;
};

#endif
