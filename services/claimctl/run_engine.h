/* claimctl/run_engine.h: the whole engine of a run: a world, its catalogue, the stages in one process, and the
 * transcript of what becomes of each line. */
#ifndef CLAIMCTL_RUN_ENGINE_H
#define CLAIMCTL_RUN_ENGINE_H

#include "claimctl/run_options.h"
#include "claimctl/run_redis.h"
#include "claimctl/run_register.h"
#include "claimctl/state_dir.h"
#include "compliance/stage.h"
#include "runtime/setting.h"
#include "stage/embedded.h"
#include "stage/memory_profiles.h"
#include "stage/memory_registry.h"
#include "wire/world.h"

enum run_stage { RUN_CLASSIFICATION, RUN_COMPLIANCE, RUN_PAYOUT, RUN_STAGE_COUNT };

/* A document as the run accepted it, for summaries. */
struct run_document {
    struct slice name;
    uint32_t     lines, counts[OUTCOME_COUNT];      /* counts: at the end of the run */
    struct slice state, why; /* of one that was not posted: HELD …, and its question or first error */
    bool         is_input;                          /* given by --input, not by the world */
};

struct run_engine {
    const struct run_options *options;
    struct arena              arena;                /* of the process */
    struct arena              scratch;              /* of one call */
    struct problems           problems;
    struct settings           settings;             /* of the processes that the run stands for, as --set says */
    struct catalogue         *catalogue;
    struct world              world;
    struct memory_profiles   *profiles;
    struct memory_registry   *registry;
    struct run_redis          redis;                /* of redis.address; else the stages ask the two above */
    struct compliance_own     compliance;
    struct embedded          *engine;
    struct state_dir          state;                /* of --state; not open without it */
    struct transcript         transcript;
    struct run_document      *documents;
    uint32_t                  document_count, document_capacity;
    struct slice             *names;                /* of lines, by ordinal */
    uint32_t                  name_count, name_capacity;
    struct directory          name_index;           /* name → ordinal + 1 */
    struct directory          posted;               /* document ids that posted a line */
    struct run_register       reports;              /* what later documents may cancel and replace */
    struct slice             *name_line_ids;
    uint32_t                  review_document, review_row;      /* of the review at work */
    uint32_t                  payouts, dead;        /* dead: lines that a stage could not use */
    bool                      broken;               /* a follower met bytes it cannot read: a bug, said on stderr */
};

/* Loads the world and opens the stages. Errors are printed on stderr as surfaces.md 2.4; the answer is an exit code. */
int run_engine_open(struct run_engine *r, const struct run_options *o);
void run_engine_close(struct run_engine *r);

/* How many lines a batch has at most: --batch-lines, else batch.lines_max. */
uint32_t run_engine_batch_lines(const struct run_engine *r);

/* The stage behind a place of the engine. */
const struct stage *run_engine_stage(enum run_stage stage);

/* Moves the clock on: everything accepted is judged first, then what was due by then. ERR_* of the loop. */
enum err run_engine_advance(struct run_engine *r, instant_ms now_unix_ms) MUST_CHECK;

/* Names a line; ordinal + 1. 0: the name was given before. */
uint32_t run_engine_name(struct run_engine *r, struct slice name, struct slice line_id);
/* The line_id of a name, empty when it was not given. */
struct slice run_engine_line_named(const struct run_engine *r, struct slice name);

/* Adds a document: its number. The name is copied. */
uint32_t run_engine_document(struct run_engine *r, struct slice name);

/* At the end of a run with Redis: lines that wait for the registry are given some seconds to have it back. */
enum err run_engine_settle(struct run_engine *r) MUST_CHECK;

/* Puts a record in force and wakes what waited for it; the lines sent before are judged before. False: refused, see the
 * problems, which were printed. */
bool run_engine_apply(struct run_engine *r, struct slice file, const struct node *record);

#endif
