/* claimctl/run_options.c: one table of options. */
#include "claimctl/run_options.h"

#include "claimctl/argument.h"
#include "claimctl/nearest.h"
#include "wire/problems.h"

#include <dirent.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH_LINES_MAX = 100000 };

enum option_id {
    OPTION_WORLD = 256,
    OPTION_SAMPLE,
    OPTION_INPUT,
    OPTION_RESULTS,
    OPTION_RESPONSES,
    OPTION_BALANCES,
    OPTION_EXPLAIN,
    OPTION_PARTNER,
    OPTION_CURRENCY,
    OPTION_PROFILE,
    OPTION_RECEIVED,
    OPTION_SEED,
    OPTION_BATCH,
    OPTION_STATE,
    OPTION_SET,
    OPTION_FIGURES,
};

static const struct option table[] = {
    { "world",               required_argument, NULL, OPTION_WORLD },
    { "sample",              required_argument, NULL, OPTION_SAMPLE },
    { "input",               required_argument, NULL, OPTION_INPUT },
    { "results",             required_argument, NULL, OPTION_RESULTS },
    { "responses",           required_argument, NULL, OPTION_RESPONSES },
    { "balances",            required_argument, NULL, OPTION_BALANCES },
    { "explain",             no_argument,       NULL, OPTION_EXPLAIN },
    { "partner",             required_argument, NULL, OPTION_PARTNER },
    { "currency",            required_argument, NULL, OPTION_CURRENCY },
    { "profile",             required_argument, NULL, OPTION_PROFILE },
    { "received-from-input", no_argument,       NULL, OPTION_RECEIVED },
    { "seed",                required_argument, NULL, OPTION_SEED },
    { "batch-lines",         required_argument, NULL, OPTION_BATCH },
    { "state",               required_argument, NULL, OPTION_STATE },
    { "set",                 required_argument, NULL, OPTION_SET },
    { "figures",             required_argument, NULL, OPTION_FIGURES },
    { NULL, 0, NULL, 0 },
};

static enum err complain(const char *what, const char *value)
{
    fprintf(stderr, "error[USAGE %d]: %s%s%s\n  more: claimctl help run\n", ERR_USAGE, what, value ? ": " : "",
            value ? value : "");
    return ERR_USAGE;
}

static enum err complain_option(const char *option)
{
    enum { OPTION_COUNT = sizeof table / sizeof table[0] - 1 };
    struct slice names[OPTION_COUNT], word = slice_from(option);
    for (int i = 0; i < OPTION_COUNT; i++) names[i] = slice_from(table[i].name);
    while (word.size && word.bytes[0] == '-') word = slice_skip(word, 1);
    word = slice_cut(&word, '=');
    struct slice near = problems_nearest(word, names, OPTION_COUNT);
    if (!near.size || slice_equal(near, word))
        return complain(near.size ? "this option needs a value" : "unknown option", option);
    fprintf(stderr, "error[USAGE %d]: unknown option: %s; did you mean --%.*s?\n  more: claimctl help run\n", ERR_USAGE,
            option, SLICE_ARGS(near));
    return ERR_USAGE;
}

static enum err read_number(const char *text, uint64_t max, uint64_t *value)
{
    return slice_to_uint(slice_from(text), max, value) ? OK : ERR_USAGE;
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

static enum err take_sample(struct run_options *o, const char *name)
{
    if (o->world) return complain("a run has one world; --world or --sample stands twice", name);
    o->world = run_sample_folder(name);
    o->name = name;
    if (!o->world) (void)run_refuse_sample(slice_from(name));
    return o->world ? OK : ERR_NAME_UNKNOWN;
}

static enum err take(struct run_options *o, int id, const char *value)
{
    uint64_t number;
    switch (id) {
    case OPTION_WORLD:
        if (o->world) return complain("a run has one world; --world or --sample stands twice", value);
        o->world = value;
        o->name = last_part(value);
        return OK;
    case OPTION_SAMPLE:   return take_sample(o, value);
    case OPTION_RESULTS:  o->results = value; return OK;
    case OPTION_RESPONSES: o->responses = value; return OK;
    case OPTION_BALANCES: o->balances = value; return OK;
    case OPTION_FIGURES:  o->figures = value; return OK;
    case OPTION_EXPLAIN:  o->explain = true; return OK;
    case OPTION_PARTNER:  o->partner = value; return OK;
    case OPTION_CURRENCY:
        o->currency = value;
        return argument_is_currency("run", value) ? OK : ERR_USAGE;
    case OPTION_PROFILE:  o->profile = value; return OK;
    case OPTION_RECEIVED: o->received_from_input = true; return OK;
    case OPTION_STATE:    o->state = value; return OK;
    case OPTION_INPUT:
        if (o->input_count == RUN_INPUTS_MAX) return complain("too many inputs", value);
        o->inputs[o->input_count++] = value;
        return OK;
    case OPTION_SET:
        if (o->set_count == RUN_SETS_MAX || !strchr(value, '=')) return complain("--set takes KEY=VALUE", value);
        o->sets[o->set_count++] = value;
        return OK;
    case OPTION_SEED:
        if (read_number(value, UINT64_MAX, &o->seed) != OK) return complain("--seed takes a whole number", value);
        return OK;
    case OPTION_BATCH:
        if (read_number(value, BATCH_LINES_MAX, &number) != OK || number == 0)
            return complain("--batch-lines takes 1 to 100000", value);
        o->batch_lines = (uint32_t)number;
        return OK;
    }
    return complain("unknown option", NULL);
}

struct run_options run_options_default(const char *world)
{
    return (struct run_options){ .world = world, .name = world ? last_part(world) : NULL, .seed = 1 };
}

enum err run_options_read(int argc, char **argv, struct run_options *o)
{
    *o = run_options_default(NULL);
    optind = 1;
    opterr = 0;
    for (int id; (id = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        if (id == '?') return complain_option(argv[optind - 1]);
        TRY(take(o, id, optarg));
    }
    if (optind < argc) return complain("unexpected argument", argv[optind]);
    if (!o->world) return complain("--world DIR or --sample NAME is needed", NULL);
    const char *const written[] = { o->results, o->balances, o->figures };
    return argument_are_apart("run", (struct argument_files){ written, 3 },
                              (struct argument_files){ o->inputs, o->input_count }) ? OK : ERR_USAGE;
}
