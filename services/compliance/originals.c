/* compliance/originals.c: what a correction corrects. Pure.
 *
 * originals_find says which earlier line a CANCEL, REPLACE or return means; originals_wait whether that one has to be
 * decided first; originals_undo takes back what it did here, and originals_record writes down that it is ended. Whether
 * what was paid for it can be taken back is payout's to say: the clearance tells it which line was meant. */
#include "compliance/originals.h"

#include "base/assert.h"
#include "compliance/away.h"
#include "compliance/duplicates.h"
#include "compliance/inventory.h"
#include "compliance/invoiced.h"
#include "compliance/matches.h"
#include "compliance/serials.h"
#include "domain/calendar.h"
#include "domain/correctable.h"
#include "domain/uom.h"

static bool is_undoing(const struct judging *j)
{
    return j->line->kind == KIND_CANCEL || j->line->kind == KIND_REPLACE;
}

/* --- finding --- */

static void take_original(struct judging *j, struct slice line_id)
{
    const struct footprint *f = judging_footprint(j, line_id);
    if (f->state != FOOTPRINT_NONE) j->original = (struct original){ line_id, f };
}

/* A line that was refused here did nothing: so a refused REPLACE has replaced nothing. `ended_by` would say that the
 * line was reversed later. */
static bool was_refused(const struct footprint *f)
{
    return f->state == FOOTPRINT_NONE || (f->state == FOOTPRINT_ENDED && !f->ended_by.size);
}

static bool take_away(struct judging *j, const struct original_ref *ref, enum footprint_state state)
{
    struct slice line_id = away_by_invoice(j, ref, state);
    if (line_id.size) take_original(j, line_id);
    return line_id.size > 0;
}

/* A correction that names an invoice means a resale of that number; a cancel without one, the vendor's invoice. A line
 * on its way back to classification comes first, as if it had never left there; one that waits here behind another
 * correction comes last. */
static void find_by_invoice(struct judging *j, const struct original_ref *ref)
{
    bool is_sell_in = j->line->kind == KIND_SELL_IN || j->kind == KIND_SELL_IN;
    const struct slice none = { 0 };
    int rank = 0;
    if (take_away(j, ref, FOOTPRINT_AWAY)) return;
    invoiced_find(j, ref, is_sell_in, none, &rank);
    if (j->line->kind == KIND_CANCEL && rank < CORRECTABLE_IN_FORCE) invoiced_find(j, ref, true, none, &rank);
    if (rank < CORRECTABLE_IN_FORCE && take_away(j, ref, FOOTPRINT_OPEN)) return;
    if (rank == 0 && is_undoing(j)) take_away(j, ref, FOOTPRINT_WITHDRAWN);
}

/* A REPLACE that has replaced nothing: it waits, was withdrawn, or was refused here. */
static bool has_no_effect(const struct footprint *f)
{
    bool went_on = f->state == FOOTPRINT_ACCEPTED || f->state == FOOTPRINT_CANCELLED
        || (f->state == FOOTPRINT_ENDED && f->ended_by.size);
    return f->replaces_line_id.size && !went_on;
}

/* To replace a REPLACE without effect is to replace what that one was to replace (domain.md 6.3), unless another line
 * did so already. Of two REPLACEs that wait this line waits for the second. */
static void reach_through(struct judging *j)
{
    for (unsigned n = 0; n < SUBMISSION_NO_MAX && j->original.line_id.size; n++) {
        const struct footprint *f = j->original.footprint;
        bool is_waited_for = j->named.line_id.size && j->named.footprint->state == FOOTPRINT_OPEN
            && f->state == FOOTPRINT_OPEN;
        bool is_replaced = judging_is_replaced(j, f) && !slice_equal(f->ended_by, j->line_id);
        if (is_waited_for || is_replaced || !has_no_effect(f)) return;
        if (!j->named.line_id.size || f->state == FOOTPRINT_OPEN) j->named = j->original;
        j->original = (struct original){ 0 };
        take_original(j, f->replaces_line_id);
    }
}

/* Classification has withdrawn the line that was meant, so this correction ends no other line of the invoice, unless
 * that one reports the same sale. */
static bool has_ended_its_own(const struct judging *j)
{
    const struct classification *c = j->class;
    bool reaches = c->reaches_line_ref.size || c->reaches_invoice_no.size;
    return is_undoing(j) && c->judgement.withdrew_line_id.size && !reaches;
}

/* Beside the line that classification withdrew another one stands on the invoice and says something else. Whether the
 * two are one sale, a person has to say. */
static struct slice stands_beside_its_own(struct judging *j)
{
    const struct original_ref ref = line_original_ref(j->line);
    if (!has_ended_its_own(j) || ref.line_ref.size) return (struct slice){ 0 };
    const struct original meant = j->original;
    int rank = 0;
    invoiced_find(j, &ref, j->kind == KIND_SELL_IN, meant.line_id, &rank);
    struct slice found = j->original.line_id;
    j->original = meant;
    bool is_other = !slice_equal(found, j->class->judgement.withdrew_line_id);
    return rank >= CORRECTABLE_IN_FORCE && is_other ? found : (struct slice){ 0 };
}

/* The line of that id. One that waited while it was told again, and so became the repetition of a line that had come
 * after it, is that line. What came after its CANCEL is another sale. */
static struct slice line_meant(struct judging *j, struct slice line_id)
{
    const struct footprint *f = judging_footprint(j, line_id);
    if (!was_refused(f) || !f->resubmits_line_id.size) return line_id;
    const struct footprint *again = judging_footprint(j, f->resubmits_line_id);
    const struct receipt first = { .received_at_unix_ms = f->received_at_unix_ms, .document_id = f->document_id,
                                   .position = f->position };
    if (!judging_came_behind(&first, again)) return line_id;
    bool is_another = j->line->kind == KIND_CANCEL && judging_came_behind(j->receipt, again);
    return is_another ? line_id : f->resubmits_line_id;
}

static void find(struct judging *j)
{
    const struct original_ref ref = dossier_original_ref(j->dossier);
    if (has_ended_its_own(j)) take_original(j, duplicates_says_it_too(j));
    else if (ref.line_ref.size) take_original(j, line_meant(j, ref.line_ref));
    else if (ref.invoice_no.size) find_by_invoice(j, &ref);
}

/* A REPLACE came by invoice before its original: it replaces the first such sale that comes. */
static struct slice replaced_on_invoice(struct judging *j)
{
    bool moves_goods = j->line->kind == KIND_POS_SALE || j->line->kind == KIND_SELL_IN;
    if (!moves_goods || !j->invoiced.exists || j->qty_milli <= 0) return (struct slice){ 0 };
    const struct transaction_uses *uses = judging_read(j, COMPLIANCE_TRANSACTIONS, j->rows.transaction);
    struct slice by = uses->replaced_early_by;
    if (!by.size) return by;
    const struct footprint *f = judging_footprint(j, by);
    return f->kind == j->kind && f->state == FOOTPRINT_ACCEPTED ? by : (struct slice){ 0 };
}

/* The correction that came before this line and ends it; empty: none did. A CANCEL of a part ends nothing. */
static struct slice ended_before_it_came(struct judging *j)
{
    bool is_marked = j->before->ended_by.size && j->before->state != FOOTPRINT_AWAY;
    struct slice by = is_marked ? j->before->ended_by : replaced_on_invoice(j);
    if (!by.size || !judging_is_new(j)) return (struct slice){ 0 };
    const struct footprint *f = judging_footprint(j, by);
    bool takes_a_part = f->kind == KIND_CANCEL && f->qty_milli && f->qty_milli != -j->qty_milli;
    return f->state == FOOTPRINT_NONE || takes_a_part ? (struct slice){ 0 } : by;
}

/* A return that names neither line nor invoice. */
static bool is_unlinked(const struct judging *j)
{
    return j->line->kind == KIND_POS_RETURN && !j->line->original_line_ref.size && !j->line->original_invoice_no.size;
}

/* This line follows a line that is on its way back to classification, once for each refused correction: if
 * classification does not find that line, this one is judged as it stands. A correction that ended another line there
 * has found what it means. */
static void go_behind(struct judging *j, struct slice line_id)
{
    if (!line_id.size || j->class->judgement.withdrew_line_id.size) return;
    const struct footprint *f = judging_footprint(j, line_id);
    struct slice by = away_cause(f);
    bool has_been_there = j->before->state == FOOTPRINT_AWAY && slice_equal(j->before->resubmits_line_id, by);
    if (by.size && !has_been_there) j->goes_behind = (struct original){ line_id, f };
}

/* The line on its way back to classification that this one means: by its reference, or because the invoice led to a
 * refused REPLACE of it. */
static struct slice away_meant(struct judging *j)
{
    const struct original *o = &j->original;
    if (!o->line_id.size) return is_unlinked(j) ? away_by_customer(j, FOOTPRINT_AWAY) : (struct slice){ 0 };
    if (o->footprint->state == FOOTPRINT_AWAY) return o->line_id;
    struct slice replaced = o->footprint->replaces_line_id;
    bool is_by_invoice = dossier_original_ref(j->dossier).line_ref.size == 0;
    if (!is_undoing(j) || !is_by_invoice || !replaced.size || !was_refused(o->footprint)) return (struct slice){ 0 };
    return judging_footprint(j, replaced)->state == FOOTPRINT_AWAY ? replaced : (struct slice){ 0 };
}

/* This return may mean a sale that waits in classification: there it waits, too, since nothing covers it. */
static bool waits_there(struct judging *j)
{
    struct slice sale = j->class->may_return_line_id;
    if (!sale.size || judging_footprint(j, sale)->state != FOOTPRINT_NONE) return false;
    return !matches_waiting(j).size && !matches_cover(j);
}

static void follow(struct judging *j)
{
    const struct texts *refs = &j->line->line_refs;
    struct slice sale = j->class->may_return_line_id;
    if (waits_there(j)) j->goes_behind = (struct original){ sale, judging_footprint(j, sale) };
    if (is_undoing(j) || judging_is_return(j)) go_behind(j, away_meant(j));
    if (j->named.line_id.size) go_behind(j, j->named.line_id);
    for (unsigned i = 0; j->kind == KIND_REVERSE && i < refs->count; i++)
        if (!j->goes_behind.line_id.size) go_behind(j, refs->items[i]);
}

/* While this line waited, its original was cancelled and sent again: the new report is meant. */
static void take_sent_again(struct judging *j)
{
    for (unsigned n = 0; n < SUBMISSION_NO_MAX && j->original.line_id.size; n++) {
        struct slice again = duplicates_sent_again(j, j->original.footprint);
        if (!again.size || slice_equal(again, j->line_id)) break;
        take_original(j, again);
    }
    const struct footprint *f = j->original.footprint;
    if (j->original.line_id.size && f->state == FOOTPRINT_OPEN) j->after.resubmits_line_id = f->resubmits_line_id;
}

/* A CANCEL by invoice means what is in force there. If it finds a REPLACE that waits, it means the line that this one
 * was to replace as well. */
static bool cancels_on_invoice(const struct judging *j)
{
    const struct original_ref ref = line_original_ref(j->line);
    return j->line->kind == KIND_CANCEL && !ref.line_ref.size && ref.invoice_no.size;
}

static void take_what_it_replaces(struct judging *j)
{
    const struct footprint *f = j->original.footprint;
    if (!j->original.line_id.size || f->state != FOOTPRINT_OPEN || !f->replaces_line_id.size) return;
    if (!footprint_counts(judging_footprint(j, f->replaces_line_id))) return;
    j->named = j->original;
    take_original(j, f->replaces_line_id);
}

static void find_original(struct judging *j)
{
    if (is_undoing(j) || judging_is_return(j)) find(j);
    if (cancels_on_invoice(j)) take_what_it_replaces(j);
    if (j->line->kind != KIND_REPLACE) return;
    reach_through(j);
    take_sent_again(j);
    j->after.replaces_line_id = j->original.line_id;
    if (!j->named.line_id.size) j->named = duplicates_waiting_for_it(j);
}

void originals_find(struct judging *j)
{
    if (j->is_refused) return;
    j->ended_early_by = ended_before_it_came(j);
    find_original(j);
    follow(j);
}

struct slice originals_of_refused(struct judging *j)
{
    if (j->line->kind != KIND_REPLACE) return (struct slice){ 0 };
    find(j);
    struct slice line_id = j->original.line_id;
    j->original = (struct original){ 0 };
    return line_id.size ? line_id : dossier_original_ref(j->dossier).line_ref;
}

/* --- withdrawn before --- */

/* The correction waited and was cancelled by its own id, so that it ended nothing. A CANCEL by invoice ends both. */
static bool was_taken_back_alone(struct judging *j, const struct footprint *by)
{
    if (by->state != FOOTPRINT_WITHDRAWN) return false;
    const struct footprint *cancel = judging_footprint(j, by->ended_by);
    return cancel->kind == KIND_CANCEL && !cancel->replaces_line_id.size;
}

static enum withdrawal withdrawal_by(struct judging *j, struct slice line_id)
{
    const struct footprint *by = judging_footprint(j, line_id);
    if (by->state == FOOTPRINT_OPEN) return WITHDRAWAL_WAITS;
    return was_refused(by) || was_taken_back_alone(j, by) ? WITHDRAWAL_IS_VOID : WITHDRAWAL_STANDS;
}

/* A correction ended the line here while it was with classification; whether one ends it there too does not matter. */
static bool is_ended_away(struct judging *j)
{
    const struct footprint *f = j->before;
    if (f->state == FOOTPRINT_WITHDRAWN) return true;
    return f->state == FOOTPRINT_AWAY && f->ended_by.size && withdrawal_by(j, f->ended_by) == WITHDRAWAL_STANDS;
}

enum withdrawal originals_withdrawal(struct judging *j)
{
    if (!j->withdrawn_by.size || is_ended_away(j)) return WITHDRAWAL_STANDS;
    return withdrawal_by(j, j->withdrawn_by);
}

bool originals_was_replaced(struct judging *j)
{
    bool stands = j->withdrawn_by.size && originals_withdrawal(j) == WITHDRAWAL_STANDS;
    return stands && judging_replaces(j, j->withdrawn_by);
}

static void keep_away(struct judging *j, enum footprint_state state)
{
    away_keep(j);
    struct footprint *own = judging_change(j, COMPLIANCE_LINES, j->rows.line);
    *own = j->after;
    own->state = state;
}

void originals_keep_withdrawn(struct judging *j, enum withdrawal is)
{
    bool waits = is == WITHDRAWAL_WAITS;
    if (j->line->kind == KIND_REPLACE) j->after.replaces_line_id = originals_of_refused(j);
    j->after.ended_by = waits ? (struct slice){ 0 } : j->withdrawn_by;
    j->after.has_key = false;
    if (waits) duplicates_note_refused(j);
    keep_away(j, waits ? FOOTPRINT_OPEN : FOOTPRINT_AWAY);
}

void originals_keep_behind(struct judging *j)
{
    struct slice by = away_cause(j->goes_behind.footprint);
    j->after.resubmits_line_id = by.size ? by : j->goes_behind.line_id;
    keep_away(j, FOOTPRINT_AWAY);
}

struct slice originals_ended_away(struct judging *j)
{
    return !j->is_refused && is_ended_away(j) ? j->before->ended_by : (struct slice){ 0 };
}

static bool names_waiting(const struct judging *j)
{
    return j->named.line_id.size && j->named.footprint->state == FOOTPRINT_OPEN;
}

/* --- waiting --- */

static bool is_whole(const struct judging *j)
{
    const struct footprint *f = j->original.footprint;
    return j->line->kind == KIND_REPLACE || j->line->qty_milli == 0
        || uom_corrected_qty(j->facts->catalogue, j->line, j->qty_milli, f->sku) == -f->qty_milli;
}

static struct slice target_datum(struct judging *j, struct slice line_id)
{
    return SLICE_JOIN(j->arena, SLICE(WAIT_TARGET), line_id);
}

static enum truth wait_for(struct finding *f, struct slice line_id, struct slice on)
{
    reason_argument(finding_give(f, REASON_WAITING_FOR_TARGET, OUTCOME_PARK), SLICE("original"), line_id);
    finding_show(f, EVIDENCE_LINE, line_id);
    f->waits_on = on;
    return TRUTH_WAIT;
}

/* The return waits while live sales do not cover it and a sale that would match waits here; or behind a held
 * correction, since that one may live again. */
static bool wait_for_match(struct judging *j, struct finding *f)
{
    struct slice match = matches_waiting(j), away = { 0 };
    if (!match.size) away = away_by_customer(j, FOOTPRINT_OPEN);
    bool waits = (match.size || away.size) && !matches_cover(j);
    if (waits && match.size) wait_for(f, match, matches_datum(j, &j->after.match));
    else if (waits) wait_for(f, away, target_datum(j, away));
    return waits;
}

/* A claim waits behind its registration while that waits for its place in the registry: an outage refuses nobody. */
static const struct deal_holding *waiting_registration(struct judging *j)
{
    if (j->kind != KIND_DEAL_CLAIM || !j->line->deal_reg_no.size) return NULL;
    struct slice row = BOOKS_KEY(j->arena, j->root, j->line->deal_reg_no);
    const struct deal_holding *deal = judging_read(j, COMPLIANCE_DEALS, row);
    if (!deal->is_held || deal->is_registered) return NULL;
    return judging_footprint(j, deal->line_id)->state == FOOTPRINT_OPEN ? deal : NULL;
}

/* Of the lines that a REVERSE names the first that waits here; empty: none does. */
static struct slice first_reversed(struct judging *j)
{
    const struct texts *refs = &j->line->line_refs;
    for (unsigned i = 0; j->kind == KIND_REVERSE && i < refs->count; i++)
        if (judging_footprint(j, refs->items[i])->state == FOOTPRINT_OPEN) return refs->items[i];
    return (struct slice){ 0 };
}

static bool means_two(struct judging *j, struct finding *f)
{
    struct slice beside = stands_beside_its_own(j);
    if (!beside.size) return false;
    reason_argument(finding_give(f, REASON_DATA_CONFLICT, OUTCOME_HOLD), SLICE("what"), SLICE("two on the invoice"));
    finding_show(f, EVIDENCE_LINE, beside);
    finding_show(f, EVIDENCE_LINE, j->class->judgement.withdrew_line_id);
    return f->is_final = true;
}

enum truth originals_wait(struct judging *j, struct finding *f)
{
    const struct original *o = &j->original;
    const struct deal_holding *deal = waiting_registration(j);
    struct slice reversed = first_reversed(j);
    if (serials_wait_for_registry(j, f) == TRUTH_WAIT) return TRUTH_WAIT;
    if (serials_are_contested(j, f) || means_two(j, f)) return TRUTH_TRUE;
    if (reversed.size) return wait_for(f, reversed, target_datum(j, reversed));
    if (deal) return wait_for(f, deal->line_id, target_datum(j, deal->line_id));
    if (is_unlinked(j) && wait_for_match(j, f)) return TRUTH_WAIT;
    if (!o->line_id.size || o->footprint->state != FOOTPRINT_OPEN) return TRUTH_FALSE;
    bool is_second = j->line->kind == KIND_REPLACE && names_waiting(j) && j->named.footprint->replaces_line_id.size;
    if (is_undoing(j) && is_whole(j) && !is_second) return TRUTH_FALSE;
    return wait_for(f, o->line_id, target_datum(j, o->line_id));
}

/* --- undoing --- */

static bool undoes(const struct judging *j)
{
    const struct footprint *f = j->original.footprint;
    return is_undoing(j) && j->original.line_id.size && footprint_counts(f) && is_whole(j);
}

static void undo(struct judging *j, const struct original *o)
{
    if (j->line->kind == KIND_CANCEL) duplicates_free_key(j, o->line_id, o->footprint);
    inventory_undo(j, o->footprint);
    serials_give_back(j, o->line_id, o->footprint);
    serials_restore(j, o->footprint);
    matches_forget(j, o->line_id, o->footprint);
}

/* The CANCEL of a line that was cancelled or replaced before. If payout refused that one, it takes the line back now;
 * else the line was dead already. In either case it holds neither serials nor K any more. */
static bool ends_what_was_ended(const struct judging *j)
{
    return j->line->kind == KIND_CANCEL && j->original.line_id.size && is_whole(j)
        && j->original.footprint->state == FOOTPRINT_CANCELLED;
}

/* Of a line that was refused here, or reversed, K alone is left: a CANCEL frees it (domain.md 3.3). */
static bool frees_key_alone(const struct judging *j)
{
    const struct footprint *f = j->original.footprint;
    return j->line->kind == KIND_CANCEL && j->original.line_id.size && is_whole(j) && f->state == FOOTPRINT_ENDED;
}

/* What a REVERSE takes back of returns is claimed again, and so are its units; its goods stay where they are. */
static void each_reversed_return(struct judging *j, void (*act)(struct judging *j, const struct footprint *of))
{
    for (unsigned i = 0; j->kind == KIND_REVERSE && i < j->line->line_refs.count; i++) {
        const struct footprint *f = judging_footprint(j, j->line->line_refs.items[i]);
        if (f->state == FOOTPRINT_ACCEPTED) act(j, f);
    }
}

void originals_undo(struct judging *j)
{
    each_reversed_return(j, serials_restore);
    if (names_waiting(j)) undo(j, &j->named);
    if (undoes(j)) undo(j, &j->original);
    if (frees_key_alone(j)) duplicates_free_key(j, j->original.line_id, j->original.footprint);
    if (!ends_what_was_ended(j)) return;
    serials_give_back(j, j->original.line_id, j->original.footprint);
    duplicates_ask_again(j, j->original.line_id, j->original.footprint);
}

/* --- recording --- */

static void end_original(struct judging *j, struct slice line_id)
{
    struct footprint *f = judging_change(j, COMPLIANCE_LINES, tables_line_key(j->arena, j->root, line_id));
    bool was_open = f->state == FOOTPRINT_OPEN, is_by_invoice = !dossier_original_ref(j->dossier).line_ref.size;
    if (j->line->kind == KIND_CANCEL && was_open && is_by_invoice) j->after.replaces_line_id = line_id;
    f->state = was_open ? FOOTPRINT_WITHDRAWN : FOOTPRINT_CANCELLED;
    f->ended_by = j->line_id;
    if (f->has_match) matches_wake(j, &f->match);
    if (!was_open) return;
    if (!j->v->withdraws.size) j->v->withdraws = j->v->judgement->withdrew_line_id = line_id;
    else if (j->v->repeat_count < VERDICT_REPEATS_MAX) j->v->repeats[j->v->repeat_count++] = line_id;
}

/* The line is the original of this correction, was sent again as that, or is what that one was to replace; or what
 * replaced it is, and so on. */
static bool leads_to_original(struct judging *j, struct slice line_id)
{
    const struct footprint *own = j->original.footprint;
    for (unsigned n = 0; n < SUBMISSION_NO_MAX && line_id.size; n++) {
        const struct footprint *f = judging_footprint(j, line_id);
        bool says_the_same = f->has_key && own->has_key && hash128_equal(f->key, own->key);
        bool is_it = slice_equal(line_id, j->original.line_id) || slice_equal(line_id, own->replaces_line_id);
        if (is_it || says_the_same) return true;
        line_id = f->ended_by;
    }
    return false;
}

/* The REPLACEs that wait to stand in its place, or in that of a line which it replaced: decided at once they would have
 * been meant, too. One beside another invoice is known by what it was to replace. */
static void end_its_replaces(struct judging *j)
{
    const struct footprint *own = j->original.footprint;
    if (!cancels_on_invoice(j) || !j->original.line_id.size || !own->has_transaction || !is_whole(j)) return;
    struct slice row = BOOKS_KEY(j->arena, j->root, hash_slice(&own->transaction));
    const struct transaction_uses *uses = judging_read(j, COMPLIANCE_TRANSACTIONS, row);
    for (unsigned i = 0; i < uses->line_count; i++) {
        const struct original beside = { uses->lines[i].line_id, judging_footprint(j, uses->lines[i].line_id) };
        bool waits = beside.footprint->state == FOOTPRINT_OPEN;
        if (!waits || judging_came_behind(j->receipt, beside.footprint)) continue;
        if (!leads_to_original(j, beside.footprint->replaces_line_id)) continue;
        undo(j, &beside);
        end_original(j, beside.line_id);
    }
}

static struct slice away_of(struct judging *j)
{
    return is_undoing(j) && j->original.line_id.size && is_whole(j) ? away_meant(j) : (struct slice){ 0 };
}

static void end_away(struct judging *j)
{
    struct slice line_id = away_of(j);
    if (!line_id.size) return;
    struct footprint *f = judging_change(j, COMPLIANCE_LINES, tables_line_key(j->arena, j->root, line_id));
    f->ended_by = j->line_id;                       /* who means it still finds it in classification */
}

/* The line that classification withdrew for this correction: withdrawn for good if the correction goes on; if it is
 * refused, the withdrawal came to nothing. */
static void settle_withdrawn(struct judging *j, enum outcome outcome)
{
    struct judgement *own = j->v->judgement;
    struct slice withdrew = j->class->judgement.withdrew_line_id;
    if (!withdrew.size) return;
    if (!outcome_goes_on(outcome)) {
        if (slice_equal(own->withdrew_line_id, withdrew)) own->withdrew_line_id = (struct slice){ 0 };
        if (outcome == OUTCOME_REJECT && j->line->kind == KIND_REPLACE && !j->after.replaces_line_id.size)
            j->after.replaces_line_id = withdrew;
        return;
    }
    if (judging_footprint(j, withdrew)->state != FOOTPRINT_OPEN) return;
    struct footprint *f = judging_change(j, COMPLIANCE_LINES, tables_line_key(j->arena, j->root, withdrew));
    f->state = FOOTPRINT_WITHDRAWN;
    f->ended_by = j->line_id;
    if (j->line->kind == KIND_REPLACE) duplicates_keep_replaced(j, withdrew, f);
}

/* Withdrawn, or refused here or by classification. (A line that a REVERSE ended was paid.) */
static bool ended_before_payout(const struct footprint *f)
{
    return f->state == FOOTPRINT_WITHDRAWN || f->state == FOOTPRINT_AWAY
        || (f->state == FOOTPRINT_ENDED && !f->ended_by.size);
}

/* Payout never saw the original, and nothing is taken back. A second REPLACE of a line that the first ended while it
 * waited has nothing to replace: payout does not know that line, and asks a person. */
static bool never_came_to_payout(struct judging *j)
{
    if (!is_undoing(j) || !j->original.line_id.size) return false;
    const struct footprint *f = j->original.footprint;
    if (j->line->kind == KIND_REPLACE && judging_is_replaced(j, f)) return slice_equal(f->ended_by, j->line_id);
    return ended_before_payout(f);
}

/* A REVERSE of such lines takes nothing back, and payout knows none of them. */
static void name_ended(struct judging *j)
{
    const struct texts *refs = &j->line->line_refs;
    if (j->kind != KIND_REVERSE || !refs->count) return;
    struct slice *ended = ARENA_ARRAY(j->arena, refs->count, struct slice);
    unsigned count = 0;
    for (unsigned i = 0; i < refs->count; i++)
        if (ended_before_payout(judging_footprint(j, refs->items[i]))) ended[count++] = refs->items[i];
    struct clearance *c = j->v->section;
    c->ended_line_refs = (struct texts){ ended, count };
}

/* Tells payout the line that is meant in truth, where the one that is named had no effect: a REPLACE, a repetition. */
static void name_reached(struct judging *j)
{
    struct clearance *c = j->v->section;
    struct slice ref = dossier_original_ref(j->dossier).line_ref;
    bool is_other = ref.size && j->original.line_id.size && !slice_equal(ref, j->original.line_id);
    bool ended = is_undoing(j) && (j->named.line_id.size || j->class->judgement.withdrew_line_id.size
                                   || (j->v->withdraws.size && cancels_on_invoice(j)));
    if (!(is_other || ended) || never_came_to_payout(j)) return;
    c->reaches_line_id = j->original.line_id;
    if (!j->original.line_id.size && j->named.line_id.size) c->reaches_line_id = j->named.footprint->replaces_line_id;
}

/* Tells payout which line was meant, so that it takes back the line whose K was freed here, and no other. A return by
 * invoice needs it for a sale without invoice detail, to which no transaction leads. */
static void name_original(struct judging *j)
{
    struct clearance *c = j->v->section;
    bool is_by_invoice = dossier_original_ref(j->dossier).line_ref.size == 0;
    if (judging_is_return(j) && is_by_invoice) c->original_line_id = j->original.line_id;
    if (!is_undoing(j)) return;
    c->names_original = is_by_invoice;
    if (is_by_invoice) c->original_line_id = j->original.line_id;
    c->takes_whole = j->original.line_id.size && is_whole(j);
}

/* The claim window of a REPLACE runs from the receipt of its original (domain.md 5.0 R4), which payout never saw. */
static void name_original_date(struct judging *j)
{
    struct clearance *c = j->v->section;
    struct slice withdrew = j->v->judgement->withdrew_line_id;
    const struct original *ended = slice_equal(withdrew, j->original.line_id) ? &j->original : &j->named;
    if (j->line->kind != KIND_REPLACE || !ended->line_id.size || !slice_equal(withdrew, ended->line_id)) return;
    instant_ms received = ended->footprint->received_at_unix_ms;
    if (received) c->original_received_date = instant_date(received, j->class->utc_offset_minutes);
}

static bool took_back(const struct footprint *f)
{
    return f->kind == KIND_CANCEL || f->kind == KIND_POS_RETURN || f->qty_milli < 0;
}

/* A REVERSE ends the line: its K is closed, and its serials are free again unless the cause is fraud (domain.md 6.6).
 * Goods do not move, and a return stays one. */
static void end_reversed(struct judging *j, struct slice line_id)
{
    struct slice row = tables_line_key(j->arena, j->root, line_id);
    const struct footprint *now = judging_read(j, COMPLIANCE_LINES, row);
    if (now->state == FOOTPRINT_CANCELLED && j->line->cause == CAUSE_FRAUD) serials_keep(j, line_id, now);
    if (now->state != FOOTPRINT_ACCEPTED || took_back(now)) return;
    if (j->line->cause != CAUSE_FRAUD) serials_give_back(j, line_id, now);
    struct footprint *f = judging_change(j, COMPLIANCE_LINES, row);
    f->state = FOOTPRINT_ENDED;
    f->ended_by = j->line_id;
    duplicates_end_key(j, line_id, f);
}

void originals_open(struct judging *j)
{
    if (j->is_refused) return;
    if (j->invoiced.exists) {
        judging_read(j, COMPLIANCE_TRANSACTIONS, j->rows.transaction);
        judging_read(j, COMPLIANCE_TRANSACTIONS, j->rows.invoice_line);
    }
    if (j->kind == KIND_POS_SALE) matches_open(j);
}

static void mark_line(struct judging *j, struct slice line_id)
{
    struct footprint *f = judging_change(j, COMPLIANCE_LINES, tables_line_key(j->arena, j->root, line_id));
    f->ended_by = j->line_id;
    f->received_at_unix_ms = j->receipt->received_at_unix_ms;       /* it leaves with the correction */
}

static void mark_invoice(struct judging *j, const struct original_ref *ref)
{
    struct slice key = line_invoice_key(j->arena, ref->invoice_no);
    for (unsigned side = 0; side < 2; side++) {
        struct hash128 t = judging_transaction(j, side == 1, key, ref->invoice_line, j->class->sku);
        struct slice row = BOOKS_KEY(j->arena, j->root, hash_slice(&t));
        struct transaction_uses *uses = judging_change(j, COMPLIANCE_TRANSACTIONS, row);
        if (j->line->kind == KIND_CANCEL) uses->is_cancelled_early = true;
        else if (side == (j->kind == KIND_SELL_IN)) uses->replaced_early_by = j->line_id;
    }
}

/* The correction came before its original. Payout holds it; released, it ends what has come since, or what comes yet:
 * the line of that id; by invoice, a REPLACE the first sale that comes. Which one a CANCEL ends only payout knows, so
 * that duplicates.c asks it. */
static void mark_early(struct judging *j)
{
    const struct original_ref ref = dossier_original_ref(j->dossier);
    bool has_ended_one = j->line->kind == KIND_CANCEL && j->class->judgement.withdrew_line_id.size;
    if (!is_undoing(j) || j->original.line_id.size || j->named.line_id.size || has_ended_one || has_ended_its_own(j))
        return;
    bool moves_goods = j->kind == KIND_POS_SALE || j->kind == KIND_SELL_IN;
    if (ref.line_ref.size) mark_line(j, ref.line_ref);
    else if (ref.invoice_no.size && (j->line->kind == KIND_CANCEL || moves_goods)) mark_invoice(j, &ref);
}

static void end_late(struct judging *j, struct footprint *own, struct slice by)
{
    if (judging_footprint(j, by)->kind == KIND_CANCEL) duplicates_free_key(j, j->line_id, own);
    inventory_undo(j, own);
    matches_forget(j, j->line_id, own);
    own->state = FOOTPRINT_CANCELLED;
    if (!own->ended_by.size) {
        struct transaction_uses *uses = judging_change(j, COMPLIANCE_TRANSACTIONS, j->rows.transaction);
        uses->replaced_early_by = (struct slice){ 0 };
    }
    own->ended_by = by;
}

void originals_end_late(struct judging *j)
{
    if (!j->ended_early_by.size) return;
    struct footprint *own = judging_change(j, COMPLIANCE_LINES, j->rows.line);
    if (own->state == FOOTPRINT_ENDED) own->ended_by = (struct slice){ 0 };     /* refused here, not reversed */
    else if (own->state == FOOTPRINT_ACCEPTED) end_late(j, own, j->ended_early_by);
}

void originals_record(struct judging *j, enum outcome outcome)
{
    if (outcome_goes_on(outcome)) mark_early(j);
    if (outcome_goes_on(outcome)) end_away(j);
    settle_withdrawn(j, outcome);
    if (outcome_goes_on(outcome) && j->restores.is_released) {
        if (j->original.line_id.size) serials_take_over(j, j->original.footprint);
        each_reversed_return(j, serials_take_over);
    }
    bool ends_named = outcome_goes_on(outcome) && names_waiting(j);
    if (outcome_goes_on(outcome) && j->line->kind == KIND_REPLACE && j->original.line_id.size)
        duplicates_take_key(j, j->original.footprint);
    if (outcome_goes_on(outcome) && undoes(j)) end_original(j, j->original.line_id);
    if (ends_named) end_original(j, j->named.line_id);
    else if (never_came_to_payout(j)) j->v->judgement->withdrew_line_id = j->original.line_id;
    if (outcome_goes_on(outcome)) end_its_replaces(j);
    name_reached(j);
    name_original(j);
    name_original_date(j);
    name_ended(j);
    for (unsigned i = 0; j->kind == KIND_REVERSE && outcome_goes_on(outcome) && i < j->line->line_refs.count; i++)
        end_reversed(j, j->line->line_refs.items[i]);
    invoiced_record(j, outcome == OUTCOME_REJECT);
    if (j->kind == KIND_POS_SALE && j->line->kind != KIND_CANCEL) matches_record_sale(j, outcome);
    if (j->line->kind == KIND_POS_RETURN && outcome_goes_on(outcome) && j->before->state != FOOTPRINT_ACCEPTED)
        matches_record_return(j);
}
