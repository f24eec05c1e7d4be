/* stage/reference_apply.h: one record of programs.v1 or partners.v1 put in force (domain.md 4.1, 1.5; first-hour.md 5).
 *
 * What one process publishes every worker reads, so nothing here stops a worker: a record that cannot be used is
 * refused whole and reported, and what was in force before stays. A version without an approver is a proposal and
 * passed over; one whose approver is its author or nobody's id is, too, and reported. */
#ifndef STAGE_REFERENCE_APPLY_H
#define STAGE_REFERENCE_APPLY_H

#include "domain/catalogue.h"
#include "runtime/source.h"

/* Where records go. A worker has its own target; nothing in it is shared. */
struct reference_target {
    struct catalogue *catalogue;
    /* A profile came into force; both are borrowed for the call, `bytes` is its Partner. May be NULL. */
    void            (*put_partner)(void *context, const struct partner *p, struct slice bytes);
    void             *partners;                     /* the context of put_partner */
    /* A record was refused: `why` for the log. May be NULL. */
    void            (*refused)(void *context, const struct record *record, enum err e, struct slice why);
    void             *refusals;                     /* the context of refused */
    /* A datum came into force for the lines that wait on it: partner:<id>, part:, fx: (domain/waiting.h). May be
     * NULL. */
    void            (*wake)(void *context, struct slice datum);
    void             *waiting;                      /* the context of wake */
};

enum reference_effect {
    REFERENCE_APPLIED,
    REFERENCE_PROPOSED,                             /* nobody has approved it */
    REFERENCE_PASSED_OVER,                          /* a tombstone: nothing is ever taken out of force by absence */
    REFERENCE_REFUSED,
};

/* `scratch` holds what is decoded and may be reset afterwards; the catalogue keeps its own copies. Of terms every
 * approved version of the record is put; one that is refused does not keep the others back. */
enum reference_effect reference_apply(const struct reference_target *t, struct arena *scratch,
                                      const struct record *record);

/* put_partner for the partner cache in memory: keeps a copy of the bytes in its arena and puts the profile. */
struct memory_profiles;
struct reference_keeper { struct memory_profiles *profiles; struct arena *arena; };
void reference_keep_partner(void *keeper, const struct partner *p, struct slice bytes);

#endif
