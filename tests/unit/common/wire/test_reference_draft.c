/* Files on their way to the topics, and the one property: what a world says is what a worker reads. */
#include "wire/reference_draft.h"

#include "domain/record_copy.h"
#include "stage/memory_profiles.h"
#include "stage/reference_apply.h"
#include "support/test.h"
#include "wire/reference_shelf.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARENA_BYTES = 64 << 20 };

static struct problems problems;
static struct text_source source;
static struct reference_drafts drafts;

static void begin(void)
{
    problems = problems_in(test_arena());
    source = (struct text_source){
        .arena = test_arena(), .file = SLICE("f"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    drafts = reference_drafts_in(test_arena());
}

#define PROGRAM_TEXT \
    "program: {id: VR, version: 3, incentive: VOLUME_REBATE, currency: USD, valid_from: 2026-01-01}\nvolume: {tiers: [{from: 0, percent: 1}]}\n"

TEST(terms_are_drafted_as_the_text_with_its_version)
{
    begin();
    CHECK(reference_draft_read_record(&drafts, &source, SLICE(PROGRAM_TEXT)));
    CHECK(reference_draft_read_record(&drafts, &source,
                                      SLICE("matrix: {version: 2, valid_from: 2026-02-01}\nrows: {VAR: {MDF: Y}}\n")));
    CHECK(reference_draft_read_record(
        &drafts, &source,
        SLICE(
            "tax_table: {country: US, form: F, entries: [{valid_from: 2026-01-01, threshold: 600, currency: USD}]}")));
    CHECK_INT(drafts.count, 3);
    const struct reference *r = &drafts.items[0].reference;
    CHECK_INT(r->type, REFERENCE_PROGRAM);
    CHECK_TEXT(r->id, "VR");
    CHECK_INT(r->terms->versions[0].version, 3);
    CHECK_INT(r->terms->versions[0].valid_from, 20260101);
    CHECK_SLICE(r->terms->versions[0].yaml, SLICE(PROGRAM_TEXT));
    CHECK_SLICE(reference_key(test_arena(), &drafts.items[1].reference), SLICE("MATRIX/default"));
    CHECK_SLICE(reference_key(test_arena(), &drafts.items[2].reference), SLICE("TAX_TABLE/US"));
}

TEST(what_a_worker_would_refuse_is_no_draft)
{
    begin();
    CHECK(!reference_draft_read_record(&drafts, &source, SLICE("program: {id: VR, version: 3}\n")));
    CHECK(!reference_draft_read_record(&drafts, &source, SLICE("progarm: {id: VR}\n")));
    CHECK(!reference_draft_read_record(&drafts, &source, SLICE("product: {sku: A, uoms: {BX: 1/0}}\n")));
    CHECK(!reference_draft_read_record(&drafts, &source, SLICE(": :\n")));
    CHECK_INT(drafts.count, 0);
    CHECK(problems.count >= 4);
}

TEST(rows_of_one_pair_and_of_one_list_are_one_record)
{
    enum reference_csv kind;
    begin();
    struct slice rates = SLICE("table_id,from,to,units,rate,valid_from\ndefault,EUR,USD,1,1.1,2026-01-01\ndefault,GBP,"
                               "USD,1,1.3,2026-01-01\ndefault,EUR,USD,1,1.2,2026-02-01\n");
    struct slice prices = SLICE(
        "list_id,sku,currency,price,valid_from\nPL,A,USD,2,2026-02-01\nPL,A,USD,1,2026-01-01\nPL,B,USD,3,2026-01-01\n");
    CHECK(reference_draft_csv_kind(rates, &kind) && kind == REFERENCE_CSV_RATES);
    CHECK(reference_draft_read_csv(&drafts, &source, kind, rates));
    CHECK(reference_draft_csv_kind(prices, &kind) && kind == REFERENCE_CSV_PRICES);
    CHECK(reference_draft_read_csv(&drafts, &source, kind, prices));
    CHECK(reference_draft_csv_kind(SLICE("sku,family\r\n"), &kind) && kind == REFERENCE_CSV_PRODUCTS);
    CHECK(!reference_draft_csv_kind(SLICE("invoice,qty\n"), &kind));
    CHECK_INT(drafts.count, 4);
    CHECK_TEXT(drafts.items[0].reference.id, "default/EUR/USD");
    CHECK_INT(drafts.items[0].reference.fx->rate_count, 2);
    CHECK_TEXT(drafts.items[2].reference.id, "PL/A");
    CHECK_INT(drafts.items[2].reference.price_list->prices[0].price_micros, 1000000);
    CHECK(!reference_draft_read_csv(
        &drafts, &source, REFERENCE_CSV_RATES,
        SLICE("table_id,from,to,units,rate,valid_from\nT,EUR,USD,1,1.1,2026-01-01\nT,EUR,USD,100,1.2,2026-02-01\n")));
}

TEST(a_file_or_folder_that_is_not_there_is_told)
{
    begin();
    CHECK(!reference_draft_read_path(&drafts, SLICE("deploy/sample/nowhere.yaml"), &problems));
    CHECK_INT(problems.count, 1);
}

/* --- what a world says is what a worker reads --- */

struct reader {
    struct reference_target target;
    struct arena scratch, kept;
    struct memory_profiles *profiles;
    unsigned refused;
};

static void count_refusal(void *reader, const struct record *record, enum err e, struct slice why)
{
    ((struct reader *)reader)->refused++;
    printf("%.*s: %s %.*s\n", SLICE_ARGS(record->key), err_name(e), SLICE_ARGS(why));
}

static void open_reader(struct reader *r, struct reference_keeper *keeper)
{
    *r = (struct reader){ .profiles = memory_profiles_open() };
    CHECK(arena_open(&r->scratch, ARENA_BYTES, ARENA_BYTES) == OK
          && arena_open(&r->kept, ARENA_BYTES, ARENA_BYTES) == OK);
    *keeper = (struct reference_keeper){ r->profiles, &r->kept };
    r->target = (struct reference_target){ .catalogue = catalogue_open(),
                                           .put_partner = reference_keep_partner,
                                           .partners = keeper,
                                           .refused = count_refusal,
                                           .refusals = r };
}

static void close_reader(struct reader *r)
{
    memory_profiles_close(r->profiles);
    catalogue_close(r->target.catalogue);
    arena_close(&r->scratch);
    arena_close(&r->kept);
}

static bool apply_item(void *reader, bool is_partner, struct slice key, struct slice value)
{
    struct reader *r = reader;
    struct record record = { .topic = is_partner ? TOPIC_PARTNERS : TOPIC_PROGRAMS, .key = key, .value = value };
    arena_reset(&r->scratch);
    CHECK_INT(reference_apply(&r->target, &r->scratch, &record), REFERENCE_APPLIED);
    return true;
}

static void publish_all(struct shelf *shelf, const struct publisher *who, enum shelf_answer wanted)
{
    for (unsigned i = 0; i < drafts.count; i++) {
        struct shelf_outcome o = shelf_publish(shelf, test_arena(), &drafts.items[i], who);
        CHECK_INT(o.answer, wanted);
        for (unsigned k = 0; k < o.send_count; k++)
            shelf_put(shelf, o.sends[k].is_partner, o.sends[k].key, o.sends[k].value);
    }
}

#define CHECK_SAME(shape, a, b) \
    do { \
        struct hash128 first = record_copy_digest(test_arena(), shape, (a)), second = \
        record_copy_digest(test_arena(), shape, (b)); \
        CHECK(memcmp(&first, &second, sizeof first) == 0); \
    } while (0)

static void check_programs(const struct catalogue *a, const struct catalogue *b)
{
    CHECK_INT(catalogue_program_count(a), catalogue_program_count(b));
    for (unsigned i = 0; i < catalogue_program_count(a); i++) {
        const struct program_history *x = catalogue_program_at(a, i), *y = catalogue_program(b, x->id);
        CHECK(y && x->version_count == y->version_count);
        for (unsigned k = 0; y && k < x->version_count; k++)
            CHECK_SAME(RECORD_SHAPE_PROGRAM, x->versions[k], y->versions[k]);
    }
}

static void check_books(const struct catalogue *a, const struct catalogue *b)
{
    for (unsigned i = 0; i < drafts.count; i++) {
        const struct reference *r = &drafts.items[i].reference;
        if (r->product) CHECK_SAME(RECORD_SHAPE_PRODUCT, catalogue_product(a, r->id), catalogue_product(b, r->id));
        if (r->price_list)
            CHECK_SAME(RECORD_SHAPE_PRICE_LIST, catalogue_price_list(a, r->price_list->list_id, r->price_list->sku),
                       catalogue_price_list(b, r->price_list->list_id, r->price_list->sku));
        for (unsigned k = 0; r->fx && k < r->fx->rate_count; k++) {
            const struct fx_rate *x =
                catalogue_fx(a, r->fx->table_id, r->fx->from, r->fx->to, r->fx->rates[k].valid_from, 1, NULL);
            const struct fx_rate *y =
                catalogue_fx(b, r->fx->table_id, r->fx->from, r->fx->to, r->fx->rates[k].valid_from, 1, NULL);
            CHECK(x && y && x->rate_micros == y->rate_micros && x->valid_to == y->valid_to);
        }
    }
    for (int incentive = 1; incentive < INCENTIVE_COUNT; incentive++) {
        const struct policy *x =
            catalogue_policy(a, 20260408, SLICE("N-100"), SLICE("SD-26"), (enum incentive)incentive);
        const struct policy *y =
            catalogue_policy(b, 20260408, SLICE("N-100"), SLICE("SD-26"), (enum incentive)incentive);
        CHECK_INT(x->park_max_hours, y->park_max_hours);
    }
    const struct limits *x = catalogue_limits(a, SLICE(""), 20260408), *y = catalogue_limits(b, SLICE(""), 20260408);
    CHECK(!x == !y);
    if (x && y) CHECK_SAME(RECORD_SHAPE_LIMITS, x, y);
}

static void check_partners(const struct world *w, struct memory_profiles *read)
{
    struct profiles *p = memory_profiles_base(read);
    for (unsigned i = 0; i < w->partner_count; i++) {
        struct slice said, kept;
        struct partner numbered = w->partners[i];
        const struct partner *found = p->ops->find(p, numbered.partner_id, NULL);
        CHECK(found != NULL);
        if (!found) continue;
        numbered.revision = 1;
        CHECK(partner_encode(test_arena(), &numbered, SLICE("a"), SLICE("b"), 1, &said) == OK);
        CHECK(partner_encode(test_arena(), found, SLICE("a"), SLICE("b"), 1, &kept) == OK);
        CHECK(slice_equal(said, kept));
    }
}

static void check_world(const char *folder)
{
    struct world w;
    struct reader r;
    struct reference_keeper keeper;
    struct catalogue *said = catalogue_open();
    struct shelf *shelf = shelf_open();
    struct publisher who = { SLICE("ann"), SLICE("world:sample"), 1767603600000 };
    begin();
    open_reader(&r, &keeper);
    CHECK(world_load(test_arena(), slice_from(folder), said, &w, &problems) == OK);
    CHECK(reference_draft_read_world(&drafts, &w, &problems));
    CHECK(problems.count == 0 && drafts.count > w.partner_count);
    publish_all(shelf, &who, SHELF_IN_FORCE);
    shelf_walk(shelf, apply_item, &r);
    CHECK_INT(r.refused, 0);
    check_programs(said, r.target.catalogue);
    check_books(said, r.target.catalogue);
    check_partners(&w, r.profiles);
    publish_all(shelf, &who, SHELF_UNCHANGED);
    close_reader(&r);
    shelf_close(shelf);
    catalogue_close(said);
}

TEST(a_folder_of_more_terms_than_are_read_at_once_is_told_by_their_number)
{
    char folder[] = "/tmp/reference-draft-XXXXXX", path[64];
    begin();
    CHECK(mkdtemp(folder) != NULL);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i <= 4096; i++) {
            snprintf(path, sizeof path, "%s/%d.yaml", folder, i);
            CHECK(pass ? unlink(path) == 0 : close(open(path, O_CREAT | O_WRONLY, 0600)) == 0);
            if (pass || i < 4096) continue;
            CHECK(!reference_draft_read_path(&drafts, slice_from(folder), &problems));
            CHECK_INT(problems.count, 1);
            CHECK_TEXT(problems.first->message, "the folder has more than 4096 files of terms");
        }
    CHECK_INT(rmdir(folder), 0);
}

TEST(every_record_of_the_tiny_world_reaches_a_worker_as_it_was_written)
{
    check_world("deploy/sample/tiny");
}

TEST(every_record_of_the_first_hour_reaches_a_worker_as_it_was_written)
{
    check_world("deploy/sample/first-hour");
}

TEST(a_folder_of_terms_is_drafted_in_order_of_names)
{
    begin();
    CHECK(reference_draft_read_path(&drafts, SLICE("deploy/sample/tiny/"), &problems));
    CHECK(drafts.count > 4 && drafts.items[0].reference.type == REFERENCE_PRODUCT);
    CHECK(slice_ends_with(drafts.items[drafts.count - 1].file, SLICE("programs/ruleset.yaml")));
}
