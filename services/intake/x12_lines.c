/* intake/x12_lines.c: accepted sets become drafts (feeds.md 5.5, 5.6, 6): what the header and a movement say is kept
 * and inherited by their lines. */
#include "intake/x12_cells.h"

#include "base/assert.h"
#include "domain/decimal.h"
#include "intake/x12_decimal.h"
#include "intake/x12_envelope.h"

/* Headers */

static void take_head(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    struct x12_scope_cells *h = &x->head;
    switch (s->key) {
    case X12_KEY('B', 'P', 'T'):
        x->in_set.report_id = x12_keep_text(x, h, x12_element(s, 2));
        x->in_set.multiplier = x12_keep_text(x, h, x12_element(s, 6));
        return;
    case X12_KEY('B', 'A', 'A'):
        x->in_set.claim_type = x12_keep_text(x, h, x12_element(s, 2));
        x12_put(x, h, 5, SLOT_claim_id);
        if (slice_equal(x12_element(s, 4), SLICE("AM")) || slice_equal(x12_element(s, 4), SLICE("DB"))
            || slice_equal(x12_element(s, 4), SLICE("DL")))
            x12_put(x, h, 5, SLOT_debit_memo_ref);
        return;
    case X12_KEY('B', 'P', 'A'): {
        char revision[16];
        struct text t = text_over(revision, sizeof revision);
        text_put(&t, slice_head(x12_date_text(x, h, x12_element(s, 3)), 8));
        text_put(&t, x12_isa_element(x->interchange, 10));
        x12_put_ranked(x, h, s, 3, x12_keep_bytes(x, h, text_slice(&t)), SLOT_reference_revision, 0);
        return;
    }
    case X12_KEY('X', 'Q', 0):
        x12_put_ranked(x, h, s, 2, x12_date_text(x, h, x12_element(s, 2)), SLOT_report_from, 0);
        x12_put_ranked(x, h, s, 3, x12_date_text(x, h, x12_element(s, 3)), SLOT_report_to, 0);
        x12_put_ranked(x, h, s, 3, x12_date_text(x, h, x12_element(s, 3)), SLOT_snapshot_date, 0);
        x12_put_ranked(x, h, s, 2, x12_date_text(x, h, x12_element(s, 2)), SLOT_snapshot_date, 1);
        return;
    case X12_KEY('C', 'U', 'R'): x12_take_cur(x, h); return;
    case X12_KEY('D', 'T', 'M'): x12_take_dtm(x, h); return;
    default: return;
    }
}

static void mark(struct x12 *x, struct x12_scope_cells *scope, unsigned which, unsigned element, enum x12_class class,
                 enum x12_class *to, enum kind *given)
{
    const struct x12_segment *s = &x->segment;
    struct slice code = x12_element(s, element);
    *to = class;
    x->in_move.mark_cells[which] = x12_cell_at(x, scope, s, element, code);
    bool is_unlisted = class == X12_CLASS_UNKNOWN || (class == X12_CLASS_AGREED && !x12_is_set(x, "844"));
    if (!is_unlisted) return;
    struct slice name = x12_element_name(x->base.line_arena, s->id, element);
    enum kind kind = x12_profile_kind(x->base.profile, name, code);
    if (kind != KIND_UNSPECIFIED) { *to = X12_CLASS_NONE; *given = kind; }
}

/* Does the LIN loop of an 852 state what is on hand? Otherwise what is available counts. */
static bool states_on_hand(const struct x12 *x)
{
    struct x12_tokens t = x->tokens;
    struct x12_segment s;
    char *flat = arena_alloc(x->base.line_arena, X12_SEGMENT_BYTES_MAX);
    t.flat = flat;
    while (x12_tokens_next(&t, &s) == X12_SEGMENT) {
        if (s.key == X12_KEY('L', 'I', 'N') || s.key == X12_KEY('S', 'E', 0) || s.key == X12_KEY('C', 'T', 'T'))
            return false;
        if (s.key == X12_KEY('Z', 'A', 0) && slice_equal(x12_element(&s, 1), SLICE("OH"))) return true;
    }
    return false;
}

static void open_movement(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    x12_begin_movement(x);
    x12_add_place(x, s, x->position);
    switch (s->key) {
    case X12_KEY('P', 'T', 'D'):
        mark(x, &x->move, X12_MARK_MOVEMENT, 1, x12_movement_class(x12_element(s, 1)), &x->in_move.marks.movement,
             &x->in_move.marks.given);
        mark(x, &x->move, X12_MARK_TRANSFER, 6, x12_transfer_class(x12_element(s, 6)), &x->in_move.marks.transfer,
             &x->in_move.marks.given);
        if (x12_element(s, 3).size > 0) x->in_move.multiplier = x12_keep_text(x, &x->move, x12_element(s, 3));
        if (x12_element(s, 4).size > 0) {
            const struct x12_mapping *m =
                x12_mapping_find(x, x->in_set.key, X12_KEY('R', 'E', 'F'), x12_qualifier(x12_element(s, 4)));
            if (m && m->slot != SLOT_serials)
                x12_put_ranked(x, &x->move, s, 5, x12_element(s, 5), (enum slot)m->slot, m->rank);
            else x12_put_extra(x, &x->move, s, 5, x12_element(s, 4), x12_element(s, 5));
        }
        return;
    case X12_KEY('C', 'O', 'N'):
        x->in_move.contract_qualifier = x12_keep_text(x, &x->move, x12_element(s, 1));
        x12_put(x, &x->move, 2, SLOT_authorisation_no);
        return;
    case X12_KEY('L', 'I', 'N'):
        x->in_move.product_offset = s->offset;
        x12_take_lin(x, &x->move, s);
        x->stock.has_on_hand = states_on_hand(x);
        return;
    default: return;
    }
}

static void take_movement(struct x12 *x)
{
    struct x12_scope_cells *m = x12_is_set(x, "845") ? &x->line : &x->move;
    switch (x->segment.key) {
    case X12_KEY('D', 'T', 'M'): x12_take_dtm(x, m); return;
    case X12_KEY('R', 'E', 'F'):
        x12_take_ref(x, m);
        if (slice_equal(x12_element(&x->segment, 1), SLICE("CM")) && x->base.profile->x12.ref_cm_is_return)
            x->in_move.marks.has_return_hint = true;
        return;
    case X12_KEY('P', 'R', 'F'): x12_put(x, m, 1, SLOT_order_no); return;
    case X12_KEY('C', 'T', 'P'):
        x12_take_qualified(x, m, &x->segment, x12_element(&x->segment, 2), 3, x12_element(&x->segment, 3));
        return;
    default: return;
    }
}

/* Lines */

/* What a composite says after its unit is an extra, its parts apart by colons whatever parts components here. */
static void put_factor(struct x12 *x, unsigned element, struct slice composite, struct slice unit)
{
    if (unit.size + 1 >= composite.size) return;
    struct slice said = slice_copy(x->base.line_arena, slice_skip(composite, unit.size + 1));
    for (size_t i = 0; i < said.size; i++)
        if (said.bytes[i] == x->interchange->delimiters.component) ((char *)said.bytes)[i] = ':';
    x12_put_named_extra(x, &x->line, element, SLICE("uom_factor"), said);
}

static void take_unit(struct x12 *x, unsigned element)
{
    const struct x12_segment *s = &x->segment;
    struct slice composite = x12_element(s, element), unit = x12_component(x, composite, 0);
    x12_put_ranked(x, &x->line, s, element, unit, SLOT_uom, 0);
    x->in_line.qty_unit = x12_cell_at(x, &x->line, s, element, composite);
    put_factor(x, element, composite, unit);
}

static void take_qty_segment(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    enum x12_class class = x12_quantity_class(x12_element(s, 1));
    bool is_claim = x12_is_set(x, "844");
    if (is_claim && class == X12_CLASS_AGREED) {
        x12_put_extra(x, &x->line, s, 2, x12_element(s, 1), x12_element(s, 2));
        return;
    }
    if (draft_has(&x->line.draft, SLOT_qty_milli)) { (void)x12_is_repeated(x, &x->line, x12_element(s, 1), 1); return; }
    (void)x12_is_repeated(x, &x->line, x12_element(s, 1), 1);
    mark(x, &x->line, X12_MARK_QUANTITY, 1, class, &x->in_line.marks.quantity, &x->in_line.marks.given);
    x12_put(x, &x->line, 2, SLOT_qty_milli);
    take_unit(x, 3);
}

static void put_field(struct x12 *x, unsigned element, struct slice field, enum slot otherwise)
{
    enum slot slot = field.size > 0 ? slot_find(field) : otherwise;
    if (slot != SLOT_NONE) x12_put(x, &x->line, element, slot);
}

/* An item of a party: part, quantity, unit and two prices that the profile names. */
static void open_item(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    const struct profile_x12 *p = &x->base.profile->x12;
    bool qty_is_first = x12_is_decimal(x12_element(s, 3));
    x12_begin_line(x, s->offset);
    x->in_line.is_sii = true;
    const struct x12_mapping *m =
        x12_mapping_find(x, x->in_set.key, X12_KEY('L', 'I', 'N'), x12_qualifier(x12_element(s, 1)));
    if (m && m->slot != SLOT_serials) x12_put_ranked(x, &x->line, s, 2, x12_element(s, 2), (enum slot)m->slot, m->rank);
    else x12_put_extra(x, &x->line, s, 2, x12_element(s, 1), x12_element(s, 2));
    x12_put(x, &x->line, qty_is_first ? 3 : 4, SLOT_qty_milli);
    take_unit(x, qty_is_first ? 4 : 3);
    put_field(x, 5, p->sii05, SLOT_resale_unit_micros);
    put_field(x, 6, p->sii06, SLOT_book_unit_micros);
    if (p->sii_assumed && x12_element(s, 5).size + x12_element(s, 6).size > 0)
        x12_warn(x, x->issues, ISSUE_SII_ASSUMED, 5, x12_element(s, 5));
    enum slot party = x12_slot_of_role(x->n1.role);
    for (unsigned part = 0; party != SLOT_NONE && part < PARTY_PART_COUNT; part++)
        if (x->n1.cells[part].text.size > 0)
            (void)draft_put(&x->line.draft, slot_of_party(party, (enum party_part)part), x->n1.cells[part]);
}

static void open_claim(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    x12_begin_line(x, s->offset);
    x12_put(x, &x->line, 1, SLOT_claim_line);
    mark(x, &x->line, X12_MARK_MOVEMENT, 2, x12_movement_class(x12_element(s, 2)), &x->in_line.marks.movement,
         &x->in_line.marks.given);
    if (x12_element(s, 5).size > 0) x->in_line.multiplier = x12_keep_text(x, &x->line, x12_element(s, 5));
    x12_put_named_extra(x, &x->line, 3, SLICE("PAD03"), x12_element(s, 3));
    bool deletes = slice_equal(x12_element(s, 3), SLICE("DI")), rejects = slice_equal(x12_element(s, 3), SLICE("RC"));
    x->base.deletes = deletes && x12_undoes(x->set);
    if ((deletes || rejects) && !x12_undoes(x->set))
        x12_warn(x, x->issues, ISSUE_ACTION_WITHOUT_ORIGINAL, 3, x12_element(s, 3));
}

/* Finishing */

static void inherit(struct draft *d, const struct draft *from, bool has_parties)
{
    unsigned own = 0;                               /* parties that the line names itself are not mixed */
    for (enum slot party = SLOT_sold_to; has_parties && party <= SLOT_vendor; party++)
        for (unsigned part = 0; part < PARTY_PART_COUNT; part++)
            if (draft_has(d, slot_of_party(party, (enum party_part)part))) own |= 1u << (party - SLOT_sold_to);
    for (unsigned w = 0; w < SLOT_WORDS; w++) {
        for (uint64_t bits = from->present[w] & ~d->present[w]; bits; bits &= bits - 1) {
            enum slot slot = (enum slot)(w * 64 + (unsigned)__builtin_ctzll(bits)), party = slot_party(slot);
            if (party == SLOT_NONE || !(own & 1u << (party - SLOT_sold_to)))
                (void)draft_put(d, slot, from->cells[slot]);
        }
    }
}

/* A copy of what is there, and of nothing else: a draft is mostly empty. */
static void take_over(struct draft *d, const struct draft *from)
{
    draft_reset(d);
    inherit(d, from, false);
    memcpy(d->lists, from->lists, sizeof d->lists);
    memcpy(d->extras, from->extras, from->extra_count * sizeof *d->extras);
    d->extra_count = from->extra_count;
    d->customers = from->customers;
    d->customer_count = from->customer_count;
    d->terms = from->terms;
    d->term_count = from->term_count;
}

static void inherit_lists(struct x12 *x, struct draft *d, const struct x12_scope_cells *from, bool *is_cut)
{
    const struct draft_list *serials = &from->draft.lists[DRAFT_LIST_serials];
    for (unsigned k = 0; k < serials->count; k++)
        draft_add(x->base.line_arena, &d->lists[DRAFT_LIST_serials], SERIALS_MAX, serials->items[k]);
    for (unsigned k = 0; k < from->draft.extra_count; k++)
        *is_cut |= !draft_add_extra(d, from->draft.extras[k].name, from->draft.extras[k].cell);
}

static struct slice prefixed(struct x12 *x, struct slice text)
{
    return SLICE_JOIN(x->base.line_arena, SLICE("-"), text);
}

static void sign_quantity(struct x12 *x, struct draft *d, enum x12_sign sign)
{
    if (!draft_has(d, SLOT_qty_milli)) return;
    struct slice *text = &d->cells[SLOT_qty_milli].text;
    bool is_minus = text->size > 0 && text->bytes[0] == '-';
    if (sign == X12_SIGN_PLUS && is_minus) *text = slice_skip(*text, 1);
    if (sign == X12_SIGN_MINUS && !is_minus) *text = prefixed(x, *text);
}

static bool is_negative(struct slice text)
{
    bool has_digit = false;
    for (size_t i = 0; i < text.size; i++) has_digit |= text.bytes[i] >= '1' && text.bytes[i] <= '9';
    return has_digit && text.bytes[0] == '-';
}

static void multiply_prices(struct x12 *x, struct draft *d)
{
    static const enum slot prices[] = { SLOT_resale_unit_micros, SLOT_book_unit_micros, SLOT_claimed_cost_unit_micros,
                                        SLOT_claimed_debit_unit_micros };
    struct slice multiplier = x->in_line.multiplier.size > 0 ? x->in_line.multiplier : x->in_move.multiplier;
    if (multiplier.size == 0) return;
    for (unsigned k = 0; k < sizeof prices / sizeof *prices; k++)
        if (draft_has(d, prices[k]))
            d->cells[prices[k]].text = x12_decimal_multiply(x->base.line_arena, d->cells[prices[k]].text, multiplier);
}

/* How many of the other unit one of a composite is, as it says; empty when it says nothing, or a power. */
static struct slice factor_of(const struct x12 *x, struct slice composite)
{
    struct slice exponent = x12_component(x, composite, 1), multiplier = x12_component(x, composite, 2);
    bool is_plain =
             (exponent.size == 0 || slice_equal(exponent, SLICE("1"))) && x12_component(x, composite, 3).size == 0,
         is_positive = false;
    for (size_t i = 0; i < multiplier.size; i++)
        is_positive |= multiplier.bytes[i] >= '1' && multiplier.bytes[i] <= '9';
    is_positive &= x12_is_decimal(multiplier) && multiplier.bytes[0] != '-';
    return is_plain && is_positive ? multiplier : (struct slice){ 0 };
}

/* A price per another unit than the quantity's becomes one per that unit, by the factor that one of them names; empty:
 * none does. */
static struct slice price_of_unit(struct x12 *x, struct slice price, struct slice unit)
{
    struct slice own = factor_of(x, unit), qty = factor_of(x, x->in_line.qty_unit.text);
    if (own.size > 0) return x12_decimal_divide(x->base.line_arena, price, own);
    return qty.size > 0 ? x12_decimal_multiply(x->base.line_arena, price, qty) : (struct slice){ 0 };
}

/* A price of another unit than the quantity's, without a factor between them, cannot be used. */
static void fit_price_units(struct x12 *x, struct draft *d, struct issues *issues)
{
    const struct typing *t = x->base.typing;
    struct slice sent = x12_component(x, x->in_line.qty_unit.text, 0);
    for (unsigned k = 0; k < x->in_line.price_unit_count && sent.size > 0; k++) {
        const struct x12_price_unit *p = &x->price_units[k];
        struct slice unit = x12_component(x, p->unit.text, 0);
        bool counts = draft_has(d, p->slot) && d->cells[p->slot].at == p->unit.at;
        if (unit.size == 0 || !counts || slice_equal(unit, sent)
            || slice_equal(typing_uom_of(t, unit), typing_uom_of(t, sent)))
            continue;
        struct slice price = price_of_unit(x, d->cells[p->slot].text, p->unit.text);
        if (price.size > 0) { d->cells[p->slot].text = price; continue; }
        struct issue *i = issues_add(issues, ISSUE_UNIT_OF_PRICE_DIFFERS);
        i->field = SLICE("uom");
        i->value = issue_value(issues->arena, unit);
        d->locate(d, &p->unit, issues->arena, &i->where);
        issue_argument(i, SLICE("uom"), sent);
        return;
    }
}

static void x12_locate(const struct draft *d, const struct draft_cell *cell, struct arena *a, struct where *w)
{
    struct x12 *x = (struct x12 *)d->reader;
    uint32_t at = cell ? cell->at : x->in_line.place;
    const struct x12_place *p = &x->places.items[at < x->places.count ? at : 0];
    struct text name = text_in(a, 4);
    for (int shift = 16; shift >= 0; shift -= 8)
        if (p->key >> shift & 0xff) text_put_byte(&name, (char)(p->key >> shift));
    *w = (struct where){
        .offset = x12_element_offset(&x->tokens, p->offset, cell ? cell->column : 0),
        .icn = d->icn,
        .gcn = d->gcn,
        .tscn = d->tscn,
        .segment = text_slice(&name),
        .position = p->position,
        .element = cell ? cell->column : 0,
        .loop = p->loop,
    };
}

static void fill_numbers(struct x12 *x, struct draft *d)
{
    struct text ordinal = text_over(x->ordinal_text, sizeof x->ordinal_text);
    text_put_int(&ordinal, ++x->ordinal);
    d->ordinal = text_slice(&ordinal);
    d->position = d->offset = x->in_line.offset;
    d->icn = x12_isa_element(x->interchange, 13);
    d->gcn = slice_from(x->group->number);
    d->tscn = slice_from(x->set->number);
    d->sign_names_kind = true;
    d->locate = x12_locate;
    d->reader = x;
}

/* What a code that nobody listed says: the line is refused for it. */
static void name_unknown(struct x12 *x, struct draft *d, unsigned which)
{
    static const struct slice names[] = { SLICE_INIT("PTD01"), SLICE_INIT("PTD06"), SLICE_INIT("QTY01") };
    struct slice name = which == 0 && x12_is_set(x, "844") ? SLICE("PAD02") : names[which];
    struct draft_cell cell = x->in_move.mark_cells[which];
    cell.text = SLICE_JOIN(x->base.line_arena, name, SLICE(":"), cell.text);
    draft_drop(d, SLOT_kind);
    (void)draft_put(d, SLOT_kind, cell);
}

static void hint_at_return(struct x12 *x, struct draft *d, struct issues *issues)
{
    if (!x->in_line.hint.is_there) return;
    struct issue *i = issues_add(issues, ISSUE_RETURN_HINT);
    d->locate(d, &x->in_line.hint.cell, issues->arena, &i->where);
    issue_argument(i, SLICE("element"), x12_element_name(issues->arena, i->where.segment, x->in_line.hint.cell.column));
}

static void put_default(struct draft *d, enum slot slot, enum slot from)
{
    if (!draft_has(d, slot) && draft_has(d, from)) (void)draft_put(d, slot, d->cells[from]);
}

static void apply(struct x12 *x, struct draft *d, const struct x12_meaning *m, struct issues *issues)
{
    struct draft_cell kind = { .text = kind_name(m->kind), .at = x->in_line.place };
    struct draft_cell yes = { .text = SLICE("true"), .at = x->in_line.place };
    (void)draft_put(d, SLOT_kind, kind);
    if (m->is_summary) (void)draft_put(d, SLOT_summary, yes);
    if (m->is_direct_ship) (void)draft_put(d, SLOT_direct_ship, yes);
    d->is_return = m->is_return;
    sign_quantity(x, d, m->sign);
    bool is_transfer = m->kind == KIND_TRANSFER_IN || m->kind == KIND_TRANSFER_OUT;
    if (is_transfer) put_default(d, SLOT_order_no, SLOT_invoice_no);
    if (m->kind == KIND_PRICE_PROTECTION_CLAIM) put_default(d, SLOT_price_change_date, SLOT_ship_date);
    bool is_sale = (m->kind == KIND_POS_SALE || m->kind == KIND_SHIP_DEBIT_CLAIM) && !m->is_return;
    if (is_sale) hint_at_return(x, d, issues);
}

static enum reader_step skip(struct x12 *x, enum skipped what)
{
    x->base.skipped = what;
    return READER_SKIPPED;
}

/* Into the draft: what the open line says, and what it inherits. */
static void fill_draft(struct x12 *x, struct draft *d, struct issues *issues)
{
    bool is_cut = x->line.is_cut || x->move.is_cut || x->head.is_cut;
    take_over(d, &x->line.draft);
    inherit(d, &x->move.draft, x->in_line.is_sii);
    inherit(d, &x->head.draft, false);
    inherit_lists(x, d, &x->move, &is_cut);
    inherit_lists(x, d, &x->head, &is_cut);
    fill_numbers(x, d);
    if (is_cut) typing_blame(x->base.typing, d, issues, ISSUE_EXTRAS_CUT, SLOT_NONE);
    if (x->move.is_full || x->head.is_full) {
        struct issue *i = typing_blame(x->base.typing, d, issues, ISSUE_LINE_TOO_LARGE, SLOT_NONE);
        issue_argument(i, SLICE("max"), SLICE("16384"));
    }
    struct draft_cell yes = { .text = SLICE("true"), .at = x->in_line.place };
    if (x->interchange->is_test && !x->base.header.is_test) (void)draft_put(d, SLOT_test, yes);
}

/* The codes around a quantity of an 867 or 844 say what it is: a kind of line, or none of ours. */
static enum reader_step give_meaning(struct x12 *x, struct draft *d, struct issues *issues)
{
    struct x12_marks marks = x->in_line.marks;
    marks.has_return_hint |= x->in_move.marks.has_return_hint;
    struct x12_meaning m = x12_meaning_of(&marks, is_negative(draft_text(d, SLOT_qty_milli)));
    if (m.sort == X12_SORT_MIRROR || m.sort == X12_SORT_DEMAND) {
        x->ordinal--;
        return skip(x, m.sort == X12_SORT_MIRROR ? SKIPPED_mirror : SKIPPED_demand);
    }
    if (m.sort == X12_SORT_UNKNOWN) name_unknown(x, d, m.unknown);
    else apply(x, d, &m, issues);
    fit_price_units(x, d, issues);
    return READER_LINE;
}

/* The open line, as the caller's draft. */
static enum reader_step close_line(struct x12 *x, struct draft *d, struct issues *issues, uint64_t end)
{
    bool is_agreement = x12_is_set(x, "845");
    x->in_line.is_open = false;
    if (is_agreement) x12_finish_agreement(x);
    fill_draft(x, d, issues);
    d->raw = slice_of(x->base.spool->bytes.bytes + x->in_line.offset, end - x->in_line.offset);
    x->base.typing->report_id = x->in_set.report_id;
    if (is_agreement) return READER_LINE;
    multiply_prices(x, d);
    if (!x12_is_set(x, "852")) return give_meaning(x, d, issues);
    (void)draft_put(d, SLOT_kind, (struct draft_cell){ .text = kind_name(KIND_INVENTORY), .at = x->in_line.place });
    return READER_LINE;
}

static void take_line(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    switch (s->key) {
    case X12_KEY('L', 'I', 'N'): x12_take_lin(x, &x->line, s); return;
    case X12_KEY('Q', 'T', 'Y'): take_qty_segment(x); return;
    case X12_KEY('U', 'I', 'T'): x12_take_uit(x); return;
    case X12_KEY('A', 'M', 'T'): x12_take_amt(x); return;
    case X12_KEY('D', 'T', 'M'): x12_take_dtm(x, &x->line); return;
    case X12_KEY('C', 'U', 'R'): x12_take_cur(x, &x->line); return;
    case X12_KEY('N', '9', 0):   x12_take_qualified(x, &x->line, s, x12_element(s, 1), 2, x12_element(s, 2)); return;
    case X12_KEY('P', 'I', 'D'): x12_put_named_extra(x, &x->line, 5, SLICE("PID05"), x12_element(s, 5)); return;
    case X12_KEY('R', 'E', 'F'):
        x12_take_ref(x, &x->line);
        if (slice_equal(x12_element(s, 1), SLICE("CM")) && x->base.profile->x12.ref_cm_is_return)
            x->in_line.marks.has_return_hint = true;
        return;
    default: return;
    }
}

/* What a ZA counted on a day of its own was not counted at the end of the report. */
static void put_stock_date(struct x12 *x, unsigned element)
{
    x12_put_ranked(x, &x->line, &x->segment, element, slice_from(x->stock.date), SLOT_snapshot_date, 0);
}

/* Stock by location: each pair of an SDQ is a line, with the part of its LIN. */
static enum reader_step stock_line(struct x12 *x, struct draft *d, struct issues *issues)
{
    const struct x12_segment *s = &x->segment;
    unsigned at = x->stock.at;
    x->stock.at = at + 3 <= s->count ? at + 2 : 0;
    x12_begin_line(x, x12_element_offset(&x->tokens, s->offset, at));
    x12_put_ranked(x, &x->line, s, at, x12_element(s, at), SLOT_location_id, 0);
    x12_put_ranked(x, &x->line, s, at + 1, x12_element(s, at + 1), SLOT_qty_milli, 0);
    take_unit(x, 1);
    put_stock_date(x, at);
    return close_line(x, d, issues, s->end);
}

/* ZA: OH, else QA make lines; the other activities are counted. */
static bool is_stock(const struct x12 *x)
{
    return slice_equal(x12_element(&x->segment, 1), x->stock.has_on_hand ? SLICE("OH") : SLICE("QA"));
}

static bool take_activity(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    x->stock.counts = is_stock(x);
    if (!x->stock.counts) return false;
    x12_begin_line(x, s->offset);
    x12_put(x, &x->line, 2, SLOT_qty_milli);
    take_unit(x, 3);
    bool is_expiry = slice_equal(x12_element(s, 4), SLICE("036"));
    x12_keep_field(x->stock.date, sizeof x->stock.date,
                   is_expiry ? (struct slice){ 0 } : x12_date_text(x, &x->line, x12_element(s, 5)));
    put_stock_date(x, 5);
    return true;
}

/* Sets */

static void begin_set(struct x12 *x)
{
    x12_scope_begin(&x->head);
    x12_scope_begin(&x->move);
    x->base.report_id = x->base.report_partner = (struct slice){ 0 };
    x->base.deletes = x->has_segment = x->early.waits = x->early.was_taken = false;
    x->places.count = x->places.of_head = x->places.of_move = 0;
    x->position = 0;
    x->in_set = (struct x12_in_set){ .key = x12_qualifier(slice_from(x->set->id)) };
    x->in_move = (struct x12_in_move){ 0 };
    x->in_line.is_open = false;
    x->stock.at = 0;
    x12_cursor_begin(&x->cursor, x->set->kind, x->group->generation);
}

static bool enter_set(struct x12 *x)
{
    while (x->next_set < x->all.set_count) {
        struct x12_set *s = &x->all.sets[x->next_set++];
        if (!x12_set_is_accepted(s)) continue;
        if (!s->kind->posts || s->effect == X12_ACKNOWLEDGES) { x->base.has_other_sets = true; continue; }
        x->set = s;
        x->group = &x->all.groups[s->group];
        x->interchange = &x->all.interchanges[x->group->interchange];
        x12_read_with(x, x->group->reading);
        x12_tokens_of(x, x->interchange, s->begin);
        begin_set(x);
        return true;
    }
    x->base.has_other_sets |= x->all.group_count == 0;  /* TA1 alone */
    return false;
}

static bool fetch(struct x12 *x)
{
    if (x->has_segment) { x->has_segment = false; return true; }
    if (x12_tokens_next(&x->tokens, &x->segment) != X12_SEGMENT) return false;
    x->position++;
    spool_pass(x->base.spool, x->segment.offset);
    return true;
}

/* The early LIN outlives the segment it was read from. */
static void keep_early_lin(struct x12 *x)
{
    x->early.lin = x->segment;
    x->early.position = x->position;
    x->early.waits = true;
    if (!x12_is_flat(x, x->segment.text)) return;
    memcpy(x->flat[1], x->segment.text.bytes, x->segment.text.size);
    for (unsigned e = 0; e <= x->early.lin.count; e++)
        x->early.lin.elements[e].bytes = x->flat[1] + (x->early.lin.elements[e].bytes - x->segment.text.bytes);
}

static void take_quantity_head(struct x12 *x)
{
    x12_begin_line(x, x->segment.offset);
    take_qty_segment(x);
    x->early.was_taken = x->early.waits;
    if (!x->early.waits) return;
    x->early.waits = false;
    x12_take_lin(x, &x->line, &x->early.lin);
}

/* The segment that names the report says what the set is for. */
static void begin_report(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    if (!x12_names_report(s)) return;
    x->base.report_id = x12_keep_text(x, &x->head, x12_report_of(s));
    bool is_original = x->set->effect == X12_POSTS;
    x->in_set.begins_undoing = !is_original || x->set->is_shared;
    if (x->in_set.begins_undoing)
        x->base.undo.target_id = is_original ? x->base.report_id : x12_keep_text(x, &x->head, x12_target_of(s));
}

/* After the header, which says whose report it is; of a cancel nothing else is read. */
static enum reader_step begin_undoing(struct x12 *x)
{
    static const enum purpose purposes[] = {
        [X12_POSTS] = PURPOSE_ORIGINAL,
        [X12_CANCELS] = PURPOSE_CANCEL,
        [X12_REPLACES] = PURPOSE_REPLACE,
        [X12_CHANGES] = PURPOSE_CHANGE,
        [X12_RESUBMITS] = PURPOSE_RESUBMISSION,
    };
    x->in_set.begins_undoing = false;
    x->base.undo.purpose = purposes[x->set->effect];
    x->base.undo.is_shared = x->set->is_shared;
    x->in_set.is_undoing = x->has_segment = true;
    if (x->set->effect == X12_CANCELS) { x->has_segment = false; x->set = NULL; }
    return READER_UNDO;
}

static void take_of_agreement(struct x12 *x, enum x12_scope scope, bool opens)
{
    if (scope == X12_MOVE_PARTY) x12_take_party(x);
    else if (scope == X12_MOVE && opens) x12_open_agreement(x);
    else if (scope == X12_MOVE) take_movement(x);
    else if (x->segment.key == X12_KEY('P', 'A', 'D')) x12_open_term(x);
    else x12_take_term(x);
}

static enum reader_step take_of_line(struct x12 *x, bool opens)
{
    uint32_t key = x->segment.key;
    if (key == X12_KEY('S', 'D', 'Q')) {
        if (x->stock.counts) { x->in_line.is_open = false; x->stock.at = 3; }
        return READER_END;
    }
    if (!opens) take_line(x);
    else if (key == X12_KEY('Q', 'T', 'Y')) take_quantity_head(x);
    else if (key == X12_KEY('S', 'I', 'I')) open_item(x);
    else if (key == X12_KEY('P', 'A', 'D')) open_claim(x);
    else if (!take_activity(x)) return skip(x, SKIPPED_other_quantity);
    return READER_END;
}

/* A segment that opens something, or belongs to what is open. */
static enum reader_step take(struct x12 *x, const struct x12_row *row)
{
    bool opens = row->is_loop;
    switch (row->scope) {
    case X12_HEAD: take_head(x); begin_report(x); break;
    case X12_HEAD_PARTY: x12_take_head_party(x); break;
    case X12_MOVE: case X12_MOVE_PARTY: case X12_LINE:
        if (x12_is_set(x, "845")) { take_of_agreement(x, row->scope, opens); return READER_END; }
        if (row->scope == X12_LINE) return take_of_line(x, opens);
        if (row->scope == X12_MOVE_PARTY) x12_take_party(x);
        else if (opens) open_movement(x);
        else take_movement(x);
        x->places.of_move = x->places.count;
        return READER_END;
    case X12_DEEP: case X12_TAIL: return READER_END;
    }
    x->places.of_head = x->places.of_move = x->places.count;
    return READER_END;
}

/* A segment that ends the open line or movement; it is taken again after that. */
static bool ends_line(const struct x12 *x, const struct x12_row *row)
{
    if (!x->in_line.is_open) return false;
    if (!row || row->scope == X12_TAIL || row->scope == X12_HEAD) return true;
    if (x12_is_set(x, "845")) return row->is_loop && row->scope == X12_MOVE;
    if (x->in_line.is_sii && row->scope == X12_MOVE_PARTY) return true;
    return row->is_loop && (row->scope == X12_MOVE || row->scope == X12_LINE);
}

static bool ends_bare_movement(const struct x12 *x, const struct x12_row *row)
{
    if (!x->in_move.is_open || x->in_move.has_lines || !x12_is_set(x, "867")) return false;
    return !row || row->scope == X12_TAIL || (row->is_loop && row->scope == X12_MOVE);
}

enum reader_step x12_next(struct reader *r, struct draft *d, struct issues *issues)
{
    struct x12 *x = x12_of(r);
    x->issues = issues;
    for (;;) {
        if (!x->set && x->in_set.is_undoing) { x->in_set.is_undoing = false; return READER_UNDONE; }
        if (!x->set && !enter_set(x)) return READER_END;
        if (x->stock.at > 0) return stock_line(x, d, issues);
        bool is_end = !fetch(x) || x->segment.key == X12_KEY('S', 'E', 0);
        if (!is_end && x->segment.key == X12_KEY('S', 'T', 0)) continue;
        if (!is_end && x12_is_early_lin(x)) { keep_early_lin(x); continue; }
        const struct x12_row *row = is_end ? NULL : x12_cursor_peek(&x->cursor, x->segment.key);
        if (!is_end && !row) continue;
        if (x->in_set.begins_undoing && (is_end || (row->scope != X12_HEAD && row->scope != X12_HEAD_PARTY)))
            return begin_undoing(x);
        if (ends_line(x, row)) {
            x->has_segment = true;
            return close_line(x, d, issues, x->segment.offset);
        }
        if (ends_bare_movement(x, row)) {
            x->has_segment = true;
            x->in_move.is_open = false;
            return skip(x, SKIPPED_bare_ptd);
        }
        if (is_end) { x->set = NULL; continue; }
        x12_cursor_move(&x->cursor, row);
        enum reader_step step = take(x, row);
        if (step != READER_END) return step;
    }
}

void x12_judged(struct reader *r, const struct issues *issues)
{
    struct x12 *x = x12_of(r);
    if (issues->errors == 0 || !x->set) return;
    for (unsigned k = 0; k < issues->count; k++)
        if (x12_is_answered(&issues->items[k])) x->set->has_remarks = true;
}
