/* classification/portrait.h: who a partner is, and why, for people: what `claimctl partners classify` and `show` print.
 * Pure; rows are read through books, so the caller brings what was missed and asks again, as the loop does. */
#ifndef CLASSIFICATION_PORTRAIT_H
#define CLASSIFICATION_PORTRAIT_H

#include "classification/features.h"
#include "domain/books.h"
#include "domain/catalogue.h"

struct portrait {
    const struct partner *partner;
    int32_t               date;
    unsigned              declared;                 /* bits 1 << role, held on the date */
    struct role_judgement judgement;                /* of the window up to the date */
    struct drift_record   drift;                    /* as judged last */
    const struct matrix  *matrix;                   /* in force on the date */
};

/* What is known of a partner on a date. `b` has the codecs of the stage's tables. */
struct portrait portrait_read(struct books *b, const struct catalogue *c, const struct partner *p, int32_t date,
                              const struct policy *policy);

/* `classify`: declared and observed role, confidence, the three strongest reasons, drift, what it may earn. */
void portrait_put(struct text *t, const struct portrait *x);

/* `show`: status, tier, places, enrolments, payee on the date. */
void portrait_put_profile(struct text *t, const struct portrait *x);

#endif
