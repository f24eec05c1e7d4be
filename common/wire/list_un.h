/* wire/list_un.h: the UN_XML consolidated list (screening.md 6.4). */
#ifndef WIRE_LIST_UN_H
#define WIRE_LIST_UN_H

#include "wire/list_draft.h"

enum { LIST_UN_DEPTH_MAX = 16 };

/* Reads INDIVIDUAL and ENTITY elements. Malformed XML, a declared entity or document type, elements deeper than
 * LIST_UN_DEPTH_MAX and entries without reference number or name are problems with their row; false when there was
 * any. */
bool list_un_read(const struct text_source *s, struct slice text, struct list_entry **entries,
                  unsigned *count) MUST_CHECK;

#endif
