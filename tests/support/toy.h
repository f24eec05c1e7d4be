/* tests/support/toy.h: a pipeline of two stages whose lines say what shall happen to them, for tests of the loop, of
 * the embedded engine and of the simulator.
 *
 * A line's reason_text is a list of words, `stage:verb[=argument]` parted by blanks; stage is a (classification) or b
 * (payout):
 *   hold=CODE        HOLD for that reason until a person releases it
 *   park=DATUM       PARK PART_UNKNOWN (b: FX_RATE_MISSING) until the datum is known: said by a line of the root, or
 *                    told to the toy
 *   longpark=N       the same for a datum of N letters more than part:
 *   wait=HOURS       PARK WAITING_FOR_POS until that long after it was received, then it passes
 *   after=LINE      PARK WAITING_FOR_TARGET while that line waits here
 *   say=DATUM        makes a datum known in this root
 *   cancel=LINE      withdraws that line if it waits here
 *   reject=CODE      REJECT
 *   case=SUBJECT     opens a case beside the line
 *   deep=N           reads N rows one after the other, each named by the one before
 *   wide=N           reads N rows at once
 *   huge             a section that makes the dossier too large, once nothing else stands before it
 * Stage b pays the amount claimed out of the root's fund, once per line, and counts what it paid. */
#ifndef TESTS_SUPPORT_TOY_H
#define TESTS_SUPPORT_TOY_H

#include "stage/stage.h"

enum { TOY_FUND_MINOR = 1000000 };

/* Tables of both stages in the order of their records. */
enum toy_table { TOY_KNOWN, TOY_FUND, TOY_LINES };
struct toy_fund { int64_t paid_minor; uint64_t lines; };

extern const struct stage toy_first, toy_second;

/* What is known to all roots (env->own of the stages); a datum told here wakes nobody by itself. */
struct toy { struct slice known[32]; unsigned known_count; unsigned prefetched; };

struct toy_line {
    const char *name, *root, *words;
    int64_t     amount_minor;                       /* 0: claims nothing */
    const char *submitter, *rep;
    int64_t     received_at_unix_ms;
};

/* The dossier of a line as intake sends it, key its root. line_id is the name itself. */
struct slice toy_dossier(struct arena *a, const struct toy_line *line);
#define TOY(line, partner, what, minor, ...) \
    (const struct toy_line){ .name = (line), .root = (partner), .words = (what), .amount_minor = (minor), \
    ##__VA_ARGS__ }
#define TOY_LINE(a, ...) toy_dossier((a), &TOY(__VA_ARGS__))

/* The record by which anna releases what the first stage holds, at that time: the section named is the one in force. */
struct slice toy_release(struct arena *a, const struct dossier *held, instant_ms at_unix_ms);

#endif
