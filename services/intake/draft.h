/* intake/draft.h: a line before typing: for every place of a line the text as sent and where it stands.
 *
 * Every reader (text, JSON, X12, workbooks) fills a draft and knows no types; typing.h turns drafts into lines and
 * knows no format. A *slot* is a place of the line: a field of line_field.def, a part of a party, a member of a
 * reference line. Only slots with their bit in `present` have a cell, so a draft is emptied by clearing a few words.
 *
 * Texts are borrowed from the document or from the reader's arena until the reader moves on. */
#ifndef INTAKE_DRAFT_H
#define INTAKE_DRAFT_H

#include "domain/line.h"
#include "domain/line_member.h"
#include "wire/limits.h"

enum party_part {
#define PART(party, part, type, detail) PARTY_PART_##part,
    PARTY_PARTS(PART, _)
#undef PART
    PARTY_PART_COUNT
};

/* SLOT_qty_milli, SLOT_sold_to_name, SLOT_reference_status … SLOT_sold_to (a party as a whole) never has a cell. */
enum slot {
    SLOT_NONE = 0,
#define FIELD(type, member, name, detail) SLOT_##member,
#include "domain/line_field.def"
#undef FIELD
    SLOT_FIELDS_END,
    SLOT_PARTIES = SLOT_FIELDS_END,
    SLOT_BEFORE_PARTIES = SLOT_PARTIES - 1,
#define PART(party, part, type, detail) SLOT_##party##_##part,
#define PARTY(party) PARTY_PARTS(PART, party)
    PARTIES(PARTY)
#undef PARTY
#undef PART
    SLOT_REFERENCE,
    SLOT_BEFORE_REFERENCE = SLOT_REFERENCE - 1,
#define MEMBER(member, type, detail) SLOT_reference_##member,
    REFERENCE_MEMBERS(MEMBER)
#undef MEMBER
    SLOT_COUNT
};

enum { SLOT_WORDS = (SLOT_COUNT + 63) / 64, DRAFT_CUSTOMERS_MAX = AGREEMENT_CUSTOMERS_MAX };

/* What stands in a place. `at` and `column` mean what the reader says: only draft.locate reads them. */
struct draft_cell {
    struct slice text;                              /* as sent; an empty one counts as not sent */
    uint32_t     at;
    uint16_t     column;
    uint8_t      component;
    bool         is_nested;                         /* JSON: an object or list where a text belongs */
};

/* The lists of texts. */
#define DRAFT_LISTS(L) L(serials) L(payout_ids) L(line_refs) L(locations) L(products)
enum draft_list_id {
#define LIST(name) DRAFT_LIST_##name,
    DRAFT_LISTS(LIST)
#undef LIST
    DRAFT_LIST_COUNT
};

/* Items past the bound of the list are counted, not kept. */
struct draft_list { struct draft_cell *items; unsigned count, capacity; };

/* A customer of an agreement: one text (its key), or parts. `ids` beyond the first are customers of their own. */
struct draft_party { struct draft_cell key, parts[PARTY_PART_COUNT]; };

#define TERM_MEMBERS(T) \
    T(line_no) T(method) T(price) T(amount) T(percent) T(uom) T(authorised_qty) T(book_price) T(resale_policy) \
    T(resale_min) T(resale_max)
enum term_member {
#define TERM(member) TERM_##member,
    TERM_MEMBERS(TERM)
#undef TERM
    TERM_COUNT
};

/* A line of an agreement. */
struct draft_term { struct draft_cell members[TERM_COUNT]; struct draft_list products; };

struct draft_proof { struct draft_cell type, name, sha256; };
struct draft_extra { struct slice name; struct draft_cell cell; };

struct where;

/* The draft. Counts of nested things are as sent; what passes its bound is not kept, and typing says so. */
struct draft {
    uint64_t           present[SLOT_WORDS];
    struct draft_cell  cells[SLOT_COUNT];
    struct draft_list  lists[DRAFT_LIST_COUNT];
    struct draft_party *customers;
    unsigned           customer_count;
    struct draft_term  *terms;
    unsigned           term_count;
    struct draft_proof proofs[DOCUMENTS_MAX];
    unsigned           proof_count;
    struct draft_extra extras[EXTRAS_MAX];
    unsigned           extra_count;
    struct slice       overrides_yaml;              /* ship_debit: and claim: of an agreement */

    /* What the format itself says of the line beyond its cells. */
    struct draft_extra return_hint;                 /* a cell that speaks of a return; name empty: none */
    bool is_return;       /* marked by a code (section 6), whatever the sign of the quantity */
    bool sign_names_kind; /* text, X12: a sale with a minus is a return; JSON names its kind */
    struct slice       ordinal;                     /* default of claim_line: row, or ordinal in the document */

    /* Where the line begins. */
    uint64_t           position;                    /* feeds.md 3 */
    uint64_t           offset;                      /* byte in the document as sent */
    uint32_t           row;                         /* 1-based physical line or sheet row; 0 none */
    struct slice       raw;                         /* its bytes as sent */
    struct slice       icn, gcn, tscn, sheet;       /* X12, workbooks */

    /* Fills offset, row, column, pointer, segment … of one cell; cell NULL: of the line. Called for issues only. */
    void             (*locate)(const struct draft *d, const struct draft_cell *cell, struct arena *a, struct where *w);
    const void        *reader;                      /* for locate */
};

/* Empties a draft for the next line; nested arrays belong to the reader's arena. */
void draft_reset(struct draft *d);

/* Puts a text into a slot; an empty text does nothing. A slot that is taken keeps its first text: false. */
bool draft_put(struct draft *d, enum slot slot, struct draft_cell cell);

/* The same for a default: never an error. */
void draft_default(struct draft *d, enum slot slot, struct slice text);

static inline bool draft_has(const struct draft *d, enum slot slot)
{
    return d->present[slot / 64] >> (slot % 64) & 1;
}

/* The text of a slot, empty when absent. */
struct slice draft_text(const struct draft *d, enum slot slot);

/* The slot was not sent. */
void draft_drop(struct draft *d, enum slot slot);

/* Adds to a list; the array grows in the arena up to `bound` items, further ones are counted. */
void draft_add(struct arena *a, struct draft_list *list, unsigned bound, struct draft_cell cell);

/* Adds an extra; false when 64 are there: it stays in the raw bytes and the line is warned. */
bool draft_add_extra(struct draft *d, struct slice name, struct draft_cell cell);

/* An id of a party by its type (codes of feeds.md 5.5; empty: the partner's own): of several the partner's own wins, in
 * the order 92, 91, plain, else the first that came (screening.md 6.2). `party` is SLOT_sold_to … SLOT_vendor. */
void draft_put_party_id(struct draft *d, enum slot party, struct slice type, struct draft_cell cell);

/* The name in text, JSON and profiles: qty, end_customer.name, status. */
struct slice slot_name(enum slot slot);

/* The slot of such a name, as profiles give it: of a party as a whole that of its name. SLOT_NONE when there is none. */
enum slot slot_find(struct slice name);

/* The slot of a part of a party. `party` is SLOT_sold_to … SLOT_vendor. */
enum slot slot_of_party(enum slot party, enum party_part part);

/* SLOT_sold_to … for a slot of a part; SLOT_NONE for others. */
enum slot slot_party(enum slot slot);

/* Money, prices and quantities: the cells whose decimal style matters; and dates. */
bool slot_is_number(enum slot slot);
bool slot_is_date(enum slot slot);
/* It names a paper of its sender: an invoice, an order, a claim, an authorisation. */
bool slot_is_paper(enum slot slot);

#endif
