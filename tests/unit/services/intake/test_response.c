/* test_response.c: an X12 document beside what was decided of its lines gives its 849 (feeds.md 12). */
#include "intake/response.h"
#include "x12_rig.h"

static struct rig r;
static const struct disposition *answers;           /* of lines in the order in which they are asked for */
static unsigned answer_count, asked;

static bool find(void *context, struct slice line_id, struct disposition *out)
{
    (void)context;
    CHECK_INT(line_id.size, ID_HEX);
    if (asked >= answer_count) return false;
    *out = answers[asked++];
    return true;
}

static void put(void *context, struct slice bytes)
{
    text_put(context, bytes);
}

static struct slice response_to(struct slice bytes, const struct disposition *decided, unsigned count,
                                enum answer_849 wanted)
{
    struct text t = text_in(test_arena(), 16 << 10);
    struct spool spool = spool_over(bytes);
    struct dispositions source = { NULL, find };
    struct answer_sink sink = { &t, put };
    bool is_written;
    rig_open(&r);
    r.profile.answers.response_849 = wanted;
    struct intake_job job = rig_job(&r, &spool);
    job.currency = SLICE("EUR");
    struct response_order order = {
        .job = &job, .decided = &source, .acknowledgement = 4711, .now_unix_ms = 1775811600000
    };
    answers = decided;
    answer_count = count;
    asked = 0;
    CHECK_INT(response_write(&order, &sink, &is_written), OK);
    CHECK_INT(is_written, t.size > 0);
    if (t.size == 0) return text_slice(&t);
    CHECK_INT(rig_run(&r, text_slice(&t)), DOCUMENT_POSTED);    /* our own reader has nothing to say of it */
    CHECK_TEXT(rig_issues(&r), "NO_LINES_MADE");
    rig_close(&r);
    return text_slice(&t);
}

static bool holds(struct slice s, const char *part)
{
    return memmem(s.bytes, s.size, part, strlen(part)) != NULL;
}

static struct slice claim(const char *pads, const char *number)
{
    char body[2048];
    snprintf(body, sizeof body, "BAA*00*CK*20260401*AM*D-1~CON*CT*Q-1~%sCTT*1~", pads);
    return slice_from(rig_text(rig_set("844", number, body)));
}

#define PAD(no, part, qty, amount, more) \
    "PAD*" no "*SD~LIN*" no "*MG*" part "~QTY*39*" qty "*EA~AMT*S*" amount "~REF*DI*7~" more "DTM*011*20260301~"

/* feeds.md 12: QTY and AMT*S as sent, AMT*A in the sender's sign. */
TEST(quantity_and_claim_are_repeated_as_they_were_sent)
{
    static const struct disposition decided[] = {
        { .outcome = OUTCOME_PASS, .approved_minor = 17500 },
        { .outcome = OUTCOME_PASS, .approved_minor = -3500 },
        { .outcome = OUTCOME_SHORT, .approved_minor = -100, .reasons = { REASON_QTY_EXCEEDED }, .reason_count = 1 },
    };
    static const char pads[] =
        "PAD*1*SS~LIN**VP*A~QTY*40*9*EA~QTY*32*100*PC~AMT*CC*1~AMT*S*175~REF*DI*7~DTM*011*20260301~"
        "PAD*2*BN~LIN**VP*A~QTY*76*20*EA~AMT*S*35*C~REF*DI*8~DTM*011*20260301~"
        "PAD*3*BN~LIN**VP*A~QTY*76*-.5*EA~AMT*S*-35~REF*DI*9~DTM*011*20260301~";
    struct slice response =
        response_to(rig_file("CF", "004010", rig_text(claim(pads, "0001")), 1), decided, 3, ANSWER_849_ALL);
    CHECK(holds(response, "AAA*Y~QTY*32*100*PC~AMT*S*175~AMT*A*175.00~"));
    CHECK(holds(response, "AAA*Y~QTY*76*20*EA~AMT*S*35*C~AMT*A*35.00*C~"));
    CHECK(holds(response, "QTY*76*-.5*EA~AMT*S*-35~AMT*A*-1.00~CTT*3~AMT*A*209.00~"));
}

TEST(each_line_of_a_claim_is_answered_with_what_was_decided_of_it)
{
    static const struct disposition decided[] = {
        { .outcome = OUTCOME_PASS, .approved_minor = 900 },
        { .outcome = OUTCOME_SHORT, .approved_minor = 400, .reasons = { REASON_QTY_EXCEEDED }, .reason_count = 1 },
        { .outcome = OUTCOME_REJECT, .reasons = { REASON_DUPLICATE }, .reason_count = 1 },
        { .outcome = OUTCOME_HOLD, .reasons = { REASON_SANCTIONS_HIT }, .reason_count = 1 },
    };
    struct slice file =
        rig_file("CF", "004010",
                 rig_text(claim(PAD("1", "A", "2", "9", "REF*D9*X1~") PAD("2", "B", "2", "9", "")
                                    PAD("3", "C", "2", "9", "") PAD("4", "D", "2", "9", "") PAD("5", "E", "0", "9", ""),
                                "0001")),
                 1);
    struct slice response = response_to(file, decided, 4, ANSWER_849_ALL);
    CHECK(slice_starts_with(response, SLICE("ISA*00*          *00*          *ZZ*CLAIMSTREAM    *01*123456789      "
                                            "*260410*0900*U*00401*500004711*0*P*:~GS*CF*CLAIMSTREAM*NWPOS*20260410*")));
    CHECK(holds(response,
                "~BRC*11*CK*20260410*D-1~CUR*VN*EUR~CON*CT*Q-1~PAD*1*SD~LIN*1*MG*A~AAA*Y~QTY*39*2*EA~AMT*S*9~AMT*A*9.00"
                "~REF*D9*X1~PAD*2*SD~"));
    CHECK(holds(response, "LIN*2*MG*B~AAA*N**") && holds(response, "AMT*S*9~AMT*A*4.00~PAD*3*SD~")
          && holds(response, "AMT*S*9~AMT*A*0.00~PAD*4*SD~"));
    CHECK(holds(response,
                "LIN*4*MG*D~AAA*N**25*Y~QTY*39*2*EA~AMT*S*9~PAD*5*SD~LIN*5*MG*E~AAA*N**")); /* a quantity of 0 was
                                                                                                  refused here */
    CHECK(holds(response, "~CTT*5~AMT*A*13.00~SE*"));
}

TEST(who_wants_exceptions_alone_is_told_of_these)
{
    static const struct disposition decided[] = {
        { .outcome = OUTCOME_PASS, .approved_minor = 900 },
        { .outcome = OUTCOME_REJECT, .reasons = { REASON_DUPLICATE }, .reason_count = 1 }
    };
    struct slice file =
        rig_file("CF", "004010", rig_text(claim(PAD("1", "A", "2", "9", "") PAD("2", "B", "2", "9", ""), "0001")), 1);
    struct slice response = response_to(file, decided, 2, ANSWER_849_EXCEPTIONS);
    CHECK(!holds(response, "PAD*1*") && holds(response, "CON*CT*Q-1~PAD*2*SD~"));
    CHECK_INT(response_to(file, (const struct disposition[]){ decided[0], decided[0] }, 2, ANSWER_849_EXCEPTIONS).size,
              0);
    CHECK_INT(response_to(file, decided, 2, ANSWER_849_NONE).size, 0);
}

TEST(sets_of_a_document_are_answered_apart_in_one_interchange)
{
    char both[4096];
    snprintf(both, sizeof both, "%s%s", rig_text(claim(PAD("1", "A", "2", "9", ""), "0001")),
             rig_text(claim(PAD("1", "B", "2", "8", ""), "0002")));
    static const struct disposition decided[] = { { .outcome = OUTCOME_PASS, .approved_minor = 900 },
                                                  { .outcome = OUTCOME_PASS, .approved_minor = 800 } };
    struct slice response = response_to(rig_file("CF", "004010", both, 2), decided, 2, ANSWER_849_ALL);
    CHECK(holds(response, "CTT*1~AMT*A*9.00~SE*") && holds(response, "CTT*1~AMT*A*8.00~SE*")
          && holds(response, "IEA*2*500004711~"));
}

/* The header of the set after it takes the place of its texts. */
TEST(the_total_of_a_set_is_in_its_own_currency)
{
    char both[4096];
    struct slice yen = rig_set("844", "0001", "BAA*00*CK*20260401*AM*D-1~CUR*SE*JPY~CON*CT*Q-1~"
                                              PAD("1", "A", "2", "900", "") "CTT*1~");
    snprintf(both, sizeof both, "%s%s", rig_text(yen),
             rig_text(rig_set("844", "0002", "BAA*00*CK*20260401*AM*D-100000~CON*CT*Q-1~"
                                             PAD("1", "B", "2", "8", "") "CTT*1~")));
    static const struct disposition decided[] = { { .outcome = OUTCOME_PASS, .approved_minor = 900 },
                                                  { .outcome = OUTCOME_PASS, .approved_minor = 800 } };
    struct slice response = response_to(rig_file("CF", "004010", both, 2), decided, 2, ANSWER_849_ALL);
    CHECK(holds(response, "CTT*1~AMT*A*900~SE*") && holds(response, "CTT*1~AMT*A*8.00~SE*"));
}

/* feeds.md 12: document errors stand in the header, without CON. */
TEST(a_set_that_was_refused_whole_is_answered_in_its_header)
{
    char sets[4096];
    struct slice unknown = rig_set("844", "0001", "BAA*99*CK*20260401*AM*D-7~CON*CT*Q-1~CTT*0~"),
                 counted = claim(PAD("1", "A", "2", "9", ""), "0002"),
                 fine = claim(PAD("1", "B", "2", "8", ""), "0003");
    snprintf(sets, sizeof sets, "%s%s%s", rig_text(unknown), rig_text(counted), rig_text(fine));
    char *count = strstr(sets, "SE*11*0002");
    ASSERT(count);
    memcpy(count, "SE*99", 5);
    static const struct disposition decided[] = { { .outcome = OUTCOME_PASS, .approved_minor = 800 } };
    struct slice response = response_to(rig_file("CF", "004010", sets, 3), decided, 1, ANSWER_849_ALL);
    CHECK(holds(response, "CTT*1~AMT*A*8.00~SE*"));
    CHECK(holds(response, "~BRC*11*CK*20260410*D-7~AAA*N**33*C~CTT*0~SE*"));    /* the purpose: FIELD_INVALID */
    CHECK(holds(response, "~BRC*11*CK*20260410*D-1~AAA*N~CTT*0~SE*"));      /* SE01: no code says it */
    CHECK(holds(response, "IEA*3*500004711~"));
    CHECK_INT(response_to(rig_file("CF", "004010", sets, 3), decided, 1, ANSWER_849_NONE).size, 0);
}

TEST(what_was_lost_with_its_group_or_interchange_has_no_answer_of_its_own)
{
    struct slice one = claim(PAD("1", "A", "2", "9", ""), "0001");
    CHECK_INT(response_to(rig_file("CF", "004010", rig_text(one), 2), NULL, 0, ANSWER_849_ALL).size, 0);    /* GE01 */
    char *torn = (char *)rig_text(rig_file("CF", "004010", rig_text(one), 1));
    memcpy(strstr(torn, "IEA*1*"), "IEA*7*", 6);
    CHECK_INT(response_to(slice_from(torn), NULL, 0, ANSWER_849_ALL).size, 0);
}

TEST(a_line_cut_to_nothing_or_not_at_all_is_no_short_one)
{
    static const struct disposition decided[] = { { .outcome = OUTCOME_SHORT, .approved_minor = 900 },
                                                  { .outcome = OUTCOME_SHORT, .approved_minor = 0 } };
    struct slice response = response_to(
        rig_file("CF", "004010", rig_text(claim(PAD("1", "A", "2", "9", "") PAD("2", "B", "2", "9", ""), "0001")), 1),
        decided, 2, ANSWER_849_ALL);
    CHECK(holds(response, "MG*A~AAA*Y~") && holds(response, "AMT*A*9.00~PAD*2*SD~LIN*2*MG*B~AAA*N~")
          && holds(response, "AMT*A*0.00~CTT*2~"));
}

TEST(lines_of_a_sales_report_are_answered_without_contract_and_other_formats_not_at_all)
{
    static const struct disposition decided[] = { { .outcome = OUTCOME_PASS } };
    const char *body =
        "BPT*00*R1*20260401*02~PTD*SD***DI*1~DTM*011*20260302~QTY*39*10*EA~LIN**VP*A~QTY*39*4*EA~LIN**VP*B~";
    struct slice response =
        response_to(rig_file("PT", "004010", rig_text(rig_set("867", "0001", body)), 1), decided, 1, ANSWER_849_ALL);
    CHECK(holds(response, "BRC*11*C1*20260410*R1~CUR*VN*EUR~CON*CT*NONE~PAD*1~LIN**VP*A~AAA*Y~QTY*39*10*EA~PAD*2~LIN**"
                          "VP*B~AAA*N**25*Y~QTY*39*4*EA~CTT*2~SE*"));
    CHECK_INT(response_to(SLICE("Invoice,Qty,Part,Ship Date\nA,1,P,2026-03-01\n"), decided, 1, ANSWER_849_ALL).size, 0);
}

/* Of a correction the lines that were posted are answered: those of which nothing is known changed nothing. */
/* Stock stands after its LIN, a ZA or a pair of an SDQ each. */
TEST(lines_of_a_stock_report_are_answered_with_the_product_above_them)
{
    static const struct disposition decided[] = { { .outcome = OUTCOME_PASS }, { .outcome = OUTCOME_PASS } };
    static const char body[] = "XQ*H*20260301*20260301~N1*DS*NORD*92*P-17~LIN*1*VP*A-1~ZA*QA*20*EA~LIN*2*BP*B-2~ZA*QA~"
                               "SDQ*EA*92*S1*5*S2*6~LIN*3*VP*C-3~ZA*QA*9*EA~CTT*3~";
    struct slice response =
        response_to(rig_file("PD", "004010", rig_text(rig_set("852", "0001", body)), 1), decided, 2, ANSWER_849_ALL);
    CHECK(holds(response, "LIN*1*VP*A-1~AAA*Y~QTY*17*20*EA~"));
    CHECK(holds(response, "LIN*2*BP*B-2~AAA*Y~QTY*17*5*EA~"));
    CHECK(holds(response, "LIN*2*BP*B-2~AAA*N**25*Y~QTY*17*6*EA~"));
    CHECK(holds(response, "LIN*3*VP*C-3~AAA*N**25*Y~QTY*17*9*EA~"));
}

TEST(lines_of_a_correction_are_answered_at_their_own_place)
{
    static const struct disposition decided[] = { { .outcome = OUTCOME_PASS } };
    static const struct {
        const char *purpose;
        bool leaves_unknown_out;
    } cases[] = { { "05", true }, { "04", true }, { "CO", true }, { "15", false }, { "00", false } };
    char body[512];
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        snprintf(body, sizeof body,
                 "BPT*%s*R1*20260401*02~PTD*SD***DI*1~DTM*011*20260302~QTY*39*10*EA~LIN**VP*A~QTY*39*4*EA~LIN**VP*B~",
                 cases[k].purpose);
        struct slice response = response_to(rig_file("PT", "004010", rig_text(rig_set("867", "0001", body)), 1),
                                            decided, 1, ANSWER_849_ALL);
        CHECK(holds(response, "CON*CT*NONE~PAD*1~LIN**VP*A~AAA*Y~QTY*39*10*EA~"));
        CHECK_INT(holds(response, "PAD*2~LIN**VP*B~AAA*N**25*Y~"), !cases[k].leaves_unknown_out);
        CHECK(holds(response, cases[k].leaves_unknown_out ? "CTT*1~" : "CTT*2~"));
    }
    snprintf(body, sizeof body, "BPT*01*R1*20260401*02~PTD*SU~");
    CHECK_INT(
        response_to(rig_file("PT", "004010", rig_text(rig_set("867", "0001", body)), 1), decided, 1, ANSWER_849_ALL)
            .size,
        0);
}

TEST(a_replacement_is_approved_for_what_it_earns_not_for_what_it_took_back)
{
    struct payout entries[] = {
        { .amount_minor = -17500,
          .currency = SLICE("USD"),
          .ledger = SLICE("EARNED"),
          .reverses_payout_id = SLICE("a") },
        { .amount_minor = 16500, .currency = SLICE("USD"), .ledger = SLICE("EARNED") },
    };
    struct payout_section section = { .entries = entries, .entry_count = 2 };
    struct line line = { .kind = KIND_REPLACE, .replaces_kind = KIND_SHIP_DEBIT_CLAIM };
    struct dossier d = { .line = &line, .payout = &section };
    CHECK_INT(response_approved_minor(&d, SLICE("USD")), 16500);
    line.kind = KIND_SHIP_DEBIT_CLAIM;                   /* of a return the entry taken back is what it asks for */
    CHECK_INT(response_approved_minor(&d, SLICE("USD")), -1000);
}
