/* claimctl/standing.h: where a line stands, read from its last dossier: what results, explanations and totals share. */
#ifndef CLAIMCTL_STANDING_H
#define CLAIMCTL_STANDING_H

#include "domain/catalogue.h"

enum { STANDING_REASONS_MAX = 4 * 32 };

struct standing {
    const struct dossier        *dossier;
    enum stage_id                stage;             /* the one that decided last */
    enum outcome                 outcome;           /* the strongest over the sections in force */
    const struct program_result *target;            /* of an explicit claim, once payout asked its program; else NULL */
    bool                         has_claim;         /* an amount is known: claimed = paid + refused (or outstanding) */
    int64_t                      claimed_minor, paid_minor, refused_minor;
    struct slice                 currency;          /* of these amounts */
    struct slice                 live;              /* ADJUSTED, REVERSED or empty; set by whoever knows the state */
    unsigned                     reason_count;
    struct reason reasons[STANDING_REASONS_MAX]; /* all sections, in order of precedence, each once */
};

/* The kind that a line earns as: a REPLACE as what it replaces with. */
enum kind standing_kind(const struct line *l);

/* Adds a reason unless it is there. A stage lists its reasons in order of precedence and their effective outcomes are not
 * on the wire, so that its order stands (in_order: at the end); one of another stage takes its place among them. */
void standing_add_reason(struct reason reasons[static STANDING_REASONS_MAX], unsigned *count, struct reason given,
                         bool in_order);

/* Reads it; the catalogue (may be NULL) tells which program is the target of an explicit claim. */
void standing_read(const struct dossier *d, const struct catalogue *c, struct standing *s);

#endif
