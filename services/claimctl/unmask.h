/* claimctl/unmask.h: natural persons are hidden in what claimctl shows (wire/masking.h); --unmask REASON shows
 * one object in clear to a person of a role that may, and notes it on audit.v1 (surfaces.md 4.5). */
#ifndef CLAIMCTL_UNMASK_H
#define CLAIMCTL_UNMASK_H

#include "claimctl/broker.h"

/* Takes --unmask out of argv; broker: whose actor and roles count, NULL where a folder is read: then
 * --as and --roles are taken, too. An exit code, errors are said. */
int unmask_take(int *argc, char **argv, const struct broker *broker);

/* Before the object is shown: nothing where --unmask was not given. Notes who asked, for what and why on audit.v1, or
 * in `audit.ndjson` of the folder. EXIT_NOT_PERMITTED: the role; EXIT_FAILED, EXIT_UNREACHABLE: it could not be noted,
 * and everything stays hidden. Said on stderr. */
int unmask_begin(const char *folder, const char *verb, const char *object);

/* False from a begin that succeeded on. */
bool unmask_is_masked(void);

#endif
