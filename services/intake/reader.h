/* intake/reader.h: how a format is read, behind one small set of functions: survey the whole document, then hand over
 * its lines one by one as drafts. Readers do no I/O and publish nothing. */
#ifndef INTAKE_READER_H
#define INTAKE_READER_H

#include "intake/answer.h"
#include "intake/readings.h"
#include "intake/spool.h"
#include "intake/typing.h"

/* What a step of a reader came upon. */
enum reader_step {
    READER_LINE,                                    /* the draft is filled */
    READER_DEAD,                                    /* never became a line: `raw`, position, row; the issue says why */
    READER_SKIPPED,                                 /* no line: `skipped` says what */
    READER_OBJECT,                                  /* {"review": …}, {"record": …} of `local` */
    READER_UNDO, READER_UNDONE,                     /* `undo` says which report is corrected by the lines in between */
    READER_END,
};

/* Rows that are no lines. */
#define SKIPPED_WORDS(S) \
    S(header) S(blank) S(total) S(separator) S(nil_report) S(document) S(mirror) S(demand) S(bare_ptd) \
    S(other_quantity) S(unchanged) S(note)
enum skipped {
#define SKIP(word) SKIPPED_##word,
    SKIPPED_WORDS(SKIP)
#undef SKIP
    SKIPPED_COUNT
};
struct slice skipped_name(enum skipped s);

/* Verdict of a survey. */
enum survey { SURVEY_READ, SURVEY_HELD, SURVEY_REJECTED };

/* What is known of a report that a document cancels, replaces or changes. SEVERAL: reports of several partners have
 * the number, and the document does not say whose it means; TOO_LONG: more documents made it than are noted; LOST: one
 * of them, or the profile that read it, is not kept any more. */
enum target_standing {
    TARGET_UNKNOWN, TARGET_POSTED, TARGET_CANCELLED, TARGET_SEVERAL, TARGET_TOO_LONG, TARGET_LOST
};

/* The report that a document speaks of: its number, and whose it is. partner: hash of the one that the document names,
 * zero when it names none; others: of those whose its lines are, or its sender's own. */
enum { REPORT_OTHERS_MAX = 8 };
struct report_ref {
    struct slice   number;
    struct hash128 partner, others[REPORT_OTHERS_MAX];
    unsigned       other_count;
    bool           has_more;                        /* lines of more partners than are listed */
};

struct intake_job;

/* The documents on file, by their report (feeds.md 6; reports.h). */
struct intake_targets {
    void *context;
    enum target_standing (*standing)(void *context, const struct report_ref *report);
    /* The documents that make the report, oldest first, each as it was read; at most TARGET_CHAIN_MAX. */
    enum err (*open)(void *context, const struct report_ref *report, struct intake_job *jobs, unsigned *count);
    void     (*close)(void *context, struct intake_job *jobs, unsigned count);
    /* A stage refused the line that was posted under this id; NULL: nobody here knows. */
    bool     (*refused)(void *context, struct slice line_id);
    /* The survey came upon a report that the document takes back or sends again; may be NULL. */
    void     (*met)(void *context, const struct report_ref *report);
};
enum { TARGET_CHAIN_MAX = 64 };

/* Settles a HELD document (feeds.md 14): what an answer says stands after the file's own evidence. */
struct reader_answers {
    enum decimal_style decimal;
    enum date_style    dates;
    uint32_t           header_row;
    struct slice       sheet, encoding;
};

enum purpose { PURPOSE_ORIGINAL, PURPOSE_CANCEL, PURPOSE_REPLACE, PURPOSE_CHANGE, PURPOSE_NONE, PURPOSE_RESUBMISSION };

/* What the document says of all its lines. */
struct document_header {
    struct slice partner_id, currency, report_id, original_report_id, report_from, report_to;
    struct slice event_source, event_id;            /* of an event whose data the lines are, empty none */
    struct slice event_data;
    struct slice sender;                            /* X12: qualifier:id, stands in for a partner that nobody names */
    enum purpose purpose;
    bool         is_test;
    bool         lacks_partner;                     /* a row of goods has nothing in the place for it */
    bool         names_partner;                     /* lines have a place for it, or the document */
    struct slice control_lines, control_qty, control_amount;   /* as sent, empty none */
};

/* The report that the lines after a READER_UNDO correct, or send again; PURPOSE_ORIGINAL: that they are of, and that
 * another part of the document corrects. is_shared: more than one part is about it. */
struct reader_undo { enum purpose purpose; struct slice target_id; bool is_shared; };

/* The line named and approved within a run of claimctl (first-hour.md 8); only from `local`. */
struct line_extension {
    struct slice       received_at, name;
    const struct slice *approved_by;
    unsigned           approved_by_count;
};

/* How the document is laid out, for what is written beside its rows. delimiter 0: it is no text; width: columns;
 * header_at, header_end: bytes of the last row of its header, the end of its line included; wide: UTF-16; header_first
 * to header_row and `sheet` (from 0) are of a workbook, has_merges: it has cells over several rows; read_as: how its
 * cells were read where a part of them might be read otherwise (READ_AS_COLUMN). */
struct reader_layout {
    char delimiter;
    bool is_utf8, is_wide, is_big_endian, has_merges;
    uint32_t header_first, header_row;
    unsigned sheet, width;
    uint64_t header_at, header_end;
    struct slice read_as;
};

/* What an X12 line and what stands around it said of themselves, for the answer to it. Texts live until the next
 * line. */
struct reader_echo {
    struct slice from_qualifier, from_id, to_qualifier, to_id, isa_version, group_from, group_to,
        version;                                    /* ISA05-08, 12, GS02, 03, 08 */
    struct slice claim_type, report_id;             /* BAA02; BPT02, BAA05 */
    struct slice contract_qualifier;                /* CON01 */
    struct slice claim_line, movement, lin01, part_qualifier, part, control_no;    /* PAD01, 02, LIN01-03, REF*D9 */
    struct slice qty_code, qty, qty_unit, amount, amount_flag;     /* QTY01-03; AMT*S, else CC: AMT02, 03 */
    uint32_t     set;                               /* ordinal of the set in the document */
    enum answer_849 answer;                         /* what its sender's profile wants to be told */
    bool         is_test, has_asked;                /* has_asked: the amount is that of AMT*S */
};

struct reader {
    const struct reader_ops      *ops;
    struct spool                 *spool;
    const struct mapping_profile *profile;          /* at work: of X12 that of the group */
    const struct readings        *readings;
    struct typing                *typing;           /* survey sets decimals and dates; X12 types sets while surveying */
    struct arena                 *arena;            /* of the document: bounded things only */
    struct arena                 *line_arena;       /* emptied by the caller before each next */
    struct issues                *errors, *warnings;    /* of the document */
    struct reader_answers         answers;
    const struct intake_targets  *targets;          /* NULL: none is on file */
    struct document_header        header;
    bool                          is_strict, is_local;
    bool repeats_undoing; /* the survey met a correction of a report that was cancelled before */
    bool has_other_sets;  /* accepted, and meant to make no lines: answers to us, confirmations */
    struct reader_layout          layout;
    struct slice                  format, dialect;  /* for the receipt: csv; `;` windows-1252 comma dmy, row 3 */
    struct issue                 *question;         /* of SURVEY_HELD */
    enum skipped                  skipped;          /* of the last READER_SKIPPED */
    struct slice                  report_id;        /* of the set of the last line; empty: the header's */
    struct slice                  report_partner;   /* the partner that the set names; empty: the header's */
    struct slice                  command_partner;  /* of lines that name none, empty none */
    struct reader_undo            undo;             /* of the last READER_UNDO */
    bool                          deletes;          /* the last line takes its like out of the report (PAD03 DI) */
    struct line_extension         extension;        /* of the last READER_LINE */
    struct slice                  object_name, object;  /* of the last READER_OBJECT: review, record; its JSON */
};

struct reader_ops {
    struct slice     format;                        /* csv, json, x12, xlsx: until the survey knows better */
    enum survey    (*survey)(struct reader *);
    /* Fills the draft (also position, row, offset, raw for READER_DEAD) and adds issues of the line to `issues`. */
    enum reader_step (*next)(struct reader *, struct draft *d, struct issues *issues);
    void           (*rewind)(struct reader *);      /* to the first line again */
    void           (*close)(struct reader *);
    /* Told what was found in the last line, typing included, for the answer in the format. May be NULL. */
    void           (*judged)(struct reader *, const struct issues *issues);
    /* Writes the syntax answer in the document's own format, after the last line. May be NULL: there is none. */
    void           (*answer)(struct reader *, const struct answer_options *options, const struct answer_sink *sink);
    /* Writes what was refused as a document of the same format, after the last line; false: nothing. May be NULL. */
    bool           (*resend)(struct reader *, const struct refused_lines *refused, const struct answer_sink *sink);
    /* Of the line that was read last and begins there. May be NULL. */
    void           (*echo)(struct reader *, uint64_t offset, struct reader_echo *echo);
    /* What was refused whole, after the last line: the next set of `*at`, which begins at 0, and why. False: there is
     * no further one. May be NULL. */
    bool           (*refused)(struct reader *, uint32_t *at, struct reader_echo *echo, struct issues *why);
};

/* Readers by format. Each is opened on a spool and owns its own memory until closed. */
struct reader *text_reader_open(struct arena *a);
struct reader *json_reader_open(struct arena *a);
struct reader *x12_reader_open(struct arena *a);
struct reader *workbook_reader_open(struct arena *a);

/* The partner whom a report of the document is of as it says itself: its set, its header; empty none. Who is named
 * beside it is that of its lines that name none. */
struct slice reader_named_partner(const struct reader *r);
/* The same as what a report is told by; empty: zero. */
struct hash128 reader_partner_hash(struct slice partner_id);
/* The report of that number that the document speaks of, as far as it says so before its lines. */
struct report_ref reader_report_ref(const struct reader *r, struct slice number);
/* Whose it is within one document: the one whom it names, else the first of those whose its lines are. */
struct hash128 reader_ref_partner(const struct report_ref *report);
/* A partner whose its lines are, empty none. */
void reader_ref_add(struct report_ref *report, struct slice partner_id);

/* How it stands, and its question when the document cannot go on; ISSUE_NONE: it can. Tells whoever keeps the documents
 * on file that this one is about it. */
enum target_standing reader_ask_report(const struct reader *r, const struct report_ref *report,
                                       enum issue_code *question);
void reader_tell_report(const struct reader *r, const struct report_ref *report);

/* An issue of the document in its errors, warnings or, for notes, warnings. */
struct issue *reader_add(struct reader *r, enum issue_code code, uint64_t offset);

/* The same with a severity that the caller knows better. */
struct issue *reader_add_as(struct reader *r, enum issue_code code, uint64_t offset, enum severity severity);

/* The same with the severity that `strict` gives a warning. */
struct issue *reader_add_strict(struct reader *r, enum issue_code code, uint64_t offset);

/* The document waits for the answer to that issue: SURVEY_HELD. A copy is kept, since lists move when they grow. */
enum survey reader_ask(struct reader *r, const struct issue *asked);

/* The same of an issue of that value and place, which is added. */
enum survey reader_ask_at(struct reader *r, enum issue_code code, struct slice value, struct where place);

#endif
