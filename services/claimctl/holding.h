/* claimctl/holding.h: where a line or case that waits stands with the people who decide it (screening.md 4.3). */
#ifndef CLAIMCTL_HOLDING_H
#define CLAIMCTL_HOLDING_H

#include "base/instant.h"
#include "domain/dossier.h"
#include "stage/review.h"
#include "wire/json_text.h"

enum holding_state {
    HOLDING_OPEN, HOLDING_ASKED, HOLDING_ANSWERED, HOLDING_TAKEN, HOLDING_PROPOSED, HOLDING_WAITS, HOLDING_AT_RISK
};

struct holding {
    enum holding_state   state;
    const struct review *taker, *proposal;          /* NULL: nobody has, none stands */
    struct review_question question;                /* what the partner was asked last, and said */
};

/* The stage that holds it and the section it decided. */
enum stage_id holding_stage(const struct dossier *d, enum section *section);

/* A parked line waits for its datum, and is at risk from 12 hours before it is due; what was taken is so until the take
 * ends; ASKED and ANSWERED is what nobody has and the partner was asked about. now_unix_ms: of the clock; of a run
 * that has ended, the one at its end. */
struct holding holding_of(const struct dossier *d, instant_ms now_unix_ms);

/* "TAKEN by anna since …". */
void holding_put_text(struct text *t, const struct holding *h);

/* "  asked by anna …: which invoice?" and what was answered, a line each; nothing where nothing was asked. */
void holding_put_question(struct text *t, const struct review_question *q);

/* "state", "taken_by", …, "acts": members of the object at work. */
void holding_put_members(struct json *j, const struct dossier *d, const struct holding *h);

#endif
