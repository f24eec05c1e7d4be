/* claimctl/balances.h: the balances of domain.md 4.4 as NDJSON (first-hour.md 8): at the end of a run, or of state that
 * a service saved. */
#ifndef CLAIMCTL_BALANCES_H
#define CLAIMCTL_BALANCES_H

#include "claimctl/output.h"
#include "claimctl/run_engine.h"

/* Tables to read, by partition, NULL where there are none. */
struct balances_source {
    struct store *const *payout, *const *compliance;
    int32_t              partitions;
    int32_t              date;                      /* on which credits of lots have taken effect, yyyymmdd */
    struct slice         root;                      /* of one partner root alone; empty: all */
};

/* ERR_STATE_OUTDATED: rows of another version of the program; ERR_STATE_MALFORMED. */
enum err balances_write_of(const struct balances_source *source, struct output *out) MUST_CHECK;

/* Writes one object a balance, sorted by kind, root and keys; those whose figures are all 0 are left out. */
enum err balances_write(struct run_engine *r, struct output *out) MUST_CHECK;

#endif
