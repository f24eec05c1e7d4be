/* The worked cases as worlds (tests/golden/cases): each runs from its input through intake and the three judging
 * stages, in both tolerances (feeds.md A17); what every named line ends with is compared with expected.json to the
 * cent. */
#include "support/test.h"

#include "base/assert.h"
#include "classification/stage.h"
#include "compliance/stage.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "intake/document.h"
#include "payout/stage.h"
#include "stage/embedded.h"
#include "stage/memory_profiles.h"
#include "stage/memory_registry.h"
#include "wire/dossier_codec.h"
#include "wire/list_load.h"
#include "wire/reference_text.h"
#include "wire/world.h"
#include "wire/yaml.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINES_MAX = 256, NAMES_MAX = 256, PAYOUTS_MAX = 1024, PATH_MAX_BYTES = 1024 };

struct named { struct slice name, line_id; };
struct ended { struct slice line_id; struct dossier *dossier; };

struct run {
    struct arena            arena, own;             /* of the run; of lists and their cache */
    struct catalogue       *catalogue;
    struct memory_profiles *profiles;
    struct memory_registry *registry;
    struct world            world;
    struct name_lists       lists;
    struct compliance_own   compliance;
    struct embedded        *engine;
    struct mapping_profile  mapping;
    struct named            names[NAMES_MAX];
    unsigned                name_count;
    struct ended            ended[LINES_MAX];
    unsigned                ended_count;
    struct payout           entries[PAYOUTS_MAX];
    unsigned                entry_count;
};

static struct run r;
static const struct stage *const stages[] = { &classification_stage, &compliance_stage, &payout_stage };

/* Running. */

static void see_line(void *context, const struct record *record)
{
    struct dossier *d = ARENA_NEW(&r.arena, struct dossier);
    (void)context;
    CHECK_INT(dossier_decode(&r.arena, slice_copy(&r.arena, record->value), d), OK);
    if (dossier_is_case(d)) return;
    for (unsigned i = 0; i < r.ended_count; i++)
        if (slice_equal(r.ended[i].line_id, d->receipt->line_id)) {
            r.ended[i].dossier = d;
            return;
        }
    ASSERT(r.ended_count < LINES_MAX);
    r.ended[r.ended_count++] = (struct ended){ d->receipt->line_id, d };
}

static void see_payout(void *context, const struct record *record)
{
    (void)context;
    ASSERT(r.entry_count < PAYOUTS_MAX);
    CHECK_INT(payout_decode(&r.arena, slice_copy(&r.arena, record->value), &r.entries[r.entry_count++]), OK);
}

static struct slice root_of(void *context, struct slice partner_id)
{
    (void)context;
    for (unsigned i = 0; i < r.world.partner_count; i++)
        if (slice_equal(r.world.partners[i].partner_id, partner_id)) return r.world.partners[i].root_id;
    return (struct slice){ 0 };
}

static struct slice line_id_of(void *context, struct slice name)
{
    (void)context;
    for (unsigned i = 0; i < r.name_count; i++)
        if (slice_equal(r.names[i].name, name)) return r.names[i].line_id;
    return (struct slice){ 0 };
}

static bool name_line(void *context, struct slice name, struct slice line_id)
{
    (void)context;
    ASSERT(r.name_count < NAMES_MAX);
    r.names[r.name_count++] = (struct named){ slice_copy(&r.arena, name), slice_copy(&r.arena, line_id) };
    return true;
}

static enum err on_line(void *context, const struct intake_line *line)
{
    struct slice value;
    (void)context;
    CHECK_INT(line->outcome, OUTCOME_PASS);
    TRY(dossier_begin(&r.arena, line->line, line->receipt, &value));
    TRY(embedded_advance(r.engine, line->receipt->received_at_unix_ms));
    embedded_send(r.engine, TOPIC_CLAIMS_RECEIVED, line->receipt->partner_root_id, value);
    return embedded_run_until_idle(r.engine);
}

/* The records of the cases are price lists, rates and barriers. */
static enum err on_object(void *context, struct slice name, struct slice json, uint32_t row, uint64_t offset)
{
    struct problems problems = problems_in(&r.arena);
    struct text_source s = { .arena = &r.arena, .problems = &problems };
    (void)context; (void)name; (void)row; (void)offset;
    const struct node *n = yaml_read(&s, slice_copy(&r.arena, json));
    CHECK(n != NULL);
    const struct node *list = n ? node_find(n, SLICE("price_list")) : NULL;
    const struct node *fx = n ? node_find(n, SLICE("fx_table")) : NULL;
    struct price_list prices;
    struct fx_pair pair;
    if (list && reference_read_price_list(&s, list, &prices)) TRY(catalogue_put_price_list(r.catalogue, &prices));
    if (fx && reference_read_fx(&s, fx, &pair)) TRY(catalogue_put_fx(r.catalogue, &pair));
    return OK;
}

static void post(struct slice bytes)
{
    struct intake_submitter local = submitter_local();
    struct intake_partners partners = { .root = root_of };
    struct spool spool = spool_over(bytes);
    struct intake_events events = {
        .on_line = on_line, .on_object = on_object, .line_id_of = line_id_of, .name_line = name_line
    };
    struct intake_job job = { .spool = &spool,
                              .file_name = SLICE("input.ndjson"),
                              .door = DOOR_CLAIMCTL,
                              .submitter = &local,
                              .partners = &partners,
                              .profile = &r.mapping,
                              .accepts_received_at = true,
                              .received_at_unix_ms = r.world.clock_unix_ms };
    struct intake *intake;
    CHECK_INT(intake_open(&intake, &job, &events), OK);
    CHECK_INT(intake_post_all(intake), OK);
    intake_close(intake);
}

static const char *path_of(const char *folder, const char *name)
{
    static struct text path;
    static char buffers[2][PATH_MAX_BYTES];
    static unsigned turn;
    path = text_over(buffers[turn++ % 2], PATH_MAX_BYTES - 1);
    text_put(&path, slice_from(folder));
    text_put_byte(&path, '/');
    text_put(&path, slice_from(name));
    ASSERT(!path.full);
    path.bytes[path.size] = 0;
    return path.bytes;
}

static struct slice read_file(const char *folder, const char *name)
{
    FILE *f = fopen(path_of(folder, name), "r");
    if (!f) return (struct slice){ 0 };
    struct text t = text_in(&r.arena, 1 << 18);
    t.size = fread(t.bytes, 1, t.capacity, f);
    fclose(f);
    return text_slice(&t);
}

static void open_run(const char *folder, enum tolerance tolerance)
{
    memset(&r, 0, sizeof r);
    r.mapping = *mapping_profile_default();
    r.mapping.tolerance = tolerance;
    ASSERT(arena_open(&r.arena, (size_t)1 << 27, (size_t)1 << 27) == OK
           && arena_open(&r.own, (size_t)1 << 26, (size_t)1 << 26) == OK);
    struct problems problems = problems_in(&r.arena);
    r.catalogue = catalogue_open();
    r.profiles = memory_profiles_open();
    r.registry = memory_registry_open();
    CHECK_INT(world_load(&r.arena, slice_from(folder), r.catalogue, &r.world, &problems), OK);
    for (unsigned i = 0; i < r.world.partner_count; i++) memory_profiles_put(r.profiles, &r.world.partners[i]);
    CHECK_INT(list_load(&r.own, &r.world.lists, &r.lists, &problems), OK);
    r.compliance = (struct compliance_own){ .lists = &r.lists, .cache = screen_cache_open(&r.own, 1024), .seed = 7 };
    void *owns[] = { NULL, &r.compliance, NULL };
    struct embedded_options options = { .stages = stages,
                                        .stage_count = 3,
                                        .owns = owns,
                                        .seed = 1,
                                        .checks = true,
                                        .catalogue = r.catalogue,
                                        .profiles = memory_profiles_base(r.profiles),
                                        .registry = memory_registry_base(r.registry) };
    CHECK_INT(embedded_open(&options, &r.engine), OK);
    embedded_follow(r.engine, TOPIC_CLAIMS_HELD, see_line, NULL);
    embedded_follow(r.engine, TOPIC_CLAIMS_DECIDED, see_line, NULL);
    embedded_follow(r.engine, TOPIC_PAYOUTS, see_payout, NULL);
}

static void close_run(void)
{
    embedded_close(r.engine);
    memory_registry_close(r.registry);
    memory_profiles_close(r.profiles);
    catalogue_close(r.catalogue);
    arena_close(&r.own);
    arena_close(&r.arena);
}

/* Comparing. */

static struct slice text_of(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);
    return slice_from(json_is_string(value) ? json_string_value(value) : NULL);
}

static struct slice money_text(int64_t minor, struct slice currency)
{
    struct text t = text_in(&r.arena, 32);
    money_put(&t, minor, currency);
    return text_slice(&t);
}

static struct slice qty_text(int64_t milli)
{
    struct text t = text_in(&r.arena, 32);
    decimal_put(&t, milli, 3);
    return text_slice(&t);
}

static const struct dossier *find_line(struct slice line_id)
{
    for (unsigned i = 0; i < r.ended_count; i++)
        if (slice_equal(r.ended[i].line_id, line_id)) return r.ended[i].dossier;
    return NULL;
}

static bool was_given(const struct dossier *d, enum section before, enum reason_code code)
{
    for (enum section s = SECTION_CLASSIFICATION; s < before; s++) {
        const struct judgement *j = dossier_judgement(d, s);
        for (unsigned i = 0; j && i < j->reason_count; i++)
            if (j->reasons[i].code == code) return true;
    }
    return false;
}

static struct slice reasons_of(const struct dossier *d)
{
    struct text t = text_in(&r.arena, 1024);
    for (enum section s = SECTION_CLASSIFICATION; s <= SECTION_PAYOUT; s++) {
        const struct judgement *j = dossier_judgement(d, s);
        for (unsigned i = 0; j && i < j->reason_count; i++) {
            if (s > SECTION_CLASSIFICATION && was_given(d, s, j->reasons[i].code)) continue;
            if (t.size) text_put_byte(&t, ' ');
            text_put(&t, reason_name(j->reasons[i].code));
        }
    }
    return text_slice(&t);
}

static struct slice wanted_reasons(const json_t *line)
{
    struct text t = text_in(&r.arena, 1024);
    size_t i;
    const json_t *name;
    json_array_foreach(json_object_get(line, "reasons"), i, name) {
        if (t.size) text_put_byte(&t, ' ');
        text_put(&t, slice_from(json_string_value(name)));
    }
    return text_slice(&t);
}

/* Paid and refused are those of the target program; a line refused before has them as stated. */
static void check_claim(const struct dossier *d, const json_t *line)
{
    if (!json_object_get(line, "claimed") || !d->payout || d->payout->program_count == 0) return;
    const struct program_result *p = &d->payout->programs[0];
    struct slice currency = text_of(line, "currency");
    CHECK_SLICE(money_text(p->claim_minor, currency), text_of(line, "claimed"));
    CHECK_SLICE(money_text(p->paid_minor, currency), text_of(line, "paid"));
    CHECK_SLICE(money_text(p->refused_minor, currency), text_of(line, "refused"));
}

static void check_entries(struct slice line_id, const json_t *line)
{
    const json_t *wanted = json_object_get(line, "payouts");
    size_t at = 0;
    for (unsigned i = 0; i < r.entry_count; i++) {
        const struct payout *e = &r.entries[i];
        if (!slice_equal(e->line_id, line_id)) continue;
        const json_t *want = json_array_get(wanted, at++);
        CHECK_SLICE(e->program_id, text_of(want, "program_id"));
        CHECK_SLICE(e->ledger, text_of(want, "ledger"));
        if (json_object_get(want, "qty")) CHECK_SLICE(qty_text(e->qty_milli), text_of(want, "qty"));
        CHECK_SLICE(money_text(e->amount_minor, e->currency), text_of(want, "amount"));
        CHECK_SLICE(e->currency, text_of(want, "currency"));
    }
    CHECK_INT(at, json_array_size(wanted));
}

static void check_line(const json_t *line)
{
    struct slice line_id = line_id_of(NULL, text_of(line, "ref"));
    const struct dossier *d = find_line(line_id);
    CHECK(d != NULL);
    if (!d) return;
    CHECK_SLICE(word_text(VOCABULARY_OUTCOME, (int)dossier_standing(d)->outcome), text_of(line, "outcome"));
    if (json_object_get(line, "reasons")) CHECK_SLICE(reasons_of(d), wanted_reasons(line));
    check_claim(d, line);
    check_entries(line_id, line);
}

static bool is_named(const json_t *lines, struct slice line_id)
{
    size_t i;
    const json_t *line;
    json_array_foreach(lines, i, line)
        if (slice_equal(line_id_of(NULL, text_of(line, "ref")), line_id)) return true;
    return false;
}

static void check_in(const char *folder, enum tolerance tolerance)
{
    open_run(folder, tolerance);
    struct slice expected = read_file(folder, "expected.json");
    json_t *json = json_loadb(expected.bytes, expected.size, 0, NULL);
    size_t i;
    const json_t *line;
    post(read_file(folder, "input.ndjson"));
    json_array_foreach(json_object_get(json, "lines"), i, line) check_line(line);
    for (unsigned k = 0; k < r.ended_count; k++) {
        if (is_named(json_object_get(json, "lines"), r.ended[k].line_id)) continue;
        CHECK_INT(dossier_standing(r.ended[k].dossier)->outcome, OUTCOME_PASS);
    }
    for (unsigned k = 0; k < r.entry_count; k++) CHECK(is_named(json_object_get(json, "lines"), r.entries[k].line_id));
    json_decref(json);
    close_run();
}

static void check_world(const char *path)
{
    char *folder = strdup(path);
    ASSERT(folder);
    check_in(folder, TOLERANCE_DEFAULT);
    check_in(folder, TOLERANCE_STRICT);
    free(folder);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* A case is a world, or a folder of numbered worlds. */
static unsigned check_case(const char *path)
{
    char *folder = strdup(path);
    ASSERT(folder);
    struct dirent **parts;
    unsigned worlds = 0;
    int count = scandir(folder, &parts, NULL, by_name);
    ASSERT(count >= 0);
    for (int i = 0; i < count; i++) {
        if (strcmp(parts[i]->d_name, "expected.json") == 0) {
            check_world(folder);
            worlds++;
        }
        if (parts[i]->d_name[0] >= '0' && parts[i]->d_name[0] <= '9') {
            check_world(path_of(folder, parts[i]->d_name));
            worlds++;
        }
        free(parts[i]);
    }
    free(parts);
    free(folder);
    return worlds;
}

TEST(every_worked_case_comes_out_to_the_cent)
{
    static const char *const root = "tests/golden/cases";
    struct dirent **cases;
    unsigned worlds = 0;
    int count = scandir(root, &cases, NULL, by_name);
    ASSERT(count > 0);
    for (int i = 0; i < count; i++) {
        unsigned failed = CU_get_number_of_failures();
        if (cases[i]->d_name[0] != '.' && cases[i]->d_type == DT_DIR)
            worlds += check_case(path_of(root, cases[i]->d_name));
        if (CU_get_number_of_failures() != failed) printf("  in the case %s\n", cases[i]->d_name);
        free(cases[i]);
    }
    free(cases);
    CHECK(worlds >= 50);
}
