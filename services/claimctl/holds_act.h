/* claimctl/holds_act.h: what a person decides about lines and cases that wait, as records of reviews.v1 (screening.md 4.3).
 *
 * The plan weighs the act as the stage will (stage/review.h), with the limits in force: effective, one signature of several, or
 * without effect and why. --execute sends it; the stage that holds the line has the last word. */
#ifndef CLAIMCTL_HOLDS_ACT_H
#define CLAIMCTL_HOLDS_ACT_H

/* argv[1] is the verb: release adjust deny ask assign clear block confirm decline withdraw. */
int holds_act(int argc, char **argv);

#endif
