/* wire/list_csv.h: lists of names in our own CSV (screening.md 6.4). */
#ifndef WIRE_LIST_CSV_H
#define WIRE_LIST_CSV_H

#include "wire/list_draft.h"

/* UTF-8 with the header entry_id,kind,name,aliases,weak_aliases,countries,birth_dates,identifiers,program,remarks in
 * any order, all but entry_id and name optional; several values by |, identifiers type:value. Every unreadable record
 * is a problem with its row; false when there was any. */
bool list_csv_read(const struct text_source *s, struct slice text, struct list_entry **entries,
                   unsigned *count) MUST_CHECK;

#endif
