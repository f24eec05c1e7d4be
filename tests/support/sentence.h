/* support/sentence.h: whether a rendered sentence reads as one. */
#ifndef SUPPORT_SENTENCE_H
#define SUPPORT_SENTENCE_H

#include "base/str.h"

#include <string.h>

/* True when nothing is missing within it: no blank before a sign or beside a blank, no brace that was not filled, no
 * sign after a colon; empty is whole, too. */
static inline bool sentence_is_whole(struct slice s)
{
    for (size_t i = 0; i < s.size; i++) {
        char at = s.bytes[i], next = i + 1 < s.size ? s.bytes[i + 1] : 0;
        if (at == '{' || at == '}') return false;
        bool ends_word = i + 2 >= s.size || s.bytes[i + 2] == ' ';
        if (at == ' ' && (i == 0 || next == 0 || next == ' ' || (strchr(".,;:)", next) && ends_word))) return false;
        if (strchr(":,;(", at) && next && strchr(".,;:)", next)) return false;
    }
    return true;
}

#endif
