/* domain/name/name_part.h: the names that stand within one text of a name, as people write them on invoices: "Elm Ltd c/o
 * Oak Bank", "Elm Ltd (formerly Ash Trading)". */
#ifndef DOMAIN_NAME_NAME_PART_H
#define DOMAIN_NAME_NAME_PART_H

#include "base/str.h"

enum { NAME_PARTS_MAX = 20 };                       /* as many as a name of 120 bytes has room for */

/* What stands before, between and after the words of name_marker.def, from left to right; 0 for a name without them.
 * Borrowed from `name`. */
unsigned name_parts(struct slice name, struct slice parts[NAME_PARTS_MAX]);

#endif
