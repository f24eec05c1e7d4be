/* claimctl/reading_options.c: options of the verbs that read. */
#include "claimctl/reading_options.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "wire/problems.h"

#include <stdio.h>

enum { OPTIONS_MAX = 64 };

static enum err refuse_unknown(const char *word, const struct reading_option *options, unsigned count)
{
    struct slice names[OPTIONS_MAX], rest = slice_from(word), name = slice_cut(&rest, '=');
    unsigned known = 0;
    for (unsigned i = 0; i < count; i++) names[known++] = slice_from(options[i].name);
    for (unsigned i = 0; i < command_option_count; i++)
        if (!command_options[i].command.size) names[known++] = command_options[i].name;
    ASSERT(known <= OPTIONS_MAX);
    struct slice near = problems_nearest(name, names, known);
    bool is_of_others = slice_equal(near, name);
    fprintf(stderr, "error[USAGE %d]: %s: %s", ERR_USAGE,
            is_of_others ? "other commands have this option, this one does not" : "unknown option", word);
    if (near.size && !is_of_others) fprintf(stderr, "; did you mean %.*s?", SLICE_ARGS(near));
    fprintf(stderr, "\n");
    return ERR_USAGE;
}

static const struct reading_option *find_option(struct slice name, const struct reading_option *options, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (slice_equal(slice_from(options[i].name), name)) return &options[i];
    return NULL;
}

static enum err refuse_value(const char *word, const char *what)
{
    fprintf(stderr, "error[USAGE %d]: %s %s\n", ERR_USAGE, word, what);
    return ERR_USAGE;
}

/* What is no known option is refused, or stays where it is. */
static enum err take(int *argc, char **argv, const struct reading_option *options, unsigned count, bool refuses)
{
    int kept = 0;
    bool words_only = false;
    for (int i = 0; i < *argc; i++) {
        bool ends = strcmp(argv[i], "--") == 0 && !words_only;
        words_only |= ends;
        if (ends && refuses) continue;
        struct slice value = slice_from(argv[i]), name = slice_cut(&value, '=');
        const struct reading_option *o = words_only ? NULL : find_option(name, options, count);
        bool is_unknown = !o && !words_only && strncmp(argv[i], "--", 2) == 0;
        if (is_unknown && refuses) return refuse_unknown(argv[i], options, count);
        if (!o) argv[kept++] = argv[i];
        else if (o->flag && value.bytes) return refuse_value(o->name, "is a switch and takes no value");
        else if (o->flag) *o->flag = true;
        else if (value.bytes) *o->value = value;
        else if (i + 1 < *argc) *o->value = slice_from(argv[++i]);
        else return refuse_value(o->name, "needs a value");
    }
    argv[kept] = NULL;
    *argc = kept;
    return OK;
}

enum err reading_options_take(int *argc, char **argv, const struct reading_option *options, unsigned count)
{
    return take(argc, argv, options, count, true);
}

enum err reading_options_pick(int *argc, char **argv, const struct reading_option *options, unsigned count)
{
    return take(argc, argv, options, count, false);
}

int reading_options_usage(const char *form)
{
    fprintf(stderr, "error[USAGE %d]: %s\n", ERR_USAGE, form);
    return EXIT_USAGE;
}
