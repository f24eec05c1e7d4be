/* intake/replay.h: a document read under another mapping profile, held against how it was posted (feeds.md 11): what
 * differs, as line objects that make it so: a CANCEL or REPLACE of what was posted, and what was refused and is not any
 * more. */
#ifndef INTAKE_REPLAY_H
#define INTAKE_REPLAY_H

#include "intake/document.h"
#include "intake/json_out.h"

enum { REPLAY_CHANGES_SHOWN = 100 };

/* same: posted and equal, they stay; refused: under both profiles, or by the new one alone (what was posted stays
 * then), and what somebody took back since. */
struct replay_counts { uint64_t same, replaced, cancelled, added, refused, kept; bool has_several_reports; };

/* What became of a posted line since. */
struct replay_standing { void *context; bool (*is_ended)(void *context, struct slice line_id); };

/* Reads both in step. `before` as it was posted; `stands` may be NULL: all of it does. Line objects go to the sink, one
 * a line, after the document's report, to which they belong: who cancels the report takes them back too. The same
 * documents, profiles and standing give the same bytes, so that they are posted once however often they are sent.
 * `changes` (may be NULL, an open array) takes the first of them with what stood before. */
enum err replay_compare(const struct intake_job *before, const struct intake_job *after,
                        const struct replay_standing *stands, const struct answer_sink *sink,
                        struct json_out *changes, struct replay_counts *counts) MUST_CHECK;

/* "lines": {"same": … "posted": … }, a member of an open object. */
void replay_put_counts(struct json_out *out, const struct replay_counts *c);

#endif
