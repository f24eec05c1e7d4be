/* claimctl/books_check.h: the invariants of domain.md 9 that one finished run can show (1 3 5 6 7 8 9 11 13 14 16),
 * recomputed from what the run published and from its tables; nothing is taken from the code that decided. */
#ifndef CLAIMCTL_BOOKS_CHECK_H
#define CLAIMCTL_BOOKS_CHECK_H

#include "claimctl/run_engine.h"
#include "claimctl/standing.h"

#include <stdio.h>

enum { BOOKS_TROUBLES_MAX = 20 };

/* Sums by a text key. */
struct book_sum { struct slice key; __int128 sum; };
struct book_sums { struct directory index; struct book_sum *items; uint32_t count, capacity; };

struct books_check {
    struct run_engine *engine;
    struct arena       arena;                       /* of keys and messages */
    struct book_sums   volumes;                     /* root program period: Σ EARNED of volume programs */
    struct book_sums   funds;                       /* root program period: Σ open reservations */
    struct book_sums   arrived;                     /* root program period: Σ FUND entries */
    struct book_sums   consumed;                    /* root authorisation line: Σ paid units less reversed */
    struct book_sums   settled;                     /* root payout_id: Σ SETTLED entries */
    struct book_sums   slots;                       /* program serial: live slots */
    struct book_sums again_milli,
        again_minor; /* agreement line, or cap scope and period: Σ that cancelled returns gave again (6.3) */
    struct directory   payout_ids;
    struct directory   live;                        /* line ids with serials, decided PASS or SHORT */
    struct directory   taken_back;                  /* line ids of which later lines took back some or all */
    struct directory   reviewed;                    /* line ids of CANCELs and REPLACEs that a person released */
    struct directory   reopened;                    /* line ids of returns among what those took back */
    struct directory   contested;                   /* slots of which a case asks people whose they are */
    bool               saw_fraud;                   /* FRAUD restores no quantity (6.6) */
    uint32_t           failed;                      /* bit per invariant number */
    unsigned           held, total;                 /* filled by books_check_tables */
    struct slice       troubles[BOOKS_TROUBLES_MAX];
    unsigned           trouble_count;
};

/* Nothing is summed up yet. ERR_MEMORY_EXHAUSTED. */
enum err books_check_open(struct books_check *b, struct run_engine *engine) MUST_CHECK;
/* Gives back what open took. */
void books_check_close(struct books_check *b);

/* What payout keeps of the lines, before they are looked at one by one. */
enum err books_check_line_rows(struct books_check *b) MUST_CHECK;

/* ADJUSTED or REVERSED, where later lines took back some or all of the line; else empty. */
struct slice books_check_live(const struct books_check *b, struct slice line_id);

/* Calls for what is asked of the entries of a line, which is checked soon: the ids of a run's entries fill no
 * cache. */
void books_check_call(const struct books_check *b, const struct payout_section *p);

/* What a line published. `scratch` is the arena of the line. */
void books_check_line(struct books_check *b, const struct standing *s, struct arena *scratch);

/* A case, all of it decoded: what it asks about is known to people. */
void books_check_case(struct books_check *b, const struct dossier *d);

/* What the tables say at the end, and the verdict. */
enum err books_check_tables(struct books_check *b) MUST_CHECK;

/* One line for each trouble; nothing when the books balance. */
void books_check_print(const struct books_check *b, FILE *to);

#endif
