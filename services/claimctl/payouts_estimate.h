/* claimctl/payouts_estimate.h: `payouts estimate`: what lines would be paid at the end of a world's run. */
#ifndef CLAIMCTL_PAYOUTS_ESTIMATE_H
#define CLAIMCTL_PAYOUTS_ESTIMATE_H

/* payouts estimate --world DIR --input FILE; nothing is recorded. An exit code: EXIT_REFUSED when a line ends REJECT or
 * DEAD. */
int payouts_estimate(int argc, char **argv);

#endif
