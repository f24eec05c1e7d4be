/* claimctl/run_void.h: a review that had no effect, told at its place in the results of a run. */
#ifndef CLAIMCTL_RUN_VOID_H
#define CLAIMCTL_RUN_VOID_H

#include "claimctl/run_engine.h"
#include "stage/review.h"

/* A member of a review that cannot be read; `member` is empty when all can. */
struct run_void_fault { struct slice member, value, message, fix; };

/* What could not be read of it, else (fault NULL) why it was void. */
void run_void_report(struct run_engine *r, uint32_t document, uint32_t row, const struct review *review,
                     const struct run_void_fault *fault, enum review_void why);

/* The loop says so of the one that was sent last (batch_void_review); `context`: the run_engine. */
void run_void_say(void *context, const struct stage *stage, const struct review *review, unsigned why);

#endif
