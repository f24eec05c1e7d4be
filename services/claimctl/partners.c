/* claimctl/partners.c: `partners statement|show|classify`: what became of a partner's lines, and who it is. */
#include "claimctl/command.h"
#include "claimctl/option.h"
#include "claimctl/partners_import.h"
#include "claimctl/run_feed.h"
#include "claimctl/statement.h"
#include "classification/portrait.h"
#include "classification/stage.h"
#include "runtime/clock.h"

enum { PORTRAIT_TEXT_BYTES = 64 << 10 };

static int print_statement(int argc, char **argv)
{
    struct reading r;
    struct slice since = { 0 }, until = { 0 }, month = { 0 };
    struct statement_period period;
    bool with_claims = false;
    const struct option_slot options[] = { { "--since", &since, NULL },
                                              { "--until", &until, NULL },
                                              { "--month", &month, NULL },
                                              { "--claims", NULL, &with_claims } };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    if (!statement_period_read(since, until, month, clock_now_unix_ms(), &period))
        return reading_close(&r, EXIT_USAGE);
    if (argc != 3) return reading_close(&r, command_refuse("partners", "statement", "it takes the id of one partner"));
    code = reading_start(&r);
    if (code == EXIT_DONE) code = statement_print(&r, slice_from(argv[2]), period, with_claims);
    return reading_close(&r, code);
}

/* --- portraits --- */

/* Brings the rows that a pass missed from the partition of the root, as the loop does. */
static enum err supply(struct run_engine *r, struct books *b, struct slice root)
{
    const struct stage *stage = run_engine_stage(RUN_CLASSIFICATION);
    struct store *store =
        embedded_store(r->engine, RUN_CLASSIFICATION, topic_partition(root, embedded_partitions(r->engine)));
    for (unsigned i = 0; i < b->row_count; i++) {
        struct slice value;
        if (b->rows[i]->gathered) continue;
        TRY(store_get(store, stage->tables[b->rows[i]->table].number, b->rows[i]->key, &value));
        books_supply(b->rows[i], slice_copy(&r->scratch, slice_skip(value, 1)));
    }
    return OK;
}

static enum err read_portrait(struct run_engine *r, const struct partner *p, struct portrait *x)
{
    const struct stage *stage = run_engine_stage(RUN_CLASSIFICATION);
    struct book_codec *codecs = ARENA_ARRAY(&r->scratch, stage->table_count, struct book_codec);
    struct books b;
    int32_t date = instant_date(embedded_now(r->engine), p->utc_offset_minutes);
    struct slice root = p->root_id.size ? p->root_id : p->partner_id;
    for (unsigned i = 0; i < stage->table_count; i++) codecs[i] = stage->tables[i].codec;
    books_init(&b, &r->scratch, codecs, stage->table_count);
    for (unsigned pass = 0; pass < BOOKS_PASSES_MAX; pass++) {
        books_restart(&b);
        *x = portrait_read(&b, r->catalogue, p, date,
                           catalogue_policy(r->catalogue, date, root, (struct slice){ 0 }, INCENTIVE_UNSPECIFIED));
        if (b.broken) return b.broken;
        if (!b.missed) return OK;
        TRY(supply(r, &b, root));
    }
    return ERR_STATE_MALFORMED;
}

static int print_portrait(struct run_engine *r, struct slice partner_id, bool classifies)
{
    enum profile_source source;
    struct portrait x;
    struct profiles *profiles = memory_profiles_base(r->profiles);
    const struct partner *p = profiles->ops->find(profiles, partner_id, &source);
    if (!p) {
        struct nearest near = nearest_to(partner_id);
        for (unsigned i = 0; i < r->world.partner_count; i++) nearest_offer(&near, r->world.partners[i].partner_id);
        return nearest_refuse(&near, NULL, "the world has no partner %.*s", SLICE_ARGS(partner_id));
    }
    if (embedded_run_until_idle(r->engine) != OK || read_portrait(r, p, &x) != OK) return EXIT_FAILED;
    struct text t = text_in(&r->scratch, PORTRAIT_TEXT_BYTES);
    if (classifies) portrait_put(&t, &x);
    else portrait_put_profile(&t, &x);
    struct output out = output_stdout();
    output_put(&out, text_slice(&t));
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

static int print_world_partner(const char *world, int argc, char **argv, bool classifies)
{
    option_take(&argc, argv, NULL, 0);
    if (argc == 3 && !world)
        return option_usage("partners classify needs --world DIR: the world that has the partner");
    if (argc != 3) return command_usage("partners");
    struct run_options run = run_options_default(world);
    struct run_engine engine;
    struct run_feed feed = { .engine = &engine, .is_again = true };
    int code = run_engine_open(&engine, &run);
    if (code == EXIT_DONE) code = run_feed_all(&feed);
    if (code == EXIT_DONE) code = print_portrait(&engine, slice_from(argv[2]), classifies);
    run_engine_close(&engine);
    return code;
}

static int show(int argc, char **argv)
{
    const char *world = option_pick_text(&argc, argv, "--world");
    return world ? print_world_partner(world, argc, argv, false) : partners_show_record(argc, argv);
}

static int classify(int argc, char **argv)
{
    const char *world = option_pick_text(&argc, argv, "--world");
    return print_world_partner(world, argc, argv, true);
}

int claimctl_partners(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        { SLICE_INIT("statement"), print_statement }, { SLICE_INIT("show"), show },
        { SLICE_INIT("classify"), classify },         { SLICE_INIT("import"), partners_import },
        { SLICE_INIT("list"), partners_list },
    };
    return command_run_verb("partners", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
