/* services/claimctl/submit_check.h: `claimctl submit --check` (surfaces.md 2.9). */
#ifndef CLAIMCTL_SUBMIT_CHECK_H
#define CLAIMCTL_SUBMIT_CHECK_H

/* argv[0] is `submit`. The exit code of surfaces.md 2.3. */
int claimctl_submit_check(int argc, char **argv);

#endif
