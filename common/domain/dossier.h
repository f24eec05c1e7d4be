/* domain/dossier.h: a line with the sections that the stages added to it (architecture.md 3). Everything is borrowed,
 * from the batch arena or from the record that it was read from. Of several sections of a kind the last is in force. */
#ifndef DOMAIN_DOSSIER_H
#define DOMAIN_DOSSIER_H

#include "base/hash.h"
#include "base/instant.h"
#include "domain/line.h"

enum section {
    SECTION_SUBMISSION,
    SECTION_RECEIPT,
    SECTION_CLASSIFICATION,
    SECTION_CLEARANCE,
    SECTION_REVIEW,
    SECTION_PAYOUT,
    SECTION_COUNT
};

enum { RULES_FALSE_BYTES = 16 };                    /* bitmap over the bits of rule.def */

/* An exact number, value/divisor; one that does not fit is `text` "n/d". Units: minor:USD micros:USD milli
 * percent_micros date count … */
struct figure { struct slice name; int64_t value, divisor; struct slice unit, text; };

struct evidence { enum evidence_kind kind; struct slice id; uint64_t revision; int32_t score; struct slice text; };

/* One rule of screening.md 9, as it answered. */
struct rule_result {
    uint32_t              number, version;
    enum rule_mode        mode;
    enum truth            value;
    enum reason_code      reason;
    int32_t               points;
    struct figure         observed, limit;
    const struct evidence *evidence;                /* at most 8 */
    unsigned              evidence_count;
    uint32_t              evidence_left_out;        /* how many more there were */
};

/* What a HOLD or PARK waits for. `on` is the datum (stage/waiting.h names the forms). */
struct waiting { enum reason_code reason; struct slice on; instant_ms since_unix_ms, due_unix_ms; };

/* The ten members that classification, clearance and payout section have alike (wire numbers 1 to 10). */
struct judgement {
    enum outcome        outcome;
    struct reason      *reasons;                    /* in order of precedence once closed */
    unsigned            reason_count;
    struct waiting      waiting;
    struct rule_result *rule_results;
    unsigned            rule_result_count;
    uint8_t             rules_false[RULES_FALSE_BYTES];
    uint64_t            profile_revision;
    struct hash128      input_hash;                 /* of the incoming dossier; set by the loop */
    instant_ms          decided_at_unix_ms;         /* received time of line or review; set by the loop */
    uint32_t            review_sequence;            /* 0 no review */
    struct slice        withdrew_line_id;
};

struct receipt {
    struct slice line_id, partner_root_id, submitter_id, document_id, file_name, icn, gcn, tscn, profile, traceparent;
    instant_ms         received_at_unix_ms;
    uint32_t           position, row;
    uint32_t           correctable_kinds;           /* KIND_BITs that a CANCEL or REPLACE may correct; 0: all */
    enum door          door;
    uint8_t            profile_sha256[SHA256_BYTES];
    bool               has_profile_sha256;
    const uint32_t    *warnings;                    /* numbers of issues.def, and reasons that intake gives */
    unsigned           warning_count;
    const struct pair *texts;                       /* digits dropped by rounding: field, text as sent */
    unsigned           text_count;
};

/* A program that may pay the line; reasons say why not. */
struct candidate {
    struct slice         program_id;
    uint32_t             program_version;
    enum matrix_cell     cell;
    bool                 enrolled;
    const struct reason *reasons;
    unsigned             reason_count;
    struct slice         expected_volume, baseline; /* decimal text of the enrolment, empty none */
};

struct classification {
    struct judgement        judgement;
    struct slice            partner_root_id;
    enum role               role;
    uint32_t                role_step;              /* step of domain.md 1.4 that decided */
    struct slice            tier, region, sku, family, product_line;
    int64_t                 base_qty_milli;
    int32_t                 line_date, received_date;
    struct slice            price_list_id;
    int32_t                 utc_offset_minutes;
    uint32_t                sla_hours;
    bool                    lot_pool_location;
    struct slice            payee_id;
    uint32_t                matrix_version;
    const struct candidate *candidates;             /* in stacking order */
    unsigned                candidate_count;
    enum role               observed_role;
    uint32_t                confidence_ppm;
    enum drift              drift;
    const struct evidence  *role_evidence;
    unsigned                role_evidence_count;
    enum profile_source     profile_source;
    enum role               sold_to_role;
    int32_t                 original_received_date; /* of the waiting line that this REPLACE ended here */
    struct texts            held_preapprovals;      /* of a USAGE close: quoted by claims that wait in classification */
    struct slice            reaches_line_ref, reaches_invoice_no,
        reaches_invoice_line,
        reaches_sku;                                /* what the REPLACE that this one ended here was to replace */
    const struct line      *withdrew;               /* what the line said that waited here and ended by this one */
    const struct receipt   *withdrew_receipt;
    struct slice            withdrew_sku;
    int64_t                 withdrew_base_qty_milli;
    struct slice            may_return_line_id;     /* of a return without original: a sale that waits there */
    struct slice            terms_author_id;        /* who sent the agreement, registration or pre-approval it quotes */
};

struct contribution { uint32_t rule; int32_t points; };
/* Units of the line that another line stands for; they count only if more than `beside` units of that one are live,
 * which payout finds out. */
struct units_held { struct slice program_id, line_id, serial; uint32_t count, beside; };
enum { DEAL_SHARE_WHOLE = 100000000 };              /* in micros of a percent */
/* Of a claim its place alone, 1: compliance takes the deal for won by it. */
struct deal_place { uint32_t place; int64_t share_percent_micros; int32_t closed_on; };
struct list_version { struct slice id; uint8_t sha256[SHA256_BYTES]; };

struct clearance {
    struct judgement           judgement;
    bool                       has_accepted_qty;
    int64_t                    accepted_qty_milli;  /* A in base units; without has_: base_qty_milli */
    const struct candidate    *struck;              /* programs struck here, with reasons */
    unsigned                   struck_count;
    int32_t                    score_points, threshold_points;
    const struct contribution *contributions;
    unsigned                   contribution_count;
    struct slice               resolved_customer_key;
    bool                       has_deal;
    struct deal_place          deal;
    uint32_t                   ruleset_version;
    const struct list_version *lists;
    unsigned                   list_count;
    uint32_t                   folding_version;
    struct slice               case_id;             /* a case only (screening.md 4.5) */
    enum case_kind             case_kind;
    struct slice               case_subject;
    struct texts               case_line_ids;
    struct slice               resubmits_line_id;   /* the earlier submission of the same line (domain.md 3.3) */
    struct texts               held_preapprovals;   /* of a USAGE close: quoted by claims that wait in compliance */
    int32_t                    original_received_date;  /* of a REPLACE whose original ended before payout */
    struct slice               reaches_line_id;     /* what is meant in truth: the line that is named had no effect */
    bool                       names_original;      /* a CANCEL or REPLACE by invoice means original_line_id, or none */
    struct slice               original_line_id;
    bool                       takes_whole;         /* it takes back all of its original, whose K becomes free */
    const struct units_held *units_held;
    unsigned                 units_held_count;
    struct texts               ended_line_refs;     /* of a REVERSE: lines that it names and that ended before payout */
};

/* One step of the workings: rule is a step of domain.md 5 ("S10"). */
struct step { struct slice rule; const struct figure *inputs; unsigned input_count; struct figure result; };
/* What a line just decided did to something that has an end, as operators are told of it; not recorded. */
enum limit_neared { LIMIT_FAR, LIMIT_CAP, LIMIT_AGREEMENT_LINE, LIMIT_FUND, LIMIT_NEARED_COUNT };
struct balance { struct slice kind, id; int64_t before, after; struct slice unit; enum limit_neared nears; };
struct lot_use { struct slice lot_id; int64_t qty_milli, cost_micros, debit_micros; struct slice currency; };

/* Standing of the line under one program. Money in the program's currency. */
struct program_result {
    struct slice         program_id;
    uint32_t             program_version;
    enum outcome         outcome;
    const struct reason *reasons;
    unsigned             reason_count;
    int64_t              claim_minor, paid_minor, refused_minor;
    const struct step   *workings;
    unsigned             working_count;
    const struct balance *balances;
    unsigned             balance_count;
    const struct lot_use *lots;
    unsigned             lot_count;
};

/* One entry, as it goes to payouts.v1: words instead of enums (domain.md 5.0). */
struct payout {
    struct slice payout_id, line_id, partner_root_id, program_id;
    int64_t      amount_minor;
    struct slice currency;
    instant_ms   decided_at_unix_ms;
    uint32_t     adjustment_no;
    struct slice document_id, partner_id, payee, payee_id, role;
    uint32_t     program_version;
    struct slice incentive, ledger;
    int64_t      qty_milli, program_amount_minor;
    struct slice program_currency, fx_table;
    int64_t      fx_rate_micros, fx_units;
    int32_t      fx_date;
    struct slice earned_period, posted_period;
    int32_t      payable_on;
    struct slice payment_method, tax_treatment;
    bool         tax_reportable;
    struct slice authorisation_no, deal_reg_no, preapproval_no, reverses_payout_id, cause, reasons, sku, invoice_no,
                 claim_id;
};

struct payout_section {
    struct judgement             judgement;
    const struct program_result *programs;
    unsigned                     program_count;
    const struct payout         *entries;
    unsigned                     entry_count;
    struct texts                 claims_left;       /* of a line that took a sale back: claims on it that stay */
};

/* A person's act (screening.md 4.3). */
struct review {
    enum act       act;
    enum stage_id  stage;
    struct slice   line_id, case_id;
    enum verb      verb;
    struct hash128 clearance_hash;                  /* of the section decided on */
    bool           has_clearance_hash;
    int64_t        accepted_qty_milli;
    enum role      role;
    struct slice   note, actor_id;
    struct texts   actor_roles;
    instant_ms     at_unix_ms;
    uint32_t       sequence;
    struct slice   partner_root_id;
    uint32_t       rule;
    int32_t        until_date;
    struct slice   pivot;
    instant_ms     until_unix_ms;                   /* TAKE: set by the stage */
};

struct dossier {
    struct slice                 bytes;             /* as it came in */
    unsigned                     section_counts[SECTION_COUNT];
    const struct line           *line;              /* the last of each section; NULL when absent */
    const struct receipt        *receipt;
    const struct classification *classification;
    const struct clearance      *clearance;
    const struct payout_section *payout;
    const struct review         *reviews;           /* all, in order */
    unsigned                     review_count;
    unsigned                     contract;          /* what a reader has to know to use it (wire/limits.h) */
};

static inline bool dossier_has(const struct dossier *d, enum section s)
{
    return d->section_counts[s] > 0;
}

/* The strongest judgement in force over the sections, NULL before any (domain.md 7). A stage that keeps the line has
 * the last word: a withdrawal that waits there behind its correction is not in force yet. */
const struct judgement *dossier_standing(const struct dossier *d);

/* Judgement of one judging section, NULL when absent or not a judging one. */
const struct judgement *dossier_judgement(const struct dossier *d, enum section s);

/* True: a case of screening.md 4.5 (no submission), not a line. */
bool dossier_is_case(const struct dossier *d);

/* The civil date of receipt at the partner. Asserts that receipt and classification are there. */
int32_t dossier_received_date(const struct dossier *d);

/* What a correction is about: as it says or, where it ended a REPLACE that waited, what that one was to replace. */
struct original_ref dossier_original_ref(const struct dossier *d);

/* Whether the bonus of a registered deal is among what the line earned. */
bool dossier_pays_deal(const struct payout_section *section);

#endif
