/* test_x12_reader.c: 867, 844, 845 and 852 become lines (feeds.md 5.5, 5.6, 6). */
#include "support/table.h"
#include "x12_rig.h"

#define HEAD  "BPT*00*R-1*20260331*02~CUR*DS*EUR~N1*DS*NORTHWIND*92*NW~"
#define SALE  "DTM*003*20260302~DTM*011*20260302~REF*IV*881200~"

TEST(the_example_of_the_page_becomes_one_sale)
{
    struct rig r;
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "867",
                          HEAD "PTD*SD***DI*881200*DC~DTM*003*20260302~DTM*011*20260302~REF*LI*3~REF*AU*Q-7731~PRF*PO9~"
                               "N1*ST*ALDER WORKS*92*C44~N4*LYON**69002*FR~"
                               "N1*EN*ALDER "
                               "RAIL*92*E9~QTY*39*250*EA~LIN*1*VP*ABC-1*BP*77-ABC~UIT*EA*4.10*RS~UIT*EA*3.60*CA~UIT*EA*"
                               "3.05*CT~AMT*S*137.5~"),
              DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 1);
    CHECK_TEXT(r.lines[0], "PASS POS_SALE partner=P-17 inv=881200 il=3 order=PO9 auth=Q-7731 invd=20260302 "
                           "ship=20260302 part=ABC-1 own=77-ABC "
                           "qty=250 uom=EA resale=4.1 book=3.6 cost=3.05 amount=137.5 cur=EUR sold=ALDER WORKS "
                           "sold.id=C44 sold.city=LYON sold.country=FR "
                           "end=ALDER RAIL ~CLAIM_IN_POS:authorisation_no");
    rig_close(&r);
}

static struct rig r;

static bool says(struct slice all, const char *part)
{
    return memmem(all.bytes, all.size, part, strlen(part)) != NULL;
}

#define LIN "LIN**VP*KX-100~"

/* FR-004 */
TEST(of_two_customers_and_three_prices_the_first_counts)
{
    static const char body[] =
        HEAD "PTD*SD~" SALE "N1*ST*ALDER WORKS*92*C1~N1*ST*ALDER RAIL*92*C2~QTY*39*10*EA~LIN*1*VP*KX-100~"
             "UIT*EA*4.10*RS~UIT*EA*3.60*RS~UIT*EA*3.05*RS~";
    rig_open(&r);
    rig_run_set(&r, "867", body);
    CHECK_INT(r.line_count, 1);
    CHECK(says(r.lines[0], "resale=4.1 cur"));
    CHECK(says(r.lines[0], "sold=ALDER WORKS sold.id=C1"));
    CHECK(!says(r.lines[0], "end="));
    CHECK(says(r.lines[0], "~REPEATED_QUALIFIER ~REPEATED_QUALIFIER"));
    r.profile.x12.second_st_is_end_customer = true;
    rig_run_set(&r, "867", body);
    CHECK(says(r.lines[0], "sold=ALDER WORKS"));
    CHECK(says(r.lines[0], "end=ALDER RAIL"));
    rig_close(&r);
}

/* FR-005 */
TEST(a_line_number_as_quantity_code_makes_no_sale)
{
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "867", HEAD "PTD*SD~" SALE "QTY*1*10*EA~" LIN "QTY*39*5*EA~" LIN), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 2);
    CHECK(slice_starts_with(r.lines[0], SLICE("REJECT")));
    CHECK(says(r.lines[0], "!TXN_TYPE_UNKNOWN:kind"));
    CHECK(says(r.lines[1], "PASS POS_SALE") && says(r.lines[1], "qty=5"));
    CHECK(says(rig_issues(&r), "TXN_CODE_UNKNOWN@QTY9.1"));
    rig_close(&r);
}

/* FR-006 */
TEST(a_return_by_a_code_nobody_listed_is_refused_until_the_profile_lists_it)
{
    struct slice names[] = { SLICE("QTY01:61") }, codes[] = { SLICE("N4") };
    struct profile_value values[] = { { SLICE("kind"), SLICE("POS_RETURN"), { names, 1 } } };
    struct x12_map maps[] = { { SLICE("867"), SLICE("vendor_part"), SLICE("LIN"), { codes, 1 } } };
    static const char body[] = HEAD "PTD*SD~" SALE "QTY*61*4*EA~LIN**N4*00000111122~";
    rig_open(&r);
    rig_run_set(&r, "867", body);
    CHECK(says(r.lines[0], "REJECT") && says(r.lines[0], "!TXN_TYPE_UNKNOWN:kind"));
    r.profile.values = values;
    r.profile.value_count = 1;
    r.profile.x12.maps = maps;
    r.profile.x12.map_count = 1;
    rig_run_set(&r, "867", body);
    CHECK(says(r.lines[0], "PASS POS_RETURN") && says(r.lines[0], "part=00000111122 qty=-4"));
    CHECK(!says(rig_issues(&r), "TXN_CODE_UNKNOWN"));
    rig_close(&r);
}

/* FR-016 */
TEST(a_set_of_another_industry_is_refused_whole)
{
    rig_open(&r);
    CHECK_INT(rig_run_set(
                  &r, "867",
                  "BPT*SU*R1*20261028~REF*Q5**100001~N1*8S*WIRES CO*1*007000001~PTD*BJ***MG*134000001~DTM*140*20261027~"
                  "QTY*QD***NV~MEA****KH**0*51~"),
              DOCUMENT_REJECTED);
    CHECK_INT(r.line_count, 0);
    CHECK_SLICE(rig_issues(&r), SLICE("PURPOSE_CODE@BPT2.1 TXN_CODE_UNKNOWN@PTD5.1 TXN_CODE_UNKNOWN@QTY7.1"));
    rig_close(&r);
}

/* Section 6: PTD01, PTD06, QTY01, the quantity sent: what becomes of it. */
TEST(marks_of_a_movement_give_its_kind_and_sign_once)
{
    struct table t = TABLE(
        "ptd01  ptd06  qty01  sent  | line",
        "SS     _      39     5     | POS_SALE 5",
        "SD     DC     32     5     | POS_SALE 5",
        "DS     _      83     5     | POS_SALE 5 direct",
        "_      _      39     5     | POS_SALE 5",
        "CO     _      39     5     | POS_SALE 5",
        "RA     _      39     5     | POS_SALE 5",
        "BN     _      39     5     | POS_RETURN -5",
        "RP     CD     76     -5    | POS_RETURN -5",
        "RB     CD     84     5     | POS_RETURN -5",
        "SD     _      76     -5    | POS_RETURN -5",
        "SD     CD     39     -5    | POS_RETURN -5",
        "SD     _      39     -5    | POS_RETURN -5",
        "RU     _      39     -5    | POS_RETURN -5",
        "IB     _      39     5     | TRANSFER_OUT 5",
        "IB     _      39     -5    | TRANSFER_IN 5",
        "IB     TI     39     5     | TRANSFER_IN 5",
        "IB     TO     39     -5    | TRANSFER_IN 5",
        "SD     TO     39     -5    | TRANSFER_OUT 5",
        "IB     _      78     -5    | TRANSFER_IN 5",
        "SD     _      77     5     | TRANSFER_IN 5",
        "SD     _      78     5     | TRANSFER_OUT 5",
        "RC     _      39     5     | mirror",
        "SD     DM     39     5     | mirror",
        "IA     _      39     -5    | STOCK_ADJUST -5",
        "SA     _      39     5     | STOCK_ADJUST 5",
        "SC     _      39     5     | STOCK_ADJUST -5",
        "SM     _      39     -5    | STOCK_ADJUST -5",
        "CC     _      39     5     | STOCK_ADJUST -5",
        "SD     AI     39     -5    | STOCK_ADJUST 5",
        "SD     AO     39     5     | STOCK_ADJUST -5",
        "BB     _      39     5     | demand",
        "SU     _      39     5     | POS_SALE 5 summary",
        "ZZ     _      39     5     | unknown",
        "SD     ZZ     39     5     | unknown",
        "SD     _      99     5     | unknown",
        "SD     _      38     5     | unknown",
        "SD     _      40     5     | unknown");
    while (table_next(&t)) {
        struct text body = text_in(test_arena(), 1024), got = text_in(test_arena(), 256);
        PUT(&body, HEAD "PTD*");
        if (!cell_is_default(&t, "ptd01")) text_put(&body, cell(&t, "ptd01"));
        PUT(&body, "*****");
        if (!cell_is_default(&t, "ptd06")) text_put(&body, cell(&t, "ptd06"));
        if (cell_is_default(&t, "ptd06")) body.size -= 5;
        PUT(&body, "~" SALE "QTY*");
        text_put(&body, cell(&t, "qty01"));
        PUT(&body, "*");
        text_put(&body, cell(&t, "sent"));
        PUT(&body, "*EA~" LIN);
        rig_open(&r);
        rig_run_set(&r, "867", rig_text(text_slice(&body)));
        if (r.result->skipped[SKIPPED_mirror]) PUT(&got, "mirror");
        else if (r.result->skipped[SKIPPED_demand]) PUT(&got, "demand");
        else if (r.line_count == 1 && says(r.lines[0], "!TXN_TYPE_UNKNOWN")) PUT(&got, "unknown");
        else if (r.line_count == 1) {
            struct slice rest = slice_skip(r.lines[0], 5);
            text_put(&got, slice_cut(&rest, ' '));
            const char *qty = memmem(r.lines[0].bytes, r.lines[0].size, " qty=", 5);
            PUT(&got, " ");
            if (qty) { rest = slice_from(qty + 5); text_put(&got, slice_cut(&rest, ' ')); }
            if (says(r.lines[0], " direct")) PUT(&got, " direct");
            if (says(r.lines[0], " summary")) PUT(&got, " summary");
        }
        CHECK_CELL(&t, "line", text_slice(&got));
        rig_close(&r);
    }
}

TEST(mirror_rows_adjust_stock_where_the_vendor_says_so)
{
    rig_open(&r);
    r.profile.mirror_rows = MIRROR_ROWS_STOCK_ADJUST;
    rig_run_set(&r, "867", HEAD "PTD*SD*****DM~" SALE "QTY*39*5*EA~" LIN "PTD*SD*****MD~" SALE "QTY*39*5*EA~" LIN);
    CHECK(says(r.lines[0], "PASS STOCK_ADJUST") && says(r.lines[0], "qty=-5"));
    CHECK(says(r.lines[1], "PASS STOCK_ADJUST") && says(r.lines[1], "qty=5"));
    rig_close(&r);
}

TEST(amounts_of_returns_are_turned_once)
{
    rig_open(&r);
    rig_run_set(&r, "867", HEAD "PTD*BN~" SALE "QTY*76*-4*EA~" LIN "AMT*1*20~QTY*76*4*EA~" LIN "AMT*1*-20*C~");
    CHECK(says(r.lines[0], "qty=-4") && says(r.lines[0], "ext=-20") && says(r.lines[0], "~SIGN_FIXED:extended_amount"));
    CHECK(says(r.lines[1], "qty=-4") && says(r.lines[1], "ext=-20") && !says(r.lines[1], "SIGN"));
    rig_run_set(&r, "867", HEAD "PTD*SD~" SALE "QTY*39*4*EA~" LIN "AMT*1*-20~QTY*39*0*EA~" LIN);
    CHECK(says(r.lines[0], "REJECT") && says(r.lines[0], "!SIGN_CONFLICT:extended_amount"));
    CHECK(says(r.lines[1], "REJECT") && says(r.lines[1], "!QTY_ZERO"));
    rig_close(&r);
}

TEST(a_credit_memo_alone_is_a_hint_unless_the_profile_takes_it_for_a_return)
{
    static const char memo[] = HEAD "PTD*SD~DTM*011*20260302~REF*IV*881200~REF*CM*CM-1~QTY*39*4*EA~" LIN;
    static const char amount[] = HEAD "PTD*SD~" SALE "QTY*39*4*EA~" LIN "AMT*1*20*C~";
    rig_open(&r);
    rig_run_set(&r, "867", memo);
    CHECK(says(r.lines[0], "PASS POS_SALE") && says(r.lines[0], "memo=CM-1") && says(r.lines[0], "~RETURN_HINT"));
    rig_run_set(&r, "867", amount);
    CHECK(says(r.lines[0], "PASS POS_SALE") && says(r.lines[0], "~RETURN_HINT"));
    r.profile.x12.ref_cm_is_return = r.profile.x12.amt03_c_is_return = true;
    rig_run_set(&r, "867", memo);
    CHECK(says(r.lines[0], "PASS POS_RETURN") && says(r.lines[0], "qty=-4"));
    rig_run_set(&r, "867", amount);
    CHECK(says(r.lines[0], "PASS POS_RETURN") && says(r.lines[0], "ext=-20"));
    rig_close(&r);
}

TEST(a_return_without_invoice_takes_its_memo_or_the_original_invoice)
{
    rig_open(&r);
    rig_run_set(&r, "867",
                HEAD "PTD*BN~DTM*011*20260302~REF*CM*CM-1~REF*OI*881~QTY*76*4*EA~" LIN
                     "PTD*BN~DTM*011*20260302~REF*OI*881~QTY*76*4*EA~" LIN);
    CHECK(says(r.lines[0], "inv=CM-1 oinv=881 memo=CM-1") && says(r.lines[0], "~INVOICE_NO_FROM_MEMO"));
    CHECK(says(r.lines[1], "inv=881 oinv=881") && says(r.lines[1], "~INVOICE_NO_FROM_MEMO"));
    rig_close(&r);
}

/* 867 and 844 have no segment for the line of the sale: the one beside the original invoice is taken, and said. */
TEST(a_return_that_names_the_original_invoice_names_its_line_too)
{
    static const char *const returns[] = {
        "PTD*BN~DTM*011*20260302~REF*OI*881~REF*LI*4~QTY*76*4*EA~" LIN,
        "PTD*BN~DTM*011*20260302~REF*CM*CM-1~REF*OI*881~REF*FJ*4~QTY*76*4*EA~" LIN,
        "PTD*SD***DI*CM-1~DTM*011*20260302~REF*OI*881~REF*LI*4~QTY*39*-4*EA~" LIN,
    };
    for (unsigned k = 0; k < sizeof returns / sizeof *returns; k++) {
        struct text t = text_in(test_arena(), 512);
        PUT(&t, HEAD);
        text_put(&t, slice_from(returns[k]));
        text_put_byte(&t, 0);
        rig_open(&r);
        rig_run_set(&r, "867", t.bytes);
        CHECK(says(r.lines[0], "PASS POS_RETURN") && says(r.lines[0], "oinv=881 oline=4"));
        CHECK(says(r.lines[0], "~ORIGINAL_LINE_ASSUMED"));
        rig_close(&r);
    }
    rig_open(&r);
    rig_run_set(&r, "867", HEAD "PTD*SD***DI*882~DTM*011*20260302~REF*OI*881~REF*LI*4~QTY*39*4*EA~" LIN);
    /* billed again: nothing is taken back */
    CHECK(says(r.lines[0], "PASS POS_SALE") && !says(r.lines[0], "oline"));
    rig_close(&r);
}

/* What a claim gives back is known by its credit memo as well. */
TEST(a_claim_that_is_credited_takes_its_memo_for_a_number)
{
    rig_open(&r);
    rig_run_set(&r, "844",
                "BAA*00*CK*20260331*AM*DM-1~CUR*DS*EUR~CON*CT*Q-1~REF*CM*CM-9~REF*OI*881~DTM*011*20260302~"
                "PAD*1*SD~" LIN "QTY*39*-4*EA~AMT*S*-2~");
    CHECK(says(r.lines[0], "PASS SHIP_DEBIT_CLAIM") && says(r.lines[0], "inv=CM-9 oinv=881"));
    rig_close(&r);
}

TEST(a_summary_takes_the_end_of_the_report_and_keeps_its_authorisation_as_an_extra)
{
    rig_open(&r);
    rig_run_set(
        &r, "867",
        "BPT*00*R-1*20260331*SS~CUR*DS*EUR~DTM*582****RD8*20260301-20260331~PTD*SU~REF*AU*Q-1~QTY*39*4*EA~" LIN);
    CHECK(says(r.lines[0], "PASS POS_SALE") && says(r.lines[0], "ship=20260331")
          && says(r.lines[0], "summary authorisation_no=Q-1"));
    CHECK(says(r.lines[0], "~SHIP_DATE_FROM_REPORT"));
    rig_close(&r);
}

TEST(price_protection_needs_no_units_and_takes_the_date_of_the_change)
{
    rig_open(&r);
    rig_run_set(&r, "867",
                HEAD "PTD*PA~DTM*011*20260302~DTM*007*20260215~QTY*39*0*EA~" LIN
                     "AMT*S*12~PTD*BP~DTM*011*20260302~QTY*39*3*EA~" LIN);
    CHECK(says(r.lines[0], "PASS PRICE_PROTECTION_CLAIM") && says(r.lines[0], "pcd=20260215")
          && says(r.lines[0], "amount=12"));
    CHECK(says(r.lines[1], "PASS PRICE_PROTECTION_CLAIM") && says(r.lines[1], "pcd=20260302")
          && says(r.lines[1], "qty=3"));
    rig_close(&r);
}

TEST(references_count_by_their_order_on_the_page_not_in_the_file)
{
    struct slice codes[] = { SLICE("Q1"), SLICE("PR") };
    struct x12_map maps[] = { { SLICE("867"), SLICE("authorisation_no"), SLICE("REF"), { codes, 2 } } };
    static const char body[] = HEAD "PTD*SD~DTM*011*20260302~REF*IK*3~REF*IV*2~REF*DI*1~REF*PR*P~REF*Q1*Q~REF*AU*A~REF*"
                                    "CT*C~REF*D9*99~QTY*39*4*EA~" LIN;
    rig_open(&r);
    rig_run_set(&r, "867", body);
    CHECK(says(r.lines[0], "inv=1 ") && says(r.lines[0], "auth=A ") && says(r.lines[0], "REF:Q1=Q")
          && says(r.lines[0], "REF:CT=C") && says(r.lines[0], "REF:D9=99"));
    r.profile.x12.maps = maps;
    r.profile.x12.map_count = 1;
    rig_run_set(&r, "867", body);
    CHECK(says(r.lines[0], "auth=Q ") && !says(r.lines[0], "REF:Q1"));
    rig_close(&r);
}

TEST(lin_is_read_by_qualifier_and_serials_are_a_list)
{
    rig_open(&r);
    r.profile.x12.lin01 = LIN01_INVOICE_LINE;
    rig_run_set(&r, "867",
                HEAD "PTD*SD~" SALE "REF*SE*S1~REF*SE*S2~QTY*39*3*EA~LIN*7*UP*012345678905*SK*77*MG*M-1*SN*S3*LT*L9~"
                                    "PID*F****Widget \xc3\xa9~REF*SE*S4~");
    CHECK(says(r.lines[0], "il=7 ") && says(r.lines[0], "part=M-1 own=77 gtin=012345678905"));
    CHECK(says(r.lines[0], "sn=S3 sn=S4 sn=S1 sn=S2"));
    CHECK(says(r.lines[0], "LIN:LT=L9") && says(r.lines[0], "PID05=Widget \xc3\xa9"));
    CHECK(says(rig_issues(&r), "ELEMENT_NOT_BASIC@PID13.5"));
    rig_close(&r);
}

TEST(lin_before_qty_belongs_to_the_quantity_behind_it)
{
    static const char body[] =
        HEAD "PTD*SD~" SALE "LIN**VP*A~QTY*39*1*EA~UIT*EA*4*RS~LIN**VP*B~QTY*39*2*EA~UIT*EA*5*RS~";
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "867", body), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 2);
    CHECK(says(r.lines[0], "part=A qty=1") && says(r.lines[0], "resale=4"));
    CHECK(says(r.lines[1], "part=B qty=2") && says(r.lines[1], "resale=5"));
    CHECK_SLICE(rig_issues(&r), SLICE("LIN_BEFORE_QTY@LIN9"));
    r.profile.tolerance = TOLERANCE_STRICT;
    CHECK_INT(rig_run_set(&r, "867", body), DOCUMENT_REJECTED);
    rig_close(&r);
}

TEST(lin_before_qty_belongs_to_the_quantity_behind_it_when_nothing_parts_them)
{
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "867",
                          HEAD "PTD*SD~" SALE "LIN**VP*A~QTY*39*1*EA~LIN**VP*B~QTY*39*2*EA~LIN**VP*C~QTY*39*3*EA~"),
              DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 3);
    CHECK(says(r.lines[0], "part=A qty=1") && says(r.lines[1], "part=B qty=2") && says(r.lines[2], "part=C qty=3"));
    CHECK_INT(rig_run_set(&r, "867", HEAD "PTD*SD~" SALE "LIN**VP*A~QTY*39*1*EA~LIN**VP*B~UIT*EA*4*RS~"),
              DOCUMENT_REJECTED);
    CHECK(says(rig_issues(&r), "SEGMENT_UNEXPECTED"));
    rig_close(&r);
}

TEST(a_status_of_an_agreement_that_is_not_known_is_told_with_the_codes_that_are)
{
    rig_open(&r);
    r.submitter.vendor = true;
    CHECK_INT(rig_run_set(&r, "845", "BPA*00*X*20260301*A1~CON*CT*Q-1*AC~DTM*092*20260301~PAD*1~LIN**VP*A~CTP**NET*3~"),
              DOCUMENT_REJECTED);
    struct text said = text_in(test_arena(), 1024);
    for (unsigned k = 0; k < r.result->errors.count; k++)
        issue_put_human(&said, SLICE("x"), &r.result->errors.items[k]);
    CHECK(says(text_slice(&said), "status has a word that is not known: AC."));
    CHECK(says(text_slice(&said), "Use one of: VA, PB, HO, CL, EX, CC, DL, CM."));
    rig_close(&r);
}

TEST(composite_units_keep_their_factor_beside_the_quantity_as_sent)
{
    rig_open(&r);
    rig_run_set(&r, "867", HEAD "PTD*SD~" SALE "QTY*39*2*CA:1:40~" LIN "UIT*CA*4*RS~");
    CHECK(says(r.lines[0], "PASS") && says(r.lines[0], "qty=2 uom=CA resale=4 ")
          && says(r.lines[0], "uom_factor=1:40"));
    rig_close(&r);
}

TEST(a_factor_is_told_alike_whatever_parts_the_components)
{
    struct text t = text_in(test_arena(), 1024);
    text_put(
        &t, rig_file("PT", "004010", rig_text(rig_set("867", "0001", HEAD "PTD*SD~" SALE "QTY*39*2*CA:1:40~" LIN)), 1));
    for (size_t i = 0; i < t.size; i++)
        if (t.bytes[i] == ':') t.bytes[i] = '\x1f';
    rig_open(&r);
    CHECK_INT(rig_run(&r, text_slice(&t)), DOCUMENT_POSTED);
    CHECK(says(r.lines[0], "qty=2 uom=CA") && says(r.lines[0], "uom_factor=1:40"));
    rig_close(&r);
}

/* UIT01 and QTY03: alike, alike by our spellings, apart with a factor of one or of the other, apart without any that
 * can be used. */
TEST(a_price_of_another_unit_needs_a_factor)
{
    struct table t = TABLE(
        "qty      price     each   | says",
        "EA        EA        4.10   | resale=4.1",
        "PC        EA        4.10   | resale=4.1",
        "EA        PCE       4.10   | resale=4.1",
        "CA        EA        4.10   | !UNIT_OF_PRICE_DIFFERS",
        "CA:1:40   CA        164    | resale=164",
        "CA:1:40   EA        4.10   | resale=164",
        "EA        CA:1:40   164    | resale=4.1",
        "EA        CA::24    24     | resale=1",
        "EA        CA:1:24   100    | ~DIGITS_ROUNDED",
        "EA        CA:2:24   24     | !UNIT_OF_PRICE_DIFFERS",
        "EA        CA:1:0    24     | !UNIT_OF_PRICE_DIFFERS",
        "EA        CA:1:-2   24     | !UNIT_OF_PRICE_DIFFERS");
    rig_open(&r);
    while (table_next(&t)) {
        char set[512];
        snprintf(set, sizeof set, HEAD "PTD*SD~" SALE "QTY*39*2*%.*s~" LIN "UIT*%.*s*%.*s*RS~",
                 SLICE_ARGS(cell(&t, "qty")), SLICE_ARGS(cell(&t, "price")), SLICE_ARGS(cell(&t, "each")));
        rig_run_set(&r, "867", set);
        CHECK_CELL(&t, "says", says(r.lines[0], rig_text(cell(&t, "says"))) ? cell(&t, "says") : r.lines[0]);
    }
    rig_close(&r);
}

TEST(a_price_that_does_not_count_is_asked_for_no_unit)
{
    rig_open(&r);
    rig_run_set(&r, "867", HEAD "PTD*SD~" SALE "QTY*39*2*EA~" LIN "UIT*EA*4*CA~UIT*CA*5*WH~UIT*CA*6*ZZ~");
    CHECK(says(r.lines[0], "PASS") && says(r.lines[0], "book=4 "));
    rig_close(&r);
}

TEST(dates_of_the_header_are_those_of_the_report_not_of_its_movements)
{
    static const char sale[] = "PTD*SD***DI*1~QTY*39*2*EA~" LIN;
    char body[512];
    rig_open(&r);
    snprintf(body, sizeof body, "BPT*00*R-1*20260331*02~CUR*DS*EUR~DTM*003*20260302~DTM*011*20260302~%s", sale);
    rig_run_set(&r, "867", body);
    CHECK(says(r.lines[0], "REJECT") && says(r.lines[0], "!FIELD_MISSING:ship_date")
          && says(r.lines[0], "DTM:011=20260302"));
    rig_close(&r);
}

TEST(multipliers_are_applied_exactly_before_typing)
{
    rig_open(&r);
    rig_run_set(&r, "867",
                "BPT*00*R-1*20260331*02*DIS*.5~CUR*DS*EUR~PTD*SD~" SALE "QTY*39*2*EA~" LIN "UIT*EA*4.10*RS~UIT*EA*3*CA~"
                "PTD*SD*SEL*1.3~" SALE "QTY*39*2*EA~" LIN "UIT*EA*.1*RS~");
    CHECK(says(r.lines[0], "resale=2.05 book=1.5"));
    CHECK(says(r.lines[1], "resale=0.13"));
    CHECK_INT(rig_run_set(&r, "867", HEAD "PTD*SD*QQQ*2~" SALE "QTY*39*2*EA~" LIN), DOCUMENT_REJECTED);
    CHECK_SLICE(rig_issues(&r), SLICE("MULTIPLIER_UNKNOWN@PTD5.2"));
    rig_close(&r);
}

TEST(items_of_a_party_are_lines_with_that_party)
{
    rig_open(&r);
    rig_run_set(&r, "867",
                HEAD "PTD*SS~DTM*011*20260302~N1*ST*ALDER*92*C1~SII*VP*A-1*EA*4*1.5*1.2~N9*DI*77~N1*ST*BIRCH*92*C2~N4*"
                     "LYON***FR~SII*VP*B-1*5*EA*2~N9*DI*78~");
    CHECK_INT(r.line_count, 2);
    CHECK(says(r.lines[0], "inv=77 ") && says(r.lines[0], "part=A-1 qty=4 uom=EA resale=1.5 book=1.2")
          && says(r.lines[0], "sold=ALDER"));
    CHECK(says(r.lines[1], "inv=78 ") && says(r.lines[1], "sold=BIRCH sold.id=C2 sold.city=LYON"));
    CHECK(says(r.lines[0], "~SII_ASSUMED"));
    r.profile.x12.sii05 = SLICE("claimed_cost_unit");
    r.profile.x12.sii06 = SLICE("resale_unit");
    r.profile.x12.sii_assumed = false;
    rig_run_set(&r, "867", HEAD "PTD*SS~DTM*011*20260302~N1*ST*ALDER*92*C1~SII*VP*A-1*EA*4*1.5*1.2~N9*DI*77~");
    CHECK(says(r.lines[0], "resale=1.2 cost=1.5") && !says(r.lines[0], "SII_ASSUMED"));
    rig_close(&r);
}

TEST(a_bare_movement_makes_no_line)
{
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "867", HEAD "PTD*SU~CTT*0~"), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 0);
    CHECK_INT(r.result->skipped[SKIPPED_bare_ptd], 1);
    rig_close(&r);
}

TEST(counts_and_totals_of_ctt_are_compared)
{
    static const char body[] = HEAD "PTD*SD~" SALE "QTY*39*2*EA~" LIN "QTY*76*-3.5*EA~" LIN "CTT*3*6~";
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "867", HEAD "PTD*SD~" SALE "QTY*39*2*EA~" LIN "QTY*76*-3.5*EA~" LIN "CTT*2*5.5~"),
              DOCUMENT_POSTED);
    CHECK_SLICE(rig_issues(&r), SLICE(""));
    CHECK_INT(rig_run_set(&r, "867", body), DOCUMENT_POSTED);
    CHECK_SLICE(rig_issues(&r), SLICE("LINE_COUNT@CTT13.1 HASH_TOTAL@CTT13.2"));
    r.profile.x12.ctt01 = CTT01_ANY;
    rig_run_set(&r, "867", HEAD "PTD*SD~" SALE "QTY*39*2*EA~" LIN "CTT*9~");
    CHECK_SLICE(rig_issues(&r), SLICE(""));
    r.profile.x12.ctt01 = CTT01_LOOPS;
    rig_run_set(&r, "867", HEAD "PTD*SD~" SALE "QTY*39*2*EA~" LIN "QTY*39*2*EA~" LIN "CTT*1~");
    CHECK_SLICE(rig_issues(&r), SLICE(""));
    r.profile.x12.ctt01 = CTT01_STANDARD;
    r.profile.tolerance = TOLERANCE_STRICT;
    CHECK_INT(rig_run_set(&r, "867", body), DOCUMENT_REJECTED);
    rig_close(&r);
}

TEST(purposes_post_acknowledge_hold_or_refuse)
{
    struct table t = TABLE(
        "purpose  | state     lines",
        "00       | POSTED    1",
        "02       | POSTED    1",
        "15       | POSTED    1",
        "18       | POSTED    1",
        "6R       | POSTED    1",
        "07       | POSTED    0",
        "08       | POSTED    0",
        "11       | POSTED    0",
        "01       | HELD      0",
        "04       | HELD      0",
        "05       | HELD      0",
        "CO       | HELD      0",
        "22       | REJECTED  0");
    while (table_next(&t)) {
        struct text body = text_in(test_arena(), 1024);
        PUT(&body, "BPT*");
        text_put(&body, cell(&t, "purpose"));
        PUT(&body, "*R-1*20260331*02*****OLD-7~CUR*DS*EUR~PTD*SD~" SALE "QTY*39*2*EA~" LIN);
        rig_open(&r);
        CHECK_CELL(&t, "state", document_state_name(rig_run_set(&r, "867", rig_text(text_slice(&body)))));
        CHECK_CELL_INT(&t, "lines", r.line_count);
        if (r.result->state == DOCUMENT_HELD) {
            CHECK_INT(r.result->question->code, ISSUE_DOCUMENT_TARGET_UNKNOWN);
            CHECK_TEXT(r.result->question->value, "OLD-7");
        }
        rig_close(&r);
    }
}

static struct slice old_sale(const char *invoiced)
{
    char body[256];
    snprintf(body, sizeof body,
             "BPT*00*R-1*260331*02~CUR*DS*EUR~PTD*SD~DTM*003*%s~DTM*011*260302~REF*IV*1~QTY*39*2*EA~" LIN, invoiced);
    return rig_file("PT", "003040", rig_text(rig_set("867", "0001", body)), 1);
}

TEST(six_digit_dates_get_their_century_in_old_versions)
{
    struct slice versions[] = { SLICE("003040") };
    rig_open(&r);
    r.profile.x12.versions = (struct texts){ versions, 1 };
    rig_run(&r, old_sale("260301"));
    CHECK(says(r.lines[0], "PASS POS_SALE") && says(r.lines[0], "invd=20260301 ship=20260302"));
    rig_run(&r, old_sale("260301***20"));
    CHECK(says(r.lines[0], "invd=20260301 ship=20260302"));
    rig_run(&r, old_sale("960301***19"));
    CHECK(says(r.lines[0], "invd=19960301 ship=20260302"));
    rig_run(&r, old_sale("260301***19"));           /* what is said is not guessed otherwise */
    CHECK(says(r.lines[0], "REJECT") && says(r.lines[0], "FIELD_INVALID:invoice_date"));
    rig_close(&r);
}

TEST(an_agreement_may_say_its_time_in_one_segment)
{
    rig_open(&r);
    r.submitter.vendor = true;
    static const char body[] = "BPA*00*X*20260301*A1~CON*CT*Q-1~DTM*%s****RD8*20260101-20261231~PAD*1~LIN**VP*A~"
                               "CTP**NET*3~";
    for (unsigned k = 0; k < 2; k++) {
        char set[256];
        snprintf(set, sizeof set, body, k ? "092" : "007");
        CHECK_INT(rig_run_set(&r, "845", set), DOCUMENT_POSTED);
        CHECK_INT(r.result->passed, 1);
    }
    rig_close(&r);
}

TEST(latin1_names_are_kept_as_utf8_and_warned)
{
    rig_open(&r);
    rig_run_set(&r, "867", HEAD "PTD*SD~" SALE "N1*ST*M\xfcller*92*C1~QTY*39*2*EA~" LIN "QTY*39*3*EA~" LIN);
    CHECK(says(r.lines[0], "sold=M\xc3\xbcller"));
    CHECK(says(r.lines[1], "sold=M\xc3\xbcller"));
    CHECK(says(rig_issues(&r), "ELEMENT_NOT_BASIC@N19.2"));
    r.profile.tolerance = TOLERANCE_STRICT;
    CHECK_INT(rig_run_set(&r, "867", HEAD "PTD*SD~" SALE "N1*ST*M\xfcller*92*C1~QTY*39*2*EA~" LIN), DOCUMENT_REJECTED);
    rig_close(&r);
}

TEST(a_length_that_the_profile_allows_is_a_warning)
{
    struct x12_length_limit limits[] = { { SLICE("REF"), 2, 50 } };
    static const char body[] =
        HEAD "PTD*SD~DTM*011*20260302~REF*IV*1~REF*AU*SD-0123-LONG-REFERENCE-2026-000017~QTY*39*2*EA~" LIN;
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "867", body), DOCUMENT_REJECTED);
    CHECK_SLICE(rig_issues(&r), SLICE("ELEMENT_TOO_LONG@REF8.2"));
    r.profile.x12.length_limits = limits;
    r.profile.x12.length_limit_count = 1;
    CHECK_INT(rig_run_set(&r, "867", body), DOCUMENT_POSTED);
    CHECK(says(r.lines[0], "auth=SD-0123-LONG-REFERENCE-2026-000017"));
    CHECK_SLICE(rig_issues(&r), SLICE("ELEMENT_LENGTH_ALLOWED@REF8.2"));
    rig_close(&r);
}

#define CLAIM_HEAD "BAA*00*CK*20260331*AM*DM-9~CUR*DS*EUR~"

TEST(claims_come_one_a_pad_under_their_authorisation)
{
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "844",
                          CLAIM_HEAD "CON*CT*Q-1~REF*IV*77~DTM*011*20260302~N1*ST*ALDER*92*C1~PAD*1*SD~" LIN
                                     "UIT*EA*4*RS~UIT*EA*3*CT~QTY*38*100*EA~"
                                     "QTY*39*10*EA~AMT*CC*9~AMT*S*10~PAD**BN~" LIN
                                     "QTY*76*2*EA~AMT*S*2~CON*CT*Q-2~REF*IV*78~DTM*011*20260303~PAD*3*SD*PC~" LIN
                                     "QTY*39*1*EA~CTT*3~"),
              DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 3);
    CHECK(says(r.lines[0], "PASS SHIP_DEBIT_CLAIM") && says(r.lines[0], "memo=DM-9 claim=DM-9 cl=1 ")
          && says(r.lines[0], "auth=Q-1"));
    CHECK(says(r.lines[0], "qty=10 uom=EA resale=4 cost=3 amount=10 cur=EUR sold=ALDER")
          && says(r.lines[0], "QTY:38=100"));
    CHECK(says(r.lines[1], "PASS SHIP_DEBIT_CLAIM") && says(r.lines[1], "cl=2 ") && says(r.lines[1], "qty=-2")
          && says(r.lines[1], "amount=-2") && says(r.lines[1], "~SIGN_FIXED"));
    CHECK(says(r.lines[2], "inv=78") && says(r.lines[2], "auth=Q-2") && says(r.lines[2], "PAD03=PC")
          && !says(r.lines[2], "sold="));
    rig_close(&r);
}

TEST(a_claim_that_says_delete_or_reject_and_changes_no_document_is_refused)
{
    static const struct { const char *action; bool is_refused;
    } rows[] = { { "DI", true }, { "RC", true }, { "PC", false }, { "QD", false }, { "QI", false }, { "RZ", false } };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct text t = text_in(test_arena(), 512);
        PUT(&t, CLAIM_HEAD "CON*CT*Q-1~REF*IV*77~DTM*011*20260302~PAD*1*SD~" LIN "QTY*39*1*EA~AMT*S*10~PAD*2*SD*");
        text_put(&t, slice_from(rows[k].action));
        PUT(&t, "~" LIN "QTY*39*1*EA~AMT*S*10~CTT*2~");
        rig_open(&r);
        CHECK_INT(rig_run_set(&r, "844", rig_text(text_slice(&t))), DOCUMENT_POSTED);
        CHECK(says(r.lines[0], "PASS SHIP_DEBIT_CLAIM"));
        CHECK(says(r.lines[1], rows[k].is_refused ? "REJECT SHIP_DEBIT_CLAIM" : "PASS SHIP_DEBIT_CLAIM"));
        CHECK_SLICE(rig_issues(&r), slice_from(rows[k].is_refused ? "ACTION_WITHOUT_ORIGINAL@PAD11.3" : ""));
        rig_close(&r);
    }
}

TEST(agreements_come_from_a_vendor_alone_one_a_con)
{
    static const char body[] = "BPA*00*VP*20260331*B-1~CUR*VN*EUR~CON*CT*Q-1*VA~DTM*092*20260101~DTM*093*20261231~N1*"
                               "EN*ALDER*92*C1~N4*LYON***FR~"
                               "PAD*1~QTY*38*100*EA~LIN**VP*KX-100~CTP**CON*3.05~CTP**RES*9~PAD*2~QTY*38*50*EA~LIN**VP*"
                               "KX-200~CTP**DIS*.5~CON*CT*Q-2*PB~DTM*092*20260101~DTM*093*20261231~"
                               "PAD*1~LIN**VP*A~CTP**NET*1~CTT*3~";
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "845", body), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 2);
    CHECK(says(r.lines[0], " AGREEMENT partner=P-17 auth=Q-1") || says(r.lines[0], "auth=Q-1"));
    CHECK(says(r.lines[1], "auth=Q-2"));
    r.submitter = (struct intake_submitter){ .id = SLICE("nw"), .partner_id = SLICE("P-17"), .kinds = ~0u };
    CHECK_INT(rig_run_set(&r, "845", body), DOCUMENT_REJECTED);
    CHECK_SLICE(rig_issues(&r), SLICE("SET_NOT_ALLOWED@ST1"));
    rig_close(&r);
}

TEST(stock_comes_one_a_location_and_product)
{
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "852",
                          "XQ*H*20260301*20260331~N1*WH*MAIN*92*W1~LIN**VP*A~ZA*QS*4*EA~ZA*QA*9*EA~ZA*OH*7*EA~LIN**VP*"
                          "B~ZA*QA**EA~SDQ*EA*92*L1*3*L2*4~CTT*2~"),
              DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 3);
    CHECK(says(r.lines[0], "PASS INVENTORY") && says(r.lines[0], "snap=20260331")
          && says(r.lines[0], "loc=W1 part=A qty=7 uom=EA"));
    CHECK(says(r.lines[1], "loc=L1 part=B qty=3"));
    CHECK(says(r.lines[2], "loc=L2 part=B qty=4"));
    CHECK_INT(r.result->skipped[SKIPPED_other_quantity], 2);
    rig_close(&r);
}

/* Price protection takes the count that is nearest to its day: a count is of the day that its ZA names. */
TEST(a_count_with_a_day_of_its_own_is_of_that_day_and_an_expiry_is_none)
{
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "852",
                          "XQ*H*20260301*20260331~LIN**VP*A~ZA*OH*4*EA*007*20260315~ZA*OH*5*EA~ZA*OH*6*EA*036*20270101~"
                          "LIN**VP*B~ZA*QA**EA*007*20260316~SDQ*EA*92*L1*3*L2*4~ZA*QA**EA~SDQ*EA*92*L3*5~"),
              DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 6);
    static const char *days[] = { "20260315", "20260331", "20260331", "20260316", "20260316", "20260331" };
    for (unsigned k = 0; k < 6; k++) CHECK(says(r.lines[k], days[k]));
    CHECK_INT(rig_run_set(&r, "852", "XQ*H*20260301*20260331~LIN**VP*A~ZA*OH*4*EA*007*20260231~"), DOCUMENT_REJECTED);
    CHECK_SLICE(rig_issues(&r), SLICE("ELEMENT_DATE@ZA4.5"));
    rig_close(&r);
}

static struct slice partner_of(void *context, struct slice type, struct slice id)
{
    (void)context;
    return slice_equal(type, SLICE("92")) && slice_equal(id, SLICE("NW")) ? SLICE("P-99") : (struct slice){ 0 };
}

TEST(the_header_party_on_file_is_the_partner)
{
    rig_open(&r);
    r.partners.identified = partner_of;
    rig_run_set(&r, "867", HEAD "PTD*SD~" SALE "QTY*39*2*EA~" LIN);
    CHECK(says(r.lines[0], "partner=P-99"));
    rig_close(&r);
}

TEST(every_cell_knows_its_byte_and_its_place)
{
    rig_open(&r);
    struct slice file =
        rig_file("PT", "004010", rig_text(rig_set("867", "0001", HEAD "PTD*SD~" SALE "QTY*39*2*!!~" LIN)), 1);
    rig_run(&r, file);
    CHECK(says(r.lines[0], "!UOM_INVALID"));
    const struct issue *i = &r.result->errors.items[0];
    CHECK_TEXT(slice_head(slice_skip(file, i->where.offset), 3), "!!~");
    CHECK_TEXT(i->where.segment, "QTY");
    CHECK_TEXT(i->where.loop, "QTY");
    CHECK_INT(i->where.position, 9);
    CHECK_INT(i->where.element, 3);
    CHECK_TEXT(i->where.tscn, "0001");
    rig_close(&r);
}

static bool has_note(enum issue_code code, const char *value)
{
    const struct issues *list = &r.result->warnings;
    for (unsigned k = 0; k < list->count; k++) {
        const struct issue *i = &list->items[k];
        if (i->code == code && (slice_equal(i->value, slice_from(value)) || slice_equal(i->field, slice_from(value))))
            return i->severity == SEVERITY_NOTE;
    }
    return false;
}

TEST(contacts_and_counted_stock_are_noted_once)
{
    rig_open(&r);
    rig_run_set(
        &r, "867",
        "BPT*00*R1*20260408~PER*IC*JO SMITH*TE*555~PER*IC*AL SMITH*TE*556~N1*DS*NW*92*NW~PER*IC*JO*TE*1~PTD*SD~" SALE
        "QTY*39*1*EA~" LIN);
    CHECK_INT(r.result->passed, 1);
    CHECK(has_note(ISSUE_CONTACT_DROPPED, "PER"));
    CHECK_SLICE(rig_issues(&r), SLICE("CONTACT_DROPPED@PER3"));
    CHECK(!says(r.lines[0], "SMITH") && !says(r.lines[0], "555"));
    rig_run_set(&r, "852",
                "XQ*G*20260401*20260407~LIN**VP*A~ZA*OH*1*EA~ZA*QS*5*EA~ZA*Q1*2*EA~LIN**VP*B~ZA*QA*3*EA~ZA*QS*9*EA~");
    CHECK_INT(r.result->passed, 2);
    CHECK(has_note(ISSUE_ADDENDUM_UNUSED, "QS") && has_note(ISSUE_ADDENDUM_UNUSED, "Q1"));
    CHECK_SLICE(rig_issues(&r), SLICE("ADDENDUM_UNUSED@ZA5 ADDENDUM_UNUSED@ZA6"));
    CHECK_INT(r.result->warnings.warnings, 0);
    rig_close(&r);
}

/* Line breaks inside segments are dropped into a copy, which has room for what the versions allow, and no more. */
TEST(a_movement_with_more_text_than_can_be_kept_is_refused_and_said)
{
    struct x12_length_limit longer[] = { { SLICE("REF"), 2, 4000 } };
    struct text body = text_in(test_arena(), 64 << 10);
    PUT(&body, HEAD "PTD*SD~" SALE);
    for (unsigned k = 0; k < 12; k++) {
        PUT(&body, "REF*Q");
        text_put_byte(&body, (char)('A' + k));
        PUT(&body, "*A\n");
        for (unsigned c = 0; c < 2000; c++) text_put_byte(&body, 'X');
        PUT(&body, "~");
    }
    PUT(&body, "QTY*39*1*EA~" LIN);
    rig_open(&r);
    r.profile.x12.unwrap = true;
    r.profile.x12.length_limits = longer;
    r.profile.x12.length_limit_count = 1;
    rig_run_set(&r, "867", rig_text(text_slice(&body)));
    CHECK(says(r.lines[0], "REJECT") && says(r.lines[0], "!FIELD_INVALID") == false);
    bool is_told = false;
    for (unsigned k = 0; k < r.result->errors.count; k++)
        is_told |= r.result->errors.items[k].code == ISSUE_LINE_TOO_LARGE;
    CHECK(is_told);
    rig_close(&r);
}

TEST(serials_of_a_movement_and_of_all_its_parties_are_kept)
{
    struct text body = text_in(test_arena(), 16 << 10);
    PUT(&body, HEAD "PTD*SD~DTM*011*20260302~REF*IV*1~");
    for (unsigned k = 0; k < 19; k++) { PUT(&body, "REF*SE*A"); text_put_int(&body, k); PUT(&body, "~"); }
    for (unsigned party = 0; party < 5; party++) {
        PUT(&body, "N1*ST*X~");
        for (unsigned k = 0; k < 20; k++) {
            PUT(&body, "REF*SE*B");
            text_put_int(&body, party * 100 + k);
            PUT(&body, "~");
        }
    }
    PUT(&body, "QTY*39*119*EA~" LIN);
    rig_open(&r);
    CHECK_INT(rig_run_set(&r, "867", rig_text(text_slice(&body))), DOCUMENT_POSTED);
    CHECK(says(r.lines[0], "PASS") && says(r.lines[0], "sn=A18") && says(r.lines[0], "sn=B419"));
    rig_close(&r);
}

TEST(extras_that_do_not_travel_are_said)
{
    struct text body = text_in(test_arena(), 16 << 10);
    PUT(&body, HEAD "PTD*SD~" SALE "QTY*39*1*EA~" LIN);
    for (unsigned k = 0; k < 70; k++) {
        PUT(&body, "REF*");
        text_put_byte(&body, (char)('A' + k / 26));
        text_put_byte(&body, (char)('A' + k % 26));
        PUT(&body, "*X~");
    }
    rig_open(&r);
    rig_run_set(&r, "867", rig_text(text_slice(&body)));
    CHECK(says(r.lines[0], "~EXTRAS_CUT"));
    rig_close(&r);
}

TEST(findings_of_a_line_name_the_loop_of_their_segment)
{
    rig_open(&r);
    rig_run_set(&r, "867", HEAD "PTD*BQ~" SALE "N1*ST*A*92*C1~QTY*39*1*EA~" LIN);
    CHECK_INT(r.result->errors.count, 1);
    CHECK_SLICE(r.result->errors.items[0].where.segment, SLICE("PTD"));
    CHECK_SLICE(r.result->errors.items[0].where.loop, SLICE("PTD"));
    rig_close(&r);
}

/* NUL is a control byte as any other, also where ISA11 names no repetition separator. */
TEST(control_bytes_in_elements_refuse_their_set)
{
    static const char controls[] = { 0, 1, 7, '\t', 0x1f, 0x7f, '\n', '\r' };
    for (unsigned k = 0; k < sizeof controls; k++) {
        struct slice file = slice_copy(
            test_arena(),
            rig_file("PT", "004010",
                     rig_text(rig_set("867", "0001", HEAD "PTD*SD~" SALE "N1*ST*ALDER WORKS*92*C1~QTY*39*1*EA~" LIN)),
                     1));
        char *space = memmem(file.bytes, file.size, "ALDER WORKS", 11);
        CHECK(space != NULL);
        space[5] = controls[k];
        rig_open(&r);
        CHECK_INT(rig_run(&r, file), DOCUMENT_REJECTED);
        CHECK_INT(r.line_count, 0);
        CHECK(says(rig_issues(&r), "N1") && r.result->errors.items[0].where.element == 2);
        CHECK(memchr(r.result->errors.items[0].value.bytes, controls[k], r.result->errors.items[0].value.size) == NULL);
        rig_close(&r);
    }
}
