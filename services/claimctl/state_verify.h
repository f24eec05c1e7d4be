/* claimctl/state_verify.h: saved tables against the changelog that they are said to be good for (kafka.md 6.5, I1). */
#ifndef CLAIMCTL_STATE_VERIFY_H
#define CLAIMCTL_STATE_VERIFY_H

#include "claimctl/state_places.h"
#include "runtime/topic.h"

/* The records of one changelog partition, folded as far as the saved offset; of values only their hashes are kept. What
 * was written after the offset may have taken older records of its key out of the log: such keys are not compared. */
struct state_fold;
/* NULL: no memory. */
struct state_fold *state_fold_open(int64_t changelog_offset);
void state_fold_close(struct state_fold *f);
/* In the order of the log. ERR_STATE_MALFORMED: no record of a changelog. */
enum err state_fold_add(struct state_fold *f, struct slice key, struct slice value, int64_t offset) MUST_CHECK;

struct state_differences { uint64_t equal, missing, unknown, other, skipped; };
/* missing: in the changelog alone; unknown: in the tables alone; other: with another value. */
enum err state_fold_compare(const struct state_fold *f, struct store *tables, struct state_differences *d) MUST_CHECK;

static inline bool state_differences_none(const struct state_differences *d)
{
    return d->missing + d->unknown + d->other == 0;
}

/* The topic of a changelog by its name on the broker, where a namespace may stand in front. TOPIC_NONE: none of
 * ours. */
enum topic state_verify_topic(const char *changelog);

#endif
