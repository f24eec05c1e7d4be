/* compliance/customers.h: is the customer of a claim the one of its agreement, may goods go where they went, and was
 * the agreement there first (AGR-06, AGR-07, AGR-09). */
#ifndef COMPLIANCE_CUSTOMERS_H
#define COMPLIANCE_CUSTOMERS_H

#include "compliance/judging.h"

/* Opens the row of the agreement or registration that a claim names. */
void customers_open(struct judging *j);

/* AGR-06: the key is not listed, and the name is near enough to be asked about; accepted names resolve to their key. */
enum truth customers_are_uncertain(struct judging *j, struct finding *f);

/* The customer of the line is that of the deal it names (domain.md 5.5 G3), by key or by a name near enough. */
bool customers_fit_deal(struct judging *j);

/* AGR-07: a forwarder, the partner's own site, or an excluded country. */
enum truth customers_ship_to_is_barred(struct judging *j, struct finding *f);

/* AGR-09: the agreement came after the shipment though it is dated before. */
enum truth customers_agreement_is_backdated(struct judging *j, struct finding *f);

/* Keeps the customers and dates of agreements and registrations that pass. */
void customers_record(struct judging *j, enum outcome outcome);

#endif
