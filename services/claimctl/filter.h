/* claimctl/filter.h: --where: simple comparisons over the members of an object (surfaces.md 2.1).
 *
 *   outcome=HOLD and partner_id=N-100 or line.partner_id~N-1
 * A name is a member, or a path with dots; lists match when one of their items does. = != compare texts, or numbers
 * where both sides are decimals; < <= > >= decimals, else texts (dates and instants are in order as text); ~ finds a
 * part without case. `and` binds stronger than `or`. An absent member equals nothing: only != is true of it. */
#ifndef CLAIMCTL_FILTER_H
#define CLAIMCTL_FILTER_H

#include "wire/node.h"

enum { FILTER_TERMS_MAX = 32 };

enum filter_operator {
    FILTER_EQUAL,
    FILTER_NOT_EQUAL,
    FILTER_LESS,
    FILTER_AT_MOST,
    FILTER_GREATER,
    FILTER_AT_LEAST,
    FILTER_CONTAINS
};

struct filter_term { struct slice name, value; enum filter_operator operator; bool begins_or; };
struct filter { struct filter_term terms[FILTER_TERMS_MAX]; unsigned count; };

/* Reads an expression; its texts are borrowed. False: *why says what is wrong with it. */
bool filter_read(struct slice text, struct filter *f, const char **why) MUST_CHECK;

/* True when the object fits; an empty filter fits everything. Names are looked for in the object, then in its members
 * `line` and `value`. */
bool filter_matches(const struct filter *f, const struct node *object);

/* The node of a name or path as filter_matches finds it; NULL when it is absent. */
const struct node *filter_find(const struct node *object, struct slice name);

/* Compares two decimals exactly, however long: < 0, 0, > 0. False: one of them is none. */
bool filter_compare_decimals(struct slice a, struct slice b, int *order);

#endif
