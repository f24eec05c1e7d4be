/* base/sentence.h: sentences with braces, filled from named arguments; what is not known leaves no hole. */
#ifndef BASE_SENTENCE_H
#define BASE_SENTENCE_H

#include "base/str.h"

/* Puts `sentence`, each {name} replaced by what `argument` answers of `of`. Where that is empty, words stand in for it
 * ("The sign of a field was corrected."); a brace that ends a word vanishes. False: something stood in. */
bool sentence_fill(struct text *t, struct slice sentence, struct slice (*argument)(const void *of, struct slice name),
                   const void *of);

#endif
