/* wire/line_codec.c: Submission as struct line, with what only a line has. */
#include "claimstream/v1/line.pb-c.h"
#include "wire/dossier_codec.h"
#include "wire/messages.h"

enum {
    PARTY_NAME_BYTES_MAX = 120,
    PARTY_ADDRESS_BYTES_MAX = 200,
    DOCUMENT_TYPE_BYTES_MAX = 24,
    DOCUMENT_NAME_BYTES_MAX = 120
};

#define S struct party
static struct message_field party_fields[] = {
    TEXT(name, PARTY_NAME_BYTES_MAX),
    TEXT(id_type, ID_BYTES_MAX),
    TEXT(id, PARTY_NAME_BYTES_MAX),
    TEXT(key, TEXT_BYTES_MAX),
    TEXT(address, PARTY_ADDRESS_BYTES_MAX),
    TEXT(city, PARTY_NAME_BYTES_MAX),
    TEXT(region, PARTY_NAME_BYTES_MAX),
    TEXT(postal_code, ID_BYTES_MAX),
    TEXT(country, ID_BYTES_MAX),
    WORD(role, ROLE_COUNT),
    WORD(kind, PARTY_KIND_COUNT),
    NUMBER(birth_year),
};
DETAIL(party, party, NULL);
#undef S

#define S struct document_proof
static struct message_field document_fields[] = {
    TEXT(type, DOCUMENT_TYPE_BYTES_MAX), HASH_IF(sha256, SHA256_BYTES), TEXT(name, DOCUMENT_NAME_BYTES_MAX),
};
static MESSAGE(document, document, NULL, NULL);
#undef S

#define S struct pair
static struct message_field pair_fields[] = { TEXT(name, TEXT_BYTES_MAX), TEXT(value, EXTRAS_BYTES_MAX) };
MESSAGE(pair, extra, NULL, NULL);
#undef S

#define S struct agreement_line
static struct message_field agreement_line_fields[] = {
    NUMBER(line_no),
    TEXTS(products, PRODUCTS_MAX, TEXT_BYTES_MAX),
    WORD(method, DEBIT_METHOD_COUNT),
    NUMBER(term_micros),
    TEXT(uom, ID_BYTES_MAX),
    NUMBER(authorised_qty_milli),
    OPTIONAL(book_price_micros),
    WORD(resale_policy, RESALE_POLICY_COUNT),
    NUMBER(resale_min_micros),
    NUMBER(resale_max_micros),
};
static MESSAGE(agreement_line, agreement_line, NULL, NULL);
#undef S

#define S struct agreement
static struct message_field agreement_fields[] = {
    NUMBER(revision),
    NUMBER(effective_from),
    WORD(status, AGREEMENT_STATUS_COUNT),
    NUMBER(issue_date),
    NUMBER(valid_from),
    NUMBER(valid_to),
    NUMBER(closed_on),
    TEXTS(locations, AGREEMENT_LOCATIONS_MAX, ID_BYTES_MAX),
    NUMBER(blanket),
    LIST(customers, customer_count, party, AGREEMENT_CUSTOMERS_MAX),
    NUMBER(amount_limit_minor),
    LIST(lines, line_count, agreement_line, AGREEMENT_LINES_MAX),
    TEXT(overrides_yaml, OVERRIDES_BYTES_MAX),
};
static MESSAGE(agreement, agreement, NULL, NULL);
#undef S

#define S struct deal_registration
static struct message_field deal_registration_fields[] = {
    NUMBER(revision),
    TEXT(project, TEXT_BYTES_MAX),
    TEXTS(products, PRODUCTS_MAX, TEXT_BYTES_MAX),
    TEXT(family, TEXT_BYTES_MAX),
    NUMBER(qty_milli),
    NUMBER(value_minor),
    NUMBER(expected_close),
    NUMBER(extension),
    NUMBER(withdrawn),
};
static MESSAGE(deal_registration, deal_registration, NULL, NULL);
#undef S

#define S struct mdf_preapproval
static struct message_field mdf_preapproval_fields[] = {
    NUMBER(revision),
    NUMBER(planned_spend_minor),
    NUMBER(approved_amount_minor),
    WORD(status, PREAPPROVAL_STATUS_COUNT),
};
static MESSAGE(mdf_preapproval, mdf_preapproval, NULL, NULL);
#undef S

#define S struct rep_roster
static struct message_field rep_roster_fields[] = {
    TEXT(name, TEXT_BYTES_MAX), NUMBER(valid_from), NUMBER(valid_to), NUMBER(inactive), TEXT(tax_country, ID_BYTES_MAX),
    NUMBER(tax_form_on_file),
};
static MESSAGE(rep_roster, rep_roster, NULL, NULL);
#undef S

static enum err check_extras(const struct line *l)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < l->extra_count; i++) bytes += l->extras[i].name.size + l->extras[i].value.size;
    return bytes > EXTRAS_BYTES_MAX ? ERR_WIRE_BOUND : OK;
}

static enum err check_line(const void *record)
{
    const struct line *l = record;
    return l->kind == KIND_UNSPECIFIED ? ERR_WIRE_FIELD : check_extras(l);
}

/* How each type of line_field.def stands on the wire. */
#define LINE_KIND(member, detail)     WORD(member, KIND_COUNT)
#define LINE_REPLACES(member, detail) WORD(member, KIND_COUNT)
#define LINE_TEXT(member, detail)     TEXT(member, detail)
#define LINE_ID(member, detail)       TEXT(member, detail)
#define LINE_CODE(member, detail)     TEXT(member, detail)
#define LINE_DATE(member, detail)     NUMBER(member)
#define LINE_QTY(member, detail)      NUMBER(member)
#define LINE_UINT(member, detail)     NUMBER_TO(member, detail)
#define LINE_FLAG(member, detail)     NUMBER(member)
#define LINE_PRICE(member, detail)    OPTIONAL(member)
#define LINE_MONEY(member, detail)    OPTIONAL(member)
#define LINE_AMOUNT(member, detail)   NUMBER(member)
#define LINE_PARTY(member, detail)    PART(member, party)
#define LINE_TEXTS(member, detail)    TEXTS(member, LINE_TEXTS_MAX, detail)
#define LINE_CAUSE(member, detail)    WORD(member, CAUSE_COUNT)
#define LINE_CLOSE(member, detail)    WORD(member, CLOSE_COUNT)

enum { LINE_TEXTS_MAX = SERIALS_MAX };
_Static_assert(SERIALS_MAX == LINE_REFS_MAX && SERIALS_MAX == PAYOUT_IDS_MAX,
               "one bound for the lists of texts of a line");

#define S struct line
static struct message_field line_fields_on_wire[] = {
#define FIELD(type, member, name, detail) LINE_##type(member, detail),
#include "domain/line_field.def"
#undef FIELD
    LIST(documents, document_count, document, DOCUMENTS_MAX), LIST(extras, extra_count, pair, EXTRAS_MAX),
    REFERENCE(agreement, agreement), REFERENCE(deal, deal_registration), REFERENCE(preapproval, mdf_preapproval),
    REFERENCE(roster, rep_roster),
};
#define line_fields line_fields_on_wire             /* domain/line.h has a table of that name */
OUTLINED_UP_TO(SUBMISSION_BYTES_MAX, line, submission, check_line,
               "kind replaces_kind partner_id claim_id invoice_no currency qty_milli claimed_debit_unit_micros "
               "claimed_amount_minor serials");
#undef line_fields
#undef S
MESSAGE_AT_START(line)

enum err line_encode(struct arena *a, const struct line *l, struct slice *out)
{
    return message_encode(&line_message, a, l, SUBMISSION_BYTES_MAX, out);
}

enum err line_decode(struct arena *a, struct slice bytes, struct line *l)
{
    *l = (struct line){ 0 };
    return message_decode(&line_message, a, bytes, l);
}
