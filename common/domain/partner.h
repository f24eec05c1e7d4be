/* domain/partner.h: the profile of a partner as far as decisions need it (domain.md 1.5), with its history in spans. */
#ifndef DOMAIN_PARTNER_H
#define DOMAIN_PARTNER_H

#include "domain/dossier.h"

/* Dates inclusive; valid_from 0 from the beginning, valid_to 0 open. */
struct status_span { enum partner_status status; int32_t valid_from, valid_to; };
struct role_span { enum role role; int32_t valid_from, valid_to; struct texts agreements, locations; };
struct tier_span { struct slice tier; int32_t valid_from, valid_to; };

/* For one program or for a whole incentive. */
struct enrolment {
    struct slice   program_id;
    enum incentive incentive;
    int32_t        valid_from, valid_to;
    struct slice   expected_volume, baseline;       /* decimal text, empty none */
    bool           terms_accepted;
};

struct payee { struct slice payee_id, name, country, account_hash; int32_t changed_on; };

struct owner {
    struct party        party;
    int64_t             share_percent_micros;
    bool                has_share;
    const struct owner *owners;
    unsigned            owner_count;
};

enum { PARTNER_SLA_HOURS = 48 };                    /* where a profile says none */

struct partner {
    struct slice              partner_id, root_id, name, country, currency, price_list_id, group_id;
    uint64_t                  revision;
    const struct status_span *statuses;
    unsigned                  status_count;
    const struct role_span   *roles;
    unsigned                  role_count;
    const struct tier_span   *tiers;
    unsigned                  tier_count;
    struct texts              regions, locations;
    int32_t                   utc_offset_minutes;
    uint32_t                  sla_hours;
    bool                      lot_pool_location;
    const struct enrolment   *enrolments;
    unsigned                  enrolment_count;
    struct payee              payee;
    const struct owner       *owners;
    unsigned                  owner_count;
    const struct pair        *identifiers;          /* type, value */
    unsigned                  identifier_count;
    const struct pair        *attributes;
    unsigned                  attribute_count;
    const struct evidence    *evidence;
    unsigned                  evidence_count;
};

/* The root of a partner that has no profile: a name of its own, so that its lines meet nobody else's. */
struct slice partner_unknown_root(struct arena *a, struct slice partner_id);

/* True when the profile has the identifier. */
bool partner_bears(const struct partner *p, struct slice type, struct slice value);

/* True when a span holds on a date. */
bool span_holds(int32_t valid_from, int32_t valid_to, int32_t date);

/* ACTIVE on that date; a profile without a status is ACTIVE. */
bool partner_is_active(const struct partner *p, int32_t date);

/* The first role held on that date, ROLE_UNSPECIFIED when none. */
enum role partner_first_role(const struct partner *p, int32_t date);

/* The tier on that date, empty when none. */
struct slice partner_tier(const struct partner *p, int32_t date);

/* The enrolment that holds on that date for the program or its incentive, the program's own first; NULL when none. */
const struct enrolment *partner_enrolment(const struct partner *p, struct slice program_id, enum incentive incentive,
                                          int32_t date);

#endif
