/* compliance/entitled.h: what terms pay at most on a line that says no amount itself: by its quantity, resale and book
 * price alone. Pure. */
#ifndef COMPLIANCE_ENTITLED_H
#define COMPLIANCE_ENTITLED_H

#include "compliance/judging.h"

struct entitled {
    const struct judged_program *program;           /* whose terms they are */
    struct slice currency;
    int64_t      minor;
    bool         overflow;
};

/* As which claims (bits of kinds) a sale earns under this program by itself. */
unsigned entitled_earns_as(const struct judging *j, const struct program *p);

/* On a claim its target; on a sale what it earns by itself as a claim of one of `kinds`, of several the most. False: no
 * terms tell an amount (what a volume, an agreement or a fund decides), or they pay nothing. */
bool entitled_at_most(const struct judging *j, unsigned kinds, struct entitled *e);

#endif
