/* classification/features.c: counting behaviour, and weighing it. */
#include "classification/features.h"

#include "base/assert.h"
#include "base/bits.h"
#include "base/hash.h"
#include "classification/role.h"

enum { SHRINK_LINES, SHRINK_DOCUMENTS };

struct feature_row { struct slice word, sentence; int shrink; int32_t points[ROLE_COUNT]; };

static const struct feature_row rows[FEATURE_COUNT] = {
#define FEATURE(id, word, sentence, shrink, d, v, m, a, c, r, s) \
    [FEATURE_##id] = { SLICE_INIT(word), SLICE_INIT(sentence), SHRINK_##shrink, \
                       { [ROLE_DISTRIBUTOR] = d, [ROLE_VAR] = v, [ROLE_MSP] = m, [ROLE_AGENT] = a, \
                         [ROLE_CONSULTANT] = c, [ROLE_RETAILER] = r, [ROLE_SOLUTION_INTEGRATOR] = s } },
#include "classification/features.def"
#undef FEATURE
};

enum {
    AGREEMENT_POINTS = 25,
    WIDE_PLACES = 16,
    SUPPLY_DAYS = 7,
    SERVICE_PERCENT_MIN = 40,
    PROJECTS_PERCENT_MIN = 50,
    HYBRID_PERCENT_MIN = 15,                        /* of the value sold */
    COUNT_MAX = 1 << 30
};

/* 10^15 · exp(-k) and 10^9 · exp(-k / 100), to the nearest part; the first is finer, so that products fall. */
static const int64_t exp_whole[] = {
    1000000000000000, 367879441171442, 135335283236613, 49787068367864, 18315638888734, 6737946999085,
    2478752176666, 911881965555, 335462627903, 123409804087, 45399929762, 16701700790,
    6144212353, 2260329407, 831528719, 305902321, 112535175, 41399377,
    15229980, 5602796, 2061154,
};
static const int64_t exp_hundredth[100] = {
    1000000000, 990049834, 980198673, 970445534, 960789439, 951229425, 941764534, 932393820, 923116346, 913931185,
    904837418, 895834135, 886920437, 878095431, 869358235, 860707976, 852143789, 843664817, 835270211, 826959134,
    818730753, 810584246, 802518798, 794533603, 786627861, 778800783, 771051586, 763379494, 755783741, 748263568,
    740818221, 733446956, 726149037, 718923733, 711770323, 704688090, 697676326, 690734331, 683861409, 677056874,
    670320046, 663650250, 657046820, 650509095, 644036421, 637628152, 631283646, 625002268, 618783392, 612626394,
    606530660, 600495579, 594520548, 588604970, 582748252, 576949810, 571209064, 565525439, 559898367, 554327285,
    548811636, 543350869, 537944438, 532591801, 527292424, 522045777, 516851334, 511708578, 506616992, 501576069,
    496585304, 491644197, 486752256, 481908990, 477113916, 472366553, 467666427, 463013068, 458406011, 453844795,
    449328964, 444858066, 440431655, 436049286, 431710523, 427414932, 423162082, 418951549, 414782912, 410655753,
    406569660, 402524224, 398519041, 394553710, 390627835, 386741023, 382892886, 379083038, 375311099, 371576691,
};

int64_t features_exp(int64_t tenths)
{
    enum { WHOLE_COUNT = sizeof exp_whole / sizeof exp_whole[0] };
    ASSERT(tenths >= 0);
    if (tenths / 100 >= WHOLE_COUNT) return 0;
    return (int64_t)((__int128)exp_whole[tenths / 100] * exp_hundredth[tenths % 100] / 1000000000000000);
}

struct slice feature_word(uint32_t feature)
{
    return feature < FEATURE_COUNT ? rows[feature].word : (struct slice){ 0 };
}

struct slice feature_sentence(uint32_t feature)
{
    return feature < FEATURE_COUNT ? rows[feature].sentence : (struct slice){ 0 };
}

bool feature_is_of_lines(uint32_t feature)
{
    return feature < FEATURE_COUNT && rows[feature].shrink == SHRINK_LINES;
}

/* Shares are per cent; places and days of supply are counts. */
void feature_put_value(struct text *t, uint32_t feature, uint32_t value)
{
    text_put_int(t, value);
    if (feature == FEATURE_WAREHOUSES) PUT(t, " places");
    else if (feature == FEATURE_STOCK) PUT(t, " days");
    else PUT(t, " %");
}

/* --- counting --------------------------------------------------------------------------------------------------- */

bool features_counts_kind(enum kind kind)
{
    switch (kind) {
    case KIND_POS_SALE:
    case KIND_SELL_IN:
    case KIND_INVENTORY:
    case KIND_DEAL_REGISTRATION:
    case KIND_REP_ROSTER:
    case KIND_MDF_CLAIM: return true;
    default:
        return false;
    }
}

static uint64_t place_bit(const struct party *p)
{
    struct slice place = p->postal_code.size ? p->postal_code : p->city;
    if (slice_is_empty(place)) return 0;
    return UINT64_C(1) << (hash_bytes(place).bytes[0] & 63);
}

static void add_quantity(uint64_t *sum_milli, int64_t qty_milli)
{
    uint64_t more;
    if (qty_milli > 0 && !__builtin_add_overflow(*sum_milli, (uint64_t)qty_milli, &more)) *sum_milli = more;
}

/* What the line was sold for; 0 without a price. */
static int64_t resale_cents_of(const struct line *l)
{
    enum { MICROS_OF_A_CENT_TIMES_MILLI = 10000 * 1000 };
    __int128 cents =
        l->has_resale_unit_micros ? (__int128)l->resale_unit_micros * l->qty_milli / MICROS_OF_A_CENT_TIMES_MILLI : 0;
    return cents > 0 && cents <= INT64_MAX ? (int64_t)cents : 0;
}

static void count_sale(struct sales_record *s, const struct line *l, int64_t base_qty_milli, enum role sold_to_role)
{
    add_quantity(&s->sold_milli, base_qty_milli);
    add_quantity(&s->resale_cents, resale_cents_of(l));
    if (sold_to_role != ROLE_UNSPECIFIED) {
        s->customer_lines++;
        if (role_is_partner(sold_to_role)) s->reseller_lines++;
    }
    if (l->sold_to.kind != PARTY_KIND_UNSPECIFIED) {
        s->buyer_lines++;
        if (l->sold_to.kind == PARTY_KIND_PERSON) s->consumer_lines++;
    }
    uint64_t place = l->direct_ship ? 0 : place_bit(&l->ship_to);
    if (place) {
        s->ship_lines++;
        s->ship_places |= place;
    }
}

/* The sales under an agreement, begun with its first; NULL: other agreements took the room, or none is named. */
static struct sales_record *group_of(struct features_record *f, struct slice agreement)
{
    if (!agreement.size) return NULL;
    for (unsigned i = 0; i < f->group_count; i++)
        if (slice_equal(f->groups[i].agreement, agreement)) return &f->groups[i].sales;
    if (f->group_count == FEATURES_GROUPS_MAX) return NULL;
    struct sales_group *g = &f->groups[f->group_count++];
    *g = (struct sales_group){ .agreement = agreement };
    return &g->sales;
}

static void count_sales(struct features_record *f, const struct line *l, int64_t base_qty_milli, enum role sold_to_role)
{
    struct sales_record *group = group_of(f, l->authorisation_no);
    count_sale(&f->sales, l, base_qty_milli, sold_to_role);
    if (group) count_sale(group, l, base_qty_milli, sold_to_role);
}

/* One report has a line for each part: those of the latest date are one stock. */
static void count_inventory(struct features_record *f, int32_t snapshot_date, int64_t base_qty_milli)
{
    f->inventory_lines++;
    if (snapshot_date < f->inventory_date) return;
    if (snapshot_date > f->inventory_date) f->inventory_milli = 0;
    f->inventory_date = snapshot_date;
    add_quantity(&f->inventory_milli, base_qty_milli);
}

void features_count(struct features_record *f, const struct line *l, enum kind kind, int64_t base_qty_milli,
                    enum role sold_to_role)
{
    ASSERT(features_counts_kind(kind));
    switch (kind) {
    case KIND_POS_SALE:  count_sales(f, l, base_qty_milli, sold_to_role); break;
    case KIND_INVENTORY: count_inventory(f, l->snapshot_date, base_qty_milli); break;
    case KIND_SELL_IN:
        f->sell_in_lines++;
        add_quantity(&f->sell_in_milli, base_qty_milli);
        break;
    case KIND_DEAL_REGISTRATION: f->deal_lines++; break;
    case KIND_REP_ROSTER:        f->rep_lines++; break;
    case KIND_MDF_CLAIM:         f->campaign_lines++; break;
    default:                     NEVER();
    }
}

static void add_sales(struct sales_record *sum, const struct sales_record *s)
{
    sum->customer_lines += s->customer_lines;
    sum->reseller_lines += s->reseller_lines;
    sum->buyer_lines += s->buyer_lines;
    sum->consumer_lines += s->consumer_lines;
    sum->ship_lines += s->ship_lines;
    sum->ship_places |= s->ship_places;
    add_quantity(&sum->sold_milli, (int64_t)s->sold_milli);
    add_quantity(&sum->resale_cents, (int64_t)s->resale_cents);
}

void features_add(struct features_record *sum, const struct features_record *f)
{
    add_sales(&sum->sales, &f->sales);
    for (unsigned i = 0; i < f->group_count; i++) {
        struct sales_record *group = group_of(sum, f->groups[i].agreement);
        if (group) add_sales(group, &f->groups[i].sales);
    }
    sum->sell_in_lines += f->sell_in_lines;
    add_quantity(&sum->sell_in_milli, (int64_t)f->sell_in_milli);
    sum->inventory_lines += f->inventory_lines;
    if (f->inventory_lines && f->inventory_date >= sum->inventory_date) {
        sum->inventory_date = f->inventory_date;
        sum->inventory_milli = f->inventory_milli;
    }
    sum->deal_lines += f->deal_lines;
    sum->rep_lines += f->rep_lines;
    sum->campaign_lines += f->campaign_lines;
}

/* --- what is seen: a feature is present with its own evidence n and the figure that was measured ---------------- */

struct sight { bool present; uint64_t evidence_count; uint32_t value; enum role names; };

static uint32_t percent(uint64_t part, uint64_t whole)
{
    return whole ? (uint32_t)((unsigned __int128)part * 100 / whole) : 0;
}

static struct sight sight_of(bool present, uint64_t evidence_count, uint32_t value)
{
    return (struct sight){ .present = present && evidence_count > 0, .evidence_count = evidence_count, .value = value };
}

/* Stock reported last against what the window sold in a day. */
static bool has_stock(const struct features_record *f, int64_t window_days)
{
    unsigned __int128 stock = (unsigned __int128)f->inventory_milli * (uint64_t)window_days;
    return f->sales.sold_milli && stock > (unsigned __int128)f->sales.sold_milli * SUPPLY_DAYS;
}

static uint32_t days_of_supply(const struct features_record *f, int64_t window_days)
{
    uint64_t sold_milli = f->sales.sold_milli;
    unsigned __int128 days =
        sold_milli ? (unsigned __int128)f->inventory_milli * (uint64_t)window_days / sold_milli : 0;
    return days < COUNT_MAX ? (uint32_t)days : COUNT_MAX;
}

/* Of what it sold, what it bought from us: who buys for stock has bought all of it. */
static uint32_t bought_direct(const struct features_record *f)
{
    uint64_t sold_milli = f->sales.sold_milli;
    return percent(f->sell_in_milli < sold_milli ? f->sell_in_milli : sold_milli, sold_milli);
}

static void see_lines(const struct features_record *f, int64_t window_days, struct sight *seen)
{
    const struct sales_record *s = &f->sales;
    uint32_t resellers = percent(s->reseller_lines, s->customer_lines);
    uint32_t direct = bought_direct(f);
    uint32_t consumers = percent(s->consumer_lines, s->buyer_lines);
    uint32_t places = bits_count((uint32_t)s->ship_places) + bits_count((uint32_t)(s->ship_places >> 32));
    seen[FEATURE_BUYS_DIRECT] = sight_of(s->sold_milli && direct >= 60, f->sell_in_lines, direct);
    seen[FEATURE_RESELLERS_MOST] = sight_of(resellers >= 80, s->customer_lines, resellers);
    seen[FEATURE_RESELLERS_SOME] = sight_of(resellers >= 20 && resellers < 80, s->customer_lines, resellers);
    seen[FEATURE_RESELLERS_FEW] = sight_of(resellers < 20, s->customer_lines, resellers);
    seen[FEATURE_CONSUMERS] = sight_of(2 * s->consumer_lines > s->buyer_lines, s->buyer_lines, consumers);
    seen[FEATURE_STOCK] = sight_of(has_stock(f, window_days), f->inventory_lines, days_of_supply(f, window_days));
    seen[FEATURE_WAREHOUSES] = sight_of(places >= WIDE_PLACES, s->ship_lines, places);
    seen[FEATURE_DEALS] = sight_of(true, f->deal_lines, 0);
    seen[FEATURE_REPS] = sight_of(true, f->rep_lines, 0);
    seen[FEATURE_CAMPAIGNS] = sight_of(true, f->campaign_lines, 0);
}

static bool find_fact(const struct partner *p, struct slice word, struct slice *value, uint64_t *evidence_count)
{
    *evidence_count = 1;
    for (unsigned i = 0; i < p->evidence_count; i++)
        if (slice_equal(p->evidence[i].id, word)) {
            *value = p->evidence[i].text;
            if (p->evidence[i].score > 1) *evidence_count = (uint64_t)p->evidence[i].score;
            return true;
        }
    for (unsigned i = 0; i < p->attribute_count; i++)
        if (slice_equal(p->attributes[i].name, word)) {
            *value = p->attributes[i].value;
            return true;
        }
    return false;
}

/* What a figure has to reach, where the page names a share; else any above zero will do. */
static uint64_t figure_min(enum feature f)
{
    return f == FEATURE_SERVICE ? SERVICE_PERCENT_MIN : f == FEATURE_PROJECTS ? PROJECTS_PERCENT_MIN : 1;
}

/* `yes`, or a figure that is enough. */
static bool affirms(enum feature f, struct slice value)
{
    uint64_t figure;
    return slice_equal_nocase(value, SLICE("yes")) || slice_equal_nocase(value, SLICE("true"))
        || (slice_to_uint(value, UINT32_MAX, &figure) && figure >= figure_min(f));
}

static void see_facts(const struct partner *p, struct sight *seen)
{
    if (p->evidence_count == 0 && p->attribute_count == 0) return;
    for (enum feature f = 0; f < FEATURE_COUNT; f++) {
        struct slice value;
        uint64_t evidence_count;
        if (seen[f].present || !find_fact(p, rows[f].word, &value, &evidence_count)) continue;
        enum role names = f == FEATURE_AGREEMENT ? (enum role)word_find(VOCABULARY_ROLE, value) : ROLE_UNSPECIFIED;
        bool present = f == FEATURE_AGREEMENT ? names != ROLE_UNSPECIFIED : affirms(f, value);
        seen[f] = (struct sight){ present, evidence_count, 0, names };
    }
}

/* --- weighing --------------------------------------------------------------------------------------------------- */

/* points · n / (n + n0) in tenths of a point, towards zero. */
static int32_t contribution(enum feature f, const struct sight *s, enum role role, const struct policy *policy)
{
    if (!s->present) return 0;
    int64_t points = f == FEATURE_AGREEMENT ? (s->names == role ? AGREEMENT_POINTS : 0) : rows[f].points[role];
    int64_t shrink = rows[f].shrink == SHRINK_LINES ? policy->role_shrink_lines : policy->role_shrink_documents;
    int64_t n = s->evidence_count < COUNT_MAX ? (int64_t)s->evidence_count : COUNT_MAX;
    if (shrink > COUNT_MAX) shrink = COUNT_MAX;
    return n + shrink > 0 ? (int32_t)(points * 10 * n / (n + shrink)) : 0;
}

static void find_confidence(const int32_t *scores, struct role_judgement *j)
{
    int64_t parts[ROLE_COUNT] = { 0 }, sum = 0;
    for (enum role role = ROLE_DISTRIBUTOR; role_is_partner(role); role++)
        sum += parts[role] = features_exp((int64_t)scores[j->best] - scores[role]);
    ASSERT(sum > 0);                                    /* the best one alone is 10^9 */
    for (enum role role = ROLE_DISTRIBUTOR; role_is_partner(role); role++)
        j->confidence_ppm[role] = (uint32_t)(parts[role] * 1000000 / sum);
}

static int32_t size_of(int32_t tenths)
{
    return tenths < 0 ? -tenths : tenths;
}

/* Keeps the three largest; of equals the earlier feature. */
static void keep_reason(struct role_judgement *j, struct role_reason r)
{
    unsigned at = j->reason_count < ROLE_REASONS_MAX ? j->reason_count++ : ROLE_REASONS_MAX;
    for (; at > 0 && size_of(j->reasons[at - 1].score_tenths) < size_of(r.score_tenths); at--)
        if (at < ROLE_REASONS_MAX) j->reasons[at] = j->reasons[at - 1];
    if (at < ROLE_REASONS_MAX) j->reasons[at] = r;
}

static void explain(const struct sight *seen, const struct policy *policy, struct role_judgement *j)
{
    for (enum feature f = 0; f < FEATURE_COUNT; f++) {
        int32_t tenths = contribution(f, &seen[f], j->best, policy);
        if (tenths == 0) continue;
        j->evidence_tenths += size_of(tenths);
        keep_reason(j, (struct role_reason){ f, tenths, seen[f].value, seen[f].evidence_count });
    }
}

struct role_judgement features_judge(const struct features_record *window, int64_t window_days, const struct partner *p,
                                     const struct policy *policy)
{
    ASSERT(window_days > 0);
    struct sight seen[FEATURE_COUNT] = { 0 };
    struct role_judgement j = { .best = ROLE_DISTRIBUTOR };
    int32_t scores[ROLE_COUNT] = { 0 };
    see_lines(window, window_days, seen);
    see_facts(p, seen);
    bool has_product_lines = window->sales.sold_milli || window->sell_in_lines;
    if (has_product_lines) seen[FEATURE_FEE].present = false;
    for (enum role role = ROLE_DISTRIBUTOR; role_is_partner(role); role++) {
        for (enum feature f = 0; f < FEATURE_COUNT; f++) scores[role] += contribution(f, &seen[f], role, policy);
        if (scores[role] > scores[j.best]) j.best = role;
    }
    find_confidence(scores, &j);
    explain(seen, policy, &j);
    bool sure =
        j.confidence_ppm[j.best] >= policy->role_assign_ppm && j.evidence_tenths >= policy->role_evidence_min * 10;
    if (sure) j.observed = j.best;
    if (j.evidence_tenths == 0) j.best = ROLE_UNSPECIFIED;
    return j;
}

/* --- groups by agreement ---------------------------------------------------------------------------------------- */

static void take_off(uint64_t *sum, uint64_t part)
{
    *sum -= part < *sum ? part : *sum;              /* a sum stopped where it would have overflown */
}

/* What is left of all sales when those of the groups are taken off; places cannot be. */
static struct sales_record sales_of_none(const struct features_record *window)
{
    struct sales_record rest = window->sales;
    for (unsigned i = 0; i < window->group_count; i++) {
        const struct sales_record *s = &window->groups[i].sales;
        take_off(&rest.customer_lines, s->customer_lines);
        take_off(&rest.reseller_lines, s->reseller_lines);
        take_off(&rest.buyer_lines, s->buyer_lines);
        take_off(&rest.consumer_lines, s->consumer_lines);
        take_off(&rest.ship_lines, s->ship_lines);
        take_off(&rest.sold_milli, s->sold_milli);
        take_off(&rest.resale_cents, s->resale_cents);
    }
    return rest;
}

struct features_record features_of_group(const struct features_record *window, struct slice agreement)
{
    struct features_record part = *window;
    part.sales = sales_of_none(window);
    part.group_count = 0;
    for (unsigned i = 0; i < window->group_count; i++)
        if (slice_equal(window->groups[i].agreement, agreement)) part.sales = window->groups[i].sales;
    return part;
}

static bool is_large_part(const struct features_record *window, const struct features_record *part)
{
    return window->sales.resale_cents
           && (unsigned __int128)part->sales.resale_cents * 100
                  >= (unsigned __int128)window->sales.resale_cents * HYBRID_PERCENT_MIN;
}

unsigned features_hybrid(const struct features_record *window, int64_t window_days, const struct partner *p,
                         const struct policy *policy, struct slice groups[FEATURES_GROUPS_MAX])
{
    unsigned roles = 0, count = 0;
    for (unsigned i = 0; i <= window->group_count; i++) {
        bool is_none = i == window->group_count;
        struct slice agreement = is_none ? (struct slice){ 0 } : window->groups[i].agreement;
        struct features_record part = features_of_group(window, agreement);
        if (!is_large_part(window, &part)) continue;
        enum role observed = features_judge(&part, window_days, p, policy).observed;
        if (observed) roles |= 1u << observed;
        if (!is_none) groups[count++] = agreement;
    }
    return bits_count(roles) >= 2 ? count : 0;
}

/* --- from year to year ------------------------------------------------------------------------------------------ */

/* A share in parts of a million, of which neither it nor its counterpart is nothing. */
static int64_t share_ppm(const struct sales_record *s)
{
    int64_t ppm = (int64_t)((unsigned __int128)s->reseller_lines * 1000000 / s->customer_lines);
    return ppm < 1 ? 1 : ppm > 999999 ? 999999 : ppm;
}

/* (p - q) ln(p / q), in thousandths. */
static int64_t divergence_milli(int64_t p_ppm, int64_t q_ppm)
{
    enum { LN_2_PPM = 693147 };
    int64_t log_ratio = bits_log2((uint64_t)p_ppm) - bits_log2((uint64_t)q_ppm);
    __int128 parts = (__int128)(p_ppm - q_ppm) * log_ratio * LN_2_PPM / (1 << BITS_LOG_FRACTION);
    return (int64_t)(parts / 1000000000);
}

uint32_t features_stability_milli(const struct features_record *now, const struct features_record *before)
{
    if (!now->sales.customer_lines || !before->sales.customer_lines) return 0;
    int64_t p_ppm = share_ppm(&now->sales), q_ppm = share_ppm(&before->sales);
    int64_t milli = divergence_milli(p_ppm, q_ppm) + divergence_milli(1000000 - p_ppm, 1000000 - q_ppm);
    ASSERT(milli >= 0);
    return (uint32_t)milli;
}
