/* intake/typing.h: from draft to line (feeds.md 3, domain.md 2.5, 3.1, 3.2), one way for every format.
 *
 * Nothing is guessed: what cannot be identified or counted is an error of the line, what was assumed a warning. All
 * errors of a line are found in one pass. */
#ifndef INTAKE_TYPING_H
#define INTAKE_TYPING_H

#include "intake/date.h"
#include "intake/draft.h"
#include "intake/issue.h"
#include "intake/submitter.h"
#include "wire/mapping_profile.h"

enum { LINE_ISSUES_MAX = 128 };

/* What holds for all lines of a document. */
struct typing {
    struct arena                  *arena;           /* of the line */
    const struct mapping_profile  *profile;
    const struct intake_submitter *submitter;
    const struct intake_partners  *partners;        /* may be NULL */
    enum decimal_style             decimals;        /* AUTO: decimal text of domain.md 2.5 (JSON, X12) */
    struct date_dialect            dates;
    bool                           names_are_exact; /* JSON: kinds by their names only; a missing kind is missing */
    bool                           is_file;         /* a claim without claim_id takes a default; false: Kafka records */
    struct slice                   currency;        /* of the command: after line, document and profile */
    struct slice                   report_id, document_id;
    bool                           is_test;         /* document of test usage */
    bool                           said_claim_in_pos;   /* CLAIM_IN_POS is given once a document */
    uint64_t                       valued[SLOT_WORDS];  /* slots for which the profile lists values */
};

struct typed {
    struct line   line;
    struct issues issues;                           /* the reader's of this line first */
    struct pair   texts[RECEIPT_TEXTS_MAX];         /* receipt.texts */
    unsigned      text_count;
    bool          is_claim_too;                     /* sd_lines: both: the same draft again as a claim */
};

/* Prepares the lists of the profile. */
void typing_init(struct typing *t, const struct mapping_profile *profile);

/* Starts a line: no issues yet. Readers add theirs before typing_line. */
void typing_begin(const struct typing *t, struct typed *out);

/* Types a draft. The line is whole when out->issues.errors is 0; else it holds what could be understood. */
void typing_line(struct typing *t, struct draft *d, struct typed *out);

/* The same draft as the claim it states, after a typing_line that said is_claim_too. */
void typing_claim(struct typing *t, struct draft *d, struct typed *out);

/* Adds an issue about a slot, with name, value and place. */
struct issue *typing_blame(const struct typing *t, const struct draft *d, struct issues *list, enum issue_code code,
                           enum slot slot);

/* The kind a word means: our names, the short list of feeds.md 6, the profile's values. KIND_UNSPECIFIED when
 * unlisted. */
enum kind typing_kind_of(const struct typing *t, struct slice word);

/* The unit that a word means, upper case: the profile's values, then the spellings of uom.def. */
struct slice typing_uom_of(const struct typing *t, struct slice word);

#endif
