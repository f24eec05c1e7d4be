/* services/claimctl/main.c: the operator's and developer's tool: a word, and what it does. */
#include "base/str.h"
#include "claimctl/command.h"
#include "claimctl/progress.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int unknown(struct slice word)
{
    struct slice near = command_near(word);
    fprintf(stderr, "error[USAGE %d]: there is no command %.*s", ERR_USAGE, SLICE_ARGS(word));
    if (near.size) fprintf(stderr, "; did you mean %.*s?", SLICE_ARGS(near));
    fprintf(stderr, "\n  more: claimctl help\n");
    return EXIT_USAGE;
}

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

/* An option of many with its value in one word, `--state=DIR`, becomes two words, whoever reads them. The words of a
 * process live as long as it does. */
static char **part_joined(int *argc, char **argv)
{
    static char **words;                            /* reachable until the end, for who looks for leaks */
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

/* `claimctl --state DIR noun verb` is `claimctl noun verb --state DIR`: options in front move behind the words. */
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

/* --quiet is of every command: it stands for all of them, wherever it is. */
static int take_quiet(int argc, char **argv)
{
    int kept = 0;
    bool words_only = false;
    for (int i = 0; i < argc; i++) {
        words_only |= strcmp(argv[i], "--") == 0;
        if (!words_only && strcmp(argv[i], "--quiet") == 0) progress_hush();
        else argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    return kept;
}

/* `claimctl run --help` is `claimctl help run`, and so is `claimctl lines show --help`. */
static bool asks_for_help(int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return argc == 3 || command_find(slice_from(argv[1]));
    return false;
}

/* An option that many commands take, and this one does not, would be passed over or taken for a word. */
static bool refuses_option(const struct command_row *command, int argc, char **argv)
{
    const struct verb_row *verb = argc > 2 ? command_find_verb(command->word, slice_from(argv[2])) : NULL;
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
        struct slice value = slice_from(argv[i]), name = slice_cut(&value, '=');
        const struct option_row *mine = NULL, *others = NULL;
        for (unsigned k = 0; k < command_option_count; k++) {
            const struct option_row *o = &command_options[k];
            if (!slice_equal(o->name, name)) continue;
            if (command_takes(command->word, verb ? verb->word : (struct slice){ 0 }, o)) mine = o;
            else if (!o->command.size) others = o;
        }
        if (mine && mine->value.size && !value.bytes) i++;
        if (mine || !others) continue;
        fprintf(
            stderr,
            "error[USAGE %d]: %.*s%s%.*s has no option %.*s, though others have\n  more: claimctl help %.*s%s%.*s\n",
            ERR_USAGE, SLICE_ARGS(command->word), verb ? " " : "", SLICE_ARGS(verb ? verb->word : SLICE("")),
            SLICE_ARGS(name), SLICE_ARGS(command->word), verb ? " " : "", SLICE_ARGS(verb ? verb->word : SLICE("")));
        return true;
    }
    return false;
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
    argc = take_quiet(argc, argv);
    argv = part_joined(&argc, argv);
    move_options_behind(argc, argv);
    if (argc < 2) {
        char *help[] = { "help", NULL };
        claimctl_help(1, help);
        return EXIT_USAGE;
    }
    struct slice word = slice_from(argv[1]);
    if (slice_equal(word, SLICE("--help")) || slice_equal(word, SLICE("-h"))) word = SLICE("help");
    if (slice_equal(word, SLICE("--version"))) word = SLICE("version");
    if (asks_for_help(argc, argv)) {
        const struct command_row *asked = command_find(slice_from(argv[1]));
        bool has_verb = asked && argc > 3 && command_find_verb(asked->word, slice_from(argv[2]));
        char *help[] = { "help", argv[1], has_verb ? argv[2] : NULL, NULL };
        return claimctl_help(has_verb ? 3 : 2, help);
    }
    const struct command_row *command = command_find(word);
    if (!command) return unknown(word);
    return refuses_option(command, argc, argv) ? EXIT_USAGE : command->run(argc - 1, argv + 1);
}
