/* compliance/judging.c: a line made ready for its rules, and the small tools they share. Pure. */
#include "compliance/judging.h"

#include "base/assert.h"

#include <endian.h>

/* The date of the transaction itself, whatever selects programs. */
static int32_t transaction_date(const struct line *l, enum kind kind, int32_t received_date)
{
    if (kind == KIND_ROTATION_CLAIM) return received_date;
    if (kind == KIND_DEAL_CLAIM && l->order_date) return l->order_date;
    if (kind == KIND_MDF_CLAIM) return l->activity_from;
    if (kind == KIND_PRICE_PROTECTION_CLAIM) return l->price_change_date;
    if (kind == KIND_INVENTORY) return l->snapshot_date;
    if (kind == KIND_SELL_IN)
        return l->receipt_date ? l->receipt_date : l->ship_date ? l->ship_date : l->invoice_date;
    return l->ship_date ? l->ship_date : l->order_date;
}

static void find_programs(struct judging *j, const struct catalogue *catalogue)
{
    const struct classification *c = j->class;
    if (!c->candidate_count) return;
    j->programs = ARENA_ARRAY(j->arena, c->candidate_count, struct judged_program);
    j->program_count = c->candidate_count;
    for (unsigned i = 0; i < c->candidate_count; i++) {
        const struct program_history *h = catalogue_program(catalogue, c->candidates[i].program_id);
        j->programs[i].candidate = &c->candidates[i];
        j->programs[i].program = h ? program_version(h, c->candidates[i].program_version) : NULL;
    }
}

/* What the line leaves behind, before the rules have spoken. */
static void prepare_footprint(struct judging *j)
{
    j->after = *j->before;
    if (j->before->state == FOOTPRINT_AWAY) j->after.ended_by = j->after.resubmits_line_id = (struct slice){ 0 };
    j->after.kind = j->kind;
    j->after.site = j->line->partner_id;
    j->after.document_id = j->receipt->document_id;
    j->after.position = j->receipt->position;
    j->after.received_at_unix_ms = j->receipt->received_at_unix_ms;
    j->after.submission_no = j->submission_no;
    j->after.date = j->date;
    j->after.qty_milli = j->qty_milli;
    j->after.sku = j->class->sku;
}

static struct slice withdrawn_by(const struct judgement *before)
{
    if (before->reason_count != 1 || before->reasons[0].code != REASON_WITHDRAWN) return (struct slice){ 0 };
    return before->reasons[0].argument_count ? before->reasons[0].arguments[0].value : (struct slice){ 0 };
}

void judging_outline(struct judging *j, const struct dossier *d, const struct catalogue *catalogue, struct arena *a)
{
    ASSERT(d->line && d->receipt && d->classification && catalogue);
    const struct line *l = d->line;
    *j = (struct judging){
        .dossier = d, .line = l, .receipt = d->receipt, .class = d->classification, .arena = a,
        .line_id = d->receipt->line_id,
        .kind = line_content_kind(l),
        .qty_milli = d->classification->base_qty_milli, .submission_no = line_submission_no(l),
    };
    j->root = j->class->partner_root_id.size ? j->class->partner_root_id : j->receipt->partner_root_id;
    ASSERT(j->root.size > 0 && j->line_id.size > 0);
    j->is_refused = j->class->judgement.outcome == OUTCOME_REJECT;
    j->withdrawn_by = withdrawn_by(&j->class->judgement);
    j->is_explicit = kind_is_claim(j->kind);
    j->date = transaction_date(l, j->kind, j->class->received_date);
    find_programs(j, catalogue);
}

void judging_begin(struct judging *j, const struct dossier *d, const struct compliance_facts *facts,
                   const struct policy *policy, struct verdict *v)
{
    judging_outline(j, d, facts->catalogue, v->arena);
    j->facts = facts;
    j->policy = policy;
    j->v = v;
    j->rows.line = tables_line_key(j->arena, j->root, j->line_id);
    j->before = judging_read(j, COMPLIANCE_LINES, j->rows.line);
    if (j->line->invoice_no.size) {
        bool is_sell_in = j->kind == KIND_SELL_IN;
        struct slice key = line_invoice_key(j->arena, j->line->invoice_no), line = j->line->invoice_line;
        struct hash128 without_part = judging_transaction(j, is_sell_in, key, line, (struct slice){ 0 });
        j->invoiced.key = key;
        j->invoiced.transaction = judging_transaction(j, is_sell_in, key, line, j->class->sku);
        j->invoiced.exists = true;
        j->rows.transaction = BOOKS_KEY(j->arena, j->root, hash_slice(&j->invoiced.transaction));
        j->rows.invoice_line = BOOKS_KEY(j->arena, j->root, hash_slice(&without_part));
    }
    prepare_footprint(j);
}

struct reason *finding_give(struct finding *f, enum reason_code code, enum outcome outcome)
{
    ASSERT(f->reason_count < FINDING_REASONS_MAX);
    struct reason *r = &f->reasons[f->reason_count++];
    *r = (struct reason){ .code = code, .outcome = outcome };
    return r;
}

void finding_show(struct finding *f, enum evidence_kind kind, struct slice id)
{
    if (f->evidence_count == FINDING_EVIDENCE_MAX) {
        f->evidence_left_out++;
        return;
    }
    f->evidence[f->evidence_count++] = (struct evidence){ .kind = kind, .id = id };
}

void finding_observe(struct finding *f, struct slice name, struct slice text)
{
    f->has_figures = true;
    f->observed = (struct figure){ .name = name, .text = text };
    f->limit = (struct figure){ 0 };
}

void finding_figures(struct finding *f, struct slice name, int64_t observed, int64_t limit, struct slice unit)
{
    f->has_figures = true;
    f->observed = (struct figure){ .name = name, .value = observed, .divisor = 1, .unit = unit };
    f->limit = (struct figure){ .name = name, .value = limit, .divisor = 1, .unit = unit };
}

struct slice judging_minor_unit(struct judging *j, struct slice currency)
{
    return SLICE_JOIN(j->arena, SLICE("minor:"), currency);
}

struct reason *judging_strike(struct judging *j, struct judged_program *p, struct finding *f, enum reason_code code,
                              enum outcome outcome)
{
    if (j->is_explicit) return finding_give(f, code, outcome);
    f->strikes = true;
    if (!p->strikes) p->strikes = ARENA_ARRAY(j->arena, STRIKES_MAX, struct reason);
    ASSERT(p->strike_count < STRIKES_MAX);
    struct reason *r = &p->strikes[p->strike_count++];
    *r = (struct reason){ .code = code, .outcome = outcome };
    return r;
}

const void *judging_read(struct judging *j, enum compliance_table table, struct slice key)
{
    return books_read(j->v->books, table, key, NULL);
}

void *judging_change(struct judging *j, enum compliance_table table, struct slice key)
{
    return books_change(j->v->books, table, key);
}

bool judging_gives_way(const struct judging *j, struct slice line_id)
{
    return slice_equal(line_id, j->original.line_id) || (line_id.size && slice_equal(line_id, j->named.line_id));
}

bool judging_is_new(const struct judging *j)
{
    enum footprint_state state = j->before->state;
    return state == FOOTPRINT_NONE || state == FOOTPRINT_OPEN || state == FOOTPRINT_AWAY;
}

const struct footprint *judging_footprint(struct judging *j, struct slice line_id)
{
    return judging_read(j, COMPLIANCE_LINES, tables_line_key(j->arena, j->root, line_id));
}

bool judging_came_behind(const struct receipt *first, const struct footprint *f)
{
    instant_ms at = first->received_at_unix_ms;
    if (f->received_at_unix_ms != at) return f->received_at_unix_ms > at;
    return slice_equal(f->document_id, first->document_id) && f->position > first->position;
}

bool judging_came_since(const struct judging *j, struct slice line_id, const struct footprint *f)
{
    const struct footprint *own = j->before;
    if (own->state == FOOTPRINT_NONE) return false;
    if (f->received_at_unix_ms != own->received_at_unix_ms) return f->received_at_unix_ms > own->received_at_unix_ms;
    if (slice_equal(f->document_id, own->document_id)) return f->position > own->position;
    return slice_compare(line_id, j->line_id) > 0;
}

struct slice judging_stands_for(struct judging *j, struct slice line_id)
{
    for (unsigned n = 0; n < SUBMISSION_NO_MAX && line_id.size && !slice_equal(line_id, j->line_id); n++) {
        const struct footprint *f = judging_footprint(j, line_id);
        if (f->kind == KIND_CANCEL) break;
        if (footprint_counts(f)) return line_id;
        line_id = f->ended_by;
    }
    return (struct slice){ 0 };
}

bool judging_replaces(struct judging *j, struct slice line_id)
{
    for (unsigned n = 0; n < SUBMISSION_NO_MAX && line_id.size; n++) {
        const struct footprint *f = judging_footprint(j, line_id);
        if (f->kind == KIND_CANCEL || f->state == FOOTPRINT_NONE) return false;
        bool is_refused = f->state == FOOTPRINT_ENDED && !f->ended_by.size;     /* one that is reversed keeps its K */
        if (f->state != FOOTPRINT_CANCELLED && f->state != FOOTPRINT_WITHDRAWN) return !is_refused;
        line_id = f->ended_by;
    }
    return false;
}

bool judging_is_replaced(struct judging *j, const struct footprint *f)
{
    return f->state == FOOTPRINT_WITHDRAWN && judging_replaces(j, f->ended_by);
}

void judging_drop_waiting(struct match_sales *sales, struct slice line_id)
{
    for (unsigned i = 0; i < sales->waiting_count; i++) {
        if (!slice_equal(sales->waiting[i].line_id, line_id)) continue;
        memmove(&sales->waiting[i], &sales->waiting[i + 1], (sales->waiting_count - i - 1) * sizeof sales->waiting[0]);
        sales->waiting_count--;
        return;
    }
}

void judging_add_waiting(const struct judging *j, struct match_sales *sales)
{
    if (sales->waiting_count == MATCH_LINES_MAX) return;
    sales->waiting[sales->waiting_count++] = (struct match_sale){ j->line_id, j->date, j->qty_milli };
}

struct slice judging_transaction_row(struct judging *j, const struct hash128 *transaction)
{
    bool is_own = j->invoiced.exists && hash128_equal(*transaction, j->invoiced.transaction);
    return is_own ? j->rows.transaction : BOOKS_KEY(j->arena, j->root, hash_slice(transaction));
}

void key_parts_text(struct key_parts *k, struct slice text)
{
    ASSERT(k->count < KEY_PARTS_MAX);
    k->parts[k->count++] = text;
}

void key_parts_int(struct key_parts *k, int64_t value)
{
    uint64_t ordered = htole64((uint64_t)value);
    key_parts_text(k, slice_copy(k->arena, slice_of((const char *)&ordered, sizeof ordered)));
}

struct hash128 key_parts_hash(const struct key_parts *k, uint64_t seed)
{
    return hash_key(seed, books_key(k->arena, k->parts, k->count));
}

const struct party *judging_customer(const struct judging *j)
{
    return party_is_absent(&j->line->end_customer) ? &j->line->sold_to : &j->line->end_customer;
}

struct hash128 judging_transaction(struct judging *j, bool is_sell_in, struct slice invoice_key,
                                   struct slice invoice_line, struct slice sku)
{
    struct key_parts k = { .arena = j->arena };
    key_parts_text(&k, is_sell_in ? SLICE("I") : SLICE("R"));
    key_parts_text(&k, invoice_key);
    key_parts_text(&k, line_invoice_line_key(invoice_line));
    key_parts_text(&k, sku);
    return key_parts_hash(&k, j->facts->seed);
}
