/* domain/program.h: incentive terms, one version (domain.md 4.2). Money terms are kept exactly: prices and per-unit
 * rates in micros of the currency unit, percentages in micros of a percent, amounts in minor units, quantities in
 * milli. Defaults of the page are filled in by the reader of terms; absent decimals have a has_ flag or are 0 where the
 * page says 0. A version is immutable once loaded. */
#ifndef DOMAIN_PROGRAM_H
#define DOMAIN_PROGRAM_H

#include "domain/partner.h"

struct product_filter { struct texts include, exclude; };   /* sku: family: line: + text, a final * is a prefix */

struct cap {
    enum cap_scope     scope;
    enum period_kind   period;
    bool               has_amount, has_qty, has_percent;
    int64_t            amount_minor, qty_milli, percent_of_purchases_micros;
    enum purchase_base base;
};

enum rate_kind { RATE_NONE, RATE_PERCENT, RATE_PER_UNIT, RATE_PER_BLOCK };

enum { TIERS_MAX = 48 };                            /* each is a step of the workings */

struct tier {
    int64_t from_micros; /* qualifier units: currency units, units or percent, 1e-6 of them */
    enum rate_kind   rate;
    int64_t          percent_micros;
    int64_t          per_unit_micros;
    int64_t          block_qty_milli, block_amount_micros;
    enum block_round block_round;
    int64_t          fixed_minor;                   /* adds once when the tier is reached */
};

struct custom_period { struct slice label; int32_t from, to; };

struct volume_terms {
    enum volume_source  source;
    enum unit_value     price;
    enum aggregate      aggregate;
    enum per            per;
    enum period_kind    period;
    uint32_t            fiscal_start_month;
    const struct custom_period *custom_periods;
    unsigned            custom_period_count;
    enum tier_method    method;
    enum tier_edge      edge;
    enum qualifier      qualifier;
    struct product_filter qualifier_products, benefit_products;   /* both empty: eligibility.products */
    const struct tier  *tiers;
    unsigned            tier_count;
    bool                has_cap, has_guarantee, guarantee_cumulative;
    int64_t             cap_minor, guarantee_minor;
    enum guarantee_paid guarantee_paid;
    enum baseline       growth_baseline;
    enum pay_on         growth_pay_on;
    enum no_baseline    no_baseline;
    enum mix_pay_on     mix_pay_on;
    int64_t             tax_included_percent_micros;
    bool                net_of_price_protection;
    enum returns_period returns_period;
    uint32_t            grace_days, late_limit_days;
    bool                has_coop_split;
    int64_t             coop_split_percent_micros;
    struct slice        coop_split_program;
    bool                has_expected_volume;
    int64_t             expected_volume_micros;     /* qualifier units, 1e-6 */
    int64_t             constraint_percent_micros;
};

struct ship_debit_terms {
    enum cost_basis   cost_basis;
    enum lot_shortage lot_shortage;
    enum over_qty     over_qty;
    enum resale_above resale_above;
    int64_t           resale_share_percent_micros, resale_tolerance_percent_micros;
    int64_t           min_debit_minor;
    enum pos_match    pos_match;
    uint32_t          pos_wait_days;
    bool              auto_claim;
};

struct claim_terms {
    bool        has_window;
    uint32_t    window_days;
    enum anchor anchor;
    int64_t     tolerance_minor;
};

struct mdf_activity {
    struct slice type;
    bool has_share, has_cap;
    int64_t share_percent_micros, cap_minor;
    struct texts proofs;
};

struct mdf_terms {
    enum mdf_kind         kind;
    enum mdf_usage        usage;
    int64_t               threshold_minor;
    enum preapproval_rule preapproval;
    int64_t               preapproval_over_minor;
    int64_t               share_percent_micros;
    struct texts          expense_types;
    const struct mdf_activity *activities;
    unsigned              activity_count;
    enum period_kind      period;                   /* without a volume block */
    uint32_t              fiscal_start_month;
    const struct custom_period *custom_periods;
    unsigned              custom_period_count;
};

struct spiff_rate { struct texts products; enum rate_kind rate; int64_t per_unit_micros, percent_micros; };

struct spiff_terms {
    const struct spiff_rate *rates;
    unsigned                 rate_count;
    enum serial_rule         serials;
    bool                     trigger_pos, opt_in;
    struct slice             tax_country;
};

struct deal_terms {
    enum deal_approval approval;
    enum deal_conflict conflict;
    uint32_t           protection_days, max_extensions, extension_days;
    int64_t            min_qty_milli, min_value_minor, qty_tolerance_percent_micros;
    enum rate_kind     bonus;                       /* RATE_PERCENT, RATE_PER_UNIT, RATE_NONE = fixed */
    int64_t            bonus_percent_micros, bonus_per_unit_micros, bonus_fixed_minor;
    enum bonus_of      bonus_of;
    bool               auto_claim;
};

struct price_protection_terms {
    enum old_price       old_price;
    uint32_t             window_days;               /* 0 none */
    bool                 in_transit;
    enum price_direction direction;
    int64_t              min_drop_percent_micros;
    enum snapshot_rule   snapshot;
    uint32_t             snapshot_days;
};

struct rotation_terms {
    int64_t             percent_micros;
    enum purchase_base  base_period;
    enum period_kind    period;
    uint32_t            window_days;                /* 0 whole period */
    enum rotation_price price;
    enum offset_order   offset_order;
};

struct program {
    struct slice         id;
    uint32_t             version;
    enum incentive       incentive;
    enum program_status  status;
    int32_t              valid_from, valid_to;
    enum date_basis      program_date;              /* default of the incentive filled in */
    bool                 has_program_date;
    struct slice         currency, payout_currency, fx_table;
    enum date_basis      fx_date;                   /* UNSPECIFIED: the program date */
    unsigned             roles;                     /* bits 1 << role; 0 = all */
    struct texts         tiers_allowed, regions_allowed;
    struct product_filter products;
    struct texts         partners_include, partners_exclude;
    bool                 enrolment_required;
    unsigned             sold_to_roles;             /* bits 1 << role, bit 0 = UNKNOWN */
    bool                 has_sold_to_roles;         /* false: all but DISTRIBUTOR */
    struct claim_terms   claim;
    const struct cap    *caps;
    unsigned             cap_count;
    bool                 has_budget;
    int64_t              budget_minor;
    enum rounding_mode   rounding_mode;
    int64_t              rounding_step_minor;
    uint32_t             rank;
    enum stack_base      stack_base;
    bool                 reduces_lower;
    struct slice         exclusive_group;
    enum payment_method  payment_method;
    uint32_t             lag_days;
    enum payee_kind      payee;
    struct slice         tax_treatment;
    bool                 has_volume;
    struct volume_terms  volume;
    struct ship_debit_terms ship_debit;             /* defaults filled in whatever the incentive */
    struct mdf_terms     mdf;
    struct spiff_terms   spiff;
    struct deal_terms    deal;
    struct price_protection_terms price_protection;
    struct rotation_terms rotation;
};

/* A product matches a filter: included (or include empty) and not excluded; compared as upper-cased bytes. */
bool product_filter_matches(const struct product_filter *f, struct slice sku, struct slice family,
                            struct slice product_line);

/* The same for one list of sku: family: line: terms; an empty list matches everything. */
bool products_match(const struct texts *products, struct slice sku, struct slice family, struct slice product_line);

/* < 0 when a stands before b in stacking order: rank, then id bytewise. */
int program_stacking_order(const struct program *a, const struct program *b);

/* The program date of a line under this program (domain.md 4.2); received_date is the civil date at the partner.
 * 0 when the line has no such date. */
int32_t program_date_of(const struct program *p, const struct line *l, int32_t received_date);

/* Name of the field that the program date of lines of that kind stands in. */
struct slice program_date_field(const struct program *p, enum kind kind);

#endif
