/* wire/problems.h: what was wrong with an input: every error with its position, printed as surfaces.md 2.4. */
#ifndef WIRE_PROBLEMS_H
#define WIRE_PROBLEMS_H

#include "base/str.h"
#include "wire/node.h"

enum { PROBLEMS_MAX = 500 };                        /* kept; further ones are only counted */

struct problem {
    enum err        code;
    struct slice    file;
    struct position at;
    struct slice    member;                         /* volume.tiers[2].from; empty: the whole */
    struct slice    message;                        /* names the value */
    struct slice    fix;                            /* what to do; may be empty */
    struct problem *next;
};

struct problems { struct arena *arena; struct problem *first; unsigned count; };

/* Where an input comes from, where its records are built, where its errors go. `code` names them all. */
struct text_source { struct arena *arena; struct slice file; struct problems *problems; enum err code; };

/* An empty list whose entries live in the arena. */
struct problems problems_in(struct arena *a);

/* Adds a copy of *p in the order of lines and columns within its file; in its texts ? stands for what cannot be
 * printed. */
void problems_add(struct problems *problems, const struct problem *p);

/* error[TERMS_INVALID 3001]: message / "  at file:line:column  member" / "  fix", a line feed after each line. */
void problem_put(struct text *t, const struct problem *p);

/* All of them, and how many were not kept. */
void problems_put(struct text *t, const struct problems *problems);

/* The candidate nearest to `word` by edit distance, without case; the empty slice when none is near. */
struct slice problems_nearest(struct slice word, const struct slice *candidates, unsigned count);

#endif
