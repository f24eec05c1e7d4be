/* wire/partner_codec.h: Partner, value of partners.v1 (domain.md 1.5). Texts of what is decoded are borrowed from the
 * bytes, lists from the arena. Errors as in dossier_codec.h. */
#ifndef WIRE_PARTNER_CODEC_H
#define WIRE_PARTNER_CODEC_H

#include "domain/partner.h"

/* Who wrote a record and who approved it; without an approver it is a proposal and not in force (first-hour.md 5). */
struct publication {
    struct slice author_id, approver_id;
    instant_ms   published_at_unix_ms;
};

/* In force: somebody approved it who is not its author (domain/actor.h). What its author approved stays a proposal. */
bool publication_is_approved(const struct publication *p);

/* The record as it is published. */
struct partner_record {
    struct partner     partner;
    struct publication publication;
};

/* At most PARTNER_OWNERS_MAX owners over all levels; an absent sla_hours reads as 48. A share of 0 is one not said. */
enum err partner_encode(struct arena *a, const struct partner *p, struct slice author_id, struct slice approver_id,
                        instant_ms published_at_unix_ms, struct slice *out) MUST_CHECK;

/* `publication` may be NULL. */
enum err partner_decode(struct arena *a, struct slice bytes, struct partner *p,
                        struct publication *publication) MUST_CHECK;

#endif
