/* classification/candidates.c: from a line to the programs that may pay it. */
#include "classification/candidates.h"

#include "base/assert.h"
#include "classification/program_index.h"
#include "classification/tables.h"
#include "domain/calendar.h"
#include "domain/classification_record.h"
#include "domain/rating/volume_period.h"

/* --- versions --------------------------------------------------------------------------------------------------- */

/* An agreement sent ahead of its time, or after it, is asked on the day of its own span nearest to the receipt. */
static int32_t agreement_date(const struct inquiry *q)
{
    const struct agreement *a = q->line->agreement;
    if (!a) return q->received_date;
    if (a->valid_from && q->received_date < a->valid_from) return a->valid_from;
    return a->valid_to && q->received_date > a->valid_to ? a->valid_to : q->received_date;
}

static int32_t date_under(const struct inquiry *q, const struct program *p)
{
    if (q->kind == KIND_AGREEMENT) return agreement_date(q);
    int32_t date = program_date_of(p, q->line, q->received_date);
    return date ? date : q->line_date;
}

/* The highest version that is no draft and has the line's date under it in its validity. */
static const struct program *version_in_force(const struct inquiry *q, const struct program_history *h, int32_t *date)
{
    for (unsigned i = h->version_count; i-- > 0;) {
        const struct program *p = h->versions[i];
        if (p->status == PROGRAM_STATUS_DRAFT) continue;
        *date = date_under(q, p);
        if (span_holds(p->valid_from, p->valid_to, *date)) return p;
    }
    return NULL;
}

static struct period_rule fund_calendar(const struct program *p, int32_t from, int32_t to)
{
    const struct volume_terms *v = &p->volume;
    const struct mdf_terms *m = &p->mdf;
    if (m->kind == MDF_KIND_COOP && p->has_volume)
        return (struct period_rule){ v->period, v->fiscal_start_month, v->custom_periods, v->custom_period_count, from,
                                     to };
    return (
        struct period_rule){ m->period, m->fiscal_start_month, m->custom_periods, m->custom_period_count, from, to };
}

static void span_of(const struct program_history *h, int32_t *from, int32_t *to)
{
    *from = DATE_MAX;
    *to = DATE_MIN;
    for (unsigned i = 0; i < h->version_count; i++) {
        const struct program *p = h->versions[i];
        int32_t end = p->valid_to ? p->valid_to : DATE_MAX;
        if (p->status == PROGRAM_STATUS_DRAFT) continue;
        if (p->valid_from < *from) *from = p->valid_from;
        if (end > *to) *to = end;
    }
}

/* An MDF claim draws on a fund: the version of the last day, within the program, of the period in which that fund was
 * earned (domain.md 4.2 Version). `valid_to` ends earning, not usage. */
static const struct program *version_of_fund(const struct program_history *h, int32_t activity_date)
{
    const struct program *highest = program_version_highest(h);
    struct period usage, earning;
    int32_t from, to;
    span_of(h, &from, &to);
    struct period_rule calendar = fund_calendar(highest, from, to);
    if (!period_of(&calendar, activity_date, &usage)) return program_version_on(h, activity_date);
    earning = usage;
    if (highest->mdf.usage == MDF_USAGE_NEXT_PERIOD && !period_prior(&calendar, &usage, &earning)) return NULL;
    if (earning.from > to || earning.to < from) return NULL;
    return program_version_on(h, earning.to < to ? earning.to : to);
}

/* A pre-approval reserves in the fund its claim will draw on; eligible is who is it on the day it comes (4.3). */
static const struct program *version_of_approval(const struct inquiry *q, const struct program_history *h,
                                                 int32_t *date)
{
    const struct program *p = version_in_force(q, h, date);
    const struct program *of_fund = q->line->activity_from ? version_of_fund(h, q->line->activity_from) : NULL;
    return of_fund ? of_fund : p;
}

/* A volume block counts all lines of a period by the version of its first day, eligibility included (domain.md 4.2). */
static const struct program *version_of_period(const struct inquiry *q, const struct program_history *h, int32_t *date)
{
    struct period period;
    const struct program *p = version_in_force(q, h, date);
    if (!p || !p->has_volume || (h->version_count == 1 && p->volume.period != PERIOD_CUSTOM)) return p;
    return volume_period_on(q->facts->catalogue, p->id, *date, &period, &p) ? p : NULL;
}

static const struct program *version_for(const struct inquiry *q, const struct program_history *h, int32_t *date)
{
    if (q->kind == KIND_SPIFF_CLAIM) return version_of_period(q, h, date);
    if (q->kind == KIND_MDF_PREAPPROVAL) return version_of_approval(q, h, date);
    if (q->kind != KIND_MDF_CLAIM) return version_in_force(q, h, date);
    *date = q->line_date;
    return version_of_fund(h, q->line_date);
}

/* --- asking ----------------------------------------------------------------------------------------------------- */

/* Faults of an asked program that strike it. */
static unsigned candidates_strike(const struct inquiry *q, const struct eligibility *e)
{
    return e->faults & q->acting;
}

static bool stands_before(const struct eligibility *a, const struct eligibility *b)
{
    if (!a->program || !b->program) return !a->program && b->program;
    return program_stacking_order(a->program, b->program) < 0;
}

static void insert(struct inquiry *q, const struct eligibility *e)
{
    unsigned at = q->asked_count++;
    ASSERT(at < INQUIRY_CANDIDATES_MAX);
    for (; at > 0 && stands_before(e, &q->asked[at - 1]); at--) q->asked[at] = q->asked[at - 1];
    q->asked[at] = *e;
}

/* Makes room by giving up the last struck program; a section that is full of eligible ones cannot be judged. */
static bool make_room(struct inquiry *q)
{
    if (q->asked_count < INQUIRY_CANDIDATES_MAX) return true;
    for (unsigned i = q->asked_count; i-- > 0;) {
        if (!candidates_strike(q, &q->asked[i])) continue;
        memmove(&q->asked[i], &q->asked[i + 1], (q->asked_count - i - 1) * sizeof q->asked[i]);
        q->asked_count--;
        return true;
    }
    return false;
}

static void keep(struct inquiry *q, const struct eligibility *e)
{
    if (make_room(q)) insert(q, e);
    else q->asked_left_out += !candidates_strike(q, e);
}

/* What a triggered program needs of the line besides its kind; a `summary` sale counts in volumes only. */
static bool line_has_what_it_needs(const struct inquiry *q, const struct program *p)
{
    switch (p->incentive) {
    case INCENTIVE_SPIFF:             return q->line->rep_id.size && !q->line->summary;
    case INCENTIVE_DEAL_REGISTRATION: return q->line->deal_reg_no.size && !q->line->summary;
    case INCENTIVE_SHIP_DEBIT:        return !q->line->summary;
    default:                          return true;
    }
}

static void ask_triggered(struct inquiry *q, enum trigger trigger)
{
    const struct program_list *list = &q->facts->programs->by_trigger[trigger];
    for (unsigned i = 0; i < list->count; i++) {
        int32_t date;
        const struct program *p = version_of_period(q, list->items[i], &date);
        if (!p || p->status == PROGRAM_STATUS_ENDED) continue;
        if (!program_is_triggered(p, trigger) || !line_has_what_it_needs(q, p)) continue;
        struct eligibility e = eligibility_ask(&q->who, p, date);
        keep(q, &e);
    }
}

static enum trigger trigger_of(enum kind kind)
{
    switch (kind) {
    case KIND_POS_SALE:               return TRIGGER_POS;
    case KIND_SELL_IN:                return TRIGGER_SELL_IN;
    case KIND_PRICE_PROTECTION_CLAIM: return TRIGGER_PRICE_PROTECTION;
    case KIND_ROTATION_CLAIM:         return TRIGGER_ROTATION;
    default:                          return TRIGGER_NONE;
    }
}

/* --- the one target of a claim ---------------------------------------------------------------------------------- */

/* Number and table letter of what the line quotes or is. */
static struct slice quoted_number(const struct inquiry *q, struct slice *letter)
{
    switch (q->kind) {
    case KIND_AGREEMENT: case KIND_SHIP_DEBIT_CLAIM:   *letter = SLICE("A"); return q->line->authorisation_no;
    case KIND_DEAL_REGISTRATION: case KIND_DEAL_CLAIM: *letter = SLICE("D"); return q->line->deal_reg_no;
    case KIND_MDF_PREAPPROVAL: case KIND_MDF_CLAIM:    *letter = SLICE("M"); return q->line->preapproval_no;
    default:                                           return (struct slice){ 0 };
    }
}

static bool target_key(struct inquiry *q, struct slice *key)
{
    struct slice letter, number = quoted_number(q, &letter);
    if (slice_is_empty(number)) return false;
    *key = BOOKS_KEY(q->verdict->arena, q->who.root_id, letter, number);
    return true;
}

/* D and G take their program from the agreement or registration whatever they name beside it, M from the pre-approval
 * when it names none (domain.md 3.2, 5.3 M1). */
static bool follows_number(const struct inquiry *q)
{
    return q->footing == FOOTING_CLAIM && (q->kind != KIND_MDF_CLAIM || slice_is_empty(q->line->program_id));
}

/* Claims look the number up; reference lines will write it. */
static bool needs_target_row(const struct inquiry *q)
{
    return q->footing == FOOTING_REFERENCE || q->footing == FOOTING_REGISTRATION || q->footing == FOOTING_CLAIM;
}

void candidates_open_rows(struct inquiry *q)
{
    struct slice key;
    if (needs_target_row(q) && target_key(q, &key)) books_read(q->verdict->books, CLASSIFICATION_TARGETS, key, NULL);
}

/* The program of what the line quotes, as far as it is still on file; empty: none. */
static struct slice quoted_program(struct inquiry *q)
{
    struct slice key;
    if (!follows_number(q) || !target_key(q, &key)) return (struct slice){ 0 };
    const struct target_record *t = books_read(q->verdict->books, CLASSIFICATION_TARGETS, key, NULL);
    return t->program_id.size && catalogue_program(q->facts->catalogue, t->program_id) ? t->program_id
                                                                                       : (struct slice){ 0 };
}

/* Nobody decides under terms of his own (FIN-02); that nobody decides on his own claim is known without. */
static void name_author(struct inquiry *q)
{
    struct slice key;
    if (q->footing != FOOTING_CLAIM || !target_key(q, &key)) return;
    const struct target_record *t = books_read(q->verdict->books, CLASSIFICATION_TARGETS, key, NULL);
    if (!slice_equal(t->author_id, q->dossier->receipt->submitter_id)) q->section->terms_author_id = t->author_id;
}

static struct eligibility ask_version(struct inquiry *q, const struct program *p, int32_t date)
{
    return q->footing == FOOTING_REFERENCE ? eligibility_of_reference(&q->who, p, date)
                                           : eligibility_ask(&q->who, p, date);
}

/* Partner, matrix and enrolment are asked in any case; agreements have no role to ask for. */
static struct eligibility ask_without_version(struct inquiry *q, struct slice program_id, int32_t date, unsigned fault)
{
    if (q->footing != FOOTING_REFERENCE)
        return eligibility_without_version(&q->who, program_id, q->incentive, date, fault);
    struct eligibility e = eligibility_of_reference(&q->who, NULL, date);
    e.program_id = program_id;
    e.faults |= fault;
    return e;
}

static int32_t date_without_program(const struct inquiry *q)
{
    return q->kind == KIND_AGREEMENT ? agreement_date(q) : q->line_date;
}

/* An agreement may begin before the program or outlive it: what is claimed under it is asked day by day. */
static const struct program *version_beside(const struct program_history *h, const struct agreement *a)
{
    for (unsigned i = h->version_count; i-- > 0;) {
        const struct program *p = h->versions[i];
        if (p->status != PROGRAM_STATUS_DRAFT && p->valid_from <= a->valid_to && a->valid_from <= p->valid_to) return p;
    }
    return NULL;
}

static struct eligibility ask_named(struct inquiry *q, struct slice program_id)
{
    int32_t date;
    const struct program_history *h = catalogue_program(q->facts->catalogue, program_id);
    const struct program *highest = h ? program_version_highest(h) : NULL;
    if (!highest || highest->incentive != q->incentive)
        return ask_without_version(q, program_id, date_without_program(q), FAULT_BIT(NOT_FOUND));
    const struct program *p = version_for(q, h, &date);
    if (!p && q->line->agreement) p = version_beside(h, q->line->agreement);
    return p ? ask_version(q, p, date) : ask_without_version(q, program_id, date_under(q, highest), FAULT_BIT(OUTSIDE));
}

/* The first in stacking order that is eligible, else the first, with its reasons (domain.md 3.2). */
static struct eligibility choose(struct inquiry *q)
{
    const struct program_list *list = &q->facts->programs->by_incentive[q->incentive];
    struct eligibility first = { 0 }, best = { 0 };
    for (unsigned i = 0; i < list->count; i++) {
        int32_t date;
        const struct program *p = version_for(q, list->items[i], &date);
        if (!p || p->status == PROGRAM_STATUS_ENDED) continue;
        struct eligibility e = ask_version(q, p, date);
        if (!first.program || stands_before(&e, &first)) first = e;
        if (!candidates_strike(q, &e) && (!best.program || stands_before(&e, &best))) best = e;
    }
    if (best.program) return best;
    if (first.program) return first;
    return ask_without_version(q, (struct slice){ 0 }, date_without_program(q), FAULT_BIT(NOT_FOUND));
}

/* A claim whose number nobody knows has no program: the matrix is asked in any case, the rest is payout's to say. */
static bool quotes_unknown(struct inquiry *q)
{
    struct slice letter;
    return follows_number(q) && quoted_number(q, &letter).size && slice_is_empty(quoted_program(q));
}

static void ask_target(struct inquiry *q)
{
    struct slice quoted = quoted_program(q), named = quoted.size ? quoted : q->line->program_id;
    q->has_target = true;
    if (quotes_unknown(q)) {
        q->target = eligibility_without_version(&q->who, (struct slice){ 0 }, q->incentive, q->line_date, 0);
        return;
    }
    q->target = named.size ? ask_named(q, named) : choose(q);
    if (q->target.program_id.size) insert(q, &q->target);
}

/* A roster has no program: its partner is asked on the day of receipt. */
static void ask_roster(struct inquiry *q)
{
    q->target = eligibility_of_reference(&q->who, NULL, q->line_date);
    q->has_target = true;
}

/* In the role for which the program is open, if the root holds one that day; goods and customers are no matter of a
 * close, nor whether the program has ended since. */
static struct eligibility ask_as_any_role(const struct inquiry *q, const struct partner *root, const struct program *p,
                                          int32_t date)
{
    static const unsigned of_partner = FAULT_BIT(NOT_ACTIVE) | FAULT_BIT(ROLE) | FAULT_BIT(NOT_ENROLLED)
        | FAULT_BIT(TIER) | FAULT_BIT(REGION) | FAULT_BIT(EXCLUDED);
    struct applicant who = { .partner = root, .root_id = q->who.root_id, .catalogue = q->facts->catalogue };
    struct eligibility best = eligibility_ask(&who, p, date);
    best.faults = (best.faults & of_partner) | FAULT_BIT(ROLE);
    for (unsigned i = 0; i < root->role_count && best.faults; i++) {
        if (!span_holds(root->roles[i].valid_from, root->roles[i].valid_to, date)) continue;
        who.role = root->roles[i].role;
        best = eligibility_ask(&who, p, date);
        best.faults &= of_partner;
    }
    return best;
}

/* A close is not judged, but what the enrolment of the period's last day sets (volumes, baseline) holds for a root that
 * bought nothing, too (domain.md 5.2); and a guarantee is promised only to whom the program is open. */
static void ask_about_close(struct inquiry *q)
{
    struct period period;
    const struct program *p;
    const struct partner *root = q->facts->root ? q->facts->root : q->who.partner;
    if (!volume_period_find(q->facts->catalogue, q->line->program_id, q->line->period_label, &period, &p)) return;
    struct eligibility e = { .program = p, .program_id = p->id, .incentive = p->incentive, .date = period.to };
    if (p->has_volume && p->volume.has_guarantee) e = ask_as_any_role(q, root, p, period.to);
    e.enrolment = partner_enrolment(root, p->id, p->incentive, period.to);
    if (e.enrolment || e.faults) insert(q, &e);
}

void candidates_find(struct inquiry *q)
{
    ASSERT(q->facts->programs && q->who.partner);
    switch (q->footing) {
    case FOOTING_CLAIM:
    case FOOTING_REGISTRATION:
        name_author(q);
        ask_target(q);
        break;
    case FOOTING_REFERENCE:
        if (q->kind == KIND_REP_ROSTER) ask_roster(q);
        else ask_target(q);
        return;
    case FOOTING_AUTOMATIC:
        break;
    case FOOTING_OPERATOR:
        if (q->kind == KIND_PERIOD_CLOSE && q->line->close == CLOSE_EARNING) ask_about_close(q);
        return;
    case FOOTING_CORRECTION: case FOOTING_STOCK:
        return;
    }
    bool is_known = q->who.role != ROLE_UNSPECIFIED && !q->part_is_unknown;      /* R3: before programs are asked */
    if (is_known && trigger_of(q->kind) != TRIGGER_NONE) ask_triggered(q, trigger_of(q->kind));
}

/* --- afterwards ------------------------------------------------------------------------------------------------- */

static int64_t revision_of(const struct line *l)
{
    if (l->agreement) return l->agreement->revision;
    if (l->deal) return l->deal->revision;
    return l->preapproval ? l->preapproval->revision : 0;
}

void candidates_keep_target(struct inquiry *q)
{
    struct slice key;
    bool is_paper = q->footing == FOOTING_REFERENCE || q->footing == FOOTING_REGISTRATION;
    if (!is_paper || !q->has_target || !q->target.program || !target_key(q, &key)) return;
    bool found;
    const struct target_record *kept = books_read(q->verdict->books, CLASSIFICATION_TARGETS, key, &found);
    if (found && kept->revision > revision_of(q->line)) return;
    struct target_record *t = books_change(q->verdict->books, CLASSIFICATION_TARGETS, key);
    *t = (struct target_record){ revision_of(q->line), q->target.program->id, q->dossier->receipt->submitter_id };
}

void candidates_record(struct inquiry *q)
{
    struct arena *a = q->verdict->arena;
    if (q->asked_count == 0) return;
    struct candidate *candidates = ARENA_ARRAY(a, q->asked_count, struct candidate);
    for (unsigned i = 0; i < q->asked_count; i++)
        candidates[i] = eligibility_candidate(a, &q->who, &q->asked[i], candidates_strike(q, &q->asked[i]));
    q->section->candidates = candidates;
    q->section->candidate_count = q->asked_count;
}
