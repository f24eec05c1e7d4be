/* compliance/judging.h: one line while it is judged: what the rules ask, and what they say. */
#ifndef COMPLIANCE_JUDGING_H
#define COMPLIANCE_JUDGING_H

#include "compliance/facts.h"
#include "compliance/tables.h"
#include "domain/verdict.h"
#include "domain/waiting.h"

enum { FINDING_REASONS_MAX = 4, FINDING_EVIDENCE_MAX = 8, STRIKES_MAX = 8 };

/* A program that may pay the line. On an automatic line a rule strikes the program it protects instead of the line
 * (screening.md 2.2). */
struct judged_program {
    const struct candidate *candidate;
    const struct program   *program;                /* NULL: no such version on file */
    struct reason          *strikes;
    unsigned                strike_count;
};

/* A line that this one speaks of, if compliance knows it. */
struct original {
    struct slice            line_id;                /* empty: none named, or not known here */
    const struct footprint *footprint;
};

/* What K, the claim id or original_line_ref says of a line that was sent before (domain.md 3.3). */
enum repeat_kind { REPEAT_NONE, REPEAT_DUPLICATE, REPEAT_INVALID_RESUBMISSION };
struct repeat {
    enum repeat_kind kind;
    struct slice     other;                         /* line_id of the earlier one */
    bool             is_other_site;
    uint32_t         other_submission_no;
};

/* Was the line sent before? (duplicates.c) */
struct business_key {
    bool           exists;                          /* the kind has a K, and this is it */
    struct hash128 hash;
    struct slice   row, row_as_written;             /* made once; the second with the part as it was written */
    struct repeat  repeat;                          /* who said it first, and what that makes of this line */
    bool           is_resubmission;                 /* of one that was refused: allowed */
};

/* T of a line that names an invoice, SELL_IN apart from resale. */
struct invoiced_line {
    bool           exists;
    struct slice   key;                             /* of invoice_no */
    struct hash128 transaction;
};

/* Keys of its rows, each made once; empty: not yet. */
struct rows_of_line { struct slice line, transaction, invoice_line, match, pool, month; };

/* The CANCEL of a return brings units back to their sale (serials.c). */
struct restoration {
    struct slice         contested_serial, contested_by;    /* another line holds its slot since */
    bool                 is_released;               /* by people: the line that came back takes the slot over */
    struct slots_wanted *wanted;                    /* slots that are given back, in their order; NULL none */
};

struct near_line;                                   /* near.c */
struct subjects;                                    /* screening.c */

/* A party of the line and the entry it may be: what opens a case. `chain`: how it owns a partner by half; empty: it
 * does not, or no one asked. */
enum { LISTED_MAX = 16 };
struct listed_party {
    struct slice key, name, entry, alignment, chain;
    uint64_t     party_revision, revision;
    int32_t      score;
};

/* Who was compared with the lists, and what they said (screening.c). */
struct screened {
    struct subjects     *subjects;                  /* with the names on file; NULL: not found yet */
    struct listed_party *listed;                    /* LISTED_MAX, made with the first */
    unsigned             listed_count;
    struct slice        *cleared;                   /* LISTED_MAX: entries that a verdict says are another party */
    unsigned             cleared_count;
    bool                 has_unreadable;            /* a party whose name folds to nothing, */
    struct slice         unreadable_key;            /* and its key */
};

/* The least quantity of the ADJUST rules. */
struct proposal { bool exists; int64_t qty_milli; };

/* A line on its way through compliance, in the order in which its parts are filled: */
struct judging {
    /* what is handed in: the dossier and its sections, what was gathered, the policy; and the verdict to be filled */
    const struct dossier          *dossier;
    const struct line             *line;
    const struct receipt          *receipt;
    const struct classification   *class;
    const struct compliance_facts *facts;
    const struct policy           *policy;
    struct verdict                *v;
    struct arena                  *arena;

    /* what the line is (judging_outline) */
    struct slice                   root, line_id;
    enum kind                      kind;            /* of the content: replaces_kind of a REPLACE */
    bool                           is_refused;      /* by classification: only stateless rules and SCR speak */
    struct slice                   withdrawn_by;    /* of those one that waited there: the correction that ended it */
    bool                           is_explicit;
    int64_t                        qty_milli;       /* base quantity, signed */
    int32_t                        date;            /* transaction date */
    uint32_t                       submission_no;
    struct judged_program         *programs;        /* explicit: the target first */
    unsigned                       program_count;

    /* where it stands in state: what it left there before (empty when it was never judged), and what it will leave */
    struct rows_of_line            rows;
    struct invoiced_line           invoiced;
    const struct footprint        *before;
    struct footprint               after;

    /* which earlier lines it speaks of: who said the same (duplicates_prepare), who said nearly so (near_prepare) */
    struct business_key            key;
    const struct near_line        *near;            /* features and buckets of DUP-03; NULL: not compared */

    /* and which it corrects (originals_find) */
    struct original                original;        /* of a CANCEL, REPLACE or return */
    struct original                named;           /* a REPLACE without effect: it waits, or was refused; or who waits
                                                     * with what this REPLACE says */
    struct original                goes_behind;     /* what is meant is on its way back to classification: so is this */
    struct slice                   ended_early_by;  /* a CANCEL or REPLACE of it that came before it did */

    /* what its rules and its reviewers say on top of their answers */
    struct restoration             restores;
    bool                           takes_slots_over;    /* people released SER-02: slots that others hold, or nobody
                                                         * could ask for, become its own */
    struct screened                screened;
    struct proposal                proposal;
};

/* What one rule found. Predicates fill it; decide.c weighs it. */
struct finding {
    struct reason   reasons[FINDING_REASONS_MAX];   /* none: the rule's own with its class's outcome */
    unsigned        reason_count;
    struct figure   observed, limit;                /* by finding_observe and finding_figures alone */
    bool            has_figures;
    struct evidence evidence[FINDING_EVIDENCE_MAX];
    unsigned        evidence_count;                 /* what found no place is counted in evidence_left_out */
    unsigned        evidence_left_out;
    struct slice    waits_on;                       /* WAIT: the datum (domain/waiting.h) */
    bool            proposes, strikes;
    bool            is_final;                       /* no review makes it FALSE: a party that is blocked */
    bool            is_by_review;                   /* FALSE because people said so: recorded */
    int64_t         proposed_qty_milli;
    int32_t         points;
};

/* The first part of it, without state: what prefetch needs to know which slots a line asks for. */
void judging_outline(struct judging *j, const struct dossier *d, const struct catalogue *catalogue, struct arena *a);

/* Prepares a line for its rules: content kind, dates, programs, own footprint. Everything lives in v->arena. */
void judging_begin(struct judging *j, const struct dossier *d, const struct compliance_facts *facts,
                   const struct policy *policy, struct verdict *v);

static inline void finding_begin(struct finding *f)
{
    f->reason_count = f->evidence_count = f->evidence_left_out = 0; /* the lists stay as they are: counts speak */
    f->waits_on = (struct slice){ 0 };
    f->has_figures = f->proposes = f->strikes = f->is_final = f->is_by_review = false;
    f->proposed_qty_milli = 0;
    f->points = 0;
}

/* A reason of the finding; the caller adds arguments. */
struct reason *finding_give(struct finding *f, enum reason_code code, enum outcome outcome);
void finding_show(struct finding *f, enum evidence_kind kind, struct slice id);

/* What was observed: a text, or a number beside its limit. */
void finding_observe(struct finding *f, struct slice name, struct slice text);
void finding_figures(struct finding *f, struct slice name, int64_t observed, int64_t limit, struct slice unit);

/* The unit of an amount in minor units: "minor:USD". */
struct slice judging_minor_unit(struct judging *j, struct slice currency);

/* Strikes a program of an automatic line; on an explicit one gives the finding the reason instead. */
struct reason *judging_strike(struct judging *j, struct judged_program *p, struct finding *f, enum reason_code code,
                              enum outcome outcome);

/* The record of a row of a table, to read and to change; of zeros where the store has none. */
const void *judging_read(struct judging *j, enum compliance_table table, struct slice key);
void *judging_change(struct judging *j, enum compliance_table table, struct slice key);
/* Gives way to this line: its original, or the REPLACE that it names. */
bool judging_gives_way(const struct judging *j, struct slice line_id);

/* Nothing was decided on the line for good: it is here for the first time, waits, or comes back to its wait. */
bool judging_is_new(const struct judging *j);

/* What a line left behind, of zeros where nothing is on file of it. */
const struct footprint *judging_footprint(struct judging *j, struct slice line_id);

/* The line was received after the first: by an invoice, a customer or a K nothing is meant that was not there. */
bool judging_came_behind(const struct receipt *first, const struct footprint *f);
/* A line judged again meets only what was there before it, in the order of waiting lines (screening.md 4.1), which
 * inside a document is that of its lines. False of a line that is judged for the first time. */
bool judging_came_since(const struct judging *j, struct slice line_id, const struct footprint *f);

/* The line, or what replaced it, or that one, and so on: the one that waits or lives; empty: none does. */
struct slice judging_stands_for(struct judging *j, struct slice line_id);

/* A REPLACE that stands, or what replaced that since; a line that waited in vain for the sake of one. */
bool judging_replaces(struct judging *j, struct slice line_id);
bool judging_is_replaced(struct judging *j, const struct footprint *f);

/* A line waits no more: takes it out of the row, if it is there. */
void judging_drop_waiting(struct match_sales *sales, struct slice line_id);

/* Puts the line, which must not be in the row, after those that wait there. When MATCH_LINES_MAX wait already it is
 * left out: the oldest stay. */
void judging_add_waiting(const struct judging *j, struct match_sales *sales);

/* The key of the row of a transaction: of the line's own it is made once. */
struct slice judging_transaction_row(struct judging *j, const struct hash128 *transaction);

static inline struct slice hash_slice(const struct hash128 *hash)
{
    return slice_of((const char *)hash->bytes, HASH128_BYTES);
}

/* Parts of a hashed key: texts and integers with lengths in front. */
enum { KEY_PARTS_MAX = 24 };
struct key_parts { struct arena *arena; struct slice parts[KEY_PARTS_MAX]; unsigned count; };
void key_parts_text(struct key_parts *k, struct slice text);
void key_parts_int(struct key_parts *k, int64_t value);
struct hash128 key_parts_hash(const struct key_parts *k, uint64_t seed);

/* The customer of a line: end_customer where there is one, else sold_to. */
const struct party *judging_customer(const struct judging *j);

/* The key of T under the root (domain.md 1.1): SELL_IN apart from resale; without `sku`, of its invoice line, where all
 * parts of it stand. invoice_key as line_invoice_key makes it. */
struct hash128 judging_transaction(struct judging *j, bool is_sell_in, struct slice invoice_key,
                                   struct slice invoice_line, struct slice sku);

/* A return of a sale, of one claim (a debit claim of negative quantity), or to the vendor (an invoice of one). */
static inline bool judging_is_return(const struct judging *j)
{
    bool may_be_negative = j->line->kind == KIND_SHIP_DEBIT_CLAIM || j->line->kind == KIND_SELL_IN;
    return j->line->kind == KIND_POS_RETURN || (may_be_negative && j->qty_milli < 0);
}

/* True while a line waits here or was let through and not taken back. */
static inline bool footprint_counts(const struct footprint *f)
{
    return f->state == FOOTPRINT_OPEN || f->state == FOOTPRINT_ACCEPTED;
}

/* True: the judgement lets the line go on. */
static inline bool outcome_goes_on(enum outcome o)
{
    return o == OUTCOME_PASS || o == OUTCOME_SHORT;
}

#endif
