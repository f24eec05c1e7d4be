/* The service: the same bytes for several partners. */
#include "service_rig.h"

#define SET(icn) "GS*PT*N*C*20260408*0900*1*X*004010~ST*867*0001~BPT*00*R-X" icn \
    "*20260331*02~CUR*DS*USD~PTD*SD***DI*9" icn "~DTM*003*20260301~" \
    "DTM*011*20260301~QTY*39*5*EA~LIN**VP*P~SE*9*0001~GE*1*1~IEA*1*" icn "~"
#define X12(icn) ISA(icn) SET(icn)
#define OF(partner, invoice) \
    "{\"kind\":\"POS_SALE\",\"partner_id\":\"" partner "\",\"invoice_no\":\"" invoice \
    "\",\"ship_date\":\"2026-03-01\",\"vendor_part\":\"P\",\"qty\":1,\"uom\":\"EA\",\"currency\":\"USD\"}"

/* Who speaks for several partners sends the same rows for each of them. */
TEST(the_same_bytes_for_another_partner_are_no_duplicate)
{
    struct desk *k = desk_open();
    k->items[0].submitter.any_partner = true;
    struct slice bytes = SLICE(SALE("1", "1") "\n" SALE("2", "2"));
    static const struct { const char *partner, *state, *says; unsigned passed; } rows[] = {
        { NULL, "POSTED", "N-100", 2 },       { "N-100", "DUPLICATE", "N-100", 0 }, { "V-310", "POSTED", "V-310", 2 },
        { "V-310", "DUPLICATE", "V-310", 0 }, { NULL, "DUPLICATE", "N-100", 0 },    { "M-320", "POSTED", "M-320", 2 },
    };
    for (unsigned n = 0; n < sizeof rows / sizeof *rows; n++) {
        uint64_t before = service_counts(k->service).passed;
        struct desk_answer *a = SEND(k, bytes, .partner = rows[n].partner);
        desk_wait(k, a);
        CHECK_SLICE(member(a->body, "state"), slice_from(rows[n].state));
        struct slice lines = ASK(k, .kind = QUESTION_LINES, .id = member(a->body, "id"))->file;
        CHECK_INT(count_of(lines, rows[n].says), 2);
        CHECK_INT(service_counts(k->service).passed - before, rows[n].passed);
        if (n % 2) desk_restart(k);
    }
    desk_close(k);
}

/* A column for the partner that is empty names none: its rows are whose the sender says. */
TEST(an_empty_column_for_the_partner_makes_another_document_for_another_partner)
{
    static const struct { const char *rows; const char *second; } files[] = {
        { "N-100,1,1,P,1.25,2026-03-01\n,2,1,P,1.25,2026-03-01\n", "POSTED" },
        { ",1,1,P,1.25,2026-03-01\n", "POSTED" },
        { "N-100,1,1,P,1.25,2026-03-01\n,,1,,,\n", "DUPLICATE" },
    };
    for (unsigned n = 0; n < sizeof files / sizeof *files; n++) {
        struct desk *k = desk_open();
        k->items[0].submitter.any_partner = true;
        char file[200];
        snprintf(file, sizeof file, "partner id,invoice,qty,part,resale price,ship date\n%s", files[n].rows);
        struct desk_answer *a = SEND(k, slice_from(file), .partner = "N-100");
        struct desk_answer *b = SEND(k, slice_from(file), .partner = "V-310");
        desk_wait(k, b);
        CHECK_SLICE(member(a->body, "state"), SLICE("POSTED"));
        CHECK_SLICE(member(b->body, "state"), slice_from(files[n].second));
        desk_close(k);
    }
}

/* The same in JSON: one record that leaves it to the sender, wherever it stands, is enough. */
TEST(records_without_a_partner_of_their_own_make_another_document_for_another_partner)
{
    static const char *const files[] = {
        OF("", "1"),
        OF("N-100", "1") "\n" OF(" ", "2"),
        "[" OF("N-100", "1") "," SALE("2", "1") "]",
    };
    for (unsigned n = 0; n < sizeof files / sizeof *files; n++) {
        struct desk *k = desk_open();
        k->items[0].submitter.any_partner = true;
        struct desk_answer *a = SEND(k, slice_from(files[n]), .partner = "N-100");
        struct desk_answer *b = SEND(k, slice_from(files[n]), .partner = "V-310");
        struct desk_answer *c = SEND(k, slice_from(files[n]), .partner = "V-310");
        desk_wait(k, c);
        CHECK_SLICE(member(a->body, "state"), SLICE("POSTED"));
        CHECK_SLICE(member(b->body, "state"), SLICE("POSTED"));
        CHECK_SLICE(member(c->body, "state"), SLICE("DUPLICATE"));
        desk_close(k);
    }
}

TEST(the_same_question_for_another_partner_is_asked_beside_the_first)
{
    struct desk *k = desk_open();
    k->items[0].submitter.any_partner = true;
    struct desk_answer *a = SEND(k, undecided(), .partner = "N-100"), *b = SEND(k, undecided(), .partner = "V-310");
    desk_wait(k, a);
    desk_wait(k, b);
    CHECK_INT(count_of(ASK(k, .kind = QUESTION_LIST, .state = SLICE("HELD"))->body, "\"attempt\""), 2);
    struct desk_answer *of[] = { b, a };
    desk_restart(k);
    for (unsigned n = 0; n < 2; n++) {
        struct desk_answer *c = ASK(k, .kind = QUESTION_ANSWER, .id = member(of[n]->body, "id"),
                                    .answers = { .decimal = DECIMAL_STYLE_COMMA });
        CHECK(holds(c->body, "\"state\":\"POSTED\"") && holds(c->body, n ? "\"N-100\"" : "\"V-310\""));
    }
    CHECK_INT(service_counts(k->service).passed, 4);
    desk_close(k);
}

TEST(what_names_its_partner_itself_is_the_same_whoever_is_named_beside)
{
    struct desk *k = desk_open();
    k->items[0].submitter.any_partner = true;
    struct slice of[] = {
        SLICE("{\"document\":{\"partner_id\":\"N-100\"},\"lines\":[" SALE("1", "1") "]}"),
        SLICE("partner id,invoice,qty,part,resale price,ship date\nN-100,1,1,P,1.25,2026-03-01\n"),
        SLICE(OF("N-100", "1") "\n{\"kind\":\"POS_SALE\",\"qty\":\"1\",\"qty\":\"2\"}\n"),     /* dead: nobody's line */
        SLICE(X12("000000009")),
    };
    for (unsigned n = 0; n < sizeof of / sizeof *of; n++) {
        struct desk_answer *a = SEND(k, of[n], .partner = "N-100"), *b = SEND(k, of[n], .partner = "V-310");
        desk_wait(k, b);
        CHECK(holds(a->body, "\"state\":\"POSTED\""));
        CHECK(holds(b->body, "\"state\":\"DUPLICATE\"") && holds(b->body, "\"partner_id\":\"N-100\""));
        CHECK_SLICE(member(b->body, "duplicate_of"), member(a->body, "id"));
    }
    desk_close(k);
}
