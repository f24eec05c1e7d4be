/* intake/tally.h: what the lines of a document come to: the money they claim, and the figures that its control values
 * are held against. */
#ifndef INTAKE_TALLY_H
#define INTAKE_TALLY_H

#include "intake/reader.h"
#include "wire/table_intake.h"

struct tally {
    struct intake_total totals[INTAKE_TOTALS_MAX];  /* what tally_claimed says, in order of appearance */
    unsigned            total_count;
    int64_t             lines;                      /* dead rows too */
    __int128            qty_milli, amount_micros;   /* amounts of all currencies together, as senders add them */
};

/* What a line claims, in minor units of its currency (claim_value_stated): of every line whose claim could be read,
 * whatever else it was refused for. Of a refused line without readable quantity the claimed amount alone counts, and a
 * claim per unit is 0. False and 0: it states no claim, is dead (NULL), or has no currency. */
bool tally_claimed(const struct line *line, bool is_refused, int64_t *claimed_minor);

/* Counts a line; NULL: a dead row. A currency after the 64th is not listed. The arena keeps names of currencies. */
void tally_line(struct tally *t, struct arena *a, const struct line *line, bool is_refused);

/* Holds the control values of the document's header, where it has them, against what was counted: CONTROL_DIFFERS. */
void tally_compare(const struct tally *t, struct reader *r);

#endif
