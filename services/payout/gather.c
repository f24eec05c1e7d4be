/* payout/gather.c: facts of a line. The text of an agreement's own terms is read here, once, so that decide stays
 * pure. */
#include "payout/gather.h"

#include "base/assert.h"
#include "payout/facts.h"
#include "wire/terms.h"

/* The program that the overrides stand on: only its currency matters. */
static struct program base_program(const struct stage_env *env, const struct line *l)
{
    const struct program_history *h = catalogue_program(env->catalogue, l->program_id);
    const struct program *p = h ? program_version_highest(h) : NULL;
    return (struct program){ .currency = p ? p->currency : l->currency };
}

/* Terms that the text names are those that come out alike over two bases that have nothing in common. */
static void keep_named(const struct program *low, const struct program *high, struct agreement_overrides *o)
{
#define KEEP(bit, block, member, to) \
    if (low->block.member == high->block.member) { o->present |= AGREEMENT_OVERRIDES_##bit; o->to = low->block.member; }
    KEEP(COST_BASIS, ship_debit, cost_basis, cost_basis)
    KEEP(LOT_SHORTAGE, ship_debit, lot_shortage, lot_shortage)
    KEEP(OVER_QTY, ship_debit, over_qty, over_qty)
    KEEP(RESALE_ABOVE, ship_debit, resale_above, resale_above)
    KEEP(RESALE_SHARE, ship_debit, resale_share_percent_micros, resale_share_percent_micros)
    KEEP(RESALE_TOLERANCE, ship_debit, resale_tolerance_percent_micros, resale_tolerance_percent_micros)
    KEEP(MIN_DEBIT, ship_debit, min_debit_minor, min_debit_minor)
    KEEP(POS_MATCH, ship_debit, pos_match, pos_match)
    KEEP(POS_WAIT_DAYS, ship_debit, pos_wait_days, pos_wait_days)
    KEEP(AUTO_CLAIM, ship_debit, auto_claim, auto_claim)
    KEEP(WINDOW_DAYS, claim, window_days, window_days)
    KEEP(ANCHOR, claim, anchor, anchor)
    KEEP(TOLERANCE, claim, tolerance_minor, tolerance_minor)
#undef KEEP
}

/* Every term differs from that of the other base, and none is one that a text could say twice. */
static struct program opposite_of(const struct program *base)
{
    struct program p = *base;
    p.ship_debit = (struct ship_debit_terms){ .cost_basis = COST_BASIS_COUNT,
                                              .lot_shortage = LOT_SHORTAGE_COUNT,
                                              .over_qty = OVER_QTY_COUNT,
                                              .resale_above = RESALE_ABOVE_COUNT,
                                              .resale_share_percent_micros = -1,
                                              .resale_tolerance_percent_micros = -1,
                                              .min_debit_minor = -1,
                                              .pos_match = POS_MATCH_COUNT,
                                              .pos_wait_days = UINT32_MAX,
                                              .auto_claim = true };
    p.claim = (struct claim_terms){ .window_days = UINT32_MAX, .anchor = ANCHOR_COUNT, .tolerance_minor = -1 };
    return p;
}

static void read_overrides(struct stage_env *env, const struct line *l, struct payout_facts *facts)
{
    struct program low = base_program(env, l), high = opposite_of(&low), low_out, high_out;
    struct slice text = l->agreement->overrides_yaml;
    facts->overrides = (struct agreement_overrides){ 0 };
    facts->overrides_invalid = terms_apply_overrides(env->arena, &low, text, &low_out) != OK
        || terms_apply_overrides(env->arena, &high, text, &high_out) != OK;
    if (!facts->overrides_invalid) keep_named(&low_out, &high_out, &facts->overrides);
}

enum err payout_gather(struct stage_env *env, const struct dossier *d, void *facts_)
{
    struct payout_facts *facts = facts_;
    ASSERT(d->line && env->catalogue);
    facts->catalogue = env->catalogue;
    facts->now_unix_ms = env->now_unix_ms;
    if (d->line->agreement && d->line->agreement->overrides_yaml.size) read_overrides(env, d->line, facts);
    return OK;
}
