/* domain/rating/correction_target.h: the line that a CANCEL or REPLACE is about (domain.md 6.3). */
#ifndef DOMAIN_RATING_CORRECTION_TARGET_H
#define DOMAIN_RATING_CORRECTION_TARGET_H

#include "domain/rating/rating_parts.h"

enum target { TARGET_LIVE, TARGET_GONE, TARGET_WAITS, TARGET_WAS_WITHDRAWN, TARGET_NOT_FOUND };

/* What stands of the line that this one is about, and its id; the id is empty where its invoice is not known. */
enum target target_find(struct rating *r, struct slice *line_id) MUST_CHECK;

/* The line that the correction `d` is about; empty: its invoice is not known. One that came before its line, and that
 * a person releases since that is there, means that. */
struct slice target_named_by(struct rating *r, const struct dossier *d) MUST_CHECK;

/* A REPLACE that was refused replaced nothing: what it was to replace is what a `correction` of it means (6.3). Where a
 * line was refused because another says the same and lives, that one is what stands on the invoice that is named. */
void target_past_refused(struct rating *r, enum kind correction, struct slice *line_id);

/* Reference and operator lines have none, and what a CANCEL took back is said again. */
bool target_has_no_cancel(const struct line_row *line) MUST_CHECK;

/* A correction needs no part that was known when it came; its line may have come with the product. Empty: unknown. */
struct slice target_sku_by_now(const struct rating *r) MUST_CHECK;

#endif
