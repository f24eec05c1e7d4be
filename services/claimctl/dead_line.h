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

/* What the reader knows of it: the name of the file, else the beginning of document_id stands for it; the name that a
 * run gave the line. Either may be empty. */
struct dead_line_names { struct slice document, ref; };

/* False: the record has no headers of ours. In the arena. */
bool dead_line_read(struct arena *a, const struct record *record, instant_ms at_unix_ms,
                    const struct dead_line_names *names, struct dead_line *out);

/* The header that names the line; empty: nobody could tell. */
struct slice dead_line_id(const struct record *record);

/* The header that names the document. */
struct slice dead_line_document_id(const struct record *record);

#endif
