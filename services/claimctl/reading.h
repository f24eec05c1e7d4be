/* claimctl/reading.h: the reading verbs over a finished run: one way to walk its lines. */
#ifndef CLAIMCTL_READING_H
#define CLAIMCTL_READING_H

#include "claimctl/output.h"
#include "claimctl/standing.h"
#include "claimctl/transcript.h"

struct reading {
    struct transcript transcript;
    struct arena      arena;                        /* of the line at hand */
    struct output     out;
};

/* Opens what argv's --state names and takes the option out. Answers an exit code, EXIT_DONE when open. */
int reading_open(struct reading *r, int *argc, char **argv);
int reading_close(struct reading *r, int code);

/* Called for each line with its standing; false ends the walk. */
typedef bool reading_visit(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context);
/* Walks all lines, or the cases. False: the run's files cannot be read, said on stderr. */
bool reading_walk(struct reading *r, reading_visit *visit, void *context);
bool reading_walk_cases(struct reading *r, reading_visit *visit, void *context);

/* True when `word` names the line: its id, `document:row`, or its invoice or claim number. */
bool reading_is_named(const struct standing *s, struct slice word);

#endif
