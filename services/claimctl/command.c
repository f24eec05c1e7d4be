/* claimctl/command.c: commands.def as tables, and what is said when a word is not in them. */
#include "claimctl/command.h"

#include "base/assert.h"
#include "wire/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>

const struct command_row command_rows[] = {
#define COMMAND(word, function, arguments, help) \
    { SLICE_INIT(word), function, SLICE_INIT(arguments), SLICE_INIT(help) },
#include "claimctl/commands.def"
};
const unsigned command_row_count = sizeof command_rows / sizeof command_rows[0];

const struct verb_row command_verbs[] = {
#define VERB(command, word, arguments, help) \
    { SLICE_INIT(command), SLICE_INIT(word), SLICE_INIT(arguments), SLICE_INIT(help) },
#include "claimctl/commands.def"
};
const unsigned command_verb_count = sizeof command_verbs / sizeof command_verbs[0];

const struct option_row command_options[] = {
#define OPTION(command, verbs, name, value, help) \
    { SLICE_INIT(command), SLICE_INIT(verbs), SLICE_INIT(name), SLICE_INIT(value), SLICE_INIT(help) },
#include "claimctl/commands.def"
};
const unsigned command_option_count = sizeof command_options / sizeof command_options[0];

static const struct { struct slice command, verbs, families; } takers[] = {
#define TAKES(command, verbs, families) { SLICE_INIT(command), SLICE_INIT(verbs), SLICE_INIT(families) },
#include "claimctl/commands.def"
};

static const struct { struct slice command, text; } examples[] = {
#define EXAMPLE(command, text) { SLICE_INIT(command), SLICE_INIT(text) },
#include "claimctl/commands.def"
};

enum { WORDS_MAX = 256 };

const struct command_row *command_find(struct slice word)
{
    if (slice_equal(word, SLICE("claims"))) word = SLICE("lines");
    for (unsigned i = 0; i < command_row_count; i++)
        if (slice_equal(command_rows[i].word, word)) return &command_rows[i];
    return NULL;
}

const struct verb_row *command_find_verb(struct slice command, struct slice word)
{
    for (unsigned i = 0; i < command_verb_count; i++)
        if (slice_equal(command_verbs[i].command, command) && slice_equal(command_verbs[i].word, word))
            return &command_verbs[i];
    return NULL;
}

static bool is_among(struct slice word, struct slice words)
{
    while (words.size)
        if (slice_equal(slice_cut(&words, '|'), word)) return true;
    return false;
}

static bool names_verb(struct slice verbs, struct slice verb)
{
    return slice_is_empty(verbs) || slice_is_empty(verb) || is_among(verb, verbs);
}

bool command_takes(struct slice command, struct slice verb, const struct option_row *o)
{
    if (o->command.size) return slice_equal(o->command, command) && names_verb(o->verbs, verb);
    if (slice_is_empty(o->verbs)) return true;
    for (unsigned i = 0; i < sizeof takers / sizeof takers[0]; i++)
        if (slice_equal(takers[i].command, command) && names_verb(takers[i].verbs, verb)
            && is_among(o->verbs, takers[i].families))
            return true;
    return false;
}

struct slice command_example(struct slice command)
{
    for (unsigned i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (slice_equal(examples[i].command, command)) return examples[i].text;
    NEVER();                                        /* a check of the list: each command has one */
}

struct slice command_near(struct slice word)
{
    struct slice words[WORDS_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < command_row_count && count < WORDS_MAX; i++) words[count++] = command_rows[i].word;
    return problems_nearest(word, words, count);
}

static const struct verb_row *called;

void command_begin(const struct command_row *command, struct slice verb)
{
    called = command_find_verb(command->word, verb);
}

int command_usage(const char *command)
{
    unsigned shown = 0;
    if (called && slice_equal(called->command, slice_from(command))) {
        const char *gap = called->arguments.size ? " " : "";
        fprintf(stderr, "error[USAGE %d]: it is called: claimctl %s %.*s%s%.*s\n  more: claimctl help %s %.*s\n",
                ERR_USAGE, command, SLICE_ARGS(called->word), gap, SLICE_ARGS(called->arguments), command,
                SLICE_ARGS(called->word));
        return EXIT_USAGE;
    }
    for (unsigned i = 0; i < command_verb_count; i++) {
        const struct verb_row *v = &command_verbs[i];
        if (!slice_equal(v->command, slice_from(command))) continue;
        if (shown++ == 0) fprintf(stderr, "error[USAGE %d]: ", ERR_USAGE);
        else fprintf(stderr, "  ");
        fprintf(stderr, "%s %.*s%s%.*s\n", command, SLICE_ARGS(v->word), v->arguments.size ? " " : "",
                SLICE_ARGS(v->arguments));
    }
    const struct command_row *c = command_find(slice_from(command));
    if (!shown && c) fprintf(stderr, "error[USAGE %d]: %s %.*s\n", ERR_USAGE, command, SLICE_ARGS(c->arguments));
    fprintf(stderr, "  more: claimctl help %s\n", command);
    return EXIT_USAGE;
}

int command_refuse(const char *command, const char *verb, const char *format, ...)
{
    const struct verb_row *v = command_find_verb(slice_from(command), slice_from(verb));
    va_list arguments;
    ASSERT(v);
    fprintf(stderr, "error[USAGE %d]: ", ERR_USAGE);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n  claimctl %s %s%s%.*s\n  more: claimctl help %s %s\n", command, verb,
            v->arguments.size ? " " : "", SLICE_ARGS(v->arguments), command, verb);
    return EXIT_USAGE;
}

/* Room is reserved for the largest line and batch of each stage and partition, of which little is ever touched: where
 * the address space is limited there is memory, and none is given. */
static void tell_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
    fprintf(stderr, "  ulimit -v leaves it %llu MiB of addresses; a run reserves up to 18432: ulimit -v unlimited\n",
            (unsigned long long)limit.rlim_cur >> 20);
}

int command_fail(enum err e, const char *what)
{
    fprintf(stderr, "error[%s %d]: %s%s%s\n", err_name(e), e, what ? what : "", what ? ": " : "", err_text(e));
    if (e == ERR_MEMORY_EXHAUSTED) tell_limit();
    return EXIT_FAILED;
}

int command_refuse_verb(const char *command, const char *verb)
{
    struct slice words[WORDS_MAX];
    unsigned count = 0;
    if (!verb) return command_usage(command);
    for (unsigned i = 0; i < command_verb_count && count < WORDS_MAX; i++)
        if (slice_equal(command_verbs[i].command, slice_from(command))) words[count++] = command_verbs[i].word;
    struct slice near = problems_nearest(slice_from(verb), words, count);
    fprintf(stderr, "error[USAGE %d]: %s has no verb %s", ERR_USAGE, command, verb);
    if (near.size) fprintf(stderr, "; did you mean %.*s?", SLICE_ARGS(near));
    fprintf(stderr, "\n  more: claimctl help %s\n", command);
    return EXIT_USAGE;
}

int command_run_verb(const char *command, const struct command_verb *verbs, unsigned count, int argc, char **argv)
{
    for (unsigned i = 0; argc > 1 && i < count; i++)
        if (slice_equal(verbs[i].word, slice_from(argv[1]))) return verbs[i].run(argc, argv);
    return command_refuse_verb(command, argc > 1 ? argv[1] : NULL);
}
