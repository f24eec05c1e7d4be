/* intake/typing_reference.c: agreements, registrations, pre-approvals, rosters. */
#include "intake/typing_reference.h"

#include "base/assert.h"
#include "domain/name/party_key.h"
#include "wire/terms.h"
#include "wire/yaml.h"

static struct named of(const struct cells *c, enum slot slot)
{
    return (struct named){ slot_name(slot), slot, draft_has(c->draft, slot) ? &c->draft->cells[slot] : NULL };
}

static int32_t date_at(struct cells *c, enum slot slot)
{
    struct named n = of(c, slot);
    return n.cell ? cells_date(c, n) : 0;
}

static bool flag_at(struct cells *c, enum slot slot)
{
    struct named n = of(c, slot);
    return n.cell && cells_flag(c, n);
}

static struct slice text_at(struct cells *c, enum slot slot, size_t max)
{
    struct named n = of(c, slot);
    return n.cell ? cells_text(c, n, max) : (struct slice){ 0 };
}

static int64_t whole_at(struct cells *c, enum slot slot)
{
    struct named n = of(c, slot);
    return n.cell ? (int64_t)cells_whole(c, n, 0, INT64_MAX) : 0;
}

/* An amount of a reference line is never negative. */
static int64_t amount_at(struct cells *c, enum slot slot)
{
    struct named n = of(c, slot);
    int64_t value = 0;
    if (!n.cell || !cells_number(c, n, CELLS_AMOUNT, &value)) return 0;
    if (value < 0) cells_blame(c, ISSUE_VALUE_NEGATIVE, n);
    return value < 0 ? 0 : value;
}

static int word_at(struct cells *c, enum slot slot, enum vocabulary list)
{
    struct named n = of(c, slot);
    return n.cell ? cells_word(c, n, list) : 0;
}

static bool in_range(struct cells *c, struct named n, int64_t value)
{
    if (value < 0) cells_blame(c, ISSUE_VALUE_NEGATIVE, n);
    return value >= 0;
}

bool typing_reference_hex(struct slice text, uint8_t bytes[32])
{
    if (text.size != 64) return false;
    for (unsigned i = 0; i < 64; i++) {
        char d = text.bytes[i];
        unsigned value = d >= '0' && d <= '9' ? (unsigned)(d - '0') : d >= 'a' && d <= 'f' ? (unsigned)(d - 'a' + 10)
            : d >= 'A' && d <= 'F' ? (unsigned)(d - 'A' + 10) : 16;
        if (value > 15) return false;
        bytes[i / 2] = (uint8_t)(i % 2 ? bytes[i / 2] | value : value << 4);
    }
    return true;
}

/* Customers of an agreement: a key, {name, country}, or ids (screening.md 6.2). */

static struct named part_of(const struct draft_party *from, enum party_part part)
{
    static const struct slice names[] = {
#define PART(party, part, type, detail) SLICE_INIT("customers." #part),
        PARTY_PARTS(PART, _)
#undef PART
    };
    return (struct named){ .name = names[part], .cell = &from->parts[part] };
}

static struct slice customer_text(struct cells *c, const struct draft_party *from, enum party_part part, size_t max)
{
    struct named n = part_of(from, part);
    return n.cell->text.size > 0 || n.cell->is_nested ? cells_text(c, n, max) : (struct slice){ 0 };
}

static void type_customer(struct cells *c, const struct draft_party *from, struct party *to)
{
    struct arena *a = c->typing->arena;
    if (from->key.text.size > 0) {
        to->key = slice_upper(a, cells_text(c, (struct named){ .name = SLICE("customers"), .cell = &from->key }, 200));
        return;
    }
    to->name = customer_text(c, from, PARTY_PART_name, 120);
    to->id_type = party_id_type(a, customer_text(c, from, PARTY_PART_id_type, 12));
    to->id = customer_text(c, from, PARTY_PART_id, 64);
    struct slice duns = customer_text(c, from, PARTY_PART_duns, 64);
    if (to->id.size == 0 && duns.size > 0) to->id_type = SLICE("1"), to->id = duns;
    to->address = customer_text(c, from, PARTY_PART_address, 200);
    to->city = customer_text(c, from, PARTY_PART_city, 120);
    to->region = customer_text(c, from, PARTY_PART_region, 120);
    to->postal_code = customer_text(c, from, PARTY_PART_postal_code, 20);
    if (from->parts[PARTY_PART_country].text.size > 0)
        to->country = cells_country(c, part_of(from, PARTY_PART_country));
    if (to->id.size > 0) to->key = party_key(a, to);
    if (to->name.size + to->id.size == 0)
        cells_blame(c, ISSUE_FIELD_ABSENT,
                    (struct named){ .name = SLICE("customers.name"), .cell = &from->parts[PARTY_PART_name] });
}

static void type_customers(struct cells *c, struct agreement *to)
{
    const struct draft *d = c->draft;
    if (d->customer_count == 0) return;
    if (d->customer_count > AGREEMENT_CUSTOMERS_MAX) {
        cells_blame_list(c, (struct named){ .name = SLICE("customers") }, d->customer_count, AGREEMENT_CUSTOMERS_MAX);
        return;
    }
    struct party *customers = ARENA_ARRAY(c->typing->arena, d->customer_count, struct party);
    for (unsigned k = 0; k < d->customer_count; k++) type_customer(c, &d->customers[k], &customers[k]);
    to->customers = customers;
    to->customer_count = d->customer_count;
}

/* Lines of an agreement */

static struct named term_of(const struct draft_term *from, enum term_member member)
{
    static const struct slice names[] = {
#define TERM(member) SLICE_INIT("lines." #member),
        TERM_MEMBERS(TERM)
#undef TERM
    };
    const struct draft_cell *cell = &from->members[member];
    return (struct named){ .name = names[member], .cell = cell->text.size > 0 || cell->is_nested ? cell : NULL };
}

static int64_t term_number(struct cells *c, const struct draft_term *from, enum term_member member,
                           enum cells_sort sort)
{
    struct named n = term_of(from, member);
    int64_t value = 0;
    if (!n.cell || !cells_number(c, n, sort, &value)) return 0;
    return in_range(c, n, value) ? value : 0;
}

static enum term_member term_of_method(enum debit_method method)
{
    if (method == DEBIT_METHOD_DOWN_TO) return TERM_price;
    return method == DEBIT_METHOD_DOWN_BY_AMOUNT ? TERM_amount : TERM_percent;
}

/* Exactly the term that the method names. */
static void type_term_value(struct cells *c, const struct draft_term *from, struct agreement_line *to)
{
    struct named method = term_of(from, TERM_method);
    unsigned given = (term_of(from, TERM_price).cell != NULL) + (term_of(from, TERM_amount).cell != NULL)
                     + (term_of(from, TERM_percent).cell != NULL);
    if (!method.cell) {
        cells_blame(c, ISSUE_FIELD_ABSENT,
                    (struct named){ .name = SLICE("lines.method"), .cell = &from->members[TERM_line_no] })
            ->value = (struct slice){ 0 };
        return;
    }
    to->method = (enum debit_method)cells_word(c, method, VOCABULARY_DEBIT_METHOD);
    if (to->method == DEBIT_METHOD_UNSPECIFIED) return;
    enum term_member member = term_of_method(to->method);
    if (given != 1 || !term_of(from, member).cell) {
        cells_blame(c, ISSUE_ONE_OF_TERMS,
                    (struct named){ .name = SLICE("lines"), .cell = &from->members[TERM_method] });
        return;
    }
    to->term_micros = term_number(c, from, member, member == TERM_percent ? CELLS_PERCENT : CELLS_PRICE);
}

static void type_term(struct cells *c, const struct draft_term *from, struct agreement_line *to)
{
    struct named no = term_of(from, TERM_line_no), uom = term_of(from, TERM_uom),
                 policy = term_of(from, TERM_resale_policy);
    if (no.cell) to->line_no = (uint32_t)cells_whole(c, no, 1, UINT32_MAX);
    else
        cells_blame(c, ISSUE_FIELD_ABSENT,
                    (struct named){ .name = SLICE("lines.line_no"), .cell = &from->members[TERM_method] })
            ->value = (struct slice){ 0 };
    to->products = cells_texts(c, &from->products, SLICE("lines.products"), PRODUCTS_MAX, 200);
    type_term_value(c, from, to);
    if (uom.cell) to->uom = cells_code(c, uom, 8);
    to->authorised_qty_milli = term_number(c, from, TERM_authorised_qty, CELLS_QTY);
    to->has_book_price_micros = term_of(from, TERM_book_price).cell != NULL;
    to->book_price_micros = term_number(c, from, TERM_book_price, CELLS_PRICE);
    to->resale_policy =
        policy.cell ? (enum resale_policy)cells_word(c, policy, VOCABULARY_RESALE_POLICY) : RESALE_POLICY_NONE;
    to->resale_min_micros = term_number(c, from, TERM_resale_min, CELLS_PRICE);
    to->resale_max_micros = term_number(c, from, TERM_resale_max, CELLS_PRICE);
}

static void type_terms(struct cells *c, struct agreement *to)
{
    const struct draft *d = c->draft;
    if (d->term_count == 0) return;
    if (d->term_count > AGREEMENT_LINES_MAX) {
        cells_blame_list(c, (struct named){ .name = SLICE("lines") }, d->term_count, AGREEMENT_LINES_MAX);
        return;
    }
    struct agreement_line *lines = ARENA_ARRAY(c->typing->arena, d->term_count, struct agreement_line);
    for (unsigned k = 0; k < d->term_count; k++) {
        type_term(c, &d->terms[k], &lines[k]);
        bool needs_qty = !to->blanket && !term_of(&d->terms[k], TERM_authorised_qty).cell;
        if (needs_qty)
            cells_blame(
                c, ISSUE_FIELD_ABSENT,
                (struct named){ .name = SLICE("lines.authorised_qty"), .cell = &d->terms[k].members[TERM_line_no] })
                ->value = (struct slice){ 0 };
    }
    to->lines = lines;
    to->line_count = d->term_count;
}

static void crossed(struct cells *c, int32_t from, int32_t to)
{
    if (from == 0 || to == 0 || from <= to) return;
    issue_argument(cells_blame(c, ISSUE_DATES_CROSSED, of(c, SLOT_reference_valid_to)), SLICE("other"),
                   SLICE("valid_from"));
}

/* `ship_debit:` and `claim:` are terms: whoever reads programs reads them too, and writes them in one form. */
static void type_overrides(struct cells *c, struct agreement *to)
{
    struct arena *a = c->typing->arena;
    struct problems problems = problems_in(a);
    struct text_source source = { .arena = a, .problems = &problems, .code = ERR_TERMS_INVALID };
    const struct node *blocks = yaml_read(&source, c->draft->overrides_yaml);
    bool is_good = blocks
                   && terms_render_overrides(&source, node_find(blocks, SLICE("ship_debit")),
                                             node_find(blocks, SLICE("claim")), c->currency, &to->overrides_yaml);
    if (is_good) return;
    const struct problem *first = problems.first;
    struct slice name = first && first->member.size > 0 ? first->member : SLICE("ship_debit");
    issue_argument(cells_blame(c, ISSUE_OVERRIDE_INVALID, (struct named){ .name = name }), SLICE("problem"),
                   first ? first->message : SLICE("it is no block of terms"));
    to->overrides_yaml = (struct slice){ 0 };
}

static void type_agreement(struct cells *c)
{
    struct agreement *to = ARENA_NEW(c->typing->arena, struct agreement);
    to->revision = whole_at(c, SLOT_reference_revision);
    to->effective_from = date_at(c, SLOT_reference_effective_from);
    struct named status = of(c, SLOT_reference_status);
    to->status = !status.cell ? AGREEMENT_STATUS_ACTIVE
                              : (enum agreement_status)cells_word_or_code(c, status, VOCABULARY_AGREEMENT_STATUS,
                                                                          SLICE("VA, PB, HO, CL, EX, CC, DL, CM"));
    to->issue_date = date_at(c, SLOT_reference_issue_date);
    to->valid_from = date_at(c, SLOT_reference_valid_from);
    to->valid_to = date_at(c, SLOT_reference_valid_to);
    to->closed_on = date_at(c, SLOT_reference_closed_on);
    to->locations =
        cells_texts(c, &c->draft->lists[DRAFT_LIST_locations], SLICE("locations"), AGREEMENT_LOCATIONS_MAX, 64);
    to->blanket = flag_at(c, SLOT_reference_blanket);
    to->amount_limit_minor = amount_at(c, SLOT_reference_amount_limit);
    crossed(c, to->valid_from, to->valid_to);
    type_customers(c, to);
    type_terms(c, to);
    if (c->draft->overrides_yaml.size > 0) type_overrides(c, to);
    c->out->line.agreement = to;
}

static void type_deal(struct cells *c)
{
    struct deal_registration *to = ARENA_NEW(c->typing->arena, struct deal_registration);
    to->revision = whole_at(c, SLOT_reference_revision);
    to->project = text_at(c, SLOT_reference_project, 120);
    to->family = text_at(c, SLOT_reference_family, 48);
    to->products = cells_texts(c, &c->draft->lists[DRAFT_LIST_products], SLICE("products"), PRODUCTS_MAX, 200);
    to->qty_milli = c->out->line.qty_milli;
    c->out->line.qty_milli = 0;                     /* it is the registration's, no goods of the line */
    to->value_minor = amount_at(c, SLOT_reference_value);
    to->expected_close = date_at(c, SLOT_reference_expected_close);
    to->extension = flag_at(c, SLOT_reference_extension);
    to->withdrawn = flag_at(c, SLOT_reference_withdrawn);
    c->out->line.deal = to;
}

/* Nobody grants money to himself: a partner asks, a vendor answers, an operator approves (feeds.md 2). */
static enum preapproval_status status_for(struct cells *c, enum preapproval_status named)
{
    const struct intake_submitter *s = c->typing->submitter;
    if (named == PREAPPROVAL_STATUS_WITHDRAWN) return named;    /* whoever asked or granted may take it back */
    if (s->operates) return PREAPPROVAL_STATUS_APPROVED;
    if (s->vendor) return named == PREAPPROVAL_STATUS_UNSPECIFIED ? PREAPPROVAL_STATUS_APPROVED : named;
    bool is_other = named != PREAPPROVAL_STATUS_UNSPECIFIED && named != PREAPPROVAL_STATUS_REQUESTED;
    if (is_other) cells_blame(c, ISSUE_STATUS_IS_REQUEST, of(c, SLOT_reference_status));
    return PREAPPROVAL_STATUS_REQUESTED;
}

static void type_preapproval(struct cells *c)
{
    struct mdf_preapproval *to = ARENA_NEW(c->typing->arena, struct mdf_preapproval);
    to->revision = whole_at(c, SLOT_reference_revision);
    to->planned_spend_minor = amount_at(c, SLOT_reference_planned_spend);
    to->approved_amount_minor = amount_at(c, SLOT_reference_approved_amount);
    to->status =
        status_for(c, (enum preapproval_status)word_at(c, SLOT_reference_status, VOCABULARY_PREAPPROVAL_STATUS));
    c->out->line.preapproval = to;
}

static bool is_inactive(struct cells *c)
{
    struct slice word = slice_trim(draft_text(c->draft, SLOT_reference_status));
    if (slice_is_empty(word) || slice_equal_nocase(word, SLICE("ACTIVE"))) return false;
    if (slice_equal_nocase(word, SLICE("INACTIVE"))) return true;
    issue_argument(cells_blame(c, ISSUE_WORD_UNKNOWN, of(c, SLOT_reference_status)), SLICE("words"),
                   SLICE("ACTIVE, INACTIVE"));
    return false;
}

static void type_roster(struct cells *c)
{
    struct rep_roster *to = ARENA_NEW(c->typing->arena, struct rep_roster);
    to->name = text_at(c, SLOT_reference_name, 120);
    to->valid_from = date_at(c, SLOT_reference_valid_from);
    to->valid_to = date_at(c, SLOT_reference_valid_to);
    to->inactive = is_inactive(c);
    struct named country = of(c, SLOT_reference_tax_country);
    if (country.cell) to->tax_country = cells_country(c, country);
    to->tax_form_on_file = flag_at(c, SLOT_reference_tax_form_on_file);
    crossed(c, to->valid_from, to->valid_to);
    c->out->line.roster = to;
}

void typing_reference(struct cells *c)
{
    switch ((int)c->out->line.kind) {
    case KIND_AGREEMENT:         type_agreement(c); return;
    case KIND_DEAL_REGISTRATION: type_deal(c); return;
    case KIND_MDF_PREAPPROVAL:   type_preapproval(c); return;
    case KIND_REP_ROSTER:        type_roster(c); return;
    default: NEVER();
    }
}
