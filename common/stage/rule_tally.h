/* stage/rule_tally.h: what the rules said of the lines that were judged, as sums (screening.md 11, Metrics). */
#ifndef STAGE_RULE_TALLY_H
#define STAGE_RULE_TALLY_H

#include "domain/dossier.h"
#include "domain/rule.h"

enum { RULE_TALLY_STOPPED_MAX = 128 };

/* Money as claimed on lines that a rule held or refused. */
struct rule_stopped { enum rule_id rule; char currency[4]; __int128 minor; };

struct rule_tally {
    uint64_t            enforced[RULE_COUNT][TRUTH_COUNT], shadowed[RULE_COUNT][TRUTH_COUNT];
    uint64_t            overturned[RULE_COUNT];     /* findings that people released */
    struct rule_stopped stopped[RULE_TALLY_STOPPED_MAX];
    unsigned            stopped_count;              /* more rules and currencies than that are not told apart */
};

/* A line counts as often as it is judged. */
void rule_tally_count(struct rule_tally *t, const struct judgement *j, const struct line *line);
void rule_tally_add(struct rule_tally *t, const struct rule_tally *more);

#endif
