/* tests/support/ledger.c: a partition of payout in a hash map. */
#include "support/ledger.h"

#include "base/assert.h"
#include "wire/table_payout.h"

#include <stdlib.h>

enum { CODECS = STAGE_TABLE_WAITING + 1, BUCKETS = 1 << 14 };

struct stored { unsigned table; struct slice key, value; struct stored *next; };

struct ledger_fixture {
    struct arena         *arena;
    struct catalogue     *catalogue;
    struct policy         policy;
    struct slice          programs[LEDGER_PROGRAMS_MAX];
    uint32_t              versions[LEDGER_PROGRAMS_MAX];
    unsigned              program_count;
    struct book_codec     codecs[CODECS];
    struct stored        *buckets[BUCKETS];
    const struct payout  *entries[LEDGER_ENTRIES_MAX];
    unsigned              entry_count, line_count;
};

static enum err decode_waiting(struct arena *a, struct slice value, void *record)
{
    (void)a;
    ASSERT(value.size == sizeof(struct waiting_line));
    memcpy(record, value.bytes, value.size);
    return OK;
}

static struct slice encode_nothing(struct arena *a, const void *record)
{
    (void)a;
    (void)record;
    NEVER();
}

struct ledger_fixture *ledger_open(void)
{
    struct ledger_fixture *l = ARENA_NEW(test_arena(), struct ledger_fixture);
    l->arena = test_arena();
    l->catalogue = catalogue_open();
    policy_default(&l->policy);
    for (unsigned i = 0; i < CODECS; i++)
        l->codecs[i] = (struct book_codec){ "none", 1, decode_waiting, encode_nothing };
    memcpy(l->codecs, table_payout_codecs, sizeof table_payout_codecs);
    l->codecs[STAGE_TABLE_WAITING] = (struct book_codec){ "waiting", sizeof(struct waiting_line), decode_waiting,
                                                          encode_nothing };
    ledger_product(l, (struct product){ .sku = SLICE("P"), .family = SLICE("F"), .product_line = SLICE("L") });
    return l;
}

struct arena *ledger_arena(struct ledger_fixture *l)
{
    return l->arena;
}

struct catalogue *ledger_catalogue(struct ledger_fixture *l)
{
    return l->catalogue;
}

struct policy *ledger_policy(struct ledger_fixture *l)
{
    return &l->policy;
}

void ledger_program(struct ledger_fixture *l, struct program p)
{
    ASSERT(catalogue_put_program(l->catalogue, &p) == OK);
    for (unsigned i = 0; i < l->program_count; i++)
        if (slice_equal(l->programs[i], p.id)) return;
    ASSERT(l->program_count < LEDGER_PROGRAMS_MAX);
    l->versions[l->program_count] = p.version;
    l->programs[l->program_count++] = slice_copy(l->arena, p.id);
}

void ledger_forget_programs(struct ledger_fixture *l)
{
    catalogue_close(l->catalogue);
    l->catalogue = catalogue_open();
    l->program_count = 0;
    ledger_product(l, (struct product){ .sku = SLICE("P"), .family = SLICE("F"), .product_line = SLICE("L") });
}

void ledger_product(struct ledger_fixture *l, struct product p)
{
    if (!p.base_uom.size) p.base_uom = SLICE("EA");
    ASSERT(catalogue_put_product(l->catalogue, &p) == OK);
}

void ledger_price(struct ledger_fixture *l, const char *sku, int64_t price_micros, int32_t valid_from)
{
    struct price price = { price_micros, valid_from };
    struct price_list list = { SLICE("PL"), slice_from(sku), SLICE("USD"), &price, 1 };
    ASSERT(catalogue_put_price_list(l->catalogue, &list) == OK);
}

void ledger_rate(struct ledger_fixture *l, const char *from, const char *to, int64_t units, int64_t rate_micros,
                 int32_t valid_from)
{
    struct fx_rate rate = { rate_micros, valid_from, 0 };
    struct fx_pair pair = { SLICE("default"), slice_from(from), slice_from(to), SLICE("test"), units, &rate, 1 };
    ASSERT(catalogue_put_fx(l->catalogue, &pair) == OK);
}

static struct program common(const char *id, enum incentive incentive)
{
    return (struct program){
        .id = slice_from(id),
        .version = 1,
        .incentive = incentive,
        .status = PROGRAM_STATUS_ACTIVE,
        .valid_from = 20250101,
        .valid_to = 20991231,
        .program_date = DATE_BASIS_SHIP_DATE,
        .currency = SLICE("USD"),
        .payout_currency = SLICE("USD"),
        .fx_table = SLICE("default"),
        .rounding_mode = ROUNDING_HALF_UP,
        .rounding_step_minor = 1,
        .stack_base = STACK_BASE_GROSS,
        .reduces_lower = true,
        .payment_method = PAYMENT_METHOD_CREDIT_MEMO,
        .payee = PAYEE_PARTNER,
        .tax_treatment = SLICE("NONE"),
        .claim = { .tolerance_minor = 1 },
    };
}

struct program ledger_ship_debit(const char *id)
{
    struct program p = common(id, INCENTIVE_SHIP_DEBIT);
    p.rank = 200;
    p.claim = (struct claim_terms){ true, 45, ANCHOR_SHIP_DATE, 1 };
    p.ship_debit = (struct ship_debit_terms){ .cost_basis = COST_BASIS_FIFO,
                                              .lot_shortage = LOT_SHORTAGE_HOLD,
                                              .over_qty = OVER_QTY_PAY_REMAINDER,
                                              .resale_above = RESALE_ABOVE_REJECT,
                                              .resale_share_percent_micros = 100000000,
                                              .pos_match = POS_MATCH_NONE,
                                              .pos_wait_days = 30 };
    return p;
}

struct program ledger_volume(const char *id, const struct tier *tiers, unsigned tier_count)
{
    struct program p = common(id, INCENTIVE_VOLUME_REBATE);
    p.rank = 500;
    p.has_volume = true;
    p.volume = (struct volume_terms){ .source = VOLUME_SOURCE_POS,
                                      .price = UNIT_VALUE_RESALE,
                                      .aggregate = AGGREGATE_PARTNER_ROOT,
                                      .per = PER_NONE,
                                      .period = PERIOD_QUARTER,
                                      .fiscal_start_month = 1,
                                      .method = TIER_METHOD_MARGINAL,
                                      .edge = TIER_EDGE_FROM,
                                      .qualifier = QUALIFIER_AMOUNT,
                                      .tiers = tiers,
                                      .tier_count = tier_count,
                                      .guarantee_paid = GUARANTEE_PAID_END,
                                      .growth_baseline = BASELINE_PRIOR_YEAR,
                                      .growth_pay_on = PAY_ON_INCREMENT,
                                      .no_baseline = NO_BASELINE_HOLD,
                                      .mix_pay_on = MIX_PAY_ON_FOCUS,
                                      .returns_period = RETURNS_PERIOD_ORIGINAL,
                                      .grace_days = 10,
                                      .late_limit_days = 90,
                                      .constraint_percent_micros = 100000000 };
    return p;
}

/* The store. */

static unsigned bucket_of(unsigned table, struct slice key)
{
    uint32_t hash = 2166136261u ^ table;
    for (size_t i = 0; i < key.size; i++) hash = (hash ^ (uint8_t)key.bytes[i]) * 16777619u;
    return hash % BUCKETS;
}

static struct stored *find_stored(struct ledger_fixture *l, unsigned table, struct slice key)
{
    for (struct stored *s = l->buckets[bucket_of(table, key)]; s; s = s->next)
        if (s->table == table && slice_equal(s->key, key)) return s;
    return NULL;
}

static void put_stored(struct ledger_fixture *l, unsigned table, struct slice key, struct slice value)
{
    struct stored *s = find_stored(l, table, key);
    if (!s) {
        struct stored **bucket = &l->buckets[bucket_of(table, key)];
        s = ARENA_NEW(l->arena, struct stored);
        *s = (struct stored){ .table = table, .key = slice_copy(l->arena, key), .next = *bucket };
        *bucket = s;
    }
    s->value = value.size ? slice_copy(l->arena, value) : (struct slice){ 0 };
}

static void supply_missed(struct ledger_fixture *l, struct books *b)
{
    for (unsigned i = 0; i < b->row_count; i++) {
        if (b->rows[i]->gathered) continue;
        struct stored *s = find_stored(l, b->rows[i]->table, b->rows[i]->key);
        books_supply(b->rows[i], s ? s->value : (struct slice){ 0 });
    }
}

static void write_rows(struct ledger_fixture *l, struct books *b)
{
    for (unsigned i = 0; i < b->row_count; i++)
        if (b->rows[i]->dirty)
            put_stored(l, b->rows[i]->table, b->rows[i]->key,
                       l->codecs[b->rows[i]->table].encode(l->arena, b->rows[i]->record));
}

const void *ledger_row(struct ledger_fixture *l, enum payout_table table, struct slice key)
{
    struct stored *s = find_stored(l, table, key);
    void *record = arena_alloc(l->arena, l->codecs[table].bytes);
    if (s && s->value.size) ASSERT(l->codecs[table].decode(l->arena, s->value, record) == OK);
    return record;
}

unsigned ledger_rows(struct ledger_fixture *l, enum payout_table table, struct slice *keys, const void **records,
                     unsigned max)
{
    unsigned count = 0;
    for (unsigned i = 0; i < BUCKETS; i++)
        for (struct stored *s = l->buckets[i]; s; s = s->next) {
            if (s->table != table || s->value.size == 0) continue;
            ASSERT(count < max);
            keys[count] = s->key;
            records[count++] = ledger_row(l, table, s->key);
        }
    return count;
}

static int compare_stored(const void *a_, const void *b_)
{
    const struct stored *a = *(const struct stored *const *)a_, *b = *(const struct stored *const *)b_;
    return a->table != b->table ? (a->table < b->table ? -1 : 1) : slice_compare(a->key, b->key);
}

struct slice ledger_dump(struct ledger_fixture *l, unsigned tables)
{
    struct stored **all = ARENA_ARRAY(l->arena, 1 << 16, struct stored *);
    size_t count = 0, bytes = 1;
    for (unsigned i = 0; i < BUCKETS; i++)
        for (struct stored *s = l->buckets[i]; s; s = s->next) {
            if (s->value.size == 0 || !(tables >> s->table & 1)) continue;
            all[count++] = s;
            bytes += s->key.size + s->value.size + 1;
        }
    qsort(all, count, sizeof *all, compare_stored);
    struct text t = text_in(l->arena, bytes);
    for (size_t i = 0; i < count; i++) {
        text_put_byte(&t, (char)all[i]->table);
        text_put(&t, all[i]->key);
        text_put(&t, all[i]->value);
    }
    return text_slice(&t);
}

/* Deciding. */

static instant_ms instant_of(int32_t date, int64_t hour)
{
    return instant_days_from_civil(date / 10000, date / 100 % 100, date % 100) * INSTANT_DAY_MS
           + hour * INSTANT_HOUR_MS;
}

static struct classification *classify(struct ledger_fixture *l, const struct judged *j, int32_t received)
{
    struct classification *c = ARENA_NEW(l->arena, struct classification);
    struct candidate *candidates = ARENA_ARRAY(l->arena, LEDGER_PROGRAMS_MAX, struct candidate);
    for (unsigned i = 0; i < l->program_count; i++)
        candidates[i] = (struct candidate){ .program_id = l->programs[i],
                                            .program_version = l->versions[i],
                                            .expected_volume = slice_from(j->expected_volume),
                                            .baseline = slice_from(j->baseline) };
    *c = (struct classification){ .partner_root_id = SLICE("N"),
                                  .role = ROLE_DISTRIBUTOR,
                                  .sku = j->line.vendor_part,
                                  .family = SLICE("F"),
                                  .product_line = SLICE("L"),
                                  .base_qty_milli = j->base_milli ? j->base_milli : j->line.qty_milli,
                                  .line_date = j->line.ship_date,
                                  .received_date = received,
                                  .price_list_id = SLICE("PL"),
                                  .sla_hours = 48,
                                  .payee_id = SLICE("N"),
                                  .candidates = candidates,
                                  .candidate_count = l->program_count,
                                  .lot_pool_location = j->lot_pool_location };
    return c;
}

static struct dossier *dossier_of(struct ledger_fixture *l, const struct judged *j)
{
    struct dossier *d = ARENA_NEW(l->arena, struct dossier);
    struct receipt *receipt = ARENA_NEW(l->arena, struct receipt);
    struct clearance *clearance = ARENA_NEW(l->arena, struct clearance);
    struct line *line = ARENA_NEW(l->arena, struct line);
    struct text id = text_over(arena_alloc(l->arena, 32), 31);      /* a C string too: a_return, a_cancel */
    text_put(&id, SLICE("line-"));
    text_put_int(&id, ++l->line_count);
    int32_t received = j->received ? j->received : j->line.ship_date ? j->line.ship_date : j->line.invoice_date;
    *line = j->line;
    *receipt = (struct receipt){ .line_id = j->id ? slice_from(j->id) : text_slice(&id),
                                 .partner_root_id = SLICE("N"),
                                 .document_id = SLICE("doc"),
                                 .received_at_unix_ms = instant_of(received,
                                                                   j->received_hour ? j->received_hour : 12) };
    clearance->has_accepted_qty = j->has_accepted;
    clearance->accepted_qty_milli = j->accepted_milli;
    clearance->has_deal = j->deal_share_percent_micros > 0;
    clearance->deal.share_percent_micros = j->deal_share_percent_micros;
    d->line = line;
    d->receipt = receipt;
    d->classification = classify(l, j, received);
    d->clearance = clearance;
    for (int i = 0; i < SECTION_PAYOUT; i++) d->section_counts[i] = 1;
    return d;
}

/* A waiting line stays readable as the loop keeps it. */
static void keep_waiting(struct ledger_fixture *l, struct dossier *d, const struct verdict *v)
{
    struct waiting_line w = { .outcome = v->judgement->outcome, .on = v->judgement->waiting.on, .dossier = d };
    bool waits = w.outcome == OUTCOME_HOLD || w.outcome == OUTCOME_PARK;
    put_stored(l, STAGE_TABLE_WAITING, d->receipt->line_id,
               waits ? slice_of((const char *)&w, sizeof w) : (struct slice){ 0 });
}

struct decision ledger_decide(struct ledger_fixture *l, struct judged j)
{
    struct dossier *d = dossier_of(l, &j);
    struct books *books = ARENA_NEW(l->arena, struct books);
    struct verdict *v = ARENA_NEW(l->arena, struct verdict);
    struct stored *waiting = find_stored(l, STAGE_TABLE_WAITING, d->receipt->line_id);
    unsigned passes = 0;
    if (waiting && waiting->value.size) d->payout = ARENA_NEW(l->arena, struct payout_section);
    books_init(books, l->arena, l->codecs, CODECS);
    do {
        ASSERT(passes++ < BOOKS_PASSES_MAX);
        supply_missed(l, books);
        books_restart(books);
        verdict_init(v, l->arena, books, sizeof(struct payout_section));
        v->review = j.review;
        struct rating_input in = rating_input_of(d, l->catalogue, &l->policy,
                                                 instant_of(j.today ? j.today : d->classification->received_date, 12));
        in.overrides = &j.overrides;
        rate_line(&in, v);
    } while (books->missed);
    ASSERT(books->broken == OK);
    verdict_close(v);
    write_rows(l, books);
    keep_waiting(l, d, v);
    const struct payout_section *section = v->section;
    for (unsigned i = 0; i < section->entry_count; i++) {
        ASSERT(l->entry_count < LEDGER_ENTRIES_MAX);
        l->entries[l->entry_count++] = &section->entries[i];
    }
    return (struct decision){ v->judgement->outcome, section, v, d->receipt->line_id, passes };
}

/* Reading decisions. */

int64_t ledger_paid(const struct ledger_fixture *l, const char *program_id, const char *word)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < l->entry_count; i++)
        if (slice_equal(l->entries[i]->program_id, slice_from(program_id))
            && slice_equal(l->entries[i]->ledger, slice_from(word)))
            sum += l->entries[i]->program_amount_minor;
    return sum;
}

int64_t decision_paid(struct decision d, const char *word)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < d.section->entry_count; i++)
        if (slice_equal(d.section->entries[i].ledger, slice_from(word))) sum += d.section->entries[i].amount_minor;
    return sum;
}

struct slice decision_reasons(struct decision d)
{
    return reason_names(test_arena(), d.verdict->judgement->reasons, d.verdict->judgement->reason_count);
}

struct slice decision_program_reasons(struct decision d, const char *program_id)
{
    for (unsigned i = 0; i < d.section->program_count; i++)
        if (slice_equal(d.section->programs[i].program_id, slice_from(program_id)))
            return reason_names(test_arena(), d.section->programs[i].reasons, d.section->programs[i].reason_count);
    return (struct slice){ 0 };
}

/* Several results of one program (a return over several sales) share its entries: each entry must stand in one of
 * them. */
bool decision_verifies(struct decision d)
{
    for (unsigned i = 0; i < d.section->program_count; i++)
        if (workings_verify(&d.section->programs[i], NULL, 0, NULL) != OK) return false;
    for (unsigned e = 0; e < d.section->entry_count; e++) {
        bool explained = false;
        for (unsigned i = 0; i < d.section->program_count; i++) {
            const struct program_result *p = &d.section->programs[i];
            bool mine = slice_equal(p->program_id, d.section->entries[e].program_id);
            explained |= mine && workings_verify(p, &d.section->entries[e], 1, NULL) == OK;
        }
        if (!explained) return false;
    }
    return workings_verify_section(d.section, NULL, NULL) == OK;
}

/* Lines. */

static struct line goods(enum kind kind, const char *invoice, int64_t qty, int32_t ship_date)
{
    return (struct line){ .kind = kind,
                          .partner_id = SLICE("N"),
                          .vendor_part = SLICE("P"),
                          .invoice_no = slice_from(invoice),
                          .invoice_line = SLICE("1"),
                          .ship_date = ship_date,
                          .qty_milli = UNITS(qty),
                          .currency = SLICE("USD"),
                          .sold_to = {
                              .name = SLICE("Alder"), .id = SLICE("C"), .key = SLICE("C"), .country = SLICE("US") } };
}

struct line a_sale(const char *invoice, int64_t qty, int64_t resale_micros, int32_t ship_date)
{
    struct line l = goods(KIND_POS_SALE, invoice, qty, ship_date);
    l.resale_unit_micros = resale_micros;
    l.has_resale_unit_micros = true;
    return l;
}

struct line a_sell_in(const char *invoice, int64_t qty, int64_t price_micros, int32_t date)
{
    struct line l = goods(KIND_SELL_IN, invoice, qty, 0);
    l.invoice_date = l.receipt_date = date;
    l.unit_price_micros = price_micros;
    l.has_unit_price_micros = true;
    return l;
}

struct line a_claim(const char *invoice, int64_t qty, const char *authorisation_no, int32_t ship_date)
{
    struct line l = goods(KIND_SHIP_DEBIT_CLAIM, invoice, qty, ship_date);
    l.authorisation_no = slice_from(authorisation_no);
    return l;
}

struct line a_return(const char *original_line_ref, int64_t qty, int32_t ship_date)
{
    struct line l = goods(KIND_POS_RETURN, "CM", -qty, ship_date);
    l.original_line_ref = slice_from(original_line_ref);
    return l;
}

struct line a_cancel(const char *original_line_ref)
{
    return (struct line){ .kind = KIND_CANCEL,
                          .partner_id = SLICE("N"),
                          .original_line_ref = slice_from(original_line_ref) };
}

struct line an_agreement(struct ledger_fixture *l, const char *authorisation_no, struct agreement a,
                         struct agreement_line line)
{
    struct agreement *kept = ARENA_NEW(l->arena, struct agreement);
    struct agreement_line *lines = ARENA_NEW(l->arena, struct agreement_line);
    struct party *customers = ARENA_NEW(l->arena, struct party);
    *customers = (struct party){ .id = SLICE("C"), .key = SLICE("C") };
    if (!line.line_no) line.line_no = 1;
    *lines = line;
    if (!a.revision) a.revision = 1;
    if (!a.status) a.status = AGREEMENT_STATUS_ACTIVE;
    if (!a.issue_date) a.issue_date = 20250101;
    if (!a.valid_from) a.valid_from = 20250101;
    if (!a.valid_to) a.valid_to = 20251231;
    if (!a.customer_count) {
        a.customers = customers;
        a.customer_count = 1;
    }
    a.lines = lines;
    a.line_count = 1;
    *kept = a;
    return (struct line){ .kind = KIND_AGREEMENT,
                          .partner_id = SLICE("N"),
                          .authorisation_no = slice_from(authorisation_no),
                          .program_id = SLICE("SD"),
                          .currency = SLICE("USD"),
                          .ship_date = 0,
                          .agreement = kept };
}
