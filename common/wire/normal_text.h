/* wire/normal_text.h: text of reference data as domain.md 3.1 wants it. */
#ifndef WIRE_NORMAL_TEXT_H
#define WIRE_NORMAL_TEXT_H

#include "base/str.h"

/* *text = raw in NFC, a line break as one blank, outer blanks off, in the arena or borrowed from raw. False: raw is no
 * UTF-8 or holds another control or a format character. */
bool normal_text(struct arena *a, struct slice raw, struct slice *text) MUST_CHECK;

#endif
