/* claimctl/pager.h: what is printed for eyes goes through $PAGER, on a terminal only (surfaces.md 2.2). */
#ifndef CLAIMCTL_PAGER_H
#define CLAIMCTL_PAGER_H

#include "claimctl/output.h"

/* From here standard output goes through the pager, when `o` is it, it is a terminal, and $PAGER names one. A pager
 * that cannot be started is none. Once begun, again is nothing. */
void pager_begin(const struct output *o);

/* Waits until it was left, when one was begun; then the terminal is standard output again. */
void pager_end(void);

#endif
