/* claimctl/command.h: every command is a function of its own arguments that answers with an exit code (surfaces.md 2.3). */
#ifndef CLAIMCTL_COMMAND_H
#define CLAIMCTL_COMMAND_H

enum exit_code {
    EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3, EXIT_NOT_FOUND = 4, EXIT_CONFLICT = 5, EXIT_DIFFERS = 6,
    EXIT_UNREACHABLE = 69, EXIT_BROKEN_PROMISE = 70, EXIT_TRY_AGAIN = 75, EXIT_NOT_PERMITTED = 77, EXIT_BAD_SETTING = 78, EXIT_INTERRUPTED = 130,
};

/* argv[0] is the command's word. */
#define COMMAND(word, function, arguments, help) int function(int argc, char **argv);
#include "claimctl/commands.def"
#undef COMMAND

#endif
