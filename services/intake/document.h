/* intake/document.h: the way of a document (feeds.md 2): sniff, survey, post, answer; one code path for every format
 * and door. What is posted goes out through events: this file knows no topics and no broker. */
#ifndef INTAKE_DOCUMENT_H
#define INTAKE_DOCUMENT_H

#include "domain/dossier.h"
#include "intake/readings.h"
#include "intake/tally.h"

enum document_state { DOCUMENT_POSTED, DOCUMENT_HELD, DOCUMENT_REJECTED, DOCUMENT_DUPLICATE, DOCUMENT_VALIDATED };
/* Its word, as receipts have it. */
struct slice document_state_name(enum document_state state);

/* One document to be taken. Everything is borrowed until intake_close. */
struct intake_job {
    struct spool                  *spool;
    struct slice                   file_name;
    enum door                      door;
    instant_ms                     received_at_unix_ms;
    const struct intake_submitter *submitter;
    const struct intake_partners  *partners;        /* may be NULL */
    const struct mapping_profile  *profile;
    struct readings                readings;        /* of X12, the profile first; count 0: it alone reads everything */
    struct slice                   partner_id, currency;    /* of the command, empty none */
    struct slice                   traceparent;
    struct slice                   event_source, event_id;  /* whose data the bytes are, empty: no event's */
    struct reader_answers          answers;         /* of a HELD document, zero none */
    enum issue_code                assumed;         /* what the door had to assume of every line, ISSUE_NONE nothing */
    struct slice document_id;      /* of a record, which its door names; empty: of submitter and bytes */
    const struct line *submission; /* a record that was decoded, instead of bytes to be read; NULL: it has bytes */
    const struct intake_targets   *targets;         /* documents on file that this one may undo; NULL none */
    struct correction *correction; /* the one report on file, while documents are read again (correction.h), */
    struct slice                   report_name;     /* and the number that this document gave it */
    struct hash128                 report_partner;  /* whose lines of it count (reader.h), zero: all */
    bool accepts_received_at;                       /* lines of `local` bring their own (--received-from-input) */
    bool                           refuses_unknown_sender;  /* x12.unknown_sender: reject */
    bool sender_is_refused; /* no one profile of the submitter's reads it (x12_sender.h) */
    enum issue_code refused_for; /* it is on file as refused whole for what its bytes do not tell; ISSUE_NONE: not */
    bool is_validation;     /* nothing counts as posted: VALIDATED stays out, as POSTED would be */
};

/* A line, refused or not, or a dead row. */
struct intake_line {
    enum outcome                 outcome;           /* PASS, REJECT, DEAD */
    const struct line           *line;              /* NULL when DEAD; as far as understood when REJECT */
    const struct receipt        *receipt;           /* line_id is empty when DEAD or without partner */
    const struct issues         *issues;            /* errors and warnings of the line */
    const struct line_extension *extension;
    const struct draft          *draft;             /* its texts as sent */
    struct slice                 raw;               /* bytes as sent */
    uint64_t                     offset;
    struct slice                 report_id;         /* number of its report, empty none */
    struct slice                 report_partner;    /* whose report it is, as its document names him; empty none */
    struct slice                 target_id;         /* of the report that it corrects, empty none */
    bool                         resubmits;         /* of a document that sends its report again (15, 18, 6R) */
};

enum interchange_standing { INTERCHANGE_NEW, INTERCHANGE_SAME, INTERCHANGE_OTHER };

/* Where a document's lines go. Functions may be NULL. Everything handed over is borrowed until the function returns. */
struct intake_events {
    void      *context;
    /* A document of this id posted a line before. */
    bool     (*was_posted)(void *context, struct slice document_id);
    /* PASS, REJECT and DEAD, in the order of the document. */
    enum err (*on_line)(void *context, const struct intake_line *line);
    /* The control number of an interchange: did it come before, with the same bytes or others? */
    enum interchange_standing (*interchange)(void *context, struct slice key, const uint8_t sha256[SHA256_BYTES]);
    /* A report is undone by this document, told before the lines; or begins though no line of it is posted, or again
     * after its own cancel (PURPOSE_ORIGINAL). */
    enum err (*on_undo)(void *context, struct slice report_id, const struct report_ref *target, enum purpose purpose);
    /* {"review": …}, {"record": …} of `local`, in order with the lines: the JSON of the inner object. */
    enum err (*on_object)(void *context, struct slice name, struct slice json, uint32_t row, uint64_t offset);
    /* The id of the line of that name; empty when no line has it. */
    struct slice (*line_id_of)(void *context, struct slice name);
    /* Gives a name to a line; false when it is taken. */
    bool     (*name_line)(void *context, struct slice name, struct slice line_id);
};

struct intake_result {
    enum document_state    state;
    bool                   is_refused_whole;        /* REJECTED before its lines were judged one by one */
    struct slice           document_id, format, dialect;
    struct slice           own_partner;             /* whose lines are that name none, when no command does */
    uint64_t               passed, rejected, dead, warned, objects;
    uint64_t               skipped[SKIPPED_COUNT];
    struct tally           tally;                   /* of every line, refused or not */
    struct issues          errors, warnings;        /* 500 of each, then counts */
    const struct issue    *question;                /* of HELD */
    struct document_header header;
    struct slice interchange; /* key of an accepted interchange that registers: ISA05 to 08, ISA13; empty none */
    uint32_t               interchange_days;        /* how long it is remembered (x12.control_window_days) */
    uint8_t                interchange_sha256[SHA256_BYTES];
};

struct intake;

/* The next document of a file: an interchange of X12 is one, any other file is one. `*at` begins at 0. False after the
 * last; the document borrows the file's bytes. */
bool intake_document_next(const struct spool *file, size_t *at, struct spool *document);

/* Surveys a document: reads all of it and hands over nothing. ERR_MEMORY_EXHAUSTED only; what is wrong with the
 * document is in the result. */
enum err intake_open(struct intake **intake, const struct intake_job *job,
                     const struct intake_events *events) MUST_CHECK;

/* The same with the memory of a document that is done: for records, of which one is one document. */
enum err intake_again(struct intake *intake, const struct intake_job *job,
                      const struct intake_events *events) MUST_CHECK;

/* Posts up to `lines_max` lines of a document whose survey was good; *done at the end (at once for HELD, REJECTED,
 * DUPLICATE). An error of an event ends it and is handed on. */
enum err intake_post(struct intake *intake, unsigned lines_max, bool *done) MUST_CHECK;

/* Posts what is left of it, to its end. */
enum err intake_post_all(struct intake *intake) MUST_CHECK;

/* Whom the lines go to from here: a document is surveyed by one and posted by another. */
void intake_hand_over_to(struct intake *intake, const struct intake_events *events);

/* What is known so far; whole once intake_post is done. Lives until intake_close. */
const struct intake_result *intake_result(const struct intake *intake);

/* How its survey found it laid out. */
struct reader_layout intake_layout(const struct intake *intake);

/* Writes the syntax answer in the document's own format (feeds.md 12), once intake_post is done; false: the format has
 * none, or the document is held. */
bool intake_answer(struct intake *intake, const struct answer_options *options, const struct answer_sink *sink);

/* Writes what was refused as a document of the same format that can be corrected and sent again, once intake_post is
 * done; false: the format has none, or nothing was refused. */
bool intake_resend(struct intake *intake, const struct refused_lines *refused, const struct answer_sink *sink);

/* Of the line that is being handed over: what it said of itself in its own format. False: its format has no such
 * thing. */
bool intake_echo(struct intake *intake, const struct intake_line *line, struct reader_echo *echo);

/* The next set that was refused whole, after the last line: what it said of itself, and why; `*at` begins at 0. False:
 * there is no further one, or the format has no such thing. */
bool intake_refused(struct intake *intake, uint32_t *at, struct reader_echo *echo, struct issues *why);

/* Gives back what open took; the spool stays with whoever opened it. */
void intake_close(struct intake *intake);

#endif
