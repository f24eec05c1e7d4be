/* intake/line_json.c: writing line objects, driven by line_field.def. */
#include "intake/line_json.h"

#include "base/assert.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "wire/limits.h"

enum { NUMBER_BYTES = 48 };

static void member_decimal(struct json_out *out, struct slice name, int64_t value, unsigned scale)
{
    char digits[NUMBER_BYTES];
    struct text t = text_over(digits, sizeof digits);
    decimal_put(&t, value, scale);
    json_out_member(out, name, text_slice(&t));
}

static void member_date(struct json_out *out, struct slice name, int32_t date)
{
    char digits[NUMBER_BYTES];
    struct text t = text_over(digits, sizeof digits);
    if (date == 0) return;
    date_put(&t, date);
    json_out_member(out, name, text_slice(&t));
}

static void member_texts(struct json_out *out, struct slice name, const struct texts *texts)
{
    if (texts->count == 0) return;
    json_out_name(out, name);
    json_out_begin(out, '[');
    for (unsigned i = 0; i < texts->count; i++) json_out_text(out, texts->items[i]);
    json_out_end(out);
}

static void member_flag(struct json_out *out, struct slice name, bool value)
{
    if (value) json_out_member_bool(out, name, true);
}

static void member_word(struct json_out *out, struct slice name, enum vocabulary list, int number)
{
    json_out_member(out, name, word_text(list, number));
}

static void party_members(struct json_out *out, const struct party *p)
{
    json_out_member(out, SLICE("name"), p->name);
    json_out_member(out, SLICE("id_type"), p->id_type);
    json_out_member(out, SLICE("id"), p->id);
    json_out_member(out, SLICE("address"), p->address);
    json_out_member(out, SLICE("city"), p->city);
    json_out_member(out, SLICE("region"), p->region);
    json_out_member(out, SLICE("postal_code"), p->postal_code);
    json_out_member(out, SLICE("country"), p->country);
    member_word(out, SLICE("role"), VOCABULARY_ROLE, (int)p->role);
    member_word(out, SLICE("kind"), VOCABULARY_PARTY_KIND, (int)p->kind);
    if (p->birth_year > 0) json_out_member_int(out, SLICE("birth_year"), p->birth_year);
}

bool line_json_is_silent(const struct party *p)
{
    return p->name.size + p->id.size + p->address.size + p->city.size + p->region.size + p->postal_code.size
                   + p->country.size
               == 0
           && p->role == ROLE_UNSPECIFIED && p->kind == PARTY_KIND_UNSPECIFIED && p->birth_year == 0;
}

static void member_party(struct json_out *out, struct slice name, const struct party *p)
{
    if (line_json_is_silent(p)) return;
    json_out_name(out, name);
    json_out_begin(out, '{');
    party_members(out, p);
    json_out_end(out);
}

static unsigned exponent_of(const struct line *l)
{
    const struct currency *c = currency_find(l->currency);
    return c ? c->exponent : 2;
}

static bool has(const struct line *l, const struct line_field *f)
{
    return f->has_offset > 0 && *(const bool *)((const char *)l + f->has_offset);
}

static struct slice decimal_in(struct text *room, int64_t value, unsigned scale)
{
    decimal_put(room, value, scale);
    return text_slice(room);
}

static struct slice whole_in(struct text *room, int64_t value)
{
    text_put_int(room, value);
    return text_slice(room);
}

/* A quantity of 0 that was counted differs from none: an empty shelf, all that is left. */
static struct slice qty_in(struct text *room, const struct line *l, int64_t qty_milli)
{
    bool is_zero_counted = (l->kind == KIND_INVENTORY || l->kind == KIND_PRICE_PROTECTION_CLAIM) && l->uom.size > 0;
    return qty_milli != 0 || is_zero_counted ? decimal_in(room, qty_milli, MILLI_DIGITS) : (struct slice){ 0 };
}

static struct slice date_in(struct text *room, int32_t date)
{
    if (date != 0) date_put(room, date);
    return text_slice(room);
}

struct slice line_json_field_text(const struct line *l, const struct line_field *f, struct text *room)
{
    const void *member = (const char *)l + f->offset;
    switch (f->type) {
    case FIELD_TYPE_KIND: case FIELD_TYPE_REPLACES: return kind_name(*(const enum kind *)member);
    case FIELD_TYPE_TEXT: case FIELD_TYPE_ID: case FIELD_TYPE_CODE: return *(const struct slice *)member;
    case FIELD_TYPE_DATE:   return date_in(room, *(const int32_t *)member);
    case FIELD_TYPE_QTY:    return qty_in(room, l, *(const int64_t *)member);
    case FIELD_TYPE_UINT:
        return *(const uint32_t *)member > 0 ? whole_in(room, *(const uint32_t *)member) : (struct slice){ 0 };
    case FIELD_TYPE_FLAG:   return *(const bool *)member ? SLICE("true") : (struct slice){ 0 };
    case FIELD_TYPE_PRICE:
        return has(l, f) ? decimal_in(room, *(const int64_t *)member, MICRO_DIGITS) : (struct slice){ 0 };
    case FIELD_TYPE_MONEY:
        return has(l, f) ? decimal_in(room, *(const int64_t *)member, exponent_of(l)) : (struct slice){ 0 };
    case FIELD_TYPE_AMOUNT:
        return *(const int64_t *)member != 0 ? decimal_in(room, *(const int64_t *)member, exponent_of(l))
                                             : (struct slice){ 0 };
    case FIELD_TYPE_CAUSE:  return word_text(VOCABULARY_CAUSE, (int)*(const enum cause *)member);
    case FIELD_TYPE_CLOSE:  return word_text(VOCABULARY_CLOSE, (int)*(const enum period_close *)member);
    case FIELD_TYPE_PARTY: case FIELD_TYPE_TEXTS: break;
    }
    NEVER();
}

static void member_field(struct json_out *out, const struct line *l, const struct line_field *f)
{
    const void *member = (const char *)l + f->offset;
    char digits[NUMBER_BYTES];
    struct text room = text_over(digits, sizeof digits);
    switch (f->type) {
    case FIELD_TYPE_PARTY: member_party(out, f->name, member); return;
    case FIELD_TYPE_TEXTS: member_texts(out, f->name, member); return;
    case FIELD_TYPE_FLAG:  member_flag(out, f->name, *(const bool *)member); return;
    case FIELD_TYPE_UINT:
        if (*(const uint32_t *)member > 0) json_out_member_int(out, f->name, *(const uint32_t *)member);
        return;
    default: json_out_member(out, f->name, line_json_field_text(l, f, &room)); return;
    }
}

/* Reference lines */

static void member_customers(struct json_out *out, const struct agreement *a)
{
    if (a->customer_count == 0) return;
    json_out_name(out, SLICE("customers"));
    json_out_begin(out, '[');
    for (unsigned i = 0; i < a->customer_count; i++) {
        const struct party *p = &a->customers[i];
        if (p->name.size + p->id.size == 0) { json_out_text(out, p->key); continue; }
        json_out_begin(out, '{');
        party_members(out, p);
        json_out_end(out);
    }
    json_out_end(out);
}

static struct slice term_name(enum debit_method method)
{
    if (method == DEBIT_METHOD_DOWN_TO) return SLICE("price");
    return method == DEBIT_METHOD_DOWN_BY_AMOUNT ? SLICE("amount") : SLICE("percent");
}

static void put_agreement_line(struct json_out *out, const struct agreement_line *l)
{
    json_out_begin(out, '{');
    if (l->line_no > 0) json_out_member_int(out, SLICE("line_no"), l->line_no);
    member_texts(out, SLICE("products"), &l->products);
    member_word(out, SLICE("method"), VOCABULARY_DEBIT_METHOD, (int)l->method);
    if (l->method != DEBIT_METHOD_UNSPECIFIED) member_decimal(out, term_name(l->method), l->term_micros, MICRO_DIGITS);
    json_out_member(out, SLICE("uom"), l->uom);
    if (l->authorised_qty_milli != 0)
        member_decimal(out, SLICE("authorised_qty"), l->authorised_qty_milli, MILLI_DIGITS);
    if (l->has_book_price_micros) member_decimal(out, SLICE("book_price"), l->book_price_micros, MICRO_DIGITS);
    member_word(out, SLICE("resale_policy"), VOCABULARY_RESALE_POLICY, (int)l->resale_policy);
    if (l->resale_min_micros != 0) member_decimal(out, SLICE("resale_min"), l->resale_min_micros, MICRO_DIGITS);
    if (l->resale_max_micros != 0) member_decimal(out, SLICE("resale_max"), l->resale_max_micros, MICRO_DIGITS);
    json_out_end(out);
}

static void member_amount(struct json_out *out, const struct line *l, struct slice name, int64_t minor)
{
    if (minor != 0) member_decimal(out, name, minor, exponent_of(l));
}

static void member_revision(struct json_out *out, int64_t revision)
{
    if (revision != 0) json_out_member_int(out, SLICE("revision"), revision);
}

/* A block is canonical YAML, {name: "value", name: "value"}: with its names quoted it is JSON. */
static void put_block(struct json_out *out, struct slice block)
{
    char json[2 * OVERRIDES_BYTES_MAX];
    struct text t = text_over(json, sizeof json);
    bool in_quotes = false, in_name = false;
    for (size_t i = 0; i < block.size; i++) {
        char c = block.bytes[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!in_quotes && is_word != in_name) {
            PUT(&t, "\"");
            in_name = is_word;
        }
        if (c == '"' && (i == 0 || block.bytes[i - 1] != '\\')) in_quotes = !in_quotes;
        text_put_byte(&t, c);
    }
    json_out_raw(out, text_slice(&t));
}

/* name: {…} a line. */
static void member_overrides(struct json_out *out, struct slice yaml)
{
    while (yaml.bytes && yaml.size > 0) {
        struct slice block = slice_cut(&yaml, '\n'), name = slice_cut(&block, ':');
        if (!block.bytes || slice_is_empty(slice_trim(block))) continue;
        json_out_name(out, name);
        put_block(out, slice_trim(block));
    }
}

static void agreement_members(struct json_out *out, const struct line *l, const struct agreement *a)
{
    member_revision(out, a->revision);
    member_date(out, SLICE("effective_from"), a->effective_from);
    member_word(out, SLICE("status"), VOCABULARY_AGREEMENT_STATUS, (int)a->status);
    member_date(out, SLICE("issue_date"), a->issue_date);
    member_date(out, SLICE("valid_from"), a->valid_from);
    member_date(out, SLICE("valid_to"), a->valid_to);
    member_date(out, SLICE("closed_on"), a->closed_on);
    member_texts(out, SLICE("locations"), &a->locations);
    member_flag(out, SLICE("blanket"), a->blanket);
    member_customers(out, a);
    member_amount(out, l, SLICE("amount_limit"), a->amount_limit_minor);
    if (a->line_count > 0) {
        json_out_name(out, SLICE("lines"));
        json_out_begin(out, '[');
        for (unsigned i = 0; i < a->line_count; i++) put_agreement_line(out, &a->lines[i]);
        json_out_end(out);
    }
    member_overrides(out, a->overrides_yaml);
}

static void deal_members(struct json_out *out, const struct line *l, const struct deal_registration *d)
{
    member_revision(out, d->revision);
    json_out_member(out, SLICE("project"), d->project);
    json_out_member(out, SLICE("family"), d->family);
    member_texts(out, SLICE("products"), &d->products);
    if (d->qty_milli != 0) member_decimal(out, SLICE("qty"), d->qty_milli, MILLI_DIGITS);
    member_amount(out, l, SLICE("value"), d->value_minor);
    member_date(out, SLICE("expected_close"), d->expected_close);
    member_flag(out, SLICE("extension"), d->extension);
    member_flag(out, SLICE("withdrawn"), d->withdrawn);
}

static void preapproval_members(struct json_out *out, const struct line *l, const struct mdf_preapproval *p)
{
    member_revision(out, p->revision);
    member_amount(out, l, SLICE("planned_spend"), p->planned_spend_minor);
    member_amount(out, l, SLICE("approved_amount"), p->approved_amount_minor);
    member_word(out, SLICE("status"), VOCABULARY_PREAPPROVAL_STATUS, (int)p->status);
}

static void roster_members(struct json_out *out, const struct rep_roster *r)
{
    json_out_member(out, SLICE("name"), r->name);
    member_date(out, SLICE("valid_from"), r->valid_from);
    member_date(out, SLICE("valid_to"), r->valid_to);
    json_out_member(out, SLICE("status"), r->inactive ? SLICE("INACTIVE") : SLICE("ACTIVE"));
    json_out_member(out, SLICE("tax_country"), r->tax_country);
    member_flag(out, SLICE("tax_form_on_file"), r->tax_form_on_file);
}

static void reference_members(struct json_out *out, const struct line *l)
{
    if (l->agreement) agreement_members(out, l, l->agreement);
    if (l->deal) deal_members(out, l, l->deal);
    if (l->preapproval) preapproval_members(out, l, l->preapproval);
    if (l->roster) roster_members(out, l->roster);
}

static void member_proofs(struct json_out *out, const struct line *l)
{
    if (l->document_count == 0) return;
    json_out_name(out, SLICE("documents"));
    json_out_begin(out, '[');
    for (unsigned i = 0; i < l->document_count; i++) {
        const struct document_proof *p = &l->documents[i];
        char hex[64];
        struct text t = text_over(hex, sizeof hex);
        if (p->has_sha256) text_put_hex(&t, p->sha256, sizeof p->sha256);
        json_out_begin(out, '{');
        json_out_member(out, SLICE("type"), p->type);
        json_out_member(out, SLICE("sha256"), text_slice(&t));
        json_out_member(out, SLICE("name"), p->name);
        json_out_end(out);
    }
    json_out_end(out);
}

static void member_extras(struct json_out *out, const struct line *l)
{
    if (l->extra_count == 0) return;
    json_out_name(out, SLICE("extras"));
    json_out_begin(out, '{');
    for (unsigned i = 0; i < l->extra_count; i++) {
        json_out_name(out, l->extras[i].name);
        json_out_text(out, l->extras[i].value);
    }
    json_out_end(out);
}

void line_json_members(struct json_out *out, const struct line *l)
{
    for (unsigned i = 0; i < line_field_count; i++) member_field(out, l, &line_fields[i]);
    reference_members(out, l);
    member_proofs(out, l);
    member_extras(out, l);
}

void line_json(struct json_out *out, const struct line *l)
{
    json_out_begin(out, '{');
    line_json_members(out, l);
    json_out_end(out);
}
