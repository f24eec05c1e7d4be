/* intake/draft.c: slots and what stands in them. */
#include "intake/draft.h"

#include "base/assert.h"
#include "intake/plain.h"

enum slot_sort { SORT_OTHER, SORT_NUMBER, SORT_DATE, SORT_PARTY };

struct slot_row { struct slice name; enum slot_sort sort; enum slot party; };

#define SORT_OF_KIND     SORT_OTHER
#define SORT_OF_REPLACES SORT_OTHER
#define SORT_OF_TEXT     SORT_OTHER
#define SORT_OF_ID       SORT_OTHER
#define SORT_OF_CODE     SORT_OTHER
#define SORT_OF_DATE     SORT_DATE
#define SORT_OF_QTY      SORT_NUMBER
#define SORT_OF_UINT     SORT_OTHER
#define SORT_OF_FLAG     SORT_OTHER
#define SORT_OF_PRICE    SORT_NUMBER
#define SORT_OF_MONEY    SORT_NUMBER
#define SORT_OF_AMOUNT   SORT_NUMBER
#define SORT_OF_PARTY    SORT_PARTY
#define SORT_OF_TEXTS    SORT_OTHER
#define SORT_OF_CAUSE    SORT_OTHER
#define SORT_OF_CLOSE    SORT_OTHER
#define SORT_OF_COUNT    SORT_OTHER
#define SORT_OF_WORD     SORT_OTHER
#define SORT_OF_COUNTRY  SORT_OTHER

static const struct slot_row rows[SLOT_COUNT] = {
#define FIELD(type, member, text, detail) [SLOT_##member] = { SLICE_INIT(text), SORT_OF_##type, SLOT_NONE },
#include "domain/line_field.def"
#undef FIELD
#define PART(of, part, type, detail) [SLOT_##of##_##part] = { SLICE_INIT(#of "." #part), SORT_OTHER, SLOT_##of },
#define PARTY(of) PARTY_PARTS(PART, of)
    PARTIES(PARTY)
#undef PARTY
#undef PART
#define MEMBER(member, type, detail) [SLOT_reference_##member] = { SLICE_INIT(#member), SORT_OF_##type, SLOT_NONE },
    REFERENCE_MEMBERS(MEMBER)
#undef MEMBER
};

void draft_reset(struct draft *d)
{
    memset(d->present, 0, sizeof d->present);
    for (unsigned i = 0; i < DRAFT_LIST_COUNT; i++) d->lists[i] = (struct draft_list){ 0 };
    d->customers = NULL;
    d->terms = NULL;
    d->customer_count = d->term_count = d->proof_count = d->extra_count = 0;
    d->overrides_yaml = d->ordinal = d->raw = (struct slice){ 0 };
    d->return_hint.name = (struct slice){ 0 };
    d->is_return = d->sign_names_kind = false;
}

bool draft_put(struct draft *d, enum slot slot, struct draft_cell cell)
{
    ASSERT(slot > SLOT_NONE && slot < SLOT_COUNT);
    if (!cell.is_nested && plain_is_blank(cell.text)) return true;
    if (draft_has(d, slot)) return false;
    d->cells[slot] = cell;
    d->present[slot / 64] |= 1ull << (slot % 64);
    return true;
}

void draft_default(struct draft *d, enum slot slot, struct slice text)
{
    (void)draft_put(d, slot, (struct draft_cell){ .text = text });
}

struct slice draft_text(const struct draft *d, enum slot slot)
{
    return draft_has(d, slot) ? d->cells[slot].text : (struct slice){ 0 };
}

void draft_drop(struct draft *d, enum slot slot)
{
    d->present[slot / 64] &= ~(1ull << (slot % 64));
}

static void grow(struct arena *a, struct draft_list *list, unsigned bound)
{
    unsigned capacity = list->capacity ? 2 * list->capacity : 4;
    if (capacity > bound) capacity = bound;
    struct draft_cell *items = ARENA_ARRAY(a, capacity, struct draft_cell);
    if (list->capacity) memcpy(items, list->items, list->capacity * sizeof *items);
    list->items = items;
    list->capacity = capacity;
}

void draft_add(struct arena *a, struct draft_list *list, unsigned bound, struct draft_cell cell)
{
    ASSERT(bound > 0);
    if (list->count == list->capacity && list->capacity < bound) grow(a, list, bound);
    if (list->count < list->capacity) list->items[list->count] = cell;
    list->count++;
}

bool draft_add_extra(struct draft *d, struct slice name, struct draft_cell cell)
{
    if (d->extra_count == EXTRAS_MAX) return false;
    d->extras[d->extra_count++] = (struct draft_extra){ name, cell };
    return true;
}

/* 92 before 91 before plain before the public ones, which keep the order of their coming. */
static unsigned id_rank(struct slice type)
{
    if (slice_equal(type, SLICE("92"))) return 0;
    if (slice_equal(type, SLICE("91"))) return 1;
    return slice_is_empty(type) ? 2 : 3;
}

void draft_put_party_id(struct draft *d, enum slot party, struct slice type, struct draft_cell cell)
{
    enum slot id = slot_of_party(party, PARTY_PART_id), id_type = slot_of_party(party, PARTY_PART_id_type);
    if (plain_is_blank(cell.text)) return;
    if (draft_has(d, id) && id_rank(draft_text(d, id_type)) <= id_rank(type)) return;
    draft_drop(d, id);
    draft_drop(d, id_type);
    (void)draft_put(d, id, cell);
    cell.text = type;
    (void)draft_put(d, id_type, cell);
}

struct slice slot_name(enum slot slot)
{
    ASSERT(slot < SLOT_COUNT);
    return rows[slot].name;
}

enum slot slot_find(struct slice name)
{
    enum slot slot = SLOT_NONE + 1;
    while (slot < SLOT_COUNT && !slice_equal(rows[slot].name, name)) slot++;
    if (slot == SLOT_COUNT) return SLOT_NONE;
    return rows[slot].sort == SORT_PARTY ? slot_of_party(slot, PARTY_PART_name) : slot;
}

enum slot slot_of_party(enum slot party, enum party_part part)
{
    ASSERT(part < PARTY_PART_COUNT);
    switch ((int)party) {
#define PARTY(of) case SLOT_##of: return (enum slot)(SLOT_##of##_name + part);
    PARTIES(PARTY)
#undef PARTY
    }
    NEVER();
}

enum slot slot_party(enum slot slot)
{
    ASSERT(slot < SLOT_COUNT);
    return rows[slot].party;
}

bool slot_is_number(enum slot slot)
{
    ASSERT(slot < SLOT_COUNT);
    return rows[slot].sort == SORT_NUMBER;
}

bool slot_is_date(enum slot slot)
{
    ASSERT(slot < SLOT_COUNT);
    return rows[slot].sort == SORT_DATE;
}

bool slot_is_paper(enum slot slot)
{
    static const enum slot papers[] = { SLOT_invoice_no, SLOT_original_invoice_no, SLOT_order_no, SLOT_claim_id,
                                        SLOT_debit_memo_ref, SLOT_rma_no, SLOT_authorisation_no, SLOT_deal_reg_no,
                                        SLOT_preapproval_no };
    for (unsigned k = 0; k < sizeof papers / sizeof *papers; k++)
        if (papers[k] == slot) return true;
    return false;
}
