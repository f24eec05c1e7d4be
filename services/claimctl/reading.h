/* claimctl/reading.h: the reading verbs over a finished run: one way to walk its lines, what intake refused, its balances. */
#ifndef CLAIMCTL_READING_H
#define CLAIMCTL_READING_H

#include "claimctl/output.h"
#include "claimctl/standing.h"
#include "claimctl/state_dir.h"
#include "wire/node.h"

struct reading {
    struct state_dir  state;
    struct transcript transcript;
    struct arena      arena;                        /* of the line at hand */
    struct slice      object_json;                  /* of the object at hand: as results have it */
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

/* Called for each object; its member as text, empty when it is absent, by reading_member. False ends the walk. */
typedef bool reading_visit_object(struct reading *r, const struct node *object, void *context);
/* Walks what never became a line: rows and documents that intake refused, as results have them. */
bool reading_walk_refused(struct reading *r, reading_visit_object *visit, void *context);
/* Walks both in the order in which the run took them; a visit may be NULL. */
bool reading_walk_all(struct reading *r, reading_visit *visit, reading_visit_object *visit_refused, void *context);
/* Walks the balances at the end of the run (first-hour.md 8), in their order. */
bool reading_walk_balances(struct reading *r, reading_visit_object *visit, void *context);
struct slice reading_member(const struct node *object, const char *name);

/* True when `word` names the line: its id, its name (line_name.h), or its invoice or claim number. */
bool reading_is_named(const struct standing *s, struct slice word);

#endif
