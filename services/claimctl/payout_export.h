/* claimctl/payout_export.h: payout entries as rows for other systems: CSV by RFC 4180, or one JSON object a line. */
#ifndef CLAIMCTL_PAYOUT_EXPORT_H
#define CLAIMCTL_PAYOUT_EXPORT_H

#include "domain/dossier.h"

/* The header row, with the line end of RFC 4180. */
void payout_export_put_header(struct text *t);

/* One row in the order of payout_field.def. A text that a spreadsheet would take for a formula gets an apostrophe in
 * front; money has all digits of its currency, which stands in the column after it; what was not said is an empty
 * cell. */
void payout_export_put_csv(struct text *t, const struct payout *p);

/* The same as an object without line feed: in every row all members, null for what was not said; decimals are
 * strings. */
void payout_export_put_json(struct text *t, const struct payout *p);

/* One cell of text: guarded and quoted as far as needed. */
void payout_export_put_cell(struct text *t, struct slice value);

#endif
