/* intake/x12_sender.h: whose profile reads an interchange and each of its groups: ISA05 and 06, then GS02 and GS03,
 * select it among those of the submitter (feeds.md 2). Pure. */
#ifndef INTAKE_X12_SENDER_H
#define INTAKE_X12_SENDER_H

#include "intake/readings.h"
#include "intake/spool.h"

/* How an interchange names its sender, blanks off on the right; of a group. */
struct x12_sender_name { struct slice qualifier, id, group, receiver; };

/* How exactly a profile names that sender: 0 not at all; one that says GS02 or GS03 counts above one that leaves them
 * open. */
unsigned x12_sender_fit(const struct profile_x12 *profile, const struct x12_sender_name *name);

/* Its senders name who sends, whomever the group is for. */
bool x12_sender_is_known(const struct profile_x12 *profile, const struct x12_sender_name *name);

struct x12_senders {
    const struct mapping_profiles
        *profiles; /* in force on `day`, and with this submitter; `local`, who may speak for */
    struct slice                   submitter;       /* everybody, has everybody's */
    const struct mapping_profile *own; /* of the grant: one of them, and what reads a sender whom none names */
    int32_t                        day;
};

/* `is_undecided`: of a group several fit equally well and the grant's own is none of them, or its groups belong to more
 * than READINGS_MAX; nothing of it may be posted then (TA1 006), and the grant's own is the only reading. */
struct x12_choice { struct readings readings; bool is_undecided; };

/* For one document; of any other format it is the grant's own. The envelope, first of the readings, is read by the
 * grant's own profile where that reads a group, else by the one of the first group. */
struct x12_choice x12_sender_choose(const struct x12_senders *senders, struct spool *document);

/* Which of a document's readings a group has: the best that names it, else the first. */
unsigned x12_sender_reading(const struct readings *readings, const struct x12_sender_name *name);

#endif
