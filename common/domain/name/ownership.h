/* domain/name/ownership.h: who counts as listed because listed parties own half of it (screening.md 6.5). */
#ifndef DOMAIN_NAME_OWNERSHIP_H
#define DOMAIN_NAME_OWNERSHIP_H

#include "domain/partner.h"

enum { OWNERSHIP_PARTIES_MAX = 256 /* more than a profile may name */, OWNERSHIP_THRESHOLD_PERCENT_MICROS = 50000000 };

/* Says of a party whether the rule starts with it: BLOCKED by verdict, or STRONG by an identifier. */
struct ownership_ask { bool (*is_listed)(void *context, const struct party *p); void *context; };

struct ownership {
    bool         is_blocked;                        /* the party asked about is in the set */
    struct slice chain; /* "DORVANIK 60% of BELMORA; BELMORA 50% of ALDER"; empty when not */
    struct slice missing;                           /* "share unknown: BIRCH of ALDER", counted as 0; or empty */
};

/* Starts with listed owners, adds every entity of which direct shares held by members sum to 50 % or more, and repeats
 * until nothing is added. `of` is the partner or payee, `owners` its owners, who may have owners. */
void ownership_judge(struct arena *a, const struct party *of, const struct owner *owners, unsigned owner_count,
                     const struct ownership_ask *ask, struct ownership *out);

#endif
