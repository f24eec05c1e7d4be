/* domain/name/run.h: neighbouring tokens of a name as one, which may stand against one token of another name
 * (screening.md 6.3 step 3). */
#ifndef DOMAIN_NAME_RUN_H
#define DOMAIN_NAME_RUN_H

#include "domain/name/compare.h"

/* Fills the runs of a form whose tokens are prepared. `is_company`: COMPANY or CORPORATION was taken off its end. */
void run_join(struct arena *a, struct name_form *f, bool is_company);

#endif
