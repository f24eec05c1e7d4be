/* claimctl/documents_page.h: the documents that intake's door lists, page by page, newest first. */
#ifndef CLAIMCTL_DOCUMENTS_PAGE_H
#define CLAIMCTL_DOCUMENTS_PAGE_H

#include "claimctl/door_client.h"

/* What the door filters by; NULL: all. `since` as people say it, 3d or 2026-04-01, is read by documents_page_since. */
struct documents_wanted { const char *state, *since, *name; char instant[32]; };

/* Makes `since` an instant. False: it is none. */
bool documents_page_since(struct documents_wanted *w);

/* False ends it. */
typedef bool documents_visit(void *context, const json_t *document);

/* Visits each of them. An exit code; errors are said on stderr. */
int documents_page_visit(const struct door_client *door, const struct documents_wanted *w, documents_visit *visit,
                         void *context);

/* Visits those of an array that were kept newest first, from the oldest on. */
void documents_page_visit_backwards(const json_t *kept, documents_visit *visit, void *context);

/* It corrects another document: a replay made it, whatever its name. */
bool documents_page_is_correction(const json_t *document);

/* A version of that profile (NAME@VERSION) is among those that read it: groups of an X12 document may each have one. */
bool documents_page_was_read_by(const json_t *document, struct slice profile);

#endif
