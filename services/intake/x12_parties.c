/* intake/x12_parties.c: N1 loops: who bought, who uses, where from; and who reports. */
#include "intake/x12_cells.h"

enum slot x12_slot_of_role(enum x12_party role)
{
    return role == X12_PARTY_SOLD_TO ? SLOT_sold_to : role == X12_PARTY_END_CUSTOMER ? SLOT_end_customer : SLOT_NONE;
}

static void put_party(struct x12 *x, enum party_part part, unsigned element)
{
    struct slice text = x12_element(&x->segment, element);
    if (slice_is_empty(text)) return;
    struct draft_cell cell = x12_cell_at(x, &x->move, &x->segment, element, text);
    if (slice_is_empty(x->n1.cells[part].text)) x->n1.cells[part] = cell;
    if (x->n1.customer) {
        if (slice_is_empty(x->n1.customer->parts[part].text)) x->n1.customer->parts[part] = cell;
        return;
    }
    if (x->n1.slot != SLOT_NONE) (void)draft_put(&x->move.draft, slot_of_party(x->n1.slot, part), cell);
}

static void put_party_id(struct x12 *x, struct slice type, unsigned element)
{
    struct slice text = x12_element(&x->segment, element);
    if (slice_is_empty(text)) return;
    struct draft_cell cell = x12_cell_at(x, &x->move, &x->segment, element, text);
    struct draft_cell type_cell = cell;
    type_cell.text = x12_keep_text(x, &x->move, type);
    if (slice_is_empty(x->n1.cells[PARTY_PART_id].text)) {
        x->n1.cells[PARTY_PART_id] = cell;
        x->n1.cells[PARTY_PART_id_type] = type_cell;
    }
    if (x->n1.customer) {
        if (slice_is_empty(x->n1.customer->parts[PARTY_PART_id].text)) {
            x->n1.customer->parts[PARTY_PART_id] = cell;
            x->n1.customer->parts[PARTY_PART_id_type] = type_cell;
        }
        return;
    }
    if (x->n1.slot != SLOT_NONE) draft_put_party_id(&x->move.draft, x->n1.slot, type_cell.text, cell);
}

/* The first of a role counts; a second ST may be the end customer, if the profile says so. */
static void choose_party(struct x12 *x, struct slice code)
{
    x->n1.role = x12_party_of(code);
    x->n1.slot = x12_slot_of_role(x->n1.role);
    x->n1.customer = NULL;
    bool is_st = slice_equal(code, SLICE("ST"));
    if (is_st && x->in_move.has_st && x->base.profile->x12.second_st_is_end_customer) {
        x->n1.role = X12_PARTY_END_CUSTOMER;
        x->n1.slot = SLOT_end_customer;
    }
    x->in_move.has_st |= is_st;
    unsigned bit = 1u << x->n1.role;
    if (x->in_move.parties_taken & bit) x->n1.slot = SLOT_NONE;
    x->in_move.parties_taken |= bit;
}

static void add_customer(struct x12 *x)
{
    struct draft *d = &x->line.draft;
    if (x->n1.role != X12_PARTY_SOLD_TO && x->n1.role != X12_PARTY_END_CUSTOMER) return;
    if (d->customer_count >= DRAFT_CUSTOMERS_MAX) { d->customer_count++; return; }
    if (!d->customers) d->customers = ARENA_ARRAY(x->base.line_arena, DRAFT_CUSTOMERS_MAX, struct draft_party);
    x->n1.customer = &d->customers[d->customer_count++];
}

/* A role that no field takes, or a second one of a role: its name travels as an extra (N1:BT). */
static void put_other_party(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    struct slice name = x12_element(s, 2);
    char room[8];
    struct text t = text_over(room, sizeof room);
    PUT(&t, "N1:");
    text_put(&t, slice_head(x12_element(s, 1), 3));
    unsigned element = name.size > 0 ? 2 : 4;
    x12_put_named_extra(x, &x->move, element, x12_keep_bytes(x, &x->move, text_slice(&t)), x12_element(s, element));
}

static void take_n1(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    memset(x->n1.cells, 0, sizeof x->n1.cells);
    choose_party(x, x12_element(s, 1));
    if (x12_is_set(x, "845")) {
        if (x->n1.role == X12_PARTY_LOCATION)
            draft_add(x->base.line_arena, &x->line.draft.lists[DRAFT_LIST_locations], AGREEMENT_LOCATIONS_MAX,
                      x12_cell_at(x, &x->line, s, 4, x12_element(s, 4)));
        add_customer(x);
        x->n1.slot = SLOT_NONE;
    } else if (x->n1.role == X12_PARTY_LOCATION) {
        x12_put(x, &x->move, 4, SLOT_location_id);
        return;
    } else if (x->n1.slot == SLOT_NONE) {
        put_other_party(x);
    }
    put_party(x, PARTY_PART_name, 2);
    put_party_id(x, x12_element(s, 3), 4);
}

void x12_take_party(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    switch (s->key) {
    case X12_KEY('N', '1', 0): take_n1(x); return;
    case X12_KEY('N', '2', 0): put_party(x, PARTY_PART_name, 1); return;
    case X12_KEY('N', '3', 0): put_party(x, PARTY_PART_address, 1); put_party(x, PARTY_PART_address_2, 2); return;
    case X12_KEY('N', '4', 0):
        put_party(x, PARTY_PART_city, 1);
        put_party(x, PARTY_PART_region, 2);
        put_party(x, PARTY_PART_postal_code, 3);
        put_party(x, PARTY_PART_country, 4);
        return;
    case X12_KEY('R', 'E', 'F'): {
        struct slice type = x12_id_type(x12_element(s, 1));
        if (type.size > 0) put_party_id(x, type, 2);
        else x12_take_ref(x, &x->move);
        return;
    }
    default: return;
    }
}

struct slice x12_reporter_of(const struct x12 *x, const struct x12_segment *n1)
{
    const struct intake_partners *p = x->base.typing->partners;
    struct slice role = x12_element(n1, 1);
    bool is_reporter =
        slice_equal(role, SLICE("DS")) || slice_equal(role, SLICE("DB")) || slice_equal(role, SLICE("SE"));
    if (!is_reporter || slice_is_empty(x12_element(n1, 4)) || !p || !p->identified) return (struct slice){ 0 };
    return p->identified(p->context, x12_element(n1, 3), x12_element(n1, 4));
}

/* The header party: the first DS, DB or SE that is on file. */
void x12_take_head_party(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    struct slice role = x12_element(s, 1);
    if (s->key != X12_KEY('N', '1', 0)) return;
    if (x12_is_set(x, "852") && x12_party_of(role) == X12_PARTY_LOCATION) x12_put(x, &x->head, 4, SLOT_location_id);
    struct slice partner = x->in_set.has_partner ? (struct slice){ 0 } : x12_reporter_of(x, s);
    if (slice_is_empty(partner)) return;
    x->base.report_partner = x12_keep_bytes(x, &x->head, partner);
    x12_put_ranked(x, &x->head, s, 4, x->base.report_partner, SLOT_partner_id, 0);
    x->in_set.has_partner = true;
}
