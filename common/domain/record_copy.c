/* domain/record_copy.c: one walk over what a record points to serves both copying and comparing. */
#include "domain/record_copy.h"

#include "base/assert.h"

/* blank: pointers are taken out, what they point to goes into the digest instead. */
struct copier { struct arena *arena; bool blank; struct hash128 digest; };

typedef void (*fix_function)(struct copier *, void *);

static void mix(struct copier *c, struct slice bytes)
{
    struct hash128 both[2] = { c->digest, hash_bytes(bytes) };
    c->digest = hash_bytes(slice_of((const char *)both, sizeof both));
}

static void fix_text(struct copier *c, void *item)
{
    struct slice *s = item;
    if (c->blank) mix(c, *s);
    s->bytes = c->blank || !s->size ? NULL : slice_copy(c->arena, *s).bytes;
}

static const void *take_items(struct copier *c, const void *items, unsigned count, size_t size, fix_function fix)
{
    if (count == 0) return NULL;
    char *copy = arena_alloc_array(c->arena, count, size);
    memcpy(copy, items, count * size);
    for (unsigned i = 0; fix && i < count; i++) fix(c, copy + i * size);
    if (!c->blank) return copy;
    mix(c, slice_of(copy, count * size));
    return NULL;
}

#define TAKE(c, items, count, fix) ((items) = take_items((c), (items), (count), sizeof *(items), (fix)))

static void fix_texts(struct copier *c, struct texts *t)
{
    TAKE(c, t->items, t->count, fix_text);
}

static void fix_pair(struct copier *c, void *item)
{
    struct pair *p = item;
    fix_text(c, &p->name);
    fix_text(c, &p->value);
}

static void fix_filter(struct copier *c, struct product_filter *f)
{
    fix_texts(c, &f->include);
    fix_texts(c, &f->exclude);
}

static void fix_custom_period(struct copier *c, void *item)
{
    struct custom_period *p = item;
    fix_text(c, &p->label);
}

static void fix_activity(struct copier *c, void *item)
{
    struct mdf_activity *m = item;
    fix_text(c, &m->type);
    fix_texts(c, &m->proofs);
}

static void fix_spiff_rate(struct copier *c, void *item)
{
    struct spiff_rate *r = item;
    fix_texts(c, &r->products);
}

static void fix_volume(struct copier *c, struct volume_terms *v)
{
    TAKE(c, v->custom_periods, v->custom_period_count, fix_custom_period);
    fix_filter(c, &v->qualifier_products);
    fix_filter(c, &v->benefit_products);
    TAKE(c, v->tiers, v->tier_count, NULL);
    fix_text(c, &v->coop_split_program);
}

static void fix_mdf(struct copier *c, struct mdf_terms *m)
{
    fix_texts(c, &m->expense_types);
    TAKE(c, m->activities, m->activity_count, fix_activity);
    TAKE(c, m->custom_periods, m->custom_period_count, fix_custom_period);
}

static void fix_program(struct copier *c, void *item)
{
    struct program *p = item;
    fix_text(c, &p->id);
    fix_text(c, &p->currency);
    fix_text(c, &p->payout_currency);
    fix_text(c, &p->fx_table);
    fix_texts(c, &p->tiers_allowed);
    fix_texts(c, &p->regions_allowed);
    fix_filter(c, &p->products);
    fix_texts(c, &p->partners_include);
    fix_texts(c, &p->partners_exclude);
    TAKE(c, p->caps, p->cap_count, NULL);
    fix_text(c, &p->exclusive_group);
    fix_text(c, &p->tax_treatment);
    fix_volume(c, &p->volume);
    fix_mdf(c, &p->mdf);
    TAKE(c, p->spiff.rates, p->spiff.rate_count, fix_spiff_rate);
    fix_text(c, &p->spiff.tax_country);
}

static void fix_override(struct copier *c, void *item)
{
    struct matrix_override *o = item;
    fix_text(c, &o->region);
    fix_text(c, &o->product_line);
}

static void fix_matrix(struct copier *c, void *item)
{
    struct matrix *m = item;
    TAKE(c, m->overrides, m->override_count, fix_override);
}

static void fix_uom(struct copier *c, void *item)
{
    struct uom *u = item;
    fix_text(c, &u->code);
}

static void fix_product(struct copier *c, void *item)
{
    struct product *p = item;
    fix_text(c, &p->sku);
    fix_text(c, &p->family);
    fix_text(c, &p->product_line);
    fix_text(c, &p->base_uom);
    fix_text(c, &p->serial_mask);
    fix_text(c, &p->serial_check);
    fix_texts(c, &p->vendor_parts);
    fix_texts(c, &p->gtins);
    TAKE(c, p->partner_parts, p->partner_part_count, fix_pair);
    TAKE(c, p->uoms, p->uom_count, fix_uom);
}

static void fix_price_list(struct copier *c, void *item)
{
    struct price_list *p = item;
    fix_text(c, &p->list_id);
    fix_text(c, &p->sku);
    fix_text(c, &p->currency);
    TAKE(c, p->prices, p->price_count, NULL);
}

static void fix_fx(struct copier *c, void *item)
{
    struct fx_pair *p = item;
    fix_text(c, &p->table_id);
    fix_text(c, &p->from);
    fix_text(c, &p->to);
    fix_text(c, &p->source);
    TAKE(c, p->rates, p->rate_count, NULL);
}

static void fix_tax_entry(struct copier *c, void *item)
{
    struct tax_entry *e = item;
    fix_text(c, &e->currency);
}

static void fix_tax(struct copier *c, void *item)
{
    struct tax_table *t = item;
    fix_text(c, &t->country);
    fix_text(c, &t->form);
    TAKE(c, t->entries, t->entry_count, fix_tax_entry);
}

static void fix_limits(struct copier *c, void *item)
{
    struct limits *l = item;
    fix_text(c, &l->id);
    TAKE(c, l->settings, l->setting_count, fix_pair);
}

static void fix_ruleset_override(struct copier *c, void *item)
{
    struct ruleset_override *o = item;
    fix_text(c, &o->program_id);
    fix_text(c, &o->root_id);
    TAKE(c, o->rules, o->rule_count, NULL);
    TAKE(c, o->settings, o->setting_count, fix_pair);
}

static void fix_ruleset(struct copier *c, void *item)
{
    struct ruleset *r = item;
    fix_text(c, &r->id);
    TAKE(c, r->rules, r->rule_count, NULL);
    TAKE(c, r->settings, r->setting_count, fix_pair);
    TAKE(c, r->overrides, r->override_count, fix_ruleset_override);
}

static void fix_party(struct copier *c, void *item)
{
    struct party_verdict *v = item;
    fix_text(c, &v->party_key);
    fix_text(c, &v->party_revision);
    fix_text(c, &v->entry_id);
    fix_text(c, &v->entry_revision);
}

static const struct { size_t bytes; fix_function fix; } shapes[] = {
    [RECORD_SHAPE_PROGRAM]    = { sizeof(struct program), fix_program },
    [RECORD_SHAPE_MATRIX]     = { sizeof(struct matrix), fix_matrix },
    [RECORD_SHAPE_PRODUCT]    = { sizeof(struct product), fix_product },
    [RECORD_SHAPE_PRICE_LIST] = { sizeof(struct price_list), fix_price_list },
    [RECORD_SHAPE_FX]         = { sizeof(struct fx_pair), fix_fx },
    [RECORD_SHAPE_TAX]        = { sizeof(struct tax_table), fix_tax },
    [RECORD_SHAPE_LIMITS]     = { sizeof(struct limits), fix_limits },
    [RECORD_SHAPE_RULESET]    = { sizeof(struct ruleset), fix_ruleset },
    [RECORD_SHAPE_PARTY]      = { sizeof(struct party_verdict), fix_party },
};

void *record_copy(struct arena *a, enum record_shape shape, const void *record)
{
    ASSERT(shape < sizeof shapes / sizeof shapes[0]);
    struct copier c = { .arena = a };
    void *copy = arena_alloc(a, shapes[shape].bytes);
    memcpy(copy, record, shapes[shape].bytes);
    shapes[shape].fix(&c, copy);
    return copy;
}

struct hash128 record_copy_digest(struct arena *a, enum record_shape shape, const void *record)
{
    ASSERT(shape < sizeof shapes / sizeof shapes[0]);
    size_t mark = arena_mark(a);
    struct copier c = { .arena = a, .blank = true };
    void *copy = arena_alloc(a, shapes[shape].bytes);
    memcpy(copy, record, shapes[shape].bytes);
    shapes[shape].fix(&c, copy);
    mix(&c, slice_of(copy, shapes[shape].bytes));
    arena_rewind(a, mark);
    return c.digest;
}
