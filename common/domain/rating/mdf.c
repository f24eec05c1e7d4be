/* domain/rating/mdf.c: M1 to M9, and reservations. */
#include "domain/rating/mdf.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/caps.h"
#include "domain/rating/funds.h"
#include "domain/rating/volume_rebate.h"

/* From begin to write. */
struct mdf_claim {
    struct fund_place             place;
    struct slice                  label;            /* of the fund: the earning period */
    const struct preapproval_row *preapproval;      /* NULL: none quoted, or none that can be used */
    const struct mdf_activity    *activity;         /* NULL: the type is not listed */
    int64_t                       paid_minor;       /* of this activity before */
    struct slice                  vendor_key, invoice_key;
};

static const struct preapproval_row *read_preapproval(struct rating *r, struct slice number)
{
    bool found = false;
    if (slice_is_empty(number)) return NULL;
    const struct preapproval_row *row = books_read(r->books, PAYOUT_PREAPPROVALS, RATING_KEY(r, number), &found);
    return found ? row : NULL;
}

static struct slice candidate_program(const struct rating *r)
{
    for (unsigned i = 0; i < r->class->candidate_count; i++) {
        const struct program_history *h = catalogue_program(r->in->catalogue, r->class->candidates[i].program_id);
        const struct program *p = h ? program_version_highest(h) : NULL;
        if (p && p->incentive == INCENTIVE_MDF) return p->id;
    }
    return (struct slice){ 0 };
}

static bool is_mdf_program(const struct rating *r, struct slice program_id)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, program_id);
    const struct program *p = h ? program_version_highest(h) : NULL;
    return p && p->incentive == INCENTIVE_MDF;
}

static bool find_program(struct rating *r, const struct preapproval_row *quoted, struct slice *program_id)
{
    *program_id = r->line->program_id;
    if (slice_is_empty(*program_id) && quoted) *program_id = quoted->program_id;
    if (slice_is_empty(*program_id)) *program_id = candidate_program(r);
    if (is_mdf_program(r, *program_id)) return true;
    verdict_give(r->v, REASON_PROGRAM_NOT_FOUND);
    return false;
}

static void give_outside(struct rating *r, struct slice program_id)
{
    struct reason *given = verdict_give(r->v, REASON_OUTSIDE_PROGRAM_PERIOD);
    reason_argument(given, SLICE("date"), date_text(r->arena, r->line->activity_from));
    reason_argument(given, SLICE("program"), program_id);
}

/* The fund whose usage period holds the activity; with a pre-approval that of its reservation. */
static bool find_fund(struct rating *r, struct slice program_id, const struct preapproval_row *quoted,
                      struct fund_place *place)
{
    bool reserved = quoted && quoted->period.size && slice_equal(quoted->program_id, program_id);
    if (reserved && funds_of_label(r->in->catalogue, program_id, quoted->period, place)) return true;
    if (funds_of_activity(r->in->catalogue, program_id, r->line->activity_from, place)) return true;
    give_outside(r, program_id);
    return false;
}

static bool has_activity_date(struct rating *r)
{
    if (r->line->activity_from) return true;
    reason_argument(verdict_give(r->v, REASON_FIELD_MISSING), SLICE("field"), SLICE("activity_from"));
    return false;
}

/* M takes its program from the pre-approval unless it names one: without either there is nothing to ask (3.2, M1). */
static bool quotes_nothing_known(struct rating *r, const struct preapproval_row *quoted)
{
    if (slice_is_empty(r->line->preapproval_no) || quoted || r->line->program_id.size) return false;
    reason_argument(verdict_give(r->v, REASON_PREAPPROVAL_INVALID), SLICE("preapproval"), r->line->preapproval_no);
    return true;
}

struct award *mdf_begin(struct rating *r)
{
    struct slice program_id;
    struct mdf_claim *c = ARENA_NEW(r->arena, struct mdf_claim);
    const struct preapproval_row *quoted = read_preapproval(r, r->line->preapproval_no);
    if (quotes_nothing_known(r, quoted)) return NULL;
    if (!has_activity_date(r) || !find_program(r, quoted, &program_id) || !find_fund(r, program_id, quoted, &c->place))
        return NULL;
    struct award *a = award_begin(r, c->place.version, r->line->activity_from);
    if (!funds_period(r->in->catalogue, program_id, r->line->activity_from, &a->period)) a->period = c->place.usage;
    a->preapproval_no = r->line->preapproval_no;
    c->label = slice_copy(r->arena, period_label(&c->place.earning));
    c->preapproval = quoted;
    c->vendor_key = r->line->vendor.key;
    c->invoice_key = line_invoice_key(r->arena, r->line->vendor_invoice_no);
    a->own = c;
    return a;
}

/* M1, M2. */

static struct rational spend_of(struct rating *r, struct award *a)
{
    struct slice currency = r->line->currency.size ? r->line->currency : a->program->currency;
    struct exchange x = award_exchange(r, a, currency);
    return rational_mul(rational_of_minor(r->line->spend_amount_minor, currency_exponent(currency)), x.rate);
}

static bool needs_preapproval(struct rating *r, struct award *a)
{
    const struct mdf_terms *m = &a->program->mdf;
    if (m->preapproval == PREAPPROVAL_RULE_REQUIRED) return true;
    return m->preapproval == PREAPPROVAL_RULE_OVER
           && rational_compare(spend_of(r, a), rational_of_minor(m->preapproval_over_minor, a->exponent)) > 0;
}

/* Empty: nothing is wrong with it. */
static struct slice why_unusable(const struct rating *r, const struct award *a, const struct preapproval_row *p)
{
    if (!p) return SLICE("not on file: never sent, or refused");
    if (p->status != PREAPPROVAL_STATUS_APPROVED) return word_text(VOCABULARY_PREAPPROVAL_STATUS, (int)p->status);
    if (!slice_equal(p->program_id, a->program->id)) return SLICE("of another program");
    bool fits = slice_is_empty(p->activity_type) || slice_equal(p->activity_type, r->line->activity_type);
    return fits ? (struct slice){ 0 } : SLICE("of another activity");
}

/* For whoever explains it: the sentence of the reason names no cause. */
static void note_unusable(struct rating *r, struct award *a, struct slice why)
{
    struct step *s = award_step(r, a, SLICE("M1"));
    award_input_text(r, s, SLICE("preapproval"), r->line->preapproval_no);
    award_input_text(r, s, SLICE("is"), why);
}

/* False: nothing further is asked. */
static bool check_preapproval(struct rating *r, struct award *a, struct mdf_claim *c)
{
    if (slice_is_empty(r->line->preapproval_no)) {
        if (needs_preapproval(r, a)) award_give(r, a, REASON_NO_PREAPPROVAL);
        return true;
    }
    struct slice why = why_unusable(r, a, c->preapproval);
    if (why.size == 0) return true;
    note_unusable(r, a, why);
    c->preapproval = NULL;
    reason_argument(award_stop(r, a, REASON_PREAPPROVAL_INVALID), SLICE("preapproval"), r->line->preapproval_no);
    return false;
}

static void check_dates(struct rating *r, struct award *a, const struct mdf_claim *c)
{
    const struct preapproval_row *p = c->preapproval;
    int32_t from = r->line->activity_from, to = r->line->activity_to ? r->line->activity_to : from;
    bool early = p && p->activity_from && from < p->activity_from, late = p && p->activity_to && to > p->activity_to;
    if (early || late) {
        struct reason *given = award_give(r, a, REASON_ACTIVITY_DATE_OUTSIDE_APPROVAL);
        reason_argument(given, SLICE("from"), date_text(r->arena, p->activity_from));
        reason_argument(given, SLICE("to"), date_text(r->arena, p->activity_to));
    }
    bool by_period = a->program->claim.anchor == ANCHOR_PERIOD_END;
    award_claim_window(r, a, &a->program->claim, by_period ? c->place.usage.to : award_anchor_date(r, a));
}

/* M4, M5. */

static void check_expense(struct rating *r, struct award *a, struct mdf_claim *c)
{
    const struct mdf_terms *m = &a->program->mdf;
    for (unsigned i = 0; i < m->activity_count; i++)
        if (slice_equal(m->activities[i].type, r->line->activity_type)) c->activity = &m->activities[i];
    bool no_activity = m->activity_count && !c->activity;
    bool no_expense = m->expense_types.count && !texts_have(&m->expense_types, r->line->expense_type);
    if (!no_activity && !no_expense) return;
    struct reason *given = award_give(r, a, REASON_INELIGIBLE_EXPENSE);
    reason_argument(given, SLICE("expense"), no_activity ? r->line->activity_type : r->line->expense_type);
    reason_argument(given, SLICE("program"), a->program->id);
}

static bool has_proof(const struct line *l, struct slice type)
{
    for (unsigned i = 0; i < l->document_count; i++)
        if (slice_equal(l->documents[i].type, type)) return true;
    return false;
}

static void check_proofs(struct rating *r, struct award *a, const struct mdf_claim *c)
{
    static const struct slice invoice = SLICE_INIT("INVOICE");
    const struct texts usual = { &invoice, 1 };
    const struct texts *proofs = c->activity && c->activity->proofs.count ? &c->activity->proofs : &usual;
    struct text missing = text_in(r->arena, 26 * (size_t)proofs->count);
    for (unsigned i = 0; i < proofs->count; i++) {
        if (has_proof(r->line, proofs->items[i])) continue;
        if (missing.size) text_put(&missing, SLICE(", "));
        text_put(&missing, proofs->items[i]);
    }
    if (missing.size) reason_argument(award_give(r, a, REASON_POE_MISSING), SLICE("documents"), text_slice(&missing));
}

/* M6, M7. */

static void compute_entitlement(struct rating *r, struct award *a, const struct mdf_claim *c, struct rational spend)
{
    int64_t share = c->activity && c->activity->has_share ? c->activity->share_percent_micros
                                                          : a->program->mdf.share_percent_micros;
    a->entitled = rational_mul(spend, rational_of_percent(share));
    struct step *s = award_step(r, a, SLICE("M6"));
    award_input_exact(r, s, SLICE("spend"), spend, (struct slice){ 0 });
    award_input(r, s, SLICE("share"), share, 100000000, SLICE("percent_micros"));
    award_result_exact(r, s, SLICE("E"), a->entitled, (struct slice){ 0 });
}

static void explain_limit(struct rating *r, struct award *a, enum reason_code code, int64_t left_minor,
                          int64_t limit_minor)
{
    struct reason *given = award_give(r, a, code);
    reason_argument(given, SLICE("left"), award_money_text(r, a, left_minor));
    if (code != REASON_CAP_REACHED) return;
    reason_argument(given, SLICE("limit"), award_money_text(r, a, limit_minor));
    reason_argument(given, SLICE("scope"), r->line->activity_type);
}

/* Each limit that lies below E gives its reason; what it cuts is what the ones before it left over. */
static void lower(struct rating *r, struct award *a, enum reason_code code, int64_t left_minor, int64_t limit_minor)
{
    ASSERT(code == REASON_CAP_REACHED || code == REASON_PREAPPROVAL_EXCEEDED || code == REASON_FUND_EXHAUSTED);
    if (left_minor < 0) left_minor = 0;
    struct rational left = rational_of_minor(left_minor, a->exponent);
    struct step *s = award_step(r, a, SLICE("M7"));
    award_input_exact(r, s, SLICE("X"), a->payable, (struct slice){ 0 });
    award_input_exact(r, s, SLICE("left"), left, reason_name(code));
    if (left_minor < a->least_left_minor) a->least_left_minor = left_minor;
    if (rational_compare(a->entitled, left) > 0) explain_limit(r, a, code, left_minor, limit_minor);
    if (rational_compare(a->payable, left) > 0) {
        int64_t before = award_round(r, a, a->payable);
        a->payable = left;
        award_cut_minor(a, code, before - award_round(r, a, left));
    }
    award_result_exact(r, s, SLICE("X"), a->payable, (struct slice){ 0 });
}

static void limit(struct rating *r, struct award *a)
{
    struct mdf_claim *c = a->own;
    ASSERT(c->label.size > 0);
    int64_t available = funds_available(funds_read(r, a->program->id, c->label));
    if (c->activity && c->activity->has_cap)
        lower(r, a, REASON_CAP_REACHED, c->activity->cap_minor - c->paid_minor, c->activity->cap_minor);
    if (!c->preapproval) {
        lower(r, a, REASON_FUND_EXHAUSTED, available, 0);
        return;
    }
    lower(r, a, REASON_PREAPPROVAL_EXCEEDED, c->preapproval->reserved_minor, 0);
    if (available < 0) lower(r, a, REASON_FUND_EXHAUSTED, c->preapproval->reserved_minor + available, 0);
}

static struct slice activity_key(struct rating *r, struct slice program_id, struct slice vendor_key,
                                 struct slice invoice_key)
{
    return RATING_KEY(r, program_id, vendor_key, invoice_key);
}

/* What this activity was paid: by its pre-approval, else by the vendor's invoice. */
static int64_t paid_before(struct rating *r, const struct award *a, const struct mdf_claim *c)
{
    if (c->preapproval) return c->preapproval->paid_minor;
    const struct activity_row *row =
        books_read(r->books, PAYOUT_ACTIVITIES, activity_key(r, a->program->id, c->vendor_key, c->invoice_key), NULL);
    return row->paid_minor;
}

static void check_status(struct rating *r, struct award *a)
{
    if (a->program->status == PROGRAM_STATUS_ENDED) {
        struct reason *given = award_give(r, a, REASON_OUTSIDE_PROGRAM_PERIOD);
        reason_argument(given, SLICE("date"), date_text(r->arena, r->line->activity_from));
        reason_argument(given, SLICE("program"), a->program->id);
    }
}

static void rate_claim(struct rating *r, struct award *a)
{
    struct mdf_claim *c = a->own;
    ASSERT(c && c->place.version == a->program);
    check_status(r, a);
    if (!check_preapproval(r, a, c)) return;
    check_dates(r, a, c);
    check_expense(r, a, c);
    check_proofs(r, a, c);
    c->paid_minor = paid_before(r, a, c);
    compute_entitlement(r, a, c, spend_of(r, a));
    a->limit = limit;
    award_settle(r, a, REASON_AMOUNT_MISMATCH, 0);
}

void mdf_rate(struct rating *r, struct award *a)
{
    if (a->is_target) rate_claim(r, a);
    else volume_rebate_rate(r, a);
}

bool mdf_is_triggered(struct rating *r, const struct program *p)
{
    return p->mdf.kind == MDF_KIND_COOP && volume_rebate_is_triggered(r, p);
}

/* M9. */

/* A pre-approved claim spends its reservation; a final one gives the rest back. */
static void spend_reservation(struct rating *r, struct award *a, struct fund_row *fund)
{
    struct preapproval_row *row = books_change(r->books, PAYOUT_PREAPPROVALS, RATING_KEY(r, a->preapproval_no));
    bool final = r->line->final_claim;
    ASSERT(a->preapproval_no.size > 0);
    int64_t before = row->reserved_minor, spent = final ? before : a->amount_minor;
    row->paid_minor += a->amount_minor;
    row->reserved_minor -= spent;
    if (final) row->status = PREAPPROVAL_STATUS_USED;
    funds_release(fund, a->preapproval_no, spent, row->reserved_minor == 0);
    award_balance(r, a, SLICE("preapproval"), a->preapproval_no, before, row->reserved_minor, a->minor_unit);
}

static void charge_activity(struct rating *r, struct award *a, const struct mdf_claim *c)
{
    struct activity_row *row =
        books_change(r->books, PAYOUT_ACTIVITIES, activity_key(r, a->program->id, c->vendor_key, c->invoice_key));
    row->paid_minor += a->amount_minor;
    row->currency = a->program->currency;
}

static void write_claim(struct rating *r, struct award *a)
{
    struct mdf_claim *c = a->own;
    ASSERT(a->is_target && a->amount_minor >= 0 && !award_is_stopped(a));
    struct fund_row *fund = funds_change(r, a->program, c->label);
    int64_t before = funds_available(fund);
    fund->paid_minor += a->amount_minor;
    if (c->preapproval) spend_reservation(r, a, fund);
    else charge_activity(r, a, c);
    funds_expire_rest(fund);
    award_balance(r, a, SLICE("fund"), c->label, before, funds_available(fund), a->minor_unit);
    funds_note_limit(a, fund, before);
    caps_charge(r, a);
    struct posting *p = award_post(r, a, LEDGER_EARNED, 0, a->amount_minor, a->payout_minor);
    p->kept = &a->kept;
    award_keep(a);
    a->kept.period = c->label;
    a->kept.aggregate = c->vendor_key;
    a->kept.group = c->invoice_key;
}

void mdf_write(struct rating *r, struct award *a)
{
    if (a->is_target) write_claim(r, a);
    else volume_rebate_write(r, a);
}

/* Back to the reservation while it is open, else to what is available; into a closed fund it expires at once. */
static void restore_preapproval(struct rating *r, const struct line_program *kept, struct fund_row *fund, int64_t minor)
{
    struct preapproval_row *row = books_change(r->books, PAYOUT_PREAPPROVALS, RATING_KEY(r, kept->preapproval_no));
    row->paid_minor -= minor;
    bool is_open =
        row->status == PREAPPROVAL_STATUS_APPROVED && !fund->is_closed && slice_equal(row->period, kept->period);
    if (is_open && funds_reserve(r, fund, kept->preapproval_no, minor)) row->reserved_minor += minor;
}

void mdf_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli, enum cause cause)
{
    struct fund_row *fund = books_change(r->books, PAYOUT_FUNDS, RATING_KEY(r, kept->program_id, kept->period));
    ASSERT(kept->incentive == INCENTIVE_MDF && !kept->volume && kept->period.size > 0);
    (void)qty_milli;
    (void)cause;
    fund->paid_minor -= minor;
    if (kept->preapproval_no.size) {
        restore_preapproval(r, kept, fund, minor);
    } else {
        struct activity_row *row =
            books_change(r->books, PAYOUT_ACTIVITIES, activity_key(r, kept->program_id, kept->aggregate, kept->group));
        row->paid_minor -= minor;
    }
    funds_expire_rest(fund);
}

/* Pre-approvals. */

/* What the reservation had left goes back to its fund. */
static void give_back(struct rating *r, struct preapproval_row *row, struct slice number)
{
    if (row->reserved_minor == 0) return;
    struct fund_row *fund = books_change(r->books, PAYOUT_FUNDS, RATING_KEY(r, row->program_id, row->period));
    funds_release(fund, number, row->reserved_minor, true);
    funds_expire_rest(fund);
    row->reserved_minor = 0;
}

/* A request that names no approved amount asks for the program's share of what it plans to spend. */
static int64_t approved_amount(struct rating *r, struct award *a)
{
    const struct mdf_preapproval *p = r->line->preapproval;
    struct slice currency = r->line->currency.size ? r->line->currency : a->program->currency;
    struct exchange x = award_exchange(r, a, currency);
    int64_t minor = p->approved_amount_minor ? p->approved_amount_minor : p->planned_spend_minor;
    struct rational exact = rational_mul(rational_of_minor(minor, currency_exponent(currency)), x.rate);
    if (p->approved_amount_minor) return award_measure(r, a, exact);
    int64_t share = a->program->mdf.share_percent_micros;
    for (unsigned i = 0; i < a->program->mdf.activity_count; i++) {
        const struct mdf_activity *activity = &a->program->mdf.activities[i];
        if (activity->has_share && slice_equal(activity->type, r->line->activity_type))
            share = activity->share_percent_micros;
    }
    return award_measure(r, a, rational_mul(exact, rational_of_percent(share)));
}

/* min(approved − paid, available); nothing while the fund has nothing. */
static void reserve(struct rating *r, struct award *a, struct preapproval_row *row, struct slice label)
{
    struct fund_row *fund = funds_change(r, a->program, label);
    int64_t available = funds_available(fund), wanted = row->approved_minor - row->paid_minor;
    int64_t reserved = wanted < available ? wanted : available;
    if (reserved < 0 || available < 0) reserved = 0;
    if (reserved < wanted) {
        struct reason *given = award_give_as(r, a, REASON_FUND_EXHAUSTED, reserved ? OUTCOME_SHORT : OUTCOME_REJECT);
        reason_argument(given, SLICE("left"), award_money_text(r, a, available > 0 ? available : 0));
    }
    if (reserved > 0 && !funds_reserve(r, fund, r->line->preapproval_no, reserved))
        reason_argument(award_give(r, a, REASON_DATA_CONFLICT), SLICE("what"), SLICE("reservations"));
    ASSERT(reserved <= wanted || wanted < 0);
    row->reserved_minor = reserved > 0 ? reserved : 0;
    award_balance(r, a, SLICE("fund"), label, available, funds_available(fund), a->minor_unit);
    funds_note_limit(a, fund, available);
}

static void describe(struct rating *r, const struct award *a, struct preapproval_row *row, struct slice label)
{
    const struct mdf_preapproval *p = r->line->preapproval;
    bool asks = p->status == PREAPPROVAL_STATUS_REQUESTED || p->status == PREAPPROVAL_STATUS_UNSPECIFIED;
    ASSERT(label.size > 0 && a->program->incentive == INCENTIVE_MDF);
    row->revision = p->revision;
    row->partner_id = r->line->partner_id;
    row->program_id = a->program->id;
    row->activity_type = r->line->activity_type;
    row->activity_from = r->line->activity_from;
    row->activity_to = r->line->activity_to;
    row->status = asks ? PREAPPROVAL_STATUS_APPROVED : p->status; /* a request comes here only through its review */
    row->currency = a->program->currency;
    row->period = label;
}

static bool is_stale(struct rating *r, const struct preapproval_row *row)
{
    if (!row || r->line->preapproval->revision > row->revision) return false;
    reason_argument(verdict_give(r->v, REASON_STALE_REVISION), SLICE("agreement"), r->line->preapproval_no);
    return true;
}

void mdf_preapproval(struct rating *r)
{
    struct fund_place place;
    struct slice program_id;
    const struct preapproval_row *known = read_preapproval(r, r->line->preapproval_no);
    ASSERT(r->line->preapproval);
    if (!has_activity_date(r) || is_stale(r, known) || !find_program(r, known, &program_id)) return;
    if (!funds_of_activity(r->in->catalogue, program_id, r->line->activity_from, &place)) {
        give_outside(r, program_id);
        return;
    }
    struct award *a = award_begin(r, place.version, r->line->activity_from);
    struct slice label = slice_copy(r->arena, period_label(&place.earning));
    struct preapproval_row *row = books_change(r->books, PAYOUT_PREAPPROVALS, RATING_KEY(r, r->line->preapproval_no));
    a->is_target = true;
    a->period = place.earning;
    a->preapproval_no = r->line->preapproval_no;
    give_back(r, row, r->line->preapproval_no);
    describe(r, a, row, label);
    row->approved_minor = approved_amount(r, a);
    if (row->status == PREAPPROVAL_STATUS_APPROVED) reserve(r, a, row, label);
}
