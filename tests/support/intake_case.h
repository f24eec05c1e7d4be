/* tests/support/intake_case.h: a small document through intake, told in one line of text a line.
 *
 * intake_case reads bytes as `local` (or a submitter of the test) under a profile given as YAML members and gives back
 * what was posted: each line as its JSON line object, each refusal as its codes. */
#ifndef TESTS_SUPPORT_INTAKE_CASE_H
#define TESTS_SUPPORT_INTAKE_CASE_H

#include "intake/document.h"
#include "support/test.h"

enum { CASE_LINES_MAX = 64 };

struct case_line {
    enum outcome outcome;
    struct slice json;                              /* the line object, empty when DEAD */
    struct slice codes;                             /* of errors, then warnings: FIELD_MISSING qty, UOM_ASSUMED uom */
    struct slice line_id, raw, root;
    uint32_t     position, row;
    struct slice texts;                             /* field=text as sent, of the receipt */
};

struct intake_case {
    enum document_state  state;
    bool                 is_refused_whole, names_partner;
    struct slice         format, document_id, question, samples;    /* code and value of the question */
    struct slice         errors, warnings, notes;   /* codes of the document, in order, repeated ones once */
    uint32_t             error_row;                 /* of the first of them */
    uint64_t             passed, rejected, dead;
    uint64_t             skipped[SKIPPED_COUNT];
    struct case_line     lines[CASE_LINES_MAX];
    unsigned             line_count;
    struct slice         objects;                   /* name json; … */
    struct slice         totals;                    /* 17.50 USD … */
};

struct case_setup {
    const char *profile; /* YAML members beside profile, version, effective_from; NULL none */
    const struct intake_submitter *submitter;       /* NULL: local */
    struct reader_answers answers;
    const char *partner, *currency, *file_name;
    bool        accepts_received_at, was_posted;
    enum issue_code assumed;                        /* by the door, of every line */
    unsigned    chunk;                              /* lines a call of intake_post, 0: many */
};

struct intake_case *intake_case(struct slice bytes, struct case_setup setup);
#define CASE(bytes, ...) intake_case((bytes), (struct case_setup){ __VA_ARGS__ })

/* Every issue of the list is told by whole sentences: no argument is empty. Called for every case; x12_rig.h calls it,
 * too. */
void check_sentences(const struct issues *list);

/* A member of a line object: scalars as their text, others as JSON; empty when absent. Path of names:
 * "sold_to.name". */
struct slice case_member(const struct intake_case *c, unsigned line, const char *path);

#endif
