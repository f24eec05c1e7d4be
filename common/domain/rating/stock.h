/* domain/rating/stock.h: what a line does to stock, whatever the programs say (domain.md 3.2, 4.4, 5.0 R0). */
#ifndef DOMAIN_RATING_STOCK_H
#define DOMAIN_RATING_STOCK_H

#include "domain/rating/rating_parts.h"
#include "domain/rating/lots.h"

/* POS_SALE: out of the lots and onto its transaction. SELL_IN: a lot and a purchase; negative: back to the vendor. */
void stock_apply(struct rating *r);

/* Opens the rows that stock_apply needs. */
void stock_open(struct rating *r);

/* TRANSFER_OUT, TRANSFER_IN, STOCK_ADJUST, INVENTORY. */
void stock_transfer_out(struct rating *r);
void stock_transfer_in(struct rating *r);
void stock_adjust(struct rating *r);
void stock_inventory(struct rating *r);

/* Undoes what such a line, or a SELL_IN, did: its CANCEL. `original` is its row. */
void stock_undo(struct rating *r, const struct line_row *original);

/* The date of the line in the ledger of its kind. */
int32_t stock_date(const struct rating *r);

#endif
