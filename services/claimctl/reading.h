/* claimctl/reading.h: the reading verbs over a finished run (--state DIR) or over the topics of an installation: one
 * way to walk its lines, what intake refused, its balances. */
#ifndef CLAIMCTL_READING_H
#define CLAIMCTL_READING_H

#include "claimctl/broker.h"
#include "claimctl/directory.h"
#include "claimctl/listing.h"
#include "claimctl/nearest.h"
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
    struct broker     broker;
    bool              has_broker;                   /* else a folder */
    FILE             *balances;                     /* of the broker, once asked for */
    const char       *folder;                       /* of --state */
    enum listing_form form;                         /* of listings */
    bool              has_form;                     /* --format was given */
    bool              shows_persons;                /* else lines are walked as wire/masking.h leaves them */
    struct directory  persons;                      /* keys of those that lines named: cases do not say what they are */
};

/* Takes --state, the options of the broker, --format and --json out of argv; reads nothing yet, so that a wrong command
 * line is told at once. An exit code; when it is another one than EXIT_DONE nothing is left to be closed. */
int reading_open(struct reading *r, int *argc, char **argv);

/* Opens the folder of the run, or reads the topics of the installation. An exit code; close it whatever it was. */
int reading_start(struct reading *r);
int reading_close(struct reading *r, int code);

/* Called for each line with its standing; false ends the walk. */
typedef bool reading_visit(struct reading *r, const struct transcript_entry *e, const struct standing *s,
                           void *context);
/* Walks all lines, or the cases. False: the run's files cannot be read, said on stderr. */
bool reading_walk(struct reading *r, reading_visit *visit, void *context);
bool reading_walk_cases(struct reading *r, reading_visit *visit, void *context);

/* Called for each object. False ends the walk. */
typedef bool reading_visit_object(struct reading *r, const struct node *object, void *context);
/* Walks both in the order in which the run took them; a visit may be NULL. */
bool reading_walk_all(struct reading *r, reading_visit *visit, reading_visit_object *visit_refused, void *context);
/* Walks the balances at the end of the run (first-hour.md 8), in their order. */
bool reading_walk_balances(struct reading *r, reading_visit_object *visit, void *context);

/* True when `word` names the line: its id, its name (line_name.h), or its invoice or claim number. */
bool reading_is_named(const struct standing *s, struct slice word);

/* Those names, for whoever looks for a line and misspells it. */
void reading_offer_names(struct reading *r, const struct standing *s, struct nearest *near);

#endif
