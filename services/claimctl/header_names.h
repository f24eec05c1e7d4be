/* claimctl/header_names.h: by which headers of columns intake knows a member of a line (feeds.md 7.3), from its own
 * lists. */
#ifndef CLAIMCTL_HEADER_NAMES_H
#define CLAIMCTL_HEADER_NAMES_H

#include "claimctl/output.h"

/* `headers: invoice number, invoice no, …`, wrapped; nothing for a member that no header names but its own. */
void header_names_print(struct output *o, struct slice path);

#endif
