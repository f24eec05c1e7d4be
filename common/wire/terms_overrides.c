/* wire/terms_overrides.c: what an agreement says instead of its program, as nodes, as canonical text and as terms. */
#include "wire/terms.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/rating/rows.h"
#include "wire/limits.h"
#include "wire/terms_schema.h"
#include "wire/yaml.h"

#include <stdio.h>

static const struct member overrides_members[] = {
    { "ship_debit", RECORD_OF(struct program, ship_debit, terms_ship_debit_schema) },
    { "claim", RECORD_OF(struct program, claim, terms_claim_schema) },
};
static const struct schema overrides = SCHEMA_OF(struct program, overrides_members, "overrides", NULL);

static struct reading overlay_of(const struct text_source *s, struct slice currency)
{
    const struct currency *known = currency_find(currency);
    struct reading r = reading_of(s);
    r.overlay = true;
    r.money_exponent = known ? known->exponent : 4;
    return r;
}

static bool holds_text_only(const struct node *block)
{
    for (const struct node_entry *e = block->first; e; e = e->next)
        if (e->value->type != NODE_SCALAR) return false;
    return true;
}

/* Values stand in double quotes, so that no value is more than text; members in the order of the table. */
static void put_block(struct text *t, const char *name, const struct schema *s, const struct node *block)
{
    if (!block || block->count == 0) return;
    ASSERT(holds_text_only(block));
    text_put(t, slice_from(name));
    PUT(t, ": {");
    bool first = true;
    for (unsigned i = 0; i < s->member_count; i++) {
        const struct node *value = node_find(block, slice_from(s->members[i].name));
        if (!value) continue;
        if (!first) PUT(t, ", ");
        first = false;
        text_put(t, slice_from(s->members[i].name));
        PUT(t, ": \"");
        text_put(t, value->text);
        PUT(t, "\"");
    }
    PUT(t, "}\n");
}

bool terms_render_overrides(const struct text_source *s, const struct node *ship_debit, const struct node *claim,
                            struct slice currency, struct slice *out)
{
    struct program scratch = { 0 };
    struct reading r = overlay_of(s, currency);
    *out = (struct slice){ NULL, 0 };
    if (ship_debit) schema_read_member(&r, &overrides_members[0], ship_debit, ship_debit->at, &scratch);
    if (claim) schema_read_member(&r, &overrides_members[1], claim, claim->at, &scratch);
    if (r.errors) return false;
    struct text t = text_in(s->arena, OVERRIDES_BYTES_MAX);
    put_block(&t, "ship_debit", &terms_ship_debit_schema, ship_debit);
    put_block(&t, "claim", &terms_claim_schema, claim);
    if (t.full) {
        schema_refuse(&r, ship_debit ? ship_debit->at : claim->at, NULL, "say less",
                      "the overrides take more than 4 KiB");
        return false;
    }
    *out = text_slice(&t);
    return true;
}

static void take_named(const struct node *said, const struct program *read, struct agreement_overrides *out)
{
    const struct node *ship_debit = node_find(said, SLICE("ship_debit")), *claim = node_find(said, SLICE("claim"));
#define TAKE(bit, block, name, value, to) \
    if (node_find(block, SLICE(name))) { \
        out->present |= AGREEMENT_OVERRIDES_##bit; \
        out->to = read->block.value; \
    }
    TAKE(COST_BASIS, ship_debit, "cost_basis", cost_basis, cost_basis)
    TAKE(LOT_SHORTAGE, ship_debit, "lot_shortage", lot_shortage, lot_shortage)
    TAKE(OVER_QTY, ship_debit, "over_qty", over_qty, over_qty)
    TAKE(RESALE_ABOVE, ship_debit, "resale_above", resale_above, resale_above)
    TAKE(RESALE_SHARE, ship_debit, "resale_share_percent", resale_share_percent_micros, resale_share_percent_micros)
    TAKE(RESALE_TOLERANCE, ship_debit, "resale_tolerance_percent", resale_tolerance_percent_micros,
         resale_tolerance_percent_micros)
    TAKE(MIN_DEBIT, ship_debit, "min_debit", min_debit_minor, min_debit_minor)
    TAKE(POS_MATCH, ship_debit, "pos_match", pos_match, pos_match)
    TAKE(POS_WAIT_DAYS, ship_debit, "pos_wait_days", pos_wait_days, pos_wait_days)
    TAKE(AUTO_CLAIM, ship_debit, "auto_claim", auto_claim, auto_claim)
    TAKE(WINDOW_DAYS, claim, "window_days", window_days, window_days)
    TAKE(ANCHOR, claim, "anchor", anchor, anchor)
    TAKE(TOLERANCE, claim, "tolerance", tolerance_minor, tolerance_minor)
#undef TAKE
}

/* The text was checked when the agreement came in, only then its program was perhaps not known; nobody reads messages
 * here. */
enum err terms_read_overrides(struct arena *a, struct slice text, struct slice currency,
                              struct agreement_overrides *out)
{
    struct problems problems = problems_in(a);
    struct text_source s = { .arena = a, .problems = &problems, .code = ERR_TERMS_INVALID };
    struct program read = { .currency = currency };
    *out = (struct agreement_overrides){ 0 };
    if (slice_is_empty(text)) return OK;
    if (text.size > OVERRIDES_BYTES_MAX) return ERR_TERMS_INVALID;
    const struct node *n = yaml_read(&s, text);
    struct reading r = overlay_of(&s, currency);
    if (!n || !schema_read(&r, &overrides, n, &read)) return ERR_TERMS_INVALID;
    take_named(n, &read, out);
    return OK;
}
