/* claimctl/dead_line.h: a dead letter as the object by which a run reports a line that ended there (surfaces.md 7.2):
 * what intake refused, and dossiers that a stage could not use. */
#ifndef CLAIMCTL_DEAD_LINE_H
#define CLAIMCTL_DEAD_LINE_H

#include "base/instant.h"
#include "runtime/source.h"

struct dead_line {
    struct slice json;                              /* as results have it (refused_line.h) */
    struct slice line_id, document_id;              /* may be empty */
    instant_ms   failed_unix_ms;
    uint32_t     position;                          /* or row: its place among the lines of the document */
};

/* `document`: the name of the file, empty when nobody knows it: then the beginning of document_id stands for it. False:
 * the record has no headers of ours. In the arena. */
bool dead_line_read(struct arena *a, const struct record *record, instant_ms at_unix_ms, struct slice document,
                    struct dead_line *out);

/* The header that names the document. */
struct slice dead_line_document_id(const struct record *record);

#endif
