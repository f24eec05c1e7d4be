/* claimctl/words.h: the words of the command line, before a command sees them: what many take is put in one order, and
 * what nobody takes is refused in one way (surfaces.md 2.4). */
#ifndef CLAIMCTL_WORDS_H
#define CLAIMCTL_WORDS_H

#include "claimctl/command.h"

/* Takes --quiet and --color out, splits `--state=DIR` in two and moves leading options after the words. NULL: --color
 * has no value that is one, said on stderr. The words live as long as the process. */
char **words_arrange(int *argc, char **argv);

/* `claimctl run --help` is `claimctl help run`, and so is `claimctl lines show --help`. */
bool words_ask_for_help(int argc, char **argv);

/* True, said on stderr: an option that the command or its verb does not have, one without its value, a switch with
 * one. */
bool words_are_refused(const struct command_row *command, int argc, char **argv);

#endif
