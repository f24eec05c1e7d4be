/* intake/submitter.c: grants. */
#include "intake/submitter.h"

#define VENDOR_KINDS (KIND_BIT(KIND_AGREEMENT) | KIND_BIT(KIND_REP_ROSTER) | KIND_BIT(KIND_SELL_IN))

static bool lists(const struct texts *texts, struct slice text)
{
    for (unsigned i = 0; i < texts->count; i++)
        if (slice_equal(texts->items[i], text) || slice_equal(texts->items[i], SLICE("*"))) return true;
    return false;
}

bool submitter_may_report(const struct intake_submitter *s, const struct intake_partners *p, struct slice partner_id)
{
    if (s->any_partner || slice_equal(partner_id, s->partner_id) || lists(&s->reports_for, partner_id)) return true;
    if (!p || !p->root || slice_is_empty(s->partner_id)) return false;
    struct slice own = p->root(p->context, s->partner_id), root = p->root(p->context, partner_id);
    return !slice_is_empty(root) && slice_equal(own, root);
}

bool submitter_may_send(const struct intake_submitter *s, enum kind kind)
{
    if (kind_is_operator(kind) && !s->operates) return false;
    if ((VENDOR_KINDS & KIND_BIT(kind)) && !s->vendor) return false;
    if (kind_is_operator(kind)) return true;
    return (s->kinds & KIND_BIT(kind)) != 0;
}

uint32_t submitter_correctable_kinds(const struct intake_submitter *s)
{
    uint32_t granted = KIND_BIT(KIND_UNSPECIFIED), all = granted;
    for (unsigned k = 1; k < KIND_COUNT; k++) {
        if (kind_is_reference((enum kind)k) || kind_is_operator((enum kind)k)) continue;
        all |= KIND_BIT(k);
        if (submitter_may_send(s, (enum kind)k)) granted |= KIND_BIT(k);
    }
    return granted == all ? 0 : granted;
}

struct intake_submitter submitter_local(void)
{
    return (struct intake_submitter){
        .id = SLICE("local"), .vendor = true, .operates = true, .any_partner = true, .is_local = true, .kinds = ~0u,
    };
}
