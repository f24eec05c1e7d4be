/* claimctl/words.c: the words of the command line against the list of options. */
#include "claimctl/words.h"

#include "claimctl/colour.h"
#include "claimctl/progress.h"
#include "wire/problems.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAMES_MAX = 64 };

/* True when an option of every command takes a value; false for switches and what is no option. */
static bool takes_value(struct slice word, bool *is_option)
{
    *is_option = false;
    for (unsigned i = 0; i < command_option_count; i++) {
        const struct option_row *o = &command_options[i];
        if (o->command.size || !slice_equal(o->name, word)) continue;
        *is_option = true;
        return o->value.size > 0;
    }
    return false;
}

/* An option of many with its value in one word, `--state=DIR`, becomes two words, whoever reads them. */
static char **part_joined(int *argc, char **argv)
{
    static char **words;                            /* reachable until the end, for whoever looks for leaks */
    int count = 0;
    bool words_only = false, is_option;
    words = calloc(2 * (size_t)*argc + 1, sizeof *words);
    if (!words) abort();
    for (int i = 0; i < *argc; i++) {
        struct slice value = slice_from(argv[i]), name = slice_cut(&value, '=');
        words_only |= strcmp(argv[i], "--") == 0;
        bool parts = !words_only && value.bytes && takes_value(name, &is_option);
        if (parts) {
            argv[i][name.size] = 0;
            words[count++] = argv[i];
            words[count++] = argv[i] + name.size + 1;
        } else words[count++] = argv[i];
    }
    *argc = count;
    return words;
}

/* `claimctl --state DIR noun verb` is `claimctl noun verb --state DIR`: options in front move after the words. */
static void move_options_behind(int argc, char **argv)
{
    bool is_option;
    for (int moved = 0; moved < argc && argc > 2; moved++) {
        int size = takes_value(slice_from(argv[1]), &is_option) ? 2 : 1;
        char *taken[2] = { argv[1], argv[2] };
        if (!is_option || size + 1 >= argc || strcmp(argv[1], "--help") == 0) return;
        memmove(&argv[1], &argv[1 + size], (size_t)(argc - 1 - size) * sizeof *argv);
        memcpy(&argv[argc - size], taken, (size_t)size * sizeof *argv);
    }
}

/* --quiet and --color are of every command: they stand for all of them, wherever they are. */
static bool take_global(int *argc, char **argv)
{
    int kept = 0;
    bool words_only = false;
    const char *when = "auto";
    for (int i = 0; i < *argc; i++) {
        words_only |= strcmp(argv[i], "--") == 0;
        if (!words_only && strcmp(argv[i], "--quiet") == 0) progress_hush();
        else if (!words_only && strcmp(argv[i], "--color") == 0) when = i + 1 < *argc ? argv[++i] : "";
        else argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    *argc = kept;
    return colour_choose(slice_from(when));
}

char **words_arrange(int *argc, char **argv)
{
    argv = part_joined(argc, argv);
    if (!take_global(argc, argv)) return NULL;
    move_options_behind(*argc, argv);
    return argv;
}

bool words_ask_for_help(int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return argc == 3 || command_find(slice_from(argv[1]));
    return false;
}

/* --- what is no option --- */

struct call { const struct command_row *command; struct slice verb; };

static bool is_mine(const struct call *c, const struct option_row *o)
{
    return command_takes(c->command->word, c->verb, o);
}

/* The option of that name that the verb takes; `others`: one that other commands have. */
static const struct option_row *find(const struct call *c, struct slice name, bool *others)
{
    *others = false;
    for (unsigned i = 0; i < command_option_count; i++) {
        const struct option_row *o = &command_options[i];
        if (!slice_equal(o->name, name)) continue;
        if (is_mine(c, o)) return o;
        *others = true;
    }
    return NULL;
}

/* `--unmask --state DIR` lacks a reason: a value that looks like an option of the verb stands after =. */
static bool is_own(const struct call *c, const char *word)
{
    struct slice rest = slice_from(word), name = slice_cut(&rest, '=');
    bool of_others;
    return find(c, name, &of_others) != NULL;
}

static struct slice nearest_option(const struct call *c, struct slice name)
{
    struct slice names[NAMES_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < command_option_count && count < NAMES_MAX; i++)
        if (is_mine(c, &command_options[i])) names[count++] = command_options[i].name;
    return problems_nearest(name, names, count);
}

static bool refuse(const struct call *c, struct slice name, const char *what, struct slice near)
{
    bool is_of_others = slice_equal(near, name);
    const char *gap = c->verb.size ? " " : "";
    fprintf(stderr, "error[USAGE %d]: %.*s%s%.*s %s %.*s", ERR_USAGE, SLICE_ARGS(c->command->word), gap,
            SLICE_ARGS(c->verb), what, SLICE_ARGS(name));
    if (is_of_others) fprintf(stderr, ", though others have");
    else if (near.size) fprintf(stderr, "; did you mean %.*s?", SLICE_ARGS(near));
    fprintf(stderr, "\n  more: claimctl help %.*s%s%.*s\n", SLICE_ARGS(c->command->word), gap, SLICE_ARGS(c->verb));
    return true;
}

/* A minus alone is standard input, one with a digit a number. */
static bool is_option(struct slice word)
{
    return word.size > 1 && word.bytes[0] == '-' && !(word.bytes[1] >= '0' && word.bytes[1] <= '9');
}

bool words_are_refused(const struct command_row *command, int argc, char **argv)
{
    const struct verb_row *verb = argc > 2 ? command_find_verb(command->word, slice_from(argv[2])) : NULL;
    const struct call c = { command, verb ? verb->word : (struct slice){ 0 } };
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
        struct slice value = slice_from(argv[i]);
        if (!is_option(value)) continue;
        struct slice name = slice_cut(&value, '=');
        bool of_others;
        const struct option_row *o = find(&c, name, &of_others);
        if (!o && of_others) return refuse(&c, name, "has no option", name);
        if (!o) return refuse(&c, name, "knows no option", nearest_option(&c, name));
        if (!o->value.size && value.bytes) return refuse(&c, name, "takes no value behind", (struct slice){ 0 });
        if (!o->value.size || value.bytes) continue;
        if (++i == argc || is_own(&c, argv[i])) return refuse(&c, name, "needs a value behind", (struct slice){ 0 });
    }
    return false;
}
