/* What the tests of this folder share: a small world, a store of rows, and the passes of the loop over one line. */
#ifndef TESTS_CLASSIFICATION_RIG_H
#define TESTS_CLASSIFICATION_RIG_H

#include "base/assert.h"
#include "classification/decide.h"
#include "classification/facts.h"
#include "classification/program_index.h"
#include "classification/stage.h"
#include "classification/tables.h"
#include "domain/waiting.h"
#include "support/table.h"

enum { RIG_PARTNERS_MAX = 8, RIG_ROWS_MAX = 64, RIG_WAITING_MAX = 8 };

struct rig_row { unsigned table; struct slice key, value; };

struct rig {
    struct profiles         profiles;               /* first: the fake below casts back */
    struct catalogue       *catalogue;
    struct partner          partners[RIG_PARTNERS_MAX];
    unsigned                partner_count;
    struct rig_row          rows[RIG_ROWS_MAX];
    unsigned                row_count;
    struct waiting_line     waiting[RIG_WAITING_MAX];
    struct slice            waiting_ids[RIG_WAITING_MAX];
    unsigned                waiting_count;
    struct policy           policy;
    const struct review_effect *review;
    unsigned                passes;                 /* of the last line */
};

static inline const struct partner *rig_find(struct profiles *p, struct slice id, enum profile_source *source)
{
    struct rig *rig = (struct rig *)p;
    *source = PROFILE_SOURCE_LOCAL;
    for (unsigned i = 0; i < rig->partner_count; i++)
        if (slice_equal(rig->partners[i].partner_id, id)) return &rig->partners[i];
    return NULL;
}

static inline const struct partner *rig_find_by_identifier(struct profiles *p, struct slice type, struct slice value)
{
    struct rig *rig = (struct rig *)p;
    for (unsigned i = 0; i < rig->partner_count; i++)
        for (unsigned k = 0; k < rig->partners[i].identifier_count; k++)
            if (slice_equal(rig->partners[i].identifiers[k].name, type)
                && slice_equal(rig->partners[i].identifiers[k].value, value))
                return &rig->partners[i];
    return NULL;
}

static void rig_prefetch(struct profiles *profiles, const struct slice *ids, unsigned count)
{
    (void)profiles, (void)ids, (void)count;
}

static const struct profiles_ops rig_profiles = {
    .prefetch = rig_prefetch, .find = rig_find, .find_by_identifier = rig_find_by_identifier,
};

static inline enum err rig_decode_waiting(struct arena *a, struct slice value, void *record)
{
    (void)a;
    memcpy(record, value.bytes, sizeof(struct waiting_line));
    return OK;
}

static inline struct rig rig_open(void)
{
    struct rig rig = { .profiles = { &rig_profiles }, .catalogue = catalogue_open() };
    policy_default(&rig.policy);
    return rig;
}

static inline void rig_close(struct rig *rig)
{
    catalogue_close(rig->catalogue);
}

static inline struct partner *rig_partner(struct rig *rig, const char *id)
{
    ASSERT(rig->partner_count < RIG_PARTNERS_MAX);
    struct partner *p = &rig->partners[rig->partner_count++];
    *p = (struct partner){ .partner_id = slice_from(id),
                           .root_id = slice_from(id),
                           .revision = 7,
                           .country = SLICE("US"),
                           .sla_hours = 48,
                           .price_list_id = SLICE("PL"),
                           .payee = { .payee_id = SLICE("PAYEE") } };
    return p;
}

/* One role span a word, in the order given. */
static inline void rig_roles(struct partner *p, const char *words)
{
    struct slice rest = slice_from(words);
    struct role_span *spans = ARENA_ARRAY(test_arena(), 8, struct role_span);
    unsigned count = 0;
    while (rest.bytes && rest.size) {
        struct slice word = slice_cut(&rest, ' ');
        spans[count++] = (struct role_span){ .role = (enum role)word_find(VOCABULARY_ROLE, word) };
        ASSERT(spans[count - 1].role != ROLE_UNSPECIFIED);
    }
    p->roles = spans;
    p->role_count = count;
}

static inline struct texts some_texts(const char *words)
{
    struct slice rest = slice_from(words), *items = ARENA_ARRAY(test_arena(), 8, struct slice);
    unsigned count = 0;
    while (rest.bytes && rest.size) items[count++] = slice_cut(&rest, ' ');
    return (struct texts){ items, count };
}

/* Terms with the defaults of the page. */
static inline struct program a_program(const char *id, enum incentive incentive)
{
    static const uint32_t ranks[INCENTIVE_COUNT] = { 0, 200, 500, 100, 150, 550, 600, 400, 300 };
    static const enum date_basis dates[INCENTIVE_COUNT] = { 0,
                                                            DATE_BASIS_SHIP_DATE,
                                                            DATE_BASIS_SHIP_DATE,
                                                            DATE_BASIS_PRICE_CHANGE_DATE,
                                                            DATE_BASIS_RECEIVED_DATE,
                                                            DATE_BASIS_SHIP_DATE,
                                                            DATE_BASIS_ACTIVITY_FROM,
                                                            DATE_BASIS_SHIP_DATE,
                                                            DATE_BASIS_ORDER_DATE };
    struct program p = { .id = slice_from(id),
                         .version = 1,
                         .incentive = incentive,
                         .status = PROGRAM_STATUS_ACTIVE,
                         .valid_from = 20260101,
                         .valid_to = 20261231,
                         .program_date = dates[incentive],
                         .currency = SLICE("USD"),
                         .rank = ranks[incentive] };
    if (incentive == INCENTIVE_VOLUME_REBATE || incentive == INCENTIVE_LOGISTICS) {
        p.has_volume = true;
        p.volume.source = VOLUME_SOURCE_POS;
        p.volume.period = PERIOD_QUARTER;
        p.volume.net_of_price_protection = true;
    }
    p.mdf = (struct mdf_terms){
        .kind = MDF_KIND_MDF, .usage = MDF_USAGE_SAME_PERIOD, .period = PERIOD_QUARTER, .fiscal_start_month = 1
    };
    p.spiff.trigger_pos = true;
    return p;
}

static inline void rig_put(struct rig *rig, struct program p)
{
    CHECK_INT(catalogue_put_program(rig->catalogue, &p), OK);
}

static inline void rig_product(struct rig *rig, const char *sku, const char *family)
{
    static const struct uom uoms[] = { { SLICE_INIT("CASE"), 24, 1 },
                                       { SLICE_INIT("THIRD"), 1, 3 },
                                       { SLICE_INIT("LOAD"), 1000000, 1 } };
    struct slice part[] = { slice_from(sku) };
    struct product p = { .sku = slice_from(sku),
                         .family = slice_from(family),
                         .product_line = SLICE("NET"),
                         .base_uom = SLICE("EA"),
                         .vendor_parts = { part, 1 },
                         .uoms = uoms,
                         .uom_count = 3 };
    CHECK_INT(catalogue_put_product(rig->catalogue, &p), OK);
}

/* The world of most tests: N a distributor, V a VAR; CAB-5; a debit, a rebate, a handling program. */
static inline struct rig a_small_world(void)
{
    struct rig rig = rig_open();
    rig.policy.modes[RULE_ELG_05] = RULE_MODE_OFF;
    rig_roles(rig_partner(&rig, "N"), "DISTRIBUTOR");
    rig_roles(rig_partner(&rig, "V"), "VAR");
    rig_product(&rig, "CAB-5", "CABLE");
    rig_put(&rig, a_program("SD", INCENTIVE_SHIP_DEBIT));
    rig_put(&rig, a_program("VR", INCENTIVE_VOLUME_REBATE));
    rig_put(&rig, a_program("LG", INCENTIVE_LOGISTICS));
    return rig;
}

static inline struct line a_line_of(enum kind kind, const char *partner_id)
{
    struct line l = { .kind = kind,
                      .partner_id = slice_from(partner_id),
                      .vendor_part = SLICE("CAB-5"),
                      .qty_milli = 10000,
                      .uom = SLICE("EA"),
                      .ship_date = 20260303,
                      .invoice_date = 20260303,
                      .order_date = 20260303,
                      .invoice_no = SLICE("INV-1"),
                      .invoice_line = SLICE("1"),
                      .currency = SLICE("USD"),
                      .activity_from = 20260303,
                      .activity_to = 20260304,
                      .price_change_date = 20260303,
                      .snapshot_date = 20260303 };
    l.sold_to =
        (struct party){ .name = SLICE("Alder"), .key = SLICE("C-ALDER"), .country = SLICE("US"), .role = ROLE_VAR };
    if (kind_is_reference(kind) || kind == KIND_MDF_CLAIM || kind_is_operator(kind))
        l.vendor_part = (struct slice){ 0 };
    return l;
}

/* A dossier of a line received on 2026-04-08 09:00Z. */
static inline struct dossier *a_dossier_of(const struct line *l, const char *line_id)
{
    struct dossier *d = ARENA_NEW(test_arena(), struct dossier);
    struct receipt *r = ARENA_NEW(test_arena(), struct receipt);
    struct line *copy = ARENA_NEW(test_arena(), struct line);
    *copy = *l;
    CHECK_INT(instant_parse(SLICE("2026-04-08T09:00:00Z"), &r->received_at_unix_ms), OK);
    r->line_id = slice_from(line_id);
    d->line = copy;
    d->receipt = r;
    d->section_counts[SECTION_SUBMISSION] = d->section_counts[SECTION_RECEIPT] = 1;
    return d;
}

static inline void rig_waits(struct rig *rig, const struct dossier *d, const char *on)
{
    ASSERT(rig->waiting_count < RIG_WAITING_MAX);
    rig->waiting_ids[rig->waiting_count] = d->receipt->line_id;
    rig->waiting[rig->waiting_count++] = (struct waiting_line){ OUTCOME_PARK, slice_from(on), d };
}

static inline struct slice rig_stored(struct rig *rig, const struct book_row *row)
{
    if (row->table == STAGE_TABLE_WAITING) {
        for (unsigned i = 0; i < rig->waiting_count; i++)
            if (slice_equal(rig->waiting_ids[i], row->key))
                return slice_of((const char *)&rig->waiting[i], sizeof rig->waiting[i]);
        return (struct slice){ 0 };
    }
    for (unsigned i = 0; i < rig->row_count; i++)
        if (rig->rows[i].table == row->table && slice_equal(rig->rows[i].key, row->key)) return rig->rows[i].value;
    return (struct slice){ 0 };
}

static inline void rig_store(struct rig *rig, const struct book_row *row, struct slice value)
{
    unsigned at = 0;
    while (at < rig->row_count && !(rig->rows[at].table == row->table && slice_equal(rig->rows[at].key, row->key)))
        at++;
    ASSERT(at < RIG_ROWS_MAX);
    if (at == rig->row_count) rig->row_count++;
    rig->rows[at] = (struct rig_row){ row->table, row->key, value };
}

/* gather and decide until nothing is missed; dirty rows are kept. */
static inline struct verdict *rig_decide(struct rig *rig, const struct dossier *d)
{
    struct arena *a = test_arena();
    struct book_codec *codecs = ARENA_ARRAY(a, STAGE_TABLE_WAITING + 1, struct book_codec);
    for (unsigned i = 0; i < classification_stage.table_count; i++) codecs[i] = classification_stage.tables[i].codec;
    codecs[STAGE_TABLE_WAITING] =
        (struct book_codec){ "waiting", sizeof(struct waiting_line), rig_decode_waiting, NULL };
    struct stage_env env = {
        .stage = &classification_stage, .arena = a, .catalogue = rig->catalogue, .profiles = &rig->profiles
    };
    struct books *books = ARENA_NEW(a, struct books);
    struct verdict *v = ARENA_NEW(a, struct verdict);
    void *facts = arena_alloc(a, classification_stage.facts_bytes);
    books_init(books, a, codecs, STAGE_TABLE_WAITING + 1);
    for (rig->passes = 1; ; rig->passes++) {
        ASSERT(rig->passes <= BOOKS_PASSES_MAX);
        verdict_init(v, a, books, classification_stage.section_bytes);
        v->review = rig->review;
        CHECK_INT(classification_stage.gather(&env, d, facts), OK);
        classification_stage.decide(d, facts, &rig->policy, v);
        if (books->missed == 0) break;
        for (unsigned i = 0; i < books->row_count; i++)
            if (!books->rows[i]->gathered) books_supply(books->rows[i], rig_stored(rig, books->rows[i]));
        books_restart(books);
    }
    CHECK_INT(books->broken, OK);
    for (unsigned i = 0; i < books->row_count; i++)
        if (books->rows[i]->dirty)
            rig_store(rig, books->rows[i], codecs[books->rows[i]->table].encode(a, books->rows[i]->record));
    return v;
}

static inline struct verdict *rig_decide_line(struct rig *rig, const struct line *l)
{
    return rig_decide(rig, a_dossier_of(l, "L1"));
}

static inline const struct classification *section_of(const struct verdict *v)
{
    return v->section;
}

static inline struct slice outcome_text(const struct verdict *v)
{
    return word_text(VOCABULARY_OUTCOME, v->judgement->outcome);
}

static inline struct slice verdict_text(const struct verdict *v)
{
    return reason_names(test_arena(), v->judgement->reasons, v->judgement->reason_count);
}

/* "SD, VR: TIER_NOT_ELIGIBLE": the candidates in order, with what strikes them. */
static inline struct slice candidates_text(const struct verdict *v)
{
    const struct classification *c = v->section;
    struct text t = text_in(test_arena(), 1024);
    for (unsigned i = 0; i < c->candidate_count; i++) {
        if (i) PUT(&t, ", ");
        text_put(&t, c->candidates[i].program_id);
        if (c->candidates[i].reason_count) PUT(&t, ": ");
        text_put(&t, reason_names(test_arena(), c->candidates[i].reasons, c->candidates[i].reason_count));
    }
    return text_slice(&t);
}

static inline bool rule_is_false(const struct verdict *v, enum rule_id id)
{
    return v->judgement->rules_false[id / 8] >> id % 8 & 1;
}

/* TRUE FALSE WAIT FAULT as recorded, "-" when the rule did not apply. */
static inline struct slice rule_text(const struct verdict *v, enum rule_id id)
{
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++)
        if (v->judgement->rule_results[i].number == rule_row(id)->number)
            return word_text(VOCABULARY_TRUTH, v->judgement->rule_results[i].value);
    return rule_is_false(v, id) ? SLICE("FALSE") : SLICE("none");
}

static inline const struct rule_result *rule_result_of(const struct verdict *v, enum rule_id id)
{
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++)
        if (v->judgement->rule_results[i].number == rule_row(id)->number) return &v->judgement->rule_results[i];
    return NULL;
}

#endif
