#include "post_rig.h"

#include "wire/dossier_codec.h"

#include <stdio.h>

#define SALE(invoice, qty) \
    "{\"kind\":\"POS_SALE\",\"invoice_no\":\"" invoice \
    "\",\"ship_date\":\"2026-03-01\",\"vendor_part\":\"P\",\"qty\":\"" qty "\",\"uom\":\"EA\",\"resale_unit\":\"2.50\"}"
#define NDJSON \
    SALE("1", "1") "\n" SALE("2", "2") "\n" SALE("3", "x") "\n" SALE("4", "4") "\n{\"kind\":\n" SALE("6", "6") "\n" \
    SALE("7", "7") "\n"
#define REPORT(number, purpose, original, lines) \
    "{\"document\":{\"report_id\":\"" number "\",\"purpose\":\"" purpose "\",\"original_report_id\":\"" original \
    "\"},\"lines\":[" lines "]}"
#define X12(icn, qty) X12_OF(icn, "P", qty)
#define X12_OF(icn, usage, qty) \
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*" icn "*0*" usage \
    "*:~GS*PT*N*C*20260408*0900*1*X*004010~" \
    "ST*867*0001~BPT*00*R-X*20260331*02~CUR*DS*EUR~PTD*SD***DI*9~DTM*003*20260301~DTM*011*20260301~QTY*39*" qty \
    "*EA~LIN**VP*P~SE*9*0001~GE*1*1~IEA*1*" icn "~"

static void add_all(struct rig *r)
{
    rig_add(r, "north", NDJSON);
    rig_add(r, "north",
            REPORT("R-1", "original", "", SALE("11", "1") "," SALE("12", "2") "," SALE("13", "3") "," SALE("14", "4")));
    rig_add(r, "south", X12("000000001", "5"));
    rig_add(r, "south", SALE("21", "1") "\n" SALE("22", "nothing") "\n");
    rig_add(r, "east", SALE("31", "oops") "\n");
}

TEST(lines_of_a_document_are_posted_once_with_its_row)
{
    struct rig *r = rig_new();
    add_all(r);
    rig_open(r);
    rig_run(r);
    rig_read(r);
    CHECK_INT(r->record_count, 15);
    CHECK_INT(r->documents[0].state, INTAKE_POSTED);
    CHECK_INT(r->documents[0].passed, 5);
    CHECK_INT(r->documents[0].rejected, 1);
    CHECK_INT(r->documents[0].dead, 1);
    CHECK_INT(r->documents[4].state, INTAKE_REJECTED);
    struct intake_document row;
    bool found;
    CHECK_INT(register_get_document(post_store(r->post, SLICE("north")), r->documents[0].d.id, &row, &found), OK);
    CHECK(found);
    CHECK_INT(row.cursor, 7);
    CHECK_INT(row.total_count, 0);                  /* sales claim nothing */
    CHECK_TEXT(row.format, "ndjson");
    CHECK(slice_starts_with(row.errors, SLICE("[{\"code\":")));
    rig_end(r);
}

TEST(documents_of_one_submitter_keep_their_order_and_those_of_others_take_turns)
{
    struct rig *r = rig_new();
    struct text big = text_in(test_arena(), 1 << 20);
    for (int k = 0; k < 500; k++) {
        char line[256];
        int size = snprintf(line, sizeof line,
                            "{\"kind\":\"POS_SALE\",\"invoice_no\":\"B%d\",\"ship_date\":\"2026-03-01\",\"vendor_"
                            "part\":\"P\",\"qty\":\"1\",\"uom\":\"EA\"}\n",
                            k);
        text_put(&big, slice_of(line, (size_t)size));
    }
    rig_add(r, "north", slice_copy(test_arena(), text_slice(&big)).bytes);
    rig_add(r, "north", SALE("2", "1"));
    rig_add(r, "south", SALE("3", "1"));
    rig_add(r, "south", SALE("4", "1"));
    r->chunk_lines = 10;
    rig_open(r);
    rig_run(r);
    CHECK(r->documents[2].ended_as < r->documents[3].ended_as);
    CHECK(r->documents[3].ended_as < r->documents[0].ended_as);     /* the small ones do not wait for the big one */
    CHECK(r->documents[0].ended_as < r->documents[1].ended_as);
    rig_end(r);
}

TEST(the_same_document_again_is_a_duplicate_and_posts_nothing)
{
    struct rig *r = rig_new();
    rig_add(r, "north", NDJSON);
    rig_open(r);
    rig_run(r);
    rig_add(r, "north", NDJSON);
    rig_add(r, "north", NDJSON);                    /* both at once */
    rig_restart(r);
    rig_run(r);
    CHECK_INT(r->documents[1].state, INTAKE_DUPLICATE);
    CHECK_INT(r->documents[2].state, INTAKE_DUPLICATE);
    CHECK_INT(r->documents[1].passed, 5);
    CHECK(memcmp(r->documents[1].duplicate_of, r->documents[0].d.id, SHA256_BYTES) == 0);
    rig_read(r);
    CHECK_INT(r->record_count, 7);
    rig_end(r);
}

TEST(two_like_documents_in_one_transaction_are_posted_once)
{
    struct rig *r = rig_new();
    rig_add(r, "north", SALE("1", "1"));
    rig_add(r, "north", SALE("1", "1"));
    r->chunk_lines = 100;
    rig_open(r);
    rig_run(r);
    CHECK_INT(r->documents[1].state, INTAKE_DUPLICATE);
    rig_read(r);
    CHECK_INT(r->record_count, 1);
    rig_end(r);
}

TEST(a_refused_document_may_come_again)
{
    struct rig *r = rig_new();
    rig_add(r, "north", SALE("1", "oops"));
    rig_open(r);
    rig_run(r);
    rig_add(r, "north", SALE("1", "oops"));
    rig_restart(r);
    rig_run(r);
    CHECK_INT(r->documents[1].state, INTAKE_REJECTED);
    CHECK_INT(r->documents[1].attempt, 2);
    rig_end(r);
}

TEST(an_interchange_that_came_with_other_content_meanwhile_is_surveyed_again_and_refused)
{
    struct rig *r = rig_new();
    rig_add(r, "south", X12("000000007", "5"));
    rig_add(r, "south", X12("000000007", "6"));     /* surveyed before the first was posted */
    rig_add(r, "south", X12("000000007", "5") "\n");    /* the same bytes ISA to IEA */
    rig_open(r);
    rig_run(r);
    CHECK_INT(r->documents[0].state, INTAKE_POSTED);
    CHECK_INT(r->documents[1].state, INTAKE_REJECTED);
    CHECK_INT(r->documents[2].state, INTAKE_DUPLICATE);
    CHECK(memcmp(r->documents[2].duplicate_of, r->documents[0].d.id, SHA256_BYTES) == 0);
    CHECK(r->again >= 1);
    rig_end(r);
}

/* feeds.md 2: documents of one submitter post in the order of acceptance, also after one that is looked at twice. */
TEST(a_document_that_is_surveyed_again_keeps_its_place_and_one_that_is_gone_holds_nobody_up)
{
    for (unsigned forgets = 0; forgets < 2; forgets++) {
        struct rig *r = rig_new();
        r->forgets = forgets;
        rig_add(r, "south", X12("000000007", "5"));
        rig_add(r, "south", X12("000000007", "6"));
        rig_add(r, "south", SALE("1", "1"));
        rig_add(r, "south", SALE("2", "1"));
        rig_open(r);
        rig_run(r);
        CHECK_INT(r->again, 1);
        CHECK_INT(r->documents[0].ended_as, 1);
        CHECK_INT(r->documents[1].ended_as, forgets ? 0 : 2);
        CHECK_INT(r->documents[2].ended_as, forgets ? 2 : 3);
        CHECK_INT(r->documents[3].ended_as, forgets ? 3 : 4);
        CHECK_INT(r->documents[3].state, INTAKE_POSTED);
        rig_end(r);
    }
}

TEST(an_interchange_of_test_usage_is_counted_and_sends_nothing)
{
    struct rig *r = rig_new();
    rig_add(r, "south", X12_OF("000000008", "T", "5"));
    rig_add(r, "south", SALE("1", "1"));
    rig_open(r);
    rig_run(r);
    CHECK_INT(r->documents[0].state, INTAKE_VALIDATED);
    CHECK_INT(r->documents[0].passed + r->documents[0].rejected, 1);
    CHECK_INT(r->documents[1].state, INTAKE_POSTED);
    rig_read(r);
    CHECK_INT(r->record_count, 1);
    rig_end(r);
}

TEST(what_began_before_a_crash_ends_though_its_profile_would_ask_now)
{
    static struct mapping_profile told;
    told = *mapping_profile_default();
    told.text.dates = DATE_STYLE_MDY;
    for (unsigned passed = 0; passed < 2; passed++) {
        const char *rows = passed ? "A,3/4/2026,P,1,EA\nB,3/4/2026,P,1,EA\nC,3/4/2026,P,1,EA\nD,3/4/2026,P,1,EA\n"
                                  : "A,3/4/2026,P,x,EA\nB,3/4/2026,P,x,EA\nC,3/4/2026,P,x,EA\nD,3/4/2026,P,x,EA\n";
        struct text file = text_in(test_arena(), 256);
        PUT(&file, "Invoice,Ship Date,Part,Qty,UOM\n");
        text_put(&file, slice_from(rows));
        text_put_byte(&file, 0);
        struct rig *r = rig_new();
        r->profile = &told;
        r->chunk_lines = 1;
        rig_add(r, "north", text_slice(&file).bytes);
        rig_open(r);
        struct intake_document row = { 0 };
        for (bool found = false; !found || row.state != INTAKE_POSTING;) {
            bool worked;
            CHECK_INT(post_step(r->post, r->now_unix_ms, &worked), OK);
            CHECK_INT(register_get_document(post_store(r->post, SLICE("north")), r->documents[0].d.id, &row, &found),
                      OK);
        }
        r->profile = NULL;
        rig_restart(r);
        rig_run(r);
        CHECK_INT(r->documents[0].state, passed ? INTAKE_POSTED : INTAKE_REJECTED);
        rig_end(r);
    }
}

/* The same, when the version with which it began is still there: all of it is read with that one, none of it twice. */
TEST(what_began_before_a_crash_is_read_on_with_the_profile_that_it_began_with)
{
    static struct mapping_profile first, second;
    first = second = *mapping_profile_default();
    first.name = second.name = SLICE("north");
    first.version = 1;
    second.version = 2;
    first.text.dates = DATE_STYLE_MDY;
    struct rig *r = rig_new();
    r->profile = r->began = &first;
    r->chunk_lines = 1;
    rig_add(
        r, "north",
        "Invoice,Ship Date,Part,Qty,UOM\nA,3/4/2026,P,1,EA\nB,3/4/2026,P,1,EA\nC,3/4/2026,P,1,EA\nD,3/4/2026,P,1,EA\n");
    rig_open(r);
    struct intake_document row = { 0 };
    for (bool found = false; !found || row.state != INTAKE_POSTING;) {
        bool worked;
        CHECK_INT(post_step(r->post, r->now_unix_ms, &worked), OK);
        CHECK_INT(register_get_document(post_store(r->post, SLICE("north")), r->documents[0].d.id, &row, &found), OK);
    }
    CHECK_SLICE(row.profile, SLICE("north@1"));
    r->profile = &second;                           /* it would ask for the order of dates */
    rig_restart(r);
    rig_run(r);
    CHECK_INT(r->again, 1);
    CHECK_INT(r->documents[0].state, INTAKE_POSTED);
    CHECK_INT(r->documents[0].passed, 4);
    rig_read(r);
    CHECK_INT(r->record_count, 4);
    rig_end(r);
}

static void add_corrections(struct rig *r)
{
    rig_add(r, "north", REPORT("R-2", "replace", "R-1", SALE("11", "1") "," SALE("12", "9") "," SALE("15", "5")));
}

TEST(a_replacement_and_a_cancel_find_their_report_in_the_registers)
{
    struct rig *r = rig_new();
    add_all(r);
    rig_open(r);
    rig_run(r);
    add_corrections(r);
    rig_restart(r);
    rig_run(r);
    CHECK_INT(r->documents[5].state, INTAKE_POSTED);
    CHECK_INT(r->documents[5].passed, 4);           /* REPLACE of 12, 15, CANCEL of 13 and 14 */
    rig_add(r, "north", REPORT("R-3", "cancel", "R-2", ""));
    rig_restart(r);
    rig_run(r);
    CHECK_INT(r->documents[6].passed, 4);
    rig_add(r, "north", REPORT("R-4", "cancel", "R-1", ""));
    rig_restart(r);
    rig_run(r);
    CHECK_INT(r->documents[7].state, INTAKE_DUPLICATE);
    rig_end(r);
}

/* Crashes */

static struct rig *run_with(unsigned effect, enum when when, enum err error, bool with_records)
{
    struct rig *r = rig_new();
    r->gun.fire = rig_fire;
    r->crash_effect = effect;
    r->crash_when = when;
    r->crash_error = error;
    add_all(r);
    rig_open(r);
    for (int k = 0; with_records && k < 6; k++)
        (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, -1, SLICE("N-100"),
                                k % 2 ? SLICE(SALE("91", "1")) : SLICE(SALE("92", "broken")));
    rig_run(r);
    add_corrections(r);
    rig_restart(r);
    rig_run(r);
    rig_read(r);
    return r;
}

static bool equal(const struct rig *a, const struct rig *b)
{
    if (a->record_count != b->record_count) {
        printf("%u records, %u expected\n", b->record_count, a->record_count);
        return false;
    }
    for (unsigned k = 0; k < a->record_count; k++)
        if (!slice_equal(a->records[k], b->records[k])) {
            printf("%.*s\n%.*s\n", SLICE_ARGS(a->records[k]), SLICE_ARGS(b->records[k]));
            return false;
        }
    for (unsigned k = 0; k < a->document_count; k++)
        if (b->documents[k].passed != a->documents[k].passed || b->documents[k].dead != a->documents[k].dead)
            return false;
    return true;
}

TEST(a_crash_before_or_behind_any_effect_loses_nothing_and_posts_nothing_twice)
{
    struct rig *calm = run_with(0, BEFORE, ERR_SIMULATED_CRASH, true);
    calm->gun.fire = rig_fire;
    unsigned effects = calm->effects, crashed = 0;
    CHECK(effects > 60);
    CHECK_INT(calm->record_count, 15 + 4 + 6);
    for (unsigned k = 1; k <= effects; k++)
        for (enum when when = BEFORE; when <= AFTER; when++) {
            struct rig *r = run_with(k, when, ERR_SIMULATED_CRASH, true);
            bool is_equal = equal(calm, r);
            if (!is_equal) printf("effect %u, %s\n", k, when == BEFORE ? "before" : "after");
            CHECK(is_equal);
            crashed += r->crashes;
            rig_end(r);
        }
    CHECK(crashed > effects);
    rig_end(calm);
}

/* Groups of one interchange under a profile each: what was posted of one goes on with the other. */
#define SALES "PTD*SD***DI*9~DTM*003*20260301~DTM*011*20260301~QTY*39*5*EA~LIN**VP*P~QTY*39*6*EA~LIN**VP*Q~"
#define GROUP_OF(sender, number) "GS*PT*" sender "*C*20260408*0900*" number "*X*004010~ST*867*0001~BPT*00*R-" sender \
    "*20260331*02~CUR*DS*EUR~" SALES "SE*11*0001~GE*1*" number "~"

static struct rig *run_two_profiles(unsigned effect, enum when when)
{
    static const struct x12_sender senders[] = {
        { SLICE_INIT("01"), SLICE_INIT("123456789"), SLICE_INIT("EAST"), { 0 } },
        { SLICE_INIT("01"), SLICE_INIT("123456789"), SLICE_INIT("WEST"), { 0 } },
    };
    static struct mapping_profile east, west;
    struct rig *r = rig_new();
    east = west = *mapping_profile_default();
    east.name = SLICE("east");
    west.name = SLICE("west");
    east.uom_default = SLICE("BX");
    east.partner_id = SLICE("N-100-EAST");
    west.partner_id = SLICE("N-100-WEST");
    east.x12.senders = &senders[0];
    west.x12.senders = &senders[1];
    east.x12.sender_count = west.x12.sender_count = 1;
    r->profile = &west;
    r->readings = (struct readings){ .items = { { &west, &west }, { &east, &east } }, .count = 2 };
    r->is_partner_of_profile = true;
    r->chunk_lines = 1;
    r->gun.fire = rig_fire;
    r->crash_effect = effect;
    r->crash_when = when;
    r->crash_error = ERR_SIMULATED_CRASH;
    rig_add(r, "north",
            "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000000001*0*P*:~"
            GROUP_OF("EAST", "1") GROUP_OF("WEST", "2") "IEA*2*000000001~");
    rig_open(r);
    rig_run(r);
    rig_read(r);
    return r;
}

TEST(a_crash_between_groups_of_two_profiles_loses_nothing_and_posts_nothing_twice)
{
    struct rig *calm = run_two_profiles(0, BEFORE);
    CHECK_INT(calm->documents[0].state, INTAKE_POSTED);
    CHECK_INT(calm->record_count, 4);
    unsigned of_east = 0;
    for (unsigned k = 0; k < calm->record_count; k++)
        of_east += memmem(calm->records[k].bytes, calm->records[k].size, "N-100-EAST", 10) != NULL;
    CHECK_INT(of_east, 2);
    for (unsigned k = 1; k <= calm->effects; k++)
        for (enum when when = BEFORE; when <= AFTER; when++) {
            struct rig *r = run_two_profiles(k, when);
            CHECK(equal(calm, r));
            CHECK_INT(r->documents[0].state, INTAKE_POSTED);
            rig_end(r);
        }
    rig_end(calm);
}

TEST(an_answer_that_is_lost_or_an_abort_changes_nothing)
{
    struct rig *calm = run_with(0, BEFORE, ERR_SIMULATED_CRASH, true);
    unsigned commits = calm->commits;
    CHECK(commits > 5);
    for (unsigned k = 1; k <= commits; k++) {
        struct { enum err error; enum when when;
        } faults[] = {
            { ERR_TRANSACTION_UNKNOWN, BEFORE },
            { ERR_TRANSACTION_UNKNOWN, AFTER },
            { ERR_TRANSACTION_ABORTED, BEFORE },
        };
        for (unsigned f = 0; f < 3; f++) {
            struct rig *r = run_with(k, faults[f].when, faults[f].error, true);
            CHECK(equal(calm, r));
            CHECK_INT(r->crashes, 1);
            rig_end(r);
        }
    }
    rig_end(calm);
}

TEST(what_is_refused_is_found_by_halves_and_everything_else_is_posted)
{
    struct rig *r = rig_new();
    r->gun.fire = rig_fire;
    r->crash_effect = 1;
    r->crash_when = BEFORE;
    r->crash_error = ERR_TRANSACTION_REFUSED;
    add_all(r);
    rig_open(r);
    rig_run(r);
    rig_read(r);
    CHECK_INT(r->crashes, 1);
    CHECK_INT(r->record_count, 15);
    rig_end(r);
}

/* Records */

static struct slice submission(const char *message_id, int64_t qty_milli)
{
    struct line l = { .kind = KIND_POS_SALE,
                      .partner_id = SLICE("N-100"),
                      .invoice_no = SLICE("77"),
                      .ship_date = 20260301,
                      .vendor_part = SLICE("P"),
                      .qty_milli = qty_milli,
                      .uom = SLICE("EA"),
                      .currency = SLICE("USD"),
                      .message_id = slice_from(message_id) };
    struct slice bytes;
    CHECK_INT(line_encode(test_arena(), &l, &bytes), OK);
    return bytes;
}

TEST(a_bare_submission_is_typed_as_its_line_object_is)
{
    struct rig *r = rig_new();
    rig_open(r);
    (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 2, SLICE("N-100"), submission("m-1", 5000));
    (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 2, SLICE("N-100"), submission("m-1", 5000));
    (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 2, SLICE("N-100"), submission("m-1", 6000));
    (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 2, SLICE("N-100"), SLICE("\xff\xff\xff"));
    rig_run(r);
    rig_read(r);
    CHECK_INT(r->record_count, 3); /* one line; the repeat with other content and the broken one are dead */
    CHECK_INT(post_counts(r->post).passed, 1);
    CHECK_INT(post_counts(r->post).repeated, 2);
    CHECK_INT(post_counts(r->post).dead, 2);
    rig_restart(r);
    (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 2, SLICE("N-100"), submission("m-1", 5000));
    rig_run(r);
    rig_read(r);
    CHECK_INT(r->record_count, 3);
    rig_end(r);
}

/* FR-079: clients hash keys differently, and send a record again to where another one would. */
TEST(a_record_on_two_partitions_counts_once)
{
    struct rig *r = rig_new();
    rig_open(r);
    for (int32_t k = 0; k < RIG_PARTITIONS; k++) {
        (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, k, SLICE("N-100"), submission("m-1", 5000));
        (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, k, (struct slice){ 0 }, submission("m-\xc3\xa9", 5000));
    }
    rig_run(r);
    CHECK_INT(post_counts(r->post).passed, 2);
    CHECK_INT(post_counts(r->post).repeated, 2 * (RIG_PARTITIONS - 1));
    rig_restart(r);
    for (int32_t k = 0; k < RIG_PARTITIONS; k++)
        (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, k, SLICE("other"), submission("m-1", 5000));
    rig_run(r);
    rig_read(r);
    CHECK_INT(r->record_count, 2);
    CHECK_INT(post_counts(r->post).dead, 0);
    rig_end(r);
}

TEST(a_record_of_an_unknown_schema_waits_for_it_and_dies_after_a_day)
{
    struct rig *r = rig_new();
    struct text framed = text_in(test_arena(), 512);
    rig_open(r);
    text_put(&framed, slice_of("\0\0\0\0\x11\0", 6));
    text_put(&framed, submission("m-9", 1000));
    (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 1, SLICE("N-100"), text_slice(&framed));
    text_put_byte(&framed, 0);
    ((char *)framed.bytes)[4] = 0x12;
    (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 1, SLICE("N-100"),
                            slice_head(text_slice(&framed), framed.size - 1));
    rig_run(r);
    rig_read(r);
    CHECK_INT(r->record_count, 0);
    CHECK_INT(post_counts(r->post).parked, 2);
    struct framing_schema known = { .id = 0x11 };
    struct framing_schemas schemas = { .items = &known, .count = 1 };
    rig_restart(r);                                 /* they wait across restarts */
    post_retry_parked(r->post, &schemas);
    r->now_unix_ms += 31000;
    rig_run(r);
    rig_read(r);
    CHECK_INT(r->record_count, 1);
    r->now_unix_ms += 25 * INSTANT_HOUR_MS;
    rig_run(r);
    rig_read(r);
    CHECK_INT(r->record_count, 2);
    CHECK(slice_starts_with(r->records[1], SLICE("deadletters.v1")));
    rig_end(r);
}

TEST(many_records_that_wait_hold_up_none_behind_them)
{
    struct rig *r = rig_new();
    struct text framed = text_in(test_arena(), 512);
    rig_open(r);
    text_put(&framed, slice_of("\0\0\0\0\x11\0", 6));
    text_put(&framed, submission("m-9", 1000));
    for (unsigned k = 0; k < 150; k++)
        (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 1, SLICE("N-100"), text_slice(&framed));
    ((char *)framed.bytes)[4] = 0x12;
    (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 1, SLICE("N-100"), text_slice(&framed));
    rig_run(r);
    CHECK_INT(post_counts(r->post).parked, 151);
    struct framing_schema known = { .id = 0x12 };
    struct framing_schemas schemas = { .items = &known, .count = 1 };
    post_retry_parked(r->post, &schemas);
    r->now_unix_ms += 31000;
    rig_run(r);
    rig_read(r);
    CHECK_INT(r->record_count, 1);
    rig_end(r);
}

TEST(the_request_key_keeps_the_answer_of_its_document)
{
    struct rig *r = rig_new();
    rig_add(r, "north", SALE("1", "1"));
    rig_open(r);
    r->documents[0].d.request_key = register_key(test_arena(), SLICE("north"), SLICE("key-1"));
    rig_run(r);
    struct intake_request request;
    bool found;
    CHECK_INT(register_get_request(post_store(r->post, SLICE("north")),
                                   register_key(test_arena(), SLICE("north"), SLICE("key-1")), &request, &found),
              OK);
    CHECK(found);
    CHECK_INT(request.status, 202);
    CHECK_TEXT(request.body, "POSTED");
    rig_end(r);
}

TEST(documents_reports_and_their_order_end_after_400_days)
{
    struct rig *r = rig_new();
    struct intake_document row;
    bool found;
    rig_add(r, "north", REPORT("R-1", "original", "", SALE("1", "1")));
    rig_open(r);
    rig_run(r);
    struct store *s = post_store(r->post, SLICE("north"));
    for (unsigned round = 0; round < 2; round++) {
        r->now_unix_ms += (round ? 2 : 399) * (instant_ms)INSTANT_DAY_MS;
        for (unsigned n = 0; n < 50; n++) {
            char line[64];
            r->now_unix_ms += 61000;
            int size = snprintf(line, sizeof line, "x%u-%u", round, n);
            (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 0, SLICE("N-100"), slice_of(line, (size_t)size));
            rig_run(r);
        }
        CHECK_INT(register_get_document(s, r->documents[0].d.id, &row, &found), OK);
        CHECK_INT(found, round == 0);
        struct report_ref report = { .number = SLICE("R-1") };
        CHECK_INT(rig_report(r, SLICE("north"), &report).row.document_count, round == 0);
        struct slice value;
        CHECK_INT(store_get(s, INTAKE_TIMES,
                            register_time_key(test_arena(), SLICE("north"), r->documents[0].d.row.received_at_unix_ms,
                                              r->documents[0].d.id),
                            &value),
                  OK);
        CHECK_INT(value.size > 0, round == 0);
    }
    rig_end(r);
}

TEST(keys_of_requests_end_after_a_week)
{
    struct rig *r = rig_new();
    rig_add(r, "north", SALE("1", "1"));
    rig_open(r);
    r->documents[0].d.request_key = register_key(test_arena(), SLICE("north"), SLICE("key-1"));
    rig_run(r);
    for (unsigned day = 0; day < 200; day++) {
        char line[64];
        r->now_unix_ms += INSTANT_DAY_MS / 4;
        int size = snprintf(line, sizeof line, "x%u", day);
        (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 0, SLICE("N-100"), slice_of(line, (size_t)size));
        rig_run(r);
    }
    struct intake_request request;
    bool found;
    CHECK_INT(register_get_request(post_store(r->post, SLICE("north")),
                                   register_key(test_arena(), SLICE("north"), SLICE("key-1")), &request, &found),
              OK);
    CHECK(!found);
    rig_end(r);
}

static bool holds(struct slice text, struct slice part)
{
    for (size_t k = 0; k + part.size <= text.size; k++)
        if (memcmp(text.bytes + k, part.bytes, part.size) == 0) return true;
    return false;
}

static void look_for_reuse(void *context, const struct record *record)
{
    for (unsigned k = 0; k < record->header_count; k++)
        *(bool *)context |= slice_equal(record->headers[k].name, SLICE("claimstream-errors"))
                            && holds(record->headers[k].value, issue_name(ISSUE_EVENT_ID_REUSED));
}

static void look_for_warning(void *context, const struct record *record)
{
    struct dossier d;
    CHECK_INT(dossier_decode(test_arena(), record->value, &d), OK);
    for (unsigned k = 0; k < d.receipt->warning_count; k++)
        *(bool *)context |= d.receipt->warnings[k] == issue_number(ISSUE_MESSAGE_ID_ASSUMED);
}

TEST(a_reused_id_is_told_and_a_record_without_id_is_warned)
{
    struct rig *r = rig_new();
    bool is_told = false, is_warned = false;
    rig_open(r);
    (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 0, SLICE("N-100"), submission("m-1", 5000));
    rig_run(r);
    (void)memory_log_read(r->log, TOPIC_CLAIMS_RECEIVED, topic_partition(SLICE("unknown:N-100"), RIG_PARTITIONS), 0,
                          look_for_warning, &is_warned);
    CHECK(!is_warned);
    (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 0, SLICE("N-100"), submission("m-1", 6000));
    (void)memory_log_append(r->log, TOPIC_CLAIMS_SUBMITTED, 0, SLICE("N-100"), submission("", 6000));
    rig_run(r);
    for (int32_t k = 0; k < memory_log_partitions(r->log, TOPIC_DEADLETTERS); k++)
        (void)memory_log_read(r->log, TOPIC_DEADLETTERS, k, 0, look_for_reuse, &is_told);
    (void)memory_log_read(r->log, TOPIC_CLAIMS_RECEIVED, topic_partition(SLICE("unknown:N-100"), RIG_PARTITIONS), 0,
                          look_for_warning, &is_warned);
    CHECK(is_told);
    CHECK(is_warned);
    rig_end(r);
}
