/* wire/text_encoding.h: what a file's bytes say where nothing says how they were written. */
#ifndef WIRE_TEXT_ENCODING_H
#define WIRE_TEXT_ENCODING_H

#include "base/arena.h"
#include "base/str.h"

/* Offset of the first byte that is no UTF-8; the size of the text where all is. */
size_t text_utf8_end(struct slice text);

/* Bytes of Windows-1252 (and so of Latin-1) as UTF-8, in the arena; the five that it leaves out are blanks. */
struct slice text_of_windows(struct arena *a, struct slice text);

#endif
