/* intake/x12_agreement.c: 845: a CON is the line, its PADs are its terms. */
#include "intake/x12_cells.h"

static struct draft_term *term(struct x12 *x)
{
    struct draft *d = &x->line.draft;
    return d->term_count > 0 && d->term_count <= AGREEMENT_LINES_MAX ? &d->terms[d->term_count - 1] : NULL;
}

static void put_term(struct x12 *x, enum term_member member, unsigned element, struct slice text)
{
    struct draft_term *t = term(x);
    if (!t || slice_is_empty(text) || t->members[member].text.size > 0) return;
    t->members[member] = x12_cell_at(x, &x->line, &x->segment, element, text);
}

void x12_open_term(struct x12 *x)
{
    struct draft *d = &x->line.draft;
    if (!d->terms) d->terms = ARENA_ARRAY(x->base.line_arena, AGREEMENT_LINES_MAX, struct draft_term);
    d->term_count++;
    struct slice number = x12_element(&x->segment, 1);
    put_term(x, TERM_line_no, 1, number.size > 0 ? number : slice_of_int(x->base.line_arena, d->term_count));
}

static void put_product(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    struct draft_term *t = term(x);
    for (unsigned e = 2; t && e + 1 <= s->count; e += 2) {
        const struct x12_mapping *m = x12_mapping_find(x, x->in_set.key, s->key, x12_qualifier(x12_element(s, e)));
        if (!m || m->slot != SLOT_vendor_part) continue;
        struct slice name = SLICE_JOIN(x->base.line_arena, SLICE("sku:"), x12_element(s, e + 1));
        draft_add(x->base.line_arena, &t->products, PRODUCTS_MAX, x12_cell_at(x, &x->line, s, e + 1, name));
        return;
    }
}

static void put_price(struct x12 *x, struct slice code, unsigned element)
{
    struct slice text = x12_element(&x->segment, element);
    static const struct { struct slice code; enum term_member member; struct slice method;
    } prices[] = {
        { SLICE_INIT("RES"), TERM_resale_max, { 0 } },
        { SLICE_INIT("CAT"), TERM_book_price, { 0 } },
        { SLICE_INIT("WHL"), TERM_book_price, { 0 } },
        { SLICE_INIT("LPR"), TERM_book_price, { 0 } },
        { SLICE_INIT("CON"), TERM_price, SLICE_INIT("DOWN_TO") },
        { SLICE_INIT("SHD"), TERM_price, SLICE_INIT("DOWN_TO") },
        { SLICE_INIT("NET"), TERM_price, SLICE_INIT("DOWN_TO") },
        { SLICE_INIT("DIS"), TERM_amount, SLICE_INIT("DOWN_BY_AMOUNT") },
        { SLICE_INIT("CT"), TERM_price, SLICE_INIT("DOWN_TO") },
        { SLICE_INIT("QT"), TERM_price, SLICE_INIT("DOWN_TO") },
        { SLICE_INIT("CA"), TERM_book_price, { 0 } },
    };
    for (unsigned k = 0; k < sizeof prices / sizeof *prices; k++) {
        if (!slice_equal(prices[k].code, code) || slice_is_empty(text)) continue;
        put_term(x, prices[k].member, element, text);
        put_term(x, TERM_method, element, prices[k].method);
        if (prices[k].member == TERM_resale_max) put_term(x, TERM_resale_policy, element, SLICE("MAX"));
    }
}

void x12_take_term(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    switch (s->key) {
    case X12_KEY('L', 'I', 'N'): put_product(x); return;
    case X12_KEY('C', 'T', 'P'):
        put_price(x, x12_element(s, 2), 3);
        put_term(x, TERM_uom, 5, x12_component(x, x12_element(s, 5), 0));
        return;
    case X12_KEY('U', 'I', 'T'):
        put_price(x, x12_element(s, 3), 2);
        put_term(x, TERM_uom, 1, x12_component(x, x12_element(s, 1), 0));
        return;
    case X12_KEY('Q', 'T', 'Y'):
        if (!slice_equal(x12_element(s, 1), SLICE("38"))) return;
        put_term(x, TERM_authorised_qty, 2, x12_element(s, 2));
        put_term(x, TERM_uom, 3, x12_component(x, x12_element(s, 3), 0));
        return;
    default: return;
    }
}

static struct slice agreement_status(struct slice code)
{
    static const struct { struct slice code, word;
    } rows[] = {
        { SLICE_INIT("VA"), SLICE_INIT("ACTIVE") },    { SLICE_INIT("PB"), SLICE_INIT("PENDING") },
        { SLICE_INIT("HO"), SLICE_INIT("ON_HOLD") },   { SLICE_INIT("CL"), SLICE_INIT("ACTIVE") },
        { SLICE_INIT("EX"), SLICE_INIT("ACTIVE") }, /* derived from quantity and dates */
        { SLICE_INIT("CC"), SLICE_INIT("CANCELLED") }, { SLICE_INIT("DL"), SLICE_INIT("CANCELLED") },
        { SLICE_INIT("CM"), SLICE_INIT("ACTIVE") },
    };
    if (slice_is_empty(code)) return SLICE("ACTIVE");
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++)
        if (slice_equal(rows[k].code, code)) return rows[k].word;
    return code;
}

void x12_open_agreement(struct x12 *x)
{
    x12_begin_movement(x);
    x->places.of_move = x->places.count;
    x12_begin_line(x, x->segment.offset);
    x12_put(x, &x->line, 2, SLOT_authorisation_no);
    x12_put_ranked(x, &x->line, &x->segment, 3, agreement_status(x12_element(&x->segment, 3)), SLOT_reference_status,
                   0);
}

void x12_finish_agreement(struct x12 *x)
{
    struct draft *d = &x->line.draft;
    bool has_qty = false;
    for (unsigned k = 0; k < d->term_count && k < AGREEMENT_LINES_MAX; k++)
        has_qty |= d->terms[k].members[TERM_authorised_qty].text.size > 0;
    x12_put_word(x, &x->line, SLOT_kind, kind_name(KIND_AGREEMENT));
    if (!has_qty && d->term_count > 0) x12_put_word(x, &x->line, SLOT_reference_blanket, SLICE("true"));
}
