/* claimctl/partner_name.h: what a partner is called: of the world of a run, or of what is on file. */
#ifndef CLAIMCTL_PARTNER_NAME_H
#define CLAIMCTL_PARTNER_NAME_H

#include "claimctl/reading.h"

/* Into the arena; empty: not on file, or the world of the run is no more where it was. */
struct slice partner_name_find(struct reading *r, struct arena *a, struct slice partner_id);

#endif
