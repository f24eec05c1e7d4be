/* classification/program_index.h: which programs a kind of line may concern, so that no line scans the catalogue.
 * Built from the catalogue once a batch; borrowed from it. */
#ifndef CLASSIFICATION_PROGRAM_INDEX_H
#define CLASSIFICATION_PROGRAM_INDEX_H

#include "domain/catalogue.h"

/* What makes a program come into play by itself (domain.md 3.2, 5.2). */
enum trigger { TRIGGER_NONE, TRIGGER_POS, TRIGGER_SELL_IN, TRIGGER_PRICE_PROTECTION, TRIGGER_ROTATION, TRIGGER_COUNT };

struct program_list { const struct program_history **items; unsigned count; };

struct program_index {
    struct program_list by_trigger[TRIGGER_COUNT];
    struct program_list by_incentive[INCENTIVE_COUNT];
};

/* Index of the programs that have more than drafts, each list in the stacking order of the highest versions. */
const struct program_index *program_index_build(struct arena *a, const struct catalogue *c);

/* True when this version is triggered so; the line may still lack what it needs (rep_id). */
bool program_is_triggered(const struct program *p, enum trigger t);

#endif
