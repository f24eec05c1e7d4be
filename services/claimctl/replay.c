/* claimctl/replay.c: one embedded engine over a history. */
#include "claimctl/replay.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/list_files.h"
#include "claimctl/records_on_file.h"
#include "claimctl/topic_reader.h"
#include "classification/stage.h"
#include "compliance/stage.h"
#include "payout/stage.h"
#include "stage/embedded.h"
#include "stage/memory_registry.h"
#include "wire/dossier_codec.h"
#include "wire/list_load.h"

enum { KEPT_BYTES = 64 << 20, SCRATCH_BYTES = 64 << 20, STAGES = 3, COMPLIANCE = 1 };

struct replaying {
    struct replay          *replay;
    struct arena            kept, scratch, names, cache;
    struct records_on_file  records;
    struct memory_registry *registry;
    struct compliance_own   compliance;
    struct name_lists       lists;
    struct embedded        *engine;
    bool                    broken;                 /* a follower met bytes it cannot read */
};

/* --- what is in force --- */

static int apply_programs(struct replaying *x)
{
    struct problems problems = problems_in(&x->kept);
    for (unsigned i = 0; i < x->replay->program_count; i++) {
        const struct terms_file *file = &x->replay->programs[i];
        struct text_source s = {
            .arena = &x->kept, .file = file->path, .problems = &problems, .code = ERR_TERMS_INVALID
        };
        struct applied_record applied;
        if (record_apply(&s, file->tree, x->records.catalogue, &applied)) continue;
        return terms_file_complain(&x->kept, &problems);
    }
    return EXIT_DONE;
}

static int open_records(struct replaying *x)
{
    x->registry = memory_registry_open();
    if (!x->registry || !records_on_file_open(&x->records, x->replay->on_file->shelf))
        return command_fail(ERR_MEMORY_EXHAUSTED, "memory");
    return apply_programs(x);
}

/* --- lists of names --- */

static int open_lists(struct replaying *x)
{
    struct problems problems = problems_in(&x->kept);
    if (!x->replay->lists) return EXIT_DONE;
    if (arena_open(&x->names, LIST_ARENA_BYTES / 2, LIST_ARENA_BYTES / 2) != OK
        || arena_open(&x->cache, SCRATCH_BYTES, SCRATCH_BYTES) != OK)
        return command_fail(ERR_MEMORY_EXHAUSTED, "lists");
    if (!list_files_load(&x->names, slice_from(x->replay->lists), &x->lists, &problems))
        return terms_file_complain(&x->kept, &problems);
    x->compliance =
        (struct compliance_own){ .lists = &x->lists, .cache = screen_cache_open(&x->cache, SCREEN_CACHE_ENTRIES) };
    return EXIT_DONE;
}

/* --- what comes out --- */

static uint32_t line_of(const struct replaying *x, struct slice line_id)
{
    uint32_t ordinal = directory_get(&x->replay->history->lines, line_id, 0);
    ASSERT(ordinal > 0);                            /* stages publish only lines that they were sent */
    return ordinal - 1;
}

static void follow_dossier(void *replaying, const struct record *record)
{
    struct replaying *x = replaying;
    struct dossier d;
    struct standing s;
    arena_reset(&x->scratch);
    if (dossier_decode(&x->scratch, record->value, &d) != OK) {
        x->broken = true;
        return;
    }
    if (dossier_is_case(&d)) return;
    standing_read(&d, x->records.catalogue, &s);
    uint32_t line = line_of(x, d.receipt->line_id);
    x->replay->ends[line].outcome = (uint8_t)s.outcome;
    if (x->replay->judged) x->replay->judged(x->replay->context, line, &s);
}

static void follow_payout(void *replaying, const struct record *record)
{
    struct replaying *x = replaying;
    struct payout p;
    arena_reset(&x->scratch);
    if (payout_decode(&x->scratch, record->value, &p) != OK) {
        x->broken = true;
        return;
    }
    uint32_t line = line_of(x, p.line_id);
    line_end_add(&x->replay->ends[line], &p);
    x->replay->posted(x->replay->context, line, &p);
}

static void note_void(void *replaying, const struct stage *stage, const struct review *review, unsigned why)
{
    struct replaying *x = replaying;
    (void)stage, (void)review, (void)why;
    x->replay->void_count++;
}

/* --- running --- */

static int open_engine(struct replaying *x)
{
    static const struct stage *const stages[STAGES] = { &classification_stage, &compliance_stage, &payout_stage };
    void *owns[STAGES] = { [COMPLIANCE] = x->replay->lists ? &x->compliance : NULL };
    struct embedded_options options = {
        .stages = stages,
        .stage_count = STAGES,
        .owns = owns,
        .catalogue = x->records.catalogue,
        .profiles = memory_profiles_base(x->records.profiles),
        .registry = memory_registry_base(x->registry),
        .on_void = note_void,
        .on_void_context = x,
    };
    enum err e = embedded_open(&options, &x->engine);
    if (e != OK) return command_fail(e, "engine");
    embedded_follow(x->engine, TOPIC_CLAIMS_DECIDED, follow_dossier, x);
    embedded_follow(x->engine, TOPIC_CLAIMS_HELD, follow_dossier, x);
    embedded_follow(x->engine, TOPIC_PAYOUTS, follow_payout, x);
    return EXIT_DONE;
}

/* The act of a person on what he saw then: what waits now for the same reason is decided alike. */
static enum err act(struct replaying *x, const struct history_record *r)
{
    struct review review;
    bool found;
    arena_reset(&x->scratch);
    TRY(embedded_run_until_idle(x->engine));
    TRY(review_decode(&x->scratch, history_value(x->replay->history, r), &review));
    review.has_clearance_hash = false;
    TRY(embedded_review(x->engine, review, &found));
    if (!found) x->replay->void_count++;
    return embedded_run_until_idle(x->engine);
}

static enum err run_record(struct replaying *x, const struct history_record *r)
{
    if (r->at_unix_ms > embedded_now(x->engine)) {
        TRY(embedded_run_until_idle(x->engine));
        TRY(embedded_advance(x->engine, r->at_unix_ms));
    }
    if (r->line == HISTORY_NO_LINE) return act(x, r);
    embedded_send(x->engine, TOPIC_CLAIMS_RECEIVED, history_key(x->replay->history, r),
                  history_value(x->replay->history, r));
    return OK;
}

static int run_all(struct replaying *x)
{
    const struct history *h = x->replay->history;
    enum err e = OK;
    for (uint32_t i = 0; e == OK && i < h->count && !topic_reader_interrupted(); i++) e = run_record(x, &h->records[i]);
    if (topic_reader_interrupted()) return EXIT_INTERRUPTED;
    if (e == OK) e = embedded_run_until_idle(x->engine);
    if (e == OK && x->broken) e = ERR_WIRE_MALFORMED;
    return e == OK ? EXIT_DONE : command_fail(e, "the run in memory");
}

static void close_all(struct replaying *x)
{
    embedded_close(x->engine);
    memory_registry_close(x->registry);
    records_on_file_close(&x->records);
    arena_close(&x->names);
    arena_close(&x->cache);
    arena_close(&x->scratch);
    arena_close(&x->kept);
}

int replay_run(struct replay *r)
{
    static struct replaying x;
    x = (struct replaying){ .replay = r };
    r->void_count = 0;
    int code = EXIT_DONE;
    if (arena_open(&x.kept, KEPT_BYTES, KEPT_BYTES) != OK || arena_open(&x.scratch, SCRATCH_BYTES, SCRATCH_BYTES) != OK)
        code = command_fail(ERR_MEMORY_EXHAUSTED, "memory");
    if (code == EXIT_DONE) code = open_records(&x);
    if (code == EXIT_DONE) code = open_lists(&x);
    if (code == EXIT_DONE) code = open_engine(&x);
    if (code == EXIT_DONE) code = run_all(&x);
    if (code == EXIT_DONE && r->ended) r->ended(r->context, x.records.catalogue);
    close_all(&x);
    return code;
}
