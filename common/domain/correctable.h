/* domain/correctable.h: which line a CANCEL or REPLACE means that names an invoice, its line and a part (domain.md
 * 6.3). Compliance decides it and says so in its section; classification asks the same of what waits there, payout of
 * lines that were cleared before compliance said so. */
#ifndef DOMAIN_CORRECTABLE_H
#define DOMAIN_CORRECTABLE_H

#include "domain/dossier.h"

/* What became of a line, as far as the stage that asks knows. */
enum standing { STANDING_ENDED, STANDING_WAITS, STANDING_LIVE };

enum {
    CORRECTABLE_IN_FORCE = 3,                       /* from here on it is live or waits */
    CORRECTABLE_ENDED_BY_IT = 6                     /* by this very correction, which is judged once more */
};

/* Whether a line of that kind may be meant at all: of a REPLACE the kind that it replaces; of both only what its
 * submitter may send, for two firms number their invoices alike. */
bool correctable_kind(const struct dossier *d, enum kind kind);

/* Of several lines the one of the greatest rank is meant, of equals the newest: a sale in force, whatever came first,
 * one that waits, a claim, then what has ended. */
int correctable_rank(enum kind kind, enum standing standing);

#endif
