/* claimctl/argument.h: one argument of a command that reads its own. */
#ifndef CLAIMCTL_ARGUMENT_H
#define CLAIMCTL_ARGUMENT_H

#include <stdbool.h>

/* Whether --currency has a code of ISO 4217, or is not there (NULL); else said on stderr. */
bool argument_is_currency(const char *command, const char *code);

/* Whether nothing is written to a file that is read, or written to otherwise: it would be emptied first. Else said on
 * stderr. NULL and "-" are none; a device may be named twice. */
struct argument_files { const char *const *paths; unsigned count; };
bool argument_are_apart(const char *command, struct argument_files written, struct argument_files read);

#endif
