/* domain/reason.h: reasons of a verdict (domain.md 7). */
#ifndef DOMAIN_REASON_H
#define DOMAIN_REASON_H

#include "domain/vocabulary.h"

enum reason_code {
    REASON_NONE = 0,
#define REASON(number, name, outcome, stages, x12_901, sentence) REASON_##name = number,
#include "domain/reason.def"
#undef REASON
};

enum { REASON_ARGUMENTS_MAX = 8 };

/* A named text: an argument of a reason, an extra of a line, an attribute of a partner. */
struct pair { struct slice name, value; };

/* A reason as given: code, effective outcome (domain.md 7: the table's unless a term changes it), arguments, what it
 * cut. */
struct reason {
    enum reason_code code;
    enum outcome     outcome;
    struct pair      arguments[REASON_ARGUMENTS_MAX];
    unsigned         argument_count;
    int64_t          cut_qty_milli;                 /* base units */
    int64_t          cut_minor;                     /* minor units of the program */
};

/* What reason.def has of a code. */
struct slice reason_name(enum reason_code code);
enum reason_code reason_find(struct slice name);    /* REASON_NONE when unknown */
bool reason_is_known(unsigned number);
enum outcome reason_outcome(enum reason_code code); /* default outcome */
struct slice reason_x12_901(enum reason_code code); /* empty where the 849 has none */
bool reason_is_given_by(enum reason_code code, char stage_letter);

/* Adds an argument; the text is borrowed. Asserts the bound. */
void reason_argument(struct reason *r, struct slice name, struct slice value);

/* The argument of that name; empty when the reason has none. */
struct slice reason_argument_of(const struct reason *r, struct slice name);

/* The sentence for the partner with its braces filled from the arguments. Of several sentences one whose argument is
 * absent is left out, as that which promises {due}; else words stand in for it (base/sentence.h): no hole is left. */
void reason_put_sentence(struct text *t, const struct reason *r);

/* The sentence as the list has it, braces unfilled: for help. */
void reason_put_template(struct text *t, enum reason_code code);

/* Their names, apart by blanks. */
struct slice reason_names(struct arena *a, const struct reason *reasons, unsigned count);

/* Strength DEAD > REJECT > HOLD > PARK > SHORT > PASS, then ascending number: < 0 when a stands first. */
int reason_order(const struct reason *a, const struct reason *b);

/* True when outcome a is stronger than b. */
bool outcome_is_stronger(enum outcome a, enum outcome b);

#endif
