/* base/utf8.h: UTF-8 one code point at a time. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

enum { UTF8_REPLACEMENT = 0xFFFD };

/* Takes the first code point off *rest, which must not be empty. A malformed byte (overlong forms, surrogates and what
 * lies above U+10FFFF included) is taken alone and read as U+FFFD. */
uint32_t utf8_next(struct slice *rest);

/* True when no byte is malformed. */
bool utf8_is_valid(struct slice s);

#endif
