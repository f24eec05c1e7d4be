/* services/claimctl/main.c: the operator's and developer's tool: a word, and what it does. */
#include "base/str.h"
#include "claimctl/command.h"
#include "wire/problems.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

struct command { struct slice word; int (*run)(int argc, char **argv); };

static const struct command commands[] = {
#define COMMAND(word, function, arguments, help) { SLICE_INIT(word), function },
#include "claimctl/commands.def"
#undef COMMAND
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static int unknown(struct slice word)
{
    struct slice words[COMMAND_COUNT];
    for (int i = 0; i < COMMAND_COUNT; i++) words[i] = commands[i].word;
    struct slice near = problems_nearest(word, words, COMMAND_COUNT);
    fprintf(stderr, "error[USAGE %d]: there is no command %.*s", ERR_USAGE, SLICE_ARGS(word));
    if (near.size) fprintf(stderr, "; did you mean %.*s?", SLICE_ARGS(near));
    fprintf(stderr, "\n  more: claimctl help\n");
    return EXIT_USAGE;
}

/* `claimctl --state DIR noun verb` is `claimctl noun verb --state DIR`: the option moves behind the word. */
static void move_state_behind(int argc, char **argv)
{
    if (argc < 4 || strcmp(argv[1], "--state") != 0) return;
    char *option = argv[1], *folder = argv[2];
    for (int i = 1; i + 2 < argc; i++) argv[i] = argv[i + 2];
    argv[argc - 2] = option;
    argv[argc - 1] = folder;
}

/* `claimctl run --help` is `claimctl help run`. */
static bool asks_for_help(int argc, char **argv)
{
    return argc == 3 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0);
}

/* A descriptor that the caller closed would become the next file we open, and printing would go into that file. What
 * stands there instead refuses every write. */
static void keep_standard_descriptors(void)
{
    for (int fd = open("/dev/null", O_RDONLY); fd >= 0; fd = dup(fd))
        if (fd > STDERR_FILENO) {
            close(fd);
            return;
        }
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);                           /* a closed pipe ends the printing, not the work */
    signal(SIGXFSZ, SIG_IGN);                           /* a file that may not grow is a failed write with a message */
    keep_standard_descriptors();
    move_state_behind(argc, argv);
    if (argc < 2) {
        char *help[] = { "help", NULL };
        claimctl_help(1, help);
        return EXIT_USAGE;
    }
    struct slice word = slice_from(argv[1]);
    if (slice_equal(word, SLICE("--help")) || slice_equal(word, SLICE("-h"))) word = SLICE("help");
    if (slice_equal(word, SLICE("--version"))) word = SLICE("version");
    if (asks_for_help(argc, argv)) {
        char *help[] = { "help", argv[1], NULL };
        return claimctl_help(2, help);
    }
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (slice_equal(word, commands[i].word)) return commands[i].run(argc - 1, argv + 1);
    return unknown(word);
}
