/* claimctl/load.c: `load`: a world's records to Kafka, as approved (first-hour.md 5, 6). */
#include "claimctl/command.h"
#include "claimctl/publish.h"
#include "claimctl/reading_options.h"
#include "claimctl/run_options.h"
#include "claimctl/terms_file.h"

enum { WORLD_ARENA_BYTES = 512 << 20, NAME_BYTES = 128 };

struct load {
    struct broker    broker;
    struct publish   publish;
    struct output    out;
    struct arena     arena;
    struct problems  problems;
    struct world     world;
};

static int refuse_world(struct load *l)
{
    terms_file_complain(&l->arena, &l->problems);
    return EXIT_BAD_SETTING;
}

/* The world must hold together before any of it is sent. */
static int read_world(struct load *l, const char *folder, struct reference_drafts *drafts)
{
    struct catalogue *c = catalogue_open();
    if (!c) return broker_fail(&l->broker, ERR_MEMORY_EXHAUSTED, "catalogue");
    enum err e = world_load(&l->arena, slice_from(folder), c, &l->world, &l->problems);
    catalogue_close(c);
    if (e != OK) return refuse_world(l);
    return reference_draft_read_world(drafts, &l->world, &l->problems) ? EXIT_DONE : refuse_world(l);
}

/* Whoever says that a folder is a world says that it was approved. */
static void approve(struct load *l, const char *folder)
{
    struct slice name = slice_from(folder);
    while (name.size > 1 && name.bytes[name.size - 1] == '/') name.size--;
    for (size_t i = name.size; i > 0; i--)
        if (name.bytes[i - 1] == '/') {
            name = slice_skip(name, i);
            break;
        }
    struct text t = text_in(&l->arena, NAME_BYTES);
    PUT(&t, "world:");
    text_put(&t, slice_head(name, NAME_BYTES / 2));
    l->publish.who.approver_id = text_slice(&t);
}

static int send_all(struct load *l, const struct reference_drafts *drafts)
{
    int code = EXIT_DONE;
    for (unsigned i = 0; code == EXIT_DONE && i < drafts->count; i++) code = publish_draft(&l->publish, &drafts->items[i]);
    return code == EXIT_DONE ? publish_finish(&l->publish) : code;
}

static int load(struct load *l, const char *folder)
{
    struct reference_drafts drafts = reference_drafts_in(&l->arena);
    l->problems = problems_in(&l->arena);
    int code = read_world(l, folder, &drafts);
    if (code == EXIT_DONE) code = broker_may_write(&l->broker);
    if (code == EXIT_DONE) code = broker_connect(&l->broker);
    if (code != EXIT_DONE) return code;
    code = publish_open(&l->publish, &l->broker, &l->out, true);
    l->publish.quiet = true;
    approve(l, folder);
    if (code == EXIT_DONE) code = send_all(l, &drafts);
    publish_close(&l->publish);
    return code;
}

int claimctl_load(int argc, char **argv)
{
    static struct load l;
    struct slice sample = { 0 };
    const struct reading_option options[] = { { "--sample", &sample, NULL } };
    l = (struct load){ .out = output_stdout() };
    if (arena_open(&l.arena, WORLD_ARENA_BYTES, WORLD_ARENA_BYTES) != OK) return EXIT_FAILED;
    int code = broker_open(&l.broker, &argc, argv);
    if (code == EXIT_DONE && reading_options_take(&argc, argv, options, 1) != OK) code = EXIT_USAGE;
    if (code == EXIT_DONE && (sample.size ? argc != 1 : argc != 2)) code = command_usage("load");
    const char *folder = sample.size ? run_sample_folder(sample.bytes) : argv[1];
    if (code == EXIT_DONE && !folder) {
        fprintf(stderr, "error[USAGE %d]: there is no sample of that name: %.*s\n", ERR_USAGE, SLICE_ARGS(sample));
        code = EXIT_NOT_FOUND;
    }
    if (code == EXIT_DONE) code = load(&l, folder);
    broker_close(&l.broker);
    arena_close(&l.arena);
    return output_close(&l.out) || code != EXIT_DONE ? code : EXIT_FAILED;
}
