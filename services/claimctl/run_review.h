/* claimctl/run_review.h: {"review": {…}} of an input: a person's act within a run (first-hour.md 8). */
#ifndef CLAIMCTL_RUN_REVIEW_H
#define CLAIMCTL_RUN_REVIEW_H

#include "claimctl/run_engine.h"

/* Sends it once everything before it was judged. What makes it void is reported at its place, under `document` and
 * `row`; NULL is an object that could not be read. */
enum err run_review_send(struct run_engine *r, const struct node *review, uint32_t document, uint32_t row) MUST_CHECK;

/* The same of an act that was read already, with the verdict that it gives on a party, and what follows from it. *found
 * false: nothing waits under its name. */
enum err run_review_act(struct run_engine *r, const struct review *act, bool *found) MUST_CHECK;

#endif
