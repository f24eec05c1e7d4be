/* compliance/facts.h: what gather and prefetch bring to a decision besides state rows. */
#ifndef COMPLIANCE_FACTS_H
#define COMPLIANCE_FACTS_H

#include "domain/catalogue.h"
#include "domain/name/screen.h"

/* What the shared registry answered (screening.md 8.1). Not asked counts as away for a line that needs it. */
enum slots_standing { SLOTS_NOT_ASKED, SLOTS_ANSWERED, SLOTS_AWAY };
struct slot_answer {
    struct slice program_id, serial, holder_root_id, holder_line_id;
}; /* no holder: now this line's */
/* A slot that the cancel of a return would give back to the line that had it: asked for in that line's name. */
struct slot_wanted { struct slice program_id, serial, root_id, line_id; instant_ms received_at_unix_ms; };
struct slots_wanted { struct slot_wanted *items; unsigned count, capacity; };
struct deal_claim { struct slice root_id, line_id; int32_t closed_on; };

struct compliance_facts {
    const struct catalogue  *catalogue;
    const struct partner    *site, *root;           /* profiles; NULL: not on file */
    const struct partner    *ship_to;               /* the partner that the ship-to names; NULL: none */
    uint64_t                 seed;                  /* of state keys: the installation's secret */
    enum slots_standing      slots_standing;
    const struct slot_answer *slots;                /* by program, of each the same serials in bytewise order */
    unsigned                 slot_count, slots_of_program;
    enum slots_standing      restored_standing;     /* of slots that a cancelled return gives back */
    const struct slot_answer *restored;             /* in the order in which they were wanted */
    unsigned                 restored_count;
    const struct deal_claim *deal_claims;           /* who stands at the conflict key of a registration, by place */
    unsigned                 deal_claim_count;
    bool                     submitter_approves;    /* the submitter holds an approving role (FIN-02) */
    const struct name_lists *lists;                 /* in force; NULL: none */
    struct screen_cache     *cache;                 /* answers of these lists; changes no answer */
    bool                     ages_are_checked;
    instant_ms               now_unix_ms;           /* for the age of lists alone */
};

#endif
