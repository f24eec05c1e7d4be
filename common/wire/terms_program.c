/* wire/terms_program.c: the table of a program, block by block, and what the page says beyond single members. */
#include "wire/terms.h"

#include "base/assert.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "wire/terms_schema.h"

enum { CAPS_MAX = 32, PERIODS_MAX = 256, ACTIVITIES_MAX = 64, RATES_MAX = 256 };

#define VOLUME_PERIODS (WORD_BIT(PERIOD, MONTH) | WORD_BIT(PERIOD, QUARTER) | WORD_BIT(PERIOD, HALF) | \
    WORD_BIT(PERIOD, YEAR) | \
                        WORD_BIT(PERIOD, CUSTOM) | WORD_BIT(PERIOD, PROGRAM))
#define CAP_PERIODS (WORD_BIT(PERIOD, LINE) | WORD_BIT(PERIOD, MONTH) | WORD_BIT(PERIOD, QUARTER) | \
    WORD_BIT(PERIOD, HALF) | \
                     WORD_BIT(PERIOD, YEAR) | WORD_BIT(PERIOD, PROGRAM))
#define CALENDAR_PERIODS (CAP_PERIODS & ~WORD_BIT(PERIOD, LINE))

/* How many of the named members a record has; *last is one of them. */
static unsigned count_members(const struct node *n, const char *const *names, const char **last)
{
    unsigned count = 0;
    for (; *names; names++) {
        if (!node_find(n, slice_from(*names))) continue;
        *last = *names;
        count++;
    }
    return count;
}

/* --- header, eligibility --- */

static const struct member header_members[] = {
    { "id", ID_OF(struct program, id, 40), .required = true },
    { "version", WHOLE_OF(struct program, version, 1, UINT32_MAX), .required = true },
    { "incentive", WORD_OF(struct program, incentive, INCENTIVE), .required = true },
    { "status", WORD_OF(struct program, status, PROGRAM_STATUS), .fallback = "ACTIVE" },
    { "valid_from", DATE_OF(struct program, valid_from), .required = true },
    { "valid_to", DATE_OF(struct program, valid_to), .fallback = "2099-12-31" },
    { "program_date", WORD_OF(struct program, program_date, DATE_BASIS), ASIDE(struct program, has_program_date) },
    { "currency", .type = MEMBER_CURRENCY, PLACE(struct program, currency), .required = true },
    { "fx_table", ID_OF(struct program, fx_table, 40), .fallback = "default" },
    { "fx_date", WORD_OF(struct program, fx_date, DATE_BASIS) },
    { "budget", MONEY_OF(struct program, budget_minor), ASIDE(struct program, has_budget) },
    { "payout_currency", .type = MEMBER_BY_HAND },  /* after `budget`: money is in `currency` */
};

static void check_header(struct reading *r, const struct node *n, void *record)
{
    static const struct member payout_currency = { "payout_currency", .type = MEMBER_CURRENCY,
                                                   PLACE(struct program, payout_currency) };
    struct program *p = record;
    struct reading other = *r;
    const struct node *said = node_find(n, SLICE("payout_currency"));
    if (said) schema_read_member(&other, &payout_currency, said, said->at, p);
    else p->payout_currency = p->currency;
    r->errors = other.errors;
    if (p->valid_from > p->valid_to)
        schema_refuse(r, schema_place(n, "valid_to"), "valid_to", "let it end on or after the day it begins",
                      "the program ends before it begins");
}

static const struct schema header = SCHEMA_OF(struct program, header_members, "program", check_header);

static const struct member filter_members[] = {
    { "include", PRODUCTS_OF(struct product_filter, include) },
    { "exclude", PRODUCTS_OF(struct product_filter, exclude) },
};
static const struct schema filter = SCHEMA_OF(struct product_filter, filter_members, "products", NULL);

static const struct member partners_members[] = {
    { "include", IDS_OF(struct program, partners_include, 64) },
    { "exclude", IDS_OF(struct program, partners_exclude, 64) },
};
static const struct schema partners = SCHEMA_OF(struct program, partners_members, "partners", NULL);

static const char *const enrolment_words[] = { "NONE", "REQUIRED", NULL };
static const char *const unknown_role[] = { "UNKNOWN", NULL };

static const struct member eligibility_members[] = {
    { "roles", .type = MEMBER_WORDS, PLACE(struct program, roles), .list = VOCABULARY_ROLE, .allowed = PARTNER_ROLES },
    { "tiers", TEXTS_OF(struct program, tiers_allowed, 24) },
    { "regions", TEXTS_OF(struct program, regions_allowed, 40) },
    { "products", RECORD_OF(struct program, products, filter) },
    { "partners", BLOCK_OF(partners) },
    { "enrolment", CHOICE_OF(struct program, enrolment_required, enrolment_words), .fallback = "NONE" },
    { "sold_to_roles", .type = MEMBER_WORDS, PLACE(struct program, sold_to_roles),
      ASIDE(struct program, has_sold_to_roles),
      .list = VOCABULARY_ROLE, .choices = unknown_role },
};
static const struct schema eligibility = SCHEMA_OF(struct program, eligibility_members, "eligibility", NULL);

/* --- claim, caps, rounding, stacking, payment --- */

static const struct member claim_members[] = {
    { "window_days", DAYS_OF(struct claim_terms, window_days), ASIDE(struct claim_terms, has_window) },
    { "anchor", WORD_OF(struct claim_terms, anchor, ANCHOR) },
    { "tolerance", MONEY_OF(struct claim_terms, tolerance_minor) },
};
const struct schema terms_claim_schema = SCHEMA_OF(struct claim_terms, claim_members, "claim", NULL);

static const struct member cap_members[] = {
    { "scope", WORD_OF(struct cap, scope, CAP_SCOPE), .required = true },
    { "period", WORD_OF(struct cap, period, PERIOD), .allowed = CAP_PERIODS },
    { "amount", MONEY_OF(struct cap, amount_minor), ASIDE(struct cap, has_amount) },
    { "qty", QTY_OF(struct cap, qty_milli), ASIDE(struct cap, has_qty) },
    { "percent_of_purchases", PERCENT_OF(struct cap, percent_of_purchases_micros), ASIDE(struct cap, has_percent) },
    { "base", WORD_OF(struct cap, base, PURCHASE_BASE) },
};

static void check_cap(struct reading *r, const struct node *n, void *record)
{
    struct cap *c = record;
    if (c->has_amount + c->has_qty + c->has_percent != 1)
        schema_refuse(r, n->at, NULL, "write one of amount, qty, percent_of_purchases",
                      "a cap limits exactly one thing");
    if (c->has_percent && !c->base)
        schema_refuse(r, schema_place(n, "percent_of_purchases"), "base", "add base: PRIOR or base: SAME",
                      "percent_of_purchases needs a base");
    if (!c->has_percent && c->base)
        schema_refuse(r, schema_place(n, "base"), "base", "remove it", "base belongs to percent_of_purchases");
    if (c->period) return;
    if (c->scope == CAP_SCOPE_LINE) c->period = PERIOD_LINE;
    else schema_refuse(r, n->at, "period", "add period: MONTH, QUARTER, HALF, YEAR or PROGRAM", "period is missing");
}

static const struct schema cap = SCHEMA_OF(struct cap, cap_members, "a cap", check_cap);

static const struct member rounding_members[] = {
    { "mode", WORD_OF(struct program, rounding_mode, ROUNDING), .fallback = "HALF_UP" },
    { "step_minor", WHOLE_OF(struct program, rounding_step_minor, 1, 1000000000), .fallback = "1" },
};
static const struct schema rounding = SCHEMA_OF(struct program, rounding_members, "rounding", NULL);

static const struct member stacking_members[] = {
    { "rank", WHOLE_OF(struct program, rank, 1, 999) },
    { "base", WORD_OF(struct program, stack_base, STACK_BASE), .fallback = "GROSS" },
    { "reduces_lower", FLAG_OF(struct program, reduces_lower), .fallback = "true" },
    { "exclusive_group", ID_OF(struct program, exclusive_group, 40) },
};
static const struct schema stacking = SCHEMA_OF(struct program, stacking_members, "stacking", NULL);

static const struct member payment_members[] = {
    { "method", WORD_OF(struct program, payment_method, PAYMENT_METHOD), .fallback = "CREDIT_MEMO" },
    { "lag_days", DAYS_OF(struct program, lag_days), .fallback = "0" },
    { "payee", WORD_OF(struct program, payee, PAYEE) },
    { "tax_treatment", ID_OF(struct program, tax_treatment, 24), .fallback = "NONE" },
};
static const struct schema payment = SCHEMA_OF(struct program, payment_members, "payment", NULL);

/* --- ship_debit --- */

static const struct member ship_debit_members[] = {
    { "cost_basis", WORD_OF(struct ship_debit_terms, cost_basis, COST_BASIS), .fallback = "FIFO" },
    { "lot_shortage", WORD_OF(struct ship_debit_terms, lot_shortage, LOT_SHORTAGE), .fallback = "HOLD" },
    { "over_qty", WORD_OF(struct ship_debit_terms, over_qty, OVER_QTY), .fallback = "PAY_REMAINDER" },
    { "resale_above", WORD_OF(struct ship_debit_terms, resale_above, RESALE_ABOVE), .fallback = "REJECT" },
    { "resale_share_percent", PERCENT_OF(struct ship_debit_terms, resale_share_percent_micros), .fallback = "100" },
    { "resale_tolerance_percent", PERCENT_OF(struct ship_debit_terms, resale_tolerance_percent_micros),
      .fallback = "0" },
    { "min_debit", MONEY_OF(struct ship_debit_terms, min_debit_minor), .fallback = "0" },
    { "pos_match", WORD_OF(struct ship_debit_terms, pos_match, POS_MATCH), .fallback = "NONE" },
    { "pos_wait_days", DAYS_OF(struct ship_debit_terms, pos_wait_days), .fallback = "30" },
    { "auto_claim", FLAG_OF(struct ship_debit_terms, auto_claim), .fallback = "false" },
};
const struct schema terms_ship_debit_schema = SCHEMA_OF(struct ship_debit_terms, ship_debit_members, "ship_debit",
                                                        NULL);

/* --- volume --- */

static const struct member custom_period_members[] = {
    { "label", ID_OF(struct custom_period, label, PERIOD_LABEL_MAX), .required = true },
    { "from", DATE_OF(struct custom_period, from), .required = true },
    { "to", DATE_OF(struct custom_period, to), .required = true },
};

static void check_custom_period(struct reading *r, const struct node *n, void *record)
{
    const struct custom_period *p = record;
    if (p->from > p->to)
        schema_refuse(r, schema_place(n, "to"), "to", "let it end on or after the day it begins",
                      "the period ends before it begins");
}

static const struct schema custom_period = SCHEMA_OF(struct custom_period, custom_period_members, "a custom period",
                                                     check_custom_period);

static const struct node *item_of(const struct node *list, unsigned index)
{
    const struct node_entry *e = list->first;
    while (index-- > 0) e = e->next;
    return e->value;
}

static void sort_periods(struct custom_period *periods, unsigned count)
{
    for (unsigned i = 1; i < count; i++)
        for (unsigned k = i; k > 0 && periods[k - 1].from > periods[k].from; k--) {
            struct custom_period swap = periods[k];
            periods[k] = periods[k - 1];
            periods[k - 1] = swap;
        }
}

/* Sorts them too: the calendar wants them so. */
static void check_periods(struct reading *r, const struct node *n, struct custom_period *periods, unsigned count)
{
    const struct node *list = node_find(n, SLICE("custom_periods"));
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < i; k++) {
            const struct custom_period *a = &periods[k], *b = &periods[i];
            struct position at = item_of(list, i)->at;
            if (a->from <= b->to && b->from <= a->to)
                schema_refuse(r, at, "custom_periods", "let each day belong to one period", "period %.*s overlaps %.*s",
                              SLICE_ARGS(b->label), SLICE_ARGS(a->label));
            if (slice_equal(a->label, b->label))
                schema_refuse(r, at, "custom_periods", "give each period its own label", "label %.*s stands twice",
                              SLICE_ARGS(b->label));
        }
    sort_periods(periods, count);
}

/* The period kinds and the list of own periods belong together. */
static void check_calendar(struct reading *r, const struct node *n, enum period_kind period,
                           const struct custom_period *periods,
                           unsigned count)
{
    if (period == PERIOD_CUSTOM && count == 0)
        schema_refuse(r, schema_place(n, "period"), "custom_periods", "list them: [{label, from, to}]",
                      "period CUSTOM needs custom_periods");
    if (period != PERIOD_CUSTOM && count > 0)
        schema_refuse(r, schema_place(n, "custom_periods"), "custom_periods", "set period: CUSTOM or remove them",
                      "custom_periods are used with period CUSTOM only");
    check_periods(r, n, (struct custom_period *)periods, count);
}

static const struct member block_members[] = {
    { "qty", QTY_OF(struct tier, block_qty_milli), .required = true },
    { "amount", PRICE_OF(struct tier, block_amount_micros), .required = true },
    { "round", WORD_OF(struct tier, block_round, BLOCK_ROUND), .fallback = "DOWN" },
};

static void check_block(struct reading *r, const struct node *n, void *record)
{
    const struct tier *t = record;
    if (t->block_qty_milli == 0)
        schema_refuse(r, schema_place(n, "qty"), "qty", "write how many units a block has", "a block of 0 units");
}

static const struct schema block = SCHEMA_OF(struct tier, block_members, "per_block", check_block);

static const struct member tier_members[] = {
    { "from", .type = MEMBER_DECIMAL, PLACE(struct tier, from_micros), .scale = 6, .max = FROM_MAX, .required = true },
    { "percent", PERCENT_OF(struct tier, percent_micros), .silent_zero = true },
    { "per_unit", PRICE_OF(struct tier, per_unit_micros), .silent_zero = true },
    { "per_block", BLOCK_OF(block) },
    { "fixed", MONEY_OF(struct tier, fixed_minor), .fallback = "0" },
};

static enum rate_kind rate_named(const char *name)
{
    if (strcmp(name, "percent") == 0) return RATE_PERCENT;
    return strcmp(name, "per_unit") == 0 ? RATE_PER_UNIT : RATE_PER_BLOCK;
}

static void check_tier(struct reading *r, const struct node *n, void *record)
{
    static const char *const rates[] = { "percent", "per_unit", "per_block", NULL };
    struct tier *t = record;
    const char *name = NULL;
    unsigned count = count_members(n, rates, &name);
    if (count > 1)
        schema_refuse(r, schema_place(n, name), name, "keep one rate",
                      "a tier has one of percent, per_unit, per_block");
    t->rate = count == 1 ? rate_named(name) : RATE_NONE;
}

static const struct schema tier = SCHEMA_OF(struct tier, tier_members, "a tier", check_tier);

static const struct member growth_members[] = {
    { "baseline", WORD_OF(struct volume_terms, growth_baseline, BASELINE), .fallback = "PRIOR_YEAR" },
    { "pay_on", WORD_OF(struct volume_terms, growth_pay_on, PAY_ON), .fallback = "INCREMENT" },
    { "no_baseline", WORD_OF(struct volume_terms, no_baseline, NO_BASELINE), .fallback = "HOLD" },
};
static const struct schema growth = SCHEMA_OF(struct volume_terms, growth_members, "growth", NULL);

static const struct member guarantee_members[] = {
    { "amount", MONEY_OF(struct volume_terms, guarantee_minor), .required = true },
    { "cumulative", FLAG_OF(struct volume_terms, guarantee_cumulative), .fallback = "false" },
    { "paid", WORD_OF(struct volume_terms, guarantee_paid, GUARANTEE_PAID), .fallback = "END" },
};
static const struct schema guarantee = SCHEMA_OF(struct volume_terms, guarantee_members, "guarantee", NULL);

static const struct member coop_split_members[] = {
    { "percent", SHARE_OF(struct volume_terms, coop_split_percent_micros), .required = true },
    { "program", ID_OF(struct volume_terms, coop_split_program, 40), .required = true },
};
static const struct schema coop_split = SCHEMA_OF(struct volume_terms, coop_split_members, "coop_split", NULL);

static const struct member volume_members[] = {
    { "source", WORD_OF(struct volume_terms, source, VOLUME_SOURCE), .fallback = "POS" },
    { "price", WORD_OF(struct volume_terms, price, UNIT_VALUE) },
    { "aggregate", WORD_OF(struct volume_terms, aggregate, AGGREGATE), .fallback = "PARTNER_ROOT" },
    { "per", WORD_OF(struct volume_terms, per, PER), .fallback = "NONE" },
    { "period", WORD_OF(struct volume_terms, period, PERIOD), .allowed = VOLUME_PERIODS, .fallback = "QUARTER" },
    { "fiscal_start_month", WHOLE_OF(struct volume_terms, fiscal_start_month, 1, 12), .fallback = "1" },
    { "custom_periods", RECORDS_OF(struct volume_terms, custom_periods, custom_period_count, custom_period),
      .bound = PERIODS_MAX },
    { "method", WORD_OF(struct volume_terms, method, TIER_METHOD), .fallback = "MARGINAL" },
    { "edge", WORD_OF(struct volume_terms, edge, TIER_EDGE), .fallback = "FROM" },
    { "qualifier", WORD_OF(struct volume_terms, qualifier, QUALIFIER), .fallback = "AMOUNT" },
    { "qualifier_products", RECORD_OF(struct volume_terms, qualifier_products, filter) },
    { "benefit_products", RECORD_OF(struct volume_terms, benefit_products, filter) },
    { "tiers", RECORDS_OF(struct volume_terms, tiers, tier_count, tier), .bound = TIERS_MAX, .required = true },
    { "cap", MONEY_OF(struct volume_terms, cap_minor), ASIDE(struct volume_terms, has_cap) },
    { "guarantee", BLOCK_OF(guarantee), ASIDE(struct volume_terms, has_guarantee) },
    { "growth", BLOCK_OF(growth) },
    { "mix_pay_on", WORD_OF(struct volume_terms, mix_pay_on, MIX_PAY_ON), .fallback = "FOCUS" },
    { "tax_included_percent", PERCENT_OF(struct volume_terms, tax_included_percent_micros), .fallback = "0" },
    { "net_of_price_protection", FLAG_OF(struct volume_terms, net_of_price_protection), .fallback = "true" },
    { "returns_period", WORD_OF(struct volume_terms, returns_period, RETURNS_PERIOD), .fallback = "ORIGINAL" },
    { "grace_days", DAYS_OF(struct volume_terms, grace_days), .fallback = "10" },
    { "late_limit_days", DAYS_OF(struct volume_terms, late_limit_days), .fallback = "90" },
    { "coop_split", BLOCK_OF(coop_split), ASIDE(struct volume_terms, has_coop_split) },
    { "expected_volume", .type = MEMBER_DECIMAL, PLACE(struct volume_terms, expected_volume_micros), .scale = 6,
      .max = FROM_MAX,
      ASIDE(struct volume_terms, has_expected_volume) },
    { "constraint_percent", PERCENT_OF(struct volume_terms, constraint_percent_micros), .fallback = "100" },
};

static void check_tiers(struct reading *r, const struct node *tiers, const struct volume_terms *v)
{
    enum rate_kind rate = RATE_NONE;
    if (v->tier_count == 0)
        schema_refuse(r, tiers->at, "tiers", "write at least one: {from: \"0\", …}", "there is no tier");
    for (unsigned i = 0; i < v->tier_count; i++) {
        const struct tier *t = &v->tiers[i];
        const struct node *n = item_of(tiers, i);
        if (i > 0 && t->from_micros <= v->tiers[i - 1].from_micros)
            schema_refuse(r, schema_place(n, "from"), "tiers", "let each tier begin above the one before",
                          "tier %u does not begin above tier %u", i + 1, i);
        if (rate != RATE_NONE && t->rate != RATE_NONE && t->rate != rate)
            schema_refuse(r, n->at, "tiers", "use one of percent, per_unit, per_block in all tiers",
                          "tier %u has another kind of rate than the tiers before", i + 1);
        if (t->rate != RATE_NONE) rate = t->rate;
    }
}

static void check_method(struct reading *r, const struct node *n, const struct volume_terms *v)
{
    bool relative = v->qualifier == QUALIFIER_GROWTH_PERCENT || v->qualifier == QUALIFIER_MIX_PERCENT;
    if (!relative || v->method == TIER_METHOD_RETROACTIVE || v->method == TIER_METHOD_TOTAL) return;
    schema_refuse(r, schema_place(n, node_find(n, SLICE("method")) ? "method" : "qualifier"), "method",
                  "set method: RETROACTIVE or method: TOTAL", "%.*s cannot be used with method %.*s",
                  SLICE_ARGS(word_text(VOCABULARY_QUALIFIER, v->qualifier)),
                  SLICE_ARGS(word_text(VOCABULARY_TIER_METHOD, v->method)));
}

/* The unit value that the source does not know is no term of it. */
static void check_price(struct reading *r, const struct node *n, struct volume_terms *v)
{
    bool is_pos = v->source == VOLUME_SOURCE_POS;
    if (!v->price) v->price = is_pos ? UNIT_VALUE_RESALE : UNIT_VALUE_SELL_IN;
    if (v->price != (is_pos ? UNIT_VALUE_SELL_IN : UNIT_VALUE_RESALE)) return;
    schema_refuse(r, schema_place(n, "price"), "price",
                  is_pos ? "use RESALE, BOOK, FIFO or AVERAGE" : "use SELL_IN, BOOK, FIFO or AVERAGE",
                  "lines of source %s have no such price", is_pos ? "POS" : "SELL_IN");
}

static void check_volume(struct reading *r, const struct node *n, void *record)
{
    struct volume_terms *v = record;
    check_tiers(r, node_find(n, SLICE("tiers")), v);
    check_method(r, n, v);
    check_price(r, n, v);
    check_calendar(r, n, v->period, v->custom_periods, v->custom_period_count);
}

static const struct schema volume = SCHEMA_OF(struct volume_terms, volume_members, "volume", check_volume);

/* --- mdf --- */

static const struct member activity_members[] = {
    { "share_percent", SHARE_OF(struct mdf_activity, share_percent_micros), ASIDE(struct mdf_activity, has_share) },
    { "cap", MONEY_OF(struct mdf_activity, cap_minor), ASIDE(struct mdf_activity, has_cap) },
    { "proofs", IDS_OF(struct mdf_activity, proofs, 24) },
};
static const struct schema activity = SCHEMA_OF(struct mdf_activity, activity_members, "an activity", NULL);

static const struct member mdf_members[] = {
    { "kind", WORD_OF(struct mdf_terms, kind, MDF_KIND), .fallback = "COOP" },
    { "usage", WORD_OF(struct mdf_terms, usage, MDF_USAGE) },
    { "threshold", MONEY_OF(struct mdf_terms, threshold_minor), .fallback = "0" },
    { "preapproval", WORD_OF(struct mdf_terms, preapproval, PREAPPROVAL_RULE), .fallback = "REQUIRED" },
    { "preapproval_over", MONEY_OF(struct mdf_terms, preapproval_over_minor), .silent_zero = true },
    { "share_percent", SHARE_OF(struct mdf_terms, share_percent_micros), .fallback = "50" },
    { "expense_types", IDS_OF(struct mdf_terms, expense_types, 24) },
    { "activities", .type = MEMBER_MAP, PLACE(struct mdf_terms, activities), ASIDE(struct mdf_terms, activity_count),
      .schema = &activity, .key_offset = offsetof(struct mdf_activity, type), .bound = ACTIVITIES_MAX },
    { "period", WORD_OF(struct mdf_terms, period, PERIOD), .allowed = VOLUME_PERIODS, .fallback = "QUARTER" },
    { "fiscal_start_month", WHOLE_OF(struct mdf_terms, fiscal_start_month, 1, 12), .fallback = "1" },
    { "custom_periods", RECORDS_OF(struct mdf_terms, custom_periods, custom_period_count, custom_period),
      .bound = PERIODS_MAX },
};

static void check_mdf(struct reading *r, const struct node *n, void *record)
{
    struct mdf_terms *m = record;
    bool has_over = node_find(n, SLICE("preapproval_over")) != NULL;
    if (m->preapproval == PREAPPROVAL_RULE_OVER && !has_over)
        schema_refuse(r, schema_place(n, "preapproval"), "preapproval_over", "add preapproval_over: amount",
                      "preapproval OVER needs the amount above which it is required");
    if (m->preapproval != PREAPPROVAL_RULE_OVER && has_over)
        schema_refuse(r, schema_place(n, "preapproval_over"), "preapproval_over", "set preapproval: OVER or remove it",
                      "preapproval_over is used with preapproval OVER only");
    check_calendar(r, n, m->period, m->custom_periods, m->custom_period_count);
}

static const struct schema mdf = SCHEMA_OF(struct mdf_terms, mdf_members, "mdf", check_mdf);

/* --- spiff --- */

static const struct member spiff_rate_members[] = {
    { "products", PRODUCTS_OF(struct spiff_rate, products) },
    { "per_unit", PRICE_OF(struct spiff_rate, per_unit_micros), .silent_zero = true },
    { "percent", PERCENT_OF(struct spiff_rate, percent_micros), .silent_zero = true },
};

static void check_spiff_rate(struct reading *r, const struct node *n, void *record)
{
    static const char *const rates[] = { "per_unit", "percent", NULL };
    struct spiff_rate *rate = record;
    const char *name = NULL;
    if (count_members(n, rates, &name) != 1)
        schema_refuse(r, n->at, NULL, "write per_unit or percent", "a rate has exactly one of per_unit, percent");
    else rate->rate = rate_named(name);
}

static const struct schema spiff_rate = SCHEMA_OF(struct spiff_rate, spiff_rate_members, "a rate", check_spiff_rate);

static const struct member spiff_members[] = {
    { "rates", RECORDS_OF(struct spiff_terms, rates, rate_count, spiff_rate), .bound = RATES_MAX },
    { "serials", WORD_OF(struct spiff_terms, serials, SERIAL_RULE), .fallback = "REQUIRED" },
    { "trigger_pos", FLAG_OF(struct spiff_terms, trigger_pos), .fallback = "true" },
    { "opt_in", FLAG_OF(struct spiff_terms, opt_in), .fallback = "true" },
    { "tax_country", .type = MEMBER_COUNTRY, PLACE(struct spiff_terms, tax_country), .fallback = "US" },
};
static const struct schema spiff = SCHEMA_OF(struct spiff_terms, spiff_members, "spiff", NULL);

/* --- deal --- */

static const struct member bonus_members[] = {
    { "percent", PERCENT_OF(struct deal_terms, bonus_percent_micros), .silent_zero = true },
    { "per_unit", PRICE_OF(struct deal_terms, bonus_per_unit_micros), .silent_zero = true },
    { "fixed", MONEY_OF(struct deal_terms, bonus_fixed_minor), .silent_zero = true },
    { "of", WORD_OF(struct deal_terms, bonus_of, BONUS_OF), .fallback = "RESALE" },
};

static void check_bonus(struct reading *r, const struct node *n, void *record)
{
    static const char *const rates[] = { "percent", "per_unit", "fixed", NULL };
    struct deal_terms *d = record;
    const char *name = NULL;
    if (count_members(n, rates, &name) != 1)
        schema_refuse(r, n->at, NULL, "write percent, per_unit or fixed",
                      "a bonus has exactly one of percent, per_unit, fixed");
    else if (strcmp(name, "fixed") != 0) d->bonus = rate_named(name);
}

static const struct schema bonus = SCHEMA_OF(struct deal_terms, bonus_members, "bonus", check_bonus);

static const struct member deal_members[] = {
    { "approval", WORD_OF(struct deal_terms, approval, DEAL_APPROVAL), .fallback = "AUTO" },
    { "conflict", WORD_OF(struct deal_terms, conflict, DEAL_CONFLICT), .fallback = "EXCLUSIVE" },
    { "protection_days", DAYS_OF(struct deal_terms, protection_days), .fallback = "90" },
    { "max_extensions", WHOLE_OF(struct deal_terms, max_extensions, 0, 100), .fallback = "1" },
    { "extension_days", DAYS_OF(struct deal_terms, extension_days), .fallback = "90" },
    { "min_qty", QTY_OF(struct deal_terms, min_qty_milli), .fallback = "0" },
    { "min_value", MONEY_OF(struct deal_terms, min_value_minor), .fallback = "0" },
    { "qty_tolerance_percent", PERCENT_OF(struct deal_terms, qty_tolerance_percent_micros), .fallback = "0" },
    { "bonus", BLOCK_OF(bonus) },
    { "auto_claim", FLAG_OF(struct deal_terms, auto_claim), .fallback = "false" },
};

static void check_deal(struct reading *r, const struct node *n, void *record)
{
    const struct deal_terms *d = record;
    if (d->conflict == DEAL_CONFLICT_EXCLUSIVE || d->conflict == DEAL_CONFLICT_SHARED_HALF) return;
    schema_refuse(r, schema_place(n, "conflict"), "conflict", "use EXCLUSIVE or SHARED_HALF",
                  "%.*s is planned and not offered yet",
                  SLICE_ARGS(word_text(VOCABULARY_DEAL_CONFLICT, d->conflict)));
}

static const struct schema deal = SCHEMA_OF(struct deal_terms, deal_members, "deal", check_deal);

/* --- price_protection, rotation --- */

static const struct member price_protection_members[] = {
    { "old_price", WORD_OF(struct price_protection_terms, old_price, OLD_PRICE), .fallback = "LOT_COST" },
    { "window_days", DAYS_OF(struct price_protection_terms, window_days), .fallback = "60" },
    { "in_transit", FLAG_OF(struct price_protection_terms, in_transit), .fallback = "false" },
    { "direction", WORD_OF(struct price_protection_terms, direction, PRICE_DIRECTION), .fallback = "DECREASE_ONLY" },
    { "min_drop_percent", PERCENT_OF(struct price_protection_terms, min_drop_percent_micros), .fallback = "0" },
    { "snapshot", WORD_OF(struct price_protection_terms, snapshot, SNAPSHOT_RULE), .fallback = "OPTIONAL" },
    { "snapshot_days", DAYS_OF(struct price_protection_terms, snapshot_days), .fallback = "3" },
};
static const struct schema price_protection = SCHEMA_OF(struct price_protection_terms, price_protection_members,
                                                        "price_protection", NULL);

static const struct member rotation_members[] = {
    { "percent", PERCENT_OF(struct rotation_terms, percent_micros), .fallback = "5" },
    { "base_period", WORD_OF(struct rotation_terms, base_period, PURCHASE_BASE), .fallback = "PRIOR" },
    { "period", WORD_OF(struct rotation_terms, period, PERIOD), .allowed = CALENDAR_PERIODS, .fallback = "QUARTER" },
    { "window_days", DAYS_OF(struct rotation_terms, window_days), .fallback = "0" },
    { "price", WORD_OF(struct rotation_terms, price, ROTATION_PRICE), .fallback = "LOT_COST" },
    { "offset_order", WORD_OF(struct rotation_terms, offset_order, OFFSET_ORDER), .fallback = "REQUIRED" },
};
static const struct schema rotation = SCHEMA_OF(struct rotation_terms, rotation_members, "rotation", NULL);

/* --- the whole --- */

struct incentive_defaults {
    uint32_t rank;
    enum date_basis date;
    bool has_window;
    uint32_t window_days;
    enum anchor anchor;
};

/* domain.md 4.2: what an incentive has where the program does not say it. */
static const struct incentive_defaults defaults_of[INCENTIVE_COUNT] = {
    [INCENTIVE_SHIP_DEBIT]        = { 200, DATE_BASIS_SHIP_DATE, true, 45, ANCHOR_SHIP_DATE },
    [INCENTIVE_VOLUME_REBATE]     = { 500, DATE_BASIS_SHIP_DATE, false, 0, ANCHOR_UNSPECIFIED },
    [INCENTIVE_PRICE_PROTECTION]  = { 100, DATE_BASIS_PRICE_CHANGE_DATE, true, 30, ANCHOR_PRICE_CHANGE_DATE },
    [INCENTIVE_STOCK_ROTATION]    = { 150, DATE_BASIS_RECEIVED_DATE, false, 0, ANCHOR_UNSPECIFIED },
    [INCENTIVE_LOGISTICS]         = { 550, DATE_BASIS_SHIP_DATE, false, 0, ANCHOR_UNSPECIFIED },
    [INCENTIVE_MDF]               = { 600, DATE_BASIS_ACTIVITY_FROM, true, 45, ANCHOR_PERIOD_END },
    [INCENTIVE_SPIFF]             = { 400, DATE_BASIS_SHIP_DATE, true, 30, ANCHOR_SHIP_DATE },
    [INCENTIVE_DEAL_REGISTRATION] = { 300, DATE_BASIS_ORDER_DATE, true, 90, ANCHOR_ORDER_DATE },
};

/* Volume programs, and an MDF program as far as it accrues, follow the lines they count. */
static enum date_basis default_date(const struct program *p)
{
    bool counts = p->incentive == INCENTIVE_VOLUME_REBATE || p->incentive == INCENTIVE_LOGISTICS ||
                  (p->incentive == INCENTIVE_MDF && p->has_volume);
    if (!counts) return defaults_of[p->incentive].date;
    return p->volume.source == VOLUME_SOURCE_SELL_IN ? DATE_BASIS_INVOICE_DATE : DATE_BASIS_SHIP_DATE;
}

/* 0.01 of the currency; a currency without that digit tolerates nothing, since its amounts differ by whole units. */
static int64_t default_tolerance_minor(struct slice currency)
{
    int64_t unit = 1;
    for (unsigned i = currency_exponent(currency); i > 0; i--) unit *= 10;
    return unit / 100;
}

static void fill_claim(const struct node *n, struct program *p)
{
    const struct incentive_defaults *d = &defaults_of[p->incentive];
    if (!p->claim.has_window) {
        p->claim.has_window = d->has_window;
        p->claim.window_days = d->window_days;
    }
    if (!p->claim.anchor) p->claim.anchor = d->anchor ? d->anchor : ANCHOR_SHIP_DATE;
    if (!node_find(node_find(n, SLICE("claim")), SLICE("tolerance")))
        p->claim.tolerance_minor = default_tolerance_minor(p->currency);
}

static void fill_by_incentive(const struct node *n, struct program *p)
{
    if (!p->rank) p->rank = defaults_of[p->incentive].rank;
    if (!p->has_program_date) p->program_date = default_date(p);
    if (!p->payee) p->payee = p->incentive == INCENTIVE_SPIFF ? PAYEE_REP : PAYEE_PARTNER;
    if (!p->volume.price) p->volume.price = UNIT_VALUE_RESALE;
    if (!p->mdf.usage) p->mdf.usage = p->mdf.kind == MDF_KIND_COOP ? MDF_USAGE_NEXT_PERIOD : MDF_USAGE_SAME_PERIOD;
    fill_claim(n, p);
}

/* Blocks that only some incentives have; every other block is everybody's. */
static bool block_belongs(struct slice name, enum incentive incentive)
{
    static const struct { const char *block; unsigned incentives; } blocks[] = {
        { "ship_debit", 1u << INCENTIVE_SHIP_DEBIT },
        { "volume",
          1u << INCENTIVE_VOLUME_REBATE | 1u << INCENTIVE_LOGISTICS | 1u << INCENTIVE_MDF | 1u << INCENTIVE_SPIFF },
        { "mdf", 1u << INCENTIVE_MDF },
        { "spiff", 1u << INCENTIVE_SPIFF },
        { "deal", 1u << INCENTIVE_DEAL_REGISTRATION },
        { "price_protection", 1u << INCENTIVE_PRICE_PROTECTION },
        { "rotation", 1u << INCENTIVE_STOCK_ROTATION },
    };
    for (unsigned i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        if (slice_equal(slice_from(blocks[i].block), name)) return blocks[i].incentives >> incentive & 1;
    return true;
}

static void check_blocks(struct reading *r, const struct node *n, const struct program *p)
{
    struct slice incentive = word_text(VOCABULARY_INCENTIVE, p->incentive);
    for (const struct node_entry *e = n->first; e; e = e->next)
        if (!block_belongs(e->key, p->incentive))
            schema_refuse(r, e->at, NULL, "remove the block, or use the incentive it belongs to",
                          "a %.*s program has no block %.*s",
                          SLICE_ARGS(incentive), SLICE_ARGS(e->key));
    bool needs_volume = p->incentive == INCENTIVE_VOLUME_REBATE || p->incentive == INCENTIVE_LOGISTICS;
    if (needs_volume && !p->has_volume)
        schema_refuse(r, n->at, "volume", "add the block volume: with its tiers", "a %.*s program needs a block volume",
                      SLICE_ARGS(incentive));
}

static void check_mdf_program(struct reading *r, const struct node *n, const struct program *p)
{
    static const char *const calendar[] = { "period", "fiscal_start_month", "custom_periods", NULL };
    const struct node *block_node = node_find(n, SLICE("mdf"));
    const char *name = NULL;
    if (p->mdf.kind == MDF_KIND_MDF && p->has_volume)
        schema_refuse(r, schema_place(n, "volume"), "volume", "use kind: COOP, or remove the block volume",
                      "money of kind MDF is granted and does not accrue");
    if (p->has_volume && count_members(block_node, calendar, &name))
        schema_refuse(r, schema_place(block_node, name), "mdf", "let the calendar stand in the block volume",
                      "%s stands in volume when the program accrues", name);
}

static void check_spiff_program(struct reading *r, const struct node *n, const struct program *p)
{
    if (!p->has_volume && p->spiff.rate_count == 0)
        schema_refuse(r, n->at, "spiff", "add rates to the block spiff, or a block volume", "the program pays nothing");
    if (p->has_volume && p->spiff.rate_count > 0)
        schema_refuse(r, schema_place(n, "volume"), "volume", "keep rates or volume", "a block volume replaces rates");
    if (p->has_volume && p->volume.aggregate != AGGREGATE_REP)
        schema_refuse(r, schema_place(n, "volume"), "volume.aggregate", "set aggregate: REP", "a SPIFF counts by rep");
    if (p->has_volume && p->volume.has_coop_split)
        schema_refuse(r, schema_place(node_find(n, SLICE("volume")), "coop_split"), "volume.coop_split", "remove it",
                      "a seller's reward feeds no fund");
}

static void check_program(struct reading *r, const struct node *n, void *record)
{
    struct program *p = record;
    check_blocks(r, n, p);
    if (p->incentive == INCENTIVE_MDF) check_mdf_program(r, n, p);
    if (p->incentive == INCENTIVE_SPIFF) check_spiff_program(r, n, p);
    if (p->incentive == INCENTIVE_DEAL_REGISTRATION && !node_find(node_find(n, SLICE("deal")), SLICE("bonus")))
        schema_refuse(r, schema_place(n, "deal"), "deal.bonus", "add bonus: {percent, per_unit or fixed}",
                      "the program pays nothing");
    fill_by_incentive(n, p);
}

static const struct member program_members[] = {
    { "program", BLOCK_OF(header), .required = true },
    { "eligibility", BLOCK_OF(eligibility) },
    { "claim", RECORD_OF(struct program, claim, terms_claim_schema) },
    { "caps", RECORDS_OF(struct program, caps, cap_count, cap), .bound = CAPS_MAX },
    { "rounding", BLOCK_OF(rounding) },
    { "stacking", BLOCK_OF(stacking) },
    { "payment", BLOCK_OF(payment) },
    { "ship_debit", RECORD_OF(struct program, ship_debit, terms_ship_debit_schema) },
    { "volume", RECORD_OF(struct program, volume, volume), ASIDE(struct program, has_volume) },
    { "mdf", RECORD_OF(struct program, mdf, mdf) },
    { "spiff", RECORD_OF(struct program, spiff, spiff) },
    { "deal", RECORD_OF(struct program, deal, deal) },
    { "price_protection", RECORD_OF(struct program, price_protection, price_protection) },
    { "rotation", RECORD_OF(struct program, rotation, rotation) },
    { "tests", BY_HAND },                           /* cases that the terms carry: claimctl programs test reads them */
};
static const struct schema program = SCHEMA_OF(struct program, program_members, "a program", check_program);

bool terms_read_program(const struct text_source *s, const struct node *record, struct program *out)
{
    struct reading r = reading_of(s);
    *out = (struct program){ 0 };
    return schema_read(&r, &program, record, out);
}

const struct schema *terms_program_schema(void) { return &program; }

/* --- and back --- */

static const struct position unplaced = { 0, 0 };

static void put_member(struct arena *a, struct node *map, struct slice name, struct slice value)
{
    if (!node_put(a, map, name, unplaced, node_scalar(a, unplaced, value))) NEVER();
}

/* What stands in `volume` when a program accrues. */
static bool is_calendar(struct slice name)
{
    return slice_equal(name, SLICE("period")) || slice_equal(name, SLICE("fiscal_start_month"))
           || slice_equal(name, SLICE("custom_periods"));
}

static struct node *without_calendar(struct arena *a, const struct node *mdf_block)
{
    struct node *kept = node_map(a, unplaced);
    for (const struct node_entry *e = mdf_block->first; e; e = e->next)
        if (!is_calendar(e->key) && !node_put(a, kept, e->key, unplaced, e->value)) NEVER();
    return kept;
}

struct node *terms_write_program(struct arena *a, const struct program *p)
{
    struct program said = *p;
    struct node *kept = node_map(a, unplaced);
    said.has_program_date = said.program_date != DATE_BASIS_UNSPECIFIED;
    struct node *all = schema_write(a, &program, &said, currency_exponent(p->currency));
    put_member(a, all->first->value, SLICE("payout_currency"), p->payout_currency);
    for (const struct node_entry *e = all->first; e; e = e->next) {
        if (!block_belongs(e->key, p->incentive)) continue;
        bool accrues = p->has_volume && slice_equal(e->key, SLICE("mdf"));
        if (!node_put(a, kept, e->key, unplaced, accrues ? without_calendar(a, e->value) : e->value)) NEVER();
    }
    return kept;
}
