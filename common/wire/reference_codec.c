/* wire/reference_codec.c: Reference with the body of its type. */
#include "wire/reference_codec.h"

#include "base/assert.h"
#include "claimstream/v1/reference.pb-c.h"
#include "wire/messages.h"

static void digest_of(const struct terms_version *v, uint8_t digest[SHA256_BYTES])
{
    hash_sha256(v->yaml.size ? v->yaml : SLICE(""), digest);
}

void terms_version_seal(struct terms_version *v)
{
    digest_of(v, v->sha256);
}

static enum err check_terms_version(const void *record)
{
    const struct terms_version *v = record;
    uint8_t digest[SHA256_BYTES];
    digest_of(v, digest);
    return memcmp(digest, v->sha256, sizeof digest) == 0 ? OK : ERR_WIRE_MALFORMED;
}

#define S struct terms_version
static struct message_field terms_version_fields[] = {
    NUMBER(version),
    NUMBER(valid_from),
    TEXT(yaml, TERMS_TEXT_BYTES_MAX),
    HASH(sha256, SHA256_BYTES),
    TEXT_AS("author_id", publication.author_id, TEXT_BYTES_MAX),
    TEXT_AS("approver_id", publication.approver_id, TEXT_BYTES_MAX),
    NUMBER_AS("published_at_unix_ms", publication.published_at_unix_ms),
};
static MESSAGE(terms_version, terms_version, check_terms_version, NULL);
#undef S

#define S struct terms
static struct message_field terms_fields[] = { LIST(versions, version_count, terms_version, REFERENCE_ROWS_MAX) };
static MESSAGE(terms, terms, NULL, NULL);
#undef S

#define S struct uom
static struct message_field uom_fields[] = { TEXT(code, ID_BYTES_MAX), NUMBER(num), NUMBER(den) };
static MESSAGE(uom, uom, NULL, NULL);
#undef S

static enum err check_product(const void *record)
{
    return ((const struct product *)record)->sku.size ? OK : ERR_WIRE_FIELD;
}

#define S struct product
static struct message_field product_fields[] = {
    TEXT(sku, TEXT_BYTES_MAX), NUMBER(withdrawn), TEXT(family, TEXT_BYTES_MAX), TEXT(product_line, TEXT_BYTES_MAX),
    TEXTS(vendor_parts, REFERENCE_ROWS_MAX, TEXT_BYTES_MAX), TEXTS(gtins, REFERENCE_ROWS_MAX, TEXT_BYTES_MAX),
    LIST(partner_parts, partner_part_count, pair, REFERENCE_ROWS_MAX), TEXT(base_uom, ID_BYTES_MAX),
    LIST(uoms, uom_count, uom, REFERENCE_ROWS_MAX), NUMBER(not_returnable), TEXT(serial_mask, TEXT_BYTES_MAX),
    TEXT(serial_check, TEXT_BYTES_MAX),
};
static MESSAGE(product, product, check_product, NULL);
#undef S

#define S struct price
static struct message_field price_fields[] = { NUMBER(price_micros), NUMBER(valid_from) };
static MESSAGE(price, price, NULL, NULL);
#undef S

static enum err check_price_list(const void *record)
{
    const struct price_list *p = record;
    return p->list_id.size && p->sku.size ? OK : ERR_WIRE_FIELD;
}

#define S struct price_list
static struct message_field price_list_fields[] = {
    TEXT(list_id, TEXT_BYTES_MAX), TEXT(sku, TEXT_BYTES_MAX), TEXT(currency, ID_BYTES_MAX),
    LIST(prices, price_count, price, REFERENCE_ROWS_MAX),
};
static MESSAGE(price_list, price_list, check_price_list, NULL);
#undef S

#define S struct fx_rate
static struct message_field fx_rate_fields[] = { NUMBER(rate_micros), NUMBER(valid_from), NUMBER(valid_to) };
static MESSAGE(fx_rate, fx_rate, NULL, NULL);
#undef S

static enum err check_fx_pair(const void *record)
{
    const struct fx_pair *p = record;
    return p->table_id.size && p->from.size && p->to.size ? OK : ERR_WIRE_FIELD;
}

#define S struct fx_pair
static struct message_field fx_pair_fields[] = {
    TEXT(table_id, TEXT_BYTES_MAX), TEXT(from, ID_BYTES_MAX), TEXT(to, ID_BYTES_MAX), NUMBER_ELSE("units", units, 1),
    TEXT(source, TEXT_BYTES_MAX), LIST(rates, rate_count, fx_rate, REFERENCE_ROWS_MAX),
};
static MESSAGE(fx_pair, fx_pair, check_fx_pair, NULL);
#undef S

#define S struct tax_entry
static struct message_field tax_entry_fields[] = { NUMBER(valid_from), NUMBER(threshold_minor),
                                                   TEXT(currency, ID_BYTES_MAX) };
static MESSAGE(tax_entry, tax_entry, NULL, NULL);
#undef S

static enum err check_tax_table(const void *record)
{
    return ((const struct tax_table *)record)->country.size ? OK : ERR_WIRE_FIELD;
}

#define S struct tax_table
static struct message_field tax_table_fields[] = {
    TEXT(country, ID_BYTES_MAX), TEXT(form, TEXT_BYTES_MAX), LIST(entries, entry_count, tax_entry, REFERENCE_ROWS_MAX),
};
static MESSAGE(tax_table, tax_table, check_tax_table, NULL);
#undef S

static enum err check_party_record(const void *record)
{
    const struct party_verdict *v = &((const struct party_record *)record)->verdict;
    return v->party_key.size && v->entry_id.size ? OK : ERR_WIRE_FIELD;
}

#define V_TEXT(member) TEXT_AS(#member, verdict.member, TEXT_BYTES_MAX)

#define S struct party_record
static struct message_field party_record_fields[] = {
    V_TEXT(party_key),
    V_TEXT(party_revision),
    V_TEXT(entry_id),
    V_TEXT(entry_revision),
    NUMBER_AS("blocked", verdict.blocked),
    TEXT_AS("author_id", publication.author_id, TEXT_BYTES_MAX),
    TEXT_AS("approver_id", publication.approver_id, TEXT_BYTES_MAX),
    NUMBER_AS("at_unix_ms", publication.published_at_unix_ms),
};
static MESSAGE(party_record, party_verdict, check_party_record, NULL);
#undef S

static const void *body_of_type(const struct reference *r)
{
    switch (r->type) {
#define BODY_CASE(word, body) case REFERENCE_##word: return r->body;
    REFERENCE_TYPES(BODY_CASE)
#undef BODY_CASE
    default: return NULL;
    }
}

static unsigned body_count(const struct reference *r)
{
    const void *const bodies[] = { r->terms, r->product, r->price_list, r->fx, r->tax, r->party };
    unsigned count = 0;
    for (unsigned i = 0; i < sizeof bodies / sizeof bodies[0]; i++) count += bodies[i] != NULL;
    return count;
}

static enum err check_body(const struct reference *r)
{
    if (r->type == REFERENCE_UNSPECIFIED || r->id.size == 0 || body_count(r) == 0) return ERR_WIRE_FIELD;
    return body_count(r) == 1 && body_of_type(r) ? OK : ERR_WIRE_MALFORMED;
}

/* The type is a word on the wire, so that the record can be told without this list. */
struct reference_record { struct slice type; struct reference reference; };

static enum err check_reference(const void *record)
{
    const struct reference_record *r = record;
    enum reference_type type = reference_find(r->type);
    if (r->type.size && type == REFERENCE_UNSPECIFIED) return ERR_WIRE_MALFORMED;
    struct reference typed = r->reference;
    typed.type = type;
    return check_body(&typed);
}

static void derive_reference(void *record)
{
    struct reference_record *r = record;
    r->reference.type = reference_find(r->type);
}

#define BODY(member, noun) ROW(REFERENCE, #member, reference.member, .message = &noun##_message)

#define S struct reference_record
static struct message_field reference_fields[] = {
    TEXT(type, ID_BYTES_MAX), TEXT_AS("id", reference.id, TEXT_BYTES_MAX), BODY(terms, terms), BODY(product, product),
    BODY(price_list, price_list), BODY(fx, fx_pair), BODY(tax, tax_table), BODY(party, party_record),
};
MESSAGE(reference, reference, check_reference, derive_reference);
#undef S
MESSAGE_AT_START(reference)

enum err reference_encode(struct arena *a, const struct reference *r, struct slice *out)
{
    struct reference_record record = { .type = reference_word(r->type), .reference = *r };
    return message_encode(&reference_message, a, &record, REFERENCE_BYTES_MAX, out);
}

enum err reference_decode(struct arena *a, struct slice bytes, struct reference *r)
{
    struct reference_record record = { 0 };
    if (bytes.size > REFERENCE_BYTES_MAX) return ERR_WIRE_TOO_LARGE;
    TRY(message_decode(&reference_message, a, bytes, &record));
    *r = record.reference;
    return OK;
}

static const struct slice words[REFERENCE_COUNT] = {
#define REFERENCE_WORD(word, body) [REFERENCE_##word] = SLICE_INIT(#word),
    REFERENCE_TYPES(REFERENCE_WORD)
#undef REFERENCE_WORD
};

struct slice reference_word(enum reference_type type)
{
    ASSERT(type < REFERENCE_COUNT);
    return words[type];
}

enum reference_type reference_find(struct slice word)
{
    for (enum reference_type type = REFERENCE_UNSPECIFIED + 1; type < REFERENCE_COUNT; type++)
        if (slice_equal(words[type], word)) return type;
    return REFERENCE_UNSPECIFIED;
}

struct slice reference_key(struct arena *a, const struct reference *r)
{
    struct slice word = reference_word(r->type);
    return SLICE_JOIN(a, word, SLICE("/"), r->id);
}
