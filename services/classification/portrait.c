/* classification/portrait.c: a partner in a few lines. */
#include "classification/portrait.h"

#include "base/assert.h"
#include "classification/behaviour.h"
#include "classification/role.h"
#include "domain/calendar.h"
#include "domain/decimal.h"

static struct slice root_of(const struct partner *p)
{
    return p->root_id.size ? p->root_id : p->partner_id;
}

struct portrait portrait_read(struct books *b, const struct catalogue *c, const struct partner *p, int32_t date,
                              const struct policy *policy)
{
    ASSERT(b && c && p && policy);
    struct features_record window = behaviour_window(b, root_of(p), p->partner_id, date, policy);
    struct portrait x = {
        .partner = p, .date = date, .declared = roles_held(p, date), .matrix = catalogue_matrix(c, date)
    };
    x.drift = *behaviour_drift(b, root_of(p), p->partner_id, (struct slice){ 0 });
    x.judgement = features_judge(&window, behaviour_window_days(policy), p, policy);
    return x;
}

static void put_label(struct text *t, struct slice label)
{
    enum { WIDTH = 16 };
    PUT(t, "  ");
    text_put(t, label);
    for (size_t i = label.size; i < WIDTH; i++) text_put_byte(t, ' ');
}

static void put_roles(struct text *t, unsigned roles)
{
    bool first = true;
    for (enum role role = ROLE_UNSPECIFIED + 1; role < ROLE_COUNT; role++) {
        if (!(roles & 1u << role)) continue;
        if (!first) PUT(t, ", ");
        text_put(t, word_text(VOCABULARY_ROLE, role));
        first = false;
    }
    if (first) PUT(t, "no role");
}

static void put_head(struct text *t, const struct portrait *x)
{
    const struct partner *p = x->partner;
    text_put(t, p->partner_id);
    text_put_byte(t, ' ');
    text_put(t, p->name);
    if (!slice_equal(root_of(p), p->partner_id)) {
        PUT(t, " of ");
        text_put(t, root_of(p));
    }
    PUT(t, " is ");
    put_roles(t, x->declared);
    PUT(t, " on ");
    date_put(t, x->date);
    text_put_byte(t, '\n');
}

/* 96.1 % */
static void put_percent(struct text *t, uint32_t ppm)
{
    decimal_put_fixed(t, ppm / 1000, 1);
    PUT(t, " %");
}

static void put_observed(struct text *t, const struct portrait *x)
{
    const struct role_judgement *j = &x->judgement;
    put_label(t, SLICE("behaves like"));
    if (j->best == ROLE_UNSPECIFIED) {
        PUT(t, "nothing yet: no evidence\n");
        return;
    }
    text_put(t, word_text(VOCABULARY_ROLE, j->best));
    PUT(t, ", ");
    put_percent(t, j->confidence_ppm[j->best]);
    if (j->observed == ROLE_UNSPECIFIED) PUT(t, "; too little to say so");
    PUT(t, "; evidence ");
    decimal_put_fixed(t, j->evidence_tenths, 1);
    PUT(t, " points\n");
}

/* sells mostly to resellers (97 %, 900 lines)  +20.8 */
static void put_reason(struct text *t, const struct role_reason *r, bool first)
{
    put_label(t, first ? SLICE("because it") : SLICE(""));
    text_put(t, feature_sentence(r->feature));
    PUT(t, " (");
    if (r->value) {
        feature_put_value(t, r->feature, r->value);
        PUT(t, ", ");
    }
    text_put_int(t, (int64_t)r->evidence_count);
    text_put(t, feature_is_of_lines(r->feature) ? SLICE(" lines)  ") : SLICE(" documents)  "));
    if (r->score_tenths > 0) text_put_byte(t, '+');
    decimal_put_fixed(t, r->score_tenths, 1);
    text_put_byte(t, '\n');
}

static void put_drift(struct text *t, const struct portrait *x)
{
    if (x->drift.month == 0) return;
    put_label(t, SLICE("drift"));
    text_put(t, word_text(VOCABULARY_DRIFT, x->drift.state));
    PUT(t, ", judged ");
    text_put_int(t, x->drift.month / 100);
    text_put_byte(t, '-');
    if (x->drift.month % 100 < 10) text_put_byte(t, '0');
    text_put_int(t, x->drift.month % 100);
    PUT(t, "; ");
    put_percent(t, x->drift.declared_ppm);
    PUT(t, " for what it declares\n");
}

/* Agreements under which it behaves otherwise. */
static void put_groups(struct text *t, const struct portrait *x)
{
    for (unsigned i = 0; i < x->drift.group_count; i++) {
        put_label(t, i ? SLICE("") : SLICE("judged apart"));
        text_put(t, x->drift.groups[i]);
        text_put_byte(t, '\n');
    }
}

static void put_stability(struct text *t, const struct portrait *x)
{
    if (x->drift.stability_milli <= FEATURES_STABILITY_MILLI_MAX) return;
    put_label(t, SLICE("moved"));
    PUT(t, "share of resellers against the year before, stability index ");
    decimal_put_fixed(t, x->drift.stability_milli, MILLI_DIGITS);
    text_put_byte(t, '\n');
}

/* The best cell that any of the declared roles has. */
static enum matrix_cell cell_of(const struct portrait *x, enum incentive incentive)
{
    enum matrix_cell best = CELL_NO;
    for (enum role role = ROLE_UNSPECIFIED + 1; role < ROLE_COUNT; role++) {
        if (!(x->declared & 1u << role)) continue;
        enum matrix_cell cell =
            matrix_cell(x->matrix, role, incentive, &x->partner->regions, x->partner->country, (struct slice){ 0 });
        if (cell < best) best = cell;
    }
    return best;
}

static void put_incentives(struct text *t, const struct portrait *x, struct slice label, enum matrix_cell cell)
{
    bool first = true;
    for (enum incentive i = INCENTIVE_UNSPECIFIED + 1; i < INCENTIVE_COUNT; i++) {
        if (cell_of(x, i) != cell) continue;
        if (first) put_label(t, label);
        else PUT(t, ", ");
        text_put(t, word_text(VOCABULARY_INCENTIVE, i));
        first = false;
    }
    if (!first) text_put_byte(t, '\n');
}

void portrait_put(struct text *t, const struct portrait *x)
{
    put_head(t, x);
    put_observed(t, x);
    for (unsigned i = 0; i < x->judgement.reason_count; i++) put_reason(t, &x->judgement.reasons[i], i == 0);
    put_drift(t, x);
    put_groups(t, x);
    put_stability(t, x);
    put_incentives(t, x, SLICE("may earn"), CELL_YES);
    put_incentives(t, x, SLICE("if enrolled"), CELL_CONDITIONAL);
    put_incentives(t, x, SLICE("never"), CELL_NO);
}

/* --- the profile ------------------------------------------------------------------------------------------------ */

static void put_field(struct text *t, struct slice label, struct slice value)
{
    if (slice_is_empty(value)) return;
    put_label(t, label);
    text_put(t, value);
    text_put_byte(t, '\n');
}

static void put_list(struct text *t, struct slice label, const struct texts *list)
{
    if (list->count == 0) return;
    put_label(t, label);
    for (unsigned i = 0; i < list->count; i++) {
        if (i) PUT(t, ", ");
        text_put(t, list->items[i]);
    }
    text_put_byte(t, '\n');
}

static void put_enrolments(struct text *t, const struct portrait *x)
{
    bool first = true;
    for (unsigned i = 0; i < x->partner->enrolment_count; i++) {
        const struct enrolment *e = &x->partner->enrolments[i];
        if (!span_holds(e->valid_from, e->valid_to, x->date)) continue;
        put_label(t, first ? SLICE("enrolled in") : SLICE(""));
        text_put(t, e->program_id.size ? e->program_id : word_text(VOCABULARY_INCENTIVE, e->incentive));
        if (e->valid_to) {
            PUT(t, " until ");
            date_put(t, e->valid_to);
        }
        text_put_byte(t, '\n');
        first = false;
    }
}

void portrait_put_profile(struct text *t, const struct portrait *x)
{
    const struct partner *p = x->partner;
    put_head(t, x);
    put_field(t, SLICE("status"), partner_is_active(p, x->date) ? SLICE("ACTIVE") : SLICE("not active"));
    put_field(t, SLICE("tier"), partner_tier(p, x->date));
    put_field(t, SLICE("country"), p->country);
    put_list(t, SLICE("regions"), &p->regions);
    put_list(t, SLICE("locations"), &p->locations);
    put_field(t, SLICE("currency"), p->currency);
    put_field(t, SLICE("price list"), p->price_list_id);
    put_field(t, SLICE("payee"), p->payee.payee_id);
    put_enrolments(t, x);
    put_label(t, SLICE("revision"));
    text_put_int(t, (int64_t)p->revision);
    text_put_byte(t, '\n');
}
