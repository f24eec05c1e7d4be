/* wire/partner_codec.c: Partner as struct partner with its publication. */
#include "wire/partner_codec.h"

#include "claimstream/v1/partner.pb-c.h"
#include "domain/actor.h"
#include "wire/messages.h"

#define S struct status_span
static struct message_field status_span_fields[] = {
    WORD_TEXT("value", status, PARTNER_STATUS), NUMBER(valid_from), NUMBER(valid_to),
};
static MESSAGE(status_span, span, NULL, NULL);
#undef S

#define S struct tier_span
static struct message_field tier_span_fields[] = { TEXT_AS("value", tier, TEXT_BYTES_MAX), NUMBER(valid_from),
                                                   NUMBER(valid_to) };
static MESSAGE(tier_span, span, NULL, NULL);
#undef S

#define S struct role_span
static struct message_field role_span_fields[] = {
    WORD(role, ROLE_COUNT), NUMBER(valid_from), NUMBER(valid_to), TEXTS(agreements, PARTNER_TEXTS_MAX, TEXT_BYTES_MAX),
    TEXTS(locations, PARTNER_TEXTS_MAX, TEXT_BYTES_MAX),
};
static MESSAGE(role_span, role_span, NULL, NULL);
#undef S

#define S struct enrolment
static struct message_field enrolment_fields[] = {
    TEXT(program_id, ID_BYTES_MAX), WORD(incentive, INCENTIVE_COUNT), NUMBER(valid_from), NUMBER(valid_to),
    TEXT(expected_volume, ID_BYTES_MAX), TEXT(baseline, ID_BYTES_MAX), NUMBER(terms_accepted),
};
static MESSAGE(enrolment, enrolment, NULL, NULL);
#undef S

#define S struct payee
static struct message_field payee_fields[] = {
    TEXT(payee_id, TEXT_BYTES_MAX),     TEXT(name, TEXT_BYTES_MAX), TEXT(country, ID_BYTES_MAX),
    TEXT(account_hash, TEXT_BYTES_MAX), NUMBER(changed_on),
};
static MESSAGE(payee, payee, NULL, NULL);
#undef S

static struct message owner_message;

#define S struct owner
static struct message_field owner_fields[] = {
    PART(party, party), OPTIONAL_AS("share_percent_micros", share_percent_micros, has_share),
    LIST(owners, owner_count, owner, PARTNER_OWNERS_MAX),
};
static MESSAGE(owner, owner, NULL, NULL);
#undef S

/* Owners of all levels; stops counting where the bound is passed, so that its depth is bounded too. */
static unsigned count_owners(const struct owner *owners, unsigned count, unsigned counted)
{
    for (unsigned i = 0; i < count && counted <= PARTNER_OWNERS_MAX; i++)
        counted = count_owners(owners[i].owners, owners[i].owner_count, counted + 1);
    return counted;
}

static enum err check_partner(const void *record)
{
    const struct partner *p = &((const struct partner_record *)record)->partner;
    if (p->partner_id.size == 0) return ERR_WIRE_FIELD;
    return count_owners(p->owners, p->owner_count, 0) > PARTNER_OWNERS_MAX ? ERR_WIRE_BOUND : OK;
}

/* Members of `partner` stand beside those of `publication` on the wire. */
#define P_TEXT(member, bytes_max)             TEXT_AS(#member, partner.member, bytes_max)
#define P_NUMBER(member)                      NUMBER_AS(#member, partner.member)
#define P_TEXTS(member)                       TEXTS_AS(#member, partner.member, PARTNER_TEXTS_MAX, TEXT_BYTES_MAX)
#define P_LIST(wire, member, one, noun, most) LIST_AS(wire, partner.member, partner.one##_count, noun, most)

#define S struct partner_record
static struct message_field partner_fields[] = {
    P_TEXT(partner_id, ID_BYTES_MAX),
    P_TEXT(root_id, ID_BYTES_MAX),
    P_NUMBER(revision),
    P_TEXT(name, TEXT_BYTES_MAX),
    P_LIST("status", statuses, status, status_span, PARTNER_SPANS_MAX),
    P_LIST("roles", roles, role, role_span, PARTNER_SPANS_MAX),
    P_LIST("tiers", tiers, tier, tier_span, PARTNER_SPANS_MAX),
    P_TEXT(country, ID_BYTES_MAX),
    P_TEXTS(regions),
    P_TEXTS(locations),
    P_TEXT(currency, ID_BYTES_MAX),
    P_TEXT(price_list_id, TEXT_BYTES_MAX),
    P_NUMBER(utc_offset_minutes),
    NUMBER_ELSE("sla_hours", partner.sla_hours, PARTNER_SLA_HOURS),
    P_NUMBER(lot_pool_location),
    P_LIST("enrolments", enrolments, enrolment, enrolment, PARTNER_ENROLMENTS_MAX),
    PART_AS("payee", partner.payee, payee),
    P_LIST("owners", owners, owner, owner, PARTNER_OWNERS_MAX),
    P_LIST("identifiers", identifiers, identifier, pair, PARTNER_TEXTS_MAX),
    P_LIST("attributes", attributes, attribute, pair, PARTNER_TEXTS_MAX),
    P_LIST("evidence", evidence, evidence, evidence, PARTNER_EVIDENCE_MAX),
    P_TEXT(group_id, TEXT_BYTES_MAX),
    TEXT_AS("author_id", publication.author_id, TEXT_BYTES_MAX),
    TEXT_AS("approver_id", publication.approver_id, TEXT_BYTES_MAX),
    NUMBER_AS("published_at_unix_ms", publication.published_at_unix_ms),
};
MESSAGE(partner, partner, check_partner, NULL);
#undef S
MESSAGE_AT_START(partner)

bool publication_is_approved(const struct publication *p)
{
    bool have_names = actor_is_named(p->author_id) && actor_is_named(p->approver_id);
    return have_names && !actor_is_same(p->author_id, p->approver_id);
}

enum err partner_encode(struct arena *a, const struct partner *p, struct slice author_id, struct slice approver_id,
                        instant_ms published_at_unix_ms, struct slice *out)
{
    struct partner_record record = { .partner = *p, .publication = { author_id, approver_id, published_at_unix_ms } };
    return message_encode(&partner_message, a, &record, REFERENCE_BYTES_MAX, out);
}

enum err partner_decode(struct arena *a, struct slice bytes, struct partner *p, struct publication *publication)
{
    struct partner_record record = { 0 };
    if (bytes.size > REFERENCE_BYTES_MAX) return ERR_WIRE_TOO_LARGE;
    TRY(message_decode(&partner_message, a, bytes, &record));
    *p = record.partner;
    if (publication) *publication = record.publication;
    return OK;
}
