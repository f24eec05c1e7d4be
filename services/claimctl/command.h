/* claimctl/command.h: every command is a function of its own arguments that answers with an exit code
 * (surfaces.md 2.3), and one list says what there is (commands.def). */
#ifndef CLAIMCTL_COMMAND_H
#define CLAIMCTL_COMMAND_H

#include "base/err.h"
#include "base/str.h"

enum exit_code {
#define EXIT_CODE(name, number, meaning) EXIT_##name = number,
#include "claimctl/exit_code.def"
#undef EXIT_CODE
};

/* argv[0] is the command's word. */
#define COMMAND(word, function, arguments, help) int function(int argc, char **argv);
#include "claimctl/commands.def"

struct command_row { struct slice word; int (*run)(int argc, char **argv); struct slice arguments, help; };
struct verb_row { struct slice command, word, arguments, help; };
struct option_row { struct slice command, verbs, name, value, help; };  /* no command: of many, verbs is the family */

extern const struct command_row command_rows[];
extern const struct verb_row command_verbs[];
extern const struct option_row command_options[];
extern const unsigned command_row_count, command_verb_count, command_option_count;

/* NULL when there is none. `claims` is `lines`. */
const struct command_row *command_find(struct slice word);

/* NULL when the command has no such verb. */
const struct verb_row *command_find_verb(struct slice command, struct slice word);

/* What the help of a command shows first, after `claimctl`. */
struct slice command_example(struct slice command);

/* True when the verb takes the option, its own or one of many; an empty verb: when one of the command's does. */
bool command_takes(struct slice command, struct slice verb, const struct option_row *o);

/* The nearest command to a word, empty when none is near. */
struct slice command_near(struct slice word);

/* Notes what is called: usage then tells of this verb alone, where the command has it. */
void command_begin(const struct command_row *command, struct slice verb);

/* Says how a command, or the verb that is called, is called, on stderr; EXIT_USAGE. */
int command_usage(const char *command);

/* The same of one verb, with what is wrong: "FOO is no topic". */
int command_refuse(const char *command, const char *verb, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Says an error on stderr, and of what it is; `what` NULL: nothing tells. EXIT_FAILED. */
int command_fail(enum err e, const char *what);

/* A verb that the command does not have, or none at all: the nearest one, then the usage. EXIT_USAGE. */
int command_refuse_verb(const char *command, const char *verb);

/* A verb of a command as a function; argv[0] is the command, argv[1] the verb. */
struct command_verb { struct slice word; int (*run)(int argc, char **argv); };

/* Runs the verb that argv[1] names. */
int command_run_verb(const char *command, const struct command_verb *verbs, unsigned count, int argc, char **argv);

#endif
