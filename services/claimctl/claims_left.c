/* claimctl/claims_left.c: what the lines say that took sales back. */
#include "claimctl/claims_left.h"

static bool visit(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct claims_left *c = context;
    const struct payout_section *p = s->dossier->payout;
    (void)r, (void)e;
    c->count++;
    for (unsigned i = 0; p && i < p->claims_left.count; i++)
        *directory_at(&c->lines, p->claims_left.items[i], NULL) = c->count;
    for (unsigned i = 0; p && i < p->entry_count; i++)
        if (p->entries[i].reverses_payout_id.size && !slice_equal(p->entries[i].ledger, SLICE("SETTLED")))
            *directory_at(&c->reversed, p->entries[i].reverses_payout_id, NULL) = c->count;
    return true;
}

bool claims_left_read(struct claims_left *c, struct reading *r)
{
    c->count = 0;
    directory_open(&c->lines);
    directory_open(&c->reversed);
    return reading_walk(r, visit, c);
}

void claims_left_close(struct claims_left *c)
{
    directory_close(&c->lines);
    directory_close(&c->reversed);
}

bool claims_left_has(const struct claims_left *c, const struct payout *p)
{
    uint32_t left = directory_get(&c->lines, p->line_id, 0);
    return left && slice_is_empty(p->reverses_payout_id) && directory_get(&c->reversed, p->payout_id, 0) < left;
}
