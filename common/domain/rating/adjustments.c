/* domain/rating/adjustments.c: taking back what was paid, exactly. */
#include "domain/rating/adjustments.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/rating/caps.h"
#include "domain/rating/incentives.h"
#include "domain/rating/lots.h"
#include "domain/rating/original.h"
#include "domain/rating/pending.h"
#include "domain/rating/purchases.h"
#include "domain/rating/reversal_entry.h"
#include "domain/rating/sales.h"
#include "domain/rating/stacking.h"
#include "domain/rating/stock.h"
#include "domain/rating/transactions.h"
#include "domain/rating/volume_correction.h"
#include "domain/rating/year_to_date.h"

/* 6.1 */

/* Paid units return first, or last (return_order), by claim. */
static int64_t paid_units_of(const struct rating *r, const struct line_program *kept, int64_t units_milli)
{
    int64_t paid_left = kept->paid_milli - kept->paid_returned_milli;
    int64_t unpaid_left = kept->accepted_milli - kept->returned_milli - paid_left;
    int64_t paid = units_milli;
    if (r->in->policy->return_order == RETURN_ORDER_UNPAID_FIRST)
        paid = units_milli > unpaid_left ? units_milli - unpaid_left : 0;
    return paid < paid_left ? paid : paid_left;
}

/* A line without units (MDF, manual money) goes back as a whole. */
static void take_back_whole(struct rating *r, const struct line_row *line, struct slice line_id,
                            struct line_program *kept, enum cause cause)
{
    const struct program *p = reversal_entry_program(r, kept);
    int64_t minor = kept->program_minor - kept->program_reversed_minor;
    int64_t payout = kept->payout_minor - kept->payout_reversed_minor;
    struct award *a = reversal_entry_begin(r, p, kept);
    reversal_entry_note_again(r, a, a->minor_unit, minor);
    if (!exchange_is_identity(&a->to_payout)) reversal_entry_note_again(r, a, SLICE("payout"), payout);
    struct taken_back taken = { .minor = minor, .payout_minor = payout };
    reversal_entry_remember(r, kept, line_id, &taken);
    kept->program_reversed_minor += minor;
    kept->payout_reversed_minor += payout;
    kept->ended = true;
    const struct incentive_steps *steps = incentives_find(kept->incentive);
    if (!kind_is_operator(line->kind) && steps && steps->restore) steps->restore(r, kept, minor, 0, cause);
    caps_restore(r, kept, minor, 0);
    year_to_date_restore(r, kept, payout);
    if (minor || payout) reversal_entry_post(r, a, line, kept, &taken, cause);
}

/* What the units take with them, in both currencies, with its workings. */
static struct taken_back take_share(struct rating *r, struct award *a, const struct line_program *kept,
                                    int64_t units_milli)
{
    struct taken_back taken = { .units_milli = units_milli, .paid_milli = paid_units_of(r, kept, units_milli) };
    struct returned_share s = { kept->program_minor, kept->paid_milli, kept->paid_returned_milli, taken.paid_milli,
                                kept->program_reversed_minor, a->program->rounding_step_minor, a->exponent };
    taken.minor = reversal_entry_share(r, a->program, &s);
    reversal_entry_note_share(r, a, a->minor_unit, &s, taken.minor);
    s.sum_minor = kept->payout_minor;
    s.reversed_minor = kept->payout_reversed_minor;
    s.exponent = a->payout_exponent;
    taken.payout_minor = reversal_entry_share(r, a->program, &s);
    if (!exchange_is_identity(&a->to_payout))
        reversal_entry_note_share(r, a, SLICE("payout"), &s, taken.payout_minor);
    return taken;
}

void adjustments_take_back(struct rating *r, const struct line_row *line, struct slice line_id,
                           struct line_program *kept, int64_t units_milli, enum cause cause)
{
    const struct program *p = reversal_entry_program(r, kept);
    ASSERT(units_milli >= 0 && units_milli <= kept->accepted_milli - kept->returned_milli);
    if (!p || !award_has_room(r, AWARDS_OF_A_CHANGE)) return;
    if (kept->accepted_milli == 0) {
        take_back_whole(r, line, line_id, kept, cause);
        return;
    }
    struct award *a = reversal_entry_begin(r, p, kept);
    struct taken_back taken = take_share(r, a, kept, units_milli);
    int64_t minor = taken.minor, payout = taken.payout_minor, paid = taken.paid_milli;
    reversal_entry_remember(r, kept, line_id, &taken);
    kept->returned_milli += units_milli;
    kept->paid_returned_milli += paid;
    kept->program_reversed_minor += minor;
    kept->payout_reversed_minor += payout;
    if (kept->returned_milli == kept->accepted_milli) kept->ended = true;
    const struct incentive_steps *steps = incentives_find(kept->incentive);
    if (steps && steps->restore) steps->restore(r, kept, minor, paid, cause);
    caps_restore(r, kept, minor, paid);
    year_to_date_restore(r, kept, payout);
    stacking_take_back(original_transaction(r, line), line_id, kept->program_id, minor, kept->ended);
    if (paid || minor || payout) reversal_entry_post(r, a, line, kept, &taken, cause);
}

struct volume_part { int64_t value_minor, share_minor; };

/* What goes of a contribution with its units: of its value v, and of what it earned. */
static struct volume_part part_of_volume(struct rating *r, const struct program *p, const struct line_program *kept,
                                         int64_t magnitude, int64_t units_milli)
{
    struct volume_part part;
    struct returned_share s = { kept->value_minor, magnitude, kept->returned_milli, units_milli,
                                kept->value_reversed_minor, 1, currency_exponent(p->currency) };
    part.value_minor = reversal_entry_share(r, p, &s);
    s.sum_minor = kept->share_minor;
    s.reversed_minor = kept->share_reversed_minor;
    s.step_minor = p->rounding_step_minor;
    part.share_minor = reversal_entry_share(r, p, &s);
    return part;
}

/* Entries from `first` on are in the role of the line that had earned; those of the award are its results. */
static void name_postings(struct rating *r, const struct award *a, unsigned first, enum role role)
{
    for (unsigned i = 0; i < r->posting_count; i++) {
        bool own = r->postings[i].award == a;
        if (!own && i < first) continue;                    /* after them: the share of its fund */
        r->postings[i].role = role;
        if (own && r->postings[i].ledger == LEDGER_EARNED) r->postings[i].done_no = r->row.programs_count;
    }
}

/* Contributions v are taken back by the same rule over the accepted quantity. */
void adjustments_take_back_volume(struct rating *r, const struct line_row *line, struct slice line_id,
                                  struct line_program *kept, int64_t units_milli)
{
    const struct program *p = reversal_entry_program(r, kept);
    int64_t magnitude = kept->accepted_milli < 0 ? -kept->accepted_milli : kept->accepted_milli;
    if (units_milli > magnitude - kept->returned_milli) units_milli = magnitude - kept->returned_milli;
    if (!p || units_milli == 0 || !award_has_room(r, AWARDS_OF_A_CHANGE)) return;
    struct volume_part part = part_of_volume(r, p, kept, magnitude, units_milli);
    int64_t qty = kept->amount_only ? 0 : kept->accepted_milli < 0 ? units_milli : -units_milli;
    unsigned posted = r->posting_count;
    int64_t most = original_is_sale(line->kind) ? INT64_MAX : 0;    /* a claim was never paid less than nothing */
    struct award *a = volume_correction_of(r, kept, -part.value_minor, qty, most, NULL);
    if (!a) return;
    reversal_entry_remember(r, kept, line_id, &(struct taken_back){ .units_milli = units_milli });
    struct line_program *done = &r->row.programs[r->row.programs_count - 1];
    done->value_minor = part.value_minor;
    done->share_minor = part.share_minor;
    done->program_minor = a->amount_minor;
    if (volume_correction_date(r, p)) done->program_date = volume_correction_date(r, p);
    caps_restore_counted(r, a, kept, done);
    kept->returned_milli += units_milli;
    kept->value_reversed_minor += part.value_minor;
    kept->share_reversed_minor += part.share_minor;
    if (kept->returned_milli == magnitude) kept->ended = true;
    year_to_date_correct(r, p, kept, a->payout_minor);
    stacking_take_back(original_transaction(r, line), line_id, kept->program_id, part.share_minor, kept->ended);
    name_postings(r, a, posted, line->role);
}

/* Finding the original. */

/* What a REPLACE names is what it replaces, never what its new content takes back. */
static bool names_original(const struct rating *r)
{
    return r->line->kind != KIND_REPLACE && (r->line->original_line_ref.size || r->line->original_invoice_no.size);
}

/* The line that it names, or what compliance found to stand for that; empty: it names none. */
static struct slice linked_line(const struct rating *r)
{
    const struct clearance *c = r->dossier->clearance;
    return c && c->reaches_line_id.size ? c->reaches_line_id : r->line->original_line_ref;
}

struct piece { struct slice line_id; int64_t qty_milli; };
/* `known`: the line named its original, and that one stands. `spent`: one that came back whole, so that it is none that
 * lives; empty: none did. */
struct pieces {
    struct piece items[SALES_ASKED_MAX];
    unsigned     count;
    int64_t      matched_milli, left_milli;
    bool         known;
    struct slice spent;
};

static void add_piece(struct pieces *p, struct slice line_id, int64_t left_milli, int64_t wanted_milli)
{
    int64_t missing = wanted_milli - p->matched_milli, take = left_milli < missing ? left_milli : missing;
    if (left_milli <= 0 && slice_is_empty(p->spent)) p->spent = line_id;
    p->left_milli += left_milli > 0 ? left_milli : 0;
    if (take <= 0 || p->count == SALES_ASKED_MAX) return;
    p->items[p->count++] = (struct piece){ line_id, take };
    p->matched_milli += take;
}

/* The live sales of the invoice line that the line names, oldest first. */
static struct slice find_on_invoice(struct rating *r, char side, int64_t wanted_milli, struct pieces *pieces)
{
    struct slice key = transactions_key(r, side, r->line->original_invoice_no, r->line->original_invoice_line,
                                        r->class->sku);
    const struct transaction_row *txn = transactions_row(r, key);
    for (unsigned i = 0; i < txn->lines_count; i++) {
        const struct transaction_line *l = &txn->lines[i];
        if (original_is_sale(l->kind) && !l->ended)
            add_piece(pieces, l->line_id, l->accepted_milli - l->returned_milli, wanted_milli);
    }
    return key;
}

/* What a line of some kind may take back. */
static bool may_take_back(enum kind kind, enum kind original)
{
    if (kind == KIND_SELL_IN) return original == KIND_SELL_IN;
    if (kind == KIND_SHIP_DEBIT_CLAIM) return original == KIND_SHIP_DEBIT_CLAIM;
    return original == KIND_POS_SALE || original == KIND_SHIP_DEBIT_CLAIM || original == KIND_SPIFF_CLAIM
           || original == KIND_DEAL_CLAIM;
}

/* A sale without invoice detail stands on no transaction: compliance knows it by its invoice. */
static void find_summary(struct rating *r, int64_t wanted_milli, struct pieces *pieces)
{
    bool found;
    const struct clearance *c = r->dossier->clearance;
    if (pieces->count || pieces->spent.size || !c || !c->original_line_id.size) return;
    const struct line_row *line = original_to_read(r, c->original_line_id, &found);
    if (!found || !line->summary || !may_take_back(r->kind, line->kind)) return;
    add_piece(pieces, c->original_line_id, original_left(line), wanted_milli);
}

/* The line that this one waited for here, where it was withdrawn meanwhile: what took its place came after this one,
 * which takes nothing back from it unless a person lets it. */
static struct slice withdrawn_meanwhile(struct rating *r)
{
    const struct payout_section *before = r->dossier->payout;
    struct slice on = before ? before->judgement.waiting.on : (struct slice){ 0 };
    bool found;
    if (!slice_starts_with(on, SLICE(WAIT_TARGET)) || award_is_released(r, REASON_RETURN_UNMATCHED))
        return (struct slice){ 0 };
    struct slice line_id = slice_skip(on, sizeof WAIT_TARGET - 1);
    const struct line_row *line = original_to_read(r, line_id, &found);
    return found && line->outcome == OUTCOME_REJECT ? line_id : (struct slice){ 0 };
}

/* Linked: false when the line waits or is held. */
static bool find_linked(struct rating *r, char side, int64_t wanted_milli, struct pieces *pieces)
{
    bool found = false;
    struct slice waiting = linked_line(r);
    if (waiting.size) {
        const struct line_row *line = original_to_read(r, waiting, &found);
        pieces->known =
            found && original_stands(line) && line->accepted_milli > 0 && may_take_back(r->kind, line->kind);
        if (pieces->known) add_piece(pieces, waiting, original_left(line), wanted_milli);
    } else if (!withdrawn_meanwhile(r).size) {
        struct slice key = find_on_invoice(r, side, wanted_milli, pieces);
        find_summary(r, wanted_milli, pieces);
        waiting = pieces->count ? (struct slice){ 0 } : pending_on_transaction(r, key);
    }
    if (pieces->count == 0 && !found && original_waits(r, waiting)) {
        original_park_behind(r, waiting);
        return false;
    }
    return true;
}

static bool find_unlinked(struct rating *r, int64_t wanted_milli, struct pieces *pieces)
{
    struct sale_matches m = { .wanted_milli = wanted_milli };
    struct slice customer = pending_customer_key(r), sku = r->class->sku;
    int32_t to = r->line->ship_date ? r->line->ship_date : r->in->received_date;
    int32_t from = date_add_days(to, -r->in->policy->return_match_days);
    sales_find(r, sku, customer, from, to, &m);
    for (unsigned i = 0; i < m.count; i++)
        add_piece(pieces, m.items[i].line_id, m.items[i].left_milli, wanted_milli);
    if (m.covered_milli >= wanted_milli) return true;
    struct slice waiting = pending_for_customer(r, &(struct pending_sale){ sku, customer, from, to });
    if (slice_is_empty(waiting)) return true;
    r->awaits_sale = true;
    reason_argument(verdict_give(r->v, REASON_WAITING_FOR_TARGET), SLICE("original"), waiting);
    verdict_wait(r->v, REASON_WAITING_FOR_TARGET, sales_match_datum(r, sku, customer));
    return false;
}

/* Everything must be matched: else a person looks, unless one has. */
static bool check_match(struct rating *r, int64_t wanted_milli, const struct pieces *pieces, bool linked)
{
    if (pieces->matched_milli == wanted_milli) return true;
    bool exceeds = pieces->known || (linked && pieces->left_milli > 0);
    enum reason_code code = exceeds ? REASON_RETURN_EXCEEDS_SALE : REASON_RETURN_UNMATCHED;
    if (award_is_released(r, code)) return true;
    struct reason *given = verdict_give(r->v, code);
    struct slice named = r->line->original_line_ref.size ? r->line->original_line_ref : r->line->original_invoice_no;
    if (exceeds) reason_argument(given, SLICE("original"), pieces->count ? pieces->items[0].line_id : named);
    else if (pieces->spent.size) reason_argument(given, SLICE("original"), pieces->spent);
    return false;
}

/* Returning. */

static void return_claim_program(struct rating *r, struct line_row *claim, struct slice line_id,
                                 struct line_program *kept, int64_t units_milli)
{
    if (!kept->volume) adjustments_take_back(r, claim, line_id, kept, units_milli, CAUSE_UNSPECIFIED);
    else if (!original_is_sale(claim->kind)) adjustments_take_back_volume(r, claim, line_id, kept, units_milli);
}

/* What its CANCEL asks (transactions_passed). */
static void note_held(struct rating *r, unsigned first, int64_t held_milli)
{
    for (unsigned i = first; i < r->row.programs_count; i++) r->row.programs[i].held_milli = held_milli;
}

/* What another sale of T earned by itself goes with that sale (6.1). */
static bool is_of_another_sale(struct transaction_row *txn, const struct transaction_line *l, struct slice sale_id)
{
    return !slice_equal(l->line_id, sale_id) && original_is_sale(transactions_find(txn, l->line_id)->kind);
}

/* The claims of one program on T, the oldest first, give back `units` of a sale together: those of T that no claim
 * holds return last. */
static void return_claims_of(struct rating *r, struct transaction_row *txn, struct slice sale_id,
                             struct slice program_id, int64_t units_milli)
{
    int64_t held = transactions_held(txn, program_id);
    unsigned first = r->row.programs_count;
    for (unsigned i = 0; i < txn->lines_count && units_milli > 0; i++) {
        struct transaction_line *l = &txn->lines[i];
        if (l->ended || original_is_sale(l->kind) || !slice_equal(l->program_id, program_id)
            || is_of_another_sale(txn, l, sale_id))
            continue;
        int64_t live = l->accepted_milli - l->returned_milli, take = live < units_milli ? live : units_milli;
        if (take <= 0) continue;
        struct line_row *claim = original_to_change(r, l->line_id);
        l->returned_milli += take;
        units_milli -= take;
        if (!original_is_sale(claim->kind)) claim->returned_milli += take;
        for (unsigned k = 0; k < claim->programs_count; k++)
            if (slice_equal(claim->programs[k].program_id, program_id))
                return_claim_program(r, claim, l->line_id, &claim->programs[k], take);
    }
    note_held(r, first, held);
}

static void return_claims(struct rating *r, struct transaction_row *txn, struct slice sale_id, int64_t units_milli)
{
    struct slice done[transaction_line_LIST_MAX];
    unsigned done_count = 0;
    for (unsigned i = 0; i < txn->lines_count; i++) {
        struct slice program_id = txn->lines[i].program_id;
        bool known = original_is_sale(txn->lines[i].kind) || slice_is_empty(program_id);
        for (unsigned k = 0; k < done_count; k++) known |= slice_equal(done[k], program_id);
        if (known) continue;
        done[done_count++] = program_id;
        return_claims_of(r, txn, sale_id, program_id, units_milli);
    }
}

static int32_t return_date(const struct rating *r)
{
    return r->line->ship_date ? r->line->ship_date : r->in->received_date;
}

static void return_goods(struct rating *r, struct transaction_row *txn, const struct line_row *line,
                         int64_t units_milli)
{
    original_sold_direct(r, line, -units_milli);
    if (line->direct_ship || line->summary) return;
    transactions_restore(r, txn, original_pool(line), units_milli, return_date(r));
}

static void note_piece(struct rating *r, struct slice line_id, int64_t qty_milli)
{
    if (r->row.pieces_count < return_piece_LIST_MAX)
        *ROWS_APPEND(r->arena, &r->row, pieces, return_piece) = (struct return_piece){ line_id, qty_milli };
}

/* Volume programs of the line itself. */
static void return_contributions(struct rating *r, struct line_row *line, struct slice line_id, int64_t units_milli)
{
    for (unsigned i = 0; i < line->programs_count; i++)
        if (line->programs[i].volume && !line->programs[i].ended)
            adjustments_take_back_volume(r, line, line_id, &line->programs[i], units_milli);
}

/* A linked return of `units` of one line. */
static void return_piece_of(struct rating *r, struct slice line_id, int64_t units_milli)
{
    struct line_row *line = original_to_change(r, line_id);
    struct transaction_row *txn = original_transaction(r, line);
    struct transaction_line *on_txn = transactions_find(txn, line_id);
    original_adopt(r, line);
    note_piece(r, line_id, units_milli);
    if (original_is_sale(line->kind)) {
        line->returned_milli += units_milli;
        if (on_txn) on_txn->returned_milli += units_milli;
    }
    return_claims(r, txn, line_id, units_milli);
    return_contributions(r, line, line_id, units_milli);
    return_goods(r, txn, line, units_milli);
    if (line->kind == KIND_POS_SALE) sales_reduce(r, line, line_id, units_milli);
}

void adjustments_return(struct rating *r)
{
    struct pieces pieces = { 0 };
    int64_t wanted = -r->accepted_milli;
    bool linked = names_original(r);
    if (wanted <= 0) return;
    bool found = linked ? find_linked(r, 'S', wanted, &pieces) : find_unlinked(r, wanted, &pieces);
    if (!found || !check_match(r, wanted, &pieces, linked)) return;
    for (unsigned i = 0; i < pieces.count; i++) return_piece_of(r, pieces.items[i].line_id, pieces.items[i].qty_milli);
}

/* What taking a line back reads and changes, but for the claims on its transaction. */
static void open_original(struct rating *r, struct slice line_id)
{
    bool found;
    const struct line_row *line = original_to_read(r, line_id, &found);
    if (!found) {
        original_waits(r, line_id);
        return;
    }
    const struct transaction_row *txn = transactions_row(r, original_transaction_key(r, line));
    lots_open(r, original_pool(line), return_date(r));
    for (unsigned i = 0; i < txn->moves_count; i++) lots_open(r, original_pool(line), txn->moves[i].date);
    for (unsigned i = 0; i < line->programs_count; i++)
        if (line->programs[i].volume && !line->programs[i].ended) volume_correction_open(r, &line->programs[i]);
    if (line->kind == KIND_POS_SALE) sales_open_chunks(r, line);
}

void adjustments_open(struct rating *r)
{
    struct pieces pieces = { 0 };
    int64_t wanted = r->accepted_milli < 0 ? -r->accepted_milli : INT64_MAX;
    if (linked_line(r).size) open_original(r, linked_line(r));
    else if (r->line->original_invoice_no.size)
        find_on_invoice(r, r->kind == KIND_SELL_IN ? 'I' : 'S', wanted, &pieces);
    for (unsigned i = 0; i < pieces.count; i++) open_original(r, pieces.items[i].line_id);
}

/* Of a return of a claim: its own goods come back only if the claim moved them. */
static void return_claim_piece(struct rating *r, struct slice line_id, int64_t units_milli)
{
    struct line_row *claim = original_to_change(r, line_id);
    struct transaction_row *txn = original_transaction(r, claim);
    struct transaction_line *on_txn = transactions_find(txn, line_id);
    int64_t held = on_txn ? transactions_held(txn, on_txn->program_id) : 0;
    unsigned first = r->row.programs_count;
    original_adopt(r, claim);
    note_piece(r, line_id, units_milli);
    claim->returned_milli += units_milli;
    if (on_txn) {
        int64_t moved =
            original_goods_of_claim(r, txn, on_txn->moved_milli < units_milli ? on_txn->moved_milli : units_milli);
        on_txn->returned_milli += units_milli;
        on_txn->moved_milli -= moved;
        r->row.moved_milli += moved;
        transactions_restore(r, txn, original_pool(claim), moved, return_date(r));
    }
    for (unsigned i = 0; i < claim->programs_count; i++)
        if (!claim->programs[i].volume)
            adjustments_take_back(r, claim, line_id, &claim->programs[i], units_milli, CAUSE_UNSPECIFIED);
    note_held(r, first, held);
}

/* T of the claims that a return without line reference is about: the invoice it names, else its own. */
static struct slice claimed_transaction(struct rating *r)
{
    const struct line *l = r->line;
    bool named = names_original(r) && l->original_invoice_no.size;
    return transactions_key(r, 'S', named ? l->original_invoice_no : l->invoice_no,
                            named ? l->original_invoice_line : l->invoice_line, r->class->sku);
}

static void find_claims(struct rating *r, int64_t wanted_milli, struct pieces *pieces)
{
    bool found;
    const struct transaction_row *txn = transactions_row(r, claimed_transaction(r));
    for (unsigned i = 0; i < txn->lines_count; i++) {
        const struct transaction_line *l = &txn->lines[i];
        if (l->ended || l->kind != KIND_SHIP_DEBIT_CLAIM) continue;
        const struct line_row *claim = original_to_read(r, l->line_id, &found);
        if (claim->kind != KIND_SHIP_DEBIT_CLAIM || claim->programs_count == 0) continue;
        bool other = r->line->authorisation_no.size
                     && !slice_equal(claim->programs[0].authorisation_no, r->line->authorisation_no);
        if (!other) add_piece(pieces, l->line_id, l->accepted_milli - l->returned_milli, wanted_milli);
    }
}

void adjustments_return_claim(struct rating *r)
{
    struct pieces pieces = { 0 };
    int64_t wanted = -r->accepted_milli;
    if (wanted <= 0) return;
    if (names_original(r) && r->line->original_line_ref.size) {
        if (!find_linked(r, 'S', wanted, &pieces)) return;
    } else {
        find_claims(r, wanted, &pieces);
        if (!pieces.count && original_await(r, pending_claim_on(r, claimed_transaction(r)))) return;
    }
    if (!check_match(r, wanted, &pieces, true)) return;
    for (unsigned i = 0; i < pieces.count; i++)
        return_claim_piece(r, pieces.items[i].line_id, pieces.items[i].qty_milli);
}

/* A vendor credit takes back at its own price and month, but the contribution of the original. */
static void credit_purchase(struct rating *r, const struct line_row *original, int64_t units_milli)
{
    const struct line *l = r->line;
    struct slice currency = l->currency.size ? l->currency : original->currency;
    int64_t minor = 0;
    if (l->has_unit_price_micros)
        minor = purchases_round(
            r, rational_mul(award_per_base_unit(r, l->unit_price_micros), rational_of_milli(units_milli)), currency);
    else
        minor = purchases_part(r, original, original->returned_milli)
                - purchases_part(r, original, original->returned_milli - units_milli);
    r->row.purchase_minor -= minor;
    r->row.currency = currency;
    purchases_add(r, l->invoice_date ? l->invoice_date : r->in->received_date, currency, -minor);
}

bool adjustments_is_sell_in_return(const struct rating *r)
{
    return r->kind == KIND_SELL_IN && r->accepted_milli < 0 && names_original(r);
}

void adjustments_sell_in_return(struct rating *r)
{
    struct pieces pieces = { 0 };
    int64_t wanted = -r->accepted_milli;
    r->follows_original = true;
    if (!find_linked(r, 'I', wanted, &pieces) || !check_match(r, wanted, &pieces, true)) return;
    for (unsigned i = 0; i < pieces.count; i++) {
        struct line_row *line = original_to_change(r, pieces.items[i].line_id);
        struct transaction_line *on_txn = transactions_find(original_transaction(r, line), pieces.items[i].line_id);
        struct moves moves = { r->row.moves, r->row.moves_count };
        original_adopt(r, line);
        note_piece(r, pieces.items[i].line_id, pieces.items[i].qty_milli);
        line->returned_milli += pieces.items[i].qty_milli;
        if (on_txn) on_txn->returned_milli += pieces.items[i].qty_milli;
        return_contributions(r, line, pieces.items[i].line_id, pieces.items[i].qty_milli);
        lots_consume_lot(r, original_pool(line), line->lot_no, stock_date(r), pieces.items[i].qty_milli, &moves);
        r->row.moves = moves.items;
        r->row.moves_count = moves.count;
        r->row.moved_milli += pieces.items[i].qty_milli;
        credit_purchase(r, line, pieces.items[i].qty_milli);
    }
}
