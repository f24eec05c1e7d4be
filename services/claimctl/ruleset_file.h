/* claimctl/ruleset_file.h: what a ruleset file holds. */
#ifndef CLAIMCTL_RULESET_FILE_H
#define CLAIMCTL_RULESET_FILE_H

#include "domain/policy.h"
#include "wire/world.h"

/* One ruleset of one file: what was read, and its tree. */
struct ruleset_file { struct slice path; const struct node *tree; struct ruleset ruleset; };

/* Reads one. An exit code; when it is another one than EXIT_DONE it was said on stderr. */
int ruleset_file_read(struct arena *a, struct slice path, struct ruleset_file *out);

#endif
