/* tests/support/profile.h: a scratch folder with a copy of partners.v1, and small profiles in it. */
#ifndef TESTS_SUPPORT_PROFILE_H
#define TESTS_SUPPORT_PROFILE_H

#include "domain/partner.h"
#include "runtime/partner_copy.h"

struct profile_copy { char folder[64]; struct partner_copy *copy; };

struct profile_copy profile_copy_open(void);
void profile_copy_close(struct profile_copy *c);

/* A profile with a name and, unless NULL, a DUNS number; its Partner message, in the arena of the test. */
struct slice profile_bytes(const char *partner_id, const char *name, uint64_t revision, const char *duns);
/* That, in the copy and committed. */
void profile_put(struct profile_copy *c, const char *partner_id, const char *name, uint64_t revision, const char *duns);

#endif
