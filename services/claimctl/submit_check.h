/* services/claimctl/submit_check.h: `claimctl submit --check` (surfaces.md 2.9). */
#ifndef CLAIMCTL_SUBMIT_CHECK_H
#define CLAIMCTL_SUBMIT_CHECK_H

#include "runtime/setting.h"

/* argv[0] is `submit`. Of the settings only intake.profiles_dir is read. The exit code of surfaces.md 2.3. */
int claimctl_submit_check(const struct settings *settings, int argc, char **argv);

#endif
