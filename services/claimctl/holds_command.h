/* claimctl/holds_command.h: an act on what waits as the command line says it, and how the answer to it is told: for
 * acts that are sent to services and for acts on the state of a run alike. */
#ifndef CLAIMCTL_HOLDS_COMMAND_H
#define CLAIMCTL_HOLDS_COMMAND_H

#include "claimctl/broker.h"
#include "claimctl/nearest.h"
#include "claimctl/output.h"
#include "claimctl/topic_reader.h"
#include "stage/review.h"

enum { HOLDS_OBJECTS_MAX = 1000 };

/* A line or a case that a word of the command line names. */
struct holds_named {
    struct slice        id;                         /* line_id or case_id */
    bool                is_case, waits;
    int64_t             amount_minor;               /* outstanding; no currency: nothing is claimed */
    struct slice        currency;
    struct topic_place  place;                      /* of its last record */
    struct slice        dossier, key;               /* of that record; these three: empty for the state of a run */
    int64_t             offset;
    struct holds_named *next;
};

struct holds_act_row { const char *word; enum act act; enum verb verb; };

struct holds_command {
    struct broker               broker;             /* who acts, in which roles */
    struct output               out;
    struct arena                arena, scratch;     /* of the command; of one object */
    const struct holds_act_row *row;
    const char                 *state;              /* --state; NULL: services */
    struct slice                reason, qty, role, pivot, lasts;
    int64_t                     qty_milli, lasts_ms;
    enum role                   role_number;
    bool                        execute, yes;
    struct slice                words[HOLDS_OBJECTS_MAX];
    unsigned                    word_count;
    struct nearest              near[HOLDS_OBJECTS_MAX];        /* to each of them, of what was met */
    struct holds_named         *named[HOLDS_OBJECTS_MAX];       /* by word: what was met so far, the newest first */
    uint32_t                    effective, pending, noted, void_count;
    int                         code;               /* of the gravest void */
};

/* argv[1] is the act. An exit code; what is wrong is said. Close it whatever it was. */
int holds_command_read(struct holds_command *c, int argc, char **argv);
int holds_command_close(struct holds_command *c, int code);

/* The act on one dossier; which section it is about is the caller's to say, and the time. */
struct review holds_command_review(const struct holds_command *c, const struct dossier *d, instant_ms at_unix_ms);

/* The entry of a line or case under a word that names it, one for all its dossiers, of which this is that of a record.
 * NULL: the word does not name it, or what became of it since was met before. */
struct holds_named *holds_command_note(struct holds_command *c, unsigned word, const struct dossier *d,
                                       const struct record *record);

/* Which of them the word means: the one that waits, else any. NULL, and *code: there is none, or several wait, and the
 * act is refused, since the rows of every file of one name are called alike. */
const struct holds_named *holds_command_choose(const struct holds_command *c, unsigned word, int *code);

/* Many of them at once, or much money, are a decision that is typed; of acts that decide, before one is done. */
int holds_command_confirm(const struct holds_command *c, const struct holds_named *const *objects);

/* What it is about, as `holds list` says it; the answer; the lines that a closed case leaves waiting. */
void holds_command_print_subject(struct holds_command *c, const struct dossier *d, const struct catalogue *catalogue);
void holds_command_print_answer(struct holds_command *c, const struct dossier *d, const struct catalogue *catalogue,
                                const struct review *act,
                                const struct review_answer *a);

/* The sum, and that a plan is a plan. The exit code of the whole. */
int holds_command_finish(struct holds_command *c, int code);

#endif
