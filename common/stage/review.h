/* stage/review.h: what a person's act on a waiting line or case is worth (screening.md 4.3, 4.4). Pure.
 *
 * Somebody may take what waits (OPEN, TAKEN, PROPOSED, EFFECTIVE): until `review.take_minutes` have passed, by the
 * times of the acts, or the take is withdrawn, only that person proposes; whoever is asked for a further signature
 * signs as ever.
 *
 * One proposal stands at a time on the section in force. It takes effect once as many different people signed as the
 * finding, the amount and the verb ask for; nobody signs twice on one section, nobody whom the line names, and nobody
 * who wrote a program that it is asked under. How many:
 *   two people   C or the adjusted amount over the second limit; SANCTIONS_HIT, ANTI_BRIBERY_REVIEW; PARK_EXPIRED; a
 *                line of kind A, Z, Y; ASSIGN_ROLE over the first limit; CLEAR_PARTY, CONFIRM_PARTY
 *   approvers    APPROVAL_REQUIRED: as many different ones as limits are passed (the third is finance's: whoever signs
 *                there bears the role approver, too); two on A, Z, Y. A denial approves nothing and needs none.
 *   else         one reviewer or approver
 * Limits are domain.md 10. The second signature is always an approver's. */
#ifndef STAGE_REVIEW_H
#define STAGE_REVIEW_H

#include "domain/catalogue.h"
#include "domain/verdict.h"

/* Why an act has no effect. */
enum review_void {
    REVIEW_VOID_NONE = 0,
#define REVIEW_VOID(word, number, sentence, fix) REVIEW_VOID_##word,
#include "stage/review_void.def"
#undef REVIEW_VOID
    REVIEW_VOID_COUNT
};

/* For people and results: its word and number, why in one clause, and what to do. */
struct review_void_row { struct slice word, sentence, fix; unsigned number; };
const struct review_void_row *review_void_row(enum review_void why);

/* The limits of an approval in minor units (LIMITS record; its absence: domain.md 10). */
struct review_limits {
    int64_t auto_max_minor, one_max_minor, two_max_minor;
    bool    duties_mix;                             /* who sent a line, or wrote its terms, may decide on it, too */
};

/* The limits of approval in force on a day, in a currency. */
struct review_limits review_limits_on(const struct catalogue *c, struct slice currency, int32_t date);

/* What is decided on: a waiting dossier with the judgement of the stage in force, or a case. */
struct review_object {
    const struct dossier   *dossier;
    enum stage_id           stage;
    enum section            writes;                 /* the section of that stage */
    const struct judgement *judgement;
    struct hash128          hash;                   /* of the section in force */
    struct review_limits    limits;                 /* of the line's currency on its received date */
    const struct catalogue *catalogue;              /* who wrote the terms; NULL: nobody asks */
    int64_t                 take_ms;                /* how long it stays with whoever takes it, at most */
};

/* What a dossier that waits in a stage, or a case, is decided on; `writes`: the section of that stage. */
struct review_object review_object_of(const struct catalogue *c, const struct dossier *d, enum stage_id stage,
                                      enum section writes);

/* Whoever took it in that stage and neither gave it back nor had a proposal declined, if the take still lasts at that
 * time: the act, which says who, since and until when. NULL: it is free. */
const struct review *review_taker(const struct dossier *d, enum stage_id stage, instant_ms at_unix_ms);

/* What the partner was asked last in that stage, and what it said to that; NULL: nothing. */
struct review_question { const struct review *asked, *answered; };
struct review_question review_question(const struct dossier *d, enum stage_id stage);

/* The proposal that stands on the section in force; NULL: none. */
const struct review *review_proposal(const struct review_object *o);

enum review_standing { REVIEW_VOID, REVIEW_PENDING, REVIEW_NOTED, REVIEW_EFFECTIVE };

struct review_answer {
    enum review_standing standing;
    enum review_void     why;                       /* VOID only */
    struct review_effect effect;                    /* EFFECTIVE only; verb also when PENDING */
    bool                 closes;                    /* a case: EFFECTIVE ends it */
    instant_ms           until_unix_ms;             /* a take that is NOTED: how long it lasts */
    unsigned             approvers_missing;         /* PENDING: of those to come, so many bear the role approver */
};

/* Weighs one act against the reviews that stand in the dossier already. Texts of the effect live in the arena or are
 * borrowed from the dossier and the act. */
struct review_answer review_weigh(struct arena *a, const struct review_object *o, const struct review *act);

/* The bytes of a dossier with the act after it, numbered, and with the end of a take: what a new decision, or the next
 * act, starts from. In the arena. ERR_WIRE_TOO_LARGE: the dossier has no room for it. */
enum err review_append(struct arena *a, const struct dossier *d, const struct review *act,
                       const struct review_answer *answer, struct slice *out) MUST_CHECK;

/* The effect of the last review of a dossier that had one: what a line keeps while it waits again. */
struct review_effect review_effect_again(struct arena *a, const struct review_object *o);

#endif
