/* test_tolerances.c: small documents of every format in both tolerances, in pieces of one line and of many (feeds.md
 * A17, 15): what a document ends as, its lines (passed + rejected + dead), and its codes. */
#include "support/intake_case.h"

#define ISA(usage) \
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*" usage "*:~"
#define SET(body, count) \
    "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*004010~ST*867*0001~" HEAD body "SE*" count \
    "*0001~GE*1*4804~IEA*1*000004711~"
#define HEAD "BPT*00*R-1*20260331*02~CUR*DS*EUR~"
#define SALE "PTD*SD***DI*1~DTM*011*20260302~QTY*39*2*EA~LIN**VP*A~"
#define CSV "Invoice,Ship Date,Part,Qty,UOM\n"
#define LINE \
    "{\"kind\":\"POS_SALE\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\",\"qty\":\"1\",\"uom\":\"EA\"}"

struct document { const char *name; struct slice bytes; const char *by_default, *strictly; };
#define DOC(name, bytes, by_default, strictly) { name, SLICE_INIT(bytes), by_default, strictly }

static const struct document documents[] = {
    DOC("x12", ISA("P") SET(SALE, "8"), "POSTED 1+0+0", "POSTED 1+0+0"),
    DOC("x12 crlf", ISA("P") "\r\n" SET(SALE, "8") "\r\n", "POSTED 1+0+0", "POSTED 1+0+0"),
    DOC("x12 bom", "\xef\xbb\xbf" ISA("P") SET(SALE, "8"), "POSTED 1+0+0 ~BYTE_ORDER_MARK",
        "REJECTED 0+0+0 !BYTE_ORDER_MARK"),
    DOC("x12 leading", "HELLO\n" ISA("P") SET(SALE, "8"), "POSTED 1+0+0 ~LEADING_DATA", "REJECTED 0+0+0 !LEADING_DATA"),
    DOC("x12 trailing", ISA("P") SET(SALE, "8") "\x1a", "POSTED 1+0+0 ~TRAILING_DATA", "REJECTED 0+0+0 !TRAILING_DATA"),
    DOC("x12 blank lines", ISA("P") "\n\n" SET(SALE, "8"), "POSTED 1+0+0 ~PADDING", "REJECTED 0+0+0 !PADDING"),
    DOC("x12 empty segment", ISA("P") SET("~" SALE, "8"), "POSTED 1+0+0 ~PADDING", "REJECTED 0+0+0 !PADDING"),
    DOC("x12 trailing separators", ISA("P") SET("PTD*SD***DI*1**~DTM*011*20260302~QTY*39*2*EA~LIN**VP*A~", "8"),
        "POSTED 1+0+0 ~TRAILING_SEPARATORS", "REJECTED 0+0+0 !TRAILING_SEPARATORS"),
    DOC("x12 lin first", ISA("P") SET("PTD*SD***DI*1~DTM*011*20260302~LIN**VP*A~QTY*39*2*EA~", "8"),
        "POSTED 1+0+0 ~LIN_BEFORE_QTY", "REJECTED 0+0+0 !LIN_BEFORE_QTY"),
    DOC("x12 high byte", ISA("P") SET("PTD*SD***DI*1~DTM*011*20260302~N1*ST*CAF\xc9~QTY*39*2*EA~LIN**VP*A~", "9"),
        "POSTED 1+0+0 ~ELEMENT_NOT_BASIC", "REJECTED 0+0+0 !ELEMENT_NOT_BASIC"),
    DOC("x12 high byte in id", ISA("P") SET("PTD*SD***DI*1~DTM*011*20260302~QTY*39*2*EA~LIN**VP*A\xc9~", "8"),
        "REJECTED 0+0+0 !ELEMENT_CHARACTER", "REJECTED 0+0+0 !ELEMENT_CHARACTER"),
    DOC("x12 no terminator",
        ISA("P") "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*004010~ST*867*0001~" HEAD SALE
                 "SE*8*0001~GE*1*4804~IEA*1*000004711",
        "POSTED 1+0+0 ~TERMINATOR_MISSING", "REJECTED 0+0+0 !TERMINATOR_MISSING"),
    DOC("x12 se01", ISA("P") SET(SALE, "9"), "REJECTED 0+0+0 !SEGMENT_COUNT", "REJECTED 0+0+0 !SEGMENT_COUNT"),
    DOC("x12 ctt01", ISA("P") SET(SALE "CTT*2~", "9"), "POSTED 1+0+0 ~LINE_COUNT", "REJECTED 0+0+0 !LINE_COUNT"),
    DOC("x12 ctt02", ISA("P") SET(SALE "CTT*1*3~", "9"), "POSTED 1+0+0 ~HASH_TOTAL", "REJECTED 0+0+0 !HASH_TOTAL"),
    DOC("x12 lower case", ISA("P") SET("ptd*SD***DI*1~DTM*011*20260302~QTY*39*2*EA~LIN**VP*A~", "8"),
        "REJECTED 0+0+0 !SEGMENT_UNKNOWN, SEGMENT_UNEXPECTED, SEGMENT_MISSING",
        "REJECTED 0+0+0 !SEGMENT_UNKNOWN, SEGMENT_UNEXPECTED, SEGMENT_MISSING"),
    DOC("x12 unlisted code", ISA("P") SET(SALE "QTY*61*2*EA~LIN**VP*A~", "10"),
        "POSTED 1+1+0 !TXN_TYPE_UNKNOWN ~TXN_CODE_UNKNOWN", "POSTED 1+1+0 !TXN_TYPE_UNKNOWN ~TXN_CODE_UNKNOWN"),
    DOC("x12 usage", ISA("X") SET(SALE, "8"), "REJECTED 0+0+0 !INTERCHANGE_USAGE", "REJECTED 0+0+0 !INTERCHANGE_USAGE"),
    DOC("x12 repeated qualifier",
        ISA("P") SET("PTD*SD***DI*1~DTM*011*20260302~DTM*011*20260303~QTY*39*2*EA~LIN**VP*A~", "9"),
        "POSTED 1+0+0 ~REPEATED_QUALIFIER", "POSTED 1+0+0 ~REPEATED_QUALIFIER"),
    DOC("csv", CSV "A,2026-03-02,P,1,EA\n", "POSTED 1+0+0", "POSTED 1+0+0"),
    DOC("csv short", CSV "A,2026-03-02,P,1\nB,2026-03-02,P,1,EA\n", "POSTED 2+0+0 ~ROW_SHORT, UOM_ASSUMED",
        "POSTED 1+1+0 !ROW_SHORT ~UOM_ASSUMED"),
    DOC("csv long", CSV "A,2026-03-02,P,1,EA,x\nB,2026-03-02,P,1,EA\n", "POSTED 1+1+0 !ROW_LONG",
        "POSTED 1+1+0 !ROW_LONG"),
    DOC("csv long and empty", CSV "A,2026-03-02,P,1,EA,,\n", "POSTED 1+0+0", "POSTED 1+0+0"),
    DOC("csv total", CSV "A,2026-03-02,P,1,EA\n,,,1,\n", "POSTED 1+0+0", "POSTED 1+0+0"),
    DOC("csv total differs", CSV "A,2026-03-02,P,1,EA\n,,,2,\n", "POSTED 1+0+0 ~TOTAL_DIFFERS",
        "REJECTED 0+0+0 !TOTAL_DIFFERS"),
    DOC("csv quote", CSV "\"A,2026-03-02,P,1,EA\nB,2026-03-02,P,1,EA\n", "POSTED 1+0+1 !QUOTE_UNCLOSED",
        "POSTED 1+0+1 !QUOTE_UNCLOSED"),
    DOC("csv cp1252", CSV "A,2026-03-02,P\xe9,1,EA\n", "POSTED 1+0+0 ~ENCODING_ASSUMED",
        "POSTED 1+0+0 ~ENCODING_ASSUMED"),
    DOC("csv nil", CSV "no sales\n", "POSTED 0+0+0", "POSTED 0+0+0"),
    DOC("csv held", "Invoice;Ship Date;Part;Qty;Price;UOM;Currency\nA;2026-03-02;P;1;1,234;EA;USD\n",
        "HELD 0+0+0 !NUMBER_STYLE_UNDECIDED", "HELD 0+0+0 !NUMBER_STYLE_UNDECIDED"),
    DOC("csv marker", CSV "A,2026-03-02,P,1,EA\nB,N/A,P,1,EA\n", "POSTED 1+1+0 !FIELD_MISSING ~EMPTY_MARKER",
        "POSTED 1+1+0 !FIELD_MISSING ~EMPTY_MARKER"),
    DOC("csv repeated header", CSV "A,2026-03-02,P,1,EA\n" CSV "B,2026-03-02,P,1,EA\n", "POSTED 2+0+0", "POSTED 2+0+0"),
    DOC("tsv", "Invoice\tShip Date\tPart\tQty\tUOM\nA\t2026-03-02\tP\t1\tEA\n", "POSTED 1+0+0", "POSTED 1+0+0"),
    DOC("csv bad cells", CSV "A,2026-13-02,P,x,EA\nB,2026-03-02,P,1,EA\n", "POSTED 1+1+0 !FIELD_INVALID",
        "POSTED 1+1+0 !FIELD_INVALID"),
    DOC("ndjson", LINE "\n" LINE "\n", "POSTED 2+0+0", "POSTED 2+0+0"),
    DOC("ndjson unknown",
        "{\"colour\":1,"
        "\"kind\":\"POS_SALE\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\",\"qty\":1,"
        "\"uom\":\"EA\"}\n",
        "POSTED 1+0+0 ~MEMBER_UNKNOWN", "REJECTED 0+1+0 !FIELD_INVALID"),
    DOC("ndjson dead", "{\"kind\":\n" LINE "\n", "POSTED 1+0+1 !JSON_SYNTAX", "POSTED 1+0+1 !JSON_SYNTAX"),
    DOC("json control", "{\"document\":{\"control\":{\"lines\":1,\"qty\":\"1\"}},\"lines\":[" LINE "]}", "POSTED 1+0+0",
        "POSTED 1+0+0"),
    DOC("json control differs", "{\"document\":{\"control\":{\"lines\":2}},\"lines\":[" LINE "]}",
        "POSTED 1+0+0 ~CONTROL_DIFFERS", "REJECTED 0+0+0 !CONTROL_DIFFERS"),
    DOC("json document unknown", "{\"document\":{\"reprt_id\":\"R\"},\"lines\":[" LINE "]}",
        "POSTED 1+0+0 ~DOCUMENT_MEMBER_UNKNOWN", "REJECTED 0+0+0 !DOCUMENT_MEMBER_UNKNOWN"),
    DOC("json amount differs",
        "[{\"kind\":\"POS_SALE\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\",\"qty\":\"2\","
        "\"uom\":\"EA\",\"currency\":\"EUR\",\"resale_unit\":\"25\",\"extended_amount\":\"40\"}]",
        "POSTED 1+0+0 ~AMOUNT_DIFFERS", "REJECTED 0+1+0 !AMOUNT_DIFFERS"),
    DOC("csv amount differs",
        "Invoice,Ship Date,Part,Qty,UOM,Price,Amount,Currency\nA,2026-03-02,P,2,EA,25.00,40.00,EUR\n"
        "B,2026-03-02,P,2,EA,25.00,50.00,EUR\n",
        "POSTED 2+0+0 ~AMOUNT_DIFFERS", "POSTED 1+1+0 !AMOUNT_DIFFERS"),
    DOC("json syntax", "[" LINE ",]", "REJECTED 0+0+0 !JSON_SYNTAX", "REJECTED 0+0+0 !JSON_SYNTAX"),
    DOC("json surplus digits",
        "[{\"kind\":\"POS_SALE\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\",\"qty\":\"1\","
        "\"uom\":\"EA\",\"currency\":\"EUR\",\"resale_unit\":\"1.1234567\"}]",
        "POSTED 1+0+0 ~DIGITS_ROUNDED", "POSTED 1+0+0 ~DIGITS_ROUNDED"),
};

static struct slice told(const struct intake_case *c)
{
    struct text t = text_in(test_arena(), 1024);
    text_put(&t, document_state_name(c->state));
    const uint64_t counts[] = { c->passed, c->rejected, c->dead };
    for (unsigned k = 0; k < 3; k++) {
        text_put_byte(&t, k == 0 ? ' ' : '+');
        text_put_int(&t, (int64_t)counts[k]);
    }
    const struct slice codes[] = { c->errors, c->warnings };
    for (unsigned k = 0; k < 2; k++) {
        if (codes[k].size == 0) continue;
        text_put(&t, k == 0 ? SLICE(" !") : SLICE(" ~"));
        text_put(&t, codes[k]);
    }
    return text_slice(&t);
}

static void run(const struct document *d, const char *profile, const char *expected)
{
    struct intake_case *whole = CASE(d->bytes, .profile = profile, .partner = "P-17"),
                       *pieces = CASE(d->bytes, .profile = profile, .partner = "P-17", .chunk = 1);
    struct slice got = told(whole);
    if (!slice_equal(got, slice_from(expected))) printf("  in the document %s\n", d->name);
    CHECK_SLICE(got, slice_from(expected));
    CHECK_SLICE(told(pieces), got);
    CHECK_INT(pieces->line_count, whole->line_count);
    for (unsigned k = 0; k < whole->line_count; k++) {
        CHECK_SLICE(pieces->lines[k].line_id, whole->lines[k].line_id);
        CHECK_SLICE(pieces->lines[k].json, whole->lines[k].json);
    }
}

TEST(each_document_ends_as_its_tolerance_says)
{
    for (unsigned k = 0; k < sizeof documents / sizeof *documents; k++) {
        run(&documents[k], NULL, documents[k].by_default);
        run(&documents[k], "tolerance: strict\n", documents[k].strictly);
    }
}
