/* tests/support/compliance_desk.h: compliance at a desk of its own: lines are judged one by one against rows that live
 * between them, as the loop does it, codecs included. */
#ifndef TESTS_SUPPORT_COMPLIANCE_DESK_H
#define TESTS_SUPPORT_COMPLIANCE_DESK_H

#include "compliance/facts.h"
#include "compliance/tables.h"
#include "domain/verdict.h"

struct desk_row;
struct desk {
    struct catalogue       *catalogue;
    struct policy           policy;
    struct compliance_facts facts;
    struct desk_row        *rows;
    unsigned                row_count, row_capacity;
    instant_ms              now;                    /* received time of the next line */
    struct slice            document;               /* of the next line; empty: its own */
    unsigned                position;
    struct slice            program_id;             /* candidate of the next lines; empty: none */
    enum reason_code        refused;                /* classification's reason for the next line */
    const struct rule_result *found;                /* what classification's rules said of the next lines */
    unsigned                found_count;
    struct slice            submitter;
    struct pair             approvals[4];
    unsigned                approval_count;
    const struct review_effect *review;             /* for the next line; forgotten after it */
    const struct review    *act;                    /* the last one of the next line's dossier; NULL none */
    const struct payout_section *told;              /* what payout tells of the next line; NULL: it is judged */
    bool                    lot_pool_location;
    unsigned                passes;                 /* of the last decision */
};

/* Default policy, an empty catalogue with currency limits of the page; received 2026-04-08 09:00Z. */
void desk_open(struct desk *d);
/* The same without the rules that lines alike and unknown sellers meet: DUP-02, DUP-03, SPF-01. */
void desk_open_quiet(struct desk *d);
void desk_close(struct desk *d);

/* Judges a line under that name (its line_id). The verdict lives until the test ends. base_qty is the line's quantity,
 * sku the vendor part. A line judged again is a wake-up, a release or a replay. */
const struct verdict *desk_judge(struct desk *d, const char *name, const struct line *l);

/* 32 hex digits that stand for a name. */
struct slice desk_line_id(const char *name);

/* "REJECT DUPLICATE,SHIP_FUTURE": outcome and reasons in order; "PASS -" without. */
struct slice desk_says(const struct verdict *v);
const struct clearance *desk_clearance(const struct verdict *v);

/* The value of a rule: TRUE, WAIT, FAULT or FALSE as recorded; empty: not asked. */
struct slice desk_rule(const struct verdict *v, enum rule_id rule);

/* The record of a row as it stands; zero when there is none. */
const void *desk_record(struct desk *d, enum compliance_table table, struct slice key);

/* The rows of a table, in order of their first writing. */
unsigned desk_row_count(const struct desk *d, enum compliance_table table);
const void *desk_record_at(struct desk *d, enum compliance_table table, unsigned index);

/* A plain POS_SALE of 10 SW-24 to Alder, and claims on it. */
struct line desk_sale(const char *invoice);
struct line desk_claim(const char *invoice);        /* SHIP_DEBIT_CLAIM */
struct line desk_spiff(const char *invoice);
struct line desk_mdf(const char *invoice);

#endif
