/* domain/rating/rating.c: the steps of domain.md 5.0, from the recorded outcome to the payout entries. */
#include "domain/rating/rating.h"

#include "base/assert.h"
#include "base/instant.h"
#include "domain/rating/adjustments.h"
#include "domain/rating/agreements.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/cancel.h"
#include "domain/rating/deal.h"
#include "domain/rating/entries.h"
#include "domain/rating/incentives.h"
#include "domain/rating/late_original.h"
#include "domain/rating/mdf.h"
#include "domain/rating/operator_lines.h"
#include "domain/rating/original.h"
#include "domain/rating/pending.h"
#include "domain/rating/period_close.h"
#include "domain/rating/resubmission.h"
#include "domain/rating/reversal.h"
#include "domain/rating/sales.h"
#include "domain/rating/spiff.h"
#include "domain/rating/stacking.h"
#include "domain/rating/stock.h"
#include "domain/rating/transactions.h"
#include "domain/rating/units.h"
#include "domain/rating/volume_period.h"
#include "domain/uom.h"

/* What a line of each kind does; NULL: nothing. */
typedef void rating_step(struct rating *r);

static rating_step rate_automatic, rate_claim, rate_ship_debit_claim, replace;

static rating_step *const kinds[KIND_COUNT] = {
    [KIND_POS_SALE]         = rate_automatic,
    [KIND_SELL_IN]          = rate_automatic,
    [KIND_POS_RETURN]       = adjustments_return,
    [KIND_CANCEL]           = cancel_line,
    [KIND_REPLACE]          = replace,
    [KIND_SHIP_DEBIT_CLAIM] = rate_ship_debit_claim,
    [KIND_MDF_CLAIM]        = rate_claim,
    [KIND_SPIFF_CLAIM]      = rate_claim,
    [KIND_DEAL_CLAIM]       = rate_claim,
    [KIND_PRICE_PROTECTION_CLAIM] = rate_claim,
    [KIND_ROTATION_CLAIM]   = rate_claim,
    [KIND_TRANSFER_OUT]     = stock_transfer_out,
    [KIND_TRANSFER_IN]      = stock_transfer_in,
    [KIND_STOCK_ADJUST]     = stock_adjust,
    [KIND_INVENTORY]        = stock_inventory,
    [KIND_AGREEMENT]        = agreements_receive,
    [KIND_DEAL_REGISTRATION] = deal_receive,
    [KIND_REP_ROSTER]       = spiff_receive_roster,
    [KIND_MDF_PREAPPROVAL]  = mdf_preapproval,
    [KIND_FUND_ADJUSTMENT]  = operator_lines_adjust_fund,
    [KIND_PERIOD_CLOSE]     = period_close,
    [KIND_REVERSE]          = reversal_reverse,
    [KIND_ADJUSTMENT]       = operator_lines_adjust,
    [KIND_RERATE]           = operator_lines_refuse_rerate,
    [KIND_SETTLEMENT]       = operator_lines_settle,
};

/* The last review that is not a mere TAKE: to take a line decides nothing. */
static const struct review *last_decision(const struct dossier *d)
{
    for (unsigned i = d->review_count; i-- > 0;)
        if (d->reviews[i].act != ACT_TAKE) return &d->reviews[i];
    return NULL;
}

struct rating_input rating_input_of(const struct dossier *d, const struct catalogue *c, const struct policy *policy,
                                    instant_ms now_unix_ms)
{
    struct rating_input in = { .dossier = d, .catalogue = c, .policy = policy };
    int32_t offset = d->classification->utc_offset_minutes;
    in.received_date = in.decided_date = dossier_received_date(d);
    in.today = instant_date(now_unix_ms, offset);
    const struct review *last = last_decision(d);
    if (last && last->at_unix_ms > d->receipt->received_at_unix_ms)
        in.decided_date = instant_date(last->at_unix_ms, offset);
    return in;
}

static int64_t cleared_milli(const struct rating *r)
{
    const struct clearance *c = r->dossier->clearance;
    return c && c->has_accepted_qty ? c->accepted_qty_milli : r->base_milli;
}

/* A: base quantity left after compliance, and after a review that adjusted it. */
static int64_t accepted_of(const struct rating *r)
{
    int64_t accepted = cleared_milli(r);
    const struct review_effect *review = review_last(r->v->review, VERB_ADJUST);
    if (!review) return accepted;
    int64_t least = accepted < 0 ? -review->accepted_qty_milli : review->accepted_qty_milli;
    return (accepted < 0 ? least > accepted : least < accepted) ? least : accepted;
}

static void find_product(struct rating *r)
{
    r->uom_num = r->uom_den = 1;
    r->product = slice_is_empty(r->class->sku) ? NULL : catalogue_product(r->in->catalogue, r->class->sku);
    struct uom unit;
    if (!r->product || !uom_find(r->product, r->line->uom, &unit)) return;
    r->uom_num = unit.num;
    r->uom_den = unit.den;
}

/* Of a line before anything about it is looked up. */
static struct rating *begin(const struct rating_input *in, struct verdict *v)
{
    const struct dossier *d = in->dossier;
    struct rating *r = arena_alloc(v->arena, sizeof *r);
    ASSERT(d->line && d->receipt && d->classification && v->books && v->arena);
    *r = (struct rating){
        .in = in, .v = v, .arena = v->arena, .books = v->books, .dossier = d, .line = d->line, .receipt = d->receipt,
        .class = d->classification, .root = d->classification->partner_root_id, .kind = d->line->kind,
        .claim_received = in->received_date, .base_milli = d->classification->base_qty_milli,
    };
    if (slice_is_empty(r->root)) r->root = d->receipt->partner_root_id;
    r->line_key = RATING_KEY(r, r->receipt->line_id);
    return r;
}

static bool stops_the_line(enum outcome outcome)
{
    return outcome == OUTCOME_HOLD || outcome == OUTCOME_PARK;
}

/* The strongest that a reason of the verdict, or one of an award that counts, asks for. */
static enum outcome rating_outcome(const struct rating *r)
{
    enum outcome strongest = OUTCOME_PASS;
    for (unsigned i = 0; i < r->v->judgement->reason_count; i++)
        if (outcome_is_stronger(r->v->judgement->reasons[i].outcome, strongest))
            strongest = r->v->judgement->reasons[i].outcome;
    for (unsigned i = 0; i < r->award_count; i++) {
        const struct award *a = r->awards[i];
        bool counts = a->is_correction ? stops_the_line(a->outcome)
                                       : a->is_target || a->outcome != OUTCOME_REJECT;  /* who refuses pays nothing */
        if (counts && outcome_is_stronger(a->outcome, strongest)) strongest = a->outcome;
    }
    return r->overflow ? OUTCOME_HOLD : strongest;
}

/* Automatic lines. */

/* R2; a volume block counts all lines of a period by the version of its first day (4.2). NULL: there is none. */
static const struct program *version_on(struct rating *r, const struct program_history *h, int32_t date)
{
    struct period period;
    const struct program *p = date ? program_version_on(h, date) : NULL;
    if (!p || !p->has_volume || h->version_count == 1) return p;
    return volume_period_terms(r, p->id, date, &period, &p) ? p : NULL;
}

/* The programs that the kind triggers, in stacking order (R1). */
static void find_programs(struct rating *r)
{
    const struct program **programs = ARENA_ARRAY(r->arena, RATING_AWARDS_MAX, const struct program *);
    unsigned count = 0;
    for (unsigned i = 0; i < r->class->candidate_count; i++) {
        const struct candidate *c = &r->class->candidates[i];
        const struct program_history *h = catalogue_program(r->in->catalogue, c->program_id);
        const struct program *p = h ? program_version_highest(h) : NULL;
        const struct incentive_steps *steps = p ? incentives_find(p->incentive) : NULL;
        if (!steps || !steps->is_triggered || !award_candidate_stands(r, c)) continue;
        int32_t date = program_date_of(p, r->line, r->in->received_date);
        p = version_on(r, h, date);
        if (!p || p->status != PROGRAM_STATUS_ACTIVE || !steps->is_triggered(r, p)) continue;
        unsigned at = count++;
        for (; at > 0 && program_stacking_order(programs[at - 1], p) > 0; at--) programs[at] = programs[at - 1];
        programs[at] = p;
    }
    r->programs = programs;
    r->program_count = count;
}

/* A program that cuts an automatic line down to 0 has paid none of its units, so it uses up neither agreement nor caps.
 * An explicit claim would be refused there (domain.md 7, zero rule). */
static bool is_cut_to_nothing(const struct award *a)
{
    return a->amount_minor == 0 && a->outcome == OUTCOME_SHORT;
}

static void rate_automatic(struct rating *r)
{
    unsigned rated = 0;
    if (adjustments_is_sell_in_return(r)) adjustments_sell_in_return(r);
    else stock_apply(r);
    if (stops_the_line(rating_outcome(r)) || r->follows_original) return;
    if (!r->is_opened) find_programs(r);
    for (unsigned i = 0; i < r->program_count; i++) {
        const struct program *p = r->programs[i];
        const struct incentive_steps *steps = incentives_find(p->incentive);
        unsigned before = r->award_count;
        if (!award_has_room(r, p->volume.has_coop_split ? AWARDS_OF_A_CHANGE : 1)) return;
        struct award *a = award_begin(r, p, program_date_of(p, r->line, r->in->received_date));
        if (steps->is_per_transaction || !stacking_excludes(r, a))
            steps->rate(r, a);                      /* is_per_transaction: rate itself asks what excludes */
        if (r->award_count == before) continue;
        if (stops_the_line(a->outcome) || r->overflow) return;
        if (award_is_stopped(a)) continue;
        if (is_cut_to_nothing(a)) a->paid_milli = 0;
        steps->write(r, a);
        rated++;
    }
    if (rated == 0) verdict_give(r->v, REASON_NO_PROGRAM);
}

/* Explicit claims. */

/* Classification's target: the first candidate of the incentive that is in force. */
static struct award *begin_target(struct rating *r)
{
    for (unsigned i = 0; i < r->class->candidate_count; i++) {
        const struct program_history *h = catalogue_program(r->in->catalogue, r->class->candidates[i].program_id);
        const struct program *p = h ? program_version_highest(h) : NULL;
        if (!p || p->incentive != kind_incentive(r->kind)) continue;
        int32_t date;
        const struct program *version = award_version(r, h, p->id, &date);
        const struct program *counting = version ? version_on(r, h, date) : NULL;
        return version ? award_begin(r, counting ? counting : version, date) : NULL;
    }
    verdict_give(r->v, REASON_PROGRAM_NOT_FOUND);
    return NULL;
}

/* What a person took off the quantity is refused for that reason: fills in how much money it was. */
static void cut_by_review(struct rating *r, const struct award *a)
{
    for (unsigned i = 0; i < r->v->judgement->reason_count; i++) {
        struct reason *given = &r->v->judgement->reasons[i];
        if (given->code == REASON_REVIEW_ADJUSTED)
            given->cut_minor =
                award_claimed_minor(r, a, cleared_milli(r)) - award_claimed_minor(r, a, r->accepted_milli);
    }
}

static void rate_claim(struct rating *r)
{
    const struct incentive_steps *steps = incentives_find(kind_incentive(r->kind));
    if (!steps) {
        verdict_give(r->v, REASON_PROGRAM_NOT_FOUND);
        return;
    }
    transactions_open(r);
    struct award *a = steps->begin ? steps->begin(r) : begin_target(r);
    if (!a) return;
    a->is_target = true;
    award_claim_value(r, a);
    cut_by_review(r, a);
    units_limit(r, a);
    steps->rate(r, a);
    award_ask_claim(r, a);
    if (!award_is_stopped(a) && !r->overflow) steps->write(r, a);
}

static void rate_ship_debit_claim(struct rating *r)
{
    if (r->line->qty_milli < 0) adjustments_return_claim(r);
    else rate_claim(r);
}

/* The content of the line as a fresh one, by r->kind: stock, transaction, programs. */
static void rate_content(struct rating *r)
{
    ASSERT(r->kind > KIND_UNSPECIFIED && r->kind < KIND_COUNT);
    if (r->kind != KIND_REPLACE && resubmission_is_in_vain(r)) {    /* its content comes here again */
        r->v->withdraws = (struct slice){ 0 };                      /* the line that it was to replace waits on */
        return;
    }
    if (kinds[r->kind]) kinds[r->kind](r);
}

/* Cancels what stood, and rates the content as a fresh line of the kind that it has. */
static void replace(struct rating *r)
{
    if (cancel_for_replacement(r)) rate_content(r);
}

/* The end of a line. */

static void copy_reason(struct verdict *v, const struct reason *from)
{
    if (verdict_has(v, from->code)) return;
    struct reason *to = verdict_give_as(v, from->code, from->outcome);
    *to = *from;
}

/* Whether a reason of an award is one of the line, too: of a claim each is. An automatic line takes those of its
 * programs, except of programs that refuse it, since they cut nothing; a correction takes PRIOR_PERIOD alone; a line
 * that is held or parked takes only what holds or parks it (domain.md 7, 11). */
static bool is_said_of_line(const struct award *a, const struct reason *given, enum outcome outcome)
{
    bool stops = stops_the_line(given->outcome);
    if (a->is_correction && !stops && (given->code != REASON_PRIOR_PERIOD || outcome == OUTCOME_REJECT)) return false;
    return a->is_target || (a->outcome != OUTCOME_REJECT && (stops || !stops_the_line(outcome)));
}

static void say_what_programs_say(struct rating *r, enum outcome outcome)
{
    for (unsigned i = 0; i < r->award_count; i++) {
        const struct award *a = r->awards[i];
        for (unsigned k = 0; k < a->reason_count; k++)
            if (is_said_of_line(a, &a->reasons[k], outcome)) copy_reason(r->v, &a->reasons[k]);
    }
}

static void add_due_arguments(struct rating *r)
{
    for (unsigned i = 0; i < r->v->judgement->reason_count; i++) {
        struct reason *given = &r->v->judgement->reasons[i];
        if (given->outcome != OUTCOME_HOLD || given->argument_count == REASON_ARGUMENTS_MAX) continue;
        instant_ms due = r->receipt->received_at_unix_ms + (instant_ms)r->class->sla_hours * INSTANT_HOUR_MS;
        struct text t = text_in(r->arena, 32);
        instant_put(&t, due);
        reason_argument(given, SLICE("due"), text_slice(&t));
    }
}

static struct program_result result_of(struct rating *r, struct award *a, enum outcome outcome)
{
    unsigned kept = 0;
    struct reason *reasons = ARENA_ARRAY(r->arena, a->reason_count ? a->reason_count : 1, struct reason);
    for (unsigned i = 0; i < a->reason_count && !a->is_target; i++)
        if (!stops_the_line(outcome) || stops_the_line(a->reasons[i].outcome)) reasons[kept++] = a->reasons[i];
    reasons_sort(reasons, kept);
    bool pays = !award_is_stopped(a) && !stops_the_line(outcome);
    return (struct program_result){
        .program_id = a->program->id, .program_version = a->program->version, .outcome = a->outcome, .reasons = reasons,
        .reason_count = kept, .claim_minor = a->claim_minor, .paid_minor = pays ? a->amount_minor : 0,
        .refused_minor = !a->is_claim || stops_the_line(outcome) ? 0 : pays ? a->refused_minor : a->claim_minor,
        .workings = a->steps, .working_count = a->step_count, .balances = pays ? a->balances : NULL,
        .balance_count = pays ? a->balance_count : 0, .lots = a->lots, .lot_count = a->lot_count,
    };
}

/* A REPLACE that is refused does nothing: what its cancel would have done is no result (6.3). */
static bool shows(const struct award *a, enum outcome outcome)
{
    if (outcome == OUTCOME_REJECT && a->is_correction) return false;
    return a->is_target || !stops_the_line(outcome) || stops_the_line(a->outcome);
}

static void put_results(struct rating *r, struct payout_section *section, enum outcome outcome)
{
    struct program_result *results = ARENA_ARRAY(r->arena, r->award_count ? r->award_count : 1, struct program_result);
    unsigned count = 0;
    for (unsigned i = 0; i < r->award_count; i++)
        if (shows(r->awards[i], outcome)) results[count++] = result_of(r, r->awards[i], outcome);
    section->programs = results;
    section->program_count = count;
}

/* The row of the line: what a replay, a return or a cancel of it needs. */

static void fill_row(struct rating *r)
{
    const struct line *l = r->line;
    struct line_row *row = &r->row;
    row->kind = r->kind;
    row->partner_id = l->partner_id;
    row->location_id = l->location_id;
    row->pool_location = r->pool_location;
    row->sku = r->class->sku;
    row->family = r->class->family;
    row->product_line = r->class->product_line;
    row->invoice_no = l->invoice_no;
    row->invoice_line = l->invoice_line;
    row->customer_key = pending_customer_key(r);
    row->rep_id = l->rep_id;
    row->role = r->class->role;
    row->ship_date = l->ship_date;
    row->invoice_date = l->invoice_date;
    row->received_date = r->in->received_date;
    row->base_milli = r->base_milli;
    row->accepted_milli = r->accepted_milli;
    row->summary = l->summary;
    row->direct_ship = l->direct_ship;
    row->currency = l->currency;
    row->order_no = l->order_no;
}

static void keep_row(struct rating *r, enum outcome outcome)
{
    r->row.outcome = outcome;
    for (unsigned i = 0; i < r->award_count && outcome != OUTCOME_REJECT; i++)
        if (r->awards[i]->kept.program_id.size && r->row.programs_count < line_program_LIST_MAX)
            *ROWS_APPEND(r->arena, &r->row, programs, line_program) = r->awards[i]->kept;
    for (unsigned i = 0; i < r->v->judgement->reason_count; i++)
        *ROWS_APPEND(r->arena, &r->row, reasons, kept_reason) =
            (struct kept_reason){ .code = r->v->judgement->reasons[i].code,
                                  .outcome = r->v->judgement->reasons[i].outcome };
    *(struct line_row *)books_change(r->books, PAYOUT_LINES, r->line_key) = r->row;
}

static void forget(struct rating *r)
{
    books_forget(r->books);
    r->v->wake_count = 0;
    r->v->withdraws = (struct slice){ 0 };
}

/* A line that waits writes nothing of its money, only what other lines must know of it (R12, 6.2). */
static void end_waiting(struct rating *r)
{
    forget(r);
    pending_add(r);
    if (r->awaits_sale) sales_await(r, r->class->sku, pending_customer_key(r));
    if (r->awaits_report && r->transaction.size)
        ((struct transaction_row *)books_change(r->books, PAYOUT_TRANSACTIONS, r->transaction))->awaited = true;
}

static void end_decided(struct rating *r, struct payout_section *section, enum outcome outcome)
{
    if (outcome == OUTCOME_REJECT) {
        forget(r);
        r->row.programs = NULL;
        r->row.programs_count = 0;
        late_original_settle(r);
    } else if (!r->books->missed) {
        entries_put(r, section);
        cancel_note_claims_left(r, section);
    }
    if (r->dossier->payout) pending_remove(r);
    keep_row(r, outcome);
}

static void give_overflow(struct rating *r)
{
    r->v->judgement->reason_count = 0;
    r->award_count = 0;
    verdict_give(r->v, REASON_NUMBER_OVERFLOW);
}

static void finish(struct rating *r)
{
    struct payout_section *section = r->v->section;
    enum outcome outcome = rating_outcome(r);
    if (r->overflow) give_overflow(r);
    r->row.kind = r->kind;
    r->row.accepted_milli = r->accepted_milli;
    say_what_programs_say(r, outcome);
    add_due_arguments(r);
    if (!r->books->missed) put_results(r, section, outcome);
    if (stops_the_line(outcome)) end_waiting(r);
    else end_decided(r, section, outcome);
}

/* A line that was decided before gets its recorded outcome again, without entries and without changes of state. */
static bool repeat_recorded(struct rating *r)
{
    bool found;
    const struct line_row *row = original_to_read(r, r->receipt->line_id, &found);
    if (!found) return false;
    r->v->is_repeat = true;
    for (unsigned i = 0; i < row->reasons_count; i++)
        if (reason_is_known(row->reasons[i].code))
            verdict_give_as(r->v, (enum reason_code)row->reasons[i].code, row->reasons[i].outcome);
    return true;
}

/* Not judged again (8): what the person saw stays behind the denial, as in the stages before. */
static bool is_denied(struct rating *r)
{
    const struct review_effect *review = r->v->review;
    if (!review || review->verb != VERB_DENY) return false;
    reason_argument(verdict_give(r->v, REASON_DENIED_ON_REVIEW), SLICE("note"), review->note);
    for (unsigned i = 0; review->reviewed && i < review->reviewed->reason_count; i++)
        copy_reason(r->v, &review->reviewed->reasons[i]);
    return true;
}

static void note_adjustment(struct rating *r)
{
    const struct review_effect *review = review_last(r->v->review, VERB_ADJUST);
    if (!review) return;
    struct reason *given = verdict_give(r->v, REASON_REVIEW_ADJUSTED);
    reason_argument(given, SLICE("note"), review->note);
    given->cut_qty_milli = cleared_milli(r) - r->accepted_milli;
}

static struct rating *rating_of(const struct rating_input *in, struct verdict *v)
{
    struct rating *r = begin(in, v);
    r->accepted_milli = accepted_of(r);
    find_product(r);
    r->invoice_key = line_invoice_key(r->arena, r->line->invoice_no);
    r->pool_location = lots_pool(r).location_id;
    r->txn = ARENA_NEW(r->arena, struct transaction_row);
    fill_row(r);
    return r;
}

void rate_line(const struct rating_input *in, struct verdict *v)
{
    struct rating *r = v->opened ? v->opened : rating_of(in, v);
    ASSERT(r->v == v && r->award_count == 0);
    if (repeat_recorded(r)) return;
    if (is_denied(r)) {
        cancel_note_target(r);
        if (r->line->kind != KIND_CANCEL) r->row.original = resubmission_earlier(r);
    } else if (late_original_refuse(r)) {
        if (!r->row.original.size) r->row.original = resubmission_earlier(r);
    } else {
        note_adjustment(r);
        rate_content(r);
    }
    finish(r);
}

static void open_automatic(struct rating *r)
{
    stock_open(r);
    find_programs(r);
    for (unsigned i = 0; i < r->program_count; i++) {
        const struct incentive_steps *steps = incentives_find(r->programs[i]->incentive);
        if (steps->open) steps->open(r, r->programs[i], program_date_of(r->programs[i], r->line, r->in->received_date));
    }
    r->is_opened = true;
}

static void open_claim(struct rating *r)
{
    const struct incentive_steps *steps = incentives_find(kind_incentive(r->kind));
    transactions_open(r);
    if (steps && steps->begin) steps->begin(r);
    if (r->kind == KIND_SHIP_DEBIT_CLAIM) lots_open(r, lots_pool(r), stock_date(r));
}

struct rating *rating_open(const struct rating_input *in, struct verdict *v)
{
    struct rating *r = rating_of(in, v);
    books_read(r->books, PAYOUT_LINES, r->line_key, NULL);
    if (r->kind == KIND_POS_SALE || r->kind == KIND_SELL_IN) open_automatic(r);
    else if (kind_is_claim(r->kind) && r->line->qty_milli >= 0) open_claim(r);
    else adjustments_open(r);
    return r->is_opened ? r : NULL;
}

/* A claim that was held here is refused as the program saw it (11: its C becomes refused). */
static void refuse_what_waited(const struct dossier *d, struct verdict *v)
{
    const struct payout_section *held = d->payout;
    struct program_result *refused = ARENA_ARRAY(v->arena, held ? held->program_count + 1 : 1, struct program_result);
    unsigned count = 0;
    for (unsigned i = 0; held && i < held->program_count; i++) {
        const struct program_result *p = &held->programs[i];
        if (p->claim_minor)
            refused[count++] = (struct program_result){ .program_id = p->program_id,
                                                        .program_version = p->program_version,
                                                        .outcome = OUTCOME_REJECT,
                                                        .claim_minor = p->claim_minor,
                                                        .refused_minor = p->claim_minor };
    }
    struct payout_section *section = v->section;
    section->programs = refused;
    section->program_count = count;
}

/* Its row says to later corrections of it that it ended. */
void rating_withdraw(const struct dossier *d, const struct policy *policy, struct verdict *v)
{
    struct rating_input in = { .dossier = d, .policy = policy, .received_date = dossier_received_date(d) };
    struct rating *r = begin(&in, v);
    pending_remove(r);
    refuse_what_waited(d, v);
    r->row = (struct line_row){ .kind = r->kind,
                                .partner_id = d->line->partner_id,
                                .sku = r->class->sku,
                                .role = r->class->role,
                                .received_date = in.received_date,
                                .original = resubmission_earlier(r),
                                .outcome = OUTCOME_REJECT };
    cancel_note_target(r);
    *ROWS_APPEND(r->arena, &r->row, reasons, kept_reason) =
        (struct kept_reason){ .code = REASON_WITHDRAWN, .outcome = OUTCOME_REJECT };
    struct line_row *row = books_change(r->books, PAYOUT_LINES, r->line_key);
    bool is_replaced = row->outcome != OUTCOME_UNSPECIFIED;
    if (is_replaced) r->row.successor = row->successor;     /* its replacement was rated before */
    *row = r->row;
}
