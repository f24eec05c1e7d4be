/* claimctl/reading_options.h: `--name VALUE` of the verbs that read, taken out of argv wherever it stands. */
#ifndef CLAIMCTL_READING_OPTIONS_H
#define CLAIMCTL_READING_OPTIONS_H

#include "base/str.h"

/* An option with a value, or a switch (`flag`, value NULL). */
struct reading_option { const char *name; struct slice *value; bool *flag; };

/* Takes every known option out of argv, as `--name VALUE` or `--name=VALUE`; what is left are words, behind `--`
 * whatever they look like. ERR_USAGE: an option is unknown or has no value; said on stderr with the nearest known
 * one. */
enum err reading_options_take(int *argc, char **argv, const struct reading_option *options, unsigned count) MUST_CHECK;

/* The same of a command that others read the rest of: what is no option of these stays. */
enum err reading_options_pick(int *argc, char **argv, const struct reading_option *options, unsigned count) MUST_CHECK;

/* Says what a verb cannot use, with the form of the command; answers the exit code of a usage error. */
int reading_options_usage(const char *form);

#endif
