/* intake/x12_sender.h: whose profile reads an interchange: ISA05 and 06, then GS02 and GS03, select it among those of
 * the submitter (feeds.md 2). Pure. */
#ifndef INTAKE_X12_SENDER_H
#define INTAKE_X12_SENDER_H

#include "intake/spool.h"
#include "wire/mapping_profile.h"

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

/* `is_undecided`: several fit equally well and the grant's own is none of them, or the groups of the interchange belong
 * to different ones; nothing of it may be posted then (TA1 006), and `profile` is the grant's own. */
struct x12_choice { const struct mapping_profile *profile; bool is_undecided; };

/* For one document; of any other format it is the grant's own. */
struct x12_choice x12_sender_choose(const struct x12_senders *senders, struct spool *document);

#endif
