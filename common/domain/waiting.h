/* domain/waiting.h: what decide needs to know of waiting lines: the names of the data that they wait for, and how one
 * line sees another that waits (screening.md 4).
 *
 * A parked line names its datum with verdict_wait. Another line wakes it, through verdict.wakes, or a reference record
 * that comes into force. A wake-up that ends in ':' wakes every datum that begins with it. The final decision on
 * a line (PASS, SHORT, REJECT) wakes `target:<its line_id>` in that stage of itself; the wakes of a verdict after which
 * the line still waits are ignored.
 *
 *   partner:<partner_id>    a revision of that profile
 *   part:<part>             a PRODUCT record
 *   fx:<table>/<from>/<to>  an FX_TABLE record
 *   pos:<key of T>          the POS_SALE of a transaction
 *   target:<line_id>        the decision on that line in this stage
 *   match:<key>             a sale that an unlinked return may match
 *   registry                the shared registry can be reached again
 *   list                    a fresh snapshot of a list
 *   feed:<root>:<what>      a watermark has moved
 *   reference:<id>          a reference revision arrived */
#ifndef DOMAIN_WAITING_H
#define DOMAIN_WAITING_H

#include "domain/dossier.h"

#define WAIT_PARTNER   "partner:"
#define WAIT_PART      "part:"
#define WAIT_FX        "fx:"
#define WAIT_POS       "pos:"
#define WAIT_TARGET    "target:"
#define WAIT_MATCH     "match:"
#define WAIT_REGISTRY  "registry"
#define WAIT_LIST      "list"
#define WAIT_FEED      "feed:"
#define WAIT_REFERENCE "reference:"

/* The books table, in every stage, of the lines that wait in this stage and partition; its key is the line_id alone. It
 * can be read, never changed: books_read(v->books, STAGE_TABLE_WAITING, line_id, &found). */
enum { STAGE_TABLE_WAITING = 31 };

/* A record of that table. A line withdraws a waiting one by naming it in verdict.withdraws: when the first ends PASS or
 * SHORT, the loop ends the other with REJECT WITHDRAWN and fills withdrew_line_id. Compliance also fills that for a
 * correction whose original was refused or withdrawn before it reached payout. */
struct waiting_line {
    enum outcome          outcome;                  /* HOLD or PARK; unspecified in a row that is absent */
    struct slice          on;                       /* the datum it waits for; empty: a person */
    const struct dossier *dossier;                  /* with this stage's section, as published; NULL when absent */
};

/* A waiting line is at risk during the last twelve hours before it is due: by then a person should have decided on it,
 * or its datum should have come. */
enum { WAITING_AT_RISK_HOURS = 12 };

static inline bool waiting_is_at_risk(const struct judgement *j, instant_ms now_unix_ms)
{
    return j->waiting.due_unix_ms && now_unix_ms >= j->waiting.due_unix_ms - WAITING_AT_RISK_HOURS * INSTANT_HOUR_MS;
}

#endif
