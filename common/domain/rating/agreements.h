/* domain/rating/agreements.h: ship-and-debit agreements of a root (domain.md 4.3, 8): revisions as they came, the terms
 * of a line, and which agreements name a customer.
 *
 * Bounds: 64 revisions an agreement (superseded ones leave first; when none is, the revision is DATA_CONFLICT), 64
 * indexed agreements a program and customer (the ones that end first leave). */
#ifndef DOMAIN_RATING_AGREEMENTS_H
#define DOMAIN_RATING_AGREEMENTS_H

#include "domain/rating/rating_parts.h"

/* An AGREEMENT line: STALE_REVISION, FIELD_INVALID, or a new revision in force. */
void agreements_receive(struct rating *r);

/* Terms of a line: the highest revision received before it with effective_from on or before ship_date, else the
 * first. */
struct agreed_terms {
    struct slice                      authorisation_no;
    const struct agreement_row       *row;
    const struct agreement_head      *head;
    const struct agreement_terms_row *terms;
};

/* False when the root has no such agreement. */
bool agreements_find(struct rating *r, struct slice authorisation_no, struct agreed_terms *found);

/* The same for a line of that ship date, rated before. */
bool agreements_find_on(struct rating *r, struct slice authorisation_no, int32_t ship_date, struct agreed_terms *found);

/* ship_debit: and claim: of a program with the agreement's overrides on top. */
void agreements_apply(const struct agreed_terms *t, const struct program *p, struct ship_debit_terms *ship_debit,
                      struct claim_terms *claim);

/* True when some agreement of the program may claim by itself. */
bool agreements_any_automatic(struct rating *r, const struct program *p);

/* Agreements of the program that may pay an automatic sale to this customer: named ones, then blanket ones. Answers how
 * many (at most max). */
unsigned agreements_for_customer(struct rating *r, const struct program *p, struct slice *authorisation_nos,
                                 unsigned max);

/* The party of a customer entry, for party_is_customer. */
struct party agreements_party(const struct agreed_party *p);

/* The authorised quantity of an agreement line in base units of the line's product. */
int64_t agreements_authorised_milli(const struct rating *r, const struct agreed_line *line);

/* The agreement line's unit by a product: a price per it is price · den / num a base unit. False: the product has no
 * such unit, and the factor is 1. */
bool agreements_uom(const struct product *product, struct slice uom, struct uom *unit);

#endif
