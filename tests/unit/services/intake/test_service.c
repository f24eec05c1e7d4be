/* The service: documents come in and are answered. What waits: test_service_held.c; lists: test_service_listed.c. */
#include "service_rig.h"

#include <signal.h>
#include <sys/resource.h>

#define SET(icn) "GS*PT*N*C*20260408*0900*1*X*004010~ST*867*0001~BPT*00*R-X" icn \
    "*20260331*02~CUR*DS*USD~PTD*SD***DI*9" icn "~DTM*003*20260301~" \
    "DTM*011*20260301~QTY*39*5*EA~LIN**VP*P~SE*9*0001~GE*1*1~IEA*1*" icn "~"
#define X12(icn) ISA(icn) SET(icn)
#define X12_OF(icn, segments, count) \
    ISA(icn) "GS*PT*N*C*20260408*0900*1*X*004010~ST*867*0001~" segments "SE*" count "*0001~GE*1*1~IEA*1*" icn "~"

TEST(a_document_is_answered_202_when_its_lines_are_posted_and_200_when_it_comes_again)
{
    struct desk *k = desk_open();
    struct desk_answer *first = SEND(k, SLICE(SALE("1", "1") "\n" SALE("2", "x") "\n" SALE("3", "3")), 0);
    desk_wait(k, first);
    CHECK_INT(first->status, 202);
    CHECK_INT(first->state, INTAKE_POSTED);
    CHECK(holds(first->body, "\"state\":\"POSTED\"") && holds(first->body, "\"lines\":3,\"passed\":2")
          && holds(first->body, "\"rejected\":1"));
    CHECK(slice_starts_with(member(first->body, "id"), SLICE("d-00")));
    struct desk_answer *second =
        SEND(k, SLICE(SALE("1", "1") "\n" SALE("2", "x") "\n" SALE("3", "3")), .name = "other.json");
    desk_wait(k, second);
    CHECK_INT(second->status, 200);
    CHECK(holds(second->body, "\"state\":\"DUPLICATE\"") && holds(second->body, "\"duplicate_of\":\"d-00"));
    CHECK_INT(service_counts(k->service).passed, 2);
    desk_close(k);
}

TEST(a_document_of_which_nothing_can_be_posted_is_a_problem_with_its_errors)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, SLICE(SALE("1", "x")), 0), *b = SEND(k, SLICE("<html>"), 0);
    desk_wait(k, a);
    CHECK_INT(a->status, 422);
    CHECK_TEXT(a->type, "application/problem+json");
    CHECK(holds(a->body, "\"type\":\"/problems/document-rejected\"")
          && holds(a->body, "\"instance\":\"/v1/documents/d-00") && holds(a->body, "\"field\":\"qty\""));
    desk_wait(k, b);
    CHECK(holds(b->body, "HTML_NOT_A_WORKBOOK"));
    desk_close(k);
}

/* feeds.md 8 and 14: whatever its media type said, a format that is not read is 415; the document is stored. */
TEST(a_format_that_is_not_read_is_415_by_its_bytes)
{
    static const char *const bodies[] = { "UNB+UNOA:1+A+B+260401:1200+1'", "<Pip3A4/>", "<html>",
                                          "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "%PDF-1.7" };
    struct desk *k = desk_open();
    for (unsigned n = 0; n < sizeof bodies / sizeof *bodies; n++) {
        struct desk_answer *a = SEND(k, slice_from(bodies[n]), .key = bodies[n][1] == 'N' ? "k-unb" : NULL);
        desk_wait(k, a);
        CHECK_INT(a->status, 415);
        CHECK_INT(a->problem, REPLY_FORMAT_UNSUPPORTED);
        CHECK(holds(a->body, "\"type\":\"/problems/format-unsupported\"")
              && holds(a->body, "\"instance\":\"/v1/documents/d-00") && holds(a->body, "\"errors\":[{\"code\""));
    }
    struct desk_answer *again = SEND(k, slice_from(bodies[0]), .key = "k-unb");
    desk_wait(k, again);
    CHECK_INT(again->status, 415);
    CHECK(again->is_replay);
    desk_close(k);
}

/* Deliveries that the spool has handed on and the engine has not taken. */
static unsigned desk_waiting(struct desk *k)
{
    struct queue *q = &k->service->to_engine;
    pthread_mutex_lock(&q->mutex);
    unsigned count = q->count;
    pthread_mutex_unlock(&q->mutex);
    return count;
}

TEST(a_key_brings_its_answer_back_whatever_happened_meanwhile_and_takes_no_other_body)
{
    struct desk *k = desk_open();
    struct desk_answer *first = SEND(k, SLICE(SALE("1", "1")), .key = "k-1"),
                       *running = SEND(k, SLICE(SALE("1", "1")), .key = "k-1");
    WAIT_FOR(desk_waiting(k) == 2, nanosleep(&(struct timespec){ 0, 200000 }, NULL));  /* both before the first turn */
    desk_wait(k, first);
    desk_wait(k, running);
    CHECK_INT(running->status, 409);
    CHECK_INT(running->problem, REPLY_IN_PROGRESS);
    desk_restart(k);
    struct desk_answer *again = SEND(k, SLICE(SALE("1", "1")), .key = "k-1"),
                       *other = SEND(k, SLICE(SALE("9", "1")), .key = "k-1");
    desk_wait(k, again);
    CHECK_INT(again->status, 202);
    CHECK(again->is_replay);
    CHECK_SLICE(again->body, first->body);
    desk_wait(k, other);
    CHECK_INT(other->status, 422);
    CHECK_INT(other->problem, REPLY_KEY_REUSED);
    struct desk_answer *elsewhere = SEND(k, SLICE(SALE("1", "1")), .submitter = "south", .key = "k-1");
    desk_wait(k, elsewhere);
    CHECK_INT(elsewhere->status, 202);              /* keys belong to their submitter */
    CHECK(!elsewhere->is_replay);
    desk_close(k);
}

/* What is too large, told by the survey alone, is no answer of a key: the key is free for the body in parts. */
TEST(what_is_too_large_is_never_kept_for_a_key)
{
    enum { BODY_BYTES = (32 << 20) + 4 };
    struct desk *k = desk_open();
    char *body = malloc(BODY_BYTES);
    memset(body, ' ', BODY_BYTES);
    body[0] = '[', body[BODY_BYTES - 1] = ']';
    struct desk_answer *large = SEND(k, slice_of(body, BODY_BYTES), .key = "k-1");
    desk_wait(k, large);
    CHECK_INT(large->status, 413);
    CHECK(holds(large->body, "JSON_NEEDS_NDJSON"));
    desk_restart(k);
    struct desk_answer *parts = SEND(k, SLICE(SALE("1", "1")), .key = "k-1");
    desk_wait(k, parts);
    CHECK_INT(parts->status, 202);
    CHECK(!parts->is_replay);
    free(body);
    desk_close(k);
}

#define EVENT(id, time, data) \
    "{\"specversion\":\"1.0\",\"id\":\"" id "\",\"source\":\"/erp\",\"type\":\"t\",\"time\":\"" time \
    "\",\"data\":" data "}"

/* feeds.md 11 and 14: an id names one content, whatever else an event says; other content is 422. */
TEST(an_event_that_came_before_is_a_duplicate_and_its_id_takes_no_other_content)
{
    static const struct { const char *bytes, *state; unsigned status, passed; bool is_behind_restart; } rows[] = {
        { EVENT("e-1", "09:00", SALE("1", "1")), "POSTED", 202, 1, false },
        { EVENT("e-1", "09:01", SALE("1", "1")), "DUPLICATE", 200, 0, false },
        { EVENT("e-1", "09:02", SALE("1", "2")), NULL, 422, 0, true },
        { EVENT("e-2", "09:02", SALE("1", "2")), "POSTED", 202, 1, false },
        { EVENT("e-1", "09:01", SALE("1", "1")), "DUPLICATE", 200, 0, true },
    };
    struct desk *k = desk_open();
    for (unsigned n = 0; n < sizeof rows / sizeof *rows; n++) {
        if (rows[n].is_behind_restart) desk_restart(k);
        uint64_t before = service_counts(k->service).passed;
        struct desk_answer *a = SEND(k, slice_from(rows[n].bytes));
        desk_wait(k, a);
        CHECK_INT(a->status, rows[n].status);
        CHECK_INT(service_counts(k->service).passed - before, rows[n].passed);
        if (rows[n].state) CHECK_SLICE(member(a->body, "state"), slice_from(rows[n].state));
        else CHECK(a->problem == REPLY_EVENT_ID_REUSED && holds(a->body, "/problems/event-id-reused"));
    }
    desk_close(k);
}

/* Its bytes alone would pass: what the register refused it for stands in whatever is asked about it. */
TEST(a_document_that_the_register_refused_has_no_lines_and_the_errors_of_its_row)
{
#define SALE_867(part) \
    X12_OF("000000091", "BPT*00*R*20260331*02~PTD*SS***DI*7~DTM*003*20260301~DTM*011*20260301~QTY*39*5*EA~" \
                        "LIN**VP*" part "~", "8")
    static const struct { const char *first, *second, *code; bool is_x12; } rows[] = {
        { SALE_867("A"), SALE_867("B"), "INTERCHANGE_REUSED", true },
        { EVENT("e-9", "09:00", SALE("1", "1")), EVENT("e-9", "09:01", SALE("1", "2")), "EVENT_ID_REUSED", false },
    };
    struct desk *k = desk_open();
    for (unsigned n = 0; n < sizeof rows / sizeof *rows; n++) {
        struct desk_answer *first = SEND(k, slice_from(rows[n].first)), *second = SEND(k, slice_from(rows[n].second));
        desk_wait(k, first);
        desk_wait(k, second);
        CHECK_INT(first->status, 202);
        CHECK_INT(second->status, 422);
        struct slice id = slice_skip(member(second->body, "instance"), strlen("/v1/documents/"));
        CHECK_TEXT(ASK(k, .kind = QUESTION_LINES, .id = id)->file, "");
        CHECK(holds(ASK(k, .kind = QUESTION_ERRORS, .id = id)->file, rows[n].code));
        CHECK_INT(ASK(k, .kind = QUESTION_RESPONSE, .id = id)->status, 404);
        if (rows[n].is_x12) CHECK(holds(ASK(k, .kind = QUESTION_REJECTS, .id = id)->file, "LIN**VP*B~"));
    }
    desk_close(k);
}

/* The same of an event whose names were told beside its data, of every format but one that has a number of its own. */
TEST(the_data_of_an_event_that_is_named_beside_them_are_known_by_its_id)
{
#define ROWS(invoice) "invoice,qty,part,resale price,ship date\n" invoice ",1,P,1.25,2026-03-01\n"
    static const struct { const char *event, *bytes, *state; unsigned status, passed; bool restarts; } rows[] = {
        { "e-1", SALE("1", "1"), "POSTED", 202, 1, false },
        { "e-1", SALE("1", "1"), "DUPLICATE", 200, 0, false },
        { "e-1", SALE("1", "2"), NULL, 422, 0, true },
        { NULL, EVENT("e-1", "09:01", SALE("1", "1")), "DUPLICATE", 200, 0, false },
        { NULL, EVENT("e-1", "09:01", SALE("1", "3")), NULL, 422, 0, false },
        { "e-2", SALE("1", "1"), "POSTED", 202, 1, true },
        { "e-3", ROWS("8"), "POSTED", 202, 1, false },
        { "e-3", ROWS("9"), NULL, 422, 0, false },
        { "e-4", X12_OF("000000071", "BPT*00*R*20260331*02~PTD*SU~", "4"), "POSTED", 202, 0, false },
        { "e-4", X12_OF("000000072", "BPT*00*R*20260331*02~PTD*SU~", "4"), "POSTED", 202, 0, false },
    };
    struct desk *k = desk_open();
    for (unsigned n = 0; n < sizeof rows / sizeof *rows; n++) {
        if (rows[n].restarts) desk_restart(k);
        uint64_t before = service_counts(k->service).passed;
        struct desk_answer *a = SEND(k, slice_from(rows[n].bytes), .event = rows[n].event);
        desk_wait(k, a);
        CHECK_INT(a->status, rows[n].status);
        CHECK_INT(service_counts(k->service).passed - before, rows[n].passed);
        if (rows[n].state) CHECK_SLICE(member(a->body, "state"), slice_from(rows[n].state));
        else CHECK(a->problem == REPLY_EVENT_ID_REUSED);
    }
    desk_close(k);
}

/* feeds.md 7.1: a header alone closes the calendar, and whoever sent it by mistake is told; documents that are no
 * reports say other things. */
TEST(a_document_without_lines_says_why_it_has_none)
{
    static const struct { const char *bytes, *note; bool is_x12; } rows[] = {
        { "invoice;qty;part;resale price;ship date\n", "DOCUMENT_EMPTY", false },
        { "[]", "DOCUMENT_EMPTY", false },
        { "No sales in March\n", "DOCUMENT_EMPTY", false },
        { X12_OF("000000051", "BPT*00*R*20260331*02~PTD*SU~", "4"), "DOCUMENT_EMPTY", true },
        { X12_OF("000000052", "BPT*08*R*20260331*02~PTD*SU~", "4"), "NO_LINES_MADE", true },
    };
    struct desk *k = desk_open();
    for (unsigned n = 0; n < sizeof rows / sizeof *rows; n++) {
        struct desk_answer *a = SEND(k, slice_from(rows[n].bytes));
        desk_wait(k, a);
        CHECK_INT(a->status, 202);
        CHECK(holds(a->body, "\"state\":\"POSTED\"") && holds(a->body, "\"lines\":0"));
        CHECK(holds(a->body, "\"notes\":[{\"code\":\"") && holds(a->body, rows[n].note));
        CHECK(!holds(a->body, "\"errors\":[{"));
        struct desk_answer *b = ASK(k, .kind = QUESTION_STATUS, .id = member(a->body, "id"));
        CHECK(holds(b->body, rows[n].note));
    }
    struct desk_answer *sale = SEND(k, SLICE("invoice,qty,part,resale price,ship date\n1,1,P,1.25,2026-03-01\n"),
                                    .name = "a.csv");
    desk_wait(k, sale);
    CHECK(!holds(sale->body, "\"notes\"") && holds(sale->body, "\"warnings\":[{\"code\":\"UOM_ASSUMED\""));
    desk_close(k);
}

TEST(a_file_of_several_interchanges_is_several_documents_each_answered)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, SLICE(X12("000000001") X12("000000002") X12("000000003")), .name = "three.edi");
    desk_wait(k, a);
    CHECK_INT(a->status, 202);
    CHECK(holds(a->body, "\"documents\":[") && holds(a->body, "R-X000000001") == false);
    CHECK_INT(service_counts(k->service).passed, 3);
    CHECK_INT(service_counts(k->service).documents, 3);
    struct slice rest = a->body;
    rest = slice_skip(rest, 20);
    struct desk_answer *ack = ASK(k, .kind = QUESTION_ACK, .id = member(rest, "id"));
    CHECK_INT(ack->status, 200);
    CHECK_TEXT(ack->type, "application/edi-x12");
    CHECK(holds(ack->file, "AK1*PT*1~") && holds(ack->file, "AK5*A~"));
    struct desk_answer *again = SEND(k, SLICE(X12("000000002")), 0),
                       *other = SEND(k, SLICE(ISA("000000003") SET("000000009")), 0);
    desk_wait(k, again);
    CHECK_INT(again->status, 200);
    desk_wait(k, other);
    CHECK_INT(other->status, 422);
    desk_close(k);
}

/* Their common parent is the file: it is asked by its own id, by its sender alone. */
TEST(the_documents_of_a_file_have_one_parent_which_names_them)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, SLICE(X12("000000001") X12("000000002") X12("000000003")), .name = "three.edi");
    desk_wait(k, a);
    struct slice parent = member(a->body, "parent"), id = member(a->body, "id");
    CHECK(slice_starts_with(parent, SLICE("d-")) && !slice_equal(parent, id));
    struct desk_answer *one = ASK(k, .kind = QUESTION_STATUS, .id = id);
    CHECK_SLICE(member(one->body, "parent"), parent);
    struct desk_answer *all = ASK(k, .kind = QUESTION_STATUS, .id = parent);
    CHECK_INT(all->status, 200);
    CHECK(holds(all->body, "\"document_count\":3"));
    CHECK_SLICE(member(all->body, "id"), id);
    CHECK_INT(ASK(k, .kind = QUESTION_STATUS, .id = parent, .submitter_id = SLICE("south"))->status, 404);
    CHECK_INT(ASK(k, .kind = QUESTION_LINES, .id = parent)->status, 404);
    struct desk_answer *alone = SEND(k, SLICE(X12("000000004")), .name = "one.edi"),
                       *again = SEND(k, SLICE(X12("000000004") X12("000000005")), .name = "two.edi");
    desk_wait(k, alone);
    CHECK(!holds(alone->body, "\"parent\""));
    desk_wait(k, again);
    CHECK(holds(ASK(k, .kind = QUESTION_STATUS, .id = member(again->body, "parent"))->body, "\"document_count\":2"));
    desk_close(k);
}

TEST(what_is_asked_of_a_document_comes_from_its_bytes)
{
    struct desk *k = desk_open();
    struct slice bytes =
        SLICE("Invoice;Qty;Part;Resale;Ship Date\r\n1;1;P;1,50;2026-03-01\r\n2;zwei;P;2,50;2026-03-01\r\n");
    struct desk_answer *a = SEND(k, bytes, .name = "m.csv");
    desk_wait(k, a);
    struct slice id = member(a->body, "id");
    struct desk_answer *raw = ASK(k, .kind = QUESTION_RAW, .id = id);
    CHECK_SLICE(raw->file, bytes);
    struct desk_answer *lines = ASK(k, .kind = QUESTION_LINES, .id = id, .outcome = SLICE("REJECT"));
    CHECK(holds(lines->file, "\"outcome\":\"REJECT\"") && !holds(lines->file, "\"outcome\":\"PASS\""));
    struct desk_answer *errors = ASK(k, .kind = QUESTION_ERRORS, .id = id);
    CHECK(holds(errors->file, "\"field\":\"qty\""));
    struct desk_answer *rejects = ASK(k, .kind = QUESTION_REJECTS, .id = id);
    CHECK(slice_starts_with(rejects->file, SLICE("Invoice;Qty;Part;Resale;Ship Date;\"claimstream_line_id\";")));
    CHECK(holds(rejects->file, "\r\n2;zwei;P;2,50;2026-03-01;\"") && !holds(rejects->file, "1;1;P"));
    CHECK_INT(ASK(k, .kind = QUESTION_ACK, .id = id)->status, 404);
    CHECK_INT(ASK(k, .kind = QUESTION_RAW, .id = id, .submitter_id = SLICE("south"))->status, 404);
    CHECK_INT(ASK(k, .kind = QUESTION_RAW, .id = id, .submitter_id = SLICE("south"), .operates = true)->status, 200);
    CHECK_INT(ASK(k, .kind = QUESTION_STATUS, .id = SLICE("d-000-00000000000000000000"))->status, 404);
    CHECK_INT(ASK(k, .kind = QUESTION_STATUS, .id = SLICE("nonsense"))->status, 404);
    desk_close(k);
}

TEST(persons_are_shown_to_whoever_sent_them_and_hidden_from_an_operator)
{
    struct desk *k = desk_open();
    struct slice bytes =
        SLICE("{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\",\"invoice_no\":\"1\",\"ship_date\":\"2026-03-01\","
              "\"vendor_part\":\"P\",\"qty\":\"1\",\"resale_unit\":\"1.50\",\"currency\":\"USD\","
              "\"sold_to\":{\"name\":\"Petr Dorvanik\",\"kind\":\"PERSON\"}}\n");
    struct desk_answer *a = SEND(k, bytes, .name = "m.ndjson");
    desk_wait(k, a);
    struct slice id = member(a->body, "id");
    struct slice own = ASK(k, .kind = QUESTION_LINES, .id = id)->file;
    struct desk_answer *other =
        ASK(k, .kind = QUESTION_LINES, .id = id, .submitter_id = SLICE("south"), .operates = true);
    CHECK(holds(own, "\"name\":\"Petr Dorvanik\""));
    CHECK(holds(other->file, "\"name\":\"*********anik\"") && !holds(other->file, "Dorvanik"));
    desk_close(k);
}

TEST(a_rejects_file_that_comes_back_corrected_posts_only_what_was_refused)
{
    struct desk *k = desk_open();
    struct desk_answer *a =
        SEND(k, SLICE("Invoice;Qty;Part;Resale;Ship Date\r\n1;1;P;1,50;2026-03-01\r\n2;zwei;P;2,50;2026-03-01\r\n"),
             .name = "m.csv");
    desk_wait(k, a);
    struct slice rejects = ASK(k, .kind = QUESTION_REJECTS, .id = member(a->body, "id"))->file;
    struct text fixed = text_in(test_arena(), rejects.size);
    for (size_t n = 0; n < rejects.size; n++) {
        if (n + 4 <= rejects.size && memcmp(rejects.bytes + n, "zwei", 4) == 0) { PUT(&fixed, "2"); n += 3; }
        else text_put_byte(&fixed, rejects.bytes[n]);
    }
    struct desk_answer *b = SEND(k, text_slice(&fixed), .name = "fixed.csv");
    desk_wait(k, b);
    CHECK_INT(b->status, 202);
    CHECK(holds(b->body, "\"lines\":1,\"passed\":1"));
    struct desk_answer *lines = ASK(k, .kind = QUESTION_LINES, .id = member(b->body, "id"));
    CHECK(holds(lines->file, "\"submission_no\":2") || holds(lines->file, "\"submission_no\":\"2\""));
    CHECK(!holds(lines->file, "claimstream_"));
    desk_close(k);
}

TEST(a_short_row_comes_back_with_its_codes_below_their_names)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(
        k,
        SLICE("Invoice;Qty;Ship Date;Part;Branch\r\n1;1;2026-03-01;P;N\r\n2;\"1\"\r\n\"3;b\";zwei;2026-03-01;P;N\r\n"),
        .name = "m.csv");
    desk_wait(k, a);
    struct desk_answer *rejects = ASK(k, .kind = QUESTION_REJECTS, .id = member(a->body, "id"));
    CHECK(holds(rejects->file, "\r\n2;\"1\";;;;\""));
    CHECK(holds(rejects->file, "\r\n\"3;b\";zwei;2026-03-01;P;N;\""));
    desk_close(k);
}

/* However many are on their way, whoever sends one of their keys again is told, and nobody else is. */
TEST(keys_on_their_way_are_known_whatever_their_number)
{
    enum { COUNT = 300 };
    struct desk_broker broker = { .gun = { desk_fire }, .is_away = true };
    struct desk *k = desk_open_behind(&broker);
    char key[16], line[256];
    for (unsigned n = 0; n < COUNT; n++) {
        int size = snprintf(line, sizeof line, SALE("%u", "1"), n);
        snprintf(key, sizeof key, "key-%u", n);
        SEND(k, slice_of(line, (size_t)size), .key = key);
    }
    WAIT_FOR(service_waiting(k->service) == COUNT && k->service->keys.count == COUNT, desk_turns(k));
    for (unsigned n = 0; n < COUNT; n += 37) {
        snprintf(key, sizeof key, "key-%u", n);
        struct desk_answer *a = SEND(k, SLICE(SALE("x", "1")), .key = key);
        desk_wait(k, a);
        CHECK_INT(a->status, 409);
    }
    broker.is_away = false;
    desk_rest(k);
    CHECK_INT(service_counts(k->service).passed, COUNT);
    CHECK_INT(k->service->keys.count, 0);
    struct desk_answer *again = SEND(k, SLICE(SALE("x", "1")), .key = "key-7");
    desk_wait(k, again);
    CHECK_INT(again->status, 422);
    desk_close(k);
}

TEST(bounds_change_while_the_service_runs)
{
    struct desk *k = desk_open();
    struct text t = text_in(test_arena(), 64 << 10);
    char line[256];
    for (unsigned n = 0; n < 60; n++) {
        int size = snprintf(line, sizeof line, SALE("%u", "1") "\n", n);
        text_put(&t, slice_of(line, (size_t)size));
    }
    service_retune(k->service, &(struct service_bounds){ .chunk_lines = 10 });
    desk_wait(k, SEND(k, text_slice(&t), .name = "sixty.ndjson"));
    CHECK(service_counts(k->service).transactions >= 6);
    struct desk_answer *held =
        SEND(k, SLICE("invoice;qty;part;resale price;ship date\n1;1;P;1,234;2026-03-01\n"), .name = "held.csv");
    desk_wait(k, held);
    CHECK_INT(held->state, INTAKE_HELD);
    k->now += 40 * (instant_ms)INSTANT_DAY_MS;
    desk_turns(k);
    CHECK(holds(ASK(k, .kind = QUESTION_STATUS, .id = member(held->body, "id"))->body, "\"state\":\"HELD\""));
    service_retune(k->service, &(struct service_bounds){ .held_days_max = 30 });
    WAIT_FOR(holds(ASK(k, .kind = QUESTION_STATUS, .id = member(held->body, "id"))->body, "HELD_EXPIRED"),
             desk_turns(k));
    desk_close(k);
}

TEST(a_document_without_bytes_is_kept_and_given_back_as_it_came)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, SLICE(""), .name = "empty.csv");
    desk_wait(k, a);
    CHECK(holds(a->body, "FILE_EMPTY"));
    CHECK_INT(a->status, 422);
    struct slice id = slice_skip(a->location, sizeof "/v1/documents/" - 1);
    struct desk_answer *raw = ASK(k, .kind = QUESTION_RAW, .id = id);
    CHECK_INT(raw->status, 200);
    CHECK_INT(raw->file.size, 0);
    CHECK_INT(ASK(k, .kind = QUESTION_REJECTS, .id = id)->status, 200);
    desk_close(k);
}

TEST(a_validation_tells_everything_and_keeps_nothing)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, SLICE(SALE("1", "1") "\n" SALE("2", "x")), .is_validation = true);
    desk_wait(k, a);
    CHECK_INT(a->status, 200);
    CHECK(holds(a->body, "\"state\":\"VALIDATED\"") && holds(a->body, "\"passed\":1"));
    struct desk_answer *b =
        SEND(k, SLICE(SALE("1", "1") "\n" SALE("2", "x")), .is_validation = true, .with_lines = true);
    desk_wait(k, b);
    CHECK(holds(b->file, "\"outcome\":\"PASS\"") && holds(b->file, "\"outcome\":\"REJECT\"")
          && holds(b->file, "\"state\":\"VALIDATED\""));
    CHECK_INT(service_counts(k->service).passed, 0);
    struct desk_answer *c = SEND(k, SLICE(SALE("1", "1") "\n" SALE("2", "x")), 0);
    desk_wait(k, c);
    CHECK_INT(c->status, 202);
    desk_close(k);
}

TEST(what_lay_in_the_spool_when_the_process_ended_is_posted_once)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, SLICE(SALE("1", "1")), 0);
    for (unsigned n = 0; n < 50; n++) nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
    desk_engine_close(k);                           /* nothing was posted: the engine had no turn */
    CHECK(!a->is_there);
    desk_engine_open(k);
    desk_wait(k, a);
    CHECK_INT(a->status, 202);
    struct desk_answer *b = SEND(k, SLICE(SALE("2", "1")), 0);
    for (unsigned n = 0; n < 200; n++) {
        bool worked;
        CHECK_INT(service_engine_step(k->service, k->now, &worked),
                  OK); /* taken, perhaps posted; the answer is never delivered */
        nanosleep(&(struct timespec){ 0, 100000 }, NULL);
    }
    desk_restart(k);
    desk_rest(k);
    (void)b;
    CHECK_INT(
        memory_log_end(k->log, TOPIC_CLAIMS_RECEIVED, topic_partition(SLICE("unknown:N-100"), DESK_PARTITIONS)) > 0, 1);
    struct desk_answer *list = ASK(k, .kind = QUESTION_LIST, .limit = 10);
    unsigned posted = 0;
    for (size_t n = 0; n + 16 < list->body.size; n++)
        posted += memcmp(list->body.bytes + n, "\"state\":\"POSTED\"", 16) == 0;
    CHECK_INT(posted, 2);
    desk_close(k);
}

TEST(a_submitter_that_is_not_known_any_more_is_forbidden)
{
    struct desk *k = desk_open();
    struct desk_answer *a = SEND(k, SLICE(SALE("1", "1")), .submitter = "nobody");
    desk_wait(k, a);
    CHECK_INT(a->status, 403);
    desk_close(k);
}

static struct slice sales(unsigned from, unsigned count)
{
    struct text t = text_in(test_arena(), (size_t)count * 200 + 64);
    char line[256];
    for (unsigned n = 0; n < count; n++) {
        int size = snprintf(line, sizeof line, SALE("%u", "1") "\n", from + n);
        text_put(&t, slice_of(line, (size_t)size));
    }
    return text_slice(&t);
}

TEST(a_document_behind_one_that_was_surveyed_again_is_not_forgotten)
{
    struct desk *k = desk_open();
    struct desk_answer *first = SEND(k, SLICE(X12("000000007")), 0), *other = SEND(k, SLICE(X12("000000007") "\n"), 0);
    struct desk_answer *large = SEND(k, sales(1000, 20000), .name = "large");
    for (unsigned n = 0; n < 400; n++) nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
    desk_wait(k, first);
    desk_wait(k, other);                            /* it was being posted when its number came on file */
    struct desk_answer *last = SEND(k, SLICE(SALE("1", "1")), .name = "last");
    desk_wait(k, large);
    desk_wait(k, last);
    CHECK_INT(last->status, 202);
    desk_close(k);
}

TEST(a_file_of_very_many_documents_is_answered_in_brief_and_its_key_keeps_that)
{
    struct desk *k = desk_open();
    struct text t = text_in(test_arena(), 4 << 20);
    char one[1024];
    for (unsigned n = 1; n <= 400; n++) {
        int size = snprintf(one, sizeof one,
                            ISA("%09u") "GS*PT*N*C*20260408*0900*1*X*004010~ST*867*0001~BPT*00*R-X%u*20260331*02~CUR*"
                                        "DS*USD~PTD*SD***DI*9%u~DTM*003*20260301~"
                                        "DTM*011*20260301~QTY*39*5*EA~LIN**VP*P~SE*9*0001~GE*1*1~IEA*1*%09u~",
                            n, n, n, n);
        text_put(&t, slice_of(one, (size_t)size));
    }
    struct desk_answer *first = SEND(k, text_slice(&t), .key = "many"), *again;
    desk_wait(k, first);
    CHECK_INT(first->status, 202);
    CHECK(holds(first->body, "\"document_count\":400") && first->body.size < 64 << 10);
    again = SEND(k, text_slice(&t), .key = "many");
    desk_wait(k, again);
    CHECK(again->is_replay);
    CHECK_SLICE(again->body, first->body);
    CHECK_INT(service_counts(k->service).passed, 400);
    desk_close(k);
}

TEST(a_sender_whom_no_profile_names_is_refused_where_that_is_set)
{
    struct desk *k = desk_open();
    service_refuse_unknown_senders(k->service, true);
    struct desk_answer *a = SEND(k, SLICE(X12("000000007")), 0), *b;
    desk_wait(k, a);
    CHECK_INT(a->status, 422);
    CHECK(holds(a->body, "SENDER_UNKNOWN") && holds(a->body, "\"ta1\":\"006\""));
    CHECK_INT(service_counts(k->service).passed, 0);
    char id[80];
    struct slice location = slice_skip(a->location, sizeof "/v1/documents/" - 1);
    snprintf(id, sizeof id, "%.*s", SLICE_ARGS(location));
    CHECK(holds(ASK(k, .kind = QUESTION_ACK, .id = slice_from(id))->file, "TA1*000000007*260408*0900*R*006~"));
    service_refuse_unknown_senders(k->service, false);
    b = SEND(k, SLICE(X12("000000007")), 0);
    desk_wait(k, b);
    CHECK_INT(b->status, 202);
    desk_close(k);
}

TEST(a_full_disk_of_the_raw_store_is_503_and_the_repeat_is_posted_once)
{
    struct desk *k = desk_open();
    struct text t = text_in(test_arena(), 4 << 20);
    struct rlimit limit;
    char line[256];
    for (unsigned n = 0; n < 4000; n++) {
        int size = snprintf(line, sizeof line, SALE("%u", "1") "\n",
                            (unsigned)hash_bytes(slice_of((char *)&n, sizeof n)).bytes[0] * 65536 + n);
        text_put(&t, slice_of(line, (size_t)size));
    }
    ASSERT(getrlimit(RLIMIT_FSIZE, &limit) == 0 && signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    struct rlimit small = { 4096, limit.rlim_max };
    struct spool_upload *u;
    char name[SPOOL_NAME_BYTES];
    struct desk_answer *a = &k->answers[k->asked++], *b;
    struct spool_meta meta = {
        .submitter_id = SLICE("north"), .currency = SLICE("USD"), .door = DOOR_HTTP, .received_at_unix_ms = k->now++
    };
    CHECK_INT(spool_upload_open(service_spool(k->service), false, 1 << 30, &u), OK);
    CHECK_INT(spool_upload_put(u, text_slice(&t)), SPOOL_FINE);
    CHECK_INT(spool_upload_end(u), SPOOL_FINE);
    meta.bytes = spool_upload_bytes(u);
    spool_upload_sha256(u, meta.sha256);
    CHECK_INT(spool_upload_keep(u, name), OK);
    ASSERT(setrlimit(RLIMIT_FSIZE, &small) == 0);
    (void)service_submit(k->service, &meta, name, desk_done, a);
    desk_wait(k, a);
    ASSERT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK_INT(a->status, 503);
    CHECK(holds(a->body, "intake.raw_dir has no room"));
    CHECK_INT(service_counts(k->service).passed, 0);
    b = SEND(k, text_slice(&t), 0);
    desk_wait(k, b);
    CHECK_INT(b->status, 202);
    CHECK_INT(service_counts(k->service).passed, 4000);
    desk_close(k);
}
