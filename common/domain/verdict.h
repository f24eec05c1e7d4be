/* domain/verdict.h: what decide says of a line: reasons first, outcome by their precedence.
 *
 * A stage's decide fills `section` (struct classification, clearance or payout_section, whose first member is the
 * judgement) through `judgement`, takes memory from `arena`, reads and changes state rows through `books`, and ends
 * with verdict_close. */
#ifndef DOMAIN_VERDICT_H
#define DOMAIN_VERDICT_H

#include "base/assert.h"
#include "domain/books.h"
#include "domain/dossier.h"

enum { VERDICT_REASONS_MAX = 32, VERDICT_RULES_MAX = 80, VERDICT_WAKES_MAX = 8, VERDICT_CASES_MAX = 16,
       VERDICT_REPEATS_MAX = 32 };

/* A review in force (screening.md 4.3), checked by the loop: signatures, duties, hash. decide applies it:
 * RELEASE, ADJUST: HOLD rules that were TRUE and faults of the reviewed section (`reviewed`, the stage's own section in
 * the dossier) count as FALSE, a score not above the reviewed one too; DENY: DENIED_ON_REVIEW.
 *
 * Who decides on what was found anew decides on that alone: what others released, adjusted or assigned on the sections
 * before stays so (`before`, the newest first), or a line with two findings would wait for ever. */
struct review_effect {
    enum verb               verb;
    int64_t                 accepted_qty_milli;     /* ADJUST */
    enum role               role;                   /* ASSIGN_ROLE */
    struct slice            note;
    uint32_t                sequence;
    unsigned                signature_count;        /* different people: 1 or 2 */
    struct texts            actors;                 /* their ids */
    struct texts            approvers;              /* of them, who bear the role approver */
    const struct judgement *reviewed;               /* the section decided on */
    int32_t                 reviewed_points;        /* the score that stood in it */
    const struct review_effect *before; /* what was decided on an earlier section of this stage and stands, NULL none */
};

/* RELEASE and ADJUST. */
static inline bool review_is_release(const struct review_effect *e)
{
    return e->verb == VERB_RELEASE || e->verb == VERB_ADJUST;
}

/* The last decision with that verb that stands; NULL: none. A later one with another verb takes nothing of it back. */
static inline const struct review_effect *review_last(const struct review_effect *e, enum verb verb)
{
    while (e && e->verb != verb) e = e->before;
    return e;
}

/* True: a person released a section that was held for it. */
bool verdict_released(const struct review_effect *e, enum reason_code code);

struct verdict {
    struct arena     *arena;
    struct books     *books;                        /* rows of this line, gathered and changed */
    void             *section;                      /* the one section this stage appends */
    struct judgement *judgement;                    /* its head */
    void *opened; /* what the stage made ready as it opened rows (stage.h), NULL nothing */
    void *wants; /* what decide has to know besides rows (stage.h), NULL nothing */
    const struct review_effect *review;             /* what a person decided on this line, NULL none; set by the loop */
    struct slice withdraws; /* line_id that waits in this stage and ends WITHDRAWN by this line */
    unsigned          wake_count, case_count;
    unsigned          repeat_count;                 /* of repeats: they end with the one that it withdraws */
    bool              is_repeat;                    /* this stage decided the line before: the record alone speaks */
    bool gives_back; /* a stage before ended the line by one that is refused: it goes back there, as it waited */
    /* The lists stand last: verdict_init clears what stands before them, and their counts speak. */
    struct slice      wakes[VERDICT_WAKES_MAX];     /* data that this line makes arrive (stage/waiting.h): "pos:…" */
    const struct clearance *cases[VERDICT_CASES_MAX];   /* opened beside the line (screening.md 4.5) */
    struct slice      repeats[VERDICT_REPEATS_MAX]; /* line_ids that wait in this stage and say what that one says */
};

/* Makes `section` of `section_bytes` in the arena and an empty judgement at its head. */
void verdict_init(struct verdict *v, struct arena *a, struct books *b, size_t section_bytes);

/* True while no reason was given and no outcome is set. */
bool verdict_is_empty(const struct verdict *v);

/* Adds a reason with its default outcome, or the given one; once per code unless arguments differ by design. The
 * pointer is valid until the next call. Beyond VERDICT_REASONS_MAX the weakest places are kept by precedence: the
 * newcomer replaces nothing and the last slot is returned for arguments to be ignored. */
struct reason *verdict_give(struct verdict *v, enum reason_code code);
struct reason *verdict_give_as(struct verdict *v, enum reason_code code, enum outcome outcome);

/* True when that code was given. */
bool verdict_has(const struct verdict *v, enum reason_code code);

/* Notes the result of a rule; the pointer is filled by the caller and valid until the next call. Asserts the bound. */
struct rule_result *verdict_note(struct verdict *v, uint32_t number, enum rule_mode mode, enum truth value);

/* Marks a rule as evaluated and FALSE. */
static inline void verdict_note_false(struct verdict *v, unsigned bit)
{
    ASSERT(bit < 8 * RULES_FALSE_BYTES);
    v->judgement->rules_false[bit / 8] |= (uint8_t)(1u << bit % 8);
}

/* Names what the line waits for; used for the primary HOLD or PARK reason. */
void verdict_wait(struct verdict *v, enum reason_code reason, struct slice on);

/* Sorts the reasons by precedence and sets the outcome to that of the first, PASS when there is none. */
void verdict_close(struct verdict *v);

/* The same order for any list of reasons. */
void reasons_sort(struct reason *reasons, unsigned count);

#endif
