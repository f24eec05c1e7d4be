/* claimctl/inbox.h: what lies in the inbox where no submitter takes it (feeds.md 10). */
#ifndef CLAIMCTL_INBOX_H
#define CLAIMCTL_INBOX_H

#include "intake/grants.h"

enum { INBOX_FOLDERS_TOLD = 16, INBOX_NAME_BYTES = 256 };

struct inbox_stray { char folder[INBOX_NAME_BYTES]; unsigned files; };      /* folder `.`: beside the folders */
struct inbox {
    struct inbox_stray strays[INBOX_FOLDERS_TOLD];
    unsigned           stray_count;                 /* of which the first ones are told */
    unsigned           known_count;                 /* folders of submitters */
};

/* False: there is no such folder, or it cannot be read. */
bool inbox_look(const char *inbox, const struct grants *grants, struct inbox *out);

#endif
