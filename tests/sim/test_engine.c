/* The three judging stages of the product, over the tiny world, under all faults at once: what they publish, keep and
 * pay is the same to the byte as in the run without faults. */
#include "support/sim_engine.h"

#include "base/assert.h"
#include "support/test.h"
#include "wire/dossier_codec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { RECORDS_MAX = 256, PARTNERS = 3, TEXT_BYTES = 256 << 10 };

static const char *const partners[PARTNERS] = { "N-100", "V-310", "X-9" };      /* the last one comes on file later */
static struct sim_record lines[RECORDS_MAX], late[RECORDS_MAX];
static struct sim_phase phases[4];
static struct sim_engine engine;
static struct partner newcomer;
static instant_ms received;

/* --- the document ----------------------------------------------------------------------------------------------- */

static struct text ndjson;

__attribute__((format(printf, 1, 2))) static void add(const char *format, ...)
{
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    ASSERT(size > 0 && size < (int)sizeof line);
    text_put(&ndjson, slice_of(line, (size_t)size));
    PUT(&ndjson, "\n");
}

#define SOLD "\"sold_to\":{\"name\":\"Alder Systems\",\"id\":\"C-ALDER\",\"country\":\"US\"}"

static void add_sale(const char *p, const char *name, unsigned n, const char *part, int qty)
{
    add("{\"kind\":\"POS_SALE\",\"partner_id\":\"%s\",\"line_id\":\"%s-%s%u\",\"invoice_no\":\"7%03u\",\"invoice_"
        "line\":\"1\",\"invoice_date\":\"2026-03-%02u\","
        "\"ship_date\":\"2026-03-%02u\",\"vendor_part\":\"%s\",\"qty\":\"%d\",\"uom\":\"EA\",\"currency\":\"USD\","
        "\"resale_unit\":\"250.00\"," SOLD "}",
        p, p, name, n, n, 1 + n % 28, 1 + n % 28, part, qty);
}

static void add_claim(const char *p, unsigned n, int qty, const char *unit)
{
    add("{\"kind\":\"SHIP_DEBIT_CLAIM\",\"partner_id\":\"%s\",\"line_id\":\"%s-c%u\",\"claim_id\":\"C%u\","
        "\"authorisation_no\":\"Q-7731\",\"invoice_no\":\"8%03u\","
        "\"invoice_line\":\"1\",\"invoice_date\":\"2026-03-%02u\",\"ship_date\":\"2026-03-%02u\",\"vendor_part\":\"CAB-"
        "5\",\"qty\":\"%d\",\"uom\":\"EA\",\"currency\":\"USD\","
        "\"resale_unit\":\"8.10\",\"claimed_debit_unit\":\"%s\"," SOLD "}",
        p, p, n, n, n, 1 + n % 28, 1 + n % 28, qty, unit);
}

static void add_undoing(const char *p, const char *kind, const char *name, const char *original, int qty)
{
    const char *replaces = strcmp(kind, "REPLACE") == 0 ? "\"replaces_kind\":\"POS_SALE\"," : "";
    add("{\"kind\":\"%s\",%s\"partner_id\":\"%s\",\"line_id\":\"%s-%s\",\"original_line_ref\":\"%s-%s\",\"invoice_no\":"
        "\"CM-%s\",\"invoice_date\":\"2026-04-02\","
        "\"ship_date\":\"2026-04-02\",\"vendor_part\":\"SW-24\",\"qty\":\"%d\",\"uom\":\"EA\",\"currency\":\"USD\","
        "\"resale_unit\":\"250.00\"," SOLD "}",
        kind, replaces, p, p, name, p, original, name, qty);
}

static void write_partner(const char *p)
{
    add("{\"kind\":\"AGREEMENT\",\"partner_id\":\"%s\",\"line_id\":\"%s-a\",\"authorisation_no\":\"Q-7731\","
        "\"revision\":1,\"program_id\":\"SD-26\",\"status\":\"ACTIVE\","
        "\"issue_date\":\"2025-12-15\",\"valid_from\":\"2026-01-01\",\"valid_to\":\"2026-12-31\",\"currency\":\"USD\","
        "\"customers\":[\"C-ALDER\"],\"lines\":[{\"line_no\":1,"
        "\"products\":[\"sku:CAB-5\"],\"method\":\"DOWN_TO\",\"price\":\"7.40\",\"authorised_qty\":\"600\",\"resale_"
        "policy\":\"NONE\"}]}",
        p, p);
    for (unsigned n = 0; n < 8; n++) add_sale(p, "s", n, "SW-24", 10 + (int)n);
    add_claim(p, 0, 200, "1.75");
    add_claim(p, 1, 230, "1.75");
    add_claim(p, 2, 240, "1.80");                   /* more than is left */
    add_sale(p, "again", 1, "SW-24", 11);                    /* again */
    add_undoing(p, "POS_RETURN", "r1", "s2", -4);
    add_undoing(p, "CANCEL", "x1", "s3", -13);
    add_undoing(p, "REPLACE", "x2", "s4", 9);
    add_sale(p, "s", 20, "CAB-55", 12);                  /* a part that is not in the catalogue */
    add_undoing(p, "POS_RETURN", "r2", "s20", -2);  /* waits behind it */
    add_sale(p, "s", 21, "CAB-56", 12);
    add_undoing(p, "CANCEL", "x3", "s21", -12);     /* withdraws it while it waits */
    add_claim(p, 4, 100000, "9999.00");
}

/* --- the script ------------------------------------------------------------------------------------------------- */

static void put_product(const char *sku)
{
    struct slice part[] = { slice_from(sku) };
    struct product p = {
        .sku = slice_from(sku), .family = SLICE("CABLE"), .base_uom = SLICE("EA"), .vendor_parts = { part, 1 }
    };
    CHECK_INT(catalogue_put_product(engine.catalogue, &p), OK);
}

static void parts_arrive(void *context)
{
    (void)context;
    put_product("CAB-55");
}

static void partner_arrives(void *context)
{
    (void)context;
    memory_profiles_put(engine.profiles, &newcomer);
}

static unsigned post(struct sim_record *records)
{
    struct sim_posted posted[RECORDS_MAX];
    unsigned refused, count = sim_engine_post(&engine, text_slice(&ndjson), posted, RECORDS_MAX, &refused);
    CHECK_INT(refused, 0);
    for (unsigned i = 0; i < count; i++) records[i] = posted[i].record;
    return count;
}

static void make_script(void)
{
    CHECK_INT(instant_parse(SLICE("2026-04-08T09:00:00Z"), &received), OK);
    sim_engine_open(&engine, SLICE("deploy/sample/tiny"), received);
    newcomer = engine.world.partners[0];
    newcomer.partner_id = newcomer.root_id = SLICE("X-9");
    newcomer.identifiers = NULL;
    newcomer.identifier_count = 0;
    ndjson = text_in(test_arena(), TEXT_BYTES);
    for (unsigned i = 0; i < PARTNERS; i++) write_partner(partners[i]);
    phases[0] = (struct sim_phase){ .now_unix_ms = received, .records = lines, .record_count = post(lines),
                                    .arrive = parts_arrive, .wakes = SLICE("part:") };
    phases[1] = (struct sim_phase){ .arrive = partner_arrives, .wakes = SLICE("partner:X-9") };
    ndjson = text_in(test_arena(), TEXT_BYTES);
    for (unsigned i = 0; i < PARTNERS; i++) add_sale(partners[i], "s", 90, "SW-24", 3);
    phases[2] = (struct sim_phase){ .records = late, .record_count = post(late) };
    phases[3] = (struct sim_phase){ .now_unix_ms = received + 500ll * INSTANT_HOUR_MS };
    engine.phases = phases;
    engine.phase_count = 4;
}

struct sums { unsigned payouts, decided, held; int64_t paid_minor; };

static void add_payout(void *context, const struct record *r)
{
    struct sums *s = context;
    struct payout p;
    CHECK_INT(payout_decode(test_arena(), r->value, &p), OK);
    s->payouts++;
    s->paid_minor += p.amount_minor;
}

static void add_decided(void *context, const struct record *r)
{
    (void)r;
    ((struct sums *)context)->decided++;
}

/* The run ends as the calm one did, whatever was done to it. */
static void close_as_calm(struct sim *calm, struct sim *s, uint64_t seed)
{
    bool equal = sim_equals(calm, s);
    CHECK(equal);
    if (!equal) printf("  seed %lu\n", (unsigned long)seed);
    sim_close(s);
}

TEST(the_stages_of_the_product_do_the_same_under_faults_batches_and_workers)
{
    uint64_t first = getenv("SEED") && *getenv("SEED") ? strtoull(getenv("SEED"), NULL, 10) : test_seed();
    uint64_t runs = getenv("RUNS") && *getenv("RUNS") ? strtoull(getenv("RUNS"), NULL, 10) : test_share(12);
    struct sums sums = { 0 };
    make_script();
    struct sim *calm = sim_engine_run(&engine, &(struct sim_options){ .seed = 1, .workers = 1 });
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        memory_log_read(sim_log(calm), TOPIC_PAYOUTS, p, 0, add_payout, &sums);
        memory_log_read(sim_log(calm), TOPIC_CLAIMS_DECIDED, p, 0, add_decided, &sums);
    }
    CHECK(sums.payouts > 20 && sums.paid_minor > 0);
    printf("\n%u lines: %u decided, %u payouts\n", phases[0].record_count + phases[2].record_count, sums.decided,
           sums.payouts);
    for (uint64_t seed = first; seed < first + runs; seed++) {
        size_t mark = arena_mark(test_arena());
        struct sim *s =
            sim_engine_run(&engine, &(struct sim_options){ .seed = seed,
                                                           .workers = 1 + (unsigned)(seed % SIM_WORKERS_MAX),
                                                           .lines_max = 1 + (unsigned)(seed * 7 % 40),
                                                           .faults = seed % 4 != 0,
                                                           .on_disk = seed % 2 != 0 });
        close_as_calm(calm, s, seed);
        arena_rewind(test_arena(), mark);
    }
    sim_close(calm);
}

TEST(the_stages_of_the_product_survive_a_crash_at_any_effect)
{
    make_script();
    struct sim *calm = sim_engine_run(&engine, &(struct sim_options){ .seed = 1, .workers = 1 });
    bool hurt = true, equal = true;
    for (unsigned n = 1; hurt && equal; n += 97) {  /* one in so many: the toy pipeline is asked at every one */
        size_t mark = arena_mark(test_arena());
        struct sim *s = sim_engine_run(&engine, &(struct sim_options){ .seed = 1,
                                                                       .workers = 1,
                                                                       .lines_max = 20,
                                                                       .crash_effect = n,
                                                                       .crash_when = n % 2 ? BEFORE : AFTER,
                                                                       .crash_error = ERR_SIMULATED_CRASH });
        equal = sim_equals(calm, s);
        hurt = sim_was_hurt(s);
        CHECK(equal);
        if (!equal) printf("  effect %u\n", n);
        sim_close(s);
        arena_rewind(test_arena(), mark);
    }
    sim_close(calm);
}

/* --- what people decide ----------------------------------------------------------------------------------------- */

struct acts { struct sim_record of[RECORDS_MAX]; unsigned count; };

static void act_on(struct acts *acts, struct slice key, const struct review *act)
{
    struct slice bytes;
    CHECK_INT(review_encode(test_arena(), act, &bytes), OK);
    ASSERT(acts->count < RECORDS_MAX);
    acts->of[acts->count++] = (struct sim_record){ TOPIC_REVIEWS, slice_copy(test_arena(), key), bytes };
}

/* Somebody takes the line and asks the partner; then two people release it. */
static void decide_on(void *context, const struct record *r)
{
    static const struct { enum act act; enum verb verb; const char *actor; } steps[] = {
        { ACT_TAKE, VERB_UNSPECIFIED, "amy" }, { ACT_PROPOSE, VERB_ASK, "amy" }, { ACT_PROPOSE, VERB_RELEASE, "amy" },
        { ACT_CONFIRM, VERB_RELEASE, "bob" },
    };
    static struct slice roles[] = { SLICE("reviewer"), SLICE("approver") };
    struct dossier *d = ARENA_NEW(test_arena(), struct dossier);
    CHECK_INT(dossier_decode(test_arena(), slice_copy(test_arena(), r->value), d), OK);
    enum section writes = d->payout ? SECTION_PAYOUT : d->clearance ? SECTION_CLEARANCE : SECTION_CLASSIFICATION;
    if (dossier_is_case(d) || dossier_judgement(d, writes)->outcome != OUTCOME_HOLD) return;
    for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++)
        act_on(context, r->key, &(struct review){
            .act = steps[i].act, .verb = steps[i].verb, .actor_id = slice_from(steps[i].actor),
            .actor_roles = { roles, 2 }, .note = SLICE("two deliveries"), .line_id = d->receipt->line_id,
            .stage = d->payout ? STAGE_PAYOUT : d->clearance ? STAGE_COMPLIANCE : STAGE_CLASSIFICATION,
            .clearance_hash = dossier_section_hash(d->bytes, writes), .has_clearance_hash = true,
            .at_unix_ms = received + (i + 1) * INSTANT_MINUTE_MS, .partner_root_id = d->receipt->partner_root_id });
}

/* Returns of more than was sold. */
static void make_held(struct acts *acts)
{
    CHECK_INT(instant_parse(SLICE("2026-04-08T09:00:00Z"), &received), OK);
    sim_engine_open(&engine, SLICE("deploy/sample/tiny"), received);
    ndjson = text_in(test_arena(), TEXT_BYTES);
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned n = 0; n < 6; n++) add_sale(partners[i], "s", n, "SW-24", 10);
        add_undoing(partners[i], "POS_RETURN", "r0", "s0", -40);
        add_undoing(partners[i], "POS_RETURN", "r1", "s1", -40);
        add_undoing(partners[i], "POS_RETURN", "r2", "s2", -4);
        add_undoing(partners[i], "POS_RETURN", "r3", "s2", -40);
    }
    phases[0] = (struct sim_phase){ .now_unix_ms = received, .records = lines, .record_count = post(lines) };
    engine.phases = phases;
    engine.phase_count = 1;
    struct sim *first = sim_engine_run(&engine, &(struct sim_options){ .seed = 1, .workers = 1 });
    for (int32_t p = 0; p < SIM_PARTITIONS; p++)
        memory_log_read(sim_log(first), TOPIC_CLAIMS_HELD, p, 0, decide_on, acts);
    sim_close(first);
    phases[1] = (struct sim_phase){ .now_unix_ms = received + INSTANT_HOUR_MS, .records = acts->of,
                                    .record_count = acts->count };
    engine.phase_count = 2;
}

TEST(what_people_decide_is_done_once_under_faults)
{
    struct acts *acts = ARENA_NEW(test_arena(), struct acts);
    struct sums sums = { 0 };
    make_held(acts);
    struct sim *calm = sim_engine_run(&engine, &(struct sim_options){ .seed = 1, .workers = 1 });
    for (int32_t p = 0; p < SIM_PARTITIONS; p++)
        memory_log_read(sim_log(calm), TOPIC_CLAIMS_DECIDED, p, 0, add_decided, &sums);
    CHECK_INT(acts->count, 2 * 3 * 4);
    CHECK_INT(sums.decided, phases[0].record_count);            /* none is held any more */
    for (uint64_t seed = 1; seed <= 12; seed++) {
        size_t mark = arena_mark(test_arena());
        struct sim *s = sim_engine_run(&engine, &(struct sim_options){ .seed = seed, .workers = 1 + seed % 3,
                                                                       .lines_max = 1 + (unsigned)(seed * 5 % 9),
                                                                       .faults = true, .on_disk = seed % 4 == 0 });
        close_as_calm(calm, s, seed);
        arena_rewind(test_arena(), mark);
    }
    sim_close(calm);
}

/* --- what goes back to a stage ---------------------------------------------------------------------------------- */

/* A sale whose part nobody knows; a REPLACE of it that compliance refuses; then what means the sale. */
static void add_refused(const char *p, const char *name, unsigned n)
{
    add_sale(p, name, n, "CAB-77", 4);
    add("{\"kind\":\"REPLACE\",\"replaces_kind\":\"POS_SALE\",\"partner_id\":\"%s\",\"line_id\":\"%s-x%s%u\","
        "\"original_line_ref\":\"%s-%s%u\",\"invoice_no\":\"7%03u\",\"invoice_line\":\"1\",\"ship_date\":\"2026-12-20\","
        "\"vendor_part\":\"SW-24\",\"qty\":\"3\",\"currency\":\"USD\",\"resale_unit\":\"250.00\"," SOLD "}",
        p, p, name, n, p, name, n, n);
}

static void add_by_invoice(const char *p, const char *kind, unsigned n, int qty)
{
    const char *returned =
        "\"invoice_no\":\"CM-\",\"ship_date\":\"2026-04-02\",\"resale_unit\":\"250.00\"," SOLD ",";
    add("{\"kind\":\"%s\",\"partner_id\":\"%s\",\"line_id\":\"%s-%s%u\",\"original_invoice_no\":\"7%03u\","
        "\"original_invoice_line\":\"1\",\"vendor_part\":\"CAB-77\",%s\"qty\":\"%d\",\"currency\":\"USD\"}",
        kind, p, p, kind, n, n, qty ? returned : "", qty ? qty : -4);
}

static void write_refusals(const char *p)
{
    for (unsigned n = 300; n < 308; n++) add_refused(p, "b", n);
    for (unsigned n = 300; n < 304; n++) add_by_invoice(p, "CANCEL", n, 0);
    for (unsigned n = 304; n < 306; n++) add_by_invoice(p, "POS_RETURN", n, -1);
    add_refused(p, "c", 310);
    add_by_invoice(p, "CANCEL", 310, 0);
}

static void part_arrives(void *context)
{
    (void)context;
    put_product("CAB-77");
}

static void make_refusals(void)
{
    CHECK_INT(instant_parse(SLICE("2026-04-08T09:00:00Z"), &received), OK);
    sim_engine_open(&engine, SLICE("deploy/sample/tiny"), received);
    ndjson = text_in(test_arena(), TEXT_BYTES);
    for (unsigned i = 0; i < 2; i++) write_refusals(partners[i]);
    phases[0] = (struct sim_phase){ .now_unix_ms = received, .records = lines, .record_count = post(lines) };
    phases[1] = (struct sim_phase){ .arrive = part_arrives, .wakes = SLICE("part:") };
    engine.phases = phases;
    engine.phase_count = 2;
}

/* How a line ended, and how often. */
struct ending { struct slice line_id; enum outcome outcome; enum reason_code reason; unsigned count; };
struct endings { struct ending of[RECORDS_MAX]; unsigned count; };

static struct ending *ending_of(struct endings *e, struct slice line_id)
{
    for (unsigned i = 0; i < e->count; i++)
        if (slice_equal(e->of[i].line_id, line_id)) return &e->of[i];
    ASSERT(e->count < RECORDS_MAX);
    e->of[e->count] = (struct ending){ .line_id = line_id };
    return &e->of[e->count++];
}

static void take_ending(void *context, const struct record *r)
{
    struct dossier *d = ARENA_NEW(test_arena(), struct dossier);
    CHECK_INT(dossier_decode(test_arena(), slice_copy(test_arena(), r->value), d), OK);
    const struct judgement *j = d->payout ? &d->payout->judgement : &d->clearance->judgement;
    struct ending *e = ending_of(context, d->receipt->line_id);
    e->outcome = j->outcome;
    e->reason = j->reason_count ? j->reasons[0].code : REASON_NONE;
    e->count++;
}

static struct endings *endings_of(struct sim *s)
{
    struct endings *e = ARENA_NEW(test_arena(), struct endings);
    for (int32_t p = 0; p < SIM_PARTITIONS; p++)
        memory_log_read(sim_log(s), TOPIC_CLAIMS_DECIDED, p, 0, take_ending, e);
    return e;
}

static bool end_alike(struct endings *a, struct endings *b)
{
    for (unsigned i = 0; i < a->count; i++) {
        const struct ending *other = ending_of(b, a->of[i].line_id);
        if (other->outcome == a->of[i].outcome && other->reason == a->of[i].reason && other->count == 1) continue;
        printf("  %.*s: %d %d (%u)\n", SLICE_ARGS(a->of[i].line_id), other->outcome, other->reason, other->count);
        return false;
    }
    return a->count == b->count;
}

/* Who was faster between two services decides nothing, whatever each has read of the other by then (domain.md 9.15). */
TEST(what_comes_behind_a_refused_correction_ends_alike_whoever_was_faster)
{
    make_refusals();
    struct sim *calm = sim_engine_run(&engine, &(struct sim_options){ .seed = 1, .workers = 1, .lines_max = 1 });
    struct endings *e = endings_of(calm);
    CHECK_INT(e->count, 2 * 25);
    sim_close(calm);
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct sim *s = sim_engine_run(&engine, &(struct sim_options){ .seed = seed, .workers = 1 + seed % 2,
                                                                       .lines_max = 1 + (unsigned)(seed * 5 % 40),
                                                                       .faults = seed % 3 == 0 });
        bool alike = end_alike(e, endings_of(s));
        CHECK(alike);
        if (!alike) printf("  seed %lu\n", (unsigned long)seed);
        sim_close(s);
    }
}

/* An upgrade in place: rows of the earliest versions that are read lie among those of this one. */
TEST(the_stages_of_the_product_go_on_with_rows_of_earlier_versions)
{
    make_script();
    struct sim *calm = sim_engine_run(&engine, &(struct sim_options){ .seed = 1, .workers = 1 });
    for (uint64_t seed = 1; seed <= 6; seed++) {
        size_t mark = arena_mark(test_arena());
        struct sim *s = sim_engine_run(&engine, &(struct sim_options){ .seed = seed, .workers = 2, .lines_max = 9,
                                                                       .faults = true, .ages_rows = true });
        CHECK(sim_counts(s).crashes + sim_counts(s).zombies > 0);
        CHECK(sim_sends_equal(calm, s));
        sim_close(s);
        arena_rewind(test_arena(), mark);
    }
    sim_close(calm);
}
