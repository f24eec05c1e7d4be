/* intake/x12_sets.h: the order of segments in a set (x12_grammar.def) and a cursor that follows it. Pure. */
#ifndef INTAKE_X12_SETS_H
#define INTAKE_X12_SETS_H

#include "intake/x12_limits.h"

enum x12_scope { X12_HEAD, X12_HEAD_PARTY, X12_MOVE, X12_MOVE_PARTY, X12_LINE, X12_DEEP, X12_TAIL };

struct x12_row {
    uint32_t         key;
    struct slice     id;
    enum x12_scope   scope;
    enum x12_version since;
    uint32_t         max;                           /* 0 not limited */
    uint8_t          depth;
    bool             is_loop, is_needed;
    int16_t          parent, end;                   /* the loop it stands in, -1 the set; index after its rows */
};

enum { X12_ROWS_MAX = 72, X12_STEPS_MAX = 64 };

struct x12_set_kind { struct slice id; bool posts; const struct x12_row *rows; int count; };

/* The sets that are read, with parents and ends worked out. In the arena. */
struct x12_sets;
struct x12_sets *x12_sets_new(struct arena *a);

/* NULL when sets of that number are not read. */
const struct x12_set_kind *x12_sets_find(const struct x12_sets *sets, struct slice id);

/* The set fits a group of that functional id (GS01) in that version. */
bool x12_set_fits_group(struct slice set_id, struct slice gs01, enum x12_version version);
bool x12_group_is_known(struct slice gs01);

struct x12_cursor {
    const struct x12_set_kind *kind;
    enum x12_version           version;
    int                        at;                  /* row of the last segment, -1 before the first */
    uint32_t                   counts[X12_ROWS_MAX];
    uint32_t                   missing[8];          /* keys of what was passed over */
    unsigned                   missing_count;
    struct x12_step { uint32_t key; int16_t at, row; } steps[X12_STEPS_MAX];   /* taken before, from row to row */
};

enum x12_fit { X12_FITS, X12_OVER_USE, X12_OVER_LOOP, X12_OUT_OF_SEQUENCE, X12_UNEXPECTED, X12_NOT_IN_SET };

/* Before the first segment of a set of that kind. */
void x12_cursor_begin(struct x12_cursor *c, const struct x12_set_kind *kind, enum x12_version version);

/* Moves to the next segment. Anything but X12_FITS, X12_OVER_USE and X12_OVER_LOOP leaves the cursor where it is.
 * c->missing names what should have come before. */
enum x12_fit x12_cursor_step(struct x12_cursor *c, uint32_t key);

/* For sets that were checked before: the row that a segment comes to (NULL when it does not fit), and the way there. */
const struct x12_row *x12_cursor_peek(struct x12_cursor *c, uint32_t key);
void x12_cursor_move(struct x12_cursor *c, const struct x12_row *row);

/* The end of the set: what is missing. */
void x12_cursor_finish(struct x12_cursor *c);

/* The row of the last segment; NULL before the first. */
const struct x12_row *x12_cursor_row(const struct x12_cursor *c);

/* The loop of the last segment by the id of its first; empty in the header. */
struct slice x12_cursor_loop(const struct x12_cursor *c);

#endif
