/* wire/reference_text.h: partners, products, prices, rates, party verdicts from text: YAML, JSON records and CSV alike
 * (domain.md 1.5, 2.6, 4.1; screening.md 6.6). Read whole or refused whole, as wire/terms.h. */
#ifndef WIRE_REFERENCE_TEXT_H
#define WIRE_REFERENCE_TEXT_H

#include "domain/partner.h"
#include "wire/terms.h"

/* One partner (the map behind `partner:`, or an item of partners.yaml). revision is left 0. */
bool reference_read_partner(const struct text_source *s, const struct node *partner, struct partner *out) MUST_CHECK;

/* The map behind `product:`, or a row of products.csv. */
bool reference_read_product(const struct text_source *s, const struct node *product, struct product *out) MUST_CHECK;

/* The map behind `price_list:`; entries come out ascending by date. */
bool reference_read_price_list(const struct text_source *s, const struct node *list, struct price_list *out) MUST_CHECK;

/* The map behind `fx_table:`, or a row of rates.csv: one rate. */
bool reference_read_fx(const struct text_source *s, const struct node *fx, struct fx_pair *out) MUST_CHECK;

/* The map behind `party:`. */
bool reference_read_party(const struct text_source *s, const struct node *party, struct party_verdict *out) MUST_CHECK;

/* All of prices.csv, one price list per list and sku, sorted by them. */
bool reference_read_prices(const struct text_source *s, const struct node *rows, const struct price_list **lists,
                           unsigned *count) MUST_CHECK;

/* Columns of products.csv, prices.csv, rates.csv as members of a record: `|` joins several values, CODE:num/den,
 * root:part. `text` is the file; the result is a list of maps, an absent or empty cell no member. NULL when the file is
 * no CSV or has unknown columns. */
enum reference_csv { REFERENCE_CSV_PRODUCTS, REFERENCE_CSV_PRICES, REFERENCE_CSV_RATES };
const struct node *reference_read_csv(const struct text_source *s, enum reference_csv kind, struct slice text);

/* The tables, for schema_keys.h. */
const struct schema *reference_partner_schema(void);
const struct schema *reference_product_schema(void);
const struct schema *reference_price_list_schema(void);
const struct schema *reference_fx_schema(void);
const struct schema *reference_party_schema(void);

#endif
