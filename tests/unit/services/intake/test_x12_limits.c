/* test_x12_limits.c: segments and elements that are wrong, each with its code and place (feeds.md 5.2, 5.4). */
#include "intake/x12_decimal.h"
#include "support/table.h"
#include "x12_rig.h"

#define HEAD "BPT*00*R-1*20260331*02~CUR*DS*EUR~"
#define SALE "PTD*SD~DTM*011*20260302~REF*IV*881200~QTY*39*5*EA~LIN**VP*KX-100~"

static struct rig r;

static struct slice issues_of(const char *body)
{
    rig_open(&r);
    rig_run_set(&r, "867", body);
    struct slice all = slice_copy(test_arena(), rig_issues(&r));
    rig_close(&r);
    return all;
}

TEST(segments_out_of_place_are_named)
{
    static const struct { const char *body, *wanted; } cases[] = {
        { HEAD SALE, "" },
        { HEAD "XYZ*1~" SALE, "SEGMENT_UNKNOWN@XYZ4" },
        { HEAD "bpt*1~" SALE, "SEGMENT_UNKNOWN@bpt4" },
        { HEAD "BAA*00*CK*20260331~" SALE, "SEGMENT_NOT_IN_SET@BAA4" },
        { HEAD "QTY*39*5*EA~" SALE, "SEGMENT_UNEXPECTED@QTY4" },
        { HEAD "PTD*SD~REF*IV*1~DTM*011*20260302~QTY*39*5*EA~LIN**VP*KX-100~", "SEGMENT_SEQUENCE@DTM6" },
        { "CUR*DS*EUR~" SALE, "SEGMENT_MISSING@BPT2" },
        { HEAD, "SEGMENT_MISSING@PTD4" },
        { HEAD "CUR*DS*USD~" SALE, "SEGMENT_LIMIT@CUR4" },
        { HEAD "N1*DS*A~N1*DB*A~N1*SE*A~N1*VN*A~N1*BT*A~N1*RI*A~" SALE, "LOOP_LIMIT@N19" },
        { HEAD SALE "LIN**VP*B~", "SEGMENT_UNEXPECTED@LIN9 LIN_BEFORE_QTY@LIN9" },
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++)
        CHECK_SLICE(issues_of(cases[k].body), slice_from(cases[k].wanted));
}

TEST(elements_out_of_bounds_are_named)
{
    static const struct { const char *body, *wanted; } cases[] = {
        { "BPT*00*R-1~" SALE, "ELEMENT_MISSING@BPT2.3" },
        { HEAD "REF*IA~" SALE, "ELEMENT_EITHER@REF4.2" },
        { HEAD "N1*DS~" SALE, "ELEMENT_EITHER@N14.2" },
        { HEAD "N1*DS*A*92~" SALE, "ELEMENT_CONDITION@N14.4" },
        { HEAD "N1*DS*A**X1~" SALE, "ELEMENT_CONDITION@N14.3" },
        { HEAD "REF*IA*1*2*3*4*5~" SALE, "ELEMENTS_TOO_MANY@REF4.5" },
        { HEAD "REF*I*1~" SALE, "ELEMENT_TOO_SHORT@REF4.1" },
        { HEAD "REF*ia*1~" SALE, "ELEMENT_CODE@REF4.1" },
        { HEAD "PTD*SD~DTM*011*20260302~REF*IV*1~QTY*39*5*ea~LIN**VP*KX-100~", "ELEMENT_CODE@QTY7.3" },
        { HEAD "DTM*582*20260230~" SALE, "ELEMENT_DATE@DTM4.2" },
        { HEAD "DTM*582*260228~" SALE, "ELEMENT_DATE@DTM4.2" },
        { HEAD "DTM*582*20260228*2561~" SALE, "ELEMENT_TIME@DTM4.3" },
        { HEAD "DTM*582**1200~" SALE, "" },
        { HEAD "DTM*582*****RD8~" SALE, "ELEMENT_EITHER@DTM4.2 ELEMENT_CONDITION@DTM4.5" },
        { HEAD "REF*IA*a\x02" "b~" SALE, "ELEMENT_CHARACTER@REF4.2" },
        { HEAD "REF*IA*a\nb~" SALE, "LINE_BREAK_IN_SEGMENT@REF4.2" },
        { HEAD "REF*IA*\xc3\xa9~" SALE, "ELEMENT_CHARACTER@REF4.2" },
        { HEAD "PTD*SD~DTM*011*20260302~REF*IV*1~QTY*39*5**X~LIN**VP*KX-100~", "ELEMENT_EXCLUSION@QTY7.4" },
        { HEAD "PTD*SD~DTM*011*20260302~REF*IV*1~QTY*39**EA~LIN**VP*KX-100~", "ELEMENT_EITHER@QTY7.2" },
        { HEAD "PTD*SD~DTM*011*20260302~REF*IV*1~QTY*39*5x*EA~LIN**VP*KX-100~", "ELEMENT_NUMBER@QTY7.2" },
        { HEAD SALE "UIT*EA**RS~", "ELEMENT_CONDITION@UIT9.2" },
        { HEAD "REF*IA*1:2:3:4:5:6:7:8:9:0:1:2:3:4:5:6:7~" SALE, "COMPONENTS_TOO_MANY@REF4.2 ELEMENT_TOO_LONG@REF4.2" },
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++)
        CHECK_SLICE(issues_of(cases[k].body), slice_from(cases[k].wanted));
}

TEST(line_breaks_inside_segments_are_dropped_when_the_profile_unwraps)
{
    rig_open(&r);
    r.profile.x12.unwrap = true;
    rig_run_set(&r, "867", HEAD "PTD*SD~DTM*011*2026\n0302~REF*IV*8812\r\n00~QTY*39*5*EA~LIN**VP*KX-100~");
    CHECK_SLICE(rig_issues(&r), SLICE(""));
    CHECK(memmem(r.lines[0].bytes, r.lines[0].size, "inv=881200", 10) != NULL);
    rig_close(&r);
}

TEST(a_segment_beyond_its_bound_is_skipped_to_its_end)
{
    struct text t = text_in(test_arena(), 128 << 10);
    PUT(&t, HEAD "REF*IA*");
    for (int k = 0; k < 70 << 10; k++) PUT(&t, "x");
    PUT(&t, "~" SALE);
    struct slice found = issues_of(slice_copy(test_arena(), text_slice(&t)).bytes);
    CHECK(slice_starts_with(found, SLICE("SEGMENT_TOO_LONG@REF4 ELEMENT_TOO_LONG@REF4.2")));
}

TEST(repetitions_have_a_bound)
{
    struct text t = text_in(test_arena(), 16 << 10);
    PUT(&t, "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*^*00501*000004711*0*P*:~"
        "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*005010~ST*867*0001~" HEAD "REF*IA*");
    for (int k = 0; k < 1001; k++) PUT(&t, "x^");
    PUT(&t, "~" SALE "SE*10*0001~GE*1*4804~IEA*1*000004711~");
    rig_open(&r);
    rig_run(&r, text_slice(&t));
    CHECK(issues_has(&r.result->errors, ISSUE_REPETITIONS_TOO_MANY));
    rig_close(&r);
}

TEST(element_separators_must_be_no_data)
{
    struct slice bytes = slice_copy(test_arena(), SLICE("ISA*00*          *00*          *01*123456789      "
                                                        "*ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P*:~"));
    for (size_t k = 0; k < bytes.size; k++) if (bytes.bytes[k] == '*') ((char *)bytes.bytes)[k] = '~';
    rig_open(&r);
    CHECK_INT(rig_run(&r, bytes), DOCUMENT_REJECTED);
    CHECK(issues_has(&r.result->errors, ISSUE_TERMINATOR_INVALID)
          || issues_has(&r.result->errors, ISSUE_ELEMENT_SEPARATOR_INVALID));
    rig_close(&r);
}

TEST(more_interchanges_than_a_document_may_have_are_not_read)
{
    struct text t = text_in(test_arena(), 256 << 10);
    for (int k = 0; k < X12_INTERCHANGES_MAX + 1; k++) {
        PUT(&t, "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*00000");
        text_put_int(&t, 1000 + k % 9000);
        PUT(&t, "*0*P*:~IEA*0*00000");
        text_put_int(&t, 1000 + k % 9000);
        PUT(&t, "~");
    }
    rig_open(&r);
    rig_run(&r, text_slice(&t));
    CHECK(issues_has(&r.result->errors, ISSUE_SETS_TOO_MANY));
    rig_close(&r);
}

TEST(longer_references_are_allowed_from_005010_on)
{
    const struct mapping_profile *p = mapping_profile_default();
    struct x12_limits *l = x12_limits_new(test_arena(), p);
    CHECK(x12_limits_know(l, x12_key(SLICE("REF"))));
    CHECK(!x12_limits_know(l, x12_key(SLICE("QQQ"))));
    CHECK_INT(x12_limits_reference(l, x12_key(SLICE("REF")), 2), 127);
    CHECK_INT(x12_limits_reference(l, x12_key(SLICE("REF")), 4), 0);
    CHECK_INT(x12_version_of(SLICE("004010VICS")), X12_004010);
    CHECK_INT(x12_version_of(SLICE("004030")), X12_004010);
    CHECK_INT(x12_version_of(SLICE("005010X1")), X12_005010);
    CHECK_INT(x12_version_of(SLICE("003070")), X12_003040);
    CHECK_INT(x12_version_of(SLICE("junk")), X12_002040);
}

TEST(dates_and_decimals_are_read_as_the_standard_writes_them)
{
    CHECK_INT(x12_date(SLICE("20260302")), 20260302);
    CHECK_INT(x12_date(SLICE("260302")), 20260302);
    CHECK_INT(x12_date(SLICE("990302")), 19990302);
    CHECK_INT(x12_date(SLICE("20260230")), 0);
    CHECK_INT(x12_date(SLICE("2026030")), 0);
    CHECK(x12_is_decimal(SLICE(".5")) && x12_is_decimal(SLICE("150.")) && x12_is_decimal(SLICE("-3")));
    CHECK(!x12_is_decimal(SLICE("")) && !x12_is_decimal(SLICE("-")) && !x12_is_decimal(SLICE("1.2.3"))
          && !x12_is_decimal(SLICE("1,5")) && !x12_is_decimal(SLICE("+1")));
}

TEST(products_of_decimals_keep_every_digit)
{
    struct table t = TABLE(
        "a                    b           | product",
        "4.10                 .5          | 2.050",
        ".1                   1.3         | 0.13",
        "-3                   12          | -36",
        "123456789012345678   1.234567890 | 152415787517146787.639079420",
        "0                    5           | 0",
        "x                    5           | x",
        "5                    -           | 5");
    while (table_next(&t)) CHECK_CELL(&t, "product", x12_decimal_multiply(test_arena(), cell(&t, "a"), cell(&t, "b")));
}
