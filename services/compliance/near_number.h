/* compliance/near_number.h: invoice numbers as near duplicates compare them (screening.md 7.2). */
#ifndef COMPLIANCE_NEAR_NUMBER_H
#define COMPLIANCE_NEAR_NUMBER_H

#include "base/arena.h"
#include "base/str.h"

bool near_has_digit(struct slice s);

/* The key after a leading INVOICE, INV, NO, NR, RE, as often as one stands there. */
struct slice near_without_words(struct slice key);

/* The invoice key less a leading INVOICE, INV, NO, NR, RE and leading zeros of digit runs; empty without a digit or
 * under three characters. In the arena. */
struct slice near_strip(struct arena *a, struct slice invoice_key);

/* O as 0, I and L as 1, S as 5, B as 8, and what leads a run of digits as a zero then: O257O3 is 25703. In the
 * arena. */
struct slice near_confusable(struct arena *a, struct slice stripped);

/* True when one has a character more, or two neighbours exchanged. */
bool near_is_one_slip(struct slice a, struct slice b);

/* What is left of an invoice number without what people put before and after it: its longest run of digits that is no
 * year, as in A70001, 2026/70001-B, INV-2026-70001/2026; empty below three digits. Of the text, less leading zeros. */
struct slice near_core(struct slice invoice_no);

/* True when one stripped number is the other with something before or after it, which no digit of it runs into: both
 * have this core as digits of their own. */
bool near_is_affixed(struct slice a, struct slice b, struct slice core);

#endif
