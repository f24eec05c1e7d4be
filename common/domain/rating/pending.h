/* domain/rating/pending.h: sales that wait in payout, by what another line would look for: their transaction, or sku
 * and customer, ship & debit claims by their transaction (domain.md 6.2: a return waits behind them); and MDF claims by
 * their pre-approval (5.3: a close keeps it); and a CANCEL by the line that it is about. At most 64 a datum; beyond, a
 * return finds the first ones. */
#ifndef DOMAIN_RATING_PENDING_H
#define DOMAIN_RATING_PENDING_H

#include "domain/rating/rating_parts.h"

/* end_customer.key, else sold_to.key, else what compliance resolved. */
struct slice pending_customer_key(const struct rating *r);

/* Notes that the line waits, and takes it off again. */
void pending_add(struct rating *r);
void pending_remove(struct rating *r);

/* The first sale that waits on that transaction, or claim on it; empty: none does. */
struct slice pending_on_transaction(struct rating *r, struct slice transaction);
struct slice pending_claim_on(struct rating *r, struct slice transaction);
/* Does an MDF claim wait that quotes that pre-approval? */
bool pending_on_preapproval(struct rating *r, struct slice preapproval_no);

/* The first CANCEL of that line that waits. */
struct slice pending_cancel_of(struct rating *r, struct slice line_id);

/* What a return that names no sale looks for, and the first that waits and would match; empty: none does. */
struct pending_sale { struct slice sku, customer_key; int32_t from, to; };
struct slice pending_for_customer(struct rating *r, const struct pending_sale *wanted);

#endif
