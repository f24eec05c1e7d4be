/* claimctl/holds_act.h: what a person decides about lines and cases that wait (screening.md 4.3).
 *
 * The plan weighs the act as the stage will (stage/review.h), with the limits in force: effective, one signature of
 * several, or without effect and why. With services --execute sends it as a record of reviews.v1, and the stage that
 * holds the line has the last word; with the state of a run (holds_state.h) it has taken effect when the command
 * ends. */
#ifndef CLAIMCTL_HOLDS_ACT_H
#define CLAIMCTL_HOLDS_ACT_H

/* argv[1] is the verb: take release adjust deny ask assign clear block confirm decline withdraw. */
int holds_act(int argc, char **argv);

#endif
