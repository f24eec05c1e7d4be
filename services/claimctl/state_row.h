/* claimctl/state_row.h: a row of a saved table as one JSON object: where it lies, its key, and what it holds member by
 * member for payout's tables and waiting lines; of other tables how many bytes. */
#ifndef CLAIMCTL_STATE_ROW_H
#define CLAIMCTL_STATE_ROW_H

#include "domain/rating/rows.h"
#include "stage/stage.h"

/* The stage of a folder name; NULL: none of ours. */
const struct stage *state_row_stage(struct slice name);

/* Name and number of a table of a stage, both ways; the loop's own tables have names, too. False: there is none. */
bool state_row_table(const struct stage *stage, struct slice name, uint8_t *number);

struct state_row { const struct stage *stage; int32_t partition; uint8_t table; struct slice key, value; };

/* ERR_STATE_OUTDATED, ERR_STATE_MALFORMED, ERR_WIRE_TOO_LARGE: it does not fit. `a`: what is decoded. */
enum err state_row_put(struct text *t, struct arena *a, const struct state_row *row) MUST_CHECK;

#endif
