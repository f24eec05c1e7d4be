/* classification/inquiry.c: what kind of question a line is. */
#include "classification/inquiry.h"

#include "base/assert.h"

static bool names_original(const struct line *l)
{
    return l->original_line_ref.size || l->original_invoice_no.size;
}

static enum footing footing_of(enum kind kind, const struct line *l)
{
    if (kind == KIND_UNSPECIFIED || kind == KIND_POS_RETURN || kind == KIND_CANCEL) return FOOTING_CORRECTION;
    if (kind == KIND_SHIP_DEBIT_CLAIM && l->qty_milli < 0) return FOOTING_CORRECTION;
    if (kind == KIND_SELL_IN && l->kind == KIND_SELL_IN && l->qty_milli < 0 && names_original(l))
        return FOOTING_CORRECTION;
    if (kind == KIND_DEAL_REGISTRATION || kind == KIND_MDF_PREAPPROVAL) return FOOTING_REGISTRATION;
    if (kind_is_claim(kind)) return FOOTING_CLAIM;
    if (kind_is_automatic(kind)) return FOOTING_AUTOMATIC;
    if (kind_is_reference(kind)) return FOOTING_REFERENCE;
    return kind_is_operator(kind) ? FOOTING_OPERATOR : FOOTING_STOCK;
}

static enum incentive incentive_of(enum kind kind)
{
    if (kind == KIND_UNSPECIFIED) return INCENTIVE_UNSPECIFIED;
    if (kind == KIND_DEAL_REGISTRATION) return INCENTIVE_DEAL_REGISTRATION;
    if (kind == KIND_MDF_PREAPPROVAL) return INCENTIVE_MDF;
    return kind == KIND_AGREEMENT ? INCENTIVE_SHIP_DEBIT : kind_incentive(kind);
}

/* domain.md 1.1. A line without that date is dated by its receipt; compliance misses the field. */
static int32_t line_date_of(enum kind kind, const struct line *l, int32_t received_date)
{
    int32_t date = 0;
    switch (kind) {
    case KIND_POS_SALE: case KIND_POS_RETURN: case KIND_SHIP_DEBIT_CLAIM: case KIND_SPIFF_CLAIM:
    case KIND_TRANSFER_OUT: case KIND_TRANSFER_IN: case KIND_STOCK_ADJUST: date = l->ship_date; break;
    case KIND_SELL_IN:                date = l->invoice_date; break;
    case KIND_DEAL_CLAIM:             date = l->order_date; break;
    case KIND_MDF_CLAIM:              date = l->activity_from; break;
    case KIND_PRICE_PROTECTION_CLAIM: date = l->price_change_date; break;
    case KIND_INVENTORY:              date = l->snapshot_date; break;
    default:                          break;
    }
    return date ? date : received_date;
}

static bool holds(const struct partner *p, enum role role, int32_t date)
{
    for (unsigned i = 0; i < p->role_count; i++)
        if (p->roles[i].role == role && span_holds(p->roles[i].valid_from, p->roles[i].valid_to, date)) return true;
    return false;
}

/* As sent, else the first role that whom it names holds on the line date (domain.md 3.1); else UNKNOWN. By policy what
 * is on file of him is stronger than the seller's word, where he holds a role at all. */
static enum role sold_to_role_of(const struct inquiry *q)
{
    enum role sent = q->line->sold_to.role;
    const struct partner *customer = q->facts->customer;
    bool is_said = sent != ROLE_UNSPECIFIED && !q->policy->customer_role_on_file;
    if (is_said || !customer || (sent && holds(customer, sent, q->line_date))) return sent;
    enum role on_file = partner_first_role(customer, q->line_date);
    return on_file ? on_file : sent;
}

static struct slice root_of(const struct inquiry *q)
{
    const struct partner *p = q->facts->partner;
    if (p) return p->root_id.size ? p->root_id : p->partner_id;
    if (q->dossier->receipt->partner_root_id.size) return q->dossier->receipt->partner_root_id;
    return partner_unknown_root(q->verdict->arena, q->line->partner_id);
}

int32_t inquiry_date(const struct inquiry *q, instant_ms at_unix_ms)
{
    return instant_date(at_unix_ms, q->facts->partner ? q->facts->partner->utc_offset_minutes : 0);
}

void inquiry_open(struct inquiry *q, const struct dossier *d, const struct classification_facts *facts,
                  const struct policy *policy, struct verdict *v, struct eligibility *asked)
{
    const struct line *l = d->line;
    enum kind kind = l->kind == KIND_REPLACE ? l->replaces_kind : l->kind;
    *q = (struct inquiry){ .dossier = d, .line = l, .facts = facts, .policy = policy, .verdict = v, .asked = asked };
    q->section = v->section;
    q->kind = kind;
    q->footing = footing_of(kind, l);
    q->incentive = incentive_of(kind);
    q->received_date = inquiry_date(q, d->receipt->received_at_unix_ms);
    q->line_date = line_date_of(kind, l, q->received_date);
    q->who = (struct applicant){ .partner = facts->partner, .root_id = root_of(q), .catalogue = facts->catalogue };
    q->who.sold_to_role = sold_to_role_of(q);
}

bool inquiry_needs_role(const struct inquiry *q)
{
    return q->footing == FOOTING_AUTOMATIC || q->footing == FOOTING_CLAIM || q->footing == FOOTING_REGISTRATION;
}

bool inquiry_is_a_sale(const struct inquiry *q)
{
    static const unsigned sales = KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_SHIP_DEBIT_CLAIM)
        | KIND_BIT(KIND_SPIFF_CLAIM) | KIND_BIT(KIND_DEAL_CLAIM);
    return inquiry_needs_role(q) && (sales & KIND_BIT(q->kind));
}

bool inquiry_is_released(const struct inquiry *q, enum reason_code code)
{
    if (code == REASON_ROLE_DRIFT && review_last(q->verdict->review, VERB_ASSIGN_ROLE)) return true;
    return verdict_released(q->verdict->review, code);
}

enum role inquiry_assigned_role(const struct inquiry *q)
{
    const struct review_effect *review = review_last(q->verdict->review, VERB_ASSIGN_ROLE);
    return review ? review->role : ROLE_UNSPECIFIED;
}
