/* claimctl/run_engine.c: opening the engine of a run, and what it is told while it runs. */
#include "claimctl/run_engine.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/dead_line.h"
#include "claimctl/file_refusal.h"
#include "claimctl/run_void.h"
#include "claimctl/terms_file.h"
#include "classification/stage.h"
#include "payout/stage.h"
#include "wire/dossier_codec.h"
#include "wire/list_load.h"
#include "wire/yaml.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    ENGINE_ARENA_BYTES = 512 << 20,
    SCRATCH_BYTES = 64 << 20,
    PROBLEM_TEXT_BYTES = 1 << 18,
    POLICY_NAMES_MAX = 512,
    SETTING_RANGE_BYTES = 256,
    LISTS_FILE_BYTES = 1 << 20
};

static int print_problems(struct run_engine *r, int code)
{
    struct text t = text_in(&r->arena, PROBLEM_TEXT_BYTES);
    problems_put(&t, &r->problems);
    fwrite(t.bytes, 1, t.size, stderr);
    r->problems = problems_in(&r->arena);
    return code;
}

/* --- followers --- */

static void follow_dossier(void *context, const struct record *record)
{
    struct run_engine *r = context;
    struct dossier_peek p;
    if (dossier_peek(record->value, &p) != OK) r->broken = true;
    else if (p.case_id.size) transcript_case(&r->transcript, p.case_id, record->value);
    else if (!transcript_publish(&r->transcript, p.line_id, record->value)) r->broken = true;
}

/* A line that a stage could not use, or that outgrew its dossier (domain.md 8), ends as a row that says so. */
static void follow_dead(void *context, const struct record *record)
{
    struct run_engine *r = context;
    struct transcript_entry *e = transcript_line(&r->transcript, dead_line_id(record));
    size_t mark = arena_mark(&r->scratch);
    struct dead_line dead;
    struct dead_line_names names = { 0 };
    if (!dead_line_id(record).size) return;             /* a record that never was a line */
    if (e && e->name) names.ref = r->names[e->name - 1];
    if (!e || !dead_line_read(&r->scratch, record, embedded_now(r->engine), &names, &dead)) {
        r->broken = true;
        return;
    }
    transcript_bury(&r->transcript, e, dead.json);
    r->documents[e->document].counts[OUTCOME_DEAD]++;
    r->dead++;
    arena_rewind(&r->scratch, mark);
}

static void follow_payout(void *context, const struct record *record)
{
    struct run_engine *r = context;
    struct slice line_id;
    if (payout_peek(record->value, &line_id) != OK) r->broken = true;
    else transcript_post(&r->transcript, line_id, record->key);
    r->payouts++;
}

/* --- opening --- */

/* The nearest name of a setting, of processes or of policy. */
static struct slice nearest_setting(struct slice name)
{
    struct slice names[SETTING_COUNT + POLICY_NAMES_MAX];
    unsigned count = 0;
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) names[count++] = setting_row(id)->name;
    for (unsigned i = 0; i < policy_count() && i < POLICY_NAMES_MAX; i++) names[count++] = policy_name(i);
    return problems_nearest(name, names, count);
}

static int refuse_setting(struct run_engine *r, struct slice name, struct slice value)
{
    enum setting_id id = setting_find(name);
    struct slice near = nearest_setting(name);
    struct text range = text_in(&r->arena, SETTING_RANGE_BYTES);
    bool is_known = id != SETTING_COUNT || policy_is_known(name);
    if (id != SETTING_COUNT) setting_put_range(&range, setting_row(id));
    fprintf(stderr, "error[CONFIG_INVALID %d]: ", ERR_CONFIG_INVALID);
    if (!is_known) fprintf(stderr, "there is no setting %.*s", SLICE_ARGS(name));
    else fprintf(stderr, "%.*s cannot be \"%.*s\"", SLICE_ARGS(name), SLICE_ARGS(value));
    if (range.size) fprintf(stderr, "\n  it takes %.*s", SLICE_ARGS(text_slice(&range)));
    if (!is_known && near.size) fprintf(stderr, "; did you mean %.*s?", SLICE_ARGS(near));
    fprintf(stderr, "\n  more: claimctl config init lists those of processes, claimctl rules show those of a rule\n");
    return EXIT_BAD_SETTING;
}

/* Any setting of the processes, or of policy: that one stands above all RULESET records (first-hour.md 8). */
static int take_sets(struct run_engine *r)
{
    const struct setting_place place = { .origin = SETTING_FLAG, .where = SLICE_INIT("--set") };
    settings_init(&r->settings, &r->arena, SERVICE_CLAIMCTL);
    for (unsigned i = 0; i < r->options->set_count; i++) {
        struct slice value = slice_from(r->options->sets[i]), name = slice_cut(&value, '=');
        enum setting_answer answer = settings_set(&r->settings, name, value, place);
        if (answer == SETTING_UNKNOWN && catalogue_set_policy(r->catalogue, name, value) == OK) continue;
        if (answer != SETTING_TAKEN) return refuse_setting(r, name, value);
    }
    return EXIT_DONE;
}

uint32_t run_engine_batch_lines(const struct run_engine *r)
{
    return r->options->batch_lines ? r->options->batch_lines
                                   : (uint32_t)settings_number(&r->settings, SETTING_BATCH_LINES_MAX);
}

static int load_world(struct run_engine *r)
{
    r->problems = problems_in(&r->arena);
    r->catalogue = catalogue_open();
    if (!r->catalogue) return command_fail(ERR_MEMORY_EXHAUSTED, "catalogue");
    if (world_load(&r->arena, slice_from(r->options->world), r->catalogue, &r->world, &r->problems) != OK)
        return print_problems(r, file_refusal_code(&r->problems));
    terms_file_warn(&r->world.doubts);
    return take_sets(r);
}

/* Those of screening.lists_file where a run is told one, in place of the world's. */
static enum err choose_lists(struct run_engine *r)
{
    struct slice file = settings_text(&r->settings, SETTING_SCREENING_LISTS_FILE), folder = SLICE("."), text;
    struct text_source s = { .arena = &r->arena, .file = file, .problems = &r->problems, .code = ERR_LIST_INVALID };
    if (file.size == 0) return OK;
    TRY(world_read_file(&r->arena, file, LISTS_FILE_BYTES, &text, &r->problems));
    for (size_t i = file.size; i > 0; i--)
        if (file.bytes[i - 1] == '/') { folder = slice_copy(&r->arena, slice_head(file, i)); break; }
    const struct node *root = yaml_read(&s, text);
    return root && world_read_lists(&s, root, folder, &r->world.lists) ? OK : ERR_LIST_INVALID;
}

static int load_lists(struct run_engine *r)
{
    if (choose_lists(r) != OK) return print_problems(r, EXIT_BAD_SETTING);
    if (r->world.lists.are_absent)
        fprintf(stderr, "warning[LIST_INVALID %d]: the world has no lists.yaml: nobody is screened\n",
                ERR_LIST_INVALID);
    struct name_lists *lists = ARENA_NEW(&r->arena, struct name_lists);
    struct arena *cache = ARENA_NEW(&r->arena, struct arena), *own = ARENA_NEW(&r->arena, struct arena);
    if (arena_open(own, LIST_ARENA_BYTES / 2, LIST_ARENA_BYTES / 2) != OK)
        return command_fail(ERR_MEMORY_EXHAUSTED, "lists");
    bool is_set = settings_text(&r->settings, SETTING_SCREENING_LISTS_FILE).size > 0;
    if (list_load(own, &r->world.lists, lists, &r->problems) != OK)
        return print_problems(r, is_set ? EXIT_BAD_SETTING : file_refusal_code(&r->problems));
    if (arena_open(cache, SCRATCH_BYTES, SCRATCH_BYTES) != OK)
        return command_fail(ERR_MEMORY_EXHAUSTED, "screening cache");
    r->compliance = (struct compliance_own){ .lists = lists, .cache = screen_cache_open(cache, SCREEN_CACHE_ENTRIES) };
    return EXIT_DONE;
}

static const struct stage *const stages[RUN_STAGE_COUNT] = { &classification_stage, &compliance_stage, &payout_stage };

const struct stage *run_engine_stage(enum run_stage stage)
{
    ASSERT(stage < RUN_STAGE_COUNT);
    return stages[stage];
}

static enum err put_partner(struct run_engine *r, const struct partner *p)
{
    memory_profiles_put(r->profiles, p);
    return run_redis_put(&r->redis, p);
}

static int put_partners(struct run_engine *r)
{
    enum err e = run_redis_open(&r->redis, &r->settings, EMBEDDED_PARTITIONS, &r->problems);
    if (r->problems.count) return print_problems(r, EXIT_BAD_SETTING);
    for (unsigned i = 0; e == OK && i < r->world.partner_count; i++) e = put_partner(r, &r->world.partners[i]);
    if (e == OK) e = run_redis_commit(&r->redis);
    return e == OK ? EXIT_DONE : command_fail(e, "redis.address");
}

static int open_engine(struct run_engine *r)
{
    bool has_redis = r->redis.is_asked;
    void *owns[RUN_STAGE_COUNT] = { [RUN_COMPLIANCE] = &r->compliance };
    struct embedded_options options = {
        .stages = stages,
        .stage_count = RUN_STAGE_COUNT,
        .owns = owns,
        .seed = r->options->seed,
        .lines_max = run_engine_batch_lines(r),
        .catalogue = r->catalogue,
        .profiles = has_redis ? redis_profiles_base(r->redis.profiles) : memory_profiles_base(r->profiles),
        .registry = has_redis ? redis_registry_base(r->redis.registry) : memory_registry_base(r->registry),
        .on_void = run_void_say,
        .on_void_context = r,
    };
    enum err e = embedded_open(&options, &r->engine);
    if (e != OK) return command_fail(e, "engine");
    embedded_follow(r->engine, TOPIC_CLAIMS_DECIDED, follow_dossier, r);
    embedded_follow(r->engine, TOPIC_CLAIMS_HELD, follow_dossier, r);
    embedded_follow(r->engine, TOPIC_PAYOUTS, follow_payout, r);
    embedded_follow(r->engine, TOPIC_DEADLETTERS, follow_dead, r);
    return EXIT_DONE;
}

static int open_transcript(struct run_engine *r)
{
    const char *folder = r->options->state;
    if (folder && state_dir_begin(&r->state, folder) != OK) return EXIT_FAILED;
    enum err e = transcript_open(&r->transcript, folder ? state_dir_file(&r->state, "dossiers") : NULL);
    return e == OK ? EXIT_DONE : command_fail(e, folder ? folder : "temporary file");
}

int run_engine_open(struct run_engine *r, const struct run_options *o)
{
    *r = (struct run_engine){ .options = o };
    if (arena_open(&r->arena, ENGINE_ARENA_BYTES, ENGINE_ARENA_BYTES) != OK)
        return command_fail(ERR_MEMORY_EXHAUSTED, "memory");
    if (arena_open(&r->scratch, SCRATCH_BYTES, SCRATCH_BYTES) != OK)
        return command_fail(ERR_MEMORY_EXHAUSTED, "memory");
    directory_open(&r->name_index);
    directory_open(&r->posted);
    run_register_open(&r->reports, &r->arena);
    r->profiles = memory_profiles_open();
    r->registry = memory_registry_open();
    if (!r->profiles || !r->registry) return command_fail(ERR_MEMORY_EXHAUSTED, "memory");
    int code = load_world(r);
    if (code == EXIT_DONE) code = load_lists(r);
    if (code == EXIT_DONE) code = put_partners(r);
    if (code == EXIT_DONE) code = open_transcript(r);
    if (code == EXIT_DONE) code = open_engine(r);
    return code;
}

void run_engine_close(struct run_engine *r)
{
    if (r->engine) embedded_close(r->engine);
    if (r->transcript.spool) transcript_close(&r->transcript);
    state_dir_close(&r->state);
    memory_profiles_close(r->profiles);
    memory_registry_close(r->registry);
    run_redis_close(&r->redis);
    catalogue_close(r->catalogue);
    directory_close(&r->name_index);
    directory_close(&r->posted);
    run_register_close(&r->reports);
    free(r->documents);
    free(r->names);
    free(r->name_line_ids);
    arena_close(&r->scratch);
    arena_close(&r->arena);
}

/* --- while it runs --- */

enum err run_engine_advance(struct run_engine *r, instant_ms now_unix_ms)
{
    TRY(embedded_run_until_idle(r->engine));
    if (now_unix_ms > embedded_now(r->engine)) TRY(embedded_advance(r->engine, now_unix_ms));
    return embedded_run_until_idle(r->engine);
}

enum err run_engine_settle(struct run_engine *r)
{
    enum { TRIES = 100, PAUSE_US = 50000 };
    for (int i = 0; i < TRIES && run_redis_is_away(&r->redis); i++) {
        usleep(PAUSE_US);
        embedded_tick(r->engine);
        TRY(embedded_run_until_idle(r->engine));
    }
    return OK;
}

static void grow(void **items, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity) return;
    *capacity = *capacity ? 2 * *capacity : 64;
    *items = realloc(*items, *capacity * size);
    ASSERT(*items);
}

uint32_t run_engine_name(struct run_engine *r, struct slice name, struct slice line_id)
{
    bool found;
    uint32_t capacity = r->name_capacity, *at = directory_at(&r->name_index, name, &found);
    if (found) return 0;
    *at = r->name_count + 1;
    grow((void **)&r->names, r->name_count, &capacity, sizeof *r->names);
    grow((void **)&r->name_line_ids, r->name_count, &r->name_capacity, sizeof *r->name_line_ids);
    r->names[r->name_count] = slice_copy(&r->arena, name);
    r->name_line_ids[r->name_count] = slice_copy(&r->arena, line_id);
    return ++r->name_count;
}

struct slice run_engine_line_named(const struct run_engine *r, struct slice name)
{
    uint32_t ordinal = directory_get(&r->name_index, name, 0);
    return ordinal ? r->name_line_ids[ordinal - 1] : (struct slice){ 0 };
}

uint32_t run_engine_document(struct run_engine *r, struct slice name)
{
    grow((void **)&r->documents, r->document_count, &r->document_capacity, sizeof *r->documents);
    r->documents[r->document_count] = (struct run_document){ .name = slice_copy(&r->arena, name) };
    return r->document_count++;
}

static void wake_parts(struct run_engine *r)
{
    embedded_wake(r->engine, SLICE(WAIT_PART));
}

static void wake_partner(struct run_engine *r, const struct partner *p)
{
    embedded_wake(r->engine, SLICE_JOIN(&r->arena, SLICE(WAIT_PARTNER), p->partner_id));
}

/* Lists of names in place of those in force, between batches. A list that lost too many entries is refused: the one in
 * force stays (screening.md 6.4). */
static bool swap_lists(struct run_engine *r, struct slice file, const struct node *record)
{
    struct world_lists sources;
    struct name_lists *next = ARENA_NEW(&r->arena, struct name_lists);
    struct arena *own = ARENA_NEW(&r->arena, struct arena);
    struct text_source s = { .arena = &r->arena, .file = file, .problems = &r->problems, .code = ERR_LIST_INVALID };
    const struct policy *policy = catalogue_policy(r->catalogue, instant_date(embedded_now(r->engine), 0),
                                                   (struct slice){ 0 }, (struct slice){ 0 }, INCENTIVE_UNSPECIFIED);
    struct slice folder = SLICE_JOIN(&r->arena, slice_from(r->options->world), SLICE("/"));
    if (!world_read_lists(&s, record, folder, &sources)) return false;
    if (arena_open(own, LIST_ARENA_BYTES / 2, LIST_ARENA_BYTES / 2) != OK
        || list_load(own, &sources, next, &r->problems) != OK)
        return false;
    for (unsigned i = 0; i < next->list_count; i++)
        for (unsigned k = 0; k < r->compliance.lists->list_count; k++) {
            const struct name_list *before = &r->compliance.lists->lists[k];
            if (!slice_equal(before->id, next->lists[i].id)
                || !list_shrinks(before, &next->lists[i], policy->screening_shrink_refuse_percent))
                continue;
            fprintf(
                stderr,
                "warning[LIST_INVALID %d]: list %.*s lost too many entries and is refused; the one in force stays\n",
                ERR_LIST_INVALID, SLICE_ARGS(before->id));
            return true;
        }
    r->compliance.lists = next;
    embedded_wake(r->engine, SLICE(WAIT_LIST));
    embedded_tick(r->engine);
    return true;
}

bool run_engine_apply(struct run_engine *r, struct slice file, const struct node *record)
{
    struct applied_record applied;
    struct text_source s = { .arena = &r->arena, .file = file, .problems = &r->problems };
    if (embedded_run_until_idle(r->engine) != OK) return false;
    if (node_find(record, SLICE("sources"))) {
        bool swapped = swap_lists(r, file, record);
        if (!swapped) print_problems(r, EXIT_FAILED);
        return swapped && embedded_run_until_idle(r->engine) == OK;
    }
    if (!record_apply(&s, record, r->catalogue, &applied)) {
        print_problems(r, EXIT_FAILED);
        return false;
    }
    if (applied.type == RECORD_PARTNER) {
        if (put_partner(r, applied.partner) != OK || run_redis_commit(&r->redis) != OK) return false;
        wake_partner(r, applied.partner);
    }
    if (applied.type == RECORD_PRODUCT) wake_parts(r);
    if (applied.type == RECORD_FX_TABLE) embedded_wake(r->engine, SLICE(WAIT_FX));
    return embedded_run_until_idle(r->engine) == OK;
}
