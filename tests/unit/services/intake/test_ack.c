/* test_ack.c: TA1, 997 and 999 as they are sent, read back by our own reader without a finding (feeds.md 12). */
#include "intake/ack.h"
#include "x12_rig.h"

#define GOOD_ISA \
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P*:~"
#define ASKING_ISA \
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*1*P*:~"
#define GS "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*004010~"
#define LINE "BPT*00*R-1*20260331*02~CUR*DS*EUR~PTD*SD~DTM*011*20260302~REF*IV*881200~QTY*39*5*EA~LIN**VP*KX-100~"
#define SET1 "ST*867*0001~" LINE "SE*9*0001~"

static struct rig r;

static void put(void *context, struct slice bytes)
{
    text_put(context, bytes);
}

/* The whole answer, NULs and all; empty when none is due. */
static struct slice answer_of(void)
{
    struct text t = text_in(test_arena(), 64 << 10);
    struct answer_sink sink = { &t, put };
    struct answer_options options = { .control_number = 8380800, .now_unix_ms = 1775638800000 };
    CHECK(intake_answer(r.intake, &options, &sink));
    CHECK(!t.full);
    return text_slice(&t);
}

/* What stands between ST and SE, or after ISA when there is a TA1 only; the answer as a document has no finding. */
static struct slice core_of(struct slice answer)
{
    static struct rig back;
    rig_open(&back);
    rig_run(&back, answer);
    CHECK_SLICE(slice_trim(rig_issues(&back)), SLICE("NO_LINES_MADE"));
    rig_close(&back);
    const char *from = memmem(answer.bytes, answer.size, "AK1", 3), *to = memmem(answer.bytes, answer.size, "~SE*", 4);
    if (!from) from = memmem(answer.bytes, answer.size, "TA1", 3), to = memmem(answer.bytes, answer.size, "~IEA", 4);
    return from && to ? slice_of(from, (size_t)(to - from)) : (struct slice){ 0 };
}

static struct slice answer_to(const char *bytes)
{
    rig_open(&r);
    rig_run(&r, slice_from(bytes));
    struct slice answer = answer_of();
    struct slice core = answer.size > 0 ? core_of(answer) : answer;
    rig_close(&r);
    return core;
}

TEST(accepted_sets_are_answered_with_a)
{
    CHECK_TEXT(answer_to(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~"), "AK1*PT*4804~AK2*867*0001~AK5*A~AK9*A*1*1*1");
}

TEST(the_answer_turns_the_envelope_around)
{
    rig_open(&r);
    rig_run(&r, SLICE(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~"));
    struct slice answer = answer_of();
    CHECK(slice_starts_with(
        answer,
        SLICE(
            "ISA*00*          *00*          *ZZ*CLAIMSTREAM    *01*123456789      *260408*0900*U*00401*008380800*0*P*:~"
            "GS*FA*CLAIMSTREAM*NWPOS*20260408*0900*380801*X*004010~ST*997*0001~AK1*")));
    CHECK(slice_ends_with(answer, SLICE("~SE*6*0001~GE*1*380801~IEA*1*008380800~")));
    rig_close(&r);
}

/* The answer of the page. */
TEST(an_element_too_long_rejects_its_set_at_its_place)
{
    CHECK_TEXT(answer_to(GOOD_ISA GS SET1 "ST*867*0002~BPT*00*R-1*20260331*02~CUR*DS*EUR~PTD*SD~DTM*011*20260302~"
                                          "REF*AU*SD-0123-LONG-REFERENCE-2026-000017~REF*IV*881200~QTY*39*5*EA~LIN**VP*"
                                          "KX-100~SE*10*0002~GE*2*4804~IEA*1*000004711~"),
               "AK1*PT*4804~AK2*867*0001~AK5*A~AK2*867*0002~AK3*REF*6*PTD*8~AK4*2*127*5*SD-0123-LONG-REFERENCE-2026-"
               "000017~AK5*R*5~AK9*P*2*2*1");
}

/* FR-005 */
TEST(a_code_that_nobody_listed_is_noted_and_its_set_accepted)
{
    CHECK_TEXT(
        answer_to(
            GOOD_ISA GS
            "ST*867*0001~BPT*00*R-1*20260331*02~CUR*DS*EUR~PTD*SD~DTM*011*20260302~REF*IV*881200~QTY*1*10*EA~LIN**VP*A~"
            "QTY*39*5*EA~LIN**VP*B~SE*11*0001~GE*1*4804~IEA*1*000004711~"),
        "AK1*PT*4804~AK2*867*0001~AK3*QTY*7*QTY*8~AK4*1*673*7*1~AK5*E*5~AK9*E*1*1*1");
}

/* feeds.md 5.2: E is for a warning and for a code; a line that lacks what no element holds is told by its receipt. */
TEST(a_line_that_lacks_something_leaves_its_set_as_it_is)
{
    CHECK_TEXT(
        answer_to(GOOD_ISA GS "ST*867*0001~BPT*00*R-1*20260331*02~CUR*DS*EUR~PTD*SD~DTM*011*20260302~REF*IV*881200~"
                              "QTY*39*1*EA~LIN**N4*1~QTY*39*5*EA~LIN**VP*B~SE*11*0001~GE*1*4804~IEA*1*000004711~"),
        "AK1*PT*4804~AK2*867*0001~AK5*A~AK9*A*1*1*1");
}

/* FR-007 */
TEST(half_a_multiplier_rejects_the_set_at_the_missing_element)
{
    CHECK_TEXT(answer_to(GOOD_ISA GS "ST*867*0001~BPT*00*R-1*20260331*02~CUR*DS*EUR~PTD*SS**1~DTM*011*20260302~REF*IV*"
                                     "881200~QTY*39*5*EA~LIN**VP*B~"
                                     "SE*9*0001~GE*1*4804~IEA*1*000004711~"),
               "AK1*PT*4804~AK2*867*0001~AK3*PTD*4*PTD*8~AK4*2*648*2~AK5*R*5~AK9*R*1*1*0");
}

/* FR-002 */
TEST(a_repeated_set_number_is_seven_before_005010_and_twenty_three_from_then_on)
{
    CHECK_TEXT(answer_to(GOOD_ISA GS SET1 SET1 SET1 "GE*3*4804~IEA*1*000004711~"),
        "AK1*PT*4804~AK2*867*0001~AK5*A~AK2*867*0001~AK5*R*7~AK2*867*0001~AK5*R*7~AK9*P*3*3*1");
    CHECK_TEXT(
        answer_to(
            "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*^*00501*000004711*0*P*:~"
            "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*005010~" SET1 SET1 "GE*2*4804~IEA*1*000004711~"),
        "AK1*PT*4804*005010~AK2*867*0001~AK5*A~AK2*867*0001~AK5*R*23~AK9*P*2*2*1");
    CHECK_SLICE(slice_from(issue_x12(ISSUE_SET_REPEATED).ak5), SLICE("7"));     /* as receipts say it, too */
    CHECK_SLICE(slice_from(issue_x12(ISSUE_SET_REPEATED_005010).ak5), SLICE("23"));
}

TEST(a_refused_group_names_its_fault_and_no_sets)
{
    CHECK_TEXT(answer_to(GOOD_ISA GS SET1 "GE*2*4804~IEA*1*000004711~"), "AK1*PT*4804~AK9*R*2*1*0*5");
    CHECK_TEXT(answer_to(GOOD_ISA "GS*PT*A*B*20260408*0900*4804*X*003020~" SET1 "GE*1*4809~IEA*1*000004711~"),
               "AK1*PT*4804~AK9*R*1*1*0*2*4");
}

TEST(a_group_of_a_version_that_is_not_agreed_is_answered_in_one_that_is)
{
    CHECK_TEXT(answer_to(GOOD_ISA "GS*PT*A*B*20260408*0900*4804*X*006010~" SET1 "GE*1*4804~IEA*1*000004711~"),
               "AK1*PT*4804~AK9*R*1*1*0*2"); /* 004010 has no AK103 */
}

TEST(a_refused_interchange_gets_a_ta1_and_nothing_else)
{
    CHECK_TEXT(answer_to(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004712~"), "TA1*000004711*260408*0900*R*001");
    CHECK_TEXT(answer_to("ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM~GS*PT*A~"),
               "TA1*         *      *    *R*022");
}

TEST(a_ta1_comes_when_it_is_asked_for)
{
    CHECK_TEXT(answer_to(ASKING_ISA "IEA*0*000004711~"), "TA1*000004711*260408*0900*A*000");
    CHECK_TEXT(answer_to(ASKING_ISA "\n\nIEA*0*000004711~"), "TA1*000004711*260408*0900*E*022");
    rig_open(&r);
    r.profile.answers.ta1 = ANSWER_TA1_NEVER;
    rig_run(&r, SLICE(ASKING_ISA "IEA*0*000004711~"));
    CHECK_INT(answer_of().size, 0);
    rig_close(&r);
}

TEST(answers_are_never_answered)
{
    CHECK_TEXT(answer_to(GOOD_ISA "GS*FA*A*B*20260408*0900*4804*X*004010~ST*997*0001~AK1*PT*1~AK9*A*1*1*1~SE*4*0001~GE*"
                                  "1*4804~IEA*1*000004711~"),
               "");
}

TEST(a_profile_may_ask_for_999_or_for_none)
{
    rig_open(&r);
    r.profile.answers.functional = ANSWER_FUNCTIONAL_999;
    rig_run(
        &r,
        SLICE(
            "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*^*00501*000004711*0*P*:~"
            "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*005010~ST*867*0001*GUIDE~BPT*00*R-1*20260331*02~CUR*DS*EUR~"
            "PTD*SD~DTM*011*20261302~"
            "REF*IV*881200~QTY*39*5*EA~LIN**VP*KX-100~SE*9*0001~GE*1*4804~IEA*1*000004711~"));
    CHECK_TEXT(core_of(answer_of()),
               "AK1*PT*4804*005010~AK2*867*0001*GUIDE~IK3*DTM*5*PTD*8~IK4*2*373*8*20261302~IK5*R*5~AK9*R*1*1*0");
    rig_close(&r);
    rig_open(&r);
    r.profile.answers.functional = ANSWER_FUNCTIONAL_NONE;
    rig_run(&r, SLICE(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~"));
    CHECK_INT(answer_of().size, 0);
    rig_close(&r);
}

TEST(bad_data_outside_the_basic_set_are_not_echoed)
{
    CHECK_TEXT(answer_to(GOOD_ISA GS "ST*867*0001~BPT*00*R\x01"
                                     "1*20260331*02~PTD*SD~SE*4*0001~GE*1*4804~IEA*1*000004711~"),
               "AK1*PT*4804~AK2*867*0001~AK3*BPT*2**8~AK4*2*127*6~AK5*R*5~AK9*R*1*1*0");
}

TEST(unknown_segments_are_named_as_well_as_an_answer_can)
{
    CHECK_TEXT(answer_to(GOOD_ISA GS "ST*867*0001~BPT*00*R-1*20260331*02~XYZ*1~ref*1~N9*DI*1~PTD*SD~BPT*00*1*20260331~"
                                     "SE*8*0001~GE*1*4804~IEA*1*000004711~"),
               "AK1*PT*4804~AK2*867*0001~AK3*XYZ*3**1~AK3*REF*4**1~AK3*N9*5**2~AK3*BPT*7*PTD*7~AK5*R*5~AK9*R*1*1*0");
}

TEST(our_control_numbers_never_go_back)
{
    CHECK_INT(ack_control_number(0, 1775638800000), 8413200);
    CHECK_INT(ack_control_number(8413200, 1775638800000), 8413201);
    CHECK_INT(ack_control_number(99999999, 1775638800000), 100000000);
    CHECK_INT(ack_control_number(0, 0), 1);
}

/* ISSUE_SET_IN_ERROR is what AK502 5 says. */
TEST(a_set_with_segments_in_error_says_so_by_its_code)
{
    CHECK_SLICE(slice_from(issue_x12(ISSUE_SET_IN_ERROR).ak5), SLICE("5"));
    struct slice answer = answer_to(GOOD_ISA GS "ST*867*0001~BPT*00*R-1*20260331*02~CUR*DS*EUR~PTD*SD~DTM*011*2026~REF*"
                                                "IV*1~QTY*39*5*EA~LIN**VP*K~SE*9*0001~GE*1*4804~IEA*1*000004711~");
    CHECK(memmem(answer.bytes, answer.size, "AK5*R*5", 7) != NULL);
}
