/* domain/rating/caps.c: what is left under each cap, and what is charged to it. */
#include "domain/rating/caps.h"

#include "base/assert.h"
#include "domain/rating/purchases.h"

/* What a cap counts under; empty: it does not apply to this line. */
static struct slice scope_id(const struct rating *r, const struct award *a, const struct cap *cap)
{
    switch (cap->scope) {
    case CAP_SCOPE_LINE:    return r->receipt->line_id;
    case CAP_SCOPE_REP:     return r->line->rep_id;
    case CAP_SCOPE_PARTNER: return r->root;
    case CAP_SCOPE_AGREEMENT:
        if (a->authorisation_no.size) return a->authorisation_no;
        return a->deal_reg_no.size ? a->deal_reg_no : a->preapproval_no;
    default: return (struct slice){ 0 };
    }
}

static bool cap_is_of_the_line(const struct cap *cap)
{
    return cap->scope == CAP_SCOPE_LINE || cap->period == PERIOD_LINE;
}

static bool period_of_cap(const struct award *a, enum period_kind kind, struct period *period)
{
    struct period_rule rule = { .kind = kind, .fiscal_start_month = 1, .program_from = a->program->valid_from,
                                .program_to = a->program->valid_to };
    return period_of(&rule, a->program_date, period);
}

static struct slice cap_key(struct rating *r, const struct award *a, unsigned index, struct slice scope,
                            struct slice period)
{
    return RATING_KEY(r, a->program->id, slice_of_int(r->arena, index), scope, period);
}

/* The row of a cap; NULL for caps of the line, which have nothing before them. */
static const struct cap_row *cap_row_of(struct rating *r, const struct award *a, unsigned index, const struct cap *cap)
{
    static const struct cap_row nothing;
    struct period period;
    if (cap_is_of_the_line(cap) || !period_of_cap(a, cap->period, &period)) return &nothing;
    struct slice key = cap_key(r, a, index, scope_id(r, a, cap), slice_copy(r->arena, period_label(&period)));
    return books_read(r->books, PAYOUT_CAPS, key, NULL);
}

static void explain(struct rating *r, struct award *a, struct slice limit, struct slice scope)
{
    struct reason *given = award_give(r, a, REASON_CAP_REACHED);
    reason_argument(given, SLICE("limit"), limit);
    reason_argument(given, SLICE("scope"), scope);
}

void caps_limit_qty(struct rating *r, struct award *a)
{
    if (a->program->has_volume && !a->is_claim) return;
    for (unsigned i = 0; i < a->program->cap_count; i++) {
        const struct cap *cap = &a->program->caps[i];
        if (!cap->has_qty || slice_is_empty(scope_id(r, a, cap))) continue;
        int64_t left = cap->qty_milli - cap_row_of(r, a, i, cap)->used_milli;
        if (left < 0) left = 0;
        if (a->qty_milli <= left) continue;
        explain(r, a, award_qty_text(r, cap->qty_milli), word_text(VOCABULARY_CAP_SCOPE, cap->scope));
        award_cut_qty(a, REASON_CAP_REACHED, a->qty_milli - left);
        a->qty_milli = left;
    }
}

void caps_lower(struct rating *r, struct award *a, enum reason_code code, struct rational left, struct slice limit,
                struct slice scope)
{
    if (rational_sign(left) < 0) left = RATIONAL_ZERO;
    struct step *s = award_step(r, a, SLICE("R8"));
    award_input_exact(r, s, SLICE("X"), a->payable, (struct slice){ 0 });
    award_input_exact(r, s, SLICE("left"), left, scope);
    int64_t before = award_round(r, a, a->payable);
    bool lowers = rational_compare(a->payable, left) > 0;
    if (lowers) a->payable = left;
    award_result_exact(r, s, SLICE("X"), a->payable, (struct slice){ 0 });
    if (!lowers) return;
    struct reason *given = award_give(r, a, code);
    reason_argument(given, SLICE("limit"), limit);
    reason_argument(given, SLICE("scope"), scope);
    award_cut_minor(a, code, before - award_round(r, a, a->payable));
}

static struct rational limit_of(struct rating *r, struct award *a, const struct cap *cap)
{
    struct period period;
    if (cap->has_amount) return rational_of_minor(cap->amount_minor, a->exponent);
    struct period_rule rule = { .kind = cap->period, .fiscal_start_month = 1, .program_from = a->program->valid_from,
                                .program_to = a->program->valid_to };
    bool found = period_of(&rule, a->program_date, &period);
    if (found && cap->base == PURCHASE_BASE_PRIOR) found = period_prior(&rule, &period, &period);
    if (!found) return RATIONAL_ZERO;
    return rational_mul(purchases_net(r, a, period.from, period.to),
                        rational_of_percent(cap->percent_of_purchases_micros));
}

static void note_least_left(struct award *a, struct rational left)
{
    int64_t whole;
    struct rational minor = left;
    for (unsigned i = 0; i < a->exponent; i++) minor = rational_mul(minor, rational_of(10));
    if (rational_floor(minor, &whole) == OK && whole < a->least_left_minor) a->least_left_minor = whole < 0 ? 0 : whole;
}

void caps_limit_amount(struct rating *r, struct award *a)
{
    if (a->program->has_volume && !a->is_claim) return;
    for (unsigned i = 0; i < a->program->cap_count; i++) {
        const struct cap *cap = &a->program->caps[i];
        if ((!cap->has_amount && !cap->has_percent) || slice_is_empty(scope_id(r, a, cap))) continue;
        struct rational limit = limit_of(r, a, cap);
        struct rational left = rational_sub(limit,
                                            rational_of_minor(cap_row_of(r, a, i, cap)->used_minor, a->exponent));
        note_least_left(a, left);
        caps_lower(r, a, REASON_CAP_REACHED, left,
                   cap->has_amount ? award_money_text(r, a, cap->amount_minor)
                                   : award_money_text(r, a, award_measure(r, a, limit)),
                   word_text(VOCABULARY_CAP_SCOPE, cap->scope));
    }
}

/* Claims that a seller's accumulator counts. */

static struct slice charges_key(struct rating *r, const struct award *a, const struct line_program *kept)
{
    return RATING_KEY(r, a->program->id, kept->aggregate, kept->group, period_label(&a->period));
}

static bool is_same_charge(const struct charged_cap *a, const struct charged_cap *b)
{
    return a->cap == b->cap && slice_equal(a->scope_id, b->scope_id) && slice_equal(a->period, b->period);
}

static void add_charge(struct rating *r, struct charges_row *row, const struct charged_cap *more, int64_t minor)
{
    unsigned at = 0;
    while (at < row->charges_count && !is_same_charge(&row->charges[at], more)) at++;
    r->overflow |= at == charged_cap_LIST_MAX;
    if (r->overflow) return;
    if (at == row->charges_count)
        *ROWS_APPEND(r->arena, row, charges, charged_cap) =
            (struct charged_cap){ .cap = more->cap, .scope_id = more->scope_id, .period = more->period };
    row->charges[at].amount_minor += minor;
}

static void add_charges_of(struct rating *r, struct charges_row *row, const struct line_program *kept)
{
    for (unsigned i = 0; i < kept->caps_count; i++) add_charge(r, row, &kept->caps[i], kept->caps[i].amount_minor);
}

static void note_charges(struct rating *r, const struct award *a)
{
    add_charges_of(r, books_change(r->books, PAYOUT_CHARGES, charges_key(r, a, &a->kept)), &a->kept);
}

void caps_charge(struct rating *r, struct award *a)
{
    if (a->program->has_volume && !a->is_claim) return;
    for (unsigned i = 0; i < a->program->cap_count; i++) {
        const struct cap *cap = &a->program->caps[i];
        struct period period;
        struct slice scope = scope_id(r, a, cap);
        if (cap_is_of_the_line(cap) || slice_is_empty(scope) || !period_of_cap(a, cap->period, &period)) continue;
        struct slice label = slice_copy(r->arena, period_label(&period));
        struct cap_row *row = books_change(r->books, PAYOUT_CAPS, cap_key(r, a, i, scope, label));
        award_balance(r, a, SLICE("cap"), slice_of_int(r->arena, i), row->used_minor, row->used_minor + a->amount_minor,
                      a->minor_unit);
        if (cap->has_amount)
            award_note_limit(a, LIMIT_CAP, cap->amount_minor, row->used_minor, row->used_minor + a->amount_minor);
        row->used_minor += a->amount_minor;
        row->used_milli += a->paid_milli;
        row->currency = a->program->currency;
        *ROWS_APPEND(r->arena, &a->kept, caps, charged_cap) = (struct charged_cap){
            .cap = i, .scope_id = scope, .period = label, .amount_minor = a->amount_minor, .qty_milli = a->paid_milli
        };
    }
    if (a->program->has_volume && a->kept.caps_count) note_charges(r, a);
}

static void restore(struct rating *r, const struct line_program *kept, const struct charged_cap *c, int64_t minor,
                    int64_t qty_milli)
{
    struct slice key = RATING_KEY(r, kept->program_id, slice_of_int(r->arena, c->cap), c->scope_id, c->period);
    struct cap_row *row = books_change(r->books, PAYOUT_CAPS, key);
    row->used_minor -= minor;
    row->used_milli -= qty_milli;
}

void caps_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli)
{
    for (unsigned i = 0; i < kept->caps_count; i++) restore(r, kept, &kept->caps[i], minor, qty_milli);
}

/* Of the accumulator that the correction changes, which another than the line's own may be (6.4, RETURN_DATE). What was
 * charged before this row was kept stands at each line alone. */
static struct charges_row *charges_of(struct rating *r, const struct award *a, const struct line_program *kept)
{
    struct charges_row *row = books_change(r->books, PAYOUT_CHARGES, charges_key(r, a, kept));
    bool is_own = slice_equal(kept->period, period_label(&a->period));
    if (is_own && row->charges_count == 0) add_charges_of(r, row, kept);
    return row;
}

static void restore_units(struct rating *r, const struct line_program *kept, int64_t from_milli, int64_t to_milli)
{
    for (unsigned i = 0; i < kept->caps_count && kept->accepted_milli > 0; i++) {
        __int128 charged = kept->caps[i].qty_milli;
        restore(r, kept, &kept->caps[i], 0,
                (int64_t)(round_quotient(charged * to_milli, kept->accepted_milli, ROUNDING_HALF_UP)
                          - round_quotient(charged * from_milli, kept->accepted_milli, ROUNDING_HALF_UP)));
    }
}

/* What one charge has of it. Answers what is left to be given back. */
static int64_t give_back(struct rating *r, struct charged_cap *from, struct line_program *done, int64_t minor)
{
    int64_t part = minor < from->amount_minor ? minor : from->amount_minor;
    if (part <= 0) return minor;
    restore(r, done, from, part, 0);
    from->amount_minor -= part;
    struct charged_cap *given = ROWS_APPEND(r->arena, done, caps, charged_cap);
    *given = *from;
    given->amount_minor = part;
    return minor - part;
}

/* Under one cap: in the period in which the line itself was charged, then in those that were charged last. */
static void give_back_under(struct rating *r, struct charges_row *row, const struct charged_cap *own,
                            struct line_program *done, unsigned cap, int64_t minor)
{
    for (unsigned i = 0; own && i < row->charges_count; i++)
        if (is_same_charge(&row->charges[i], own)) minor = give_back(r, &row->charges[i], done, minor);
    for (unsigned i = row->charges_count; i-- > 0;)
        if (row->charges[i].cap == cap) minor = give_back(r, &row->charges[i], done, minor);
}

static int64_t charged_under(const struct charges_row *row, unsigned cap)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < row->charges_count; i++)
        if (row->charges[i].cap == cap) sum += row->charges[i].amount_minor;
    return sum;
}

static const struct charged_cap *charge_under(const struct line_program *kept, unsigned cap)
{
    for (unsigned i = 0; i < kept->caps_count; i++)
        if (kept->caps[i].cap == cap) return &kept->caps[i];
    return NULL;
}

void caps_restore_counted(struct rating *r, const struct award *a, const struct line_program *kept,
                          struct line_program *done)
{
    if (a->program->cap_count == 0) return;
    struct charges_row *row = charges_of(r, a, kept);
    const struct volume_row *volume = books_read(r->books, PAYOUT_VOLUMES, charges_key(r, a, kept), NULL);
    restore_units(r, kept, kept->returned_milli, kept->returned_milli + done->accepted_milli);
    done->caps = NULL;
    done->caps_count = 0;
    for (unsigned cap = 0; cap < a->program->cap_count; cap++) {
        const struct charged_cap *own = charge_under(kept, cap);
        int64_t charged = charged_under(row, cap), taken = own && a->amount_minor < 0 ? -a->amount_minor : 0;
        if (taken < charged - volume->paid_minor) taken = charged - volume->paid_minor;
        give_back_under(r, row, own, done, cap, taken);
    }
}

void caps_charge_again(struct rating *r, const struct award *a, const struct line_program *kept,
                       const struct line_program *done)
{
    if (a->program->cap_count == 0) return;
    struct charges_row *row = charges_of(r, a, kept);
    restore_units(r, kept, kept->returned_milli, kept->returned_milli - done->accepted_milli);
    for (unsigned cap = 0; cap < a->program->cap_count; cap++) {
        int64_t again = a->amount_minor;
        for (unsigned i = 0; i < done->caps_count && again > 0; i++) {
            const struct charged_cap *c = &done->caps[i];
            int64_t part = c->cap != cap ? 0 : again < c->amount_minor ? again : c->amount_minor;
            restore(r, kept, c, -part, 0);
            add_charge(r, row, c, part);
            again -= part;
        }
    }
}

static struct excess passed(struct rating *r, struct award *a, const struct cap *cap, const struct cap_row *row)
{
    struct excess excess = { 0 };
    int64_t limit = INT64_MAX;
    if (cap->has_qty && row->used_milli > cap->qty_milli) excess.paid_milli = row->used_milli - cap->qty_milli;
    if ((cap->has_amount || cap->has_percent)
        && round_money(limit_of(r, a, cap), a->exponent, ROUNDING_DOWN, 1, &limit) == OK && row->used_minor > limit)
        excess.minor = row->used_minor - limit;
    if (excess.paid_milli || excess.minor) excess.by = REASON_CAP_REACHED;
    return excess;
}

struct excess caps_passed(struct rating *r, struct award *a, const struct line_program *kept)
{
    struct excess excess = { 0 };
    for (unsigned i = 0; i < kept->caps_count; i++) {
        const struct charged_cap *c = &kept->caps[i];
        if (c->cap >= a->program->cap_count) continue;
        struct slice key = RATING_KEY(r, kept->program_id, slice_of_int(r->arena, c->cap), c->scope_id, c->period);
        const struct cap_row *row = books_read(r->books, PAYOUT_CAPS, key, NULL);
        award_add_excess(&excess, passed(r, a, &a->program->caps[c->cap], row));
    }
    return excess;
}
