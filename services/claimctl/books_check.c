/* claimctl/books_check.c: the books of a finished run, checked from outside. */
#include "claimctl/books_check.h"

#include "base/assert.h"
#include "compliance/serial_form.h"
#include "domain/currency.h"
#include "domain/footprint.h"
#include "domain/rating/tiers.h"
#include "domain/rounding.h"
#include "domain/rating/rating.h"

#include <stdlib.h>

enum { BOOKS_ARENA_BYTES = 512 << 20, KEY_PARTS_MAX = 6, ENTRY_IS_MANUAL = 1 };

static const unsigned char numbers[] = { 1, 3, 5, 6, 7, 8, 9, 11, 13, 14, 16 };

static void trouble(struct books_check *b, unsigned invariant, const char *what, struct slice key)
{
    b->failed |= 1u << invariant;
    if (b->trouble_count == BOOKS_TROUBLES_MAX) return;
    b->troubles[b->trouble_count++] = SLICE_JOIN(&b->arena, SLICE("invariant "), slice_of_int(&b->arena, invariant),
                                                 SLICE(": "), slice_from(what), SLICE(": "), key);
}

/* --- sums --- */

static struct book_sum *sum_at(struct books_check *b, struct book_sums *s, struct slice key)
{
    bool found;
    uint32_t *at = directory_at(&s->index, key, &found);
    if (found) return &s->items[*at];
    if (s->count == s->capacity) {
        s->capacity = s->capacity ? 2 * s->capacity : 256;
        s->items = realloc(s->items, s->capacity * sizeof *s->items);
        ASSERT(s->items);
    }
    *at = s->count;
    s->items[s->count] = (struct book_sum){ .key = slice_copy(&b->arena, key) };
    return &s->items[s->count++];
}

static __int128 sum_of(const struct book_sums *s, struct slice key)
{
    uint32_t at = directory_get(&s->index, key, UINT32_MAX);
    return at == UINT32_MAX ? 0 : s->items[at].sum;
}

/* What was summed for a row that is met now; what nobody takes has no row. */
static __int128 take_sum(struct book_sums *s, struct slice key)
{
    uint32_t at = directory_get(&s->index, key, UINT32_MAX);
    if (at == UINT32_MAX) return 0;
    __int128 sum = s->items[at].sum;
    s->items[at].sum = 0;
    return sum;
}

#define JOINED(a, ...) \
    slice_list((a), (const struct slice[]){ __VA_ARGS__ }, sizeof((const struct slice[]){ __VA_ARGS__ }) / \
    sizeof(struct slice), SLICE(" "))

static struct book_sums *const *all_sums(struct books_check *b)
{
    static struct book_sums *list[9];
    struct book_sums *sums[] = { &b->volumes, &b->funds,       &b->arrived,     &b->consumed, &b->settled,
                                 &b->slots,   &b->again_milli, &b->again_minor, NULL };
    memcpy(list, sums, sizeof sums);
    return list;
}

enum err books_check_open(struct books_check *b, struct run_engine *engine)
{
    *b = (struct books_check){ .engine = engine, .total = sizeof numbers };
    TRY(arena_open(&b->arena, BOOKS_ARENA_BYTES, BOOKS_ARENA_BYTES));
    for (struct book_sums *const *s = all_sums(b); *s; s++) directory_open(&(*s)->index);
    directory_open(&b->payout_ids);
    directory_open(&b->live);
    directory_open(&b->taken_back);
    directory_open(&b->reviewed);
    directory_open(&b->reopened);
    directory_open(&b->contested);
    return OK;
}

void books_check_close(struct books_check *b)
{
    if (!b->arena.base) return;
    for (struct book_sums *const *s = all_sums(b); *s; s++) {
        directory_close(&(*s)->index);
        free((*s)->items);
    }
    directory_close(&b->payout_ids);
    directory_close(&b->live);
    directory_close(&b->taken_back);
    directory_close(&b->reviewed);
    directory_close(&b->reopened);
    directory_close(&b->contested);
    arena_close(&b->arena);
}

/* --- lines --- */

static bool is_volume(struct slice incentive)
{
    return slice_equal(incentive, SLICE("VOLUME_REBATE")) || slice_equal(incentive, SLICE("LOGISTICS"));
}

/* 8: where a negative entry may stand. */
static bool may_be_negative(const struct line *l, const struct payout *p)
{
    static const unsigned kinds = KIND_BIT(KIND_POS_RETURN) | KIND_BIT(KIND_CANCEL) | KIND_BIT(KIND_REPLACE)
                                  | KIND_BIT(KIND_REVERSE) | KIND_BIT(KIND_RERATE) | KIND_BIT(KIND_ADJUSTMENT)
                                  | KIND_BIT(KIND_PRICE_PROTECTION_CLAIM) | KIND_BIT(KIND_ROTATION_CLAIM)
                                  | KIND_BIT(KIND_SETTLEMENT) | KIND_BIT(KIND_PERIOD_CLOSE)
                                  | KIND_BIT(KIND_FUND_ADJUSTMENT);
    bool accrues = slice_equal(p->incentive, SLICE("MDF")) && kind_is_automatic(l->kind);    /* of a converted fund */
    if (kinds & KIND_BIT(l->kind) || is_volume(p->incentive) || accrues) return true;
    return l->qty_milli < 0 || !slice_equal(p->ledger, SLICE("EARNED"));
}

/* Manual money, and what takes it back, is no delta of an accumulator. */
static bool is_manual(struct books_check *b, const struct line *l, const struct payout *p)
{
    return l->kind == KIND_ADJUSTMENT || directory_get(&b->payout_ids, p->reverses_payout_id, 0) == ENTRY_IS_MANUAL;
}

static void check_entry(struct books_check *b, const struct standing *s, const struct payout *p, struct arena *scratch)
{
    bool found;
    uint32_t *kept = directory_at(&b->payout_ids, p->payout_id, &found);
    *kept = s->dossier->line->kind == KIND_ADJUSTMENT ? ENTRY_IS_MANUAL : 0;
    if (found) trouble(b, 11, "the payout was posted twice", p->payout_id);
    if (p->amount_minor == 0 && p->program_amount_minor == 0) trouble(b, 8, "an entry of nothing", p->payout_id);
    if (p->amount_minor < 0 && !may_be_negative(s->dossier->line, p))
        trouble(b, 8, "a negative entry on a line that cannot have one", p->payout_id);
    if (p->program_id.size && !p->program_version && !slice_equal(p->ledger, SLICE("SETTLED")))
        trouble(b, 13, "an entry without program version", p->payout_id);
    if (slice_equal(p->cause, SLICE("FRAUD"))) b->saw_fraud = true;
    if (is_volume(p->incentive) && slice_equal(p->ledger, SLICE("EARNED")) && !is_manual(b, s->dossier->line, p))
        sum_at(b, &b->volumes, JOINED(scratch, p->partner_root_id, p->program_id, p->earned_period))->sum +=
            p->program_amount_minor;
    if (slice_equal(p->ledger, SLICE("FUND")))
        sum_at(b, &b->arrived, JOINED(scratch, p->partner_root_id, p->program_id, p->earned_period))->sum +=
            p->program_amount_minor;
    if (slice_equal(p->ledger, SLICE("SETTLED"))) sum_at(b, &b->settled, p->partner_root_id)->sum += p->amount_minor;
}

/* C of the units that compliance did not accept. */
static int64_t cut_by_compliance(const struct standing *s)
{
    const struct clearance *c = s->dossier->clearance;
    int64_t base = s->dossier->classification ? s->dossier->classification->base_qty_milli : 0;
    if (!c || !c->has_accepted_qty || c->judgement.reason_count == 0 || base <= 0) return 0;
    return (int64_t)round_quotient((__int128)s->target->claim_minor * (base - c->accepted_qty_milli), base,
                                   ROUNDING_HALF_UP);
}

/* 13: what was not paid is explained by the reasons that cut it, up to the tolerance of the program (a cent where the
 * version is not known any more). */
static void check_refusal(struct books_check *b, const struct standing *s)
{
    const struct program_result *p = s->target;
    const struct program_history *h = catalogue_program(b->engine->catalogue, p->program_id);
    const struct program *terms = h ? program_version(h, p->program_version) : NULL;
    const struct judgement *j = &s->dossier->payout->judgement;     /* the target's reasons are the line's */
    int64_t explained = cut_by_compliance(s), refused = p->refused_minor < 0 ? -p->refused_minor : p->refused_minor;
    int64_t step = terms ? terms->rounding_step_minor : 1,
            tolerance = terms && terms->claim.tolerance_minor > 1 ? terms->claim.tolerance_minor : 1;
    for (unsigned i = 0; i < j->reason_count; i++)
        explained += j->reasons[i].cut_minor < 0 ? -j->reasons[i].cut_minor : j->reasons[i].cut_minor;
    bool whole = s->outcome == OUTCOME_REJECT;          /* refused as a whole: its reasons are the explanation */
    bool unexplained =
        refused - explained > tolerance + 2 * step; /* entitlement and amount each leave less than a step */
    if (!whole && unexplained) trouble(b, 13, "a cut without a reason", s->dossier->receipt->line_id);
    if (whole && s->reason_count == 0) trouble(b, 13, "refused without a reason", s->dossier->receipt->line_id);
}

static void check_claim(struct books_check *b, const struct standing *s)
{
    bool waits = s->outcome == OUTCOME_HOLD || s->outcome == OUTCOME_PARK;
    int64_t claimed = s->claimed_minor, paid = s->paid_minor;
    if (!s->has_claim) return;
    if (!waits && claimed != paid + s->refused_minor)
        trouble(b, 1, "claimed is not paid and refused", s->dossier->receipt->line_id);
    if (waits || !s->target) return;
    bool within = claimed >= 0 ? paid >= 0 && paid <= claimed : paid <= 0 && paid >= claimed;
    if (!within) trouble(b, 8, "paid is not between nothing and what was claimed", s->dossier->receipt->line_id);
    check_refusal(b, s);
}

/* A person may have put the line into a slot that another root's line had (SER-02); a case asks what becomes of that
 * one. What a run reads again of a line has no results of rules, which would tell. */
static bool may_have_taken_a_slot_over(const struct dossier *d)
{
    return d->clearance && d->clearance->judgement.review_sequence > 0;
}

void books_check_call(const struct books_check *b, const struct payout_section *p)
{
    for (unsigned i = 0; p && i < p->entry_count; i++) (void)directory_call(&b->payout_ids, p->entries[i].payout_id);
}

void books_check_line(struct books_check *b, const struct standing *s, struct arena *scratch)
{
    const struct payout_section *p = s->dossier->payout;
    if (s->outcome == OUTCOME_UNSPECIFIED) trouble(b, 1, "a line without outcome", s->dossier->receipt->line_id);
    if (s->outcome != OUTCOME_PASS && s->reason_count == 0)
        trouble(b, 1, "an outcome without a reason", s->dossier->receipt->line_id);
    check_claim(b, s);
    bool holds_serials = s->dossier->line->serials.count && (s->outcome == OUTCOME_PASS || s->outcome == OUTCOME_SHORT);
    if (holds_serials && !may_have_taken_a_slot_over(s->dossier))
        *directory_at(&b->live, s->dossier->receipt->line_id, NULL) = 1;
    bool undoes = s->dossier->line->kind == KIND_CANCEL || s->dossier->line->kind == KIND_REPLACE;
    if (undoes && may_have_taken_a_slot_over(s->dossier))
        *directory_at(&b->reviewed, s->dossier->receipt->line_id, NULL) = 1;
    for (unsigned i = 0; p && i < p->entry_count; i++) check_entry(b, s, &p->entries[i], scratch);
    if (p && workings_verify_section(p, NULL, NULL) != OK)
        trouble(b, 13, "the amount does not come out of its workings again", s->dossier->receipt->line_id);
}

/* Two lines in one slot, of whichever line of the two roots comes after them: a person let it be, and is asked what
 * becomes of the other one. */
void books_check_case(struct books_check *b, const struct dossier *d)
{
    const struct judgement *j = d->clearance ? &d->clearance->judgement : NULL;
    for (unsigned i = 0; j && i < j->rule_result_count; i++)
        for (unsigned k = 0; k < j->rule_results[i].evidence_count; k++)
            if (j->rule_results[i].evidence[k].kind == EVIDENCE_SLOT)
                *directory_at(&b->contested, j->rule_results[i].evidence[k].id, NULL) = 1;
}

/* --- tables --- */

struct table_walk {
    struct books_check *b;
    const struct stage_table *table;
    void (*check)(struct books_check *, const struct slice *key, const void *record);
};

static enum err visit(void *context, struct slice key, struct slice value)
{
    struct table_walk *w = context;
    struct slice parts[KEY_PARTS_MAX];
    size_t mark = arena_mark(&w->b->engine->scratch);
    void *record = arena_alloc(&w->b->engine->scratch, w->table->codec.bytes);
    TRY(w->table->codec.decode(&w->b->engine->scratch, slice_skip(value, 1), record));
    for (unsigned i = 0; i < KEY_PARTS_MAX; i++) parts[i] = books_key_take(&key);
    w->check(w->b, parts, record);
    arena_rewind(&w->b->engine->scratch, mark);
    return OK;
}

static enum err walk(struct books_check *b, enum run_stage stage, const struct stage_table *table,
                     void (*check)(struct books_check *, const struct slice *, const void *))
{
    struct table_walk w = { b, table, check };
    for (int32_t p = 0; p < embedded_partitions(b->engine->engine); p++)
        TRY(store_each(embedded_store(b->engine->engine, stage, p), table->number, visit, &w));
    return OK;
}

static struct slice agreement_line_name(struct books_check *b, struct slice root, const struct line_program *p)
{
    char number[24];
    struct text line_no = text_over(number, sizeof number);
    text_put_int(&line_no, p->auth_line);
    return JOINED(&b->engine->scratch, root, p->authorisation_no, text_slice(&line_no));
}

/* A return that was cancelled: what it had taken back is consumed and charged again, whoever used it meanwhile
 * (6.3). */
static void add_given_again(struct books_check *b, struct slice root, const struct line_program *p)
{
    if (p->authorisation_no.size) sum_at(b, &b->again_milli, agreement_line_name(b, root, p))->sum += p->paid_milli;
    for (unsigned i = 0; i < p->caps_count; i++) {
        const struct charged_cap *c = &p->caps[i];
        char number[24];
        struct text index = text_over(number, sizeof number);
        text_put_int(&index, c->cap);
        struct slice name =
            JOINED(&b->engine->scratch, root, p->program_id, text_slice(&index), c->scope_id, c->period);
        sum_at(b, &b->again_milli, name)->sum += p->paid_milli;
        sum_at(b, &b->again_minor, name)->sum -= p->program_minor;
    }
}

/* ADJUSTED: part of it was taken back; REVERSED: nothing of it is live (domain.md 8). */
enum live { LIVE_WHOLE, LIVE_ADJUSTED, LIVE_REVERSED };

static enum live live_of(const struct line_row *row)
{
    bool adjusted = row->returned_milli != 0;
    for (unsigned i = 0; i < row->programs_count; i++)
        adjusted |= row->programs[i].returned_milli != 0 || row->programs[i].payout_reversed_minor != 0
                    || row->programs[i].ended;
    if (row->ended || (row->accepted_milli != 0 && row->returned_milli == row->accepted_milli)) return LIVE_REVERSED;
    return adjusted ? LIVE_ADJUSTED : LIVE_WHOLE;
}

struct slice books_check_live(const struct books_check *b, struct slice line_id)
{
    static const struct slice words[] = {
        [LIVE_ADJUSTED] = SLICE_INIT("ADJUSTED"), [LIVE_REVERSED] = SLICE_INIT("REVERSED")
    };
    return b->taken_back.count ? words[directory_get(&b->taken_back, line_id, LIVE_WHOLE)] : words[LIVE_WHOLE];
}

/* 5 (the sum) and 9: what a line's programs took back. */
static void check_line_row(struct books_check *b, const struct slice *key, const void *record)
{
    const struct line_row *row = record;
    enum live live = live_of(row);
    if (live != LIVE_WHOLE) *directory_at(&b->taken_back, key[1], NULL) = live;
    for (unsigned i = 0; i < row->programs_count; i++) {
        const struct line_program *p = &row->programs[i];
        bool whole = p->accepted_milli != 0 && p->returned_milli == p->accepted_milli && !p->volume;
        if (whole && (p->program_reversed_minor != p->program_minor || p->payout_reversed_minor != p->payout_minor))
            trouble(b, 9, "a whole return did not take back exactly what was paid", key[1]);
        __int128 left = (__int128)p->payout_minor - p->payout_reversed_minor;
        if (!p->volume && (p->payout_minor >= 0 ? left < 0 : left > 0))
            trouble(b, 9, "more was taken back than was paid", key[1]);
        if (p->of_line.size && row->ended) add_given_again(b, key[0], p);
        if (p->incentive != INCENTIVE_SHIP_DEBIT || !p->authorisation_no.size || p->of_line.size) continue;
        sum_at(b, &b->consumed, agreement_line_name(b, key[0], p))->sum += p->paid_milli - p->paid_returned_milli;
    }
}

static void check_agreement_line(struct books_check *b, const struct slice *key, const void *record)
{
    const struct agreement_line_row *row = record;
    struct slice name = JOINED(&b->engine->scratch, key[0], key[1], key[2]);
    __int128 paid = take_sum(&b->consumed, name);
    if (row->consumed_milli < 0) trouble(b, 5, "less than nothing was consumed", name);
    if (b->saw_fraud ? row->consumed_milli < paid : row->consumed_milli != paid)
        trouble(b, 5, "consumed is not what was paid less reversed", name);
    __int128 most = row->highest_authorised_milli + sum_of(&b->again_milli, name);
    if (row->highest_authorised_milli && row->consumed_milli > most)
        trouble(b, 5, "more was consumed than was ever authorised", name);
}

static void check_preapproval(struct books_check *b, const struct slice *key, const void *record)
{
    const struct preapproval_row *row = record;
    sum_at(b, &b->funds, JOINED(&b->engine->scratch, key[0], row->program_id, row->period))->sum += row->reserved_minor;
}

static void check_fund(struct books_check *b, const struct slice *key, const void *record)
{
    const struct fund_row *f = record;
    struct slice name = JOINED(&b->engine->scratch, key[0], key[1], key[2]);
    if (f->reserved_minor < 0 || f->paid_minor < 0 || f->expired_minor < 0)
        trouble(b, 6, "a fund spent less than nothing", name);
    sum_at(b, &b->arrived, name)->sum -= f->accrued_minor + f->adjusted_minor;
    if (take_sum(&b->funds, name) != f->reserved_minor)
        trouble(b, 6, "reserved is not the sum of open reservations", name);
}

static void check_lots(struct books_check *b, const struct slice *key, const void *record)
{
    const struct lots_row *row = record;
    for (unsigned i = 0; i < row->lots_count; i++) {
        const struct lot *l = &row->lots[i];
        int64_t cost = l->cost_micros;
        for (unsigned k = 0; k < l->credits_count; k++)
            cost -= l->credits[k].amount_micros * (l->cost_den ? l->cost_den : 1);
        if (l->remaining_milli < 0 || l->remaining_milli > l->qty_milli)
            trouble(b, 7, "a lot holds less than nothing or more than came in", key[2]);
        if (cost < 0) trouble(b, 7, "a lot costs less than nothing", key[2]);
    }
}

static const struct program *only_version(struct books_check *b, struct slice program_id)
{
    const struct program_history *h = catalogue_program(b->engine->catalogue, program_id);
    return h && h->version_count == 1 ? h->versions[0] : NULL;
}

/* 3: F from scratch, where the totals alone decide it: one version of the terms, no growth, mix or guarantee. */
static void recompute_volume(struct books_check *b, const struct slice *key, const struct volume_row *row)
{
    const struct program *p = only_version(b, key[1]);
    if (!p || !p->has_volume || p->incentive == INCENTIVE_SPIFF || p->volume.has_guarantee
        || (p->volume.qualifier != QUALIFIER_AMOUNT && p->volume.qualifier != QUALIFIER_QTY))
        return;
    unsigned exponent = currency_exponent(p->currency), count;
    bool by_amount = p->volume.tier_count && p->volume.tiers[0].rate == RATE_PERCENT;
    struct rational q = p->volume.qualifier == QUALIFIER_AMOUNT ? rational_of_minor(row->amount_minor, exponent)
                                                                : rational_of_milli(row->qty_milli);
    struct rational benefit =
        by_amount ? rational_of_minor(row->benefit_amount_minor, exponent) : rational_of_milli(row->benefit_milli);
    if (p->volume.tier_count && p->volume.tiers[0].rate == RATE_NONE)
        benefit = p->volume.qualifier == QUALIFIER_AMOUNT ? rational_of_minor(row->benefit_amount_minor, exponent)
                                                          : rational_of_milli(row->benefit_milli);
    int64_t target = 0;
    struct rational earned = tiers_earned(&p->volume, exponent, q, benefit, NULL, &count);
    if (round_money(earned, exponent, p->rounding_mode, p->rounding_step_minor, &target) != OK) return;
    if (p->volume.has_cap && target > p->volume.cap_minor) target = p->volume.cap_minor;
    if (target != row->paid_minor)
        trouble(b, 3, "paid is not F of the totals", JOINED(&b->engine->scratch, key[0], key[1], key[2], key[4]));
}

static void check_volume(struct books_check *b, const struct slice *key, const void *record)
{
    const struct volume_row *row = record;
    const struct program_history *h = catalogue_program(b->engine->catalogue, key[1]);
    const struct program *p = h ? program_version_highest(h) : NULL;
    recompute_volume(b, key, row);
    if (!p || (p->incentive != INCENTIVE_VOLUME_REBATE && p->incentive != INCENTIVE_LOGISTICS)) return;
    sum_at(b, &b->volumes, JOINED(&b->engine->scratch, key[0], key[1], key[4]))->sum -=
        row->paid_minor - row->fund_minor;
}

static void check_cap(struct books_check *b, const struct slice *key, const void *record)
{
    const struct cap_row *row = record;
    const struct program_history *h = catalogue_program(b->engine->catalogue, key[1]);
    uint64_t index;
    int64_t amount = -1, qty = -1;
    if (!h || !slice_to_uint(key[2], UINT32_MAX, &index)) return;
    for (unsigned i = 0; i < h->version_count; i++) {
        if (index >= h->versions[i]->cap_count) continue;
        const struct cap *c = &h->versions[i]->caps[index];
        if (c->has_amount && c->amount_minor > amount) amount = c->amount_minor;
        if (c->has_qty && c->qty_milli > qty) qty = c->qty_milli;
    }
    struct slice name = JOINED(&b->engine->scratch, key[0], key[1], key[2], key[3], key[4]);
    bool is_over = (amount >= 0 && row->used_minor > amount + sum_of(&b->again_minor, name))
        || (qty >= 0 && row->used_milli > qty + sum_of(&b->again_milli, name));
    if (is_over) trouble(b, 14, "a cap was passed", name);
    if (row->used_minor < 0 || row->used_milli < 0) trouble(b, 14, "a cap was used less than nothing", name);
}

static void check_settlement(struct books_check *b, const struct slice *key, const void *record)
{
    const struct settlement_row *row = record;
    sum_at(b, &b->settled, key[0])->sum -= row->settled_minor;
}

static void check_serial(struct books_check *b, const struct slice *key, const void *record)
{
    const struct serial_history *h = record;
    struct slice unit = serials_unit_of(&b->engine->scratch, key[1], key[2]);
    for (unsigned i = 0; i < SERIAL_SLOTS_MAX; i++) {
        if (!directory_get(&b->live, h->slots[i].line_id, 0)) continue;     /* free, or kept for a line that waits */
        struct slice name = JOINED(&b->engine->scratch, h->slots[i].program_id, unit);
        struct slice slot = serials_slot_key(&b->engine->scratch, h->slots[i].program_id, unit);
        if (++sum_at(b, &b->slots, name)->sum > 1 && !directory_get(&b->contested, slot, 0))
            trouble(b, 11, "a serial holds two live slots", name);
    }
}

/* A return that a person let be cancelled may have put what it brought back into slots that other lines had. */
static void reopen(struct books_check *b, const struct slice *key, const void *record)
{
    const struct line_row *row = record;
    if (row->original.size && directory_get(&b->reviewed, key[1], 0))
        *directory_at(&b->reopened, row->original, NULL) = 1;
}

static void excuse_brought_back(struct books_check *b, const struct slice *key, const void *record)
{
    const struct line_row *row = record;
    if (!directory_get(&b->reopened, key[1], 0)) return;
    for (unsigned i = 0; i < row->pieces_count; i++) *directory_at(&b->live, row->pieces[i].line_id, NULL) = 0;
    for (unsigned i = 0; i < row->programs_count; i++)
        if (row->programs[i].of_line.size) *directory_at(&b->live, row->programs[i].of_line, NULL) = 0;
}

static enum err check_compliance(struct books_check *b)
{
    const struct stage_table *lines = &run_engine_stage(RUN_PAYOUT)->tables[PAYOUT_LINES];
    if (b->reviewed.count) TRY(walk(b, RUN_PAYOUT, lines, reopen));
    if (b->reopened.count) TRY(walk(b, RUN_PAYOUT, lines, excuse_brought_back));
    const struct stage *compliance = run_engine_stage(RUN_COMPLIANCE);
    for (unsigned i = 0; i < compliance->table_count; i++)
        if (strcmp(compliance->tables[i].codec.name, "serials") == 0)
            TRY(walk(b, RUN_COMPLIANCE, &compliance->tables[i], check_serial));
    return OK;
}

static enum err walk_payout(struct books_check *b, enum payout_table table,
                            void (*check)(struct books_check *, const struct slice *, const void *))
{
    return walk(b, RUN_PAYOUT, &run_engine_stage(RUN_PAYOUT)->tables[table], check);
}

enum err books_check_line_rows(struct books_check *b)
{
    return walk_payout(b, PAYOUT_LINES, check_line_row);
}

/* Sums that did not come out at nothing. */
static void left_over(struct books_check *b, const struct book_sums *s, unsigned invariant, const char *what)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->items[i].sum) trouble(b, invariant, what, s->items[i].key);
}

enum err books_check_tables(struct books_check *b)
{
    static const struct {
        enum payout_table table;
        void (*check)(struct books_check *, const struct slice *, const void *);
    } checks[] = {
        { PAYOUT_AGREEMENT_LINES, check_agreement_line },
        { PAYOUT_PREAPPROVALS, check_preapproval },
        { PAYOUT_FUNDS, check_fund },
        { PAYOUT_LOTS, check_lots },
        { PAYOUT_VOLUMES, check_volume },
        { PAYOUT_CAPS, check_cap },
        { PAYOUT_SETTLEMENTS, check_settlement },
    };
    for (unsigned i = 0; i < sizeof checks / sizeof checks[0]; i++)
        TRY(walk_payout(b, checks[i].table, checks[i].check));
    TRY(check_compliance(b));
    left_over(b, &b->volumes, 3, "the deltas of a period do not sum to what it paid");
    left_over(b, &b->consumed, 5, "units were paid of an agreement line that is not there");
    left_over(b, &b->funds, 6, "a reservation is open in a fund that is not there");
    left_over(b, &b->arrived, 6, "a fund has not what its entries brought");
    left_over(b, &b->settled, 16, "settled entries are not what was settled");
    for (unsigned i = 0; i < sizeof numbers; i++) b->held += !(b->failed >> numbers[i] & 1);
    return OK;
}

void books_check_print(const struct books_check *b, FILE *to)
{
    for (unsigned i = 0; i < b->trouble_count; i++) fprintf(to, "%.*s\n", SLICE_ARGS(b->troubles[i]));
}
