/* The pure core of the stages on a partner's generated traffic: what one line costs to decide, by stage and by kind,
 * and whether it costs more after a longer history or under many agreements.
 *
 *   bench_core RESULTS.ndjson [LINES]     one object a figure is appended; a table goes to standard output
 *
 * The curve reaches as far as LINES does: 10 000 000 of them take a quarter of an hour and 17 GB.
 *
 * The stages run as they are, in the embedded engine; `open` and `decide` of their descriptors are timed on the way. */
#include "base/assert.h"
#include "bench/figure.h"
#include "classification/stage.h"
#include "compliance/prefetch.h"
#include "compliance/stage.h"
#include "intake/document.h"
#include "payout/stage.h"
#include "stage/embedded.h"
#include "stage/memory_profiles.h"
#include "stage/memory_registry.h"
#include "wire/dossier_codec.h"
#include "wire/world.h"

#include <stdlib.h>

enum {
    STAGES = 3,
    LINES = 1000000,
    CHUNK_LINES = 1000,
    KIND_LINES_MIN = 100,
    DECADES = 5,
    FIRST_DECADE = 1000,
    PATH_BYTES = 256,
    ARENA_MIB = 64,
    CURVE_LINES_MAX = 20000,
    AGREEMENTS = 10000,
    LINES_OF_AGREEMENTS = 50000
};

#define GROWTH_MAX \
    1.25                             /* of the last decade over the first: what the caches of the machine take */

struct sums { int64_t open_ns, decide_ns; uint64_t lines; };

static struct sums of_stage[STAGES], of_kind[KIND_COUNT];
static uint64_t history;                            /* lines that payout has decided */
static int64_t clock_ns;                            /* of the clock itself */

/* What single lines cost after so long a history; their median says more than a sum that others on the machine add
 * to. */
struct curve { int64_t ns[CURVE_LINES_MAX]; unsigned count; };
static struct curve curves[DECADES][STAGES];
static struct curve rated[DECADES];                 /* rate_line alone */
static int64_t line_ns[STAGES], rated_ns;           /* of the line at hand */

/* The last half before 1 000, 10 000 …; DECADES: none. */
static unsigned decade_now(void)
{
    uint64_t end = FIRST_DECADE;
    for (unsigned i = 0; i < DECADES; i++, end *= 10)
        if (history >= end / 2 && history < end) return i;
    return DECADES;
}

static void put_point(struct curve *c, int64_t ns)
{
    if (c->count < CURVE_LINES_MAX) c->ns[c->count++] = ns;
}

static void end_line(unsigned stage)
{
    unsigned decade = decade_now();
    if (decade < DECADES) put_point(&curves[decade][stage], line_ns[stage]);
    if (decade < DECADES && stage == STAGES - 1) put_point(&rated[decade], rated_ns);
    if (stage == STAGES - 1) rated_ns = 0;
    line_ns[stage] = 0;
}

static void add(struct sums *s, int64_t open_ns, int64_t decide_ns, bool is_new)
{
    s->open_ns += open_ns;
    s->decide_ns += decide_ns;
    s->lines += is_new;
}

/* A line is new when its rows are opened; decide may be asked of it again. */
static void note(unsigned stage, enum kind kind, bool is_new, int64_t open_ns, int64_t decide_ns)
{
    bool ends = stage == STAGES - 1;
    if (is_new) end_line(stage);
    line_ns[stage] += open_ns + decide_ns;
    add(&of_stage[stage], open_ns, decide_ns, is_new);
    if (ends) add(&of_kind[kind], open_ns, decide_ns, is_new);
    if (ends) rated_ns += decide_ns;
    history += is_new && ends;
}

#define TIMED(number, name) \
    static void *name##_open_timed(const struct dossier *d, const void *facts, const struct policy *p, struct verdict \
    *v) \
    { \
        int64_t from = figure_cpu_ns(); \
        void *opened = name##_stage.open(d, facts, p, v); \
        note(number, d->line->kind, true, figure_cpu_ns() - from - clock_ns, 0); \
        return opened; \
    } \
    static void name##_decide_timed(const struct dossier *d, const void *facts, const struct policy *p, struct \
    verdict *v) \
    { \
        int64_t from = figure_cpu_ns(); \
        name##_stage.decide(d, facts, p, v); \
        note(number, d->line->kind, false, 0, figure_cpu_ns() - from - clock_ns); \
    }
TIMED(0, classification)
TIMED(1, compliance)
TIMED(2, payout)

/* --- the run ---------------------------------------------------------------------------------------------------- */

struct bench {
    struct arena            arena, scratch, cache;
    struct catalogue       *catalogue;
    struct memory_profiles *profiles;
    struct memory_registry *registry;
    struct compliance_own   own;
    struct name_lists       lists;
    struct world            world;
    struct embedded        *engine;
};

static struct slice root_of(void *context, struct slice partner_id)
{
    struct bench *b = context;
    enum profile_source source;
    struct profiles *p = memory_profiles_base(b->profiles);
    const struct partner *partner = p->ops->find(p, partner_id, &source);
    return partner ? partner->root_id : (struct slice){ 0 };
}

static enum err on_line(void *context, const struct intake_line *line)
{
    struct bench *b = context;
    struct slice bytes;
    if (line->outcome != OUTCOME_PASS) return OK;
    arena_reset(&b->scratch);
    TRY(dossier_begin(&b->scratch, line->line, line->receipt, &bytes));
    embedded_send(b->engine, TOPIC_CLAIMS_RECEIVED, line->receipt->partner_root_id, bytes);
    return OK;
}

static void must(enum err e, const char *what)
{
    if (e == OK) return;
    fprintf(stderr, "%s: %s\n", what, err_text(e));
    exit(1);
}

static void take_document(struct bench *b, const struct world_document *d)
{
    const struct submitter *s = world_submitter(&b->world, d->submitter);
    struct intake_submitter submitter = {
        .id = s->id, .partner_id = s->partner_id, .reports_for = s->reports_for, .vendor = s->vendor, .kinds = s->kinds
    };
    struct intake_partners partners = { .context = b, .root = root_of };
    struct intake_events events = { .context = b, .on_line = on_line };
    struct spool spool;
    struct intake *intake;
    must(spool_open(&spool, slice_copy(&b->arena, d->path).bytes), "document");
    struct intake_job job = { .spool = &spool,
                              .file_name = d->file,
                              .door = DOOR_CLAIMCTL,
                              .received_at_unix_ms = d->received_at_unix_ms,
                              .submitter = &submitter,
                              .partners = &partners,
                              .profile = mapping_profile_find(&b->world.profiles, s->profile,
                                                              instant_date(d->received_at_unix_ms, 0)) };
    must(embedded_advance(b->engine, d->received_at_unix_ms), "clock");
    must(intake_open(&intake, &job, &events), "intake");
    for (bool done = false; !done;) {
        must(intake_post(intake, CHUNK_LINES, &done), "intake");
        must(embedded_run_until_idle(b->engine), "engine");
    }
    intake_close(intake);
    spool_close(&spool);
}

static void open_bench(struct bench *b, const char *folder, const struct stage *const *stages)
{
    size_t size = (size_t)ARENA_MIB << 20;
    must(arena_open(&b->arena, 8 * size, 8 * size), "memory");
    must(arena_open(&b->scratch, size, size), "memory");
    must(arena_open(&b->cache, size, size), "memory");
    struct problems problems = problems_in(&b->arena);
    b->catalogue = catalogue_open();
    b->profiles = memory_profiles_open();
    b->registry = memory_registry_open();
    ASSERT(b->catalogue && b->profiles && b->registry);
    must(world_load(&b->arena, slice_copy(&b->arena, slice_from(folder)), b->catalogue, &b->world, &problems), folder);
    for (unsigned i = 0; i < b->world.partner_count; i++) memory_profiles_put(b->profiles, &b->world.partners[i]);
    screen_prepare(&b->arena, NULL, 0, &b->lists);
    b->own = (struct compliance_own){ .lists = &b->lists, .cache = screen_cache_open(&b->cache, SCREEN_CACHE_ENTRIES) };
    void *owns[STAGES] = { NULL, &b->own, NULL };
    struct embedded_options options = { .stages = stages,
                                        .stage_count = STAGES,
                                        .owns = owns,
                                        .seed = 1,
                                        .lines_max = CHUNK_LINES,
                                        .catalogue = b->catalogue,
                                        .profiles = memory_profiles_base(b->profiles),
                                        .registry = memory_registry_base(b->registry) };
    must(embedded_open(&options, &b->engine), "engine");
    must(embedded_advance(b->engine, b->world.clock_unix_ms), "clock");
}

static void close_bench(struct bench *b)
{
    embedded_close(b->engine);
    memory_registry_close(b->registry);
    memory_profiles_close(b->profiles);
    catalogue_close(b->catalogue);
    arena_close(&b->cache);
    arena_close(&b->scratch);
    arena_close(&b->arena);
}

/* One distributor's traffic from its world on. */
static void run(unsigned lines, unsigned agreements)
{
    static struct stage timed[STAGES];
    static const struct stage *const stages[STAGES] = { &timed[0], &timed[1], &timed[2] };
    char folder[] = "/tmp/bench-core-XXXXXX", command[3 * PATH_BYTES];
    struct bench b = { 0 };
    if (!mkdtemp(folder)) must(ERR_FILE_UNWRITABLE, folder);
    snprintf(command, sizeof command,
             "python3 tests/bench/traffic.py --lines %u --distributors 1 --agreements %u --out %s", lines, agreements,
             folder);
    if (system(command) != 0) must(ERR_FILE_UNREADABLE, command);
    timed[0] = classification_stage;
    timed[1] = compliance_stage;
    timed[2] = payout_stage;
    timed[0].open = classification_open_timed;
    timed[1].open = compliance_open_timed;
    timed[2].open = payout_open_timed;
    timed[0].decide = classification_decide_timed;
    timed[1].decide = compliance_decide_timed;
    timed[2].decide = payout_decide_timed;
    memset(of_stage, 0, sizeof of_stage);
    memset(of_kind, 0, sizeof of_kind);
    memset(curves, 0, sizeof curves);
    memset(rated, 0, sizeof rated);
    history = 0;
    open_bench(&b, folder, stages);
    for (unsigned i = 0; i < b.world.document_count; i++) take_document(&b, &b.world.documents[i]);
    close_bench(&b);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) must(ERR_FILE_UNWRITABLE, folder);
}

/* --- figures ---------------------------------------------------------------------------------------------------- */

static double us(int64_t ns, uint64_t lines)
{
    return lines ? (double)ns / (double)lines / 1000 : 0;
}

static enum kind dearest_kind(void)
{
    enum kind dearest = KIND_POS_SALE;
    for (enum kind k = 0; k < KIND_COUNT; k++)
        if (of_kind[k].lines >= KIND_LINES_MIN
            && us(of_kind[k].decide_ns, of_kind[k].lines) > us(of_kind[dearest].decide_ns, of_kind[dearest].lines))
            dearest = k;
    return dearest;
}

static void put_stages(FILE *results, unsigned lines)
{
    static const struct { const char *decide, *rows; double target;
    } names[STAGES] = { { "core_classification", "core_classification_rows", FIGURE_LOOKED_AT },
                        { "core_compliance_rules", "core_compliance_rows", 3 },
                        { "core_rate_line", "core_payout_rows", 2 } };
    double all = 0;
    for (unsigned s = 0; s < STAGES; s++) {
        double decide = us(of_stage[s].decide_ns, of_stage[s].lines);
        figure_put(results, names[s].decide, decide, "us", names[s].target, lines);
        figure_put(results, names[s].rows, us(of_stage[s].open_ns, of_stage[s].lines), "us", FIGURE_LOOKED_AT, lines);
        all += decide;
    }
    figure_put(results, "core_of_three_stages", all, "us", 5, lines);
    enum kind dearest = dearest_kind();
    char name[PATH_BYTES];
    snprintf(name, sizeof name, "core_dearest_%.*s", SLICE_ARGS(kind_name(dearest)));
    figure_put(results, name, us(of_kind[dearest].decide_ns, of_kind[dearest].lines), "us", 6, lines);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int64_t median(struct curve *c)
{
    qsort(c->ns, c->count, sizeof *c->ns, by_value);
    return c->count ? c->ns[c->count / 2] : 0;
}

static void put_curve(FILE *results, unsigned lines)
{
    char name[PATH_BYTES];
    unsigned end = FIRST_DECADE;
    int64_t first_ns = median(&rated[0]), last_ns = 0;
    for (unsigned i = 0; i < DECADES && curves[i][0].count; i++, end *= 10) {
        int64_t ns = 0;
        for (unsigned s = 0; s < STAGES; s++) ns += median(&curves[i][s]);
        snprintf(name, sizeof name, "core_behind_%u_transactions", end);
        figure_put(results, name, us(ns, 1), "us", FIGURE_LOOKED_AT, lines);
        snprintf(name, sizeof name, "core_rate_line_behind_%u_transactions", end);
        last_ns = median(&rated[i]);
        figure_put(results, name, us(last_ns, 1), "us", FIGURE_LOOKED_AT, lines);
    }
    if (first_ns)
        figure_put(results, "core_rate_line_growth", (double)last_ns / (double)first_ns, "times", GROWTH_MAX, lines);
}

int main(int argc, char **argv)
{
    unsigned lines = figure_lines(argc > 2 ? argv[2] : getenv("LINES_OF_BENCH"), LINES);
    FILE *results = argc > 1 ? fopen(argv[1], "a") : NULL;
    if (!results) {
        fprintf(stderr, "usage: bench_core RESULTS.ndjson [LINES]\n");
        return 2;
    }
    clock_ns = figure_clock_ns();
    run(lines, 1);
    put_stages(results, lines);
    put_curve(results, lines);
    unsigned few = lines < LINES_OF_AGREEMENTS ? lines : LINES_OF_AGREEMENTS;
    run(few, AGREEMENTS);
    enum kind claim = KIND_SHIP_DEBIT_CLAIM;
    figure_put(results, "core_claim_of_10000_agreements", us(of_kind[claim].decide_ns, of_kind[claim].lines), "us", 6,
               few);
    return fclose(results) == 0 ? 0 : 1;
}
