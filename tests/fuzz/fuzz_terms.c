/* Records from YAML: read whole or refused with a problem; what is read keeps the promises of its header. */
#include "base/assert.h"
#include "domain/rating/rows.h"
#include "wire/reference_text.h"
#include "wire/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_program(const struct program *p)
{
    ASSERT(p->id.size > 0 && p->version > 0 && p->valid_from <= p->valid_to);
    ASSERT(p->rank >= 1 && p->rank <= 999 && p->payee && p->program_date && p->claim.anchor
           && p->rounding_step_minor > 0);
    for (unsigned i = 0; i < p->volume.tier_count; i++)
        ASSERT(p->volume.tiers[i].from_micros >= 0
               && (i == 0 || p->volume.tiers[i].from_micros > p->volume.tiers[i - 1].from_micros));
    for (unsigned i = 1; i < p->volume.custom_period_count; i++)
        ASSERT(p->volume.custom_periods[i].from > p->volume.custom_periods[i - 1].to);
}

/* What an agreement may say of its program can be said again in its canonical form. */
static void check_overrides(const struct text_source *s, const struct node *n, const struct program *base)
{
    struct slice yaml;
    struct agreement_overrides out;
    const struct node *ship_debit = node_find(n, SLICE("ship_debit")), *claim = node_find(n, SLICE("claim"));
    if (!terms_render_overrides(s, ship_debit, claim, base->currency, &yaml)) return;
    ASSERT(terms_read_overrides(s->arena, yaml, base->currency, &out) == OK);
}

static void read_each(const struct text_source *s, const struct node *n)
{
    struct program program;
    struct matrix matrix;
    struct limits limits;
    struct ruleset ruleset;
    struct tax_table tax;
    struct partner partner;
    struct product product;
    struct price_list list;
    struct fx_pair fx;
    struct party_verdict verdict;
    if (terms_read_program(s, n, &program)) {
        check_program(&program);
        check_overrides(s, n, &program);
    }
    (void)!terms_read_matrix(s, n, &matrix);
    (void)!terms_read_limits(s, n, &limits);
    (void)!terms_read_ruleset(s, n, &ruleset);
    (void)!terms_read_tax_table(s, n, &tax);
    (void)!reference_read_partner(s, node_find(n, SLICE("partner")) ? node_find(n, SLICE("partner")) : n, &partner);
    (void)!reference_read_product(s, node_find(n, SLICE("product")) ? node_find(n, SLICE("product")) : n, &product);
    (void)!reference_read_price_list(s, node_find(n, SLICE("price_list")) ? node_find(n, SLICE("price_list")) : n,
                                     &list);
    (void)!reference_read_fx(s, node_find(n, SLICE("fx_table")) ? node_find(n, SLICE("fx_table")) : n, &fx);
    (void)!reference_read_party(s, node_find(n, SLICE("party")) ? node_find(n, SLICE("party")) : n, &verdict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena a;
    if (!a.base) ASSERT(arena_open(&a, 64 << 20, 64 << 20) == OK);
    struct problems problems = problems_in(&a);
    struct text_source s = {
        .arena = &a, .file = SLICE("fuzz.yaml"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    const struct node *n = size <= 64 << 10 ? yaml_read(&s, slice_of((const char *)data, size)) : NULL;
    if (n) read_each(&s, n);
    arena_reset(&a);
    return 0;
}
