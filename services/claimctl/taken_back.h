/* claimctl/taken_back.h: what later lines took back of the lines before them: a payout entry stays as it was posted,
 * and who looks at it is told what became of it. */
#ifndef CLAIMCTL_TAKEN_BACK_H
#define CLAIMCTL_TAKEN_BACK_H

#include "claimctl/directory.h"
#include "claimctl/reading.h"

/* An entry that reverses another one, in whole or in part; texts live in the arena. */
struct taking {
    struct slice   line_name, program_id, ledger, currency;
    enum kind      kind;
    int64_t        amount_minor, qty_milli;
    struct taking *next;                            /* of the same entry, in order */
};

struct taken_back {
    struct arena     arena;
    struct directory places;                        /* payout id → place in `firsts` + 1 */
    struct taking  **firsts, **lasts;
    uint32_t         count, capacity;
};

/* Walks all lines. False: they cannot be read, said on stderr, or no memory. Close it whatever it was. */
bool taken_back_read(struct taken_back *b, struct reading *r) MUST_CHECK;
void taken_back_close(struct taken_back *b);

/* ADJUSTED: some of what the line was paid came back; REVERSED: all of it; else empty. */
struct slice taken_back_standing(const struct taken_back *b, const struct dossier *d);

/* A row for each entry that took back one of the line's: "  taken back by cancel.ndjson:1 (CANCEL): -24.90 USD VR-26",
 * a line feed after each. */
void taken_back_put(struct text *t, const struct taken_back *b, const struct dossier *d);

#endif
