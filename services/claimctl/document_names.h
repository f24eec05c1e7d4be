/* claimctl/document_names.h: the names of documents by their ids, as the state of intake has them: also of a document
 * of which no line went on. */
#ifndef CLAIMCTL_DOCUMENT_NAMES_H
#define CLAIMCTL_DOCUMENT_NAMES_H

#include "claimctl/broker.h"
#include "claimctl/directory.h"

struct document_names {
    struct arena     arena;
    struct directory ids;                           /* document_id → place + 1 */
    struct spill     room;
    struct slice    *names;
    uint32_t         count;
    bool             was_read;
};

/* Empty; gives the memory back. */
void document_names_open(struct document_names *d);
void document_names_close(struct document_names *d);

/* The name of one, empty when intake does not know it. The first question reads intake.changelog.v1; where that cannot
 * be read nobody is named. Borrowed. */
struct slice document_names_find(struct document_names *d, struct broker *b, struct slice document_id);

#endif
