/* compliance/inventory.h: the stock ledger by pool, from what the partner reports and what its lines move
 * (screening.md 8.3). */
#ifndef COMPLIANCE_INVENTORY_H
#define COMPLIANCE_INVENTORY_H

#include "compliance/judging.h"

/* INV-01: more leaves the pool than is there. */
enum truth inventory_is_short(struct judging *j, struct finding *f);

/* Opens the rows of the pool that the line moves. */
void inventory_open(struct judging *j);

/* Moves the ledger by what was accepted, takes reports in, moves watermarks. After originals_record. */
void inventory_record(struct judging *j, enum outcome outcome);

/* Puts back what a line moved. */
void inventory_undo(struct judging *j, const struct footprint *of);

#endif
