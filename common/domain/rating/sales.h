/* domain/rating/sales.h: live sales by (sku, customer), for returns that name no sale (domain.md 6.2).
 *
 * Bounds: a window of 512 ship days a customer and sku (older sales are not matched any more), 1 024 sales a day in
 * chunks of 8; one return looks at no more than SALES_ASKED_MAX sales. */
#ifndef DOMAIN_RATING_SALES_H
#define DOMAIN_RATING_SALES_H

#include "domain/rating/rating_parts.h"

enum { SALES_ASKED_MAX = 32 };

/* A sale with units left, as the walk finds it. */
struct sale_match { struct slice line_id; int64_t left_milli; };

/* Those that cover `wanted`, as far as there are any; covered: what they have left together. */
struct sale_matches { struct sale_match items[SALES_ASKED_MAX]; unsigned count; int64_t wanted_milli, covered_milli; };

/* Puts the line, a POS_SALE, on file; wakes returns that wait for one. */
void sales_add(struct rating *r);

/* Opens the rows that sales_add changes for the sale, or where sales_reduce finds it. */
void sales_open(struct rating *r, const struct line_row *sale);
void sales_open_chunks(struct rating *r, const struct line_row *sale);

/* `qty` fewer units of a sale are left (negative: more again). */
void sales_reduce(struct rating *r, const struct line_row *sale, struct slice line_id, int64_t qty_milli);

/* Adds sales of the customer with ship_date in [from, to], oldest first, until they cover what is wanted. */
void sales_find(struct rating *r, struct slice sku, struct slice customer_key, int32_t from, int32_t to,
                struct sale_matches *m);

/* A return waits for a sale to this customer. */
void sales_await(struct rating *r, struct slice sku, struct slice customer_key);

/* "match:<root>/<sku>/<customer>" (domain/waiting.h). */
struct slice sales_match_datum(struct rating *r, struct slice sku, struct slice customer_key);

#endif
