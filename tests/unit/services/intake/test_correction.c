#include "intake/correction.h"

#include "intake/x12.h"
#include "support/test.h"
#include "x12_rig.h"

enum { FILES_MAX = 8, SAID_BYTES = 8192 };

/* Documents on file under one number, oldest first; `cancelled`: of another number. */
struct desk {
    struct spool             spools[FILES_MAX];
    struct slice             names[FILES_MAX];
    unsigned                 count;
    struct intake_submitter  submitter;
    struct text              said;
    struct slice             undone;
    enum interchange_standing interchange;
    struct slice line_ids[FILES_MAX], refused[FILES_MAX]; /* of the document that was read last; of any */
    unsigned                 line_count, refused_count;
    enum issue_code          question;
    bool                     says_cancelled;
};

static struct desk *desk;

static void desk_open(void)
{
    desk = ARENA_NEW(test_arena(), struct desk);
    desk->submitter = submitter_local();
    desk->said = text_in(test_arena(), SAID_BYTES);
}

static void on_file(const char *bytes, const char *name)
{
    desk->spools[desk->count] = spool_over(slice_from(bytes));
    desk->names[desk->count++] = slice_from(name);
}

static struct intake_job job_of(struct spool *spool)
{
    struct intake_job job = { .spool = spool,
                              .file_name = SLICE("r.json"),
                              .door = DOOR_HTTP,
                              .submitter = &desk->submitter,
                              .profile = mapping_profile_default(),
                              .partner_id = SLICE("N-100") };
    CHECK_INT(instant_parse(SLICE("2026-04-08T09:00:00Z"), &job.received_at_unix_ms), OK);
    return job;
}

static enum target_standing standing(void *context, const struct report_ref *report)
{
    struct slice report_id = report->number;
    (void)context;
    if (slice_equal(report_id, SLICE("GONE"))) return TARGET_CANCELLED;
    if (slice_equal(report_id, SLICE("SEVERAL"))) return TARGET_SEVERAL;
    if (slice_equal(report_id, SLICE("LONG"))) return TARGET_TOO_LONG;
    if (slice_equal(report_id, SLICE("LOST"))) return TARGET_LOST;
    return desk->count > 0 && slice_starts_with(report_id, SLICE("R-")) ? TARGET_POSTED : TARGET_UNKNOWN;
}

static enum err open_documents(void *context, const struct report_ref *report, struct intake_job *jobs, unsigned *count)
{
    (void)context;
    for (*count = 0; *count < desk->count; ++*count) {
        jobs[*count] = job_of(&desk->spools[*count]);
        jobs[*count].report_name = desk->names[*count];
        jobs[*count].report_partner = report->partner;
    }
    return OK;
}

static void close_documents(void *context, struct intake_job *jobs, unsigned count)
{
    (void)context;
    (void)jobs;
    CHECK_INT(count, desk->count);
}

static bool refused(void *context, struct slice line_id)
{
    (void)context;
    for (unsigned k = 0; k < desk->refused_count; k++)
        if (slice_equal(desk->refused[k], line_id)) return true;
    return false;
}

static const struct intake_targets targets = {
    .standing = standing, .open = open_documents, .close = close_documents, .refused = refused
};

static enum err on_line(void *context, const struct intake_line *l)
{
    (void)context;
    struct text *t = &desk->said;
    text_put(t, word_text(VOCABULARY_OUTCOME, (int)l->outcome));
    PUT(t, " ");
    text_put(t, kind_name(l->line->kind));
    PUT(t, " ");
    text_put(t, l->line->invoice_no);
    PUT(t, "/");
    text_put(t, l->line->invoice_line);
    PUT(t, " ");
    text_put_int(t, l->line->qty_milli / 1000);
    if (l->line->original_line_ref.size) PUT(t, " of");
    text_put(t, slice_head(l->line->original_line_ref, 4));
    if (l->line->submission_no > 1) { PUT(t, " #"); text_put_int(t, l->line->submission_no); }
    PUT(t, "; ");
    CHECK(l->receipt->line_id.size == ID_HEX);
    if (desk->line_count < FILES_MAX)
        desk->line_ids[desk->line_count++] = slice_copy(test_arena(), l->receipt->line_id);
    return OK;
}

static enum err on_undo(void *context, struct slice report_id, const struct report_ref *target, enum purpose purpose)
{
    (void)context;
    (void)purpose;
    struct text t = text_in(test_arena(), 64);
    text_put(&t, report_id);
    PUT(&t, ">");
    text_put(&t, target->number);
    desk->undone = text_slice(&t);
    return OK;
}

static enum interchange_standing interchange(void *context, struct slice key, const uint8_t sha256[SHA256_BYTES])
{
    (void)context;
    (void)sha256;
    CHECK(slice_starts_with(key, SLICE("01*123456789*ZZ*CLAIMSTREAM*00000471")));
    return desk->interchange;
}

static enum document_state run(struct slice bytes, unsigned chunk)
{
    struct spool spool = spool_over(bytes);
    struct intake_job job = job_of(&spool);
    struct intake_events events = { .on_line = on_line, .on_undo = on_undo, .interchange = interchange };
    struct intake *intake;
    bool done = false;
    job.targets = &targets;
    desk->said.size = desk->line_count = 0;
    CHECK_INT(intake_open(&intake, &job, &events), OK);
    while (!done) CHECK_INT(intake_post(intake, chunk, &done), OK);
    const struct intake_result *result = intake_result(intake);
    enum document_state state = result->state;
    desk->question = result->question ? result->question->code : ISSUE_NONE;
    desk->says_cancelled = issues_has(&result->warnings, ISSUE_REPORT_CANCELLED);
    intake_close(intake);
    return state;
}

#define SALE_OF(invoice, line, qty) \
    "{\"kind\":\"POS_SALE\",\"invoice_no\":\"" invoice "\",\"invoice_line\":\"" line \
    "\",\"ship_date\":\"2026-03-01\",\"vendor_part\":\"P\"," \
    "\"qty\":\"" qty "\",\"uom\":\"EA\"}"
#define REPORT(number, purpose, original, lines) \
    "{\"document\":{\"report_id\":\"" number "\",\"purpose\":\"" purpose "\",\"original_report_id\":\"" original \
    "\"},\"lines\":[" lines "]}"

static const char original[] =
    REPORT("R-1", "original", "", SALE_OF("1", "1", "5") "," SALE_OF("1", "2", "6") "," SALE_OF("2", "1", "7"));
static const char replacement[] =
    REPORT("R-2", "replace", "R-1", SALE_OF("1", "1", "5") "," SALE_OF("1", "2", "8") "," SALE_OF("3", "1", "9"));

TEST(a_cancel_gives_one_cancel_for_each_line_on_file)
{
    desk_open();
    on_file(original, "R-1");
    CHECK_INT(run(SLICE(REPORT("R-8", "cancel", "R-1", "")), 1000), DOCUMENT_POSTED);
    struct slice rest = text_slice(&desk->said);
    unsigned cancels = 0;
    while (rest.bytes && rest.size)
        cancels += slice_starts_with(slice_trim(slice_cut(&rest, ';')), SLICE("PASS CANCEL / 0 of"));
    CHECK_INT(cancels, 3);
    CHECK_TEXT(desk->undone, "R-8>R-1");
}

TEST(a_replace_keeps_what_is_equal_replaces_what_differs_adds_what_is_new_and_cancels_the_rest)
{
    for (unsigned chunk = 1; chunk <= 3; chunk++) {
        desk_open();
        on_file(original, "R-1");
        CHECK_INT(run(slice_from(replacement), chunk), DOCUMENT_POSTED);
        struct slice rest = text_slice(&desk->said);
        CHECK(slice_starts_with(slice_cut(&rest, ';'), SLICE("PASS REPLACE 1/2 8 of")));
        CHECK_TEXT(slice_cut(&rest, ';'), " PASS POS_SALE 3/1 9");
        CHECK(slice_starts_with(slice_cut(&rest, ';'), SLICE(" PASS CANCEL / 0 of")));
        CHECK_TEXT(rest, " ");
    }
}

TEST(what_is_cancelled_is_what_all_documents_of_the_report_left)
{
    desk_open();
    on_file(original, "R-1");
    on_file(replacement, "R-1");
    CHECK_INT(run(SLICE(REPORT("R-9", "cancel", "R-2", "")), 1), DOCUMENT_POSTED);
    struct slice rest = text_slice(&desk->said);
    unsigned cancels = 0;
    while (rest.bytes && rest.size)
        cancels += slice_starts_with(slice_trim(slice_cut(&rest, ';')), SLICE("PASS CANCEL"));
    CHECK_INT(cancels, 4);      /* 1/1 of the original, the REPLACE of 1/2 and what it named, the new 3/1 */
}

#define PARTNERS(partner, purpose, lines) \
    "{\"document\":{\"partner_id\":\"" partner "\",\"report_id\":\"R-2\",\"purpose\":\"" purpose "\"},\"lines\":[" lines "]}"

/* Who reports for several numbers their reports alike: a document that names its partner changes that one's alone. */
TEST(reports_of_several_partners_under_one_number_are_apart)
{
    desk_open();
    on_file(PARTNERS("N", "original", SALE_OF("1", "1", "5")), "R-2");
    on_file(PARTNERS("M", "original", SALE_OF("9", "1", "6")), "R-2");
    on_file(PARTNERS("N", "replace", SALE_OF("1", "1", "7")), "R-2");
    CHECK_INT(run(SLICE(PARTNERS("M", "replace", SALE_OF("9", "1", "8"))), 1), DOCUMENT_POSTED);
    struct slice rest = text_slice(&desk->said);
    CHECK(slice_starts_with(slice_cut(&rest, ';'), SLICE("PASS REPLACE 9/1 8 of")));
    CHECK_TEXT(rest, " ");
    CHECK_INT(run(SLICE(PARTNERS("N", "cancel", "")), 1), DOCUMENT_POSTED);
    CHECK_INT(desk->line_count, 2);                 /* the REPLACE of N's sale, and the sale */
    CHECK(slice_starts_with(text_slice(&desk->said), SLICE("PASS CANCEL / 0 of")));
}

TEST(the_same_replacement_again_changes_nothing)
{
    desk_open();
    on_file(original, "R-1");
    on_file(replacement, "R-1");
    CHECK_INT(run(SLICE(REPORT("R-3", "replace", "R-1",
                               SALE_OF("3", "1", "9") "," SALE_OF("1", "1", "5") "," SALE_OF("1", "2", "8"))),
                  1000),
              DOCUMENT_POSTED);
    CHECK_TEXT(text_slice(&desk->said), "");
}

TEST(a_refused_line_of_a_replacement_leaves_what_stands)
{
    desk_open();
    on_file(original, "R-1");
    CHECK_INT(run(SLICE(REPORT("R-2", "replace", "R-1",
                               SALE_OF("1", "1", "5") "," SALE_OF("1", "2", "zero") "," SALE_OF("2", "1", "7"))),
                  1000),
              DOCUMENT_REJECTED);
    CHECK_TEXT(text_slice(&desk->said), "REJECT POS_SALE 1/2 0; ");
}

TEST(a_target_that_is_not_known_is_asked_for_and_one_that_was_cancelled_is_a_duplicate)
{
    desk_open();
    CHECK_INT(run(SLICE(REPORT("R-8", "cancel", "R-1", "")), 1000), DOCUMENT_HELD);
    CHECK_INT(run(SLICE(REPORT("R-8", "cancel", "GONE", "")), 1000), DOCUMENT_DUPLICATE);
    CHECK(desk->says_cancelled);
    CHECK_INT(run(SLICE(REPORT("R-8", "replace", "GONE", SALE_OF("1", "1", "5"))), 1000), DOCUMENT_DUPLICATE);
    CHECK(desk->says_cancelled);
}

TEST(why_a_report_cannot_be_undone_is_asked_by_its_own_question)
{
    static const struct { const char *json, *x12; enum issue_code question; } cases[] = {
        { REPORT("R-8", "cancel", "SEVERAL", ""), "SEVERAL", ISSUE_REPORT_OF_SEVERAL },
        { REPORT("R-8", "cancel", "LONG", ""), "LONG", ISSUE_REPORT_OF_TOO_MANY },
        { REPORT("R-8", "cancel", "LOST", ""), "LOST", ISSUE_REPORT_LOST },
        { REPORT("R-8", "cancel", "T-1", ""), "T-1", ISSUE_DOCUMENT_TARGET_UNKNOWN },
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        desk_open();
        CHECK_INT(run(slice_from(cases[k].json), 1000), DOCUMENT_HELD);
        CHECK_INT(desk->question, cases[k].question);
        char body[160];
        snprintf(body, sizeof body, "BPT*01*R-8*20260331*02*****%s~PTD*SU~CTT*1~", cases[k].x12);
        CHECK_INT(run(rig_file("PT", "004010", rig_text(rig_set("867", "0001", body)), 1), 1000), DOCUMENT_HELD);
        CHECK_INT(desk->question, cases[k].question);
    }
}

static struct slice pos_set(const char *purpose, const char *lines, const char *number)
{
    struct text body = text_in(test_arena(), 2048);
    PUT(&body, "BPT*");
    text_put(&body, slice_from(purpose));
    PUT(&body, "*R-2*20260331*02*****R-1~CUR*DS*EUR~");
    text_put(&body, slice_from(lines));
    PUT(&body, "CTT*1~");
    struct slice set = rig_set("867", number, slice_copy(test_arena(), text_slice(&body)).bytes);
    return rig_file("PT", "004010", slice_copy(test_arena(), set).bytes, 1);
}

#define X12_SALE(invoice, qty) "PTD*SD***DI*" invoice "~DTM*003*20260301~DTM*011*20260301~QTY*39*" qty "*EA~LIN**VP*P~"
static const char x12_original[] =
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    "
    "*260408*0900*U*00401*000004710*0*P*:~GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*1*X*004010~"
    "ST*867*0001~BPT*00*R-1*20260331*02~CUR*DS*EUR~" X12_SALE("1", "5")
        X12_SALE("2", "6") "SE*14*0001~GE*1*1~IEA*1*000004710~";

TEST(sets_of_x12_cancel_replace_and_change_the_report_they_name)
{
    struct { const char *purpose, *lines; struct slice says; } cases[] = {
        { "01", "PTD*SU~", SLICE("PASS CANCEL / 0 of; PASS CANCEL / 0 of; ") },
        { "05", X12_SALE("1", "5") X12_SALE("3", "1"), SLICE("PASS POS_SALE 3/ 1; PASS CANCEL / 0 of; ") },
        { "04", X12_SALE("2", "9"), SLICE("PASS REPLACE 2/ 9 of; ") },
        { "CO", X12_SALE("2", "6"), SLICE("") },
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        desk_open();
        on_file(x12_original, "R-1");
        CHECK_INT(run(pos_set(cases[k].purpose, cases[k].lines, "0001"), 1000), DOCUMENT_POSTED);
        struct text without_ids = text_in(test_arena(), SAID_BYTES);
        struct slice rest = text_slice(&desk->said);
        while (rest.bytes && rest.size > 1) {
            struct slice one = slice_cut(&rest, ';');
            size_t at = one.size;
            for (size_t n = 0; n + 4 <= one.size; n++)
                if (slice_equal(slice_head(slice_skip(one, n), 3), SLICE(" of"))) at = n + 3;
            text_put(&without_ids, slice_head(one, at));
            PUT(&without_ids, ";");
        }
        if (without_ids.size) PUT(&without_ids, " ");
        CHECK_SLICE(text_slice(&without_ids), cases[k].says);
    }
}

/* " of" and the beginning of the id that the first said line names. */
static struct slice named_first(void)
{
    struct slice rest = text_slice(&desk->said), one = slice_cut(&rest, ';');
    CHECK(one.size > 7);
    return slice_copy(test_arena(), slice_skip(one, one.size - 7));
}

/* A second correction stands on the first, as that one was posted; what it takes back is all of the place. */
TEST(a_report_of_x12_is_corrected_as_the_correction_before_left_it)
{
    struct slice first = pos_set("05", X12_SALE("1", "7") X12_SALE("2", "6"), "0001");
    desk_open();
    on_file(x12_original, "R-1");
    CHECK_INT(run(first, 1000), DOCUMENT_POSTED);
    struct slice of_original = named_first();
    desk_open();
    on_file(x12_original, "R-1");
    on_file(first.bytes, "R-1");
    CHECK_INT(run(pos_set("05", X12_SALE("1", "9") X12_SALE("2", "6"), "0001"), 1000), DOCUMENT_POSTED);
    CHECK(slice_starts_with(text_slice(&desk->said), SLICE("PASS REPLACE 1/ 9 of")));
    struct slice of_first = named_first();
    CHECK(!slice_equal(of_first, of_original));
    desk_open();
    on_file(x12_original, "R-1");
    on_file(first.bytes, "R-1");
    CHECK_INT(run(pos_set("01", "PTD*SU~", "0001"), 1000), DOCUMENT_POSTED);
    struct slice said = text_slice(&desk->said);
    CHECK(memmem(said.bytes, said.size, of_first.bytes, of_first.size)
          && memmem(said.bytes, said.size, of_original.bytes, of_original.size));
}

static void refuse_line(unsigned ordinal)
{
    CHECK(ordinal < desk->line_count);
    desk->refused[desk->refused_count++] = desk->line_ids[ordinal];
}

/* 15, 18, 6R, and 6R as type of a claim: what was refused goes under its next number, what was not under its own. */
/* Sets of one interchange that correct one report follow each other: the second meets what the first left. */
TEST(sets_of_one_document_correct_a_report_in_turn)
{
    static const char twice[] =
        "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    "
        "*260408*0900*U*00401*000004711*0*P*:~GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*2*X*004010~"
        "ST*867*0001~BPT*05*R-2*20260331*02*****R-1~CUR*DS*EUR~" X12_SALE("1", "7") "SE*9*0001~"
        "ST*867*0002~BPT*05*R-2*20260331*02*****R-1~CUR*DS*EUR~" X12_SALE("1", "8") X12_SALE("3", "1") "SE*14*0002~"
        "GE*2*2~IEA*1*000004711~";
    desk_open();
    on_file(x12_original, "R-1");
    CHECK_INT(run(slice_from(twice), 1), DOCUMENT_POSTED);
    struct slice rest = text_slice(&desk->said), first = slice_head(desk->line_ids[0], 4);
    CHECK(slice_starts_with(slice_cut(&rest, ';'), SLICE("PASS REPLACE 1/ 7 of")));
    CHECK(slice_starts_with(slice_cut(&rest, ';'), SLICE(" PASS CANCEL / 0 of")));
    struct slice second = slice_cut(&rest, ';');
    CHECK(slice_starts_with(second, SLICE(" PASS REPLACE 1/ 8 of")));
    CHECK(slice_ends_with(second, first));          /* it names the first one's line */
    CHECK_TEXT(rest, " PASS POS_SALE 3/ 1; ");
    on_file(twice, "R-1");
    CHECK_INT(run(SLICE(REPORT("R-9", "cancel", "R-2", "")), 1), DOCUMENT_POSTED);
    CHECK_INT(desk->line_count, 4);                 /* 8, the 7 and the 5 that it stands for, and invoice 3 */
}

TEST(a_report_that_is_sent_again_numbers_what_was_refused)
{
    static const char *const purposes[] = { "15", "18", "6R" };
    for (unsigned k = 0; k < sizeof purposes / sizeof *purposes; k++) {
        desk_open();
        run(slice_from(x12_original), 1000);
        refuse_line(1);
        on_file(x12_original, "R-1");
        struct slice again = pos_set(purposes[k], X12_SALE("1", "5") X12_SALE("2", "7"), "0001");
        CHECK_INT(run(again, 1), DOCUMENT_POSTED);
        CHECK_TEXT(text_slice(&desk->said), "PASS POS_SALE 1/ 5; PASS POS_SALE 2/ 7 #2; ");
        CHECK_TEXT(desk->undone, "R-2>R-1");
        refuse_line(1);
        on_file(again.bytes, "R-1");
        run(pos_set(purposes[k], X12_SALE("2", "8") X12_SALE("3", "1"), "0001"), 1000);
        CHECK_TEXT(text_slice(&desk->said), "PASS POS_SALE 2/ 8 #3; PASS POS_SALE 3/ 1; ");
        run(pos_set("00", X12_SALE("2", "8"), "0001"), 1000);
        CHECK_TEXT(text_slice(&desk->said), "PASS POS_SALE 2/ 8; ");
        run(pos_set("01", "PTD*SU~", "0001"), 1000);            /* what was sent again stands for what was refused */
        CHECK_INT(desk->line_count, 3);
    }
}

TEST(a_report_that_nobody_knows_is_sent_again_as_the_first)
{
    desk_open();
    CHECK_INT(run(pos_set("15", X12_SALE("1", "5"), "0001"), 1000), DOCUMENT_POSTED);
    CHECK_TEXT(text_slice(&desk->said), "PASS POS_SALE 1/ 5; ");
    CHECK_INT(desk->undone.size, 0);
}

TEST(a_claim_says_by_its_type_that_it_comes_again)
{
    static const char pad[] = "CON*CT*Q-1~REF*DI*7~DTM*011*20260301~PAD*1*SD~LIN**VP*P~QTY*39*2*EA~";
    char body[512];
    desk_open();
    snprintf(body, sizeof body, "BAA*00*CK*20260331*AM*R-1~CUR*DS*EUR~%sCTT*1~", pad);
    struct slice first = rig_file("CF", "004010", rig_text(rig_set("844", "0001", body)), 1);
    run(first, 1000);
    refuse_line(0);
    on_file(rig_text(first), "R-1");
    snprintf(body, sizeof body, "BAA*00*6R*20260331*AM*R-1~CUR*DS*EUR~%sCTT*1~", pad);
    run(rig_file("CF", "004010", rig_text(rig_set("844", "0002", body)), 1), 1000);
    CHECK_TEXT(text_slice(&desk->said), "PASS SHIP_DEBIT_CLAIM 7/ 2 #2; ");
}

TEST(an_interchange_number_that_came_with_other_content_is_refused_with_025)
{
    desk_open();
    struct slice bytes = pos_set("00", X12_SALE("1", "5"), "0001");
    CHECK_INT(run(bytes, 1000), DOCUMENT_POSTED);
    desk->interchange = INTERCHANGE_SAME;
    CHECK_INT(run(bytes, 1000), DOCUMENT_DUPLICATE);
    desk->interchange = INTERCHANGE_OTHER;
    CHECK_INT(run(bytes, 1000), DOCUMENT_REJECTED);
    CHECK_TEXT(text_slice(&desk->said), "");
}

static void put_answer(void *context, struct slice bytes)
{
    text_put(context, bytes);
}

TEST(a_reused_interchange_number_is_answered_with_a_ta1)
{
    desk_open();
    struct spool spool = spool_over(pos_set("00", X12_SALE("1", "5"), "0001"));
    struct intake_job job = job_of(&spool);
    struct intake_events events = { .interchange = interchange };
    struct intake *intake;
    struct text answer = text_in(test_arena(), 4096);
    struct answer_sink sink = { &answer, put_answer };
    struct answer_options options = { .control_number = 1, .now_unix_ms = job.received_at_unix_ms };
    desk->interchange = INTERCHANGE_OTHER;
    CHECK_INT(intake_open(&intake, &job, &events), OK);
    CHECK(issues_has(&intake_result(intake)->errors, ISSUE_INTERCHANGE_REUSED));
    CHECK(intake_answer(intake, &options, &sink));
    bool is_told = false;
    for (size_t n = 0; n + 5 <= answer.size; n++) is_told |= memcmp(answer.bytes + n, "R*025", 5) == 0;
    CHECK(is_told);
    intake_close(intake);
}
