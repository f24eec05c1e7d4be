/* claimctl/list_diff.h: what one state of a list has that another has not. */
#ifndef CLAIMCTL_LIST_DIFF_H
#define CLAIMCTL_LIST_DIFF_H

#include "claimctl/output.h"
#include "domain/name/list.h"

struct list_changes { unsigned added, changed, removed; };

/* A row an entry that was added (+), removed (-) or changed (~): sign, id, name. */
struct list_changes list_diff_print(struct output *out, const struct name_list *old, const struct name_list *new);

#endif
