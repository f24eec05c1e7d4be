/* claimctl/deadletters.h: deadletters.v1 as it stands, with what audit.v1 says was done about each letter. */
#ifndef CLAIMCTL_DEADLETTERS_H
#define CLAIMCTL_DEADLETTERS_H

#include "base/instant.h"
#include "claimctl/broker.h"
#include "claimctl/listing.h"
#include "claimctl/output.h"
#include "runtime/source.h"

enum { DEADLETTERS_TEXT_BYTES = 24 << 20, DEADLETTERS_WORDS_MAX = 1000 };

enum letter_handled { LETTER_OPEN, LETTER_REDRIVEN, LETTER_DROPPED };

/* One letter; texts and the record live in the arena of the command. */
struct letter {
    struct record       record;
    instant_ms          at_unix_ms;
    struct slice        id;                         /* partition:offset */
    struct slice        code, stage, topic, line_id, document_id, trace_id, errors, exception, first_failed_at;
    uint32_t            attempt;
    int32_t             partition;                  /* where the record came from; -1: not said */
    enum letter_handled handled;
    struct slice        handled_by;
};

struct deadletters {
    struct broker     broker;
    struct output     out;
    struct arena      arena;
    enum listing_form form;
    struct letter    *letters;                      /* in order of partition and offset */
    unsigned          count, capacity;
    struct slice      words[DEADLETTERS_WORDS_MAX];
    unsigned          word_count;
    struct slice      code, reason, with, rate;     /* of the command line */
    bool              all, again, execute, yes;
};

/* Takes options and words (`words`: how many there must be, -1 any); connects nothing. An exit code; close it whatever
 * it was. */
int deadletters_open(struct deadletters *d, int argc, char **argv, int words);

/* Reads both topics. */
int deadletters_read(struct deadletters *d);
int deadletters_close(struct deadletters *d, int code);

/* By id or line_id (the last of several). NULL: said on stderr, *exit_code set. */
struct letter *deadletters_named(struct deadletters *d, struct slice word, int *exit_code);

/* --code, and only open ones unless --again. */
bool deadletters_is_wanted(const struct deadletters *d, const struct letter *l);
struct slice deadletters_word(enum letter_handled handled);

/* A line that intake refused: its submitter has the answer, and nobody here has to do anything. What no stage could
 * read is none. */
bool deadletters_is_refusal(const struct record *record);

/* The verbs that change something: a plan, or with --execute the thing itself, each audited. */
int deadletters_redrive(int argc, char **argv);
int deadletters_drop(int argc, char **argv);

#endif
