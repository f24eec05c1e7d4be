/* domain/rating/mdf.h: marketing money (domain.md 5.3): pre-approvals that reserve it, claims that spend it. Accrual is
 * a volume's (volume_rebate.h), the fund itself stands in funds.h. */
#ifndef DOMAIN_RATING_MDF_H
#define DOMAIN_RATING_MDF_H

#include "domain/rating/award.h"

/* The target of an MDF_CLAIM: the program it names, else that of the pre-approval it quotes, else classification's. */
struct award *mdf_begin(struct rating *r);

/* A claim by M1 to M9; on an automatic line the accrual of a co-op program. */
void mdf_rate(struct rating *r, struct award *a);
void mdf_write(struct rating *r, struct award *a);
bool mdf_is_triggered(struct rating *r, const struct program *p);
void mdf_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli, enum cause cause);

/* MDF_PREAPPROVAL: a request that passed its review, or an approval of vendor or operator, reserves; a revision
 * reserves afresh. */
void mdf_preapproval(struct rating *r);

#endif
