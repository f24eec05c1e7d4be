/* claimctl/option.h: the options of a call, taken out of argv wherever they stand, as `--name VALUE` or `--name=VALUE`.
 * What the verb does not take, and what lacks its value, was refused before (words.h): here nothing can go wrong. */
#ifndef CLAIMCTL_OPTION_H
#define CLAIMCTL_OPTION_H

#include "base/str.h"

/* An option with a value, whose last one counts, or a switch (`flag`, value NULL). */
struct option_slot { const char *name; struct slice *value; bool *flag; };

/* Takes the verb's own options: what is left are words, after `--` whatever they look like. */
void option_take(int *argc, char **argv, const struct option_slot *slots, unsigned count);

/* Takes options that many verbs have, before the verb's own. */
void option_pick(int *argc, char **argv, const struct option_slot *slots, unsigned count);

/* The same of one: its value, NULL when it is not there; whether it stands there. */
const char *option_pick_text(int *argc, char **argv, const char *name);
bool option_pick_flag(int *argc, char **argv, const char *name);

/* Takes one that may stand several times, `max` of them at most; answers how many. */
unsigned option_pick_each(int *argc, char **argv, const char *name, const char **values, unsigned max);

/* Says what a verb cannot use, with the form of the command; answers the exit code of a usage error. */
int option_usage(const char *form);

#endif
