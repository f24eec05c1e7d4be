/* claimctl/run_options.c: one table of options. */
#include "claimctl/run_options.h"

#include "claimctl/argument.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH_LINES_MAX = 100000 };

static enum err complain(const char *what, const char *value)
{
    fprintf(stderr, "error[USAGE %d]: %s%s%s\n  more: claimctl help run\n", ERR_USAGE, what, value ? ": " : "",
            value ? value : "");
    return ERR_USAGE;
}

static const char *last_part(const char *path)
{
    struct slice rest = slice_from(path), name = rest;
    while (rest.size && rest.bytes[rest.size - 1] == '/') rest.size--;
    for (size_t i = rest.size; i > 0; i--)
        if (rest.bytes[i - 1] == '/') {
            name = slice_skip(rest, i);
            break;
        }
    static char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%.*s", SLICE_ARGS(name.size < rest.size ? name : rest));
    return copy;
}

const char *run_sample_folder(const char *name)
{
    static char path[PATH_MAX];
    char program[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size < 0 || strchr(name, '/')) return NULL;
    program[size] = 0;
    char *slash = strrchr(program, '/');
    int folder = slash ? (int)(slash - program) : 0;
    for (int i = 0; i < 3; i++) {
        int written = i == 0 ? snprintf(path, sizeof path, "deploy/sample/%s", name)
            : i == 1 ? snprintf(path, sizeof path, "%.*s/../../deploy/sample/%s", folder, program, name)
            : snprintf(path, sizeof path, "%.*s/../share/claimstream/sample/%s", folder, program, name);
        if (written > 0 && (size_t)written < sizeof path && access(path, R_OK) == 0) return path;
    }
    return NULL;
}

int run_refuse_sample(struct slice name)
{
    struct nearest near = nearest_to(name);
    const char *samples = run_sample_folder(".");
    DIR *folder = samples ? opendir(samples) : NULL;
    for (struct dirent *e; folder && (e = readdir(folder)) != NULL;)
        if (e->d_name[0] != '.') nearest_offer(&near, slice_from(e->d_name));
    if (folder) closedir(folder);
    return nearest_refuse(&near,
                          "first-hour and tiny come with the product; a world of your own is a folder: run --world DIR",
                          "there is no sample of that name: %.*s", SLICE_ARGS(name));
}

/* The one world, a folder or what comes with the product. */
static enum err take_world(struct run_options *o, const char *folder, const char *sample)
{
    if (!folder == !sample) return complain("a run has one world: --world DIR or --sample NAME", NULL);
    o->world = folder ? folder : run_sample_folder(sample);
    o->name = folder ? last_part(folder) : sample;
    if (!o->world) (void)run_refuse_sample(slice_from(sample));
    return o->world ? OK : ERR_NAME_UNKNOWN;
}

static enum err take_numbers(struct run_options *o, const char *seed, const char *batch_lines)
{
    uint64_t number = 0;
    if (seed && !slice_to_uint(slice_from(seed), UINT64_MAX, &o->seed))
        return complain("--seed takes a whole number", seed);
    if (batch_lines && (!slice_to_uint(slice_from(batch_lines), BATCH_LINES_MAX, &number) || number == 0))
        return complain("--batch-lines takes 1 to 100000", batch_lines);
    o->batch_lines = (uint32_t)number;
    return OK;
}

static enum err check_sets(const struct run_options *o)
{
    for (unsigned i = 0; i < o->set_count; i++)
        if (!strchr(o->sets[i], '=')) return complain("--set takes KEY=VALUE", o->sets[i]);
    return OK;
}

struct run_options run_options_default(const char *world)
{
    return (struct run_options){ .world = world, .name = world ? last_part(world) : NULL, .seed = 1 };
}

enum err run_options_read(int argc, char **argv, struct run_options *o)
{
    const char *seed = option_pick_text(&argc, argv, "--seed"), *batch = option_pick_text(&argc, argv, "--batch-lines"),
               *world = option_pick_text(&argc, argv, "--world"), *sample = option_pick_text(&argc, argv, "--sample");
    *o = run_options_default(NULL);
    o->results = option_pick_text(&argc, argv, "--results");
    o->responses = option_pick_text(&argc, argv, "--responses");
    o->balances = option_pick_text(&argc, argv, "--balances");
    o->figures = option_pick_text(&argc, argv, "--figures");
    o->explain = option_pick_flag(&argc, argv, "--explain");
    o->partner = option_pick_text(&argc, argv, "--partner");
    o->currency = option_pick_text(&argc, argv, "--currency");
    o->profile = option_pick_text(&argc, argv, "--profile");
    o->received_from_input = option_pick_flag(&argc, argv, "--received-from-input");
    o->state = option_pick_text(&argc, argv, "--state");
    o->input_count = option_pick_each(&argc, argv, "--input", o->inputs, RUN_INPUTS_MAX);
    o->set_count = option_pick_each(&argc, argv, "--set", o->sets, RUN_SETS_MAX);
    if (argc > 1) return complain("unexpected argument, or one too many", argv[1]);
    TRY(take_world(o, world, sample));
    TRY(take_numbers(o, seed, batch));
    TRY(check_sets(o));
    if (!argument_is_currency("run", o->currency)) return ERR_USAGE;
    const char *const written[] = { o->results, o->balances, o->figures };
    return argument_are_apart("run", (struct argument_files){ written, 3 },
                              (struct argument_files){ o->inputs, o->input_count }) ? OK : ERR_USAGE;
}
