/* claimctl/submit_beside.h: `claimctl submit --check FILE --profile A --beside B`: what a replay under B would change
 * of what A posts, before anything is sent. */
#ifndef CLAIMCTL_SUBMIT_BESIDE_H
#define CLAIMCTL_SUBMIT_BESIDE_H

#include "base/instant.h"
#include "claimctl/output.h"
#include "wire/mapping_profile.h"

struct beside_options {
    const char                   *path;             /* - reads standard input */
    struct slice                  partner_id, currency;
    const struct mapping_profile *profile, *beside;
    instant_ms                    received_at_unix_ms;
};

/* One JSON object a document: the profile, the counts of the plan, and the first hundred changes with what stood
 * before. */
enum err submit_beside(const struct beside_options *options, struct output *out) MUST_CHECK;

#endif
