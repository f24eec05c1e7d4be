/* domain/name/mark.h: the words of a weighed name that are no part of it (MV, NO, IMO and its digits, its own
 * initials),
 * and whether the whole is a brand, or Chinese. */
#ifndef DOMAIN_NAME_MARK_H
#define DOMAIN_NAME_MARK_H

#include "domain/name/compare.h"

/* Of a form whose tokens are weighed: those that are no part of it weigh next to nothing. */
void mark_words(struct name_form *f);

#endif
