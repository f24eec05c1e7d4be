/* classification/decide.c: finds out who sold what and when, then asks every rule; the strongest answer wins. Pure: no
 * clock, no I/O; memory from v->arena only. */
#include "classification/decide.h"

#include "base/assert.h"
#include "classification/behaviour.h"
#include "classification/candidates.h"
#include "classification/corrections.h"
#include "classification/product.h"
#include "classification/rules.h"
#include "domain/decimal.h"
#include "domain/uom.h"

/* --- goods ------------------------------------------------------------------------------------------------------ */

static bool has_goods(const struct inquiry *q)
{
    return q->kind != KIND_UNSPECIFIED && kind_has_goods(q->kind);
}

/* A registration names its goods as terms do: sku: family: line: */
static void name_registered_goods(struct inquiry *q)
{
    const struct deal_registration *deal = q->line->deal;
    if (q->kind != KIND_DEAL_REGISTRATION || !deal) return;
    q->who.deal = deal;
    q->who.part = deal->products.count ? deal->products.items[0] : deal->family;
}

static void name_product(struct inquiry *q)
{
    const struct line *l = q->line;
    name_registered_goods(q);
    if (q->who.deal) return;
    q->who.part = line_part(l);
    if (slice_is_empty(q->who.part)) return;
    q->who.product =
        catalogue_product_by_part(q->facts->catalogue, q->who.root_id, l->vendor_part, l->gtin, l->partner_part);
    if (!q->who.product) {
        q->part_is_unknown = has_goods(q);              /* a CANCEL may name a part, but does not depend on it */
        return;
    }
    if (has_goods(q) && q->who.product->withdrawn && q->footing != FOOTING_CORRECTION)
        q->line_faults |= FAULT_BIT(PART_INVALID);
    q->section->sku = q->who.product->sku;
    q->section->family = q->who.product->family;
    q->section->product_line = q->who.product->product_line;
}

static struct slice factor_text(struct arena *a, const struct uom *unit)
{
    struct text t = text_in(a, 48);
    text_put_int(&t, unit->num);
    if (unit->den != 1) {
        text_put_byte(&t, '/');
        text_put_int(&t, unit->den);
    }
    return text_slice(&t);
}

static void give_unit_invalid(struct inquiry *q)
{
    struct reason *r = verdict_give(q->verdict, REASON_UOM_INVALID);
    reason_argument(r, SLICE("uom"), q->line->uom);
    reason_argument(r, SLICE("part"), q->who.part);
    reason_argument(r, SLICE("qty"), decimal_text(q->verdict->arena, q->line->qty_milli, MILLI_DIGITS));
}

static void note_other_factor(struct inquiry *q, const struct uom *unit)
{
    struct slice sent;
    if (!product_factor_differs(q->line, unit, &sent)) return;
    struct reason *r = verdict_give(q->verdict, REASON_UOM_FACTOR_DIFFERS);
    reason_argument(r, SLICE("uom"), q->line->uom);
    reason_argument(r, SLICE("part"), q->who.part);
    reason_argument(r, SLICE("factor"), factor_text(q->verdict->arena, unit));
    reason_argument(r, SLICE("other"), sent);
}

/* Without a product the quantity stays as sent: either the line waits for the part, or it is about none. */
static void measure_quantity(struct inquiry *q)
{
    struct uom unit;
    q->section->base_qty_milli = q->line->qty_milli;
    if (!q->who.product || q->line->qty_milli == 0) return;
    if (!uom_find(q->who.product, q->line->uom, &unit)) {
        give_unit_invalid(q);
        return;
    }
    note_other_factor(q, &unit);
    switch (uom_base_qty(&unit, q->line->qty_milli, &q->section->base_qty_milli)) {
    case BASE_QUANTITY_EXACT:     return;
    case BASE_QUANTITY_UNEVEN:    give_unit_invalid(q); return;
    case BASE_QUANTITY_TOO_LARGE: q->quantity_overflows = true; return;
    }
}

/* --- role ------------------------------------------------------------------------------------------------------- */

static void find_role(struct inquiry *q)
{
    if (!inquiry_needs_role(q)) return;
    enum role assigned = inquiry_assigned_role(q);
    struct role_question question = {
        .partner = q->who.partner, .line = q->line, .kind = q->kind, .incentive = q->incentive,
        .line_date = q->line_date, .sold_to_role = q->who.sold_to_role,
        .matrix = catalogue_matrix(q->facts->catalogue, q->line_date),
        .product_line = q->who.product ? q->who.product->product_line : (struct slice){ 0 },
    };
    q->role = assigned ? (struct role_answer){ assigned, ROLE_STEP_AMBIGUOUS } : role_on_line(&question);
    q->who.role = q->role.role;
}

/* --- rules ------------------------------------------------------------------------------------------------------ */

/* The faults that have an effect: those of rules that are enforced, without a suspension that a person released. */
static void set_acting_faults(struct inquiry *q)
{
    q->acting = ~0u;
    for (unsigned i = 0; i < classification_rule_count; i++)
        if (policy_mode(q->policy, classification_rules[i].id) != RULE_MODE_ENFORCE)
            q->acting &= ~eligibility_faults_of(classification_rules[i].id);
    if (inquiry_is_released(q, REASON_PROGRAM_SUSPENDED)) q->acting &= ~FAULT_BIT(SUSPENDED);
    q->who.sells = inquiry_is_a_sale(q) && policy_mode(q->policy, RULE_ELG_06) != RULE_MODE_OFF;
}

/* True when a person released that reason. No signature brings a missing role, or makes a number fit. */
static bool is_settled(const struct inquiry *q, const struct reason *r)
{
    if (r->outcome != OUTCOME_HOLD || r->code == REASON_ROLE_AMBIGUOUS || r->code == REASON_NUMBER_OVERFLOW)
        return false;
    return inquiry_is_released(q, r->code);
}

/* What a person released counts as FALSE, with the review as evidence. */
static bool drop_settled_reasons(const struct inquiry *q, struct finding *f)
{
    unsigned kept = 0, before = f->reason_count;
    for (unsigned i = 0; i < before; i++)
        if (!is_settled(q, &f->reasons[i])) f->reasons[kept++] = f->reasons[i];
    f->reason_count = kept;
    return before > 0 && kept == 0;
}

static void give_reasons(struct inquiry *q, const struct finding *f)
{
    for (unsigned i = 0; i < f->reason_count; i++) {
        enum reason_code code = f->reasons[i].code;
        *verdict_give(q->verdict, code) = f->reasons[i];
        if (f->reasons[i].outcome == OUTCOME_PARK) verdict_wait(q->verdict, code, f->waits_on);
        if (f->reasons[i].outcome == OUTCOME_HOLD) verdict_wait(q->verdict, code, SLICE("review"));
    }
}

static void record_result(struct inquiry *q, enum rule_id id, enum rule_mode mode, enum truth truth,
                          const struct finding *f)
{
    struct rule_result *r = verdict_note(q->verdict, rule_row(id)->number, mode, truth);
    r->reason = f->reason_count ? f->reasons[0].code : f->code;
    r->points = f->points;
    r->observed = f->observed;
    r->limit = f->limit;
    if (f->evidence_count == 0) return;
    struct evidence *evidence = ARENA_ARRAY(q->verdict->arena, f->evidence_count, struct evidence);
    memcpy(evidence, f->evidence, f->evidence_count * sizeof *evidence);
    r->evidence = evidence;
    r->evidence_count = f->evidence_count;
}

static void show_review(const struct inquiry *q, struct finding *f)
{
    const struct review_effect *review = q->verdict->review;
    struct slice actor = review->actors.count ? review->actors.items[0] : (struct slice){ 0 };
    f->evidence[0] = (struct evidence){ .kind = EVIDENCE_REVIEW, .id = actor, .revision = review->sequence };
    f->evidence_count = 1;
}

/* Takes the answer of a rule. One that cannot know parks or holds the line; it never refuses it. */
static void weigh(struct inquiry *q, enum rule_id id, enum rule_mode mode, enum truth truth, struct finding *f)
{
    if (truth == TRUTH_UNSPECIFIED) return;
    if (truth == TRUTH_FALSE) {
        verdict_note_false(q->verdict, id);
        if (mode == RULE_MODE_ENFORCE) give_reasons(q, f);  /* a note, such as WEAK_EVIDENCE */
        if (mode == RULE_MODE_SHADOW) record_result(q, id, mode, truth, f);
        return;
    }
    enum reason_code found = f->reason_count ? f->reasons[0].code : f->code;
    if (drop_settled_reasons(q, f)) {
        struct finding shown = { .code = found };
        show_review(q, &shown);
        verdict_note_false(q->verdict, id);
        record_result(q, id, mode, TRUTH_FALSE, &shown);
        return;
    }
    record_result(q, id, mode, truth, f);
    if (mode == RULE_MODE_ENFORCE) give_reasons(q, f);
}

/* Asks all rules, so that the partner learns everything that is wrong at once. */
static void ask_rules(struct inquiry *q)
{
    struct finding f;
    for (unsigned i = 0; i < classification_rule_count; i++) {
        const struct rule *rule = &classification_rules[i];
        enum rule_mode mode = policy_mode(q->policy, rule->id);
        if (mode == RULE_MODE_OFF) continue;
        f.reason_count = f.evidence_count = 0;
        f.code = REASON_NONE;
        f.points = 0;
        f.observed = f.limit = (struct figure){ 0 };
        f.waits_on = (struct slice){ 0 };
        weigh(q, rule->id, mode, rule->ask(q, &f), &f);
    }
}

/* --- the section ------------------------------------------------------------------------------------------------ */

static struct slice payee_of(const struct inquiry *q)
{
    const struct partner *p = q->who.partner, *root = q->facts->root;
    if (p->payee.payee_id.size) return p->payee.payee_id;
    return root && root->payee.payee_id.size ? root->payee.payee_id : q->who.root_id;
}

static struct slice price_list_of(const struct inquiry *q)
{
    const struct partner *p = q->who.partner, *root = q->facts->root;
    return p->price_list_id.size || !root ? p->price_list_id : root->price_list_id;
}

static struct slice region_of(const struct partner *p)
{
    return p->regions.count ? p->regions.items[0] : p->country;
}

static void describe_partner(struct inquiry *q)
{
    const struct partner *p = q->who.partner;
    struct classification *c = q->section;
    c->judgement.profile_revision = p->revision;
    c->profile_source = q->facts->profile_source;
    c->tier = partner_tier(p, q->line_date);
    c->region = region_of(p);
    c->price_list_id = price_list_of(q);
    c->payee_id = payee_of(q);
    c->utc_offset_minutes = p->utc_offset_minutes;
    c->sla_hours = p->sla_hours;
    c->lot_pool_location = p->lot_pool_location;
}

static void describe_line(struct inquiry *q)
{
    struct classification *c = q->section;
    c->partner_root_id = q->who.root_id;
    c->line_date = q->line_date;
    c->received_date = q->received_date;
    c->sold_to_role = q->who.sold_to_role;
    c->sla_hours = 48;
}

static void describe_what_waits(struct inquiry *q)
{
    q->section->original_received_date = q->original_received_date;
    q->section->reaches_line_ref = q->reaches.line_ref;
    q->section->reaches_invoice_no = q->reaches.invoice_no;
    q->section->reaches_invoice_line = q->reaches.invoice_line;
    q->section->reaches_sku = q->reaches_sku;
    q->section->held_preapprovals = q->held_preapprovals;
}

static void describe_role(struct inquiry *q)
{
    struct classification *c = q->section;
    c->role = q->role.role;
    c->role_step = q->role.step;
    if (q->has_target && q->target.program) c->matrix_version = q->target.matrix_version;
    else if (q->asked_count) c->matrix_version = q->asked[0].matrix_version;
    else if (inquiry_needs_role(q)) c->matrix_version = catalogue_matrix(q->facts->catalogue, q->line_date)->version;
}

/* --- reviews, state --------------------------------------------------------------------------------------------- */

static void apply_denial(struct inquiry *q)
{
    const struct review_effect *review = q->verdict->review;
    if (!review || review->verb != VERB_DENY) return;
    reason_argument(verdict_give(q->verdict, REASON_DENIED_ON_REVIEW), SLICE("note"), review->note);
}

/* The reason says how much a person took off; compliance accepts no more than the rest (screening.md 4.3). */
static void apply_adjustment(struct inquiry *q)
{
    const struct review_effect *review = review_last(q->verdict->review, VERB_ADJUST);
    int64_t base = q->section->base_qty_milli;
    if (!review || review->accepted_qty_milli >= base) return;
    struct reason *r = verdict_give(q->verdict, REASON_REVIEW_ADJUSTED);
    reason_argument(r, SLICE("note"), review->note);
    r->cut_qty_milli = base - review->accepted_qty_milli;
}

/* Only lines that go on change the state; a line that waits is counted when it is decided. */
static void keep_state(struct inquiry *q)
{
    enum outcome outcome = q->verdict->judgement->outcome;
    bool passes = outcome == OUTCOME_PASS || outcome == OUTCOME_SHORT;
    if (passes) candidates_keep_target(q);
    behaviour_keep_drift(q);
    if (passes) behaviour_count(q);
    corrections_keep(q, outcome);
    if (passes) corrections_tell_returns(q);
    if (!passes || !q->withdraws_original) return;
    q->verdict->withdraws = q->original_id;
    corrections_name_ended(q);
    if (q->line->kind == KIND_CANCEL) corrections_end_repeats(q);
}

/* Opens the rows. True when some were not brought yet: then there is nothing to judge in this pass. */
static bool rows_are_missing(struct inquiry *q)
{
    candidates_open_rows(q);
    behaviour_open_rows(q);
    corrections_find(q);
    return q->verdict->books->missed > 0;
}

static void judge(struct inquiry *q)
{
    set_acting_faults(q);
    find_role(q);
    behaviour_judge(q);
    candidates_find(q);
    describe_role(q);
    candidates_record(q);
    ask_rules(q);
    apply_adjustment(q);
    apply_denial(q);
    verdict_close(q->verdict);
    keep_state(q);
}

/* For a partner who is not on file only ELG-04 is asked, which parks the line; all other rules need the profile. */
static void wait_for_partner(struct inquiry *q)
{
    q->acting = ~0u;
    struct finding f = { 0 };
    for (unsigned i = 0; i < classification_rule_count; i++)
        if (classification_rules[i].id == RULE_ELG_04)
            weigh(q, RULE_ELG_04, RULE_MODE_ENFORCE, classification_rules[i].ask(q, &f), &f);
    apply_denial(q);
    verdict_close(q->verdict);
}

static struct inquiry *opened(const struct dossier *d, const void *facts, const struct policy *policy,
                              struct verdict *v)
{
    struct inquiry *q = arena_take(v->arena, sizeof *q);
    struct eligibility *asked = arena_take(v->arena, INQUIRY_CANDIDATES_MAX * sizeof *asked);
    inquiry_open(q, d, facts, policy, v, asked);
    return q;
}

void *classification_open(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v)
{
    struct inquiry *q = opened(d, facts, policy, v);
    if (q->facts->partner) rows_are_missing(q);
    return q;
}

void classification_decide(const struct dossier *d, const void *facts_, const struct policy *policy, struct verdict *v)
{
    const struct classification_facts *facts = facts_;

    ASSERT(dossier_has(d, SECTION_SUBMISSION) && dossier_has(d, SECTION_RECEIPT));    /* the loop checked `needs` */
    ASSERT(verdict_is_empty(v) && v->books && facts->catalogue);

    struct inquiry *q = v->opened ? v->opened : opened(d, facts, policy, v);
    q->section = v->section;
    describe_line(q);
    if (v->review) v->judgement->review_sequence = v->review->sequence;
    if (!facts->partner) {
        wait_for_partner(q);
        return;
    }
    describe_partner(q);
    if (!v->opened && rows_are_missing(q)) {
        verdict_close(v);
        return;
    }
    describe_what_waits(q);
    name_product(q);
    measure_quantity(q);
    judge(q);

    ASSERT(v->judgement->outcome != OUTCOME_REJECT || v->judgement->reason_count > 0);
}

void classification_withdraw(const struct dossier *d, const struct policy *policy, struct verdict *v)
{
    (void)policy;
    const struct classification *standing = d->classification;
    if (standing) corrections_forget(v, standing->partner_root_id, d);
}
