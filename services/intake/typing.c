/* intake/typing.c: a draft becomes a line: fields, then what depends on the kind, then what is missing. */
#include "intake/typing.h"

#include "base/assert.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "domain/name/party_key.h"
#include "intake/number.h"
#include "intake/plain.h"
#include "intake/typing_cells.h"
#include "intake/typing_reference.h"

enum { REPORT_DAYS_MAX = 400, CLAIM_ID_DIGITS = 16, CODE_BYTES_MAX = 24, BIRTH_YEAR_MIN = 1900 };

#define KINDS_WITH_INVOICE \
    (KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_POS_RETURN) | KIND_BIT(KIND_SHIP_DEBIT_CLAIM) | \
    KIND_BIT(KIND_SPIFF_CLAIM) | KIND_BIT(KIND_SELL_IN))

/* Preparing */

void typing_init(struct typing *t, const struct mapping_profile *profile)
{
    t->profile = profile;
    memset(t->valued, 0, sizeof t->valued);
    for (unsigned i = 0; i < profile->value_count; i++) {
        enum slot slot = slot_find(profile->values[i].field);
        t->valued[slot / 64] |= 1ull << (slot % 64);
    }
}

void typing_begin(const struct typing *t, struct typed *out)
{
    memset(&out->line, 0, sizeof out->line);
    issues_init(&out->issues, t->arena, LINE_ISSUES_MAX);
    out->text_count = 0;
    out->is_claim_too = false;
}

static struct named named(const struct draft *d, enum slot slot)
{
    return (struct named){ slot_name(slot), slot, draft_has(d, slot) ? &d->cells[slot] : NULL };
}

struct issue *typing_blame(const struct typing *t, const struct draft *d, struct issues *list, enum issue_code code,
                           enum slot slot)
{
    struct typed whole = { .issues = *list };
    struct cells c = { .typing = (struct typing *)t, .draft = d, .out = &whole };
    struct issue *i = cells_blame(&c, code, named(d, slot));
    *list = whole.issues;
    return i;
}

/* Words of the partner (profile `values`) */

static struct slice our_word(const struct typing *t, enum slot slot, struct slice sent)
{
    if (!(t->valued[slot / 64] >> (slot % 64) & 1)) return (struct slice){ 0 };
    for (unsigned i = 0; i < t->profile->value_count; i++) {
        const struct profile_value *v = &t->profile->values[i];
        if (!slice_equal(v->field, slot_name(slot))) continue;
        for (unsigned k = 0; k < v->names.count; k++)
            if (slice_equal_nocase(v->names.items[k], sent)) return v->value;
    }
    return (struct slice){ 0 };
}

static void translate(const struct typing *t, struct draft *d, enum slot slot)
{
    if (!draft_has(d, slot) || d->cells[slot].is_nested) return;
    struct slice word = our_word(t, slot, slice_trim(d->cells[slot].text));
    if (word.size > 0) d->cells[slot].text = word;
}

static void translate_all(const struct typing *t, struct draft *d)
{
    for (unsigned w = 0; w < SLOT_WORDS; w++)
        for (uint64_t bits = t->valued[w] & d->present[w]; bits; bits &= bits - 1)
            if ((w * 64 + (unsigned)__builtin_ctzll(bits)) != SLOT_kind)
                translate(t, d, (enum slot)(w * 64 + (unsigned)__builtin_ctzll(bits)));
}

static enum kind listed_kind(struct slice word)
{
    static const struct { struct slice word; enum kind kind; } words[] = {
#define KIND_WORD(word, kind) { SLICE_INIT(word), KIND_##kind },
#include "intake/kind_word.def"
#undef KIND_WORD
    };
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_equal(words[i].word, word)) return words[i].kind;
    return kind_find(word);
}

enum kind typing_kind_of(const struct typing *t, struct slice word)
{
    struct slice trimmed = slice_trim(word), ours = our_word(t, SLOT_kind, trimmed);
    if (ours.size > 0) return kind_find(ours);
    if (t->names_are_exact) return kind_find(trimmed);
    return trimmed.size > 32 ? KIND_UNSPECIFIED : listed_kind(slice_upper(t->arena, trimmed));
}

/* Kind and quantity */

/* As its sender may correct it: X12 has codes (PTD01:ZZ), JSON the names of kinds, text words. */
static void blame_kind(struct cells *c, struct named n)
{
    bool is_code = c->draft->icn.size > 0 && slice_find(n.cell->text, ':') < n.cell->text.size;
    cells_blame(c, is_code ? ISSUE_KIND_CODE_UNKNOWN
                   : c->typing->names_are_exact ? ISSUE_KIND_NAME_UNKNOWN : ISSUE_KIND_UNKNOWN, n);
}

static bool type_qty(struct cells *c)
{
    const struct draft *d = c->draft;
    return draft_has(d, SLOT_qty_milli)
           && cells_number(c, named(d, SLOT_qty_milli), CELLS_QTY, &c->out->line.qty_milli);
}

static bool states_a_claim(const struct draft *d)
{
    return draft_has(d, SLOT_authorisation_no)
        && (draft_has(d, SLOT_claimed_amount_minor) || draft_has(d, SLOT_claimed_debit_unit_micros)
            || draft_has(d, SLOT_claimed_cost_unit_micros));
}

/* A resale line that also states a claim (feeds.md 6). */
static enum kind resale_or_claim(struct cells *c, enum kind kind)
{
    struct typing *t = c->typing;
    if ((kind != KIND_POS_SALE && kind != KIND_POS_RETURN) || !c->draft->sign_names_kind || !states_a_claim(c->draft))
        return kind;
    if (t->profile->sd_lines == SD_LINES_CLAIM) return KIND_SHIP_DEBIT_CLAIM;
    if (t->profile->sd_lines == SD_LINES_BOTH) c->out->is_claim_too = true;
    if (t->profile->sd_lines == SD_LINES_POS && !t->said_claim_in_pos) {
        cells_blame(c, ISSUE_CLAIM_IN_POS, named(c->draft, SLOT_authorisation_no));
        t->said_claim_in_pos = true;
    }
    return kind;
}

static enum kind kind_of(struct cells *c)
{
    const struct draft *d = c->draft;
    bool is_return = d->is_return || c->out->line.qty_milli < 0;
    enum kind kind = KIND_POS_SALE;
    if (draft_has(d, SLOT_kind)) {
        kind = typing_kind_of(c->typing, d->cells[SLOT_kind].text);
        if (kind == KIND_UNSPECIFIED) blame_kind(c, named(d, SLOT_kind));
    } else if (!d->sign_names_kind) {
        cells_blame(c, ISSUE_FIELD_ABSENT, named(d, SLOT_kind));
        return KIND_UNSPECIFIED;
    } else if (!is_return && d->return_hint.name.size > 0) {    /* paid as a sale it would be paid twice */
        issue_argument(cells_blame(c, ISSUE_RETURN_UNCLEAR, (struct named){ slot_name(SLOT_kind), SLOT_kind,
                                                                           &d->return_hint.cell }),
                       SLICE("column"), d->return_hint.name);
    } else if (!is_return && draft_has(d, SLOT_original_invoice_no)) {  /* a rebill looks the same: nobody guesses */
        cells_blame(c, ISSUE_RETURN_UNMARKED, named(d, SLOT_original_invoice_no));
    }
    if (kind == KIND_POS_SALE && d->sign_names_kind && is_return) kind = KIND_POS_RETURN;
    return resale_or_claim(c, kind);
}

static void sign_conflict(struct cells *c, enum slot slot)
{
    issue_argument(cells_blame(c, ISSUE_SIGN_AGAINST_KIND, named(c->draft, slot)), SLICE("kind"),
                   kind_name(c->out->line.kind));
}

/* A return is negative once, however many marks it has (feeds.md 6). */
static void sign_quantity(struct cells *c)
{
    struct line *l = &c->out->line;
    enum kind kind = l->kind == KIND_REPLACE ? l->replaces_kind : l->kind;
    bool turns = kind == KIND_POS_RETURN || (kind == KIND_SHIP_DEBIT_CLAIM && c->draft->is_return);
    if (turns && l->qty_milli > 0) l->qty_milli = -l->qty_milli;
    if (kind == KIND_UNSPECIFIED || kind == KIND_CANCEL || kind_sign(kind) == KIND_SIGN_NONE) return;
    bool may_be_zero = kind == KIND_INVENTORY
                       || (kind == KIND_PRICE_PROTECTION_CLAIM && draft_has(c->draft, SLOT_claimed_amount_minor));
    if (l->qty_milli == 0 && !may_be_zero) cells_blame(c, ISSUE_QTY_IS_ZERO, named(c->draft, SLOT_qty_milli));
    bool wants_plus = kind_sign(kind) == KIND_SIGN_PLUS || kind_sign(kind) == KIND_SIGN_ZERO_UP;
    if (l->qty_milli < 0 && wants_plus) sign_conflict(c, SLOT_qty_milli);
}

/* Amounts take the sign of the quantity. */
static void sign_amount(struct cells *c, enum slot slot, int64_t *amount)
{
    const struct line *l = &c->out->line;
    if (l->kind == KIND_UNSPECIFIED || kind_is_operator(l->kind) || l->kind == KIND_CANCEL) return;
    if (l->qty_milli < 0 && *amount > 0) {
        cells_blame(c, ISSUE_SIGN_TURNED, named(c->draft, slot));
        *amount = -*amount;
    }
    if (l->qty_milli >= 0 && *amount < 0) sign_conflict(c, slot);
}

/* Currency and unit */

/* Upper case of the accented letters that units are written with, too: STÜCK, PIÈCE (U+00E0 to U+00FE). */
static struct slice upper_uom(struct arena *a, struct slice word)
{
    struct slice ascii = slice_upper(a, word);
    if (slice_find(ascii, '\xC3') == ascii.size) return ascii;
    char *to = arena_take(a, ascii.size + 1);
    for (size_t i = 0; i < ascii.size; i++) {
        uint8_t before = i ? (uint8_t)ascii.bytes[i - 1] : 0, byte = (uint8_t)ascii.bytes[i];
        bool is_lower = before == 0xC3 && byte >= 0xA0 && byte <= 0xBE && byte != 0xB7;
        to[i] = (char)(is_lower ? byte - 0x20 : byte);
    }
    return slice_of(to, ascii.size);
}

/* `pcs.` and `ea.` are abbreviations of words, their point is none of the code. */
static struct slice fold_uom(struct slice code)
{
    static const struct { struct slice code, word; } rows[] = {
#define UOM(code, word) { SLICE_INIT(code), SLICE_INIT(word) },
#include "intake/uom.def"
#undef UOM
    };
    if (code.size > 1 && code.bytes[code.size - 1] == '.') code.size--;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (slice_equal(rows[i].word, code)) return rows[i].code;
    return code;
}

struct slice typing_uom_of(const struct typing *t, struct slice word)
{
    struct slice trimmed = slice_trim(word), ours = our_word(t, SLOT_uom, trimmed);
    if (slice_equal(trimmed, SLICE("EA"))) return ours.size > 0 ? ours : trimmed;
    return fold_uom(upper_uom(t->arena, ours.size > 0 ? ours : trimmed));
}

static void assume_uom(struct cells *c)
{
    struct slice uom = c->typing->profile->uom_default;
    c->out->line.uom = slice_is_empty(uom) ? SLICE("EA") : uom;
    cells_blame(c, ISSUE_UOM_ASSUMED, named(c->draft, SLOT_uom))->value = c->out->line.uom;
}

static void type_uom(struct cells *c)
{
    struct line *l = &c->out->line;
    if (!draft_has(c->draft, SLOT_uom)) {
        if (draft_has(c->draft, SLOT_qty_milli) && l->kind != KIND_UNSPECIFIED && kind_has_goods(l->kind))
            assume_uom(c);
        return;
    }
    struct named n = named(c->draft, SLOT_uom);
    struct slice code =
        n.cell->is_nested ? (struct slice){ 0 } : upper_uom(c->typing->arena, slice_trim(n.cell->text));
    if (slice_equal(code, SLICE("EA"))) { l->uom = SLICE("EA"); return; }
    l->uom = fold_uom(code);
    if (l->uom.size > 0 && l->uom.size <= 8 && plain_is_code(l->uom)) return;
    cells_blame(c, ISSUE_UOM_UNKNOWN, n);
    l->uom = (struct slice){ 0 };
}

static bool is_money(enum slot slot)
{
    enum field_type type = line_fields[slot - 1].type;
    return type == FIELD_TYPE_PRICE || type == FIELD_TYPE_MONEY || type == FIELD_TYPE_AMOUNT;
}

/* Money that a partner pays to its supplier, or wants of it; the rest is what its customer pays. */
static bool is_of_supplier(enum slot slot)
{
    return slot == SLOT_book_unit_micros || slot == SLOT_claimed_cost_unit_micros
           || slot == SLOT_claimed_debit_unit_micros || slot == SLOT_claimed_amount_minor;
}

/* What a price says of its own currency, `12.50 USD`, `€ 12.50`, where nothing else says any; all others of the line
 * are held against it. Who buys in euros may sell in pounds: a sign beside the cost says nothing of a bare price, nor
 * one beside the price of a bare cost. */
static struct slice currency_of_prices(const struct cells *c)
{
    char buffer[NUMBER_TEXT_MAX];
    struct number number;
    struct slice said[2] = { { 0 } };
    bool is_there[2] = { false };
    for (enum slot slot = SLOT_NONE + 1; slot < SLOT_FIELDS_END; slot++) {
        if (!is_money(slot) || !draft_has(c->draft, slot)) continue;
        unsigned side = is_of_supplier(slot);
        bool is_read = number_read(draft_text(c->draft, slot), c->typing->decimals, buffer, &number) == NUMBER_FINE;
        is_there[side] = true;
        if (is_read && said[side].size == 0) said[side] = number.currency;
    }
    bool is_open = (is_there[0] && said[0].size == 0) || (is_there[1] && said[1].size == 0);
    return is_open ? (struct slice){ 0 } : said[is_there[0] ? 0 : 1];
}

static void type_currency(struct cells *c)
{
    const struct typing *t = c->typing;
    struct named n = named(c->draft, SLOT_currency);
    struct slice code = n.cell                                  ? n.cell->text
                        : t->profile->currency_default.size > 0 ? t->profile->currency_default
                                                                : t->currency;
    if (slice_is_empty(code) && t->decimals != DECIMAL_STYLE_AUTO) code = currency_of_prices(c);
    c->exponent = 2;
    if (slice_is_empty(code)) return;
    code = slice_trim(code);
    struct slice of_sign = n.cell ? number_currency_of_sign(code) : (struct slice){ 0 };
    if (of_sign.size > 0) code = of_sign;
    const struct currency *found = code.size == 3 ? currency_find(slice_upper(t->arena, code)) : NULL;
    if (!found) { cells_blame(c, ISSUE_CURRENCY_UNKNOWN, n)->value = issue_value(t->arena, code); return; }
    c->currency = found->code;
    c->exponent = found->exponent;
}

/* Fields */

static void type_price(struct cells *c, struct named n, const struct line_field *f)
{
    char *line = (char *)&c->out->line;
    int64_t *value = (int64_t *)(line + f->offset);
    if (!cells_number(c, n, CELLS_PRICE, value)) return;
    if (*value < 0) { cells_blame(c, ISSUE_VALUE_NEGATIVE, n); *value = 0; return; }
    *(bool *)(line + f->has_offset) = true;
}

static void type_money(struct cells *c, struct named n, const struct line_field *f)
{
    char *line = (char *)&c->out->line;
    int64_t *value = (int64_t *)(line + f->offset);
    if (!cells_number(c, n, CELLS_AMOUNT, value)) return;
    *(bool *)(line + f->has_offset) = true;
    sign_amount(c, n.slot, value);
}

static void type_amount(struct cells *c, struct named n, const struct line_field *f)
{
    int64_t *value = (int64_t *)((char *)&c->out->line + f->offset);
    if (!cells_number(c, n, CELLS_AMOUNT, value)) return;
    if (n.slot == SLOT_amount_minor) {
        if (*value == 0) cells_blame(c, ISSUE_VALUE_IS_ZERO, n);
    } else if (*value <= 0) {
        cells_blame(c, ISSUE_VALUE_NOT_POSITIVE, n);
    }
}

/* 70011.0, as a table of numbers with empty cells is exported: four digits at least are no version. */
static bool is_in_decimal_form(struct slice text)
{
    enum { DIGITS_MIN = 4 };
    static const struct slice zero = SLICE_INIT(".0");
    if (text.size < DIGITS_MIN + zero.size || !slice_ends_with(text, zero)) return false;
    for (size_t k = 0; k < text.size - zero.size; k++)
        if (text.bytes[k] < '0' || text.bytes[k] > '9') return false;
    return true;
}

/* Spreadsheets take names for dates and numbers. */
static struct slice type_text(struct cells *c, struct named n, size_t max)
{
    struct slice text = cells_text(c, n, max);
    bool is_part = n.slot == SLOT_vendor_part || n.slot == SLOT_partner_part;
    if (c->typing->dates.is_plain) return text;
    if (is_part && date_is_look_alike(text)) cells_blame(c, ISSUE_PART_LOOKS_LIKE_DATE, n);
    if ((is_part || slot_is_paper(n.slot)) && is_in_decimal_form(text)) cells_blame(c, ISSUE_ID_IN_DECIMAL_FORM, n);
    return text;
}

static struct slice type_code(struct cells *c, struct named n, size_t max)
{
    if (n.slot == SLOT_gtin) return cells_gtin(c, n);
    return cells_code(c, n, max);
}

/* Of a CANCEL it says what is taken back, which the original says itself; a REPLACE becomes it. */
static void type_kind_word(struct cells *c, struct named n)
{
    enum kind kind = typing_kind_of(c->typing, n.cell->text);
    if (kind == KIND_UNSPECIFIED) blame_kind(c, n);
    if (c->out->line.kind == KIND_CANCEL) return;
    c->out->line.replaces_kind = kind;
    if (kind == KIND_UNSPECIFIED) return;
    if (!kind_is_replaceable(kind)) cells_blame(c, ISSUE_REPLACES_KIND_INVALID, n);
}

static void type_field(struct cells *c, enum slot slot)
{
    const struct line_field *f = &line_fields[slot - 1];
    struct named n = named(c->draft, slot);
    void *member = (char *)&c->out->line + f->offset;
    switch (f->type) {
    case FIELD_TYPE_KIND:
    case FIELD_TYPE_QTY:
    case FIELD_TYPE_REPLACES:
    case FIELD_TYPE_PARTY:
    case FIELD_TYPE_TEXTS:
        return;
    case FIELD_TYPE_TEXT:   *(struct slice *)member = type_text(c, n, f->detail); return;
    case FIELD_TYPE_ID:     *(struct slice *)member = cells_id(c, n, f->detail); return;
    case FIELD_TYPE_CODE:
        if (slot != SLOT_uom && slot != SLOT_currency) *(struct slice *)member = type_code(c, n, f->detail);
        return;
    case FIELD_TYPE_DATE:   *(int32_t *)member = cells_date(c, n); return;
    case FIELD_TYPE_UINT:   *(uint32_t *)member = (uint32_t)cells_whole(c, n, 1, f->detail); return;
    case FIELD_TYPE_FLAG:   *(bool *)member = cells_flag(c, n); return;
    case FIELD_TYPE_PRICE:  type_price(c, n, f); return;
    case FIELD_TYPE_MONEY:  type_money(c, n, f); return;
    case FIELD_TYPE_AMOUNT: type_amount(c, n, f); return;
    case FIELD_TYPE_CAUSE:  *(enum cause *)member = (enum cause)cells_word(c, n, VOCABULARY_CAUSE); return;
    case FIELD_TYPE_CLOSE:
        *(enum period_close *)member = (enum period_close)cells_word(c, n, VOCABULARY_CLOSE);
        return;
    }
}

/* Parties */

static void type_party_part(struct cells *c, enum slot slot, enum slot party, struct party *p)
{
    struct named n = named(c->draft, slot);
    switch ((enum party_part)(slot - slot_of_party(party, PARTY_PART_name))) {
    case PARTY_PART_name:        p->name = cells_text(c, n, 120); return;
    case PARTY_PART_id_type:     p->id_type = party_id_type(c->typing->arena, cells_code(c, n, 12)); return;
    case PARTY_PART_id:          p->id = cells_text(c, n, 64); return;
    case PARTY_PART_address:     p->address = cells_text(c, n, 200); return;
    case PARTY_PART_city:        p->city = cells_text(c, n, 120); return;
    case PARTY_PART_region:      p->region = cells_text(c, n, 120); return;
    case PARTY_PART_postal_code: p->postal_code = cells_text(c, n, 20); return;
    case PARTY_PART_country:     p->country = cells_country(c, n); return;
    case PARTY_PART_role:        p->role = (enum role)cells_word(c, n, VOCABULARY_ROLE); return;
    case PARTY_PART_kind:        p->kind = (enum party_kind)cells_word(c, n, VOCABULARY_PARTY_KIND); return;
    case PARTY_PART_birth_year:  p->birth_year = (int32_t)cells_whole(c, n, BIRTH_YEAR_MIN, 2099); return;
    case PARTY_PART_duns: case PARTY_PART_address_2: case PARTY_PART_COUNT: return;
    }
}

static void join_address(struct cells *c, enum slot party, struct party *p)
{
    struct named n = named(c->draft, slot_of_party(party, PARTY_PART_address_2));
    if (!n.cell) return;
    struct slice second = cells_text(c, n, 200);
    if (slice_is_empty(second) || p->address.size + 1 + second.size > 200) return;
    struct text t = text_in(c->typing->arena, p->address.size + 1 + second.size);
    text_put(&t, p->address);
    if (p->address.size > 0) PUT(&t, " ");
    text_put(&t, second);
    p->address = text_slice(&t);
}

/* The partner's own id wins over the DUNS (screening.md 6.2). */
static void choose_id(struct cells *c, enum slot party, struct party *p)
{
    struct named n = named(c->draft, slot_of_party(party, PARTY_PART_duns));
    if (!n.cell) return;
    struct slice duns = cells_text(c, n, 64);
    struct party_id ids[] = { { p->id_type, p->id }, { SLICE("1"), duns } };
    if (slice_is_empty(duns) || (p->id.size > 0 && party_id_choose(c->typing->arena, ids, 2) == 0)) return;
    p->id_type = ids[1].type;
    p->id = duns;
}

static void finish_party(struct cells *c, enum slot party, struct party *p)
{
    join_address(c, party, p);
    choose_id(c, party, p);
    if (slice_is_empty(p->id)) p->id_type = (struct slice){ 0 };
    bool is_there = p->name.size + p->id.size > 0;
    if (is_there && slice_is_empty(p->country) && !draft_has(c->draft, slot_of_party(party, PARTY_PART_country)))
        p->country = c->typing->profile->country_default;
    p->key = party_key(c->typing->arena, p);
}

static struct party *party_of(struct line *l, enum slot party)
{
    return (struct party *)((char *)l + line_fields[party - 1].offset);
}

/* Every present cell, then what a party needs as a whole. */
static void type_cells(struct cells *c)
{
    unsigned parties = 0;
    for (unsigned w = 0; w < SLOT_WORDS; w++) {
        for (uint64_t bits = c->draft->present[w]; bits; bits &= bits - 1) {
            enum slot slot = (enum slot)(w * 64 + (unsigned)__builtin_ctzll(bits));
            if (slot < SLOT_FIELDS_END) { type_field(c, slot); continue; }
            enum slot party = slot_party(slot);
            if (party == SLOT_NONE) continue;
            type_party_part(c, slot, party, party_of(&c->out->line, party));
            parties |= 1u << (party - SLOT_sold_to);
        }
    }
    for (; parties; parties &= parties - 1) {
        enum slot party = (enum slot)(SLOT_sold_to + __builtin_ctz(parties));
        finish_party(c, party, party_of(&c->out->line, party));
    }
}

/* Lists */

static void type_proofs(struct cells *c)
{
    const struct draft *d = c->draft;
    if (d->proof_count == 0) return;
    struct document_proof *proofs = ARENA_ARRAY(c->typing->arena, d->proof_count, struct document_proof);
    for (unsigned k = 0; k < d->proof_count; k++) {
        const struct draft_proof *from = &d->proofs[k];
        struct document_proof *to = &proofs[k];
        struct named type = { .name = SLICE("documents.type"), .cell = &from->type };
        struct named name = { .name = SLICE("documents.name"), .cell = &from->name };
        struct named hash = { .name = SLICE("documents.sha256"), .cell = &from->sha256 };
        if (from->type.text.size > 0) to->type = cells_code(c, type, CODE_BYTES_MAX);
        if (from->name.text.size > 0) to->name = cells_text(c, name, 120);
        if (from->sha256.text.size == 0) continue;
        to->has_sha256 = typing_reference_hex(from->sha256.text, to->sha256);
        if (!to->has_sha256) cells_blame(c, ISSUE_SHA256_INVALID, hash);
    }
    c->out->line.documents = proofs;
    c->out->line.document_count = d->proof_count;
}

static void type_extras(struct cells *c)
{
    const struct draft *d = c->draft;
    struct line *l = &c->out->line;
    size_t bytes = 0;
    if (d->extra_count == 0) return;
    struct pair *extras = ARENA_ARRAY(c->typing->arena, d->extra_count, struct pair);
    for (unsigned k = 0; k < d->extra_count; k++) {
        struct pair e = { plain_text_leniently(c->typing->arena, d->extras[k].name),
                          plain_text_leniently(c->typing->arena, d->extras[k].cell.text) };
        if (e.name.size > TEXT_BYTES_MAX || bytes + e.name.size + e.value.size > EXTRAS_BYTES_MAX) {
            cells_blame(c, ISSUE_EXTRAS_CUT, (struct named){ .name = d->extras[k].name });
            break;
        }
        bytes += e.name.size + e.value.size;
        extras[l->extra_count++] = e;
    }
    l->extras = extras;
}

/* A word for "none", one character again and again, or letters of another alphabet, which look like ours. */
static bool is_doubtful_serial(struct slice serial)
{
    static const struct slice words[] = {
        SLICE_INIT("unknown"),  SLICE_INIT("none"),     SLICE_INIT("na"),       SLICE_INIT("n/a"),
        SLICE_INIT("n.a."),     SLICE_INIT("null"),     SLICE_INIT("nil"),      SLICE_INIT("tbd"),
        SLICE_INIT("tba"),      SLICE_INIT("various"),  SLICE_INIT("multiple"), SLICE_INIT("no serial"),
        SLICE_INIT("noserial"), SLICE_INIT("not available"),
    };
    size_t same = 0;
    for (size_t k = 0; k < serial.size; k++) {
        if ((unsigned char)serial.bytes[k] >= 0x80) return true;
        same += serial.bytes[k] == serial.bytes[0];
    }
    if (same == serial.size && (same > 2 || strchr("0-?.", serial.bytes[0]))) return true;
    for (unsigned k = 0; k < sizeof words / sizeof *words; k++)
        if (slice_equal_nocase(serial, words[k])) return true;
    return false;
}

/* The first of a line that hardly names one piece is told; it stays what it is. */
static void doubt_serials(struct cells *c)
{
    const struct draft_list *list = &c->draft->lists[DRAFT_LIST_serials];
    for (unsigned k = 0; k < list->count; k++) {
        struct slice serial = slice_trim(list->items[k].text);
        if (serial.size == 0 || list->items[k].is_nested || !is_doubtful_serial(serial)) continue;
        cells_blame(c, ISSUE_SERIAL_DOUBTFUL, (struct named){ .name = SLICE("serials"), .cell = &list->items[k] });
        return;
    }
}

static void type_lists(struct cells *c)
{
    struct line *l = &c->out->line;
    l->serials = cells_texts(c, &c->draft->lists[DRAFT_LIST_serials], SLICE("serials"), SERIALS_MAX, 50);
    if (l->serials.count > 0) doubt_serials(c);
    l->payout_ids = cells_texts(c, &c->draft->lists[DRAFT_LIST_payout_ids], SLICE("payout_ids"), PAYOUT_IDS_MAX, 160);
    l->line_refs = cells_texts(c, &c->draft->lists[DRAFT_LIST_line_refs], SLICE("line_refs"), LINE_REFS_MAX, 64);
    type_proofs(c);
    type_extras(c);
}

/* What stands in for what */

static void default_text(struct slice *member, struct slice text)
{
    if (slice_is_empty(*member)) *member = text;
}

static void fill_claim_ids(struct cells *c)
{
    struct line *l = &c->out->line;
    if (l->kind != KIND_SHIP_DEBIT_CLAIM || !c->typing->is_file) return;
    if (!draft_has(c->draft, SLOT_claim_id)) {
        default_text(&l->claim_id, l->debit_memo_ref);
        default_text(&l->claim_id, c->typing->report_id);
        default_text(&l->claim_id, slice_head(c->typing->document_id, CLAIM_ID_DIGITS));
    }
    if (!draft_has(c->draft, SLOT_claim_line)) default_text(&l->claim_line, c->draft->ordinal);
}

static void fill_dates(struct cells *c)
{
    struct line *l = &c->out->line;
    const struct mapping_profile *p = c->typing->profile;
    if (p->ship_date_from_invoice_date && l->ship_date == 0) l->ship_date = l->invoice_date;
    if (p->invoice_date_from_ship_date && l->invoice_date == 0) l->invoice_date = l->ship_date;
    bool is_undated_summary =
        l->kind == KIND_POS_SALE && l->summary && l->ship_date == 0 && l->invoice_date == 0 && l->report_to > 0;
    if (!is_undated_summary) return;
    l->ship_date = l->report_to;
    cells_blame(c, ISSUE_SHIP_DATE_FROM_REPORT, named(c->draft, SLOT_report_to))->field = SLICE("ship_date");
}

static bool gives_back(const struct line *l)
{
    return l->kind == KIND_POS_RETURN || (l->kind == KIND_SHIP_DEBIT_CLAIM && l->qty_milli < 0);
}

/* 867 has no segment for the line of the sale that a return is of, and whoever names the original invoice numbers its
 * line; elsewhere that is sure where the return has no other number of its own. */
static void fill_original_line(struct cells *c)
{
    struct line *l = &c->out->line;
    const struct draft *d = c->draft;
    if (!gives_back(l) || !d->sign_names_kind || l->original_invoice_no.size == 0) return;
    if (draft_has(d, SLOT_original_invoice_line) || l->invoice_line.size == 0) return;
    bool is_x12 = d->icn.size > 0,
         is_same = !draft_has(d, SLOT_invoice_no) || slice_equal(l->invoice_no, l->original_invoice_no);
    if (!is_x12 && !is_same) return;
    l->original_invoice_line = l->invoice_line;
    cells_blame(c, ISSUE_ORIGINAL_LINE_ASSUMED, named(d, SLOT_invoice_line))->field = SLICE("original_invoice_line");
}

static void fill_invoice_no(struct cells *c)
{
    struct line *l = &c->out->line;
    if (!gives_back(l) || draft_has(c->draft, SLOT_invoice_no)) return;
    enum slot from = l->debit_memo_ref.size > 0 ? SLOT_debit_memo_ref : SLOT_original_invoice_no;
    l->invoice_no = l->debit_memo_ref.size > 0 ? l->debit_memo_ref : l->original_invoice_no;
    if (l->invoice_no.size > 0)
        cells_blame(c, ISSUE_INVOICE_NO_FROM_MEMO, named(c->draft, from))->field = SLICE("invoice_no");
}

/* A summary sale counts in volumes only: its authorisation number is an extra (feeds.md 6, row 6). */
static void fill_summary(struct cells *c)
{
    struct line *l = &c->out->line;
    if (!l->summary || l->kind != KIND_POS_SALE || slice_is_empty(l->authorisation_no) || l->extra_count == EXTRAS_MAX)
        return;
    struct pair *extras = ARENA_ARRAY(c->typing->arena, l->extra_count + 1, struct pair);
    if (l->extra_count > 0) memcpy(extras, l->extras, l->extra_count * sizeof *extras);
    extras[l->extra_count++] = (struct pair){ SLICE("authorisation_no"), l->authorisation_no };
    l->extras = extras;
    l->authorisation_no = (struct slice){ 0 };
}

/* What is missing, all at once */

static bool has_money(const struct cells *c)
{
    const struct draft *d = c->draft;
    for (enum slot slot = SLOT_NONE + 1; slot < SLOT_FIELDS_END; slot++)
        if (is_money(slot) && draft_has(d, slot)) return true;
    return draft_has(d, SLOT_reference_amount_limit) || draft_has(d, SLOT_reference_value)
        || draft_has(d, SLOT_reference_planned_spend) || draft_has(d, SLOT_reference_approved_amount);
}

static void missing(struct cells *c, enum slot slot)
{
    cells_blame(c, slot == SLOT_partner_id ? ISSUE_PARTNER_ABSENT : ISSUE_FIELD_ABSENT,
                (struct named){ .name = slot_name(slot), .slot = slot });
}

/* Sent, or shown as an error where it stands: what cannot be read is not missing as well. */
static bool was_sent(const struct cells *c, enum slot slot)
{
    const struct issues *list = &c->out->issues;
    bool is_there = draft_has(c->draft, slot);
    for (unsigned k = 0; k < list->count && list->errors > 0 && !is_there; k++)
        is_there = list->items[k].code == ISSUE_CELL_IN_ERROR && slice_equal(list->items[k].field, slot_name(slot));
    return is_there;
}

static void require_identity(struct cells *c)
{
    const struct line *l = &c->out->line;
    if (!was_sent(c, SLOT_partner_id)) missing(c, SLOT_partner_id);
    if (l->kind == KIND_UNSPECIFIED) return;
    if (kind_has_goods(l->kind)) {
        if (!was_sent(c, SLOT_vendor_part) && !was_sent(c, SLOT_partner_part) && !was_sent(c, SLOT_gtin))
            missing(c, SLOT_vendor_part);
        if (!was_sent(c, SLOT_qty_milli)) missing(c, SLOT_qty_milli);
    }
    if (KINDS_WITH_INVOICE & KIND_BIT(l->kind)) {
        bool is_dated =
            l->ship_date || l->invoice_date || was_sent(c, SLOT_ship_date) || was_sent(c, SLOT_invoice_date);
        bool is_summary = l->kind == KIND_POS_SALE && l->summary;
        if (l->invoice_no.size == 0 && !was_sent(c, SLOT_invoice_no) && !is_summary) missing(c, SLOT_invoice_no);
        if (!is_dated) missing(c, SLOT_ship_date);
    }
    if (c->currency.size == 0 && !was_sent(c, SLOT_currency) && has_money(c))
        cells_blame(c, ISSUE_CURRENCY_ABSENT,
                    (struct named){ .name = slot_name(SLOT_currency), .slot = SLOT_currency });
}

/* What does not go together */

static void crossed(struct cells *c, enum slot from, enum slot to, int32_t from_date, int32_t to_date)
{
    if (from_date == 0 || to_date == 0 || from_date <= to_date) return;
    issue_argument(cells_blame(c, ISSUE_DATES_CROSSED, named(c->draft, to)), SLICE("other"), slot_name(from));
}

static void check_dates(struct cells *c)
{
    const struct line *l = &c->out->line;
    crossed(c, SLOT_report_from, SLOT_report_to, l->report_from, l->report_to);
    crossed(c, SLOT_activity_from, SLOT_activity_to, l->activity_from, l->activity_to);
    bool is_long = l->report_from && l->report_to && date_days_between(l->report_from, l->report_to) > REPORT_DAYS_MAX;
    if (is_long)
        cells_blame_bound(c, ISSUE_REPORT_TOO_LONG, named(c->draft, SLOT_report_to), SLICE("max"), REPORT_DAYS_MAX);
}

/* True when quantity times price is the amount, as close as a price rounded to minor units allows. */
static bool gives_amount(const struct cells *c, int64_t price_micros)
{
    const struct line *l = &c->out->line;
    __int128 minor = 1, qty = l->qty_milli, amount = l->extended_amount_minor;
    for (unsigned i = c->exponent; i < 9; i++) minor *= 10;     /* micros × milli: 10^9 to the unit of the currency */
    __int128 off = qty * price_micros - amount * minor;
    if (off < 0) off = -off;
    if (qty < 0) qty = -qty;
    return off * 2000 < minor * (2000 + qty);                   /* one minor unit, and half of one for each piece */
}

/* The extended amount decides nothing: what it says of the unit prices is told, and refuses the line of a strict
 * submitter (domain.md 3.1, feeds.md 7.1). */
static void check_control_amount(struct cells *c)
{
    const struct line *l = &c->out->line;
    const struct { bool has; int64_t micros; } prices[] = {
        { l->has_resale_unit_micros, l->resale_unit_micros }, { l->has_book_unit_micros, l->book_unit_micros },
        { l->has_unit_price_micros, l->unit_price_micros },
        { l->has_claimed_cost_unit_micros, l->claimed_cost_unit_micros },
        { l->has_claimed_debit_unit_micros, l->claimed_debit_unit_micros },
    };
    unsigned count = 0;
    bool is_told = (l->qty_milli < 0) != (l->extended_amount_minor < 0);    /* of its sign */
    if (!l->has_extended_amount_minor || l->qty_milli == 0 || is_told || slice_is_empty(c->currency)) return;
    for (unsigned i = 0; i < sizeof prices / sizeof prices[0]; i++) {
        if (!prices[i].has) continue;
        if (gives_amount(c, prices[i].micros)) return;
        count++;
    }
    if (count == 0 && l->has_claimed_amount_minor) return;
    struct issue *i = cells_blame(c, count ? ISSUE_AMOUNT_DIFFERS : ISSUE_AMOUNT_ALONE,
                                  named(c->draft, SLOT_extended_amount_minor));
    if (count && c->typing->profile->tolerance == TOLERANCE_STRICT) issues_raise(&c->out->issues, i);
}

static void check_grants(struct cells *c)
{
    const struct typing *t = c->typing;
    const struct line *l = &c->out->line;
    if (l->partner_id.size > 0 && !submitter_may_report(t->submitter, t->partners, l->partner_id))
        cells_blame(c, ISSUE_PARTNER_OUTSIDE_GRANT, named(c->draft, SLOT_partner_id))->value = l->partner_id;
    if (l->kind == KIND_UNSPECIFIED) return;
    if (!submitter_may_send(t->submitter, l->kind)) {
        cells_blame(c, ISSUE_KIND_OUTSIDE_GRANT, named(c->draft, SLOT_kind))->value = kind_name(l->kind);
    } else if (l->kind == KIND_INVENTORY && l->opening && !t->submitter->vendor) {
        cells_blame(c, ISSUE_KIND_OUTSIDE_GRANT, named(c->draft, SLOT_opening))->value = SLICE("opening INVENTORY");
    }
}

/* The line, in order */

static void type_as(struct cells *c, bool has_qty)
{
    struct line *l = &c->out->line;
    if (draft_has(c->draft, SLOT_replaces_kind)) type_kind_word(c, named(c->draft, SLOT_replaces_kind));
    if (has_qty && l->kind != KIND_UNSPECIFIED) sign_quantity(c);
    type_currency(c);
    l->currency = c->currency;
    type_uom(c);
    type_cells(c);
    type_lists(c);
    if (l->kind != KIND_UNSPECIFIED && kind_is_reference(l->kind)) typing_reference(c);
    fill_dates(c);
    fill_original_line(c);
    fill_invoice_no(c);
    fill_claim_ids(c);
    fill_summary(c);
    require_identity(c);
    check_dates(c);
    check_control_amount(c);
    check_grants(c);
    if (l->test || c->typing->is_test) cells_blame(c, ISSUE_TEST_ONLY, named(c->draft, SLOT_test));
}

static void move_cell(struct draft *d, enum slot from, enum slot to)
{
    if (!draft_has(d, from) || draft_has(d, to)) return;
    (void)draft_put(d, to, d->cells[from]);
    draft_drop(d, from);
}

/* A column "Unit Price" or "Amount" of a resale is what the customer paid: the fields of these names belong to other
 * kinds. */
static void read_columns_of_resales(struct draft *d, enum kind kind)
{
    bool is_resale = kind == KIND_POS_SALE || kind == KIND_POS_RETURN || kind == KIND_SHIP_DEBIT_CLAIM;
    if (!is_resale || !d->sign_names_kind || d->row == 0) return;
    move_cell(d, SLOT_unit_price_micros, SLOT_resale_unit_micros);
    move_cell(d, SLOT_amount_minor, SLOT_extended_amount_minor);
}

void typing_line(struct typing *t, struct draft *d, struct typed *out)
{
    struct cells c = { .typing = t, .draft = d, .out = out, .exponent = 2 };
    translate_all(t, d);
    bool has_qty = type_qty(&c);
    out->line.kind = kind_of(&c);
    read_columns_of_resales(d, out->line.kind);
    type_as(&c, has_qty);
}

void typing_claim(struct typing *t, struct draft *d, struct typed *out)
{
    struct cells c = { .typing = t, .draft = d, .out = out, .exponent = 2 };
    bool has_qty = type_qty(&c);
    out->line.kind = KIND_SHIP_DEBIT_CLAIM;
    type_as(&c, has_qty);
}
