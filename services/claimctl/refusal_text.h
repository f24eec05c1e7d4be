/* claimctl/refusal_text.h: what intake refused, for people: read from the object that stands for it in the results. */
#ifndef CLAIMCTL_REFUSAL_TEXT_H
#define CLAIMCTL_REFUSAL_TEXT_H

#include "base/str.h"

/* One sentence of an object of first-hour.md 8: a REJECT or DEAD row, a document not posted, a review without effect.
 * `lines`: of its document that were told one by one. An object that cannot be read is put as it is. */
void refusal_put_sentence(struct text *t, struct arena *a, struct slice object, uint32_t lines);

#endif
