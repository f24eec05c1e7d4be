/* claimctl/publish.h: records on their way to partners.v1 and programs.v1: what is on file, what the draft makes of it,
 * one row a record; sent only when it is to be done (surfaces.md 1, rule 4). */
#ifndef CLAIMCTL_PUBLISH_H
#define CLAIMCTL_PUBLISH_H

#include "claimctl/broker.h"
#include "claimctl/output.h"
#include "runtime/kafka_writer.h"
#include "wire/reference_shelf.h"

enum { PUBLISH_ANSWERS = SHELF_REFUSED + 1 };

struct publish {
    struct broker       *broker;
    struct shelf        *shelf;
    struct kafka_writer *writer;                    /* NULL: a plan */
    struct arena         scratch;
    struct publisher     who;
    struct output       *out;
    bool                 quiet;                     /* prints only what is not simply in force */
    uint32_t             counts[PUBLISH_ANSWERS];
    uint32_t             sent;
    uint32_t             unreadable;                /* records on file that are passed over, said on stderr */
};

/* Reads what is on file; execute: opens the writer, too. An exit code; errors are said. Close it whatever it was. */
int publish_open(struct publish *p, struct broker *b, struct output *out, bool execute);

/* Of a plan from here on what is to be done is done. An exit code; errors are said. */
int publish_arm(struct publish *p);

/* An entry of the audit that no record bears: who did what, why. OK, errors of the writer. */
enum err publish_note(struct publish *p, struct slice verb, struct slice object, struct slice reason) MUST_CHECK;

/* True when something on file was put in force by people, not by a world that was loaded. */
bool publish_has_acts_of_people(struct publish *p);

/* One record: its row, and the record when it is to be done. An exit code of the connection, not of the record. */
int publish_draft(struct publish *p, const struct reference_draft *draft);

/* All of them; after the last it waits until everything is acknowledged and says the sum. EXIT_CONFLICT, EXIT_FAILED
 * when a record was not taken, an exit code of the connection. */
int publish_all(struct publish *p, const struct reference_drafts *drafts);
void publish_close(struct publish *p);

/* What is on file as a catalogue, approved versions only, for checks that need the others; NULL: no memory. */
struct catalogue *publish_catalogue(struct publish *p);

/* Says that no program of that id is in force, with the nearest that is; EXIT_NOT_FOUND. */
int publish_refuse_program(const struct catalogue *on_file, struct slice program_id);

#endif
