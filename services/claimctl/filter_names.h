/* claimctl/filter_names.h: what --where names, held against what records of a topic can have, before any is read
 * (surfaces.md 2.4: what is not known names the nearest that is). */
#ifndef CLAIMCTL_FILTER_NAMES_H
#define CLAIMCTL_FILTER_NAMES_H

#include "claimctl/filter.h"
#include "runtime/topic.h"

/* EXIT_DONE, or EXIT_USAGE and said on stderr: no record of the topic has such a member, or a number is compared with
 * what is none. Of topics whose values may be JSON of others nothing is known. */
int filter_names_check(const struct filter *f, enum topic topic);

#endif
