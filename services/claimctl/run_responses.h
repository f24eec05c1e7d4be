/* claimctl/run_responses.h: the 849s of a run (feeds.md 12): what was decided of each line of its X12 documents, as
 * their senders are told it. Of a document that replaces or changes another one those lines are answered that were
 * posted; one that cancels has none. */
#ifndef CLAIMCTL_RUN_RESPONSES_H
#define CLAIMCTL_RUN_RESPONSES_H

#include "claimctl/run_engine.h"
#include "claimctl/run_register.h"
#include "intake/response.h"

struct run_response;

struct run_responses { struct run_response *first, **last; uint32_t acknowledgement; };

/* No document is owed an answer. */
void run_responses_open(struct run_responses *r);

/* A document was posted or refused, whole or line by line; the name lives as long as the run. */
void run_responses_add(struct run_responses *r, struct arena *a, const struct run_source *source, struct slice name);

/* Writes <name>.849 for each into the folder, which is made when missing. What cannot be written is said on stderr. */
enum err run_responses_write(const struct run_responses *r, struct run_engine *engine, const char *folder) MUST_CHECK;

/* What was decided of a line of the run, reasons of all sections in order of precedence; false: nothing is known of it.
 * The arena is emptied first. */
bool run_responses_find(struct run_engine *engine, struct arena *a, struct slice line_id, struct disposition *out);

#endif
