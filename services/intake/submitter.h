/* intake/submitter.h: who sends, and what it may send (feeds.md 2, Who speaks). Filled by the driver from a world or a
 * mapping profile. */
#ifndef INTAKE_SUBMITTER_H
#define INTAKE_SUBMITTER_H

#include "domain/line.h"

struct intake_submitter {
    struct slice id;
    struct slice partner_id;                        /* of lines and documents that name none */
    struct texts reports_for;                       /* "*": all */
    struct texts roles; /* of the console, which it holds too: FIN-02 asks (surfaces.md 4.4) */
    bool         vendor;                            /* AGREEMENT, REP_ROSTER, SELL_IN, opening INVENTORY */
    bool         operates;                          /* F K A Z Y E; its pre-approvals are approvals */
    bool         any_partner;                       /* `local` without grants: whatever id, on file or not */
    bool         is_local;                          /* may send names, received_at, approvals, reviews, records */
    unsigned     kinds;                             /* KIND_BIT(…) */
};

/* partner -> root of partners.v1. NULL: no hierarchy is known; the empty slice: the partner is not on file. */
struct intake_partners {
    void          *context;
    struct slice (*root)(void *context, struct slice partner_id);
    /* The partner with such an identifier (type of N103, id); empty when none is on file. May be NULL. */
    struct slice (*identified)(void *context, struct slice type, struct slice id);
};

/* May the submitter send lines of this partner, of this kind? */
bool submitter_may_report(const struct intake_submitter *s, const struct intake_partners *p, struct slice partner_id);
bool submitter_may_send(const struct intake_submitter *s, enum kind kind);

/* What its corrections may mean by an invoice: KIND_BITs of what it may send, with that of KIND_UNSPECIFIED so that
 * nothing is not everything; 0: all. */
uint32_t submitter_correctable_kinds(const struct intake_submitter *s);

/* `local` of claimctl: everything (first-hour.md 8). */
struct intake_submitter submitter_local(void);

#endif
