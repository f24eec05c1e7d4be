/* claimctl/terms_lint.c: findings in terms. */
#include "claimctl/terms_lint.h"

#include "base/assert.h"
#include "domain/calendar.h"
#include "domain/currency.h"

#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_BYTES = 512, PERCENT_WHOLE_MICROS = 100 * 1000000 };

struct place { const struct terms_file *file; struct problems *findings; };

/* `n` may be NULL: the program as a whole. */
static void find(const struct place *p, const struct node *n, const char *member, const char *fix, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));

static void find(const struct place *p, const struct node *n, const char *member, const char *fix, const char *format,
                 ...)
{
    char message[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    struct problem found = {
        .code = ERR_TERMS_INVALID,
        .file = p->file->path,
        .at = n ? n->at : p->file->tree->at,
        .member = slice_from(member),
        .message = slice_from(message),
        .fix = slice_from(fix),
    };
    problems_add(p->findings, &found);
}

static const struct node *member_of(const struct place *p, const char *block, const char *member)
{
    return node_find(node_find(p->file->tree, slice_from(block)), slice_from(member));
}

static const struct node *item_of(const struct node *list, unsigned index)
{
    const struct node_entry *e = list ? list->first : NULL;
    while (e && index-- > 0) e = e->next;
    return e ? e->value : NULL;
}

/* --- tiers --- */

static bool pay_alike(const struct tier *a, const struct tier *b)
{
    return a->rate == b->rate && a->percent_micros == b->percent_micros && a->per_unit_micros == b->per_unit_micros
        && a->block_qty_milli == b->block_qty_milli && a->block_amount_micros == b->block_amount_micros
        && a->block_round == b->block_round && b->fixed_minor == 0;
}

static int64_t minor_per_unit(struct slice currency)
{
    int64_t unit = 1;
    for (unsigned i = currency_exponent(currency); i > 0; i--) unit *= 10;
    return unit;
}

/* True when money alone reaches the cap before the tier begins: percentages of amounts, tier by tier. Amounts are 1e-6
 * of the unit, percentages 1e-6 of a percent: together 1e-14. */
static bool cap_comes_first(const struct program *p, unsigned tier)
{
    const struct volume_terms *v = &p->volume;
    const __int128 scale = (__int128)1000000 * PERCENT_WHOLE_MICROS;
    __int128 paid = 0;
    if (!v->has_cap || v->qualifier != QUALIFIER_AMOUNT || v->method != TIER_METHOD_MARGINAL) return false;
    for (unsigned i = 0; i < tier; i++) {
        const struct tier *t = &v->tiers[i];
        if (t->rate != RATE_PERCENT && t->rate != RATE_NONE) return false;
        paid += (__int128)(v->tiers[i + 1].from_micros - t->from_micros) * t->percent_micros;
    }
    return paid * minor_per_unit(p->currency) >= scale * v->cap_minor;
}

static void lint_tiers(const struct place *p)
{
    const struct program *t = &p->file->program;
    const struct volume_terms *v = &t->volume;
    const struct node *tiers = member_of(p, "volume", "tiers");
    for (unsigned i = 0; t->has_volume && i < v->tier_count; i++) {
        const struct node *n = item_of(tiers, i);
        if (v->qualifier == QUALIFIER_MIX_PERCENT && v->tiers[i].from_micros > PERCENT_WHOLE_MICROS)
            find(p, n, "volume.tiers", "begin it at 100 or below",
                 "tier %u is never reached: a share is at most 100 percent", i + 1);
        if (i > 0 && pay_alike(&v->tiers[i - 1], &v->tiers[i]))
            find(p, n, "volume.tiers", "change its rate or remove it", "tier %u pays what tier %u pays", i + 1, i);
        if (i > 0 && cap_comes_first(t, i))
            find(p, n, "volume.tiers", "raise the cap or remove the tier",
                 "tier %u is never reached: the cap of the volume comes before it", i + 1);
    }
    if (t->has_volume && v->has_cap && v->has_guarantee && v->guarantee_minor > v->cap_minor)
        find(p, member_of(p, "volume", "guarantee"), "volume.guarantee", "lower it to the cap",
             "the guarantee is above the cap");
}

/* --- percentages --- */

static void lint_percent(const struct place *p, const struct node *n, const char *member, bool is_percent,
                         int64_t micros)
{
    if (!is_percent || micros <= PERCENT_WHOLE_MICROS) return;
    find(p, n, member, "write 2 for two percent", "%lld percent is more than what it is a percentage of",
         (long long)(micros / 1000000));
}

static void lint_percentages(const struct place *p)
{
    const struct program *t = &p->file->program;
    const struct node *tiers = member_of(p, "volume", "tiers"), *rates = member_of(p, "spiff", "rates");
    for (unsigned i = 0; t->has_volume && i < t->volume.tier_count; i++)
        lint_percent(p, item_of(tiers, i), "volume.tiers", t->volume.tiers[i].rate == RATE_PERCENT,
                     t->volume.tiers[i].percent_micros);
    for (unsigned i = 0; i < t->spiff.rate_count; i++)
        lint_percent(p, item_of(rates, i), "spiff.rates", t->spiff.rates[i].rate == RATE_PERCENT,
                     t->spiff.rates[i].percent_micros);
    lint_percent(p, member_of(p, "deal", "bonus"), "deal.bonus", t->deal.bonus == RATE_PERCENT,
                 t->deal.bonus_percent_micros);
}

/* Days of the program that belong to no period of its own. */
static void lint_periods(const struct place *p, const char *block, const struct custom_period *periods, unsigned count)
{
    const struct program *t = &p->file->program;
    const struct node *list = member_of(p, block, "custom_periods");
    int32_t next = t->valid_from;
    char from[16], to[16];
    for (unsigned i = 0; count && i <= count; i++) {
        int32_t begins = i < count ? periods[i].from : t->valid_to == DATE_MAX ? next : date_add_days(t->valid_to, 1);
        if (begins > next) {
            struct text a = text_over(from, sizeof from), b = text_over(to, sizeof to);
            date_put(&a, next);
            date_put(&b, date_add_days(begins, -1));
            find(p, list, "custom_periods", "let each day of the program belong to a period",
                 "no period holds %.*s to %.*s", SLICE_ARGS(text_slice(&a)), SLICE_ARGS(text_slice(&b)));
        }
        if (i < count && periods[i].to >= next) next = date_add_days(periods[i].to, 1);
    }
}

/* What a fund earned is spent in the period after it: PROGRAM has none, nor may the fund be closed for usage. */
static void lint_usage(const struct place *p)
{
    const struct program *t = &p->file->program;
    enum period_kind kind = t->has_volume ? t->volume.period : t->mdf.period;
    if (t->incentive != INCENTIVE_MDF || t->mdf.usage != MDF_USAGE_NEXT_PERIOD || kind != PERIOD_PROGRAM) return;
    const struct node *said = member_of(p, "mdf", "usage");
    find(p, said ? said : member_of(p, t->has_volume ? "volume" : "mdf", "period"), "mdf.usage",
         "usage: SAME_PERIOD, or a shorter period", "the fund of PROGRAM has no next period to be used in");
}

/* --- caps --- */

/* Whatever the narrow cap counts, the wide one counts too. */
static bool is_within(const struct cap *narrow, const struct cap *wide)
{
    bool scope = narrow->scope == wide->scope || narrow->scope == CAP_SCOPE_LINE;
    bool period = narrow->period == wide->period || narrow->period == PERIOD_LINE
                  || (narrow->period < wide->period && wide->period != PERIOD_CUSTOM);
    return scope && period;
}

static bool never_binds(const struct cap *narrow, const struct cap *wide)
{
    if (!is_within(narrow, wide)) return false;
    if (narrow->has_amount && wide->has_amount) return wide->amount_minor <= narrow->amount_minor;
    return narrow->has_qty && wide->has_qty && wide->qty_milli <= narrow->qty_milli;
}

static void lint_caps(const struct place *p)
{
    const struct program *t = &p->file->program;
    const struct node *caps = node_find(p->file->tree, SLICE("caps"));
    bool is_automatic = t->incentive == INCENTIVE_VOLUME_REBATE || t->incentive == INCENTIVE_LOGISTICS;
    if (t->cap_count && is_automatic && t->has_volume)
        find(p, caps, "caps", "write the most of a period as volume.cap",
             "caps bind claims only, and nobody claims a %.*s",
             SLICE_ARGS(word_text(VOCABULARY_INCENTIVE, t->incentive)));
    for (unsigned i = 0; i < t->cap_count; i++) {
        const struct cap *c = &t->caps[i];
        const struct node *n = item_of(caps, i);
        for (unsigned k = 0; k < t->cap_count; k++) {
            bool same = never_binds(&t->caps[k], c);        /* of two equal caps the later one is told */
            if (k == i || !never_binds(c, &t->caps[k]) || (same && k > i)) continue;
            find(p, n, "caps", "lower it or remove it", "cap %u never binds: cap %u is reached first", i + 1, k + 1);
            break;
        }
        if (t->has_budget && c->has_amount && c->amount_minor >= t->budget_minor)
            find(p, n, "caps", "lower it", "cap %u alone lets the whole budget be spent, and a budget limits nothing",
                 i + 1);
        if ((c->has_amount && c->amount_minor == 0) || (c->has_qty && c->qty_milli == 0))
            find(p, n, "caps", "end the program instead", "cap %u lets nothing be paid", i + 1);
    }
}

/* --- eligibility --- */

/* Everything that `term` matches is matched by `other` too: equal, or a longer text below a prefix. */
static bool is_covered(struct slice term, struct slice other)
{
    if (slice_equal_nocase(term, other)) return true;
    if (!slice_ends_with(other, SLICE("*"))) return false;
    return term.size >= other.size - 1
           && slice_equal_nocase(slice_head(term, other.size - 1), slice_head(other, other.size - 1));
}

static bool are_covered(const struct texts *included, const struct texts *excluded)
{
    for (unsigned i = 0; i < included->count; i++) {
        bool covered = false;
        for (unsigned k = 0; k < excluded->count; k++) covered |= is_covered(included->items[i], excluded->items[k]);
        if (!covered) return false;
    }
    return included->count > 0;
}

/* A role that the matrix lets earn this incentive anywhere. */
static bool may_earn(const struct matrix *m, enum role role, enum incentive incentive)
{
    if (m->cells[role][incentive] == CELL_YES || m->cells[role][incentive] == CELL_CONDITIONAL) return true;
    for (unsigned i = 0; i < m->override_count; i++)
        if (m->overrides[i].role == role && m->overrides[i].incentive == incentive && m->overrides[i].cell != CELL_NO)
            return true;
    return false;
}

static void lint_roles(const struct place *p, const struct matrix *matrix)
{
    const struct program *t = &p->file->program;
    bool any = false;
    const struct node *roles = member_of(p, "eligibility", "roles");
    for (enum role role = ROLE_UNSPECIFIED + 1; role < ROLE_COUNT; role++) {
        if (t->roles && !(t->roles >> role & 1)) continue;
        bool may = may_earn(matrix, role, t->incentive);
        any |= may;
        if (t->roles && !may)
            find(p, roles, "eligibility.roles", "remove the role or change the matrix",
                 "%.*s never earns %.*s: the matrix says N", SLICE_ARGS(word_text(VOCABULARY_ROLE, role)),
                 SLICE_ARGS(word_text(VOCABULARY_INCENTIVE, t->incentive)));
    }
    if (!any)
        find(p, roles, "eligibility.roles", "name a role that may earn it", "no role of the program may earn %.*s",
             SLICE_ARGS(word_text(VOCABULARY_INCENTIVE, t->incentive)));
}

static void lint_eligibility(const struct place *p)
{
    const struct program *t = &p->file->program;
    if (are_covered(&t->products.include, &t->products.exclude))
        find(p, member_of(p, "eligibility", "products"), "eligibility.products", "exclude less",
             "no product is left: all that is included is excluded");
    if (are_covered(&t->partners_include, &t->partners_exclude))
        find(p, member_of(p, "eligibility", "partners"), "eligibility.partners", "exclude less",
             "no partner is left: all that are included are excluded");
    if (t->has_volume && are_covered(&t->volume.benefit_products.include, &t->volume.benefit_products.exclude))
        find(p, member_of(p, "volume", "benefit_products"), "volume.benefit_products", "exclude less",
             "no product earns: all that is included is excluded");
}

void terms_lint_program(const struct terms_file *f, const struct matrix *matrix, struct problems *findings)
{
    struct place p = { f, findings };
    const struct program *t = &f->program;
    ASSERT(f->tree && matrix);
    lint_tiers(&p);
    lint_percentages(&p);
    if (t->has_volume) lint_periods(&p, "volume", t->volume.custom_periods, t->volume.custom_period_count);
    else if (t->incentive == INCENTIVE_MDF) lint_periods(&p, "mdf", t->mdf.custom_periods, t->mdf.custom_period_count);
    lint_usage(&p);
    lint_caps(&p);
    lint_eligibility(&p);
    lint_roles(&p, matrix);
}

/* --- what is sold --- */

static void lint_terms(const struct place *p, const struct node *list, const char *member, const struct texts *terms,
                       const struct catalogue *sold)
{
    for (unsigned i = 0; i < terms->count; i++) {
        const struct texts one = { &terms->items[i], 1 };
        if (!catalogue_sells(sold, &one))
            find(p, item_of(list, i), member, "see the names in products.csv", "%.*s matches no product",
                 SLICE_ARGS(terms->items[i]));
    }
}

static void lint_filter(const struct place *p, const struct node *filter, const char *member,
                        const struct product_filter *f, const struct catalogue *sold)
{
    lint_terms(p, node_find(filter, SLICE("include")), member, &f->include, sold);
    lint_terms(p, node_find(filter, SLICE("exclude")), member, &f->exclude, sold);
}

void terms_lint_products(const struct terms_file *f, const struct catalogue *sold, struct problems *findings)
{
    struct place p = { f, findings };
    const struct program *t = &f->program;
    const struct node *rates = member_of(&p, "spiff", "rates");
    if (!catalogue_has_products(sold)) return;
    lint_filter(&p, member_of(&p, "eligibility", "products"), "eligibility.products", &t->products, sold);
    if (t->has_volume) {
        const struct volume_terms *v = &t->volume;
        lint_filter(&p, member_of(&p, "volume", "qualifier_products"), "volume.qualifier_products",
                    &v->qualifier_products, sold);
        lint_filter(&p, member_of(&p, "volume", "benefit_products"), "volume.benefit_products", &v->benefit_products,
                    sold);
    }
    for (unsigned i = 0; i < t->spiff.rate_count; i++)
        lint_terms(&p, node_find(item_of(rates, i), SLICE("products")), "spiff.rates.products",
                   &t->spiff.rates[i].products, sold);
}

void terms_lint_prices(const struct catalogue *sold, struct slice file, struct problems *findings)
{
    const struct price_list *list;
    if (!catalogue_has_products(sold)) return;
    for (unsigned i = 0; (list = catalogue_stray_prices(sold, i)); i++) {
        char message[MESSAGE_BYTES];
        snprintf(message, sizeof message, "price list %.*s has a price of %.*s, which is no product",
                 SLICE_ARGS(list->list_id), SLICE_ARGS(list->sku));
        struct problem found = { .code = ERR_TERMS_INVALID, .file = file, .at = { 1, 1 }, .member = SLICE("sku"),
                                 .message = slice_from(message), .fix = SLICE("see the skus in products.csv") };
        problems_add(findings, &found);
    }
}

/* --- ranks --- */

/* Both may apply to one line on some day. */
static bool may_meet(const struct program *a, const struct program *b)
{
    return a->status != PROGRAM_STATUS_DRAFT && b->status != PROGRAM_STATUS_DRAFT && a->valid_from <= b->valid_to
        && b->valid_from <= a->valid_to && !slice_equal(a->id, b->id) && a->rank == b->rank;
}

/* domain.md 5.8: H holds what programs of a lower rank number posted, so one of the same rank is not in it. */
void terms_lint_ranks(const struct terms_file *const *files, unsigned count, struct problems *findings)
{
    for (unsigned i = 0; i < count; i++) {
        const struct program *t = &files[i]->program;
        struct place p = { files[i], findings };
        for (unsigned k = 0; k < count && t->stack_base == STACK_BASE_NET_OF_HIGHER_RANK; k++) {
            const struct program *other = &files[k]->program;
            if (!may_meet(t, other) || !other->reduces_lower) continue;
            find(&p, node_find(files[i]->tree, SLICE("stacking")), "stacking.rank", "give one of them a lower rank",
                 "%.*s has rank %u, too: this program is not net of what it pays", SLICE_ARGS(other->id), t->rank);
        }
    }
}

/* --- versions --- */

/* The version after this one: the next higher of the same program that is no draft. */
static const struct terms_file *successor(const struct terms_file *f, const struct terms_file *const *files,
                                          unsigned count)
{
    const struct terms_file *next = NULL;
    for (unsigned i = 0; i < count; i++) {
        const struct program *p = &files[i]->program;
        if (!slice_equal(p->id, f->program.id) || p->version <= f->program.version || p->status == PROGRAM_STATUS_DRAFT)
            continue;
        if (!next || p->version < next->program.version) next = files[i];
    }
    return next;
}

/* A period has the version of its first day (domain.md 4.2): one that begins in the middle of it waits for the next. */
static void lint_begin(const struct place *p, const struct program *a, const struct program *b)
{
    struct period period;
    const struct period_rule rule = { b->volume.period,
                                      b->volume.fiscal_start_month,
                                      b->volume.custom_periods,
                                      b->volume.custom_period_count,
                                      a->valid_from,
                                      b->valid_to };
    char buffer[2][16];
    struct text from = text_over(buffer[0], 16), to = text_over(buffer[1], 16);
    if (!b->has_volume || !period_of(&rule, b->valid_from, &period)) return;
    if (period.from >= b->valid_from || a->valid_to < period.from) return;
    date_put(&from, b->valid_from);
    date_put(&to, period.to);
    find(p, member_of(p, "program", "valid_from"), "program.valid_from", "begin it on the first day of a period",
         "%.*s to %.*s keep version %u: a period has the version of its first day", SLICE_ARGS(text_slice(&from)),
         SLICE_ARGS(text_slice(&to)), a->version);
}

static void lint_pair(const struct terms_file *older, const struct terms_file *newer, struct problems *findings)
{
    struct place p = { newer, findings };
    const struct program *a = &older->program, *b = &newer->program;
    char buffer[2][16];
    struct text from = text_over(buffer[0], 16), to = text_over(buffer[1], 16);
    if (!slice_equal(a->currency, b->currency))
        find(&p, member_of(&p, "program", "currency"), "program.currency", "give it an id of its own",
             "version %u is in %.*s, version %u in %.*s: balances of one program have one currency", b->version,
             SLICE_ARGS(b->currency), a->version, SLICE_ARGS(a->currency));
    else if (!slice_equal(a->payout_currency, b->payout_currency))
        find(&p, member_of(&p, "program", "payout_currency"), "program.payout_currency",
             "begin it with a period, or give it an id of its own",
             "version %u pays in %.*s, version %u in %.*s: corrections of a period stay in two currencies", b->version,
             SLICE_ARGS(b->payout_currency), a->version, SLICE_ARGS(a->payout_currency));
    if (a->incentive != b->incentive)
        find(&p, member_of(&p, "program", "incentive"), "program.incentive", "give it an id of its own",
             "version %u is a %.*s program", a->version, SLICE_ARGS(word_text(VOCABULARY_INCENTIVE, a->incentive)));
    lint_begin(&p, a, b);
    if (b->valid_from <= a->valid_from && b->valid_to >= a->valid_to) {
        find(&p, member_of(&p, "program", "valid_from"), "program.valid_from",
             "begin it later, or retire the version before",
             "version %u never applies: version %u holds on all its days", a->version, b->version);
    } else if (b->valid_from <= a->valid_to && a->valid_from <= b->valid_to) {
        date_put(&from, b->valid_from > a->valid_from ? b->valid_from : a->valid_from);
        date_put(&to, b->valid_to < a->valid_to ? b->valid_to : a->valid_to);
        find(&p, member_of(&p, "program", "valid_from"), "program.valid_from",
             "end the version before on the day before",
             "versions %u and %u overlap from %.*s to %.*s; version %u applies", a->version, b->version,
             SLICE_ARGS(text_slice(&from)), SLICE_ARGS(text_slice(&to)), b->version);
    } else if (b->valid_from > date_add_days(a->valid_to, 1)) {
        date_put(&from, date_add_days(a->valid_to, 1));
        date_put(&to, date_add_days(b->valid_from, -1));
        find(&p, member_of(&p, "program", "valid_from"), "program.valid_from",
             "begin it on the day after the version before", "no version holds from %.*s to %.*s",
             SLICE_ARGS(text_slice(&from)), SLICE_ARGS(text_slice(&to)));
    }
}

/* What a rebate feeds has its currency (5.2 V9). */
static void lint_fund(const struct terms_file *f, const struct terms_file *const *files, unsigned count,
                      struct problems *findings, struct problems *doubts)
{
    struct place p = { f, findings }, doubt = { f, doubts };
    bool is_here = false;
    const struct program *own = &f->program;
    const struct node *split = member_of(&p, "volume", "coop_split");
    if (!own->has_volume || !own->volume.has_coop_split) return;
    for (unsigned i = 0; i < count; i++) {
        const struct program *fund = &files[i]->program;
        if (!slice_equal(fund->id, own->volume.coop_split_program)) continue;
        is_here = true;
        if (fund->incentive != INCENTIVE_MDF)
            find(&p, split, "volume.coop_split", "name the program of a fund", "%.*s is no MDF program",
                 SLICE_ARGS(fund->id));
        else if (!slice_equal(fund->currency, own->currency))
            find(&p, split, "volume.coop_split", "use one currency for both",
                 "program %.*s is in %.*s, this one in %.*s", SLICE_ARGS(fund->id), SLICE_ARGS(fund->currency),
                 SLICE_ARGS(own->currency));
    }
    if (!is_here)
        find(&doubt, split, "volume.coop_split", "name its file, or the world, beside this one",
             "%.*s is no program of the files that were named", SLICE_ARGS(own->volume.coop_split_program));
}

void terms_lint_versions(const struct terms_file *const *files, unsigned count, struct problems *findings,
                         struct problems *doubts)
{
    for (unsigned i = 0; i < count; i++) {
        if (files[i]->program.status == PROGRAM_STATUS_DRAFT) continue;
        lint_fund(files[i], files, count, findings, doubts);
        const struct terms_file *next = successor(files[i], files, count);
        if (next) lint_pair(files[i], next, findings);
    }
}

/* --- limits --- */

/* Limits that nothing reads; what each would say of what holds. */
static const struct unread_limit { const char *name, *holds, *fix; } unread_limits[] = {
    { "payee.cooling_off_days", "10", "rule FIN-05 does not run yet: remove it" },
    { "screening.list_max_age_hours", "24", "say max_age_hours of the list in the file of lists" },
};

/* How long raw documents are kept, says claim-intake by days (raw.retention_days: RAW_DAYS unless told); decided lines
 * stay for ever, and names in them. Ten years are owed (domain.md 10), by a contract perhaps more. */
enum { OWED_DAYS = 3653, RAW_DAYS = 3660 };

static void lint_keeping(const struct place *p, const char *name, int64_t days_each, bool erases)
{
    const struct node *said = member_of(p, "settings", name);
    uint64_t count = 0;
    if (!said || !slice_to_uint(said->text, 1200, &count)) return;
    int64_t days = ((int64_t)count * days_each + 99) / 100;
    char fix[96];
    snprintf(fix, sizeof fix, "set raw.retention_days: %lld of claim-intake", (long long)days);
    if (erases && days < OWED_DAYS)
        find(p, said, name, "documents are owed for ten years: say 120 or more", "settings.%s is sooner than allowed",
             name);
    else if (days > RAW_DAYS)
        find(p, said, name, fix, "settings.%s needs documents for %lld days; %d are kept unless told", name,
             (long long)days, RAW_DAYS);
}

void terms_lint_limits(const struct terms_file *f, struct problems *findings)
{
    struct place p = { f, findings };
    lint_keeping(&p, "retention.decisions_years", 36525, false);
    lint_keeping(&p, "retention.proofs_months", 3044, false);
    lint_keeping(&p, "privacy.erase_after_months", 3044, true);
    for (unsigned i = 0; i < sizeof unread_limits / sizeof unread_limits[0]; i++) {
        const struct unread_limit *l = &unread_limits[i];
        const struct node *said = member_of(&p, "settings", l->name);
        if (!said || slice_equal(said->text, slice_from(l->holds))) continue;
        find(&p, said, l->name, l->fix, "settings.%s has no effect: %s holds", l->name, l->holds);
    }
}
