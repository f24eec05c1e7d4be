/* wire/list_ofac.h: the OFAC_SDN files sdn.csv, alt.csv, add.csv, sdn_comments.csv (screening.md 6.4). */
#ifndef WIRE_LIST_OFAC_H
#define WIRE_LIST_OFAC_H

#include "wire/list_draft.h"

enum list_ofac_file { LIST_OFAC_SDN, LIST_OFAC_ALT, LIST_OFAC_ADD, LIST_OFAC_COMMENTS, LIST_OFAC_COUNT };

/* Which file a path names by its end, ignoring case; false when none. */
bool list_ofac_which(struct slice path, enum list_ofac_file *which);

/* Reads the texts of the four files; sdn must have bytes, the others may be empty. Files without header, CRLF, a final
 * byte 0x1A, `-0-` for an absent value. A record with another number of columns, without its number, or naming an entry
 * that sdn does not have is a problem with file and row; false when there was any. paths name the files in problems. */
bool list_ofac_read(const struct text_source *s, const struct slice texts[LIST_OFAC_COUNT],
                    const struct slice paths[LIST_OFAC_COUNT], struct list_entry **entries, unsigned *count) MUST_CHECK;

#endif
