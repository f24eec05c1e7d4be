/* wire/review_codec.c: Review, a person's act. */
#include "claimstream/v1/review.pb-c.h"
#include "wire/dossier_codec.h"
#include "wire/messages.h"

static enum err check_review(const void *record)
{
    const struct review *r = record;
    return r->act && (r->line_id.size || r->case_id.size) ? OK : ERR_WIRE_FIELD;
}

#define S struct review
static struct message_field review_fields[] = {
    WORD(act, ACT_COUNT),
    WORD(stage, STAGE_COUNT),
    TEXT(line_id, ID_BYTES_MAX),
    TEXT(case_id, ID_BYTES_MAX),
    WORD(verb, VERB_COUNT),
    HASH_IF(clearance_hash, HASH128_BYTES),
    NUMBER(accepted_qty_milli),
    WORD(role, ROLE_COUNT),
    TEXT(note, TEXT_BYTES_MAX),
    TEXT(actor_id, TEXT_BYTES_MAX),
    TEXTS(actor_roles, REVIEW_ROLES_MAX, TEXT_BYTES_MAX),
    NUMBER(at_unix_ms),
    NUMBER(sequence),
    TEXT(partner_root_id, TEXT_BYTES_MAX),
    NUMBER(rule),
    NUMBER(until_date),
    TEXT(pivot, TEXT_BYTES_MAX),
    NUMBER(until_unix_ms),
};
MESSAGE(review, review, check_review, NULL);
#undef S
MESSAGE_AT_START(review)

enum err review_encode(struct arena *a, const struct review *r, struct slice *out)
{
    return message_encode(&review_message, a, r, DOSSIER_BYTES_MAX, out);
}

enum err review_decode(struct arena *a, struct slice bytes, struct review *r)
{
    if (bytes.size > DOSSIER_BYTES_MAX) return ERR_WIRE_TOO_LARGE;
    *r = (struct review){ 0 };
    return message_decode(&review_message, a, bytes, r);
}
