/* classification/eligibility.c: a program against a line, question by question. */
#include "classification/eligibility.h"

#include "base/assert.h"
#include "base/bits.h"
#include "domain/calendar.h"
#include "domain/verdict.h"

static const enum reason_code reasons_of_faults[FAULT_COUNT] = {
#define FAULT(id, reason, rule) [FAULT_##id] = REASON_##reason,
#include "classification/eligibility.def"
#undef FAULT
};

_Static_assert(FAULT_COUNT <= 32, "faults are bits of an unsigned");

/* Matrix and `eligibility.roles`: the terms narrow the matrix, an enrolment never overrides N (1.3). */
static void ask_role(const struct applicant *who, struct eligibility *e)
{
    if (who->role == ROLE_UNSPECIFIED) return;
    const struct matrix *m = catalogue_matrix(who->catalogue, e->date);
    struct slice product_line = who->product ? who->product->product_line : (struct slice){ 0 };
    e->matrix_version = m->version;
    e->cell = matrix_cell(m, who->role, e->incentive, &who->partner->regions, who->partner->country, product_line);
    bool narrowed = e->program && e->program->roles && !(e->program->roles & 1u << who->role);
    if (e->cell == CELL_NO || e->cell == CELL_UNSPECIFIED || narrowed) e->faults |= FAULT_BIT(ROLE);
}

/* By a C in the matrix, by the terms, or because the sellers of a SPIFF need an enrolled employer (5.4 P2). */
static bool needs_enrolment(const struct eligibility *e)
{
    if (e->cell == CELL_CONDITIONAL) return true;
    if (!e->program) return false;
    return e->program->enrolment_required || (e->program->incentive == INCENTIVE_SPIFF && e->program->spiff.opt_in);
}

static void ask_enrolment(const struct applicant *who, struct eligibility *e)
{
    e->enrolment = partner_enrolment(who->partner, e->program_id, e->incentive, e->date);
    if (!e->enrolment && needs_enrolment(e)) e->faults |= FAULT_BIT(NOT_ENROLLED);
}

static void ask_active(const struct applicant *who, struct eligibility *e)
{
    if (!partner_is_active(who->partner, e->date)) e->faults |= FAULT_BIT(NOT_ACTIVE);
}

static bool region_fits(const struct texts *allowed, const struct partner *p)
{
    if (texts_have(allowed, p->country)) return true;
    for (unsigned i = 0; i < p->regions.count; i++)
        if (texts_have(allowed, p->regions.items[i])) return true;
    return false;
}

static bool partner_fits(const struct program *p, const struct applicant *who)
{
    const struct texts *in = &p->partners_include, *out = &p->partners_exclude;
    if (texts_have(out, who->partner->partner_id) || texts_have(out, who->root_id)) return false;
    return in->count == 0 || texts_have(in, who->partner->partner_id) || texts_have(in, who->root_id);
}

static bool is_of_family(struct slice term, struct slice family)
{
    struct texts one = { &term, 1 };
    return slice_starts_with(term, SLICE("family:"))
           && products_match(&one, (struct slice){ 0 }, family, (struct slice){ 0 });
}

/* Of a family alone only terms on families can be asked; terms on parts and lines may cover some of it. */
static bool may_cover_family(const struct product_filter *f, struct slice family)
{
    for (unsigned i = 0; i < f->exclude.count; i++)
        if (is_of_family(f->exclude.items[i], family)) return false;
    for (unsigned i = 0; i < f->include.count; i++)
        if (!slice_starts_with(f->include.items[i], SLICE("family:")) || is_of_family(f->include.items[i], family))
            return true;
    return f->include.count == 0;
}

/* sku:… without a star, and on file. */
static const struct product *registered_product(const struct applicant *who, struct slice term)
{
    if (!slice_starts_with(term, SLICE("sku:")) || slice_ends_with(term, SLICE("*"))) return NULL;
    return catalogue_product(who->catalogue, slice_skip(term, sizeof "sku:" - 1));
}

/* A registration is refused for its goods only when each of them is known not to be covered. */
static bool deal_fits(const struct program *p, const struct applicant *who)
{
    const struct deal_registration *deal = who->deal;
    for (unsigned i = 0; i < deal->products.count; i++) {
        const struct product *goods = registered_product(who, deal->products.items[i]);
        if (!goods || product_filter_matches(&p->products, goods->sku, goods->family, goods->product_line)) return true;
    }
    if (deal->products.count) return false;
    return slice_is_empty(deal->family) || may_cover_family(&p->products, deal->family);
}

static void ask_terms(const struct applicant *who, struct eligibility *e)
{
    const struct program *p = e->program;
    if (p->tiers_allowed.count && !texts_have(&p->tiers_allowed, partner_tier(who->partner, e->date)))
        e->faults |= FAULT_BIT(TIER);
    if (p->regions_allowed.count && !region_fits(&p->regions_allowed, who->partner)) e->faults |= FAULT_BIT(REGION);
    if (!partner_fits(p, who)) e->faults |= FAULT_BIT(EXCLUDED);
    const struct product *goods = who->product;
    if (goods && !product_filter_matches(&p->products, goods->sku, goods->family, goods->product_line))
        e->faults |= FAULT_BIT(PART);
    if (who->deal && !deal_fits(p, who)) e->faults |= FAULT_BIT(PART);
}

/* Default: all but DISTRIBUTOR. Bit 0 of the terms stands for UNKNOWN. */
static void ask_customer(const struct applicant *who, struct eligibility *e)
{
    const struct program *p = e->program;
    if (!who->sells) return;
    bool fits = p->has_sold_to_roles ? (p->sold_to_roles & 1u << who->sold_to_role) != 0
                                     : who->sold_to_role != ROLE_DISTRIBUTOR;
    if (!fits) e->faults |= who->sold_to_role == ROLE_DISTRIBUTOR ? FAULT_BIT(DISTRIBUTOR) : FAULT_BIT(CUSTOMER);
}

struct eligibility eligibility_ask(const struct applicant *who, const struct program *program, int32_t date)
{
    ASSERT(who->partner && who->catalogue && program && program->status != PROGRAM_STATUS_DRAFT);
    struct eligibility e = {
        .program = program, .program_id = program->id, .incentive = program->incentive, .date = date
    };
    if (program->status == PROGRAM_STATUS_SUSPENDED) e.faults |= FAULT_BIT(SUSPENDED);
    if (program->status == PROGRAM_STATUS_ENDED) e.faults |= FAULT_BIT(OUTSIDE);
    ask_active(who, &e);
    ask_role(who, &e);
    ask_enrolment(who, &e);
    ask_terms(who, &e);
    ask_customer(who, &e);
    return e;
}

struct eligibility eligibility_without_version(const struct applicant *who, struct slice program_id,
                                               enum incentive incentive, int32_t date, unsigned fault)
{
    ASSERT(who->partner && who->catalogue && incentive);
    struct eligibility e = { .program_id = program_id, .incentive = incentive, .date = date, .faults = fault };
    ask_active(who, &e);
    ask_role(who, &e);
    ask_enrolment(who, &e);
    return e;
}

struct eligibility eligibility_of_reference(const struct applicant *who, const struct program *program, int32_t date)
{
    struct eligibility e = { .program = program, .date = date };
    if (program) {
        e.program_id = program->id;
        e.incentive = program->incentive;
        e.enrolment = partner_enrolment(who->partner, program->id, program->incentive, date);
        if (program->status == PROGRAM_STATUS_ENDED) e.faults |= FAULT_BIT(OUTSIDE);
    }
    ask_active(who, &e);
    return e;
}

enum reason_code eligibility_code(enum eligibility_fault fault)
{
    ASSERT(fault < FAULT_COUNT);
    return reasons_of_faults[fault];
}

static struct slice role_text(enum role role)
{
    return role == ROLE_UNSPECIFIED ? SLICE("UNKNOWN") : word_text(VOCABULARY_ROLE, role);
}

static struct slice region_text(const struct partner *p)
{
    return p->regions.count ? p->regions.items[0] : p->country;
}

/* The arguments that the sentence of the reason names. */
static void put_arguments(struct arena *a, const struct applicant *who, const struct eligibility *e,
                          enum eligibility_fault fault, struct reason *r)
{
    switch (fault) {
    case FAULT_NOT_FOUND:
    case FAULT_COUNT:
        return;
    case FAULT_OUTSIDE:
    case FAULT_NOT_ACTIVE:
        reason_argument(r, SLICE("date"), date_text(a, e->date));
        break;
    case FAULT_ROLE:
        reason_argument(r, SLICE("incentive"), word_text(VOCABULARY_INCENTIVE, e->incentive));
        reason_argument(r, SLICE("role"), role_text(who->role));
        break;
    case FAULT_NOT_ENROLLED:
        reason_argument(r, SLICE("date"), date_text(a, e->date));
        if (slice_is_empty(e->program_id))
            reason_argument(r, SLICE("program"), word_text(VOCABULARY_INCENTIVE, e->incentive));
        break;
    case FAULT_TIER: {
        const struct texts *tiers = &e->program->tiers_allowed;
        reason_argument(r, SLICE("tiers"), slice_list(a, tiers->items, tiers->count, SLICE(", ")));
        break;
    }
    case FAULT_REGION:
        reason_argument(r, SLICE("region"), region_text(who->partner));
        break;
    case FAULT_PART:
    case FAULT_PART_INVALID:
        reason_argument(r, SLICE("part"), who->part);
        break;
    case FAULT_CUSTOMER:
        reason_argument(r, SLICE("customer"), role_text(who->sold_to_role));
        break;
    case FAULT_SUSPENDED:
    case FAULT_EXCLUDED:
    case FAULT_DISTRIBUTOR:
        break;
    }
    if (e->program_id.size) reason_argument(r, SLICE("program"), e->program_id);
}

struct reason eligibility_reason(struct arena *a, const struct applicant *who, const struct eligibility *e,
                                 enum eligibility_fault fault)
{
    enum reason_code code = eligibility_code(fault);
    struct reason r = { .code = code, .outcome = reason_outcome(code) };
    put_arguments(a, who, e, fault, &r);
    return r;
}

static const struct reason *reasons_of(struct arena *a, const struct applicant *who, const struct eligibility *e,
                                       unsigned faults, unsigned *count)
{
    *count = bits_count(faults);
    if (*count == 0) return NULL;
    struct reason *reasons = ARENA_ARRAY(a, *count, struct reason);
    unsigned at = 0;
    for (enum eligibility_fault f = 0; f < FAULT_COUNT; f++)
        if (faults & 1u << f) reasons[at++] = eligibility_reason(a, who, e, f);
    reasons_sort(reasons, *count);
    return reasons;
}

struct candidate eligibility_candidate(struct arena *a, const struct applicant *who, const struct eligibility *e,
                                       unsigned faults)
{
    struct candidate c = { .program_id = e->program_id, .cell = e->cell, .enrolled = e->enrolment != NULL };
    if (e->program) c.program_version = e->program->version;
    if (e->enrolment) {
        c.expected_volume = e->enrolment->expected_volume;
        c.baseline = e->enrolment->baseline;
    }
    c.reasons = reasons_of(a, who, e, faults & e->faults, &c.reason_count);
    return c;
}
