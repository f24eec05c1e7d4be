/* claimctl/reading_options.c: options of the verbs that read. */
#include "claimctl/reading_options.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "wire/problems.h"

#include <stdio.h>

enum { OPTIONS_MAX = 16 };

static enum err refuse_unknown(const char *word, const struct reading_option *options, unsigned count)
{
    struct slice names[OPTIONS_MAX];
    ASSERT(count <= OPTIONS_MAX);
    for (unsigned i = 0; i < count; i++) names[i] = slice_from(options[i].name);
    struct slice near = problems_nearest(slice_from(word), names, count);
    fprintf(stderr, "error[USAGE %d]: unknown option: %s", ERR_USAGE, word);
    if (near.size) fprintf(stderr, "; did you mean %.*s?", SLICE_ARGS(near));
    fprintf(stderr, "\n");
    return ERR_USAGE;
}

static const struct reading_option *find_option(const char *word, const struct reading_option *options, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(options[i].name, word) == 0) return &options[i];
    return NULL;
}

enum err reading_options_take(int *argc, char **argv, const struct reading_option *options, unsigned count)
{
    int kept = 0;
    for (int i = 0; i < *argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            argv[kept++] = argv[i];
            continue;
        }
        const struct reading_option *o = find_option(argv[i], options, count);
        if (!o) return refuse_unknown(argv[i], options, count);
        if (i + 1 == *argc) {
            fprintf(stderr, "error[USAGE %d]: %s needs a value\n", ERR_USAGE, argv[i]);
            return ERR_USAGE;
        }
        *o->value = slice_from(argv[++i]);
    }
    *argc = kept;
    return OK;
}

int reading_options_usage(const char *form)
{
    fprintf(stderr, "error[USAGE %d]: %s\n", ERR_USAGE, form);
    return EXIT_USAGE;
}
