/* services/claimctl/main.c: the operator's and developer's tool: a word, and what it does. */
#include "base/str.h"
#include "claimctl/colour.h"
#include "claimctl/command.h"
#include "claimctl/words.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int unknown(struct slice word)
{
    struct slice near = command_near(word);
    fprintf(stderr, "error[USAGE %d]: there is no command %.*s", ERR_USAGE, SLICE_ARGS(word));
    if (near.size) fprintf(stderr, "; did you mean %.*s?", SLICE_ARGS(near));
    fprintf(stderr, "\n  more: claimctl help\n");
    return EXIT_USAGE;
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

/* Who asks for help or the version as other programs are asked. */
static void name_command(char **word)
{
    static char help[] = "help", version[] = "version";
    if (strcmp(*word, "--help") == 0 || strcmp(*word, "-h") == 0) *word = help;
    if (strcmp(*word, "--version") == 0) *word = version;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);                           /* a closed pipe ends the printing, not the work */
    signal(SIGXFSZ, SIG_IGN);                           /* a file that may not grow is a failed write with a message */
    keep_standard_descriptors();
    colour_begin_errors();
    argv = words_arrange(&argc, argv);
    if (!argv) return EXIT_USAGE;
    if (argc < 2) {
        char *help[] = { "help", NULL };
        claimctl_help(1, help);
        return EXIT_USAGE;
    }
    name_command(&argv[1]);
    if (words_ask_for_help(argc, argv)) {
        const struct command_row *asked = command_find(slice_from(argv[1]));
        bool has_verb = asked && argc > 3 && command_find_verb(asked->word, slice_from(argv[2]));
        char *help[] = { "help", argv[1], has_verb ? argv[2] : NULL, NULL };
        return claimctl_help(has_verb ? 3 : 2, help);
    }
    const struct command_row *command = command_find(slice_from(argv[1]));
    if (!command) return unknown(slice_from(argv[1]));
    command_begin(command, argc > 2 ? slice_from(argv[2]) : (struct slice){ 0 });
    return words_are_refused(command, argc, argv) ? EXIT_USAGE : command->run(argc - 1, argv + 1);
}
