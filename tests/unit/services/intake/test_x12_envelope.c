/* test_x12_envelope.c: every check of the envelope fails once and passes once (feeds.md 5.1, 5.3). */
#include "intake/x12_envelope.h"
#include "x12_rig.h"

#define LINE "BPT*00*R-1*20260331*02~CUR*DS*EUR~PTD*SD~DTM*011*20260302~REF*IV*881200~QTY*39*5*EA~LIN**VP*KX-100~"
#define GOOD_ISA \
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P*:~"
#define GS "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*004010~"
#define SET1 "ST*867*0001~" LINE "SE*9*0001~"
#define SET2 "ST*867*0002~" LINE "SE*9*0002~"

static struct rig r;

/* Runs bytes in both tolerances: "POSTED 1 CODES" */
static struct slice outcome(struct slice bytes, bool is_strict)
{
    rig_open(&r);
    r.profile.tolerance = is_strict ? TOLERANCE_STRICT : TOLERANCE_DEFAULT;
    enum document_state state = rig_run(&r, bytes);
    struct text t = text_in(test_arena(), 4096);
    text_put(&t, document_state_name(state));
    PUT(&t, " ");
    text_put_int(&t, r.line_count);
    PUT(&t, " ");
    text_put(&t, rig_issues(&r));
    rig_close(&r);
    return slice_trim(text_slice(&t));
}

#define EXPECT(bytes, relaxed, strict) \
    do { struct slice b = SLICE(bytes); CHECK_TEXT(outcome(b, false), relaxed); CHECK_TEXT(outcome(b, true), strict); \
    } while (0)

TEST(a_sound_interchange_posts_in_both_tolerances)
{
    EXPECT(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~", "POSTED 1", "POSTED 1");
    EXPECT(GOOD_ISA "\r\n" GS "\n" SET1 "\r\nGE*1*4804~\rIEA*1*000004711~\n", "POSTED 1", "POSTED 1");
}

TEST(numbers_of_the_interchange_must_agree)
{
    EXPECT(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004712~", "REJECTED 0 INTERCHANGE_NUMBER_DIFFERS",
           "REJECTED 0 INTERCHANGE_NUMBER_DIFFERS");
    EXPECT(GOOD_ISA GS SET1 "GE*1*4804~IEA*2*000004711~", "REJECTED 0 GROUP_COUNT", "REJECTED 0 GROUP_COUNT");
    EXPECT(
        "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*00000471A*0*P*:~" GS
            SET1 "GE*1*4804~IEA*1*00000471A~",
        "REJECTED 0 INTERCHANGE_NUMBER_INVALID", "REJECTED 0 INTERCHANGE_NUMBER_INVALID");
    EXPECT(
        "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00601*000004711*0*P*:~" GS
            SET1 "GE*1*4804~IEA*1*000004711~",
        "REJECTED 0 INTERCHANGE_VERSION NO_REPETITION_SEPARATOR",
        "REJECTED 0 INTERCHANGE_VERSION NO_REPETITION_SEPARATOR");
    EXPECT(
        "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *261308*0960*U*00401*000004711*0*P*:~" GS
            SET1 "GE*1*4804~IEA*1*000004711~",
        "REJECTED 0 INTERCHANGE_DATE INTERCHANGE_TIME", "REJECTED 0 INTERCHANGE_DATE INTERCHANGE_TIME");
}

TEST(delimiters_must_differ_and_be_no_data)
{
    EXPECT(
        "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P**~" GS
            SET1 "GE*1*4804~IEA*1*000004711~",
        "REJECTED 0 COMPONENT_SEPARATOR_INVALID", "REJECTED 0 COMPONENT_SEPARATOR_INVALID");
    EXPECT("ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P*:: "
           "GS*",
           "REJECTED 0 TERMINATOR_INVALID", "REJECTED 0 TERMINATOR_INVALID");
}

TEST(a_broken_header_is_answered_by_its_fault)
{
    EXPECT("ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM~GS*PT*A~",
           "REJECTED 0 INTERCHANGE_STRUCTURE", "REJECTED 0 INTERCHANGE_STRUCTURE");
    EXPECT("ISA*00*          *00*          *01*123456789      *ZZ*CLAIM*STREAM   *260408*0900*U*00401*000004711*0*P*:"
           "~" GS SET1 "GE*1*4804~IEA*1*000004711~",
           "REJECTED 0 INTERCHANGE_STRUCTURE", "REJECTED 0 INTERCHANGE_STRUCTURE");
    EXPECT("ISA*00**00**01*123456789*ZZ*CLAIMSTREAM*260408*0900*U*00401*000004711*0*P*:~" GS SET1
           "GE*1*4804~IEA*1*000004711~",
           "REJECTED 0 INTERCHANGE_CONTENT", "REJECTED 0 INTERCHANGE_CONTENT");
}

TEST(an_interchange_without_end_posts_nothing_unless_complete_sets_are_agreed)
{
    EXPECT(GOOD_ISA GS SET1, "REJECTED 0 GROUP_UNFINISHED INTERCHANGE_UNFINISHED",
           "REJECTED 0 GROUP_UNFINISHED INTERCHANGE_UNFINISHED");
    EXPECT(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711", "POSTED 1 TERMINATOR_MISSING",
           "REJECTED 0 TERMINATOR_MISSING");
    rig_open(&r);
    r.profile.x12.truncated = TRUNCATED_COMPLETE_SETS;
    CHECK_INT(rig_run(&r, SLICE(GOOD_ISA GS SET1 "ST*867*0002~BPT*00*R-1*20260331*02~")), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 1);
    CHECK_SLICE(rig_issues(&r), SLICE("SET_UNFINISHED COMPLETE_SETS_POSTED"));
    rig_close(&r);
}

TEST(a_group_stands_or_falls_alone)
{
#define GROUP2 "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4805*X*004010~" SET1 "GE*1*4805~IEA*2*000004711~"
    EXPECT(GOOD_ISA GS SET1 "GE*1*4809~" GROUP2, "POSTED 1 GROUP_NUMBER_DIFFERS", "POSTED 1 GROUP_NUMBER_DIFFERS");
    EXPECT(GOOD_ISA GS SET1 "GE*2*4804~" GROUP2, "POSTED 1 SET_COUNT", "POSTED 1 SET_COUNT");
    EXPECT(GOOD_ISA GS SET1 GROUP2, "POSTED 1 GROUP_UNFINISHED", "POSTED 1 GROUP_UNFINISHED");
    EXPECT(GOOD_ISA GS SET1 "GE*1*4804~" GS SET1 "GE*1*4804~IEA*2*000004711~", "POSTED 1 GROUP_REPEATED",
           "POSTED 1 GROUP_REPEATED");
    EXPECT(GOOD_ISA "GS*IN*A*B*20260408*0900*4804*X*004010~" SET1 "GE*1*4804~" GROUP2,
           "POSTED 1 GROUP_TYPE SET_NOT_IN_GROUP@ST1", "POSTED 1 GROUP_TYPE SET_NOT_IN_GROUP@ST1");
    EXPECT(GOOD_ISA "GS*PT*A*B*20260408*0900*48X*X*004010~" SET1 "GE*1*48X~" GROUP2, "POSTED 1 GROUP_NUMBER_INVALID",
           "POSTED 1 GROUP_NUMBER_INVALID");
    EXPECT(GOOD_ISA "GS*PT*A*B*20260408*0900*4804*X*003040~" SET1 "GE*1*4804~" GROUP2,
           "POSTED 1 GROUP_VERSION ELEMENT_DATE@BPT2.3 ELEMENT_DATE@DTM5.2",
           "POSTED 1 GROUP_VERSION ELEMENT_DATE@BPT2.3 ELEMENT_DATE@DTM5.2");
    EXPECT(GOOD_ISA GS "REF*AB*1~" SET1 "GE*1*4804~" GROUP2, "POSTED 1 SEGMENT_OUTSIDE_SET",
           "POSTED 1 SEGMENT_OUTSIDE_SET");
}

TEST(a_set_stands_or_falls_alone)
{
#define END "GE*2*4804~IEA*1*000004711~"
    EXPECT(GOOD_ISA GS SET1 "ST*867*0002~" LINE "SE*9*0003~" END, "POSTED 1 SET_NUMBER_DIFFERS@SE9",
           "POSTED 1 SET_NUMBER_DIFFERS@SE9");
    EXPECT(GOOD_ISA GS SET1 "ST*867*0002~" LINE "SE*8*0002~" END, "POSTED 1 SEGMENT_COUNT@SE9",
           "POSTED 1 SEGMENT_COUNT@SE9");
    EXPECT(GOOD_ISA GS "ST*867*0002~" LINE SET1 END, "POSTED 1 SET_UNFINISHED", "POSTED 1 SET_UNFINISHED");
    EXPECT(GOOD_ISA GS SET1 "ST*867*02~" LINE "SE*9*02~" END, "POSTED 1 SET_NUMBER_INVALID@ST1",
           "POSTED 1 SET_NUMBER_INVALID@ST1");
    EXPECT(GOOD_ISA GS SET1 "ST*850*0002~BEG*00~SE*3*0002~" END, "POSTED 1 SET_UNSUPPORTED@ST1",
           "POSTED 1 SET_UNSUPPORTED@ST1");
    EXPECT(GOOD_ISA GS SET1 "ST*852*0002~XQ*H*20260331~LIN**VP*A~SE*4*0002~" END, "POSTED 1 SET_NOT_IN_GROUP@ST1",
           "POSTED 1 SET_NOT_IN_GROUP@ST1");
}

TEST(wrong_segment_counts_are_tolerated_when_agreed)
{
    rig_open(&r);
    r.profile.x12.tolerate_counts = true;
    CHECK_INT(rig_run(&r, SLICE(GOOD_ISA GS SET1 "ST*867*0002~" LINE "SE*8*0002~"
                                                 "GE*2*4804~IEA*1*000004711~")),
              DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 2);
    CHECK_SLICE(rig_issues(&r), SLICE("SET_COUNTS_TOLERATED@SE9"));
    rig_close(&r);
}

/* FR-002 */
TEST(one_number_for_all_sets_of_a_group_posts_the_first_alone)
{
    struct slice file = SLICE(GOOD_ISA GS SET1 SET1 SET1 "GE*3*4804~IEA*1*000004711~");
    rig_open(&r);
    CHECK_INT(rig_run(&r, file), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 1);
    CHECK_SLICE(rig_issues(&r), SLICE("SET_REPEATED@ST1 SET_REPEATED@ST1"));
    CHECK(r.result->errors.items[0].where.offset != r.result->errors.items[1].where.offset);
    r.profile.x12.set_numbers = SET_NUMBERS_ANY;
    CHECK_INT(rig_run(&r, file), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 3);
    rig_close(&r);
}

TEST(a_set_outside_the_grant_is_refused)
{
    rig_open(&r);
    r.submitter =
        (struct intake_submitter){ .id = SLICE("nw"), .partner_id = SLICE("P-17"), .kinds = KIND_BIT(KIND_INVENTORY) };
    CHECK_INT(rig_run(&r, SLICE(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~")), DOCUMENT_REJECTED);
    CHECK_SLICE(rig_issues(&r), SLICE("SET_NOT_ALLOWED@ST1"));
    r.submitter.kinds = KIND_BIT(KIND_POS_SALE);
    CHECK_INT(rig_run(&r, SLICE(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~")), DOCUMENT_POSTED);
    rig_close(&r);
}

TEST(padding_is_warned_once_and_refused_when_strict)
{
    EXPECT(GOOD_ISA "\n\n" GS SET1 "~~GE*1*4804~  IEA*1*000004711~", "POSTED 1 PADDING", "REJECTED 0 PADDING");
    EXPECT("\xef\xbb\xbf" GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~", "POSTED 1 BYTE_ORDER_MARK",
           "REJECTED 0 BYTE_ORDER_MARK");
    EXPECT("From: edi\n" GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~", "POSTED 1 LEADING_DATA",
           "REJECTED 0 LEADING_DATA");
    EXPECT(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~bye", "POSTED 1 TRAILING_DATA", "REJECTED 0 TRAILING_DATA");
    EXPECT(GOOD_ISA GS "ST*867*0001~BPT*00*R-1*20260331*02**~CUR*DS*EUR~PTD*SD**~DTM*011*20260302~REF*IV*881200~QTY*39*"
                       "5*EA~LIN**VP*KX-100~SE*9*0001~"
                       "GE*1*4804~IEA*1*000004711~",
           "POSTED 1 TRAILING_SEPARATORS@BPT2", "REJECTED 0 TRAILING_SEPARATORS@BPT2 TRAILING_SEPARATORS@PTD4");
}

TEST(an_interchange_wrapped_every_eighty_bytes_is_read_with_its_own_positions)
{
    struct slice flat = SLICE(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~");
    struct text t = text_in(test_arena(), 1024);
    for (size_t i = 0; i < flat.size; i++) {
        if (i > 0 && i % 80 == 0) PUT(&t, "\n");
        text_put_byte(&t, flat.bytes[i]);
    }
    CHECK_TEXT(outcome(text_slice(&t), true), "REJECTED 0 UNWRAPPED");
    rig_open(&r);
    CHECK_INT(rig_run(&r, text_slice(&t)), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 1);
    CHECK_SLICE(rig_issues(&r), SLICE("UNWRAPPED"));
    uint64_t position = 0;
    (void)slice_to_uint(slice_head(text_slice(&r.ids), slice_find(text_slice(&r.ids), ' ')), UINT32_MAX, &position);
    CHECK_SLICE(slice_head(slice_skip(text_slice(&t), position), 6), SLICE("QTY*39"));
    CHECK(memmem(r.lines[0].bytes, r.lines[0].size, "part=KX-100", 11) != NULL);
    rig_close(&r);
}

/* FR-011 */
TEST(isa_inside_data_is_data)
{
    rig_open(&r);
    CHECK_INT(
        rig_run(
            &r,
            SLICE(GOOD_ISA
                  "\n" GS
                  "\nST*867*0001~\nBPT*00*R-1*20260331*02~\nCUR*DS*EUR~\nPTD*SD~\nDTM*011*20260302~\nREF*IV*881200~\n"
                  "REF*PO*ISA~\nN1*ST*ISAAC "
                  "HOLDINGS*92*ISA~\nN2*ISA~\nQTY*39*5*EA~\nLIN**VP*KX-100~\nSE*12*0001~\nGE*1*4804~\nIEA*1*000004711~"
                  "\n")),
        DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 1);
    CHECK(memmem(r.lines[0].bytes, r.lines[0].size, "sold=ISAAC HOLDINGS", 19) != NULL);
    CHECK_SLICE(rig_issues(&r), SLICE(""));
    rig_close(&r);
}

TEST(reading_goes_on_at_the_next_interchange_with_its_own_delimiters)
{
    rig_open(&r);
    struct text t = text_in(test_arena(), 4096);
    PUT(&t, GOOD_ISA GS SET1 "REF*AB*cut\n");
    struct slice other = SLICE(
        "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004712*0*P*:~" GS
            SET1 "GE*1*4804~IEA*1*000004712~");
    for (size_t i = 0; i < other.size; i++)
        text_put_byte(&t, other.bytes[i] == '*' ? '|' : other.bytes[i] == '~' ? '\n' : other.bytes[i]);
    CHECK_INT(rig_run(&r, text_slice(&t)), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 1);
    CHECK(issues_has(&r.result->errors, ISSUE_INTERCHANGE_UNFINISHED));
    rig_close(&r);
}

TEST(a_control_number_with_other_content_is_refused)
{
    EXPECT(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~" GOOD_ISA GS SET2 "GE*1*4804~IEA*1*000004711~",
           "POSTED 1 INTERCHANGE_REUSED", "POSTED 1 INTERCHANGE_REUSED");
    EXPECT(GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~" GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~",
           "POSTED 1 DOCUMENT_DUPLICATE", "POSTED 1 DOCUMENT_DUPLICATE");
}

TEST(test_documents_are_validated_and_post_nothing)
{
    rig_open(&r);
    CHECK_INT(rig_run(&r, SLICE("ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    "
                                "*260408*0900*U*00401*000004711*0*T*:~" GS SET1 "GE*1*4804~IEA*1*000004711~")),
              DOCUMENT_VALIDATED);
    CHECK_INT(r.line_count, 1);
    CHECK(slice_ends_with(r.lines[0], SLICE("!TEST_LINE:test")));
    rig_close(&r);
}

/* ISA15: P, T, I; anything else is neither, and nobody guesses which. */
TEST(a_usage_that_is_neither_production_nor_test_posts_nothing)
{
    static const char usages[] = "PTIXp 0";
    rig_open(&r);
    for (const char *usage = usages; *usage; usage++) {
        struct text t = text_in(test_arena(), 1024);
        text_put(&t, SLICE("ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    "
                           "*260408*0900*U*00401*000004711*0*"));
        text_put_byte(&t, *usage);
        text_put(&t, SLICE("*:~" GS SET1 "GE*1*4804~IEA*1*000004711~"));
        bool is_test = *usage == 'T' || *usage == 'I';
        CHECK_INT(rig_run(&r, text_slice(&t)), *usage == 'P' ? DOCUMENT_POSTED
                                               : is_test     ? DOCUMENT_VALIDATED
                                                             : DOCUMENT_REJECTED);
        if (!is_test) CHECK_SLICE(rig_issues(&r), *usage == 'P' ? SLICE("") : SLICE("INTERCHANGE_USAGE"));
    }
    rig_close(&r);
}

TEST(a_file_is_cut_into_its_interchanges)
{
    struct slice file = SLICE("\n" GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~\n" GOOD_ISA "IEA*0*000004711~"),
                 document;
    uint64_t at = 0;
    CHECK(x12_document_next(file, &at, &document));
    CHECK(slice_starts_with(document, SLICE("\nISA")));
    CHECK(x12_document_next(file, &at, &document));
    CHECK_SLICE(document, SLICE(GOOD_ISA "IEA*0*000004711~"));
    CHECK(!x12_document_next(file, &at, &document));
}

TEST(what_stands_around_the_envelope_is_said_once)
{
    static const char whole[] = GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~";
    static const struct { const char *before, *behind, *issues;
    } rows[] = {
        { "", "\n", "" },
        { "", "\r\n", "" },
        { "\n", "", "PADDING" },
        { "  \r\n\r\n", "\n", "PADDING" },
        { "", "\n\n", "PADDING" },
        { "", " ", "PADDING" },
        { "Subject: report ", "", "LEADING_DATA" },
        { "", "bye", "TRAILING_DATA" },
        { "", "\x1a", "TRAILING_DATA" },
        { "\xef\xbb\xbf", "", "BYTE_ORDER_MARK" },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct text t = text_in(test_arena(), sizeof whole + 64);
        text_put(&t, slice_from(rows[k].before));
        text_put(&t, slice_from(whole));
        text_put(&t, slice_from(rows[k].behind));
        rig_open(&r);
        CHECK_INT(rig_run(&r, text_slice(&t)), DOCUMENT_POSTED);
        CHECK_SLICE(rig_issues(&r), slice_from(rows[k].issues));
        for (unsigned n = 0; n < r.result->warnings.count; n++)
            CHECK_TEXT(r.result->warnings.items[n].where.icn, "000004711");
        r.profile.tolerance = TOLERANCE_STRICT;
        CHECK_INT(rig_run(&r, text_slice(&t)), rows[k].issues[0] ? DOCUMENT_REJECTED : DOCUMENT_POSTED);
        rig_close(&r);
    }
}

static struct slice with_separator(const char *bytes, char separator)
{
    struct slice copy = slice_copy(test_arena(), slice_from(bytes));
    for (size_t k = 0; k < copy.size; k++)
        if (copy.bytes[k] == '*') ((char *)copy.bytes)[k] = separator;
    return copy;
}

TEST(an_envelope_with_its_separators_in_place_is_x12_whatever_they_are)
{
    static const char whole[] = GOOD_ISA GS SET1 "GE*1*4804~IEA*1*000004711~", separators[] = ",;|+\t^\x1d";
    for (const char *s = separators; *s; s++) {
        rig_open(&r);
        CHECK_INT(rig_run(&r, with_separator(whole, *s)), DOCUMENT_POSTED);
        CHECK_SLICE(r.result->format, SLICE("x12"));
        rig_close(&r);
    }
    rig_open(&r);
    CHECK_INT(rig_run(&r, with_separator(whole, '"')), DOCUMENT_POSTED);
    CHECK_INT(rig_run(&r, SLICE("ISA,qty\nISA,1\n")), DOCUMENT_HELD);
    rig_close(&r);
}

#define ISA_5010 \
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*^*00501*000004711*0*P*:~"
#define GUIDED(gs08, st03) \
    ISA_5010 "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*" gs08 "~ST*867*0001" st03 "~" LINE \
    "SE*9*0001~GE*1*4804~IEA*1*000004711~"

TEST(a_set_of_another_guide_than_its_group_is_refused)
{
    static const struct { const char *file, *issues;
    } rows[] = {
        { GUIDED("005010X123", "*005010X123"), "" },   { GUIDED("005010X123", "*005010X123A1"), "" },
        { GUIDED("005010X123A1", "*005010X123"), "" }, { GUIDED("005010X123", ""), "" },
        { GUIDED("005010", "*005010X123"), "" },       { GUIDED("005010X123", "*005010X321"), "SET_GUIDE@ST1" },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        rig_open(&r);
        CHECK_INT(rig_run(&r, slice_from(rows[k].file)), rows[k].issues[0] ? DOCUMENT_REJECTED : DOCUMENT_POSTED);
        CHECK_SLICE(rig_issues(&r), slice_from(rows[k].issues));
        if (rows[k].issues[0]) CHECK_INT(r.result->errors.items[0].code, ISSUE_SET_GUIDE);
        rig_close(&r);
    }
}

TEST(a_control_character_in_the_header_refuses_the_interchange)
{
    struct slice file = slice_copy(test_arena(), SLICE(GUIDED("005010", "")));
    ((char *)file.bytes)[40] = '\0';                /* in ISA06, whom the answer goes to */
    rig_open(&r);
    CHECK_INT(rig_run(&r, file), DOCUMENT_REJECTED);
    CHECK_INT(r.result->errors.items[0].code, ISSUE_INTERCHANGE_CHARACTER);
    CHECK_TEXT(r.result->errors.items[0].arguments[0].value, "6");
    rig_close(&r);
}

TEST(doubled_terminators_behind_the_last_segment_are_empty_segments)
{
    rig_open(&r);
    CHECK_INT(rig_run(&r, SLICE(GUIDED("005010", "") "~\n~")), DOCUMENT_POSTED);
    CHECK_SLICE(rig_issues(&r), SLICE("PADDING"));
    rig_close(&r);
}

TEST(a_segment_outside_a_group_is_named_where_it_stands)
{
    char file[512];
    snprintf(
        file, sizeof file,
        "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P*:~"
        "GS|PT|NWPOS|CLAIMSTREAM|20260408|0900|4804|X|004010~GE|0|4804~IEA*1*000004711~");
    rig_open(&r);
    CHECK_INT(rig_run(&r, slice_from(file)), DOCUMENT_REJECTED);
    CHECK_INT(r.result->errors.count, 2);
    CHECK_INT(r.result->errors.items[0].code, ISSUE_INTERCHANGE_SEGMENT);
    CHECK_INT(r.result->errors.items[0].where.offset, 106);
    CHECK_TEXT(r.result->errors.items[0].value, "GS|PT|NWPOS|CLAIMSTREAM|20260408|0900|4804|X|004010");
    CHECK_INT(r.result->errors.items[1].code, ISSUE_GROUP_COUNT);
    rig_close(&r);
}
