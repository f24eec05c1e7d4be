/* compliance/serials.c: one unit, one slot in a program. Pure.
 *
 * A slot says which line earns, or may earn, by a unit. It is held twice: in a row of the partner root (who of the root
 * had it, and since which return), and in the registry that all roots share. What the registry has to learn is written
 * as owed (outbox.c). Whether a line that was replaced, or a claim that payout may have refused, still lives, payout
 * alone knows: who comes for such a unit takes the slot, and the clearance names the line to ask payout about. */
#include "compliance/serials.h"

#include "base/assert.h"
#include "compliance/slot_answers.h"
#include "compliance/slot_case.h"
#include "wire/limits.h"

#include <stdlib.h>

/* --- which programs --- */

bool serials_bind(const struct judging *j, const struct judged_program *p)
{
    const struct program *program = p->program;
    if (!program) return false;
    if (j->is_explicit) {
        if (p != j->programs || j->qty_milli < 0) return false;
        if (j->kind == KIND_SPIFF_CLAIM) return program->spiff.serials != SERIAL_RULE_NONE;
        return (j->kind == KIND_SHIP_DEBIT_CLAIM || j->kind == KIND_DEAL_CLAIM) && j->line->serials.count > 0;
    }
    return j->kind == KIND_POS_SALE && program->incentive == INCENTIVE_SPIFF && program->spiff.trigger_pos
        && program->spiff.serials != SERIAL_RULE_NONE && j->line->rep_id.size && !p->candidate->reason_count;
}

/* --- rows --- */

struct slice serials_unit(struct judging *j, struct slice serial)
{
    return j->policy->serial_scope == SERIAL_SCOPE_PART ? serials_unit_of(j->arena, serial, j->class->sku) : serial;
}

struct texts serials_units(struct judging *j)
{
    struct texts sorted = serials_sorted(j->arena, &j->line->serials);
    struct slice *units = ARENA_ARRAY(j->arena, sorted.count + 1u, struct slice);
    for (unsigned i = 0; i < sorted.count; i++) units[i] = serials_unit(j, sorted.items[i]);
    return (struct texts){ units, sorted.count };
}

struct slice serials_row(struct judging *j, struct slice unit)
{
    struct slice sku = unit, serial = slice_cut(&sku, '/');
    return BOOKS_KEY(j->arena, j->root, serial, sku);
}

static const struct serial_slot *find_slot(const struct serial_history *h, struct slice program_id)
{
    for (unsigned i = 0; i < h->slot_count; i++)
        if (slice_equal(h->slots[i].program_id, program_id)) return &h->slots[i];
    return NULL;
}

/* An earlier submission of this claim, whatever became of it, even if this one is no valid resubmission. */
static bool is_earlier_submission(struct judging *j, struct slice line_id)
{
    bool follows = j->submission_no > j->key.repeat.other_submission_no && j->key.repeat.other.size;
    struct slice earlier = follows ? j->key.repeat.other : j->before->resubmits_line_id;
    for (unsigned n = 1; n < SUBMISSION_NO_MAX && earlier.size; n++) {
        if (slice_equal(earlier, line_id)) return true;
        earlier = judging_footprint(j, earlier)->resubmits_line_id;
    }
    return false;
}

static int by_text(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static bool has_serial(const struct footprint *f, struct slice serial)
{
    return bsearch(&serial, f->serials.items, f->serials.count, sizeof serial, by_text) != NULL;
}

static bool has_program(const struct footprint *f, struct slice program_id)
{
    for (unsigned i = 0; i < f->slot_programs.count; i++)
        if (slice_equal(f->slot_programs.items[i], program_id)) return true;
    return false;
}

static bool is_of_transaction(const struct judging *j, const struct footprint *f)
{
    return footprint_counts(f) && f->has_transaction
        && slice_equal(hash_slice(&f->transaction), hash_slice(&j->invoiced.transaction));
}

/* A third line stands on T: another sale, or a claim that took that unit. Then payout could not tell whose it is. */
static bool is_disputed_on_transaction(struct judging *j, struct slice holder, struct slice program_id,
                                       struct slice serial)
{
    const struct transaction_uses *uses = judging_read(j, COMPLIANCE_TRANSACTIONS, j->rows.transaction);
    for (unsigned i = 0; i < uses->line_count; i++) {
        struct slice line_id = uses->lines[i].line_id;
        if (slice_equal(line_id, j->line_id) || slice_equal(line_id, holder)) continue;
        if (judging_gives_way(j, line_id)) continue;
        const struct footprint *f = judging_footprint(j, line_id);
        bool is_reversed = f->state == FOOTPRINT_ENDED && f->ended_by.size;     /* a sale is one still (6.6) */
        if (is_reversed && f->kind == KIND_POS_SALE) return true;
        if (!footprint_counts(f) || is_earlier_submission(j, line_id)) continue;
        if (f->kind == KIND_POS_SALE || (has_program(f, program_id) && has_serial(f, serial))) return true;
    }
    return false;
}

/* A sale, whose bonus may have been skipped, and a claim on it: payout, which knows, pays one of the two, by what is
 * left of T (domain.md 5.0 R4, 5.4 P4). A claim of fewer units leaves some, and which ones nobody says. */
static bool is_settled_by_payout(struct judging *j, struct slice holder, struct slice program_id, struct slice serial)
{
    if (!j->invoiced.exists || !holder.size) return false;
    const struct footprint *f = judging_footprint(j, holder);
    if (!is_of_transaction(j, f)) return false;
    bool is_pair = j->is_explicit ? f->kind == KIND_POS_SALE
                                  : j->kind == KIND_POS_SALE && kind_is_claim(f->kind) && f->qty_milli >= j->qty_milli;
    return is_pair && !is_disputed_on_transaction(j, holder, program_id, serial);
}

/* A sale leaves its slot: the claim on it that counted on that unit inherits it. Empty: there is none. */
static const struct footprint *heir_of(struct judging *j, const struct footprint *sale, struct slice program_id,
                                       struct slice serial, struct slice *line_id)
{
    if (sale->kind != KIND_POS_SALE || !sale->has_transaction) return NULL;
    struct slice row = judging_transaction_row(j, &sale->transaction);
    const struct transaction_uses *uses = judging_read(j, COMPLIANCE_TRANSACTIONS, row);
    for (unsigned i = 0; i < uses->line_count; i++) {
        const struct footprint *f = judging_footprint(j, uses->lines[i].line_id);
        if (!footprint_counts(f) || !kind_is_claim(f->kind)) continue;
        if (!has_program(f, program_id) || !has_serial(f, serial)) continue;
        *line_id = uses->lines[i].line_id;
        return f;
    }
    return NULL;
}

/* This line takes the place of the other, which gives it its units. */
static bool follows(struct judging *j, struct slice line_id)
{
    return judging_gives_way(j, line_id) || is_earlier_submission(j, line_id);
}

/* Payout says whether the holder lives, and refuses the unit to this line if it does. That works for one line only: if
 * two may live in the slot, this line cannot have it. */
static bool is_left_to_payout(const struct serial_slot *slot)
{
    return slot->is_asked && !slot->prior_line_id.size;
}

/* Another line of the root holds the slot, and that is neither this line, nor one that it takes the place of, nor the
 * sale of this claim (or the claim on this sale). */
static bool is_taken(struct judging *j, const struct serial_history *h, struct slice program_id, struct slice serial,
                     struct slice *by)
{
    const struct serial_slot *slot = find_slot(h, program_id);
    if (!slot || !slot->line_id.size || slice_equal(slot->line_id, j->line_id)) return false;
    if (follows(j, slot->line_id) || is_left_to_payout(slot)) return false;
    if (is_settled_by_payout(j, slot->line_id, program_id, serial)) return false;
    *by = slot->line_id;
    return true;
}

/* Who may live beside this line in a slot that is not taken; empty: nobody. */
static struct slice may_live_beside(struct judging *j, const struct serial_history *h, struct slice program_id)
{
    const struct serial_slot *slot = find_slot(h, program_id);
    if (!slot || !slot->line_id.size) return (struct slice){ 0 };
    bool is_displaced = slot->is_asked && !slice_equal(slot->line_id, j->line_id) && !follows(j, slot->line_id);
    struct slice other = is_displaced ? slot->line_id : slot->prior_line_id;
    return follows(j, other) ? (struct slice){ 0 } : other;
}

static bool repeats(const struct texts *sorted, unsigned at)
{
    return at > 0 && slice_equal(sorted->items[at - 1], sorted->items[at]);
}

/* Units that are that line's own for sure: payout is asked whether more of the line is left than these. */
static uint32_t own_units(struct judging *j, struct slice line_id, struct slice program_id)
{
    const struct footprint *f = judging_footprint(j, line_id);
    uint32_t count = 0;
    for (unsigned i = 0; i < f->serials.count; i++) {
        struct slice row = serials_row(j, f->serials.items[i]);
        const struct serial_slot *slot = find_slot(judging_read(j, COMPLIANCE_SERIALS, row), program_id);
        if (!repeats(&f->serials, i) && slot && slice_equal(slot->line_id, line_id)) count += !slot->is_asked;
    }
    return count;
}

/* Puts a line on the list that payout is asked about. False: the list is full. */
static bool ask_about(struct judging *j, struct slice program_id, struct slice line_id, struct slice serial)
{
    struct clearance *c = j->v->section;
    struct units_held *list = (struct units_held *)c->units_held;
    for (unsigned i = 0; i < c->units_held_count; i++) {
        if (!slice_equal(list[i].program_id, program_id) || !slice_equal(list[i].line_id, line_id)) continue;
        list[i].count++;
        return true;
    }
    if (c->units_held_count == UNITS_HELD_MAX) return false;
    if (!list) c->units_held = list = ARENA_ARRAY(j->arena, UNITS_HELD_MAX, struct units_held);
    list[c->units_held_count++] = (struct units_held){ program_id, line_id, serial, 1,
                                                       own_units(j, line_id, program_id) };
    return true;
}

/* About it, and about the claim on it that may have earned by the unit in its place. */
static bool ask_payout(struct judging *j, struct slice program_id, struct slice line_id, struct slice serial)
{
    struct slice heir;
    if (!ask_about(j, program_id, line_id, serial)) return false;
    if (!heir_of(j, judging_footprint(j, line_id), program_id, serial, &heir)) return true;
    if (slice_equal(heir, j->line_id) || follows(j, heir) || is_settled_by_payout(j, heir, program_id, serial))
        return true;
    return ask_about(j, program_id, heir, serial);
}

/* --- SER-01 --- */

struct taken { unsigned count; struct slice first, by; };

/* A unit that another root holds is a finding of SER-02, even if a line of this root asked for it before. */
static bool is_held_elsewhere(const struct judging *j, struct slice program_id, struct slice serial)
{
    const struct slot_answer *answer = slot_answers_find(j, program_id, serial);
    return answer && slot_answers_is_elsewhere(j, answer);
}

static struct taken count_taken(struct judging *j, const struct texts *sorted, struct slice program_id)
{
    struct taken t = { 0 };
    for (unsigned i = 0; i < sorted->count; i++) {
        struct slice by = { 0 };
        bool repeated = repeats(sorted, i);
        const struct serial_history *h = judging_read(j, COMPLIANCE_SERIALS, serials_row(j, sorted->items[i]));
        if (!repeated && is_held_elsewhere(j, program_id, sorted->items[i])) continue;
        if (!repeated && !is_taken(j, h, program_id, sorted->items[i], &by)) {
            by = may_live_beside(j, h, program_id);
            if (!by.size || ask_payout(j, program_id, by, sorted->items[i])) continue;
        }
        if (!t.count++) t = (struct taken){ 1, sorted->items[i], by };
    }
    return t;
}

enum truth serials_taken(struct judging *j, struct finding *f)
{
    enum truth truth = TRUTH_UNSPECIFIED;
    if (!j->line->serials.count) return truth;
    struct texts sorted = serials_units(j);
    for (unsigned i = 0; i < j->program_count; i++) {
        struct judged_program *p = &j->programs[i];
        if (!serials_bind(j, p)) continue;
        if (truth == TRUTH_UNSPECIFIED) truth = TRUTH_FALSE;
        struct taken taken = count_taken(j, &sorted, p->candidate->program_id);
        if (!taken.count) continue;
        truth = TRUTH_TRUE;
        int64_t left = j->qty_milli - 1000 * (int64_t)taken.count;
        if (left < 0) left = 0;
        struct reason *r = judging_strike(j, p, f, REASON_SERIAL_DUPLICATE, left ? OUTCOME_SHORT : OUTCOME_REJECT);
        reason_argument(r, SLICE("serial"), taken.first);
        r->cut_qty_milli = j->qty_milli - left;
        f->proposes = j->is_explicit;
        f->proposed_qty_milli = left;
        finding_figures(f, SLICE("serials"), taken.count, 0, SLICE("count"));
        finding_show(f, EVIDENCE_SERIAL, taken.first);
        if (taken.by.size) finding_show(f, EVIDENCE_LINE, taken.by);
    }
    return truth;
}

/* --- SER-02 --- */

static struct judged_program *program_of(struct judging *j, struct slice program_id)
{
    for (unsigned i = 0; i < j->program_count; i++)
        if (slice_equal(j->programs[i].candidate->program_id, program_id)) return &j->programs[i];
    return NULL;
}

static bool binds_any(struct judging *j)
{
    for (unsigned i = 0; i < j->program_count; i++)
        if (serials_bind(j, &j->programs[i])) return true;
    return false;
}

/* One reason a program, whatever the number of its serials that another root holds. */
static void say_elsewhere(struct judging *j, struct finding *f, const struct slot_answer *slot, struct slice *said,
                          struct slice *holder)
{
    finding_show(f, EVIDENCE_SLOT, slot->serial);
    if (!slice_equal(*holder, slot->holder_line_id)) finding_show(f, EVIDENCE_LINE, slot->holder_line_id);
    *holder = slot->holder_line_id;                         /* who releases has seen it: another one holds again */
    struct judged_program *p = program_of(j, slot->program_id);
    if (!p || slice_equal(*said, slot->program_id)) return;
    *said = slot->program_id;
    reason_argument(judging_strike(j, p, f, REASON_SERIAL_OTHER_PARTNER, OUTCOME_HOLD), SLICE("serial"), slot->serial);
}

enum truth serials_taken_elsewhere(struct judging *j, struct finding *f)
{
    struct slice said = { 0 }, holder = { 0 };
    int64_t elsewhere = 0;
    if (!j->line->serials.count || !binds_any(j)) return TRUTH_UNSPECIFIED;
    bool is_answered = j->facts->slots_standing == SLOTS_ANSWERED;
    if (!is_answered || slot_answers_any_given_up(j, j->facts->slots, j->facts->slot_count)) {
        f->waits_on = SLICE(WAIT_REGISTRY);
        return TRUTH_WAIT;
    }
    for (unsigned i = 0; i < j->facts->slot_count; i++) {
        const struct slot_answer *slot = &j->facts->slots[i];
        if (!slot_answers_is_elsewhere(j, slot)) continue;
        elsewhere++;
        say_elsewhere(j, f, slot, &said, &holder);
    }
    finding_figures(f, SLICE("serials"), elsewhere, 0, SLICE("count"));
    return elsewhere ? TRUTH_TRUE : TRUTH_FALSE;
}

/* --- recording --- */

static struct serial_slot *open_slot(struct serial_history *h, struct slice program_id)
{
    struct serial_slot *slot = (struct serial_slot *)find_slot(h, program_id);
    if (slot) return slot;
    if (h->slot_count == SERIAL_SLOTS_MAX) {                /* the oldest program makes room */
        memmove(&h->slots[0], &h->slots[1], (SERIAL_SLOTS_MAX - 1) * sizeof h->slots[0]);
        h->slot_count--;
    }
    slot = &h->slots[h->slot_count++];
    *slot = (struct serial_slot){ .program_id = program_id };
    return slot;
}

static void owe_registry(struct judging *j, struct slice program_id, struct slice serial, struct slice line_id)
{
    struct outbox_slot *slot = judging_change(j, COMPLIANCE_OUTBOX,
                                              BOOKS_KEY(j->arena, j->root, SLICE("serial"), program_id, serial));
    bool goes_to_another = slot->next_line_id.size && !slot->next_is_released;
    if (goes_to_another && !slice_equal(slot->next_line_id, line_id)) return;   /* whoever had it gives it up by that */
    bool owes_another = slot->line_id.size && !slice_equal(slot->line_id, line_id);
    if (owes_another) slot->next_line_id = line_id;         /* the first was not given back yet: both go */
    else *slot = (struct outbox_slot){ .line_id = line_id };
    slot->next_is_released = owes_another;
}

/* Two lines of two roots were never to be paid for one unit: who releases the later one moves the slot to it, and both
 * stand in a case, so that what the earlier one earned is reversed. */
static void open_conflict(struct judging *j, const struct slot_answer *answer, struct slice line_id)
{
    struct registry_claim other = { .root_id = answer->holder_root_id, .line_id = answer->holder_line_id };
    struct registry_claim own = { .root_id = j->root, .line_id = line_id };
    if (j->v->case_count == VERDICT_CASES_MAX) return;
    j->v->cases[j->v->case_count++] =
        slot_case(j->arena, serials_slot_key(j->arena, answer->program_id, answer->serial), &own, &other);
}

/* This line takes a slot again that it gave up before. What it owed the registry then must not be paid any more: that
 * would free the slot, or give it to a line of the root that held it earlier. */
static bool owes_own_slot(struct judging *j, struct slice row, bool was_held)
{
    if (j->before->state == FOOTPRINT_NONE && !was_held) return false;
    const struct outbox_slot *owed = judging_read(j, COMPLIANCE_OUTBOX, row);
    bool goes_to_another = owed->next_line_id.size && !owed->next_is_released;
    return slice_equal(owed->line_id, j->line_id) || (was_held && goes_to_another)
           || (owed->next_is_released && slice_equal(owed->next_line_id, j->line_id));
}

/* What the registry answered with where the books give the slot to this line: an earlier line of the root gives way,
 * and so does another root's when a person said so; a registry that did not answer is asked again once it does. */
static void owe_taking_over(struct judging *j, struct slice program_id, struct slice serial, bool was_held)
{
    const struct slot_answer *answer = slot_answers_find(j, program_id, serial);
    struct slice holder = answer && answer->holder_line_id.size ? answer->holder_line_id : j->line_id;
    struct slice row = BOOKS_KEY(j->arena, j->root, SLICE("serial"), program_id, serial);
    bool is_settled = answer ? slice_equal(holder, j->line_id) : !j->takes_slots_over;
    if (is_settled && !owes_own_slot(j, row, was_held)) return;
    if (answer && slot_answers_is_elsewhere(j, answer)) {
        if (!j->takes_slots_over) return;
        open_conflict(j, answer, j->line_id);
    }
    struct outbox_slot *slot = judging_change(j, COMPLIANCE_OUTBOX, row);
    *slot = (struct outbox_slot){ .line_id = holder, .next_line_id = j->line_id,
                                  .next_received_at_unix_ms = j->receipt->received_at_unix_ms };
}

/* As far as this line was told, nobody else holds the slot in the registry, nor will once all that is owed is paid. */
static bool is_registered(const struct judging *j, struct slice program_id, struct slice serial)
{
    const struct slot_answer *answer = slot_answers_find(j, program_id, serial);
    return j->takes_slots_over || (answer && !slot_answers_is_elsewhere(j, answer));
}

/* Marks the slot: payout alone knows whether its line lives, so that who comes for the unit asks payout. */
static void ask_from_now(struct serial_slot *slot)
{
    slot->is_asked = true;
    slot->generation++;
}

static void free_slot(struct judging *j, struct serial_slot *slot, struct slice serial)
{
    owe_registry(j, slot->program_id, serial, slot->line_id);
    *slot = (struct serial_slot){ .program_id = slot->program_id, .generation = slot->generation + 1 };
}

/* Accepted, or replaced by what payout may have refused. */
static bool may_live(struct judging *j, const struct footprint *f)
{
    if (f->state != FOOTPRINT_CANCELLED) return f->state == FOOTPRINT_ACCEPTED;
    return judging_footprint(j, f->ended_by)->kind != KIND_CANCEL;
}

/* The line that this one took the place of, and that lives on if payout refused this one. Empty: no such line has the
 * unit. */
static struct slice before_it(struct judging *j, struct slice line_id, struct slice program_id, struct slice serial)
{
    for (unsigned n = 1; n < SUBMISSION_NO_MAX; n++) {
        const struct footprint *f = judging_footprint(j, line_id);
        line_id = f->replaces_line_id.size ? f->replaces_line_id : f->resubmits_line_id;
        if (!line_id.size) break;
        f = judging_footprint(j, line_id);
        if (may_live(j, f) && has_program(f, program_id) && has_serial(f, serial)) return line_id;
    }
    return (struct slice){ 0 };
}

/* The holder leaves the slot: the next line that may live takes it, and after all others, if `heirs`, the claim on the
 * sale that left. */
static void pass_slot_on(struct judging *j, struct serial_slot *slot, struct slice serial, const struct footprint *of,
                         bool heirs)
{
    struct slice left = slot->line_id, heir = { 0 };
    struct slice next = slot->prior_line_id.size ? slot->prior_line_id
                                                 : before_it(j, left, slot->program_id, serial);
    if (!next.size && heirs && heir_of(j, of, slot->program_id, serial, &heir)) next = heir;
    if (!next.size) {
        free_slot(j, slot, serial);
        return;
    }
    struct slice row = BOOKS_KEY(j->arena, j->root, SLICE("serial"), slot->program_id, serial);
    struct outbox_slot *owed = judging_change(j, COMPLIANCE_OUTBOX, row);
    *owed = (struct outbox_slot){ .line_id = left, .next_line_id = next,
                                  .next_received_at_unix_ms = judging_footprint(j, next)->received_at_unix_ms };
    slot->line_id = next;
    slot->prior_line_id = (struct slice){ 0 };
    slot->is_asked = true;
    if (!heir.size) slot->generation++;
}

/* A claim leaves the slot to its sale, and inherits when that leaves. */
static bool is_left_to_sale(struct judging *j, const struct serial_slot *slot)
{
    if (!j->is_explicit || !slot->line_id.size || slice_equal(slot->line_id, j->line_id)) return false;
    const struct footprint *f = judging_footprint(j, slot->line_id);
    return f->kind == KIND_POS_SALE && j->invoiced.exists && is_of_transaction(j, f);
}

static void take_slots(struct judging *j, const struct texts *sorted)
{
    struct slice *programs = ARENA_ARRAY(j->arena, FOOTPRINT_PROGRAMS_MAX, struct slice);
    unsigned count = 0;
    for (unsigned i = 0; i < j->program_count && count < FOOTPRINT_PROGRAMS_MAX; i++) {
        struct judged_program *p = &j->programs[i];
        if (!serials_bind(j, p) || p->strike_count) continue;
        programs[count++] = p->candidate->program_id;
        for (unsigned s = 0; s < sorted->count; s++) {
            struct slice by;
            if (repeats(sorted, s)) continue;
            struct serial_history *h = judging_change(j, COMPLIANCE_SERIALS, serials_row(j, sorted->items[s]));
            if (is_taken(j, h, p->candidate->program_id, sorted->items[s], &by)) continue;
            struct serial_slot *slot = open_slot(h, p->candidate->program_id);
            if (is_left_to_sale(j, slot)) continue;
            bool was_held = slot->line_id.size && !slice_equal(slot->line_id, j->line_id);
            if (!slice_equal(slot->line_id, j->line_id)) {
                slot->prior_line_id = may_live_beside(j, h, slot->program_id);
                slot->is_asked = slot->prior_line_id.size > 0;      /* payout may refuse this one for it */
            }
            slot->line_id = j->line_id;
            slot->is_registered = is_registered(j, p->candidate->program_id, sorted->items[s]);
            owe_taking_over(j, p->candidate->program_id, sorted->items[s], was_held);
        }
    }
    j->after.slot_programs = (struct texts){ programs, count };
}

static bool gives_mark(enum kind kind)
{
    return kind == KIND_POS_SALE || kind == KIND_POS_RETURN || kind == KIND_SELL_IN;
}

static bool is_same_transaction(const struct footprint *a, const struct footprint *b)
{
    return a->has_transaction && b->has_transaction
        && slice_equal(hash_slice(&a->transaction), hash_slice(&b->transaction));
}

/* The sale that a return goes back to; of one that replaces another return, the one's. Empty: it names none. */
static struct slice returned_sale(struct judging *j)
{
    return j->line->kind == KIND_REPLACE ? j->original.footprint->returns_line_id : j->original.line_id;
}

/* A return that names no sale may come from any of its part and customer. */
static bool may_match(struct judging *j, const struct footprint *f)
{
    bool is_match = f->kind == KIND_POS_SALE && f->has_match && j->rows.match.size;
    return is_match && slice_equal(hash_slice(&f->match), hash_slice(&j->after.match));
}

static bool has_match_on_transaction(struct judging *j, const struct footprint *f)
{
    if (may_match(j, f)) return true;
    if (!f->has_transaction) return false;
    struct slice row = judging_transaction_row(j, &f->transaction);
    const struct transaction_uses *uses = judging_read(j, COMPLIANCE_TRANSACTIONS, row);
    for (unsigned i = 0; i < uses->line_count; i++)
        if (may_match(j, judging_footprint(j, uses->lines[i].line_id))) return true;
    return false;
}

/* A return that names an id brings back that line and the claims on it; one that names an invoice, all that stands
 * there. */
static bool comes_with(struct judging *j, struct slice sale, const struct footprint *f)
{
    const struct footprint *original = judging_footprint(j, sale);
    if (!footprint_counts(original) || !is_same_transaction(f, original)) return false;
    return kind_is_claim(f->kind) || !j->line->original_line_ref.size;
}

/* A unit leaves the slots of the sale that came back, and of the claims on it, whose bonus goes back with it; what was
 * paid under another invoice stays paid, and so is a claim on a sale that was replaced, or of which nothing may live.
 * Of a return that names no sale payout finds the oldest, which need not be that of the unit: it is asked, as it is
 * where more comes back than was sold. One that was sold again after its return keeps the slots of that sale, however
 * late the return is reported. */
static bool came_back(struct judging *j, const struct serial_slot *slot)
{
    if (!slot->line_id.size) return false;
    const struct footprint *f = judging_footprint(j, slot->line_id);
    if (f->date > j->date) return false;
    struct slice sale = returned_sale(j);
    if (sale.size) return slice_equal(slot->line_id, sale) || comes_with(j, sale, f);
    bool is_unlinked = !j->line->original_line_ref.size && !j->line->original_invoice_no.size;
    return is_unlinked && has_match_on_transaction(j, f);
}

/* A return of more than is left of its sale payout holds; or it takes from other sales of T as well. */
static bool exceeds_its_sale(struct judging *j)
{
    const struct footprint *sale = judging_footprint(j, returned_sale(j));
    return sale->returned_milli - j->qty_milli > sale->qty_milli;
}

static void mark_return(struct judging *j, struct serial_history *h, struct serial_event event, struct slice serial)
{
    bool is_certain = returned_sale(j).size && !exceeds_its_sale(j);
    if (h->sold.date <= event.date) h->sold = (struct serial_event){ 0 };
    if (h->returned.date <= event.date) h->returned = event;
    for (unsigned s = 0; s < h->slot_count; s++) {
        if (!came_back(j, &h->slots[s])) continue;
        if (is_certain) pass_slot_on(j, &h->slots[s], serial, NULL, false);
        else ask_from_now(&h->slots[s]);
    }
}

/* The newest sale, return and sell-in of each unit, by their dates: lines may come late. */
static void mark(struct judging *j, const struct texts *sorted)
{
    for (unsigned i = 0; i < sorted->count; i++) {
        struct serial_event event = { j->line_id, j->date };
        struct serial_history *h = judging_change(j, COMPLIANCE_SERIALS, serials_row(j, sorted->items[i]));
        if (j->kind == KIND_SELL_IN && j->qty_milli > 0) h->sold_in = event;
        if (j->kind == KIND_POS_SALE && h->sold.date <= event.date) h->sold = event;
        if (j->kind == KIND_POS_RETURN) mark_return(j, h, event, sorted->items[i]);
    }
}

/* A sale of which nothing is left came back with all its units, though the return names none. Those that were sold
 * again before are the newer line's. A return of more than was left frees nothing: payout holds it, and takes nothing
 * back of what earned. */
static bool brings_back_all(const struct judging *j)
{
    const struct footprint *sale = j->original.footprint;
    return j->line->kind == KIND_POS_RETURN && !j->line->serials.count && j->original.line_id.size
        && sale->kind == KIND_POS_SALE && sale->qty_milli > 0 && sale->returned_milli - j->qty_milli == sale->qty_milli;
}

static void return_units(struct judging *j, struct slice line_id, const struct footprint *of, struct slice *back,
                         unsigned *count)
{
    for (unsigned i = 0; i < of->serials.count && *count < FOOTPRINT_SERIALS_MAX; i++) {
        struct slice serial = of->serials.items[i], row = serials_row(j, serial);
        const struct serial_history *now = judging_read(j, COMPLIANCE_SERIALS, row);
        bool is_its_own = slice_equal(now->sold.line_id, line_id);
        for (unsigned s = 0; s < now->slot_count; s++) is_its_own |= slice_equal(now->slots[s].line_id, line_id);
        if (!is_its_own) continue;
        struct serial_history *h = judging_change(j, COMPLIANCE_SERIALS, row);
        if (slice_equal(h->sold.line_id, line_id)) h->sold = (struct serial_event){ 0 };
        if (h->returned.date <= j->date) h->returned = (struct serial_event){ j->line_id, j->date };
        for (unsigned s = 0; s < h->slot_count; s++)
            if (slice_equal(h->slots[s].line_id, line_id)) pass_slot_on(j, &h->slots[s], serial, of, false);
        back[(*count)++] = serial;
    }
}

static void return_all_units(struct judging *j)
{
    const struct footprint *sale = j->original.footprint;
    struct slice *back = ARENA_ARRAY(j->arena, FOOTPRINT_SERIALS_MAX, struct slice);
    unsigned count = 0;
    return_units(j, j->original.line_id, sale, back, &count);
    if (sale->has_transaction && footprint_counts(sale)) {
        struct slice row = judging_transaction_row(j, &sale->transaction);
        const struct transaction_uses *uses = judging_read(j, COMPLIANCE_TRANSACTIONS, row);
        for (unsigned i = 0; i < uses->line_count; i++) {
            const struct footprint *f = judging_footprint(j, uses->lines[i].line_id);
            if (footprint_counts(f) && kind_is_claim(f->kind))
                return_units(j, uses->lines[i].line_id, f, back, &count);
        }
    }
    serials_sort(back, count);
    j->after.serials = (struct texts){ back, count };       /* its own cancel brings them back */
}

/* Slots that prefetch took in the registry for this line, and that the line does not keep, go back. */
static void give_back_asked(struct judging *j, bool is_refused)
{
    for (unsigned i = 0; i < j->facts->slot_count; i++) {
        const struct slot_answer *slot = &j->facts->slots[i];
        if (slot->holder_line_id.size && !slice_equal(slot->holder_line_id, j->line_id)) continue;
        const struct judged_program *p = program_of(j, slot->program_id);
        if (is_refused || (p && p->strike_count)) owe_registry(j, slot->program_id, slot->serial, j->line_id);
    }
}

/* So does what was asked for in the name of a line that a cancelled return brought back. */
static void give_back_restored(struct judging *j)
{
    for (unsigned i = 0; j->restores.wanted && i < j->restores.wanted->count && i < j->facts->restored_count; i++) {
        const struct slot_wanted *wanted = &j->restores.wanted->items[i];
        const struct slot_answer *answer = &j->facts->restored[i];
        if (answer->holder_line_id.size && !slice_equal(answer->holder_line_id, wanted->line_id)) continue;
        owe_registry(j, wanted->program_id, wanted->serial, wanted->line_id);
    }
}

void serials_forget(struct judging *j)
{
    give_back_restored(j);
    if (j->line->serials.count && j->line->kind != KIND_CANCEL) give_back_asked(j, true);
}

void serials_record(struct judging *j, enum outcome outcome)
{
    if (!outcome_goes_on(outcome)) give_back_restored(j);
    bool is_first_time = outcome_goes_on(outcome) && j->before->state != FOOTPRINT_ACCEPTED;
    if (is_first_time && brings_back_all(j)) return_all_units(j);
    if (!j->line->serials.count || j->line->kind == KIND_CANCEL) return;
    struct texts sorted = serials_units(j);
    give_back_asked(j, outcome == OUTCOME_REJECT);
    if (outcome == OUTCOME_REJECT) {
        serials_give_back(j, j->line_id, j->before);
        j->after.slot_programs = (struct texts){ 0 };
        return;
    }
    j->after.serials = sorted;
    j->takes_slots_over &= outcome_goes_on(outcome);
    take_slots(j, &sorted);
    if (is_first_time && gives_mark(j->kind)) mark(j, &sorted);
}

/* The REPLACE of a line that went on may be refused, and then it lives on with all its units (domain.md 6.3). */
static void leave(struct judging *j, struct serial_slot *slot, struct slice serial, struct slice line_id,
                  const struct footprint *of)
{
    bool is_uncertain = j->line->kind == KIND_REPLACE && of->state == FOOTPRINT_ACCEPTED;
    if (slice_equal(slot->prior_line_id, line_id))
        slot->prior_line_id = before_it(j, line_id, slot->program_id, serial);
    if (!slice_equal(slot->line_id, line_id)) return;
    if (!is_uncertain) {
        pass_slot_on(j, slot, serial, of, true);
        return;
    }
    ask_from_now(slot);
}

void serials_give_back(struct judging *j, struct slice line_id, const struct footprint *of)
{
    for (unsigned i = 0; i < of->serials.count; i++) {
        struct serial_history *h = judging_change(j, COMPLIANCE_SERIALS, serials_row(j, of->serials.items[i]));
        if (slice_equal(h->sold.line_id, line_id)) h->sold = (struct serial_event){ 0 };
        if (slice_equal(h->returned.line_id, line_id)) h->returned = (struct serial_event){ 0 };
        for (unsigned s = 0; s < h->slot_count; s++) leave(j, &h->slots[s], of->serials.items[i], line_id, of);
    }
}

void serials_keep(struct judging *j, struct slice line_id, const struct footprint *of)
{
    for (unsigned i = 0; i < of->serials.count; i++) {
        struct serial_history *h = judging_change(j, COMPLIANCE_SERIALS, serials_row(j, of->serials.items[i]));
        for (unsigned s = 0; s < h->slot_count; s++)
            if (slice_equal(h->slots[s].line_id, line_id)) h->slots[s].is_asked = false;
    }
}

/* --- a return that is cancelled --- */

static void want(struct judging *j, struct slot_wanted slot)
{
    struct slots_wanted *w = j->restores.wanted ? j->restores.wanted : ARENA_NEW(j->arena, struct slots_wanted);
    if (w->count == w->capacity) {
        unsigned capacity = w->capacity ? 2 * w->capacity : 16;
        struct slot_wanted *items = ARENA_ARRAY(j->arena, capacity, struct slot_wanted);
        if (w->count) memcpy(items, w->items, w->count * sizeof *items);
        w->items = items;
        w->capacity = capacity;
    }
    w->items[w->count++] = slot;
    j->restores.wanted = w;
}

/* The registry is asked in the name of the line that had the slot: it is its own again, or somebody else's by now. */
static void ask_again(struct judging *j, struct slot_wanted slot)
{
    unsigned at = j->restores.wanted ? j->restores.wanted->count : 0;
    want(j, slot);
    if (at >= j->facts->restored_count) return;
    const struct slot_answer *answer = &j->facts->restored[at];
    ASSERT(slice_equal(answer->program_id, slot.program_id) && slice_equal(answer->serial, slot.serial));
    if (!slot_answers_is_elsewhere(j, answer) || j->restores.contested_by.size) return;
    j->restores.contested_serial = slot.serial;
    j->restores.contested_by = answer->holder_line_id;
}

static void stand_in(struct judging *j, struct serial_slot *slot, struct slice serial, struct slice line_id,
                     const struct footprint *f)
{
    ask_again(j, (struct slot_wanted){ slot->program_id, serial, j->root, line_id, f->received_at_unix_ms });
    struct slice stood = slot->line_id.size ? slot->line_id : line_id;
    if (!slice_equal(stood, line_id)) slot->prior_line_id = stood;
    slot->line_id = line_id;
    slot->is_asked = j->line->kind == KIND_REPLACE || f->state == FOOTPRINT_CANCELLED;
    slot->is_registered = true;                             /* when what is owed is paid */
    struct slice row = BOOKS_KEY(j->arena, j->root, SLICE("serial"), slot->program_id, serial);
    struct outbox_slot *owed = judging_change(j, COMPLIANCE_OUTBOX, row);
    *owed = (struct outbox_slot){ .line_id = stood, .next_line_id = line_id,
                                  .next_received_at_unix_ms = f->received_at_unix_ms };
}

/* The slot in which a line stood before its unit came back. */
struct held_slot { struct serial_slot *slot; struct slice serial, line_id; const struct footprint *footprint; };
typedef void on_held_slot(struct judging *j, const struct held_slot *held);

static void each_slot_of(struct judging *j, struct slice line_id, const struct footprint *returned, on_held_slot *act)
{
    const struct footprint *f = judging_footprint(j, line_id);
    if (!may_live(j, f) || !f->slot_programs.count) return;
    for (unsigned i = 0; i < returned->serials.count; i++) {
        struct slice serial = returned->serials.items[i];
        if (!has_serial(f, serial)) continue;
        struct serial_history *h = judging_change(j, COMPLIANCE_SERIALS, serials_row(j, serial));
        for (unsigned p = 0; p < f->slot_programs.count; p++)
            act(j, &(struct held_slot){ open_slot(h, f->slot_programs.items[p]), serial, line_id, f });
    }
}

/* The slots of the sale that the return went back to, and of the claims on its transaction. */
static void each_slot_before(struct judging *j, const struct footprint *returned, on_held_slot *act)
{
    if (!returned->returns_line_id.size) return;
    each_slot_of(j, returned->returns_line_id, returned, act);
    const struct footprint *sale = judging_footprint(j, returned->returns_line_id);
    if (!sale->has_transaction) return;
    const struct transaction_uses *uses = judging_read(j, COMPLIANCE_TRANSACTIONS,
                                                       judging_transaction_row(j, &sale->transaction));
    for (unsigned i = 0; i < uses->line_count; i++) each_slot_of(j, uses->lines[i].line_id, returned, act);
}

static bool is_open(const struct serial_slot *slot)
{
    return !slot->line_id.size || (slot->is_asked && !slot->prior_line_id.size);
}

/* A slot in which another line stands by now stays with that line. */
static void stand_again(struct judging *j, const struct held_slot *held)
{
    if (is_open(held->slot)) stand_in(j, held->slot, held->serial, held->line_id, held->footprint);
}

static bool came_before(const struct footprint *f, const struct footprint *other)
{
    if (f->received_at_unix_ms != other->received_at_unix_ms)
        return f->received_at_unix_ms < other->received_at_unix_ms;
    return slice_equal(f->document_id, other->document_id) && f->position < other->position;
}

/* The sale that the return went back to, or a claim on it, stands there again: a REVERSE of the return was first. */
static bool is_its_own(struct judging *j, const struct serial_slot *slot, const struct footprint *returned)
{
    const struct footprint *f = judging_footprint(j, slot->line_id);
    return came_before(f, returned) && is_same_transaction(f, judging_footprint(j, returned->returns_line_id));
}

/* A slot in which somebody else stands now: what the return brought back had left it. */
static void find_contested(struct judging *j, const struct footprint *of)
{
    for (unsigned i = 0; i < of->serials.count; i++) {
        struct slice serial = of->serials.items[i];
        const struct serial_history *h = judging_read(j, COMPLIANCE_SERIALS, serials_row(j, serial));
        for (unsigned s = 0; s < h->slot_count; s++) {
            if (is_open(&h->slots[s]) || is_its_own(j, &h->slots[s], of)) continue;
            j->restores.contested_serial = serial;
            j->restores.contested_by = h->slots[s].line_id;
            return;
        }
    }
}

static bool is_serial_return(const struct footprint *f)
{
    return f->kind == KIND_POS_RETURN && f->serials.count > 0;
}

void serials_restore(struct judging *j, const struct footprint *of)
{
    if (!is_serial_return(of)) return;
    find_contested(j, of);
    each_slot_before(j, of, stand_again);
    if (j->restores.wanted && j->facts->restored_standing == SLOTS_NOT_ASKED) j->v->wants = j->restores.wanted;
}

/* Whoever stood in the slot gives it to the line that came back. */
static void hand_over(struct judging *j, const struct slot_wanted *to, const struct slot_answer *from)
{
    struct slice row = BOOKS_KEY(j->arena, j->root, SLICE("serial"), to->program_id, to->serial);
    struct outbox_slot *owed = judging_change(j, COMPLIANCE_OUTBOX, row);
    *owed = (struct outbox_slot){ .line_id = from->holder_line_id, .next_line_id = to->line_id,
                                  .next_received_at_unix_ms = to->received_at_unix_ms };
    open_conflict(j, from, to->line_id);
}

static bool is_wanted(const struct judging *j, const struct held_slot *held)
{
    for (unsigned i = 0; j->restores.wanted && i < j->restores.wanted->count; i++)
        if (slice_equal(j->restores.wanted->items[i].serial, held->serial)
            && slice_equal(j->restores.wanted->items[i].program_id, held->slot->program_id))
            return true;
    return false;
}

static void displace(struct judging *j, const struct held_slot *held)
{
    struct serial_slot *slot = held->slot;
    if (slice_equal(slot->line_id, held->line_id) || is_wanted(j, held)) return;
    struct slot_wanted to = { slot->program_id, held->serial, j->root, held->line_id,
                              held->footprint->received_at_unix_ms };
    struct slot_answer from = { slot->program_id, held->serial, j->root, slot->line_id };
    want(j, to);                                            /* no other line of T takes it from this one */
    hand_over(j, &to, &from);
    slot->line_id = held->line_id;
    slot->is_asked = false;
    slot->is_registered = true;
}

void serials_take_over(struct judging *j, const struct footprint *of)
{
    if (!is_serial_return(of) || !j->restores.contested_by.size) return;
    for (unsigned i = 0; i < j->facts->restored_count; i++)
        if (slot_answers_is_elsewhere(j, &j->facts->restored[i]))
            hand_over(j, &j->restores.wanted->items[i], &j->facts->restored[i]);
    each_slot_before(j, of, displace);
}

enum truth serials_wait_for_registry(struct judging *j, struct finding *f)
{
    bool is_away = j->facts->restored_standing == SLOTS_AWAY;
    if (!j->restores.wanted) return TRUTH_FALSE;
    if (!is_away && !slot_answers_any_given_up(j, j->facts->restored, j->facts->restored_count)) return TRUTH_FALSE;
    finding_give(f, REASON_REGISTRY_UNAVAILABLE, OUTCOME_PARK);
    f->waits_on = SLICE(WAIT_REGISTRY);
    return TRUTH_WAIT;
}

bool serials_are_contested(const struct judging *j, struct finding *f)
{
    if (!j->restores.contested_by.size) return false;
    reason_argument(finding_give(f, REASON_DATA_CONFLICT, OUTCOME_HOLD), SLICE("serial"), j->restores.contested_serial);
    finding_show(f, EVIDENCE_SERIAL, j->restores.contested_serial);
    finding_show(f, EVIDENCE_LINE, j->restores.contested_by);
    return true;
}
