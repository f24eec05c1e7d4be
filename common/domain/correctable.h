/* domain/correctable.h: which line is meant by a CANCEL, REPLACE or return that names an invoice and its line
 * (domain.md 6.2, 6.3). Compliance decides it and says so in its section; classification asks the same of what waits
 * there, payout of lines that were cleared before compliance said so. */
#ifndef DOMAIN_CORRECTABLE_H
#define DOMAIN_CORRECTABLE_H

#include "domain/dossier.h"

/* What became of a line, as far as the stage that asks knows. */
enum standing { STANDING_ENDED, STANDING_WAITS, STANDING_LIVE };

enum {
    CORRECTABLE_IN_FORCE = 4,                       /* from here on it is live or waits */
    CORRECTABLE_ENDED_BY_IT = 8                     /* by this very correction, which is judged again */
};

/* Whether a line of that kind and quantity may be meant at all. A return means a sale, the return of a claim a claim, a
 * credit note a sell-in. A CANCEL means any line, with a quantity only what has that quantity to take back; a REPLACE
 * the kind that it replaces; of both only what their submitter may send, for two firms number their invoices alike. */
bool correctable_fits(const struct dossier *d, enum kind kind, int64_t qty_milli);

/* Of several lines the one of the greatest rank is meant, of equals the newest: a sale in force, whatever came first,
 * one that waits, a claim, a return, then what has ended. */
int correctable_rank(enum kind kind, int64_t qty_milli, enum standing standing);

#endif
