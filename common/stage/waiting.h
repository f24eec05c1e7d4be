/* stage/waiting.h: names of the data that a parked line waits for (verdict_wait) and that wake it (verdict.wakes, or
 * a record that came into force). A wake-up ending in ':' wakes every datum that begins with it.
 *
 *   partner:<partner_id>   a revision of that profile            part:<part>     a PRODUCT record
 *   fx:<table>/<from>/<to> an FX_TABLE record                    pos:<key of T>  the POS_SALE of a transaction
 *   target:<line_id>       the decision on that line here        match:<key>     a sale that an unlinked return may match
 *   registry               the shared registry is back           list            a fresh snapshot of a list
 *   feed:<root>:<what>     a watermark moved                     reference:<id>  a reference revision arrived
 */
#ifndef STAGE_WAITING_H
#define STAGE_WAITING_H

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

#endif
