/* The near-duplicate check after a long history (screening.md 7): what a line costs, rows fetched included, when ten
 * million lines of its root stand in the index. The history is made of rows alone: each line is put into its buckets as
 * near_record puts it, and nothing else of it is judged or kept but the footprints of one in sixteen, which later lines
 * repeat.
 *
 *   bench_near RESULTS.ndjson [LINES]     one object a figure is appended; a table goes to standard output */
#include "base/assert.h"
#include "bench/figure.h"
#include "compliance/judging.h"
#include "compliance/near.h"
#include "compliance/parties.h"
#include "compliance/stage.h"
#include "domain/calendar.h"
#include "runtime/memory_store.h"

#include <stdlib.h>

enum {
    LINES = 10000000,
    MERGE_LINES = 4000,
    MEASURED = 20000,
    KEPT_EVERY = 16,
    CUSTOMERS = 4000,
    PARTS = 200,
    QTY_MOST = 60,
    DAYS = 390,
    BATCH_MIB = 16,
    NAME_BYTES = 32
};

struct bench {
    struct arena            arena;                  /* of one line */
    struct memory_store    *store;
    struct catalogue       *catalogue;
    struct policy           policy;
    struct book_codec       codecs[COMPLIANCE_TABLE_COUNT];
    struct compliance_facts facts;
    uint64_t                bytes_put;
};

/* What a line says, by its number. */
struct sale {
    char line_id[NAME_BYTES], document[NAME_BYTES], invoice[NAME_BYTES], customer[NAME_BYTES], part[NAME_BYTES];
    int64_t qty_milli;
    int32_t date;
};

static void must(enum err e)
{
    if (e == OK) return;
    fprintf(stderr, "bench_near: %s\n", err_text(e));
    exit(1);
}

static uint64_t mixed(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Few are frequent, many are rare. */
static unsigned skewed(uint64_t z, unsigned limit)
{
    unsigned a = (unsigned)(z & UINT32_MAX) % limit, b = (unsigned)(z >> 32) % limit;
    return (unsigned)((uint64_t)a * b / limit);
}

static struct sale sale_of(uint64_t number, uint64_t lines)
{
    uint64_t z = mixed(number + 1), y = mixed(z);
    struct sale s;
    snprintf(s.line_id, sizeof s.line_id, "line %llu", (unsigned long long)number);
    snprintf(s.document, sizeof s.document, "document %llu", (unsigned long long)(number / 500));
    snprintf(s.invoice, sizeof s.invoice, "INV-%08llu", (unsigned long long)(number / 3));
    snprintf(s.customer, sizeof s.customer, "C-%u", skewed(z, CUSTOMERS));
    snprintf(s.part, sizeof s.part, "SKU-%u", skewed(y, PARTS));
    s.qty_milli = 1000 * (1 + (int64_t)skewed(mixed(y), QTY_MOST));
    s.date = date_add_days(20250101, (int64_t)(number * DAYS / lines));
    return s;
}

/* --- one line --- */

static enum err bring(void *context, struct book_row *row)
{
    struct bench *b = context;
    struct slice value;
    TRY(store_get(memory_store_base(b->store), compliance_stage.tables[row->table].number, row->key, &value));
    books_supply(row, value);
    return OK;
}

static void put_rows(struct bench *b, const struct books *books)
{
    for (unsigned i = 0; i < books->row_count; i++) {
        const struct book_row *row = books->rows[i];
        if (!row->dirty) continue;
        struct slice value = b->codecs[row->table].encode(&b->arena, row->record);
        if (row->table == COMPLIANCE_NEAR) b->bytes_put += value.size;
        must(store_put(memory_store_base(b->store), compliance_stage.tables[row->table].number, row->key, value));
    }
}

struct took { int64_t check_ns, record_ns; bool fires; };

static struct took judge(struct bench *b, const struct sale *s, bool is_kept)
{
    struct arena *a = &b->arena;
    struct id_part part = ID_TEXT(slice_from(s->line_id)), document = ID_TEXT(slice_from(s->document));
    struct line line = { .kind = KIND_POS_SALE,
                         .partner_id = SLICE("N-100"),
                         .vendor_part = slice_from(s->part),
                         .invoice_no = slice_from(s->invoice),
                         .invoice_line = SLICE("1"),
                         .ship_date = s->date,
                         .qty_milli = s->qty_milli,
                         .currency = SLICE("USD"),
                         .has_resale_unit_micros = true,
                         .resale_unit_micros = 10400000,
                         .sold_to = { .key = slice_from(s->customer), .name = slice_from(s->customer) } };
    struct receipt receipt = { .line_id = hash_id(a, &part, 1),
                               .partner_root_id = SLICE("N-100"),
                               .document_id = hash_document_id(a, &document, 1),
                               .received_at_unix_ms = date_days_between(19700101, s->date) * INSTANT_DAY_MS };
    struct classification class = { .partner_root_id = SLICE("N-100"),
                                    .sku = line.vendor_part,
                                    .base_qty_milli = s->qty_milli,
                                    .received_date = s->date,
                                    .judgement.outcome = OUTCOME_PASS };
    struct dossier dossier = { .line = &line, .receipt = &receipt, .classification = &class };
    struct book_source source = { bring, b };
    struct books books;
    struct verdict v;
    struct judging j;
    struct finding f;
    struct took took;
    books_init(&books, a, b->codecs, COMPLIANCE_TABLE_COUNT);
    books.source = &source;
    verdict_init(&v, a, &books, compliance_stage.section_bytes);
    judging_begin(&j, &dossier, &b->facts, &b->policy, &v);
    parties_prepare(&j);
    finding_begin(&f);
    int64_t from = figure_cpu_ns();
    near_prepare(&j);
    took.fires = near_is_duplicate(&j, &f) == TRUTH_TRUE;
    int64_t between = figure_cpu_ns();
    near_record(&j, OUTCOME_PASS);
    took.check_ns = between - from;
    took.record_ns = figure_cpu_ns() - between;
    must(books.broken);
    if (is_kept) {
        j.after.state = FOOTPRINT_ACCEPTED;
        *(struct footprint *)judging_change(&j, COMPLIANCE_LINES, tables_line_key(a, j.root, j.line_id)) = j.after;
    }
    put_rows(b, &books);
    arena_reset(a);
    return took;
}

static void make_history(struct bench *b, uint64_t lines)
{
    for (uint64_t i = 0; i < lines; i++) {
        struct sale s = sale_of(i, lines);
        judge(b, &s, i % KEPT_EVERY == 0);
        if (i % MERGE_LINES == MERGE_LINES - 1 || i + 1 == lines)
            memory_store_base(b->store)->ops->merge(memory_store_base(b->store), 0);
    }
}

/* --- figures --- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* New lines; old ones in another document, their invoice written otherwise; new ones of the customer, part and quantity
 * that most lines have. Nothing of them is kept. */
enum measured { NEW, REPEATED, CROWDED };

static struct sale measured_sale(enum measured what, unsigned i, uint64_t lines)
{
    struct sale s = sale_of(what == REPEATED ? mixed(i) % (lines / KEPT_EVERY) * KEPT_EVERY : lines + i, lines);
    s.date = date_add_days(20250101, DAYS);
    if (what == REPEATED) {
        memmove(s.invoice, s.invoice + sizeof "INV-" - 1, sizeof s.invoice - (sizeof "INV-" - 1));
        snprintf(s.line_id, sizeof s.line_id, "again %u", i);
        snprintf(s.document, sizeof s.document, "again %u", i);
    } else if (what == CROWDED) {
        snprintf(s.customer, sizeof s.customer, "C-0");
        snprintf(s.part, sizeof s.part, "SKU-0");
        s.qty_milli = 1000;
    }
    return s;
}

static void measure(struct bench *b, FILE *results, uint64_t lines, enum measured what, int64_t clock_ns)
{
    static int64_t times[MEASURED];
    int64_t check_ns = 0, record_ns = 0;
    unsigned fired = 0;
    for (unsigned i = 0; i < MEASURED; i++) {
        struct sale s = measured_sale(what, i, lines);
        struct took took = judge(b, &s, false);
        memory_store_base(b->store)->ops->drop(memory_store_base(b->store));
        times[i] = took.check_ns - clock_ns;
        check_ns += took.check_ns - clock_ns;
        record_ns += took.record_ns - clock_ns;
        fired += took.fires;
    }
    qsort(times, MEASURED, sizeof times[0], by_value);
    const char *kind = what == NEW ? "new" : what == REPEATED ? "repeated" : "crowded";
    char name[64];
    snprintf(name, sizeof name, "near_check_of_a_%s_line", kind);
    figure_put(results, name, (double)check_ns / MEASURED / 1000, "us", 10, lines);
    snprintf(name, sizeof name, "near_check_of_a_%s_line_p99", kind);
    figure_put(results, name, (double)times[MEASURED * 99 / 100] / 1000, "us", FIGURE_LOOKED_AT, lines);
    snprintf(name, sizeof name, "near_record_of_a_%s_line", kind);
    figure_put(results, name, (double)record_ns / MEASURED / 1000, "us", FIGURE_LOOKED_AT, lines);
    snprintf(name, sizeof name, "near_%s_lines_held", kind);
    figure_put(results, name, 100.0 * fired / MEASURED, "%", FIGURE_LOOKED_AT, lines);
}

int main(int argc, char **argv)
{
    uint64_t lines = figure_lines(argc > 2 ? argv[2] : getenv("LINES_OF_NEAR_BENCH"), LINES);
    FILE *results = argc > 1 ? fopen(argv[1], "a") : NULL;
    static struct bench b;
    if (!results) {
        fprintf(stderr, "usage: bench_near RESULTS.ndjson [LINES]\n");
        return 2;
    }
    must(arena_open(&b.arena, (size_t)BATCH_MIB << 20, (size_t)BATCH_MIB << 20));
    b.store = memory_store_open(NULL);
    b.catalogue = catalogue_open();
    ASSERT(b.store && b.catalogue && lines >= KEPT_EVERY);
    policy_default(&b.policy);
    b.facts = (struct compliance_facts){ .catalogue = b.catalogue, .seed = 1 };
    for (unsigned i = 0; i < COMPLIANCE_TABLE_COUNT; i++) b.codecs[i] = compliance_stage.tables[i].codec;
    int64_t clock_ns = figure_clock_ns();
    make_history(&b, lines);
    figure_put(results, "near_bytes_written_a_line", (double)b.bytes_put / (double)lines, "bytes", FIGURE_LOOKED_AT,
               lines);
    measure(&b, results, lines, NEW, clock_ns);
    measure(&b, results, lines, REPEATED, clock_ns);
    measure(&b, results, lines, CROWDED, clock_ns);
    catalogue_close(b.catalogue);
    memory_store_close(b.store);
    arena_close(&b.arena);
    return fclose(results) == 0 ? 0 : 1;
}
