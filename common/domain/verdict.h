/* domain/verdict.h: what decide says of a line. It gives reasons; the strongest of them makes the outcome.
 *
 * A stage's decide fills `section` (struct classification, clearance or payout_section, each of which begins with a
 * judgement), takes memory from `arena`, reads and changes state rows through `books`, and ends with verdict_close. */
#ifndef DOMAIN_VERDICT_H
#define DOMAIN_VERDICT_H

#include "base/assert.h"
#include "domain/books.h"
#include "domain/dossier.h"

enum { VERDICT_REASONS_MAX = 32, VERDICT_RULES_MAX = 80, VERDICT_WAKES_MAX = 8, VERDICT_CASES_MAX = 16,
       VERDICT_REPEATS_MAX = 32 };

/* A review in force (screening.md 4.3). The loop has checked signatures, duties and hash; decide applies it.
 * RELEASE and ADJUST: the HOLD rules that were TRUE in the reviewed section, its faults, and a score up to the one that
 * stood there, count as FALSE now. DENY: the line gets DENIED_ON_REVIEW.
 *
 * A review decides only on what its section found. What was released, adjusted or assigned on earlier sections of the
 * stage stays in force (`before`, newest first): else a line with two findings would wait for ever. */
struct review_effect {
    enum verb               verb;
    int64_t                 accepted_qty_milli;     /* ADJUST */
    enum role               role;                   /* ASSIGN_ROLE */
    struct slice            note;
    uint32_t                sequence;
    unsigned                signature_count;        /* different people: 1 or 2 */
    struct texts            actors;                 /* their ids */
    struct texts            approvers;              /* the ids of those who have the role approver */
    const struct judgement *reviewed;               /* the section decided on */
    int32_t                 reviewed_points;        /* the score that stood in it */
    const struct review_effect *before;             /* in force on an earlier section of this stage; NULL: none */
};

/* RELEASE and ADJUST. */
static inline bool review_is_release(const struct review_effect *e)
{
    return e->verb == VERB_RELEASE || e->verb == VERB_ADJUST;
}

/* The newest decision with that verb; NULL: none. A later one with another verb takes nothing of it back. */
static inline const struct review_effect *review_last(const struct review_effect *e, enum verb verb)
{
    while (e && e->verb != verb) e = e->before;
    return e;
}

/* True when a person released a section that was held for that reason. */
bool verdict_released(const struct review_effect *e, enum reason_code code);

struct verdict {
    struct arena     *arena;
    struct books     *books;                        /* rows of this line, gathered and changed */
    void             *section;                      /* the one section this stage appends */
    struct judgement *judgement;                    /* its head */
    void             *opened;                       /* what the stage's `open` prepared for decide; NULL: nothing */
    void             *wants;                        /* what decide asks the stage's `ask` for; NULL: nothing */
    const struct review_effect *review;             /* a person's decision on this line, set by the loop; or NULL */
    struct slice      withdraws;                    /* line_id of a waiting line that this one ends, WITHDRAWN */
    unsigned          wake_count, case_count, repeat_count;     /* of the lists below */
    bool              is_repeat;                    /* this stage has decided the line before, and says so only */
    bool              gives_back;                   /* an earlier stage ended the line for another line that is now
                                                       refused: it goes back there and waits as it did */
    bool              tells_back;                   /* an earlier stage reckons with what becomes of the line: it is
                                                       sent there, too, as it is decided here */
    /* verdict_init does not clear the lists: only the first `…_count` elements mean anything. */
    struct slice      wakes[VERDICT_WAKES_MAX];     /* data that this line brings (domain/waiting.h): "pos:…" */
    const struct clearance *cases[VERDICT_CASES_MAX];   /* opened beside the line (screening.md 4.5) */
    struct slice      repeats[VERDICT_REPEATS_MAX]; /* line_ids of waiting lines that say the same as `withdraws`: they
                                                       end with it */
};

/* Makes `section` of `section_bytes` in the arena and an empty judgement at its head. */
void verdict_init(struct verdict *v, struct arena *a, struct books *b, size_t section_bytes);

/* True while no reason was given and no outcome is set. */
bool verdict_is_empty(const struct verdict *v);

/* Adds a reason, with its default outcome or the given one. The same code may stand twice, with other arguments. The
 * pointer, for arguments, is valid until the next call. Beyond VERDICT_REASONS_MAX a reason replaces the weakest if it
 * is stronger; else it does not count, and its arguments go nowhere. */
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

/* Names what the line waits for, should that reason turn out to be the first of the verdict. */
void verdict_wait(struct verdict *v, enum reason_code reason, struct slice on);

/* Sorts the reasons by precedence and sets the outcome to that of the first, PASS when there is none. */
void verdict_close(struct verdict *v);

/* The same order for any list of reasons. */
void reasons_sort(struct reason *reasons, unsigned count);

#endif
