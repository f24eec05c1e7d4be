/* intake/line_ref.h: how one line names another before it is typed: by a name given in this run (first-hour.md 8), or
 * by the id under which a rejects file gave it back (feeds.md 12). */
#ifndef INTAKE_LINE_REF_H
#define INTAKE_LINE_REF_H

#include "intake/typing.h"

/* The names of a run: a part of intake_events. */
struct line_names {
    void         *context;
    struct slice (*id_of)(void *context, struct slice name);                    /* empty: no line has it */
    bool         (*give)(void *context, struct slice name, struct slice line_id);   /* false: it is taken */
};

/* Puts ids for the names in original_line_ref, line_refs and payout_ids of a draft; ids stay as they are. What is
 * neither is LINE_NAME_UNKNOWN. */
void line_ref_resolve(const struct line_names *names, const struct typing *t, struct draft *d, struct issues *issues);

/* Gives its name to a line: LINE_NAME_TAKEN, or LINE_NAME_INVALID when it is longer than 64 bytes or has a `/`. */
void line_ref_give(const struct line_names *names, const struct typing *t, const struct draft *d,
                    struct issues *issues, struct slice name, struct slice line_id);

/* A line of a rejects file that comes back is the next submission of the one that was refused. What else stands in the
 * members of ours (claimstream_…) says nothing: they leave the draft. The arena keeps the number. */
void line_ref_number(struct arena *a, struct draft *d);

#endif
