/* wire/reference_shelf.h: what is on file in partners.v1 and programs.v1, and what publishing a record makes of it
 * (first-hour.md 5). Pure: records are put as they were read, what is to be sent is handed back.
 *
 * Four eyes: terms, partners and verdicts on parties come from one person as a proposal, which is not in force, and
 * come into force when a second person publishes the same. Products, prices, rates and tax tables say what the books of
 * the vendor say and are in force at once. A proposal of terms stands beside the versions in force in the one record of
 * its id; a proposal of the other two has a key of its own, <key>?proposal, so that compaction never removes what is in
 * force. */
#ifndef WIRE_REFERENCE_SHELF_H
#define WIRE_REFERENCE_SHELF_H

#include "wire/reference_draft.h"

struct shelf;

/* NULL: no memory. */
struct shelf *shelf_open(void);
void shelf_close(struct shelf *s);

/* A record as it stands on its topic. An empty value removes a proposal; what is in force stays, as the stages pass
 * over it, too (reference_apply). Bytes are copied. */
void shelf_put(struct shelf *s, bool is_partner, struct slice key, struct slice value);

/* What stands under a key, empty when nothing does. */
struct slice shelf_find(const struct shelf *s, bool is_partner, struct slice key);

/* Every record in bytewise order of keys, partners first. False ends the walk. */
typedef bool shelf_visit(void *context, bool is_partner, struct slice key, struct slice value);
void shelf_walk(const struct shelf *s, shelf_visit *visit, void *context);

/* Who publishes. approver_id: set when what is published counts as approved already (a world); else four eyes. */
struct publisher { struct slice actor_id, approver_id; instant_ms at_unix_ms; };

enum shelf_answer {
    SHELF_IN_FORCE,                                 /* sent and in force */
    SHELF_PROPOSED,                                 /* sent; a second person is to publish the same */
    SHELF_UNCHANGED,                                /* it is in force as it is: nothing is sent */
    SHELF_WAITS,                                    /* the same person proposed the same before: nothing is sent */
    SHELF_CONFLICT,                                 /* this version is in force with other content: nothing is sent */
    SHELF_REFUSED,                                  /* it cannot be packed; see `error` */
};

struct shelf_send { bool is_partner; struct slice key, value; };    /* an empty value: a tombstone */

enum { SHELF_SENDS_MAX = 2 };

struct shelf_outcome {
    enum shelf_answer answer;
    enum err          error;
    struct slice waits_for; /* who proposed it, with SHELF_IN_FORCE and SHELF_WAITS; may be empty */
    struct shelf_send sends[SHELF_SENDS_MAX];       /* in the arena */
    unsigned          send_count;
};

/* What publishing the draft would send; nothing is put. */
struct shelf_outcome shelf_publish(const struct shelf *s, struct arena *a, const struct reference_draft *draft,
                                   const struct publisher *who);

#endif
