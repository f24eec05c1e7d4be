/* tests/support/compliance_desk.c: a small world for compliance. */
#include "support/compliance_desk.h"

#include "base/assert.h"
#include "compliance/decide.h"
#include "compliance/stage.h"
#include "support/test.h"

#include <stdlib.h>

struct desk_row { unsigned table; struct slice key, value; };

void desk_open(struct desk *d)
{
    *d = (struct desk){ .catalogue = catalogue_open(), .submitter = SLICE("northgate") };
    CHECK(instant_parse(SLICE("2026-04-08T09:00:00Z"), &d->now) == OK);
    policy_default(&d->policy);
    d->facts.catalogue = d->catalogue;
}

void desk_open_quiet(struct desk *d)
{
    desk_open(d);
    d->policy.modes[RULE_DUP_02] = d->policy.modes[RULE_DUP_03] = d->policy.modes[RULE_SPF_01] = RULE_MODE_OFF;
}

void desk_close(struct desk *d)
{
    for (unsigned i = 0; i < d->row_count; i++) {
        free((char *)d->rows[i].key.bytes);
        free((char *)d->rows[i].value.bytes);
    }
    free(d->rows);
    catalogue_close(d->catalogue);
}

static struct slice keep(struct slice s)
{
    char *bytes = malloc(s.size + 1);
    ASSERT(bytes);
    if (s.size) memcpy(bytes, s.bytes, s.size);
    return slice_of(bytes, s.size);
}

static struct desk_row *find_row(struct desk *d, unsigned table, struct slice key)
{
    for (unsigned i = 0; i < d->row_count; i++)
        if (d->rows[i].table == table && slice_equal(d->rows[i].key, key)) return &d->rows[i];
    return NULL;
}

static void put_row(struct desk *d, unsigned table, struct slice key, struct slice value)
{
    struct desk_row *row = find_row(d, table, key);
    if (!row) {
        if (d->row_count == d->row_capacity) {
            d->row_capacity = d->row_capacity ? 2 * d->row_capacity : 256;
            d->rows = realloc(d->rows, d->row_capacity * sizeof *d->rows);
            ASSERT(d->rows);
        }
        row = &d->rows[d->row_count++];
        *row = (struct desk_row){ table, keep(key), keep(value) };
        return;
    }
    free((char *)row->value.bytes);
    row->value = keep(value);
}

struct slice desk_line_id(const char *name)
{
    struct id_part part = ID_TEXT(slice_from(name));
    return hash_id(test_arena(), &part, 1);
}

static struct classification *classify(struct desk *d, const struct line *l)
{
    struct arena *a = test_arena();
    struct classification *c = ARENA_NEW(a, struct classification);
    *c = (struct classification){
        .partner_root_id = SLICE("N-100"), .role = ROLE_DISTRIBUTOR, .sku = l->vendor_part, .family = SLICE("SWITCH"),
        .base_qty_milli = l->qty_milli, .received_date = instant_date(d->now, 0), .payee_id = SLICE("N-100"),
        .sla_hours = 48,
        .lot_pool_location = d->lot_pool_location, .sold_to_role = l->sold_to.role,
    };
    c->judgement.outcome = OUTCOME_PASS;
    c->judgement.rule_results = ARENA_ARRAY(a, d->found_count + 1, struct rule_result);
    for (unsigned i = 0; i < d->found_count; i++) c->judgement.rule_results[i] = d->found[i];
    c->judgement.rule_result_count = d->found_count;
    if (d->program_id.size) {
        struct candidate *candidate = ARENA_NEW(a, struct candidate);
        *candidate = (struct candidate){ .program_id = d->program_id, .program_version = 1, .cell = CELL_YES };
        c->candidates = candidate;
        c->candidate_count = 1;
    }
    if (!d->refused) return c;
    c->judgement.outcome = OUTCOME_REJECT;
    c->judgement.reasons = ARENA_NEW(a, struct reason);
    c->judgement.reasons[0] = (struct reason){ .code = d->refused, .outcome = OUTCOME_REJECT };
    c->judgement.reason_count = 1;
    return c;
}

static struct receipt *receive(struct desk *d, const char *name)
{
    struct receipt *r = ARENA_NEW(test_arena(), struct receipt);
    *r = (struct receipt){
        .line_id = desk_line_id(name), .partner_root_id = SLICE("N-100"), .submitter_id = d->submitter,
        .document_id = d->document.size ? d->document : slice_from(name), .received_at_unix_ms = d->now,
        .position = ++d->position,
        .texts = d->approvals, .text_count = d->approval_count,
    };
    return r;
}

static void decide_until_nothing_is_missed(struct desk *d, const struct dossier *dossier, struct books *b,
                                           struct verdict *v)
{
    for (d->passes = 1;; d->passes++) {
        ASSERT(d->passes <= BOOKS_PASSES_MAX);
        verdict_init(v, test_arena(), b, compliance_stage.section_bytes);
        v->review = d->review;
        compliance_decide(dossier, &d->facts, &d->policy, v);
        ASSERT(b->broken == OK);
        if (!b->missed) return;
        for (unsigned i = 0; i < b->row_count; i++) {
            if (b->rows[i]->gathered) continue;
            const struct desk_row *row = find_row(d, b->rows[i]->table, b->rows[i]->key);
            books_supply(b->rows[i], row ? slice_copy(test_arena(), row->value) : (struct slice){ 0 });
        }
        books_restart(b);
    }
}

const struct verdict *desk_judge(struct desk *d, const char *name, const struct line *l)
{
    struct arena *a = test_arena();
    struct book_codec codecs[COMPLIANCE_TABLE_COUNT];
    for (unsigned i = 0; i < COMPLIANCE_TABLE_COUNT; i++) codecs[i] = compliance_stage.tables[i].codec;
    struct dossier *dossier = ARENA_NEW(a, struct dossier);
    *dossier = (struct dossier){ .line = l,
                                 .receipt = receive(d, name),
                                 .classification = classify(d, l),
                                 .reviews = d->act,
                                 .review_count = d->act != NULL };
    for (unsigned s = SECTION_SUBMISSION; s <= SECTION_CLASSIFICATION; s++) dossier->section_counts[s] = 1;
    dossier->payout = d->told;
    dossier->section_counts[SECTION_PAYOUT] = d->told != NULL;
    struct books *b = ARENA_NEW(a, struct books);
    struct verdict *v = ARENA_NEW(a, struct verdict);
    books_init(b, a, codecs, COMPLIANCE_TABLE_COUNT);
    decide_until_nothing_is_missed(d, dossier, b, v);
    for (unsigned i = 0; i < b->row_count; i++)
        if (b->rows[i]->dirty)
            put_row(d, b->rows[i]->table, b->rows[i]->key, codecs[b->rows[i]->table].encode(a, b->rows[i]->record));
    v->books = NULL;
    d->review = NULL;
    d->act = NULL;
    d->told = NULL;
    d->refused = REASON_NONE;
    d->approval_count = 0;
    return v;
}

static const void *decode(const struct desk_row *row, enum compliance_table table)
{
    const struct book_codec *codec = &compliance_stage.tables[table].codec;
    void *record = arena_alloc(test_arena(), codec->bytes);
    if (row && row->value.size) CHECK(codec->decode(test_arena(), row->value, record) == OK);
    return record;
}

const void *desk_record(struct desk *d, enum compliance_table table, struct slice key)
{
    return decode(find_row(d, table, key), table);
}

unsigned desk_row_count(const struct desk *d, enum compliance_table table)
{
    unsigned count = 0;
    for (unsigned i = 0; i < d->row_count; i++) count += d->rows[i].table == table && d->rows[i].value.size > 0;
    return count;
}

const void *desk_record_at(struct desk *d, enum compliance_table table, unsigned index)
{
    for (unsigned i = 0; i < d->row_count; i++) {
        if (d->rows[i].table != table || d->rows[i].value.size == 0) continue;
        if (index-- == 0) return decode(&d->rows[i], table);
    }
    NEVER();
}

const struct clearance *desk_clearance(const struct verdict *v)
{
    return v->section;
}

struct slice desk_says(const struct verdict *v)
{
    struct text t = text_in(test_arena(), 400);
    text_put(&t, word_text(VOCABULARY_OUTCOME, (int)v->judgement->outcome));
    PUT(&t, " ");
    for (unsigned i = 0; i < v->judgement->reason_count; i++) {
        if (i) PUT(&t, ",");
        text_put(&t, reason_name(v->judgement->reasons[i].code));
    }
    if (!v->judgement->reason_count) PUT(&t, "-");
    return text_slice(&t);
}

struct slice desk_rule(const struct verdict *v, enum rule_id rule)
{
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++)
        if (v->judgement->rule_results[i].number == rule_row(rule)->number)
            return word_text(VOCABULARY_TRUTH, (int)v->judgement->rule_results[i].value);
    return v->judgement->rules_false[rule / 8] >> rule % 8 & 1 ? SLICE("FALSE") : (struct slice){ 0 };
}

static struct line line_of(enum kind kind, const char *invoice)
{
    struct line l = {
        .kind = kind, .partner_id = SLICE("N-100"), .invoice_no = slice_from(invoice), .invoice_line = SLICE("1"),
        .ship_date = 20260331, .vendor_part = SLICE("SW-24"), .qty_milli = 10000, .uom = SLICE("EA"),
        .currency = SLICE("USD"),
        .resale_unit_micros = 250000000, .has_resale_unit_micros = true,
        .sold_to = { .name = SLICE("Alder Systems"), .id = SLICE("C-ALDER"), .key = SLICE("C-ALDER"),
                     .country = SLICE("US") },
    };
    return l;
}

struct line desk_sale(const char *invoice)
{
    return line_of(KIND_POS_SALE, invoice);
}

struct line desk_claim(const char *invoice)
{
    struct line l = line_of(KIND_SHIP_DEBIT_CLAIM, invoice);
    l.claim_id = slice_from(invoice);
    l.authorisation_no = SLICE("Q-7731");
    l.claimed_debit_unit_micros = 1750000;
    l.has_claimed_debit_unit_micros = true;
    return l;
}

struct line desk_spiff(const char *invoice)
{
    struct line l = line_of(KIND_SPIFF_CLAIM, invoice);
    l.claim_id = slice_from(invoice);
    l.rep_id = SLICE("R-1");
    return l;
}

struct line desk_mdf(const char *invoice)
{
    struct line l = {
        .kind = KIND_MDF_CLAIM, .partner_id = SLICE("N-100"), .claim_id = slice_from(invoice), .currency = SLICE("USD"),
        .claimed_amount_minor = 50000, .has_claimed_amount_minor = true, .activity_type = SLICE("EVENT"),
        .activity_from = 20260402, .activity_to = 20260403, .expense_type = SLICE("VENUE"),
        .spend_amount_minor = 100000,
        .vendor_invoice_no = slice_from(invoice),
        .vendor = { .name = SLICE("Hall Rent"), .key = SLICE("V-HALL"), .country = SLICE("US") },
    };
    return l;
}
