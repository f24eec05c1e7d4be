/* domain/waiting.h: what decide needs of lines that wait: the names of the data they wait for, and a waiting line as
 * another line sees it (screening.md 4).
 *
 * A parked line names its datum with verdict_wait; verdict.wakes, or a record that came into force, wakes it. A wake-up
 * ending in ':' wakes every datum that begins with it. A final decision (PASS, SHORT, REJECT) of any line wakes
 * `target:<its line_id>` in that stage by itself; verdict.wakes of a line that still waits are not acted on.
 *
 *   partner:<partner_id>    a revision of that profile
 *   part:<part>             a PRODUCT record
 *   fx:<table>/<from>/<to>  an FX_TABLE record
 *   pos:<key of T>          the POS_SALE of a transaction
 *   target:<line_id>        the decision on that line here
 *   match:<key>             a sale that an unlinked return may match
 *   registry                the shared registry is back
 *   list                    a fresh snapshot of a list
 *   feed:<root>:<what>      a watermark moved
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

/* The books table, in every stage, of the lines that wait in this stage and partition. Key: the plain line_id. To be
 * read only: books_read(v->books, STAGE_TABLE_WAITING, line_id, &found); found: it waits here. */
enum { STAGE_TABLE_WAITING = 31 };

/* Its record. A line withdraws the waiting one by naming it in verdict.withdraws: once the withdrawing line ends PASS
 * or SHORT, the loop ends the other REJECT WITHDRAWN and fills withdrew_line_id. Compliance fills it for a correction,
 * too, whose original was refused or withdrawn before it could come to payout. */
struct waiting_line {
    enum outcome          outcome;                  /* HOLD or PARK; unspecified in a row that is absent */
    struct slice          on;                       /* the datum it waits for; empty: a person */
    const struct dossier *dossier; /* with this stage's section as it was published; NULL when absent */
};

/* A line is at risk from twelve hours before its time ends: a person's to decide a hold, a parked line's to meet its
 * datum. */
enum { WAITING_AT_RISK_HOURS = 12 };

static inline bool waiting_is_at_risk(const struct judgement *j, instant_ms now_unix_ms)
{
    return j->waiting.due_unix_ms && now_unix_ms >= j->waiting.due_unix_ms - WAITING_AT_RISK_HOURS * INSTANT_HOUR_MS;
}

#endif
